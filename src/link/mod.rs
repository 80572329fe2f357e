//! What a weighed pair comes to: link, review or nothing; vetoes; stewards' judgements.
//!
//! Imports `record`, `comparison` and `model`. Never here: more than two records at a time, which is `cluster`'s.

mod assurance;

pub use assurance::Assurance;

use crate::comparison::{RecordView, Symbol};
use crate::model::{MatchWeight, Rivals, Weights};
use crate::record::{Field, Grade, RecordKey};
use serde::{Deserialize, Serialize};

/// What a pair comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// One person, as far as the pair goes.
    Link,
    /// For a steward to look at.
    Review,
    /// Not shown to be one person.
    NonLink,
}

impl Decision {
    /// The word used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Decision::Link => "link",
            Decision::Review => "review",
            Decision::NonLink => "non-link",
        }
    }
}

/// Why two records may not be one person whatever their weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Veto {
    /// Both carry a valid resident ID, and the two differ.
    TwoResidentIds,
}

impl Veto {
    /// The reason in words.
    pub const fn reason(self) -> &'static str {
        match self {
            Veto::TwoResidentIds => "two different valid resident IDs",
        }
    }
}

/// The resident ID that arrived valid, of which a person has one. A record that carries two contradicts itself and excludes nobody.
pub fn exclusive_identifier(record: &RecordView<'_>) -> Option<Symbol> {
    if let Some(one) = record.glimpse(Field::ResidentId) {
        return one.is_valid().then_some(one.symbol);
    }
    let valid = |symbol: &&Symbol| record.value(Field::ResidentId, **symbol).grade == Grade::Valid;
    let mut found = record.symbols(Field::ResidentId).iter().filter(valid);
    found.next().copied().filter(|_| found.next().is_none())
}

/// Whether something forbids that two records are one person.
pub fn veto(a: &RecordView<'_>, b: &RecordView<'_>) -> Option<Veto> {
    let (x, y) = (exclusive_identifier(a)?, exclusive_identifier(b)?);
    (x != y).then_some(Veto::TwoResidentIds)
}

/// Decides a pair. A vetoed pair that would have linked goes to review.
pub fn decide(weight: Rivals, veto: Option<Veto>, weights: &Weights) -> Decision {
    let least = weight.least();
    if least >= weights.link {
        if veto.is_some() { Decision::Review } else { Decision::Link }
    } else if least >= weights.review && veto.is_none() {
        Decision::Review
    } else {
        Decision::NonLink
    }
}

/// A weighed pair of rows that linked or goes to review; `low < high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The lower row.
    pub low: u32,
    /// The higher row.
    pub high: u32,
    /// The pair's match weight.
    pub weight: MatchWeight,
}

/// A steward's ruling on two records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// One record.
    pub a: RecordKey,
    /// The other.
    pub b: RecordKey,
    /// Whether they must be one person (else they must not).
    pub same_person: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::library;
    use crate::model::{MatchProbability, Model};

    #[test]
    fn a_veto_turns_a_link_into_a_review() {
        let weights = test_weights();
        let strong = Rivals { stranger: MatchWeight::from_bits(20.0), relative: MatchWeight::from_bits(9.0) };
        assert_eq!(decide(strong, None, &weights), Decision::Link);
        assert_eq!(decide(strong, Some(Veto::TwoResidentIds), &weights), Decision::Review);
        let relative = Rivals { relative: MatchWeight::from_bits(-3.0), ..strong };
        assert_eq!(decide(relative, None, &weights), Decision::NonLink);
    }

    fn test_weights() -> Weights {
        let model = Model {
            format_version: crate::model::FORMAT_VERSION,
            id: "m".into(),
            trained_on: Default::default(),
            prior: crate::model::Prior { matches_per_record: 0.5, relatives_per_record: 0.0, weight: Rivals::default() },
            thresholds: crate::model::Thresholds {
                link: MatchProbability::new(0.9).expect("in range"),
                review: MatchProbability::new(0.5).expect("in range"),
            },
            rules: Vec::new(),
            wider_rules: Vec::new(),
            comparisons: Vec::new(),
            term_frequencies: crate::model::TermFrequencies::new(crate::model::FrequencyKey([0, 0])),
        };
        assert!(model.comparisons.len() < library().len());
        model.weights()
    }
}
