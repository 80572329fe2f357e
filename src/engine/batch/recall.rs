//! How many pairs of one person blocking missed, told without labels.
//!
//! Families of rules are taken for occasions on which a pair may be caught. Of pairs caught on exactly one and on exactly two there are
//! f1 and f2; about f1²/(2 f2) were caught on none (Chao 1987, "Estimating the population size for capture-recapture data with unequal
//! catchability", Biometrics 43: a lower bound where the families find pairs independently of each other). A pair counts by its match
//! probability. Where one field stands in for another (an account has a phone or a name) the families are not independent, and the
//! estimate is some hundredths too low.
//!
//! Pairs that share a verified identifier are of one person whatever else they share: what the other families find of them, with that one
//! held out, is the recall that the estimate is checked against.

use super::Prepared;
use crate::blocking::Family;
use crate::comparison::RecordView;
use crate::link::Decision;
use crate::record::{Field, Grade};
use rayon::prelude::*;
use serde::Serialize;

/// Fields of which a shared valid value makes two records one person's.
const VERIFIED: &[Field] = &[Field::ResidentId, Field::NationalId, Field::UnionId];

/// Pairs weighed by one thread at a time.
const CHUNK_PAIRS: usize = 4_096;

/// Pairs of one person by how many families found them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BlockingRecall {
    /// Expected pairs of one person among the candidates.
    pub found: f64,
    /// Of these, pairs that one family alone found.
    pub by_one: f64,
    /// Of these, pairs that two families found.
    pub by_two: f64,
    /// Expected pairs of one person that none found.
    pub missed: f64,
    /// Found of found and missed, 0 to 1.
    pub recall: f64,
    /// The same of pairs known to be of one person, their identifier held out.
    pub held_out: Vec<HeldOut>,
}

/// Pairs that share a verified identifier, and what the other families find of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldOut {
    /// The identifier.
    pub field: Field,
    /// Pairs that share a valid one.
    pub pairs: u64,
    /// Of these, pairs that other families found.
    pub found: u64,
    /// The share found, 0 to 1.
    pub recall: f64,
    /// What the estimate says of that share, from the found ones alone.
    pub estimated: f64,
}

/// Sums of pairs by how many families found them.
#[derive(Clone, Copy, Default)]
struct Caught {
    /// By one, by two, by any.
    sums: [f64; 3],
}

impl Caught {
    fn add(&mut self, families: u32, weight: f64) {
        self.sums[2] += if families > 0 { weight } else { 0.0 };
        if let Some(sum) = families.checked_sub(1).and_then(|place| self.sums[..2].get_mut(place as usize)) {
            *sum += weight;
        }
    }

    fn joined(mut self, other: Caught) -> Caught {
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, other)| *sum += other);
        self
    }

    /// What was caught on no occasion; by the form that holds where nothing was caught twice, if so.
    fn missed(&self) -> f64 {
        let [one, two, _] = self.sums;
        if two > 0.0 { one * one / (2.0 * two) } else { one * (one - 1.0).max(0.0) / 2.0 }
    }

    fn recall(&self) -> f64 {
        let all = self.sums[2] + self.missed();
        if all > 0.0 { self.sums[2] / all } else { 1.0 }
    }
}

impl Prepared<'_> {
    /// How many pairs of one person the blocking rules found, and missed.
    pub fn blocking_recall(&self) -> BlockingRecall {
        let resolver = self.resolver();
        let own = Family::Certificate.bit();
        let chunk = |(pairs, families): (&[u64], &[u8])| {
            let mut caught = Caught::default();
            let mut known = vec![(Caught::default(), 0u64); VERIFIED.len()];
            for (pair, families) in pairs.iter().zip(families) {
                let (low, high) = ((pair >> 32) as u32, *pair as u32);
                let weighed = resolver.weigh(low, high);
                caught.add(families.count_ones(), weighed.weight.least().probability().value());
                if families & own != 0 && weighed.veto.is_none() && weighed.decision != Decision::NonLink {
                    let (a, b) = (self.table.view(low), self.table.view(high));
                    let sharing = VERIFIED.iter().zip(&mut known).filter(|(field, _)| shares_valid(&a, &b, **field));
                    for (_, (caught, pairs)) in sharing {
                        caught.add((families & !own).count_ones(), 1.0);
                        *pairs += 1;
                    }
                }
            }
            (caught, known)
        };
        let chunks = self.candidates.pairs.par_chunks(CHUNK_PAIRS).zip(self.candidates.families.par_chunks(CHUNK_PAIRS));
        // Sums of fractions depend on their order: one after the other, whatever the number of threads.
        let chunks: Vec<_> = chunks.map(chunk).collect();
        let mut caught = Caught::default();
        let mut known = vec![(Caught::default(), 0u64); VERIFIED.len()];
        for (of_chunk, known_of_chunk) in chunks {
            caught = caught.joined(of_chunk);
            known.iter_mut().zip(known_of_chunk).for_each(|(sum, (caught, pairs))| *sum = (sum.0.joined(caught), sum.1 + pairs));
        }
        let held_out = VERIFIED.iter().zip(known).filter(|(_, (_, pairs))| *pairs > 0).map(|(field, (caught, pairs))| HeldOut {
            field: *field,
            pairs,
            found: caught.sums[2] as u64,
            recall: caught.sums[2] / pairs as f64,
            estimated: caught.recall(),
        });
        BlockingRecall {
            found: caught.sums[2],
            by_one: caught.sums[0],
            by_two: caught.sums[1],
            missed: caught.missed(),
            recall: caught.recall(),
            held_out: held_out.collect(),
        }
    }
}

fn shares_valid(a: &RecordView<'_>, b: &RecordView<'_>, field: Field) -> bool {
    let of_b = b.symbols(field);
    a.symbols(field).iter().any(|symbol| of_b.contains(symbol) && a.value(field, *symbol).grade == Grade::Valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_of_chao() {
        let mut caught = Caught::default();
        for (families, pairs) in [(1, 20.0), (2, 40.0), (3, 100.0), (0, 7.0)] {
            caught.add(families, pairs);
        }
        assert_eq!((caught.sums, caught.missed()), ([20.0, 40.0, 160.0], 5.0));
        assert!((caught.recall() - 160.0 / 165.0).abs() < 1e-12);
        let mut once = Caught::default();
        once.add(1, 3.0);
        assert_eq!((once.missed(), Caught::default().recall()), (3.0, 1.0));
    }
}
