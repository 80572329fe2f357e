//! Delimited text (CSV and its kin).
//!
//! 1. Encoding and delimiter are told from the beginning of the file.
//! 2. A line whose quotes do not close is joined with the next ones; a quote that never closes costs its own line only.
//! 3. Rows with another number of values than the header are rejected, with both numbers.

use super::lines::{Lines, Next};
use super::{Batcher, Sink, refuse_too_many, text};
use crate::error::{Error, Result};
use crate::limits::{INPUT_ROW_BYTES_MAX, INPUT_ROW_LINES_MAX};
use crate::record::Layout;
use compact_str::CompactString;
use encoding_rs::{Encoding, GB18030, WINDOWS_1252};
use std::collections::VecDeque;
use std::sync::Arc;

/// How a file is written.
pub struct Dialect {
    encoding: &'static Encoding,
    delimiter: u8,
}

const DELIMITERS: &[u8] = b",\t;|";

impl Dialect {
    /// Tells the dialect from the beginning of a file, whose lines end with `\n`.
    pub fn detect(head: &[u8]) -> Result<Self> {
        if head.contains(&0) {
            return Err(Error::bad_data(
                "holds zero bytes: not a text table (UTF-16 must be converted to UTF-8 first; Parquet starts with PAR1)",
            ));
        }
        let encoding = text::detect(head);
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let header = text::decode(first, encoding).unwrap_or_default();
        let count = |delimiter: u8| split(&header, delimiter).len();
        let delimiter = DELIMITERS.iter().copied().max_by_key(|delimiter| (count(*delimiter), *delimiter == b',')).unwrap_or(b',');
        Ok(Dialect { encoding, delimiter })
    }

    /// The dialect in words.
    pub fn describe(&self) -> &'static str {
        let encoding = self.encoding;
        match self.delimiter {
            b',' if encoding == GB18030 => "CSV, GB18030",
            b',' if encoding == WINDOWS_1252 => "CSV, Windows-1252",
            b',' => "CSV, UTF-8",
            b'\t' if encoding == GB18030 => "tab-separated, GB18030",
            b'\t' if encoding == WINDOWS_1252 => "tab-separated, Windows-1252",
            b'\t' => "tab-separated, UTF-8",
            b';' if encoding == GB18030 => "semicolon-separated, GB18030",
            b';' if encoding == WINDOWS_1252 => "semicolon-separated, Windows-1252",
            b';' => "semicolon-separated, UTF-8",
            _ if encoding == GB18030 => "bar-separated, GB18030",
            _ if encoding == WINDOWS_1252 => "bar-separated, Windows-1252",
            _ => "bar-separated, UTF-8",
        }
    }
}

/// The column names. Empty names become `column_N`; names that stand twice are an error, and so are more than
/// [`INPUT_COLUMNS_MAX`](crate::limits::INPUT_COLUMNS_MAX).
pub fn header(mut lines: Lines, dialect: &Dialect) -> Result<Vec<CompactString>> {
    let line = match lines.next_line()? {
        Next::Line(_, line) => {
            text::decode(line, dialect.encoding).ok_or_else(|| Error::bad_data("the header is not readable text").at("line 1"))?
        }
        Next::TooLong(..) => {
            let message = format!("the header line is over {} MiB: not a text table", INPUT_ROW_BYTES_MAX >> 20);
            return Err(Error::bad_data(message).at("line 1"));
        }
        Next::End => return Ok(Vec::new()),
    };
    let names = split(&line, dialect.delimiter);
    refuse_too_many(names.len()).map_err(|error| error.at("line 1"))?;
    let mut columns: Vec<CompactString> = Vec::new();
    for (place, name) in names.into_iter().enumerate() {
        let name = name.trim();
        let name = if name.is_empty() { compact_str::format_compact!("column_{}", place + 1) } else { name.into() };
        if columns.contains(&name) {
            return Err(Error::bad_data(format!("the header names column {name:?} twice; rename one")).at("line 1"));
        }
        columns.push(name);
    }
    Ok(columns)
}

/// Reads all rows after the header.
pub fn read(mut lines: Lines, dialect: &Dialect, layout: &Arc<Layout>, sink: &mut dyn Sink, rows_max: usize) -> Result<()> {
    let mut batcher = Batcher::new(layout, sink, rows_max);
    let mut ahead: VecDeque<(u64, String)> = VecDeque::new();
    lines.next_line()?;
    let mut source = Source { lines, encoding: dialect.encoding };
    let result = loop {
        let (number, mut row) = match ahead.pop_front() {
            Some(line) => line,
            None => match source.next(&mut batcher) {
                Ok(Some(line)) => line,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            },
        };
        if row.trim().is_empty() {
            continue;
        }
        if quotes(&row, dialect.delimiter) == Quotes::Open {
            match close_quotes(&row, &mut ahead, &mut source, &mut batcher, dialect.delimiter) {
                Ok(Some(whole)) => row = whole,
                Ok(None) => {
                    batcher.reject(number, "", "a quote opens and never closes", &row);
                    continue;
                }
                Err(error) => break Err(error),
            }
        }
        let values = split(&row, dialect.delimiter);
        if values.len() != layout.columns.len() {
            let counted = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
            let (has, wanted) = (counted(values.len(), "value"), counted(layout.columns.len(), "column"));
            let reason = format!("the row has {has}, the header {wanted}");
            batcher.reject(number, "", reason, &row);
        } else if !batcher.row(number, values) {
            break Ok(());
        }
    };
    batcher.flush();
    result
}

struct Source {
    lines: Lines,
    encoding: &'static Encoding,
}

impl Source {
    /// The next readable line; unreadable ones are rejected on the way.
    fn next(&mut self, batcher: &mut Batcher<'_>) -> Result<Option<(u64, String)>> {
        loop {
            match self.lines.next_line()? {
                Next::End => return Ok(None),
                Next::TooLong(number, start) => {
                    let reason = format!("the line is over {} MiB", INPUT_ROW_BYTES_MAX >> 20);
                    batcher.reject(number, "", reason, &String::from_utf8_lossy(start));
                }
                Next::Line(number, line) => match text::decode(line, self.encoding) {
                    Some(text) => return Ok(Some((number, text.into_owned()))),
                    None => {
                        batcher.reject(number, "", format!("bytes that are not {}", self.encoding.name()), &String::from_utf8_lossy(line))
                    }
                },
            }
        }
    }
}

/// Joins following lines until the quotes close. Lines read in vain stay ahead, to be read as rows of their own.
fn close_quotes(
    row: &str,
    ahead: &mut VecDeque<(u64, String)>,
    source: &mut Source,
    batcher: &mut Batcher<'_>,
    delimiter: u8,
) -> Result<Option<String>> {
    let mut whole = row.to_string();
    for place in 0..INPUT_ROW_LINES_MAX {
        if ahead.len() <= place {
            match source.next(batcher)? {
                Some(line) => ahead.push_back(line),
                None => return Ok(None),
            }
        }
        whole.push('\n');
        whole.push_str(&ahead[place].1);
        match quotes(&whole, delimiter) {
            Quotes::Open => {}
            Quotes::Broken => return Ok(None),
            Quotes::Closed => {
                ahead.drain(..=place);
                return Ok(Some(whole));
            }
        }
    }
    Ok(None)
}

/// How the quotes of a text stand at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    Closed,
    Open,
    /// A value went on after its closing quote.
    Broken,
}

/// A quote opens a value only at its beginning, and closes it only before a delimiter or the end.
fn quotes(row: &str, delimiter: u8) -> Quotes {
    if memchr::memchr(b'"', row.as_bytes()).is_none() {
        return Quotes::Closed;
    }
    let bytes = row.as_bytes();
    let (mut open, mut at_start, mut broken, mut place) = (false, true, false, 0);
    while place < bytes.len() {
        match bytes[place] {
            b'"' if open && bytes.get(place + 1) == Some(&b'"') => place += 1,
            b'"' if open => {
                open = false;
                broken |= bytes.get(place + 1).is_some_and(|next| *next != delimiter);
            }
            b'"' if at_start => open = true,
            _ => {}
        }
        at_start = !open && bytes.get(place) == Some(&delimiter);
        place += 1;
    }
    match (open, broken) {
        (true, _) => Quotes::Open,
        (false, true) => Quotes::Broken,
        (false, false) => Quotes::Closed,
    }
}

/// The values of a row (RFC 4180: values in quotes may hold delimiters, line ends and doubled quotes).
fn split(row: &str, delimiter: u8) -> Vec<CompactString> {
    if memchr::memchr(b'"', row.as_bytes()).is_none() {
        return row.split(char::from(delimiter)).map(|value| CompactString::from(value.trim())).collect();
    }
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let mut values = vec![0; row.len() + 1];
    let mut ends = vec![0; row.bytes().filter(|byte| *byte == delimiter).count() + 2];
    let (_, used, _, mut fields) = reader.read_record(row.as_bytes(), &mut values, &mut ends);
    // The end of input closes the last value.
    let (_, _, _, more) = reader.read_record(&row.as_bytes()[used..], &mut [], &mut ends[fields..]);
    fields += more;
    let mut start = 0;
    let cut = |end: &usize| {
        let value = String::from_utf8_lossy(&values[start..*end]);
        start = *end;
        CompactString::from(value.trim())
    };
    ends[..fields].iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_split_as_rfc_4180_says() {
        let values = |row: &str| split(row, b',').iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(values("a, b ,,c"), ["a", "b", "", "c"]);
        assert_eq!(values("\"a,b\",\"say \"\"x\"\"\",张"), ["a,b", "say \"x\"", "张"]);
        assert_eq!(values("\"two\nlines\",x,"), ["two\nlines", "x", ""]);
        assert_eq!(values("5\" pipe,x"), ["5\" pipe", "x"]);
    }

    #[test]
    fn open_quotes() {
        assert_eq!(quotes("a,\"b", b','), Quotes::Open);
        assert_eq!(quotes("a,\"b\"", b','), Quotes::Closed);
        assert_eq!(quotes("5\" pipe,x", b','), Quotes::Closed, "a quote within a value is a character");
        assert_eq!(quotes("\"a\"\"b\"", b','), Quotes::Closed);
        assert_eq!(quotes("\"a\"b,c", b','), Quotes::Broken);
    }

    #[test]
    fn delimiters_and_encodings_are_told() {
        let describe = |head: &[u8]| Dialect::detect(head).map(|dialect| dialect.describe());
        assert_eq!(describe("a;b;c\n1;2;3\n".as_bytes()).ok(), Some("semicolon-separated, UTF-8"));
        let (chinese, _, _) = encoding_rs::GB18030.encode("姓名|电话\n张伟|139\n");
        assert_eq!(describe(&chinese).ok(), Some("bar-separated, GB18030"));
        assert_eq!(describe(b"id;Name\n1;Fran\xe7ois M\xfcller\n").ok(), Some("semicolon-separated, Windows-1252"));
        assert!(Dialect::detect(b"a\0b").is_err());
    }
}
