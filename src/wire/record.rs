//! Records on the wire: keys, fields, grades, values, times.

use super::v1;
use crate::error::{Error, Result};
use crate::limits::AS_OF_SECONDS_MAX;
use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};

/// Seconds since 1970 as the wire writes a time.
pub fn timestamp(seconds: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds, nanos: 0 }
}

/// Microseconds since 1970 as the wire writes a time.
pub fn instant(microseconds: i64) -> prost_types::Timestamp {
    let nanos = microseconds.rem_euclid(1_000_000) * 1_000;
    prost_types::Timestamp { seconds: microseconds.div_euclid(1_000_000), nanos: i32::try_from(nanos).unwrap_or(0) }
}

/// The moment that a request asks about, whole seconds since 1970. Moments to come are moments too; one before 1970 or after
/// [`AS_OF_SECONDS_MAX`], or with other than 0 to 999,999,999 nanoseconds, is a usage error.
pub fn moment(asked: &prost_types::Timestamp) -> Result<i64> {
    if !(0..=AS_OF_SECONDS_MAX).contains(&asked.seconds) || !(0..1_000_000_000).contains(&asked.nanos) {
        let message = format!("{} seconds and {} nanoseconds are no moment from 1970 to 9999", asked.seconds, asked.nanos);
        return Err(Error::usage(message));
    }
    Ok(asked.seconds)
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
            Field::Generation => v1::Field::Generation,
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
    fn moments_lie_within_the_protocols_years() {
        let read = |seconds, nanos| moment(&prost_types::Timestamp { seconds, nanos }).ok();
        assert_eq!((read(0, 0), read(1, 999_999_999), read(AS_OF_SECONDS_MAX, 0)), (Some(0), Some(1), Some(AS_OF_SECONDS_MAX)));
        for (seconds, nanos) in [(-1, 0), (AS_OF_SECONDS_MAX + 1, 0), (i64::MIN, 0), (i64::MAX, 0), (1, -1), (1, 1_000_000_000)] {
            assert_eq!(read(seconds, nanos), None, "{seconds} {nanos}");
        }
    }

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
