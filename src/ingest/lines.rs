//! Lines of a byte stream, bounded: a line longer than the bound is skipped to its end and told, never held.

use crate::error::{Error, ErrorClass, Result};
use crate::limits::INPUT_ROW_BYTES_MAX;
use std::io::{BufRead, BufReader, ErrorKind, Read};

/// A reader of lines, numbered from 1.
pub struct Lines {
    reader: BufReader<Box<dyn Read>>,
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
    /// Lines of `reader`; a byte-order mark in front is dropped.
    pub fn new(reader: Box<dyn Read>) -> Self {
        Lines { reader: BufReader::with_capacity(1 << 18, reader), line: Vec::new(), number: 0 }
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
            let end = memchr_newline(chunk);
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
            self.line.truncate(200);
            return Ok(Next::TooLong(self.number, &self.line));
        }
        Ok(Next::Line(self.number, &self.line))
    }
}

fn memchr_newline(bytes: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', bytes)
}

/// A failed read in words that say what to do.
pub fn read_error(cause: &std::io::Error) -> Error {
    match cause.kind() {
        ErrorKind::UnexpectedEof => {
            Error::bad_data("the compressed data end early: the file was cut short; fetch it again (nothing was merged)")
        }
        ErrorKind::InvalidInput | ErrorKind::InvalidData => {
            Error::bad_data(format!("the compressed data are damaged ({cause}); fetch the file again (nothing was merged)"))
        }
        _ => Error::new(ErrorClass::Io, format!("cannot be read: {cause}")),
    }
}
