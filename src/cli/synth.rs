//! `oneid synth`: four-channel customer data from a seed, into a folder.
//!
//! 1. Makes the folder and its `truth` folder.
//! 2. Opens six files and lets `synth` write them.
//! 3. Says on stderr what was made.
//!
//! Progress is shown only if stderr is a terminal; stdout stays empty. Never here: what is in the files.

use super::words::counted;
use crate::error::{Error, Result};
use crate::limits::SYNTH_CUSTOMERS_MAX;
use crate::synth::{self, Config, Counts, ErrorLevel, Outputs};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::File;
use std::io::{BufWriter, IsTerminal};
use std::path::{Path, PathBuf};

/// Bytes collected before each write to a file.
const WRITE_BUFFER_BYTES: usize = 1 << 18;

/// Make four-channel customer data with known truth; the same options give the same bytes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  oneid synth --customers 20000 --seed 1 --out data")]
pub struct Args {
    /// How many people there are (about three records each)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=SYNTH_CUSTOMERS_MAX))]
    pub customers: u64,
    /// Everything random follows from this number
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub seed: u64,
    /// The folder to write into; files of the same names are replaced
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How often things go wrong
    #[arg(long, value_name = "LEVEL", default_value = ErrorLevel::Usual.name(), value_parser = error_levels())]
    pub errors: ErrorLevel,
}

/// The levels by name, listed in the help.
fn error_levels() -> impl TypedValueParser<Value = ErrorLevel> {
    let names = ErrorLevel::ALL.map(ErrorLevel::name);
    PossibleValuesParser::new(names).map(|name| ErrorLevel::parse(&name).unwrap_or_default())
}

/// Runs the command.
pub fn run(args: Args) -> Result<()> {
    let config = Config { customers: args.customers, seed: args.seed, errors: args.errors };
    let truth_folder = args.out.join("truth");
    std::fs::create_dir_all(&truth_folder).map_err(|cause| Error::io(truth_folder.display(), &cause))?;
    let bar = progress_bar(args.customers);
    let counts = write_files(&config, &args.out, &bar);
    bar.finish_and_clear();
    report(&counts.map_err(|error| error.at(args.out.display()))?, &args.out);
    Ok(())
}

fn write_files(config: &Config, folder: &Path, bar: &ProgressBar) -> Result<Counts> {
    let (mut crm, mut app) = (create(folder, "crm.csv")?, create(folder, "app.jsonl")?);
    let (mut mini_program, mut branch) = (create(folder, "mini_program.jsonl")?, create(folder, "branch.csv")?);
    let (mut events, mut truth) = (create(folder, "events.csv")?, create(folder, "truth/truth.csv")?);
    let mut progress = |customers| bar.set_position(customers);
    let mut outputs = Outputs {
        crm: &mut crm,
        app: &mut app,
        mini_program: &mut mini_program,
        branch: &mut branch,
        events: &mut events,
        truth: &mut truth,
        households: None,
        progress: &mut progress,
    };
    // The library flushes each output at its end, so nothing is left for a writer to lose when it is dropped.
    synth::generate(config, &mut outputs)
}

fn create(folder: &Path, name: &str) -> Result<BufWriter<File>> {
    let path = folder.join(name);
    let file = File::create(&path).map_err(|cause| Error::io(path.display(), &cause))?;
    Ok(BufWriter::with_capacity(WRITE_BUFFER_BYTES, file))
}

fn progress_bar(customers: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(customers), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} customers, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn report(counts: &Counts, folder: &Path) {
    eprintln!(
        "{}: {} in {}, {}, {}; truth in {}",
        folder.display(),
        counted(counts.customers, "customer"),
        counted(counts.households, "household"),
        counted(counts.records_total(), "record"),
        counted(counts.events, "event"),
        folder.join("truth").join("truth.csv").display(),
    );
}
