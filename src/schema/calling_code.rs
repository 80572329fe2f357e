//! In which country phone numbers are written without their country's code.
//!
//! 1. What the sample's numbers show: codes behind `+` and `00`, Chinese mobiles, numbers in the North American form.
//! 2. What its countries say, where a column holds them.
//! 3. Only numbers that begin with a single zero leave a choice: of China they are where anything shows that, of the country that most of the
//!    rest shows where nothing does, and of none where nothing shows any.

use super::ColumnKind;
use super::dictionary::folded;
use crate::record::SourceRecord;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A country's calling code, as 86 (ITU-T E.164).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CallingCode(u16);

/// Calling codes of two digits; 1 and 7 have one, all others three.
const OF_TWO_DIGITS: &[u16] = &[
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81,
    82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
];

/// Codes and what their countries are called: ISO 3166-1 codes, English, Chinese and their own names, folded.
const COUNTRIES: &[(u16, &str)] = &[
    (1, "us usa unitedstates unitedstatesofamerica america ca can canada 美国 加拿大"),
    (7, "ru rus russia russianfederation kz kaz kazakhstan 俄罗斯 哈萨克斯坦"),
    (20, "eg egy egypt 埃及"),
    (27, "za zaf southafrica 南非"),
    (30, "gr grc greece 希腊"),
    (31, "nl nld netherlands thenetherlands nederland holland 荷兰"),
    (32, "be bel belgium belgique belgie belgië 比利时"),
    (33, "fr fra france frankreich francia 法国"),
    (34, "es esp spain españa espana 西班牙"),
    (36, "hu hun hungary 匈牙利"),
    (39, "it ita italy italia 意大利"),
    (40, "ro rou romania 罗马尼亚"),
    (41, "ch che switzerland schweiz suisse svizzera 瑞士"),
    (43, "at aut austria österreich osterreich 奥地利"),
    (44, "gb gbr uk unitedkingdom greatbritain england scotland wales northernireland 英国"),
    (45, "dk dnk denmark danmark 丹麦"),
    (46, "se swe sweden sverige 瑞典"),
    (47, "no nor norway norge 挪威"),
    (48, "pl pol poland polska 波兰"),
    (49, "de deu germany deutschland allemagne 德国"),
    (52, "mx mex mexico méxico 墨西哥"),
    (54, "ar arg argentina 阿根廷"),
    (55, "br bra brazil brasil 巴西"),
    (60, "my mys malaysia 马来西亚"),
    (61, "au aus australia 澳大利亚"),
    (62, "id idn indonesia 印度尼西亚"),
    (63, "ph phl philippines 菲律宾"),
    (64, "nz nzl newzealand 新西兰"),
    (65, "sg sgp singapore 新加坡"),
    (66, "th tha thailand 泰国"),
    (81, "jp jpn japan 日本"),
    (82, "kr kor korea southkorea republicofkorea 韩国"),
    (84, "vn vnm vietnam 越南"),
    (86, "cn chn china prchina mainlandchina 中国 中国大陆 中华人民共和国"),
    (90, "tr tur turkey türkiye turkiye 土耳其"),
    (91, "in ind india 印度"),
    (92, "pk pak pakistan 巴基斯坦"),
    (351, "pt prt portugal 葡萄牙"),
    (353, "ie irl ireland 爱尔兰"),
    (358, "fi fin finland suomi 芬兰"),
    (420, "cz cze czechia czechrepublic 捷克"),
    (852, "hk hkg hongkong 香港 中国香港"),
    (853, "mo mac macao macau 澳门 中国澳门"),
    (886, "tw twn taiwan 台湾 中国台湾"),
    (966, "sa sau saudiarabia 沙特阿拉伯"),
    (971, "ae are unitedarabemirates uae 阿联酋"),
    (972, "il isr israel 以色列"),
];

/// Digits of a mobile number in China.
const MOBILE_DIGITS: usize = 11;
/// Digits of a number in North America without its country's code.
const NORTH_AMERICAN_DIGITS: usize = 10;

impl CallingCode {
    /// China.
    pub const CHINA: CallingCode = CallingCode(86);
    /// The United States, Canada and others of the North American numbering plan.
    pub const NORTH_AMERICA: CallingCode = CallingCode(1);
    /// Italy, whose numbers keep their zero.
    pub const ITALY: CallingCode = CallingCode(39);

    /// The number.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The code that international digits begin with.
    pub fn of_digits(digits: &str) -> Option<Self> {
        let number = |length: usize| digits.get(..length)?.parse().ok();
        let code = match number(2)? {
            10..=19 => 1,
            70..=79 => 7,
            two if OF_TWO_DIGITS.contains(&two) => two,
            _ => number(3)?,
        };
        (code > 0 && !digits.starts_with('0')).then_some(CallingCode(code))
    }

    /// Reads `+44` or `44`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('+').unwrap_or(text.trim());
        let code = CallingCode(digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?);
        // Behind a whole code any digits may follow.
        (Self::of_digits(&format!("{digits}00")) == Some(code)).then_some(code)
    }

    fn of_country(name: &str) -> Option<Self> {
        let name = folded(name);
        COUNTRIES.iter().find(|(_, names)| names.split(' ').any(|known| known == name)).map(|(code, _)| CallingCode(*code))
    }

    /// The country of the phone numbers of a sample that say none, its columns of these kinds.
    pub fn of_sample(columns: &[ColumnKind], sample: &[SourceRecord]) -> Option<Self> {
        let mut seen = Seen::default();
        for record in sample {
            for (kind, value) in columns.iter().zip(&record.values) {
                match kind {
                    ColumnKind::Phone => seen.add_phone(value),
                    ColumnKind::Country => seen.add(Self::of_country(value)),
                    _ => seen.han |= value.chars().any(|letter| matches!(letter, '\u{4e00}'..='\u{9fff}')),
                }
            }
        }
        seen.country()
    }
}

impl std::fmt::Display for CallingCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// What the numbers of a sample show.
#[derive(Default)]
struct Seen {
    /// Numbers and countries that tell a code.
    codes: BTreeMap<CallingCode, u32>,
    /// Numbers that begin with one zero.
    with_zero: u32,
    /// Numbers of ten digits that may be North American.
    of_ten: u32,
    /// Numbers of eleven digits that begin with 1 and may be of both regions, and those that only China has.
    of_both: u32,
    of_china: u32,
    /// Whether Han characters occur.
    han: bool,
}

impl Seen {
    fn add(&mut self, code: Option<CallingCode>) {
        if let Some(code) = code {
            *self.codes.entry(code).or_insert(0) += 1;
        }
    }

    fn add_phone(&mut self, text: &str) {
        let text = text.trim();
        let digits: String = text.chars().filter(|letter| letter.is_ascii_digit() || *letter == '*').collect();
        let bytes = digits.as_bytes();
        let area = |from: usize| matches!((bytes.get(from), bytes.get(from + 3)), (Some(b'2'..=b'9'), Some(b'2'..=b'9')));
        if text.starts_with('+') {
            self.add(CallingCode::of_digits(&digits));
        } else if let Some(digits) = digits.strip_prefix("00").filter(|digits| digits.len() > 8) {
            self.add(CallingCode::of_digits(digits));
        } else if bytes.first() == Some(&b'0') && bytes.len() >= 9 {
            self.with_zero += 1;
        } else if bytes.len() == NORTH_AMERICAN_DIGITS && area(0) {
            self.of_ten += 1;
        } else if bytes.len() == MOBILE_DIGITS && bytes[0] == b'1' {
            match (area(1), matches!(bytes[1], b'3'..=b'9')) {
                // One digit in front of groups of three, three and four.
                (true, _) if text.starts_with("1-") || text.starts_with("1 ") || text.starts_with("1(") || text.starts_with("1.") => {
                    self.add(Some(CallingCode::NORTH_AMERICA));
                }
                (true, true) => self.of_both += 1,
                (true, false) => self.add(Some(CallingCode::NORTH_AMERICA)),
                (false, _) => self.of_china += 1,
            }
        }
    }

    fn country(self) -> Option<CallingCode> {
        let shown = |code: CallingCode| self.codes.get(&code).copied().unwrap_or(0);
        // A fifth of the mobiles of China cannot be North American; a few that happen to be able to be both say nothing.
        let china = shown(CallingCode::CHINA) + self.of_china + if self.of_china > 0 { self.of_both } else { 0 };
        let north_america = shown(CallingCode::NORTH_AMERICA) + self.of_ten;
        let most = self.codes.iter().max_by_key(|(code, count)| (**count, std::cmp::Reverse(**code))).map(|(code, _)| *code);
        if self.with_zero > self.of_ten + self.of_china + self.of_both {
            let other = most.filter(|code| *code != CallingCode::CHINA && shown(*code) > china);
            return match other {
                Some(code) => Some(code),
                None if china + self.of_both > 0 || self.han => Some(CallingCode::CHINA),
                None => None,
            };
        }
        match most {
            _ if china == 0 && north_america > self.of_both => Some(CallingCode::NORTH_AMERICA),
            // Where national numbers have no zero in front (Spain, Denmark), or lost it in a spreadsheet, the countries tell.
            Some(code) if china == 0 && code != CallingCode::NORTH_AMERICA && shown(code) > north_america && self.of_both == 0 => {
                Some(code)
            }
            _ => Some(CallingCode::CHINA),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Layout;
    use std::sync::Arc;

    fn country(kinds: &[ColumnKind], rows: &[&[&str]]) -> Option<u16> {
        let columns: Arc<[_]> = kinds.iter().map(|kind| compact_str::CompactString::from(kind.to_string())).collect();
        let layout = Arc::new(Layout { input: "x".into(), source: "x".into(), columns: columns.to_vec() });
        let row = |values: &&[&str]| SourceRecord {
            layout: layout.clone(),
            values: values.iter().map(|value| (*value).into()).collect(),
            line: 1,
            row: 1,
        };
        let sample: Vec<SourceRecord> = rows.iter().map(row).collect();
        CallingCode::of_sample(kinds, &sample).map(CallingCode::number)
    }

    #[test]
    fn numbers_and_countries_tell_where_they_are_from() {
        use ColumnKind::{Country, FullName, Phone};
        for (expected, numbers) in [
            (Some(86), &["13912345671", "010-62771234", "0755-82771234", "021-62771234"][..]),
            (Some(86), &["010-62771234", "0755-82771234", "+86 139 1234 5671"]),
            (Some(44), &["07753 475203", "020 7946 0958", "+44 7753 475204"]),
            (Some(44), &["07753 475203", "0044 20 7946 0958", "01632 960983"]),
            (None, &["07753 475203", "020 7946 0958"]),
            (Some(1), &["(303) 555-0142", "303-555-0143", "1-303-555-0142", "13035550142"]),
            (Some(86), &["13912345671", "(303) 555-0142", "13800123456", "+44 7753 475204"]),
            (Some(86), &["+1 303 555 0142", "13912345671", "13912345678", "13912345679"]),
            (Some(34), &["612 345 678", "+34 612 345 679"]),
            (Some(86), &[]),
        ] {
            let rows: Vec<[&str; 1]> = numbers.iter().map(|number| [*number]).collect();
            let rows: Vec<&[&str]> = rows.iter().map(<[&str; 1]>::as_slice).collect();
            assert_eq!(country(&[Phone], &rows), expected, "{numbers:?}");
        }
        assert_eq!(country(&[Phone, Country], &[&["0172 1234567", "Deutschland"], &["030 1234567", "DE"]]), Some(49));
        assert_eq!(country(&[Phone, FullName], &[&["0755-82771234", "张伟"], &["010-62771234", "李娜"]]), Some(86));
    }

    #[test]
    fn codes_are_those_that_there_are() {
        for (text, expected) in
            [("+44", Some(44)), ("86", Some(86)), ("1", Some(1)), ("+852", Some(852)), ("0", None), ("85", None), ("+4", None), ("x", None)]
        {
            assert_eq!(CallingCode::parse(text).map(CallingCode::number), expected, "{text}");
        }
    }
}
