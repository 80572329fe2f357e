//! Times -> seconds since 1970.
//!
//! 1. Digits alone are a day, a day and clock (`YYYYMMDDhhmmss`), or Unix time in seconds, milliseconds, microseconds or nanoseconds.
//! 2. Else a date in any of the usual styles may be followed by a clock, and the clock by a zone: `Z`, `UTC`, `+08`, `+0800`, `+08:00`, or
//!    one of the usual names. Of names that several zones have one is taken ([`ZONES`]): times are compared within a source, which
//!    writes them all alike.
//!
//! What cannot be read in whole is not read.

use super::date;
use crate::record::Grade;
use crate::schema::{DateOrder, ZONES};
use std::ops::RangeInclusive;

/// Words that tell the half of a day, and whether it is the second.
const HALVES: &[(&str, bool)] = &[("上午", false), ("下午", true), ("am", false), ("pm", true)];

/// Whether a text is what databases write for no time: zeros alone (`0000-00-00 00:00:00`), or the last day that a calendar has.
pub fn is_none(text: &str) -> bool {
    let text = text.trim();
    let digits = || text.chars().filter(char::is_ascii_digit);
    let last = ["9999-12-31", "9999/12/31", "9999.12.31"].iter().any(|day| text.starts_with(day));
    let packed = text.starts_with("99991231") && matches!(text.len(), 8 | 14);
    last || packed || digits().count() >= 6 && digits().all(|digit| digit == '0') && !text.contains(char::is_alphabetic)
}

/// Seconds since 1970 of a date, date and time, or Unix time. Times without zone are taken as UTC; parts of seconds are dropped; `order` tells
/// of `03/04/2024` which is the month.
pub fn read(text: &str, order: DateOrder) -> Option<i64> {
    let text = text.trim();
    if is_none(text) {
        return None;
    }
    if let Some(seconds) = asctime(text, order) {
        return Some(seconds);
    }
    // Five digits are a spreadsheet's day number, which is a date and no time.
    if date::counts_otherwise(text) || text.len() == 5 && all_digits(text) {
        return None;
    }
    if text.len() >= 9 && text.len() != 14 && all_digits(text) {
        return unix_time(text);
    }
    // `2024-01-01T09:00+08:00[Asia/Shanghai]`: the zone's name repeats its offset.
    let text = text.split_once('[').map_or(text, |(time, _)| time);
    year_first(text).unwrap_or_else(|| in_other_order(text, order))
}

/// `Tue Mar  5 14:20:00 2024`, with a zone in front of the year or without (C's `asctime`, Java's `Date.toString`).
fn asctime(text: &str, order: DateOrder) -> Option<i64> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let (month, day, clock, zone, year) = match words[..] {
        [_, month, day, clock, year] => (month, day, clock, "", year),
        [_, month, day, clock, zone, year] => (month, day, clock, zone, year),
        _ => return None,
    };
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = months.iter().position(|name| month.eq_ignore_ascii_case(name))? + 1;
    let plain = clock.contains(':') && year.len() == 4 && all_digits(year);
    plain.then(|| read(&format!("{year}-{month:02}-{day} {clock} {zone}"), order))?
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The unit is told by the number of digits; what lies past the year 9999 is no time.
fn unix_time(digits: &str) -> Option<i64> {
    let per_second = match digits.len() {
        ..=12 => 1,
        13..=15 => 1_000,
        16..=18 => 1_000_000,
        _ => 1_000_000_000,
    };
    let seconds = digits.parse::<i64>().ok()? / per_second;
    jiff::Timestamp::from_second(seconds).ok().map(|time| time.as_second())
}

/// A time whose date is written year, month, day in digits; the outer `None` where it is not.
fn year_first(text: &str) -> Option<Option<i64>> {
    let (digits, rest) = leading_digits(text);
    let (year, month, day, rest) = if digits.len() == 4 {
        let (month, rest) = leading_digits(after_separator(rest, &['-', '/', '.', ':', '年']));
        let (day, rest) = leading_digits(after_separator(rest, &['-', '/', '.', ':', '月']));
        (digits, month, day, rest)
    } else if matches!(digits.len(), 8 | 14) {
        (&text[..4], &text[4..6], &text[6..8], &text[8..])
    } else {
        return None;
    };
    if month.is_empty() || day.is_empty() {
        return None;
    }
    let date = || jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    Some(date().and_then(|date| at_clock(date, rest)))
}

/// A time whose date is written in another style, in front of its clock.
fn in_other_order(text: &str, order: DateOrder) -> Option<i64> {
    let half = HALVES.iter().filter(|(word, _)| !word.is_ascii()).find_map(|(word, _)| text.find(word));
    let clock = match text.find(':') {
        None => text.len(),
        Some(colon) => {
            let hour = text[..colon].trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
            // `01/Jan/2024:09:00:00`: the colon follows the year.
            if colon - hour == 4 { colon } else { hour }
        }
    };
    let (day, clock) = text.split_at(half.map_or(clock, |half| half.min(clock)));
    let (day, grade) = date::read(day, order).ok()?;
    let part = |range: std::ops::Range<usize>| day.get(range);
    let date = jiff::civil::Date::new(part(0..4)?.parse().ok()?, part(5..7)?.parse().ok()?, part(8..10)?.parse().ok()?).ok()?;
    (grade == Grade::Valid).then(|| at_clock(date, clock))?
}

fn leading_digits(text: &str) -> (&str, &str) {
    text.split_at(text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len())
}

/// What follows one of the separators, or white space alone.
fn after_separator<'a>(text: &'a str, separators: &[char]) -> &'a str {
    let text = text.trim_start();
    text.strip_prefix(separators).unwrap_or(text).trim_start()
}

/// Seconds since 1970 of a day and what is written behind it.
fn at_clock(date: jiff::civil::Date, rest: &str) -> Option<i64> {
    let days = date.since(jiff::civil::date(1970, 1, 1)).ok()?.get_days();
    let midnight = i64::from(days).checked_mul(86_400)?;
    let rest = rest.trim_start_matches(['日', '号']).trim();
    if let Some(ahead) = zone(rest) {
        return midnight.checked_sub(ahead);
    }
    let rest = rest.strip_prefix(['T', 't', '-', ':', ',', '_']).unwrap_or(rest).trim_start();
    let (rest, early_half) = half_in_front(rest);
    let (seconds_of_day, rest) = clock(rest)?;
    let (rest, late_half) = half_in_front(rest.trim_start());
    let seconds_of_day = match early_half.or(late_half) {
        None => seconds_of_day,
        Some(second_half) => in_half(seconds_of_day, second_half)?,
    };
    midnight.checked_add(seconds_of_day)?.checked_sub(zone(rest)?)
}

/// Takes a word for a half of the day off the front.
fn half_in_front(text: &str) -> (&str, Option<bool>) {
    let found = HALVES.iter().find(|(word, _)| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    found.map_or((text, None), |(word, second)| (text[word.len()..].trim_start(), Some(*second)))
}

/// Of a clock of twelve hours, whose 12 is the first; nothing where it goes on to 23.
fn in_half(seconds_of_day: i64, second_half: bool) -> Option<i64> {
    let noon = 12 * 3600;
    let since_half = match seconds_of_day / 3600 {
        1..=11 => seconds_of_day,
        12 => seconds_of_day - noon,
        _ => return None,
    };
    Some(since_half + if second_half { noon } else { 0 })
}

/// Seconds since midnight, and what follows the clock.
fn clock(text: &str) -> Option<(i64, &str)> {
    let (digits, rest) = leading_digits(text);
    let (hour, minute, second, rest) = match digits.len() {
        1 | 2 => {
            let (minute, rest) = next_part(rest, &[':', '.', '时', '時', '点']);
            let (second, rest) = if minute.is_empty() { ("", rest) } else { next_part(rest, &[':', '.', '分']) };
            (digits, minute, second, rest)
        }
        4 => (&digits[..2], &digits[2..], "", rest),
        6 => (&digits[..2], &digits[2..4], &digits[4..], rest),
        _ => return None,
    };
    let rest = rest.strip_prefix(['时', '時', '点', '分', '秒']).unwrap_or(rest);
    let rest = match rest.strip_prefix(['.', ',']).map(leading_digits) {
        Some((fraction, rest)) if !fraction.is_empty() && !second.is_empty() => rest,
        _ => rest,
    };
    let seconds = within(hour, 0..=23)? * 3600 + within(minute, 0..=59)? * 60 + within(second, 0..=60)?;
    Some((seconds, rest))
}

/// Digits behind a separator; nothing is taken where there are none.
fn next_part<'a>(text: &'a str, separators: &[char]) -> (&'a str, &'a str) {
    match text.strip_prefix(separators).map(|rest| leading_digits(rest.trim_start())) {
        Some((digits, rest)) if !digits.is_empty() => (digits, rest),
        _ => ("", text),
    }
}

/// One or two digits as a number, 0 for none.
fn within(digits: &str, range: RangeInclusive<i64>) -> Option<i64> {
    match digits.len() {
        0 => Some(0),
        1 | 2 => digits.parse().ok().filter(|number| range.contains(number)),
        _ => None,
    }
}

/// Seconds that a zone is ahead of UTC; 0 where none is written.
fn zone(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some((_, hours)) = ZONES.iter().find(|(name, _)| text.eq_ignore_ascii_case(name)) {
        return Some(hours * 3600);
    }
    let universal = ["UTC", "GMT", "Z"].iter().find_map(|name| {
        let start = text.get(..name.len())?;
        start.eq_ignore_ascii_case(name).then(|| text[name.len()..].trim_start())
    });
    let text = universal.unwrap_or(text);
    if text.is_empty() {
        return Some(0);
    }
    let sign = match text.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match text[1..].split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if text.len() == 5 && all_digits(&text[1..]) => (&text[1..3], &text[3..]),
        None => (&text[1..], ""),
    };
    if hours.is_empty() || !all_digits(hours) || !all_digits(minutes) {
        return None;
    }
    Some(sign * (within(hours, 0..=23)? * 3600 + within(minutes, 0..=59)? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<i64> {
        super::read(text, DateOrder::DayFirst)
    }

    #[test]
    fn times_in_the_usual_forms() {
        for text in ["1970-01-02T00:00:10", "1970-01-02 00:00:10", "19700102000010", "1970/1/2 0:0:10", "1970:01:02 00:00:10"] {
            assert_eq!(read(text), Some(86_410), "{text}");
        }
        for text in ["2 Jan 1970", "02.01.1970", "1970年1月2日", "1970-01-02", "19700102", "1970-Jan-02", "1970 1 2"] {
            assert_eq!(read(text), Some(86_400), "{text}");
        }
        assert_eq!(read("Jan 2025"), None);
        assert_eq!(read("84-3-12"), read("1984-03-12"));
        for text in ["1600000000", "1600000000123", "1600000000123456", "1600000000123456789"] {
            assert_eq!(read(text), Some(1_600_000_000), "{text}");
        }
    }

    /// 2024-01-01 01:00:00Z.
    const ONE: i64 = 1_704_070_800;

    /// Zones were passed over, so of two rows the older one could be live.
    #[test]
    fn a_zone_is_taken_off() {
        for text in [
            "2024-01-01T09:00:00+08:00",
            "2024-01-01T09:00:00.123+08:00",
            "2024-01-01T09:00:00,123456789 +08:00",
            "2024-01-01T09:00:00+0800",
            "2024-01-01T09:00:00+08",
            "2024-01-01T09+08",
            "2024-01-01 09:00 +8",
            "2024-01-01 09:00 UTC+8",
            "2024-01-01T09:00+08:00[Asia/Shanghai]",
            "20240101T090000+0800",
            "20240101T0900+08",
            "20240101090000+0800",
            "2023-12-31T20:30:00-04:30",
            "2023-12-31T17:00:00-08",
            "2024-01-01T01:00:00Z",
            "2024-01-01T01:00:00.5z",
            "2024-01-01 01:00:00 UTC",
            "2024-01-01 01:00:00 gmt",
            "20240101010000Z",
            "2024-01-01-01.00.00.000000",
            "Mon, 01 Jan 2024 09:00:00 +0800",
            "01/Jan/2024:09:00:00 +0800",
            "31/12/2023 8:30 PM -04:30",
            "1/1/2024 1:00:00 AM",
            "2024年1月1日 1时0分0秒",
            "2024年1月1日1点",
            "2024/1/1 上午1:00",
            "2024/1/1 上午 1:00",
            "Mon Jan  1 01:00:00 2024",
            "Mon Jan 01 01:00:00 UTC 2024",
            "Mon Jan 01 09:00:00 CST 2024",
            "2024-01-01T09:00:00 CST",
            "2023-12-31 20:00:00 EST",
        ] {
            assert_eq!(read(text), Some(ONE), "{text}");
        }
        assert_eq!(read("2024-01-01+08:00"), Some(ONE - 9 * 3600));
        assert_eq!(read("2024/1/1 下午1:00:00"), Some(ONE + 12 * 3600));
        assert_eq!(read("31/12/2023 12:30 am"), read("2023-12-31 00:30"));
        assert_eq!(read("2023/12/31 12:30 PM"), read("2023-12-31 12:30"));
        assert_eq!(read("2016-12-31T23:59:60Z"), read("2017-01-01"));
    }

    #[test]
    fn the_order_of_day_and_month_is_the_tables() {
        assert_eq!(super::read("02/01/2024 09:00", DateOrder::MonthFirst), read("2024-02-01 09:00"));
        assert_eq!(read("02/01/2024 09:00"), read("2024-01-02 09:00"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "2024-01-01T24:00:00",
            "2024-01-01T09:60:00",
            "2024-01-01T09:00:61",
            "2024-01-01T09:00:00+24:00",
            "2024-01-01T09:00:00+08:60",
            "2024-01-01T09:00:00+",
            "2024-01-01T09:00:00 XST",
            "2024-01-01T09:00:00+08:00:00",
            "2024-01-01T009:00",
            "2024-01-01 9000000000000000000",
            "2024-01-01 00:9000000000000000000",
            "2024-01-01 soon",
            "2024-01-01 13:00 PM",
            "2024-01-01 T",
            "2024-13-01",
            "2024-02-30",
            "20240101250000",
            "45355",
            "Mon Jan 01 09:00:00 here 2024",
            "0000-00-00 00:00:00",
            "9999-12-31",
            "09:00",
            ":",
            "",
            "９时",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        for digits in ["999999999999", "9000000000000000000", "9223372036854775808", "99999999999999999999999"] {
            assert!(read(digits).is_none_or(|seconds| seconds == 9_000_000_000), "{digits}");
        }
    }
}
