//! Randomness for salts and store ids, from the operating system.

use crate::error::{Error, ErrorClass, Result};

/// Salts fetched from the system at once, so that a frame does not cost a system call.
const SALTS_AT_ONCE: usize = 64;

/// Gives out salts; each is used once.
pub(super) enum Salts {
    /// From the operating system.
    System { stock: Vec<u8> },
    /// Counted, for fixtures that must come out the same every time.
    #[cfg(test)]
    Counted(u64),
}

impl Salts {
    pub(super) fn system() -> Self {
        Salts::System { stock: Vec::new() }
    }

    /// The next salt.
    pub(super) fn next(&mut self) -> Result<[u8; 32]> {
        match self {
            Salts::System { stock } => {
                if stock.is_empty() {
                    stock.resize(32 * SALTS_AT_ONCE, 0);
                    fill(stock)?;
                }
                let mut salt = [0; 32];
                salt.copy_from_slice(&stock[stock.len() - 32..]);
                stock.truncate(stock.len() - 32);
                Ok(salt)
            }
            #[cfg(test)]
            Salts::Counted(count) => {
                *count += 1;
                let mut salt = [0x5a; 32];
                salt[..8].copy_from_slice(&count.to_le_bytes());
                Ok(salt)
            }
        }
    }
}

/// A new store id.
pub(super) fn store_id() -> Result<[u8; 16]> {
    let mut id = [0; 16];
    fill(&mut id)?;
    Ok(id)
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::new(ErrorClass::Io, format!("the system gives no random bytes: {error}")))
}
