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
mod found;
mod keys;
mod near;
mod partners;
mod recall;

pub use candidates::{Budget, Candidates, PairsOfRows, RuleStatistics, candidate_pairs};
pub use equal::EqualRows;
pub use near::{Near, resolve_near};
pub use recall::{BlockingRecall, HeldOut};

pub use crate::engine::partition::{Review, ReviewReason};

use crate::blocking::RuleSet;
use crate::cluster::{Clusters, Constraints};
use crate::comparison::{InParts, RecordTable};
use crate::engine::ceiling::Ceiling;
use crate::engine::partition::{Partition, Rows, WeighedPairs, constraints, partition};
use crate::engine::resolver::{Adjustments, Resolver};
use crate::engine::train::{Lesson, train};
use crate::engine::{Observer, Phase};
use crate::error::{Error, Result};
use crate::limits::ROWS_MAX;
use crate::link::{Edge, Judgement};
use crate::model::{Model, Thresholds};
use crate::record::{CanonicalRecord, RecordKey, RecordSet};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
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
        let judgements = &settled(judgements)[..];
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
        let Partition { clusters, same, reviews } = self.partition(&resolver, &mut weighed);
        let statistics = Statistics {
            records: self.keys.len() as u64,
            copies: self.equal.copies.len() as u64,
            candidate_pairs: self.candidates.count,
            rules: self.candidates.statistics,
            weights: weighed.histogram.into_iter().collect(),
            hopeless_pairs: weighed.hopeless,
            links: weighed.links.len() as u64,
            reviews: reviews.len() as u64,
            clusters: clusters.rows.len() as u64,
            sizes: sizes(&clusters),
        };
        let mut copies: Vec<u32> = same.iter().map(|(_, copy)| *copy).collect();
        copies.par_sort_unstable();
        weighed.links.par_sort_unstable_by_key(|edge| (edge.low, edge.high));
        let mut resolved = Resolved { model: self.model, clusters, links: weighed.links, copies, reviews, statistics };
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
            let partition = self.partition(&resolver, &mut WeighedPairs { links, reviews, ..WeighedPairs::default() });
            observer.advance(self.keys.len() as u64);
            partition.clusters
        };
        thresholds.par_iter().map(at).collect()
    }

    fn partition(&self, resolver: &Resolver<'_>, weighed: &mut WeighedPairs) -> Partition {
        let rows = Rows { copies: &self.equal.copies, content: &self.equal.content, constraints: &self.constraints };
        partition(resolver, &self.candidates.rules, rows, weighed, &SideBySide)
    }
}

fn refuse_too_many(records: usize) -> Result<()> {
    match records {
        0..=ROWS_MAX => Ok(()),
        _ => Err(Error::bad_data(format!("{records} records in one batch; at most {ROWS_MAX} fit"))),
    }
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
        all.take(&weighed, low, high);
    }
    all
}

fn sizes(clusters: &Clusters) -> Vec<(u64, u64)> {
    let mut sizes = BTreeMap::new();
    for rows in &clusters.rows {
        *sizes.entry(rows.len() as u64).or_insert(0) += 1;
    }
    sizes.into_iter().collect()
}

/// Rulings in the order of records, of several on two records the last; one on a record and itself says nothing.
fn settled(judgements: &[Judgement]) -> Vec<Judgement> {
    let of_pair = |judgement: &Judgement| (judgement.a.clone().min(judgement.b.clone()), judgement.a.clone().max(judgement.b.clone()));
    let said = judgements.iter().filter(|judgement| judgement.a != judgement.b);
    let settled: BTreeMap<(RecordKey, RecordKey), bool> = said.map(|judgement| (of_pair(judgement), judgement.same_person)).collect();
    settled.into_iter().map(|((a, b), same_person)| Judgement { a, b, same_person }).collect()
}
