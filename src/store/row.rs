//! What rows hold: records, people and events, and their forms on the disk.
//!
//! The forms on the disk are types of their own, so that an enum which gains a variant in the middle changes no stored byte: fields
//! and grades are written as numbers fixed here. Postcard writes the rest. `layout` puts a version in front.

use crate::error::{Error, Result};
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// A live record: what it says, what its source said, whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    /// The record as normalised.
    pub canonical: CanonicalRecord,
    /// The values as they arrived: column and text.
    pub source_values: Vec<(CompactString, CompactString)>,
    /// The person it belongs to now.
    pub one_id: OneId,
    /// The journal position it arrived at.
    pub arrived_at: u64,
}

/// A person, present or past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The journal position the One-ID was made at.
    pub created_at: u64,
    /// The record it was made for.
    pub founding: RecordKey,
    /// Whether it lives.
    pub state: PersonState,
    /// One-IDs that were merged into this one, oldest first: a split that undoes the merge gives them back.
    pub former: Vec<OneId>,
    /// Of a retired One-ID the records that it had when it retired and that never left the store since, sorted: it redirects to
    /// whoever holds them. A present person has none here.
    pub former_records: Vec<RecordKey>,
    /// The position of the journal frame that told of it last; in a frame, of the one that told of it before, 0 for none.
    pub changed_at: u64,
}

/// Whether a One-ID names people now or redirects. New variants go to the end: their order is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PersonState {
    /// It names a person.
    Live {
        /// The person's records, sorted.
        members: Vec<RecordKey>,
    },
    /// It redirects; to several after a split of what it had become.
    Retired {
        /// Where to; empty when its last record was deleted while it named a person.
        successors: Vec<OneId>,
    },
    /// The person was erased; nothing is known.
    Erased,
}

/// Something a customer did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// The event's id, unique within its record.
    pub event_id: CompactString,
    /// When, in seconds since 1970.
    pub time: i64,
    /// What (`purchase`, `visit` ...).
    pub kind: CompactString,
    /// How much, in the currency's minor unit (cents, fen); 0 where there is no amount.
    pub amount_minor: i64,
    /// ISO 4217 code; empty where there is no amount.
    pub currency: CompactString,
}

/// Bytes of numbers, marks and lengths of a row beside those of its items, at most.
const FIXED_BYTES: usize = 96;

/// Bytes of a text at most: its length takes up to ten.
fn text_bytes(text: &CompactString) -> usize {
    text.len() + 10
}

fn key_bytes(key: &RecordKey) -> usize {
    text_bytes(&key.source) + text_bytes(&key.id)
}

impl PersonRow {
    /// Bytes of the row on the disk at most: quicker to tell than the bytes themselves, and not much more.
    pub fn bytes_at_most(&self) -> usize {
        let (records, people): (&[RecordKey], usize) = match &self.state {
            PersonState::Live { members } => (members, 0),
            PersonState::Retired { successors } => (&[], successors.len()),
            PersonState::Erased => (&[], 0),
        };
        let keys = records.iter().chain(&self.former_records).chain([&self.founding]).map(key_bytes).sum::<usize>();
        FIXED_BYTES + keys + 10 * (people + self.former.len())
    }
}

impl EventRow {
    /// Bytes of the event in its record's row, at most.
    pub fn bytes_at_most(&self) -> usize {
        20 + text_bytes(&self.event_id) + text_bytes(&self.kind) + text_bytes(&self.currency)
    }
}

/// A record row on the disk. Its key is the row's.
#[derive(Deserialize)]
struct StoredRecord {
    version: i64,
    observed_at: Option<i64>,
    values: Vec<(u8, u8, CompactString)>,
    source_values: Vec<(CompactString, CompactString)>,
    one_id: OneId,
    arrived_at: u64,
}

/// The same, borrowed; the two must write and read the same fields in the same order.
#[derive(Serialize)]
struct StoredRecordRef<'a> {
    version: i64,
    observed_at: Option<i64>,
    values: Vec<(u8, u8, &'a str)>,
    source_values: &'a [(CompactString, CompactString)],
    one_id: OneId,
    arrived_at: u64,
}

impl RecordRow {
    /// Bytes of the row on the disk at most: quicker to tell than the bytes themselves, and not much more.
    pub fn bytes_at_most(&self) -> usize {
        let values = self.canonical.values().iter().map(|value| 2 + text_bytes(&value.text)).sum::<usize>();
        let arrived = self.source_values.iter().map(|(column, value)| text_bytes(column) + text_bytes(value)).sum::<usize>();
        FIXED_BYTES + values + arrived
    }

    /// The row as bytes, without its key. The form is fixed: also fit for a journal payload, with the key beside it.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let values = self.canonical.values().iter();
        encode(&StoredRecordRef {
            version: self.canonical.version,
            observed_at: self.canonical.observed_at,
            values: values.map(|value| (field_number(value.field), grade_number(value.grade), value.text.as_str())).collect(),
            source_values: &self.source_values,
            one_id: self.one_id,
            arrived_at: self.arrived_at,
        })
    }

    /// Reads what [`RecordRow::to_bytes`] wrote for the record of this key.
    pub fn from_bytes(key: RecordKey, bytes: &[u8]) -> Result<RecordRow> {
        let stored: StoredRecord = decode(bytes)?;
        let mut values = Vec::with_capacity(stored.values.len());
        for (field, grade, text) in stored.values {
            let (Some(field), Some(grade)) = (field_of(field), grade_of(grade)) else {
                let message = format!("field {field} with grade {grade} is not known to this program: made by a newer version");
                return Err(Error::newer(message));
            };
            values.push(FieldValue { field, text, grade });
        }
        Ok(RecordRow {
            canonical: CanonicalRecord::new(key, stored.version, stored.observed_at, values),
            source_values: stored.source_values,
            one_id: stored.one_id,
            arrived_at: stored.arrived_at,
        })
    }
}

/// Postcard; fails for nothing that can be in a row.
pub(super) fn encode<T: Serialize>(row: &T) -> Result<Vec<u8>> {
    postcard::to_stdvec(row).map_err(|error| Error::internal(format!("a row cannot be written: {error}")))
}

/// Reads postcard to the last byte.
pub(super) fn decode<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((row, [])) => Ok(row),
        Ok((_, rest)) => Err(Error::corrupt(format!("the row has {} bytes too many", rest.len()))),
        Err(error) => Err(Error::corrupt(format!("the row cannot be read: {error}"))),
    }
}

/// A field's number on the disk, for ever. A new field takes the next number, wherever it stands in [`Field`].
const fn field_number(field: Field) -> u8 {
    match field {
        Field::DisplayName => 1,
        Field::FamilyName => 2,
        Field::GivenName => 3,
        Field::MiddleName => 4,
        Field::Nickname => 5,
        Field::Sex => 6,
        Field::BirthDate => 7,
        Field::Age => 8,
        Field::Phone => 9,
        Field::Email => 10,
        Field::ResidentId => 11,
        Field::NationalId => 12,
        Field::Certificate => 13,
        Field::Device => 14,
        Field::OpenId => 15,
        Field::UnionId => 16,
        Field::CustomerNumber => 17,
        Field::DisplayAddress => 18,
        Field::Street => 19,
        Field::Premises => 20,
        Field::StreetNumber => 21,
        Field::District => 22,
        Field::City => 23,
        Field::State => 24,
        Field::Postcode => 25,
        Field::Country => 26,
        Field::Organisation => 27,
        Field::Occupation => 28,
        Field::Generation => 29,
    }
}

/// Fields by their number.
static FIELDS: [Option<Field>; 256] = {
    let mut table = [None; 256];
    let mut index = 0;
    while index < Field::ALL.len() {
        let number = field_number(Field::ALL[index]) as usize;
        assert!(table[number].is_none(), "two fields have one number");
        table[number] = Some(Field::ALL[index]);
        index += 1;
    }
    table
};

fn field_of(number: u8) -> Option<Field> {
    FIELDS[usize::from(number)]
}

/// A grade's number on the disk, for ever.
const fn grade_number(grade: Grade) -> u8 {
    match grade {
        Grade::Valid => 1,
        Grade::Derived => 2,
        Grade::Partial => 3,
        Grade::Invalid => 4,
    }
}

fn grade_of(number: u8) -> Option<Grade> {
    [Grade::Valid, Grade::Derived, Grade::Partial, Grade::Invalid].into_iter().find(|grade| grade_number(*grade) == number)
}
