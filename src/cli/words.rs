//! Numbers, times and enums of the protocol in words.

use crate::wire::{record, v1};

/// Functions that give the word of an enum's number: name, enum, and what its names begin with.
macro_rules! words {
    ($($(#[$doc:meta])+ $name:ident: $of:ident, $prefix:literal;)+) => {
        $(
            $(#[$doc])+
            pub fn $name(number: i32) -> String {
                match v1::$of::try_from(number) {
                    Ok(known) => known.as_str_name().trim_start_matches($prefix).to_lowercase(),
                    Err(_) => number.to_string(),
                }
            }
        )+
    };
}

words! {
    /// `strong`.
    assurance: Assurance, "ASSURANCE_";
    /// `valid`.
    grade: Grade, "GRADE_";
    /// `most_recent`.
    rule: SurvivorshipRule, "SURVIVORSHIP_RULE_";
    /// `non_link`.
    decision: Decision, "DECISION_";
    /// `relatives`.
    rival: Rival, "RIVAL_";
    /// `exclusive_identifier`.
    veto: VetoKind, "VETO_KIND_";
    /// `at_risk`.
    stage: LifecycleStage, "LIFECYCLE_STAGE_";
    /// `must_link`.
    verdict: Verdict, "VERDICT_";
    /// `uncertain_pair`.
    review_reason: ReviewReason, "REVIEW_REASON_";
    /// `open`.
    review_state: ReviewState, "REVIEW_STATE_";
    /// `joined`.
    identity_change: IdentityChangeKind, "IDENTITY_CHANGE_KIND_";
    /// `retired`.
    one_id_status: OneIdStatus, "ONE_ID_STATUS_";
}

/// A field's name.
pub fn field(number: i32) -> String {
    record::field(number).map_or_else(|| number.to_string(), |field| field.name().to_owned())
}

/// `source/id`; empty for none.
pub fn record_key(key: Option<&v1::RecordKey>) -> String {
    key.map(|key| format!("{}/{}", key.source, key.record_id)).unwrap_or_default()
}

/// `2026-05-31`, in UTC; empty for none.
pub fn date(seconds: Option<i64>) -> String {
    time_of(seconds).map(|time| time.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// `2026-05-31T08:00:00Z`; `None` for none.
pub fn time(seconds: Option<i64>) -> Option<String> {
    time_of(seconds).map(|time| time.to_string())
}

fn time_of(seconds: Option<i64>) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_second(seconds?).ok()
}

/// `1 record`, `2 records`; a `person` is `people` when there are more.
pub fn counted(number: u64, what: &str) -> String {
    let number_shown = super::table::count(number);
    match (number, what) {
        (1, _) => format!("{number_shown} {what}"),
        (_, "person") => format!("{number_shown} people"),
        _ => format!("{number_shown} {what}s"),
    }
}

/// An amount in minor units as people write it: `-1,234.50`.
pub fn amount(minor: i64, digits: u32) -> String {
    let unit = 10u64.saturating_pow(digits);
    let (whole, part) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let sign = if minor < 0 { "-" } else { "" };
    let part = if digits == 0 { String::new() } else { format!(".{part:0width$}", width = digits as usize) };
    format!("{sign}{}{part}", super::table::count(whole))
}

/// Reads an amount of memory: `4GiB`, `800MB`, `512m`, or bytes.
pub fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 13] = [
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("tib", 1 << 40),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("tb", 1_000_000_000_000),
        ("k", 1 << 10),
        ("m", 1 << 20),
        ("g", 1 << 30),
        ("t", 1 << 40),
        ("b", 1),
    ];
    let lower = text.trim().to_ascii_lowercase();
    let (number, unit) = UNITS.iter().find_map(|(name, unit)| Some((lower.strip_suffix(name)?, *unit))).unwrap_or((&lower, 1));
    let number: Option<f64> = number.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number
        .map(|number| (number * unit as f64) as u64)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "write an amount of memory such as 4GiB or 800MB".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_memory_are_read() {
        let read = |text: &str| bytes(text).ok();
        assert_eq!(["4GiB", "1.5 GB", "512m", "2kb", "77"].map(read), [4 << 30, 1_500_000_000, 512 << 20, 2_000, 77].map(Some));
        assert_eq!(["", "GiB", "-1GB", "4 horses", "inf", "0.1"].map(read), [None; 6]);
    }

    #[test]
    fn amounts_dates_and_enums() {
        assert_eq!((amount(-123_450, 2), amount(5, 2), amount(1_000, 0)), ("-1,234.50".into(), "0.05".into(), "1,000".into()));
        assert_eq!((date(Some(0)), date(None), time(Some(60))), ("1970-01-01".into(), String::new(), Some("1970-01-01T00:01:00Z".into())));
        assert_eq!((decision(3), stage(4), assurance(99)), ("non_link".into(), "at_risk".into(), "99".into()));
        assert_eq!((field(9), field(999)), ("phone".into(), "999".into()));
        let texts =
            [(0, "record"), (1, "record"), (2_000, "record"), (1, "person"), (2, "person")].map(|(number, what)| counted(number, what));
        assert_eq!(texts, ["0 records", "1 record", "2,000 records", "1 person", "2 people"]);
    }
}
