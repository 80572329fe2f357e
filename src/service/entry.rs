//! What journal frames of a store hold, and what they change in the store.
//!
//! Every part of a payload is a version byte and postcard, and holds one row, so that it can be erased by itself. Replaying applies outcomes as they were decided; nothing is decided anew.

use crate::error::{Error, Result};
use crate::journal::{Kind, PartId, Payload, erasure_payload};
use crate::limits::KEEP_FRAME_BYTES_MAX;
use crate::one_id::OneId;
use crate::one_id::history::{Cause, Change};
use crate::record::RecordKey;
use crate::service::judgement::JudgementRow;
use crate::service::review::ReviewRow;
use crate::store::{Activation, Changes, EventRow, PersonRow, ROW_BYTES_MAX, RecordRow, Store};
use compact_str::CompactString;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Version of the payloads' form, as drawn in `docs/formats.md`.
const VERSION: u8 = 4;

/// Name of the row that holds the survivorship settings.
pub const SURVIVORSHIP_ROW: &[u8] = b"survivorship";

/// Name of the row that holds the key of the hashes of records that are not to come back.
pub const SUPPRESSION_KEY_ROW: &[u8] = b"key";

/// What one frame says.
#[derive(Clone, Debug)]
pub enum Entry {
    /// Records as they are from now on.
    RecordPut(Vec<RecordRow>),
    /// Records that are gone.
    RecordDelete(Vec<Deletion>),
    /// Whose records are.
    Assignment(Assignment),
    /// Events of records.
    Event(Vec<(RecordKey, Vec<EventRow>)>),
    /// A model snapshot: its name and its JSON.
    ModelSnapshot(CompactString, Vec<u8>),
    /// The snapshot that is active from now on; for a provisional one how the next is to be learnt, as JSON.
    ModelActivation(CompactString, Option<Vec<u8>>),
    /// How the columns of a layout are read: the layout's name and the mapping's JSON.
    Mapping(Vec<u8>, Vec<u8>),
    /// Survivorship settings as JSON.
    Settings(Vec<u8>),
    /// What a steward said of two records, or took back.
    Judgement(JudgementRow),
    /// Questions for stewards as they stand from now on.
    Review(Vec<ReviewRow>),
    /// Answered requests, and ids of earlier ones that nobody repeats any more.
    Request(Vec<RequestRow>, Vec<CompactString>),
    /// People who are erased. The parts that go, and what stands in the place of some, are the journal's: none where it was read.
    Erasure(ErasureOrder, Vec<PartId>, Vec<(PartId, Vec<u8>)>),
}

/// A part of an assignment. The order of the variants is on the disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum AssignmentPart {
    /// See [`Assignment::moved`].
    Moved(RecordKey, OneId),
    /// See [`Assignment::people`].
    Told(PersonTold),
}

/// A part of a frame of answered requests. The order of the variants is on the disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum RequestPart {
    /// A request and its answer.
    Answered(RequestRow),
    /// The id of one that nobody repeats any more.
    Forgotten(CompactString),
}

/// A record that is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// The record.
    pub key: RecordKey,
    /// The version up to which it is not to come back, where that was said.
    pub up_to: Option<i64>,
    /// Whose it was; none where it was not there.
    pub owner: Option<OneId>,
}

impl Deletion {
    /// Bytes in a frame at most.
    pub fn bytes_at_most(&self) -> usize {
        key_bytes(&self.key) + 24
    }
}

/// What one part of a frame's payload says, of the kinds that tell of records.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Put(RecordRow),
    Delete(Deletion),
    Moved(RecordKey, OneId),
    Told(PersonTold),
    Event(RecordKey, Vec<EventRow>),
    Judgement(JudgementRow),
    Review(ReviewRow),
    Answered(RequestRow),
    Forgotten(CompactString),
}

impl Part {
    /// Reads a part of a frame of some kind; none for other kinds.
    pub(super) fn decode(kind: Kind, bytes: &[u8]) -> Result<Option<Part>> {
        Ok(Some(match kind {
            Kind::RecordPut => {
                let (key, row): (RecordKey, Vec<u8>) = unpack(bytes)?;
                Part::Put(RecordRow::from_bytes(key, &row)?)
            }
            Kind::RecordDelete => Part::Delete(unpack(bytes)?),
            Kind::Assignment => match unpack(bytes)? {
                AssignmentPart::Moved(key, one_id) => Part::Moved(key, one_id),
                AssignmentPart::Told(told) => Part::Told(told),
            },
            Kind::Event => {
                let (key, events) = unpack(bytes)?;
                Part::Event(key, events)
            }
            Kind::Judgement => Part::Judgement(unpack(bytes)?),
            Kind::ReviewItem => Part::Review(unpack(bytes)?),
            Kind::Request => match unpack(bytes)? {
                RequestPart::Answered(row) => Part::Answered(row),
                RequestPart::Forgotten(id) => Part::Forgotten(id),
            },
            _ => return Ok(None),
        }))
    }

    /// The bytes of a part.
    pub(super) fn encode(&self) -> Result<Vec<u8>> {
        match self {
            Part::Put(row) => pack(&(&row.canonical.key, row.to_bytes()?)),
            Part::Delete(deletion) => pack(deletion),
            Part::Moved(key, one_id) => pack(&AssignmentPart::Moved(key.clone(), *one_id)),
            Part::Told(told) => pack(&AssignmentPart::Told(told.clone())),
            Part::Event(key, events) => pack(&(key, events)),
            Part::Judgement(row) => pack(row),
            Part::Review(row) => pack(row),
            Part::Answered(row) => pack(&RequestPart::Answered(row.clone())),
            Part::Forgotten(id) => pack(&RequestPart::Forgotten(id.clone())),
        }
    }
}

/// Whom somebody wanted erased, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureOrder {
    /// The One-IDs that name nobody any more.
    pub people: Vec<OneId>,
    /// Why, as a case number; it stays.
    pub reason: CompactString,
    /// Records that are gone.
    pub records: u64,
    /// The key of the hashes, the same in all orders of a store.
    pub key: [u8; 32],
    /// Keyed hashes of the keys of records that are not to come back.
    pub suppressed: Vec<[u8; 16]>,
}

/// Records that changed hands although they did not change, and people as they are from now on.
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    /// Records that were not put by the same batch, and whose they are now.
    pub moved: Vec<(RecordKey, OneId)>,
    /// People.
    pub people: Vec<PersonTold>,
}

/// A person as it is from now on, and what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonTold {
    /// Who.
    pub one_id: OneId,
    /// The row; its `changed_at` is the position of the frame that told of the person before.
    pub row: PersonRow,
    /// What happened since, in order.
    pub happened: Vec<Happened>,
}

/// Changes of a person and what led to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// What led to them.
    pub cause: Cause,
    /// The changes.
    pub changes: Vec<Change>,
}

impl PersonTold {
    /// Bytes in a frame at most.
    pub fn bytes_at_most(&self) -> usize {
        let happened = self.happened.iter().map(|happened| 100 + happened.changes.iter().map(Change::bytes_at_most).sum::<usize>());
        20 + self.row.bytes_at_most() + happened.sum::<usize>()
    }
}

/// An answered request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// The id that the caller chose.
    pub id: CompactString,
    /// When it was answered, microseconds since 1970.
    pub time: i64,
    /// What was asked, hashed.
    pub asked: u64,
    /// The records that it was about.
    pub about: Vec<RecordKey>,
    /// What was answered.
    pub reply: Vec<u8>,
}

impl RequestRow {
    /// Bytes in a frame at most.
    pub fn bytes_at_most(&self) -> usize {
        60 + self.id.len() + self.reply.len() + self.about.iter().map(key_bytes).sum::<usize>()
    }
}

impl Entry {
    /// The frame's kind and the parts of its payload.
    pub fn encode(&self) -> Result<(Kind, Vec<Vec<u8>>)> {
        Ok(match self {
            Entry::RecordPut(rows) => {
                let part = |row: &RecordRow| pack(&(&row.canonical.key, row.to_bytes()?));
                (Kind::RecordPut, rows.iter().map(part).collect::<Result<_>>()?)
            }
            Entry::RecordDelete(gone) => (Kind::RecordDelete, gone.iter().map(pack).collect::<Result<_>>()?),
            Entry::Assignment(assignment) => {
                let moved = assignment.moved.iter().map(|(key, one_id)| pack(&AssignmentPart::Moved(key.clone(), *one_id)));
                let told = assignment.people.iter().map(|told| pack(&AssignmentPart::Told(told.clone())));
                (Kind::Assignment, moved.chain(told).collect::<Result<_>>()?)
            }
            Entry::Event(events) => (Kind::Event, events.iter().map(pack).collect::<Result<_>>()?),
            Entry::ModelSnapshot(id, json) => (Kind::ModelSnapshot, vec![pack(&(id, json))?]),
            Entry::ModelActivation(id, provisional) => (Kind::ModelActivation, vec![pack(&(id, provisional))?]),
            Entry::Mapping(layout, json) => (Kind::Mapping, vec![pack(&(layout, json))?]),
            Entry::Settings(json) => (Kind::Settings, vec![pack(json)?]),
            Entry::Judgement(row) => (Kind::Judgement, vec![pack(row)?]),
            Entry::Review(rows) => (Kind::ReviewItem, rows.iter().map(pack).collect::<Result<_>>()?),
            Entry::Request(rows, gone) => {
                let answered = rows.iter().map(|row| pack(&RequestPart::Answered(row.clone())));
                let forgotten = gone.iter().map(|id| pack(&RequestPart::Forgotten(id.clone())));
                (Kind::Request, answered.chain(forgotten).collect::<Result<_>>()?)
            }
            Entry::Erasure(order, parts, instead) => (Kind::Erasure, erasure_payload(pack(order)?, parts, instead)),
        })
    }

    /// Refuses a row that `store` could not hold, by name. To be asked before a batch is written: once durable it must be applied.
    pub fn check(&self, store: &Store) -> Result<()> {
        match self {
            Entry::RecordPut(rows) => rows.iter().try_for_each(|row| fits(row.bytes_at_most(), || format!("record {}", row.canonical.key))),
            Entry::RecordDelete(_) | Entry::ModelActivation(..) => Ok(()),
            Entry::Assignment(assignment) => {
                let people = &assignment.people;
                people.iter().try_for_each(|told| fits(told.row.bytes_at_most(), || format!("person {} with all records", told.one_id)))
            }
            Entry::Event(events) => events.iter().try_for_each(|(key, events)| {
                let added = events.iter().map(EventRow::bytes_at_most).sum::<usize>();
                fits(store.events_bytes_at_most(key)? + added, || format!("record {key} with these events"))
            }),
            Entry::ModelSnapshot(id, json) => fits(json.len(), || format!("model {id}")),
            Entry::Mapping(_, json) => fits(json.len(), || "a mapping".to_string()),
            Entry::Settings(json) => fits(json.len(), || "the survivorship of the settings".to_string()),
            // Their texts are bounded when they are taken.
            Entry::Judgement(_) | Entry::Review(_) | Entry::Request(..) | Entry::Erasure(..) => Ok(()),
        }
    }

    /// Reads a frame without what was erased of it; `None` for frames that only mark a batch, and where nothing is left.
    pub fn decode(kind: Kind, payload: &Payload) -> Result<Option<Entry>> {
        let Some(first) = payload.parts().flatten().next() else { return Ok(None) };
        let parts = || payload.parts().flatten().map(|part| Part::decode(kind, part)?.ok_or_else(|| Error::internal("a part of no kind")));
        let (mut puts, mut gone, mut assignment, mut events) = (Vec::new(), Vec::new(), Assignment::default(), Vec::new());
        let (mut judgements, mut reviews, mut answered, mut forgotten) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        if Part::decode(kind, first)?.is_some() {
            for part in parts() {
                match part? {
                    Part::Put(row) => puts.push(row),
                    Part::Delete(deletion) => gone.push(deletion),
                    Part::Moved(key, one_id) => assignment.moved.push((key, one_id)),
                    Part::Told(told) => assignment.people.push(told),
                    Part::Event(key, of_record) => events.push((key, of_record)),
                    Part::Judgement(row) => judgements.push(row),
                    Part::Review(row) => reviews.push(row),
                    Part::Answered(row) => answered.push(row),
                    Part::Forgotten(id) => forgotten.push(id),
                }
            }
        }
        Ok(Some(match kind {
            Kind::BatchBegin | Kind::BatchCommit => return Ok(None),
            Kind::RecordPut => Entry::RecordPut(puts),
            Kind::RecordDelete => Entry::RecordDelete(gone),
            Kind::Assignment => Entry::Assignment(assignment),
            Kind::Event => Entry::Event(events),
            Kind::ModelSnapshot => {
                let (id, json) = unpack(first)?;
                Entry::ModelSnapshot(id, json)
            }
            Kind::ModelActivation => {
                let (id, provisional) = unpack(first)?;
                Entry::ModelActivation(id, provisional)
            }
            Kind::Mapping => {
                let (layout, json) = unpack(first)?;
                Entry::Mapping(layout, json)
            }
            Kind::Settings => Entry::Settings(unpack(first)?),
            Kind::Judgement => match judgements.pop() {
                Some(row) => Entry::Judgement(row),
                None => return Ok(None),
            },
            Kind::ReviewItem => Entry::Review(reviews),
            Kind::Request => Entry::Request(answered, forgotten),
            Kind::Erasure => Entry::Erasure(unpack(first)?, Vec::new(), Vec::new()),
            Kind::Restriction | Kind::ReviewDecision => {
                let message =
                    format!("the journal holds a frame of kind {}, which this version does not apply; use a newer oneid", kind.name());
                return Err(Error::newer(message));
            }
        }))
    }

    /// Adds what the entry changes. Moved records are read from `store`, which must stand before the entry's batch; `arrived_at` is
    /// the position of the batch's first frame, `position` that of the entry's.
    pub fn add_to(self, changes: &mut Changes, store: &Store, arrived_at: u64, position: u64) -> Result<()> {
        match self {
            Entry::RecordPut(rows) => changes.put_records.extend(rows.into_iter().map(|row| RecordRow { arrived_at, ..row })),
            Entry::RecordDelete(gone) => {
                changes.put_tombstones.extend(gone.iter().filter_map(|deletion| Some((deletion.key.clone(), deletion.up_to?))));
                changes.delete_events.extend(gone.iter().map(|deletion| deletion.key.clone()));
                changes.delete_records.extend(gone.into_iter().map(|deletion| deletion.key));
            }
            Entry::Assignment(assignment) => {
                for (key, one_id) in assignment.moved {
                    let row =
                        store.record(&key)?.ok_or_else(|| Error::corrupt(format!("record {key} changes hands but is not in the store")))?;
                    changes.put_records.push(RecordRow { one_id, ..row });
                }
                let told = |told: PersonTold| (told.one_id, PersonRow { changed_at: position, ..told.row });
                changes.put_people.extend(assignment.people.into_iter().map(told));
            }
            Entry::Event(events) => changes.add_events.extend(events),
            Entry::ModelSnapshot(id, json) => changes.put_snapshots.push((id.as_bytes().to_vec(), json)),
            Entry::ModelActivation(id, provisional) => changes.activation = Some(Activation { id: id.as_bytes().to_vec(), provisional }),
            Entry::Mapping(layout, json) => changes.put_mappings.push((layout, json)),
            Entry::Settings(json) => changes.put_mappings.push((SURVIVORSHIP_ROW.to_vec(), json)),
            Entry::Judgement(row) => changes.put_judgements.push((row.id.as_bytes().to_vec(), encode(&row)?)),
            Entry::Review(rows) => {
                for row in rows {
                    changes.put_reviews.push((row.id.as_bytes().to_vec(), encode(&row)?));
                }
            }
            Entry::Erasure(order, ..) => {
                changes.put_suppressed.push((SUPPRESSION_KEY_ROW.to_vec(), order.key.to_vec()));
                changes.put_suppressed.extend(order.suppressed.iter().map(|hash| (hash.to_vec(), position.to_le_bytes().to_vec())));
            }
            Entry::Request(rows, gone) => {
                changes.delete_requests.extend(gone.into_iter().map(|id| id.as_bytes().to_vec()));
                for row in rows {
                    changes.put_requests.push((row.id.as_bytes().to_vec(), encode(&row)?));
                }
            }
        }
        Ok(())
    }
}

fn fits(bytes: usize, what: impl Fn() -> String) -> Result<()> {
    if bytes <= ROW_BYTES_MAX {
        return Ok(());
    }
    Err(Error::bad_data(format!(
        "{} cannot be kept: it takes {bytes} bytes, at most {ROW_BYTES_MAX} are allowed; nothing was written",
        what()
    )))
}

/// Splits rows into those of one frame each, by number and by [`KEEP_FRAME_BYTES_MAX`]; a larger row has a frame of its own. Their
/// order stays.
pub(super) fn frames<T>(rows: Vec<T>, rows_max: usize, bytes_at_most: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let (mut frames, mut frame, mut held) = (Vec::new(), Vec::new(), 0);
    for row in rows {
        let bytes = bytes_at_most(&row);
        if !frame.is_empty() && (frame.len() == rows_max || held + bytes > KEEP_FRAME_BYTES_MAX) {
            frames.push(std::mem::take(&mut frame));
            held = 0;
        }
        held += bytes;
        frame.push(row);
    }
    if !frame.is_empty() {
        frames.push(frame);
    }
    frames
}

/// Bytes of a record's key and of what goes with it in a frame, at most.
pub(super) fn key_bytes(key: &RecordKey) -> usize {
    key.source.len() + key.id.len() + 32
}

/// A row of the store that the service alone reads.
pub(super) fn encode(row: &impl Serialize) -> Result<Vec<u8>> {
    postcard::to_stdvec(row).map_err(|cause| Error::internal(format!("a row cannot be encoded: {cause}")))
}

/// Reads what [`encode`] wrote.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    postcard::from_bytes(bytes).map_err(|cause| Error::corrupt(format!("a row of the store cannot be decoded: {cause}")))
}

fn pack(value: &impl Serialize) -> Result<Vec<u8>> {
    postcard::to_extend(value, vec![VERSION]).map_err(|cause| Error::internal(format!("a journal payload cannot be encoded: {cause}")))
}

fn unpack<T: DeserializeOwned>(payload: &[u8]) -> Result<T> {
    match payload.split_first() {
        Some((&VERSION, rest)) => {
            postcard::from_bytes(rest).map_err(|cause| Error::corrupt(format!("a journal payload cannot be decoded: {cause}")))
        }
        Some((version, _)) if *version > VERSION => {
            Err(Error::newer(format!("a journal payload has form {version}, this program reads up to {VERSION}; use a newer oneid")))
        }
        Some((version, _)) => {
            let message =
                format!("a journal payload has form {version}, this program reads form {VERSION} only; merge the inputs into a new store");
            Err(Error::corrupt(message))
        }
        None => Err(Error::corrupt("a journal payload has no form")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::PersonState;

    #[test]
    fn frames_are_bounded_by_number_and_by_bytes() {
        let most = KEEP_FRAME_BYTES_MAX;
        let split = |rows: &[usize]| frames(rows.to_vec(), 3, |bytes| *bytes);
        assert_eq!(split(&[]), Vec::<Vec<usize>>::new());
        assert_eq!(split(&[1, 2, 3, 4]), [vec![1, 2, 3], vec![4]]);
        assert_eq!(split(&[1, most - 1, 1]), [vec![1, most - 1], vec![1]]);
        assert_eq!(split(&[1, most + 1, 1, 2]), [vec![1], vec![most + 1], vec![1, 2]], "a large row has a frame of its own");
    }

    #[test]
    fn a_row_takes_no_more_bytes_than_is_told() {
        let text = |length: usize| CompactString::from("长".repeat(length));
        let key = |number: usize| RecordKey { source: text(number), id: text(number) };
        let one_id = OneId::from_bytes([255; 10]);
        for length in [0, 1, 200, 70_000] {
            let event =
                EventRow { event_id: text(length), time: i64::MIN, kind: text(length), amount_minor: i64::MIN, currency: text(length) };
            assert!(postcard::to_stdvec(&event).expect("bytes").len() <= event.bytes_at_most());
            let canonical = crate::record::CanonicalRecord::new(key(1), i64::MIN, Some(i64::MIN), Vec::new());
            let record = RecordRow { canonical, source_values: vec![(text(length), text(length)); 3], one_id, arrived_at: u64::MAX };
            let bytes = record.to_bytes().expect("bytes").len();
            assert!(bytes <= record.bytes_at_most() && record.bytes_at_most() < bytes + 200);
            for state in [PersonState::Live { members: vec![key(length); 3] }, PersonState::Retired { successors: vec![one_id; 9] }] {
                let (former, former_records) = (vec![one_id; 3], vec![key(length)]);
                let changed_at = u64::MAX;
                let person = PersonRow { created_at: u64::MAX, founding: key(length), state, former, former_records, changed_at };
                assert!(postcard::to_stdvec(&person).expect("bytes").len() <= person.bytes_at_most());
            }
        }
    }
}
