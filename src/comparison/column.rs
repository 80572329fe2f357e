//! The values of one field over many records, each distinct value prepared once.

use super::name::{WrittenName, is_somebodys, people};
use super::sight::Glimpse;
use super::similarity::{Glance, jaro_winkler, within_one_edit};
use super::told_name;
use crate::limits::HOUSEHOLD_NAMES_MAX;
use crate::normalize::{date, pinyin, text};
use crate::record::{Field, Grade};
use compact_str::CompactString;

/// The number of a distinct value within its field, from 0.
pub type Symbol = u32;

/// No value.
pub const NONE: u32 = u32::MAX;
/// Set on an entry that stands for several values; the rest is an index into the field's lists.
pub const SEVERAL: u32 = 1 << 31;

/// A distinct value with what comparisons need of it.
#[derive(Clone, Debug)]
pub struct PreparedValue {
    /// Canonical text.
    pub text: CompactString,
    /// See [`PreparedValue::sound`]; most fields have none.
    sound: Option<Box<CompactString>>,
    /// The letters and the lengths of the two glances, apart so that they take less room.
    letters: u64,
    sound_letters: u64,
    length: u16,
    sound_length: u16,
    /// How far it can be trusted.
    pub grade: Grade,
    /// Dates: packed `YYYYMMDD`; ages: years; else 0.
    pub number: u32,
    /// Whether Han characters occur.
    pub han: bool,
    /// Names only: whether so many people have it that it is no slip, see [`RecordTable::mark_names`].
    pub in_use: bool,
    /// Names only: how frequent it is, higher for more; only to be compared.
    pub frequency: i32,
    /// Given names only: whether people use it as a screen name too. Standing alone it is nobody's name in particular.
    pub is_screen_name: bool,
}

/// Pairs wait for the values that they read: a value comes in one piece.
const _: () = assert!(size_of::<PreparedValue>() <= 64, "a value takes more than a line of memory");

impl PreparedValue {
    /// Prepares a value of a field.
    pub fn new(field: Field, text: impl Into<CompactString>, grade: Grade) -> Self {
        let text = text.into();
        let (han, sound) = (text::has_han(&text), sound(field, &text));
        let number = match field {
            Field::BirthDate => date::packed(&text),
            Field::Age => text.parse().unwrap_or(0),
            _ => 0,
        };
        let (glance, sound_glance) = (Glance::of(&text), Glance::of(&sound));
        // Values are cut long before.
        let short = |length: u32| u16::try_from(length).unwrap_or(u16::MAX);
        PreparedValue {
            text,
            sound: (!sound.is_empty()).then(|| Box::new(sound)),
            letters: glance.letters(),
            sound_letters: sound_glance.letters(),
            length: short(glance.length()),
            sound_length: short(sound_glance.length()),
            grade,
            number,
            han,
            in_use: false,
            frequency: 0,
            is_screen_name: false,
        }
    }

    /// Of names: how it sounds in letters (pinyin of Han; Latin without spaces). Of screen names and e-mail addresses: what it tells of a
    /// name, see [`told_name::statement`]. Of others nothing.
    #[inline]
    pub fn sound(&self) -> &str {
        self.sound.as_ref().map_or("", |sound| sound.as_str())
    }

    /// What is seen of the text at a glance.
    #[inline]
    pub const fn glance(&self) -> Glance {
        Glance::new(self.letters, self.length as u32)
    }

    /// What is seen of the sound.
    #[inline]
    pub const fn sound_glance(&self) -> Glance {
        Glance::new(self.sound_letters, self.sound_length as u32)
    }

    /// Whether the texts are within one edit.
    #[inline]
    pub fn is_near(&self, other: &Self) -> bool {
        self.glance().may_be_edits(other.glance(), 1) && within_one_edit(&self.text, &other.text)
    }

    /// Whether the sounds are within one edit.
    #[inline]
    pub fn sounds_near(&self, other: &Self) -> bool {
        self.sound_glance().may_be_edits(other.sound_glance(), 1) && within_one_edit(self.sound(), other.sound())
    }

    /// Whether the sounds are the same.
    #[inline]
    pub fn sounds_like(&self, other: &Self) -> bool {
        self.sound_glance() == other.sound_glance() && self.sound == other.sound
    }

    /// The Jaro-Winkler similarity of the texts where it is at least `least`.
    pub fn similarity(&self, other: &Self, least: f64) -> Option<f64> {
        let is_possible = self.glance().jaro_winkler_max(other.glance()) >= least;
        is_possible.then(|| jaro_winkler(&self.text, &other.text)).filter(|similarity| *similarity >= least)
    }

    /// The same of the sounds.
    pub fn sound_similarity(&self, other: &Self, least: f64) -> Option<f64> {
        let is_possible = self.sound_glance().jaro_winkler_max(other.sound_glance()) >= least;
        is_possible.then(|| jaro_winkler(self.sound(), other.sound())).filter(|similarity| *similarity >= least)
    }
}

/// The values of one field.
#[derive(Clone, Debug, Default)]
pub struct Column {
    pub(super) values: Vec<PreparedValue>,
    pub(super) bands: Vec<Band>,
}

/// Under how many names a value is held: what one name holds may be one person's, what several hold is a household's, what many
/// hold is a counter's or a clerk's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// At most one.
    #[default]
    OneName,
    /// Two to [`HOUSEHOLD_NAMES_MAX`].
    SeveralNames,
    /// More.
    ManyNames,
}

impl Band {
    /// The band of a value that is held under these names.
    pub fn of_names(names: &mut Vec<WrittenName<'_>>) -> Self {
        let written = |(family, given): &WrittenName<'_>| (family.map(|family| family.text.clone()), given.text.clone());
        names.retain(is_somebodys);
        names.sort_by_cached_key(written);
        names.dedup_by_key(|name| written(name));
        match people(names) {
            0 | 1 => Band::OneName,
            2..=HOUSEHOLD_NAMES_MAX => Band::SeveralNames,
            _ => Band::ManyNames,
        }
    }
}

/// What is known of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameUse {
    /// See [`PreparedValue::in_use`].
    pub in_use: bool,
    /// See [`PreparedValue::frequency`].
    pub frequency: i32,
    /// See [`PreparedValue::is_screen_name`].
    pub is_screen_name: bool,
}

/// Fields whose close values weigh by whether both are in use.
pub const NAMES: &[Field] = &[Field::FamilyName, Field::GivenName];

/// Fields whose values are told apart by band.
pub const BANDED: &[Field] = &[Field::Phone, Field::Device];

/// A field of a set of records while its values get their symbols.
#[derive(Debug)]
pub struct NumberedColumn {
    pub(super) column: Column,
    /// By the set's number of a value: what stands for it in a row.
    pub(super) glimpses: Vec<Glimpse>,
}

impl NumberedColumn {
    /// Of a field's distinct values, as a set numbers them. Symbols are in the values' own order, so that nothing depends on which record came
    /// first.
    pub fn new(field: Field, mut values: Vec<(CompactString, Grade)>) -> Self {
        // Most texts differ in what they begin with.
        let mut order: Vec<(u128, u32)> = values.iter().zip(0..).map(|((text, _), number)| (text::first_bytes(text), number)).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| values[a.1 as usize].cmp(&values[b.1 as usize])));
        let mut glimpses = vec![Glimpse::of_several(NONE); values.len()];
        let value = |((_, number), symbol): (&(u128, u32), Symbol)| {
            let (text, grade) = &mut values[*number as usize];
            let value = PreparedValue::new(field, std::mem::take(text), *grade);
            glimpses[*number as usize] = Glimpse::of(field, symbol, &value);
            value
        };
        let values = order.iter().zip(0..).map(value).collect();
        NumberedColumn { column: Column { values, bands: Vec::new() }, glimpses }
    }
}

impl Column {
    /// The distinct values, by symbol.
    pub fn values(&self) -> &[PreparedValue] {
        &self.values
    }

    /// Under how many names a value is held.
    pub fn band(&self, symbol: Symbol) -> Band {
        self.bands.get(symbol as usize).copied().unwrap_or_default()
    }

    /// Under how many names a text is held.
    pub fn band_of(&self, text: &str) -> Band {
        let first = self.values.partition_point(|value| value.text.as_str() < text);
        let is_held = self.values.get(first).is_some_and(|value| value.text == text);
        if is_held { self.band(first as Symbol) } else { Band::default() }
    }
}

/// Family and given name as one text.
pub(super) fn whole_name(family: &str, given: &str) -> CompactString {
    compact_str::format_compact!("{family}, {given}")
}

/// Family and given name of a whole name; no family name where the given name stands alone.
pub fn whole_parts(name: &str) -> (&str, &str) {
    name.split_once(", ").unwrap_or(("", name))
}

/// See [`PreparedValue::sound`].
fn sound(field: Field, value: &str) -> CompactString {
    match field {
        Field::FamilyName | Field::GivenName | Field::MiddleName => pinyin::sound(field, value),
        Field::DisplayName => whole_sound(value),
        Field::Nickname | Field::Email => told_name::statement(field, value),
        _ => CompactString::default(),
    }
}

/// How a [`whole_name`] sounds, whichever part stands first.
fn whole_sound(name: &str) -> CompactString {
    let (family, given) = whole_parts(name);
    let (family, given) = (sound(Field::FamilyName, family), sound(Field::GivenName, given));
    let (first, second) = if family <= given { (family, given) } else { (given, family) };
    if first.is_empty() { second } else { compact_str::format_compact!("{first} {second}") }
}
