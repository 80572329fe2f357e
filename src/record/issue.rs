//! What normalisation found wrong: a value, never an error.

use super::Field;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Why a value was not taken as it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// Stands for "not known" (`无`, `13800138000`, `1900-01-01`); dropped.
    Placeholder,
    /// Cannot be read as its kind; dropped.
    Unreadable,
    /// A wrong check digit, region or length; kept with grade invalid.
    Invalid,
    /// Parts are hidden; kept with grade partial.
    Masked,
    /// Longer than its bound; cut.
    TooLong,
}

impl IssueKind {
    /// The word used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            IssueKind::Placeholder => "placeholder",
            IssueKind::Unreadable => "unreadable",
            IssueKind::Invalid => "invalid",
            IssueKind::Masked => "masked",
            IssueKind::TooLong => "too long",
        }
    }
}

/// One finding about one value of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// The field concerned.
    pub field: Field,
    /// What was found.
    pub kind: IssueKind,
    /// The value as it arrived.
    pub found: CompactString,
}
