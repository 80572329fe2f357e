//! Files -> source records: CSV, JSON lines and Parquet, plain or gzipped; UTF-8, text tables also GB18030 or Windows-1252.
//!
//! 1. [`Input::open`] tells the format, reads the head, and knows the layout and a sample of rows.
//! 2. [`Input::read`] hands over all rows in order, some thousands at a time. So a file is read several times, and a pipe, which
//!    gives its bytes once, is refused.
//! 3. A row that cannot be read becomes a [`Reject`] with its place and reason; the rest goes on. Only what makes the
//!    whole input doubtful (cut short, not a table) is an error.
//!
//! Imports `record`, `error`, `limits`. Never here: what columns mean.

mod delimited;
mod dialect;
mod json_lines;
mod lines;
mod parquet_file;
mod split;
mod text;

use crate::error::{Error, Result};
use crate::limits::{INPUT_BATCH_ROWS, INPUT_COLUMNS_MAX, INPUT_HEAD_BYTES, INPUT_SAMPLE_ROWS, REJECT_TEXT_CHARS_MAX};
use crate::record::{Layout, SourceRecord, TextForm};
use compact_str::CompactString;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A row that was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The input.
    pub input: CompactString,
    /// Line where the row begins, from 1.
    pub line: u64,
    /// The column concerned, if one is.
    pub column: CompactString,
    /// Why, in words.
    pub reason: String,
    /// The beginning of the row as it was found.
    pub text: String,
}

impl Reject {
    /// With the beginning of the row: the one place where rejects are made.
    pub fn new(input: CompactString, line: u64, column: impl Into<CompactString>, reason: impl Into<String>, text: &str) -> Self {
        Reject { input, line, column: column.into(), reason: reason.into(), text: beginning(text).to_string() }
    }
}

/// The first [`REJECT_TEXT_CHARS_MAX`] characters of what is told of a row or value that was not taken.
pub fn beginning(text: &str) -> &str {
    text.char_indices().nth(REJECT_TEXT_CHARS_MAX).map_or(text, |(end, _)| &text[..end])
}

/// What a reader hands over.
pub trait Sink {
    /// Rows in order.
    fn rows(&mut self, rows: Vec<SourceRecord>);
    /// A row that was not read.
    fn reject(&mut self, reject: Reject);
    /// Something worth telling that cost no row.
    fn note(&mut self, note: String);
}

/// An opened input whose layout is known.
pub struct Input {
    path: PathBuf,
    form: TextForm,
    layout: Arc<Layout>,
    sample: Vec<SourceRecord>,
    format: Format,
    line_end: lines::LineEnd,
    description: String,
}

enum Format {
    Delimited(dialect::Dialect),
    JsonLines,
    Parquet,
    Empty,
}

impl Input {
    /// Opens a file, tells its format and reads a sample.
    ///
    /// Fails on what is no file (a usage error), cannot be read, or is no table of at most [`INPUT_COLUMNS_MAX`] columns. An empty
    /// file is an input without columns.
    pub fn open(path: &Path) -> Result<Input> {
        Self::open_as(path, &TextForm::default())
    }

    /// The same, with what settings say of how delimited text is written.
    pub fn open_as(path: &Path, form: &TextForm) -> Result<Input> {
        refuse_unless_file(path)?;
        let shown = path.display();
        let layout = Layout { input: shown.to_string().into(), source: source_name(path), columns: Vec::new() };
        let mut input = Input {
            path: path.to_path_buf(),
            form: form.clone(),
            layout: Arc::new(layout),
            sample: Vec::new(),
            format: Format::Empty,
            line_end: lines::LineEnd::default(),
            description: "empty".to_string(),
        };
        let mut start = input.head()?;
        if start.starts_with(b"PAR1") {
            input.format = Format::Parquet;
            input.description = "Parquet".to_string();
        } else {
            input.line_end = lines::LineEnd::detect(&start);
            if input.line_end == lines::LineEnd::CarriageReturn {
                start.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
            }
            match start.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf)) {
                None => return Ok(input),
                Some(b'{') => (input.format, input.description) = (Format::JsonLines, "JSON lines".to_string()),
                Some(b'[') if is_json_array(&start) => {
                    return Err(Error::bad_data("holds one JSON array; one object a line is read (jq -c '.[]' makes it so)").at(shown));
                }
                Some(_) => {
                    let whole = (start.len() as u64) < INPUT_HEAD_BYTES;
                    let dialect = dialect::Dialect::detect(&start, whole, form).map_err(|error| error.at(&shown))?;
                    input.description = dialect.describe();
                    input.format = Format::Delimited(dialect);
                }
            }
        }
        input.settle_layout()?;
        Ok(input)
    }

    /// The columns.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// What was said of how the text is written.
    pub fn form(&self) -> &TextForm {
        &self.form
    }

    /// The first rows, for guessing what columns hold.
    pub fn sample(&self) -> &[SourceRecord] {
        &self.sample
    }

    /// The format in words.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Size of the file, bytes.
    pub fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// Hands all rows to `sink`, in order.
    pub fn read(&self, sink: &mut dyn Sink) -> Result<()> {
        self.read_rows(&self.layout, sink, usize::MAX)
    }

    fn read_rows(&self, layout: &Arc<Layout>, sink: &mut dyn Sink, rows_max: usize) -> Result<()> {
        let result = match &self.format {
            Format::Empty => Ok(()),
            Format::Delimited(dialect) => delimited::read(self.lines()?, dialect, layout, sink, rows_max),
            Format::JsonLines => json_lines::read(self.lines()?, layout, sink, rows_max),
            Format::Parquet => parquet_file::read(&self.path, layout, sink, rows_max),
        };
        result.map_err(|error| error.at(self.path.display()))
    }

    fn settle_layout(&mut self) -> Result<()> {
        let columns = match &self.format {
            Format::Empty => Vec::new(),
            Format::Delimited(dialect) => dialect.columns.clone(),
            Format::JsonLines => json_lines::columns(self.lines()?, INPUT_SAMPLE_ROWS).map_err(|error| error.at(self.path.display()))?,
            Format::Parquet => parquet_file::columns(&self.path).map_err(|error| error.at(self.path.display()))?,
        };
        let layout = Layout { columns, ..(*self.layout).clone() };
        self.layout = Arc::new(layout);
        let mut sample = Sample::default();
        self.read_rows(&self.layout.clone(), &mut sample, INPUT_SAMPLE_ROWS)?;
        self.sample = sample.0;
        Ok(())
    }

    fn raw(&self) -> Result<Box<dyn Read>> {
        let file = File::open(&self.path).map_err(|cause| Error::io(format!("cannot open {}", self.path.display()), &cause))?;
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let start = reader.fill_buf().map_err(|cause| Error::io(self.path.display(), &cause))?;
        if start.starts_with(&[0x1f, 0x8b]) {
            return Ok(Box::new(flate2::read::MultiGzDecoder::new(reader)));
        }
        Ok(Box::new(reader))
    }

    fn lines(&self) -> Result<lines::Lines> {
        Ok(lines::Lines::new(self.raw()?, self.line_end))
    }

    /// The first [`INPUT_HEAD_BYTES`], decompressed.
    fn head(&self) -> Result<Vec<u8>> {
        let mut head = Vec::new();
        self.raw()?.take(INPUT_HEAD_BYTES).read_to_end(&mut head).map_err(|cause| lines::read_error(&cause).at(self.path.display()))?;
        Ok(head)
    }
}

/// Directories, pipes, terminals and devices are refused before they are opened: opening a pipe may wait for ever.
fn refuse_unless_file(path: &Path) -> Result<()> {
    let shown = path.display();
    let once = |what: &str| {
        Error::usage(format!("{what} gives its data only once, and an input is read several times; write them to a file and name that"))
    };
    match std::fs::metadata(path) {
        Err(_) if path.as_os_str() == "-" => Err(once("standard input (-)")),
        Err(cause) => Err(Error::io(format!("cannot open {shown}"), &cause)),
        Ok(metadata) if metadata.is_dir() => {
            Err(Error::usage(format!("{shown} is a directory; name its files, for example {shown}/*.csv")))
        }
        Ok(metadata) if !metadata.is_file() => Err(once(&format!("{shown} is a pipe or a device: it"))),
        Ok(_) => Ok(()),
    }
}

/// Whatever the format, a layout has at most [`INPUT_COLUMNS_MAX`] columns.
fn refuse_too_many(columns: usize) -> Result<()> {
    match columns {
        0..=INPUT_COLUMNS_MAX => Ok(()),
        _ => Err(Error::bad_data(format!(
            "has {columns} columns, at most {INPUT_COLUMNS_MAX} are read: take out those that say nothing about people"
        ))),
    }
}

fn is_json_array(start: &[u8]) -> bool {
    let text: Vec<u8> = start.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(2).collect();
    text == b"[{" || text == b"[]"
}

/// The source that a file stands for where nothing says otherwise: its name without folders, `.gz` and ending.
pub fn source_name(path: &Path) -> CompactString {
    let name = path.file_name().map(|name| name.to_string_lossy().to_string()).unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem.is_empty() { "input".into() } else { stem.into() }
}

#[derive(Default)]
struct Sample(Vec<SourceRecord>);

impl Sink for Sample {
    fn rows(&mut self, rows: Vec<SourceRecord>) {
        self.0.extend(rows);
    }
    fn reject(&mut self, _: Reject) {}
    fn note(&mut self, _: String) {}
}

/// Collects rows into batches for a sink.
struct Batcher<'a> {
    layout: &'a Arc<Layout>,
    sink: &'a mut dyn Sink,
    rows: Vec<SourceRecord>,
    row: u64,
    rows_max: usize,
}

impl<'a> Batcher<'a> {
    fn new(layout: &'a Arc<Layout>, sink: &'a mut dyn Sink, rows_max: usize) -> Self {
        Batcher { layout, sink, rows: Vec::new(), row: 0, rows_max }
    }

    /// Takes a row; false when no more are wanted.
    fn row(&mut self, line: u64, values: Vec<CompactString>) -> bool {
        self.row += 1;
        self.rows.push(SourceRecord { layout: self.layout.clone(), values, line, row: self.row });
        if self.rows.len() >= INPUT_BATCH_ROWS {
            self.flush();
        }
        self.row < self.rows_max as u64
    }

    fn reject(&mut self, line: u64, column: &str, reason: impl Into<String>, text: &str) {
        self.row += 1;
        self.sink.reject(Reject::new(self.layout.input.clone(), line, column, reason, text));
    }

    fn flush(&mut self) {
        if !self.rows.is_empty() {
            self.sink.rows(std::mem::take(&mut self.rows));
        }
    }
}

#[cfg(test)]
mod tests;
