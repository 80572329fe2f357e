//! Erasing people: nothing of them is left in journal, view, index and what lies beside them, the chain still verifies, and their records do not
//! come back.
//!
//! 1. *Who*: the One-IDs that will name nobody once the records are gone, those that redirect to them among these.
//! 2. *What follows* for others when the records are gone is decided as for any deletion.
//! 3. *Which parts* of the journal tell of the records or of these One-IDs is found by reading all of it. What tells of nobody else goes; what
//!    tells of others too is put without them in its place.
//! 4. One batch says all that. Then views, checkpoint and rejects are removed, the parts are taken out of the journal's segments, and the views
//!    are built anew from what is left.
//!
//! Always: a record's key is a name too, and goes as its values do. Whoever came under the key of a deleted record is another. Where a crash
//! comes after the batch, opening the store does the rest first.
//!
//! Never here: what lies elsewhere (inputs, exports, backups made before).

use crate::error::{Error, ErrorClass, Result};
use crate::journal::{Journal, Kind, PartId, Reader, erasure_instead};
use crate::limits::KEEP_FRAME_PEOPLE_MAX;
use crate::one_id::OneId;
use crate::one_id::history::{Cause, Change};
use crate::record::RecordKey;
use crate::search;
use crate::service::checkpoint;
use crate::service::entry::{self, Assignment, Deletion, Entry, ErasureOrder, Happened, Part, PersonTold, frames};
use crate::service::judgement::{JudgementRow, Withdrawal};
use crate::service::keep::Keep;
use crate::service::suppression::{Suppression, hash};
use crate::service::upkeep::hexadecimal;
use crate::service::upsert::{Desk, Forgotten, Reply};
use crate::store::{self, PersonRow, PersonState};
use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Whom to erase.
#[derive(Clone, Debug, Default)]
pub struct ErasureJob {
    /// People, with all their records.
    pub people: Vec<OneId>,
    /// Records.
    pub records: Vec<RecordKey>,
    /// The order it follows: a case number. It stays, so that it must not name anybody.
    pub order: CompactString,
    /// Who asks, for the journal.
    pub actor: CompactString,
    /// Now, microseconds since 1970.
    pub now: i64,
    /// Whether to tell what would go, and do nothing.
    pub dry_run: bool,
}

/// What an erasure came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The One-IDs that name nobody any more, those that redirected there among them.
    pub one_ids: Vec<String>,
    /// Live records that are gone.
    pub records: u64,
    /// Records that had been deleted before, of which the journal still told.
    pub past_records: u64,
    /// Parts of the journal that are gone.
    pub parts: u64,
    /// Parts of the journal that tell of others only now.
    pub redacted_parts: u64,
    /// The journal's position after it.
    pub position: u64,
    /// The journal's digest after it.
    pub digest: String,
}

/// Erases people and records of the store in `dir`.
pub fn erase(dir: &Path, job: &ErasureJob) -> Result<Erased> {
    if job.order.is_empty() || job.order.chars().count() > ORDER_CHARS_MAX {
        return Err(Error::usage(format!("an erasure needs the order it follows, 1 to {ORDER_CHARS_MAX} characters")));
    }
    let mut keep = Keep::open(dir)?;
    let asked = Wanted::asked(&mut keep, job)?;
    run(dir, keep, asked, job)
}

/// Erases what a list says, in a store that an older backup was restored to; none where nothing of it is there.
pub(super) fn erase_again(dir: &Path, listed: &Suppression, actor: &str, now: i64) -> Result<Option<Erased>> {
    let mut keep = Keep::open(dir)?;
    let rows = keep.checked_rows()?;
    let records = rows.records.iter().map(|row| &row.canonical.key).filter(|key| listed.keeps_out(key)).cloned().collect();
    let job = ErasureJob { records, order: "list of erased records".into(), actor: actor.into(), now, ..ErasureJob::default() };
    let wanted = Wanted { listed: Some(listed.clone()), ..Wanted::of(&mut keep, &job)? };
    let scope = Scope::find(&keep.reader(), &wanted)?;
    if scope.erased.is_empty() && keep.views().suppression()?.covers(listed) {
        return Ok(None);
    }
    run(dir, keep, wanted, &job).map(Some)
}

/// Most characters of an order.
pub const ORDER_CHARS_MAX: usize = 256;

fn run(dir: &Path, mut keep: Keep, wanted: Wanted, job: &ErasureJob) -> Result<Erased> {
    let reader = keep.reader();
    let scope = Scope::find(&reader, &wanted)?;
    let mut erased = Erased {
        dry_run: job.dry_run,
        one_ids: wanted.one_ids.iter().map(ToString::to_string).collect(),
        records: wanted.live.len() as u64,
        past_records: scope.past_records(&wanted),
        ..Erased::default()
    };
    let parts = Parts::find(&reader, &wanted, &scope)?;
    (erased.parts, erased.redacted_parts) = ((parts.gone.len() - parts.instead.len()) as u64, parts.instead.len() as u64);
    if job.dry_run {
        (erased.position, erased.digest) = (keep.reader().last_position(), hexadecimal(&keep.reader().last_hash()));
        return Ok(erased);
    }
    let entries = decide(&mut keep, &wanted, &scope, &parts.judgements, job)?;
    let mut order = order(&keep.views().suppression()?, &wanted, &scope, job)?;
    if let Some(listed) = &wanted.listed {
        order.suppressed = listed.hashes().copied().collect();
        order.key = listed.key_or_new()?;
    }
    let Parts { gone, instead, .. } = parts;
    let erasure = (job.actor.clone(), Entry::Erasure(order, gone, instead.into_iter().collect()));
    let (views, mut journal) = keep.into_parts();
    commit(&mut journal, job, std::iter::once(erasure).chain(entries))?;
    // Their files are removed.
    drop(views);
    finish(dir, &mut journal)?;
    drop(journal);
    let keep = Keep::open(dir)?;
    (erased.position, erased.digest) = (keep.reader().last_position(), hexadecimal(&keep.reader().last_hash()));
    Ok(erased)
}

fn commit(journal: &mut Journal, job: &ErasureJob, entries: impl Iterator<Item = (CompactString, Entry)>) -> Result<()> {
    let mut batch = journal.begin(&job.actor, job.now, "erasure")?;
    for (actor, entry) in entries {
        let (kind, parts) = entry.encode()?;
        batch.append_as(&actor, kind, &parts)?;
    }
    batch.commit().map(|_| ())
}

/// Does what is left to do of committed erasures: what was built of the journal goes, then the parts go out of its segments. Views must be closed.
pub(super) fn finish(dir: &Path, journal: &mut Journal) -> Result<()> {
    if !journal.has_unfinished_erasure() {
        return Ok(());
    }
    for view in ["store", "store.new", "store.old", "verify.tmp"] {
        store::remove(&dir.join(view))?;
    }
    search::remove(&dir.join("search"))?;
    checkpoint::clear(dir)?;
    let rejects = dir.join("rejects");
    match std::fs::remove_dir_all(&rejects) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(rejects.display(), &cause)),
        _ => {}
    }
    std::fs::File::open(dir).and_then(|folder| folder.sync_all()).map_err(|cause| Error::io(dir.display(), &cause))?;
    journal.finish_erasures().map(|_| ())
}

/// Who and what is to go.
#[derive(Default)]
struct Wanted {
    /// One-IDs that will name nobody.
    one_ids: BTreeSet<OneId>,
    /// Retired One-IDs that redirect to some of these and to others: what was theirs last is taken for these people's too.
    partly: FxHashSet<OneId>,
    live: BTreeSet<RecordKey>,
    /// All live records of the store.
    all_live: FxHashSet<RecordKey>,
    /// Any record that this keeps out, of whatever time.
    listed: Option<Suppression>,
}

impl Wanted {
    fn asked(keep: &mut Keep, job: &ErasureJob) -> Result<Wanted> {
        let wanted = Self::of(keep, job)?;
        if wanted.one_ids.is_empty() && wanted.live.is_empty() {
            return Err(Error::usage("nobody is named; give a One-ID or SOURCE/ID"));
        }
        Ok(wanted)
    }

    fn of(keep: &mut Keep, job: &ErasureJob) -> Result<Wanted> {
        let rows = keep.checked_rows()?;
        let mut live: BTreeSet<RecordKey> = BTreeSet::new();
        let all_live: FxHashSet<RecordKey> = rows.records.iter().map(|row| row.canonical.key.clone()).collect();
        for key in &job.records {
            if !all_live.contains(key) {
                return Err(Error::not_found(format!("there is no record {key}")));
            }
            live.insert(key.clone());
        }
        let mut one_ids: BTreeSet<OneId> = BTreeSet::new();
        for one_id in &job.people {
            let person = rows.people.get(one_id).ok_or_else(|| Error::not_found(format!("no person is or was called {one_id}")))?;
            match &person.state {
                PersonState::Live { members } => live.extend(members.iter().cloned()),
                PersonState::Erased => {
                    return Err(Error::new(ErrorClass::Conflict, format!("{one_id} was erased before; nothing is known")));
                }
                PersonState::Retired { .. } => {
                    let now = present(&rows.people, *one_id);
                    if let Some(first) = now.first() {
                        let now: Vec<String> = now.iter().map(ToString::to_string).collect();
                        let message =
                            format!("{one_id} is retired, it is {} now; name the one who is meant: say {first}", now.join(" or "));
                        return Err(Error::new(ErrorClass::Conflict, message));
                    }
                    one_ids.insert(*one_id);
                }
            }
        }
        // A person without a record that stays is gone.
        one_ids.extend(rows.people.iter().filter_map(|(one_id, person)| match &person.state {
            PersonState::Live { members } => members.iter().all(|key| live.contains(key)).then_some(*one_id),
            _ => None,
        }));
        let mut partly = FxHashSet::default();
        let retired = rows.people.iter().filter(|(_, person)| matches!(person.state, PersonState::Retired { .. }));
        let led: Vec<(OneId, Vec<OneId>)> = retired.map(|(one_id, _)| (*one_id, present(&rows.people, *one_id))).collect();
        let gone = one_ids.clone();
        for (one_id, now) in led {
            let going = now.iter().filter(|one| gone.contains(one)).count();
            if going > 0 && going == now.len() {
                one_ids.insert(one_id);
            } else if going > 0 {
                partly.insert(one_id);
            }
        }
        Ok(Wanted { one_ids, partly, live, all_live, listed: None })
    }

    /// Whether a record that was this One-ID's last goes.
    fn owns(&self, one_id: &OneId) -> bool {
        self.one_ids.contains(one_id) || self.partly.contains(one_id)
    }

    fn lists(&self, key: &RecordKey) -> bool {
        self.listed.as_ref().is_some_and(|listed| listed.keeps_out(key))
    }
}

/// The present people that a One-ID has become.
fn present(people: &FxHashMap<OneId, PersonRow>, one_id: OneId) -> Vec<OneId> {
    let (mut found, mut seen, mut next) = (BTreeSet::new(), FxHashSet::from_iter([one_id]), vec![one_id]);
    while let Some(here) = next.pop() {
        match people.get(&here).map(|person| &person.state) {
            Some(PersonState::Live { .. }) => drop(found.insert(here)),
            Some(PersonState::Retired { successors }) => next.extend(successors.iter().copied().filter(|one| seen.insert(*one))),
            Some(PersonState::Erased) | None => {}
        }
    }
    found.into_iter().collect()
}

/// One stay of a record in the store, from the first put under its key to its deletion.
#[derive(Clone, Copy, Debug)]
struct Stay {
    from: u64,
    /// Whose it is or was last.
    owner: Option<OneId>,
    over: bool,
}

/// Which records go, by key and journal position: a key may have had others before and behind.
#[derive(Default)]
struct Scope {
    /// By key: from which position on it is that of a record that goes, or that of another.
    erased: BTreeMap<RecordKey, Vec<(u64, bool)>>,
}

impl Scope {
    fn find(reader: &Reader, wanted: &Wanted) -> Result<Scope> {
        // Keys that ever were of the people who go.
        let mut keys: FxHashSet<RecordKey> = wanted.live.iter().cloned().collect();
        for part in parts_of(reader, &[Kind::RecordPut, Kind::RecordDelete, Kind::Assignment]) {
            match part?.1 {
                Part::Put(row) if wanted.owns(&row.one_id) || wanted.lists(&row.canonical.key) => drop(keys.insert(row.canonical.key)),
                Part::Moved(key, one_id) if wanted.owns(&one_id) => drop(keys.insert(key)),
                Part::Delete(Deletion { key, owner: Some(owner), .. }) if wanted.owns(&owner) => drop(keys.insert(key)),
                _ => {}
            }
        }
        let mut stays: BTreeMap<RecordKey, Vec<Stay>> = BTreeMap::new();
        for part in parts_of(reader, &[Kind::RecordPut, Kind::RecordDelete, Kind::Assignment]) {
            let ((position, _), part) = part?;
            match part {
                Part::Put(row) if keys.contains(&row.canonical.key) => {
                    let of_key = stays.entry(row.canonical.key).or_default();
                    match of_key.last_mut().filter(|stay| !stay.over) {
                        Some(stay) => stay.owner = Some(row.one_id),
                        None => of_key.push(Stay { from: position, owner: Some(row.one_id), over: false }),
                    }
                }
                Part::Moved(key, one_id) => {
                    if let Some(stay) = stays.get_mut(&key).and_then(|of_key| of_key.last_mut()) {
                        stay.owner = Some(one_id);
                    }
                }
                Part::Delete(Deletion { key, owner, .. }) => {
                    if let Some(stay) = stays.get_mut(&key).and_then(|of_key| of_key.last_mut()).filter(|stay| !stay.over) {
                        // Within the batch it may have changed hands once more.
                        (stay.over, stay.owner) = (true, owner.or(stay.owner));
                    }
                }
                _ => {}
            }
        }
        let mut scope = Scope::default();
        for (key, of_key) in stays {
            let goes = |stay: &Stay| {
                let listed = wanted.lists(&key);
                let by_owner = stay.over && stay.owner.is_some_and(|owner| wanted.owns(&owner));
                listed || by_owner || !stay.over && wanted.live.contains(&key)
            };
            let ranges: Vec<(u64, bool)> = of_key.iter().map(|stay| (stay.from, goes(stay))).collect();
            if ranges.iter().any(|(_, goes)| *goes) {
                scope.erased.insert(key, ranges);
            }
        }
        Ok(scope)
    }

    /// Whether a key names, at a journal position, a record that goes.
    fn has(&self, key: &RecordKey, position: u64) -> bool {
        let Some(ranges) = self.erased.get(key) else { return false };
        ranges[..ranges.partition_point(|(from, _)| *from <= position)].last().is_some_and(|(_, goes)| *goes)
    }

    fn past_records(&self, wanted: &Wanted) -> u64 {
        let gone = self.erased.values().flatten().filter(|(_, goes)| *goes).count();
        gone.saturating_sub(wanted.live.len()) as u64
    }

    /// Keys that are nobody's now.
    fn keys<'a>(&'a self, wanted: &'a Wanted) -> impl Iterator<Item = &'a RecordKey> {
        self.erased.keys().filter(|key| wanted.live.contains(*key) || !wanted.all_live.contains(*key))
    }
}

/// Parts of frames of some kinds, with their places.
fn parts_of<'a>(reader: &'a Reader, kinds: &'a [Kind]) -> impl Iterator<Item = Result<(PartId, Part)>> + 'a {
    let of_frame = |entry: Result<(crate::journal::Frame, crate::journal::Payload)>| -> Result<Vec<(PartId, Part)>> {
        let (frame, payload) = entry?;
        if !kinds.contains(&frame.kind) {
            return Ok(Vec::new());
        }
        let parts = (0..).zip(payload.parts()).filter_map(|(number, part)| Some((number, part?)));
        let read = parts.map(|(number, part)| Ok(Part::decode(frame.kind, part)?.map(|part| ((frame.position, number), part))));
        read.filter_map(Result::transpose).collect()
    };
    reader.entries(1).map(of_frame).flat_map(|parts| match parts {
        Ok(parts) => parts.into_iter().map(Ok).collect::<Vec<_>>(),
        Err(error) => vec![Err(error)],
    })
}

/// The parts of the journal that go.
#[derive(Default)]
struct Parts {
    gone: Vec<PartId>,
    /// What stands in the place of some of them.
    instead: BTreeMap<PartId, Vec<u8>>,
    /// Judgements on records that go.
    judgements: BTreeSet<CompactString>,
}

const TELLING: &[Kind] =
    &[Kind::RecordPut, Kind::RecordDelete, Kind::Assignment, Kind::Event, Kind::Judgement, Kind::ReviewItem, Kind::Request];

impl Parts {
    fn find(reader: &Reader, wanted: &Wanted, scope: &Scope) -> Result<Parts> {
        let mut parts = Parts::default();
        let mut requests: FxHashSet<CompactString> = FxHashSet::default();
        // All that was told of an item goes with any of it: what was told first would stand again.
        let mut items: BTreeMap<CompactString, (bool, Vec<PartId>)> = BTreeMap::new();
        for part in parts_of(reader, TELLING) {
            let (id, part) = part?;
            if let Part::Review(row) = &part {
                if scope.erased.contains_key(&row.a) || scope.erased.contains_key(&row.b) {
                    let item = items.entry(row.id.clone()).or_default();
                    item.0 |= scope.has(&row.a, id.0) || scope.has(&row.b, id.0);
                    item.1.push(id);
                }
                continue;
            }
            match without(part, id.0, wanted, scope, &mut requests)? {
                Left::All => {}
                Left::Nothing => parts.gone.push(id),
                Left::Some(part) => {
                    if let Part::Judgement(row) = &part {
                        parts.judgements.insert(row.id.clone());
                    }
                    parts.gone.push(id);
                    parts.instead.insert(id, part.encode()?);
                }
            }
        }
        parts.gone.extend(items.into_values().filter(|(goes, _)| *goes).flat_map(|(_, told)| told));
        // What an earlier erasure put in the place of such a part goes as well.
        let going: FxHashSet<PartId> = parts.gone.iter().copied().collect();
        for position in reader.erasures().collect::<Vec<_>>() {
            let (_, payload) = reader.entry(position)?;
            let again = erasure_instead(&payload).filter(|(_, id)| going.contains(id)).map(|(number, _)| (position, number));
            parts.gone.extend(again);
        }
        Ok(parts)
    }
}

/// What is left of a part.
enum Left {
    All,
    Nothing,
    Some(Part),
}

fn without(part: Part, position: u64, wanted: &Wanted, scope: &Scope, requests: &mut FxHashSet<CompactString>) -> Result<Left> {
    let goes = |key: &RecordKey| scope.has(key, position);
    let all_or_nothing = |goes: bool| if goes { Left::Nothing } else { Left::All };
    Ok(match part {
        Part::Put(row) => all_or_nothing(goes(&row.canonical.key)),
        Part::Delete(Deletion { key, .. }) | Part::Moved(key, _) | Part::Event(key, _) => all_or_nothing(goes(&key)),
        Part::Review(_) => Left::All,
        Part::Told(told) if wanted.one_ids.contains(&told.one_id) => Left::Nothing,
        Part::Told(told) => match redacted_person(&told, &goes) {
            Some(told) => Left::Some(Part::Told(told)),
            None => Left::All,
        },
        Part::Judgement(row) => match redacted_judgement(&row, &goes) {
            Some(row) => Left::Some(Part::Judgement(row)),
            None => Left::All,
        },
        Part::Answered(row) => {
            let reply: Reply = entry::decode(&row.reply)?;
            let told = reply.changes.iter().flat_map(|(_, changes)| changes);
            let names = row.about.iter().any(goes) || told.clone().any(|change| redacted_change(change, &goes).is_some());
            if names {
                requests.insert(row.id);
            }
            all_or_nothing(names)
        }
        Part::Forgotten(id) => all_or_nothing(requests.contains(&id)),
    })
}

/// A person without records that go; none where it names none.
fn redacted_person(told: &PersonTold, goes: &dyn Fn(&RecordKey) -> bool) -> Option<PersonTold> {
    let mut left = told.clone();
    let row = &mut left.row;
    if goes(&row.founding) {
        row.founding = RecordKey::erased();
    }
    if let PersonState::Live { members } = &mut row.state {
        members.retain(|key| !goes(key));
    }
    row.former_records.retain(|key| !goes(key));
    for happened in &mut left.happened {
        if let Cause::Put(key) | Cause::Deleted(key) = &mut happened.cause
            && goes(key)
        {
            *key = RecordKey::erased();
        }
        for change in &mut happened.changes {
            if let Some(redacted) = redacted_change(change, goes) {
                *change = redacted;
            }
        }
    }
    (left != *told).then_some(left)
}

fn redacted_change(change: &Change, goes: &dyn Fn(&RecordKey) -> bool) -> Option<Change> {
    let mut left = change.clone();
    let named: Vec<&mut RecordKey> = match &mut left {
        Change::Joined { record, edge, .. } => std::iter::once(record).chain(edge.as_mut().map(|edge| &mut edge.with)).collect(),
        Change::Updated { record } | Change::Left { record, .. } => vec![record],
        _ => Vec::new(),
    };
    let mut any = false;
    for key in named.into_iter().filter(|key| goes(key)) {
        *key = RecordKey::erased();
        any = true;
    }
    any.then_some(left)
}

/// A judgement of which a record goes: it holds no more, and keeps its number, its verdict and who said it.
fn redacted_judgement(row: &JudgementRow, goes: &dyn Fn(&RecordKey) -> bool) -> Option<JudgementRow> {
    if !goes(&row.a) && !goes(&row.b) {
        return None;
    }
    let left = |key: &RecordKey| if goes(key) { RecordKey::erased() } else { key.clone() };
    let erased = "a record was erased";
    let withdrawn = match &row.withdrawn {
        Some(withdrawal) => Withdrawal { reason: erased.into(), ..withdrawal.clone() },
        None => Withdrawal { author: row.author.clone(), time: row.time, reason: erased.into() },
    };
    Some(JudgementRow {
        a: left(&row.a),
        b: left(&row.b),
        reason: CompactString::default(),
        identity_a: 0,
        identity_b: 0,
        withdrawn: Some(withdrawn),
        ..row.clone()
    })
}

/// What follows for others, and the last that is told of those who go.
fn decide(
    keep: &mut Keep,
    wanted: &Wanted,
    scope: &Scope,
    judgements: &BTreeSet<CompactString>,
    job: &ErasureJob,
) -> Result<Vec<(CompactString, Entry)>> {
    let mut entries = Vec::new();
    // The frames of this batch come behind all that was found.
    let now = u64::MAX;
    let goes = |key: &RecordKey| scope.has(key, now);
    if keep.views().active()?.is_some() {
        let mut desk = Desk::open(keep, job.now)?;
        let keys: Vec<RecordKey> = wanted.live.iter().cloned().collect();
        let reused = scope.erased.keys().filter(|key| !goes(key) && wanted.all_live.contains(*key)).cloned().collect();
        desk.forget(&Forgotten { keys: &keys, judgements, reused: &reused, order: &job.order }, job.now);
        for (actor, entry) in desk.close(&job.actor, job.now).entries {
            let entry = match entry {
                Entry::Assignment(Assignment { mut moved, people }) => {
                    moved.retain(|(key, _)| !goes(key));
                    let others = people.into_iter().filter(|told| !wanted.one_ids.contains(&told.one_id));
                    let people = others.map(|told| redacted_person(&told, &goes).unwrap_or(told)).collect();
                    Entry::Assignment(Assignment { moved, people })
                }
                Entry::Review(mut rows) => {
                    rows.retain(|row| !goes(&row.a) && !goes(&row.b));
                    Entry::Review(rows)
                }
                other => other,
            };
            let is_empty = match &entry {
                Entry::Assignment(Assignment { moved, people }) => moved.is_empty() && people.is_empty(),
                Entry::Review(rows) => rows.is_empty(),
                _ => false,
            };
            if !is_empty {
                entries.push((actor, entry));
            }
        }
    }
    let store = keep.views().store();
    let mut last = Vec::new();
    for one_id in &wanted.one_ids {
        let created_at = store.person(one_id)?.map_or(0, |row| row.created_at);
        let row = PersonRow {
            created_at,
            founding: RecordKey::erased(),
            state: PersonState::Erased,
            former: Vec::new(),
            former_records: Vec::new(),
            changed_at: 0,
        };
        let happened = vec![Happened { cause: Cause::Erasure(job.order.to_string()), changes: vec![Change::Erased] }];
        last.push(PersonTold { one_id: *one_id, row, happened });
    }
    let people = frames(last, KEEP_FRAME_PEOPLE_MAX, PersonTold::bytes_at_most).into_iter();
    entries.extend(people.map(|people| (job.actor.clone(), Entry::Assignment(Assignment { moved: Vec::new(), people }))));
    Ok(entries)
}

fn order(suppression: &Suppression, wanted: &Wanted, scope: &Scope, job: &ErasureJob) -> Result<ErasureOrder> {
    let key = suppression.key_or_new()?;
    let mut suppressed: Vec<[u8; 16]> = scope.keys(wanted).map(|record| hash(&key, record)).collect();
    suppressed.sort_unstable();
    Ok(ErasureOrder {
        people: wanted.one_ids.iter().copied().collect(),
        reason: job.order.clone(),
        records: wanted.live.len() as u64,
        key,
        suppressed,
    })
}
