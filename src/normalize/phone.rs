//! Phone numbers -> digits with a country prefix where it is certain.
//!
//! Chinese mobiles become `+86` and 11 digits, Chinese landlines `+86` and area code without its zero, North American
//! numbers `+1` and 10 digits. Numbers of other countries get their code where the file tells the country, else they keep
//! their digits. Hidden digits stay `*`. Never here: carrier look-ups.

use super::{Finding, text};
use crate::limits::{PHONE_DIGITS_MAX, PHONE_DIGITS_MIN};
use crate::record::{Grade, IssueKind};
use crate::schema::CallingCode;
use compact_str::{CompactString, format_compact};

/// The numbers in one cell: `13912345671/13800001111`, `010-62771234; 139 1234 5671`. Where a part has too few digits for a number all is one.
pub fn parted(text: &str) -> Vec<&str> {
    // What could be a digit does not suffice for two: most cells.
    let is_no_digit = |letter: &char| matches!(letter, '+' | '-' | ' ' | '(' | ')' | '.');
    if text.chars().filter(|letter| !is_no_digit(letter)).count() < 2 * PHONE_DIGITS_LOCAL {
        return vec![text];
    }
    let length = |part: &&str| digits_of(part).len();
    let is_whole = |parts: &[&str], first_min: usize, min: usize| {
        parts.len() > 1 && length(&parts[0]) >= first_min && parts.iter().all(|part| length(part) >= min)
    };
    let split = |sign: &dyn Fn(char) -> bool| text.split(sign).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let parts = split(&|letter| ";,，、；|\n".contains(letter));
    if is_whole(&parts, PHONE_DIGITS_LOCAL, PHONE_DIGITS_LOCAL) {
        return parts;
    }
    // A slash stands behind area codes too.
    let parts = split(&|letter| letter == '/');
    if is_whole(&parts, PHONE_DIGITS_WITH_AREA, PHONE_DIGITS_LOCAL) {
        return parts;
    }
    // White space stands within numbers too; words that are each as long as a number with its area code are several.
    let words = split(&char::is_whitespace);
    if is_whole(&words, PHONE_DIGITS_WITH_AREA, PHONE_DIGITS_WITH_AREA) { words } else { vec![text] }
}

/// Fewest digits of a number without its area code.
const PHONE_DIGITS_LOCAL: usize = 7;

/// Fewest digits of a whole number within a country.
const PHONE_DIGITS_NATIONAL_MIN: usize = 8;

/// Fewest digits of a number with its area code.
const PHONE_DIGITS_WITH_AREA: usize = 10;

/// Reads one phone number; one that says no country is of China, or of North America where it has the form.
pub fn read(text: &str) -> Finding {
    read_in(text, Some(CallingCode::CHINA))
}

/// Reads one phone number; one that says no country and that several could have is of `country`, or keeps its digits without one.
pub fn read_in(text: &str, country: Option<CallingCode>) -> Finding {
    let mut lower = CompactString::from(text);
    lower.make_ascii_lowercase();
    let text = lower.as_str();
    // A spreadsheet's decimals; of `1.39E+10` the digits are gone.
    let text = match text.split_once('.') {
        Some((whole, "0" | "00")) if whole.len() >= PHONE_DIGITS_MIN && whole.bytes().all(|digit| digit.is_ascii_digit()) => whole,
        Some((whole, rest)) if whole.len() == 1 && rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).starts_with('e') => {
            return Err(IssueKind::Unreadable);
        }
        _ => text,
    };
    let text = before_extension(text);
    let mut international = text.trim_start().starts_with('+');
    let mut digits = digits_of(text);
    if !international && digits.starts_with("00") && digits.len() > 11 {
        digits = CompactString::from(&digits[2..]);
        international = true;
    } else if !international && !digits.starts_with("86") && !could_be_local(&digits) && digits.len() > PHONE_DIGITS_MAX {
        return Err(IssueKind::Unreadable);
    }
    if digits.len() < PHONE_DIGITS_MIN || digits.len() > PHONE_DIGITS_MAX {
        return Err(IssueKind::Unreadable);
    }
    if is_placeholder(&digits) {
        return Err(IssueKind::Placeholder);
    }
    let hidden = digits.contains('*');
    let (number, well_formed) = in_region(&digits, international, country);
    let grade = match (hidden, well_formed) {
        (true, _) => Grade::Partial,
        (false, true) => Grade::Valid,
        (false, false) => Grade::Invalid,
    };
    Ok((number, grade))
}

/// Digits, and `*` for hidden ones; an `x` beside another letter belongs to a word.
fn digits_of(text: &str) -> CompactString {
    let in_word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphabetic() && letter != 'x');
    if text.bytes().all(|letter| !letter.is_ascii_alphabetic() && letter.is_ascii()) {
        return text::only(text, |letter| matches!(letter, '0'..='9' | '*'));
    }
    let mut before = None;
    let mut letters = text.chars().peekable();
    let mut out = CompactString::default();
    while let Some(letter) = letters.next() {
        match letter {
            '0'..='9' => out.push(letter),
            '*' | '×' | '＊' => out.push('*'),
            'x' if !in_word(before) && !in_word(letters.peek().copied()) => out.push('*'),
            _ => {}
        }
        before = Some(letter);
    }
    out
}

/// The text, which is in lower case, without its extension.
fn before_extension(text: &str) -> &str {
    // Most numbers have no sign that could open one.
    let is_plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b' ' | b'(' | b')' | b'.'));
    let text = if is_plain { text } else { before_mark(text) };
    // `010-62751234-801`: what follows a whole landline is its extension.
    let digits = |part: Option<&str>, length: std::ops::RangeInclusive<usize>| {
        part.is_some_and(|part| length.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut parts = text.trim().split('-');
    let landline = text.trim_start().starts_with('0') && digits(parts.next(), 3..=4) && digits(parts.next(), 7..=8);
    match text.rsplit_once('-') {
        Some((number, extension)) if landline && digits(parts.next(), 1..=5) && parts.next().is_none() && !extension.is_empty() => number,
        _ => text,
    }
}

/// The text before a sign or a word that opens an extension.
fn before_mark(text: &str) -> &str {
    let end = ["转", "分机", "ext", "#"].iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
    let text = &text[..end];
    &text[..extension_x(text).unwrap_or(text.len())]
}

/// Where an `x` opens an extension: it stands alone after a number's worth of digits, and is not the one hidden digit of a
/// Chinese mobile. Several in a row are hidden digits.
fn extension_x(text: &str) -> Option<usize> {
    let digits = digits_of(text);
    if is_chinese_mobile(digits.strip_prefix("86").unwrap_or(&digits)) {
        return None;
    }
    let letter = |place: Option<usize>| place.and_then(|place| text.as_bytes().get(place)).is_some_and(u8::is_ascii_alphabetic);
    text.match_indices('x').map(|(place, _)| place).find(|place| {
        let digits_before = text[..*place].bytes().filter(u8::is_ascii_digit).count();
        digits_before >= PHONE_DIGITS_MIN && !letter(place.checked_sub(1)) && !letter(Some(place + 1))
    })
}

fn could_be_local(digits: &str) -> bool {
    digits.len() <= 12
}

/// The number with its prefix, and whether its form is that of a known region.
fn in_region(digits: &str, international: bool, country: Option<CallingCode>) -> (CompactString, bool) {
    if !international && let Some(number) = in_country(digits, country) {
        return (number, true);
    }
    let without_86 = digits.strip_prefix("86").filter(|rest| rest.len() >= 10);
    let national = without_86.unwrap_or(digits);
    // A zero is dialled in front of a mobile number of another place.
    let national = national.strip_prefix('0').filter(|rest| is_chinese_mobile(rest)).unwrap_or(national);
    if is_chinese_mobile(national) && !(international && without_86.is_none()) {
        return (text::concatenated(&["+86", national]), true);
    }
    let area = national.strip_prefix('0').unwrap_or(national);
    let zero_is_chinese = country == Some(CallingCode::CHINA) || without_86.is_some();
    if is_chinese_landline(national) && zero_is_chinese || (without_86.is_some() && international && (9..=11).contains(&area.len())) {
        return (text::concatenated(&["+86", area]), true);
    }
    let after_1 = digits.strip_prefix('1').filter(|rest| rest.len() == 10);
    let without_1 = after_1.unwrap_or(digits);
    if is_north_american(without_1) && (after_1.is_some() || !international) {
        return (text::concatenated(&["+1", without_1]), true);
    }
    if international {
        return (text::concatenated(&["+", &without_trunk_zero(digits)]), digits.len() >= 8);
    }
    // A Chinese mobile with a digit too many or too few is a broken number; other lengths may be local forms.
    let broken_mobile = digits.starts_with('1') && matches!(digits.len(), 10 | 12) && digits.as_bytes()[1] >= b'3';
    (CompactString::from(digits), !broken_mobile && digits.len() >= 7)
}

/// A number as it is dialled within a country other than China, if it is one there.
fn in_country(digits: &str, country: Option<CallingCode>) -> Option<CompactString> {
    let code = country.filter(|code| *code != CallingCode::CHINA)?;
    if code == CallingCode::NORTH_AMERICA {
        // 1 303 555 0142 would be a mobile number in China.
        let rest = digits.strip_prefix('1').filter(|rest| is_north_american(rest))?;
        return Some(text::concatenated(&["+1", rest]));
    }
    let longest = code.longest();
    let trunk = match code {
        CallingCode::ITALY => "",
        CallingCode::HUNGARY => "06",
        CallingCode::RUSSIA if digits.len() > longest => "8",
        _ => "0",
    };
    let fits = |rest: &str| (PHONE_DIGITS_NATIONAL_MIN..=longest).contains(&rest.len());
    if let Some(rest) = digits.strip_prefix(trunk).filter(|rest| !trunk.is_empty() && fits(rest)) {
        return Some(format_compact!("{code}{rest}"));
    }
    // Visitors from China write their number as at home.
    if is_chinese_mobile(digits) && !CallingCode::ELEVEN_FROM_ONE.contains(&code) {
        return None;
    }
    let keeps_zero = code == CallingCode::ITALY;
    if fits(digits) && (keeps_zero || !digits.starts_with('0')) {
        return Some(format_compact!("{code}{digits}"));
    }
    // Too long for a number of the country it has its code in front.
    let with_code = digits.strip_prefix(code.number().to_string().as_str()).filter(|rest| fits(rest))?;
    Some(format_compact!("{code}{with_code}"))
}

/// International digits without a zero that is dialled within the country only: `+44 (0)20 7946 0958`.
fn without_trunk_zero(digits: &str) -> CompactString {
    // Italy, San Marino and some countries of Africa keep it.
    const KEPT: [u16; 5] = [39, 378, 225, 241, 242];
    let code = CallingCode::of_digits(digits).map(CallingCode::number).filter(|code| !KEPT.contains(code));
    let parts = code.map(|code| code.to_string()).and_then(|code| digits.strip_prefix(code.as_str()).map(|rest| (code, rest)));
    match parts.and_then(|(code, rest)| rest.strip_prefix('0').map(|rest| format_compact!("{code}{rest}"))) {
        Some(without) => without,
        None => digits.into(),
    }
}

fn is_chinese_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && matches!(bytes[1], b'3'..=b'9' | b'*')
}

/// Area codes 010, 02x (eight digits follow), 0[3-9]xx (seven or eight follow).
fn is_chinese_landline(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    match bytes {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => bytes.len() == 11,
        [b'0', b'3'..=b'9', ..] => matches!(bytes.len(), 11 | 12),
        _ => false,
    }
}

/// North American numbering plan: NXX-NXX-XXXX with N of 2 to 9.
fn is_north_american(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 10 && matches!(bytes[0], b'2'..=b'9') && matches!(bytes[3], b'2'..=b'9')
}

/// Numbers that people type when they have none: one digit repeated, counting up or down, the textbook number.
fn is_placeholder(digits: &str) -> bool {
    let tail = &digits[digits.len().saturating_sub(11)..];
    let bytes = tail.as_bytes();
    let last = &bytes[bytes.len().saturating_sub(8)..];
    let repeated = last.windows(2).all(|pair| pair[0] == pair[1] && pair[0] != b'*');
    let up = bytes.windows(2).skip(1).all(|pair| pair[1] == pair[0] + 1 || (pair[0] == b'9' && pair[1] == b'0'));
    let down = bytes.windows(2).all(|pair| pair[0] == pair[1] + 1);
    repeated || up || down || matches!(tail, "13800138000" | "13800000000" | "13812345678" | "13912345678" | "13888888888")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> String {
        match read(text) {
            Ok((number, grade)) => format!("{number} {grade:?}"),
            Err(issue) => issue.name().to_string(),
        }
    }

    #[test]
    fn chinese_forms_of_one_mobile_are_one_number() {
        for text in ["13912345671", "139-1234-5671", "+86 139 1234 5671", "8613912345671", "008613912345671", "(86)139-12345671"] {
            assert_eq!(number(text), "+8613912345671 Valid", "{text}");
        }
        assert_eq!(number("139****5671"), "+86139****5671 Partial");
        assert_eq!(number("010-62771234"), "+861062771234 Valid");
        assert_eq!(number("0755-8277123"), "+867558277123 Valid");
        assert_eq!(number("010-62771234转801"), "+861062771234 Valid");
    }

    #[test]
    fn several_numbers_in_one_cell_are_several() {
        for (text, parts) in [
            ("13912345671/13800001111", &["13912345671", "13800001111"][..]),
            ("13912345671 13800001111", &["13912345671", "13800001111"]),
            ("010-62771234；139 1234 5671", &["010-62771234", "139 1234 5671"]),
            ("139 1234 5671", &["139 1234 5671"]),
            ("+86 139 1234 5671", &["+86 139 1234 5671"]),
            ("010/62771234", &["010/62771234"]),
            ("0049 211/1234567", &["0049 211/1234567"]),
            ("010-62771234/62771235", &["010-62771234", "62771235"]),
            ("010-62771234转801,802", &["010-62771234转801,802"]),
        ] {
            assert_eq!(parted(text), parts, "{text}");
        }
        assert_eq!(number("13912345671.0"), "+8613912345671 Valid");
        assert_eq!((number("1.39123E+10"), number("1.39123E10")), ("unreadable".to_string(), "unreadable".to_string()));
        assert_eq!(number("(303) 555.0142"), "+13035550142 Valid");
    }

    #[test]
    fn other_regions_and_broken_numbers() {
        assert_eq!(number("(303) 555-0142"), "+13035550142 Valid");
        assert_eq!(number("+1-303-555-0142"), "+13035550142 Valid");
        assert_eq!(number("+44 20 7946 0958"), "+442079460958 Valid");
        assert_eq!(number("07 75937866"), "0775937866 Valid");
        assert_eq!(number("139123456711"), "139123456711 Invalid");
        assert_eq!(number("12"), "unreadable");
    }

    #[test]
    fn numbers_without_a_country_are_of_that_of_their_file() {
        for (code, text, expected) in [
            ("+44", "07753 475203", "+447753475203"),
            ("+44", "7753475203", "+447753475203"),
            ("+44", "447753475203", "+447753475203"),
            ("+44", "+44 (0)7753 475203", "+447753475203"),
            ("+44", "0044 (0) 7753 475203", "+447753475203"),
            ("+44", "+49 30 1234567", "+49301234567"),
            ("+44", "13912345671", "+8613912345671"),
            ("+44", "+86 139 1234 5671", "+8613912345671"),
            ("+44", "07753 ***203", "+447753***203"),
            ("+44", "011 44 7753 475203", "011447753475203"),
            ("+39", "06 1234 5678", "+390612345678"),
            ("+39", "392 0326245", "+393920326245"),
            ("+39", "+39 06 1234 5678", "+390612345678"),
            ("+33", "06 12 34 56 78", "+33612345678"),
            ("+34", "612 345 987", "+34612345987"),
            ("+36", "06 30 123 4568", "+36301234568"),
            ("+7", "8 (960) 968-25-06", "+79609682506"),
            ("+49", "15123456780", "+4915123456780"),
            ("+86", "013912345672", "+8613912345672"),
            ("+55", "(55) 98827-9401", "+5555988279401"),
            ("+55", "(19) 98305-5203", "+5519983055203"),
            ("+91", "9123192396", "+919123192396"),
            ("+91", "09876937293", "+919876937293"),
            ("+91", "919876937293", "+919876937293"),
            ("+852", "9101 9538", "+85291019538"),
            ("+1", "09876937293", "09876937293"),
            ("+1", "1-303-555-0142", "+13035550142"),
            ("+1", "(303) 555-0142", "+13035550142"),
            ("+86", "1-303-555-0142", "+8613035550142"),
            ("none", "07753 475203", "07753475203"),
            ("none", "010-62771234", "01062771234"),
            ("none", "13912345671", "+8613912345671"),
            ("none", "+86 10 62771234", "+861062771234"),
            ("none", "8601062771234", "+861062771234"),
        ] {
            let found = read_in(text, CallingCode::parse(code)).map(|(number, _)| number);
            assert_eq!(found.as_deref(), Ok(expected), "{code} {text}");
        }
    }

    #[test]
    fn two_zeros_in_front_are_a_plus() {
        assert_eq!(number("0044 20 7946 0958"), number("+44 20 7946 0958"));
        assert_eq!(number("001 303 555 0142"), "+13035550142 Valid");
        assert_eq!(number("0065 8234 5678"), "+6582345678 Valid", "not a North American number");
    }

    #[test]
    fn extensions_are_cut_and_never_hidden_digits() {
        for text in ["303-555-0142x12", "(303) 555-0142 x12", "303-555-0142 X 12", "303-555-0142 ext 12", "303-555-0142 Ext. 12"] {
            assert_eq!(number(text), "+13035550142 Valid", "{text}");
        }
        assert_eq!(number("010-62771234转12"), "+861062771234 Valid");
        assert_eq!(number("010-62771234x12"), "+861062771234 Valid");
        assert_eq!(number("62771234x12"), "62771234 Valid");
        assert_eq!(number("010-62771234-801"), "+861062771234 Valid");
        assert_eq!(number("0755-8277123-8012"), "+867558277123 Valid");
        assert_eq!(number("011-44-2079460958"), "011442079460958 Valid", "no landline in three parts");
        assert_eq!(number("Fax 010-62771234"), "+861062771234 Valid");
        for text in ["138xxxx8000", "138XXXX8000", "138-xxxx-8000", "138 x x x x 8000", "+86 138xxxx8000"] {
            assert_eq!(number(text), "+86138****8000 Partial", "{text}");
        }
        assert_eq!(number("1391234567x"), "+861391234567* Partial");
    }

    #[test]
    fn placeholders_are_dropped() {
        for text in ["13800138000", "11111111111", "00000000", "12345678901", "138 0013 8000"] {
            assert_eq!(number(text), "placeholder", "{text}");
        }
    }
}
