//! Names: part by part, in the order that fits better.

use super::column::{PreparedValue, Symbol, whole_parts};
use super::library::{Outcome, SharedBy};
use super::nickname;
use super::pair::Pair;
use super::sight::{Glimpse, names_differ_at_a_glance, same_name_at_a_glance};
use super::similarity::jaro_winkler;
use super::table::RecordView;
use crate::limits::{MASKED_NAME_LETTERS_MAX, PEOPLE_NAMES_MAX};
use crate::normalize::text::{HIDDEN, is_one_letter};
use crate::record::{Field, Grade};
use std::cmp::Reverse;

/// How much better the swapped order must fit, in summed Jaro-Winkler over both parts, to be taken.
const SWAP_GAIN_MIN: f64 = 0.4;

/// The level that says that two names sound alike, of which one at least is written in letters.
const SAME_SOUND: u8 = 2;

/// The level that says that two Han names sound alike.
pub const HOMOPHONE: u8 = 3;

/// Letters from which two whole names that are the same letters are one name: 张安 (zhangan) is short of it, and may be zhan gan.
const SAME_LETTERS_MIN: usize = 8;

/// Levels: exact, same sound in letters, same sound, close where one form is rare, beginning, close where both are in use, part, different.
pub fn family(pair: &Pair<'_>) -> Outcome {
    part(pair, Field::FamilyName, Field::GivenName)
}

/// The level of [`given`] that says that the names are different.
pub const GIVEN_DIFFERENT: u8 = 9;

/// The level of [`given`] that says that the names are different and one of them stands without a family name.
pub const SINGLE_DIFFERENT: u8 = 8;

/// Levels: exact, same sound in letters or short form, same sound, close where one form is rare, beginning, close where both are in use,
/// part, different where one of them stands without a family name, different. A single name is often what somebody goes by, not the
/// name; one that people use as a screen name too tells nothing.
pub fn given(pair: &Pair<'_>) -> Outcome {
    pair.given()
}

/// See [`given`].
pub fn find_given(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    let found = part(pair, Field::GivenName, Field::FamilyName);
    if found.level != 0 && are_of_two_generations(a, b) {
        return Outcome::level(GIVEN_DIFFERENT);
    }
    if found.level != PART_DIFFERENT {
        return found;
    }
    let stands_alone = |view: &RecordView<'_>| !view.has(Field::FamilyName);
    let is_screen_name = |view: &RecordView<'_>| {
        stands_alone(view) && view.symbols(Field::GivenName).iter().any(|name| view.value(Field::GivenName, *name).is_screen_name)
    };
    match stands_alone(a) || stands_alone(b) {
        true if is_screen_name(a) || is_screen_name(b) => Outcome::NULL,
        _ => Outcome::level(if stands_alone(a) != stands_alone(b) { SINGLE_DIFFERENT } else { GIVEN_DIFFERENT }),
    }
}

/// See [`Pair::is_alike_but_other`].
pub fn find_alike_but_other(pair: &Pair<'_>) -> bool {
    let Pair { a, b, .. } = pair;
    // Most are not, which their level tells without reading them.
    let level = pair.given().level;
    if !matches!(level, 4..=7) {
        return false;
    }
    let (Some((_, x)), Some((_, y))) = (a.first(Field::GivenName), b.first(Field::GivenName)) else { return false };
    if x.grade == Grade::Partial || y.grade == Grade::Partial {
        return false;
    }
    // Latin names may begin alike without one being the other's beginning (Kayla, Kaylee).
    let is_beginning = || x.sound().starts_with(y.sound()) || y.sound().starts_with(x.sound());
    level != 5 || !is_beginning()
}

/// Whether both say of which generation they are, and say different ones: `John Smith Jr.` is not `John Smith Sr.`.
fn are_of_two_generations(a: &RecordView<'_>, b: &RecordView<'_>) -> bool {
    let (of_a, of_b) = (a.symbols(Field::Generation), b.symbols(Field::Generation));
    !of_a.is_empty() && !of_b.is_empty() && !of_a.iter().any(|symbol| of_b.contains(symbol))
}

/// The level of [`part`] that says that two parts are different.
const PART_DIFFERENT: u8 = 8;

/// A family name, where there is one, and a given name.
pub type WrittenName<'a> = (Option<&'a PreparedValue>, &'a PreparedValue);

/// Whether a name is somebody's: one that is masked, or a screen name that stands alone, is nobody's in particular.
pub fn is_somebodys((family, given): &WrittenName<'_>) -> bool {
    given.grade != Grade::Partial && (family.is_some() || !given.is_screen_name)
}

/// How many people such names (each once) are of at least, if those that may be one person's are: names of one sound, short forms,
/// initials, slips, parts in the other order. Of more than [`PEOPLE_NAMES_MAX`] names each counts.
pub fn people(names: &[WrittenName<'_>]) -> usize {
    if names.len() > PEOPLE_NAMES_MAX {
        return names.len();
    }
    let mut person: Vec<usize> = (0..names.len()).collect();
    for later in 1..names.len() {
        for earlier in 0..later {
            if person[earlier] != person[later] && may_be_one(names[earlier], names[later]) {
                let (kept, lost) = (person[earlier], person[later]);
                person.iter_mut().filter(|of| **of == lost).for_each(|of| *of = kept);
            }
        }
    }
    person.iter().enumerate().filter(|(name, of)| name == *of).count()
}

fn may_be_one((family_a, given_a): WrittenName<'_>, (family_b, given_b): WrittenName<'_>) -> bool {
    if given_a.sound() == given_b.sound() && is_whole(given_a) {
        return true;
    }
    let (Some(family_a), Some(family_b)) = (family_a, family_b) else { return false };
    let crossed = family_a.sound() == given_b.sound() && family_b.sound() == given_a.sound();
    crossed || family_a.sound() == family_b.sound() && graded((0, given_a), (0, given_b), Field::GivenName, false).level < PART_DIFFERENT
}

/// Levels: as written, swapped; shared where both agree on family and given name, or one spells the other in letters. A
/// given name that stands alone is whole beside another.
pub fn whole(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    let is_single = |view: &RecordView<'_>| !view.has(Field::FamilyName);
    let is_named = a.has(Field::GivenName) && b.has(Field::GivenName);
    if !is_named || is_single(a) != is_single(b) || are_of_two_generations(a, b) {
        return Outcome::NULL;
    }
    let (of_a, of_b) = (a.symbols(Field::DisplayName), b.symbols(Field::DisplayName));
    // Of wholes that say several names the parts that most of their records say are compared.
    let is_kept_of_several = |view: &RecordView<'_>, symbol: Symbol| {
        let whole = &view.value(Field::DisplayName, symbol).text;
        let has = |field: Field, part: &str| view.symbols(field).iter().any(|symbol| view.value(field, *symbol).text == part);
        let (family, given) = whole_parts(whole);
        if is_one_letter(given) || is_one_letter(family) {
            return false;
        }
        !view.is_merged() || has(Field::GivenName, given) && (family.is_empty() || has(Field::FamilyName, family))
    };
    // Mostly the whole is that of the record's two parts, which are at hand.
    let is_kept = |view: &RecordView<'_>, symbol: Symbol| {
        let one = |field: Field| view.glimpse(field).map(Glimpse::is_one_letter);
        match (one(Field::GivenName), one(Field::FamilyName)) {
            (Some(given), Some(family)) => !given && !family,
            (Some(given), None) if !view.has(Field::FamilyName) => !given,
            _ => is_kept_of_several(view, symbol),
        }
    };
    let kept = |symbol: &&Symbol| is_kept(a, **symbol) && is_kept(b, **symbol);
    if let Some(symbol) = of_a.iter().filter(|symbol| of_b.contains(symbol)).find(kept) {
        return Outcome::exact(Field::DisplayName, *symbol);
    }
    let value = |symbol: &Symbol| a.value(Field::DisplayName, *symbol);
    let may_be_spelt = match (a.glimpse(Field::DisplayName), b.glimpse(Field::DisplayName)) {
        (Some(x), Some(y)) => x.may_spell(y),
        _ => true,
    };
    let is_spelt = |x: &PreparedValue, y: &PreparedValue| !(x.han && y.han) && x.sounds_like(y);
    let spelt =
        of_a.iter().filter(|x| may_be_spelt && of_b.iter().any(|y| is_spelt(value(x), value(y)) && is_kept(b, *y)) && is_kept(a, **x));
    // Of several the sound decides, so that the order of the two records does not.
    let spelt = spelt.min_by_key(|symbol| value(symbol).sound());
    Outcome {
        level: if pair.is_swapped() { 2 } else { 1 },
        shared: spelt.map(|symbol| (Field::DisplayName, *symbol)),
        by: SharedBy::Letters,
    }
}

/// Levels: exact, initial or close, different.
pub fn middle(pair: &Pair<'_>) -> Outcome {
    let Pair { a, b, .. } = pair;
    let (Some((symbol, x)), Some((other, y))) = (a.first(Field::MiddleName), b.first(Field::MiddleName)) else { return Outcome::NULL };
    if symbol == other {
        return Outcome::exact(Field::MiddleName, symbol);
    }
    // Of two initials no slip makes the other.
    let are_close = || x.glance().length().min(y.glance().length()) > 1 && x.is_near(y);
    Outcome::level(if is_initial(x, y) || are_close() { 2 } else { 3 })
}

fn part(pair: &Pair<'_>, field: Field, other_field: Field) -> Outcome {
    let Pair { a, b, .. } = pair;
    if let Some(symbol) = same_name_at_a_glance(field, a, b) {
        return Outcome::exact(field, symbol);
    }
    if names_differ_at_a_glance(field, a, b) {
        return Outcome::level(PART_DIFFERENT);
    }
    let crossed = a.symbols(field) != b.symbols(field) && pair.is_swapped();
    // Crossed, `family` looks at one record's family and the other's given name. The order in which the parts are more frequent is taken
    // for the right one, else which is whose goes by the names themselves, so that the order of the two records does not matter.
    let (a, b) = if crossed && order(b) < order(a) { (b, a) } else { (a, b) };
    let other = if crossed { other_field } else { field };
    let (of_a, of_b) = (a.symbols(field), b.symbols(other));
    if other == field
        && let Some(symbol) = of_a.iter().find(|symbol| of_b.contains(symbol) && is_whole(a.value(field, **symbol)))
    {
        return Outcome::exact(field, *symbol);
    }
    let mut best = Outcome::NULL;
    for symbol in of_a {
        for other_symbol in of_b {
            let outcome = graded((*symbol, a.value(field, *symbol)), (*other_symbol, b.value(other, *other_symbol)), field, crossed);
            if outcome.level == 0 {
                continue;
            }
            // Of several on one level the most frequent value counts, which says least, so that the order of the two records does not.
            let rank = |outcome: &Outcome| {
                let value = outcome.shared.map(|(_, symbol)| a.value(field, symbol))?;
                Some((value.in_use, value.frequency, if outcome.by == SharedBy::Text { &value.text } else { value.sound() }))
            };
            if best.level == 0 || outcome.level < best.level || outcome.level == best.level && rank(&outcome) > rank(&best) {
                best = outcome;
            }
        }
    }
    if best.level > HOMOPHONE && same_letters(a, b) {
        return Outcome::level(SAME_SOUND);
    }
    best
}

/// Whether a part of a name is more than an initial, on which many names agree, and not masked.
fn is_whole(value: &PreparedValue) -> bool {
    value.grade != Grade::Partial && !is_one_letter(&value.text)
}

/// Whether two whole names are the same letters in pinyin or Latin, however they are parted into words and whichever end the family name
/// stands at: `Zhang Xiao Wei` and 张晓伟, `Anne-Marie Duval` and `Annemarie Duval`. Counters and forms part a name as they like.
fn same_letters(a: &RecordView<'_>, b: &RecordView<'_>) -> bool {
    fn letters<'a>(view: &RecordView<'a>) -> Option<[&'a str; 3]> {
        let ((_, family), (_, given)) = parts(view)?;
        let middle = view.first(Field::MiddleName).map_or("", |(_, middle)| middle.sound());
        (is_whole(family) && is_whole(given)).then_some([family.sound(), given.sound(), middle])
    }
    let (Some(x), Some(y)) = (letters(a), letters(b)) else { return false };
    let length = |parts: &[&str; 3]| parts.iter().map(|part| part.len()).sum::<usize>();
    if length(&x) != length(&y) || length(&x) < SAME_LETTERS_MIN {
        return false;
    }
    let orders = |[family, given, middle]: [&str; 3]| [[family, given, middle], [given, middle, family]].map(|order| order.concat());
    let (of_x, of_y) = (orders(x), orders(y));
    of_x.iter().any(|order| of_y.contains(order))
}

/// Which of two names goes first: a Han name, whose parts stand in their order, then by sound.
fn order<'a>(view: &RecordView<'a>) -> Option<(bool, Reverse<i64>, &'a str, &'a str)> {
    let of = |family: &'a PreparedValue, given: &'a PreparedValue| {
        (!given.han, Reverse(i64::from(family.frequency) + i64::from(given.frequency)), family.sound(), given.sound())
    };
    parts(view).map(|((_, family), (_, given))| of(family, given))
}

/// The level of two values, of which the first is one of `field`, and the second too unless the parts are crossed.
fn graded((symbol, x): Part<'_>, (other, y): Part<'_>, field: Field, crossed: bool) -> Outcome {
    if x.grade == Grade::Partial || y.grade == Grade::Partial {
        return shown_parts(x, y);
    }
    if x.glance() == y.glance() && x.text == y.text && is_whole(x) {
        return Outcome::exact(field, symbol);
    }
    if x.sounds_like(y) && is_whole(x) {
        // Of two Han forms one is another name, or was typed by ear; a form in letters is what any of them is written in.
        let (level, by) = if x.han && y.han { (HOMOPHONE, SharedBy::Homophone) } else { (SAME_SOUND, SharedBy::Letters) };
        return Outcome { level, shared: Some((field, symbol)), by };
    }
    if field == Field::GivenName && nickname::same_person_name(&x.text, &y.text) {
        return Outcome::level(SAME_SOUND);
    }
    Outcome::level(match if x.han && y.han { han_likeness(x, y) } else { latin_likeness(x, y) } {
        // Of two names that people have neither is a slip of the other.
        Likeness::Close if x.in_use && y.in_use => 6,
        Likeness::Close => {
            // A slip of a frequent name comes by chance as often as the name: it weighs by the frequency of the form in use.
            let shared = match crossed {
                true => (x.in_use || !y.in_use).then_some(symbol),
                false => Some(if (y.in_use, y.frequency, &y.text) > (x.in_use, x.frequency, &x.text) { other } else { symbol }),
            };
            return Outcome { level: 4, shared: shared.map(|symbol| (field, symbol)), by: SharedBy::Text };
        }
        Likeness::Beginning => 5,
        Likeness::Part => 7,
        Likeness::None => PART_DIFFERENT,
    })
}

/// How alike two names are that are not the same.
enum Likeness {
    Close,
    /// A Latin initial or beginning, or something that sounds like it.
    Beginning,
    /// A Han character of several.
    Part,
    None,
}

/// What is shown of two names, at least one of which is masked: a beginning where all of it fits, two and more characters close; nothing
/// where no character is shown. A name that is hidden behind a mask is never agreed on exactly.
fn shown_parts(x: &PreparedValue, y: &PreparedValue) -> Outcome {
    let letters = |value: &PreparedValue| -> Vec<char> { value.text.chars().take(MASKED_NAME_LETTERS_MAX).collect() };
    let (x, y) = (letters(x), letters(y));
    match fit(&x, &y) {
        _ if x.iter().all(|letter| HIDDEN.contains(letter)) || y.iter().all(|letter| HIDDEN.contains(letter)) => Outcome::NULL,
        Some(0) => Outcome::NULL,
        Some(1) => Outcome::level(5),
        Some(_) => Outcome::level(4),
        None => Outcome::level(PART_DIFFERENT),
    }
}

/// How many shown letters two masked texts have in common if they may be the same text; none if they may not.
fn fit(x: &[char], y: &[char]) -> Option<usize> {
    // `best[i][j]` is the answer for what follows place i of one and j of the other.
    let mut best = vec![vec![None; y.len() + 1]; x.len() + 1];
    best[x.len()][y.len()] = Some(0);
    for i in (0..=x.len()).rev() {
        for j in (0..=y.len()).rev() {
            let (a, b) = (x.get(i), y.get(j));
            let after = |i: usize, j: usize| best.get(i).and_then(|row: &Vec<Option<usize>>| row.get(j).copied().flatten());
            let alike = match (a, b) {
                (Some(a), Some(b)) if HIDDEN.contains(a) || HIDDEN.contains(b) => after(i + 1, j + 1),
                (Some(a), Some(b)) if a == b => after(i + 1, j + 1).map(|shown| shown + 1),
                _ => None,
            };
            // A star ends, or takes a further letter of the other.
            let star = if a == Some(&'*') || b == Some(&'*') { after(i + 1, j).max(after(i, j + 1)) } else { None };
            let found = alike.max(star);
            if (i, j) != (x.len(), y.len()) {
                best[i][j] = found;
            }
        }
    }
    best[0][0]
}

/// Han names are short: a character shared out of two is `part`; one wrong of three or more is `close`.
fn han_likeness(x: &PreparedValue, y: &PreparedValue) -> Likeness {
    let (long, short) = if x.text.len() >= y.text.len() { (x, y) } else { (y, x) };
    let letters = long.glance().length();
    if letters >= 3 && x.is_near(y) || x.sounds_near(y) && letters == short.glance().length() {
        return Likeness::Close;
    }
    let shared = short.text.chars().filter(|letter| *letter != '?' && long.text.contains(*letter)).count();
    if shared > 0 && letters >= 2 { Likeness::Part } else { Likeness::None }
}

fn latin_likeness(x: &PreparedValue, y: &PreparedValue) -> Likeness {
    let (of_x, of_y) = (x.sound(), y.sound());
    let short = of_x.len().min(of_y.len());
    if short < 3 {
        let is_initial = short == 1 && of_x.as_bytes()[0] == of_y.as_bytes()[0];
        return if is_initial && !are_numbered(of_x, of_y) { Likeness::Beginning } else { Likeness::None };
    }
    let found = match x.sound_similarity(y, 0.8) {
        _ if x.sounds_near(y) => Likeness::Close,
        Some(0.92..) => Likeness::Close,
        Some(_) => Likeness::Beginning,
        None => return Likeness::None,
    };
    if are_numbered(of_x, of_y) { Likeness::None } else { found }
}

/// Who is numbered is somebody else under another number (`User 12`, `User 13`).
fn are_numbered(x: &str, y: &str) -> bool {
    let is_numbered = |name: &str| name.bytes().any(|letter| letter.is_ascii_digit());
    is_numbered(x) && is_numbered(y)
}

fn is_initial(x: &PreparedValue, y: &PreparedValue) -> bool {
    let (short, long) = if x.text.len() <= y.text.len() { (x, y) } else { (y, x) };
    short.text.len() == 1 && long.text.starts_with(short.text.as_str())
}

/// See [`Pair::is_swapped`].
pub fn find_swapped(a: &RecordView<'_>, b: &RecordView<'_>) -> bool {
    let (Some(((family_a, x_family), (given_a, x_given))), Some(((family_b, y_family), (given_b, y_given)))) = (parts(a), parts(b)) else {
        return false;
    };
    if family_a == family_b || given_a == given_b {
        return false;
    }
    // One part must be found, give or take a letter, in the other's column; most pairs end here.
    let crosses = |x: &PreparedValue, y: &PreparedValue| x.sound().len() > 1 && x.sounds_near(y);
    if !crosses(x_family, y_given) && !crosses(x_given, y_family) {
        return false;
    }
    let straight = jaro_winkler(x_family.sound(), y_family.sound()) + jaro_winkler(x_given.sound(), y_given.sound());
    let crossed = jaro_winkler(x_family.sound(), y_given.sound()) + jaro_winkler(x_given.sound(), y_family.sound());
    crossed > 1.6 && crossed > straight + SWAP_GAIN_MIN
}

type Part<'a> = (Symbol, &'a PreparedValue);

fn parts<'a>(view: &RecordView<'a>) -> Option<(Part<'a>, Part<'a>)> {
    Some((view.first(Field::FamilyName)?, view.first(Field::GivenName)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::RecordTable;
    use crate::record::{CanonicalRecord, FieldValue, RecordKey};

    /// The levels of family and given name of two whole names.
    fn levels(x: [&str; 3], y: [&str; 3]) -> (u8, u8) {
        let record = |parts: [&str; 3]| {
            let fields = [Field::FamilyName, Field::GivenName, Field::MiddleName];
            let parts = fields.into_iter().zip(parts).filter(|(_, part)| !part.is_empty());
            let values = parts.map(|(field, part)| FieldValue { field, text: part.into(), grade: Grade::Valid }).collect();
            CanonicalRecord::new(RecordKey::new("s", "1"), 0, None, values)
        };
        let table = RecordTable::build(&[record(x), record(y)]);
        let (a, b) = (table.view(0), table.view(1));
        assert_eq!(
            (family(&Pair::new(&b, &a)).level, given(&Pair::new(&b, &a)).level),
            (family(&Pair::new(&a, &b)).level, given(&Pair::new(&a, &b)).level),
            "in either order"
        );
        (family(&Pair::new(&a, &b)).level, given(&Pair::new(&a, &b)).level)
    }

    #[test]
    fn two_equal_initials_are_no_equal_names() {
        assert_eq!(levels(["freeman", "j", ""], ["freeman", "j", ""]), (1, 5));
        assert_eq!(levels(["f", "john", ""], ["f", "john", ""]), (5, 1));
    }

    #[test]
    fn two_initials_are_two_middle_names() {
        for (x, y, expected) in
            [("m", "m", 1), ("m", "mary", 2), ("mary", "marie", 3), ("marie", "maria", 2), ("m", "l", 3), ("jo", "j", 2)]
        {
            let record = |middle: &str| {
                let value = FieldValue { field: Field::MiddleName, text: middle.into(), grade: Grade::Valid };
                CanonicalRecord::new(RecordKey::new("s", "1"), 0, None, vec![value])
            };
            let table = RecordTable::build(&[record(x), record(y)]);
            assert_eq!(middle(&Pair::new(&table.view(0), &table.view(1))).level, expected, "{x} {y}");
        }
    }

    #[test]
    fn names_in_other_letters_ways_and_parts() {
        for (x, y, expected) in [
            (["wei", "zhang", "xiao"], ["张", "晓伟", ""], (2, 2)),
            (["xiao wei", "zhang", ""], ["张", "晓伟", ""], (2, 2)),
            (["duval", "anne marie", ""], ["duval", "annemarie", ""], (1, 2)),
            (["duval", "anne", "marie"], ["duval", "annemarie", ""], (1, 2)),
            (["张", "伟", ""], ["章", "玮", ""], (3, 3)),
            (["张", "伟", ""], ["zhang", "wei", ""], (2, 2)),
            (["zhang", "an", ""], ["zhan", "gan", ""], (4, 9)),
            (["adams", "kimberly", ""], ["adams", "k", ""], (1, 5)),
            (["lee10", "ann10", ""], ["lee11", "ann11", ""], (8, 9)),
            (["李", "建军", ""], ["李", "建华", ""], (1, 7)),
            (["王", "伟", ""], ["", "岁月静好", ""], (0, 8)),
            (["smith", "john", ""], ["smith", "mary", ""], (1, 9)),
        ] {
            let found = levels(x, y);
            assert_eq!(found, expected, "{x:?} {y:?}");
        }
    }

    #[test]
    fn father_and_son_of_one_name_are_two() {
        let level = |x: &str, y: &str| {
            let record = |generation: &str| {
                let values = [(Field::FamilyName, "smith"), (Field::GivenName, "john"), (Field::Generation, generation)];
                let values = values.into_iter().filter(|(_, text)| !text.is_empty());
                let values = values.map(|(field, text)| FieldValue { field, text: text.into(), grade: Grade::Valid });
                CanonicalRecord::new(RecordKey::new("s", "1"), 0, None, values.collect())
            };
            let table = RecordTable::build(&[record(x), record(y)]);
            given(&Pair::new(&table.view(0), &table.view(1))).level
        };
        assert_eq!((level("jr", "sr"), level("jr", "jr"), level("jr", ""), level("", "")), (GIVEN_DIFFERENT, 1, 1, 1));
    }

    #[test]
    fn wholes_share_the_names_that_most_of_their_records_say() {
        let record = |id: &str, parts: [&str; 2]| {
            let values = [Field::FamilyName, Field::GivenName].into_iter().zip(parts);
            let values = values.map(|(field, part)| FieldValue { field, text: part.into(), grade: Grade::Valid });
            CanonicalRecord::new(RecordKey::new("s", id), 0, None, values.collect())
        };
        let names = [["赵", "强"], ["赵", "强"], ["王", "丽"], ["王", "丽"]];
        let records: Vec<CanonicalRecord> = names.iter().enumerate().map(|(row, name)| record(&row.to_string(), *name)).collect();
        let table = RecordTable::build(&records);
        let (several, one) = (table.merged(&[0, 1, 2]), table.merged(&[3]));
        let (a, b) = (table.merged_view(&several), table.merged_view(&one));
        assert_eq!((given(&Pair::new(&a, &b)).level, whole(&Pair::new(&a, &b)).shared), (GIVEN_DIFFERENT, None));
        assert_eq!(whole(&Pair::new(&table.view(2), &b)).shared.map(|(field, _)| field), Some(Field::DisplayName));
    }

    #[test]
    fn forms_of_one_name_are_one_person() {
        let value = |field: Field, text: &str| PreparedValue::new(field, text, Grade::Valid);
        let count = |names: &[(&str, &str)]| {
            let prepared: Vec<_> = names
                .iter()
                .map(|(family, given)| ((!family.is_empty()).then(|| value(Field::FamilyName, family)), value(Field::GivenName, given)))
                .collect();
            people(&prepared.iter().map(|(family, given)| (family.as_ref(), given)).collect::<Vec<_>>())
        };
        assert_eq!(count(&[]), 0);
        assert_eq!(count(&[("adams", "kimberly"), ("adams", "k"), ("kimberly", "adams"), ("adams", "kim")]), 1);
        assert_eq!(count(&[("张", "伟"), ("zhang", "wei"), ("wei", "zhang"), ("章", "玮")]), 1);
        assert_eq!(count(&[("李", "建平"), ("李", "健平"), ("李", "桂花")]), 2);
        assert_eq!(count(&[("adams", "kimberly"), ("brown", "k")]), 2, "an initial of another family");
        assert_eq!(count(&[("王", "伟"), ("", "买买提艾力")]), 2);
        let many: Vec<String> = (0..=PEOPLE_NAMES_MAX).map(|number| format!("name{number}")).collect();
        assert_eq!(count(&many.iter().map(|given| ("x", given.as_str())).collect::<Vec<_>>()), many.len(), "a counter's are not looked at");
    }

    #[test]
    fn masked_names_say_what_they_show_and_no_more() {
        let level = |x: &str, y: &str| {
            let value = |text: &str| {
                let grade = if text.contains(HIDDEN) { Grade::Partial } else { Grade::Valid };
                PreparedValue::new(Field::GivenName, text, grade)
            };
            let turned = graded((0, &value(y)), (1, &value(x)), Field::GivenName, false).level;
            let straight = graded((1, &value(x)), (0, &value(y)), Field::GivenName, false).level;
            assert_eq!(straight, turned, "{x} {y}");
            straight
        };
        assert_eq!((level("*", "伟东"), level("*", "*"), level("□", "伟")), (0, 0, 0), "nothing is shown");
        assert_eq!((level("*东", "伟东"), level("?东", "伟东"), level("*东", "*东")), (5, 5, 5));
        assert_eq!((level("*东", "伟明"), level("?东", "东"), level("j*", "mary")), (8, 8, 8));
        assert_eq!((level("jo*n", "john"), level("ma*", "mary"), level("m*y", "mary")), (4, 4, 4));
        assert_eq!(level("a*b*c*d*", "axbxcxdx"), 4);
    }
}
