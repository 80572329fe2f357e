//! Questions to an open store: who is it, what is known, why.
//!
//! Holders of identifiers are indexed in memory when the store is opened; everything else is read as asked.

use crate::comparison::{Band, PreparedValue, is_somebodys};
use crate::error::{Error, ErrorClass, Result};
use crate::explain::{Explanation, explain, explain_groups};
use crate::features::{Event, Features, compute};
use crate::golden::{GoldenProfile, Survivorship, build};
use crate::journal::{Journal, Reader};
use crate::limits::{LOOKUP_PEOPLE_MAX, PEOPLE_NAMES_MAX};
use crate::link::{Assurance, Decision};
use crate::model::{MatchWeight, Model};
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};
use crate::schema::CallingCode;
use crate::service::holders::{Holders, canonical_forms};
use crate::service::judgement::{Judgements, identity};
use crate::service::keep::Keep;
use crate::service::load::Known;
use crate::service::locks::{lock, read, write};
use crate::service::mapping::numbered_sources;
use crate::service::roll::Roll;
use crate::service::upsert::Readings;
use crate::service::views::Views;
use crate::service::written::add_written;
use crate::service::{assurance, entry};
use crate::store::{Changes, PersonRow, PersonState, RecordRow};
use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};

/// What a person is looked up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// A value of an identifying field, as people write it.
    Value(Field, String),
    /// A record.
    Record(RecordKey),
}

/// A person who holds what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The person.
    pub one_id: OneId,
    /// How sure it is that the holding record is the person's.
    pub assurance: Assurance,
}

/// The answer to a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// One person holds it.
    Found(Candidate),
    /// Several present people hold it, best assured first.
    Ambiguous(Vec<Candidate>),
    /// Nobody holds it at the asked assurance; those who hold it at less.
    NotFound(Vec<Candidate>),
}

/// A One-ID's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileAnswer {
    /// A present person.
    Live(Box<LiveProfile>),
    /// A retired One-ID and where it redirects to, followed to the present.
    Retired(Vec<OneId>),
    /// The person was erased.
    Erased,
}

/// A present person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveProfile {
    /// The golden profile.
    pub profile: GoldenProfile,
    /// The journal position at which the One-ID was given.
    pub created_at: u64,
    /// One-IDs that were merged into this one.
    pub former: Vec<OneId>,
    /// How sure the least sure of the records is.
    pub assurance: Assurance,
    /// By record, aligned with the profile's records.
    pub record_assurances: Vec<Assurance>,
    /// By record, aligned with the profile's records: version and time of observation.
    pub record_versions: Vec<(i64, Option<i64>)>,
}

/// An explained pair and whether the two are one person now.
#[derive(Clone, Debug)]
pub struct PairAnswer {
    /// The waterfall.
    pub explanation: Explanation,
    /// Whose the first record is.
    pub one_id_a: OneId,
    /// Whose the second record is.
    pub one_id_b: OneId,
    /// What a link of the two would rest on.
    pub assurance: Assurance,
    /// The records over which the two are joined, both included; empty for two people.
    pub path: Vec<RecordKey>,
    /// What decided where the pair alone did not.
    pub groups: Option<GroupsAnswer>,
    /// Whether they are two people though pair and people agree: mostly since another person claims one of the records as well.
    pub kept_apart: bool,
}

/// Two groups of records, each taken as one record, which were joined or kept apart as wholes.
#[derive(Clone, Debug)]
pub struct GroupsAnswer {
    /// The waterfall of the two as wholes; `a` and `b` are their least keys.
    pub explanation: Explanation,
    /// Records of the first record's group, rising.
    pub members_a: Vec<RecordKey>,
    /// Records of the second record's group, rising.
    pub members_b: Vec<RecordKey>,
    /// The match weight from which the two are joined.
    pub needed: MatchWeight,
}

/// A person in a list of clusters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterSummary {
    /// The person.
    pub one_id: OneId,
    /// Records.
    pub records: usize,
    /// Sources they come from.
    pub sources: usize,
    /// The name as shown.
    pub display_name: String,
    /// Distinct canonical names.
    pub names: usize,
    /// Distinct valid certificates of the kind with most of them.
    pub certificates: usize,
    /// Distinct whole birth dates.
    pub birth_dates: usize,
}

/// One of the people that a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchHit {
    /// The person.
    pub one_id: OneId,
    /// How well the query fits; only the order has meaning.
    pub relevance: f64,
    /// What is known.
    pub profile: GoldenProfile,
}

/// A person, its founding record, all its records, and which of them hold what was asked for.
pub(super) type Holding = (OneId, RecordKey, Vec<RecordRow>, FxHashSet<RecordKey>);

/// An open store with its identifiers indexed.
pub struct Lookup {
    pub(super) views: Views,
    journal: Arc<Mutex<Journal>>,
    /// Held by readers for the time of an answer, and by the writer while the view goes from one batch to the next.
    gate: RwLock<()>,
    pub(super) holders: RwLock<Holders>,
    /// The countries of the sources' phone numbers that say none.
    phone_countries: RwLock<Vec<Option<CallingCode>>>,
    readings: RwLock<Arc<Readings>>,
    judgements: RwLock<Judgements>,
    /// By value of a banded field that was asked for.
    bands: Mutex<FxHashMap<(Field, CompactString), Band>>,
    survivorship: Survivorship,
    model: Option<Model>,
    /// Read when first asked for.
    pub(super) roll: Mutex<Option<Arc<Roll>>>,
    last_event: Mutex<Option<Option<i64>>>,
}

impl Lookup {
    /// Indexes the identifiers of an open store.
    pub fn new(keep: Keep) -> Result<Lookup> {
        let (views, journal) = keep.into_parts();
        let holders = Holders::all(&views)?;
        let survivorship = views.survivorship()?;
        let model = views.active_model()?;
        let phone_countries = RwLock::new(views.phone_countries()?);
        let readings = RwLock::new(Arc::new(Readings::of(&views)?));
        let judgements = RwLock::new(views.judgements()?);
        Ok(Lookup {
            views,
            journal: Arc::new(Mutex::new(journal)),
            gate: RwLock::default(),
            phone_countries,
            readings,
            judgements,
            holders: RwLock::new(holders),
            bands: Mutex::default(),
            survivorship,
            model,
            roll: Mutex::default(),
            last_event: Mutex::default(),
        })
    }

    /// Keeps what is read as it is until the guard is dropped: a batch is seen wholly or not at all.
    pub fn still(&self) -> RwLockReadGuard<'_, ()> {
        read(&self.gate)
    }

    /// What is read.
    pub(super) fn views(&self) -> &Views {
        &self.views
    }

    /// The journal, of which one thread at a time asks or writes.
    pub(super) fn journal(&self) -> Arc<Mutex<Journal>> {
        Arc::clone(&self.journal)
    }

    /// How the sources of the store are read.
    pub fn readings(&self) -> Arc<Readings> {
        Arc::clone(&read(&self.readings))
    }

    /// What is committed in the journal now.
    pub fn reader(&self) -> Reader {
        lock(&self.journal).reader()
    }

    /// Follows a batch that was just committed.
    pub(super) fn follow(&self, changes: &Changes) -> Result<()> {
        let _alone = write(&self.gate);
        // Readers hold judgements while they ask for holders, so that these go first.
        for (_, row) in &changes.put_judgements {
            write(&self.judgements).put(entry::decode(row)?);
        }
        let gone = changes.delete_records.iter().chain(changes.put_records.iter().map(|row| &row.canonical.key));
        let mut holders = write(&self.holders);
        for key in gone {
            if let Some(row) = self.views.store().record(key)? {
                holders.remove(&row.canonical);
            }
        }
        self.views.follow(changes)?;
        // The last of several puts is live.
        let live: FxHashMap<&RecordKey, &CanonicalRecord> =
            changes.put_records.iter().map(|row| (&row.canonical.key, &row.canonical)).collect();
        live.into_values().for_each(|record| holders.insert(record));
        if !changes.put_mappings.is_empty() {
            if numbered_sources(&self.views)? != holders.numbered {
                *holders = Holders::all(&self.views)?;
            }
            *write(&self.phone_countries) = self.views.phone_countries()?;
            *write(&self.readings) = Arc::new(Readings::of(&self.views)?);
        }
        lock(&self.bands).clear();
        *lock(&self.roll) = None;
        if !(changes.add_events.is_empty() && changes.delete_events.is_empty()) {
            *lock(&self.last_event) = None;
        }
        Ok(())
    }

    /// The journal position that answers reflect.
    pub fn position(&self) -> u64 {
        self.views.position()
    }

    /// Where the store is.
    pub fn dir(&self) -> &std::path::Path {
        self.views.dir()
    }

    /// What was found and mended while the store was opened.
    pub fn notes(&self) -> &[String] {
        self.views.notes()
    }

    /// Who holds an identifier, at a least assurance.
    pub fn resolve(&self, identifier: &Identifier, least: Assurance) -> Result<Resolution> {
        self.resolve_any(std::slice::from_ref(identifier), least)
    }

    /// Who holds any of several identifiers, at a least assurance.
    pub fn resolve_any(&self, identifiers: &[Identifier], least: Assurance) -> Result<Resolution> {
        let mut holding: BTreeMap<OneId, FxHashSet<RecordKey>> = BTreeMap::new();
        let holders = read(&self.holders);
        for identifier in identifiers {
            match identifier {
                Identifier::Record(key) => {
                    if let Some(row) = self.views.store().record(key)? {
                        holding.entry(row.one_id).or_default().insert(key.clone());
                    }
                }
                Identifier::Value(field, value) => {
                    let countries = read(&self.phone_countries);
                    for canonical in canonical_forms(*field, value, &countries)? {
                        let asked = (*field, canonical);
                        for key in holders.of(&asked) {
                            if let Some(row) = self.views.store().record(key)? {
                                holding.entry(row.one_id).or_default().insert(key.clone());
                            }
                        }
                    }
                }
            }
        }
        if holding.len() > LOOKUP_PEOPLE_MAX {
            return Ok(too_many(holding.into_keys()));
        }
        let mut people = Vec::new();
        for (one_id, keys) in holding {
            let person = self.person(one_id)?;
            people.push((one_id, person.founding.clone(), self.member_rows(&person)?, keys));
        }
        Ok(self.resolution(people, least, None))
    }

    /// What holding comes to, at a least assurance: people with their founding records, all records, and those that hold what was asked for.
    /// `judgements` are those of a past moment.
    pub(super) fn resolution(&self, people: Vec<Holding>, least: Assurance, judgements: Option<&Judgements>) -> Resolution {
        let mut candidates: Vec<Candidate> = Vec::new();
        for (one_id, founding, rows, keys) in people {
            let of_rows = self.assurances(&rows, &founding, judgements);
            let holds = |(row, assurance): (&RecordRow, Assurance)| keys.contains(&row.canonical.key).then_some(assurance);
            let assurance = rows.iter().zip(of_rows).filter_map(holds).max().unwrap_or(Assurance::Probable);
            candidates.push(Candidate { one_id, assurance });
        }
        candidates.sort_unstable_by(|a, b| b.assurance.cmp(&a.assurance).then(a.one_id.cmp(&b.one_id)));
        let (sure, unsure): (Vec<Candidate>, Vec<Candidate>) = candidates.into_iter().partition(|candidate| candidate.assurance >= least);
        match sure[..] {
            [] => Resolution::NotFound(unsure),
            [only] => Resolution::Found(only),
            _ => Resolution::Ambiguous(sure),
        }
    }

    /// What is known of a person; an unknown One-ID is an error.
    pub fn profile(&self, one_id: OneId) -> Result<ProfileAnswer> {
        let person = self.person(one_id)?;
        let members = match &person.state {
            PersonState::Live { members } => members,
            PersonState::Retired { .. } => return Ok(ProfileAnswer::Retired(self.present(one_id)?)),
            PersonState::Erased => return Ok(ProfileAnswer::Erased),
        };
        let rows = self.views.rows(members)?;
        self.live_profile(one_id, person, rows, None)
    }

    /// The profile of a present person with these records; `judgements` are those of a past moment.
    pub(super) fn live_profile(
        &self,
        one_id: OneId,
        person: PersonRow,
        mut rows: Vec<RecordRow>,
        judgements: Option<&Judgements>,
    ) -> Result<ProfileAnswer> {
        rows.sort_unstable_by(|a, b| a.canonical.key.cmp(&b.canonical.key));
        let profile = self.golden(one_id, &rows);
        let record_assurances = self.assurances(&rows, &person.founding, judgements);
        Ok(ProfileAnswer::Live(Box::new(LiveProfile {
            profile,
            created_at: person.created_at,
            former: person.former,
            assurance: record_assurances.iter().copied().min().unwrap_or(Assurance::Strong),
            record_assurances,
            record_versions: rows.iter().map(|row| (row.canonical.version, row.canonical.observed_at)).collect(),
        })))
    }

    /// Sources whose record ids people are looked up by.
    pub(super) fn numbered(&self) -> Vec<(Option<CompactString>, Field)> {
        read(&self.holders).numbered.clone()
    }

    /// The countries of the sources' phone numbers that say none.
    pub(super) fn phone_countries(&self) -> Vec<Option<CallingCode>> {
        read(&self.phone_countries).clone()
    }

    fn golden(&self, one_id: OneId, rows: &[RecordRow]) -> GoldenProfile {
        let records: Vec<&CanonicalRecord> = rows.iter().map(|row| &row.canonical).collect();
        let mut profile = build(one_id, &records, &self.survivorship);
        add_written(&mut profile, &rows.iter().map(|row| (&row.canonical.key, &row.source_values[..])).collect());
        profile
    }

    /// The present people that a retired One-ID has become.
    fn present(&self, one_id: OneId) -> Result<Vec<OneId>> {
        let mut present = Vec::new();
        let mut seen = vec![one_id];
        let mut next = 0;
        while next < seen.len() {
            match self.person(seen[next])?.state {
                PersonState::Live { .. } => present.push(seen[next]),
                PersonState::Erased => {}
                PersonState::Retired { successors } => {
                    seen.extend(successors.into_iter().filter(|one| !seen.contains(one)).collect::<Vec<_>>())
                }
            }
            next += 1;
        }
        Ok(present)
    }

    pub(super) fn person(&self, one_id: OneId) -> Result<PersonRow> {
        self.views.store().person(&one_id)?.ok_or_else(|| Error::not_found(format!("no person is or was called {one_id}")))
    }

    /// The rows of a person's records, rising by key; none for a retired One-ID.
    pub fn records(&self, one_id: OneId) -> Result<Vec<RecordRow>> {
        self.member_rows(&self.person(one_id)?)
    }

    fn member_rows(&self, person: &PersonRow) -> Result<Vec<RecordRow>> {
        match &person.state {
            PersonState::Live { members } => self.views.rows(members),
            PersonState::Retired { .. } | PersonState::Erased => Ok(Vec::new()),
        }
    }

    /// How sure it is that a record is its person's; none for a person's only record and for one that is not there.
    pub fn assurance_of(&self, key: &RecordKey) -> Result<Option<Assurance>> {
        let Some(row) = self.views.store().record(key)? else { return Ok(None) };
        let person = self.person(row.one_id)?;
        let rows = self.member_rows(&person)?;
        if rows.len() < 2 {
            return Ok(None);
        }
        let of_rows = self.assurances(&rows, &person.founding, None);
        Ok(rows.iter().zip(of_rows).find(|(row, _)| row.canonical.key == *key).map(|(_, assurance)| assurance))
    }

    /// A record.
    pub fn record(&self, key: &RecordKey) -> Result<RecordRow> {
        self.views.store().record(key)?.ok_or_else(|| Error::not_found(format!("there is no record {key}")))
    }

    /// People found by a query, best first, and how many there are.
    pub fn search(&self, query: &str, limit: usize, offset: usize) -> Result<(Vec<SearchHit>, u64)> {
        let found = self.views.index().search(query, limit, offset)?;
        let mut hits = Vec::new();
        for hit in &found.hits {
            // The index follows a little later: who was merged since then is found by whom they became.
            let rows = self.records(hit.one_id)?;
            if rows.is_empty() {
                continue;
            }
            hits.push(SearchHit { one_id: hit.one_id, relevance: f64::from(hit.relevance), profile: self.golden(hit.one_id, &rows) });
        }
        Ok((hits, found.total as u64))
    }

    /// The model that weighs.
    pub(super) fn active_model(&self) -> Result<&Model> {
        self.model.as_ref().ok_or_else(|| Error::not_found("the store has no model yet: nothing was merged into it"))
    }

    /// The records of a present person; a retired One-ID is a conflict that names its redirects.
    pub(super) fn members(&self, one_id: OneId) -> Result<Vec<RecordKey>> {
        match self.person(one_id)?.state {
            PersonState::Live { members } => Ok(members),
            PersonState::Erased => Err(Error::new(ErrorClass::Conflict, format!("{one_id} was erased; nothing is known"))),
            PersonState::Retired { .. } => {
                let now: Vec<String> = self.present(one_id)?.iter().map(ToString::to_string).collect();
                let now = if now.is_empty() { "its last record is gone".to_string() } else { format!("now: {}", now.join(", ")) };
                Err(Error::new(ErrorClass::Conflict, format!("{one_id} is retired; {now}")))
            }
        }
    }

    /// Why two records are one person or are not.
    pub fn explain(&self, a: &RecordKey, b: &RecordKey) -> Result<PairAnswer> {
        let model = self.active_model()?;
        let (a, b) = (self.record(a)?, self.record(b)?);
        if a.canonical.key == b.canonical.key {
            return Err(Error::usage(format!("{} is one record; name two", a.canonical.key)));
        }
        let explanation = self.weigh(&a.canonical, &b.canonical, model);
        let (path, groups) = self.beyond_the_pair(&explanation, a.one_id, b.one_id)?;
        let assurance = assurance::of_pair(&a.canonical, &b.canonical, model, &|field, value| self.band(field, value));
        let agree = groups.as_ref().is_none_or(|groups| groups.explanation.weight >= groups.needed && groups.explanation.veto.is_none());
        let would_join = match explanation.decision {
            Decision::Link => agree,
            // A doubt is settled by what the two people say as wholes, where they are more than these two records.
            Decision::Review => groups.is_some() && agree,
            Decision::NonLink => false,
        };
        let kept_apart = a.one_id != b.one_id && would_join;
        Ok(PairAnswer { explanation, one_id_a: a.one_id, one_id_b: b.one_id, assurance, path, groups, kept_apart })
    }

    /// The time of the last event in the store, seconds since 1970; none where there is no event.
    pub fn last_event_time(&self) -> Result<Option<i64>> {
        if let Some(known) = *lock(&self.last_event) {
            return Ok(known);
        }
        let mut last = None;
        for entry in self.views.store().all_events() {
            last = last.max(entry?.1.iter().map(|event| event.time).max());
        }
        *lock(&self.last_event) = Some(last);
        Ok(last)
    }

    /// The features of a present person, as of seconds since 1970.
    pub fn features(&self, one_id: OneId, as_of: i64) -> Result<Features> {
        let mut events = Vec::new();
        for key in &self.members(one_id)? {
            let rows = self.views.store().events(key)?.into_iter();
            events.extend(rows.map(|row| Event {
                event_id: row.event_id,
                time: row.time,
                kind: row.kind,
                amount_minor: row.amount_minor,
                currency: row.currency,
            }));
        }
        Ok(compute(&events, as_of))
    }

    pub(super) fn summary(&self, one_id: OneId, members: &[RecordKey]) -> Result<ClusterSummary> {
        let rows = self.views.rows(members)?;
        let records: Vec<&CanonicalRecord> = rows.iter().map(|row| &row.canonical).collect();
        let distinct = |texts: Vec<String>| texts.into_iter().collect::<std::collections::BTreeSet<_>>().len();
        let of = |field: Field, wanted: fn(Grade) -> bool| -> Vec<String> {
            records
                .iter()
                .flat_map(|record| record.of(field))
                .filter(|value| wanted(value.grade))
                .map(|value| value.text.to_string())
                .collect()
        };
        let names = records
            .iter()
            .filter_map(|record| Some(format!("{} {}", record.first(Field::FamilyName)?.text, record.first(Field::GivenName)?.text)));
        // A passport beside a resident ID is usual, two passports are not.
        let mut certificates: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
        for text in of(Field::Certificate, |grade| grade == Grade::Valid) {
            let kind = text.split_once(':').map_or("", |(kind, _)| kind).to_string();
            certificates.entry(kind).or_default().push(text);
        }
        certificates.insert("resident".into(), of(Field::ResidentId, |grade| grade == Grade::Valid));
        let profile = build(one_id, &records, &self.survivorship);
        Ok(ClusterSummary {
            one_id,
            records: members.len(),
            sources: distinct(members.iter().map(|key| key.source.to_string()).collect()),
            display_name: profile.value(Field::DisplayName).map(|name| name.text.to_string()).unwrap_or_default(),
            names: distinct(names.collect()),
            certificates: certificates.into_values().map(distinct).max().unwrap_or(0),
            birth_dates: distinct(of(Field::BirthDate, |grade| grade == Grade::Valid)),
        })
    }

    /// Calls `each` with every live record and its person, rising by key.
    pub fn export(&self, each: &mut dyn FnMut(&RecordRow) -> Result<()>) -> Result<()> {
        for row in self.views.store().records() {
            each(&row?)?;
        }
        Ok(())
    }

    /// Weighs a pair with the present holders of its phones and devices.
    pub(super) fn weigh(&self, a: &CanonicalRecord, b: &CanonicalRecord, model: &Model) -> Explanation {
        explain(a, b, model, &|field, value| self.band(field, value))
    }

    /// Weighs two groups of records as wholes, with the present holders of their phones and devices.
    pub(super) fn weigh_groups(&self, a: &[CanonicalRecord], b: &[CanonicalRecord], model: &Model) -> Explanation {
        explain_groups(a, b, model, &|field, value| self.band(field, value))
    }

    /// Under the names of how many people a value is held among all records; a record that cannot be read counts as no name.
    fn band(&self, field: Field, value: &str) -> Band {
        let asked = (field, CompactString::from(value));
        let bands = || lock(&self.bands);
        let known = bands().get(&asked).copied();
        if let Some(band) = known {
            return band;
        }
        let of_no_model = |value: &FieldValue| PreparedValue::new(value.field, value.text.clone(), value.grade);
        let prepared = |value: &FieldValue| self.model.as_ref().map_or_else(|| of_no_model(value), |model| model.name(value));
        let mut names: Vec<(Option<PreparedValue>, PreparedValue)> = Vec::new();
        let holders = read(&self.holders);
        for key in holders.of(&asked) {
            let Some(row) = self.views.store().record(key).ok().flatten() else { continue };
            let Some(name) = row.canonical.first(Field::GivenName) else { continue };
            let family = row.canonical.first(Field::FamilyName);
            let name = (family.map(prepared), prepared(name));
            let is_same = |(family, given): &(Option<PreparedValue>, PreparedValue)| {
                given.text == name.1.text && family.as_ref().map(|of| &of.text) == name.0.as_ref().map(|of| &of.text)
            };
            if is_somebodys(&(name.0.as_ref(), &name.1)) && !names.iter().any(is_same) {
                names.push(name);
            }
            if names.len() > PEOPLE_NAMES_MAX {
                break;
            }
        }
        let band = Band::of_names(&mut names.iter().map(|(family, given)| (family.as_ref(), given)).collect());
        bands().insert(asked, band);
        band
    }

    /// How sure it is of each of a person's records that it is the person's.
    fn assurances(&self, rows: &[RecordRow], founding: &RecordKey, judgements: Option<&Judgements>) -> Vec<Assurance> {
        let records: Vec<&CanonicalRecord> = rows.iter().map(|row| &row.canonical).collect();
        let present;
        let judgements = match judgements {
            Some(judgements) => judgements,
            None => {
                present = read(&self.judgements);
                &*present
            }
        };
        let said: FxHashMap<&RecordKey, &CanonicalRecord> = records.iter().map(|record| (&record.key, *record)).collect();
        let identity_of = |key: &RecordKey| said.get(key).map(|record| identity(record));
        let is_ruled = |a: &RecordKey, b: &RecordKey| judgements.touch(a) && judgements.ruling_on(a, b, &identity_of) == Some(true);
        assurance::assurances(&records, founding, self.model.as_ref(), &|field, value| self.band(field, value), &is_ruled)
    }
}

/// A value that so many people hold identifies none of them.
pub(super) fn too_many(people: impl Iterator<Item = OneId>) -> Resolution {
    Resolution::Ambiguous(people.map(|one_id| Candidate { one_id, assurance: Assurance::Probable }).collect())
}
