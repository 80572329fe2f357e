//! Calls whose names are settled and which are not built: they say so and do nothing.

use super::{Answered, Calls, Messages};
use crate::wire::v1;
use tonic::{Request, Status};

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
    watch_service_server::WatchService {
        watch_identities(v1::WatchIdentitiesRequest) -> Messages<v1::WatchIdentitiesResponse>, "WatchIdentities";
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
