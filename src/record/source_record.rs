//! A row as its source wrote it.

use super::closed_list;
use compact_str::CompactString;
use std::sync::Arc;

closed_list! {
    /// Encodings of delimited text.
    TextEncoding {
        /// Unicode in one to four bytes.
        Utf8 "utf-8",
        /// Chinese, GBK and GB2312 included.
        Gb18030 "gb18030",
        /// Western European, Latin-1 included.
        Windows1252 "windows-1252",
        /// Traditional Chinese; never told from a file, only by settings.
        Big5 "big5",
    }
}

/// How a delimited file is written, as far as settings say; the rest is told from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct TextForm {
    /// What stands between values: one or more characters.
    pub delimiter: Option<CompactString>,
    /// The encoding.
    pub encoding: Option<TextEncoding>,
    /// Names of the columns, for a file without a header line.
    pub header: Option<Vec<CompactString>>,
    /// Whether the first line is known to be a header, whatever it looks like.
    pub starts_with_header: bool,
}

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
