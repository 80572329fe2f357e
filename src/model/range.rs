//! The numbers that a model snapshot may hold, checked whenever one is written or read.
//!
//! A number that is none would make every comparison with it false, and weights beyond the bound of evidence could overflow their sums.

use super::{MatchWeight, Rivals};
use crate::limits::MATCH_WEIGHT_BITS_MAX;
use rustc_hash::FxHashMap;

/// A module for `#[serde(with = ...)]` that lets through only values without fault; the fault is told after the field's name.
macro_rules! checked {
    ($(#[$doc:meta])+ $name:ident: $of:ty, $field:literal, $fault:expr) => {
        $(#[$doc])+
        pub(super) mod $name {
            use super::*;
            use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

            fn fault(value: &$of) -> Option<String> {
                let fault: fn(&$of) -> Option<String> = $fault;
                fault(value).map(|fault| format!("{}: {fault}", $field))
            }

            pub fn serialize<S: Serializer>(value: &$of, to: S) -> Result<S::Ok, S::Error> {
                fault(value).map_or_else(|| value.serialize(to), |fault| Err(ser::Error::custom(fault)))
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<$of, D::Error> {
                let value = <$of>::deserialize(from)?;
                fault(&value).map_or(Ok(value), |fault| Err(de::Error::custom(fault)))
            }
        }
    };
}

checked! {
    /// A probability of a level among people.
    m: f64, "m", probability
}
checked! {
    /// A probability of a level among strangers.
    u: f64, "u", probability
}
checked! {
    /// A probability of a level among relatives.
    relative: f64, "relative", probability
}
checked! {
    /// Pairs of one person for each record.
    matches: f64, "matches_per_record", count
}
checked! {
    /// Pairs of relatives for each record.
    relatives: f64, "relatives_per_record", count
}
checked! {
    /// Weights against both rivals.
    rivals: Rivals, "weight", |weights| weight(&weights.stranger).or_else(|| weight(&weights.relative))
}
checked! {
    /// The weight of any value that is not listed.
    otherwise: MatchWeight, "otherwise", weight
}
checked! {
    /// Weights of listed values.
    adjustments: FxHashMap<u64, MatchWeight>, "adjustments", |weights| weights.values().find_map(weight)
}

fn probability(value: &f64) -> Option<String> {
    (!(0.0..=1.0).contains(value)).then(|| format!("{value} is not a probability between 0 and 1"))
}

fn count(value: &f64) -> Option<String> {
    (!(value.is_finite() && *value >= 0.0)).then(|| format!("{value} is not a number of pairs"))
}

fn weight(value: &MatchWeight) -> Option<String> {
    let bits = value.bits();
    (bits.abs() > MATCH_WEIGHT_BITS_MAX)
        .then(|| format!("{bits} bits are more than the {MATCH_WEIGHT_BITS_MAX} that evidence weighs at most"))
}

#[cfg(all(test, feature = "full"))]
mod tests {
    use super::*;
    use crate::model::{ComparisonModel, FrequencyKey, LevelModel, MatchProbability, Model, Prior, TermFrequencies, Thresholds};
    use crate::record::Field;

    fn model() -> Model {
        let weight = Rivals { stranger: MatchWeight::from_bits(f64::INFINITY), relative: MatchWeight::from_bits(f64::NEG_INFINITY) };
        let level = LevelModel { label: "same".into(), m: 1.0, u: 0.0, relative: 0.25, weight, trained: true };
        let mut term_frequencies = TermFrequencies::new(FrequencyKey([1, 2]));
        term_frequencies.add(Field::FamilyName, 1000, 0.01, 0.0, [("王", 100)].into_iter());
        let model = Model {
            format_version: crate::model::FORMAT_VERSION,
            id: "m".into(),
            trained_on: Default::default(),
            prior: Prior { matches_per_record: 0.5, relatives_per_record: 0.0, weight },
            thresholds: Thresholds::default(),
            rules: Vec::new(),
            wider_rules: Vec::new(),
            comparisons: vec![ComparisonModel { name: "sex".into(), levels: vec![level] }],
            term_frequencies,
        };
        model.named()
    }

    #[test]
    fn a_snapshot_of_the_form_before_is_told_as_such() {
        let text = serde_json::to_string(&model()).expect("all numbers can be");
        let of_form = |form: u32| format!("\"format_version\":{form}");
        let form = crate::model::FORMAT_VERSION;
        let older = text.replacen(&of_form(form), &of_form(form - 1), 1).replacen(",\"sounds\":[]", "", 1);
        assert!(older.len() < text.len(), "{text}");
        let read: Model = serde_json::from_str(&older).expect("it can be read so far");
        assert!(
            read.fault().is_some_and(|fault| fault.contains(&format!("format {}", form - 1)) && fault.contains("learn it anew")),
            "{:?}",
            read.fault()
        );
    }

    #[test]
    fn a_snapshot_with_a_number_that_cannot_be_is_refused_when_it_is_read() {
        let text = serde_json::to_string(&model()).expect("all numbers can be");
        assert_eq!(serde_json::from_str::<Model>(&text).expect("as written"), model());
        for (sound, broken, told) in [
            ("\"m\":1.0", "\"m\":1.5", "m: 1.5 is not a probability"),
            ("\"m\":1.0", "\"m\":null", "null"),
            ("\"u\":0.0", "\"u\":-0.1", "u: -0.1 is not a probability"),
            ("\"u\":0.0", "\"u\":1e999", "out of range"),
            ("\"relative\":0.25", "\"relative\":7", "relative: 7 is not a probability"),
            ("\"matches_per_record\":0.5", "\"matches_per_record\":-1", "matches_per_record: -1 is not a number of pairs"),
            ("\"link\":0.7", "\"link\":95.0", "95 is not a probability"),
            ("\"stranger\":67108864", "\"stranger\":9223372036854775807", "weight: "),
        ] {
            assert!(text.contains(sound), "{sound} is not in {text}");
            let error = serde_json::from_str::<Model>(&text.replacen(sound, broken, 1)).expect_err(broken).to_string();
            assert!(error.contains(told), "{broken}: {error}");
        }
    }

    #[test]
    fn a_snapshot_with_a_number_that_cannot_be_is_not_written() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5, -0.5] {
            let mut broken = model();
            broken.comparisons[0].levels[0].m = number;
            let error = serde_json::to_string(&broken).expect_err("refused").to_string();
            assert!(error.contains("m: ") && error.contains("not a probability"), "{error}");
        }
        let mut broken = model();
        broken.prior.matches_per_record = f64::NAN;
        assert!(serde_json::to_string(&broken).is_err());
        broken = model();
        broken.prior.weight.stranger = MatchWeight(i64::MAX);
        assert!(serde_json::to_string(&broken).is_err());
        assert_eq!(MatchProbability::new(f64::NAN), None);
    }
}
