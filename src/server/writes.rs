//! RecordService and the stewards' part of ReviewService that write: requests become writes, replies become answers.

use super::answers::Answers;
use super::{Answered, Calls, Messages, not_yet, status};
use crate::error::{Error, ErrorClass, Result};
use crate::limits::STREAM_WRITES_MAX;
use crate::record::{Issue, IssueKind, RecordKey};
use crate::service::upsert::{Asked, Outcome, Reply, Write, WrittenRecord};
use crate::wire::record::moment;
use crate::wire::v1;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Streaming};
use v1::record_service_server::RecordService;

/// A write that is to be submitted, and what is to be told beside its reply.
struct Prepared {
    asked: Asked,
    key: RecordKey,
    issues: Vec<v1::RecordIssue>,
}

impl Answers {
    /// RecordService.UpsertRecord.
    pub fn upsert_record(&self, request: v1::UpsertRecordRequest) -> Result<v1::UpsertRecordResponse> {
        let Prepared { asked, key, issues } = self.prepare_upsert(request)?;
        Ok(self.upserted(&self.write(asked)?, &key, issues))
    }

    /// RecordService.DeleteRecord.
    pub fn delete_record(&self, request: v1::DeleteRecordRequest) -> Result<v1::DeleteRecordResponse> {
        Ok(deleted(&self.write(self.prepare_delete(request)?.asked)?))
    }

    /// Writes, and waits until that is durable.
    pub(super) fn write(&self, asked: Asked) -> Result<Reply> {
        self.writer()?.write(asked)
    }

    fn prepare_upsert(&self, request: v1::UpsertRecordRequest) -> Result<Prepared> {
        let record = request.record.ok_or_else(|| Error::usage("record is missing"))?;
        let key = RecordKey::try_from(record.key.as_ref().ok_or_else(|| Error::usage("the record's key is missing"))?)?;
        let columns = record.columns.iter().map(|column| (column.column.as_str().into(), column.value.as_str().into())).collect();
        let observed_at = record.observed_time.as_ref().map(moment).transpose().map_err(|error| error.at("observed_time"))?;
        let written = WrittenRecord { key: key.clone(), columns, version: record.version, observed_at };
        let now = now();
        let (put, found) = self.lookup.readings().read(written, now / 1_000_000)?;
        let issues = found.iter().map(|(found, column)| issue(found, column)).collect();
        Ok(Prepared { asked: self.asked(Write::Put(put), &request.request_id, now), key, issues })
    }

    fn prepare_delete(&self, request: v1::DeleteRecordRequest) -> Result<Prepared> {
        let key = RecordKey::try_from(request.record_key.as_ref().ok_or_else(|| Error::usage("record_key is missing"))?)?;
        let write = Write::Delete(key.clone(), request.version);
        Ok(Prepared { asked: self.asked(write, &request.request_id, now()), key, issues: Vec::new() })
    }

    fn upserted(&self, reply: &Reply, key: &RecordKey, issues: Vec<v1::RecordIssue>) -> v1::UpsertRecordResponse {
        let _still = self.lookup.still();
        // It is told as things stand; who cannot be told of does not make the write fail.
        let assurance = self.lookup.assurance_of(key).ok().flatten().map_or(v1::Assurance::Unspecified, Into::into);
        v1::UpsertRecordResponse {
            result: result(reply.outcome).into(),
            one_id: reply.one_id.map(|one_id| one_id.to_string()).unwrap_or_default(),
            assurance: assurance.into(),
            issues,
            journal_position: reply.position,
        }
    }
}

fn deleted(reply: &Reply) -> v1::DeleteRecordResponse {
    v1::DeleteRecordResponse { result: result(reply.outcome).into(), journal_position: reply.position }
}

/// Microseconds since 1970 by the system's clock.
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

const fn result(outcome: Outcome) -> v1::WriteResult {
    match outcome {
        Outcome::Created => v1::WriteResult::Created,
        Outcome::Updated => v1::WriteResult::Updated,
        Outcome::Unchanged => v1::WriteResult::Unchanged,
        Outcome::Superseded => v1::WriteResult::Superseded,
        Outcome::Deleted => v1::WriteResult::Deleted,
        Outcome::Absent => v1::WriteResult::Absent,
        Outcome::Suppressed => v1::WriteResult::Suppressed,
        Outcome::Judged => v1::WriteResult::Unspecified,
    }
}

fn issue(issue: &Issue, column: &str) -> v1::RecordIssue {
    let kind = match issue.kind {
        IssueKind::Placeholder => v1::IssueKind::Placeholder,
        IssueKind::Unreadable => v1::IssueKind::Unreadable,
        IssueKind::Invalid => v1::IssueKind::Invalid,
        IssueKind::Masked => v1::IssueKind::Masked,
        IssueKind::TooLong => v1::IssueKind::TooLong,
    };
    v1::RecordIssue { field: v1::Field::from(issue.field).into(), kind: kind.into(), column: column.to_owned() }
}

/// What becomes of a write of a stream.
enum Awaited {
    Put(oneshot::Receiver<Result<Reply>>, RecordKey, Vec<v1::RecordIssue>),
    Deleted(oneshot::Receiver<Result<Reply>>),
    Refused(Error),
}

impl Calls {
    /// Submits one write of a stream.
    fn submit(&self, request: v1::StreamRecordsRequest) -> Awaited {
        use v1::stream_records_request::Write as Asks;
        let (prepared, is_put) = match request.write {
            Some(Asks::Upsert(upsert)) => (self.answers.prepare_upsert(upsert), true),
            Some(Asks::Delete(delete)) => (self.answers.prepare_delete(delete), false),
            None => (Err(Error::usage("the message holds no write")), false),
        };
        let submitted = prepared.and_then(|Prepared { asked, key, issues }| {
            let (answer, answered) = oneshot::channel();
            // Who has gone away does not hear what became of the write; it is done all the same.
            self.answers.writer()?.submit(asked, Box::new(move |reply| drop(answer.send(reply))));
            Ok((answered, key, issues))
        });
        match submitted {
            Ok((answered, key, issues)) if is_put => Awaited::Put(answered, key, issues),
            Ok((answered, ..)) => Awaited::Deleted(answered),
            Err(error) => Awaited::Refused(error),
        }
    }

    async fn acknowledgement(&self, sequence: u64, awaited: Awaited) -> v1::StreamRecordsResponse {
        use v1::stream_records_response::Outcome as Done;
        let lost = |_| Err(Error::new(ErrorClass::Halted, "the writer ended"));
        let outcome = match awaited {
            Awaited::Put(answered, key, issues) => match answered.await.unwrap_or_else(lost) {
                Ok(reply) => {
                    let answers = Arc::clone(&self.answers);
                    // What the membership rests on is read from the store.
                    let told = tokio::task::spawn_blocking(move || answers.upserted(&reply, &key, issues)).await;
                    told.map(Done::Upserted).map_err(|_| Error::internal("the write is done, but its answer failed"))
                }
                Err(error) => Err(error),
            },
            Awaited::Deleted(answered) => answered.await.unwrap_or_else(lost).map(|reply| Done::Deleted(deleted(&reply))),
            Awaited::Refused(error) => Err(error),
        };
        let outcome = outcome.unwrap_or_else(|error| {
            let refused = status::of(&error);
            Done::Refusal(v1::WriteRefusal { status_code: refused.code() as u32, message: refused.message().to_owned() })
        });
        v1::StreamRecordsResponse { sequence, outcome: Some(outcome) }
    }
}

#[tonic::async_trait]
impl RecordService for Calls {
    async fn upsert_record(&self, request: Request<v1::UpsertRecordRequest>) -> Answered<v1::UpsertRecordResponse> {
        self.answer_unheld(request, Answers::upsert_record).await
    }

    async fn delete_record(&self, request: Request<v1::DeleteRecordRequest>) -> Answered<v1::DeleteRecordResponse> {
        self.answer_unheld(request, Answers::delete_record).await
    }

    async fn stream_records(&self, request: Request<Streaming<v1::StreamRecordsRequest>>) -> Answered<Messages<v1::StreamRecordsResponse>> {
        self.answers.writer().map_err(|error| status::of(&error))?;
        let mut requests = request.into_inner();
        // Writes under way are bounded here, and so, by the flow control of the connection, are those that the client may send.
        let (under_way, mut awaited) = mpsc::channel::<Awaited>(STREAM_WRITES_MAX);
        let (acknowledge, acknowledged) = mpsc::channel(1);
        let calls = self.clone();
        tokio::spawn(async move {
            while let Some(Ok(request)) = requests.next().await {
                let submitting = calls.clone();
                // Normalising takes a while, and submitting may wait for others.
                let Ok(submitted) = tokio::task::spawn_blocking(move || submitting.submit(request)).await else { return };
                if under_way.send(submitted).await.is_err() {
                    return;
                }
            }
        });
        let calls = self.clone();
        tokio::spawn(async move {
            let mut sequence = 0;
            while let Some(next) = awaited.recv().await {
                let message = calls.acknowledgement(sequence, next).await;
                sequence += 1;
                if acknowledge.send(Ok(message)).await.is_err() {
                    return;
                }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(acknowledged))))
    }

    async fn stream_events(&self, _: Request<Streaming<v1::StreamEventsRequest>>) -> Answered<Messages<v1::StreamEventsResponse>> {
        Err(not_yet::status("RecordService.StreamEvents"))
    }

    async fn start_batch_job(&self, request: Request<v1::StartBatchJobRequest>) -> Answered<v1::StartBatchJobResponse> {
        self.answer_unheld(request, Answers::start_batch_job).await
    }

    async fn get_batch_job(&self, request: Request<v1::GetBatchJobRequest>) -> Answered<v1::GetBatchJobResponse> {
        self.answer_unheld(request, Answers::get_batch_job).await
    }

    async fn list_batch_jobs(&self, request: Request<v1::ListBatchJobsRequest>) -> Answered<v1::ListBatchJobsResponse> {
        self.answer_unheld(request, Answers::list_batch_jobs).await
    }

    async fn cancel_batch_job(&self, request: Request<v1::CancelBatchJobRequest>) -> Answered<v1::CancelBatchJobResponse> {
        self.answer_unheld(request, Answers::cancel_batch_job).await
    }
}
