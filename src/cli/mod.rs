//! The command line: one file a subcommand.
//!
//! Data go to stdout, progress and messages to stderr; `--json` is for machines. Exit codes are those of sysexits(3), 1 where a job
//! was done but rows were rejected, and 2 where several people hold what was asked for.

mod activate_model;
mod analyze;
mod clusters;
mod config;
mod demo;
mod door;
mod erase;
mod eval;
mod explain;
mod export;
mod get;
mod init;
mod judge;
mod ledger;
mod load_job;
mod merge;
mod output;
mod parquet_table;
mod profile;
mod progress;
mod record_rows;
mod report;
mod review;
mod search;
mod serve;
mod subject;
mod synth;
mod table;
mod train;
mod upkeep;
mod waterfall;
mod words;

use crate::error::{Error, ErrorClass, Result};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Which records are one person, a One-ID that lasts, and the proof of every decision.
#[derive(Debug, Parser)]
#[command(name = "oneid", version, max_term_width = 110, arg_required_else_help = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  oneid demo
  oneid merge crm.csv app.jsonl branch.csv --clusters people.csv
  oneid eval --truth truth.csv --clusters people.csv
  oneid synth --customers 1000 --seed 1 --out data
  oneid merge crm.csv app.jsonl --store kept
  oneid get --store kept phone:13912345671
  oneid serve --store kept

Exit codes:
   0  done
   1  done, but rows were rejected
   2  several people hold the identifier
  64  wrong call
  65  wrong input, or at odds with the store
  66  input, record or person not found
  69  not implemented
  70  internal fault
  71  the journal could not be written; what was acknowledged stands
  74  a file or a server cannot be reached, read or written
  75  busy, try again
  78  damaged or newer store";

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Merge(merge::Args),
    Eval(eval::Args),
    Init(init::Args),
    Analyze(analyze::Args),
    Train(train::Args),
    ActivateModel(activate_model::Args),
    Get(get::Args),
    Search(search::Args),
    Explain(explain::Args),
    Clusters(clusters::Args),
    Export(export::Args),
    Judge(judge::Args),
    Review(review::Args),
    Ledger(ledger::Args),
    Serve(serve::Args),
    Verify(upkeep::VerifyArgs),
    Compact(upkeep::CompactArgs),
    Backup(upkeep::BackupArgs),
    Restore(upkeep::RestoreArgs),
    Erase(erase::Args),
    Synth(synth::Args),
    Config(config::Args),
}

/// How a command that failed nowhere ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Everything was taken.
    Whole,
    /// Rows were rejected; the rest is done.
    WithRejects,
    /// Several people hold what was asked for; they are listed.
    Ambiguous,
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come as errors too; a closed pipe must not turn them into a panic.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 64 } else { 0 });
        }
    };
    match run(cli.command) {
        Ok(Done::Whole) => ExitCode::SUCCESS,
        Ok(Done::WithRejects) => ExitCode::from(1),
        Ok(Done::Ambiguous) => ExitCode::from(2),
        Err(error) => {
            eprintln!("oneid: {error}");
            ExitCode::from(exit_code(&error))
        }
    }
}

fn run(command: Command) -> Result<Done> {
    match command {
        Command::Demo(args) => demo::run(args),
        Command::Merge(args) => merge::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Init(args) => init::run(args),
        Command::Analyze(args) => analyze::run(args),
        Command::Train(args) => train::run(args),
        Command::ActivateModel(args) => activate_model::run(args),
        Command::Get(args) => get::run(args),
        Command::Search(args) => search::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Clusters(args) => clusters::run(args),
        Command::Export(args) => export::run(args),
        Command::Judge(args) => judge::run(args),
        Command::Review(args) => review::run(args),
        Command::Ledger(args) => ledger::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Verify(args) => upkeep::verify(&args),
        Command::Compact(args) => upkeep::compact(&args),
        Command::Backup(args) => upkeep::backup(&args),
        Command::Restore(args) => upkeep::restore(&args),
        Command::Erase(args) => erase::run(args),
        Command::Synth(args) => synth::run(args).map(|()| Done::Whole),
        Command::Config(args) => config::run(args),
    }
}

/// The exit code of an error's class, by sysexits(3).
fn exit_code(error: &Error) -> u8 {
    match error.class() {
        ErrorClass::Usage => 64,
        ErrorClass::BadData | ErrorClass::Conflict => 65,
        ErrorClass::NotFound => 66,
        ErrorClass::NotImplemented => 69,
        ErrorClass::Internal => 70,
        ErrorClass::Halted => 71,
        ErrorClass::Io => 74,
        ErrorClass::Busy => 75,
        ErrorClass::Corrupt | ErrorClass::Newer => 78,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// Examples are to be copied and lists to be read line by line, so what stands under the options must not be wrapped.
    #[test]
    fn what_follows_the_options_fits_a_terminal_of_80_columns() {
        let mut commands = vec![Cli::command()];
        let mut seen = 0;
        while let Some(command) = commands.pop() {
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in after.lines() {
                let width = unicode_width::UnicodeWidthStr::width(line);
                assert!(width < 80, "{}: {width} columns: {line}", command.get_name());
                seen += 1;
            }
            commands.extend(command.get_subcommands().cloned());
        }
        assert!(seen > 40, "{seen} lines");
    }
}
