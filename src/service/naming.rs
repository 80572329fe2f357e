//! One-IDs for clusters, and what that makes of people: the same for a load of many records and for a single one.
//!
//! 1. `one_id::assignment` says which cluster keeps, takes back or gets a One-ID.
//! 2. From that come the rows of people that change, each with what happened to it.
//!
//! Always: only rows that differ are given. Who is named here need not be everybody: all clusters that hold a record of the people named, and
//! all people who have or had a record of these clusters.

use crate::cluster::Clusters;
use crate::one_id::OneId;
use crate::one_id::assignment::{Assigned, Name, Standing, assign, followed};
use crate::one_id::history::{Cause, Change, StrongestEdge};
use crate::record::RecordKey;
use crate::service::entry::{Happened, PersonTold};
use crate::service::report::{PeopleChanges, PersonChange};
use crate::store::{PersonRow, PersonState};
use rustc_hash::{FxHashMap, FxHashSet};

/// A live record to be named.
#[derive(Clone, Copy, Debug)]
pub(super) struct NamedRow<'a> {
    pub(super) key: &'a RecordKey,
    /// The person it belonged to before; none for a record that is new, be it under a key that was there before.
    pub(super) before: Option<OneId>,
    /// Whether it is new or says something else than before.
    pub(super) put: bool,
    /// Whether it carries a valid legal identity.
    pub(super) verified: bool,
}

/// What is to be named.
pub(super) struct Naming<'a> {
    /// Rising by key.
    pub(super) rows: &'a [NamedRow<'a>],
    /// Of these rows.
    pub(super) clusters: &'a Clusters,
    /// People as they stand, present and retired.
    pub(super) before: &'a FxHashMap<OneId, PersonRow>,
    /// By row: what it hangs on.
    pub(super) edge: &'a dyn Fn(u32) -> Option<StrongestEdge>,
    pub(super) cause: &'a Cause,
    /// The journal position at which new people are made.
    pub(super) position: u64,
}

/// People after the clusters were named.
#[derive(Debug)]
pub(super) struct Named {
    /// By cluster.
    pub(super) one_ids: Vec<OneId>,
    /// People whose rows change.
    pub(super) people: Vec<PersonTold>,
    pub(super) counts: PeopleChanges,
    pub(super) changes: Vec<PersonChange>,
}

impl Naming<'_> {
    /// Names the clusters; `new` gives the One-ID of the so-manieth new person.
    pub(super) fn name(&self, new: &dyn Fn(u32) -> OneId) -> Named {
        // Whoever comes under the key of a deleted record is not who had it.
        let stayed = self.rows.iter().zip(0..).filter(|(row, _)| row.before.is_some());
        let rows: FxHashMap<&RecordKey, u32> = stayed.map(|(row, number)| (row.key, number)).collect();
        let known = self.before.iter().filter(|(_, person)| person.state != PersonState::Erased);
        let standing: Vec<Standing> = known.map(|(one_id, person)| self.standing(*one_id, person, &rows)).collect();
        let verified = |row: u32| self.rows[row as usize].verified;
        let assigned = assign(self.clusters.rows.len(), &self.clusters.of_row, &standing, &verified);
        let one_ids = assigned.names.iter().map(|name| match name {
            Name::Kept(one_id) | Name::Revived(one_id) => *one_id,
            Name::New(ordinal) => new(*ordinal),
        });
        let mut named = Named { one_ids: one_ids.collect(), people: Vec::new(), counts: PeopleChanges::default(), changes: Vec::new() };
        self.redirect(&mut named, &assigned, &rows);
        self.describe(&mut named, &assigned, &rows);
        named
    }

    /// How a One-ID stands; `stayed` holds the records that were in the store before and are live now.
    fn standing(&self, one_id: OneId, person: &PersonRow, stayed: &FxHashMap<&RecordKey, u32>) -> Standing {
        let mut rows: Vec<u32> = records_of(person).iter().filter_map(|key| stayed.get(key).copied()).collect();
        rows.sort_unstable();
        let founding_row = stayed.get(&self.founding(person, stayed)).copied().filter(|row| rows.binary_search(row).is_ok());
        let retired = matches!(person.state, PersonState::Retired { .. });
        Standing { one_id, created: person.created_at, founding_row, rows, retired }
    }

    fn told(&self, one_id: OneId, row: PersonRow, changes: Vec<Change>) -> PersonTold {
        PersonTold { one_id, row, happened: vec![Happened { cause: self.cause.clone(), changes }] }
    }

    /// Puts the rows of retired One-IDs that now redirect elsewhere, or of fewer records. One whose records are all gone keeps to
    /// the people they were last with.
    fn redirect(&self, named: &mut Named, assigned: &Assigned, stayed: &FxHashMap<&RecordKey, u32>) {
        for (one_id, clusters) in assigned.retired.iter().chain(&assigned.redirects) {
            let Some(person) = self.before.get(one_id) else { continue };
            let mut successors: Vec<OneId> = clusters.iter().map(|cluster| named.one_ids[*cluster as usize]).collect();
            let (records, changes) = match &person.state {
                PersonState::Live { members } if successors.is_empty() => (members, vec![Change::Emptied]),
                PersonState::Live { members } => (members, vec![Change::Merged { into: successors.clone() }]),
                PersonState::Retired { successors: last } => {
                    if successors.is_empty() {
                        successors.clone_from(last);
                    }
                    let elsewhere = successors != *last;
                    let changes = elsewhere.then(|| Change::Redirected { to: successors.clone() }).into_iter().collect();
                    (&person.former_records, changes)
                }
                PersonState::Erased => continue,
            };
            let former_records: Vec<RecordKey> = records.iter().filter(|key| stayed.contains_key(key)).cloned().collect();
            let founding = self.founding(person, stayed);
            let row = PersonRow { state: PersonState::Retired { successors }, founding, former_records, ..person.clone() };
            if row != *person {
                named.people.push(self.told(*one_id, row, changes));
            }
        }
    }

    /// The record that founded a person: where that has gone, the one of what is left that the One-ID goes by. Whoever comes under its key
    /// is not who founded it.
    fn founding(&self, person: &PersonRow, stayed: &FxHashMap<&RecordKey, u32>) -> RecordKey {
        let records = records_of(person);
        if stayed.contains_key(&person.founding) || !records.contains(&person.founding) {
            return person.founding.clone();
        }
        let mut left: Vec<u32> = records.iter().filter_map(|key| stayed.get(key).copied()).collect();
        left.sort_unstable();
        let goes_by = followed(&left, None, &|row| self.rows[row as usize].verified);
        goes_by.map_or_else(|| person.founding.clone(), |row| self.rows[row as usize].key.clone())
    }

    /// The people whose rows change, and what happened to whom.
    fn describe(&self, named: &mut Named, assigned: &Assigned, stayed: &FxHashMap<&RecordKey, u32>) {
        let mut merged_into: FxHashMap<u32, Vec<OneId>> = FxHashMap::default();
        for (one_id, clusters) in &assigned.retired {
            let successors: Vec<OneId> = clusters.iter().map(|cluster| named.one_ids[*cluster as usize]).collect();
            if let [cluster] = clusters[..] {
                merged_into.entry(cluster).or_default().push(*one_id);
            }
            let kind = if successors.is_empty() { "emptied" } else { "merged" };
            *if successors.is_empty() { &mut named.counts.emptied } else { &mut named.counts.merged } += 1;
            named.changes.push(PersonChange::new(kind, *one_id, 0, &successors));
        }
        let revived: FxHashSet<OneId> =
            assigned.names.iter().filter_map(|name| if let Name::Revived(one_id) = name { Some(*one_id) } else { None }).collect();
        for (cluster, name) in assigned.names.iter().enumerate() {
            let rows = &self.clusters.rows[cluster];
            let members: Vec<RecordKey> = rows.iter().map(|row| self.rows[*row as usize].key.clone()).collect();
            let one_id = named.one_ids[cluster];
            let before = self.before.get(&one_id);
            let took_over = merged_into.remove(&(cluster as u32)).unwrap_or_default();
            let mut person = before.cloned().unwrap_or_else(|| PersonRow {
                created_at: self.position,
                founding: members[0].clone(),
                state: PersonState::Retired { successors: Vec::new() },
                former: Vec::new(),
                former_records: Vec::new(),
                changed_at: 0,
            });
            if let Some(before) = before {
                person.founding = self.founding(before, stayed);
            }
            person.former.retain(|former| !revived.contains(former));
            person.former.extend(&took_over);
            person.state = PersonState::Live { members };
            person.former_records.clear();
            let from = rows.iter().filter_map(|row| self.rows[*row as usize].before).filter(|old| *old != one_id);
            let from = distinct(from.collect());
            match name {
                Name::Revived(_) => {
                    named.counts.revived += 1;
                    named.changes.push(PersonChange::new("revived", one_id, rows.len(), &from));
                }
                Name::New(_) if !from.is_empty() => {
                    named.counts.split += 1;
                    named.changes.push(PersonChange::new("split", one_id, rows.len(), &from));
                }
                Name::New(_) => {
                    named.counts.created += 1;
                    named.changes.push(PersonChange::new("created", one_id, rows.len(), &[]));
                }
                Name::Kept(_) if before == Some(&person) => named.counts.unchanged += 1,
                Name::Kept(_) => named.counts.changed += 1,
            }
            let content_changed = rows.iter().any(|row| self.rows[*row as usize].put);
            if !content_changed && before == Some(&person) {
                continue;
            }
            let mut changes = match name {
                Name::Revived(_) => vec![Change::Revived { from }],
                Name::New(_) if from.is_empty() => vec![Change::Created],
                Name::New(_) => vec![Change::Split { from }],
                Name::Kept(_) => Vec::new(),
            };
            changes.extend(took_over.into_iter().map(|one_id| Change::TookOver { one_id }));
            self.records_of(one_id, rows, before, named, &mut changes);
            named.people.push(self.told(one_id, person, changes));
        }
    }

    /// What happened to the records of a cluster.
    fn records_of(&self, one_id: OneId, rows: &[u32], before: Option<&PersonRow>, named: &Named, changes: &mut Vec<Change>) {
        for row in rows {
            let NamedRow { key, before, put, .. } = self.rows[*row as usize];
            if before != Some(one_id) {
                changes.push(Change::Joined { record: key.clone(), from: before, edge: (self.edge)(*row) });
            } else if put && before == Some(one_id) {
                changes.push(Change::Updated { record: key.clone() });
            }
        }
        let Some(PersonRow { state: PersonState::Live { members }, .. }) = before else { return };
        for record in members {
            // Of one that came back under its key another has gone.
            let now = self.rows.binary_search_by(|row| row.key.cmp(record)).ok().filter(|row| self.rows[*row].before.is_some());
            let to = now.map(|row| named.one_ids[self.clusters.of_row[row] as usize]);
            if to != Some(one_id) {
                changes.push(Change::Left { record: record.clone(), to });
            }
        }
    }
}

/// The records that are a person's; of a retired one those it had when it retired.
fn records_of(person: &PersonRow) -> &[RecordKey] {
    match &person.state {
        PersonState::Live { members } => members,
        PersonState::Retired { .. } | PersonState::Erased => &person.former_records,
    }
}

fn distinct(mut one_ids: Vec<OneId>) -> Vec<OneId> {
    one_ids.sort_unstable();
    one_ids.dedup();
    one_ids
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A One-ID that had retired comes back with what is left of it when its founding record is what goes.
    #[test]
    fn the_record_that_stands_for_a_founding_one_that_goes_counts_at_once() {
        let [gone, left, other] = ["1", "2", "3"].map(|id| RecordKey::new("crm", id));
        let [back, stays] = ["back", "stays"].map(|name| OneId::from_least_key(&RecordKey::new("test", name)));
        let person = |created_at, founding: &RecordKey, state, former_records| PersonRow {
            created_at,
            founding: founding.clone(),
            state,
            former: Vec::new(),
            former_records,
            changed_at: created_at,
        };
        let retired = PersonState::Retired { successors: vec![stays] };
        let live = PersonState::Live { members: vec![gone.clone(), left.clone(), other.clone()] };
        let before = FxHashMap::from_iter([
            (back, person(9, &gone, retired, vec![gone.clone(), left.clone()])),
            (stays, person(2, &other, live, Vec::new())),
        ]);
        let row = |key| NamedRow { key, before: Some(stays), put: false, verified: false };
        let naming = Naming {
            rows: &[row(&left), row(&other)],
            clusters: &Clusters { of_row: vec![0, 1], rows: vec![vec![0], vec![1]] },
            before: &before,
            edge: &|_| None,
            cause: &Cause::Deleted(gone.clone()),
            position: 20,
        };
        let named = naming.name(&|_| unreachable!("nobody is new"));
        assert_eq!(named.one_ids, [back, stays]);
        let told = named.people.iter().find(|told| told.one_id == back).expect("it changes");
        assert_eq!(told.row.founding, left, "and it is what founded it from now on");
        assert_eq!(told.row.state, PersonState::Live { members: vec![left] });
    }
}
