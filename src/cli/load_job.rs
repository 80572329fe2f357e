//! `oneid merge --endpoint`: a load inside a running server.

use super::Done;
use super::merge::{Args, ModeArgument};
use super::output::print;
use super::table::count;
use super::words::counted;
use crate::client::Client;
use crate::error::{Error, ErrorClass, Result};
use crate::limits::JOB_POLL_MILLISECONDS;
use crate::wire::v1;
use std::time::Duration;

/// Starts the job and waits for its end.
pub fn run(endpoint: &str, args: &Args) -> Result<Done> {
    let client = Client::connect(endpoint)?;
    let mode = if args.mode == ModeArgument::Snapshot { v1::LoadMode::Snapshot } else { v1::LoadMode::Delta };
    let request = v1::StartBatchJobRequest {
        inputs: args.inputs.iter().map(|input| input.display().to_string()).collect(),
        event_inputs: Vec::new(),
        mode: mode.into(),
        dry_run: args.dry_run,
        force: args.force,
        request_id: String::new(),
    };
    let mut job = client.start_batch_job(request)?.batch_job.unwrap_or_default();
    let mut told = String::new();
    loop {
        let operation = job.operation.clone().unwrap_or_default();
        match operation.state() {
            v1::OperationState::Succeeded => return tell(&job.report.unwrap_or_default()),
            v1::OperationState::Cancelled => {
                return Err(Error::new(
                    ErrorClass::Conflict,
                    format!("batch job {} was cancelled; nothing changed", operation.operation_id),
                ));
            }
            v1::OperationState::Failed => {
                let error = operation.error.unwrap_or_default();
                return Err(crate::client::error_of(error.status_code, &error.message));
            }
            _ => {}
        }
        let phase = operation.progress.map(|progress| progress.phase).unwrap_or_default();
        if phase != told && !phase.is_empty() {
            eprintln!("oneid: batch job {}: {phase}", operation.operation_id);
            told = phase;
        }
        std::thread::sleep(Duration::from_millis(JOB_POLL_MILLISECONDS));
        job = client.get_batch_job(v1::GetBatchJobRequest { operation_id: operation.operation_id })?.batch_job.unwrap_or_default();
    }
}

fn tell(report: &v1::BatchJobReport) -> Result<Done> {
    let mut out = format!(
        "rows     {} read, {} rejected\nrecords  {} new, {} changed, {} unchanged, {} outdated, {} deleted\npeople   {} created, {} merged, {} split\nreviews  {} open\n",
        count(report.rows_read),
        count(report.rows_rejected),
        count(report.records_created),
        count(report.records_updated),
        count(report.records_unchanged),
        count(report.records_outdated),
        count(report.records_deleted),
        count(report.people_created),
        count(report.people_merged),
        count(report.people_split),
        count(report.reviews)
    );
    for note in &report.notes {
        out.push_str(&format!("note     {note}\n"));
    }
    print(&out)?;
    if report.rows_rejected == 0 {
        return Ok(Done::Whole);
    }
    let were = if report.rows_rejected == 1 { "was" } else { "were" };
    eprintln!("oneid: {} {were} rejected; the reasons are on the server in {}", counted(report.rows_rejected, "row"), report.rejects_path);
    Ok(Done::WithRejects)
}
