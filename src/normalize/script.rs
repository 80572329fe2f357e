//! Traditional characters -> simplified ones.
//!
//! 1. At first use every Han character is converted alone by OpenCC's table; what changes (about four thousand
//!    characters) is kept in a map.
//! 2. A text is then folded character by character; one without such characters is handed back as it is.
//!
//! What always holds: a character folds the same wherever it stands, so that two spellings of one name meet; folding
//! twice changes nothing; the number of characters stays.
//! Never here: words. OpenCC's phrase rules mend prose and would fold one name in two ways.
//!
//! Cost on a two-core server, tests' optimisation: the map 16 ms once; a name of three characters 0.02 us as it is and 0.06 us
//! where characters change (OpenCC itself 0.25 and 0.33 us); ASCII 4 ns.

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Characters that simplified text also writes, with another sound: 李乾 (qian) is no 李干 (gan), 著 (zhu) no 着 (zhe).
const KEPT: [char; 2] = ['乾', '著'];

/// The ranges of Han characters that have simplified forms.
const HAN: [std::ops::RangeInclusive<char>; 4] =
    ['\u{3400}'..='\u{4dbf}', '\u{4e00}'..='\u{9fff}', '\u{f900}'..='\u{faff}', '\u{20000}'..='\u{2ebef}'];

/// The text with each traditional character in its simplified form; borrowed when nothing changes.
pub fn simplified(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let map = map();
    match text.char_indices().find(|(_, letter)| map.contains_key(letter)) {
        None => Cow::Borrowed(text),
        Some((start, _)) => {
            let mut out = String::with_capacity(text.len());
            out.push_str(&text[..start]);
            out.extend(text[start..].chars().map(|letter| map.get(&letter).copied().unwrap_or(letter)));
            Cow::Owned(out)
        }
    }
}

/// The simplified form of one character; itself where it has none.
pub fn simplified_char(letter: char) -> char {
    if letter.is_ascii() { letter } else { map().get(&letter).copied().unwrap_or(letter) }
}

fn map() -> &'static FxHashMap<char, char> {
    static MAP: OnceLock<FxHashMap<char, char>> = OnceLock::new();
    MAP.get_or_init(|| {
        let converter = OpenCC::from_config(BuiltinConfig::T2s).expect("the table is part of the program");
        let mut map = FxHashMap::default();
        let mut buffer = [0; 4];
        for letter in HAN.into_iter().flatten().filter(|letter| !KEPT.contains(letter)) {
            let alone = converter.convert(letter.encode_utf8(&mut buffer));
            let mut converted = alone.chars();
            if let (Some(simple), None) = (converted.next(), converted.next())
                && simple != letter
            {
                map.insert(letter, simple);
            }
        }
        settled(map)
    })
}

/// The map with every chain followed to its end, so that folding twice changes nothing.
fn settled(map: FxHashMap<char, char>) -> FxHashMap<char, char> {
    let end = |mut letter: char| {
        for _ in 0..4 {
            match map.get(&letter) {
                Some(next) => letter = *next,
                None => break,
            }
        }
        letter
    };
    map.keys().map(|letter| (*letter, end(*letter))).filter(|(letter, end)| letter != end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_fold() {
        for (traditional, simple) in [
            ("張偉", "张伟"),
            ("歐陽娜娜", "欧阳娜娜"),
            ("尉遲恭", "尉迟恭"),
            ("單雄信", "单雄信"),
            ("臺灣省臺北市", "台湾省台北市"),
            ("廣東省深圳市羅湖區", "广东省深圳市罗湖区"),
            ("李乾", "李乾"),
            ("David 陳", "David 陈"),
        ] {
            assert_eq!(simplified(traditional), simple);
            assert_eq!(traditional.chars().map(simplified_char).collect::<String>(), simple);
        }
    }

    #[test]
    fn text_without_traditional_characters_is_borrowed() {
        for text in ["", "John Smith", "张伟", "José", "138****8000"] {
            assert!(matches!(simplified(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for (letter, simple) in map() {
            assert_eq!(simplified_char(*simple), *simple, "{letter} -> {simple}");
        }
        assert!(map().len() > 2_500, "{} characters", map().len());
    }

    /// Run by hand in an optimised build: `cargo test --release script::tests::cost -- --ignored --nocapture`.
    #[test]
    #[ignore = "a measurement"]
    fn cost() {
        let start = std::time::Instant::now();
        map();
        println!("map of {} characters: {:?}", map().len(), start.elapsed());
        let converter = OpenCC::from_config(BuiltinConfig::T2s).expect("the table is part of the program");
        let rounds = 200_000;
        for name in ["张小明", "張小明", "歐陽娜", "Zhang Xiaoming"] {
            let start = std::time::Instant::now();
            let letters: usize = (0..rounds).map(|_| simplified(std::hint::black_box(name)).len()).sum();
            let ours = start.elapsed() / rounds;
            let start = std::time::Instant::now();
            let theirs: usize = (0..rounds).map(|_| converter.convert(std::hint::black_box(name)).len()).sum();
            println!("{name}: here {ours:?}, OpenCC {:?} ({letters}, {theirs})", start.elapsed() / rounds);
        }
    }
}
