//! The golden profile of a person: of each field the value that survives, with its provenance.
//!
//! Survivorship is simple and exact: better grade first, then the field's strategy, then fixed tie-breaks; the profile of the
//! same records is always the same. A name and an address survive as wholes, by the strategy of the family name and of the street:
//! first the fuller one, then as for a field; their parts come from records that do not contradict each other. Imports `record` and `one_id`. Never here: storage, masks.

mod profile;
mod survivorship;

pub use profile::{Chosen, GoldenProfile, GoldenValue, OtherValue, build};
pub use survivorship::{Strategy, Survivorship};
