//! How good clusters are against a known truth: pairwise, B-cubed and exact-cluster figures, how sure they are, and of which parts of
//! the data they hold.
//!
//! Records that the clusters do not name are clusters of their own; records that the truth does not name are left out.
//! Never here: files.

mod bootstrap;
mod findable;
mod overlap;
mod slices;

pub use bootstrap::{CONFIDENCE, FigureIntervals, Interval, Intervals, intervals};
pub use findable::Findable;
pub use slices::{SizeSlice, Slice, by_classes, by_size};

use overlap::{overlaps, pairs, share, sizes};
use serde::{Deserialize, Serialize};

/// A precision, a recall and their harmonic mean, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Of what was found, the share that is right.
    pub precision: f64,
    /// Of what is right, the share that was found.
    pub recall: f64,
    /// 2PR/(P+R).
    pub f1: f64,
}

impl Figures {
    fn new(precision: f64, recall: f64) -> Self {
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        Figures { precision, recall, f1 }
    }
}

/// All figures of one comparison with a truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Records of the truth.
    pub records: u64,
    /// People of the truth.
    pub true_clusters: u64,
    /// Clusters found among its records.
    pub found_clusters: u64,
    /// Pairs of records of one person.
    pub true_pairs: u64,
    /// Pairs of records put together.
    pub found_pairs: u64,
    /// Pairs rightly put together.
    pub right_pairs: u64,
    /// Pairs wrongly put together.
    pub wrong_pairs: u64,
    /// Pairs of one person kept apart.
    pub missed_pairs: u64,
    /// Over pairs.
    pub pairwise: Figures,
    /// Over records (Bagga and Baldwin 1998).
    pub b_cubed: Figures,
    /// Over clusters found whole and without strangers.
    pub exact_cluster: Figures,
    /// The same over clusters of two records and more.
    pub exact_cluster_of_two_and_more: Figures,
    /// Found clusters of two records and more.
    pub found_clusters_of_two_and_more: u64,
    /// Found clusters that hold records of more than one person.
    pub over_merged_clusters: u64,
    /// People who share a found cluster with somebody else.
    pub over_merged_people: u64,
    /// Those people for every 10,000 found clusters of two records and more.
    pub over_merged_people_per_10_000: f64,
    /// Records in the largest found cluster.
    pub largest_found: u64,
}

/// Compares clusters with a truth. Both give each record a label, aligned; labels are any numbers.
pub fn evaluate(truth: &[u64], found: &[u64]) -> Evaluation {
    let (of_truth, of_found) = (sizes(truth), sizes(found));
    let records = truth.len() as f64;
    let (mut right_pairs, mut b_precision, mut b_recall) = (0, 0.0, 0.0);
    let (mut exact, mut exact_two) = (0, 0);
    let (mut mixed, mut over_merged) = (Vec::new(), Vec::new());
    for overlap in overlaps(truth, found) {
        let both = overlap.both;
        right_pairs += pairs(both);
        b_precision += (both * both) as f64 / overlap.of_cluster as f64;
        b_recall += (both * both) as f64 / overlap.of_person as f64;
        if both == overlap.of_person && both == overlap.of_cluster {
            exact += 1;
            exact_two += u64::from(both > 1);
        }
        if overlap.people > 1 {
            mixed.push(overlap.cluster);
            over_merged.push(overlap.person);
        }
    }
    for labels in [&mut mixed, &mut over_merged] {
        labels.sort_unstable();
        labels.dedup();
    }

    let ratio = |part: u64, whole: u64| share(part as f64, whole as f64);
    let true_pairs = of_truth.iter().map(|(_, size)| pairs(*size)).sum();
    let found_pairs = of_found.iter().map(|(_, size)| pairs(*size)).sum();
    let two = |sizes: &[(u64, u64)]| sizes.iter().filter(|(_, size)| *size > 1).count() as u64;
    let (true_two, found_two) = (two(&of_truth), two(&of_found));
    Evaluation {
        records: truth.len() as u64,
        true_clusters: of_truth.len() as u64,
        found_clusters: of_found.len() as u64,
        true_pairs,
        found_pairs,
        right_pairs,
        wrong_pairs: found_pairs - right_pairs,
        missed_pairs: true_pairs - right_pairs,
        pairwise: Figures::new(ratio(right_pairs, found_pairs), ratio(right_pairs, true_pairs)),
        b_cubed: Figures::new(b_precision / records.max(1.0), b_recall / records.max(1.0)),
        exact_cluster: Figures::new(ratio(exact, of_found.len() as u64), ratio(exact, of_truth.len() as u64)),
        exact_cluster_of_two_and_more: Figures::new(ratio(exact_two, found_two), ratio(exact_two, true_two)),
        found_clusters_of_two_and_more: found_two,
        over_merged_clusters: mixed.len() as u64,
        over_merged_people: over_merged.len() as u64,
        over_merged_people_per_10_000: 10_000.0 * ratio(over_merged.len() as u64, found_two),
        largest_found: of_found.iter().map(|(_, size)| *size).max().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn a_case_worked_by_hand() {
        // People {0,1,2} {3,4} {5}; found {0,1} {2,3,4} {5}.
        let found = evaluate(&[1, 1, 1, 2, 2, 3], &[7, 7, 8, 8, 8, 9]);
        assert_eq!((found.true_pairs, found.found_pairs, found.right_pairs), (4, 4, 2));
        assert!(near(found.pairwise.precision, 0.5) && near(found.pairwise.recall, 0.5));
        // B-cubed precision: 1, 1, 1/3, 2/3, 2/3, 1; recall: 2/3, 2/3, 1/3, 1, 1, 1.
        assert!(near(found.b_cubed.precision, (3.0 + 5.0 / 3.0) / 6.0));
        assert!(near(found.b_cubed.recall, (3.0 + 5.0 / 3.0) / 6.0));
        assert!(near(found.exact_cluster.precision, 1.0 / 3.0));
        assert_eq!((found.over_merged_clusters, found.over_merged_people), (1, 2));
        assert!(near(found.over_merged_people_per_10_000, 10_000.0));
        assert_eq!(found.largest_found, 3);
    }

    #[test]
    fn the_two_extremes() {
        let right = evaluate(&[1, 1, 2, 3], &[5, 5, 6, 7]);
        assert!(near(right.pairwise.f1, 1.0) && near(right.b_cubed.f1, 1.0) && near(right.exact_cluster.f1, 1.0));
        assert_eq!(right.over_merged_people, 0);
        let apart = evaluate(&[1, 1, 2], &[1, 2, 3]);
        assert_eq!((apart.found_pairs, apart.pairwise.f1), (0, 0.0));
        assert_eq!(evaluate(&[], &[]).records, 0);
    }
}
