//! `oneid eval`: clusters against a known truth.

use super::Done;
use super::output::{print, print_json};
use super::table::{Align, Table, count};
use super::words;
use crate::error::{Error, Result};
use crate::evaluation::{Evaluation, Figures, evaluate};
use crate::ingest::{Input, Reject, Sink};
use crate::record::SourceRecord;
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Compare clusters with a known truth
///
/// Both are tables (CSV, JSON lines, Parquet). They are joined on source and record id, or on record id alone where either
/// has no source; then an id that stands in several sources is an error. Records that the clusters do not name count as
/// clusters of their own; records that the truth does not name are left out; how many there are of both is told.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What the figures are:
  precision      of what was found, the share that is right
  recall         of what is right, the share that was found
  F1             their harmonic mean
  pairwise       over pairs of records of one person
  B-cubed        over records: shares of its cluster and of its person
  exact cluster  over clusters that hold all of a person's records and no other
  over-merged    people who share a found cluster with somebody else

Example:
  oneid eval --truth truth.csv --clusters clusters.csv --json")]
pub struct Args {
    /// The truth: [source,]record_id,cluster_id
    #[arg(long, value_name = "FILE")]
    pub truth: PathBuf,
    /// The clusters: [source,]record_id,one_id (or cluster_id)
    #[arg(long, value_name = "FILE")]
    pub clusters: PathBuf,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let evaluation = evaluate_files(&args.truth, &args.clusters)?;
    if args.json {
        print_json(&evaluation)?
    } else {
        print(&render(&evaluation))?
    }
    Ok(Done::Whole)
}

/// An evaluation and how the two files fit together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FilesEvaluation {
    /// The figures.
    #[serde(flatten)]
    pub evaluation: Evaluation,
    /// Records of the truth that the clusters do not name: each counts as a cluster of its own.
    pub records_without_cluster: u64,
    /// Records of the clusters that the truth does not name: they are left out.
    pub records_without_truth: u64,
}

/// Evaluates the clusters of one file against the truth of another. A file without rows, a row without a record id or a cluster id, a
/// record that stands twice, and files that have no record in common are errors.
pub fn evaluate_files(truth: &Path, clusters: &Path) -> Result<FilesEvaluation> {
    let truth = read_labels(truth, &["cluster_id", "one_id", "entity_id", "person_id"])?;
    let found = read_labels(clusters, &["one_id", "cluster_id"])?;
    let by_source = truth.has_source && found.has_source;
    let key = |label: &Label| if by_source { (label.source.clone(), label.id.clone()) } else { (String::new(), label.id.clone()) };
    let mut found_by_key: FxHashMap<_, &Label> = FxHashMap::default();
    for label in &found.labels {
        if let Some(first) = found_by_key.insert(key(label), label) {
            return Err(ambiguous(&found.path, first, label, by_source));
        }
    }
    let mut numbers: FxHashMap<&str, u64> = FxHashMap::default();
    let mut true_labels = Vec::with_capacity(truth.labels.len());
    let mut found_labels = Vec::with_capacity(truth.labels.len());
    let mut seen: FxHashMap<_, &Label> = FxHashMap::default();
    let mut true_numbers: FxHashMap<&str, u64> = FxHashMap::default();
    let mut named = 0;
    for label in &truth.labels {
        if let Some(first) = seen.insert(key(label), label) {
            return Err(ambiguous(&truth.path, first, label, by_source));
        }
        let next = true_numbers.len() as u64;
        true_labels.push(*true_numbers.entry(&label.label).or_insert(next));
        // Numbers of found clusters are even, of records that no cluster names odd.
        found_labels.push(match found_by_key.get(&key(label)) {
            Some(found) => {
                named += 1;
                let next = numbers.len() as u64;
                *numbers.entry(found.label.as_str()).or_insert(next) * 2
            }
            None => seen.len() as u64 * 2 + 1,
        });
    }
    if named == 0 {
        let message = format!("no record of {} is named in {}; are both about the same data?", truth.path, found.path);
        return Err(Error::bad_data(message));
    }
    Ok(FilesEvaluation {
        evaluation: evaluate(&true_labels, &found_labels),
        records_without_cluster: truth.labels.len() as u64 - named,
        records_without_truth: found.labels.len() as u64 - named,
    })
}

fn ambiguous(path: &str, first: &Label, label: &Label, by_source: bool) -> Error {
    let lines = format!("stands twice, in lines {} and {}", first.line, label.line);
    let message = match by_source {
        true => format!("record {}/{} {lines}", label.source, label.id),
        false => format!("record id {} {lines}; a source column in both files would tell the records apart", label.id),
    };
    Error::bad_data(message).at(path)
}

struct Label {
    line: u64,
    source: String,
    id: String,
    label: String,
}

struct Labels {
    path: String,
    has_source: bool,
    labels: Vec<Label>,
}

fn read_labels(path: &Path, label_columns: &[&str]) -> Result<Labels> {
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
        let text = |row: &SourceRecord, place: usize| row.values[place].trim().to_string();
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

/// The figures as tables, with what they count.
pub fn render(found: &FilesEvaluation) -> String {
    let evaluation = &found.evaluation;
    let mut figures = Table::new(&[("", Align::Left), ("precision", Align::Right), ("recall", Align::Right), ("F1", Align::Right)]);
    // Where neither the truth nor the clusters have a pair there is nothing to be right or wrong about.
    let mut row = |name: &str, of: &Figures, is_empty: bool| {
        let shown = |figure: f64| if is_empty { "-".to_string() } else { format!("{figure:.5}") };
        figures.row(vec![name.into(), shown(of.precision), shown(of.recall), shown(of.f1)]);
    };
    let no_pairs = evaluation.true_pairs + evaluation.found_pairs == 0;
    row("pairwise", &evaluation.pairwise, no_pairs);
    row("B-cubed", &evaluation.b_cubed, false);
    row("exact cluster", &evaluation.exact_cluster, false);
    row("exact cluster of two and more", &evaluation.exact_cluster_of_two_and_more, no_pairs);
    let mut counts = Table::new(&[
        ("", Align::Left),
        ("true", Align::Right),
        ("found", Align::Right),
        ("missed", Align::Right),
        ("wrong", Align::Right),
    ]);
    let pairs = [evaluation.true_pairs, evaluation.found_pairs, evaluation.missed_pairs, evaluation.wrong_pairs].map(count);
    counts.row([vec!["pairs".to_string()], pairs.to_vec()].concat());
    let clusters = [evaluation.true_clusters, evaluation.found_clusters].map(count);
    counts.row([vec!["clusters".to_string()], clusters.to_vec(), vec![String::new(); 2]].concat());
    let mut out = format!(
        "{}\n{}\n  records compared: {}; largest cluster found: {}\n  over-merged: {} in {}, {:.1} people per 10,000 found clusters of two and more\n",
        figures.render(),
        counts.render(),
        count(evaluation.records),
        words::counted(evaluation.largest_found, "record"),
        words::counted(evaluation.over_merged_people, "person"),
        words::counted(evaluation.over_merged_clusters, "cluster"),
        evaluation.over_merged_people_per_10_000,
    );
    for (records, what) in [
        (found.records_without_cluster, "of the truth not in the clusters, each taken as a cluster of its own"),
        (found.records_without_truth, "of the clusters not in the truth, left out"),
    ] {
        if records > 0 {
            out.push_str(&format!("  note: {} {what}\n", words::counted(records, "record")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorClass;

    /// The evaluation of files with these lines, or what is wrong with them.
    fn evaluated(truth: &str, clusters: &str) -> Result<FilesEvaluation> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (a, b) = (folder.path().join("truth.csv"), folder.path().join("clusters.csv"));
        std::fs::write(&a, truth).expect("written");
        std::fs::write(&b, clusters).expect("written");
        evaluate_files(&a, &b)
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
            ("source,record_id,cluster_id\napp,1,a\n", CLUSTERS, "", "about the same data"),
        ] {
            let error = evaluated(truth, clusters).expect_err(words);
            assert_eq!(error.class(), ErrorClass::BadData);
            let text = error.to_string();
            assert!(text.contains(place) && text.contains(words), "{text}");
        }
    }

    #[test]
    fn how_the_files_fit_together_is_told() {
        let found = evaluated("source,record_id,cluster_id\ncrm,1,a\ncrm, 2 ,a\ncrm,9,c\n", CLUSTERS).expect("figures");
        assert_eq!((found.records_without_cluster, found.records_without_truth, found.evaluation.right_pairs), (1, 1, 1));
        let text = render(&found);
        for line in [
            "  pairwise                         1.00000  1.00000  1.00000\n",
            "            true  found  missed  wrong\n  pairs        1      1       0      0\n  clusters     2      2\n",
            "  note: 1 record of the truth not in the clusters, each taken",
        ] {
            assert!(text.contains(line), "{text}");
        }
        let json = serde_json::to_value(&found).expect("JSON");
        assert_eq!((json["records"].as_u64(), json["records_without_truth"].as_u64()), (Some(3), Some(1)));
    }
}
