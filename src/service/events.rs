//! Event files -> events of records.
//!
//! A table with the columns source, record_id, event_id, time, kind, amount, currency (source, amount and currency may be
//! missing or empty). Rows that cannot be read are rejected with their reason.

use crate::error::{Error, Result};
use crate::features::{Event, minor_unit_digits};
use crate::ingest::{Input, Reject, Sink};
use crate::normalize::date::read_time;
use crate::record::{Layout, RecordKey, SourceRecord};
use compact_str::CompactString;
use std::path::Path;
use std::sync::Arc;

/// What an event file holds.
#[derive(Debug, Default)]
pub struct Events {
    /// The events, in the order of the file.
    pub events: Vec<(RecordKey, Event)>,
    /// Rows that were not taken.
    pub rejects: Vec<Reject>,
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

/// Reads an event file.
pub fn read(path: &Path) -> Result<Events> {
    let input = Input::open(path)?;
    let layout = input.layout().clone();
    let mut reader = Reader { places: places(&layout)?, layout, found: Events::default() };
    input.read(&mut reader)?;
    Ok(reader.found)
}

fn places(layout: &Layout) -> Result<Places> {
    let optional = |name: &str| layout.columns.iter().position(|column| column.eq_ignore_ascii_case(name));
    let place = |name: &str| {
        optional(name).ok_or_else(|| {
            let found = layout.columns.join(", ");
            Error::bad_data(format!("an event file needs column {name} (found: {found}); the others are source, amount and currency"))
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
    found: Events,
}

impl Reader {
    fn event(&self, row: &SourceRecord) -> std::result::Result<(RecordKey, Event), (&'static str, String)> {
        let value = |place: usize| row.values[place].trim();
        let optional = |place: Option<usize>| place.map_or("", value);
        let needed = |name: &'static str, place: usize| {
            if value(place).is_empty() { Err((name, format!("the {name} is empty"))) } else { Ok(value(place)) }
        };
        let source = match optional(self.places.source) {
            "" => self.layout.source.as_str(),
            source => source,
        };
        let time = needed("time", self.places.time)?;
        let currency: CompactString = optional(self.places.currency).to_uppercase().into();
        let amount = optional(self.places.amount);
        Ok((
            RecordKey::new(source, needed("record_id", self.places.record_id)?),
            Event {
                event_id: needed("event_id", self.places.event_id)?.into(),
                time: read_time(time).ok_or_else(|| ("time", format!("{time:?} is not a time")))?,
                kind: needed("kind", self.places.kind)?.to_lowercase().into(),
                amount_minor: minor_units(amount, &currency).ok_or_else(|| ("amount", format!("{amount:?} is not an amount")))?,
                currency,
            },
        ))
    }
}

impl Sink for Reader {
    fn rows(&mut self, rows: Vec<SourceRecord>) {
        for row in rows {
            match self.event(&row) {
                Ok(event) => self.found.events.push(event),
                Err((column, reason)) => self.found.rejects.push(Reject {
                    input: self.layout.input.clone(),
                    line: row.line,
                    column: column.into(),
                    reason,
                    text: row.values.join(","),
                }),
            }
        }
    }
    fn reject(&mut self, reject: Reject) {
        self.found.rejects.push(reject);
    }
    fn note(&mut self, _: String) {}
}

/// A decimal amount in minor units, exactly; an empty one is 0, finer parts than the minor unit are refused.
fn minor_units(amount: &str, currency: &str) -> Option<i64> {
    if amount.is_empty() {
        return Some(0);
    }
    let digits = minor_unit_digits(currency) as usize;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (amount, currency, minor) in [
            ("85.89", "CNY", Some(8_589)),
            ("85.9", "CNY", Some(8_590)),
            ("-1,234.50", "USD", Some(-123_450)),
            ("100", "JPY", Some(100)),
            ("100.00", "JPY", Some(100)),
            ("1.005", "CNY", None),
            ("x", "CNY", None),
            (".5", "CNY", None),
            ("1,234,567", "CNY", Some(123_456_700)),
            ("85,89", "EUR", None),
            ("1234,567", "EUR", None),
            (",567", "EUR", None),
            ("1,,234", "EUR", None),
            ("1.5,000", "EUR", None),
            ("", "", Some(0)),
        ] {
            assert_eq!(minor_units(amount, currency), minor, "{amount} {currency}");
        }
    }
}
