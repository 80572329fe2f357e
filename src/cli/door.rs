//! Where the query commands ask: a store at hand, or a server. Both take and give the messages of the protocol, so that a command
//! prints the same either way.

use crate::client::Client;
use crate::error::{Error, Result};
use crate::server::Answers;
use crate::service::keep::Keep;
use crate::service::lookup::Lookup;
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
    /// SearchService.SearchProfiles.
    search_profiles(SearchProfilesRequest) -> SearchProfilesResponse;
    /// ExplainService.ExplainPair.
    explain_pair(ExplainPairRequest) -> ExplainPairResponse;
    /// FeatureService.GetFeatures.
    get_features(GetFeaturesRequest) -> GetFeaturesResponse;
}
