//! A golden profile as a person reads it and as a program does.

use super::table::{Align, Table, clip, visible};
use super::words;
use crate::wire::v1;
use serde::Serialize;
use std::fmt::Write;

use Align::{Left, Right};

/// Places that a value takes at most.
const VALUE_WIDTH: usize = 40;
/// Places that the other values of a field take at most.
const OTHERS_WIDTH: usize = 44;

/// The profile as tables: values with where they come from, records, features.
pub fn render(profile: &v1::Profile, features: Option<&v1::CustomerFeatures>) -> String {
    let mut out = String::new();
    let name = profile.fields.iter().find(|field| words::field(field.field) == "display_name").and_then(|field| field.values.first());
    let name = name.map(|value| format!("  {}", visible(&value.text))).unwrap_or_default();
    let _ = writeln!(
        out,
        "{}{name}\n  {}, assurance {}, known since journal position {}",
        profile.one_id,
        words::counted(profile.record_count, "record"),
        words::assurance(profile.assurance),
        profile.created_journal_position
    );
    if !profile.former_one_ids.is_empty() {
        let _ = writeln!(out, "  also answers to {}", profile.former_one_ids.join(", "));
    }
    let _ = writeln!(out, "\nGolden profile\n{}", values(profile).render());
    let _ = writeln!(out, "Records\n{}", members(profile).render());
    let left_out = profile.record_count.saturating_sub(profile.member_records.len() as u64);
    if left_out > 0 {
        let _ = writeln!(out, "  and {} more\n", super::table::count(left_out));
    }
    if let Some(features) = features {
        out.push_str(&render_features(features));
    }
    out
}

fn values(profile: &v1::Profile) -> Table {
    let mut table = Table::new(&[
        ("field", Left),
        ("value", Left),
        ("grade", Left),
        ("from", Left),
        ("observed", Left),
        ("chosen as", Left),
        ("other values", Left),
    ]);
    for field in &profile.fields {
        for value in &field.values {
            let provenance = value.provenance.clone().unwrap_or_default();
            table.row(vec![
                words::field(field.field),
                clip(if value.source_text.is_empty() { &value.text } else { &value.source_text }, VALUE_WIDTH),
                if value.grade == v1::Grade::Valid as i32 { String::new() } else { words::grade(value.grade) },
                words::record_key(provenance.record_key.as_ref()),
                words::date(provenance.observed_time.map(|time| time.seconds)),
                provenance.rule_description,
                others(&field.other_values),
            ]);
        }
    }
    table
}

/// As many as there is room for, the best first.
fn others(values: &[v1::OtherValue]) -> String {
    let shown = |value: &v1::OtherValue| match value.supporting_records {
        0 | 1 => value.text.clone(),
        records => format!("{} ({records})", value.text),
    };
    let texts: Vec<String> = values.iter().map(shown).collect();
    clip(&texts.join(", "), OTHERS_WIDTH)
}

fn members(profile: &v1::Profile) -> Table {
    let mut table = Table::new(&[("record", Left), ("observed", Left), ("assurance", Left)]);
    for member in &profile.member_records {
        let observed = words::date(member.observed_time.map(|time| time.seconds));
        table.row(vec![words::record_key(member.record_key.as_ref()), observed, words::assurance(member.assurance)]);
    }
    table
}

/// The features as a table.
pub fn render_features(features: &v1::CustomerFeatures) -> String {
    let as_of = words::date(features.as_of_time.map(|time| time.seconds));
    if features.events_counted == 0 {
        return if as_of.is_empty() { "Features: no events\n".into() } else { format!("Features: no events up to {as_of}\n") };
    }
    let mut table = Table::new(&[("feature", Left), ("", Right)]);
    let mut row = |name: &str, value: String| table.row(vec![name.into(), value]);
    let days = |days: Option<u32>| days.map_or_else(String::new, |days| words::counted(u64::from(days), "day"));
    row("stage", words::stage(features.lifecycle_stage).replace('_', " "));
    row("recency (since the last purchase)", days(features.recency_days));
    row("frequency (further days with a purchase)", super::table::count(features.frequency));
    for value in &features.monetary {
        let digits = value.minor_unit_digits;
        row(&format!("monetary value, {}", value.currency_code), words::amount(value.total_minor, digits));
        let of = if value.purchases == features.purchases {
            "mean purchase".to_owned()
        } else {
            format!("mean of {} of {}", value.purchases, words::counted(features.purchases, "purchase"))
        };
        row(&format!("{of}, {}", value.currency_code), words::amount(value.average_purchase_minor, digits));
    }
    if features.other_currency_events > 0 {
        row("events in other currencies (not in these amounts)", super::table::count(features.other_currency_events));
    }
    row("tenure (since the first event)", days(features.tenure_days));
    row("events: purchases, refunds, all", format!("{}, {}, {}", features.purchases, features.refunds, features.events_counted));
    format!("Features as of {as_of}\n{}", table.render())
}

/// A profile for programs.
#[derive(Debug, Serialize)]
pub struct ProfileForm {
    one_id: String,
    record_count: u64,
    assurance: String,
    former_one_ids: Vec<String>,
    created_journal_position: u64,
    fields: Vec<FieldForm>,
    records: Vec<MemberForm>,
}

#[derive(Debug, Serialize)]
struct FieldForm {
    field: String,
    values: Vec<ValueForm>,
    other_values: Vec<OtherForm>,
}

#[derive(Debug, Serialize)]
struct ValueForm {
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    source_text: String,
    grade: String,
    record: String,
    observed: Option<String>,
    rule: String,
    rule_description: String,
    supporting_records: u32,
}

#[derive(Debug, Serialize)]
struct OtherForm {
    text: String,
    grade: String,
    record: String,
    observed: Option<String>,
    supporting_records: u32,
}

#[derive(Debug, Serialize)]
struct MemberForm {
    record: String,
    version: i64,
    observed: Option<String>,
    assurance: String,
}

impl From<&v1::Profile> for ProfileForm {
    fn from(profile: &v1::Profile) -> Self {
        ProfileForm {
            one_id: profile.one_id.clone(),
            record_count: profile.record_count,
            assurance: words::assurance(profile.assurance),
            former_one_ids: profile.former_one_ids.clone(),
            created_journal_position: profile.created_journal_position,
            fields: profile.fields.iter().map(field_form).collect(),
            records: profile.member_records.iter().map(member_form).collect(),
        }
    }
}

fn field_form(field: &v1::ProfileField) -> FieldForm {
    let other = |value: &v1::OtherValue| OtherForm {
        text: value.text.clone(),
        grade: words::grade(value.grade),
        record: words::record_key(value.record_key.as_ref()),
        observed: words::time(value.observed_time.map(|time| time.seconds)),
        supporting_records: value.supporting_records,
    };
    FieldForm {
        field: words::field(field.field),
        values: field.values.iter().map(value_form).collect(),
        other_values: field.other_values.iter().map(other).collect(),
    }
}

fn value_form(value: &v1::ProfileValue) -> ValueForm {
    let provenance = value.provenance.clone().unwrap_or_default();
    ValueForm {
        text: value.text.clone(),
        source_text: value.source_text.clone(),
        grade: words::grade(value.grade),
        record: words::record_key(provenance.record_key.as_ref()),
        observed: words::time(provenance.observed_time.map(|time| time.seconds)),
        rule: words::rule(provenance.rule),
        rule_description: provenance.rule_description,
        supporting_records: provenance.supporting_records,
    }
}

fn member_form(member: &v1::MemberRecord) -> MemberForm {
    MemberForm {
        record: words::record_key(member.record_key.as_ref()),
        version: member.version,
        observed: words::time(member.observed_time.map(|time| time.seconds)),
        assurance: words::assurance(member.assurance),
    }
}

/// Features for programs.
#[derive(Debug, Serialize)]
pub struct FeaturesForm {
    as_of: Option<String>,
    lifecycle_stage: String,
    recency_days: Option<u32>,
    frequency: u64,
    tenure_days: Option<u32>,
    monetary: Vec<MonetaryForm>,
    first_event: Option<String>,
    last_event: Option<String>,
    events: u64,
    purchases: u64,
    refunds: u64,
    other_currency_events: u64,
}

#[derive(Debug, Serialize)]
struct MonetaryForm {
    currency: String,
    minor_unit_digits: u32,
    total_minor: i64,
    average_purchase_minor: i64,
    purchases: u64,
}

impl From<&v1::CustomerFeatures> for FeaturesForm {
    fn from(features: &v1::CustomerFeatures) -> Self {
        let monetary = |value: &v1::MonetaryFeatures| MonetaryForm {
            currency: value.currency_code.clone(),
            minor_unit_digits: value.minor_unit_digits,
            total_minor: value.total_minor,
            average_purchase_minor: value.average_purchase_minor,
            purchases: value.purchases,
        };
        FeaturesForm {
            as_of: words::time(features.as_of_time.map(|time| time.seconds)),
            lifecycle_stage: words::stage(features.lifecycle_stage),
            recency_days: features.recency_days,
            frequency: features.frequency,
            tenure_days: features.tenure_days,
            monetary: features.monetary.iter().map(monetary).collect(),
            first_event: words::time(features.first_event_time.map(|time| time.seconds)),
            last_event: words::time(features.last_event_time.map(|time| time.seconds)),
            events: features.events_counted,
            purchases: features.purchases,
            refunds: features.refunds,
            other_currency_events: features.other_currency_events,
        }
    }
}
