//! Benches of the stages on the committed four-channel records. Each asserts the count it got, so that a fast wrong answer fails.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use oneid::comparison::RecordTable;
use oneid::engine::Silent;
use oneid::engine::batch::{Budget, ModelSource, candidate_pairs, resolve};
use oneid::engine::resolver::Resolver;
use oneid::record::CanonicalRecord;
use oneid::service::load::{load, open};
use oneid::settings::Settings;
use std::hint::black_box;
use std::path::{Path, PathBuf};

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/four_channels");
    ["crm.csv", "app.jsonl", "mini_program.jsonl", "branch.csv"].map(|name| folder.join(name)).to_vec()
}

fn records(settings: &Settings) -> Vec<CanonicalRecord> {
    let loaded = load(open(&inputs(), settings).expect("the fixture opens"), false, i64::MAX, &Silent).expect("the fixture loads");
    loaded.records.into_iter().map(|record| record.canonical).collect()
}

fn stages(criterion: &mut Criterion) {
    let settings = Settings::default();
    let records = records(&settings);
    let mut group = criterion.benchmark_group("four_channels");
    group.sample_size(20);

    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("read and normalise", |bench| {
        bench.iter(|| {
            let loaded = load(open(&inputs(), &settings).expect("opens"), false, i64::MAX, &Silent).expect("loads");
            assert_eq!(loaded.records.len(), records.len());
        });
    });
    group
        .bench_function("prepare values", |bench| bench.iter(|| assert_eq!(RecordTable::build(black_box(&records)).rows(), records.len())));

    let rows: Vec<u32> = (0..records.len() as u32).collect();
    let table = RecordTable::build(&records);
    let pairs = candidate_pairs(&table, &rows, &settings.rules, Some(Budget::of(records.len())), &Silent).pairs;
    group.bench_function("block", |bench| {
        bench.iter(|| {
            assert_eq!(candidate_pairs(&table, &rows, &settings.rules, Some(Budget::of(records.len())), &Silent).pairs.len(), pairs.len())
        })
    });

    let source = || ModelSource::Learn {
        rules: settings.rules.clone(),
        thresholds: settings.thresholds,
        seed: settings.seed,
        without: Vec::new(),
        labels: Vec::new(),
    };
    let resolved = resolve(&records, source(), &[], &Silent).expect("resolves");
    let clusters = resolved.clusters.rows.len();
    group.bench_function("learn and resolve", |bench| {
        bench.iter(|| assert_eq!(resolve(&records, source(), &[], &Silent).expect("resolves").clusters.rows.len(), clusters));
    });

    let resolver = Resolver::new(&resolved.model, &table);
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("weigh pairs", |bench| {
        bench.iter(|| {
            let links =
                pairs.iter().filter(|pair| resolver.weigh((**pair >> 32) as u32, **pair as u32).weight.least() >= resolver.weights().link);
            assert!(links.count() > clusters / 4);
        });
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
