//! The files of the journal: listing them, making a new one, appending to the last.
//!
//! 1. A new file is written under another name, synced, renamed, and its directory synced: a file that bears its name has its header.
//! 2. [`Appender`] keeps bytes in memory up to a bound, then hands them to the file system; [`Appender::sync`] makes them durable.
//! 3. [`Appender::cut`] drops what was appended after a point and syncs that too, so that bytes of an aborted batch can never turn
//!    up behind those of a later one.
//!
//! Never here: what the bytes mean, and what happens after a failure (`journal` stops for good).

use super::format::{FILE_HEADER_BYTES, FileHeader, FileKind};
use crate::error::{Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The path of a segment.
pub(super) fn path(dir: &Path, kind: FileKind, number: u32) -> PathBuf {
    dir.join(kind.file_name(number))
}

/// How many segments of a kind there are; they must be numbered 1, 2, 3 ... without a gap.
pub(super) fn count(dir: &Path, kind: FileKind) -> Result<u32> {
    let entries = fs::read_dir(dir).map_err(|error| Error::io(dir.display(), &error))?;
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| Error::io(dir.display(), &error))?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(kind.stem())?.strip_prefix('-')?.strip_suffix(".log"));
        numbers.extend(number.and_then(|digits| digits.parse::<u32>().ok()));
    }
    numbers.sort_unstable();
    for (expected, number) in (1..).zip(&numbers) {
        if *number != expected {
            return Err(Error::corrupt("the file is missing; restore it from a backup").at(path(dir, kind, expected).display()));
        }
    }
    Ok(numbers.len() as u32)
}

/// Reads and checks the header of a segment; gives the file, placed after it, and its length.
pub(super) fn open(dir: &Path, kind: FileKind, number: u32) -> Result<(File, FileHeader, u64)> {
    let path = path(dir, kind, number);
    let io = |error: io::Error| Error::io(path.display(), &error);
    let mut file = File::open(&path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let mut bytes = Vec::with_capacity(FILE_HEADER_BYTES);
    (&mut file).take(FILE_HEADER_BYTES as u64).read_to_end(&mut bytes).map_err(io)?;
    let header = FileHeader::decode(&bytes, kind).map_err(|error| error.at(path.display()))?;
    if header.segment != number {
        let message = format!("the file says that it is segment {}: was it renamed? (offset 12)", header.segment);
        return Err(Error::corrupt(message).at(path.display()));
    }
    Ok((file, header, length))
}

/// Makes a new segment with nothing but its header, durably.
pub(super) fn create(dir: &Path, header: &FileHeader) -> io::Result<()> {
    let path = path(dir, header.kind, header.segment);
    let unfinished = path.with_extension("tmp");
    fault::check()?;
    let mut file = File::create(&unfinished)?;
    file.write_all(&header.encode())?;
    fault::check()?;
    file.sync_all()?;
    fs::rename(&unfinished, &path)?;
    fault::done(|| fault::Done::Create(path.clone(), header.encode().to_vec()));
    sync_dir(dir)
}

/// Makes the names in a directory durable.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    fault::check()?;
    File::open(dir)?.sync_all()?;
    fault::done(|| fault::Done::SyncNames);
    Ok(())
}

/// Removes a segment; the caller syncs the directory.
pub(super) fn remove(dir: &Path, kind: FileKind, number: u32) -> io::Result<()> {
    fault::check()?;
    let path = path(dir, kind, number);
    fs::remove_file(&path)?;
    fault::done(|| fault::Done::Remove(path.clone()));
    Ok(())
}

/// The end of the last segment of a kind, to append to.
pub(super) struct Appender {
    pub(super) number: u32,
    path: PathBuf,
    file: File,
    /// Bytes handed to the file system.
    written: u64,
    /// Bytes of `written` known to be on the disk.
    synced: u64,
    buffer: Vec<u8>,
    buffer_bytes_max: usize,
}

impl Appender {
    /// Opens a segment to append at `end`, which must be the file's length.
    pub(super) fn open(dir: &Path, kind: FileKind, number: u32, end: u64, buffer_bytes_max: usize) -> io::Result<Appender> {
        let path = path(dir, kind, number);
        let mut file = OpenOptions::new().write(true).open(&path)?;
        file.seek(SeekFrom::Start(end))?;
        Ok(Appender { number, path, file, written: end, synced: end, buffer: Vec::new(), buffer_bytes_max })
    }

    /// Where the next byte will lie.
    pub(super) fn offset(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Appends bytes, in memory at first.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.buffer.len() + bytes.len() > self.buffer_bytes_max {
            self.write_out()?;
        }
        if bytes.len() > self.buffer_bytes_max {
            fault::check()?;
            self.file.write_all(bytes)?;
            fault::done(|| fault::Done::Write(self.path.clone(), self.written, bytes.to_vec()));
            self.written += bytes.len() as u64;
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn write_out(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            fault::check()?;
            self.file.write_all(&self.buffer)?;
            fault::done(|| fault::Done::Write(self.path.clone(), self.written, self.buffer.clone()));
            self.written += self.buffer.len() as u64;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Makes all that was appended durable, with one sync, or none when there is nothing new.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.write_out()?;
        if self.synced != self.written {
            fault::check()?;
            self.file.sync_data()?;
            fault::done(|| fault::Done::Sync(self.path.clone()));
            self.synced = self.written;
        }
        Ok(())
    }

    /// Drops what lies at `end` and after it. What never left memory costs nothing.
    pub(super) fn cut(&mut self, end: u64) -> io::Result<()> {
        self.buffer.clear();
        if self.written != end {
            fault::check()?;
            self.file.set_len(end)?;
            fault::done(|| fault::Done::Cut(self.path.clone(), end));
            self.file.seek(SeekFrom::Start(end))?;
            fault::check()?;
            self.file.sync_data()?;
            fault::done(|| fault::Done::Sync(self.path.clone()));
            self.written = end;
            self.synced = end;
        }
        Ok(())
    }
}

/// A place for tests to make the file system fail and to see what was done; nothing in the shipped program.
pub(crate) mod fault {
    #[cfg(test)]
    std::thread_local! {
        /// How many more calls succeed on this thread; `None` for all.
        pub(crate) static CALLS_LEFT: std::cell::Cell<Option<u64>> = const { std::cell::Cell::new(None) };
        /// What was done on this thread, once somebody wants to know.
        pub(in crate::journal) static DONE: std::cell::RefCell<Option<Vec<Done>>> = const { std::cell::RefCell::new(None) };
    }

    /// Something that was done to the files.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests alone look at it"))]
    #[derive(Clone, Debug)]
    pub(in crate::journal) enum Done {
        /// A file with these bytes got its name.
        Create(std::path::PathBuf, Vec<u8>),
        /// Names are durable.
        SyncNames,
        /// Bytes were written at an offset.
        Write(std::path::PathBuf, u64, Vec<u8>),
        /// A file was cut to a length.
        Cut(std::path::PathBuf, u64),
        /// A file is durable.
        Sync(std::path::PathBuf),
        /// A file lost its name.
        Remove(std::path::PathBuf),
    }

    /// Called after every write, sync, cut and rename.
    #[cfg_attr(not(test), expect(unused_variables, reason = "nobody looks"))]
    pub(in crate::journal) fn done(what: impl FnOnce() -> Done) {
        #[cfg(test)]
        DONE.with(|done| {
            if let Some(done) = &mut *done.borrow_mut() {
                done.push(what());
            }
        });
    }

    /// Called before every write, sync, cut and rename.
    pub(in crate::journal) fn check() -> std::io::Result<()> {
        #[cfg(test)]
        return CALLS_LEFT.with(|left| match left.get() {
            Some(0) => Err(std::io::Error::other("made to fail")),
            Some(calls) => {
                left.set(Some(calls - 1));
                Ok(())
            }
            None => Ok(()),
        });
        #[cfg(not(test))]
        Ok(())
    }
}
