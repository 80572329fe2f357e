//! Random histories of writes against plain references: a fresh batch for who is one person, `reference` for how they are called.

use super::desk::Load;
use super::reference::{Names, Reference, State};
use super::stays::{Stays, check_gone};
use super::*;
use crate::engine::Silent;
use crate::engine::batch::{ModelSource, resolve};
use crate::engine::online::made_up::{SOURCES, model, pick, record};
use crate::error::ErrorClass;
use crate::journal::CALLS_LEFT;
use crate::record::{Field, FieldValue, Grade, RecordSet};
use crate::service::entry::Entry;
use crate::service::erase::{ErasureJob, erase};
use crate::service::history::{batch_end, person_at};
use crate::service::judgement::{Standing, identity};
use crate::service::keep::{Durable, Keep};
use crate::service::load::{Loaded, Place};
use crate::service::merge_store::Mode;
use crate::service::review::{Question, ReviewRow, ReviewState, question};
use crate::store::{PersonRow, PersonState};
use fastrand::Rng;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A store with the model of the made-up people, and nobody in it.
fn store(dir: &Path) -> Keep {
    let mut keep = Keep::open_or_create(dir).expect("a store");
    let json = serde_json::to_vec(model()).expect("a model");
    let entries = vec![Entry::ModelSnapshot(model().id.clone(), json), Entry::ModelActivation(model().id.clone(), None)];
    keep.write("test", 0, "a model", entries).expect("written");
    keep
}

/// A desk whose batches go to journal and view, without the index, which would cost most of the time.
struct Store {
    keep: Keep,
    desk: Desk,
}

impl Store {
    fn open(mut keep: Keep) -> Store {
        let desk = Desk::open(&mut keep, 0).expect("a desk");
        Store { keep, desk }
    }

    /// Writes what was decided; gives the position that is reached.
    fn close(&mut self, now: i64) -> u64 {
        let Group { first_position, entries } = self.desk.close("test", now);
        if !entries.is_empty() {
            let (views, journal) = self.keep.parts();
            let durable = Durable::commit(journal, "test", now, "", entries).expect("durable");
            assert_eq!(durable.first_position(), first_position);
            views.follow(&durable.changes(views.store()).expect("changes")).expect("followed");
        }
        self.keep.views().position()
    }

    fn write(&mut self, write: Write) -> crate::error::Result<Reply> {
        let asked = Asked { write, request_id: CompactString::default(), actor: "kim".into(), time: 0 };
        if self.desk.must_close_before(&asked.write) {
            self.close(0);
        }
        self.desk.decide(&asked)
    }

    fn people(&self) -> BTreeMap<OneId, PersonRow> {
        self.keep.views().store().people().map(|row| row.expect("a person")).collect()
    }
}

fn put(canonical: CanonicalRecord) -> Write {
    let wrote = canonical.values().iter().map(|value| (CompactString::from(value.field.name()), value.text.clone()));
    Write::Put(PutRecord { source_values: wrote.collect(), canonical, mapping: None })
}

fn person(id: &str, version: i64, values: &[(Field, &str)]) -> CanonicalRecord {
    let value = |(field, text): &(Field, &str)| FieldValue { field: *field, text: (*text).into(), grade: Grade::Valid };
    CanonicalRecord::new(RecordKey::new("crm", id), version, None, values.iter().map(value).collect())
}

/// A person who is not taken for another.
fn wei(id: &str, version: i64) -> CanonicalRecord {
    person(
        id,
        version,
        &[
            (Field::FamilyName, "王"),
            (Field::GivenName, "伟"),
            (Field::Phone, "+8613912345001"),
            (Field::Email, "wei1@example.com"),
            (Field::BirthDate, "1984-03-12"),
        ],
    )
}

fn anna(id: &str, version: i64) -> CanonicalRecord {
    person(
        id,
        version,
        &[(Field::FamilyName, "smith"), (Field::GivenName, "anna"), (Field::Phone, "+8613912345007"), (Field::BirthDate, "1961-07-11")],
    )
}

fn key(id: &str) -> RecordKey {
    RecordKey::new("crm", id)
}

#[test]
fn late_and_repeated_writes_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(store(folder.path()));
    let outcome = |store: &mut Store, write: Write| store.write(write).map(|reply| reply.outcome).map_err(|error| error.class());
    assert_eq!(outcome(&mut store, put(wei("1", 5))), Ok(Outcome::Created));
    assert_eq!(outcome(&mut store, put(wei("1", 5))), Ok(Outcome::Unchanged));
    assert_eq!(outcome(&mut store, put(anna("1", 4))), Ok(Outcome::Superseded));
    let other = Write::Put(PutRecord { canonical: anna("1", 5), source_values: Vec::new(), mapping: None });
    assert_eq!(outcome(&mut store, other), Err(ErrorClass::Conflict));
    assert_eq!(outcome(&mut store, put(anna("1", 6))), Ok(Outcome::Updated));
    assert_eq!(outcome(&mut store, Write::Delete(key("1"), Some(5))), Ok(Outcome::Superseded));
    assert_eq!(outcome(&mut store, Write::Delete(key("1"), None)), Ok(Outcome::Deleted));
    assert_eq!(outcome(&mut store, Write::Delete(key("1"), None)), Ok(Outcome::Absent));
    assert_eq!(outcome(&mut store, put(anna("1", 6))), Ok(Outcome::Superseded), "it was deleted");
    store.close(0);
    // The same after the store is opened anew.
    let Store { keep, .. } = store;
    drop(keep);
    let mut store = Store::open(Keep::open(folder.path()).expect("it opens"));
    assert_eq!(outcome(&mut store, put(anna("1", 5))), Ok(Outcome::Superseded));
    assert_eq!(outcome(&mut store, put(anna("1", 7))), Ok(Outcome::Created));
    assert_eq!(outcome(&mut store, Write::Delete(key("2"), Some(3))), Ok(Outcome::Absent), "a deletion may come before its record");
    assert_eq!(outcome(&mut store, put(wei("2", 3))), Ok(Outcome::Superseded));
    assert_eq!(outcome(&mut store, put(wei("2", 4))), Ok(Outcome::Created));
    // Records without versions are as new as they come.
    assert_eq!(outcome(&mut store, put(wei("3", 0))), Ok(Outcome::Created));
    assert_eq!(outcome(&mut store, put(anna("3", 0))), Ok(Outcome::Updated));
    assert_eq!(outcome(&mut store, Write::Delete(key("3"), None)), Ok(Outcome::Deleted));
    assert_eq!(outcome(&mut store, put(anna("3", 0))), Ok(Outcome::Created));
}

#[test]
fn a_request_is_answered_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(store(folder.path()));
    let asked = |id: &str, write: Write| Asked { write, request_id: id.into(), actor: "kim".into(), time: 1 };
    let first = store.desk.decide(&asked("a", put(wei("1", 0)))).expect("taken");
    store.desk.decide(&asked("b", put(anna("1", 0)))).expect("taken");
    assert_eq!(
        store.desk.decide(&asked("a", put(wei("1", 0)))).expect("known"),
        first,
        "the late repeat does not bring the old values back"
    );
    assert_eq!(store.desk.decide(&asked("a", put(anna("1", 0)))).expect_err("another request").class(), ErrorClass::Conflict);
    store.close(1);
    drop(store);
    let mut store = Store::open(Keep::open(folder.path()).expect("it opens"));
    assert_eq!(store.desk.decide(&asked("a", put(wei("1", 0)))).expect("known"), first);
    assert!(store.desk.is_idle());
    let long = "x".repeat(129);
    assert_eq!(store.desk.decide(&asked(&long, put(wei("1", 0)))).expect_err("too long").class(), ErrorClass::Usage);
}

#[test]
fn what_a_steward_says_holds_and_can_be_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(store(folder.path()));
    let first = store.write(put(wei("1", 1))).expect("taken");
    // What came with an earlier batch is older.
    store.close(0);
    let second = store.write(put(anna("2", 1))).expect("taken");
    assert_ne!(first.one_id, second.one_id);
    let judge = |store: &mut Store, verdict, a: &str, b: &str| store.write(Write::Judge(verdict, key(a), key(b), "they say so".into()));
    let judged = judge(&mut store, Verdict::MustLink, "2", "1").expect("judged");
    assert_eq!((judged.outcome, judged.judgement.as_deref()), (Outcome::Judged, Some("J1")));
    assert!(judged.changes.iter().any(|(one_id, changes)| Some(*one_id) == second.one_id
        && matches!(&changes[..], [Change::Merged { into }] if Some(into[0]) == first.one_id)));
    assert_eq!(judge(&mut store, Verdict::MustLink, "1", "2").expect("known").outcome, Outcome::Unchanged);
    assert_eq!(judge(&mut store, Verdict::CannotLink, "1", "2").expect_err("a contradiction").class(), ErrorClass::Conflict);
    assert_eq!(judge(&mut store, Verdict::CannotLink, "1", "9").expect_err("no record").class(), ErrorClass::NotFound);
    assert_eq!(judge(&mut store, Verdict::CannotLink, "1", "1").expect_err("one record").class(), ErrorClass::Usage);
    // Who the record is said to be changes, and the ruling no longer holds.
    let split = store.write(put(person("2", 2, &[(Field::FamilyName, "jones"), (Field::GivenName, "bob")]))).expect("taken");
    assert_eq!(split.one_id, second.one_id, "the One-ID comes back");
    let at = store.close(0);
    let open = |store: &Store| -> Vec<(Question, ReviewState)> {
        store.keep.views().reviews().expect("reviews").into_values().map(|row| (row.question, row.state)).collect()
    };
    assert_eq!(open(&store), [(Question::StaleJudgement, ReviewState::Open)]);
    let item = store.keep.views().reviews().expect("reviews").into_keys().next().expect("an item");
    let decided = store.write(Write::Decide(item.clone(), Verdict::CannotLink, "two people after all".into())).expect("decided");
    assert_eq!(decided.judgement.as_deref(), Some("J2"));
    assert_eq!(store.write(Write::Decide(item, Verdict::CannotLink, "".into())).expect_err("decided before").class(), ErrorClass::Conflict);
    assert!(store.close(0) > at);
    assert_eq!(open(&store), [(Question::StaleJudgement, ReviewState::Decided("J2".into()))]);
    let judgements = store.keep.views().judgements().expect("judgements");
    assert!(judgements.get("J1").expect("it is there").withdrawn.is_some(), "the new one takes the place of the stale one");
    let withdrawn = store.write(Write::Withdraw("J2".into(), "a mistake".into())).expect("withdrawn");
    assert_eq!(withdrawn.outcome, Outcome::Judged);
    assert_eq!(store.write(Write::Withdraw("J2".into(), "".into())).expect_err("withdrawn before").class(), ErrorClass::Conflict);
    assert_eq!(store.write(Write::Withdraw("J9".into(), "".into())).expect_err("there is none").class(), ErrorClass::NotFound);
}

/// One random write.
fn random_write(random: &mut Rng, ids: u32, people: u64, judgements: usize, items: &[CompactString]) -> Write {
    let any = |random: &mut Rng| RecordKey::new(pick(random, &SOURCES), random.u32(..ids).to_string());
    let verdict = |random: &mut Rng| Verdict::ALL[random.usize(..3)];
    match random.u32(..100) {
        0..=64 => {
            let made = record(random, ids, people);
            // Versions come in no order, and some records have none.
            let version = if made.key.source == "app" { 0 } else { random.i64(1..40) };
            put(CanonicalRecord::new(made.key.clone(), version, made.observed_at, made.values().to_vec()))
        }
        65..=84 => Write::Delete(any(random), [None, Some(random.i64(..30))][random.usize(..2)]),
        85..=92 => Write::Judge(verdict(random), any(random), any(random), "".into()),
        93..=96 => Write::Withdraw(compact_str::format_compact!("J{}", random.usize(..judgements + 1)), "".into()),
        _ => match items.get(random.usize(..items.len().max(1))) {
            Some(item) => Write::Decide(item.clone(), verdict(random), "".into()),
            None => Write::Delete(any(random), None),
        },
    }
}

/// What a load of these records, and in a snapshot of nothing else of their sources, is.
fn load_of(records: &BTreeMap<RecordKey, CanonicalRecord>, mode: Mode) -> Load {
    let written = |record: &CanonicalRecord| match put(record.clone()) {
        Write::Put(put) => put.source_values,
        _ => Vec::new(),
    };
    let loaded = Loaded {
        records: RecordSet::of(records.values()),
        places: vec![Place::default(); records.len()],
        source_values: records.values().map(written).collect(),
        ..Loaded::default()
    };
    let sources = records.keys().map(|key| key.source.clone()).collect();
    Load { loaded, mode, force: true, sources, entries: Vec::new(), actor: "kim".into(), time: 0 }
}

/// Loads some records at once, into the store and into what is live; gives those that are gone.
fn load_some(
    random: &mut Rng,
    store: &mut Store,
    live: &mut BTreeMap<RecordKey, CanonicalRecord>,
    ids: u32,
    people: u64,
) -> Vec<RecordKey> {
    let made = |random: &mut Rng| {
        let made = record(random, ids, people);
        let version = if made.key.source == "app" { 0 } else { random.i64(1..40) };
        CanonicalRecord::new(made.key.clone(), version, made.observed_at, made.values().to_vec())
    };
    let records: BTreeMap<RecordKey, CanonicalRecord> =
        (0..random.usize(1..30)).map(|_| made(random)).map(|record| (record.key.clone(), record)).collect();
    let mode = [Mode::Delta, Mode::Snapshot][usize::from(random.u32(..4) == 0)];
    store.close(0);
    let mut load = load_of(&records, mode);
    let report = store.desk.load(&mut load).expect("it is loaded");
    let mut gone = Vec::new();
    if mode == Mode::Snapshot {
        let sources: BTreeSet<&str> = records.keys().map(|key| key.source.as_str()).collect();
        gone.extend(live.keys().filter(|key| sources.contains(key.source.as_str()) && !records.contains_key(*key)).cloned());
        gone.iter().for_each(|key| drop(live.remove(key)));
    }
    let changes = report.record_changes.expect("it tells");
    assert_eq!(changes.deleted, gone.len() as u64);
    let kept_out = changes.outdated + changes.suppressed;
    assert_eq!(changes.new + changes.changed + changes.unchanged + kept_out + report.rejects, records.len() as u64);
    for key in records.keys() {
        match store.desk.population().record(key) {
            Some(record) => drop(live.insert(key.clone(), record.clone())),
            None => assert!(!live.contains_key(key), "it was deleted for good"),
        }
    }
    gone
}

/// A random history of about so many writes; gives how many people merged and came back in it, and how many were erased.
fn run(seed: u64, writes: usize, ids: u32, check_batch: bool) -> (usize, usize, usize) {
    let mut random = Rng::with_seed(seed);
    let people = [3, 12, 40][random.usize(..3)];
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(store(folder.path()));
    let mut live: BTreeMap<RecordKey, CanonicalRecord> = BTreeMap::new();
    let (mut reference, mut names) = (Reference::default(), Names::default());
    // By position that was reached: how all One-IDs stood.
    let mut past: BTreeMap<u64, Vec<State>> = BTreeMap::new();
    let (mut merged, mut back, mut done, mut erasures) = (0, 0, 0, 0);
    let mut stays = Stays::default();
    while done < writes {
        if random.u32(..12) == 0 {
            let owners = stays.owners(&|key| store.desk.owner(key));
            let gone = load_some(&mut random, &mut store, &mut live, ids, people);
            stays.follow(&owners, &gone, &live, past.keys().last().map_or(0, |last| last + 1));
            done += 10;
            follow(&mut reference, &mut names, &store, &live, &gone);
        }
        for _ in 0..[1, 3, 20][random.usize(..3)] {
            let items: Vec<CompactString> = store.desk.reviews().map(|row| row.id.clone()).take(20).collect();
            let write = random_write(&mut random, ids, people, store.desk.judgements().all().count(), &items);
            let owners = stays.owners(&|key| store.desk.owner(key));
            let reply = store.write(write.clone());
            done += 1;
            let mut gone = Vec::new();
            match (&write, reply.map(|reply| reply.outcome)) {
                (Write::Put(put), Ok(Outcome::Created | Outcome::Updated)) => {
                    let key = &put.canonical.key;
                    let record = store.desk.population().record(key).expect("it was put");
                    assert_eq!(record.values(), put.canonical.values());
                    drop(live.insert(key.clone(), record.clone()));
                }
                (Write::Delete(key, _), Ok(Outcome::Deleted)) => {
                    live.remove(key).expect("what is deleted was there");
                    gone.push(key.clone());
                }
                (_, Err(error)) => assert!(
                    matches!(error.class(), ErrorClass::Conflict | ErrorClass::NotFound | ErrorClass::Usage),
                    "seed {seed}: {error}"
                ),
                _ => {}
            }
            stays.follow(&owners, &gone, &live, past.keys().last().map_or(0, |last| last + 1));
            let (joined, returned) = follow(&mut reference, &mut names, &store, &live, &gone);
            (merged, back) = (merged + joined, back + returned);
        }
        let position = store.close(done as i64);
        past.insert(position, reference.states());
        check_people(seed, &store, &reference.states(), &names);
        if check_batch {
            check_against_batch(seed, &store, &live);
        }
        if seed % 2 == 0 && random.u32(..12) == 0 && !live.is_empty() {
            let owners = stays.owners(&|key| store.desk.owner(key));
            let victim = *owners.values().nth(random.usize(..owners.len())).expect("somebody");
            let job = ErasureJob { people: vec![victim], order: "case".into(), ..ErasureJob::default() };
            let rows = store.people();
            drop(store);
            let erased = erase(folder.path(), &job).expect("it is erased");
            store = Store::open(Keep::open(folder.path()).expect("it opens"));
            assert!(store.desk.is_idle(), "seed {seed}: what follows was decided");
            let one_ids: BTreeSet<OneId> = erased.one_ids.iter().filter_map(|name| OneId::parse(name)).collect();
            let gone: Vec<RecordKey> = owners.iter().filter(|(_, owner)| **owner == victim).map(|(key, _)| key.clone()).collect();
            assert_eq!(erased.records, gone.len() as u64, "seed {seed}");
            gone.iter().for_each(|key| drop(live.remove(key)));
            let going = stays.erase(&gone, &one_ids, &rows);
            assert_eq!(erased.past_records, (going.len() - gone.len()) as u64, "seed {seed}: records that were deleted before");
            for (key, stay) in &going {
                for (_, states) in past.range_mut(stay.from..).filter(|(position, _)| stay.to.is_none_or(|to| **position < to)) {
                    for state in states {
                        if let State::Live(members) = state {
                            members.remove(key);
                        }
                    }
                }
            }
            follow(&mut reference, &mut names, &store, &live, &gone);
            let numbers: Vec<usize> = one_ids.iter().map(|one_id| names.number(one_id).expect("it was given")).collect();
            reference.erase(numbers.iter().copied());
            check_gone(seed, &store.keep.reader(), &going);
            past.insert(store.keep.views().position(), reference.states());
            check_people(seed, &store, &reference.states(), &names);
            check_against_batch(seed, &store, &live);
            erasures += 1;
        }
        if random.u32(..30) == 0 {
            drop(store);
            store = Store::open(Keep::open(folder.path()).expect("it opens"));
            assert!(store.desk.is_idle(), "seed {seed}: a store that is opened anew is as it was left");
        }
    }
    check_past(seed, &store, &past, &names, &mut random);
    (merged, back, erasures)
}

/// Lets the reference take what the store did; gives how many people merged and how many came back.
fn follow(
    reference: &mut Reference,
    names: &mut Names,
    store: &Store,
    live: &BTreeMap<RecordKey, CanonicalRecord>,
    gone: &[RecordKey],
) -> (usize, usize) {
    let clusters: BTreeSet<BTreeSet<RecordKey>> =
        store.desk.population().clusters().into_iter().map(|cluster| cluster.into_iter().collect()).collect();
    let before = reference.states();
    reference.step(&clusters, gone, &|key| live[key].has_valid(Field::ResidentId));
    let after = reference.states();
    for state in &after[names.of_number.len()..] {
        let State::Live(records) = state else { panic!("a new One-ID is present") };
        let one_id = store.desk.owner(records.first().expect("a record")).expect("an owner");
        reference.made(names.of_number.len(), (store.desk.created_at(&one_id), one_id));
        names.push(one_id);
    }
    let pairs = || before.iter().zip(&after);
    let merged = |(before, after): &(&State, &State)| matches!((before, after), (State::Live(_), State::Retired(to)) if !to.is_empty());
    let back = |pair: &(&State, &State)| matches!(pair, (State::Retired(_), State::Live(_)));
    (pairs().filter(merged).count(), pairs().filter(back).count())
}

/// The view holds the people of the reference.
fn check_people(seed: u64, store: &Store, states: &[State], names: &Names) {
    let rows = store.people();
    assert_eq!(rows.len(), states.len(), "seed {seed}: as many One-IDs");
    for (state, one_id) in states.iter().zip(&names.of_number) {
        assert_eq!(&state_of(&rows[one_id], names), state, "seed {seed}: {one_id}");
    }
    for row in store.keep.views().store().records() {
        let row = row.expect("a record");
        let number = names.number(&row.one_id).expect("a known One-ID");
        assert!(
            matches!(&states[number], State::Live(records) if records.contains(&row.canonical.key)),
            "seed {seed}: {}",
            row.canonical.key
        );
    }
}

fn state_of(row: &PersonRow, names: &Names) -> State {
    match &row.state {
        PersonState::Live { members } => State::Live(members.iter().cloned().collect()),
        PersonState::Erased => State::Erased,
        PersonState::Retired { successors } => {
            State::Retired(successors.iter().map(|to| names.number(to).expect("a known One-ID")).collect())
        }
    }
}

/// Clusters and questions are those of a fresh batch over what is left.
fn check_against_batch(seed: u64, store: &Store, live: &BTreeMap<RecordKey, CanonicalRecord>) {
    let judgements = store.keep.views().judgements().expect("judgements");
    let identity_of = |key: &RecordKey| live.get(key).map(identity);
    let records: Vec<CanonicalRecord> = live.values().cloned().collect();
    let found =
        resolve(&records, ModelSource::Given(Box::new(model().clone())), &judgements.in_force(&identity_of), &Silent).expect("resolves");
    let keys: Vec<RecordKey> = records.iter().map(|record| record.key.clone()).collect();
    let mut clusters: Vec<Vec<RecordKey>> =
        found.clusters.rows.iter().map(|rows| rows.iter().map(|row| keys[*row as usize].clone()).collect()).collect();
    clusters.sort_unstable();
    assert!(store.desk.population().clusters() == clusters, "seed {seed}: clusters differ");
    let mut asked: BTreeMap<(RecordKey, RecordKey), _> = found
        .reviews
        .iter()
        .map(|review| {
            (
                (keys[review.edge.low as usize].clone(), keys[review.edge.high as usize].clone()),
                Some((review.reason.into(), review.edge.weight)),
            )
        })
        .collect();
    for row in judgements.all() {
        asked.entry((row.a.clone(), row.b.clone())).or_default();
    }
    let standings = |a: &RecordKey, b: &RecordKey| -> Vec<Standing> {
        judgements.on(a, b).map(|row| row.standing(identity_of(&row.a), identity_of(&row.b))).collect()
    };
    let expected: BTreeMap<(RecordKey, RecordKey), _> =
        asked.into_iter().filter_map(|((a, b), found)| Some(((a.clone(), b.clone()), question(found, standings(&a, &b))?))).collect();
    let rows = store.keep.views().reviews().expect("reviews");
    let open = rows.into_values().filter(|row: &ReviewRow| row.state == ReviewState::Open);
    let open: BTreeMap<(RecordKey, RecordKey), _> = open.map(|row| ((row.a, row.b), (row.question, row.weight))).collect();
    assert!(open == expected, "seed {seed}: questions differ");
}

/// Every One-ID of some past moments stood as the reference did then.
fn check_past(seed: u64, store: &Store, past: &BTreeMap<u64, Vec<State>>, names: &Names, random: &mut Rng) {
    let reader = store.keep.reader();
    let rows: FxHashMap<OneId, PersonRow> = store.people().into_iter().collect();
    let moments: Vec<(&u64, &Vec<State>)> = past.iter().collect();
    for _ in 0..30 {
        let (position, states) = moments[random.usize(..moments.len())];
        assert_eq!(batch_end(&reader, *position).expect("it reads"), *position);
        for _ in 0..20 {
            let number = random.usize(..names.of_number.len());
            let one_id = names.of_number[number];
            let then = person_at(&reader, one_id, &rows[&one_id], *position).expect("it reads");
            if rows[&one_id].state == PersonState::Erased {
                // Nothing is known of any time before.
                assert!(then.is_none_or(|row| row == rows[&one_id]), "seed {seed}: {one_id} at {position}");
                continue;
            }
            assert_eq!(then.map(|row| state_of(&row, names)).as_ref(), states.get(number), "seed {seed}: {one_id} at {position}");
        }
    }
}

#[test]
fn any_history_of_writes_ends_where_a_batch_and_a_plain_reference_do() {
    let is_long = std::env::var_os("ONEID_LONG").is_some();
    let first = std::env::var("ONEID_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (histories, writes) = if is_long { (1_000, 1_000) } else { (6, 300) };
    let (mut merged, mut back, mut erased) = (0, 0, 0);
    for seed in first..first + histories {
        let ids = [6, 20, 60][seed as usize % 3];
        let found = run(seed, writes, ids, seed % 4 != 0 || !is_long);
        (merged, back, erased) = (merged + found.0, back + found.1, erased + found.2);
    }
    println!(
        "seeds {first} to {}: {} writes, {merged} merges, {back} One-IDs came back, {erased} people were erased",
        first + histories - 1,
        histories as usize * writes
    );
    assert!(merged > 50 && back > 20 && erased > 5, "histories merge, part and are erased from: {merged}, {back}, {erased}");
}

/// Writes one record as a batch of its own.
fn write_one(store: &mut Store, number: usize) -> crate::error::Result<()> {
    let phone = format!("+86139{number:08}");
    store.write(put(person(&number.to_string(), 1, &[(Field::FamilyName, "王"), (Field::GivenName, "伟"), (Field::Phone, &phone)])))?;
    let Group { entries, .. } = store.desk.close("test", 0);
    let (views, journal) = store.keep.parts();
    let durable = Durable::commit(journal, "test", 0, "", entries)?;
    views.follow(&durable.changes(views.store())?)
}

#[test]
fn whichever_call_fails_nothing_that_was_acknowledged_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(store(folder.path()));
    let (mut written, mut failures) = (0, 0);
    for calls in 0.. {
        let mut store = Store::open(Keep::open(folder.path()).expect("it opens"));
        let known = store.desk.population().len();
        assert!(known == written || known == written + 1, "after {calls} calls {known} of {written} are there");
        written = known;
        write_one(&mut store, written).expect("the disk is well");
        written += 1;
        CALLS_LEFT.set(Some(calls));
        let mut failed = None;
        for _ in 0..3 {
            match write_one(&mut store, written) {
                Ok(()) => written += 1,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let again = failed.is_some().then(|| store.keep.write("test", 0, "", vec![Entry::Mapping(b"x".to_vec(), b"y".to_vec())]));
        CALLS_LEFT.set(None);
        let Some(error) = failed else { break };
        failures += 1;
        assert_eq!(error.class(), ErrorClass::Halted, "after {calls} calls: {error}");
        let still = store.keep.write("test", 0, "", vec![Entry::Mapping(b"x".to_vec(), b"y".to_vec())]);
        for refused in [again, Some(still)].into_iter().flatten() {
            assert_eq!(refused.expect_err("nothing more is written").class(), ErrorClass::Halted);
        }
    }
    assert!(failures >= 10, "{failures} calls were made to fail");
}

/// Whether a text stands in any file under a folder.
fn stands_in(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).expect("it reads").any(|entry| {
        let path = entry.expect("an entry").path();
        let holds = || std::fs::read(&path).expect("it reads").windows(text.len()).any(|window| window == text.as_bytes());
        if path.is_dir() { stands_in(&path, text) } else { holds() }
    })
}

/// Makes the n-th call of an erasure fail, for every n: it has happened wholly once the store is open again, or not at all.
#[test]
fn an_erasure_that_stops_anywhere_is_finished_or_never_was() {
    let (mut nothing, mut finished) = (0, 0);
    for calls in 0.. {
        let folder = tempfile::tempdir().expect("a folder");
        let mut kept = Store::open(store(folder.path()));
        let canary = person("kanarie-id", 1, &[(Field::FamilyName, "王"), (Field::GivenName, "伟"), (Field::Email, "kanarie@example.com")]);
        for record in [canary, anna("2", 1)] {
            kept.write(put(record)).expect("written");
        }
        kept.close(0);
        let victim = kept.desk.owner(&key("kanarie-id")).expect("it is there");
        drop(kept);
        assert!(stands_in(folder.path(), "kanarie-id"));
        let job = ErasureJob { people: vec![victim], order: "case".into(), actor: "kim".into(), ..ErasureJob::default() };
        CALLS_LEFT.set(Some(calls));
        let done = erase(folder.path(), &job);
        CALLS_LEFT.set(None);
        let keep = Keep::open(folder.path()).expect("it opens");
        let state = keep.views().store().person(&victim).expect("it reads").expect("it answers").state;
        assert_eq!(keep.views().store().record(&key("2")).expect("it reads").map(|row| row.canonical), Some(anna("2", 1)), "after {calls}");
        let is_erased = state == PersonState::Erased;
        assert!(is_erased || done.is_err(), "after {calls} calls: what was acknowledged stands");
        assert_eq!(stands_in(folder.path(), "kanarie"), !is_erased, "after {calls} calls");
        keep.reader().verify().expect("the chain verifies");
        assert_eq!(keep.views().suppression().expect("it reads").keeps_out(&key("kanarie-id")), is_erased);
        match done {
            Ok(erased) => {
                assert_eq!(
                    (erased.records, erased.digest),
                    (1, keep.reader().last_hash().iter().map(|byte| format!("{byte:02x}")).collect())
                );
                break;
            }
            Err(_) if is_erased => finished += 1,
            Err(_) => nothing += 1,
        }
    }
    assert!(nothing >= 3 && finished >= 5, "{nothing} never were, {finished} were finished by opening");
}

#[test]
fn a_clock_that_jumps_ten_years_changes_no_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(store(folder.path()));
    let decade = 315_576_000_000_000;
    let mut outcomes = Vec::new();
    for (number, time) in [0, decade, -decade, 0].into_iter().enumerate() {
        let asked = |id: &str, write: Write| Asked { write, request_id: id.into(), actor: "kim".into(), time };
        let (first, later) = (wei("1", number as i64 + 1), anna("2", 4 - number as i64));
        outcomes.push(store.desk.decide(&asked(&format!("a{number}"), put(first))).expect("taken").outcome);
        outcomes.push(store.desk.decide(&asked(&format!("b{number}"), put(later))).expect("taken").outcome);
        store.close(time);
        drop(store);
        store = Store::open(Keep::open(folder.path()).expect("it opens"));
        assert!(store.desk.is_idle());
    }
    use Outcome::{Created, Superseded, Updated};
    assert_eq!(outcomes, [Created, Created, Updated, Superseded, Updated, Superseded, Updated, Superseded]);
    let asked = |id: &str, write: Write| Asked { write, request_id: id.into(), actor: "kim".into(), time: 0 };
    let repeated = store.desk.decide(&asked("b3", put(anna("2", 1)))).expect("known");
    assert_eq!(repeated.outcome, Superseded, "answered as the first time");
    // The last batch by a moment is the last that was committed by then, whatever clocks said in between.
    let reader = store.keep.reader();
    assert_eq!(reader.position_at(0).expect("it reads"), reader.last_position());
}
