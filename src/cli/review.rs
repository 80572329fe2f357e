//! `oneid review`: the questions that are left to stewards.

use super::door::{Door, DoorArgs};
use super::judge::{Said, tell};
use super::output::{print, print_json};
use super::table::{Align, Table, count};
use super::waterfall::{self, PairForm};
use super::{Done, words};
use crate::error::{Error, Result};
use crate::limits::{PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX};
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
  oneid review list --store kept
  oneid review list --store kept --state any --json
  oneid review show R0123456789ABC --store kept
  oneid review decide R0123456789ABC cannot-link --store kept --reason twins
  oneid review list --endpoint http://127.0.0.1:7878")]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

/// What is to be done.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// The items, most urgent first
    List(Listing),
    /// An item with the waterfall of its pair
    Show(Showing),
    /// Decide an item
    Decide(Decision),
}

/// Which items.
#[derive(Debug, clap::Args)]
pub struct Listing {
    /// In which state
    #[arg(long, value_name = "STATE", default_value = "open", value_parser = ["open", "decided", "obsolete", "any"])]
    pub state: String,
    /// Most items to show [default: 50, all with --json]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    #[command(flatten)]
    pub door: DoorArgs,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Which item.
#[derive(Debug, clap::Args)]
pub struct Showing {
    /// The item, R and 13 characters
    #[arg(value_name = "ID")]
    pub id: String,
    #[command(flatten)]
    pub door: DoorArgs,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// What is so.
#[derive(Debug, clap::Args)]
pub struct Decision {
    /// The item
    #[arg(value_name = "ID")]
    pub id: String,
    /// What is so
    #[arg(value_name = "VERDICT", value_parser = verdicts())]
    pub verdict: Verdict,
    #[command(flatten)]
    pub said: Said,
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

/// An item and its pair.
#[derive(Serialize)]
struct ShownForm {
    #[serde(flatten)]
    item: ItemForm,
    explanation: Option<PairForm>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    match args.what {
        What::List(listing) => list(&listing),
        What::Show(showing) => show(&showing),
        What::Decide(Decision { id, verdict, said }) => {
            let verdict = match verdict {
                Verdict::MustLink => v1::Verdict::MustLink,
                Verdict::CannotLink => v1::Verdict::CannotLink,
                Verdict::CertificateChanged => v1::Verdict::CertificateChanged,
            };
            let reason = said.reason.clone().unwrap_or_default();
            let request = v1::DecideReviewItemRequest { review_item_id: id, verdict: verdict.into(), reason, request_id: String::new() };
            let done = Door::open_to_write(&said.door)?.decide_review_item(request)?;
            tell(said.json, "stands", done.judgement, &done.changes, done.journal_position)
        }
    }
}

fn list(Listing { state, limit, door, json }: &Listing) -> Result<Done> {
    let state = match state.as_str() {
        "open" => v1::ReviewState::Open,
        "decided" => v1::ReviewState::Decided,
        "obsolete" => v1::ReviewState::Obsolete,
        _ => v1::ReviewState::Unspecified,
    };
    let limit = limit.unwrap_or(if *json { usize::MAX } else { PAGE_SIZE_DEFAULT });
    let door = Door::open(door)?;
    let mut items: Vec<v1::ReviewItem> = Vec::new();
    let mut page_token = String::new();
    loop {
        let page_size = limit.saturating_sub(items.len()).clamp(1, PAGE_SIZE_MAX) as u32;
        let page =
            door.list_review_items(v1::ListReviewItemsRequest { state: state.into(), page_size, page_token, ..Default::default() })?;
        items.extend(page.review_items);
        page_token = page.next_page_token;
        if page_token.is_empty() || items.len() >= limit {
            break;
        }
    }
    if *json {
        print_json(&items.iter().map(form).collect::<Vec<_>>())?;
        return Ok(Done::Whole);
    }
    if items.is_empty() {
        print("nothing to review\n")?;
        return Ok(Done::Whole);
    }
    use Align::{Left, Right};
    let mut table =
        Table::new(&[("item", Left), ("why", Left), ("record", Left), ("other record", Left), ("bits", Right), ("state", Left)]);
    for item in &items {
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
    let more = if page_token.is_empty() { "" } else { "; there are more, --limit shows them" };
    print(&format!("{}{}{more}\n", table.render(), count(items.len() as u64)))?;
    Ok(Done::Whole)
}

fn show(Showing { id, door, json }: &Showing) -> Result<Done> {
    let door = Door::open(door)?;
    let found = door.get_review_item(v1::GetReviewItemRequest { review_item_id: id.clone(), unmask_reason: String::new() })?;
    let item = found.review_item.as_ref().ok_or_else(|| Error::internal("the answer holds no item"))?;
    let side = |key: Option<&v1::RecordKey>| Some(v1::PairSide { side: key.cloned().map(v1::pair_side::Side::RecordKey) });
    let request = v1::ExplainPairRequest { left: side(item.left.as_ref()), right: side(item.right.as_ref()), ..Default::default() };
    // A pair of which a record is gone is not explained any more.
    let answer = found.explanation.is_some().then(|| door.explain_pair(request)).transpose()?;
    let pair = answer.as_ref().and_then(|answer| answer.explanation.as_ref().map(|pair| (answer, pair)));
    if *json {
        let explanation = pair.map(|(answer, pair)| PairForm::new(answer, pair));
        print_json(&ShownForm { item: form(item), explanation })?;
        return Ok(Done::Whole);
    }
    let (left, right) = (words::record_key(item.left.as_ref()), words::record_key(item.right.as_ref()));
    let reason = words::review_reason(item.reason).replace('_', " ");
    let by = if item.judgement_id.is_empty() { String::new() } else { format!(" by {}", item.judgement_id) };
    let state = words::review_state(item.state);
    print(&format!("{}  {reason}, {state}{by}\n  {left} and {right}\n\n", item.review_item_id))?;
    match pair {
        Some((answer, pair)) => print(&waterfall::render(answer, pair))?,
        None => print("a record of the pair is gone\n")?,
    }
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
