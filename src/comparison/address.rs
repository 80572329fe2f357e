//! Addresses by part; parts typed into each other's columns are found there.

use super::best::{best, of_all};
use super::column::PreparedValue;
use super::library::Outcome;
use super::pair::Pair;
use super::sight::{AtAGlance, at_a_glance, lines_may_be_crossed};
use super::table::RecordView;
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
    best(a, b, Field::StreetNumber, 3, |x, y| if x.text.len().max(y.text.len()) >= 2 && x.is_near(y) { 2 } else { 3 })
}

fn line(pair: &Pair<'_>, field: Field, crossed: Field) -> Outcome {
    let Pair { a, b, .. } = pair;
    let across = |view: &RecordView<'_>, value: &PreparedValue| view.first(crossed).is_some_and(|(_, line)| line.text == value.text);
    match at_a_glance(field, a, b) {
        AtAGlance::Same(symbol) => return Outcome::exact(field, symbol),
        // What stands in the other column is not seen in this one.
        AtAGlance::Different if !lines_may_be_crossed(a, b) => return Outcome::level(4),
        _ => {}
    }
    of_all(a, b, field, |x, y| match likeness(x, y) {
        4 if across(b, x) || across(a, y) => 2,
        level => level,
    })
}

fn likeness(x: &PreparedValue, y: &PreparedValue) -> u8 {
    if x.is_near(y) {
        return 2;
    }
    if x.han && y.han {
        let (short, long) = if x.text.len() <= y.text.len() { (x, y) } else { (y, x) };
        let contained = short.glance().length() >= 3 && long.text.contains(short.text.as_str());
        return if contained { 3 } else { 4 };
    }
    match x.similarity(y, 0.85) {
        Some(0.94..) => 2,
        Some(_) => 3,
        None => 4,
    }
}

fn place(pair: &Pair<'_>, field: Field) -> Outcome {
    let Pair { a, b, .. } = pair;
    best(a, b, field, 3, |x, y| {
        let long = x.glance().length().min(y.glance().length()) >= 3;
        let close = long && (x.is_near(y) || (field != Field::Postcode && x.similarity(y, 0.92).is_some()));
        if close { 2 } else { 3 }
    })
}
