//! Delimited text (CSV and its kin).
//!
//! 1. Encoding, delimiter and header are known (`dialect`).
//! 2. A line whose quotes do not close is joined with the next ones; a quote that never closes costs its own line only.
//! 3. Rows with another number of values than the header are rejected, with both numbers.

use super::dialect::Dialect;
use super::lines::{Lines, Next};
use super::{Batcher, Sink, text};
use crate::error::Result;
use crate::limits::{INPUT_ROW_BYTES_MAX, INPUT_ROW_LINES_MAX};
use crate::record::Layout;
use std::collections::VecDeque;
use std::sync::Arc;

/// Reads all rows after the header.
pub fn read(mut lines: Lines, dialect: &Dialect, layout: &Arc<Layout>, sink: &mut dyn Sink, rows_max: usize) -> Result<()> {
    let mut batcher = Batcher::new(layout, sink, rows_max);
    let mut ahead: VecDeque<(u64, String)> = VecDeque::new();
    for _ in 0..dialect.lines_before_rows {
        lines.next_line()?;
    }
    let mut source = Source { lines, dialect };
    let mut splitter = dialect.splitter();
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
        let values = match dialect.split_plain(&splitter, &row, layout.columns.len()) {
            Some(values) => values,
            None => {
                if quotes(&row, dialect.byte()) == Quotes::Open {
                    match close_quotes(&row, &mut ahead, &mut source, &mut batcher, dialect.byte()) {
                        Ok(Some(whole)) => row = whole,
                        Ok(None) => {
                            batcher.reject(number, "", "a quote opens and never closes", &dialect.as_written(row.into()));
                            continue;
                        }
                        Err(error) => break Err(error),
                    }
                }
                dialect.split(&mut splitter, &row)
            }
        };
        if values.len() != layout.columns.len() {
            let counted = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
            let (has, wanted) = (counted(values.len(), "value"), counted(layout.columns.len(), "column"));
            let reason = format!("the row has {has}, the header {wanted}");
            batcher.reject(number, "", reason, &dialect.as_written(row.into()));
        } else if !batcher.row(number, values) {
            break Ok(());
        }
    };
    batcher.flush();
    result
}

struct Source<'a> {
    lines: Lines,
    dialect: &'a Dialect,
}

impl Source<'_> {
    /// The next readable line, prepared; unreadable ones are rejected on the way.
    fn next(&mut self, batcher: &mut Batcher<'_>) -> Result<Option<(u64, String)>> {
        loop {
            match self.lines.next_line()? {
                Next::End => return Ok(None),
                Next::TooLong(number, start) => {
                    let reason = format!("the line is over {} MiB", INPUT_ROW_BYTES_MAX >> 20);
                    batcher.reject(number, "", reason, &text::shown(start, self.dialect.encoding));
                }
                Next::Line(number, line) => match text::decode(line, self.dialect.encoding) {
                    Some(text) if !text.contains('\0') => return Ok(Some((number, self.dialect.prepared(text.into_owned())))),
                    found => {
                        let encoding = self.dialect.encoding.name();
                        let reason = if found.is_some() { "a zero byte".to_string() } else { format!("bytes that are not {encoding}") };
                        batcher.reject(number, "", reason, &text::shown(line, self.dialect.encoding));
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
    source: &mut Source<'_>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_quotes() {
        assert_eq!(quotes("a,\"b", b','), Quotes::Open);
        assert_eq!(quotes("a,\"b\"", b','), Quotes::Closed);
        assert_eq!(quotes("5\" pipe,x", b','), Quotes::Closed, "a quote within a value is a character");
        assert_eq!(quotes("\"a\"\"b\"", b','), Quotes::Closed);
        assert_eq!(quotes("\"a\"b,c", b','), Quotes::Broken);
    }
}
