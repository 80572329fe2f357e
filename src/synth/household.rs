//! Households: who lives together, how they are related, and what they share.
//!
//! 1. A kind of household and its roles; ages that fit.
//! 2. Names: spouses keep theirs (Han) or share one (Western), children have the father's surname.
//! 3. One address, moves together, one landline.
//! 4. Phones and devices lent within the household.
//!
//! Never here: what strangers share.

use super::calendar::{Day, SEEN, YEAR};
use super::disturbance::Disturbance as D;
use super::name::{Name, People, Sex};
use super::person::{Culture, Dated, MINOR_YEARS, Origin, Person};
use super::phone::Landline;
use super::place::Address;
use super::world::World;

/// A member's place in the household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Head,
    Spouse,
    Child,
    /// The head's father or mother.
    Parent,
    /// The head's brother or sister.
    Sibling,
    Flatmate,
}

/// A member before the name is chosen.
#[derive(Clone, Copy)]
struct Member {
    role: Role,
    sex: Sex,
    birth: Day,
    twin: bool,
}

/// Kinds of households: weight, members.
const KINDS: [(u32, &[Role]); 12] = [
    (570, &[Role::Head]),
    (160, &[Role::Head, Role::Spouse]),
    (75, &[Role::Head, Role::Spouse, Role::Child]),
    (45, &[Role::Head, Role::Spouse, Role::Child, Role::Child]),
    (25, &[Role::Head, Role::Child]),
    (15, &[Role::Head, Role::Child, Role::Child]),
    (18, &[Role::Head, Role::Spouse, Role::Child, Role::Parent]),
    (15, &[Role::Head, Role::Spouse, Role::Child, Role::Parent, Role::Parent]),
    (8, &[Role::Head, Role::Spouse, Role::Child, Role::Child, Role::Parent, Role::Parent]),
    (25, &[Role::Head, Role::Parent]),
    (25, &[Role::Head, Role::Sibling]),
    (15, &[Role::Head, Role::Flatmate]),
];

impl World {
    /// A household of at most `room` people, numbered from `first_number` on.
    pub(crate) fn household(&mut self, first_number: u64, room: u64) -> Vec<Person> {
        let culture = self.culture();
        let mut members = self.members();
        members.truncate(room as usize);
        let names = self.family_names(culture, &members);
        let home = self.home(culture);
        let landline = self.landline(&home.now);
        let mut people: Vec<Person> = Vec::with_capacity(members.len());
        for (n, (member, name)) in members.iter().zip(names).enumerate() {
            let Member { sex, birth, .. } = *member;
            let home = if member.role == Role::Flatmate { Dated::always(home.now) } else { home.clone() };
            let mut person = self.person(Origin { number: first_number + n as u64, culture, sex, birth, name, home, landline });
            if let Some(twin) = people.last().filter(|_| member.twin && person.certificate.now.is_resident()) {
                person.certificate.now = twin.certificate.now.of_twin(twin.sex == sex);
            }
            people.push(person);
        }
        self.lend(&members, &mut people);
        people
    }

    fn culture(&mut self) -> Culture {
        if self.hand.hit(D::WesternHousehold) {
            Culture::Western
        } else if self.hand.hit(D::MinorityHousehold) {
            Culture::Minority(People::any(&mut self.hand.dice))
        } else {
            Culture::Han
        }
    }

    fn members(&mut self) -> Vec<Member> {
        let dice = &mut self.hand.dice;
        let total = KINDS.iter().map(|(weight, _)| weight).sum();
        let mut at = dice.below(total);
        let roles = KINDS
            .iter()
            .find(|(weight, _)| {
                let found = at < *weight;
                at = at.saturating_sub(*weight);
                found
            })
            .map_or(KINDS[0].1, |(_, roles)| *roles);
        let with_child = roles.contains(&Role::Child);
        let (youngest, oldest) = if with_child { (25, 62) } else { (20, 72) };
        let years = (dice.between(youngest, oldest) + dice.between(youngest, oldest)) / 2;
        let head = Member { role: Role::Head, sex: Sex::either(dice), birth: self.birthday(SEEN.year() - years), twin: false };
        let mut members = vec![head];
        for role in &roles[1..] {
            let member = self.relative(*role, &members);
            members.push(member);
        }
        members
    }

    /// Somebody who stands to the head, the first of `members`, as `role` says.
    fn relative(&mut self, role: Role, members: &[Member]) -> Member {
        let head = members[0];
        let sibling = members.iter().rev().find(|other| match role {
            Role::Sibling => other.role == Role::Head,
            _ => role == Role::Child && other.role == Role::Child,
        });
        if let Some(sibling) = sibling
            && self.hand.hit(D::Twins)
        {
            let sex = if self.hand.dice.per_cent(75) { sibling.sex } else { sibling.sex.other() };
            return Member { role, sex, birth: sibling.birth, twin: true };
        }
        let head_year = head.birth.year();
        let dice = &mut self.hand.dice;
        let (sex, year) = match role {
            Role::Head | Role::Flatmate | Role::Sibling => (Sex::either(dice), head_year + dice.between(-6, 6)),
            Role::Spouse => (head.sex.other(), head_year + dice.between(-5, 4)),
            Role::Parent => {
                let first = members.iter().find(|other| other.role == Role::Parent);
                let sex = first.map_or(Sex::either(dice), |other| other.sex.other());
                (sex, head_year - dice.between(21, 33))
            }
            Role::Child => (Sex::either(dice), (head_year + dice.between(21, 38)).min(SEEN.year() - 1)),
        };
        Member { role, sex, birth: self.birthday(year), twin: false }
    }

    fn birthday(&mut self, year: i32) -> Day {
        let first = Day::of(year, 1, 1).unwrap_or(SEEN);
        Day((first.0 + self.hand.dice.between(0, YEAR - 1)).min(SEEN.0 - 120))
    }

    fn home(&mut self, culture: Culture) -> Dated<Address> {
        let mut city = self.places.any_city(&mut self.hand.dice);
        if culture == Culture::Western {
            city = city.min(self.places.any_city(&mut self.hand.dice));
        }
        let now = self.places.address(city, &mut self.hand.dice);
        if !self.hand.hit(D::Moved) {
            return Dated::always(now);
        }
        let former_city = if self.hand.dice.per_cent(75) { city } else { self.places.any_city(&mut self.hand.dice) };
        let before = self.places.address(former_city, &mut self.hand.dice);
        Dated { now, before: Some((before, self.day_of_change())) }
    }

    fn landline(&mut self, home: &Address) -> Option<Landline> {
        let area = self.places.city(home.city).area_code;
        if area.is_empty() || !self.hand.dice.per_cent(35) {
            return None;
        }
        let digits = if area.len() == 3 { 10_000_000 } else { 1_000_000 };
        Some(Landline { area, number: 2 * digits + self.hand.dice.below(6 * digits) })
    }

    fn family_names(&mut self, culture: Culture, members: &[Member]) -> Vec<Dated<Name>> {
        let mut names: Vec<Dated<Name>> = Vec::with_capacity(members.len());
        for member in members {
            let name = match culture {
                Culture::Han => self.han_name(member, members, &names),
                Culture::Western => self.western_name(member, members, &names),
                Culture::Minority(people) => Dated::always(self.minority_name(people, member, members, &names)),
            };
            names.push(name);
        }
        names
    }

    fn han_name(&mut self, member: &Member, members: &[Member], names: &[Dated<Name>]) -> Dated<Name> {
        let source = bearer(member, members).and_then(|bearer| names.get(bearer)?.now.han_family());
        let family = match source {
            Some(family) => family,
            None if self.hand.hit(D::CompoundSurname) => self.names.han.compound_surname(&mut self.hand.dice),
            None => self.names.han.surname(&mut self.hand.dice),
        };
        let year = member.birth.year();
        let twin = if member.twin { names.last().map(|name| name.now) } else { None };
        let given = match twin {
            Some(Name::Han { given, .. }) => self.names.han.given_of_twin(given, member.sex, year, &mut self.hand.dice),
            _ if self.hand.hit(D::RareCharacter) => {
                self.names.han.given_with_rare(&self.names.variants, member.sex, year, &mut self.hand.dice)
            }
            _ => self.names.han.given(member.sex, year, &mut self.hand.dice),
        };
        let now = Name::Han { family, given };
        let before = self.hand.hit(D::NameChanged).then(|| {
            let given = self.names.han.given_of_twin(given, member.sex, year, &mut self.hand.dice);
            (Name::Han { family, given }, self.day_of_change())
        });
        Dated { now, before }
    }

    fn western_name(&mut self, member: &Member, members: &[Member], names: &[Dated<Name>]) -> Dated<Name> {
        let of = |bearer: usize| match names.get(bearer)?.now {
            Name::Western { last, .. } => Some(last),
            _ => None,
        };
        // Mostly a married couple has the husband's surname; the head comes first, so a wife as head already bears it.
        let married = member.role == Role::Spouse && self.hand.dice.per_cent(75);
        let shared = if married { of(0) } else { bearer(member, members).and_then(of) };
        let last = shared.unwrap_or_else(|| self.names.western.surname(&mut self.hand.dice));
        let now = self.names.western.name(member.sex, last, &mut self.hand.dice);
        let wife = member.sex == Sex::Female && (married || member.role == Role::Head && members.iter().any(|m| m.role == Role::Spouse));
        if !wife || !self.hand.hit(D::NameChangedByMarriage) {
            return Dated::always(now);
        }
        let maiden = self.names.western.surname(&mut self.hand.dice);
        let before = match now {
            Name::Western { given, middle, .. } => Name::Western { given, middle, last: maiden },
            other => other,
        };
        Dated { now, before: Some((before, self.day_of_change())) }
    }

    fn minority_name(&mut self, people: People, member: &Member, members: &[Member], names: &[Dated<Name>]) -> Name {
        let father = match member.role {
            Role::Child => members.iter().position(|other| is_father(other, members)).and_then(|at| match names.get(at)?.now {
                Name::Minority { own, .. } => Some(own),
                _ => None,
            }),
            Role::Sibling => match names.first().map(|name| name.now) {
                Some(Name::Minority { second, .. }) => second,
                _ => None,
            },
            _ => None,
        };
        self.names.minority.name(people, member.sex, father, &mut self.hand.dice)
    }

    /// Phones and devices that go round in the household.
    fn lend(&mut self, members: &[Member], people: &mut [Person]) {
        let adults: Vec<usize> = (0..people.len()).filter(|n| SEEN.age(people[*n].birth) >= 22).collect();
        for n in 0..people.len() {
            let others: Vec<usize> = adults.iter().copied().filter(|other| *other != n).collect();
            if others.is_empty() || members[n].role == Role::Flatmate {
                continue;
            }
            let lender = self.hand.dice.pick(&others);
            if members[n].role == Role::Child {
                people[n].guardian_mobile = Some(people[lender].mobile.clone());
            }
            let old = members[n].role == Role::Parent && self.hand.dice.per_cent(20);
            if SEEN.age(people[n].birth) >= MINOR_YEARS && (old || self.hand.would(D::HouseholdPhone)) {
                people[n].household_mobile = Some(people[lender].mobile.clone());
            }
            if let Some((device, day)) = people[lender].device.before
                && self.hand.hit(D::HandMeDownDevice)
            {
                let former = people[n].device.now;
                people[n].device = Dated { now: device, before: Some((former, day)) };
            }
        }
    }
}

/// The member whose surname `member` has, if any.
fn bearer(member: &Member, members: &[Member]) -> Option<usize> {
    match member.role {
        Role::Child => members.iter().position(|other| is_father(other, members)),
        Role::Sibling => Some(0),
        // The head's father gave the head the surname; the mother has her own.
        Role::Parent if member.sex == Sex::Male => Some(0),
        _ => None,
    }
}

/// Whether a member is the father of the children: the man of the couple, or the only parent.
fn is_father(member: &Member, members: &[Member]) -> bool {
    let couple = members.iter().any(|other| other.role == Role::Spouse);
    matches!(member.role, Role::Head | Role::Spouse) && (member.sex == Sex::Male || !couple)
}
