//! Made-up records for tests of single changes: few people, many errors, everything shared with everybody.

use crate::blocking::RuleSet;
use crate::engine::Silent;
use crate::engine::batch::{ModelSource, resolve};
use crate::model::Model;
use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};
use compact_str::CompactString;
use fastrand::Rng;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The sources of the records.
pub(crate) const SOURCES: [&str; 3] = ["app", "branch", "crm"];
const FAMILIES: [&str; 8] = ["smith", "smyth", "王", "李", "wang", "li", "jones", "欧阳"];
const GIVEN: [&str; 12] = ["anna", "anne", "bob", "robert", "伟", "小伟", "卫", "wei", "john", "j", "明", "mary"];
const CITIES: [&str; 3] = ["北京", "london", "leeds"];

pub(crate) fn pick<'a>(random: &mut Rng, of: &[&'a str]) -> &'a str {
    of[random.usize(..of.len())]
}

/// A record of one of `people` people, with errors; few people make large blocks and shared phones.
pub(crate) fn record(random: &mut Rng, ids: u32, people: u64) -> CanonicalRecord {
    let key = RecordKey::new(pick(random, &SOURCES), random.u32(..ids).to_string());
    // Each person says the same of itself most of the time.
    let mut person = Rng::with_seed(random.u64(..people) + 1);
    let (family, given) = (pick(&mut person, &FAMILIES), pick(&mut person, &GIVEN));
    let born = format!("19{:02}-{:02}-1{}", 60 + person.u32(..30), 1 + person.u32(..12), person.u32(..3));
    let phone = format!("+8613912345{:03}", person.u32(..people as u32 / 2 + 2));
    let email = format!("{given}{}@example.com", person.u32(..50));
    let id = format!("1101011984031200{:02}", person.u32(..90));
    let mut values = Vec::new();
    let mut say = |field: Field, text: &str, grade: Grade, often: u32, random: &mut Rng| {
        if random.u32(..100) < often {
            values.push(FieldValue { field, text: text.into(), grade });
        }
    };
    let other =
        |random: &mut Rng, own: &str, of: &[&str]| if random.u32(..8) == 0 { pick(random, of).to_string() } else { own.to_string() };
    let (family, given) = (other(random, family, &FAMILIES), other(random, given, &GIVEN));
    say(Field::FamilyName, &family, Grade::Valid, 90, random);
    let grade = if random.u32(..30) == 0 { Grade::Partial } else { Grade::Valid };
    say(Field::GivenName, &given, grade, 95, random);
    say(Field::BirthDate, &born, Grade::Valid, 60, random);
    say(Field::Phone, &phone, Grade::Valid, 70, random);
    say(Field::Phone, "+8613800000000", Grade::Valid, 8, random);
    say(Field::Phone, "+8613800000000", Grade::Invalid, 8, random);
    say(Field::Device, ["tablet", "own"][random.usize(..2)], Grade::Valid, 6, random);
    say(Field::Nickname, ["anna", "bob", "小伟"][random.usize(..3)], Grade::Valid, 10, random);
    say(Field::Phone, &format!("+86139****5{}", &phone[phone.len() - 3..]), Grade::Partial, 8, random);
    say(Field::Email, &email, Grade::Valid, 40, random);
    say(Field::ResidentId, &id, [Grade::Valid, Grade::Invalid][random.usize(..2)], 15, random);
    let city = pick(random, &CITIES);
    say(Field::City, city, Grade::Valid, 50, random);
    let observed = [None, Some(1_000_000_000), Some(1_400_000_000), Some(1_700_000_000)][random.usize(..4)];
    if random.u32(..40) == 0 {
        values.clear();
    }
    CanonicalRecord::new(key, random.i64(..1_000), observed, values)
}

/// A model as learnt from such people, with blocks so small that they are parted all the time.
pub(crate) fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let mut random = Rng::with_seed(5);
        let records: BTreeMap<RecordKey, CanonicalRecord> =
            (0..3_000).map(|_| record(&mut random, 2_000, 700)).map(|record| (record.key.clone(), record)).collect();
        let records: Vec<CanonicalRecord> = records.into_values().collect();
        let learn = ModelSource::Learn { rules: RuleSet::default(), thresholds: None, seed: 1, without: Vec::new(), labels: Vec::new() };
        let mut model = resolve(&records, learn, &[], &Silent).expect("learns").model;
        let always = ["resident_id", "email <= 2", "phone <= 3", "name <= 4", "name_part + birth_year_month <= 3", "phone_ends <= 2"];
        let wider = ["phone~ <= 3", "name_part~ + birth_year_month <= 2", "birth_date <= 4", "name~ <= 3", "city + birth_year <= 5"];
        (model.rules, model.wider_rules) = (always.map(CompactString::from).to_vec(), wider.map(CompactString::from).to_vec());
        model.named()
    })
}
