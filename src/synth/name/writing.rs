//! A name as a record has it: true name in, text out, with all that clerks, keyboards and old systems do to names.
//!
//! 1. Han: a lost rare character, a homophone or a look-alike; then traditional forms, pinyin, a form of address or a space.
//! 2. Western: short form, initial, swapped order; then lost diacritics and hyphens.
//! 3. Minority: another dot, no dot, Latin letters.
//!
//! Never here: which name a person has at the time.

use super::variants::push_pinyin;
use super::western::push_plain;
use super::{Name, Names, Sex, Variants, Word};
use crate::synth::disturbance::Disturbance as D;
use crate::synth::hand::Hand;

/// How a channel takes names.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// A form of address may stand for the given name.
    pub(crate) honorifics: bool,
    /// Latin letters are capitals.
    pub(crate) capitals: bool,
}

/// Dots typed for an interpunct.
const DOTS: [&str; 6] = ["•", "・", ".", "．", "‧", "∙"];

impl Names {
    /// Appends a name as a record writes it.
    pub(crate) fn write(&self, hand: &mut Hand, name: &Name, sex: Sex, manner: Manner, out: &mut String) {
        let start = out.len();
        match name {
            Name::Han { family, given } => write_han(&self.variants, hand, family, given, sex, manner, out),
            Name::Western { given, middle, last } => write_western(hand, *given, *middle, last, out),
            Name::Minority { own, second, dotted } => write_minority(hand, *own, *second, *dotted, out),
        }
        if manner.capitals && out[start..].chars().any(|c| c.is_lowercase()) {
            let upper = out[start..].to_uppercase();
            out.truncate(start);
            out.push_str(&upper);
        }
    }
}

fn write_han(v: &Variants, hand: &mut Hand, family: &str, given: &[&str; 2], sex: Sex, manner: Manner, out: &mut String) {
    if manner.honorifics && hand.hit(D::Honorific) {
        out.push_str(family);
        out.push_str(form_of_address(sex, hand));
        return;
    }
    if hand.hit(D::HanInPinyin) {
        return write_pinyin(v, hand, family, given, out);
    }
    let mut characters: Vec<char> = family.chars().chain(given.iter().flat_map(|part| part.chars())).collect();
    let surname_length = family.chars().count();
    if let Some(at) = characters.iter().position(|c| v.rare(*c).is_some())
        && let Some(text) = lose_rare(v, hand, characters[at])
    {
        return characters.iter().enumerate().for_each(|(n, c)| if n == at { out.push_str(&text) } else { out.push(*c) });
    }
    mistake(hand, &mut characters, surname_length, D::Homophone, |c| v.has_homophone(c), |c, hand| v.homophone(c, &mut hand.dice));
    mistake(hand, &mut characters, surname_length, D::LookAlike, |c| v.has_look_alike(c), |c, hand| v.look_alike(c, &mut hand.dice));
    if characters.iter().any(|c| v.traditional(*c).is_some()) && hand.hit(D::Traditional) {
        characters.iter_mut().for_each(|c| *c = v.traditional(*c).unwrap_or(*c));
    }
    let spaced = characters.len() <= 3 && hand.hit(D::NameSpaced);
    let gap = if hand.dice.per_cent(60) { ' ' } else { '\u{3000}' };
    for (n, c) in characters.iter().enumerate() {
        if spaced && n == surname_length {
            out.push(gap);
        }
        out.push(*c);
    }
}

/// Replaces one character that can be mistaken, the surname's only once in ten times.
fn mistake(
    hand: &mut Hand,
    characters: &mut [char],
    surname_length: usize,
    kind: D,
    can: impl Fn(char) -> bool,
    other: impl Fn(char, &mut Hand) -> Option<char>,
) {
    let from = if hand.dice.per_cent(10) { 0 } else { surname_length };
    let Some(place) = characters[from..].iter().position(|c| can(*c)) else { return };
    if hand.hit(kind) {
        let c = &mut characters[from + place];
        *c = other(*c, hand).unwrap_or(*c);
    }
}

fn lose_rare(v: &Variants, hand: &mut Hand, character: char) -> Option<String> {
    let rare = *v.rare(character)?;
    if hand.hit(D::RareToQuestionMark) {
        return Some("?".to_owned());
    }
    if hand.hit(D::RareToPinyin) {
        return Some(if hand.dice.per_cent(50) { rare.pinyin.to_uppercase() } else { rare.pinyin.to_owned() });
    }
    if let Some(parts) = rare.parts
        && hand.hit(D::RareToParts)
    {
        return Some(parts.to_owned());
    }
    rare.look_alike.filter(|_| hand.hit(D::RareToLookAlike)).map(str::to_owned)
}

fn form_of_address(sex: Sex, hand: &mut Hand) -> &'static str {
    match sex {
        Sex::Male => hand.dice.pick(&["先生", "先生", "先生", "总", "师傅", "老师", "经理"]),
        Sex::Female => hand.dice.pick(&["女士", "女士", "女士", "小姐", "总", "老师", "阿姨"]),
    }
}

fn write_pinyin(v: &Variants, hand: &mut Hand, family: &str, given: &[&str; 2], out: &mut String) {
    let (mut surname, mut rest) = (String::new(), String::new());
    v.push_surname_pinyin(family, &mut surname);
    let apart = hand.dice.per_cent(20);
    for c in given.iter().flat_map(|part| part.chars()) {
        if apart && !rest.is_empty() {
            rest.push(' ');
        }
        push_pinyin(c, &mut rest);
    }
    match hand.dice.below(4) {
        0 => out.extend(surname.chars().chain(rest.chars())),
        1 => out.push_str(&format!("{surname} {rest}").to_uppercase()),
        2 => [rest.as_str(), " ", surname.as_str()].iter().for_each(|part| push_capitalised(part, out)),
        _ => [surname.as_str(), " ", rest.as_str()].iter().for_each(|part| push_capitalised(part, out)),
    }
}

fn push_capitalised(text: &str, out: &mut String) {
    let mut characters = text.chars();
    out.extend(characters.next().map(|c| c.to_ascii_uppercase()));
    out.extend(characters);
}

fn write_western(hand: &mut Hand, given: super::Given, middle: Option<char>, last: &str, out: &mut String) {
    let mut first = given.full().to_owned();
    if given.has_short() && hand.hit(D::WesternShortForm) {
        first = given.short(&mut hand.dice).to_owned();
    } else if hand.hit(D::WesternInitial) {
        first.truncate(first.chars().next().map_or(0, char::len_utf8));
        first.push_str(if hand.dice.per_cent(60) { "." } else { "" });
    }
    if let Some(letter) = middle.filter(|_| hand.dice.per_cent(30)) {
        first.push(' ');
        first.push(letter);
        first.push_str(if hand.dice.per_cent(50) { "." } else { "" });
    }
    let mut text = if hand.hit(D::WesternSwapped) {
        format!("{last}{}{first}", if hand.dice.per_cent(50) { ", " } else { " " })
    } else {
        format!("{first} {last}")
    };
    if !text.is_ascii() && hand.hit(D::DiacriticsLost) {
        let accented = std::mem::take(&mut text);
        push_plain(&accented, &mut text);
    }
    if text.contains('-') && hand.hit(D::HyphenLost) {
        text = text.replace('-', if hand.dice.per_cent(60) { " " } else { "" });
    }
    out.push_str(&text);
}

fn write_minority(hand: &mut Hand, own: Word, second: Option<Word>, dotted: bool, out: &mut String) {
    let latin = hand.hit(D::MinorityInPinyin);
    let dot = match dotted {
        _ if latin => " ",
        false => "",
        true if hand.hit(D::InterpunctLost) => ["", " "][hand.dice.below(2) as usize],
        true if hand.hit(D::InterpunctOther) => hand.dice.pick(&DOTS),
        true => "·",
    };
    let text = |word: Word| if latin { word.latin } else { word.han };
    out.push_str(text(own));
    if let Some(second) = second {
        out.push_str(dot);
        out.push_str(text(second));
    }
}
