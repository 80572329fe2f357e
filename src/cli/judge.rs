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
  oneid judge --store kept must-link crm/C7685661988 app/3952168489 \\
      --reason 'showed both cards at the counter'
  oneid judge --store kept cannot-link crm/C1 crm/C2 --reason 'twins'
  oneid judge --store kept certificate-changed crm/C1 branch/B7
  oneid judge --store kept withdraw J17 --reason 'wrong file'
  oneid judge --endpoint http://127.0.0.1:7878 list crm/C1 --json

A must-link holds while both records say the same of names, birth and
certificates; then it is stale and up for review. A cannot-link holds on.")]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
    #[command(flatten)]
    pub door: DoorArgs,
    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT", default_value = "", global = true)]
    pub reason: String,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub json: bool,
}

/// What is said.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// The two are one person
    MustLink(Pair),
    /// The two are two people
    CannotLink(Pair),
    /// The two are one person, whose certificate was replaced by another
    CertificateChanged(Pair),
    /// A ruling no longer holds
    Withdraw {
        /// The ruling, J and a number
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Show rulings, the latest first
    List {
        /// Only those on this record (SOURCE/ID)
        #[arg(value_name = "RECORD")]
        record: Option<String>,
        /// Also those that were withdrawn
        #[arg(long)]
        withdrawn: bool,
    },
}

/// Two records.
#[derive(Debug, clap::Args)]
pub struct Pair {
    /// A record, SOURCE/ID
    #[arg(value_name = "A")]
    pub a: String,
    /// Another record
    #[arg(value_name = "B")]
    pub b: String,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<String>,
}

#[derive(Debug, Serialize)]
struct Form {
    judgement: Option<JudgementForm>,
    changes: Vec<ChangeForm>,
    journal_position: u64,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let door = match &args.what {
        What::List { .. } => Door::open(&args.door)?,
        _ => Door::open_to_write(&args.door)?,
    };
    match &args.what {
        What::MustLink(pair) => rule(&door, &args, v1::Verdict::MustLink, pair),
        What::CannotLink(pair) => rule(&door, &args, v1::Verdict::CannotLink, pair),
        What::CertificateChanged(pair) => rule(&door, &args, v1::Verdict::CertificateChanged, pair),
        What::Withdraw { id } => {
            let request = v1::WithdrawJudgementRequest { judgement_id: id.clone(), reason: args.reason.clone(), ..Default::default() };
            let done = door.withdraw_judgement(request)?;
            tell(args.json, "withdrawn", done.judgement, &done.changes, done.journal_position)
        }
        What::List { record, withdrawn } => list(&door, record.as_deref(), *withdrawn, args.json),
    }
}

fn rule(door: &Door, args: &Args, verdict: v1::Verdict, pair: &Pair) -> Result<Done> {
    let request = v1::CreateJudgementRequest {
        verdict: verdict.into(),
        left: Some(record(&pair.a)?),
        right: Some(record(&pair.b)?),
        reason: args.reason.clone(),
        request_id: String::new(),
    };
    let done = door.create_judgement(request)?;
    tell(args.json, "stands", done.judgement, &done.changes, done.journal_position)
}

/// Reads `SOURCE/ID`; a source's own name may hold slashes, and the last one parts.
fn record(text: &str) -> Result<v1::RecordKey> {
    let key = RecordKey::parse(text).ok_or_else(|| Error::usage(format!("{text:?} is no record; write SOURCE/ID")))?;
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

fn list(door: &Door, of: Option<&str>, withdrawn: bool, json: bool) -> Result<Done> {
    let record_key = of.map(record).transpose()?;
    let mut judgements: Vec<v1::Judgement> = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListJudgementsRequest {
            record_key: record_key.clone(),
            include_withdrawn: withdrawn,
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
    if json {
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
        let state = match (&judgement.withdrawn_time, judgement.is_stale) {
            (Some(_), _) => "withdrawn",
            (None, true) => "stale",
            (None, false) => "stands",
        };
        table.row(vec![
            judgement.judgement_id.clone(),
            words::verdict(judgement.verdict).replace('_', "-"),
            words::record_key(judgement.left.as_ref()),
            words::record_key(judgement.right.as_ref()),
            judgement.author.clone(),
            words::time(judgement.created_time.map(|time| time.seconds)).unwrap_or_default(),
            state.to_string(),
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
        withdrawn: words::time(judgement.withdrawn_time.map(|time| time.seconds)),
        judgement_id: judgement.judgement_id,
    }
}
