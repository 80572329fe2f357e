//! Which pairs of records a blocking could be asked to find.
//!
//! A pair is findable when its records share an identifier within one edit, or a birth date, the full name or an address together with a
//! part of the name. What shares less is nobody's to find within a budget of pairs; recall of blocking is told of the findable.

use crate::blocking::{KeyExpression, Rule};
use crate::comparison::similarity::within_one_edit;
use crate::record::{CanonicalRecord, Field};

const IDENTIFIERS: &[Field] = &[
    Field::ResidentId,
    Field::NationalId,
    Field::Certificate,
    Field::Phone,
    Field::Email,
    Field::Device,
    Field::OpenId,
    Field::UnionId,
    Field::CustomerNumber,
];

/// Characters from which a value one edit away is no accident.
const IDENTIFIER_CHARS_MIN: usize = 6;

/// What of each record decides it, made once.
#[derive(Debug)]
pub struct Findable<'a> {
    records: &'a [CanonicalRecord],
    /// By row: hashes of what two records must share one of, rising.
    keys: Vec<Vec<u64>>,
}

impl<'a> Findable<'a> {
    /// Prepares records.
    pub fn of(records: &'a [CanonicalRecord]) -> Self {
        use KeyExpression::{Name, NamePart, Value};
        let rules = [
            Rule::new(&[Name]),
            Rule::new(&[NamePart, Value(Field::BirthDate)]),
            Rule::new(&[NamePart, Value(Field::Street), Value(Field::StreetNumber)]),
            Rule::new(&[NamePart, Value(Field::Premises)]),
        ];
        let keys = |record: &CanonicalRecord| {
            let mut keys = Vec::new();
            rules.iter().for_each(|rule| rule.keys(record, &mut keys));
            keys.sort_unstable();
            keys
        };
        Findable { records, keys: records.iter().map(keys).collect() }
    }

    /// Whether two rows are.
    pub fn is_findable(&self, a: u32, b: u32) -> bool {
        let (of_a, of_b) = (&self.keys[a as usize], &self.keys[b as usize]);
        of_a.iter().any(|key| of_b.binary_search(key).is_ok())
            || self.share_identifier(&self.records[a as usize], &self.records[b as usize])
    }

    fn share_identifier(&self, a: &CanonicalRecord, b: &CanonicalRecord) -> bool {
        let near = |a: &str, b: &str| a == b || a.chars().count().min(b.chars().count()) >= IDENTIFIER_CHARS_MIN && within_one_edit(a, b);
        IDENTIFIERS.iter().any(|field| a.of(*field).iter().any(|x| b.of(*field).iter().any(|y| near(&x.text, &y.text))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{FieldValue, Grade, RecordKey};

    #[test]
    fn what_is_shared_makes_a_pair_findable() {
        use Field as F;
        let record = |values: &[(Field, &str)]| {
            let value = |(field, text): &(Field, &str)| FieldValue { field: *field, text: (*text).into(), grade: Grade::Valid };
            CanonicalRecord::new(RecordKey::new("s", "1"), 0, None, values.iter().map(value).collect())
        };
        let ann = [(F::FamilyName, "smith"), (F::GivenName, "ann")];
        for (a, b, findable) in [
            (vec![(F::Phone, "13912345678")], vec![(F::Phone, "13912345687")], true),
            (vec![(F::Phone, "13912345678")], vec![(F::Phone, "13912345600")], false),
            (vec![(F::Certificate, "12")], vec![(F::Certificate, "13")], false),
            (ann.to_vec(), ann.to_vec(), true),
            (vec![ann[0], (F::BirthDate, "1980-01-02")], vec![ann[0], (F::BirthDate, "1980-01-02")], true),
            (vec![ann[0]], vec![ann[0]], false),
            (vec![(F::BirthDate, "1980-01-02")], vec![(F::BirthDate, "1980-01-02")], false),
            (vec![ann[1], (F::Premises, "garden 3-1-201")], vec![ann[1], (F::Premises, "garden 3-1-201")], true),
        ] {
            let records = [record(&a), record(&b)];
            assert_eq!(Findable::of(&records).is_findable(0, 1), findable, "{a:?} {b:?}");
        }
    }
}
