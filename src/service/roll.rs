//! The present people as lists show them: by One-ID, and the largest first.
//!
//! Read from the store once, when a list is first asked for.

use crate::error::Result;
use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::service::locks::lock;
use crate::service::lookup::{ClusterSummary, Lookup};
use crate::store::{PersonRow, PersonState, RecordRow};
use std::sync::Arc;

/// The present people in the orders of lists.
#[derive(Debug)]
pub struct Roll {
    by_one_id: Vec<OneId>,
    /// Records and person, most records first, then by One-ID.
    by_size: Vec<(usize, OneId)>,
}

/// A part of a list, and how long the whole list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<T> {
    /// The items.
    pub items: Vec<T>,
    /// Items of the whole list.
    pub total: usize,
}

impl Lookup {
    fn roll(&self) -> Result<Arc<Roll>> {
        if let Some(roll) = &*lock(&self.roll) {
            return Ok(Arc::clone(roll));
        }
        let mut by_size = Vec::new();
        for person in self.views.store().people() {
            if let (one_id, PersonRow { state: PersonState::Live { members }, .. }) = person? {
                by_size.push((members.len(), one_id));
            }
        }
        let mut by_one_id: Vec<OneId> = by_size.iter().map(|(_, one_id)| *one_id).collect();
        by_one_id.sort_unstable();
        by_size.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let roll = Arc::new(Roll { by_one_id, by_size });
        *lock(&self.roll) = Some(Arc::clone(&roll));
        Ok(roll)
    }

    /// People of at least `minimum` records, most records first: `limit` of them after the first `offset`.
    pub fn clusters(&self, minimum: usize, offset: usize, limit: usize) -> Result<Part<ClusterSummary>> {
        let roll = self.roll()?;
        let by_size = &roll.by_size;
        let total = by_size.partition_point(|(records, _)| *records >= minimum);
        let asked = by_size[..total].iter().skip(offset).take(limit);
        let items = asked.map(|(_, one_id)| self.summary(*one_id, &self.members(*one_id)?)).collect::<Result<_>>()?;
        Ok(Part { items, total })
    }

    /// The people with the most records, most first.
    pub fn largest(&self, limit: usize) -> Result<Vec<ClusterSummary>> {
        Ok(self.clusters(1, 0, limit)?.items)
    }

    /// Present people by One-ID: `limit` of them after the first `offset`.
    pub fn people(&self, offset: usize, limit: usize) -> Result<Part<OneId>> {
        let roll = self.roll()?;
        let by_one_id = &roll.by_one_id;
        Ok(Part { items: by_one_id.iter().skip(offset).take(limit).copied().collect(), total: by_one_id.len() })
    }

    /// Live records of all people by source, then id: `limit` of them after the one named.
    pub fn records_after(&self, after: Option<&RecordKey>, limit: usize) -> Result<Vec<RecordRow>> {
        self.views.store().records_after(after).take(limit).collect()
    }
}
