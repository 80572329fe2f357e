//! An open store: journal, sled view and search index, brought to one position.
//!
//! 1. The journal is opened first; its lock keeps every other process out.
//! 2. The view is opened; one that is missing, damaged or another store's is removed and rebuilt from the journal.
//! 3. What the journal has beyond the view's position is applied; the index follows the view.
//! 4. A batch is written to the journal and synced, then applied to the view, then to the index.
//!
//! Always: a batch is acknowledged only after its commit is on the disk; the views never run ahead of the journal.

use crate::error::{Error, ErrorClass, Result};
use crate::golden::{Survivorship, build};
use crate::journal::{Journal, Kind, Reader};
use crate::model::Model;
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, Field, RecordKey};
use crate::search::{self, ProfileDocument, SearchIndex};
use crate::service::entry::{self, Entry, SURVIVORSHIP_ROW};
use crate::service::judgement::Judgements;
use crate::service::made::Made;
use crate::service::model_choice::Active;
use crate::service::review::ReviewRow;
use crate::store::{self, Changes, PersonRow, PersonState, RecordRow, Store};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// An open store.
pub struct Keep {
    dir: PathBuf,
    store: Store,
    index: SearchIndex,
    /// What this process made for a store in which nothing is committed yet. It goes after the views and before the journal, whose
    /// lock keeps others out meanwhile: fields are dropped in this order.
    made: Option<Made>,
    journal: Journal,
    notes: Vec<String>,
    /// Up to where view and index follow the journal.
    position: u64,
    /// Why the view is behind the journal, once it is.
    stale: Option<String>,
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

    fn with_journal(dir: &Path, journal: Journal, made: Option<Made>) -> Result<Keep> {
        let mut notes: Vec<String> = journal
            .torn_tails()
            .iter()
            .map(|tail| {
                format!("{}: {} bytes of an unfinished batch from offset {} on are ignored", tail.file.display(), tail.bytes, tail.offset)
            })
            .collect();
        let store = open_view(&dir.join("store"), &journal, &mut notes)?;
        let index = open_index(&dir.join("search"), journal.store_id(), &mut notes)?;
        let mut keep = Keep { dir: dir.to_owned(), store, index, made, journal, notes, position: 0, stale: None };
        keep.catch_up()?;
        Ok(keep)
    }

    /// Where the store is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What was found and mended while opening.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The view.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The search index.
    pub fn index(&self) -> &SearchIndex {
        &self.index
    }

    /// The store's own random name.
    pub fn store_id(&self) -> &[u8; 16] {
        self.journal.store_id()
    }

    /// The journal position that view and index reflect: the journal's last, unless they could not follow a write.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The active model, if there is one.
    pub fn active_model(&self) -> Result<Option<Model>> {
        let Some(id) = self.store.active_snapshot()? else { return Ok(None) };
        let name = String::from_utf8_lossy(&id).to_string();
        let json =
            self.store.snapshot(&id)?.ok_or_else(|| Error::corrupt(format!("model snapshot {name} is active but not in the store")))?;
        let model: Model =
            serde_json::from_slice(&json).map_err(|cause| Error::corrupt(format!("model snapshot {name} cannot be read: {cause}")))?;
        match model.fault() {
            None => Ok(Some(model)),
            Some(fault) => Err(Error::bad_data(format!("the store's model snapshot {name} cannot be used: {fault}"))),
        }
    }

    /// The active model and whether it stays.
    pub(super) fn active(&self) -> Result<Option<Active>> {
        let Some(model) = self.active_model()? else { return Ok(None) };
        Active::new(model, self.store.provisional()?).map(Some)
    }

    /// What stewards said.
    pub fn judgements(&self) -> Result<Judgements> {
        let mut judgements = Judgements::default();
        for row in self.store.judgements() {
            judgements.put(entry::decode(&row?.1)?);
        }
        Ok(judgements)
    }

    /// Review items by id, those that are no longer open too.
    pub fn reviews(&self) -> Result<BTreeMap<CompactString, ReviewRow>> {
        let row = |row: Result<(Vec<u8>, Vec<u8>)>| {
            let row: ReviewRow = entry::decode(&row?.1)?;
            Ok((row.id.clone(), row))
        };
        self.store.reviews().map(row).collect()
    }

    /// Records that were deleted for good, with the version up to which.
    pub fn tombstones(&self) -> Result<FxHashMap<RecordKey, i64>> {
        self.store.tombstones().collect()
    }

    /// What is committed in the journal now.
    pub fn reader(&self) -> Reader {
        self.journal.reader()
    }

    /// The survivorship settings.
    pub fn survivorship(&self) -> Result<Survivorship> {
        match self.store.mapping(SURVIVORSHIP_ROW)? {
            Some(json) => {
                serde_json::from_slice(&json).map_err(|cause| Error::corrupt(format!("the survivorship settings cannot be read: {cause}")))
            }
            None => Ok(Survivorship::default()),
        }
    }

    /// Writes a batch: durable when this returns, and then in the view and the index too. A row that the view could not hold is
    /// [`ErrorClass::BadData`], and nothing is written. An error whose text says that the batch is durable leaves the view behind the
    /// journal; from then on nothing more is written, and opening the store anew catches up.
    pub fn write(&mut self, actor: &str, time: i64, note: &str, entries: Vec<Entry>) -> Result<u64> {
        self.check_stale()?;
        entries.iter().try_for_each(|entry| entry.check(&self.store))?;
        // Other survivorship may change what is indexed of anybody.
        let all_anew = entries.iter().any(|entry| matches!(entry, Entry::Settings(_)));
        let first = self.journal.last_position() + 1;
        let mut changes = Changes::default();
        let mut batch = self.journal.begin(actor, time, note)?;
        for entry in entries {
            let (kind, payload) = entry.encode()?;
            let position = batch.append(kind, &payload)?;
            entry.add_to(&mut changes, &self.store, first, position)?;
        }
        // A commit that fails may have happened all the same.
        if let Some(mut made) = self.made.take() {
            made.keep();
        }
        let position = batch.commit()?.last_position;
        changes.position = position;
        if let Err(cause) = self.follow(&changes, all_anew) {
            let message = format!(
                "the batch is written and durable up to position {position}, but the view could not follow ({cause}); do not write it \
                 again: open the store anew, which finishes it from the journal"
            );
            self.stale = Some(cause.to_string());
            return Err(Error::new(cause.class(), message));
        }
        self.position = position;
        Ok(position)
    }

    /// Brings view and index to a batch that was just committed; the index to everything where `all_anew`.
    fn follow(&self, changes: &Changes, all_anew: bool) -> Result<()> {
        self.store.apply(changes)?;
        if all_anew {
            return self.rebuild_index();
        }
        let (documents, gone) = self.documents(&changes.put_people)?;
        self.index.apply(documents, &gone, changes.position)
    }

    fn check_stale(&self) -> Result<()> {
        let Some(cause) = &self.stale else { return Ok(()) };
        let message = format!("the view is behind the journal since it could not follow a batch ({cause}); open the store anew");
        Err(Error::new(ErrorClass::Io, message))
    }

    /// All rows of records and people, compared with each other: every member of a present person has a row that names the person,
    /// and every row is a member's. A view in which they differ has lost rows: it is removed and rebuilt from the journal, with a note.
    pub fn checked_rows(&mut self) -> Result<Rows> {
        self.check_stale()?;
        let cause = match self.sound_rows()? {
            Ok(rows) => return Ok(rows),
            Err(fault) => fault,
        };
        let rebuilt = self.rebuild_view(&cause);
        if let Err(error) = &rebuilt {
            self.stale = Some(error.to_string());
        }
        rebuilt?;
        self.sound_rows()?
            .map_err(|fault| Error::corrupt(format!("the view as rebuilt from the journal is still wrong: {fault}; restore a backup")))
    }

    /// The rows, or what is wrong with them.
    fn sound_rows(&self) -> Result<std::result::Result<Rows, String>> {
        let rows = self.store.records().collect::<Result<Vec<_>>>();
        let rows = rows.and_then(|records| Ok(Rows { records, people: self.store.people().collect::<Result<_>>()? }));
        match rows {
            Err(error) if error.class() == ErrorClass::Corrupt => Ok(Err(error.to_string())),
            Err(error) => Err(error),
            Ok(rows) => Ok(match rows.fault() {
                Some(fault) => Err(fault),
                None => Ok(rows),
            }),
        }
    }

    fn rebuild_view(&mut self, cause: &str) -> Result<()> {
        self.notes.push(format!("the view was damaged ({cause}); it was rebuilt from the journal"));
        self.store.recreate()?;
        if let Some(error) = self.replay()? {
            return Err(error);
        }
        self.rebuild_index()
    }

    /// Applies what the journal has beyond the view, then brings the index to the view.
    fn catch_up(&mut self) -> Result<()> {
        let applied = self.store.applied_position()?;
        if applied > self.journal.last_position() {
            let message = format!(
                "the view is at position {applied}, the journal ends at {}: journal files are missing; restore a backup",
                self.journal.last_position()
            );
            return Err(Error::corrupt(message));
        }
        match self.replay()? {
            Some(error) if applied > 0 && error.class() == ErrorClass::Corrupt => self.rebuild_view(&error.to_string())?,
            Some(error) => return Err(error),
            None if self.index.applied_position() != self.journal.last_position() => self.rebuild_index()?,
            None => {}
        }
        self.position = self.journal.last_position();
        Ok(())
    }

    /// Applies what the journal has beyond the view. An error is the journal's; what the view itself refuses is given back.
    fn replay(&self) -> Result<Option<Error>> {
        let applied = self.store.applied_position()?;
        let mut changes = Changes::default();
        let mut first = applied + 1;
        for entry in self.journal.entries(applied + 1) {
            let (frame, payload) = entry?;
            if frame.kind == Kind::BatchBegin {
                first = frame.position;
            }
            let mut followed = Ok(());
            if let Some(entry) = Entry::decode(frame.kind, &payload)? {
                followed = entry.add_to(&mut changes, &self.store, first, frame.position);
            }
            if frame.kind == Kind::BatchCommit {
                changes.position = frame.position;
                followed = self.store.apply(&std::mem::take(&mut changes));
            }
            if let Err(error) = followed {
                return Ok(Some(error));
            }
        }
        Ok(None)
    }

    /// Makes the index anew: what it held may be of another journal, or ahead of this one.
    fn rebuild_index(&self) -> Result<()> {
        let people: Vec<(OneId, PersonRow)> = self.store.people().collect::<Result<_>>()?;
        let (documents, _) = self.documents(&people)?;
        self.index.replace_all(documents, self.journal.last_position())
    }

    /// What the index is to hold of people, and who goes. Nobody is left out: a person who cannot be read is an error.
    fn documents(&self, people: &[(OneId, PersonRow)]) -> Result<(Vec<ProfileDocument>, Vec<OneId>)> {
        let survivorship = self.survivorship()?;
        let (mut documents, mut gone) = (Vec::new(), Vec::new());
        for (one_id, person) in people {
            match &person.state {
                PersonState::Retired { .. } => gone.push(*one_id),
                PersonState::Live { members } => documents.push(self.document(*one_id, members, &survivorship)?),
            }
        }
        Ok((documents, gone))
    }

    fn document(&self, one_id: OneId, members: &[RecordKey], survivorship: &Survivorship) -> Result<ProfileDocument> {
        let rows = self.rows(members)?;
        let records: Vec<&CanonicalRecord> = rows.iter().map(|row| &row.canonical).collect();
        let profile = build(one_id, &records, survivorship);
        let texts = |field: Field| -> Vec<String> {
            let value = profile.value(field).into_iter();
            value
                .flat_map(|value| std::iter::once(value.text.to_string()).chain(value.others.iter().map(|other| other.text.to_string())))
                .collect()
        };
        let mut document = ProfileDocument::new(one_id);
        document.names = texts(Field::DisplayName);
        document.names.extend(canonical_name(&profile));
        document.nicknames = texts(Field::Nickname);
        document.phones = texts(Field::Phone);
        document.emails = texts(Field::Email);
        document.city = profile.value(Field::City).map(|city| city.text.to_string());
        document.address = profile.value(Field::DisplayAddress).map(|address| address.text.to_string());
        Ok(document)
    }

    /// The rows of records that the view must hold.
    pub fn rows(&self, keys: &[RecordKey]) -> Result<Vec<RecordRow>> {
        let row =
            |key: &RecordKey| self.store.record(key)?.ok_or_else(|| Error::corrupt(format!("record {key} is missing from the store")));
        keys.iter().map(row).collect()
    }
}

fn canonical_name(profile: &crate::golden::GoldenProfile) -> Option<String> {
    let family = profile.value(Field::FamilyName)?.text.as_str();
    let given = profile.value(Field::GivenName)?.text.as_str();
    Some(if crate::normalize::text::has_han(family) { format!("{family}{given}") } else { format!("{given} {family}") })
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
