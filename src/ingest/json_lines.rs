//! JSON lines: one object a line; nested members become columns by their paths (`real_name.name`, `phones.0`).
//! Numbers stay as they are written: identifiers are often longer than any number type. A member that is text in some rows and
//! an object or array in others has a column of its own beside those of its members. Of two members of one row that have one
//! path (`{"a.b":1,"a":{"b":2}}`) the first that says anything is read, and the other is told in a note; a row in which one object
//! has two members of one name is rejected.

use super::lines::{Lines, Next};
use super::text::shown;
use super::{Batcher, Sink};
use crate::error::{Error, Result};
use crate::limits::{INPUT_CLASHING_NAMES_MAX, INPUT_COLUMNS_MAX, INPUT_LATE_NAME_CHARS_MAX, INPUT_LATE_NAMES_MAX, INPUT_ROW_BYTES_MAX};
use crate::record::Layout;
use compact_str::{CompactString, ToCompactString, format_compact};
use encoding_rs::UTF_8;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The paths of the first `rows` objects, in the order of appearance.
pub fn columns(mut lines: Lines, rows: usize) -> Result<Vec<CompactString>> {
    let mut columns: Vec<CompactString> = Vec::new();
    let mut known: FxHashSet<CompactString> = FxHashSet::default();
    let mut filled: FxHashSet<CompactString> = FxHashSet::default();
    let mut seen = 0;
    while seen < rows {
        match lines.next_line()? {
            Next::End => break,
            Next::TooLong(..) => {}
            Next::Line(_, line) => {
                if let Ok(value @ Value::Object(_)) = serde_json::from_slice(line) {
                    flatten(&value, &mut |path, value| {
                        if !value.is_empty() && !filled.contains(&path) {
                            filled.insert(path.clone());
                        }
                        if known.insert(path.clone()) {
                            columns.push(path);
                        }
                    });
                    seen += 1;
                }
            }
        }
        if columns.len() > INPUT_COLUMNS_MAX {
            return Err(Error::bad_data(format!(
                "{} different paths in the first {seen} objects; at most {INPUT_COLUMNS_MAX} are read",
                columns.len()
            )));
        }
    }
    // A member that is an object or array wherever it says anything has no value of its own.
    let parents: FxHashSet<CompactString> = columns.iter().flat_map(|path| parents(path)).map(CompactString::from).collect();
    columns.retain(|path| filled.contains(path) || !parents.contains(path));
    if columns.is_empty() {
        return Err(Error::bad_data("no line of the beginning is a JSON object"));
    }
    if let Some(list) = wrapped(&columns).filter(|_| seen == 1) {
        let message =
            format!("holds one JSON document with a list of objects, {list}; one object a line is read (jq -c '.{list}[]' makes it so)");
        return Err(Error::bad_data(message));
    }
    Ok(columns)
}

/// The list of objects that makes up nearly all of a document: `data` of `{"data":[{...},{...}],"total":2}`.
fn wrapped(columns: &[CompactString]) -> Option<&str> {
    let (list, _) = columns.iter().find_map(|path| path.split_once(".1."))?;
    let within = |path: &&CompactString| path.strip_prefix(list).is_some_and(|rest| rest.starts_with('.'));
    let inside = columns.iter().filter(within).count();
    (inside >= 4 && inside * 5 >= columns.len() * 4).then_some(list)
}

/// The paths above a path, the nearest first.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('.').map(|(end, _)| &path[..end])
}

/// Reads all objects.
pub fn read(mut lines: Lines, layout: &Arc<Layout>, sink: &mut dyn Sink, rows_max: usize) -> Result<()> {
    let places: FxHashMap<&str, usize> = layout.columns.iter().map(CompactString::as_str).zip(0..).collect();
    let mut late = Late::default();
    let mut clashes = vec![0u64; layout.columns.len()];
    let mut batcher = Batcher::new(layout, sink, rows_max);
    let result = loop {
        let next = match lines.next_line() {
            Ok(next) => next,
            Err(error) => break Err(error),
        };
        match next {
            Next::End => break Ok(()),
            Next::TooLong(number, start) => {
                let reason = format!("the line is over {} MiB", INPUT_ROW_BYTES_MAX >> 20);
                batcher.reject(number, "", reason, &shown(start, UTF_8));
            }
            Next::Line(_, line) if line.iter().all(u8::is_ascii_whitespace) => {}
            Next::Line(number, line) => match serde_json::from_slice::<Value>(line) {
                Ok(object @ Value::Object(_)) if members(&object) != members_written(line) => {
                    let reason = "a member stands twice in one object, and which of the two counts is not known";
                    batcher.reject(number, "", reason, &shown(line, UTF_8));
                }
                Ok(object @ Value::Object(_)) => {
                    let mut values = vec![CompactString::default(); layout.columns.len()];
                    flatten(&object, &mut |path, value| match places.get(path.as_str()) {
                        Some(place) if values[*place].is_empty() => values[*place] = value,
                        Some(place) => clashes[*place] += u64::from(!value.is_empty() && values[*place] != value),
                        None if value.is_empty() => {}
                        None => late.add(&path),
                    });
                    if !batcher.row(number, values) {
                        break Ok(());
                    }
                }
                Ok(_) => batcher.reject(number, "", "the line is JSON but not an object", &shown(line, UTF_8)),
                Err(error) => batcher.reject(number, "", why_not_json(line, &error), &shown(line, UTF_8)),
            },
        }
    };
    batcher.flush();
    late.tell(&layout.input, batcher.sink);
    tell_clashes(layout, &clashes, batcher.sink);
    result
}

/// Members of all objects of a value.
fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// Members of all objects of a text of JSON: each has one colon that is in no string. Of two members of one name a parsed object has one.
fn members_written(line: &[u8]) -> usize {
    let (mut colons, mut in_string, mut escaped) = (0, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b':' if !in_string => colons += 1,
            _ => {}
        }
    }
    colons
}

/// What is wrong with a line, in words, with the character where it shows.
fn why_not_json(line: &[u8], error: &serde_json::Error) -> String {
    if std::str::from_utf8(line).is_err() {
        return "bytes that are not UTF-8".to_string();
    }
    let start = String::from_utf8_lossy(&line[..error.column().min(line.len())]).chars().count();
    if error.is_eof() {
        return format!("the JSON object does not end: the line stops after {start} characters");
    }
    let message = error.to_string();
    let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    format!("not JSON: {what}, at character {start}")
}

/// Tells the paths, by column, of which rows held a second value.
fn tell_clashes(layout: &Layout, clashes: &[u64], sink: &mut dyn Sink) {
    let input = &layout.input;
    let mut clashing = layout.columns.iter().zip(clashes).filter(|(_, values)| **values > 0);
    for (column, values) in clashing.by_ref().take(INPUT_CLASHING_NAMES_MAX) {
        let name: String = column.chars().take(INPUT_LATE_NAME_CHARS_MAX).collect();
        sink.note(format!(
            "{input}: two members of one object are both {name}, with different values; the first is read, values left out: {values}"
        ));
    }
    let further: u64 = clashing.map(|(_, values)| values).sum();
    if further > 0 {
        sink.note(format!("{input}: values left out of further members that stand twice in one object: {further}"));
    }
}

/// Members that first appear after the sample, in bounded memory.
#[derive(Default)]
struct Late {
    names: BTreeSet<CompactString>,
    further_values: u64,
}

impl Late {
    fn add(&mut self, path: &str) {
        let name: CompactString = path.chars().take(INPUT_LATE_NAME_CHARS_MAX).collect();
        if self.names.contains(&name) {
            return;
        }
        if self.names.len() < INPUT_LATE_NAMES_MAX {
            self.names.insert(name);
        } else {
            self.further_values += 1;
        }
    }

    fn tell(&self, input: &str, sink: &mut dyn Sink) {
        for name in &self.names {
            sink.note(format!("{input}: values of member {name} first appear after the sample and are not read"));
        }
        if self.further_values > 0 {
            let count = self.further_values;
            sink.note(format!("{input}: {count} values of further members that first appear after the sample are not read"));
        }
    }
}

fn flatten(value: &Value, found: &mut dyn FnMut(CompactString, CompactString)) {
    fn step(path: &str, value: &Value, found: &mut dyn FnMut(CompactString, CompactString)) {
        let below = |name: &str| if path.is_empty() { name.to_compact_string() } else { format_compact!("{path}.{name}") };
        match value {
            Value::Null => found(path.into(), CompactString::default()),
            Value::Bool(truth) => found(path.into(), truth.to_compact_string()),
            Value::Number(number) => found(path.into(), number.to_compact_string()),
            Value::String(text) => found(path.into(), text.trim().into()),
            Value::Array(items) => items.iter().enumerate().for_each(|(place, item)| step(&below(&place.to_compact_string()), item, found)),
            Value::Object(members) => members.iter().for_each(|(name, member)| step(&below(name), member, found)),
        }
    }
    step("", value, found);
}
