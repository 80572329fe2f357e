//! Which pair of records speaks for two people, over which records two of one person are joined, and what the groups around two
//! records weigh where the pair alone did not decide.
//!
//! All weigh anew under the active model, with the numbers of `explain`; nothing is decided here.

use crate::error::{Error, Result};
use crate::explain::Explanation;
use crate::limits::EXPLAIN_RECORDS_MAX;
use crate::link::Decision;
use crate::model::MatchWeight;
use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::service::lookup::{GroupsAnswer, Lookup, PairAnswer};
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
                self.views.rows(&members)
            }
        }
    }

    /// What decided of a pair beside its own weight: the links over which its records are joined, or the groups of records that were
    /// joined or kept apart as wholes.
    pub(super) fn beyond_the_pair(&self, pair: &Explanation, of_a: OneId, of_b: OneId) -> Result<(Vec<RecordKey>, Option<GroupsAnswer>)> {
        if of_a != of_b {
            // A link stands unless the people speak against it; a doubt is settled where they agree as clearly as a link asks.
            let needed = match pair.decision {
                Decision::Link => pair.thresholds.open(),
                Decision::Review if pair.veto.is_none() => pair.thresholds.link.weight(),
                _ => return Ok((Vec::new(), None)),
            };
            let (a, b) = (self.records(of_a)?, self.records(of_b)?);
            let single = a.len() + b.len() == 2;
            let groups = if single { None } else { Some(self.groups(&a, &b, needed)?) };
            return Ok((Vec::new(), groups));
        }
        if is_link(pair) {
            return Ok((vec![pair.a.clone(), pair.b.clone()], None));
        }
        let rows = self.records(of_a)?;
        if rows.len() > EXPLAIN_RECORDS_MAX {
            return Ok((Vec::new(), None));
        }
        let from_a = self.reached(&rows, &pair.a)?;
        let path = walk_back(&rows, &from_a, &pair.a, &pair.b);
        if !path.is_empty() {
            return Ok((path, None));
        }
        // No chain of links: a pair in doubt between the two groups was settled by what they say as wholes.
        let from_b = self.reached(&rows, &pair.b)?;
        let group = |reached: &[Option<usize>]| -> Vec<RecordRow> {
            rows.iter().zip(reached).filter(|(_, before)| before.is_some()).map(|(row, _)| row.clone()).collect()
        };
        Ok((path, Some(self.groups(&group(&from_a), &group(&from_b), pair.thresholds.link.weight())?)))
    }

    fn groups(&self, a: &[RecordRow], b: &[RecordRow], needed: MatchWeight) -> Result<GroupsAnswer> {
        let keys = |rows: &[RecordRow]| rows.iter().map(|row| row.canonical.key.clone()).collect();
        let records = |rows: &[RecordRow]| rows.iter().map(|row| row.canonical.clone()).collect::<Vec<_>>();
        Ok(GroupsAnswer {
            explanation: self.weigh_groups(&records(a), &records(b), self.active_model()?),
            members_a: keys(a),
            members_b: keys(b),
            needed,
        })
    }

    /// Breadth first over links from one record: by row, the row from which it was reached, itself for the first.
    fn reached(&self, rows: &[RecordRow], from: &RecordKey) -> Result<Vec<Option<usize>>> {
        let model = self.active_model()?;
        let mut before: Vec<Option<usize>> = vec![None; rows.len()];
        let Some(start) = rows.iter().position(|row| row.canonical.key == *from) else { return Ok(before) };
        before[start] = Some(start);
        let mut queue = vec![start];
        let mut next = 0;
        while next < queue.len() {
            let here = queue[next];
            next += 1;
            for (other, row) in rows.iter().enumerate() {
                if before[other].is_none() && is_link(&self.weigh(&rows[here].canonical, &row.canonical, model)) {
                    before[other] = Some(here);
                    queue.push(other);
                }
            }
        }
        Ok(before)
    }
}

/// Whether the pair is an edge.
fn is_link(explanation: &Explanation) -> bool {
    explanation.decision == Decision::Link
}

/// The way from one record to another, both included; empty where the other was not reached.
fn walk_back(rows: &[RecordRow], before: &[Option<usize>], from: &RecordKey, to: &RecordKey) -> Vec<RecordKey> {
    let mut path = Vec::new();
    let mut here = rows.iter().position(|row| row.canonical.key == *to);
    while let Some(row) = here {
        path.push(rows[row].canonical.key.clone());
        here = before[row].filter(|earlier| *earlier != row);
    }
    path.reverse();
    if path.first() == Some(from) { path } else { Vec::new() }
}
