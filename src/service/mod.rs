//! The services behind every door: load, merge, keep, look up, explain.
//!
//! Joins `engine`, `ingest`, `journal`, `store` and `search`; knows nothing of protocols or command lines.

pub mod load;
pub mod merge;
pub mod report;
pub mod stopwatch;
