//! The blocking keys of many records, rule by rule: rules ask for the same few things of a record, which `found` has.

use super::found::Found;
use crate::blocking::{KeyExpression, LooksAt, NAME_PARTS, Rule, RuleSet, combine};
use crate::comparison::{RecordTable, Symbol};
use crate::limits::KEYS_PER_RECORD_MAX;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// Fewest and most parts into which keys fall by their hashes, powers of two.
const PARTS: std::ops::RangeInclusive<usize> = 64..=1_024;

/// Keys found at a time, for each row; a rule of more is gone through several times. One edit gives a phone number a dozen keys.
const KEYS_PER_ROW_MAX: usize = 16;

/// Memory that a key asks for: as it is found, in a list that may be half empty, and as it is sorted.
const KEY_BYTES: usize = 3 * size_of::<(u64, u32)>();

/// Memory that kinds of rows, blocks and their index ask for, for each row.
const BLOCKS_BYTES: usize = 140;

/// Most passes for want of memory: each finds the keys anew.
const TIGHT_PASSES_MAX: usize = 16;

/// One of so many rows tells how many keys a rule gives.
const ROWS_COUNTED_ONE_IN: usize = 64;

/// Rows for each part: its keys are sorted by themselves, in what a core keeps at hand.
const PART_ROWS: usize = 16_384;

/// Rows looked at by one thread at a time, at least.
const CHUNK_ROWS: usize = 16_384;

/// Rows whose keys one thread finds, at least.
const FOUND_ROWS_MIN: usize = 1_024;

/// Chunks of rows for each thread, so that none waits long for another.
const CHUNKS_PER_THREAD: usize = 8;

/// One of so many values of an expression is drawn.
pub const DRAWN_ONE_IN: u64 = 16;

/// Largest spread of what is told from drawn values: past that they are few, or a few of them hold most rows.
const DRAWN_SPREAD_MAX: f64 = 0.3;

/// Rows that have a drawn value of something that a rule asks for.
pub struct Drawn {
    /// By what it was drawn.
    expression: KeyExpression,
    /// Rising.
    pub rows: Vec<u32>,
    /// About how far what is told from these rows may be off (standard deviation in parts of it), as pairs go with the square of a value's rows.
    pub spread: f64,
}

/// What the rules of a batch ask of its records.
pub struct KeyBook<'a> {
    table: &'a RecordTable,
    rows: &'a [u32],
    /// By expression: how many rules are still to ask for it, and what one that was asked for found.
    asked: FxHashMap<KeyExpression, (usize, Option<Found>)>,
    /// Of what only drawn values give keys.
    drawn: Option<KeyExpression>,
    /// Rows that are the same to the rule that was asked for last, where that was asked for.
    kinds: Option<Kinds>,
    /// The first of the parts that were found last.
    first: usize,
    /// By chunk of rows, by part from that on: the keys of the last rule; those of the next one take their place.
    chunks: Vec<Vec<Keyed>>,
    /// By part, a power of two of them: these sorted by key, then row, those that stand alone left out.
    parts: Vec<Keyed>,
}

/// Keys with the rows that have them.
pub type Keyed = Vec<(u64, u32)>;

/// Rows by all that a rule looks at: what they have in common is common to all of a kind.
struct Kinds {
    /// Places among the rows, rising, kind behind kind.
    places: Vec<u32>,
    /// By kind: where its places end.
    ends: Vec<u32>,
    /// By kind: the one value that a rule of one field looks at; none where there are several and of other rules.
    values: Vec<Option<Symbol>>,
}

impl Kinds {
    /// Of rows that have what the expressions of `rule` look at. Kinds are told by a hash of 64 bits, as keys are, and lie in the order of the
    /// values that a rule of one thing looks at, so that these are read one behind the other, else in that of the rows.
    fn of(rule: &Rule, table: &RecordTable, rows: &[u32]) -> Self {
        let told = |(place, row): (usize, &u32)| {
            let view = table.view(*row);
            let mut hasher = FxHasher::default();
            let mut first = None;
            let mut look = |symbols: &[u32]| {
                first = first.or_else(|| symbols.first().copied());
                symbols.hash(&mut hasher);
            };
            let has_all = rule.all.iter().all(|expression| match expression.looks_at() {
                LooksAt::Each(field) => {
                    look(view.symbols(field));
                    view.has(field)
                }
                LooksAt::NameParts | LooksAt::WholeName => {
                    NAME_PARTS.into_iter().for_each(|field| look(view.symbols(field).get(..1).unwrap_or_default()));
                    NAME_PARTS.into_iter().any(|field| view.has(field))
                }
            });
            let is_alone = matches!(rule.all[..], [expression] if matches!(expression.looks_at(), LooksAt::Each(field) if view.symbols(field).len() == 1));
            has_all.then(|| (first, hasher.finish(), place as u32, is_alone))
        };
        let mut told: Vec<(Option<Symbol>, u64, u32, bool)> = rows.par_iter().enumerate().filter_map(told).collect();
        told.par_sort_unstable();
        let mut of_kinds: Vec<&[(Option<Symbol>, u64, u32, bool)]> = told.chunk_by(|a, b| a.1 == b.1).collect();
        if rule.all.len() > 1 {
            // Of several things that a rule looks at most are small enough to be at hand; the rows are not.
            of_kinds.par_sort_unstable_by_key(|kind| kind[0].2);
        }
        let mut kinds = Kinds { places: Vec::with_capacity(told.len()), ends: Vec::new(), values: Vec::new() };
        for kind in of_kinds {
            kinds.places.extend(kind.iter().map(|(_, _, place, _)| *place));
            kinds.ends.push(kinds.ends.last().copied().unwrap_or(0) + kind.len() as u32);
            kinds.values.push(kind[0].0.filter(|_| kind[0].3));
        }
        kinds
    }

    /// The places of a kind.
    fn of_kind(&self, kind: usize) -> &[u32] {
        let start = kind.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.places[start as usize..self.ends[kind] as usize]
    }

    /// Keys of kinds to keys of their rows, `rows` by place; what one kind alone has is left out.
    fn spread(&self, keyed: &mut Keyed, rows: &[u32]) {
        let mut all = Keyed::new();
        for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
            let start = all.len();
            for (key, kind) in block {
                all.extend(self.of_kind(*kind as usize).iter().map(|place| (*key, rows[*place as usize])));
            }
            all[start..].sort_unstable();
        }
        *keyed = all;
    }
}

impl<'a> KeyBook<'a> {
    /// Of `rows` of `table`, for these rules, each of which will ask once.
    pub fn new(table: &'a RecordTable, rows: &'a [u32], rules: &RuleSet) -> Self {
        let mut asked = FxHashMap::default();
        for expression in rules.with_blocks().flat_map(|(rule, _)| &rule.all) {
            asked.entry(*expression).or_insert((0, None)).0 += 1;
        }
        let chunks = rows.len().div_ceil(FOUND_ROWS_MIN).min(rayon::current_num_threads() * CHUNKS_PER_THREAD);
        let parts = rows.len().div_ceil(PART_ROWS).next_power_of_two().clamp(*PARTS.start(), *PARTS.end());
        KeyBook {
            table,
            rows,
            asked,
            drawn: None,
            kinds: None,
            first: 0,
            chunks: vec![vec![Keyed::new(); parts]; chunks],
            parts: vec![Keyed::new(); parts],
        }
    }

    /// The parts of each of so many passes.
    pub fn parts_of(&self, passes: usize) -> Vec<Range<usize>> {
        let parts = self.parts.len() / passes;
        (0..passes).map(|pass| pass * parts..(pass + 1) * parts).collect()
    }

    /// Into how many parts keys fall.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Makes ready for a rule. Where `by_kind`, rows that are the same to it give their keys once and are [`KeyBook::alike`], if it is one of
    /// many keys.
    pub fn ask(&mut self, rule: &Rule, by_kind: bool) {
        let by_kind = by_kind && rule.is_near();
        self.kinds = by_kind.then(|| Kinds::of(rule, self.table, self.rows));
        rule.all.iter().for_each(|expression| self.learn(*expression));
    }

    /// Finds what an expression has in the records, if that was not asked for before.
    fn learn(&mut self, expression: KeyExpression) {
        let (_, found) = self.asked.entry(expression).or_insert((1, None));
        if found.is_none() {
            *found = Some(Found::new(expression, self.table, self.rows));
        }
    }

    /// Blocks of rows that are the same to the rule: their keys are given by [`KeyBook::sorted`] only where another kind of rows has them too.
    pub fn alike(&self, rule: &Rule) -> Keyed {
        let Some(kinds) = &self.kinds else { return Keyed::new() };
        let found = self.found(rule);
        let has_keys = |kind: usize| {
            let place = kinds.of_kind(kind)[0] as usize;
            let mut hashes = Vec::new();
            rule.all.iter().zip(&found).all(|(expression, found)| {
                hashes.clear();
                found.append(self.table, &self.table.view(self.rows[place]), place, &mut hashes);
                // Of a kind of several values the least decides, so that it is drawn no more often than one of one value.
                hashes.iter().min().is_some_and(|least| self.drawn != Some(*expression) || is_drawn(*least))
            })
        };
        let of_kind = |kind: usize| kinds.of_kind(kind).iter().map(move |place| (kind as u64, self.rows[*place as usize]));
        let shared = (0..kinds.ends.len()).into_par_iter().filter(|kind| kinds.of_kind(*kind).len() > 1 && has_keys(*kind));
        shared.flat_map_iter(of_kind).collect()
    }

    /// In how many passes the keys of a rule that was asked for are best found, each over as many parts: a power of two. `room` is the memory
    /// that may still be asked for, bytes.
    pub fn passes(&self, rule: &Rule, room: Option<u64>) -> usize {
        let found = self.found(rule);
        let mut hashes = Vec::new();
        let mut keys = 0;
        for holder in (0..self.holders()).step_by(ROWS_COUNTED_ONE_IN) {
            let place = self.place_of(holder);
            let view = self.table.view(self.rows[place]);
            keys += found.iter().fold(1, |keys, found| {
                hashes.clear();
                found.append(self.table, &view, place, &mut hashes);
                (keys * hashes.len()).min(KEYS_PER_RECORD_MAX)
            });
        }
        let most = KEYS_PER_ROW_MAX * self.rows.len().div_ceil(ROWS_COUNTED_ONE_IN);
        let passes = |most: usize, passes_max: usize| keys.div_ceil(most.max(1)).next_power_of_two().min(passes_max);
        let usual = passes(most, *PARTS.start());
        let held: usize = self.chunks.iter().flatten().chain(&self.parts).map(Vec::capacity).sum();
        let for_keys = |room: u64| (room as usize).saturating_sub(self.rows.len() * BLOCKS_BYTES) + held * size_of::<(u64, u32)>();
        room.map_or(usual, |room| usual.max(passes(for_keys(room) / KEY_BYTES / ROWS_COUNTED_ONE_IN, TIGHT_PASSES_MAX)))
    }

    /// How many give keys: rows, or kinds of them.
    fn holders(&self) -> usize {
        self.kinds.as_ref().map_or(self.rows.len(), |kinds| kinds.ends.len())
    }

    /// The place among the rows of what gives keys.
    fn place_of(&self, holder: usize) -> usize {
        self.kinds.as_ref().map_or(holder, |kinds| kinds.of_kind(holder)[0] as usize)
    }

    fn found(&self, rule: &Rule) -> Vec<&Found> {
        rule.all.iter().filter_map(|expression| self.asked[expression].1.as_ref()).collect()
    }

    /// Finds the keys of a rule that was asked for that fall into `parts`.
    pub fn find(&mut self, rule: &Rule, parts: Range<usize>) {
        let mut chunks = std::mem::take(&mut self.chunks);
        let found = self.found(rule);
        let nothing = found.iter().any(|found| found.is_empty(self.table));
        let holders = if nothing { 0 } else { self.holders() };
        let chunk = holders.div_ceil(chunks.len().max(1)).max(1);
        chunks.iter_mut().flatten().for_each(Vec::clear);
        let bits = self.parts.len().trailing_zeros();
        chunks.par_iter_mut().enumerate().for_each(|(number, keyed)| {
            let (mut hashes, mut ends, mut keys) = (Vec::new(), Vec::new(), Vec::new());
            for holder in (number * chunk).min(holders)..((number + 1) * chunk).min(holders) {
                let value = self.kinds.as_ref().and_then(|kinds| kinds.values[holder]);
                let place = self.place_of(holder);
                let holder = if self.kinds.is_some() { holder as u32 } else { self.rows[place] };
                hashes.clear();
                ends.clear();
                keys.clear();
                let is_complete = rule.all.iter().zip(&found).all(|(expression, found)| {
                    let before = hashes.len();
                    match value {
                        Some(symbol) => found.append_of_value(self.table, symbol, &mut hashes),
                        None => found.append(self.table, &self.table.view(self.rows[place]), place, &mut hashes),
                    }
                    if self.drawn == Some(*expression) {
                        keep_drawn(&mut hashes, before);
                    }
                    ends.push(before..hashes.len());
                    hashes.len() > before
                });
                if is_complete {
                    combine(ends.iter().map(|range: &Range<usize>| &hashes[range.clone()]), &mut keys);
                    for key in &keys {
                        if let Some(keyed) = part(*key, bits).checked_sub(parts.start).and_then(|part| keyed[..parts.len()].get_mut(part)) {
                            keyed.push((*key, holder));
                        }
                    }
                }
            }
        });
        (self.chunks, self.first) = (chunks, parts.start);
    }

    /// Those of the keys that were found last that fall into `parts`, by part, with the rows that have them: by key, then row; most keys that
    /// one row alone has are left out.
    pub fn sorted(&mut self, parts: Range<usize>) -> &[Keyed] {
        let (chunks, kinds, rows) = (&self.chunks, &self.kinds, self.rows);
        let parts = parts.start - self.first..parts.end - self.first;
        self.parts[parts.clone()].par_iter_mut().zip(parts.clone()).for_each(|(part, number)| {
            part.clear();
            take_shared(chunks.iter().map(|chunk| &chunk[number]), part);
            part.sort_unstable();
            // A value may give a key twice.
            part.dedup();
            if let Some(kinds) = kinds {
                kinds.spread(part, rows);
            }
        });
        &self.parts[parts]
    }

    /// Rows by which pairs of a rule of near values can be told without finding all its keys: those that have one of a sixteenth of the values of
    /// something that it asks for as it is. None where there is no such thing, or too few values of it tell.
    pub fn draw(&mut self, rule: &Rule) -> Option<Drawn> {
        // Whole names that are asked for as they are lie by row, and those of other rows are none of a book that is lent.
        let goes_by_row = |expression: &KeyExpression| expression.looks_at() == LooksAt::WholeName && !expression.is_near();
        if !rule.is_near() || rule.all.iter().any(goes_by_row) {
            return None;
        }
        let drawn = rule.all.iter().filter(|expression| !expression.is_near()).filter_map(|expression| {
            self.learn(*expression);
            self.drawn_by(*expression)
        });
        let drawn: Vec<Drawn> = drawn.collect();
        drawn.into_iter().min_by(|a, b| a.spread.total_cmp(&b.spread)).filter(|drawn| drawn.spread <= DRAWN_SPREAD_MAX)
    }

    fn drawn_by(&self, expression: KeyExpression) -> Option<Drawn> {
        let found = self.asked.get(&expression)?.1.as_ref()?;
        let of_chunk = |(number, chunk): (usize, &[u32])| {
            let (mut rows, mut of_values, mut hashes) = (Vec::new(), FxHashMap::<u64, u64>::default(), Vec::new());
            for (place, row) in (number * CHUNK_ROWS..).zip(chunk) {
                hashes.clear();
                found.append(self.table, &self.table.view(*row), place, &mut hashes);
                keep_drawn(&mut hashes, 0);
                if !hashes.is_empty() {
                    rows.push(*row);
                }
                hashes.iter().for_each(|hash| *of_values.entry(*hash).or_default() += 1);
            }
            (rows, of_values)
        };
        let chunks: Vec<_> = self.rows.par_chunks(CHUNK_ROWS).enumerate().map(of_chunk).collect();
        let (mut rows, mut of_values) = (Vec::new(), FxHashMap::<u64, u64>::default());
        for (of_chunk, values) in chunks {
            rows.extend(of_chunk);
            values.into_iter().for_each(|(value, rows)| *of_values.entry(value).or_default() += rows);
        }
        // Whole numbers: their sum does not go by the order of values.
        let powers = |power: u32| of_values.values().fold(0u128, |all, rows| all.saturating_add(u128::from(*rows).saturating_pow(power)));
        // Of values that are drawn with probability p a sum has the variance (1-p)/p times the sum of squares, of which p is seen.
        let (pairs, squared) = (powers(2) as f64, powers(4) as f64);
        let missed = 1.0 - 1.0 / DRAWN_ONE_IN as f64;
        (pairs > 0.0).then(|| Drawn { expression, rows, spread: (missed * squared).sqrt() / pairs })
    }

    /// A book of drawn rows for the rule that they were drawn for, with the keys of drawn values alone; what was found for values is lent to it
    /// until [`KeyBook::take_back`].
    pub fn lend<'b>(&mut self, drawn: &'b Drawn) -> KeyBook<'b>
    where
        'a: 'b,
    {
        self.kinds = None;
        let few = KeyBook::new(self.table, &drawn.rows, &RuleSet::only(Vec::new()));
        KeyBook { asked: std::mem::take(&mut self.asked), drawn: Some(drawn.expression), ..few }
    }

    /// Takes what was lent, and what was found since.
    pub fn take_back(&mut self, lent: KeyBook<'_>) {
        self.asked = lent.asked;
    }

    /// Ends a rule: what no further rule asks for is let go.
    pub fn end(&mut self, rule: &Rule) {
        for expression in &rule.all {
            if let Some((left, found)) = self.asked.get_mut(expression) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    *found = None;
                }
            }
        }
    }
}

/// Whether a value is drawn, by its hash.
const fn is_drawn(hash: u64) -> bool {
    part(hash, DRAWN_ONE_IN.trailing_zeros()) == 0
}

/// Leaves of the hashes behind a place those of drawn values.
fn keep_drawn(hashes: &mut Vec<u64>, from: usize) {
    let mut kept = from;
    for place in from..hashes.len() {
        if is_drawn(hashes[place]) {
            hashes[kept] = hashes[place];
            kept += 1;
        }
    }
    hashes.truncate(kept);
}

/// The part into which a key falls, of two to so many bits; of more parts as many as before hold the same keys.
const fn part(key: u64, bits: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - bits)) as usize
}

/// Appends what may share its key with another: most keys stand alone, and need not be sorted. Of those that fall on one place of a table
/// none is left out.
fn take_shared<'a>(keyed: impl Iterator<Item = &'a Keyed> + Clone, shared: &mut Keyed) {
    let all: usize = keyed.clone().map(Vec::len).sum();
    let bits = (all * 4).next_power_of_two().trailing_zeros().max(1);
    let place = |key: u64| (key.wrapping_mul(0xd6e8_feb8_6659_fd93) >> (64 - bits)) as usize;
    let mut seen = vec![0u8; 1 << bits];
    for (key, _) in keyed.clone().flatten() {
        let seen = &mut seen[place(*key)];
        *seen = (*seen + 1).min(2);
    }
    shared.extend(keyed.flatten().filter(|(key, _)| seen[place(*key)] > 1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};
    use std::collections::BTreeSet;

    #[test]
    fn keys_are_those_of_each_record_by_itself() {
        let record = |row: usize| {
            let values = [
                (Field::FamilyName, ["smith", "wang", "王", "欧阳", "o brien"][row % 5].to_string(), Grade::Valid),
                (
                    Field::GivenName,
                    [format!("ann{}", row % 40), format!("{}伟", ["小", "大"][row % 2]), "j*".into()][row % 3].clone(),
                    Grade::Valid,
                ),
                (Field::BirthDate, format!("19{:02}-0{}-11", row % 60 + 20, row % 9 + 1), Grade::Valid),
                (Field::Phone, format!("+86139{:08}", row / 2), Grade::Valid),
                (Field::Phone, format!("+86138{:04}****", row % 77), Grade::Partial),
                (Field::Email, format!("person{}@example.com", row % 900), Grade::Valid),
            ];
            let value = |(field, text, grade): (Field, String, Grade)| {
                let grade = if text.contains('*') { Grade::Partial } else { grade };
                FieldValue { field, text: text.into(), grade }
            };
            CanonicalRecord::new(RecordKey::new("s", row.to_string()), 0, None, values.into_iter().skip(row % 4).map(value).collect())
        };
        let records: Vec<CanonicalRecord> = (0..CHUNK_ROWS * 2 + 17).map(record).collect();
        let rows: Vec<u32> = (0..records.len() as u32).filter(|row| row % 5 != 0).collect();
        let rules = RuleSet::default();
        let table = RecordTable::build(&records);
        let mut book = KeyBook::new(&table, &rows, &rules);
        let (mut found, mut most_keys, mut kinds, mut fewer) = (0, 0, 0, 0);
        for (rule, _) in rules.with_blocks() {
            let mut expected: Vec<(u64, u32)> = Vec::new();
            for row in &rows {
                let mut keys = Vec::new();
                rule.keys(&records[*row as usize], &mut keys);
                expected.extend(keys.iter().map(|key| (*key, *row)));
            }
            expected.sort_unstable();
            let shared: Vec<_> = expected.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1).flatten().copied().collect();
            let of = |parts: &[Keyed]| {
                let mut all: Vec<_> = parts.iter().flatten().copied().collect();
                assert!(parts.iter().all(|part| part.is_sorted()));
                all.sort_unstable();
                all.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1).flatten().copied().collect::<Vec<_>>()
            };
            let pairs = |keyed: &[(u64, u32)]| {
                let of_block = |block: &[(u64, u32)]| {
                    let rows: Vec<u32> = block.iter().map(|(_, row)| *row).collect();
                    rows.iter().flat_map(|a| rows.iter().filter(move |b| *b > a).map(move |b| (*a, *b))).collect::<Vec<_>>()
                };
                keyed.chunk_by(|a, b| a.0 == b.0).flat_map(of_block).collect::<BTreeSet<_>>()
            };
            book.ask(rule, true);
            let alike = book.alike(rule);
            let mut by_kind = Vec::new();
            for parts in book.parts_of(book.passes(rule, None)) {
                book.find(rule, parts.clone());
                by_kind.extend(of(book.sorted(parts)));
            }
            by_kind.sort_unstable();
            fewer += usize::from(by_kind.len() < shared.len());
            assert!(by_kind.len() <= shared.len(), "{}", rule.name);
            kinds += usize::from(!alike.is_empty());
            let (mut of_kinds, of_rows) = (pairs(&by_kind), pairs(&shared));
            of_kinds.extend(pairs(&alike));
            assert!(of_kinds == of_rows, "{} by kind", rule.name);
            book.ask(rule, false);
            most_keys = most_keys.max(expected.len() / rows.len());
            let share = expected.len() as f64 / (rows.len() * KEYS_PER_ROW_MAX) as f64;
            assert!((0.8..1.2).contains(&share) || (book.passes(rule, None) > 1) == (share > 1.0), "{}", rule.name);
            assert!(expected.is_empty() || book.passes(rule, Some(0)) >= book.passes(rule, None));
            for passes in [1, 4] {
                let mut in_passes = Vec::new();
                for parts in book.parts_of(passes) {
                    book.find(rule, parts.clone());
                    in_passes.extend(of(book.sorted(parts)));
                }
                in_passes.sort_unstable();
                assert!(in_passes == shared, "{} in {passes} passes", rule.name);
            }
            book.find(rule, 0..book.parts());
            let (mut some, rest) = (of(book.sorted(0..7)), of(book.sorted(7..book.parts())));
            some.extend(rest);
            some.sort_unstable();
            assert_eq!((&some, of(book.sorted(0..book.parts()))), (&shared, shared.clone()), "{}", rule.name);
            found += shared.len();
            book.end(rule);
        }
        assert!(most_keys > 7 && kinds > 5 && fewer > 2, "some rules give many keys");
        assert!(found > records.len() * 10 && book.asked.values().all(|(left, found)| *left == 0 && found.is_none()));
    }
}
