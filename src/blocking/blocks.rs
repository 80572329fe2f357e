//! Keys to blocks, with hot keys refined.

use super::KeyExpression;
use crate::limits::UNPARTED_RECORDS_MAX;
use std::num::NonZeroU64;

/// What a block over the cap is split by, in order.
pub const REFINEMENTS: &[KeyExpression] = &[KeyExpression::Name, KeyExpression::BirthYearMonth, KeyExpression::NamePart];

/// What tells a record apart in a block that is too large, of what a refinement finds in it; none where that is nothing.
pub fn finer_key(hashes: &[u64]) -> Option<NonZeroU64> {
    // Half the room: that a hash is 0 is as likely as that two are the same.
    hashes.iter().min().map(|hash| NonZeroU64::MIN.saturating_add(hash.saturating_sub(1)))
}

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

/// What a block of rows that is small enough is given to: with one key, rising by row; it says whether to go on.
pub type Leaf<'a> = dyn FnMut(&[(u64, u32)]) -> bool + 'a;

impl Visited {
    /// Adds what another visit did.
    pub fn add(&mut self, other: Visited) {
        self.blocks += other.blocks;
        self.largest = self.largest.max(other.largest);
        self.refined += other.refined;
        self.hot.extend(other.hot);
    }
}

/// Calls `leaf` for every block of at most `block_max` rows that share a key, two at least, until it says no; of larger ones for the parts
/// into which they are refined, and for what nothing parts as far as it has at most [`UNPARTED_RECORDS_MAX`]. `keyed` is sorted by key, then row;
/// `refine(row, level)` is the row's key under `REFINEMENTS[level]`.
pub fn visit_blocks(keyed: &[(u64, u32)], block_max: usize, refine: &Refine<'_>, leaf: &mut Leaf<'_>) -> Visited {
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
    if level == REFINEMENTS.len() && block.len() <= UNPARTED_RECORDS_MAX {
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

    fn blocks(keyed: &[(u64, u32)], block_max: usize, refine: &Refine<'_>) -> (Vec<Vec<u32>>, Visited) {
        let mut blocks = Vec::new();
        let visited = visit_blocks(keyed, block_max, refine, &mut |block| {
            blocks.push(block.iter().map(|(_, row)| *row).collect());
            true
        });
        (blocks, visited)
    }

    #[test]
    fn every_block_of_two_and_more() {
        let keyed = [(1, 0), (1, 3), (1, 5), (2, 1), (3, 2), (3, 4)];
        let (found, visited) = blocks(&keyed, BLOCK_RECORDS_MAX, &|_, _| None);
        assert_eq!(found, [vec![0, 3, 5], vec![2, 4]]);
        assert_eq!((visited.blocks, visited.largest, visited.refined), (2, 3, 0));
    }

    #[test]
    fn a_hot_key_is_refined_and_what_stays_hot_is_told() {
        let rows = u32::try_from(BLOCK_RECORDS_MAX * 4).expect("small");
        let keyed: Vec<(u64, u32)> = (0..rows).map(|row| (9, row)).collect();
        let (found, visited) = blocks(&keyed, BLOCK_RECORDS_MAX, &|row, _| Some(u64::from(row / 2)));
        assert_eq!((found.len(), found[0].len(), visited.refined, visited.hot.len()), (rows as usize / 2, 2, 1, 0));
        let few: Vec<(u64, u32)> = (0..UNPARTED_RECORDS_MAX as u32 + 1).map(|row| (9, row)).collect();
        assert_eq!(blocks(&few[1..], 4, &|_, _| Some(1)).0.len(), 1, "what nothing parts is small enough");
        assert_eq!(blocks(&few, 4, &|_, _| Some(1)).0.len(), 0, "and here it is not");
        for key in [Some(1), None] {
            let (found, visited) = blocks(&keyed, BLOCK_RECORDS_MAX, &|_, _| key);
            assert_eq!(visited.hot, [HotKey { key: 9, records: rows as usize }], "refined by {key:?}");
            assert!(found.is_empty());
        }
    }

    #[test]
    fn a_visit_ends_where_it_is_told_to() {
        let keyed: Vec<(u64, u32)> = (0..90).map(|row| (u64::from(row / 30), row)).collect();
        let mut seen = 0;
        let visited = visit_blocks(&keyed, 30, &|_, _| None, &mut |_| {
            seen += 1;
            seen < 2
        });
        assert_eq!((seen, visited.blocks), (2, 2));
    }
}
