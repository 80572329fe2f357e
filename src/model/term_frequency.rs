//! How frequent a value is, kept so that the value cannot be read back.
//!
//! A value's frequency is stored under a keyed hash, and only from [`FREQUENCY_HOLDERS_MIN`] holders on; rarer values weigh as rare.

use super::{MatchWeight, range};
use crate::limits::FREQUENCY_HOLDERS_MIN;
use crate::record::Field;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// People's worth of records that a value's holders may have without being several people.
const OWN_PEOPLE: f64 = 2.0;

/// The key of the hash under which values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrequencyKey(pub [u64; 2]);

impl FrequencyKey {
    /// The value's hash (SipHash-1-3 under this key, over the field's name and the text).
    pub fn hash(self, field: Field, text: &str) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.0[0], self.0[1]);
        hasher.write(field.name().as_bytes());
        hasher.write_u8(0);
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

/// Weights of the values of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFrequencies {
    /// Keyed hash of the value, and what exact agreement on it weighs beyond the level's weight.
    #[serde(with = "range::adjustments")]
    pub adjustments: FxHashMap<u64, MatchWeight>,
    /// What agreement on any other value weighs beyond the level's weight.
    #[serde(with = "range::otherwise")]
    pub otherwise: MatchWeight,
}

/// Weights of values by field, for the fields whose comparison asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermFrequencies {
    key: FrequencyKey,
    fields: Vec<(Field, FieldFrequencies)>,
    /// The same of sounds, which names that are written in several ways share.
    #[serde(default)]
    sounds: Vec<(Field, FieldFrequencies)>,
}

impl TermFrequencies {
    /// No frequencies yet, hashing under `key`.
    pub fn new(key: FrequencyKey) -> Self {
        TermFrequencies { key, fields: Vec::new(), sounds: Vec::new() }
    }

    /// Adds a field. `holders` gives each distinct value with how many of `filled` records hold it, `u_exact` is the level's
    /// u probability, and a record has on average `co_records` further records of its own person.
    ///
    /// Agreement on a value of frequency f among people weighs log2(u/f) beyond the level (Winkler's frequency-based matching, as
    /// Splink's term-frequency adjustment). Records are not people: a value held by c records belongs to about c / (1 + co_records)
    /// people; of an identifier's, up to [`OWN_PEOPLE`] may be one person with more records than most.
    pub fn add<'a>(&mut self, field: Field, filled: usize, u_exact: f64, co_records: f64, holders: impl Iterator<Item = (&'a str, u32)>) {
        if filled == 0 {
            return;
        }
        let people = filled as f64 / (1.0 + co_records);
        let least = u_exact.min(1.0 / people);
        // A value that strangers hardly ever share is an identifier: its holders are one person first.
        let own = if u_exact * people < 1.0 { OWN_PEOPLE } else { 0.0 };
        let adjustment = |count: u32| {
            let others = (f64::from(count) / (1.0 + co_records) - own).max(0.0);
            MatchWeight::from_ratio(u_exact / (others / people).max(least))
        };
        let kept = holders.filter(|(_, count)| *count >= FREQUENCY_HOLDERS_MIN);
        let adjustments = kept.map(|(text, count)| (self.key.hash(field, text), adjustment(count))).collect();
        self.fields.push((field, FieldFrequencies { adjustments, otherwise: adjustment(FREQUENCY_HOLDERS_MIN - 1) }));
    }

    /// Adds the sounds of a field of names. `holders` gives each distinct value with its sound and how many of `filled` records hold it,
    /// those of one sound together; `u_sound` is the u probability of the level of one sound in two spellings.
    ///
    /// Two strangers come to the level with a sound of frequency f, whose spellings have frequencies f1, f2 ..., in f² - f1² - f2² ... of all
    /// pairs, two records of one person in a share of f: the sound weighs log2(u f / (f² - f1² - f2² ...)) beyond the level.
    pub fn add_sounds(&mut self, field: Field, filled: usize, u_sound: f64, co_records: f64, holders: &[(&str, u32)]) {
        if filled == 0 {
            return;
        }
        let least = u_sound.min((1.0 + co_records) / filled as f64);
        let share = |count: u32| f64::from(count) / filled as f64;
        let mut adjustments = FxHashMap::default();
        for spellings in holders.chunk_by(|a, b| a.0 == b.0) {
            let held: u32 = spellings.iter().map(|(_, count)| count).sum();
            if held >= FREQUENCY_HOLDERS_MIN {
                let same: f64 = spellings.iter().map(|(_, count)| share(*count) * share(*count)).sum();
                let others = (share(held) * share(held) - same) / share(held);
                // A sound that is written in one way weighs as any rare one.
                if others > least {
                    adjustments.insert(self.key.hash(field, spellings[0].0), MatchWeight::from_ratio(u_sound / others));
                }
            }
        }
        self.sounds.push((field, FieldFrequencies { adjustments, otherwise: MatchWeight::from_ratio(u_sound / least) }));
    }

    /// What agreement on a sound in two spellings weighs beyond the level's weight; 0 for fields whose sounds are not counted.
    pub fn sound_adjustment(&self, field: Field, sound: &str) -> MatchWeight {
        self.of(&self.sounds, field, sound)
    }

    fn of(&self, fields: &[(Field, FieldFrequencies)], field: Field, text: &str) -> MatchWeight {
        match fields.iter().find(|(known, _)| *known == field) {
            Some((_, frequencies)) => frequencies.adjustments.get(&self.key.hash(field, text)).copied().unwrap_or(frequencies.otherwise),
            None => MatchWeight::ZERO,
        }
    }

    /// What exact agreement on the value weighs beyond the level's weight; 0 for fields that are not adjusted.
    pub fn adjustment(&self, field: Field, text: &str) -> MatchWeight {
        self.of(&self.fields, field, text)
    }

    /// Whether the value's frequency is kept: it has at least [`FREQUENCY_HOLDERS_MIN`] holders.
    pub fn is_kept(&self, field: Field, text: &str) -> bool {
        let of_field = self.fields.iter().find(|(known, _)| *known == field);
        of_field.is_some_and(|(_, frequencies)| frequencies.adjustments.contains_key(&self.key.hash(field, text)))
    }

    /// Calls `each` with every number of the table in a fixed order, for the model's name.
    pub fn numbers(&self, each: &mut dyn FnMut(i64)) {
        self.key.0.iter().for_each(|part| each(*part as i64));
        for (field, frequencies) in self.fields.iter().chain(&self.sounds) {
            each(*field as i64);
            each(frequencies.otherwise.0);
            let mut values: Vec<(u64, MatchWeight)> = frequencies.adjustments.iter().map(|(hash, weight)| (*hash, *weight)).collect();
            values.sort_unstable();
            for (hash, weight) in values {
                each(hash as i64);
                each(weight.0);
            }
        }
    }

    /// The fields, and how many of their values are kept.
    pub fn fields(&self) -> impl Iterator<Item = (Field, usize)> {
        self.fields.iter().map(|(field, frequencies)| (*field, frequencies.adjustments.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_values_weigh_less_and_rare_ones_are_not_kept() {
        let mut frequencies = TermFrequencies::new(FrequencyKey([1, 2]));
        frequencies.add(Field::FamilyName, 1000, 0.01, 0.0, [("王", 100), ("仝", 2)].into_iter());
        assert_eq!(frequencies.fields().collect::<Vec<_>>(), [(Field::FamilyName, 1)]);
        assert!(frequencies.adjustment(Field::FamilyName, "王") < MatchWeight::ZERO);
        assert!(frequencies.adjustment(Field::FamilyName, "仝") > MatchWeight::ZERO);
        assert_eq!(frequencies.adjustment(Field::City, "北京"), MatchWeight::ZERO);
    }

    #[test]
    fn a_sound_weighs_by_how_often_it_is_written_in_two_ways() {
        let mut frequencies = TermFrequencies::new(FrequencyKey([1, 2]));
        // A tenth is called wei in two spellings, a tenth min in one and once in another.
        frequencies.add_sounds(Field::GivenName, 1000, 0.004, 0.0, &[("min", 99), ("min", 1), ("wei", 50), ("wei", 50), ("yu", 2)]);
        let weight = |sound: &str| frequencies.sound_adjustment(Field::GivenName, sound).bits();
        assert!((weight("wei") - (0.004f64 / 0.05).log2()).abs() < 1e-5, "{}", weight("wei"));
        assert!((weight("min") - (0.004 / 0.00198f64).log2()).abs() < 1e-5, "{}", weight("min"));
        assert!((weight("yu") - 2.0).abs() < 1e-5 && weight("other") == weight("yu"), "as rare as may be: one in a thousand");
        assert_eq!(frequencies.sound_adjustment(Field::City, "wei"), MatchWeight::ZERO);
    }
}
