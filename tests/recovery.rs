//! What an open store does when its views are damaged, gone, foreign or ahead: they come back from the journal, and nobody is lost.
#![cfg(feature = "full")]

mod program;

use oneid::one_id::OneId;
use oneid::record::RecordKey;
use oneid::search::{ProfileDocument, SearchIndex};
use oneid::service::entry::{Assignment, Entry, PersonTold};
use oneid::service::keep::Keep;
use oneid::store::{Changes, PersonState};
use program::{done, oneid};
use std::path::{Path, PathBuf};

const PEOPLE: &str =
    "id,name,birth_date,phone\n1,王芳,1981-02-03,13912340001\n2,王芳,1981-02-03,13912340001\n3,李强,1977-09-09,13912340002\n";

/// A store of three records under `name` in a new folder.
fn store_in(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("crm.csv"), PEOPLE).expect("written");
    std::fs::create_dir_all(folder.path().join(name)).expect("a folder");
    let kept = folder.path().join(name).join("kept");
    done(folder.path(), &["merge", "crm.csv", "--store", &kept.display().to_string()]);
    (folder, kept)
}

fn open(kept: &Path) -> Keep {
    Keep::open(kept).expect("the store opens")
}

fn people(keep: &Keep) -> Vec<OneId> {
    let live =
        keep.views().store().people().map(|row| row.expect("a person")).filter(|(_, row)| matches!(row.state, PersonState::Live { .. }));
    let mut people: Vec<OneId> = live.map(|(one_id, _)| one_id).collect();
    people.sort();
    people
}

fn found(keep: &Keep, query: &str) -> usize {
    keep.views().index().search(query, 10, 0).expect("a search").total
}

/// The class of the refusal was once read from its text, which names the path.
#[test]
fn a_damaged_view_heals_whatever_its_folder_is_called() {
    let (_folder, kept) = store_in("newer");
    let before = people(&open(&kept));
    std::fs::write(kept.join("store/conf"), [0xff; 40]).expect("written");
    let keep = open(&kept);
    assert_eq!(people(&keep), before);
    assert!(keep.views().notes().iter().any(|note| note.contains("rebuilt from the journal")), "{:?}", keep.views().notes());
}

/// Documents were once left out and the position moved on, so that their people were never found again.
#[test]
fn an_index_is_not_moved_on_without_all_its_people() {
    let (_folder, kept) = store_in("a");
    let keep = open(&kept);
    let row = keep.views().store().record(&RecordKey::new("crm", "3")).expect("read").expect("there");
    let changes = Changes { position: keep.views().position(), delete_records: vec![RecordKey::new("crm", "3")], ..Changes::default() };
    keep.views().store().apply(&changes).expect("applied");
    drop(keep);
    std::fs::remove_dir_all(kept.join("search")).expect("removed");
    assert!(Keep::open(&kept).is_err(), "a person cannot be read");
    let store = oneid::store::Store::open(&kept.join("store")).expect("opens");
    let position = store.applied_position().expect("a position");
    store.apply(&Changes { position, put_records: vec![row], ..Changes::default() }).expect("applied");
    drop(store);
    assert_eq!(found(&open(&kept), "李强"), 1);
}

#[test]
fn an_index_that_is_ahead_foreign_empty_or_partial_is_made_anew() {
    let (_folder, kept) = store_in("a");
    let search = kept.join("search");
    let mut ghost = ProfileDocument::new(OneId::from_bytes([7; 10]));
    ghost.names.push("慕容雪".into());
    let position = open(&kept).views().position();
    let ahead = SearchIndex::open(&search).expect("opens");
    ahead.apply([ghost.clone()], &[], position + 100).expect("applied");
    drop(ahead);
    check_index(&kept, "ahead");

    std::fs::remove_dir_all(&search).expect("removed");
    let foreign = SearchIndex::create(&search).expect("made");
    foreign.bind(&[9; 16]).expect("bound");
    foreign.apply([ghost], &[], position).expect("applied");
    drop(foreign);
    check_index(&kept, "foreign");

    std::fs::remove_dir_all(&search).expect("removed");
    std::fs::create_dir(&search).expect("made");
    check_index(&kept, "empty");

    std::fs::remove_file(search.join("meta.json")).expect("removed");
    check_index(&kept, "partial");
}

fn check_index(kept: &Path, what: &str) {
    let keep = open(kept);
    assert_eq!((found(&keep, "慕容雪"), found(&keep, "李强"), found(&keep, "王芳")), (0, 1, 1), "{what}");
    assert_eq!(keep.views().index().applied_position(), keep.views().position(), "{what}");
}

#[test]
fn a_write_that_the_views_cannot_follow_is_durable_and_the_last() {
    let (_folder, kept) = store_in("a");
    let mut keep = open(&kept);
    let before = keep.views().position();
    let person = people(&keep)[0];
    let row = keep.views().store().person(&person).expect("read").expect("there");
    let entry = Entry::Assignment(Assignment { moved: Vec::new(), people: vec![PersonTold { one_id: person, row, happened: Vec::new() }] });
    std::fs::remove_dir_all(kept.join("search")).expect("removed");
    let error = keep.write("test", 0, "", vec![entry.clone()]).expect_err("the index is gone").to_string();
    assert!(error.contains("durable") && error.contains("open the store anew"), "{error}");
    assert_eq!(keep.views().position(), before, "what the views reflect");
    let error = keep.write("test", 0, "", vec![entry]).expect_err("nothing more is written").to_string();
    assert!(error.contains("behind the journal"), "{error}");
    drop(keep);
    let keep = open(&kept);
    assert_eq!((keep.views().position(), found(&keep, "李强")), (before + 3, 1));
}

#[test]
fn a_row_that_sled_lost_comes_back_from_the_journal() {
    let (folder, kept) = store_in("a");
    let mut keep = open(&kept);
    let key = RecordKey::new("crm", "3");
    let (before, row) = (people(&keep), keep.views().store().record(&key).expect("read"));
    assert!(row.is_some());
    keep.checked_rows().expect("all is well");
    assert!(keep.views().notes().is_empty(), "{:?}", keep.views().notes());
    let position = keep.views().position();
    keep.views().store().apply(&Changes { position, delete_records: vec![key.clone()], ..Changes::default() }).expect("applied");
    keep.checked_rows().expect("rebuilt");
    assert_eq!((keep.views().store().record(&key).expect("read"), people(&keep)), (row, before));
    assert!(keep.views().notes()[0].contains("crm/3") && keep.views().notes()[0].contains("rebuilt"), "{:?}", keep.views().notes());
    assert_eq!((keep.views().position(), found(&keep, "李强")), (position, 1));
    drop(keep);
    assert_eq!(oneid(folder.path(), &["get", "--store", "a/kept", "crm/3"]).code, 0);
}

/// A row over the view's bound was once refused when the journal had it already, and the store did not open any more.
#[test]
fn a_row_that_cannot_be_kept_is_refused_by_name_before_anything_is_written() {
    let (_folder, kept) = store_in("a");
    let mut keep = open(&kept);
    let row = keep.views().store().record(&RecordKey::new("crm", "3")).expect("read").expect("there");
    let (position, length) =
        (keep.views().position(), |name: &str| std::fs::metadata(kept.join("journal").join(name)).expect("there").len());
    let before = (length("frames-00000001.log"), length("payload-00000001.log"));
    let note = "x".repeat(oneid::store::ROW_BYTES_MAX);
    let large = oneid::store::RecordRow { source_values: vec![("note".into(), note.into())], ..row.clone() };
    let error = keep.write("test", 0, "", vec![Entry::RecordPut(vec![row.clone(), large])]).expect_err("too large").to_string();
    assert!(error.contains("record crm/3 cannot be kept") && error.contains("nothing was written"), "{error}");
    assert_eq!((length("frames-00000001.log"), length("payload-00000001.log")), before);
    let error = keep.write("test", 0, "", vec![Entry::Mapping(b"m".to_vec(), vec![0; oneid::store::ROW_BYTES_MAX + 1])]);
    assert!(error.expect_err("too large").to_string().contains("mapping"));
    assert_eq!(keep.write("test", 0, "", vec![Entry::RecordPut(vec![row])]).expect("the store goes on"), position + 3);
}
