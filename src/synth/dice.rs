//! Chance from a seed: whole numbers, weighted picks, and the few real-valued draws the events need.
//!
//! Everything is integer arithmetic or +, -, *, / on f64, which every machine rounds alike; the logarithm is our own for that
//! reason. Never here: a seed that nobody gave.

/// Scrambles 64 bits, one to one (the finaliser of splitmix64).
pub(crate) const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A stream of chance.
pub(crate) struct Dice(fastrand::Rng);

impl Dice {
    /// The stream numbered `stream` of `seed`; different streams have nothing in common.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Dice(fastrand::Rng::with_seed(mix(mix(seed ^ 0x6f6e_6569_6421) ^ stream)))
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// A number from 0 to `n` - 1; 0 if `n` is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        ((u64::from((self.bits() >> 32) as u32) * u64::from(n)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included; `low` if they are the wrong way round.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        if high <= low {
            return low;
        }
        low + self.below((high - low) as u32 + 1) as i32
    }

    /// True `per_cent` times in a hundred.
    pub(crate) fn per_cent(&mut self, per_cent: u32) -> bool {
        self.below(100) < per_cent
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// A place in a list of `n` where the first are likelier: weights fall as 1 / (place + 1 + flatness).
    pub(crate) fn zipf(&mut self, n: usize, flatness: f64) -> usize {
        // Inverse of the continuous law: the place below which a share u of ln((n + f + 1) / (f + 1)) lies.
        let u = self.unit();
        let place = (flatness + 1.0) * exp(u * ln((n as f64 + flatness + 1.0) / (flatness + 1.0))) - (flatness + 1.0);
        (place as usize).min(n.saturating_sub(1))
    }

    /// A number above 0 and at most 1.
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Exponential with mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -ln(self.unit())
    }

    /// Gamma with shape one half and mean one half: an exponential times the squared cosine of a random angle.
    pub(crate) fn half_gamma(&mut self) -> f64 {
        loop {
            let (x, y) = (self.unit(), self.unit());
            let square = x * x + y * y;
            if square <= 1.0 {
                return self.exponential() * x * x / square;
            }
        }
    }
}

/// The natural logarithm of a positive normal number, the same on every machine.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let square = z * z;
    let (mut term, mut sum) = (z, 0.0);
    for odd in 0..16 {
        sum += term / f64::from(2 * odd + 1);
        term *= square;
    }
    exponent as f64 * std::f64::consts::LN_2 + 2.0 * sum
}

/// The exponential of a number from 0 to some tens, the same on every machine.
fn exp(x: f64) -> f64 {
    let halvings = 6;
    let small = x / f64::from(1 << halvings);
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..14 {
        term *= small / f64::from(n);
        sum += term;
    }
    (0..halvings).fold(sum, |value, _| value * value)
}

/// Items with weights, picked by binary search.
pub(crate) struct Weighted<T> {
    items: Vec<T>,
    sums: Vec<u32>,
}

impl<T: Copy> Weighted<T> {
    /// From items with their weights; the weights of all together stay below 2^32.
    pub(crate) fn new(entries: impl IntoIterator<Item = (T, u32)>) -> Self {
        let (mut items, mut sums, mut total) = (Vec::new(), Vec::new(), 0u32);
        for (item, weight) in entries {
            total += weight;
            items.push(item);
            sums.push(total);
        }
        Weighted { items, sums }
    }

    /// The first `length` items only.
    pub(crate) fn cut(&mut self, length: usize) {
        self.items.truncate(length);
        self.sums.truncate(length);
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// One item by weight.
    pub(crate) fn pick(&self, dice: &mut Dice) -> T {
        let at = dice.below(self.sums.last().copied().unwrap_or(0));
        self.items[self.sums.partition_point(|sum| *sum <= at)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_logarithm_and_exponential_agree_with_the_machines() {
        for x in [1e-12, 0.001, 0.3, 0.999, 1.0, 1.5, 2.0, 12345.678] {
            assert!((ln(x) - x.ln()).abs() < 1e-12 * (1.0 + x.ln().abs()), "{x}");
            let small = x.min(20.0);
            assert!((exp(small) / small.exp() - 1.0).abs() < 1e-12, "{small}");
        }
    }

    #[test]
    fn draws_have_their_means_and_stay_in_range() {
        let mut dice = Dice::new(1, 2);
        let mean = |draw: &mut dyn FnMut() -> f64| (0..40_000).map(|_| draw()).sum::<f64>() / 40_000.0;
        assert!((mean(&mut || dice.exponential()) - 1.0).abs() < 0.03);
        assert!((mean(&mut || dice.half_gamma()) - 0.5).abs() < 0.03);
        assert!((mean(&mut || f64::from(dice.between(-3, 3))) - 0.0).abs() < 0.05);
        assert!((0..1000).all(|_| dice.zipf(7, 2.0) < 7));
    }

    #[test]
    fn weighted_picks_follow_the_weights() {
        let weighted = Weighted::new([("a", 1), ("never", 0), ("b", 3)]);
        let mut dice = Dice::new(5, 0);
        let b = (0..10_000).filter(|_| weighted.pick(&mut dice) == "b").count();
        assert!((7_300..7_700).contains(&b), "{b}");
    }
}
