//! A row as its source wrote it.

use compact_str::CompactString;
use std::sync::Arc;

/// The columns of an input, in order; nested JSON fields are written as paths (`real_name.given`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The input's name for messages (a file path, mostly).
    pub input: CompactString,
    /// The source named by the input when no column names one (the file stem).
    pub source: CompactString,
    /// Column names, aligned with [`SourceRecord::values`].
    pub columns: Vec<CompactString>,
}

/// One row, unread: a value for each column of its layout, empty where absent.
#[derive(Clone, Debug)]
pub struct SourceRecord {
    /// The columns.
    pub layout: Arc<Layout>,
    /// The values; as many as there are columns.
    pub values: Vec<CompactString>,
    /// Line of the input where the row begins, from 1 (row number where the format has no lines).
    pub line: u64,
    /// The row's number among the input's rows, from 1.
    pub row: u64,
}
