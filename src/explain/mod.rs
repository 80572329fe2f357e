//! Why two records are one person or are not: the waterfall of a pair, with the same numbers that decided.
//!
//! Reads every pure folder above; nothing reads it but the engine and above. Never here: rendering.

use crate::blocking::Rule;
use crate::comparison::{Band, Comparison, Pair, RecordView, compare, library};
use crate::link::{Decision, Veto, decide, exclusive_identifier, veto};
use crate::model::{LevelModel, MatchProbability, MatchWeight, Model, Prior, Rivals, Thresholds};
use crate::record::{CanonicalRecord, Field, FieldValue, RecordKey};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use serde::Serialize;

/// One comparison of a pair.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The comparison.
    pub comparison: CompactString,
    /// The level found, from 1; 0 when either record says nothing.
    pub level: u8,
    /// The level in words.
    pub label: CompactString,
    /// The field whose values are shown; none for the sources.
    pub field: Option<Field>,
    /// The first record's values.
    pub values_a: Vec<CompactString>,
    /// The second record's values.
    pub values_b: Vec<CompactString>,
    /// The value whose frequency counts: shared by both, the sound that both have, or the one in use of which the other is a slip.
    pub shared: Option<CompactString>,
    /// Probability of the level among pairs of one person.
    pub m: f64,
    /// Probability of the level among strangers.
    pub u: f64,
    /// Probability of the level among relatives.
    pub relative: f64,
    /// What the level weighs.
    pub weight: Rivals,
    /// Where the data showed the level and neighbours out of order, against strangers and against relatives: the probabilities of all
    /// of them together, of which their one weight is log2 of the ratio.
    pub pooled: [Option<Pool>; 2],
    /// What the shared value's frequency adds.
    pub term_frequency: Rivals,
    /// Whether the level was seen in training.
    pub trained: bool,
}

/// Probabilities of levels that weigh together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pool {
    /// Among pairs of one person.
    pub m: f64,
    /// Among pairs of the rival.
    pub rival: f64,
}

impl Pool {
    /// The pool of a level, unless it weighs alone.
    fn of(levels: &[LevelModel], level: usize, weight: fn(&LevelModel) -> MatchWeight, rival: fn(&LevelModel) -> f64) -> Option<Pool> {
        let pools = levels.chunk_by(|a, b| weight(a) == weight(b)).scan(0, |start, pool| {
            *start += pool.len();
            Some((*start, pool))
        });
        let (_, pool) = pools.into_iter().find(|(end, _)| level < *end)?;
        let sum = |of: &dyn Fn(&LevelModel) -> f64| pool.iter().map(of).sum();
        (pool.len() > 1).then(|| Pool { m: sum(&|level| level.m), rival: sum(&rival) })
    }
}

/// Which rival explanation stands stronger against a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rival {
    /// Two strangers.
    Stranger,
    /// Two relatives of one household.
    Relative,
}

/// The whole decision on a pair.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// One record.
    pub a: RecordKey,
    /// The other.
    pub b: RecordKey,
    /// The model used.
    pub model: CompactString,
    /// Before any field.
    pub prior: Prior,
    /// The comparisons, in the order of the library; those where a record says nothing have level 0.
    pub rows: Vec<Row>,
    /// The prior and all rows summed, against each rival.
    pub total: Rivals,
    /// The stronger rival.
    pub rival: Rival,
    /// The match weight: the total against the stronger rival.
    pub weight: MatchWeight,
    /// The probability that this weight stands for.
    pub probability: MatchProbability,
    /// What forbids the link.
    pub veto: Option<Veto>,
    /// The two values that exclude one another, where there is a veto.
    pub vetoed_values: Option<(CompactString, CompactString)>,
    /// What the pair comes to.
    pub decision: Decision,
    /// Where links and reviews begin.
    pub thresholds: Thresholds,
    /// Blocking rules that make the two a candidate pair; none means that they are never weighed.
    pub rules: Vec<CompactString>,
}

/// Explains a pair under a model. `band` tells under how many names a phone or device is held among all records. Without a common
/// blocking rule the pair is never weighed, and its decision is no link whatever its weight.
pub fn explain(a: &CanonicalRecord, b: &CanonicalRecord, model: &Model, band: &dyn Fn(Field, &str) -> Band) -> Explanation {
    let records = [a.clone(), b.clone()];
    let table = model.table(&records, band);
    let rules = shared_rules(a, b, model);
    let mut explanation = waterfall((&a.key, &table.view(0)), (&b.key, &table.view(1)), model);
    if rules.is_empty() {
        explanation.decision = Decision::NonLink;
    }
    Explanation { rules, ..explanation }
}

/// Explains two groups of records (neither empty), each taken as one record that says what its records say together, as the cut
/// into clusters does; records that say the same count once. The keys are the groups' first ones; rules play no part.
pub fn explain_groups(a: &[CanonicalRecord], b: &[CanonicalRecord], model: &Model, band: &dyn Fn(Field, &str) -> Band) -> Explanation {
    let records: Vec<CanonicalRecord> = a.iter().chain(b).cloned().collect();
    let mut table = model.table(&records, band);
    let mut copies: Vec<(u32, u32)> = Vec::new();
    let mut distinct = |rows: std::ops::Range<usize>| {
        let mut said: FxHashMap<&[FieldValue], u32> = FxHashMap::default();
        let mut distinct: Vec<u32> = Vec::new();
        for row in rows {
            match said.get(records[row].values()) {
                Some(first) => copies.push((*first, row as u32)),
                None => {
                    said.insert(records[row].values(), row as u32);
                    distinct.push(row as u32);
                }
            }
        }
        distinct
    };
    let (left, right) = (distinct(0..a.len()), distinct(a.len()..records.len()));
    table.share_years(&copies);
    let (left, right) = (table.merged(&left), table.merged(&right));
    waterfall((&records[0].key, &table.merged_view(&left)), (&records[a.len()].key, &table.merged_view(&right)), model)
}

fn waterfall(a: (&RecordKey, &RecordView<'_>), b: (&RecordKey, &RecordView<'_>), model: &Model) -> Explanation {
    let ((key_a, left), (key_b, right)) = (a, b);
    let weights = model.weights();
    let mut term_frequencies = vec![Rivals::default(); library().len()];
    let mut shared = vec![None; library().len()];
    let vector = compare(&Pair::new(left, right), &mut |place, outcome| {
        let comparison = &library()[place];
        if let Some((field, symbol)) = outcome.shared.filter(|_| comparison.term_frequency && model.comparison(comparison.name).is_some()) {
            let value = left.value(field, symbol);
            let (text, adjustment) = model.term_frequencies.shared(field, value, outcome.by);
            term_frequencies[place] = weights.adjusted(place, adjustment);
            shared[place] = Some(text);
        }
    });
    let rows: Vec<Row> = library()
        .iter()
        .enumerate()
        .filter_map(|(place, comparison)| {
            let known = model.comparison(comparison.name)?;
            let level = vector.level(place);
            let index = level.checked_sub(1).map(usize::from);
            let found = index.and_then(|index| known.levels.get(index));
            let pooled = |weight, rival| index.and_then(|index| Pool::of(&known.levels, index, weight, rival));
            Some(Row {
                comparison: comparison.name.into(),
                level,
                label: found.map_or("nothing to compare".into(), |found| found.label.clone()),
                field: comparison.looks_at(),
                values_a: shown(left, comparison),
                values_b: shown(right, comparison),
                shared: shared[place].take().map(CompactString::from),
                m: found.map_or(1.0, |found| found.m),
                u: found.map_or(1.0, |found| found.u),
                relative: found.map_or(1.0, |found| found.relative),
                weight: weights.level(place, level),
                pooled: [
                    pooled(|level| level.weight.stranger, |level| level.u),
                    pooled(|level| level.weight.relative, |level| level.relative),
                ],
                term_frequency: term_frequencies[place],
                trained: found.is_none_or(|found| found.trained),
            })
        })
        .collect();
    let total = rows.iter().fold(model.prior.weight, |total, row| total + row.weight + row.term_frequency);
    let veto = veto(left, right);
    let weight = total.least();
    Explanation {
        a: key_a.clone(),
        b: key_b.clone(),
        model: model.id.clone(),
        prior: model.prior,
        rows,
        total,
        rival: if total.relative < total.stranger { Rival::Relative } else { Rival::Stranger },
        weight,
        probability: weight.probability(),
        veto,
        vetoed_values: veto.and_then(|_| Some((excluding(left)?, excluding(right)?))),
        decision: decide(total, veto, &weights),
        thresholds: model.thresholds,
        rules: Vec::new(),
    }
}

fn excluding(record: &RecordView<'_>) -> Option<CompactString> {
    let symbol = exclusive_identifier(record)?;
    Some(record.value(Field::ResidentId, symbol).text.clone())
}

fn shown(record: &RecordView<'_>, comparison: &Comparison) -> Vec<CompactString> {
    let Some(field) = comparison.looks_at() else { return record.source_names().cloned().collect() };
    record.symbols(field).iter().map(|symbol| record.value(field, *symbol).text.clone()).collect()
}

fn shared_rules(a: &CanonicalRecord, b: &CanonicalRecord, model: &Model) -> Vec<CompactString> {
    let shares = |rule: &Rule| {
        let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
        rule.keys(a, &mut of_a);
        rule.keys(b, &mut of_b);
        of_a.iter().any(|key| of_b.contains(key))
    };
    let rules = model.rules.iter().chain(&model.wider_rules).filter_map(|text| Rule::parse(text).ok());
    rules.filter(shares).map(|rule| rule.name).collect()
}
