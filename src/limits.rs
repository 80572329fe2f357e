//! Every bound of the program in one place: its unit, its reason, and what happens at it.
//!
//! A bound that is not here does not exist; code names these constants and never a bare number. Nothing is imported.

/// Longest line or JSON value of an input, bytes. Longer rows are skipped to their end and rejected, so that one broken
/// row cannot take the memory of the whole job.
pub const INPUT_ROW_BYTES_MAX: usize = 16 << 20;

/// Longest value taken from an input, characters. Longer ones are cut and reported; no real name or address comes near.
pub const VALUE_CHARS_MAX: usize = 1024;
