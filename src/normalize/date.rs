//! Birth dates -> `YYYY-MM-DD`, or the part that is known.
//!
//! Never here: weeks (`1984-W11-1`), quarters and years of an era (`S59.3.12`, 民国73年). They name another day than their numbers
//! seem to, so they are not read at all.

use super::Finding;
use crate::limits::{BIRTH_YEAR_MAX, BIRTH_YEAR_MIN, BIRTH_YEAR_READ_MIN};
use crate::record::{Grade, IssueKind};
use crate::schema::DateOrder;
use compact_str::{CompactString, format_compact};

/// Dates typed where none is known, and those that databases begin with.
const PLACEHOLDERS: &[(i32, u32, u32)] = &[
    (1900, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1970, 1, 1),
    (1, 1, 1),
    (9999, 12, 31),
    (2000, 0, 0),
    (1111, 11, 11),
    (1582, 10, 15),
    (1601, 1, 1),
    (1753, 1, 1),
    (1800, 1, 1),
];

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Years of dates that are read.
const YEARS: std::ops::RangeInclusive<i32> = BIRTH_YEAR_READ_MIN..=BIRTH_YEAR_MAX;

/// Names of eras, whose years are counted from other beginnings.
const ERAS: &[&str] = &["民国", "民國", "昭和", "平成", "令和", "大正", "明治"];

/// Reads a birth date in any of the usual styles; a time after it is dropped.
pub fn read(text: &str, order: DateOrder) -> Finding {
    let (year, month, day) = parts(text, order).ok_or(IssueKind::Unreadable)?;
    finish(year, month, day)
}

/// A birth date from its parts as written in three columns; a missing month or day leaves it partial.
pub fn from_parts(year: &str, month: &str, day: &str) -> Finding {
    let (year, month, day) = three_columns(year, month, day).ok_or(IssueKind::Unreadable)?;
    finish(year, month, day)
}

/// Whether a birth date names a month or day that no calendar has (month 13, day 32), which [`read`] leaves out. What is left is the
/// same as where nothing is named, so whoever keeps it has to say so.
pub fn has_impossible_part(text: &str, order: DateOrder) -> bool {
    parts(text, order).is_some_and(|(_, month, day)| is_impossible(month, day))
}

/// As [`has_impossible_part`], for the parts that [`from_parts`] takes.
pub fn parts_are_impossible(year: &str, month: &str, day: &str) -> bool {
    three_columns(year, month, day).is_some_and(|(_, month, day)| is_impossible(month, day))
}

fn three_columns(year: &str, month: &str, day: &str) -> Option<(i32, u32, u32)> {
    let year: i32 = year.trim().parse().ok()?;
    let part = |text: &str| text.trim().parse::<u32>().ok();
    let month = part(month).or_else(|| month_named(month));
    Some((full_year(year, false), month.unwrap_or(0), part(day).unwrap_or(0)))
}

fn is_impossible(month: u32, day: u32) -> bool {
    let (month, day) = turned(month, day);
    month > 12 || day > 31
}

/// Month and day, exchanged where only that makes a month.
fn turned(month: u32, day: u32) -> (u32, u32) {
    if month > 12 && day <= 12 { (day, month) } else { (month, day) }
}

fn finish(year: i32, month: u32, day: u32) -> Finding {
    if PLACEHOLDERS.contains(&(year, month, day)) {
        return Err(IssueKind::Placeholder);
    }
    if !YEARS.contains(&year) {
        return Err(IssueKind::Unreadable);
    }
    match turned(month, day) {
        // Of so long ago only a whole date is one.
        (0 | 13.., _) | (_, 0 | 32..) if year < BIRTH_YEAR_MIN => Err(IssueKind::Unreadable),
        (0 | 13.., _) => Ok((format_compact!("{year:04}"), Grade::Partial)),
        (month, 0 | 32..) => Ok((format_compact!("{year:04}-{month:02}"), Grade::Partial)),
        (month, day) if day > days_in(year, month) || year < BIRTH_YEAR_MIN => {
            Ok((format_compact!("{year:04}-{month:02}-{day:02}"), Grade::Invalid))
        }
        (month, day) => Ok((format_compact!("{year:04}-{month:02}-{day:02}"), Grade::Valid)),
    }
}

fn days_in(year: i32, month: u32) -> u32 {
    let month = i8::try_from(month).unwrap_or(1);
    jiff::civil::Date::new(i16::try_from(year).unwrap_or(2000), month, 1).map_or(31, |date| date.days_in_month() as u32)
}

/// Year, month and day as numbers; 0 where a part is not given.
fn parts(text: &str, order: DateOrder) -> Option<(i32, u32, u32)> {
    let text = text.trim();
    if counts_otherwise(text) {
        return None;
    }
    if text.contains('*') {
        return masked(text);
    }
    let numbers: Vec<&str> = text.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    if let Some(month) = text.split(|letter: char| !letter.is_alphabetic()).find_map(month_named) {
        return with_named_month(&numbers, month);
    }
    match numbers[..] {
        [digits] => without_separators(digits, order),
        [year, month] if year.len() == 4 => Some((year.parse().ok()?, month.parse().ok()?, 0)),
        [first, second, third, ..] => in_order(first, second, third, order),
        _ => None,
    }
}

/// Whether the numbers are no year, month and day: a letter alone in front of one (but the `T` of a time) makes it a week, a quarter
/// or a year of an era.
pub(super) fn counts_otherwise(text: &str) -> bool {
    let bytes = text.as_bytes();
    let marks = |place: usize| {
        let letter = |place: Option<usize>| place.and_then(|place| bytes.get(place)).is_some_and(u8::is_ascii_alphabetic);
        let alone = letter(Some(place)) && !letter(place.checked_sub(1));
        alone && !bytes[place].eq_ignore_ascii_case(&b't') && bytes.get(place + 1).is_some_and(u8::is_ascii_digit)
    };
    (0..bytes.len()).any(marks) || !text.is_ascii() && ERAS.iter().any(|era| text.contains(era))
}

fn in_order(first: &str, second: &str, third: &str, order: DateOrder) -> Option<(i32, u32, u32)> {
    let (a, b): (u32, u32) = (second.parse().ok()?, third.parse().ok()?);
    if first.len() == 4 {
        return Some((first.parse().ok()?, a, b));
    }
    let first: u32 = first.parse().ok()?;
    if third.len() == 4 {
        let year = third.parse().ok()?;
        return match order {
            _ if first > 12 => Some((year, a, first)),
            _ if a > 12 => Some((year, first, a)),
            DateOrder::DayFirst | DateOrder::YearFirst => Some((year, a, first)),
            DateOrder::MonthFirst => Some((year, first, a)),
        };
    }
    // Of a two-digit year the order tells where it stands, unless only one place can be.
    let year = |digits: u32| Some(full_year(i32::try_from(digits).ok()?, true));
    match order {
        _ if first > 31 => Some((year(first)?, a, b)),
        DateOrder::YearFirst if b <= 31 => Some((year(first)?, a, b)),
        DateOrder::DayFirst | DateOrder::YearFirst => Some((year(b)?, a, first)),
        DateOrder::MonthFirst => Some((year(b)?, first, a)),
    }
}

/// Digits alone: the year may lead or stand last, and the first reading that a calendar has is taken. Without one the year is where it
/// mostly is.
fn without_separators(digits: &str, order: DateOrder) -> Option<(i32, u32, u32)> {
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u32>().ok();
    let year = |range: std::ops::Range<usize>| {
        let short = range.len() == 2;
        Some(full_year(i32::try_from(number(range)?).ok()?, short))
    };
    let year_last = |year: i32, first: u32, second: u32| match order {
        DateOrder::DayFirst | DateOrder::YearFirst => [(year, second, first), (year, first, second)],
        DateOrder::MonthFirst => [(year, first, second), (year, second, first)],
    };
    match digits.len() {
        4 => Some((digits.parse().ok()?, 0, 0)),
        5 => of_spreadsheet(digits.parse().ok()?),
        6 => {
            let leading = (year(0..2)?, number(2..4)?, number(4..6)?);
            let [likely, other] = year_last(year(4..6)?, number(0..2)?, number(2..4)?);
            let month_alone = (year(0..4)?, number(4..6)?, 0);
            let month_alone = matches!(month_alone.0 / 100, 19 | 20).then_some(month_alone);
            month_alone.into_iter().chain([leading, likely, other]).find(is_possible).or(Some(leading))
        }
        8.. => {
            let leading = (year(0..4)?, number(4..6)?, number(6..8)?);
            let [likely, other] = year_last(year(4..8)?, number(0..2)?, number(2..4)?);
            let otherwise = if (BIRTH_YEAR_MIN..=BIRTH_YEAR_MAX).contains(&leading.0) { leading } else { likely };
            [leading, likely, other].into_iter().find(is_possible).or(Some(otherwise))
        }
        _ => None,
    }
}

/// The date of a day number of a spreadsheet (1 is 1 January 1900, and 29 February 1900 is counted as in Lotus 1-2-3); five digits begin in
/// 1927.
fn of_spreadsheet(days: i32) -> Option<(i32, u32, u32)> {
    let date = jiff::civil::date(1899, 12, 30).checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    Some((i32::from(date.year()), u32::from(date.month().unsigned_abs()), u32::from(date.day().unsigned_abs())))
}

/// Whether a birth date can be so, zeros standing for what is not known; or is one of those typed where none is known.
fn is_possible((year, month, day): &(i32, u32, u32)) -> bool {
    YEARS.contains(year) && *month <= 12 && *day <= 31 || PLACEHOLDERS.contains(&(*year, *month, *day))
}

fn with_named_month(numbers: &[&str], month: u32) -> Option<(i32, u32, u32)> {
    match numbers {
        [year] if year.len() == 4 => Some((year.parse().ok()?, month, 0)),
        [year, day, ..] if year.len() == 4 => Some((year.parse().ok()?, month, day.parse().ok()?)),
        [day, year, ..] => Some((full_year(year.parse().ok()?, year.len() == 2), month, day.parse().ok()?)),
        _ => None,
    }
}

fn month_named(word: &str) -> Option<u32> {
    let start = word.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|month| *month == start).and_then(|place| u32::try_from(place + 1).ok())
}

/// `1984-**-**` and the like: what stands before the first hidden part.
fn masked(text: &str) -> Option<(i32, u32, u32)> {
    let mut numbers = text.split(|letter: char| !letter.is_ascii_digit() && letter != '*').map_while(|part| part.parse::<u32>().ok());
    let year = numbers.next().filter(|year| *year > 31)?;
    Some((i32::try_from(year).ok()?, numbers.next().unwrap_or(0), 0))
}

/// Two-digit years: 00 to 29 belong to this century (a birth date lies in the past of the 2020s).
fn full_year(year: i32, short: bool) -> i32 {
    match year {
        0..=29 if short => 2000 + year,
        30..=99 if short => 1900 + year,
        other => other,
    }
}

/// `YYYY-MM-DD` as a packed number `YYYYMMDD`, zeros for what is unknown.
pub fn packed(date: &str) -> u32 {
    let number = |range: std::ops::Range<usize>| date.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    number(0..4) * 10_000 + number(5..7) * 100 + number(8..10)
}

/// The day of seconds since 1970, as `YYYY-MM-DD`; the last that a calendar has for later ones.
pub fn day_of(seconds: i64) -> CompactString {
    let span = jiff::Span::new().try_days(seconds.div_euclid(86_400));
    let date = span.and_then(|span| jiff::civil::date(1970, 1, 1).checked_add(span));
    let date = date.unwrap_or(if seconds < 0 { jiff::civil::Date::MIN } else { jiff::civil::Date::MAX });
    format_compact!("{date}")
}

/// The year of seconds since 1970; 0 for one before the first or past the last of a calendar of four digits.
pub fn year_at(seconds: i64) -> u16 {
    day_of(seconds).split('-').next().and_then(|year| year.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> String {
        read(text, DateOrder::DayFirst).map_or_else(|issue| issue.name().to_string(), |(date, grade)| format!("{date} {grade:?}"))
    }

    #[test]
    fn every_style_of_one_day() {
        for text in [
            "1984-03-12",
            "19840312",
            "1984/3/12",
            "1984年3月12日",
            "12.03.1984",
            "12/03/1984",
            "12 Mar 1984",
            "March 12, 1984",
            "1984-03-12 00:00:00",
            "840312",
            "84-3-12",
        ] {
            assert_eq!(date(text), "1984-03-12 Valid", "{text}");
        }
        assert_eq!(read("03/12/1984", DateOrder::MonthFirst), Ok(("1984-03-12".into(), Grade::Valid)));
        for (text, order, expected) in [
            ("25/03/24", DateOrder::DayFirst, "2024-03-25"),
            ("25-03-24", DateOrder::YearFirst, "2025-03-24"),
            ("03/25/24", DateOrder::MonthFirst, "2024-03-25"),
            ("25/03/84", DateOrder::YearFirst, "1984-03-25"),
            ("12/03/1984", DateOrder::YearFirst, "1984-03-12"),
            ("84-03-25", DateOrder::MonthFirst, "1984-03-25"),
        ] {
            assert_eq!(read(text, order), Ok((expected.into(), Grade::Valid)), "{text}");
        }
    }

    #[test]
    fn parts_placeholders_and_nonsense() {
        assert_eq!(date("1984"), "1984 Partial");
        assert_eq!(date("1984-03"), "1984-03 Partial");
        assert_eq!(date("1984-**-**"), "1984 Partial");
        assert_eq!(date("1900-01-01"), "placeholder");
        assert_eq!(date("1753-01-01"), "placeholder");
        assert_eq!(date("1630-08-01"), "1630-08-01 Invalid", "no customer, but somebody in a parish book");
        assert_eq!(date("1499-08-01"), "unreadable");
        assert_eq!((date("1507"), date("1684-03")), ("unreadable".into(), "unreadable".into()));
        assert_eq!(date("soon"), "unreadable");
        assert_eq!(date("1983-02-31"), "1983-02-31 Invalid");
        assert_eq!(date("1849-12-31"), "1849-12-31 Invalid");
        for text in ["2036-01-01", "2099-12-31", "20510312", "31/12/2050"] {
            assert_eq!(date(text), "unreadable", "{text}");
        }
        assert_eq!(date("2035-12-31"), "2035-12-31 Valid");
        assert_eq!(from_parts("2062", "1", "11"), Err(IssueKind::Unreadable));
        assert_eq!(from_parts("2004", "1", "11"), Ok(("2004-01-11".into(), Grade::Valid)));
    }

    /// 20121984 was the year 2012 alone: its month 19 was dropped without a word.
    #[test]
    fn digits_alone_are_read_in_the_order_that_a_calendar_has() {
        for (text, expected) in [
            ("20121984", "1984-12-20 Valid"),
            ("31121999", "1999-12-31 Valid"),
            ("12311999", "1999-12-31 Valid"),
            ("20101912", "1912-10-20 Valid"),
            ("19841220", "1984-12-20 Valid"),
            ("19842012", "1984-12-20 Valid"),
            ("20051203", "2005-12-03 Valid"),
            ("30021985", "1985-02-30 Invalid"),
            ("19830231", "1983-02-31 Invalid"),
            ("19840300", "1984-03 Partial"),
            ("19840000", "1984 Partial"),
            ("198403", "1984-03 Partial"),
            ("198400", "1984 Partial"),
            ("201284", "1984-12-20 Valid"),
            ("120384", "1984-03-12 Valid"),
            ("840312", "1984-03-12 Valid"),
            ("99999999", "unreadable"),
            ("99991231", "placeholder"),
            ("01011900", "placeholder"),
            ("11111111", "placeholder"),
        ] {
            assert_eq!(date(text), expected, "{text}");
            assert!(!has_impossible_part(text, DateOrder::DayFirst) || expected == "unreadable", "{text}");
        }
        assert_eq!(read("03121984", DateOrder::MonthFirst), Ok(("1984-03-12".into(), Grade::Valid)));
        assert_eq!(read("03121984", DateOrder::DayFirst), Ok(("1984-12-03".into(), Grade::Valid)));
    }

    #[test]
    fn a_month_or_day_that_no_calendar_has_is_told() {
        for (text, left) in [("19841399", "1984 Partial"), ("1984-13-45", "1984 Partial"), ("1984-03-32", "1984-03 Partial")] {
            assert_eq!(date(text), left, "{text}");
            assert!(has_impossible_part(text, DateOrder::DayFirst), "{text}");
        }
        for text in ["1984", "1984-03", "1984-00-00", "1984-**-**", "1984-20-12", "soon", "1983-02-31"] {
            assert!(!has_impossible_part(text, DateOrder::DayFirst), "{text}");
        }
        assert!(
            parts_are_impossible("1984", "13", "13") && !parts_are_impossible("1984", "13", "12") && !parts_are_impossible("x", "13", "13")
        );
    }

    #[test]
    fn weeks_quarters_and_eras_are_no_days() {
        for text in ["1984-W11-1", "1984W111", "1984-w11", "1984-Q1", "1984 Q1 12", "S59.3.12", "民国73年3月12日", "昭和59年3月12日"]
        {
            assert_eq!(date(text), "unreadable", "{text}");
            assert_eq!(crate::normalize::time::read(text, DateOrder::DayFirst), None, "{text}");
        }
        for text in ["1984-03-12T08:30:00Z", "12Mar1984", "Wed 12 March 1984", "1984-03-12t8:30"] {
            assert_eq!(date(text), "1984-03-12 Valid", "{text}");
        }
    }

    /// A span of more days than a calendar has stopped the program.
    #[test]
    fn the_day_of_any_moment() {
        assert_eq!(day_of(86_410), "1970-01-02");
        assert_eq!(day_of(-1), "1969-12-31");
        for seconds in [i64::MIN, -1 << 40, 1 << 40, 1_600_000_000_000, i64::MAX] {
            assert!(!day_of(seconds).is_empty(), "{seconds}");
        }
    }
}
