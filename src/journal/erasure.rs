//! Erasing: parts of payloads are taken out of their segments for good, and the chain still verifies.
//!
//! 1. An erasure frame names the parts, and what stands in the place of some: it is committed like any other.
//! 2. [`Journal::finish_erasures`] copies each payload segment that holds such a part, with the part's hash where its salt was and zeros where its
//!    content was, syncs the copy and lets it take the segment's place. Offsets never move.
//! 3. A file says up to which frame that is done; where a crash came between, opening does it again, which changes nothing that is done.
//!
//! Never here: which parts are whose, and what the order says (`service::erase`).

use super::format::{self, FileKind, Frame};
use super::reader::{Payload, Payloads, Reader};
use super::scan::Committed;
use super::segment::{self, Appender};
use super::writer::Journal;
use crate::error::Result;
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A part of a frame's payload: the frame's position, and the how manieth it is from 0.
pub type PartId = (u64, u32);

/// The name of the file that says how far erasures are done: a position as text.
const DONE: &str = "erased";

/// Bytes of a part's id.
const ID_BYTES: usize = 12;

fn id_bytes((position, part): PartId) -> [u8; ID_BYTES] {
    let mut bytes = [0; ID_BYTES];
    bytes[..8].copy_from_slice(&position.to_le_bytes());
    bytes[8..].copy_from_slice(&part.to_le_bytes());
    bytes
}

fn id_of(bytes: &[u8]) -> Option<PartId> {
    let (position, part) = bytes.get(..ID_BYTES)?.split_at(8);
    Some((u64::from_le_bytes(position.try_into().ok()?), u32::from_le_bytes(part.try_into().ok()?)))
}

/// The parts of an erasure frame's payload: `order` is who wanted it and why, `parts` is what goes, `instead` what stands in the place of some. The
/// parts are gone once [`Journal::finish_erasures`] was called after the commit.
pub fn erasure_payload(order: Vec<u8>, parts: &[PartId], instead: &[(PartId, Vec<u8>)]) -> Vec<Vec<u8>> {
    let named: Vec<u8> = parts.iter().copied().flat_map(id_bytes).collect();
    let instead = instead.iter().map(|(id, content)| [&id_bytes(*id)[..], content].concat());
    [order, named].into_iter().chain(instead).collect()
}

/// The parts that an erasure put in the place of others, by their number in its own payload.
pub fn erasure_instead(payload: &Payload) -> impl Iterator<Item = (u32, PartId)> + '_ {
    (0..).zip(payload.parts()).skip(2).filter_map(|(number, part)| Some((number, id_of(part?)?)))
}

fn named_parts(payload: &Payload) -> impl Iterator<Item = PartId> + '_ {
    payload.parts().nth(1).flatten().unwrap_or_default().chunks_exact(ID_BYTES).filter_map(id_of)
}

/// What stands in the place of erased parts.
pub(super) fn replaced(committed: &Arc<Committed>, erasures: &[Frame]) -> Result<FxHashMap<PartId, Vec<u8>>> {
    let mut payloads = Payloads::new(Arc::clone(committed));
    let mut replaced = FxHashMap::default();
    for frame in erasures {
        let payload = payloads.read(frame)?;
        replaced.extend(payload.parts().skip(2).flatten().filter_map(|part| Some((id_of(part)?, part.get(ID_BYTES..)?.to_vec()))));
    }
    Ok(replaced)
}

impl Reader {
    /// The positions of erasures.
    pub fn erasures(&self) -> impl Iterator<Item = u64> + '_ {
        self.committed().erasures.iter().map(|frame| frame.position)
    }

    /// Refuses a part that is gone though no erasure names it. Gives the number of erased parts.
    pub(super) fn check_erased(&self) -> Result<u64> {
        let committed = Arc::new(self.committed().clone());
        let mut payloads = Payloads::new(Arc::clone(&committed));
        let mut named = FxHashSet::default();
        for frame in &committed.erasures {
            named.extend(named_parts(&payloads.read(frame)?));
        }
        let mut erased = 0;
        for frame in self.frames(1) {
            let frame = frame?;
            let bytes = payloads.read_entry(&frame)?;
            if bytes.is_empty() {
                continue;
            }
            let parts = format::entry_parts(&bytes, &frame).map_err(|reason| payloads.damaged(&frame, &reason))?;
            for (part, number) in parts.iter().zip(0..).filter(|(part, _)| part.erased) {
                if !named.contains(&(frame.position, number)) {
                    return Err(
                        payloads.damaged(&frame, &format!("a part of {} bytes is gone, and no erasure names it", part.content.len()))
                    );
                }
                erased += 1;
            }
        }
        Ok(erased)
    }
}

impl Journal {
    /// Whether an erasure is committed whose parts may still be there.
    pub fn has_unfinished_erasure(&self) -> bool {
        let last = self.committed().erasures.last().map_or(0, |frame| frame.position);
        last > self.erased_up_to()
    }

    fn erased_up_to(&self) -> u64 {
        let text = fs::read_to_string(self.committed().dir.join(DONE)).unwrap_or_default();
        text.trim().parse().unwrap_or(0)
    }

    /// Takes the parts that committed erasures name out of their segments, durably; gives how many were still there.
    pub fn finish_erasures(&mut self) -> Result<u64> {
        if !self.has_unfinished_erasure() {
            return Ok(0);
        }
        let done = self.erased_up_to();
        let committed = Arc::new(self.committed().clone());
        let mut payloads = Payloads::new(Arc::clone(&committed));
        let mut named: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for frame in committed.erasures.iter().filter(|frame| frame.position > done) {
            for (position, part) in named_parts(&payloads.read(frame)?) {
                named.entry(position).or_default().push(part);
            }
        }
        let Some(first) = named.keys().min().copied() else { return Ok(0) };
        // By segment: where a part's header lies, and the bytes that header and content become.
        let mut edits: FxHashMap<u32, Vec<(u64, Vec<u8>)>> = FxHashMap::default();
        let mut erased = 0;
        for frame in self.reader().frames(first) {
            let frame = frame?;
            let Some(numbers) = named.get(&frame.position) else { continue };
            let mut bytes = payloads.read_entry(&frame)?;
            let parts = format::entry_parts(&bytes, &frame).map_err(|reason| payloads.damaged(&frame, &reason))?;
            for number in numbers {
                let part =
                    parts.get(*number as usize).ok_or_else(|| payloads.damaged(&frame, "an erasure names a part that is not there"))?;
                if part.erased {
                    continue;
                }
                format::erase_part(&mut bytes, part);
                let changed: Range<usize> = part.at..part.content.end;
                let edit = (frame.place.offset + changed.start as u64, bytes[changed].to_vec());
                edits.entry(frame.place.segment).or_default().push(edit);
                erased += 1;
            }
        }
        let last = committed.erasures.last().map_or(0, |frame| frame.position);
        self.stop_on_failure(|journal| {
            let mut segments: Vec<(u32, Vec<(u64, Vec<u8>)>)> = edits.into_iter().collect();
            segments.sort_unstable_by_key(|(segment, _)| *segment);
            for (number, edits) in segments {
                journal.rewrite(number, &edits)?;
            }
            let path = journal.committed().dir.join(DONE);
            replace(&path, |file| file.write_all(last.to_string().as_bytes()))
        })?;
        Ok(erased)
    }

    /// Lets a copy with other bytes at some offsets take the place of a payload segment.
    fn rewrite(&mut self, number: u32, edits: &[(u64, Vec<u8>)]) -> io::Result<()> {
        let path = segment::path(&self.committed().dir, FileKind::Payload, number);
        replace(&path, |file| {
            let mut from = File::open(&path)?;
            let mut buffer = vec![0; 1 << 20];
            loop {
                let read = from.read(&mut buffer)?;
                if read == 0 {
                    break;
                }
                file.write_all(&buffer[..read])?;
            }
            for (offset, bytes) in edits {
                file.seek(SeekFrom::Start(*offset))?;
                file.write_all(bytes)?;
            }
            Ok(())
        })?;
        self.reopen_payloads(number)
    }

    /// Committed erasures whose parts were erased: what stands in the place of some is read from here on.
    pub(super) fn note_erasures(&mut self, erasures: Vec<Frame>) -> Result<()> {
        self.committed_mut().erasures.extend(erasures);
        let committed = Arc::new(self.committed().clone());
        let replaced = replaced(&committed, &committed.erasures)?;
        self.committed_mut().replaced = Arc::new(replaced);
        Ok(())
    }
}

/// Writes a file beside `path` and lets it take that place, durably: it is there as it was or as it is to be.
fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let unfinished: PathBuf = path.with_extension("tmp");
    segment::fault::check()?;
    let mut file = File::create(&unfinished)?;
    write(&mut file)?;
    segment::fault::check()?;
    file.sync_all()?;
    segment::fault::check()?;
    fs::rename(&unfinished, path)?;
    segment::sync_dir(path.parent().unwrap_or(Path::new(".")))
}

impl Appender {
    /// The same at the end of what took the segment's place.
    pub(super) fn again(&self, dir: &Path, buffer_bytes_max: usize) -> io::Result<Appender> {
        Appender::open(dir, FileKind::Payload, self.number, self.offset(), buffer_bytes_max)
    }
}
