//! Which pair of records speaks for two people, and over which records two of one person are joined.
//!
//! Both weigh pairs anew under the active model, with the numbers of `explain`; nothing is decided here.

use crate::error::{Error, Result};
use crate::explain::Explanation;
use crate::limits::EXPLAIN_RECORDS_MAX;
use crate::link::Decision;
use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::service::lookup::{Lookup, PairAnswer};
use crate::store::RecordRow;

/// One side of a pair to explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// A record.
    Record(RecordKey),
    /// A person, by a One-ID in use.
    Person(OneId),
}

impl Lookup {
    /// Explains two sides by their strongest pair of records; draws go to the lesser keys.
    pub fn explain_sides(&self, left: &Side, right: &Side) -> Result<PairAnswer> {
        if let (Side::Record(a), Side::Record(b)) = (left, right) {
            return self.explain(a, b);
        }
        let model = self.active_model()?;
        let (of_left, of_right) = (self.rows_of(left)?, self.rows_of(right)?);
        let mut strongest: Option<Explanation> = None;
        for a in &of_left {
            // Within one person each pair is weighed once, the lesser key on the left.
            let others = of_right
                .iter()
                .filter(|b| if left == right { a.canonical.key < b.canonical.key } else { a.canonical.key != b.canonical.key });
            for b in others {
                let explanation = self.weigh(&a.canonical, &b.canonical, model);
                if strongest.as_ref().is_none_or(|best| explanation.weight > best.weight) {
                    strongest = Some(explanation);
                }
            }
        }
        match strongest {
            Some(pair) => self.explain(&pair.a, &pair.b),
            None => Err(Error::usage("both sides are one person with a single record; name two records or two people")),
        }
    }

    fn rows_of(&self, side: &Side) -> Result<Vec<RecordRow>> {
        match side {
            Side::Record(key) => Ok(vec![self.record(key)?]),
            Side::Person(one_id) => {
                let mut members = self.members(*one_id)?;
                members.truncate(EXPLAIN_RECORDS_MAX);
                self.keep.rows(&members)
            }
        }
    }

    /// The fewest links that join the two records of an explanation, both of this person.
    pub(super) fn path(&self, explanation: &Explanation, one_id: OneId) -> Result<Vec<RecordKey>> {
        let (from, to) = (explanation.a.clone(), explanation.b.clone());
        if is_link(explanation) {
            return Ok(vec![from, to]);
        }
        let model = self.active_model()?;
        let rows = self.records(one_id)?;
        if rows.len() > EXPLAIN_RECORDS_MAX {
            return Ok(Vec::new());
        }
        // Breadth first; `before[n]` is the row from which row n was reached.
        let Some(start) = rows.iter().position(|row| row.canonical.key == from) else { return Ok(Vec::new()) };
        let mut before: Vec<Option<usize>> = vec![None; rows.len()];
        before[start] = Some(start);
        let mut reached = vec![start];
        let mut next = 0;
        while next < reached.len() {
            let here = reached[next];
            next += 1;
            for (other, row) in rows.iter().enumerate() {
                if before[other].is_none() && is_link(&self.weigh(&rows[here].canonical, &row.canonical, model)) {
                    before[other] = Some(here);
                    reached.push(other);
                }
            }
        }
        Ok(walk_back(&rows, &before, start, &to))
    }
}

/// Whether the pair is an edge: it reaches the threshold unvetoed, and a blocking rule makes it a candidate.
fn is_link(explanation: &Explanation) -> bool {
    explanation.decision == Decision::Link && !explanation.rules.is_empty()
}

fn walk_back(rows: &[RecordRow], before: &[Option<usize>], start: usize, to: &RecordKey) -> Vec<RecordKey> {
    let mut path = Vec::new();
    let mut here = rows.iter().position(|row| row.canonical.key == *to);
    while let Some(row) = here {
        path.push(rows[row].canonical.key.clone());
        here = if row == start { None } else { before[row] };
    }
    path.reverse();
    if path.first() == Some(&rows[start].canonical.key) { path } else { Vec::new() }
}
