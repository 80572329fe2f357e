//! Keys and parts: how a row becomes entries of sled, as drawn in `docs/formats.md`.
//!
//! 1. A text in a key is written so that it holds no zero byte and sorts as before; zero bytes separate.
//! 2. A row longer than one part is split: the first part lies at the row's key and says how many there are, the others at the key
//!    followed by a zero byte and their number. Parts of a row follow each other in key order.
//! 3. The first part carries a CRC-32 of key and content, so parts of two versions of a row are never taken for one.

use crate::error::{Error, Result};
use crate::limits::{STORE_PART_BYTES_MAX, STORE_PARTS_MAX};
use crate::one_id::OneId;
use crate::record::RecordKey;
use compact_str::CompactString;

/// The version of the layout this program writes, and the only one it reads; others are rebuilt from the journal.
pub const FORMAT_VERSION: u32 = 4;

/// The version in front of every part.
const CODEC_VERSION: u8 = 1;
/// Bytes before the content of a first part: codec version, number of parts, CRC-32.
const FIRST_HEADER_BYTES: usize = 7;
/// Bytes before the content of another part: codec version and two zero bytes.
const OTHER_HEADER_BYTES: usize = 3;

/// Most bytes of a row.
pub const ROW_BYTES_MAX: usize =
    STORE_PART_BYTES_MAX - FIRST_HEADER_BYTES + (STORE_PARTS_MAX - 1) * (STORE_PART_BYTES_MAX - OTHER_HEADER_BYTES);

/// The trees of the store. Their order is that of [`Tree::NAMES`] and nowhere on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    Meta,
    Records,
    People,
    Events,
    Snapshots,
    Mappings,
    Judgements,
    Reviews,
    Tombstones,
    Requests,
    Suppressed,
}

impl Tree {
    pub(super) const ALL: [Tree; 11] = [
        Tree::Meta,
        Tree::Records,
        Tree::People,
        Tree::Events,
        Tree::Snapshots,
        Tree::Mappings,
        Tree::Judgements,
        Tree::Reviews,
        Tree::Tombstones,
        Tree::Requests,
        Tree::Suppressed,
    ];

    pub(super) const NAMES: [&'static str; 11] =
        ["meta", "records", "people", "events", "snapshots", "mappings", "judgements", "reviews", "tombstones", "requests", "suppressed"];

    pub(super) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// The key of a record's row and of its events.
pub(super) fn record_key(key: &RecordKey) -> Vec<u8> {
    let mut out = Vec::with_capacity(key.source.len() + key.id.len() + 1);
    escape(key.source.as_bytes(), &mut out);
    out.push(0);
    escape(key.id.as_bytes(), &mut out);
    out
}

/// Reads a record's key back.
pub(super) fn parse_record_key(bytes: &[u8]) -> Result<RecordKey> {
    let zero = bytes.iter().position(|byte| *byte == 0);
    let text = |bytes: &[u8]| unescape(bytes).and_then(|bytes| String::from_utf8(bytes).ok()).map(CompactString::from);
    let parts = zero.and_then(|zero| Some((text(&bytes[..zero])?, text(&bytes[zero + 1..])?)));
    let (source, id) = parts.ok_or_else(|| Error::corrupt("the key is no record's"))?;
    Ok(RecordKey { source, id })
}

/// The key of a person's row.
pub(super) fn person_key(one_id: &OneId) -> Vec<u8> {
    one_id.as_bytes().to_vec()
}

/// Reads a person's key back.
pub(super) fn parse_person_key(bytes: &[u8]) -> Result<OneId> {
    let bytes = bytes.try_into().map_err(|_| Error::corrupt("the key is no One-ID"))?;
    Ok(OneId::from_bytes(bytes))
}

/// The key of a row that is named by any bytes.
pub(super) fn named_key(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    escape(name, &mut out);
    out
}

/// Reads a name back.
pub(super) fn parse_named_key(bytes: &[u8]) -> Result<Vec<u8>> {
    unescape(bytes).ok_or_else(|| Error::corrupt("the key is no name"))
}

/// Writes 0 as 1 1 and 1 as 1 2, which keeps the order and leaves no 0.
fn escape(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            0 | 1 => out.extend_from_slice(&[1, byte + 1]),
            _ => out.push(*byte),
        }
    }
}

fn unescape(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            0 => return None,
            1 => out.push(bytes.next()?.checked_sub(1).filter(|byte| *byte <= 1)?),
            _ => out.push(*byte),
        }
    }
    Some(out)
}

/// The key of another part (1, 2, ...) of the row at `key`.
pub(super) fn part_key(key: &[u8], part: u16) -> Vec<u8> {
    let mut out = Vec::with_capacity(key.len() + 3);
    out.extend_from_slice(key);
    out.push(0);
    out.extend_from_slice(&part.to_be_bytes());
    out
}

/// The key of the row that the part at `key` belongs to, if `key` can be a part's.
pub(super) fn row_of_part(key: &[u8]) -> Option<&[u8]> {
    let (row, number) = key.split_at_checked(key.len().checked_sub(3)?)?;
    (number[0] == 0).then_some(row)
}

/// The parts of a row, first to last.
pub(super) fn split(key: &[u8], body: &[u8]) -> Result<Vec<Vec<u8>>> {
    let first = body.len().min(STORE_PART_BYTES_MAX - FIRST_HEADER_BYTES);
    let others = body[first..].chunks(STORE_PART_BYTES_MAX - OTHER_HEADER_BYTES);
    let parts = 1 + others.len();
    if parts > STORE_PARTS_MAX {
        let message = format!("a row of {} bytes needs {parts} parts, at most {STORE_PARTS_MAX} are allowed", body.len());
        return Err(Error::usage(message));
    }
    let mut head = Vec::with_capacity(FIRST_HEADER_BYTES + first);
    head.push(CODEC_VERSION);
    head.extend_from_slice(&(parts as u16).to_le_bytes());
    head.extend_from_slice(&row_crc(key, body).to_le_bytes());
    head.extend_from_slice(&body[..first]);
    let mut out = vec![head];
    out.extend(others.map(|content| {
        let mut part = Vec::with_capacity(OTHER_HEADER_BYTES + content.len());
        part.extend_from_slice(&[CODEC_VERSION, 0, 0]);
        part.extend_from_slice(content);
        part
    }));
    Ok(out)
}

/// What a part says of itself.
pub(super) enum Part<'a> {
    /// The first of so many, with the CRC-32 of the row.
    First { parts: u16, crc: u32, content: &'a [u8] },
    /// A later one.
    Other { content: &'a [u8] },
}

/// Reads a part.
pub(super) fn part(bytes: &[u8]) -> Result<Part<'_>> {
    match bytes {
        [CODEC_VERSION, 0, 0, content @ ..] => Ok(Part::Other { content }),
        [CODEC_VERSION, low, high, a, b, c, d, content @ ..] => {
            Ok(Part::First { parts: u16::from_le_bytes([*low, *high]), crc: u32::from_le_bytes([*a, *b, *c, *d]), content })
        }
        [version, ..] if *version > CODEC_VERSION => Err(Error::corrupt(format!(
            "the row has codec version {version}, this program reads up to {CODEC_VERSION}: made by a newer version"
        ))),
        _ => Err(Error::corrupt("the row has no header")),
    }
}

/// The CRC-32 of a row: of its key and content.
pub(super) fn row_crc(key: &[u8], body: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(key);
    crc.update(body);
    crc.finalize()
}
