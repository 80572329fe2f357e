//! Pages: their size, and the tokens that lead from one to the next.
//!
//! A token is the place to go on from, in hexadecimal digits, and a check over it and the question, so that a token of another
//! question or a mistyped one is refused. It is no secret and no signature.

use crate::error::{Error, Result};
use crate::limits::{PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX};
use rustc_hash::FxHasher;
use std::fmt::Write;
use std::hash::Hasher;

/// The pages of one question.
pub struct Pages {
    /// Items of a page.
    pub size: usize,
    question: String,
}

impl Pages {
    /// Pages of `size` items (0: the usual number) of a call with what it asks for.
    pub fn new(call: &str, asked: &str, size: u32) -> Result<Pages> {
        let size = match size as usize {
            0 => PAGE_SIZE_DEFAULT,
            size @ 1..=PAGE_SIZE_MAX => size,
            size => return Err(Error::usage(format!("page_size is at most {PAGE_SIZE_MAX}, asked for {size}"))),
        };
        Ok(Pages { size, question: format!("{call}\0{asked}") })
    }

    /// The token of a place.
    pub fn token(&self, place: &str) -> String {
        let mut token = place.bytes().fold(String::new(), |mut token, byte| {
            let _ = write!(token, "{byte:02x}");
            token
        });
        let _ = write!(token, "{:016x}", self.check(place));
        token
    }

    /// The place of a token; `None` for the empty token of the first page.
    pub fn place(&self, token: &str) -> Result<Option<String>> {
        if token.is_empty() {
            return Ok(None);
        }
        let place = decoded(token).filter(|place| self.token(place) == token);
        place.map(Some).ok_or_else(|| Error::usage("the page token is not one that this question was answered with"))
    }

    /// How many items a token leaves behind.
    pub fn offset(&self, token: &str) -> Result<usize> {
        let place = self.place(token)?;
        place.map_or(Ok(0), |place| place.parse().map_err(|_| Error::usage("the page token holds no place")))
    }

    /// The token after `shown` of `total` items; empty after the last.
    pub fn next(&self, shown: usize, total: usize) -> String {
        if shown < total { self.token(&shown.to_string()) } else { String::new() }
    }

    fn check(&self, place: &str) -> u64 {
        let mut hasher = FxHasher::default();
        hasher.write(self.question.as_bytes());
        hasher.write(place.as_bytes());
        hasher.finish()
    }
}

/// The text in front of a token's check.
fn decoded(token: &str) -> Option<String> {
    let digits = token.as_bytes();
    let place = digits.get(..digits.len().checked_sub(16)?)?;
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    let bytes = place.chunks(2).map(|pair| match pair {
        [high, low] => Some((digit(high)? * 16 + digit(low)?) as u8),
        _ => None,
    });
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_question_only() {
        let pages = Pages::new("SearchProfiles", "zhang", 0).expect("the usual size");
        assert_eq!((pages.size, pages.place("").expect("first page")), (PAGE_SIZE_DEFAULT, None));
        let token = pages.next(50, 120);
        assert_eq!(pages.offset(&token).expect("its own"), 50);
        assert_eq!(pages.next(120, 120), "");
        let other = Pages::new("SearchProfiles", "wang", 0).expect("the usual size");
        assert!(other.offset(&token).is_err());
        for wrong in ["x", "00", &token[1..], &token.replace('0', "1"), "张张张张张张张张"] {
            assert!(pages.offset(wrong).is_err(), "{wrong}");
        }
        assert_eq!(pages.place(&pages.token("crm/张 1")).expect("its own").as_deref(), Some("crm/张 1"));
        assert!(Pages::new("SearchProfiles", "", PAGE_SIZE_MAX as u32 + 1).is_err());
    }
}
