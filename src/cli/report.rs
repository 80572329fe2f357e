//! The run report as a person reads it.

use super::table::{Align, Table, bar, count};
use crate::engine::batch::RuleStatistics;
use crate::limits::PERSON_CHANGES_SHOWN;
use crate::schema::ColumnKind;
use crate::service::report::RunReport;
use std::collections::BTreeMap;
use std::fmt::Write;

use Align::{Left, Right};

/// The report as text.
pub fn render(report: &RunReport) -> String {
    let mut out = String::new();
    if report.dry_run {
        out.push_str("Dry run: nothing is written. What follows is what this merge would come to.\n\n");
    }
    inputs(report, &mut out);
    pairs(report, &mut out);
    clusters(report, &mut out);
    phases(report, &mut out);
    for note in &report.notes {
        let _ = writeln!(out, "note: {note}");
    }
    out
}

/// Who merges and who splits, for what reads no inputs.
pub fn people(report: &RunReport) -> String {
    let mut out = String::new();
    for note in &report.notes {
        let _ = writeln!(out, "{note}");
    }
    let told = report.people.unwrap_or_default();
    let _ = writeln!(
        out,
        "{} records: {} people merge, {} split, {} come back, {} are new, {} change otherwise, {} stay; {} pairs to review\n",
        count(report.records),
        count(told.merged),
        count(told.split),
        count(told.revived),
        count(told.created),
        count(told.changed),
        count(told.unchanged),
        count(report.reviews)
    );
    person_changes(report, &mut out);
    out
}

fn inputs(report: &RunReport, out: &mut String) {
    let mut table = Table::new(&[("input", Left), ("format", Left), ("source", Left), ("rows", Right), ("rejected", Right)]);
    for input in &report.inputs {
        table.row(vec![input.input.clone(), input.format.clone(), input.source.clone(), count(input.rows), count(input.rejects)]);
    }
    let _ = writeln!(out, "Inputs\n{}", table.render());
    let mut columns = Table::new(&[("source", Left), ("column", Left), ("read as", Left), ("because of", Left)]);
    for input in &report.inputs {
        for column in &input.columns {
            let kind = if column.kind == ColumnKind::Ignore.name() { "not read" } else { &column.kind };
            columns.row(vec![input.source.clone(), column.column.clone(), kind.to_string(), column.reason.clone()]);
        }
    }
    if !columns.is_empty() {
        let _ = writeln!(out, "Columns\n{}", columns.render());
    }
    rows(report, out);
    if !report.issues.is_empty() {
        let mut issues = Table::new(&[("value not taken as it stood", Left), ("values", Right)]);
        for (what, values) in &report.issues {
            issues.row(vec![what.clone(), count(*values)]);
        }
        let _ = writeln!(out, "Findings\n{}", issues.render());
    }
}

/// What became of each row, so that the numbers sum to the rows read; then what is there now.
fn rows(report: &RunReport, out: &mut String) {
    let _ = writeln!(
        out,
        "Rows: {} read; {} superseded by newer ones of the same record, {} repeated, {} rejected",
        count(report.rows_read),
        count(report.superseded),
        count(report.duplicates),
        count(report.rejects)
    );
    let live = count(report.records);
    let _ = match &report.record_changes {
        None => writeln!(out, "Records: {live}"),
        Some(changes) => writeln!(
            out,
            "  to the store: {} new, {} changed, {} unchanged, {} older than what it has{}\nRecords: {live} live in the store{}",
            count(changes.new),
            count(changes.changed),
            count(changes.unchanged),
            count(changes.outdated),
            if changes.suppressed > 0 { format!(", {} of erased people kept out", count(changes.suppressed)) } else { String::new() },
            if changes.deleted > 0 { format!(", {} deleted", count(changes.deleted)) } else { String::new() }
        ),
    };
    if report.events + report.event_rejects > 0 {
        let _ = writeln!(out, "Events: {} kept, {} rejected", count(report.events), count(report.event_rejects));
    }
    out.push('\n');
}

fn pairs(report: &RunReport, out: &mut String) {
    let mut table = Table::new(&[
        ("blocking rule", Left),
        ("pairs", Right),
        ("new", Right),
        ("blocks", Right),
        ("largest", Right),
        ("refined", Right),
        ("records left out", Right),
    ]);
    for rule in report.rules.iter().filter(|rule| rule.blocks > 0 && !rule.over_budget) {
        table.row(vec![
            rule.rule.clone(),
            count(rule.pairs),
            count(rule.new_pairs),
            count(rule.blocks),
            count(rule.largest_block as u64),
            count(rule.refined_blocks),
            count(rule.hot_records),
        ]);
    }
    let _ = writeln!(out, "Candidate pairs: {}\n{}{}", count(report.candidate_pairs), table.render(), left_out(&report.rules));
    let _ = writeln!(
        out,
        "Match weights (bits; link from {:.3}, review from {:.3})",
        report.thresholds.link.value(),
        report.thresholds.review.value()
    );
    out.push_str(&histogram(&report.weights));
    if report.hopeless_pairs > 0 {
        let hopeless = count(report.hopeless_pairs);
        let _ = writeln!(out, "{hopeless} further pairs are seen at a glance to weigh too little for a review");
    }
    let _ = writeln!(out, "\nLinks: {}   to review: {}   model: {}", count(report.links), count(report.reviews), report.model);
    if let Some(prior) = &report.prior {
        let _ = writeln!(
            out,
            "Prior: {:.4} pairs of one person and {:.4} of relatives for each record\n",
            prior.matches_per_record, prior.relatives_per_record
        );
    }
}

/// Weights in steps of four bits.
fn histogram(weights: &[(i32, u64)]) -> String {
    let mut steps = std::collections::BTreeMap::new();
    for (bits, pairs) in weights {
        *steps.entry(bits.div_euclid(4) * 4).or_insert(0u64) += pairs;
    }
    let most = steps.values().copied().max().unwrap_or(1).max(1) as f64;
    let mut table = Table::new(&[("from", Right), ("to", Right), ("pairs", Right), ("(logarithmic)", Left)]);
    for (from, pairs) in steps {
        let share = (pairs as f64 + 1.0).ln() / (most + 1.0).ln();
        table.row(vec![from.to_string(), (from + 4).to_string(), count(pairs), bar(share, 40)]);
    }
    table.render()
}

fn clusters(report: &RunReport, out: &mut String) {
    let _ = writeln!(out, "Clusters: {}", count(report.clusters));
    let mut sizes = Table::new(&[("records", Right), ("clusters", Right)]);
    let (small, large): (Vec<_>, Vec<_>) = report.sizes.iter().copied().partition(|(records, _)| *records <= 10);
    for (records, clusters) in small {
        sizes.row(vec![records.to_string(), count(clusters)]);
    }
    if !large.is_empty() {
        sizes.row(vec!["over 10".into(), count(large.iter().map(|(_, clusters)| clusters).sum())]);
    }
    let _ = writeln!(out, "{}", sizes.render());
    let mut table =
        Table::new(&[("largest", Left), ("records", Right), ("copies", Right), ("links", Right), ("density", Right), ("bridges", Right)]);
    for cluster in &report.largest {
        let density = format!("{:.2}", cluster.density);
        table.row(vec![
            cluster.one_id.clone(),
            count(cluster.records as u64),
            count(cluster.copies as u64),
            count(cluster.links as u64),
            density,
            count(cluster.bridges as u64),
        ]);
    }
    if !table.is_empty() {
        let _ = writeln!(out, "{}", table.render());
    }
    if let Some(people) = &report.people {
        let _ = writeln!(
            out,
            "{}: {} created, {} merged into others, {} split off, {} taken back, {} left without records, {} changed, {} unchanged\n",
            if report.dry_run { "People, if it were done" } else { "People" },
            count(people.created),
            count(people.merged),
            count(people.split),
            count(people.revived),
            count(people.emptied),
            count(people.changed),
            count(people.unchanged)
        );
        person_changes(report, out);
    }
}

/// Of each kind of change the first; creations are many and alike, and not listed.
fn person_changes(report: &RunReport, out: &mut String) {
    let mut table = Table::new(&[("change", Left), ("One-ID", Left), ("records", Right), ("into or from", Left)]);
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for change in report.person_changes.iter().filter(|change| change.change != "created") {
        let seen = by_kind.entry(change.change).or_insert(0);
        *seen += 1;
        if *seen <= PERSON_CHANGES_SHOWN {
            table.row(vec![change.change.to_string(), change.one_id.clone(), count(change.records as u64), change.others.join(" ")]);
        }
    }
    if !table.is_empty() {
        let _ = writeln!(out, "{}", table.render());
    }
    let further = by_kind.into_iter().filter(|(_, seen)| *seen > PERSON_CHANGES_SHOWN);
    let further: Vec<String> = further.map(|(kind, seen)| format!("{} {kind}", count((seen - PERSON_CHANGES_SHOWN) as u64))).collect();
    if !further.is_empty() {
        let _ = writeln!(out, "  and {} more; all of them are in --report and --json\n", further.join(", "));
    }
}

fn phases(report: &RunReport, out: &mut String) {
    let mut table = Table::new(&[("phase", Left), ("wall s", Right), ("CPU s", Right), ("peak MiB", Right)]);
    for phase in &report.phases {
        table.row(vec![
            phase.phase.to_string(),
            format!("{:.2}", phase.wall_seconds),
            format!("{:.2}", phase.cpu_seconds),
            format!("{:.0}", phase.peak_mebibytes),
        ]);
    }
    let sum = |of: fn(&crate::service::stopwatch::PhaseReport) -> f64| report.phases.iter().map(of).sum::<f64>();
    table.row(vec!["all".into(), format!("{:.2}", sum(|p| p.wall_seconds)), format!("{:.2}", sum(|p| p.cpu_seconds)), String::new()]);
    let _ = writeln!(out, "Phases\n{}", table.render());
}

/// The rules that were left out for the pairs they would give, in words; empty where there is none.
pub fn left_out(rules: &[RuleStatistics]) -> String {
    let names: Vec<&str> = rules.iter().filter(|rule| rule.over_budget).map(|rule| rule.rule.as_str()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("  Not applied, since they would give more pairs than the budget has: {}\n", names.join("; "))
}
