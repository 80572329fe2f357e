//! Birth dates as records write them: the channel's own style, one of five others, placeholders, slips.
//!
//! Never here: update times; machines write those, each channel in one way.

use super::calendar::Day;
use super::disturbance::Disturbance as D;
use super::hand::Hand;
use std::fmt::Write;

/// A way to write a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateStyle {
    /// `1984-03-12`
    Dashed,
    /// `19840312`
    Compact,
    /// `1984/3/12`
    Slashed,
    /// `1984年3月12日`
    Chinese,
    /// `12.03.1984`
    Dotted,
    /// `84-03-12`
    TwoDigitYear,
}

const STYLES: [(D, DateStyle); 6] = [
    (D::DateDashed, DateStyle::Dashed),
    (D::DateCompact, DateStyle::Compact),
    (D::DateSlashed, DateStyle::Slashed),
    (D::DateChinese, DateStyle::Chinese),
    (D::DateDotted, DateStyle::Dotted),
    (D::DateTwoDigitYear, DateStyle::TwoDigitYear),
];

/// Appends a birth date as a channel with `usual` style has it.
pub(crate) fn write_birth(hand: &mut Hand, birth: Day, usual: DateStyle, out: &mut String) {
    let style = STYLES.into_iter().find(|(kind, style)| *style != usual && hand.hit(*kind)).map_or(usual, |(_, style)| style);
    let mut date = birth.civil();
    if hand.hit(D::DatePlaceholder) {
        date = hand.dice.pick(&[(1900, 1, 1), (1900, 1, 1), (1970, 1, 1), (1949, 10, 1), (9999, 12, 31)]);
    } else if hand.hit(D::DateMistyped) {
        date = slip(hand, date);
    }
    write_date(date, style, out);
}

fn slip(hand: &mut Hand, (year, month, day): (i32, u32, u32)) -> (i32, u32, u32) {
    match hand.dice.below(4) {
        0 if day <= 12 && day != month => (year, day, month),
        0 | 1 => (year, month, 1 + day % 28),
        2 => (year, 1 + month % 12, day.min(28)),
        _ => (year + [-1, 1, -10, 10][hand.dice.below(4) as usize], month, day.min(28)),
    }
}

fn write_date((y, m, d): (i32, u32, u32), style: DateStyle, out: &mut String) {
    let _ = match style {
        DateStyle::Dashed => write!(out, "{y:04}-{m:02}-{d:02}"),
        DateStyle::Compact => write!(out, "{y:04}{m:02}{d:02}"),
        DateStyle::Slashed => write!(out, "{y}/{m}/{d}"),
        DateStyle::Chinese => write!(out, "{y}年{m}月{d}日"),
        DateStyle::Dotted => write!(out, "{d:02}.{m:02}.{y}"),
        DateStyle::TwoDigitYear => write!(out, "{:02}-{m:02}-{d:02}", y % 100),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_styles() {
        let written = |style| {
            let mut out = String::new();
            write_date((1984, 3, 12), style, &mut out);
            out
        };
        let all: Vec<String> = STYLES.into_iter().map(|(_, style)| written(style)).collect();
        assert_eq!(all, ["1984-03-12", "19840312", "1984/3/12", "1984年3月12日", "12.03.1984", "84-03-12"]);
    }
}
