//! The bytes of the journal: file headers, frames and payload entries, as drawn in `docs/formats.md`.
//!
//! In -> out: values -> bytes and back; nothing here touches a file. All numbers are little-endian.
//! Always: every byte of a header and of a frame lies under its CRC-32; every byte of an entry is compared with its frame.
//! Never here: where a frame may stand and what follows it (`scan`), and files (`segment`).

use super::Kind;
use crate::error::{Error, Result};
use crate::limits::JOURNAL_ACTOR_BYTES_MAX;
use sha2::{Digest, Sha256};

/// The version of the format this program writes, and the highest it reads.
pub const FORMAT_VERSION: u32 = 2;

/// Bytes of a file's header.
pub(super) const FILE_HEADER_BYTES: usize = 64;
/// Bytes of a frame before its actor.
pub(super) const FRAME_FIXED_BYTES: usize = 116;
/// Bytes of the longest frame.
pub(super) const FRAME_BYTES_MAX: usize = FRAME_FIXED_BYTES + JOURNAL_ACTOR_BYTES_MAX;
/// Bytes of a payload entry before its parts.
pub(super) const ENTRY_HEADER_BYTES: usize = 12;
/// Bytes of a part before its content.
pub(super) const PART_HEADER_BYTES: usize = 36;
/// Set in the length of a part whose content and salt are gone.
const ERASED: u32 = 1 << 31;

/// Which of the two files a header belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Frames,
    Payload,
}

impl FileKind {
    pub(super) const fn magic(self) -> &'static [u8; 8] {
        match self {
            FileKind::Frames => b"oneidfrm",
            FileKind::Payload => b"oneidpay",
        }
    }

    pub(super) const fn stem(self) -> &'static str {
        match self {
            FileKind::Frames => "frames",
            FileKind::Payload => "payload",
        }
    }

    /// The name of the `number`-th file.
    pub(super) fn file_name(self, number: u32) -> String {
        format!("{}-{number:08}.log", self.stem())
    }
}

/// The header at the start of every file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileHeader {
    pub(super) kind: FileKind,
    pub(super) segment: u32,
    pub(super) store_id: [u8; 16],
    /// The position of the first frame in the file, or of the first frame whose payload lies in it.
    pub(super) first_position: u64,
}

impl FileHeader {
    pub(super) fn encode(&self) -> [u8; FILE_HEADER_BYTES] {
        let mut bytes = [0; FILE_HEADER_BYTES];
        bytes[..8].copy_from_slice(self.kind.magic());
        bytes[8..12].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.segment.to_le_bytes());
        bytes[16..32].copy_from_slice(&self.store_id);
        bytes[32..40].copy_from_slice(&self.first_position.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..60]);
        bytes[60..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a header; the message of a refusal says what to do.
    pub(super) fn decode(bytes: &[u8], kind: FileKind) -> Result<FileHeader> {
        if bytes.len() < FILE_HEADER_BYTES || &bytes[..8] != kind.magic() {
            return Err(Error::corrupt("not a journal file, or its header is damaged (offset 0); restore the file from a backup"));
        }
        if u32_at(bytes, 60) != crc32fast::hash(&bytes[..60]) {
            return Err(Error::corrupt("the file's header is damaged (offset 0, CRC); restore the file from a backup"));
        }
        let version = u32_at(bytes, 8);
        if version < FORMAT_VERSION {
            return Err(Error::corrupt(format!(
                "the journal was made by an older version of this program: it has format {version}, this program reads format \
                 {FORMAT_VERSION}; merge the inputs into a new store, or open this one with that version; nothing was changed"
            )));
        }
        if version != FORMAT_VERSION {
            return Err(Error::newer(format!(
                "the journal was made by a newer version of this program: it has format {version}, this program reads up to format \
                 {FORMAT_VERSION}; open the store with that version (or later) of oneid, nothing was changed"
            )));
        }
        if bytes[40..60].iter().any(|byte| *byte != 0) {
            return Err(Error::newer("the file's header has fields this program does not know: made by a newer version"));
        }
        let mut store_id = [0; 16];
        store_id.copy_from_slice(&bytes[16..32]);
        Ok(FileHeader { kind, segment: u32_at(bytes, 12), store_id, first_position: u64_at(bytes, 32) })
    }
}

/// Where a payload lies; segment 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PayloadPlace {
    pub(super) segment: u32,
    pub(super) offset: u64,
    pub(super) length: u32,
}

impl PayloadPlace {
    /// The offset after the entry.
    pub(super) fn end(&self) -> u64 {
        self.offset.saturating_add(ENTRY_HEADER_BYTES as u64).saturating_add(u64::from(self.length))
    }
}

/// One entry of the chain: who did what when, where its payload lies and what it must hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The journal position: 1 for the first frame, then without a gap.
    pub position: u64,
    /// When, in microseconds since 1970, by the clock of the one who appended it; may go backwards.
    pub time: i64,
    /// The batch it belongs to, from 1.
    pub batch: u64,
    /// What it tells.
    pub kind: Kind,
    /// Who did it.
    pub actor: String,
    /// SHA-256 of the frame before; of the store id for the first.
    pub before: [u8; 32],
    /// SHA-256 of this frame's bytes.
    pub hash: [u8; 32],
    pub(super) place: PayloadPlace,
    pub(super) commitment: [u8; 32],
}

/// What is wrong with bytes that should be a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Fewer bytes than a frame has.
    Short,
    /// A length no frame has.
    Length(u32),
    /// The CRC does not fit.
    Crc,
    /// Whole, but of a kind this program does not know.
    Kind(u16),
    /// Whole, but with lengths, flags or text that no version wrote so.
    Content,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::Short => write!(f, "the frame is cut short"),
            Unreadable::Length(length) => write!(f, "a frame cannot be {length} bytes long"),
            Unreadable::Crc => write!(f, "the frame's CRC does not fit its bytes"),
            Unreadable::Kind(number) => write!(
                f,
                "the frame is of kind {number}, this program knows kinds up to {}: made by a newer version; open the store with it",
                Kind::ALL.len()
            ),
            Unreadable::Content => write!(f, "the frame's CRC fits, but its content is not a frame's (made by a newer version?)"),
        }
    }
}

impl Frame {
    /// The frame's bytes; sets `hash` to theirs.
    pub(super) fn encode(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        let length = FRAME_FIXED_BYTES + self.actor.len();
        out.extend_from_slice(&(length as u32).to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.position.to_le_bytes());
        out.extend_from_slice(&self.time.to_le_bytes());
        out.extend_from_slice(&self.batch.to_le_bytes());
        out.extend_from_slice(&self.kind.number().to_le_bytes());
        out.push(self.actor.len() as u8);
        out.push(0);
        out.extend_from_slice(&self.place.segment.to_le_bytes());
        out.extend_from_slice(&self.place.offset.to_le_bytes());
        out.extend_from_slice(&self.place.length.to_le_bytes());
        out.extend_from_slice(&self.commitment);
        out.extend_from_slice(&self.before);
        out.extend_from_slice(self.actor.as_bytes());
        let crc = frame_crc(&out[start..]);
        out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
        self.hash = Sha256::digest(&out[start..]).into();
    }

    /// Reads the frame at the start of `bytes`; its length is [`frame_length`] of them.
    pub(super) fn decode(bytes: &[u8]) -> std::result::Result<Frame, Unreadable> {
        let length = frame_length(bytes)?;
        let bytes = bytes.get(..length).ok_or(Unreadable::Short)?;
        if u32_at(bytes, 4) != frame_crc(bytes) {
            return Err(Unreadable::Crc);
        }
        let kind = u16_at(bytes, 32);
        let kind = Kind::from_number(kind).ok_or(Unreadable::Kind(kind))?;
        if usize::from(bytes[34]) + FRAME_FIXED_BYTES != length || bytes[35] != 0 {
            return Err(Unreadable::Content);
        }
        let actor = std::str::from_utf8(&bytes[FRAME_FIXED_BYTES..]).map_err(|_| Unreadable::Content)?;
        Ok(Frame {
            position: u64_at(bytes, 8),
            time: u64_at(bytes, 16) as i64,
            batch: u64_at(bytes, 24),
            kind,
            actor: actor.to_owned(),
            before: hash_at(bytes, 84),
            hash: Sha256::digest(bytes).into(),
            place: PayloadPlace { segment: u32_at(bytes, 36), offset: u64_at(bytes, 40), length: u32_at(bytes, 48) },
            commitment: hash_at(bytes, 52),
        })
    }

    /// Bytes of the payload.
    pub fn payload_bytes(&self) -> u32 {
        self.place.length
    }
}

/// The length of the frame that starts here, if it can be one.
pub(super) fn frame_length(bytes: &[u8]) -> std::result::Result<usize, Unreadable> {
    if bytes.len() < 4 {
        return Err(Unreadable::Short);
    }
    let length = u32_at(bytes, 0);
    match length as usize {
        FRAME_FIXED_BYTES..=FRAME_BYTES_MAX => Ok(length as usize),
        _ => Err(Unreadable::Length(length)),
    }
}

/// Whether a whole frame, CRC and all, stands at the start of `bytes`; its kind's number and batch.
pub(super) fn peek(bytes: &[u8]) -> Option<(u16, u64)> {
    let length = frame_length(bytes).ok()?;
    let bytes = bytes.get(..length)?;
    (u32_at(bytes, 4) == frame_crc(bytes)).then(|| (u16_at(bytes, 32), u64_at(bytes, 24)))
}

/// The CRC-32 of a frame: of all its bytes but the four that hold it.
fn frame_crc(bytes: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&bytes[..4]);
    crc.update(&bytes[8..]);
    crc.finalize()
}

/// The header of a payload entry.
pub(super) fn entry_header(position: u64, parts: u32) -> [u8; ENTRY_HEADER_BYTES] {
    let mut bytes = [0; ENTRY_HEADER_BYTES];
    bytes[..8].copy_from_slice(&position.to_le_bytes());
    bytes[8..].copy_from_slice(&parts.to_le_bytes());
    bytes
}

/// The header of a part.
pub(super) fn part_header(length: u32, salt: &[u8; 32]) -> [u8; PART_HEADER_BYTES] {
    let mut bytes = [0; PART_HEADER_BYTES];
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes[4..].copy_from_slice(salt);
    bytes
}

/// What a part hashes to: salt and content. Without the salt nobody can try out what an erased part was.
pub(super) fn part_hash(salt: &[u8], content: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(content);
    hash.finalize().into()
}

/// What a frame commits to: the hash of the hashes of its parts.
pub(super) fn commitment(parts: impl IntoIterator<Item = [u8; 32]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.into_iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// A part of an entry as it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PartPlace {
    /// Where its header starts in the entry.
    pub(super) at: usize,
    /// Its content in the entry; zeros once it was erased.
    pub(super) content: std::ops::Range<usize>,
    pub(super) erased: bool,
}

/// The parts of a frame's entry, `bytes` with its header, compared with what the frame commits to; the message says what is wrong.
pub(super) fn entry_parts(bytes: &[u8], frame: &Frame) -> std::result::Result<Vec<PartPlace>, String> {
    let other = || format!("the entry does not belong to frame {}", frame.position);
    if bytes.len() < ENTRY_HEADER_BYTES || u64_at(bytes, 0) != frame.position {
        return Err(other());
    }
    let (mut places, mut hashes, mut at) = (Vec::new(), Vec::new(), ENTRY_HEADER_BYTES);
    while at < bytes.len() {
        let content_at = at + PART_HEADER_BYTES;
        if content_at > bytes.len() {
            return Err(other());
        }
        let length = u32_at(bytes, at);
        let content = content_at..content_at + (length & !ERASED) as usize;
        let (slot, text) = (&bytes[at + 4..content_at], bytes.get(content.clone()).ok_or_else(other)?);
        let erased = length & ERASED != 0;
        if erased && text.iter().any(|byte| *byte != 0) {
            return Err(format!("an erased part of the payload of frame {} is not empty", frame.position));
        }
        hashes.push(if erased { hash_at(slot, 0) } else { part_hash(slot, text) });
        at = content.end;
        places.push(PartPlace { at: content_at - PART_HEADER_BYTES, content, erased });
    }
    if u32_at(bytes, 8) as usize != places.len() || commitment(hashes) != frame.commitment {
        return Err(format!("the payload of frame {} is not the one the frame commits to", frame.position));
    }
    Ok(places)
}

/// Erases a part of an entry: its hash stands in the place of its salt, zeros in that of its content.
pub(super) fn erase_part(bytes: &mut [u8], part: &PartPlace) {
    if part.erased {
        return;
    }
    let hash = part_hash(&bytes[part.at + 4..part.content.start], &bytes[part.content.clone()]);
    let length = u32_at(bytes, part.at) | ERASED;
    bytes[part.at..part.at + 4].copy_from_slice(&length.to_le_bytes());
    bytes[part.at + 4..part.content.start].copy_from_slice(&hash);
    bytes[part.content.clone()].fill(0);
}

/// What stands for the frame before the first: the chain is tied to its store.
pub(super) fn genesis(store_id: &[u8; 16]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"oneid/journal/2");
    hash.update(store_id);
    hash.finalize().into()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

fn hash_at(bytes: &[u8], at: usize) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(&bytes[at..at + 32]);
    hash
}
