//! Which pairs of records are worth weighing: rules, keys, candidate pairs, hot keys.
//!
//! 1. A [`Rule`] is an AND of [`KeyExpression`]s; a record has one key a rule, several where a part has several values.
//! 2. Records that share a key form a block; [`visit_blocks`] gives the blocks whose pairs are formed.
//! 3. A [`RuleSet`] has rules that always apply, and wider ones that apply as far as a budget of pairs goes, in smaller blocks.
//! 4. A block over the cap is refined by a further expression, level by level; what stays over it at the last is reported.
//!
//! Imports `record` and `normalize`. Never here: whether a pair is one person.

mod blocks;
mod expression;
mod rule;

pub use blocks::{HotKey, REFINEMENTS, Refine, Visited, finer_key, visit_blocks};
pub use expression::{KeyExpression, LooksAt, NAME_PARTS, shows_ends};
pub use rule::{Family, Rule, RuleSet, combine};
