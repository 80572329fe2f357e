//! Names of four peoples: Uyghur and Kazakh (own word, interpunct, father's word), Tibetan (two words joined), Mongol (one word).
//!
//! Never here: how registers of the Han write them wrongly (`writing`).

use super::{Name, Sex, Word};
use crate::synth::dice::Dice;
use crate::synth::words;

const LIST: &str = include_str!("../data/minority_names.txt");

/// Which people, with the provinces most are born in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum People {
    Uyghur,
    Kazakh,
    Tibetan,
    Mongol,
}

impl People {
    /// One by number of customers.
    pub(crate) fn any(dice: &mut Dice) -> Self {
        dice.pick(&[People::Uyghur, People::Uyghur, People::Uyghur, People::Kazakh, People::Tibetan, People::Mongol])
    }

    /// The first two digits of a place of birth.
    pub(crate) const fn province(self) -> u32 {
        match self {
            People::Uyghur | People::Kazakh => 65,
            People::Tibetan => 54,
            People::Mongol => 15,
        }
    }
}

/// The words of each people.
pub(crate) struct MinorityNames {
    lists: [(Vec<Word>, Vec<Word>); 4],
}

impl MinorityNames {
    pub(crate) fn new() -> Self {
        let lists = ["uyghur", "kazakh", "tibetan", "mongol"];
        MinorityNames { lists: lists.map(|people| (list(&format!("{people}.m")), list(&format!("{people}.f")))) }
    }

    /// A name; `father` is the father's own word where he is known.
    pub(crate) fn name(&self, people: People, sex: Sex, father: Option<Word>, dice: &mut Dice) -> Name {
        let (men, women) = &self.lists[people as usize];
        let own_list = if sex == Sex::Male { men } else { women };
        let own = own_list[dice.zipf(own_list.len(), 4.0)];
        let fathers = father.unwrap_or(men[dice.zipf(men.len(), 4.0)]);
        match people {
            People::Uyghur | People::Kazakh => Name::Minority { own, second: Some(fathers), dotted: true },
            People::Tibetan => {
                let second = own_list[dice.below(own_list.len() as u32) as usize];
                Name::Minority { own, second: (second != own).then_some(second), dotted: false }
            }
            People::Mongol => Name::Minority { own, second: None, dotted: false },
        }
    }
}

fn list(name: &str) -> Vec<Word> {
    words::items(LIST, name).into_iter().filter_map(|item| item.split_once('/')).map(|(han, latin)| Word { han, latin }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_people_has_names_for_both() {
        for (men, women) in &MinorityNames::new().lists {
            assert!(men.len() >= 10 && women.len() >= 8);
        }
    }
}
