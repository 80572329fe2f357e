//! The doors: what a store answers directly, over gRPC and on the command line is the same, and what is not built says so.
//!
//! All tests ask one store, made once from the four channels and a delta that merges two people. Servers listen on a free loopback
//! port and are stopped.
#![cfg(feature = "full")]

mod equal;
mod lookups;
#[path = "../program/mod.rs"]
mod program;
mod protocol;
mod shell;
mod world;
