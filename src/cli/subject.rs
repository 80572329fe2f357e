//! Whom a command is about, as one argument: `KIND:VALUE`, `SOURCE/ID`, a One-ID, or a value whose form says what it is.

use crate::error::{Error, Result};
use crate::normalize::{Finding, email, phone, resident_id, text};
use crate::one_id::OneId;
use crate::record::{Grade, IssueKind, RecordKey};
use crate::wire::v1;
use v1::identifier::Kind;

/// Whom an argument names.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A person, by One-ID.
    OneId(String),
    /// Whoever holds the identifier.
    Identifier(Kind),
}

/// What an argument may look like, for messages and help.
pub const FORMS: &str = "a One-ID (P and 16 characters), SOURCE/ID, a phone number (of other countries than China and North America with its code: +44 ...), e-mail or resident ID, or one of phone:, email:, resident-id:, unionid:, openid:, device:, \
customer-number:, national-id:, certificate:[TYPE:], record:SOURCE/ID, one-id: before a value";

/// What a bare value can only be: an e-mail address, a resident ID with a right check digit, a Chinese mobile number or one that is
/// written with its country code.
fn by_form(text: &str) -> Option<Kind> {
    let cleaned = text::clean(text);
    // A placeholder has its kind's form too: whoever looks it up is told that it is one.
    let has_form = |read: Finding| matches!(read, Ok((_, Grade::Valid)) | Err(IssueKind::Placeholder));
    let digits = cleaned.chars().filter(char::is_ascii_digit).count();
    let is_mobile = cleaned.starts_with('+') || cleaned.starts_with('1') && digits == 11;
    if cleaned.contains('@') && has_form(email::read(&cleaned)) {
        Some(Kind::Email(text.to_owned()))
    } else if digits >= 17 && has_form(resident_id::read(&cleaned)) {
        Some(Kind::ResidentId(text.to_owned()))
    } else if is_mobile && has_form(phone::read(&cleaned)) {
        Some(Kind::Phone(text.to_owned()))
    } else {
        None
    }
}

/// Reads an argument.
pub fn parse(text: &str) -> Result<Subject> {
    if let Some((kind, value)) = text.split_once(':')
        && let Some(subject) = of_kind(&kind.to_lowercase().replace('_', "-"), value.trim())
    {
        return if value.trim().is_empty() { Err(Error::usage(format!("{kind}: has no value after it"))) } else { subject };
    }
    if OneId::parse(text).is_some() {
        return Ok(Subject::OneId(text.to_owned()));
    }
    match RecordKey::parse(text) {
        Some(key) => Ok(Subject::Identifier(Kind::RecordKey((&key).into()))),
        None if let Some(kind) = by_form(text) => Ok(Subject::Identifier(kind)),
        None => Err(Error::usage(format!("{text:?} names nobody; write {FORMS}; oneid search finds people by name"))),
    }
}

/// Every way in which `SOURCE/ID` can be a record when several slashes leave open where the source ends, the shortest source first.
pub fn records(text: &str) -> impl Iterator<Item = v1::RecordKey> {
    let parts = text.match_indices('/').map(|(slash, _)| (&text[..slash], &text[slash + 1..]));
    let whole = parts.filter(|(source, id)| !source.is_empty() && !id.is_empty());
    whole.map(|(source, id)| v1::RecordKey { source: source.into(), record_id: id.into() })
}

/// Reads one side of a pair: a record or a One-ID.
pub fn parse_side(text: &str) -> Result<v1::PairSide> {
    let side = match parse(text)? {
        Subject::OneId(one_id) => v1::pair_side::Side::OneId(one_id),
        Subject::Identifier(Kind::RecordKey(key)) => v1::pair_side::Side::RecordKey(key),
        Subject::Identifier(_) => {
            return Err(Error::usage(format!("{text:?}: a side is a record (SOURCE/ID) or a One-ID; oneid get finds them")));
        }
    };
    Ok(v1::PairSide { side: Some(side) })
}

/// `None` for a word that is no kind.
fn of_kind(kind: &str, value: &str) -> Option<Result<Subject>> {
    let text = value.to_owned();
    let none = String::new;
    let identifier = match kind {
        "phone" => Kind::Phone(text),
        "email" | "e-mail" => Kind::Email(text),
        "resident-id" => Kind::ResidentId(text),
        "unionid" => Kind::Unionid(text),
        "openid" => Kind::Openid(v1::OpenId { openid: text, app_id: none() }),
        "device" => Kind::Device(text),
        "customer-number" => Kind::CustomerNumber(v1::CustomerNumber { number: text, issuer: none() }),
        "national-id" => Kind::NationalId(v1::NationalId { number: text, country_code: none() }),
        "certificate" => return Some(certificate(value).map(Subject::Identifier)),
        "one-id" => return Some(Ok(Subject::OneId(text))),
        "record" => {
            let key = RecordKey::parse(value).ok_or_else(|| Error::usage(format!("{value:?} is no record; write record:SOURCE/ID")));
            return Some(key.map(|key| Subject::Identifier(Kind::RecordKey((&key).into()))));
        }
        _ => return None,
    };
    Some(Ok(Subject::Identifier(identifier)))
}

/// `NUMBER`, or `TYPE:NUMBER`.
fn certificate(value: &str) -> Result<Kind> {
    let (certificate_type, number) = match value.split_once(':') {
        None => (v1::CertificateType::Unspecified, value),
        Some((word, number)) => {
            let name = format!("CERTIFICATE_TYPE_{}", word.trim().to_uppercase().replace('-', "_"));
            let known = v1::CertificateType::from_str_name(&name);
            (
                known.ok_or_else(|| {
                    Error::usage(format!("{word:?} is no type of certificate; write passport, military ... or leave it out"))
                })?,
                number,
            )
        }
    };
    Ok(Kind::Certificate(v1::Certificate { r#type: certificate_type.into(), number: number.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let key = v1::RecordKey { source: "crm".into(), record_id: "C1:2/3".into() };
        let record = Subject::Identifier(Kind::RecordKey(key));
        for text in ["record:crm/C1:2/3", "crm/C1:2/3"] {
            assert_eq!(parse(text).expect("a record"), record, "{text}");
        }
        assert_eq!(parse("phone: 139 1234 5678").expect("a phone"), Subject::Identifier(Kind::Phone("139 1234 5678".into())));
        let one_id = "P0123456789ABCDEF";
        assert_eq!(parse(one_id).expect("a One-ID"), parse(&format!("one-id:{one_id}")).expect("a One-ID"));
        let passport = v1::Certificate { r#type: v1::CertificateType::Passport.into(), number: "E1".into() };
        assert_eq!(parse("certificate:passport:E1").expect("a passport"), Subject::Identifier(Kind::Certificate(passport)));
        assert_eq!(parse("139 1234 5678").expect("a phone"), Subject::Identifier(Kind::Phone("139 1234 5678".into())));
        assert_eq!(parse("a@b.cn").expect("an e-mail"), Subject::Identifier(Kind::Email("a@b.cn".into())));
        assert_eq!(parse("11010519491231002X").expect("an ID"), Subject::Identifier(Kind::ResidentId("11010519491231002X".into())));
        for wrong in ["", "12345678", "110105194912310021", "phone:", "record:crm", "certificate:library-card:1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        let split = |text| records(text).map(|key| format!("{} {}", key.source, key.record_id)).collect::<Vec<_>>();
        assert_eq!((split("crm/1"), split("x/y//2/")), (vec!["crm 1".into()], vec!["x y//2/".into(), "x/y /2/".into(), "x/y/ 2/".into()]));
        assert!(parse_side("phone:1").is_err() && parse_side("crm/1").is_ok());
    }
}
