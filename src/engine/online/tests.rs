//! Random histories against a fresh batch over what is left.

use super::made_up::{SOURCES, model, pick, record};
use super::*;
use crate::engine::Silent;
use crate::engine::batch::{EqualRows, ModelSource, resolve};
use crate::record::RecordSet;
use fastrand::Rng;

/// Histories of a usual run and of a long one.
const HISTORIES: [u64; 2] = [60, 10_000];

fn change(random: &mut Rng, ids: u32, people: u64) -> Change {
    let key = |random: &mut Rng| RecordKey::new(pick(random, &SOURCES), random.u32(..ids).to_string());
    match random.u32(..20) {
        0..=12 => Change::Put(record(random, ids, people)),
        13..=16 => Change::Delete(key(random)),
        17 => Change::Withdraw(key(random), key(random)),
        _ => Change::Judge(Judgement { a: key(random), b: key(random), same_person: random.bool() }),
    }
}

/// What a batch over these records gives.
fn batch(records: &BTreeMap<RecordKey, CanonicalRecord>, judgements: &[Judgement]) -> (Vec<Vec<RecordKey>>, Reviews) {
    let records: Vec<CanonicalRecord> = records.values().cloned().collect();
    let found = resolve(&records, ModelSource::Given(Box::new(model().clone())), judgements, &Silent).expect("resolves");
    let key = |row: u32| records[row as usize].key.clone();
    let mut clusters: Vec<Vec<RecordKey>> = found.clusters.rows.iter().map(|rows| rows.iter().map(|row| key(*row)).collect()).collect();
    clusters.sort_unstable();
    let reviews = found.reviews.iter().map(|review| {
        let Review { edge, reason } = review;
        ((key(edge.low), key(edge.high)), (edge.weight, *reason))
    });
    (clusters, reviews.collect())
}

/// A history by its seed; gives how many clusters of several records it saw, and reviews.
fn run(seed: u64) -> (usize, usize) {
    let mut random = Rng::with_seed(seed);
    let (ids, people) = ([6, 20, 60][random.usize(..3)], [3, 12, 40][random.usize(..3)]);
    let mut population = Population::new(model().clone()).expect("rules of the model");
    let mut live: BTreeMap<RecordKey, CanonicalRecord> = BTreeMap::new();
    let mut judgements: BTreeMap<(RecordKey, RecordKey), bool> = BTreeMap::new();
    let mut shown: BTreeMap<RecordKey, Vec<RecordKey>> = BTreeMap::new();
    let mut asked = Reviews::new();
    let (mut several, mut reviews) = (0, 0);
    for step in 0..random.usize(4..12) {
        let count = if random.u32(..4) == 0 { random.usize(20..80) } else { random.usize(1..6) };
        let mut changes: Vec<Change> = (0..count).map(|_| change(&mut random, ids, people)).collect();
        // Some records are copies of others, at another time.
        for change in &mut changes {
            if let Change::Put(record) = change
                && random.u32(..6) == 0
                && let Some(other) = live.values().nth(random.usize(..live.len().max(1)))
            {
                let key = RecordKey::new(other.key.source.as_str(), record.key.id.as_str());
                *record = CanonicalRecord::new(key, record.version, record.observed_at, other.values().to_vec());
            }
        }
        for change in &changes {
            let pair = |a: &RecordKey, b: &RecordKey| (a.min(b).clone(), a.max(b).clone());
            match change {
                Change::Put(record) => drop(live.insert(record.key.clone(), record.clone())),
                Change::Delete(key) => drop(live.remove(key)),
                Change::Judge(of) => drop(judgements.insert(pair(&of.a, &of.b), of.same_person)),
                Change::Withdraw(a, b) => drop(judgements.remove(&pair(a, b))),
            }
        }
        let outcome = population.apply(changes);
        let ruled = judgements.iter().map(|((a, b), same)| Judgement { a: a.clone(), b: b.clone(), same_person: *same });
        let mut ruled: Vec<Judgement> = ruled.collect();
        random.shuffle(&mut ruled);
        let expected = batch(&live, &ruled);
        assert!(population.clusters() == expected.0, "seed {seed}, step {step}: clusters differ");
        assert!(*population.reviews() == expected.1, "seed {seed}, step {step}: reviews differ");
        // Whoever follows the outcomes knows the clusters.
        outcome.gone.iter().for_each(|key| drop(shown.remove(key)));
        outcome.clusters.iter().for_each(|of| of.iter().for_each(|key| drop(shown.insert(key.clone(), of.clone()))));
        let followed: BTreeSet<Vec<RecordKey>> = shown.values().cloned().collect();
        assert!(followed.into_iter().eq(expected.0.iter().cloned()), "seed {seed}, step {step}: an outcome left something out");
        for (pair, found) in outcome.reviews {
            assert!(asked.get(&pair).copied() != found, "seed {seed}, step {step}: a review is told that is as before");
            match found {
                Some(found) => drop(asked.insert(pair, found)),
                None => drop(asked.remove(&pair)),
            }
        }
        assert!(asked == expected.1, "seed {seed}, step {step}: an outcome left a review out");
        for cluster in &expected.0 {
            for key in cluster {
                assert!(population.record(key) == live.get(key), "seed {seed}, step {step}: a record differs");
                let strongest = population.strongest_link(key);
                assert!(
                    strongest.is_none_or(|(other, _)| other != key && cluster.contains(other)),
                    "seed {seed}, step {step}: a link leads out"
                );
            }
        }
        several += expected.0.iter().filter(|of| of.len() > 1).count();
        reviews += expected.1.len();
    }
    // Nothing is left of what is gone.
    let withdrawn = judgements.into_keys().map(|(a, b)| Change::Withdraw(a, b));
    let outcome = population.apply(withdrawn.chain(live.keys().cloned().map(Change::Delete)));
    assert!(outcome.clusters.is_empty() && outcome.gone.into_iter().eq(live.into_keys()), "seed {seed}");
    let Population { contents, of_record, of_content, blocks, held, rulings, clusters, cluster_of, reviews: open, reviewed, .. } =
        &population;
    assert!(contents.is_empty() && of_record.is_empty() && of_content.is_empty() && blocks.is_empty(), "seed {seed}");
    assert!(held.is_empty() && rulings.is_empty() && clusters.is_empty() && cluster_of.is_empty(), "seed {seed}");
    assert!(open.is_empty() && reviewed.is_empty(), "seed {seed}");
    (several, reviews)
}

#[test]
fn any_history_ends_where_a_batch_over_what_is_left_does() {
    let is_long = std::env::var_os("ONEID_LONG").is_some();
    let first = std::env::var("ONEID_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (mut several, mut reviews) = (0, 0);
    for seed in first..first + HISTORIES[usize::from(is_long)] {
        let found = run(seed);
        (several, reviews) = (several + found.0, reviews + found.1);
    }
    assert!(several > 500 && reviews > 100, "histories join and doubt: {several} clusters, {reviews} reviews");
}

#[test]
fn a_content_has_the_hash_that_it_has_in_a_batch() {
    let mut random = Rng::with_seed(2);
    let records: Vec<CanonicalRecord> = (0..50).map(|_| record(&mut random, 90, 9)).collect();
    let equal = EqualRows::find(&RecordSet::of(&records), &FxHashSet::default());
    assert!(records.iter().map(|record| content_of(record.values())).eq(equal.content));
}
