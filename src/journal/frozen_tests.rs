//! Format 2 is frozen: the fixture opens, says what its listing says, and is what today's program writes.

use super::tests::{SMALL, batch, create, files, listing, temp};
use super::*;
use std::fs;
use std::path::Path;

/// The fixture's journal: every way a frame can look, over several segments.
fn fixture_journal(store: &Path) -> Journal {
    let mut journal = create(store, SMALL);
    let mut first = journal.begin("setup", 1_700_000_000_000_000, "a store is born").expect("a batch begins");
    first.append(Kind::Settings, b"[merge]\n").expect("a frame is appended");
    first.append(Kind::Mapping, "客户,姓名".as_bytes()).expect("a frame is appended");
    first.append(Kind::ModelSnapshot, &[b'm'; 600]).expect("a frame is appended");
    first.commit().expect("the batch is committed");
    let mut second = journal.begin("", -1, "").expect("a batch begins");
    for kind in Kind::ALL[..16].iter().filter(|kind| !matches!(kind, Kind::BatchBegin | Kind::BatchCommit | Kind::Erasure)) {
        second.append(*kind, kind.name().as_bytes()).expect("a frame is appended");
    }
    second.append(Kind::RecordPut, b"").expect("a frame is appended");
    second.commit().expect("the batch is committed");
    let mut third = journal.begin("loader", 3, "").expect("a batch begins");
    third.append_as("loader", Kind::RecordPut, &["a row", "another", "", "客户"]).expect("a frame is appended");
    let rows = third.append_as("other", Kind::Assignment, &["whose", "of whom"]).expect("a frame is appended");
    third.commit().expect("the batch is committed");
    batch(&mut journal, "the last", &[b"one", b"two"]);
    let mut erasure = journal.begin("kim", 4, "").expect("a batch begins");
    let parts = [(rows - 1, 0), (rows - 1, 2), (rows, 1)];
    let payload = erasure_payload(b"an order".to_vec(), &parts, &[((rows, 1), b"of one".to_vec())]);
    erasure.append_as("kim", Kind::Erasure, &payload).expect("a frame is appended");
    erasure.commit().expect("the batch is committed");
    assert_eq!(journal.finish_erasures().expect("it is erased"), 3);
    journal
}

/// A journal written by format 2 must stay readable, and today's program must still write the same bytes: who changes the format
/// raises its version, keeps this fixture and adds another.
#[test]
fn format_2_is_frozen() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/journal_v2");
    let dir = temp();
    drop(fixture_journal(dir.path()));
    if std::env::var_os("ONEID_WRITE_FIXTURES").is_some() {
        write_fixture(&fixture, dir.path());
    }
    let (reader, torn) = Reader::open(&fixture).expect("the fixture opens");
    assert!(torn.is_empty());
    let expected = fs::read_to_string(fixture.join("listing.txt")).expect("the listing reads");
    assert_eq!(listing(&reader).expect("the fixture reads"), expected);
    assert_eq!(files(&fixture), files(dir.path()));
    for (name, _) in files(dir.path()) {
        let read = |store: &Path| fs::read(store.join("journal").join(&name)).expect("the file reads");
        assert_eq!(read(&fixture), read(dir.path()), "{name}");
    }
}

fn write_fixture(fixture: &Path, store: &Path) {
    let (reader, _) = Reader::open(store).expect("it opens");
    fs::create_dir_all(fixture.join("journal")).expect("a directory can be made");
    fs::write(fixture.join("listing.txt"), listing(&reader).expect("it reads")).expect("a file can be written");
    for (name, _) in files(store) {
        fs::copy(store.join("journal").join(&name), fixture.join("journal").join(&name)).expect("a file can be copied");
    }
}

/// A journal of format 1 is refused, with what to do, and nothing of it is changed.
#[test]
fn format_1_is_refused() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/journal_v1");
    let refused = Reader::open(&fixture).err().expect("it is refused").to_string();
    assert!(refused.contains("older version") && refused.contains("it has format 1"), "{refused}");
    let dir = temp();
    fs::create_dir(dir.path().join("journal")).expect("a directory can be made");
    for (name, _) in files(&fixture) {
        fs::copy(fixture.join("journal").join(&name), dir.path().join("journal").join(&name)).expect("a file can be copied");
    }
    assert!(Journal::open(dir.path()).is_err());
    for (name, _) in files(&fixture) {
        let read = |store: &Path| fs::read(store.join("journal").join(&name)).expect("the file reads");
        assert_eq!(read(&fixture), read(dir.path()), "{name}");
    }
}
