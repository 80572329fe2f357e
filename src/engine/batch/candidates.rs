//! Blocking rules to candidate pairs.
//!
//! 1. A rule's keys are sorted part by part; a rule that is far over its budget is known by a few parts, or by a few values it asks for.
//! 2. What shares a key is a block. Blocks that are too large for the rule's share of pairs are refined, the largest first.
//! 3. Blocks give pairs row by row, see [`super::partners`].
//!
//! Always: what comes of it depends on the records and the rules, not on threads.

use super::found::least;
use super::keys::{DRAWN_ONE_IN, Drawn, KeyBook, Keyed};
use super::partners::{LAST, Partners, RuleBlocks, chunks};
use crate::blocking::{REFINEMENTS, Rule, RuleSet, Visited, visit_blocks};
use crate::comparison::RecordTable;
use crate::engine::Observer;
use crate::limits::{
    ALWAYS_PAIRS_MIN, ALWAYS_PAIRS_PER_RECORD_MAX, BLOCK_RECORDS_MAX, WIDER_PAIRS_MIN, WIDER_PAIRS_PER_RECORD_MAX, WIDER_RECORDS_FULL,
    WIDER_RECORDS_PER_PAIR_MAX, WIDER_REPEATS_MAX,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::num::NonZeroU64;
use std::ops::Range;

/// One of so many parts of the keys is looked at first where a rule may be over its budget.
const FIRST_PARTS_ONE_IN: usize = 16;

/// Pairs of a part of the keys from which those of all keys can be told, within a third.
const TELLING_PAIRS_MIN: u64 = 100_000;

/// By how many times its spread, and by that of 1, what a few values tell must pass what is bearable.
const SPREADS: f64 = 3.0;

/// Largest blocks that are tried for a rule, falling.
const BLOCKS_TRIED: &[usize] = &[192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4];

/// What one rule did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleStatistics {
    /// The rule.
    pub rule: String,
    /// Pairs it gave.
    pub pairs: u64,
    /// Pairs that no rule before it gave.
    pub new_pairs: u64,
    /// Blocks of two records and more.
    pub blocks: u64,
    /// Records in its largest block.
    pub largest_block: usize,
    /// Records in the largest block whose pairs are all formed.
    pub block_max: usize,
    /// Blocks that were refined because they passed that.
    pub refined_blocks: u64,
    /// Blocks that nothing parts and that are too large to give pairs all the same.
    pub hot_blocks: u64,
    /// Records in those.
    pub hot_records: u64,
    /// Whether the rule was left out because its pairs passed the budget of the wider rules, or hardly anything was left of that; it gave no
    /// pair then, and blocks are those seen until it was clear.
    pub over_budget: bool,
}

/// Candidate pairs and the rules that gave them.
#[derive(Debug)]
pub struct Candidates {
    /// How many pairs there are.
    pub count: u64,
    /// The rules that applied.
    pub rules: RuleSet,
    /// What each rule did, those that were over the budget too.
    pub statistics: Vec<RuleStatistics>,
    partners: Partners,
    /// By number of a rule: the bit of its family.
    families: Vec<u8>,
}

/// Some candidate pairs, those of a few rows.
#[derive(Clone, Debug, Default)]
pub struct PairsOfRows {
    /// Each pair once, low row in the high half, rising.
    pub pairs: Vec<u64>,
    /// By pair: the families of the rules that gave it, as a set of their bits.
    pub families: Vec<u8>,
}

impl Candidates {
    /// Calls `work` for all pairs, those of some rows at a time, on all cores; what comes of it is in the order of the rows.
    pub fn each<R: Send>(&self, work: impl Fn(&PairsOfRows) -> R + Sync) -> Vec<R> {
        let of_rows = |found: &mut PairsOfRows, rows: Range<u32>| {
            found.pairs.clear();
            found.families.clear();
            self.partners.each(rows, &mut |row, of_pair| {
                found.pairs.push(u64::from(row) << 32 | of_pair[0] >> 8);
                found.families.push(of_pair.iter().fold(0, |bits, entry| bits | self.families[*entry as u8 as usize]));
            });
            work(found)
        };
        chunks(self.partners.rows()).into_par_iter().map_init(PairsOfRows::default, of_rows).collect()
    }

    /// All pairs, low row in the high half, rising: for tests and for records that are few.
    pub fn pairs(&self) -> Vec<u64> {
        self.each(|found| found.pairs.clone()).concat()
    }

    /// Whether two rows are a pair.
    pub fn has(&self, a: u32, b: u32) -> bool {
        let mut behind = Vec::new();
        self.partners.behind(a.min(b), &mut behind);
        behind.binary_search_by_key(&a.max(b), |entry| (entry >> 8) as u32).is_ok()
    }
}

/// How many pairs blocking rules may give in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Those of a rule that always applies, before its largest blocks are refined.
    pub always: u64,
    /// All wider rules together.
    pub wider: u64,
}

impl Budget {
    /// Of a batch of so many records.
    pub fn of(records: usize) -> Self {
        let (full, further) = (records.min(WIDER_RECORDS_FULL), records.saturating_sub(WIDER_RECORDS_FULL));
        Budget {
            always: ALWAYS_PAIRS_MIN.max(ALWAYS_PAIRS_PER_RECORD_MAX * records as u64),
            wider: WIDER_PAIRS_MIN.max(WIDER_PAIRS_PER_RECORD_MAX * full as u64 + further as u64),
        }
    }
}

/// All candidate pairs of `rows`. Where rules are to be fitted to these records by a `budget`, blocks of rules that always apply are refined,
/// the largest first, so that the pairs of the others fit the rule's budget, and wider rules apply in their order while the pairs they give
/// (those of several rules counted in each) fit what is left of theirs; else all apply as they stand.
pub fn candidate_pairs(table: &RecordTable, rows: &[u32], rules: &RuleSet, budget: Option<Budget>, observer: &dyn Observer) -> Candidates {
    let always = rules.always.len();
    assert!(always + rules.wider.len() <= usize::from(u8::MAX) + 1, "rules are numbered with eight bits");
    let refine = Refinements { table, rows, keys: OnceCell::new() };
    let (mut applied, mut statistics) = (RuleSet::only(Vec::new()), Vec::new());
    let mut book = KeyBook::new(table, rows, rules);
    let mut blocks: Vec<RuleBlocks> = Vec::new();
    let mut left = budget.map(|budget| budget.wider);
    let least_budget = rows.len() as u64 / WIDER_RECORDS_PER_PAIR_MAX;
    for (number, (rule, usual_max)) in rules.with_blocks().enumerate() {
        let mut block_max = usual_max;
        let of_wider = left.filter(|_| number >= always);
        let is_tried = of_wider.is_none_or(|left| left >= least_budget);
        // Of values one edit apart a pair shares several keys, so that its blocks may give it several times.
        let bearable = of_wider.map_or(u64::MAX, |left| left.saturating_mul(WIDER_REPEATS_MAX));
        let share = budget.filter(|_| of_wider.is_none()).map(|budget| budget.always);
        let mut formed = Blocks::default();
        if is_tried {
            let is_doubtful = statistics.iter().any(|rule: &RuleStatistics| rule.over_budget);
            let bounds = Bounds { share, bearable, room: observer.room(), is_doubtful };
            formed = blocks_of(&Asking { rule, by_kind: number >= always, refinements: &refine }, &mut book, &mut block_max, bounds);
            book.end(rule);
        }
        let mut over_budget = !is_tried;
        if let Some(most) = of_wider.filter(|_| is_tried) {
            over_budget = formed.pairs > bearable;
            if !over_budget {
                let alone = vec![RuleBlocks { rows: std::mem::take(&mut formed.rows), number: number as u8, is_once: false }];
                (formed.rows, formed.pairs) = Partners::of(alone, table.rows()).once();
                over_budget = formed.pairs > most;
            }
            left = Some(if over_budget { most } else { most - formed.pairs });
        }
        let Blocks { rows: of_rule, visited, .. } = formed;
        statistics.push(RuleStatistics {
            rule: rule.name.to_string(),
            pairs: 0,
            new_pairs: 0,
            blocks: visited.blocks,
            largest_block: visited.largest,
            block_max,
            refined_blocks: visited.refined,
            hot_blocks: if over_budget { 0 } else { visited.hot.len() as u64 },
            hot_records: if over_budget { 0 } else { visited.hot.iter().map(|hot| hot.records as u64).sum() },
            over_budget,
        });
        if !over_budget {
            let taken = if number < always { &mut applied.always } else { &mut applied.wider };
            taken.push(Rule { block_max: (block_max != usual_max).then_some(block_max).or(rule.block_max), ..rule.clone() });
            blocks.push(RuleBlocks { rows: of_rule, number: number as u8, is_once: of_wider.is_some() });
        }
        observer.advance(1);
    }
    drop(book);
    let families = rules.with_blocks().map(|(rule, _)| rule.family().bit()).collect();
    let partners = Partners::of(blocks, table.rows());
    let count = partners.count(&mut statistics);
    Candidates { count, rules: applied, statistics, partners, families }
}

/// A rule that is asked for its blocks.
struct Asking<'a> {
    rule: &'a Rule,
    /// Whether kinds of rows are asked or rows, which goes by the rule's place alone: a rule gives the same pairs while a model is learnt and once
    /// it is given.
    by_kind: bool,
    refinements: &'a Refinements<'a>,
}

/// What the blocks of a rule must keep to.
#[derive(Clone, Copy)]
struct Bounds {
    /// Pairs to which the largest block is fitted.
    share: Option<u64>,
    /// What gives more pairs ends early.
    bearable: u64,
    /// Memory that may still be asked for, bytes.
    room: Option<u64>,
    /// Whether the rule may well give more, which is then found out first.
    is_doubtful: bool,
}

/// The blocks of a rule; `block_max` is fitted to its share of pairs.
fn blocks_of(asking: &Asking<'_>, book: &mut KeyBook<'_>, block_max: &mut usize, bounds: Bounds) -> Blocks {
    let (Asking { rule, by_kind, refinements }, Bounds { share, bearable, room, is_doubtful }) = (asking, bounds);
    if is_doubtful
        && bearable < u64::MAX
        && let Some(formed) = hopeless(asking, book, *block_max, bounds)
    {
        return formed;
    }
    book.ask(rule, *by_kind);
    let passes = book.passes(rule, room);
    let mut sizes = BlockSizes::default();
    if let Some(share) = share.filter(|_| passes > 1) {
        // What fits is told from all keys.
        for pass in book.parts_of(passes) {
            book.find(rule, pass.clone());
            sizes.add(book.sorted(pass));
        }
        *block_max = sizes.fitting(*block_max, share);
    }
    let first = book.parts() / FIRST_PARTS_ONE_IN;
    let mut formed = form(&[book.alike(rule)], *block_max, refinements, bearable);
    let alike = formed.pairs;
    for pass in book.parts_of(passes) {
        // Most of what is far over its budget is known by a part of the keys, which is gone through by itself where there is a budget.
        let is_parted = bearable < u64::MAX && pass.contains(&first) && pass.start < first;
        let is_found_by_step = is_parted && is_doubtful;
        if !is_found_by_step {
            book.find(rule, pass.clone());
        }
        let steps = if is_parted { vec![pass.start..first, first..pass.end] } else { vec![pass] };
        for parts in steps {
            if is_found_by_step {
                book.find(rule, parts.clone());
            }
            let until = parts.end;
            let keyed = book.sorted(parts);
            if let Some(share) = share.filter(|_| passes == 1) {
                sizes.add(keyed);
                *block_max = sizes.fitting(*block_max, share);
            }
            let more = form(keyed, *block_max, refinements, bearable.saturating_sub(formed.pairs));
            formed = formed.and(more);
            // A key falls into any part: the rest gives about as many. Asked at one place, whatever the number of passes.
            let of_kinds = formed.pairs - alike;
            let likely = alike + of_kinds.saturating_mul(book.parts() as u64) / until as u64;
            let is_hopeless = until == first && of_kinds >= TELLING_PAIRS_MIN && likely / 3 * 2 > bearable;
            if formed.pairs > bearable || is_hopeless {
                formed.pairs = formed.pairs.max(likely);
                return formed;
            }
        }
    }
    formed
}

/// Some blocks of a rule, and about how many pairs all of them give, where a few of the values it asks for tell that these are more than
/// is bearable.
fn hopeless(asking: &Asking<'_>, book: &mut KeyBook<'_>, block_max: usize, bounds: Bounds) -> Option<Blocks> {
    let (mut formed, drawn) = of_drawn(asking, book, block_max, bounds)?;
    let likely = formed.pairs.saturating_mul(DRAWN_ONE_IN);
    let is_clear = formed.pairs >= TELLING_PAIRS_MIN && likely as f64 > bounds.bearable as f64 * (1.0 + SPREADS * drawn.spread);
    formed.pairs = likely;
    is_clear.then_some(formed)
}

/// The blocks of a rule by a few of the values it asks for, and what drew them.
fn of_drawn(asking: &Asking<'_>, book: &mut KeyBook<'_>, block_max: usize, bounds: Bounds) -> Option<(Blocks, Drawn)> {
    let Asking { rule, by_kind, refinements } = asking;
    let drawn = book.draw(rule)?;
    let mut few = book.lend(&drawn);
    few.ask(rule, *by_kind);
    let mut formed = form(&[few.alike(rule)], block_max, refinements, bounds.bearable);
    for parts in few.parts_of(few.passes(rule, bounds.room)) {
        few.find(rule, parts.clone());
        formed = formed.and(form(few.sorted(parts), block_max, refinements, bounds.bearable));
    }
    book.take_back(few);
    Some((formed, drawn))
}

/// Blocks of one rule.
#[derive(Default)]
struct Blocks {
    /// Their rows, block behind block; the last of each is marked [`LAST`].
    rows: Vec<u32>,
    /// The pairs they give, one of several blocks counted in each.
    pairs: u64,
    visited: Visited,
}

impl Blocks {
    fn and(mut self, other: Blocks) -> Self {
        self.rows.extend_from_slice(&other.rows);
        self.pairs += other.pairs;
        self.visited.add(other.visited);
        self
    }
}

/// What blocks are refined by: by level, by row of the table. Few batches need it.
struct Refinements<'a> {
    table: &'a RecordTable,
    rows: &'a [u32],
    keys: OnceCell<Vec<Vec<Option<NonZeroU64>>>>,
}

impl Refinements<'_> {
    /// The keys by which blocks of more than `block_max` rows are refined; nothing where there is no such block. Found before threads ask.
    fn of(&self, keyed: &[Keyed], block_max: usize) -> &[Vec<Option<NonZeroU64>>] {
        let is_large = |keyed: &Keyed| keyed.chunk_by(|a, b| a.0 == b.0).any(|block| block.len() > block_max);
        if !keyed.par_iter().any(is_large) {
            return &[];
        }
        self.keys.get_or_init(|| REFINEMENTS.iter().map(|expression| least(*expression, self.table, self.rows)).collect())
    }
}

/// The blocks of a rule; a part of the keys whose pairs pass `most` ends early.
fn form(keyed: &[Keyed], block_max: usize, refinements: &Refinements<'_>, most: u64) -> Blocks {
    let keys = refinements.of(keyed, block_max);
    let of_part = |keyed: &Keyed| {
        let (mut rows, mut pairs) = (Vec::new(), 0);
        let visited = visit_blocks(keyed, block_max, &|row, level| keys[level][row as usize].map(NonZeroU64::get), &mut |block| {
            pairs += pairs_of(block.len());
            rows.extend(block.iter().map(|(_, row)| *row));
            if let Some(last) = rows.last_mut() {
                *last |= LAST;
            }
            pairs <= most
        });
        Blocks { rows, pairs, visited }
    };
    let parts: Vec<Blocks> = keyed.par_iter().map(of_part).collect();
    let mut all = Blocks { rows: Vec::with_capacity(parts.iter().map(|part| part.rows.len()).sum()), ..Blocks::default() };
    parts.into_iter().for_each(|part| all = std::mem::take(&mut all).and(part));
    all
}

const fn pairs_of(records: usize) -> u64 {
    records as u64 * (records as u64).saturating_sub(1) / 2
}

/// How many blocks there are of each size up to the largest whose pairs are formed.
struct BlockSizes([u64; BLOCK_RECORDS_MAX + 1]);

impl Default for BlockSizes {
    fn default() -> Self {
        BlockSizes([0; BLOCK_RECORDS_MAX + 1])
    }
}

impl BlockSizes {
    fn add(&mut self, keyed: &[Keyed]) {
        let count = |keyed: &Keyed| {
            let mut blocks = [0u64; BLOCK_RECORDS_MAX + 1];
            keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() <= BLOCK_RECORDS_MAX).for_each(|block| blocks[block.len()] += 1);
            blocks
        };
        let join = |mut a: [u64; BLOCK_RECORDS_MAX + 1], b: [u64; BLOCK_RECORDS_MAX + 1]| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        };
        let counted = keyed.par_iter().map(count).reduce(|| [0; BLOCK_RECORDS_MAX + 1], join);
        self.0.iter_mut().zip(counted).for_each(|(all, more)| *all += more);
    }

    /// The largest block, of at most `block_max`, with which the blocks of no more records give at most `budget` pairs, if it is one of those
    /// tried; what refined parts of larger ones give comes on top.
    fn fitting(&self, block_max: usize, budget: u64) -> usize {
        let pairs = |most: usize| (0..=most).map(|records| self.0[records] * pairs_of(records)).sum::<u64>();
        let fits = |most: &usize| pairs(*most) <= budget;
        if fits(&block_max) {
            return block_max;
        }
        let smallest = BLOCKS_TRIED[BLOCKS_TRIED.len() - 1];
        BLOCKS_TRIED.iter().copied().filter(|most| *most < block_max).find(fits).unwrap_or(block_max.min(smallest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Silent;
    use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};
    use std::collections::{BTreeMap, BTreeSet};

    fn records(count: usize) -> Vec<CanonicalRecord> {
        let record = |row: usize| {
            let values = [
                (Field::FamilyName, ["smith", "smyth", "王", "wang"][row % 4].to_string()),
                (Field::GivenName, ["anna", "anne", "伟", "小伟", "bob"][row % 5].to_string()),
                (Field::BirthDate, format!("198{}-0{}-11", row % 3, row % 2 + 1)),
                (Field::Phone, format!("+86139000000{}{}", row % 2, row % 10)),
                (Field::Phone, format!("+8613912345{}78", row % 7)),
                (Field::Email, format!("person{}@example.com", row % 9)),
                (Field::City, ["北京", "london"][row % 2].to_string()),
            ];
            let values = values.into_iter().skip(row % 3).map(|(field, text)| FieldValue { field, text: text.into(), grade: Grade::Valid });
            CanonicalRecord::new(RecordKey::new("s", row.to_string()), 0, None, values.collect())
        };
        (0..count).map(record).collect()
    }

    #[test]
    fn candidates_are_the_pairs_that_share_a_key_of_a_rule() {
        let records = records(60);
        let rows: Vec<u32> = (0..records.len() as u32).filter(|row| row % 11 != 3).collect();
        let rules = RuleSet::default();
        let mut expected: BTreeMap<u64, u8> = BTreeMap::new();
        let mut of_rules = Vec::new();
        for (rule, _) in rules.with_blocks() {
            let keys = |row: &u32| {
                let mut keys = Vec::new();
                rule.keys(&records[*row as usize], &mut keys);
                keys.into_iter().collect::<BTreeSet<u64>>()
            };
            let keys: Vec<BTreeSet<u64>> = rows.iter().map(keys).collect();
            let (mut pairs, mut new) = (0, 0);
            for (low, of_low) in keys.iter().enumerate() {
                for (high, _) in keys.iter().enumerate().skip(low + 1).filter(|(_, of_high)| !of_low.is_disjoint(of_high)) {
                    let families = expected.entry(u64::from(rows[low]) << 32 | u64::from(rows[high])).or_insert(0);
                    (pairs, new) = (pairs + 1, new + u64::from(*families == 0));
                    *families |= rule.family().bit();
                }
            }
            of_rules.push((rule.name.to_string(), pairs, new));
        }
        let table = RecordTable::build(&records);
        for budget in [None, Some(Budget::of(rows.len()))] {
            let found = candidate_pairs(&table, &rows, &rules, budget, &Silent);
            let pairs = found.pairs();
            assert!(pairs.is_sorted() && pairs.len() > 1_000 && found.count == pairs.len() as u64);
            assert_eq!(pairs.into_iter().zip(found.each(|found| found.families.clone()).concat()).collect::<BTreeMap<_, _>>(), expected);
            let has =
                |low: u32| (0..low).all(|high| found.has(low, high) == expected.contains_key(&(u64::from(high) << 32 | u64::from(low))));
            assert!((0..records.len() as u32).all(has));
            let statistics = found.statistics.iter().map(|rule| (rule.rule.clone(), rule.pairs, rule.new_pairs));
            assert_eq!(statistics.collect::<Vec<_>>(), of_rules);
            assert_eq!(found.rules, rules, "nothing is left out or refined");
        }
    }

    /// Memory for nothing but the smallest passes.
    struct NoRoom;

    impl Observer for NoRoom {
        fn begin(&self, _: crate::engine::Phase, _: u64) {}
        fn advance(&self, _: u64) {}
        fn room(&self) -> Option<u64> {
            Some(0)
        }
    }

    #[test]
    fn smaller_passes_come_to_the_same() {
        let (records, rules) = (records(400), RuleSet::default());
        let rows: Vec<u32> = (0..records.len() as u32).collect();
        let table = RecordTable::build(&records);
        let tight = Budget { always: 2_000, wider: 10_000 };
        for budget in [None, Some(Budget::of(rows.len())), Some(tight)] {
            let [whole, passes] = [&Silent as &dyn Observer, &NoRoom].map(|by| candidate_pairs(&table, &rows, &rules, budget, by));
            assert!(whole.pairs() == passes.pairs() && whole.count > 1_000, "{budget:?}");
            assert!(whole.rules == passes.rules, "{budget:?}");
            // Of a rule over its budget is told what was seen until that was clear.
            let is_same = |(a, b): (&RuleStatistics, &RuleStatistics)| a == b || (a.over_budget && b.over_budget && a.rule == b.rule);
            assert!(whole.statistics.iter().zip(&passes.statistics).all(is_same), "{budget:?}");
        }
    }

    /// Records with made-up names, of one of 480 months and two cities, with two phones of 500 ends each.
    fn of_many_months(count: usize) -> Vec<CanonicalRecord> {
        let mut random = fastrand::Rng::with_seed(3);
        let mut record = |row: usize| {
            let syllables = ["an", "bel", "cor", "dan", "el", "fin", "gus", "hal", "in", "jo"];
            let mut name = || -> String { (0..3).map(|_| syllables[random.usize(..10)]).collect() };
            let (family, given) = (name(), name());
            let born = format!("{}-{:02}-11", 1950 + random.u32(..40), random.u32(1..13));
            let mut phone = |start: &str| format!("{start}{:04}", random.u32(..500));
            let phones = [phone("+861391234"), phone("+861381234")];
            let values = [(Field::FamilyName, family), (Field::GivenName, given), (Field::BirthDate, born)];
            let values = values.into_iter().chain(phones.map(|phone| (Field::Phone, phone)));
            let values = values.chain([(Field::City, ["leeds", "york"][row % 2].to_string())]);
            let values = values.map(|(field, text)| FieldValue { field, text: text.into(), grade: Grade::Valid });
            CanonicalRecord::new(RecordKey::new("s", row.to_string()), 0, None, values.collect())
        };
        (0..count).map(&mut record).collect()
    }

    #[test]
    fn a_few_values_tell_how_many_pairs_a_near_rule_gives() {
        let records = of_many_months(20_000);
        let rows: Vec<u32> = (0..records.len() as u32).collect();
        let table = RecordTable::build(&records);
        let refine = Refinements { table: &table, rows: &rows, keys: OnceCell::new() };
        let rule = |text: &str| Rule::parse(text).expect("a rule");
        let (of_month, of_phone) = (rule("name_part~ + birth_year_month"), rule("name_part~ + phone_tail"));
        let untold = ["name_part~ + city", "name_part + birth_year_month", "name~", "name_part~ + name + birth_year_month"].map(rule);
        let rules = RuleSet::only(untold.iter().cloned().chain([of_month.clone(), of_phone.clone()]).collect());
        let mut book = KeyBook::new(&table, &rows, &rules);
        let asking = |rule| Asking { rule, by_kind: true, refinements: &refine };
        let unbound = Bounds { share: None, bearable: u64::MAX, room: None, is_doubtful: false };
        for untold in &untold {
            assert!(of_drawn(&asking(untold), &mut book, 64, unbound).is_none(), "{}", untold.name);
        }
        for rule in [&of_month, &of_phone] {
            let (few, drawn) = of_drawn(&asking(rule), &mut book, 64, unbound).expect("so many values tell");
            let likely = few.pairs * DRAWN_ONE_IN;
            let all = blocks_of(&asking(rule), &mut book, &mut 64, unbound).pairs;
            let off = (likely as f64 / all as f64 - 1.0).abs();
            assert!((0.1..0.3).contains(&drawn.spread) && all > 15_000 && off < SPREADS * drawn.spread, "{}: {likely} of {all}", rule.name);
            // What is asked anew is found as before.
            let again = of_drawn(&asking(rule), &mut book, 64, Bounds { room: Some(0), ..unbound });
            assert_eq!(again.map(|(again, _)| again.pairs), Some(few.pairs));
            assert!(hopeless(&asking(rule), &mut book, 64, Bounds { bearable: 10, ..unbound }).is_none(), "so few pairs tell nothing");
        }
    }

    #[test]
    fn what_a_few_values_tell_does_not_go_by_order_or_room() {
        let mut records = of_many_months(400);
        // Sixty-four of one name in each of eight hundred months: a sixteenth of them is more than a hundred thousand pairs.
        let of_month = |row: usize| {
            let values = [
                (Field::FamilyName, "smith".to_string()),
                (Field::GivenName, "anna".to_string()),
                (Field::BirthDate, format!("{}-{:02}-11", 1930 + row / 64 / 12, row / 64 % 12 + 1)),
                (Field::Phone, format!("+86137{:08}", row / 2)),
            ];
            let values = values.into_iter().map(|(field, text)| FieldValue { field, text: text.into(), grade: Grade::Valid });
            CanonicalRecord::new(RecordKey::new("s", format!("m{row}")), 0, None, values.collect())
        };
        records.extend((0..64 * 900).map(of_month));
        let rule = |text: &str| Rule::parse(text).expect("a rule");
        let wider = vec![rule("name_part"), rule("name_part~ + birth_year_month"), rule("phone")];
        let rules = RuleSet { always: vec![rule("resident_id")], wider };
        let budget = Some(Budget { always: 1_000_000, wider: 100_000 });
        let found = |records: &[CanonicalRecord], by: &dyn Observer| {
            let rows: Vec<u32> = (0..records.len() as u32).collect();
            let found = candidate_pairs(&RecordTable::build(records), &rows, &rules, budget, by);
            let near = found.statistics[2].clone();
            assert!(near.over_budget && near.blocks < 900 / 8, "told by a few of its blocks: {}", near.blocks);
            (found.rules.clone(), found.count, near)
        };
        let usual = found(&records, &Silent);
        assert_eq!((&usual.0.wider[..], usual.1), (&[rule("phone")][..], 64 * 900 / 2 + pairs_by_chance(&records)));
        assert!(found(&records, &NoRoom) == usual);
        records.reverse();
        assert!(found(&records, &Silent) == usual);
    }

    /// Pairs of the made-up names that share a phone.
    fn pairs_by_chance(records: &[CanonicalRecord]) -> u64 {
        let mut held: BTreeMap<&str, u64> = BTreeMap::new();
        let phones = records.iter().filter(|record| !record.key.id.starts_with('m')).flat_map(|record| record.of(Field::Phone));
        phones.for_each(|phone| *held.entry(&phone.text).or_default() += 1);
        held.values().map(|holders| holders * (holders - 1) / 2).sum()
    }

    #[test]
    fn the_largest_blocks_are_refined_first() {
        let block = |key: u64, rows: u32| (0..rows).map(move |row| (key, row));
        let keyed = [block(1, 200).chain(block(2, 40)).collect::<Keyed>(), block(3, 20).chain(block(4, 3)).collect()];
        let mut sizes = BlockSizes::default();
        keyed.chunks(1).for_each(|part| sizes.add(part));
        let all = pairs_of(200) + pairs_of(40) + pairs_of(20) + pairs_of(3);
        for (budget, most) in [(all, 256), (all - 1, 192), (pairs_of(40), 32), (pairs_of(20) + 3, 32), (pairs_of(20), 16), (0, 4)] {
            assert_eq!(sizes.fitting(256, budget), most, "{budget}");
        }
        assert_eq!(sizes.fitting(3, 0), 3, "never larger than the rule has it");
    }
}
