//! What a rule can ask of a record: a value, or something derived from it that survives small differences.

use crate::normalize::{pinyin, text};
use crate::record::{CanonicalRecord, Field, Grade};
use compact_str::CompactString;
use rustc_hash::FxHasher;
use std::fmt;
use std::hash::Hasher;

/// One part of a blocking key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyExpression {
    /// The field's whole value; masked values give none.
    Value(Field),
    /// Family and given name by sound, in either order.
    Name,
    /// The family name, and the given name, by sound: a key for each.
    NamePart,
    /// The first letter of each name part by sound.
    NameInitial,
    /// Year of birth.
    BirthYear,
    /// Year and month of birth.
    BirthYearMonth,
    /// The last four digits of a phone, masked or not.
    PhoneTail,
    /// The digits of a phone that masks leave: its beginning and the last four, masked or not.
    PhoneEnds,
    /// What stands before the `@`.
    EmailLocal,
    /// Month and day of birth.
    BirthMonthDay,
    /// The field's whole value, and it with each character in turn left out: values one edit apart share one of these.
    Near(Field),
    /// Family and given name together, likewise.
    NearName,
    /// The family name, and the given name, by sound, likewise.
    NearNamePart,
}

/// The derived expressions without a field, by their written forms.
const DERIVED: &[(&str, KeyExpression)] = &[
    ("name", KeyExpression::Name),
    ("name_part", KeyExpression::NamePart),
    ("name_initial", KeyExpression::NameInitial),
    ("birth_year", KeyExpression::BirthYear),
    ("birth_year_month", KeyExpression::BirthYearMonth),
    ("birth_month_day", KeyExpression::BirthMonthDay),
    ("phone_tail", KeyExpression::PhoneTail),
    ("phone_ends", KeyExpression::PhoneEnds),
    ("email_local", KeyExpression::EmailLocal),
    ("name~", KeyExpression::NearName),
    ("name_part~", KeyExpression::NearNamePart),
];

impl KeyExpression {
    /// Reads the written form: a field's name, with `~` behind it for what is one edit off too, or one of [`KeyExpression::words`].
    pub fn parse(word: &str) -> Option<Self> {
        if let Some((_, expression)) = DERIVED.iter().find(|(name, _)| *name == word) {
            return Some(*expression);
        }
        let compared = |name: &str| Field::parse(name).filter(|field| !field.is_shown_only());
        match word.strip_suffix('~') {
            Some(field) => compared(field).map(KeyExpression::Near),
            None => compared(word).map(KeyExpression::Value),
        }
    }

    /// The derived words that [`KeyExpression::parse`] reads beside field names.
    pub fn words() -> impl Iterator<Item = &'static str> {
        DERIVED.iter().map(|(word, _)| *word)
    }

    /// Whether it finds many texts in one: those that are an edit away.
    pub const fn is_near(self) -> bool {
        matches!(self, KeyExpression::Near(_) | KeyExpression::NearName | KeyExpression::NearNamePart)
    }

    /// What of a record the expression looks at.
    pub const fn looks_at(self) -> LooksAt {
        match self {
            KeyExpression::Value(field) | KeyExpression::Near(field) => LooksAt::Each(field),
            KeyExpression::BirthYear | KeyExpression::BirthYearMonth | KeyExpression::BirthMonthDay => LooksAt::Each(Field::BirthDate),
            KeyExpression::PhoneTail | KeyExpression::PhoneEnds => LooksAt::Each(Field::Phone),
            KeyExpression::EmailLocal => LooksAt::Each(Field::Email),
            KeyExpression::NamePart | KeyExpression::NameInitial | KeyExpression::NearNamePart => LooksAt::NameParts,
            KeyExpression::Name | KeyExpression::NearName => LooksAt::WholeName,
        }
    }

    /// Appends a 64-bit hash of each text that the expression has in the record.
    pub fn hashes(self, record: &CanonicalRecord, out: &mut Vec<u64>) {
        let first = |field: Field| record.first(field).map(|value| (value.text.as_str(), value.grade));
        match self.looks_at() {
            LooksAt::Each(field) => record.of(field).iter().for_each(|value| self.hashes_of_value(field, &value.text, value.grade, out)),
            LooksAt::NameParts => {
                for field in NAME_PARTS {
                    if let Some((text, grade)) = first(field) {
                        self.hashes_of_value(field, text, grade, out);
                    }
                }
            }
            LooksAt::WholeName => {
                let parts = NAME_PARTS.map(|field| {
                    let (text, _) = first(field).filter(|(_, grade)| *grade != Grade::Partial)?;
                    Some((text, sound(field, text)?))
                });
                let [family, given] = parts.each_ref().map(|part| part.as_ref().map(|(text, sound)| (*text, sound.as_str())));
                self.hashes_of_name(family, given, out);
            }
        }
    }

    /// Appends the hashes of what an expression that looks at values one by one has in one.
    pub fn hashes_of_value(self, field: Field, text: &str, grade: Grade, out: &mut Vec<u64>) {
        let is_whole = grade != Grade::Partial;
        let mut with_sound = |found: &dyn Fn(&str, &mut Vec<u64>)| {
            if let Some(sound) = sound(field, text) {
                found(&sound, out);
            }
        };
        let part = match self {
            KeyExpression::Value(_) if is_whole => Some(text),
            KeyExpression::BirthYear => text.get(0..4),
            KeyExpression::BirthYearMonth => text.get(0..7),
            KeyExpression::BirthMonthDay => text.get(5..10),
            KeyExpression::PhoneTail => text.len().checked_sub(4).and_then(|from| text.get(from..)).filter(|tail| !tail.contains('*')),
            KeyExpression::EmailLocal => local(text),
            KeyExpression::PhoneEnds => return out.extend(ends(text).map(|ends| hash(&ends))),
            KeyExpression::Near(Field::Email) => return local(text).into_iter().for_each(|local| near([local], out)),
            KeyExpression::Near(_) if is_whole => return near([text], out),
            KeyExpression::NamePart if is_whole => return with_sound(&|sound, out| out.push(hash(sound))),
            KeyExpression::NearNamePart if is_whole => return with_sound(&|sound, out| near([sound], out)),
            KeyExpression::NameInitial if is_whole => {
                return with_sound(&|sound, out| out.extend(sound.chars().next().map(|initial| hash(initial.encode_utf8(&mut [0; 4])))));
            }
            _ => None,
        };
        out.extend(part.map(hash));
    }

    /// Appends the hashes of what an expression that looks at the whole name has in one: of family and given name the text and how it sounds,
    /// none where it is missing, masked, or sounds like nothing.
    pub fn hashes_of_name(self, family: Option<(&str, &str)>, given: Option<(&str, &str)>, out: &mut Vec<u64>) {
        let Some((given_text, given)) = given else { return };
        match (self, family) {
            (KeyExpression::Name, Some((_, family))) => {
                let (family, given) = (hash(family), hash(given));
                out.push(family.min(given) ^ family.max(given).rotate_left(17));
            }
            (KeyExpression::Name, None) if given.len() > 5 => out.push(hash(given)),
            // The whole name to be looked at for one edit: Han as written, others by sound.
            (KeyExpression::NearName, Some((family_text, _))) if text::has_han(given_text) => near([family_text, given_text], out),
            (KeyExpression::NearName, Some((_, family))) if family <= given => near([family, " ", given], out),
            (KeyExpression::NearName, Some((_, family))) => near([given, " ", family], out),
            _ => {}
        }
    }
}

/// What of a record an expression looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LooksAt {
    /// At each value of a field by itself.
    Each(Field),
    /// At the first of each of [`NAME_PARTS`] by itself.
    NameParts,
    /// At these together.
    WholeName,
}

/// The parts of a name.
pub const NAME_PARTS: [Field; 2] = [Field::FamilyName, Field::GivenName];

/// The hash of a text of a key.
fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl fmt::Display for KeyExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyExpression::Value(field) => f.write_str(field.name()),
            KeyExpression::Near(field) => write!(f, "{}~", field.name()),
            derived => f.write_str(DERIVED.iter().find(|(_, known)| known == derived).map_or("", |(word, _)| word)),
        }
    }
}

/// Whether a phone, masked or not, meets those that it fits by [`KeyExpression::PhoneEnds`].
pub fn shows_ends(phone: &str) -> bool {
    ends(phone).is_some()
}

/// A phone's first digits (of Chinese mobiles the first three after the country code), its last four, and its length; none where
/// these are hidden.
fn ends(phone: &str) -> Option<CompactString> {
    let shown = if phone.starts_with("+86") { 6 } else { 5 };
    let (start, tail) = (phone.get(..shown)?, phone.get(phone.len().checked_sub(4).filter(|from| *from > shown)?..)?);
    (!start.contains('*') && !tail.contains('*')).then(|| compact_str::format_compact!("{start} {tail} {}", phone.len()))
}

/// What stands before the `@` of an e-mail address, where that is long enough to tell anything.
fn local(email: &str) -> Option<&str> {
    let (local, _) = email.split_once('@')?;
    (local.len() >= 4 && !local.contains('*')).then_some(local)
}

/// Fewest characters of a text of which one may be left out: less is too little to tell one from another.
const NEAR_CHARACTERS_MIN: usize = 3;

/// Appends hashes of a text given in pieces, and of it less each of its characters (a deletion neighbourhood: two texts one insertion,
/// deletion, substitution or swap of neighbours apart have one in common).
///
/// The hash is a polynomial of the characters, of which one is taken out without reading the others again.
fn near<const PIECES: usize>(pieces: [&str; PIECES], out: &mut Vec<u64>) {
    if pieces.iter().all(|piece| piece.is_ascii()) {
        near_letters(pieces.map(|piece| piece.bytes().map(u64::from)), out);
    } else {
        near_letters(pieces.map(|piece| piece.chars().map(u64::from)), out);
    }
}

fn near_letters<const PIECES: usize>(pieces: [impl DoubleEndedIterator<Item = u64> + Clone; PIECES], out: &mut Vec<u64>) {
    let (mut whole, mut length) = (0u64, 0);
    for letter in pieces.iter().flat_map(Clone::clone) {
        whole = whole.wrapping_mul(BASE).wrapping_add(letter + 1);
        length += 1;
    }
    out.push(finished(whole));
    if length < NEAR_CHARACTERS_MIN {
        return;
    }
    out.reserve(length);
    let (mut behind, mut power) = (0u64, 1u64);
    for piece in pieces.into_iter().rev() {
        for letter in piece.rev() {
            // What stands before the letter moves one place down, what stands behind it stays.
            let term = (letter + 1).wrapping_mul(power);
            let before = whole.wrapping_sub(behind).wrapping_sub(term);
            out.push(finished(before.wrapping_mul(BASE_INVERSE).wrapping_add(behind)));
            behind = behind.wrapping_add(term);
            power = power.wrapping_mul(BASE);
        }
    }
}

/// The base of [`near`]'s polynomials.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
/// What multiplied with it is 1 (modulo 2^64).
const BASE_INVERSE: u64 = 0xf1de_83e1_9937_733d;

/// A polynomial with its bits spread.
const fn finished(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ hash >> 32
}

/// A name part as it sounds; none of nothing.
fn sound(field: Field, text: &str) -> Option<CompactString> {
    Some(pinyin::sound(field, text)).filter(|sound| !sound.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_one_edit_apart_share_a_hash_and_others_none(a in "[ab张]{0,6}", b in "[ab张]{0,6}") {
            let less = |text: &str| -> Vec<String> {
                let letters: Vec<char> = text.chars().collect();
                let without = |place: usize| letters.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, letter)| *letter).collect();
                let texts = std::iter::once(text.to_string());
                if letters.len() < NEAR_CHARACTERS_MIN { texts.collect() } else { texts.chain((0..letters.len()).map(without)).collect() }
            };
            let hashes = |text: &str| {
                let (mut whole, mut parted) = (Vec::new(), Vec::new());
                near([text], &mut whole);
                let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(place, _)| place);
                near([&text[..middle], &text[middle..]], &mut parted);
                assert_eq!(whole, parted);
                whole
            };
            let (of_a, of_b) = (hashes(&a), hashes(&b));
            prop_assert_eq!(of_a.len(), less(&a).len());
            prop_assert_eq!(of_a.iter().any(|hash| of_b.contains(hash)), less(&a).iter().any(|text| less(&b).contains(text)));
        }
    }

    #[test]
    fn a_letter_is_taken_out_by_the_inverse() {
        assert_eq!(BASE.wrapping_mul(BASE_INVERSE), 1);
    }
}
