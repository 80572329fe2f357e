//! How far the figures would move with other people of the same kind: bootstrap over people.
//!
//! People, not pairs, are drawn: pairs of one person stand and fall together, and an interval over pairs would be far too narrow.
//! Each draw counts a person as often as a Poisson variable of mean 1 says (the Poisson bootstrap, Hanley and MacGibbon 2006,
//! "Creating non-parametric bootstrap samples using Poisson frequencies"); a wrong pair belongs to its two people by halves. The
//! intervals hold the middle [`CONFIDENCE`] of what the draws give (percentile method, Efron and Tibshirani 1993, section 13.3).

use super::overlap::{overlaps, pairs};
use crate::limits::{BOOTSTRAP_DRAWS_MAX, BOOTSTRAP_DRAWS_MIN, BOOTSTRAP_PEOPLE_DRAWN_MAX};
use serde::Serialize;

/// Share of the draws within an interval.
pub const CONFIDENCE: f64 = 0.95;

/// A lower and an upper bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    /// The lower.
    pub low: f64,
    /// The upper.
    pub high: f64,
}

/// Intervals of a precision, a recall and their harmonic mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FigureIntervals {
    /// Of what was found, the share that is right.
    pub precision: Interval,
    /// Of what is right, the share that was found.
    pub recall: Interval,
    /// 2PR/(P+R).
    pub f1: Interval,
}

/// Intervals of the figures of an evaluation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Intervals {
    /// Draws made.
    pub draws: u64,
    /// Share of the draws within each interval.
    pub confidence: f64,
    /// Over pairs.
    pub pairwise: FigureIntervals,
    /// Over records.
    pub b_cubed: FigureIntervals,
    /// Over clusters found whole and without strangers.
    pub exact_cluster: FigureIntervals,
    /// People who share a found cluster with somebody else, for every 10,000 found clusters of two records and more.
    pub over_merged_people_per_10_000: Interval,
}

/// What one person adds to each sum that a figure is made of.
#[derive(Clone, Copy, Default)]
struct Parts([f64; 11]);

const RIGHT: usize = 0;
const WRONG: usize = 1;
const TRUE: usize = 2;
const B_PRECISION: usize = 3;
const B_RECALL: usize = 4;
const RECORDS: usize = 5;
const EXACT: usize = 6;
const FOUND: usize = 7;
const PERSON: usize = 8;
const OVER_MERGED: usize = 9;
const FOUND_TWO: usize = 10;

/// Intervals by draws of people; the same `seed` gives the same ones. Nothing with fewer than two people.
pub fn intervals(truth: &[u64], found: &[u64], seed: u64) -> Option<Intervals> {
    let people = people(truth, found);
    if people.len() < 2 {
        return None;
    }
    let most = BOOTSTRAP_PEOPLE_DRAWN_MAX / people.len() as u64;
    let draws = most.clamp(BOOTSTRAP_DRAWS_MIN, BOOTSTRAP_DRAWS_MAX);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut drawn: Vec<[f64; 10]> = Vec::new();
    for _ in 0..draws {
        let mut sums = Parts::default();
        for person in &people {
            let times = poisson(&mut random);
            if times > 0.0 {
                sums.0.iter_mut().zip(person.0).for_each(|(sum, part)| *sum += times * part);
            }
        }
        drawn.push(figures(&sums));
    }
    let mut interval = (0..10).map(|place| middle(&mut drawn.iter().map(|figures| figures[place]).collect()));
    let mut next = || interval.next().unwrap_or_default();
    let mut three = || FigureIntervals { precision: next(), recall: next(), f1: next() };
    let (pairwise, b_cubed, exact_cluster) = (three(), three(), three());
    Some(Intervals { draws, confidence: CONFIDENCE, pairwise, b_cubed, exact_cluster, over_merged_people_per_10_000: next() })
}

fn people(truth: &[u64], found: &[u64]) -> Vec<Parts> {
    let overlaps = overlaps(truth, found);
    let person = |of_one: &[super::overlap::Overlap]| {
        let mut parts = [0.0; 11];
        for overlap in of_one {
            let [both, of_person, of_cluster] = [overlap.both, overlap.of_person, overlap.of_cluster].map(|count| count as f64);
            parts[RIGHT] += pairs(overlap.both) as f64;
            parts[WRONG] += both * (of_cluster - both) / 2.0;
            parts[B_PRECISION] += both * both / of_cluster;
            parts[B_RECALL] += both * both / of_person;
            parts[RECORDS] += both;
            parts[EXACT] += f64::from(both == of_person && both == of_cluster);
            let part_of_cluster = 1.0 / overlap.people as f64;
            parts[FOUND] += part_of_cluster;
            parts[FOUND_TWO] += if overlap.of_cluster > 1 { part_of_cluster } else { 0.0 };
        }
        parts[TRUE] = pairs(of_one[0].of_person) as f64;
        parts[PERSON] = 1.0;
        parts[OVER_MERGED] = f64::from(of_one.iter().any(|overlap| overlap.people > 1));
        Parts(parts)
    };
    let mut people: Vec<Parts> = overlaps.chunk_by(|a, b| a.person == b.person).map(person).collect();
    // In an order of their own, so that the order of the truth's rows changes no draw.
    people.sort_unstable_by(|a, b| a.0.iter().map(|part| part.to_bits()).cmp(b.0.iter().map(|part| part.to_bits())));
    people
}

/// The figures that sums over people give; NaN for one that is of nothing.
fn figures(Parts(sums): &Parts) -> [f64; 10] {
    // F1 is 2 right / (found + true), which is there where a precision or a recall alone is of nothing.
    let three = |right: f64, found: f64, real: f64| [right / found, right / real, 2.0 * right / (found + real)];
    let p = three(sums[RIGHT], sums[RIGHT] + sums[WRONG], sums[TRUE]);
    let (precision, recall) = (sums[B_PRECISION] / sums[RECORDS], sums[B_RECALL] / sums[RECORDS]);
    let b = [precision, recall, if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }];
    let e = three(sums[EXACT], sums[FOUND], sums[PERSON]);
    [p[0], p[1], p[2], b[0], b[1], b[2], e[0], e[1], e[2], 10_000.0 * sums[OVER_MERGED] / sums[FOUND_TWO]]
}

/// The middle of `values`, without an equal part at either end. Draws in which a figure is of nothing (no pair found, say) do not count.
fn middle(values: &mut Vec<f64>) -> Interval {
    values.retain(|value| !value.is_nan());
    if values.is_empty() {
        return Interval::default();
    }
    values.sort_unstable_by(f64::total_cmp);
    let cut = (1.0 - CONFIDENCE) / 2.0;
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    Interval { low: at(cut), high: at(1.0 - cut) }
}

/// A Poisson variable of mean 1 (Knuth's multiplication of uniform variables).
fn poisson(random: &mut fastrand::Rng) -> f64 {
    const NONE: f64 = 0.367_879_441_171_442_33;
    let (mut times, mut product) = (0.0, random.f64());
    while product > NONE {
        times += 1.0;
        product *= random.f64();
    }
    times
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::*;

    #[test]
    fn intervals_hold_the_figure_and_narrow_with_more_people() {
        // One person in ten is split, one in twenty is joined with the next.
        let data = |people: u64| {
            let truth: Vec<u64> = (0..people * 2).map(|record| record / 2).collect();
            let found = (0..people * 2).map(|record| match (record / 2, record % 2) {
                (person, 1) if person.is_multiple_of(10) => 1_000_000 + person,
                (person, _) if person % 20 == 2 => person - 1,
                (person, _) => person,
            });
            (truth, found.collect::<Vec<u64>>())
        };
        let mut widths = Vec::new();
        for people in [200, 2_000] {
            let (truth, found) = data(people);
            let figures = evaluate(&truth, &found);
            let found = intervals(&truth, &found, 7).expect("people enough");
            for (interval, figure) in [
                (found.pairwise.precision, figures.pairwise.precision),
                (found.pairwise.recall, figures.pairwise.recall),
                (found.pairwise.f1, figures.pairwise.f1),
                (found.b_cubed.f1, figures.b_cubed.f1),
                (found.exact_cluster.precision, figures.exact_cluster.precision),
                (found.exact_cluster.recall, figures.exact_cluster.recall),
                (found.over_merged_people_per_10_000, figures.over_merged_people_per_10_000),
            ] {
                assert!(interval.low < figure && figure < interval.high, "{interval:?} {figure}");
            }
            // 200 pairs of which a tenth is missed: a standard deviation of sqrt(0.9 * 0.1 / 200), 0.021.
            widths.push(found.pairwise.recall.high - found.pairwise.recall.low);
        }
        assert!((widths[0] - 2.0 * 1.96 * 0.0212).abs() < 0.02, "{widths:?}");
        assert!((widths[0] / widths[1] - 10f64.sqrt()).abs() < 0.8, "{widths:?}");
    }

    #[test]
    fn nothing_to_draw_gives_nothing() {
        assert_eq!(intervals(&[1, 1], &[1, 1], 1), None);
        assert_eq!(intervals(&[], &[], 1), None);
        let sure = intervals(&[1, 1, 2], &[1, 1, 2], 1).expect("two people");
        assert_eq!((sure.b_cubed.f1.low, sure.over_merged_people_per_10_000.high), (1.0, 0.0));
    }
}
