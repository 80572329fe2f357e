//! The batch and the explanation of a pair give bit-equal weights, and the shown parts sum to the whole.
#![cfg(feature = "full")]

use oneid::comparison::{BANDED, Band, RecordTable};
use oneid::engine::Silent;
use oneid::engine::batch::{Budget, ModelSource, candidate_pairs, resolve, resolve_near};
use oneid::engine::resolver::Resolver;
use oneid::explain::explain;
use oneid::model::Model;
use oneid::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey, RecordSet};
use oneid::service::load::{load, open};
use oneid::settings::Settings;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

fn records(settings: &Settings) -> Vec<CanonicalRecord> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/four_channels");
    let inputs: Vec<PathBuf> = ["crm.csv", "app.jsonl", "mini_program.jsonl", "branch.csv"].map(|name| folder.join(name)).to_vec();
    let mut loaded = load(open(&inputs, settings).expect("opens"), false, i64::MAX, &Silent).expect("loads");
    loaded.take_records().records().collect()
}

#[test]
fn every_candidate_pair_is_explained_with_the_numbers_that_decided() {
    let settings = Settings::default();
    let records = records(&settings);
    let source = ModelSource::Learn {
        rules: settings.rules.clone(),
        thresholds: settings.thresholds,
        seed: 5,
        without: Vec::new(),
        labels: Vec::new(),
    };
    let resolved = resolve(&records, source, &[], &Silent).expect("resolves");
    let mut table = RecordTable::build(&records);
    table.mark_names(&|field, name| resolved.model.term_frequencies.use_of(field, name));
    table.band_values();
    let resolver = Resolver::new(&resolved.model, &table);
    let mut bands: HashMap<(Field, String), Band> = HashMap::new();
    for field in BANDED {
        let column = table.column(*field);
        for (symbol, value) in column.values().iter().enumerate() {
            bands.insert((*field, value.text.to_string()), column.band(symbol as u32));
        }
    }
    let band = |field: Field, text: &str| bands.get(&(field, text.to_string())).copied().unwrap_or_default();
    let rows: Vec<u32> = (0..records.len() as u32).collect();
    let rules = resolved.model.parsed_rules().expect("known");
    let pairs = candidate_pairs(&table, &rows, &rules, None, &Silent).pairs();
    assert!(pairs.len() > 1_000, "{} pairs", pairs.len());
    for pair in pairs {
        let (low, high) = ((pair >> 32) as u32, pair as u32);
        let weighed = resolver.weigh(low, high);
        let explained = explain(&records[low as usize], &records[high as usize], &resolved.model, &band);
        assert_eq!(explained.total, weighed.weight, "{} and {}", explained.a, explained.b);
        assert_eq!((explained.decision, explained.veto), (weighed.decision, weighed.veto));
        let parts = explained.rows.iter().fold(explained.prior.weight, |sum, row| sum + row.weight + row.term_frequency);
        assert_eq!(parts, explained.total);
        assert_eq!(explained.weight, explained.total.least());
        assert!(!explained.rules.is_empty(), "a candidate pair shares a rule");
        let turned = explain(&records[high as usize], &records[low as usize], &resolved.model, &band);
        assert_eq!(turned.total, explained.total, "the order of the two does not matter");
    }
}

#[test]
fn wider_rules_apply_as_far_as_the_budget_goes() {
    let settings = Settings::default();
    let records = records(&settings);
    let rows: Vec<u32> = (0..records.len() as u32).collect();
    let always = settings.rules.always.len();
    let (table, whole) = (RecordTable::build(&records), Budget::of(records.len()));
    let mut before = 0;
    for budget in [Some(0), Some(500), Some(5_000), None] {
        let found = candidate_pairs(&table, &rows, &settings.rules, budget.map(|wider| Budget { wider, ..whole }), &Silent);
        let wider = &found.statistics[always..];
        let given: u64 = wider.iter().map(|rule| rule.pairs).sum();
        let left_out = wider.iter().filter(|rule| rule.over_budget).count();
        assert!(budget.is_none_or(|budget| given <= budget && left_out > 0), "{given} pairs for {budget:?}, {left_out} rules left out");
        assert!(budget.is_some() || left_out == 0, "a model's rules apply as they stand");
        assert_eq!((found.rules.always.len(), found.rules.wider.len() + left_out), (always, settings.rules.wider.len()));
        assert!(found.count >= before, "a larger budget never loses a pair");
        before = found.count;
    }
}

/// The partition is a function of what records say and which come from one source, not of what they are called.
#[test]
fn renaming_sources_and_records_changes_nobody() {
    let settings = Settings::default();
    let records = records(&settings);
    let source = ModelSource::Learn {
        rules: settings.rules.clone(),
        thresholds: settings.thresholds,
        seed: 5,
        without: Vec::new(),
        labels: Vec::new(),
    };
    let learnt = resolve(&records, source, &[], &Silent).expect("resolves");
    let mut renamed: Vec<(usize, CanonicalRecord)> = records
        .iter()
        .enumerate()
        .map(|(row, record)| {
            let key =
                oneid::record::RecordKey::new(record.key.source.chars().rev().collect::<String>(), format!("{:08}", row * 7_919 % 1_009));
            (row, CanonicalRecord::new(key, record.version, record.observed_at, record.values().to_vec()))
        })
        .collect();
    renamed.sort_by(|a, b| a.1.key.cmp(&b.1.key));
    let turned: Vec<CanonicalRecord> = renamed.iter().map(|(_, record)| record.clone()).collect();
    let again = resolve(&turned, ModelSource::Given(Box::new(learnt.model)), &[], &Silent).expect("resolves");
    let people = |rows: Vec<Vec<usize>>| {
        let mut people = rows;
        people.iter_mut().for_each(|rows| rows.sort_unstable());
        people.sort();
        people
    };
    let straight = people(learnt.clusters.rows.iter().map(|rows| rows.iter().map(|row| *row as usize).collect()).collect());
    let other = people(again.clusters.rows.iter().map(|rows| rows.iter().map(|row| renamed[*row as usize].0).collect()).collect());
    assert!(straight == other, "clusters depend on the names of records");
}

#[test]
fn a_model_survives_being_written_and_read() {
    let settings = Settings::default();
    let records = records(&settings);
    let source = ModelSource::Learn {
        rules: settings.rules.clone(),
        thresholds: settings.thresholds,
        seed: 5,
        without: vec!["sex".into()],
        labels: Vec::new(),
    };
    let learnt = resolve(&records, source, &[], &Silent).expect("resolves");
    assert!(learnt.model.comparison("sex").is_none() && learnt.model.comparison("phone").is_some());
    let json = serde_json::to_string(&learnt.model).expect("writes");
    let read: Model = serde_json::from_str(&json).expect("reads");
    assert!(read == learnt.model, "the model read differs from the one written");
    let again = resolve(&records, ModelSource::Given(Box::new(read)), &[], &Silent).expect("resolves");
    assert_eq!(again.clusters, learnt.clusters);
}

/// Resolves records as they lie and in the order of names, and compares all that comes of it.
fn come_to_the_same(records: &[CanonicalRecord], settings: &Settings, labels: &[Option<u32>]) {
    let source = || ModelSource::Learn {
        rules: settings.rules.clone(),
        thresholds: settings.thresholds,
        seed: 5,
        without: Vec::new(),
        labels: labels.to_vec(),
    };
    let straight = resolve(records, source(), &[], &Silent).expect("resolves");
    let (near, keys) = resolve_near(RecordSet::of(records), source(), &[], &Silent).expect("resolves");
    assert!(keys.iter().eq(records.iter().map(|record| &record.key)), "the records come back in their order");
    assert_eq!(straight.model.id, near.model.id);
    assert!(straight.links.len() > 100 && straight.links == near.links, "links");
    assert!(!straight.reviews.is_empty() && straight.reviews == near.reviews, "reviews");
    assert_eq!(straight.copies, near.copies);
    assert!(straight.clusters.rows == near.clusters.rows && straight.clusters.of_row == near.clusters.of_row, "clusters");
    assert_eq!(straight.statistics, near.statistics);
}

#[test]
fn records_that_lie_in_the_order_of_names_come_to_the_same() {
    let settings = Settings::default();
    let records = records(&settings);
    let labels: Vec<Option<u32>> = (0..records.len() as u32).map(|row| (row % 9 == 0).then_some(row / 27)).collect();
    come_to_the_same(&records, &settings, &[]);
    come_to_the_same(&records, &settings, &labels);
}

#[test]
fn what_is_drawn_for_training_does_not_depend_on_the_order_of_records() {
    let mut random = fastrand::Rng::with_seed(3);
    let mut records = Vec::new();
    // More records than all of whose pairs are looked at; some say the same in two sources, at other times.
    for person in 0..1_200 {
        let value = |field: Field, text: String| FieldValue { field, text: text.into(), grade: Grade::Valid };
        let values = vec![
            value(Field::FamilyName, ["smith", "miller", "wang", "li", "garcia"][random.usize(..5)].into()),
            value(Field::GivenName, format!("name{}", (b'a' + random.u8(..26)) as char)),
            value(Field::BirthDate, format!("19{}-0{}-1{}", random.u8(40..99), random.u8(1..9), random.u8(..9))),
            value(Field::Phone, format!("+8613900{:06}", person / 2)),
            value(Field::City, ["beijing", "london", "leeds"][random.usize(..3)].into()),
        ];
        for (source, observed) in [("crm", 1_300_000_000), ("app", 1_700_000_000)] {
            if source == "crm" || random.u8(..3) > 0 {
                let key = RecordKey::new(source, format!("{:06}", random.u32(..1_000_000)));
                records.push(CanonicalRecord::new(key, 0, Some(observed), values.clone()));
            }
        }
    }
    records.sort_by(|a, b| a.key.cmp(&b.key));
    records.dedup_by(|a, b| a.key == b.key);
    assert!(records.len() > 1_800);
    come_to_the_same(&records, &Settings::default(), &[]);
}
