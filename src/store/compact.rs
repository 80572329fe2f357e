//! Giving disk space back, and comparing two views.
//!
//! sled gives no space back: the rows are copied into a folder of their own, which then takes the view's place. A crash on the way leaves the old
//! view, the new one, or none; the journal has it all.

use super::layout::Tree;
use super::open::{META_FORMAT, META_STORE_ID, Store, open_trees, remove, sled_error};
use crate::error::{Error, Result};
use std::path::PathBuf;

/// Rows copied at a time.
const ROWS_AT_ONCE: usize = 1_000;

impl Store {
    /// Copies the rows into a fresh folder, which takes the place of the old. Gives the bytes on the disk before and after. On an error the
    /// store must be opened anew.
    pub fn compact(&mut self) -> Result<(u64, u64)> {
        self.flush()?;
        let before = self.disk_bytes()?;
        let fresh = self.beside("new");
        remove(&fresh)?;
        let copy = Store::open(&fresh)?;
        for tree in Tree::ALL {
            let (from, to) = (&self.trees[tree as usize], &copy.trees[tree as usize]);
            let mut batch = sled::Batch::default();
            for (number, row) in from.iter().enumerate() {
                let (key, value) = row.map_err(|error| self.sled(error))?;
                batch.insert(key, value);
                if number % ROWS_AT_ONCE == ROWS_AT_ONCE - 1 {
                    to.apply_batch(std::mem::take(&mut batch)).map_err(|error| copy.sled(error))?;
                }
            }
            to.apply_batch(batch).map_err(|error| copy.sled(error))?;
        }
        copy.flush()?;
        drop(copy);
        // sled holds its folder until all that is open of it is dropped, so something else stands in for it meanwhile.
        self.trees.clear();
        self.db = sled::Config::new().temporary(true).open().map_err(sled_error)?;
        self.trees = open_trees(&self.db).map_err(sled_error)?;
        let (dir, old) = (self.dir.clone(), self.beside("old"));
        remove(&old)?;
        let moved = std::fs::rename(&dir, &old).and_then(|()| std::fs::rename(&fresh, &dir));
        moved.map_err(|error| Error::io(dir.display(), &error))?;
        remove(&old)?;
        *self = Store::open(&dir)?;
        Ok((before, self.disk_bytes()?))
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.dir.file_name().unwrap_or_default().to_os_string();
        name.push(".");
        name.push(ending);
        self.dir.with_file_name(name)
    }

    /// How many entries each tree has, by its name.
    pub fn entries(&self) -> Vec<(&'static str, u64)> {
        Tree::ALL.into_iter().map(|tree| (tree.name(), self.trees[tree as usize].len() as u64)).collect()
    }

    /// The first entries in which two views of one journal differ, in words; nothing where they are the same.
    pub fn differences(&self, other: &Store, most: usize) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for tree in Tree::ALL {
            let (mut ours, mut theirs) = (self.trees[tree as usize].iter(), other.trees[tree as usize].iter());
            let (mut one, mut two) =
                (ours.next().transpose().map_err(|e| self.sled(e))?, theirs.next().transpose().map_err(|e| other.sled(e))?);
            while found.len() < most {
                let order = match (&one, &two) {
                    (None, None) => break,
                    (Some(_), None) => std::cmp::Ordering::Less,
                    (None, Some(_)) => std::cmp::Ordering::Greater,
                    (Some((a, _)), Some((b, _))) => a.cmp(b),
                };
                let key = if order.is_le() { &one } else { &two }.as_ref().map(|(key, _)| key.to_vec()).unwrap_or_default();
                // What only says which store and layout it is was written by itself.
                let is_own = tree == Tree::Meta && [META_FORMAT, META_STORE_ID].contains(&key.as_slice());
                let what = match order {
                    std::cmp::Ordering::Less => Some("is there and should not be"),
                    std::cmp::Ordering::Greater => Some("is missing"),
                    std::cmp::Ordering::Equal if one != two => Some("is another"),
                    std::cmp::Ordering::Equal => None,
                };
                if let Some(what) = what.filter(|_| !is_own) {
                    found.push(format!("entry {} of {} {what}", key.escape_ascii(), tree.name()));
                }
                if order.is_le() {
                    one = ours.next().transpose().map_err(|e| self.sled(e))?;
                }
                if order.is_ge() {
                    two = theirs.next().transpose().map_err(|e| other.sled(e))?;
                }
            }
        }
        Ok(found)
    }
}
