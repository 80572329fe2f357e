//! `oneid judge`: what a steward says of two records.

use super::door::{Door, DoorArgs};
use super::ledger::{ChangeForm, change_lines};
use super::output::{print, print_json};
use super::table::{Align, Table};
use super::{Done, words};
use crate::error::{Error, Result};
use crate::limits::PAGE_SIZE_MAX;
use crate::record::RecordKey;
use crate::wire::v1;
use serde::Serialize;

/// Rule on two records, take a ruling back, or list rulings
///
/// A ruling stands above every weight until it is withdrawn; one that contradicts another is refused. Who said it, when and why is in the
/// journal. What follows for people is printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid judge must-link crm/C1 app/2 --store kept \\
      --reason 'showed both cards at the counter'
  oneid judge cannot-link crm/C1 crm/C2 --store kept --reason twins
  oneid judge certificate-changed crm/C1 branch/B7 --store kept
  oneid judge withdraw J17 --store kept --reason 'wrong file'
  oneid judge list crm/C1 --endpoint http://127.0.0.1:7878 --json

A must-link holds while both records say the same of names, birth and
certificates; then it is stale and up for review. A cannot-link holds on.
certificate-changed is a must-link that says why there are two numbers.")]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

/// What is said.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// The two are one person
    MustLink(Ruling),
    /// The two are two people
    CannotLink(Ruling),
    /// The two are one person, whose certificate was replaced
    CertificateChanged(Ruling),
    /// A ruling no longer holds
    Withdraw(Withdrawal),
    /// Show rulings, the latest first
    List(Listing),
}

/// A ruling on two records.
#[derive(Debug, clap::Args)]
pub struct Ruling {
    /// A record, SOURCE/ID
    #[arg(value_name = "A")]
    pub a: String,
    /// Another record
    #[arg(value_name = "B")]
    pub b: String,
    #[command(flatten)]
    pub said: Said,
}

/// A ruling taken back.
#[derive(Debug, clap::Args)]
pub struct Withdrawal {
    /// The ruling, J and a number
    #[arg(value_name = "ID")]
    pub id: String,
    #[command(flatten)]
    pub said: Said,
}

/// Which rulings.
#[derive(Debug, clap::Args)]
pub struct Listing {
    /// Only those on this record (SOURCE/ID)
    #[arg(value_name = "RECORD")]
    pub record: Option<String>,
    /// Also those that were withdrawn
    #[arg(long)]
    pub withdrawn: bool,
    #[command(flatten)]
    pub door: DoorArgs,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Where it is said, why, and how it is told.
#[derive(Debug, clap::Args)]
pub struct Said {
    #[command(flatten)]
    pub door: DoorArgs,
    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// What programs read of a ruling.
#[derive(Debug, Serialize)]
pub struct JudgementForm {
    judgement_id: String,
    verdict: String,
    left: String,
    right: String,
    reason: String,
    author: String,
    created: Option<String>,
    is_stale: bool,
    is_waiting: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    withdrawn_by: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    withdrawal_reason: String,
}

#[derive(Debug, Serialize)]
struct Form {
    judgement: Option<JudgementForm>,
    changes: Vec<ChangeForm>,
    journal_position: u64,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    match &args.what {
        What::MustLink(ruling) => rule(v1::Verdict::MustLink, ruling),
        What::CannotLink(ruling) => rule(v1::Verdict::CannotLink, ruling),
        What::CertificateChanged(ruling) => rule(v1::Verdict::CertificateChanged, ruling),
        What::Withdraw(Withdrawal { id, said }) => {
            let reason = said.reason.clone().unwrap_or_default();
            let request = v1::WithdrawJudgementRequest { judgement_id: id.clone(), reason, request_id: String::new() };
            let done = Door::open_to_write(&said.door)?.withdraw_judgement(request)?;
            tell(said.json, "is withdrawn", done.judgement, &done.changes, done.journal_position)
        }
        What::List(listing) => list(listing),
    }
}

fn rule(verdict: v1::Verdict, Ruling { a, b, said }: &Ruling) -> Result<Done> {
    let reason = said.reason.clone().unwrap_or_default();
    let request = v1::CreateJudgementRequest {
        verdict: verdict.into(),
        left: Some(record(a)?),
        right: Some(record(b)?),
        reason: reason.clone(),
        request_id: String::new(),
    };
    let done = Door::open_to_write(&said.door)?.create_judgement(request)?;
    let stood = done.judgement.as_ref().is_some_and(|judgement| !reason.is_empty() && judgement.reason != reason);
    let what = if stood { "stood already, for the reason that it was made for" } else { "stands" };
    tell(said.json, what, done.judgement, &done.changes, done.journal_position)
}

/// Reads `SOURCE/ID`, with `record:` before it or not.
fn record(text: &str) -> Result<v1::RecordKey> {
    let key = RecordKey::parse(text.trim_start_matches("record:"));
    let key = key.ok_or_else(|| Error::usage(format!("{text:?} is no record; write SOURCE/ID")))?;
    Ok((&key).into())
}

/// Says what a ruling led to.
pub fn tell(json: bool, what: &str, judgement: Option<v1::Judgement>, changes: &[v1::IdentityChange], position: u64) -> Result<Done> {
    if json {
        let changes = changes.iter().map(ChangeForm::new).collect();
        print_json(&Form { judgement: judgement.map(form), changes, journal_position: position })?;
        return Ok(Done::Whole);
    }
    let judgement = judgement.ok_or_else(|| Error::internal("the answer holds no judgement"))?;
    let mut out = format!(
        "{} {what}: {} on {} and {}\n",
        judgement.judgement_id,
        words::verdict(judgement.verdict).replace('_', "-"),
        words::record_key(judgement.left.as_ref()),
        words::record_key(judgement.right.as_ref())
    );
    if changes.is_empty() {
        out.push_str("  nobody changed by it\n");
    }
    for change in changes {
        for line in change_lines(change) {
            out.push_str(&format!("  {} {line}\n", change.one_id));
        }
    }
    print(&out)?;
    Ok(Done::Whole)
}

fn list(Listing { record: of, withdrawn, door, json }: &Listing) -> Result<Done> {
    let record_key = of.as_deref().map(record).transpose()?;
    let door = Door::open(door)?;
    let mut judgements: Vec<v1::Judgement> = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListJudgementsRequest {
            record_key: record_key.clone(),
            include_withdrawn: *withdrawn,
            page_size: PAGE_SIZE_MAX as u32,
            page_token,
        };
        let page = door.list_judgements(request)?;
        judgements.extend(page.judgements);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if *json {
        print_json(&judgements.into_iter().map(form).collect::<Vec<_>>())?;
        return Ok(Done::Whole);
    }
    if judgements.is_empty() {
        print("no judgements\n")?;
        return Ok(Done::Whole);
    }
    let header = ["id", "verdict", "record", "other record", "by", "when", "state", "reason"].map(|name| (name, Align::Left));
    let mut table = Table::new(&header);
    for judgement in &judgements {
        let state = match &judgement.withdrawn_time {
            Some(_) if judgement.withdrawal_reason.is_empty() => format!("withdrawn by {}", judgement.withdrawn_by),
            Some(_) => format!("withdrawn by {}: {}", judgement.withdrawn_by, judgement.withdrawal_reason),
            None if judgement.is_stale => "stale".to_string(),
            None if judgement.is_waiting => "waits for a record that is gone".to_string(),
            None => "stands".to_string(),
        };
        table.row(vec![
            judgement.judgement_id.clone(),
            words::verdict(judgement.verdict).replace('_', "-"),
            words::record_key(judgement.left.as_ref()),
            words::record_key(judgement.right.as_ref()),
            judgement.author.clone(),
            words::time(judgement.created_time.map(|time| time.seconds)).unwrap_or_default(),
            state,
            judgement.reason.clone(),
        ]);
    }
    print(&table.render())?;
    Ok(Done::Whole)
}

fn form(judgement: v1::Judgement) -> JudgementForm {
    JudgementForm {
        verdict: words::verdict(judgement.verdict),
        left: words::record_key(judgement.left.as_ref()),
        right: words::record_key(judgement.right.as_ref()),
        reason: judgement.reason,
        author: judgement.author,
        created: words::time(judgement.created_time.map(|time| time.seconds)),
        is_stale: judgement.is_stale,
        is_waiting: judgement.is_waiting,
        withdrawn_by: judgement.withdrawn_by,
        withdrawal_reason: judgement.withdrawal_reason,
        withdrawn: words::time(judgement.withdrawn_time.map(|time| time.seconds)),
        judgement_id: judgement.judgement_id,
    }
}
