//! Subcommands whose names are settled and which are not built yet: they say so and nothing else.

use crate::error::{Error, ErrorClass};
use clap::Subcommand;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// (not implemented) Make a model snapshot the active one
    ActivateModel(Anything),
    /// (not implemented) Erase a person
    Erase(Anything),
    /// (not implemented) Compare journal, store and index
    Verify(Anything),
    /// (not implemented) Rewrite the store without what is gone
    Compact(Anything),
    /// (not implemented) Copy a store while it runs
    Backup(Anything),
    /// (not implemented) Bring a copy back
    Restore(Anything),
}

/// Whatever was given.
#[derive(Debug, clap::Args)]
pub struct Anything {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _arguments: Vec<String>,
}

impl Command {
    /// What the command answers.
    pub fn error(&self) -> Error {
        let name = match self {
            Command::ActivateModel(_) => "activate-model",
            Command::Erase(_) => "erase",
            Command::Verify(_) => "verify",
            Command::Compact(_) => "compact",
            Command::Backup(_) => "backup",
            Command::Restore(_) => "restore",
        };
        Error::new(ErrorClass::NotImplemented, format!("{name} is not implemented in this version; nothing was done"))
    }
}
