//! Lines of a byte stream, bounded: a line longer than the bound is skipped to its end and told, never held.

use crate::error::{Error, ErrorClass, Result};
use crate::limits::{INPUT_ROW_BYTES_MAX, REJECT_TEXT_CHARS_MAX};
use std::io::{BufRead, BufReader, ErrorKind, Read};

/// What closes the lines of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnd {
    /// A line feed, after a carriage return or alone.
    #[default]
    LineFeed,
    /// A carriage return alone, as old Macintosh programs and some exports still write.
    CarriageReturn,
}

impl LineEnd {
    /// Tells the line end from the beginning of a file: carriage returns count only where there is no line feed at all.
    pub fn detect(head: &[u8]) -> Self {
        match memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some() {
            true => LineEnd::CarriageReturn,
            false => LineEnd::LineFeed,
        }
    }

    const fn byte(self) -> u8 {
        match self {
            LineEnd::LineFeed => b'\n',
            LineEnd::CarriageReturn => b'\r',
        }
    }
}

/// A reader of lines, numbered from 1.
pub struct Lines {
    reader: BufReader<Box<dyn Read>>,
    end: LineEnd,
    line: Vec<u8>,
    number: u64,
}

/// What the next line is.
pub enum Next<'a> {
    /// Its number and bytes, without the line end.
    Line(u64, &'a [u8]),
    /// Its number and its beginning; it passed the bound.
    TooLong(u64, &'a [u8]),
    /// There is none.
    End,
}

impl Lines {
    /// Lines of `reader` that close with `end`; a byte-order mark in front is dropped.
    pub fn new(reader: Box<dyn Read>, end: LineEnd) -> Self {
        Lines { reader: BufReader::with_capacity(1 << 18, reader), end, line: Vec::new(), number: 0 }
    }

    /// Reads the next line. An unreadable stream is an error that names the line reached.
    pub fn next_line(&mut self) -> Result<Next<'_>> {
        self.line.clear();
        let mut too_long = false;
        let mut any = false;
        loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(cause) if cause.kind() == ErrorKind::Interrupted => continue,
                Err(cause) => return Err(read_error(&cause).at(format!("line {}", self.number + 1))),
            };
            if chunk.is_empty() {
                break;
            }
            any = true;
            let end = memchr::memchr(self.end.byte(), chunk);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            if self.line.len() + part.len() > INPUT_ROW_BYTES_MAX {
                too_long = true;
            }
            if !too_long {
                self.line.extend_from_slice(part);
            }
            let used = end.map_or(chunk.len(), |end| end + 1);
            self.reader.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(Next::End);
        }
        self.number += 1;
        if self.number == 1 && self.line.starts_with(&[0xef, 0xbb, 0xbf]) {
            self.line.drain(..3);
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        if too_long {
            self.line.truncate(REJECT_TEXT_CHARS_MAX);
            return Ok(Next::TooLong(self.number, &self.line));
        }
        Ok(Next::Line(self.number, &self.line))
    }
}

/// A failed read in words that say what to do.
pub fn read_error(cause: &std::io::Error) -> Error {
    match cause.kind() {
        ErrorKind::UnexpectedEof => Error::bad_data(
            "the compressed data end early, or other bytes follow them: the file was cut short or added to; fetch it again (nothing was merged)",
        ),
        ErrorKind::InvalidInput | ErrorKind::InvalidData => {
            Error::bad_data(format!("the compressed data are damaged ({cause}); fetch the file again (nothing was merged)"))
        }
        _ => Error::new(ErrorClass::Io, format!("cannot be read: {cause}")),
    }
}
