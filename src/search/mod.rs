//! Golden profiles -> a full-text index -> the people one remembers something of.
//!
//! 1. The caller turns each changed profile into a [`ProfileDocument`]; every way to ask for it becomes a term (`document`):
//!    Han names by characters and pairs, their pinyin in full, by syllable and by initials, Latin words, phones with and
//!    without country code, their last four digits, e-mail addresses, pairs of the address.
//! 2. [`SearchIndex::apply`] deletes and adds in one commit that carries the journal position it brings the index to.
//! 3. A query is cut into words by script and form (`words`); each word becomes the few terms it may stand for (`query`).
//!    All words must be found; the sum of the best term of each is the relevance.
//!
//! What always holds: relevance is a constant of the kind of hit, never of how many documents there are, and draws go by
//! One-ID, so that a rebuilt index answers the same. The index is a view: it can be removed and rebuilt at any time.
//! Never here: what a caller may see (names and phones are read from the profile, not from here), and query syntax.

mod document;
mod index;
mod layout;
mod query;
mod words;

pub use document::ProfileDocument;
pub use index::{Found, Hit, SearchIndex, remove};

#[cfg(test)]
mod tests;
