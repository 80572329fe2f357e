//! `oneid`: which records are one person, a One-ID that lasts, and the proof of every decision.
pub mod blocking;
pub mod cluster;
pub mod comparison;
pub mod engine;
pub mod error;
pub mod evaluation;
#[cfg(feature = "full")]
pub mod ingest;
pub mod limits;
pub mod link;
pub mod model;
pub mod normalize;
pub mod one_id;
pub mod record;
pub mod schema;
