//! What the synthetic data must be: reproducible, true to its own truth, hard in the ways real data is hard, and still solvable.
//!
//! The files are read here by small code of the test's own, so that writer and reader do not share mistakes.

mod synth_files;

use oneid::synth::{Channel, Config, Disturbance, ErrorLevel, PER};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use synth_files::{DataSet, Record, fold, make};

const SEEDS: [u64; 3] = [1, 7, 20_260];

fn usual(seed: u64) -> DataSet {
    make(&Config { customers: 3_000, seed, errors: ErrorLevel::Usual })
}

/// Record keys of each cluster, live versions.
fn clusters(data: &DataSet) -> HashMap<&str, Vec<&Record>> {
    let mut clusters: HashMap<&str, Vec<&Record>> = HashMap::new();
    for record in data.live.values() {
        clusters.entry(data.cluster_of(record)).or_default().push(record);
    }
    clusters
}

/// The share of true pairs that have an exact identifier in common.
fn sharing(data: &DataSet) -> f64 {
    let (mut pairs, mut sharing) = (0u32, 0u32);
    for records in clusters(data).values() {
        for (n, record) in records.iter().enumerate() {
            for other in &records[n + 1..] {
                pairs += 1;
                sharing += u32::from(!record.identifiers.is_disjoint(&other.identifiers));
            }
        }
    }
    f64::from(sharing) / f64::from(pairs)
}

#[test]
fn many_true_pairs_share_no_exact_identifier_but_few_records_stand_alone() {
    for seed in SEEDS {
        let data = usual(seed);
        let mut alone = 0;
        for records in clusters(&data).values() {
            // A record of somebody with others that has no identifier, name, birth date or address in common with any of them.
            let hopeless = |record: &&&Record| !records.iter().any(|other| other.key != record.key && record.has_common(other));
            alone += if records.len() > 1 { records.iter().filter(hopeless).count() } else { 0 };
        }
        let share = sharing(&data);
        let lost = alone as f64 / data.live.len() as f64;
        println!("seed {seed}: {share:.3} of true pairs share an exact identifier; {lost:.3} of records have nothing in common");
        assert!((0.50..=0.70).contains(&share), "{share}");
        assert!(lost < 0.045, "{lost}");
    }
}

#[test]
fn more_errors_leave_fewer_identifiers_in_common() {
    let shares = ErrorLevel::ALL.map(|errors| sharing(&make(&Config { customers: 3_000, seed: 1, errors })));
    println!("light, usual, heavy: {shares:.3?} of true pairs share an exact identifier");
    assert!(shares[0] > shares[1] && shares[1] > shares[2], "{shares:?}");
}

/// The share of live records that have an identifier in common with a record of whom `differs` says so.
fn sharing_with(data: &DataSet, differs: &dyn Fn(&Record, &Record) -> bool) -> f64 {
    let mut holders: HashMap<&str, Vec<&Record>> = HashMap::new();
    for record in data.live.values() {
        record.identifiers.iter().for_each(|identifier| holders.entry(identifier).or_default().push(record));
    }
    let hit = |record: &&Record| record.identifiers.iter().any(|value| holders[value.as_str()].iter().any(|h| differs(record, h)));
    data.live.values().filter(hit).count() as f64 / data.live.len() as f64
}

#[test]
fn strangers_and_relatives_share_identifiers() {
    for seed in SEEDS {
        let data = usual(seed);
        let others = sharing_with(&data, &|a, b| data.cluster_of(a) != data.cluster_of(b));
        let strangers = sharing_with(&data, &|a, b| data.household_of(a) != data.household_of(b));
        println!("seed {seed}: {others:.3} of records share with another person, {strangers:.3} with another household");
        assert!((0.05..0.30).contains(&others), "{others}");
        assert!((0.04..0.15).contains(&strangers), "{strangers}");
    }
}

#[test]
fn one_record_in_twenty_shares_an_identifier_with_another_household() {
    // Enough customers that chance moves the share by some tenths of a per cent only.
    for seed in 1..=5 {
        let data = make(&Config { customers: 20_000, seed, errors: ErrorLevel::Usual });
        let strangers = sharing_with(&data, &|a, b| data.household_of(a) != data.household_of(b));
        let pairs = sharing(&data);
        println!("seed {seed}: {strangers:.4} of records share with another household, {pairs:.4} of true pairs share");
        assert!((0.05..0.08).contains(&strangers), "{strangers}");
        assert!(pairs <= 0.70, "{pairs}");
    }
}

#[test]
fn same_seed_same_bytes_other_seed_other_bytes() {
    let (first, again, other) = (usual(7), usual(7), usual(8));
    assert!(first.files == again.files);
    assert!(first.files.iter().zip(&other.files).all(|(a, b)| a.1 != b.1));
}

#[test]
fn everything_on_the_list_happens_and_more_so_at_higher_levels() {
    for seed in SEEDS {
        let data = usual(seed);
        let missing: Vec<&str> = Disturbance::ALL.iter().filter(|kind| data.counts.of(**kind) == 0).map(|kind| kind.name()).collect();
        assert!(missing.is_empty(), "seed {seed}: never happened: {missing:?}");
    }
    let [light, normal, heavy] = ErrorLevel::ALL.map(|errors| make(&Config { customers: 3_000, seed: 7, errors }).counts);
    for kind in Disturbance::ALL.iter().copied() {
        let rates = ErrorLevel::ALL.map(|level| kind.rate(level));
        assert!(rates[0] < rates[1] && rates[1] < rates[2] && rates[2] <= PER, "{}", kind.name());
    }
    use Disturbance as D;
    for kind in [D::PhoneMistyped, D::MissingValue, D::UpdatedRow, D::StaffPhone, D::CounterTablet, D::RecycledPhone, D::Homophone] {
        let happened = [&light, &normal, &heavy].map(|counts| counts.of(kind));
        assert!(happened[0] < happened[1] && happened[1] < happened[2], "{}: {happened:?}", kind.name());
    }
}

#[test]
fn a_resident_id_is_right_unless_it_was_mistyped_on_purpose() {
    let districts: HashSet<&str> =
        include_str!("../src/normalize/data/areas.csv").lines().skip(1).filter_map(|line| line.get(..6)).collect();
    for seed in SEEDS {
        let data = usual(seed);
        let (mut right, mut wrong) = (0, 0);
        for record in &data.rows {
            let number = fold(record.get("id")).to_uppercase();
            let is_id = number.len() == 18 && !number.contains('*') && !synth_files::is_placeholder(&number);
            if !is_id {
                continue;
            }
            assert!(districts.contains(&number[..6]), "{number}: unknown district");
            if check_digit_is_right(&number) { right += 1 } else { wrong += 1 }
        }
        let meant = data.counts.of(Disturbance::IdDigitWrong) + data.counts.of(Disturbance::IdDigitsSwapped);
        assert_eq!(wrong, meant, "seed {seed}");
        assert!(right > 2_000, "{right}");
    }
}

#[test]
fn no_two_people_have_one_certificate_or_mailbox() {
    for seed in SEEDS {
        let data = usual(seed);
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for record in data.live.values() {
            for value in record.identifiers.iter().filter(|value| value.starts_with("i:") || value.starts_with("e:")) {
                let owner = *owners.entry(value).or_insert(data.cluster_of(record));
                assert_eq!(owner, data.cluster_of(record), "{value}");
            }
        }
    }
}

fn check_digit_is_right(number: &str) -> bool {
    // ISO 7064 MOD 11-2: the polynomial in 2 over all characters leaves 1.
    let value = number.chars().try_fold(0, |sum, c| Some((sum * 2 + if c == 'X' { 10 } else { c.to_digit(10)? }) % 11));
    value == Some(1)
}

#[test]
fn truth_names_every_record_once_and_the_counts_agree() {
    let data = usual(7);
    let listed: HashSet<&(String, String)> = data.truth.iter().map(|(key, _)| key).collect();
    assert_eq!(listed.len(), data.truth.len(), "a record id is listed twice");
    assert_eq!(listed, data.live.keys().collect::<HashSet<_>>());
    assert_eq!(data.counts.records_total() as usize, data.live.len());
    assert_eq!(data.counts.rows.iter().sum::<u64>() as usize, data.rows.len());
    assert_eq!(data.counts.customers, 3_000);
    let people: HashSet<&String> = data.truth.iter().map(|(_, cluster)| cluster).collect();
    assert_eq!(people.len(), 3_000);
    let per_customer = data.live.len() as f64 / 3_000.0;
    println!("{per_customer:.2} records a customer, {} rows", data.rows.len());
    assert!((2.7..3.4).contains(&per_customer), "{per_customer}");
}

#[test]
fn a_later_row_of_a_record_is_newer_and_differs() {
    let data = usual(7);
    let mut last: BTreeMap<&(String, String), &Record> = BTreeMap::new();
    let mut updates = 0;
    for row in &data.rows {
        if let Some(before) = last.insert(&row.key, row) {
            assert!(before.get("time") < row.get("time"), "{:?}", row.key);
            updates += 1;
        }
    }
    assert_eq!(updates, data.counts.of(Disturbance::UpdatedRow));
}

#[test]
fn neighbours_in_a_file_are_strangers() {
    let data = usual(7);
    let same = data.rows.windows(2).filter(|pair| data.cluster_of(&pair[0]) == data.cluster_of(&pair[1])).count();
    assert!(same * 200 < data.rows.len(), "{same} of {}", data.rows.len());
}

#[test]
fn the_branch_speaks_gb18030_and_the_others_utf_8() {
    let data = usual(7);
    let utf_8 = |name: &str| std::str::from_utf8(data.file(name)).is_ok();
    assert!(["crm.csv", "app.jsonl", "mini_program.jsonl", "events.csv", "truth.csv"].into_iter().all(utf_8));
    assert!(!utf_8("branch.csv"));
    assert!(encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(data.file("branch.csv")).is_some());
}

#[test]
fn events_name_known_records_and_have_a_heavy_tail() {
    let data = usual(7);
    let text = std::str::from_utf8(data.file("events.csv")).expect("UTF-8");
    let mut purchases: HashMap<&str, u32> = HashMap::new();
    let (mut ids, mut kinds) = (HashSet::new(), HashSet::new());
    let clusters: HashMap<&(String, String), &String> = data.truth.iter().map(|(key, cluster)| (key, cluster)).collect();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), 7, "{line}");
        let cluster = clusters[&(cells[0].to_owned(), cells[1].to_owned())];
        assert!(ids.insert(cells[2]), "{line}");
        kinds.insert(cells[4]);
        assert_eq!(cells[5].is_empty(), cells[6].is_empty());
        *purchases.entry(cluster).or_default() += u32::from(cells[4] == "purchase");
    }
    assert_eq!(kinds, HashSet::from(["purchase", "visit", "login", "refund", "coupon"]));
    assert_eq!(ids.len() as u64, data.counts.events);
    let mut counts: Vec<u32> = purchases.into_values().collect();
    counts.sort_unstable();
    let (median, most) = (counts[counts.len() / 2], counts[counts.len() - 1]);
    println!("{} events; purchases: median {median}, most {most}", ids.len());
    assert!(median <= 5 && most >= 10 * median, "{median} {most}");
}

#[test]
fn every_size_is_met_and_none_is_refused_in_silence() {
    for customers in [1, 2, 17] {
        let data = make(&Config { customers, seed: 3, errors: ErrorLevel::Heavy });
        let people: HashSet<&String> = data.truth.iter().map(|(_, cluster)| cluster).collect();
        assert_eq!(people.len() as u64, customers);
    }
    let refused = synth_files::try_make(&Config { customers: 0, seed: 3, errors: ErrorLevel::Light });
    assert_eq!(refused.err().map(|error| error.class()), Some(oneid::error::ErrorClass::Usage));
}

/// The committed sample; `cargo test --test synth -- --ignored` writes it anew after a wanted change.
const SAMPLE: Config = Config { customers: 250, seed: 7, errors: ErrorLevel::Usual };

fn sample_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/four_channels")
}

fn sample_path(name: &str) -> PathBuf {
    sample_folder().join(if name == "truth.csv" { "truth/truth.csv" } else { name })
}

#[test]
fn the_committed_sample_is_what_the_code_makes() {
    for (name, bytes) in &make(&SAMPLE).files {
        let committed = std::fs::read(sample_path(name)).expect("the sample is committed");
        assert!(committed == *bytes, "fixtures/four_channels: {name} differs");
    }
}

#[test]
#[ignore = "writes fixtures/four_channels"]
fn write_the_sample() {
    std::fs::create_dir_all(sample_folder().join("truth")).expect("a folder can be made");
    for (name, bytes) in &make(&SAMPLE).files {
        std::fs::write(sample_path(name), bytes).expect("a file can be written");
    }
}

#[test]
fn channels_have_the_names_of_their_files() {
    assert_eq!(Channel::ALL.map(Channel::name), ["crm", "app", "mini_program", "branch"]);
    assert_eq!(ErrorLevel::ALL.map(|level| ErrorLevel::parse(level.name())), ErrorLevel::ALL.map(Some));
}
