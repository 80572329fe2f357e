//! Blocks of live contents, kept up as contents come and go.
//!
//! Always: two contents stand in one block exactly where a batch over the same contents, by the same rules, makes them a pair; keys, kinds and names of
//! blocks are told by hashes of 64 bits.

use super::Place;
use crate::blocking::{LooksAt, NAME_PARTS, REFINEMENTS, Rule, RuleSet, finer_key};
use crate::limits::UNPARTED_RECORDS_MAX;
use crate::record::{CanonicalRecord, FieldValue};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;

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
type Finer = [Option<NonZeroU64>; REFINEMENTS.len()];

/// The contents of a block, rising: most have one.
#[derive(Debug)]
enum Members {
    One(Place),
    Several(Vec<Place>),
}

impl Members {
    fn all(&self) -> &[Place] {
        match self {
            Members::One(one) => std::slice::from_ref(one),
            Members::Several(several) => several,
        }
    }

    fn insert(&mut self, place: Place) {
        match self {
            Members::One(one) => *self = Members::Several(vec![place.min(*one), place.max(*one)]),
            Members::Several(several) => {
                if let Err(at) = several.binary_search(&place) {
                    several.insert(at, place);
                }
            }
        }
    }
}

/// Blocks by key, and the parts of those that are too large.
#[derive(Debug)]
pub(super) struct Blocks {
    rules: Vec<Applied>,
    /// By name of a block or a part.
    members: FxHashMap<u64, Members>,
    finer: FxHashMap<Place, Finer>,
}

impl Blocks {
    /// No content yet, by the rules of a model.
    pub(super) fn new(rules: &RuleSet) -> Self {
        let always = rules.always.len();
        let applied = rules.with_blocks().enumerate().map(|(number, (rule, block_max))| {
            let by_kind = number >= always && rule.is_near();
            Applied { rule: rule.clone(), block_max, by_kind }
        });
        Blocks { rules: applied.collect(), members: FxHashMap::default(), finer: FxHashMap::default() }
    }

    /// Takes a content in; gives those whose pairs it changed beside its own: a block that passes its bound is parted.
    pub(super) fn insert(&mut self, place: Place, record: &CanonicalRecord) -> Vec<Place> {
        self.finer.insert(place, finer_of(record));
        let mut changed = Vec::new();
        for (rule, name) in self.names(record) {
            self.insert_into(name, self.rules[rule].block_max, 0, place, &mut changed);
        }
        changed
    }

    /// Puts a content into a block that was parted from its own so many times.
    fn insert_into(&mut self, mut name: u64, block_max: usize, from: usize, place: Place, changed: &mut Vec<Place>) {
        for level in from..=REFINEMENTS.len() {
            let bound = bound(block_max, level);
            let Some(members) = self.members.get_mut(&name) else {
                self.members.insert(name, Members::One(place));
                return;
            };
            let before = members.all().len();
            if before == bound {
                changed.extend_from_slice(members.all());
            }
            members.insert(place);
            if before < bound || level == REFINEMENTS.len() {
                return;
            }
            if before == bound {
                // It is parted from now on.
                for member in members.all().to_vec() {
                    self.insert_into(self.part(name, level, member), block_max, level + 1, member, changed);
                }
                return;
            }
            name = self.part(name, level, place);
        }
    }

    /// Lets a content go; gives those whose pairs that changes beside its own.
    pub(super) fn remove(&mut self, place: Place, record: &CanonicalRecord) -> Vec<Place> {
        let mut changed = Vec::new();
        for (rule, name) in self.names(record) {
            self.remove_from(name, self.rules[rule].block_max, place, &mut changed);
        }
        self.finer.remove(&place);
        changed
    }

    fn remove_from(&mut self, mut name: u64, block_max: usize, place: Place, changed: &mut Vec<Place>) {
        for level in 0..=REFINEMENTS.len() {
            let bound = bound(block_max, level);
            let Some(Members::Several(members)) = self.members.get_mut(&name) else {
                self.members.remove(&name);
                return;
            };
            if let Ok(at) = members.binary_search(&place) {
                members.remove(at);
            }
            let (after, last) = (members.len(), members.first().copied());
            if after == bound {
                changed.extend_from_slice(members);
                // It is whole from now on.
                let parted: Vec<Place> = members.iter().copied().chain([place]).collect();
                self.join(name, block_max, level, &parted);
            }
            if let (1, Some(last)) = (after, last) {
                self.members.insert(name, Members::One(last));
            }
            if after <= bound || level == REFINEMENTS.len() {
                return;
            }
            name = self.part(name, level, place);
        }
    }

    /// Lets go of the parts of a block.
    fn join(&mut self, name: u64, block_max: usize, level: usize, members: &[Place]) {
        if level == REFINEMENTS.len() {
            return;
        }
        for member in members {
            let part = self.part(name, level, *member);
            if let Some(gone) = self.members.remove(&part)
                && gone.all().len() > bound(block_max, level + 1)
            {
                self.join(part, block_max, level + 1, gone.all());
            }
        }
    }

    /// The part of a block to which a content belongs.
    fn part(&self, name: u64, level: usize, place: Place) -> u64 {
        let mut hasher = FxHasher::default();
        (name, level, self.finer[&place][level]).hash(&mut hasher);
        hasher.finish()
    }

    /// The contents that are candidates with one of these, rising.
    pub(super) fn partners(&self, place: Place, record: &CanonicalRecord) -> Vec<Place> {
        let mut partners = Vec::new();
        for (rule, name) in self.names(record) {
            partners.extend_from_slice(self.leaf(name, self.rules[rule].block_max, place));
        }
        partners.sort_unstable();
        partners.dedup();
        partners.retain(|partner| *partner != place);
        partners
    }

    /// The part of a block to which one of its contents belongs after refinement; nothing where nothing parts it enough.
    fn leaf(&self, mut name: u64, block_max: usize, place: Place) -> &[Place] {
        for level in 0..=REFINEMENTS.len() {
            let members = self.members.get(&name).map_or(&[][..], Members::all);
            if members.len() <= bound(block_max, level) {
                return members;
            }
            if level < REFINEMENTS.len() {
                name = self.part(name, level, place);
            }
        }
        &[]
    }

    /// Whether there is no content in it.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.finer.is_empty()
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
        *finer = finer_key(&hashes);
    }
    finer
}

/// The most contents whose pairs are all formed, in a block that was parted so many times.
fn bound(block_max: usize, level: usize) -> usize {
    if level == REFINEMENTS.len() { block_max.max(UNPARTED_RECORDS_MAX) } else { block_max }
}

#[cfg(all(test, feature = "full"))]
mod tests {
    use super::*;
    use crate::blocking::visit_blocks;
    use crate::record::{Field, Grade, RecordKey};
    use fastrand::Rng;
    use std::collections::{BTreeMap, BTreeSet};

    /// Candidates by a visit of all blocks, by content.
    fn visited(rule: &Rule, block_max: usize, live: &BTreeMap<Place, CanonicalRecord>) -> BTreeMap<Place, BTreeSet<Place>> {
        let keys = |(place, record): (&Place, &CanonicalRecord)| {
            let mut keys = Vec::new();
            rule.keys(record, &mut keys);
            keys.into_iter().map(|key| (key, *place)).collect::<Vec<_>>()
        };
        let mut keyed: Vec<(u64, Place)> = live.iter().flat_map(keys).collect();
        keyed.sort_unstable();
        let mut partners: BTreeMap<Place, BTreeSet<Place>> = live.keys().map(|place| (*place, BTreeSet::new())).collect();
        visit_blocks(&keyed, block_max, &|row, level| finer_of(&live[&row])[level].map(NonZeroU64::get), &mut |block| {
            for (_, a) in block {
                partners.entry(*a).or_default().extend(block.iter().map(|(_, b)| *b).filter(|b| b != a));
            }
            true
        });
        partners
    }

    #[test]
    fn parts_are_those_of_a_visit_whatever_came_and_went() {
        for (seed, text) in (0..).zip(["phone <= 2", "phone <= 5", "phone <= 30", "phone <= 40"].repeat(4)) {
            let rule = Rule::parse(text).expect("a rule");
            let rules = RuleSet::only(vec![rule.clone()]);
            let block_max = rule.block_max.expect("given");
            let (mut blocks, mut random) = (Blocks::new(&rules), Rng::with_seed(seed));
            let mut live: BTreeMap<Place, CanonicalRecord> = BTreeMap::new();
            let mut parted = 0;
            for step in 0..400u32 {
                let before = visited(&rule, block_max, &live);
                // It grows, and shrinks, and grows.
                let place = random.u32(..150);
                let (changed, own) = if let Some(record) = live.get(&place).filter(|_| random.u32(..10) < [1, 9, 3][step as usize / 134]) {
                    let changed = blocks.remove(place, record);
                    live.remove(&place);
                    (changed, place)
                } else if let std::collections::btree_map::Entry::Vacant(e) = live.entry(place) {
                    let name = ["smith", "jones", "王"][random.usize(..3)];
                    let mut values = vec![(Field::Phone, ["1", "2"][random.usize(..20) / 19]), (Field::FamilyName, name)];
                    values.extend((random.u32(..2) == 0).then_some((Field::GivenName, ["anna", "bob"][random.usize(..2)])));
                    values.extend((random.u32(..3) == 0).then_some((Field::BirthDate, ["1980-01-02", "1990-03-04"][random.usize(..2)])));
                    let values = values.into_iter().map(|(field, text)| FieldValue { field, text: text.into(), grade: Grade::Valid });
                    let record = CanonicalRecord::new(RecordKey::new("s", place.to_string()), 0, None, values.collect());
                    let changed = blocks.insert(place, &record);
                    e.insert(record);
                    (changed, place)
                } else {
                    continue;
                };
                let after = visited(&rule, block_max, &live);
                let changed: BTreeSet<Place> = changed.into_iter().collect();
                parted += usize::from(!changed.is_empty());
                for (place, record) in &live {
                    assert!(
                        blocks.partners(*place, record).into_iter().eq(after[place].iter().copied()),
                        "{text}, seed {seed}, step {step}"
                    );
                    let without = |of: &BTreeMap<Place, BTreeSet<Place>>| {
                        of.get(place).map(|of| of.iter().copied().filter(|other| *other != own).collect::<Vec<_>>())
                    };
                    let is_told = *place == own || changed.contains(place) || without(&before) == without(&after);
                    assert!(is_told, "{text}, seed {seed}, step {step}: pairs of {place} changed");
                }
            }
            assert!(parted > 0, "{text}: {parted}");
            live.iter().for_each(|(place, record)| drop(blocks.remove(*place, record)));
            assert!(blocks.is_empty());
        }
    }
}
