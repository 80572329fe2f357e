//! `oneid review`: the questions that are left to stewards.

use super::door::{Door, DoorArgs};
use super::judge::tell;
use super::output::{print, print_json};
use super::table::{Align, Table, count};
use super::waterfall;
use super::{Done, words};
use crate::error::{Error, Result};
use crate::limits::PAGE_SIZE_MAX;
use crate::service::judgement::Verdict;
use crate::wire::v1;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

/// List, show and decide the pairs that are to be looked at
///
/// A decision is a judgement: it stands above every weight until it is withdrawn (oneid judge withdraw).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid review --store kept list
  oneid review --store kept list --state any --limit 200 --json
  oneid review --store kept show R0123456789ABC
  oneid review --store kept decide R0123456789ABC cannot-link --reason twins
  oneid review --endpoint http://127.0.0.1:7878 list")]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
    #[command(flatten)]
    pub door: DoorArgs,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub json: bool,
}

/// What is to be done.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// The items, most urgent first
    List {
        /// In which state: open, decided, obsolete, any
        #[arg(long, value_name = "STATE", default_value = "open", value_parser = ["open", "decided", "obsolete", "any"])]
        state: String,
        /// Most items to show
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=PAGE_SIZE_MAX as i64))]
        limit: u32,
    },
    /// An item with the waterfall of its pair
    Show {
        /// The item, R and 13 characters
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Decide an item
    Decide {
        /// The item
        #[arg(value_name = "ID")]
        id: String,
        /// What is so
        #[arg(value_name = "VERDICT", value_parser = verdicts())]
        verdict: Verdict,
        /// Why, for whoever asks later
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
}

fn verdicts() -> impl TypedValueParser<Value = Verdict> {
    PossibleValuesParser::new(Verdict::ALL.map(Verdict::name)).map(|name| Verdict::parse(&name).unwrap_or(Verdict::CannotLink))
}

/// What programs read of an item.
#[derive(Debug, Serialize)]
struct ItemForm {
    review_item_id: String,
    reason: String,
    state: String,
    left: String,
    right: String,
    match_weight_bits: f64,
    match_probability: f64,
    created: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    judgement_id: String,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    match args.what {
        What::List { state, limit } => list(&Door::open(&args.door)?, &state, limit, args.json),
        What::Show { id } => show(&Door::open(&args.door)?, id, args.json),
        What::Decide { id, verdict, reason } => {
            let verdict = match verdict {
                Verdict::MustLink => v1::Verdict::MustLink,
                Verdict::CannotLink => v1::Verdict::CannotLink,
                Verdict::CertificateChanged => v1::Verdict::CertificateChanged,
            };
            let request = v1::DecideReviewItemRequest { review_item_id: id, verdict: verdict.into(), reason, request_id: String::new() };
            let done = Door::open_to_write(&args.door)?.decide_review_item(request)?;
            tell(args.json, "stands", done.judgement, &done.changes, done.journal_position)
        }
    }
}

fn list(door: &Door, state: &str, limit: u32, json: bool) -> Result<Done> {
    let state = match state {
        "open" => v1::ReviewState::Open,
        "decided" => v1::ReviewState::Decided,
        "obsolete" => v1::ReviewState::Obsolete,
        _ => v1::ReviewState::Unspecified,
    };
    let request = v1::ListReviewItemsRequest { state: state.into(), page_size: limit, ..Default::default() };
    let found = door.list_review_items(request)?;
    if json {
        print_json(&found.review_items.iter().map(form).collect::<Vec<_>>())?;
        return Ok(Done::Whole);
    }
    if found.review_items.is_empty() {
        print("nothing to review\n")?;
        return Ok(Done::Whole);
    }
    use Align::{Left, Right};
    let mut table =
        Table::new(&[("item", Left), ("why", Left), ("record", Left), ("other record", Left), ("bits", Right), ("state", Left)]);
    for item in &found.review_items {
        let bits = item.total_weight.as_ref().map_or(0.0, |weight| weight.bits);
        let decided = if item.judgement_id.is_empty() { String::new() } else { format!(" by {}", item.judgement_id) };
        table.row(vec![
            item.review_item_id.clone(),
            words::review_reason(item.reason).replace('_', " "),
            words::record_key(item.left.as_ref()),
            words::record_key(item.right.as_ref()),
            format!("{bits:.1}"),
            words::review_state(item.state) + &decided,
        ]);
    }
    let more = if found.next_page_token.is_empty() { "" } else { "; there are more, --limit shows them" };
    print(&format!("{}{}{more}\n", table.render(), count(found.review_items.len() as u64)))?;
    Ok(Done::Whole)
}

fn show(door: &Door, id: String, json: bool) -> Result<Done> {
    let found = door.get_review_item(v1::GetReviewItemRequest { review_item_id: id, unmask_reason: String::new() })?;
    let item = found.review_item.as_ref().ok_or_else(|| Error::internal("the answer holds no item"))?;
    if json {
        print_json(&form(item))?;
        return Ok(Done::Whole);
    }
    let (left, right) = (words::record_key(item.left.as_ref()), words::record_key(item.right.as_ref()));
    let reason = words::review_reason(item.reason).replace('_', " ");
    print(&format!("{}  {reason}, {}\n  {left} and {right}\n\n", item.review_item_id, words::review_state(item.state)))?;
    let side = |key: Option<&v1::RecordKey>| Some(v1::PairSide { side: key.cloned().map(v1::pair_side::Side::RecordKey) });
    if found.explanation.is_none() {
        print("a record of the pair is gone\n")?;
        return Ok(Done::Whole);
    }
    let request = v1::ExplainPairRequest { left: side(item.left.as_ref()), right: side(item.right.as_ref()), ..Default::default() };
    let answer = door.explain_pair(request)?;
    let pair = answer.explanation.as_ref().ok_or_else(|| Error::internal("the answer holds no explanation"))?;
    print(&waterfall::render(&answer, pair))?;
    Ok(Done::Whole)
}

fn form(item: &v1::ReviewItem) -> ItemForm {
    ItemForm {
        review_item_id: item.review_item_id.clone(),
        reason: words::review_reason(item.reason),
        state: words::review_state(item.state),
        left: words::record_key(item.left.as_ref()),
        right: words::record_key(item.right.as_ref()),
        match_weight_bits: item.total_weight.as_ref().map_or(0.0, |weight| weight.bits),
        match_probability: item.match_probability,
        created: words::time(item.created_time.map(|time| time.seconds)),
        judgement_id: item.judgement_id.clone(),
    }
}
