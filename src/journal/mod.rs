//! The journal: the durable, hash-chained log of inputs and outcomes, and the truth of a store. What it holds happened; what it does
//! not hold did not.
//!
//! 1. [`Journal::open`] takes the store's lock, reads and checks the whole chain of frames (`scan`), and says which bytes behind
//!    the last commit a crash left ([`Journal::torn_tails`]).
//! 2. [`Journal::begin`], [`Batch::append_as`] ..., [`Batch::commit`]: payloads go to payload segments, frames to frame segments. The
//!    commit syncs the payload file, appends the commit frame, syncs the frame file, and only then reports success: two syncs for a
//!    batch, one a file. (The order makes it true that where a commit frame is on the disk, all it speaks of is.) A batch that is
//!    dropped never was.
//! 3. [`Reader`] goes over what is committed, checking each frame and payload again.
//!
//! Always: a frame carries its CRC-32 and the SHA-256 of the frame before; it commits to its payload by salted hashes of its parts,
//! so that a part can be erased without touching the chain. A single flipped bit in anything committed is refused by file and offset, when the
//! journal is opened (frames) or when the payload is read. After a failed write or sync the writer takes nothing more, for good.
//! The bytes are drawn in `docs/formats.md` and held by a fixture.
//! Never here: what payloads mean (they are bytes), the clock (time is given), and any other folder of the crate.

mod copy;
mod erasure;
mod format;
mod kind;
mod landmarks;
mod lock;
mod reader;
mod salt;
mod scan;
mod segment;
mod writer;

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod frozen_tests;
#[cfg(test)]
mod power_tests;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use segment::fault::CALLS_LEFT;

pub use erasure::{PartId, erasure_instead, erasure_payload};
pub use format::{FORMAT_VERSION, Frame};
pub use kind::Kind;
pub use lock::StoreLock;
pub use reader::{Entries, Frames, Payload, Reader};
pub use scan::TornTail;
pub use writer::{Batch, Journal, Receipt};
