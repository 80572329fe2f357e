//! Who holds which identifier, in memory.

use crate::error::{Error, Result};
use crate::normalize::{date, email, identifier, phone, resident_id, text};
use crate::record::{CanonicalRecord, Field, Grade, RecordKey};
use crate::schema::{CallingCode, DateOrder};
use crate::service::mapping::numbered_sources;
use crate::service::views::Views;
use compact_str::CompactString;
use rustc_hash::FxHashMap;

/// Fields that a person can be looked up by.
const IDENTIFYING: &[Field] = &[
    Field::Phone,
    Field::Email,
    Field::ResidentId,
    Field::NationalId,
    Field::Certificate,
    Field::Device,
    Field::OpenId,
    Field::UnionId,
    Field::CustomerNumber,
];

/// Records by what they can be looked up by.
#[derive(Debug, Default)]
pub(super) struct Holders {
    by_value: FxHashMap<(Field, CompactString), Vec<RecordKey>>,
    /// Sources whose record ids are a customer number, an openid or the like; none for rows that name their own source.
    pub(super) numbered: Vec<(Option<CompactString>, Field)>,
}

impl Holders {
    /// Of all live records of a store.
    pub(super) fn all(views: &Views) -> Result<Self> {
        let mut holders = Holders { by_value: FxHashMap::default(), numbered: numbered_sources(views)? };
        for row in views.store().records() {
            holders.insert(&row?.canonical);
        }
        Ok(holders)
    }

    /// The records that hold a value, or are numbered by it.
    pub(super) fn of(&self, asked: &(Field, CompactString)) -> &[RecordKey] {
        self.by_value.get(asked).map_or(&[][..], Vec::as_slice)
    }

    pub(super) fn insert(&mut self, record: &CanonicalRecord) {
        for value in looked_up_by(record, &self.numbered) {
            self.by_value.entry(value).or_default().push(record.key.clone());
        }
    }

    pub(super) fn remove(&mut self, record: &CanonicalRecord) {
        for value in looked_up_by(record, &self.numbered) {
            if let Some(keys) = self.by_value.get_mut(&value) {
                keys.retain(|key| *key != record.key);
                if keys.is_empty() {
                    self.by_value.remove(&value);
                }
            }
        }
    }
}

/// What a record is looked up by: its values, and its own id where that is a number of the customer; it is no value of the record then.
pub(super) fn looked_up_by(record: &CanonicalRecord, numbered: &[(Option<CompactString>, Field)]) -> Vec<(Field, CompactString)> {
    let identifies = record.values().iter().filter(|value| IDENTIFYING.contains(&value.field) && value.grade != Grade::Partial);
    let mut values: Vec<(Field, CompactString)> = identifies.map(|value| (value.field, value.text.clone())).collect();
    let of = |source: Option<&CompactString>| -> Vec<Field> {
        numbered.iter().filter(|(of, _)| of.as_ref() == source).map(|(_, field)| *field).collect()
    };
    let mut own = of(Some(&record.key.source));
    if own.is_empty() {
        own = of(None);
    }
    for field in own {
        values.extend(canonical_forms(field, &record.key.id, &[]).unwrap_or_default().into_iter().map(|id| (field, id)));
    }
    values.sort_unstable();
    values.dedup();
    values
}

/// An identifier as records may carry it: a phone number that says no country as the sources of these countries have it.
pub(super) fn canonical_forms(field: Field, value: &str, phone_countries: &[Option<CallingCode>]) -> Result<Vec<CompactString>> {
    let form = canonical_identifier(field, value)?;
    if field != Field::Phone {
        return Ok(vec![form]);
    }
    let cleaned = text::clean(value);
    // Without sources it is read as of China; a source may have told its country later than its first records.
    let none_is_known = phone_countries.is_empty().then_some(Some(CallingCode::CHINA));
    let countries = phone_countries.iter().copied().chain(none_is_known).chain([None]);
    let mut forms: Vec<CompactString> =
        countries.filter_map(|country| phone::read_in(&cleaned, country).ok()).map(|(number, _)| number).collect();
    forms.sort_unstable();
    forms.dedup();
    Ok(forms)
}

/// An identifier as records carry it.
fn canonical_identifier(field: Field, value: &str) -> Result<CompactString> {
    let cleaned = text::clean(value);
    // Values of identifiers are personal data, which no message repeats.
    let unreadable = |_| Error::usage(format!("the value cannot be read as {}", field.in_words()));
    Ok(match field {
        Field::Phone => phone::read(&cleaned).map_err(unreadable)?.0,
        Field::Email => email::read(&cleaned).map_err(unreadable)?.0,
        Field::ResidentId => resident_id::read(&cleaned).map_err(unreadable)?.0,
        Field::NationalId => identifier::national(&cleaned).map_err(unreadable)?.0,
        Field::CustomerNumber => text::letters_and_digits(&text::folded(&cleaned)),
        Field::Certificate => match cleaned.split_once(':') {
            Some((kind, number)) => {
                compact_str::format_compact!("{}:{}", kind.to_lowercase(), text::letters_and_digits(number).to_uppercase())
            }
            None => {
                return Err(Error::usage("a certificate is looked up as type:number, for example passport:E12345678"));
            }
        },
        Field::Device => identifier::device(&cleaned).map_err(unreadable)?.0,
        Field::OpenId | Field::UnionId => cleaned,
        Field::BirthDate => date::read(&cleaned, DateOrder::default()).map_err(unreadable)?.0,
        other => return Err(Error::usage(format!("nobody can be looked up by {}", other.in_words()))),
    })
}
