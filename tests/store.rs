//! Merging into a store: One-IDs stay, merge, split and come back; views are rebuilt; a dry run writes nothing.
#![cfg(feature = "full")]

mod program;

use program::{done, four_channels, oneid};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Record -> One-ID of a clusters file.
fn clusters(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).expect("clusters");
    let row = |line: &str| line.rsplit_once(',').map(|(record, one_id)| (record.to_string(), one_id.to_string()));
    text.lines().skip(1).filter_map(row).collect()
}

fn merge(folder: &Path, inputs: &[&str], more: &[&str]) -> (BTreeMap<String, String>, serde_json::Value) {
    let arguments = [&["merge", "--store", "kept", "--clusters", "out.csv", "--json"], inputs, more].concat();
    let run = done(folder, &arguments);
    (clusters(&folder.join("out.csv")), serde_json::from_str(&run.out).expect("a JSON report"))
}

/// Who is one person, whatever they are called.
fn partition(of: &BTreeMap<String, String>) -> Vec<Vec<String>> {
    let mut people: BTreeMap<&String, Vec<String>> = BTreeMap::new();
    of.iter().for_each(|(record, one_id)| people.entry(one_id).or_default().push(record.clone()));
    let mut people: Vec<Vec<String>> = people.into_values().collect();
    people.sort();
    people
}

fn channels() -> Vec<String> {
    four_channels()
}

#[test]
fn a_second_merge_keeps_every_one_id_and_views_come_back_from_the_journal() {
    let folder = folder();
    let channels = channels();
    let inputs: Vec<&str> = channels.iter().map(String::as_str).collect();
    let (first, report) = merge(folder.path(), &inputs, &[]);
    let people = report["clusters"].as_u64().expect("a count");
    assert_eq!(report["people"]["created"].as_u64(), Some(people));

    let (second, report) = merge(folder.path(), &inputs, &[]);
    assert_eq!(second, first);
    assert_eq!(report["people"]["unchanged"].as_u64(), Some(people));
    assert!(report["person_changes"].as_array().is_some_and(Vec::is_empty), "{report}");

    for view in ["store", "search"] {
        std::fs::remove_dir_all(folder.path().join("kept").join(view)).expect("removed");
    }
    let (third, report) = merge(folder.path(), &inputs, &[]);
    assert_eq!(third, first, "rebuilt from the journal, not decided anew");
    assert!(report["notes"].to_string().contains("rebuilt from the journal"), "{}", report["notes"]);
}

/// With settings the report once said that the column of record ids is ignored.
#[test]
fn the_column_of_record_ids_is_told_as_such_with_settings_too() {
    let folder = folder();
    let channels = channels();
    let (_, report) = merge(folder.path(), &[&channels[0]], &["--config", "builtin:four-channels"]);
    let told = &report["inputs"][0]["columns"][0];
    assert_eq!((told["kind"].as_str(), told["reason"].as_str()), (Some("record_id"), Some("settings")), "{told}");
}

#[test]
fn batch_and_deltas_end_in_the_same_partition() {
    let folder = folder();
    let channels = channels();
    let inputs: Vec<&str> = channels.iter().map(String::as_str).collect();
    done(folder.path(), &[&["merge", "--save-model", "model.json", "--clusters", "whole.csv"], &inputs[..]].concat());
    let whole = clusters(&folder.path().join("whole.csv"));
    let mut last = BTreeMap::new();
    for input in inputs.iter().rev() {
        last = merge(folder.path(), &[input], &["--model", "model.json"]).0;
    }
    assert_eq!(partition(&last), partition(&whole));
}

/// A store's first merge once fixed its model for ever, even from a handful of rows.
#[test]
fn a_model_of_few_records_is_learnt_anew_until_there_are_enough() {
    let folder = folder();
    let channels = channels();
    let (model, provisional) =
        (|report: &serde_json::Value| report["model"].to_string(), |report: &serde_json::Value| report["provisional"].as_bool());
    let (first, one) = merge(folder.path(), &[&channels[0]], &["--config", "builtin:four-channels"]);
    assert_eq!(provisional(&one), Some(true));
    let told = one["notes"].to_string();
    assert!(told.contains("different records and is provisional") && told.contains("until the store has 1000"), "{told}");

    let (_, again) = merge(folder.path(), &[&channels[0]], &[]);
    assert_eq!((model(&again), provisional(&again)), (model(&one), Some(true)), "nothing changed");
    assert!(again["notes"].to_string().contains("weighed as it is"), "{}", again["notes"]);

    let (dry, told) = merge(folder.path(), &[&channels[3]], &["--dry-run"]);
    assert!(model(&told) != model(&one) && told["notes"].to_string().contains("provisional"), "{}", told["notes"]);
    assert_eq!(model(&merge(folder.path(), &[&channels[0]], &[]).1), model(&one), "a dry run keeps no model");

    let (second, two) = merge(folder.path(), &[&channels[3]], &[]);
    assert_eq!((model(&two), partition(&second)), (model(&told), partition(&dry)), "the merge does what the dry run told");
    let settings = ["merge", "--config", "builtin:four-channels", "--clusters", "whole.csv", "--json"];
    let whole = done(folder.path(), &[&settings[..], &[&channels[0], &channels[3]]].concat()).out;
    let whole: serde_json::Value = serde_json::from_str(&whole).expect("JSON");
    assert_eq!(model(&two), model(&whole), "learnt from all live records, with the settings of the first merge");
    assert_eq!(partition(&second), partition(&clusters(&folder.path().join("whole.csv"))));
    let (before, after) = (partition(&first), partition(&second));
    let stay: Vec<&Vec<String>> = before.iter().filter(|person| after.contains(person)).collect();
    assert!(stay.len() > 50, "{}", stay.len());
    stay.iter().for_each(|person| assert_eq!(first[&person[0]], second[&person[0]], "the same person has the same name"));

    // What the program explains is weighed by the model that is active now.
    let pair = after.iter().find(|person| person.len() > 1).expect("somebody has two records");
    let [a, b] = [&pair[0], &pair[1]].map(|record| record.replacen(',', "/", 1));
    let told = done(folder.path(), &["explain", "--store", "kept", &a, &b, "--json"]).out;
    assert!(told.contains(model(&two).trim_matches('"')), "{told}");

    // It is still provisional when the view is made anew from the journal.
    std::fs::remove_dir_all(folder.path().join("kept/store")).expect("removed");
    done(folder.path(), &["synth", "--customers", "300", "--seed", "3", "--out", "more"]);
    let (third, three) = merge(folder.path(), &["more/crm.csv", "more/app.jsonl", "more/mini_program.jsonl"], &[]);
    assert!(third.len() >= 1_000 && provisional(&three) == Some(false) && model(&three) != model(&two), "{}", third.len());
    assert!(three["notes"].to_string().contains("takes the place of provisional model"), "{}", three["notes"]);

    rows(folder.path(), "web.csv", &["w1,诸葛青云,1981-02-03,13911112223,", "w2,慕容雪,1992-12-12,13933334445,"]);
    let (_, four) = merge(folder.path(), &["web.csv"], &[]);
    assert_eq!((model(&four), provisional(&four)), (model(&three), Some(false)), "learnt from enough, it stays");
}

#[test]
fn a_model_that_is_given_stays_and_takes_a_provisional_ones_place() {
    let folder = folder();
    write_model(folder.path());
    std::fs::write(folder.path().join("crm.csv"), numbered("c", 0..40)).expect("written");
    std::fs::write(folder.path().join("web.csv"), numbered("w", 40..60)).expect("written");
    let (people, learnt) = merge(folder.path(), &["crm.csv"], &[]);
    let (same, given) = merge(folder.path(), &["crm.csv"], &["--model", "model.json"]);
    assert_eq!((people, given["provisional"].as_bool()), (same, Some(false)));
    assert_ne!(given["model"], learnt["model"]);
    assert!(given["notes"].to_string().contains("which was given, takes the place"), "{}", given["notes"]);
    let (_, after) = merge(folder.path(), &["web.csv"], &[]);
    assert_eq!(after["model"], given["model"]);
}

const HEADER: &str = "id,name,birth_date,phone,email\n";

fn rows(folder: &Path, name: &str, rows: &[&str]) {
    std::fs::write(folder.join(name), format!("{HEADER}{}\n", rows.join("\n"))).expect("written");
}

/// Writes the model that the fixture's people teach to `model.json`.
fn write_model(folder: &Path) {
    static MODEL: OnceLock<Vec<u8>> = OnceLock::new();
    let path = folder.join("model.json");
    let model = MODEL.get_or_init(|| {
        let channels = channels();
        let inputs: Vec<&str> = channels.iter().map(String::as_str).collect();
        done(folder, &[&["merge", "--save-model", "model.json"], &inputs[..]].concat());
        std::fs::read(&path).expect("the model")
    });
    std::fs::write(&path, model).expect("written");
}

/// A store of the fixture's people with a model that stays, and two people who share nothing yet.
fn prepared(folder: &Path) {
    let channels = channels();
    let inputs: Vec<&str> = channels.iter().map(String::as_str).collect();
    write_model(folder);
    merge(folder, &inputs, &["--model", "model.json"]);
    rows(
        folder,
        "web.csv",
        &["w1,诸葛青云,1981-02-03,13911112223,", "w2,诸葛青云,1981-02-03,,qingyun1981@163.com", "w3,令狐美玲,1977-09-09,13922223334,"],
    );
}

#[test]
fn one_ids_split_redirect_and_come_back() {
    let folder = folder();
    prepared(folder.path());
    let (first, _) = merge(folder.path(), &["web.csv"], &[]);
    assert_eq!(first["web,w1"], first["web,w2"]);
    assert_ne!(first["web,w1"], first["web,w3"]);

    // w2 turns out to be somebody else: the part with the founding record keeps the name.
    rows(
        folder.path(),
        "web.csv",
        &["w1,诸葛青云,1981-02-03,13911112223,", "w2,慕容雪,1992-12-12,13933334445,", "w3,令狐美玲,1977-09-09,13922223334,"],
    );
    let (split, report) = merge(folder.path(), &["web.csv"], &[]);
    assert_eq!(split["web,w1"], first["web,w1"]);
    assert_ne!(split["web,w2"], split["web,w1"]);
    assert_eq!(report["people"]["split"].as_u64(), Some(1), "{}", report["person_changes"]);

    // They become one again: the older name survives, the younger redirects.
    rows(
        folder.path(),
        "web.csv",
        &["w1,诸葛青云,1981-02-03,13911112223,", "w2,诸葛青云,1981-02-03,13911112223,", "w3,令狐美玲,1977-09-09,13922223334,"],
    );
    let (joined, report) = merge(folder.path(), &["web.csv"], &[]);
    assert_eq!(joined["web,w2"], first["web,w1"]);
    assert_eq!(report["people"]["merged"].as_u64(), Some(1));
    let retired = &report["person_changes"][0];
    assert_eq!((retired["change"].as_str(), retired["one_id"].as_str()), (Some("merged"), Some(split["web,w2"].as_str())));
    assert_eq!(retired["others"][0].as_str(), Some(first["web,w1"].as_str()));

    // And apart once more: the younger name comes back.
    rows(
        folder.path(),
        "web.csv",
        &["w1,诸葛青云,1981-02-03,13911112223,", "w2,慕容雪,1992-12-12,13933334445,", "w3,令狐美玲,1977-09-09,13922223334,"],
    );
    let (again, report) = merge(folder.path(), &["web.csv"], &[]);
    assert_eq!((&again["web,w1"], &again["web,w2"]), (&split["web,w1"], &split["web,w2"]));
    assert_eq!(report["people"]["revived"].as_u64(), Some(1));
}

/// A redirect was once fixed when its One-ID retired.
#[test]
fn a_redirect_names_all_who_hold_its_former_records() {
    let folder = folder();
    prepared(folder.path());
    let (one, other) = ("诸葛青云,1981-02-03,13911112223,", "令狐美玲,1977-09-09,13922223334,");
    let third = "慕容雪,1992-12-12,13933334445,";
    let store = |people: [&str; 3], more: &[&str]| {
        let lines: Vec<String> = ["w1", "w2", "w3"].iter().zip(people).map(|(id, person)| format!("{id},{person}")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).filter(|line| line.len() > 4).collect();
        rows(folder.path(), "web.csv", &lines);
        merge(folder.path(), &["web.csv"], more).0
    };
    let get = |who: &str| {
        let told = oneid(folder.path(), &["get", "--store", "kept", who]);
        told.out + &told.err
    };
    store([one, "", ""], &[]);
    let first = store([one, other, other], &[]);
    let (kept, retired) = (first["web,w1"].clone(), first["web,w2"].clone());
    assert!(kept != retired && first["web,w3"] == retired);
    assert!(store([one, one, one], &[]).iter().all(|(record, person)| !record.starts_with("web,") || *person == kept));
    assert!(get(&retired).contains(&kept), "{}", get(&retired));

    // Two of the three stay with the founding record of the name that retired.
    let parted = store([one, one, third], &[]);
    assert!(parted["web,w2"] == kept && parted["web,w3"] != kept && parted["web,w3"] != retired);
    assert!(get(&retired).contains(&kept) && get(&retired).contains(&parted["web,w3"]), "{}", get(&retired));
    std::fs::remove_dir_all(folder.path().join("kept/store")).expect("removed");
    let told = get(&retired);
    assert!(told.contains(&kept) && told.contains(&parted["web,w3"]), "rebuilt from the journal it says the same: {told}");

    // What is deleted is nobody's; what is left decides.
    store([one, one, ""], &["--mode", "snapshot", "--force"]);
    assert!(get(&retired).contains(&kept) && !get(&retired).contains(&parted["web,w3"]), "{}", get(&retired));
    let back = store([one, third, ""], &[]);
    assert_eq!(back["web,w2"], retired, "its founding record has been in the store all along");
}

/// A One-ID whose record was deleted once came back for whoever next had that record's key.
#[test]
fn a_one_id_is_never_given_to_a_newcomer() {
    let folder = folder();
    prepared(folder.path());
    let (first, _) = merge(folder.path(), &["web.csv"], &[]);
    let both = ["w1,诸葛青云,1981-02-03,13911112223,", "w2,诸葛青云,1981-02-03,,qingyun1981@163.com"];
    rows(folder.path(), "web.csv", &both);
    merge(folder.path(), &["web.csv"], &["--mode", "snapshot", "--force"]);
    rows(folder.path(), "web.csv", &["w3,慕容雪,1992-12-12,13933334445,"]);
    let (newcomer, report) = merge(folder.path(), &["web.csv"], &[]);
    assert_ne!(newcomer["web,w3"], first["web,w3"]);
    assert_eq!(report["people"]["created"].as_u64(), Some(1), "{}", report["person_changes"]);

    // The same where only the founding record of a person who is still there was deleted.
    rows(folder.path(), "web.csv", &[both[1], "w3,慕容雪,1992-12-12,13933334445,"]);
    merge(folder.path(), &["web.csv"], &["--mode", "snapshot", "--force"]);
    rows(folder.path(), "web.csv", &["w1,令狐美玲,1977-09-09,13922223334,"]);
    let (newcomer, _) = merge(folder.path(), &["web.csv"], &[]);
    assert_eq!(newcomer["web,w2"], first["web,w2"]);
    assert_ne!(newcomer["web,w1"], first["web,w1"]);
}

#[test]
fn a_dry_run_tells_and_writes_nothing() {
    let folder = folder();
    prepared(folder.path());
    let journal = folder.path().join("kept/journal/frames-00000001.log");
    let before = std::fs::read(&journal).expect("the journal");
    let (_, report) = merge(folder.path(), &["web.csv"], &["--dry-run"]);
    assert_eq!(report["people"]["created"].as_u64(), Some(2));
    assert_eq!(report["person_changes"].as_array().map(Vec::len), Some(2));
    assert_eq!(std::fs::read(&journal).expect("the journal"), before);
    assert_eq!(merge(folder.path(), &["web.csv"], &[]).1["people"]["created"].as_u64(), Some(2), "and the merge does what was told");
}

/// Names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().to_string()).collect();
    names.sort();
    names
}

/// A first merge that failed once left a store behind, in which nothing was.
#[test]
fn a_first_merge_that_keeps_nothing_leaves_nothing() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("crm.csv", &numbered("c", 0..9));
    write("nameless.csv", "name,phone\nAnn Lee,2125550143\n");
    write("broken.csv", "id,name,phone\nc1,too,many,values\n");
    std::fs::create_dir(folder.path().join("own")).expect("made");
    std::fs::create_dir(folder.path().join("full")).expect("made");
    write("full/notes.txt", "mine");
    let before = names(folder.path());
    for store in ["kept", "deep/er/kept", "own"] {
        for (arguments, code) in
            [(&["nameless.csv"][..], 65), (&["broken.csv", "--rejects", "full/r.csv"], 65), (&["crm.csv", "--dry-run"], 0)]
        {
            let run = oneid(folder.path(), &[&["merge", "--store", store], arguments].concat());
            assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
            let _ = std::fs::remove_file(folder.path().join("full/r.csv"));
            assert_eq!(names(folder.path()), before, "{store} {arguments:?}");
            assert_eq!(names(&folder.path().join("own")), [""; 0], "{store} {arguments:?}");
        }
    }
    let refused = oneid(folder.path(), &["merge", "--store", "full", "crm.csv"]);
    assert!(refused.code == 64 && refused.err.contains("holds notes.txt"), "{}", refused.err);
    assert_eq!(names(&folder.path().join("full")), ["notes.txt"], "among other files nobody would see what is the store's");
    let dry = done(folder.path(), &["merge", "--store", "kept", "crm.csv", "--dry-run", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&dry.out).expect("JSON");
    assert_eq!(report["people"]["created"].as_u64(), Some(9), "a dry run tells of the store that would be");
    let (people, _) = merge(folder.path(), &["crm.csv"], &[]);
    assert!(oneid(folder.path(), &["merge", "--store", "kept", "nameless.csv"]).code == 65 && people.len() == 9);
    assert_eq!(merge(folder.path(), &["crm.csv"], &["--dry-run"]).0, people, "a store that holds something stays");
}

#[test]
fn views_without_their_journal_are_refused() {
    let folder = folder();
    std::fs::write(folder.path().join("crm.csv"), numbered("c", 0..9)).expect("written");
    merge(folder.path(), &["crm.csv"], &[]);
    let kept = folder.path().join("kept");
    std::fs::rename(kept.join("journal"), folder.path().join("backup")).expect("moved");
    let get: &[&str] = &["get", "--store", "kept", "crm/c1"];
    for views in [&["search", "store"][..], &["search"]] {
        for arguments in [&["merge", "--store", "kept", "crm.csv"][..], get] {
            let run = oneid(folder.path(), arguments);
            assert!(run.code == 78 && run.err.contains("restore journal/ from a backup"), "{} {}", run.code, run.err);
            assert_eq!(names(&kept), [&["LOCK"], views].concat(), "nothing is touched");
        }
        let _ = std::fs::remove_dir_all(kept.join("store"));
    }
    std::fs::rename(folder.path().join("backup"), kept.join("journal")).expect("moved");
    assert_eq!(oneid(folder.path(), get).code, 0, "with its journal it is whole again");
}

#[test]
fn a_snapshot_deletes_but_not_by_accident() {
    let folder = folder();
    prepared(folder.path());
    merge(folder.path(), &["web.csv"], &[]);
    rows(folder.path(), "web.csv", &["w1,诸葛青云,1981-02-03,13911112223,", "w3,令狐美玲,1977-09-09,13922223334,"]);
    let run = oneid(folder.path(), &["merge", "web.csv", "--store", "kept", "--mode", "snapshot"]);
    assert_eq!(run.code, 65, "{}", run.err);
    assert!(run.err.contains("would delete 1 of 3") && run.err.contains("--force"), "{}", run.err);
    let (left, _) = merge(folder.path(), &["web.csv"], &["--mode", "snapshot", "--force"]);
    assert!(left.contains_key("web,w1") && !left.contains_key("web,w2"));
    assert!(left.keys().any(|record| record.starts_with("crm,")), "other sources stay");
}

fn numbered(source: &str, range: std::ops::Range<u32>) -> String {
    let mut text = String::from("id,name,phone,updated_at\n");
    range.for_each(|row| text.push_str(&format!("{source}{row},Ann{row} Lee{row},212555{row:04},2025-01-01\n")));
    text
}

#[test]
fn a_snapshot_is_judged_source_by_source_and_never_deletes_what_it_could_not_read() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("big.csv", &numbered("b", 0..300));
    write("small.csv", &numbered("s", 300..330));
    merge(folder.path(), &["big.csv", "small.csv"], &[]);
    let snapshot = |inputs: &[&str]| oneid(folder.path(), &[&["merge", "--store", "kept", "--mode", "snapshot"], inputs].concat());

    write("small.csv", &numbered("s", 300..310));
    let run = snapshot(&["big.csv", "small.csv"]);
    assert_eq!(run.code, 65, "{}", run.err);
    assert!(run.err.contains("would delete 20 of 30 live records of source small"), "{}", run.err);

    write("small.csv", "id,name,phone,updated_at\n");
    let run = snapshot(&["big.csv", "small.csv"]);
    assert!(run.code == 65 && run.err.contains("would delete 30 of 30"), "a source with a header alone: {}", run.err);

    write("small.csv", &numbered("s", 300..330).replace("s305,", "s305,too,many,"));
    let run = snapshot(&["big.csv", "small.csv"]);
    assert!(run.code == 65 && run.err.contains("1 of its rows were rejected"), "{}", run.err);
    assert!(run.err.contains("the reasons are in rejects.csv"), "where the reasons are: {}", run.err);
}

#[test]
fn a_version_that_cannot_be_read_is_rejected_not_lost() {
    let folder = folder();
    std::fs::write(folder.path().join("crm.csv"), numbered("c", 0..40)).expect("written");
    merge(folder.path(), &["crm.csv"], &[]);
    std::fs::write(folder.path().join("crm.csv"), "id,name,phone,updated_at\nc1,Ann1 Lee1,2125559999,Jan 2025\n").expect("written");
    let run = oneid(folder.path(), &["merge", "crm.csv", "--store", "kept", "--rejects", "bad.csv"]);
    assert_eq!(run.code, 65, "its only row: {}", run.err);
    let rejects = std::fs::read_to_string(folder.path().join("bad.csv")).expect("rejects");
    assert!(rejects.contains("crm.csv,2,updated_at,") && rejects.contains("Jan 2025"), "{rejects}");
}

/// Rejects of a merge into a store once named the source and line 0.
#[test]
fn a_version_with_other_content_is_rejected_by_file_and_line() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("crm.csv", &numbered("c", 0..40));
    merge(folder.path(), &["crm.csv"], &[]);
    write("web.csv", &numbered("w", 50..60));
    std::fs::create_dir(folder.path().join("tonight")).expect("made");
    write("tonight/crm.csv", &numbered("c", 0..40).replace("Ann7 Lee7", "Bob7 Ray7"));
    let run = oneid(folder.path(), &["merge", "web.csv", "tonight/crm.csv", "--store", "kept", "--rejects", "bad.csv", "--json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let rejects = std::fs::read_to_string(folder.path().join("bad.csv")).expect("rejects");
    assert!(rejects.contains("\ntonight/crm.csv,9,,") && rejects.contains("record crm/c7: the store has this version"), "{rejects}");
    let report: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(report["inputs"][1]["rejects"].as_u64(), Some(1), "{}", report["inputs"]);
}

/// `Records: 782 live of 256 rows` was once said of a store that has other records than the inputs'.
#[test]
fn a_report_tells_what_became_of_each_row() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("crm.csv", &numbered("c", 0..40));
    write(
        "events.csv",
        "source,record_id,event_id,time,kind\ncrm,c1,e1,2025-01-01,visit\ncrm,c2,e2,2025-01-01,visit\ncrm,,e3,2025-01-01,visit\n",
    );
    let run = oneid(folder.path(), &["merge", "crm.csv", "--store", "kept", "--events", "events.csv"]);
    assert_eq!(run.code, 1, "an event was rejected: {}", run.err);
    assert!(run.out.contains("Rows: 40 read;") && run.out.contains("to the store: 40 new, 0 changed, 0 unchanged,"), "{}", run.out);
    assert!(run.out.contains("\nRecords: 40 live in the store\nEvents: 2 kept") && run.out.contains(", 1 rejected\n"), "{}", run.out);

    // One gone, one newer, one older, one new and twice, one that cannot be read.
    let rows = numbered("c", 1..40).replace("2125550002,2025", "2125559999,2026").replace("2125550003,2025", "2125550003,2024");
    write("crm.csv", &format!("{rows}c90,Zoe Fox,2125558888,2025-01-01\nc90,Zoe Fox,2125558888,2025-01-01\nc91,too,few\n"));
    let arguments = ["merge", "crm.csv", "--store", "kept", "--mode", "snapshot", "--force"];
    let run = oneid(folder.path(), &[&arguments[..], &["--dry-run"]].concat());
    let told = "Rows: 42 read; 0 superseded by newer ones of the same record, 1 repeated, 1 rejected\n  to the store: 1 new, 1 changed, \
                37 unchanged, 1 older than what it has\nRecords: 40 live in the store, 1 deleted\n";
    assert!(run.out.contains(told), "{}", run.out);
    let report = oneid(folder.path(), &[&arguments[..], &["--json"]].concat()).out;
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let number = |value: &serde_json::Value| value.as_u64().expect("a count");
    let changes = &report["record_changes"];
    let of_store: u64 = ["new", "changed", "unchanged", "outdated"].iter().map(|name| number(&changes[name])).sum();
    let within: u64 = ["superseded", "duplicates", "rejects"].iter().map(|name| number(&report[name])).sum();
    assert_eq!((of_store + within, number(&changes["deleted"])), (number(&report["rows_read"]), 1), "every row is told once");
}

#[test]
fn people_are_found_by_record_ids_that_are_customer_numbers_and_by_devices_in_any_case() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("crm.csv", "cust_no,name,phone\nKD-0001,Ann Lee,2125550143\nKD-0002,Bob Ray,2125550144\n");
    write("mini.csv", "openid,nick,phone,device_id\noXyZ77,ann,2125550143,C0FFEE00-AAAA-BBBB-CCCC-1234567890AB\n");
    write("shop.csv", "cust_no,name,phone\nKD-0002,Eve Fox,2125550199\n");
    done(folder.path(), &["merge", "crm.csv", "mini.csv", "shop.csv", "--store", "kept"]);
    let get = |who: &str| oneid(folder.path(), &["get", "--store", "kept", "--assurance", "probable", who]);
    for (who, name) in [
        ("customer-number:kd 0001", "Ann Lee"),
        ("openid:oXyZ77", "oXyZ77"),
        ("device:c0ffee00-aaaa-bbbb-cccc-1234567890ab", "oXyZ77"),
        ("device:C0FFEE00-AAAA-BBBB-CCCC-1234567890AB", "oXyZ77"),
    ] {
        let run = get(who);
        assert!(run.code == 0 && run.out.contains(name), "{who}: {}{}", run.out, run.err);
    }
    let run = get("customer-number:KD-0002");
    assert!(run.code == 2 && run.out.contains("Bob Ray") && run.out.contains("Eve Fox"), "two shops number alike: {}{}", run.out, run.err);
}

/// A national number meets its international form whichever file it is in, in a merge, in a later one and in a look-up.
#[test]
fn phone_numbers_without_a_country_are_of_that_of_the_other_files() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("web.csv", "id,name,phone\nw1,John Hartley,07753 475203\nw2,Mary Wycombe,020 7946 0958\n");
    write("crm.csv", "id,name,phone\nc1,John Hartley,+44 7753 475203\nc2,Anna Beck,+44 (0)7753 475999\n");
    write("late.csv", "id,name,phone\nl1,Mary Wycombe,+44 20 7946 0958\nl2,Anna Beck,07753 475999\n");
    let (of, _) = merge(folder.path(), &["web.csv", "crm.csv"], &[]);
    assert_eq!(of["web,w1"], of["crm,c1"], "{of:?}");
    let (of, _) = merge(folder.path(), &["late.csv"], &[]);
    let found = |number: &str| done(folder.path(), &["get", "--store", "kept", &format!("phone:{number}"), "--json"]).out;
    for (number, name) in [("07753 475203", "John Hartley"), ("+44 7753 475203", "John Hartley"), ("020 7946 0958", "Mary Wycombe")] {
        assert!(found(number).contains(name), "{number}: {}", found(number));
    }
    assert!(found("07753475999").contains("Anna Beck"), "{of:?}");
}

#[test]
fn a_record_is_found_where_its_source_has_a_slash_in_its_name() {
    let folder = folder();
    let text = "source,id,name,phone\nx/y,2,Ann Lee,2125550143\nx,y/3,Bob Ray,2125550177\nx,y/2/4,Eve Fox,2125550188\nx/y/2,4,Ida Sun,2125550199\n";
    std::fs::write(folder.path().join("all.csv"), text).expect("written");
    merge(folder.path(), &["all.csv"], &[]);
    let get = |who: &str| oneid(folder.path(), &["get", "--store", "kept", who]);
    for (who, name) in [("x/y/2", "Ann"), ("record:x/y/2", "Ann"), ("x/y/3", "Bob")] {
        let run = get(who);
        assert!(run.code == 0 && run.out.contains(name), "{who}: {}{}", run.out, run.err);
    }
    let run = get("x/y/2/4");
    assert!(run.code == 2 && run.out.contains("Eve") && run.out.contains("Ida"), "two records read like that: {}{}", run.out, run.err);
    let run = get("x/y/9");
    assert!(run.code == 66 && run.err.contains("there is no record x/y/9"), "{}", run.err);
}

#[test]
fn row_numbers_are_no_ids_where_they_would_clash_or_age() {
    let folder = folder();
    for name in ["a", "b"] {
        std::fs::create_dir(folder.path().join(name)).expect("made");
        std::fs::write(folder.path().join(name).join("people.csv"), "name,phone\nAnn Lee,2125550143\n").expect("written");
    }
    let run = oneid(folder.path(), &["merge", "a/people.csv", "b/people.csv"]);
    assert!(run.code == 65 && run.err.contains("b/people.csv") && run.err.contains("clash"), "{} {}", run.code, run.err);
    let run = oneid(folder.path(), &["merge", "a/people.csv", "--store", "kept"]);
    assert!(run.code == 65 && run.err.contains("no record id column"), "{} {}", run.code, run.err);
}

#[test]
fn settings_that_a_model_overrules_are_told() {
    let folder = folder();
    prepared(folder.path());
    std::fs::write(folder.path().join("other.toml"), "[thresholds]\nlink = 0.999\n[blocking]\nrules = [\"email\"]\n").expect("written");
    let (_, report) = merge(folder.path(), &["web.csv"], &["--config", "other.toml"]);
    assert!(report["notes"].to_string().contains("blocking rules, thresholds of the settings are not used"), "{}", report["notes"]);
}

/// The city of a person's golden profile.
fn city_of(folder: &Path, who: &str) -> String {
    let profile = done(folder, &["get", "--store", "kept", who, "--json"]).out;
    let profile: serde_json::Value = serde_json::from_str(&profile).expect("JSON");
    let fields = profile["profile"]["fields"].as_array().cloned().unwrap_or_default();
    let city = fields.iter().find(|field| field["field"] == "city").map(|field| field["values"][0]["text"].clone());
    city.and_then(|city| city.as_str().map(str::to_string)).unwrap_or_default()
}

#[test]
fn survivorship_stays_until_settings_name_it_and_then_the_index_follows() {
    let folder = folder();
    prepared(folder.path());
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    let header = "id,name,birth_date,phone,city,updated_at\n";
    write("a.csv", &format!("{header}1,诸葛青云,1981-02-03,13911112223,上海市,2020-01-01\n"));
    write("b.csv", &format!("{header}1,诸葛青云,1981-02-03,13911112223,昆明市,2024-01-01\n"));
    let settings = |strategy: &str| format!("[survivorship]\nsources = [\"a\", \"b\"]\notherwise = \"{strategy}\"\n");
    write("by_source.toml", &settings("source_order"));
    write("by_time.toml", &settings("most_recent"));
    write("silent.toml", "[training]\nseed = 1\n");
    let found = |query: &str| done(folder.path(), &["search", "--store", "kept", query, "--json"]).out.contains("诸葛青云");

    let (people, _) = merge(folder.path(), &["a.csv", "b.csv"], &["--config", "by_source.toml"]);
    assert_eq!(people["a,1"], people["b,1"]);
    let city = city_of(folder.path(), "a/1");
    assert!(city.contains("上海"), "{city}");
    assert!(found("诸葛青云 上海") && !found("诸葛青云 昆明"));

    merge(folder.path(), &["web.csv"], &["--config", "silent.toml"]);
    assert_eq!(city_of(folder.path(), "a/1"), city, "settings without the section leave it as it is");

    merge(folder.path(), &["web.csv"], &["--config", "by_time.toml"]);
    let city = city_of(folder.path(), "a/1");
    assert!(city.contains("昆明"), "{city}");
    assert!(found("诸葛青云 昆明") && !found("诸葛青云 上海"), "people whom the merge did not touch are indexed anew too");
}

#[test]
fn a_source_of_the_settings_that_reads_nothing_is_told() {
    let folder = folder();
    rows(folder.path(), "web.csv", &["w1,诸葛青云,1981-02-03,13911112223,", "w2,令狐美玲,1977-09-09,13922223334,"]);
    let source = |name: &str| {
        format!("[[source]]\nname = \"{name}\"\nfile = \"{name}*.csv\"\nrecord_id = \"id\"\n[source.columns]\nname = \"full_name\"\n")
    };
    std::fs::write(folder.path().join("s.toml"), source("web") + &source("crm")).expect("written");
    let note = "no input is read by these sources of the settings: crm (crm*.csv)";
    let (_, report) = merge(folder.path(), &["web.csv"], &["--config", "s.toml"]);
    assert!(report["notes"].to_string().contains(note), "{}", report["notes"]);
    let run = done(folder.path(), &["merge", "web.csv", "--config", "s.toml"]);
    assert!(run.out.contains(&format!("note: {note}")), "{}", run.out);
}

fn events(folder: &Path, rows: &[&str]) {
    let text = format!("source,record_id,event_id,time,kind,amount,currency\n{}\n", rows.join("\n"));
    std::fs::write(folder.join("events.csv"), text).expect("written");
}

#[test]
fn events_are_told_apart_from_those_the_store_holds_and_none_is_of_tomorrow() {
    let folder = folder();
    rows(folder.path(), "web.csv", &["w1,诸葛青云,1981-02-03,13911112223,", "w2,令狐美玲,1977-09-09,13922223334,"]);
    merge(folder.path(), &["web.csv"], &[]);
    let get = |who: &str| done(folder.path(), &["get", "--store", "kept", who]).out;
    assert!(get("web/w1").contains("Features: no events\n"), "{}", get("web/w1"));

    let bought = "web,w1,e1,2024-03-01 10:00:00,purchase,80.00,CNY";
    events(folder.path(), &[bought, "web,w1,e2,2024-03-05 10:00:00,purchase,,CNY", "web,w1,e3,2099-01-01,purchase,9.00,CNY"]);
    let run = oneid(folder.path(), &["merge", "web.csv", "--store", "kept", "--events", "events.csv", "--rejects", "bad.csv"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("Events: 2 kept, 1 rejected\n") && run.out.contains("2 unchanged"), "{}", run.out);
    let rejects = std::fs::read_to_string(folder.path().join("bad.csv")).expect("rejects");
    assert!(rejects.contains("events.csv,4,time,") && rejects.contains("later than the moment of this load"), "{rejects}");
    let shown = get("web/w1");
    assert!(
        shown.contains("Features as of 2024-03-05") && shown.contains("mean of 1 of 2 purchases, CNY") && shown.contains("80.00"),
        "{shown}"
    );
    assert!(get("web/w2").contains("Features: no events up to 2024-03-05\n"), "{}", get("web/w2"));

    events(folder.path(), &[bought, "web,w1,e2,2024-03-05 10:00:00,purchase,20.00,CNY", "web,w1,e4,2024-03-06,purchase,5.00,USD"]);
    let (_, report) = merge(folder.path(), &["web.csv"], &["--events", "events.csv"]);
    assert_eq!(report["events"].as_u64(), Some(2));
    let notes = report["notes"].to_string();
    assert!(notes.contains("not written again: 1") && notes.contains("which take its place: 1"), "{notes}");
    let shown = get("web/w1");
    assert!(shown.contains("mean of 2 of 3 purchases, CNY") && shown.contains("events in other currencies"), "{shown}");
}

#[test]
fn a_store_that_began_with_two_records_goes_on() {
    let folder = folder();
    rows(folder.path(), "web.csv", &["w1,诸葛青云,1981-02-03,13911112223,", "w2,诸葛青云,1981-02-03,13911112223,"]);
    merge(folder.path(), &["web.csv"], &[]);
    merge(folder.path(), &["web.csv"], &[]);
    assert_eq!(oneid(folder.path(), &["get", "--store", "kept", "web/w1"]).code, 0);
}

#[test]
fn the_model_of_a_store_is_not_changed_by_the_way() {
    let folder = folder();
    prepared(folder.path());
    std::fs::write(folder.path().join("other.csv"), "id,name,phone\n1,王芳,13912340001\n2,王芳,13912340001\n3,李强,13912340002\n")
        .expect("written");
    done(folder.path(), &["merge", "other.csv", "--save-model", "other.json"]);
    let run = oneid(folder.path(), &["merge", "other.csv", "--store", "kept", "--model", "other.json"]);
    assert_eq!(run.code, 65, "{}", run.err);
    assert!(run.err.contains("activate-model"), "{}", run.err);
}

#[test]
fn a_store_is_open_in_one_process_only() {
    let folder = folder();
    prepared(folder.path());
    let _held = oneid::service::keep::Keep::open(&folder.path().join("kept")).expect("opens");
    let run = oneid(folder.path(), &["merge", "web.csv", "--store", "kept"]);
    assert_eq!(run.code, 75, "{}", run.err);
}
