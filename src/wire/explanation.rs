//! Explanations of pairs on the wire. Weights keep their units, so the parts still sum to the whole.

use super::v1;
use crate::explain::{Explanation, Rival, Row};
use crate::link::{Assurance, Decision, Veto};
use crate::model::{MatchWeight, Rivals};
use crate::one_id::OneId;
use crate::record::{Field, RecordKey};

/// The waterfall of a pair, whose records they are, and what a link would rest on.
pub fn pair_explanation(explanation: &Explanation, one_ids: (OneId, OneId), assurance: Assurance) -> v1::PairExplanation {
    let rival = explanation.rival;
    v1::PairExplanation {
        left: Some(explained_record(&explanation.a, one_ids.0)),
        right: Some(explained_record(&explanation.b, one_ids.1)),
        snapshot_id: explanation.model.to_string(),
        prior: Some(prior(explanation)),
        rows: explanation.rows.iter().map(|row| comparison_row(row, rival)).collect(),
        total_weight: Some(explanation.weight.into()),
        match_probability: explanation.probability.value(),
        thresholds: Some(thresholds(explanation)),
        decision: v1::Decision::from(explanation.decision).into(),
        vetoes: explanation.veto.map(|veto| vetoed(veto, explanation)).into_iter().collect(),
        blocking_rules: explanation.rules.iter().map(|rule| v1::BlockingRuleMatch { rule: rule.to_string(), holders: None }).collect(),
        assurance: v1::Assurance::from(assurance).into(),
        rival: v1::Rival::from(rival).into(),
        total_weights: Some(explanation.total.into()),
    }
}

fn explained_record(key: &RecordKey, one_id: OneId) -> v1::ExplainedRecord {
    v1::ExplainedRecord { record_key: Some(key.into()), one_id: one_id.to_string() }
}

fn prior(explanation: &Explanation) -> v1::Prior {
    let weight = against(explanation.prior.weight, explanation.rival);
    v1::Prior {
        weight: Some(weight.into()),
        probability: weight.probability().value(),
        weights: Some(explanation.prior.weight.into()),
        matches_per_record: explanation.prior.matches_per_record,
        relatives_per_record: explanation.prior.relatives_per_record,
    }
}

fn thresholds(explanation: &Explanation) -> v1::Thresholds {
    let thresholds = explanation.thresholds;
    v1::Thresholds {
        link_probability: thresholds.link.value(),
        link_weight: Some(thresholds.link.weight().into()),
        review_probability: thresholds.review.value(),
        review_weight: Some(thresholds.review.weight().into()),
    }
}

fn comparison_row(row: &Row, rival: Rival) -> v1::ComparisonRow {
    let found = row.level != 0;
    let pool = row.pooled[usize::from(rival == Rival::Relative)];
    let whole = row.weight + row.term_frequency;
    let texts = |values: &[compact_str::CompactString]| values.iter().map(ToString::to_string).collect();
    v1::ComparisonRow {
        comparison: row.comparison.to_string(),
        fields: row.field.map(|field| v1::Field::from(field).into()).into_iter().collect(),
        level: row.label.to_string(),
        left_values: texts(&row.values_a),
        right_values: texts(&row.values_b),
        m_probability: found.then_some(row.m),
        u_probability: found.then_some(row.u),
        level_weight: Some(against(row.weight, rival).into()),
        term_frequency_adjustment: row.shared.as_ref().map(|value| v1::TermFrequencyAdjustment {
            value: value.to_string(),
            frequency: None,
            weight: Some(against(row.term_frequency, rival).into()),
            weights: Some(row.term_frequency.into()),
        }),
        shared_value_discount: None,
        weight: Some(against(whole, rival).into()),
        is_untrained: !row.trained,
        relatives_probability: found.then_some(row.relative),
        level_weights: Some(row.weight.into()),
        weights: Some(whole.into()),
        level_number: u32::from(row.level),
        pooled_m_probability: pool.map(|pool| pool.m),
        pooled_rival_probability: pool.map(|pool| pool.rival),
    }
}

fn vetoed(veto: Veto, explanation: &Explanation) -> v1::Veto {
    let (kind, field) = match veto {
        Veto::TwoResidentIds => (v1::VetoKind::ExclusiveIdentifier, Field::ResidentId),
    };
    let (left, right) = explanation.vetoed_values.clone().unwrap_or_default();
    v1::Veto {
        kind: kind.into(),
        field: v1::Field::from(field).into(),
        left_value: left.to_string(),
        right_value: right.to_string(),
        judgement_id: String::new(),
    }
}

fn against(weights: Rivals, rival: Rival) -> MatchWeight {
    match rival {
        Rival::Stranger => weights.stranger,
        Rival::Relative => weights.relative,
    }
}

impl From<MatchWeight> for v1::MatchWeight {
    fn from(weight: MatchWeight) -> Self {
        v1::MatchWeight { bits: weight.bits(), units: weight.0 }
    }
}

impl From<Rivals> for v1::RivalWeights {
    fn from(weights: Rivals) -> Self {
        v1::RivalWeights { strangers: Some(weights.stranger.into()), relatives: Some(weights.relative.into()) }
    }
}

impl From<Rival> for v1::Rival {
    fn from(rival: Rival) -> Self {
        match rival {
            Rival::Stranger => v1::Rival::Strangers,
            Rival::Relative => v1::Rival::Relatives,
        }
    }
}

impl From<Decision> for v1::Decision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Link => v1::Decision::Link,
            Decision::Review => v1::Decision::Review,
            Decision::NonLink => v1::Decision::NonLink,
        }
    }
}
