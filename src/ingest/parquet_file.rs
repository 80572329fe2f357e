//! Parquet files: every column as text; members of structs become columns by their paths. Brotli, LZ4 and LZO are not decompressed:
//! each would be another codec to carry for what few writers choose.

use super::{Batcher, Sink, refuse_too_many};
use crate::error::{Error, Result};
use crate::limits::INPUT_PARQUET_BATCH_ROWS;
use crate::record::Layout;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, StructArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, Fields};
use compact_str::{CompactString, format_compact};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaData;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).map_err(|cause| Error::io("cannot open", &cause))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|cause| {
        Error::bad_data(format!("starts as Parquet but cannot be read ({cause}); the file may be cut short: write or fetch it again"))
    })?;
    refuse_other_compressions(builder.metadata())?;
    Ok(builder)
}

/// A compression that is not read is no damage: told before a row is read, with what to do.
fn refuse_other_compressions(metadata: &ParquetMetaData) -> Result<()> {
    for column in metadata.row_groups().iter().flat_map(|group| group.columns()) {
        let name = match column.compression() {
            Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) | Compression::ZSTD(_) => continue,
            Compression::BROTLI(_) => "Brotli",
            Compression::LZ4 | Compression::LZ4_RAW => "LZ4",
            Compression::LZO => "LZO",
        };
        let column = column.column_path().string();
        return Err(Error::bad_data(format!(
            "column {column} is compressed with {name}, which is not supported; write the file again with Snappy, Gzip, Zstandard or no compression"
        )));
    }
    Ok(())
}

/// The columns, structs flattened.
pub fn columns(path: &Path) -> Result<Vec<CompactString>> {
    let mut columns = Vec::new();
    names("", open(path)?.schema().fields(), &mut columns);
    refuse_too_many(columns.len())?;
    Ok(columns)
}

fn names(path: &str, fields: &Fields, columns: &mut Vec<CompactString>) {
    for field in fields {
        let name = if path.is_empty() { field.name().into() } else { format_compact!("{path}.{}", field.name()) };
        match field.data_type() {
            DataType::Struct(members) => names(&name, members, columns),
            _ => columns.push(name),
        }
    }
}

/// Reads all rows; the line of a row is its number.
pub fn read(path: &Path, layout: &Arc<Layout>, sink: &mut dyn Sink, rows_max: usize) -> Result<()> {
    let reader = open(path)?
        .with_batch_size(INPUT_PARQUET_BATCH_ROWS.min(rows_max))
        .build()
        .map_err(|cause| Error::bad_data(format!("cannot be read: {cause}")))?;
    let mut batcher = Batcher::new(layout, sink, rows_max);
    let mut row = 0;
    for batch in reader {
        let batch = batch.map_err(|cause| Error::bad_data(format!("damaged after row {row}: {cause}; write or fetch the file again")))?;
        let columns = leaves(&batch);
        let options = FormatOptions::default().with_null("");
        let readers: Vec<ColumnReader<'_>> =
            columns.iter().zip(&layout.columns).map(|(column, name)| ColumnReader::new(column, name, &options)).collect::<Result<_>>()?;
        for place in 0..batch.num_rows() {
            row += 1;
            if !batcher.row(row, readers.iter().map(|reader| reader.value(place)).collect()) {
                batcher.flush();
                return Ok(());
            }
        }
    }
    batcher.flush();
    Ok(())
}

/// What reads the values of a column as texts: most are texts, which are taken as they stand.
enum ColumnReader<'a> {
    Text(&'a StringArray),
    Other(ArrayFormatter<'a>),
}

impl<'a> ColumnReader<'a> {
    fn new(column: &'a ArrayRef, name: &str, options: &FormatOptions<'a>) -> Result<Self> {
        if let Some(texts) = column.as_any().downcast_ref::<StringArray>() {
            return Ok(ColumnReader::Text(texts));
        }
        let formatter = ArrayFormatter::try_new(column.as_ref(), options);
        formatter.map(ColumnReader::Other).map_err(|cause| Error::bad_data(format!("column {name}: {cause}")))
    }

    /// A value without what surrounds it; empty where there is none.
    fn value(&self, place: usize) -> CompactString {
        match self {
            ColumnReader::Text(texts) if texts.is_null(place) => CompactString::default(),
            ColumnReader::Text(texts) => texts.value(place).trim().into(),
            ColumnReader::Other(formatter) => {
                formatter.value(place).try_to_string().map_or_else(|_| CompactString::default(), |text| text.trim().into())
            }
        }
    }
}

fn leaves(batch: &RecordBatch) -> Vec<ArrayRef> {
    fn step(array: &ArrayRef, out: &mut Vec<ArrayRef>) {
        match array.as_any().downcast_ref::<StructArray>() {
            Some(members) => members.columns().iter().for_each(|member| step(member, out)),
            None => out.push(array.clone()),
        }
    }
    let mut out = Vec::new();
    batch.columns().iter().for_each(|column| step(column, &mut out));
    out
}
