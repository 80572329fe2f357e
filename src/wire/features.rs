//! Customer features on the wire.

use super::record::timestamp;
use super::v1;
use crate::features::{Features, Stage, minor_unit_digits};

/// The features of a person.
pub fn customer_features(one_id: &str, features: &Features) -> v1::CustomerFeatures {
    let days = |days: Option<i64>| days.map(|days| u32::try_from(days).unwrap_or(0));
    v1::CustomerFeatures {
        one_id: one_id.to_owned(),
        as_of_time: Some(timestamp(features.as_of)),
        recency_days: days(features.recency_days),
        frequency: features.frequency,
        monetary: monetary(features).into_iter().collect(),
        tenure_days: days(features.tenure_days),
        first_event_time: features.first_event.map(timestamp),
        last_event_time: features.last_event.map(timestamp),
        lifecycle_stage: stage(features).into(),
        events_counted: features.events,
        purchases: features.purchases,
        refunds: features.refunds,
        other_currency_events: features.other_currency_events,
    }
}

fn monetary(features: &Features) -> Option<v1::MonetaryFeatures> {
    (features.currency_purchases > 0).then(|| v1::MonetaryFeatures {
        currency_code: features.currency.to_string(),
        minor_unit_digits: minor_unit_digits(&features.currency).unwrap_or(2),
        total_minor: features.monetary_minor,
        average_purchase_minor: features.average_purchase_minor,
        purchases: features.currency_purchases,
    })
}

fn stage(features: &Features) -> v1::LifecycleStage {
    match features.stage {
        _ if features.events == 0 => v1::LifecycleStage::Unspecified,
        Stage::Prospect => v1::LifecycleStage::Prospect,
        Stage::New => v1::LifecycleStage::New,
        Stage::Active => v1::LifecycleStage::Active,
        Stage::AtRisk => v1::LifecycleStage::AtRisk,
        Stage::Lapsed => v1::LifecycleStage::Lapsed,
    }
}
