//! What has been learnt, frozen: the model snapshot, match weights, term frequencies, and their estimation.
//!
//! 1. `estimate` learns m, u and the priors from counts of comparison vectors, without labels.
//! 2. A [`Model`] freezes them as integer match weights, with thresholds, blocking rules and term frequencies.
//! 3. [`Weights`] is the quick form in which a model weighs vectors.
//!
//! Imports `record`, `blocking` and `comparison`. Never here: files, and the choice of pairs.

pub mod estimate;
mod range;
mod snapshot;
mod term_frequency;
mod weight;

pub use snapshot::{ComparisonModel, FORMAT_VERSION, LevelModel, Model, Prior, Thresholds, TrainedOn, Weights};
pub use term_frequency::{FieldFrequencies, FrequencyKey, TermFrequencies, WholeName, is_chinese};
pub use weight::{MatchProbability, MatchWeight, Rivals, UNITS_PER_BIT};
