//! Learns a model from the records of a batch: random pairs for strangers, candidate pairs for the rest.

mod thresholds;
mod whole_names;

use self::thresholds::calibrated;
use self::whole_names::add_whole_names;
use crate::blocking::{KeyExpression, RuleSet, shows_ends};
use crate::comparison::{Comparison, ComparisonVector, HOMOPHONE, InParts, NAMES, Pair, RecordTable, SOURCE, WHOLE_NAME, compare, library};
use crate::engine::batch::{Candidates, EqualRows, PairsOfRows, SideBySide};
use crate::engine::resolver::{Adjustments, Resolver};
use crate::limits::{MODEL_RECORDS_MIN, TRAINING_CANDIDATE_PAIRS_MAX, TRAINING_COPIES_SHARE_MAX, TRAINING_RANDOM_PAIRS_MAX};
use crate::model::estimate::{Estimate, Evidence, Histogram, estimate};
use crate::model::{FrequencyKey, Model, TermFrequencies, Thresholds, TrainedOn};
use crate::record::{Field, Grade};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Random pairs drawn by one generator; each chunk has a seed of its own, so that threads change nothing.
const CHUNK_PAIRS: u64 = 8_192;

/// Rows drawn at a time and compared with as many others, so that a row that was read is compared more than once. The rows drawn are an
/// eighth of the pairs, which widens the error of a probability by a tenth where few hold a value.
const RANDOM_ROWS: usize = 16;
const _: () = assert!(CHUNK_PAIRS.is_multiple_of((RANDOM_ROWS * RANDOM_ROWS) as u64));

/// How a model is to be learnt.
#[derive(Clone, Copy, Debug)]
pub struct Lesson<'a> {
    /// Blocking rules.
    pub rules: &'a RuleSet,
    /// By rule that always applies: whether it gave every pair that shares a key, no block being refined or left out.
    pub whole: &'a [bool],
    /// Where links and reviews begin; `None` chooses by the pairs.
    pub thresholds: Option<Thresholds>,
    /// Seed of the sampling.
    pub seed: u64,
    /// Comparisons that are to weigh nothing.
    pub without: &'a [String],
    /// By row: whose the record is, where labels say so; empty without labels.
    pub labels: &'a [Option<u32>],
}

/// Learns from the distinct rows of `table` and their candidate `pairs`.
/// Gives the model with its adjustments, where these had to be found.
pub fn train(table: &RecordTable, equal: &EqualRows, pairs: &Candidates, lesson: Lesson<'_>) -> (Model, Option<Adjustments>) {
    let Lesson { rules, whole, thresholds, seed, without, labels } = lesson;
    let rows = &equal.distinct[..];
    let shown = shown_levels(without, table);
    let sample = Sample::draw(pairs, &equal.content, labels);
    let mut counted = counts_of(table, &sample.unlabelled);
    counted.values_mut().for_each(|pairs| *pairs *= sample.one_in);
    let candidates = merged(joined(counted, copies(table, equal)));
    let [candidates, same, different] = [candidates, merged(counts_of(table, &sample.same)), merged(counts_of(table, &sample.different))]
        .map(|histogram| masked(histogram, shown));
    let random = masked(random_histogram(table, in_content_order(table, equal), seed), shown);
    // A value over the cap of a block hides most of its pairs: then the random pairs tell how often strangers agree.
    let complete = |field: Field| rules.always.iter().zip(whole).any(|(rule, whole)| *whole && rule.single_field() == Some(field));
    let phones = table.column(Field::Phone).values();
    let masks = rules.always.iter().zip(whole).any(|(rule, whole)| *whole && rule.all == [KeyExpression::PhoneEnds])
        && phones.iter().all(|phone| phone.grade != Grade::Partial || shows_ends(&phone.text));
    let complete_levels = library().iter().map(|comparison| match complete(comparison.field) {
        // Behind the exact levels those stand whose hidden digits fit, soon or years apart.
        true => comparison.exact_levels + if masks && comparison.field == Field::Phone { 2 } else { 0 },
        false => 0,
    });
    // A comparison whose values only copies share is in no pair, and links them all the same.
    let used = |place: usize| shown >> (place * 4) & 15 != 0;
    let filled = library().iter().enumerate().map(|(place, comparison)| used(place) && !table.column(comparison.field).values().is_empty());
    let evidence = Evidence {
        candidates,
        same,
        different,
        random,
        records: rows.len() as u64,
        complete_levels: complete_levels.collect(),
        filled: filled.collect(),
    };
    let learnt = estimate(&evidence);
    let term_frequencies = term_frequencies(table, rows, &learnt, seed);
    let count = |histogram: &Histogram| histogram.iter().map(|(_, pairs)| pairs).sum();
    let trained_on = TrainedOn {
        records: evidence.records,
        candidate_pairs: count(&evidence.candidates) + count(&evidence.same) + count(&evidence.different),
        random_pairs: count(&evidence.random),
        rounds: learnt.rounds,
        seed,
    };
    let mut model = Model {
        format_version: crate::model::FORMAT_VERSION,
        id: Default::default(),
        trained_on,
        prior: learnt.prior,
        thresholds: thresholds.unwrap_or_default(),
        rules: rules.always.iter().map(|rule| rule.written()).collect(),
        wider_rules: rules.wider.iter().map(|rule| rule.written()).collect(),
        comparisons: learnt.comparisons,
        term_frequencies,
    };
    let mut adjustments = None;
    if thresholds.is_none() && model.trained_on.records >= MODEL_RECORDS_MIN {
        let found = adjustments.insert(Adjustments::new(&model, table, &SideBySide));
        model.thresholds = calibrated(&Resolver::with(&model, table, found), &sample, &equal.content, rows.len());
    }
    (model.named(), adjustments)
}

/// Candidate pairs (low row in the high half) that a model is learnt from.
struct Sample {
    /// Some of those without labels where there are more than [`TRAINING_CANDIDATE_PAIRS_MAX`] pairs.
    unlabelled: Vec<u64>,
    /// How many pairs each of these stands for.
    one_in: u64,
    /// Pairs of one person by their labels.
    same: Vec<u64>,
    /// Pairs of two.
    different: Vec<u64>,
}

impl Sample {
    fn draw(pairs: &Candidates, content: &[u64], labels: &[Option<u32>]) -> Self {
        let one_in = pairs.count.div_ceil(TRAINING_CANDIDATE_PAIRS_MAX).max(1);
        let label = |row: u32| labels.get(row as usize).copied().flatten();
        let of_rows = |found: &PairsOfRows| {
            let mut parts = [const { Vec::new() }; 3];
            for pair in &found.pairs {
                match (label((pair >> 32) as u32), label(*pair as u32)) {
                    (Some(a), Some(b)) => parts[if a == b { 1 } else { 2 }].push(*pair),
                    _ if is_drawn(*pair, content, one_in) => parts[0].push(*pair),
                    _ => {}
                }
            }
            parts
        };
        let parts = pairs.each(of_rows);
        let [unlabelled, same, different] = [0, 1, 2].map(|part| parts.iter().flat_map(|parts| &parts[part]).copied().collect());
        Sample { unlabelled, one_in, same, different }
    }

    /// At most about so many pairs, labelled or not, and how many each stands for.
    fn some(&self, most: u64, content: &[u64]) -> (Vec<u64>, u64) {
        let parts = [&self.unlabelled, &self.same, &self.different];
        let one_in = self.one_in * (parts.map(|part| part.len() as u64).iter().sum::<u64>()).div_ceil(most).max(1);
        (parts.into_par_iter().flatten().copied().filter(|pair| is_drawn(*pair, content, one_in)).collect(), one_in)
    }
}

/// Whether a pair (low row in the high half) is the one of so many that stands for them, by a hash of each row's content.
fn is_drawn(pair: u64, content: &[u64], one_in: u64) -> bool {
    let both = content[(pair >> 32) as usize].wrapping_add(content[pair as u32 as usize]).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (both >> 32).is_multiple_of(one_in)
}

/// Vectors of a record and its copy, one for each record that has any, at most [`TRAINING_COPIES_SHARE_MAX`] of the distinct records.
fn copies(table: &RecordTable, equal: &EqualRows) -> FxHashMap<ComparisonVector, u64> {
    let copied: Vec<u64> = equal.copies.chunk_by(|a, b| a.0 == b.0).map(|same| u64::from(same[0].0) << 32 | u64::from(same[0].0)).collect();
    let most = TRAINING_COPIES_SHARE_MAX * equal.distinct.len() as f64;
    let share = (most / copied.len().max(1) as f64).min(1.0);
    let mut counts = merged(counts_of(table, &copied));
    // What is cut off one count is carried to the next, so that their sum keeps the bound.
    let mut carried = 0.0;
    for (_, pairs) in &mut counts {
        carried += *pairs as f64 * share;
        *pairs = carried.floor() as u64;
        carried -= carried.floor();
    }
    counts.into_iter().collect()
}

/// The bits of a vector that belong to comparisons in use; one source alone tells nothing by being one.
fn shown_levels(without: &[String], table: &RecordTable) -> u128 {
    let is_used = |name: &str| !without.iter().any(|other| other == name) && (name != SOURCE || table.has_several_sources());
    let used = library().iter().enumerate().filter(|(_, comparison)| is_used(comparison.name));
    used.fold(0, |bits, (place, _)| bits | 15 << (place * 4))
}

/// The histogram with other bits cleared.
fn masked(histogram: Histogram, shown: u128) -> Histogram {
    let mut counts = std::collections::BTreeMap::new();
    for (vector, pairs) in histogram {
        *counts.entry(ComparisonVector(vector.0 & shown)).or_insert(0) += pairs;
    }
    counts.into_iter().collect()
}

fn term_frequencies(table: &RecordTable, rows: &[u32], estimate: &Estimate, seed: u64) -> TermFrequencies {
    let mut keys = fastrand::Rng::with_seed(seed);
    let mut frequencies = TermFrequencies::new(FrequencyKey([keys.u64(..), keys.u64(..)]));
    let empty = frequencies.emptied();
    let of = |comparison: &Comparison| {
        let mut frequencies = empty.clone();
        if let Some(learnt) = estimate.comparisons.iter().find(|learnt| learnt.name == comparison.name) {
            let values = table.column(comparison.field).values();
            let mut held = vec![0u32; values.len()];
            let mut filled = 0;
            for row in rows {
                let symbols = table.view(*row).symbols(comparison.field);
                symbols.iter().for_each(|symbol| held[*symbol as usize] += 1);
                filled += usize::from(!symbols.is_empty());
            }
            // Symbols are in the order of texts; one text may have several grades.
            let counted: Vec<(&str, u32)> = values.iter().map(|value| value.text.as_str()).zip(held).collect();
            let holders = counted.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|(_, held)| held).sum()));
            let co_records = 2.0 * estimate.prior.matches_per_record;
            if NAMES.contains(&comparison.field) {
                let spelt = values.iter().zip(&counted).map(|(value, (text, held))| (value.sound(), *text, value.han, *held));
                let mut sounds: Vec<(&str, &str, bool, u32)> = spelt.collect();
                sounds.sort_unstable();
                let held = |same: &[(&str, &str, bool, u32)]| same.iter().map(|(.., held)| held).sum();
                let spellings = sounds.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|same| same[0].2);
                let spellings: Vec<(&str, u32)> = spellings.map(|same| (same[0].0, held(same))).collect();
                frequencies.add_sounds(comparison.field, filled, learnt.levels[usize::from(HOMOPHONE) - 1].u, co_records, &spellings);
                let whole: Vec<(&str, u32)> = sounds.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, held(same))).collect();
                frequencies.add_letters(comparison.field, filled, learnt.levels[0].u, co_records, &whole);
            }
            frequencies.add(comparison.field, filled, learnt.levels[0].u, co_records, holders);
        }
        frequencies
    };
    let counted: Vec<&Comparison> =
        library().iter().filter(|comparison| comparison.term_frequency && comparison.name != WHOLE_NAME).collect();
    SideBySide.each(counted, of).into_iter().for_each(|of_one| frequencies.join(of_one));
    add_whole_names(table, rows, estimate, &mut frequencies);
    frequencies
}

/// Vectors of pairs (low row in the high half), counted.
fn counts_of(table: &RecordTable, pairs: &[u64]) -> FxHashMap<ComparisonVector, u64> {
    let count = |chunk: &[u64]| {
        let mut counts: FxHashMap<ComparisonVector, u64> = FxHashMap::default();
        for pair in chunk {
            *counts.entry(vector(table, (pair >> 32) as u32, *pair as u32)).or_insert(0) += 1;
        }
        counts
    };
    pairs.par_chunks(CHUNK_PAIRS as usize).map(count).reduce(FxHashMap::default, joined)
}

/// Distinct rows by content, then source, so that what is drawn of them does not depend on how they are numbered. Rows of one source that
/// say the same, which only judgements keep apart, are in the order of their numbers.
fn in_content_order(table: &RecordTable, equal: &EqualRows) -> Vec<u32> {
    let source = |row: u32| table.view(row).source_names().next();
    let mut rows = equal.distinct.clone();
    rows.par_sort_unstable_by(|a, b| {
        let content = |row: u32| equal.content[row as usize];
        content(*a).cmp(&content(*b)).then_with(|| source(*a).cmp(&source(*b))).then(a.cmp(b))
    });
    rows
}

fn random_histogram(table: &RecordTable, rows: Vec<u32>, seed: u64) -> Histogram {
    let all = rows.len() as u64 * (rows.len() as u64).saturating_sub(1) / 2;
    if all <= TRAINING_RANDOM_PAIRS_MAX {
        let count = |place: usize| {
            let mut counts: FxHashMap<ComparisonVector, u64> = FxHashMap::default();
            for high in &rows[place + 1..] {
                *counts.entry(vector(table, rows[place], *high)).or_insert(0) += 1;
            }
            counts
        };
        return merged((0..rows.len()).into_par_iter().map(count).reduce(FxHashMap::default, joined));
    }
    let some = |random: &mut fastrand::Rng| -> [u32; RANDOM_ROWS] { std::array::from_fn(|_| rows[random.usize(..rows.len())]) };
    let draw = |chunk: u64| {
        let mut random = fastrand::Rng::with_seed(seed ^ chunk.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut counts: FxHashMap<ComparisonVector, u64> = FxHashMap::default();
        for _ in 0..CHUNK_PAIRS / (RANDOM_ROWS * RANDOM_ROWS) as u64 {
            let (some, others) = (some(&mut random), some(&mut random));
            for (a, b) in some.iter().flat_map(|a| others.iter().map(move |b| (*a, *b))).filter(|(a, b)| a != b) {
                *counts.entry(vector(table, a.min(b), a.max(b))).or_insert(0) += 1;
            }
        }
        counts
    };
    merged((0..TRAINING_RANDOM_PAIRS_MAX / CHUNK_PAIRS).into_par_iter().map(draw).reduce(FxHashMap::default, joined))
}

fn vector(table: &RecordTable, low: u32, high: u32) -> ComparisonVector {
    compare(&Pair::new(&table.view(low), &table.view(high)), &mut |_, _| {})
}

fn joined(mut a: FxHashMap<ComparisonVector, u64>, b: FxHashMap<ComparisonVector, u64>) -> FxHashMap<ComparisonVector, u64> {
    if a.len() < b.len() {
        return joined(b, a);
    }
    for (vector, count) in b {
        *a.entry(vector).or_insert(0) += count;
    }
    a
}

fn merged(counts: FxHashMap<ComparisonVector, u64>) -> Histogram {
    let mut histogram: Histogram = counts.into_iter().collect();
    histogram.sort_unstable();
    histogram
}
