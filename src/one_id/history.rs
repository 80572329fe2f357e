//! What happens to a One-ID in its life, as the journal keeps it and auditors read it.

use super::OneId;
use crate::model::MatchWeight;
use crate::record::RecordKey;
use serde::{Deserialize, Serialize};

/// What led to changes of people. New variants go to the end: their order is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// A load of many records.
    Load,
    /// A record that came or changed.
    Put(RecordKey),
    /// A record that was deleted.
    Deleted(RecordKey),
    /// A steward's judgement, by its id.
    Judged(String),
    /// A judgement that was withdrawn, by its id.
    Withdrawn(String),
    /// A model snapshot that became active, by its id.
    Model(String),
    /// An order to erase people, by what it says of itself.
    Erasure(String),
}

impl Cause {
    /// The cause in words, with its subject.
    pub fn in_words(&self) -> String {
        match self {
            Cause::Load => "a load".to_string(),
            Cause::Put(key) => format!("record {key}"),
            Cause::Deleted(key) => format!("the deletion of record {key}"),
            Cause::Judged(id) => format!("judgement {id}"),
            Cause::Withdrawn(id) => format!("the withdrawal of judgement {id}"),
            Cause::Model(id) => format!("model {id}"),
            Cause::Erasure(order) => format!("the erasure {order}"),
        }
    }
}

/// The strongest edge by which a record hangs together with others of its person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrongestEdge {
    /// The other end.
    pub with: RecordKey,
    /// The edge's match weight.
    pub weight: MatchWeight,
}

/// Something that happened to one One-ID. New variants go to the end: their order is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// It was given to a new person.
    Created,
    /// It was given to a part of other people's records.
    Split {
        /// Whose they were.
        from: Vec<OneId>,
    },
    /// It came back, for its records are by themselves again.
    Revived {
        /// Whose they had become.
        from: Vec<OneId>,
    },
    /// A record became the person's.
    Joined {
        /// The record.
        record: RecordKey,
        /// Whose it was before; none for a record that is new.
        from: Option<OneId>,
        /// What it hangs on; none where rulings or copies alone join it, and for a person's only one.
        edge: Option<StrongestEdge>,
    },
    /// A record of the person changed.
    Updated {
        /// The record.
        record: RecordKey,
    },
    /// A record is the person's no more.
    Left {
        /// The record.
        record: RecordKey,
        /// Whose it is now; none for one that is gone.
        to: Option<OneId>,
    },
    /// Another One-ID retired and redirects here.
    TookOver {
        /// The other.
        one_id: OneId,
    },
    /// It retired, and redirects.
    Merged {
        /// Where to; several where its records went to several people.
        into: Vec<OneId>,
    },
    /// It retired with its last record.
    Emptied,
    /// It is retired and redirects elsewhere than before.
    Redirected {
        /// Where to.
        to: Vec<OneId>,
    },
    /// It was erased; nothing is known of before.
    Erased,
}

impl Change {
    /// The word for it in lists.
    pub const fn name(&self) -> &'static str {
        match self {
            Change::Created => "created",
            Change::Split { .. } => "split",
            Change::Revived { .. } => "revived",
            Change::Joined { .. } => "joined",
            Change::Updated { .. } => "updated",
            Change::Left { .. } => "left",
            Change::TookOver { .. } => "took over",
            Change::Merged { .. } => "merged",
            Change::Emptied => "emptied",
            Change::Redirected { .. } => "redirected",
            Change::Erased => "erased",
        }
    }

    /// Bytes on the disk at most.
    pub fn bytes_at_most(&self) -> usize {
        let key = |key: &RecordKey| key.source.len() + key.id.len() + 20;
        let people = match self {
            Change::Split { from } | Change::Revived { from } => from.len(),
            Change::Merged { into: to } | Change::Redirected { to } => to.len(),
            _ => 1,
        };
        let records = match self {
            Change::Joined { record, edge, .. } => key(record) + edge.as_ref().map_or(0, |edge| key(&edge.with) + 10),
            Change::Updated { record } | Change::Left { record, .. } => key(record),
            _ => 0,
        };
        24 + 10 * people + records
    }
}
