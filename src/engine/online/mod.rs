//! The online door: records come, change and go one by one, and their clusters are at once what a batch over all of them would give.
//!
//! 1. Records of one source that say the same are one content. `blocks` keeps the blocks of contents.
//! 2. A change touches the contents that it adds or takes, those whose blocks are parted otherwise than before, and the holders of a phone or
//!    device that is held under another number of names. The pairs of these are weighed anew, and no others.
//! 3. The components that lost or gained something are cut anew.
//!
//! Always: after any history the clusters and reviews are those of a batch over the records that are left, in the order of their keys, under the
//! same model and judgements.
//! Never here: files, sockets, threads, the clock; One-IDs. Everything is held in memory, some kilobytes a record.

mod blocks;

#[cfg(all(test, feature = "full"))]
pub(crate) mod made_up;
#[cfg(all(test, feature = "full"))]
mod tests;

pub use crate::engine::partition::ReviewReason;

use self::blocks::Blocks;
use crate::blocking::RuleSet;
use crate::comparison::{BANDED, Band, OneByOne, PreparedValue, RecordTable, is_somebodys};
use crate::engine::partition::{Review, Rows, WeighedPairs, constraints, partition};
use crate::engine::resolver::{Resolver, Weighed};
use crate::error::{Error, Result};
use crate::limits::PEOPLE_NAMES_MAX;
use crate::link::{Decision, Edge, Judgement};
use crate::model::{MatchWeight, Model};
use crate::normalize::date::year_at;
use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey, content_of};
use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// A content among the live ones; that of one which is gone is given again, in a later change.
type Place = u32;

/// What happens to records.
#[derive(Clone, Debug)]
pub enum Change {
    /// A record that is new, or replaces that of its key.
    Put(CanonicalRecord),
    /// A record is gone; one that is not there stays gone.
    Delete(RecordKey),
    /// A steward rules; a ruling on the same two records replaces the earlier one, and one on a record and itself says nothing.
    Judge(Judgement),
    /// A ruling on two records is taken back.
    Withdraw(RecordKey, RecordKey),
}

/// Pairs of records that are to be looked at, the lesser key first, with weight and reason.
pub type Reviews = BTreeMap<(RecordKey, RecordKey), (MatchWeight, ReviewReason)>;

/// What changes came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Clusters that were not there before, rising, each rising: all records of those whose membership changed.
    pub clusters: Vec<Vec<RecordKey>>,
    /// Records that are in no cluster any more, rising.
    pub gone: Vec<RecordKey>,
    /// Pairs, the lesser key first, that are to be looked at as they were not before, or are not any more.
    pub reviews: BTreeMap<(RecordKey, RecordKey), Option<(MatchWeight, ReviewReason)>>,
}

/// Records of one source that say the same, or one that a steward ruled on.
#[derive(Debug)]
struct Content {
    /// By key; never empty.
    records: BTreeMap<RecordKey, CanonicalRecord>,
    hash: u64,
    is_judged: bool,
    /// What it links to, and what it may.
    edges: BTreeMap<Place, Weighed>,
}

impl Content {
    /// One of its records, which says what all say.
    fn record(&self) -> &CanonicalRecord {
        self.records.values().next().expect("a content has a record")
    }
}

/// The texts of family name, where there is one, and given name.
type Name = (Option<CompactString>, CompactString);

/// Who holds a value.
#[derive(Debug, Default)]
struct Held {
    holders: BTreeSet<Place>,
    /// The names of these that are somebody's, with how many have them.
    names: FxHashMap<Name, u32>,
    band: Band,
}

/// Contents whose pairs are weighed with one table, at most: it bounds memory where all are weighed at once.
const WEIGHED_CONTENTS_MAX: usize = 1 << 18;

/// A number of a cluster; none is given twice.
type ClusterNumber = u64;

/// Live records under one model, and their clusters.
#[derive(Debug)]
pub struct Population {
    model: Model,
    rules: RuleSet,
    contents: BTreeMap<Place, Content>,
    next_place: Place,
    free_places: Vec<Place>,
    of_record: FxHashMap<RecordKey, Place>,
    /// By source and hash: the contents that no steward ruled on.
    of_content: FxHashMap<(CompactString, u64), Vec<Place>>,
    blocks: Blocks,
    /// By field and text of what is told apart by its holders.
    held: FxHashMap<(Field, CompactString), Held>,
    /// By record: the others that a steward ruled it to be one person with or not, in both directions; records may be ruled on before they come.
    rulings: FxHashMap<RecordKey, BTreeMap<RecordKey, bool>>,
    clusters: FxHashMap<ClusterNumber, Vec<RecordKey>>,
    cluster_of: FxHashMap<RecordKey, ClusterNumber>,
    next_cluster: ClusterNumber,
    reviews: Reviews,
    /// By record: those it is reviewed with.
    reviewed: FxHashMap<RecordKey, BTreeSet<RecordKey>>,
}

/// What must be found anew.
#[derive(Default)]
struct Touched {
    /// Contents whose pairs are to be weighed.
    weigh: BTreeSet<Place>,
    /// Contents whose components are to be cut.
    cut: BTreeSet<Place>,
    /// Records that were taken out and not put back.
    gone: BTreeSet<RecordKey>,
    /// Places of contents that are gone.
    freed: Vec<Place>,
}

impl Population {
    /// Nobody, under a model. The error is a rule of the model that this program cannot read.
    pub fn new(model: Model) -> Result<Self> {
        let rules = model.parsed_rules().map_err(|rule| Error::bad_data(format!("the model's blocking rule {rule}")))?;
        Ok(Population {
            blocks: Blocks::new(&rules),
            model,
            rules,
            contents: BTreeMap::new(),
            next_place: 0,
            free_places: Vec::new(),
            of_record: FxHashMap::default(),
            of_content: FxHashMap::default(),
            held: FxHashMap::default(),
            rulings: FxHashMap::default(),
            clusters: FxHashMap::default(),
            cluster_of: FxHashMap::default(),
            next_cluster: 0,
            reviews: Reviews::new(),
            reviewed: FxHashMap::default(),
        })
    }

    /// Does changes, one after the other, as one.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = Change>) -> Outcome {
        let mut touched = Touched::default();
        for change in changes {
            match change {
                Change::Put(record) => self.put(record, &mut touched),
                Change::Delete(key) => drop(self.take(&key, &mut touched)),
                Change::Judge(Judgement { a, b, same_person }) => self.rule(&a, &b, Some(same_person), &mut touched),
                Change::Withdraw(a, b) => self.rule(&a, &b, None, &mut touched),
            }
        }
        self.weigh(&mut touched);
        let freed = std::mem::take(&mut touched.freed);
        let outcome = self.cut(touched);
        self.free_places.extend(freed);
        outcome
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.of_record.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.of_record.is_empty()
    }

    /// All clusters, rising, each rising.
    pub fn clusters(&self) -> Vec<Vec<RecordKey>> {
        let mut clusters: Vec<Vec<RecordKey>> = self.clusters.values().cloned().collect();
        clusters.sort_unstable();
        clusters
    }

    /// The records of a record's cluster, rising; none of a record that is not there.
    pub fn cluster(&self, key: &RecordKey) -> Option<&[RecordKey]> {
        Some(&self.clusters[self.cluster_of.get(key)?])
    }

    /// A live record.
    pub fn record(&self, key: &RecordKey) -> Option<&CanonicalRecord> {
        self.contents[self.of_record.get(key)?].records.get(key)
    }

    /// The strongest link of a record within its cluster: its other end, of records that say the same the one of the least key, and the weight.
    pub fn strongest_link(&self, key: &RecordKey) -> Option<(&RecordKey, MatchWeight)> {
        let cluster = self.cluster_of.get(key)?;
        let links = self.contents[self.of_record.get(key)?].edges.iter().filter(|(_, weighed)| weighed.decision == Decision::Link);
        let within = |(place, weighed): (&Place, &Weighed)| {
            let other = self.contents[place].records.keys().find(|other| self.cluster_of[*other] == *cluster)?;
            Some((other, weighed.weight.least()))
        };
        let found = links.filter_map(|(place, weighed)| within((place, weighed)));
        found.max_by(|(a, x), (b, y)| x.cmp(y).then_with(|| b.cmp(a)))
    }

    /// The pairs that are to be looked at.
    pub fn reviews(&self) -> &Reviews {
        &self.reviews
    }

    fn put(&mut self, record: CanonicalRecord, touched: &mut Touched) {
        if let Some(place) = self.of_record.get(&record.key)
            && self.contents[place].records[&record.key] == record
        {
            return;
        }
        let _ = self.take(&record.key, touched);
        let is_judged = self.rulings.contains_key(&record.key);
        let hash = content_of(record.values());
        let source = record.key.source.clone();
        let same = |place: &&Place| self.contents[*place].record().values() == record.values();
        let found = if is_judged { None } else { self.of_content.get(&(source.clone(), hash)).and_then(|places| places.iter().find(same)) };
        touched.gone.remove(&record.key);
        let place = match found.copied() {
            Some(place) => place,
            None => {
                let place = self.free_places.pop().unwrap_or_else(|| {
                    self.next_place += 1;
                    self.next_place - 1
                });
                touched.weigh.extend(self.blocks.insert(place, &record));
                if !is_judged {
                    self.of_content.entry((source, hash)).or_default().push(place);
                }
                self.contents.insert(place, Content { records: BTreeMap::new(), hash, is_judged, edges: BTreeMap::new() });
                self.hold(place, &record, true, touched);
                place
            }
        };
        self.of_record.insert(record.key.clone(), place);
        self.contents.get_mut(&place).map(|content| content.records.insert(record.key.clone(), record));
        touched.weigh.insert(place);
    }

    /// Takes a record out, if it is there.
    fn take(&mut self, key: &RecordKey, touched: &mut Touched) -> Option<CanonicalRecord> {
        let place = self.of_record.remove(key)?;
        touched.gone.insert(key.clone());
        let content = self.contents.get_mut(&place)?;
        let record = content.records.remove(key)?;
        touched.cut.extend(content.edges.keys());
        touched.cut.extend(one_by_ruling(&self.rulings, &self.of_record, key));
        // Years of what is left may be others.
        touched.weigh.insert(place);
        if content.records.is_empty() {
            let content = self.contents.remove(&place)?;
            for other in content.edges.keys() {
                self.contents.get_mut(other).map(|content| content.edges.remove(&place));
            }
            touched.freed.push(place);
            let of_content = (key.source.clone(), content.hash);
            if !content.is_judged
                && let Some(places) = self.of_content.get_mut(&of_content)
            {
                places.retain(|other| *other != place);
                if places.is_empty() {
                    self.of_content.remove(&of_content);
                }
            }
            touched.weigh.extend(self.blocks.remove(place, &record));
            self.hold(place, &record, false, touched);
        }
        Some(record)
    }

    /// Rules on two records, or takes a ruling back: records that are ruled on stand for themselves.
    fn rule(&mut self, a: &RecordKey, b: &RecordKey, ruling: Option<bool>, touched: &mut Touched) {
        if a == b {
            return;
        }
        // Taken out under the old rulings, put back under the new.
        let records = [a, b].map(|key| self.take(key, touched));
        for (one, other) in [(a, b), (b, a)] {
            let of_one = self.rulings.entry(one.clone()).or_default();
            match ruling {
                Some(same_person) => drop(of_one.insert(other.clone(), same_person)),
                None => drop(of_one.remove(other)),
            }
            if of_one.is_empty() {
                self.rulings.remove(one);
            }
        }
        records.into_iter().flatten().for_each(|record| self.put(record, touched));
    }

    /// Notes that a content holds values or does so no more, and touches their holders where that makes a difference.
    fn hold(&mut self, place: Place, record: &CanonicalRecord, holds: bool, touched: &mut Touched) {
        let name = somebodys_name(&self.model, record);
        let mut values: Vec<(Field, &CompactString)> =
            record.values().iter().filter(|value| BANDED.contains(&value.field)).map(|value| (value.field, &value.text)).collect();
        // One text in two grades is held once.
        values.dedup();
        for (field, text) in values {
            let asked = (field, text.clone());
            let held = self.held.entry(asked.clone()).or_default();
            if holds {
                held.holders.insert(place)
            } else {
                held.holders.remove(&place)
            };
            let is_other = name.as_ref().is_some_and(|name| {
                let count = held.names.entry(name.clone()).or_default();
                debug_assert!(holds || *count > 0, "a name goes that came");
                *count = if holds { *count + 1 } else { count.saturating_sub(1) };
                let (is_first, is_last) = (holds && *count == 1, *count == 0);
                if is_last {
                    held.names.remove(name);
                }
                is_first || is_last
            });
            if is_other {
                let band = band(&self.model, &held.names);
                if std::mem::replace(&mut held.band, band) != band {
                    touched.weigh.extend(held.holders.iter());
                }
            }
            if held.holders.is_empty() {
                self.held.remove(&asked);
            }
        }
    }

    /// The band that weighs of a value.
    fn present_band(&self, field: Field, text: &str) -> Band {
        self.held.get(&(field, CompactString::from(text))).map(|held| held.band).unwrap_or_default()
    }

    /// The records of contents in the order of keys, and for each the place among these contents. Where `all` are not asked for, of the records
    /// of a content that were written in one year the first.
    fn records_of(&self, places: &[Place], all: bool) -> (Vec<&CanonicalRecord>, Vec<usize>) {
        let mut records: Vec<(&CanonicalRecord, usize)> = Vec::new();
        for (at, place) in places.iter().enumerate() {
            let mut years = BTreeSet::new();
            let of_content = self.contents[place].records.values();
            records.extend(of_content.filter(|record| all || years.insert(record.observed_at.map(year_at))).map(|record| (record, at)));
        }
        records.sort_unstable_by(|(a, _), (b, _)| a.key.cmp(&b.key));
        records.into_iter().unzip()
    }

    /// Weighs the pairs of touched contents anew.
    fn weigh(&mut self, touched: &mut Touched) {
        let contents: Vec<Place> = touched.weigh.iter().copied().filter(|place| self.contents.contains_key(place)).collect();
        for (place, edges) in contents.chunks(WEIGHED_CONTENTS_MAX).flat_map(|places| self.edges_of(places)).collect::<Vec<_>>() {
            let before =
                self.contents.get_mut(&place).map(|content| std::mem::replace(&mut content.edges, edges.clone())).unwrap_or_default();
            for other in before.keys() {
                self.contents.get_mut(other).map(|content| content.edges.remove(&place));
            }
            for (other, weighed) in &edges {
                self.contents.get_mut(other).map(|content| content.edges.insert(place, *weighed));
            }
            touched.cut.insert(place);
            touched.cut.extend(before.keys().chain(edges.keys()));
        }
    }

    /// What contents, rising, link to, and what they may.
    fn edges_of(&self, places: &[Place]) -> Vec<(Place, BTreeMap<Place, Weighed>)> {
        let partners = places.iter().map(|place| self.blocks.partners(*place, self.contents[place].record()));
        let partners: Vec<Vec<Place>> = partners.collect();
        let mut together: Vec<Place> = places.iter().chain(partners.iter().flatten()).copied().collect();
        together.sort_unstable();
        together.dedup();
        if together.len() == 1 {
            return vec![(places[0], BTreeMap::new())];
        }
        let gathered = Gathered::of(self, &together, false);
        let resolver = Resolver::new(&self.model, &gathered.table);
        let at: FxHashMap<Place, u32> = together.iter().copied().zip(gathered.standing.iter().copied()).collect();
        let mut found: Vec<(Place, BTreeMap<Place, Weighed>)> = Vec::with_capacity(places.len());
        for (place, partners) in places.iter().zip(partners) {
            let weigh = |partner: Place| {
                let (own, row) = (at[place], at[&partner]);
                (partner, resolver.weigh(own.min(row), own.max(row)))
            };
            // A pair of two of these is weighed once.
            let known = |partner: Place| (partner < *place).then(|| places.binary_search(&partner).ok()).flatten();
            let edges = partners.into_iter().filter_map(|partner| match known(partner) {
                Some(other) => found[other].1.get(place).map(|weighed| (partner, *weighed)),
                None => Some(weigh(partner)).filter(|(_, weighed)| weighed.decision != Decision::NonLink),
            });
            found.push((*place, edges.collect()));
        }
        found
    }

    /// Cuts the components of touched contents anew.
    fn cut(&mut self, touched: Touched) -> Outcome {
        let mut seen: FxHashSet<Place> = FxHashSet::default();
        let mut components = Vec::new();
        for place in touched.cut.iter().filter(|place| self.contents.contains_key(place)) {
            if seen.contains(place) {
                continue;
            }
            let mut component = vec![*place];
            seen.insert(*place);
            let mut next = 0;
            while next < component.len() {
                let here = component[next];
                next += 1;
                let content = &self.contents[&here];
                let ruled = content.records.keys().flat_map(|key| one_by_ruling(&self.rulings, &self.of_record, key));
                for other in content.edges.keys().copied().chain(ruled) {
                    if seen.insert(other) {
                        component.push(other);
                    }
                }
            }
            component.sort_unstable();
            components.push(component);
        }
        let mut new: Vec<Vec<RecordKey>> = Vec::new();
        let mut reviews = Reviews::new();
        let mut touched_records: FxHashSet<RecordKey> = touched.gone.iter().cloned().collect();
        for component in &components {
            let (clusters, of_component) = self.cut_component(component);
            touched_records.extend(clusters.iter().flatten().cloned());
            new.extend(clusters);
            reviews.extend(of_component);
        }
        let reviews = self.replace_reviews(reviews, &touched_records);
        Outcome { reviews, ..self.replace_clusters(new, touched.gone, &touched_records) }
    }

    fn cut_component(&self, component: &[Place]) -> (Vec<Vec<RecordKey>>, Reviews) {
        if let [place] = component
            && self.contents[place].records.len() == 1
        {
            return (vec![self.contents[place].records.keys().cloned().collect()], Reviews::new());
        }
        let Gathered { records, of_content, copies, standing, table } = Gathered::of(self, component, true);
        let keys: Vec<RecordKey> = records.iter().map(|record| record.key.clone()).collect();
        let at: FxHashMap<Place, usize> = component.iter().copied().zip(0..).collect();
        let mut weighed = WeighedPairs::default();
        for (place, row) in component.iter().zip(&standing) {
            for (other, of_pair) in self.contents[place].edges.range(place + 1..) {
                let other = standing[at[other]];
                weighed.take(of_pair, (*row).min(other), (*row).max(other));
            }
        }
        let rulings = |a: &RecordKey| -> Vec<Judgement> {
            let later = self.rulings.get(a).into_iter().flat_map(|of| of.range(a.clone()..));
            later.map(|(b, same_person)| Judgement { a: a.clone(), b: b.clone(), same_person: *same_person }).collect()
        };
        let judgements: Vec<Judgement> = keys.iter().flat_map(rulings).collect();
        let constraints = constraints(&table, &keys, &judgements);
        let content: Vec<u64> = of_content.iter().map(|at| self.contents[&component[*at]].hash).collect();
        let rows = Rows { copies: &copies, content: &content, constraints: &constraints };
        let resolver = Resolver::new(&self.model, &table);
        let found = partition(&resolver, &self.rules, rows, &mut weighed, &OneByOne);
        let clusters = found.clusters.rows.iter().map(|rows| rows.iter().map(|row| keys[*row as usize].clone()).collect()).collect();
        let review = |Review { edge: Edge { low, high, weight }, reason }: &Review| {
            ((keys[*low as usize].clone(), keys[*high as usize].clone()), (*weight, *reason))
        };
        (clusters, found.reviews.iter().map(review).collect())
    }

    /// Puts new reviews in the place of those of the same records; gives those that differ.
    fn replace_reviews(
        &mut self,
        new: Reviews,
        touched: &FxHashSet<RecordKey>,
    ) -> BTreeMap<(RecordKey, RecordKey), Option<(MatchWeight, ReviewReason)>> {
        let pair = |a: &RecordKey, b: &RecordKey| (a.min(b).clone(), a.max(b).clone());
        let mut before = Reviews::new();
        for key in touched {
            for other in self.reviewed.remove(key).into_iter().flatten() {
                let pair = pair(key, &other);
                if let Some(found) = self.reviews.remove(&pair) {
                    before.insert(pair, found);
                }
                if let Some(of_other) = self.reviewed.get_mut(&other) {
                    of_other.remove(key);
                    if of_other.is_empty() {
                        self.reviewed.remove(&other);
                    }
                }
            }
        }
        for (a, b) in new.keys() {
            self.reviewed.entry(a.clone()).or_default().insert(b.clone());
            self.reviewed.entry(b.clone()).or_default().insert(a.clone());
        }
        let mut differ: BTreeMap<_, _> = before.keys().filter(|pair| !new.contains_key(*pair)).map(|pair| (pair.clone(), None)).collect();
        let other = new.iter().filter(|(pair, found)| before.get(*pair) != Some(*found));
        differ.extend(other.map(|(pair, found)| (pair.clone(), Some(*found))));
        self.reviews.extend(new);
        differ
    }

    /// Puts new clusters in the place of those of the same records.
    fn replace_clusters(&mut self, new: Vec<Vec<RecordKey>>, gone: BTreeSet<RecordKey>, touched: &FxHashSet<RecordKey>) -> Outcome {
        let gone = gone.into_iter().filter(|key| self.cluster_of.contains_key(key)).collect();
        let numbers: BTreeSet<ClusterNumber> = touched.iter().filter_map(|key| self.cluster_of.remove(key)).collect();
        let before: FxHashSet<Vec<RecordKey>> = numbers.iter().filter_map(|number| self.clusters.remove(number)).collect();
        let mut outcome = Outcome { gone, ..Outcome::default() };
        for cluster in new {
            self.cluster_of.extend(cluster.iter().map(|key| (key.clone(), self.next_cluster)));
            if !before.contains(&cluster) {
                outcome.clusters.push(cluster.clone());
            }
            self.clusters.insert(self.next_cluster, cluster);
            self.next_cluster += 1;
        }
        outcome.clusters.sort_unstable();
        debug_assert_eq!(self.cluster_of.len(), self.of_record.len(), "every record is in a cluster");
        outcome
    }
}

/// A record's name, where that is somebody's.
fn somebodys_name(model: &Model, record: &CanonicalRecord) -> Option<Name> {
    let [family, given] = [Field::FamilyName, Field::GivenName].map(|field| record.first(field).map(|value| model.name(value)));
    let (family, given) = (family, given?);
    is_somebodys(&(family.as_ref(), &given)).then(|| (family.map(|family| family.text), given.text))
}

/// The band of a value that is held under these names.
fn band(model: &Model, names: &FxHashMap<Name, u32>) -> Band {
    // Of more each counts, whatever they are.
    if names.len() > PEOPLE_NAMES_MAX {
        return Band::ManyNames;
    }
    let prepared = |field: Field, text: &CompactString| model.name(&FieldValue { field, text: text.clone(), grade: Grade::Valid });
    let names = names
        .keys()
        .map(|(family, given)| (family.as_ref().map(|family| prepared(Field::FamilyName, family)), prepared(Field::GivenName, given)));
    let names: Vec<(Option<PreparedValue>, PreparedValue)> = names.collect();
    Band::of_names(&mut names.iter().map(|(family, given)| (family.as_ref(), given)).collect())
}

/// The contents of records that a steward ruled to be of one person with a record.
fn one_by_ruling<'a>(
    rulings: &'a FxHashMap<RecordKey, BTreeMap<RecordKey, bool>>,
    of_record: &'a FxHashMap<RecordKey, Place>,
    key: &RecordKey,
) -> impl Iterator<Item = Place> + 'a {
    let same = rulings.get(key).into_iter().flatten().filter(|(_, same_person)| **same_person);
    same.filter_map(|(other, _)| of_record.get(other).copied())
}

/// The records of some contents as rows.
struct Gathered<'p> {
    /// Rising by key.
    records: Vec<&'p CanonicalRecord>,
    /// By record: the place of its content among those asked for.
    of_content: Vec<usize>,
    /// Rows that say what another of their content says, as (that row, the row), rising.
    copies: Vec<(u32, u32)>,
    /// By content: the row that stands for it.
    standing: Vec<u32>,
    table: RecordTable,
}

impl<'p> Gathered<'p> {
    fn of(population: &'p Population, places: &[Place], all: bool) -> Self {
        let (records, of_content) = population.records_of(places, all);
        let mut standing: Vec<Option<u32>> = vec![None; places.len()];
        let mut copies = Vec::new();
        for (row, at) in (0..).zip(&of_content) {
            match standing[*at] {
                None => standing[*at] = Some(row),
                Some(first) => copies.push((first, row)),
            }
        }
        copies.sort_unstable();
        let mut table = population.model.table(records.iter().copied(), &|field, text| population.present_band(field, text));
        table.share_years(&copies);
        Gathered { records, of_content, copies, standing: standing.into_iter().flatten().collect(), table }
    }
}
