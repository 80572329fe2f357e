//! Which characters are taken for which: homophones, look-alikes, traditional forms, rare characters, and pinyin.
//!
//! Never here: chance of a mistake; this file only says what a character may become.

use super::Sex;
use crate::normalize::pinyin;
use crate::synth::dice::Dice;
use crate::synth::words;
use rustc_hash::FxHashMap;

const LIST: &str = include_str!("../data/han_variants.txt");

/// A rare character and what systems and clerks make of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rare {
    pub(crate) character: &'static str,
    pub(crate) pinyin: &'static str,
    pub(crate) parts: Option<&'static str>,
    pub(crate) look_alike: Option<&'static str>,
    sex: Option<Sex>,
}

/// The tables.
pub(crate) struct Variants {
    homophones: FxHashMap<char, &'static str>,
    look_alikes: FxHashMap<char, &'static str>,
    traditional: FxHashMap<char, char>,
    readings: FxHashMap<char, &'static str>,
    rare: Vec<Rare>,
    rare_places: FxHashMap<char, usize>,
}

impl Variants {
    pub(crate) fn new() -> Self {
        let rare: Vec<Rare> = words::items(LIST, "rare").into_iter().filter_map(rare).collect();
        Variants {
            homophones: groups("homophones"),
            look_alikes: groups("look_alikes"),
            traditional: words::items(LIST, "traditional").into_iter().filter_map(pair).filter(|(a, b)| a != b).collect(),
            readings: words::items(LIST, "readings").into_iter().filter_map(first_and_rest).collect(),
            rare_places: rare.iter().enumerate().flat_map(|(n, rare)| rare.character.chars().map(move |c| (c, n))).collect(),
            rare,
        }
    }

    /// A character typed for `c` by sound, if there is one.
    pub(crate) fn homophone(&self, c: char, dice: &mut Dice) -> Option<char> {
        another(self.homophones.get(&c)?, c, dice)
    }

    /// Whether something sounds like `c`.
    pub(crate) fn has_homophone(&self, c: char) -> bool {
        self.homophones.contains_key(&c)
    }

    /// A character typed for `c` by shape, if there is one.
    pub(crate) fn look_alike(&self, c: char, dice: &mut Dice) -> Option<char> {
        another(self.look_alikes.get(&c)?, c, dice)
    }

    /// Whether something looks like `c`.
    pub(crate) fn has_look_alike(&self, c: char) -> bool {
        self.look_alikes.contains_key(&c)
    }

    /// The traditional form of `c` where it differs.
    pub(crate) fn traditional(&self, c: char) -> Option<char> {
        self.traditional.get(&c).copied()
    }

    /// What is known of `c` if it is rare.
    pub(crate) fn rare(&self, c: char) -> Option<&Rare> {
        self.rare.get(*self.rare_places.get(&c)?)
    }

    /// A rare character that suits a sex.
    pub(crate) fn rare_character(&self, sex: Sex, dice: &mut Dice) -> &'static str {
        loop {
            let rare = self.rare[dice.zipf(self.rare.len(), 8.0)];
            if rare.sex.is_none_or(|only| only == sex) {
                return rare.character;
            }
        }
    }

    /// Appends the pinyin of a surname, lower case.
    pub(crate) fn push_surname_pinyin(&self, surname: &str, out: &mut String) {
        match surname {
            "尉迟" => out.push_str("yuchi"),
            "长孙" => out.push_str("zhangsun"),
            "澹台" => out.push_str("tantai"),
            _ => surname.chars().for_each(|c| match self.readings.get(&c) {
                Some(reading) if surname.chars().nth(1).is_none() => out.push_str(reading),
                _ => push_pinyin(c, out),
            }),
        }
    }
}

/// Appends the usual reading of a character, lower case; other characters as they are.
pub(crate) fn push_pinyin(c: char, out: &mut String) {
    match c {
        '㛃' => out.push_str("jie"),
        other => out.push_str(&pinyin::plain(other.encode_utf8(&mut [0; 4]))),
    }
}

/// Each character with its group; the first where it stands in several.
fn groups(name: &str) -> FxHashMap<char, &'static str> {
    let mut groups = FxHashMap::default();
    for group in words::items(LIST, name) {
        for c in group.chars() {
            groups.entry(c).or_insert(group);
        }
    }
    groups
}

fn another(group: &str, c: char, dice: &mut Dice) -> Option<char> {
    let others = group.chars().filter(|other| *other != c).count() as u32;
    group.chars().filter(|other| *other != c).nth(dice.below(others) as usize)
}

fn pair(item: &'static str) -> Option<(char, char)> {
    let mut characters = item.chars();
    Some((characters.next()?, characters.next()?))
}

fn first_and_rest(item: &'static str) -> Option<(char, &'static str)> {
    let first = item.chars().next()?;
    Some((first, &item[first.len_utf8()..]))
}

fn rare(item: &'static str) -> Option<Rare> {
    let some = |part: &'static str| (part != "-").then_some(part);
    let mut parts = item.split('/');
    Some(Rare {
        character: parts.next()?,
        pinyin: parts.next()?,
        parts: some(parts.next()?),
        look_alike: some(parts.next()?),
        sex: match parts.next()? {
            "m" => Some(Sex::Male),
            "f" => Some(Sex::Female),
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_say_what_clerks_do() {
        let variants = Variants::new();
        let mut dice = Dice::new(1, 1);
        assert!(variants.homophone('伟', &mut dice).is_some_and(|c| "炜玮维".contains(c)));
        assert_eq!(variants.look_alike('钰', &mut dice), Some('珏'));
        assert_eq!(variants.traditional('张'), Some('張'));
        assert_eq!(variants.traditional('静'), Some('靜'));
        let rare = variants.rare('喆').expect("the list has it");
        assert_eq!((rare.pinyin, rare.parts, rare.look_alike), ("zhe", Some("吉吉"), Some("哲")));
        assert_eq!(variants.rare('䶮').and_then(|rare| rare.look_alike), Some("龑"));
        assert_eq!(variants.rare('昇').and_then(|rare| rare.look_alike), Some("升"));
    }

    #[test]
    fn surnames_are_read_as_surnames() {
        let variants = Variants::new();
        let read = |surname: &str| {
            let mut out = String::new();
            variants.push_surname_pinyin(surname, &mut out);
            out
        };
        assert_eq!((read("单").as_str(), read("曾").as_str(), read("欧阳").as_str()), ("shan", "zeng", "ouyang"));
        assert_eq!((read("王").as_str(), read("吕").as_str()), ("wang", "lv"));
    }
}
