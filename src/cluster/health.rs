//! How well a cluster holds together.

use super::UnionFind;
use crate::limits::BRIDGE_LINKS_MAX;
use crate::link::Edge;
use serde::{Deserialize, Serialize};

/// The shape of one cluster.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Records.
    pub records: usize,
    /// Links within.
    pub links: usize,
    /// Links as a share of the pairs, 0 to 1.
    pub density: f64,
    /// Links whose loss would part the cluster; not counted, 0, beyond [`BRIDGE_LINKS_MAX`] links.
    pub bridges: usize,
}

/// The health of a cluster from its rows (rising) and the links among them.
pub fn health(rows: &[u32], links: &[Edge]) -> Health {
    let place = |row: u32| rows.binary_search(&row).ok();
    let edges: Vec<(usize, usize)> = links.iter().filter_map(|edge| Some((place(edge.low)?, place(edge.high)?))).collect();
    let pairs = rows.len() * rows.len().saturating_sub(1) / 2;
    let density = if pairs == 0 { 1.0 } else { edges.len() as f64 / pairs as f64 };
    let bridges = if edges.len() > BRIDGE_LINKS_MAX { 0 } else { count_bridges(rows.len(), &edges) };
    Health { records: rows.len(), links: edges.len(), density, bridges }
}

/// A link is a bridge when the others leave its ends apart.
fn count_bridges(rows: usize, edges: &[(usize, usize)]) -> usize {
    let apart_without = |left_out: usize| {
        let mut sets = UnionFind::new(rows);
        for (number, (a, b)) in edges.iter().enumerate() {
            let (a, b) = (sets.find(*a as u32), sets.find(*b as u32));
            if number != left_out && a != b {
                sets.join(a, b);
            }
        }
        let (a, b) = edges[left_out];
        sets.find(a as u32) != sets.find(b as u32)
    };
    (0..edges.len()).filter(|edge| apart_without(*edge)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MatchWeight;

    #[test]
    fn a_chain_is_all_bridges_and_a_triangle_has_none() {
        let edge = |low, high| Edge { low, high, weight: MatchWeight::ZERO };
        let chain = health(&[1, 4, 9], &[edge(1, 4), edge(4, 9)]);
        assert_eq!((chain.bridges, chain.links), (2, 2));
        let triangle = health(&[1, 4, 9], &[edge(1, 4), edge(4, 9), edge(1, 9)]);
        assert_eq!((triangle.bridges, triangle.density), (0, 1.0));
    }
}
