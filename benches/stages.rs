//! Benches of the stages, each by itself, on the committed four-channel records and on made-up customers. Each asserts the
//! count it got, so that a fast wrong answer fails.

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use oneid::comparison::{OneByOne, RecordTable};
use oneid::engine::Silent;
use oneid::engine::batch::{Budget, EqualRows, Prepared, candidate_pairs, resolve_near};
use oneid::engine::ceiling::Ceiling;
use oneid::record::RecordSet;
use oneid::service::load::{load, open};
use oneid::service::merge::model_source;
use oneid::settings::Settings;
use rustc_hash::FxHashSet;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The tables of records, in the order in which they are given.
const CHANNELS: [&str; 4] = ["crm.csv", "app.jsonl", "mini_program.jsonl", "branch.csv"];

/// Made-up customers; they have some three records each.
const CUSTOMERS: u32 = 5_000;

fn in_folder(folder: &Path) -> Vec<PathBuf> {
    CHANNELS.iter().map(|name| folder.join(name)).collect()
}

fn make_customers(folder: &Path) {
    let customers = CUSTOMERS.to_string();
    let mut made = Command::new(env!("CARGO_BIN_EXE_oneid"));
    made.args(["synth", "--customers", &customers, "--seed", "1", "--out"]).arg(folder);
    assert!(made.stderr(Stdio::null()).status().expect("the program starts").success(), "customers are made");
}

fn records(inputs: &[PathBuf], settings: &Settings) -> RecordSet {
    load(open(inputs, settings).expect("the inputs open"), false, i64::MAX, &Silent).expect("the inputs load").take_records()
}

fn stages(group: &mut BenchmarkGroup<'_, WallTime>, inputs: &[PathBuf]) {
    let settings = Settings::default();
    let records = records(inputs, &settings);
    let source = || model_source(&settings, None);
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("read and normalise", |bench| {
        bench.iter(|| assert_eq!(self::records(inputs, &settings).len(), records.len()));
    });
    group.bench_function("find equal rows", |bench| {
        let distinct = EqualRows::find(&records, &FxHashSet::default()).distinct.len();
        bench.iter(|| assert_eq!(EqualRows::find(black_box(&records), &FxHashSet::default()).distinct.len(), distinct));
    });
    group.bench_function("prepare values", |bench| {
        bench.iter_batched(
            || records.clone(),
            |mut records| assert_eq!(RecordTable::of_set(black_box(&mut records), &OneByOne).rows(), records.len()),
            BatchSize::PerIteration,
        );
    });

    let table = RecordTable::of_set(&mut records.clone(), &OneByOne);
    let rows = EqualRows::find(&records, &FxHashSet::default()).distinct;
    let formed = || candidate_pairs(&table, &rows, &settings.rules, Some(Budget::of(records.len())), &Silent).count;
    let pairs = formed();
    group.bench_function("block", |bench| bench.iter(|| assert_eq!(formed(), pairs)));

    let prepared = Prepared::new(records.clone(), source(), &[], &Silent).expect("prepares");
    assert_eq!(prepared.candidates.count, pairs);
    group.bench_function("prepare, block and learn", |bench| {
        let learnt = |records| Prepared::new(records, source(), &[], &Silent).expect("prepares").model.id;
        bench.iter_batched(|| records.clone(), |records| assert_eq!(learnt(records), prepared.model.id), BatchSize::PerIteration);
    });
    let clusters = prepared.clusters_at(&[prepared.model.thresholds], &Silent)[0].rows.len();
    group.bench_function("weigh and cluster", |bench| {
        bench.iter(|| assert_eq!(prepared.clusters_at(&[prepared.model.thresholds], &Silent)[0].rows.len(), clusters));
    });
    group.bench_function("all but reading", |bench| {
        let resolved = |records| resolve_near(records, source(), &[], &Silent).expect("resolves").0.clusters.rows.len();
        bench.iter_batched(|| records.clone(), |records| assert_eq!(resolved(records), clusters), BatchSize::PerIteration);
    });

    let resolver = prepared.resolver();
    let (link, least) = (resolver.weights().link, resolver.weights().link.min(resolver.weights().review));
    let ceiling = Ceiling::new(&resolver);
    let rows_of = |pair: &u64| ((pair >> 32) as u32, *pair as u32);
    let in_full = |(low, high)| resolver.weigh(low, high).weight.least() >= link;
    let from_ceiling = |(low, high)| resolver.weigh_from(least, &ceiling, low, high).is_some_and(|found| found.weight.least() >= link);
    let in_list = prepared.candidates.pairs();
    let links = in_list.iter().map(rows_of).filter(|pair| in_full(*pair)).count();
    assert!(links > clusters / 4);
    group.throughput(Throughput::Elements(pairs));
    group.bench_function("weigh pairs in full, one thread", |bench| {
        bench.iter(|| assert_eq!(in_list.iter().map(rows_of).filter(|pair| in_full(*pair)).count(), links));
    });
    group.bench_function("weigh pairs from a ceiling, one thread", |bench| {
        bench.iter(|| assert_eq!(in_list.iter().map(rows_of).filter(|pair| from_ceiling(*pair)).count(), links));
    });
}

fn four_channels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("four_channels");
    group.sample_size(20);
    stages(&mut group, &in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/four_channels")));
    group.finish();
}

fn customers(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for made-up records");
    make_customers(folder.path());
    let mut group = criterion.benchmark_group("customers");
    group.sample_size(10);
    stages(&mut group, &in_folder(folder.path()));
    group.finish();
}

criterion_group!(benches, four_channels, customers);
criterion_main!(benches);
