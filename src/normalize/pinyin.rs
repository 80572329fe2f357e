//! Han characters -> pinyin without tones: of single characters, and of whole names with their surname readings.
//!
//! 1. A character has one reading or several, the usual one first; `ü` is written `v`, as people type it.
//! 2. In a name the surname is read as surnames are: 单 shan, 仇 qiu, 曾 zeng, 解 xie, 区 ou, 尉迟 yuchi. The usual reading
//!    stays behind it, because people who do not know the name type that.
//! 3. In a given name a character has the usual reading, and others only where people are called by them.
//! 4. A reading of a name is one syllable a character; several characters with several readings multiply, up to a bound.
//!
//! What always holds: readings are lower-case ASCII letters. Traditional characters read as their simplified forms.
//! Never here: tones, and guesses about characters that have no reading.

use super::{script, text};
use crate::record::Field;
use crate::schema::surname as surnames;
use compact_str::CompactString;
use pinyin::{ToPinyin, ToPinyinMulti};
use rustc_hash::FxHashSet;
use std::sync::OnceLock;

/// Readings of surnames of one character that differ from the character's usual reading, the most frequent one first.
const SURNAME_READINGS: &[(char, &[&str])] = &[
    ('单', &["shan"]),
    ('仇', &["qiu"]),
    ('曾', &["zeng"]),
    ('解', &["xie"]),
    ('区', &["ou"]),
    ('查', &["zha"]),
    ('朴', &["piao"]),
    ('缪', &["miao"]),
    ('翟', &["zhai", "di"]),
    ('盖', &["ge", "gai"]),
    ('秘', &["bi"]),
    ('种', &["chong"]),
    ('员', &["yun"]),
    ('贠', &["yun"]),
    ('洗', &["xian"]),
    ('覃', &["qin", "tan"]),
    ('乐', &["yue", "le"]),
    ('黑', &["he"]),
    ('宓', &["mi", "fu"]),
    ('折', &["she"]),
    ('牟', &["mou", "mu"]),
    ('隗', &["wei", "kui"]),
    ('祭', &["zhai"]),
    ('繁', &["po"]),
    ('召', &["shao"]),
    ('句', &["gou"]),
    ('郇', &["xun", "huan"]),
    ('谌', &["chen", "shen"]),
    ('柏', &["bai", "bo"]),
    ('都', &["du"]),
    ('长', &["chang"]),
    ('阚', &["kan"]),
    ('卜', &["bu"]),
    ('蔚', &["yu"]),
    ('么', &["yao"]),
    ('佴', &["nai"]),
    ('薄', &["bo"]),
    ('番', &["pan"]),
    ('能', &["nai"]),
    ('费', &["fei", "bi"]),
];

/// Readings of compound surnames that differ from their characters' usual readings.
const COMPOUND_READINGS: &[(&str, [&str; 2])] = &[
    ("尉迟", ["yu", "chi"]),
    ("万俟", ["mo", "qi"]),
    ("长孙", ["zhang", "sun"]),
    ("单于", ["chan", "yu"]),
    ("鲜于", ["xian", "yu"]),
    ("澹台", ["tan", "tai"]),
    ("乐正", ["yue", "zheng"]),
    ("夹谷", ["jia", "gu"]),
    ("谷梁", ["gu", "liang"]),
    ("宰父", ["zai", "fu"]),
    ("拓跋", ["tuo", "ba"]),
    ("令狐", ["ling", "hu"]),
    ("叶赫", ["ye", "he"]),
];

/// Characters that are read in more than one way in given names of people alive. Other readings that dictionaries list are those of
/// old texts and of grammar, and would find people by names that nobody calls them.
const GIVEN_POLYPHONES: &str = "乐行长重朝茜娜晟盛传柏露曲宿调都还参观冠会好华和降角解觉空乔强切曾少舍胜石似弹提为相兴省宁藏载中种琦蕾予与正只琢思济夏翟亚应鹄佳俊芮郁裳莎莘尧钰";

/// How a name can be read: its characters' readings, and how many characters are the surname.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePinyin {
    readings: Vec<Vec<&'static str>>,
    surname_chars: usize,
}

impl NamePinyin {
    /// The readings of each character, the preferred one first; never empty.
    pub fn readings(&self) -> &[Vec<&'static str>] {
        &self.readings
    }

    /// How many of the characters are the surname: 1 or 2, or 0 when the name is too long to tell.
    pub fn surname_chars(&self) -> usize {
        self.surname_chars
    }

    /// The preferred reading, one syllable a character; empty for a name without Han characters.
    pub fn preferred(&self) -> Vec<&'static str> {
        self.readings.iter().map(|readings| readings[0]).collect()
    }

    /// Every reading of the whole name, the preferred one first, at most `combinations_max` (at least one is given).
    pub fn combinations(&self, combinations_max: usize) -> Vec<Vec<&'static str>> {
        let mut whole = vec![self.preferred()];
        for (place, readings) in self.readings.iter().enumerate() {
            for known in 0..whole.len() {
                for reading in &readings[1..] {
                    if whole.len() >= combinations_max {
                        return whole;
                    }
                    let mut other = whole[known].clone();
                    other[place] = reading;
                    whole.push(other);
                }
            }
        }
        whole
    }
}

/// The readings of each character of `han`, the usual one first; empty for characters that have none.
pub fn syllables(han: &str) -> Vec<Vec<&'static str>> {
    han.chars().map(|letter| readings(script::simplified_char(letter))).collect()
}

/// How a full Han name can be read, surname first. Characters without a reading (Latin letters, dots) are left out.
pub fn name_pinyin(full_name: &str) -> NamePinyin {
    let name = script::simplified(full_name);
    let known = name.chars().map(|letter| (letter, readings(letter))).filter(|(_, readings)| !readings.is_empty());
    let (letters, mut readings): (Vec<char>, Vec<Vec<&'static str>>) = known.unzip();
    let surname_chars = surname_chars(&letters);
    for (letter, readings) in letters.iter().zip(&mut readings).skip(surname_chars) {
        if !GIVEN_POLYPHONES.contains(*letter) {
            readings.truncate(1);
        }
    }
    match letters.as_slice() {
        [first, second, ..] if surname_chars == 2 => {
            let surname: String = [*first, *second].iter().collect();
            if let Some((_, special)) = COMPOUND_READINGS.iter().find(|(known, _)| *known == surname) {
                prefer(&mut readings[0], &special[..1]);
                prefer(&mut readings[1], &special[1..]);
            }
        }
        [first, ..] if surname_chars == 1 => {
            if let Some((_, special)) = SURNAME_READINGS.iter().find(|(known, _)| known == first) {
                prefer(&mut readings[0], special);
            } else {
                readings[0].truncate(1);
            }
        }
        _ => {}
    }
    NamePinyin { readings, surname_chars }
}

/// The first letters of a full Han name's preferred reading: 张小明 is `zxm`, 单伟 is `sw`.
pub fn initials(full_name: &str) -> CompactString {
    name_pinyin(full_name).preferred().iter().map(|syllable| &syllable[..1]).collect()
}

/// A family name in letters, read as a surname: 单 is `shan`; characters without a reading stay as they are.
pub fn surname(family: &str) -> CompactString {
    let reading = name_pinyin(family);
    if reading.readings().len() == family.chars().count() { reading.preferred().concat().into() } else { plain(family) }
}

/// Whether letters are one syllable of pinyin, without tone.
pub fn is_syllable(letters: &str) -> bool {
    known_sounds().syllables.contains(letters)
}

/// Whether letters read as a given name in pinyin: one or two syllables.
pub fn is_given(letters: &str) -> bool {
    let cut = |at: usize| letters.is_char_boundary(at) && is_syllable(&letters[..at]) && is_syllable(&letters[at..]);
    is_syllable(letters) || (1..letters.len()).any(cut)
}

/// Whether letters can be cut into syllables of pinyin.
pub fn is_pinyin(letters: &str) -> bool {
    // By place: whether what stands before it can be cut.
    let mut cut = vec![false; letters.len() + 1];
    cut[0] = true;
    for end in 1..=letters.len() {
        let ends_syllable = |start: usize| cut[start] && letters.get(start..end).is_some_and(is_syllable);
        cut[end] = (end.saturating_sub(SYLLABLE_LETTERS_MAX)..end).any(ends_syllable);
    }
    !letters.is_empty() && cut[letters.len()]
}

/// Letters of the longest syllable (`zhuang`).
const SYLLABLE_LETTERS_MAX: usize = 6;

/// Whether letters are the sound of a frequent surname.
pub fn is_surname(letters: &str) -> bool {
    known_sounds().surnames.contains(letters)
}

/// Whether letters read as a Han name in pinyin: the sound of a frequent surname and a given name.
pub fn is_name(letters: &str) -> bool {
    let surnames = &known_sounds().surnames;
    let cut = |at: usize| letters.is_char_boundary(at) && surnames.contains(&letters[..at]) && is_given(&letters[at..]);
    (1..letters.len()).any(cut)
}

struct KnownSounds {
    syllables: FxHashSet<&'static str>,
    surnames: FxHashSet<CompactString>,
}

/// The syllables of the common Han characters, and the sounds of the frequent surnames.
fn known_sounds() -> &'static KnownSounds {
    static SOUNDS: OnceLock<KnownSounds> = OnceLock::new();
    SOUNDS.get_or_init(|| {
        let single = surnames::COMMON.chars().map(|letter| surname(letter.encode_utf8(&mut [0; 4])));
        KnownSounds {
            syllables: ('\u{4e00}'..='\u{9fa5}').filter_map(|letter| Some(typed(letter.to_pinyin()?.plain()))).collect(),
            surnames: single.chain(surnames::COMPOUND.iter().map(|compound| surname(compound))).collect(),
        }
    })
}

/// How a part of a name sounds: pinyin for Han, the letters without spaces for others.
pub fn sound(part: Field, text: &str) -> CompactString {
    match text::has_han(text) {
        true if part == Field::FamilyName => surname(text),
        true => plain(text),
        false => text.chars().filter(|letter| *letter != ' ').collect(),
    }
}

/// The preferred reading of a text, character by character; characters without one stay as they are.
pub fn plain(text: &str) -> CompactString {
    let mut out = CompactString::default();
    for letter in text.chars() {
        match letter.to_pinyin() {
            Some(reading) => out.push_str(typed(reading.plain())),
            None => out.push(letter),
        }
    }
    out
}

fn surname_chars(letters: &[char]) -> usize {
    if letters.len() >= 3 {
        let start: String = letters[..2].iter().collect();
        if surnames::COMPOUND.contains(&start.as_str()) {
            return 2;
        }
    }
    usize::from((1..=4).contains(&letters.len()))
}

/// Puts `special` in front of the usual reading; the rarer usual readings go.
fn prefer(readings: &mut Vec<&'static str>, special: &[&'static str]) {
    let usual = readings[0];
    readings.clear();
    readings.extend_from_slice(special);
    if !special.contains(&usual) {
        readings.push(usual);
    }
}

fn readings(letter: char) -> Vec<&'static str> {
    let mut out = Vec::new();
    for reading in letter.to_pinyin_multi().into_iter().flatten() {
        let syllable = typed(reading.plain());
        if !syllable.is_empty() && !out.contains(&syllable) {
            out.push(syllable);
        }
    }
    out
}

/// The syllable as it is typed: `ü` as `v`; the few with other marks have no typed form and are left out.
fn typed(syllable: &'static str) -> &'static str {
    match syllable {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        "lüan" => "lvan",
        other if other.bytes().all(|letter| letter.is_ascii_lowercase()) => other,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_are_read_as_surnames() {
        for (name, reading) in [
            ("张伟", "zhang wei"),
            ("單雄信", "shan xiong xin"),
            ("仇英", "qiu ying"),
            ("曾国藩", "zeng guo fan"),
            ("解晓东", "xie xiao dong"),
            ("区楚良", "ou chu liang"),
            ("尉迟恭", "yu chi gong"),
            ("欧阳修", "ou yang xiu"),
            ("万俟卨", "mo qi xie"),
            ("长孙无忌", "zhang sun wu ji"),
            ("任贤齐", "ren xian qi"),
            ("吕布", "lv bu"),
            ("尉健行", "wei jian xing"),
            ("David 陈", "chen"),
            ("John", ""),
        ] {
            assert_eq!(name_pinyin(name).preferred().join(" "), reading, "{name}");
        }
    }

    #[test]
    fn the_usual_reading_stays_behind_the_surname_reading() {
        let readings = name_pinyin("单伟");
        assert_eq!(readings.readings()[0], ["shan", "dan"]);
        assert_eq!(readings.surname_chars(), 1);
        assert_eq!(readings.combinations(8), [vec!["shan", "wei"], vec!["dan", "wei"]]);
        assert_eq!(name_pinyin("翟伟").combinations(8).len(), 2);
    }

    #[test]
    fn given_names_are_read_as_people_call_them() {
        assert_eq!(name_pinyin("张立江").combinations(8).len(), 1, "立 is read wei in old texts only");
        assert_eq!(name_pinyin("王乐").combinations(8).len(), 2, "le or yue");
    }

    #[test]
    fn combinations_stop_at_their_bound_and_begin_with_the_preferred_reading() {
        let name = name_pinyin("行行行行行");
        assert_eq!(name.combinations(4).len(), 4);
        assert_eq!(name.combinations(1), [name.preferred()]);
        let all = name_pinyin("曾行").combinations(100);
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(all.len(), name_pinyin("曾行").readings().iter().map(Vec::len).product::<usize>());
    }

    #[test]
    fn initials_follow_the_surname() {
        for (name, letters) in [("张伟", "zw"), ("欧阳娜娜", "oynn"), ("尉遲恭", "ycg"), ("单伟", "sw"), ("", "")] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn every_reading_is_lower_case_ascii() {
        for letter in ('\u{4e00}'..='\u{9fff}').chain('\u{3400}'..='\u{4dbf}') {
            for reading in readings(letter) {
                assert!(!reading.is_empty() && reading.bytes().all(|byte| byte.is_ascii_lowercase()), "{letter} {reading}");
            }
        }
        for (letter, special) in SURNAME_READINGS {
            assert_ne!(special[..], readings(*letter)[..1], "{letter} needs no row");
        }
        assert_eq!(syllables("还x"), [vec!["hai", "huan", "fu"], vec![]]);
        assert_eq!(plain("张Wei"), "zhangWei");
    }
}
