//! What a source wrote of one record -> the record to put: by the mapping that loads of the source have, else by one told from the record
//! itself, which from then on is the source's. A column that the source did not have before is read beside those it had.

use super::PutRecord;
use crate::error::{Error, Result};
use crate::limits::{INPUT_COLUMNS_MAX, TIME_AHEAD_SECONDS_MAX, VALUE_CHARS_MAX};
use crate::normalize::normalize;
use crate::record::{Issue, Layout, RecordKey, SourceRecord};
use crate::schema::{CallingCode, ColumnKind, Mapping, infer, kind_of_name};
use crate::service::load::{SourceValues, unreadable_version};
use crate::service::mapping::{layout_entry, layouts};
use crate::service::views::Views;
use compact_str::CompactString;
use std::sync::Arc;

/// A record as its source wrote it, its key known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenRecord {
    /// Its key.
    pub key: RecordKey,
    /// Columns and their values, each column once.
    pub columns: SourceValues,
    /// Its version, where that is no column.
    pub version: Option<i64>,
    /// When the source last wrote it, seconds since 1970, where that is no column.
    pub observed_at: Option<i64>,
}

/// How the sources of a store are read.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    layouts: Vec<(Arc<Layout>, Mapping)>,
    /// The country of phone numbers where neither source nor number say one.
    country: Option<CallingCode>,
}

impl Readings {
    /// As the store has them.
    pub fn of(views: &Views) -> Result<Self> {
        let layouts: Vec<(Arc<Layout>, Mapping)> =
            layouts(views)?.into_iter().map(|(layout, mapping)| (Arc::new(layout), mapping)).collect();
        let country = CallingCode::of_most(layouts.iter().map(|(_, mapping)| mapping.phone_country));
        Ok(Readings { layouts, country })
    }

    /// Normalises a record; `now`, seconds since 1970, is the moment. Gives what was found wrong with its values too, each with the column it
    /// came from, where one is known.
    pub fn read(&self, written: WrittenRecord, now: i64) -> Result<(PutRecord, Vec<(Issue, CompactString)>)> {
        check(&written)?;
        let WrittenRecord { key, columns, version, observed_at } = written;
        let (layout, mapping, is_new) = match self.known(&key, &columns) {
            Some((layout, mapping)) if covers(layout, &columns) => (Arc::clone(layout), mapping.clone(), false),
            known => {
                let (layout, mapping) = self.told(&key, &columns, known)?;
                (layout, mapping, true)
            }
        };
        let values = layout.columns.iter().map(|column| value_of(&columns, column)).collect();
        let record = SourceRecord { values, layout: Arc::clone(&layout), line: 0, row: 0 };
        if let Some((column, found)) = unreadable_version(&record, &mapping).filter(|_| version.is_none()) {
            let column = &layout.columns[column];
            let message = format!("{column} of record {key}, {found:?}, cannot be read, so it is not known which version this is");
            return Err(Error::usage(message));
        }
        let (mut canonical, issues) = normalize(&record, &mapping, key.clone());
        canonical.observed_at = observed_at.or(canonical.observed_at);
        let of_time = observed_at.map(|seconds| seconds.saturating_mul(1_000_000)).filter(|_| canonical.version == 0);
        canonical.version = version.or(of_time).unwrap_or(canonical.version);
        if canonical.observed_at.is_some_and(|observed| observed > now.saturating_add(TIME_AHEAD_SECONDS_MAX)) {
            let in_column = || mapping.columns_of(ColumnKind::Version).any(|column| !record.values[column].trim().is_empty());
            if version.is_none() && !in_column() {
                return Err(Error::usage(format!("record {key} was observed in the future, and no later one could ever be newer")));
            }
            // Its version says which is newer; when it was seen is not known.
            canonical.observed_at = None;
        }
        let column_of = |issue: &Issue| {
            let place = mapping.columns.iter().position(|kind| kind.field() == Some(issue.field));
            place.map(|place| layout.columns[place].clone()).unwrap_or_default()
        };
        let issues = issues.into_iter().map(|issue| (issue.clone(), column_of(&issue))).collect();
        let mapping = if is_new { Some(layout_entry(&layout, &mapping)?) } else { None };
        let source_values = columns.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Ok((PutRecord { canonical, source_values, mapping }, issues))
    }

    /// The layout of the source that knows most of the columns that say something of a person.
    fn known(&self, key: &RecordKey, columns: &SourceValues) -> Option<(&Arc<Layout>, &Mapping)> {
        let of_source = self.layouts.iter().filter(|(_, mapping)| mapping.source_column.is_some() || mapping.source == key.source);
        let known = |(layout, mapping): &(Arc<Layout>, Mapping)| {
            let says = |(name, _): &&(CompactString, CompactString)| {
                let place = layout.columns.iter().position(|column| column == name);
                place.is_some_and(|place| mapping.columns[place].field().is_some())
            };
            columns.iter().filter(says).count()
        };
        let best = of_source.map(|of| (known(of), covers(&of.0, columns), of)).filter(|(known, ..)| *known > 0);
        let best = best.max_by_key(|(known, covers, (_, mapping))| (*covers, *known, mapping.source_column.is_none()));
        best.map(|(.., (layout, mapping))| (layout, mapping))
    }

    /// A layout and mapping told from a record, beside what is `known` of some of its columns.
    fn told(&self, key: &RecordKey, columns: &SourceValues, known: Option<(&Arc<Layout>, &Mapping)>) -> Result<(Arc<Layout>, Mapping)> {
        let mut names: Vec<CompactString> = known.map(|(layout, _)| layout.columns.clone()).unwrap_or_default();
        let new = columns.iter().map(|(name, _)| name).filter(|name| !name.is_empty() && !names.contains(name));
        let mut new: Vec<CompactString> = new.cloned().collect();
        new.sort_unstable();
        names.extend(new);
        if names.len() > INPUT_COLUMNS_MAX {
            let message = format!("source {} would have {} columns, at most {INPUT_COLUMNS_MAX} are allowed", key.source, names.len());
            return Err(Error::usage(message));
        }
        let layout = Arc::new(Layout { input: key.source.clone(), source: key.source.clone(), columns: names });
        let values = layout.columns.iter().map(|name| value_of(columns, name)).collect();
        let sample = [SourceRecord { layout: Arc::clone(&layout), values, line: 0, row: 0 }];
        let mut mapping = infer(&layout, &sample).mapping;
        // One row shows no record id: the key came with the call.
        if let Some(column) = mapping.record_id.take().filter(|column| sample[0].values[*column].trim() != key.id) {
            let kind = kind_of_name(&layout.columns[column]).filter(|kind| kind.field().is_some());
            mapping.columns[column] = kind.unwrap_or(ColumnKind::Ignore);
        }
        // That a source names itself in a row would let one row speak for all; its country is that of the others, before what one row shows.
        (mapping.source, mapping.source_column) = (key.source.clone(), None);
        mapping.phone_country = self.country.or(mapping.phone_country);
        if let Some((_, known)) = known {
            mapping.columns[..known.columns.len()].clone_from_slice(&known.columns);
            (mapping.record_id, mapping.date_order, mapping.phone_country) = (known.record_id, known.date_order, known.phone_country);
        }
        if !mapping.columns.iter().any(|kind| kind.field().is_some()) {
            let message = format!(
                "no column of record {key} says anything about a person (found: {}); load the source with settings that say what they mean",
                layout.columns.join(", ")
            );
            return Err(Error::usage(message));
        }
        Ok((layout, mapping))
    }
}

/// Refuses a key that is too long and a column that stands twice.
fn check(written: &WrittenRecord) -> Result<()> {
    let WrittenRecord { key, columns, .. } = written;
    for (what, text) in [("source", &key.source), ("record id", &key.id)] {
        let characters = text.chars().count();
        if characters > VALUE_CHARS_MAX {
            return Err(Error::usage(format!("the {what} is {characters} characters long, at most {VALUE_CHARS_MAX} are allowed")));
        }
    }
    let mut names: Vec<&CompactString> = columns.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    match names.windows(2).find(|two| two[0] == two[1]) {
        Some(twice) => Err(Error::usage(format!("column {} of record {key} stands twice", twice[0]))),
        None => Ok(()),
    }
}

/// Whether a layout has all columns that say something.
fn covers(layout: &Layout, columns: &SourceValues) -> bool {
    columns.iter().all(|(name, value)| value.trim().is_empty() || layout.columns.contains(name))
}

fn value_of(columns: &SourceValues, column: &CompactString) -> CompactString {
    columns.iter().find(|(name, _)| name == column).map(|(_, value)| value.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Field, IssueKind};

    fn written(id: &str, columns: &[(&str, &str)]) -> WrittenRecord {
        let columns = columns.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        WrittenRecord { key: RecordKey::new("crm", id), columns, version: None, observed_at: None }
    }

    #[test]
    fn a_source_that_is_not_known_is_read_by_its_first_record() {
        let readings = Readings::default();
        let (put, issues) =
            readings.read(written("1", &[("name", "王芳"), ("phone", "139 1234 0001"), ("note", "")]), 0).expect("it reads");
        assert_eq!(put.canonical.first(Field::Phone).map(|value| value.text.as_str()), Some("+8613912340001"));
        assert_eq!((put.source_values.len(), issues.len(), put.mapping.is_some()), (2, 0, true));
        let error = readings.read(written("1", &[("colour", "red")]), 0).expect_err("it says nothing");
        assert!(error.to_string().contains("found: colour"), "{error}");
        let (put, issues) = readings.read(written("2", &[("name", "王芳"), ("phone", "13800138000")]), 0).expect("it reads");
        assert_eq!((put.canonical.first(Field::Phone), issues[0].0.kind), (None, IssueKind::Placeholder));
    }

    #[test]
    fn a_column_that_is_new_to_a_source_is_read_beside_those_that_are_known() {
        let told = |readings: &Readings, columns: &[(&str, &str)]| readings.read(written("1", columns), 0).expect("it reads").0;
        let mapping = |put: &PutRecord| -> Mapping { serde_json::from_slice(&put.mapping.as_ref().expect("it is new").1).expect("JSON") };
        let first = told(&Readings::default(), &[("name", "王芳")]);
        let layout = Layout { input: "crm".into(), source: "crm".into(), columns: vec!["name".into()] };
        let readings = Readings { layouts: vec![(Arc::new(layout), mapping(&first))], country: Some(CallingCode::CHINA) };
        assert!(told(&readings, &[("name", "李强")]).mapping.is_none(), "it is read as the first");
        let second = told(&readings, &[("phone", "13912340001"), ("name", "李强")]);
        assert!(second.mapping.is_some() && second.canonical.first(Field::Phone).is_some());
        assert_eq!(second.canonical.first(Field::FamilyName).map(|name| name.text.as_str()), Some("李"));
        let other = Readings { country: Some(CallingCode::CHINA), ..Readings::default() };
        let foreign = told(&other, &[("phone", "+44 20 7946 0958"), ("name", "李强")]);
        assert_eq!(mapping(&foreign).phone_country, Some(CallingCode::CHINA), "one number does not decide for a source");
    }

    #[test]
    fn what_would_be_lost_in_silence_is_read_or_refused() {
        let read = |id: &str, columns: &[(&str, &str)]| Readings::default().read(written(id, columns), 2_000_000_000);
        let (put, _) = read("row-17", &[("openid", "oABCdef123"), ("nickname", "小芳")]).expect("it reads");
        assert_eq!(put.canonical.first(Field::OpenId).map(|value| value.text.as_str()), Some("oABCdef123"));
        let error = read("1", &[("name", "王芳"), ("name", "李强")]).expect_err("refused");
        assert!(error.to_string().contains("twice"), "{error}");
        // Once a column is known for what it is, what it says must be readable.
        let (first, _) = read("1", &[("name", "王芳"), ("updated_at", "2020-01-02")]).expect("it reads");
        let layout = Layout { input: "crm".into(), source: "crm".into(), columns: vec!["name".into(), "updated_at".into()] };
        let mapping = serde_json::from_slice(&first.mapping.expect("it is new").1).expect("JSON");
        let readings = Readings { layouts: vec![(Arc::new(layout), mapping)], country: None };
        let error = readings.read(written("1", &[("name", "王芳"), ("updated_at", "yesterday-ish")]), 2_000_000_000).expect_err("refused");
        assert!(error.to_string().contains("updated_at"), "{error}");
    }

    #[test]
    fn versions_come_from_the_call_or_from_columns() {
        let readings = Readings::default();
        let read = |written: WrittenRecord| {
            readings.read(written, 2_000_000_000).map(|(put, _)| (put.canonical.version, put.canonical.observed_at))
        };
        let one = written("1", &[("name", "王芳"), ("updated_at", "2020-01-02T03:04:05Z")]);
        let seconds = 1_577_934_245;
        assert_eq!(read(one.clone()).expect("it reads"), (seconds * 1_000_000, Some(seconds)));
        assert_eq!(read(WrittenRecord { version: Some(7), ..one.clone() }).expect("it reads"), (7, Some(seconds)));
        let two = written("1", &[("name", "王芳")]);
        assert_eq!(read(WrittenRecord { observed_at: Some(5), ..two.clone() }).expect("it reads"), (5_000_000, Some(5)));
        assert!(read(WrittenRecord { observed_at: Some(3_000_000_000), ..two }).is_err(), "tomorrow has not been observed");
    }
}
