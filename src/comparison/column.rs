//! The values of one field over many records, each distinct value prepared once.

use super::name::{WrittenName, is_somebodys, people};
use super::similarity::{Glance, jaro_winkler, within_one_edit};
use super::told_name;
use crate::limits::HOUSEHOLD_NAMES_MAX;
use crate::normalize::{date, pinyin, text};
use crate::record::{CanonicalRecord, Field, FieldSet, FieldValue, Grade};
use compact_str::CompactString;
use rustc_hash::FxHashMap;

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
    /// How far it can be trusted.
    pub grade: Grade,
    /// Of names: how it sounds in letters (pinyin of Han; Latin without spaces). Of screen names and e-mail addresses: what it tells of a
    /// name, see [`told_name::statement`].
    pub sound: CompactString,
    /// What is seen of the text, and of the sound, at a glance.
    pub glance: Glance,
    /// See [`PreparedValue::glance`].
    pub sound_glance: Glance,
    /// Dates: packed `YYYYMMDD`; ages: years; else 0.
    pub number: u32,
    /// Whether Han characters occur.
    pub han: bool,
    /// Names only: whether so many people have it that it is no slip, see [`RecordTable::mark_names`].
    pub in_use: bool,
    /// Names only: how frequent it is, higher for more; only to be compared.
    pub frequency: i64,
    /// Given names only: whether people use it as a screen name too. Standing alone it is nobody's name in particular.
    pub is_screen_name: bool,
}

impl PreparedValue {
    /// Prepares a value of a field.
    pub fn new(field: Field, value: &str, grade: Grade) -> Self {
        let (han, sound) = (text::has_han(value), sound(field, value));
        let number = match field {
            Field::BirthDate => date::packed(value),
            Field::Age => value.parse().unwrap_or(0),
            _ => 0,
        };
        let (glance, sound_glance) = (Glance::of(value), Glance::of(&sound));
        let text = value.into();
        PreparedValue { text, grade, sound, glance, sound_glance, number, han, in_use: false, frequency: 0, is_screen_name: false }
    }

    /// Whether the texts are within one edit.
    #[inline]
    pub fn is_near(&self, other: &Self) -> bool {
        self.glance.may_be_edits(other.glance, 1) && within_one_edit(&self.text, &other.text)
    }

    /// Whether the sounds are within one edit.
    #[inline]
    pub fn sounds_near(&self, other: &Self) -> bool {
        self.sound_glance.may_be_edits(other.sound_glance, 1) && within_one_edit(&self.sound, &other.sound)
    }

    /// Whether the sounds are the same.
    #[inline]
    pub fn sounds_like(&self, other: &Self) -> bool {
        self.sound_glance == other.sound_glance && self.sound == other.sound
    }

    /// The Jaro-Winkler similarity of the texts where it is at least `least`.
    pub fn similarity(&self, other: &Self, least: f64) -> Option<f64> {
        let is_possible = self.glance.jaro_winkler_max(other.glance) >= least;
        is_possible.then(|| jaro_winkler(&self.text, &other.text)).filter(|similarity| *similarity >= least)
    }

    /// The same of the sounds.
    pub fn sound_similarity(&self, other: &Self, least: f64) -> Option<f64> {
        let is_possible = self.sound_glance.jaro_winkler_max(other.sound_glance) >= least;
        is_possible.then(|| jaro_winkler(&self.sound, &other.sound)).filter(|similarity| *similarity >= least)
    }
}

/// The values of one field.
#[derive(Clone, Debug, Default)]
pub struct Column {
    pub(super) values: Vec<PreparedValue>,
    pub(super) bands: Vec<Band>,
    /// By row, until a table takes them: [`NONE`], a symbol, or [`SEVERAL`] and a place in `lists`.
    pub(super) rows: Vec<u32>,
    pub(super) lists: Vec<Vec<Symbol>>,
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
    pub frequency: i64,
    /// See [`PreparedValue::is_screen_name`].
    pub is_screen_name: bool,
}

/// Fields whose close values weigh by whether both are in use.
pub const NAMES: &[Field] = &[Field::FamilyName, Field::GivenName];

/// Fields whose values are told apart by band.
pub const BANDED: &[Field] = &[Field::Phone, Field::Device];

/// A column while its values are told apart.
struct Building<'a> {
    column: Column,
    symbols: FxHashMap<(&'a str, Grade), Symbol>,
    distinct: Vec<(&'a str, Grade)>,
}

impl<'a> Building<'a> {
    fn of_rows(rows: usize) -> Self {
        let column = Column { rows: vec![NONE; rows], ..Column::default() };
        Building { column, symbols: FxHashMap::default(), distinct: Vec::new() }
    }

    fn fill(&mut self, row: usize, values: &'a [FieldValue]) {
        let Building { column, symbols, distinct } = self;
        let mut symbol = |value: &'a FieldValue| {
            let value = (value.text.as_str(), value.grade);
            *symbols.entry(value).or_insert_with(|| {
                distinct.push(value);
                (distinct.len() - 1) as Symbol
            })
        };
        column.fill(row, values.iter().map(&mut symbol));
    }
}

/// Groups of fields whose columns are built together, in one pass over the records.
const GROUPS: usize = 4;

impl Column {
    /// The columns of `records`, one a field in the order of [`Field::ALL`]; `each` is given groups of fields and builds each group, side by
    /// side if it likes.
    pub fn build_all(
        records: &[CanonicalRecord],
        each: impl FnOnce(&[FieldSet], &(dyn Fn(FieldSet) -> Vec<(Field, Column)> + Sync)) -> Vec<Vec<(Field, Column)>>,
    ) -> Vec<Column> {
        // Names to be shown are not compared.
        let compared = Field::ALL.iter().filter(|field| **field != Field::DisplayName);
        let mut groups = [FieldSet::EMPTY; GROUPS];
        compared.enumerate().for_each(|(place, field)| groups[place % GROUPS] = groups[place % GROUPS].with(*field));
        let empty = || Column { rows: vec![NONE; records.len()], ..Column::default() };
        let mut columns: Vec<Option<Column>> = Field::ALL.iter().map(|_| None).collect();
        for (field, column) in each(&groups, &|fields| Column::build(fields, records)).into_iter().flatten() {
            columns[field as usize] = Some(column);
        }
        let mut columns: Vec<Column> = columns.into_iter().map(|column| column.unwrap_or_else(empty)).collect();
        columns[Field::DisplayName as usize] =
            Self::of_whole_names(&columns[Field::FamilyName as usize], &columns[Field::GivenName as usize]);
        columns
    }

    /// The columns of those of `fields` that any of `records` has, in their order.
    fn build(fields: FieldSet, records: &[CanonicalRecord]) -> Vec<(Field, Column)> {
        let mut building: [Option<Building<'_>>; Field::COUNT] = [const { None }; Field::COUNT];
        for (row, record) in records.iter().enumerate() {
            for values in record.values().chunk_by(|a, b| a.field == b.field).filter(|values| fields.has(values[0].field)) {
                let field = &mut building[values[0].field as usize];
                field.get_or_insert_with(|| Building::of_rows(records.len())).fill(row, values);
            }
        }
        let built = Field::ALL.iter().zip(building).filter_map(|(field, building)| Some((*field, building?)));
        built.map(|(field, building)| (field, building.column.with_values(field, &building.distinct))).collect()
    }

    /// Family and given name as one text, for each pair of them that a record has and shows in full; the given name where it stands alone.
    /// That is what is compared, as the column of names to be shown.
    fn of_whole_names(families: &Column, givens: &Column) -> Self {
        let mut column = Column { rows: vec![NONE; families.rows.len()], ..Column::default() };
        let mut of_parts: FxHashMap<(Symbol, Symbol), Symbol> = FxHashMap::default();
        let mut of_text: FxHashMap<CompactString, Symbol> = FxHashMap::default();
        let is_shown = |column: &Column, symbol: &Symbol| column.values[*symbol as usize].grade != Grade::Partial;
        let mut symbol = |family: Symbol, given: Symbol| {
            *of_parts.entry((family, given)).or_insert_with(|| {
                let given = &givens.values[given as usize].text;
                let text = if family == NONE { given.clone() } else { whole_name(&families.values[family as usize].text, given) };
                let next = of_text.len() as Symbol;
                *of_text.entry(text).or_insert(next)
            })
        };
        for (row, (of_family, of_given)) in families.rows.iter().zip(&givens.rows).enumerate() {
            let (of_family, of_given) = (families.symbols(of_family), givens.symbols(of_given));
            // Mostly there is one name.
            if let ([family], [given]) = (of_family, of_given) {
                let is_shown = is_shown(families, family) && is_shown(givens, given);
                column.fill(row, is_shown.then(|| symbol(*family, *given)).into_iter());
                continue;
            }
            let parts = of_family.iter().filter(|family| is_shown(families, family));
            let alone = [NONE];
            let parts = if of_family.is_empty() { alone.iter().collect::<Vec<_>>() } else { parts.collect() };
            let shown = |family: Symbol| of_given.iter().filter(|given| is_shown(givens, given)).map(move |given| (family, *given));
            let names: Vec<(Symbol, Symbol)> = parts.into_iter().flat_map(|family| shown(*family)).collect();
            column.fill(row, names.into_iter().map(|(family, given)| symbol(family, given)));
        }
        let mut distinct = vec![("", Grade::Valid); of_text.len()];
        of_text.iter().for_each(|(text, symbol)| distinct[*symbol as usize].0 = text);
        column.with_values(Field::DisplayName, &distinct)
    }

    /// The symbols of a row's entry.
    fn symbols<'a>(&'a self, entry: &'a u32) -> &'a [Symbol] {
        match *entry {
            NONE => &[],
            several if several & SEVERAL != 0 => &self.lists[(several & !SEVERAL) as usize],
            _ => std::slice::from_ref(entry),
        }
    }

    /// Gives a row its symbols.
    fn fill(&mut self, row: usize, mut symbols: impl Iterator<Item = Symbol>) {
        let Some(first) = symbols.next() else { return };
        self.rows[row] = first;
        if let Some(second) = symbols.next() {
            self.rows[row] = SEVERAL | self.lists.len() as u32;
            self.lists.push([first, second].into_iter().chain(symbols).collect());
        }
    }

    /// Numbers the values in their own order, so that nothing depends on which record came first; `distinct` are the values by the symbols
    /// that rows have so far.
    fn with_values(mut self, field: Field, distinct: &[(&str, Grade)]) -> Self {
        // Most texts differ in what they begin with.
        let mut order: Vec<(u128, Symbol)> =
            distinct.iter().enumerate().map(|(symbol, (text, _))| (text::first_bytes(text), symbol as Symbol)).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| distinct[a.1 as usize].cmp(&distinct[b.1 as usize])));
        let mut renamed = vec![0; order.len()];
        for (new, (_, old)) in order.iter().enumerate() {
            renamed[*old as usize] = new as Symbol;
        }
        let value = |(_, symbol): &(u128, Symbol)| {
            let (text, grade) = distinct[*symbol as usize];
            PreparedValue::new(field, text, grade)
        };
        self.values = order.iter().map(value).collect();
        let rename = |symbol: &mut Symbol| *symbol = renamed[*symbol as usize];
        // NONE has the bit of SEVERAL too: both are left alone.
        self.rows.iter_mut().filter(|row| **row & SEVERAL == 0).for_each(rename);
        self.lists.iter_mut().flatten().for_each(rename);
        self
    }

    /// The distinct values, by symbol.
    pub fn values(&self) -> &[PreparedValue] {
        &self.values
    }

    /// Under how many names a value is held.
    pub fn band(&self, symbol: Symbol) -> Band {
        self.bands.get(symbol as usize).copied().unwrap_or_default()
    }

    /// Under how many names a text is held, hidden digits left aside.
    pub fn band_of(&self, text: &str) -> Band {
        let first = self.values.partition_point(|value| value.text.as_str() < text);
        let mut held = (first..self.values.len()).take_while(|symbol| self.values[*symbol].text == text);
        let symbol = held.find(|symbol| self.values[*symbol].grade != Grade::Partial);
        symbol.map(|symbol| self.band(symbol as Symbol)).unwrap_or_default()
    }
}

/// Family and given name as one text.
fn whole_name(family: &str, given: &str) -> CompactString {
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
