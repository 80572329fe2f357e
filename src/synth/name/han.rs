//! Han names: a surname by its real frequency, a given name by sex and birth cohort.
//!
//! A given name is a whole one from the cohort's list, one character, or two that combine; all lists fall off as names do, so
//! that a few names are very common and most are rare. Never here: mistakes in names.

use super::{Name, Sex, Variants};
use crate::synth::dice::{Dice, Weighted};
use crate::synth::words;

const GIVEN: &str = include_str!("../data/han_names.txt");
const SURNAMES: &str = include_str!("../data/surnames.csv");
const VARIANTS: &str = include_str!("../data/han_variants.txt");

/// The lists of one sex and cohort.
struct Cohort {
    whole: Vec<&'static str>,
    first: Vec<&'static str>,
    second: Vec<&'static str>,
    single: Vec<&'static str>,
}

/// Surnames and given names.
pub(crate) struct HanNames {
    surnames: Weighted<&'static str>,
    compound: Vec<&'static str>,
    men: Vec<Cohort>,
    women: Vec<Cohort>,
}

/// Of given names in a cohort: one character, per cent; then a whole name from the list.
const SINGLE_PER_CENT: [u32; 4] = [14, 24, 30, 8];
const WHOLE_PER_CENT: [u32; 4] = [26, 24, 20, 24];

impl HanNames {
    pub(crate) fn new() -> Self {
        let surnames = SURNAMES.lines().skip(1).filter_map(|line| {
            let (surname, weight) = line.split_once(',')?;
            Some((surname, weight.parse().ok()?))
        });
        HanNames { surnames: Weighted::new(surnames), compound: words::items(VARIANTS, "compound"), men: cohorts("m"), women: cohorts("f") }
    }

    /// A surname of one character.
    pub(crate) fn surname(&self, dice: &mut Dice) -> &'static str {
        self.surnames.pick(dice)
    }

    /// A surname of two characters.
    pub(crate) fn compound_surname(&self, dice: &mut Dice) -> &'static str {
        self.compound[dice.zipf(self.compound.len(), 0.5)]
    }

    /// A given name for somebody born in `year`.
    pub(crate) fn given(&self, sex: Sex, year: i32, dice: &mut Dice) -> [&'static str; 2] {
        let number = usize::from(year >= 1960) + usize::from(year >= 1980) + usize::from(year >= 2000);
        let cohort = &self.of(sex)[number];
        let roll = dice.below(100);
        if roll < SINGLE_PER_CENT[number] {
            [zipf(&cohort.single, dice), ""]
        } else if roll < SINGLE_PER_CENT[number] + WHOLE_PER_CENT[number] {
            [zipf(&cohort.whole, dice), ""]
        } else {
            let first = zipf(&cohort.first, dice);
            let second = zipf(&cohort.second, dice);
            [first, if second == first && dice.per_cent(80) { "" } else { second }]
        }
    }

    /// A given name like `twin`'s, for the other twin: one character shared where there are two.
    pub(crate) fn given_of_twin(&self, twin: [&'static str; 2], sex: Sex, year: i32, dice: &mut Dice) -> [&'static str; 2] {
        let number = usize::from(year >= 1960) + usize::from(year >= 1980) + usize::from(year >= 2000);
        let cohort = &self.of(sex)[number];
        let characters: Vec<&'static str> = twin.into_iter().flat_map(words::split_characters).collect();
        loop {
            let candidate = match characters[..] {
                [first, _] if dice.per_cent(75) => [first, zipf(&cohort.second, dice)],
                [_, second] => [zipf(&cohort.first, dice), second],
                _ => [zipf(&cohort.single, dice), ""],
            };
            if candidate.concat() != twin.concat() {
                return candidate;
            }
        }
    }

    /// A given name with a rare character that suits the sex.
    pub(crate) fn given_with_rare(&self, variants: &Variants, sex: Sex, year: i32, dice: &mut Dice) -> [&'static str; 2] {
        let rare = variants.rare_character(sex, dice);
        if dice.per_cent(35) { [rare, ""] } else { [zipf(&self.first_characters(sex, year)[..20], dice), rare] }
    }

    fn first_characters(&self, sex: Sex, year: i32) -> &[&'static str] {
        let number = usize::from(year >= 1960) + usize::from(year >= 1980) + usize::from(year >= 2000);
        &self.of(sex)[number].first
    }

    fn of(&self, sex: Sex) -> &[Cohort] {
        match sex {
            Sex::Male => &self.men,
            Sex::Female => &self.women,
        }
    }
}

impl Name {
    /// The surname of a Han name.
    pub(crate) fn han_family(&self) -> Option<&'static str> {
        match self {
            Name::Han { family, .. } => Some(family),
            _ => None,
        }
    }
}

fn cohorts(sex: &str) -> Vec<Cohort> {
    let list = |number: usize, part: &str| words::items(GIVEN, &format!("{sex}{number}.{part}"));
    (1..=4)
        .map(|number| Cohort {
            whole: list(number, "whole"),
            first: list(number, "first"),
            second: list(number, "second"),
            single: list(number, "single"),
        })
        .collect()
}

fn zipf(list: &[&'static str], dice: &mut Dice) -> &'static str {
    list[dice.zipf(list.len(), 6.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_there_and_common_names_lead() {
        let names = HanNames::new();
        for cohort in names.men.iter().chain(&names.women) {
            assert!(cohort.whole.len() > 30 && cohort.first.len() > 30 && cohort.second.len() > 30 && cohort.single.len() > 15);
        }
        let mut dice = Dice::new(1, 1);
        let wang = (0..10_000).filter(|_| names.surname(&mut dice) == "王").count();
        assert!((500..1_000).contains(&wang), "{wang}");
    }

    #[test]
    fn a_twin_is_never_named_alike() {
        let names = HanNames::new();
        let mut dice = Dice::new(1, 2);
        for _ in 0..500 {
            let first = names.given(Sex::Male, 2001, &mut dice);
            assert_ne!(names.given_of_twin(first, Sex::Male, 2001, &mut dice).concat(), first.concat());
        }
    }
}
