//! `oneid merge`: files in, clusters out.

use super::output::{csv_value, print_json, write_file};
use super::progress::Bar;
use super::{Done, report};
use crate::error::{Error, Result};
use crate::ingest::Reject;
use crate::model::{FORMAT_VERSION, Model};
use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::service::merge::{Job, merge};
use crate::service::report::RunReport;
use crate::settings::{FOUR_CHANNELS, Settings, parse};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Merge files of records: who is one person
///
/// Kinds of columns are inferred unless settings map them. Without --store nothing is kept: in, out, done.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid merge people.csv --clusters clusters.csv
  oneid merge crm.csv app.jsonl branch.csv.gz --report run.json --save-model model.json
  oneid merge tonight.csv --model model.json --clusters clusters.csv
  oneid merge data/*.csv --config builtin:four-channels")]
pub struct Args {
    /// Files: CSV with any delimiter, JSON lines or Parquet; UTF-8 or GB18030; gzipped or not
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Settings (TOML), or builtin:four-channels
    #[arg(long, value_name = "FILE")]
    pub config: Option<String>,
    /// The model snapshot to weigh with; without it one is learnt from the inputs
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Write the model snapshot that was used
    #[arg(long, value_name = "FILE")]
    pub save_model: Option<PathBuf>,
    /// Write source,record_id,one_id for every record
    #[arg(long, value_name = "OUT.csv")]
    pub clusters: Option<PathBuf>,
    /// Write the run report as JSON
    #[arg(long, value_name = "OUT.json")]
    pub report: Option<PathBuf>,
    /// Write rejected rows with reasons [default: beside --clusters, else rejects.csv]
    #[arg(long, value_name = "OUT.csv")]
    pub rejects: Option<PathBuf>,
    /// Print the run report as JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let settings = read_settings(args.config.as_deref())?;
    let model = args.model.as_deref().map(read_model).transpose()?;
    let bar = Bar::new();
    let merged = merge(Job { inputs: args.inputs.clone(), settings, model }, &bar);
    bar.finish();
    let merged = merged?;
    if let Some(path) = &args.clusters {
        write_clusters(path, merged.assignments())?;
    }
    if let Some(path) = &args.save_model {
        write_model(path, &merged.resolved.model)?;
    }
    finish(&args, &merged.report, &merged.loaded.rejects)
}

/// Writes the report and the rejects, and says how it ended.
fn finish(args: &Args, run_report: &RunReport, rejects: &[Reject]) -> Result<Done> {
    if let Some(path) = &args.report {
        let text = serde_json::to_vec_pretty(run_report).map_err(|cause| Error::internal(cause.to_string()))?;
        write_file(path, |out| out.write_all(&text))?;
    }
    if args.json {
        print_json(run_report)?
    } else {
        super::output::print(&report::render(run_report))?
    }
    if rejects.is_empty() {
        return Ok(Done::Whole);
    }
    let path = args.rejects.clone().unwrap_or_else(|| rejects_beside(args.clusters.as_deref()));
    write_rejects(&path, rejects)?;
    eprintln!("oneid: {} rows were rejected; the reasons are in {}", run_report.rejects, path.display());
    Ok(Done::WithRejects)
}

fn rejects_beside(clusters: Option<&Path>) -> PathBuf {
    clusters.map_or_else(|| PathBuf::from("rejects.csv"), |path| path.with_extension("rejects.csv"))
}

/// Settings from a file or the shipped ones; the defaults when none are named.
pub fn read_settings(config: Option<&str>) -> Result<Settings> {
    match config {
        None => Ok(Settings::default()),
        Some("builtin:four-channels") => parse(FOUR_CHANNELS, "builtin:four-channels"),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|cause| Error::io(format!("cannot read settings {path}"), &cause))?;
            parse(&text, path)
        }
    }
}

/// Reads a model snapshot.
pub fn read_model(path: &Path) -> Result<Model> {
    let text = std::fs::read(path).map_err(|cause| Error::io(format!("cannot read model {}", path.display()), &cause))?;
    let model: Model =
        serde_json::from_slice(&text).map_err(|cause| Error::bad_data(format!("is not a model snapshot: {cause}")).at(path.display()))?;
    if model.format_version > FORMAT_VERSION {
        let message =
            format!("the snapshot has format {}, this program reads up to {FORMAT_VERSION}; use a newer oneid", model.format_version);
        return Err(Error::bad_data(message).at(path.display()));
    }
    Ok(model)
}

fn write_model(path: &Path, model: &Model) -> Result<()> {
    let text = serde_json::to_vec_pretty(model).map_err(|cause| Error::internal(cause.to_string()))?;
    write_file(path, |out| out.write_all(&text))
}

/// Writes `source,record_id,one_id`.
pub fn write_clusters<'a>(path: &Path, assignments: impl Iterator<Item = (&'a RecordKey, OneId)>) -> Result<()> {
    write_file(path, |out| {
        writeln!(out, "source,record_id,one_id")?;
        for (key, one_id) in assignments {
            writeln!(out, "{},{},{one_id}", csv_value(&key.source), csv_value(&key.id))?;
        }
        Ok(())
    })
}

fn write_rejects(path: &Path, rejects: &[Reject]) -> Result<()> {
    write_file(path, |out| {
        writeln!(out, "input,line,column,reason,text")?;
        for reject in rejects {
            let (input, column) = (csv_value(&reject.input), csv_value(&reject.column));
            writeln!(out, "{input},{},{column},{},{}", reject.line, csv_value(&reject.reason), csv_value(&reject.text))?;
        }
        Ok(())
    })
}
