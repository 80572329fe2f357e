//! `oneid explain`: why two records are one person or are not.

use super::Done;
use super::door::{Door, DoorArgs};
use super::output::{print, print_json};
use super::subject::parse_side;
use super::waterfall::{self, PairForm};
use crate::error::{Error, Result};
use crate::wire::v1;

/// Explain why two records are one person or are not
///
/// Prints the waterfall: the prior, what each comparison weighs and why, the running total, the thresholds and the decision, with
/// the numbers it was made with. A One-ID stands for the person's record in the strongest pair.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid explain --store kept crm/C7685661988 app/3952168489
  oneid explain --store kept P0123456789ABCDEF P0123456789ABCDEG
  oneid explain --store kept crm/C7685661988 P0123456789ABCDEF --json
  oneid explain --endpoint http://127.0.0.1:7878 crm/C7685661988 app/3952168489")]
pub struct Args {
    /// A record (SOURCE/ID) or a One-ID
    #[arg(value_name = "A")]
    pub left: String,
    /// Another record or One-ID; the same One-ID twice asks for the strongest pair within the person
    #[arg(value_name = "B")]
    pub right: String,
    #[command(flatten)]
    pub door: DoorArgs,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let (left, right) = (parse_side(&args.left)?, parse_side(&args.right)?);
    let door = Door::open(&args.door)?;
    let request = v1::ExplainPairRequest { left: Some(left), right: Some(right), ..Default::default() };
    let answer = door.explain_pair(request)?;
    let pair = answer.explanation.as_ref().ok_or_else(|| Error::internal("the answer holds no explanation"))?;
    if args.json {
        print_json(&PairForm::new(&answer, pair))?;
    } else {
        print(&waterfall::render(&answer, pair))?;
    }
    Ok(Done::Whole)
}
