//! Writing: one [`Changes`] in one or more transactions, the applied position in the last.
//!
//! 1. Changes become parts (puts and deletions of rows), ordered by tree and key, which sled likes best.
//! 2. Parts are gathered up to a bound and written in a transaction. If there will be more than one, the first also writes the
//!    position being reached (`applying`), so that a view left half-way says so.
//! 3. Before the last of several, everything is flushed; the last writes the applied position and takes `applying` away.
//!
//! Always: a row is written whole, in one transaction. A crash between two transactions leaves the old applied position; the same
//! changes are then applied again from the journal, and since rows are put whole (events: merged by their id) they end up the same
//! whatever part had been written.

use super::layout::{self, Part, Tree};
use super::open::{META_ACTIVE_SNAPSHOT, META_APPLIED, META_APPLYING, META_PROVISIONAL};
use super::row;
use super::{Activation, Changes, EventRow, Store};
use crate::error::{Error, ErrorClass, Result};
use crate::limits::STORE_TRANSACTION_PARTS_MAX;
use crate::record::RecordKey;
use sled::Transactional;
use sled::transaction::{ConflictableTransactionResult, TransactionError, TransactionalTree};
use std::collections::{BTreeMap, BTreeSet};

/// One entry to write.
enum Write {
    /// The first part of a row, or none to delete the row. Parts of the row before it that have no successor go with it.
    Row(Option<Vec<u8>>),
    /// Another part of a row, or a row of `meta`.
    Other(Vec<u8>),
    /// A row of `meta` to delete.
    Gone,
}

struct PartWrite {
    tree: Tree,
    key: Vec<u8>,
    write: Write,
}

impl Store {
    /// Applies the changes of one journal batch and flushes; the applied position moves with the last of them.
    pub fn apply(&self, changes: &Changes) -> Result<()> {
        self.apply_lazily(changes)?;
        self.flush()
    }

    /// The same without the flush at the end: sled writes within half a second, and what a crash takes is applied again from the
    /// journal. For small batches that come quickly one after another.
    pub fn apply_lazily(&self, changes: &Changes) -> Result<()> {
        let mut writer = Writer::new(self, changes.position, STORE_TRANSACTION_PARTS_MAX);
        self.apply_with(changes, &mut writer)
    }

    pub(super) fn apply_with(&self, changes: &Changes, writer: &mut Writer<'_>) -> Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let applied = self.applied_position()?;
        if changes.position < applied {
            let message = format!("changes up to position {} come after the view has reached {applied}", changes.position);
            return Err(Error::new(ErrorClass::Conflict, message).at(self.dir.display()));
        }
        let deleted: BTreeSet<Vec<u8>> = changes.delete_records.iter().map(layout::record_key).collect();
        for key in deleted {
            writer.delete(Tree::Records, key)?;
        }
        let mut records: Vec<_> = changes.put_records.iter().map(|record| (layout::record_key(&record.canonical.key), record)).collect();
        records.sort_by(|one, other| one.0.cmp(&other.0));
        for (key, record) in records {
            writer.put(Tree::Records, key, &record.to_bytes()?)?;
        }
        let mut people: Vec<_> = changes.put_people.iter().collect();
        people.sort_by_key(|(one_id, _)| *one_id);
        for (one_id, person) in people {
            writer.put(Tree::People, layout::person_key(one_id), &row::encode(person)?)?;
        }
        self.apply_events(changes, writer)?;
        for (key, version) in &changes.put_tombstones {
            writer.put(Tree::Tombstones, layout::record_key(key), &version.to_le_bytes())?;
        }
        for name in &changes.delete_requests {
            writer.delete(Tree::Requests, layout::named_key(name))?;
        }
        let named = [
            (Tree::Snapshots, &changes.put_snapshots),
            (Tree::Mappings, &changes.put_mappings),
            (Tree::Judgements, &changes.put_judgements),
            (Tree::Reviews, &changes.put_reviews),
            (Tree::Requests, &changes.put_requests),
            (Tree::Suppressed, &changes.put_suppressed),
        ];
        for (tree, rows) in named {
            for (name, bytes) in rows {
                writer.put(tree, layout::named_key(name), bytes)?;
            }
        }
        writer.finish(changes.activation.as_ref())
    }

    fn apply_events(&self, changes: &Changes, writer: &mut Writer<'_>) -> Result<()> {
        let deleted: BTreeSet<Vec<u8>> = changes.delete_events.iter().map(layout::record_key).collect();
        let mut added: BTreeMap<&RecordKey, Vec<&EventRow>> = BTreeMap::new();
        for (key, events) in &changes.add_events {
            added.entry(key).or_default().extend(events);
        }
        for key in &deleted {
            writer.delete(Tree::Events, key.clone())?;
        }
        for (record, events) in added {
            let key = layout::record_key(record);
            let present = if deleted.contains(&key) { Vec::new() } else { self.events_locked(&key)? };
            writer.put(Tree::Events, key, &row::encode(&merged(present, events))?)?;
        }
        Ok(())
    }
}

/// Events by id; a later one takes the place of an earlier, new ones go to the end.
fn merged(mut events: Vec<EventRow>, added: Vec<&EventRow>) -> Vec<EventRow> {
    let mut places: BTreeMap<_, _> = events.iter().enumerate().map(|(place, event)| (event.event_id.clone(), place)).collect();
    for event in added {
        match places.get(&event.event_id) {
            Some(place) => events[*place] = event.clone(),
            None => {
                places.insert(event.event_id.clone(), events.len());
                events.push(event.clone());
            }
        }
    }
    events
}

/// Gathers parts and writes them in transactions.
pub(super) struct Writer<'a> {
    store: &'a Store,
    position: u64,
    parts_max: usize,
    parts: Vec<PartWrite>,
    transactions: usize,
    /// Transactions after which it stops as a crash would, in tests.
    #[cfg(test)]
    pub(super) transactions_left: Option<usize>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(store: &'a Store, position: u64, parts_max: usize) -> Self {
        Writer {
            store,
            position,
            parts_max,
            parts: Vec::new(),
            transactions: 0,
            #[cfg(test)]
            transactions_left: None,
        }
    }

    fn put(&mut self, tree: Tree, key: Vec<u8>, body: &[u8]) -> Result<()> {
        let mut parts = layout::split(&key, body)?.into_iter();
        let mut row = vec![PartWrite { tree, key: key.clone(), write: Write::Row(parts.next()) }];
        row.extend((1..).zip(parts).map(|(number, part)| PartWrite {
            tree,
            key: layout::part_key(&key, number),
            write: Write::Other(part),
        }));
        self.push(row)
    }

    fn delete(&mut self, tree: Tree, key: Vec<u8>) -> Result<()> {
        self.push(vec![PartWrite { tree, key, write: Write::Row(None) }])
    }

    /// Takes the parts of one row, all into one transaction: a row half-written could not be merged with.
    fn push(&mut self, row: Vec<PartWrite>) -> Result<()> {
        if !self.parts.is_empty() && self.parts.len() + row.len() > self.parts_max {
            if self.transactions == 0 {
                self.meta(META_APPLYING, Write::Other(self.position.to_le_bytes().to_vec()));
            }
            self.transact()?;
        }
        self.parts.extend(row);
        Ok(())
    }

    fn meta(&mut self, name: &[u8], write: Write) {
        self.parts.push(PartWrite { tree: Tree::Meta, key: name.to_vec(), write });
    }

    fn finish(&mut self, activation: Option<&Activation>) -> Result<()> {
        if self.transactions > 0 {
            self.store.flush()?;
        }
        if let Some(Activation { id, provisional }) = activation {
            self.meta(META_ACTIVE_SNAPSHOT, Write::Other(id.clone()));
            self.meta(META_PROVISIONAL, provisional.clone().map_or(Write::Gone, Write::Other));
        }
        self.meta(META_APPLYING, Write::Gone);
        self.meta(META_APPLIED, Write::Other(self.position.to_le_bytes().to_vec()));
        self.transact()
    }

    fn transact(&mut self) -> Result<()> {
        #[cfg(test)]
        if let Some(left) = &mut self.transactions_left {
            *left = left.checked_sub(1).ok_or_else(|| Error::new(ErrorClass::Io, "made to stop"))?;
        }
        let parts = &self.parts;
        let written = self.store.trees[..].transaction(|trees| parts.iter().try_for_each(|part| write(&trees[part.tree as usize], part)));
        written.map_err(|error: TransactionError<()>| match error {
            TransactionError::Storage(error) => self.store.sled(error),
            TransactionError::Abort(()) => Error::internal("a transaction was given up by nobody"),
        })?;
        self.parts.clear();
        self.transactions += 1;
        Ok(())
    }
}

fn write(tree: &TransactionalTree, part: &PartWrite) -> ConflictableTransactionResult<(), ()> {
    match &part.write {
        Write::Row(first) => {
            let before = match first {
                Some(first) => tree.insert(part.key.as_slice(), first.as_slice())?,
                None => tree.remove(part.key.as_slice())?,
            };
            // A row that cannot be read has parts nobody counts; they are never read, and a rebuild leaves them behind.
            let kept = first.as_deref().map_or(1, parts_of);
            for number in kept..before.as_deref().map_or(0, parts_of) {
                tree.remove(layout::part_key(&part.key, number))?;
            }
        }
        Write::Other(value) => drop(tree.insert(part.key.as_slice(), value.as_slice())?),
        Write::Gone => drop(tree.remove(part.key.as_slice())?),
    }
    Ok(())
}

fn parts_of(first: &[u8]) -> u16 {
    match layout::part(first) {
        Ok(Part::First { parts, .. }) => parts,
        _ => 0,
    }
}
