//! A person as he or she truly is, through the years: every attribute that changes has a former value and the day of the change.
//!
//! Never here: records and their mistakes, and relations (`household`).

use super::calendar::{Day, OPENS, SEEN, YEAR};
use super::certificate::Certificate;
use super::device::Device;
use super::disturbance::Disturbance as D;
use super::email;
use super::name::{Name, People, Sex};
use super::opaque::NameKind;
use super::phone::{Landline, Phone};
use super::place::Address;
use super::world::World;

/// A value with the one it replaced and the day on which it did.
#[derive(Clone, Debug)]
pub(crate) struct Dated<T> {
    pub(crate) now: T,
    pub(crate) before: Option<(T, Day)>,
}

impl<T> Dated<T> {
    /// A value that never changed.
    pub(crate) fn always(now: T) -> Self {
        Dated { now, before: None }
    }

    /// The value on a day.
    pub(crate) fn at(&self, day: Day) -> &T {
        match &self.before {
            Some((value, until)) if day < *until => value,
            _ => &self.now,
        }
    }
}

/// How names, certificates and phones of a household are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Culture {
    Han,
    Western,
    Minority(People),
}

/// What a household knows of a member before the member is filled in.
pub(crate) struct Origin {
    pub(crate) number: u64,
    pub(crate) culture: Culture,
    pub(crate) sex: Sex,
    pub(crate) birth: Day,
    pub(crate) name: Dated<Name>,
    pub(crate) home: Dated<Address>,
    pub(crate) landline: Option<Landline>,
}

/// A customer.
pub(crate) struct Person {
    pub(crate) number: u64,
    pub(crate) culture: Culture,
    pub(crate) sex: Sex,
    pub(crate) birth: Day,
    pub(crate) name: Dated<Name>,
    pub(crate) wechat_nickname: String,
    pub(crate) app_nickname: String,
    pub(crate) mobile: Dated<Phone>,
    pub(crate) second_mobile: Option<Phone>,
    /// The phone of a parent, for those under [`MINOR_YEARS`].
    pub(crate) guardian_mobile: Option<Dated<Phone>>,
    /// The phone of another member of the household, given as the own.
    pub(crate) household_mobile: Option<Dated<Phone>>,
    pub(crate) landline: Option<Landline>,
    pub(crate) email: Option<Dated<String>>,
    pub(crate) certificate: Dated<Certificate>,
    pub(crate) passport: Option<Certificate>,
    pub(crate) home: Dated<Address>,
    pub(crate) device: Dated<Device>,
    /// Customer since.
    pub(crate) since: Day,
}

/// Younger people are on a parent's phone.
pub(crate) const MINOR_YEARS: i32 = 16;

impl World {
    /// Fills in everything that a household does not decide.
    pub(crate) fn person(&mut self, origin: Origin) -> Person {
        let Origin { number, culture, sex, birth, name, home, landline } = origin;
        let adult = SEEN.age(birth) >= MINOR_YEARS;
        let since = self.since(birth);
        let mobile = self.mobile(culture, adult, since);
        let second_mobile = (adult && self.hand.would(D::SecondPhone)).then(|| self.new_phone(culture, since));
        let wechat_nickname = self.nickname(&name.now, sex);
        let app_nickname = if self.hand.dice.per_cent(30) { wechat_nickname.clone() } else { self.nickname(&name.now, sex) };
        let certificate = self.certificate(culture, home.now.city, birth, sex);
        let passport = (culture == Culture::Han && adult && self.hand.would(D::SecondCertificate))
            .then(|| Certificate::chinese_passport(&mut self.hand));
        let email = self.email(number, culture, adult, &name.now);
        let device = self.device(number, since);
        Person {
            number,
            culture,
            sex,
            birth,
            name,
            wechat_nickname,
            app_nickname,
            mobile,
            second_mobile,
            guardian_mobile: None,
            household_mobile: None,
            landline,
            email,
            certificate,
            passport,
            home,
            device,
            since,
        }
    }

    fn nickname(&mut self, name: &Name, sex: Sex) -> String {
        let mut nickname = String::new();
        self.names.nicknames.write(name, sex, &mut self.hand.dice, &mut nickname);
        nickname
    }

    fn since(&mut self, birth: Day) -> Day {
        let dice = &mut self.hand.dice;
        let first = if SEEN.age(birth) >= 18 { Day(birth.0 + 18 * YEAR) } else { Day(birth.0 + 60) };
        Day(dice.between(first.max(OPENS).0, SEEN.0 - 30))
    }

    /// A day on which something changed.
    pub(crate) fn day_of_change(&mut self) -> Day {
        Day(self.hand.dice.between(OPENS.0 + YEAR, SEEN.0 - 120))
    }

    fn mobile(&mut self, culture: Culture, adult: bool, since: Day) -> Dated<Phone> {
        if !adult || !self.hand.hit(D::PhoneChanged) {
            return Dated::always(self.new_phone(culture, since));
        }
        let changed = self.day_of_change();
        let before = self.new_phone(culture, since.min(changed));
        let now = self.new_phone(culture, changed);
        if before.is_mobile() && since < changed {
            self.shared.phones.give_up(before, changed, &mut self.hand.dice);
        }
        Dated { now, before: Some((before, changed)) }
    }

    fn new_phone(&mut self, culture: Culture, day: Day) -> Phone {
        if culture == Culture::Western && self.hand.dice.per_cent(35) {
            return Phone::foreign(&mut self.hand);
        }
        if self.hand.would(D::RecycledPhone)
            && let Some(phone) = self.shared.phones.take(day, &mut self.hand.dice)
        {
            self.hand.note(D::RecycledPhone);
            return phone;
        }
        Phone::mobile(self.hand.dice.bits())
    }

    fn certificate(&mut self, culture: Culture, city: u16, birth: Day, sex: Sex) -> Dated<Certificate> {
        let district = match culture {
            Culture::Western => return Dated::always(Certificate::foreign_passport(&mut self.hand)),
            Culture::Han => self.places.birth_district(city, &mut self.hand.dice),
            Culture::Minority(people) => self.places.district_of_province(people.province(), &mut self.hand.dice),
        };
        let now = Certificate::resident(district, birth, sex, &mut self.hand);
        if !self.hand.hit(D::ChangedResidentId) {
            return Dated::always(now);
        }
        // A number given twice gets a new sequence; a register that was wrong gets a new birth date.
        let slip = if self.hand.dice.per_cent(50) { 0 } else { self.hand.dice.between(1, 400) };
        let before = Certificate::resident(district, Day(birth.0 - slip), sex, &mut self.hand);
        Dated { now, before: Some((before, self.day_of_change())) }
    }

    fn email(&mut self, number: u64, culture: Culture, adult: bool, name: &Name) -> Option<Dated<String>> {
        let has = if culture == Culture::Western { 92 } else { 55 };
        if !adult || !self.hand.dice.per_cent(has) {
            return None;
        }
        let unique = |version| self.namer.narrow(NameKind::Email, number * 2 + version);
        let (first, second) = (unique(0), unique(1));
        let now = email::new_address(&mut self.hand, &self.names, name, second);
        let before = self.hand.hit(D::EmailChanged).then(|| {
            let former = email::new_address(&mut self.hand, &self.names, name, first);
            (former, self.day_of_change())
        });
        Some(Dated { now, before })
    }

    fn device(&mut self, number: u64, since: Day) -> Dated<Device> {
        let own = Device(self.namer.wide(NameKind::Device, number * 2));
        if !self.hand.dice.per_cent(55) {
            return Dated::always(own);
        }
        let changed = self.day_of_change();
        let old = Device(self.namer.wide(NameKind::Device, number * 2 + 1));
        let mut device = Dated { now: own, before: Some((old, changed)) };
        if self.hand.would(D::SecondHandDevice)
            && let Some(bought) = self.shared.devices.take(changed, &mut self.hand.dice)
        {
            self.hand.note(D::SecondHandDevice);
            device.now = bought;
        } else if since < changed && self.hand.dice.per_cent(40) {
            self.shared.devices.give_up(old, changed, &mut self.hand.dice);
        }
        device
    }
}
