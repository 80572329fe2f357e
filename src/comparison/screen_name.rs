//! Screen names with each other: one system shows a person under one screen name; two systems need not have the same.

use super::library::Outcome;
use super::table::{RecordView, Symbol};
use crate::record::Field;

/// Of records of two sources. Levels: exact, different.
pub fn other_source(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    if a.shares_source(b) { Outcome::NULL } else { screen_names(a, b) }
}

/// Of records of one source. Levels: exact, different.
pub fn same_source(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    if a.shares_source(b) { Outcome { shared: None, ..screen_names(a, b) } } else { Outcome::NULL }
}

fn screen_names(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    let (of_a, of_b) = (a.symbols(Field::Nickname), b.symbols(Field::Nickname));
    if of_a.is_empty() || of_b.is_empty() {
        return Outcome::NULL;
    }
    let shared = of_a.iter().find(|symbol| of_b.contains(symbol));
    shared.map_or(Outcome::level(2), |symbol: &Symbol| Outcome::exact(Field::Nickname, *symbol))
}
