//! Builds golden profiles.

use super::{Strategy, Survivorship};
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A field's surviving value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenValue {
    /// The field.
    pub field: Field,
    /// The value.
    pub text: CompactString,
    /// How far it can be trusted.
    pub grade: Grade,
    /// The record it is taken from.
    pub from: RecordKey,
    /// When that record was observed, seconds since 1970, where known.
    pub observed_at: Option<i64>,
    /// The field's strategy.
    pub strategy: Strategy,
    /// What told it from the next best value.
    pub chosen: Chosen,
    /// Records that hold the same value.
    pub holders: usize,
    /// Other values of the field among the person's records, best first.
    pub others: Vec<OtherValue>,
}

/// What told a surviving value from the next best one. The order is that in which they are asked, but for the strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// There is no other value.
    OnlyValue,
    /// A better grade.
    Grade,
    /// The field's strategy.
    Strategy,
    /// A later observation, where the strategy left a draw.
    Time,
    /// More records, where time left a draw.
    Holders,
    /// The lesser text, so that the choice repeats.
    Text,
}

/// A value that did not survive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherValue {
    /// The value.
    pub text: CompactString,
    /// How far it can be trusted.
    pub grade: Grade,
    /// A record that holds it.
    pub from: RecordKey,
    /// When that record was observed, seconds since 1970, where known.
    pub observed_at: Option<i64>,
    /// Records that hold the same value.
    pub holders: usize,
}

/// One person as known from all their records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenProfile {
    /// The person.
    pub one_id: OneId,
    /// Surviving values, in the order of fields.
    pub values: Vec<GoldenValue>,
    /// The person's records, rising by key.
    pub records: Vec<RecordKey>,
}

impl GoldenProfile {
    /// The surviving value of a field.
    pub fn value(&self, field: Field) -> Option<&GoldenValue> {
        self.values.iter().find(|value| value.field == field)
    }
}

/// The profile of the person whose records these are.
pub fn build(one_id: OneId, records: &[&CanonicalRecord], survivorship: &Survivorship) -> GoldenProfile {
    let values = Field::ALL.iter().filter_map(|field| surviving(*field, records, survivorship)).collect();
    let mut keys: Vec<RecordKey> = records.iter().map(|record| record.key.clone()).collect();
    keys.sort_unstable();
    GoldenProfile { one_id, values, records: keys }
}

/// One distinct value with its best holder.
struct Contender<'a> {
    value: &'a FieldValue,
    holder: &'a CanonicalRecord,
    holders: usize,
}

fn surviving(field: Field, records: &[&CanonicalRecord], survivorship: &Survivorship) -> Option<GoldenValue> {
    let strategy = survivorship.strategy(field);
    let newer = |a: &CanonicalRecord, b: &CanonicalRecord| (a.observed_at, &b.key).cmp(&(b.observed_at, &a.key));
    let mut contenders: Vec<Contender<'_>> = Vec::new();
    for record in records {
        for value in record.of(field) {
            match contenders.iter_mut().find(|contender| contender.value.text == value.text) {
                Some(contender) => {
                    contender.holders += 1;
                    let better = value.grade.cmp(&contender.value.grade).reverse().then_with(|| newer(record, contender.holder));
                    if better == Ordering::Greater {
                        (contender.value, contender.holder) = (value, record);
                    }
                }
                None => contenders.push(Contender { value, holder: record, holders: 1 }),
            }
        }
    }
    contenders.sort_by(|a, b| order(a, b, strategy, survivorship).0);
    let first = contenders.first()?;
    let other = |contender: &Contender<'_>| OtherValue {
        text: contender.value.text.clone(),
        grade: contender.value.grade,
        from: contender.holder.key.clone(),
        observed_at: contender.holder.observed_at,
        holders: contender.holders,
    };
    Some(GoldenValue {
        field,
        text: first.value.text.clone(),
        grade: first.value.grade,
        from: first.holder.key.clone(),
        observed_at: first.holder.observed_at,
        strategy,
        chosen: contenders.get(1).map_or(Chosen::OnlyValue, |second| order(first, second, strategy, survivorship).1),
        holders: first.holders,
        others: contenders[1..].iter().map(other).collect(),
    })
}

/// How two values stand, the better first, and what told them apart.
fn order(a: &Contender<'_>, b: &Contender<'_>, strategy: Strategy, survivorship: &Survivorship) -> (Ordering, Chosen) {
    let by_time = b.holder.observed_at.cmp(&a.holder.observed_at);
    let by_holders = b.holders.cmp(&a.holders);
    let by_strategy = match strategy {
        Strategy::MostRecent => by_time,
        Strategy::MostFrequent => by_holders,
        Strategy::Longest => b.value.text.chars().count().cmp(&a.value.text.chars().count()),
        Strategy::SourceOrder => survivorship.rank(&a.holder.key.source).cmp(&survivorship.rank(&b.holder.key.source)),
    };
    let steps = [
        (a.value.grade.cmp(&b.value.grade), Chosen::Grade),
        (by_strategy, Chosen::Strategy),
        (by_time, Chosen::Time),
        (by_holders, Chosen::Holders),
    ];
    let decisive = steps.into_iter().find(|(order, _)| *order != Ordering::Equal);
    decisive.unwrap_or_else(|| (a.value.text.cmp(&b.value.text), Chosen::Text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, at: i64, values: &[(Field, &str, Grade)]) -> CanonicalRecord {
        let values = values.iter().map(|(field, text, grade)| FieldValue { field: *field, text: (*text).into(), grade: *grade }).collect();
        CanonicalRecord::new(RecordKey::new("crm", id), 0, Some(at), values)
    }

    #[test]
    fn grade_then_strategy_then_time() {
        let records = [
            record("1", 10, &[(Field::GivenName, "伟", Grade::Valid), (Field::Phone, "+861", Grade::Valid)]),
            record("2", 20, &[(Field::GivenName, "伟", Grade::Valid), (Field::Phone, "+862", Grade::Valid)]),
            record("3", 30, &[(Field::GivenName, "玮", Grade::Valid), (Field::Phone, "+86*", Grade::Partial)]),
        ];
        let borrowed: Vec<&CanonicalRecord> = records.iter().collect();
        let profile = build(OneId::from_bytes([0; 10]), &borrowed, &Survivorship::default());
        let given = profile.value(Field::GivenName).expect("known");
        assert_eq!((given.text.as_str(), given.holders, given.from.id.as_str()), ("伟", 2, "2"));
        assert_eq!(given.chosen, Chosen::Strategy);
        assert_eq!(given.others.iter().map(|other| other.text.as_str()).collect::<Vec<_>>(), ["玮"]);
        let phone = profile.value(Field::Phone).expect("known");
        assert_eq!((phone.text.as_str(), phone.strategy), ("+862", Strategy::MostRecent), "the newest whole number, not the masked one");
        assert_eq!(phone.chosen, Chosen::Strategy);
        assert_eq!(profile.value(Field::Email), None);
        let turned: Vec<&CanonicalRecord> = records.iter().rev().collect();
        assert_eq!(build(OneId::from_bytes([0; 10]), &turned, &Survivorship::default()), profile, "order of records does not matter");
    }

    #[test]
    fn the_trusted_source_wins_where_asked() {
        let mut app = record("9", 99, &[(Field::City, "上海", Grade::Valid)]);
        app.key = RecordKey::new("app", "9");
        let crm = record("1", 1, &[(Field::City, "北京", Grade::Valid)]);
        let survivorship = Survivorship { sources: vec!["crm".into()], otherwise: Strategy::SourceOrder, fields: Vec::new() };
        let profile = build(OneId::from_bytes([0; 10]), &[&app, &crm], &survivorship);
        assert_eq!(profile.value(Field::City).map(|value| value.text.as_str()), Some("北京"));
    }
}
