//! Phones, e-mails, certificates, devices and accounts: many-valued fields, of which the best pair of values counts.

use super::best::{best, of_all};
use super::column::{Band, PreparedValue, Symbol};
use super::library::Outcome;
use super::name::{GIVEN_DIFFERENT, SINGLE_DIFFERENT};
use super::pair::Pair;
use super::sight::{AtAGlance, at_a_glance};
use super::similarity::{edits, hidden_fits, jaro_winkler, within_one_edit};
use super::table::RecordView;
use super::told_name::is_made_of_name;
use crate::limits::{OWN_PHONE_YEARS_MIN, PHONE_YEARS_MANY, PHONE_YEARS_SOME};
use crate::record::{Field, Grade};
use compact_str::CompactString;

/// How two records are named; what a shared phone or device says depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    /// By given names that may be one person's.
    Alike,
    /// At least one says no given name, hides it, or says a single one that differs.
    Missing,
    /// By different given names.
    Apart,
}

fn naming(pair: &Pair<'_>) -> Naming {
    match pair.given().level {
        0 | SINGLE_DIFFERENT => Naming::Missing,
        GIVEN_DIFFERENT => Naming::Apart,
        _ => Naming::Alike,
    }
}

/// Agreement on a value by band: under one name, under several, under many; only the first weighs by frequency. Null where the two
/// records are not named as asked.
fn banded(pair: &Pair<'_>, field: Field, named: Naming, different: u8, level: impl Fn(&PreparedValue, &PreparedValue) -> u8) -> Outcome {
    let Pair { a, b, .. } = pair;
    let (of_a, of_b) = (a.symbols(field), b.symbols(field));
    if of_a.is_empty() || of_b.is_empty() || naming(pair) != named {
        return Outcome::NULL;
    }
    let whole = |symbol: &&Symbol| a.value(field, **symbol).grade != Grade::Partial;
    let of_several = || {
        let shared = of_a.iter().filter(|symbol| of_b.contains(symbol)).filter(whole);
        shared.map(|symbol| (a.band(field, *symbol), *symbol)).min()
    };
    let shared = match at_a_glance(field, a, b) {
        AtAGlance::Same(symbol) => Some((a.band(field, symbol), symbol)),
        AtAGlance::Different => return Outcome::level(different),
        AtAGlance::Open => of_several(),
    };
    if let Some((band, symbol)) = shared {
        return match band {
            Band::OneName if named == Naming::Alike => Outcome { level: 1 + apart(a, b, field), ..Outcome::exact(field, symbol) },
            Band::OneName => Outcome::level(1 + apart(a, b, field)),
            Band::SeveralNames => Outcome::level(several_names(field) + apart(a, b, field)),
            Band::ManyNames => Outcome::level(if field == Field::Phone { PHONE_MANY_NAMES } else { 3 }),
        };
    }
    let found = of_all(a, b, field, level);
    let is_years_apart = field == Field::Phone && found.level == PHONE_HIDDEN_FITS && apart(a, b, field) > 0;
    if is_years_apart { Outcome::level(PHONE_HIDDEN_FITS + 1) } else { found }
}

fn phone_level(x: &PreparedValue, y: &PreparedValue) -> u8 {
    if x.grade == Grade::Partial || y.grade == Grade::Partial {
        return if hidden_fits(&x.text, &y.text, 7) { PHONE_HIDDEN_FITS } else { PHONE_DIFFERENT };
    }
    if x.text.len() >= 7 && x.is_near(y) { PHONE_ONE_OFF } else { PHONE_DIFFERENT }
}

/// Of records named alike. Levels: exact under one name and under several (each by the years between), under a child's, under many, hidden
/// digits fit (by the years between), one digit off, different.
pub fn phone(pair: &Pair<'_>) -> Outcome {
    banded(pair, Field::Phone, Naming::Alike, PHONE_DIFFERENT, phone_level)
}

/// Of records of which one has no given name. Levels as for [`phone`]; a child's phone is mostly that of somebody who has given none.
pub fn phone_unnamed(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    let found = banded(pair, Field::Phone, Naming::Missing, PHONE_DIFFERENT, phone_level);
    let is_held = (1..PHONE_OF_CHILD).contains(&found.level);
    if is_held && (is_child(a, b) || is_child(b, a)) { Outcome::level(PHONE_OF_CHILD) } else { found }
}

/// The level of a phone held under the name of a child.
const PHONE_OF_CHILD: u8 = 7;

/// The level of a phone held under many names.
const PHONE_MANY_NAMES: u8 = 8;

/// The level of phones whose hidden digits fit; the next is theirs years apart.
pub const PHONE_HIDDEN_FITS: u8 = 9;

/// The level of phones one digit apart.
const PHONE_ONE_OFF: u8 = 11;

/// The level of different phones.
const PHONE_DIFFERENT: u8 = 12;

/// The first level of a phone or device held under several names.
const fn several_names(field: Field) -> u8 {
    if matches!(field, Field::Phone) { 4 } else { 2 }
}

/// How far apart two records with one phone were written: 0, or 1 for years, 2 for many years, in which a number may have passed on.
fn apart(a: &RecordView<'_>, b: &RecordView<'_>, field: Field) -> u8 {
    if field != Field::Phone {
        return 0;
    }
    match a.years_to(b) {
        PHONE_YEARS_SOME..PHONE_YEARS_MANY => 1,
        PHONE_YEARS_MANY.. => 2,
        _ => 0,
    }
}

/// Whether a record is of somebody who was under [`OWN_PHONE_YEARS_MIN`] when the other one was written.
fn is_child(of: &RecordView<'_>, other: &RecordView<'_>) -> bool {
    let (Some((_, born)), Some(written)) = (of.first(Field::BirthDate), other.year().or(of.year())) else { return false };
    let born = born.number / 10_000;
    born > 0 && u32::from(written) < born + OWN_PHONE_YEARS_MIN
}

/// Of records of different given names. Levels as for [`phone`].
pub fn phone_other_name(pair: &Pair<'_>) -> Outcome {
    banded(pair, Field::Phone, Naming::Apart, PHONE_DIFFERENT, phone_level)
}

/// Levels: exact, same name at another provider, close, different. Addresses whose numbers differ are those of namesakes, not slips. Where
/// both are made of nothing but their records' names, they say what the names say already; where one is and the given names are different
/// they are no slips of each other.
pub fn email(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    const SAID_BY_NAMES: u8 = 4;
    const DIFFERENT: u8 = 5;
    let found = best(a, b, Field::Email, DIFFERENT, |x, y| {
        let (Some((of_x, _)), Some((of_y, _))) = (x.text.split_once('@'), y.text.split_once('@')) else { return DIFFERENT };
        let of_names = || [is_made_of_name(a, of_x), is_made_of_name(b, of_y)];
        if of_x == of_y && of_x.len() >= 4 {
            return if of_names() == [true; 2] { SAID_BY_NAMES } else { 2 };
        }
        let is_close = has_same_number(of_x, of_y) && (x.is_near(y) || of_x.len().min(of_y.len()) >= 6 && jaro_winkler(of_x, of_y) >= 0.95);
        if !is_close {
            return DIFFERENT;
        }
        match of_names() {
            [false, false] => 3,
            _ if pair.given().level == GIVEN_DIFFERENT => DIFFERENT,
            [true, true] => SAID_BY_NAMES,
            _ => 3,
        }
    });
    match found.level {
        SAID_BY_NAMES => Outcome::NULL,
        DIFFERENT => Outcome::level(4),
        _ => found,
    }
}

/// Whether the digits of two names of mailboxes are the same; of long ones (an account's number, a phone's) one may be mistyped.
fn has_same_number(x: &str, y: &str) -> bool {
    const LONG: usize = 7;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<CompactString>();
    let (x, y) = (digits(x), digits(y));
    x == y || x.len().min(y.len()) >= LONG && within_one_edit(&x, &y)
}

/// Levels: exact (15-digit forms as 18), one digit off where not both are valid, hidden digits fit, different. Two valid numbers
/// are never one typo apart: the check digit catches every single typo and swap of neighbours.
pub fn resident_id(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    best(a, b, Field::ResidentId, 4, |x, y| {
        if x.grade == Grade::Partial || y.grade == Grade::Partial {
            return if hidden_fits(&x.text, &y.text, 6) { 3 } else { 4 };
        }
        let certain = |value: &PreparedValue| value.grade == Grade::Valid;
        if !(certain(x) && certain(y)) && within_one_edit(&x.text[..17.min(x.text.len())], &y.text[..17.min(y.text.len())]) { 2 } else { 4 }
    })
}

/// Fewest shown characters that a hidden national ID must have in common with another: the usual last four.
const NATIONAL_ID_SHOWN_MIN: usize = 4;

/// Levels: exact, one character off, two off or hidden ones fit, different.
pub fn national_id(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    best(a, b, Field::NationalId, 4, |x, y| {
        if x.grade == Grade::Partial || y.grade == Grade::Partial {
            return if hidden_fits(&x.text, &y.text, NATIONAL_ID_SHOWN_MIN) { 3 } else { 4 };
        }
        if x.is_near(y) {
            2
        } else if x.text.len().min(y.text.len()) >= 6 && x.glance().may_be_edits(y.glance(), 2) && edits(&x.text, &y.text) == 2 {
            3
        } else {
            4
        }
    })
}

/// Levels: exact, one character off, different; silent between different types.
pub fn certificate(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    let outcome = best(a, b, Field::Certificate, 3, |x, y| match (x.text.split_once(':'), y.text.split_once(':')) {
        (Some((kind, _)), Some((other, _))) if kind != other => 4,
        (Some((_, x)), Some((_, y))) if x.contains('*') || y.contains('*') => 2 + u8::from(!hidden_fits(x, y, 5)),
        (Some((_, x)), Some((_, y))) if within_one_edit(x, y) => 2,
        _ => 3,
    });
    if outcome.level == 4 { Outcome::NULL } else { outcome }
}

/// Of records named alike. Levels: exact under one name, under several, under many, different.
pub fn device(pair: &Pair<'_>) -> Outcome {
    banded(pair, Field::Device, Naming::Alike, 4, |_, _| 4)
}

/// Of records of which one has no given name. Levels as for [`device`].
pub fn device_unnamed(pair: &Pair<'_>) -> Outcome {
    banded(pair, Field::Device, Naming::Missing, 4, |_, _| 4)
}

/// Of records of different given names. Levels as for [`device`].
pub fn device_other_name(pair: &Pair<'_>) -> Outcome {
    banded(pair, Field::Device, Naming::Apart, 4, |_, _| 4)
}

/// Levels: exact, different.
pub fn openid(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    best(a, b, Field::OpenId, 2, |_, _| 2)
}

/// Levels: exact, different.
pub fn unionid(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    best(a, b, Field::UnionId, 2, |_, _| 2)
}

/// Levels: exact, different.
pub fn customer_number(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    best(a, b, Field::CustomerNumber, 2, |_, _| 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::RecordTable;
    use crate::record::{CanonicalRecord, FieldValue, RecordKey};

    const YEAR: i64 = 31_557_600;

    /// A record of a phone, written so many years after 2000.
    fn record(id: &str, year: i64, values: &[(Field, &str)]) -> CanonicalRecord {
        let phone = (Field::Phone, "+8613912345671");
        let values =
            values.iter().chain([&phone]).map(|(field, text)| FieldValue { field: *field, text: (*text).into(), grade: Grade::Valid });
        CanonicalRecord::new(RecordKey::new("s", id), 0, Some(946_900_000 + year * YEAR), values.collect())
    }

    #[test]
    fn addresses_made_of_names_say_what_the_names_say() {
        let level = |x: (&str, &str), y: (&str, &str)| {
            let of = |id: &str, (given, address): (&str, &str)| {
                let values = [(Field::FamilyName, "cook"), (Field::GivenName, given), (Field::Email, address)];
                let values = values.iter().map(|(field, text)| FieldValue { field: *field, text: (*text).into(), grade: Grade::Valid });
                CanonicalRecord::new(RecordKey::new("s", id), 0, None, values.collect())
            };
            let table = RecordTable::build(&[of("1", x), of("2", y)]);
            email(&Pair::new(&table.view(0), &table.view(1))).level
        };
        assert_eq!(level(("holly", "hcook@gmail.com"), ("megan", "mcook@gmail.com")), 4, "namesakes");
        assert_eq!(level(("john", "johncook@a.com"), ("john", "john.cook@b.com")), 0);
        assert_eq!(level(("hanna", "hannacook@a.com"), ("hannah", "hannahcook@a.com")), 0);
        assert_eq!(level(("holy", "hcook@gmail.com"), ("megan", "mcooc@gmail.com")), 4, "namesakes, one mistyped");
        assert_eq!(level(("john", "john.cook@a.com"), ("john", "john.cook@b.com")), 0);
        assert_eq!(level(("john", "john.cook7@a.com"), ("john", "john.cook7@b.com")), 2);
        assert_eq!(level(("john", "john.cook@a.com"), ("john", "jhon.cook@a.com")), 3, "a slip");
        assert_eq!(level(("john", "john.cook@a.com"), ("john", "john.cook@a.com")), 1);
    }

    #[test]
    fn a_phone_says_less_the_more_years_lie_between() {
        const WEI: [(Field, &str); 2] = [(Field::FamilyName, "张"), (Field::GivenName, "伟")];
        const FANG: [(Field, &str); 2] = [(Field::FamilyName, "李"), (Field::GivenName, "芳")];
        let records = [record("1", 10, &WEI), record("2", 11, &[]), record("3", 14, &[]), record("4", 18, &[]), record("5", 10, &WEI)];
        let of_one = RecordTable::build(&records);
        let levels = |table: &RecordTable| [1, 2, 3].map(|row| phone_unnamed(&Pair::new(&table.view(0), &table.view(row))).level);
        assert_eq!(levels(&of_one), [1, 2, 3]);
        assert_eq!(phone(&Pair::new(&of_one.view(0), &of_one.view(4))).level, 1);
        let with_other: Vec<CanonicalRecord> = records.iter().cloned().chain([record("6", 10, &FANG)]).collect();
        assert_eq!(levels(&RecordTable::build(&with_other)), [4, 5, 6], "under several names");
        let (early, late) = (of_one.merged(&[0, 4]), of_one.merged(&[1, 3]));
        assert_eq!(
            phone_unnamed(&Pair::new(&of_one.merged_view(&early), &of_one.merged_view(&late))).level,
            1,
            "wholes by the years nearest to each other"
        );
    }

    #[test]
    fn copies_share_their_years_and_clocks_that_were_not_set_tell_none() {
        const WEI: [(Field, &str); 2] = [(Field::FamilyName, "张"), (Field::GivenName, "伟")];
        let mut table = RecordTable::build(&[record("1", 10, &WEI), record("2", 18, &WEI), record("3", 20, &[]), record("4", -30, &[])]);
        let level = |table: &RecordTable, row: u32| phone_unnamed(&Pair::new(&table.view(0), &table.view(row))).level;
        assert_eq!((level(&table, 2), level(&table, 3)), (3, 1));
        table.share_years(&[(0, 1)]);
        assert_eq!((level(&table, 2), level(&table, 3)), (1, 1));
    }

    #[test]
    fn a_childs_phone_is_a_level_of_its_own() {
        let child = |born: &'static str| [(Field::FamilyName, "张"), (Field::GivenName, "伟"), (Field::BirthDate, born)];
        let level = |born: &'static str| {
            let table = RecordTable::build(&[record("1", 15, &child(born)), record("2", 15, &[])]);
            phone_unnamed(&Pair::new(&table.view(0), &table.view(1))).level
        };
        assert_eq!((level("2005-01-01"), level("1999-01-01")), (PHONE_OF_CHILD, 1));
    }
}
