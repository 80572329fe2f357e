//! Event files -> events of records -> journal entries.
//!
//! A table with the columns source, record_id, event_id, time, kind, amount, currency (source, amount and currency may be missing or
//! empty).
//!
//! 1. [`read`] takes what can be believed: ids, a time that has come, an amount together with a currency of ISO 4217. Purchases are not
//!    negative: money given back is an event of kind `refund`, with either sign. Other rows are rejected with their reason.
//! 2. An event is known by its record and its id. Where a file says two things of one event the first is taken, the later rejected.
//! 3. [`entries`] leaves out what the store holds already; other content under a known id takes its place, and is told.

use crate::error::{Error, Result};
use crate::features::{Event, minor_unit_digits};
use crate::ingest::{Input, Reject, Sink, beginning};
use crate::limits::{KEEP_FRAME_EVENT_RECORDS_MAX, REJECTS_KEPT_MAX, TIME_AHEAD_SECONDS_MAX, VALUE_CHARS_MAX};
use crate::normalize::time;
use crate::record::{Layout, RecordKey, SourceRecord};
use crate::schema::DateOrder;
use crate::service::entry::{Entry, frames, key_bytes};
use crate::service::views::Views;
use crate::store::EventRow;
use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// An event as its file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEvent {
    /// The record it belongs to.
    pub record: RecordKey,
    /// The event.
    pub event: Event,
    /// The line where its row begins, from 1.
    pub line: u64,
}

/// What an event file holds.
#[derive(Debug, Default)]
pub struct Events {
    /// The file.
    pub input: CompactString,
    /// The events, in the order of the file, each once.
    pub events: Vec<FileEvent>,
    /// Rows that were not taken, the first [`REJECTS_KEPT_MAX`].
    pub rejects: Vec<Reject>,
    /// How many rows were not taken.
    pub reject_count: u64,
    /// Things worth telling.
    pub notes: Vec<String>,
}

impl Events {
    /// Rejects events whose record is not in the store: their rows may come again once it is.
    pub fn reject_strays(&mut self, strays: &[FileEvent]) {
        for FileEvent { record, event, line } in strays {
            let Event { event_id, time, kind, amount_minor, currency } = event;
            let money = if currency.is_empty() { String::new() } else { format!(",{amount_minor} minor units,{currency}") };
            let text = format!("{},{},{event_id},{time},{kind}{money}", record.source, record.id);
            let reason = format!("record {record} is not in the store; merge it first, or with these events");
            self.reject(Reject::new(self.input.clone(), *line, "record_id", reason, &text));
        }
    }

    fn reject(&mut self, reject: Reject) {
        self.reject_count += 1;
        if self.rejects.len() < REJECTS_KEPT_MAX {
            self.rejects.push(reject);
        }
    }

    /// Says that not all rejects are listed, where that is so.
    pub fn note_unlisted(&mut self) {
        let kept = self.rejects.len() as u64;
        if self.reject_count > kept {
            self.notes.push(format!("{}: {} rows were rejected; the first {kept} are listed", self.input, self.reject_count));
        }
    }
}

/// Places of the columns.
#[derive(Clone, Copy)]
struct Places {
    source: Option<usize>,
    record_id: usize,
    event_id: usize,
    time: usize,
    kind: usize,
    amount: Option<usize>,
    currency: Option<usize>,
}

/// Reads an event file. `now`, seconds since 1970, is the moment of the load: events that are later by more than
/// [`TIME_AHEAD_SECONDS_MAX`] are rejected. A file without the columns of events is an error.
pub fn read(path: &Path, now: i64) -> Result<Events> {
    let input = Input::open(path)?;
    let layout = input.layout().clone();
    let mut reader = Reader {
        places: places(&layout)?,
        found: Events { input: layout.input.clone(), ..Events::default() },
        layout,
        latest: now.saturating_add(TIME_AHEAD_SECONDS_MAX),
        known: FxHashMap::default(),
        repeated: 0,
    };
    input.read(&mut reader)?;
    Ok(reader.finish())
}

fn places(layout: &Layout) -> Result<Places> {
    let optional = |name: &str| layout.columns.iter().position(|column| column.eq_ignore_ascii_case(name));
    let place = |name: &str| {
        optional(name).ok_or_else(|| {
            let found = layout.columns.join(", ");
            Error::bad_data(format!(
                "an event file needs column {name} (found: {found}); needed are record_id, event_id, time and kind, known besides source, \
                 amount and currency"
            ))
            .at(&layout.input)
        })
    };
    Ok(Places {
        source: optional("source"),
        record_id: place("record_id")?,
        event_id: place("event_id")?,
        time: place("time")?,
        kind: place("kind")?,
        amount: optional("amount"),
        currency: optional("currency"),
    })
}

struct Reader {
    places: Places,
    layout: Arc<Layout>,
    /// The latest believable time, seconds since 1970.
    latest: i64,
    found: Events,
    /// Place in `found` by record and event id.
    known: FxHashMap<(RecordKey, CompactString), usize>,
    repeated: u64,
}

/// The column and the reason for which a row is not taken.
type Refusal = (&'static str, String);

impl Reader {
    fn take(&mut self, row: &SourceRecord) -> std::result::Result<(), Refusal> {
        let (record, event) = self.event(row)?;
        let name = (record, event.event_id.clone());
        if let Some(place) = self.known.get(&name) {
            if self.found.events[*place].event != event {
                let (record, id) = name;
                return Err(("event_id", format!("event {id} of record {record} stands twice with different content; the first is kept")));
            }
            self.repeated += 1;
            return Ok(());
        }
        self.found.events.push(FileEvent { record: name.0.clone(), event, line: row.line });
        self.known.insert(name, self.found.events.len() - 1);
        Ok(())
    }

    fn event(&self, row: &SourceRecord) -> std::result::Result<(RecordKey, Event), Refusal> {
        let value = |place: usize| row.values[place].trim();
        let needed = |name: &'static str, place: usize| match value(place).chars().count() {
            0 => Err((name, format!("the {name} is empty"))),
            1..=VALUE_CHARS_MAX => Ok(value(place)),
            long => Err((name, format!("the {name} is {long} characters long, at most {VALUE_CHARS_MAX} are allowed"))),
        };
        let source = match self.places.source.map_or("", value) {
            "" => self.layout.source.as_str(),
            source => source,
        };
        let record = RecordKey::new(source, needed("record_id", self.places.record_id)?);
        let event_id = needed("event_id", self.places.event_id)?.into();
        let time = self.time(needed("time", self.places.time)?)?;
        let kind: CompactString = needed("kind", self.places.kind)?.to_lowercase().into();
        let (amount, currency) = (self.places.amount.map_or("", value), self.places.currency.map_or("", value));
        let (amount_minor, currency) = money(&kind, amount, currency)?;
        Ok((record, Event { event_id, time, kind, amount_minor, currency }))
    }

    fn time(&self, text: &str) -> std::result::Result<i64, Refusal> {
        match time::read(text, DateOrder::DayFirst) {
            Some(time) if time <= self.latest => Ok(time),
            Some(_) => Err(("time", format!("{text:?} is later than the moment of this load"))),
            None => Err(("time", format!("{text:?} is not a time"))),
        }
    }

    fn finish(mut self) -> Events {
        if self.repeated > 0 {
            let input = &self.found.input;
            self.found.notes.push(format!("{input}: rows that repeat an event of the file, counted once: {}", self.repeated));
        }
        self.found
    }
}

impl Sink for Reader {
    fn rows(&mut self, rows: Vec<SourceRecord>) {
        for row in rows {
            if let Err((column, reason)) = self.take(&row) {
                let input = self.layout.input.clone();
                self.found.reject(Reject::new(input, row.line, column, reason, &row.values.join(",")));
            }
        }
    }
    fn reject(&mut self, reject: Reject) {
        self.found.reject(reject);
    }
    fn note(&mut self, note: String) {
        self.found.notes.push(note);
    }
}

/// Minor units and currency of an amount; no currency where there is no amount.
fn money(kind: &str, amount: &str, currency: &str) -> std::result::Result<(i64, CompactString), Refusal> {
    let code = currency.to_uppercase();
    let digits = minor_unit_digits(&code);
    if digits.is_none() && !code.is_empty() {
        return Err(("currency", format!("{:?} is no currency of ISO 4217, whose codes are like CNY and USD", beginning(currency))));
    }
    if amount.is_empty() {
        return Ok((0, CompactString::default()));
    }
    let Some(digits) = digits else {
        return Err(("currency", format!("the amount {:?} has no currency; give its ISO 4217 code, such as CNY", beginning(amount))));
    };
    match minor_units(amount, digits) {
        None => Err(("amount", format!("{:?} is not an amount in {code}", beginning(amount)))),
        Some(minor) if minor < 0 && kind == "purchase" => {
            Err(("amount", format!("a purchase of {amount}: purchases are not negative; money given back is an event of kind refund")))
        }
        Some(minor) => Ok((minor, code.into())),
    }
}

/// A decimal amount in minor units, exactly; finer parts than the minor unit are refused.
fn minor_units(amount: &str, digits: u32) -> Option<i64> {
    let digits = digits as usize;
    let (sign, unsigned) = amount.strip_prefix('-').map_or((1, amount), |rest| (-1, rest));
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = without_thousands_separators(whole)?;
    let part = part.trim_end_matches('0');
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > digits || !plain(&whole) || !plain(part) {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse::<i64>().ok().map(|minor| sign * minor)
}

/// A comma parts groups of three digits; elsewhere it may be a decimal comma, and which is not guessed.
fn without_thousands_separators(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let sound = groups.all(|group| group.len() == 3) && (first.len() == whole.len() || (1..=3).contains(&first.len()));
    sound.then(|| whole.replace(',', ""))
}

/// What of an event file is written, and what is told of it.
#[derive(Debug, Default)]
pub struct Writing {
    /// For the journal.
    pub entries: Vec<Entry>,
    /// Events in them.
    pub events: u64,
    /// Events of records that are not live: left out.
    pub strays: Vec<FileEvent>,
    /// Things worth telling.
    pub notes: Vec<String>,
}

/// Events of live records that the store does not hold as they are; events of others are handed back, but for those of erased people, which are
/// told by their number alone.
pub fn entries(events: Vec<FileEvent>, live: &FxHashSet<&RecordKey>, views: &Views) -> Result<Writing> {
    let mut by_record: BTreeMap<RecordKey, Vec<EventRow>> = BTreeMap::new();
    let mut writing = Writing::default();
    let (mut known, mut replaced, mut suppressed) = (0u64, 0u64, 0u64);
    let suppression = views.suppression()?;
    for event in events {
        if live.contains(&event.record) {
            by_record.entry(event.record).or_default().push(row(event.event));
        } else if suppression.keeps_out(&event.record) {
            suppressed += 1;
        } else {
            writing.strays.push(event);
        }
    }
    for (key, rows) in &mut by_record {
        let held: FxHashMap<CompactString, EventRow> =
            views.store().events(key)?.into_iter().map(|event| (event.event_id.clone(), event)).collect();
        rows.retain(|event| match held.get(&event.event_id) {
            Some(same) if same == event => {
                known += 1;
                false
            }
            other => {
                replaced += u64::from(other.is_some());
                true
            }
        });
    }
    by_record.retain(|_, rows| !rows.is_empty());
    writing.events = by_record.values().map(|rows| rows.len() as u64).sum();
    let told = [
        (known, "events that the store holds as they are, not written again"),
        (suppressed, "events of people who were erased, kept out"),
        (replaced, "events with the id of one in the store and other content, which take its place"),
    ];
    writing.notes.extend(told.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what}: {count}")));
    let all: Vec<(RecordKey, Vec<EventRow>)> = by_record.into_iter().collect();
    let bytes = |(key, rows): &(RecordKey, Vec<EventRow>)| key_bytes(key) + rows.iter().map(EventRow::bytes_at_most).sum::<usize>();
    writing.entries.extend(frames(all, KEEP_FRAME_EVENT_RECORDS_MAX, bytes).into_iter().map(Entry::Event));
    Ok(writing)
}

fn row(event: Event) -> EventRow {
    let Event { event_id, time, kind, amount_minor, currency } = event;
    EventRow { event_id, time, kind, amount_minor, currency }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (amount, digits, minor) in [
            ("85.89", 2, Some(8_589)),
            ("85.9", 2, Some(8_590)),
            ("-1,234.50", 2, Some(-123_450)),
            ("100", 0, Some(100)),
            ("100.00", 0, Some(100)),
            ("1.005", 2, None),
            ("1.005", 3, Some(1_005)),
            ("x", 2, None),
            (".5", 2, None),
            ("1,234,567", 2, Some(123_456_700)),
            ("85,89", 2, None),
            ("1234,567", 2, None),
            (",567", 2, None),
            ("1,,234", 2, None),
            ("1.5,000", 2, None),
            ("", 2, None),
        ] {
            assert_eq!(minor_units(amount, digits), minor, "{amount} {digits}");
        }
    }

    /// 2026-06-01 12:00.
    const NOW: i64 = 1_780_315_200;

    fn read_rows(rows: &[&str]) -> Events {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("events.csv");
        std::fs::write(&path, format!("source,record_id,event_id,time,kind,amount,currency\n{}\n", rows.join("\n"))).expect("written");
        read(&path, NOW).expect("a table of events")
    }

    /// Column and reason of the one row's rejection.
    fn refused(row: &str) -> (String, String) {
        let found = read_rows(&[row]);
        assert_eq!((found.events.len(), found.reject_count), (0, 1), "{row}");
        (found.rejects[0].column.to_string(), found.rejects[0].reason.clone())
    }

    #[test]
    fn what_has_not_happened_yet_is_rejected() {
        let found = read_rows(&["crm,1,a,2026-06-01 11:00:00,visit,,", "crm,1,b,2026-06-02 11:00:00,visit,,"]);
        assert_eq!((found.events.len(), found.reject_count), (2, 0), "a zone ahead is no future");
        let (column, reason) = refused("crm,1,c,2026-06-03 12:00:00,visit,,");
        assert!(column == "time" && reason.contains("later than the moment of this load"), "{column} {reason}");
    }

    #[test]
    fn ids_that_are_too_long_are_rejected_and_told_in_short() {
        let long = "9".repeat(VALUE_CHARS_MAX + 1);
        for (row, column) in
            [(format!("crm,{long},a,2026-01-01,visit,,"), "record_id"), (format!("crm,1,{long},2026-01-01,visit,,"), "event_id")]
        {
            let found = read_rows(&[&row]);
            assert_eq!((found.events.len(), found.rejects.len()), (0, 1), "{column}");
            let reject = &found.rejects[0];
            assert_eq!(reject.column, column);
            assert!(reject.reason.contains("1025 characters long, at most 1024") && reject.text.chars().count() == 200, "{reject:?}");
        }
    }

    #[test]
    fn money_is_believed_with_a_known_currency_and_the_right_sign() {
        for (row, column, words) in [
            ("crm,1,a,2026-01-01,purchase,-5.00,CNY", "amount", "kind refund"),
            ("crm,1,a,2026-01-01,purchase,5.00,RMB", "currency", "ISO 4217"),
            ("crm,1,a,2026-01-01,visit,,ABC", "currency", "ISO 4217"),
            ("crm,1,a,2026-01-01,purchase,5.00,", "currency", "has no currency"),
            ("crm,1,a,2026-01-01,purchase,5.5,JPY", "amount", "not an amount in JPY"),
            (&format!("crm,1,a,2026-01-01,purchase,{},CNY", "9".repeat(100_000)), "amount", "not an amount in CNY"),
            (&format!("crm,1,a,2026-01-01,purchase,5,{}", "9".repeat(100_000)), "currency", "ISO 4217"),
        ] {
            let (found, reason) = refused(row);
            assert!(reason.len() < 400, "{} bytes", reason.len());
            assert!(found == column && reason.contains(words), "{row}: {found} {reason}");
        }
        let found = read_rows(&[
            "crm,1,a,2026-01-01,refund,-5.00,cny",
            "crm,1,b,2026-01-01,refund,5.00,CNY",
            "crm,1,c,2026-01-01,purchase,,CNY",
            "crm,1,d,2026-01-01,purchase,0,CNY",
        ]);
        let money: Vec<(i64, &str)> = found.events.iter().map(|found| (found.event.amount_minor, found.event.currency.as_str())).collect();
        assert_eq!(money, [(-500, "CNY"), (500, "CNY"), (0, ""), (0, "CNY")], "no amount is not an amount of nothing");
    }

    #[test]
    fn a_file_that_says_two_things_of_one_event_is_taken_at_its_first_word() {
        let found = read_rows(&[
            "crm,1,a,2026-01-01,purchase,5.00,CNY",
            "crm,1,a,2026-01-01,purchase,5.00,CNY",
            "crm,1,a,2026-01-01,purchase,7.00,CNY",
            "crm,2,a,2026-01-01,purchase,7.00,CNY",
        ]);
        assert_eq!((found.events.len(), found.reject_count, found.events[0].event.amount_minor), (2, 1, 500));
        assert!(found.rejects[0].line == 4 && found.rejects[0].reason.contains("different content"), "{:?}", found.rejects);
        assert!(found.notes[0].ends_with("counted once: 1"), "{:?}", found.notes);
    }
}
