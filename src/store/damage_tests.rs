//! What the store promises when its rows or files are damaged or of another version: refused in plain words, or empty, never wrong.

use super::tests::{changes, contents, key, open, record, temp};
use super::*;
use crate::error::{Error, ErrorClass};
use std::fs;
use std::path::Path;

#[test]
fn another_layout_version_is_refused_with_both_numbers() {
    let dir = temp();
    let store = open(&dir);
    let (older, newer) = (FORMAT_VERSION - 1, FORMAT_VERSION + 1);
    store.trees[0].insert("format", &newer.to_le_bytes()).expect("sled writes");
    drop(store);
    let error = Store::open(dir.path()).err().expect("the view is refused");
    assert_eq!(error.class(), ErrorClass::Newer, "{error}");
    let told = |found: u32| format!("layout {found}, this program reads layout {FORMAT_VERSION}; remove the view");
    assert!(error.to_string().contains("newer") && error.to_string().contains(&told(newer)), "{error}");
    let db = sled::open(dir.path()).expect("sled opens");
    db.open_tree("meta").expect("sled opens the tree").insert("format", &older.to_le_bytes()).expect("sled writes");
    drop(db);
    assert!(refusal(dir.path()).to_string().contains(&told(older)), "an older view is rebuilt");
    let db = sled::open(dir.path()).expect("sled opens");
    let meta = db.open_tree("meta").expect("sled opens the tree");
    meta.remove("format").expect("sled writes");
    meta.insert("applied", &1u64.to_le_bytes()).expect("sled writes");
    drop((meta, db));
    assert!(refusal(dir.path()).to_string().contains("no layout version"));
}

fn refusal(dir: &Path) -> Error {
    let error = Store::open(dir).err().expect("the view is refused");
    assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
    error
}

#[test]
fn a_damaged_row_is_refused_by_tree_and_key_and_never_read_wrong() {
    let dir = temp();
    let store = open(&dir);
    store.apply(&changes(1)).expect("changes are applied");
    let expected: Vec<RecordRow> = store.records().collect::<Result<_, _>>().expect("the scan reads");
    for entry in store.trees[1].iter().collect::<Result<Vec<_>, _>>().expect("sled reads") {
        for at in (0..entry.1.len()).step_by(97).chain(0..8) {
            let mut bytes = entry.1.to_vec();
            bytes[at] ^= 1 << (at % 8);
            store.trees[1].insert(&entry.0, bytes).expect("sled writes");
            for row in &expected {
                match store.record(&row.canonical.key) {
                    Ok(found) => assert_eq!(found.as_ref(), Some(row)),
                    Err(error) => assert!(error.class() == ErrorClass::Corrupt && error.to_string().contains("of records"), "{error}"),
                }
            }
            assert!(store.records().any(|row| row.is_err()), "{:?} at {at}", entry.0);
        }
        store.trees[1].insert(&entry.0, &entry.1).expect("sled writes");
    }
    assert_eq!(store.records().collect::<Result<Vec<_>, _>>().expect("the scan reads"), expected);
}

#[test]
fn a_newer_row_is_refused_in_plain_words() {
    let dir = temp();
    let store = open(&dir);
    store.apply(&Changes { position: 1, put_records: vec![record(1, "")], ..Changes::default() }).expect("changes are applied");
    let (name, mut bytes) =
        store.trees[1].first().expect("sled reads").map(|(name, bytes)| (name, bytes.to_vec())).expect("there is a row");
    bytes[0] = 2;
    store.trees[1].insert(name, bytes).expect("sled writes");
    let error = store.record(&key(1)).expect_err("the row is refused").to_string();
    assert!(error.contains("codec version 2, this program reads up to 1") && error.contains("row crm\\x00c1 of records"), "{error}");
}

/// Does harm to the files of a view.
type Damage = fn(&Path);

/// sled's files are written over, cut and removed: the view opens and is right, opens empty (and is caught up from position 0), or
/// is refused so that the service removes it; it never takes the process down.
#[test]
fn a_damaged_directory_is_refused_or_empty_and_can_be_removed() {
    let damages: [(&str, Damage); 5] = [
        ("configuration written over", |dir| fs::write(dir.join("conf"), [0xff; 40]).expect("it can be written")),
        ("data written over", |dir| {
            let length = fs::metadata(dir.join("db")).expect("it is there").len();
            fs::write(dir.join("db"), vec![0xa5; length as usize]).expect("it can be written");
        }),
        ("data cut", |dir| {
            fs::OpenOptions::new().write(true).open(dir.join("db")).and_then(|file| file.set_len(1000)).expect("it can be cut")
        }),
        ("data gone", |dir| fs::remove_file(dir.join("db")).expect("it can be removed")),
        ("a snapshot half-made", |dir| fs::write(dir.join("snap.0000000000000ABC.generating"), b"half").expect("it can be written")),
    ];
    for (what, damage) in damages {
        let dir = temp();
        let store = open(&dir);
        store.apply(&changes(8)).expect("changes are applied");
        let expected = contents(&store);
        drop(store);
        damage(dir.path());
        match Store::open(dir.path()) {
            Ok(store) if store.applied_position().expect("it reads") == 8 => assert_eq!(contents(&store), expected, "{what}"),
            Ok(store) => assert_eq!((store.applied_position().ok(), store.records().count()), (Some(0), 0), "{what}"),
            Err(error) => assert_eq!(error.class(), ErrorClass::Corrupt, "{what}: {error}"),
        }
        remove(dir.path()).expect("it can be removed");
        remove(dir.path()).expect("removing nothing is fine");
        let store = open(&dir);
        store.apply(&changes(8)).expect("it is rebuilt");
        assert_eq!(contents(&store), expected, "{what}");
    }
}
