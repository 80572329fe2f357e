//! Chinese resident IDs (GB 11643-1999): 18 characters, the last by ISO 7064 MOD 11-2; or the older 15 digits.
//!
//! An 18-digit number that arrived with a known region, a real date and the right check character is valid. A 15-digit
//! one is rewritten as 18 and graded derived; one with hidden digits is partial; one with a wrong check is invalid, kept as evidence.

use super::Finding;
use crate::limits::{BIRTH_YEAR_MAX, BIRTH_YEAR_MIN};
use crate::record::{Grade, IssueKind};
use compact_str::CompactString;

/// Weights of the first 17 digits, GB 11643 section 4.2 (powers of two modulo 11).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// First two digits of division codes in use (GB/T 2260), with 81 to 83 for residence permits and 91 for foreigners.
const REGIONS: &[u32] = &[
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82,
    83, 91,
];

/// The check character of the first 17 digits; `None` unless they are digits.
pub fn check_character(first_17: &[u8]) -> Option<u8> {
    if first_17.len() != 17 || !first_17.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: u32 = first_17.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    Some(CHECKS[(sum % 11) as usize])
}

/// Whether a value has the outer form of a resident ID: 15 or 18 digits, the last of 18 possibly X, some possibly hidden.
pub fn has_form(text: &str) -> bool {
    let bytes = compact(text);
    let bytes = bytes.as_bytes();
    let body = |bytes: &[u8]| bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'*');
    match bytes.len() {
        15 => body(bytes) && date_is_real(&[b"19", &bytes[6..12]].concat()),
        18 => {
            body(&bytes[..17]) && matches!(bytes[17], b'0'..=b'9' | b'X' | b'*') && bytes.iter().filter(|byte| **byte == b'*').count() <= 14
        }
        _ => false,
    }
}

fn compact(text: &str) -> CompactString {
    let mut number = super::text::only(text, |letter| !matches!(letter, ' ' | '-' | '\'' | '`'));
    number.make_ascii_uppercase();
    number
}

/// Reads one resident ID.
pub fn read(text: &str) -> Finding {
    let number = compact(text);
    if !has_form(&number) {
        return Err(if super::text::is_placeholder(text) { IssueKind::Placeholder } else { IssueKind::Unreadable });
    }
    let bytes = number.as_bytes();
    if bytes.windows(2).all(|pair| pair[0] == pair[1]) || &bytes[..6] == b"000000" || &bytes[..6] == b"123456" {
        return Err(IssueKind::Placeholder);
    }
    if bytes.contains(&b'*') {
        return Ok((number, Grade::Partial));
    }
    if bytes.len() == 15 {
        let mut long: Vec<u8> = [&bytes[..6], b"19", &bytes[6..]].concat();
        let known = region_is_known(&long);
        long.push(check_character(&long).ok_or(IssueKind::Unreadable)?);
        let grade = if known { Grade::Derived } else { Grade::Invalid };
        return Ok((long.into_iter().map(char::from).collect(), grade));
    }
    let good = region_is_known(bytes) && date_is_real(&bytes[6..14]) && check_character(&bytes[..17]) == Some(bytes[17]);
    Ok((number, if good { Grade::Valid } else { Grade::Invalid }))
}

fn region_is_known(bytes: &[u8]) -> bool {
    let first_two = u32::from(bytes[0] - b'0') * 10 + u32::from(bytes[1] - b'0');
    REGIONS.contains(&first_two)
}

fn date_is_real(yyyymmdd: &[u8]) -> bool {
    if yyyymmdd.contains(&b'*') {
        return true;
    }
    let number = |digits: &[u8]| digits.iter().fold(0i16, |number, digit| number * 10 + i16::from(digit - b'0'));
    let year = number(&yyyymmdd[..4]);
    let month = i8::try_from(number(&yyyymmdd[4..6])).unwrap_or(0);
    let day = i8::try_from(number(&yyyymmdd[6..8])).unwrap_or(0);
    (BIRTH_YEAR_MIN..=BIRTH_YEAR_MAX).contains(&i32::from(year)) && jiff::civil::Date::new(year, month, day).is_ok()
}

/// Birth date (`YYYY-MM-DD`) and sex (`m`, `f`) that a whole 18-character number states.
pub fn birth_date_and_sex(number: &str) -> Option<(CompactString, &'static str)> {
    let bytes = number.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) || !date_is_real(&bytes[6..14]) {
        return None;
    }
    let date = super::text::concatenated(&[&number[6..10], "-", &number[10..12], "-", &number[12..14]]);
    Some((date, if (bytes[16] - b'0') % 2 == 1 { "m" } else { "f" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_hold() {
        // GB 11643-1999, annex A.
        assert_eq!(read("11010519491231002X"), Ok(("11010519491231002X".into(), Grade::Valid)));
        assert_eq!(read("440524188001010014"), Ok(("440524188001010014".into(), Grade::Valid)));
        assert_eq!(read("11010519491231002x").map(|found| found.1), Ok(Grade::Valid));
    }

    #[test]
    fn every_single_typo_is_caught() {
        let good = b"440524188001010014";
        for place in 0..17 {
            for digit in b'0'..=b'9' {
                let mut bad = *good;
                bad[place] = digit;
                if bad != *good {
                    let text = String::from_utf8_lossy(&bad).to_string();
                    assert_eq!(read(&text).map(|found| found.1), Ok(Grade::Invalid), "{text}");
                }
            }
        }
    }

    #[test]
    fn old_masked_and_senseless_numbers() {
        assert_eq!(read("110105491231002"), Ok(("11010519491231002X".into(), Grade::Derived)));
        assert_eq!(read("110105********002X").map(|found| found.1), Ok(Grade::Partial));
        assert_eq!(read("000000000000000000"), Err(IssueKind::Placeholder));
        assert_eq!(read("无"), Err(IssueKind::Placeholder));
        let future = format!("44052420990101001{}", check_character(b"44052420990101001").map_or('-', char::from));
        assert_eq!(read(&future).map(|found| found.1), Ok(Grade::Invalid), "born in 2099");
        assert_eq!(birth_date_and_sex("11010519491231002X"), Some(("1949-12-31".into(), "f")));
    }
}
