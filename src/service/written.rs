//! The surviving values of a profile as their sources wrote them: `O'Neil` for `oneil`, `Kate.Oneil@gmail.com` for what mailboxes share.

use crate::golden::GoldenProfile;
use crate::normalize::{email, text};
use crate::record::{Field, RecordKey};
use compact_str::CompactString;
use std::collections::BTreeMap;

/// A row's columns and values, as its source wrote them.
pub type SourceValues = [(CompactString, CompactString)];

/// Fields whose values are folded, and written otherwise by people.
const FOLDED: &[Field] = &[
    Field::FamilyName,
    Field::GivenName,
    Field::MiddleName,
    Field::Nickname,
    Field::Email,
    Field::Street,
    Field::Premises,
    Field::District,
    Field::City,
    Field::State,
    Field::Country,
    Field::Organisation,
    Field::Occupation,
];

/// Adds to each surviving value how the record that it is taken from wrote it, where one of that record's columns says just this.
pub fn add_written(profile: &mut GoldenProfile, rows: &BTreeMap<&RecordKey, &SourceValues>) {
    for value in profile.values.iter_mut().filter(|value| FOLDED.contains(&value.field)) {
        let Some(columns) = rows.get(&value.from) else { continue };
        let written = columns.iter().map(|(_, found)| text::clean(found)).find(|found| says(value.field, found, &value.text));
        value.written = written.filter(|written| *written != value.text);
    }
}

fn says(field: Field, written: &str, value: &str) -> bool {
    match field {
        Field::Email => email::read(written).is_ok_and(|(read, _)| read == value),
        _ => letters(written) == letters(value),
    }
}

fn letters(value: &str) -> CompactString {
    text::letters_and_digits(&text::folded(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{Survivorship, build};
    use crate::one_id::OneId;
    use crate::record::{CanonicalRecord, FieldValue, Grade};

    #[test]
    fn values_are_shown_as_their_record_wrote_them() {
        let value = |field, text: &str| FieldValue { field, text: text.into(), grade: Grade::Valid };
        let values = vec![
            value(Field::FamilyName, "oneil"),
            value(Field::GivenName, "kate"),
            value(Field::Email, "kateoneil@gmail.com"),
            value(Field::City, "springfield"),
        ];
        let record = CanonicalRecord::new(RecordKey::new("b", "1"), 0, None, values);
        let columns: Vec<(CompactString, CompactString)> =
            [("name", "Kate O'Neil"), ("surname", "O’Neil"), ("first", "kate"), ("mail", "Kate.Oneil@gmail.com"), ("town", "Springfield ")]
                .map(|(column, value)| (column.into(), value.into()))
                .to_vec();
        let mut profile = build(OneId::from_bytes([0; 10]), &[&record], &Survivorship::default());
        add_written(&mut profile, &BTreeMap::from([(&record.key, &columns[..])]));
        let written = |field| profile.value(field).and_then(|value| value.written.as_deref());
        assert_eq!(written(Field::FamilyName), Some("O’Neil"));
        assert_eq!(written(Field::GivenName), None, "it is written just so");
        assert_eq!(written(Field::Email), Some("Kate.Oneil@gmail.com"));
        assert_eq!(written(Field::City), Some("Springfield"));
    }
}
