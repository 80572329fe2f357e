//! How many pairs of one person blocking missed, told without labels.
//!
//! Families of rules are taken for occasions on which a pair may be caught. Of pairs caught on exactly one and on exactly two there are
//! f1 and f2; of t occasions about (t-1)/t f1²/(2 f2) were caught on none (Chao 1987, "Estimating the population size for capture-recapture
//! data with unequal catchability", Biometrics 43), exactly so where each family finds a pair as often as any other and whatever the
//! others find. A pair counts by its match probability. Where one field stands in for another (an account has a phone or a name) more is
//! said to be missed than is; where families find the same pairs, less. Without enough pairs caught twice nothing can be told.
//!
//! Pairs that share a verified identifier are of one person whatever else they share: what the other families find of them, with
//! certificates and accounts held out, and with what a resident ID says of the birth date, is what the estimate is checked against.

use super::{PairsOfRows, Prepared};
use crate::blocking::Family;
use crate::comparison::RecordView;
use crate::link::Decision;
use crate::record::{Field, Grade};
use serde::Serialize;

/// Fields of which a shared valid value makes two records one person's.
const VERIFIED: &[Field] = &[Field::ResidentId, Field::NationalId, Field::UnionId];
/// Expected pairs that two families caught, from which on something can be told of those that none did.
const CAUGHT_TWICE_MIN: f64 = 5.0;

/// Pairs of one person by how many families found them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BlockingRecall {
    /// Expected pairs of one person among the candidates.
    pub found: f64,
    /// Of these, pairs that one family alone found.
    pub by_one: f64,
    /// Of these, pairs that two families found.
    pub by_two: f64,
    /// Expected pairs of one person that none found; none where that cannot be told.
    pub missed: Option<f64>,
    /// Found of found and missed, 0 to 1; none where that cannot be told.
    pub recall: Option<f64>,
    /// The same of pairs known to be of one person, their identifier held out.
    pub held_out: Vec<HeldOut>,
}

/// Pairs that share a verified identifier, and what the other families find of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldOut {
    /// The identifier.
    pub field: Field,
    /// Pairs that share a valid one and are compared, those left out that contradict each other.
    pub pairs: u64,
    /// Of these, pairs that other families found.
    pub found: u64,
    /// The share found, 0 to 1.
    pub recall: f64,
    /// What the estimate says of that share, from the found ones alone; none where it cannot.
    pub estimated: Option<f64>,
}

/// Sums of pairs by how many families found them.
#[derive(Clone, Copy, Default)]
struct Caught {
    /// By one, by two, by any.
    sums: [f64; 3],
    /// The families that caught any, as a set of their bits.
    families: u8,
}

impl Caught {
    fn add(&mut self, families: u8, weight: f64) {
        self.families |= families;
        self.sums[2] += if families > 0 { weight } else { 0.0 };
        if let Some(sum) = families.count_ones().checked_sub(1).and_then(|place| self.sums[..2].get_mut(place as usize)) {
            *sum += weight;
        }
    }

    fn joined(mut self, other: Caught) -> Caught {
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, other)| *sum += other);
        self.families |= other.families;
        self
    }

    /// What was caught on no occasion.
    fn missed(&self) -> Option<f64> {
        let [one, two, _] = self.sums;
        let occasions = f64::from(self.families.count_ones());
        (two >= CAUGHT_TWICE_MIN).then(|| (occasions - 1.0) / occasions * one * one / (2.0 * two))
    }

    fn recall(&self) -> Option<f64> {
        self.missed().map(|missed| self.sums[2] / (self.sums[2] + missed))
    }
}

impl Prepared {
    /// How many pairs of one person the blocking rules found, and missed.
    pub fn blocking_recall(&self) -> BlockingRecall {
        let resolver = self.resolver();
        let (own, birth) = (Family::Certificate.bit(), Family::Birth.bit());
        let chunk = |found: &PairsOfRows| {
            let mut caught = Caught::default();
            let mut known = vec![(Caught::default(), 0u64); VERIFIED.len()];
            for (pair, families) in found.pairs.iter().zip(&found.families) {
                let (low, high) = ((pair >> 32) as u32, *pair as u32);
                let weighed = resolver.weigh(low, high);
                caught.add(*families, weighed.weight.least().probability().value());
                if families & own != 0 && weighed.veto.is_none() && weighed.decision != Decision::NonLink {
                    let (a, b) = (self.table.view(low), self.table.view(high));
                    let sharing = VERIFIED.iter().zip(&mut known).filter(|(field, _)| shares_valid(&a, &b, **field));
                    for (field, (caught, pairs)) in sharing {
                        let derived = *field == Field::ResidentId && (has_derived_birth_date(&a) || has_derived_birth_date(&b));
                        let held_out = if derived { own | birth } else { own };
                        caught.add(families & !held_out, 1.0);
                        *pairs += 1;
                    }
                }
            }
            (caught, known)
        };
        // Sums of fractions depend on their order: one after the other, whatever the number of threads.
        let chunks = self.candidates.each(chunk);
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

fn has_derived_birth_date(record: &RecordView<'_>) -> bool {
    record.first(Field::BirthDate).is_some_and(|(_, date)| date.grade == Grade::Derived)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundred thousand pairs, each found by three families independently and equally often: what none found is told within chance.
    #[test]
    fn pairs_that_nobody_found_are_told_from_those_found_once_and_twice() {
        for chance in [0.5, 0.7, 0.9] {
            let mut random = fastrand::Rng::with_seed(7);
            let (mut caught, mut missed) = (Caught::default(), 0.0);
            for _ in 0..100_000 {
                let families = (0..3).fold(0u8, |families, family| families | u8::from(random.f64() < chance) << family);
                missed += f64::from(families == 0);
                caught.add(families, 1.0);
            }
            let told = caught.missed().expect("many were found twice");
            assert!((told - missed).abs() < 4.0 * missed.sqrt() + 0.05 * missed, "{chance}: {told}, in truth {missed}");
            assert!((caught.recall().expect("told") - (1.0 - missed / 100_000.0)).abs() < 0.01);
        }
    }

    #[test]
    fn where_one_family_finds_all_nothing_is_told() {
        let mut caught = Caught::default();
        (0..1_000).for_each(|_| caught.add(1, 0.9));
        assert_eq!((caught.missed(), caught.recall()), (None, None));
        assert_eq!(Caught::default().recall(), None);
    }
}
