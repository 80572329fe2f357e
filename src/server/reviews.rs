//! ReviewService: what stewards decide.

use super::answers::{Answers, no_unmask_reason};
use super::page::Pages;
use super::writes::now;
use super::{Answered, Calls};
use crate::error::{Error, Result};
use crate::one_id::history::Cause;
use crate::record::RecordKey;
use crate::service::joined::Side;
use crate::service::judgement::{JudgementRow, Standing, Verdict};
use crate::service::review::{Question, ReviewRow, ReviewState};
use crate::service::upsert::{Reply, Write};
use crate::wire::explanation::pair_explanation;
use crate::wire::record::instant;
use crate::wire::v1;
use tonic::Request;
use v1::review_service_server::ReviewService;

impl Answers {
    /// ReviewService.ListReviewItems.
    pub fn list_review_items(&self, request: v1::ListReviewItemsRequest) -> Result<v1::ListReviewItemsResponse> {
        let state =
            v1::ReviewState::try_from(request.state).map_err(|_| Error::usage(format!("{} is no state of an item", request.state)))?;
        let reason =
            |number: &i32| v1::ReviewReason::try_from(*number).map_err(|_| Error::usage(format!("{number} is no reason for a review")));
        let reasons = request.reasons.iter().map(reason).collect::<Result<Vec<_>>>()?;
        let pages = Pages::new("ListReviewItems", &format!("{state:?} {reasons:?}"), request.page_size)?;
        let offset = pages.offset(&request.page_token)?;
        let wanted = |row: &ReviewRow| {
            (state == v1::ReviewState::Unspecified || wire_state(&row.state) == state)
                && (reasons.is_empty() || reasons.contains(&wire_reason(row.question)))
        };
        let rows: Vec<ReviewRow> = self.lookup.reviews()?.into_iter().filter(wanted).collect();
        let items = rows.iter().skip(offset).take(pages.size).map(review_item).collect::<Vec<_>>();
        Ok(v1::ListReviewItemsResponse { next_page_token: pages.next(offset + items.len(), rows.len()), review_items: items })
    }

    /// ReviewService.GetReviewItem.
    pub fn get_review_item(&self, request: v1::GetReviewItemRequest) -> Result<v1::GetReviewItemResponse> {
        no_unmask_reason(&request.unmask_reason)?;
        let row = self.lookup.review(&request.review_item_id.to_uppercase())?;
        // A pair of which a record is gone cannot be explained any more.
        let pair = self.lookup.explain_sides(&Side::Record(row.a.clone()), &Side::Record(row.b.clone())).ok();
        let explanation = pair.map(|pair| pair_explanation(&pair.explanation, (pair.one_id_a, pair.one_id_b), pair.assurance));
        Ok(v1::GetReviewItemResponse { review_item: Some(review_item(&row)), explanation })
    }

    /// ReviewService.DecideReviewItem.
    pub fn decide_review_item(&self, request: v1::DecideReviewItemRequest) -> Result<v1::DecideReviewItemResponse> {
        let verdict = verdict(request.verdict)?;
        let write = Write::Decide(request.review_item_id.to_uppercase().into(), verdict, request.reason.as_str().into());
        let reply = self.write(self.asked(write, &request.request_id, now()))?;
        let row = self.lookup.review(&request.review_item_id.to_uppercase())?;
        Ok(v1::DecideReviewItemResponse {
            review_item: Some(review_item(&row)),
            judgement: self.judgement(&reply)?,
            changes: self.changes(&reply, &cause(&reply, false))?,
            journal_position: reply.position,
        })
    }

    /// ReviewService.CreateJudgement.
    pub fn create_judgement(&self, request: v1::CreateJudgementRequest) -> Result<v1::CreateJudgementResponse> {
        let verdict = verdict(request.verdict)?;
        let (left, right) = (side("left", request.left.as_ref())?, side("right", request.right.as_ref())?);
        let write = Write::Judge(verdict, left, right, request.reason.as_str().into());
        let reply = self.write(self.asked(write, &request.request_id, now()))?;
        Ok(v1::CreateJudgementResponse {
            judgement: self.judgement(&reply)?,
            changes: self.changes(&reply, &cause(&reply, false))?,
            journal_position: reply.position,
        })
    }

    /// ReviewService.WithdrawJudgement.
    pub fn withdraw_judgement(&self, request: v1::WithdrawJudgementRequest) -> Result<v1::WithdrawJudgementResponse> {
        let write = Write::Withdraw(request.judgement_id.to_uppercase().into(), request.reason.as_str().into());
        let reply = self.write(self.asked(write, &request.request_id, now()))?;
        Ok(v1::WithdrawJudgementResponse {
            judgement: self.judgement(&reply)?,
            changes: self.changes(&reply, &cause(&reply, true))?,
            journal_position: reply.position,
        })
    }

    /// ReviewService.ListJudgements.
    pub fn list_judgements(&self, request: v1::ListJudgementsRequest) -> Result<v1::ListJudgementsResponse> {
        let of = request.record_key.as_ref().map(RecordKey::try_from).transpose()?;
        let asked = format!("{} {}", request.include_withdrawn, of.as_ref().map(ToString::to_string).unwrap_or_default());
        let pages = Pages::new("ListJudgements", &asked, request.page_size)?;
        let offset = pages.offset(&request.page_token)?;
        let mut rows = self.lookup.judgements()?;
        rows.retain(|(row, _)| request.include_withdrawn || row.withdrawn.is_none());
        rows.retain(|(row, _)| of.as_ref().is_none_or(|key| row.a == *key || row.b == *key));
        let judgements: Vec<v1::Judgement> = rows.iter().skip(offset).take(pages.size).map(judgement).collect();
        Ok(v1::ListJudgementsResponse { next_page_token: pages.next(offset + judgements.len(), rows.len()), judgements })
    }

    fn judgement(&self, reply: &Reply) -> Result<Option<v1::Judgement>> {
        reply.judgement.as_ref().map(|id| self.lookup.judgement(id).map(|found| judgement(&found))).transpose()
    }

    fn changes(&self, reply: &Reply, cause: &Cause) -> Result<Vec<v1::IdentityChange>> {
        let _still = self.lookup.still();
        self.changes_by(reply.changes.iter().map(|(one_id, _)| *one_id), cause, reply.position)
    }
}

fn side(name: &str, key: Option<&v1::RecordKey>) -> Result<RecordKey> {
    let key = key.ok_or_else(|| Error::usage("the record is missing")).and_then(RecordKey::try_from);
    key.map_err(|error| error.at(name))
}

fn verdict(number: i32) -> Result<Verdict> {
    match v1::Verdict::try_from(number) {
        Ok(v1::Verdict::MustLink) => Ok(Verdict::MustLink),
        Ok(v1::Verdict::CannotLink) => Ok(Verdict::CannotLink),
        Ok(v1::Verdict::CertificateChanged) => Ok(Verdict::CertificateChanged),
        Ok(v1::Verdict::Unspecified) => Err(Error::usage("the verdict is missing")),
        Err(_) => Err(Error::usage(format!("{number} is no verdict"))),
    }
}

const fn wire_verdict(verdict: Verdict) -> v1::Verdict {
    match verdict {
        Verdict::MustLink => v1::Verdict::MustLink,
        Verdict::CannotLink => v1::Verdict::CannotLink,
        Verdict::CertificateChanged => v1::Verdict::CertificateChanged,
    }
}

const fn wire_reason(question: Question) -> v1::ReviewReason {
    match question {
        Question::InDoubt => v1::ReviewReason::UncertainPair,
        Question::TwoCertificates | Question::ClustersWithTwoCertificates => v1::ReviewReason::TwoCertificates,
        Question::BetweenTwo => v1::ReviewReason::TwoClusters,
        Question::ClustersDisagree => v1::ReviewReason::ClustersDisagree,
        Question::AgainstJudgement => v1::ReviewReason::AgainstJudgement,
        Question::StaleJudgement => v1::ReviewReason::StaleJudgement,
    }
}

const fn wire_state(state: &ReviewState) -> v1::ReviewState {
    match state {
        ReviewState::Open => v1::ReviewState::Open,
        ReviewState::Decided(_) => v1::ReviewState::Decided,
        ReviewState::Obsolete => v1::ReviewState::Obsolete,
    }
}

fn review_item(row: &ReviewRow) -> v1::ReviewItem {
    v1::ReviewItem {
        review_item_id: row.id.to_string(),
        reason: wire_reason(row.question).into(),
        state: wire_state(&row.state).into(),
        left: Some((&row.a).into()),
        right: Some((&row.b).into()),
        total_weight: Some(row.weight.into()),
        match_probability: row.weight.probability().value(),
        created_time: Some(instant(row.opened)),
        judgement_id: if let ReviewState::Decided(id) = &row.state { id.to_string() } else { String::new() },
    }
}

fn judgement((row, standing): &(JudgementRow, Standing)) -> v1::Judgement {
    v1::Judgement {
        judgement_id: row.id.to_string(),
        verdict: wire_verdict(row.verdict).into(),
        left: Some((&row.a).into()),
        right: Some((&row.b).into()),
        reason: row.reason.to_string(),
        author: row.author.to_string(),
        created_time: Some(instant(row.time)),
        is_stale: *standing == Standing::Stale,
        withdrawn_time: row.withdrawn.as_ref().map(|withdrawal| instant(withdrawal.time)),
        withdrawn_by: row.withdrawn.as_ref().map(|withdrawal| withdrawal.author.to_string()).unwrap_or_default(),
        withdrawal_reason: row.withdrawn.as_ref().map(|withdrawal| withdrawal.reason.to_string()).unwrap_or_default(),
        is_waiting: *standing == Standing::Waiting,
    }
}

fn cause(reply: &Reply, is_withdrawal: bool) -> Cause {
    let id = reply.judgement.as_ref().map(ToString::to_string).unwrap_or_default();
    if is_withdrawal { Cause::Withdrawn(id) } else { Cause::Judged(id) }
}

#[tonic::async_trait]
impl ReviewService for Calls {
    async fn list_review_items(&self, request: Request<v1::ListReviewItemsRequest>) -> Answered<v1::ListReviewItemsResponse> {
        self.answer(request, Answers::list_review_items).await
    }

    async fn get_review_item(&self, request: Request<v1::GetReviewItemRequest>) -> Answered<v1::GetReviewItemResponse> {
        self.answer(request, Answers::get_review_item).await
    }

    async fn decide_review_item(&self, request: Request<v1::DecideReviewItemRequest>) -> Answered<v1::DecideReviewItemResponse> {
        self.answer_unheld(request, Answers::decide_review_item).await
    }

    async fn create_judgement(&self, request: Request<v1::CreateJudgementRequest>) -> Answered<v1::CreateJudgementResponse> {
        self.answer_unheld(request, Answers::create_judgement).await
    }

    async fn withdraw_judgement(&self, request: Request<v1::WithdrawJudgementRequest>) -> Answered<v1::WithdrawJudgementResponse> {
        self.answer_unheld(request, Answers::withdraw_judgement).await
    }

    async fn list_judgements(&self, request: Request<v1::ListJudgementsRequest>) -> Answered<v1::ListJudgementsResponse> {
        self.answer(request, Answers::list_judgements).await
    }
}
