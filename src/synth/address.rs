//! Addresses as records write them: in full, or abbreviated in four ways, or in English.
//!
//! in: an [`Address`]; out: text such as `广东省深圳市南山区科技路12号万科花园3号楼2单元501室`, `深圳南山科技路12号万科花园3-2-501`,
//! `南山区万科花园3-2-501`, `科技路12号`. Never here: which address somebody has at the time.

use super::disturbance::Disturbance as D;
use super::hand::Hand;
use super::name::push_pinyin;
use super::place::{Address, Places, Street};
use std::fmt::Write;

/// Which parts are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Full,
    NoProvince,
    NoSuffixes,
    ShortPremises,
    StreetOnly,
}

impl Places {
    /// Appends an address as a record has it.
    pub(crate) fn write_address(&self, hand: &mut Hand, address: &Address, out: &mut String) {
        if hand.hit(D::AddressPlaceholder) {
            out.push_str(hand.dice.pick(&["不详", "无", "N/A", "同上", "-", "未知"]));
            return;
        }
        let form = form(hand);
        let address = if hand.hit(D::AddressMistyped) { mistyped(hand, address) } else { *address };
        self.push_region(&address, form, out);
        push_street(&address.street, form, out);
    }

    /// Appends an address in English, as foreigners give it.
    pub(crate) fn write_english(&self, address: &Address, out: &mut String) {
        match address.street {
            Street::Town { road, number, building, room, .. } => {
                let _ = write!(out, "Room {room}, Building {building}, {number} ");
                push_pinyin_word(road[0], out);
                out.push_str(if road[1].ends_with('路') { " Road, " } else { " Street, " });
            }
            Street::Village { number, village, .. } => {
                let _ = write!(out, "No. {number} ");
                push_pinyin_word(village[0], out);
                out.push_str(" Village, ");
            }
        }
        push_pinyin_word(short(self.area(address.area).name), out);
        out.push_str(", ");
        push_pinyin_word(short(self.city_name(address)), out);
    }

    /// The name of an address's city; of the county where it stands directly under a province.
    pub(crate) fn city_name(&self, address: &Address) -> &'static str {
        match self.city(address.city).name {
            "" => self.area(address.area).name,
            name => name,
        }
    }

    /// Appends the city as a channel's city column has it.
    pub(crate) fn write_city(&self, hand: &mut Hand, address: &Address, out: &mut String) {
        let city = self.city_name(address);
        match hand.dice.below(10) {
            0 | 1 => out.push_str(short(city)),
            2 if self.city(address.city).province != city => {
                out.push_str(self.city(address.city).province);
                out.push_str(city);
            }
            _ => out.push_str(city),
        }
    }

    fn push_region(&self, address: &Address, form: Form, out: &mut String) {
        let city = self.city(address.city);
        let area = self.area(address.area).name;
        match form {
            Form::Full | Form::NoProvince => {
                if form == Form::Full && city.province != city.name {
                    out.push_str(city.province);
                }
                out.push_str(city.name);
                // Some cities have no districts; their one area bears the city's name.
                out.push_str(if area == city.name { "" } else { area });
            }
            Form::NoSuffixes => {
                out.push_str(short(city.name));
                out.push_str(if area == city.name { "" } else { short(area) });
            }
            Form::ShortPremises => out.push_str(area),
            Form::StreetOnly => {}
        }
    }
}

fn form(hand: &mut Hand) -> Form {
    let forms = [
        (D::AddressStreetOnly, Form::StreetOnly),
        (D::AddressShortPremises, Form::ShortPremises),
        (D::AddressNoSuffixes, Form::NoSuffixes),
        (D::AddressNoProvince, Form::NoProvince),
    ];
    forms.into_iter().find(|(kind, _)| hand.hit(*kind)).map_or(Form::Full, |(_, form)| form)
}

fn mistyped(hand: &mut Hand, address: &Address) -> Address {
    let slip = 1 + hand.dice.below(9) as u16;
    let street = match address.street {
        Street::Town { road, number, estate, building, unit, room } if hand.dice.per_cent(50) => {
            Street::Town { road, number: number + slip, estate, building, unit, room }
        }
        Street::Town { road, number, estate, building, unit, room } => {
            Street::Town { road, number, estate, building, unit, room: room + slip * if slip.is_multiple_of(2) { 1 } else { 100 } }
        }
        Street::Village { town, village, number } => Street::Village { town, village, number: number + slip },
    };
    Address { street, ..*address }
}

fn push_street(street: &Street, form: Form, out: &mut String) {
    let _ = match street {
        Street::Town { road, number, estate, building, unit, room } => match form {
            Form::Full | Form::NoProvince => {
                write!(out, "{}{}{number}号{}{}{building}号楼{unit}单元{room}室", road[0], road[1], estate[0], estate[1])
            }
            Form::NoSuffixes => write!(out, "{}{}{number}号{}{}{building}-{unit}-{room}", road[0], road[1], estate[0], estate[1]),
            Form::ShortPremises if estate[0].is_empty() => write!(out, "{}{}{number}号{building}-{unit}-{room}", road[0], road[1]),
            Form::ShortPremises => write!(out, "{}{}{building}-{unit}-{room}", estate[0], estate[1]),
            Form::StreetOnly => write!(out, "{}{}{number}号", road[0], road[1]),
        },
        Street::Village { town, village, number } => match form {
            Form::ShortPremises => write!(out, "{}{}{number}", village[0], village[1]),
            Form::StreetOnly => write!(out, "{}{}", village[0], village[1]),
            _ => write!(out, "{town}{}{}{number}号", village[0], village[1]),
        },
    };
}

/// A name without its last `市`, `区` or `县`, where more than one character stays.
pub(crate) fn short(name: &str) -> &str {
    match name.strip_suffix(['市', '区', '县']) {
        Some(rest) if rest.chars().nth(1).is_some() => rest,
        _ => name,
    }
}

fn push_pinyin_word(word: &str, out: &mut String) {
    let start = out.len();
    word.chars().for_each(|c| push_pinyin(c, out));
    if let Some(first) = out.get(start..=start).map(str::to_ascii_uppercase) {
        out.replace_range(start..=start, &first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms() {
        let places = Places::new(1_000_000);
        let number = (0..200).find(|n| places.city(*n).name == "深圳市").expect("a big city");
        let mut dice = crate::synth::dice::Dice::new(1, 1);
        let mut address = places.address(number, &mut dice);
        while places.area(address.area).name != "南山区" {
            address = places.address(number, &mut dice);
        }
        address.street =
            Street::Town { road: ["科技", "路"], number: 12, estate: ["万科", "花园"], building: 3, unit: 2, room: 501 };
        let written = |form| {
            let mut out = String::new();
            places.push_region(&address, form, &mut out);
            push_street(&address.street, form, &mut out);
            out
        };
        assert_eq!(written(Form::Full), "广东省深圳市南山区科技路12号万科花园3号楼2单元501室");
        assert_eq!(written(Form::NoProvince), "深圳市南山区科技路12号万科花园3号楼2单元501室");
        assert_eq!(written(Form::NoSuffixes), "深圳南山科技路12号万科花园3-2-501");
        assert_eq!(written(Form::ShortPremises), "南山区万科花园3-2-501");
        assert_eq!(written(Form::StreetOnly), "科技路12号");
        let mut english = String::new();
        places.write_english(&address, &mut english);
        assert_eq!(english, "Room 501, Building 3, 12 Keji Road, Nanshan, Shenzhen");
    }
}
