//! `oneid activate-model`: another model for a store.

use super::door::actor;
use super::merge::{now_microseconds, read_model};
use super::output::{print, print_json};
use super::progress::Bar;
use super::{Done, report};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::service::activation::activate;
use crate::service::keep::Keep;
use std::path::{Path, PathBuf};

/// Make a model snapshot the active one of a store
///
/// All records are resolved anew under it; --dry-run first tells who would merge and who would split. Rulings of stewards hold under any model. Only
/// this changes what evidence weighs: loads and single writes never do.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid train crm.csv app.jsonl --save-model model.json
  oneid activate-model model.json --store kept --dry-run
  oneid activate-model model.json --store kept")]
pub struct Args {
    /// A model snapshot: a file, or the name of one that the store had before
    #[arg(value_name = "MODEL")]
    pub model: String,
    /// The store; no server may have it open
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// Tell who would merge and split, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the run report as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let mut keep = Keep::open(&args.store)?;
    let model = model(&keep, &args.model)?;
    let bar = Bar::new();
    let done = activate(&mut keep, model, args.dry_run, &actor(), now_microseconds(), &bar);
    bar.finish();
    let done = done?;
    if args.dry_run {
        eprintln!("oneid: dry run; nothing was written to {}", args.store.display());
    }
    if args.json {
        print_json(&done)?;
    } else {
        print(&report::people(&done))?;
    }
    Ok(Done::Whole)
}

fn model(keep: &Keep, name: &str) -> Result<Model> {
    if Path::new(name).is_file() {
        return read_model(Path::new(name));
    }
    let known = keep.views().store().snapshot(name.as_bytes())?;
    let json = known.ok_or_else(|| Error::not_found(format!("{name} is neither a file nor a model that the store had")))?;
    serde_json::from_slice(&json).map_err(|cause| Error::corrupt(format!("model {name} cannot be read from the store: {cause}")))
}
