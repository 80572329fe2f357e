//! A plain reference of what the names of people do: everything is gone over, nothing is kept up.

use crate::one_id::OneId;
use crate::record::RecordKey;
use std::collections::{BTreeMap, BTreeSet};

/// A One-ID by its number in the order of creation.
pub(super) type Number = usize;

/// How a One-ID stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Live(BTreeSet<RecordKey>),
    /// It redirects to these.
    Retired(BTreeSet<Number>),
    /// Nothing is known.
    Erased,
}

#[derive(Clone, Debug)]
struct Person {
    founding: RecordKey,
    /// Records that are its own, or were when it retired, and never left since.
    own: BTreeSet<RecordKey>,
    state: State,
    /// The position at which it was made; of one batch the lesser name is the older.
    age: (u64, OneId),
}

/// All One-IDs that ever were, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Reference {
    people: Vec<Person>,
}

impl Reference {
    /// The records are in these clusters now; `gone` left the store before. Records that are new were nobody's.
    pub(super) fn step(&mut self, clusters: &BTreeSet<BTreeSet<RecordKey>>, gone: &[RecordKey], is_verified: &dyn Fn(&RecordKey) -> bool) {
        for person in &mut self.people {
            let founded_by_gone = person.own.contains(&person.founding) && gone.contains(&person.founding);
            person.own.retain(|key| !gone.contains(key));
            // Another of its records stands for the founding one; whoever comes under that key did not found it.
            let other = person.own.iter().find(|key| is_verified(key)).or(person.own.first()).filter(|_| founded_by_gone);
            person.founding = other.unwrap_or(&person.founding).clone();
        }
        let mut named: BTreeMap<&BTreeSet<RecordKey>, Number> = BTreeMap::new();
        let mut by_age: Vec<Number> = (0..self.people.len()).collect();
        by_age.sort_unstable_by_key(|number| self.people[*number].age);
        let was_live: Vec<Number> = by_age.iter().copied().filter(|number| matches!(self.people[*number].state, State::Live(_))).collect();
        for number in &was_live {
            // It goes with the best verified identity, the founding record's before others, else with the founding record, else the least.
            // What came with another counts no more where the other is by itself again.
            let Person { founding, own, .. } = &self.people[*number];
            let is_with = |other: &&Person| {
                matches!(other.state, State::Retired(_)) && other.own.contains(&other.founding) && own.contains(&other.founding)
            };
            let came: Vec<&Person> = self.people.iter().filter(is_with).collect();
            let always: BTreeSet<&RecordKey> = own.iter().filter(|key| !came.iter().any(|other| other.own.contains(key))).collect();
            let is_apart = |other: &&&Person| {
                let cluster = clusters.iter().find(|cluster| cluster.contains(&other.founding));
                !always.is_empty() && !cluster.is_some_and(|cluster| cluster.iter().any(|key| always.contains(key)))
            };
            let apart: Vec<&&Person> = came.iter().filter(is_apart).collect();
            let own: BTreeSet<RecordKey> = own.iter().filter(|key| !apart.iter().any(|other| other.own.contains(key))).cloned().collect();
            let own = &own;
            let verified: Vec<&RecordKey> = own.iter().filter(|key| is_verified(key)).collect();
            let goes_with = if own.contains(founding) && verified.contains(&founding) {
                Some(founding)
            } else if let Some(first) = verified.first() {
                Some(*first)
            } else if own.contains(founding) {
                Some(founding)
            } else {
                own.first()
            };
            let cluster = goes_with.and_then(|key| clusters.iter().find(|cluster| cluster.contains(key)));
            if let Some(cluster) = cluster {
                named.entry(cluster).or_insert(*number);
            }
        }
        // Who had retired before comes back where its founding record is by itself again.
        for number in by_age.into_iter().filter(|number| !was_live.contains(number)) {
            let person = &self.people[number];
            let cluster = clusters.iter().find(|cluster| person.own.contains(&person.founding) && cluster.contains(&person.founding));
            if let Some(cluster) = cluster {
                named.entry(cluster).or_insert(number);
            }
        }
        let mut named: BTreeMap<BTreeSet<RecordKey>, Number> =
            named.into_iter().map(|(cluster, number)| (cluster.clone(), number)).collect();
        for cluster in clusters {
            let next = self.people.len();
            if *named.entry(cluster.clone()).or_insert(next) == next {
                let founding = cluster.first().expect("a cluster has a record").clone();
                self.people.push(Person {
                    founding,
                    own: BTreeSet::new(),
                    state: State::Retired(BTreeSet::new()),
                    age: (u64::MAX, OneId::from_bytes([255; 10])),
                });
            }
        }
        let live: BTreeMap<Number, &BTreeSet<RecordKey>> = named.iter().map(|(cluster, number)| (*number, cluster)).collect();
        for (number, person) in self.people.iter_mut().enumerate() {
            match live.get(&number) {
                Some(cluster) => {
                    person.own = (*cluster).clone();
                    person.state = State::Live((*cluster).clone());
                }
                None if person.state == State::Erased => {}
                None => {
                    let to: BTreeSet<Number> =
                        named.iter().filter(|(cluster, _)| !cluster.is_disjoint(&person.own)).map(|(_, to)| *to).collect();
                    let last = if let State::Retired(last) = &person.state { last.clone() } else { BTreeSet::new() };
                    person.state = State::Retired(if to.is_empty() { last } else { to });
                }
            }
        }
    }

    /// These were erased.
    pub(super) fn erase(&mut self, numbers: impl Iterator<Item = Number>) {
        for number in numbers {
            self.people[number].own.clear();
            self.people[number].state = State::Erased;
        }
    }

    /// A One-ID that is new was made so.
    pub(super) fn made(&mut self, number: Number, age: (u64, OneId)) {
        self.people[number].age = age;
    }

    /// How all stand.
    pub(super) fn states(&self) -> Vec<State> {
        self.people.iter().map(|person| person.state.clone()).collect()
    }
}

/// Names of the reference and of the store, each for the other.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) of_number: Vec<OneId>,
    numbers: BTreeMap<OneId, Number>,
}

impl Names {
    /// A new person of the reference is called so.
    pub(super) fn push(&mut self, one_id: OneId) {
        let known = self.numbers.insert(one_id, self.of_number.len());
        assert_eq!(known, None, "{one_id} is given twice");
        self.of_number.push(one_id);
    }

    pub(super) fn number(&self, one_id: &OneId) -> Option<Number> {
        self.numbers.get(one_id).copied()
    }
}
