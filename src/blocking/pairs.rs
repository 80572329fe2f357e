//! Blocks to candidate pairs, with hot keys refined.

use super::KeyExpression;
use crate::limits::BLOCK_RECORDS_MAX;

/// What a block over the cap is split by, in order.
pub const REFINEMENTS: &[KeyExpression] = &[KeyExpression::Name, KeyExpression::BirthYearMonth, KeyExpression::NamePart];

/// A block that stayed over the cap after every refinement; its pairs were not formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HotKey {
    /// Hash of the key.
    pub key: u64,
    /// Records that hold it.
    pub records: usize,
}

/// What a visit did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visited {
    /// Blocks of two records and more.
    pub blocks: u64,
    /// Records in the largest block.
    pub largest: usize,
    /// Blocks that had to be refined.
    pub refined: u64,
    /// Blocks left out.
    pub hot: Vec<HotKey>,
}

/// Calls `emit(low, high)` for every pair of rows that share a key. `keyed` is sorted by key, then row; `refine(row, level)`
/// is the row's key under `REFINEMENTS[level]`, `None` where it has none (rows without are one part of the refined block).
pub fn visit_pairs(keyed: &[(u64, u32)], refine: &dyn Fn(u32, usize) -> Option<u64>, emit: &mut dyn FnMut(u32, u32)) -> Visited {
    let mut visited = Visited::default();
    for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
        visited.blocks += 1;
        visited.largest = visited.largest.max(block.len());
        if block.len() > BLOCK_RECORDS_MAX {
            visited.refined += 1;
        }
        visit_block(block, 0, refine, emit, &mut visited);
    }
    visited
}

fn visit_block(
    block: &[(u64, u32)],
    level: usize,
    refine: &dyn Fn(u32, usize) -> Option<u64>,
    emit: &mut dyn FnMut(u32, u32),
    visited: &mut Visited,
) {
    if block.len() <= BLOCK_RECORDS_MAX {
        for (place, (_, low)) in block.iter().enumerate() {
            for (_, high) in &block[place + 1..] {
                emit(*low.min(high), *low.max(high));
            }
        }
        return;
    }
    if level == REFINEMENTS.len() {
        visited.hot.push(HotKey { key: block[0].0, records: block.len() });
        return;
    }
    let mut finer: Vec<(Option<u64>, u32)> = block.iter().map(|(_, row)| (refine(*row, level), *row)).collect();
    finer.sort_unstable();
    for part in finer.chunk_by(|a, b| a.0 == b.0).filter(|part| part.len() > 1) {
        // A part as large as the block gained nothing at this level; the next one is tried.
        let part: Vec<(u64, u32)> = part.iter().map(|(_, row)| (block[0].0, *row)).collect();
        visit_block(&part, level + 1, refine, emit, visited);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_a_block_once() {
        let keyed = [(1, 0), (1, 3), (1, 5), (2, 1), (3, 2), (3, 4)];
        let mut pairs = Vec::new();
        let visited = visit_pairs(&keyed, &|_, _| None, &mut |a, b| pairs.push((a, b)));
        assert_eq!(pairs, [(0, 3), (0, 5), (3, 5), (2, 4)]);
        assert_eq!((visited.blocks, visited.largest, visited.refined), (2, 3, 0));
    }

    #[test]
    fn a_hot_key_is_refined_and_what_stays_hot_is_told() {
        let rows = u32::try_from(BLOCK_RECORDS_MAX * 4).expect("small");
        let keyed: Vec<(u64, u32)> = (0..rows).map(|row| (9, row)).collect();
        let mut count = 0;
        let visited = visit_pairs(&keyed, &|row, _| Some(u64::from(row / 2)), &mut |_, _| count += 1);
        assert_eq!((count, visited.refined, visited.hot.len()), (rows / 2, 1, 0));
        for key in [Some(1), None] {
            let visited = visit_pairs(&keyed, &|_, _| key, &mut |_, _| {});
            assert_eq!(visited.hot, [HotKey { key: 9, records: rows as usize }], "refined by {key:?}");
        }
    }
}
