//! `oneid`: which records are one person, a One-ID that lasts, and the proof of every decision.
//!
//! ```text
//! bytes -> SourceRecord -> CanonicalRecord -> BlockingKeys -> CandidatePair -> ComparisonVector -> MatchWeight
//!   -> Edge -> Cluster -> One-ID -> golden profile -> features -> look-up, search, explanation
//! ```
//!
//! The modules stand in reading order. The first part is pure: no files, sockets, clock, threads or unseeded randomness. Without
//! the feature `full` the library is that part and `engine::{resolver, online}`.

// Pure.
pub mod error;
pub mod limits;
pub mod record;
pub mod schema;
pub mod normalize;
pub mod blocking;
pub mod comparison;
pub mod model;
pub mod link;
pub mod cluster;
pub mod one_id;
pub mod golden;
pub mod features;
pub mod explain;
pub mod evaluation;
pub mod synth;
pub mod settings;

// The engine: the same stages, several doors.
pub mod engine;

// The shell: each outside thing behind one folder.
#[cfg(feature = "full")]
pub mod ingest;
#[cfg(feature = "full")]
pub mod journal;
#[cfg(feature = "full")]
pub mod store;
#[cfg(feature = "full")]
pub mod search;

// The doors.
#[cfg(feature = "full")]
pub mod service;
#[cfg(feature = "full")]
pub mod wire;
#[cfg(feature = "full")]
pub mod server;
#[cfg(feature = "full")]
pub mod client;
#[cfg(feature = "full")]
pub mod cli;
