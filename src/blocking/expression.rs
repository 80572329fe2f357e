//! What a rule can ask of a record: a value, or something derived from it that survives small differences.

use crate::normalize::{pinyin, text};
use crate::record::{CanonicalRecord, Field, Grade};
use compact_str::{CompactString, ToCompactString};
use std::fmt;

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
    /// What stands before the `@`.
    EmailLocal,
}

impl KeyExpression {
    /// Reads the written form: a field's name or one of the derived words.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "name" => KeyExpression::Name,
            "name_part" => KeyExpression::NamePart,
            "name_initial" => KeyExpression::NameInitial,
            "birth_year" => KeyExpression::BirthYear,
            "birth_year_month" => KeyExpression::BirthYearMonth,
            "phone_tail" => KeyExpression::PhoneTail,
            "email_local" => KeyExpression::EmailLocal,
            field => KeyExpression::Value(Field::parse(field)?),
        })
    }

    /// The derived words that [`KeyExpression::parse`] reads beside field names.
    pub const WORDS: &[&str] = &["name", "name_part", "name_initial", "birth_year", "birth_year_month", "phone_tail", "email_local"];

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
            KeyExpression::BirthYear => dates(record, 4).for_each(found),
            KeyExpression::BirthYearMonth => dates(record, 7).for_each(found),
            KeyExpression::PhoneTail => {
                for phone in record.of(Field::Phone) {
                    if let Some(tail) =
                        phone.text.len().checked_sub(4).and_then(|from| phone.text.get(from..)).filter(|tail| !tail.contains('*'))
                    {
                        found(tail);
                    }
                }
            }
            KeyExpression::EmailLocal => {
                for email in record.of(Field::Email) {
                    if let Some((local, _)) = email.text.split_once('@').filter(|(local, _)| local.len() >= 4 && !local.contains('*')) {
                        found(local);
                    }
                }
            }
        }
    }
}

impl fmt::Display for KeyExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyExpression::Value(field) => field.name(),
            KeyExpression::Name => "name",
            KeyExpression::NamePart => "name_part",
            KeyExpression::NameInitial => "name_initial",
            KeyExpression::BirthYear => "birth_year",
            KeyExpression::BirthYearMonth => "birth_year_month",
            KeyExpression::PhoneTail => "phone_tail",
            KeyExpression::EmailLocal => "email_local",
        })
    }
}

fn whole_values(record: &CanonicalRecord, field: Field) -> impl Iterator<Item = &str> {
    record.of(field).iter().filter(|value| value.grade != Grade::Partial).map(|value| value.text.as_str())
}

fn dates(record: &CanonicalRecord, length: usize) -> impl Iterator<Item = &str> {
    record.of(Field::BirthDate).iter().filter_map(move |value| value.text.get(..length))
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
