//! What a merge did, as one value: the run report.

use crate::engine::batch::{Resolved, RuleStatistics};
use crate::limits::BLOCK_RECORDS_MAX;
use crate::model::{Prior, Thresholds};
use crate::one_id::OneId;
use crate::service::stopwatch::PhaseReport;
use serde::Serialize;
use std::collections::BTreeMap;

/// One input and what became of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InputReport {
    /// The file.
    pub input: String,
    /// Its format in words.
    pub format: String,
    /// The source that its records belong to (where no column says otherwise).
    pub source: String,
    /// Rows, the rejected ones too.
    pub rows: u64,
    /// Rows rejected.
    pub rejects: u64,
    /// Columns with the kind each was taken for.
    pub columns: Vec<ColumnReport>,
}

/// A column and what it was taken for.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnReport {
    /// The column.
    pub column: String,
    /// Its kind.
    pub kind: String,
    /// Why: `name`, `values`, `record id`, `settings`, `as before` or `unknown`, or whose values are left out (`another person's`).
    pub reason: String,
}

/// A cluster among the largest.
#[derive(Clone, Debug, Serialize)]
pub struct LargeCluster {
    /// The person.
    pub one_id: String,
    /// Records.
    pub records: usize,
    /// Of these, records that say in every field what another says; what follows leaves them out.
    pub copies: usize,
    /// Links within.
    pub links: usize,
    /// Links as a share of the pairs.
    pub density: f64,
    /// Links whose loss would part it.
    pub bridges: usize,
}

/// What happened to people in a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PeopleChanges {
    /// New people.
    pub created: u64,
    /// People whose One-ID retired because they merged into others.
    pub merged: u64,
    /// People of whom a part became another person.
    pub split: u64,
    /// People who were taken back after a merge was undone.
    pub revived: u64,
    /// People of whom no record is left.
    pub emptied: u64,
    /// People who gained or lost records or One-IDs that were merged into them.
    pub changed: u64,
    /// People who have the same records as before, in whatever version.
    pub unchanged: u64,
}

/// What happened to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonChange {
    /// `created`, `merged`, `split`, `revived` or `emptied`.
    pub change: &'static str,
    /// The person.
    pub one_id: String,
    /// Records the person has now.
    pub records: usize,
    /// The people merged into, or split from.
    pub others: Vec<String>,
}

impl PersonChange {
    /// A change of one person.
    pub fn new(change: &'static str, one_id: OneId, records: usize, others: &[OneId]) -> Self {
        PersonChange { change, one_id: one_id.to_string(), records, others: others.iter().map(ToString::to_string).collect() }
    }
}

/// What became of the rows that inputs left live, and of the records that a store had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RecordChanges {
    /// Records that the store did not have.
    pub new: u64,
    /// Records that the store had with other content.
    pub changed: u64,
    /// Records that the store has just so.
    pub unchanged: u64,
    /// Rows older than what the store has; they are not taken.
    pub outdated: u64,
    /// Records of people who were erased; they are kept out.
    pub suppressed: u64,
    /// Records that a snapshot no longer has.
    pub deleted: u64,
}

impl RecordChanges {
    /// Whether the store's records are other ones now.
    pub fn any(&self) -> bool {
        self.new + self.changed + self.deleted > 0
    }
}

/// The run report.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunReport {
    /// Version of the program.
    pub version: &'static str,
    /// Whether nothing was written: what follows is what the merge would come to.
    pub dry_run: bool,
    /// Inputs.
    pub inputs: Vec<InputReport>,
    /// Rows of the inputs: those that stand for a record, and the three kinds below.
    pub rows_read: u64,
    /// Rows that were replaced by a newer version of the same record in the inputs.
    pub superseded: u64,
    /// Rows equal to another of the same record and version in the inputs.
    pub duplicates: u64,
    /// Rows rejected, with reasons in the reject file.
    pub rejects: u64,
    /// What the other rows were to the records of the store, with a store.
    pub record_changes: Option<RecordChanges>,
    /// Findings on values: field and kind, and how many.
    pub issues: BTreeMap<String, u64>,
    /// Records resolved: with a store all its live ones.
    pub records: u64,
    /// Of these, records that say in every field what another says, for which that one stood.
    pub copies: u64,
    /// Pairs that the rules gave.
    pub candidate_pairs: u64,
    /// By blocking rule.
    pub rules: Vec<RuleStatistics>,
    /// Pairs by match weight in whole bits.
    pub weights: Vec<(i32, u64)>,
    /// Candidate pairs that were seen at a glance to weigh too little for a review, and were not weighed.
    pub hopeless_pairs: u64,
    /// Pairs that link.
    pub links: u64,
    /// Pairs to review.
    pub reviews: u64,
    /// Clusters.
    pub clusters: u64,
    /// Clusters by number of records.
    pub sizes: Vec<(u64, u64)>,
    /// The largest clusters.
    pub largest: Vec<LargeCluster>,
    /// The model's name.
    pub model: String,
    /// Whether a store keeps it for the time being only: learnt from too few records, it is learnt anew when records change.
    pub provisional: bool,
    /// What was taken from a merge that was stopped: `model` or `clusters`.
    pub resumed_from: Option<&'static str>,
    /// What the model believes before any field.
    pub prior: Option<Prior>,
    /// Where links and reviews begin.
    pub thresholds: Thresholds,
    /// What happened to people, with a store.
    pub people: Option<PeopleChanges>,
    /// Who was created, merged, split, revived or emptied, with a store.
    pub person_changes: Vec<PersonChange>,
    /// Events that are new or replace others, with a store.
    pub events: u64,
    /// Rows of the event file that were rejected, with reasons in the reject file.
    pub event_rejects: u64,
    /// The journal position that the store reflects, with a store.
    pub position: Option<u64>,
    /// Phases.
    pub phases: Vec<PhaseReport>,
    /// Things worth telling.
    pub notes: Vec<String>,
}

impl RunReport {
    /// Takes over what the engine counted.
    pub fn take_statistics(&mut self, resolved: &Resolved) {
        let statistics = &resolved.statistics;
        self.records = statistics.records;
        self.copies = statistics.copies;
        if self.copies > 0 {
            let say = if self.copies == 1 { "record says" } else { "records say" };
            self.notes.push(format!("{} {say} in every field what another says, which stood for all that are alike", statistics.copies));
        }
        for rule in statistics.rules.iter().filter(|rule| rule.hot_blocks > 0) {
            self.notes.push(format!(
                "blocking rule {}: {} records share a key with more than {BLOCK_RECORDS_MAX} others that name and birth date do not tell \
                 apart; it gave no pairs for them (such keys: {})",
                rule.rule, rule.hot_records, rule.hot_blocks
            ));
        }
        self.candidate_pairs = statistics.candidate_pairs;
        self.rules = statistics.rules.clone();
        self.weights = statistics.weights.clone();
        self.hopeless_pairs = statistics.hopeless_pairs;
        self.links = statistics.links;
        self.reviews = statistics.reviews;
        self.clusters = statistics.clusters;
        self.sizes = statistics.sizes.clone();
        self.model = resolved.model.id.to_string();
        self.prior = Some(resolved.model.prior);
        self.thresholds = resolved.model.thresholds;
    }
}
