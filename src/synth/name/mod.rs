//! Names of people: what they are (Han, Western, minority), how they are given, and how records write them.
//!
//! `han`, `western` and `minority` give names, `variants` knows which characters are taken for which, `writing` puts a name on a
//! record with all that happens there, `nickname` makes screen names. Names are references into the embedded lists, so that they
//! can be copied freely. Never here: who is related to whom.

mod han;
mod minority;
mod nickname;
mod variants;
mod western;
mod writing;

use super::dice::Dice;
pub(crate) use han::HanNames;
pub(crate) use minority::{MinorityNames, People};
pub(crate) use nickname::Nicknames;
pub(crate) use variants::{Variants, push_pinyin};
pub(crate) use western::{Given, WesternNames, push_plain};
pub(crate) use writing::Manner;

/// Man or woman.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sex {
    Male,
    Female,
}

impl Sex {
    /// Either, evenly.
    pub(crate) fn either(dice: &mut Dice) -> Self {
        if dice.per_cent(50) { Sex::Male } else { Sex::Female }
    }

    /// The other one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Sex::Male => Sex::Female,
            Sex::Female => Sex::Male,
        }
    }
}

/// A word of a minority name: in Chinese characters and in Latin letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) han: &'static str,
    pub(crate) latin: &'static str,
}

/// A name as it truly is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// Surname, then one or two given characters (or a whole given name and nothing).
    Han { family: &'static str, given: [&'static str; 2] },
    /// Given name (place in the list), middle initial, surname.
    Western { given: Given, middle: Option<char>, last: &'static str },
    /// Own word, then the father's or a second one; `dotted` where an interpunct stands between them.
    Minority { own: Word, second: Option<Word>, dotted: bool },
}

/// All lists of names.
pub(crate) struct Names {
    pub(crate) han: HanNames,
    pub(crate) western: WesternNames,
    pub(crate) minority: MinorityNames,
    pub(crate) variants: Variants,
    pub(crate) nicknames: Nicknames,
}

impl Names {
    pub(crate) fn new() -> Self {
        Names {
            han: HanNames::new(),
            western: WesternNames::new(),
            minority: MinorityNames::new(),
            variants: Variants::new(),
            nicknames: Nicknames::new(),
        }
    }
}
