//! Writing: one batch at a time, counted only when its commit frame is on the disk.
//!
//! 1. [`Journal::begin`] first cuts what a crash left (so a caller can compare the journal with its views before anything is lost),
//!    and starts a new frame segment when the last one is full.
//! 2. [`Batch::append_as`] puts salt and payload into the payload segment and chains a frame that commits to them.
//! 3. [`Batch::commit`] syncs payloads, then appends the commit frame, then syncs frames. Dropping a batch cuts both files back.
//!
//! Always: after the first failed write, sync or cut every later call fails; what the file system holds then is known only by
//! opening anew. A commit that failed may turn out to have happened: it was not acknowledged, and what is replayed says so.

use super::format::{self, FILE_HEADER_BYTES, FileHeader, FileKind, Frame, PART_HEADER_BYTES, PayloadPlace};
use super::reader::{Entries, Frames, Reader};
use super::salt::{self, Salts};
use super::scan::{self, Committed, TornTail};
use super::segment::{self, Appender};
use super::{Kind, StoreLock};
use crate::error::{Error, ErrorClass, Result};
use crate::limits::{
    JOURNAL_ACTOR_BYTES_MAX, JOURNAL_BUFFER_BYTES, JOURNAL_FRAME_SEGMENT_BYTES, JOURNAL_PAYLOAD_BYTES_MAX, JOURNAL_PAYLOAD_SEGMENT_BYTES,
};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// When files are full and memory is handed on; smaller in tests.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) frame_segment_bytes: u64,
    pub(super) payload_segment_bytes: u64,
    pub(super) buffer_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            frame_segment_bytes: JOURNAL_FRAME_SEGMENT_BYTES,
            payload_segment_bytes: JOURNAL_PAYLOAD_SEGMENT_BYTES,
            buffer_bytes: JOURNAL_BUFFER_BYTES,
        }
    }
}

/// The journal of a store, open for writing by this process alone.
pub struct Journal {
    committed: Committed,
    frames: Appender,
    payloads: Appender,
    salts: Salts,
    bounds: Bounds,
    torn: Vec<TornTail>,
    failed: Option<String>,
    _lock: StoreLock,
}

impl Journal {
    /// Makes a new, empty journal in the directory `store`, which is made if need be, with a random store id.
    pub fn create(store: &Path) -> Result<Journal> {
        Self::create_with(store, salt::store_id()?, Salts::system(), Bounds::default())
    }

    /// Opens the journal of the store in `store`: takes the lock, checks the chain, finds the last commit.
    pub fn open(store: &Path) -> Result<Journal> {
        Self::open_with(store, Salts::system(), Bounds::default())
    }

    /// Opens the journal, or makes a new one where there is none.
    pub fn open_or_create(store: &Path) -> Result<Journal> {
        if store.join("journal").exists() { Self::open(store) } else { Self::create(store) }
    }

    pub(super) fn create_with(store: &Path, store_id: [u8; 16], salts: Salts, bounds: Bounds) -> Result<Journal> {
        let io = |error: io::Error| Error::io(store.display(), &error);
        let parent = if store.exists() { None } else { store.parent().filter(|parent| !parent.as_os_str().is_empty()) };
        fs::create_dir_all(store).map_err(io)?;
        let lock = StoreLock::acquire(store)?;
        let dir = store.join("journal");
        if dir.exists() {
            return Err(Error::new(ErrorClass::Conflict, "there is a journal already; open it").at(dir.display()));
        }
        Self::lay(store, &dir, store_id).and_then(|()| parent.map_or(Ok(()), segment::sync_dir)).map_err(io)?;
        Self::open_locked(lock, &dir, salts, bounds)
    }

    /// Makes the first segments under another name, so that a journal is there whole or not at all.
    fn lay(store: &Path, dir: &Path, store_id: [u8; 16]) -> io::Result<()> {
        let unfinished = store.join("journal.tmp");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        fs::create_dir(&unfinished)?;
        for kind in [FileKind::Payload, FileKind::Frames] {
            segment::create(&unfinished, &FileHeader { kind, segment: 1, store_id, first_position: 1 })?;
        }
        fs::rename(&unfinished, dir)?;
        segment::sync_dir(store)
    }

    pub(super) fn open_with(store: &Path, salts: Salts, bounds: Bounds) -> Result<Journal> {
        let dir = store.join("journal");
        if !dir.is_dir() {
            return Err(Error::not_found("there is no journal here: not a store, or a damaged one").at(dir.display()));
        }
        let lock = StoreLock::acquire(store)?;
        Self::open_locked(lock, &dir, salts, bounds)
    }

    fn open_locked(lock: StoreLock, dir: &Path, salts: Salts, bounds: Bounds) -> Result<Journal> {
        let (committed, torn) = scan::scan(dir)?;
        let io = |error: io::Error| Error::io(dir.display(), &error);
        let (frames, payloads) = Self::appenders(&committed, bounds).map_err(io)?;
        Ok(Journal { committed, frames, payloads, salts, bounds, torn, failed: None, _lock: lock })
    }

    fn appenders(committed: &Committed, bounds: Bounds) -> io::Result<(Appender, Appender)> {
        let open = |kind, count: usize, end| Appender::open(&committed.dir, kind, count as u32, end, bounds.buffer_bytes);
        let frames = open(FileKind::Frames, committed.frame_ends.len(), committed.frame_ends.last().copied().unwrap_or(0))?;
        let payloads = open(FileKind::Payload, committed.payload_ends.len(), committed.payload_ends.last().copied().unwrap_or(0))?;
        Ok((frames, payloads))
    }

    /// The bytes behind the last commit that were found on opening; they are cut when the first batch begins.
    pub fn torn_tails(&self) -> &[TornTail] {
        &self.torn
    }

    /// The store's id.
    pub fn store_id(&self) -> &[u8; 16] {
        &self.committed.store_id
    }

    /// The position of the last committed frame; 0 when there is none.
    pub fn last_position(&self) -> u64 {
        self.committed.position
    }

    /// The hash of the last committed frame: equal for equal journals only.
    pub fn last_hash(&self) -> [u8; 32] {
        self.committed.hash
    }

    /// [`Journal::last_hash`] in hexadecimal, to show and to compare.
    pub fn digest(&self) -> String {
        self.committed.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A view of what is committed now.
    pub fn reader(&self) -> Reader {
        Reader::new(self.committed.clone())
    }

    /// The committed frames from position `from` on.
    pub fn frames(&self, from: u64) -> Frames {
        self.reader().frames(from)
    }

    /// The committed frames from position `from` on, with their payloads.
    pub fn entries(&self, from: u64) -> Entries {
        self.reader().entries(from)
    }

    /// Begins a batch of `actor` at `time` (microseconds since 1970). The note is kept as the payload of the batch's first frame.
    pub fn begin(&mut self, actor: &str, time: i64, note: &str) -> Result<Batch<'_>> {
        self.check_failed()?;
        check_actor(actor)?;
        self.check_payload(note.len())?;
        self.stop_on_failure(|journal| journal.cut_torn_tails().and_then(|()| journal.roll_frames()))?;
        let mut batch = Batch {
            actor: actor.to_owned(),
            time,
            first_position: self.committed.position + 1,
            position: self.committed.position,
            hash: self.committed.hash,
            payload_ends: self.committed.payload_ends.clone(),
            offsets: Vec::new(),
            frame: Vec::new(),
            erasures: Vec::new(),
            closed: false,
            journal: self,
        };
        batch.write(Kind::BatchBegin, if note.is_empty() { &[][..] } else { std::slice::from_ref(&note) })?;
        Ok(batch)
    }

    fn check_failed(&self) -> Result<()> {
        let Some(cause) = &self.failed else { return Ok(()) };
        let message = format!("the journal takes nothing more since a write failed ({cause}); mend the cause, then open the store anew");
        Err(Error::new(ErrorClass::Halted, message))
    }

    fn check_payload(&self, bytes: usize) -> Result<()> {
        if bytes > JOURNAL_PAYLOAD_BYTES_MAX {
            let message = format!("a payload is {bytes} bytes long, at most {JOURNAL_PAYLOAD_BYTES_MAX} are allowed");
            return Err(Error::usage(message));
        }
        Ok(())
    }

    pub(super) fn committed(&self) -> &Committed {
        &self.committed
    }

    pub(super) fn committed_mut(&mut self) -> &mut Committed {
        &mut self.committed
    }

    /// Goes on in what took the place of a payload segment, where that is the last.
    pub(super) fn reopen_payloads(&mut self, number: u32) -> io::Result<()> {
        if number == self.payloads.number {
            self.payloads = self.payloads.again(&self.committed.dir, self.bounds.buffer_bytes)?;
        }
        Ok(())
    }

    /// Does `work` on the files; if it fails the journal stops for good.
    pub(super) fn stop_on_failure<T>(&mut self, work: impl FnOnce(&mut Self) -> io::Result<T>) -> Result<T> {
        work(self).map_err(|error| {
            self.failed = Some(error.to_string());
            let message = format!("a write to the journal failed: {error}; nothing more is taken until the store is opened anew");
            Error::new(ErrorClass::Halted, message).at(self.committed.dir.display())
        })
    }

    fn cut_torn_tails(&mut self) -> io::Result<()> {
        while let Some(tail) = self.torn.last() {
            segment::fault::check()?;
            if tail.offset == 0 {
                fs::remove_file(&tail.file)?;
                segment::fault::done(|| segment::fault::Done::Remove(tail.file.clone()));
                segment::sync_dir(&self.committed.dir)?;
            } else {
                let file = OpenOptions::new().write(true).open(&tail.file)?;
                file.set_len(tail.offset)?;
                segment::fault::done(|| segment::fault::Done::Cut(tail.file.clone(), tail.offset));
                segment::fault::check()?;
                file.sync_all()?;
                segment::fault::done(|| segment::fault::Done::Sync(tail.file.clone()));
            }
            self.torn.pop();
        }
        Ok(())
    }

    fn roll_frames(&mut self) -> io::Result<()> {
        if self.frames.offset() >= self.bounds.frame_segment_bytes {
            self.frames = self.create_segment(FileKind::Frames, self.frames.number + 1, self.committed.position + 1)?;
            self.committed.frame_ends.push(FILE_HEADER_BYTES as u64);
        }
        Ok(())
    }

    fn create_segment(&self, kind: FileKind, segment: u32, first_position: u64) -> io::Result<Appender> {
        let dir = &self.committed.dir;
        segment::create(dir, &FileHeader { kind, segment, store_id: self.committed.store_id, first_position })?;
        Appender::open(dir, kind, segment, FILE_HEADER_BYTES as u64, self.bounds.buffer_bytes)
    }

    /// Drops everything behind the last commit.
    fn abort(&mut self) -> io::Result<()> {
        let frames_end = self.committed.frame_ends.last().copied().unwrap_or(0);
        self.frames.cut(frames_end)?;
        let kept = self.committed.payload_ends.len() as u32;
        let payloads_end = self.committed.payload_ends.last().copied().unwrap_or(0);
        if self.payloads.number > kept {
            for number in (kept + 1..=self.payloads.number).rev() {
                segment::remove(&self.committed.dir, FileKind::Payload, number)?;
                // One by one: after a power cut a file must not be missing below one that is there.
                segment::sync_dir(&self.committed.dir)?;
            }
            let length = fs::metadata(segment::path(&self.committed.dir, FileKind::Payload, kept))?.len();
            self.payloads = Appender::open(&self.committed.dir, FileKind::Payload, kept, length, self.bounds.buffer_bytes)?;
        }
        self.payloads.cut(payloads_end)
    }
}

fn check_actor(actor: &str) -> Result<()> {
    if actor.len() > JOURNAL_ACTOR_BYTES_MAX {
        let message = format!("the actor is {} bytes long, at most {JOURNAL_ACTOR_BYTES_MAX} are allowed", actor.len());
        return Err(Error::usage(message));
    }
    Ok(())
}

/// What a commit made durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The batch's number, from 1.
    pub batch: u64,
    /// The position of its `BatchBegin`.
    pub first_position: u64,
    /// The position of its `BatchCommit`: what a view that has applied it has reached.
    pub last_position: u64,
}

/// A batch being written. Dropped without [`Batch::commit`] it never was.
pub struct Batch<'a> {
    journal: &'a mut Journal,
    actor: String,
    time: i64,
    first_position: u64,
    position: u64,
    hash: [u8; 32],
    payload_ends: Vec<u64>,
    /// Where its frames lie.
    offsets: Vec<u64>,
    frame: Vec<u8>,
    erasures: Vec<Frame>,
    closed: bool,
}

impl Batch<'_> {
    /// The position of the batch's `BatchBegin`; known before anything is committed, so One-IDs can be made from it.
    pub fn first_position(&self) -> u64 {
        self.first_position
    }

    /// Appends a frame of the batch's actor, with a payload of one part, or none where that is empty; its position, which counts only once the
    /// batch is committed.
    #[cfg(test)]
    pub fn append(&mut self, kind: Kind, payload: &[u8]) -> Result<u64> {
        let actor = self.actor.clone();
        self.append_as(&actor, kind, if payload.is_empty() { &[][..] } else { std::slice::from_ref(&payload) })
    }

    /// Appends a frame of an actor. Each part of its payload can be erased by itself.
    pub fn append_as<P: AsRef<[u8]>>(&mut self, actor: &str, kind: Kind, parts: &[P]) -> Result<u64> {
        self.journal.check_failed()?;
        check_actor(actor)?;
        if matches!(kind, Kind::BatchBegin | Kind::BatchCommit) {
            return Err(Error::internal(format!("a frame of kind {} is written by the journal alone", kind.name())));
        }
        self.journal.check_payload(parts.iter().map(|part| part.as_ref().len() + PART_HEADER_BYTES).sum())?;
        let own = std::mem::replace(&mut self.actor, actor.to_owned());
        let written = self.write(kind, parts);
        self.actor = own;
        written.map(|()| self.position)
    }

    /// Makes the batch durable; after this, and only after this, it happened.
    pub fn commit(mut self) -> Result<Receipt> {
        self.journal.check_failed()?;
        self.closed = true;
        self.journal.stop_on_failure(|journal| journal.payloads.sync())?;
        self.write::<&[u8]>(Kind::BatchCommit, &[])?;
        self.journal.stop_on_failure(|journal| journal.frames.sync())?;
        let end = self.journal.frames.offset();
        let erasures = std::mem::take(&mut self.erasures);
        let committed = &mut self.journal.committed;
        committed.position = self.position;
        committed.batch += 1;
        committed.hash = self.hash;
        committed.payload_ends = std::mem::take(&mut self.payload_ends);
        let segment = committed.frame_ends.len() as u32;
        for (position, offset) in (self.first_position..).zip(&self.offsets) {
            committed.landmarks.pass(position, segment, *offset, self.time);
        }
        if let Some(last) = committed.frame_ends.last_mut() {
            *last = end;
        }
        let receipt = Receipt { batch: committed.batch, first_position: self.first_position, last_position: self.position };
        if !erasures.is_empty() {
            self.journal.note_erasures(erasures)?;
        }
        Ok(receipt)
    }

    /// Leaves the files as a kill would; the journal must be opened anew.
    #[cfg(test)]
    pub(super) fn journal_stops_here(self) {
        self.journal.failed = Some("a crash".to_owned());
    }

    fn write<P: AsRef<[u8]>>(&mut self, kind: Kind, parts: &[P]) -> Result<()> {
        let (place, commitment) = match parts {
            [] => (PayloadPlace::default(), [0; 32]),
            _ => self.write_payload(parts)?,
        };
        let mut frame = Frame {
            position: self.position + 1,
            time: self.time,
            batch: self.journal.committed.batch + 1,
            kind,
            actor: std::mem::take(&mut self.actor),
            before: self.hash,
            hash: [0; 32],
            place,
            commitment,
        };
        self.frame.clear();
        frame.encode(&mut self.frame);
        self.offsets.push(self.journal.frames.offset());
        self.journal.stop_on_failure(|journal| journal.frames.append(&self.frame))?;
        self.position = frame.position;
        self.hash = frame.hash;
        if kind == Kind::Erasure {
            self.erasures.push(frame.clone());
        }
        self.actor = frame.actor;
        Ok(())
    }

    fn write_payload<P: AsRef<[u8]>>(&mut self, parts: &[P]) -> Result<(PayloadPlace, [u8; 32])> {
        let length = parts.iter().map(|part| part.as_ref().len() + PART_HEADER_BYTES).sum::<usize>() as u32;
        let position = self.position + 1;
        let mut place = PayloadPlace { segment: self.journal.payloads.number, offset: self.journal.payloads.offset(), length };
        if place.end() > self.journal.bounds.payload_segment_bytes && place.offset > FILE_HEADER_BYTES as u64 {
            self.journal.stop_on_failure(|journal| {
                journal.payloads.sync()?;
                journal.payloads = journal.create_segment(FileKind::Payload, journal.payloads.number + 1, position)?;
                Ok(())
            })?;
            self.payload_ends.push(FILE_HEADER_BYTES as u64);
            place.segment += 1;
            place.offset = FILE_HEADER_BYTES as u64;
        }
        self.journal.stop_on_failure(|journal| journal.payloads.append(&format::entry_header(position, parts.len() as u32)))?;
        let mut hashes = Vec::with_capacity(parts.len());
        for part in parts {
            let (content, salt) = (part.as_ref(), self.journal.salts.next()?);
            self.journal.stop_on_failure(|journal| {
                journal.payloads.append(&format::part_header(content.len() as u32, &salt))?;
                journal.payloads.append(content)
            })?;
            hashes.push(format::part_hash(&salt, content));
        }
        if let Some(end) = self.payload_ends.last_mut() {
            *end = place.end();
        }
        Ok((place, format::commitment(hashes)))
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if !self.closed && self.journal.failed.is_none() {
            // A failure is kept by the journal, which then takes nothing more; what is left is cut when the store is opened anew.
            let _ = self.journal.stop_on_failure(Journal::abort);
        }
    }
}
