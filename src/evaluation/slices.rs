//! The pairwise figures of parts of the data: by the number of records, and by classes of records such as source or script.
//!
//! Pairs are counted, never listed: the cost grows with records and classes, not with pairs.

use super::Figures;
use super::overlap::{overlaps, pairs, share, sizes};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// Pairs of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slice {
    /// The kind, in words.
    pub name: String,
    /// Pairs of one person.
    pub true_pairs: u64,
    /// Pairs put together.
    pub found_pairs: u64,
    /// Pairs rightly put together.
    pub right_pairs: u64,
    /// Over these pairs.
    #[serde(flatten)]
    pub figures: Figures,
}

impl Slice {
    fn new(name: String, [true_pairs, found_pairs, right_pairs]: [u64; 3]) -> Slice {
        let [of_truth, of_found, right] = [true_pairs, found_pairs, right_pairs].map(|pairs| pairs as f64);
        Slice { name, true_pairs, found_pairs, right_pairs, figures: Figures::new(share(right, of_found), share(right, of_truth)) }
    }
}

/// People, and found clusters, of one size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SizeSlice {
    /// Records: `3`, `5-9`, `20+`.
    pub size: String,
    /// People with so many records.
    pub people: u64,
    /// Of those, the ones found whole and without strangers.
    pub exact_people: u64,
    /// Of the pairs of those people, the share found; none where they have no pairs.
    pub recall: Option<f64>,
    /// Found clusters of so many records.
    pub clusters: u64,
    /// Of the pairs of those clusters, the share that is right; none where they have no pairs.
    pub precision: Option<f64>,
    /// Of those clusters, the ones that hold records of several people.
    pub over_merged_clusters: u64,
}

/// Where sizes are told apart: least size and name.
const SIZES: &[(u64, &str)] = &[(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5-9"), (10, "10-19"), (20, "20+")];

/// By the records of people and of clusters; sizes that do not occur are left out.
pub fn by_size(truth: &[u64], found: &[u64]) -> Vec<SizeSlice> {
    let place = |size: u64| SIZES.iter().rposition(|(least, _)| *least <= size).unwrap_or(0);
    let mut slices: Vec<SizeSlice> = SIZES.iter().map(|(_, name)| SizeSlice::of(name)).collect();
    let mut of = vec![[0.0; 4]; SIZES.len()];
    for (_, size) in sizes(truth) {
        slices[place(size)].people += 1;
        of[place(size)][0] += pairs(size) as f64;
    }
    for (_, size) in sizes(found) {
        slices[place(size)].clusters += 1;
        of[place(size)][2] += pairs(size) as f64;
    }
    let mut mixed: Vec<(u64, u64)> = Vec::new();
    for overlap in overlaps(truth, found) {
        let (person, cluster) = (place(overlap.of_person), place(overlap.of_cluster));
        of[person][1] += pairs(overlap.both) as f64;
        of[cluster][3] += pairs(overlap.both) as f64;
        slices[person].exact_people += u64::from(overlap.both == overlap.of_person && overlap.both == overlap.of_cluster);
        if overlap.people > 1 {
            mixed.push((overlap.cluster, overlap.of_cluster));
        }
    }
    mixed.sort_unstable();
    mixed.dedup();
    mixed.iter().for_each(|(_, size)| slices[place(*size)].over_merged_clusters += 1);
    for (slice, [all_true, right_true, all_found, right_found]) in slices.iter_mut().zip(of) {
        slice.recall = (all_true > 0.0).then(|| right_true / all_true);
        slice.precision = (all_found > 0.0).then(|| right_found / all_found);
    }
    slices.retain(|slice| slice.people + slice.clusters > 0);
    slices
}

impl SizeSlice {
    fn of(name: &str) -> SizeSlice {
        SizeSlice { size: name.into(), people: 0, exact_people: 0, recall: None, clusters: 0, precision: None, over_merged_clusters: 0 }
    }
}

/// By the classes of a pair's two records, in either order; kinds of pairs that do not occur are left out. `class` gives each record a
/// number, `name` a pair of classes its words; pairs of one name are counted together, in the order of their first.
pub fn by_classes(truth: &[u64], found: &[u64], class: &[u32], name: &dyn Fn(u32, u32) -> String) -> Vec<Slice> {
    let both: Vec<(u64, u64)> = truth.iter().copied().zip(found.iter().copied()).collect();
    let mut counts: BTreeMap<(u32, u32), [u64; 3]> = BTreeMap::new();
    count(truth, class, &mut |pair, pairs| counts.entry(pair).or_default()[0] += pairs);
    count(found, class, &mut |pair, pairs| counts.entry(pair).or_default()[1] += pairs);
    count(&both, class, &mut |pair, pairs| counts.entry(pair).or_default()[2] += pairs);
    let mut slices: Vec<(String, [u64; 3])> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for ((a, b), counted) in counts.into_iter().filter(|(_, counted)| *counted != [0; 3]) {
        let name = name(a, b);
        let place = *places.entry(name.clone()).or_insert(slices.len());
        match slices.get_mut(place) {
            Some((_, sums)) => sums.iter_mut().zip(counted).for_each(|(sum, pairs)| *sum += pairs),
            None => slices.push((name, counted)),
        }
    }
    slices.into_iter().map(|(name, counts)| Slice::new(name, counts)).collect()
}

/// Counts the pairs within groups of one label by the classes of their records.
fn count<L: Copy + Eq + std::hash::Hash>(labels: &[L], class: &[u32], each: &mut dyn FnMut((u32, u32), u64)) {
    let mut groups: FxHashMap<L, Vec<(u32, u64)>> = FxHashMap::default();
    for (label, class) in labels.iter().zip(class) {
        let counts = groups.entry(*label).or_default();
        match counts.iter_mut().find(|(known, _)| known == class) {
            Some((_, count)) => *count += 1,
            None => counts.push((*class, 1)),
        }
    }
    for counts in groups.values() {
        for (place, (a, of_a)) in counts.iter().enumerate() {
            each((*a, *a), pairs(*of_a));
            for (b, of_b) in &counts[place + 1..] {
                each(((*a).min(*b), (*a).max(*b)), of_a * of_b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// People {0,1,2} {3,4} {5}; found {0,1} {2,3,4} {5}.
    const TRUTH: &[u64] = &[1, 1, 1, 2, 2, 3];
    const FOUND: &[u64] = &[7, 7, 8, 8, 8, 9];

    #[test]
    fn sizes_of_people_and_of_clusters() {
        let slices = by_size(TRUTH, FOUND);
        let seen: Vec<_> = slices.iter().map(|s| (s.size.as_str(), s.people, s.exact_people, s.clusters, s.over_merged_clusters)).collect();
        assert_eq!(seen, [("1", 1, 1, 1, 0), ("2", 1, 0, 1, 0), ("3", 1, 0, 1, 1)]);
        let figures: Vec<_> = slices.iter().map(|s| (s.recall, s.precision)).collect();
        assert_eq!(figures, [(None, None), (Some(1.0), Some(1.0)), (Some(1.0 / 3.0), Some(1.0 / 3.0))]);
        let long: Vec<u64> = vec![1; 25];
        assert_eq!(by_size(&long, &long)[0].size, "20+");
    }

    #[test]
    fn classes_of_pairs_add_up_to_the_whole() {
        let class = [0, 1, 0, 0, 1, 1];
        let slices = by_classes(TRUTH, FOUND, &class, &|a, b| format!("{a}-{b}"));
        let seen: Vec<_> = slices.iter().map(|s| (s.name.as_str(), s.true_pairs, s.found_pairs, s.right_pairs)).collect();
        assert_eq!(seen, [("0-0", 1, 1, 0), ("0-1", 3, 3, 2)]);
        assert_eq!((slices[1].figures.precision, slices[1].figures.recall), (2.0 / 3.0, 2.0 / 3.0));
        let whole = by_classes(TRUTH, FOUND, &class, &|_, _| "all".into());
        assert_eq!((whole.len(), whole[0].true_pairs, whole[0].found_pairs, whole[0].right_pairs), (1, 4, 4, 2));
    }
}
