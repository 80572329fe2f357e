//! Opening, flushing, clearing and removing the view.
//!
//! 1. sled is opened; it may fail or panic on what an abrupt stop left. A leftover `snap.*.generating` is removed and the opening
//!    tried once more; what still does not open is [`ErrorClass::Corrupt`], which tells the service to [`remove`] and rebuild.
//! 2. The layout's version is compared: a view of another version is refused in plain words.
//! 3. [`Store::flush`] asks sled to write, then syncs sled's file itself, because sled 0.34 does not.

use super::layout::{FORMAT_VERSION, Tree};
use crate::error::{Error, ErrorClass, Result};
use crate::limits::{STORE_CACHE_BYTES, STORE_FLUSH_MILLISECONDS, STORE_LOCK_TRIES, STORE_LOCK_WAIT_MILLISECONDS};
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

pub(super) const META_FORMAT: &[u8] = b"format";
pub(super) const META_STORE_ID: &[u8] = b"store_id";
pub(super) const META_APPLIED: &[u8] = b"applied";
pub(super) const META_APPLYING: &[u8] = b"applying";
pub(super) const META_ACTIVE_SNAPSHOT: &[u8] = b"active_snapshot";
pub(super) const META_PROVISIONAL: &[u8] = b"provisional";

/// The view of a store, open in this process alone. Reading is possible from any thread; changes are applied one after another.
pub struct Store {
    pub(super) dir: PathBuf,
    pub(super) db: sled::Db,
    pub(super) trees: Vec<sled::Tree>,
    pub(super) writing: Mutex<()>,
    file: File,
}

impl Store {
    /// Opens the view in `dir`, or makes an empty one. [`ErrorClass::Corrupt`] means: remove it and rebuild;
    /// [`ErrorClass::Newer`]: it is left to the version that made it.
    pub fn open(dir: &Path) -> Result<Store> {
        fs::create_dir_all(dir).map_err(|error| Error::io(dir.display(), &error))?;
        let opened = open_when_free(dir).or_else(|error| match remove_leftovers(dir) {
            Ok(true) => try_open(dir),
            _ => Err(error),
        });
        opened.map_err(|error| error.at(dir.display()))
    }

    /// The journal position up to which everything is applied; 0 in an empty view.
    pub fn applied_position(&self) -> Result<u64> {
        Ok(self.meta_number(META_APPLIED)?.unwrap_or(0))
    }

    /// The position that was being reached when the process stopped, if it stopped amid changes: rows may then be of either side,
    /// until the journal after [`Store::applied_position`] is applied again.
    pub fn unfinished_position(&self) -> Result<Option<u64>> {
        self.meta_number(META_APPLYING)
    }

    /// The id of the active model snapshot.
    pub fn active_snapshot(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.meta(META_ACTIVE_SNAPSHOT)?.map(|id| id.to_vec()))
    }

    /// What the service keeps beside the active model snapshot while that is provisional; none for one that stays.
    pub fn provisional(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.meta(META_PROVISIONAL)?.map(|bytes| bytes.to_vec()))
    }

    /// The id of the store this view belongs to, if it has been told.
    pub fn store_id(&self) -> Result<Option<[u8; 16]>> {
        let Some(id) = self.meta(META_STORE_ID)? else { return Ok(None) };
        Ok(Some(id.as_ref().try_into().map_err(|_| self.damaged_meta(META_STORE_ID))?))
    }

    /// Ties a new view to the store whose journal it follows; refuses the view of another.
    pub fn bind(&self, store_id: &[u8; 16]) -> Result<()> {
        match self.store_id()? {
            Some(known) if known == *store_id => Ok(()),
            Some(_) => {
                Err(Error::corrupt("the view belongs to another store; remove it, it is rebuilt from the journal").at(self.dir.display()))
            }
            None => self.put_meta(META_STORE_ID, store_id),
        }
    }

    /// Makes everything applied so far durable, as far as sled can: its own flush, then a sync of its file.
    pub fn flush(&self) -> Result<()> {
        self.db.flush().map_err(|error| self.sled(error))?;
        self.file.sync_data().map_err(|error| Error::io(self.dir.join("db").display(), &error))
    }

    /// Bytes on the disk; sled gives none back, so a view much larger than its rows is best rebuilt.
    pub fn disk_bytes(&self) -> Result<u64> {
        self.db.size_on_disk().map_err(|error| self.sled(error))
    }

    /// Empties the view for a rebuild, keeping what store it belongs to. To give back disk space too, [`remove`] it instead.
    pub fn clear(&self) -> Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // First the position, durably: a crash from here on leaves a view that asks for everything anew.
        self.put_meta(META_APPLIED, &0u64.to_le_bytes())?;
        self.flush()?;
        let meta = &self.trees[Tree::Meta as usize];
        for name in [META_APPLYING, META_ACTIVE_SNAPSHOT, META_PROVISIONAL] {
            meta.remove(name).map_err(|error| self.sled(error))?;
        }
        for tree in self.trees.iter().skip(1) {
            tree.clear().map_err(|error| self.sled(error))?;
        }
        self.flush()
    }

    /// Removes the view with its files and opens an empty one of the same store in its place. On an error this view holds nothing.
    pub fn recreate(&mut self) -> Result<()> {
        let store_id = self.store_id()?;
        // sled holds its folder's lock until all that is open of it is dropped, so something else stands in for it meanwhile.
        self.trees.clear();
        self.db = sled::Config::new().temporary(true).open().map_err(sled_error)?;
        self.trees = open_trees(&self.db).map_err(sled_error)?;
        remove(&self.dir)?;
        *self = Self::open(&self.dir)?;
        store_id.map_or(Ok(()), |store_id| self.bind(&store_id))
    }

    fn meta(&self, name: &[u8]) -> Result<Option<sled::IVec>> {
        self.trees[Tree::Meta as usize].get(name).map_err(|error| self.sled(error))
    }

    fn meta_number(&self, name: &[u8]) -> Result<Option<u64>> {
        let Some(bytes) = self.meta(name)? else { return Ok(None) };
        Ok(Some(u64::from_le_bytes(bytes.as_ref().try_into().map_err(|_| self.damaged_meta(name))?)))
    }

    fn put_meta(&self, name: &[u8], value: &[u8]) -> Result<()> {
        self.trees[Tree::Meta as usize].insert(name, value).map(|_| ()).map_err(|error| self.sled(error))
    }

    fn damaged_meta(&self, name: &[u8]) -> Error {
        Error::corrupt(format!("the row meta/{} is damaged; {REBUILD}", String::from_utf8_lossy(name))).at(self.dir.display())
    }

    /// An error of sled in the crate's words.
    pub(super) fn sled(&self, error: sled::Error) -> Error {
        sled_error(error).at(self.dir.display())
    }

    /// Compares the layout's version, or writes it into a new view.
    fn check_format(&self) -> Result<()> {
        match self.meta(META_FORMAT)? {
            Some(bytes) if bytes.as_ref() == FORMAT_VERSION.to_le_bytes() => Ok(()),
            Some(bytes) => {
                let found = bytes.as_ref().try_into().map_err(|_| self.damaged_meta(META_FORMAT))?;
                Err(other_version(u32::from_le_bytes(found)))
            }
            None if self.trees.iter().all(sled::Tree::is_empty) => self.put_meta(META_FORMAT, &FORMAT_VERSION.to_le_bytes()),
            None => Err(Error::corrupt(format!("the view has rows but no layout version; {REBUILD}"))),
        }
    }
}

const REBUILD: &str = "remove the view, it is rebuilt from the journal";

fn other_version(found: u32) -> Error {
    let age = if found > FORMAT_VERSION { "a newer" } else { "an older" };
    let class = if found > FORMAT_VERSION { ErrorClass::Newer } else { ErrorClass::Corrupt };
    let message = format!(
        "the view was made by {age} version of this program: it has layout {found}, this program reads layout {FORMAT_VERSION}; {REBUILD}"
    );
    Error::new(class, message)
}

fn try_open(dir: &Path) -> Result<Store> {
    let config = sled::Config::new().path(dir).cache_capacity(STORE_CACHE_BYTES).flush_every_ms(Some(STORE_FLUSH_MILLISECONDS));
    // sled asserts on some damage instead of returning an error; nothing of ours is shared with it before it has opened.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let db = config.open()?;
        let trees = open_trees(&db)?;
        Ok((db, trees))
    }));
    let opened = opened.unwrap_or_else(|_| Err(sled::Error::ReportableBug("it panicked".to_owned())));
    let (db, trees) = opened.map_err(sled_error)?;
    let file = File::open(dir.join("db")).map_err(|error| Error::io("db", &error))?;
    let store = Store { dir: dir.to_owned(), db, trees, writing: Mutex::new(()), file };
    store.check_format()?;
    Ok(store)
}

/// Opens a view, waiting a little where it is held: a view of this process that was just dropped lets go of its lock only when
/// sled's own threads have ended. Other processes are kept out by the journal's lock, before this one is asked for.
fn open_when_free(dir: &Path) -> Result<Store> {
    let mut tries = STORE_LOCK_TRIES;
    loop {
        match try_open(dir) {
            Err(error) if error.class() == ErrorClass::Busy && tries > 1 => {
                tries -= 1;
                std::thread::sleep(std::time::Duration::from_millis(STORE_LOCK_WAIT_MILLISECONDS));
            }
            opened => return opened,
        }
    }
}

pub(super) fn open_trees(db: &sled::Db) -> sled::Result<Vec<sled::Tree>> {
    Tree::NAMES.iter().map(|name| db.open_tree(name)).collect()
}

pub(super) fn sled_error(error: sled::Error) -> Error {
    match error {
        // The one way to tell; sled gives the lock no error of its own.
        sled::Error::Io(error) if error.to_string().contains("could not acquire lock") => {
            Error::new(ErrorClass::Busy, "another process has this store open; wait for it to end, or ask its server")
        }
        sled::Error::Io(error) if !is_content(&error) => Error::new(ErrorClass::Io, error.to_string()),
        error => Error::corrupt(format!("the view is damaged ({error}); {REBUILD}")),
    }
}

/// Whether an I/O error of sled complains of what is in its files rather than of the device.
fn is_content(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other)
}

/// Removes what an abrupt stop of sled leaves; whether there was anything.
fn remove_leftovers(dir: &Path) -> io::Result<bool> {
    let mut found = false;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with("snap.") && name.ends_with(".generating")) {
            fs::remove_file(entry.path())?;
            found = true;
        }
    }
    Ok(found)
}

/// Removes a view with all it holds; the journal has it all. No view is fine too.
pub fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io(dir.display(), &error)),
        _ => Ok(()),
    }
}
