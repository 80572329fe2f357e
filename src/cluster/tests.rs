//! Components and what their cut must give.

use super::*;
use crate::comparison::OneByOne;
use crate::model::MatchWeight;
use proptest::prelude::*;

fn edge(low: u32, high: u32, weight: i64) -> Edge {
    Edge { low, high, weight: MatchWeight(weight) }
}

fn open(_: &[u32], _: &[u32]) -> Agreement {
    Agreement::Open
}

fn cut(pairs: Pairs<'_>, constraints: &Constraints, agreement: &Agrees<'_>) -> Cut {
    super::cut(pairs, constraints, agreement, &OneByOne)
}

fn cut_links(links: &[Edge], content: &[u64], constraints: &Constraints) -> Cut {
    cut(Pairs { same: &[], links, doubtful: &[], content, link: MatchWeight(0) }, constraints, &open)
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
fn shares_have_gaps_and_rulings_across_them_change_nothing() {
    // 0 and 5 stand alone; 1-3 and 2-4-6 do not touch.
    let links = [edge(1, 3, 50), edge(2, 4, 90), edge(4, 6, 40)];
    let constraints = Constraints { cannot: vec![(1, 4), (0, 2), (2, 6), (5, 0)], ..Constraints::default() };
    let pairs = Pairs { same: &[], links: &links, doubtful: &[], content: &[1, 2, 3, 4, 5, 6, 7], link: MatchWeight(0) };
    for share_pairs in [1, u64::MAX] {
        let cut = cut_in_shares(pairs, &constraints, &open, &OneByOne, share_pairs);
        assert_eq!(cut.clusters.rows, [vec![0], vec![1, 3], vec![2, 4], vec![5], vec![6]]);
        assert_eq!(cut.clusters.of_row, [0, 1, 2, 1, 2, 3, 4]);
        assert_eq!(cut.refused, [(links[2], Refusal::Judgement)]);
    }
}

/// Which of the two certificates stood for the person once went by the rows' numbers.
#[test]
fn two_certificates_that_a_steward_found_on_one_person_exclude_only_others() {
    let ids = vec![Some(1), Some(2), Some(1), Some(2), Some(3)];
    let constraints = Constraints { must: vec![(0, 1)], exclusive: ids, ..Constraints::default() };
    let links = [edge(0, 2, 50), edge(1, 3, 40), edge(0, 4, 30)];
    let cut = cut_links(&links, &[1, 2, 3, 4, 5], &constraints);
    assert_eq!(cut.clusters.rows, [vec![0, 1, 2, 3], vec![4]]);
    assert_eq!(cut.refused, [(links[2], Refusal::Exclusive)]);
}

#[test]
fn clusters_that_disagree_as_wholes_stay_apart() {
    let links = [edge(0, 1, 90), edge(2, 3, 80), edge(1, 2, 50)];
    let apart = |a: &[u32], b: &[u32]| match a.contains(&0) && b.contains(&3) || a.contains(&3) && b.contains(&0) {
        true => Agreement::Against,
        false => Agreement::Open,
    };
    let cut = cut(
        Pairs { same: &[], links: &links, doubtful: &[], content: &[1, 2, 3, 4], link: MatchWeight(0) },
        &Constraints::default(),
        &apart,
    );
    assert_eq!(cut.clusters.rows, [vec![0, 1], vec![2, 3]]);
    assert_eq!(cut.refused, [(links[2], Refusal::Disagreement)]);
}

/// A phone of a couple, on a record without a name: it once went to whoever was linked to it first.
#[test]
fn a_record_between_two_people_joins_neither_unless_one_claim_outweighs_the_other() {
    let apart = |a: &[u32], b: &[u32]| match a.contains(&0) && b.contains(&1) || a.contains(&1) && b.contains(&0) {
        true => Agreement::Against,
        false => Agreement::Open,
    };
    let bits = |bits: f64| MatchWeight::from_bits(bits).0;
    for (second, rows) in [(4.0, vec![vec![0], vec![1], vec![2]]), (3.5, vec![vec![0], vec![1], vec![2]]), (2.0, vec![vec![0, 2], vec![1]])]
    {
        let links = [edge(0, 2, bits(4.0)), edge(1, 2, bits(second))];
        let pairs = Pairs { same: &[], links: &links, doubtful: &[], content: &[1, 2, 3], link: MatchWeight::from_bits(1.0) };
        let cut = cut(pairs, &Constraints::default(), &apart);
        assert_eq!(cut.clusters.rows, rows, "{second}");
        let refused = if rows.len() == 3 {
            vec![(links[0], Refusal::BetweenTwo), (links[1], Refusal::BetweenTwo)]
        } else {
            vec![(links[1], Refusal::Disagreement)]
        };
        assert_eq!(cut.refused, refused);
    }
}

#[test]
fn what_a_ruling_joins_brings_those_along_who_belong_to_either() {
    // 0 with 1 and 2, 3 with 4: two people who disagree as wholes, and a steward knows better.
    let links = [edge(0, 1, 20), edge(0, 2, 18), edge(1, 2, 16), edge(3, 4, 20)];
    let person = |row: u32| u32::from(row > 2);
    let agree = |a: &[u32], b: &[u32]| {
        let mixed = a.iter().chain(b).any(|row| person(*row) != person(a[0]));
        if mixed { Agreement::Against } else { Agreement::Clear }
    };
    let content = [0, 1, 2, 3, 4];
    let pairs = Pairs { same: &[], links: &links, doubtful: &[], content: &content, link: MatchWeight(0) };
    let constraints = Constraints { exclusive: vec![Some(7), Some(7), None, Some(9), Some(9)], must: vec![(1, 3)], cannot: Vec::new() };
    assert_eq!(cut(pairs, &constraints, &agree).clusters.rows, [vec![0, 1, 2, 3, 4]]);
    let parted = Constraints { cannot: vec![(2, 3)], ..constraints };
    assert_eq!(cut(pairs, &parted, &agree).clusters.rows, [vec![0, 1, 3, 4], vec![2]], "but for whom a ruling keeps away");
}

#[test]
fn a_claim_that_a_ruling_forbids_counts_for_nothing() {
    let apart = |a: &[u32], b: &[u32]| match a.contains(&0) && b.contains(&1) || a.contains(&1) && b.contains(&0) {
        true => Agreement::Against,
        false => Agreement::Open,
    };
    let bits = |bits: f64| MatchWeight::from_bits(bits).0;
    let links = [edge(0, 2, bits(4.0)), edge(1, 2, bits(4.0))];
    let pairs = Pairs { same: &[], links: &links, doubtful: &[], content: &[1, 2, 3], link: MatchWeight::from_bits(1.0) };
    let ruled = Constraints { cannot: vec![(1, 2)], ..Constraints::default() };
    assert_eq!(cut(pairs, &ruled, &apart).clusters.rows, [vec![0, 2], vec![1]]);
    let excluded = Constraints { exclusive: vec![None, Some(1), Some(2)], ..Constraints::default() };
    assert_eq!(cut(pairs, &excluded, &apart).clusters.rows, [vec![0, 2], vec![1]]);
    assert_eq!(cut(pairs, &Constraints::default(), &apart).clusters.rows, [vec![0], vec![1], vec![2]]);
}

#[test]
fn a_pair_in_doubt_is_settled_by_the_clusters_around_it() {
    let (links, doubtful) = ([edge(0, 1, 90)], [edge(1, 2, 3), edge(3, 4, 3)]);
    let clear = |_: &[u32], _: &[u32]| Agreement::Clear;
    let cut = cut(
        Pairs { same: &[], links: &links, doubtful: &doubtful, content: &[1, 2, 3, 4, 5], link: MatchWeight(0) },
        &Constraints::default(),
        &clear,
    );
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
    let cut = cut(
        Pairs { same: &[], links: &links, doubtful: &[], content: &[1, 2, 3, 4], link: MatchWeight(0) },
        &Constraints::default(),
        &with_two,
    );
    assert_eq!(cut.clusters.rows, [vec![0, 1, 2, 3]]);
    assert_eq!(cut.refused, []);
}

#[test]
fn copies_join_first_and_are_shown_once() {
    let same = [(1, 0), (1, 3), (2, 4)];
    let links = [edge(2, 5, 60), edge(1, 2, 50)];
    let shown = std::sync::Mutex::new(Vec::new());
    let look = |a: &[u32], b: &[u32]| {
        shown.lock().expect("one thread").push((a.to_vec(), b.to_vec()));
        Agreement::Open
    };
    let constraints = Constraints::default();
    let cut =
        cut(Pairs { same: &same, links: &links, doubtful: &[], content: &[7, 7, 8, 7, 8, 9], link: MatchWeight(0) }, &constraints, &look);
    assert_eq!(cut.clusters.rows, [vec![0, 1, 2, 3, 4, 5]]);
    let shown = shown.into_inner().expect("one thread");
    assert_eq!(shown.last(), Some(&(vec![1], vec![2, 5])));
    assert!(shown.iter().flat_map(|(a, b)| a.iter().chain(b)).all(|row| [1, 2, 5].contains(row)), "{shown:?}");
}

#[test]
fn a_cannot_link_goes_before_must_links() {
    let constraints = Constraints { must: vec![(0, 1), (1, 2)], cannot: vec![(0, 2)], ..Constraints::default() };
    let cut = cut_links(&[], &[1, 2, 3], &constraints);
    assert_eq!(cut.clusters.rows, [vec![0, 1], vec![2]]);
}

/// What two groups of rows, by the content of their rows, have to do with each other: fixed by chance, but blind to rows' numbers.
fn chance(a: Vec<u64>, b: Vec<u64>, seed: u64) -> Agreement {
    let group = |mut content: Vec<u64>| {
        content.sort_unstable();
        content.iter().fold(seed, |sum, one| (sum ^ one).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23))
    };
    match (group(a) ^ group(b)) % 5 {
        0 => Agreement::Against,
        1 => Agreement::Clear,
        _ => Agreement::Open,
    }
}

proptest! {
    /// Renaming the rows (another order of arrival) changes no membership, with copies, doubts, rulings and clusters that agree or not.
    #[test]
    fn the_order_of_rows_does_not_matter(
        edges in prop::collection::vec((0u32..12, 0u32..12, 0i64..6), 0..30),
        ids in prop::collection::vec(prop::option::of(0u32..3), 12),
        copies in prop::collection::vec(0u32..12, 4),
        ruled in prop::collection::vec((0u32..12, 0u32..12, any::<bool>()), 0..4),
        seed in any::<u64>(),
    ) {
        let content: Vec<u64> = (0..12).chain(copies.iter().copied()).map(|row| u64::from(row) * 7919 % 1013).collect();
        let rows = content.len();
        let straight: Vec<u32> = (0..rows as u32).collect();
        let mut turned = straight.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut turned);
        let clusters = |names: &[u32], share_pairs: u64| {
            let mut seen = std::collections::BTreeSet::new();
            let named = |row: u32| names[row as usize];
            let all: Vec<Edge> = edges
                .iter()
                .filter(|(a, b, _)| a != b && seen.insert((*a.min(b), *a.max(b))))
                .map(|(a, b, weight)| edge(named(*a).min(named(*b)), named(*a).max(named(*b)), *weight))
                .collect();
            let (doubtful, links): (Vec<Edge>, Vec<Edge>) = all.into_iter().partition(|edge| edge.weight < MatchWeight(2));
            let same: Vec<(u32, u32)> = copies.iter().zip(12..).map(|(row, copy)| (named(*row), named(copy))).collect();
            let mut of_row = vec![0; rows];
            straight.iter().for_each(|row| of_row[named(*row) as usize] = content[*row as usize]);
            let mut exclusive = vec![None; rows];
            (0..12u32).for_each(|row| exclusive[named(row) as usize] = ids[row as usize]);
            for (row, copy) in copies.iter().zip(12u32..) {
                exclusive[named(copy) as usize] = ids[*row as usize];
            }
            let rulings = |wanted: bool| {
                let apart = |row: &u32| !copies.contains(row);
                let of = ruled.iter().filter(|(a, b, must)| a != b && *must == wanted && apart(a) && apart(b));
                of.map(|(a, b, _)| (named(*a), named(*b))).collect::<Vec<_>>()
            };
            let constraints = Constraints { must: rulings(true), cannot: rulings(false), exclusive };
            let agree = |a: &[u32], b: &[u32]| {
                let contents = |group: &[u32]| group.iter().map(|row| of_row[*row as usize]).collect::<Vec<u64>>();
                chance(contents(a), contents(b), seed)
            };
            let pairs = Pairs { same: &same, links: &links, doubtful: &doubtful, content: &of_row, link: MatchWeight(0) };
            let whole = cut_in_shares(pairs, &constraints, &agree, &OneByOne, share_pairs);
            let parted = cut_in_shares(pairs, &constraints, &agree, &OneByOne, 1);
            assert_eq!((&whole.clusters, &whole.refused), (&parted.clusters, &parted.refused), "in one share and in several");
            let of = whole.clusters.of_row;
            straight.iter().map(|row| of[named(*row) as usize]).collect::<Vec<_>>()
        };
        let (one, other) = (clusters(&straight, u64::MAX), clusters(&turned, 1));
        for a in 0..rows {
            for b in 0..rows {
                prop_assert_eq!(one[a] == one[b], other[a] == other[b], "rows {} and {}", a, b);
            }
        }
    }
}
