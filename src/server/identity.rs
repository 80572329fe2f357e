//! IdentityService: brings its calls to [`Answers`].

use super::{Answered, Answers, Calls};
use crate::wire::v1;
use tonic::Request;
use v1::identity_service_server::IdentityService;

#[tonic::async_trait]
impl IdentityService for Calls {
    async fn resolve_identity(&self, request: Request<v1::ResolveIdentityRequest>) -> Answered<v1::ResolveIdentityResponse> {
        match request.get_ref().as_of {
            // The past does not change while it is read.
            Some(_) => self.answer_unheld(request, Answers::resolve_identity).await,
            None => self.answer(request, Answers::resolve_identity).await,
        }
    }

    async fn batch_resolve_identities(
        &self,
        request: Request<v1::BatchResolveIdentitiesRequest>,
    ) -> Answered<v1::BatchResolveIdentitiesResponse> {
        match request.get_ref().as_of {
            // The past does not change while it is read.
            Some(_) => self.answer_unheld(request, Answers::batch_resolve_identities).await,
            None => self.answer(request, Answers::batch_resolve_identities).await,
        }
    }

    async fn get_profile(&self, request: Request<v1::GetProfileRequest>) -> Answered<v1::GetProfileResponse> {
        match request.get_ref().as_of {
            // The past does not change while it is read.
            Some(_) => self.answer_unheld(request, Answers::get_profile).await,
            None => self.answer(request, Answers::get_profile).await,
        }
    }

    async fn batch_get_profiles(&self, request: Request<v1::BatchGetProfilesRequest>) -> Answered<v1::BatchGetProfilesResponse> {
        match request.get_ref().as_of {
            // The past does not change while it is read.
            Some(_) => self.answer_unheld(request, Answers::batch_get_profiles).await,
            None => self.answer(request, Answers::batch_get_profiles).await,
        }
    }

    async fn list_profiles(&self, request: Request<v1::ListProfilesRequest>) -> Answered<v1::ListProfilesResponse> {
        self.answer(request, Answers::list_profiles).await
    }

    async fn list_records(&self, request: Request<v1::ListRecordsRequest>) -> Answered<v1::ListRecordsResponse> {
        self.answer(request, Answers::list_records).await
    }

    async fn list_clusters(&self, request: Request<v1::ListClustersRequest>) -> Answered<v1::ListClustersResponse> {
        self.answer(request, Answers::list_clusters).await
    }

    async fn list_identity_changes(&self, request: Request<v1::ListIdentityChangesRequest>) -> Answered<v1::ListIdentityChangesResponse> {
        self.answer(request, Answers::list_identity_changes).await
    }
}
