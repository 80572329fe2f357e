//! Guesses the mapping of a layout.
//!
//! 1. A column's name, where the dictionary knows it, gives its kind; else the form of its values does.
//! 2. Values overrule a name that they contradict (a `name` full of numbers, an `id_no` full of resident IDs).
//! 3. The record id is an explicit id column, else the first identifier-like column whose values are nearly distinct.
//! 4. The order of day and month is read off values that allow only one.
//!
//! Row numbers and columns that look like truth (a cluster id, a label) are never evidence.

use super::dictionary::kind_of_name;
use super::{ColumnKind, DateOrder, Mapping};
use crate::record::{Layout, SourceRecord};
use rustc_hash::FxHashSet;

/// Share of distinct values from which a column can be the record id; updated rows repeat some.
const DISTINCT_SHARE_MIN: f64 = 0.9;

/// Share of non-empty values that must have a form for the form to decide.
const FORM_SHARE_MIN: f64 = 0.8;

/// A guessed mapping and the reason for each column's kind, aligned with the columns.
#[derive(Clone, Debug)]
pub struct Inferred {
    /// The mapping.
    pub mapping: Mapping,
    /// Why: `name`, `values`, `record id` or `unknown`.
    pub reasons: Vec<&'static str>,
}

/// Guesses the mapping of `layout` from its column names and a sample of its rows.
pub fn infer(layout: &Layout, sample: &[SourceRecord]) -> Inferred {
    let mut columns = Vec::new();
    let mut reasons = Vec::new();
    for (index, name) in layout.columns.iter().enumerate() {
        let values: Vec<&str> = sample.iter().map(|record| record.values[index].trim()).filter(|value| !value.is_empty()).collect();
        let (kind, reason) = match kind_of_name(name) {
            Some(kind) => (contradicted(kind, &values), "name"),
            None => match form_of(&values) {
                Some(kind) => (kind, "values"),
                None => (ColumnKind::Ignore, "unknown"),
            },
        };
        columns.push(kind);
        reasons.push(reason);
    }
    let record_id = record_id_column(&columns, sample);
    for index in 0..columns.len() {
        if Some(index) == record_id {
            (columns[index], reasons[index]) = (ColumnKind::RecordId, "record id");
        } else if columns[index] == ColumnKind::RecordId {
            columns[index] = ColumnKind::Ignore;
        }
    }
    let source_column = columns.iter().position(|kind| *kind == ColumnKind::Source);
    let date_order = date_order(&columns, sample);
    let mapping = Mapping { source: layout.source.clone(), record_id, source_column, columns, date_order };
    Inferred { mapping, reasons }
}

fn record_id_column(columns: &[ColumnKind], sample: &[SourceRecord]) -> Option<usize> {
    let nearly_distinct = |index: usize| {
        let values: FxHashSet<&str> = sample.iter().map(|record| record.values[index].trim()).collect();
        !sample.is_empty() && values.len() as f64 >= DISTINCT_SHARE_MIN * sample.len() as f64
    };
    columns.iter().position(|kind| *kind == ColumnKind::RecordId).or_else(|| {
        [ColumnKind::CustomerNumber, ColumnKind::OpenId].into_iter().find_map(|wanted| {
            columns.iter().enumerate().find(|(index, kind)| **kind == wanted && nearly_distinct(*index)).map(|(index, _)| index)
        })
    })
}

/// The kind that a column's name gives, unless its values cannot be that kind.
fn contradicted(kind: ColumnKind, values: &[&str]) -> ColumnKind {
    let share = |test: &dyn Fn(&str) -> bool| share_of(values, test);
    match kind {
        ColumnKind::FullName | ColumnKind::GivenName | ColumnKind::FamilyName if share(&all_digits) > 0.5 => ColumnKind::Ignore,
        ColumnKind::BirthDay if share(&|value| value.len() > 2) > 0.5 => form_of(values).unwrap_or(ColumnKind::Ignore),
        kind => kind,
    }
}

/// The kind that the form of the values alone gives away.
fn form_of(values: &[&str]) -> Option<ColumnKind> {
    if values.is_empty() {
        return None;
    }
    let mostly = |test: &dyn Fn(&str) -> bool| share_of(values, test) >= FORM_SHARE_MIN;
    if mostly(&|value| value.contains('@') && value.contains('.')) {
        Some(ColumnKind::Email)
    } else if mostly(&looks_like_resident_id) {
        Some(ColumnKind::ResidentId)
    } else if mostly(&looks_like_mobile) {
        Some(ColumnKind::Phone)
    } else if mostly(&|value| matches!(value.to_lowercase().as_str(), "m" | "f" | "male" | "female" | "男" | "女")) {
        Some(ColumnKind::Sex)
    } else {
        None
    }
}

fn share_of(values: &[&str], test: &dyn Fn(&str) -> bool) -> f64 {
    values.iter().filter(|value| test(value)).count() as f64 / values.len().max(1) as f64
}

fn all_digits(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

fn looks_like_resident_id(value: &str) -> bool {
    value.len() == 18 && value.is_ascii() && all_digits(&value[..17]) && ["19", "20"].contains(&&value[6..8])
}

fn looks_like_mobile(value: &str) -> bool {
    let digits: Vec<u8> = value.bytes().filter(u8::is_ascii_digit).collect();
    let digits = digits.strip_prefix(b"86").filter(|rest| rest.len() == 11).unwrap_or(&digits);
    digits.len() == 11 && digits[0] == b'1' && (b'3'..=b'9').contains(&digits[1])
}

fn date_order(columns: &[ColumnKind], sample: &[SourceRecord]) -> DateOrder {
    let (mut day_first, mut month_first) = (0, 0);
    for (index, _) in columns.iter().enumerate().filter(|(_, kind)| **kind == ColumnKind::BirthDate) {
        for record in sample {
            let parts: Vec<u32> = record.values[index].split(['/', '-', '.', ' ']).map_while(|part| part.parse().ok()).collect();
            if let [first, second, year] = parts[..]
                && year > 31
            {
                day_first += u32::from(first > 12 && second <= 12);
                month_first += u32::from(second > 12 && first <= 12);
            }
        }
    }
    if month_first > day_first { DateOrder::MonthFirst } else { DateOrder::DayFirst }
}
