//! The store: sled as a view of the journal, made of packed rows that are read together.
//!
//! 1. [`Store::open`] opens or makes the view; [`Store::applied_position`] says up to where it follows the journal.
//! 2. The service reads what comes after that from the journal, makes a [`Changes`] of it, and [`Store::apply`] writes them, the
//!    applied position last.
//! 3. Getters and scans read rows back. A view that is damaged or of another version is removed ([`remove`]) and rebuilt.
//!
//! Always: a row is found whole (its CRC-32 covers key and content) or refused; a half-applied `Changes` leaves the old applied
//! position, and applying it again ends in the same rows. Nothing is durable because it is here: sled loses and hides rows after a
//! power cut or a flipped bit, so the journal alone decides. The bytes are drawn in `docs/formats.md`.
//! Never here: journal, search and engine; what a record or a person should be; hot reads (sled's lock is one for the process).

mod apply;
mod changes;
mod compact;
mod layout;
mod open;
mod read;
mod row;

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod tests;

pub use changes::{Activation, Changes};
pub use layout::{FORMAT_VERSION, ROW_BYTES_MAX};
pub use open::{Store, remove};
pub use row::{EventRow, PersonRow, PersonState, RecordRow};
