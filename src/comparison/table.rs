//! Values of many records by field, each distinct value prepared once.

use super::name::{WrittenName, is_somebodys, people};
use super::similarity::{Glance, jaro_winkler, within_one_edit};
use super::told_name;
use crate::limits::{FREQUENCY_HOLDERS_MIN, HOUSEHOLD_NAMES_MAX, WRITTEN_YEAR_MIN};
use crate::normalize::{date, pinyin, text};
use crate::record::{CanonicalRecord, Field, FieldSet, Grade};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The number of a distinct value within its field, from 0.
pub type Symbol = u32;

/// No value.
const NONE: u32 = u32::MAX;
/// Set on an entry that stands for several values; the rest is an index into the field's lists.
const SEVERAL: u32 = 1 << 31;

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
        let han = text::has_han(value);
        let sound = match field {
            Field::FamilyName if han => pinyin::surname(value),
            Field::GivenName | Field::MiddleName if han => pinyin::plain(value),
            Field::FamilyName | Field::GivenName | Field::MiddleName => value.chars().filter(|letter| *letter != ' ').collect(),
            Field::DisplayName => whole_sound(value),
            Field::Nickname | Field::Email => told_name::statement(field, value),
            _ => CompactString::default(),
        };
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
    values: Vec<PreparedValue>,
    bands: Vec<Band>,
    /// By row, until a table takes them: [`NONE`], a symbol, or [`SEVERAL`] and a place in `lists`.
    rows: Vec<u32>,
    lists: Vec<Vec<Symbol>>,
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

impl Column {
    /// The column of `field` over `records`, in their order. As names to be shown stand the [`whole_names`], which is what is compared.
    pub fn build(field: Field, records: &[CanonicalRecord]) -> Self {
        if field == Field::DisplayName {
            let names: Vec<Vec<CompactString>> = records.iter().map(whole_names).collect();
            return Self::of(field, names.iter().map(|names| names.iter().map(|name| (name.as_str(), Grade::Valid))));
        }
        Self::of(field, records.iter().map(|record| record.of(field).iter().map(|value| (value.text.as_str(), value.grade))))
    }

    fn of<'a>(field: Field, rows: impl ExactSizeIterator<Item = impl Iterator<Item = (&'a str, Grade)>>) -> Self {
        let mut column = Column { rows: Vec::with_capacity(rows.len()), ..Column::default() };
        let mut symbols: FxHashMap<(&str, Grade), Symbol> = FxHashMap::default();
        for values in rows {
            // NONE has the bit of SEVERAL too: both are left alone when symbols are renamed.
            let mut row = NONE;
            let mut list: Vec<Symbol> = Vec::new();
            for (text, grade) in values {
                let symbol = *symbols.entry((text, grade)).or_insert_with(|| {
                    column.values.push(PreparedValue::new(field, text, grade));
                    Symbol::try_from(column.values.len() - 1).unwrap_or(NONE)
                });
                if row == NONE { row = symbol } else { list.push(symbol) }
            }
            if !list.is_empty() {
                list.insert(0, row);
                row = SEVERAL | u32::try_from(column.lists.len()).unwrap_or(0);
                column.lists.push(list);
            }
            column.rows.push(row);
        }
        column.in_order_of_values()
    }

    /// Numbers the values in their own order, so that nothing depends on which record came first.
    fn in_order_of_values(mut self) -> Self {
        let mut order: Vec<Symbol> = (0..self.values.len() as Symbol).collect();
        let by_value = |symbol: &Symbol| (&self.values[*symbol as usize].text, self.values[*symbol as usize].grade);
        order.sort_unstable_by(|a, b| by_value(a).cmp(&by_value(b)));
        let mut renamed = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            renamed[*old as usize] = new as Symbol;
        }
        let mut values: Vec<Option<PreparedValue>> = self.values.into_iter().map(Some).collect();
        self.values = order.iter().filter_map(|old| values[*old as usize].take()).collect();
        let rename = |symbol: &mut Symbol| *symbol = renamed[*symbol as usize];
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

/// Family and given name as one text, for each pair of them that a record has and shows in full; the given name where it stands alone.
fn whole_names(record: &CanonicalRecord) -> Vec<CompactString> {
    let shown = |field| record.of(field).iter().filter(|value| value.grade != Grade::Partial).map(|value| value.text.as_str());
    let given = |family| shown(Field::GivenName).map(move |given| whole_name(family, given));
    match record.of(Field::FamilyName) {
        [] => shown(Field::GivenName).map(CompactString::from).collect(),
        _ => shown(Field::FamilyName).flat_map(given).collect(),
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

/// How a [`whole_name`] sounds, whichever part stands first.
fn whole_sound(name: &str) -> CompactString {
    let (family, given) = whole_parts(name);
    let [family, given] =
        [(Field::FamilyName, family), (Field::GivenName, given)].map(|(field, part)| PreparedValue::new(field, part, Grade::Valid).sound);
    let (first, second) = if family <= given { (family, given) } else { (given, family) };
    if first.is_empty() { second } else { compact_str::format_compact!("{first} {second}") }
}

/// The compared values of a set of records: distinct values by field, and each record's symbols side by side, since a pair is compared in
/// all fields at once.
#[derive(Clone, Debug)]
pub struct RecordTable {
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// A cell for each field of each row, in the order of fields: a symbol, or [`SEVERAL`] and a place in `lists`.
    cells: Vec<u32>,
    /// Where several symbols stand in `listed`.
    lists: Vec<(u32, u32)>,
    listed: Vec<Symbol>,
    /// The sources that occur, rising.
    source_names: Vec<CompactString>,
}

/// What a row begins with.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// The fields that it has.
    has: FieldSet,
    /// Where its cells begin.
    start: usize,
    /// Its source's place among the names of sources.
    source: Symbol,
    /// The years in which it was written, 0 where that is not known.
    years: (u16, u16),
}

impl RecordTable {
    /// The table of `records` from one column a field, in the order of [`Field::ALL`].
    pub fn from_columns(mut columns: Vec<Column>, records: &[CanonicalRecord]) -> Self {
        assert_eq!(columns.len(), Field::COUNT, "one column a field");
        let by_field: Vec<(Vec<u32>, Vec<Vec<Symbol>>)> =
            columns.iter_mut().map(|column| (std::mem::take(&mut column.rows), std::mem::take(&mut column.lists))).collect();
        let mut places: BTreeMap<&str, Symbol> = records.iter().map(|record| (record.key.source.as_str(), 0)).collect();
        places.values_mut().zip(0..).for_each(|(place, next)| *place = next);
        // What lies before is a clock that was not set.
        let year = |record: &CanonicalRecord| record.observed_at.map(date::year_at).filter(|year| *year >= WRITTEN_YEAR_MIN).unwrap_or(0);
        let mut rows = Vec::with_capacity(records.len());
        let (mut cells, mut lists, mut listed) = (Vec::new(), Vec::new(), Vec::new());
        for (row, record) in records.iter().enumerate() {
            let mut has = FieldSet::EMPTY;
            let start = cells.len();
            for (field, (entries, several)) in Field::ALL.iter().zip(&by_field) {
                match entries[row] {
                    NONE => continue,
                    entry if entry & SEVERAL != 0 => {
                        let symbols = &several[(entry & !SEVERAL) as usize];
                        cells.push(SEVERAL | lists.len() as u32);
                        lists.push((listed.len() as u32, symbols.len() as u32));
                        listed.extend_from_slice(symbols);
                    }
                    symbol => cells.push(symbol),
                }
                has = has.with(*field);
            }
            let (source, year) = (places[record.key.source.as_str()], year(record));
            rows.push(Row { has, start, source, years: (year, year) });
        }
        let source_names = places.into_keys().map(CompactString::from).collect();
        let mut table = RecordTable { columns, rows, cells, lists, listed, source_names };
        table.band_values();
        table
    }

    /// Tells the values of banded fields apart by band; once more after names were marked.
    pub fn band_values(&mut self) {
        for field in BANDED {
            self.columns[*field as usize].bands = self.bands(*field);
        }
    }

    /// Gives rows that stand for copies, as (the row, its copy), the years of all of them: which of them stands for the others goes by
    /// nothing that tells.
    pub fn share_years(&mut self, copies: &[(u32, u32)]) {
        for (row, copy) in copies {
            self.rows[*row as usize].years = joined_years(self.rows[*row as usize].years, self.rows[*copy as usize].years);
        }
    }

    /// The table with the bands of some values given, for tables that hold only a part of the records.
    #[must_use]
    pub fn with_bands(mut self, band: &dyn Fn(Field, &str) -> Band) -> Self {
        for field in BANDED {
            let column = &mut self.columns[*field as usize];
            column.bands = column.values.iter().map(|value| band(*field, &value.text)).collect();
        }
        self
    }

    /// Marks names by what `mark` says of them; whether other ones are screen names now, by which bands count.
    pub fn mark_names(&mut self, mark: &dyn Fn(Field, &PreparedValue) -> NameUse) -> bool {
        let mut is_other = false;
        for field in NAMES {
            for value in &mut self.columns[*field as usize].values {
                let found = mark(*field, value);
                is_other |= value.is_screen_name != found.is_screen_name;
                (value.in_use, value.frequency, value.is_screen_name) = (found.in_use, found.frequency, found.is_screen_name);
            }
        }
        is_other
    }

    /// Marks names by how many of `rows` hold them: [`FREQUENCY_HOLDERS_MIN`] and more, as a model keeps them.
    pub fn mark_names_held(&mut self, rows: &[u32]) {
        for field in NAMES {
            let mut held = vec![0; self.column(*field).values.len()];
            rows.iter().flat_map(|row| self.view(*row).symbols(*field)).for_each(|symbol| held[*symbol as usize] += 1);
            let column = &mut self.columns[*field as usize];
            // Symbols are in the order of texts; one text may have several grades.
            let same_text = |a: &PreparedValue, b: &PreparedValue| a.text == b.text;
            let mut start = 0;
            for values in column.values.chunk_by_mut(same_text) {
                let holders: u32 = held[start..start + values.len()].iter().sum();
                start += values.len();
                let in_use = holders >= FREQUENCY_HOLDERS_MIN;
                let frequency = i64::from(holders.checked_ilog2().unwrap_or(0));
                values.iter_mut().for_each(|value| (value.in_use, value.frequency) = (in_use, frequency));
            }
        }
        let nicknames = &self.columns[Field::Nickname as usize];
        let mut held: FxHashMap<CompactString, u32> = FxHashMap::default();
        for symbol in rows.iter().flat_map(|row| self.view(*row).symbols(Field::Nickname)) {
            *held.entry(nicknames.values[*symbol as usize].text.clone()).or_insert(0) += 1;
        }
        for value in &mut self.columns[Field::GivenName as usize].values {
            value.is_screen_name = held.get(&value.text).is_some_and(|holders| *holders >= FREQUENCY_HOLDERS_MIN);
        }
    }

    /// By symbol of a field: under the names of how many people it is held.
    fn bands(&self, field: Field) -> Vec<Band> {
        let column = &self.columns[field as usize];
        let [families, givens] = [Field::FamilyName, Field::GivenName].map(|field| &self.columns[field as usize]);
        let mut held: Vec<(Symbol, Option<Symbol>, Symbol)> = Vec::new();
        for row in 0..self.rows() as u32 {
            let view = self.view(row);
            if let Some(given) = view.symbols(Field::GivenName).first() {
                let family = view.symbols(Field::FamilyName).first().copied();
                held.extend(view.symbols(field).iter().map(|symbol| (*symbol, family, *given)));
            }
        }
        held.sort_unstable();
        held.dedup();
        let mut bands = vec![Band::OneName; column.values.len()];
        let mut names: Vec<WrittenName<'_>> = Vec::new();
        for holders in held.chunk_by(|a, b| a.0 == b.0) {
            let written = |(_, family, given): &(Symbol, Option<Symbol>, Symbol)| {
                (family.map(|family| &families.values[family as usize]), &givens.values[*given as usize])
            };
            names.clear();
            names.extend(holders.iter().map(written));
            bands[holders[0].0 as usize] = Band::of_names(&mut names);
        }
        bands
    }

    /// The table of `records`, built field by field.
    pub fn build(records: &[CanonicalRecord]) -> Self {
        Self::from_columns(Field::ALL.iter().map(|field| Column::build(*field, records)).collect(), records)
    }

    /// Whether the records come from more than one source.
    pub fn has_several_sources(&self) -> bool {
        self.source_names.len() > 1
    }

    /// How many records there are.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// One field over all rows.
    pub fn column(&self, field: Field) -> &Column {
        &self.columns[field as usize]
    }

    /// One record of the table.
    #[inline]
    pub fn view(&self, row: u32) -> RecordView<'_> {
        let Row { has, start, .. } = self.rows[row as usize];
        let end = start + has.count();
        RecordView { table: self, has, cells: &self.cells[start..end], row, merged: None }
    }

    /// What several rows say together: of what stays through life the values that most of them hold, of the rest all.
    pub fn merged(&self, rows: &[u32]) -> MergedRows {
        let mut sources: Vec<Symbol> = rows.iter().map(|row| self.rows[*row as usize].source).collect();
        sources.sort_unstable();
        sources.dedup();
        let years = rows.iter().map(|row| self.rows[*row as usize].years).fold((0, 0), joined_years);
        let views: Vec<RecordView<'_>> = rows.iter().map(|row| self.view(*row)).collect();
        let has = views.iter().fold(FieldSet::EMPTY, |has, view| has.or(view.has));
        let mut merged = MergedRows { symbols: Vec::new(), ends: [0; Field::COUNT], has, sources, years };
        for field in Field::ALL {
            if has.has(*field) {
                let start = merged.symbols.len();
                views.iter().for_each(|view| merged.symbols.extend_from_slice(view.symbols(*field)));
                merged.symbols[start..].sort_unstable();
                keep_distinct(&mut merged.symbols, start, LASTING.contains(field).then_some(&self.columns[*field as usize].values));
            }
            merged.ends[*field as usize] = merged.symbols.len();
        }
        merged
    }

    /// Merged rows as a record.
    pub fn merged_view<'a>(&'a self, merged: &'a MergedRows) -> RecordView<'a> {
        RecordView { table: self, has: merged.has, cells: &[], row: 0, merged: Some(merged) }
    }
}

/// The first and the last of two spans of years; 0 where nothing is known.
fn joined_years((from, to): (u16, u16), (other_from, other_to): (u16, u16)) -> (u16, u16) {
    if from == 0 || other_from == 0 { (from.max(other_from), to.max(other_to)) } else { (from.min(other_from), to.max(other_to)) }
}

/// Fields of which a person has one value through life, errors and rare changes aside.
pub const LASTING: &[Field] = &[Field::FamilyName, Field::GivenName, Field::BirthDate, Field::Sex];

/// Leaves each symbol once from `start` on (they are sorted there); of given `values` only those whose text, of whatever grade, occurs
/// most often. Symbols are in the order of texts.
fn keep_distinct(symbols: &mut Vec<Symbol>, start: usize, values: Option<&Vec<PreparedValue>>) {
    if let Some(values) = values {
        let text = |symbol: &Symbol| &values[*symbol as usize].text;
        let counts: Vec<usize> = symbols[start..].chunk_by(|a, b| text(a) == text(b)).map(<[Symbol]>::len).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let mut held = counts.into_iter().flat_map(|count| std::iter::repeat_n(count, count));
        let mut place = 0;
        symbols.retain(|_| {
            place += 1;
            place <= start || held.next() == Some(most)
        });
    }
    let distinct: Vec<Symbol> = symbols[start..].chunk_by(|a, b| a == b).map(|same| same[0]).collect();
    symbols.truncate(start);
    symbols.extend(distinct);
}

/// The values of several rows of a table, by field.
#[derive(Clone, Debug)]
pub struct MergedRows {
    symbols: Vec<Symbol>,
    ends: [usize; Field::COUNT],
    has: FieldSet,
    sources: Vec<Symbol>,
    /// The first and the last in which they were written; 0 where that is not known.
    years: (u16, u16),
}

impl MergedRows {
    fn symbols(&self, field: Field) -> &[Symbol] {
        let start = (field as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.symbols[start..self.ends[field as usize]]
    }
}

/// A borrowed record of a table, or several merged into one.
#[derive(Clone, Copy, Debug)]
pub struct RecordView<'a> {
    table: &'a RecordTable,
    has: FieldSet,
    cells: &'a [u32],
    row: u32,
    merged: Option<&'a MergedRows>,
}

impl<'a> RecordView<'a> {
    /// Whether it is several records.
    pub fn is_merged(&self) -> bool {
        self.merged.is_some()
    }

    /// The symbols of a field's values, possibly none.
    #[inline]
    pub fn symbols(&self, field: Field) -> &'a [Symbol] {
        if !self.has.has(field) {
            return &[];
        }
        if let Some(merged) = self.merged {
            return merged.symbols(field);
        }
        let cell = &self.cells[self.has.before(field)];
        if *cell & SEVERAL == 0 {
            return std::slice::from_ref(cell);
        }
        let (start, length) = self.table.lists[(cell & !SEVERAL) as usize];
        &self.table.listed[start as usize..(start + length) as usize]
    }

    /// The sources it comes from, rising.
    fn sources(&self) -> &'a [Symbol] {
        match self.merged {
            None => std::slice::from_ref(&self.table.rows[self.row as usize].source),
            Some(merged) => &merged.sources,
        }
    }

    /// The names of the sources it comes from.
    pub fn source_names(&self) -> impl Iterator<Item = &'a CompactString> {
        let names = &self.table.source_names;
        self.sources().iter().map(|source| &names[*source as usize])
    }

    /// Whether a source has given records of both.
    #[inline]
    pub fn shares_source(&self, other: &RecordView<'_>) -> bool {
        let (of_self, of_other) = (self.sources(), other.sources());
        match (of_self, of_other) {
            ([one], [another]) => one == another,
            _ => of_self.iter().any(|source| of_other.contains(source)),
        }
    }

    /// The year in which it was written, of several rows the first; none where that is not known.
    #[inline]
    pub fn year(&self) -> Option<u16> {
        let (year, _) = self.years();
        (year > 0).then_some(year)
    }

    #[inline]
    fn years(&self) -> (u16, u16) {
        self.merged.map_or_else(|| self.table.rows[self.row as usize].years, |merged| merged.years)
    }

    /// The years between what was written of the two; 0 where they overlap and where a time is not known.
    pub fn years_to(&self, other: &RecordView<'_>) -> u16 {
        let ((from, to), (other_from, other_to)) = (self.years(), other.years());
        if from == 0 || other_from == 0 { 0 } else { from.saturating_sub(other_to).max(other_from.saturating_sub(to)) }
    }

    /// A value by its symbol.
    #[inline]
    pub fn value(&self, field: Field, symbol: Symbol) -> &'a PreparedValue {
        &self.table.columns[field as usize].values[symbol as usize]
    }

    /// Under how many names a value is held.
    pub fn band(&self, field: Field, symbol: Symbol) -> Band {
        self.table.columns[field as usize].band(symbol)
    }

    /// The first value of a field, with its symbol.
    #[inline]
    pub fn first(&self, field: Field) -> Option<(Symbol, &'a PreparedValue)> {
        let symbol = *self.symbols(field).first()?;
        Some((symbol, self.value(field, symbol)))
    }

    /// Whether the field has a value.
    #[inline]
    pub fn has(&self, field: Field) -> bool {
        self.has.has(field)
    }

    /// The fields that have a value.
    #[inline]
    pub fn fields(&self) -> FieldSet {
        self.has
    }
}
