//! `oneid analyze`: what each blocking rule would do.

use super::Done;
use super::merge::{now_microseconds, read_settings};
use super::output::{print, print_json};
use super::progress::Bar;
use super::report::left_out;
use super::table::{Align, Table, count};
use super::words::counted;
use crate::engine::batch::{Candidates, EqualRows, candidate_pairs, wider_budget};
use crate::engine::{Observer, Phase};
use crate::error::Result;
use crate::record::CanonicalRecord;
use crate::service::load::{load, open};
use rustc_hash::FxHashSet;
use std::path::PathBuf;

/// Show pairs per blocking rule, their overlap and the largest blocks
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  oneid analyze crm.csv app.jsonl")]
pub struct Args {
    /// Files, as for merge
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Settings (TOML), or builtin:four-channels
    #[arg(long, value_name = "FILE")]
    pub config: Option<String>,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let settings = read_settings(args.config.as_deref())?;
    let bar = Bar::new();
    let loaded = load(open(&args.inputs, &settings)?, false, now_microseconds() / 1_000_000, &bar)?;
    let records: Vec<CanonicalRecord> = loaded.records.into_iter().map(|record| record.canonical).collect();
    bar.begin(Phase::Block, (settings.rules.always.len() + settings.rules.wider.len()) as u64);
    let rows = EqualRows::find(&records, &FxHashSet::default()).distinct;
    let Candidates { pairs, statistics: rules, .. } =
        candidate_pairs(&records, &rows, &settings.rules, Some(wider_budget(records.len())), &bar);
    bar.finish();
    if args.json {
        print_json(&rules)?;
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
    let all = rows.len() as u64 * (rows.len() as u64).saturating_sub(1) / 2;
    let share = if all == 0 { 0.0 } else { pairs.len() as f64 / all as f64 };
    print(&format!(
        "{}{}\n  {}, {} of them unlike in any field, {}, {:.6} of all\n",
        table.render(),
        left_out(&rules),
        counted(records.len() as u64, "record"),
        count(rows.len() as u64),
        counted(pairs.len() as u64, "candidate pair"),
        share
    ))?;
    Ok(Done::Whole)
}
