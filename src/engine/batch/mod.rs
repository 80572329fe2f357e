//! The batch door: many records in, clusters out, on all cores.
//!
//! 0. Records are put in the order of names, so that likely pairs lie near each other in memory; at the end they go back.
//! 1. Values are interned and prepared, field by field; of records equal in every field one stands for all.
//! 2. Every rule gives its pairs; a pair that several rules give is weighed once.
//! 3. Without a model, one is learnt from these records.
//! 4. Candidate pairs are weighed; links are cut into clusters; what is in doubt becomes a review.
//!
//! Always: the same records, model and judgements give the same result, whatever the number of threads.

mod candidates;
mod equal;
mod keys;
mod near;
mod partners;
mod recall;

pub use candidates::{Budget, Candidates, PairsOfRows, RuleStatistics, candidate_pairs};
pub use equal::EqualRows;
pub use near::{Near, resolve_near};
pub use recall::{BlockingRecall, HeldOut};

use crate::blocking::{Rule, RuleSet};
use crate::cluster::{Agreement, Clusters, Constraints, Cut, Pairs, Refusal, cut};
use crate::comparison::{InParts, RecordTable};
use crate::engine::ceiling::Ceiling;
use crate::engine::resolver::{Adjustments, Resolver};
use crate::engine::train::{Lesson, train};
use crate::engine::{Observer, Phase};
use crate::error::{Error, Result};
use crate::limits::ROWS_MAX;
use crate::link::{Decision, Edge, Judgement, Veto, exclusive_identifier};
use crate::model::{Model, Thresholds};
use crate::record::{CanonicalRecord, RecordKey, RecordSet};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Where a batch takes its model from.
#[derive(Clone, Debug)]
pub enum ModelSource {
    /// This one.
    Given(Box<Model>),
    /// Learn one from the batch's records.
    Learn {
        /// Blocking rules.
        rules: RuleSet,
        /// Where links and reviews begin; `None` chooses by the records.
        thresholds: Option<Thresholds>,
        /// Seed of the sampling.
        seed: u64,
        /// Comparisons that are to weigh nothing.
        without: Vec<String>,
        /// By record: whose it is, where labels say so; empty without labels.
        labels: Vec<Option<u32>>,
    },
}

/// Why a pair is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    /// Its match probability lies between the thresholds.
    InDoubt,
    /// It would link, but the two carry different valid resident IDs.
    TwoCertificates,
    /// It would link, but their clusters carry different valid resident IDs.
    ClustersWithTwoCertificates,
    /// It would link, but their clusters as wholes disagree.
    ClustersDisagree,
    /// It would link, but one of the two belongs as well to another person.
    BetweenTwo,
    /// It would link, but a steward ruled records of their clusters to be different people.
    AgainstJudgement,
}

impl ReviewReason {
    /// The reason's name in files.
    pub const fn name(self) -> &'static str {
        match self {
            ReviewReason::InDoubt => "in_doubt",
            ReviewReason::TwoCertificates => "two_certificates",
            ReviewReason::ClustersWithTwoCertificates => "clusters_with_two_certificates",
            ReviewReason::ClustersDisagree => "clusters_disagree",
            ReviewReason::BetweenTwo => "between_two",
            ReviewReason::AgainstJudgement => "against_judgement",
        }
    }
}

/// A pair to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The pair and its weight.
    pub edge: Edge,
    /// Why.
    pub reason: ReviewReason,
}

/// What a batch did, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Records resolved.
    pub records: u64,
    /// Of these, records that say in every field what another says, for which that one stood.
    pub copies: u64,
    /// Pairs that the rules gave.
    pub candidate_pairs: u64,
    /// By rule, in the order of the rules.
    pub rules: Vec<RuleStatistics>,
    /// Pairs by match weight: whole bits (rounded down) and the number of pairs, but for the hopeless ones.
    pub weights: Vec<(i32, u64)>,
    /// Candidate pairs that were seen at a glance to weigh too little for a review, and were not weighed.
    pub hopeless_pairs: u64,
    /// Pairs that link.
    pub links: u64,
    /// Pairs to review.
    pub reviews: u64,
    /// Clusters.
    pub clusters: u64,
    /// Clusters by size: records and the number of clusters.
    pub sizes: Vec<(u64, u64)>,
}

/// What a batch came to.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The model used.
    pub model: Model,
    /// The clusters, by row.
    pub clusters: Clusters,
    /// The links within and between clusters, by row.
    pub links: Vec<Edge>,
    /// Rows that say what another row of their cluster says, rising. They have one link, to that row.
    pub copies: Vec<u32>,
    /// Pairs in doubt.
    pub reviews: Vec<Review>,
    /// In numbers.
    pub statistics: Statistics,
}

impl Resolved {
    /// Puts the surest reviews first.
    fn sort_reviews(&mut self) {
        self.reviews.par_sort_unstable_by_key(|review| (Reverse(review.edge.weight), review.edge.low, review.edge.high));
    }
}

/// Resolves `records`, whose keys are distinct.
pub fn resolve(records: &[CanonicalRecord], source: ModelSource, judgements: &[Judgement], observer: &dyn Observer) -> Result<Resolved> {
    Ok(Prepared::new(RecordSet::of(records), source, judgements, observer)?.resolve(observer).0)
}

/// Records with their candidate pairs and the model that is to weigh them.
#[derive(Debug)]
pub struct Prepared {
    keys: Vec<RecordKey>,
    table: RecordTable,
    equal: EqualRows,
    constraints: Constraints,
    /// Pairs of distinct rows, and the rules that gave them.
    pub candidates: Candidates,
    /// The model.
    pub model: Model,
    adjustments: Adjustments,
}

/// All cores at once.
pub(in crate::engine) struct SideBySide;

impl InParts for SideBySide {
    fn each<A: Send, B: Send>(&self, parts: Vec<A>, work: impl Fn(A) -> B + Send + Sync) -> Vec<B> {
        // One by one: parts are few, and some are much larger than others.
        parts.into_par_iter().with_max_len(1).map(work).collect()
    }
}

impl Prepared {
    /// Prepares `records`, whose keys are distinct: what comes before pairs are weighed.
    pub fn new(mut records: RecordSet, source: ModelSource, judgements: &[Judgement], observer: &dyn Observer) -> Result<Self> {
        refuse_too_many(records.len())?;
        observer.begin(Phase::Prepare, records.len() as u64);
        let judged: FxHashSet<&RecordKey> = judgements.iter().flat_map(|judgement| [&judgement.a, &judgement.b]).collect();
        records.lay_in_order();
        let equal = EqualRows::find(&records, &judged);
        let mut table = RecordTable::of_set(&mut records, &SideBySide);
        table.share_years(&equal.copies);
        let keys = records.into_keys();

        let rules = match &source {
            ModelSource::Given(model) => {
                model.parsed_rules().map_err(|rule| Error::bad_data(format!("the model's blocking rule {rule}")))?
            }
            ModelSource::Learn { rules, .. } => rules.clone(),
        };
        observer.begin(Phase::Block, (rules.always.len() + rules.wider.len()) as u64);
        // The rules of a model were chosen when it was learnt; they apply as they stand.
        let budget = matches!(source, ModelSource::Learn { .. }).then(|| Budget::of(keys.len()));
        let candidates = candidate_pairs(&table, &equal.distinct, &rules, budget, observer);

        let (model, adjustments) = match source {
            ModelSource::Given(model) => (*model, None),
            ModelSource::Learn { thresholds, seed, without, mut labels, .. } => {
                equal.share_labels(&mut labels);
                observer.begin(Phase::Train, 0);
                table.mark_names_held(&equal.distinct);
                table.band_values();
                let always = candidates.rules.always.len();
                let whole: Vec<bool> = candidates.statistics.iter().take(always).map(|rule| rule.refined_blocks == 0).collect();
                let lesson = Lesson { rules: &candidates.rules, whole: &whole, thresholds, seed, without: &without, labels: &labels };
                train(&table, &equal, &candidates, lesson)
            }
        };
        if table.mark_names(&|field, name| model.term_frequencies.use_of(field, name)) {
            table.band_values();
        }
        let constraints = constraints(&table, &keys, judgements);
        let adjustments = adjustments.unwrap_or_else(|| Adjustments::new(&model, &table, &SideBySide));
        Ok(Prepared { adjustments, keys, table, equal, constraints, candidates, model })
    }

    /// What weighs pairs of rows.
    pub fn resolver(&self) -> Resolver<'_> {
        Resolver::with(&self.model, &self.table, &self.adjustments)
    }

    /// The records in columns, by row.
    pub fn table(&self) -> &RecordTable {
        &self.table
    }

    /// By row: the one that stands for it among the candidate pairs: itself, unless it says what an earlier row of its source says.
    pub fn standing(&self) -> Vec<u32> {
        let mut standing: Vec<u32> = (0..self.keys.len() as u32).collect();
        self.equal.copies.iter().for_each(|(first, copy)| standing[*copy as usize] = *first);
        standing
    }

    /// Weighs the candidate pairs and cuts clusters from the links; gives the keys of the records back.
    pub fn resolve(self, observer: &dyn Observer) -> (Resolved, Vec<RecordKey>) {
        observer.begin(Phase::Weigh, self.candidates.count);
        let resolver = self.resolver();
        let mut weighed = weigh(&resolver, &self.candidates, observer);
        observer.begin(Phase::Cluster, self.keys.len() as u64);
        let (same, cut) = self.cut(&resolver, &mut weighed);
        let mut reviews = weighed.reviews;
        reviews.extend(cut.refused.iter().map(|(edge, refusal)| Review { edge: *edge, reason: reason(*refusal) }));
        // What ended in one cluster by other ways is no longer in doubt.
        reviews.retain(|review| cut.clusters.of_row[review.edge.low as usize] != cut.clusters.of_row[review.edge.high as usize]);
        let statistics = Statistics {
            records: self.keys.len() as u64,
            copies: self.equal.copies.len() as u64,
            candidate_pairs: self.candidates.count,
            rules: self.candidates.statistics,
            weights: weighed.histogram.into_iter().collect(),
            hopeless_pairs: weighed.hopeless,
            links: weighed.links.len() as u64,
            reviews: reviews.len() as u64,
            clusters: cut.clusters.rows.len() as u64,
            sizes: sizes(&cut.clusters),
        };
        let mut copies: Vec<u32> = same.iter().map(|(_, copy)| *copy).collect();
        copies.par_sort_unstable();
        weighed.links.par_sort_unstable_by_key(|edge| (edge.low, edge.high));
        let mut resolved = Resolved { model: self.model, clusters: cut.clusters, links: weighed.links, copies, reviews, statistics };
        resolved.sort_reviews();
        (resolved, self.keys)
    }

    /// The clusters that other thresholds would give under the same model, in the order of `thresholds`; pairs are weighed once.
    pub fn clusters_at(&self, thresholds: &[Thresholds], observer: &dyn Observer) -> Vec<Clusters> {
        let lowest = thresholds.iter().map(|at| if at.review.value() < at.link.value() { at.review } else { at.link });
        let Some(lowest) = lowest.min_by(|a, b| a.value().total_cmp(&b.value())) else { return Vec::new() };
        observer.begin(Phase::Weigh, self.candidates.count);
        let with = |thresholds: Thresholds| Model { thresholds, ..self.model.clone() };
        let model = with(Thresholds { link: lowest, review: lowest });
        let all = weigh(&Resolver::with(&model, &self.table, &self.adjustments), &self.candidates, observer);
        observer.begin(Phase::Cluster, self.keys.len() as u64 * thresholds.len() as u64);
        let at = |at: &Thresholds| {
            let model = with(*at);
            let resolver = Resolver::with(&model, &self.table, &self.adjustments);
            let (link, review) = (resolver.weights().link, resolver.weights().review);
            let links = all.links.iter().copied().filter(|edge| edge.weight >= link).collect();
            let doubtful = all.links.iter().filter(|edge| edge.weight < link && edge.weight >= review);
            let reviews = doubtful.map(|edge| Review { edge: *edge, reason: ReviewReason::InDoubt }).collect();
            let (_, cut) = self.cut(&resolver, &mut WeighedPairs { links, reviews, ..WeighedPairs::default() });
            observer.advance(self.keys.len() as u64);
            cut.clusters
        };
        thresholds.par_iter().map(at).collect()
    }

    /// Adds the edges of copies to what was weighed and cuts clusters; gives the copies that stand for nothing more, and the cut.
    fn cut(&self, resolver: &Resolver<'_>, weighed: &mut WeighedPairs) -> (Vec<(u32, u32)>, Cut) {
        let rules = &self.candidates.rules;
        let (same, standing) = take_copies(&self.equal.copies, resolver, weighed, &|row| {
            let of_row = CanonicalRecord::new(RecordKey::new("", ""), 0, None, self.table.values_of(row));
            rules.with_blocks().any(|(rule, _)| has_key(rule, &of_row))
        });
        // Copies count once in a group, whether they joined it as copies or by themselves.
        let distinct = |rows: &[u32]| -> Vec<u32> {
            let mut rows: Vec<u32> = rows.iter().map(|row| standing.get(row).copied().unwrap_or(*row)).collect();
            rows.sort_unstable();
            rows.dedup();
            rows
        };
        let weigh_groups = |a: &[u32], b: &[u32]| match standing.is_empty() {
            true => resolver.weigh_groups(a, b),
            false => resolver.weigh_groups(&distinct(a), &distinct(b)),
        };
        let (link, open) = (resolver.weights().link, resolver.weights().open);
        let agreement = |a: &[u32], b: &[u32]| match weigh_groups(a, b) {
            weighed if weighed.weight.least() >= link => Agreement::Clear,
            weighed if weighed.weight.least() >= open => Agreement::Open,
            _ => Agreement::Against,
        };
        let in_doubt = weighed.reviews.iter().filter(|review| review.reason == ReviewReason::InDoubt);
        let doubtful: Vec<Edge> = in_doubt.map(|review| review.edge).collect();
        let pairs = Pairs { same: &same, links: &weighed.links, doubtful: &doubtful, content: &self.equal.content, link };
        let cut = cut(pairs, &self.constraints, &agreement, &SideBySide);
        (same, cut)
    }
}

fn refuse_too_many(records: usize) -> Result<()> {
    match records {
        0..=ROWS_MAX => Ok(()),
        _ => Err(Error::bad_data(format!("{records} records in one batch; at most {ROWS_MAX} fit"))),
    }
}

const fn reason(refusal: Refusal) -> ReviewReason {
    match refusal {
        Refusal::Exclusive => ReviewReason::ClustersWithTwoCertificates,
        Refusal::Judgement => ReviewReason::AgainstJudgement,
        Refusal::Disagreement => ReviewReason::ClustersDisagree,
        Refusal::BetweenTwo => ReviewReason::BetweenTwo,
    }
}

/// Lets copies follow the rows that stand for them. Where those link to themselves the copies are theirs; else what is found of
/// them holds of each copy. Gives the copies of the first kind, as (the row that stands for it, the copy), and the rows that stand
/// for copies of the second.
fn take_copies(
    copies: &[(u32, u32)],
    resolver: &Resolver<'_>,
    weighed: &mut WeighedPairs,
    is_candidate: &dyn Fn(u32) -> bool,
) -> (Vec<(u32, u32)>, FxHashMap<u32, u32>) {
    let mut same = Vec::new();
    let mut alone: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for of_one in copies.chunk_by(|a, b| a.0 == b.0) {
        let first = of_one[0].0;
        let itself = resolver.weigh(first, first);
        let edges = of_one.iter().map(|(low, high)| Edge { low: *low, high: *high, weight: itself.weight.least() });
        match itself.decision {
            _ if !is_candidate(first) => {}
            Decision::Link => {
                weighed.links.extend(edges);
                same.extend_from_slice(of_one);
                continue;
            }
            Decision::Review => weighed.reviews.extend(edges.map(|edge| Review { edge, reason: ReviewReason::InDoubt })),
            Decision::NonLink => {}
        }
        alone.insert(first, of_one.iter().map(|(_, copy)| *copy).collect());
    }
    if !alone.is_empty() {
        let links = weighed.links.iter().flat_map(|edge| of_copies(edge, &alone)).collect::<Vec<_>>();
        let reviews = weighed.reviews.iter();
        let reviews =
            reviews.flat_map(|review| of_copies(&review.edge, &alone).into_iter().map(|edge| Review { edge, reason: review.reason }));
        let reviews = reviews.collect::<Vec<_>>();
        weighed.links.extend(links);
        weighed.reviews.extend(reviews);
    }
    let standing = alone.iter().flat_map(|(first, copies)| copies.iter().map(|copy| (*copy, *first))).collect();
    (same, standing)
}

/// The edges of copies that an edge stands for: of each end's copies with the other end, which is as many as there are copies.
fn of_copies(edge: &Edge, alone: &FxHashMap<u32, Vec<u32>>) -> Vec<Edge> {
    let copies = |row: u32| alone.get(&row).map_or(&[][..], Vec::as_slice);
    let (of_low, of_high) = (copies(edge.low), copies(edge.high));
    if of_low.contains(&edge.high) {
        return Vec::new();
    }
    let pairs = of_low.iter().map(|copy| (*copy, edge.high)).chain(of_high.iter().map(|copy| (edge.low, *copy)));
    pairs.map(|(a, b)| Edge { low: a.min(b), high: a.max(b), weight: edge.weight }).collect()
}

fn has_key(rule: &Rule, record: &CanonicalRecord) -> bool {
    let mut keys = Vec::new();
    rule.keys(record, &mut keys);
    !keys.is_empty()
}

#[derive(Default)]
struct WeighedPairs {
    links: Vec<Edge>,
    reviews: Vec<Review>,
    histogram: BTreeMap<i32, u64>,
    /// Pairs that were seen to weigh less than a review at most.
    hopeless: u64,
}

fn weigh(resolver: &Resolver<'_>, candidates: &Candidates, observer: &dyn Observer) -> WeighedPairs {
    let ceiling = Ceiling::new(resolver);
    let chunks = candidates.each(|found| {
        let weighed = weigh_chunk(resolver, &ceiling, &found.pairs);
        observer.advance(found.pairs.len() as u64);
        weighed
    });
    let mut all = WeighedPairs::default();
    for chunk in chunks {
        all.links.extend(chunk.links);
        all.reviews.extend(chunk.reviews);
        all.hopeless += chunk.hopeless;
        for (bits, pairs) in chunk.histogram {
            *all.histogram.entry(bits).or_insert(0) += pairs;
        }
    }
    all
}

/// Pairs whose rows are asked for before the first is weighed.
const PAIRS_LOOKED_AT: usize = 16;

fn weigh_chunk(resolver: &Resolver<'_>, ceiling: &Ceiling, pairs: &[u64]) -> WeighedPairs {
    let mut all = WeighedPairs::default();
    let least = resolver.weights().link.min(resolver.weights().review);
    for (place, pair) in pairs.iter().enumerate() {
        if place.is_multiple_of(PAIRS_LOOKED_AT) {
            let ahead = pairs[place..].iter().take(PAIRS_LOOKED_AT).map(|pair| *pair as u32);
            std::hint::black_box(resolver.table().look_at(ahead));
        }
        let (low, high) = ((pair >> 32) as u32, *pair as u32);
        let Some(weighed) = resolver.weigh_from(least, ceiling, low, high) else {
            all.hopeless += 1;
            continue;
        };
        let weight = weighed.weight.least();
        let edge = Edge { low, high, weight };
        *all.histogram.entry((weight.0 >> 20) as i32).or_insert(0) += 1;
        match weighed.decision {
            Decision::Link => all.links.push(edge),
            Decision::Review if weighed.veto == Some(Veto::TwoResidentIds) => {
                all.reviews.push(Review { edge, reason: ReviewReason::TwoCertificates })
            }
            Decision::Review => all.reviews.push(Review { edge, reason: ReviewReason::InDoubt }),
            Decision::NonLink => {}
        }
    }
    all
}

fn constraints(table: &RecordTable, keys: &[RecordKey], judgements: &[Judgement]) -> Constraints {
    let exclusive = (0..keys.len()).map(|row| exclusive_identifier(&table.view(row as u32))).collect();
    let mut constraints = Constraints { exclusive, ..Constraints::default() };
    if judgements.is_empty() {
        return constraints;
    }
    let rows: FxHashMap<&RecordKey, u32> = keys.iter().zip(0..).collect();
    for judgement in judgements {
        if let (Some(a), Some(b)) = (rows.get(&judgement.a), rows.get(&judgement.b)) {
            let list = if judgement.same_person { &mut constraints.must } else { &mut constraints.cannot };
            list.push((*a.min(b), *a.max(b)));
        }
    }
    constraints
}

fn sizes(clusters: &Clusters) -> Vec<(u64, u64)> {
    let mut sizes = BTreeMap::new();
    for rows in &clusters.rows {
        *sizes.entry(rows.len() as u64).or_insert(0) += 1;
    }
    sizes.into_iter().collect()
}
