//! A merge into a store.
//!
//! 1. What arrived is laid over the live records: newer versions replace, equal ones change nothing, a snapshot also deletes.
//! 2. The partition of all live records is computed under the active model (`model_choice` says when one is learnt).
//! 3. One-IDs are kept, merged, split or made; only what changed is written, as one batch.
//!
//! Always: the same records under the same model keep their One-IDs; a dry run writes nothing, nor do inputs of which every row is
//! rejected.

use crate::engine::batch::{ModelSource, Near, Resolved, Review};
use crate::engine::{Observer, Phase};
use crate::error::{Error, ErrorClass, Result};
use crate::limits::{KEEP_FRAME_KEYS_MAX, KEEP_FRAME_PEOPLE_MAX, KEEP_FRAME_RECORDS_MAX, SNAPSHOT_DELETE_SHARE_MAX};
use crate::link::Judgement;
use crate::model::{MatchWeight, Model};
use crate::one_id::OneId;
use crate::one_id::history::{Cause, StrongestEdge};
use crate::record::{Field, RecordKey, RecordSet};
use crate::service::checkpoint::{self, Checkpoint};
use crate::service::entry::{Assignment, Deletion, Entry, PersonTold, frames, key_bytes};
use crate::service::events::{self, FileEvent};
use crate::service::judgement::{Judgements, identity};
use crate::service::keep::{Keep, Rows};
use crate::service::load::{Loaded, LoadedRecord, Opened, Place, load, open_with};
use crate::service::mapping::new_mappings;
use crate::service::merge::{largest, loaded_report, unused_settings, unused_sources};
use crate::service::model_choice::Choice;
use crate::service::naming::{Named, NamedRow, Naming};
use crate::service::report::RunReport;
use crate::service::review::{ReviewRow, changed_reviews};
use crate::service::stopwatch::Stopwatch;
use crate::service::suppression::Suppression;
use crate::service::version::{Arrival, arrival, version_taken};
use crate::settings::Settings;
use crate::store::{PersonRow, RecordRow};
use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};

/// Whether inputs are changes or everything a source has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// New and changed records.
    #[default]
    Delta,
    /// All records of the sources that occur; what a source no longer has is deleted.
    Snapshot,
}

/// What to merge into a store and how.
#[derive(Debug)]
pub struct StoreJob {
    /// Files.
    pub inputs: Vec<PathBuf>,
    /// Settings; without survivorship the store's stays.
    pub settings: Option<Settings>,
    /// A model for a store that has none, or a provisional one.
    pub model: Option<Model>,
    /// Changes or everything.
    pub mode: Mode,
    /// Whether a snapshot may delete more than a tenth.
    pub force: bool,
    /// Whether to write nothing.
    pub dry_run: bool,
    /// Whether to go on where the same merge was stopped before.
    pub resume: bool,
    /// Events to keep with the records.
    pub events: Vec<FileEvent>,
    /// Memory to keep to, bytes.
    pub memory_budget: Option<u64>,
    /// Who asks, for the journal.
    pub actor: String,
    /// Now, microseconds since 1970.
    pub now: i64,
}

/// What a merge into a store came to.
#[derive(Debug)]
pub struct StoreMerged {
    /// Every live record and its person, rising by key.
    pub assignments: Vec<(RecordKey, OneId)>,
    /// The model used.
    pub model: Model,
    /// Pairs in doubt, by place in `assignments`.
    pub reviews: Vec<Review>,
    /// Rows that were not taken, inputs, findings.
    pub loaded: Loaded,
    /// Events of records that the store does not have; they were not kept.
    pub stray_events: Vec<FileEvent>,
    /// In numbers.
    pub report: RunReport,
}

/// Why nothing was merged, and the rows that were not taken until then: they may be the cause.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: Error,
    /// What was loaded, its records taken out; nothing where the inputs were not read.
    pub loaded: Option<Box<Loaded>>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused { error, loaded: None }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}

/// Merges into the store.
pub fn merge_into(keep: &mut Keep, job: StoreJob, progress: &dyn Observer) -> std::result::Result<StoreMerged, Refused> {
    let stopwatch = Stopwatch::new(progress, job.memory_budget);
    let before = keep.checked_rows()?;
    let settings = job.settings.clone().unwrap_or_default();
    let unused = unused_sources(&settings, &job.inputs)?;
    let inputs = open_with(&job.inputs, &settings, keep.views())?;
    refuse_row_numbers(&inputs)?;
    let opened = OpenedInputs { named_sources: named_sources(&inputs), mappings: new_mappings(keep.views(), &inputs)?, settings, unused };
    let mut loaded = load(inputs, true, job.now / 1_000_000, &stopwatch)?;
    match merge_loaded(keep, job, before, opened, &mut loaded, stopwatch) {
        Ok((assignments, resolved, stray_events, report)) => {
            Ok(StoreMerged { assignments, model: resolved.model, reviews: resolved.reviews, loaded, stray_events, report })
        }
        Err(error) => Err(Refused { error, loaded: Some(Box::new(loaded)) }),
    }
}

/// What opening the inputs gave, beside the inputs.
struct OpenedInputs {
    /// Sources that inputs stand for, rows or none.
    named_sources: FxHashSet<CompactString>,
    /// Mappings and forms that are new.
    mappings: Vec<Entry>,
    settings: Settings,
    /// What the inputs leave unused of the settings, in words.
    unused: Option<String>,
}

type Assignments = Vec<(RecordKey, OneId)>;
type MergedRecords = (Assignments, Resolved, Vec<FileEvent>, RunReport);

fn merge_loaded(
    keep: &mut Keep,
    job: StoreJob,
    rows: Rows,
    opened: OpenedInputs,
    loaded: &mut Loaded,
    stopwatch: Stopwatch<'_>,
) -> Result<MergedRecords> {
    let OpenedInputs { named_sources, mappings, settings, unused } = opened;
    let suppression = keep.views().suppression()?;
    let overlaid = overlay(rows.records, &keep.views().tombstones()?, &suppression, loaded, job.mode, job.force, named_sources)?;
    let records = overlaid.records();
    let judgements = keep.views().judgements()?;
    let identities = overlaid.identities(&judgements);
    let rulings = judgements.in_force(&|key| identities.get(key).copied());
    let active = keep.views().active()?;
    let provisional = active.as_ref().filter(|active| active.provisional.is_some()).map(|active| active.model.id.clone());
    let choice = Choice::of(active, job.model, job.settings.as_ref(), loaded.changes.any())?;
    let mut resolving = Resolving { rulings, checkpoint: None, resume: job.resume, left: false, from: None, notes: Vec::new() };
    if !job.dry_run && !loaded.nothing_taken() {
        resolving.begin(keep.views().dir(), &records, &choice.source()?);
    }
    let (resolved, keys) = resolving.resolve(records, choice.source()?, &stopwatch)?;

    stopwatch.begin(Phase::Assign, keys.len() as u64);
    let named = name_people(keep, &rows.people, &overlaid, &resolved, &Cause::Load);
    let questions = changed_reviews(&keep.views().reviews()?, &resolved.reviews, &keys, &judgements, &identities, job.now);
    let mut report = RunReport { dry_run: job.dry_run, record_changes: Some(loaded.changes), ..loaded_report(loaded) };
    report.take_statistics(&resolved);
    report.largest = largest(&resolved, &named.one_ids);
    report.people = Some(named.counts);
    report.person_changes = named.changes.clone();
    report.notes.extend(choice.model().and_then(|model| unused_settings(&settings, model)));
    // Without records nothing was learnt, and a model of nothing is not kept.
    let keeps_model = !keys.is_empty();
    if keeps_model {
        report.provisional = choice.is_provisional(&resolved.model);
        report.notes.extend(choice.note(&resolved.model, provisional.as_deref()));
    }
    report.resumed_from = resolving.from;
    report.notes.extend(resolving.notes);
    report.notes.extend(unused);
    report.notes.extend(keep.views().notes().iter().cloned());
    let one_ids: Vec<OneId> = resolved.clusters.of_row.iter().map(|cluster| named.one_ids[*cluster as usize]).collect();
    let written = events::entries(job.events, &keys.iter().collect(), keep.views())?;
    if !loaded.nothing_taken() {
        report.events = written.events;
    }
    report.notes.extend(written.notes);

    if !job.dry_run && !loaded.nothing_taken() {
        stopwatch.begin(Phase::Keep, keys.len() as u64);
        let mut entries = mappings;
        if keeps_model {
            entries.extend(choice.entries(&resolved.model)?);
        }
        if let Some(survivorship) = &settings.survivorship
            && *survivorship != keep.views().survivorship()?
        {
            let json = serde_json::to_vec(survivorship).map_err(|cause| Error::internal(cause.to_string()))?;
            entries.push(Entry::Settings(json));
        }
        entries.extend(record_entries(overlaid, &resolved, named));
        entries.extend(frames(questions, KEEP_FRAME_KEYS_MAX, ReviewRow::bytes_at_most).into_iter().map(Entry::Review));
        entries.extend(written.entries);
        if !entries.is_empty() {
            keep.write(&job.actor, job.now, "merge", entries)?;
        }
        report.notes.extend(checkpoint::clear(keep.views().dir()).err().map(|error| error.to_string()));
    }
    report.position = Some(keep.views().position());
    report.notes.extend(stopwatch.passed_budget());
    report.phases = stopwatch.finish();
    Ok((keys.into_iter().zip(one_ids).collect(), resolved, written.strays, report))
}

/// A merge that may go on where one was stopped.
struct Resolving {
    /// What stewards ruled.
    rulings: Vec<Judgement>,
    /// None where nothing is kept.
    checkpoint: Option<Checkpoint>,
    resume: bool,
    /// Whether a merge that was stopped left a checkpoint.
    left: bool,
    /// What was taken from the merge that was stopped.
    from: Option<&'static str>,
    notes: Vec<String>,
}

impl Resolving {
    /// From now on it is kept how far the merge has come.
    fn begin(&mut self, dir: &Path, records: &RecordSet, source: &ModelSource) {
        let is_there = checkpoint::is_there(dir);
        self.left = is_there;
        if !self.resume {
            if is_there {
                self.notes.push("a merge that was stopped was begun anew; --resume would have gone on with it".to_string());
            }
            // One of another merge is passed over, whether it can be removed or not.
            self.notes.extend(checkpoint::clear(dir).err().map(|error| error.to_string()));
        } else if !is_there {
            self.notes.push("there was no merge to go on with: this one began at the beginning".to_string());
        }
        self.checkpoint = Some(Checkpoint::of(dir, records, source, &self.rulings));
    }

    fn resolve(&mut self, records: RecordSet, mut source: ModelSource, observer: &dyn Observer) -> Result<(Resolved, Vec<RecordKey>)> {
        let is_learnt = matches!(source, ModelSource::Learn { .. });
        if let Some(checkpoint) = self.checkpoint.as_ref().filter(|_| self.resume) {
            if let Some(model) = checkpoint.model().filter(|_| is_learnt) {
                self.from = Some("model");
                self.notes.push("the merge went on where it was stopped, with the model it had learnt".to_string());
                source = ModelSource::Given(Box::new(model));
            }
            if let ModelSource::Given(model) = &source
                && let Some(resolved) = checkpoint.resolved((**model).clone(), records.len())
            {
                self.from = Some("clusters");
                self.notes = vec!["the merge went on where it was stopped, with the clusters it had cut".to_string()];
                return Ok((resolved, records.into_keys()));
            }
        }
        if self.resume && self.from.is_none() && self.left {
            self.notes.push("what was left of a merge that was stopped is of another one: this one began at the beginning".to_string());
        }
        let near = Near::new(records, source, &self.rulings, observer)?;
        if is_learnt && self.from.is_none() {
            self.keep(|checkpoint| checkpoint.keep_model(near.model()));
        }
        let resolved = near.resolve(observer);
        self.keep(|checkpoint| checkpoint.keep_resolved(&resolved.0));
        Ok(resolved)
    }

    /// What cannot be kept is told, and the merge goes on.
    fn keep(&mut self, keep: impl Fn(&Checkpoint) -> Result<()>) {
        if let Some(Err(error)) = self.checkpoint.as_ref().map(keep) {
            self.notes.push(format!("how far the merge came is not kept: {error}"));
            self.checkpoint = None;
        }
    }
}

/// In a store a row number would give tomorrow's row today's name.
pub(super) fn refuse_row_numbers(inputs: &[Opened]) -> Result<()> {
    match inputs.iter().find(|(input, mapping, _)| mapping.record_id.is_none() && !input.layout().columns.is_empty()) {
        None => Ok(()),
        Some((input, _, _)) => {
            let message = "has no record id column, and a store must know its records again; map one in settings (oneid init shows how)";
            Err(Error::bad_data(message).at(&input.layout().input))
        }
    }
}

/// The sources that inputs stand for, rows or none.
pub(super) fn named_sources(inputs: &[Opened]) -> FxHashSet<CompactString> {
    inputs.iter().filter(|(_, mapping, _)| mapping.source_column.is_none()).map(|(_, mapping, _)| mapping.source.clone()).collect()
}

/// A live record after the overlay.
pub(super) struct Live {
    record: LoadedRecord,
    /// The person it belonged to before.
    before: Option<OneId>,
    arrived_at: u64,
    /// Whether it is new or changed.
    put: bool,
}

impl Live {
    /// A record that stays as it was.
    fn as_before(row: RecordRow) -> Self {
        Live {
            record: LoadedRecord { canonical: row.canonical, source_values: row.source_values, place: Place::default() },
            before: Some(row.one_id),
            arrived_at: row.arrived_at,
            put: false,
        }
    }

    fn named(&self) -> NamedRow<'_> {
        let record = &self.record.canonical;
        NamedRow { key: &record.key, before: self.before, put: self.put, verified: record.has_valid(Field::ResidentId) }
    }
}

/// Live records, and those that are gone.
pub(super) struct Overlaid {
    /// Rising by key.
    pub(super) live: Vec<Live>,
    /// With whose they were.
    deleted: Vec<(RecordKey, OneId)>,
}

impl Overlaid {
    /// The records of a store as they are.
    pub(super) fn nothing_over(rows: Vec<RecordRow>) -> Self {
        Overlaid { live: rows.into_iter().map(Live::as_before).collect(), deleted: Vec::new() }
    }

    /// The records, to be resolved.
    pub(super) fn records(&self) -> RecordSet {
        RecordSet::of(self.live.iter().map(|row| &row.record.canonical))
    }

    /// What live records that were judged say of who they are.
    pub(super) fn identities(&self, judgements: &Judgements) -> FxHashMap<RecordKey, u64> {
        let judged = self.live.iter().map(|live| &live.record.canonical).filter(|record| judgements.touch(&record.key));
        judged.map(|record| (record.key.clone(), identity(record))).collect()
    }
}

/// Lays what arrived over what is there.
fn overlay(
    before: Vec<RecordRow>,
    tombstones: &FxHashMap<RecordKey, i64>,
    suppression: &Suppression,
    loaded: &mut Loaded,
    mode: Mode,
    force: bool,
    mut sources: FxHashSet<CompactString>,
) -> Result<Overlaid> {
    // Rows that could not be read may be those of records that seem gone; rows refused below are of records that are kept.
    let unread = loaded.reject_count;
    let mut arrived: FxHashMap<RecordKey, LoadedRecord> =
        loaded.take_loaded_records().into_iter().map(|record| (record.canonical.key.clone(), record)).collect();
    sources.extend(arrived.keys().map(|key| key.source.clone()));
    let mut overlaid = Overlaid { live: Vec::new(), deleted: Vec::new() };
    let mut of_sources: FxHashMap<CompactString, usize> = FxHashMap::default();
    for row in before {
        let key = &row.canonical.key;
        let of_these = sources.contains(&key.source);
        *of_sources.entry(key.source.clone()).or_insert(0) += usize::from(of_these);
        let Some(mut new) = arrived.remove(key) else {
            if mode == Mode::Snapshot && of_these {
                overlaid.deleted.push((key.clone(), row.one_id));
            } else {
                overlaid.live.push(Live::as_before(row));
            }
            continue;
        };
        let kept = match arrival(&new.canonical, Some(&row.canonical), None, || new.source_values == row.source_values) {
            Arrival::New | Arrival::Newer => {
                new.canonical.version = version_taken(&new.canonical, Some(&row.canonical), None);
                loaded.changes.changed += 1;
                overlaid.live.push(Live { record: new, before: Some(row.one_id), arrived_at: 0, put: true });
                continue;
            }
            Arrival::Unchanged => &mut loaded.changes.unchanged,
            Arrival::Outdated => &mut loaded.changes.outdated,
            Arrival::Clash => {
                loaded.reject_record(&new, CLASH);
                overlaid.live.push(Live::as_before(row));
                continue;
            }
        };
        *kept += 1;
        overlaid.live.push(Live::as_before(row));
    }
    if !force {
        refuse_careless_deletion(overlaid.deleted.iter().map(|(key, _)| key), &of_sources, unread)?;
    }
    arrived.retain(|key, record| {
        if suppression.keeps_out(key) {
            loaded.changes.suppressed += 1;
            return false;
        }
        let stays_gone = arrival(&record.canonical, None, tombstones.get(key).copied(), || false) == Arrival::Outdated;
        loaded.changes.outdated += u64::from(stays_gone);
        record.canonical.version = version_taken(&record.canonical, None, tombstones.get(key).copied());
        !stays_gone
    });
    loaded.changes.new = arrived.len() as u64;
    loaded.changes.deleted = overlaid.deleted.len() as u64;
    overlaid.live.extend(arrived.into_values().map(|record| Live { record, before: None, arrived_at: 0, put: true }));
    overlaid.live.sort_unstable_by(|a, b| a.record.canonical.key.cmp(&b.record.canonical.key));
    Ok(overlaid)
}

/// Why a record with a version that the store has is not taken.
pub(super) const CLASH: &str = "the store has this version of the record with other content; it is kept";

/// A snapshot that would delete much of a source, or that was not read whole, is more likely cut short than true.
pub(super) fn refuse_careless_deletion<'a>(
    deleted: impl Iterator<Item = &'a RecordKey>,
    of_sources: &FxHashMap<CompactString, usize>,
    rejects: u64,
) -> Result<()> {
    let mut gone_of: FxHashMap<&str, usize> = FxHashMap::default();
    deleted.for_each(|key| *gone_of.entry(&key.source).or_default() += 1);
    if gone_of.is_empty() {
        return Ok(());
    }
    if rejects > 0 {
        let message = format!(
            "the snapshot would delete records: {}, but {rejects} of its rows were rejected and may be theirs; mend the rows or give --force",
            gone_of.values().sum::<usize>()
        );
        return Err(Error::new(ErrorClass::Conflict, message));
    }
    for (source, live) in of_sources {
        let gone = gone_of.get(source.as_str()).copied().unwrap_or(0);
        let share = gone as f64 / (*live).max(1) as f64;
        if share > SNAPSHOT_DELETE_SHARE_MAX {
            let message = format!(
                "the snapshot would delete {gone} of {live} live records of source {source} ({:.0} %, without --force at most {:.0} %); was the extract cut short?",
                share * 100.0,
                SNAPSHOT_DELETE_SHARE_MAX * 100.0
            );
            return Err(Error::new(ErrorClass::Conflict, message));
        }
    }
    Ok(())
}

/// Names the people of resolved records, and says what led to it.
pub(super) fn name_people(
    keep: &Keep,
    before: &FxHashMap<OneId, PersonRow>,
    overlaid: &Overlaid,
    resolved: &Resolved,
    cause: &Cause,
) -> Named {
    let rows: Vec<NamedRow<'_>> = overlaid.live.iter().map(Live::named).collect();
    let strongest = strongest_edges(resolved);
    let edge = |row: u32| {
        let (other, weight) = strongest[row as usize]?;
        Some(StrongestEdge { with: rows[other as usize].key.clone(), weight })
    };
    let position = keep.views().position() + 1;
    let naming = Naming { rows: &rows, clusters: &resolved.clusters, before, edge: &edge, cause, position };
    naming.name(&|ordinal| OneId::at_position(keep.store_id(), position, u64::from(ordinal)))
}

/// By row: the other end and the weight of the strongest link within its cluster; of equal ones the one to the least row.
fn strongest_edges(resolved: &Resolved) -> Vec<Option<(u32, MatchWeight)>> {
    let of_row = &resolved.clusters.of_row;
    let mut strongest: Vec<Option<(u32, MatchWeight)>> = vec![None; of_row.len()];
    for edge in resolved.links.iter().filter(|edge| of_row[edge.low as usize] == of_row[edge.high as usize]) {
        for (row, other) in [(edge.low, edge.high), (edge.high, edge.low)] {
            let known = &mut strongest[row as usize];
            if known.is_none_or(|(least, weight)| (edge.weight, least) > (weight, other)) {
                *known = Some((other, edge.weight));
            }
        }
    }
    strongest
}

/// What changed of records and people, as entries.
pub(super) fn record_entries(overlaid: Overlaid, resolved: &Resolved, named: Named) -> Vec<Entry> {
    let Named { one_ids, people, .. } = named;
    let mut puts = Vec::new();
    let mut moved = Vec::new();
    for (row, live) in overlaid.live.into_iter().enumerate() {
        let one_id = one_ids[resolved.clusters.of_row[row] as usize];
        if live.put {
            let LoadedRecord { canonical, source_values, .. } = live.record;
            puts.push(RecordRow { canonical, source_values, one_id, arrived_at: live.arrived_at });
        } else if live.before != Some(one_id) {
            moved.push((live.record.canonical.key, one_id));
        }
    }
    let deleted = overlaid.deleted.into_iter().map(|(key, owner)| Deletion { key, up_to: None, owner: Some(owner) }).collect();
    let deleted = frames(deleted, KEEP_FRAME_KEYS_MAX, Deletion::bytes_at_most).into_iter().map(Entry::RecordDelete);
    let puts = frames(puts, KEEP_FRAME_RECORDS_MAX, RecordRow::bytes_at_most).into_iter().map(Entry::RecordPut);
    let moved = frames(moved, KEEP_FRAME_KEYS_MAX, |(key, _)| key_bytes(key)).into_iter();
    let moved = moved.map(|moved| Entry::Assignment(Assignment { moved, people: Vec::new() }));
    let people = frames(people, KEEP_FRAME_PEOPLE_MAX, PersonTold::bytes_at_most).into_iter();
    let people = people.map(|people| Entry::Assignment(Assignment { moved: Vec::new(), people }));
    deleted.chain(puts).chain(moved).chain(people).collect()
}
