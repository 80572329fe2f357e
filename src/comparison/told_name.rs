//! What a record without a name tells of its name all the same, in its screen name (`小伟`, `wei1985`, `装修王总`) or its e-mail address
//! (`zhang.wei88@`), against the name of another record.
//!
//! A screen name mostly tells nothing; made from a name it tells whose it is, and whose it is not.

use super::column::PreparedValue;
use super::library::Outcome;
use super::nickname::{self, same_person_name};
use super::pair::Pair;
use super::table::RecordView;
use crate::normalize::{pinyin, text};
use crate::record::{Field, Grade};
use crate::schema::{surname, western};
use compact_str::{CompactString, ToCompactString, format_compact};

/// Levels of [`told_name`].
const WHOLE: u8 = 1;
const GIVEN: u8 = 2;
/// The level that says that the family name is told.
pub const FAMILY: u8 = 3;
const NONE: u8 = 4;
const ANOTHER: u8 = 5;

/// Levels: an address says the whole name, the given name is told, the family name is told, no name is told, another name is told.
pub fn told_name(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    let is_named = |view: &RecordView<'_>| view.has(Field::GivenName) || view.has(Field::FamilyName);
    let (nameless, named) = match (is_named(a), is_named(b)) {
        (false, true) => (a, b),
        (true, false) => (b, a),
        _ => return Outcome::NULL,
    };
    let parts = |field: Field| {
        let values = named.symbols(field).iter().map(move |symbol| named.value(field, *symbol));
        values.filter(|value| value.grade != Grade::Partial).collect::<Vec<_>>()
    };
    let name = Name { families: parts(Field::FamilyName), givens: parts(Field::GivenName) };
    if name.families.is_empty() && name.givens.is_empty() {
        return Outcome::NULL;
    }
    let of = |field: Field| nameless.symbols(field).iter().map(move |symbol| nameless.value(field, *symbol));
    let screen = of(Field::Nickname).map(|shown| name.in_screen_name(&shown.text, shown.sound()));
    // Two addresses are compared themselves.
    let addresses = of(Field::Email).filter(|_| !named.has(Field::Email)).map(|address| name.in_address(address.sound()));
    // What says this name goes before what says another, and that before what says none.
    let stronger = |x: u8, y: u8| if x.min(y) < NONE { x.min(y) } else { x.max(y) };
    screen.chain(addresses).reduce(stronger).map_or(Outcome::NULL, Outcome::level)
}

/// What a screen name or an address tells of a name, to be kept with it: a sign for what, and the name.
///
/// `=` a character of the given name (小伟, 伟伟), `+` a family name (王总), `~` a word that is a name (wei1985, Bob_77), `@` the words of an
/// address. Empty where it tells nothing that can be told from other words.
pub fn statement(field: Field, value: &str) -> CompactString {
    match field {
        Field::Email => in_address(value),
        _ => in_screen_name(value),
    }
}

const GIVEN_LETTER: char = '=';
const FAMILY_NAME: char = '+';
const WORD: char = '~';
const ADDRESS: char = '@';

/// Characters of relatives and strangers behind 小, 阿 and 大, or twice: `大姐`, `爸爸`.
const KIN: &str = "姐哥弟妹爸妈爷奶叔伯婶姨姑舅嫂公婆爹娘人孩宝";

/// Forms of address behind a family name.
const FORMS: &[&str] = &["总", "姐", "哥", "先生", "女士", "老师", "经理", "师傅", "叔", "姨"];

fn in_screen_name(shown: &str) -> CompactString {
    let letters: Vec<char> = shown.chars().collect();
    if let [first, second] = letters[..]
        && text::has_han(shown)
        && (first == second || ['小', '阿', '大'].contains(&first))
        && !KIN.contains(second)
    {
        return format_compact!("{GIVEN_LETTER}{second}");
    }
    if let Some(family) = FORMS.iter().find_map(|form| shown.strip_suffix(form)).and_then(last_surname) {
        return format_compact!("{FAMILY_NAME}{family}");
    }
    let word = shown.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let digits = shown.len() - word.len();
    let word = text::folded(word.trim_end_matches(['_', '.', '-']));
    let is_word = word.len() >= 2 && word.bytes().all(|letter| letter.is_ascii_lowercase());
    match is_word && digits >= 1 && (pinyin::is_syllable(&word) || western::is_given(&word) || nickname::is_known(&word)) {
        true => format_compact!("{WORD}{word}"),
        false => CompactString::default(),
    }
}

/// The surname that a text ends in.
fn last_surname(text: &str) -> Option<CompactString> {
    if let Some(compound) = surname::COMPOUND.iter().find(|compound| text.ends_with(**compound)) {
        return Some(compound.to_compact_string());
    }
    text.chars().next_back().filter(|last| surname::COMMON.contains(*last)).map(|last| last.to_compact_string())
}

/// Fewest letters of an address that tell a name.
const ADDRESS_LETTERS_MIN: usize = 4;

fn in_address(address: &str) -> CompactString {
    let local = address.split_once('@').map_or("", |(local, _)| local);
    let words = local.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    match words.iter().map(|word| word.len()).sum::<usize>() >= ADDRESS_LETTERS_MIN {
        true => format_compact!("{ADDRESS}{}", words.join(" ")),
        false => CompactString::default(),
    }
}

/// Whether the name of a mailbox is made of a record's name and says nothing else: `john.smith`, `jsmith`, `smithj`, `zhangwei`.
pub fn is_made_of_name(view: &RecordView<'_>, mailbox: &str) -> bool {
    let sounds = |field: Field| {
        let values = view.symbols(field).iter().map(move |symbol| view.value(field, *symbol));
        values.filter(|value| value.grade != Grade::Partial && !value.sound().is_empty()).map(|value| value.sound())
    };
    if mailbox.bytes().any(|letter| letter.is_ascii_digit()) {
        return false;
    }
    let letters: CompactString = mailbox.chars().filter(|letter| letter.is_alphanumeric()).collect();
    // A beginning of the given name, or it and the middle initial, or another form of it.
    let is_of_given = |rest: &str| {
        let middle = || sounds(Field::MiddleName).filter_map(|middle| middle.chars().next());
        let is_form_of = |given: &str| {
            let with_middle = |letter| rest.strip_suffix(letter).is_some_and(|rest| !rest.is_empty() && given.starts_with(rest));
            given.starts_with(rest) || middle().any(with_middle) || same_person_name(rest, given)
        };
        rest.is_empty() || sounds(Field::GivenName).any(is_form_of)
    };
    let beside = |part: &str, is_of_other: &dyn Fn(&str) -> bool| {
        part.len() >= 2 && [letters.strip_prefix(part), letters.strip_suffix(part)].into_iter().flatten().any(is_of_other)
    };
    let is_of_family = |rest: &str| sounds(Field::FamilyName).any(|family| family.starts_with(rest));
    sounds(Field::FamilyName).any(|family| beside(family, &is_of_given))
        || sounds(Field::GivenName).any(|given| beside(given, &is_of_family))
}

/// The name of a record, by its values.
struct Name<'a> {
    families: Vec<&'a PreparedValue>,
    givens: Vec<&'a PreparedValue>,
}

impl Name<'_> {
    /// The level of a screen name and its statement.
    fn in_screen_name(&self, shown: &str, statement: &str) -> u8 {
        if self.givens.iter().any(|given| says_given(shown, given)) {
            return GIVEN;
        }
        if self.families.iter().any(|family| says_family(shown, family)) {
            return FAMILY;
        }
        let mut told = statement.chars();
        let (sign, told) = (told.next(), told.as_str());
        let is_sound = |value: &&PreparedValue| value.sound() == pinyin::plain(told) || value.sound() == pinyin::surname(told);
        match sign {
            Some(GIVEN_LETTER) if self.families.iter().any(|family| family.text == told) => FAMILY,
            Some(GIVEN_LETTER) if self.givens.iter().any(|given| !given.han && given.sound().ends_with(pinyin::plain(told).as_str())) => {
                GIVEN
            }
            Some(GIVEN_LETTER) if !self.givens.is_empty() => ANOTHER,
            Some(FAMILY_NAME) if self.families.iter().any(is_sound) => FAMILY,
            Some(FAMILY_NAME) if !self.families.is_empty() => ANOTHER,
            Some(WORD) if self.families.iter().any(|family| family.sound() == told) => FAMILY,
            // Who has a Han name may go by a Western one.
            Some(WORD) if pinyin::is_syllable(told) || self.givens.iter().any(|given| !given.han) => ANOTHER,
            _ => NONE,
        }
    }

    /// The level of what an address tells.
    fn in_address(&self, statement: &str) -> u8 {
        let Some(told) = statement.strip_prefix(ADDRESS) else { return NONE };
        let letters: CompactString = told.chars().filter(|letter| *letter != ' ').collect();
        let long = |value: &PreparedValue| value.sound().len() >= ADDRESS_LETTERS_MIN - 1;
        let has_given = self.givens.iter().any(|given| long(given) && letters.contains(given.sound()));
        let has_family = self.families.iter().any(|family| {
            let sound = family.sound();
            let initial = |given: &&PreparedValue| given.sound().chars().next().is_some_and(|first| letters.starts_with(first));
            // A short surname begins many words; behind one stand initials or syllables, and no Western name has it.
            let fits = |rest: &str| rest.len() <= 2 || pinyin::is_given(rest);
            let begins =
                letters.strip_prefix(sound).is_some_and(|rest| long(family) || fits(rest) && !told.split(' ').any(western::is_given));
            begins || told.split(' ').any(|word| word == sound) || letters.ends_with(sound) && self.givens.iter().any(initial)
        });
        // Behind the surname stands another given name than this one or a part of it.
        let says_other = |rest: &str| {
            let is_part = |given: &&PreparedValue| given.sound().starts_with(rest) || given.sound().ends_with(rest);
            pinyin::is_given(rest) && !self.givens.is_empty() && !self.givens.iter().any(is_part)
        };
        match (has_given, has_family) {
            (true, true) => WHOLE,
            (true, false) => GIVEN,
            (false, true) if self.families.iter().any(|family| letters.strip_prefix(family.sound()).is_some_and(says_other)) => ANOTHER,
            (false, true) => FAMILY,
            (false, false) if is_name(told) => ANOTHER,
            (false, false) => NONE,
        }
    }
}

/// Whether words of an address can be a name: a Western one among them, or a surname's sound and one or two syllables.
fn is_name(told: &str) -> bool {
    let mut words = told.split(' ');
    words.clone().any(|word| western::is_given(word) || western::is_family(word)) || {
        let letters: String = words.by_ref().collect();
        pinyin::is_name(&letters)
    }
}

/// Whether a screen name has the last character of a Han given name, or a word that is the given name or how it is spoken.
fn says_given(shown: &str, given: &PreparedValue) -> bool {
    let words = || shown.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| word.len() >= 2);
    if !given.han {
        return words().any(|word| {
            let word = text::folded(word);
            word == given.sound() || same_person_name(&word, &given.text)
        });
    }
    let last = given.text.chars().next_back().unwrap_or_default();
    let spoken = pinyin::plain(last.encode_utf8(&mut [0; 4]));
    shown.contains(last) || words().map(text::folded).any(|word| word == given.sound() || word == spoken)
}

/// Whether a screen name has the family name with a form of address behind it.
fn says_family(shown: &str, family: &PreparedValue) -> bool {
    family.han
        && shown
            .match_indices(family.text.as_str())
            .any(|(at, _)| FORMS.iter().any(|form| shown[at + family.text.len()..].starts_with(form)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::RecordTable;
    use crate::record::{CanonicalRecord, FieldValue, RecordKey};

    fn with_name(family: &str, given: &str, level: impl Fn(&Name<'_>) -> u8) -> u8 {
        let value = |field: Field, text: &str| PreparedValue::new(field, text, Grade::Valid);
        let (family, given) = (value(Field::FamilyName, family), value(Field::GivenName, given));
        level(&Name { families: vec![&family], givens: vec![&given] })
    }

    #[test]
    fn screen_names_say_a_name_another_or_none() {
        for (shown, family, given, level) in [
            ("小伟", "张", "大伟", GIVEN),
            ("伟伟", "张", "伟", GIVEN),
            ("wei1985", "张", "伟", GIVEN),
            ("Bob_77", "smith", "robert", GIVEN),
            ("装修王总", "王", "伟", FAMILY),
            ("王姐", "王", "伟", FAMILY),
            ("王姐", "wang", "wei", FAMILY),
            ("国王的花园", "王", "伟", NONE),
            ("阳光", "张", "伟", NONE),
            ("weiwei", "张", "伟", NONE),
            ("Bob_77", "张", "伟", NONE),
            ("小伟", "张", "大明", ANOTHER),
            ("大姐", "张", "大明", NONE),
            ("爸爸", "张", "大明", NONE),
            ("wei1985", "张", "大明", ANOTHER),
            ("装修王总", "李", "伟", ANOTHER),
            ("Bob_77", "smith", "mary", ANOTHER),
        ] {
            let told = with_name(family, given, |name| name.in_screen_name(shown, &statement(Field::Nickname, shown)));
            assert_eq!(told, level, "{shown} {family}{given}");
        }
    }

    #[test]
    fn mailboxes_made_of_a_name_say_nothing_else() {
        let made = |names: &[(Field, &str)], mailbox: &str| {
            let values =
                names.iter().map(|(field, text)| FieldValue { field: *field, text: (*text).into(), grade: Grade::Valid }).collect();
            let table = RecordTable::build(&[CanonicalRecord::new(RecordKey::new("s", "1"), 0, None, values)]);
            is_made_of_name(&table.view(0), mailbox)
        };
        let john = [(Field::FamilyName, "smith"), (Field::GivenName, "john"), (Field::MiddleName, "paul")];
        for (mailbox, expected) in [
            ("john.smith", true),
            ("jsmith", true),
            ("smith_j", true),
            ("smithjohn", true),
            ("johnp.smith", true),
            ("jp.smith", true),
            ("johns", true),
            ("john", true),
            ("john.smith77", false),
            ("john.smith.fishing", false),
            ("mary.smith", false),
            ("msmith", false),
            ("trout", false),
        ] {
            assert_eq!(made(&john, mailbox), expected, "{mailbox}");
        }
        assert!(made(&[(Field::FamilyName, "张"), (Field::GivenName, "晓伟")], "zhangxiaowei"));
        assert!(!made(&[(Field::FamilyName, "张"), (Field::GivenName, "晓伟")], "zhangli"));
        assert!(!made(&[], "john.smith"));
    }

    #[test]
    fn addresses_say_a_name_another_or_none() {
        for (address, family, given, level) in [
            ("zhangxiaowei88@163.com", "张", "晓伟", WHOLE),
            ("xiaowei.zhang@163.com", "张", "晓伟", WHOLE),
            ("mary.smith12@mail.com", "smith", "mary", WHOLE),
            ("msmith12@mail.com", "smith", "mary", FAMILY),
            ("xiaowei@mail.com", "张", "晓伟", GIVEN),
            ("lixw88@163.com", "李", "晓伟", FAMILY),
            ("liwei88@163.com", "李", "晓伟", FAMILY),
            ("licheng88@163.com", "李", "晓伟", ANOTHER),
            ("lisa88@mail.com", "李", "晓伟", ANOTHER),
            ("henry.miller@mail.com", "何", "晓伟", ANOTHER),
            ("liuyang99@163.com", "张", "晓伟", ANOTHER),
            ("john.brown@mail.com", "smith", "mary", ANOTHER),
            ("sunnyday@mail.com", "smith", "mary", NONE),
            ("12345678@qq.com", "张", "晓伟", NONE),
        ] {
            let told = with_name(family, given, |name| name.in_address(&statement(Field::Email, address)));
            assert_eq!(told, level, "{address} {family}{given}");
        }
    }
}
