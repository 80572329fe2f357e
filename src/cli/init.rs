//! `oneid init`: the inferred settings as commented TOML.

use super::Done;
use crate::error::{Error, Result};
use crate::ingest::Input;
use crate::schema::{CallingCode, infer};
use crate::settings::inferred_toml;
use std::path::PathBuf;

/// Print the settings that a merge would infer, as commented TOML
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  oneid init crm.csv app.jsonl > settings.toml")]
pub struct Args {
    /// Files, as for merge
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let inputs = args.inputs.iter().map(|path| Input::open(path)).collect::<Result<Vec<Input>>>()?;
    let (inputs, empty): (Vec<Input>, Vec<Input>) = inputs.into_iter().partition(|input| !input.layout().columns.is_empty());
    if inputs.is_empty() {
        let message = "is empty: there are no columns to infer settings from; leave it out or fetch it again";
        return Err(Error::bad_data(message).at(&empty[0].layout().input));
    }
    for empty in empty {
        eprintln!("oneid: note: {} is empty: there are no columns to infer settings from", empty.layout().input);
    }
    let mut inferred: Vec<_> = inputs.iter().map(|input| infer(input.layout(), input.sample())).collect();
    let country = CallingCode::of_most(inferred.iter().map(|inferred| inferred.mapping.phone_country));
    inferred.iter_mut().for_each(|inferred| inferred.mapping.phone_country = inferred.mapping.phone_country.or(country));
    let pairs: Vec<_> = inputs.iter().zip(&inferred).map(|(input, inferred)| (input.layout().as_ref(), inferred)).collect();
    super::output::print(&inferred_toml(&pairs))?;
    Ok(Done::Whole)
}
