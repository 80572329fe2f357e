//! Subcommands whose names are settled and which are not built yet: they say so and nothing else.

use crate::error::{Error, ErrorClass};
use clap::Subcommand;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// (not implemented) Erase a person
    Erase(Anything),
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
            Command::Erase(_) => "erase",
        };
        Error::new(ErrorClass::NotImplemented, format!("{name} is not implemented in this version; nothing was done"))
    }
}
