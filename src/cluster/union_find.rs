//! Disjoint sets of rows, by size with path halving.

/// Sets of rows.
#[derive(Clone, Debug)]
pub struct UnionFind {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl UnionFind {
    /// Every row by itself.
    pub fn new(rows: usize) -> Self {
        UnionFind { parent: (0..u32::try_from(rows).unwrap_or(u32::MAX)).collect(), size: vec![1; rows] }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// The representative of a row's set.
    pub fn find(&mut self, mut row: u32) -> u32 {
        while self.parent[row as usize] != row {
            let above = self.parent[row as usize];
            self.parent[row as usize] = self.parent[above as usize];
            row = above;
        }
        row
    }

    /// Joins the sets of two representatives; the representative of the joined set.
    pub fn join(&mut self, a: u32, b: u32) -> u32 {
        let (large, small) = if (self.size[a as usize], b) >= (self.size[b as usize], a) { (a, b) } else { (b, a) };
        self.parent[small as usize] = large;
        self.size[large as usize] += self.size[small as usize];
        large
    }
}
