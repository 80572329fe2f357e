//! Addresses by part; parts typed into each other's columns are found there.

use super::best::best;
use super::library::Outcome;
use super::similarity::{jaro_winkler, within_one_edit};
use super::table::{PreparedValue, RecordView};
use crate::record::Field;

/// Levels: exact, close, similar, different; a street typed as the second line counts as it stands.
pub fn street(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    line(a, b, Field::Street, Field::Premises)
}

/// Levels: exact, close, similar, different.
pub fn premises(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    line(a, b, Field::Premises, Field::Street)
}

/// Levels: exact, close, different.
pub fn district(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    place(a, b, Field::District)
}

/// Levels: exact, close, different.
pub fn city(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    place(a, b, Field::City)
}

/// Levels: exact, close, different.
pub fn state(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    place(a, b, Field::State)
}

/// Levels: exact, one character off, different.
pub fn postcode(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    place(a, b, Field::Postcode)
}

/// Levels: exact, one character off, different.
pub fn street_number(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    best(a, b, Field::StreetNumber, |x, y| if x.text.len().max(y.text.len()) >= 2 && within_one_edit(&x.text, &y.text) { 2 } else { 3 })
}

fn line(a: &RecordView<'_>, b: &RecordView<'_>, field: Field, crossed: Field) -> Outcome {
    let across = |view: &RecordView<'_>, value: &PreparedValue| view.first(crossed).is_some_and(|(_, line)| line.text == value.text);
    best(a, b, field, |x, y| match likeness(x, y) {
        4 if across(b, x) || across(a, y) => 2,
        level => level,
    })
}

fn likeness(x: &PreparedValue, y: &PreparedValue) -> u8 {
    if within_one_edit(&x.text, &y.text) {
        return 2;
    }
    if x.han && y.han {
        let (short, long) = if x.text.len() <= y.text.len() { (&x.text, &y.text) } else { (&y.text, &x.text) };
        let contained = short.chars().count() >= 3 && long.contains(short.as_str());
        return if contained { 3 } else { 4 };
    }
    match jaro_winkler(&x.text, &y.text) {
        near if near >= 0.94 => 2,
        near if near >= 0.85 => 3,
        _ => 4,
    }
}

fn place(a: &RecordView<'_>, b: &RecordView<'_>, field: Field) -> Outcome {
    best(a, b, field, |x, y| {
        let long = x.text.chars().count().min(y.text.chars().count()) >= 3;
        let close = long && (within_one_edit(&x.text, &y.text) || (field != Field::Postcode && jaro_winkler(&x.text, &y.text) >= 0.92));
        if close { 2 } else { 3 }
    })
}
