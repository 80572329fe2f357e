//! Records with their One-IDs, row by row: CSV, JSON lines or Parquet.

use super::output::csv_value;
use super::parquet_table::ParquetTable;
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// CSV with a header.
    Csv,
    /// An object a line.
    JsonLines,
    /// Parquet.
    Parquet,
}

/// Whose a record is.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RecordRow<'a> {
    /// Where it comes from.
    pub source: &'a str,
    /// Its id there.
    pub record_id: &'a str,
    /// The person.
    pub one_id: &'a str,
}

/// Rows that are being written.
pub enum RecordRows<'a> {
    /// As CSV.
    Csv(&'a mut BufWriter<File>),
    /// As JSON lines.
    JsonLines(&'a mut BufWriter<File>),
    /// As a Parquet file.
    Parquet(Box<ParquetTable<&'a mut BufWriter<File>>>),
}

impl<'a> RecordRows<'a> {
    /// Begins them, with their header where there is one.
    pub fn new(shape: Shape, out: &'a mut BufWriter<File>) -> std::io::Result<Self> {
        let columns = ["source", "record_id", "one_id"];
        Ok(match shape {
            Shape::Csv => {
                writeln!(out, "{}", columns.join(","))?;
                RecordRows::Csv(out)
            }
            Shape::JsonLines => RecordRows::JsonLines(out),
            Shape::Parquet => RecordRows::Parquet(Box::new(ParquetTable::new(out, &columns)?)),
        })
    }

    /// Appends a row.
    pub fn row(&mut self, record: &RecordRow<'_>) -> std::io::Result<()> {
        let RecordRow { source, record_id, one_id } = record;
        match self {
            RecordRows::Csv(out) => writeln!(out, "{},{},{one_id}", csv_value(source), csv_value(record_id)),
            RecordRows::JsonLines(out) => json_line(out, record),
            RecordRows::Parquet(table) => table.row([*source, record_id, one_id]),
        }
    }

    /// Ends them.
    pub fn finish(self) -> std::io::Result<()> {
        match self {
            RecordRows::Parquet(table) => table.finish(),
            _ => Ok(()),
        }
    }
}

/// Writes an object as a line.
pub fn json_line(out: &mut BufWriter<File>, value: &impl Serialize) -> std::io::Result<()> {
    writeln!(out, "{}", serde_json::to_string(value)?)
}
