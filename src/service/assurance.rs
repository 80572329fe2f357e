//! How sure it is that the records of a person are the person's: what the links that hold them rest on.
//!
//! A link rests on the families of evidence that speak clearly for it. A record is as sure as the weakest link on the best way to
//! it from the record that the One-ID follows (a verified identity, else the founding record); records that hold by no link but
//! by agreement of the whole are probable; what a steward ruled to be one person is strong. The numbers are those that decided, with the present holders of phones and devices.

use crate::comparison::{Band, Pair, RecordTable, compare, library};
use crate::engine::resolver::Resolver;
use crate::limits::{ASSURANCE_CLEAR_BITS, ASSURANCE_RECORDS_MAX};
use crate::link::{Assurance, Decision};
use crate::model::{MatchWeight, Model, Rivals};
use crate::one_id::assignment::followed;
use crate::record::{CanonicalRecord, Field, Grade, RecordKey};

/// By record: its assurance, in the order of `records`, which are one person's. `founding` is the record that founded the person.
/// Of more than [`ASSURANCE_RECORDS_MAX`] records the first ones are a way to all others.
pub fn assurances(
    records: &[&CanonicalRecord],
    founding: &RecordKey,
    model: Option<&Model>,
    band: &dyn Fn(Field, &str) -> Band,
    is_ruled: &dyn Fn(&RecordKey, &RecordKey) -> bool,
) -> Vec<Assurance> {
    let Some(root) = root(records, founding) else { return Vec::new() };
    let alone = if is_verified(records[root]) { Assurance::Verified } else { Assurance::Strong };
    let Some(model) = model.filter(|_| records.len() > 1) else { return vec![alone; records.len()] };
    let ways = ways(records.len(), root);
    let table = table(records, model, band);
    let resolver = Resolver::new(model, &table);
    // Prim's algorithm for the widest ways: the surest record that is not reached yet is reached next.
    let mut reached = vec![false; records.len()];
    let mut best = vec![Assurance::Probable; records.len()];
    best[root] = Assurance::Verified;
    let surest = |best: &[Assurance], reached: &[bool]| {
        let left = ways.iter().copied().filter(|row| !reached[*row]);
        left.max_by_key(|row| (best[*row], *row == root, std::cmp::Reverse(*row)))
    };
    while let Some(next) = surest(&best, &reached).filter(|next| best[*next] > Assurance::Probable) {
        reached[next] = true;
        for row in 0..records.len() {
            if !reached[row] && best[row] < best[next] {
                let ruled = if is_ruled(&records[next].key, &records[row].key) { Assurance::Strong } else { Assurance::Probable };
                best[row] = best[row].max(between(&resolver, &table, next, row).max(ruled).min(best[next]));
            }
        }
    }
    best[root] = alone;
    best
}

/// What a link of two records rests on; probable where they do not link.
pub fn of_pair(a: &CanonicalRecord, b: &CanonicalRecord, model: &Model, band: &dyn Fn(Field, &str) -> Band) -> Assurance {
    let table = table(&[a, b], model, band);
    between(&Resolver::new(model, &table), &table, 0, 1)
}

/// The record that the One-ID follows.
fn root(records: &[&CanonicalRecord], founding: &RecordKey) -> Option<usize> {
    let founded = records.iter().position(|record| record.key == *founding);
    let rows: Vec<u32> = (0..records.len() as u32).collect();
    let founded = founded.map(|row| row as u32);
    followed(&rows, founded, &|row| is_verified(records[row as usize])).map(|row| row as usize)
}

/// The records over which ways lead: the first ones, and the root.
fn ways(records: usize, root: usize) -> Vec<usize> {
    let mut ways: Vec<usize> = (0..records.min(ASSURANCE_RECORDS_MAX)).collect();
    if root >= ways.len() {
        ways.push(root);
    }
    ways
}

fn is_verified(record: &CanonicalRecord) -> bool {
    record.has_valid(Field::ResidentId)
}

fn table(records: &[&CanonicalRecord], model: &Model, band: &dyn Fn(Field, &str) -> Band) -> RecordTable {
    model.table(records.iter().copied(), band)
}

/// What a link of two rows rests on.
fn between(resolver: &Resolver<'_>, table: &RecordTable, a: usize, b: usize) -> Assurance {
    let (low, high) = (a.min(b) as u32, a.max(b) as u32);
    if resolver.weigh(low, high).decision != Decision::Link {
        return Assurance::Probable;
    }
    let (x, y) = (table.view(low), table.view(high));
    let valid = |symbol: &u32| y.symbols(Field::ResidentId).contains(symbol) && y.value(Field::ResidentId, *symbol).grade == Grade::Valid;
    if x.symbols(Field::ResidentId).iter().any(valid) {
        return Assurance::Verified;
    }
    // What is said twice, as by parts of a name and the whole, counts together.
    let mut families: Vec<(Family, Rivals)> = Vec::new();
    compare(&Pair::new(&x, &y), &mut |place, outcome| {
        let weight = resolver.weights().level(place, outcome.level) + resolver.adjustment(place, outcome);
        // That two sources know somebody is no evidence of its own.
        let Some(family) = library()[place].looks_at().map(family) else { return };
        match families.iter_mut().find(|(known, _)| *known == family) {
            Some((_, sum)) => *sum += weight,
            None => families.push((family, weight)),
        }
    });
    let clear = families.iter().filter(|(_, weight)| weight.least() >= MatchWeight::from_bits(ASSURANCE_CLEAR_BITS)).count();
    if clear >= 2 { Assurance::Strong } else { Assurance::Probable }
}

/// Evidence that comes from one thing in life, however many fields tell of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Name,
    Birth,
    Certificate,
    Phone,
    Email,
    Device,
    CustomerNumber,
    Address,
}

fn family(field: Field) -> Family {
    match field {
        Field::FamilyName | Field::GivenName | Field::MiddleName | Field::Generation | Field::DisplayName | Field::Nickname => Family::Name,
        Field::BirthDate | Field::Age | Field::Sex => Family::Birth,
        Field::ResidentId | Field::NationalId | Field::Certificate => Family::Certificate,
        Field::Phone => Family::Phone,
        Field::Email => Family::Email,
        Field::Device | Field::OpenId | Field::UnionId => Family::Device,
        Field::CustomerNumber => Family::CustomerNumber,
        _ => Family::Address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ComparisonModel, FrequencyKey, LevelModel, Prior, TermFrequencies, Thresholds};
    use crate::record::FieldValue;

    /// What the library assumes, at one match among ten thousand pairs.
    fn model() -> Model {
        let level = |level: &crate::comparison::Level| {
            let weight = MatchWeight::from_ratio(level.m_before / level.u_before);
            let weight = Rivals { stranger: weight, relative: weight };
            LevelModel { label: level.label.into(), m: level.m_before, u: level.u_before, relative: level.u_before, weight, trained: true }
        };
        let comparison = |known: &crate::comparison::Comparison| ComparisonModel {
            name: known.name.into(),
            levels: known.levels.iter().map(level).collect(),
        };
        let weight = MatchWeight::from_ratio(1e-4);
        Model {
            format_version: crate::model::FORMAT_VERSION,
            id: "assumed".into(),
            trained_on: Default::default(),
            prior: Prior { matches_per_record: 0.5, relatives_per_record: 0.0, weight: Rivals { stranger: weight, relative: weight } },
            thresholds: Thresholds::default(),
            rules: Vec::new(),
            wider_rules: Vec::new(),
            comparisons: library().iter().map(comparison).collect(),
            term_frequencies: TermFrequencies::new(FrequencyKey([0, 0])),
        }
    }

    fn record(id: &str, values: &[(Field, &str, Grade)]) -> CanonicalRecord {
        let values = values.iter().map(|(field, text, grade)| FieldValue { field: *field, text: (*text).into(), grade: *grade }).collect();
        CanonicalRecord::new(RecordKey::new("s", id), 0, None, values)
    }

    const NAME: [(Field, &str, Grade); 2] = [(Field::FamilyName, "诸葛", Grade::Valid), (Field::GivenName, "青云", Grade::Valid)];
    const ID: (Field, &str) = (Field::ResidentId, "11010519491231002X");
    const PHONE: (Field, &str, Grade) = (Field::Phone, "+8613911112222", Grade::Valid);
    const BIRTH: (Field, &str, Grade) = (Field::BirthDate, "1949-12-31", Grade::Valid);

    fn told(records: &[CanonicalRecord], founding: &str) -> Vec<Assurance> {
        let records: Vec<&CanonicalRecord> = records.iter().collect();
        assurances(&records, &RecordKey::new("s", founding), Some(&model()), &|_, _| Band::OneName, &|a, b| {
            a.id == "ruled" || b.id == "ruled"
        })
    }

    #[test]
    fn only_an_identity_that_is_valid_on_both_sides_verifies() {
        let with_id = |id: &str, grade: Grade| record(id, &[NAME[0], NAME[1], (ID.0, ID.1, grade)]);
        let of = |a: Grade, b: Grade| told(&[with_id("1", a), with_id("2", b)], "1")[1];
        assert_eq!(of(Grade::Valid, Grade::Valid), Assurance::Verified);
        for grade in [Grade::Invalid, Grade::Derived] {
            assert_eq!(of(grade, grade), Assurance::Strong, "{grade:?} on both sides");
            assert_eq!(of(Grade::Valid, grade), Assurance::Strong, "{grade:?} on one side");
        }
        assert_eq!(told(&[with_id("1", Grade::Invalid)], "1"), [Assurance::Strong], "a person's only record");
        assert_eq!(told(&[with_id("1", Grade::Valid)], "1"), [Assurance::Verified]);
    }

    #[test]
    fn a_record_is_as_sure_as_the_weakest_link_on_the_best_way_to_it() {
        let founding = record("1", &[NAME[0], NAME[1], BIRTH]);
        let by_birth = record("2", &[NAME[0], NAME[1], BIRTH, PHONE]);
        let by_phone = record("3", &[PHONE]);
        let beyond = record("4", &[PHONE, (Field::Email, "a@b.cn", Grade::Valid)]);
        let stray = record("5", &[(Field::City, "北京市", Grade::Valid)]);
        let found = told(&[founding, by_birth, by_phone, beyond, stray], "1");
        let [strong, probable] = [Assurance::Strong, Assurance::Probable];
        assert_eq!(found, [strong, strong, probable, probable, probable]);
        let (founding, ruled) = (record("1", &[NAME[0], NAME[1], BIRTH]), record("ruled", &[(Field::City, "北京市", Grade::Valid)]));
        assert_eq!(told(&[founding, ruled], "1"), [strong, strong], "a steward said so");
    }

    #[test]
    fn the_way_begins_at_the_verified_identity_not_at_the_founding_record() {
        let founding = record("1", &[PHONE]);
        let verified = record("2", &[NAME[0], NAME[1], PHONE, (ID.0, ID.1, Grade::Valid)]);
        let again = record("3", &[NAME[0], NAME[1], (ID.0, ID.1, Grade::Valid)]);
        assert_eq!(told(&[founding, verified, again], "1"), [Assurance::Probable, Assurance::Verified, Assurance::Verified]);
    }
}
