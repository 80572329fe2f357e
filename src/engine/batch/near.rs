//! Likely pairs near each other in memory: a batch spends most of its time waiting for the records that it compares, and those that
//! share a name share a page when they lie in the order of names.
//!
//! Always: what comes of it is as if the records had been resolved in their own order; rows that say the same in two sources may change
//! places where nothing else tells which of two equal links comes first.

use super::{ModelSource, Prepared, Resolved, refuse_too_many};
use crate::engine::{Observer, Phase};
use crate::error::Result;
use crate::link::{Edge, Judgement};
use crate::model::Model;
use crate::normalize::text::first_bytes;
use crate::record::{Field, Grade, RecordKey, RecordSet, inverse_order, put_in_order};
use compact_str::CompactString;
use rayon::prelude::*;

/// Records in the order of names, prepared: what comes before pairs are weighed.
#[derive(Debug)]
pub struct Near {
    prepared: Prepared,
    /// By row as it lies: its own row.
    order: Vec<u32>,
}

impl Near {
    /// Prepares records, whose keys are distinct.
    pub fn new(mut records: RecordSet, mut source: ModelSource, judgements: &[Judgement], observer: &dyn Observer) -> Result<Self> {
        refuse_too_many(records.len())?;
        observer.begin(Phase::Prepare, records.len() as u64);
        let order = near_order(&records);
        if let ModelSource::Learn { labels, .. } = &mut source
            && !labels.is_empty()
        {
            *labels = order.iter().map(|row| labels[*row as usize]).collect();
        }
        records.put_in_order(&order);
        Ok(Near { prepared: Prepared::new(records, source, judgements, observer)?, order })
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.prepared.model
    }

    /// Weighs and cuts; rows are as the records were given, and so are their keys.
    pub fn resolve(self, observer: &dyn Observer) -> (Resolved, Vec<RecordKey>) {
        let (mut resolved, mut keys) = self.prepared.resolve(observer);
        put_in_order(&mut keys, inverse_order(&self.order));
        renumber(&mut resolved, &self.order);
        (resolved, keys)
    }
}

/// Resolves records, whose keys are distinct, as [`resolve`](super::resolve) does, lying in the order of names meanwhile; their keys come back in their own
/// order.
pub fn resolve_near(
    records: RecordSet,
    source: ModelSource,
    judgements: &[Judgement],
    observer: &dyn Observer,
) -> Result<(Resolved, Vec<RecordKey>)> {
    Ok(Near::new(records, source, judgements, observer)?.resolve(observer))
}

/// The rows by family name, given name and birth date, as far as these begin differently.
fn near_order(records: &RecordSet) -> Vec<u32> {
    // The year and the month of birth, in digits.
    let begins = [Field::FamilyName, Field::GivenName, Field::BirthDate].map(|field| {
        let begins = |(text, _): &(CompactString, Grade)| (first_bytes(text) >> 64) as u64;
        (field, records.values(field).iter().map(begins).collect::<Vec<u64>>())
    });
    let key = |row: u32| {
        let [family, given, born] =
            begins.each_ref().map(|(field, begins)| records.first(row as usize, *field).map_or(0, |number| begins[number as usize]));
        (family, given, born, row)
    };
    let mut near: Vec<(u64, u64, u64, u32)> = (0..records.len() as u32).into_par_iter().map(key).collect();
    near.par_sort_unstable();
    near.into_iter().map(|(.., row)| row).collect()
}

/// Gives rows the numbers that `near` has at their places.
fn renumber(resolved: &mut Resolved, near: &[u32]) {
    let renamed = |edge: &Edge| {
        let (a, b) = (near[edge.low as usize], near[edge.high as usize]);
        Edge { low: a.min(b), high: a.max(b), weight: edge.weight }
    };
    resolved.links.par_iter_mut().for_each(|edge| *edge = renamed(edge));
    resolved.links.par_sort_unstable_by_key(|edge| (edge.low, edge.high));
    resolved.reviews.iter_mut().for_each(|review| review.edge = renamed(&review.edge));
    resolved.sort_reviews();
    resolved.copies.iter_mut().for_each(|row| *row = near[*row as usize]);
    resolved.copies.par_sort_unstable();
    let clusters = &mut resolved.clusters;
    clusters.rows.par_iter_mut().for_each(|rows| {
        rows.iter_mut().for_each(|row| *row = near[*row as usize]);
        rows.sort_unstable();
    });
    clusters.rows.par_sort_unstable_by_key(|rows| rows[0]);
    for (rows, cluster) in clusters.rows.iter().zip(0..) {
        rows.iter().for_each(|row| clusters.of_row[*row as usize] = cluster);
    }
}
