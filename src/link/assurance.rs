//! What a link rests on: how sure it is that a record is a person's.

use serde::{Deserialize, Serialize};

/// How sure it is that a record is the person's. Greater is surer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// One family of evidence, such as a shared phone alone.
    Probable,
    /// Two independent families of evidence, or the person's only record.
    Strong,
    /// A valid resident ID shared with another of the person's records, or carried by the only one.
    Verified,
}

impl Assurance {
    /// Every assurance, the least sure first.
    pub const ALL: [Assurance; 3] = [Assurance::Probable, Assurance::Strong, Assurance::Verified];

    /// The word used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Assurance::Probable => "probable",
            Assurance::Strong => "strong",
            Assurance::Verified => "verified",
        }
    }

    /// Reads the word.
    pub fn parse(name: &str) -> Option<Assurance> {
        Assurance::ALL.into_iter().find(|assurance| assurance.name() == name)
    }
}
