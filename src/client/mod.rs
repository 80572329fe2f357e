//! The calls of the protocol for programs that do not know async: connect, ask, get the answer or an error of ours.
//!
//! 1. [`Client::connect`] opens one HTTP/2 connection; it is plain text, as the server's is, so it leads to loopback only.
//! 2. Each method is the call of its name and blocks until its answer is there.
//! 3. `status` turns gRPC statuses back into errors with their class, so that a caller branches as if it had asked the store itself.
//!
//! Never here: reading stores, or anything that looks into an answer.

mod status;

use crate::error::{Error, ErrorClass, Result};
use crate::limits::{ANSWER_BYTES_MAX, CLIENT_CONNECT_SECONDS, REQUEST_BYTES_MAX};
use crate::wire::v1;
use std::net::IpAddr;
use std::time::Duration;
use tokio::runtime::Runtime;
use tonic::transport::{Channel, Endpoint};
use v1::explain_service_client::ExplainServiceClient;
use v1::feature_service_client::FeatureServiceClient;
use v1::identity_service_client::IdentityServiceClient;
use v1::record_service_client::RecordServiceClient;
use v1::review_service_client::ReviewServiceClient;
use v1::search_service_client::SearchServiceClient;

/// A connection to a server.
pub struct Client {
    runtime: Runtime,
    channel: Channel,
    url: String,
}

impl Client {
    /// Connects to a server by `http://HOST:PORT` or `HOST:PORT`, where the host is `localhost` or a loopback address. Another
    /// host is a usage error before anything is sent; a server that is not reached is class io.
    pub fn connect(url: &str) -> Result<Client> {
        let url = match url.split_once("://") {
            None => format!("http://{url}"),
            Some(("http", _)) => url.to_owned(),
            Some((scheme, _)) => return Err(Error::usage(format!("an endpoint begins with http://, not {scheme}://"))),
        };
        let wrong = |cause: tonic::transport::Error| Error::usage(format!("{url} is not an endpoint (http://HOST:PORT): {cause}"));
        let endpoint = Endpoint::from_shared(url.clone()).map_err(wrong)?.connect_timeout(Duration::from_secs(CLIENT_CONNECT_SECONDS));
        refuse_unless_loopback(&url, endpoint.uri().host().unwrap_or_default())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|cause| Error::io("cannot start the client", &cause))?;
        let channel = runtime.block_on(endpoint.connect()).map_err(|cause| {
            let reason = innermost(&cause);
            Error::new(ErrorClass::Io, format!("cannot reach a server at {url} ({reason}); oneid serve starts one"))
        })?;
        Ok(Client { runtime, channel, url })
    }
}

/// The error of a gRPC status code and message that an operation ended with.
pub fn error_of(status_code: u32, message: &str) -> Error {
    status::of_code(status_code, message)
}

/// Personal data would cross the network readable and to whoever answers. Names are not looked up: their owner decides where they
/// lead.
fn refuse_unless_loopback(url: &str, host: &str) -> Result<()> {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    if host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback()) {
        return Ok(());
    }
    let message = format!(
        "{url} is not on this machine: the protocol has neither TLS nor a login yet, so only loopback endpoints are called, such as \
         http://127.0.0.1:7878; run oneid where the server runs, or bring its port here by an SSH tunnel"
    );
    Err(Error::usage(message))
}

/// The last of an error's causes, which says most.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// Methods that call a service: name, request, answer.
macro_rules! calls {
    ($client:ident { $($(#[$doc:meta])+ $method:ident($request:ident) -> $answer:ident;)+ }) => {
        impl Client {
            $(
                $(#[$doc])+
                pub fn $method(&self, request: v1::$request) -> Result<v1::$answer> {
                    let client = $client::new(self.channel.clone());
                    let mut client =
                        client.max_decoding_message_size(ANSWER_BYTES_MAX).max_encoding_message_size(REQUEST_BYTES_MAX);
                    let answered = self.runtime.block_on(client.$method(request));
                    answered.map(tonic::Response::into_inner).map_err(|status| status::error(&status, &self.url))
                }
            )+
        }
    };
}

calls! {
    IdentityServiceClient {
        /// IdentityService.ResolveIdentity.
        resolve_identity(ResolveIdentityRequest) -> ResolveIdentityResponse;
        /// IdentityService.BatchResolveIdentities.
        batch_resolve_identities(BatchResolveIdentitiesRequest) -> BatchResolveIdentitiesResponse;
        /// IdentityService.GetProfile.
        get_profile(GetProfileRequest) -> GetProfileResponse;
        /// IdentityService.BatchGetProfiles.
        batch_get_profiles(BatchGetProfilesRequest) -> BatchGetProfilesResponse;
        /// IdentityService.ListProfiles.
        list_profiles(ListProfilesRequest) -> ListProfilesResponse;
        /// IdentityService.ListRecords.
        list_records(ListRecordsRequest) -> ListRecordsResponse;
        /// IdentityService.ListClusters.
        list_clusters(ListClustersRequest) -> ListClustersResponse;
        /// IdentityService.ListIdentityChanges.
        list_identity_changes(ListIdentityChangesRequest) -> ListIdentityChangesResponse;
    }
}

calls! {
    RecordServiceClient {
        /// RecordService.UpsertRecord.
        upsert_record(UpsertRecordRequest) -> UpsertRecordResponse;
        /// RecordService.DeleteRecord.
        delete_record(DeleteRecordRequest) -> DeleteRecordResponse;
        /// RecordService.StartBatchJob.
        start_batch_job(StartBatchJobRequest) -> StartBatchJobResponse;
        /// RecordService.GetBatchJob.
        get_batch_job(GetBatchJobRequest) -> GetBatchJobResponse;
    }
}

calls! {
    ReviewServiceClient {
        /// ReviewService.ListReviewItems.
        list_review_items(ListReviewItemsRequest) -> ListReviewItemsResponse;
        /// ReviewService.GetReviewItem.
        get_review_item(GetReviewItemRequest) -> GetReviewItemResponse;
        /// ReviewService.DecideReviewItem.
        decide_review_item(DecideReviewItemRequest) -> DecideReviewItemResponse;
        /// ReviewService.CreateJudgement.
        create_judgement(CreateJudgementRequest) -> CreateJudgementResponse;
        /// ReviewService.WithdrawJudgement.
        withdraw_judgement(WithdrawJudgementRequest) -> WithdrawJudgementResponse;
        /// ReviewService.ListJudgements.
        list_judgements(ListJudgementsRequest) -> ListJudgementsResponse;
    }
}

calls! {
    SearchServiceClient {
        /// SearchService.SearchProfiles.
        search_profiles(SearchProfilesRequest) -> SearchProfilesResponse;
    }
}

calls! {
    ExplainServiceClient {
        /// ExplainService.ExplainPair.
        explain_pair(ExplainPairRequest) -> ExplainPairResponse;
    }
}

calls! {
    FeatureServiceClient {
        /// FeatureService.GetFeatures.
        get_features(GetFeaturesRequest) -> GetFeaturesResponse;
        /// FeatureService.BatchGetFeatures.
        batch_get_features(BatchGetFeaturesRequest) -> BatchGetFeaturesResponse;
    }
}
