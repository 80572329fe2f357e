//! E-mail addresses: how people choose them and how records write them.
//!
//! Never here: whether a channel asks for one.

use super::disturbance::Disturbance as D;
use super::hand::Hand;
use super::name::{Name, Names};
use std::fmt::Write;

const CHINESE_HOSTS: [&str; 8] = ["163.com", "163.com", "126.com", "sina.com", "139.com", "foxmail.com", "outlook.com", "gmail.com"];
const WESTERN_HOSTS: [&str; 7] = ["gmail.com", "gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "protonmail.com"];
const PLACEHOLDERS: [&str; 6] = ["test@test.com", "无", "N/A", "a@a.com", "no@email.com", "123@qq.com"];

/// A new address for somebody; `unique` is a number of at most ten digits that nobody else gets.
pub(crate) fn new_address(hand: &mut Hand, names: &Names, name: &Name, unique: u64) -> String {
    let mut out = String::new();
    let number = unique % 10_000;
    match name {
        Name::Western { given, last, .. } => {
            let (first, mut surname) = (given.full(), String::new());
            super::name::push_plain(last, &mut surname);
            let mut plain_first = String::new();
            super::name::push_plain(first, &mut plain_first);
            let (first, last) = (letters(&plain_first), letters(&surname));
            let host = hand.dice.pick(&WESTERN_HOSTS);
            let _ = match hand.dice.below(4) {
                0 => write!(out, "{first}.{last}{number}@{host}"),
                1 => write!(out, "{}{last}{number}@{host}", &first[..first.len().min(1)]),
                2 => write!(out, "{last}.{first}{}@{host}", number),
                _ => write!(out, "{first}_{last}{}@{host}", number),
            };
        }
        Name::Han { family, given } if hand.dice.per_cent(45) => {
            names.variants.push_surname_pinyin(family, &mut out);
            for c in given.concat().chars() {
                super::name::push_pinyin(c, &mut out);
            }
            out.retain(|c| c.is_ascii_alphanumeric());
            let _ = write!(out, "{}@{}", unique % 1_000_000, hand.dice.pick(&CHINESE_HOSTS));
        }
        _ => {
            let _ = write!(out, "{}@qq.com", 10_000 + unique);
        }
    }
    out
}

/// Appends an address as a record has it.
pub(crate) fn write(hand: &mut Hand, address: &str, out: &mut String) {
    let start = out.len();
    out.push_str(address);
    if hand.hit(D::EmailMistyped) {
        let at = start + hand.dice.below(address.find('@').unwrap_or(1) as u32) as usize;
        let old = out.as_bytes()[at];
        let new = b'a' + (old.wrapping_add(1 + hand.dice.below(20) as u8)) % 26;
        let new = if new == old { b'a' + (new - b'a' + 1) % 26 } else { new };
        out.replace_range(at..at + 1, char::from(new).encode_utf8(&mut [0; 4]));
    }
    if hand.hit(D::EmailCase) {
        let upper = out[start..].to_ascii_uppercase();
        out.replace_range(start.., &upper);
    }
}

/// What stands where an address is demanded and there is none.
pub(crate) fn placeholder(hand: &mut Hand) -> &'static str {
    hand.dice.pick(&PLACEHOLDERS)
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
