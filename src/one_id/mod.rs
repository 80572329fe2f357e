//! One-IDs: names of people that outlive clusters.
//!
//! [`OneId`] is the name; [`assignment`] gives names to the clusters of a merge, keeping those that stand; [`history`] says what befell them.
//! Never here: storage of the names, and clustering.

pub mod assignment;
pub mod history;
mod id;

pub use id::OneId;
