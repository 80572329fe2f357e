//! How good clusters are against a known truth, and with the records at hand why they are not better.
//!
//! 1. Labels alone give figures, their intervals, and slices by size and source.
//! 2. Records give the rest: what a merge of them would come to at other thresholds, which pairs blocking did not bring together and which
//!    the model did not link, slices by what the records say, and examples of errors with their waterfalls.
//!
//! Always: without clusters of its own an assessment is that of the plain merge of the same inputs.

use crate::cluster::Clusters;
use crate::comparison::{Band, Comparison, SOURCE, TOLD_NAME, WHOLE_NAME, library};
use crate::engine::batch::Prepared;
use crate::engine::resolver::{Resolver, Weighed};
use crate::engine::{Observer, Phase};
use crate::error::Result;
use crate::evaluation::{Evaluation, Figures, Findable, Intervals, SizeSlice, Slice, by_classes, by_size, evaluate, intervals};
use crate::explain::{Explanation, explain};
use crate::limits::ASSESSED_PAIRS_MAX;
use crate::link::Decision;
use crate::model::{MatchProbability, MatchWeight, Model, Thresholds};
use crate::normalize::text::has_han;
use crate::record::{CanonicalRecord, Field, RecordKey};
use crate::service::labels::{Joined, Labels, join};
use crate::service::load::{load, open};
use crate::service::merge::model_source;
use crate::settings::Settings;
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Link thresholds at which a merge is tried, beside the model's own.
const TRIED: &[f64] = &[0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];

/// The records that an assessment may look at, and how.
#[derive(Debug)]
pub struct Data {
    /// Files.
    pub inputs: Vec<PathBuf>,
    /// Settings.
    pub settings: Settings,
    /// The model to weigh with; without one, one is learnt, as a merge does.
    pub model: Option<Model>,
    /// Now, seconds since 1970.
    pub now: i64,
    /// Examples of errors of each kind.
    pub examples: usize,
}

/// Clusters against a truth.
#[derive(Clone, Debug, Serialize)]
pub struct Assessment {
    /// The figures.
    #[serde(flatten)]
    pub evaluation: Evaluation,
    /// Records of the truth that the clusters do not name: each counts as a cluster of its own.
    pub records_without_cluster: u64,
    /// Records of the clusters that the truth does not name: they are left out.
    pub records_without_truth: u64,
    /// Rows of the inputs that were rejected.
    pub rejected_rows: u64,
    /// How sure the figures are; none with fewer than two people.
    pub intervals: Option<Intervals>,
    /// By the number of records.
    pub by_size: Vec<SizeSlice>,
    /// By the two sources of a pair; empty where sources are not known or there is one.
    pub by_source: Vec<Slice>,
    /// What the records tell.
    pub diagnosis: Option<Diagnosis>,
}

/// Why clusters are not better.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// The model that weighed.
    pub model: CompactString,
    /// Where its links and reviews begin.
    pub thresholds: Thresholds,
    /// What a merge comes to at link thresholds, rising.
    pub at_thresholds: Vec<AtThreshold>,
    /// The one of them with the best pairwise F1; of several the one in use, else the highest.
    pub best_threshold: f64,
    /// What blocking found.
    pub blocking: BlockingFigures,
    /// Missed pairs by reason.
    pub missed: BTreeMap<MissReason, u64>,
    /// Wrong pairs by reason.
    pub wrong: BTreeMap<WrongReason, u64>,
    /// Pairs that agree in all that both records say.
    pub alike: AlikePairs,
    /// Missed or wrong pairs that were not looked at: a record of theirs is not in the inputs, or they are beyond [`ASSESSED_PAIRS_MAX`].
    pub pairs_not_looked_at: u64,
    /// By the scripts in which a pair's two names are written.
    pub by_script: Vec<Slice>,
    /// By whether both records of a pair, one or neither say a thing.
    pub by_presence: Vec<PresenceSlices>,
    /// Errors drawn by chance, missed pairs first.
    pub examples: Vec<Example>,
    /// All errors looked at, missed pairs first.
    #[serde(skip)]
    pub errors: Vec<PairError>,
    /// Their records.
    #[serde(skip)]
    pub keys: Vec<RecordKey>,
}

/// A merge at one threshold.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AtThreshold {
    /// Where links begin.
    pub link: f64,
    /// Whether it is the model's.
    pub in_use: bool,
    /// Over pairs.
    pub pairwise: Figures,
    /// Over records.
    pub b_cubed_f1: f64,
    /// Pairs wrongly put together.
    pub wrong_pairs: u64,
    /// Pairs of one person kept apart.
    pub missed_pairs: u64,
    /// People who share a found cluster with somebody else, for every 10,000 found clusters of two records and more.
    pub over_merged_people_per_10_000: f64,
}

/// How many pairs of one person were compared at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BlockingFigures {
    /// Pairs compared, of whomever.
    pub candidate_pairs: u64,
    /// Pairs of one person, both of whose records are in the inputs.
    pub true_pairs: u64,
    /// Of these, the ones compared.
    pub compared: u64,
    /// Of the true pairs, those that share enough to be found.
    pub findable: u64,
    /// Of the findable, the ones compared.
    pub findable_compared: u64,
}

/// Why a pair of one person was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MissReason {
    /// No blocking rule brought the two together, though the model would link them.
    BlockingWouldLink,
    /// No blocking rule brought the two together, and the model would not link them either.
    BlockingWouldNotLink,
    /// Compared, and taken for two people.
    ModelNonLink,
    /// Compared, and in doubt.
    ModelReview,
    /// The pair links; their clusters as wholes, or another claim, kept them apart.
    Cut,
}

/// Why a pair of two people was put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongReason {
    /// The pair itself links.
    Linked,
    /// The pair itself is in doubt; other records speak for it.
    InDoubt,
    /// The pair itself is no link; other records led from one to the other.
    ByOthers,
}

/// Compared pairs that agree in everything that both records say: nothing in the two tells right ones from wrong ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AlikePairs {
    /// Such pairs among the candidates.
    pub pairs: u64,
    /// Of these, pairs of two people.
    pub of_two_people: u64,
    /// Of the wrong pairs, those that are alike.
    pub wrong: u64,
    /// Pairs of records that say the very same and are two people's.
    pub identical_of_two_people: u64,
}

/// Pairs by who says a thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PresenceSlices {
    /// The thing.
    pub what: &'static str,
    /// Its slices: in both, in one, in neither.
    pub slices: Vec<Slice>,
}

/// A pair that was missed or wrongly put together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairError {
    /// The two rows.
    pub rows: (u32, u32),
    /// Why.
    pub reason: Reason,
    /// The pair's own weight.
    pub weight: MatchWeight,
}

/// Why a pair is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Reason {
    /// A pair of one person.
    Missed(MissReason),
    /// A pair of two.
    Wrong(WrongReason),
}

/// An error, explained.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// `missed` or `wrong`.
    pub error: &'static str,
    /// Why.
    pub reason: Reason,
    /// The waterfall of the pair.
    pub explanation: Explanation,
}

/// Assesses clusters by their labels alone.
pub fn assess(truth: &Labels, found: &Labels, seed: u64) -> Result<Assessment> {
    Ok(of_labels(truth, &join(truth, found)?, seed))
}

/// Assesses the clusters of `found`, or without them those that a merge of the records comes to, and looks for the reasons in the records.
pub fn diagnose(truth: &Labels, found: Option<&Labels>, data: Data, seed: u64, observer: &dyn Observer) -> Result<Assessment> {
    let mut loaded = load(open(&data.inputs, &data.settings)?, false, data.now, observer)?;
    let set = loaded.take_records();
    let records: Vec<CanonicalRecord> = set.records().collect();
    let prepared = Prepared::new(set, model_source(&data.settings, data.model), &[], observer)?;
    let in_use = prepared.model.thresholds;
    let tried = tried_thresholds(in_use);
    let clusters = prepared.clusters_at(&tried, observer);
    let own = clusters.iter().zip(&tried).find(|(_, at)| **at == in_use).map(|(clusters, _)| clusters.clone()).unwrap_or_default();
    let name = |row: usize| own.of_row[row].to_string();
    let by_record = Labels::of_records(&data.inputs, records.iter().enumerate().map(|(row, record)| (&record.key, name(row))));
    let of_records = join(truth, &by_record)?;
    let of_clusters = found.map(|found| join(truth, found)).transpose()?;
    let mut assessment = of_labels(truth, of_clusters.as_ref().unwrap_or(&of_records), seed);
    assessment.rejected_rows = loaded.reject_count;
    observer.begin(Phase::Assess, 0);
    let view = View {
        truth: &of_records.truth,
        found: of_clusters.as_ref().map_or(&of_records.found, |joined| &joined.found),
        rows: &of_records.place,
        records: &records,
        prepared: &prepared,
        resolver: prepared.resolver(),
        standing: prepared.standing(),
    };
    let at_thresholds: Vec<AtThreshold> = tried.iter().zip(&clusters).map(|(at, clusters)| view.at(*at, clusters, in_use)).collect();
    let mut diagnosis = view.diagnosis(at_thresholds, data.examples, seed);
    let errors = assessment.evaluation.missed_pairs + assessment.evaluation.wrong_pairs;
    diagnosis.pairs_not_looked_at = errors - diagnosis.errors.len() as u64;
    assessment.diagnosis = Some(diagnosis);
    Ok(assessment)
}

fn of_labels(truth: &Labels, joined: &Joined, seed: u64) -> Assessment {
    let mut names: Vec<&str> = truth.labels.iter().map(|label| label.source.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let by_source = if names.len() > 1 {
        let sources: FxHashMap<&str, u32> = names.iter().copied().zip(0..).collect();
        let class: Vec<u32> = truth.labels.iter().map(|label| sources[label.source.as_str()]).collect();
        let name = |a: u32, b: u32| format!("{} - {}", names[a as usize], names[b as usize]);
        by_classes(&joined.truth, &joined.found, &class, &name)
    } else {
        Vec::new()
    };
    Assessment {
        evaluation: evaluate(&joined.truth, &joined.found),
        records_without_cluster: joined.found.iter().filter(|label| *label % 2 == 1).count() as u64,
        records_without_truth: joined.without_truth,
        rejected_rows: 0,
        intervals: intervals(&joined.truth, &joined.found, seed),
        by_size: by_size(&joined.truth, &joined.found),
        by_source,
        diagnosis: None,
    }
}

/// The thresholds to try: links from each of [`TRIED`] and from the model's own, reviews from where the model's begin or, below, with links.
fn tried_thresholds(in_use: Thresholds) -> Vec<Thresholds> {
    let mut links: Vec<MatchProbability> = TRIED.iter().filter_map(|value| MatchProbability::new(*value)).collect();
    if !links.contains(&in_use.link) {
        links.push(in_use.link);
    }
    links.sort_unstable_by(|a, b| a.value().total_cmp(&b.value()));
    let review = |link: MatchProbability| if link.value() < in_use.review.value() { link } else { in_use.review };
    links.into_iter().map(|link| Thresholds { link, review: review(link) }).collect()
}

/// A truth beside the records it is about.
struct View<'a> {
    /// By record of the truth: its person.
    truth: &'a [u64],
    /// By record of the truth: its found cluster.
    found: &'a [u64],
    /// By record of the truth: its row among the records.
    rows: &'a [Option<usize>],
    records: &'a [CanonicalRecord],
    prepared: &'a Prepared,
    resolver: Resolver<'a>,
    standing: Vec<u32>,
}

impl View<'_> {
    fn at(&self, at: Thresholds, clusters: &Clusters, in_use: Thresholds) -> AtThreshold {
        let label = |(place, row): (usize, &Option<usize>)| match row {
            Some(row) => u64::from(clusters.of_row[*row]) * 2,
            None => place as u64 * 2 + 1,
        };
        let found: Vec<u64> = self.rows.iter().enumerate().map(label).collect();
        let figures = evaluate(self.truth, &found);
        AtThreshold {
            link: at.link.value(),
            in_use: at == in_use,
            pairwise: figures.pairwise,
            b_cubed_f1: figures.b_cubed.f1,
            wrong_pairs: figures.wrong_pairs,
            missed_pairs: figures.missed_pairs,
            over_merged_people_per_10_000: figures.over_merged_people_per_10_000,
        }
    }

    fn diagnosis(&self, at_thresholds: Vec<AtThreshold>, examples: usize, seed: u64) -> Diagnosis {
        let best = at_thresholds.iter().max_by(|a, b| a.pairwise.f1.total_cmp(&b.pairwise.f1).then(a.in_use.cmp(&b.in_use)));
        let model = &self.prepared.model;
        let mut diagnosis = Diagnosis {
            model: model.id.clone(),
            thresholds: model.thresholds,
            best_threshold: best.map_or(model.thresholds.link.value(), |best| best.link),
            at_thresholds,
            blocking: BlockingFigures { candidate_pairs: self.prepared.candidates.count, ..BlockingFigures::default() },
            missed: BTreeMap::new(),
            wrong: BTreeMap::new(),
            alike: self.alike_candidates(),
            pairs_not_looked_at: 0,
            by_script: self.by_script(),
            by_presence: self.by_presence(),
            examples: Vec::new(),
            errors: Vec::new(),
            keys: self.records.iter().map(|record| record.key.clone()).collect(),
        };
        self.look_at_true_pairs(&mut diagnosis);
        let missed = diagnosis.errors.len();
        self.look_at_found_pairs(&mut diagnosis);
        let mut random = fastrand::Rng::with_seed(seed);
        for errors in [&diagnosis.errors[..missed], &diagnosis.errors[missed..]] {
            let chosen = random.choose_multiple(errors, examples.min(errors.len()));
            diagnosis.examples.extend(chosen.into_iter().map(|error| self.example(error)));
        }
        diagnosis
    }

    /// Pairs of one person: whether they were compared, and of the missed ones why.
    fn look_at_true_pairs(&self, diagnosis: &mut Diagnosis) {
        let findable = Findable::of(self.records);
        let mut looked_at = 0;
        for members in groups(self.truth, self.rows) {
            for (place, (a, cluster_a)) in members.iter().map(|place| self.row_and(*place, self.found)).enumerate() {
                for (b, cluster_b) in members[place + 1..].iter().map(|place| self.row_and(*place, self.found)) {
                    if looked_at == ASSESSED_PAIRS_MAX {
                        return;
                    }
                    looked_at += 1;
                    let (compared, is_findable) = (self.is_compared(a, b), findable.is_findable(a, b));
                    let blocking = &mut diagnosis.blocking;
                    blocking.true_pairs += 1;
                    blocking.compared += u64::from(compared);
                    blocking.findable += u64::from(is_findable);
                    blocking.findable_compared += u64::from(is_findable && compared);
                    if cluster_a != cluster_b {
                        let weighed = self.resolver.weigh(a, b);
                        let reason = match (compared, weighed.decision) {
                            (false, Decision::Link) => MissReason::BlockingWouldLink,
                            (false, _) => MissReason::BlockingWouldNotLink,
                            (true, Decision::Link) => MissReason::Cut,
                            (true, Decision::Review) => MissReason::ModelReview,
                            (true, Decision::NonLink) => MissReason::ModelNonLink,
                        };
                        *diagnosis.missed.entry(reason).or_default() += 1;
                        diagnosis.errors.push(PairError { rows: (a, b), reason: Reason::Missed(reason), weight: weighed.weight.least() });
                    }
                }
            }
        }
    }

    /// Pairs put together: of the wrong ones why.
    fn look_at_found_pairs(&self, diagnosis: &mut Diagnosis) {
        let mut looked_at = 0;
        for mut members in groups(self.found, self.rows) {
            // Person by person, so that right pairs cost nothing.
            members.sort_by_key(|place| self.truth[*place]);
            let mut end_of_person = 0;
            for (at, (a, person)) in members.iter().map(|place| self.row_and(*place, self.truth)).enumerate() {
                while end_of_person < members.len() && self.truth[members[end_of_person]] <= person {
                    end_of_person += 1;
                }
                debug_assert!(end_of_person > at);
                for (b, _) in members[end_of_person..].iter().map(|place| self.row_and(*place, self.truth)) {
                    if looked_at == ASSESSED_PAIRS_MAX {
                        return;
                    }
                    looked_at += 1;
                    let weighed = self.resolver.weigh(a, b);
                    let reason = match (self.is_compared(a, b), weighed.decision) {
                        (true, Decision::Link) => WrongReason::Linked,
                        (true, Decision::Review) => WrongReason::InDoubt,
                        _ => WrongReason::ByOthers,
                    };
                    *diagnosis.wrong.entry(reason).or_default() += 1;
                    diagnosis.alike.wrong += u64::from(is_alike(&weighed));
                    diagnosis.errors.push(PairError { rows: (a, b), reason: Reason::Wrong(reason), weight: weighed.weight.least() });
                }
            }
        }
    }

    /// The row of a record of the truth that has one, and one of its labels.
    fn row_and(&self, place: usize, labels: &[u64]) -> (u32, u64) {
        (self.rows[place].unwrap_or_default() as u32, labels[place])
    }

    /// Whether two rows were a candidate pair, or stand for one another.
    fn is_compared(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.standing[a as usize], self.standing[b as usize]);
        a == b || self.prepared.candidates.has(a, b)
    }

    fn alike_candidates(&self) -> AlikePairs {
        let mut person = vec![None; self.records.len()];
        for (place, row) in self.rows.iter().enumerate() {
            if let Some(row) = row {
                person[*row] = Some(self.truth[place]);
            }
        }
        let mut alike = AlikePairs::default();
        // Copies within a source are no candidates, being alike in everything.
        let mut copies: FxHashMap<u32, BTreeMap<u64, u64>> = FxHashMap::default();
        for (row, standing) in self.standing.iter().enumerate() {
            if let Some(person) = person[row] {
                *copies.entry(*standing).or_default().entry(person).or_default() += 1;
            }
        }
        for people in copies.values() {
            let pairs = |rows: u64| rows * rows.saturating_sub(1) / 2;
            let (all, right) = (pairs(people.values().sum()), people.values().map(|rows| pairs(*rows)).sum::<u64>());
            alike.pairs += all;
            alike.of_two_people += all - right;
            alike.identical_of_two_people += all - right;
        }
        let found = self.prepared.candidates.each(|found| {
            let mut alike = AlikePairs::default();
            for pair in &found.pairs {
                let (low, high) = ((pair >> 32) as u32, *pair as u32);
                if let (Some(a), Some(b)) = (person[low as usize], person[high as usize])
                    && is_alike(&self.resolver.weigh(low, high))
                {
                    let is_identical = self.records[low as usize].values() == self.records[high as usize].values();
                    alike.pairs += 1;
                    alike.of_two_people += u64::from(a != b);
                    alike.identical_of_two_people += u64::from(a != b && is_identical);
                }
            }
            alike
        });
        for found in found {
            alike.pairs += found.pairs;
            alike.of_two_people += found.of_two_people;
            alike.identical_of_two_people += found.identical_of_two_people;
        }
        alike
    }

    fn by_script(&self) -> Vec<Slice> {
        const SCRIPTS: &[&str] = &["Han", "Latin", "no name", "not in the inputs"];
        let class = |row: &Option<usize>| match row {
            None => 3,
            Some(row) => {
                let record = &self.records[*row];
                let mut names = [Field::FamilyName, Field::GivenName].into_iter().filter_map(|field| record.first(field)).peekable();
                match names.peek() {
                    None => 2,
                    Some(_) => u32::from(!names.any(|name| has_han(&name.text))),
                }
            }
        };
        let class: Vec<u32> = self.rows.iter().map(class).collect();
        by_classes(self.truth, self.found, &class, &|a, b| format!("{} - {}", SCRIPTS[a as usize], SCRIPTS[b as usize]))
    }

    fn by_presence(&self) -> Vec<PresenceSlices> {
        use Field as F;
        const THINGS: &[(&str, &[Field])] = &[
            ("given name", &[F::GivenName]),
            ("birth date", &[F::BirthDate]),
            ("certificate", &[F::ResidentId, F::NationalId, F::Certificate]),
            ("phone", &[F::Phone]),
            ("e-mail", &[F::Email]),
            ("device or account", &[F::Device, F::OpenId, F::UnionId]),
            ("address", &[F::Street, F::Premises, F::Postcode]),
        ];
        let slices = |(what, fields): &(&'static str, &[Field])| {
            let says = |row: &Option<usize>| match row {
                Some(row) => u32::from(fields.iter().all(|field| self.records[*row].first(*field).is_none())),
                None => 3,
            };
            let class: Vec<u32> = self.rows.iter().map(says).collect();
            let name = |a: u32, b: u32| ["in both", "in one", "in neither", "not in the inputs"][(a + b).min(3) as usize].to_string();
            PresenceSlices { what, slices: by_classes(self.truth, self.found, &class, &name) }
        };
        // Where all say it, or none, there is nothing to set side by side.
        THINGS.iter().map(slices).filter(|slices| slices.slices.len() > 1).collect()
    }

    fn example(&self, error: &PairError) -> Example {
        let (a, b) = error.rows;
        let table = self.prepared.table();
        let band = |field: Field, text: &str| -> Band { table.column(field).band_of(text) };
        let explanation = explain(&self.records[a as usize], &self.records[b as usize], &self.prepared.model, &band);
        Example { error: if matches!(error.reason, Reason::Missed(_)) { "missed" } else { "wrong" }, reason: error.reason, explanation }
    }
}

/// The places of each label's records that are among the inputs, of labels with several.
fn groups(labels: &[u64], rows: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut places: Vec<usize> = (0..labels.len()).filter(|place| rows[*place].is_some()).collect();
    places.sort_unstable_by_key(|place| (labels[*place], *place));
    places.chunk_by(|a, b| labels[*a] == labels[*b]).filter(|group| group.len() > 1).map(<[usize]>::to_vec).collect()
}

/// Whether a pair agrees exactly in everything that both say.
fn is_alike(weighed: &Weighed) -> bool {
    let exact = |(place, comparison): (usize, &Comparison)| {
        let level = usize::from(weighed.vector.level(place));
        // That a screen name tells no name, or that sources differ, is no disagreement.
        let agreeing = match comparison.name {
            SOURCE => comparison.levels.len(),
            TOLD_NAME => comparison.levels.len() - 1,
            WHOLE_NAME => 1,
            _ => comparison.exact_levels,
        };
        level <= agreeing
    };
    library().iter().enumerate().all(exact)
}
