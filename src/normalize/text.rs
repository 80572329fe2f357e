//! Cleaning and folding of text: total functions on `&str`, shared by every kind.

use compact_str::CompactString;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfkc_quick};

/// What stands for characters that are hidden (`*`, any number) or could not be written (the others, one).
pub const HIDDEN: &[char] = &['*', '?', '\u{fffd}', '□'];

/// Compatibility-normalised (full-width to ASCII), control characters dropped, white space folded to single spaces, trimmed.
pub fn clean(text: &str) -> CompactString {
    if is_clean(text) {
        return text.into();
    }
    if text.is_ascii() || is_nfkc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        return squeezed(text.chars());
    }
    // What is not seen would keep a letter and its mark apart.
    squeezed(text.chars().filter(|letter| !is_unseen(*letter)).nfkc())
}

/// Joiners, marks of direction and the like, which stand for nothing in a value.
const fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{feff}')
}

/// Whether nothing is to be cleaned: visible ASCII and usual Han characters with single spaces between them. Most values are so.
fn is_clean(text: &str) -> bool {
    if text.is_ascii() {
        let bytes = text.as_bytes();
        let has_gaps =
            |bytes: &[u8]| bytes.windows(2).any(|pair| pair == b"  ") || bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ');
        return bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) && !has_gaps(bytes);
    }
    let mut before = ' ';
    let is_kept = |letter: char| {
        let is_kept = matches!(letter, '!'..='~') || is_usual_han(letter) || letter == ' ' && before != ' ';
        before = letter;
        is_kept
    };
    text.chars().all(is_kept) && !text.ends_with(' ')
}

/// Han characters that no normal form changes.
const fn is_usual_han(letter: char) -> bool {
    matches!(letter, '\u{4e00}'..='\u{9fff}')
}

fn squeezed(letters: impl Iterator<Item = char>) -> CompactString {
    let mut out = CompactString::default();
    let mut gap = false;
    for letter in letters {
        if letter.is_whitespace() {
            gap = !out.is_empty();
        } else if !letter.is_control() && !is_unseen(letter) {
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(letter);
        }
    }
    out
}

/// Lower case without diacritics; `ß æ ø ł đ` and their like written out. Han and digits stay.
pub fn folded(text: &str) -> CompactString {
    if text.is_ascii() || text.chars().all(|letter| letter.is_ascii() || is_usual_han(letter)) {
        let mut folded = CompactString::from(text);
        folded.make_ascii_lowercase();
        return folded;
    }
    without_diacritics(text).chars().flat_map(char::to_lowercase).collect()
}

/// Latin, Greek and Cyrillic letters as somebody with a plain keyboard writes them. Marks that make another letter in other
/// scripts (the voicing of kana, vowels of Indian scripts) stay.
pub fn without_diacritics(text: &str) -> CompactString {
    let mut out = CompactString::default();
    let mut marks_stay = false;
    for letter in text.nfd() {
        if is_combining_mark(letter) {
            if marks_stay && !is_variation_selector(letter) {
                out.push(letter);
            }
            continue;
        }
        marks_stay = letter.is_alphabetic() && !is_latin_greek_or_cyrillic(letter);
        match letter {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'Æ' => out.push_str("AE"),
            'œ' => out.push_str("oe"),
            'Œ' => out.push_str("OE"),
            'ø' => out.push('o'),
            'Ø' => out.push('O'),
            'ł' => out.push('l'),
            'Ł' => out.push('L'),
            'đ' | 'ð' => out.push('d'),
            'Đ' | 'Ð' => out.push('D'),
            'þ' => out.push_str("th"),
            'Þ' => out.push_str("TH"),
            'ı' => out.push('i'),
            other => out.push(other),
        }
    }
    if out.is_ascii() { out } else { out.nfc().collect() }
}

const fn is_latin_greek_or_cyrillic(letter: char) -> bool {
    letter.is_ascii_alphabetic()
        || matches!(letter, '\u{c0}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{1d00}'..='\u{1fff}')
        || matches!(letter, '\u{2c60}'..='\u{2c7f}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}' | '\u{a720}'..='\u{a7ff}')
}

/// How a character is drawn, not which it is.
const fn is_variation_selector(letter: char) -> bool {
    matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Letters and digits only.
pub fn letters_and_digits(text: &str) -> CompactString {
    only(text, is_letter_or_digit)
}

/// The characters of a text that are to be kept: mostly all.
pub fn only(text: &str, is_kept: impl Fn(char) -> bool) -> CompactString {
    let Some(first) = text.find(|letter| !is_kept(letter)) else { return text.into() };
    let mut kept = CompactString::from(&text[..first]);
    text[first..].chars().filter(|letter| is_kept(*letter)).for_each(|letter| kept.push(letter));
    kept
}

/// [`char::is_alphanumeric`], told at once of what is usual.
pub fn is_letter_or_digit(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || is_usual_han(letter) || !letter.is_ascii() && letter.is_alphanumeric()
}

/// Texts one behind the other, without the machinery of formats.
pub fn concatenated(parts: &[&str]) -> CompactString {
    let mut whole = CompactString::with_capacity(parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| whole.push_str(part));
    whole
}

/// The first sixteen bytes of a text as a number: texts that begin otherwise are in its order, of others the texts tell.
pub fn first_bytes(text: &str) -> u128 {
    let mut first = [0; 16];
    let length = text.len().min(first.len());
    first[..length].copy_from_slice(&text.as_bytes()[..length]);
    u128::from_be_bytes(first)
}

/// Whether a character is a Han ideograph.
pub const fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// Whether any character is Han.
pub fn has_han(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_han)
}

/// Values that stand for "not known" in any field, folded, letters and digits only.
const PLACEHOLDERS: &[&str] = &[
    "na",
    "nan",
    "null",
    "none",
    "nil",
    "unknown",
    "unk",
    "notknown",
    "notavailable",
    "missing",
    "empty",
    "blank",
    "tbd",
    "tba",
    "xx",
    "xxx",
    "xxxx",
    "test",
    "testtest",
    "anonymous",
    "undefined",
    "notprovided",
    "无",
    "无名",
    "无名氏",
    "不详",
    "未知",
    "没有",
    "空",
    "暂无",
    "无此人",
    "不知道",
    "未填",
    "未填写",
    "待补",
    "待补充",
    "测试",
    "匿名",
    "保密",
    "略",
    "同上",
    "微信用户",
    "新用户",
    "手机用户",
    "游客",
    "其他",
    "其它",
];

/// Whether a value says that nothing is known: empty of letters and digits, or one of the usual words.
pub fn is_placeholder(text: &str) -> bool {
    // Most texts are too long for one of them.
    if text.len() > 16 && (text.is_ascii() || text.chars().count() > 16) {
        return false;
    }
    // What begins like none of them is none of them; folding leaves digits and these letters as they are.
    let first = text.chars().find(|letter| is_letter_or_digit(*letter));
    if let Some(first) = first.filter(|first| is_usual_han(*first) || first.is_ascii()) {
        let words = placeholders_from(first.to_ascii_lowercase());
        // What folding leaves as it is but for capitals is compared as it stands.
        if words.is_empty() || text.is_ascii() {
            let core = text.chars().filter(|letter| is_letter_or_digit(*letter)).map(|letter| letter.to_ascii_lowercase());
            return words.iter().any(|word| core.clone().eq(word.chars()));
        }
    }
    let core = letters_and_digits(&folded(text));
    core.is_empty() || PLACEHOLDERS.contains(&core.as_str())
}

/// Those that begin with a letter.
fn placeholders_from(letter: char) -> &'static [&'static str] {
    static FROM: OnceLock<FxHashMap<char, Vec<&'static str>>> = OnceLock::new();
    let from = FROM.get_or_init(|| {
        let mut from: FxHashMap<char, Vec<&str>> = FxHashMap::default();
        PLACEHOLDERS
            .iter()
            .filter_map(|word| Some((word.chars().next()?, *word)))
            .for_each(|(first, word)| from.entry(first).or_default().push(word));
        from
    });
    from.get(&letter).map_or(&[], Vec::as_slice)
}

/// Whether a folded text is one letter of an alphabet (which has cases, as Han and Hangul have not).
pub fn is_one_letter(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(char::is_lowercase) && letters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_folds_width_and_space() {
        assert_eq!(clean("　１３８００ \t abc\u{200b}　"), "13800 abc");
        assert_eq!(clean("Cafe\u{200b}\u{301}"), "Café", "cleaning twice changes nothing");
        assert_eq!(clean(""), "");
        assert_eq!(folded("Łódź Müßig ÆØ"), "lodz mussig aeo");
    }

    /// What is done quickly for most values is what is done for all.
    #[test]
    fn short_ways_lead_where_the_long_ones_do() {
        let texts = [
            "张 伟",
            " 张伟",
            "a  b",
            "Ann Lee ",
            "张\u{3000}伟",
            "ab\u{7f}",
            "未知",
            "不详!",
            "N/A",
            "n.a",
            "139",
            "é",
            "",
            " ",
            "Xx",
            "~无名",
            "-",
        ];
        for text in texts {
            assert_eq!(clean(text), squeezed(text.nfkc()), "{text:?}");
            let long: CompactString = without_diacritics(text).chars().flat_map(char::to_lowercase).collect();
            assert_eq!(folded(text), long, "{text:?}");
            let core = letters_and_digits(&long);
            assert_eq!(is_placeholder(text), core.is_empty() || PLACEHOLDERS.contains(&core.as_str()), "{text:?}");
        }
    }

    #[test]
    fn marks_go_from_latin_greek_and_cyrillic_letters_only() {
        for (text, expected) in [
            ("がぎプ", "がぎプ"),
            ("か\u{3099}", "が"),
            ("한국", "한국"),
            ("हिन्दी", "हिन्दी"),
            ("Ἀθήνα Йод Ñandú", "αθηνα иод nandu"),
            ("葛\u{e0100}城", "葛城"),
            ("O\u{301}", "o"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn placeholders_are_words_not_names() {
        for word in ["N/A", "无", " - ", "null", "不详", "UNKNOWN"] {
            assert!(is_placeholder(word), "{word}");
        }
        for word in ["吴", "Nana", "Noel", "13800000000"] {
            assert!(!is_placeholder(word), "{word}");
        }
    }
}
