//! `oneid erase`: people and records go for good, and do not come back.

use super::Done;
use super::door::actor;
use super::merge::now_microseconds;
use super::output::{print, print_json};
use super::table::count;
use super::words::counted;
use crate::error::{Error, Result};
use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::service::erase::{Erased, ErasureJob, erase};
use crate::service::upkeep::write_suppression_list;
use std::path::PathBuf;

/// Erase people or records for good
///
/// Takes them out of journal, view, index and what lies beside them; what tells of others too is kept without them. The journal still verifies,
/// and says when and on whose order it was done. Records that were erased are kept out from then on, whoever sends them. The store is read and
/// rewritten as a whole, so name all whom an order is about at once.
///
/// What lies elsewhere is yours to erase: inputs, exports, reject files, backups. A backup that is older brings them back; oneid restore asks for
/// the list that --list writes, and erases them again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid erase P7H2K9QX3M4N8R5T1 --store kept --order 'case 2026-118'
  oneid erase crm/C1 app/2 --store kept --order 'case 2026-119' --dry-run
  oneid erase --from requests.txt --store kept --order 'week 48'
  oneid erase --list erased.json --store kept")]
pub struct Args {
    /// Whom: a One-ID for a person with all records, SOURCE/ID for a record
    #[arg(value_name = "SUBJECT")]
    pub subjects: Vec<String>,
    /// The same from a file, one a line
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// The store; no server may have it open
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// The order it follows, such as a case number; it is kept for ever, so it must not name the person
    #[arg(long, value_name = "TEXT")]
    pub order: Option<String>,
    /// Tell what would go, and erase nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write the list of erased records to a file, and erase nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subjects", "from", "order", "dry_run"])]
    pub list: Option<PathBuf>,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Runs `oneid erase`.
pub fn run(args: Args) -> Result<Done> {
    if let Some(path) = &args.list {
        let listed = write_suppression_list(&args.store, path)?;
        print(&format!("{} in {}\n", counted(listed, "erased record"), path.display()))?;
        return Ok(Done::Whole);
    }
    let mut subjects = args.subjects;
    if let Some(path) = &args.from {
        let text = std::fs::read_to_string(path).map_err(|cause| Error::io(path.display(), &cause))?;
        subjects.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    }
    let mut job = ErasureJob {
        order: args.order.unwrap_or_default().into(),
        actor: actor().into(),
        now: now_microseconds(),
        dry_run: args.dry_run,
        ..ErasureJob::default()
    };
    for subject in &subjects {
        match (OneId::parse(subject), RecordKey::parse(subject)) {
            (Some(one_id), _) => job.people.push(one_id),
            (None, Some(key)) => job.records.push(key),
            (None, None) => return Err(Error::usage(format!("{subject:?} is neither a One-ID nor SOURCE/ID"))),
        }
    }
    if job.order.is_empty() && job.dry_run {
        job.order = "dry run".into();
    }
    let erased = erase(&args.store, &job)?;
    if args.json {
        print_json(&erased)?;
    } else {
        print(&told(&erased))?;
    }
    Ok(Done::Whole)
}

fn told(erased: &Erased) -> String {
    let names = &erased.one_ids[..erased.one_ids.len().min(NAMES_SHOWN)];
    let more = if erased.one_ids.len() > NAMES_SHOWN { ", ..." } else { "" };
    let one_ids = if names.is_empty() { String::new() } else { format!(": {}{more}", names.join(", ")) };
    format!(
        "{}{} {}{one_ids}\nrecords  {} live, {} deleted before\njournal  {} gone, {} of others without them; position {}, digest {}\n",
        if erased.dry_run { "nothing was done; this is what would go\n" } else { "" },
        if erased.dry_run { "people  " } else { "erased  " },
        counted(erased.one_ids.len() as u64, "One-ID"),
        count(erased.records),
        count(erased.past_records),
        counted(erased.parts, "part"),
        counted(erased.redacted_parts, "part"),
        erased.position,
        erased.digest
    )
}

/// One-IDs that are told one by one.
const NAMES_SHOWN: usize = 10;
