//! `oneid eval`: clusters against a known truth.

use super::Done;
use super::output::{print, print_json};
use super::table::{Align, Table, count};
use crate::error::{Error, Result};
use crate::evaluation::{Evaluation, Figures, evaluate};
use crate::ingest::{Input, Reject, Sink};
use crate::record::SourceRecord;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// Compare clusters with a known truth
///
/// Both are tables (CSV, JSON lines, Parquet). They are joined on source and record id, or on record id alone where either
/// has no source; then an id that stands in several sources is an error. Records that the clusters do not name count as
/// clusters of their own; records that the truth does not name are left out.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
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

/// Evaluates the clusters of one file against the truth of another.
pub fn evaluate_files(truth: &Path, clusters: &Path) -> Result<Evaluation> {
    let truth = read_labels(truth, &["cluster_id", "one_id", "entity_id", "person_id"])?;
    let found = read_labels(clusters, &["one_id", "cluster_id"])?;
    let by_source = truth.has_source && found.has_source;
    let key = |label: &Label| if by_source { (label.source.clone(), label.id.clone()) } else { (String::new(), label.id.clone()) };
    let mut found_by_key = FxHashMap::default();
    for label in &found.labels {
        if found_by_key.insert(key(label), label.label.as_str()).is_some() {
            return Err(ambiguous(&found.path, label, by_source));
        }
    }
    let mut numbers: FxHashMap<&str, u64> = FxHashMap::default();
    let mut true_labels = Vec::with_capacity(truth.labels.len());
    let mut found_labels = Vec::with_capacity(truth.labels.len());
    let mut seen = rustc_hash::FxHashSet::default();
    let mut true_numbers: FxHashMap<&str, u64> = FxHashMap::default();
    let mut named = 0;
    for label in &truth.labels {
        if !seen.insert(key(label)) {
            return Err(ambiguous(&truth.path, label, by_source));
        }
        let next = true_numbers.len() as u64;
        true_labels.push(*true_numbers.entry(&label.label).or_insert(next));
        // Numbers of found clusters are even, of records that no cluster names odd.
        found_labels.push(match found_by_key.get(&key(label)) {
            Some(cluster) => {
                named += 1;
                let next = numbers.len() as u64;
                *numbers.entry(cluster).or_insert(next) * 2
            }
            None => seen.len() as u64 * 2 + 1,
        });
    }
    if named == 0 && !truth.labels.is_empty() {
        let message = format!("no record of {} is named in {}; are both about the same data?", truth.path, found.path);
        return Err(Error::bad_data(message));
    }
    Ok(evaluate(&true_labels, &found_labels))
}

fn ambiguous(path: &str, label: &Label, by_source: bool) -> Error {
    let message = match by_source {
        true => format!("record {}/{} stands twice", label.source, label.id),
        false => format!("record id {} stands twice; a source column in both files would tell the records apart", label.id),
    };
    Error::bad_data(message).at(path)
}

struct Label {
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
    let mut sink = LabelSink { places: (source, id, label), labels: Vec::new(), reject: None };
    input.read(&mut sink)?;
    if let Some(reject) = sink.reject {
        return Err(Error::bad_data(reject.reason).at(format!("{}:{}", reject.input, reject.line)));
    }
    Ok(Labels { path: path.display().to_string(), has_source: source.is_some(), labels: sink.labels })
}

struct LabelSink {
    places: (Option<usize>, usize, usize),
    labels: Vec<Label>,
    reject: Option<Reject>,
}

impl Sink for LabelSink {
    fn rows(&mut self, rows: Vec<SourceRecord>) {
        let (source, id, label) = self.places;
        let text = |row: &SourceRecord, place: usize| row.values[place].to_string();
        let read = |row: &SourceRecord| Label {
            source: source.map(|place| text(row, place)).unwrap_or_default(),
            id: text(row, id),
            label: text(row, label),
        };
        self.labels.extend(rows.iter().map(read));
    }
    fn reject(&mut self, reject: Reject) {
        self.reject.get_or_insert(reject);
    }
    fn note(&mut self, _: String) {}
}

/// The figures as a table.
pub fn render(evaluation: &Evaluation) -> String {
    let mut figures = Table::new(&[("", Align::Left), ("precision", Align::Right), ("recall", Align::Right), ("F1", Align::Right)]);
    let mut row = |name: &str, of: &Figures| {
        figures.row(vec![name.into(), format!("{:.5}", of.precision), format!("{:.5}", of.recall), format!("{:.5}", of.f1)]);
    };
    row("pairwise", &evaluation.pairwise);
    row("B-cubed", &evaluation.b_cubed);
    row("exact cluster", &evaluation.exact_cluster);
    row("exact cluster of two and more", &evaluation.exact_cluster_of_two_and_more);
    let mut counts = Table::new(&[("", Align::Left), ("true", Align::Right), ("found", Align::Right)]);
    counts.row(vec!["clusters".into(), count(evaluation.true_clusters), count(evaluation.found_clusters)]);
    counts.row(vec!["pairs".into(), count(evaluation.true_pairs), count(evaluation.found_pairs)]);
    format!(
        "{}\n{}\n  records {}   wrong pairs {}   missed pairs {}   largest cluster found {}\n  over-merged: {} people in {} clusters, {:.1} people per 10,000 found clusters of two and more\n",
        figures.render(),
        counts.render(),
        count(evaluation.records),
        count(evaluation.wrong_pairs),
        count(evaluation.missed_pairs),
        count(evaluation.largest_found),
        count(evaluation.over_merged_people),
        count(evaluation.over_merged_clusters),
        evaluation.over_merged_people_per_10_000,
    )
}
