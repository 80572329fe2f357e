//! A merge into a store that is stopped at any point goes on and ends as if it had not been.
#![cfg(feature = "full")]

mod program;

use oneid::engine::{Observer, Phase};
use oneid::service::keep::Keep;
use oneid::service::merge_store::{Mode, StoreJob, merge_into};
use program::{done, four_channels};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

const PHASES: [(Phase, Option<&str>); 8] = [
    (Phase::Read, None),
    (Phase::Prepare, None),
    (Phase::Block, None),
    (Phase::Train, None),
    (Phase::Weigh, Some("model")),
    (Phase::Cluster, Some("model")),
    (Phase::Assign, Some("clusters")),
    (Phase::Keep, Some("clusters")),
];

/// Ends the process where a phase begins, as a kill does: nothing is put in order.
struct EndsAt(Phase);

impl Observer for EndsAt {
    fn begin(&self, phase: Phase, _: u64) {
        if phase == self.0 {
            std::process::abort();
        }
    }
    fn advance(&self, _: u64) {}
}

fn job(resume: bool) -> StoreJob {
    StoreJob {
        inputs: four_channels().into_iter().map(Into::into).collect(),
        settings: None,
        model: None,
        mode: Mode::Delta,
        force: false,
        dry_run: false,
        resume,
        memory_budget: None,
        events: Vec::new(),
        actor: "test".into(),
        now: 1_800_000_000_000_000,
    }
}

/// The process that is ended: it is started by the tests below and does nothing by itself.
#[test]
#[ignore = "a part of the other tests"]
fn a_merge_that_ends_early() {
    let (Ok(phase), Ok(kept)) = (std::env::var("RESUME_PHASE"), std::env::var("RESUME_STORE")) else { return };
    let (phase, _) = PHASES.into_iter().find(|(known, _)| known.name() == phase).expect("a phase");
    let mut keep = Keep::open_or_create(Path::new(&kept)).expect("a store");
    let _ = merge_into(&mut keep, job(std::env::var_os("RESUME_RESUMES").is_some()), &EndsAt(phase));
    panic!("the merge came to its end");
}

fn end_at(phase: Phase, kept: &Path, resumes: bool) {
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child.args(["--ignored", "--exact", "a_merge_that_ends_early"]).env("RESUME_PHASE", phase.name()).env("RESUME_STORE", kept);
    if resumes {
        child.env("RESUME_RESUMES", "1");
    }
    let status = child.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("this test starts");
    assert_eq!(status.code(), None, "the merge is ended by a signal at {}", phase.name());
}

/// Merges into `kept`; gives who is one person, and the report. One-IDs are each store's own.
fn merge(folder: &Path, inputs: &[&str], more: &[&str]) -> (Vec<Vec<String>>, serde_json::Value) {
    let arguments = [&["merge", "--store", "kept", "--clusters", "out.csv", "--json"], more, inputs].concat();
    let run = done(folder, &arguments);
    done(folder, &["export", "--store", "kept", "--out", "people.jsonl"]);
    let mut people: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in std::fs::read_to_string(folder.join("people.jsonl")).expect("people").lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |name: &str| row[name].as_str().expect("a text").to_string();
        people.entry(text("one_id")).or_default().push(format!("{}/{}", text("source"), text("record_id")));
    }
    let written = std::fs::read_to_string(folder.join("out.csv")).expect("clusters");
    assert_eq!(written.lines().count() - 1, people.values().map(Vec::len).sum::<usize>(), "the store holds what was written");
    let mut people: Vec<Vec<String>> = people.into_values().collect();
    people.iter_mut().for_each(|records| records.sort());
    people.sort();
    (people, serde_json::from_str(&run.out).expect("a report"))
}

#[test]
fn a_merge_that_is_stopped_goes_on_with_what_it_had() {
    let inputs = four_channels();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let straight = tempfile::tempdir().expect("a folder");
    let (people, report) = merge(straight.path(), &inputs, &["--resume"]);
    assert!(report["resumed_from"].is_null() && report["notes"].to_string().contains("began at the beginning"), "{report}");
    assert!(!straight.path().join("kept/merge").exists(), "nothing is left of a merge that is done");

    for (phase, from) in PHASES {
        let folder = tempfile::tempdir().expect("a folder");
        end_at(phase, &folder.path().join("kept"), false);
        let (resumed, report) = merge(folder.path(), &inputs, &["--resume"]);
        assert_eq!(report["resumed_from"].as_str(), from, "{}", phase.name());
        assert_eq!(report["notes"].to_string().contains("went on where it was stopped"), from.is_some(), "{report}");
        assert!(resumed == people, "stopped at {}", phase.name());
        assert!(!folder.path().join("kept/merge").exists());
    }
}

#[test]
fn one_that_is_stopped_again_and_again_goes_on_and_another_merge_takes_nothing_from_it() {
    let inputs = four_channels();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let straight = tempfile::tempdir().expect("a folder");
    let (people, _) = merge(straight.path(), &inputs, &[]);
    let (fewer, _) = {
        let folder = tempfile::tempdir().expect("a folder");
        merge(folder.path(), &inputs[..2], &[])
    };

    let folder = tempfile::tempdir().expect("a folder");
    for (phase, _) in PHASES {
        end_at(phase, &folder.path().join("kept"), true);
    }
    let (resumed, report) = merge(folder.path(), &inputs, &["--resume"]);
    assert_eq!(report["resumed_from"].as_str(), Some("clusters"));
    assert!(resumed == people);

    for (resume, more) in [("gone on with", &["--resume"][..]), ("begun anew", &[])] {
        let folder = tempfile::tempdir().expect("a folder");
        end_at(Phase::Keep, &folder.path().join("kept"), false);
        let (other, report) = merge(folder.path(), &inputs[..2], more);
        assert!(report["resumed_from"].is_null(), "{resume}: {report}");
        assert_eq!(report["notes"].to_string().contains("begun anew"), more.is_empty(), "{report}");
        assert_eq!(report["notes"].to_string().contains("is of another one"), !more.is_empty(), "{report}");
        assert!(other == fewer, "{resume}");
    }
}

/// What a kill leaves while the journal is made was once taken for somebody's files.
#[test]
fn a_store_that_was_being_made_is_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("kept/journal.tmp")).expect("a folder");
    std::fs::write(folder.path().join("kept/journal.tmp/frames-00000001.log"), "half").expect("written");
    std::fs::write(folder.path().join("kept/LOCK"), "").expect("written");
    assert!(merge(folder.path(), &[&four_channels()[0]], &["--resume"]).0.len() > 100);
}

/// The program itself, killed some time after it was started: a few times; with `ONEID_LONG` some hundred, of more customers.
#[test]
fn a_program_that_is_killed_at_any_time_goes_on() {
    let (customers, kills) = if std::env::var_os("ONEID_LONG").is_some() { ("2000", 300) } else { ("300", 6) };
    let straight = tempfile::tempdir().expect("a folder");
    let out = straight.path().display().to_string();
    done(straight.path(), &["synth", "--customers", customers, "--seed", "3", "--out", &out]);
    let inputs = ["crm.csv", "app.jsonl", "mini_program.jsonl", "branch.csv"].map(|name| format!("{out}/{name}"));
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let begun = std::time::Instant::now();
    let (people, _) = merge(straight.path(), &inputs, &[]);
    let takes = begun.elapsed();

    let mut random = fastrand::Rng::with_seed(1);
    let mut folder = tempfile::tempdir().expect("a folder");
    let (mut killed, mut ended) = (0, 0);
    while killed + ended < kills {
        let mut merge = Command::new(env!("CARGO_BIN_EXE_oneid"));
        merge.args(["merge", "--store", "kept", "--clusters", "out.csv", "--resume"]).args(&inputs).current_dir(folder.path());
        let mut running = merge.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(takes.mul_f64(random.f64()));
        running.kill().expect("it is killed or has ended");
        match running.wait().expect("it ends").code() {
            None => killed += 1,
            Some(code) => {
                assert_eq!(code, 0, "after {killed} kills");
                ended += 1;
                // What was merged stays; a merge of the same comes to the same.
                assert!(self::merge(folder.path(), &inputs, &["--resume"]).0 == people, "after {killed} kills");
                folder = tempfile::tempdir().expect("a folder");
            }
        }
    }
    assert!(killed > 0, "none of {kills} was killed in time");
    assert!(self::merge(folder.path(), &inputs, &["--resume"]).0 == people);
}
