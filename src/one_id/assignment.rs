//! Names for the clusters of a merge, keeping those that stand.
//!
//! 1. Each standing One-ID claims, of the clusters its records are now in, the one with a verified legal identity (of several the
//!    founding record's), else the one with its founding record, else the one of its least record key. Never the one with the most
//!    records. Records that came with another One-ID when the two merged do not count where that one is by itself again: a split that
//!    undoes a merge gives each part its former name.
//! 2. A cluster that is claimed by several keeps the oldest; the others retire and redirect to where their records are.
//! 3. A cluster that nobody claims takes back a retired One-ID whose founding record it holds (a split that undoes a merge),
//!    else it is a new person.
//! 4. What stays retired redirects to where its records are now: to several once the person it had become has split.
//!
//! Always: every cluster has one name, no two the same; a name is never given to someone else. Therefore the caller names, as a
//! One-ID's records, only those that never left the store since they were its own: who comes under a deleted record's key is new.

use super::OneId;
use rustc_hash::{FxHashMap, FxHashSet};

/// A One-ID as it stood before the merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The name.
    pub one_id: OneId,
    /// Journal position of its creation; less is older. Of two made by one batch the one whose bytes are less counts as older, which
    /// says nothing of them but is the same whoever asks.
    pub created: u64,
    /// Row of its founding record, if that is still one of its own.
    pub founding_row: Option<u32>,
    /// Rows of its records that are still live, rising; of a retired one those it had when it retired.
    pub rows: Vec<u32>,
    /// Whether it redirects to others since an earlier merge.
    pub retired: bool,
}

impl Standing {
    fn age(&self) -> (u64, OneId) {
        (self.created, self.one_id)
    }
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
    /// One-IDs that had retired before and still are, and the clusters their records are in now; empty when all of these are gone.
    pub redirects: Vec<(OneId, Vec<u32>)>,
}

/// Names clusters. `cluster_of_row` gives each row's cluster; `verified` tells of a row whether it carries a valid legal identity.
pub fn assign(clusters: usize, cluster_of_row: &[u32], standing: &[Standing], verified: &dyn Fn(u32) -> bool) -> Assigned {
    let mut claims: Vec<Option<&Standing>> = vec![None; clusters];
    let mut outlived: Vec<&Standing> = Vec::new();
    let mut oldest_first: Vec<&Standing> = standing.iter().filter(|one| !one.retired).collect();
    oldest_first.sort_unstable_by_key(|one| one.age());
    let mut founded: FxHashMap<u32, Vec<&Standing>> = FxHashMap::default();
    for one in standing.iter().filter(|one| one.retired) {
        one.founding_row.into_iter().for_each(|row| founded.entry(row).or_default().push(one));
    }
    for one in oldest_first {
        match claimed_cluster(one, &founded, cluster_of_row, verified) {
            Some(cluster) if claims[cluster as usize].is_none() => claims[cluster as usize] = Some(one),
            _ => outlived.push(one),
        }
    }
    let mut founding: FxHashMap<u32, &Standing> = FxHashMap::default();
    for one in standing.iter().filter(|one| one.retired) {
        if let Some(row) = one.founding_row {
            let older = founding.entry(row).or_insert(one);
            if one.age() < older.age() {
                *older = one;
            }
        }
    }
    let mut revived: FxHashMap<u32, &Standing> = FxHashMap::default();
    for (row, one) in &founding {
        let cluster = cluster_of_row[*row as usize];
        if claims[cluster as usize].is_none() {
            let older = revived.entry(cluster).or_insert(one);
            if one.age() < older.age() {
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
    let names: Vec<Name> = names.collect();
    let back: FxHashSet<OneId> =
        names.iter().filter_map(|name| if let Name::Revived(one_id) = name { Some(*one_id) } else { None }).collect();
    let redirect = |one: &Standing| (one.one_id, clusters_of(&one.rows, cluster_of_row));
    let retired = outlived.into_iter().map(redirect).collect();
    let redirects = standing.iter().filter(|one| one.retired && !back.contains(&one.one_id)).map(redirect).collect();
    Assigned { names, retired, redirects }
}

fn clusters_of(rows: &[u32], cluster_of_row: &[u32]) -> Vec<u32> {
    let mut seen = FxHashSet::default();
    rows.iter().map(|row| cluster_of_row[*row as usize]).filter(|cluster| seen.insert(*cluster)).collect()
}

fn claimed_cluster(
    one: &Standing,
    founded: &FxHashMap<u32, Vec<&Standing>>,
    cluster_of_row: &[u32],
    verified: &dyn Fn(u32) -> bool,
) -> Option<u32> {
    let rows = own_rows(one, founded, cluster_of_row);
    let founding = one.founding_row.filter(|row| rows.binary_search(row).is_ok());
    Some(cluster_of_row[followed(&rows, founding, verified)? as usize])
}

/// The rows that a One-ID goes by: all, but for those that came with a One-ID which is by itself again. `founded` has the retired ones by
/// their founding rows.
fn own_rows(one: &Standing, founded: &FxHashMap<u32, Vec<&Standing>>, cluster_of_row: &[u32]) -> Vec<u32> {
    let came: Vec<&Standing> = one.rows.iter().filter_map(|row| founded.get(row)).flatten().copied().collect();
    let with_others: FxHashSet<u32> = came.iter().flat_map(|other| &other.rows).copied().collect();
    let own: FxHashSet<u32> = one.rows.iter().filter(|row| !with_others.contains(row)).map(|row| cluster_of_row[*row as usize]).collect();
    if came.is_empty() || own.is_empty() {
        return one.rows.clone();
    }
    let is_apart = |other: &&&Standing| other.founding_row.is_some_and(|row| !own.contains(&cluster_of_row[row as usize]));
    let apart: FxHashSet<u32> = came.iter().filter(is_apart).flat_map(|other| &other.rows).copied().collect();
    one.rows.iter().copied().filter(|row| !apart.contains(row)).collect()
}

/// The row that a One-ID follows: the founding one if it carries a verified legal identity, else the least that does, else the
/// founding one, else the least; none without rows. `rows` rise.
pub fn followed(rows: &[u32], founding: Option<u32>, verified: &dyn Fn(u32) -> bool) -> Option<u32> {
    let least_verified = || rows.iter().copied().find(|row| verified(*row));
    founding.filter(|row| verified(*row)).or_else(least_verified).or(founding).or(rows.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RecordKey;

    fn id(name: &str) -> OneId {
        OneId::from_least_key(&RecordKey::new("test", name))
    }

    fn standing(name: &str, age: u64, rows: &[u32], retired: bool) -> Standing {
        Standing { one_id: id(name), created: age, founding_row: rows.first().copied(), rows: rows.to_vec(), retired }
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
        let founded_by_last = Standing { founding_row: Some(3), ..before[0].clone() };
        let assigned = assign(2, &[0, 1, 1, 1], &[founded_by_last], &|row| row == 0 || row == 3);
        assert_eq!(assigned.names, [Name::New(0), Name::Kept(id("one"))], "of two verified parts the founding one");
    }

    #[test]
    fn a_split_that_undoes_a_merge_gives_the_name_back() {
        let before = [standing("old", 2, &[1, 0], false), standing("young", 9, &[0], true)];
        let assigned = assign(2, &[0, 1], &before, &|_| false);
        assert_eq!(assigned.names, [Name::Revived(id("young")), Name::Kept(id("old"))]);
        assert!(assigned.retired.is_empty() && assigned.redirects.is_empty());
    }

    #[test]
    fn a_merge_that_is_undone_gives_each_its_name_whoever_is_verified() {
        // The older has one record, the younger three, one of them verified.
        let before = [standing("old", 2, &[0, 1, 2, 3], false), standing("young", 9, &[1, 2, 3], true)];
        let assigned = assign(2, &[0, 1, 1, 1], &before, &|row| row == 2);
        assert_eq!(assigned.names, [Name::Kept(id("old")), Name::Revived(id("young"))]);
        let assigned = assign(2, &[0, 0, 1, 1], &before, &|row| row == 2);
        assert_eq!(assigned.names, [Name::Revived(id("young")), Name::Kept(id("old"))], "another split: the old follows the identity");
    }

    #[test]
    fn a_redirect_follows_its_records_when_the_person_it_became_splits() {
        let before = [standing("old", 2, &[0, 1, 2, 3], false), standing("young", 9, &[1, 2, 3], true)];
        let assigned = assign(3, &[0, 0, 1, 2], &before, &|_| false);
        assert_eq!(assigned.names, [Name::Kept(id("old")), Name::New(0), Name::New(1)], "its founding record stayed");
        assert_eq!(assigned.redirects, [(id("young"), vec![0, 1, 2])]);
    }

    #[test]
    fn a_one_id_is_not_given_to_who_comes_under_its_founding_records_key() {
        let mut gone = standing("gone", 1, &[], true);
        let mut left = standing("left", 1, &[1], false);
        (gone.founding_row, left.founding_row) = (None, None);
        let assigned = assign(2, &[0, 1], &[gone, left], &|row| row == 0);
        assert_eq!(assigned.names, [Name::New(0), Name::Kept(id("left"))]);
        assert_eq!(assigned.redirects, [(id("gone"), vec![])]);
    }

    #[test]
    fn a_one_id_without_records_retires_to_nowhere() {
        let mut empty = standing("gone", 1, &[], false);
        empty.founding_row = None;
        let assigned = assign(0, &[], &[empty], &|_| false);
        assert_eq!(assigned.retired, [(id("gone"), vec![])]);
    }
}
