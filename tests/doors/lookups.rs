//! Look-ups with more than one answer or none, retired One-IDs, masks, and what is refused.

use crate::world::world;
use oneid::error::ErrorClass;
use oneid::wire::v1;
use v1::identifier::Kind;

fn by(kind: Kind) -> v1::ResolveIdentityRequest {
    let subject = v1::resolve_identity_request::Subject::Identifier(v1::Identifier { kind: Some(kind) });
    v1::ResolveIdentityRequest { subject: Some(subject), ..Default::default() }
}

/// Phones of records, as their sources' people wrote them.
fn phones() -> Vec<String> {
    let records = world().records();
    let values = records.into_iter().flat_map(|record| record.values);
    values.filter(|value| value.field() == v1::Field::Phone && value.grade() == v1::Grade::Valid).map(|value| value.text).collect()
}

#[test]
fn a_phone_of_several_people_is_ambiguous_and_never_picks_one() {
    let answers = world().answers();
    let shared = phones().into_iter().find_map(|phone| {
        let answer = answers.resolve_identity(by(Kind::Phone(phone.clone()))).expect("readable");
        (answer.status() == v1::ResolutionStatus::Ambiguous).then_some((phone, answer))
    });
    let (phone, answer) = shared.expect("the fixture has families that share a phone");
    assert!(answer.one_id.is_empty() && answer.candidates.len() >= 2, "{answer:?}");
    assert_eq!(answer.candidate_count, answer.candidates.len() as u64);
    assert!(answer.candidates.is_sorted_by(|a, b| a.assurance >= b.assurance), "the best first: {answer:?}");
    let spaced = format!(" {} {} ", &phone[..6], &phone[6..]);
    let again = answers.resolve_identity(by(Kind::Phone(spaced))).expect("readable");
    assert_eq!(again, answer, "spaces do not matter");
}

#[test]
fn less_assured_holders_are_named_but_not_found() {
    let answers = world().answers();
    let answer = phones().into_iter().find_map(|phone| {
        let request = v1::ResolveIdentityRequest { minimum_assurance: v1::Assurance::Verified.into(), ..by(Kind::Phone(phone)) };
        let answer = answers.resolve_identity(request).expect("readable");
        (answer.status() == v1::ResolutionStatus::NotFound).then_some(answer)
    });
    let answer = answer.expect("a phone of somebody without a verified record");
    assert!(answer.one_id.is_empty() && !answer.candidates.is_empty(), "{answer:?}");
    assert!(answer.candidates.iter().all(|candidate| candidate.assurance() < v1::Assurance::Verified));
}

#[test]
fn a_retired_one_id_answers_with_its_redirect_and_is_told_by_its_successor() {
    let world = world();
    let answers = world.answers();
    let (retired, survivor) = (world.merged.0.to_string(), world.merged.1.to_string());
    let answer = answers.get_profile(v1::GetProfileRequest { one_id: retired.to_lowercase(), ..Default::default() }).expect("once given");
    assert_eq!((answer.status(), answer.profile), (v1::OneIdStatus::Retired, None));
    assert_eq!(answer.redirects.iter().map(|redirect| &redirect.one_id).collect::<Vec<_>>(), [&survivor]);
    let now = answers.get_profile(v1::GetProfileRequest { one_id: survivor, ..Default::default() }).expect("live");
    assert!(now.profile.expect("live").former_one_ids.contains(&retired));
    let records = answers.list_records(v1::ListRecordsRequest { one_id: retired.clone(), ..Default::default() }).expect("once given");
    assert!(records.records.is_empty());
    let features = answers.get_features(v1::GetFeaturesRequest { one_id: retired, as_of_time: None });
    assert_eq!(features.expect_err("retired").class(), ErrorClass::Conflict);
}

#[test]
fn a_read_mask_leaves_out_what_was_not_asked_for() {
    let world = world();
    let answers = world.answers();
    let mut request = v1::GetProfileRequest { one_id: world.merged.1.to_string(), ..Default::default() };
    let whole = answers.get_profile(request.clone()).expect("live").profile.expect("live");
    request.read_mask.get_or_insert_default().paths.push("record_count".into());
    let masked = answers.get_profile(request.clone()).expect("live").profile.expect("live");
    let expected = v1::Profile { one_id: whole.one_id.clone(), record_count: whole.record_count, ..Default::default() };
    assert_eq!(masked, expected);
    request.read_mask.get_or_insert_default().paths.push("fields.phone".into());
    assert_eq!(answers.get_profile(request).expect_err("no such path").class(), ErrorClass::Usage);
}

#[test]
fn values_say_where_they_come_from() {
    let world = world();
    let profile = world.answers().get_profile(v1::GetProfileRequest { one_id: world.merged.1.to_string(), ..Default::default() });
    let profile = profile.expect("live").profile.expect("live");
    let members: Vec<_> = profile.member_records.iter().filter_map(|member| member.record_key.clone()).collect();
    assert_eq!(members.len() as u64, profile.record_count);
    for value in profile.fields.iter().flat_map(|field| &field.values) {
        let provenance = value.provenance.as_ref().expect("every value has an origin");
        assert!(members.contains(provenance.record_key.as_ref().expect("a record")), "{value:?}");
        assert!(provenance.rule() != v1::SurvivorshipRule::Unspecified && provenance.supporting_records > 0, "{value:?}");
    }
}

#[test]
fn personal_data_stay_out_of_messages() {
    let answers = world().answers();
    for kind in [Kind::Phone("12x7canary".into()), Kind::Email("canary".into()), Kind::ResidentId("canary".into())] {
        let error = answers.resolve_identity(by(kind)).expect_err("unreadable");
        assert!(error.class() == ErrorClass::Usage && !error.to_string().contains("canary"), "{error}");
    }
}
