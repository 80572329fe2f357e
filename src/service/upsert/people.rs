//! People as the last write left them, in memory.

use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::store::{PersonRow, PersonState};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// All people of a store, present and retired.
#[derive(Debug, Default)]
pub(super) struct People {
    rows: FxHashMap<OneId, PersonRow>,
    /// By record: the retired One-IDs that redirect to whoever has it.
    redirecting: FxHashMap<RecordKey, BTreeSet<OneId>>,
}

impl People {
    pub(super) fn of(rows: impl IntoIterator<Item = (OneId, PersonRow)>) -> Self {
        let mut people = People::default();
        rows.into_iter().for_each(|(one_id, row)| people.put(one_id, row));
        people
    }

    pub(super) fn get(&self, one_id: &OneId) -> Option<&PersonRow> {
        self.rows.get(one_id)
    }

    /// Retired One-IDs that redirect to whoever has a record.
    pub(super) fn redirecting(&self, key: &RecordKey) -> impl Iterator<Item = OneId> + '_ {
        self.redirecting.get(key).into_iter().flatten().copied()
    }

    /// Present people.
    pub(super) fn present(&self) -> impl Iterator<Item = (OneId, &[RecordKey])> {
        self.rows.iter().filter_map(|(one_id, row)| match &row.state {
            PersonState::Live { members } => Some((*one_id, &members[..])),
            PersonState::Retired { .. } | PersonState::Erased => None,
        })
    }

    /// Takes a person as it is from now on.
    pub(super) fn put(&mut self, one_id: OneId, row: PersonRow) {
        for key in &row.former_records {
            self.redirecting.entry(key.clone()).or_default().insert(one_id);
        }
        let Some(before) = self.rows.insert(one_id, row) else { return };
        let kept = &self.rows[&one_id].former_records;
        // Both rise.
        for key in before.former_records.iter().filter(|key| kept.binary_search(key).is_err()) {
            if let Some(of_record) = self.redirecting.get_mut(key) {
                of_record.remove(&one_id);
                if of_record.is_empty() {
                    self.redirecting.remove(key);
                }
            }
        }
    }

    /// Notes the frame that told of a person.
    pub(super) fn told_at(&mut self, one_id: &OneId, position: u64) {
        if let Some(row) = self.rows.get_mut(one_id) {
            row.changed_at = position;
        }
    }
}
