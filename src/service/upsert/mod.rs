//! Single writes: records that come, change and go one by one, and what stewards say.
//!
//! 1. [`Readings`] normalise what a source wrote, on the caller's thread.
//! 2. [`Desk`] decides one request after the other in memory: is it newer, whom does it join, who is named how, what is to be asked. What that
//!    changes it gathers as the frames of a batch.
//! 3. [`Writer`] has a desk on a thread of its own: it takes requests as they come, and hands a batch to the journal whenever that is free, so
//!    that all that waits shares a sync. A request is answered when its batch is durable and the view has it.
//!
//! Always: the people after any writes are those that a load of the records left would give, under the same model and judgements; a late or
//! repeated write changes nothing. What was not answered may or may not have happened.

mod answered;
mod desk;
mod job;
mod people;
mod pending;
mod reading;
mod writer;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod stays;
#[cfg(test)]
mod tests;

pub(super) use desk::Forgotten;
pub use desk::{Desk, Group};
pub use job::LoadJob;
pub use reading::{Readings, WrittenRecord};
pub use writer::{Answer, LoadAnswer, Writer};

use crate::one_id::OneId;
use crate::one_id::history::Change;
use crate::record::{CanonicalRecord, RecordKey};
use crate::service::entry::Entry;
use crate::service::judgement::Verdict;
use crate::service::load::SourceValues;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// A record as it is now.
    Put(PutRecord),
    /// A record is gone. Versions up to the one that is named are; without one the live version, whatever it is.
    Delete(RecordKey, Option<i64>),
    /// A steward rules on two records, and says why.
    Judge(Verdict, RecordKey, RecordKey, CompactString),
    /// A steward takes a judgement back, and says why.
    Withdraw(CompactString, CompactString),
    /// A steward decides a review item, and says why.
    Decide(CompactString, Verdict, CompactString),
}

/// A record to put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutRecord {
    /// As normalised.
    pub canonical: CanonicalRecord,
    /// As its source wrote it.
    pub source_values: SourceValues,
    /// How it was read, where that is new.
    pub mapping: Option<(Vec<u8>, Vec<u8>)>,
}

impl Write {
    /// What is asked for, hashed: the same for the same request, whatever the order of its columns and the version of the program.
    fn digest(&self) -> u64 {
        let key = |key: &RecordKey| vec![key.source.to_string(), key.id.to_string()];
        let said: Vec<String> = match self {
            // By what the source said, not by how it was read.
            Write::Put(put) => {
                let mut values: Vec<&(CompactString, CompactString)> = put.source_values.iter().collect();
                values.sort_unstable();
                let values = values.into_iter().flat_map(|(column, value)| [column.to_string(), value.to_string()]);
                let version = format!("put {} {:?}", put.canonical.version, put.canonical.observed_at);
                key(&put.canonical.key).into_iter().chain([version]).chain(values).collect()
            }
            Write::Delete(record, version) => [key(record), vec![format!("delete {version:?}")]].concat(),
            Write::Judge(verdict, a, b, reason) => {
                [key(a), key(b), vec!["judge".to_string(), verdict.name().to_string(), reason.to_string()]].concat()
            }
            Write::Withdraw(id, reason) => vec!["withdraw".to_string(), id.to_string(), reason.to_string()],
            Write::Decide(item, verdict, reason) => {
                vec!["decide".to_string(), item.to_string(), verdict.name().to_string(), reason.to_string()]
            }
        };
        let mut hash = Sha256::new();
        for text in said {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        let digest = hash.finalize();
        digest[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl PutRecord {
    fn mapping_entry(&self) -> Option<Entry> {
        self.mapping.clone().map(|(layout, json)| Entry::Mapping(layout, json))
    }
}

/// A write and who asks for it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The write.
    pub write: Write,
    /// Chosen by the caller, so that the same request is not done twice; empty for none.
    pub request_id: CompactString,
    /// Who asks, for the journal.
    pub actor: CompactString,
    /// Now, microseconds since 1970.
    pub time: i64,
}

/// What a write did. New variants go to the end: their order is on the disk, and so is that of a reply's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The record is new.
    Created,
    /// A newer version replaced the live one.
    Updated,
    /// It was so already.
    Unchanged,
    /// A newer version is live, or it was deleted for good; this one was kept out.
    Superseded,
    /// The record is gone.
    Deleted,
    /// There was nothing to delete.
    Absent,
    /// The judgement stands, or is withdrawn.
    Judged,
    /// The record is of somebody who was erased; it was kept out.
    Suppressed,
}

/// The answer to a write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What it did.
    pub outcome: Outcome,
    /// The record's person now; none for a record that is gone, and for judgements.
    pub one_id: Option<OneId>,
    /// The judgement that was made or withdrawn.
    pub judgement: Option<CompactString>,
    /// What happened to people by a judgement, in no order that means anything.
    pub changes: Vec<(OneId, Vec<Change>)>,
    /// The position of the first frame of its batch; where nothing was written, of the batch that would have held it.
    pub position: u64,
}
