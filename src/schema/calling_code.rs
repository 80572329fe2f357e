//! In which country phone numbers are written without their country's code.
//!
//! 1. What the sample's numbers show: codes behind `+` and `00`, Chinese mobiles, numbers in the North American form.
//! 2. What its countries say, where a column holds them.
//! 3. A file in Han, or with some numbers of China, is of China, unless the numbers that say a country say another for the greater part.

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

/// Codes, the most digits of a number behind them (without a zero in front, as the national numbering plans have it), and what their
/// countries are called: ISO 3166-1 codes, English, Chinese and their own names, folded.
const COUNTRIES: &[(u16, usize, &str)] = &[
    (1, 10, "us usa unitedstates unitedstatesofamerica america ca can canada 美国 加拿大"),
    (7, 10, "ru rus russia russianfederation kz kaz kazakhstan 俄罗斯 哈萨克斯坦"),
    (20, 10, "eg egy egypt 埃及"),
    (27, 9, "za zaf southafrica 南非"),
    (30, 10, "gr grc greece 希腊"),
    (31, 9, "nl nld netherlands thenetherlands nederland holland 荷兰"),
    (32, 9, "be bel belgium belgique belgie belgië 比利时"),
    (33, 9, "fr fra france frankreich francia 法国"),
    (34, 9, "es esp spain españa espana 西班牙"),
    (36, 9, "hu hun hungary 匈牙利"),
    (39, 11, "it ita italy italia 意大利"),
    (40, 9, "ro rou romania 罗马尼亚"),
    (41, 9, "ch che switzerland schweiz suisse svizzera 瑞士"),
    (43, 13, "at aut austria österreich osterreich 奥地利"),
    (44, 10, "gb gbr uk unitedkingdom greatbritain england scotland wales northernireland 英国"),
    (45, 8, "dk dnk denmark danmark 丹麦"),
    (46, 9, "se swe sweden sverige 瑞典"),
    (47, 8, "no nor norway norge 挪威"),
    (48, 9, "pl pol poland polska 波兰"),
    (49, 11, "de deu germany deutschland allemagne 德国"),
    (52, 10, "mx mex mexico méxico 墨西哥"),
    (54, 11, "ar arg argentina 阿根廷"),
    (55, 11, "br bra brazil brasil 巴西"),
    (60, 10, "my mys malaysia 马来西亚"),
    (61, 9, "au aus australia 澳大利亚"),
    (62, 12, "id idn indonesia 印度尼西亚"),
    (63, 10, "ph phl philippines 菲律宾"),
    (64, 10, "nz nzl newzealand 新西兰"),
    (65, 8, "sg sgp singapore 新加坡"),
    (66, 9, "th tha thailand 泰国"),
    (81, 10, "jp jpn japan 日本"),
    (82, 10, "kr kor korea southkorea republicofkorea korearepublicof 韩国"),
    (84, 10, "vn vnm vietnam 越南"),
    (86, 11, "cn chn china prc prchina peoplesrepublicofchina mainlandchina 中国 中國 中国大陆 中华人民共和国"),
    (90, 10, "tr tur turkey türkiye turkiye 土耳其"),
    (91, 10, "in ind india 印度"),
    (92, 10, "pk pak pakistan 巴基斯坦"),
    (351, 9, "pt prt portugal 葡萄牙"),
    (353, 9, "ie irl ireland 爱尔兰"),
    (358, 12, "fi fin finland suomi 芬兰"),
    (420, 9, "cz cze czechia czechrepublic 捷克"),
    (852, 8, "hk hkg hongkong hongkongsar 香港 中国香港"),
    (853, 8, "mo mac macao macau 澳门 中国澳门"),
    (886, 9, "tw twn taiwan 台湾 臺灣 中国台湾"),
    (966, 9, "sa sau saudiarabia 沙特阿拉伯"),
    (971, 9, "ae are unitedarabemirates uae 阿联酋"),
    (972, 9, "il isr israel 以色列"),
];

/// Digits of a mobile number in China.
const CHINESE_MOBILE_DIGITS: usize = 11;
/// One in so many rows with Han characters, or twice as many numbers, makes a file one of China.
const SIGN_SHARE: u32 = 5;
/// Numbers of ten digits from which on their form tells.
const PLAIN_MIN: u32 = 20;
/// Digits of a number in North America without its country's code.
const NORTH_AMERICAN_DIGITS: usize = 10;

impl CallingCode {
    /// China.
    pub const CHINA: CallingCode = CallingCode(86);
    /// The United States, Canada and others of the North American numbering plan.
    pub const NORTH_AMERICA: CallingCode = CallingCode(1);
    /// Italy, whose numbers keep their zero.
    pub const ITALY: CallingCode = CallingCode(39);
    /// Brazil and Germany, where numbers of eleven digits begin with 1, as mobiles of China do.
    pub const ELEVEN_FROM_ONE: [CallingCode; 2] = [CallingCode(55), CallingCode(49)];
    /// Hungary, where 06 stands in front of a number.
    pub const HUNGARY: CallingCode = CallingCode(36);
    /// Russia and Kazakhstan, where 8 does.
    pub const RUSSIA: CallingCode = CallingCode(7);

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

    /// The most digits of a number in the country, without a zero in front.
    pub fn longest(self) -> usize {
        COUNTRIES.iter().find(|(code, ..)| *code == self.0).map_or(NORTH_AMERICAN_DIGITS, |(_, longest, _)| *longest)
    }

    /// The code of a country by its name.
    pub fn of_country(name: &str) -> Option<Self> {
        let name = folded(name);
        COUNTRIES.iter().find(|(.., names)| names.split(' ').any(|known| known == name)).map(|(code, ..)| CallingCode(*code))
    }

    /// The country of the phone numbers of a sample that say none, its columns of these kinds; none where nothing tells.
    pub fn of_sample(columns: &[ColumnKind], sample: &[SourceRecord]) -> Option<Self> {
        if !columns.contains(&ColumnKind::Phone) {
            return None;
        }
        let mut seen = Seen::default();
        for record in sample {
            let mut han = false;
            for (kind, value) in columns.iter().zip(&record.values) {
                match kind {
                    ColumnKind::Phone => seen.add_phone(value),
                    ColumnKind::Country => seen.add(Self::of_country(value)),
                    _ => han |= value.chars().any(|letter| matches!(letter, '\u{4e00}'..='\u{9fff}')),
                }
            }
            seen.rows += 1;
            seen.rows_with_han += u32::from(han);
        }
        seen.country()
    }

    /// What most of several files show, for those that show nothing.
    pub fn of_most(shown: impl Iterator<Item = Option<Self>>) -> Option<Self> {
        let mut files: BTreeMap<CallingCode, u32> = BTreeMap::new();
        shown.flatten().for_each(|code| *files.entry(code).or_insert(0) += 1);
        files.into_iter().max_by_key(|(code, files)| (*files, std::cmp::Reverse(*code))).map(|(code, _)| code)
    }
}

impl std::fmt::Display for CallingCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// What a sample shows.
#[derive(Default)]
struct Seen {
    rows: u32,
    rows_with_han: u32,
    phones: u32,
    /// Numbers and countries that tell a code.
    codes: BTreeMap<CallingCode, u32>,
    /// Numbers that may be landlines of China, and those of them that are written as such.
    landlines: u32,
    landlines_grouped: u32,
    /// Numbers of ten digits that may be North American, those of them that are grouped so, and those that cannot be.
    of_ten: u32,
    grouped: u32,
    not_of_ten: u32,
    /// Numbers of eleven digits that may be mobiles of China or North American, and those that only China has.
    of_both: u32,
    of_china: u32,
}

impl Seen {
    fn add(&mut self, code: Option<CallingCode>) {
        if let Some(code) = code {
            *self.codes.entry(code).or_insert(0) += 1;
        }
    }

    /// Adds the first number of a cell.
    fn add_phone(&mut self, cell: &str) {
        let start = cell.find(|letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '＋' | '(')).unwrap_or(cell.len());
        let text = cell[start..].split([';', ',', '/', '、', '；', '，']).next().unwrap_or_default();
        let digits: String = text.chars().filter(|letter| letter.is_ascii_digit() || *letter == '*').collect();
        let bytes = digits.as_bytes();
        self.phones += u32::from(!bytes.is_empty());
        // North American numbering plan: an area code and an exchange that begin with 2 to 9.
        let plan = |from: usize| matches!((bytes.get(from), bytes.get(from + 3)), (Some(b'2'..=b'9'), Some(b'2'..=b'9')));
        let groups = || text.split(|letter: char| !letter.is_ascii_digit()).map(str::len).filter(|length| *length > 0).collect::<Vec<_>>();
        if text.contains(['+', '＋']) {
            self.add(CallingCode::of_digits(&digits));
        } else if let Some(digits) = digits.strip_prefix("00").filter(|digits| digits.len() > 8) {
            self.add(CallingCode::of_digits(digits));
        } else if bytes.first() == Some(&b'0') {
            self.landlines += u32::from(matches!(bytes.len(), 11 | 12));
            self.landlines_grouped += u32::from(matches!(groups()[..], [3, 8] | [4, 7 | 8]));
        } else if bytes.len() == NORTH_AMERICAN_DIGITS {
            self.of_ten += u32::from(plan(0));
            self.not_of_ten += u32::from(!plan(0));
            self.grouped += u32::from(plan(0) && groups() == [3, 3, 4]);
        } else if bytes.len() == CHINESE_MOBILE_DIGITS && bytes[0] == b'1' {
            match (plan(1), matches!(bytes[1], b'3'..=b'9' | b'*')) {
                // One digit in front of groups of three, three and four.
                (true, _) if groups() == [1, 3, 3, 4] => self.grouped += 1,
                (true, true) => self.of_both += 1,
                (false, true) => self.of_china += 1,
                _ => {}
            }
        }
    }

    fn country(self) -> Option<CallingCode> {
        let shown = |code: CallingCode| self.codes.get(&code).copied().unwrap_or(0);
        // A fifth of the mobiles of China cannot be North American.
        let mobiles = self.of_china + if self.of_china * 2 * SIGN_SHARE > self.of_both { self.of_both } else { 0 };
        let china = shown(CallingCode::CHINA) + mobiles;
        let others = self.codes.iter().filter(|(code, _)| ![CallingCode::CHINA, CallingCode::NORTH_AMERICA].contains(*code));
        let most = others.max_by_key(|(code, count)| (**count, std::cmp::Reverse(**code))).map(|(code, count)| (*code, *count));
        // A file in Han, or with some numbers of China, is of China unless most that say a country say another.
        let is_chinese = self.rows_with_han * SIGN_SHARE > self.rows || china * 2 * SIGN_SHARE > self.phones;
        if is_chinese {
            let landlines = if self.rows_with_han > 0 { self.landlines } else { 0 };
            let outdone = |(_, count): &(CallingCode, u32)| {
                *count > 4 * china && (*count > 4 * landlines || 2 * count > self.rows) && count * SIGN_SHARE > self.phones
            };
            return most.filter(outdone).map(|(code, _)| code).or(Some(CallingCode::CHINA));
        }
        // Ten digits are North American where hardly any cannot be: of other countries' numbers a third cannot.
        let plain = if self.of_ten >= PLAIN_MIN && self.not_of_ten * 20 < self.of_ten { self.of_ten } else { 0 };
        let with_one = if self.of_both >= PLAIN_MIN { self.of_both } else { 0 };
        let north_america = shown(CallingCode::NORTH_AMERICA) + plain.max(self.grouped) + with_one;
        match most {
            Some((code, count)) if count >= north_america => Some(code),
            _ if north_america > 0 => Some(CallingCode::NORTH_AMERICA),
            _ if china + self.of_both + self.landlines_grouped > 0 => Some(CallingCode::CHINA),
            _ => None,
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
            (Some(44), &["07753 475203", "0044 20 7946 0958", "(+44) 1632 960983"]),
            (None, &["07753 475203", "020 7946 0958"]),
            (Some(86), &["010-62771234", "020-82771234", "0755-82771234"]),
            (Some(1), &["(303) 555-0142", "303-555-0143", "1-303-555-0142", "13035550142"]),
            (Some(1), &["+13035550142", "14155107358", "14155107359"]),
            (Some(86), &["13912345671", "(303) 555-0142", "13800123456", "+44 7753 475204"]),
            (Some(86), &["13912345671", "13912345678", "13912345679"]),
            (Some(34), &["612 345 678", "+34 612 345 679", "+34 612 345 679", "+1 303 555 0142"]),
            (Some(852), &["9101 9538", "+852 9101 9539", "(303) 555-0142"]),
            (Some(91), &["9876937293", "+91 98769 37294", "09876937295", "6301720097"]),
            (Some(39), &["347 6241805", "+39 347 6241806"]),
            (Some(55), &["(11) 98305-5203", "+55 11 98305-5204", "(12) 98305-5203"]),
            (None, &[]),
        ] {
            let rows: Vec<[&str; 1]> = numbers.iter().map(|number| [*number]).collect();
            let rows: Vec<&[&str]> = rows.iter().map(<[&str; 1]>::as_slice).collect();
            assert_eq!(country(&[Phone], &rows), expected, "{numbers:?}");
        }
        assert_eq!(country(&[Phone, Country], &[&["0172 1234567", "Deutschland"], &["030 1234567", "DE"]]), Some(49));
        let landlines: &[&[&str]] = &[&["0755-82771234", "张伟"], &["010-62771234", "李娜"], &["+44 20 7946 0958", "王芳"]];
        assert_eq!(country(&[Phone, FullName], landlines), Some(86));
        let japan: &[&[&str]] = &[&["090-1234-5671", "佐藤太郎", "日本"], &["080-1234-5672", "鈴木花子", "日本"]];
        assert_eq!(country(&[Phone, FullName, Country], japan), Some(81));
        assert_eq!(country(&[FullName, Country], &[&["Anna", "Germany"]]), None, "there are no numbers");
        let american: Vec<String> = (0..30).map(|number| format!("1617555{:04}", number * 37)).collect();
        let american: Vec<[&str; 1]> = american.iter().map(|number| [number.as_str()]).collect();
        assert_eq!(country(&[Phone], &american.iter().map(<[&str; 1]>::as_slice).collect::<Vec<_>>()), Some(1));
        assert_eq!(country(&[Phone, Country], &[&["010-62771234", "P.R.C."], &["021-62771234", "PRC"]]), Some(86));
        let most = CallingCode::of_most([None, CallingCode::parse("+44"), CallingCode::parse("+44"), CallingCode::parse("+1")].into_iter());
        assert_eq!(most, CallingCode::parse("+44"));
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
