//! The one table of everything that makes the data real, with its rate at each error level.
//!
//! A rate is out of [`PER`] (a hundredth of a per cent) of what the line says: people, households, records, or values that
//! can take the disturbance at all (a homophone needs a character that has one). `Counts` counts each as it happens.
//! Never here: how a disturbance is done; that stands with the value it disturbs.

use super::config::ErrorLevel;

/// Rates are parts of this.
pub const PER: u32 = 10_000;

macro_rules! disturbances {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $light:literal $usual:literal $heavy:literal,)+) => {
        /// One kind of disturbance, or of circumstance that makes people hard to tell apart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Disturbance { $($(#[doc = $doc])+ $variant,)+ }

        impl Disturbance {
            /// Every kind, in the table's order.
            pub const ALL: &'static [Disturbance] = &[$(Disturbance::$variant,)+];

            /// The kind's name in reports.
            pub const fn name(self) -> &'static str {
                match self { $(Disturbance::$variant => $name,)+ }
            }

            /// How often it happens, out of [`PER`].
            pub const fn rate(self, level: ErrorLevel) -> u32 {
                let (light, usual, heavy) = match self { $(Disturbance::$variant => ($light, $usual, $heavy),)+ };
                match level {
                    ErrorLevel::Light => light,
                    ErrorLevel::Usual => usual,
                    ErrorLevel::Heavy => heavy,
                }
            }
        }
    };
}

impl Disturbance {
    /// How many kinds there are.
    pub const COUNT: usize = Disturbance::ALL.len();
}

disturbances! {
    // Who the people are.
    /// Of households: a Western one (spouses and children follow).
    WesternHousehold "western household" 800 1000 1200,
    /// Of households: a Uyghur, Kazakh, Tibetan or Mongol one.
    MinorityHousehold "minority household" 300 400 500,
    /// Of Han fathers and single people: a surname of two characters (`欧阳`).
    CompoundSurname "compound surname" 80 120 160,
    /// Of Han people: a rare character in the given name (`喆`, `䶮`).
    RareCharacter "rare character" 150 250 350,
    /// Of pairs of siblings in a household: twins (same birth date, similar names).
    Twins "twins" 500 1500 2500,

    // What several people share.
    /// Of adults living with others: gives the phone of another member as the own one, on some records.
    HouseholdPhone "household phone" 400 1000 1600,
    /// Of records of people under 16: a parent's phone.
    MinorOnParentPhone "minor on a parent's phone" 7000 8500 9500,
    /// Of new phone numbers: a number that a stranger gave up, issued again.
    RecycledPhone "recycled phone" 300 1200 1800,
    /// Of devices of people living with others: handed down within the household.
    HandMeDownDevice "hand-me-down device" 300 800 1400,
    /// Of devices: bought second hand from a stranger.
    SecondHandDevice "second-hand device" 150 700 1000,
    /// Of app records: signed up on a tablet at a counter.
    CounterTablet "counter tablet" 200 850 1300,
    /// Of branch records: the teller typed a staff phone.
    StaffPhone "staff phone" 200 700 1000,

    // What changes in a life.
    /// Of adults: changed the phone number.
    PhoneChanged "phone changed" 2500 3800 5000,
    /// Of adults: two phones at a time, given by chance.
    SecondPhone "second phone" 900 1600 2400,
    /// Of people with an e-mail address: changed it.
    EmailChanged "e-mail changed" 800 1500 2500,
    /// Of households: moved, so that old records have the old address.
    Moved "moved" 2000 3000 4000,
    /// Of Han people: a new given name.
    NameChanged "given name changed" 60 130 250,
    /// Of married Western women: took the husband's surname within the time the records cover.
    NameChangedByMarriage "surname changed by marriage" 2000 3000 4000,
    /// Of people with a resident ID: the number itself was changed.
    ChangedResidentId "resident ID changed" 40 100 200,
    /// Of Han adults: also a passport.
    SecondCertificate "second certificate" 1000 1600 2200,
    /// Of resident IDs on crm and branch records of people born before 1985: the old number of 15 digits.
    FifteenDigitId "15-digit resident ID" 150 500 900,

    // Records.
    /// Of people in a channel: a second record there (again for a third).
    SecondRecord "second record in a channel" 900 1400 2200,
    /// Of records: a later row with the same id, newer time and changed values.
    UpdatedRow "updated row" 300 600 1000,
    /// Of values a channel usually has: left empty.
    MissingValue "missing value" 300 700 1400,

    // Han names.
    /// Of names with a character that sounds like another: typed as the other.
    Homophone "homophone" 60 150 350,
    /// Of names with a character that looks like another: typed as the other.
    LookAlike "look-alike" 40 100 250,
    /// Of names: in traditional characters (`張偉`).
    Traditional "traditional form" 80 200 400,
    /// Of names: in pinyin.
    HanInPinyin "Han name in pinyin" 80 200 400,
    /// Of names with a rare character: a `?` in its place.
    RareToQuestionMark "rare character to ?" 500 1200 2000,
    /// Of names with a rare character: its pinyin in its place.
    RareToPinyin "rare character to pinyin" 500 1200 2000,
    /// Of names with a rare character that has parts: its parts one by one (`吉吉`).
    RareToParts "rare character to its parts" 400 1000 1800,
    /// Of names with a rare character that has a look-alike: the look-alike (`龑`, `升`).
    RareToLookAlike "rare character to a look-alike" 500 1200 2000,
    /// Of counter and app names: only surname and form of address (`王女士`).
    Honorific "honorific" 80 200 450,
    /// Of app names: a screen name stands where the name should.
    NicknameForName "nickname for a name" 300 700 1200,
    /// Of names of two or three characters: a space within (`张 伟`).
    NameSpaced "name with a space" 50 150 300,

    // Western and minority names.
    /// Of Western names that have a short form: the short form (`Bill`).
    WesternShortForm "Western short form" 800 1500 2200,
    /// Of Western names: surname first, with or without a comma.
    WesternSwapped "Western name swapped" 400 900 1500,
    /// Of Western names: an initial in place of the given name.
    WesternInitial "Western initial" 300 600 1000,
    /// Of Western names with diacritics: written without.
    DiacriticsLost "diacritics lost" 2000 3500 5000,
    /// Of Western names with a hyphen: written without.
    HyphenLost "hyphen lost" 3000 5000 7000,
    /// Of minority names with an interpunct: another dot (`•`, `・`, `.`).
    InterpunctOther "other interpunct" 1500 2500 3500,
    /// Of minority names with an interpunct: none.
    InterpunctLost "interpunct lost" 1000 1800 2500,
    /// Of minority names: only in Latin letters.
    MinorityInPinyin "minority name in pinyin" 500 1000 1500,

    // Phones.
    /// Of phones: a country prefix, `+86`, `86` or `0086`.
    PhonePrefixed "phone with prefix" 400 900 1500,
    /// Of typed phones: dashes or spaces.
    PhoneSeparated "phone with separators" 500 1000 1800,
    /// Of typed phones: full-width digits.
    PhoneFullWidth "full-width phone" 30 80 200,
    /// Of typed phones: one digit wrong, two swapped.
    PhoneMistyped "mistyped phone" 80 250 500,
    /// Of phones: the middle hidden (`138****8000`).
    PhoneMasked "masked phone" 200 500 900,
    /// Of typed phones: a placeholder (`13800138000`).
    PhonePlaceholder "placeholder phone" 60 150 350,
    /// Of branch records of households with a landline: it stands in `TEL`.
    Landline "landline" 4000 5000 6000,

    // Certificates.
    /// Of certificate numbers: the middle hidden.
    IdMasked "masked ID" 200 500 900,
    /// Of resident IDs that end in X: a lower-case x.
    IdLowerX "lower-case x" 800 1500 2500,
    /// Of 18-digit resident IDs: one digit wrong.
    IdDigitWrong "wrong digit in an ID" 50 120 300,
    /// Of 18-digit resident IDs: two neighbouring digits swapped.
    IdDigitsSwapped "swapped digits in an ID" 40 100 250,
    /// Of resident IDs: full-width digits.
    IdFullWidth "full-width ID" 30 80 200,
    /// Of certificate numbers: a placeholder.
    IdPlaceholder "placeholder ID" 60 150 350,

    // Dates, e-mail, sex.
    /// Of dates: `1984-03-12` where the channel writes otherwise.
    DateDashed "date with dashes" 300 600 900,
    /// Of dates: `19840312`.
    DateCompact "compact date" 200 400 700,
    /// Of dates: `1984/3/12`.
    DateSlashed "date with slashes" 300 600 900,
    /// Of dates: `1984年3月12日`.
    DateChinese "Chinese date" 200 400 700,
    /// Of dates: `12.03.1984`.
    DateDotted "dotted date" 60 150 300,
    /// Of dates: a year of two digits.
    DateTwoDigitYear "two-digit year" 30 80 200,
    /// Of dates: day or month wrong.
    DateMistyped "mistyped date" 60 150 350,
    /// Of dates: a placeholder (`1900-01-01`).
    DatePlaceholder "placeholder date" 60 150 350,
    /// Of e-mail addresses: a letter wrong.
    EmailMistyped "mistyped e-mail" 60 150 350,
    /// Of e-mail addresses: capital letters.
    EmailCase "e-mail in capitals" 150 300 500,
    /// Of e-mail addresses missing in a system that asks for them: a placeholder.
    EmailPlaceholder "placeholder e-mail" 60 150 350,
    /// Of records: the wrong sex.
    SexWrong "wrong sex" 20 60 150,

    // Addresses.
    /// Of addresses: no province.
    AddressNoProvince "address without province" 1500 2500 3000,
    /// Of addresses: `市`, `区` and the like left out.
    AddressNoSuffixes "address without suffixes" 500 1000 1500,
    /// Of addresses: estate and `3-2-501`.
    AddressShortPremises "address with short premises" 800 1500 2000,
    /// Of addresses: the street line only.
    AddressStreetOnly "address with street only" 400 800 1200,
    /// Of addresses: a number wrong.
    AddressMistyped "mistyped address" 60 150 350,
    /// Of addresses: a placeholder (`不详`).
    AddressPlaceholder "placeholder address" 60 150 350,
}
