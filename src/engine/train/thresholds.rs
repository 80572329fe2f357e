//! Where links begin: chosen by what a model expects of its own links.
//!
//! A pair of match probability p that is linked is wrong with probability 1 - p. The links from a threshold on are thus expected to be
//! wrong in a number that the model tells without labels; the threshold is the lowest at which that number stays within a budget for each
//! record. Records that tell people apart well can afford to follow weaker pairs than records that do not.
//!
//! Always: a function of records and model; which row a record stands in changes nothing.

use super::Sample;
use crate::engine::ceiling::Ceiling;
use crate::engine::resolver::Resolver;
use crate::limits::{CALIBRATION_PAIRS_MAX, LINK_THRESHOLD_MAX, LINK_THRESHOLD_MIN, REVIEW_BELOW_LINK, WRONG_LINKS_PER_RECORD_MAX};
use crate::model::{MatchProbability, MatchWeight, Thresholds};
use rayon::prelude::*;

/// Steps of a threshold between 0 and 1.
const STEPS: usize = 100;
/// Units of a probability, so that sums are exact.
const UNITS: f64 = 4_294_967_296.0;

/// The thresholds for `records` distinct records with a sample of candidate pairs; `content` is a hash of each row's content. Of more than
/// [`CALIBRATION_PAIRS_MAX`] pairs some stand for all.
pub fn calibrated(resolver: &Resolver<'_>, sample: &Sample, content: &[u64], records: usize) -> Thresholds {
    let (pairs, one_in) = sample.some(CALIBRATION_PAIRS_MAX, content);
    let ceiling = Ceiling::new(resolver);
    let least = MatchProbability::new(LINK_THRESHOLD_MIN).map_or(MatchWeight::ZERO, MatchProbability::weight);
    // A little less, for what rounding takes away.
    let least = MatchWeight(least.0 - 1);
    let wrong = |chunk: &[u64]| {
        let mut wrong = [0u64; STEPS + 1];
        for pair in chunk {
            let (low, high) = ((pair >> 32) as u32, *pair as u32);
            if let Some(weighed) = resolver.weigh_from(least, &ceiling, low, high) {
                let probability = weighed.weight.least().probability().value();
                if probability >= LINK_THRESHOLD_MIN && weighed.veto.is_none() {
                    wrong[(probability * STEPS as f64) as usize] += ((1.0 - probability) * UNITS) as u64;
                }
            }
        }
        wrong
    };
    let sum = |mut a: [u64; STEPS + 1], b: [u64; STEPS + 1]| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        a
    };
    let wrong = pairs.par_chunks(4_096).map(wrong).reduce(|| [0; STEPS + 1], sum);
    from(&wrong, WRONG_LINKS_PER_RECORD_MAX * records as f64 / one_in as f64)
}

/// The lowest thresholds from which on the links are expected to be wrong in `bearable` at most; `wrong` gives by step how many are.
fn from(wrong: &[u64; STEPS + 1], bearable: f64) -> Thresholds {
    let (lowest, highest) = ((LINK_THRESHOLD_MIN * STEPS as f64) as usize, (LINK_THRESHOLD_MAX * STEPS as f64) as usize);
    let mut sum: u64 = wrong[highest..].iter().sum();
    let mut link = highest;
    while link > lowest {
        sum += wrong[link - 1];
        if sum as f64 > bearable * UNITS {
            break;
        }
        link -= 1;
    }
    let at = |step: f64| MatchProbability::new(step / STEPS as f64).unwrap_or(Thresholds::default().link);
    let usual = Thresholds::default().review;
    let review = at(link as f64 - REVIEW_BELOW_LINK * STEPS as f64);
    Thresholds { link: at(link as f64), review: if review.value() < usual.value() { review } else { usual } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_threshold_whose_links_stay_within_the_budget() {
        let mut wrong = [0; STEPS + 1];
        let unit = UNITS as u64;
        (wrong[90], wrong[80], wrong[50]) = (2 * unit, 5 * unit, unit);
        let link = |bearable: f64| from(&wrong, bearable);
        let values = |at: Thresholds| ((at.link.value() * 100.0).round(), (at.review.value() * 100.0).round());
        assert_eq!(values(link(1.0)), (91.0, 50.0));
        assert_eq!(values(link(2.0)), (81.0, 50.0));
        assert_eq!(values(link(7.0)), (51.0, 41.0));
        assert_eq!(values(link(8.0)), (LINK_THRESHOLD_MIN * 100.0, 35.0));
        wrong[97] = 9 * unit;
        assert_eq!(values(from(&wrong, 1.0)), (LINK_THRESHOLD_MAX * 100.0, 50.0), "the strictest where none will do");
    }
}
