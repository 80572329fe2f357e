//! Whether one source gave both records: a source that looks after its list seldom has a person twice.

use super::library::Outcome;
use super::table::RecordView;

/// Levels: two sources, one source.
pub fn source(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    Outcome::level(if a.shares_source(b) { 2 } else { 1 })
}
