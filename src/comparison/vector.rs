//! The levels of a pair, packed.

/// Levels of up to 32 comparisons, four bits each; comparison 0 in the lowest bits. Level 0 means nothing to compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComparisonVector(pub u128);

impl ComparisonVector {
    /// Most comparisons a vector holds.
    pub const COMPARISONS_MAX: usize = 32;
    /// Highest level a comparison can have.
    pub const LEVEL_MAX: u8 = 15;

    /// The level of a comparison.
    pub const fn level(self, comparison: usize) -> u8 {
        ((self.0 >> (comparison * 4)) & 15) as u8
    }

    /// The vector with the level of one comparison set; the level was 0 before.
    #[must_use]
    pub const fn with(self, comparison: usize, level: u8) -> Self {
        ComparisonVector(self.0 | (level as u128) << (comparison * 4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_come_back() {
        let vector = ComparisonVector::default().with(0, 3).with(7, 15).with(31, 1);
        assert_eq!((vector.level(0), vector.level(7), vector.level(31), vector.level(30)), (3, 15, 1, 0));
    }
}
