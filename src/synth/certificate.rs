//! Certificates: resident IDs of 18 and 15 digits, passports; how they are made and how records write them.
//!
//! A resident ID is six digits of the place of birth, eight of the birth date, three in sequence (odd for men) and a check
//! character by ISO 7064 MOD 11-2. Here the three in sequence come from chance. Never here: whose certificate it is.

use super::calendar::Day;
use super::disturbance::Disturbance as D;
use super::hand::Hand;
use super::name::Sex;
use std::fmt::Write;

/// A certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// A resident ID: 17 digits; the check character follows from them.
    Resident(u64),
    /// A passport: its letters, and a number of so many digits.
    Passport { letters: &'static str, number: u32, digits: usize },
}

/// Letters before the number of foreign passports.
const FOREIGN: [&str; 8] = ["", "C", "P", "X", "L", "AB", "N", "K"];

impl Certificate {
    /// A resident ID for somebody.
    pub(crate) fn resident(district: u32, birth: Day, sex: Sex, hand: &mut Hand) -> Self {
        let (year, month, day) = birth.civil();
        let sequence = hand.dice.below(500) * 2 + u32::from(sex == Sex::Male);
        let date = year as u64 * 10_000 + u64::from(month) * 100 + u64::from(day);
        Certificate::Resident((u64::from(district) * 100_000_000 + date) * 1000 + u64::from(sequence % 1000))
    }

    /// The resident ID of a twin, registered next to this one; other certificates stay as they are.
    pub(crate) fn of_twin(&self, same_sex: bool) -> Self {
        match *self {
            Certificate::Resident(body) if !same_sex => Certificate::Resident(body ^ 1),
            Certificate::Resident(body) if body % 1000 < 998 => Certificate::Resident(body + 2),
            Certificate::Resident(body) => Certificate::Resident(body - 2),
            other => other,
        }
    }

    /// A Chinese passport.
    pub(crate) fn chinese_passport(hand: &mut Hand) -> Self {
        let letters = hand.dice.pick(&["E", "E", "EA", "EB", "EJ", "G"]);
        let digits = if letters.len() == 1 { 8 } else { 7 };
        Certificate::Passport { letters, number: hand.dice.below(10u32.pow(digits as u32)), digits }
    }

    /// A passport of another country.
    pub(crate) fn foreign_passport(hand: &mut Hand) -> Self {
        let letters = hand.dice.pick(&FOREIGN);
        let digits = 9 - letters.len();
        Certificate::Passport { letters, number: hand.dice.below(10u32.pow(digits as u32)), digits }
    }

    /// Whether it is a resident ID.
    pub(crate) const fn is_resident(&self) -> bool {
        matches!(self, Certificate::Resident(_))
    }

    /// Appends the number as printed.
    pub(crate) fn push(&self, out: &mut String) {
        let _ = match self {
            Certificate::Resident(body) => write!(out, "{body}{}", check_character(*body)),
            Certificate::Passport { letters, number, digits } => write!(out, "{letters}{number:0digits$}"),
        };
    }

    /// Appends the number as a record has it; `old_form` allows 15 digits.
    pub(crate) fn write(&self, hand: &mut Hand, old_form: bool, out: &mut String) {
        if hand.hit(D::IdPlaceholder) {
            out.push_str(hand.dice.pick(&["无", "000000000000000000", "111111111111111111", "不详", "N/A", "123456789012345678"]));
            return;
        }
        let start = out.len();
        self.push(out);
        if !self.is_resident() {
            if hand.hit(D::IdMasked) {
                hide(out, start + 2, out.len() - 3);
            }
            return;
        }
        if old_form && hand.hit(D::FifteenDigitId) {
            out.truncate(start + 17);
            out.replace_range(start + 6..start + 8, "");
            return;
        }
        disturb_resident(hand, start, out);
    }
}

fn disturb_resident(hand: &mut Hand, start: usize, out: &mut String) {
    if hand.hit(D::IdMasked) {
        return hide(out, start + 6, out.len() - 4);
    }
    if hand.hit(D::IdDigitWrong) {
        wrong_digit(hand, out, start + 6, start + 17);
    } else if let Some(at) = swappable(hand, &out[start..])
        && hand.hit(D::IdDigitsSwapped)
    {
        swap(out, start + at);
    }
    if out.ends_with('X') && hand.hit(D::IdLowerX) {
        out.pop();
        out.push('x');
    }
    if hand.hit(D::IdFullWidth) {
        widen(out, start);
    }
}

/// A place where two neighbouring digits differ, from the birth date on.
fn swappable(hand: &mut Hand, id: &str) -> Option<usize> {
    let bytes = id.as_bytes();
    let from = hand.dice.between(6, 15) as usize;
    (from..16).find(|at| bytes[*at] != bytes[at + 1])
}

/// Swaps two neighbouring ASCII characters.
pub(crate) fn swap(text: &mut String, at: usize) {
    let swapped: String = text[at..at + 2].chars().rev().collect();
    text.replace_range(at..at + 2, &swapped);
}

/// Puts another digit in the place of one between `from` and `to`.
pub(crate) fn wrong_digit(hand: &mut Hand, text: &mut String, from: usize, to: usize) {
    let at = hand.dice.between(from as i32, to as i32 - 1) as usize;
    let digit = text.as_bytes()[at].wrapping_sub(b'0') % 10;
    let wrong = (digit + 1 + hand.dice.below(9) as u8) % 10;
    text.replace_range(at..at + 1, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"][usize::from(wrong)]);
}

/// Puts `*` in place of the ASCII characters from `from` to `to`.
pub(crate) fn hide(text: &mut String, from: usize, to: usize) {
    text.replace_range(from..to, &"*".repeat(to.saturating_sub(from)));
}

/// Makes the ASCII characters from `start` on full-width.
pub(crate) fn widen(text: &mut String, start: usize) {
    let wide: String = text[start..].chars().map(wide_form).collect();
    text.replace_range(start.., &wide);
}

fn wide_form(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        other => other,
    }
}

/// The check character of the 17 digits of a resident ID (GB 11643, ISO 7064 MOD 11-2).
fn check_character(body: u64) -> char {
    const WEIGHTS: [u64; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let (mut rest, mut sum) = (body, 0);
    for weight in WEIGHTS.iter().rev() {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    char::from(b"10X98765432"[(sum % 11) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::config::ErrorLevel;
    use crate::synth::dice::Dice;

    #[test]
    fn check_characters_are_those_of_the_standard() {
        // The standard's own examples.
        assert_eq!(check_character(11_010_519_491_231_002), 'X');
        assert_eq!(check_character(44_052_418_800_101_001), '4');
    }

    #[test]
    fn twins_never_share_a_number() {
        for sequence in [0, 1, 997, 998, 999] {
            let first = Certificate::Resident(11_010_519_491_231_000 + sequence);
            let (Certificate::Resident(same), Certificate::Resident(other)) = (first.of_twin(true), first.of_twin(false)) else {
                panic!("a resident ID stays one");
            };
            assert_eq!((same / 1000, same % 2, other / 1000), (11_010_519_491_231, sequence % 2, 11_010_519_491_231));
            assert!(first.of_twin(true) != first && other % 2 != sequence % 2);
        }
    }

    #[test]
    fn swaps_hides_and_widens() {
        let mut text = "ab12".to_owned();
        swap(&mut text, 2);
        hide(&mut text, 0, 1);
        widen(&mut text, 2);
        assert_eq!(text, "*b２１");
        let mut hand = Hand::new(ErrorLevel::Usual, Dice::new(1, 1));
        for _ in 0..100 {
            let mut id = "110105194912310022".to_owned();
            wrong_digit(&mut hand, &mut id, 6, 17);
            assert_eq!(id.bytes().zip("110105194912310022".bytes()).filter(|(a, b)| a != b).count(), 1);
        }
    }
}
