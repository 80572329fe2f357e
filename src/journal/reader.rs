//! Reading what is committed: frames in order, with their payloads or without.
//!
//! A [`Reader`] is a view of the journal as it stood when it was made: it goes on while the writer appends, in any thread, and sees
//! nothing later. Every frame is checked again as it is read (CRC, position, chain), every payload against its frame's commitment.
//! A part that was erased is told as gone, or as what the erasure put in its place.

use super::format::{self, ENTRY_HEADER_BYTES, FILE_HEADER_BYTES, FRAME_BYTES_MAX, FileKind, Frame};
use super::scan::{self, Committed, TornTail};
use super::{Kind, segment};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The committed part of a journal, to read.
#[derive(Clone, Debug)]
pub struct Reader {
    committed: Arc<Committed>,
}

impl Reader {
    /// Opens the journal of the store in `store` to read alone, without the lock and without changing a byte; what is not
    /// committed (yet) is left out and told.
    pub fn open(store: &Path) -> Result<(Reader, Vec<TornTail>)> {
        let (committed, torn) = scan::scan(&store.join("journal"))?;
        Ok((Reader::new(committed), torn))
    }

    pub(super) fn new(committed: Committed) -> Reader {
        Reader { committed: Arc::new(committed) }
    }

    pub(super) fn committed(&self) -> &Committed {
        &self.committed
    }

    /// Where the files are.
    pub(super) fn folder(&self) -> &Path {
        &self.committed.dir
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

    /// The frames from position `from` on.
    pub fn frames(&self, from: u64) -> Frames {
        let (index, next, offset) = match self.committed.landmarks.before(from) {
            Some(mark) => (mark.segment as usize - 1, mark.position, mark.offset),
            None => (0, 1, FILE_HEADER_BYTES as u64),
        };
        Frames { committed: self.committed.clone(), index, offset, from, next, before: None, open: None, failed: false }
    }

    /// The frame at a position with its payload.
    pub fn entry(&self, position: u64) -> Result<(Frame, Payload)> {
        let found = self.entries(position).next();
        let found = found.filter(|entry| entry.as_ref().map_or(true, |(frame, _)| frame.position == position));
        found.unwrap_or_else(|| {
            Err(Error::not_found(format!("the journal ends at position {}, {position} was asked for", self.last_position())))
        })
    }

    /// The end of the last batch that was committed at `time` (microseconds since 1970) or before by the clocks of those who did; 0 where
    /// there is none. Clocks may go backwards: what was committed before it counts, whatever its time.
    pub fn position_at(&self, time: i64) -> Result<u64> {
        for (first, end) in self.committed.landmarks.stretches_until(time) {
            let mut last = 0;
            for frame in self.frames(first) {
                let frame = frame?;
                if end.is_some_and(|end| frame.position >= end) {
                    break;
                }
                if frame.kind == Kind::BatchCommit && frame.time <= time {
                    last = frame.position;
                }
            }
            if last > 0 {
                return Ok(last);
            }
        }
        Ok(0)
    }

    /// The frames from position `from` on, with their payloads.
    pub fn entries(&self, from: u64) -> Entries {
        Entries { frames: self.frames(from), payloads: Payloads::new(self.committed.clone()) }
    }

    /// The payload of a frame; to read many use [`Reader::entries`].
    pub fn payload(&self, frame: &Frame) -> Result<Payload> {
        Payloads::new(self.committed.clone()).read(frame)
    }

    /// Reads every frame and every payload; the number of frames. A part that is gone must be named by an erasure.
    pub fn verify(&self) -> Result<u64> {
        let mut entries = self.entries(1);
        let frames = entries.try_fold(0, |count, entry| entry.map(|_| count + 1))?;
        self.check_erased().map(|_| frames)
    }
}

/// What a frame holds: parts, each there or erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    bytes: Vec<u8>,
    parts: Vec<Option<Range<usize>>>,
}

impl Payload {
    /// The contents of its parts; none for one that was erased and has nothing in its place.
    pub fn parts(&self) -> impl Iterator<Item = Option<&[u8]>> {
        self.parts.iter().map(|part| part.clone().map(|range| &self.bytes[range]))
    }
}

/// Committed frames, in order. After an error there is nothing more.
pub struct Frames {
    committed: Arc<Committed>,
    index: usize,
    /// Where to begin in the first segment.
    offset: u64,
    from: u64,
    next: u64,
    before: Option<[u8; 32]>,
    open: Option<(BufReader<File>, u64)>,
    failed: bool,
}

impl Iterator for Frames {
    type Item = Result<Frame>;

    fn next(&mut self) -> Option<Result<Frame>> {
        while !self.failed && self.next <= self.committed.position {
            match self.step() {
                Ok(Some(frame)) if frame.position >= self.from => return Some(Ok(frame)),
                Ok(_) => {}
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl Frames {
    /// Reads the next frame, or goes to the next segment.
    fn step(&mut self) -> Result<Option<Frame>> {
        let Some(end) = self.committed.frame_ends.get(self.index) else {
            return Err(Error::internal(format!("frame {} is committed but in no segment", self.next)));
        };
        let (reader, offset) = match &mut self.open {
            Some(open) => open,
            closed => {
                let (mut file, _, _) = segment::open(&self.committed.dir, FileKind::Frames, self.index as u32 + 1)?;
                let offset = std::mem::replace(&mut self.offset, FILE_HEADER_BYTES as u64);
                let path = segment::path(&self.committed.dir, FileKind::Frames, self.index as u32 + 1);
                file.seek(SeekFrom::Start(offset)).map_err(|error| Error::io(path.display(), &error))?;
                closed.insert((BufReader::with_capacity(1 << 15, file), offset))
            }
        };
        if *offset >= *end {
            self.open = None;
            self.index += 1;
            return Ok(None);
        }
        let path = segment::path(&self.committed.dir, FileKind::Frames, self.index as u32 + 1);
        let mut bytes = [0; FRAME_BYTES_MAX];
        let found = scan::read_frame(reader, &mut bytes).map_err(|error| Error::io(path.display(), &error))?;
        let frame = Frame::decode(&bytes[..found]).map_err(|reason| reason.to_string()).and_then(|frame| {
            let fits = frame.position == self.next && self.before.is_none_or(|before| before == frame.before);
            fits.then_some(frame).ok_or_else(|| "the chain is broken".to_owned())
        });
        let frame = frame.map_err(|reason| Error::corrupt(format!("damaged at offset {offset}: {reason}")).at(path.display()))?;
        *offset += found as u64;
        self.next += 1;
        self.before = Some(frame.hash);
        Ok(Some(frame))
    }
}

/// Committed frames with their payloads, in order. After an error there is nothing more.
pub struct Entries {
    frames: Frames,
    payloads: Payloads,
}

impl Iterator for Entries {
    type Item = Result<(Frame, Payload)>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.frames.next()?.and_then(|frame| self.payloads.read(&frame).map(|payload| (frame, payload)));
        self.frames.failed |= read.is_err();
        Some(read)
    }
}

/// Reads payloads, quickly when they are asked for in order.
pub(super) struct Payloads {
    committed: Arc<Committed>,
    open: Option<(u32, BufReader<File>, u64)>,
}

impl Payloads {
    pub(super) fn new(committed: Arc<Committed>) -> Payloads {
        Payloads { committed, open: None }
    }

    pub(super) fn read(&mut self, frame: &Frame) -> Result<Payload> {
        let bytes = self.read_entry(frame)?;
        if bytes.is_empty() {
            return Ok(Payload::default());
        }
        let places = format::entry_parts(&bytes, frame).map_err(|reason| self.damaged(frame, &reason))?;
        let mut payload = Payload { bytes, parts: Vec::with_capacity(places.len()) };
        for (place, number) in places.into_iter().zip(0..) {
            let instead = if place.erased { self.committed.replaced.get(&(frame.position, number)) } else { None };
            payload.parts.push(match instead {
                Some(content) => {
                    let at = payload.bytes.len();
                    payload.bytes.extend_from_slice(content);
                    Some(at..payload.bytes.len())
                }
                None => Some(place.content).filter(|_| !place.erased),
            });
        }
        Ok(payload)
    }

    pub(super) fn damaged(&self, frame: &Frame, reason: &str) -> Error {
        let path = segment::path(&self.committed.dir, FileKind::Payload, frame.place.segment);
        Error::corrupt(format!("damaged at offset {}: {reason}", frame.place.offset)).at(path.display())
    }

    /// A frame's entry as it lies, with its header; empty for a frame without.
    pub(super) fn read_entry(&mut self, frame: &Frame) -> Result<Vec<u8>> {
        let place = frame.place;
        if place.segment == 0 {
            return Ok(Vec::new());
        }
        if self.committed.payload_ends.get(place.segment as usize - 1).is_none_or(|end| *end < place.end()) {
            return Err(self.damaged(frame, &format!("the payload of frame {} is not committed", frame.position)));
        }
        let path = segment::path(&self.committed.dir, FileKind::Payload, place.segment);
        let reader = self.at(place.segment, place.offset)?;
        let mut bytes = vec![0; ENTRY_HEADER_BYTES + place.length as usize];
        reader.read_exact(&mut bytes).map_err(|error| Error::io(path.display(), &error))?;
        self.open = self.open.take().map(|(segment, reader, _)| (segment, reader, place.end()));
        Ok(bytes)
    }

    fn at(&mut self, segment: u32, offset: u64) -> Result<&mut BufReader<File>> {
        let open = match self.open.take() {
            Some((number, reader, at)) if number == segment && at == offset => (number, reader, at),
            _ => {
                let (mut file, _, _) = segment::open(&self.committed.dir, FileKind::Payload, segment)?;
                let path = segment::path(&self.committed.dir, FileKind::Payload, segment);
                file.seek(SeekFrom::Start(offset)).map_err(|error| Error::io(path.display(), &error))?;
                (segment, BufReader::with_capacity(1 << 18, file), offset)
            }
        };
        Ok(&mut self.open.insert(open).1)
    }
}
