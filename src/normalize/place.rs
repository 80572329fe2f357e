//! Chinese cities by name: which texts begin with one.
//!
//! Who leaves out 市 leaves out the mark by which a division ends, so the names themselves are needed. The lists are those that
//! made-up customers live by, so that there is one copy; they are read once. Cost of a look-up: a few hashes of short texts.

use rustc_hash::FxHashMap;
use std::sync::OnceLock;

const PROVINCES: &str = include_str!("data/provinces.csv");
const CITIES: &str = include_str!("data/cities.csv");

/// Divisions that begin with the name of the city they belong to, and are not that city and something else.
const LONGER_NAMES: &[&str] = &["黄石港", "岳阳楼", "东营港", "本溪满族", "阜新蒙古族"];

/// What closes a division's name; right behind a city's name it makes another division of it (朝阳区, 长沙县).
const DIVISION_ENDS: &[&str] = &["区", "县", "旗", "新区", "自治县", "自治州", "自治旗"];

/// A city in front of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct City {
    /// Its name without 市.
    pub name: &'static str,
    /// Its province's whole name (广东省).
    pub province: &'static str,
}

/// The city that a text of simplified Han begins with, followed by 市 or by nothing of its name.
pub fn city_in_front(text: &str) -> Option<City> {
    static BY_NAME: OnceLock<FxHashMap<&'static str, &'static str>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(read);
    let ends = text.char_indices().map(|(place, letter)| place + letter.len_utf8()).take(NAME_CHARS_MAX);
    let found = ends.filter_map(|end| by_name.get_key_value(&text[..end])).last();
    let (name, province) = found?;
    let after = &text[name.len()..];
    let another = LONGER_NAMES.iter().any(|longer| text.starts_with(longer)) || DIVISION_ENDS.iter().any(|end| after.starts_with(end));
    (!another).then_some(City { name, province })
}

/// Characters of the longest name of a city (呼和浩特).
const NAME_CHARS_MAX: usize = 4;

fn read() -> FxHashMap<&'static str, &'static str> {
    let rows = |list: &'static str| list.lines().skip(1).map(|line| line.split(','));
    let provinces: FxHashMap<&str, &str> = rows(PROVINCES).filter_map(|mut row| Some((row.next()?, row.next()?))).collect();
    let city = |mut row: std::str::Split<'static, char>| {
        let (code, name) = (row.next()?, row.next()?.strip_suffix('市')?);
        Some((name, *provinces.get(code.get(..2)?)?))
    };
    rows(CITIES).filter_map(city).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_stand_in_front_and_other_divisions_do_not() {
        for (text, expected) in [
            ("深圳南山区", Some(("深圳", "广东省"))),
            ("深圳市", Some(("深圳", "广东省"))),
            ("深圳", Some(("深圳", "广东省"))),
            ("呼和浩特赛罕区", Some(("呼和浩特", "内蒙古自治区"))),
            ("张家口桥东区", Some(("张家口", "河北省"))),
            ("朝阳区", None),
            ("长沙县", None),
            ("黄石港区", None),
            ("黄石下陆区", Some(("黄石", "湖北省"))),
            ("南山区", None),
            ("", None),
        ] {
            assert_eq!(city_in_front(text).map(|city| (city.name, city.province)), expected, "{text}");
        }
        let longest = read().keys().map(|name| name.chars().count()).max();
        assert_eq!(longest, Some(NAME_CHARS_MAX));
    }
}
