//! What a source wrote of one record -> the record to put: by the mapping that loads of the source have, else by one told from the record
//! itself, which from then on is the source's.

use super::PutRecord;
use crate::error::{Error, Result};
use crate::limits::{TIME_AHEAD_SECONDS_MAX, VALUE_CHARS_MAX};
use crate::normalize::normalize;
use crate::record::{Issue, Layout, RecordKey, SourceRecord};
use crate::schema::{CallingCode, ColumnKind, Mapping, infer};
use crate::service::load::SourceValues;
use crate::service::mapping::{layout_entry, layouts};
use crate::service::views::Views;
use compact_str::CompactString;
use std::sync::Arc;

/// A record as its source wrote it, its key known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenRecord {
    /// Its key.
    pub key: RecordKey,
    /// Columns and their values.
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
        let WrittenRecord { key, columns, version, observed_at } = written;
        for (what, text) in [("source", &key.source), ("record id", &key.id)] {
            let characters = text.chars().count();
            if characters > VALUE_CHARS_MAX {
                return Err(Error::usage(format!("the {what} is {characters} characters long, at most {VALUE_CHARS_MAX} are allowed")));
            }
        }
        let (layout, mapping, is_new) = match self.known(&key, &columns) {
            Some((layout, mapping)) => (Arc::clone(layout), mapping.clone(), false),
            None => {
                let (layout, mapping) = self.told(&key, &columns)?;
                (layout, mapping, true)
            }
        };
        let value =
            |column: &CompactString| columns.iter().find(|(name, _)| name == column).map(|(_, value)| value.clone()).unwrap_or_default();
        let record = SourceRecord { values: layout.columns.iter().map(value).collect(), layout: Arc::clone(&layout), line: 0, row: 0 };
        let (mut canonical, issues) = normalize(&record, &mapping, key.clone());
        canonical.observed_at = observed_at.or(canonical.observed_at);
        let of_time = observed_at.map(|seconds| seconds.saturating_mul(1_000_000)).filter(|_| canonical.version == 0);
        canonical.version = version.or(of_time).unwrap_or(canonical.version);
        if canonical.observed_at.is_some_and(|observed| observed > now.saturating_add(TIME_AHEAD_SECONDS_MAX)) {
            return Err(Error::usage(format!("record {key} was observed in the future, and no later one could ever be newer")));
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

    /// The layout of the source that has most of the columns, and at least one that says something.
    fn known(&self, key: &RecordKey, columns: &SourceValues) -> Option<(&Arc<Layout>, &Mapping)> {
        let of_source = self.layouts.iter().filter(|(_, mapping)| mapping.source_column.is_some() || mapping.source == key.source);
        let known = |(layout, mapping): &(Arc<Layout>, Mapping)| {
            let says = |(name, _): &&(CompactString, CompactString)| {
                let place = layout.columns.iter().position(|column| column == name);
                place.is_some_and(|place| mapping.columns[place] != ColumnKind::Ignore)
            };
            columns.iter().filter(says).count()
        };
        let best = of_source.map(|of| (known(of), of)).filter(|(known, _)| *known > 0);
        best.max_by_key(|(known, (_, mapping))| (*known, mapping.source_column.is_none())).map(|(_, (layout, mapping))| (layout, mapping))
    }

    /// A layout and mapping told from a record.
    fn told(&self, key: &RecordKey, columns: &SourceValues) -> Result<(Arc<Layout>, Mapping)> {
        let mut named: Vec<&(CompactString, CompactString)> = columns.iter().filter(|(name, _)| !name.is_empty()).collect();
        named.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        named.dedup_by(|a, b| a.0 == b.0);
        let names = named.iter().map(|(name, _)| name.clone()).collect();
        let layout = Arc::new(Layout { input: key.source.clone(), source: key.source.clone(), columns: names });
        let values = named.iter().map(|(_, value)| value.clone()).collect();
        let sample = [SourceRecord { layout: Arc::clone(&layout), values, line: 0, row: 0 }];
        let mut mapping = infer(&layout, &sample).mapping;
        // The key is known; that a source names itself in a row would let one row speak for all.
        (mapping.source, mapping.source_column) = (key.source.clone(), None);
        mapping.phone_country = mapping.phone_country.or(self.country);
        let says = |kind: &ColumnKind| kind.field().is_some();
        if !mapping.columns.iter().any(says) {
            let found: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!(
                "no column of record {key} says anything about a person (found: {}); load the source with settings that say what they mean",
                found.join(", ")
            );
            return Err(Error::usage(message));
        }
        Ok((layout, mapping))
    }
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
