//! Tables of texts as Parquet files.

use crate::error::{Error, Result};
use crate::limits::PARQUET_GROUP_ROWS;
use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Whether a file's name says that it is a Parquet file.
pub fn is_named(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
}

/// Refuses the name of a Parquet file for what is written in another form.
pub fn refuse(path: &Path, what: &str, form: &str) -> Result<()> {
    match is_named(path) {
        true => Err(Error::usage(format!("{what} are written as {form}; {} is named as a Parquet file", path.display()))),
        false => Ok(()),
    }
}

/// A table that is written row by row: every column is of texts, none is null.
pub struct ParquetTable<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: Arc<Schema>,
    columns: Vec<StringBuilder>,
    rows: usize,
}

impl<W: Write + Send> ParquetTable<W> {
    /// A table with these columns.
    pub fn new(out: W, columns: &[&str]) -> std::io::Result<Self> {
        let fields: Vec<Field> = columns.iter().map(|name| Field::new(*name, DataType::Utf8, false)).collect();
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(failed)?;
        Ok(ParquetTable { writer, schema, columns: columns.iter().map(|_| StringBuilder::new()).collect(), rows: 0 })
    }

    /// Appends a row: a text for each column.
    pub fn row<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> std::io::Result<()> {
        self.columns.iter_mut().zip(texts).for_each(|(column, text)| column.append_value(text));
        self.rows += 1;
        if self.rows == PARQUET_GROUP_ROWS { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> std::io::Result<()> {
        let columns: Vec<ArrayRef> = self.columns.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef).collect();
        self.rows = 0;
        let rows =
            RecordBatch::try_new(self.schema.clone(), columns).map_err(|cause: ArrowError| std::io::Error::other(cause.to_string()))?;
        self.writer.write(&rows).map_err(failed)
    }

    /// Ends the file.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.write()?;
        self.writer.close().map_err(failed).map(|_| ())
    }
}

fn failed(cause: ParquetError) -> std::io::Error {
    std::io::Error::other(cause.to_string())
}
