//! Addresses by part; parts typed into each other's columns are found there.

use super::best::best;
use super::library::Outcome;
use super::pair::Pair;
use super::similarity::{jaro_winkler, within_one_edit};
use super::table::{PreparedValue, RecordView};
use crate::record::Field;

/// Levels: exact, close, similar, different; a street typed as the second line counts as it stands.
pub fn street(pair: &Pair<'_>) -> Outcome {
    line(pair, Field::Street, Field::Premises)
}

/// Levels: exact, close, similar, different.
pub fn premises(pair: &Pair<'_>) -> Outcome {
    line(pair, Field::Premises, Field::Street)
}

/// Levels: exact, close, different.
pub fn district(pair: &Pair<'_>) -> Outcome {
    place(pair, Field::District)
}

/// Levels: exact, close, different.
pub fn city(pair: &Pair<'_>) -> Outcome {
    place(pair, Field::City)
}

/// Levels: exact, close, different.
pub fn state(pair: &Pair<'_>) -> Outcome {
    place(pair, Field::State)
}

/// Levels: exact, one character off, different.
pub fn postcode(pair: &Pair<'_>) -> Outcome {
    place(pair, Field::Postcode)
}

/// Levels: exact, one character off, different.
pub fn street_number(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    best(a, b, Field::StreetNumber, |x, y| if x.text.len().max(y.text.len()) >= 2 && within_one_edit(&x.text, &y.text) { 2 } else { 3 })
}

fn line(pair: &Pair<'_>, field: Field, crossed: Field) -> Outcome {
    let Pair { a, b, .. } = pair;
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

fn place(pair: &Pair<'_>, field: Field) -> Outcome {
    let Pair { a, b, .. } = pair;
    best(a, b, field, |x, y| {
        let long = x.text.chars().count().min(y.text.chars().count()) >= 3;
        let close = long && (within_one_edit(&x.text, &y.text) || (field != Field::Postcode && jaro_winkler(&x.text, &y.text) >= 0.92));
        if close { 2 } else { 3 }
    })
}
