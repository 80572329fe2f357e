//! Read masks: which fields of a message a caller wants filled.
//!
//! The fields stand in a table of name and the function that empties the field; a field that always stays has one that does nothing.

use crate::error::{Error, Result};
use crate::wire::v1;

/// A field's name and how it is emptied.
type Fields<T> = &'static [(&'static str, fn(&mut T))];

/// The fields of a profile.
pub const PROFILE: Fields<v1::Profile> = &[
    ("one_id", |_| {}),
    ("fields", |profile| profile.fields.clear()),
    ("member_records", |profile| profile.member_records.clear()),
    ("record_count", |profile| profile.record_count = 0),
    ("assurance", |profile| profile.assurance = 0),
    ("former_one_ids", |profile| profile.former_one_ids.clear()),
    ("created_time", |profile| profile.created_time = None),
    ("changed_time", |profile| profile.changed_time = None),
    ("created_journal_position", |profile| profile.created_journal_position = 0),
];

/// The fields of a stored record.
pub const STORED_RECORD: Fields<v1::StoredRecord> = &[
    ("key", |_| {}),
    ("one_id", |_| {}),
    ("version", |record| record.version = 0),
    ("observed_time", |record| record.observed_time = None),
    ("values", |record| record.values.clear()),
];

/// A mask over messages of one kind.
pub struct ReadMask<T: 'static> {
    emptied: Vec<fn(&mut T)>,
}

impl<T> ReadMask<T> {
    /// The mask of these paths; no path means every field. An unknown path is an error that names the known ones.
    pub fn new(fields: Fields<T>, paths: &[String]) -> Result<Self> {
        if let Some(unknown) = paths.iter().find(|path| !fields.iter().any(|(name, _)| name == path)) {
            let known: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
            return Err(Error::usage(format!("read_mask names {unknown:?}; it can name {}", known.join(", "))));
        }
        let left_out = |name: &str| !paths.is_empty() && !paths.iter().any(|path| path == name);
        Ok(ReadMask { emptied: fields.iter().filter(|(name, _)| left_out(name)).map(|(_, empty)| *empty).collect() })
    }

    /// The message with the fields that were not asked for emptied.
    pub fn apply(&self, mut message: T) -> T {
        for empty in &self.emptied {
            empty(&mut message);
        }
        message
    }
}
