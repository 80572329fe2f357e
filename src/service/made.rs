//! The folder of a store that is made by this process: taken away again where nothing is ever committed in it.
//!
//! A first merge that fails, or that is only a dry run, must leave the disk as it was. What stood there before stays.

use crate::error::{Error, Result};
use crate::service::checkpoint;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What was made for a new store. Dropped before [`Made::keep`] it removes that again.
#[derive(Debug)]
pub(super) struct Made {
    dir: PathBuf,
    /// Folders that were missing, innermost first.
    folders: Vec<PathBuf>,
    journal: bool,
}

impl Made {
    /// Makes the folder `dir`, with those it lies in, where missing.
    pub(super) fn folder(dir: &Path) -> Result<Made> {
        let missing = dir.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let made = Made { dir: dir.to_owned(), folders: missing.map(Path::to_owned).collect(), journal: false };
        std::fs::create_dir_all(dir).map_err(|cause| Error::io(format!("cannot make {}", dir.display()), &cause))?;
        Ok(made)
    }

    /// The journal is this process's too, and with it all that follows. Whoever says so holds the store's lock until this is dropped.
    pub(super) fn with_journal(mut self) -> Made {
        self.journal = true;
        self
    }

    /// From now on everything stays.
    pub(super) fn keep(&mut self) {
        self.folders.clear();
        self.journal = false;
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // Nobody can be told of a failure here; what stays is an empty store or an empty folder, which the next merge takes.
        if self.journal {
            // The journal goes last: views without one are taken for a store whose journal was lost.
            for folder in [checkpoint::FOLDER, "search", "store", "journal"] {
                match std::fs::remove_dir_all(self.dir.join(folder)) {
                    Err(cause) if cause.kind() != ErrorKind::NotFound => return,
                    _ => {}
                }
            }
            let _ = std::fs::remove_file(self.dir.join("LOCK"));
        }
        for folder in &self.folders {
            if std::fs::remove_dir(folder).is_err() {
                return;
            }
        }
    }
}
