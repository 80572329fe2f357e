//! The hand that writes a record: chance, the error level, and the tally of what went wrong.
//!
//! Never here: what a disturbance does.

use super::config::ErrorLevel;
use super::counts::Counts;
use super::dice::Dice;
use super::disturbance::{Disturbance, PER};

/// Chance with an error level; counts every disturbance it lets happen.
pub(crate) struct Hand {
    pub(crate) dice: Dice,
    pub(crate) counts: Counts,
    errors: ErrorLevel,
}

impl Hand {
    pub(crate) fn new(errors: ErrorLevel, dice: Dice) -> Self {
        Hand { dice, counts: Counts::default(), errors }
    }

    /// Whether `kind` happens now; if so it is counted, so ask only where it can be done.
    pub(crate) fn hit(&mut self, kind: Disturbance) -> bool {
        let happens = self.would(kind);
        if happens {
            self.note(kind);
        }
        happens
    }

    /// Whether `kind` happens now, not counted: for circumstances that only tell when a record shows them.
    pub(crate) fn would(&mut self, kind: Disturbance) -> bool {
        self.dice.below(PER) < kind.rate(self.errors)
    }

    /// Counts `kind`.
    pub(crate) fn note(&mut self, kind: Disturbance) {
        self.counts.note(kind);
    }
}
