//! Request messages -> answer messages, without sockets.

use super::jobs::Jobs;
use crate::error::{Error, ErrorClass, Result};
use crate::limits::PAGE_SIZE_MAX;
use crate::one_id::OneId;
use crate::service::lookup::Lookup;
use crate::service::upsert::{Asked, Write, Writer};
use crate::wire::{identifier, v1};
use compact_str::CompactString;
use std::path::PathBuf;
use std::sync::Arc;

/// Answers the calls of the protocol from a look-up. Each method is the call of its name; errors are those of the protocol files.
pub struct Answers {
    pub(super) lookup: Arc<Lookup>,
    writer: Option<Arc<Writer>>,
    /// Who asks, for the journal.
    actor: CompactString,
    pub(super) jobs: Jobs,
}

impl Answers {
    /// Answers from this look-up.
    pub fn new(lookup: Arc<Lookup>) -> Self {
        Answers { lookup, writer: None, actor: CompactString::default(), jobs: Jobs::default() }
    }

    /// Answers from this look-up, and writes for `actor`.
    pub fn writing(lookup: Arc<Lookup>, writer: Arc<Writer>, actor: &str) -> Self {
        Answers { lookup, writer: Some(writer), actor: actor.into(), jobs: Jobs::default() }
    }

    /// The same, with a folder of which files are loaded for callers.
    pub fn loading_from(self, folder: PathBuf) -> Self {
        Answers { jobs: Jobs::under(folder), ..self }
    }

    pub(super) fn actor(&self) -> &str {
        &self.actor
    }

    /// Look-up and writer, for work that outlasts a call.
    pub(super) fn parts_to_write(&self) -> Result<(Arc<Lookup>, Arc<Writer>)> {
        self.writer()?;
        let writer = self.writer.as_ref().map(Arc::clone).ok_or_else(|| Error::internal("there is no writer"))?;
        Ok((Arc::clone(&self.lookup), writer))
    }

    /// The journal position that answers reflect.
    pub fn position(&self) -> u64 {
        self.lookup.position()
    }

    /// A write as the caller asks for it.
    pub(super) fn asked(&self, write: Write, request_id: &str, now: i64) -> Asked {
        Asked { write, request_id: request_id.into(), actor: self.actor.clone(), time: now }
    }

    /// Who writes; an error where nothing is to be written.
    pub(super) fn writer(&self) -> Result<&Writer> {
        self.writer.as_deref().ok_or_else(|| Error::new(ErrorClass::Conflict, "the store is open for reading only"))
    }

    /// Why nothing more is written, once that is so.
    pub(super) fn failure(&self) -> Option<Error> {
        self.writer.as_ref()?.failure()
    }

    /// The position that an answer as of a position reflects, or that of now.
    pub(super) fn position_read(&self, position: Option<u64>) -> Option<v1::ReadPosition> {
        position.map_or_else(|| self.read_position(), |position| Some(identifier::read_position(position)))
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
