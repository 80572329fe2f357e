//! What the journal promises when nothing is damaged: order, batches, one writer, a stop after the first failure, a frozen format.

use super::format::{FILE_HEADER_BYTES, FileKind};
use super::salt::Salts;
use super::segment::{self, fault};
use super::writer::Bounds;
use super::*;
use crate::error::ErrorClass;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Small enough that every few frames need a new file or a write.
pub(super) const SMALL: Bounds = Bounds { frame_segment_bytes: 700, payload_segment_bytes: 500, buffer_bytes: 256 };

pub(super) fn temp() -> TempDir {
    tempfile::tempdir().expect("a temporary directory can be made")
}

pub(super) fn create(store: &Path, bounds: Bounds) -> Journal {
    Journal::create_with(store, *b"store-id-16bytes", Salts::Counted(0), bounds).expect("a new journal can be made")
}

pub(super) fn open(store: &Path, bounds: Bounds) -> Journal {
    Journal::open_with(store, Salts::Counted(1000), bounds).expect("the journal opens")
}

/// Appends one batch of these payloads.
pub(super) fn batch(journal: &mut Journal, note: &str, payloads: &[&[u8]]) -> Receipt {
    let mut batch = journal.begin("loader", 1_700_000_000_000_000, note).expect("a batch begins");
    for payload in payloads {
        batch.append(Kind::RecordPut, payload).expect("a frame is appended");
    }
    batch.commit().expect("the batch is committed")
}

/// All frames and payloads as text, one a line.
pub(super) fn listing(reader: &Reader) -> Result<String, crate::error::Error> {
    let mut out = String::new();
    for entry in reader.entries(1) {
        let (frame, payload) = entry?;
        let hash: String = frame.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let parts: Vec<String> =
            payload.parts().map(|part| part.map_or("gone".to_string(), |part| format!("{:?}", String::from_utf8_lossy(part)))).collect();
        writeln!(
            out,
            "{} time={} batch={} kind={} ({}) actor={:?} payload=[{}] hash={hash}",
            frame.position,
            frame.time,
            frame.batch,
            frame.kind.number(),
            frame.kind.name(),
            frame.actor,
            parts.join(", "),
        )
        .expect("writing to a string cannot fail");
    }
    Ok(out)
}

/// What of a payload is there.
fn whole(payload: &Payload) -> Vec<u8> {
    payload.parts().flatten().flatten().copied().collect()
}

fn payloads(journal: &Journal) -> Vec<Vec<u8>> {
    let records = journal.entries(1).map(|entry| entry.expect("the entry reads"));
    records.filter(|(frame, _)| frame.kind == Kind::RecordPut).map(|(_, payload)| whole(&payload)).collect()
}

/// Names and lengths of the journal's files.
pub(super) fn files(store: &Path) -> Vec<(String, u64)> {
    let entries = fs::read_dir(store.join("journal")).expect("the directory reads");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let entry = entry.expect("the entry reads");
            (entry.file_name().to_string_lossy().into_owned(), entry.metadata().expect("a length").len())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn what_is_committed_reads_back_in_order_over_many_segments() {
    let dir = temp();
    let mut journal = create(dir.path(), SMALL);
    assert_eq!((journal.last_position(), journal.last_hash()), (0, format::genesis(b"store-id-16bytes")));
    let long = vec![7; 2000];
    for number in 0..20u8 {
        let receipt = batch(&mut journal, "", &[&[number; 50], &[], &long]);
        assert_eq!(
            receipt,
            Receipt { batch: u64::from(number) + 1, first_position: journal.last_position() - 4, last_position: journal.last_position() }
        );
    }
    assert!(journal.reader().verify().is_ok_and(|frames| frames == 100));
    let before = listing(&journal.reader()).expect("the journal reads");
    let digest = journal.digest();
    drop(journal);
    let mut journal = open(dir.path(), SMALL);
    assert!(journal.torn_tails().is_empty());
    assert_eq!(journal.digest(), digest);
    assert_eq!(listing(&journal.reader()).expect("the journal reads"), before);
    assert!(files(dir.path()).len() > 20, "the bounds are small, so there are many files");
    for from in [0, 1, 2, 50, 51, 99, 100, 101] {
        let positions: Vec<u64> = journal.frames(from).map(|frame| frame.expect("the frame reads").position).collect();
        assert_eq!(positions, (from.max(1)..=100).collect::<Vec<_>>());
    }
    let frame = journal.frames(54).next().expect("there is a frame").expect("it reads");
    assert_eq!(whole(&journal.reader().payload(&frame).expect("the payload reads")), long);
    batch(&mut journal, "goes on", &[b"more"]);
    assert_eq!(journal.last_position(), 103);
    assert_eq!(journal.reader().store_id(), b"store-id-16bytes");
}

#[test]
fn any_frame_and_any_moment_is_found_without_reading_all_before() {
    for bounds in [SMALL, Bounds::default()] {
        let dir = temp();
        let mut journal = create(dir.path(), bounds);
        // The clock jumps ten years ahead for a while.
        let time = |number: i64| number * 10 + if (200..220).contains(&number) { 315_360_000 } else { 0 };
        for number in 0..400 {
            let mut batch = journal.begin("", time(number), "").expect("a batch begins");
            batch.append(Kind::RecordPut, &number.to_le_bytes()).expect("a frame is appended");
            batch.commit().expect("the batch is committed");
        }
        let check = |journal: &Journal| {
            let reader = journal.reader();
            for position in [1, 2, 255, 256, 257, 258, 700, 1199, 1200] {
                let (frame, payload) = reader.entry(position).expect("the frame reads");
                assert_eq!(frame.position, position);
                assert_eq!(whole(&payload).len(), if position % 3 == 2 { 8 } else { 0 });
            }
            assert_eq!(reader.entry(1201).expect_err("there is none").class(), crate::error::ErrorClass::NotFound);
            let last_by = |moment: i64| (0..400).filter(|number| time(*number) <= moment).max().map_or(0, |number| number as u64 * 3 + 3);
            for moment in [-1, 0, 5, 10, 999, 1_990, 2_000, 2_150, 2_199, 2_200, 3_990, 1 << 40] {
                assert_eq!(reader.position_at(moment).expect("it is told"), last_by(moment), "{moment}");
            }
        };
        check(&journal);
        drop(journal);
        check(&open(dir.path(), bounds));
    }
}

#[test]
fn a_reader_keeps_the_view_it_was_made_with() {
    let dir = temp();
    let mut journal = create(dir.path(), SMALL);
    batch(&mut journal, "first", &[b"a"]);
    let early = journal.reader();
    batch(&mut journal, "second", &[b"b"]);
    assert_eq!(early.entries(1).count(), 3);
    assert_eq!(journal.entries(1).count(), 6);
    // Without the lock, beside the writer.
    let (beside, torn) = Reader::open(dir.path()).expect("reading needs no lock");
    assert_eq!((beside.last_position(), beside.last_hash(), torn), (6, journal.last_hash(), vec![]));
}

#[test]
fn a_dropped_batch_never_was() {
    for bounds in [SMALL, Bounds::default()] {
        let dir = temp();
        let mut journal = create(dir.path(), bounds);
        batch(&mut journal, "kept", &[b"kept"]);
        let before = files(dir.path());
        let mut dropped = journal.begin("loader", 0, "to be dropped").expect("a batch begins");
        for number in 0..50u8 {
            dropped.append(Kind::RecordPut, &[number; 90]).expect("a frame is appended");
        }
        let (beside, _) = Reader::open(dir.path()).expect("it reads");
        assert_eq!(beside.last_position(), 3, "a reader beside sees nothing of it");
        drop(dropped);
        assert_eq!(files(dir.path()), before);
        let receipt = batch(&mut journal, "next", &[b"next"]);
        assert_eq!(receipt, Receipt { batch: 2, first_position: 4, last_position: 6 });
        drop(journal);
        let journal = open(dir.path(), bounds);
        assert!(journal.torn_tails().is_empty());
        assert_eq!(payloads(&journal), [b"kept", b"next"]);
    }
}

#[test]
fn what_a_crash_leaves_is_reported_ignored_and_cut_before_the_next_batch() {
    let dir = temp();
    let mut journal = create(dir.path(), SMALL);
    batch(&mut journal, "kept", &[b"kept"]);
    let before = files(dir.path());
    let mut lost = journal.begin("loader", 0, "in flight").expect("a batch begins");
    for number in 0..50u8 {
        lost.append(Kind::RecordPut, &[number; 90]).expect("a frame is appended");
    }
    // As a kill does it: nothing is cut back, and what is in memory is gone.
    lost.journal_stops_here();
    drop(journal);
    assert_ne!(files(dir.path()), before);
    let mut journal = open(dir.path(), SMALL);
    let torn = journal.torn_tails().to_vec();
    let of = |name: &str| torn.iter().find(|tail| tail.file.ends_with(name)).map(|tail| tail.offset);
    assert_eq!(of("frames-00000001.log"), before.iter().find(|(name, _)| name == "frames-00000001.log").map(|(_, length)| *length));
    assert_eq!(of("payload-00000001.log"), before.iter().find(|(name, _)| name == "payload-00000001.log").map(|(_, length)| *length));
    assert_eq!(of("payload-00000002.log"), Some(0), "a file that holds nothing committed goes as a whole");
    assert_eq!(payloads(&journal), [b"kept"]);
    drop(journal.begin("loader", 0, "nothing").expect("a batch begins"));
    assert!(journal.torn_tails().is_empty());
    assert_eq!(files(dir.path()), before);
    batch(&mut journal, "next", &[b"next"]);
    drop(journal);
    assert_eq!(payloads(&open(dir.path(), SMALL)), [b"kept", b"next"]);
}

#[test]
fn the_second_to_open_is_told_at_once() {
    let dir = temp();
    let journal = create(dir.path(), SMALL);
    let second = Journal::open(dir.path()).err().expect("the store is held");
    assert_eq!(second.class(), ErrorClass::Busy);
    assert!(second.to_string().contains(&format!("process {}", std::process::id())), "{second}");
    assert_eq!(Journal::create(dir.path()).err().map(|error| error.class()), Some(ErrorClass::Busy));
    drop(journal);
    assert!(Journal::open(dir.path()).is_ok());
    assert_eq!(Journal::create(dir.path()).err().map(|error| error.class()), Some(ErrorClass::Conflict));
}

#[test]
fn opening_what_is_no_store_says_so() {
    let dir = temp();
    assert_eq!(Journal::open(dir.path()).err().map(|error| error.class()), Some(ErrorClass::NotFound));
    assert!(files_missing(dir.path()), "looking leaves nothing behind");
    let journal = Journal::open_or_create(&dir.path().join("new")).expect("a store is made");
    let id = *journal.store_id();
    drop(journal);
    let journal = Journal::open_or_create(&dir.path().join("new")).expect("the store opens");
    assert_eq!(*journal.store_id(), id);
    assert_ne!(*Journal::create(&dir.path().join("other")).expect("a store is made").store_id(), id);
}

fn files_missing(dir: &Path) -> bool {
    fs::read_dir(dir).expect("the directory reads").next().is_none()
}

#[test]
fn a_creation_that_was_cut_off_is_begun_anew() {
    let dir = temp();
    fs::create_dir(dir.path().join("journal.tmp")).expect("a directory can be made");
    fs::write(dir.path().join("journal.tmp/payload-00000001.log"), b"half").expect("a file can be written");
    let mut journal = Journal::open_or_create(dir.path()).expect("a store is made");
    batch(&mut journal, "first", &[b"a"]);
    assert!(!dir.path().join("journal.tmp").exists());
}

#[test]
fn a_newer_format_is_refused_with_both_versions() {
    let dir = temp();
    drop(create(dir.path(), SMALL));
    for kind in [FileKind::Frames, FileKind::Payload] {
        let path = segment::path(&dir.path().join("journal"), kind, 1);
        let old = fs::read(&path).expect("the file reads");
        let mut new = old.clone();
        new[8] = 3;
        let crc = crc32fast::hash(&new[..60]);
        new[60..64].copy_from_slice(&crc.to_le_bytes());
        fs::write(&path, &new).expect("the file can be written");
        let error = Journal::open(dir.path()).err().expect("it is refused");
        assert_eq!(error.class(), ErrorClass::Newer);
        let text = error.to_string();
        assert!(
            text.contains("it has format 3") && text.contains("up to format 2") && text.contains("open the store with that version"),
            "{text}"
        );
        fs::write(&path, &old).expect("the file can be written");
    }
}

#[test]
fn a_kind_from_the_future_is_refused() {
    let dir = temp();
    let mut journal = create(dir.path(), SMALL);
    batch(&mut journal, "", &[]);
    drop(journal);
    let path = segment::path(&dir.path().join("journal"), FileKind::Frames, 1);
    let mut bytes = fs::read(&path).expect("the file reads");
    let frame = &mut bytes[FILE_HEADER_BYTES..];
    frame[32..34].copy_from_slice(&4711u16.to_le_bytes());
    let length = usize::from(frame[0]);
    let mut crc = crc32fast::Hasher::new();
    crc.update(&frame[..4]);
    crc.update(&frame[8..length]);
    let crc = crc.finalize();
    frame[4..8].copy_from_slice(&crc.to_le_bytes());
    fs::write(&path, &bytes).expect("the file can be written");
    let error = Journal::open(dir.path()).err().expect("it is refused");
    assert_eq!(error.class(), ErrorClass::Newer);
    let error = error.to_string();
    assert!(error.contains("kind 4711") && error.contains("newer version") && error.contains("offset 64"), "{error}");
}

#[test]
fn kinds_keep_their_numbers() {
    let numbers: Vec<u16> = Kind::ALL.iter().map(|kind| kind.number()).collect();
    assert_eq!(numbers, (1..=Kind::ALL.len() as u16).collect::<Vec<u16>>());
    for kind in Kind::ALL {
        assert_eq!(Kind::from_number(kind.number()), Some(*kind));
    }
    assert_eq!(Kind::from_number(0), None);
    assert_eq!((Kind::RecordPut.number(), Kind::Assignment.number(), Kind::Erasure.number()), (6, 8, 13));
}

#[test]
fn what_no_frame_may_carry_is_refused_and_stops_nothing() {
    let dir = temp();
    let mut journal = create(dir.path(), SMALL);
    let long = "x".repeat(crate::limits::JOURNAL_ACTOR_BYTES_MAX + 1);
    assert_eq!(journal.begin(&long, 0, "").err().map(|error| error.class()), Some(ErrorClass::Usage));
    let mut open = journal.begin(&long[1..], -5, "times may lie before 1970").expect("the longest actor is allowed");
    assert_eq!(open.append(Kind::BatchCommit, b"").err().map(|error| error.class()), Some(ErrorClass::Internal));
    open.append(Kind::Mapping, b"m").expect("it goes on");
    open.commit().expect("it goes on");
    let frame = journal.frames(2).next().expect("there is a frame").expect("it reads");
    assert_eq!((frame.time, frame.actor.as_str(), frame.kind, frame.payload_bytes()), (-5, &long[1..], Kind::Mapping, 37));
}

/// Makes the n-th call of the file system fail, for every n, until a run needs no more calls than that: nothing is acknowledged
/// that is not there on the next open, nothing committed before is lost, and the writer takes nothing more.
#[test]
fn after_any_failing_call_the_writer_stops_and_nothing_acknowledged_is_lost() {
    for calls in 0.. {
        let dir = temp();
        let mut journal = create(dir.path(), SMALL);
        let mut acknowledged = vec![batch(&mut journal, "before", &[b"before"])];
        fault::CALLS_LEFT.set(Some(calls));
        let mut failure = None;
        for number in 0..6u8 {
            match try_batch(&mut journal, number) {
                Ok(receipt) => acknowledged.extend(receipt),
                Err(error) => {
                    assert_eq!(error.class(), ErrorClass::Halted);
                    failure = Some(error);
                    break;
                }
            }
        }
        let out_of_calls = fault::CALLS_LEFT.take() == Some(0);
        if failure.is_some() {
            let again = journal.begin("loader", 0, "").err().expect("it takes nothing more");
            assert!(again.to_string().contains("made to fail"), "{again}");
        }
        drop(journal);
        let journal = open(dir.path(), SMALL);
        let last = acknowledged.last().map_or(0, |receipt| receipt.last_position);
        assert!(journal.last_position() >= last, "call {calls}: {} of {last}", journal.last_position());
        let frames = journal.reader().verify().expect("all that is committed reads");
        assert_eq!(frames, journal.last_position());
        if failure.is_none() && !out_of_calls {
            assert!(calls > 30, "there were only {calls} calls to fail");
            return;
        }
    }
}

/// What a commit costs is known: one write and one sync for each of the two files.
#[test]
fn a_small_batch_costs_two_writes_and_two_syncs() {
    let dir = temp();
    let mut journal = create(dir.path(), Bounds::default());
    fault::CALLS_LEFT.set(Some(100));
    batch(&mut journal, "note", &[b"one", b"two", b"three"]);
    assert_eq!(fault::CALLS_LEFT.take(), Some(96));
}

/// A batch that spills and rolls, and every second one is dropped.
fn try_batch(journal: &mut Journal, number: u8) -> crate::error::Result<Option<Receipt>> {
    let mut batch = journal.begin("loader", 0, "note")?;
    for _ in 0..5 {
        batch.append(Kind::RecordPut, &[number; 120])?;
    }
    if number % 2 == 1 { Ok(None) } else { batch.commit().map(Some) }
}

/// One step of a random history.
#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Vec<u8>>),
    Drop(Vec<Vec<u8>>),
    Crash(Vec<Vec<u8>>),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let payloads = || prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..8);
    let step = prop_oneof![
        4 => payloads().prop_map(Step::Commit),
        1 => payloads().prop_map(Step::Drop),
        1 => payloads().prop_map(Step::Crash),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is committed, dropped, lost in a crash and opened again: the journal holds the committed payloads in order.
    #[test]
    fn the_journal_is_the_list_of_what_was_committed(steps in steps()) {
        let dir = temp();
        let mut journal = create(dir.path(), SMALL);
        let mut expected: Vec<Vec<u8>> = Vec::new();
        for step in steps {
            match step {
                Step::Commit(added) => {
                    batch(&mut journal, "note", &added.iter().map(Vec::as_slice).collect::<Vec<_>>());
                    expected.extend(added);
                }
                Step::Drop(added) | Step::Crash(added) if added.is_empty() => {}
                Step::Drop(added) => append_all(&mut journal, &added, false),
                Step::Crash(added) => {
                    append_all(&mut journal, &added, true);
                    drop(journal);
                    journal = open(dir.path(), SMALL);
                }
                Step::Reopen => {
                    drop(journal);
                    journal = open(dir.path(), SMALL);
                }
            }
        }
        prop_assert_eq!(payloads(&journal), expected);
        drop(journal);
        let (reader, _) = Reader::open(dir.path()).expect("it opens");
        prop_assert!(reader.verify().is_ok());
    }
}

fn append_all(journal: &mut Journal, payloads: &[Vec<u8>], crash: bool) {
    let mut batch = journal.begin("loader", 0, "").expect("a batch begins");
    for payload in payloads {
        batch.append(Kind::RecordPut, payload).expect("a frame is appended");
    }
    if crash {
        batch.journal_stops_here();
    }
}
