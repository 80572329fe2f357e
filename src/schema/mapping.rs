//! How the columns of one layout become fields.

use super::dictionary::kind_of_name;
use super::{CallingCode, ColumnKind, DateOrder};
use crate::record::{Field, RecordKey, SourceRecord};
use compact_str::{CompactString, format_compact};
use serde::{Deserialize, Serialize};

/// The meaning of each column of a layout. Columns are aligned with the layout's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The source's name when no column gives it.
    pub source: CompactString,
    /// Index of the column that holds the record id; without one, the row number is the id.
    pub record_id: Option<usize>,
    /// Index of the column that holds the source.
    pub source_column: Option<usize>,
    /// What each column holds.
    pub columns: Vec<ColumnKind>,
    /// How dates in digits are read whose year does not stand first with all its digits.
    pub date_order: DateOrder,
    /// The country of phone numbers that say none; without one, those that begin with a zero keep their digits.
    #[serde(default = "china")]
    pub phone_country: Option<CallingCode>,
}

/// What mappings meant that were kept before they said it.
fn china() -> Option<CallingCode> {
    Some(CallingCode::CHINA)
}

impl Mapping {
    /// The field that a column of record ids also is, by its name: a customer number, an openid. People are looked up by it; it is no
    /// evidence, since two sources may number their customers alike.
    pub fn field_of_record_id(column: &str) -> Option<Field> {
        let field = kind_of_name(column).and_then(ColumnKind::field);
        field.filter(|field| matches!(field, Field::CustomerNumber | Field::OpenId | Field::UnionId | Field::Device))
    }

    /// The key of a row; `None` when the row's record id is empty.
    pub fn key(&self, record: &SourceRecord) -> Option<RecordKey> {
        let source = match self.source_column.map(|column| record.values[column].trim()) {
            Some(source) if !source.is_empty() => CompactString::from(source),
            _ => self.source.clone(),
        };
        let id = match self.record_id {
            Some(column) => CompactString::from(record.values[column].trim()),
            None => format_compact!("{}", record.row),
        };
        (!id.is_empty()).then_some(RecordKey { source, id })
    }

    /// The columns of a kind, in order.
    pub fn columns_of(&self, kind: ColumnKind) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(move |(_, found)| **found == kind).map(|(index, _)| index)
    }
}
