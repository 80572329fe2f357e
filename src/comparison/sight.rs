//! What two records may have in common, seen without reading their values: most candidate pairs are no pairs at a glance.
//!
//! Always: what a comparison finds is possible by what was seen. A value that both hold is seen as [`Seen::Same`]; where nothing is seen of a
//! field, its comparisons find nothing but the difference that they find of any two values that have nothing in common.

use super::best::may_be_one_text;
use super::birth_date;
use super::column::{NAMES, PreparedValue, Symbol};
use super::nickname;
use super::similarity::Glance;
use super::table::RecordView;
use crate::normalize::text::is_one_letter;
use crate::record::{Field, Grade};

/// What is seen of two values of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// They are, or may be, one value.
    Same(Symbol, Symbol),
    /// They sound alike, or may.
    Sound(Symbol, Symbol),
    /// They may be alike.
    Alike(Symbol, Symbol),
    /// Names that may have a beginning or a character in common, and no more.
    Slightly,
}

/// A value as it stands in a row: what is seen of it goes with it, since reading values that are spread over the memory takes longer than
/// all that is done with them.
#[derive(Clone, Copy, Debug)]
pub struct Glimpse {
    /// Which value it is.
    pub symbol: Symbol,
    /// Its length and what else is seen, in few bytes: there are as many as there are values.
    seen: u32,
    letters: u64,
}

/// Whether parts of it are hidden.
const HIDDEN: u32 = 1 << 31;
/// Whether Han characters occur.
const HAN: u32 = 1 << 30;
/// Whether its grade is [`Grade::Valid`].
const VALID: u32 = 1 << 29;
/// Whether it is one letter of an alphabet.
const ONE_LETTER: u32 = 1 << 28;
/// Whether it is a name that has short forms, or one of these.
const SHORT_FORM: u32 = 1 << 27;
/// All of these; the length is what is left.
const FLAGS: u32 = HIDDEN | HAN | VALID | ONE_LETTER | SHORT_FORM;
/// Of dates, beside the letters: whether it is derived.
const DERIVED: u64 = 1 << 32;

impl Glimpse {
    /// Of a value of a field.
    pub fn of(field: Field, symbol: Symbol, value: &PreparedValue) -> Self {
        let glance = match field {
            Field::FamilyName | Field::GivenName | Field::MiddleName | Field::DisplayName => value.sound_glance(),
            Field::Email => Glance::of(mailbox(&value.text)),
            _ => value.glance(),
        };
        let grade = match value.grade {
            Grade::Partial => HIDDEN,
            Grade::Valid => VALID,
            _ => 0,
        };
        let one_letter = if is_one_letter(&value.text) { ONE_LETTER } else { 0 };
        let short_form = if field == Field::GivenName && nickname::is_known(&value.text) { SHORT_FORM } else { 0 };
        // Of a date nothing is seen but the date.
        let derived = if value.grade == Grade::Derived { DERIVED } else { 0 };
        let letters = if field == Field::BirthDate { u64::from(birth_date::digits(value.number)) | derived } else { glance.letters() };
        Glimpse { symbol, seen: glance.length() | grade | one_letter | short_form | if value.han { HAN } else { 0 }, letters }
    }

    /// Of a birth date: `YYYYMMDD` with four bits for each digit, and whether only another identifier says it.
    pub fn date(&self) -> (u32, bool) {
        (self.letters as u32, self.letters & DERIVED != 0)
    }

    /// Of what stands in a row in place of several values.
    pub fn of_several(place: u32) -> Self {
        Glimpse { symbol: place, seen: 0, letters: 0 }
    }

    /// Whether a part of a name is more than an initial, on which many names agree, and not masked.
    pub const fn is_whole(&self) -> bool {
        self.seen & (HIDDEN | ONE_LETTER) == 0
    }

    /// Whether it is one letter of an alphabet.
    pub const fn is_one_letter(&self) -> bool {
        self.seen & ONE_LETTER != 0
    }

    /// Whether its grade is [`Grade::Valid`].
    pub const fn is_valid(&self) -> bool {
        self.seen & VALID != 0
    }

    /// Whether a whole name may be another one in letters.
    pub fn may_spell(&self, other: &Self) -> bool {
        !(self.is_han() && other.is_han()) && self.glance() == other.glance()
    }

    /// Whether parts of it are hidden.
    pub const fn is_hidden(&self) -> bool {
        self.seen & HIDDEN != 0
    }

    const fn is_han(&self) -> bool {
        self.seen & HAN != 0
    }

    /// Of names as they sound, of e-mail addresses what stands before the `@`, else of the text.
    const fn glance(&self) -> Glance {
        Glance::new(self.letters, self.seen & !FLAGS)
    }
}

fn mailbox(email: &str) -> &str {
    email.split_once('@').map_or(email, |(mailbox, _)| mailbox)
}

/// Calls `each` with what is seen of a field's values in two records that both have some.
#[inline]
pub fn seen(field: Field, a: &RecordView<'_>, b: &RecordView<'_>, each: &mut impl FnMut(Seen)) {
    if let (Some(x), Some(y)) = (a.glimpse(field), b.glimpse(field)) {
        return values_seen(field, (a, x), (b, y)).into_iter().for_each(each);
    }
    for x in a.symbols(field) {
        for y in b.symbols(field) {
            let glimpse = |view: &RecordView<'_>, symbol: Symbol| Glimpse::of(field, symbol, view.value(field, symbol));
            values_seen(field, (a, &glimpse(a, *x)), (b, &glimpse(b, *y))).into_iter().for_each(&mut *each);
        }
    }
}

#[inline]
fn values_seen(field: Field, (a, x): (&RecordView<'_>, &Glimpse), (b, y): (&RecordView<'_>, &Glimpse)) -> Option<Seen> {
    if x.symbol == y.symbol {
        return Some(Seen::Same(x.symbol, y.symbol));
    }
    if may_be_one_text(x.symbol, y.symbol) && a.value(field, x.symbol).text == b.value(field, y.symbol).text {
        return Some(Seen::Same(x.symbol, y.symbol));
    }
    if NAMES.contains(&field) {
        return names_seen(field, (a, x), (b, y));
    }
    if field == Field::DisplayName {
        return (x.glance() == y.glance()).then_some(Seen::Sound(x.symbol, y.symbol));
    }
    may_be_alike(field, x, y).then_some(Seen::Alike(x.symbol, y.symbol))
}

fn names_seen(field: Field, (a, x): (&RecordView<'_>, &Glimpse), (b, y): (&RecordView<'_>, &Glimpse)) -> Option<Seen> {
    let (sound, alike) = (Some(Seen::Sound(x.symbol, y.symbol)), Some(Seen::Alike(x.symbol, y.symbol)));
    if x.glance() == y.glance() {
        return sound;
    }
    let is_latin = !(x.is_han() && y.is_han());
    let have_short_forms = x.seen & y.seen & SHORT_FORM != 0;
    if have_short_forms && nickname::same_person_name(&a.value(field, x.symbol).text, &b.value(field, y.symbol).text) {
        return sound;
    }
    if x.is_hidden() || y.is_hidden() || x.glance().may_be_edits(y.glance(), 1) {
        return alike;
    }
    if !is_latin {
        let (of_x, of_y) = (a.value(field, x.symbol).glance(), b.value(field, y.symbol).glance());
        let may_be_near = of_x.length().max(of_y.length()) >= 3 && of_x.may_be_edits(of_y, 1);
        return if may_be_near { alike } else { of_x.shares_letters(of_y).then_some(Seen::Slightly) };
    }
    // Short ones may be counted in bytes.
    if x.glance().length().min(y.glance().length()) < 3 {
        return x.glance().shares_letters(y.glance()).then_some(Seen::Slightly);
    }
    match x.glance().jaro_winkler_max(y.glance()) {
        0.92.. => alike,
        0.8.. => Some(Seen::Slightly),
        _ => None,
    }
}

/// What a glance tells for certain of two records that have one value each of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtAGlance {
    /// It is the same, and nothing of it is hidden.
    Same(Symbol),
    /// They are nothing but different.
    Different,
    /// Nothing.
    Open,
}

/// The name that two records have, where each has one of the field and it is a whole one: no less is found of it than that.
#[inline]
pub fn same_name_at_a_glance(field: Field, a: &RecordView<'_>, b: &RecordView<'_>) -> Option<Symbol> {
    let (x, y) = (a.glimpse(field)?, b.glimpse(field)?);
    (x.symbol == y.symbol && x.is_whole()).then_some(x.symbol)
}

/// Whether two records have one name each of a field of names that are nothing but different, crossed or parted in another way too.
#[inline]
pub fn names_differ_at_a_glance(field: Field, a: &RecordView<'_>, b: &RecordView<'_>) -> bool {
    let (Some(x), Some(y)) = (a.glimpse(field), b.glimpse(field)) else { return false };
    !may_be_one_text(x.symbol, y.symbol) && names_seen(field, (a, x), (b, y)).is_none() && !names_may_be_crossed(a, b)
}

/// See [`AtAGlance`].
#[inline]
pub fn at_a_glance(field: Field, a: &RecordView<'_>, b: &RecordView<'_>) -> AtAGlance {
    let (Some(x), Some(y)) = (a.glimpse(field), b.glimpse(field)) else { return AtAGlance::Open };
    if x.symbol == y.symbol {
        return if x.is_hidden() { AtAGlance::Open } else { AtAGlance::Same(x.symbol) };
    }
    if !may_be_one_text(x.symbol, y.symbol) && !may_be_alike(field, x, y) { AtAGlance::Different } else { AtAGlance::Open }
}

/// Whether two values of a field that are not one may come to more than a difference.
fn may_be_alike(field: Field, x: &Glimpse, y: &Glimpse) -> bool {
    let is_hidden = x.is_hidden() || y.is_hidden();
    let may_be_edits = |edits: u32| x.glance().may_be_edits(y.glance(), edits);
    let may_be_similar = |least: f64| x.glance().jaro_winkler_max(y.glance()) >= least;
    match field {
        // Texts are compared, and the sound was seen.
        Field::MiddleName if x.is_han() || y.is_han() => true,
        Field::MiddleName => may_be_edits(1) || x.glance().shares_letters(y.glance()) && x.glance().length().min(y.glance().length()) == 1,
        Field::Phone => may_be_edits(1) || is_hidden && x.glance().length() == y.glance().length(),
        Field::Email => may_be_edits(1) || may_be_similar(0.95),
        // One character of the first seventeen, and the check digit.
        Field::ResidentId | Field::NationalId => is_hidden || may_be_edits(2),
        // Stars stand in some that are not graded as hidden.
        Field::Certificate => true,
        Field::StreetNumber | Field::Postcode => may_be_edits(1),
        Field::Street | Field::Premises if x.is_han() && y.is_han() => may_be_edits(1) || x.glance().may_hold(y.glance()),
        Field::Street | Field::Premises => may_be_edits(1) || may_be_similar(0.85),
        Field::District | Field::City | Field::State => may_be_edits(1) || may_be_similar(0.92),
        Field::Age => true,
        // Devices, accounts and numbers of customers are the same or different; names and dates are looked at elsewhere.
        _ => false,
    }
}

/// Whether the names of two records may be alike otherwise than part by part: crossed, or the same letters parted in another way.
pub fn names_may_be_crossed(a: &RecordView<'_>, b: &RecordView<'_>) -> bool {
    let part = |view: &RecordView<'_>, field: Field| view.first_glimpse(field);
    let parts = |view: &RecordView<'_>| Some((part(view, Field::FamilyName)?, part(view, Field::GivenName)?));
    let (Some((family_a, given_a)), Some((family_b, given_b))) = (parts(a), parts(b)) else { return false };
    let differ = family_a.symbol != family_b.symbol && given_a.symbol != given_b.symbol;
    if differ && (family_a.glance().may_be_edits(given_b.glance(), 1) || given_a.glance().may_be_edits(family_b.glance(), 1)) {
        return true;
    }
    let middle = |view: &RecordView<'_>| part(view, Field::MiddleName).map_or(Glance::default(), |middle| middle.glance());
    let of_a = family_a.glance().and(given_a.glance()).and(middle(a));
    of_a == family_b.glance().and(given_b.glance()).and(middle(b))
}

/// Whether a line of one's address may stand in the other column of the other's.
pub fn lines_may_be_crossed(a: &RecordView<'_>, b: &RecordView<'_>) -> bool {
    let crossed = |x: &RecordView<'_>, y: &RecordView<'_>, field: Field, other: Field| {
        y.has(other)
            && x.has(field)
            && match (x.glimpse(field), y.first_glimpse(other)) {
                (Some(line), Some(other)) => line.glance() == other.glance(),
                _ => true,
            }
    };
    let across = |x: &RecordView<'_>, y: &RecordView<'_>| {
        crossed(x, y, Field::Street, Field::Premises) || crossed(x, y, Field::Premises, Field::Street)
    };
    across(a, b) || across(b, a)
}
