//! Opening: finds the committed part of a journal, and tells a torn tail from damage.
//!
//! 1. Every frame from the first on is read and checked: CRC, position, the hash of the frame before, its batch, its payload's place.
//! 2. A `BatchCommit` moves the end of the committed part behind it.
//! 3. At the first bytes that are no frame the question is whether a crash explains them. Only the batch in flight may be torn, so
//!    it does not when they lie in a segment that has a successor, or when a frame of a later batch follows them. Nor does it when
//!    turning one bit back makes the frame whole and its batch committed: a bit has flipped in something acknowledged.
//! 4. The payload files must hold all that committed frames point to; payload bytes themselves are checked when they are read.
//!
//! Always: what is refused is named by file and offset; a whole frame that does not fit its place is refused wherever it lies,
//! because cuts are synced and no older bytes can stand there. Never here: changing a file.

use super::Kind;
use super::erasure::{self, PartId};
use super::format::{self, FILE_HEADER_BYTES, FRAME_BYTES_MAX, FileKind, Frame, Unreadable};
use super::landmarks::Landmarks;
use super::segment;
use crate::error::{Error, ErrorClass, Result};
use rustc_hash::FxHashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The committed part of a journal: what readers see and the writer continues.
#[derive(Clone, Debug)]
pub(super) struct Committed {
    pub(super) dir: PathBuf,
    pub(super) store_id: [u8; 16],
    pub(super) position: u64,
    pub(super) batch: u64,
    pub(super) hash: [u8; 32],
    /// Committed bytes of frame segment n, at n - 1.
    pub(super) frame_ends: Vec<u64>,
    /// Committed bytes of payload segment n, at n - 1.
    pub(super) payload_ends: Vec<u64>,
    pub(super) landmarks: Landmarks,
    /// The frames of erasures.
    pub(super) erasures: Vec<Frame>,
    /// What stands in the place of erased parts.
    pub(super) replaced: Arc<FxHashMap<PartId, Vec<u8>>>,
}

/// Bytes at the end of a file that no commit covers: a batch that was being written when the process or the power went away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The file.
    pub file: PathBuf,
    /// Where the tail begins; it is cut here before the next batch.
    pub offset: u64,
    /// How long it is.
    pub bytes: u64,
}

/// Finds the committed part, and what lies behind it.
pub(super) fn scan(dir: &Path) -> Result<(Committed, Vec<TornTail>)> {
    let segments = segment::count(dir, FileKind::Frames)?;
    if segments == 0 {
        let message = "there is no frame segment; restore the journal from a backup";
        return Err(Error::corrupt(message).at(segment::path(dir, FileKind::Frames, 1).display()));
    }
    let mut scan = Scan::start(dir)?;
    let mut torn = Vec::new();
    for number in 1..=segments {
        let length = scan.segment(number, number == segments)?;
        let end = scan.committed.frame_ends[number as usize - 1];
        if end < length {
            torn.push(TornTail { file: segment::path(dir, FileKind::Frames, number), offset: end, bytes: length - end });
        }
    }
    scan.committed.landmarks.cut(scan.committed.position);
    let position = scan.committed.position;
    scan.committed.erasures.retain(|frame| frame.position <= position);
    check_payloads(&scan.committed, &mut torn)?;
    let committed = Arc::new(scan.committed);
    let replaced = Arc::new(erasure::replaced(&committed, &committed.erasures)?);
    Ok((Committed { replaced, ..Arc::unwrap_or_clone(committed) }, torn))
}

struct Scan {
    committed: Committed,
    /// The chain's end, committed or not.
    position: u64,
    hash: [u8; 32],
    in_batch: bool,
    payload: Vec<u64>,
}

impl Scan {
    fn start(dir: &Path) -> Result<Scan> {
        let (_, header, _) = segment::open(dir, FileKind::Frames, 1)?;
        let hash = format::genesis(&header.store_id);
        let committed = Committed {
            dir: dir.to_owned(),
            store_id: header.store_id,
            position: 0,
            batch: 0,
            hash,
            frame_ends: Vec::new(),
            payload_ends: vec![FILE_HEADER_BYTES as u64],
            landmarks: Landmarks::default(),
            erasures: Vec::new(),
            replaced: Arc::default(),
        };
        Ok(Scan { position: 0, hash, in_batch: false, payload: committed.payload_ends.clone(), committed })
    }

    /// Reads one segment; gives its length.
    fn segment(&mut self, number: u32, last: bool) -> Result<u64> {
        let dir = self.committed.dir.clone();
        let path = segment::path(&dir, FileKind::Frames, number);
        let refuse = |offset: u64, reason: &dyn std::fmt::Display| {
            let message = format!("damaged at offset {offset}: {reason}; restore the journal from a backup");
            Err(Error::corrupt(message).at(path.display()))
        };
        let newer = |offset: u64, kind: &Unreadable| Error::newer(format!("unknown at offset {offset}: {kind}")).at(path.display());
        let (file, header, length) = segment::open(&dir, FileKind::Frames, number)?;
        if header.store_id != self.committed.store_id || header.first_position != self.position + 1 {
            return refuse(16, &"the file belongs to another store or to another place of the chain");
        }
        self.committed.frame_ends.push(FILE_HEADER_BYTES as u64);
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut offset = FILE_HEADER_BYTES as u64;
        let mut bytes = [0; FRAME_BYTES_MAX];
        while offset < length {
            let found = read_frame(&mut reader, &mut bytes).map_err(|error| Error::io(path.display(), &error))?;
            let frame = match Frame::decode(&bytes[..found]) {
                Ok(frame) => frame,
                Err(kind @ Unreadable::Kind(_)) => return Err(newer(offset, &kind)),
                Err(known @ Unreadable::Content) => return refuse(offset, &known),
                Err(reason) if !last => return refuse(offset, &reason),
                Err(reason) => match self.explain(&path, offset)? {
                    Tail::Torn => return Ok(length),
                    Tail::Damaged(more) => return refuse(offset, &format_args!("{reason}; {more}")),
                },
            };
            if let Err(reason) = self.accept(&frame) {
                return refuse(offset, &reason);
            }
            self.committed.landmarks.pass(frame.position, number, offset, frame.time);
            offset += found as u64;
            if frame.kind == Kind::BatchCommit {
                self.commit(&frame, offset);
            }
        }
        if self.in_batch && !last {
            return refuse(offset, &"the file ends within a batch, though another file follows");
        }
        Ok(length)
    }

    /// Whether a whole frame fits the chain here.
    fn accept(&mut self, frame: &Frame) -> std::result::Result<(), String> {
        if frame.position != self.position + 1 {
            return Err(format!("frame {} stands where frame {} should", frame.position, self.position + 1));
        }
        if frame.before != self.hash {
            return Err(format!("the chain is broken: frame {} does not carry the hash of the frame before it", frame.position));
        }
        if frame.batch != self.committed.batch + 1 || (frame.kind == Kind::BatchBegin) == self.in_batch {
            return Err(format!("frame {} ({}, batch {}) is out of order", frame.position, frame.kind.name(), frame.batch));
        }
        if !self.take_place(frame) {
            return Err(format!("the payload of frame {} does not follow the one before it", frame.position));
        }
        if frame.kind == Kind::Erasure {
            self.committed.erasures.push(frame.clone());
        }
        self.position = frame.position;
        self.hash = frame.hash;
        self.in_batch = frame.kind != Kind::BatchCommit;
        Ok(())
    }

    /// Payloads lie one behind the other, or at the start of the next segment.
    fn take_place(&mut self, frame: &Frame) -> bool {
        let place = &frame.place;
        let count = self.payload.len() as u32;
        if place.segment == 0 {
            return place.offset == 0 && place.length == 0;
        }
        if place.segment == count + 1 && place.offset == FILE_HEADER_BYTES as u64 {
            self.payload.push(place.end());
            return true;
        }
        let last = self.payload.len() - 1;
        let follows = place.segment == count && place.offset == self.payload[last];
        if follows {
            self.payload[last] = place.end();
        }
        follows
    }

    fn commit(&mut self, frame: &Frame, offset: u64) {
        let committed = &mut self.committed;
        committed.position = frame.position;
        committed.batch = frame.batch;
        committed.hash = frame.hash;
        committed.payload_ends.clone_from(&self.payload);
        if let Some(end) = committed.frame_ends.last_mut() {
            *end = offset;
        }
    }

    /// What the bytes from `offset` on are, given that no frame stands there and the segment is the last.
    fn explain(&self, path: &Path, offset: u64) -> Result<Tail> {
        let io = |error: std::io::Error| Error::io(path.display(), &error);
        let mut file = File::open(path).map_err(io)?;
        file.seek(SeekFrom::Start(offset)).map_err(io)?;
        let mut rest = Vec::new();
        file.read_to_end(&mut rest).map_err(io)?;
        let in_flight = self.committed.batch + 1;
        let mut committed_later = false;
        for at in 1..rest.len() {
            match format::peek(&rest[at..]) {
                Some((_, batch)) if batch > in_flight => {
                    return Ok(Tail::Damaged(format!("frames of batch {batch} follow, so this was on the disk once")));
                }
                Some((kind, batch)) => committed_later |= kind == Kind::BatchCommit.number() && batch == in_flight,
                None => {}
            }
        }
        Ok(match turn_one_bit_back(&rest, self.position + 1, &self.hash) {
            Some((bit, frame)) if committed_later || frame.kind == Kind::BatchCommit => {
                Tail::Damaged(format!("bit {} of byte {} has flipped", bit % 8, offset + bit as u64 / 8))
            }
            _ => Tail::Torn,
        })
    }
}

enum Tail {
    Torn,
    Damaged(String),
}

/// The frame that stands at the start of `rest` but for one flipped bit, if there is one that fits the chain.
fn turn_one_bit_back(rest: &[u8], position: u64, before: &[u8; 32]) -> Option<(usize, Frame)> {
    let mut bytes = rest[..rest.len().min(FRAME_BYTES_MAX)].to_vec();
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        match Frame::decode(&bytes) {
            Ok(frame) if frame.position == position && frame.before == *before => return Some((bit, frame)),
            _ => {}
        }
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    None
}

/// Reads the bytes of the next frame as far as there are any; how many were read.
pub(super) fn read_frame(reader: &mut impl BufRead, bytes: &mut [u8; FRAME_BYTES_MAX]) -> std::io::Result<usize> {
    let found = read_fully(reader, &mut bytes[..4])?;
    match format::frame_length(&bytes[..found]) {
        Ok(length) => Ok(found + read_fully(reader, &mut bytes[4..length])?),
        Err(_) => Ok(found),
    }
}

fn read_fully(reader: &mut impl BufRead, mut bytes: &mut [u8]) -> std::io::Result<usize> {
    let wanted = bytes.len();
    while !bytes.is_empty() {
        match reader.read(bytes) {
            Ok(0) => break,
            Ok(read) => bytes = &mut bytes[read..],
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(wanted - bytes.len())
}

/// Every committed payload byte must be there; what lies behind is a torn tail, and so is a file no committed frame points to.
fn check_payloads(committed: &Committed, torn: &mut Vec<TornTail>) -> Result<()> {
    let segments = segment::count(&committed.dir, FileKind::Payload)?;
    for (number, end) in (1..).zip(&committed.payload_ends) {
        let path = segment::path(&committed.dir, FileKind::Payload, number);
        let (_, header, length) = segment::open(&committed.dir, FileKind::Payload, number).map_err(|error| match error.class() {
            ErrorClass::NotFound => Error::corrupt("the file is missing; restore it from a backup").at(path.display()),
            _ => error,
        })?;
        if header.store_id != committed.store_id {
            return Err(Error::corrupt("damaged at offset 16: the file belongs to another store").at(path.display()));
        }
        if length < *end {
            let message =
                format!("damaged at offset {length}: the file ends, but committed payloads reach to {end}; restore it from a backup");
            return Err(Error::corrupt(message).at(path.display()));
        }
        if length > *end {
            torn.push(TornTail { file: path, offset: *end, bytes: length - end });
        }
    }
    for number in committed.payload_ends.len() as u32 + 1..=segments {
        let file = segment::path(&committed.dir, FileKind::Payload, number);
        let bytes = std::fs::metadata(&file).map_err(|error| Error::io(file.display(), &error))?.len();
        torn.push(TornTail { file, offset: 0, bytes });
    }
    Ok(())
}
