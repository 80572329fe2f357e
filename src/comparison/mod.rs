//! Two records side by side: ordered comparison levels.
//!
//! 1. [`RecordTable`] holds the compared values of many records, each distinct value prepared once.
//! 2. A [`Comparison`] looks at two [`RecordView`]s and answers with a level: 0 when either says nothing, else 1 for the
//!    strongest agreement and so on to the last, which is disagreement.
//! 3. The levels of all comparisons of a pair are its [`ComparisonVector`].
//!
//! Imports `record` and `normalize`. Never here: weights. One file a family; `library` is the table of those we ship.

mod address;
mod best;
mod birth_date;
mod column;
mod identifier;
mod lay;
mod library;
mod name;
mod nickname;
mod pair;
pub mod similarity;
mod screen_name;
mod sight;
mod source;
mod table;
mod told_name;
mod vector;

pub use column::{BANDED, Band, Column, NAMES, NameUse, PreparedValue, Symbol, whole_parts};
pub use lay::{InParts, OneByOne};
pub use library::{
    ALIKE_BUT_FOR_RELATIVES, BIRTH_DATES, BY_NAMING, Comparison, Level, Outcome, RELATIVES_ALIKE, RELATIVES_BORROW, RivalTie, SOURCE,
    SharedBy, TOLD_NAME, WHOLE_NAME, compare, is_of_relatives, library, place_of,
};
pub use name::{HOMOPHONE, is_somebodys};
pub use pair::Pair;
pub use sight::{Glimpse, Seen, lines_may_be_crossed, names_may_be_crossed, same_name_at_a_glance, seen};
pub use table::{LASTING, MergedRows, RecordTable, RecordView};
pub use told_name::FAMILY as FAMILY_TOLD;
pub use vector::ComparisonVector;
