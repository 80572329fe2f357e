//! What writes changed that are not in the journal yet, as frames of one batch.

use crate::limits::{KEEP_FRAME_KEYS_MAX, KEEP_FRAME_PEOPLE_MAX, KEEP_FRAME_RECORDS_MAX};
use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::service::entry::{Assignment, Deletion, Entry, PersonTold, RequestRow, frames, key_bytes};
use crate::service::judgement::JudgementRow;
use crate::service::review::ReviewRow;
use crate::store::RecordRow;
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Changes of one batch, each with who asked for it where somebody did.
#[derive(Debug, Default)]
pub(super) struct Pending {
    mappings: Vec<(CompactString, Entry)>,
    deletes: Vec<(CompactString, Deletion)>,
    puts: Vec<(CompactString, RecordRow)>,
    /// By record: the last of its puts.
    last_put: FxHashMap<RecordKey, usize>,
    moved: BTreeMap<RecordKey, OneId>,
    people: Vec<PersonTold>,
    /// By person: its place.
    told: FxHashMap<OneId, usize>,
    judgements: Vec<(CompactString, JudgementRow)>,
    reviews: BTreeMap<CompactString, ReviewRow>,
    requests: Vec<RequestRow>,
    /// New people so far.
    pub(super) made: u32,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        let Pending { mappings, deletes, puts, last_put: _, moved, people, told: _, judgements, reviews, requests, made: _ } = self;
        mappings.is_empty()
            && deletes.is_empty()
            && puts.is_empty()
            && moved.is_empty()
            && people.is_empty()
            && judgements.is_empty()
            && reviews.is_empty()
            && requests.is_empty()
    }

    /// Whether a record was put: within a batch deletions come before puts, so that it cannot be deleted in this one.
    pub(super) fn has_put(&self, key: &RecordKey) -> bool {
        self.last_put.contains_key(key)
    }

    pub(super) fn map(&mut self, actor: &str, mapping: Entry) {
        self.mappings.push((actor.into(), mapping));
    }

    pub(super) fn put(&mut self, actor: &str, row: RecordRow) {
        self.moved.remove(&row.canonical.key);
        self.last_put.insert(row.canonical.key.clone(), self.puts.len());
        self.puts.push((actor.into(), row));
    }

    pub(super) fn delete(&mut self, actor: &str, deletion: Deletion) {
        self.moved.remove(&deletion.key);
        self.deletes.push((actor.into(), deletion));
    }

    /// A record changes hands.
    pub(super) fn move_to(&mut self, key: &RecordKey, one_id: OneId) {
        match self.last_put.get(key) {
            Some(place) => self.puts[*place].1.one_id = one_id,
            None => drop(self.moved.insert(key.clone(), one_id)),
        }
    }

    /// What happened to a person goes behind what did before.
    pub(super) fn tell(&mut self, new: PersonTold) {
        let Some(place) = self.told.get(&new.one_id) else {
            self.told.insert(new.one_id, self.people.len());
            self.people.push(new);
            return;
        };
        let known = &mut self.people[*place];
        known.row = new.row;
        known.happened.extend(new.happened);
    }

    pub(super) fn judge(&mut self, actor: &str, row: JudgementRow) {
        self.judgements.push((actor.into(), row));
    }

    pub(super) fn ask(&mut self, row: ReviewRow) {
        self.reviews.insert(row.id.clone(), row);
    }

    pub(super) fn answer(&mut self, row: RequestRow) {
        self.requests.push(row);
    }

    /// The frames, each with its actor: `actor` for what nobody asked for by itself. Ids of requests that nobody sends again go with them.
    pub(super) fn into_entries(self, actor: &str, forgotten: Vec<CompactString>) -> Vec<(CompactString, Entry)> {
        let mut entries = self.mappings;
        entries.extend(by_actor(self.deletes, KEEP_FRAME_KEYS_MAX, Deletion::bytes_at_most, Entry::RecordDelete));
        entries.extend(by_actor(self.puts, KEEP_FRAME_RECORDS_MAX, RecordRow::bytes_at_most, Entry::RecordPut));
        entries.extend(self.judgements.into_iter().map(|(actor, row)| (actor, Entry::Judgement(row))));
        let mut derived = Vec::new();
        let moved = frames(self.moved.into_iter().collect(), KEEP_FRAME_KEYS_MAX, |(key, _)| key_bytes(key)).into_iter();
        derived.extend(moved.map(|moved| Entry::Assignment(Assignment { moved, people: Vec::new() })));
        let people = frames(self.people, KEEP_FRAME_PEOPLE_MAX, PersonTold::bytes_at_most).into_iter();
        derived.extend(people.map(|people| Entry::Assignment(Assignment { moved: Vec::new(), people })));
        let reviews = frames(self.reviews.into_values().collect(), KEEP_FRAME_KEYS_MAX, ReviewRow::bytes_at_most);
        derived.extend(reviews.into_iter().map(Entry::Review));
        let mut forgotten = Some(forgotten).filter(|forgotten| !forgotten.is_empty());
        for requests in frames(self.requests, KEEP_FRAME_KEYS_MAX, RequestRow::bytes_at_most) {
            derived.push(Entry::Request(requests, forgotten.take().unwrap_or_default()));
        }
        derived.extend(forgotten.map(|forgotten| Entry::Request(Vec::new(), forgotten)));
        entries.extend(derived.into_iter().map(|entry| (actor.into(), entry)));
        entries
    }
}

/// Rows of one actor after the other in frames, their order kept.
fn by_actor<T>(
    rows: Vec<(CompactString, T)>,
    rows_max: usize,
    bytes_at_most: impl Fn(&T) -> usize + Copy,
    entry: impl Fn(Vec<T>) -> Entry,
) -> Vec<(CompactString, Entry)> {
    let mut of_actors: Vec<(CompactString, Vec<T>)> = Vec::new();
    for (actor, row) in rows {
        match of_actors.last_mut() {
            Some((last, rows)) if *last == actor => rows.push(row),
            _ => of_actors.push((actor, vec![row])),
        }
    }
    let mut entries = Vec::new();
    for (actor, rows) in of_actors {
        entries.extend(frames(rows, rows_max, bytes_at_most).into_iter().map(|rows| (actor.clone(), entry(rows))));
    }
    entries
}
