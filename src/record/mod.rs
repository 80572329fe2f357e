//! What arrives and what it becomes: record keys, source records, canonical records, the issues found on the way.
//!
//! [`SourceRecord`] is a row as a source wrote it; `normalize` turns it into a [`CanonicalRecord`], a short sorted list of
//! ([`Field`], text, [`Grade`]); every later stage reads only that. Imports nothing: it is the first folder of the pipeline.

mod canonical;
mod closed_list;
mod field;
mod field_set;
mod issue;
mod key;
mod set;
mod source_record;

pub use canonical::{CanonicalRecord, FieldValue, Grade, content_of};
pub(crate) use closed_list::closed_list;
pub use field::Field;
pub use field_set::FieldSet;
pub use issue::{Issue, IssueKind};
pub use key::RecordKey;
pub use set::{NumberedValues, RecordSet, Stated, Unnumbered, inverse_order, put_in_order};
pub use source_record::{Layout, SourceRecord, TextEncoding, TextForm};
