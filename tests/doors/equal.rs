//! The same question to the store and to its server gets the same answer, and the same error.

use crate::world::{others, world};
use oneid::client::Client;
use oneid::engine::batch::ReviewReason;
use oneid::error::Result;
use oneid::record::RecordKey;
use oneid::server::Answers;
use oneid::wire::v1;
use std::fmt::Debug;
use v1::identifier::Kind;

/// Asks both; gives the answer, if it is one.
fn both<Q: Clone + Debug, A: PartialEq + Debug>(
    doors: (&Answers, &Client),
    here: fn(&Answers, Q) -> Result<A>,
    there: fn(&Client, Q) -> Result<A>,
    request: Q,
) -> Option<A> {
    match (here(doors.0, request.clone()), there(doors.1, request.clone())) {
        (Ok(here), Ok(there)) => {
            assert_eq!(here, there, "{request:?}");
            Some(here)
        }
        (Err(here), Err(there)) => {
            assert_eq!((here.class(), here.to_string()), (there.class(), there.to_string()), "{request:?}");
            None
        }
        (here, there) => panic!("{request:?}: here {here:?}, there {there:?}"),
    }
}

/// Every way in which a record's values name its person.
fn kinds(record: &v1::StoredRecord) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = record.key.clone().map(Kind::RecordKey).into_iter().collect();
    for value in &record.values {
        let text = value.text.clone();
        kinds.extend(match value.field() {
            v1::Field::Phone => Some(Kind::Phone(text)),
            v1::Field::Email => Some(Kind::Email(text)),
            v1::Field::ResidentId => Some(Kind::ResidentId(text)),
            v1::Field::Unionid => Some(Kind::Unionid(text)),
            v1::Field::Openid => Some(Kind::Openid(v1::OpenId { openid: text, app_id: String::new() })),
            v1::Field::Device => Some(Kind::Device(text)),
            v1::Field::CustomerNumber => Some(Kind::CustomerNumber(v1::CustomerNumber { number: text, issuer: String::new() })),
            v1::Field::Certificate => text.split_once(':').map(|(_, number)| {
                Kind::Certificate(v1::Certificate { r#type: v1::CertificateType::Unspecified.into(), number: number.into() })
            }),
            _ => None,
        });
    }
    kinds
}

fn resolve(kind: Kind, minimum_assurance: v1::Assurance) -> v1::ResolveIdentityRequest {
    let subject = v1::resolve_identity_request::Subject::Identifier(v1::Identifier { kind: Some(kind) });
    v1::ResolveIdentityRequest { subject: Some(subject), minimum_assurance: minimum_assurance.into(), as_of: None }
}

fn record_side(record: &v1::StoredRecord) -> Option<v1::PairSide> {
    Some(v1::PairSide { side: record.key.clone().map(v1::pair_side::Side::RecordKey) })
}

#[test]
fn look_ups_by_every_identifier_of_every_kind() {
    let world = world();
    let (answers, (running, client)) = (world.answers(), world.serve());
    let mut held = std::collections::BTreeMap::new();
    for record in world.records().iter().step_by(7) {
        for kind in kinds(record) {
            let name = format!("{kind:?}").split('(').next().map(str::to_owned);
            for least in [v1::Assurance::Probable, v1::Assurance::Unspecified, v1::Assurance::Verified] {
                let request = resolve(kind.clone(), least);
                let answer = both((&answers, &client), Answers::resolve_identity, Client::resolve_identity, request);
                let Some(answer) = answer else { continue };
                let by_any = least == v1::Assurance::Probable && answer.status() != v1::ResolutionStatus::NotFound;
                *held.entry(name.clone()).or_insert(0) += usize::from(by_any);
                let mut named = answer.candidates.iter().map(|candidate| &candidate.one_id).chain([&answer.one_id]);
                assert!(!by_any || named.any(|one_id| *one_id == record.one_id), "{kind:?}: {answer:?}");
            }
        }
    }
    assert!(held.len() >= 7 && held.values().all(|count| *count > 0), "a kind of identifier finds nobody: {held:?}");
    drop(client);
    running.stop().expect("ended in order");
}

#[test]
fn profiles_features_and_batches() {
    let world = world();
    let (answers, (running, client)) = (world.answers(), world.serve());
    let doors = (&answers, &client);
    let mut one_ids: Vec<String> = world.records().into_iter().step_by(11).map(|record| record.one_id).collect();
    one_ids.extend([world.merged.0.to_string(), "P0000000000000000".into(), "p".into()]);
    let (mut live, mut purchases) = (0, 0);
    for one_id in &one_ids {
        let request = v1::GetProfileRequest { one_id: one_id.clone(), ..Default::default() };
        live += both(doors, Answers::get_profile, Client::get_profile, request).map_or(0, |answer| usize::from(answer.profile.is_some()));
        let request = v1::GetFeaturesRequest { one_id: one_id.clone(), as_of_time: None };
        let features = both(doors, Answers::get_features, Client::get_features, request).and_then(|answer| answer.features);
        purchases += features.map_or(0, |features| features.purchases);
    }
    assert!(live > 20 && purchases > 20, "{live} profiles, {purchases} purchases");
    one_ids.pop();
    let request = v1::BatchGetProfilesRequest { one_ids: one_ids.clone(), ..Default::default() };
    let answer = both(doors, Answers::batch_get_profiles, Client::batch_get_profiles, request).expect("a batch");
    assert_eq!(answer.lookups.iter().filter(|lookup| lookup.status() == v1::OneIdStatus::Unspecified).count(), 1, "the unknown one");
    let request = v1::BatchGetFeaturesRequest { one_ids: one_ids.clone(), as_of_time: None };
    let answer = both(doors, Answers::batch_get_features, Client::batch_get_features, request).expect("a batch");
    assert_eq!((answer.features.len(), answer.missing_one_ids.len()), (one_ids.len() - 2, 2), "all but the unknown and the retired one");
    drop(client);
    running.stop().expect("ended in order");
}

#[test]
fn explanations_whose_parts_sum_to_the_whole() {
    let world = world();
    let (answers, (running, client)) = (world.answers(), world.serve());
    let doors = (&answers, &client);
    let records = world.records();
    let mut same = 0;
    let mut ask = |left: Option<v1::PairSide>, right: Option<v1::PairSide>| {
        let request = v1::ExplainPairRequest { left, right, ..Default::default() };
        if let Some(answer) = both(doors, Answers::explain_pair, Client::explain_pair, request) {
            same += usize::from(answer.same_person);
            let explanation = answer.explanation.clone().expect("explained");
            parts_sum(&explanation);
            path_leads(&answer, &explanation);
        }
    };
    for (left, right) in records.iter().step_by(5).zip(records.iter().skip(400).step_by(3)) {
        ask(record_side(left), record_side(right));
    }
    for record in records.iter().step_by(9) {
        let person = || Some(v1::PairSide { side: Some(v1::pair_side::Side::OneId(record.one_id.clone())) });
        ask(person(), person());
        ask(record_side(record), person());
        ask(record_side(record), None);
    }
    assert!(same > 20, "only {same} pairs of one person were explained");
    drop(client);
    running.stop().expect("ended in order");
}

/// What the cut refused is told as refused, with the numbers of the whole people.
#[test]
fn pairs_for_review_are_explained_by_what_kept_them_apart() {
    let world = world();
    let (of_others, reviews) = others();
    let mut seen = std::collections::BTreeMap::new();
    let of_world = world.answers();
    let all = world.reviews.iter().map(|review| (&of_world, review)).chain(reviews.iter().map(|review| (&of_others, review)));
    for (answers, (a, b, reason)) in all {
        let side = |key: &RecordKey| Some(v1::PairSide { side: Some(v1::pair_side::Side::RecordKey(key.into())) });
        let request = v1::ExplainPairRequest { left: side(a), right: side(b), ..Default::default() };
        let answer = answers.explain_pair(request).expect("explained");
        let pair = answer.explanation.expect("a pair");
        assert!(!answer.same_person && answer.path.is_empty(), "{a} and {b}");
        *seen.entry(reason.name()).or_insert(0) += 1;
        let groups = answer.groups.map(|groups| {
            let wholes = groups.explanation.clone().expect("a waterfall");
            parts_sum(&wholes);
            assert!(groups.left_members.contains(&a.into()) && groups.right_members.contains(&b.into()), "{groups:?}");
            let units = |weight: Option<v1::MatchWeight>| weight.expect("a weight").units;
            (units(wholes.total_weight) < units(groups.needed_weight), !wholes.vetoes.is_empty())
        });
        match reason {
            ReviewReason::TwoCertificates => assert!(!pair.vetoes.is_empty(), "{a} and {b}"),
            ReviewReason::InDoubt => {
                assert_eq!(pair.decision(), v1::Decision::Review, "{a} and {b}");
                let would_join = groups.is_some_and(|(under, vetoed)| !under && !vetoed);
                assert_eq!(answer.kept_apart, would_join, "{a} and {b} as wholes would be joined, and the answer does not say why not");
            }
            ReviewReason::ClustersWithTwoCertificates => assert_eq!(groups.map(|(_, vetoed)| vetoed), Some(true), "{a} and {b}"),
            ReviewReason::ClustersDisagree => {
                assert_eq!((pair.decision(), groups), (v1::Decision::Link, Some((true, false))), "{a} and {b}");
            }
            ReviewReason::BetweenTwo => {
                assert_eq!(pair.decision(), v1::Decision::Link, "{a} and {b}");
                assert!(answer.kept_apart && groups.is_none_or(|(under, vetoed)| !under && !vetoed), "{a} and {b}: {groups:?}");
            }
            ReviewReason::AgainstJudgement => panic!("nobody has ruled anything"),
        }
    }
    assert!(seen.len() >= 3 && seen.values().sum::<i32>() > 30, "{seen:?}");
}

/// Nobody's records are together without a reason that is told.
#[test]
fn every_pair_of_one_person_is_a_link_or_joined_by_links_or_as_wholes() {
    let world = world();
    let answers = world.answers();
    let records = world.records();
    let mut told = [0; 3];
    for left in records.iter().step_by(3) {
        for right in records.iter().filter(|right| right.one_id == left.one_id && right.key != left.key) {
            let request = v1::ExplainPairRequest { left: record_side(left), right: record_side(right), ..Default::default() };
            let answer = answers.explain_pair(request).expect("explained");
            match (answer.path.len(), answer.groups) {
                (2, None) => told[0] += 1,
                (3.., None) => told[1] += 1,
                (0, Some(groups)) => {
                    assert!(groups.left_members.iter().all(|key| !groups.right_members.contains(key)), "{groups:?}");
                    told[2] += 1;
                }
                other => panic!("{:?} and {:?}: {other:?}", left.key, right.key),
            }
        }
    }
    assert!(told[0] > 100 && told[1] > 10, "{told:?}");
}

/// In units, against each rival and against the one that counts.
fn parts_sum(pair: &v1::PairExplanation) {
    let units = |weight: Option<v1::MatchWeight>| weight.expect("a weight").units;
    let prior = pair.prior.expect("a prior");
    let sum =
        |prior: i64, of: fn(&v1::ComparisonRow) -> Option<v1::MatchWeight>| prior + pair.rows.iter().map(|row| units(of(row))).sum::<i64>();
    let total = pair.total_weights.expect("totals");
    let weights = prior.weights.expect("weights");
    assert_eq!(sum(units(prior.weight), |row| row.weight), units(pair.total_weight));
    assert_eq!(sum(units(weights.strangers), |row| row.weights?.strangers), units(total.strangers));
    assert_eq!(sum(units(weights.relatives), |row| row.weights?.relatives), units(total.relatives));
    assert_eq!(units(pair.total_weight), units(total.strangers).min(units(total.relatives)), "the stronger rival counts");
    for row in &pair.rows {
        let adjustment = row.term_frequency_adjustment.as_ref().map_or(0, |adjustment| units(adjustment.weight));
        assert_eq!(units(row.level_weight) + adjustment, units(row.weight), "{row:?}");
        assert_eq!(row.weight.expect("a weight").bits * 1_048_576.0, units(row.weight) as f64, "bits are the units");
        let of_rival = if pair.rival() == v1::Rival::Relatives { row.relatives_probability } else { row.u_probability };
        let (m, rival) = (row.pooled_m_probability.or(row.m_probability), row.pooled_rival_probability.or(of_rival));
        if let (Some(m), Some(rival)) = (m, rival) {
            // Probabilities below a billionth count as one, and no level passes 64 bits.
            let own = (m.max(1e-9) / rival.max(1e-9)).log2();
            let bits = units(row.level_weight) as f64 / 1_048_576.0;
            assert!((own - bits).abs() < 1e-3 || m.min(rival) < 1e-8, "the probabilities shown give {own} bits, not {bits}: {row:?}");
        }
    }
}

fn path_leads(answer: &v1::ExplainPairResponse, pair: &v1::PairExplanation) {
    let key = |record: &Option<v1::ExplainedRecord>| record.as_ref().and_then(|record| record.record_key.clone());
    if let [first, .., last] = answer.path.as_slice() {
        assert!(answer.same_person);
        assert_eq!((Some(first), Some(last)), (key(&pair.left).as_ref(), key(&pair.right).as_ref()));
    }
    let linked = pair.decision() == v1::Decision::Link && !pair.blocking_rules.is_empty();
    assert!(!(answer.same_person && linked) || answer.path.len() == 2, "a direct link is the whole way: {:?}", answer.path);
}

#[test]
fn searches_lists_and_their_pages() {
    let world = world();
    let (answers, (running, client)) = (world.answers(), world.serve());
    let doors = (&answers, &client);
    for query in ["zhang", "王", "8613", "", "!!!", &"x ".repeat(99), "北京"] {
        let mut asked = v1::SearchProfilesRequest { query: query.into(), page_size: 3, page_token: String::new() };
        let mut seen = Vec::new();
        while let Some(page) = both(doors, Answers::search_profiles, Client::search_profiles, asked.clone()) {
            seen.extend(page.hits.iter().map(|hit| hit.one_id.clone()));
            asked.page_token = page.next_page_token;
            if asked.page_token.is_empty() {
                assert_eq!(seen.len() as u64, page.total_hits, "{query}");
                break;
            }
        }
        each_once(seen);
    }
    let mut asked = v1::ListClustersRequest { minimum_record_count: 3, page_size: 7, ..Default::default() };
    let mut sizes = Vec::new();
    let mut people = Vec::new();
    while let Some(page) = both(doors, Answers::list_clusters, Client::list_clusters, asked.clone()) {
        sizes.extend(page.clusters.iter().map(|cluster| cluster.record_count));
        people.extend(page.clusters.iter().map(|cluster| cluster.one_id.clone()));
        asked.page_token = page.next_page_token;
        if asked.page_token.is_empty() {
            assert_eq!(people.len() as u64, page.total_clusters);
            break;
        }
    }
    assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes.last().is_some_and(|least| *least >= 3), "{sizes:?}");
    each_once(people);
    drop(client);
    running.stop().expect("ended in order");
}

#[test]
fn lists_of_profiles_and_records_are_complete() {
    let world = world();
    let (answers, (running, client)) = (world.answers(), world.serve());
    let doors = (&answers, &client);
    let mut asked = v1::ListProfilesRequest { page_size: 100, ..Default::default() };
    let mut listed = Vec::new();
    while let Some(page) = both(doors, Answers::list_profiles, Client::list_profiles, asked.clone()) {
        listed.extend(page.profiles);
        asked.page_token = page.next_page_token;
        if asked.page_token.is_empty() {
            break;
        }
    }
    let records = world.records();
    assert_eq!(listed.iter().map(|profile| profile.record_count).sum::<u64>(), records.len() as u64);
    let mut paged = Vec::new();
    for profile in &listed {
        let mut asked = v1::ListRecordsRequest { one_id: profile.one_id.clone(), page_size: 2, ..Default::default() };
        while let Some(page) = both(doors, Answers::list_records, Client::list_records, asked.clone()) {
            paged.extend(page.records);
            asked.page_token = page.next_page_token;
            if asked.page_token.is_empty() {
                break;
            }
        }
    }
    let key = |record: &v1::StoredRecord| record.key.clone().map(|key| (key.source, key.record_id));
    paged.sort_by_key(key);
    assert_eq!(paged, records, "the records of all people are all records, by source, then id");
    let mut asked = v1::ListRecordsRequest { all_people: true, page_size: 13, ..Default::default() };
    let mut all = Vec::new();
    while let Some(page) = both(doors, Answers::list_records, Client::list_records, asked.clone()) {
        all.extend(page.records);
        asked.page_token = page.next_page_token;
        if asked.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(all, records, "in small pages as in large ones");
    drop(client);
    running.stop().expect("ended in order");
}

fn each_once(mut one_ids: Vec<String>) {
    let count = one_ids.len();
    one_ids.sort_unstable();
    one_ids.dedup();
    assert_eq!(one_ids.len(), count, "somebody was listed twice");
}
