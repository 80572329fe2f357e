//! A pair of records -> comparison vector -> match weight -> decision: the composition that every door uses.

use crate::comparison::{ComparisonVector, RecordTable, RecordView, Symbol, compare, library};
use crate::link::{Decision, Veto, decide, veto};
use crate::model::{MatchWeight, Model, Rivals, Weights};
use crate::record::Field;

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

/// A model made ready to weigh the rows of one table.
#[derive(Debug)]
pub struct Resolver<'a> {
    table: &'a RecordTable,
    weights: Weights,
    /// By comparison of the library: the adjustment of each symbol of its field, empty where it is not adjusted.
    adjustments: Vec<Vec<MatchWeight>>,
}

impl<'a> Resolver<'a> {
    /// Makes `model` ready for `table`.
    pub fn new(model: &Model, table: &'a RecordTable) -> Self {
        let adjustments =
            library().iter().map(|comparison| match comparison.term_frequency && model.comparison(comparison.name).is_some() {
                true => {
                    let values = table.column(comparison.field).values();
                    values.iter().map(|value| model.term_frequencies.adjustment(comparison.field, &value.text)).collect()
                }
                false => Vec::new(),
            });
        Resolver { table, weights: model.weights(), adjustments: adjustments.collect() }
    }

    /// The weights in use.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// What exact agreement on a shared value weighs beyond its level, against each rival.
    pub fn adjustment(&self, comparison: usize, shared: Option<(Field, Symbol)>) -> Rivals {
        let symbol = shared.map(|(_, symbol)| symbol as usize);
        match symbol.and_then(|symbol| self.adjustments[comparison].get(symbol)) {
            Some(adjustment) => self.weights.adjusted(comparison, *adjustment),
            None => Rivals::default(),
        }
    }

    /// Compares and weighs two rows.
    pub fn weigh(&self, low: u32, high: u32) -> Weighed {
        self.weigh_views(&self.table.view(low), &self.table.view(high))
    }

    /// Compares and weighs two groups of rows, each taken as one record that says what its rows say together.
    pub fn weigh_groups(&self, a: &[u32], b: &[u32]) -> Weighed {
        let (a, b) = (self.table.merged(a), self.table.merged(b));
        self.weigh_views(&self.table.merged_view(&a), &self.table.merged_view(&b))
    }

    fn weigh_views(&self, a: &RecordView<'_>, b: &RecordView<'_>) -> Weighed {
        let mut adjusted = Rivals::default();
        let vector = compare(a, b, &mut |comparison, outcome| adjusted += self.adjustment(comparison, outcome.shared));
        let weight = self.weights.of_vector(vector) + adjusted;
        let veto = veto(a, b);
        Weighed { vector, weight, veto, decision: decide(weight, veto, &self.weights) }
    }
}
