//! SourceRecord -> (CanonicalRecord, issues): total, the same for every door.
//!
//! 1. Each column's value is read as the kind its mapping gives it (one file a kind).
//! 2. What cannot be read, stands for nothing, or is only partly there becomes an [`Issue`], never an error.
//! 3. What one identifier states about another field (birth date and sex in a resident ID) is added, graded derived.
//!
//! Imports `record` and `schema`. Never here: comparison, and anything that looks at two records.

pub mod address;
pub mod date;
pub mod email;
pub mod identifier;
pub mod person_name;
pub mod phone;
pub mod pinyin;
pub mod resident_id;
pub mod script;
pub mod text;
pub mod time;
mod western_address;

mod known;
mod name_style;
mod place;

use self::known::Known;

use crate::limits::{ISSUE_TEXT_CHARS_MAX, VALUE_CHARS_MAX};
use crate::record::{CanonicalRecord, Field, FieldValue, Grade, Issue, IssueKind, RecordKey, SourceRecord};
use crate::schema::{CallingCode, ColumnKind, Mapping};
use compact_str::{CompactString, ToCompactString};

/// A value that could be read, with its grade; or why it was not taken.
pub type Finding = Result<(CompactString, Grade), IssueKind>;

/// Normalises a row under a mapping; `key` is the key that the mapping gave the row.
pub fn normalize(record: &SourceRecord, mapping: &Mapping, key: RecordKey) -> (CanonicalRecord, Vec<Issue>) {
    Normalizer::that_keeps(None, mapping).read(record, key)
}

/// Normalises many rows under one mapping, each as [`normalize`] does.
pub struct Normalizer<'a> {
    mapping: &'a Mapping,
    /// The columns that a name is read from, and those that a birth date is read from.
    of_name: Vec<usize>,
    of_birth: Vec<usize>,
    /// What names, birth dates, and each column came to; none to read each time.
    known: Option<(Known, Known, Vec<Known>)>,
    /// Where values of several columns are put together.
    joined: String,
}

impl<'a> Normalizer<'a> {
    /// One that has read nothing yet.
    pub fn new(mapping: &'a Mapping) -> Self {
        let columns = mapping.columns.iter().map(|_| Known::default()).collect();
        Self::that_keeps(Some((Known::default(), Known::default(), columns)), mapping)
    }

    fn that_keeps(known: Option<(Known, Known, Vec<Known>)>, mapping: &'a Mapping) -> Self {
        let of = |kinds: &[ColumnKind]| {
            let columns = mapping.columns.iter().enumerate().filter(|(_, kind)| kinds.contains(kind));
            columns.map(|(column, _)| column).collect()
        };
        Normalizer { mapping, of_name: of(NAMES), of_birth: of(BIRTHS), known, joined: String::new() }
    }

    /// What rows are read by.
    pub const fn mapping(&self) -> &'a Mapping {
        self.mapping
    }

    /// Normalises a row; `key` is the key that the mapping gave it.
    pub fn read(&mut self, record: &SourceRecord, key: RecordKey) -> (CanonicalRecord, Vec<Issue>) {
        let mapping = self.mapping;
        let mut row = Row { values: Vec::with_capacity(16), issues: Vec::new() };
        let long = record.values.iter().any(|value| value.len() > VALUE_CHARS_MAX);
        let shortened = long.then(|| row.cut(record, mapping));
        let values = shortened.as_deref().unwrap_or(&record.values);
        let of = |kind: ColumnKind| {
            mapping.columns_of(kind).map(|column| values[column].as_str()).find(|value| !value.trim().is_empty()).unwrap_or("")
        };
        let all = |kind: ColumnKind| {
            let filled = mapping.columns_of(kind).map(|column| values[column].trim()).filter(|value| !value.is_empty());
            let (mut found, mut placeholder): (Vec<CompactString>, Option<&str>) = (Vec::new(), None);
            for value in filled {
                if text::is_placeholder(value) {
                    placeholder = placeholder.or(Some(value));
                } else if found.last().is_none_or(|last| last != value) {
                    found.push(value.into());
                }
            }
            if found.is_empty() {
                // A placeholder alone is reported as one.
                found.extend(placeholder.map(CompactString::from));
            }
            found
        };
        let join = |columns: &[usize], joined: &mut String| {
            joined.clear();
            for column in columns {
                // How long each is tells where the next begins; what is longer is not kept.
                joined.push(char::from_u32(values[*column].len() as u32).unwrap_or_default());
                joined.push_str(&values[*column]);
            }
        };
        match &mut self.known {
            Some((names, births, _)) => {
                join(&self.of_name, &mut self.joined);
                names.read(&self.joined, &mut row, |row| row.name(&all));
                join(&self.of_birth, &mut self.joined);
                births.read(&self.joined, &mut row, |row| row.birth(&of, mapping));
            }
            None => {
                row.name(&all);
                row.birth(&of, mapping);
            }
        }
        for (column, kind) in mapping.columns.iter().enumerate() {
            let value = values[column].trim();
            if value.is_empty() {
                continue;
            }
            match (kind, &mut self.known) {
                (ColumnKind::Phone, _) => row.phones(value, mapping.phone_country),
                (kind, Some((.., columns))) if BY_THEMSELVES.contains(kind) => {
                    columns[column].read(value, &mut row, |row| row.single(*kind, value, ""));
                }
                (kind, _) => row.single(*kind, value, of(ColumnKind::CertificateType)),
            }
        }
        row.derive_from_resident_id();
        // A city that only a county tells gives way to a city or province that is said.
        let is_said = |value: &FieldValue| matches!(value.field, Field::City | Field::State) && value.grade != Grade::Derived;
        if row.values.iter().any(is_said) {
            row.values.retain(|value| value.field != Field::City || value.grade != Grade::Derived);
        }

        let observed_at =
            Some(of(ColumnKind::UpdatedAt)).filter(|time| !time.is_empty()).and_then(|time| time::read(time, mapping.date_order));
        let version = of(ColumnKind::Version).trim().parse::<i64>().ok();
        let version = version.or(observed_at.map(|seconds| seconds.saturating_mul(1_000_000))).unwrap_or(0);
        (CanonicalRecord::new(key, version, observed_at, row.values), row.issues)
    }
}

/// Kinds that a name is read from.
const NAMES: &[ColumnKind] =
    &[ColumnKind::FullName, ColumnKind::GivenName, ColumnKind::MiddleName, ColumnKind::FamilyName, ColumnKind::NameSuffix];

/// Kinds that a birth date is read from.
const BIRTHS: &[ColumnKind] = &[ColumnKind::BirthDate, ColumnKind::BirthYear, ColumnKind::BirthMonth, ColumnKind::BirthDay];

/// Kinds of columns that are read whatever stands in others, and whose values mostly come again.
const BY_THEMSELVES: &[ColumnKind] = &[
    ColumnKind::Sex,
    ColumnKind::Age,
    ColumnKind::Nickname,
    ColumnKind::Organisation,
    ColumnKind::Occupation,
    ColumnKind::StreetNumber,
    ColumnKind::District,
    ColumnKind::City,
    ColumnKind::State,
    ColumnKind::Postcode,
    ColumnKind::Country,
];

/// The values and issues of a row while it is read.
struct Row {
    values: Vec<FieldValue>,
    issues: Vec<Issue>,
}

impl Row {
    fn push(&mut self, field: Field, text: CompactString, grade: Grade) {
        self.values.push(FieldValue { field, text, grade });
    }

    /// Takes a finding: a value is kept (and reported when masked or invalid), anything else only reported.
    fn take(&mut self, field: Field, found: &str, finding: Finding) {
        let issue = match &finding {
            Ok((_, Grade::Partial)) if field != Field::BirthDate => Some(IssueKind::Masked),
            Ok((_, Grade::Invalid)) => Some(IssueKind::Invalid),
            Ok(_) => None,
            Err(issue) => Some(*issue),
        };
        if let Some(kind) = issue {
            self.issues.push(Issue { field, kind, found: found.to_compact_string() });
        }
        if let Ok((text, grade)) = finding {
            self.push(field, text, grade);
        }
    }

    /// Cuts values that pass their bound, and says so. Keys, versions and what is not read stay whole.
    fn cut(&mut self, record: &SourceRecord, mapping: &Mapping) -> Vec<CompactString> {
        let mut values = record.values.clone();
        for (value, kind) in values.iter_mut().zip(&mapping.columns) {
            if let Some(field) = kind.field().filter(|_| value.chars().count() > VALUE_CHARS_MAX) {
                let found = value.chars().take(ISSUE_TEXT_CHARS_MAX).collect();
                self.issues.push(Issue { field, kind: IssueKind::TooLong, found });
                *value = value.chars().take(VALUE_CHARS_MAX).collect();
            }
        }
        values
    }

    fn name(&mut self, all: &dyn Fn(ColumnKind) -> Vec<CompactString>) {
        let joined = |values: &[CompactString]| CompactString::from(values.join(" "));
        let (given, middle, family) = (all(ColumnKind::GivenName), all(ColumnKind::MiddleName), all(ColumnKind::FamilyName));
        // Of several columns the first is the name one goes by; a second given name is a middle name, a second family name belongs to the
        // first. Han names have neither: what a further column says there is another name.
        let han = given.iter().chain(&family).any(|part| text::has_han(part));
        let (further, family) = match given.get(1..) {
            Some(further) if !han => (joined(&[further, &middle].concat()), joined(&family)),
            None if !han => (joined(&middle), joined(&family)),
            _ => (joined(&middle), family.into_iter().next().unwrap_or_default()),
        };
        let parts = person_name::NameParts {
            full: all(ColumnKind::FullName).into_iter().next().unwrap_or_default(),
            given: given.into_iter().next().unwrap_or_default(),
            middle: further,
            family,
        };
        person_name::read(&parts, &mut self.values, &mut self.issues);
        // A suffix of its own column says nothing else; others stand behind the names.
        let suffix = all(ColumnKind::NameSuffix).into_iter().next().unwrap_or_default();
        let behind = [&parts.full, &parts.given, &parts.middle, &parts.family];
        let generation =
            name_style::generation(&suffix, true).or_else(|| behind.iter().find_map(|part| name_style::generation(part, false)));
        if let Some(generation) = generation {
            self.push(Field::Generation, generation.into(), Grade::Valid);
        }
    }

    fn birth<'a>(&mut self, of: &dyn Fn(ColumnKind) -> &'a str, mapping: &Mapping) {
        let whole = text::clean(of(ColumnKind::BirthDate));
        let year = of(ColumnKind::BirthYear);
        if !whole.is_empty() {
            let finding = if text::is_placeholder(&whole) { Err(IssueKind::Placeholder) } else { date::read(&whole, mapping.date_order) };
            let impossible = date::has_impossible_part(&whole, mapping.date_order);
            self.birth_date(&whole, finding, impossible);
        } else if !year.trim().is_empty() {
            let (month, day) = (of(ColumnKind::BirthMonth), of(ColumnKind::BirthDay));
            self.birth_date(year, date::from_parts(year, month, day), date::parts_are_impossible(year, month, day));
        }
    }

    /// Takes a birth date; what is left of one whose month or day cannot be is kept as partly known, and reported as invalid.
    fn birth_date(&mut self, found: &str, finding: Finding, impossible: bool) {
        if impossible && finding.is_ok() {
            self.issues.push(Issue { field: Field::BirthDate, kind: IssueKind::Invalid, found: found.to_compact_string() });
        }
        self.take(Field::BirthDate, found, finding);
    }

    fn phones(&mut self, value: &str, country: Option<CallingCode>) {
        let cleaned = text::clean(value);
        let is_placeholder = text::is_placeholder(&cleaned);
        for part in phone::parted(&cleaned) {
            let finding = if is_placeholder { Err(IssueKind::Placeholder) } else { phone::read_in(part, country) };
            self.take(Field::Phone, part, finding);
        }
    }

    fn single(&mut self, kind: ColumnKind, value: &str, certificate_type: &str) {
        use ColumnKind as K;
        // The lines of an address are its parts, which cleaning joins.
        if kind == K::Address {
            return address::read_whole(value, &mut self.values);
        }
        let cleaned = text::clean(value);
        let placeholder = text::is_placeholder(&cleaned);
        let or_placeholder = |finding: Finding| if placeholder { Err(IssueKind::Placeholder) } else { finding };
        match kind {
            K::Email => self.take(Field::Email, value, or_placeholder(email::read(&cleaned))),
            K::Sex => self.take(Field::Sex, value, or_placeholder(identifier::sex(&cleaned))),
            K::Age => self.take(Field::Age, value, or_placeholder(identifier::age(&cleaned))),
            K::ResidentId => self.take(Field::ResidentId, value, or_placeholder(resident_id::read(&cleaned))),
            K::NationalId => self.take(Field::NationalId, value, or_placeholder(identifier::national(&cleaned))),
            K::CertificateNumber => {
                let (field, finding) = identifier::certificate(certificate_type, &cleaned);
                self.take(field, value, or_placeholder(finding));
            }
            K::Device => self.take(Field::Device, value, or_placeholder(identifier::device(&cleaned))),
            K::OpenId => self.take(Field::OpenId, value, or_placeholder(identifier::opaque(&cleaned))),
            K::UnionId => self.take(Field::UnionId, value, or_placeholder(identifier::opaque(&cleaned))),
            K::CustomerNumber => self.take(Field::CustomerNumber, value, or_placeholder(identifier::plain(&cleaned))),
            K::Nickname if !placeholder => self.push(Field::Nickname, cleaned, Grade::Valid),
            K::Organisation if !placeholder => self.push(Field::Organisation, text::folded(&cleaned), Grade::Valid),
            K::Occupation if !placeholder => self.push(Field::Occupation, text::folded(&cleaned), Grade::Valid),
            K::Street => address::read_part(Field::Street, &cleaned, &mut self.values),
            K::Premises => address::read_part(Field::Premises, &cleaned, &mut self.values),
            K::StreetNumber => address::read_part(Field::StreetNumber, &cleaned, &mut self.values),
            K::District => address::read_part(Field::District, &cleaned, &mut self.values),
            K::City => address::read_part(Field::City, &cleaned, &mut self.values),
            K::State => address::read_part(Field::State, &cleaned, &mut self.values),
            K::Postcode => address::read_part(Field::Postcode, &cleaned, &mut self.values),
            K::Country => address::read_part(Field::Country, &cleaned, &mut self.values),
            _ => {}
        }
    }

    fn derive_from_resident_id(&mut self) {
        let has = |values: &[FieldValue], field| values.iter().any(|value| value.field == field);
        let trusted =
            self.values.iter().find(|value| value.field == Field::ResidentId && matches!(value.grade, Grade::Valid | Grade::Derived));
        let Some((date, sex)) = trusted.and_then(|value| resident_id::birth_date_and_sex(&value.text)) else { return };
        if !has(&self.values, Field::BirthDate) {
            self.push(Field::BirthDate, date, Grade::Derived);
        }
        if !has(&self.values, Field::Sex) {
            self.push(Field::Sex, sex.into(), Grade::Derived);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Layout;
    use std::sync::Arc;

    /// Every cut value was told as a display name.
    #[test]
    fn cut_values_are_told_with_their_own_field() {
        let kinds = [ColumnKind::RecordId, ColumnKind::Address, ColumnKind::Nickname, ColumnKind::FullName, ColumnKind::Ignore];
        let layout = Layout { input: "x".into(), source: "x".into(), columns: vec!["c".into(); kinds.len()] };
        let long: CompactString = "长".repeat(VALUE_CHARS_MAX + 1).into();
        let values = vec![long.clone(), long.clone(), long.clone(), "张伟".into(), long.clone()];
        let record = SourceRecord { layout: Arc::new(layout), values, line: 1, row: 1 };
        let mapping = Mapping {
            source: "x".into(),
            record_id: Some(0),
            source_column: None,
            columns: kinds.to_vec(),
            date_order: crate::schema::DateOrder::DayFirst,
            phone_country: Some(CallingCode::CHINA),
        };
        let (canonical, issues) = normalize(&record, &mapping, RecordKey::new("x", "1"));
        let told: Vec<_> = issues.iter().map(|issue| (issue.field, issue.kind)).collect();
        assert_eq!(told, [(Field::DisplayAddress, IssueKind::TooLong), (Field::Nickname, IssueKind::TooLong)]);
        assert!(issues.iter().all(|issue| issue.found.chars().count() == ISSUE_TEXT_CHARS_MAX));
        assert_eq!(canonical.first(Field::Nickname).map(|value| value.text.chars().count()), Some(VALUE_CHARS_MAX));
    }

    /// Cleaning joins lines by a space, and a comma parts the parts of an address.
    #[test]
    fn the_lines_of_an_address_are_its_parts() {
        let layout = Layout { input: "x".into(), source: "x".into(), columns: vec!["address".into()] };
        let read = |address: &str| {
            let record = SourceRecord { layout: Arc::new(layout.clone()), values: vec![address.into()], line: 1, row: 1 };
            let mapping = Mapping {
                source: "x".into(),
                record_id: None,
                source_column: None,
                columns: vec![ColumnKind::Address],
                date_order: crate::schema::DateOrder::DayFirst,
                phone_country: None,
            };
            normalize(&record, &mapping, RecordKey::new("x", "1")).0.values().to_vec()
        };
        let in_lines = read("12 Main Street\nApt 4\r\nSpringfield, IL 62704");
        assert!(in_lines.iter().any(|value| value.field == Field::City && value.text == "springfield"), "{in_lines:?}");
        assert_eq!(in_lines, read("12 Main Street, Apt 4, Springfield, IL 62704"), "as it is shown, too");
        assert_eq!(in_lines, read("\n12 Main Street,\u{b}Apt 4\n\n Springfield, IL 62704 \r\n"));
    }

    #[test]
    fn what_a_calendar_does_not_have_is_reported_and_the_rest_kept() {
        use ColumnKind::{BirthDate, BirthDay, BirthMonth, BirthYear};
        let read = |kinds: &[ColumnKind], values: &[&str]| {
            let layout = Layout { input: "x".into(), source: "x".into(), columns: vec!["c".into(); kinds.len()] };
            let values = values.iter().map(|value| CompactString::from(*value)).collect();
            let record = SourceRecord { layout: Arc::new(layout), values, line: 1, row: 1 };
            let date_order = crate::schema::DateOrder::DayFirst;
            let (source, columns) = ("x".into(), kinds.to_vec());
            let phone_country = Some(CallingCode::CHINA);
            let mapping = Mapping { source, record_id: None, source_column: None, columns, date_order, phone_country };
            let (canonical, issues) = normalize(&record, &mapping, RecordKey::new("x", "1"));
            let text = canonical.first(Field::BirthDate).map(|value| value.text.to_string()).unwrap_or_default();
            (text, issues.iter().map(|issue| issue.kind).collect::<Vec<_>>())
        };
        let parts = [BirthYear, BirthMonth, BirthDay];
        assert_eq!(read(&[BirthDate], &["1984-13-45"]), ("1984".into(), vec![IssueKind::Invalid]));
        assert_eq!(read(&parts, &["1984", "3", "45"]), ("1984-03".into(), vec![IssueKind::Invalid]));
        assert_eq!(read(&[BirthDate], &["20121984"]), ("1984-12-20".into(), vec![]));
        assert_eq!(read(&parts, &["1984", "", ""]), ("1984".into(), vec![]));
    }
}
