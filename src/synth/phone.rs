//! Phones: mobile numbers, foreign numbers and landlines; how they are made and how records write them.
//!
//! Never here: whose phone it is, and who else uses it.

use super::certificate::{hide, swap, widen, wrong_digit};
use super::disturbance::Disturbance as D;
use super::hand::Hand;
use std::fmt::Write;

/// A phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Phone {
    /// 86 for Chinese mobiles.
    country: u16,
    /// The national number.
    number: u64,
    /// Whether a stranger had it before.
    pub(crate) recycled: bool,
}

/// First three digits of mobile numbers.
const MOBILE: [u64; 41] = [
    130, 131, 132, 133, 135, 136, 137, 138, 139, 150, 151, 152, 155, 156, 157, 158, 159, 166, 170, 171, 173, 175, 176, 177, 178, 180, 181,
    182, 183, 185, 186, 187, 188, 189, 191, 193, 195, 196, 197, 198, 199,
];

/// Country codes of foreign phones.
const FOREIGN: [u16; 10] = [1, 1, 1, 44, 44, 49, 33, 61, 7, 39];

const PLACEHOLDERS: [&str; 8] = ["13800138000", "13800138000", "13800000000", "11111111111", "00000000000", "无", "N/A", "13888888888"];

impl Phone {
    /// A Chinese mobile number that follows from 64 random bits.
    pub(crate) fn mobile(bits: u64) -> Self {
        let prefix = MOBILE[(bits >> 40) as usize % MOBILE.len()];
        Phone { country: 86, number: prefix * 100_000_000 + (bits & 0xff_ffff_ffff) % 100_000_000, recycled: false }
    }

    /// A number of another country.
    pub(crate) fn foreign(hand: &mut Hand) -> Self {
        let country = hand.dice.pick(&FOREIGN);
        let number = (2 + u64::from(hand.dice.below(7))) * 1_000_000_000 + hand.dice.bits() % 1_000_000_000;
        Phone { country, number, recycled: false }
    }

    /// Whether it is a Chinese mobile number.
    pub(crate) const fn is_mobile(&self) -> bool {
        self.country == 86
    }

    /// Appends the number as somebody typed it.
    pub(crate) fn write_typed(&self, hand: &mut Hand, out: &mut String) {
        if hand.hit(D::PhonePlaceholder) {
            out.push_str(hand.dice.pick(&PLACEHOLDERS));
            return;
        }
        if !self.is_mobile() {
            return self.write_foreign(hand, out);
        }
        let mut digits = self.number.to_string();
        if hand.hit(D::PhoneMasked) {
            return push_hidden(digits, out);
        }
        if hand.hit(D::PhoneMistyped) {
            mistype(hand, &mut digits);
        }
        write_form(hand, &digits, out);
    }

    /// Appends the number as a system has it that verified it by code: always right, sometimes hidden.
    pub(crate) fn write_verified(&self, hand: &mut Hand, out: &mut String) {
        if !self.is_mobile() {
            return self.write_foreign(hand, out);
        }
        let digits = self.number.to_string();
        if hand.hit(D::PhoneMasked) {
            return push_hidden(digits, out);
        }
        if hand.hit(D::PhonePrefixed) {
            out.push_str(hand.dice.pick(&["+86", "86"]));
        }
        out.push_str(&digits);
    }

    fn write_foreign(&self, hand: &mut Hand, out: &mut String) {
        let _ = match hand.dice.below(3) {
            0 => write!(out, "+{}{}", self.country, self.number),
            1 => write!(out, "00{} {}", self.country, self.number),
            _ => write!(out, "+{} {} {}", self.country, self.number / 10_000_000, self.number % 10_000_000),
        };
    }
}

fn push_hidden(mut digits: String, out: &mut String) {
    hide(&mut digits, 3, 7);
    out.push_str(&digits);
}

fn mistype(hand: &mut Hand, digits: &mut String) {
    let at = hand.dice.between(3, 9) as usize;
    if hand.dice.per_cent(30) && digits.as_bytes()[at] != digits.as_bytes()[at + 1] {
        swap(digits, at);
    } else {
        wrong_digit(hand, digits, 3, 11);
    }
}

fn write_form(hand: &mut Hand, digits: &str, out: &mut String) {
    let start = out.len();
    if hand.hit(D::PhonePrefixed) {
        out.push_str(hand.dice.pick(&["+86", "86", "0086", "+86 ", "+86-", "(+86)"]));
    }
    if hand.hit(D::PhoneSeparated) {
        let gap = hand.dice.pick(&["-", " "]);
        let _ = write!(out, "{}{gap}{}{gap}{}", &digits[..3], &digits[3..7], &digits[7..]);
    } else {
        out.push_str(digits);
    }
    if hand.hit(D::PhoneFullWidth) {
        widen(out, start);
    }
}

/// A landline: area code and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Landline {
    pub(crate) area: &'static str,
    pub(crate) number: u32,
}

impl Landline {
    /// Appends it as a teller types it.
    pub(crate) fn write(&self, hand: &mut Hand, out: &mut String) {
        let _ = match hand.dice.below(4) {
            0 => write!(out, "{}{}", self.area, self.number),
            1 => write!(out, "({}){}", self.area, self.number),
            2 => write!(out, "{} {}", self.area, self.number),
            _ => write!(out, "{}-{}", self.area, self.number),
        };
    }
}
