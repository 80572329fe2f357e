//! Which pairs of records are worth weighing: rules, keys, candidate pairs, hot keys.
//!
//! 1. A [`Rule`] is an AND of [`KeyExpression`]s; a record has one key a rule, several where a part has several values.
//! 2. Records that share a key form a block; [`visit_pairs`] gives every pair of a block.
//! 3. A [`RuleSet`] has rules that always apply, and wider ones that apply as far as a budget of pairs goes, in smaller blocks.
//! 4. A block over the cap is refined by a further expression, level by level; what stays over it at the last is reported.
//!
//! Imports `record` and `normalize`. Never here: whether a pair is one person.

mod expression;
mod pairs;
mod rule;

pub use expression::{KeyExpression, shows_ends};
pub use pairs::{HotKey, REFINEMENTS, Refine, Visited, count_pairs, visit_pairs};
pub use rule::{Family, Rule, RuleSet, combine};
