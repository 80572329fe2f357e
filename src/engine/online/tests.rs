//! Random histories against a fresh batch over what is left.

use super::*;
use crate::engine::Silent;
use crate::engine::batch::{EqualRows, ModelSource, resolve};
use crate::record::RecordSet;
use fastrand::Rng;
use std::sync::OnceLock;

/// Histories of a usual run and of a long one.
const HISTORIES: [u64; 2] = [60, 10_000];

const SOURCES: [&str; 3] = ["app", "branch", "crm"];
const FAMILIES: [&str; 8] = ["smith", "smyth", "王", "李", "wang", "li", "jones", "欧阳"];
const GIVEN: [&str; 12] = ["anna", "anne", "bob", "robert", "伟", "小伟", "卫", "wei", "john", "j", "明", "mary"];
const CITIES: [&str; 3] = ["北京", "london", "leeds"];

fn pick<'a>(random: &mut Rng, of: &[&'a str]) -> &'a str {
    of[random.usize(..of.len())]
}

/// A record of one of `people` people, with errors; few people make large blocks and shared phones.
fn record(random: &mut Rng, ids: u32, people: u64) -> CanonicalRecord {
    let key = RecordKey::new(pick(random, &SOURCES), random.u32(..ids).to_string());
    // Each person says the same of itself most of the time.
    let mut person = Rng::with_seed(random.u64(..people) + 1);
    let (family, given) = (pick(&mut person, &FAMILIES), pick(&mut person, &GIVEN));
    let born = format!("19{:02}-{:02}-1{}", 60 + person.u32(..30), 1 + person.u32(..12), person.u32(..3));
    let phone = format!("+8613912345{:03}", person.u32(..people as u32 / 2 + 2));
    let email = format!("{given}{}@example.com", person.u32(..50));
    let id = format!("1101011984031200{:02}", person.u32(..90));
    let mut values = Vec::new();
    let mut say = |field: Field, text: &str, grade: Grade, often: u32, random: &mut Rng| {
        if random.u32(..100) < often {
            values.push(FieldValue { field, text: text.into(), grade });
        }
    };
    let other =
        |random: &mut Rng, own: &str, of: &[&str]| if random.u32(..8) == 0 { pick(random, of).to_string() } else { own.to_string() };
    let (family, given) = (other(random, family, &FAMILIES), other(random, given, &GIVEN));
    say(Field::FamilyName, &family, Grade::Valid, 90, random);
    let grade = if random.u32(..30) == 0 { Grade::Partial } else { Grade::Valid };
    say(Field::GivenName, &given, grade, 95, random);
    say(Field::BirthDate, &born, Grade::Valid, 60, random);
    say(Field::Phone, &phone, Grade::Valid, 70, random);
    say(Field::Phone, "+8613800000000", Grade::Valid, 8, random);
    say(Field::Phone, "+8613800000000", Grade::Invalid, 8, random);
    say(Field::Device, ["tablet", "own"][random.usize(..2)], Grade::Valid, 6, random);
    say(Field::Nickname, ["anna", "bob", "小伟"][random.usize(..3)], Grade::Valid, 10, random);
    say(Field::Phone, &format!("+86139****5{}", &phone[phone.len() - 3..]), Grade::Partial, 8, random);
    say(Field::Email, &email, Grade::Valid, 40, random);
    say(Field::ResidentId, &id, [Grade::Valid, Grade::Invalid][random.usize(..2)], 15, random);
    let city = pick(random, &CITIES);
    say(Field::City, city, Grade::Valid, 50, random);
    let observed = [None, Some(1_000_000_000), Some(1_400_000_000), Some(1_700_000_000)][random.usize(..4)];
    if random.u32(..40) == 0 {
        values.clear();
    }
    CanonicalRecord::new(key, random.i64(..1_000), observed, values)
}

/// A model as learnt from such people, with blocks so small that they are parted all the time.
fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let mut random = Rng::with_seed(5);
        let records: BTreeMap<RecordKey, CanonicalRecord> =
            (0..3_000).map(|_| record(&mut random, 2_000, 700)).map(|record| (record.key.clone(), record)).collect();
        let records: Vec<CanonicalRecord> = records.into_values().collect();
        let learn = ModelSource::Learn { rules: RuleSet::default(), thresholds: None, seed: 1, without: Vec::new(), labels: Vec::new() };
        let mut model = resolve(&records, learn, &[], &Silent).expect("learns").model;
        let always = ["resident_id", "email <= 2", "phone <= 3", "name <= 4", "name_part + birth_year_month <= 3", "phone_ends <= 2"];
        let wider = ["phone~ <= 3", "name_part~ + birth_year_month <= 2", "birth_date <= 4", "name~ <= 3", "city + birth_year <= 5"];
        (model.rules, model.wider_rules) = (always.map(CompactString::from).to_vec(), wider.map(CompactString::from).to_vec());
        model.named()
    })
}

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
