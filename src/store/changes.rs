//! What one journal batch changes in the store: a plain value that the service fills.

use super::{EventRow, PersonRow, RecordRow};
use crate::one_id::OneId;
use crate::record::RecordKey;

/// All changes of one journal batch. Deletions come before puts; rows are put whole, so applying the same changes again changes
/// nothing. Where one row is put twice, the later counts.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The journal position these changes reach: the batch's commit.
    pub position: u64,
    /// Records to delete.
    pub delete_records: Vec<RecordKey>,
    /// Records to put.
    pub put_records: Vec<RecordRow>,
    /// People to put. A retired One-ID always answers, so people are never deleted.
    pub put_people: Vec<(OneId, PersonRow)>,
    /// Records whose events go, all of them.
    pub delete_events: Vec<RecordKey>,
    /// Events to add to a record's; one with the id of another takes its place.
    pub add_events: Vec<(RecordKey, Vec<EventRow>)>,
    /// Model snapshots by id.
    pub put_snapshots: Vec<(Vec<u8>, Vec<u8>)>,
    /// Mappings by layout.
    pub put_mappings: Vec<(Vec<u8>, Vec<u8>)>,
    /// Judgements by id.
    pub put_judgements: Vec<(Vec<u8>, Vec<u8>)>,
    /// Review items by id.
    pub put_reviews: Vec<(Vec<u8>, Vec<u8>)>,
    /// Records that were deleted for good, with the version up to which.
    pub put_tombstones: Vec<(RecordKey, i64)>,
    /// Answered requests by id.
    pub put_requests: Vec<(Vec<u8>, Vec<u8>)>,
    /// Keyed hashes of the keys of records that are not to come back, and the key.
    pub put_suppressed: Vec<(Vec<u8>, Vec<u8>)>,
    /// Ids of answered requests that nobody repeats any more.
    pub delete_requests: Vec<Vec<u8>>,
    /// The model snapshot that is active from now on.
    pub activation: Option<Activation>,
}

/// A model snapshot made the active one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activation {
    /// Its id.
    pub id: Vec<u8>,
    /// What the service keeps beside a provisional one; none for one that stays.
    pub provisional: Option<Vec<u8>>,
}
