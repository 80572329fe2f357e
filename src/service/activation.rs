//! Another model for a store: all records are resolved anew under it, and people merge and split as it says.
//!
//! Always: a dry run writes nothing and tells what would happen. A model that is the active one already, and stays, changes nothing.

use crate::engine::batch::{ModelSource, Near};
use crate::engine::{Observer, Phase};
use crate::error::{Error, Result};
use crate::limits::KEEP_FRAME_KEYS_MAX;
use crate::model::Model;
use crate::one_id::OneId;
use crate::one_id::history::Cause;
use crate::service::entry::{Entry, frames};
use crate::service::keep::Keep;
use crate::service::merge::largest;
use crate::service::merge_store::{Overlaid, name_people, record_entries};
use crate::service::report::RunReport;
use crate::service::review::{ReviewRow, changed_reviews};
use crate::service::stopwatch::Stopwatch;

/// Makes `model` the active one of a store; `now` is microseconds since 1970.
pub fn activate(keep: &mut Keep, model: Model, dry_run: bool, actor: &str, now: i64, progress: &dyn Observer) -> Result<RunReport> {
    if let Some(fault) = model.fault() {
        return Err(Error::bad_data(format!("model {} is no snapshot to weigh with: {fault}", model.id)));
    }
    let stopwatch = Stopwatch::new(progress, None);
    let rows = keep.checked_rows()?;
    let before = keep.views().active()?;
    let is_active = before.as_ref().is_some_and(|active| active.model.id == model.id && active.provisional.is_none());
    let overlaid = Overlaid::nothing_over(rows.records);
    let judgements = keep.views().judgements()?;
    let identities = overlaid.identities(&judgements);
    let rulings = judgements.in_force(&|key| identities.get(key).copied());
    let near = Near::new(overlaid.records(), ModelSource::Given(Box::new(model.clone())), &rulings, &stopwatch)?;
    let (resolved, keys) = near.resolve(&stopwatch);
    stopwatch.begin(Phase::Assign, keys.len() as u64);
    let named = name_people(keep, &rows.people, &overlaid, &resolved, &Cause::Model(model.id.to_string()));
    let reviews = changed_reviews(&keep.views().reviews()?, &resolved.reviews, &keys, &judgements, &identities, now);
    let mut report = RunReport { version: env!("CARGO_PKG_VERSION"), dry_run, ..RunReport::default() };
    report.take_statistics(&resolved);
    let one_ids: Vec<OneId> = named.one_ids.clone();
    report.largest = largest(&resolved, &one_ids);
    report.people = Some(named.counts);
    report.person_changes = named.changes.clone();
    match &before {
        Some(active) if is_active => report.notes.push(format!("model {} is the active one already", active.model.id)),
        Some(active) => report.notes.push(format!("model {} takes the place of {}", model.id, active.model.id)),
        None => report.notes.push(format!("model {} is the store's first", model.id)),
    }
    if !dry_run {
        stopwatch.begin(Phase::Keep, keys.len() as u64);
        let json = serde_json::to_vec(&model).map_err(|cause| Error::internal(cause.to_string()))?;
        let mut entries = Vec::new();
        if !is_active {
            entries.extend([Entry::ModelSnapshot(model.id.clone(), json), Entry::ModelActivation(model.id.clone(), None)]);
        }
        entries.extend(record_entries(overlaid, &resolved, named));
        entries.extend(frames(reviews, KEEP_FRAME_KEYS_MAX, ReviewRow::bytes_at_most).into_iter().map(Entry::Review));
        if !entries.is_empty() {
            keep.write(actor, now, "activate model", entries)?;
        }
    }
    report.position = Some(keep.views().position());
    report.notes.extend(keep.views().notes().iter().cloned());
    report.phases = stopwatch.finish();
    Ok(report)
}
