//! The protocol on the wire: statuses, every rpc of the descriptors, health and reflection.

use crate::world::world;
use oneid::server::start;
use oneid::wire::{FILE_DESCRIPTOR_SET, v1};
use prost::Message;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use v1::explain_service_client::ExplainServiceClient;
use v1::feature_service_client::FeatureServiceClient;
use v1::identity_service_client::IdentityServiceClient;
use v1::search_service_client::SearchServiceClient;

/// The rpcs that are built; every other one answers UNIMPLEMENTED.
const BUILT: &[&str] = &[
    "IdentityService/ResolveIdentity",
    "IdentityService/BatchResolveIdentities",
    "IdentityService/GetProfile",
    "IdentityService/BatchGetProfiles",
    "IdentityService/ListProfiles",
    "IdentityService/ListRecords",
    "IdentityService/ListClusters",
    "IdentityService/ListIdentityChanges",
    "RecordService/UpsertRecord",
    "RecordService/DeleteRecord",
    "RecordService/StreamRecords",
    "RecordService/StartBatchJob",
    "RecordService/GetBatchJob",
    "RecordService/ListBatchJobs",
    "RecordService/CancelBatchJob",
    "ReviewService/ListReviewItems",
    "ReviewService/GetReviewItem",
    "ReviewService/DecideReviewItem",
    "ReviewService/CreateJudgement",
    "ReviewService/WithdrawJudgement",
    "ReviewService/ListJudgements",
    "SearchService/SearchProfiles",
    "ExplainService/ExplainPair",
    "FeatureService/GetFeatures",
    "FeatureService/BatchGetFeatures",
];

/// Runs a test against a server on a free port.
fn served(test: impl AsyncFnOnce(Channel)) {
    let running = start(Arc::new(world().answers()), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let channel = Endpoint::from_shared(running.url()).expect("a URL").connect().await.expect("the server is there");
        test(channel).await;
    });
    drop(runtime);
    running.stop().expect("ended in order");
}

/// Calls with an empty message; on the wire every call is a stream of messages.
async fn call_empty(channel: &Channel, path: &str) -> Result<(), Status> {
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.expect("connected");
    let codec: tonic_prost::ProstCodec<(), ()> = tonic_prost::ProstCodec::default();
    let path = path.parse().expect("a path");
    let mut answers = grpc.streaming(Request::new(tokio_stream::once(())), path, codec).await?.into_inner();
    while answers.message().await?.is_some() {}
    Ok(())
}

#[test]
fn every_rpc_is_answered_or_says_that_it_is_not_built() {
    served(async |channel| {
        let set = prost_types::FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).expect("the build encoded it");
        let (mut built, mut services) = (Vec::new(), 0);
        for service in set.file.iter().filter(|file| file.package() == "oneid.v1").flat_map(|file| &file.service) {
            services += 1;
            for rpc in &service.method {
                let name = format!("{}/{}", service.name(), rpc.name());
                let answer = call_empty(&channel, &format!("/oneid.v1.{name}")).await;
                let code = answer.as_ref().map_or_else(Status::code, |()| Code::Ok);
                if BUILT.contains(&name.as_str()) {
                    // This server takes no writes; an empty name is nobody's.
                    let known = [Code::Ok, Code::InvalidArgument, Code::FailedPrecondition, Code::NotFound];
                    assert!(known.contains(&code), "{name}: {answer:?}");
                    built.push(name);
                } else {
                    let message = answer.expect_err("not built").message().to_owned();
                    assert_eq!(code, Code::Unimplemented, "{name}");
                    assert!(message.contains(&name.replace('/', ".")) && message.contains("not implemented"), "{name}: {message}");
                }
            }
        }
        assert_eq!((services, built.len()), (8, BUILT.len()), "{built:?}");
    });
}

#[test]
fn health_tells_which_services_are_built() {
    use tonic_health::pb::health_check_response::ServingStatus;
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    served(async |channel| {
        let mut health = HealthClient::new(channel);
        for service in [
            "",
            "oneid.v1.IdentityService",
            "oneid.v1.SearchService",
            "oneid.v1.ExplainService",
            "oneid.v1.RecordService",
            "oneid.v1.ReviewService",
        ] {
            let answer = health.check(HealthCheckRequest { service: service.into() }).await.expect(service).into_inner();
            assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
        }
        let unbuilt = health.check(HealthCheckRequest { service: "oneid.v1.WatchService".into() }).await;
        assert_eq!(unbuilt.expect_err("not built").code(), Code::NotFound);
    });
}

#[test]
fn reflection_lists_every_service() {
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
    served(async |channel| {
        let ask = tonic_reflection::pb::v1::ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let answers = ServerReflectionClient::new(channel).server_reflection_info(tokio_stream::once(ask)).await.expect("reflection");
        let answer = answers.into_inner().message().await.expect("an answer").expect("an answer");
        let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else { panic!("{answer:?}") };
        let names: Vec<String> = list.service.into_iter().map(|service| service.name).collect();
        let ours = names.iter().filter(|name| name.starts_with("oneid.v1.")).count();
        assert!(ours == 8 && names.iter().any(|name| name == "grpc.health.v1.Health"), "{names:?}");
    });
}

fn code<T: std::fmt::Debug>(answer: Result<T, Status>) -> (Code, String) {
    let status = answer.expect_err("refused");
    (status.code(), status.message().to_owned())
}

fn resolve(kind: Option<v1::identifier::Kind>) -> v1::ResolveIdentityRequest {
    let subject = v1::resolve_identity_request::Subject::Identifier(v1::Identifier { kind });
    v1::ResolveIdentityRequest { subject: Some(subject), ..Default::default() }
}

#[test]
fn wrong_calls_are_invalid_arguments_that_say_what_is_wrong() {
    use v1::identifier::Kind;
    served(async |channel| {
        let mut identity = IdentityServiceClient::new(channel.clone());
        let mut refused = Vec::new();
        refused.push((code(identity.resolve_identity(v1::ResolveIdentityRequest::default()).await), "subject"));
        refused.push((code(identity.resolve_identity(resolve(None)).await), "kind"));
        refused.push((code(identity.resolve_identity(resolve(Some(Kind::Phone("x".into())))).await), "phone"));
        let half = v1::RecordKey { source: "crm".into(), record_id: String::new() };
        refused.push((code(identity.resolve_identity(resolve(Some(Kind::RecordKey(half)))).await), "record id"));
        let request = v1::ResolveIdentityRequest { minimum_assurance: 9, ..resolve(Some(Kind::Device("d".into()))) };
        refused.push((code(identity.resolve_identity(request).await), "assurance"));
        let requests = vec![resolve(Some(Kind::Device("abcd".into()))), resolve(None)];
        let batch = v1::BatchResolveIdentitiesRequest { requests, as_of: None };
        refused.push((code(identity.batch_resolve_identities(batch).await), "requests[1]"));
        let batch = v1::BatchResolveIdentitiesRequest { requests: vec![resolve(None); 1_001], as_of: None };
        refused.push((code(identity.batch_resolve_identities(batch).await), "1001"));
        let request = v1::GetProfileRequest { one_id: "X".into(), ..Default::default() };
        refused.push((code(identity.get_profile(request).await), "One-ID"));
        refused.push((code(identity.list_clusters(v1::ListClustersRequest { page_size: 1_001, ..Default::default() }).await), "1001"));
        let request = v1::ListClustersRequest { page_token: "no token".into(), ..Default::default() };
        refused.push((code(identity.list_clusters(request).await), "page token"));
        let request = v1::ListRecordsRequest { one_id: "P0".into(), all_people: true, ..Default::default() };
        refused.push((code(identity.list_records(request).await), "exclude"));
        let mut explain = ExplainServiceClient::new(channel.clone());
        refused.push((code(explain.explain_pair(v1::ExplainPairRequest::default()).await), "left"));
        let mut features = FeatureServiceClient::new(channel.clone());
        for seconds in [-1, i64::MAX] {
            let as_of_time = Some(prost_types::Timestamp { seconds, nanos: 0 });
            let request = v1::GetFeaturesRequest { one_id: "P0000000000000000".into(), as_of_time };
            refused.push((code(features.get_features(request).await), "as_of_time"));
            let request = v1::BatchGetFeaturesRequest { one_ids: vec!["P0000000000000000".into()], as_of_time };
            refused.push((code(features.batch_get_features(request).await), "as_of_time"));
        }
        let query = "x".repeat(201);
        let mut search = SearchServiceClient::new(channel);
        refused.push((code(search.search_profiles(v1::SearchProfilesRequest { query, ..Default::default() }).await), "201"));
        for ((code, message), says) in refused {
            assert!(code == Code::InvalidArgument && message.contains(says), "{code:?} {message:?} should say {says:?}");
        }
    });
}

#[test]
fn unknown_people_and_records_are_not_found() {
    served(async |channel| {
        let mut identity = IdentityServiceClient::new(channel.clone());
        let unknown = v1::GetProfileRequest { one_id: "P0000000000000000".into(), ..Default::default() };
        assert_eq!(code(identity.get_profile(unknown).await).0, Code::NotFound);
        let phone = resolve(Some(v1::identifier::Kind::Phone("13911112222".into())));
        let answer = identity.resolve_identity(phone).await.expect("an answer, not an error").into_inner();
        assert_eq!((answer.status(), answer.candidates.len()), (v1::ResolutionStatus::NotFound, 0));
        let side = |id: &str| {
            let key = v1::RecordKey { source: "crm".into(), record_id: id.into() };
            Some(v1::PairSide { side: Some(v1::pair_side::Side::RecordKey(key)) })
        };
        let request = v1::ExplainPairRequest { left: side("1"), right: side("2"), ..Default::default() };
        assert_eq!(code(ExplainServiceClient::new(channel).explain_pair(request).await).0, Code::NotFound);
    });
}

#[test]
fn what_is_not_built_is_refused_and_not_passed_over() {
    let one_id = world().merged.1.to_string();
    served(async |channel| {
        let mut identity = IdentityServiceClient::new(channel);
        let mut refused = Vec::new();
        let request = v1::GetProfileRequest { one_id: one_id.clone(), unmask_reason: "case 1".into(), ..Default::default() };
        refused.push((code(identity.get_profile(request).await), "unmask_reason"));
        let attributes = v1::resolve_identity_request::Subject::Attributes(v1::Attributes::default());
        let request = v1::ResolveIdentityRequest { subject: Some(attributes), ..Default::default() };
        refused.push((code(identity.resolve_identity(request).await), "attributes"));
        let scoped = v1::OpenId { openid: "abcd".into(), app_id: "wx1".into() };
        refused.push((code(identity.resolve_identity(resolve(Some(v1::identifier::Kind::Openid(scoped)))).await), "app_id"));
        let order = v1::ClusterOrder::LeastAssuredFirst.into();
        refused.push((code(identity.list_clusters(v1::ListClustersRequest { order, ..Default::default() }).await), "LEAST_ASSURED"));
        for ((code, message), says) in refused {
            assert!(code == Code::Unimplemented && message.contains(says), "{code:?} {message:?} should say {says:?}");
        }
    });
}

#[test]
fn only_loopback_is_listened_on() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let error = start(Arc::new(world().answers()), address.parse().expect("an address")).err().expect("refused");
        assert_eq!(error.class(), oneid::error::ErrorClass::Usage, "{address}: {error}");
    }
}
