//! `oneid verify`, `compact`, `backup`, `restore`: looking after a store.

use super::Done;
use super::door::actor;
use super::merge::now_microseconds;
use super::output::{print, print_json};
use super::table::count;
use super::words::counted;
use crate::error::{Error, Result};
use crate::service::suppression::SuppressionList;
use crate::service::upkeep::{self, Backup, Compacted, Verified};
use std::path::PathBuf;

/// Read all of a store and compare journal, view and index
///
/// Every frame and payload of the journal is checked; the view is compared, entry by entry, with one that is built from the journal; the index is
/// asked for everybody. Damage of the journal is told by file and offset: restore a backup then. Views can always be built anew.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid verify --store kept
  oneid verify --store kept --repair
  oneid verify --store kept --json

The exit code is 78 where something is wrong and was not repaired.")]
pub struct VerifyArgs {
    /// The store; no server may have it open
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// Build view and index anew where they are wrong
    #[arg(long)]
    pub repair: bool,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Runs `oneid verify`.
pub fn verify(args: &VerifyArgs) -> Result<Done> {
    let verified = upkeep::verify(&args.store, args.repair)?;
    if args.json {
        print_json(&verified)?;
    } else {
        print(&told(&verified))?;
    }
    match verified.faults.len() {
        0 => Ok(Done::Whole),
        _ if verified.repaired => Ok(Done::Whole),
        faults => Err(Error::corrupt(format!(
            "{} differ from the journal, which is whole; oneid verify --repair builds them anew",
            if faults == 1 { "view or index".to_string() } else { "view and index".to_string() }
        ))),
    }
}

fn told(verified: &Verified) -> String {
    let mut out =
        format!("journal  {} up to position {}, digest {}\n", counted(verified.frames, "frame"), verified.position, verified.digest);
    if verified.torn_bytes > 0 {
        out.push_str(&format!("         {} bytes of an unfinished batch behind it, which count for nothing\n", count(verified.torn_bytes)));
    }
    out.push_str(&format!("view     {} compared\n", counted(verified.entries, "entry").replace("entrys", "entries")));
    out.push_str(&format!("index    {} looked for\n", counted(verified.people, "person").replace("persons", "people")));
    for fault in &verified.faults {
        out.push_str(&format!("wrong    {fault}\n"));
    }
    out.push_str(match (verified.faults.is_empty(), verified.repaired) {
        (true, _) => "all is well\n",
        (false, true) => "view and index were built anew from the journal\n",
        (false, false) => "",
    });
    out
}

/// Give back the disk space of what is gone
///
/// The view is copied without what is gone, and the search index made anew. The journal stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  oneid compact --store kept")]
pub struct CompactArgs {
    /// The store; no server may have it open
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Runs `oneid compact`.
pub fn compact(args: &CompactArgs) -> Result<Done> {
    let compacted = upkeep::compact(&args.store)?;
    if args.json {
        print_json(&compacted)?;
    } else {
        let Compacted { bytes_before, bytes_after } = compacted;
        print(&format!("view and index took {} bytes and take {}\n", count(bytes_before), count(bytes_after)))?;
    }
    Ok(Done::Whole)
}

/// Copy a store, also while a server has it open
///
/// Copies what is committed of the journal, reads the copy from start to end, and describes it in backup.json. View and index are built from it
/// again by oneid restore.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid backup --store kept --to /backups/2026-05-31
  oneid restore --from /backups/2026-05-31 --store again --nobody-erased")]
pub struct BackupArgs {
    /// The store
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// An empty folder, or one to be made
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Runs `oneid backup`.
pub fn backup(args: &BackupArgs) -> Result<Done> {
    let made = upkeep::backup(&args.store, &args.to, now_microseconds())?;
    tell(&made, args.json, "copied")
}

/// Make a store of a backup
///
/// The backup is read from start to end first; the store's digest is the backup's. The store goes on as the one it was copied of: of two that
/// both take writes each would give the same new One-IDs to others.
///
/// People who were erased since the backup was made come back with it, and are erased again by the newest list of erased records, which oneid
/// erase --list writes: give it, or say that there is none.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid restore --from /backups/2026-05-31 --store again --erased erased.json
  oneid restore --from /backups/2026-05-31 --store again --nobody-erased")]
pub struct RestoreArgs {
    /// The backup's folder
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    /// The store to make: an empty folder, or one to be made
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// The newest list of erased records; they are erased again
    #[arg(long, value_name = "FILE", required_unless_present = "nobody_erased")]
    pub erased: Option<PathBuf>,
    /// Nobody was erased since the backup was made
    #[arg(long, conflicts_with = "erased")]
    pub nobody_erased: bool,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Runs `oneid restore`.
pub fn restore(args: &RestoreArgs) -> Result<Done> {
    let list = args.erased.as_deref().map(SuppressionList::read).transpose()?;
    let (restored, erased) = upkeep::restore(&args.from, &args.store, list.as_ref(), &actor(), now_microseconds())?;
    if let Some(erased) = erased.filter(|_| !args.json) {
        let (people, records) = (counted(erased.one_ids.len() as u64, "One-ID"), counted(erased.records + erased.past_records, "record"));
        print(&format!("erased again {people} and {records}: the store goes on from position {}\n", erased.position))?;
    }
    tell(&restored, args.json, "restored")
}

fn tell(backup: &Backup, json: bool, what: &str) -> Result<Done> {
    if json {
        print_json(backup)?;
    } else {
        print(&format!("{what} {} bytes up to position {}, digest {}\n", count(backup.bytes), backup.position, backup.digest))?;
    }
    Ok(Done::Whole)
}
