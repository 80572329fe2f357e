//! Addresses -> street, house number, premises, district, city, state in folded form, and the address as shown.
//!
//! Chinese lines are cut at their division, road and building words; numerals of buildings in every notation become
//! `3-2-501`. Western lines (`western_address`) lose punctuation, street types are written in one way, unit words go to the premises; a line that is
//! street, places, state, postcode and country between commas, in a form that is known, is parted into these, any other is a street as it
//! stands. Chinese places in letters are those in Han.
//! Parts that arrive in columns of their own are folded and kept apart; a column that carries the divisions above its own
//! (山东省潍坊市 as a city) gives those too.

use super::place::{city_in_front, city_of, district_in_front};
use super::western_address::{folded_line, standard_street, western, without_unit_word};
use super::{script, text};
use crate::record::{Field, FieldValue, Grade};
use compact_str::CompactString;

/// Provinces, regions and cities of province rank by their short names; suffixes are optional in what people type.
const PROVINCES: &[&str] = &[
    "北京",
    "天津",
    "上海",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "台湾",
];
const MUNICIPALITIES: &[&str] = &["北京", "天津", "上海", "重庆"];
/// Provinces by whose names cities are called too.
const ALSO_CITIES: &[&str] = &["吉林", "香港", "澳门"];
const PROVINCE_SUFFIXES: &[&str] = &["维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市"];

/// What parts one road from the others of the same name.
const ROAD_QUALIFIERS: &[char] =
    &['东', '南', '西', '北', '中', '前', '后', '上', '下', '大', '小', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

/// Reads a whole address, in one line or in several, which are its parts.
pub fn read_whole(address: &str, values: &mut Vec<FieldValue>) {
    let line = if address.trim().contains(LINE_ENDS) { in_one_line(address) } else { text::clean(address) };
    if line.is_empty() || text::is_placeholder(&line) {
        return;
    }
    push(values, Field::DisplayAddress, line.clone());
    if text::has_han(&line) { chinese(&line, values) } else { western(&line, values) }
}

/// What ends a line; a vertical tab does where a database keeps several lines in one value.
const LINE_ENDS: [char; 5] = ['\n', '\r', '\u{b}', '\u{85}', '\u{2028}'];

/// The lines of an address with commas between them, where none stand already.
fn in_one_line(address: &str) -> CompactString {
    let lines = address.split(LINE_ENDS).map(text::clean);
    let lines: Vec<CompactString> =
        lines.map(|line| line.trim_end_matches([',', ';', ' ']).into()).filter(|line: &CompactString| !line.is_empty()).collect();
    lines.join(", ").into()
}

/// Reads a part that arrived in a column of its own.
pub fn read_part(field: Field, part: &str, values: &mut Vec<FieldValue>) {
    let part = text::clean(part);
    if part.is_empty() || text::is_placeholder(&part) {
        return;
    }
    if text::has_han(&part) {
        match field {
            Field::Street | Field::Premises => chinese(&part, values),
            Field::State | Field::City | Field::District => division_column(field, &part, values),
            _ => push(values, field, without_division_suffix(&script::simplified(&part)).into()),
        }
        return;
    }
    let folded = folded_line(&part);
    let folded = match field {
        Field::Street => standard_street(&folded),
        Field::Premises => without_unit_word(&standard_street(&folded)).into(),
        Field::Postcode if part.bytes().all(|byte| matches!(byte, b'0' | b'-' | b' ')) => return,
        Field::Postcode | Field::StreetNumber => text::letters_and_digits(&folded),
        _ => folded,
    };
    push(values, field, folded);
}

pub(super) fn push(values: &mut Vec<FieldValue>, field: Field, value: CompactString) {
    if !value.is_empty() {
        values.push(FieldValue { field, text: value, grade: Grade::Valid });
    }
}

fn chinese(line: &str, values: &mut Vec<FieldValue>) {
    let simplified = script::simplified(line);
    let is_kept = |letter: char| text::is_letter_or_digit(letter) || !letter.is_whitespace() && !matches!(letter, ',' | ';' | '，' | '。');
    let compact = text::folded(&text::only(&simplified, is_kept));
    let before = values.len();
    let rest = take_divisions(&compact, values);
    // Of a district or county that the country has once the city need not be written.
    let is_above = |value: &FieldValue| matches!(value.field, Field::City | Field::State);
    if values.len() > before && !values[before..].iter().any(is_above) {
        let whole = &compact[..compact.len() - rest.len()];
        if let Some(city) = city_of(whole) {
            values.push(FieldValue { field: Field::City, text: city.name.into(), grade: Grade::Derived });
        }
    }
    street_and_premises(take_subdistrict(rest), values);
}

/// A column of divisions: mostly its own alone, sometimes with those above it (广东深圳 as a city), with or without marks between.
fn division_column(field: Field, part: &str, values: &mut Vec<FieldValue>) {
    let simplified = script::simplified(part);
    let letters = text::letters_and_digits(&text::folded(&simplified));
    let mut found = Vec::new();
    let rest = take_divisions(&letters, &mut found);
    let is_own = |only: &FieldValue| only.field != Field::State || field != Field::City || ALSO_CITIES.contains(&only.text.as_str());
    match (&found[..], rest.chars().count()) {
        ([only], 0) if is_own(only) => push(values, field, only.text.clone()),
        ([.., last], 2..=4) if last.field != Field::District && !has_street(rest) => {
            let in_province = last.field == Field::State && field != Field::District;
            let below = if in_province { Field::City } else { Field::District };
            push(values, below, without_division_suffix(rest).into());
            values.append(&mut found);
        }
        ([], _) | (_, 1) => push(values, field, without_division_suffix(&simplified).into()),
        _ => {
            values.append(&mut found);
            street_and_premises(take_subdistrict(rest), values);
        }
    }
}

fn has_street(rest: &str) -> bool {
    rest.contains(|letter: char| letter.is_ascii_digit() || matches!(letter, '路' | '街' | '道' | '巷' | '弄' | '号' | '楼' | '镇' | '乡'))
}

/// Takes province, city and district from the front, as far as they are there.
fn take_divisions<'a>(line: &'a str, values: &mut Vec<FieldValue>) -> &'a str {
    let mut rest = line;
    let mut in_province = None;
    if let Some(province) = PROVINCES.iter().find(|province| rest.starts_with(**province) && is_province(rest, province)) {
        rest = &rest[province.len()..];
        let suffix = PROVINCE_SUFFIXES.iter().find(|suffix| rest.starts_with(**suffix));
        if MUNICIPALITIES.contains(province) {
            push(values, Field::City, (*province).into());
            rest = rest.strip_prefix(suffix.copied().unwrap_or("")).unwrap_or(rest);
            rest = rest.strip_prefix("市辖区").unwrap_or(rest);
            if !names_a_road(rest, province) {
                rest = rest.strip_prefix(province).map_or(rest, |again| again.strip_prefix('市').unwrap_or(again));
            }
        } else {
            push(values, Field::State, (*province).into());
            rest = rest.strip_prefix(suffix.copied().unwrap_or("")).unwrap_or(rest);
        }
        in_province = Some(*province);
    }
    let rest = take_city(rest, in_province, values);
    take_district(rest, values)
}

/// Takes a district or county from the front: by its suffix, else by its name, which the city before must have.
fn take_district<'a>(rest: &'a str, values: &mut Vec<FieldValue>) -> &'a str {
    let city = values.last().filter(|value| value.field == Field::City).and_then(|city| city_in_front(&city.text));
    let after = take_division(rest, DISTRICTS, Field::District, values);
    if after.len() < rest.len() {
        return after;
    }
    match city.and_then(|city| district_in_front(rest, city)).filter(|district| !names_something_else(rest, district)) {
        Some(district) => {
            push(values, Field::District, district.into());
            &rest[district.len()..]
        }
        None => rest,
    }
}

/// Whether the province in front of `rest` is meant: not a road, not the city of its name, not a prefecture or county of its name.
fn is_province(rest: &str, province: &str) -> bool {
    let after = rest.strip_prefix(province).unwrap_or(rest);
    let city = after.starts_with('市') && !MUNICIPALITIES.contains(&province);
    !city && !after.starts_with("藏族") && !after.starts_with("蒙古族") && !names_a_road(rest, province)
}

/// Takes a city from the front: by its name, where 市, the province before or a district behind says that it is meant; else by its
/// suffix.
fn take_city<'a>(rest: &'a str, province: Option<&str>, values: &mut Vec<FieldValue>) -> &'a str {
    let city = city_in_front(rest).filter(|city| !names_a_road(rest, city.name));
    if let Some(city) = city.filter(|city| province.is_none_or(|province| city.province.starts_with(province))) {
        let after = &rest[city.name.len()..];
        let suffixed = after.strip_prefix('市');
        let with_district = || {
            let by_name = || district_in_front(after, city).is_some_and(|district| !names_something_else(after, district));
            take_division(after, DISTRICTS, Field::District, &mut Vec::new()).len() < after.len() || by_name()
        };
        if suffixed.is_some() || province.is_some() || with_district() {
            push(values, Field::City, city.name.into());
            return suffixed.unwrap_or(after);
        }
    }
    take_division(rest, &["自治州", "地区", "市", "盟"], Field::City, values)
}

/// Whether the province in front of `rest` is the beginning of a road's name (北京路, 四川北路, 北京东一路): only words of
/// direction, order or size part it from the road word. Of a road in the province (北京建国路) the name would stand between.
fn names_a_road(rest: &str, province: &str) -> bool {
    let Some(after) = rest.strip_prefix(province) else { return false };
    let name = after.trim_start_matches(ROAD_QUALIFIERS);
    ["路", "街", "道", "巷", "弄", "胡同"].iter().any(|word| name.starts_with(word))
}

/// Whether a district's name in front of `rest` is the beginning of another: of a road (朝阳路), a gate or park (朝阳门, 朝阳公园), a temple's road
/// (静安寺路), a town (怀柔镇).
fn names_something_else(rest: &str, district: &str) -> bool {
    const BEHIND: &[&str] = &[
        "门", "山", "湖", "寺", "根", "宫", "镇", "乡", "站", "村", "桥", "城", "公园", "花园", "大学", "广场", "街道", "学院", "中学",
        "小学", "医院", "大厦", "新村", "小区", "家园",
    ];
    let Some(after) = rest.strip_prefix(district) else { return false };
    let road = after.find(['路', '街', '道', '巷', '弄']).map(|end| after[..end].trim_end_matches(ROAD_QUALIFIERS));
    after.is_empty()
        || names_a_road(rest, district)
        || BEHIND.iter().any(|word| after.starts_with(word))
        || road.is_some_and(|name| name.chars().count() < 2)
}

/// Names that end as a district's does and are estates, neighbourhoods or sites within one. A 开发区 is none of them: the economic
/// ones have the rank of a district.
const WITHIN_DISTRICTS: &[&str] = &["小区", "社区", "园区", "校区", "厂区", "工业区", "住宅区", "别墅区", "家属区", "生活区", "宿舍区"];

/// Ends of those that the state's list of divisions has all the same (苏州工业园区).
const RANKED_PARKS: &[&str] = &["工业园区", "产业园区", "化工园区", "旅游创意园区", "下花园区", "绿园区", "梁园区"];

fn is_within_a_district(name: &str) -> bool {
    let ends = |list: &[&str]| list.iter().any(|end| name.ends_with(end));
    ends(WITHIN_DISTRICTS) && !ends(RANKED_PARKS)
}

/// What closes a district's name.
const DISTRICTS: &[&str] = &["自治县", "区", "县", "市", "旗"];

/// Takes a division of two to five characters from the front, when one of its suffixes closes it.
fn take_division<'a>(rest: &'a str, suffixes: &[&str], field: Field, values: &mut Vec<FieldValue>) -> &'a str {
    // A suffix further behind closes no division of this length, and none behind a road.
    let mut in_front = rest.char_indices().take(7).take_while(|(_, letter)| !matches!(letter, '路' | '街' | '道' | '巷' | '号'));
    let closed = |(at, _): (usize, char)| {
        let closing = suffixes.iter().filter(|suffix| rest[at..].starts_with(**suffix));
        closing.map(|suffix| (at, at + suffix.len())).min()
    };
    match in_front.find_map(closed) {
        Some((at, end)) if at > 0 && !is_within_a_district(&rest[..end]) => {
            push(values, field, without_division_suffix(&rest[..end]).into());
            &rest[end..]
        }
        _ => rest,
    }
}

/// Towns and subdistricts say little and are left out by most: skipped.
fn take_subdistrict(rest: &str) -> &str {
    for suffix in ["街道", "镇", "乡"] {
        if let Some((at, _)) = rest.char_indices().take(5).find(|(at, _)| rest[*at..].starts_with(suffix))
            && at > 0
            && !rest[..at].contains(|letter: char| letter.is_ascii_digit())
        {
            return &rest[at + suffix.len()..];
        }
    }
    rest
}

fn without_division_suffix(name: &str) -> &str {
    if is_within_a_district(name) {
        return name;
    }
    let letters = name.chars().count();
    for suffix in [
        "维吾尔自治区",
        "壮族自治区",
        "回族自治区",
        "特别行政区",
        "自治区",
        "自治州",
        "自治县",
        "地区",
        "新区",
        "省",
        "市",
        "区",
        "县",
        "盟",
        "旗",
    ] {
        if let Some(short) = name.strip_suffix(suffix)
            && letters - suffix.chars().count() >= 2
        {
            return short;
        }
    }
    name
}

fn street_and_premises(rest: &str, values: &mut Vec<FieldValue>) {
    let ends_road =
        |(at, letter): &(usize, char)| matches!(letter, '路' | '街' | '巷' | '道' | '弄') || rest[..*at].ends_with('胡') && *letter == '同';
    let road_end = rest.char_indices().take(12).find(ends_road).map(|(at, letter)| at + letter.len_utf8());
    let mut tail = rest;
    if let Some(end) = road_end {
        push(values, Field::Street, rest[..end].into());
        tail = &rest[end..];
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && (tail[digits..].starts_with('号') && !tail[digits..].starts_with("号楼") || tail.len() == digits) {
            push(values, Field::StreetNumber, tail[..digits].into());
            tail = tail[digits..].strip_prefix('号').unwrap_or(&tail[digits..]);
        }
    }
    push(values, Field::Premises, premises(tail));
}

/// Estate name and room: `阳光花园3号楼2单元501室`, `阳光花园3栋2-501` and `阳光花园3-2-501` come out alike.
fn premises(tail: &str) -> CompactString {
    let mut out = CompactString::default();
    let letters: Vec<char> = tail.chars().collect();
    let mut place = 0;
    while place < letters.len() {
        let letter = letters[place];
        let after_digit = out.ends_with(|last: char| last.is_ascii_digit());
        match letter {
            '号' | '栋' | '幢' | '座' | '楼' | '单' | '元' | '室' | '房' | '户' | '层' | '#' | '-' | '－' | '—' | '–'
                if after_digit || out.ends_with('-') =>
            {
                if !out.ends_with('-') {
                    out.push('-');
                }
            }
            _ => out.push(han_digit(letter, letters.get(place + 1).copied()).unwrap_or(letter)),
        }
        place += 1;
    }
    out.trim_end_matches('-').into()
}

/// Han numerals stand for digits only in front of a building word.
fn han_digit(letter: char, next: Option<char>) -> Option<char> {
    let place = "一二三四五六七八九".chars().position(|numeral| numeral == letter)?;
    matches!(next, Some('号' | '栋' | '幢' | '座' | '单')).then(|| char::from(b'1' + place as u8))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What a line in one piece is read as, its shown form left out.
    pub fn parts(line: &str) -> String {
        let mut values = Vec::new();
        read_whole(line, &mut values);
        values.retain(|value| value.field != Field::DisplayAddress);
        values.sort();
        values.iter().map(|value| format!("{}={}", value.field, value.text)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn chinese_addresses_in_four_notations() {
        let whole = parts("广东省深圳市南山区科技路12号阳光花园3号楼2单元501室");
        assert_eq!(whole, "street=科技路 premises=阳光花园3-2-501 street_number=12 district=南山 city=深圳 state=广东");
        assert_eq!(parts("深圳市南山区科技路12号阳光花园3-2-501"), whole.replace(" state=广东", ""));
        assert_eq!(parts("科技路12号阳光花园三栋2单元501"), "street=科技路 premises=阳光花园3-2-501 street_number=12");
        assert_eq!(parts("北京市朝阳区建国路88号"), "street=建国路 street_number=88 district=朝阳 city=北京");
        assert_eq!(parts("上海上海市浦东新区世纪大道100弄"), "street=世纪大道 premises=100弄 district=浦东 city=上海");
    }

    #[test]
    fn a_province_in_a_roads_name_is_no_division() {
        for (line, expected) in [
            ("北京路12号", "street=北京路 street_number=12"),
            ("四川北路7号", "street=四川北路 street_number=7"),
            ("南京东路100号", "street=南京东路 street_number=100"),
            ("北京东一路5号", "street=北京东一路 street_number=5"),
            ("北京朝阳区建国路88号", "street=建国路 street_number=88 district=朝阳 city=北京"),
            ("北京建国路88号", "street=建国路 street_number=88 city=北京"),
            ("北京东三环北路8号", "street=东三环北路 street_number=8 city=北京"),
            ("广东深圳南山区科技路12号", "street=科技路 street_number=12 district=南山 city=深圳 state=广东"),
            ("上海浦东新区世纪大道100号", "street=世纪大道 street_number=100 district=浦东 city=上海"),
            ("上海四川北路7号", "street=四川北路 street_number=7 city=上海"),
            ("北京市北京路12号", "street=北京路 street_number=12 city=北京"),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
    }

    /// 深圳南山 was read as one district, and 潍坊 of a city column never met 山东省潍坊市 of another.
    #[test]
    fn cities_are_known_without_their_suffix() {
        for (line, expected) in [
            ("广东深圳南山区科技路12号", "street=科技路 street_number=12 district=南山 city=深圳 state=广东"),
            ("广东省深圳南山区科技路12号", "street=科技路 street_number=12 district=南山 city=深圳 state=广东"),
            ("深圳南山区科技路12号", "street=科技路 street_number=12 district=南山 city=深圳"),
            ("江苏苏州昆山市人民路1号", "street=人民路 street_number=1 district=昆山 city=苏州 state=江苏"),
            ("吉林省吉林市昌邑区解放路3号", "street=解放路 street_number=3 district=昌邑 city=吉林 state=吉林"),
            ("吉林市昌邑区解放路3号", "street=解放路 street_number=3 district=昌邑 city=吉林"),
            ("江苏南京东路100号", "street=南京东路 street_number=100 state=江苏"),
            ("江西吉安县城关路2号", "street=城关路 street_number=2 district=吉安 state=江西"),
            ("湖北黄石港区黄石大道5号", "street=黄石大道 street_number=5 district=黄石港 state=湖北"),
            ("朝阳区建国路88号", "street=建国路 street_number=88 district=朝阳"),
            ("苏州花园3号楼", "premises=苏州花园3"),
            (
                "桂林叠彩金融南路1号宝龙中央公园21-3-501",
                "street=金融南路 premises=宝龙中央公园21-3-501 street_number=1 district=叠彩 city=桂林",
            ),
            ("湛江赤坎北京路246号", "street=北京路 street_number=246 district=赤坎 city=湛江"),
            ("北京朝阳建国路88号", "street=建国路 street_number=88 district=朝阳 city=北京"),
            ("北京朝阳公园路6号", "street=朝阳公园路 street_number=6 city=北京"),
            ("上海静安寺路5号", "street=静安寺路 street_number=5 city=上海"),
            ("北京怀柔镇府前街1号", "street=府前街 street_number=1 city=北京"),
            ("东区3号楼2单元501", "premises=3-2-501 district=东区"),
            ("北京朝阳路12号", "street=朝阳路 street_number=12 city=北京"),
            ("苏州吴中大道9号", "street=苏州吴中大道 street_number=9"),
            ("凌云县太平北街451号", "street=太平北街 street_number=451 district=凌云 city=百色"),
            ("上海黄浦区南京西路1号", "street=南京西路 street_number=1 district=黄浦 city=上海"),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
    }

    #[test]
    fn divisions_and_roads_have_their_lengths() {
        for (line, expected) in [
            ("一二三四五六区科技路12号", "street=科技路 street_number=12 district=一二三四五六"),
            ("一二三四五六七区科技路12号", "street=一二三四五六七区科技路 street_number=12"),
            ("南山区四个字啊镇科技路12号", "street=科技路 street_number=12 district=南山"),
            ("南山区这五个字啊镇科技路1号", "street=这五个字啊镇科技路 street_number=1 district=南山"),
            ("南山区一二三四五六七八九十胡同1号", "street=一二三四五六七八九十胡同 street_number=1 district=南山"),
            ("南山区一二三四五六七八九十甲胡同1号", "premises=一二三四五六七八九十甲胡同1 district=南山"),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
    }

    /// 海景社区 was read as a district 海景社, so that one flat had two districts.
    #[test]
    fn estates_and_sites_are_no_districts() {
        for (line, expected) in [
            ("海景社区3栋2单元501", "premises=海景社区3-2-501"),
            ("阳光小区3栋501", "premises=阳光小区3-501"),
            ("南山区海景社区3栋501", "premises=海景社区3-501 district=南山"),
            ("软件园区科技路12号", "street=软件园区科技路 street_number=12"),
            ("东校区宿舍楼5栋", "premises=东校区宿舍楼5"),
            ("深圳市厂区3号楼", "premises=厂区3 city=深圳"),
            ("苏州工业园区星湖街12号", "street=星湖街 street_number=12 district=工业园 city=苏州"),
            ("经济技术开发区黄海路5号", "street=黄海路 street_number=5 district=经济技术开发"),
            ("长春市绿园区春城大街2号", "street=春城大街 street_number=2 district=绿园 city=长春"),
            ("浦东新区世纪大道1号", "street=世纪大道 street_number=1 district=浦东 city=上海"),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
    }

    #[test]
    fn columns_that_carry_the_divisions_above_are_split() {
        let column = |field, part: &str| {
            let mut values = Vec::new();
            read_part(field, part, &mut values);
            values.sort();
            values.iter().map(|value| format!("{}={}", value.field, value.text)).collect::<Vec<_>>().join(" ")
        };
        for (field, part, expected) in [
            (Field::City, "山东省潍坊市", "city=潍坊 state=山东"),
            (Field::City, "广东深圳", "city=深圳 state=广东"),
            (Field::City, "廣東省 深圳市", "city=深圳 state=广东"),
            (Field::City, "广东省-深圳市-南山区", "district=南山 city=深圳 state=广东"),
            (Field::City, "云南大理", "city=大理 state=云南"),
            (Field::City, "深圳", "city=深圳"),
            (Field::City, "深圳市", "city=深圳"),
            (Field::City, "深圳市南山", "district=南山 city=深圳"),
            (Field::City, "昆山市", "city=昆山"),
            (Field::City, "广东省", "state=广东"),
            (Field::City, "北京市", "city=北京"),
            (Field::City, "吉林", "city=吉林"),
            (Field::City, "吉林市", "city=吉林"),
            (Field::City, "香港", "city=香港"),
            (Field::City, "海南藏族自治州", "city=海南藏族"),
            (Field::City, "深圳市南山区蛇口", "premises=蛇口 district=南山 city=深圳"),
            (Field::City, "深圳市南山区科技路12号", "street=科技路 street_number=12 district=南山 city=深圳"),
            (Field::State, "山东省", "state=山东"),
            (Field::State, "北京市", "state=北京"),
            (Field::State, "新疆维吾尔自治区", "state=新疆"),
            (Field::State, "广东省深圳市", "city=深圳 state=广东"),
            (Field::District, "南山区", "district=南山"),
            (Field::District, "深圳市南山区", "district=南山 city=深圳"),
            (Field::District, "昆山市", "district=昆山"),
            (Field::District, "江苏昆山", "district=昆山 state=江苏"),
            (Field::District, "河北区", "district=河北"),
            (Field::District, "海景社区", "district=海景社区"),
            (Field::District, "河南蒙古族自治县", "district=河南蒙古族"),
        ] {
            assert_eq!(column(field, part), expected, "{part}");
        }
    }
}
