//! Components and what their cut must give.

use super::*;
use crate::model::MatchWeight;
use proptest::prelude::*;

fn edge(low: u32, high: u32, weight: i64) -> Edge {
    Edge { low, high, weight: MatchWeight(weight) }
}

fn open(_: &[u32], _: &[u32]) -> Agreement {
    Agreement::Open
}

fn cut_links(links: &[Edge], content: &[u64], constraints: &Constraints) -> Cut {
    cut(Pairs { same: &[], links, doubtful: &[], content }, constraints, &open)
}

#[test]
fn a_chain_between_two_ids_is_cut_at_its_weakest_link() {
    let links = [edge(0, 1, 90), edge(1, 2, 50), edge(2, 3, 80)];
    let constraints = Constraints { exclusive: vec![Some(1), None, None, Some(2)], ..Constraints::default() };
    let cut = cut_links(&links, &[1, 2, 3, 4], &constraints);
    assert_eq!(cut.clusters.rows, [vec![0, 1], vec![2, 3]]);
    assert_eq!(cut.refused, [(links[1], Refusal::Exclusive)]);
}

#[test]
fn stewards_come_before_weights() {
    let constraints = Constraints { must: vec![(0, 3)], cannot: vec![(1, 2)], ..Constraints::default() };
    let links = [edge(0, 1, 10), edge(2, 3, 99)];
    let cut = cut_links(&links, &[1, 2, 3, 4], &constraints);
    assert_eq!(cut.clusters.rows, [vec![0, 2, 3], vec![1]], "0 and 3 by ruling, 2 by weight; 1 would meet 2");
    assert_eq!(cut.refused, [(links[0], Refusal::Judgement)]);
}

#[test]
fn clusters_that_disagree_as_wholes_stay_apart() {
    let links = [edge(0, 1, 90), edge(2, 3, 80), edge(1, 2, 50)];
    let apart = |a: &[u32], b: &[u32]| match a.contains(&0) && b.contains(&3) || a.contains(&3) && b.contains(&0) {
        true => Agreement::Against,
        false => Agreement::Open,
    };
    let cut = cut(Pairs { same: &[], links: &links, doubtful: &[], content: &[1, 2, 3, 4] }, &Constraints::default(), &apart);
    assert_eq!(cut.clusters.rows, [vec![0, 1], vec![2, 3]]);
    assert_eq!(cut.refused, [(links[2], Refusal::Disagreement)]);
}

#[test]
fn a_pair_in_doubt_is_settled_by_the_clusters_around_it() {
    let (links, doubtful) = ([edge(0, 1, 90)], [edge(1, 2, 3), edge(3, 4, 3)]);
    let clear = |_: &[u32], _: &[u32]| Agreement::Clear;
    let cut = cut(Pairs { same: &[], links: &links, doubtful: &doubtful, content: &[1, 2, 3, 4, 5] }, &Constraints::default(), &clear);
    assert_eq!(cut.clusters.rows, [vec![0, 1, 2], vec![3], vec![4]], "two single rows have only their own doubt");
}

#[test]
fn a_link_refused_at_first_joins_once_the_clusters_agree() {
    // 0-1 is tried before 1-2 has joined; with 2 beside it, 1 agrees with 0.
    let links = [edge(0, 3, 90), edge(0, 1, 80), edge(1, 2, 70)];
    let with_two = |a: &[u32], b: &[u32]| {
        let joint = [a, b].concat();
        if joint.contains(&0) && joint.contains(&1) && !joint.contains(&2) { Agreement::Against } else { Agreement::Open }
    };
    let cut = cut(Pairs { same: &[], links: &links, doubtful: &[], content: &[1, 2, 3, 4] }, &Constraints::default(), &with_two);
    assert_eq!(cut.clusters.rows, [vec![0, 1, 2, 3]]);
    assert_eq!(cut.refused, []);
}

#[test]
fn copies_join_first_and_are_shown_once() {
    let same = [(1, 0), (1, 3), (2, 4)];
    let links = [edge(1, 2, 50)];
    let shown = std::cell::RefCell::new(Vec::new());
    let look = |a: &[u32], b: &[u32]| {
        shown.borrow_mut().push((a.to_vec(), b.to_vec()));
        Agreement::Open
    };
    let constraints = Constraints { must: vec![(2, 5)], ..Constraints::default() };
    let cut = cut(Pairs { same: &same, links: &links, doubtful: &[], content: &[7, 7, 8, 7, 8, 9] }, &constraints, &look);
    assert_eq!(cut.clusters.rows, [vec![0, 1, 2, 3, 4, 5]]);
    assert_eq!(shown.into_inner(), [(vec![1], vec![2, 5])]);
}

#[test]
fn a_cannot_link_goes_before_must_links() {
    let constraints = Constraints { must: vec![(0, 1), (1, 2)], cannot: vec![(0, 2)], ..Constraints::default() };
    let cut = cut_links(&[], &[1, 2, 3], &constraints);
    assert_eq!(cut.clusters.rows, [vec![0, 1], vec![2]]);
}

proptest! {
    /// Renaming the rows (another order of arrival) changes no membership.
    #[test]
    fn the_order_of_rows_does_not_matter(
        edges in prop::collection::vec((0u32..12, 0u32..12, 0i64..4), 0..30),
        ids in prop::collection::vec(prop::option::of(0u32..3), 12),
        seed in any::<u64>(),
    ) {
        let content: Vec<u64> = (0..12).map(|row| row * 7919 % 1013).collect();
        let mut turned: Vec<u32> = (0..12).collect();
        fastrand::Rng::with_seed(seed).shuffle(&mut turned);
        let mut seen = std::collections::BTreeSet::new();
        let links: Vec<Edge> = edges.iter().filter(|(a, b, _)| a != b && seen.insert((*a.min(b), *a.max(b)))).map(|(a, b, w)| edge(*a.min(b), *a.max(b), *w)).collect();
        let renamed: Vec<Edge> = links.iter().map(|e| {
            let (a, b) = (turned[e.low as usize], turned[e.high as usize]);
            Edge { low: a.min(b), high: a.max(b), weight: e.weight }
        }).collect();
        let mut content_renamed = content.clone();
        let mut ids_renamed = ids.clone();
        for row in 0..12usize {
            content_renamed[turned[row] as usize] = content[row];
            ids_renamed[turned[row] as usize] = ids[row];
        }
        let straight = cut_links(&links, &content, &Constraints { exclusive: ids.clone(), ..Constraints::default() }).clusters;
        let other = cut_links(&renamed, &content_renamed, &Constraints { exclusive: ids_renamed, ..Constraints::default() }).clusters;
        for a in 0..12usize {
            for b in 0..12usize {
                let together = straight.of_row[a] == straight.of_row[b];
                let together_renamed = other.of_row[turned[a] as usize] == other.of_row[turned[b] as usize];
                prop_assert_eq!(together, together_renamed);
            }
            for b in &straight.rows[straight.of_row[a] as usize] {
                prop_assert!(ids[a].is_none() || ids[*b as usize].is_none() || ids[a] == ids[*b as usize]);
            }
        }
    }
}
