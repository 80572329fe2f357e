//! Records of people who were erased are not to come back: known by keyed hashes of their keys, so that the list names nobody.

use crate::error::{Error, ErrorClass, Result};
use crate::record::RecordKey;
use crate::service::entry::SUPPRESSION_KEY_ROW;
use crate::service::upkeep::hexadecimal;
use hmac::{Hmac, KeyInit, Mac};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::path::Path;

/// A record's key, hashed: the first 16 bytes of its HMAC-SHA-256 (RFC 2104).
pub type KeyHash = [u8; 16];

/// What is kept out of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suppression {
    /// None as long as nobody was erased.
    key: Option<[u8; 32]>,
    hashes: FxHashSet<KeyHash>,
}

impl Suppression {
    /// As a store's rows tell.
    pub(super) fn of(rows: impl Iterator<Item = Result<(Vec<u8>, Vec<u8>)>>) -> Result<Self> {
        let mut suppression = Suppression::default();
        let strange = |_| Error::corrupt("the list of what is not to come back has a row of another length");
        for row in rows {
            let (name, value) = row?;
            if name == SUPPRESSION_KEY_ROW {
                suppression.key = Some(value.try_into().map_err(strange)?);
            } else {
                suppression.hashes.insert(name.try_into().map_err(strange)?);
            }
        }
        Ok(suppression)
    }

    /// Whether a record is not to come back.
    pub fn keeps_out(&self, key: &RecordKey) -> bool {
        !self.hashes.is_empty() && self.key.is_some_and(|secret| self.hashes.contains(&hash(&secret, key)))
    }

    /// The key of the hashes, made when the first person is erased.
    pub(super) fn key_or_new(&self) -> Result<[u8; 32]> {
        if let Some(key) = self.key {
            return Ok(key);
        }
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|cause| Error::new(ErrorClass::Io, format!("the system gives no random bytes: {cause}")))?;
        Ok(key)
    }

    /// Whether all that another keeps out is kept out.
    pub(super) fn covers(&self, other: &Suppression) -> bool {
        other.hashes.is_empty() || self.key == other.key && other.hashes.is_subset(&self.hashes)
    }

    pub(super) fn hashes(&self) -> impl Iterator<Item = &KeyHash> {
        self.hashes.iter()
    }

    /// An order's hashes are kept out too.
    #[cfg(test)]
    fn take(&mut self, order: &crate::service::entry::ErasureOrder) {
        self.key = Some(order.key);
        self.hashes.extend(&order.suppressed);
    }

    /// The list, to be kept outside of the store.
    pub fn list(&self, store_id: &[u8; 16], position: u64) -> SuppressionList {
        let mut hashes: Vec<String> = self.hashes.iter().map(|hash| hexadecimal(hash)).collect();
        hashes.sort_unstable();
        let key = self.key.map(|key| hexadecimal(&key)).unwrap_or_default();
        SuppressionList { format: 1, store_id: hexadecimal(store_id), position, key, hashes }
    }
}

/// Hashes a record's key.
pub(super) fn hash(secret: &[u8; 32], key: &RecordKey) -> KeyHash {
    // A key of 32 bytes is taken as it is.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return [0; 16] };
    mac.update(key.source.as_bytes());
    mac.update(&[0]);
    mac.update(key.id.as_bytes());
    let mut out = [0; 16];
    out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    out
}

/// A list of erased records in a file: whoever restores an older backup erases them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressionList {
    /// The form, 1.
    pub format: u32,
    /// The store's id, in hexadecimal.
    pub store_id: String,
    /// The journal position at which the list was written.
    pub position: u64,
    /// The key of the hashes, in hexadecimal; empty where nobody was erased.
    pub key: String,
    /// Keyed hashes of the keys of erased records, in hexadecimal, rising.
    pub hashes: Vec<String>,
}

impl SuppressionList {
    /// Reads a file that [`Suppression::list`] was written to.
    pub fn read(path: &Path) -> Result<SuppressionList> {
        let json = std::fs::read(path).map_err(|cause| Error::io(path.display(), &cause))?;
        let list: SuppressionList = serde_json::from_slice(&json)
            .map_err(|cause| Error::bad_data(format!("no list of erased records: {cause}")).at(path.display()))?;
        if list.format != 1 {
            let message = format!("the list has form {}, this program reads form 1; use a newer oneid", list.format);
            return Err(Error::newer(message).at(path.display()));
        }
        Ok(list)
    }

    /// What it keeps out of the store it was written for; another store's is refused.
    pub fn suppression(&self, store_id: &[u8; 16]) -> Result<Suppression> {
        if self.store_id != hexadecimal(store_id) {
            return Err(Error::usage(format!("the list is of store {}, this store is {}", self.store_id, hexadecimal(store_id))));
        }
        let strange = || Error::bad_data("the list of erased records has a hash that is none");
        let key = if self.key.is_empty() { None } else { Some(bytes_of(&self.key).ok_or_else(strange)?) };
        let hashes = self.hashes.iter().map(|hash| bytes_of(hash).ok_or_else(strange)).collect::<Result<_>>()?;
        Ok(Suppression { key, hashes })
    }
}

fn bytes_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..N).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::entry::ErasureOrder;

    #[test]
    fn a_list_keeps_out_what_it_names_and_no_more() {
        let order = ErasureOrder { key: [7; 32], suppressed: vec![hash(&[7; 32], &RecordKey::new("crm", "1"))], ..Default::default() };
        let mut suppression = Suppression::default();
        assert!(!suppression.keeps_out(&RecordKey::new("crm", "1")));
        suppression.take(&order);
        let list = suppression.list(&[3; 16], 9);
        assert_eq!(list.suppression(&[3; 16]).expect("it is this store's"), suppression);
        assert_eq!(list.suppression(&[4; 16]).expect_err("another store's").class(), ErrorClass::Usage);
        for (source, id, kept_out) in [("crm", "1", true), ("crm", "2", false), ("app", "1", false), ("cr", "m1", false)] {
            assert_eq!(suppression.keeps_out(&RecordKey::new(source, id)), kept_out, "{source}/{id}");
        }
        let text = serde_json::to_string(&list).expect("it is told");
        assert!(!text.contains("crm"), "{text}");
        // RFC 4231, test case 2 has a shorter key; this is Python's hmac over the same bytes.
        assert_eq!(hexadecimal(&hash(&[7; 32], &RecordKey::new("crm", "1"))), PYTHONS);
    }

    const PYTHONS: &str = "95248e3550967e4dd7a97e7152b82487";
}
