//! `oneid`: which records are one person, a One-ID that lasts, and the proof of every decision.
pub mod error;
pub mod limits;
pub mod record;
pub mod one_id;
pub mod synth;
