//! SearchService: finding people by what one remembers of them.

use super::page::Pages;
use super::{Answered, Answers, Calls};
use crate::error::Result;
use crate::limits::SEARCH_HITS_MAX;
use crate::wire::{profile, v1};
use tonic::Request;
use v1::search_service_server::SearchService;

impl Answers {
    /// SearchService.SearchProfiles.
    pub fn search_profiles(&self, request: v1::SearchProfilesRequest) -> Result<v1::SearchProfilesResponse> {
        let pages = Pages::new("SearchProfiles", &request.query, request.page_size)?;
        let offset = pages.offset(&request.page_token)?;
        let size = pages.size.min(SEARCH_HITS_MAX.saturating_sub(offset));
        let (hits, total) = self.lookup.search(&request.query, size, offset)?;
        let reached = usize::try_from(total).unwrap_or(usize::MAX).min(SEARCH_HITS_MAX);
        Ok(v1::SearchProfilesResponse {
            next_page_token: pages.next(offset + hits.len(), reached),
            hits: hits.iter().map(|hit| profile::search_hit(&hit.profile, hit.relevance)).collect(),
            total_hits: total,
            read_position: self.read_position(),
        })
    }
}

#[tonic::async_trait]
impl SearchService for Calls {
    async fn search_profiles(&self, request: Request<v1::SearchProfilesRequest>) -> Answered<v1::SearchProfilesResponse> {
        self.answer(request, Answers::search_profiles).await
    }
}
