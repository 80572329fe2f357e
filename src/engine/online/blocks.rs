//! Blocks of live contents, kept up as contents come and go.
//!
//! Always: two contents stand in one block exactly where a batch over the same contents, by the same rules, makes them a pair; keys, kinds and names of
//! blocks are told by hashes of 64 bits.

use super::Place;
use crate::blocking::{LooksAt, NAME_PARTS, REFINEMENTS, Rule, RuleSet};
use crate::limits::UNPARTED_RECORDS_MAX;
use crate::record::{CanonicalRecord, FieldValue};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// A rule as it applies.
#[derive(Debug)]
struct Applied {
    rule: Rule,
    /// Contents in the largest block whose pairs are all formed.
    block_max: usize,
    /// Whether contents that are the same to the rule are a block of their own, as they are in a batch to wider rules of near values.
    by_kind: bool,
}

/// What is asked of a content where a block is too large; as many as there are [`REFINEMENTS`].
type Finer = [Option<u64>; REFINEMENTS.len()];

/// Blocks by key.
#[derive(Debug)]
pub(super) struct Blocks {
    rules: Vec<Applied>,
    /// By name of a block: its members, rising.
    members: FxHashMap<u64, Vec<Place>>,
    finer: FxHashMap<Place, Finer>,
}

impl Blocks {
    /// No content yet, by the rules of a model.
    pub(super) fn new(rules: &RuleSet) -> Self {
        let always = rules.always.len();
        let applied = rules.with_blocks().enumerate().map(|(number, (rule, block_max))| {
            let by_kind = number >= always && rule.all.iter().any(|expression| expression.is_near());
            Applied { rule: rule.clone(), block_max, by_kind }
        });
        Blocks { rules: applied.collect(), members: FxHashMap::default(), finer: FxHashMap::default() }
    }

    /// Takes a content in; gives those whose pairs it changed beside its own: a block that passes its bound is parted.
    pub(super) fn insert(&mut self, place: Place, record: &CanonicalRecord) -> Vec<Place> {
        let finer = finer_of(record);
        self.finer.insert(place, finer);
        let mut changed = Vec::new();
        for (rule, name) in self.names(record) {
            let members = self.members.entry(name).or_default();
            changed.extend(crossed(&self.finer, members, self.rules[rule].block_max, &finer));
            if let Err(at) = members.binary_search(&place) {
                members.insert(at, place);
            }
        }
        changed
    }

    /// Lets a content go; gives those whose pairs that changes beside its own.
    pub(super) fn remove(&mut self, place: Place, record: &CanonicalRecord) -> Vec<Place> {
        let Some(finer) = self.finer.remove(&place) else { return Vec::new() };
        let mut changed = Vec::new();
        for (rule, name) in self.names(record) {
            let Some(members) = self.members.get_mut(&name) else { continue };
            if let Ok(at) = members.binary_search(&place) {
                members.remove(at);
            }
            changed.extend(crossed(&self.finer, members, self.rules[rule].block_max, &finer));
            if members.is_empty() {
                self.members.remove(&name);
            }
        }
        changed
    }

    /// The contents that are candidates with one of these, rising.
    pub(super) fn partners(&self, place: Place, record: &CanonicalRecord) -> Vec<Place> {
        let Some(finer) = self.finer.get(&place) else { return Vec::new() };
        let mut partners = Vec::new();
        for (rule, name) in self.names(record) {
            if let Some(members) = self.members.get(&name) {
                partners.extend(leaf(&self.finer, members, self.rules[rule].block_max, finer));
            }
        }
        partners.sort_unstable();
        partners.dedup();
        partners.retain(|partner| *partner != place);
        partners
    }

    /// The blocks in which a content stands, each once, with the number of the rule.
    fn names(&self, record: &CanonicalRecord) -> Vec<(usize, u64)> {
        let (mut names, mut keys) = (Vec::new(), Vec::new());
        for (number, applied) in self.rules.iter().enumerate() {
            keys.clear();
            applied.rule.keys(record, &mut keys);
            if applied.by_kind && !keys.is_empty() {
                names.push((number, name(number, true, kind(&applied.rule, record))));
            }
            names.extend(keys.iter().map(|key| (number, name(number, false, *key))));
        }
        names
    }
}

fn name(rule: usize, is_kind: bool, key: u64) -> u64 {
    let mut hasher = FxHasher::default();
    (rule, is_kind, key).hash(&mut hasher);
    hasher.finish()
}

/// All that a rule looks at in a record.
fn kind(rule: &Rule, record: &CanonicalRecord) -> u64 {
    let mut hasher = FxHasher::default();
    let mut look = |values: &[FieldValue]| values.iter().map(|value| (&value.text, value.grade)).collect::<Vec<_>>().hash(&mut hasher);
    for expression in &rule.all {
        match expression.looks_at() {
            LooksAt::Each(field) => look(record.of(field)),
            LooksAt::NameParts | LooksAt::WholeName => {
                NAME_PARTS.into_iter().for_each(|field| look(record.of(field).get(..1).unwrap_or_default()));
            }
        }
    }
    hasher.finish()
}

/// What a content is told apart by in a block that is too large.
fn finer_of(record: &CanonicalRecord) -> Finer {
    let mut finer = [None; REFINEMENTS.len()];
    let mut hashes = Vec::new();
    for (finer, expression) in finer.iter_mut().zip(REFINEMENTS) {
        hashes.clear();
        expression.hashes(record, &mut hashes);
        *finer = hashes.iter().min().map(|least| (*least).max(1));
    }
    finer
}

/// The contents of the part of a block to which one of `finer` belongs, after refinement; none where nothing parts it enough.
fn leaf(all: &FxHashMap<Place, Finer>, members: &[Place], block_max: usize, finer: &Finer) -> Vec<Place> {
    let mut block = members.to_vec();
    for level in 0..=REFINEMENTS.len() {
        if block.len() <= bound(block_max, level) {
            return block;
        }
        if level < REFINEMENTS.len() {
            block.retain(|member| all[member][level] == finer[level]);
        }
    }
    Vec::new()
}

/// The contents of the block, or of the part of it, that is one leaf without a content of `finer` and none with it: their pairs change as that
/// comes or goes. `members` are without it.
fn crossed(all: &FxHashMap<Place, Finer>, members: &[Place], block_max: usize, finer: &Finer) -> Vec<Place> {
    let mut block: Option<Vec<Place>> = None;
    for level in 0..=REFINEMENTS.len() {
        let present = block.as_deref().unwrap_or(members);
        match present.len().cmp(&bound(block_max, level)) {
            std::cmp::Ordering::Less => return Vec::new(),
            std::cmp::Ordering::Equal => return present.to_vec(),
            std::cmp::Ordering::Greater if level < REFINEMENTS.len() => {
                block = Some(present.iter().copied().filter(|member| all[member][level] == finer[level]).collect());
            }
            std::cmp::Ordering::Greater => {}
        }
    }
    Vec::new()
}

/// The most contents whose pairs are all formed, in a block that was parted so many times.
fn bound(block_max: usize, level: usize) -> usize {
    if level == REFINEMENTS.len() { block_max.max(UNPARTED_RECORDS_MAX) } else { block_max }
}
