//! The short kinds: sex, age, certificates, opaque ids, plain numbers.

use super::{Finding, resident_id, text};
use crate::limits::AGE_YEARS_MAX;
use crate::record::{Field, Grade, IssueKind};
use crate::schema::sex;
use compact_str::{CompactString, ToCompactString, format_compact};

/// `m` or `f`, from words in English and Chinese, how people are addressed, and the code 1 / 2 of ISO/IEC 5218 (GB/T 2261.1).
pub fn sex(value: &str) -> Finding {
    match sex::of_word(&text::folded(value)) {
        Some("") => Err(IssueKind::Placeholder),
        Some(sex) => Ok((sex.into(), Grade::Valid)),
        None => Err(IssueKind::Unreadable),
    }
}

/// Whole years, 0 to [`AGE_YEARS_MAX`].
pub fn age(value: &str) -> Finding {
    match value.trim_end_matches('岁').trim().parse::<u32>() {
        Ok(years @ 0..=AGE_YEARS_MAX) => Ok((format_compact!("{years}"), Grade::Valid)),
        _ => Err(IssueKind::Unreadable),
    }
}

/// Letters and digits, lower case; hidden ones stay as `*` (`***-**-9255`, `XXX-XX-9255`).
pub fn national(value: &str) -> Finding {
    let is_hash_hidden = value.contains("##");
    let masked: CompactString = text::folded(value)
        .chars()
        .filter_map(|letter| match letter {
            '*' | '×' | '•' => Some('*'),
            '#' if is_hash_hidden => Some('*'),
            letter => letter.is_alphanumeric().then_some(letter),
        })
        .collect();
    // `x` in front of digits alone are hidden ones; elsewhere they are letters.
    let shown = masked.trim_start_matches('x');
    let hidden = masked.len() - shown.len();
    let masked = match hidden >= 3 && shown.bytes().all(|digit| digit.is_ascii_digit()) {
        true => "*".repeat(hidden).to_compact_string() + shown,
        false => masked,
    };
    match masked.contains('*') {
        false => plain(value),
        true if masked.chars().all(|letter| letter == '*') => Err(IssueKind::Placeholder),
        true => Ok((masked, Grade::Partial)),
    }
}

/// Letters and digits, lower case; numbers of one repeated character stand for nothing.
pub fn plain(value: &str) -> Finding {
    let number = text::letters_and_digits(&text::folded(value));
    if number.is_empty() {
        return Err(IssueKind::Unreadable);
    }
    if is_one_character(&number) {
        return Err(IssueKind::Placeholder);
    }
    Ok((number, Grade::Valid))
}

/// An id that only machines read: kept to the letter.
pub fn opaque(value: &str) -> Finding {
    let core = text::letters_and_digits(value);
    if core.len() < 4 {
        return Err(IssueKind::Unreadable);
    }
    if is_one_character(&core) {
        return Err(IssueKind::Placeholder);
    }
    Ok((CompactString::from(value), Grade::Valid))
}

/// A device or advertising id. UUIDs and other hexadecimal numbers are written in either case, and are kept in lower case.
pub fn device(value: &str) -> Finding {
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    opaque(value).map(|(text, grade)| (if hexadecimal { text.to_lowercase() } else { text }, grade))
}

fn is_one_character(text: &str) -> bool {
    text.len() > 3 && text.as_bytes().windows(2).all(|pair| pair[0] == pair[1])
}

/// A certificate number is a resident ID where its form says so (and its type does not deny it); else `type:number`.
pub fn certificate(certificate_type: &str, value: &str) -> (Field, Finding) {
    let kind = if certificate_type.is_empty() { "other" } else { certificate_kind(certificate_type) };
    if matches!(kind, "resident" | "other") && resident_id::has_form(value) {
        return (Field::ResidentId, resident_id::read(value));
    }
    if kind == "resident" {
        return (Field::ResidentId, Err(IssueKind::Unreadable));
    }
    let number: CompactString =
        value.chars().filter(|letter| letter.is_alphanumeric() || *letter == '*').flat_map(char::to_uppercase).collect();
    let finding = match number.len() {
        0..=3 => Err(IssueKind::Unreadable),
        _ if is_one_character(&number) => Err(IssueKind::Placeholder),
        _ if number.contains('*') => Ok((text::concatenated(&[kind, ":", &number]), Grade::Partial)),
        _ => Ok((text::concatenated(&[kind, ":", &number]), Grade::Valid)),
    };
    (Field::Certificate, finding)
}

fn certificate_kind(certificate_type: &str) -> &'static str {
    let word = text::folded(certificate_type.trim());
    const KINDS: &[(&str, &str)] = &[
        ("身份", "resident"),
        ("idcard", "resident"),
        ("id card", "resident"),
        ("resident", "resident"),
        ("sfz", "resident"),
        ("护照", "passport"),
        ("passport", "passport"),
        ("pp", "passport"),
        ("军官", "military"),
        ("士兵", "military"),
        ("户口", "household"),
        ("港澳", "permit"),
        ("台胞", "permit"),
        ("回乡", "permit"),
        ("driv", "driving"),
        ("驾", "driving"),
    ];
    match word.as_str() {
        "01" | "1" | "101" | "id" | "ic" | "i" => "resident",
        _ => KINDS.iter().find(|(part, _)| word.contains(part)).map_or("other", |(_, kind)| kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_in_hexadecimal_have_one_case() {
        let read = |value: &str| device(value).map(|(text, _)| text.to_string());
        assert_eq!(read("C0FFEE00-AAAA-bbbb-CCCC-1234567890AB"), Ok("c0ffee00-aaaa-bbbb-cccc-1234567890ab".to_string()));
        assert_eq!(read("oXyZ-77Gh"), Ok("oXyZ-77Gh".to_string()), "letters beyond f: an opaque id");
        assert_eq!(read("0000-0000-0000"), Err(IssueKind::Placeholder));
    }

    #[test]
    fn hidden_national_ids_are_no_whole_ones() {
        for (text, read) in [
            ("123-45-9255", Ok(("123459255", Grade::Valid))),
            ("***-**-9255", Ok(("*****9255", Grade::Partial))),
            ("XXX-XX-9255", Ok(("*****9255", Grade::Partial))),
            ("LOXX900101HDFXXX04", Ok(("loxx900101hdfxxx04", Grade::Valid))),
            ("No. #998877", Ok(("no998877", Grade::Valid))),
            ("QQ 12 34 56 C", Ok(("qq123456c", Grade::Valid))),
            ("***-**-****", Err(IssueKind::Placeholder)),
        ] {
            assert_eq!(national(text), read.map(|(text, grade)| (CompactString::from(text), grade)), "{text}");
        }
    }

    #[test]
    fn certificates_are_routed_by_form_and_type() {
        assert_eq!(certificate("", "11010519491231002x").0, Field::ResidentId);
        assert_eq!(certificate("护照", "e1234 5678"), (Field::Certificate, Ok(("passport:E12345678".into(), Grade::Valid))));
        assert_eq!(certificate("身份证", "E12345678"), (Field::ResidentId, Err(IssueKind::Unreadable)));
        assert_eq!(certificate("", "B123"), (Field::Certificate, Ok(("other:B123".into(), Grade::Valid))));
        assert_eq!(plain("000-000-000"), Err(IssueKind::Placeholder));
        assert_eq!(sex("女性"), Ok(("f".into(), Grade::Valid)));
    }
}
