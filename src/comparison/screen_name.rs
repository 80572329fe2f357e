//! Screen names: with each other, and with the name of a record that says one.
//!
//! One system shows a person under one screen name; two systems need not have the same. A record without a name may say it in its screen
//! name (`小伟`, `wei1985`, `装修王总`).

use super::library::Outcome;
use super::nickname::same_person_name;
use super::table::{PreparedValue, RecordView, Symbol};
use crate::normalize::{pinyin, text};
use crate::record::{Field, Grade};

/// Of records of two sources. Levels: exact, different.
pub fn other_source(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    if a.shares_source(b) { Outcome::NULL } else { screen_names(a, b) }
}

/// Of records of one source. Levels: exact, different.
pub fn same_source(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    if a.shares_source(b) { Outcome { shared: None, ..screen_names(a, b) } } else { Outcome::NULL }
}

fn screen_names(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    let (of_a, of_b) = (a.symbols(Field::Nickname), b.symbols(Field::Nickname));
    if of_a.is_empty() || of_b.is_empty() {
        return Outcome::NULL;
    }
    let shared = of_a.iter().find(|symbol| of_b.contains(symbol));
    shared.map_or(Outcome::level(2), |symbol: &Symbol| Outcome::exact(Field::Nickname, *symbol))
}

/// Of a record with a screen name and no name, and one with a name. Levels: says the given name, says the family name, says neither.
pub fn of_name(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    let named = |view: &RecordView<'_>| view.has(Field::GivenName) || view.has(Field::FamilyName);
    let (screen, name) = match (named(a), named(b)) {
        (false, true) => (a, b),
        (true, false) => (b, a),
        _ => return Outcome::NULL,
    };
    let names = |field: Field| {
        let values = name.symbols(field).iter().map(move |symbol| name.value(field, *symbol));
        values.filter(|value| value.grade != Grade::Partial).collect::<Vec<_>>()
    };
    let (given, family) = (names(Field::GivenName), names(Field::FamilyName));
    if given.is_empty() && family.is_empty() {
        return Outcome::NULL;
    }
    let texts = screen.symbols(Field::Nickname).iter().map(|symbol| screen.value(Field::Nickname, *symbol).text.as_str());
    let level = |shown: &str| match () {
        () if given.iter().any(|given| says_given(shown, given)) => 1,
        () if family.iter().any(|family| says_family(shown, family)) => 2,
        () => 3,
    };
    texts.map(level).min().map_or(Outcome::NULL, Outcome::level)
}

/// Whether a screen name has the last character of a Han given name, or a word that is the given name or how it is spoken.
fn says_given(shown: &str, given: &PreparedValue) -> bool {
    let words = || shown.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| word.len() >= 2);
    if !given.han {
        return words().any(|word| {
            let word = text::folded(word);
            word == given.sound || same_person_name(&word, &given.text)
        });
    }
    let last = given.text.chars().next_back().unwrap_or_default();
    let spoken = pinyin::plain(last.encode_utf8(&mut [0; 4]));
    shown.contains(last) || words().map(text::folded).any(|word| word == given.sound || word == spoken)
}

/// Whether a screen name has the family name with a form of address behind it.
fn says_family(shown: &str, family: &PreparedValue) -> bool {
    const FORMS: &[&str] = &["总", "姐", "哥", "先生", "女士", "老师", "经理", "师傅", "叔", "姨"];
    family.han
        && shown
            .match_indices(family.text.as_str())
            .any(|(at, _)| FORMS.iter().any(|form| shown[at + family.text.len()..].starts_with(form)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screen_names_that_say_a_name() {
        let value = |field, text: &str| PreparedValue::new(field, text, Grade::Valid);
        for (shown, given, says) in [
            ("小伟", "大伟", true),
            ("伟伟", "伟", true),
            ("wei1985", "伟", true),
            ("Bob_77", "robert", true),
            ("阳光", "伟", false),
            ("weiwei", "伟", false),
        ] {
            assert_eq!(says_given(shown, &value(Field::GivenName, given)), says, "{shown} {given}");
        }
        let wang = value(Field::FamilyName, "王");
        assert!(says_family("装修王总", &wang) && says_family("王姐", &wang) && !says_family("国王的花园", &wang));
    }
}
