//! One process per store: an advisory lock on `LOCK` in the store's directory.
//!
//! The lock belongs to the open file, so the system lets go of it when the process ends, however it ends: a kill leaves nothing to
//! unlock. The number written into the file is for people to read; nothing decides by it.

use crate::error::{Error, ErrorClass, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// Holds a store for this process until it is dropped.
#[derive(Debug)]
pub struct StoreLock {
    _file: File,
}

impl StoreLock {
    /// Takes the lock of the store in `store`, at once or with [`ErrorClass::Busy`]. The directory must exist.
    pub fn acquire(store: &Path) -> Result<StoreLock> {
        let path = store.join("LOCK");
        let io = |error: std::io::Error| Error::io(path.display(), &error);
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy(&path, &mut file)),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        // What is written is a courtesy; a full disk must not keep a store from being opened for reading.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(StoreLock { _file: file })
    }
}

fn busy(path: &Path, file: &mut File) -> Error {
    let mut holder = String::new();
    let _ = file.take(20).read_to_string(&mut holder);
    let holder = match holder.trim() {
        "" => "another process".to_owned(),
        number => format!("process {number}"),
    };
    Error::new(ErrorClass::Busy, format!("{holder} has this store open; wait for it to end, or ask its server")).at(path.display())
}
