//! Reading: single rows and whole trees.
//!
//! 1. A row's first part says how many there are; all are fetched and compared with the CRC-32.
//! 2. A writer may have replaced some of them in between, so a row that does not fit is read once more while nothing is written;
//!    only then is it damage.
//!
//! Always: a row is given whole and as written, or refused by tree and key.

use super::layout::{self, Part, Tree};
use super::{EventRow, PersonRow, RecordRow, Store, row};
use crate::error::{Error, Result};
use crate::limits::STORE_PART_BYTES_MAX;
use crate::one_id::OneId;
use crate::record::RecordKey;
use std::ops::Bound;

impl Store {
    /// A live record.
    pub fn record(&self, key: &RecordKey) -> Result<Option<RecordRow>> {
        let found = layout::record_key(key);
        let Some(body) = self.row(Tree::Records, &found)? else { return Ok(None) };
        RecordRow::from_bytes(key.clone(), &body).map(Some).map_err(|error| self.place(error, Tree::Records, &found))
    }

    /// A person, live or retired.
    pub fn person(&self, one_id: &OneId) -> Result<Option<PersonRow>> {
        let key = layout::person_key(one_id);
        let Some(body) = self.row(Tree::People, &key)? else { return Ok(None) };
        row::decode(&body).map(Some).map_err(|error| self.place(error, Tree::People, &key))
    }

    /// The events of a record, in the order in which their ids first came.
    pub fn events(&self, key: &RecordKey) -> Result<Vec<EventRow>> {
        let key = layout::record_key(key);
        let Some(body) = self.row(Tree::Events, &key)? else { return Ok(Vec::new()) };
        row::decode(&body).map_err(|error| self.place(error, Tree::Events, &key))
    }

    /// Bytes at most of the row that holds a record's events; 0 where there are none.
    pub fn events_bytes_at_most(&self, key: &RecordKey) -> Result<usize> {
        let key = layout::record_key(key);
        let first = self.trees[Tree::Events as usize].get(&key).map_err(|error| self.sled(error))?;
        match first.as_deref().map(layout::part).transpose().map_err(|error| self.place(error, Tree::Events, &key))? {
            Some(Part::First { parts, .. }) => Ok(usize::from(parts) * STORE_PART_BYTES_MAX),
            _ => Ok(0),
        }
    }

    /// A model snapshot by its id.
    pub fn snapshot(&self, id: &[u8]) -> Result<Option<Vec<u8>>> {
        self.row(Tree::Snapshots, &layout::named_key(id))
    }

    /// A mapping by its layout.
    pub fn mapping(&self, layout: &[u8]) -> Result<Option<Vec<u8>>> {
        self.row(Tree::Mappings, &layout::named_key(layout))
    }

    /// A judgement by its id.
    pub fn judgement(&self, id: &[u8]) -> Result<Option<Vec<u8>>> {
        self.row(Tree::Judgements, &layout::named_key(id))
    }

    /// A review item by its id.
    pub fn review(&self, id: &[u8]) -> Result<Option<Vec<u8>>> {
        self.row(Tree::Reviews, &layout::named_key(id))
    }

    /// The version up to which a record was deleted for good.
    pub fn tombstone(&self, key: &RecordKey) -> Result<Option<i64>> {
        let found = layout::record_key(key);
        let Some(body) = self.row(Tree::Tombstones, &found)? else { return Ok(None) };
        version(&body).map(Some).map_err(|error| self.place(error, Tree::Tombstones, &found))
    }

    /// All records that were deleted for good, with the version up to which, by source, then id.
    pub fn tombstones(&self) -> impl Iterator<Item = Result<(RecordKey, i64)>> + '_ {
        self.rows(Tree::Tombstones, |key, body| Ok((layout::parse_record_key(key)?, version(body)?)))
    }

    /// An answered request by its id.
    pub fn request(&self, id: &[u8]) -> Result<Option<Vec<u8>>> {
        self.row(Tree::Requests, &layout::named_key(id))
    }

    /// All of what is not to come back: keyed hashes of the keys of records, and the key.
    pub fn suppressed(&self) -> impl Iterator<Item = Result<(Vec<u8>, Vec<u8>)>> + '_ {
        self.rows(Tree::Suppressed, named)
    }

    /// All answered requests, by id.
    pub fn requests(&self) -> impl Iterator<Item = Result<(Vec<u8>, Vec<u8>)>> + '_ {
        self.rows(Tree::Requests, named)
    }

    /// All live records, by source, then id.
    pub fn records(&self) -> impl Iterator<Item = Result<RecordRow>> + '_ {
        self.rows(Tree::Records, |key, body| RecordRow::from_bytes(layout::parse_record_key(key)?, body))
    }

    /// Live records after the one named, by source, then id.
    pub fn records_after(&self, after: Option<&RecordKey>) -> impl Iterator<Item = Result<RecordRow>> + '_ {
        let after = after.map(layout::record_key);
        self.rows_after(Tree::Records, after, |key, body| RecordRow::from_bytes(layout::parse_record_key(key)?, body))
    }

    /// All people, live and retired, in no order that means anything.
    pub fn people(&self) -> impl Iterator<Item = Result<(OneId, PersonRow)>> + '_ {
        self.rows(Tree::People, |key, body| Ok((layout::parse_person_key(key)?, row::decode(body)?)))
    }

    /// The events of all records that have any, by source, then id.
    pub fn all_events(&self) -> impl Iterator<Item = Result<(RecordKey, Vec<EventRow>)>> + '_ {
        self.rows(Tree::Events, |key, body| Ok((layout::parse_record_key(key)?, row::decode(body)?)))
    }

    /// All model snapshots, by id.
    pub fn snapshots(&self) -> impl Iterator<Item = Result<(Vec<u8>, Vec<u8>)>> + '_ {
        self.rows(Tree::Snapshots, named)
    }

    /// All mappings, by layout.
    pub fn mappings(&self) -> impl Iterator<Item = Result<(Vec<u8>, Vec<u8>)>> + '_ {
        self.rows(Tree::Mappings, named)
    }

    /// All judgements, by id.
    pub fn judgements(&self) -> impl Iterator<Item = Result<(Vec<u8>, Vec<u8>)>> + '_ {
        self.rows(Tree::Judgements, named)
    }

    /// All review items, by id.
    pub fn reviews(&self) -> impl Iterator<Item = Result<(Vec<u8>, Vec<u8>)>> + '_ {
        self.rows(Tree::Reviews, named)
    }

    /// Events of a row, for the one who holds the writer's lock.
    pub(super) fn events_locked(&self, key: &[u8]) -> Result<Vec<EventRow>> {
        let events = self.assemble(Tree::Events, key).and_then(|body| body.map_or_else(|| Ok(Vec::new()), |body| row::decode(&body)));
        events.map_err(|error| self.place(error, Tree::Events, key))
    }

    fn row(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.assemble(tree, key).or_else(|_| {
            let _writing = self.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            self.assemble(tree, key).map_err(|error| self.place(error, tree, key))
        })
    }

    /// Fetches the parts of a row and puts them together.
    fn assemble(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let get = |key: &[u8]| self.trees[tree as usize].get(key).map_err(|error| self.sled(error));
        let Some(first) = get(key)? else { return Ok(None) };
        let Part::First { parts, crc, content } = layout::part(&first)? else {
            return Err(Error::corrupt("the first part is missing"));
        };
        let mut body = content.to_vec();
        for number in 1..parts {
            let other = get(&layout::part_key(key, number))?;
            match other.as_deref().map(layout::part).transpose()? {
                Some(Part::Other { content }) => body.extend_from_slice(content),
                _ => return Err(Error::corrupt(format!("part {} of {parts} is missing", number + 1))),
            }
        }
        if layout::row_crc(key, &body) != crc {
            return Err(Error::corrupt("the row's CRC does not fit its bytes"));
        }
        Ok(Some(body))
    }

    /// All rows of a tree, read by `parse`.
    fn rows<T>(&self, tree: Tree, parse: impl Fn(&[u8], &[u8]) -> Result<T>) -> impl Iterator<Item = Result<T>> {
        self.rows_after(tree, None, parse)
    }

    /// The rows of a tree behind a key, which need not be there; the other parts of that row are passed over.
    fn rows_after<T>(
        &self,
        tree: Tree,
        after: Option<Vec<u8>>,
        parse: impl Fn(&[u8], &[u8]) -> Result<T>,
    ) -> impl Iterator<Item = Result<T>> {
        let from = after.clone().map_or(Bound::Unbounded, Bound::Excluded);
        let mut last = after.unwrap_or_default();
        self.trees[tree as usize].range::<Vec<u8>, _>((from, Bound::Unbounded)).filter_map(move |entry| {
            let (key, value) = match entry {
                Ok(entry) => entry,
                Err(error) => return Some(Err(self.sled(error))),
            };
            let body = match layout::part(&value) {
                Ok(Part::Other { .. }) if layout::row_of_part(&key) == Some(last.as_slice()) => return None,
                Ok(Part::Other { .. }) => return self.check_stray(tree, &key).err().map(Err),
                Ok(Part::First { parts: 1, crc, content }) if layout::row_crc(&key, content) == crc => Ok(Some(content.to_vec())),
                _ => self.row(tree, &key),
            };
            last.clear();
            last.extend_from_slice(&key);
            // Gone in between is gone.
            let body = body.transpose()?;
            Some(body.and_then(|body| parse(&key, &body).map_err(|error| self.place(error, tree, &key))))
        })
    }

    /// A part whose row did not come before it: put or deleted while the scan went by, or the row's first part is damaged.
    fn check_stray(&self, tree: Tree, key: &[u8]) -> Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let whole = match layout::row_of_part(key) {
            Some(row) => self.assemble(tree, row).map_err(|error| self.place(error, tree, row))?.is_some(),
            None => false,
        };
        if !whole && self.trees[tree as usize].contains_key(key).map_err(|error| self.sled(error))? {
            return Err(self.place(Error::corrupt("a part without its row"), tree, key));
        }
        Ok(())
    }

    fn place(&self, error: Error, tree: Tree, key: &[u8]) -> Error {
        error.at(format!("{}: row {} of {}", self.dir.display(), key.escape_ascii(), tree.name()))
    }
}

fn version(body: &[u8]) -> Result<i64> {
    body.try_into().map(i64::from_le_bytes).map_err(|_| Error::corrupt("the row is no version"))
}

fn named(key: &[u8], body: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    Ok((layout::parse_named_key(key)?, body.to_vec()))
}
