//! Records of one source that are equal in every field, so that one of them can stand for all.
//!
//! An extract loaded twice, or one person's record copied a thousand times, says no more than one copy: copies form no pairs and
//! frequencies do not count them again. That a record has a copy is evidence, within bounds, of how often people are there twice.

use crate::record::{Field, RecordKey, RecordSet};
use rayon::prelude::*;
use rustc_hash::{FxHashSet, FxHasher};
use std::hash::Hasher;

/// Which rows of one source say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EqualRows {
    /// Rows that stand for themselves, rising.
    pub distinct: Vec<u32>,
    /// Rows that say what an earlier row of their source says, as (that row, the row), rising.
    pub copies: Vec<(u32, u32)>,
    /// By row: a hash of its content.
    pub content: Vec<u64>,
}

impl EqualRows {
    /// Compares the contents of `records`; those whose keys are in `apart` stand for themselves whatever they say.
    pub fn find(records: &RecordSet, apart: &FxHashSet<&RecordKey>) -> Self {
        let hashes: Vec<Vec<u64>> = Field::ALL.par_iter().map(|field| records.hashes(*field)).collect();
        let of_row = |row: usize| {
            let (fields, numbers) = records.entries(row);
            let mut hasher = FxHasher::default();
            fields.iter().zip(numbers).for_each(|(field, number)| hasher.write_u64(hashes[*field as usize][*number as usize]));
            hasher.finish()
        };
        let content: Vec<u64> = (0..records.len()).into_par_iter().map(of_row).collect();
        let source = |row: u32| records.keys()[row as usize].source.as_str();
        let mut by_content: Vec<(u64, u32)> = content.iter().copied().zip(0..).collect();
        by_content.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| (source(a.1), a.1).cmp(&(source(b.1), b.1))));
        let mut equal = EqualRows { distinct: Vec::new(), copies: Vec::new(), content };
        for alike in by_content.chunk_by(|a, b| a.0 == b.0 && source(a.1) == source(b.1)) {
            let mut firsts: Vec<u32> = Vec::new();
            for (_, row) in alike {
                if apart.contains(&records.keys()[*row as usize]) {
                    equal.distinct.push(*row);
                    continue;
                }
                match firsts.iter().find(|first| records.entries(**first as usize) == records.entries(*row as usize)) {
                    Some(first) => equal.copies.push((*first, *row)),
                    None => {
                        equal.distinct.push(*row);
                        firsts.push(*row);
                    }
                }
            }
        }
        equal.distinct.par_sort_unstable();
        equal.copies.par_sort_unstable();
        equal
    }

    /// Gives rows that stand for copies the label of all of them that have one, and none where they differ. `labels` may be empty.
    pub fn share_labels(&self, labels: &mut [Option<u32>]) {
        if labels.is_empty() {
            return;
        }
        for copies in self.copies.chunk_by(|a, b| a.0 == b.0) {
            let first = copies[0].0;
            let mut known = copies.iter().map(|(_, copy)| *copy).chain([first]).filter_map(|row| labels[row as usize]);
            let label = known.next();
            let one = known.all(|other| Some(other) == label);
            labels[first as usize] = label.filter(|_| one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CanonicalRecord, FieldValue, Grade};

    fn record(id: &str, name: &str) -> CanonicalRecord {
        let value = FieldValue { field: Field::GivenName, text: name.into(), grade: Grade::Valid };
        CanonicalRecord::new(RecordKey::new("s", id), 0, None, vec![value])
    }

    #[test]
    fn one_of_the_equal_stands_for_all_but_those_that_are_kept_apart() {
        let mut other = record("1", "ann");
        other.key = RecordKey::new("t", "1");
        let two_sources = EqualRows::find(&RecordSet::of(&[other, record("2", "ann")]), &FxHashSet::default());
        assert_eq!(two_sources.copies, [], "which source gave them is evidence");
        let records = [record("1", "ann"), record("2", "bob"), record("3", "ann"), record("4", "ann"), record("5", "bob")];
        let apart = FxHashSet::from_iter([&records[3].key]);
        let equal = EqualRows::find(&RecordSet::of(&records), &apart);
        assert_eq!(equal.distinct, [0, 1, 3]);
        assert_eq!(equal.copies, [(0, 2), (1, 4)]);
        let mut labels = [None, Some(1), Some(7), None, Some(2)];
        equal.share_labels(&mut labels);
        assert_eq!(labels[..2], [Some(7), None]);
    }
}
