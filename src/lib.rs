//! `oneid`: which records are one person, a One-ID that lasts, and the proof of every decision.
pub mod error;
pub mod limits;
pub mod normalize;
pub mod one_id;
pub mod record;
pub mod schema;
#[cfg(feature = "full")]
pub mod search;
#[cfg(feature = "full")]
pub mod wire;
