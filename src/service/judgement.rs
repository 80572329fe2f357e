//! What stewards say of two records, and what holds of it.
//!
//! Always: of two judgements that contradict each other the later is refused. A ruling that two records are one person holds as long as both
//! say of who they are what they said when it was made; a ruling that they are two people holds until it is withdrawn. Either goes to
//! review when what the records say has changed.

use crate::error::{Error, ErrorClass, Result};
use crate::limits::{JUDGEMENT_REASON_CHARS_MAX, REQUEST_ID_CHARS_MAX};
use crate::link::Judgement;
use crate::record::{CanonicalRecord, Field, RecordKey};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a steward says of two records. The order of the variants is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One person.
    MustLink,
    /// Two people.
    CannotLink,
    /// One person, whose certificate was replaced by another.
    CertificateChanged,
}

impl Verdict {
    /// All, in the order in which they are listed.
    pub const ALL: [Verdict; 3] = [Verdict::MustLink, Verdict::CannotLink, Verdict::CertificateChanged];

    /// The verdict's name on the command line and in files.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::MustLink => "must-link",
            Verdict::CannotLink => "cannot-link",
            Verdict::CertificateChanged => "certificate-changed",
        }
    }

    /// The verdict of a name.
    pub fn parse(name: &str) -> Option<Verdict> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// Whether it says that the two are one person.
    pub const fn same_person(self) -> bool {
        !matches!(self, Verdict::CannotLink)
    }
}

/// Who took a judgement back, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Who.
    pub author: CompactString,
    /// When, microseconds since 1970.
    pub time: i64,
    /// Why.
    pub reason: CompactString,
}

/// A judgement as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgementRow {
    /// `J` and a number: the how manieth it is.
    pub id: CompactString,
    /// What was said.
    pub verdict: Verdict,
    /// One record; the lesser key.
    pub a: RecordKey,
    /// The other.
    pub b: RecordKey,
    /// Why.
    pub reason: CompactString,
    /// Who.
    pub author: CompactString,
    /// When, microseconds since 1970.
    pub time: i64,
    /// What `a` said of who it is, hashed.
    pub identity_a: u64,
    /// What `b` said of who it is, hashed.
    pub identity_b: u64,
    /// Once it was taken back.
    pub withdrawn: Option<Withdrawal>,
}

/// Fields that say who somebody is; with other values in them a record is no longer what was judged.
const OF_IDENTITY: &[Field] =
    &[Field::FamilyName, Field::GivenName, Field::BirthDate, Field::ResidentId, Field::NationalId, Field::Certificate];

/// What a record says of who it is, hashed.
pub fn identity(record: &CanonicalRecord) -> u64 {
    let mut hash = Sha256::new();
    for value in record.values().iter().filter(|value| OF_IDENTITY.contains(&value.field)) {
        hash.update(value.field.name());
        hash.update([0]);
        hash.update(&value.text);
        hash.update([0]);
    }
    let digest = hash.finalize();
    digest[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// How a judgement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its records are what they were.
    Fresh,
    /// A record of it is gone; nothing is to be decided until it comes back.
    Waiting,
    /// A record of it says something else of who it is.
    Stale,
    /// It was taken back.
    Withdrawn,
}

impl Standing {
    /// The word in lists.
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Fresh => "stands",
            Standing::Waiting => "waits for its records",
            Standing::Stale => "stale",
            Standing::Withdrawn => "withdrawn",
        }
    }
}

impl JudgementRow {
    /// The how manieth it is.
    pub fn number(&self) -> u64 {
        self.id.strip_prefix('J').and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    /// How it stands where its records say this of who they are; none for one that is not there.
    pub fn standing(&self, identity_a: Option<u64>, identity_b: Option<u64>) -> Standing {
        match (identity_a, identity_b) {
            _ if self.withdrawn.is_some() => Standing::Withdrawn,
            (Some(a), Some(b)) if (a, b) == (self.identity_a, self.identity_b) => Standing::Fresh,
            (Some(_), Some(_)) => Standing::Stale,
            _ => Standing::Waiting,
        }
    }

    /// Whether it is followed while it stands so.
    fn holds(&self, standing: Standing) -> bool {
        match standing {
            Standing::Fresh => true,
            Standing::Waiting | Standing::Stale => !self.verdict.same_person(),
            Standing::Withdrawn => false,
        }
    }
}

/// All judgements of a store.
#[derive(Clone, Debug, Default)]
pub struct Judgements {
    rows: BTreeMap<CompactString, JudgementRow>,
    /// By record: the ids of judgements on it that were not withdrawn.
    of_record: FxHashMap<RecordKey, BTreeSet<CompactString>>,
}

impl Judgements {
    /// Takes a judgement in, or what became of it.
    pub fn put(&mut self, row: JudgementRow) {
        for key in [&row.a, &row.b] {
            let ids = self.of_record.entry(key.clone()).or_default();
            match row.withdrawn {
                None => ids.insert(row.id.clone()),
                Some(_) => ids.remove(&row.id),
            };
            if ids.is_empty() {
                self.of_record.remove(key);
            }
        }
        self.rows.insert(row.id.clone(), row);
    }

    /// All, in no order that means anything.
    pub fn all(&self) -> impl Iterator<Item = &JudgementRow> {
        self.rows.values()
    }

    /// One by its id.
    pub fn get(&self, id: &str) -> Option<&JudgementRow> {
        self.rows.get(id)
    }

    /// Judgements on a record that were not withdrawn.
    pub fn of(&self, key: &RecordKey) -> impl Iterator<Item = &JudgementRow> {
        self.of_record.get(key).into_iter().flatten().filter_map(|id| self.rows.get(id))
    }

    /// Whether there is one on a record that was not withdrawn.
    pub fn touch(&self, key: &RecordKey) -> bool {
        self.of_record.contains_key(key)
    }

    /// Judgements on two records that were not withdrawn.
    pub fn on(&self, a: &RecordKey, b: &RecordKey) -> impl Iterator<Item = &JudgementRow> {
        let (a, b) = (a.min(b).clone(), a.max(b).clone());
        let of_a = self.of_record.get(&a).into_iter().flatten().filter_map(|id| self.rows.get(id));
        of_a.filter(move |row| (&row.a, &row.b) == (&a, &b))
    }

    /// What the engine is to be told, where `identity_of` tells what a live record says of who it is. One ruling on two records, a cannot-link
    /// before a must-link.
    pub fn in_force(&self, identity_of: &dyn Fn(&RecordKey) -> Option<u64>) -> Vec<Judgement> {
        let pairs: BTreeSet<(&RecordKey, &RecordKey)> = self.rows.values().map(|row| (&row.a, &row.b)).collect();
        let ruling = |(a, b): (&RecordKey, &RecordKey)| {
            Some(Judgement { a: a.clone(), b: b.clone(), same_person: self.ruling_on(a, b, identity_of)? })
        };
        pairs.into_iter().filter_map(ruling).collect()
    }

    /// Whether two records are ruled to be one person, or two; none where no ruling holds.
    pub fn ruling_on(&self, a: &RecordKey, b: &RecordKey, identity_of: &dyn Fn(&RecordKey) -> Option<u64>) -> Option<bool> {
        let holding = self.on(a, b).filter(|row| row.holds(row.standing(identity_of(&row.a), identity_of(&row.b))));
        holding.map(|row| row.verdict.same_person()).reduce(|one, other| one && other)
    }

    /// The latest judgement on two records that holds as it was made.
    pub fn latest_fresh(&self, a: &RecordKey, b: &RecordKey, identity_of: &dyn Fn(&RecordKey) -> Option<u64>) -> Option<&JudgementRow> {
        let fresh = |row: &&JudgementRow| row.standing(identity_of(&row.a), identity_of(&row.b)) == Standing::Fresh;
        self.on(a, b).filter(fresh).max_by_key(|row| row.number())
    }

    /// The id of the next judgement.
    pub fn next_id(&self) -> CompactString {
        compact_str::format_compact!("J{}", self.rows.len() + 1)
    }

    /// Refuses a verdict that contradicts those that were not withdrawn: one person and two people at once, be it over others. Those whose place
    /// it takes do not count.
    pub fn refuse_contradiction(&self, verdict: Verdict, a: &RecordKey, b: &RecordKey, replaced: &[CompactString]) -> Result<()> {
        let refused = |row: &JudgementRow, how: String| {
            let message = format!(
                "contradicts judgement {} ({} on {} and {}, by {}){how}; withdraw that first",
                row.id,
                row.verdict.name(),
                row.a,
                row.b,
                row.author
            );
            Err(Error::new(ErrorClass::Conflict, message))
        };
        let counts = |row: &&JudgementRow| !replaced.contains(&row.id);
        if let Some(row) = self.on(a, b).filter(counts).find(|row| row.verdict.same_person() != verdict.same_person()) {
            return refused(row, String::new());
        }
        let (with_a, with_b) = (self.one_with(a, replaced), self.one_with(b, replaced));
        if !verdict.same_person() {
            let over = |row: &&JudgementRow| row.verdict.same_person();
            return match with_a.contains(b).then(|| self.of(b).filter(counts).find(over)).flatten() {
                Some(row) => refused(row, " by which, with others, the two are one person".to_string()),
                None => Ok(()),
            };
        }
        for one in &with_a {
            let apart = |row: &&JudgementRow| {
                let other = if row.a == *one { &row.b } else { &row.a };
                row.verdict == Verdict::CannotLink && with_b.contains(other)
            };
            if let Some(row) = self.of(one).filter(counts).find(apart) {
                return refused(row, " on records that are one person with these by other judgements".to_string());
            }
        }
        Ok(())
    }

    /// The records that judgements make one person with this one, itself among them.
    fn one_with(&self, key: &RecordKey, replaced: &[CompactString]) -> BTreeSet<RecordKey> {
        let mut found = BTreeSet::from([key.clone()]);
        let mut next = vec![key.clone()];
        while let Some(here) = next.pop() {
            for row in self.of(&here).filter(|row| row.verdict.same_person() && !replaced.contains(&row.id)) {
                let other = if row.a == here { &row.b } else { &row.a };
                if found.insert(other.clone()) {
                    next.push(other.clone());
                }
            }
        }
        found
    }
}

/// Refuses a reason that is too long.
pub fn check_reason(reason: &str) -> Result<()> {
    let chars = reason.chars().count();
    if chars > JUDGEMENT_REASON_CHARS_MAX {
        return Err(Error::usage(format!("the reason has {chars} characters, at most {JUDGEMENT_REASON_CHARS_MAX} are allowed")));
    }
    Ok(())
}

/// Refuses a request id that is too long.
pub fn check_request_id(id: &str) -> Result<()> {
    let chars = id.chars().count();
    if chars > REQUEST_ID_CHARS_MAX {
        return Err(Error::usage(format!("the request id has {chars} characters, at most {REQUEST_ID_CHARS_MAX} are allowed")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{FieldValue, Grade};

    fn key(id: &str) -> RecordKey {
        RecordKey::new("s", id)
    }

    fn row(judgements: &Judgements, verdict: Verdict, a: &str, b: &str) -> JudgementRow {
        let (a, b) = (a.min(b), a.max(b));
        let (author, reason) = ("kim".into(), "".into());
        JudgementRow {
            id: judgements.next_id(),
            verdict,
            a: key(a),
            b: key(b),
            reason,
            author,
            time: 0,
            identity_a: 1,
            identity_b: 2,
            withdrawn: None,
        }
    }

    #[test]
    fn a_contradiction_is_refused_over_any_number_of_judgements() {
        let mut judgements = Judgements::default();
        for (verdict, a, b) in [
            (Verdict::MustLink, "1", "2"),
            (Verdict::CertificateChanged, "2", "3"),
            (Verdict::CannotLink, "3", "4"),
            (Verdict::MustLink, "4", "5"),
        ] {
            judgements.refuse_contradiction(verdict, &key(a), &key(b), &[]).expect("they agree");
            judgements.put(row(&judgements, verdict, a, b));
        }
        for (verdict, a, b, named) in [
            (Verdict::CannotLink, "1", "2", "J1"),
            (Verdict::CannotLink, "3", "1", "J1"),
            (Verdict::MustLink, "5", "1", "J3"),
            (Verdict::MustLink, "4", "3", "J3"),
        ] {
            let error = judgements.refuse_contradiction(verdict, &key(a), &key(b), &[]).expect_err("they contradict");
            assert_eq!(error.class(), ErrorClass::Conflict);
            assert!(error.to_string().contains(&format!("judgement {named} ")), "{a} {b}: {error}");
        }
        judgements.refuse_contradiction(Verdict::CannotLink, &key("1"), &key("5"), &[]).expect("they agree");
        let mut withdrawn = judgements.get("J3").expect("it is there").clone();
        withdrawn.withdrawn = Some(Withdrawal { author: "kim".into(), time: 1, reason: "".into() });
        judgements.put(withdrawn);
        judgements.refuse_contradiction(Verdict::MustLink, &key("5"), &key("1"), &[]).expect("the judgement was withdrawn");
        assert_eq!(judgements.next_id(), "J5", "a number is not given again");
    }

    #[test]
    fn a_must_link_holds_while_its_records_say_the_same_and_a_cannot_link_always() {
        let mut judgements = Judgements::default();
        judgements.put(row(&judgements, Verdict::MustLink, "1", "2"));
        judgements.put(row(&judgements, Verdict::CannotLink, "1", "3"));
        let told = |identities: [Option<u64>; 3]| {
            let of = |record: &RecordKey| identities[record.id.parse::<usize>().expect("a number") - 1];
            judgements.in_force(&of).iter().map(|ruling| ruling.same_person).collect::<Vec<_>>()
        };
        assert_eq!(told([Some(1), Some(2), Some(2)]), [true, false]);
        assert_eq!(told([Some(1), Some(9), Some(9)]), [false]);
        assert_eq!(told([Some(1), None, None]), [false]);
        let mut withdrawn = judgements.get("J2").expect("it is there").clone();
        withdrawn.withdrawn = Some(Withdrawal { author: "kim".into(), time: 1, reason: "".into() });
        assert_eq!(withdrawn.standing(Some(1), Some(2)), Standing::Withdrawn);
    }

    #[test]
    fn who_a_record_is_is_told_by_names_birth_and_certificates_alone() {
        let record = |values: &[(Field, &str)]| {
            let value = |(field, text): &(Field, &str)| FieldValue { field: *field, text: (*text).into(), grade: Grade::Valid };
            CanonicalRecord::new(key("1"), 0, None, values.iter().map(value).collect())
        };
        let base = [(Field::FamilyName, "王"), (Field::GivenName, "芳"), (Field::Phone, "+8613912345678")];
        let moved = [(Field::FamilyName, "王"), (Field::GivenName, "芳"), (Field::Phone, "+8613912345679")];
        let other = [(Field::FamilyName, "王"), (Field::GivenName, "方")];
        assert_eq!(identity(&record(&base)), identity(&record(&moved)));
        assert_ne!(identity(&record(&base)), identity(&record(&other)));
        assert_ne!(
            identity(&record(&[(Field::FamilyName, "ab"), (Field::GivenName, "c")])),
            identity(&record(&[(Field::FamilyName, "a"), (Field::GivenName, "bc")]))
        );
    }
}
