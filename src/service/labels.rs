//! Files that say of each record whose it is: a truth, or clusters that were found; and how two of them fit together.

use crate::error::{Error, Result};
use crate::ingest::{Input, Reject, Sink};
use crate::record::{RecordKey, SourceRecord};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// One record and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The line it stands in; 0 for none.
    pub line: u64,
    /// The source; empty where the file has none.
    pub source: CompactString,
    /// The record id.
    pub id: CompactString,
    /// The person or the cluster.
    pub label: CompactString,
}

/// The labels of one file.
#[derive(Clone, Debug)]
pub struct Labels {
    /// The file, for messages.
    pub path: String,
    /// Whether records are named by source and id; else by id alone.
    pub has_source: bool,
    /// The labels, in the order of the file.
    pub labels: Vec<Label>,
}

impl Labels {
    /// Reads a truth: `[source,]record_id,cluster_id`. A file without rows, and a row without a record id or a cluster id, are errors.
    pub fn read_truth(path: &Path) -> Result<Labels> {
        read(path, &["cluster_id", "one_id", "entity_id", "person_id"])
    }

    /// Reads found clusters: `[source,]record_id,one_id`.
    pub fn read_clusters(path: &Path) -> Result<Labels> {
        read(path, &["one_id", "cluster_id"])
    }

    /// Labels of the records of some inputs, by their keys.
    pub fn of_records<'a>(inputs: &[PathBuf], records: impl Iterator<Item = (&'a RecordKey, String)>) -> Labels {
        let path = inputs.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        let label =
            |(key, label): (&RecordKey, String)| Label { line: 0, source: key.source.clone(), id: key.id.clone(), label: label.into() };
        Labels { path, has_source: true, labels: records.map(label).collect() }
    }
}

/// Two sets of labels of the same records, those of the truth in its order.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The person of each record of the truth, numbered from 0.
    pub truth: Vec<u64>,
    /// Its found cluster: even numbers; odd ones for records that no cluster names, each by itself.
    pub found: Vec<u64>,
    /// Its place among the found labels, where one names it.
    pub place: Vec<Option<usize>>,
    /// Records of the clusters that the truth does not name.
    pub without_truth: u64,
}

/// Joins a truth with found clusters on source and record id, or on record id alone where either has no source. A record that stands
/// twice, and files that have no record in common, are errors.
pub fn join(truth: &Labels, found: &Labels) -> Result<Joined> {
    let by_source = truth.has_source && found.has_source;
    let key = |label: &Label| (if by_source { label.source.clone() } else { CompactString::default() }, label.id.clone());
    let mut found_by_key: FxHashMap<_, usize> = FxHashMap::default();
    for (place, label) in found.labels.iter().enumerate() {
        if let Some(first) = found_by_key.insert(key(label), place) {
            return Err(ambiguous(&found.path, &found.labels[first], label, by_source));
        }
    }
    let (mut people, mut clusters) = (Numbers::default(), Numbers::default());
    let mut joined = Joined { truth: Vec::new(), found: Vec::new(), place: Vec::new(), without_truth: 0 };
    let mut seen: FxHashMap<_, &Label> = FxHashMap::default();
    for label in &truth.labels {
        let key = key(label);
        let place = found_by_key.get(&key).copied();
        if let Some(first) = seen.insert(key, label) {
            return Err(ambiguous(&truth.path, first, label, by_source));
        }
        joined.truth.push(people.of(&label.label));
        joined.found.push(match place {
            Some(place) => clusters.of(&found.labels[place].label) * 2,
            None => seen.len() as u64 * 2 + 1,
        });
        joined.place.push(place);
    }
    let named = joined.place.iter().flatten().count();
    if named == 0 {
        let message = format!("no record of {} is named in {}; are both about the same data?", truth.path, found.path);
        return Err(Error::bad_data(message));
    }
    joined.without_truth = (found.labels.len() - named) as u64;
    Ok(joined)
}

/// Texts numbered as they come.
#[derive(Default)]
struct Numbers<'a>(FxHashMap<&'a str, u64>);

impl<'a> Numbers<'a> {
    fn of(&mut self, text: &'a str) -> u64 {
        let next = self.0.len() as u64;
        *self.0.entry(text).or_insert(next)
    }
}

fn ambiguous(path: &str, first: &Label, label: &Label, by_source: bool) -> Error {
    let lines = match first.line + label.line {
        0 => "stands in several sources".to_string(),
        _ => format!("stands twice, in lines {} and {}", first.line, label.line),
    };
    let message = match by_source {
        true => format!("record {}/{} {lines}", label.source, label.id),
        false => format!("record id {} {lines}; a source column in both files would tell the records apart", label.id),
    };
    Error::bad_data(message).at(path)
}

fn read(path: &Path, label_columns: &[&str]) -> Result<Labels> {
    let input = Input::open(path)?;
    let columns = &input.layout().columns;
    let place = |names: &[&str]| names.iter().find_map(|name| columns.iter().position(|column| column.eq_ignore_ascii_case(name)));
    let missing = |wanted: &str| Error::bad_data(format!("has no column {wanted} (found: {})", columns.join(", "))).at(path.display());
    let id = place(&["record_id", "id", "unique_id"]).ok_or_else(|| missing("record_id"))?;
    let label = place(label_columns).ok_or_else(|| missing(label_columns[0]))?;
    let source = place(&["source", "source_dataset"]);
    let names = (columns[id].clone(), columns[label].clone());
    let mut sink = LabelSink { places: (source, id, label), names, labels: Vec::new(), fault: None };
    input.read(&mut sink)?;
    if let Some((line, reason)) = sink.fault {
        return Err(Error::bad_data(reason).at(format!("{}:{line}", path.display())));
    }
    if sink.labels.is_empty() {
        return Err(Error::bad_data("has no rows, so there is nothing to compare").at(path.display()));
    }
    Ok(Labels { path: path.display().to_string(), has_source: source.is_some(), labels: sink.labels })
}

struct LabelSink {
    /// Of source, record id and cluster id.
    places: (Option<usize>, usize, usize),
    /// Of the columns of record id and cluster id.
    names: (CompactString, CompactString),
    labels: Vec<Label>,
    /// The first row that cannot be used: its line and why.
    fault: Option<(u64, String)>,
}

impl Sink for LabelSink {
    fn rows(&mut self, rows: Vec<SourceRecord>) {
        let (source, id, label) = self.places;
        let text = |row: &SourceRecord, place: usize| CompactString::from(row.values[place].trim());
        for row in &rows {
            // Rows without a cluster id would be one cluster of strangers.
            for (place, name) in [(id, &self.names.0), (label, &self.names.1)] {
                if row.values[place].trim().is_empty() {
                    self.fault.get_or_insert_with(|| (row.line, format!("the {name} is empty")));
                }
            }
            let source = source.map(|place| text(row, place)).unwrap_or_default();
            self.labels.push(Label { line: row.line, source, id: text(row, id), label: text(row, label) });
        }
    }
    fn reject(&mut self, reject: Reject) {
        self.fault.get_or_insert((reject.line, reject.reason));
    }
    fn note(&mut self, _: String) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorClass;

    fn joined(truth: &str, clusters: &str) -> Result<Joined> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (a, b) = (folder.path().join("truth.csv"), folder.path().join("clusters.csv"));
        std::fs::write(&a, truth).expect("written");
        std::fs::write(&b, clusters).expect("written");
        join(&Labels::read_truth(&a)?, &Labels::read_clusters(&b)?)
    }

    const CLUSTERS: &str = "source,record_id,one_id\ncrm,1,P1\ncrm,2,P1\ncrm,3,P3\n";

    #[test]
    fn what_is_no_truth_gives_no_figures() {
        for (truth, clusters, place, words) in [
            ("source,record_id,cluster_id\n", CLUSTERS, "truth.csv: ", "has no rows"),
            ("source,record_id,cluster_id\ncrm,1,a\n", "source,record_id,one_id\n", "clusters.csv: ", "has no rows"),
            ("source,record_id,cluster_id\ncrm,1,a\ncrm,2,\ncrm,3, \n", CLUSTERS, "truth.csv:3: ", "the cluster_id is empty"),
            ("source,record_id,cluster_id\ncrm,,a\n", CLUSTERS, "truth.csv:2: ", "the record_id is empty"),
            ("source,record_id,cluster_id\ncrm,1,a\n", "source,record_id,one_id\ncrm,1,\n", "clusters.csv:2: ", "the one_id is empty"),
            ("source,record_id,cluster_id\ncrm,1,a\ncrm,1,b\n", CLUSTERS, "truth.csv: ", "stands twice"),
            ("record_id,cluster_id\n1,a\n", "source,record_id,one_id\ncrm,1,P1\napp,1,P2\n", "clusters.csv: ", "in lines 2 and 3"),
            ("source,record_id,cluster_id\napp,1,a\n", CLUSTERS, "", "about the same data"),
        ] {
            let error = joined(truth, clusters).expect_err(words);
            assert_eq!(error.class(), ErrorClass::BadData);
            let text = error.to_string();
            assert!(text.contains(place) && text.contains(words), "{text}");
        }
    }

    #[test]
    fn records_that_only_one_file_names_are_told() {
        let found = joined("source,record_id,cluster_id\ncrm,1,a\ncrm, 2 ,a\ncrm,9,c\n", CLUSTERS).expect("joined");
        assert_eq!((found.truth, found.place, found.without_truth), (vec![0, 0, 1], vec![Some(0), Some(1), None], 1));
        assert!(found.found[0] == found.found[1] && found.found[2] % 2 == 1, "{:?}", found.found);
    }
}
