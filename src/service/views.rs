//! The views of an open store: what is read of it, and how it follows the journal.
//!
//! The view (sled) follows with every batch. The search index follows when it is told to: a commit of it costs a sync, so that single writes
//! gather people to be indexed.

use crate::error::{Error, ErrorClass, Result};
use crate::golden::{GoldenProfile, Survivorship, build};
use crate::model::Model;
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, Field, RecordKey};
use crate::search::{ProfileDocument, SearchIndex};
use crate::service::entry::{self, SURVIVORSHIP_ROW};
use crate::service::judgement::Judgements;
use crate::service::locks::lock;
use crate::service::model_choice::Active;
use crate::service::review::ReviewRow;
use crate::service::suppression::Suppression;
use crate::store::{Changes, PersonRow, PersonState, RecordRow, Store};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

/// View and index of an open store.
pub struct Views {
    pub(super) dir: PathBuf,
    pub(super) store: Store,
    pub(super) index: SearchIndex,
    pub(super) notes: Vec<String>,
    /// Up to where the view follows the journal.
    position: AtomicU64,
    /// People whom the index has not as they are.
    unindexed: Mutex<BTreeSet<OneId>>,
    /// Why the views are behind the journal, once they are.
    stale: OnceLock<String>,
}

/// People whose documents are made while the view is kept still.
const INDEX_PEOPLE_AT_ONCE: usize = 500;

impl Views {
    pub(super) fn new(dir: &Path, store: Store, index: SearchIndex, notes: Vec<String>) -> Self {
        let (position, unindexed, stale) = (AtomicU64::new(0), Mutex::default(), OnceLock::new());
        Views { dir: dir.to_owned(), store, index, notes, position, unindexed, stale }
    }

    /// The same with an index that is made once the old one is closed; it is empty as yet.
    pub(super) fn with_fresh_index(self, make: impl FnOnce() -> Result<SearchIndex>) -> Result<Self> {
        let Views { dir, store, index, notes, position, unindexed, stale } = self;
        index.close()?;
        Ok(Views { dir, store, index: make()?, notes, position, unindexed, stale })
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

    /// The journal position that the view reflects: the journal's last, unless it could not follow a write.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    pub(super) fn set_position(&self, position: u64) {
        self.position.store(position, Ordering::Release);
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

    /// What is not to come back.
    pub fn suppression(&self) -> Result<Suppression> {
        Suppression::of(self.store.suppressed())
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

    /// Follows a batch that was just committed, but for the index. After an error nothing more is followed: the store must be opened anew.
    pub(super) fn follow(&self, changes: &Changes) -> Result<()> {
        self.check_stale()?;
        let followed = self.store.apply_lazily(changes);
        self.note_failure(followed)?;
        self.index_also(changes.put_people.iter().map(|(one_id, _)| *one_id));
        self.set_position(changes.position);
        Ok(())
    }

    /// Brings the index to the view.
    pub(super) fn follow_index(&self) -> Result<()> {
        self.follow_index_beside(&|| ())
    }

    /// The same while the view goes on: `still` keeps it as it is for as long as what it gives is held. What changes on the way is indexed again.
    pub(super) fn follow_index_beside<G>(&self, still: &dyn Fn() -> G) -> Result<()> {
        self.check_stale()?;
        let (people, position) = {
            let _still = still();
            (std::mem::take(&mut *lock(&self.unindexed)), self.position())
        };
        let people: Vec<OneId> = people.into_iter().collect();
        let (mut documents, mut gone) = (Vec::new(), Vec::new());
        for some in people.chunks(INDEX_PEOPLE_AT_ONCE) {
            let _still = still();
            let row = |one_id: &OneId| Some(self.store.person(one_id).transpose()?.map(|row| (*one_id, row)));
            let found = some.iter().filter_map(row).collect::<Result<Vec<_>>>().and_then(|people| self.documents(&people));
            let (some_documents, some_gone) = self.note_failure(found)?;
            documents.extend(some_documents);
            gone.extend(some_gone);
        }
        self.note_failure(self.index.apply(documents, &gone, position))
    }

    /// People whom the index has not as they are.
    pub(super) fn unindexed(&self) -> usize {
        lock(&self.unindexed).len()
    }

    /// These people are to be indexed too.
    pub(super) fn index_also(&self, people: impl IntoIterator<Item = OneId>) {
        lock(&self.unindexed).extend(people);
    }

    /// Makes the index anew: what it held may be of another journal, or ahead of this one.
    pub(super) fn rebuild_index(&self) -> Result<()> {
        let people: Vec<(OneId, PersonRow)> = self.store.people().collect::<Result<_>>()?;
        let (documents, _) = self.documents(&people)?;
        lock(&self.unindexed).clear();
        self.index.replace_all(documents, self.position())
    }

    pub(super) fn note_failure<T>(&self, result: Result<T>) -> Result<T> {
        if let Err(error) = &result {
            // The first failure is the cause of others.
            let _ = self.stale.set(error.to_string());
        }
        result
    }

    pub(super) fn check_stale(&self) -> Result<()> {
        let Some(cause) = self.stale.get() else { return Ok(()) };
        let message = format!("the view is behind the journal since it could not follow a batch ({cause}); open the store anew");
        Err(Error::new(ErrorClass::Io, message))
    }

    /// What the index is to hold of people, and who goes. Nobody is left out: a person who cannot be read is an error.
    fn documents(&self, people: &[(OneId, PersonRow)]) -> Result<(Vec<ProfileDocument>, Vec<OneId>)> {
        let survivorship = self.survivorship()?;
        let (mut documents, mut gone) = (Vec::new(), Vec::new());
        for (one_id, person) in people {
            match &person.state {
                PersonState::Retired { .. } | PersonState::Erased => gone.push(*one_id),
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

fn canonical_name(profile: &GoldenProfile) -> Option<String> {
    let family = profile.value(Field::FamilyName)?.text.as_str();
    let given = profile.value(Field::GivenName)?.text.as_str();
    Some(if crate::normalize::text::has_han(family) { format!("{family}{given}") } else { format!("{given} {family}") })
}
