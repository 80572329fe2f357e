//! Golden profiles on the wire, with the rule that chose each value.

use super::record::timestamp;
use super::v1;
use crate::golden::{Chosen, GoldenProfile, GoldenValue, OtherValue, Strategy};
use crate::limits::PROFILE_OTHER_VALUES_MAX;
use crate::record::Field;

/// The surviving values of a profile by field.
pub fn fields(profile: &GoldenProfile) -> Vec<v1::ProfileField> {
    let field = |value: &GoldenValue| v1::ProfileField {
        field: v1::Field::from(value.field).into(),
        values: vec![value.into()],
        other_values: value.others.iter().take(PROFILE_OTHER_VALUES_MAX).map(Into::into).collect(),
    };
    profile.values.iter().map(field).collect()
}

/// A profile as one hit of a search.
pub fn search_hit(profile: &GoldenProfile, relevance: f64) -> v1::SearchHit {
    let texts = |field: Field| -> Vec<String> {
        let value = profile.value(field).into_iter();
        value
            .flat_map(|value| std::iter::once(&value.text).chain(value.others.iter().map(|other| &other.text)))
            .map(|text| text.to_string())
            .collect()
    };
    let written = |value: &GoldenValue| value.written.as_ref().unwrap_or(&value.text).to_string();
    let first = |field: Field| profile.value(field).map(written).unwrap_or_default();
    v1::SearchHit {
        one_id: profile.one_id.to_string(),
        relevance,
        display_name: first(Field::DisplayName),
        phones: texts(Field::Phone),
        emails: texts(Field::Email),
        city: first(Field::City),
        record_count: profile.records.len() as u64,
    }
}

impl From<&GoldenValue> for v1::ProfileValue {
    fn from(value: &GoldenValue) -> Self {
        v1::ProfileValue {
            text: value.text.to_string(),
            grade: v1::Grade::from(value.grade).into(),
            provenance: Some(v1::Provenance {
                record_key: Some((&value.from).into()),
                observed_time: value.observed_at.map(timestamp),
                rule: rule(value).into(),
                rule_description: described(value),
                supporting_records: count(value.holders),
            }),
            is_masked: false,
            source_text: value.written.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }
}

impl From<&OtherValue> for v1::OtherValue {
    fn from(value: &OtherValue) -> Self {
        v1::OtherValue {
            text: value.text.to_string(),
            grade: v1::Grade::from(value.grade).into(),
            record_key: Some((&value.from).into()),
            observed_time: value.observed_at.map(timestamp),
            is_masked: false,
            supporting_records: count(value.holders),
        }
    }
}

fn rule(value: &GoldenValue) -> v1::SurvivorshipRule {
    match (value.chosen, value.strategy) {
        (Chosen::OnlyValue, _) => v1::SurvivorshipRule::OnlyValue,
        (Chosen::Grade, _) => v1::SurvivorshipRule::BestGrade,
        (Chosen::Together, _) => v1::SurvivorshipRule::Together,
        (Chosen::Strategy, Strategy::MostRecent) | (Chosen::Time, _) => v1::SurvivorshipRule::MostRecent,
        (Chosen::Strategy, Strategy::MostFrequent) | (Chosen::Holders, _) => v1::SurvivorshipRule::MostFrequent,
        (Chosen::Strategy, Strategy::Longest) => v1::SurvivorshipRule::Longest,
        (Chosen::Strategy, Strategy::SourceOrder) => v1::SurvivorshipRule::SourceOrder,
        (Chosen::Text, _) => v1::SurvivorshipRule::TieBreak,
    }
}

/// What told the value from the next best one, with what was compared.
fn described(value: &GoldenValue) -> String {
    let next = value.others.first();
    let next_holders = next.map_or(0, |other| other.holders);
    match (value.chosen, value.strategy) {
        (Chosen::OnlyValue, _) => "the only value".into(),
        (Chosen::Grade, _) => "better grade".into(),
        (Chosen::Together, _) => "with the rest of the name or address".into(),
        (Chosen::Strategy, Strategy::MostRecent) => "most recent".into(),
        (Chosen::Strategy, Strategy::MostFrequent) => format!("most frequent, {} to {next_holders}", value.holders),
        (Chosen::Strategy, Strategy::Longest) => "longest".into(),
        (Chosen::Strategy, Strategy::SourceOrder) => {
            let next_source = next.map_or("", |other| other.from.source.as_str());
            format!("{} before {next_source}", value.from.source)
        }
        (Chosen::Time, strategy) => format!("most recent, after a draw by {}", strategy.name().replace('_', " ")),
        (Chosen::Holders, _) => format!("most frequent, {} to {next_holders}, after a draw by time", value.holders),
        (Chosen::Text, _) => "least text, after a draw by all rules".into(),
    }
}

fn count(records: usize) -> u32 {
    u32::try_from(records).unwrap_or(u32::MAX)
}
