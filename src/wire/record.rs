//! Records on the wire: keys, fields, grades, values, times.

use super::v1;
use crate::error::{Error, Result};
use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};

/// Seconds since 1970 as the wire writes a time.
pub fn timestamp(seconds: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds, nanos: 0 }
}

impl From<&RecordKey> for v1::RecordKey {
    fn from(key: &RecordKey) -> Self {
        v1::RecordKey { source: key.source.to_string(), record_id: key.id.to_string() }
    }
}

impl TryFrom<&v1::RecordKey> for RecordKey {
    type Error = Error;
    fn try_from(key: &v1::RecordKey) -> Result<RecordKey> {
        if key.source.is_empty() || key.record_id.is_empty() {
            return Err(Error::usage("a record key has a source and a record id; one of them is empty"));
        }
        Ok(RecordKey::new(key.source.as_str(), key.record_id.as_str()))
    }
}

impl From<Field> for v1::Field {
    fn from(field: Field) -> Self {
        match field {
            Field::DisplayName => v1::Field::DisplayName,
            Field::FamilyName => v1::Field::FamilyName,
            Field::GivenName => v1::Field::GivenName,
            Field::MiddleName => v1::Field::MiddleName,
            Field::Nickname => v1::Field::Nickname,
            Field::Sex => v1::Field::Sex,
            Field::BirthDate => v1::Field::BirthDate,
            Field::Age => v1::Field::Age,
            Field::Phone => v1::Field::Phone,
            Field::Email => v1::Field::Email,
            Field::ResidentId => v1::Field::ResidentId,
            Field::NationalId => v1::Field::NationalId,
            Field::Certificate => v1::Field::Certificate,
            Field::Device => v1::Field::Device,
            Field::OpenId => v1::Field::Openid,
            Field::UnionId => v1::Field::Unionid,
            Field::CustomerNumber => v1::Field::CustomerNumber,
            Field::DisplayAddress => v1::Field::DisplayAddress,
            Field::Street => v1::Field::Street,
            Field::Premises => v1::Field::Premises,
            Field::StreetNumber => v1::Field::StreetNumber,
            Field::District => v1::Field::District,
            Field::City => v1::Field::City,
            Field::State => v1::Field::State,
            Field::Postcode => v1::Field::Postcode,
            Field::Country => v1::Field::Country,
            Field::Organisation => v1::Field::Organisation,
            Field::Occupation => v1::Field::Occupation,
        }
    }
}

/// The field of a number on the wire; `None` for one that this program does not know.
pub fn field(number: i32) -> Option<Field> {
    Field::ALL.iter().copied().find(|field| v1::Field::from(*field) as i32 == number)
}

impl From<Grade> for v1::Grade {
    fn from(grade: Grade) -> Self {
        match grade {
            Grade::Valid => v1::Grade::Valid,
            Grade::Derived => v1::Grade::Derived,
            Grade::Partial => v1::Grade::Partial,
            Grade::Invalid => v1::Grade::Invalid,
        }
    }
}

impl From<&FieldValue> for v1::FieldValue {
    fn from(value: &FieldValue) -> Self {
        v1::FieldValue {
            field: v1::Field::from(value.field).into(),
            text: value.text.to_string(),
            grade: v1::Grade::from(value.grade).into(),
        }
    }
}

/// A live record of a person.
pub fn stored_record(record: &CanonicalRecord, one_id: &str) -> v1::StoredRecord {
    v1::StoredRecord {
        key: Some((&record.key).into()),
        one_id: one_id.to_owned(),
        version: record.version,
        observed_time: record.observed_at.map(timestamp),
        values: record.values().iter().map(Into::into).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_number_of_its_own_and_its_name() {
        for known in Field::ALL {
            let wired = v1::Field::from(*known);
            assert_eq!(field(wired as i32), Some(*known));
            assert_eq!(wired.as_str_name(), format!("FIELD_{}", known.name().to_uppercase()));
        }
        assert_eq!((field(0), field(9_999)), (None, None));
    }

    #[test]
    fn half_a_record_key_is_refused() {
        let half = v1::RecordKey { source: "crm".into(), record_id: String::new() };
        assert!(RecordKey::try_from(&half).is_err());
        let key = RecordKey::new("crm", "a/b");
        assert_eq!(RecordKey::try_from(&v1::RecordKey::from(&key)).expect("whole"), key);
    }
}
