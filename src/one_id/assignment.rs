//! Names for the clusters of a merge, keeping those that stand.
//!
//! 1. Each standing One-ID claims, of the clusters its records are now in, the one with a verified legal identity, else the one
//!    with its founding record, else the one of its least record key. Never the one with the most records.
//! 2. A cluster that is claimed by several keeps the oldest; the others retire and redirect to where their records are.
//! 3. A cluster that nobody claims takes back a retired One-ID whose founding record it holds (a split that undoes a merge),
//!    else it is a new person.
//!
//! Always: every cluster has one name, no two the same; a name is never given to someone else.

use super::OneId;
use rustc_hash::{FxHashMap, FxHashSet};

/// A One-ID as it stood before the merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The name.
    pub one_id: OneId,
    /// Age: journal position and ordinal of its creation; less is older.
    pub created: (u64, u64),
    /// Row of its founding record, if that is still live.
    pub founding_row: Option<u32>,
    /// Rows of its records that are still live, rising.
    pub rows: Vec<u32>,
    /// Whether it redirects to others since an earlier merge.
    pub retired: bool,
}

/// What a cluster is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// It keeps a One-ID that stood.
    Kept(OneId),
    /// It takes back a One-ID that had been retired by a merge.
    Revived(OneId),
    /// A new person, numbered from 0.
    New(u32),
}

/// Names by cluster, and the One-IDs that retire, with the clusters their records went to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assigned {
    /// By cluster.
    pub names: Vec<Name>,
    /// Retired One-IDs and the clusters they redirect to; empty when all their records are gone.
    pub retired: Vec<(OneId, Vec<u32>)>,
}

/// Names clusters. `cluster_of_row` gives each row's cluster; `verified` tells of a row whether it carries a valid legal identity.
pub fn assign(clusters: usize, cluster_of_row: &[u32], standing: &[Standing], verified: &dyn Fn(u32) -> bool) -> Assigned {
    let mut claims: Vec<Option<&Standing>> = vec![None; clusters];
    let mut outlived: Vec<&Standing> = Vec::new();
    let mut oldest_first: Vec<&Standing> = standing.iter().filter(|one| !one.retired).collect();
    oldest_first.sort_unstable_by_key(|one| one.created);
    for one in oldest_first {
        match claimed_cluster(one, cluster_of_row, verified) {
            Some(cluster) if claims[cluster as usize].is_none() => claims[cluster as usize] = Some(one),
            _ => outlived.push(one),
        }
    }
    let mut founding: FxHashMap<u32, &Standing> = FxHashMap::default();
    for one in standing.iter().filter(|one| one.retired) {
        if let Some(row) = one.founding_row {
            let older = founding.entry(row).or_insert(one);
            if one.created < older.created {
                *older = one;
            }
        }
    }
    let mut revived: FxHashMap<u32, &Standing> = FxHashMap::default();
    for (row, one) in &founding {
        let cluster = cluster_of_row[*row as usize];
        if claims[cluster as usize].is_none() {
            let older = revived.entry(cluster).or_insert(one);
            if one.created < older.created {
                *older = one;
            }
        }
    }
    let mut new = 0;
    let names = claims.iter().zip(0..).map(|(claim, cluster)| match (claim, revived.get(&cluster)) {
        (Some(one), _) => Name::Kept(one.one_id),
        (None, Some(one)) => Name::Revived(one.one_id),
        (None, None) => {
            new += 1;
            Name::New(new - 1)
        }
    });
    let names = names.collect();
    let retired = outlived.into_iter().map(|one| (one.one_id, clusters_of(&one.rows, cluster_of_row))).collect();
    Assigned { names, retired }
}

fn clusters_of(rows: &[u32], cluster_of_row: &[u32]) -> Vec<u32> {
    let mut seen = FxHashSet::default();
    rows.iter().map(|row| cluster_of_row[*row as usize]).filter(|cluster| seen.insert(*cluster)).collect()
}

fn claimed_cluster(one: &Standing, cluster_of_row: &[u32], verified: &dyn Fn(u32) -> bool) -> Option<u32> {
    let row = one.rows.iter().copied().find(|row| verified(*row)).or(one.founding_row).or_else(|| one.rows.first().copied())?;
    Some(cluster_of_row[row as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RecordKey;

    fn id(name: &str) -> OneId {
        OneId::from_least_key(&RecordKey::new("test", name))
    }

    fn standing(name: &str, age: u64, rows: &[u32], retired: bool) -> Standing {
        Standing { one_id: id(name), created: (age, 0), founding_row: rows.first().copied(), rows: rows.to_vec(), retired }
    }

    #[test]
    fn a_merge_keeps_the_oldest_and_redirects_the_rest() {
        let before = [standing("young", 9, &[0], false), standing("old", 2, &[1], false)];
        let assigned = assign(2, &[0, 0, 1], &before, &|_| false);
        assert_eq!(assigned.names, [Name::Kept(id("old")), Name::New(0)]);
        assert_eq!(assigned.retired, [(id("young"), vec![0])]);
    }

    #[test]
    fn a_split_follows_the_verified_identity_not_the_number_of_records() {
        let before = [standing("one", 1, &[0, 1, 2, 3], false)];
        let assigned = assign(2, &[0, 0, 0, 1], &before, &|row| row == 3);
        assert_eq!(assigned.names, [Name::New(0), Name::Kept(id("one"))]);
        let assigned = assign(2, &[0, 1, 1, 1], &before, &|_| false);
        assert_eq!(assigned.names, [Name::Kept(id("one")), Name::New(0)], "the founding record, without a verified identity");
    }

    #[test]
    fn a_split_that_undoes_a_merge_gives_the_name_back() {
        let mut gone = standing("young", 9, &[0], true);
        gone.rows.clear();
        let before = [standing("old", 2, &[1, 0], false), gone];
        let assigned = assign(2, &[0, 1], &before, &|_| false);
        assert_eq!(assigned.names, [Name::Revived(id("young")), Name::Kept(id("old"))]);
        assert!(assigned.retired.is_empty());
    }

    #[test]
    fn a_one_id_without_records_retires_to_nowhere() {
        let mut empty = standing("gone", 1, &[], false);
        empty.founding_row = None;
        let assigned = assign(0, &[], &[empty], &|_| false);
        assert_eq!(assigned.retired, [(id("gone"), vec![])]);
    }
}
