//! Where the query commands ask: a store at hand, or a server. Both take and give the messages of the protocol, so that a command
//! prints the same either way.

use super::merge::now_microseconds;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::limits::JOURNAL_ACTOR_BYTES_MAX;
use crate::server::Answers;
use crate::service::keep::Keep;
use crate::service::lookup::Lookup;
use crate::service::upsert::{Desk, Writer};
use crate::wire::v1;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// `--store` or `--endpoint`.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct DoorArgs {
    /// Ask the store in this folder; no server may have it open
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Ask the server at this URL, such as http://127.0.0.1:7878
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
}

/// A store or a server.
pub enum Door {
    /// A store, opened by this process.
    Store(Box<Answers>),
    /// A server.
    Server(Box<Client>),
}

impl Door {
    /// Opens what the arguments name.
    pub fn open(args: &DoorArgs) -> Result<Door> {
        match (&args.store, &args.endpoint) {
            (Some(dir), _) => Ok(Door::Store(Box::new(Answers::new(open_store(dir)?)))),
            (None, Some(url)) => Ok(Door::Server(Box::new(Client::connect(url)?))),
            (None, None) => Err(Error::usage("name a --store or an --endpoint")),
        }
    }

    /// The same, to write.
    pub fn open_to_write(args: &DoorArgs) -> Result<Door> {
        match &args.store {
            Some(dir) => Ok(Door::Store(Box::new(open_store_to_write(dir, &actor())?))),
            None => Self::open(args),
        }
    }
}

/// Opens a store to ask and to write for `actor`; what was mended on the way is told on stderr.
pub fn open_store_to_write(dir: &Path, actor: &str) -> Result<Answers> {
    let mut keep = Keep::open(dir)?;
    let desk = Desk::open(&mut keep, now_microseconds())?;
    let lookup = Arc::new(Lookup::new(keep)?);
    for note in lookup.notes() {
        eprintln!("oneid: note: {note}");
    }
    let writer = Arc::new(Writer::start(Arc::clone(&lookup), desk, actor));
    Ok(Answers::writing(lookup, writer, actor))
}

/// Who runs the program, for the journal.
pub fn actor() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_string());
    let mut actor = String::from("cli:");
    for letter in user.chars().filter(|letter| !letter.is_control()) {
        if actor.len() + letter.len_utf8() > JOURNAL_ACTOR_BYTES_MAX {
            break;
        }
        actor.push(letter);
    }
    actor
}

/// Opens a store for questions; what was mended on the way is told on stderr.
pub fn open_store(dir: &Path) -> Result<Arc<Lookup>> {
    let lookup = Lookup::new(Keep::open(dir)?)?;
    for note in lookup.notes() {
        eprintln!("oneid: note: {note}");
    }
    Ok(Arc::new(lookup))
}

/// The calls that both ends answer.
macro_rules! calls {
    ($($(#[$doc:meta])+ $method:ident($request:ident) -> $answer:ident;)+) => {
        impl Door {
            $(
                $(#[$doc])+
                pub fn $method(&self, request: v1::$request) -> Result<v1::$answer> {
                    match self {
                        Door::Store(answers) => answers.$method(request),
                        Door::Server(client) => client.$method(request),
                    }
                }
            )+
        }
    };
}

calls! {
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
    /// SearchService.SearchProfiles.
    search_profiles(SearchProfilesRequest) -> SearchProfilesResponse;
    /// ExplainService.ExplainPair.
    explain_pair(ExplainPairRequest) -> ExplainPairResponse;
    /// FeatureService.GetFeatures.
    get_features(GetFeaturesRequest) -> GetFeaturesResponse;
}
