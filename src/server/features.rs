//! FeatureService: what a customer is worth and how they behave.

use super::answers::{batch, one_id};
use super::{Answered, Answers, Calls, not_yet};
use crate::error::{ErrorClass, Result};
use crate::one_id::OneId;
use crate::wire::features::customer_features;
use crate::wire::record::{moment, timestamp};
use crate::wire::v1;
use tonic::Request;
use v1::feature_service_server::FeatureService;

impl Answers {
    /// FeatureService.GetFeatures.
    pub fn get_features(&self, request: v1::GetFeaturesRequest) -> Result<v1::GetFeaturesResponse> {
        let person = one_id(&request.one_id)?;
        let asked = request.as_of_time.as_ref().map(moment).transpose().map_err(|error| error.at("as_of_time"))?;
        let as_of = self.as_of(asked)?;
        Ok(v1::GetFeaturesResponse { features: Some(self.features(person, as_of)?), read_position: self.read_position() })
    }

    /// FeatureService.BatchGetFeatures.
    pub fn batch_get_features(&self, request: v1::BatchGetFeaturesRequest) -> Result<v1::BatchGetFeaturesResponse> {
        batch("One-IDs", request.one_ids.len())?;
        let asked = request.as_of_time.as_ref().map(moment).transpose().map_err(|error| error.at("as_of_time"))?;
        let as_of = self.as_of(asked)?;
        let mut response = v1::BatchGetFeaturesResponse { read_position: self.read_position(), ..Default::default() };
        for (place, text) in request.one_ids.into_iter().enumerate() {
            let person = one_id(&text).map_err(|error| error.at(format!("one_ids[{place}]")))?;
            match self.features(person, as_of) {
                Ok(features) => response.features.push(features),
                Err(error) if matches!(error.class(), ErrorClass::NotFound | ErrorClass::Conflict) => response.missing_one_ids.push(text),
                Err(error) => return Err(error),
            }
        }
        Ok(response)
    }

    /// The moment asked for, else that of the last event in the store but never later than now, else none: the store has no events.
    fn as_of(&self, asked: Option<i64>) -> Result<Option<i64>> {
        match asked {
            Some(seconds) => Ok(Some(seconds)),
            None => Ok(self.lookup.last_event_time()?.map(|last| last.min(now()))),
        }
    }

    fn features(&self, person: OneId, as_of: Option<i64>) -> Result<v1::CustomerFeatures> {
        let features = customer_features(&person.to_string(), &self.lookup.features(person, as_of.unwrap_or(0))?);
        Ok(v1::CustomerFeatures { as_of_time: as_of.map(timestamp), ..features })
    }
}

/// Seconds since 1970 by the system's clock.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[tonic::async_trait]
impl FeatureService for Calls {
    async fn get_features(&self, request: Request<v1::GetFeaturesRequest>) -> Answered<v1::GetFeaturesResponse> {
        self.answer(request, Answers::get_features).await
    }

    async fn batch_get_features(&self, request: Request<v1::BatchGetFeaturesRequest>) -> Answered<v1::BatchGetFeaturesResponse> {
        self.answer(request, Answers::batch_get_features).await
    }

    async fn list_events(&self, _: Request<v1::ListEventsRequest>) -> Answered<v1::ListEventsResponse> {
        Err(not_yet::status("FeatureService.ListEvents"))
    }
}
