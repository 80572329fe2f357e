//! `oneid eval`: clusters against a known truth, and with the records at hand why they are not better.

use super::Done;
use super::merge::{now_microseconds, read_model, read_settings};
use super::output::{check_output, csv_value, print, print_json, refuse_overwriting, write_file};
use super::progress::Bar;
use super::table::{Align, Table, bar, count};
use super::{waterfall, words};
use crate::error::Result;
use crate::evaluation::{FigureIntervals, Figures, Interval, Slice};
use crate::link::Assurance;
use crate::one_id::OneId;
use crate::service::assessment::{Assessment, Data, Diagnosis, Example, MissReason, Reason, WrongReason, assess, diagnose};
use crate::service::labels::Labels;
use crate::wire::explanation::pair_explanation;
use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use Align::{Left, Right};

/// Places of the longest bar.
const BAR_WIDTH: usize = 20;

/// Pairs of sources shown, those with the most pairs of one person.
const SLICES_SHOWN: usize = 25;

/// Compare clusters with a known truth
///
/// Truth and clusters are tables (CSV, JSON lines, Parquet). They are joined on source and record id, or on record id alone where
/// either has no source; then an id that stands in several sources is an error. Records that the clusters do not name count as
/// clusters of their own; records that the truth does not name are left out; how many there are of both is told.
///
/// With the records themselves (INPUT...) it also tells what a merge of them would come to at other thresholds, which errors
/// are blocking's and which the model's, figures by script and by what is missing, and examples with their waterfalls. Then
/// --clusters may be left out: what plain `oneid merge INPUT...` finds is assessed.
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
  95 % within    bounds by a bootstrap over people: what other people of the
                 same kind would give

Examples:
  oneid eval --truth truth.csv --clusters clusters.csv --json
  oneid eval --truth truth.csv crm.csv app.jsonl
  oneid eval --truth truth.csv --model model.json --samples 10 people.csv
  oneid eval --truth truth.csv --errors errors.csv people.csv")]
pub struct Args {
    /// The records, as for merge
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// The truth: [source,]record_id,cluster_id
    #[arg(long, value_name = "FILE")]
    pub truth: PathBuf,
    /// The clusters: [source,]record_id,one_id (or cluster_id) [default: what a merge of the inputs finds]
    #[arg(long, value_name = "FILE", required_unless_present = "inputs")]
    pub clusters: Option<PathBuf>,
    /// Settings (TOML) for the inputs, or builtin:four-channels
    #[arg(long, value_name = "FILE", requires = "inputs")]
    pub config: Option<String>,
    /// The model snapshot to weigh with; without it one is learnt from the inputs, as merge does
    #[arg(long, value_name = "FILE", requires = "inputs")]
    pub model: Option<PathBuf>,
    /// Examples of missed and of wrong pairs to explain, of each so many
    #[arg(long, value_name = "N", default_value_t = 2, requires = "inputs")]
    pub samples: usize,
    /// Write every missed and every wrong pair: the two records, reason and match weight
    #[arg(long, value_name = "OUT.csv", requires = "inputs")]
    pub errors: Option<PathBuf>,
    /// Seed of the bootstrap and of the choice of examples
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Print JSON instead of tables
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    if let Some(path) = &args.errors {
        check_output(path)?;
        let files = args.inputs.iter().chain([&args.truth]).chain(&args.clusters).chain(&args.model).map(PathBuf::as_path);
        refuse_overwriting(path, files.chain(args.config.as_deref().map(Path::new)))?;
    }
    let assessment = assess_files(&args)?;
    if let (Some(path), Some(diagnosis)) = (&args.errors, &assessment.diagnosis) {
        write_errors(path, diagnosis)?;
    }
    if args.json {
        print_json(&assessment)?
    } else {
        print(&render(&assessment))?
    }
    Ok(if assessment.rejected_rows > 0 { Done::WithRejects } else { Done::Whole })
}

fn assess_files(args: &Args) -> Result<Assessment> {
    let truth = Labels::read_truth(&args.truth)?;
    let found = args.clusters.as_deref().map(Labels::read_clusters).transpose()?;
    match found {
        Some(found) if args.inputs.is_empty() => assess(&truth, &found, args.seed),
        found => {
            let data = Data {
                inputs: args.inputs.clone(),
                settings: read_settings(args.config.as_deref())?,
                model: args.model.as_deref().map(read_model).transpose()?,
                now: now_microseconds() / 1_000_000,
                examples: args.samples,
            };
            let bar = Bar::new();
            let assessment = diagnose(&truth, found.as_ref(), data, args.seed, &bar);
            bar.finish();
            assessment
        }
    }
}

/// Assesses the clusters of one file against the truth of another.
pub fn assess_clusters(truth: &Path, clusters: &Path) -> Result<Assessment> {
    assess(&Labels::read_truth(truth)?, &Labels::read_clusters(clusters)?, 1)
}

fn write_errors(path: &Path, diagnosis: &Diagnosis) -> Result<()> {
    write_file(path, |out| {
        writeln!(out, "error,reason,source_a,record_id_a,source_b,record_id_b,match_weight_bits,match_probability")?;
        for error in &diagnosis.errors {
            let name = if matches!(error.reason, Reason::Missed(_)) { "missed" } else { "wrong" };
            let reason = serde_json::to_value(error.reason)?;
            let reason = reason.as_str().unwrap_or_default();
            let [a, b] = [error.rows.0, error.rows.1].map(|row| &diagnosis.keys[row as usize]);
            let keys = [&a.source, &a.id, &b.source, &b.id].map(|part| csv_value(part).to_string()).join(",");
            writeln!(out, "{name},{reason},{keys},{:.3},{:.6}", error.weight.bits(), error.weight.probability().value())?;
        }
        Ok(())
    })
}

/// The figures with what they count, and what they hold of.
pub fn render(found: &Assessment) -> String {
    let mut out = figures(found);
    sizes(found, &mut out);
    if !found.by_source.is_empty() {
        let mut most: Vec<Slice> = found.by_source.clone();
        if most.len() > SLICES_SHOWN {
            most.sort_by_key(|slice| std::cmp::Reverse(slice.true_pairs));
            most.truncate(SLICES_SHOWN);
        }
        let _ = write!(out, "\nBy the sources of a pair\n{}", slices("sources", &most).render());
        if most.len() < found.by_source.len() {
            let _ = writeln!(out, "  and {} more (--json has all)", count((found.by_source.len() - most.len()) as u64));
        }
    }
    if let Some(diagnosis) = &found.diagnosis {
        thresholds(diagnosis, &mut out);
        reasons(found, diagnosis, &mut out);
        if !diagnosis.by_script.is_empty() {
            let _ = write!(out, "\nBy the scripts of a pair's names\n{}", slices("scripts", &diagnosis.by_script).render());
        }
        presence(diagnosis, &mut out);
        examples(diagnosis, &mut out);
    }
    out
}

/// The figures alone, as tables.
pub fn figures(found: &Assessment) -> String {
    let evaluation = &found.evaluation;
    let columns = [("", Left), ("precision", Right), ("recall", Right), ("F1", Right)];
    let within = [("95 % within", Left), ("", Left), ("", Left)];
    let mut figures = match found.intervals {
        Some(_) => Table::new(&[&columns[..], &within[..]].concat()),
        None => Table::new(&columns),
    };
    // Where neither the truth nor the clusters have a pair there is nothing to be right or wrong about.
    let mut row = |name: &str, of: &Figures, is_empty: bool, intervals: Option<FigureIntervals>| {
        let shown = |figure: f64| if is_empty { "-".to_string() } else { format!("{figure:.5}") };
        let mut cells = vec![name.into(), shown(of.precision), shown(of.recall), shown(of.f1)];
        if found.intervals.is_some() {
            let interval = |name: &str, of: Interval| format!("{name} {:.4}-{:.4}", of.low, of.high);
            cells.extend(match intervals.filter(|_| !is_empty) {
                Some(of) => [interval("P", of.precision), interval("R", of.recall), interval("F1", of.f1)],
                None => [const { String::new() }; 3],
            });
        }
        figures.row(cells);
    };
    let no_pairs = evaluation.true_pairs + evaluation.found_pairs == 0;
    let intervals = found.intervals.as_ref();
    row("pairwise", &evaluation.pairwise, no_pairs, intervals.map(|of| of.pairwise));
    row("B-cubed", &evaluation.b_cubed, false, intervals.map(|of| of.b_cubed));
    row("exact cluster", &evaluation.exact_cluster, false, intervals.map(|of| of.exact_cluster));
    row("exact cluster of two and more", &evaluation.exact_cluster_of_two_and_more, no_pairs, None);
    let mut counts = Table::new(&[("", Left), ("true", Right), ("found", Right), ("missed", Right), ("wrong", Right)]);
    let pairs = [evaluation.true_pairs, evaluation.found_pairs, evaluation.missed_pairs, evaluation.wrong_pairs].map(count);
    counts.row([vec!["pairs".to_string()], pairs.to_vec()].concat());
    let clusters = [evaluation.true_clusters, evaluation.found_clusters].map(count);
    counts.row([vec!["clusters".to_string()], clusters.to_vec(), vec![String::new(); 2]].concat());
    let within = intervals.map(|of| of.over_merged_people_per_10_000).map(|of| format!(" ({:.1}-{:.1})", of.low, of.high));
    let mut out = format!(
        "{}\n{}\n  records compared: {}; largest cluster found: {}\n  over-merged: {} in {}, {:.1}{} people per 10,000 found clusters of two and more\n",
        figures.render(),
        counts.render(),
        count(evaluation.records),
        words::counted(evaluation.largest_found, "record"),
        words::counted(evaluation.over_merged_people, "person"),
        words::counted(evaluation.over_merged_clusters, "cluster"),
        evaluation.over_merged_people_per_10_000,
        within.unwrap_or_default(),
    );
    for (records, what) in [
        (found.records_without_cluster, "of the truth not in the clusters (or inputs), each taken as a cluster of its own"),
        (found.records_without_truth, "of the clusters not in the truth, left out"),
    ] {
        if records > 0 {
            let _ = writeln!(out, "  note: {} {what}", words::counted(records, "record"));
        }
    }
    if found.rejected_rows > 0 {
        let _ = writeln!(
            out,
            "  note: {} of the inputs rejected; oneid merge lists them with reasons",
            words::counted(found.rejected_rows, "row")
        );
    }
    out
}

fn sizes(found: &Assessment, out: &mut String) {
    let mut table = Table::new(&[
        ("records", Left),
        ("people", Right),
        ("found whole", Right),
        ("recall", Right),
        ("clusters found", Right),
        ("over-merged", Right),
        ("precision", Right),
    ]);
    let shown = |figure: Option<f64>| figure.map_or_else(|| "-".to_string(), |figure| format!("{figure:.4}"));
    for slice in &found.by_size {
        table.row(vec![
            slice.size.clone(),
            count(slice.people),
            count(slice.exact_people),
            shown(slice.recall),
            count(slice.clusters),
            count(slice.over_merged_clusters),
            shown(slice.precision),
        ]);
    }
    let _ = write!(out, "\nBy the records of a person, and of a cluster\n{}", table.render());
}

fn slices(what: &str, slices: &[Slice]) -> Table {
    let columns = [(what, Left), ("true pairs", Right), ("found", Right), ("missed", Right), ("wrong", Right)];
    let mut table = Table::new(&[&columns[..], &[("precision", Right), ("recall", Right), ("F1", Right)]].concat());
    slices.iter().for_each(|slice| table.row(slice_cells(slice.name.clone(), slice)));
    table
}

fn slice_cells(name: String, slice: &Slice) -> Vec<String> {
    let of_none = |whole: u64, figure: f64| if whole == 0 { "-".to_string() } else { format!("{figure:.4}") };
    let Figures { precision, recall, f1 } = slice.figures;
    vec![
        name,
        count(slice.true_pairs),
        count(slice.found_pairs),
        count(slice.true_pairs - slice.right_pairs),
        count(slice.found_pairs - slice.right_pairs),
        of_none(slice.found_pairs, precision),
        of_none(slice.true_pairs, recall),
        of_none(slice.true_pairs.min(slice.found_pairs), f1),
    ]
}

fn thresholds(diagnosis: &Diagnosis, out: &mut String) {
    let mut table = Table::new(&[
        ("link from", Right),
        ("precision", Right),
        ("recall", Right),
        ("F1", Right),
        ("wrong", Right),
        ("missed", Right),
        ("over-merged per 10,000", Right),
        ("", Left),
    ]);
    for at in &diagnosis.at_thresholds {
        let marks = [(at.in_use, "in use"), (at.link == diagnosis.best_threshold && at.pairwise.f1 > 0.0, "best F1")];
        let marks: Vec<&str> = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect();
        table.row(vec![
            at.link.to_string(),
            format!("{:.4}", at.pairwise.precision),
            format!("{:.4}", at.pairwise.recall),
            format!("{:.4}", at.pairwise.f1),
            count(at.wrong_pairs),
            count(at.missed_pairs),
            format!("{:.0}", at.over_merged_people_per_10_000),
            format!("{:width$} {}", bar(at.pairwise.f1, BAR_WIDTH), marks.join(", "), width = BAR_WIDTH),
        ]);
    }
    let _ = write!(
        out,
        "\nWhat a merge comes to at other thresholds (match probability; model {}, reviews from {})\n{}",
        diagnosis.model,
        diagnosis.thresholds.review.value(),
        table.render()
    );
}

fn reasons(found: &Assessment, diagnosis: &Diagnosis, out: &mut String) {
    let blocking = &diagnosis.blocking;
    let share = |part: u64, whole: u64| if whole == 0 { "-".into() } else { format!("{:.2} %", 100.0 * part as f64 / whole as f64) };
    let _ = writeln!(
        out,
        "\nBlocking: {} compared; of {} of one person{} {} ({}); of the {} findable ones {} ({})\n  \
         (findable: an identifier shared within one edit; or birth date, full name or address, with a part of the name)",
        words::counted(blocking.candidate_pairs, "pair"),
        words::counted(blocking.true_pairs, "pair"),
        if blocking.true_pairs < found.evaluation.true_pairs { " that were looked at" } else { "" },
        count(blocking.compared),
        share(blocking.compared, blocking.true_pairs),
        count(blocking.findable),
        count(blocking.findable_compared),
        share(blocking.findable_compared, blocking.findable),
    );
    let mut table = Table::new(&[("error", Left), ("reason", Left), ("pairs", Right), ("share", Right), ("", Left)]);
    let missed = diagnosis.missed.iter().map(|(reason, pairs)| ("missed", miss_words(*reason), *pairs, found.evaluation.missed_pairs));
    let wrong = diagnosis.wrong.iter().map(|(reason, pairs)| ("wrong", wrong_words(*reason), *pairs, found.evaluation.wrong_pairs));
    for (error, reason, pairs, of) in missed.chain(wrong) {
        let part = pairs as f64 / of.max(1) as f64;
        table.row(vec![error.into(), reason.into(), count(pairs), share(pairs, of), bar(part, BAR_WIDTH)]);
    }
    if !table.is_empty() {
        let _ = write!(out, "\nWhy pairs are missed, and why wrong\n{}", table.render());
    }
    let alike = &diagnosis.alike;
    if alike.pairs > 0 {
        let _ = writeln!(
            out,
            "\nPairs that agree in all that both records say: {}, of them {} of two people ({}), {} the very same in every field;\n  \
             nothing in such a pair tells it from a right one. Of the wrong pairs {} are of this kind.",
            count(alike.pairs),
            count(alike.of_two_people),
            share(alike.of_two_people, alike.pairs),
            count(alike.identical_of_two_people),
            count(alike.wrong),
        );
    }
    if diagnosis.pairs_not_looked_at > 0 {
        let _ =
            writeln!(out, "  note: {} counted and not looked at", words::counted(diagnosis.pairs_not_looked_at, "wrong or missed pair"));
    }
}

fn presence(diagnosis: &Diagnosis, out: &mut String) {
    let columns = [("said", Left), ("true pairs", Right), ("found", Right), ("missed", Right), ("wrong", Right)];
    let mut table = Table::new(&[&columns[..], &[("precision", Right), ("recall", Right), ("F1", Right)]].concat());
    for thing in &diagnosis.by_presence {
        thing.slices.iter().for_each(|slice| table.row(slice_cells(format!("{} {}", thing.what, slice.name), slice)));
    }
    if !table.is_empty() {
        let _ = write!(out, "\nBy what the two records of a pair say\n{}", table.render());
    }
}

fn examples(diagnosis: &Diagnosis, out: &mut String) {
    for (number, example) in diagnosis.examples.iter().enumerate() {
        let Example { error, reason, explanation } = example;
        let words = match reason {
            Reason::Missed(reason) => miss_words(*reason),
            Reason::Wrong(reason) => wrong_words(*reason),
        };
        let people = if matches!(reason, Reason::Missed(_)) { "one person, kept apart" } else { "two people, put together" };
        let one_ids = (OneId::from_least_key(&explanation.a), OneId::from_least_key(&explanation.b));
        let pair = pair_explanation(explanation, one_ids, Assurance::Probable);
        let keys = [&explanation.a, &explanation.b].map(|key| super::table::visible(&key.to_string()));
        let _ = writeln!(
            out,
            "\nExample {} of {}, {error}: {} and {} are {people}: {words}",
            number + 1,
            diagnosis.examples.len(),
            keys[0],
            keys[1]
        );
        out.push_str(&waterfall::evidence(&pair));
    }
}

const fn miss_words(reason: MissReason) -> &'static str {
    match reason {
        MissReason::BlockingWouldLink => "never compared; the model would link them",
        MissReason::BlockingWouldNotLink => "never compared; the model would not link them",
        MissReason::ModelNonLink => "compared and taken for two people",
        MissReason::ModelReview => "compared and in doubt",
        MissReason::Cut => "linked, and kept apart by their clusters or by another claim",
    }
}

const fn wrong_words(reason: WrongReason) -> &'static str {
    match reason {
        WrongReason::Linked => "the pair itself links",
        WrongReason::InDoubt => "the pair is in doubt, other records speak for it",
        WrongReason::ByOthers => "joined by way of other records",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_the_files_fit_together_is_told() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (a, b) = (folder.path().join("truth.csv"), folder.path().join("clusters.csv"));
        std::fs::write(&a, "source,record_id,cluster_id\ncrm,1,a\ncrm, 2 ,a\ncrm,9,c\n").expect("written");
        std::fs::write(&b, "source,record_id,one_id\ncrm,1,P1\ncrm,2,P1\ncrm,3,P3\n").expect("written");
        let found = assess_clusters(&a, &b).expect("figures");
        assert_eq!((found.records_without_cluster, found.records_without_truth, found.evaluation.right_pairs), (1, 1, 1));
        let text = render(&found);
        for line in [
            "  pairwise                         1.00000  1.00000  1.00000  P 1.0000-1.0000",
            "            true  found  missed  wrong\n  pairs        1      1       0      0\n  clusters     2      2\n",
            "  note: 1 record of the truth not in the clusters (or inputs), each taken",
            "  2             1            1  1.0000               1            0     1.0000\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        let json = serde_json::to_value(&found).expect("JSON");
        assert_eq!((json["records"].as_u64(), json["records_without_truth"].as_u64()), (Some(3), Some(1)));
    }
}
