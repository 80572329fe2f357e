//! When records were in a store, kept up beside it by going over everything: what an erasure must take.

use crate::journal::Reader;
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, RecordKey};
use crate::service::entry::Entry;
use crate::store::{PersonRow, PersonState};
use std::collections::{BTreeMap, BTreeSet};

/// When a record was in the store.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    /// Positions from here on.
    pub(super) from: u64,
    /// Up to here, without it; none for one that is live.
    pub(super) to: Option<u64>,
    /// Whose it was last, once it is over.
    owner: Option<OneId>,
}

/// All stays of all records, kept up beside the store.
#[derive(Debug, Default)]
pub(super) struct Stays(BTreeMap<RecordKey, Vec<Stay>>);

impl Stays {
    /// Live records with whose they are.
    pub(super) fn owners(&self, owner: &dyn Fn(&RecordKey) -> Option<OneId>) -> BTreeMap<RecordKey, OneId> {
        let live = self.0.iter().filter(|(_, stays)| stays.last().is_some_and(|stay| stay.to.is_none()));
        live.map(|(key, _)| (key.clone(), owner(key).expect("it is somebody's"))).collect()
    }

    /// Takes what came and went; `before` are live records with whose they were, `next` is the position that comes.
    pub(super) fn follow(
        &mut self,
        before: &BTreeMap<RecordKey, OneId>,
        gone: &[RecordKey],
        live: &BTreeMap<RecordKey, CanonicalRecord>,
        next: u64,
    ) {
        for key in gone {
            let stay = self.0.get_mut(key).and_then(|stays| stays.last_mut()).expect("it was there");
            (stay.to, stay.owner) = (Some(next), Some(before[key]));
        }
        for key in live.keys() {
            let stays = self.0.entry(key.clone()).or_default();
            if stays.last().is_none_or(|stay| stay.to.is_some()) {
                stays.push(Stay { from: next, to: None, owner: None });
            }
        }
    }

    /// Takes out what goes with these live records and One-IDs; `rows` are people as they were.
    pub(super) fn erase(
        &mut self,
        gone: &[RecordKey],
        one_ids: &BTreeSet<OneId>,
        rows: &BTreeMap<OneId, PersonRow>,
    ) -> Vec<(RecordKey, Stay)> {
        // What was last of one who has become somebody who goes, goes too.
        let leads_there = |one_id: OneId| {
            let (mut next, mut seen) = (vec![one_id], BTreeSet::new());
            while let Some(here) = next.pop() {
                if one_ids.contains(&here) {
                    return true;
                }
                if let PersonState::Retired { successors } = &rows[&here].state
                    && seen.insert(here)
                {
                    next.extend(successors);
                }
            }
            false
        };
        let mut going = Vec::new();
        for (key, stays) in &mut self.0 {
            let (out, left) = stays.drain(..).partition(|stay: &Stay| stay.owner.map_or_else(|| gone.contains(key), leads_there));
            *stays = left;
            going.extend(out.into_iter().map(|stay: Stay| (key.clone(), stay)));
        }
        going
    }
}

/// No frame tells of a record in the time in which it was there and was erased.
pub(super) fn check_gone(seed: u64, reader: &Reader, going: &[(RecordKey, Stay)]) {
    reader.verify().expect("the chain verifies");
    for entry in reader.entries(1) {
        let (frame, payload) = entry.expect("it reads");
        let members = |row: &PersonRow| match &row.state {
            PersonState::Live { members } => members.clone(),
            _ => row.former_records.clone(),
        };
        let named: Vec<RecordKey> = match Entry::decode(frame.kind, &payload).expect("it reads") {
            Some(Entry::RecordPut(rows)) => rows.into_iter().map(|row| row.canonical.key).collect(),
            Some(Entry::Review(rows)) => rows.into_iter().flat_map(|row| [row.a, row.b]).collect(),
            Some(Entry::Judgement(row)) => vec![row.a, row.b],
            Some(Entry::Assignment(assignment)) => {
                let people = assignment.people.iter().flat_map(|told| members(&told.row)).collect::<Vec<_>>();
                assignment.moved.into_iter().map(|(key, _)| key).chain(people).collect()
            }
            _ => Vec::new(),
        };
        // The frames of its first and last batch may be of another under its key.
        let was_there = |stay: &Stay| frame.position > stay.from + 40 && stay.to.is_none_or(|to| frame.position < to);
        let left = going.iter().find(|(key, stay)| was_there(stay) && named.contains(key));
        assert_eq!(left.map(|(key, _)| key), None, "seed {seed}: frame {} tells of what was erased", frame.position);
    }
}
