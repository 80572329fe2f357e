//! Screen names: mostly no names at all, sometimes made from one.
//!
//! Never here: real names of anybody else.

use super::variants::push_pinyin;
use super::{Name, Sex};
use crate::synth::dice::Dice;
use crate::synth::words;
use std::fmt::Write;

const LIST: &str = include_str!("../data/nicknames.txt");

/// The lists of screen names.
pub(crate) struct Nicknames {
    plain: Vec<&'static str>,
    heads: Vec<&'static str>,
    tails: Vec<&'static str>,
    jobs: Vec<&'static str>,
}

impl Nicknames {
    pub(crate) fn new() -> Self {
        Nicknames {
            plain: words::items(LIST, "plain"),
            heads: words::items(LIST, "heads"),
            tails: words::items(LIST, "tails"),
            jobs: words::items(LIST, "jobs"),
        }
    }

    /// Writes a screen name for somebody.
    pub(crate) fn write(&self, name: &Name, sex: Sex, dice: &mut Dice, out: &mut String) {
        match dice.below(100) {
            0..40 => out.push_str(dice.pick(&self.plain)),
            40..70 => {
                out.push_str(dice.pick(&self.heads));
                out.push_str(dice.pick(&self.tails));
                if dice.per_cent(20) {
                    let _ = write!(out, "{}", dice.below(1000));
                }
            }
            70..78 => {
                let _ = write!(out, "用户{:08}", dice.below(100_000_000));
            }
            _ => self.write_from_name(name, sex, dice, out),
        }
    }

    fn write_from_name(&self, name: &Name, sex: Sex, dice: &mut Dice, out: &mut String) {
        match name {
            Name::Han { family, given } => {
                let last = given.concat().chars().next_back().unwrap_or('小');
                match dice.below(4) {
                    0 => out.extend(["小", "阿", "大"][dice.below(3) as usize].chars().chain([last])),
                    1 => out.extend([last, last]),
                    2 => {
                        let title = if sex == Sex::Male { "总" } else { "姐" };
                        let _ = write!(out, "{}{family}{title}", dice.pick(&self.jobs));
                    }
                    _ => {
                        push_pinyin(last, out);
                        let _ = write!(out, "{}", 1970 + dice.below(45));
                    }
                }
            }
            Name::Western { given, .. } => {
                let _ = write!(out, "{}_{}", given.short(dice), dice.below(100));
            }
            Name::Minority { own, .. } => {
                out.push_str(own.han);
                out.push_str(["", "88", "~"][dice.below(3) as usize]);
            }
        }
    }
}
