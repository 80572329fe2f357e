//! A record after normalisation: what every later stage reads.

use super::{Field, RecordKey};
use compact_str::CompactString;
use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};

/// How far a value can be trusted as the value it seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Grade {
    /// Well formed; where the kind has a check digit, it arrived correct.
    Valid,
    /// Computed from another form (a 15-digit resident ID written as 18).
    Derived,
    /// Parts are hidden or missing (`138****8000`, a year alone).
    Partial,
    /// Kept for comparison, but its check digit, region or form is wrong.
    Invalid,
}

/// One value of one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FieldValue {
    /// Which field.
    pub field: Field,
    /// The canonical text; its shape is given at [`Field`]. Never empty.
    pub text: CompactString,
    /// How far it can be trusted.
    pub grade: Grade,
}

/// A hash of what values say, the same wherever it is asked for.
pub fn content_of(values: &[FieldValue]) -> u64 {
    let mut content = FxHasher::default();
    values.iter().for_each(|value| content.write_u64(value_hash(value.field, &value.text, value.grade)));
    content.finish()
}

/// A hash of a value, the same wherever it is asked for.
pub(super) fn value_hash(field: Field, text: &CompactString, grade: Grade) -> u64 {
    let mut hasher = FxHasher::default();
    (field, text, grade).hash(&mut hasher);
    hasher.finish()
}

/// A normalised record: its key, its version, when it was observed, and its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalRecord {
    /// The record's lasting name.
    pub key: RecordKey,
    /// The highest version of a key is live. From a version column, else the update time in microseconds since 1970, else 0.
    pub version: i64,
    /// When the source last wrote the record, seconds since 1970, where it says so.
    pub observed_at: Option<i64>,
    values: Box<[FieldValue]>,
}

impl CanonicalRecord {
    /// A record from its values in any order; equal values are kept once, empty ones dropped.
    pub fn new(key: RecordKey, version: i64, observed_at: Option<i64>, mut values: Vec<FieldValue>) -> Self {
        values.retain(|value| !value.text.is_empty());
        values.sort();
        values.dedup();
        CanonicalRecord { key, version, observed_at, values: values.into() }
    }

    /// Takes key and values out.
    pub fn into_parts(self) -> (RecordKey, Vec<FieldValue>) {
        (self.key, self.values.into())
    }

    /// All values, by field, then text, then grade.
    pub fn values(&self) -> &[FieldValue] {
        &self.values
    }

    /// The values of one field, possibly none.
    pub fn of(&self, field: Field) -> &[FieldValue] {
        // There are a dozen: one after the other is faster than by halves.
        let start = self.values.iter().position(|value| value.field >= field).unwrap_or(self.values.len());
        let length = self.values[start..].iter().take_while(|value| value.field == field).count();
        &self.values[start..start + length]
    }

    /// The first value of a field.
    pub fn first(&self, field: Field) -> Option<&FieldValue> {
        self.of(field).first()
    }

    /// Whether a value of the field is valid.
    pub fn has_valid(&self, field: Field) -> bool {
        self.of(field).iter().any(|value| value.grade == Grade::Valid)
    }

    /// Whether nothing is known but the key.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}
