//! Request messages -> answer messages, without sockets.

use crate::error::{Error, ErrorClass, Result};
use crate::limits::PAGE_SIZE_MAX;
use crate::one_id::OneId;
use crate::service::lookup::Lookup;
use crate::wire::{identifier, v1};
use std::sync::Arc;

/// Answers the calls of the protocol from a look-up. Each method is the call of its name; errors are those of the protocol files.
pub struct Answers {
    pub(super) lookup: Arc<Lookup>,
}

impl Answers {
    /// Answers from this look-up.
    pub fn new(lookup: Arc<Lookup>) -> Self {
        Answers { lookup }
    }

    pub(super) fn read_position(&self) -> Option<v1::ReadPosition> {
        Some(identifier::read_position(self.lookup.position()))
    }
}

/// Reads a One-ID.
pub(super) fn one_id(text: &str) -> Result<OneId> {
    OneId::parse(text).ok_or_else(|| Error::usage(format!("{text:?} is not a One-ID, which is P and 16 characters")))
}

/// Refuses what is named in the protocol and not built yet.
pub(super) fn not_built(what: &str) -> Error {
    Error::new(ErrorClass::NotImplemented, format!("{what} is not implemented in this version"))
}

/// Refuses a past moment.
pub(super) fn only_now(as_of: Option<&v1::AsOf>) -> Result<()> {
    as_of.map_or(Ok(()), |_| Err(not_built("answering as of another moment (as_of)")))
}

/// Refuses a reason for unmasked values: it would have to be in the journal before the answer leaves.
pub(super) fn no_unmask_reason(reason: &str) -> Result<()> {
    if reason.is_empty() { Ok(()) } else { Err(not_built("unmask_reason (nothing is masked yet, and no reason is kept)")) }
}

/// Refuses a batch of none or too many.
pub(super) fn batch(what: &str, asked: usize) -> Result<()> {
    match asked {
        1..=PAGE_SIZE_MAX => Ok(()),
        _ => Err(Error::usage(format!("a batch has 1 to {PAGE_SIZE_MAX} {what}, this one has {asked}"))),
    }
}
