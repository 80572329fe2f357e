//! `oneid train`: learns a model snapshot and draws what it knows.

use super::merge::{now_microseconds, read_model, read_settings, write_model};
use super::output::{check_output, print, print_json, refuse_overwriting};
use super::progress::Bar;
use super::table::{Align, Table, bars, count, small};
use super::{Done, words};
use crate::error::Result;
use crate::model::{ComparisonModel, Model};
use crate::service::labels::Labels;
use crate::service::train::{Job, train};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use Align::{Left, Right};

/// Places of the longest bar to either side.
const BAR_WIDTH: usize = 16;

/// Learn a model snapshot from files, and show what it knows
///
/// Needs no labels; where some records' people are known, --labels takes compared pairs of them for what they are and learns the rest
/// beside them. Give --show, --save-model or --json. Without
/// labels the model is the one that a merge of the same files learns.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is shown of each level of a comparison:
  m          its probability among pairs of one person
  u          its probability among pairs of strangers
  relatives  its probability among pairs of relatives of one household
  bits       its match weight, log2(m/u) and log2(m/relatives); levels whose
             order the data did not bear out weigh alike
             values of frequent names, places ... weigh less, rare ones more

Examples:
  oneid train people.csv --show
  oneid train people.csv --save-model model.json
  oneid train people.csv --labels known.csv --save-model model.json --show
  oneid train --model model.json --show")]
pub struct Args {
    /// Files, as for merge
    #[arg(value_name = "INPUT", required_unless_present = "model")]
    pub inputs: Vec<PathBuf>,
    /// Settings (TOML), or builtin:four-channels
    #[arg(long, value_name = "FILE", requires = "inputs")]
    pub config: Option<String>,
    /// Whose some of the records are: [source,]record_id,cluster_id
    #[arg(long, value_name = "FILE", requires = "inputs")]
    pub labels: Option<PathBuf>,
    /// Show this model snapshot instead of learning one
    #[arg(long, value_name = "FILE", conflicts_with = "inputs", requires = "show")]
    pub model: Option<PathBuf>,
    /// Write the model snapshot
    #[arg(long, value_name = "OUT.json", conflicts_with = "model")]
    pub save_model: Option<PathBuf>,
    /// Draw m, u and weights of every level
    #[arg(long, required_unless_present_any = ["save_model", "json"])]
    pub show: bool,
    /// Print the model snapshot as JSON instead of tables
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    if let Some(path) = &args.save_model {
        check_output(path)?;
        let files = args.inputs.iter().chain(&args.labels).map(PathBuf::as_path);
        refuse_overwriting(path, files.chain(args.config.as_deref().map(Path::new)))?;
    }
    let (model, mut notes, done) = match &args.model {
        Some(path) => (read_model(path)?, Vec::new(), Done::Whole),
        None => learn(&args)?,
    };
    if let Some(path) = &args.save_model {
        write_model(path, &model)?;
        notes.push(format!("the model is in {}; merge takes it with --model", path.display()));
    }
    if args.json {
        print_json(&model)?;
    } else {
        let mut text = summary(&model);
        if args.show {
            text.push_str(&levels(&model));
        }
        notes.iter().for_each(|note| text.push_str(&format!("note: {note}\n")));
        print(&text)?;
    }
    Ok(done)
}

/// The model, notes, and whether rows were rejected.
fn learn(args: &Args) -> Result<(Model, Vec<String>, Done)> {
    let job = Job {
        inputs: args.inputs.clone(),
        settings: read_settings(args.config.as_deref())?,
        labels: args.labels.as_deref().map(Labels::read_truth).transpose()?,
        now: now_microseconds() / 1_000_000,
    };
    let bar = Bar::new();
    let trained = train(job, &bar);
    bar.finish();
    let trained = trained?;
    let mut notes = trained.loaded.notes.clone();
    if args.labels.is_some() {
        let without = match trained.labels_without_record {
            0 => String::new(),
            labels => format!("; {} name no record of the inputs", words::counted(labels, "label")),
        };
        notes.push(format!("{} of known people{without}", words::counted(trained.labelled, "record")));
    }
    let rejects = trained.loaded.reject_count;
    if rejects > 0 {
        notes.push(format!("{} rejected; oneid merge lists them with reasons", words::counted(rejects, "row")));
    }
    Ok((trained.model, notes, if rejects > 0 { Done::WithRejects } else { Done::Whole }))
}

/// What the model was learnt from and believes before any field.
fn summary(model: &Model) -> String {
    let (from, prior) = (&model.trained_on, &model.prior);
    format!(
        "Model {}: {}, {}, {} random pairs, {} rounds, seed {}\n\
         Expected pairs of one person: {:.4} a record; of relatives of one household: {:.4} a record\n\
         Prior: {:+.2} bits against two strangers, {:+.2} against two relatives\n\
         Links from match probability {}, reviews from {}\n\
         Blocking rules: {}{}\n",
        model.id,
        words::counted(from.records, "record"),
        words::counted(from.candidate_pairs, "candidate pair"),
        count(from.random_pairs),
        from.rounds,
        from.seed,
        prior.matches_per_record,
        prior.relatives_per_record,
        prior.weight.stranger.bits(),
        prior.weight.relative.bits(),
        model.thresholds.link.value(),
        model.thresholds.review.value(),
        model.rules.len(),
        match model.wider_rules.len() {
            0 => String::new(),
            wider => format!(" and {wider} wider ones"),
        },
    )
}

/// One table of all levels: the bars of the weights on one scale.
fn levels(model: &Model) -> String {
    let mut table = Table::new(&[
        ("comparison", Left),
        ("level", Left),
        ("m", Right),
        ("u", Right),
        ("relatives", Right),
        ("bits", Right),
        ("bits, relatives", Right),
        ("against", Right),
        ("for one person", Left),
    ]);
    let weights = model.comparisons.iter().flat_map(|comparison| &comparison.levels).map(|level| level.weight.stranger);
    let longest = weights.map(|weight| weight.bits().abs()).fold(1.0, f64::max);
    for comparison in &model.comparisons {
        rows(comparison, longest, &mut table);
    }
    let untrained = model.comparisons.iter().flat_map(|comparison| &comparison.levels).any(|level| !level.trained);
    let mut out = format!("\n{}", table.render());
    if untrained {
        out.push_str("  *: no pair showed the level; it keeps what is assumed of it\n");
    }
    let frequencies: Vec<String> =
        model.term_frequencies.fields().map(|(field, kept)| format!("{} {}", field.name(), count(kept as u64))).collect();
    if !frequencies.is_empty() {
        let _ = writeln!(out, "  Values whose frequency is kept: {}", frequencies.join(", "));
    }
    out
}

fn rows(comparison: &ComparisonModel, longest: f64, table: &mut Table) {
    for (place, level) in comparison.levels.iter().enumerate() {
        let name = if place == 0 { comparison.name.replace('_', " ") } else { String::new() };
        let mark = if level.trained { "" } else { " *" };
        let [against, favour] = bars(level.weight.stranger.bits() / longest, BAR_WIDTH);
        table.row(vec![
            name,
            format!("{}{mark}", level.label),
            small(level.m),
            small(level.u),
            small(level.relative),
            format!("{:+.2}", level.weight.stranger.bits()),
            format!("{:+.2}", level.weight.relative.bits()),
            against,
            favour,
        ]);
    }
}
