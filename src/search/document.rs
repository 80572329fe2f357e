//! A golden profile -> the terms by which it is found.
//!
//! 1. Han names: the characters for the bigram tokenizer; every reading in full, given name first too, by surname, given
//!    name and syllable, as surname with initials (`zhangxm`), and by initials.
//! 2. Latin names: the words, and the sorted words as the whole name, so that order does not matter.
//! 3. Phones with and without country code, and their last four digits; e-mail addresses; city and address.
//!
//! Never here: what the profile shows.

use super::layout::Fields;
use super::words::{Piece, pieces, prepared};
use crate::limits::SEARCH_NAME_READINGS_MAX;
use crate::normalize::pinyin::{self, NamePinyin};
use crate::one_id::OneId;
use std::collections::BTreeSet;
use tantivy::TantivyDocument;
use tantivy::schema::Field;

/// What a golden profile is found by.
#[derive(Clone, Debug)]
pub struct ProfileDocument {
    /// The person.
    pub one_id: OneId,
    /// Whole names, as shown and canonical; Han names with the surname first.
    pub names: Vec<String>,
    /// Screen names.
    pub nicknames: Vec<String>,
    /// Phone numbers: digits, with `+CC` in front where known, `*` for a hidden digit.
    pub phones: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// City or town.
    pub city: Option<String>,
    /// Address in one line.
    pub address: Option<String>,
}

impl ProfileDocument {
    /// A document that holds the One-ID alone.
    pub fn new(one_id: OneId) -> Self {
        let (names, nicknames, phones, emails) = Default::default();
        ProfileDocument { one_id, names, nicknames, phones, emails, city: None, address: None }
    }

    /// The terms, each once.
    pub(super) fn to_terms(&self, fields: &Fields) -> TantivyDocument {
        let mut terms = Terms { fields, values: BTreeSet::new() };
        for name in &self.names {
            terms.name(&prepared(name));
        }
        for nickname in &self.nicknames {
            terms.add(fields.nickname, prepared(nickname));
        }
        for phone in &self.phones {
            terms.phone(phone);
        }
        for email in &self.emails {
            terms.add(fields.email, email.trim().to_lowercase());
        }
        for place in self.city.iter().chain(&self.address) {
            terms.add(fields.place, prepared(place));
        }
        let mut document = TantivyDocument::default();
        document.add_text(fields.one_id, self.one_id.to_string());
        document.add_u64(fields.order, order(&self.one_id));
        for (field, value) in terms.values {
            document.add_text(field, value);
        }
        document
    }
}

/// What draws are decided by: the One-ID's first 8 bytes.
fn order(one_id: &OneId) -> u64 {
    one_id.as_bytes()[..8].iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

struct Terms<'a> {
    fields: &'a Fields,
    values: BTreeSet<(Field, String)>,
}

impl Terms<'_> {
    fn add(&mut self, field: Field, value: String) {
        if !value.is_empty() {
            self.values.insert((field, value));
        }
    }

    fn name(&mut self, name: &str) {
        let mut han = String::new();
        let mut latin = Vec::new();
        for piece in pieces(name) {
            match piece {
                Piece::Han(part) => han.push_str(part),
                Piece::Letters(word) => latin.push(word),
                Piece::Digits(_) => {}
            }
        }
        if !han.is_empty() {
            self.add(self.fields.han, han.clone());
            self.add(self.fields.whole_name, han.clone());
            self.pinyin(&pinyin::name_pinyin(&han));
        }
        self.latin(latin);
    }

    fn pinyin(&mut self, name: &NamePinyin) {
        for syllables in name.combinations(SEARCH_NAME_READINGS_MAX) {
            let (surname, given) = syllables.split_at(name.surname_chars());
            let initials: String = syllables.iter().map(|syllable| &syllable[..1]).collect();
            let (surname, given_initials, given) = (surname.concat(), &initials[surname.len()..], given.concat());
            for whole in [format!("{surname}{given}"), format!("{given}{surname}")] {
                self.sound(self.fields.whole_name, whole.clone());
                self.sound(self.fields.pinyin, whole);
            }
            self.sound(self.fields.pinyin, format!("{surname}{given_initials}"));
            self.sound(self.fields.pinyin, surname);
            self.sound(self.fields.pinyin, given);
            for syllable in syllables {
                self.sound(self.fields.pinyin, syllable.to_owned());
            }
            self.add(self.fields.initials, initials);
        }
    }

    /// A sound with its other spellings: 吕 is typed lv, lu and lyu.
    fn sound(&mut self, field: Field, sound: String) {
        if sound.contains("lv") || sound.contains("nv") {
            self.add(field, sound.replace("lv", "lu").replace("nv", "nu"));
            self.add(field, sound.replace("lv", "lyu").replace("nv", "nyu"));
        }
        self.add(field, sound);
    }

    fn latin(&mut self, mut words: Vec<&str>) {
        for word in &words {
            self.add(self.fields.latin, (*word).to_owned());
        }
        if (2..=4).contains(&words.len()) {
            self.add(self.fields.whole_name, words.concat());
            words.rotate_right(1);
            self.add(self.fields.whole_name, words.concat());
        }
        words.sort_unstable();
        self.add(self.fields.whole_name, words.join(" "));
    }

    fn phone(&mut self, phone: &str) {
        let digits: String = phone.chars().filter(|letter| letter.is_ascii_digit() || *letter == '*').collect();
        if let Some(tail) = digits.get(digits.len().saturating_sub(4)..)
            && tail.len() == 4
            && !tail.contains('*')
        {
            self.add(self.fields.phone_tail, tail.to_owned());
        }
        if phone.trim_start().starts_with('+') {
            self.add(self.fields.phone, digits[country_code_digits(&digits).min(digits.len())..].to_owned());
        }
        self.add(self.fields.phone, digits);
    }
}

/// How many digits the country code in front has, by the zones of ITU-T E.164.
fn country_code_digits(digits: &str) -> usize {
    const TWO: [&str; 43] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52", "53", "54",
        "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95",
    ];
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        _ if digits.get(..2).is_some_and(|code| code == "98" || TWO.contains(&code)) => 2,
        _ => 3,
    }
}
