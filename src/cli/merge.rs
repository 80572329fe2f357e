//! `oneid merge`: files in, clusters out.

use super::door::actor;
use super::output::{check_output, csv_value, print, print_json, write_file};
use super::parquet_table::{self, ParquetTable};
use super::progress::Bar;
use super::record_rows::{RecordRow, RecordRows, Shape};
use super::{Done, load_job, report, words};
use crate::engine::batch::Review;
use crate::error::{Error, Result};
use crate::ingest::Reject;
use crate::model::Model;
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, Field, RecordKey, RecordSet};
use crate::service::events;
use crate::service::keep::Keep;
use crate::service::load::Loaded;
use crate::service::merge::{Job, merge};
use crate::service::merge_store::{Mode, Refused, StoreJob, merge_into};
use crate::service::report::RunReport;
use crate::settings::{FOUR_CHANNELS, Settings, parse};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Merge files of records: who is one person
///
/// Kinds of columns are inferred unless settings map them. Without --store nothing is kept: in, out, done.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid merge people.csv --clusters clusters.csv
  oneid merge crm.csv branch.csv.gz --report run.json --save-model model.json
  oneid merge people.csv --normalised compared.csv
  oneid merge tonight.csv --model model.json --clusters clusters.csv
  oneid merge crm.csv branch.csv app.jsonl --config builtin:four-channels
  oneid merge crm.csv app.jsonl --store kept --events events.csv
  oneid merge crm.csv --store kept --mode snapshot --dry-run
  oneid merge tonight/crm.csv --endpoint http://127.0.0.1:7878")]
pub struct Args {
    /// Files: delimited text, JSON lines or Parquet; UTF-8, GB18030 or Windows-1252; gzipped or not
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Settings (TOML), or builtin:four-channels
    #[arg(long, value_name = "FILE")]
    pub config: Option<String>,
    /// Keep records, people and their One-IDs in this store, made when missing
    #[arg(long, value_name = "DIR", conflicts_with = "endpoint")]
    pub store: Option<PathBuf>,
    /// Load the inputs inside the server at this URL, while its readers go on; they are paths within its --input-folder
    #[arg(long, value_name = "URL", conflicts_with_all = ["clusters", "reviews", "report", "rejects", "save_model", "model", "config", "normalised", "memory_budget", "json"])]
    pub endpoint: Option<String>,
    /// Events of the records: source,record_id,event_id,time,kind,amount,currency
    #[arg(long, value_name = "FILE", requires = "store")]
    pub events: Option<PathBuf>,
    /// Whether the inputs are changes or everything their sources have
    #[arg(long, value_enum, default_value_t = ModeArgument::Delta)]
    pub mode: ModeArgument,
    /// Let a snapshot delete more than a tenth of a source's records
    #[arg(long)]
    pub force: bool,
    /// Write nothing to the store; show whom the merge would create, merge and split
    #[arg(long, requires = "store")]
    pub dry_run: bool,
    /// Go on where the same merge into the store was stopped: with the model it had learnt, or the clusters it had cut. Where there is
    /// nothing to go on with it begins at the beginning, so that it may always be given
    #[arg(long, requires = "store", conflicts_with = "dry_run")]
    pub resume: bool,
    /// Memory to keep to where the work can be done in smaller passes (4GiB, 800MB); what the records themselves take is not spilled, and a
    /// budget that was passed is told
    #[arg(long, value_name = "SIZE", value_parser = words::bytes)]
    pub memory_budget: Option<u64>,
    /// The model snapshot to weigh with; without it one is learnt from the inputs
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Write the model snapshot that was used
    #[arg(long, value_name = "FILE")]
    pub save_model: Option<PathBuf>,
    /// Write source,record_id,one_id for every record; as Parquet where the name ends in .parquet
    #[arg(long, value_name = "OUT.csv")]
    pub clusters: Option<PathBuf>,
    /// Write the pairs in doubt: the two records, match weight, probability and reason
    #[arg(long, value_name = "OUT.csv")]
    pub reviews: Option<PathBuf>,
    /// Write the records as they are compared: source, record id and a column for each field that any has, several values joined by " | ";
    /// as Parquet where the name ends in .parquet
    #[arg(long, value_name = "OUT.csv", conflicts_with = "store")]
    pub normalised: Option<PathBuf>,
    /// Write the run report as JSON
    #[arg(long, value_name = "OUT.json")]
    pub report: Option<PathBuf>,
    /// Write rejected rows with reasons [default where there are any: beside --clusters, else rejects.csv]
    #[arg(long, value_name = "OUT.csv")]
    pub rejects: Option<PathBuf>,
    /// Print the run report as JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `--mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ModeArgument {
    /// New and changed records
    Delta,
    /// All records of the sources that occur; those that are gone are deleted
    Snapshot,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    if let Some(endpoint) = &args.endpoint {
        return load_job::run(endpoint, &args);
    }
    if args.store.is_none() && (args.force || args.mode == ModeArgument::Snapshot) {
        return Err(Error::usage("--mode snapshot and --force are for a --store or an --endpoint"));
    }
    for (path, what) in [(&args.reviews, "reviews"), (&args.rejects, "rejects")] {
        path.as_deref().map_or(Ok(()), |path| parquet_table::refuse(path, what, "CSV"))?;
    }
    refuse_overwriting(&args)?;
    match args.store.clone() {
        Some(store) => run_into(&store, &args),
        None => run_alone(&args),
    }
}

/// Outputs must not be inputs, each other or directories, and their folders must exist: told before anything is read or kept.
fn refuse_overwriting(args: &Args) -> Result<()> {
    let rejects = Some(rejects_path(args));
    let outputs = [&args.clusters, &args.report, &args.reviews, &args.normalised, &args.save_model, &rejects].map(|path| path.as_deref());
    let mut taken: Vec<PathBuf> = Vec::new();
    let read = args.inputs.iter().map(PathBuf::as_path).chain(args.events.as_deref()).chain(args.model.as_deref());
    let read = read.chain(args.config.as_deref().map(Path::new));
    taken.extend(read.filter_map(|path| path.canonicalize().ok()));
    for path in outputs.into_iter().flatten() {
        // The reject file of no name is written only where there are rejects.
        if args.rejects.is_some() || rejects.as_deref() != Some(path) {
            check_output(path)?;
        }
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        let whole = folder.join(path.file_name().unwrap_or_default());
        let whole = whole.canonicalize().unwrap_or(whole);
        if taken.contains(&whole) {
            let unnamed =
                if args.rejects.is_none() && rejects.as_deref() == Some(path) { "; name the reject file with --rejects" } else { "" };
            let message = format!("{} would be overwritten: it is an input or another output of this call{unnamed}", path.display());
            return Err(Error::usage(message));
        }
        taken.push(whole);
    }
    Ok(())
}

fn run_alone(args: &Args) -> Result<Done> {
    let settings = read_settings(args.config.as_deref())?;
    let model = args.model.as_deref().map(read_model).transpose()?;
    let bar = Bar::new();
    let merged = merge(
        Job {
            inputs: args.inputs.clone(),
            settings,
            model,
            normalised: args.normalised.is_some(),
            memory_budget: args.memory_budget,
            now: now_microseconds(),
        },
        &bar,
    );
    bar.finish();
    let merged = merged?;
    if let (Some(path), Some(records)) = (&args.normalised, &merged.records) {
        write_normalised(path, records)?;
    }
    let record = |row: usize| (&merged.keys[row], merged.one_ids[merged.resolved.clusters.of_row[row] as usize]);
    let outcome = Outcome {
        records: merged.keys.len(),
        record: &record,
        reviews: &merged.resolved.reviews,
        model: &merged.resolved.model,
        loaded: &merged.loaded,
        event_rejects: &[],
        report: &merged.report,
    };
    deliver(args, &outcome)
}

fn run_into(store: &Path, args: &Args) -> Result<Done> {
    let now = now_microseconds();
    let read_events = |path: &Path| events::read(path, now / 1_000_000);
    let mut events = args.events.as_deref().map(read_events).transpose()?.unwrap_or_default();
    let job = StoreJob {
        inputs: args.inputs.clone(),
        settings: args.config.as_deref().map(|config| read_settings(Some(config))).transpose()?,
        model: args.model.as_deref().map(read_model).transpose()?,
        mode: if args.mode == ModeArgument::Snapshot { Mode::Snapshot } else { Mode::Delta },
        force: args.force,
        dry_run: args.dry_run,
        resume: args.resume,
        memory_budget: args.memory_budget,
        events: std::mem::take(&mut events.events),
        actor: actor(),
        now,
    };
    let bar = Bar::new();
    let merged = Keep::open_or_create(store).map_err(Refused::from).and_then(|mut keep| merge_into(&mut keep, job, &bar));
    bar.finish();
    let mut merged = match merged {
        Ok(merged) => merged,
        Err(refused) => return Err(tell_refused(args, refused, &events)),
    };
    events.reject_strays(&merged.stray_events);
    events.note_unlisted();
    merged.report.event_rejects = events.reject_count;
    merged.report.notes.extend(events.notes);
    if args.dry_run {
        eprintln!("oneid: dry run; nothing was written to {}", store.display());
    }
    let record = |row: usize| (&merged.assignments[row].0, merged.assignments[row].1);
    let outcome = Outcome {
        records: merged.assignments.len(),
        record: &record,
        reviews: &merged.reviews,
        model: &merged.model,
        loaded: &merged.loaded,
        event_rejects: &events.rejects,
        report: &merged.report,
    };
    deliver(args, &outcome)
}

/// Microseconds since 1970 by the system's clock.
pub fn now_microseconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// What a merge gives to write and to say, with a store or without.
struct Outcome<'a> {
    /// How many records there are.
    records: usize,
    /// A record by its place, rising by key, and its person.
    record: &'a (dyn Fn(usize) -> (&'a RecordKey, OneId) + 'a),
    /// Pairs in doubt, by place.
    reviews: &'a [Review],
    model: &'a Model,
    loaded: &'a Loaded,
    event_rejects: &'a [Reject],
    report: &'a RunReport,
}

/// Writes what was asked for and says how it ended. The rejects come first: they must not be lost where an output cannot be written.
fn deliver(args: &Args, outcome: &Outcome) -> Result<Done> {
    let rejects = keep_rejects(args, &mut outcome.loaded.rejects.iter().chain(outcome.event_rejects));
    if outcome.loaded.nothing_taken() {
        return Err(nothing_taken(args, outcome.loaded, rejects?.as_deref()));
    }
    let written = write_outputs(args, outcome).and_then(|()| print_report(args, outcome.report));
    let kept = |error: Error| match args.store.is_some() && !args.dry_run {
        true => Error::new(error.class(), format!("{error}; the merge itself is done, and the store holds it")),
        false => error,
    };
    let rejects = rejects.map_err(kept)?;
    tell_rejects(rejects.as_deref(), outcome.report.rejects + outcome.report.event_rejects);
    written.map_err(kept)?;
    Ok(if rejects.is_some() { Done::WithRejects } else { Done::Whole })
}

/// Writes the rejects of a merge that was refused after its inputs were read; the cause is told last, whatever else fails.
fn tell_refused(args: &Args, refused: Refused, events: &events::Events) -> Error {
    if let Some(loaded) = &refused.loaded {
        match keep_rejects(args, &mut loaded.rejects.iter().chain(&events.rejects)) {
            Ok(path) => tell_rejects(path.as_deref(), loaded.reject_count + events.reject_count),
            Err(error) => eprintln!("oneid: {error}"),
        }
    }
    refused.error
}

fn tell_rejects(path: Option<&Path>, count: u64) {
    if let Some(path) = path {
        let were = if count == 1 { "was" } else { "were" };
        eprintln!("oneid: {} {were} rejected; the reasons are in {}", words::counted(count, "row"), path.display());
    }
}

fn write_outputs(args: &Args, outcome: &Outcome) -> Result<()> {
    if let Some(path) = &args.clusters {
        write_clusters(path, (0..outcome.records).map(outcome.record))?;
    }
    if let Some(path) = &args.save_model {
        write_model(path, outcome.model)?;
    }
    if let Some(path) = &args.reviews {
        write_reviews(path, outcome)?;
    }
    if let Some(path) = &args.report {
        let text = serde_json::to_vec_pretty(outcome.report).map_err(|cause| Error::internal(cause.to_string()))?;
        write_file(path, |out| out.write_all(&text))?;
    }
    Ok(())
}

fn print_report(args: &Args, run_report: &RunReport) -> Result<()> {
    if args.json { print_json(run_report) } else { print(&report::render(run_report)) }
}

fn write_reviews(path: &Path, outcome: &Outcome) -> Result<()> {
    write_file(path, |out| {
        writeln!(out, "source_a,record_id_a,source_b,record_id_b,match_weight_bits,match_probability,reason")?;
        for review in outcome.reviews {
            let [(a, _), (b, _)] = [review.edge.low, review.edge.high].map(|row| (outcome.record)(row as usize));
            let weight = review.edge.weight;
            let keys = [&a.source, &a.id, &b.source, &b.id].map(|part| csv_value(part).to_string()).join(",");
            writeln!(out, "{keys},{:.3},{:.6},{}", weight.bits(), weight.probability().value(), review.reason.name())?;
        }
        Ok(())
    })
}

fn write_normalised(path: &Path, records: &RecordSet) -> Result<()> {
    let fields: Vec<Field> = Field::ALL.iter().copied().filter(|field| !records.values(*field).is_empty()).collect();
    let columns: Vec<&str> = ["source", "record_id"].into_iter().chain(fields.iter().map(|field| field.name())).collect();
    let texts = |record: &CanonicalRecord, field: Field| {
        let texts: Vec<&str> = record.of(field).iter().map(|value| value.text.as_str()).collect();
        texts.join(" | ")
    };
    write_file(path, |out| {
        if parquet_table::is_named(path) {
            let mut table = ParquetTable::new(out, &columns)?;
            for record in records.records() {
                let of_fields: Vec<String> = fields.iter().map(|field| texts(&record, *field)).collect();
                table
                    .row([&record.key.source, &record.key.id].into_iter().map(AsRef::as_ref).chain(of_fields.iter().map(String::as_str)))?;
            }
            return table.finish();
        }
        writeln!(out, "{}", columns.join(","))?;
        for record in records.records() {
            write!(out, "{},{}", csv_value(&record.key.source), csv_value(&record.key.id))?;
            for field in &fields {
                write!(out, ",{}", csv_value(&texts(&record, *field)))?;
            }
            writeln!(out)?;
        }
        Ok(())
    })
}

/// Every row is wrong: most likely the file or its columns were misread, and an empty result would look like one.
fn nothing_taken(args: &Args, loaded: &Loaded, rejects: Option<&Path>) -> Error {
    let first = loaded.rejects.first();
    let first = first.map(|first| format!("; the first: {} line {}: {}", first.input, first.line, first.reason)).unwrap_or_default();
    let inputs: Vec<String> = args.inputs.iter().map(|input| input.display().to_string()).collect();
    Error::bad_data(format!(
        "nothing was merged: {} read, all rejected{first}\n  The reasons are in {}. Mend the rows; or, where columns were misread, \
         correct the settings that oneid init {} prints, and give them with --config",
        words::counted(loaded.rows, "row"),
        rejects.unwrap_or(&rejects_path(args)).display(),
        inputs.join(" ")
    ))
}

/// Settings from a file or the shipped ones; the defaults when none are named.
pub fn read_settings(config: Option<&str>) -> Result<Settings> {
    match config {
        None => Ok(Settings::default()),
        Some("builtin:four-channels") => parse(FOUR_CHANNELS, "builtin:four-channels"),
        Some(name) if name.starts_with("builtin:") => {
            Err(Error::not_found(format!("there are no settings {name}; builtin:four-channels ships with the program")))
        }
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
    if let Some(fault) = model.fault() {
        return Err(Error::bad_data(format!("is no snapshot to weigh with: {fault}")).at(path.display()));
    }
    Ok(model)
}

/// Writes a model snapshot.
pub fn write_model(path: &Path, model: &Model) -> Result<()> {
    let text = serde_json::to_vec_pretty(model).map_err(|cause| Error::internal(cause.to_string()))?;
    write_file(path, |out| out.write_all(&text))
}

/// Writes `source,record_id,one_id`, as CSV or by its name as a Parquet file.
pub fn write_clusters<'a>(path: &Path, assignments: impl Iterator<Item = (&'a RecordKey, OneId)>) -> Result<()> {
    let shape = if parquet_table::is_named(path) { Shape::Parquet } else { Shape::Csv };
    write_file(path, |out| {
        let mut rows = RecordRows::new(shape, out)?;
        for (key, one_id) in assignments {
            rows.row(&RecordRow { source: &key.source, record_id: &key.id, one_id: &one_id.to_string() })?;
        }
        rows.finish()
    })
}

/// The first line of a reject file, by which one is known again.
const REJECTS_HEADER: &str = "input,line,column,reason,text";

fn rejects_path(args: &Args) -> PathBuf {
    let beside = |clusters: &PathBuf| clusters.with_extension("rejects.csv");
    args.rejects.clone().or_else(|| args.clusters.as_ref().map(beside)).unwrap_or_else(|| PathBuf::from("rejects.csv"))
}

/// Writes the reject file and gives its path. Without rejects there is none, so that nobody takes an earlier run's for this one's;
/// where `--rejects` names it, it holds its header alone.
fn keep_rejects(args: &Args, rejects: &mut dyn Iterator<Item = &Reject>) -> Result<Option<PathBuf>> {
    let mut path = rejects_path(args);
    let mut rejects = rejects.peekable();
    let some = rejects.peek().is_some();
    // Nobody named the file: one that is there and is none of ours stays.
    let mut number = 2;
    while some && args.rejects.is_none() && path.exists() && !is_reject_file(&path) {
        path = rejects_path(args).with_extension(format!("{number}.csv"));
        number += 1;
    }
    if some || args.rejects.is_some() {
        write_rejects(&path, rejects)?;
    } else if is_reject_file(&path) {
        std::fs::remove_file(&path).map_err(|cause| Error::io(format!("cannot remove {} of an earlier merge", path.display()), &cause))?;
    }
    Ok(some.then_some(path))
}

/// Whether a merge wrote the file: another one of that name is left alone.
fn is_reject_file(path: &Path) -> bool {
    let mut start = vec![0; REJECTS_HEADER.len() + 1];
    let read = path.is_file() && File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok();
    read && start.strip_suffix(b"\n") == Some(REJECTS_HEADER.as_bytes())
}

fn write_rejects<'a>(path: &Path, rejects: impl Iterator<Item = &'a Reject>) -> Result<()> {
    write_file(path, |out| {
        writeln!(out, "{REJECTS_HEADER}")?;
        for reject in rejects {
            let (input, column) = (csv_value(&reject.input), csv_value(&reject.column));
            writeln!(out, "{input},{},{column},{},{}", reject.line, csv_value(&reject.reason), csv_value(&reject.text))?;
        }
        Ok(())
    })
}
