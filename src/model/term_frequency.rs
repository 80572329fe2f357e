//! How frequent a value is, kept so that the value cannot be read back.
//!
//! A value's frequency is stored under a keyed hash, and only from [`FREQUENCY_HOLDERS_MIN`] holders on; rarer values weigh as rare.

use super::{MatchWeight, range};
use crate::comparison::{NAMES, NameUse, PreparedValue, SharedBy, whole_parts};
use crate::limits::FREQUENCY_HOLDERS_MIN;
use crate::normalize::pinyin;
use crate::record::Field;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// People's worth of records that a value's holders may have without being several people.
const OWN_PEOPLE: f64 = 2.0;

/// Least number of further records of a person with which whole names are weighed.
const OWN_LEAST: f64 = 0.01;
/// Pairs' worth of the assumption that family and given names go together by chance.
const TOGETHER_SMOOTHING: f64 = 100.0;
/// Most times as often as by chance that family and given names are taken to go together.
const TOGETHER_MAX: f64 = 100.0;
/// Most bits that a whole name weighs more for being held by no third record.
const ALONE_BITS_MAX: f64 = 4.0;
/// Share of whole names whose parts do not meet by chance: a name of one piece that was parted (其其格), one known from history or stage.
const NAME_OF_ONE_PIECE: f64 = 0.01;
/// Records of one name up to which the shares are worked out; of more, a person has as many as of any name.
const SHARE_RECORDS_MAX: u32 = 64;

/// A whole name with the records that hold it and its parts.
#[derive(Clone, Debug)]
pub struct WholeName<'a> {
    /// As compared, or its sound.
    pub text: &'a str,
    /// The u probability for which its parts weigh by themselves.
    pub u_parts: f64,
    /// Records of the whole name.
    pub records: u32,
    /// Records of its family name; 0 where the given name stands alone.
    pub family: u32,
    /// Records of its given name.
    pub given: u32,
    /// Whether it is Han or reads as pinyin.
    pub is_chinese: bool,
}

/// Whether a whole name that sounds so is Han or reads as pinyin, in which some Western ones are taken in.
pub fn is_chinese(han: bool, sound: &str) -> bool {
    han || sound.split(' ').all(pinyin::is_pinyin)
}

/// Of the other records of a name that `records` have: the share of a record's own person, where a person has `own` further records and
/// `others` of other people are likely.
fn own_share(records: u32, own: f64, others: f64) -> f64 {
    let rest = f64::from(records) - 1.0;
    let share = if records > SHARE_RECORDS_MAX {
        own / rest
    } else {
        let rest = (records - 1) as usize;
        // By number: how likely others have so many records (Neyman type A by Panjer's recursion), in proportion.
        let one = others.min(1e4) * (-own).exp();
        let mut of_others = vec![1.0; rest + 1];
        for number in 0..rest {
            let mut term = 1.0;
            let mut sum = 0.0;
            for back in 0..=number {
                sum += term * of_others[number - back];
                term *= own / (back + 1) as f64;
            }
            of_others[number + 1] = one / (number + 1) as f64 * sum;
        }
        // As likely as the parts make others; or with any greater number of others, as a name that is one for many has.
        let none = (others.min(1e4) / own * ((-own).exp() - 1.0)).exp().max(f64::MIN_POSITIVE);
        let any = |number: usize| match number as f64 >= others {
            true => NAME_OF_ONE_PIECE / none / ((number + 1) * (number + 2)) as f64,
            false => 0.0,
        };
        let (mut term, mut sum, mut mean) = (1.0, 0.0, 0.0);
        for own_records in 0..=rest {
            let likely = term * ((1.0 - NAME_OF_ONE_PIECE) * of_others[rest - own_records] + any(rest - own_records));
            sum += likely;
            mean += likely * own_records as f64;
            term *= own / (own_records + 1) as f64;
        }
        mean / sum / rest as f64
    };
    share.clamp(1e-4, 1.0 - 1e-4)
}

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
    /// Of sounds in letters: what agreement on a value as it is written, in letters, weighs beyond agreement on its sound. Of whole names:
    /// what agreement on any other name weighs that is neither Han nor pinyin, beyond [`Self::otherwise`].
    #[serde(with = "range::otherwise", default)]
    pub beyond: MatchWeight,
}

/// Weights of values by field, for the fields whose comparison asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermFrequencies {
    key: FrequencyKey,
    fields: Vec<(Field, FieldFrequencies)>,
    /// The same of sounds that Han names written in several ways share.
    #[serde(default)]
    sounds: Vec<(Field, FieldFrequencies)>,
    /// The same of sounds that names in letters share with others.
    #[serde(default)]
    letters: Vec<(Field, FieldFrequencies)>,
}

impl TermFrequencies {
    /// No frequencies yet, hashing under `key`.
    pub fn new(key: FrequencyKey) -> Self {
        TermFrequencies { key, fields: Vec::new(), sounds: Vec::new(), letters: Vec::new() }
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
        let otherwise = adjustment(FREQUENCY_HOLDERS_MIN - 1);
        self.fields.push((field, FieldFrequencies { adjustments, otherwise, beyond: MatchWeight::ZERO }));
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
        let otherwise = MatchWeight::from_ratio(u_sound / least);
        self.sounds.push((field, FieldFrequencies { adjustments, otherwise, beyond: MatchWeight::ZERO }));
    }

    /// Adds whole names: as texts, or by their sounds as one form in letters stands for all that sound like it. `filled` records have one,
    /// and on average `own` further records of their person that have the same.
    ///
    /// The parts alone weigh as if they met by chance. How many records have both tells more: a name that two records have, where a
    /// person has three, is hardly two people's. Of the n - 1 other records of a name J are of the record's own person, a Poisson number
    /// of mean s = `own`; those of others are a Neyman type A number (a Poisson number of people with Poisson numbers of records each),
    /// of the mean that the parts make likely. With E = E(J | n), agreement weighs as a name does whose u is s (n - 1 - E) / (E filled).
    pub fn add_whole_names(&mut self, by: SharedBy, filled: usize, own: f64, names: &[WholeName<'_>]) {
        if filled == 0 {
            return;
        }
        let (all, own) = (filled as f64, own.max(OWN_LEAST));
        let of_others = |records: u32| (f64::from(records) - 1.0 - own).max(0.5);
        let by_chance = |name: &WholeName<'_>| of_others(name.family) * of_others(name.given) / all;
        // Names go together: Western given names with Western family names, more so where these are few among Chinese ones.
        let times_as_often = |names: &mut dyn Iterator<Item = &WholeName<'_>>, before: f64| {
            let (mut held, mut found, mut expected) = (0.0, 0.0, 0.0);
            for name in names.filter(|name| name.family > 0) {
                let records = f64::from(name.records);
                held += records;
                found += records * (records - 1.0);
                expected += records * by_chance(name);
            }
            ((found - held * own + TOGETHER_SMOOTHING * before) / (expected + TOGETHER_SMOOTHING)).clamp(1.0, TOGETHER_MAX)
        };
        let of_all = times_as_often(&mut names.iter(), 1.0);
        let of = |is_chinese: bool| times_as_often(&mut names.iter().filter(|name| name.is_chinese == is_chinese), of_all);
        let (of_chinese, of_others_names) = (of(true), of(false));
        let mut adjustments = FxHashMap::default();
        for name in names.iter().filter(|name| name.records >= FREQUENCY_HOLDERS_MIN) {
            let share = match name.family {
                // Nothing but its own number tells of a name of one part.
                0 => own / (own + of_others(name.records)),
                _ => own_share(name.records, own, by_chance(name) * if name.is_chinese { of_chinese } else { of_others_names }),
            };
            let u = own / all * (1.0 - share) / share;
            adjustments.insert(self.key.hash(Field::DisplayName, name.text), MatchWeight::from_ratio(name.u_parts / u));
        }
        // Of two records: E = own / (own + others by chance e^-own).
        let alone = (own * std::f64::consts::LOG2_E).min(ALONE_BITS_MAX);
        let otherwise = MatchWeight::from_bits(alone - of_chinese.log2());
        let beyond = MatchWeight::from_ratio(of_chinese / of_others_names);
        let kept = if by == SharedBy::Text { &mut self.fields } else { &mut self.letters };
        kept.push((Field::DisplayName, FieldFrequencies { adjustments, otherwise, beyond }));
    }

    /// Adds the sounds of a field of names as one form in letters stands for all that sound like it. `holders` gives each sound with how
    /// many of `filled` records hold it, a record has on average `co_records` further records of its own person.
    ///
    /// Who writes in letters does so whatever the name, so that a stranger's name has the sound as often as any: a sound of frequency f
    /// weighs log2(u/f) beyond the level, where u is the chance that two names have one sound. Of two forms that both are in letters and the
    /// same the sound is as frequent; `u_exact` is the u probability of that level.
    pub fn add_letters(&mut self, field: Field, filled: usize, u_exact: f64, co_records: f64, holders: &[(&str, u32)]) {
        if filled == 0 {
            return;
        }
        let share = |count: u32| f64::from(count) / filled as f64;
        let u: f64 = holders.iter().map(|(_, count)| share(*count) * share(*count)).sum();
        let least = u.min((1.0 + co_records) / filled as f64);
        let adjustment = |count: u32| MatchWeight::from_ratio(u / share(count).max(least));
        let kept = holders.iter().filter(|(_, count)| *count >= FREQUENCY_HOLDERS_MIN);
        let adjustments = kept.map(|(sound, count)| (self.key.hash(field, sound), adjustment(*count))).collect();
        let (otherwise, beyond) = (adjustment(FREQUENCY_HOLDERS_MIN - 1), MatchWeight::from_ratio(u_exact / u.max(f64::MIN_POSITIVE)));
        self.letters.push((field, FieldFrequencies { adjustments, otherwise, beyond }));
    }

    /// What is shared of a value, and what agreement on it weighs beyond the level's weight; 0 for what is not counted.
    pub fn shared<'v>(&self, field: Field, value: &'v PreparedValue, by: SharedBy) -> (&'v str, MatchWeight) {
        if field == Field::DisplayName {
            return self.shared_whole_name(value, by);
        }
        let in_letters = table(&self.letters, field).filter(|_| NAMES.contains(&field) && !value.han);
        match (by, in_letters) {
            (SharedBy::Text, Some(letters)) => (&value.text, self.of(&self.letters, field, value.sound()) + letters.beyond),
            (SharedBy::Text, None) => (&value.text, self.of(&self.fields, field, &value.text)),
            (SharedBy::Homophone, _) => (value.sound(), self.of(&self.sounds, field, value.sound())),
            (SharedBy::Letters, _) => (value.sound(), self.of(&self.letters, field, value.sound())),
        }
    }

    /// The same of a whole name, which as it is written in letters is as frequent as its sound.
    fn shared_whole_name<'v>(&self, value: &'v PreparedValue, by: SharedBy) -> (&'v str, MatchWeight) {
        let field = Field::DisplayName;
        let as_han = by == SharedBy::Text && value.han;
        let (tables, key) = if as_han { (&self.fields, value.text.as_str()) } else { (&self.letters, value.sound()) };
        // What a rare whole name weighs beyond its parts holds of names that have two.
        let otherwise = || match table(tables, field) {
            Some(frequencies) if !whole_parts(&value.text).0.is_empty() => match is_chinese(as_han, value.sound()) {
                true => frequencies.otherwise,
                false => frequencies.otherwise + frequencies.beyond,
            },
            _ => MatchWeight::ZERO,
        };
        let shown = if by == SharedBy::Text { &value.text } else { value.sound() };
        (shown, self.kept(tables, field, key).unwrap_or_else(otherwise))
    }

    fn of(&self, fields: &[(Field, FieldFrequencies)], field: Field, text: &str) -> MatchWeight {
        let otherwise = || table(fields, field).map(|frequencies| frequencies.otherwise);
        self.kept(fields, field, text).or_else(otherwise).unwrap_or_default()
    }

    fn kept(&self, fields: &[(Field, FieldFrequencies)], field: Field, text: &str) -> Option<MatchWeight> {
        table(fields, field)?.adjustments.get(&self.key.hash(field, text)).copied()
    }

    /// What exact agreement on the value weighs beyond the level's weight; 0 for fields that are not adjusted.
    pub fn adjustment(&self, field: Field, text: &str) -> MatchWeight {
        self.of(&self.fields, field, text)
    }

    /// Whether the value's frequency is kept: it has at least [`FREQUENCY_HOLDERS_MIN`] holders.
    pub fn is_kept(&self, field: Field, text: &str) -> bool {
        self.kept(&self.fields, field, text).is_some()
    }

    /// What is known of a name.
    pub fn use_of(&self, field: Field, name: &PreparedValue) -> NameUse {
        NameUse {
            in_use: self.is_kept(field, &name.text),
            // Weights are of some dozen bits, of which 32 hold two thousand.
            frequency: (-self.shared(field, name, SharedBy::Text).1.0).clamp(i32::MIN.into(), i32::MAX.into()) as i32,
            is_screen_name: field == Field::GivenName && self.is_kept(Field::Nickname, &name.text),
        }
    }

    /// One under the same key that knows nothing.
    #[must_use]
    pub fn emptied(&self) -> Self {
        TermFrequencies::new(self.key)
    }

    /// Takes what was counted of further fields under the same key.
    pub fn join(&mut self, other: TermFrequencies) {
        self.fields.extend(other.fields);
        self.sounds.extend(other.sounds);
        self.letters.extend(other.letters);
    }

    /// Calls `each` with every number of the table in a fixed order, for the model's name.
    pub fn numbers(&self, each: &mut dyn FnMut(i64)) {
        self.key.0.iter().for_each(|part| each(*part as i64));
        for (field, frequencies) in self.fields.iter().chain(&self.sounds).chain(&self.letters) {
            each(*field as i64);
            each(frequencies.otherwise.0);
            each(frequencies.beyond.0);
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

/// What is kept of a field.
fn table(fields: &[(Field, FieldFrequencies)], field: Field) -> Option<&FieldFrequencies> {
    fields.iter().find(|(known, _)| *known == field).map(|(_, frequencies)| frequencies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Grade;

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
    fn a_whole_name_weighs_by_how_many_have_it() {
        let name = |text: &'static str, records: u32| WholeName { text, u_parts: 1e-4, records, family: 200, given: 150, is_chinese: true };
        // By chance three records of others have both parts: 200 and 150 of 10,000.
        let names = [name("few", 3), name("usual", 6), name("many", 60)];
        let mut frequencies = TermFrequencies::new(FrequencyKey([1, 2]));
        frequencies.add_whole_names(SharedBy::Text, 10_000, 2.0, &names);
        let weight = |text: &str| frequencies.adjustment(Field::DisplayName, text).bits();
        assert!(
            weight("other") > weight("few") && weight("few") > weight("usual") && weight("usual") > weight("many"),
            "{}",
            weight("few")
        );
        // Of 59 others two are one's own, or some more: u is a little less than 57 in 10,000.
        assert!(weight("many") > (1e-4f64 / 57e-4).log2() && weight("many") < (1e-4f64 / 20e-4).log2(), "{}", weight("many"));
    }

    #[test]
    fn the_share_of_ones_own_records() {
        // Two records, the other expected with 0.1 of a person: e^2 to 0.1 in proportion of 2 to 2.
        assert!((own_share(2, 2.0, 0.1) - 1.0 / (1.0 + 0.05 * 2.0 * (-2.0f64).exp())).abs() < 0.02, "{}", own_share(2, 2.0, 0.1));
        let shares: Vec<f64> = [2, 3, 5, 9, 20, 64, 65, 500].map(|records| own_share(records, 2.0, 3.0)).to_vec();
        assert!(shares.is_sorted_by(|more, less| more >= less), "{shares:?}");
        assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
        assert!(own_share(5, 2.0, 0.001) > 0.95 && own_share(5, 2.0, 1e9) < 0.1, "{}", own_share(5, 2.0, 1e9));
        assert!(own_share(60, 0.01, 0.0).is_finite() && own_share(60, 30.0, 1e6).is_finite());
    }

    #[test]
    fn letters_weigh_by_the_frequency_of_their_sound() {
        let mut frequencies = TermFrequencies::new(FrequencyKey([1, 2]));
        frequencies.add_letters(Field::GivenName, 1000, 0.01, 0.0, &[("wei", 100), ("min", 10), ("yu", 1)]);
        let value = |sound: &str| PreparedValue::new(Field::GivenName, sound, Grade::Valid);
        let weight = |sound: &str| frequencies.shared(Field::GivenName, &value(sound), SharedBy::Letters).1.bits();
        let u = 0.1f64 * 0.1 + 0.01 * 0.01 + 0.001 * 0.001;
        assert!((weight("wei") - (u / 0.1).log2()).abs() < 1e-5 && (weight("min") - (u / 0.01).log2()).abs() < 1e-5);
        assert!(weight("yu") > weight("min") && weight("yu") == weight("other"));
    }

    #[test]
    fn a_sound_weighs_by_how_often_it_is_written_in_two_ways() {
        let mut frequencies = TermFrequencies::new(FrequencyKey([1, 2]));
        // A tenth is called wei in two spellings, a tenth min in one and once in another.
        frequencies.add_sounds(Field::GivenName, 1000, 0.004, 0.0, &[("min", 99), ("min", 1), ("wei", 50), ("wei", 50), ("yu", 2)]);
        let value = |sound: &str| PreparedValue::new(Field::GivenName, sound, Grade::Valid);
        let weight = |sound: &str| frequencies.shared(Field::GivenName, &value(sound), SharedBy::Homophone).1.bits();
        assert!((weight("wei") - (0.004f64 / 0.05).log2()).abs() < 1e-5, "{}", weight("wei"));
        assert!((weight("min") - (0.004 / 0.00198f64).log2()).abs() < 1e-5, "{}", weight("min"));
        assert!((weight("yu") - 2.0).abs() < 1e-5 && weight("other") == weight("yu"), "as rare as may be: one in a thousand");
        assert_eq!(frequencies.shared(Field::City, &value("wei"), SharedBy::Homophone).1, MatchWeight::ZERO);
    }
}
