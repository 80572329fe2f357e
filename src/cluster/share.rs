//! Components fall into shares that do not touch and can be cut side by side.
//!
//! Always: the places of a share's rows rise with the rows, so that what goes by order comes out the same in any share.

use super::{Clusters, Constraints, Cut, Pairs, Refusal, UnionFind, by_strength};
use crate::link::Edge;

/// Pairs of a share, about; a component is never parted.
pub(super) const SHARE_PAIRS: u64 = 16_384;

/// Some components: what [`Pairs`] and [`Constraints`] say of them, with the places of their rows for the rows.
#[derive(Debug, Default)]
pub(super) struct Share {
    /// By place: the row.
    pub(super) rows: Vec<u32>,
    pub(super) same: Vec<(u32, u32)>,
    pub(super) links: Vec<Edge>,
    pub(super) doubtful: Vec<Edge>,
    pub(super) content: Vec<u64>,
    pub(super) constraints: Constraints,
}

/// In no share.
const ALONE: u32 = u32::MAX;

/// Shares of about so many pairs, of all rows that have some.
pub(super) fn shares(pairs: Pairs<'_>, constraints: &Constraints, share_pairs: u64) -> Vec<Share> {
    let all = || {
        let edges = pairs.links.iter().chain(pairs.doubtful).map(|edge| (edge.low, edge.high));
        edges.chain(pairs.same.iter().copied()).chain(constraints.must.iter().copied())
    };
    let mut sets = UnionFind::new(pairs.content.len());
    for (a, b) in all() {
        let (a, b) = (sets.find(a), sets.find(b));
        if a != b {
            sets.join(a, b);
        }
    }
    let mut count = vec![0u32; pairs.content.len()];
    all().for_each(|(row, _)| count[sets.find(row) as usize] += 1);

    let mut shares: Vec<Share> = Vec::new();
    // By representative, and by row.
    let (mut share_of, mut place) = (vec![ALONE; pairs.content.len()], vec![0u32; pairs.content.len()]);
    let mut taken = u64::MAX;
    for row in 0..pairs.content.len() as u32 {
        let root = sets.find(row) as usize;
        if count[root] == 0 {
            continue;
        }
        if share_of[root] == ALONE {
            if taken >= share_pairs {
                shares.push(Share::default());
                taken = 0;
            }
            taken += u64::from(count[root]);
            share_of[root] = shares.len() as u32 - 1;
        }
        let share = &mut shares[share_of[root] as usize];
        place[row as usize] = share.rows.len() as u32;
        share.rows.push(row);
        share.content.push(pairs.content[row as usize]);
        share.constraints.exclusive.push(constraints.exclusive.get(row as usize).copied().flatten());
    }
    let mut share = |row: u32| share_of[sets.find(row) as usize];
    let placed = |(a, b): (u32, u32)| (place[a as usize], place[b as usize]);
    let edge = |edge: &Edge| Edge { low: place[edge.low as usize], high: place[edge.high as usize], weight: edge.weight };
    pairs.links.iter().for_each(|link| shares[share(link.low) as usize].links.push(edge(link)));
    pairs.doubtful.iter().for_each(|doubtful| shares[share(doubtful.low) as usize].doubtful.push(edge(doubtful)));
    pairs.same.iter().for_each(|pair| shares[share(pair.0) as usize].same.push(placed(*pair)));
    constraints.must.iter().for_each(|pair| shares[share(pair.0) as usize].constraints.must.push(placed(*pair)));
    for (a, b) in &constraints.cannot {
        // What does not touch is not joined anyway.
        if share(*a) == share(*b) && share(*a) != ALONE {
            shares[share(*a) as usize].constraints.cannot.push(placed((*a, *b)));
        }
    }
    shares
}

/// The cut of all rows from those of the shares.
pub(super) fn whole(content: &[u64], shares: &[Share], cuts: Vec<Cut>) -> Cut {
    // By row: the least of its cluster.
    let mut least: Vec<u32> = (0..content.len() as u32).collect();
    let mut refused: Vec<(Edge, Refusal)> = Vec::new();
    for (Share { rows, .. }, cut) in shares.iter().zip(cuts) {
        let row = |place: u32| rows[place as usize];
        for cluster in &cut.clusters.rows {
            cluster.iter().for_each(|place| least[row(*place) as usize] = row(cluster[0]));
        }
        let edge = |edge: Edge| Edge { low: row(edge.low), high: row(edge.high), weight: edge.weight };
        refused.extend(cut.refused.into_iter().map(|(refused, why)| (edge(refused), why)));
    }
    refused.sort_unstable_by(|(x, _), (y, _)| by_strength(content, x, y));
    let mut clusters = Clusters { of_row: Vec::with_capacity(content.len()), rows: Vec::new() };
    for (row, least) in (0..).zip(least) {
        if row == least {
            clusters.of_row.push(clusters.rows.len() as u32);
            clusters.rows.push(vec![row]);
        } else {
            let cluster = clusters.of_row[least as usize];
            clusters.of_row.push(cluster);
            clusters.rows[cluster as usize].push(row);
        }
    }
    Cut { clusters, refused }
}
