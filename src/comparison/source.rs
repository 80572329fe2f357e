//! Whether one source gave both records: a source that looks after its list seldom has a person twice.

use super::library::Outcome;
use super::pair::Pair;

/// Levels: two sources, one source.
pub fn source(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    Outcome::level(if a.shares_source(b) { 2 } else { 1 })
}
