//! What was read before: most values of a column stand in many rows, and are read once.

use super::Row;
use crate::limits::{NORMALIZED_ASKED_MIN, NORMALIZED_BYTES_MAX, NORMALIZED_KEPT_MAX, NORMALIZED_KNOWN_SHARE_MIN};
use crate::record::{FieldValue, Issue};
use compact_str::CompactString;
use rustc_hash::FxHashMap;

/// What a value came to.
type CameTo = (Box<[FieldValue]>, Box<[Issue]>);

/// What some values came to, by themselves whatever else their rows say.
#[derive(Default)]
pub struct Known {
    read: FxHashMap<CompactString, CameTo>,
    asked: u64,
    found: u64,
}

impl Known {
    /// Takes what a text came to before, or reads it into the row, by itself, and keeps what it comes to. Where few texts come again none is
    /// kept.
    pub fn read(&mut self, text: &str, row: &mut Row, read: impl FnOnce(&mut Row)) {
        if text.len() > NORMALIZED_BYTES_MAX || self.is_of_no_use() {
            return read(row);
        }
        self.asked += 1;
        if let Some((values, issues)) = self.read.get(text) {
            self.found += 1;
            row.values.extend_from_slice(values);
            row.issues.extend_from_slice(issues);
            return;
        }
        if self.read.len() >= NORMALIZED_KEPT_MAX {
            return read(row);
        }
        let (values, issues) = (row.values.len(), row.issues.len());
        read(row);
        let came_to = (row.values[values..].into(), row.issues[issues..].into());
        self.read.insert(text.into(), came_to);
    }

    fn is_of_no_use(&mut self) -> bool {
        let is_tried = self.asked >= NORMALIZED_ASKED_MIN;
        let is_of_no_use = is_tried && (self.found as f64) < self.asked as f64 * NORMALIZED_KNOWN_SHARE_MIN;
        if is_of_no_use {
            self.read = FxHashMap::default();
        }
        is_of_no_use
    }
}
