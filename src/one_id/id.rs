//! The One-ID itself: 80 bits, written as `P` and 16 characters of Crockford's base 32.

use crate::record::RecordKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Crockford's base 32 without I, L, O and U, so that a name survives being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A person's lasting name. Two are equal only for one person of one store; order has no meaning.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OneId([u8; 10]);

impl OneId {
    /// The name of the `ordinal`-th person created at `position` of the journal of store `store_id`.
    pub fn at_position(store_id: &[u8; 16], position: u64, ordinal: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"oneid/person/1");
        hash.update(store_id);
        hash.update(position.to_be_bytes());
        hash.update(ordinal.to_be_bytes());
        Self::from_digest(&hash.finalize())
    }

    /// The name of a cluster that is kept nowhere: derived from its least record key.
    pub fn from_least_key(key: &RecordKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"oneid/cluster/1");
        hash.update((key.source.len() as u64).to_be_bytes());
        hash.update(key.source.as_bytes());
        hash.update(key.id.as_bytes());
        Self::from_digest(&hash.finalize())
    }

    fn from_digest(digest: &[u8]) -> Self {
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&digest[..10]);
        OneId(bytes)
    }

    /// The ten bytes, as stored.
    pub const fn as_bytes(&self) -> &[u8; 10] {
        &self.0
    }

    /// The name with these ten bytes.
    pub const fn from_bytes(bytes: [u8; 10]) -> Self {
        OneId(bytes)
    }

    /// Reads the written form; lower case is accepted, and the letters I, L and O for the digits they resemble.
    pub fn parse(text: &str) -> Option<Self> {
        let letters = text.strip_prefix(['P', 'p'])?;
        if letters.len() != 16 || !letters.is_ascii() {
            return None;
        }
        let mut bits: u128 = 0;
        for letter in letters.bytes() {
            let letter = match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let digit = ALPHABET.iter().position(|known| *known == letter)?;
            bits = bits << 5 | digit as u128;
        }
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&bits.to_be_bytes()[6..]);
        Some(OneId(bytes))
    }
}

impl fmt::Display for OneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
        f.write_str("P")?;
        for place in (0..16).rev() {
            let digit = (bits >> (place * 5)) & 31;
            write!(f, "{}", ALPHABET[digit as usize] as char)?;
        }
        Ok(())
    }
}

impl fmt::Debug for OneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_form_reads_back_and_forgives_look_alikes() {
        let id = OneId::from_least_key(&RecordKey::new("crm", "1"));
        let text = id.to_string();
        assert_eq!(text.len(), 17);
        assert_eq!(OneId::parse(&text), Some(id));
        assert_eq!(OneId::parse(&text.to_lowercase()), Some(id));
        assert_eq!(OneId::parse(&text.replace('0', "O").replace('1', "l")), Some(id));
        assert_eq!(OneId::parse("P123"), None);
        assert_eq!(OneId::parse("P000000000000000U"), None);
    }

    #[test]
    fn names_differ_by_every_part_they_are_made_of() {
        let base = OneId::at_position(&[1; 16], 7, 0);
        assert_ne!(base, OneId::at_position(&[2; 16], 7, 0));
        assert_ne!(base, OneId::at_position(&[1; 16], 8, 0));
        assert_ne!(base, OneId::at_position(&[1; 16], 7, 1));
        assert_ne!(OneId::from_least_key(&RecordKey::new("a", "bc")), OneId::from_least_key(&RecordKey::new("ab", "c")));
    }
}
