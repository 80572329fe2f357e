//! Western names: given names with their short forms, surnames, and what is lost when a form knows only plain letters.
//!
//! Never here: mistakes by chance; this file only knows what a name becomes.

use super::{Name, Sex};
use crate::synth::dice::Dice;
use crate::synth::words;

const LIST: &str = include_str!("../data/western_names.txt");

/// A given name as the list has it: the name, then its short forms, parted by slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given(&'static str);

impl Given {
    /// The full form.
    pub(crate) fn full(self) -> &'static str {
        self.0.split('/').next().unwrap_or(self.0)
    }

    /// Whether there are short forms.
    pub(crate) fn has_short(self) -> bool {
        self.0.contains('/')
    }

    /// One of the short forms, or the full one.
    pub(crate) fn short(self, dice: &mut Dice) -> &'static str {
        let count = self.0.split('/').count() as u32 - 1;
        self.0.split('/').nth(1 + dice.below(count) as usize).unwrap_or(self.full())
    }
}

/// Given names and surnames.
pub(crate) struct WesternNames {
    men: Vec<&'static str>,
    women: Vec<&'static str>,
    surnames: Vec<&'static str>,
}

impl WesternNames {
    pub(crate) fn new() -> Self {
        WesternNames { men: words::items(LIST, "m.given"), women: words::items(LIST, "f.given"), surnames: words::items(LIST, "surnames") }
    }

    /// A surname.
    pub(crate) fn surname(&self, dice: &mut Dice) -> &'static str {
        self.surnames[dice.zipf(self.surnames.len(), 20.0)]
    }

    /// A name with a given surname.
    pub(crate) fn name(&self, sex: Sex, last: &'static str, dice: &mut Dice) -> Name {
        let list = match sex {
            Sex::Male => &self.men,
            Sex::Female => &self.women,
        };
        let given = Given(list[dice.zipf(list.len(), 20.0)]);
        let middle = dice.per_cent(25).then(|| char::from(b'A' + dice.below(23) as u8));
        Name::Western { given, middle, last }
    }
}

/// Appends `text` without diacritics, as somebody with a plain keyboard writes it.
pub(crate) fn push_plain(text: &str, out: &mut String) {
    out.push_str(&crate::normalize::text::without_diacritics(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_and_plain_letters() {
        let mut dice = Dice::new(1, 1);
        assert!(["Bob", "Rob"].contains(&Given("Robert/Bob/Rob").short(&mut dice)));
        assert_eq!(Given("Mark").short(&mut dice), "Mark");
        let mut out = String::new();
        push_plain("Łukasz Müller-Sørensen Strauß", &mut out);
        assert_eq!(out, "Lukasz Muller-Sorensen Strauss");
        let names = WesternNames::new();
        assert!(names.men.len() > 60 && names.women.len() > 60 && names.surnames.len() > 140);
    }
}
