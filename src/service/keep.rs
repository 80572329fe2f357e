//! An open store: journal, sled view and search index, brought to one position.
//!
//! 1. The journal is opened first; its lock keeps every other process out.
//! 2. The view is opened; one that is missing, damaged or another store's is removed and rebuilt from the journal.
//! 3. What the journal has beyond the view's position is applied; the index follows the view.
//! 4. A batch is written to the journal and synced, then applied to the view, then to the index.
//!
//! Always: a batch is acknowledged only after its commit is on the disk; the views never run ahead of the journal.

use crate::error::{Error, ErrorClass, Result};
use crate::journal::{Journal, Kind, Reader};
use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::search::{self, SearchIndex};
use crate::service::entry::Entry;
use crate::service::erase;
use crate::service::made::Made;
use crate::service::upkeep::{Compacted, MANIFEST};
use crate::service::views::Views;
use crate::store::{self, Changes, PersonRow, PersonState, RecordRow, Store};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use std::path::Path;

/// An open store.
pub struct Keep {
    views: Views,
    /// What this process made for a store in which nothing is committed yet. It goes after the views and before the journal, whose
    /// lock keeps others out meanwhile: fields are dropped in this order.
    made: Option<Made>,
    journal: Journal,
}

/// All records and people of a store.
#[derive(Debug)]
pub struct Rows {
    /// Live records, rising by key.
    pub records: Vec<RecordRow>,
    /// People, present and retired.
    pub people: FxHashMap<OneId, PersonRow>,
}

impl Rows {
    /// What is wrong between people and records, if anything.
    fn fault(&self) -> Option<String> {
        let mut holders: FxHashMap<&RecordKey, OneId> = FxHashMap::default();
        for (one_id, person) in &self.people {
            let PersonState::Live { members } = &person.state else { continue };
            for key in members {
                if let Some(other) = holders.insert(key, *one_id) {
                    return Some(format!("record {key} is a member of both {other} and {one_id}"));
                }
            }
        }
        for row in &self.records {
            let key = &row.canonical.key;
            match holders.remove(key) {
                Some(one_id) if one_id == row.one_id => {}
                Some(one_id) => return Some(format!("record {key} names {}, but is a member of {one_id}", row.one_id)),
                None => return Some(format!("record {key} names {}, which does not hold it", row.one_id)),
            }
        }
        holders.iter().next().map(|(key, one_id)| format!("record {key} of {one_id} is missing from the store"))
    }
}

impl Keep {
    /// Opens the store in `dir`, which must exist.
    pub fn open(dir: &Path) -> Result<Keep> {
        if !dir.join("journal").is_dir() {
            refuse_lost_journal(dir)?;
            return Err(Error::not_found(format!(
                "{} holds no store; oneid merge --store {} INPUT... makes one",
                dir.display(),
                dir.display()
            )));
        }
        Self::with_journal(dir, Journal::open(dir)?, None)
    }

    /// Opens the store in `dir`, made when missing. What is made is removed again when the store is closed and nothing was
    /// committed in it. Views without their journal are refused as [`ErrorClass::Corrupt`].
    pub fn open_or_create(dir: &Path) -> Result<Keep> {
        if dir.join("journal").exists() {
            return Self::with_journal(dir, Journal::open(dir)?, None);
        }
        refuse_lost_journal(dir)?;
        refuse_other_files(dir)?;
        let made = Made::folder(dir)?;
        let journal = Journal::create(dir)?;
        Self::with_journal(dir, journal, Some(made.with_journal()))
    }

    fn with_journal(dir: &Path, mut journal: Journal, made: Option<Made>) -> Result<Keep> {
        if dir.join(MANIFEST).exists() {
            let message = format!("{} is a backup, which stays as it is; oneid restore makes a store of it", dir.display());
            return Err(Error::usage(message));
        }
        let mut notes: Vec<String> = journal
            .torn_tails()
            .iter()
            .map(|tail| {
                format!("{}: {} bytes of an unfinished batch from offset {} on are ignored", tail.file.display(), tail.bytes, tail.offset)
            })
            .collect();
        if journal.has_unfinished_erasure() {
            notes.push("an erasure that was stopped was finished; view and index were built anew from the journal".to_string());
            erase::finish(dir, &mut journal)?;
        }
        let store = open_view(&dir.join("store"), &journal, &mut notes)?;
        let index = open_index(&dir.join("search"), journal.store_id(), &mut notes)?;
        let mut keep = Keep { views: Views::new(dir, store, index, notes), made, journal };
        keep.catch_up()?;
        Ok(keep)
    }

    /// What is read of it.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Parts an open store, so that one thread writes while others read. Nothing may be written by the journal that the views do not follow.
    pub fn into_parts(self) -> (Views, Journal) {
        (self.views, self.journal)
    }

    /// The parts, to write by itself.
    #[cfg(test)]
    pub(super) fn parts(&mut self) -> (&Views, &mut Journal) {
        (&self.views, &mut self.journal)
    }

    /// The store's own random name.
    pub fn store_id(&self) -> &[u8; 16] {
        self.journal.store_id()
    }

    /// What is committed in the journal now.
    pub fn reader(&self) -> Reader {
        self.journal.reader()
    }

    /// Writes a batch: durable when this returns, and then in the view and the index too. A row that the view could not hold is
    /// [`ErrorClass::BadData`], and nothing is written. An error whose text says that the batch is durable leaves the view behind the
    /// journal; from then on nothing more is written, and opening the store anew catches up.
    pub fn write(&mut self, actor: &str, time: i64, note: &str, entries: Vec<Entry>) -> Result<u64> {
        let entries = entries.into_iter().map(|entry| (CompactString::from(actor), entry)).collect();
        self.write_as(actor, time, note, entries)
    }

    /// The same where each entry has its actor.
    pub fn write_as(&mut self, actor: &str, time: i64, note: &str, entries: Vec<(CompactString, Entry)>) -> Result<u64> {
        self.views.check_stale()?;
        entries.iter().try_for_each(|(_, entry)| entry.check(&self.views.store))?;
        // Other survivorship may change what is indexed of anybody.
        let all_anew = entries.iter().any(|(_, entry)| matches!(entry, Entry::Settings(_)));
        // A commit that fails may have happened all the same.
        if let Some(mut made) = self.made.take() {
            made.keep();
        }
        let durable = Durable::commit(&mut self.journal, actor, time, note, entries)?;
        let position = durable.last_position;
        let before = self.views.position();
        if let Err(cause) = durable.changes(&self.views.store).and_then(|changes| self.follow(&changes, all_anew)) {
            let message = format!(
                "the batch is written and durable up to position {position}, but the view could not follow ({cause}); do not write it \
                 again: open the store anew, which finishes it from the journal"
            );
            self.views.set_position(before);
            return self.views.note_failure(Err(Error::new(cause.class(), message)));
        }
        Ok(position)
    }

    /// Brings view and index to a batch that was just committed; the index to everything where `all_anew`.
    fn follow(&mut self, changes: &Changes, all_anew: bool) -> Result<()> {
        self.views.follow(changes)?;
        self.views.store.flush()?;
        if all_anew { self.views.rebuild_index() } else { self.views.follow_index() }
    }

    /// All rows of records and people, compared with each other: every member of a present person has a row that names the person,
    /// and every row is a member's. A view in which they differ has lost rows: it is removed and rebuilt from the journal, with a note.
    pub fn checked_rows(&mut self) -> Result<Rows> {
        self.views.check_stale()?;
        let cause = match self.sound_rows()? {
            Ok(rows) => return Ok(rows),
            Err(fault) => fault,
        };
        let rebuilt = self.rebuild_view(&cause);
        self.views.note_failure(rebuilt)?;
        self.sound_rows()?
            .map_err(|fault| Error::corrupt(format!("the view as rebuilt from the journal is still wrong: {fault}; restore a backup")))
    }

    /// The rows, or what is wrong with them.
    fn sound_rows(&self) -> Result<std::result::Result<Rows, String>> {
        let store = &self.views.store;
        let rows = store.records().collect::<Result<Vec<_>>>();
        let rows = rows.and_then(|records| Ok(Rows { records, people: store.people().collect::<Result<_>>()? }));
        match rows {
            Err(error) if error.class() == ErrorClass::Corrupt => Ok(Err(error.to_string())),
            Err(error) => Err(error),
            Ok(rows) => Ok(match rows.fault() {
                Some(fault) => Err(fault),
                None => Ok(rows),
            }),
        }
    }

    /// Rewrites view and index without what is gone.
    pub fn compact(mut self) -> Result<Compacted> {
        let of_index = |dir: &Path| bytes_under(&dir.join("search"));
        let indexed = of_index(self.views.dir());
        let (before, after) = self.views.store.compact()?;
        let dir = self.views.dir().join("search");
        let store_id = *self.journal.store_id();
        // The index is a view of the view: a fresh one holds nothing that is gone.
        let Keep { views, made, journal } = self;
        let views = views.with_fresh_index(|| {
            search::remove(&dir)?;
            let index = SearchIndex::create(&dir)?;
            index.bind(&store_id)?;
            Ok(index)
        })?;
        let keep = Keep { views, made, journal };
        keep.views.rebuild_index()?;
        Ok(Compacted { bytes_before: before + indexed, bytes_after: after + of_index(keep.views.dir()) })
    }

    fn rebuild_view(&mut self, cause: &str) -> Result<()> {
        self.views.notes.push(format!("the view was damaged ({cause}); it was rebuilt from the journal"));
        self.views.store.recreate()?;
        if let Some(error) = replay(&self.journal, &self.views.store)? {
            return Err(error);
        }
        self.views.set_position(self.journal.last_position());
        self.views.rebuild_index()
    }

    /// Applies what the journal has beyond the view, then brings the index to the view.
    fn catch_up(&mut self) -> Result<()> {
        let (applied, last) = (self.views.store.applied_position()?, self.journal.last_position());
        if applied > last {
            let message =
                format!("the view is at position {applied}, the journal ends at {last}: journal files are missing; restore a backup");
            return Err(Error::corrupt(message));
        }
        match replay(&self.journal, &self.views.store)? {
            Some(error) if applied > 0 && error.class() == ErrorClass::Corrupt => return self.rebuild_view(&error.to_string()),
            Some(error) => return Err(error),
            None => self.views.set_position(last),
        }
        self.catch_up_index()
    }

    /// Indexes those of whom the journal tells beyond the index.
    fn catch_up_index(&mut self) -> Result<()> {
        let (indexed, last) = (self.views.index.applied_position(), self.journal.last_position());
        if indexed == last {
            return Ok(());
        }
        if indexed == 0 || indexed > last {
            return self.views.rebuild_index();
        }
        for entry in self.journal.entries(indexed + 1) {
            let (frame, payload) = entry?;
            match frame.kind {
                Kind::Assignment => {
                    if let Some(Entry::Assignment(assignment)) = Entry::decode(frame.kind, &payload)? {
                        self.views.index_also(assignment.people.iter().map(|told| told.one_id));
                    }
                }
                Kind::Settings => return self.views.rebuild_index(),
                _ => {}
            }
        }
        self.views.follow_index()
    }
}

/// Applies what the journal has beyond the view. An error is the journal's; what the view itself refuses is given back.
pub(super) fn replay(journal: &Journal, store: &Store) -> Result<Option<Error>> {
    let applied = store.applied_position()?;
    let mut changes = Changes::default();
    let mut first = applied + 1;
    for entry in journal.entries(applied + 1) {
        let (frame, payload) = entry?;
        if frame.kind == Kind::BatchBegin {
            first = frame.position;
        }
        let mut followed = Ok(());
        if let Some(entry) = Entry::decode(frame.kind, &payload)? {
            followed = entry.add_to(&mut changes, store, first, frame.position);
        }
        if frame.kind == Kind::BatchCommit {
            changes.position = frame.position;
            followed = store.apply_lazily(&std::mem::take(&mut changes));
        }
        if let Err(error) = followed {
            return Ok(Some(error));
        }
    }
    // Once for all: what a crash takes of it is replayed again.
    store.flush()?;
    Ok(None)
}

/// A batch that is in the journal and not yet in the view.
#[derive(Debug)]
pub(super) struct Durable {
    /// Entries with the positions of their frames.
    entries: Vec<(Entry, u64)>,
    first_position: u64,
    pub(super) last_position: u64,
}

impl Durable {
    /// Writes entries, each with its actor, as one batch: durable when this returns.
    pub(super) fn commit(
        journal: &mut Journal,
        actor: &str,
        time: i64,
        note: &str,
        entries: Vec<(CompactString, Entry)>,
    ) -> Result<Durable> {
        let mut batch = journal.begin(actor, time, note)?;
        let mut written = Vec::with_capacity(entries.len());
        for (actor, entry) in entries {
            let (kind, payload) = entry.encode()?;
            let position = batch.append_as(&actor, kind, &payload)?;
            written.push((entry, position));
        }
        let receipt = batch.commit()?;
        Ok(Durable { entries: written, first_position: receipt.first_position, last_position: receipt.last_position })
    }

    #[cfg(test)]
    pub(super) fn first_position(&self) -> u64 {
        self.first_position
    }

    /// What it changes in a view that stands before it.
    pub(super) fn changes(self, store: &Store) -> Result<Changes> {
        let mut changes = Changes { position: self.last_position, ..Changes::default() };
        for (entry, position) in self.entries {
            entry.add_to(&mut changes, store, self.first_position, position)?;
        }
        Ok(changes)
    }
}

/// Bytes of all files under a folder.
fn bytes_under(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.metadata().map_or(0, |data| if data.is_dir() { bytes_under(&entry.path()) } else { data.len() })).sum()
}

/// A store begun anew over views of a journal that is gone would show what nobody can account for.
fn refuse_lost_journal(dir: &Path) -> Result<()> {
    match ["store", "search"].into_iter().find(|view| dir.join(view).exists()) {
        None => Ok(()),
        Some(view) => {
            let message = format!(
                "there is {view}/, but no journal/: where this is a store its journal was lost, and the journal is the truth that {view}/ \
                 only shows; restore journal/ from a backup, or name an empty folder"
            );
            Err(Error::corrupt(message).at(dir.display()))
        }
    }
}

/// A new store takes an empty folder: among other files nobody would see what is the store's.
fn refuse_other_files(dir: &Path) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Ok(()) };
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().to_string()));
    // A kill while the store was made leaves its lock and a journal that never was one.
    match names.filter(|name| name != "LOCK" && name != "journal.tmp").min() {
        None => Ok(()),
        Some(name) => {
            let message = format!("{} is no store and not empty (it holds {name}); name an empty folder, or one to be made", dir.display());
            Err(Error::usage(message))
        }
    }
}

fn open_view(dir: &Path, journal: &Journal, notes: &mut Vec<String>) -> Result<Store> {
    let opened = Store::open(dir).and_then(|store| store.bind(journal.store_id()).map(|()| store));
    let damaged = |store: &Store| store.applied_position().is_ok_and(|applied| applied == 0) && journal.last_position() > 0;
    match opened {
        Ok(store) => {
            if damaged(&store) {
                notes.push("the view was missing; it was rebuilt from the journal".to_string());
            }
            Ok(store)
        }
        Err(error) if error.class() == ErrorClass::Corrupt => {
            notes.push(format!("the view was damaged ({error}); it was rebuilt from the journal"));
            store::remove(dir)?;
            let store = Store::open(dir)?;
            store.bind(journal.store_id())?;
            Ok(store)
        }
        Err(error) => Err(error),
    }
}

fn open_index(dir: &Path, store_id: &[u8; 16], notes: &mut Vec<String>) -> Result<SearchIndex> {
    let fault = if dir.exists() {
        match SearchIndex::open(dir) {
            Ok(index) if index.belongs_to(store_id)? => return Ok(index),
            Ok(_) => Some("it is not this store's".to_string()),
            Err(error) if matches!(error.class(), ErrorClass::Corrupt | ErrorClass::NotFound) => Some(error.to_string()),
            Err(error) => return Err(error),
        }
    } else {
        None
    };
    if let Some(fault) = fault {
        notes.push(format!("the search index was damaged ({fault}); it was rebuilt"));
        search::remove(dir)?;
    }
    let index = SearchIndex::create(dir)?;
    index.bind(store_id)?;
    Ok(index)
}
