//! Looking after a store: verify, repair, compact, backup, restore, another model.
#![cfg(feature = "full")]

mod program;

use oneid::record::RecordKey;
use oneid::service::keep::Keep;
use oneid::store::{Changes, Store};
use program::{done, four_channels, oneid};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A store of the four channels in a new folder.
fn store() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    merge(folder.path(), &[]);
    let kept = folder.path().join("kept");
    (folder, kept)
}

fn merge(folder: &Path, more: &[&str]) {
    let inputs = four_channels();
    let arguments = ["merge", "--store", "kept"].into_iter().chain(more.iter().copied());
    done(folder, &arguments.chain(inputs.iter().map(String::as_str)).collect::<Vec<_>>());
}

fn json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&done(folder, arguments).out).expect("JSON")
}

/// Records by person, whatever the people are called.
fn partition(people: &str) -> BTreeSet<Vec<String>> {
    let mut by_person: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (record, person) in people.lines().skip(1).filter_map(|line| line.rsplit_once(',')) {
        by_person.entry(person).or_default().push(record.to_owned());
    }
    by_person.into_values().collect()
}

/// Who is one person, as the store says it.
fn people(folder: &Path, store: &str) -> String {
    done(folder, &["export", "--store", store, "--out", "people.csv"]);
    std::fs::read_to_string(folder.join("people.csv")).expect("people")
}

#[test]
fn a_store_that_is_whole_is_told_so_and_one_that_is_not_is_repaired() {
    let (folder, kept) = store();
    let whole = json(folder.path(), &["verify", "--store", "kept", "--json"]);
    assert!(whole["faults"].as_array().is_some_and(Vec::is_empty) && whole["entries"].as_u64() > Some(500), "{whole}");
    let said = done(folder.path(), &["verify", "--store", "kept"]).out;
    assert!(said.contains("all is well") && said.contains(whole["digest"].as_str().expect("a digest")), "{said}");
    let before = people(folder.path(), "kept");

    // A row is lost and another is altered, as by a hand that means well.
    let key = {
        let keep = Keep::open(&kept).expect("it opens");
        let store = keep.views().store();
        let rows: Vec<_> = store.records().take(2).map(|row| row.expect("a record")).collect();
        let altered = oneid::store::RecordRow { arrived_at: 77, ..rows[1].clone() };
        let position = keep.views().position();
        let lost =
            Changes { position, delete_records: vec![rows[0].canonical.key.clone()], put_records: vec![altered], ..Changes::default() };
        store.apply(&lost).expect("applied");
        rows[0].canonical.key.clone()
    };
    let found = oneid(folder.path(), &["verify", "--store", "kept"]);
    assert_eq!(found.code, 78, "{found:?}");
    assert!(found.out.contains("is missing") && found.out.contains("is another") && found.err.contains("--repair"), "{found:?}");
    let repaired = json(folder.path(), &["verify", "--store", "kept", "--repair", "--json"]);
    assert_eq!(repaired["repaired"], true);
    done(folder.path(), &["verify", "--store", "kept"]);
    assert!(people(folder.path(), "kept") == before);
    assert!(Keep::open(&kept).expect("it opens").views().store().record(&key).expect("it reads").is_some());

    // A missing index is found, and so is a journal that lost its last bytes.
    std::fs::remove_dir_all(kept.join("search")).expect("removed");
    let found = oneid(folder.path(), &["verify", "--store", "kept"]);
    assert!(found.code == 78 && found.out.contains("search index"), "{found:?}");
    done(folder.path(), &["verify", "--store", "kept", "--repair"]);
    let payload = kept.join("journal").join("payload-00000001.log");
    let bytes = std::fs::read(&payload).expect("it reads");
    std::fs::write(&payload, &bytes[..bytes.len() - 9]).expect("written");
    let found = oneid(folder.path(), &["verify", "--store", "kept", "--repair"]);
    assert!(found.code == 78 && found.err.contains("payload-00000001.log") && found.err.contains("offset"), "{found:?}");
}

#[test]
fn a_backup_is_restored_to_the_same_digest() {
    let (folder, kept) = store();
    // While the store is open, and written to.
    let mut keep = Keep::open(&kept).expect("it opens");
    let made = json(folder.path(), &["backup", "--store", "kept", "--to", "copy", "--json"]);
    let entry = oneid::service::entry::Entry::Mapping(b"another".to_vec(), b"{}".to_vec());
    keep.write("test", 0, "later", vec![entry]).expect("written");
    assert!(keep.views().position() > made["position"].as_u64().expect("a position"));
    drop(keep);
    let restored = json(folder.path(), &["restore", "--from", "copy", "--store", "again", "--nobody-erased", "--json"]);
    assert_eq!(restored["digest"], made["digest"]);
    let verified = json(folder.path(), &["verify", "--store", "again", "--json"]);
    assert_eq!((&verified["digest"], &verified["position"]), (&made["digest"], &made["position"]));
    assert!(people(folder.path(), "again") == people(folder.path(), "kept"));
    for (arguments, code, says) in [
        (&["restore", "--from", "copy", "--nobody-erased", "--store", "again"][..], 64, "not empty"),
        (&["backup", "--store", "kept", "--to", "copy"], 64, "not empty"),
        (&["restore", "--from", "kept", "--nobody-erased", "--store", "new"], 66, "no backup"),
        (&["backup", "--store", "nowhere", "--to", "new"], 66, "holds no store"),
    ] {
        let refused = oneid(folder.path(), arguments);
        assert!(refused.code == code && refused.err.contains(says), "{arguments:?}: {refused:?}");
    }
    // A copy of which a byte has changed is no copy.
    let frames = folder.path().join("copy").join("journal").join("payload-00000001.log");
    let mut bytes = std::fs::read(&frames).expect("it reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&frames, bytes).expect("written");
    let refused = oneid(folder.path(), &["restore", "--from", "copy", "--nobody-erased", "--store", "new"]);
    assert!(refused.code == 78 && !folder.path().join("new").exists(), "{refused:?}");
}

#[test]
fn compacting_gives_space_back_and_changes_nothing() {
    let (folder, kept) = store();
    let before = people(folder.path(), "kept");
    // Rows that come and go leave holes.
    {
        let store = Store::open(&kept.join("store")).expect("it opens");
        let position = store.applied_position().expect("a position");
        let rows: Vec<_> = store.records().map(|row| row.expect("a record")).collect();
        for round in 0..40 {
            let other = |row: &oneid::store::RecordRow| {
                let mut row = row.clone();
                row.canonical.key = RecordKey::new("holes", format!("{round}-{}", row.canonical.key.id));
                row
            };
            let put_records: Vec<_> = rows.iter().map(other).collect();
            let delete_records = put_records.iter().map(|row| row.canonical.key.clone()).collect();
            store.apply(&Changes { position, put_records, ..Changes::default() }).expect("applied");
            store.apply(&Changes { position, delete_records, ..Changes::default() }).expect("applied");
        }
    }
    let compacted = json(folder.path(), &["compact", "--store", "kept", "--json"]);
    let bytes = |name: &str| compacted[name].as_u64().expect("bytes");
    assert!(bytes("bytes_after") < bytes("bytes_before"), "{compacted}");
    done(folder.path(), &["verify", "--store", "kept"]);
    assert!(people(folder.path(), "kept") == before);
}

#[test]
fn another_model_merges_and_splits_as_its_dry_run_said() {
    let (folder, kept) = store();
    let inputs = four_channels();
    let train = ["train", "--save-model", "model.json"].into_iter().chain(inputs.iter().take(2).map(String::as_str));
    done(folder.path(), &train.collect::<Vec<_>>());
    let before = people(folder.path(), "kept");
    let dry = json(folder.path(), &["activate-model", "model.json", "--store", "kept", "--dry-run", "--json"]);
    assert!(people(folder.path(), "kept") == before, "a dry run writes nothing");
    let real = json(folder.path(), &["activate-model", "model.json", "--store", "kept", "--json"]);
    assert_eq!((&dry["people"], &dry["clusters"]), (&real["people"], &real["clusters"]));
    let kinds = |report: &serde_json::Value| -> Vec<String> {
        report["person_changes"].as_array().expect("changes").iter().map(|change| change["change"].to_string()).collect()
    };
    assert_eq!(kinds(&dry), kinds(&real));
    assert!(real["people"]["merged"].as_u64().unwrap_or(0) + real["people"]["split"].as_u64().unwrap_or(0) > 0, "{}", real["people"]);
    done(folder.path(), &["verify", "--store", "kept"]);
    let changed = real["person_changes"][0]["one_id"].as_str().expect("a One-ID");
    let ledger = done(folder.path(), &["ledger", "--store", "kept", changed]).out;
    assert!(ledger.contains(&format!("model {}", real["model"].as_str().expect("a model"))), "{ledger}");
    // Loads go on under it, and the model before can be taken back by its name.
    merge(folder.path(), &[]);
    let names: Vec<String> = Keep::open(&kept)
        .expect("it opens")
        .views()
        .store()
        .snapshots()
        .map(|row| String::from_utf8_lossy(&row.expect("a model").0).to_string())
        .collect();
    assert_eq!(names.len(), 2);
    let other = names.iter().find(|name| real["model"] != name.as_str()).expect("the model before");
    done(folder.path(), &["activate-model", other, "--store", "kept"]);
    let after = people(folder.path(), "kept");
    assert!(partition(&after) == partition(&before), "the same model gives the same people");
    let same = before.lines().zip(after.lines()).filter(|(before, after)| before == after).count();
    assert!(same * 100 >= before.lines().count() * 98, "names come back: {same} of {}", before.lines().count());
    let unknown = oneid(folder.path(), &["activate-model", "nobody", "--store", "kept"]);
    assert_eq!(unknown.code, 66, "{unknown:?}");
}
