//! What a rule can ask of a record: a value, or something derived from it that survives small differences.

use crate::normalize::{pinyin, text};
use crate::record::{CanonicalRecord, Field, Grade};
use compact_str::{CompactString, ToCompactString};
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
        match word.strip_suffix('~') {
            Some(field) => Field::parse(field).map(KeyExpression::Near),
            None => Field::parse(word).map(KeyExpression::Value),
        }
    }

    /// The derived words that [`KeyExpression::parse`] reads beside field names.
    pub fn words() -> impl Iterator<Item = &'static str> {
        DERIVED.iter().map(|(word, _)| *word)
    }

    /// Appends a 64-bit hash of each text that the expression has in the record.
    pub fn hashes(self, record: &CanonicalRecord, out: &mut Vec<u64>) {
        self.texts(record, &mut |text| {
            let mut hasher = FxHasher::default();
            hasher.write(text.as_bytes());
            out.push(hasher.finish());
        });
    }

    /// Calls `found` with each text that the expression has in the record.
    pub fn texts(self, record: &CanonicalRecord, found: &mut dyn FnMut(&str)) {
        match self {
            KeyExpression::Value(field) => whole_values(record, field).for_each(found),
            KeyExpression::Name => {
                if let (Some(family), Some(given)) = (sound(record, Field::FamilyName), sound(record, Field::GivenName)) {
                    let (first, second) = if family <= given { (family, given) } else { (given, family) };
                    found(&compact_str::format_compact!("{first} {second}"));
                } else if let Some(given) = sound(record, Field::GivenName).filter(|given| given.len() > 5) {
                    found(&given);
                }
            }
            KeyExpression::NamePart => name_parts(record).for_each(|part| found(&part)),
            KeyExpression::NameInitial => name_parts(record).for_each(|part| {
                if let Some(initial) = part.chars().next() {
                    found(initial.encode_utf8(&mut [0; 4]));
                }
            }),
            KeyExpression::BirthYear => dates(record, 0..4).for_each(found),
            KeyExpression::BirthYearMonth => dates(record, 0..7).for_each(found),
            KeyExpression::BirthMonthDay => dates(record, 5..10).for_each(found),
            KeyExpression::Near(Field::Email) => locals(record).for_each(|local| near(local, found)),
            KeyExpression::Near(field) => whole_values(record, field).for_each(|value| near(value, found)),
            KeyExpression::NearName => {
                if let Some(whole) = near_name(record) {
                    near(&whole, found);
                }
            }
            KeyExpression::NearNamePart => name_parts(record).for_each(|part| near(&part, found)),
            KeyExpression::PhoneTail => {
                for phone in record.of(Field::Phone) {
                    if let Some(tail) =
                        phone.text.len().checked_sub(4).and_then(|from| phone.text.get(from..)).filter(|tail| !tail.contains('*'))
                    {
                        found(tail);
                    }
                }
            }
            KeyExpression::PhoneEnds => record.of(Field::Phone).iter().filter_map(|phone| ends(&phone.text)).for_each(|ends| found(&ends)),
            KeyExpression::EmailLocal => locals(record).for_each(found),
        }
    }
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

fn whole_values(record: &CanonicalRecord, field: Field) -> impl Iterator<Item = &str> {
    record.of(field).iter().filter(|value| value.grade != Grade::Partial).map(|value| value.text.as_str())
}

fn dates(record: &CanonicalRecord, part: std::ops::Range<usize>) -> impl Iterator<Item = &str> {
    record.of(Field::BirthDate).iter().filter_map(move |value| value.text.get(part.clone()))
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

/// What stands before the `@` of e-mail addresses, where that is long enough to tell anything.
fn locals(record: &CanonicalRecord) -> impl Iterator<Item = &str> {
    let locals = record.of(Field::Email).iter().filter_map(|email| Some(email.text.split_once('@')?.0));
    locals.filter(|local| local.len() >= 4 && !local.contains('*'))
}

/// Fewest characters of a text of which one may be left out: less is too little to tell one from another.
const NEAR_CHARACTERS_MIN: usize = 3;

/// Calls `found` with the text, and with it less each of its characters (a deletion neighbourhood: two texts one insertion, deletion,
/// substitution or swap of neighbours apart have one in common).
fn near(text: &str, found: &mut dyn FnMut(&str)) {
    found(text);
    if text.chars().nth(NEAR_CHARACTERS_MIN - 1).is_none() {
        return;
    }
    let mut less = CompactString::default();
    for (place, letter) in text.char_indices() {
        less.clear();
        less.push_str(&text[..place]);
        less.push_str(&text[place + letter.len_utf8()..]);
        found(&less);
    }
}

/// The whole name to be looked at for one edit: Han as written, others by sound in the order of the alphabet.
fn near_name(record: &CanonicalRecord) -> Option<CompactString> {
    let value = |field| record.first(field).filter(|value| value.grade != Grade::Partial).map(|value| &value.text);
    let (family, given) = (value(Field::FamilyName)?, value(Field::GivenName)?);
    if text::has_han(given) {
        return Some(compact_str::format_compact!("{family}{given}"));
    }
    let (family, given) = (sound(record, Field::FamilyName)?, sound(record, Field::GivenName)?);
    Some(if family <= given { compact_str::format_compact!("{family} {given}") } else { compact_str::format_compact!("{given} {family}") })
}

fn name_parts(record: &CanonicalRecord) -> impl Iterator<Item = CompactString> {
    [Field::FamilyName, Field::GivenName].into_iter().filter_map(|field| sound(record, field))
}

/// A name part as it sounds: pinyin for Han, the folded letters without spaces for Latin.
fn sound(record: &CanonicalRecord, field: Field) -> Option<CompactString> {
    let value = &record.first(field).filter(|value| value.grade != Grade::Partial)?.text;
    let sound = match text::has_han(value) {
        true if field == Field::FamilyName => pinyin::surname(value),
        true => pinyin::plain(value),
        false if value.contains(' ') => value.chars().filter(|letter| *letter != ' ').collect(),
        false => value.to_compact_string(),
    };
    (!sound.is_empty()).then_some(sound)
}
