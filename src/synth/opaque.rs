//! Names that tell nothing: record ids, cluster ids and device ids as keyed permutations of counters.
//!
//! A permutation, not a hash, so that two counters never get one name. The key follows from the seed and the kind of name.
//! Never here: secrecy. Somebody with the seed can turn a name back into its counter.

use super::dice::mix;

/// The kinds of names, each with a key of its own.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(crate) enum NameKind {
    Crm = 1,
    App,
    MiniProgram,
    Branch,
    Cluster,
    Event,
    Device,
    UnionId,
    Email,
    Staff,
    Place,
}

/// Makes names from counters.
#[derive(Clone, Copy)]
pub(crate) struct Namer {
    seed: u64,
}

/// Letters of an openid.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

impl Namer {
    pub(crate) fn new(seed: u64) -> Self {
        Namer { seed: mix(seed ^ 0x006e_616d_6572) }
    }

    fn key(self, kind: NameKind) -> u64 {
        mix(self.seed ^ ((kind as u64) << 56))
    }

    /// A permutation of the numbers of 64 bits.
    pub(crate) fn wide(self, kind: NameKind, counter: u64) -> u64 {
        mix(mix(counter ^ self.key(kind)).wrapping_add(self.seed))
    }

    /// A permutation of the numbers of 33 bits, which have at most ten digits.
    pub(crate) fn narrow(self, kind: NameKind, counter: u64) -> u64 {
        const MASK: u64 = (1 << 33) - 1;
        let mut x = counter & MASK;
        let mut key = self.key(kind);
        for _ in 0..3 {
            x = (x ^ (x >> 16)).wrapping_mul(0x9e37_79b9_7f4a_7c15) & MASK;
            x = x.wrapping_add(key) & MASK;
            key = mix(key);
        }
        x ^ (x >> 17)
    }

    /// Writes 28 letters, as WeChat writes its ids: `o` and 27 that follow from the permuted counter.
    pub(crate) fn write_wechat(self, kind: NameKind, counter: u64, out: &mut String) {
        let first = self.wide(kind, counter);
        let more = mix(first ^ self.seed);
        out.push('o');
        for place in 0..11 {
            out.push(LETTERS[(first >> (place * 6)) as usize & 63] as char);
        }
        for place in 0..10 {
            out.push(LETTERS[(more >> (place * 6)) as usize & 63] as char);
        }
        for place in 0..6 {
            out.push(LETTERS[(mix(more) >> (place * 6)) as usize & 63] as char);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_counters_share_a_name() {
        let namer = Namer::new(3);
        let narrow: HashSet<u64> = (0..200_000).map(|n| namer.narrow(NameKind::Crm, n)).collect();
        assert_eq!(narrow.len(), 200_000);
        assert!(narrow.iter().all(|name| *name < 10_000_000_000));
        assert_ne!(namer.narrow(NameKind::Crm, 1), namer.narrow(NameKind::Branch, 1));
    }
}
