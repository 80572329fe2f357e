//! Inputs -> live canonical records.
//!
//! 1. Every input is opened; its columns are mapped by settings or inferred; a file shaped like truth is refused.
//! 2. One thread reads, the others normalise; batches travel over bounded channels, so a fast disk waits for slow normalising.
//! 3. Of several rows of one record the highest version is live; the same version with other content is rejected, and so are rows
//!    that differ under one id while no column tells which is the newer.
//!
//! Always: the result does not depend on the number of threads; nor on the order of inputs, as far as rows carry versions (of two
//! rows with one version and different content the first is kept, the other rejected).

use crate::engine::{Observer, Phase};
use crate::error::{Error, Result};
use crate::ingest::{Input, Reject, Sink, beginning, source_name};
use crate::limits::{LOAD_BATCHES_MAX, REJECTS_KEPT_MAX, TIME_AHEAD_SECONDS_MAX, VALUE_CHARS_MAX};
use crate::normalize::Normalizer;
use crate::normalize::text::{first_bytes, is_placeholder};
use crate::normalize::time;
use crate::record::{CanonicalRecord, Issue, Layout, RecordKey, SourceRecord, TextForm};
use crate::schema::{CallingCode, ColumnKind, DateOrder, Mapping, infer};
use crate::service::report::{ColumnReport, InputReport, RecordChanges};
use crate::settings::Settings;
use compact_str::CompactString;
use crossbeam::channel::{Receiver, Sender, bounded};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasher;
use std::path::PathBuf;

/// A record as it will be resolved, with what its source wrote where that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedRecord {
    /// The record.
    pub canonical: CanonicalRecord,
    /// Column and value, as they arrived; empty when not asked for.
    pub source_values: Vec<(CompactString, CompactString)>,
    /// Where its row stands.
    pub place: Place,
}

/// Where a row stands among the inputs; the default for a record that no input holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The input, by its place among the inputs.
    pub input: usize,
    /// The line where the row begins, from 1; 0 for none.
    pub line: u64,
}

/// An input with its mapping and what will be told of it.
pub type Opened = (Input, Mapping, InputReport);

/// What was loaded.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Live records, rising by key.
    pub records: Vec<LoadedRecord>,
    /// Rows that were not taken, the first [`REJECTS_KEPT_MAX`].
    pub rejects: Vec<Reject>,
    /// How many rows were not taken.
    pub reject_count: u64,
    /// Inputs.
    pub inputs: Vec<InputReport>,
    /// Rows, the rejected ones too.
    pub rows: u64,
    /// Rows replaced by a newer version.
    pub superseded: u64,
    /// Rows equal to another of their record and version.
    pub duplicates: u64,
    /// What the live records were to those of a store; for whoever lays them over it.
    pub changes: RecordChanges,
    /// Findings by field and kind.
    pub issues: BTreeMap<String, u64>,
    /// Things worth telling.
    pub notes: Vec<String>,
}

impl Loaded {
    /// Takes the canonical records out, in their order.
    pub fn take_records(&mut self) -> Vec<CanonicalRecord> {
        std::mem::take(&mut self.records).into_iter().map(|record| record.canonical).collect()
    }

    /// Counts and keeps a record that is not taken although its row could be read.
    pub fn reject_record(&mut self, record: &LoadedRecord, reason: &str) {
        let Place { input, line } = record.place;
        let text = record.source_values.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(",");
        let reason = format!("record {}: {reason}", record.canonical.key);
        let file = self.inputs.get(input).map(|input| input.input.as_str().into()).unwrap_or_default();
        self.reject(input, Reject::new(file, line, "", reason, &text));
    }

    /// Whether there were rows and each was rejected.
    pub fn nothing_taken(&self) -> bool {
        self.rows > 0 && self.rows == self.reject_count
    }

    fn reject(&mut self, input: usize, reject: Reject) {
        self.reject_count += 1;
        if let Some(input) = self.inputs.get_mut(input) {
            input.rejects += 1;
        }
        if self.rejects.len() < REJECTS_KEPT_MAX {
            self.rejects.push(reject);
        }
    }

    fn count_row(&mut self, input: usize) {
        self.rows += 1;
        self.inputs[input].rows += 1;
    }
}

/// What is known of inputs from before.
pub trait Known {
    /// How the text of a source is written.
    fn form(&self, source: &str) -> Result<TextForm>;
    /// The mapping of a layout.
    fn mapping(&self, layout: &Layout) -> Result<Option<Mapping>>;
    /// The countries of phone numbers that say none, one for each layout; none where it was not known.
    fn phone_countries(&self) -> Result<Vec<Option<CallingCode>>>;
}

/// Nothing is known: a merge that keeps nothing.
struct Nothing;

impl Known for Nothing {
    fn form(&self, _: &str) -> Result<TextForm> {
        Ok(TextForm::default())
    }
    fn mapping(&self, _: &Layout) -> Result<Option<Mapping>> {
        Ok(None)
    }
    fn phone_countries(&self) -> Result<Vec<Option<CallingCode>>> {
        Ok(Vec::new())
    }
}

/// Opens inputs and settles their mappings.
pub fn open(paths: &[PathBuf], settings: &Settings) -> Result<Vec<Opened>> {
    open_with(paths, settings, &Nothing)
}

/// Opens inputs and settles how they are written and what their columns mean: by settings, else as `known` from before, else told
/// from them.
pub fn open_with(paths: &[PathBuf], settings: &Settings, known: &dyn Known) -> Result<Vec<Opened>> {
    let mut settled = Vec::new();
    for path in paths {
        let source = settings.source_of(&path.to_string_lossy());
        let form = source.map_or_else(|| known.form(&source_name(path)), |source| Ok(source.form.clone()))?;
        let input = Input::open_as(path, &form)?;
        let layout = input.layout().clone();
        let (mapping, reasons) = match source {
            Some(source) if !layout.columns.is_empty() => {
                let mapping = source.mapping(&layout, input.sample())?;
                refuse_unless_people(&input, &mapping)?;
                (mapping, vec![if source.columns.is_empty() { "inferred" } else { "settings" }; layout.columns.len()])
            }
            _ => match known.mapping(&layout)? {
                Some(mut mapping) => {
                    mapping.phone_country = mapping.phone_country.or_else(|| CallingCode::of_sample(&mapping.columns, input.sample()));
                    (mapping, vec!["as before"; layout.columns.len()])
                }
                None => {
                    let inferred = infer(&layout, input.sample());
                    refuse_unless_people(&input, &inferred.mapping)?;
                    (inferred.mapping, inferred.reasons)
                }
            },
        };
        let is_said = source.is_some_and(|source| source.phone_country.is_some());
        settled.push((input, mapping, reasons, is_said));
    }
    // A file that does not show its country is of that of the others: one number must not be two.
    let others = CallingCode::of_most(settled.iter().map(|(_, mapping, ..)| mapping.phone_country).chain(known.phone_countries()?));
    let mut opened = Vec::new();
    for (input, mut mapping, reasons, is_said) in settled {
        if !is_said {
            mapping.phone_country = mapping.phone_country.or(others);
        }
        let layout = input.layout().clone();
        let columns = layout.columns.iter().zip(&reasons).enumerate().map(|(place, (column, reason))| ColumnReport {
            column: column.to_string(),
            kind: told_kind(&mapping, place).to_string(),
            reason: told_reason(&mapping, place, reason),
        });
        let report = InputReport {
            input: layout.input.to_string(),
            format: input.description().to_string(),
            source: mapping.source.to_string(),
            columns: columns.collect(),
            ..InputReport::default()
        };
        opened.push((input, mapping, report));
    }
    refuse_clashing_row_numbers(&opened)?;
    Ok(opened)
}

/// What a column is read as: settings name the columns of record id and source apart from the kinds.
fn told_kind(mapping: &Mapping, column: usize) -> ColumnKind {
    match Some(column) {
        place if place == mapping.record_id => ColumnKind::RecordId,
        place if place == mapping.source_column => ColumnKind::Source,
        _ => mapping.columns[column],
    }
}

/// Why a column has its kind, and what of its values is a matter of choice.
fn told_reason(mapping: &Mapping, column: usize, reason: &str) -> String {
    let kind = mapping.columns[column];
    match kind {
        ColumnKind::BirthDate => match mapping.date_order {
            DateOrder::DayFirst => format!("{reason}; 03/04/1980 is 3 April"),
            DateOrder::MonthFirst => format!("{reason}; 03/04/1980 is 4 March"),
            DateOrder::YearFirst => format!("{reason}; 03-04-05 is 5 April 2003"),
        },
        ColumnKind::Phone => match mapping.phone_country {
            Some(CallingCode::CHINA) => reason.to_string(),
            Some(code) => format!("{reason}; {code} where none is said"),
            None => format!("{reason}; country not known"),
        },
        ColumnKind::FullName if mapping.columns_of(kind).next() != Some(column) => format!("{reason}; only where the first is empty"),
        _ => reason.to_string(),
    }
}

/// Two inputs of one source without record ids would give different people the same row numbers.
fn refuse_clashing_row_numbers(inputs: &[Opened]) -> Result<()> {
    for (place, (input, mapping, _)) in inputs.iter().enumerate().filter(|(_, (_, mapping, _))| mapping.record_id.is_none()) {
        if let Some((other, _, _)) = inputs[..place].iter().find(|(_, other, _)| other.source == mapping.source) {
            let message = format!(
                "has no record id column and is source {:?}, as {} is: their row numbers would clash; rename one file, or map a record id in settings",
                mapping.source,
                other.layout().input
            );
            return Err(Error::bad_data(message).at(&input.layout().input));
        }
    }
    Ok(())
}

/// A table without anything about people is refused: truth files and event files are the usual mistakes.
fn refuse_unless_people(input: &Input, mapping: &Mapping) -> Result<()> {
    let columns = &input.layout().columns;
    if columns.is_empty() {
        return Ok(());
    }
    let says_nothing = |kind: &ColumnKind| {
        matches!(
            kind,
            ColumnKind::RecordId
                | ColumnKind::Source
                | ColumnKind::Version
                | ColumnKind::UpdatedAt
                | ColumnKind::CustomerNumber
                | ColumnKind::Ignore
        )
    };
    if !mapping.columns.iter().all(says_nothing) {
        return Ok(());
    }
    let place = input.layout().input.clone();
    let truth = columns.iter().any(|column| matches!(column.to_lowercase().as_str(), "cluster_id" | "entity_id" | "person_id" | "true_id"));
    if truth {
        let message = "is shaped like truth (record ids and cluster ids): it is no evidence; compare with it by: oneid eval --truth FILE --clusters FILE";
        return Err(Error::bad_data(message).at(place));
    }
    let has = |name: &str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    if has("event_id") && has("time") && has("kind") {
        return Err(Error::bad_data("is shaped like events, not records: give it with --events (and --store)").at(place));
    }
    let found = columns.join(", ");
    Err(Error::bad_data(format!("no column says anything about a person (found: {found}); map them in settings: oneid init shows how"))
        .at(place))
}

/// Reads and normalises all inputs. `now`, seconds since 1970, is the moment of the load: rows with an update time that is later by more
/// than [`TIME_AHEAD_SECONDS_MAX`] are rejected.
pub fn load(inputs: Vec<Opened>, keep_source_values: bool, now: i64, observer: &dyn Observer) -> Result<Loaded> {
    observer.begin(Phase::Read, inputs.iter().map(|(input, _, _)| input.bytes()).sum());
    let mut collector = Collector::new(inputs.iter().map(|(_, _, report)| report.clone()).collect());
    let mappings: Vec<&Mapping> = inputs.iter().map(|(_, mapping, _)| mapping).collect();
    let latest = now.saturating_add(TIME_AHEAD_SECONDS_MAX);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let (to_workers, from_reader) = bounded::<Job>(LOAD_BATCHES_MAX);
    let (to_collector, from_workers) = bounded::<Done>(LOAD_BATCHES_MAX);
    let read: Result<()> = std::thread::scope(|scope| {
        for _ in 0..threads {
            let (from_reader, to_collector, mappings) = (from_reader.clone(), to_collector.clone(), &mappings);
            scope.spawn(move || normalise_all(&from_reader, &to_collector, mappings, keep_source_values, latest));
        }
        drop((from_reader, to_collector));
        let files: Vec<&Input> = inputs.iter().map(|(input, _, _)| input).collect();
        let reader = scope.spawn(move || read_all(&files, to_workers));
        collector.collect(&from_workers, observer);
        reader.join().unwrap_or_else(|_| Err(Error::internal("the reading thread stopped")))
    });
    read?;
    let mut loaded = collector.finish();
    let numbered = inputs.iter().filter(|(input, mapping, _)| mapping.record_id.is_none() && !input.layout().columns.is_empty());
    let numbered: Vec<&str> = numbered.map(|(input, ..)| input.layout().input.as_str()).collect();
    if !numbered.is_empty() {
        loaded.notes.push(format!(
            "no column of {} is the record id, so row numbers are; they change as soon as rows are added or taken out: map a record id \
             in settings if there is one",
            numbered.join(", ")
        ));
    }
    if loaded.rows == 0 {
        let names: Vec<String> = loaded.inputs.iter().map(|input| input.input.clone()).collect();
        return Err(Error::bad_data(format!("nothing to read: no rows in {}", names.join(", "))));
    }
    Ok(loaded)
}

/// Numbered work from the reader.
enum Job {
    Rows(u64, usize, Vec<SourceRecord>),
    Reject(u64, usize, Reject),
    Note(u64, String),
}

/// Numbered results.
struct Done {
    number: u64,
    input: usize,
    rows: Vec<NormalisedRow>,
    rejects: Vec<Reject>,
    notes: Vec<String>,
    /// Update times of the future that were passed over.
    future_times: u64,
    bytes: u64,
}

struct NormalisedRow {
    record: LoadedRecord,
    issues: Vec<Issue>,
    order: Order,
}

/// What tells the newer of two rows of one record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// The row's version or update time.
    Version,
    /// Its place: there is a column for version or update time, and it is empty here.
    Place,
    /// Nothing: there is no such column.
    Nothing,
}

/// Sends what one input gives, numbered over all inputs.
struct Numbered {
    to_workers: Sender<Job>,
    number: u64,
    input: usize,
}

impl Numbered {
    fn send(&mut self, job: impl FnOnce(u64, usize) -> Job) {
        // A closed channel means that the collector has given up; the rows have nowhere to go.
        let _ = self.to_workers.send(job(self.number, self.input));
        self.number += 1;
    }
}

impl Sink for Numbered {
    fn rows(&mut self, rows: Vec<SourceRecord>) {
        self.send(|number, input| Job::Rows(number, input, rows));
    }
    fn reject(&mut self, reject: Reject) {
        self.send(|number, input| Job::Reject(number, input, reject));
    }
    fn note(&mut self, note: String) {
        self.send(|number, _| Job::Note(number, note));
    }
}

fn read_all(inputs: &[&Input], to_workers: Sender<Job>) -> Result<()> {
    let mut sink = Numbered { to_workers, number: 0, input: 0 };
    for (place, input) in inputs.iter().enumerate() {
        sink.input = place;
        if input.layout().columns.is_empty() {
            sink.note(format!("{}: the file is empty", input.layout().input));
        }
        input.read(&mut sink)?;
    }
    Ok(())
}

fn normalise_all(from_reader: &Receiver<Job>, to_collector: &Sender<Done>, mappings: &[&Mapping], keep_source_values: bool, latest: i64) {
    // Inputs are read one after the other.
    let mut of_input: Option<(usize, Normalizer<'_>)> = None;
    for job in from_reader {
        let done = match job {
            Job::Note(number, note) => {
                Done { number, input: 0, rows: Vec::new(), rejects: Vec::new(), notes: vec![note], future_times: 0, bytes: 0 }
            }
            Job::Reject(number, input, reject) => {
                Done { number, input, rows: Vec::new(), rejects: vec![reject], notes: Vec::new(), future_times: 0, bytes: 0 }
            }
            Job::Rows(number, input, rows) => {
                let (_, normalizer) = match of_input.take().filter(|(of, _)| *of == input) {
                    Some(same) => of_input.insert(same),
                    None => of_input.insert((input, Normalizer::new(mappings[input]))),
                };
                normalise_rows(number, input, rows, normalizer, keep_source_values, latest)
            }
        };
        if to_collector.send(done).is_err() {
            return;
        }
    }
}

fn normalise_rows(
    number: u64,
    input: usize,
    rows: Vec<SourceRecord>,
    normalizer: &mut Normalizer<'_>,
    keep_source_values: bool,
    latest: i64,
) -> Done {
    let mapping = normalizer.mapping();
    let mut done =
        Done { number, input, rows: Vec::with_capacity(rows.len()), rejects: Vec::new(), notes: Vec::new(), future_times: 0, bytes: 0 };
    let reject = |row: &SourceRecord, column: CompactString, reason: String| {
        Reject::new(row.layout.input.clone(), row.line, column, reason, &row.values.join(","))
    };
    for row in rows {
        done.bytes += row.values.iter().map(|value| value.len() as u64 + 1).sum::<u64>();
        let Some(key) = mapping.key(&row) else {
            let column = mapping.record_id.map_or_else(CompactString::default, |column| row.layout.columns[column].clone());
            let reason = "the record id is empty".to_string();
            done.rejects.push(reject(&row, column, reason));
            continue;
        };
        if let Some((column, reason)) = overlong_key(&row, mapping, &key) {
            let column = row.layout.columns[column].clone();
            done.rejects.push(reject(&row, column, reason));
            continue;
        }
        if let Some((column, found)) = unreadable_version(&row, mapping) {
            let reason = format!("{:?} cannot be read, so it is not known which version of the record this is", beginning(found));
            let column = row.layout.columns[column].clone();
            done.rejects.push(reject(&row, column, reason));
            continue;
        }
        let (mut canonical, issues) = normalizer.read(&row, key);
        if canonical.observed_at.is_some_and(|observed| observed > latest) {
            if mapping.columns_of(ColumnKind::Version).any(|column| row.values[column].trim().parse::<i64>().is_ok()) {
                // Its version says which row is newer; when it was seen is not known.
                canonical.observed_at = None;
                done.future_times += 1;
            } else {
                let column = mapping.columns_of(ColumnKind::UpdatedAt).next();
                let column = column.map_or_else(CompactString::default, |column| row.layout.columns[column].clone());
                let reason = "the update time lies in the future, and no later row could ever be newer".to_string();
                done.rejects.push(reject(&row, column, reason));
                continue;
            }
        }
        let source_values = match keep_source_values {
            true => {
                let filled = row.layout.columns.iter().zip(&row.values).filter(|(_, value)| !value.is_empty());
                filled.map(|(column, value)| (column.clone(), value.clone())).collect()
            }
            false => Vec::new(),
        };
        let order = match mapping.columns_of(ColumnKind::Version).chain(mapping.columns_of(ColumnKind::UpdatedAt)).next() {
            None => Order::Nothing,
            Some(_) if canonical.version == 0 => Order::Place,
            Some(_) => Order::Version,
        };
        let record = LoadedRecord { canonical, source_values, place: Place { input, line: row.line } };
        done.rows.push(NormalisedRow { record, issues, order });
    }
    done
}

/// The column of a source or record id that passes [`VALUE_CHARS_MAX`], with the reason why its row is not taken. A key cannot be cut as
/// values are: two records might become one.
fn overlong_key(row: &SourceRecord, mapping: &Mapping, key: &RecordKey) -> Option<(usize, String)> {
    let overlong = |column: Option<usize>, what: &str, text: &str| {
        let characters = text.chars().count();
        let reason = || format!("the {what} is {characters} characters long, at most {VALUE_CHARS_MAX} are allowed");
        column.filter(|column| *column < row.values.len() && characters > VALUE_CHARS_MAX).map(|column| (column, reason()))
    };
    overlong(mapping.record_id, "record id", &key.id).or_else(|| overlong(mapping.source_column, "source", &key.source))
}

/// The version or update time that stands in a row and cannot be read, with its column.
fn unreadable_version<'a>(row: &'a SourceRecord, mapping: &Mapping) -> Option<(usize, &'a str)> {
    let value = |column: usize| (column, row.values[column].trim());
    let unread = |read: &dyn Fn(&str) -> bool, text: &str| !is_placeholder(text) && !read(text);
    let mut versions = mapping.columns_of(ColumnKind::Version).map(value);
    // Of several times the first that a row has is its time.
    let mut times = mapping.columns_of(ColumnKind::UpdatedAt).map(value).filter(|(_, text)| !text.is_empty()).take(1);
    let is_time = |text: &str| time::is_none(text) || time::read(text, mapping.date_order).is_some();
    versions.find(|(_, text)| unread(&|text| text.parse::<i64>().is_ok(), text)).or_else(|| times.find(|(_, text)| unread(&is_time, text)))
}

/// Sorts records by key: their places, by source and by what the ids begin with, before they move.
fn in_order_of_keys(records: &mut Vec<LoadedRecord>) {
    let key = |place: u32| &records[place as usize].canonical.key;
    let mut sources: BTreeMap<&str, u32> = BTreeMap::new();
    records.chunk_by(|a, b| a.canonical.key.source == b.canonical.key.source).for_each(|of_one| {
        sources.insert(&of_one[0].canonical.key.source, 0);
    });
    sources.values_mut().zip(0..).for_each(|(source, rank)| *source = rank);
    let mut order: Vec<(u32, u128, u32)> = Vec::with_capacity(records.len());
    order.extend((0..records.len() as u32).map(|place| (sources[key(place).source.as_str()], first_bytes(&key(place).id), place)));
    order.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| key(a.2).id.cmp(&key(b.2).id)));
    let order: Vec<u32> = order.into_iter().map(|(.., place)| place).collect();
    let mut taken: Vec<Option<LoadedRecord>> = std::mem::take(records).into_iter().map(Some).collect();
    records.extend(order.iter().filter_map(|place| taken[*place as usize].take()));
}

/// Puts numbered results in order and keeps the live version of each record.
struct Collector {
    loaded: Loaded,
    /// By hash of a key: the place of its record.
    places: FxHashMap<u64, u32>,
    /// Places of records whose key has the hash of an earlier one.
    others: FxHashMap<RecordKey, u32>,
    waiting: BTreeMap<u64, Done>,
    next: u64,
    /// Update times of the future that were passed over.
    future_times: u64,
}

impl Collector {
    fn new(inputs: Vec<InputReport>) -> Self {
        Collector {
            loaded: Loaded { inputs, ..Loaded::default() },
            places: FxHashMap::default(),
            others: FxHashMap::default(),
            waiting: BTreeMap::new(),
            next: 0,
            future_times: 0,
        }
    }

    fn collect(&mut self, from_workers: &Receiver<Done>, observer: &dyn Observer) {
        for done in from_workers {
            observer.advance(done.bytes);
            self.waiting.insert(done.number, done);
            while let Some(done) = self.waiting.remove(&self.next) {
                self.next += 1;
                self.take(done);
            }
        }
    }

    fn take(&mut self, done: Done) {
        for reject in done.rejects {
            self.loaded.count_row(done.input);
            self.loaded.reject(done.input, reject);
        }
        self.loaded.notes.extend(done.notes);
        self.future_times += done.future_times;
        for row in done.rows {
            self.loaded.count_row(done.input);
            for issue in &row.issues {
                *self.loaded.issues.entry(format!("{}: {}", issue.field, issue.kind.name())).or_insert(0) += 1;
            }
            self.place(done.input, row);
        }
    }

    /// Where the live record of a key stands; one that is new will stand last.
    fn place_of(&mut self, key: &RecordKey) -> Option<usize> {
        let next = self.loaded.records.len() as u32;
        let has_key = |place: u32| self.loaded.records[place as usize].canonical.key == *key;
        let found = match self.places.entry(FxBuildHasher.hash_one(key)) {
            Entry::Vacant(free) => *free.insert(next),
            Entry::Occupied(taken) if has_key(*taken.get()) => *taken.get(),
            // Two keys of one hash.
            Entry::Occupied(_) => *self.others.entry(key.clone()).or_insert(next),
        };
        (found != next).then_some(found as usize)
    }

    fn place(&mut self, input: usize, row: NormalisedRow) {
        let Some(place) = self.place_of(&row.record.canonical.key) else {
            self.loaded.records.push(row.record);
            return;
        };
        let live = &mut self.loaded.records[place];
        let key = &live.canonical.key;
        let (old, new) = (live.canonical.version, row.record.canonical.version);
        if live.canonical == row.record.canonical {
            self.loaded.duplicates += 1;
        } else if row.order == Order::Nothing {
            let place = &self.loaded.inputs[live.place.input].input;
            let where_else = if live.place.input == input { String::new() } else { format!(" (in {place})") };
            let reason = format!(
                "record {key} stands twice with different content{where_else}, and no column tells which is the newer; the first is kept: map \
                 another record id, or a version or updated_at column, in settings (oneid init shows how); inputs that number their records \
                 alike need sources of their own"
            );
            self.reject_row(input, row, reason);
        } else if new > old || (new == old && row.order != Order::Version) {
            *live = row.record;
            self.loaded.superseded += 1;
        } else if new < old {
            self.loaded.superseded += 1;
        } else {
            let reason = format!("record {key} stands twice with the same version and different content; the first is kept");
            self.reject_row(input, row, reason);
        }
    }

    fn reject_row(&mut self, input: usize, row: NormalisedRow, reason: String) {
        let file = self.loaded.inputs[input].input.as_str().into();
        let text = row.record.canonical.values().iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join(",");
        self.loaded.reject(input, Reject::new(file, row.record.place.line, "", reason, &text));
    }

    fn finish(mut self) -> Loaded {
        if self.future_times > 0 {
            let note = format!("update times that lie in the future are not used, the rows' versions are: {}", self.future_times);
            self.loaded.notes.push(note);
        }
        in_order_of_keys(&mut self.loaded.records);
        self.loaded
    }
}
