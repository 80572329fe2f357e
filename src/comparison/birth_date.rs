//! Birth dates, ages and sex.

use super::column::Symbol;
use super::library::Outcome;
use super::pair::Pair;
use super::sight::Glimpse;
use super::table::RecordView;
use crate::record::Field;

/// Levels: exact; year and month the same, a day unknown; day and month swapped or one digit off; two parts the same; day and month the
/// same in quite another year; year the same, a month unknown; one part the same; different. Two dates that only the resident IDs say
/// are not compared: those are compared themselves. Null of records whose given names are alike but not the same, see
/// [`date_of_alike_names`].
pub fn date(pair: &Pair<'_>) -> Outcome {
    let found = pair.birth_dates();
    if found.level != 0 && pair.is_alike_but_other() { Outcome::NULL } else { found }
}

/// Levels as for [`date`], of records whose given names are alike but not the same: twins have one birth date and are often named alike.
pub fn date_of_alike_names(pair: &Pair<'_>) -> Outcome {
    let found = pair.birth_dates();
    if found.level != 0 && pair.is_alike_but_other() { found } else { Outcome::NULL }
}

/// See [`Pair::birth_dates`].
pub fn find_compared(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    if written_before_birth(a, b) || written_before_birth(b, a) {
        return Outcome::level(DIFFERENT);
    }
    if let (Some(of_a), Some(of_b)) = (a.glimpse(Field::BirthDate), b.glimpse(Field::BirthDate)) {
        return of_dates(of_a, of_b);
    }
    let mut best = Outcome::NULL;
    let glimpse = |view: &RecordView<'_>, symbol: Symbol| Glimpse::of(Field::BirthDate, symbol, view.value(Field::BirthDate, symbol));
    for symbol in a.symbols(Field::BirthDate) {
        for other in b.symbols(Field::BirthDate) {
            let found = of_dates(&glimpse(a, *symbol), &glimpse(b, *other));
            if best.level == 0 || (found.level != 0 && found.level < best.level) {
                best = found;
            }
        }
    }
    best
}

fn of_dates(a: &Glimpse, b: &Glimpse) -> Outcome {
    let ((x, is_derived), (y, is_derived_too)) = (a.date(), b.date());
    if is_derived && is_derived_too {
        return Outcome::NULL;
    }
    match date_level(x, y) {
        1 => Outcome::exact(Field::BirthDate, a.symbol),
        level => Outcome::level(level),
    }
}

/// The level of different dates.
const DIFFERENT: u8 = 8;

/// Whether `record`, which says no birth date, was written before the other was born: it is of somebody who was born by then.
fn written_before_birth(record: &RecordView<'_>, other: &RecordView<'_>) -> bool {
    if record.has(Field::BirthDate) {
        return false;
    }
    let (Some(born), Some(written)) = (other.first_glimpse(Field::BirthDate), record.year()) else { return false };
    u32::from(written) < year(parts(born.date().0)[0])
}

/// The level of two dates in [`digits`].
fn date_level(x: u32, y: u32) -> u8 {
    let (of_x, of_y) = (parts(x), parts(y));
    if of_x[1] == 0 || of_y[1] == 0 {
        return if of_x[0] == of_y[0] { 6 } else { 8 };
    }
    if of_x[2] == 0 || of_y[2] == 0 {
        return match (of_x[0] == of_y[0], of_x[1] == of_y[1]) {
            (true, true) => 2,
            (true, false) | (false, true) => 7,
            (false, false) => 8,
        };
    }
    if x == y {
        return 1;
    }
    // Who knows the year alone often types its first day.
    let is_first_day = |[_, month, day]: [u32; 3]| month == 1 && day == 1;
    if of_x[0] == of_y[0] && (is_first_day(of_x) || is_first_day(of_y)) {
        return 6;
    }
    let turned = of_x[0] == of_y[0] && of_x[1] == of_y[2] && of_x[2] == of_y[1];
    if turned || one_digit_or_swap(x, y) {
        return 3;
    }
    match of_x.iter().zip(of_y).filter(|(x, y)| **x == *y).count() {
        2 if year(of_x[0]).abs_diff(year(of_y[0])) > SLIP_YEARS_MAX => 5,
        2 => 4,
        1 => 7,
        _ => 8,
    }
}

/// Most years by which a year is off that was mistyped in more than one digit; generations lie further apart.
const SLIP_YEARS_MAX: u32 = 15;

/// A number of eight digits with four bits for each: dates are compared digit by digit.
pub fn digits(number: u32) -> u32 {
    (0..8).fold(0, |digits, place| digits | (number / 10u32.pow(place) % 10) << (4 * place))
}

/// Year, month and day of a date in [`digits`], each in digits too.
const fn parts(date: u32) -> [u32; 3] {
    [date >> 16, date >> 8 & 0xff, date & 0xff]
}

/// A year in [`digits`] as a number.
const fn year(digits: u32) -> u32 {
    (digits >> 12) * 1_000 + (digits >> 8 & 15) * 100 + (digits >> 4 & 15) * 10 + (digits & 15)
}

/// Whether two numbers in [`digits`] differ in one digit or in two neighbours swapped.
const fn one_digit_or_swap(x: u32, y: u32) -> bool {
    let difference = x ^ y;
    // A bit for each digit that differs, the lowest of its four.
    let differing = (difference | difference >> 1 | difference >> 2 | difference >> 3) & 0x1111_1111;
    let low = differing.trailing_zeros();
    match differing.count_ones() {
        1 => true,
        2 if differing >> low == 0x11 => (x >> low & 15) == (y >> (low + 4) & 15) && (x >> (low + 4) & 15) == (y >> low & 15),
        _ => false,
    }
}

/// Levels: within a year, within three, different. Silent where both birth dates are known, which say the same better.
pub fn age(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    if a.has(Field::BirthDate) && b.has(Field::BirthDate) {
        return Outcome::NULL;
    }
    let (Some((_, x)), Some((_, y))) = (a.first(Field::Age), b.first(Field::Age)) else { return Outcome::NULL };
    Outcome::level(match x.number.abs_diff(y.number) {
        0 | 1 => 1,
        2 | 3 => 2,
        _ => 3,
    })
}

/// Levels: same, different. Silent where the same sex goes with the same given name or ones that are alike, which have said it already.
pub fn sex(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    let (of_a, of_b) = (a.symbols(Field::Sex), b.symbols(Field::Sex));
    if of_a.is_empty() || of_b.is_empty() {
        return Outcome::NULL;
    }
    let text = |symbol: &u32| a.value(Field::Sex, *symbol).text.as_str();
    let same = of_a.iter().any(|x| of_b.iter().any(|y| x == y || text(x) == text(y)));
    let same_given_name = || a.symbols(Field::GivenName).iter().any(|name| b.symbols(Field::GivenName).contains(name));
    match same {
        true if same_given_name() || pair.is_alike_but_other() => Outcome::NULL,
        true => Outcome::level(1),
        false => Outcome::level(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::RecordTable;
    use crate::record::{CanonicalRecord, FieldValue, Grade, RecordKey};

    #[test]
    fn a_short_look_at_digits_finds_what_a_long_one_does() {
        let in_places = |number: u32| -> Vec<u32> { (0..8).map(|place| number / 10u32.pow(place) % 10).collect() };
        let long = |x: u32, y: u32| {
            let (x, y) = (in_places(x), in_places(y));
            let differing: Vec<usize> = (0..8).filter(|place| x[*place] != y[*place]).collect();
            differing.len() == 1 || matches!(differing[..], [low, high] if high == low + 1 && x[low] == y[high] && x[high] == y[low])
        };
        let mut random = fastrand::Rng::with_seed(4);
        let mut found = 0;
        for _ in 0..200_000 {
            let x = random.u32(18_000_000..21_000_000);
            let mut other = in_places(x);
            let place = random.usize(..7);
            match random.u8(..3) {
                0 => other.swap(place, place + 1),
                1 => other[place] = random.u32(..10),
                _ => (0..3).for_each(|_| other[random.usize(..8)] = random.u32(..10)),
            }
            let y = other.iter().rev().fold(0, |number, digit| number * 10 + digit);
            assert_eq!(one_digit_or_swap(digits(x), digits(y)), long(x, y), "{x} {y}");
            found += u32::from(long(x, y));
        }
        assert!((50_000..180_000).contains(&found), "{found}");
    }

    #[test]
    fn slips_and_parts_of_dates() {
        for (x, y, level) in [
            (19840312, 19840312, 1),
            (19840312, 19840300, 2),
            (19840312, 19840313, 3),
            (19840312, 19841203, 3),
            (19840312, 19840912, 3),
            (19840312, 19840325, 4),
            (19840312, 19710312, 4),
            (19840312, 19510312, 5),
            (19840312, 19840000, 6),
            (19840312, 19841125, 7),
            (19840312, 19850300, 7),
            (19840312, 19850000, 8),
            (19840312, 19620728, 8),
        ] {
            let (of_x, of_y) = (digits(x), digits(y));
            assert_eq!((date_level(of_x, of_y), date_level(of_y, of_x)), (level, level), "{x} {y}");
        }
    }

    #[test]
    fn nobody_wrote_before_birth() {
        let born = [FieldValue { field: Field::BirthDate, text: "2012-05-06".into(), grade: Grade::Valid }];
        let level = |written: Option<i64>, values: &[FieldValue]| {
            let record =
                |id: &str, at: Option<i64>, values: &[FieldValue]| CanonicalRecord::new(RecordKey::new("s", id), 0, at, values.to_vec());
            let table = RecordTable::build(&[record("1", Some(1_700_000_000), &born), record("2", written, values)]);
            let found = (date(&Pair::new(&table.view(0), &table.view(1))).level, date(&Pair::new(&table.view(1), &table.view(0))).level);
            assert_eq!(found.0, found.1);
            found.0
        };
        let in_2010 = 1_270_000_000;
        assert_eq!(level(Some(in_2010), &[]), DIFFERENT);
        assert_eq!(level(Some(in_2010), &born), 1, "who says the date has it");
        assert_eq!((level(Some(1_400_000_000), &[]), level(None, &[])), (0, 0));
        assert_eq!(level(Some(0), &[]), 0, "a clock that was not set");
    }
}
