//! Weighed pairs of distinct rows -> clusters and what is in doubt: copies follow the rows that stand for them, links are cut into clusters.
//!
//! Always: all doors end here, so that the same pairs come to the same clusters; ties that nothing else decides go by the order of rows.

use crate::blocking::{Rule, RuleSet};
use crate::cluster::{Agreement, Clusters, Constraints, Pairs, Refusal, cut};
use crate::comparison::{InParts, RecordTable};
use crate::engine::resolver::{Resolver, Weighed};
use crate::link::{Decision, Edge, Judgement, Veto, exclusive_identifier};
use crate::record::{CanonicalRecord, RecordKey};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a pair is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    /// Its match probability lies between the thresholds.
    InDoubt,
    /// It would link, but the two carry different valid resident IDs.
    TwoCertificates,
    /// It would link, but their clusters carry different valid resident IDs.
    ClustersWithTwoCertificates,
    /// It would link, but their clusters as wholes disagree.
    ClustersDisagree,
    /// It would link, but one of the two belongs as well to another person.
    BetweenTwo,
    /// It would link, but a steward ruled records of their clusters to be different people.
    AgainstJudgement,
}

impl ReviewReason {
    /// The reason's name in files.
    pub const fn name(self) -> &'static str {
        match self {
            ReviewReason::InDoubt => "in_doubt",
            ReviewReason::TwoCertificates => "two_certificates",
            ReviewReason::ClustersWithTwoCertificates => "clusters_with_two_certificates",
            ReviewReason::ClustersDisagree => "clusters_disagree",
            ReviewReason::BetweenTwo => "between_two",
            ReviewReason::AgainstJudgement => "against_judgement",
        }
    }
}

/// A pair to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The pair and its weight.
    pub edge: Edge,
    /// Why.
    pub reason: ReviewReason,
}

/// Pairs of distinct rows as they were weighed.
#[derive(Default)]
pub(in crate::engine) struct WeighedPairs {
    /// Those that link.
    pub(in crate::engine) links: Vec<Edge>,
    /// Those in doubt.
    pub(in crate::engine) reviews: Vec<Review>,
    /// How many there are of each whole number of bits, but for the hopeless.
    pub(in crate::engine) histogram: BTreeMap<i32, u64>,
    /// Pairs that were seen to weigh less than a review at most.
    #[cfg_attr(not(feature = "full"), expect(dead_code, reason = "a batch tells of it"))]
    pub(in crate::engine) hopeless: u64,
}

impl WeighedPairs {
    /// Takes what a pair of rows came to.
    pub(in crate::engine) fn take(&mut self, weighed: &Weighed, low: u32, high: u32) {
        let weight = weighed.weight.least();
        let edge = Edge { low, high, weight };
        *self.histogram.entry((weight.0 >> 20) as i32).or_insert(0) += 1;
        match weighed.decision {
            Decision::Link => self.links.push(edge),
            Decision::Review if weighed.veto == Some(Veto::TwoResidentIds) => {
                self.reviews.push(Review { edge, reason: ReviewReason::TwoCertificates })
            }
            Decision::Review => self.reviews.push(Review { edge, reason: ReviewReason::InDoubt }),
            Decision::NonLink => {}
        }
    }
}

/// What is known of the rows of a table.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Rows<'a> {
    /// Rows that say what another of their source says, as (that row, the row), rising.
    pub(in crate::engine) copies: &'a [(u32, u32)],
    /// By row: a hash of its content.
    pub(in crate::engine) content: &'a [u64],
    pub(in crate::engine) constraints: &'a Constraints,
}

/// Rows as people.
pub(in crate::engine) struct Partition {
    pub(in crate::engine) clusters: Clusters,
    /// Copies that stand for nothing more, as (the row that stands for it, the copy).
    #[cfg_attr(not(feature = "full"), expect(dead_code, reason = "a batch tells of it"))]
    pub(in crate::engine) same: Vec<(u32, u32)>,
    /// Pairs of two clusters that are to be looked at.
    pub(in crate::engine) reviews: Vec<Review>,
}

/// Cuts clusters from what was weighed, to which the edges of copies are added.
pub(in crate::engine) fn partition(
    resolver: &Resolver<'_>,
    rules: &RuleSet,
    rows: Rows<'_>,
    weighed: &mut WeighedPairs,
    in_parts: &impl InParts,
) -> Partition {
    let (same, standing) = take_copies(rows.copies, resolver, weighed, &|row| {
        let of_row = CanonicalRecord::new(RecordKey::new("", ""), 0, None, resolver.table().values_of(row));
        rules.with_blocks().any(|(rule, _)| has_key(rule, &of_row))
    });
    // Copies count once in a group, whether they joined it as copies or by themselves.
    let distinct = |rows: &[u32]| -> Vec<u32> {
        let mut rows: Vec<u32> = rows.iter().map(|row| standing.get(row).copied().unwrap_or(*row)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    };
    let weigh_groups = |a: &[u32], b: &[u32]| match standing.is_empty() {
        true => resolver.weigh_groups(a, b),
        false => resolver.weigh_groups(&distinct(a), &distinct(b)),
    };
    let (link, open) = (resolver.weights().link, resolver.weights().open);
    let agreement = |a: &[u32], b: &[u32]| match weigh_groups(a, b) {
        weighed if weighed.weight.least() >= link => Agreement::Clear,
        weighed if weighed.weight.least() >= open => Agreement::Open,
        _ => Agreement::Against,
    };
    let in_doubt = weighed.reviews.iter().filter(|review| review.reason == ReviewReason::InDoubt);
    let doubtful: Vec<Edge> = in_doubt.map(|review| review.edge).collect();
    let pairs = Pairs { same: &same, links: &weighed.links, doubtful: &doubtful, content: rows.content, link };
    let cut = cut(pairs, rows.constraints, &agreement, in_parts);
    let mut reviews = std::mem::take(&mut weighed.reviews);
    reviews.extend(cut.refused.iter().map(|(edge, refusal)| Review { edge: *edge, reason: reason(*refusal) }));
    // What ended in one cluster by other ways is no longer in doubt.
    reviews.retain(|review| cut.clusters.of_row[review.edge.low as usize] != cut.clusters.of_row[review.edge.high as usize]);
    Partition { clusters: cut.clusters, same, reviews }
}

const fn reason(refusal: Refusal) -> ReviewReason {
    match refusal {
        Refusal::Exclusive => ReviewReason::ClustersWithTwoCertificates,
        Refusal::Judgement => ReviewReason::AgainstJudgement,
        Refusal::Disagreement => ReviewReason::ClustersDisagree,
        Refusal::BetweenTwo => ReviewReason::BetweenTwo,
    }
}

/// Lets copies follow the rows that stand for them. Where those link to themselves the copies are theirs; else what is found of
/// them holds of each copy. Gives the copies of the first kind, as (the row that stands for it, the copy), and the rows that stand
/// for copies of the second.
fn take_copies(
    copies: &[(u32, u32)],
    resolver: &Resolver<'_>,
    weighed: &mut WeighedPairs,
    is_candidate: &dyn Fn(u32) -> bool,
) -> (Vec<(u32, u32)>, FxHashMap<u32, u32>) {
    let mut same = Vec::new();
    let mut alone: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for of_one in copies.chunk_by(|a, b| a.0 == b.0) {
        let first = of_one[0].0;
        let itself = resolver.weigh(first, first);
        let edges = of_one.iter().map(|(low, high)| Edge { low: *low, high: *high, weight: itself.weight.least() });
        match itself.decision {
            _ if !is_candidate(first) => {}
            Decision::Link => {
                weighed.links.extend(edges);
                same.extend_from_slice(of_one);
                continue;
            }
            Decision::Review => weighed.reviews.extend(edges.map(|edge| Review { edge, reason: ReviewReason::InDoubt })),
            Decision::NonLink => {}
        }
        alone.insert(first, of_one.iter().map(|(_, copy)| *copy).collect());
    }
    if !alone.is_empty() {
        let links = weighed.links.iter().flat_map(|edge| of_copies(edge, &alone)).collect::<Vec<_>>();
        let reviews = weighed.reviews.iter();
        let reviews =
            reviews.flat_map(|review| of_copies(&review.edge, &alone).into_iter().map(|edge| Review { edge, reason: review.reason }));
        let reviews = reviews.collect::<Vec<_>>();
        weighed.links.extend(links);
        weighed.reviews.extend(reviews);
    }
    let standing = alone.iter().flat_map(|(first, copies)| copies.iter().map(|copy| (*copy, *first))).collect();
    (same, standing)
}

/// The edges of copies that an edge stands for: of each end's copies with the other end, which is as many as there are copies.
fn of_copies(edge: &Edge, alone: &FxHashMap<u32, Vec<u32>>) -> Vec<Edge> {
    let copies = |row: u32| alone.get(&row).map_or(&[][..], Vec::as_slice);
    let (of_low, of_high) = (copies(edge.low), copies(edge.high));
    // Copies rise.
    if of_low.binary_search(&edge.high).is_ok() {
        return Vec::new();
    }
    let pairs = of_low.iter().map(|copy| (*copy, edge.high)).chain(of_high.iter().map(|copy| (edge.low, *copy)));
    pairs.map(|(a, b)| Edge { low: a.min(b), high: a.max(b), weight: edge.weight }).collect()
}

fn has_key(rule: &Rule, record: &CanonicalRecord) -> bool {
    let mut keys = Vec::new();
    rule.keys(record, &mut keys);
    !keys.is_empty()
}

/// What rows and stewards forbid and ask; judgements are in the order of records, one on two of them.
pub(in crate::engine) fn constraints(table: &RecordTable, keys: &[RecordKey], judgements: &[Judgement]) -> Constraints {
    let exclusive = (0..keys.len()).map(|row| exclusive_identifier(&table.view(row as u32))).collect();
    let mut constraints = Constraints { exclusive, ..Constraints::default() };
    if judgements.is_empty() {
        return constraints;
    }
    let rows: FxHashMap<&RecordKey, u32> = keys.iter().zip(0..).collect();
    for judgement in judgements {
        if let (Some(a), Some(b)) = (rows.get(&judgement.a), rows.get(&judgement.b)) {
            let list = if judgement.same_person { &mut constraints.must } else { &mut constraints.cannot };
            list.push((*a.min(b), *a.max(b)));
        }
    }
    constraints
}
