//! Edges -> clusters: components of links, cut where the records cannot be one person.
//!
//! 1. Must-links of stewards are joined first (none against a cannot-link), then links from the strongest to the weakest. What a ruling joined
//!    stays in parts: others join the part that they link to, since the parts need not agree with each other.
//! 2. Two clusters are joined only if no steward forbids it, they do not carry two different exclusive identifiers, and taken as
//!    wholes they agree: one record between two people must not make them one.
//! 3. A row by itself joins a cluster only if its claim on it outweighs those on clusters of other people together, by the odds of a link:
//!    nobody is two people, so the claims share one probability.
//! 4. Links that were refused and pairs in doubt are gone over again until nothing changes: clusters that grew may agree now. A
//!    pair in doubt joins where the clusters as wholes agree as clearly as a link asks.
//! 5. A link that stays refused is handed back: it is for review.
//!
//! Components that do not touch are cut side by side.
//!
//! The result depends on records and edges alone: ties go by the content of the records, never by their names or order of arrival.
//! Never here: One-IDs, weights.

mod health;
mod share;
mod union_find;

pub use health::{Health, health};
pub use union_find::UnionFind;

use self::share::{SHARE_PAIRS, Share, shares, whole};
use crate::comparison::InParts;
use crate::limits::{AMBIGUITY_CLUSTERS_MAX, AMBIGUITY_REACH_BITS, CUT_ROUNDS_MAX};
use crate::link::Edge;
use crate::model::{MatchWeight, UNITS_PER_BIT};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// What may not be joined.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    /// By row: the symbol of an identifier of which one person has one (a valid resident ID), where the row carries one.
    pub exclusive: Vec<Option<u32>>,
    /// Pairs of rows that stewards ruled to be one person.
    pub must: Vec<(u32, u32)>,
    /// Pairs of rows that stewards ruled to be different people.
    pub cannot: Vec<(u32, u32)>,
}

/// Why a link was not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its clusters carry different exclusive identifiers.
    Exclusive,
    /// A steward ruled two of their records to be different people.
    Judgement,
    /// The clusters as wholes speak against it.
    Disagreement,
    /// One of its ends belongs as well to another person.
    BetweenTwo,
}

/// Records of one person each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clusters {
    /// By row: its cluster, numbered from 0 in the order of least rows.
    pub of_row: Vec<u32>,
    /// The rows of each cluster, rising.
    pub rows: Vec<Vec<u32>>,
}

/// Clusters and the links that were not followed.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    /// The clusters.
    pub clusters: Clusters,
    /// Links refused, with the reason.
    pub refused: Vec<(Edge, Refusal)>,
}

/// Pairs to cut clusters from.
#[derive(Clone, Copy, Debug)]
pub struct Pairs<'a> {
    /// Pairs of rows that say the same in every field and are one person, as (a row, its copy); no constraint tells them apart.
    /// A copy has no other pairs.
    pub same: &'a [(u32, u32)],
    /// Pairs that link.
    pub links: &'a [Edge],
    /// Pairs in doubt.
    pub doubtful: &'a [Edge],
    /// By row: a hash of its content, which breaks ties.
    pub content: &'a [u64],
    /// The weight from which a pair links.
    pub link: MatchWeight,
}

/// How far two groups of rows, each taken as one record, agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// They speak against being one person.
    Against,
    /// They may be one person; a link between them stands.
    Open,
    /// They agree as clearly as a link asks.
    Clear,
}

/// Tells of two groups of rows whether they can be one person.
type Agrees<'a> = dyn Fn(&[u32], &[u32]) -> Agreement + Sync + 'a;

/// Cuts the components of the links into clusters. `agreement` tells of two groups of rows whether they can be one person; of rows
/// that say the same it is shown one.
pub fn cut(pairs: Pairs<'_>, constraints: &Constraints, agreement: &Agrees<'_>, in_parts: &impl InParts) -> Cut {
    cut_in_shares(pairs, constraints, agreement, in_parts, SHARE_PAIRS)
}

fn cut_in_shares(pairs: Pairs<'_>, constraints: &Constraints, agreement: &Agrees<'_>, in_parts: &impl InParts, share_pairs: u64) -> Cut {
    let shares = shares(pairs, constraints, share_pairs);
    let cuts = in_parts.each(shares.iter().collect(), |share| cut_share(share, pairs.link, agreement));
    whole(pairs.content, &shares, cuts)
}

/// The cut of a share, by places.
fn cut_share(share: &Share, link: MatchWeight, agreement: &Agrees<'_>) -> Cut {
    let Share { rows, same, links, doubtful, content, constraints } = share;
    let rivals = Neighbours::of(rows.len(), &[links, doubtful]);
    let mut joining = Joining::new(rows, constraints, rivals, link);
    for (row, copy) in same {
        joining.join_copy(*row, *copy);
    }
    for (a, b) in &constraints.must {
        joining.join_by_ruling(*a, *b);
    }
    let open = |(edges, least): (&[Edge], Agreement)| {
        let mut edges = edges.to_vec();
        edges.sort_unstable_by(|x, y| by_strength(content, x, y));
        edges.into_iter().map(move |edge| Open { edge, least, refusal: Refusal::Disagreement, tried: (0, 0) })
    };
    let mut left: Vec<Open> = [(&links[..], Agreement::Open), (doubtful, Agreement::Clear)].into_iter().flat_map(open).collect();
    for _ in 0..CUT_ROUNDS_MAX {
        let before = left.len();
        left.retain_mut(|open| joining.is_still_refused(open, agreement));
        if left.len() == before {
            break;
        }
    }
    let refused = left.iter().filter(|open| open.least == Agreement::Open).map(|open| (open.edge, open.refusal)).collect();
    Cut { clusters: joining.clusters(), refused }
}

/// An edge that has not joined its ends.
struct Open {
    edge: Edge,
    /// The least agreement of the clusters that lets it join them.
    least: Agreement,
    /// Why it did not when it was last tried.
    refusal: Refusal,
    /// The sizes of the clusters then; 0 before it was tried.
    tried: (usize, usize),
}

/// The order of edges from the strongest to the weakest, ties by content.
fn by_strength(content: &[u64], x: &Edge, y: &Edge) -> Ordering {
    let by_content = |edge: &Edge| {
        let (a, b) = (content[edge.low as usize], content[edge.high as usize]);
        (a.min(b), a.max(b))
    };
    y.weight.cmp(&x.weight).then_with(|| by_content(x).cmp(&by_content(y))).then_with(|| (x.low, x.high).cmp(&(y.low, y.high)))
}

/// The edges of every row, strongest first.
struct Neighbours {
    /// By place: where its edges begin; one more at the end.
    starts: Vec<u32>,
    /// Weight and other end.
    edges: Vec<(MatchWeight, u32)>,
}

impl Neighbours {
    fn of(rows: usize, edges: &[&[Edge]]) -> Self {
        let ends = |edge: &Edge| [(edge.low, edge.weight, edge.high), (edge.high, edge.weight, edge.low)];
        let mut all: Vec<(u32, MatchWeight, u32)> = edges.iter().flat_map(|edges| edges.iter().flat_map(ends)).collect();
        all.sort_unstable_by(|x, y| x.0.cmp(&y.0).then(y.1.cmp(&x.1)).then(x.2.cmp(&y.2)));
        let mut starts = vec![0; rows + 1];
        all.iter().for_each(|(row, ..)| starts[*row as usize + 1] += 1);
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        Neighbours { starts, edges: all.into_iter().map(|(_, weight, other)| (weight, other)).collect() }
    }

    fn of_place(&self, place: u32) -> &[(MatchWeight, u32)] {
        &self.edges[self.starts[place as usize] as usize..self.starts[place as usize + 1] as usize]
    }
}

/// The sets of a share while they are joined: all goes by places, but for the members that are shown.
struct Joining<'a> {
    /// By place: the row.
    rows: &'a [u32],
    sets: UnionFind,
    neighbours: Neighbours,
    /// The weight from which a pair links.
    link: MatchWeight,
    /// By representative: the rows of its set, not their places, copies left out.
    members: Vec<Vec<u32>>,
    /// By representative, of sets that a ruling joined: their rows in parts that links hold together.
    parts: FxHashMap<u32, Vec<Vec<u32>>>,
    /// By representative: an exclusive identifier of its set.
    exclusive: Vec<Option<u32>>,
    /// By representative: all exclusive identifiers of its set, where stewards joined some that have different ones.
    several: FxHashMap<u32, BTreeSet<u32>>,
    /// By representative: places that no member may be joined with.
    forbidden: FxHashMap<u32, FxHashSet<u32>>,
}

impl<'a> Joining<'a> {
    fn new(rows: &'a [u32], constraints: &Constraints, neighbours: Neighbours, link: MatchWeight) -> Self {
        let exclusive = constraints.exclusive.clone();
        let mut forbidden: FxHashMap<u32, FxHashSet<u32>> = FxHashMap::default();
        for (a, b) in &constraints.cannot {
            forbidden.entry(*a).or_default().insert(*b);
            forbidden.entry(*b).or_default().insert(*a);
        }
        let members = rows.iter().map(|row| vec![*row]).collect();
        Joining {
            rows,
            sets: UnionFind::new(rows.len()),
            neighbours,
            link,
            members,
            exclusive,
            several: FxHashMap::default(),
            parts: FxHashMap::default(),
            forbidden,
        }
    }

    /// Joins what a steward ruled to be one person, unless another ruling forbids it: a cannot-link goes before a must-link.
    fn join_by_ruling(&mut self, a: u32, b: u32) {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        if a != b && !self.is_forbidden(a, b) && !self.is_forbidden(b, a) {
            let parts = [a, b].into_iter().flat_map(|set| self.take_parts(set)).collect();
            let kept = self.join(a, b);
            self.parts.insert(kept, parts);
        }
    }

    /// The parts of a set, which is one part unless a ruling joined it.
    fn take_parts(&mut self, set: u32) -> Vec<Vec<u32>> {
        self.parts.remove(&set).unwrap_or_else(|| vec![self.members[set as usize].clone()])
    }

    /// The part of a set that a row is in.
    fn part_of(&self, set: u32, place: u32) -> &[u32] {
        let row = self.rows[place as usize];
        let part = self.parts.get(&set).and_then(|parts| parts.iter().find(|part| part.contains(&row)));
        part.unwrap_or(&self.members[set as usize])
    }

    /// Joins the sets of an edge's ends, and the parts that the two are in.
    fn join_by_link(&mut self, edge: &Edge) {
        let (a, b) = (self.sets.find(edge.low), self.sets.find(edge.high));
        if !self.parts.contains_key(&a) && !self.parts.contains_key(&b) {
            self.join(a, b);
            return;
        }
        let ends = [self.rows[edge.low as usize], self.rows[edge.high as usize]];
        let parts: Vec<Vec<u32>> = [a, b].into_iter().flat_map(|set| self.take_parts(set)).collect();
        let (linked, mut others): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| ends.iter().any(|row| part.contains(row)));
        others.push(linked.concat());
        let kept = self.join(a, b);
        self.parts.insert(kept, others);
    }

    /// Joins a row's copy, which stands for nothing more.
    fn join_copy(&mut self, row: u32, copy: u32) {
        let (row, copy) = (self.sets.find(row), self.sets.find(copy));
        let kept = self.sets.join(row, copy);
        self.members[copy as usize].clear();
        if kept == copy {
            self.members.swap(row as usize, copy as usize);
        }
    }

    /// Tries an edge unless nothing has changed since it was last tried; whether it stays refused.
    fn is_still_refused(&mut self, open: &mut Open, agreement: &Agrees<'_>) -> bool {
        let (a, b) = (self.sets.find(open.edge.low), self.sets.find(open.edge.high));
        let sizes = (self.members[a as usize].len(), self.members[b as usize].len());
        // What a third cluster claims may have changed without these two.
        if a != b && open.tried == sizes && open.refusal != Refusal::BetweenTwo {
            return true;
        }
        open.tried = sizes;
        let refusal = self.try_join(&open.edge, open.least, agreement);
        open.refusal = refusal.unwrap_or(open.refusal);
        refusal.is_some()
    }

    /// Joins the clusters of an edge's ends unless something forbids it; single rows are judged by the edge itself.
    fn try_join(&mut self, edge: &Edge, least: Agreement, agreement: &Agrees<'_>) -> Option<Refusal> {
        let (a, b) = (self.sets.find(edge.low), self.sets.find(edge.high));
        if a == b {
            return None;
        }
        if !self.forbidden.is_empty() && (self.is_forbidden(a, b) || self.is_forbidden(b, a)) {
            return Some(Refusal::Judgement);
        }
        if self.exclude_each_other(a, b) {
            return Some(Refusal::Exclusive);
        }
        let (of_a, of_b) = (self.part_of(a, edge.low), self.part_of(b, edge.high));
        let single = of_a.len() + of_b.len() == 2;
        let found = if single { Agreement::Open } else { agreement(of_a, of_b) };
        if found < least {
            return Some(Refusal::Disagreement);
        }
        if self.is_between(edge.low, edge.weight, b, agreement) || self.is_between(edge.high, edge.weight, a, agreement) {
            return Some(Refusal::BetweenTwo);
        }
        self.join_by_link(edge);
        None
    }

    /// Whether the claims of what stands at a place, by itself as yet, on people other than `wanted` are together too strong for its claim
    /// of `weight`.
    fn is_between(&mut self, place: u32, weight: MatchWeight, wanted: u32, agreement: &Agrees<'_>) -> bool {
        let own = self.sets.find(place);
        if self.members[own as usize].len() > 1 {
            return false;
        }
        // What is far weaker adds nothing to the sum.
        let bearable = (weight.0 - self.link.0) as f64 / UNITS_PER_BIT;
        let bits = |weight: MatchWeight| weight.0 as f64 / UNITS_PER_BIT;
        let edges = self.neighbours.of_place(place).iter().map(|(weight, other)| (bits(*weight), *other));
        let near: Vec<(f64, u32)> = edges.take_while(|(bits, _)| bits + AMBIGUITY_REACH_BITS >= bearable).collect();
        let (mut looked_at, mut odds, mut claims): (Vec<u32>, f64, usize) = (vec![wanted, own], 0.0, 0);
        for (bits, other) in near {
            let other = self.sets.find(other);
            if looked_at.contains(&other) {
                continue;
            }
            looked_at.push(other);
            if !self.may_not_join(own, other) && (self.may_not_join(wanted, other) || self.speak_against(place, wanted, other, agreement)) {
                odds += bits.exp2();
                claims += 1;
            }
            if claims == AMBIGUITY_CLUSTERS_MAX {
                return true;
            }
        }
        odds > 0.0 && odds.log2() > bearable
    }

    /// Whether a ruling or exclusive identifiers keep two sets apart.
    fn may_not_join(&mut self, a: u32, b: u32) -> bool {
        self.exclude_each_other(a, b) || !self.forbidden.is_empty() && (self.is_forbidden(a, b) || self.is_forbidden(b, a))
    }

    /// Whether two clusters speak against each other, with a row that one would join too: that they have little in common without it does
    /// not make them two people.
    fn speak_against(&self, place: u32, joined: u32, other: u32, agreement: &Agrees<'_>) -> bool {
        let (joined, other) = (&self.members[joined as usize], &self.members[other as usize]);
        let with_row = || -> Vec<u32> { joined.iter().copied().chain([self.rows[place as usize]]).collect() };
        agreement(joined, other) == Agreement::Against && agreement(&with_row(), other) < Agreement::Clear
    }

    /// Whether two sets have different exclusive identifiers. Those that a steward found to be of one person exclude only others.
    fn exclude_each_other(&self, a: u32, b: u32) -> bool {
        let (Some(of_a), Some(of_b)) = (self.exclusive[a as usize], self.exclusive[b as usize]) else { return false };
        if self.several.is_empty() {
            return of_a != of_b;
        }
        let (of_a, of_b) = (self.exclusive_of(a), self.exclusive_of(b));
        !(of_a.is_subset(&of_b) || of_b.is_subset(&of_a))
    }

    fn exclusive_of(&self, root: u32) -> BTreeSet<u32> {
        self.several.get(&root).cloned().unwrap_or_else(|| self.exclusive[root as usize].into_iter().collect())
    }

    fn is_forbidden(&mut self, a: u32, b: u32) -> bool {
        let Some(rows) = self.forbidden.get(&a) else { return false };
        rows.iter().any(|row| self.sets.find(*row) == b)
    }

    /// Joins two sets; gives the representative of both.
    fn join(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        if a == b {
            return a;
        }
        let exclusive = match (self.exclusive[a as usize], self.exclusive[b as usize]) {
            (Some(of_a), Some(of_b)) if of_a != of_b || !self.several.is_empty() => &self.exclusive_of(a) | &self.exclusive_of(b),
            _ => BTreeSet::new(),
        };
        let kept = self.sets.join(a, b);
        let lost = if kept == a { b } else { a };
        let few = self.several.remove(&lost);
        if exclusive.len() > 1 {
            self.several.insert(kept, exclusive);
        } else if let Some(few) = few {
            self.several.insert(kept, few);
        }
        let moved = std::mem::take(&mut self.members[lost as usize]);
        self.members[kept as usize].extend(moved);
        self.exclusive[kept as usize] = self.exclusive[kept as usize].or(self.exclusive[lost as usize]);
        if let Some(rows) = self.forbidden.remove(&lost) {
            self.forbidden.entry(kept).or_default().extend(rows);
        }
        kept
    }

    fn clusters(mut self) -> Clusters {
        let rows = self.sets.len();
        let mut number = vec![u32::MAX; rows];
        let mut clusters = Clusters { of_row: Vec::with_capacity(rows), rows: Vec::new() };
        for row in 0..u32::try_from(rows).unwrap_or(u32::MAX) {
            let root = self.sets.find(row) as usize;
            if number[root] == u32::MAX {
                number[root] = u32::try_from(clusters.rows.len()).unwrap_or(u32::MAX);
                clusters.rows.push(Vec::new());
            }
            clusters.of_row.push(number[root]);
            clusters.rows[number[root] as usize].push(row);
        }
        clusters
    }
}

#[cfg(test)]
mod tests;
