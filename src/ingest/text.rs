//! Bytes -> text: UTF-8, else GB18030 (which holds GBK and GB2312).

use encoding_rs::{Encoding, GB18030, UTF_8};
use std::borrow::Cow;

/// Tells the encoding of a file from its beginning: UTF-8 where that is well formed (a character cut off at the end counts
/// as well formed), else GB18030.
pub fn detect(head: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(head) {
        Ok(_) => UTF_8,
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) if share_of_bad_lines(head) < 0.1 => UTF_8,
        Err(_) => GB18030,
    }
}

/// A few damaged lines do not make a UTF-8 file another encoding.
fn share_of_bad_lines(head: &[u8]) -> f64 {
    let with_high_bytes = head.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii());
    let (mut bad, mut all) = (0.0, 0.0);
    for line in with_high_bytes {
        all += 1.0;
        bad += f64::from(u8::from(std::str::from_utf8(line).is_err()));
    }
    if all == 0.0 { 0.0 } else { bad / all }
}

/// A line as text; `None` when it is not well formed in the encoding.
pub fn decode<'a>(line: &'a [u8], encoding: &'static Encoding) -> Option<Cow<'a, str>> {
    if encoding == UTF_8 {
        return std::str::from_utf8(line).ok().map(Cow::Borrowed);
    }
    encoding.decode_without_bom_handling_and_without_replacement(line)
}
