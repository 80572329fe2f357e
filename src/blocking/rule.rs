//! Blocking rules and the ones we ship.

use super::KeyExpression;
use crate::limits::{BLOCK_RECORDS_MAX, KEYS_PER_RECORD_MAX, WIDER_BLOCK_RECORDS_MAX};
use crate::record::{CanonicalRecord, Field};
use compact_str::CompactString;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A blocking rule: records that agree on every expression are candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The rule's name in reports: its expressions joined by ` + `.
    pub name: CompactString,
    /// What must be shared.
    pub all: Vec<KeyExpression>,
    /// Largest block whose pairs are all formed, records; none for what holds of the rule's place in its set.
    pub block_max: Option<usize>,
}

impl Rule {
    /// A rule from its expressions, at least one.
    pub fn new(all: &[KeyExpression]) -> Self {
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        Rule { name: names.join(" + ").into(), all: all.to_vec(), block_max: None }
    }

    /// Reads `phone` or `name_part + birth_year`, with ` <= 24` behind it where larger blocks are refined; the error is the word that is not
    /// known, or the number that cannot be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (text, block_max) = match text.split_once("<=") {
            Some((text, most)) => {
                let read = most.trim().parse().ok().filter(|most| (2..=BLOCK_RECORDS_MAX).contains(most));
                let wrong = || format!("<= {} (blocks are of 2 to {BLOCK_RECORDS_MAX} records)", most.trim());
                (text, Some(read.ok_or_else(wrong)?))
            }
            None => (text, None),
        };
        let mut all = Vec::new();
        for word in text.split('+').map(str::trim) {
            all.push(KeyExpression::parse(word).ok_or_else(|| word.to_string())?);
        }
        Ok(Rule { block_max, ..Rule::new(&all) })
    }

    /// What [`Rule::parse`] reads the rule from.
    pub fn written(&self) -> CompactString {
        match self.block_max {
            Some(most) => compact_str::format_compact!("{} <= {most}", self.name),
            None => self.name.clone(),
        }
    }

    /// The field whose whole value alone is the rule, if it is of that kind.
    pub fn single_field(&self) -> Option<Field> {
        match self.all[..] {
            [KeyExpression::Value(field)] => Some(field),
            _ => None,
        }
    }

    /// Whether it asks for values that are an edit apart.
    pub fn is_near(&self) -> bool {
        self.all.iter().any(|expression| expression.is_near())
    }

    /// What the rule goes by, chiefly.
    pub fn family(&self) -> Family {
        use KeyExpression::{
            BirthMonthDay, BirthYear, BirthYearMonth, EmailLocal, Name, NameInitial, NamePart, NearName, NearNamePart, PhoneEnds, PhoneTail,
        };
        let family = |expression: &KeyExpression| match expression {
            KeyExpression::Value(field) | KeyExpression::Near(field) => Family::of_field(*field),
            BirthYear | BirthYearMonth | BirthMonthDay => Family::Birth,
            PhoneEnds | PhoneTail => Family::Phone,
            EmailLocal => Family::Email,
            Name | NamePart | NameInitial | NearName | NearNamePart => Family::Name,
        };
        self.all.iter().map(family).min().unwrap_or(Family::Name)
    }

    /// Appends the record's keys, rising, each once; see [`combine`].
    pub fn keys(&self, record: &CanonicalRecord, out: &mut Vec<u64>) {
        let hashes = |expression: &KeyExpression| {
            let mut hashes = Vec::new();
            expression.hashes(record, &mut hashes);
            hashes
        };
        let parts: Vec<Vec<u64>> = self.all.iter().map(hashes).collect();
        let mut keys = Vec::new();
        combine(parts.iter().map(Vec::as_slice), &mut keys);
        keys.sort_unstable();
        keys.dedup();
        out.extend_from_slice(&keys);
    }
}

/// Appends the keys of a record from what each expression of a rule has in it: one for each combination of their hashes (at most
/// [`KEYS_PER_RECORD_MAX`]), none where one is absent.
pub fn combine<'a>(mut parts: impl Iterator<Item = &'a [u64]>, out: &mut Vec<u64>) {
    let start = out.len();
    if let Some(hashes) = parts.next() {
        out.extend(hashes.iter().take(KEYS_PER_RECORD_MAX).map(|hash| mixed(0, *hash)));
    }
    for hashes in parts {
        let before = out.len();
        for hash in hashes {
            for earlier in start..before {
                if out.len() - before < KEYS_PER_RECORD_MAX {
                    out.push(mixed(out[earlier], *hash));
                }
            }
        }
        out.drain(start..before);
    }
}

fn mixed(before: u64, hash: u64) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u64(before);
    hasher.write_u64(hash);
    hasher.finish()
}

/// What a rule goes by: rules of one family find and miss the same pairs, those of several do not. The first of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Certificates, accounts, customer numbers.
    Certificate,
    /// Phones.
    Phone,
    /// E-mail addresses.
    Email,
    /// Devices.
    Device,
    /// Birth dates.
    Birth,
    /// Addresses and their parts.
    Place,
    /// Names alone.
    Name,
}

impl Family {
    /// The family of a field's values.
    const fn of_field(field: Field) -> Family {
        use Field as F;
        match field {
            F::Phone => Family::Phone,
            F::Email => Family::Email,
            F::Device => Family::Device,
            F::BirthDate | F::Age => Family::Birth,
            F::Street | F::Premises | F::StreetNumber | F::District | F::City | F::State | F::Postcode | F::Country => Family::Place,
            F::ResidentId | F::NationalId | F::Certificate | F::OpenId | F::UnionId | F::CustomerNumber => Family::Certificate,
            _ => Family::Name,
        }
    }

    /// The family's bit in a set of families.
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The rules of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// Rules that always apply.
    pub always: Vec<Rule>,
    /// Rules that apply in their order as far as a budget of pairs goes.
    pub wider: Vec<Rule>,
}

impl Default for RuleSet {
    fn default() -> Self {
        RuleSet { always: default_rules(), wider: wider_rules() }
    }
}

impl RuleSet {
    /// All of them with the largest block whose pairs are all formed.
    pub fn with_blocks(&self) -> impl Iterator<Item = (&Rule, usize)> {
        let always = self.always.iter().map(|rule| (rule, BLOCK_RECORDS_MAX));
        let wider = self.wider.iter().map(|rule| (rule, WIDER_BLOCK_RECORDS_MAX));
        always.chain(wider).map(|(rule, most)| (rule, rule.block_max.unwrap_or(most)))
    }

    /// These rules and no other.
    pub fn only(always: Vec<Rule>) -> Self {
        RuleSet { always, wider: Vec::new() }
    }
}

/// The rules that are used when settings give none: every identifier by itself, and the combinations of name, birth date
/// and address that survive an error in any one of them.
fn default_rules() -> Vec<Rule> {
    use Field as F;
    use KeyExpression::{BirthYear, BirthYearMonth, EmailLocal, Name, NameInitial, NamePart, PhoneEnds, PhoneTail, Value};
    let identifiers =
        [F::ResidentId, F::NationalId, F::Certificate, F::UnionId, F::OpenId, F::CustomerNumber, F::Email, F::Phone, F::Device];
    let combined: &[&[KeyExpression]] = &[
        &[Value(F::BirthDate), NameInitial],
        &[Name],
        &[NamePart, BirthYearMonth],
        &[NamePart, PhoneTail],
        &[PhoneEnds],
        &[NamePart, Value(F::Postcode)],
        &[NamePart, Value(F::Street)],
        &[NamePart, Value(F::Premises)],
        &[NamePart, Value(F::District), BirthYear],
        &[Value(F::Street), Value(F::StreetNumber), Value(F::Premises)],
        &[EmailLocal, NameInitial],
    ];
    let single = identifiers.into_iter().map(|field| Rule::new(&[Value(field)]));
    single.chain(combined.iter().map(|all| Rule::new(all))).collect()
}

/// Rules that survive errors in what the default rules ask for, most telling first. They are taken as far as the pairs they give fit
/// the budget of a batch, so that a small file is compared nearly whole and a large one where it pays.
fn wider_rules() -> Vec<Rule> {
    use Field as F;
    use KeyExpression::{
        BirthMonthDay, BirthYear, BirthYearMonth, EmailLocal, NameInitial, NamePart, Near, NearName, NearNamePart, PhoneTail, Value,
    };
    let all: &[&[KeyExpression]] = &[
        &[Near(F::ResidentId)],
        &[Near(F::NationalId)],
        &[Near(F::Phone)],
        &[Near(F::Email)],
        &[Value(F::Street), Value(F::StreetNumber), Value(F::Postcode)],
        &[Value(F::Street), Value(F::StreetNumber), Value(F::District)],
        &[NearName],
        &[NearNamePart, BirthYearMonth],
        &[NearNamePart, Value(F::Postcode)],
        &[NearNamePart, PhoneTail],
        &[NearNamePart, BirthMonthDay],
        &[NearNamePart, Value(F::Street)],
        &[NearNamePart, Value(F::Premises)],
        &[Value(F::BirthDate)],
        &[EmailLocal],
        &[Value(F::Postcode), Value(F::StreetNumber)],
        &[Value(F::Postcode), BirthYear],
        &[Value(F::District), Value(F::StreetNumber), NameInitial],
        &[NearNamePart, Value(F::District)],
        &[Value(F::District), BirthMonthDay],
        &[Value(F::City), BirthMonthDay],
        &[NearNamePart, BirthYear],
        &[NearNamePart, Value(F::City)],
        &[Value(F::City), BirthYearMonth],
        &[NearNamePart, Value(F::StreetNumber)],
        &[BirthYearMonth],
        &[BirthMonthDay],
        &[Value(F::Postcode)],
        &[NamePart],
        &[NearNamePart],
        &[Value(F::City), BirthYear],
        &[Value(F::City), NameInitial],
    ];
    all.iter().map(|all| Rule::new(all)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{FieldValue, Grade, RecordKey};

    fn record(values: &[(Field, &str)]) -> CanonicalRecord {
        let values = values.iter().map(|(field, text)| FieldValue { field: *field, text: (*text).into(), grade: Grade::Valid }).collect();
        CanonicalRecord::new(RecordKey::new("s", "1"), 0, None, values)
    }

    fn keys(rule: &str, record: &CanonicalRecord) -> Vec<u64> {
        let mut out = vec![7];
        Rule::parse(rule).expect("a known rule").keys(record, &mut out);
        assert_eq!(out.remove(0), 7, "earlier keys stay");
        out
    }

    #[test]
    fn a_missing_part_gives_no_key_and_several_values_several() {
        let one = record(&[
            (Field::FamilyName, "张"),
            (Field::GivenName, "伟"),
            (Field::Phone, "+8613912345671"),
            (Field::Phone, "+8613912345672"),
        ]);
        assert_eq!(keys("phone", &one).len(), 2);
        assert_eq!(keys("name_part + phone_tail", &one).len(), 4);
        assert!(keys("name_part + birth_date", &one).is_empty());
        assert_eq!(Rule::parse("phone + nonsense").map_err(|word| word.to_string()), Err("nonsense".to_string()));
        let bounded = Rule::parse("phone + name <= 24").expect("known");
        assert_eq!(
            (bounded.name.as_str(), bounded.block_max, bounded.written().as_str()),
            ("phone + name", Some(24), "phone + name <= 24")
        );
        assert!(
            Rule::parse("phone <= 257").is_err_and(|why| why.contains("257") && why.contains("256")) && Rule::parse("phone <= x").is_err()
        );
    }

    #[test]
    fn values_one_edit_apart_share_a_key() {
        let shares = |rule: &str, a: &[(Field, &str)], b: &[(Field, &str)]| {
            let (a, b) = (keys(rule, &record(a)), keys(rule, &record(b)));
            a.iter().any(|key| b.contains(key))
        };
        for (a, b, near) in [
            ("13912345671", "13912345672", true),
            ("13912345671", "13912345617", true),
            ("13912345671", "1391234567", true),
            ("13912345671", "13912345600", false),
        ] {
            assert_eq!(shares("phone~", &[(Field::Phone, a)], &[(Field::Phone, b)]), near, "{a} {b}");
        }
        for (a, b, meet) in [
            ("+8613912345671", "+86139****5671", true),
            ("+12025550143", "+1202***0143", true),
            ("+8613912345671", "+86138****5671", false),
            ("+8613912345671", "+86*******5671", false),
            ("+8613912345671", "+8613912345671", true),
        ] {
            assert_eq!(shares("phone_ends", &[(Field::Phone, a)], &[(Field::Phone, b)]), meet, "{a} {b}");
        }
        let name = |family: &'static str, given: &'static str| [(Field::FamilyName, family), (Field::GivenName, given)];
        assert!(shares("name~", &name("张", "伟东"), &name("张", "卫东")), "Han by characters");
        assert!(
            shares("name~", &name("smith", "anna"), &name("smyth", "anna"))
                && !shares("name~", &name("smith", "anna"), &name("smyth", "anne"))
        );
        assert!(shares("name_part~", &name("smith", "anna"), &name("smyth", "anne")), "either part");
        assert_eq!(Rule::parse("phone~ + name_part~ + birth_month_day").expect("known").name, "phone~ + name_part~ + birth_month_day");
    }

    #[test]
    fn names_meet_in_either_order_and_by_sound() {
        let han = record(&[(Field::FamilyName, "张"), (Field::GivenName, "伟")]);
        let homophone = record(&[(Field::FamilyName, "章"), (Field::GivenName, "玮")]);
        let pinyin = record(&[(Field::FamilyName, "wei"), (Field::GivenName, "zhang")]);
        assert_eq!(keys("name", &han), keys("name", &homophone));
        assert_eq!(keys("name", &han), keys("name", &pinyin));
    }
}
