//! `oneid ledger`: the life of a One-ID, from the journal.

use super::door::{Door, DoorArgs};
use super::output::{print, print_json};
use super::{Done, words};
use crate::error::Result;
use crate::limits::PAGE_SIZE_MAX;
use crate::wire::v1;
use serde::Serialize;

/// Show what happened to a One-ID, when, by whom and why
///
/// Read from the journal, the latest last: how the One-ID was made, which records joined and left it and over which edge, what it was merged
/// with and split into, and what each change followed from.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid ledger --store kept P0123456789ABCDEF
  oneid ledger --endpoint http://127.0.0.1:7878 P0123456789ABCDEF --json

oneid judge list shows what a judgement said and why.
oneid get WHO --as-of TIME shows the person as it was known then.")]
pub struct Args {
    /// A One-ID, in use or retired
    #[arg(value_name = "ONE-ID")]
    pub one_id: String,
    #[command(flatten)]
    pub door: DoorArgs,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// What programs read of a change.
#[derive(Debug, Serialize)]
pub struct ChangeForm {
    one_id: String,
    change: String,
    journal_position: u64,
    ordinal: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    actor: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_one_ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    records: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    strongest_edges: Vec<EdgeForm>,
    cause: String,
}

#[derive(Debug, Serialize)]
struct EdgeForm {
    record: String,
    other_record: String,
    match_weight_bits: f64,
}

impl ChangeForm {
    /// A change as programs read it.
    pub fn new(change: &v1::IdentityChange) -> Self {
        let edge = |edge: &v1::StrongestEdge| EdgeForm {
            record: words::record_key(edge.record_key.as_ref()),
            other_record: words::record_key(edge.other_record_key.as_ref()),
            match_weight_bits: edge.match_weight.as_ref().map_or(0.0, |weight| weight.bits),
        };
        ChangeForm {
            one_id: change.one_id.clone(),
            change: words::identity_change(change.kind),
            journal_position: change.journal_position,
            ordinal: change.ordinal,
            time: words::time(change.time.map(|time| time.seconds)),
            actor: change.actor.clone(),
            other_one_ids: change.other_one_ids.clone(),
            records: change.record_keys.iter().map(|key| words::record_key(Some(key))).collect(),
            strongest_edges: change.strongest_edges.iter().map(edge).collect(),
            cause: cause(change),
        }
    }
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let door = Door::open(&args.door)?;
    let mut changes: Vec<v1::IdentityChange> = Vec::new();
    let mut page_token = String::new();
    loop {
        let one_id = args.one_id.trim_start_matches("one-id:").to_owned();
        let request = v1::ListIdentityChangesRequest { one_id, page_size: PAGE_SIZE_MAX as u32, page_token };
        let page = door.list_identity_changes(request)?;
        changes.extend(page.changes);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if args.json {
        print_json(&changes.iter().map(ChangeForm::new).collect::<Vec<_>>())?;
        return Ok(Done::Whole);
    }
    let mut out = format!("{}\n", args.one_id);
    let mut last = None;
    for change in &changes {
        let here = (change.journal_position, cause(change));
        if last.as_ref() != Some(&here) {
            let time = words::time(change.time.map(|time| time.seconds)).unwrap_or_default();
            out.push_str(&format!("\n  {time}  position {}  by {}  from {}\n", here.0, change.actor, here.1));
            last = Some(here);
        }
        for line in change_lines(change) {
            out.push_str(&format!("    {line}\n"));
        }
    }
    print(&out)?;
    Ok(Done::Whole)
}

/// A change in words, a line a record.
pub fn change_lines(change: &v1::IdentityChange) -> Vec<String> {
    use v1::IdentityChangeKind as Kind;
    let others = change.other_one_ids.join(", ");
    let records = || change.record_keys.iter().map(|key| words::record_key(Some(key)));
    let each = |say: &dyn Fn(String) -> String| -> Vec<String> { records().map(say).collect() };
    let mut lines = match change.kind() {
        Kind::Created => vec!["was given to a new person".to_string()],
        Kind::Split => vec![format!("was given to a part of {others}")],
        Kind::Revived => vec![format!("came back, split from {others}")],
        Kind::Merged => vec![format!("retired, and redirects to {others}")],
        Kind::TookOver => vec![format!("took over {others}")],
        Kind::Emptied => vec!["retired with its last record".to_string()],
        Kind::Redirected => vec![format!("redirects to {others}")],
        Kind::Erased => vec!["was erased".to_string()],
        Kind::ProfileChanged => each(&|key| format!("record {key} changed")),
        Kind::Left if others.is_empty() => each(&|key| format!("lost record {key}, which is gone")),
        Kind::Left => each(&|key| format!("lost record {key} to {others}")),
        Kind::Joined => {
            let over = |key: &str| {
                let edge = change.strongest_edges.iter().find(|edge| words::record_key(edge.record_key.as_ref()) == key);
                edge.map(|edge| {
                    let bits = edge.match_weight.as_ref().map_or(0.0, |weight| weight.bits);
                    format!(" over {} ({bits:.1} bits)", words::record_key(edge.other_record_key.as_ref()))
                })
            };
            let from = if others.is_empty() { String::new() } else { format!(" of {others}") };
            records().map(|key| format!("gained record {key}{from}{}", over(&key).unwrap_or_default())).collect()
        }
        Kind::Unspecified => vec!["changed".to_string()],
    };
    if change.record_keys_truncated {
        lines.push("and further records".to_string());
    }
    lines
}

fn cause(change: &v1::IdentityChange) -> String {
    use v1::change_cause::Cause;
    match change.cause.as_ref().and_then(|cause| cause.cause.as_ref()) {
        Some(Cause::RecordKey(key)) => format!("record {}", words::record_key(Some(key))),
        Some(Cause::DeletedRecordKey(key)) => format!("the deletion of record {}", words::record_key(Some(key))),
        Some(Cause::JudgementId(id)) => format!("judgement {id}"),
        Some(Cause::WithdrawnJudgementId(id)) => format!("the withdrawal of judgement {id}"),
        Some(Cause::SnapshotId(id)) => format!("model {id}"),
        Some(Cause::ErasureId(id)) => format!("erasure {id}"),
        Some(Cause::IsLoad(_)) | None => "a load".to_string(),
    }
}
