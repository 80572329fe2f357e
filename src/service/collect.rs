//! Normalised rows -> live records with numbered values.
//!
//! 1. Threads number the values of their batches, a field at a time, so that they seldom wait for each other.
//! 2. Batches are put in the order of the inputs; of several rows of one record one is live.
//!
//! Always: what comes of it depends on the rows and their order, not on threads: the numbers of values do, and nothing else goes by them.

use super::load::{Loaded, Place, SourceValues};
use crate::engine::Observer;
use crate::ingest::Reject;
use crate::normalize::text::first_bytes;
use crate::record::{CanonicalRecord, Field, Issue, NumberedValues, RecordKey, RecordSet, Stated, Unnumbered, put_in_order};
use crate::service::report::InputReport;
use crossbeam::channel::Receiver;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The distinct values of each field, numbered by several threads.
pub(super) struct SharedValues(Vec<Mutex<NumberedValues>>);

impl Default for SharedValues {
    fn default() -> Self {
        SharedValues(Field::ALL.iter().map(|_| Mutex::default()).collect())
    }
}

impl SharedValues {
    fn of(&self, field: usize) -> MutexGuard<'_, NumberedValues> {
        self.0[field].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For a thread, by its number.
    pub(super) fn numbering(&self, thread: usize) -> Numbering<'_> {
        Numbering { values: self, first: thread * Field::COUNT / 4, waiting: Field::ALL.iter().map(|_| Vec::new()).collect() }
    }

    fn take(&self) -> Vec<NumberedValues> {
        (0..self.0.len()).map(|field| std::mem::take(&mut *self.of(field))).collect()
    }
}

/// Values of a batch that wait for their numbers.
pub(super) struct Numbering<'a> {
    values: &'a SharedValues,
    /// The field that comes first: threads begin at different ones.
    first: usize,
    /// By field, with their places among the entries of the batch.
    waiting: Vec<Vec<Unnumbered>>,
}

impl Numbering<'_> {
    /// Takes a record's values and puts the row that `row` makes of the rest into the batch.
    pub(super) fn take(
        &mut self,
        record: CanonicalRecord,
        batch: &mut Batch,
        row: impl FnOnce(RecordKey, Stated, Range<usize>) -> NumberedRow,
    ) {
        let start = batch.entries.len();
        let stated = Stated { version: record.version, observed_at: record.observed_at };
        let (key, values) = record.into_parts();
        for value in values {
            let hash = NumberedValues::hash(&value.text, value.grade);
            self.waiting[value.field as usize].push((batch.entries.len() as u32, hash, value.text, value.grade));
            batch.entries.push((value.field, 0));
        }
        batch.rows.push(row(key, stated, start..batch.entries.len()));
    }

    /// Gives the values of the batch their numbers.
    pub(super) fn finish(&mut self, batch: &mut Batch) {
        for place in 0..Field::COUNT {
            let field = (self.first + place) % Field::COUNT;
            if !self.waiting[field].is_empty() {
                let entries = &mut batch.entries;
                self.values.of(field).number_all(&mut self.waiting[field], |entry, number| entries[entry as usize].1 = number);
            }
        }
    }
}

/// What came of a piece of the inputs.
pub(super) struct Batch {
    number: u64,
    input: usize,
    pub(super) rows: Vec<NumberedRow>,
    /// The numbered values of all rows.
    entries: Vec<(Field, u32)>,
    pub(super) rejects: Vec<Reject>,
    pub(super) notes: Vec<String>,
    /// Update times of the future that were passed over.
    pub(super) future_times: u64,
    pub(super) bytes: u64,
    issues: BTreeMap<(Field, &'static str), u64>,
}

impl Batch {
    /// Of the piece of this number, of an input.
    pub(super) fn new(number: u64, input: usize) -> Self {
        Batch {
            number,
            input,
            rows: Vec::new(),
            entries: Vec::new(),
            rejects: Vec::new(),
            notes: Vec::new(),
            future_times: 0,
            bytes: 0,
            issues: BTreeMap::new(),
        }
    }

    /// Counts an issue.
    pub(super) fn count(&mut self, issue: &Issue) {
        *self.issues.entry((issue.field, issue.kind.name())).or_insert(0) += 1;
    }
}

/// A row with numbered values.
pub(super) struct NumberedRow {
    pub(super) key: RecordKey,
    pub(super) stated: Stated,
    /// Where its values stand in its batch.
    pub(super) entries: Range<usize>,
    pub(super) line: u64,
    pub(super) source_values: SourceValues,
    pub(super) order: Order,
}

/// What tells the newer of two rows of one record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The row's version or update time.
    Version,
    /// Its place: there is a column for version or update time, and it is empty here.
    Place,
    /// Nothing: there is no such column.
    Nothing,
}

/// Puts batches in order and keeps the live version of each record.
pub(super) struct Collector<'a> {
    loaded: Loaded,
    values: &'a SharedValues,
    keeps_source_values: bool,
    /// By hash of a key: the place of its record.
    places: FxHashMap<u64, u32>,
    /// Places of records whose key has the hash of an earlier one.
    others: FxHashMap<RecordKey, u32>,
    waiting: BTreeMap<u64, Batch>,
    next: u64,
    issues: BTreeMap<(Field, &'static str), u64>,
    /// Update times of the future that were passed over.
    future_times: u64,
}

impl<'a> Collector<'a> {
    pub(super) fn new(inputs: Vec<InputReport>, values: &'a SharedValues, keeps_source_values: bool) -> Self {
        Collector {
            loaded: Loaded { inputs, ..Loaded::default() },
            values,
            keeps_source_values,
            places: FxHashMap::default(),
            others: FxHashMap::default(),
            waiting: BTreeMap::new(),
            next: 0,
            issues: BTreeMap::new(),
            future_times: 0,
        }
    }

    pub(super) fn collect(&mut self, from_workers: &Receiver<Batch>, observer: &dyn Observer) {
        for batch in from_workers {
            observer.advance(batch.bytes);
            self.waiting.insert(batch.number, batch);
            while let Some(batch) = self.waiting.remove(&self.next) {
                self.next += 1;
                self.take(batch);
            }
        }
    }

    fn take(&mut self, batch: Batch) {
        for reject in batch.rejects {
            self.loaded.count_row(batch.input);
            self.loaded.reject(batch.input, reject);
        }
        self.loaded.notes.extend(batch.notes);
        self.future_times += batch.future_times;
        for (issue, count) in batch.issues {
            *self.issues.entry(issue).or_insert(0) += count;
        }
        for row in batch.rows {
            self.loaded.count_row(batch.input);
            self.place(batch.input, row, &batch.entries);
        }
    }

    /// Where the live record of a key stands; one that is new will stand last.
    fn place_of(&mut self, key: &RecordKey) -> Option<usize> {
        let next = self.loaded.records.len() as u32;
        let has_key = |place: u32| self.loaded.records.keys()[place as usize] == *key;
        let found = match self.places.entry(FxBuildHasher.hash_one(key)) {
            Entry::Vacant(free) => *free.insert(next),
            Entry::Occupied(taken) if has_key(*taken.get()) => *taken.get(),
            // Two keys of one hash.
            Entry::Occupied(_) => *self.others.entry(key.clone()).or_insert(next),
        };
        (found != next).then_some(found as usize)
    }

    fn place(&mut self, input: usize, row: NumberedRow, entries: &[(Field, u32)]) {
        let entries_of_row = &entries[row.entries.clone()];
        let place = Place { input, line: row.line };
        let Some(live) = self.place_of(&row.key) else {
            self.loaded.records.push(row.key, row.stated, entries_of_row);
            self.loaded.places.push(place);
            if self.keeps_source_values {
                self.loaded.source_values.push(row.source_values);
            }
            return;
        };
        let (fields, numbers) = self.loaded.records.entries(live);
        let stated = self.loaded.records.stated(live);
        let (old, new) = (stated.version, row.stated.version);
        if stated == row.stated && entries_of_row.iter().copied().eq(fields.iter().copied().zip(numbers.iter().copied())) {
            self.loaded.duplicates += 1;
            return;
        }
        // Whichever of the two is live, the other's values are numbered.
        self.loaded.records.leaves_unheld();
        if row.order == Order::Nothing {
            let first = self.loaded.places[live].input;
            let where_else = if first == input { String::new() } else { format!(" (in {})", self.loaded.inputs[first].input) };
            let reason = format!(
                "record {} stands twice with different content{where_else}, and no column tells which is the newer; the first is kept: map \
                 another record id, or a version or updated_at column, in settings (oneid init shows how); inputs that number their records \
                 alike need sources of their own",
                row.key
            );
            self.reject_row(place, entries_of_row, reason);
        } else if new > old || (new == old && row.order != Order::Version) {
            self.loaded.records.replace(live, row.stated, entries_of_row);
            self.loaded.places[live] = place;
            if self.keeps_source_values {
                self.loaded.source_values[live] = row.source_values;
            }
            self.loaded.superseded += 1;
        } else if new < old {
            self.loaded.superseded += 1;
        } else {
            let reason = format!("record {} stands twice with the same version and different content; the first is kept", row.key);
            self.reject_row(place, entries_of_row, reason);
        }
    }

    fn reject_row(&mut self, place: Place, entries: &[(Field, u32)], reason: String) {
        let file = self.loaded.inputs[place.input].input.as_str().into();
        let text = |(field, number): &(Field, u32)| self.values.of(*field as usize).value(*number).0.to_string();
        let text = entries.iter().map(text).collect::<Vec<_>>().join(",");
        self.loaded.reject(place.input, Reject::new(file, place.line, "", reason, &text));
    }

    pub(super) fn finish(mut self) -> Loaded {
        let mut loaded = self.loaded;
        if self.future_times > 0 {
            let note = format!("update times that lie in the future are not used, the rows' versions are: {}", self.future_times);
            loaded.notes.push(note);
        }
        loaded.issues = self.issues.into_iter().map(|((field, issue), count)| (format!("{field}: {issue}"), count)).collect();
        self.places = FxHashMap::default();
        loaded.records.take_values(self.values.take());
        let order = order_of_keys(&loaded.records);
        loaded.records.put_in_order(&order);
        put_in_order(&mut loaded.places, order.clone());
        if self.keeps_source_values {
            put_in_order(&mut loaded.source_values, order);
        }
        loaded
    }
}

/// The places of records in the order of their keys: by source and by what the ids begin with.
fn order_of_keys(records: &RecordSet) -> Vec<u32> {
    let (keys, sources) = (records.keys(), records.sources());
    let id = |place: u32| keys[place as usize].id.as_str();
    // In halves a beginning asks for less room.
    let of_key = |(key, place): (&RecordKey, u32)| {
        let begins = first_bytes(&key.id);
        (sources[key.source.as_str()], place, (begins >> 64) as u64, begins as u64)
    };
    let mut order: Vec<(u32, u32, u64, u64)> = keys.iter().zip(0..).map(of_key).collect();
    order.sort_unstable_by(|a, b| (a.0, a.2, a.3).cmp(&(b.0, b.2, b.3)).then_with(|| id(a.1).cmp(id(b.1))));
    order.into_iter().map(|(_, place, ..)| place).collect()
}
