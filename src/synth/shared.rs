//! What strangers share: numbers issued again, second-hand phones, counter tablets and staff phones.
//!
//! Numbers and devices that were given up wait in two bounded pools until somebody takes them, never before the former holder
//! let go. Branches, their tablets and their tellers' phones follow from the seed and are kept nowhere. Never here: what people
//! of one household share.

use super::calendar::{Day, SEEN};
use super::device::Device;
use super::dice::{Dice, mix};
use super::opaque::{NameKind, Namer};
use super::phone::Phone;
use crate::limits::{SYNTH_BRANCHES_PER_CITY_MAX, SYNTH_POOL_ITEMS_MAX};

/// A number rests so long before it is issued again.
const RESTING_DAYS: i32 = 90;
/// Customers of an average city for each of its branches.
const CUSTOMERS_PER_BRANCH: u64 = 1_500;
const TELLERS_PER_BRANCH: u32 = 6;

/// Things that were given up, with the day.
pub(crate) struct Pool<T>(Vec<(T, Day)>);

impl<T: Copy> Pool<T> {
    /// Takes in what somebody gave up on `day`.
    pub(crate) fn give_up(&mut self, item: T, day: Day, dice: &mut Dice) {
        if self.0.len() < SYNTH_POOL_ITEMS_MAX {
            self.0.push((item, day));
        } else {
            self.0[dice.below(SYNTH_POOL_ITEMS_MAX as u32) as usize] = (item, day);
        }
    }

    /// Something that was free on `day`.
    pub(crate) fn take(&mut self, day: Day, dice: &mut Dice) -> Option<T> {
        for _ in 0..8 {
            let at = dice.below(self.0.len() as u32) as usize;
            if self.0.get(at).is_some_and(|(_, free)| free.0 + RESTING_DAYS < day.0) {
                return Some(self.0.swap_remove(at).0);
            }
        }
        None
    }
}

/// What strangers share.
pub(crate) struct Shared {
    pub(crate) phones: Pool<Phone>,
    pub(crate) devices: Pool<Device>,
    branches_per_city: u32,
    namer: Namer,
}

impl Shared {
    /// For a business with so many customers in so many cities.
    pub(crate) fn new(namer: Namer, customers: u64, cities: u64) -> Self {
        let branches_per_city = 1 + (customers / cities.max(1) / CUSTOMERS_PER_BRANCH) as u32;
        Shared { phones: Pool(Vec::new()), devices: Pool(Vec::new()), branches_per_city, namer }
    }

    /// A branch of a city.
    pub(crate) fn branch(&self, city: u16, dice: &mut Dice) -> u32 {
        u32::from(city) * SYNTH_BRANCHES_PER_CITY_MAX + dice.below(self.branches_per_city.min(SYNTH_BRANCHES_PER_CITY_MAX))
    }

    /// A teller of a branch: a number of at most six digits.
    pub(crate) fn teller(&self, branch: u32, dice: &mut Dice) -> u32 {
        branch * 10 + dice.below(TELLERS_PER_BRANCH)
    }

    /// The phone of a teller.
    pub(crate) fn staff_phone(&self, teller: u32) -> Phone {
        Phone::mobile(mix(self.namer.wide(NameKind::Staff, u64::from(teller))))
    }

    /// The tablet on the counter of a branch; it is replaced every four years.
    pub(crate) fn tablet(&self, branch: u32, day: Day) -> Device {
        let generation = (SEEN.0 - day.0).max(0) as u64 / (4 * 365);
        Device(self.namer.wide(NameKind::Place, u64::from(branch) * 16 + generation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_before_it_is_free_or_twice() {
        let mut pool = Pool(Vec::new());
        let mut dice = Dice::new(1, 1);
        assert_eq!(pool.take(SEEN, &mut dice), None);
        pool.give_up(7u64, Day(100), &mut dice);
        assert_eq!(pool.take(Day(150), &mut dice), None);
        assert_eq!(pool.take(Day(250), &mut dice), Some(7));
        assert_eq!(pool.take(Day(250), &mut dice), None);
    }
}
