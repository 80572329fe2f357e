//! Every bound of the program in one place: its unit, its reason, and what happens at it.
//!
//! A bound that is not here does not exist; code names these constants and never a bare number. Nothing is imported.

/// Longest line or JSON value of an input, bytes. Longer rows are skipped to their end and rejected, so that one broken
/// row cannot take the memory of the whole job.
pub const INPUT_ROW_BYTES_MAX: usize = 16 << 20;

/// Longest value taken from an input, characters. Longer ones are cut and reported; no real name or address comes near.
pub const VALUE_CHARS_MAX: usize = 1024;

/// Largest block whose pairs are all formed, records. Larger blocks are refined; 256 records make 32,640 pairs, a
/// millisecond's work, and no person has that many records that share a value with nobody else.
pub const BLOCK_RECORDS_MAX: usize = 256;

/// Most rounds of expectation maximisation. Real data settle in 10 to 40; a run that has not settled by then is used as it is.
pub const TRAINING_ROUNDS_MAX: u32 = 100;

/// Pairs' worth of prior knowledge mixed into every learnt probability, so that a level that few pairs show is not certain.
pub const TRAINING_SMOOTHING_PAIRS: f64 = 2.0;

/// Most random pairs looked at to learn how strangers agree. A million pins a probability of 1e-4 to a tenth of itself.
pub const TRAINING_RANDOM_PAIRS_MAX: u64 = 1_000_000;

/// Most records in one batch. Rows are numbered with 31 bits; more is refused before anything is done.
pub const ROWS_MAX: usize = 1 << 31;

/// Most lines that a quoted value may span. A quote that has not closed by then was a stray one and costs only its own line.
pub const INPUT_ROW_LINES_MAX: usize = 50;

/// Most columns of an input. JSON whose member names are data would make one for every row; it is refused.
pub const INPUT_COLUMNS_MAX: usize = 2_000;
