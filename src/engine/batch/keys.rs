//! The blocking keys of many records, rule by rule. Rules ask for the same few things of a record, which are found once for all of them.

use crate::blocking::{KeyExpression, Rule, RuleSet, combine};
use crate::record::CanonicalRecord;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Rows looked at by one thread at a time.
const CHUNK_ROWS: usize = 4_096;

/// What the rules of a batch ask of its records.
pub struct KeyBook<'a> {
    records: &'a [CanonicalRecord],
    rows: &'a [u32],
    /// By expression: how many rules are still to ask for it, and what one that was asked for found.
    asked: FxHashMap<KeyExpression, (usize, Option<Found>)>,
    /// The keys of the last rule; the next one takes their place.
    keyed: Vec<(u64, u32)>,
}

/// What an expression has in each row, by place: hashes of its texts.
struct Found {
    ends: Vec<usize>,
    hashes: Vec<u64>,
}

impl Found {
    fn of(&self, place: usize) -> &[u64] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.hashes[start..self.ends[place]]
    }
}

impl<'a> KeyBook<'a> {
    /// Of `rows` of `records`, for these rules, each of which will ask once.
    pub fn new(records: &'a [CanonicalRecord], rows: &'a [u32], rules: &RuleSet) -> Self {
        let mut asked = FxHashMap::default();
        for expression in rules.with_blocks().flat_map(|(rule, _)| &rule.all) {
            asked.entry(*expression).or_insert((0, None)).0 += 1;
        }
        KeyBook { records, rows, asked, keyed: Vec::new() }
    }

    /// The keys of a rule with the rows that have them, by key, then row.
    pub fn of_rule(&mut self, rule: &Rule) -> &[(u64, u32)] {
        for expression in &rule.all {
            let (_, found) = self.asked.entry(*expression).or_insert((1, None));
            if found.is_none() {
                *found = Some(find(*expression, self.records, self.rows));
            }
        }
        let parts: Vec<&Found> = rule.all.iter().filter_map(|expression| self.asked[expression].1.as_ref()).collect();
        let of_chunk = |(number, rows): (usize, &[u32])| {
            let (mut keyed, mut keys) = (Vec::new(), Vec::new());
            for (place, row) in (number * CHUNK_ROWS..).zip(rows) {
                keys.clear();
                combine(parts.iter().map(|found| found.of(place)), &mut keys);
                keyed.extend(keys.iter().map(|key| (*key, *row)));
            }
            keyed
        };
        let chunks: Vec<Vec<(u64, u32)>> = self.rows.par_chunks(CHUNK_ROWS).enumerate().map(of_chunk).collect();
        self.keyed.clear();
        chunks.iter().for_each(|chunk| self.keyed.extend_from_slice(chunk));
        self.keyed.par_sort_unstable();
        &self.keyed
    }

    /// Ends a rule: what no further rule asks for is let go.
    pub fn end(&mut self, rule: &Rule) {
        for expression in &rule.all {
            if let Some((left, found)) = self.asked.get_mut(expression) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    *found = None;
                }
            }
        }
    }
}

fn find(expression: KeyExpression, records: &[CanonicalRecord], rows: &[u32]) -> Found {
    let of_chunk = |rows: &[u32]| {
        let (mut ends, mut hashes) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            expression.hashes(&records[*row as usize], &mut hashes);
            ends.push(hashes.len());
        }
        (ends, hashes)
    };
    let chunks: Vec<(Vec<usize>, Vec<u64>)> = rows.par_chunks(CHUNK_ROWS).map(of_chunk).collect();
    let mut all =
        Found { ends: Vec::with_capacity(rows.len()), hashes: Vec::with_capacity(chunks.iter().map(|chunk| chunk.1.len()).sum()) };
    for (ends, hashes) in chunks {
        let start = all.hashes.len();
        all.ends.extend(ends.iter().map(|end| start + end));
        all.hashes.extend(hashes);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Field, FieldValue, Grade, RecordKey};

    #[test]
    fn keys_are_those_of_each_record_by_itself() {
        let record = |row: usize| {
            let values = [
                (Field::FamilyName, ["smith", "wang", "王"][row % 3].to_string()),
                (Field::GivenName, format!("ann{}", row % 40)),
                (Field::BirthDate, format!("19{:02}-0{}-11", row % 60 + 20, row % 9 + 1)),
                (Field::Phone, format!("+86139{:08}", row / 2)),
                (Field::Phone, format!("+86138{:08}", row % 77)),
            ];
            let values = values.into_iter().skip(row % 4).map(|(field, text)| FieldValue { field, text: text.into(), grade: Grade::Valid });
            CanonicalRecord::new(RecordKey::new("s", row.to_string()), 0, None, values.collect())
        };
        let records: Vec<CanonicalRecord> = (0..CHUNK_ROWS * 2 + 17).map(record).collect();
        let rows: Vec<u32> = (0..records.len() as u32).filter(|row| row % 5 != 0).collect();
        let rules = RuleSet::default();
        let mut book = KeyBook::new(&records, &rows, &rules);
        let mut found = 0;
        for (rule, _) in rules.with_blocks() {
            let mut expected: Vec<(u64, u32)> = Vec::new();
            for row in &rows {
                let mut keys = Vec::new();
                rule.keys(&records[*row as usize], &mut keys);
                expected.extend(keys.iter().map(|key| (*key, *row)));
            }
            expected.sort_unstable();
            found += expected.len();
            assert_eq!(book.of_rule(rule), expected, "{}", rule.name);
            book.end(rule);
        }
        assert!(found > records.len() * 10 && book.asked.values().all(|(left, found)| *left == 0 && found.is_none()));
    }
}
