//! What people and found clusters have in common, on which every figure rests.

/// A person's records within one found cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overlap {
    /// The person's label.
    pub(super) person: u64,
    /// The cluster's label.
    pub(super) cluster: u64,
    /// Records that both hold.
    pub(super) both: u64,
    /// Records of the person.
    pub(super) of_person: u64,
    /// Records of the cluster.
    pub(super) of_cluster: u64,
    /// People who have records in the cluster.
    pub(super) people: u64,
}

/// The overlaps, rising by person, then cluster. Both slices give each record a label.
pub(super) fn overlaps(truth: &[u64], found: &[u64]) -> Vec<Overlap> {
    assert_eq!(truth.len(), found.len(), "one label of each kind a record");
    let mut cells: Vec<(u64, u64)> = truth.iter().copied().zip(found.iter().copied()).collect();
    cells.sort_unstable();
    let (of_truth, of_found) = (sizes(truth), sizes(found));
    let size = |sizes: &[(u64, u64)], label: u64| sizes.binary_search_by_key(&label, |(label, _)| *label).map_or(0, |place| sizes[place].1);
    let one = |run: &[(u64, u64)]| Overlap {
        person: run[0].0,
        cluster: run[0].1,
        both: run.len() as u64,
        of_person: size(&of_truth, run[0].0),
        of_cluster: size(&of_found, run[0].1),
        people: 0,
    };
    let mut overlaps: Vec<Overlap> = cells.chunk_by(|a, b| a == b).map(one).collect();
    let clusters: Vec<u64> = overlaps.iter().map(|overlap| overlap.cluster).collect();
    let people = sizes(&clusters);
    overlaps.iter_mut().for_each(|overlap| overlap.people = size(&people, overlap.cluster));
    overlaps
}

/// Records by label, rising.
pub(super) fn sizes(labels: &[u64]) -> Vec<(u64, u64)> {
    let mut sorted = labels.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)).collect()
}

/// Pairs among so many records.
pub(super) const fn pairs(records: u64) -> u64 {
    records * records.saturating_sub(1) / 2
}

/// A part as a share of the whole; 0 of nothing.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}
