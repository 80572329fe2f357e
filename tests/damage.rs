//! Bits that flip, files that are left over, disks that fill: what is wrong is told, or changes no answer.
#![cfg(feature = "full")]

mod program;

use oneid::one_id::OneId;
use oneid::service::keep::Keep;
use oneid::service::lookup::{Lookup, ProfileAnswer};
use oneid::store::PersonState;
use program::{done, four_channels, oneid};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A small store with a history: a load, a ruling, another load.
fn store(folder: &Path) -> PathBuf {
    let inputs = four_channels();
    for (number, name) in ["crm.csv", "branch.csv"].iter().enumerate() {
        // The first rows of two channels, so that a copy is quick.
        let input = inputs.iter().find(|path| path.ends_with(name)).expect("a channel");
        let bytes = std::fs::read(input).expect("it reads");
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').take(60).collect();
        std::fs::write(folder.join(name), lines.concat()).expect("written");
        done(folder, &["merge", "--store", "kept", name]);
        if number == 0 {
            done(folder, &["export", "--store", "kept", "--out", "people.csv"]);
            let people = std::fs::read_to_string(folder.join("people.csv")).expect("people");
            let keys: Vec<String> =
                people.lines().skip(1).take(2).map(|line| line.split(',').take(2).collect::<Vec<_>>().join("/")).collect();
            done(folder, &["judge", "cannot-link", &keys[0], &keys[1], "--store", "kept"]);
        }
    }
    folder.join("kept")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        if entry.path().is_dir() { found.extend(files(&entry.path())) } else { found.push(entry.path()) }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).expect("within"));
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("made");
        std::fs::copy(&file, target).expect("copied");
    }
}

/// All that a store answers: records, people, profiles, what search finds, histories, judgements and questions.
fn answers(kept: &Path) -> oneid::error::Result<Vec<String>> {
    answers_and_notes(kept).map(|(told, _)| told)
}

/// The same, and what was mended on the way.
fn answers_and_notes(kept: &Path) -> oneid::error::Result<(Vec<String>, Vec<String>)> {
    let mut keep = Keep::open(kept)?;
    let rows = keep.checked_rows()?;
    let mut told: Vec<String> = rows.records.iter().map(|row| format!("{row:?}")).collect();
    let mut people: Vec<(OneId, _)> = rows.people.into_iter().collect();
    people.sort_unstable_by_key(|(one_id, _)| *one_id);
    told.extend(people.iter().map(|person| format!("{person:?}")));
    told.extend(keep.views().store().judgements().map(|row| format!("{row:?}")));
    told.push(format!("{:?}", keep.views().reviews()?));
    let lookup = Lookup::new(keep)?;
    for (number, (one_id, person)) in people.iter().enumerate() {
        if number % 10 == 0 {
            for chapter in lookup.history(*one_id)? {
                told.push(format!("{chapter:?}"));
            }
        }
        if matches!(person.state, PersonState::Live { .. })
            && number % 5 == 0
            && let ProfileAnswer::Live(profile) = lookup.profile(*one_id)?
        {
            told.push(format!("{:?}", profile.profile));
            if let Some(phone) = profile.profile.value(oneid::record::Field::Phone) {
                let (hits, total) = lookup.search(&phone.text, 10, 0)?;
                told.push(format!("{total} {:?}", hits.iter().map(|hit| hit.one_id).collect::<Vec<_>>()));
            }
        }
    }
    Ok((told, lookup.notes().to_vec()))
}

#[test]
fn a_flipped_bit_is_told_or_changes_nothing() {
    let is_long = std::env::var_os("ONEID_LONG").is_some();
    let seed = std::env::var("ONEID_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let kept = store(folder.path());
    let expected = answers(&kept).expect("it is whole");
    let all = files(&kept);
    let (work, flips) = (folder.path().join("work"), if is_long { 10_000 } else { 60 });
    let (mut told, mut mended, mut harmless) = (0, 0, 0);
    for flip in 0..flips {
        copy(&kept, &work);
        // Every kind of file gets its share, however small.
        let file = work.join(all[flip % all.len()].strip_prefix(&kept).expect("within"));
        let mut bytes = std::fs::read(&file).expect("it reads");
        if bytes.is_empty() {
            continue;
        }
        let bit = random.usize(..bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&file, &bytes).expect("written");
        let place = format!("seed {seed}, flip {flip}: bit {} of byte {} of {}", bit % 8, bit / 8, file.display());
        match answers_and_notes(&work) {
            Err(_) => told += 1,
            Ok((found, notes)) => {
                assert!(found == expected, "{place}: the answers are others, and nothing was told");
                let keep = Keep::open(&work).unwrap_or_else(|error| panic!("{place}: {error}"));
                let is_of_journal = file.parent().is_some_and(|parent| parent.ends_with("journal"));
                let verified = keep.reader().verify();
                assert!(!is_of_journal || verified.is_err(), "{place}: damage of the journal is not found");
                if notes.is_empty() { harmless += 1 } else { mended += 1 }
            }
        }
    }
    println!("seed {seed}: {flips} flipped bits over {} files: {told} refused, {mended} mended, {harmless} without effect", all.len());
    assert!(told > 0);
}

#[test]
fn files_that_a_crash_leaves_over_are_no_hindrance() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = store(folder.path());
    let expected = answers(&kept).expect("it is whole");
    for name in
        ["journal.tmp/frames-00000001.log", "store.new/db", "store.old/db", "verify.tmp/db", "merge/model", "store/snap.1.generating"]
    {
        let path = kept.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, b"left over").expect("written");
    }
    assert!(answers(&kept).expect("it opens") == expected);
    done(folder.path(), &["verify", "--store", "kept"]);
    done(folder.path(), &["compact", "--store", "kept"]);
    assert!(answers(&kept).expect("it opens") == expected);
    // A view that is gone while the new one waits beside it, as when the power goes between two names.
    std::fs::rename(kept.join("store"), kept.join("store.old")).expect("renamed");
    assert!(answers(&kept).expect("it opens") == expected);
}

#[test]
fn views_of_any_earlier_moment_and_none_come_to_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = four_channels();
    let mut moments: Vec<PathBuf> = Vec::new();
    let kept = folder.path().join("kept");
    for (number, input) in inputs.iter().enumerate() {
        done(folder.path(), &["merge", "--store", "kept", input]);
        let copied = folder.path().join(format!("moment-{number}"));
        copy(&kept, &copied);
        moments.push(copied);
    }
    let expected = answers(&kept).expect("it is whole");
    let work = folder.path().join("work");
    let views = ["store", "search"];
    for place in 0..(moments.len() + 1) * (moments.len() + 1) {
        copy(&kept, &work);
        for (view, moment) in views.iter().zip([place / (moments.len() + 1), place % (moments.len() + 1)]) {
            std::fs::remove_dir_all(work.join(view)).expect("removed");
            if let Some(earlier) = moments.get(moment) {
                copy(&earlier.join(view), &work.join(view));
            }
        }
        assert!(answers(&work).expect("it opens") == expected, "views {place}");
    }
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = store(folder.path());
    let expected = answers(&kept).expect("it is whole");
    let inputs = four_channels();
    let app = inputs.iter().find(|path| path.ends_with("app.jsonl")).expect("a channel");
    let (mut refused, mut done_at) = (0, None);
    // No file may grow beyond so many blocks of 1,024 bytes; writes beyond fail as on a full disk.
    for blocks in [1, 4, 16, 48, 96, 160, 320, 640, 1_280, 2_560, 20_000, 200_000] {
        let work = folder.path().join("work");
        copy(&kept, &work);
        let command = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" merge --store work \"$1\"", blocks * 2);
        let status = Command::new("sh")
            .args(["-c", &command, env!("CARGO_BIN_EXE_oneid"), app])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .expect("a shell");
        let said = String::from_utf8_lossy(&status.stderr).to_string();
        match status.status.code() {
            Some(0) => {
                done_at.get_or_insert(blocks);
            }
            code => {
                assert!(matches!(code, Some(71 | 74 | 78)) && !said.contains("panicked"), "{blocks} blocks: {code:?} {said}");
                refused += 1;
            }
        }
        // After space is there again the store opens, with all of the load or nothing of it, and goes on.
        let after = answers(&work).unwrap_or_else(|error| panic!("{blocks} blocks: {error}"));
        assert!(after == expected || after.len() > expected.len(), "{blocks} blocks");
        assert_eq!(oneid(folder.path(), &["merge", "--store", "work", app]).code, 0);
    }
    assert!(refused >= 2 && done_at.is_some(), "{refused} refused, done at {done_at:?}");
}
