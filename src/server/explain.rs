//! ExplainService: why two records are one person or are not.

use super::answers::{no_unmask_reason, one_id, only_now};
use super::{Answered, Answers, Calls, not_yet};
use crate::error::{Error, Result};
use crate::limits::PROFILE_MEMBERS_MAX;
use crate::link::Assurance;
use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::service::joined::Side;
use crate::service::lookup::GroupsAnswer;
use crate::wire::explanation::pair_explanation;
use crate::wire::v1;
use tonic::Request;
use v1::explain_service_server::ExplainService;

impl Answers {
    /// ExplainService.ExplainPair.
    pub fn explain_pair(&self, request: v1::ExplainPairRequest) -> Result<v1::ExplainPairResponse> {
        only_now(request.as_of.as_ref())?;
        no_unmask_reason(&request.unmask_reason)?;
        let (left, right) = (side("left", request.left)?, side("right", request.right)?);
        let pair = self.lookup.explain_sides(&left, &right)?;
        Ok(v1::ExplainPairResponse {
            explanation: Some(pair_explanation(&pair.explanation, (pair.one_id_a, pair.one_id_b), pair.assurance)),
            same_person: pair.one_id_a == pair.one_id_b,
            path: pair.path.iter().map(Into::into).collect(),
            read_position: self.read_position(),
            kept_apart: pair.kept_apart,
            groups: pair.groups.as_ref().map(|groups| groups_explained(groups, (pair.one_id_a, pair.one_id_b))),
        })
    }
}

fn groups_explained(groups: &GroupsAnswer, one_ids: (OneId, OneId)) -> v1::GroupsExplanation {
    let members = |keys: &[RecordKey]| keys.iter().take(PROFILE_MEMBERS_MAX).map(Into::into).collect();
    let count = |keys: &[RecordKey]| u32::try_from(keys.len()).unwrap_or(u32::MAX);
    v1::GroupsExplanation {
        explanation: Some(pair_explanation(&groups.explanation, one_ids, Assurance::Probable)),
        left_members: members(&groups.members_a),
        right_members: members(&groups.members_b),
        left_count: count(&groups.members_a),
        right_count: count(&groups.members_b),
        needed_weight: Some(groups.needed.into()),
    }
}

fn side(name: &str, side: Option<v1::PairSide>) -> Result<Side> {
    let read = match side.and_then(|side| side.side) {
        Some(v1::pair_side::Side::RecordKey(key)) => RecordKey::try_from(&key).map(Side::Record),
        Some(v1::pair_side::Side::OneId(text)) => one_id(&text).map(Side::Person),
        None => Err(Error::usage("this side is missing: name a record or a One-ID")),
    };
    read.map_err(|error| error.at(name))
}

#[tonic::async_trait]
impl ExplainService for Calls {
    async fn explain_pair(&self, request: Request<v1::ExplainPairRequest>) -> Answered<v1::ExplainPairResponse> {
        self.answer(request, Answers::explain_pair).await
    }

    async fn explain_cluster(&self, _: Request<v1::ExplainClusterRequest>) -> Answered<v1::ExplainClusterResponse> {
        Err(not_yet::status("ExplainService.ExplainCluster"))
    }

    async fn list_near_misses(&self, _: Request<v1::ListNearMissesRequest>) -> Answered<v1::ListNearMissesResponse> {
        Err(not_yet::status("ExplainService.ListNearMisses"))
    }

    async fn explain_what_if(&self, _: Request<v1::ExplainWhatIfRequest>) -> Answered<v1::ExplainWhatIfResponse> {
        Err(not_yet::status("ExplainService.ExplainWhatIf"))
    }
}
