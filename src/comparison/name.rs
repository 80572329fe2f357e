//! Names: part by part, in the order that fits better.

use super::library::Outcome;
use super::nickname;
use super::similarity::{jaro_winkler, within_one_edit};
use super::table::{PreparedValue, RecordView, Symbol};
use crate::record::Field;

/// How much better the swapped order must fit, in summed Jaro-Winkler over both parts, to be taken.
const SWAP_GAIN_MIN: f64 = 0.4;

/// Levels: exact, same sound, close, part, different.
pub fn family(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    part(a, b, Field::FamilyName, Field::GivenName)
}

/// Levels: exact, same sound or short form, close, part, different.
pub fn given(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    part(a, b, Field::GivenName, Field::FamilyName)
}

/// Levels: as written, swapped.
pub fn order(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    let whole = |view: &RecordView<'_>| view.has(Field::FamilyName) && view.has(Field::GivenName);
    if !whole(a) || !whole(b) {
        return Outcome::NULL;
    }
    Outcome::level(if swapped(a, b) { 2 } else { 1 })
}

/// Levels: exact, initial or close, different.
pub fn middle(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    let (Some((symbol, x)), Some((other, y))) = (a.first(Field::MiddleName), b.first(Field::MiddleName)) else { return Outcome::NULL };
    if symbol == other {
        return Outcome::exact(Field::MiddleName, symbol);
    }
    Outcome::level(if is_initial(x, y) || within_one_edit(&x.text, &y.text) { 2 } else { 3 })
}

/// Levels: exact, different.
pub fn nickname(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    let (Some((symbol, _)), Some((other, _))) = (a.first(Field::Nickname), b.first(Field::Nickname)) else { return Outcome::NULL };
    if symbol == other { Outcome::exact(Field::Nickname, symbol) } else { Outcome::level(2) }
}

fn part(a: &RecordView<'_>, b: &RecordView<'_>, field: Field, other_field: Field) -> Outcome {
    let crossed = a.symbols(field) != b.symbols(field) && swapped(a, b);
    // Crossed, `family` looks at one record's family and the other's given name. Which is whose goes by the names themselves, so
    // that the order of the two records does not matter.
    let (a, b) = if crossed && sounds(b) < sounds(a) { (b, a) } else { (a, b) };
    let other = if crossed { other_field } else { field };
    let (of_a, of_b) = (a.symbols(field), b.symbols(other));
    if other == field
        && let Some(symbol) = of_a.iter().find(|symbol| of_b.contains(symbol))
    {
        return Outcome::exact(field, *symbol);
    }
    let mut best = Outcome::NULL;
    for symbol in of_a {
        for other_symbol in of_b {
            let outcome = graded(a.value(field, *symbol), b.value(other, *other_symbol), field, *symbol);
            if best.level == 0 || outcome.level < best.level {
                best = outcome;
            }
        }
    }
    best
}

fn sounds<'a>(view: &RecordView<'a>) -> Option<(&'a str, &'a str)> {
    parts(view).map(|((_, family), (_, given))| (family.sound.as_str(), given.sound.as_str()))
}

fn graded(x: &PreparedValue, y: &PreparedValue, field: Field, symbol: u32) -> Outcome {
    if x.text == y.text {
        return Outcome::exact(field, symbol);
    }
    if x.sound == y.sound || (field == Field::GivenName && nickname::same_person_name(&x.text, &y.text)) {
        return Outcome::level(2);
    }
    Outcome::level(if x.han && y.han { han_level(x, y) } else { latin_level(x, y) })
}

/// Han names are short: a character shared out of two is `part`; one wrong of three or more is `close`.
fn han_level(x: &PreparedValue, y: &PreparedValue) -> u8 {
    let (long, short) = if x.text.len() >= y.text.len() { (x, y) } else { (y, x) };
    let letters = long.text.chars().count();
    if letters >= 3 && within_one_edit(&x.text, &y.text)
        || within_one_edit(&x.sound, &y.sound) && long.text.chars().count() == short.text.chars().count()
    {
        return 3;
    }
    let shared = short.text.chars().filter(|letter| *letter != '?' && long.text.contains(*letter)).count();
    if shared > 0 && letters >= 2 { 4 } else { 5 }
}

fn latin_level(x: &PreparedValue, y: &PreparedValue) -> u8 {
    let (x, y) = (x.sound.as_str(), y.sound.as_str());
    let short = x.len().min(y.len());
    if short >= 3 && within_one_edit(x, y) {
        return 3;
    }
    let similarity = jaro_winkler(x, y);
    if similarity >= 0.92 && short >= 3 {
        3
    } else if similarity >= 0.8 && short >= 3 || short == 1 && x.as_bytes()[0] == y.as_bytes()[0] {
        4
    } else {
        5
    }
}

fn is_initial(x: &PreparedValue, y: &PreparedValue) -> bool {
    let (short, long) = if x.text.len() <= y.text.len() { (x, y) } else { (y, x) };
    short.text.len() == 1 && long.text.starts_with(short.text.as_str())
}

/// Whether family and given name stand in opposite columns; only asked where neither part agrees as written.
fn swapped(a: &RecordView<'_>, b: &RecordView<'_>) -> bool {
    let (Some(((family_a, x_family), (given_a, x_given))), Some(((family_b, y_family), (given_b, y_given)))) = (parts(a), parts(b)) else {
        return false;
    };
    if family_a == family_b || given_a == given_b {
        return false;
    }
    // One part must be found, give or take a letter, in the other's column; most pairs end here.
    let crosses = |x: &PreparedValue, y: &PreparedValue| x.sound.len() > 1 && within_one_edit(&x.sound, &y.sound);
    if !crosses(x_family, y_given) && !crosses(x_given, y_family) {
        return false;
    }
    let straight = jaro_winkler(&x_family.sound, &y_family.sound) + jaro_winkler(&x_given.sound, &y_given.sound);
    let crossed = jaro_winkler(&x_family.sound, &y_given.sound) + jaro_winkler(&x_given.sound, &y_family.sound);
    crossed > 1.6 && crossed > straight + SWAP_GAIN_MIN
}

type Part<'a> = (Symbol, &'a PreparedValue);

fn parts<'a>(view: &RecordView<'a>) -> Option<(Part<'a>, Part<'a>)> {
    Some((view.first(Field::FamilyName)?, view.first(Field::GivenName)?))
}
