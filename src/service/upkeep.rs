//! Looking after a store: is it whole, give space back, copy it, bring a copy back.

use crate::error::{Error, ErrorClass, Result};
use crate::journal::{Journal, Reader};
use crate::one_id::OneId;
use crate::search::{self, SearchIndex};
use crate::service::erase::{Erased, erase_again};
use crate::service::keep::{Keep, replay};
use crate::service::suppression::SuppressionList;
use crate::store::{self, PersonState, Store};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Faults of one kind that are told one by one; it is enough to see what they are.
const FAULTS_SHOWN: usize = 20;

/// What was found on a store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Frames of the journal, each read with its payload and checked.
    pub frames: u64,
    /// The journal's last position.
    pub position: u64,
    /// The journal's digest: equal for equal journals only.
    pub digest: String,
    /// Bytes behind the last commit, which a crash left; they count for nothing.
    pub torn_bytes: u64,
    /// Entries of the view's trees that were compared with a view built from the journal.
    pub entries: u64,
    /// Present people whom the index was asked for.
    pub people: u64,
    /// What is wrong with view and index, the first faults of each kind.
    pub faults: Vec<String>,
    /// Whether what was wrong was built anew.
    pub repaired: bool,
}

/// Reads all of a store and compares journal, view and index. Damage of the journal is an error; with `repair` views that are wrong are built anew.
pub fn verify(dir: &Path, repair: bool) -> Result<Verified> {
    let journal = Journal::open(dir)?;
    let reader = journal.reader();
    let mut verified = Verified {
        frames: reader.verify()?,
        position: journal.last_position(),
        digest: journal.digest(),
        torn_bytes: journal.torn_tails().iter().map(|tail| tail.bytes).sum(),
        ..Verified::default()
    };
    if journal.has_unfinished_erasure() {
        verified.faults.push("an erasure was stopped before all was gone; opening the store finishes it".to_string());
    }
    // A store that is made anew from the journal is what the view should be.
    let scratch = dir.join("verify.tmp");
    store::remove(&scratch)?;
    let found = compare(dir, &journal, &scratch, &mut verified);
    store::remove(&scratch)?;
    found?;
    if repair && !verified.faults.is_empty() {
        store::remove(&dir.join("store"))?;
        search::remove(&dir.join("search"))?;
        drop((reader, journal));
        drop(Keep::open(dir)?);
        verified.repaired = true;
    }
    Ok(verified)
}

fn compare(dir: &Path, journal: &Journal, scratch: &Path, verified: &mut Verified) -> Result<()> {
    let expected = Store::open(scratch)?;
    if let Some(error) = replay(journal, &expected)? {
        return Err(error);
    }
    verified.entries = expected.entries().iter().map(|(_, entries)| entries).sum();
    let view = if dir.join("store").is_dir() { Store::open(&dir.join("store")) } else { Err(Error::not_found("it is missing")) };
    match view {
        Err(error) if matches!(error.class(), ErrorClass::Corrupt | ErrorClass::NotFound) => verified.faults.push(format!("view: {error}")),
        Err(error) => return Err(error),
        Ok(view) => match compare_view(&view, journal, &expected) {
            Ok(faults) => verified.faults.extend(faults.into_iter().map(|fault| format!("view: {fault}"))),
            Err(error) if error.class() == ErrorClass::Corrupt => verified.faults.push(format!("view: {error}")),
            Err(error) => return Err(error),
        },
    }
    compare_index(&dir.join("search"), journal, &expected, verified)
}

/// What of a view is not as expected.
fn compare_view(view: &Store, journal: &Journal, expected: &Store) -> Result<Vec<String>> {
    if view.store_id()?.is_some_and(|id| id != *journal.store_id()) {
        return Ok(vec!["it is another store's".to_string()]);
    }
    let applied = view.applied_position()?;
    if applied > journal.last_position() {
        return Ok(vec![format!("it is at position {applied}, the journal ends at {}", journal.last_position())]);
    }
    // One that is behind since the last process was ended is no fault: any opening brings it here.
    if let Some(fault) = replay(journal, view)? {
        return Ok(vec![fault.to_string()]);
    }
    view.differences(expected, FAULTS_SHOWN)
}

fn compare_index(dir: &Path, journal: &Journal, expected: &Store, verified: &mut Verified) -> Result<()> {
    let index = match SearchIndex::open(dir).and_then(|index| index.verify().map(|()| index)) {
        Err(error) if matches!(error.class(), ErrorClass::Corrupt | ErrorClass::NotFound) => {
            verified.faults.push(format!("search index: {error}"));
            return Ok(());
        }
        opened => opened?,
    };
    let position = index.applied_position();
    if !index.belongs_to(journal.store_id())? || position > journal.last_position() {
        verified.faults.push(format!("search index: it is another store's, or at position {position} of {}", journal.last_position()));
        return Ok(());
    }
    // The same of an index that is behind.
    if position < journal.last_position() {
        return Ok(());
    }
    let mut faults = 0;
    for person in expected.people() {
        let (one_id, person): (OneId, _) = person?;
        let is_present = matches!(person.state, PersonState::Live { .. });
        verified.people += u64::from(is_present);
        let held = index.count_of(&one_id)?;
        if held != usize::from(is_present) && faults < FAULTS_SHOWN {
            verified.faults.push(format!("search index: it holds {held} profiles of {one_id}"));
            faults += 1;
        }
    }
    if index.len() != verified.people {
        verified.faults.push(format!("search index: it holds {} profiles of {} people", index.len(), verified.people));
    }
    Ok(())
}

/// Bytes on the disk before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Before.
    pub bytes_before: u64,
    /// After.
    pub bytes_after: u64,
}

/// Rewrites view and index of a store without what is gone.
pub fn compact(dir: &Path) -> Result<Compacted> {
    Keep::open(dir)?.compact()
}

/// What a copy says of itself, in `backup.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// The form of the copy, 1.
    pub format: u32,
    /// The store's id, in hexadecimal.
    pub store_id: String,
    /// The journal's last position.
    pub position: u64,
    /// The journal's digest.
    pub digest: String,
    /// When it was made, microseconds since 1970.
    pub time: i64,
    /// Bytes of the journal.
    pub bytes: u64,
}

/// The file that describes a copy.
pub(super) const MANIFEST: &str = "backup.json";

/// Copies the journal of a store, which may be in use by another process, into `to`, which is made; view and index are built from it again.
/// The copy is read from start to end before it counts.
pub fn backup(dir: &Path, to: &Path, now: i64) -> Result<Backup> {
    if !dir.join("journal").is_dir() {
        return Err(Error::not_found(format!("{} holds no store", dir.display())));
    }
    refuse_filled(to)?;
    let within = to.ancestors().skip(1).find(|folder| folder.join("journal").is_dir());
    if let Some(store) = within {
        return Err(Error::usage(format!("{} lies within the store {}; name a folder elsewhere", to.display(), store.display())));
    }
    let (reader, _) = Reader::open(dir)?;
    std::fs::create_dir_all(to).map_err(|cause| Error::io(to.display(), &cause))?;
    let bytes = reader.copy_to(to)?;
    let backup = Backup {
        format: 1,
        store_id: hexadecimal(reader.store_id()),
        position: reader.last_position(),
        digest: hexadecimal(&reader.last_hash()),
        time: now,
        bytes,
    };
    check_copy(to, &backup)?;
    let json = serde_json::to_vec_pretty(&backup).map_err(|cause| Error::internal(cause.to_string()))?;
    let path = to.join(MANIFEST);
    std::fs::write(&path, json).and_then(|()| std::fs::File::open(&path)?.sync_all()).map_err(|cause| Error::io(path.display(), &cause))?;
    Ok(backup)
}

/// Makes a store of a copy in `dir`, which must be empty or missing; its digest is the copy's. Records that `erased` names are erased again then,
/// which is told.
pub fn restore(from: &Path, dir: &Path, erased: Option<&SuppressionList>, actor: &str, now: i64) -> Result<(Backup, Option<Erased>)> {
    let path = from.join(MANIFEST);
    let json = std::fs::read(&path).map_err(|cause| Error::io(format!("{} is no backup, {MANIFEST}", from.display()), &cause))?;
    let backup: Backup =
        serde_json::from_slice(&json).map_err(|cause| Error::corrupt(format!("it cannot be read: {cause}")).at(path.display()))?;
    if backup.format != 1 {
        return Err(
            Error::newer(format!("the backup has form {}, this program reads form 1; use a newer oneid", backup.format)).at(path.display())
        );
    }
    refuse_filled(dir)?;
    check_copy(from, &backup)?;
    let listed = erased.map(|list| list.suppression(Reader::open(from)?.0.store_id())).transpose()?;
    std::fs::create_dir_all(dir).map_err(|cause| Error::io(dir.display(), &cause))?;
    Reader::open(from)?.0.copy_to(dir)?;
    let keep = Keep::open(dir)?;
    let digest = hexadecimal(&keep.reader().last_hash());
    if digest != backup.digest {
        return Err(Error::corrupt(format!("the store has digest {digest}, the backup {}", backup.digest)).at(dir.display()));
    }
    drop(keep);
    let erased = listed.map(|listed| erase_again(dir, &listed, actor, now)).transpose()?.flatten();
    Ok((backup, erased))
}

/// Reads a copy from start to end and compares it with what it should be.
fn check_copy(dir: &Path, backup: &Backup) -> Result<()> {
    let (reader, torn) = Reader::open(dir)?;
    reader.verify()?;
    if hexadecimal(&reader.last_hash()) != backup.digest || reader.last_position() != backup.position || !torn.is_empty() {
        let message =
            format!("the copy is at position {}, not the {} of its description; make a new one", reader.last_position(), backup.position);
        return Err(Error::corrupt(message).at(dir.display()));
    }
    Ok(())
}

/// Writes the list of a store's erased records to a file; gives how many it names.
pub fn write_suppression_list(dir: &Path, to: &Path) -> Result<u64> {
    let keep = Keep::open(dir)?;
    let list = keep.views().suppression()?.list(keep.store_id(), keep.views().position());
    let json = serde_json::to_vec_pretty(&list).map_err(|cause| Error::internal(cause.to_string()))?;
    std::fs::write(to, json).map_err(|cause| Error::io(to.display(), &cause))?;
    Ok(list.hashes.len() as u64)
}

fn refuse_filled(dir: &Path) -> Result<()> {
    let first = std::fs::read_dir(dir).ok().and_then(|mut entries| entries.next());
    match first {
        Some(_) => Err(Error::usage(format!("{} is not empty; name an empty folder, or one to be made", dir.display()))),
        None => Ok(()),
    }
}

/// Bytes in hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
