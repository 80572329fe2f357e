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
use crate::normalize::text::is_placeholder;
use crate::normalize::time;
use crate::record::{CanonicalRecord, Layout, RecordKey, RecordSet, SourceRecord, TextForm};
use crate::schema::{CallingCode, ColumnKind, DateOrder, Mapping, infer};
use crate::service::collect::{Batch, Collector, NumberedRow, Numbering, Order, SharedValues};
use crate::service::report::{ColumnReport, InputReport, RecordChanges};
use crate::settings::Settings;
use compact_str::CompactString;
use crossbeam::channel::{Receiver, Sender, bounded};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Columns and their values, as they arrived.
pub type SourceValues = Vec<(CompactString, CompactString)>;

/// A record as it will be resolved, with what its source wrote where that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedRecord {
    /// The record.
    pub canonical: CanonicalRecord,
    /// Empty when not asked for.
    pub source_values: SourceValues,
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
    pub(super) records: RecordSet,
    /// By record.
    pub(super) places: Vec<Place>,
    /// By record, where they are kept.
    pub(super) source_values: Vec<SourceValues>,
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
    /// Takes the records out.
    pub fn take_records(&mut self) -> RecordSet {
        (self.places, self.source_values) = Default::default();
        std::mem::take(&mut self.records)
    }

    /// Takes the records out with what their sources wrote.
    pub fn take_loaded_records(&mut self) -> Vec<LoadedRecord> {
        let (places, source_values) = (std::mem::take(&mut self.places), std::mem::take(&mut self.source_values));
        let records = std::mem::take(&mut self.records);
        let source_values = source_values.into_iter().chain(std::iter::repeat_with(Vec::new));
        let joined = records.records().zip(places.into_iter().zip(source_values));
        joined.map(|(canonical, (place, source_values))| LoadedRecord { canonical, source_values, place }).collect()
    }

    /// Counts and keeps a record that is not taken although its row could be read.
    pub fn reject_record(&mut self, record: &LoadedRecord, reason: &str) {
        let Place { input, line } = record.place;
        let text = record.source_values.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(",");
        let reason = format!("record {}: {reason}", record.canonical.key);
        let file = self.inputs.get(input).map(|input| input.input.as_str().into()).unwrap_or_default();
        self.reject(input, Reject::new(file, line, "", reason, &text));
    }

    /// Writes the rejected rows to a file, whose folder is made; gives its name, none where there are none.
    pub fn write_rejects(&self, path: &Path) -> Result<Option<String>> {
        if self.rejects.is_empty() {
            return Ok(None);
        }
        let quoted = |text: &str| -> String { format!("\"{}\"", text.replace('"', "\"\"")) };
        let mut out = String::from("input,line,column,reason,text\n");
        for reject in &self.rejects {
            let texts = [reject.column.as_str(), &reject.reason, &reject.text].map(quoted).join(",");
            out.push_str(&format!("{},{},{texts}\n", quoted(&reject.input), reject.line));
        }
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder.and_then(|()| std::fs::write(path, out));
        written.map_err(|cause| Error::io(format!("the rejected rows could not be written to {}", path.display()), &cause))?;
        Ok(Some(path.display().to_string()))
    }

    /// Whether there were rows and each was rejected.
    pub fn nothing_taken(&self) -> bool {
        self.rows > 0 && self.rows == self.reject_count
    }

    pub(super) fn reject(&mut self, input: usize, reject: Reject) {
        self.reject_count += 1;
        if let Some(input) = self.inputs.get_mut(input) {
            input.rejects += 1;
        }
        if self.rejects.len() < REJECTS_KEPT_MAX {
            self.rejects.push(reject);
        }
    }

    pub(super) fn count_row(&mut self, input: usize) {
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
    let values = SharedValues::default();
    let mut collector = Collector::new(inputs.iter().map(|(_, _, report)| report.clone()).collect(), &values, keep_source_values);
    let mappings = inputs.iter().map(|(_, mapping, _)| mapping).collect();
    let normalising = Normalising { mappings, values: &values, keep_source_values, latest: now.saturating_add(TIME_AHEAD_SECONDS_MAX) };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let (to_workers, from_reader) = bounded::<Job>(LOAD_BATCHES_MAX);
    let (to_collector, from_workers) = bounded::<Batch>(LOAD_BATCHES_MAX);
    let read: Result<()> = std::thread::scope(|scope| {
        for thread in 0..threads {
            let (from_reader, to_collector, normalising) = (from_reader.clone(), to_collector.clone(), &normalising);
            scope.spawn(move || normalising.all(thread, &from_reader, &to_collector));
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

/// Numbered work from the reader, of an input.
struct Job {
    number: u64,
    input: usize,
    work: Work,
}

enum Work {
    Rows(Vec<SourceRecord>),
    Reject(Reject),
    Note(String),
}

/// Sends what one input gives, numbered over all inputs.
struct Numbered {
    to_workers: Sender<Job>,
    number: u64,
    input: usize,
}

impl Numbered {
    fn send(&mut self, work: Work) {
        // A closed channel means that the collector has given up; the rows have nowhere to go.
        let _ = self.to_workers.send(Job { number: self.number, input: self.input, work });
        self.number += 1;
    }
}

impl Sink for Numbered {
    fn rows(&mut self, rows: Vec<SourceRecord>) {
        self.send(Work::Rows(rows));
    }
    fn reject(&mut self, reject: Reject) {
        self.send(Work::Reject(reject));
    }
    fn note(&mut self, note: String) {
        self.send(Work::Note(note));
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

/// What the threads that normalise share.
struct Normalising<'a> {
    mappings: Vec<&'a Mapping>,
    values: &'a SharedValues,
    keep_source_values: bool,
    /// The latest update time that is believed, seconds since 1970.
    latest: i64,
}

impl Normalising<'_> {
    /// The work of a thread, of which there are several.
    fn all(&self, thread: usize, from_reader: &Receiver<Job>, to_collector: &Sender<Batch>) {
        // Inputs are read one after the other.
        let mut of_input: Option<(usize, Normalizer<'_>)> = None;
        let mut numbering = self.values.numbering(thread);
        for job in from_reader {
            let mut batch = Batch::new(job.number, job.input);
            match job.work {
                Work::Note(note) => batch.notes.push(note),
                Work::Reject(reject) => batch.rejects.push(reject),
                Work::Rows(rows) => {
                    let (_, normalizer) = match of_input.take().filter(|(of, _)| *of == job.input) {
                        Some(same) => of_input.insert(same),
                        None => of_input.insert((job.input, Normalizer::new(self.mappings[job.input]))),
                    };
                    self.rows(rows, normalizer, &mut numbering, &mut batch);
                    numbering.finish(&mut batch);
                }
            }
            if to_collector.send(batch).is_err() {
                return;
            }
        }
    }

    fn rows(&self, rows: Vec<SourceRecord>, normalizer: &mut Normalizer<'_>, numbering: &mut Numbering<'_>, batch: &mut Batch) {
        let mapping = normalizer.mapping();
        let reject = |row: &SourceRecord, column: CompactString, reason: String| {
            Reject::new(row.layout.input.clone(), row.line, column, reason, &row.values.join(","))
        };
        for row in rows {
            batch.bytes += row.values.iter().map(|value| value.len() as u64 + 1).sum::<u64>();
            let Some(key) = mapping.key(&row) else {
                let column = mapping.record_id.map_or_else(CompactString::default, |column| row.layout.columns[column].clone());
                let reason = "the record id is empty".to_string();
                batch.rejects.push(reject(&row, column, reason));
                continue;
            };
            if let Some((column, reason)) = overlong_key(&row, mapping, &key) {
                let column = row.layout.columns[column].clone();
                batch.rejects.push(reject(&row, column, reason));
                continue;
            }
            if let Some((column, found)) = unreadable_version(&row, mapping) {
                let reason = format!("{:?} cannot be read, so it is not known which version of the record this is", beginning(found));
                let column = row.layout.columns[column].clone();
                batch.rejects.push(reject(&row, column, reason));
                continue;
            }
            let (mut canonical, issues) = normalizer.read(&row, key);
            if canonical.observed_at.is_some_and(|observed| observed > self.latest) {
                if mapping.columns_of(ColumnKind::Version).any(|column| row.values[column].trim().parse::<i64>().is_ok()) {
                    // Its version says which row is newer; when it was seen is not known.
                    canonical.observed_at = None;
                    batch.future_times += 1;
                } else {
                    let column = mapping.columns_of(ColumnKind::UpdatedAt).next();
                    let column = column.map_or_else(CompactString::default, |column| row.layout.columns[column].clone());
                    let reason = "the update time lies in the future, and no later row could ever be newer".to_string();
                    batch.rejects.push(reject(&row, column, reason));
                    continue;
                }
            }
            issues.iter().for_each(|issue| batch.count(issue));
            let order = match mapping.columns_of(ColumnKind::Version).chain(mapping.columns_of(ColumnKind::UpdatedAt)).next() {
                None => Order::Nothing,
                Some(_) if canonical.version == 0 => Order::Place,
                Some(_) => Order::Version,
            };
            let SourceRecord { layout, values, line, .. } = row;
            let source_values = match self.keep_source_values {
                true => {
                    let filled = layout.columns.iter().zip(values).filter(|(_, value)| !value.is_empty());
                    filled.map(|(column, value)| (column.clone(), value)).collect()
                }
                false => Vec::new(),
            };
            numbering.take(canonical, batch, |key, stated, entries| NumberedRow { key, stated, entries, line, source_values, order });
        }
    }
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
pub(super) fn unreadable_version<'a>(row: &'a SourceRecord, mapping: &Mapping) -> Option<(usize, &'a str)> {
    let value = |column: usize| (column, row.values[column].trim());
    let unread = |read: &dyn Fn(&str) -> bool, text: &str| !is_placeholder(text) && !read(text);
    let mut versions = mapping.columns_of(ColumnKind::Version).map(value);
    // Of several times the first that a row has is its time.
    let mut times = mapping.columns_of(ColumnKind::UpdatedAt).map(value).filter(|(_, text)| !text.is_empty()).take(1);
    let is_time = |text: &str| time::is_none(text) || time::read(text, mapping.date_order).is_some();
    versions.find(|(_, text)| unread(&|text| text.parse::<i64>().is_ok(), text)).or_else(|| times.find(|(_, text)| unread(&is_time, text)))
}
