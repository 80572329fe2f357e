//! A pair of records -> comparison vector -> match weight -> decision: the composition that every door uses.

use crate::comparison::{
    Comparison, ComparisonVector, NAMES, Outcome, PreparedValue, RecordTable, RecordView, SharedBy, WHOLE_NAME, compare, library,
};
use crate::engine::ceiling::Ceiling;
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
    /// The same of the symbol's sound as a homophone and in letters, empty where sounds do not count.
    sounds: [Vec<Vec<MatchWeight>>; 2],
}

impl<'a> Resolver<'a> {
    /// Makes `model` ready for `table`.
    pub fn new(model: &Model, table: &'a RecordTable) -> Self {
        let counts = |comparison: &&Comparison| comparison.term_frequency && model.comparison(comparison.name).is_some();
        let of_values = |counts: &dyn Fn(&&Comparison) -> bool, adjustment: &dyn Fn(Field, &PreparedValue) -> MatchWeight| {
            let of = |comparison: &Comparison| match counts(&comparison) {
                true => table.column(comparison.field).values().iter().map(|value| adjustment(comparison.field, value)).collect(),
                false => Vec::new(),
            };
            library().iter().map(of).collect()
        };
        let frequencies = &model.term_frequencies;
        let adjustments = of_values(&counts, &|field, value| frequencies.shared(field, value, SharedBy::Text).1);
        let of_names =
            |comparison: &&Comparison| counts(comparison) && (NAMES.contains(&comparison.field) || comparison.name == WHOLE_NAME);
        let sounds = [SharedBy::Homophone, SharedBy::Letters];
        let sounds = sounds.map(|by| of_values(&of_names, &|field, value| frequencies.shared(field, value, by).1));
        Resolver { table, weights: model.weights(), adjustments, sounds }
    }

    /// The weights in use.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// What agreement on a shared value, or its sound, weighs beyond its level, against each rival.
    pub fn adjustment(&self, comparison: usize, outcome: Outcome) -> Rivals {
        let symbol = outcome.shared.map(|(_, symbol)| symbol as usize);
        let adjustments = match outcome.by {
            SharedBy::Text => &self.adjustments,
            SharedBy::Homophone => &self.sounds[0],
            SharedBy::Letters => &self.sounds[1],
        };
        match symbol.and_then(|symbol| adjustments[comparison].get(symbol)) {
            Some(adjustment) => self.weights.adjusted(comparison, *adjustment),
            None => Rivals::default(),
        }
    }

    /// Compares and weighs two rows.
    pub fn weigh(&self, low: u32, high: u32) -> Weighed {
        self.weigh_views(&self.table.view(low), &self.table.view(high))
    }

    /// Compares and weighs two rows, unless it is seen that they weigh less than `least`.
    pub fn weigh_from(&self, least: MatchWeight, ceiling: &Ceiling, low: u32, high: u32) -> Option<Weighed> {
        let (a, b) = (self.table.view(low), self.table.view(high));
        let most = ceiling.of(self, &a, &b);
        debug_assert_eq!(most.max(self.weigh_views(&a, &b).weight), most, "the ceiling is none for {low} and {high}");
        (most.least() >= least).then(|| self.weigh_views(&a, &b))
    }

    /// Compares and weighs two groups of rows, each taken as one record that says what its rows say together.
    pub fn weigh_groups(&self, a: &[u32], b: &[u32]) -> Weighed {
        let (a, b) = (self.table.merged(a), self.table.merged(b));
        self.weigh_views(&self.table.merged_view(&a), &self.table.merged_view(&b))
    }

    fn weigh_views(&self, a: &RecordView<'_>, b: &RecordView<'_>) -> Weighed {
        let mut adjusted = Rivals::default();
        let vector = compare(a, b, &mut |comparison, outcome| adjusted += self.adjustment(comparison, outcome));
        let weight = self.weights.of_vector(vector) + adjusted;
        let veto = veto(a, b);
        Weighed { vector, weight, veto, decision: decide(weight, veto, &self.weights) }
    }
}
