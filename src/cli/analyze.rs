//! `oneid analyze`: what each blocking rule does, and how many pairs of one person all of them miss.

use super::Done;
use super::merge::{now_microseconds, read_model, read_settings};
use super::output::{print, print_json};
use super::progress::Bar;
use super::report::left_out;
use super::table::{Align, Table, count};
use super::words::counted;
use crate::engine::batch::{BlockingRecall, Candidates, Prepared, RuleStatistics};
use crate::engine::{Observer, Phase};
use crate::error::Result;
use crate::service::load::{load, open};
use crate::service::merge::model_source;
use serde::Serialize;
use std::path::PathBuf;

/// Show pairs per blocking rule, their overlap and the largest blocks, and how many pairs of one person they miss
///
/// What is missed is estimated without labels from how many families of rules (certificates, phone, e-mail, device, birth, place,
/// name) find a pair: pairs found by one family only tell of those found by none. Records that share a verified identifier are one
/// person's; what rules that look at no certificate or account find of them is counted, and set beside what the estimate says.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid analyze crm.csv app.jsonl
  oneid analyze --model model.json crm.csv --json")]
pub struct Args {
    /// Files, as for merge
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Settings (TOML), or builtin:four-channels
    #[arg(long, value_name = "FILE")]
    pub config: Option<String>,
    /// The model snapshot whose rules apply and that weighs; without it one is learnt from the inputs
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let settings = read_settings(args.config.as_deref())?;
    let bar = Bar::new();
    let mut loaded = load(open(&args.inputs, &settings)?, false, now_microseconds() / 1_000_000, &bar)?;
    let records = loaded.take_records();
    let count_of_records = records.len();
    let model = args.model.as_deref().map(read_model).transpose()?;
    let prepared = Prepared::new(records, model_source(&settings, model), &[], &bar)?;
    bar.begin(Phase::Weigh, prepared.candidates.count);
    let recall = prepared.blocking_recall();
    bar.finish();
    let Candidates { count: pairs, statistics: rules, .. } = &prepared.candidates;
    if args.json {
        print_json(&Analysis { rules, candidate_pairs: *pairs, recall: &recall })?;
        return Ok(Done::Whole);
    }
    let columns =
        [("blocking rule", Align::Left), ("pairs", Align::Right), ("also by an earlier rule", Align::Right), ("new", Align::Right)];
    let more = [("blocks", Align::Right), ("largest", Align::Right), ("refined", Align::Right), ("records left out", Align::Right)];
    let mut table = Table::new(&[&columns[..], &more[..]].concat());
    for rule in rules.iter().filter(|rule| !rule.over_budget) {
        table.row(vec![
            rule.rule.clone(),
            count(rule.pairs),
            count(rule.pairs - rule.new_pairs),
            count(rule.new_pairs),
            count(rule.blocks),
            count(rule.largest_block as u64),
            count(rule.refined_blocks),
            count(rule.hot_records),
        ]);
    }
    let standing = prepared.standing();
    let distinct = standing.iter().enumerate().filter(|(row, standing)| *row == **standing as usize).count() as u64;
    let all = distinct * distinct.saturating_sub(1) / 2;
    let share = if all == 0 { 0.0 } else { *pairs as f64 / all as f64 };
    print(&format!(
        "{}{}\n  {}, {} of them unlike in any field, {}, {:.6} of all\n{}",
        table.render(),
        left_out(rules),
        counted(count_of_records as u64, "record"),
        count(distinct),
        counted(*pairs, "candidate pair"),
        share,
        recall_text(&recall)
    ))?;
    Ok(Done::Whole)
}

/// What `--json` prints.
#[derive(Serialize)]
struct Analysis<'a> {
    rules: &'a [RuleStatistics],
    candidate_pairs: u64,
    recall: &'a BlockingRecall,
}

fn recall_text(recall: &BlockingRecall) -> String {
    let whole = |pairs: f64| count(pairs.round() as u64);
    let share = |share: Option<f64>| share.map_or_else(|| "cannot be told".to_string(), |share| format!("{share:.4}"));
    let missed =
        recall.missed.map_or_else(|| "how many are missed cannot be told".to_string(), |missed| format!("{} missed", whole(missed)));
    let mut out = format!(
        "\n  Pairs of one person, estimated: {} found ({} by one family of rules alone, {} by two), {missed}; recall of blocking: {}\n",
        whole(recall.found),
        whole(recall.by_one),
        whole(recall.by_two),
        share(recall.recall)
    );
    for held in &recall.held_out {
        out.push_str(&format!(
            "  Of {} that share {}, rules that look at no certificate or account find {}: {:.4} (the estimate from these alone: {})\n",
            counted(held.pairs, "pair"),
            held.field.in_words(),
            count(held.found),
            held.recall,
            share(held.estimated)
        ));
    }
    out
}
