//! Learning without labels: expectation maximisation over counts of comparison vectors.
//!
//! A pair is of one person, of relatives of one household, or of strangers (a latent class model with three classes,
//! Winkler 1993; Larsen and Rubin 2001); within a class the comparisons are taken as independent (Fellegi and Sunter 1969).
//!
//! 1. *Candidate pairs* hold nearly all pairs of one person and of relatives: m and the relatives' probabilities are learnt there,
//!    and the priors are their expected numbers over all pairs.
//! 2. *Random pairs* are nearly all strangers: u is learnt there, each pair counted by its probability of being strangers.
//! 3. Where a blocking rule is an identifier alone, all agreeing pairs are candidates: u of exact agreement is counted there,
//!    because it is far too small for a sample.
//! 4. What a relative shares by living together is learnt, and how often numbers are used for each other; on other personal fields a
//!    relative is as a stranger.
//! 5. Weights are rounded once; levels whose order of strength is not borne out are pooled (monotone levels).
//!
//! Pairs that labels tell of count in full for what they are said to be; the rest is learnt beside them.
//!
//! Before any pair is seen m and u are those assumed in the library; the fewer the pairs, the more they stay so. A handful of records
//! thus weighs by general knowledge, and thousands by their own.
//!
//! Always: finite weights; a level that nothing showed keeps its assumed m, a floor for u, and says so.

use super::{ComparisonModel, LevelModel, MatchWeight, Prior, Rivals};
use crate::comparison::{
    ALIKE_BUT_FOR_RELATIVES, BY_NAMING, Comparison, ComparisonVector, FAMILY_TOLD, LASTING, RELATIVES_ALIKE, RELATIVES_BORROW, RivalTie,
    TOLD_NAME, WHOLE_NAME, is_of_relatives, library, place_of,
};
use crate::limits::{
    TRAINING_ASSUMED_PAIRS_MAX, TRAINING_BORROWED_PAIRS, TRAINING_LASTING_DIFFERENT_MAX, TRAINING_LASTING_SAME_MIN,
    TRAINING_PERSON_SMOOTHING_PAIRS, TRAINING_RELATIVES_ASSUMED_MAX, TRAINING_RELATIVES_OTHER_FAMILY_MIN, TRAINING_RELATIVES_PAIRS,
    TRAINING_RELATIVES_SHARE_MIN, TRAINING_ROUNDS_MAX, TRAINING_SMOOTHING_PAIRS,
};
use crate::record::Field;

/// Counted vectors.
pub type Histogram = Vec<(ComparisonVector, u64)>;

/// What estimation starts from.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Candidate pairs by vector, but for those that labels tell of.
    pub candidates: Histogram,
    /// Candidate pairs that labels say to be of one person.
    pub same: Histogram,
    /// Candidate pairs that labels say to be of two people.
    pub different: Histogram,
    /// Random pairs by vector.
    pub random: Histogram,
    /// Records.
    pub records: u64,
    /// By comparison of the library: of how many of its first levels every pair is among the candidates.
    pub complete_levels: Vec<usize>,
    /// By comparison of the library: whether any record has a value for it.
    pub filled: Vec<bool>,
}

/// What was learnt.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// By comparison of the library; comparisons that no record has a value for are left out.
    pub comparisons: Vec<ComparisonModel>,
    /// Before any field.
    pub prior: Prior,
    /// Rounds until nothing moved.
    pub rounds: u32,
}

const CLASSES: usize = 3;
const PERSON: usize = 0;
const RELATIVE: usize = 1;
const STRANGER: usize = 2;

/// A change of the expected matches below this share of them ends the rounds.
const CONVERGED: f64 = 1e-6;
/// Least probability of any level.
const PROBABILITY_FLOOR: f64 = 1e-9;
/// Pairs of one person for each record, and of relatives for each of those, with which the rounds begin; they end where the data say.
const MATCHES_PER_RECORD_BEFORE: f64 = 0.3;
/// See [`MATCHES_PER_RECORD_BEFORE`].
const RELATIVES_PER_MATCH_BEFORE: f64 = 0.1;
/// Largest share of all pairs that are of one person; strangers keep the rest, so that neither class is ever impossible.
const MATCHES_SHARE_MAX: f64 = 0.99;
/// Largest probability, assumed before training, with which two people agree on what is one's own: not the sex.
const OWN_U_MAX: f64 = 0.01;
/// Largest share of relatives, assumed before training, who use each other's number for what is one's own all the same.
const OWN_BORROWED_MAX: f64 = 0.001;
/// Largest probability with which strangers agree exactly on an identifier, whatever a file of copies shows.
const STRANGERS_AGREE_MAX: f64 = 0.2;

/// By class, comparison and level (0 unused).
type Tables = [Vec<[f64; 16]>; CLASSES];

/// Learns from counted vectors.
pub fn estimate(evidence: &Evidence) -> Estimate {
    let pairs = (evidence.records as f64) * (evidence.records as f64 - 1.0) / 2.0;
    let mut state = State::before(evidence, pairs.max(1.0));
    let mut rounds = 0;
    while rounds < TRAINING_ROUNDS_MAX {
        rounds += 1;
        let before = state.class_pairs[PERSON];
        state.round(evidence);
        if (state.class_pairs[PERSON] - before).abs() <= CONVERGED * before {
            break;
        }
    }
    state.finish(evidence, rounds)
}

struct State {
    tables: Tables,
    /// m of every level before training.
    assumed: Vec<[f64; 16]>,
    /// Expected pairs of each class over all pairs.
    class_pairs: [f64; CLASSES],
    /// All pairs.
    pairs: f64,
    /// By comparison: share of random pairs in which there is something to compare.
    filled: Vec<f64>,
    /// By candidate vector: whether certificates tell two relatives apart in it.
    of_relatives: Vec<bool>,
    /// By candidate vector: whether too much differs in it for one person's records to teach anything by it.
    contradict: Vec<bool>,
}

impl State {
    /// Assumed m, u as the random pairs show it, relatives between the two.
    fn before(evidence: &Evidence, pairs: f64) -> Self {
        let mut assumed = vec![[0.0; 16]; library().len()];
        for (table, comparison) in assumed.iter_mut().zip(library()) {
            for (probability, level) in table[1..].iter_mut().zip(comparison.levels) {
                *probability = level.m_before;
            }
        }
        let mut random = Sums::new();
        let mut total = 0.0;
        for (vector, count) in &evidence.random {
            random.add(*vector, *count as f64);
            total += *count as f64;
        }
        random.count_together();
        let strangers = random.of_strangers();
        let filled = random.sums.iter().map(|levels| levels.iter().sum::<f64>() / total.max(1.0)).collect();
        let relatives = tied(&assumed, &strangers, &Sums::new(), &Sums::new());
        let matches = (evidence.records as f64 * MATCHES_PER_RECORD_BEFORE).min(pairs * 0.5);
        let relatives_before = matches * RELATIVES_PER_MATCH_BEFORE;
        let class_pairs = [matches, relatives_before, pairs - matches - relatives_before];
        let of_relatives = evidence.candidates.iter().map(|(vector, _)| is_of_relatives(*vector)).collect();
        let contradict = evidence.candidates.iter().map(|(vector, _)| contradicts(*vector)).collect();
        State { tables: [assumed.clone(), relatives, strangers], assumed, class_pairs, pairs, filled, of_relatives, contradict }
    }

    fn round(&mut self, evidence: &Evidence) {
        let logs = Logs::of(self);
        let mut classes = [Sums::new(), Sums::new(), Sums::new()];
        let mut expected = [0.0; CLASSES];
        let mut told_apart = Sums::new();
        for ((vector, count), (of_relatives, contradicts)) in evidence.candidates.iter().zip(self.of_relatives.iter().zip(&self.contradict))
        {
            // What a model says of such a pair when it has learnt is another matter.
            let posterior = if *contradicts { logs.of_two_people(*vector) } else { logs.posterior(*vector) };
            if *of_relatives {
                told_apart.add(*vector, logs.of_two_people(*vector)[RELATIVE] * *count as f64);
            }
            for class in 0..CLASSES {
                let share = posterior[class] * *count as f64;
                expected[class] += share;
                classes[class].add(*vector, share);
            }
        }
        // What labels tell of a pair is not asked of the model.
        for (vector, count) in &evidence.same {
            expected[PERSON] += *count as f64;
            classes[PERSON].add(*vector, *count as f64);
        }
        for (vector, count) in &evidence.different {
            let posterior = logs.of_two_people(*vector);
            for class in [RELATIVE, STRANGER] {
                let share = posterior[class] * *count as f64;
                expected[class] += share;
                classes[class].add(*vector, share);
            }
        }
        let mut random = Sums::new();
        for (vector, count) in &evidence.random {
            random.add(*vector, logs.posterior(*vector)[STRANGER] * *count as f64);
        }
        classes[PERSON].count_together();
        classes[STRANGER].count_together();
        random.count_together();
        let mut strangers = random.of_strangers();
        for (comparison, complete) in evidence.complete_levels.iter().enumerate() {
            if *complete > 0 && self.filled[comparison] > 0.0 {
                let compared = self.pairs * self.filled[comparison];
                let before = &library()[comparison].levels[..*complete];
                let agreeing = classes[STRANGER].sums[comparison][1..].iter().zip(before);
                let exact: Vec<f64> = agreeing.map(|(pairs, level)| towards(level.u_before, 0.5, *pairs, compared)).collect();
                replace_exact(&mut strangers[comparison], &exact, STRANGERS_AGREE_MAX);
            }
        }
        let mut persons = classes[PERSON].smoothed(&self.assumed, TRAINING_PERSON_SMOOTHING_PAIRS);
        hold_lasting(&mut persons);
        tie_by_naming(&mut strangers, &self.filled);
        let mut relatives =
            tied(&classes[RELATIVE].smoothed(&persons, TRAINING_SMOOTHING_PAIRS), &strangers, &told_apart, &classes[RELATIVE]);
        tie_by_naming(&mut relatives, &self.filled);
        tie_near_levels(&mut relatives, &persons);
        tie_told_family(&mut relatives, &persons);
        self.tables = [persons, relatives, strangers];
        let possible = (TRAINING_RELATIVES_SHARE_MIN * expected[PERSON]).min(TRAINING_RELATIVES_ASSUMED_MAX);
        let relatives = expected[RELATIVE].max(possible);
        // However few the pairs, none of the two main classes is ever impossible: where none is seen half a match is expected, as
        // under Jeffreys' prior of a rate.
        let matches = expected[PERSON].clamp(0.5 * self.pairs.min(1.0), MATCHES_SHARE_MAX * self.pairs);
        self.class_pairs = [matches, relatives, (self.pairs - matches - relatives).max((1.0 - MATCHES_SHARE_MAX) * self.pairs)];
    }

    fn finish(&self, evidence: &Evidence, rounds: u32) -> Estimate {
        let mut shown = Sums::new();
        for (vector, count) in [&evidence.candidates, &evidence.same, &evidence.different, &evidence.random].into_iter().flatten() {
            shown.add(*vector, *count as f64);
        }
        let is_known = |comparison: usize| evidence.filled[comparison] || shown.sums[comparison].iter().sum::<f64>() > 0.0;
        let comparisons = (0..library().len()).filter(|comparison| is_known(*comparison));
        let comparisons = comparisons.map(|comparison| self.comparison(comparison, &shown.sums[comparison])).collect();
        let [matches, relatives, strangers] = self.class_pairs;
        let weight =
            Rivals { stranger: MatchWeight::from_ratio(matches / strangers), relative: MatchWeight::from_ratio(matches / relatives) };
        let records = (evidence.records as f64).max(1.0);
        let prior = Prior { matches_per_record: matches / records, relatives_per_record: relatives / records, weight };
        Estimate { comparisons, prior, rounds }
    }

    fn comparison(&self, place: usize, shown: &[f64; 16]) -> ComparisonModel {
        let comparison = &library()[place];
        let levels = 1..=comparison.levels.len();
        let of = |class: usize| levels.clone().map(|level| self.tables[class][place][level]).collect::<Vec<f64>>();
        let (m, u, relative) = (of(PERSON), of(STRANGER), of(RELATIVE));
        let against_strangers = monotone(&m, &u, comparison.runs());
        let against_relatives = monotone(&m, &relative, comparison.runs());
        let levels = comparison.levels.iter().enumerate().map(|(index, level)| LevelModel {
            label: level.label.into(),
            m: m[index],
            u: u[index],
            relative: relative[index],
            weight: Rivals { stranger: against_strangers[index], relative: against_relatives[index] },
            trained: shown[index + 1] > 0.0,
        });
        ComparisonModel { name: comparison.name.into(), levels: levels.collect() }
    }
}

/// Natural logarithms of a state.
struct Logs {
    tables: Tables,
    prior: [f64; CLASSES],
}

impl Logs {
    fn of(state: &State) -> Self {
        let table = |class: usize| state.tables[class].iter().map(|levels| levels.map(|p| p.max(PROBABILITY_FLOOR).ln())).collect();
        Logs { tables: [table(0), table(1), table(2)], prior: state.class_pairs.map(|pairs| (pairs / state.pairs).ln()) }
    }

    /// Probabilities of the classes for a vector.
    fn posterior(&self, vector: ComparisonVector) -> [f64; CLASSES] {
        shares(self.of_vector(vector))
    }

    /// The same for one that is known to be of two people.
    fn of_two_people(&self, vector: ComparisonVector) -> [f64; CLASSES] {
        let mut sums = self.of_vector(vector);
        sums[PERSON] = f64::NEG_INFINITY;
        shares(sums)
    }

    /// What each class has for a vector, prior included.
    fn of_vector(&self, vector: ComparisonVector) -> [f64; CLASSES] {
        let mut sums = self.prior;
        let mut rest = vector.0;
        let mut comparison = 0;
        while rest != 0 {
            let level = (rest & 15) as usize;
            if level != 0 {
                for (sum, table) in sums.iter_mut().zip(&self.tables) {
                    *sum += table[comparison][level];
                }
            }
            rest >>= 4;
            comparison += 1;
        }
        sums
    }
}

/// Probabilities that stand to each other as these logarithms.
fn shares(sums: [f64; CLASSES]) -> [f64; CLASSES] {
    let most = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let odds = sums.map(|sum| (sum - most).exp());
    let total: f64 = odds.iter().sum();
    odds.map(|odd| odd / total)
}

/// Weighted counts by comparison and level.
struct Sums {
    sums: Vec<[f64; 16]>,
}

impl Sums {
    fn new() -> Self {
        Sums { sums: vec![[0.0; 16]; library().len()] }
    }

    fn add(&mut self, vector: ComparisonVector, weight: f64) {
        let mut rest = vector.0;
        let mut comparison = 0;
        while rest != 0 {
            let level = (rest & 15) as usize;
            if level != 0 {
                self.sums[comparison][level] += weight;
            }
            rest >>= 4;
            comparison += 1;
        }
    }

    /// Counts together what is alike but for relatives.
    fn count_together(&mut self) {
        for names in ALIKE_BUT_FOR_RELATIVES {
            let [Some(first), Some(second)] = names.map(place_of) else { continue };
            let together = std::array::from_fn(|level| self.sums[first][level] + self.sums[second][level]);
            self.sums[first] = together;
            self.sums[second] = together;
        }
    }

    /// Probabilities of strangers: counts, drawn [`towards`] what is assumed of each level.
    fn of_strangers(&self) -> Vec<[f64; 16]> {
        let mut tables = vec![[0.0; 16]; self.sums.len()];
        for ((table, counts), comparison) in tables.iter_mut().zip(&self.sums).zip(library()) {
            let total: f64 = counts.iter().sum();
            let pseudo = TRAINING_SMOOTHING_PAIRS / comparison.levels.len() as f64;
            for ((probability, count), level) in table[1..].iter_mut().zip(&counts[1..]).zip(comparison.levels) {
                *probability = towards(level.u_before, pseudo, *count, total);
            }
            let sum: f64 = table.iter().sum();
            table.iter_mut().for_each(|probability| *probability /= sum);
        }
        tables
    }

    /// Probabilities: counts, with so many pairs' worth of `prior` added.
    fn smoothed(&self, prior: &[[f64; 16]], worth: f64) -> Vec<[f64; 16]> {
        let mut tables = Vec::with_capacity(self.sums.len());
        for (counts, prior) in self.sums.iter().zip(prior) {
            let total: f64 = counts.iter().sum::<f64>() + worth;
            let mut table = [0.0; 16];
            for level in 1..16 {
                table[level] = (counts[level] + worth * prior[level]) / total;
            }
            tables.push(table);
        }
        tables
    }
}

/// A probability from `count` of `total` and the one assumed before, which is worth as many pairs as show `pseudo` of it, at most
/// [`TRAINING_ASSUMED_PAIRS_MAX`]. With no pairs it is the one assumed; among many it is their share, with `pseudo` added.
fn towards(before: f64, pseudo: f64, count: f64, total: f64) -> f64 {
    let worth = (pseudo / before).min(TRAINING_ASSUMED_PAIRS_MAX);
    let assumed = before * worth;
    (count + assumed + (pseudo - assumed) * total / (total + worth)) / (total + worth)
}

/// Whether the two records of a vector differ in two things that last (parts of the name, sex, birth date) and agree in nothing of one's
/// own. A person's records seldom do; relatives who share a phone and little else always, and in a file with more families than duplicates
/// a class of persons that learns from them becomes one of families.
fn contradicts(vector: ComparisonVector) -> bool {
    let level = |place: usize| usize::from(vector.level(place));
    let differs = |place: usize, of: &Comparison| LASTING.contains(&of.field) && level(place) == of.levels.len();
    let agrees = |place: usize, of: &Comparison| {
        let found = level(place).checked_sub(1).and_then(|level| of.levels.get(level));
        let is_borrowed = RELATIVES_BORROW.iter().any(|(name, share)| *name == of.name && *share > OWN_BORROWED_MAX);
        of.rival == RivalTie::Personal && !is_borrowed && found.is_some_and(|found| found.u_before <= OWN_U_MAX)
    };
    let rows = || library().iter().enumerate();
    rows().filter(|(place, of)| differs(*place, of)).count() >= 2 && !rows().any(|(place, of)| agrees(place, of))
}

/// Holds what makes a person of a class of pairs: records of one person agree on what stays through life as it is written in at least
/// [`TRAINING_LASTING_SAME_MIN`], differ in it in at most [`TRAINING_LASTING_DIFFERENT_MAX`], and have the parts of a name in their order
/// in at least half; the other levels share the rest as they stand to each other.
fn hold_lasting(persons: &mut [[f64; 16]]) {
    for (table, comparison) in persons.iter_mut().zip(library()) {
        let last = comparison.levels.len();
        if LASTING.contains(&comparison.field) {
            at_least(table, 1..=last - 1, 1.0 - TRAINING_LASTING_DIFFERENT_MAX);
            at_least(table, 1..=1, TRAINING_LASTING_SAME_MIN);
        } else if comparison.name == WHOLE_NAME {
            at_least(table, 1..=1, 0.5);
        }
    }
}

/// Relatives: as learnt where living together shares it, as strangers where it is personal, but for what runs in families, as those show
/// whom certificates tell apart, and for numbers that are used for each other, as pairs `expected` to be relatives show.
fn tied(learnt: &[[f64; 16]], strangers: &[[f64; 16]], told_apart: &Sums, expected: &Sums) -> Vec<[f64; 16]> {
    let rows = library().iter().enumerate();
    rows.map(|(place, comparison)| match comparison.rival {
        RivalTie::Shared => {
            let mut table = learnt[place];
            if comparison.field == Field::FamilyName {
                let last = comparison.levels.len();
                at_least(&mut table, last..=last, TRAINING_RELATIVES_OTHER_FAMILY_MIN);
            }
            table
        }
        RivalTie::Personal => {
            let mut table = strangers[place];
            let shown = &told_apart.sums[place];
            let total: f64 = shown.iter().sum();
            for (_, level, least) in RELATIVES_ALIKE.iter().filter(|(name, ..)| *name == comparison.name) {
                let share = (shown[*level] + least * TRAINING_RELATIVES_PAIRS) / (total + TRAINING_RELATIVES_PAIRS);
                at_least(&mut table, *level..=*level, share.max(*least));
            }
            if let Some((_, before)) = RELATIVES_BORROW.iter().find(|(name, _)| *name == comparison.name) {
                let counts = &expected.sums[place];
                let total: f64 = counts.iter().sum();
                let share = (counts[1] + before * TRAINING_BORROWED_PAIRS) / (total + TRAINING_BORROWED_PAIRS);
                at_least(&mut table, 1..=1, share);
            }
            table
        }
    })
    .collect()
}

/// Raises levels, as they stand to each other, to a sum of `least`, and lowers the others to the rest.
fn at_least(table: &mut [f64; 16], levels: std::ops::RangeInclusive<usize>, least: f64) {
    let sum: f64 = table[levels.clone()].iter().sum();
    if sum < least {
        let (within, without) = (least / sum.max(PROBABILITY_FLOOR), (1.0 - least) / (1.0 - sum).max(PROBABILITY_FLOOR));
        table
            .iter_mut()
            .enumerate()
            .for_each(|(level, probability)| *probability *= if levels.contains(&level) { within } else { without });
    }
}

/// Rivals share a phone or a device as often under one name or none as under two, where it is seen: the exact levels of the other
/// comparisons keep their proportions and get the sum of those under different names, if there are any (`filled`: by comparison, the share
/// of pairs in which there is something to compare).
fn tie_by_naming(rival: &mut [[f64; 16]], filled: &[f64]) {
    for places in BY_NAMING.iter().map(|names| names.map(place_of)) {
        let [Some(alike), Some(unnamed), Some(apart)] = places else { continue };
        if filled[apart] == 0.0 {
            continue;
        }
        let exact = library()[apart].exact_levels;
        let sum = |table: &[f64; 16]| table[1..=exact].iter().sum::<f64>();
        let shared = sum(&rival[apart]);
        for place in [alike, unnamed] {
            let table = &mut rival[place];
            let scale = shared / sum(table).max(PROBABILITY_FLOOR);
            let exact: Vec<f64> = table[1..=exact].iter().map(|level| level * scale).collect();
            replace_exact(table, &exact, 1.0 - PROBABILITY_FLOOR);
        }
    }
}

/// Relatives who share a phone hide or mistype it as often as one person does: what lies between exact agreement and difference stands to
/// the exact levels as it does among persons. Numbers that fit by chance are strangers'.
fn tie_near_levels(relatives: &mut [[f64; 16]], persons: &[[f64; 16]]) {
    for (place, comparison) in library().iter().enumerate().filter(|(_, comparison)| BY_NAMING.as_flattened().contains(&comparison.name)) {
        let (exact, last) = (comparison.exact_levels, comparison.levels.len());
        let (table, of_person) = (&mut relatives[place], &persons[place]);
        let sum = |table: &[f64; 16], levels: &[usize]| levels.iter().map(|level| table[*level]).sum::<f64>();
        let different = table[last];
        for level in exact + 1..last {
            let as_these = comparison.exact_levels_like(level);
            let share = sum(table, &as_these) / sum(of_person, &as_these).max(PROBABILITY_FLOOR);
            table[level] = (of_person[level] * share).max(PROBABILITY_FLOOR);
        }
        table[last] = different.max(PROBABILITY_FLOOR);
        let whole: f64 = table[1..=last].iter().sum();
        table[1..=last].iter_mut().for_each(|probability| *probability /= whole);
    }
}

/// Relatives who go by a screen name tell their family name as often as anybody, and it is the same as often as they have the same.
fn tie_told_family(relatives: &mut [[f64; 16]], persons: &[[f64; 16]]) {
    let (Some(told), Some(family)) = (place_of(TOLD_NAME), place_of(Field::FamilyName.name())) else { return };
    let same = relatives[family][1] / persons[family][1].max(PROBABILITY_FLOOR);
    let level = usize::from(FAMILY_TOLD);
    at_least(&mut relatives[told], level..=level, persons[told][level] * same.min(1.0));
}

/// Sets the probabilities of the exact levels, each at most `most`, and scales the other levels to the rest.
fn replace_exact(levels: &mut [f64; 16], exact: &[f64], most: f64) {
    let (agreeing, others) = levels[1..].split_at_mut(exact.len());
    for (level, exact) in agreeing.iter_mut().zip(exact) {
        *level = exact.clamp(PROBABILITY_FLOOR, most);
    }
    let rest = (1.0 - agreeing.iter().sum::<f64>()) / others.iter().sum::<f64>().max(PROBABILITY_FLOOR);
    others.iter_mut().for_each(|level| *level *= rest);
}

/// log2(m/other) by level, never rising towards disagreement within each of the `runs` that begin at these places: neighbours out of order
/// are pooled (pool adjacent violators).
fn monotone(m: &[f64], other: &[f64], runs: &[usize]) -> Vec<MatchWeight> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    let mut first = 0;
    for (level, (m, other)) in m.iter().zip(other).enumerate() {
        if runs.contains(&level) {
            first = pools.len();
        }
        pools.push((m.max(PROBABILITY_FLOOR), other.max(PROBABILITY_FLOOR), 1));
        while let [.., (m0, o0, n0), (m1, o1, n1)] = pools[first..]
            && m0 / o0 < m1 / o1
        {
            pools.truncate(pools.len() - 2);
            pools.push((m0 + m1, o0 + o1, n0 + n1));
        }
    }
    pools.iter().flat_map(|(m, other, levels)| std::iter::repeat_n(MatchWeight::from_ratio(m / other), *levels)).collect()
}

#[cfg(test)]
#[path = "estimate_tests.rs"]
mod tests;
