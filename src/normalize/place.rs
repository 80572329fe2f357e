//! Chinese cities and their districts and counties by name: which texts begin with one, and which city a county is of.
//!
//! Who leaves out 市 or 区 leaves out the mark by which a division ends, and who writes in letters all of it, so the names themselves
//! are needed. The lists are those that made-up customers live by, so that there is one copy; they are read once. Cost of a look-up: a
//! few hashes of short texts.

use super::pinyin;
use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::OnceLock;

const PROVINCES: &str = include_str!("data/provinces.csv");
const CITIES: &str = include_str!("data/cities.csv");
const AREAS: &str = include_str!("data/areas.csv");

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
    let ends = text.char_indices().map(|(place, letter)| place + letter.len_utf8()).take(NAME_CHARS_MAX);
    let city = *ends.filter_map(|end| places().cities.get(&text[..end])).last()?;
    let after = &text[city.name.len()..];
    let another = LONGER_NAMES.iter().any(|longer| text.starts_with(longer)) || DIVISION_ENDS.iter().any(|end| after.starts_with(end));
    (!another).then_some(city)
}

/// A district or county of a city, by its name without 区 or 县, that a text of simplified Han begins with.
pub fn district_in_front(text: &str, of: City) -> Option<&'static str> {
    let places = places();
    // Cities of province rank have two codes, of districts and of counties.
    let codes = places.codes.get(of.name)?;
    let districts = codes.iter().filter_map(|code| places.districts.get(code)).flatten().copied();
    let in_front = districts.filter(|short| text.starts_with(short));
    in_front.max_by_key(|short| short.len())
}

/// Whether a province is called so in pinyin (folded, without spaces).
pub fn is_province_in_letters(name: &str) -> bool {
    const SPELT: &[&str] = &["shaanxi", "neimenggu", "innermongolia", "xizang", "tibet", "hongkong", "macau"];
    static NAMES: OnceLock<FxHashSet<CompactString>> = OnceLock::new();
    let read = || {
        let names = PROVINCES.lines().skip(1).filter_map(|row| row.split(',').nth(1));
        let short = |name: &str| letters(["自治区", "省", "市"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name));
        names.map(short).chain(SPELT.iter().map(|name| CompactString::from(*name))).collect()
    };
    NAMES.get_or_init(read).contains(name)
}

/// The city of the one district or county in the country that has this whole name (凌云县).
pub fn city_of(district: &str) -> Option<City> {
    // What says no more than where in its city a district lies may be anybody's word.
    const GENERAL: &[&str] = &["江南区", "江北区", "江东区", "河东区", "河西区", "河北区", "港口区", "港北区", "港南区"];
    let is_general = district.chars().count() < 3 || district.starts_with(['城', '老', '新']) || GENERAL.contains(&district);
    if is_general { None } else { *places().by_district.get(district)? }
}

/// The city and, where it is one of the city's, the district or county that are written in pinyin (folded, without spaces).
pub fn city_in_letters(city: &str, district: &str) -> Option<(City, Option<&'static str>)> {
    let places = places();
    let cities = places.in_letters.get(city)?;
    let with_district = |city: &City| {
        let districts = places.codes[city.name].iter().filter_map(|code| places.districts.get(code)).flatten().copied();
        let found = districts.clone().find(|short| letters(short) == district);
        found.map(|short| (*city, Some(short)))
    };
    // Of cities that are written alike the district tells which.
    cities.iter().find_map(with_district).or(match cities[..] {
        [city] => Some((city, None)),
        _ => None,
    })
}

/// Characters of the longest name of a city (呼和浩特).
const NAME_CHARS_MAX: usize = 4;

struct Places {
    cities: FxHashMap<&'static str, City>,
    /// By city: the codes of its divisions.
    codes: FxHashMap<&'static str, Vec<&'static str>>,
    /// By code of a city: names without 区 and 县.
    districts: FxHashMap<&'static str, Vec<&'static str>>,
    /// By whole name: the city, none where several have one of the name.
    by_district: FxHashMap<&'static str, Option<City>>,
    in_letters: FxHashMap<CompactString, Vec<City>>,
}

fn places() -> &'static Places {
    static PLACES: OnceLock<Places> = OnceLock::new();
    PLACES.get_or_init(read)
}

fn read() -> Places {
    let rows = |list: &'static str| list.lines().skip(1).map(|line| line.split(','));
    let provinces: FxHashMap<&str, &str> = rows(PROVINCES).filter_map(|mut row| Some((row.next()?, row.next()?))).collect();
    let mut places = Places {
        cities: FxHashMap::default(),
        codes: FxHashMap::default(),
        districts: FxHashMap::default(),
        by_district: FxHashMap::default(),
        in_letters: FxHashMap::default(),
    };
    let mut by_code: FxHashMap<&str, City> = FxHashMap::default();
    for mut row in rows(CITIES) {
        let (Some(code), Some(name)) = (row.next(), row.next().and_then(|name| name.strip_suffix('市'))) else { continue };
        let Some(province) = code.get(..2).and_then(|code| provinces.get(code)) else { continue };
        let city = City { name, province };
        by_code.insert(code, city);
        places.codes.entry(name).or_default().push(code);
        if places.cities.insert(name, city).is_none() {
            places.in_letters.entry(letters(name)).or_default().push(city);
        }
    }
    for (name, spelt) in SPELT {
        if let Some(city) = places.cities.get(name) {
            places.in_letters.entry((*spelt).into()).or_default().push(*city);
        }
    }
    for mut row in rows(AREAS) {
        let (Some(code), Some(name)) = (row.next().and_then(|code| code.get(..4)), row.next()) else { continue };
        let city = by_code.get(code).copied();
        places.by_district.entry(name).and_modify(|city| *city = None).or_insert(city);
        let short = ["自治县", "自治旗", "新区", "区", "县", "市", "旗"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        if short.chars().count() >= 2 {
            places.districts.entry(code).or_default().push(short);
        }
    }
    places
}

/// A place's name in pinyin, with the readings that places have.
fn letters(name: &str) -> CompactString {
    const OF_PLACES: &[(char, &str)] = &[('长', "chang"), ('重', "chong"), ('都', "du"), ('厦', "xia"), ('佛', "fo"), ('蚌', "beng")];
    let reading = |letter: char| OF_PLACES.iter().find(|(of, _)| *of == letter).map(|(_, reading)| *reading);
    let mut out = CompactString::default();
    for letter in name.chars() {
        match reading(letter) {
            Some(reading) => out.push_str(reading),
            None => out.push_str(&pinyin::plain(letter.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

/// How cities are spelt beside their pinyin.
const SPELT: &[(&str, &str)] = &[
    ("六安", "luan"),
    ("吕梁", "luliang"),
    ("呼和浩特", "hohhot"),
    ("鄂尔多斯", "ordos"),
    ("呼伦贝尔", "hulunbuir"),
    ("乌鲁木齐", "urumqi"),
    ("拉萨", "lhasa"),
    ("哈尔滨", "harbin"),
    ("齐齐哈尔", "qiqihar"),
    ("吐鲁番", "turpan"),
    ("克拉玛依", "karamay"),
];

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
        let longest = places().cities.keys().map(|name| name.chars().count()).max();
        assert_eq!(longest, Some(NAME_CHARS_MAX));
    }

    #[test]
    fn districts_are_known_without_their_suffix_and_tell_their_city() {
        let in_front = |city: &str, text: &str| district_in_front(text, city_in_front(city).expect("a city"));
        assert_eq!(in_front("桂林", "叠彩金融南路"), Some("叠彩"));
        assert_eq!(in_front("重庆", "云阳县"), Some("云阳"), "a county of a city of province rank");
        assert_eq!((in_front("桂林", "南山路"), in_front("苏州", "")), (None, None));
        assert_eq!(city_of("凌云县").map(|city| city.name), Some("百色"));
        assert_eq!(city_of("南开区").map(|city| city.name), Some("天津"));
        assert_eq!((city_of("鼓楼区"), city_of("不详区")), (None, None), "several cities have one");
        assert_eq!((city_of("东区"), city_of("老城区"), city_of("矿区")), (None, None, None), "anybody's words");
    }

    #[test]
    fn cities_in_letters() {
        let found = |city: &str, district: &str| city_in_letters(city, district).map(|(city, district)| (city.name, district));
        assert_eq!(found("zhoukou", "shangshui"), Some(("周口", Some("商水"))));
        assert_eq!((found("changsha", ""), found("harbin", "")), (Some(("长沙", None)), Some(("哈尔滨", None))));
        assert_eq!(
            (found("fuzhou", "taijiang"), found("fuzhou", "linchuan")),
            (Some(("福州", Some("台江"))), Some(("抚州", Some("临川"))))
        );
        assert_eq!((found("fuzhou", "x"), found("springfield", "")), (None, None));
    }
}
