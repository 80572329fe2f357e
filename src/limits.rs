//! Every bound of the program in one place: its unit, its reason, and what happens at it.
//!
//! A bound that is not here does not exist; code names these constants and never a bare number. Nothing is imported.

/// Longest line or JSON value of an input, bytes. Longer rows are skipped to their end and rejected, so that one broken
/// row cannot take the memory of the whole job.
pub const INPUT_ROW_BYTES_MAX: usize = 16 << 20;

/// Longest value taken from an input, characters. Longer ones are cut and reported; no real name or address comes near.
pub const VALUE_CHARS_MAX: usize = 1024;

/// Longest search query, characters. Longer ones are refused: nobody types that, and each word costs a walk of the index.
pub const SEARCH_QUERY_CHARS_MAX: usize = 200;

/// Most words of a search query. More are refused, for the same reason.
pub const SEARCH_QUERY_WORDS_MAX: usize = 16;

/// Deepest hit that a search reaches (offset and limit together). Deeper pages are refused: ranking keeps that many hits in memory.
pub const SEARCH_HITS_MAX: usize = 10_000;

/// Readings of one Han name that are indexed. Names with more (several characters of several readings) keep the first ones.
pub const SEARCH_NAME_READINGS_MAX: usize = 12;

/// Memory of the search index's writer, bytes. At the bound it writes a segment and goes on.
pub const SEARCH_WRITER_BYTES: usize = 64 << 20;
