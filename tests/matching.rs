//! How well a plain merge resolves: floors on what is in the repository, and on the public sets where they are at hand.
#![cfg(feature = "full")]

mod program;

use oneid::evaluation::evaluate;
use program::{done, fixture, four_channels, oneid_with};
use std::path::{Path, PathBuf};

#[derive(serde::Deserialize)]
struct Case {
    truth: Vec<u64>,
    found: Vec<Option<u64>>,
    expected: std::collections::BTreeMap<String, f64>,
}

/// The expected figures were computed by an independent program (Python, pandas) from the same labels.
#[test]
fn figures_equal_those_of_an_independent_program() {
    let text = std::fs::read_to_string(fixture("evaluation/cases.json")).expect("the fixture");
    let cases: Vec<Case> = serde_json::from_str(&text).expect("JSON");
    assert_eq!(cases.len(), 5);
    for case in cases {
        let found: Vec<u64> =
            case.found.iter().zip(0u64..).map(|(label, record)| label.map_or(record * 2 + 1, |label| label * 2)).collect();
        let ours = evaluate(&case.truth, &found);
        for (name, value) in [
            ("records", ours.records as f64),
            ("true_clusters", ours.true_clusters as f64),
            ("pred_clusters", ours.found_clusters as f64),
            ("true_pairs", ours.true_pairs as f64),
            ("pred_pairs", ours.found_pairs as f64),
            ("tp_pairs", ours.right_pairs as f64),
            ("pair_P", ours.pairwise.precision),
            ("pair_R", ours.pairwise.recall),
            ("pair_F1", ours.pairwise.f1),
            ("b3_P", ours.b_cubed.precision),
            ("b3_R", ours.b_cubed.recall),
            ("b3_F1", ours.b_cubed.f1),
            ("exact_P", ours.exact_cluster.precision),
            ("exact_R", ours.exact_cluster.recall),
            ("exact_F1", ours.exact_cluster.f1),
            ("exact2_P", ours.exact_cluster_of_two_and_more.precision),
            ("exact2_R", ours.exact_cluster_of_two_and_more.recall),
            ("exact2_F1", ours.exact_cluster_of_two_and_more.f1),
            ("largest_pred", ours.largest_found as f64),
        ] {
            assert!((value - case.expected[name]).abs() < 1e-9, "{name}: {value}, expected {}", case.expected[name]);
        }
    }
}

fn pairwise(folder: &Path, inputs: &[String], truth: &Path) -> (f64, f64) {
    let mut arguments = vec!["merge", "--clusters", "out.csv"];
    arguments.extend(inputs.iter().map(String::as_str));
    done(folder, &arguments);
    let truth = truth.display().to_string();
    let run = done(folder, &["eval", "--truth", &truth, "--clusters", "out.csv", "--json"]);
    let figures: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    let figure = |name: &str| figures["pairwise"][name].as_f64().expect("a figure");
    (figure("precision"), figure("recall"))
}

#[test]
fn four_channels_without_configuration() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (precision, recall) = pairwise(folder.path(), &four_channels(), &fixture("four_channels/truth/truth.csv"));
    assert!(precision >= 0.99 && recall >= 0.87, "precision {precision}, recall {recall}");
}

#[test]
fn records_are_written_as_they_are_compared() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("people.csv"), "id,name,mobile,dob\n1,\"Smith, Ann\",+86 139-1234-5671,1980/1/2\n2,张偉,,\n")
        .expect("written");
    done(folder.path(), &["merge", "people.csv", "--normalised", "out.csv"]);
    let text = std::fs::read_to_string(folder.path().join("out.csv")).expect("written");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "source,record_id,display_name,family_name,given_name,birth_date,phone");
    assert_eq!(lines[1], "people,1,\"Smith, Ann\",smith,ann,1980-01-02,+8613912345671");
    assert!(lines[2].contains(",张,伟,"), "{text}");
    assert_eq!(oneid_with(folder.path(), &["merge", "people.csv", "--normalised", "people.csv"], &[]).code, 64);
}

/// One value typed for hundreds of customers, many more than a block holds, joins none of them, whatever it identifies.
#[test]
fn one_identifier_for_hundreds_of_strangers_joins_nobody() {
    type OwnValue = fn(u64) -> String;
    let shared_and_own: &[(&str, &str, OwnValue)] = &[
        ("phone", "2125550143", |row| (2_120_000_000 + row * 1_237 % 9_999_999).to_string()),
        ("unionid", "oUnion00000000000000000000001", |row| format!("oUnion{:023}", row * 77_777)),
        ("device_id", "c0ffee00-aaaa-bbbb-cccc-1234567890ab", |row| format!("c0ffee00-aaaa-bbbb-cccc-{:012}", row * 7_919)),
        ("customer_no", "KD99000001", |row| format!("KD{:08}", row * 997)),
    ];
    for (column, shared, own) in shared_and_own {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut text = format!("id,given_name,surname,dob,{column}\n");
        for row in 0..3_000u32 {
            let letters = |mut number: u32| {
                let mut name = String::new();
                for _ in 0..6 {
                    name.push(char::from(b'a' + (number % 26) as u8));
                    number = number / 26 + 7_919 * (number % 26) + 13;
                }
                name
            };
            let value = if row < 400 { (*shared).to_string() } else { own(u64::from(row)) };
            let (month, day) = (1 + row % 12, 1 + row * 7 % 28);
            text.push_str(&format!(
                "{row},{},{},{}-{month:02}-{day:02},{value}\n",
                letters(row * 31),
                letters(row * 17 + 5),
                1940 + row % 70
            ));
        }
        std::fs::write(folder.path().join("people.csv"), text).expect("written");
        let run = done(folder.path(), &["merge", "people.csv", "--json"]);
        let report: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
        assert_eq!(report["clusters"].as_u64(), Some(3_000), "{column}, links: {}", report["links"]);
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inputs = four_channels();
    let run = |threads: &str| {
        let mut arguments = vec!["merge", "--clusters", "out.csv", "--save-model", "model.json", "--reviews", "reviews.csv"];
        arguments.extend(inputs.iter().map(String::as_str));
        assert_eq!(oneid_with(folder.path(), &arguments, &[("RAYON_NUM_THREADS", threads)]).code, 0);
        ["out.csv", "model.json", "reviews.csv"].map(|name| std::fs::read(folder.path().join(name)).expect("written"))
    };
    let one = run("1");
    assert!(one == run("2") && one == run("8"));
}

#[test]
fn the_order_of_inputs_and_rows_changes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let crm = std::fs::read_to_string(fixture("four_channels/crm.csv")).expect("the fixture");
    let mut lines: Vec<&str> = crm.lines().collect();
    lines[1..].reverse();
    std::fs::write(folder.path().join("crm.csv"), lines.join("\n")).expect("written");
    let mut inputs = four_channels();
    let clusters = |inputs: &[String]| {
        let mut arguments = vec!["merge", "--clusters", "out.csv"];
        arguments.extend(inputs.iter().map(String::as_str));
        done(folder.path(), &arguments);
        std::fs::read(folder.path().join("out.csv")).expect("written")
    };
    let straight = clusters(&inputs);
    inputs[0] = folder.path().join("crm.csv").display().to_string();
    inputs.reverse();
    assert!(straight == clusters(&inputs));
}

#[test]
fn settings_that_init_writes_merge_identically() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inputs = four_channels();
    let names: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let settings = done(folder.path(), &[&["init"], &names[..]].concat()).out;
    std::fs::write(folder.path().join("settings.toml"), settings).expect("written");
    done(folder.path(), &[&["merge", "--clusters", "plain.csv"], &names[..]].concat());
    done(folder.path(), &[&["merge", "--clusters", "set.csv", "--config", "settings.toml"], &names[..]].concat());
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("written");
    assert!(read("plain.csv") == read("set.csv"));
}

/// Floors on public sets, which are not part of the repository: name their folder in `ONEID_DATA`.
#[test]
fn public_sets_without_configuration() {
    let Some(data) = std::env::var_os("ONEID_DATA").map(PathBuf::from) else {
        println!("skipped: public_sets_without_configuration (ONEID_DATA names no folder)");
        return;
    };
    let data = if data.is_absolute() { data } else { Path::new(env!("CARGO_MANIFEST_DIR")).join(data) };
    for (set, floor) in [("febrl1", 0.99), ("febrl3", 0.99), ("febrl4", 0.99), ("febrl_A_10k", 0.999)] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let records = data.join(set).join("records.csv");
        if !records.exists() {
            println!("skipped: {set} is not in {}", data.display());
            continue;
        }
        let (precision, recall) = pairwise(folder.path(), &[records.display().to_string()], &data.join(set).join("truth.csv"));
        let f1 = 2.0 * precision * recall / (precision + recall);
        println!("{set}: precision {precision:.5} recall {recall:.5} F1 {f1:.5}");
        assert!(f1 >= floor, "{set}: F1 {f1}, at least {floor}");
    }
}

/// In a small file a shared phone is all there is to learn from, and once taught that people change name, sex and birth date.
#[test]
fn households_of_one_phone_stay_apart_in_files_of_any_size() {
    let given = "Ann Bob Cleo Dan Eve Finn Gwen Hal Ida Jon Kay Leo Mia Ned Ora Pat Quin Rex Sue Tom".split(' ').collect::<Vec<_>>();
    let family = "Ash Birch Cole Dean Ellis Frost Gray Hale Irwin Jay Kerr Lowe Marsh".split(' ').collect::<Vec<_>>();
    for one_surname in [false, true] {
        for (households, people) in [(1, 2), (1, 3), (2, 2), (3, 2), (3, 4), (10, 3), (30, 2), (100, 2), (400, 2)] {
            let mut text = String::from("id,given_name,surname,sex,birth_date,phone\n");
            for household in 0..households {
                for person in 0..people {
                    let number = household * people + person;
                    let surname = family[if one_surname { household * 5 } else { household * 5 + person * 3 } % family.len()];
                    text += &format!(
                        "r{number},{},{surname},{},19{}-{:02}-{:02},21255{:05}\n",
                        given[(number * 7 + number / given.len()) % given.len()],
                        if person % 2 == 0 { "F" } else { "M" },
                        50 + number * 17 % 47,
                        1 + number * 5 % 12,
                        1 + number * 11 % 28,
                        household * 7_919 % 100_000
                    );
                }
            }
            let folder = tempfile::tempdir().expect("a temporary folder");
            std::fs::write(folder.path().join("people.csv"), text).expect("written");
            let run = done(folder.path(), &["merge", "people.csv", "--json"]);
            let report: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
            let expected = u64::try_from(households * people).expect("few");
            assert_eq!(report["clusters"].as_u64(), Some(expected), "{households} households of {people}, links: {}", report["links"]);
        }
    }
}

/// In a file of more families than duplicates the class of persons learnt from relatives whose addresses differ, and joined 54 of these
/// families.
#[test]
fn families_that_move_apart_do_not_become_persons() {
    let mut state = 7u64;
    let mut below = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let word = |number: u64| -> String {
        let scattered = number * 79_193 % 456_976;
        let letters = [1, 26, 676, 17_576].map(|place| char::from(b'a' + (scattered / place % 26) as u8));
        letters[0].to_uppercase().chain(letters[1..].iter().copied()).collect()
    };
    let streets: Vec<&str> = "Mill Oak Hill Lake Park Rose Dale Fern Moor Glen".split(' ').collect();
    let home = |below: &mut dyn FnMut(u64) -> u64| {
        let (number, street) = (1 + below(90), streets[below(10) as usize]);
        format!("{number} {street} {},{},{}", ["Road", "Lane", "Way"][below(3) as usize], 10_000 + below(80_000), word(below(900)))
    };
    let mut rows = String::from("id,given_name,surname,birth_date,street,postcode,city,phone\n");
    let mut people = Vec::new();
    for household in 0..600 {
        let (at, family) = (home(&mut below), word(below(3_000)));
        for person in 0..[1, 1, 2, 2, 3, 4][below(6) as usize] {
            let given = word(50_000 + below(300));
            let born = format!("{}-{:02}-{:02}", 1_940 + below(70), 1 + below(12), 1 + below(28));
            for _ in 0..[1, 1, 1, 2, 2, 3][below(6) as usize] {
                let born = if below(4) == 0 { "" } else { &born };
                let at = if below(8) == 0 { home(&mut below) } else { at.clone() };
                let phone = if below(3) == 0 { String::new() } else { format!("212555{household:04}") };
                rows += &format!("r{},{given},{family},{born},{at},{phone}\n", people.len());
                people.push((household, person));
            }
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("people.csv"), rows).expect("written");
    done(folder.path(), &["merge", "people.csv", "--clusters", "out.csv"]);
    let clusters = std::fs::read_to_string(folder.path().join("out.csv")).expect("the clusters");
    let mut held = std::collections::BTreeMap::<&str, std::collections::BTreeSet<(i32, i32)>>::new();
    for line in clusters.lines().skip(1) {
        let [_, id, one_id] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        held.entry(one_id).or_default().insert(people[id[1..].parse::<usize>().expect("a number")]);
    }
    let joined = held.values().filter(|of| of.len() > 1).count();
    assert!(joined <= 20, "{joined} clusters of several people");
    let (clusters, people) = (held.len(), people.iter().collect::<std::collections::BTreeSet<_>>().len());
    assert!(clusters.abs_diff(people) <= people / 20, "{clusters} clusters of {people} people");
}

/// A thousand copies of one record pass every cap of a block, and are one person all the same.
#[test]
fn copies_of_a_record_are_one_person_however_many() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut rows = String::from("id,name,email,birth_date,city\n");
    for row in 0..1_000 {
        rows += &format!("copy{row},Ann Porter,ann.porter@example.com,1980-05-06,Leeds\n");
    }
    let word = |number: usize| -> String {
        let scattered = number * 79_193 % 456_976;
        [1, 26, 676, 17_576].map(|place| char::from(b'a' + (scattered / place % 26) as u8)).iter().collect()
    };
    for row in 0..500 {
        let (given, family) = (word(row), word(row * 5 + 3));
        let date = format!("19{}-{:02}-{:02}", 50 + row % 49, 1 + row % 12, 1 + row % 28);
        rows += &format!("other{row},{given} {family},{given}.{row}@example.com,{date},Leeds\n");
    }
    // One name and no birth date: nothing tells these three hundred apart, and each says something of its own.
    for row in 0..300 {
        rows += &format!("hot{row},Zoe Baker,,,{}\n", word(row * 31));
    }
    std::fs::write(folder.path().join("people.csv"), rows).expect("written");
    let run = done(folder.path(), &["merge", "people.csv", "--clusters", "out.csv", "--report", "report.json"]);
    let clusters = std::fs::read_to_string(folder.path().join("out.csv")).expect("the clusters");
    let person = |line: &str| line.rsplit(',').next().map(str::to_string);
    let of_copies: std::collections::BTreeSet<_> = clusters.lines().filter(|line| line.contains(",copy")).map(person).collect();
    assert_eq!(of_copies.len(), 1);
    let report = std::fs::read_to_string(folder.path().join("report.json")).expect("the report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert!(report["copies"].as_u64() >= Some(999), "{}", report["copies"]);
    assert_eq!((&report["largest"][0]["records"], &report["largest"][0]["copies"]), (&1_000.into(), &999.into()));
    assert!(run.out.contains("records share a key with more than 256 others"), "{}", run.out);
}

/// Two equal rows are all that some files hold.
#[test]
fn two_equal_rows_are_one_person_and_two_unlike_are_two() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (second, people) in [("Ann Lee,13911110001", 1), ("Bob Kim,13922220002", 2)] {
        std::fs::write(folder.path().join("two.csv"), format!("id,name,phone\n1,Ann Lee,13911110001\n2,{second}\n")).expect("written");
        let run = done(folder.path(), &["merge", "two.csv", "--json"]);
        let report: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
        assert_eq!(report["clusters"].as_u64(), Some(people), "{second}");
    }
}

/// What is written as Parquet says what is written as CSV, and is read as such a file is: by eval, and as an input.
#[test]
fn parquet_out_is_parquet_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let channels = four_channels();
    let inputs: Vec<&str> = channels.iter().map(String::as_str).collect();
    let merge = |more: &[&str]| done(folder.path(), &[&["merge"], &inputs[..], more].concat());
    merge(&["--clusters", "out.csv", "--normalised", "records.csv"]);
    merge(&["--clusters", "out.parquet", "--normalised", "records.parquet"]);
    let found = done(folder.path(), &["eval", "--truth", "out.csv", "--clusters", "out.parquet", "--json"]).out;
    let found: serde_json::Value = serde_json::from_str(&found).expect("JSON");
    assert_eq!((found["wrong_pairs"].as_u64(), found["missed_pairs"].as_u64()), (Some(0), Some(0)));
    assert_eq!((found["records_without_cluster"].as_u64(), found["records_without_truth"].as_u64()), (Some(0), Some(0)));

    let again = |name: &str| {
        done(folder.path(), &["merge", name, "--normalised", "again.csv"]);
        std::fs::read_to_string(folder.path().join("again.csv")).expect("written")
    };
    let of_csv = again("records.csv");
    assert!(of_csv.lines().count() > 700 && again("records.parquet") == of_csv);

    done(folder.path(), &[&["merge", "--store", "kept"], &inputs[..]].concat());
    for name in ["people.csv", "people.parquet"] {
        done(folder.path(), &["export", "--store", "kept", "--out", name]);
    }
    let found = done(folder.path(), &["eval", "--truth", "people.csv", "--clusters", "people.parquet", "--json"]).out;
    assert!(found.contains("\"wrong_pairs\": 0") && found.contains("\"missed_pairs\": 0"), "{found}");
    let refused = oneid_with(folder.path(), &["merge", inputs[0], "--reviews", "reviews.parquet"], &[]);
    assert!(refused.code == 64 && refused.err.contains("reviews are written as CSV"), "{}", refused.err);
}

/// Whichever row of a record comes first: what only the row says that is not live is nowhere.
#[test]
fn rows_that_are_not_live_leave_no_value() {
    let rows = ["1,Ann Lee,,2", "1,Ann Lee,ann.lee@example.com,1", "2,Bob Ray,,1"];
    let merged = |order: [usize; 3]| {
        let folder = tempfile::tempdir().expect("a folder");
        let text: String = order.iter().map(|row| format!("{}\n", rows[*row])).collect();
        std::fs::write(folder.path().join("crm.csv"), format!("id,name,email,version\n{text}")).expect("written");
        done(folder.path(), &["merge", "crm.csv", "--normalised", "out.csv", "--save-model", "model.json"]);
        ["out.csv", "model.json"].map(|name| std::fs::read_to_string(folder.path().join(name)).expect("written"))
    };
    let newer_last = merged([1, 0, 2]);
    assert!(!newer_last[0].contains("email") && newer_last[0].contains("ann"), "{}", newer_last[0]);
    assert!(merged([0, 1, 2]) == newer_last && merged([2, 0, 1]) == newer_last, "what is read last changes nothing");
}

#[test]
fn a_memory_budget_changes_no_cluster_however_it_is_given() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let channels = four_channels();
    let given: [(&[&str], &[(&str, &str)]); 4] = [
        (&[], &[]),
        (&["--memory-budget", "1MB"], &[]),
        (&["--memory-budget=1GiB"], &[]),
        (&["--memory-budget", "1MB"], &[("MIMALLOC_PURGE_DELAY", "10")]),
    ];
    let clusters = given.map(|(budget, environment)| {
        let inputs: Vec<&str> = channels.iter().map(String::as_str).collect();
        let run = oneid_with(folder.path(), &[&["merge", "--clusters", "out.csv"], budget, &inputs].concat(), environment);
        assert_eq!(run.code, 0, "{budget:?}: {}", run.err);
        let is_passed = (run.out + &run.err).contains("the memory budget of");
        assert_eq!(is_passed, budget.last() == Some(&"1MB"), "{budget:?}");
        std::fs::read_to_string(folder.path().join("out.csv")).expect("clusters")
    });
    assert!(clusters[0].lines().count() > 700 && clusters.iter().all(|other| *other == clusters[0]));
}
