//! `oneid`: which records are one person, a One-ID that lasts, and the proof of every decision.
pub mod error;
#[cfg(feature = "full")]
pub mod journal;
pub mod limits;
pub mod one_id;
pub mod record;
