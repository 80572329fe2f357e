//! The name of a record: the source it came from and its id there.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A record's lasting name, unique over all sources. Ordered by source, then id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordKey {
    /// The system that wrote the record (`crm`, `app` ...).
    pub source: CompactString,
    /// The record's id within its source.
    pub id: CompactString,
}

impl RecordKey {
    /// A key from its two parts.
    pub fn new(source: impl Into<CompactString>, id: impl Into<CompactString>) -> Self {
        RecordKey { source: source.into(), id: id.into() }
    }

    /// Reads `source/id`; the id may hold further slashes. `None` when there is no slash or a part is empty.
    pub fn parse(text: &str) -> Option<Self> {
        let (source, id) = text.split_once('/')?;
        (!source.is_empty() && !id.is_empty()).then(|| RecordKey::new(source, id))
    }
}

impl RecordKey {
    /// What stands where a record was named that was erased.
    pub fn erased() -> Self {
        RecordKey { source: CompactString::default(), id: CompactString::default() }
    }

    /// Whether it stands for one that was erased: no record has such a key.
    pub fn is_erased(&self) -> bool {
        self.source.is_empty() && self.id.is_empty()
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_erased() {
            return f.write_str("(erased)");
        }
        write!(f, "{}/{}", self.source, self.id)
    }
}
