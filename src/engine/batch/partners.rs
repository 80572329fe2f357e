//! Blocks to partners: of all blocks in which a row stands the rows behind it are its partners, so that each pair comes once, in order, with the
//! rules that gave it. Pairs are never sorted, and never held: whoever wants them is given them anew, row by row.

use super::candidates::RuleStatistics;
use rayon::prelude::*;
use std::ops::Range;

/// Rows whose partners one thread finds at a time.
const CHUNK_ROWS: usize = 4_096;

/// Rows whose places in blocks are asked for before the first is gone through.
const ROWS_LOOKED_AT: u32 = 16;

/// Set on the last row of a block.
pub(super) const LAST: u32 = 1 << 31;

/// The blocks of a rule that applies.
#[derive(Debug)]
pub(super) struct RuleBlocks {
    /// Block behind block; the last row of each is marked [`LAST`].
    pub(super) rows: Vec<u32>,
    pub(super) number: u8,
    /// Whether each pair comes once: of a block only the first row has the others for partners.
    pub(super) is_once: bool,
}

/// Where each row stands in blocks, so that pairs come row by row.
#[derive(Debug)]
pub(super) struct Partners {
    /// The blocks of all rules one behind the other; the last row of each is marked [`LAST`].
    blocks: Vec<u32>,
    /// By rule: where its blocks end, and its number.
    rules: Vec<(usize, u8)>,
    /// By row: where its places end.
    ends: Vec<u64>,
    /// Places in the blocks of rows that have partners behind them; rising for each row.
    places: Places,
}

/// Places in a list: half as large where its length allows, which it does up to some hundred million records.
#[derive(Debug)]
enum Places {
    Short(Vec<u32>),
    Long(Vec<u64>),
}

impl Places {
    fn of(length: usize, places: usize) -> Self {
        if u32::try_from(length).is_ok() { Places::Short(vec![0; places]) } else { Places::Long(vec![0; places]) }
    }

    #[inline]
    fn set(&mut self, at: u64, place: usize) {
        match self {
            Places::Short(places) => places[at as usize] = place as u32,
            Places::Long(places) => places[at as usize] = place as u64,
        }
    }

    #[inline]
    fn get(&self, at: u64) -> usize {
        match self {
            Places::Short(places) => places[at as usize] as usize,
            Places::Long(places) => places[at as usize] as usize,
        }
    }
}

impl Partners {
    /// Of the blocks of some rules over so many rows.
    pub(super) fn of(of_rules: Vec<RuleBlocks>, rows: usize) -> Self {
        let (mut rules, mut once) = (Vec::new(), Vec::new());
        let mut left: usize = of_rules.iter().map(|rule| rule.rows.len()).sum();
        let mut blocks: Vec<u32> = Vec::new();
        for rule in of_rules {
            // The first are taken as they are; what is copied is let go at once.
            if blocks.is_empty() {
                left -= rule.rows.len();
                blocks = rule.rows;
            } else {
                blocks.reserve_exact(std::mem::take(&mut left));
                blocks.extend_from_slice(&rule.rows);
            }
            rules.push((blocks.len(), rule.number));
            once.push(rule.is_once);
        }
        let places = |found: &mut dyn FnMut(usize, u32)| {
            let mut start = 0;
            for ((end, _), is_once) in rules.iter().zip(&once) {
                let mut is_first = true;
                for (place, entry) in (start..).zip(&blocks[start..*end]) {
                    let is_last = entry & LAST != 0;
                    if !is_last && (is_first || !is_once) {
                        found(place, *entry);
                    }
                    is_first = is_last;
                }
                start = *end;
            }
        };
        let mut ends = vec![0u64; rows];
        places(&mut |_, row| ends[row as usize] += 1);
        let mut all = 0;
        for end in &mut ends {
            // Where its places begin; filling moves that to the end.
            all += std::mem::replace(end, all);
        }
        let mut filled = Places::of(blocks.len(), all as usize);
        places(&mut |place, row| {
            let next = &mut ends[row as usize];
            filled.set(*next, place);
            *next += 1;
        });
        Partners { blocks, rules, ends, places: filled }
    }

    pub(super) fn rows(&self) -> usize {
        self.ends.len()
    }

    /// Calls `each` for every pair of some rows: with its low row, and with its high one and the rules that gave it, see [`Partners::behind`].
    pub(super) fn each(&self, rows: Range<u32>, each: &mut impl FnMut(u32, &[u64])) {
        let mut behind = Vec::new();
        for row in rows.clone() {
            if (row - rows.start).is_multiple_of(ROWS_LOOKED_AT) {
                self.look_at(row..rows.end.min(row + ROWS_LOOKED_AT));
            }
            self.behind(row, &mut behind);
            behind.chunk_by(|a, b| a >> 8 == b >> 8).for_each(|of_pair| each(row, of_pair));
        }
    }

    /// Reads what [`Partners::behind`] will read for these rows first: memory that is asked for side by side is waited for once.
    fn look_at(&self, rows: Range<u32>) {
        let (start, end) = (self.start(rows.start), self.start(rows.end));
        std::hint::black_box((start..end).fold(0, |all, at| all ^ self.blocks[self.places.get(at) + 1]));
    }

    /// Where the places of a row begin.
    fn start(&self, row: u32) -> u64 {
        (row as usize).checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// How many pairs there are; adds those of each rule to what is told of it.
    pub(super) fn count(&self, statistics: &mut [RuleStatistics]) -> u64 {
        let of_chunk = |rows: Range<u32>| {
            let mut counts = vec![(0u64, 0u64); statistics.len()];
            self.each(rows, &mut |_, of_pair| {
                counts[of_pair[0] as u8 as usize].1 += 1;
                of_pair.iter().for_each(|entry| counts[*entry as u8 as usize].0 += 1);
            });
            counts
        };
        let counts: Vec<_> = chunks(self.rows()).into_par_iter().map(of_chunk).collect();
        for counts in counts {
            for (statistics, (pairs, new)) in statistics.iter_mut().zip(counts) {
                statistics.pairs += pairs;
                statistics.new_pairs += new;
            }
        }
        statistics.iter().map(|rule| rule.new_pairs).sum()
    }

    /// The rows that stand behind a row in its blocks, each with the number of the rule in the lowest eight bits, rising.
    pub(super) fn behind(&self, row: u32, out: &mut Vec<u64>) {
        out.clear();
        let mut rule = 0;
        for at in self.start(row)..self.ends[row as usize] {
            let place = self.places.get(at);
            while place >= self.rules[rule].0 {
                rule += 1;
            }
            let number = self.rules[rule].1;
            for entry in &self.blocks[place + 1..] {
                out.push(u64::from(entry & !LAST) << 8 | u64::from(number));
                if entry & LAST != 0 {
                    break;
                }
            }
        }
        // Most rows have few.
        if out.len() > 1 {
            out.sort_unstable();
            out.dedup();
        }
    }

    /// The same pairs, each once: blocks of a row and its partners, and how many pairs there are.
    pub(super) fn once(&self) -> (Vec<u32>, u64) {
        let of_chunk = |rows: Range<u32>| {
            let (mut once, mut pairs, mut behind) = (Vec::new(), 0, Vec::new());
            for row in rows {
                self.behind(row, &mut behind);
                if let Some((last, others)) = behind.split_last() {
                    once.push(row);
                    once.extend(others.iter().map(|entry| (entry >> 8) as u32));
                    once.push((last >> 8) as u32 | LAST);
                    pairs += behind.len() as u64;
                }
            }
            (once, pairs)
        };
        let chunks: Vec<(Vec<u32>, u64)> = chunks(self.ends.len()).into_par_iter().map(of_chunk).collect();
        let pairs = chunks.iter().map(|(_, pairs)| pairs).sum();
        let rows = chunks.into_iter().map(|(rows, _)| rows).collect::<Vec<_>>().concat();
        (rows, pairs)
    }
}

/// Rows in shares for threads.
pub(super) fn chunks(rows: usize) -> Vec<Range<u32>> {
    (0..rows).step_by(CHUNK_ROWS).map(|start| start as u32..(start + CHUNK_ROWS).min(rows) as u32).collect()
}
