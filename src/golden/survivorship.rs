//! Which of several values of a field survives.

use crate::record::Field;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// How the surviving value of a field is chosen among those of the best grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The one observed last.
    MostRecent,
    /// The one that most records hold.
    MostFrequent,
    /// The longest, in characters.
    Longest,
    /// The one from the source that stands first in the list of sources.
    SourceOrder,
}

impl Strategy {
    /// The strategy's name in settings and provenance.
    pub const fn name(self) -> &'static str {
        match self {
            Strategy::MostRecent => "most_recent",
            Strategy::MostFrequent => "most_frequent",
            Strategy::Longest => "longest",
            Strategy::SourceOrder => "source_order",
        }
    }

    /// Every strategy.
    pub const ALL: &[Strategy] = &[Strategy::MostRecent, Strategy::MostFrequent, Strategy::Longest, Strategy::SourceOrder];

    /// Reads a strategy's name.
    pub fn parse(name: &str) -> Option<Strategy> {
        Strategy::ALL.iter().copied().find(|strategy| strategy.name() == name)
    }
}

/// The strategies of all fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survivorship {
    /// Sources from the most to the least trusted; those not named come after.
    pub sources: Vec<CompactString>,
    /// For fields that are not named.
    pub otherwise: Strategy,
    /// By field.
    pub fields: Vec<(Field, Strategy)>,
}

impl Default for Survivorship {
    /// What stays (names, birth date, sex, certificates) goes by frequency, what changes by time.
    fn default() -> Self {
        let lasting = [
            Field::DisplayName,
            Field::FamilyName,
            Field::GivenName,
            Field::MiddleName,
            Field::Generation,
            Field::Sex,
            Field::BirthDate,
            Field::ResidentId,
            Field::NationalId,
            Field::Certificate,
        ];
        Survivorship {
            sources: Vec::new(),
            otherwise: Strategy::MostRecent,
            fields: lasting.map(|field| (field, Strategy::MostFrequent)).to_vec(),
        }
    }
}

impl Survivorship {
    /// The strategy of a field.
    pub fn strategy(&self, field: Field) -> Strategy {
        self.fields.iter().find(|(named, _)| *named == field).map_or(self.otherwise, |(_, strategy)| *strategy)
    }

    /// The rank of a source; less is more trusted.
    pub fn rank(&self, source: &str) -> usize {
        self.sources.iter().position(|named| named == source).unwrap_or(self.sources.len())
    }
}
