//! `oneid config`: checks and shows settings.

use super::Done;
use super::merge::read_settings;
use super::words::counted;
use crate::error::{Error, Result};
use crate::settings::FOUR_CHANNELS;
use clap::Subcommand;

/// Check or show settings
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read settings and name the line and the key of what is wrong
    #[command(after_help = "Example:\n  oneid config check settings.toml")]
    Check {
        /// Settings (TOML), or builtin:four-channels
        file: String,
    },
    /// Print settings that ship with the program
    #[command(after_help = "Example:\n  oneid config show builtin:four-channels > settings.toml")]
    Show {
        /// builtin:four-channels
        name: String,
    },
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    match args.command {
        Command::Check { file } => {
            let settings = read_settings(Some(&file))?;
            let sources = counted(settings.sources.len() as u64, "source");
            let rules = counted(settings.rules.always.len() as u64, "blocking rule");
            let wider = settings.rules.wider.len();
            let wider = if wider == 0 { String::new() } else { format!(" and {wider} wider ones as far as the budget of pairs goes") };
            super::output::print(&format!("{file}: right; {sources}, {rules}{wider}\n"))?;
        }
        Command::Show { name } if name == "builtin:four-channels" => super::output::print(FOUR_CHANNELS)?,
        Command::Show { name } => {
            return Err(Error::not_found(format!("there are no settings {name}; builtin:four-channels ships with the program")));
        }
    }
    Ok(Done::Whole)
}
