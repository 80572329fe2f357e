//! Places: provinces, cities by size, districts with their codes; and addresses in them.
//!
//! Streets, estates and villages are composed from common parts, so that there are many and the common ones recur. Never here:
//! how records write an address (`address`).

use super::dice::{Dice, Weighted};
use super::words;

const PROVINCES: &str = include_str!("../normalize/data/provinces.csv");
const CITIES: &str = include_str!("../normalize/data/cities.csv");
const AREAS: &str = include_str!("../normalize/data/areas.csv");
const PARTS: &str = include_str!("data/addresses.txt");

/// A city or prefecture.
pub(crate) struct City {
    pub(crate) province: &'static str,
    pub(crate) name: &'static str,
    /// Area code of landlines, empty where not known.
    pub(crate) area_code: &'static str,
    /// Its districts: from, to.
    areas: (usize, usize),
}

/// A district or county.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    pub(crate) code: u32,
    pub(crate) name: &'static str,
}

/// Where somebody lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) city: u16,
    pub(crate) area: u16,
    pub(crate) street: Street,
}

/// The part of an address below the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Street {
    /// Road, house number, estate (may be empty), building, unit, room.
    Town { road: [&'static str; 2], number: u16, estate: [&'static str; 2], building: u8, unit: u8, room: u16 },
    /// Town, village, house number.
    Village { town: &'static str, village: [&'static str; 2], number: u16 },
}

/// All places.
pub(crate) struct Places {
    cities: Vec<City>,
    areas: Vec<Area>,
    served: Weighted<u16>,
    parts: Parts,
}

struct Parts {
    roads: Vec<&'static str>,
    tails: Vec<&'static str>,
    makers: Vec<&'static str>,
    estates: Vec<&'static str>,
    old_estates: Vec<&'static str>,
    towns: Vec<&'static str>,
    village_first: Vec<&'static str>,
    village_last: Vec<&'static str>,
}

/// Customers for each city served, at least; a small business serves few cities.
const CUSTOMERS_PER_CITY: u64 = 60;
const CITIES_MIN: usize = 3;

impl Places {
    /// The places of a business with so many customers: the biggest cities first.
    pub(crate) fn new(customers: u64) -> Self {
        let areas: Vec<Area> = AREAS.lines().skip(1).filter_map(area).collect();
        let mut ranked: Vec<(u32, City)> = CITIES.lines().skip(1).filter_map(|line| city(line, &areas)).collect();
        ranked.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let mut served = Weighted::new(ranked.iter().enumerate().map(|(n, (weight, _))| (n as u16, *weight)));
        served.cut(((customers / CUSTOMERS_PER_CITY) as usize).clamp(CITIES_MIN, ranked.len()));
        Places { cities: ranked.into_iter().map(|(_, city)| city).collect(), areas, served, parts: Parts::new() }
    }

    pub(crate) fn city(&self, number: u16) -> &City {
        &self.cities[usize::from(number)]
    }

    pub(crate) fn area(&self, number: u16) -> &Area {
        &self.areas[usize::from(number)]
    }

    /// How many cities are served.
    pub(crate) fn cities_served(&self) -> u64 {
        self.served.len() as u64
    }

    /// A city by size.
    pub(crate) fn any_city(&self, dice: &mut Dice) -> u16 {
        self.served.pick(dice)
    }

    /// An address in a city.
    pub(crate) fn address(&self, city: u16, dice: &mut Dice) -> Address {
        let (from, to) = self.city(city).areas;
        let area = dice.between(from as i32, to as i32 - 1) as u16;
        let rural = self.area(area).name.ends_with('县') && dice.per_cent(60);
        let street = if rural { self.parts.village(dice) } else { self.parts.town(dice) };
        Address { city, area, street }
    }

    /// The code of a district where somebody who lives in `city` may be born.
    pub(crate) fn birth_district(&self, city: u16, dice: &mut Dice) -> u32 {
        let birth_city = if dice.per_cent(65) { city } else { dice.below(self.cities.len() as u32) as u16 };
        let (from, to) = self.city(birth_city).areas;
        self.areas[dice.between(from as i32, to as i32 - 1) as usize].code
    }

    /// The code of a district in a province.
    pub(crate) fn district_of_province(&self, province: u32, dice: &mut Dice) -> u32 {
        let from = self.areas.partition_point(|area| area.code < province * 10_000);
        let to = self.areas.partition_point(|area| area.code < (province + 1) * 10_000);
        self.areas[dice.between(from as i32, to as i32 - 1) as usize].code
    }
}

impl Parts {
    fn new() -> Self {
        let list = |name| words::items(PARTS, name);
        Parts {
            roads: list("roads"),
            tails: list("road_tails"),
            makers: list("makers"),
            estates: list("estates"),
            old_estates: list("old_estates"),
            towns: list("towns"),
            village_first: list("village_first"),
            village_last: list("village_last"),
        }
    }

    fn town(&self, dice: &mut Dice) -> Street {
        let road = [self.roads[dice.zipf(self.roads.len(), 15.0)], dice.pick(&self.tails)];
        let estate = match dice.below(100) {
            0..45 => [dice.pick(&self.makers), dice.pick(&self.estates)],
            45..75 => [self.roads[dice.zipf(self.roads.len(), 15.0)], dice.pick(&self.old_estates)],
            _ => ["", ""],
        };
        let floors = if dice.per_cent(40) { 30 } else { 7 };
        let floor = 1 + dice.below(floors);
        Street::Town {
            road,
            number: 1 + (dice.exponential() * 120.0) as u16,
            estate,
            building: 1 + dice.below(if estate[0].is_empty() { 4 } else { 22 }) as u8,
            unit: 1 + dice.below(4) as u8,
            room: (floor * 100 + 1 + dice.below(4)) as u16,
        }
    }

    fn village(&self, dice: &mut Dice) -> Street {
        Street::Village {
            town: dice.pick(&self.towns),
            village: [dice.pick(&self.village_first), dice.pick(&self.village_last)],
            number: 1 + dice.below(180) as u16,
        }
    }
}

fn area(line: &'static str) -> Option<Area> {
    let (code, name) = line.split_once(',')?;
    Some(Area { code: code.parse().ok()?, name })
}

fn city(line: &'static str, areas: &[Area]) -> Option<(u32, City)> {
    let mut cells = line.split(',');
    let code = cells.next()?;
    let (name, weight, area_code) = (cells.next()?, cells.next()?.parse().ok()?, cells.next()?);
    let province = PROVINCES.lines().find_map(|line| line.strip_prefix(&code[..2])?.strip_prefix(','))?;
    let number: u32 = code.parse().ok()?;
    let from = areas.partition_point(|area| area.code / 100 < number);
    let to = areas.partition_point(|area| area.code / 100 <= number);
    (from < to).then_some((weight, City { province, name, area_code, areas: (from, to) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_cities_come_first_and_districts_lie_in_them() {
        let places = Places::new(1_000_000);
        assert_eq!(places.city(0).name, "上海市");
        assert!(places.cities.len() > 330, "{}", places.cities.len());
        let mut dice = Dice::new(1, 1);
        for _ in 0..1000 {
            let address = {
                let city = places.any_city(&mut dice);
                places.address(city, &mut dice)
            };
            let (from, to) = places.city(address.city).areas;
            assert!((from..to).contains(&usize::from(address.area)));
        }
        assert_eq!(places.district_of_province(54, &mut dice) / 10_000, 54);
    }

    #[test]
    fn a_small_business_serves_few_cities() {
        let places = Places::new(250);
        let mut dice = Dice::new(1, 1);
        assert!((0..1000).all(|_| places.any_city(&mut dice) < 4));
    }
}
