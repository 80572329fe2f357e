//! What a channel takes down of a person at a moment: the true state of that day, chosen by what the channel asks for, with
//! everything that goes wrong on the way.
//!
//! in: a [`Person`], a [`Channel`], a [`Moment`]; out: a [`Seen`], whose texts are ready to be put in a row. [`HELD`] says how
//! often a channel has a field at all. Never here: the rows' own syntax (`rows`).

use super::calendar::{Day, Moment};
use super::certificate::Certificate;
use super::config::Channel;
use super::dates::{DateStyle, write_birth};
use super::device::Device;
use super::disturbance::Disturbance as D;
use super::email;
use super::name::{Manner, Sex};
use super::person::{Culture, MINOR_YEARS, Person};
use super::phone::Phone;
use super::world::World;

/// What a channel wrote down. Empty texts are fields it does not have.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) nickname: String,
    pub(crate) sex: Option<Sex>,
    pub(crate) birth: String,
    pub(crate) certificate: Option<CertificateKind>,
    pub(crate) certificate_number: String,
    pub(crate) phone: String,
    pub(crate) landline: String,
    pub(crate) email: String,
    pub(crate) city: String,
    pub(crate) address: String,
    pub(crate) device: Option<Device>,
    pub(crate) model: String,
    pub(crate) unionid: bool,
    pub(crate) teller: u32,
}

/// The kinds of certificate a channel tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificateKind {
    Resident,
    Passport,
}

/// How often a channel holds a field, per cent.
struct Held {
    name: u32,
    sex: u32,
    birth: u32,
    certificate: u32,
    phone: u32,
    email: u32,
    city: u32,
    address: u32,
    unionid: u32,
}

/// By channel, in the order of [`Channel::ALL`].
const HELD: [Held; 4] = [
    Held { name: 100, sex: 92, birth: 75, certificate: 50, phone: 93, email: 60, city: 88, address: 65, unionid: 0 },
    Held { name: 74, sex: 0, birth: 0, certificate: 50, phone: 98, email: 40, city: 0, address: 0, unionid: 25 },
    Held { name: 58, sex: 70, birth: 42, certificate: 0, phone: 94, email: 0, city: 65, address: 0, unionid: 80 },
    Held { name: 100, sex: 97, birth: 92, certificate: 85, phone: 88, email: 0, city: 0, address: 85, unionid: 0 },
];

impl Seen {
    fn clear(&mut self) {
        let texts = [
            &mut self.name,
            &mut self.nickname,
            &mut self.birth,
            &mut self.certificate_number,
            &mut self.phone,
            &mut self.landline,
            &mut self.email,
            &mut self.city,
            &mut self.address,
            &mut self.model,
        ];
        texts.into_iter().for_each(String::clear);
        (self.sex, self.certificate, self.device, self.unionid, self.teller) = (None, None, None, false, 0);
    }
}

impl World {
    /// Takes down a person as `channel` sees him or her at `moment`.
    pub(crate) fn observe(&mut self, person: &Person, channel: Channel, moment: Moment, seen: &mut Seen) {
        seen.clear();
        let (day, held) = (moment.day(), &HELD[channel as usize]);
        let branch = self.shared.branch(person.home.at(day).city, &mut self.hand.dice);
        seen.teller = self.shared.teller(branch, &mut self.hand.dice);
        self.see_name(person, channel, day, seen);
        self.see_sex_and_birth(person, channel, seen);
        if self.holds(held.certificate) && (channel != Channel::App || !seen.name.is_empty()) {
            self.see_certificate(person, channel, day, seen);
        }
        if self.holds(held.phone) {
            let phone = self.phone_given(person, channel, day, seen.teller);
            match channel {
                Channel::Crm | Channel::Branch => phone.write_typed(&mut self.hand, &mut seen.phone),
                Channel::App | Channel::MiniProgram => phone.write_verified(&mut self.hand, &mut seen.phone),
            }
        }
        if channel == Channel::Branch
            && let Some(landline) = person.landline
            && self.hand.hit(D::Landline)
        {
            landline.write(&mut self.hand, &mut seen.landline);
        }
        self.see_email(person, held.email, day, seen);
        self.see_home(person, channel, day, seen);
        if channel == Channel::App && self.hand.dice.per_cent(93) {
            let tablet = self.hand.hit(D::CounterTablet);
            let device = if tablet { self.shared.tablet(branch, day) } else { *person.device.at(day) };
            self.devices.push_model(device, &mut seen.model);
            seen.device = Some(device);
        }
        seen.unionid = self.hand.dice.per_cent(held.unionid);
    }

    /// Whether a field that a channel holds `per_cent` times in a hundred is there.
    fn holds(&mut self, per_cent: u32) -> bool {
        self.hand.dice.per_cent(per_cent) && !self.hand.hit(D::MissingValue)
    }

    fn see_name(&mut self, person: &Person, channel: Channel, day: Day, seen: &mut Seen) {
        match channel {
            Channel::App => seen.nickname.push_str(&person.app_nickname),
            Channel::MiniProgram => seen.nickname.push_str(&person.wechat_nickname),
            Channel::Crm | Channel::Branch => {}
        }
        if !self.hand.dice.per_cent(HELD[channel as usize].name) {
            return;
        }
        if channel == Channel::App && self.hand.hit(D::NicknameForName) {
            self.names.nicknames.write(&person.name.now, person.sex, &mut self.hand.dice, &mut seen.name);
            return;
        }
        let manner = Manner {
            honorifics: matches!(channel, Channel::App | Channel::Branch),
            capitals: channel == Channel::Branch && self.hand.dice.per_cent(70),
        };
        self.names.write(&mut self.hand, person.name.at(day), person.sex, manner, &mut seen.name);
    }

    fn see_sex_and_birth(&mut self, person: &Person, channel: Channel, seen: &mut Seen) {
        let held = &HELD[channel as usize];
        if self.holds(held.sex) {
            seen.sex = Some(if self.hand.hit(D::SexWrong) { person.sex.other() } else { person.sex });
        }
        if self.holds(held.birth) {
            let style = if channel == Channel::Branch { DateStyle::Compact } else { DateStyle::Dashed };
            write_birth(&mut self.hand, person.birth, style, &mut seen.birth);
        }
    }

    fn see_certificate(&mut self, person: &Person, channel: Channel, day: Day, seen: &mut Seen) {
        let mut certificate: &Certificate = person.certificate.at(day);
        if let Some(passport) = &person.passport
            && self.hand.dice.per_cent(30)
        {
            self.hand.note(D::SecondCertificate);
            certificate = passport;
        }
        let old_form = person.birth.year() < 1985 && matches!(channel, Channel::Crm | Channel::Branch);
        certificate.write(&mut self.hand, old_form, &mut seen.certificate_number);
        seen.certificate = Some(if certificate.is_resident() { CertificateKind::Resident } else { CertificateKind::Passport });
    }

    /// The phone that somebody gives, or that the teller types.
    fn phone_given(&mut self, person: &Person, channel: Channel, day: Day, teller: u32) -> Phone {
        // An app sends a code to the phone, so it mostly is the own one.
        let verified = matches!(channel, Channel::App | Channel::MiniProgram);
        if channel == Channel::Branch && self.hand.hit(D::StaffPhone) {
            return self.shared.staff_phone(teller);
        }
        if let Some(guardian) = &person.guardian_mobile
            && day.age(person.birth) < MINOR_YEARS
            && self.hand.hit(D::MinorOnParentPhone)
        {
            return *guardian.at(day);
        }
        if let Some(lent) = &person.household_mobile
            && self.hand.dice.per_cent(if verified { 25 } else { 60 })
        {
            self.hand.note(D::HouseholdPhone);
            return *lent.at(day);
        }
        if let Some(second) = person.second_mobile
            && self.hand.dice.per_cent(45)
        {
            self.hand.note(D::SecondPhone);
            return second;
        }
        *person.mobile.at(day)
    }

    fn see_email(&mut self, person: &Person, held: u32, day: Day, seen: &mut Seen) {
        if held == 0 {
            return;
        }
        match &person.email {
            Some(address) if self.holds(held) => email::write(&mut self.hand, address.at(day), &mut seen.email),
            _ if self.hand.hit(D::EmailPlaceholder) => seen.email.push_str(email::placeholder(&mut self.hand)),
            _ => {}
        }
    }

    fn see_home(&mut self, person: &Person, channel: Channel, day: Day, seen: &mut Seen) {
        let (held, home) = (&HELD[channel as usize], person.home.at(day));
        if self.holds(held.city) {
            self.places.write_city(&mut self.hand, home, &mut seen.city);
        }
        if self.holds(held.address) {
            if person.culture == Culture::Western && self.hand.dice.per_cent(40) {
                self.places.write_english(home, &mut seen.address);
            } else {
                self.places.write_address(&mut self.hand, home, &mut seen.address);
            }
        }
    }
}
