//! Blocks to candidate pairs, with hot keys refined.

use super::KeyExpression;

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

/// What a row is split by where its block is too large, `None` where it has no such key (rows without are one part of the block).
pub type Refine<'a> = dyn Fn(u32, usize) -> Option<u64> + 'a;

/// What a block of rows that is small enough is given to; it says whether to go on.
type Leaf<'a> = dyn FnMut(&[(u64, u32)]) -> bool + 'a;

/// Calls `emit(low, high)` for every pair of rows that share a key, in blocks of at most `block_max` rows. `keyed` is sorted by key, then
/// row; `refine(row, level)` is the row's key under `REFINEMENTS[level]`.
pub fn visit_pairs(keyed: &[(u64, u32)], block_max: usize, refine: &Refine<'_>, emit: &mut dyn FnMut(u32, u32)) -> Visited {
    visit_blocks(keyed, block_max, refine, &mut |block| {
        for (place, (_, low)) in block.iter().enumerate() {
            for (_, high) in &block[place + 1..] {
                emit(*low.min(high), *low.max(high));
            }
        }
        true
    })
}

/// How many pairs [`visit_pairs`] would give, one of several blocks counted in each; counting ends where it passes `most`.
pub fn count_pairs(keyed: &[(u64, u32)], block_max: usize, refine: &Refine<'_>, most: u64) -> (u64, Visited) {
    let mut pairs = 0;
    let visited = visit_blocks(keyed, block_max, refine, &mut |block| {
        pairs += block.len() as u64 * (block.len() as u64 - 1) / 2;
        pairs <= most
    });
    (pairs, visited)
}

/// Calls `leaf` for every block that is small enough, until it says no.
fn visit_blocks(keyed: &[(u64, u32)], block_max: usize, refine: &Refine<'_>, leaf: &mut Leaf<'_>) -> Visited {
    let mut visited = Visited::default();
    for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
        visited.blocks += 1;
        visited.largest = visited.largest.max(block.len());
        visited.refined += u64::from(block.len() > block_max);
        if !visit_block(block, block_max, 0, refine, leaf, &mut visited) {
            break;
        }
    }
    visited
}

fn visit_block(
    block: &[(u64, u32)],
    block_max: usize,
    level: usize,
    refine: &Refine<'_>,
    leaf: &mut Leaf<'_>,
    visited: &mut Visited,
) -> bool {
    if block.len() <= block_max {
        return leaf(block);
    }
    if level == REFINEMENTS.len() {
        visited.hot.push(HotKey { key: block[0].0, records: block.len() });
        return true;
    }
    let mut finer: Vec<(Option<u64>, u32)> = block.iter().map(|(_, row)| (refine(*row, level), *row)).collect();
    finer.sort_unstable();
    let mut parts = finer.chunk_by(|a, b| a.0 == b.0).filter(|part| part.len() > 1);
    parts.all(|part| {
        // A part as large as the block gained nothing at this level; the next one is tried.
        let part: Vec<(u64, u32)> = part.iter().map(|(_, row)| (block[0].0, *row)).collect();
        visit_block(&part, block_max, level + 1, refine, leaf, visited)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::BLOCK_RECORDS_MAX;

    #[test]
    fn every_pair_of_a_block_once() {
        let keyed = [(1, 0), (1, 3), (1, 5), (2, 1), (3, 2), (3, 4)];
        let mut pairs = Vec::new();
        let visited = visit_pairs(&keyed, BLOCK_RECORDS_MAX, &|_, _| None, &mut |a, b| pairs.push((a, b)));
        assert_eq!(pairs, [(0, 3), (0, 5), (3, 5), (2, 4)]);
        assert_eq!((visited.blocks, visited.largest, visited.refined), (2, 3, 0));
    }

    #[test]
    fn a_hot_key_is_refined_and_what_stays_hot_is_told() {
        let rows = u32::try_from(BLOCK_RECORDS_MAX * 4).expect("small");
        let keyed: Vec<(u64, u32)> = (0..rows).map(|row| (9, row)).collect();
        let mut count = 0;
        let visited = visit_pairs(&keyed, BLOCK_RECORDS_MAX, &|row, _| Some(u64::from(row / 2)), &mut |_, _| count += 1);
        assert_eq!((count, visited.refined, visited.hot.len()), (rows / 2, 1, 0));
        for key in [Some(1), None] {
            let visited = visit_pairs(&keyed, BLOCK_RECORDS_MAX, &|_, _| key, &mut |_, _| {});
            assert_eq!(visited.hot, [HotKey { key: 9, records: rows as usize }], "refined by {key:?}");
        }
    }

    #[test]
    fn counting_agrees_with_visiting_and_ends_early() {
        let keyed: Vec<(u64, u32)> = (0..90).map(|row| (u64::from(row / 30), row)).collect();
        let refine = |row: u32, _: usize| Some(u64::from(row % 3));
        for (block_max, pairs) in [(30, 3 * 30 * 29 / 2), (10, 9 * 10 * 9 / 2)] {
            let mut visited = 0;
            visit_pairs(&keyed, block_max, &refine, &mut |_, _| visited += 1);
            assert_eq!((visited, count_pairs(&keyed, block_max, &refine, u64::MAX).0), (pairs, pairs));
        }
        let (pairs, visited) = count_pairs(&keyed, 30, &refine, 100);
        assert!(pairs > 100 && visited.blocks == 1, "{pairs} {visited:?}");
    }
}
