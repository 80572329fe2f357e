//! Bytes -> text: UTF-8, else GB18030 (which holds GBK and GB2312) or Windows-1252 (which holds the letters of Latin-1).

use crate::limits::REJECT_TEXT_CHARS_MAX;
use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// Tells the encoding of a file from its beginning: UTF-8 where that is well formed (a character cut off at the end counts
/// as well formed) but for a few damaged lines, else Windows-1252 where the bytes over 127 are single letters among ASCII ones, else
/// GB18030.
pub fn detect(head: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(head) {
        Ok(_) => UTF_8,
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) if is_damaged_utf8(head) => UTF_8,
        Err(_) if is_western(head) => WINDOWS_1252,
        Err(_) => GB18030,
    }
}

/// Whether lines that are damaged UTF-8 are no more than lines that are certainly UTF-8, the header not being one of the damaged.
fn is_damaged_utf8(head: &[u8]) -> bool {
    let (mut certain, mut damaged) = (0, 0);
    for (number, line) in head.split(|byte| *byte == b'\n').enumerate() {
        match std::str::from_utf8(line) {
            Ok(text) => certain += usize::from(is_certainly_utf8(text)),
            Err(_) if number == 0 => return false,
            Err(_) => damaged += 1,
        }
    }
    certain > 0 && certain >= damaged
}

/// Some Han characters of GB18030 are well formed UTF-8 of two bytes, mostly of signs, seldom of letters (`毛` is `ë`, `卢` is `¬`):
/// letters of two bytes count only beside an ASCII letter or three in a row.
fn is_certainly_utf8(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let is_letter = |letter: &char| matches!(letter.len_utf8(), 2) && letter.is_alphabetic();
    let beside = |place: usize| {
        let ascii = |place: Option<usize>| place.and_then(|place| letters.get(place)).is_some_and(char::is_ascii_alphabetic);
        ascii(place.checked_sub(1)) || ascii(Some(place + 1))
    };
    letters.iter().any(|letter| letter.len_utf8() > 2)
        || letters.iter().enumerate().any(|(place, letter)| is_letter(letter) && beside(place))
        || letters.windows(3).any(|three| three.iter().all(is_letter))
}

/// GB18030 writes its common Han characters (those of GB2312) as two high bytes; a western text's high bytes mostly stand alone.
/// A high byte alone beside a letter says western even where the two happen to make a rare Han character (`ço`).
fn is_western(head: &[u8]) -> bool {
    let (mut all, mut common_han, mut alone, mut in_words) = (0, 0, 0, 0);
    let mut place = 0_usize;
    for run in head.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        let before = place.checked_sub(1).and_then(|before: usize| head.get(before));
        place += run.len();
        if run[0].is_ascii() {
            continue;
        }
        let after = head.get(place);
        all += run.len();
        common_han += 2 * run.chunks_exact(2).filter(|pair| matches!(pair, [0xb0..=0xf7, 0xa1..=0xfe])).count();
        let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
        // Two of the four bytes of a long character of GB18030 are digits.
        let in_word = (is_letter(before) || is_letter(after)) && !after.is_some_and(u8::is_ascii_digit);
        alone += usize::from(run.len() == 1);
        in_words += usize::from(run.len() == 1 && in_word);
    }
    let few = |part: usize| part * 2 <= all;
    let well_formed = share_of_bad_lines(head, GB18030) < 0.1;
    few(common_han) && !few(if well_formed { in_words } else { alone })
}

/// The share of lines with bytes over 127 that are not well formed in the encoding.
fn share_of_bad_lines(head: &[u8], encoding: &'static Encoding) -> f64 {
    let with_high_bytes = head.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii());
    let (mut bad, mut all) = (0.0, 0.0);
    for line in with_high_bytes {
        all += 1.0;
        bad += f64::from(u8::from(decode(line, encoding).is_none()));
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

/// The beginning of a line for people to see: what is not well formed in the encoding stands as `\xE9`, and so does a zero byte.
pub fn shown(line: &[u8], encoding: &'static Encoding) -> String {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut shown = String::new();
    // Longer ones are cut to their beginning, and four bytes are a character at most.
    let mut rest = &line[..line.len().min(4 * REJECT_TEXT_CHARS_MAX)];
    loop {
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(0) + 4);
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        shown.extend(text.chars().map(|letter| if letter == '\0' { "\\x00".to_string() } else { letter.to_string() }));
        let DecoderResult::Malformed(bad, after) = result else { return shown };
        let (bad, after) = (usize::from(bad), usize::from(after));
        let end = read.saturating_sub(after);
        rest[end.saturating_sub(bad)..end].iter().for_each(|byte| shown.push_str(&format!("\\x{byte:02X}")));
        rest = &rest[end..];
        decoder = encoding.new_decoder_without_bom_handling();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_line_of_few_does_not_change_the_encoding() {
        for text in ["id,name\n1,\u{e9}milie\n2,Ren\u{e9}e\n", "编号,姓名\n1,ann\n", "id,name\n1,张伟\n"] {
            let mut bytes = text.as_bytes().to_vec();
            bytes.extend_from_slice(b"3,Fran\xe7ois\n");
            assert_eq!(detect(&bytes), UTF_8, "{text}");
        }
    }

    #[test]
    fn han_characters_that_could_be_utf8_do_not_make_it_that() {
        for text in
            ["编号,姓名\n1,卢伟\n", "id,surname,phone\n1,卢,139\n2,张,138\n", "id,surname\n1,毛\n2,茅\n3,张\n", "id,name\n1,毛毛\n2,李娜\n"]
        {
            assert_eq!(chinese(text), GB18030, "{text}");
        }
        let mut damaged = "id,name\n1,Иван\n".as_bytes().to_vec();
        damaged.extend_from_slice(b"2,\xff\n");
        assert_eq!(detect(&damaged), UTF_8);
    }

    #[test]
    fn bad_bytes_are_shown_by_their_numbers() {
        assert_eq!(shown("3,é".as_bytes(), UTF_8), "3,é");
        assert_eq!(shown(b"3,\xff\xfeZo\xc3\xab\xe4", UTF_8), "3,\\xFF\\xFEZoë\\xE4");
        assert_eq!(shown(b"a\0b", UTF_8), "a\\x00b");
        assert!(shown(&vec![0xff; 1 << 24], UTF_8).len() <= 16 * REJECT_TEXT_CHARS_MAX, "only the beginning is looked at");
        assert_eq!(shown(b"3,\xd5\xc5\xff,x", GB18030), "3,张\\xFF,x");
    }

    fn western(text: &str) -> &'static Encoding {
        let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
        assert!(!unmappable, "{text}");
        detect(&bytes)
    }

    fn chinese(text: &str) -> &'static Encoding {
        detect(&GB18030.encode(text).0)
    }

    #[test]
    fn western_letters_are_no_rare_han_characters() {
        for text in [
            "id,name\n1,François Müller\n",
            "Kundennummer;Vorname;Straße\n1;Jürgen;Größenweg 5\n2;Zoë;Hauptstraße 7\n",
            "id,prénom,ville\n1,Hélène,Orléans\n2,José,Besançon\n3,René,Nîmes\n",
            "id,nome\n1,João Conceição\n2,Luís Simões\n",
            "id,price\n1,£5\n2,£7\n",
        ] {
            assert_eq!(western(text), WINDOWS_1252, "{text}");
        }
    }

    #[test]
    fn few_and_rare_han_characters_stay_gb18030() {
        for text in ["id,name\n1,张\n2,ann\n", "id,name\n1,朱镕基\n2,Bob\n", "id,name\n1,ann𠮷\n", "id,name\n1,张珺\n", "a,b\n1,王x李\n"]
        {
            assert_eq!(chinese(text), GB18030, "{text}");
        }
        let mut damaged = GB18030.encode("id,name\n1,张伟\n2,李娜\n").0.to_vec();
        damaged.extend_from_slice(b"3,\xd5\n");
        assert_eq!(detect(&damaged), GB18030, "a damaged line");
    }
}
