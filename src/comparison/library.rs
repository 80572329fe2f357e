//! The comparisons we ship, as one table.

use super::column::Symbol;
use super::pair::Pair;
use super::{ComparisonVector, address, birth_date, identifier, name, screen_name, source, told_name};
use crate::record::{Field, FieldSet};

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// 0: nothing to compare; 1: strongest agreement; the highest: disagreement.
    pub level: u8,
    /// The value whose frequency counts: the one that both share on exact levels, the form in use where the other is a slip of it.
    pub shared: Option<(Field, Symbol)>,
    /// As what it is shared: whose frequency counts.
    pub by: SharedBy,
}

/// As what two records share a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SharedBy {
    /// The text.
    #[default]
    Text,
    /// A sound that both write in Han characters, each in its own.
    Homophone,
    /// A sound that one at least writes in letters.
    Letters,
}

impl Outcome {
    /// Nothing to compare.
    pub const NULL: Outcome = Outcome { level: 0, shared: None, by: SharedBy::Text };

    /// A level without a shared value.
    pub const fn level(level: u8) -> Self {
        Outcome { level, ..Outcome::NULL }
    }

    /// Level 1 with the shared value.
    pub const fn exact(field: Field, symbol: Symbol) -> Self {
        Outcome { level: 1, shared: Some((field, symbol)), by: SharedBy::Text }
    }
}

/// How relatives of one household stand to a comparison, where the data have not said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RivalTie {
    /// A relative agrees on it about as often as the person would: address, phone, family name.
    Shared,
    /// A relative agrees on it no more often than a stranger: given name, birth date, accounts; certificates and e-mail addresses but for
    /// [`RELATIVES_BORROW`].
    Personal,
}

/// One level of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// What the level says, in words.
    pub label: &'static str,
    /// The m probability assumed before training.
    pub m_before: f64,
    /// The u probability assumed before training, by the frequencies of names, dates and numbers in large populations; some
    /// thousand records say more than it.
    pub u_before: f64,
}

/// A comparison: a name, its levels from strongest to disagreement, and the function that tells which.
#[derive(Clone, Copy)]
pub struct Comparison {
    /// Name in settings, models and explanations.
    pub name: &'static str,
    /// The field whose values are shown for it.
    pub field: Field,
    /// Whether agreement weighs by how frequent the value is.
    pub term_frequency: bool,
    /// Relatives' stand.
    pub rival: RivalTie,
    /// Levels 1 and up.
    pub levels: &'static [Level],
    /// How many of the first levels are exact agreement on a value.
    pub exact_levels: usize,
    /// Fields that both records must have for it to find anything.
    pub needs: FieldSet,
    /// The level of a pair.
    pub compare: fn(&Pair<'_>) -> Outcome,
}

impl Comparison {
    /// The exact levels that a near one (from 1) stands to as it does among one person's: those as many years apart, where that is told.
    pub fn exact_levels_like(&self, near: usize) -> Vec<usize> {
        match self.field {
            Field::Phone if near == usize::from(identifier::PHONE_HIDDEN_FITS) => vec![1, 4, 7, 8],
            Field::Phone if near == usize::from(identifier::PHONE_HIDDEN_FITS) + 1 => vec![2, 3, 5, 6],
            _ => (1..=self.exact_levels).collect(),
        }
    }

    /// The levels, by places from 0, at which a run begins within which agreement weighs the less the further down. Agreement on a value that
    /// many hold, or years later, may weigh less than likeness of values that are somebody's own.
    pub fn runs(&self) -> &'static [usize] {
        match self.field {
            Field::Phone => &[0, 3, 6, 7, 8],
            Field::Device => &[0, 3],
            _ if self.term_frequency && self.exact_levels == 1 => &[0, 1],
            _ => &[0],
        }
    }

    /// The field it looks at; none for the sources.
    pub fn looks_at(&self) -> Option<Field> {
        (self.name != SOURCE).then_some(self.field)
    }
}

impl std::fmt::Debug for Comparison {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Comparison({}, {} levels)", self.name, self.levels.len())
    }
}

/// Labels with the m and u probabilities before training.
macro_rules! levels {
    ($($label:literal $m:literal $u:literal),+) => { &[$(Level { label: $label, m_before: $m, u_before: $u }),+] };
}

const LINE: &[Level] = levels!["exact" 0.7 0.001, "close" 0.1 0.003, "similar" 0.05 0.01, "different" 0.15 0.986];
const PLACE: &[Level] = levels!["exact" 0.8 0.05, "close" 0.07 0.02, "different" 0.13 0.93];
const ACCOUNT: &[Level] = levels!["exact" 0.9 1e-7, "different" 0.1 0.9999999];

const PHONE: &[Level] = levels!["exact, under one name" 0.42 3e-7, "the same, years apart" 0.06 1e-7, "the same, many years apart" 0.02 1e-7, "exact, under several names" 0.18 2e-7, "the same, years apart" 0.03 1e-7, "the same, many years apart" 0.01 1e-7, "exact, under a child's name" 0.02 1e-7, "exact, under many names" 0.01 1e-6, "hidden digits fit" 0.025 8e-5, "the same, years apart" 0.005 2e-5, "one digit off" 0.04 1e-5, "different" 0.18 0.9998880];
const DEVICE: &[Level] = levels!["exact, under one name" 0.7 1e-6, "exact, under several names" 0.15 1e-6, "exact, under many names" 0.05 1e-6, "different" 0.1 0.999997];
const BIRTH_DATE: &[Level] = levels!["exact" 0.87 5e-5, "year and month same, a day unknown" 0.01 2e-5, "one digit off or swapped" 0.06 0.0015, "two parts same" 0.02 0.0025, "day and month same" 0.008 0.0025, "year same, a month unknown" 0.01 2e-4, "one part same" 0.007 0.13, "different" 0.015 0.86323];

/// The table: name, field, term frequency, rival, levels, function.
const LIBRARY: &[Comparison] = &[
    row(
        "family_name",
        Field::FamilyName,
        true,
        RivalTie::Shared,
        levels!["exact" 0.85 0.02, "same sound in letters" 0.02 0.002, "same sound" 0.02 0.008, "close, one form rare" 0.045 0.002, "similar, or an initial" 0.01 0.005, "close, both in use" 0.005 0.008, "part" 0.01 0.005, "different" 0.04 0.95],
        name::family,
    ),
    row(
        "given_name",
        Field::GivenName,
        true,
        RivalTie::Personal,
        levels!["exact" 0.8 0.003, "same sound in letters, or short form" 0.03 0.001, "same sound" 0.02 0.002, "close, one form rare" 0.05 0.003, "similar, an initial, or hidden letters fit" 0.025 0.015, "close, both in use" 0.01 0.007, "part" 0.015 0.015, "another, one a single name" 0.01 0.02, "different, or of two generations" 0.04 0.934],
        name::given,
    ),
    needing(
        row(WHOLE_NAME, Field::DisplayName, true, RivalTie::Personal, levels!["as written" 0.97 0.97, "swapped" 0.03 0.03], name::whole),
        FieldSet::EMPTY.with(Field::GivenName),
    ),
    row(
        "middle_name",
        Field::MiddleName,
        true,
        RivalTie::Personal,
        levels!["exact" 0.75 0.01, "initial or close" 0.15 0.05, "different" 0.1 0.94],
        name::middle,
    ),
    row(
        "nickname",
        Field::Nickname,
        true,
        RivalTie::Personal,
        levels!["exact" 0.3 0.001, "different" 0.7 0.999],
        screen_name::other_source,
    ),
    row(
        "nickname_same_source",
        Field::Nickname,
        false,
        RivalTie::Personal,
        levels!["exact" 0.6 0.001, "different" 0.4 0.999],
        screen_name::same_source,
    ),
    // Of whom one says a name and the other does not.
    needing(
        row(
            TOLD_NAME,
            Field::Nickname,
            false,
            RivalTie::Personal,
            levels!["address says the whole name" 0.02 1e-5, "given name told" 0.13 0.01, "family name told" 0.04 0.01, "no name told" 0.78 0.79999, "another name told" 0.03 0.18],
            told_name::told_name,
        ),
        FieldSet::EMPTY,
    ),
    row("sex", Field::Sex, false, RivalTie::Personal, levels!["same" 0.97 0.5, "different" 0.03 0.5], birth_date::sex),
    // Who says no birth date was born by the time of writing.
    needing(row(BIRTH_DATE_NAME, Field::BirthDate, false, RivalTie::Personal, BIRTH_DATE, birth_date::date), FieldSet::EMPTY),
    needing(
        row(BIRTH_DATE_OF_ALIKE_NAMES, Field::BirthDate, false, RivalTie::Personal, BIRTH_DATE, birth_date::date_of_alike_names),
        FieldSet::EMPTY.with(Field::GivenName),
    ),
    row(
        "age",
        Field::Age,
        false,
        RivalTie::Personal,
        levels!["within a year" 0.8 0.04, "within three" 0.1 0.06, "different" 0.1 0.9],
        birth_date::age,
    ),
    needing(
        row(SOURCE, Field::DisplayName, false, RivalTie::Personal, levels!["two sources" 0.6 0.5, "one source" 0.4 0.5], source::source),
        FieldSet::EMPTY,
    ),
    row("phone", Field::Phone, true, RivalTie::Shared, PHONE, identifier::phone),
    row("phone_unnamed", Field::Phone, false, RivalTie::Shared, PHONE, identifier::phone_unnamed),
    row("phone_other_name", Field::Phone, false, RivalTie::Shared, PHONE, identifier::phone_other_name),
    row(
        "email",
        Field::Email,
        true,
        RivalTie::Personal,
        levels!["exact" 0.75 1e-6, "same name at another provider" 0.05 1e-4, "close" 0.05 0.001, "different" 0.15 0.998899],
        identifier::email,
    ),
    row(
        "resident_id",
        Field::ResidentId,
        false,
        RivalTie::Personal,
        levels!["exact" 0.9 1e-7, "one digit off" 0.04 1e-6, "hidden digits fit" 0.03 1e-4, "different" 0.03 0.9998989],
        identifier::resident_id,
    ),
    row(
        "national_id",
        Field::NationalId,
        false,
        RivalTie::Personal,
        levels!["exact" 0.85 1e-7, "one character off" 0.06 1e-6, "two characters off, or hidden ones fit" 0.03 1e-5, "different" 0.06 0.9999889],
        identifier::national_id,
    ),
    row(
        "certificate",
        Field::Certificate,
        false,
        RivalTie::Personal,
        levels!["exact" 0.9 1e-6, "one character off or hidden" 0.05 1e-4, "different" 0.05 0.999899],
        identifier::certificate,
    ),
    row("device", Field::Device, true, RivalTie::Shared, DEVICE, identifier::device),
    row("device_unnamed", Field::Device, false, RivalTie::Shared, DEVICE, identifier::device_unnamed),
    row("device_other_name", Field::Device, false, RivalTie::Shared, DEVICE, identifier::device_other_name),
    row("openid", Field::OpenId, false, RivalTie::Personal, ACCOUNT, identifier::openid),
    row("unionid", Field::UnionId, false, RivalTie::Personal, ACCOUNT, identifier::unionid),
    row("customer_number", Field::CustomerNumber, false, RivalTie::Personal, ACCOUNT, identifier::customer_number),
    row("street", Field::Street, true, RivalTie::Shared, LINE, address::street),
    row("premises", Field::Premises, true, RivalTie::Shared, LINE, address::premises),
    row(
        "street_number",
        Field::StreetNumber,
        true,
        RivalTie::Shared,
        levels!["exact" 0.75 0.02, "one character off" 0.1 0.1, "different" 0.15 0.88],
        address::street_number,
    ),
    row("district", Field::District, true, RivalTie::Shared, PLACE, address::district),
    row("city", Field::City, true, RivalTie::Shared, PLACE, address::city),
    row("state", Field::State, true, RivalTie::Shared, PLACE, address::state),
    row("postcode", Field::Postcode, true, RivalTie::Shared, PLACE, address::postcode),
];

type Compare = fn(&Pair<'_>) -> Outcome;

const fn row(
    name: &'static str,
    field: Field,
    term_frequency: bool,
    rival: RivalTie,
    levels: &'static [Level],
    compare: Compare,
) -> Comparison {
    let exact_levels = match field {
        Field::Phone => 8,
        Field::Device => 3,
        // Names as written may be two names.
        Field::DisplayName => 0,
        _ => 1,
    };
    let needs = FieldSet::EMPTY.with(field);
    Comparison { name, field, term_frequency, rival, levels, exact_levels, needs, compare }
}

/// A comparison that finds something where both records have other fields than its own, or none.
const fn needing(comparison: Comparison, needs: FieldSet) -> Comparison {
    Comparison { needs, ..comparison }
}

/// How often relatives are at a level of a personal comparison at least, whatever strangers show: comparison, level, probability. One pair
/// of siblings in some sixty are twins (1.5 % of births), and a household has other pairs; siblings often have a
/// character of their given names in common by custom (`建军`, `建华`), twins more often than others. Where certificates tell relatives
/// apart the data say more.
pub const RELATIVES_ALIKE: &[(&str, usize, f64)] =
    &[("birth_date", 1, 0.005), (BIRTH_DATE_OF_ALIKE_NAMES, 1, 0.03), ("given_name", 6, 0.0), ("given_name", 7, 0.1), ("sex", 2, 0.0)];

/// How often relatives give each other's number for their own, before the data say: comparison, probability. Couples have one e-mail address,
/// a member number stands for a household, an employer gets the social security number of somebody who has one.
pub const RELATIVES_BORROW: &[(&str, f64)] =
    &[("email", 0.05), ("customer_number", 0.005), ("national_id", 0.001), ("certificate", 0.001), ("resident_id", 0.001)];

/// Whether a comparison vector is of two people who live together: their certificates differ, and they share a phone or a home. It says
/// nothing else, so that how alike such people are can be counted.
pub fn is_of_relatives(vector: ComparisonVector) -> bool {
    let level = |name: &str| place_of(name).map_or(0, |place| usize::from(vector.level(place)));
    let is_exact =
        |name: &str| library().iter().any(|comparison| comparison.name == name && (1..=comparison.exact_levels).contains(&level(name)));
    let differ = library().iter().any(|comparison| comparison.name == "resident_id" && level("resident_id") == comparison.levels.len());
    differ && (BY_NAMING[0].iter().any(|name| is_exact(name)) || is_exact("premises") || is_exact("street") && is_exact("street_number"))
}

/// The comparison that tells whether family and given name stand in opposite columns, and weighs how many have both.
pub const WHOLE_NAME: &str = "whole_name";

/// The comparison that looks at the sources of two records and at none of their fields.
pub const SOURCE: &str = "source";

/// The comparison of what one record's screen name or e-mail address tells of a name with the other's name.
pub const TOLD_NAME: &str = "told_name";

/// The comparison of birth dates.
const BIRTH_DATE_NAME: &str = "birth_date";

/// The comparison of birth dates of records whose given names are alike but not the same.
const BIRTH_DATE_OF_ALIKE_NAMES: &str = "birth_date_of_alike_names";

/// The comparisons of birth dates, of which one applies.
pub const BIRTH_DATES: [&str; 2] = [BIRTH_DATE_NAME, BIRTH_DATE_OF_ALIKE_NAMES];

/// Pairs of comparisons of one field, of which the second applies to few pairs: but for relatives it is as likely at each level as the first.
pub const ALIKE_BUT_FOR_RELATIVES: &[[&str; 2]] = &[BIRTH_DATES];

/// Comparisons of one field, of records named alike, not named, and named otherwise. How often rivals share the value is seen where
/// the names tell them apart, and holds of all three.
pub const BY_NAMING: &[[&str; 3]] = &[["phone", "phone_unnamed", "phone_other_name"], ["device", "device_unnamed", "device_other_name"]];

/// The comparisons we ship, in the order of explanations.
pub fn library() -> &'static [Comparison] {
    const { assert!(LIBRARY.len() <= ComparisonVector::COMPARISONS_MAX) };
    LIBRARY
}

/// Where a comparison stands in the library.
pub fn place_of(name: &str) -> Option<usize> {
    library().iter().position(|comparison| comparison.name == name)
}

/// The comparison vector of two records; `each` sees every outcome that is not null.
pub fn compare(pair: &Pair<'_>, each: &mut impl FnMut(usize, Outcome)) -> ComparisonVector {
    let mut vector = ComparisonVector::default();
    let both = pair.both();
    for (place, comparison) in library().iter().enumerate().filter(|(_, comparison)| both.has_all(comparison.needs)) {
        let outcome = (comparison.compare)(pair);
        if outcome.level != 0 {
            vector = vector.with(place, outcome.level);
            each(place, outcome);
        }
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relatives_are_told_by_certificates_and_a_shared_home() {
        let vector = |levels: &[(&str, u8)]| {
            levels
                .iter()
                .fold(ComparisonVector::default(), |vector, (name, level)| vector.with(place_of(name).expect("a comparison"), *level))
        };
        assert!(is_of_relatives(vector(&[("resident_id", 4), ("phone_other_name", 4)])));
        assert!(is_of_relatives(vector(&[("resident_id", 4), ("premises", 1), ("birth_date", 1)])));
        assert!(!is_of_relatives(vector(&[("resident_id", 4), ("family_name", 1), ("birth_date", 1)])), "strangers as well");
        assert!(!is_of_relatives(vector(&[("resident_id", 4), ("phone", 12), ("street", 1)])));
        assert!(!is_of_relatives(vector(&[("resident_id", 1), ("phone", 1)])) && !is_of_relatives(vector(&[("phone", 1)])));
    }

    #[test]
    fn the_table_is_sound() {
        let mut names = std::collections::BTreeSet::new();
        for comparison in library() {
            assert!(names.insert(comparison.name), "{} twice", comparison.name);
            assert!(comparison.levels.len() >= 2 && comparison.levels.len() <= usize::from(ComparisonVector::LEVEL_MAX));
            for (name, of) in [("m", (|level| level.m_before) as fn(&Level) -> f64), ("u", |level| level.u_before)] {
                let sum: f64 = comparison.levels.iter().map(of).sum();
                assert!((sum - 1.0).abs() < 1e-9, "{}: {name} sums to {sum}", comparison.name);
            }
            let ratios: Vec<f64> = comparison.levels.iter().map(|level| level.m_before / level.u_before).collect();
            let last = ratios.len() - 1;
            assert!(ratios[..last].iter().all(|ratio| *ratio >= ratios[last]), "{}", comparison.name);
        }
    }
}
