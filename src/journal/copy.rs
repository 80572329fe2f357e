//! A copy of what is committed, made beside a writer: files only grow, and what lies behind the last commit is left out.

use super::format::FileKind;
use super::reader::Reader;
use super::segment;
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

impl Reader {
    /// Writes the journal of the store in `store`, which must have none, durably: it is there whole or not at all. Gives the bytes written.
    pub fn copy_to(&self, store: &Path) -> Result<u64> {
        let (unfinished, journal) = (store.join("journal.tmp"), store.join("journal"));
        let failed = |place: &Path, cause: io::Error| Error::io(place.display(), &cause);
        if journal.exists() {
            return Err(Error::usage("there is a journal already; name an empty folder").at(journal.display()));
        }
        match fs::remove_dir_all(&unfinished) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(failed(&unfinished, cause)),
            _ => fs::create_dir_all(&unfinished).map_err(|cause| failed(&unfinished, cause))?,
        }
        let mut bytes = 0;
        for (kind, ends) in self.ends() {
            for (number, end) in (1..).zip(ends) {
                let (from, to) = (segment::path(self.folder(), kind, number), segment::path(&unfinished, kind, number));
                bytes += copy(&from, &to, *end).map_err(|cause| failed(&from, cause))?;
            }
        }
        let named = segment::sync_dir(&unfinished).and_then(|()| fs::rename(&unfinished, &journal)).and_then(|()| segment::sync_dir(store));
        named.map_err(|cause| failed(&journal, cause))?;
        Ok(bytes)
    }

    fn ends(&self) -> [(FileKind, &[u64]); 2] {
        let committed = self.committed();
        [(FileKind::Frames, &committed.frame_ends), (FileKind::Payload, &committed.payload_ends)]
    }
}

/// Copies the first bytes of a file, durably.
fn copy(from: &Path, to: &Path, bytes: u64) -> io::Result<u64> {
    let mut to = File::create(to)?;
    let copied = io::copy(&mut File::open(from)?.take(bytes), &mut to)?;
    if copied < bytes {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("the file has {copied} bytes, {bytes} are committed")));
    }
    to.sync_all()?;
    Ok(copied)
}
