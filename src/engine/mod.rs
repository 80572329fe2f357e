//! The stages put together, once, behind three doors.
//!
//! [`resolver`] is the only composition of stages for a pair, `partition` for what comes behind; `batch` runs them over many records with all
//! cores, [`online`] for records that come and go one by one, `train` learns a model. Imports pure folders only. Never here: files, sockets, the clock; callers pass an [`Observer`] that may look at them.

#[cfg(feature = "full")]
pub mod batch;
pub mod ceiling;
pub mod online;
mod partition;
pub mod resolver;
#[cfg(feature = "full")]
pub mod train;

/// The phases of a batch, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Reading and normalising.
    Read,
    /// Preparing values for comparison.
    Prepare,
    /// Keys, blocks and candidate pairs.
    Block,
    /// Learning a model.
    Train,
    /// Weighing candidate pairs.
    Weigh,
    /// Cutting components into clusters.
    Cluster,
    /// Naming clusters.
    Assign,
    /// Journal, store and index.
    Keep,
    /// Comparing with a truth.
    Assess,
    /// Writing results.
    Write,
}

impl Phase {
    /// The word used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Read => "read and normalise",
            Phase::Prepare => "prepare values",
            Phase::Block => "block",
            Phase::Train => "train",
            Phase::Weigh => "weigh pairs",
            Phase::Cluster => "cluster",
            Phase::Assign => "assign One-IDs",
            Phase::Keep => "keep",
            Phase::Assess => "assess",
            Phase::Write => "write results",
        }
    }
}

/// Told of the progress of long work; may be called from several threads.
pub trait Observer: Sync {
    /// A phase begins; the one before has ended.
    fn begin(&self, phase: Phase, expected: u64);
    /// So many more of the phase's items are done.
    fn advance(&self, items: u64);
    /// The memory that may still be asked for, bytes; none where there is no bound. Work that can be done in smaller passes keeps to it.
    fn room(&self) -> Option<u64> {
        None
    }
}

/// Listens to nothing.
pub struct Silent;

impl Observer for Silent {
    fn begin(&self, _: Phase, _: u64) {}
    fn advance(&self, _: u64) {}
}
