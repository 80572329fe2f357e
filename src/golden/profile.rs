//! Builds golden profiles.

use super::{Strategy, Survivorship};
use crate::normalize::text;
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, Field, Grade, RecordKey};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A field's surviving value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenValue {
    /// The field.
    pub field: Field,
    /// The value.
    pub text: CompactString,
    /// The value as its record's source wrote it, where that is another text and known; values are folded for comparison.
    pub written: Option<CompactString>,
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
    /// It belongs with the other parts of the name or address that survives as a whole.
    Together,
    /// A better grade.
    Grade,
    /// The field's strategy.
    Strategy,
    /// A later observation, where the strategy left a draw.
    Time,
    /// More records, where time left a draw.
    Holders,
    /// Han before letters, then the lesser text, so that the choice repeats.
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

/// Fields that say something only together: parts of one name or of one address are never taken from two. Those that must be alike
/// in records of one such whole come first, of them those that make it, then what is only shown.
struct Whole {
    made_of: &'static [Field],
    alike: &'static [Field],
    shown: Field,
}

const WHOLES: &[Whole] = &[
    Whole {
        made_of: &[Field::FamilyName, Field::GivenName],
        alike: &[Field::FamilyName, Field::GivenName, Field::MiddleName, Field::Generation],
        shown: Field::DisplayName,
    },
    Whole {
        made_of: &[Field::Street],
        alike: &[
            Field::Street,
            Field::Premises,
            Field::StreetNumber,
            Field::District,
            Field::City,
            Field::State,
            Field::Postcode,
            Field::Country,
        ],
        shown: Field::DisplayAddress,
    },
];

/// The profile of the person whose records these are.
pub fn build(one_id: OneId, records: &[&CanonicalRecord], survivorship: &Survivorship) -> GoldenProfile {
    let wholes: Vec<Vec<&CanonicalRecord>> = WHOLES.iter().map(|whole| whole.records(records, survivorship)).collect();
    let shown: Vec<Vec<&CanonicalRecord>> =
        WHOLES.iter().zip(&wholes).map(|(whole, records)| whole.shown_by(records, survivorship)).collect();
    let values = Field::ALL.iter().filter_map(|field| {
        let whole = WHOLES.iter().position(|whole| whole.shown == *field || whole.alike.contains(field));
        let eligible = match whole {
            // Only what is shown is left of records none of which says one thing; else it is shown as the whole's own record has it.
            Some(whole) if WHOLES[whole].shown == *field => {
                if shown[whole].is_empty() {
                    records
                } else {
                    &shown[whole]
                }
            }
            Some(whole) => &wholes[whole],
            None => records,
        };
        surviving(*field, eligible, records, survivorship)
    });
    let values = values.collect();
    let mut keys: Vec<RecordKey> = records.iter().map(|record| record.key.clone()).collect();
    keys.sort_unstable();
    GoldenProfile { one_id, values, records: keys }
}

/// One distinct value, or one distinct whole, with its best holder.
struct Contender<'a> {
    text: CompactString,
    grade: Grade,
    /// How many of the parts that make a whole are there; of a single value 0.
    parts: usize,
    holder: &'a CanonicalRecord,
    holders: usize,
}

impl Whole {
    /// The records of the whole that survives: the one that has it, and those that contradict neither it nor each other.
    fn records<'a>(&self, records: &[&'a CanonicalRecord], survivorship: &Survivorship) -> Vec<&'a CanonicalRecord> {
        let text = |record: &CanonicalRecord, field: Field| record.first(field).map(|value| value.text.clone());
        let mut contenders: Vec<Contender<'_>> = Vec::new();
        let says = |record: &&&CanonicalRecord| self.alike.iter().any(|field| record.first(*field).is_some());
        // Of a record with two streets and two cities nothing says which belong together.
        let is_one = |record: &CanonicalRecord| self.alike.iter().all(|field| record.of(*field).len() < 2);
        for record in records.iter().filter(says).filter(|record| is_one(record)) {
            let parts: Vec<_> = self.made_of.iter().filter_map(|field| record.first(*field)).collect();
            let texts: Vec<CompactString> = self.alike.iter().map(|field| text(record, *field).unwrap_or_default()).collect();
            let grade = parts.iter().map(|value| value.grade).max().unwrap_or(Grade::Valid);
            add(&mut contenders, texts.join("\u{1f}").into(), grade, parts.len(), record);
        }
        let strategy = survivorship.strategy(self.made_of[0]);
        contenders.sort_by(|a, b| order(a, b, strategy, survivorship).0);
        let Some(first) = contenders.first() else { return Vec::new() };
        // Records that have its parts come first, then the newer ones; each may complete the whole, and none contradict it.
        let shares = |record: &CanonicalRecord| {
            self.made_of.iter().any(|field| text(record, *field).is_some_and(|part| text(first.holder, *field) == Some(part)))
        };
        let mut others: Vec<&CanonicalRecord> =
            records.iter().copied().filter(|record| record.key != first.holder.key && is_one(record)).collect();
        others.sort_by(|a, b| (shares(b), b.observed_at, &a.key).cmp(&(shares(a), a.observed_at, &b.key)));
        let mut known: Vec<Option<CompactString>> = self.alike.iter().map(|field| text(first.holder, *field)).collect();
        let mut eligible = vec![first.holder];
        for record in others {
            let says: Vec<Option<CompactString>> = self.alike.iter().map(|field| text(record, *field)).collect();
            if says.iter().zip(&known).all(|(says, known)| says.is_none() || known.is_none() || says == known) {
                known.iter_mut().zip(says).for_each(|(known, says)| *known = known.take().or(says));
                eligible.push(record);
            }
        }
        eligible
    }
}

impl Whole {
    /// Of the records of a whole the one that shows it as the strategy has it, of those which say the very same; all where the whole's own
    /// record shows nothing.
    fn shown_by<'a>(&self, records: &[&'a CanonicalRecord], survivorship: &Survivorship) -> Vec<&'a CanonicalRecord> {
        fn text(record: &CanonicalRecord, field: Field) -> Option<&str> {
            record.first(field).map(|value| value.text.as_str())
        }
        let Some(own) = records.first().copied().filter(|own| own.first(self.shown).is_some()) else { return records.to_vec() };
        let says_same = |record: &&CanonicalRecord| self.alike.iter().all(|field| text(record, *field) == text(own, *field));
        let same: Vec<&CanonicalRecord> = records.iter().copied().filter(says_same).collect();
        let strategy = survivorship.strategy(self.shown);
        if strategy == Strategy::SourceOrder {
            let first = ranked(self.shown, &same, survivorship).into_iter().next();
            return first.into_iter().map(|contender| contender.holder).collect();
        }
        let mut held: FxHashMap<&str, usize> = FxHashMap::default();
        same.iter().filter_map(|record| text(record, self.shown)).for_each(|shown| *held.entry(shown).or_insert(0) += 1);
        let as_many = |record: &CanonicalRecord| text(record, self.shown).map(|shown| held[shown]);
        let most = same.iter().copied().filter(|record| record.first(self.shown).is_some());
        most.max_by(|a, b| (as_many(a), a.observed_at, &b.key).cmp(&(as_many(b), b.observed_at, &a.key))).into_iter().collect()
    }
}

/// Counts a holder of a text; the best holder is kept, by grade and time.
fn add<'a>(contenders: &mut Vec<Contender<'a>>, text: CompactString, grade: Grade, parts: usize, record: &'a CanonicalRecord) {
    let newer = |a: &CanonicalRecord, b: &CanonicalRecord| (a.observed_at, &b.key).cmp(&(b.observed_at, &a.key));
    match contenders.iter_mut().find(|contender| contender.text == text) {
        Some(contender) => {
            contender.holders += 1;
            if grade.cmp(&contender.grade).reverse().then_with(|| newer(record, contender.holder)) == Ordering::Greater {
                (contender.grade, contender.holder) = (grade, record);
            }
        }
        None => contenders.push(Contender { text, grade, parts, holder: record, holders: 1 }),
    }
}

/// The distinct values of a field, best first.
fn ranked<'a>(field: Field, records: &[&'a CanonicalRecord], survivorship: &Survivorship) -> Vec<Contender<'a>> {
    let mut contenders: Vec<Contender<'_>> = Vec::new();
    for record in records {
        for value in record.of(field) {
            add(&mut contenders, value.text.clone(), value.grade, 0, record);
        }
    }
    contenders.sort_by(|a, b| order(a, b, survivorship.strategy(field), survivorship).0);
    contenders
}

/// The value of a field that survives, of those that `eligible` records hold; the rest are its others.
fn surviving(
    field: Field,
    eligible: &[&CanonicalRecord],
    records: &[&CanonicalRecord],
    survivorship: &Survivorship,
) -> Option<GoldenValue> {
    let strategy = survivorship.strategy(field);
    let first = ranked(field, eligible, survivorship).into_iter().next()?;
    let all = ranked(field, records, survivorship);
    let chosen = match &all[..] {
        [_] => Chosen::OnlyValue,
        [best, second, ..] if best.text == first.text => order(best, second, strategy, survivorship).1,
        _ => Chosen::Together,
    };
    let holders = all.iter().find(|contender| contender.text == first.text).map_or(first.holders, |contender| contender.holders);
    let other = |contender: &Contender<'_>| OtherValue {
        text: contender.text.clone(),
        grade: contender.grade,
        from: contender.holder.key.clone(),
        observed_at: contender.holder.observed_at,
        holders: contender.holders,
    };
    let others = all.iter().filter(|contender| contender.text != first.text).map(other).collect();
    Some(GoldenValue {
        field,
        text: first.text,
        written: None,
        grade: first.grade,
        from: first.holder.key.clone(),
        observed_at: first.holder.observed_at,
        strategy,
        chosen,
        holders,
        others,
    })
}

/// How two values stand, the better first, and what told them apart.
fn order(a: &Contender<'_>, b: &Contender<'_>, strategy: Strategy, survivorship: &Survivorship) -> (Ordering, Chosen) {
    let by_time = b.holder.observed_at.cmp(&a.holder.observed_at);
    let by_holders = b.holders.cmp(&a.holders);
    let by_strategy = match strategy {
        Strategy::MostRecent => by_time,
        Strategy::MostFrequent => by_holders,
        Strategy::Longest => b.text.chars().count().cmp(&a.text.chars().count()),
        Strategy::SourceOrder => survivorship.rank(&a.holder.key.source).cmp(&survivorship.rank(&b.holder.key.source)),
    };
    let steps = [
        (b.parts.cmp(&a.parts), Chosen::Together),
        (a.grade.cmp(&b.grade), Chosen::Grade),
        (by_strategy, Chosen::Strategy),
        (by_time, Chosen::Time),
        (by_holders, Chosen::Holders),
    ];
    let decisive = steps.into_iter().find(|(order, _)| *order != Ordering::Equal);
    // Nothing tells them apart; Han before its spelling in letters, which says less.
    let by_script = || text::has_han(&b.text).cmp(&text::has_han(&a.text));
    decisive.unwrap_or_else(|| (by_script().then_with(|| a.text.cmp(&b.text)), Chosen::Text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::FieldValue;

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

    /// Most records say 李, most say 伟, and nobody is called 李伟.
    #[test]
    fn names_and_addresses_are_of_one_record() {
        let name = |id: &str, at: i64, family: &str, given: &str| {
            record(id, at, &[(Field::FamilyName, family, Grade::Valid), (Field::GivenName, given, Grade::Valid)])
        };
        let mut records = vec![
            name("1", 1, "李", "娜"),
            name("2", 2, "李", "丽"),
            name("3", 3, "张", "伟"),
            name("4", 4, "王", "伟"),
            name("5", 5, "李", "娜"),
        ];
        records.push(record("6", 9, &[(Field::GivenName, "伟", Grade::Valid)]));
        let shown = (Field::DisplayAddress, "5 Main Street, LS1", Grade::Valid);
        records.push(record("7", 6, &[(Field::Street, "5 main st", Grade::Valid), (Field::Postcode, "LS1", Grade::Valid), shown]));
        records.push(record("10", 12, &[(Field::City, "leeds", Grade::Valid), (Field::DisplayAddress, "Leeds", Grade::Valid)]));
        records.push(record("8", 5, &[(Field::Street, "5 main st", Grade::Valid), (Field::City, "leeds", Grade::Valid)]));
        records.push(record("9", 7, &[(Field::City, "york", Grade::Valid), (Field::State, "yorkshire", Grade::Valid)]));
        let borrowed: Vec<&CanonicalRecord> = records.iter().collect();
        let profile = build(OneId::from_bytes([0; 10]), &borrowed, &Survivorship::default());
        let value = |field: Field| profile.value(field).map(|value| (value.text.as_str(), value.from.id.as_str(), value.chosen));
        assert_eq!(value(Field::FamilyName), Some(("李", "5", Chosen::Strategy)));
        assert_eq!(value(Field::GivenName), Some(("娜", "5", Chosen::Together)));
        let others = &profile.value(Field::GivenName).expect("known").others;
        assert_eq!(others.iter().map(|other| (other.text.as_str(), other.holders)).collect::<Vec<_>>(), [("伟", 3), ("丽", 1)]);
        assert_eq!(value(Field::Street), Some(("5 main st", "7", Chosen::OnlyValue)));
        assert_eq!(value(Field::Postcode), Some(("LS1", "7", Chosen::OnlyValue)));
        assert_eq!(value(Field::City).map(|(text, ..)| text), Some("leeds"), "York is no city of this street");
        assert_eq!(value(Field::DisplayAddress).map(|(text, ..)| text), Some("5 Main Street, LS1"), "Leeds is newer, and less");
        assert_eq!(value(Field::State), None, "Yorkshire is that of York");
    }

    #[test]
    fn the_fuller_name_goes_first_and_two_addresses_of_one_record_make_none() {
        let full = record("1", 20, &[(Field::FamilyName, "张", Grade::Valid), (Field::GivenName, "伟*", Grade::Partial)]);
        let part = record("2", 10, &[(Field::FamilyName, "李", Grade::Valid)]);
        let streets = [(Field::Street, "1 zeta rd", Grade::Valid), (Field::Street, "9 alpha rd", Grade::Valid)];
        let cities = [(Field::City, "aville", Grade::Valid), (Field::City, "zville", Grade::Valid)];
        let shown = [(Field::DisplayAddress, "1 Zeta Road, Zville", Grade::Valid), (Field::DisplayAddress, "9 Alpha Road", Grade::Valid)];
        let two = record("3", 30, &[&streets[..], &cities, &shown].concat());
        let profile = build(OneId::from_bytes([0; 10]), &[&full, &part, &two], &Survivorship::default());
        let value = |field: Field| profile.value(field).map(|value| value.text.as_str());
        assert_eq!((value(Field::FamilyName), value(Field::GivenName)), (Some("张"), Some("伟*")));
        assert_eq!((value(Field::Street), value(Field::City)), (None, None), "nothing says which street is in which city");
        assert_eq!(value(Field::DisplayAddress), Some("1 Zeta Road, Zville"));
        let one = record("4", 5, &[(Field::Street, "3 elm rd", Grade::Valid), (Field::City, "york", Grade::Valid)]);
        let profile = build(OneId::from_bytes([0; 10]), &[&two, &one], &Survivorship::default());
        assert_eq!(profile.value(Field::City).map(|value| value.text.as_str()), Some("york"), "a record of one address goes before");
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

    /// `叶 华` once won over `叶华` because it was the newest, and the spelling in letters over Han by its first letter.
    #[test]
    fn names_are_shown_as_most_records_write_them() {
        let named = |id: &str, at: i64, shown: &str, family: &str, given: &str| {
            let valid = |field, text| (field, text, Grade::Valid);
            let values = [valid(Field::DisplayName, shown), valid(Field::FamilyName, family), valid(Field::GivenName, given)];
            record(id, at, &values)
        };
        let spaced = [named("1", 10, "叶华", "叶", "华"), named("2", 20, "叶华", "叶", "华"), named("3", 30, "叶 华", "叶", "华")];
        let shown = |records: &[CanonicalRecord]| {
            let borrowed: Vec<&CanonicalRecord> = records.iter().collect();
            let profile = build(OneId::from_least_key(&records[0].key), &borrowed, &Survivorship::default());
            profile.value(Field::DisplayName).map(|value| value.text.to_string())
        };
        assert_eq!(shown(&spaced).as_deref(), Some("叶华"));
        let spelt = [named("1", 10, "欧阳建国", "欧阳", "建国"), named("2", 10, "Ouyang Jianguo", "jianguo", "ouyang")];
        assert_eq!(shown(&spelt).as_deref(), Some("欧阳建国"));
    }
}
