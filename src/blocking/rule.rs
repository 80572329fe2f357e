//! Blocking rules and the ones we ship.

use super::KeyExpression;
use crate::limits::KEYS_PER_RECORD_MAX;
use crate::record::{CanonicalRecord, Field};
use compact_str::CompactString;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A blocking rule: records that agree on every expression are candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The rule's name in reports: its expressions joined by ` + `.
    pub name: CompactString,
    /// What must be shared.
    pub all: Vec<KeyExpression>,
}

impl Rule {
    /// A rule from its expressions, at least one.
    pub fn new(all: &[KeyExpression]) -> Self {
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        Rule { name: names.join(" + ").into(), all: all.to_vec() }
    }

    /// Reads `phone` or `name_part + birth_year`; the error is the word that is not known.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut all = Vec::new();
        for word in text.split('+').map(str::trim) {
            all.push(KeyExpression::parse(word).ok_or_else(|| word.to_string())?);
        }
        Ok(Rule::new(&all))
    }

    /// The field whose whole value alone is the rule, if it is of that kind.
    pub fn single_field(&self) -> Option<Field> {
        match self.all[..] {
            [KeyExpression::Value(field)] => Some(field),
            _ => None,
        }
    }

    /// Appends the record's keys: a 64-bit hash for each combination of the expressions' texts (at most
    /// [`KEYS_PER_RECORD_MAX`]), none where one is absent.
    pub fn keys(&self, record: &CanonicalRecord, out: &mut Vec<u64>) {
        let start = out.len();
        out.push(0);
        for expression in &self.all {
            let before = out.len();
            expression.texts(record, &mut |text| {
                for earlier in start..before {
                    if out.len() - before < KEYS_PER_RECORD_MAX {
                        out.push(mixed(out[earlier], text));
                    }
                }
            });
            out.drain(start..before);
        }
        out[start..].sort_unstable();
        let mut kept = start;
        for place in start..out.len() {
            if place == start || out[place] != out[place - 1] {
                out[kept] = out[place];
                kept += 1;
            }
        }
        out.truncate(kept);
    }
}

fn mixed(before: u64, text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u64(before);
    hasher.write(text.as_bytes());
    hasher.write_u8(0xff);
    hasher.finish()
}

/// The rules that are used when settings give none: every identifier by itself, and the combinations of name, birth date
/// and address that survive an error in any one of them.
pub fn default_rules() -> Vec<Rule> {
    use Field as F;
    use KeyExpression::{BirthYear, BirthYearMonth, EmailLocal, Name, NameInitial, NamePart, PhoneTail, Value};
    let identifiers =
        [F::ResidentId, F::NationalId, F::Certificate, F::UnionId, F::OpenId, F::CustomerNumber, F::Email, F::Phone, F::Device];
    let combined: &[&[KeyExpression]] = &[
        &[Value(F::BirthDate), NameInitial],
        &[Name],
        &[NamePart, BirthYearMonth],
        &[NamePart, PhoneTail],
        &[NamePart, Value(F::Postcode)],
        &[NamePart, Value(F::Street)],
        &[NamePart, Value(F::Premises)],
        &[NamePart, Value(F::District), BirthYear],
        &[Value(F::Street), Value(F::StreetNumber), Value(F::Premises)],
        &[EmailLocal, NameInitial],
    ];
    let single = identifiers.into_iter().map(|field| Rule::new(&[Value(field)]));
    single.chain(combined.iter().map(|all| Rule::new(all))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{FieldValue, Grade, RecordKey};

    fn record(values: &[(Field, &str)]) -> CanonicalRecord {
        let values = values.iter().map(|(field, text)| FieldValue { field: *field, text: (*text).into(), grade: Grade::Valid }).collect();
        CanonicalRecord::new(RecordKey::new("s", "1"), 0, None, values)
    }

    fn keys(rule: &str, record: &CanonicalRecord) -> Vec<u64> {
        let mut out = vec![7];
        Rule::parse(rule).expect("a known rule").keys(record, &mut out);
        assert_eq!(out.remove(0), 7, "earlier keys stay");
        out
    }

    #[test]
    fn a_missing_part_gives_no_key_and_several_values_several() {
        let one = record(&[
            (Field::FamilyName, "张"),
            (Field::GivenName, "伟"),
            (Field::Phone, "+8613912345671"),
            (Field::Phone, "+8613912345672"),
        ]);
        assert_eq!(keys("phone", &one).len(), 2);
        assert_eq!(keys("name_part + phone_tail", &one).len(), 4);
        assert!(keys("name_part + birth_date", &one).is_empty());
        assert_eq!(Rule::parse("phone + nonsense").map_err(|word| word.to_string()), Err("nonsense".to_string()));
    }

    #[test]
    fn names_meet_in_either_order_and_by_sound() {
        let han = record(&[(Field::FamilyName, "张"), (Field::GivenName, "伟")]);
        let homophone = record(&[(Field::FamilyName, "章"), (Field::GivenName, "玮")]);
        let pinyin = record(&[(Field::FamilyName, "wei"), (Field::GivenName, "zhang")]);
        assert_eq!(keys("name", &han), keys("name", &homophone));
        assert_eq!(keys("name", &han), keys("name", &pinyin));
    }
}
