//! Decides single writes, one after the other, in memory.
//!
//! Holds the live records with their clusters, people, judgements and questions as the last decided write left them, durable or not: whoever has
//! a desk must see that what it decided becomes durable in order, or that the desk is thrown away.

use super::answered::Answered;
use super::pending::Pending;
use super::people::People;
use super::{Asked, Outcome, PutRecord, Reply, Write};
use crate::cluster::Clusters;
use crate::engine::online::{self, Population};
use crate::error::{Error, ErrorClass, Result};
use crate::link::Judgement;
use crate::one_id::OneId;
use crate::one_id::history::{Cause, Change, StrongestEdge};
use crate::record::{CanonicalRecord, Field, RecordKey};
use crate::service::entry::{self, Deletion, Entry, RequestRow};
use crate::service::judgement::{JudgementRow, Judgements, Standing, Verdict, Withdrawal, check_reason, check_request_id, identity};
use crate::service::keep::Keep;
use crate::service::load::{Loaded, LoadedRecord, SourceValues};
use crate::service::merge::loaded_report;
use crate::service::merge_store::{CLASH, Mode, refuse_careless_deletion};
use crate::service::naming::{NamedRow, Naming};
use crate::service::report::{PeopleChanges, PersonChange, RunReport};
use crate::service::review::{ReviewRow, ReviewState, id_of, question};
use crate::service::suppression::Suppression;
use crate::service::version::{Arrival, arrival, version_taken};
use crate::store::{PersonRow, ROW_BYTES_MAX, RecordRow};
use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

/// What is known of a live record beside what it says.
#[derive(Clone, Copy, Debug)]
struct Known {
    one_id: OneId,
    /// What its source wrote, hashed.
    written: u64,
}

/// The frames of one batch, to be written in order.
#[derive(Debug)]
pub struct Group {
    /// The position that its first frame takes.
    pub first_position: u64,
    /// Frames with their actors; the journal adds one before and one behind. Empty where nothing is to be written.
    pub entries: Vec<(CompactString, Entry)>,
}

/// Records to take at once.
pub(super) struct Load {
    pub(super) loaded: Loaded,
    pub(super) mode: Mode,
    /// Whether a snapshot may delete more than a tenth.
    pub(super) force: bool,
    /// Sources that the inputs stand for, rows or none.
    pub(super) sources: FxHashSet<CompactString>,
    /// Mappings and forms that are new.
    pub(super) entries: Vec<Entry>,
    pub(super) actor: CompactString,
    /// Now, microseconds since 1970.
    pub(super) time: i64,
}

/// What an erasure takes from a store.
pub(in crate::service) struct Forgotten<'a> {
    /// Live records.
    pub(in crate::service) keys: &'a [RecordKey],
    /// Ids of judgements on records that go, live or not.
    pub(in crate::service) judgements: &'a BTreeSet<CompactString>,
    /// Live records under the keys of others that go.
    pub(in crate::service) reused: &'a FxHashSet<RecordKey>,
    /// What the order says of itself.
    pub(in crate::service) order: &'a str,
}

/// What naming came to.
struct Renamed {
    /// What happened to whom.
    happened: Vec<(OneId, Vec<Change>)>,
    counts: PeopleChanges,
    changes: Vec<PersonChange>,
}

/// Decides writes. See the module.
pub struct Desk {
    store_id: [u8; 16],
    population: Population,
    people: People,
    records: FxHashMap<RecordKey, Known>,
    tombstones: FxHashMap<RecordKey, i64>,
    suppression: Suppression,
    judgements: Judgements,
    /// By pair: the ruling that the population was told.
    rulings: FxHashMap<(RecordKey, RecordKey), bool>,
    reviews: BTreeMap<CompactString, ReviewRow>,
    answered: Answered,
    /// Layouts whose mappings single writes told.
    mapped: FxHashSet<Vec<u8>>,
    /// The last position of the last group.
    position: u64,
    pending: Pending,
}

impl Desk {
    /// A desk over an open store. Where the store's people are not those of its model and judgements, say for a newer program cuts them
    /// otherwise, they are named anew, and the first group says so. A store without a model is a conflict.
    pub fn open(keep: &mut Keep, now: i64) -> Result<Desk> {
        let Some(model) = keep.views().active_model()? else {
            let message = "the store has no model yet, and single records are weighed by one: merge a first batch into it";
            return Err(Error::new(ErrorClass::Conflict, message));
        };
        let rows = keep.checked_rows()?;
        let judgements = keep.views().judgements()?;
        let requests = keep.views().store().requests().map(|row| entry::decode(&row?.1)).collect::<Result<Vec<RequestRow>>>()?;
        let known = |row: &RecordRow| (row.canonical.key.clone(), Known { one_id: row.one_id, written: hash_of(&row.source_values) });
        let mut desk = Desk {
            store_id: *keep.store_id(),
            population: Population::new(model)?,
            people: People::of(rows.people),
            records: rows.records.iter().map(known).collect(),
            tombstones: keep.views().tombstones()?,
            suppression: keep.views().suppression()?,
            rulings: FxHashMap::default(),
            reviews: keep.views().reviews()?,
            answered: Answered::of(requests),
            mapped: FxHashSet::default(),
            position: keep.views().position(),
            pending: Pending::default(),
            judgements,
        };
        let identities: FxHashMap<RecordKey, u64> = rows
            .records
            .iter()
            .filter(|row| desk.judgements.touch(&row.canonical.key))
            .map(|row| (row.canonical.key.clone(), identity(&row.canonical)))
            .collect();
        let rulings = desk.judgements.in_force(&|key| identities.get(key).copied());
        desk.rulings = rulings.iter().map(|ruling| ((ruling.a.clone(), ruling.b.clone()), ruling.same_person)).collect();
        let puts = rows.records.into_iter().map(|row| online::Change::Put(row.canonical));
        let outcome = desk.population.apply(puts.chain(rulings.into_iter().map(online::Change::Judge)));
        desk.set_right(outcome, now);
        Ok(desk)
    }

    /// Names people and asks questions anew where those of the store are others.
    fn set_right(&mut self, outcome: online::Outcome, now: i64) {
        let present: FxHashSet<&[RecordKey]> = self.people.present().map(|(_, members)| members).collect();
        let clusters = outcome.clusters.into_iter().filter(|cluster| !present.contains(&cluster[..])).collect::<Vec<_>>();
        drop(present);
        let _ = self.rename(clusters, &[], &FxHashMap::default(), &Cause::Load);
        let pairs = outcome.reviews.into_keys().chain(self.judgements.all().map(|row| (row.a.clone(), row.b.clone())));
        let open = self.reviews.values().filter(|row| row.state == ReviewState::Open).map(|row| (row.a.clone(), row.b.clone()));
        let pairs: BTreeSet<(RecordKey, RecordKey)> = pairs.chain(open).collect();
        self.ask(pairs, now);
    }

    /// Whether what was decided must become a batch before this is.
    pub fn must_close_before(&self, write: &Write) -> bool {
        matches!(write, Write::Delete(key, _) if self.pending.has_put(key))
    }

    /// Whether anything is to be written.
    pub fn is_idle(&self) -> bool {
        self.pending.is_empty()
    }

    /// Decides a write. An error changed nothing.
    pub fn decide(&mut self, asked: &Asked) -> Result<Reply> {
        check_request_id(&asked.request_id)?;
        let hash = if asked.request_id.is_empty() { 0 } else { asked.write.digest() };
        if let Some(known) = self.answered.get(&asked.request_id).filter(|_| !asked.request_id.is_empty()) {
            if known.asked != hash {
                let message = format!("request id {:?} was used before for something else; use a new one", asked.request_id);
                return Err(Error::new(ErrorClass::Conflict, message));
            }
            return entry::decode(&known.reply);
        }
        let reply = match &asked.write {
            Write::Put(record) => self.put(record, asked),
            Write::Delete(key, version) => self.delete(key, *version, asked),
            Write::Judge(verdict, a, b, reason) => self.judge(*verdict, a, b, reason, asked),
            Write::Withdraw(id, reason) => self.withdraw(id, reason, asked),
            Write::Decide(item, verdict, reason) => self.decide_item(item, *verdict, reason, asked),
        }?;
        // What is kept out leaves no trace: it names who was erased.
        if !asked.request_id.is_empty() && reply.outcome != Outcome::Suppressed {
            let about = self.about(&asked.write);
            let row = RequestRow { id: asked.request_id.clone(), time: asked.time, asked: hash, about, reply: entry::encode(&reply)? };
            self.answered.put(row.clone());
            self.pending.answer(row);
        }
        Ok(reply)
    }

    /// The records that a write is about.
    fn about(&self, write: &Write) -> Vec<RecordKey> {
        match write {
            Write::Put(record) => vec![record.canonical.key.clone()],
            Write::Delete(key, _) => vec![key.clone()],
            Write::Judge(_, a, b, _) => vec![a.clone(), b.clone()],
            Write::Withdraw(id, _) => self.judgements.get(id).map(|row| vec![row.a.clone(), row.b.clone()]).unwrap_or_default(),
            Write::Decide(item, ..) => self.reviews.get(item).map(|row| vec![row.a.clone(), row.b.clone()]).unwrap_or_default(),
        }
    }

    /// Takes what was decided as a batch.
    pub fn close(&mut self, actor: &str, now: i64) -> Group {
        let first_position = self.position + 1;
        if self.pending.is_empty() {
            return Group { first_position, entries: Vec::new() };
        }
        let forgotten = self.answered.forget(now);
        let entries = std::mem::take(&mut self.pending).into_entries(actor, forgotten);
        for ((_, entry), position) in entries.iter().zip(first_position + 1..) {
            if let Entry::Assignment(assignment) = entry {
                assignment.people.iter().for_each(|told| self.people.told_at(&told.one_id, position));
            }
        }
        self.position = first_position + entries.len() as u64 + 1;
        Group { first_position, entries }
    }

    /// The records and their clusters.
    #[cfg(test)]
    pub(super) fn population(&self) -> &Population {
        &self.population
    }

    /// All judgements.
    #[cfg(test)]
    pub(super) fn judgements(&self) -> &Judgements {
        &self.judgements
    }

    /// All review items.
    #[cfg(test)]
    pub(super) fn reviews(&self) -> impl Iterator<Item = &ReviewRow> {
        self.reviews.values()
    }

    /// The position at which a One-ID was made.
    #[cfg(test)]
    pub(super) fn created_at(&self, one_id: &OneId) -> u64 {
        self.people.get(one_id).map_or(0, |row| row.created_at)
    }

    /// Whose a record is.
    #[cfg(test)]
    pub(super) fn owner(&self, key: &RecordKey) -> Option<OneId> {
        self.records.get(key).map(|known| known.one_id)
    }

    fn reply(&self, outcome: Outcome, one_id: Option<OneId>) -> Reply {
        // Where nothing is to be written, it is so up to what was.
        let position = self.position + u64::from(!self.pending.is_empty());
        Reply { outcome, one_id, judgement: None, changes: Vec::new(), position }
    }

    fn put(&mut self, record: &PutRecord, asked: &Asked) -> Result<Reply> {
        let PutRecord { canonical, source_values, .. } = record;
        let key = &canonical.key;
        let written = hash_of(source_values);
        let (live, known) = (self.population.record(key), self.records.get(key));
        let as_written = || known.is_some_and(|known| known.written == written);
        let one_id = known.map(|known| known.one_id);
        check_fits(canonical, source_values)?;
        if self.suppression.keeps_out(key) {
            return Ok(self.reply(Outcome::Suppressed, None));
        }
        let outcome = match arrival(canonical, live, self.tombstones.get(key).copied(), as_written) {
            Arrival::New => Outcome::Created,
            Arrival::Newer => Outcome::Updated,
            Arrival::Unchanged => return Ok(self.reply(Outcome::Unchanged, one_id)),
            Arrival::Outdated => return Ok(self.reply(Outcome::Superseded, one_id)),
            Arrival::Clash => {
                let message = format!("the store has version {} of record {key} with other content; it is kept", canonical.version);
                return Err(Error::new(ErrorClass::Conflict, message));
            }
        };
        let mut canonical = canonical.clone();
        canonical.version = version_taken(&canonical, live, self.tombstones.get(key).copied());
        let canonical = &canonical;
        let mut changes = vec![online::Change::Put(canonical.clone())];
        changes.extend(self.ruled_anew(key, Some(identity(canonical))));
        let found = self.population.apply(changes);
        let mut clusters = found.clusters;
        clusters.extend(self.population.cluster(key).map(<[RecordKey]>::to_vec));
        let row = RecordRow {
            canonical: canonical.clone(),
            source_values: source_values.clone(),
            one_id: OneId::from_bytes([0; 10]),
            arrived_at: 0,
        };
        self.pending.put(&asked.actor, row);
        // The first to tell how a source is read tells it for all.
        if let Some((layout, _)) = &record.mapping
            && self.mapped.insert(layout.clone())
        {
            record.mapping_entry().into_iter().for_each(|mapping| self.pending.map(&asked.actor, mapping));
        }
        let _ = self.rename(clusters, &[], &FxHashMap::from_iter([(key, written)]), &Cause::Put(key.clone()));
        self.ask_of(found.reviews.into_keys(), [key], asked.time);
        Ok(self.reply(outcome, self.records.get(key).map(|known| known.one_id)))
    }

    fn delete(&mut self, key: &RecordKey, version: Option<i64>, asked: &Asked) -> Result<Reply> {
        if self.suppression.keeps_out(key) {
            return Ok(self.reply(Outcome::Suppressed, None));
        }
        let live = self.population.record(key).map(|record| record.version);
        let one_id = self.records.get(key).map(|known| known.one_id);
        let up_to = version.or(live);
        let buried = self.tombstones.get(key).copied();
        let Some(up_to) = up_to else { return Ok(self.reply(Outcome::Absent, None)) };
        let tombstone = buried.map_or(up_to, |buried| buried.max(up_to));
        if live.is_some_and(|live| live > up_to) {
            return Ok(self.reply(Outcome::Superseded, one_id));
        }
        if live.is_none() && buried == Some(tombstone) {
            return Ok(self.reply(Outcome::Absent, None));
        }
        self.tombstones.insert(key.clone(), tombstone);
        self.pending.delete(&asked.actor, Deletion { key: key.clone(), up_to: Some(tombstone), owner: one_id });
        if live.is_none() {
            return Ok(self.reply(Outcome::Absent, None));
        }
        let mut changes = vec![online::Change::Delete(key.clone())];
        changes.extend(self.ruled_anew(key, None));
        let found = self.population.apply(changes);
        let owner = self.records.remove(key).map(|known| known.one_id);
        let gone: Vec<(&RecordKey, OneId)> = owner.map(|owner| (key, owner)).into_iter().collect();
        let _ = self.rename(found.clusters, &gone, &FxHashMap::default(), &Cause::Deleted(key.clone()));
        self.ask_of(found.reviews.into_keys(), [key], asked.time);
        Ok(self.reply(Outcome::Deleted, None))
    }

    /// Takes many records at once, as one batch that readers see wholly: what was loaded is laid over the live records, and resolved under the
    /// active model. The error of a snapshot that would delete too much changed nothing.
    pub(super) fn load(&mut self, load: &mut Load) -> Result<RunReport> {
        let Load { loaded, mode, force, sources, entries, actor, time } = load;
        let unread = loaded.reject_count;
        let arrived = loaded.take_loaded_records();
        let mut deleted: Vec<RecordKey> = Vec::new();
        if *mode == Mode::Snapshot {
            sources.extend(arrived.iter().map(|record| record.canonical.key.source.clone()));
            let keys: FxHashSet<&RecordKey> = arrived.iter().map(|record| &record.canonical.key).collect();
            let mut of_sources: FxHashMap<CompactString, usize> = FxHashMap::default();
            for key in self.records.keys().filter(|key| sources.contains(&key.source)) {
                *of_sources.entry(key.source.clone()).or_insert(0) += 1;
                if !keys.contains(key) {
                    deleted.push(key.clone());
                }
            }
            deleted.sort_unstable();
            if !*force {
                refuse_careless_deletion(deleted.iter(), &of_sources, unread)?;
            }
        }
        loaded.changes.deleted = deleted.len() as u64;
        let mut taken: Vec<LoadedRecord> = Vec::new();
        for mut record in arrived {
            let key = &record.canonical.key;
            if self.suppression.keeps_out(key) {
                loaded.changes.suppressed += 1;
                continue;
            }
            let as_written = || self.records.get(key).is_some_and(|known| known.written == hash_of(&record.source_values));
            match arrival(&record.canonical, self.population.record(key), self.tombstones.get(key).copied(), as_written) {
                Arrival::New => loaded.changes.new += 1,
                Arrival::Newer => loaded.changes.changed += 1,
                Arrival::Unchanged => {
                    loaded.changes.unchanged += 1;
                    continue;
                }
                Arrival::Outdated => {
                    loaded.changes.outdated += 1;
                    continue;
                }
                Arrival::Clash => {
                    loaded.reject_record(&record, CLASH);
                    continue;
                }
            }
            let key = &record.canonical.key;
            let version = version_taken(&record.canonical, self.population.record(key), self.tombstones.get(key).copied());
            record.canonical.version = version;
            taken.push(record);
        }
        entries.drain(..).for_each(|entry| self.pending.map(actor, entry));
        let gone: Vec<(&RecordKey, OneId)> =
            deleted.iter().filter_map(|key| Some((key, self.records.remove(key).map(|known| known.one_id)?))).collect();
        let mut changes: Vec<online::Change> = deleted.iter().cloned().map(online::Change::Delete).collect();
        changes.extend(taken.iter().map(|record| online::Change::Put(record.canonical.clone())));
        // What is ruled on is looked at when all have come.
        let found = self.population.apply(changes);
        let judged: Vec<RecordKey> = deleted.iter().chain(taken.iter().map(|record| &record.canonical.key)).cloned().collect();
        let mut rulings = Vec::new();
        for key in &judged {
            let says = self.population.record(key).map(identity);
            rulings.extend(self.ruled_anew(key, says));
        }
        let ruled = self.population.apply(rulings);
        let mut clusters: Vec<Vec<RecordKey>> = found.clusters.into_iter().chain(ruled.clusters).collect();
        // Of what was ruled on since, the clusters are others by now.
        clusters.retain(|cluster| self.population.cluster(&cluster[0]) == Some(&cluster[..]));
        clusters.extend(taken.iter().filter_map(|record| self.population.cluster(&record.canonical.key)).map(<[RecordKey]>::to_vec));
        let written: Vec<(RecordKey, u64)> =
            taken.iter().map(|record| (record.canonical.key.clone(), hash_of(&record.source_values))).collect();
        for (key, owner) in &gone {
            self.pending.delete(actor, Deletion { key: (*key).clone(), up_to: None, owner: Some(*owner) });
        }
        let no_one = OneId::from_bytes([0; 10]);
        for LoadedRecord { canonical, source_values, .. } in taken {
            self.pending.put(actor, RecordRow { canonical, source_values, one_id: no_one, arrived_at: 0 });
        }
        let puts: FxHashMap<&RecordKey, u64> = written.iter().map(|(key, written)| (key, *written)).collect();
        let renamed = self.rename(clusters, &gone, &puts, &Cause::Load);
        self.ask_of(found.reviews.into_keys().chain(ruled.reviews.into_keys()), &judged, *time);
        let mut report = loaded_report(loaded);
        report.record_changes = Some(loaded.changes);
        (report.people, report.person_changes) = (Some(renamed.counts), renamed.changes);
        report.reviews = self.reviews.values().filter(|row| row.state == ReviewState::Open).count() as u64;
        report.records = self.records.len() as u64;
        Ok(report)
    }

    /// Takes records out that are to be erased, and what was ruled on any that are; what follows for others is decided as ever. Nothing tells of
    /// the records and rulings themselves. What was asked of records that came under the keys of erased ones, `reused`, is told again.
    pub(in crate::service) fn forget(&mut self, forgotten: &Forgotten<'_>, now: i64) {
        let Forgotten { keys, judgements, reused, order } = forgotten;
        let mut changes: Vec<online::Change> = keys.iter().cloned().map(online::Change::Delete).collect();
        let mut pairs = Vec::new();
        for id in *judgements {
            let Some(row) = self.judgements.get(id).filter(|row| row.withdrawn.is_none()).cloned() else { continue };
            let withdrawn = Some(Withdrawal { author: row.author.clone(), time: row.time, reason: CompactString::default() });
            let (a, b) = (row.a.clone(), row.b.clone());
            self.judgements.put(JudgementRow { withdrawn, ..row });
            let ruling = self.judgements.ruling_on(&a, &b, &|key| self.population.record(key).map(identity));
            changes.extend(self.rule(&a, &b, ruling));
            pairs.push((a, b));
        }
        for key in *keys {
            changes.extend(self.ruled_anew(key, None));
        }
        let found = self.population.apply(changes);
        let gone: Vec<(&RecordKey, OneId)> =
            keys.iter().filter_map(|key| Some((key, self.records.remove(key).map(|known| known.one_id)?))).collect();
        let _ = self.rename(found.clusters, &gone, &FxHashMap::default(), &Cause::Erasure((*order).to_string()));
        self.ask_of(found.reviews.into_keys().chain(pairs), *keys, now);
        for row in self.reviews.values().filter(|row| reused.contains(&row.a) || reused.contains(&row.b)) {
            self.pending.ask(row.clone());
        }
    }

    fn judge(&mut self, verdict: Verdict, a: &RecordKey, b: &RecordKey, reason: &str, asked: &Asked) -> Result<Reply> {
        check_reason(reason)?;
        if a == b {
            return Err(Error::usage(format!("{a} is one record; name two")));
        }
        let (a, b) = (a.min(b), a.max(b));
        let identity_of = |key: &RecordKey| -> Result<u64> {
            let record = self.population.record(key).ok_or_else(|| Error::not_found(format!("there is no record {key}")))?;
            Ok(identity(record))
        };
        let (identity_a, identity_b) = (identity_of(a)?, identity_of(b)?);
        let standing = |row: &&JudgementRow| row.standing(Some(identity_a), Some(identity_b));
        if let Some(same) = self.judgements.on(a, b).find(|row| standing(row) == Standing::Fresh && row.verdict == verdict) {
            return Ok(Reply { judgement: Some(same.id.clone()), ..self.reply(Outcome::Unchanged, None) });
        }
        let stale: Vec<JudgementRow> = self.judgements.on(a, b).filter(|row| standing(row) == Standing::Stale).cloned().collect();
        let id = self.judgements.next_id();
        let superseded = |row: JudgementRow| {
            let reason = compact_str::format_compact!("{id} takes its place");
            JudgementRow { withdrawn: Some(Withdrawal { author: asked.actor.clone(), time: asked.time, reason }), ..row }
        };
        let stale: Vec<JudgementRow> = stale.into_iter().map(superseded).collect();
        let replaced: Vec<CompactString> = stale.iter().map(|row| row.id.clone()).collect();
        self.judgements.refuse_contradiction(verdict, a, b, &replaced)?;
        let row = JudgementRow {
            id: id.clone(),
            verdict,
            a: a.clone(),
            b: b.clone(),
            reason: reason.into(),
            author: asked.actor.clone(),
            time: asked.time,
            identity_a,
            identity_b,
            withdrawn: None,
        };
        let cause = Cause::Judged(id.to_string());
        Ok(self.hold_to(stale.into_iter().chain([row]).collect(), id, &cause, asked))
    }

    fn withdraw(&mut self, id: &str, reason: &str, asked: &Asked) -> Result<Reply> {
        check_reason(reason)?;
        let row = self.judgements.get(id).ok_or_else(|| Error::not_found(format!("there is no judgement {id}")))?;
        if let Some(withdrawal) = &row.withdrawn {
            let message = format!("judgement {id} was withdrawn before, by {}", withdrawal.author);
            return Err(Error::new(ErrorClass::Conflict, message));
        }
        let withdrawn = Some(Withdrawal { author: asked.actor.clone(), time: asked.time, reason: reason.into() });
        let row = JudgementRow { withdrawn, ..row.clone() };
        let id = row.id.clone();
        let cause = Cause::Withdrawn(id.to_string());
        Ok(self.hold_to(vec![row], id, &cause, asked))
    }

    fn decide_item(&mut self, item: &str, verdict: Verdict, reason: &str, asked: &Asked) -> Result<Reply> {
        let row = self.reviews.get(item).ok_or_else(|| Error::not_found(format!("there is no review item {item}")))?;
        if row.state != ReviewState::Open {
            let by = if let ReviewState::Decided(id) = &row.state { format!(" by judgement {id}") } else { String::new() };
            let message = format!("review item {item} is {}{by}; nothing is to be decided", row.state.name());
            return Err(Error::new(ErrorClass::Conflict, message));
        }
        let (a, b) = (row.a.clone(), row.b.clone());
        self.judge(verdict, &a, &b, reason, asked)
    }

    /// Takes judgements on two records as they stand from now on.
    fn hold_to(&mut self, rows: Vec<JudgementRow>, id: CompactString, cause: &Cause, asked: &Asked) -> Reply {
        let Some((a, b)) = rows.last().map(|row| (row.a.clone(), row.b.clone())) else { return self.reply(Outcome::Unchanged, None) };
        for row in rows {
            self.pending.judge(&asked.actor, row.clone());
            self.judgements.put(row);
        }
        let ruling = self.judgements.ruling_on(&a, &b, &|key| self.population.record(key).map(identity));
        let change = self.rule(&a, &b, ruling);
        let found = self.population.apply(change);
        let changes = self.rename(found.clusters, &[], &FxHashMap::default(), cause).happened;
        let pairs: BTreeSet<(RecordKey, RecordKey)> = found.reviews.into_keys().chain([(a, b)]).collect();
        self.ask(pairs, asked.time);
        Reply { judgement: Some(id), changes, ..self.reply(Outcome::Judged, None) }
    }

    /// What the population is to be told where the ruling on two records is another than it was told.
    fn rule(&mut self, a: &RecordKey, b: &RecordKey, ruling: Option<bool>) -> Option<online::Change> {
        let pair = (a.clone(), b.clone());
        if self.rulings.get(&pair).copied() == ruling {
            return None;
        }
        match ruling {
            Some(same_person) => {
                self.rulings.insert(pair, same_person);
                Some(online::Change::Judge(Judgement { a: a.clone(), b: b.clone(), same_person }))
            }
            None => {
                self.rulings.remove(&pair);
                Some(online::Change::Withdraw(a.clone(), b.clone()))
            }
        }
    }

    /// The same of all pairs that a record was judged with, where it now says this of who it is; none for one that is gone.
    fn ruled_anew(&mut self, key: &RecordKey, says: Option<u64>) -> Vec<online::Change> {
        let pairs: BTreeSet<(RecordKey, RecordKey)> = self.judgements.of(key).map(|row| (row.a.clone(), row.b.clone())).collect();
        let others = pairs.iter().flat_map(|(a, b)| [a, b]).filter(|other| *other != key);
        let says_of_others: FxHashMap<RecordKey, u64> =
            others.filter_map(|other| Some((other.clone(), self.population.record(other).map(identity)?))).collect();
        let identity_of = |asked: &RecordKey| if asked == key { says } else { says_of_others.get(asked).copied() };
        let rulings: Vec<Option<bool>> = pairs.iter().map(|(a, b)| self.judgements.ruling_on(a, b, &identity_of)).collect();
        pairs.iter().zip(rulings).filter_map(|((a, b), ruling)| self.rule(a, b, ruling)).collect()
    }

    /// Names changed clusters. `gone` are records that left the store, with whose they were; `puts` are those that were written, with what
    /// their source wrote hashed.
    fn rename(
        &mut self,
        mut clusters: Vec<Vec<RecordKey>>,
        gone: &[(&RecordKey, OneId)],
        puts: &FxHashMap<&RecordKey, u64>,
        cause: &Cause,
    ) -> Renamed {
        // One-IDs that redirect to records of these clusters may redirect to others as well.
        let keys = clusters.iter().flatten().chain(gone.iter().map(|(key, _)| *key));
        let redirecting: BTreeSet<OneId> = keys.flat_map(|key| self.people.redirecting(key)).collect();
        let records = redirecting.iter().filter_map(|one_id| self.people.get(one_id)).flat_map(|person| &person.former_records);
        clusters.extend(records.filter_map(|key| self.population.cluster(key)).map(<[RecordKey]>::to_vec));
        clusters.sort_unstable();
        clusters.dedup();
        let mut keyed: Vec<(&RecordKey, u32)> =
            clusters.iter().zip(0..).flat_map(|(keys, cluster)| keys.iter().map(move |key| (key, cluster))).collect();
        keyed.sort_unstable();
        let rows = keyed.iter().map(|(key, _)| NamedRow {
            key,
            before: self.records.get(*key).map(|known| known.one_id),
            put: puts.contains_key(*key),
            verified: self.population.record(key).is_some_and(|record| record.has_valid(Field::ResidentId)),
        });
        let rows: Vec<NamedRow<'_>> = rows.collect();
        let mut of_clusters =
            Clusters { of_row: keyed.iter().map(|(_, cluster)| *cluster).collect(), rows: vec![Vec::new(); clusters.len()] };
        for (cluster, row) in of_clusters.of_row.iter().zip(0..) {
            of_clusters.rows[*cluster as usize].push(row);
        }
        let people = rows.iter().filter_map(|row| row.before).chain(gone.iter().map(|(_, one_id)| *one_id)).chain(redirecting);
        let before: FxHashMap<OneId, PersonRow> = people.filter_map(|one_id| Some((one_id, self.people.get(&one_id)?.clone()))).collect();
        let edge = |row: u32| {
            let (with, weight) = self.population.strongest_link(rows[row as usize].key)?;
            Some(StrongestEdge { with: with.clone(), weight })
        };
        let position = self.position + 1;
        let naming = Naming { rows: &rows, clusters: &of_clusters, before: &before, edge: &edge, cause, position };
        let made = self.pending.made;
        let named = naming.name(&|ordinal| OneId::at_position(&self.store_id, position, u64::from(made + ordinal)));
        self.pending.made += (named.counts.created + named.counts.split) as u32;
        let owners: Vec<(RecordKey, Option<OneId>, OneId)> = rows
            .iter()
            .zip(&of_clusters.of_row)
            .map(|(row, cluster)| (row.key.clone(), row.before, named.one_ids[*cluster as usize]))
            .collect();
        for (key, before, one_id) in owners {
            let written = puts.get(&key).copied();
            if before != Some(one_id) || written.is_some() {
                let known = self.records.entry(key.clone()).or_insert(Known { one_id, written: 0 });
                known.one_id = one_id;
                known.written = written.unwrap_or(known.written);
                self.pending.move_to(&key, one_id);
            }
        }
        let mut happened = Vec::with_capacity(named.people.len());
        for told in named.people {
            happened.push((told.one_id, told.happened.iter().flat_map(|happened| happened.changes.clone()).collect()));
            self.people.put(told.one_id, told.row.clone());
            self.pending.tell(told);
        }
        Renamed { happened, counts: named.counts, changes: named.changes }
    }

    /// Asks anew about pairs, and about those of judgements on records.
    fn ask_of<'a>(
        &mut self,
        pairs: impl IntoIterator<Item = (RecordKey, RecordKey)>,
        records: impl IntoIterator<Item = &'a RecordKey>,
        now: i64,
    ) {
        let judged = records.into_iter().flat_map(|key| self.judgements.of(key)).map(|row| (row.a.clone(), row.b.clone()));
        let pairs = pairs.into_iter().chain(judged).collect();
        self.ask(pairs, now);
    }

    /// Opens, changes and closes the items of pairs as things stand.
    fn ask(&mut self, pairs: BTreeSet<(RecordKey, RecordKey)>, now: i64) {
        for (a, b) in pairs {
            let identity_of = |key: &RecordKey| self.population.record(key).map(identity);
            let standings = self.judgements.on(&a, &b).map(|row| row.standing(identity_of(&row.a), identity_of(&row.b)));
            let found = self.population.reviews().get(&(a.clone(), b.clone()));
            let asked = question(found.map(|(weight, reason)| ((*reason).into(), *weight)), standings);
            let id = id_of(&a, &b);
            let before = self.reviews.get(&id);
            let decided = || self.judgements.latest_fresh(&a, &b, &identity_of).map(|row| row.id.clone());
            if let Some(row) = ReviewRow::next(before, &a, &b, asked, decided, now) {
                self.reviews.insert(id, row.clone());
                self.pending.ask(row);
            }
        }
    }
}

/// Refuses a record that the view could not hold, before anything is decided.
fn check_fits(canonical: &CanonicalRecord, source_values: &SourceValues) -> Result<()> {
    let one_id = OneId::from_bytes([0; 10]);
    let row = RecordRow { canonical: canonical.clone(), source_values: source_values.clone(), one_id, arrived_at: 0 };
    let bytes = row.bytes_at_most();
    if bytes > ROW_BYTES_MAX {
        return Err(Error::bad_data(format!("record {} takes {bytes} bytes, at most {ROW_BYTES_MAX} are allowed", canonical.key)));
    }
    Ok(())
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}
