//! Calls whose names are settled and which are not built: they say so and do nothing.

use super::{Answered, Calls};
use crate::wire::v1;
use std::pin::Pin;
use tokio_stream::Stream;
use tonic::{Request, Status, Streaming};

/// A stream that a call would answer with.
type Messages<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The answer of a call that is not built.
pub fn status(call: &str) -> Status {
    Status::unimplemented(format!("{call} is not implemented in this version; nothing was done"))
}

/// Implements a service none of whose calls is built: method, request and answer, and the call's name.
macro_rules! not_built {
    ($module:ident::$service:ident { $($method:ident($request:ty) -> $answer:ty, $call:literal;)+ }) => {
        #[tonic::async_trait]
        impl v1::$module::$service for Calls {
            $(async fn $method(&self, _: Request<$request>) -> Answered<$answer> {
                Err(status(concat!(stringify!($service), ".", $call)))
            })+
        }
    };
}

not_built! {
    record_service_server::RecordService {
        upsert_record(v1::UpsertRecordRequest) -> v1::UpsertRecordResponse, "UpsertRecord";
        delete_record(v1::DeleteRecordRequest) -> v1::DeleteRecordResponse, "DeleteRecord";
        stream_records(Streaming<v1::StreamRecordsRequest>) -> Messages<v1::StreamRecordsResponse>, "StreamRecords";
        stream_events(Streaming<v1::StreamEventsRequest>) -> Messages<v1::StreamEventsResponse>, "StreamEvents";
        start_batch_job(v1::StartBatchJobRequest) -> v1::StartBatchJobResponse, "StartBatchJob";
        get_batch_job(v1::GetBatchJobRequest) -> v1::GetBatchJobResponse, "GetBatchJob";
        list_batch_jobs(v1::ListBatchJobsRequest) -> v1::ListBatchJobsResponse, "ListBatchJobs";
        cancel_batch_job(v1::CancelBatchJobRequest) -> v1::CancelBatchJobResponse, "CancelBatchJob";
    }
}

not_built! {
    watch_service_server::WatchService {
        watch_identities(v1::WatchIdentitiesRequest) -> Messages<v1::WatchIdentitiesResponse>, "WatchIdentities";
    }
}

not_built! {
    review_service_server::ReviewService {
        list_review_items(v1::ListReviewItemsRequest) -> v1::ListReviewItemsResponse, "ListReviewItems";
        get_review_item(v1::GetReviewItemRequest) -> v1::GetReviewItemResponse, "GetReviewItem";
        decide_review_item(v1::DecideReviewItemRequest) -> v1::DecideReviewItemResponse, "DecideReviewItem";
        create_judgement(v1::CreateJudgementRequest) -> v1::CreateJudgementResponse, "CreateJudgement";
        withdraw_judgement(v1::WithdrawJudgementRequest) -> v1::WithdrawJudgementResponse, "WithdrawJudgement";
        list_judgements(v1::ListJudgementsRequest) -> v1::ListJudgementsResponse, "ListJudgements";
    }
}

not_built! {
    admin_service_server::AdminService {
        get_statistics(v1::GetStatisticsRequest) -> v1::GetStatisticsResponse, "GetStatistics";
        list_snapshots(v1::ListSnapshotsRequest) -> v1::ListSnapshotsResponse, "ListSnapshots";
        activate_snapshot(v1::ActivateSnapshotRequest) -> v1::ActivateSnapshotResponse, "ActivateSnapshot";
        start_backup(v1::StartBackupRequest) -> v1::StartBackupResponse, "StartBackup";
        start_verification(v1::StartVerificationRequest) -> v1::StartVerificationResponse, "StartVerification";
        start_compaction(v1::StartCompactionRequest) -> v1::StartCompactionResponse, "StartCompaction";
        start_erasure(v1::StartErasureRequest) -> v1::StartErasureResponse, "StartErasure";
        get_operation(v1::GetOperationRequest) -> v1::GetOperationResponse, "GetOperation";
        list_operations(v1::ListOperationsRequest) -> v1::ListOperationsResponse, "ListOperations";
        cancel_operation(v1::CancelOperationRequest) -> v1::CancelOperationResponse, "CancelOperation";
        list_ledger_entries(v1::ListLedgerEntriesRequest) -> v1::ListLedgerEntriesResponse, "ListLedgerEntries";
    }
}
