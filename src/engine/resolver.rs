//! A pair of records -> comparison vector -> match weight -> decision: the composition that every door uses.

use crate::comparison::{
    Comparison, ComparisonVector, InParts, NAMES, Outcome, Pair, PreparedValue, RecordTable, SharedBy, WHOLE_NAME, compare, library,
};
use crate::engine::ceiling::Ceiling;
use crate::link::{Decision, Veto, decide, veto};
use crate::model::{MatchWeight, Model, Rivals, Weights};

/// A weighed pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// The levels.
    pub vector: ComparisonVector,
    /// The weight against each rival.
    pub weight: Rivals,
    /// Whether something forbids that the two are one person.
    pub veto: Option<Veto>,
    /// What the pair comes to.
    pub decision: Decision,
}

/// What agreement on each value of a table weighs beyond its level, by comparison of the library and by symbol of its field; empty where
/// that does not count.
#[derive(Clone, Debug)]
pub struct Adjustments {
    by_text: Vec<Vec<MatchWeight>>,
    /// The same of the symbol's sound.
    as_homophone: Vec<Vec<MatchWeight>>,
    /// And of its sound in letters.
    in_letters: Vec<Vec<MatchWeight>>,
}

impl Adjustments {
    /// Those of `model`, whatever its thresholds.
    pub fn new(model: &Model, table: &RecordTable, in_parts: &impl InParts) -> Self {
        let of = |(comparison, by): (&Comparison, SharedBy)| {
            let values: &[PreparedValue] = if counts(model, comparison, by) { table.column(comparison.field).values() } else { &[] };
            values.iter().map(|value| model.term_frequencies.shared(comparison.field, value, by).1).collect()
        };
        let kinds = [SharedBy::Text, SharedBy::Homophone, SharedBy::Letters];
        let parts = kinds.iter().flat_map(|by| library().iter().map(|comparison| (comparison, *by))).collect();
        let mut by_text = in_parts.each(parts, of);
        let mut as_homophone = by_text.split_off(library().len());
        let in_letters = as_homophone.split_off(library().len());
        Adjustments { by_text, as_homophone, in_letters }
    }

    fn of(&self, by: SharedBy) -> &[Vec<MatchWeight>] {
        match by {
            SharedBy::Text => &self.by_text,
            SharedBy::Homophone => &self.as_homophone,
            SharedBy::Letters => &self.in_letters,
        }
    }
}

/// Whether what is shared of a value so counts beyond its level.
fn counts(model: &Model, comparison: &Comparison, by: SharedBy) -> bool {
    let is_name = || NAMES.contains(&comparison.field) || comparison.name == WHOLE_NAME;
    comparison.term_frequency && (by == SharedBy::Text || is_name()) && model.comparison(comparison.name).is_some()
}

/// A model made ready to weigh the rows of one table.
#[derive(Debug)]
pub struct Resolver<'a> {
    table: &'a RecordTable,
    weights: Weights,
    adjustments: Adjusting<'a>,
}

/// Where adjustments come from.
#[derive(Debug)]
enum Adjusting<'a> {
    /// They are there for every value of the table: many pairs share them.
    Kept(&'a Adjustments),
    /// They are told as values are found to be shared.
    Told(&'a Model),
}

impl<'a> Resolver<'a> {
    /// Makes `model` ready for `table`.
    pub fn new(model: &'a Model, table: &'a RecordTable) -> Self {
        Resolver { table, weights: model.weights(), adjustments: Adjusting::Told(model) }
    }

    /// The same where the adjustments are there.
    pub fn with(model: &Model, table: &'a RecordTable, adjustments: &'a Adjustments) -> Self {
        Resolver { table, weights: model.weights(), adjustments: Adjusting::Kept(adjustments) }
    }

    /// The rows that it weighs.
    pub fn table(&self) -> &RecordTable {
        self.table
    }

    /// The weights in use.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// What agreement on a shared value, or its sound, weighs beyond its level, against each rival.
    pub fn adjustment(&self, comparison: usize, outcome: Outcome) -> Rivals {
        let Some(symbol) = outcome.shared.map(|(_, symbol)| symbol as usize) else { return Rivals::default() };
        let adjustment = match &self.adjustments {
            Adjusting::Kept(adjustments) => adjustments.of(outcome.by)[comparison].get(symbol).copied(),
            Adjusting::Told(model) => {
                let of = &library()[comparison];
                let value = self.table.column(of.field).values().get(symbol).filter(|_| counts(model, of, outcome.by));
                value.map(|value| model.term_frequencies.shared(of.field, value, outcome.by).1)
            }
        };
        adjustment.map_or_else(Rivals::default, |adjustment| self.weights.adjusted(comparison, adjustment))
    }

    /// Compares and weighs two rows.
    pub fn weigh(&self, low: u32, high: u32) -> Weighed {
        self.weigh_pair(&Pair::new(&self.table.view(low), &self.table.view(high)))
    }

    /// Compares and weighs two rows, unless it is seen that they weigh less than `least`.
    pub fn weigh_from(&self, least: MatchWeight, ceiling: &Ceiling, low: u32, high: u32) -> Option<Weighed> {
        let pair = Pair::new(&self.table.view(low), &self.table.view(high));
        let most = ceiling.of(self, &pair);
        debug_assert_eq!(most.max(self.weigh_pair(&pair).weight), most, "the ceiling is none for {low} and {high}");
        (most.least() >= least).then(|| self.weigh_pair(&pair))
    }

    /// Compares and weighs two groups of rows, each taken as one record that says what its rows say together.
    pub fn weigh_groups(&self, a: &[u32], b: &[u32]) -> Weighed {
        let (mut merged_a, mut merged_b) = (None, None);
        self.weigh_pair(&Pair::new(&self.table.group(a, &mut merged_a), &self.table.group(b, &mut merged_b)))
    }

    fn weigh_pair(&self, pair: &Pair<'_>) -> Weighed {
        let mut adjusted = Rivals::default();
        let vector = compare(pair, &mut |comparison, outcome| adjusted += self.adjustment(comparison, outcome));
        let weight = self.weights.of_vector(vector) + adjusted;
        let veto = veto(&pair.a, &pair.b);
        Weighed { vector, weight, veto, decision: decide(weight, veto, &self.weights) }
    }
}
