//! Requests that were answered, so that one that is sent again is answered as the first time.

use crate::limits::{REQUEST_KEPT_SECONDS, REQUESTS_FORGOTTEN_AT_ONCE, REQUESTS_KEPT_MAX};
use crate::service::entry::RequestRow;
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Answered requests by id, the latest [`REQUESTS_KEPT_MAX`] of the last [`REQUEST_KEPT_SECONDS`].
#[derive(Debug, Default)]
pub(super) struct Answered {
    rows: FxHashMap<CompactString, RequestRow>,
    by_time: BTreeSet<(i64, CompactString)>,
}

impl Answered {
    pub(super) fn of(rows: impl IntoIterator<Item = RequestRow>) -> Self {
        let mut answered = Answered::default();
        rows.into_iter().for_each(|row| answered.put(row));
        answered
    }

    pub(super) fn get(&self, id: &str) -> Option<&RequestRow> {
        self.rows.get(id)
    }

    pub(super) fn put(&mut self, row: RequestRow) {
        self.by_time.insert((row.time, row.id.clone()));
        if let Some(before) = self.rows.insert(row.id.clone(), row) {
            let now = self.rows[&before.id].time;
            if before.time != now {
                self.by_time.remove(&(before.time, before.id));
            }
        }
    }

    /// Forgets what nobody sends again, some at a time; gives the ids.
    pub(super) fn forget(&mut self, now: i64) -> Vec<CompactString> {
        let least = now.saturating_sub(REQUEST_KEPT_SECONDS * 1_000_000);
        let mut gone = Vec::new();
        while gone.len() < REQUESTS_FORGOTTEN_AT_ONCE
            && let Some((time, _)) = self.by_time.first()
            && (*time < least || self.rows.len() > REQUESTS_KEPT_MAX)
            && let Some((_, id)) = self.by_time.pop_first()
        {
            self.rows.remove(&id);
            gone.push(id);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, time: i64) -> RequestRow {
        RequestRow { id: id.into(), time, asked: 1, about: Vec::new(), reply: vec![2] }
    }

    #[test]
    fn requests_are_kept_for_a_day() {
        let day = REQUEST_KEPT_SECONDS * 1_000_000;
        let mut answered = Answered::of([row("a", 0), row("b", day / 2)]);
        assert!(answered.forget(day).is_empty());
        answered.put(row("a", day));
        assert_eq!(answered.forget(2 * day), ["b"], "one that came again is as young as its last time");
        assert_eq!(answered.get("a").map(|row| row.time), Some(day));
        assert_eq!(answered.forget(3 * day), ["a"]);
        assert!(answered.get("a").is_none() && answered.by_time.is_empty());
    }

    #[test]
    fn a_clock_that_jumps_ahead_forgets_some_at_a_time() {
        let mut answered = Answered::of((0..REQUESTS_FORGOTTEN_AT_ONCE + 5).map(|number| row(&number.to_string(), 0)));
        assert_eq!(answered.forget(i64::MAX).len(), REQUESTS_FORGOTTEN_AT_ONCE);
        assert_eq!(answered.forget(i64::MAX).len(), 5);
        assert_eq!(answered.forget(i64::MIN), Vec::<CompactString>::new());
    }
}
