//! Screen names with each other: one system shows a person under one screen name; two systems need not have the same.

use super::column::Symbol;
use super::library::Outcome;
use super::pair::Pair;
use crate::record::Field;

/// Of records of two sources. Levels: exact, different.
pub fn other_source(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    if a.shares_source(b) { Outcome::NULL } else { screen_names(pair) }
}

/// Of records of one source. Levels: exact, different.
pub fn same_source(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    if a.shares_source(b) { Outcome { shared: None, ..screen_names(pair) } } else { Outcome::NULL }
}

fn screen_names(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    let (of_a, of_b) = (a.symbols(Field::Nickname), b.symbols(Field::Nickname));
    if of_a.is_empty() || of_b.is_empty() {
        return Outcome::NULL;
    }
    let shared = of_a.iter().find(|symbol| of_b.contains(symbol));
    shared.map_or(Outcome::level(2), |symbol: &Symbol| Outcome::exact(Field::Nickname, *symbol))
}
