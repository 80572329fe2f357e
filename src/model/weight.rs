//! Match weights as integers, and match probabilities.

use crate::limits::MATCH_WEIGHT_BITS_MAX;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, AddAssign};

/// A match weight: log2 of odds or of a Bayes factor, in units of 2^-20 bit, so that sums are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MatchWeight(pub i64);

/// Units in a bit.
pub const UNITS_PER_BIT: f64 = 1_048_576.0;

impl MatchWeight {
    /// No evidence either way.
    pub const ZERO: MatchWeight = MatchWeight(0);

    /// The weight of this many bits, rounded to a unit; what goes beyond [`MATCH_WEIGHT_BITS_MAX`] is held there, an undefined value at 0.
    pub fn from_bits(bits: f64) -> Self {
        let bits = if bits.is_nan() { 0.0 } else { bits.clamp(-MATCH_WEIGHT_BITS_MAX, MATCH_WEIGHT_BITS_MAX) };
        MatchWeight((bits * UNITS_PER_BIT).round() as i64)
    }

    /// log2 of `ratio`.
    pub fn from_ratio(ratio: f64) -> Self {
        Self::from_bits(ratio.log2())
    }

    /// Bits, for display.
    pub fn bits(self) -> f64 {
        self.0 as f64 / UNITS_PER_BIT
    }

    /// The probability that odds of this weight stand for.
    pub fn probability(self) -> MatchProbability {
        MatchProbability(1.0 / (1.0 + (-self.bits()).exp2()))
    }
}

impl Add for MatchWeight {
    type Output = MatchWeight;
    fn add(self, other: MatchWeight) -> MatchWeight {
        MatchWeight(self.0 + other.0)
    }
}

impl AddAssign for MatchWeight {
    fn add_assign(&mut self, other: MatchWeight) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for MatchWeight {
    fn sum<I: Iterator<Item = MatchWeight>>(weights: I) -> MatchWeight {
        weights.fold(MatchWeight::ZERO, Add::add)
    }
}

impl fmt::Display for MatchWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.2}", self.bits())
    }
}

/// A probability that two records are one person, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct MatchProbability(f64);

impl TryFrom<f64> for MatchProbability {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        MatchProbability::new(value).ok_or_else(|| format!("{value} is not a probability between 0 and 1"))
    }
}

impl From<MatchProbability> for f64 {
    fn from(probability: MatchProbability) -> f64 {
        probability.0
    }
}

impl MatchProbability {
    /// A probability; `None` outside 0 to 1.
    pub fn new(probability: f64) -> Option<Self> {
        (0.0..=1.0).contains(&probability).then_some(MatchProbability(probability))
    }

    /// The number.
    pub const fn value(self) -> f64 {
        self.0
    }

    /// The weight whose odds have this probability.
    pub fn weight(self) -> MatchWeight {
        MatchWeight::from_ratio(self.0 / (1.0 - self.0))
    }
}

/// The weight of one pair against each rival explanation. A pair is as strong as it stands against the stronger rival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rivals {
    /// Against two strangers.
    pub stranger: MatchWeight,
    /// Against two relatives of one household.
    pub relative: MatchWeight,
}

impl Rivals {
    /// The greater against each.
    #[must_use]
    pub fn max(self, other: Rivals) -> Rivals {
        Rivals { stranger: self.stranger.max(other.stranger), relative: self.relative.max(other.relative) }
    }

    /// The pair's match weight: the lesser of the two.
    pub fn least(self) -> MatchWeight {
        self.stranger.min(self.relative)
    }
}

impl Add for Rivals {
    type Output = Rivals;
    fn add(self, other: Rivals) -> Rivals {
        Rivals { stranger: self.stranger + other.stranger, relative: self.relative + other.relative }
    }
}

impl AddAssign for Rivals {
    fn add_assign(&mut self, other: Rivals) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_and_probabilities_turn_into_each_other() {
        assert_eq!(MatchWeight::from_ratio(8.0).bits(), 3.0);
        assert_eq!(MatchWeight::from_ratio(0.0).bits(), -64.0);
        assert_eq!(MatchWeight::from_bits(f64::NAN), MatchWeight::ZERO);
        let half = MatchProbability::new(0.5).expect("within range");
        assert_eq!(half.weight(), MatchWeight::ZERO);
        assert_eq!(MatchWeight::ZERO.probability().value(), 0.5);
        assert!(MatchProbability::new(1.5).is_none());
    }
}
