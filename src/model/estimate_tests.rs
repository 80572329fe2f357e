//! Estimation against data whose probabilities are known.

use super::*;

/// Draws pairs from known classes over three comparisons and checks that what was put in comes out.
#[test]
fn known_probabilities_are_found_again() {
    let place = |name: &str| place_of(name).expect("shipped");
    let (given, birth, id) = (place("given_name"), place("birth_date"), place("national_id"));
    let mut random = fastrand::Rng::with_seed(11);
    let mut draw = |chances: &[f64]| {
        let mut rest = random.f64();
        let level = chances.iter().position(|chance| {
            rest -= chance;
            rest < 0.0
        });
        u8::try_from(level.unwrap_or(chances.len() - 1) + 1).expect("few levels")
    };
    let m: [&[f64]; 3] = [&[0.7, 0.1, 0.1, 0.05, 0.05], &[0.9, 0.05, 0.02, 0.01, 0.02], &[0.8, 0.1, 0.05, 0.05]];
    let u: [&[f64]; 3] = [&[0.01, 0.01, 0.02, 0.06, 0.9], &[0.0001, 0.002, 0.01, 0.1, 0.8879], &[0.00001, 0.0001, 0.001, 0.99889]];
    let mut pair =
        |from: &[&[f64]; 3]| ComparisonVector::default().with(given, draw(from[0])).with(birth, draw(from[1])).with(id, draw(from[2]));
    let mut candidates = std::collections::BTreeMap::new();
    for number in 0..20_000 {
        let vector = if number < 4_000 { pair(&m) } else { pair(&u) };
        *candidates.entry(vector).or_insert(0) += 1;
    }
    let mut strangers = std::collections::BTreeMap::new();
    for _ in 0..200_000 {
        *strangers.entry(pair(&u)).or_insert(0) += 1;
    }
    let evidence = Evidence {
        candidates: candidates.into_iter().collect(),
        random: strangers.into_iter().collect(),
        records: 8_000,
        complete_levels: vec![0; library().len()],
        filled: vec![false; library().len()],
        ..Evidence::default()
    };
    let estimate = estimate(&evidence);
    assert!((estimate.prior.matches_per_record - 0.5).abs() < 0.03, "{:?}", estimate.prior);
    let found = estimate.comparisons.iter().find(|comparison| comparison.name == "given_name").expect("shown");
    for (level, expected) in found.levels.iter().zip(m[0]) {
        assert!((level.m - expected).abs() < 0.03, "{} {} {expected}", level.label, level.m);
    }
    assert_eq!(estimate.comparisons.len(), 3, "comparisons that nothing showed are left out");
}

#[test]
fn empty_evidence_gives_finite_weights() {
    let nothing = Evidence {
        candidates: Vec::new(),
        random: Vec::new(),
        records: 0,
        complete_levels: vec![0; library().len()],
        filled: vec![false; library().len()],
        ..Evidence::default()
    };
    let estimate = estimate(&nothing);
    assert!(estimate.comparisons.is_empty());
    assert!(estimate.prior.weight.stranger.bits().is_finite());
}

/// Two records make one pair, three make three: the classes must not run empty or below nothing.
#[test]
fn a_handful_of_records_gives_finite_weights() {
    for records in 0..6u64 {
        let pairs = records * records.saturating_sub(1) / 2;
        for agreeing in 0..=pairs {
            let vector = ComparisonVector::default().with(0, 1).with(1, 1);
            let apart = ComparisonVector::default().with(0, 5).with(1, 5);
            let evidence = Evidence {
                candidates: vec![(vector, agreeing)],
                random: vec![(vector, agreeing), (apart, pairs - agreeing)],
                records,
                complete_levels: library().iter().map(|comparison| comparison.exact_levels).collect(),
                filled: vec![false; library().len()],
                ..Evidence::default()
            };
            let estimate = estimate(&evidence);
            let prior = estimate.prior;
            assert!(prior.matches_per_record.is_finite() && prior.relatives_per_record.is_finite(), "{records} {agreeing} {prior:?}");
            let levels = estimate.comparisons.iter().flat_map(|comparison| &comparison.levels);
            for level in levels {
                assert!([level.m, level.u, level.relative].iter().all(|p| p.is_finite() && (0.0..=1.0).contains(p)), "{records} {level:?}");
            }
        }
    }
}

/// Couples with one e-mail address teach that relatives have one another's, and that it does not make one person of two names.
#[test]
fn numbers_used_for_each_other_are_learnt_of_relatives() {
    let last = |name: &str| place_of(name).map(|place| u8::try_from(library()[place].levels.len()).expect("few")).expect("shipped");
    let vector = |levels: &[(&str, u8)]| {
        let put = |vector: ComparisonVector, (name, level): &(&str, u8)| vector.with(place_of(name).expect("shipped"), *level);
        levels.iter().fold(ComparisonVector::default(), put)
    };
    let (other_name, other_address, other_email) = (last("given_name"), last("street"), last("email"));
    let person = vector(&[("family_name", 1), ("given_name", 1), ("sex", 1), ("street", 1), ("email", 1)]);
    let couple = |email: u8| vector(&[("family_name", 1), ("given_name", other_name), ("sex", 2), ("street", 1), ("email", email)]);
    let strangers =
        vector(&[("family_name", last("family_name")), ("given_name", other_name), ("street", other_address), ("email", other_email)]);
    let evidence = Evidence {
        candidates: vec![(person, 2_000), (couple(1), 300), (couple(other_email), 700), (strangers, 5_000)],
        random: vec![(strangers, 100_000)],
        records: 5_000,
        complete_levels: vec![0; library().len()],
        filled: vec![false; library().len()],
        ..Evidence::default()
    };
    let estimate = estimate(&evidence);
    let email = estimate.comparisons.iter().find(|comparison| comparison.name == "email").expect("shown");
    assert!((0.2..0.4).contains(&email.levels[0].relative), "{:?}", email.levels[0]);
    let weight = |vector: ComparisonVector| {
        let of = |comparison: &ComparisonModel| match vector.level(place_of(&comparison.name).expect("shipped")) {
            0 => MatchWeight::ZERO,
            level => comparison.levels[usize::from(level) - 1].weight.relative,
        };
        estimate.comparisons.iter().fold(estimate.prior.weight.relative, |sum, comparison| sum + of(comparison)).bits()
    };
    assert!(weight(person) > 5.0 && weight(couple(1)) < 0.0, "{} {}", weight(person), weight(couple(1)));
}

#[test]
fn levels_out_of_order_are_pooled() {
    let weights = monotone(&[0.5, 0.1, 0.3, 0.1], &[0.01, 0.09, 0.1, 0.8], &[0]);
    assert!(weights.windows(2).all(|pair| pair[0] >= pair[1]));
    assert_eq!(weights[1], weights[2]);
}

/// An identifier that strangers hardly ever share is assumed at one in ten million; data that show otherwise are believed.
#[test]
fn an_assumed_u_gives_way_to_pairs_that_deny_it() {
    assert_eq!(towards(1e-7, 0.5, 0.0, 0.0), 1e-7, "nothing was seen");
    let often = towards(1e-7, 0.5, 400.0, 40_000.0);
    assert!((0.007..0.011).contains(&often), "one pair in a hundred of forty thousand: {often}");
    let never = towards(1e-7, 0.5, 0.0, 1e8);
    assert!((4e-9..6e-9).contains(&never), "none of a hundred million: {never}");
    let few = towards(0.02, 0.5, 3.0, 30.0);
    assert!((0.02..0.1).contains(&few), "{few}");
}

/// Agreement on a frequent name may weigh less than a slip of a rare one: its values are told apart by their frequency.
#[test]
fn exact_levels_with_frequencies_are_not_pooled_with_the_others() {
    let (m, u) = ([0.7, 0.27, 0.03], [0.017, 0.001, 0.982]);
    let (pooled, apart) = (monotone(&m, &u, &[0]), monotone(&m, &u, &[0, 1]));
    assert_eq!(pooled[0], pooled[1]);
    assert!(apart[0] < apart[1] && apart[1] > apart[2], "{apart:?}");
    assert_eq!(apart[0], MatchWeight::from_ratio(0.7 / 0.017));
}
