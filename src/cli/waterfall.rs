//! The waterfall of a pair, as a person reads it and as a program does.
//!
//! Every weight is against the rival that counts; JSON also has each weight against both rivals, in units, which sum exactly.

use super::table::{Align, Table, bars, clip, small, visible};
use super::words;
use crate::wire::v1;
use serde::Serialize;
use std::fmt::Write;

use Align::{Left, Right};

/// Places that a value takes at most.
const VALUE_WIDTH: usize = 26;
/// Places that the longest bar takes.
const BAR_WIDTH: usize = 12;

/// The waterfall as text.
pub fn render(answer: &v1::ExplainPairResponse, pair: &v1::PairExplanation) -> String {
    let mut out = String::new();
    head(answer, pair, &mut out);
    let _ = writeln!(out, "{}", steps(pair).render());
    let silent: Vec<&str> = pair.rows.iter().filter(|row| row.level_number == 0).map(|row| row.comparison.as_str()).collect();
    if !silent.is_empty() {
        let _ = writeln!(out, "  Not weighed, a value missing or said by another comparison: {}", silent.join(", ").replace('_', " "));
    }
    if pair.rows.iter().any(|row| row.level_number != 0 && is_pooled(row)) {
        out.push_str("  (pooled): the data showed this level and neighbours out of order; shown and weighed is what they say together\n");
    }
    verdict(pair, &mut out);
    if answer.path.len() > 2 {
        let steps: Vec<String> = answer.path.iter().map(|key| visible(&words::record_key(Some(key)))).collect();
        let _ = writeln!(out, "  Joined by way of: {}", steps.join(" - "));
    }
    if let Some((groups, wholes)) = answer.groups.as_ref().and_then(|groups| Some((groups, groups.explanation.as_ref()?))) {
        wholes_decided(answer.same_person, groups, wholes, &mut out);
    }
    if answer.kept_apart {
        out.push_str(
            "  Kept apart all the same: another person claims one of the two records about as strongly, so that it joins neither (or so many\n  \
             records share what these two share that the pair was not formed)\n",
        );
    }
    let _ = writeln!(out, "  Model {}", pair.snapshot_id);
    out
}

/// The steps of a pair and what it comes to, without the people around it.
pub fn evidence(pair: &v1::PairExplanation) -> String {
    let mut out = steps(pair).render();
    verdict(pair, &mut out);
    out
}

fn head(answer: &v1::ExplainPairResponse, pair: &v1::PairExplanation, out: &mut String) {
    let (left, right) = (side(pair.left.as_ref()), side(pair.right.as_ref()));
    let _ = writeln!(out, "{}  and  {}", left.0, right.0);
    let _ = match answer.same_person {
        true => writeln!(out, "  are one person, {}", left.1),
        false => writeln!(out, "  are two people, {} and {}", left.1, right.1),
    };
    let total = pair.total_weights.unwrap_or_default();
    let _ = writeln!(
        out,
        "  This pair{}: {}, match probability {}, match weight {} bits against two {}\n  (against two strangers {}, against two relatives of one household {})\n",
        if answer.kept_apart { " by itself (but see the end)" } else { "" },
        words::decision(pair.decision).replace('_', "-"),
        probability(pair.match_probability),
        bits(pair.total_weight),
        words::rival(pair.rival),
        bits(total.strangers),
        bits(total.relatives)
    );
}

/// What the groups around the two records weigh, which decided where the pair alone did not.
fn wholes_decided(joined: bool, groups: &v1::GroupsExplanation, wholes: &v1::PairExplanation, out: &mut String) {
    let (left, right) = (records(groups.left_count), records(groups.right_count));
    let needed = bits(groups.needed_weight);
    let vetoed = !wholes.vetoes.is_empty();
    let stands = units(wholes.total_weight) >= units(groups.needed_weight) && !vetoed;
    let _ = match (joined, stands) {
        (true, true) => {
            writeln!(out, "\n  Joined as wholes: {left} on the left and {right} on the right agree together, from {needed} bits on")
        }
        (true, false) => {
            writeln!(out, "\n  Joined with the help of further records; the groups of the two by links alone, {left} and {right}, weigh")
        }
        (false, _) if vetoed => {
            writeln!(out, "\n  Kept apart as wholes: the two people, {left} and {right}, carry what only one person can have")
        }
        (false, true) => writeln!(out, "\n  The two people as wholes, {left} and {right}, agree"),
        (false, false) => {
            writeln!(out, "\n  Kept apart as wholes: the two people, {left} and {right}, would be joined from {needed} bits on, and weigh")
        }
    };
    let _ = writeln!(out, "{}", steps(wholes).render());
    vetoes(wholes, "person", out);
}

fn records(count: u32) -> String {
    if count == 1 { "1 record".into() } else { format!("{count} records") }
}

/// Record and One-ID.
fn side(record: Option<&v1::ExplainedRecord>) -> (String, String) {
    record.map(|record| (visible(&words::record_key(record.record_key.as_ref())), record.one_id.clone())).unwrap_or_default()
}

/// Prior, comparisons, total; one row each.
fn steps(pair: &v1::PairExplanation) -> Table {
    let against = if pair.rival == v1::Rival::Relatives as i32 { "among relatives" } else { "among strangers" };
    let mut table = Table::new(&[
        ("comparison", Left),
        ("level", Left),
        ("left", Left),
        ("right", Left),
        ("m", Right),
        (against, Right),
        ("level bits", Right),
        ("frequency bits", Right),
        ("bits", Right),
        ("total", Right),
        ("against", Right),
        ("for", Left),
    ]);
    let prior = pair.prior.unwrap_or_default();
    let weights = pair.rows.iter().map(|row| units(row.weight)).chain([units(prior.weight)]);
    let longest = weights.map(i64::abs).max().unwrap_or(1).max(1);
    let mut total = units(prior.weight);
    let mut row = |cells: [String; 8], weight: i64, total: i64| {
        let [against, favour] = bars(weight as f64 / longest as f64, BAR_WIDTH);
        table.row(cells.into_iter().chain([shown(weight), shown(total), against, favour]).collect());
    };
    let chance = match prior.probability {
        rare if rare < 0.1 => format!("1 in {}", super::table::count((1.0 / rare.max(1e-18)).round() as u64)),
        likely => format!("probability {likely:.2}"),
    };
    row(["prior".into(), chance, String::new(), String::new(), String::new(), String::new(), String::new(), String::new()], total, total);
    for step in pair.rows.iter().filter(|row| row.level_number != 0) {
        total += units(step.weight);
        row(cells(step, pair.rival), units(step.weight), total);
    }
    let blank = || String::new();
    table.row(vec!["total".into(), blank(), blank(), blank(), blank(), blank(), blank(), blank(), blank(), shown(total), blank(), blank()]);
    table
}

/// The cells of a comparison in front of its weight.
fn cells(row: &v1::ComparisonRow, rival: i32) -> [String; 8] {
    let untrained = if row.is_untrained { " (untrained)" } else { "" };
    let pooled = if is_pooled(row) { " (pooled)" } else { "" };
    let frequency = row.term_frequency_adjustment.as_ref().map(|adjustment| shown(units(adjustment.weight)));
    [
        row.comparison.replace('_', " "),
        format!("{}{untrained}{pooled}", row.level),
        clip(&row.left_values.join(", "), VALUE_WIDTH),
        clip(&row.right_values.join(", "), VALUE_WIDTH),
        row.pooled_m_probability.or(row.m_probability).map(small).unwrap_or_default(),
        row.pooled_rival_probability.or(among_rivals(row, rival)).map(small).unwrap_or_default(),
        shown(units(row.level_weight)),
        frequency.unwrap_or_default(),
    ]
}

/// Whether the level weighs with its neighbours, since m and the rival's probability alone would have put the levels out of order.
fn is_pooled(row: &v1::ComparisonRow) -> bool {
    row.pooled_m_probability.is_some()
}

/// Probability of the level among the rivals that count.
fn among_rivals(row: &v1::ComparisonRow, rival: i32) -> Option<f64> {
    if rival == v1::Rival::Relatives as i32 { row.relatives_probability } else { row.u_probability }
}

fn verdict(pair: &v1::PairExplanation, out: &mut String) {
    let thresholds = pair.thresholds.unwrap_or_default();
    let _ = writeln!(
        out,
        "  Thresholds: link from {} ({} bits), review from {} ({} bits)",
        probability(thresholds.link_probability),
        bits(thresholds.link_weight),
        probability(thresholds.review_probability),
        bits(thresholds.review_weight)
    );
    vetoes(pair, "record", out);
    let rules: Vec<&str> = pair.blocking_rules.iter().map(|rule| rule.rule.as_str()).collect();
    let _ = match rules.is_empty() {
        true => writeln!(out, "  No blocking rule makes the two a candidate pair: the engine does not weigh them"),
        false => writeln!(out, "  Alike by blocking rule: {} (a key that too many records share gives no pairs)", rules.join("; ")),
    };
    let decision = words::decision(pair.decision).replace('_', "-");
    let _ = match assurance(pair) {
        Some(assurance) => writeln!(out, "  Decision: {decision}, assurance {assurance}"),
        None => writeln!(out, "  Decision: {decision}"),
    };
}

fn vetoes(pair: &v1::PairExplanation, of: &str, out: &mut String) {
    for veto in &pair.vetoes {
        let _ = writeln!(
            out,
            "  Veto: {}: {} is {} in one {of} and {} in the other, and a person has one",
            words::veto(veto.kind).replace('_', " "),
            words::field(veto.field).replace('_', " "),
            veto.left_value,
            veto.right_value
        );
    }
}

/// What a link rests on; nothing where there is no link.
fn assurance(pair: &v1::PairExplanation) -> Option<String> {
    (pair.decision == v1::Decision::Link as i32).then(|| words::assurance(pair.assurance))
}

fn units(weight: Option<v1::MatchWeight>) -> i64 {
    weight.unwrap_or_default().units
}

fn bits(weight: Option<v1::MatchWeight>) -> String {
    shown(units(weight))
}

/// Units of 2^-20 bit as bits.
fn shown(units: i64) -> String {
    format!("{:+.2}", units as f64 / 1_048_576.0)
}

/// A probability that may be near 1.
fn probability(probability: f64) -> String {
    match probability {
        near_one if near_one > 0.999_999 => "over 0.999999".into(),
        small if small < 0.000_001 => "under 0.000001".into(),
        other => format!("{other:.6}").trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}

/// An explained pair for programs.
#[derive(Debug, Serialize)]
pub struct PairForm {
    left: SideForm,
    right: SideForm,
    same_person: bool,
    kept_apart: bool,
    path: Vec<String>,
    model: String,
    decision: String,
    match_probability: f64,
    rival: String,
    total: WeightForm,
    total_against: RivalsForm,
    prior: PriorForm,
    rows: Vec<RowForm>,
    thresholds: ThresholdsForm,
    vetoes: Vec<VetoForm>,
    blocking_rules: Vec<String>,
    /// None where the decision is no link.
    assurance: Option<String>,
    /// What decided where the pair alone did not.
    groups: Option<GroupsForm>,
}

#[derive(Debug, Serialize)]
struct GroupsForm {
    left_records: u32,
    right_records: u32,
    left_members: Vec<String>,
    right_members: Vec<String>,
    needed: WeightForm,
    rival: String,
    total: WeightForm,
    total_against: RivalsForm,
    match_probability: f64,
    rows: Vec<RowForm>,
    vetoes: Vec<VetoForm>,
}

#[derive(Debug, Serialize)]
struct SideForm {
    record: String,
    one_id: String,
}

#[derive(Debug, Serialize)]
struct WeightForm {
    bits: f64,
    units: i64,
}

#[derive(Debug, Serialize)]
struct RivalsForm {
    strangers: WeightForm,
    relatives: WeightForm,
}

#[derive(Debug, Serialize)]
struct PriorForm {
    weight: WeightForm,
    against: RivalsForm,
    probability: f64,
    matches_per_record: f64,
    relatives_per_record: f64,
}

#[derive(Debug, Serialize)]
struct RowForm {
    comparison: String,
    level: String,
    level_number: u32,
    left_values: Vec<String>,
    right_values: Vec<String>,
    m_probability: Option<f64>,
    u_probability: Option<f64>,
    relatives_probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pooled_m_probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pooled_rival_probability: Option<f64>,
    level_weight: WeightForm,
    term_frequency_weight: Option<WeightForm>,
    weight: WeightForm,
    against: RivalsForm,
    untrained: bool,
}

#[derive(Debug, Serialize)]
struct ThresholdsForm {
    link_probability: f64,
    link_weight: WeightForm,
    review_probability: f64,
    review_weight: WeightForm,
}

#[derive(Debug, Serialize)]
struct VetoForm {
    kind: String,
    field: String,
    left_value: String,
    right_value: String,
}

impl PairForm {
    /// The form of an answer and its explanation.
    pub fn new(answer: &v1::ExplainPairResponse, pair: &v1::PairExplanation) -> Self {
        let thresholds = pair.thresholds.unwrap_or_default();
        PairForm {
            left: side_form(pair.left.as_ref()),
            right: side_form(pair.right.as_ref()),
            same_person: answer.same_person,
            kept_apart: answer.kept_apart,
            path: answer.path.iter().map(|key| words::record_key(Some(key))).collect(),
            model: pair.snapshot_id.clone(),
            decision: words::decision(pair.decision),
            match_probability: pair.match_probability,
            rival: words::rival(pair.rival),
            total: weight_form(pair.total_weight),
            total_against: rivals_form(pair.total_weights),
            prior: prior_form(pair.prior.unwrap_or_default()),
            rows: pair.rows.iter().map(row_form).collect(),
            thresholds: ThresholdsForm {
                link_probability: thresholds.link_probability,
                link_weight: weight_form(thresholds.link_weight),
                review_probability: thresholds.review_probability,
                review_weight: weight_form(thresholds.review_weight),
            },
            vetoes: pair.vetoes.iter().map(veto_form).collect(),
            blocking_rules: pair.blocking_rules.iter().map(|rule| rule.rule.clone()).collect(),
            assurance: assurance(pair),
            groups: answer.groups.as_ref().and_then(groups_form),
        }
    }
}

fn groups_form(groups: &v1::GroupsExplanation) -> Option<GroupsForm> {
    let wholes = groups.explanation.as_ref()?;
    let members = |keys: &[v1::RecordKey]| keys.iter().map(|key| words::record_key(Some(key))).collect();
    Some(GroupsForm {
        left_records: groups.left_count,
        right_records: groups.right_count,
        left_members: members(&groups.left_members),
        right_members: members(&groups.right_members),
        needed: weight_form(groups.needed_weight),
        rival: words::rival(wholes.rival),
        total: weight_form(wholes.total_weight),
        total_against: rivals_form(wholes.total_weights),
        match_probability: wholes.match_probability,
        rows: wholes.rows.iter().map(row_form).collect(),
        vetoes: wholes.vetoes.iter().map(veto_form).collect(),
    })
}

fn side_form(record: Option<&v1::ExplainedRecord>) -> SideForm {
    let (record, one_id) = side(record);
    SideForm { record, one_id }
}

fn weight_form(weight: Option<v1::MatchWeight>) -> WeightForm {
    let weight = weight.unwrap_or_default();
    WeightForm { bits: weight.bits, units: weight.units }
}

fn rivals_form(weights: Option<v1::RivalWeights>) -> RivalsForm {
    let weights = weights.unwrap_or_default();
    RivalsForm { strangers: weight_form(weights.strangers), relatives: weight_form(weights.relatives) }
}

fn prior_form(prior: v1::Prior) -> PriorForm {
    PriorForm {
        weight: weight_form(prior.weight),
        against: rivals_form(prior.weights),
        probability: prior.probability,
        matches_per_record: prior.matches_per_record,
        relatives_per_record: prior.relatives_per_record,
    }
}

fn row_form(row: &v1::ComparisonRow) -> RowForm {
    RowForm {
        comparison: row.comparison.clone(),
        level: row.level.clone(),
        level_number: row.level_number,
        left_values: row.left_values.clone(),
        right_values: row.right_values.clone(),
        m_probability: row.m_probability,
        u_probability: row.u_probability,
        relatives_probability: row.relatives_probability,
        pooled_m_probability: row.pooled_m_probability,
        pooled_rival_probability: row.pooled_rival_probability,
        level_weight: weight_form(row.level_weight),
        term_frequency_weight: row.term_frequency_adjustment.as_ref().map(|adjustment| weight_form(adjustment.weight)),
        weight: weight_form(row.weight),
        against: rivals_form(row.weights),
        untrained: row.is_untrained,
    }
}

fn veto_form(veto: &v1::Veto) -> VetoForm {
    VetoForm {
        kind: words::veto(veto.kind),
        field: words::field(veto.field),
        left_value: veto.left_value.clone(),
        right_value: veto.right_value.clone(),
    }
}
