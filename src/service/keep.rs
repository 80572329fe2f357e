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
use crate::journal::{Journal, Kind};
use crate::limits::KEEP_FRAME_RECORDS_MAX;
use crate::model::Model;
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, Field};
use crate::search::{self, ProfileDocument, SearchIndex};
use crate::service::entry::{Entry, SURVIVORSHIP_ROW};
use crate::store::{self, Changes, PersonRow, PersonState, RecordRow, Store};
use std::path::{Path, PathBuf};

/// An open store.
pub struct Keep {
    journal: Journal,
    store: Store,
    index: SearchIndex,
    notes: Vec<String>,
}

impl Keep {
    /// Opens the store in `dir`, which must exist.
    pub fn open(dir: &Path) -> Result<Keep> {
        if !dir.join("journal").is_dir() {
            return Err(Error::not_found(format!(
                "{} holds no store; oneid merge --store {} INPUT... makes one",
                dir.display(),
                dir.display()
            )));
        }
        Self::with_journal(dir, Journal::open(dir)?)
    }

    /// Opens the store in `dir`, made when missing.
    pub fn open_or_create(dir: &Path) -> Result<Keep> {
        std::fs::create_dir_all(dir).map_err(|cause| Error::io(format!("cannot make {}", dir.display()), &cause))?;
        Self::with_journal(dir, Journal::open_or_create(dir)?)
    }

    fn with_journal(dir: &Path, journal: Journal) -> Result<Keep> {
        let mut notes: Vec<String> = journal
            .torn_tails()
            .iter()
            .map(|tail| {
                format!("{}: {} bytes of an unfinished batch from offset {} on are ignored", tail.file.display(), tail.bytes, tail.offset)
            })
            .collect();
        let store = open_view(&dir.join("store"), &journal, &mut notes)?;
        let index = open_index(dir.join("search"), &mut notes)?;
        let mut keep = Keep { journal, store, index, notes };
        keep.catch_up()?;
        Ok(keep)
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

    /// The journal position that the view reflects.
    pub fn position(&self) -> u64 {
        self.journal.last_position()
    }

    /// The active model, if there is one.
    pub fn active_model(&self) -> Result<Option<Model>> {
        let Some(id) = self.store.active_snapshot()? else { return Ok(None) };
        let name = String::from_utf8_lossy(&id).to_string();
        let json =
            self.store.snapshot(&id)?.ok_or_else(|| Error::corrupt(format!("model snapshot {name} is active but not in the store")))?;
        let model =
            serde_json::from_slice(&json).map_err(|cause| Error::corrupt(format!("model snapshot {name} cannot be read: {cause}")))?;
        Ok(Some(model))
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

    /// Writes a batch: durable when this returns, and then in the view and the index too.
    pub fn write(&mut self, actor: &str, time: i64, note: &str, entries: &[Entry]) -> Result<u64> {
        let first = self.position() + 1;
        let mut batch = self.journal.begin(actor, time, note)?;
        for entry in entries {
            let (kind, payload) = entry.encode()?;
            batch.append(kind, &payload)?;
        }
        let position = batch.commit()?.last_position;
        let mut changes = Changes { position, ..Changes::default() };
        for entry in entries {
            entry.clone().add_to(&mut changes, &self.store, first)?;
        }
        self.store.apply(&changes)?;
        self.index_people(&changes.put_people, position)?;
        Ok(position)
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
        let mut changes = Changes::default();
        let mut first = applied + 1;
        for entry in self.journal.entries(applied + 1) {
            let (frame, payload) = entry?;
            if frame.kind == Kind::BatchBegin {
                first = frame.position;
            }
            if let Some(entry) = Entry::decode(frame.kind, &payload)? {
                entry.add_to(&mut changes, &self.store, first)?;
            }
            if frame.kind == Kind::BatchCommit {
                changes.position = frame.position;
                self.store.apply(&changes)?;
                changes = Changes::default();
            }
        }
        if self.index.applied_position() != self.journal.last_position() {
            self.rebuild_index()?;
        }
        Ok(())
    }

    fn rebuild_index(&mut self) -> Result<()> {
        let people: Vec<(OneId, PersonRow)> = self.store.people().collect::<Result<_>>()?;
        self.index_people(&people, self.journal.last_position())
    }

    fn index_people(&self, people: &[(OneId, PersonRow)], position: u64) -> Result<()> {
        let survivorship = self.survivorship()?;
        let mut failed = None;
        let documents = people.iter().filter_map(|(one_id, person)| match &person.state {
            PersonState::Retired { .. } => None,
            PersonState::Live { members } => match self.document(*one_id, members, &survivorship) {
                Ok(document) => Some(document),
                Err(error) => {
                    failed.get_or_insert(error);
                    None
                }
            },
        });
        let gone: Vec<OneId> =
            people.iter().filter(|(_, person)| matches!(person.state, PersonState::Retired { .. })).map(|(one_id, _)| *one_id).collect();
        self.index.apply(documents.collect::<Vec<_>>(), &gone, position)?;
        failed.map_or(Ok(()), Err)
    }

    fn document(&self, one_id: OneId, members: &[crate::record::RecordKey], survivorship: &Survivorship) -> Result<ProfileDocument> {
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
    pub fn rows(&self, keys: &[crate::record::RecordKey]) -> Result<Vec<RecordRow>> {
        let row = |key: &crate::record::RecordKey| {
            self.store.record(key)?.ok_or_else(|| Error::corrupt(format!("record {key} is missing from the store")))
        };
        keys.iter().map(row).collect()
    }
}

fn canonical_name(profile: &crate::golden::GoldenProfile) -> Option<String> {
    let family = profile.value(Field::FamilyName)?.text.as_str();
    let given = profile.value(Field::GivenName)?.text.as_str();
    Some(if crate::normalize::text::has_han(family) { format!("{family}{given}") } else { format!("{given} {family}") })
}

/// Splits rows into entries of a bounded number.
pub fn record_puts(rows: Vec<RecordRow>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        entries.push(Entry::RecordPut(rows.by_ref().take(KEEP_FRAME_RECORDS_MAX).collect()));
    }
    entries
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
        Err(error) if error.class() == ErrorClass::Corrupt && !error.to_string().contains("newer") => {
            notes.push(format!("the view was damaged ({error}); it was rebuilt from the journal"));
            store::remove(dir)?;
            let store = Store::open(dir)?;
            store.bind(journal.store_id())?;
            Ok(store)
        }
        Err(error) => Err(error),
    }
}

fn open_index(dir: PathBuf, notes: &mut Vec<String>) -> Result<SearchIndex> {
    if !dir.is_dir() {
        return SearchIndex::create(&dir);
    }
    match SearchIndex::open(&dir) {
        Err(error) if error.class() == ErrorClass::Corrupt => {
            notes.push(format!("the search index was damaged ({error}); it was rebuilt"));
            search::remove(&dir)?;
            SearchIndex::create(&dir)
        }
        opened => opened,
    }
}
