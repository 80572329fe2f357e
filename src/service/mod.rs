//! The services behind every door: load, merge, keep, look up, explain.
//!
//! Joins `engine`, `ingest`, `journal`, `store` and `search`; knows nothing of protocols or command lines.

pub mod activation;
pub mod assessment;
mod assurance;
mod checkpoint;
mod collect;
pub mod entry;
pub mod erase;
pub mod events;
pub mod history;
mod holders;
pub mod joined;
pub mod judgement;
pub mod keep;
pub mod labels;
pub mod load;
mod locks;
pub mod lookup;
mod mapping;
mod made;
pub mod merge;
pub mod merge_store;
mod model_choice;
mod naming;
mod past;
pub mod report;
pub mod review;
pub mod roll;
pub mod stopwatch;
pub mod suppression;
pub mod train;
pub mod upkeep;
pub mod upsert;
pub mod version;
pub mod views;
mod written;

pub use crate::engine::{Observer, Phase};
