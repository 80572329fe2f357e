//! Many records side by side: the values of each, by field.

use super::column::{BANDED, Band, Column, NAMES, NameUse, PreparedValue, SEVERAL, Symbol};
use super::lay::OneByOne;
use super::name::WrittenName;
use super::sight::Glimpse;
use crate::limits::FREQUENCY_HOLDERS_MIN;
use crate::record::{CanonicalRecord, Field, FieldSet, FieldValue, RecordSet};
use compact_str::CompactString;
use rustc_hash::FxHashMap;

/// The compared values of a set of records: distinct values by field, and each record's symbols side by side, since a pair is compared in
/// all fields at once.
#[derive(Clone, Debug)]
pub struct RecordTable {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// A cell for each field of each row, in the order of fields: a symbol, or [`SEVERAL`] and a place in `lists`.
    pub(super) cells: Vec<Glimpse>,
    /// Where several symbols stand in `listed`.
    pub(super) lists: Vec<(u32, u32)>,
    pub(super) listed: Vec<Symbol>,
    /// The sources that occur, rising.
    pub(super) source_names: Vec<CompactString>,
}

/// What a row begins with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    /// The fields that it has.
    pub(super) has: FieldSet,
    /// Where its cells begin.
    pub(super) start: usize,
    /// Its source's place among the names of sources.
    pub(super) source: Symbol,
    /// The years in which it was written, 0 where that is not known.
    pub(super) years: (u16, u16),
}

/// Cells that come from memory together: a line of it is 64 bytes on most machines.
const CELLS_SIDE_BY_SIDE: usize = 64 / size_of::<Glimpse>();

impl RecordTable {
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
                let frequency = holders.checked_ilog2().unwrap_or(0) as i32;
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

    /// By symbol of a field: under the names of how many people its text is held, of whatever grade.
    fn bands(&self, field: Field) -> Vec<Band> {
        let column = &self.columns[field as usize];
        // Symbols are in the order of texts: the first of each text.
        let mut firsts: Vec<Symbol> = (0..column.values.len() as Symbol).collect();
        for symbol in 1..firsts.len() {
            if column.values[symbol].text == column.values[symbol - 1].text {
                firsts[symbol] = firsts[symbol - 1];
            }
        }
        let [families, givens] = [Field::FamilyName, Field::GivenName].map(|field| &self.columns[field as usize]);
        let mut held: Vec<(Symbol, Option<Symbol>, Symbol)> = Vec::new();
        for row in 0..self.rows() as u32 {
            let view = self.view(row);
            if let Some(given) = view.symbols(Field::GivenName).first() {
                let family = view.symbols(Field::FamilyName).first().copied();
                held.extend(view.symbols(field).iter().map(|symbol| (firsts[*symbol as usize], family, *given)));
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
        (0..bands.len()).for_each(|symbol| bands[symbol] = bands[firsts[symbol] as usize]);
        bands
    }

    /// The table of a few records.
    pub fn build<'r>(records: impl IntoIterator<Item = &'r CanonicalRecord>) -> Self {
        Self::of_set(&mut RecordSet::of(records), &OneByOne)
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

    /// Reads what a look at each of these rows will read: memory that is asked for side by side is waited for once. Gives something that goes by
    /// what was read, for [`std::hint::black_box`].
    pub fn look_at(&self, rows: impl Iterator<Item = u32> + Clone) -> u32 {
        let cells = |row: u32| {
            let Row { has, start, .. } = &self.rows[row as usize];
            self.cells[*start..start + has.count()].iter().step_by(CELLS_SIDE_BY_SIDE)
        };
        let starts = rows.clone().fold(0, |all, row| all ^ self.rows[row as usize].start as u32);
        rows.flat_map(cells).fold(starts, |all, cell| all ^ cell.symbol)
    }

    /// The values of a row that are compared.
    pub fn values_of(&self, row: u32) -> Vec<FieldValue> {
        let view = self.view(row);
        let compared = view.fields().fields().filter(|field| !field.is_shown_only());
        let of_field = |field: Field| view.symbols(field).iter().map(move |symbol| (field, view.value(field, *symbol)));
        compared.flat_map(of_field).map(|(field, value)| FieldValue { field, text: value.text.clone(), grade: value.grade }).collect()
    }

    /// What several rows say together: of what stays through life the values that most of them hold, of the rest all.
    pub fn merged(&self, rows: &[u32]) -> MergedRows {
        let mut sources: Vec<Symbol> = rows.iter().map(|row| self.rows[*row as usize].source).collect();
        sources.sort_unstable();
        sources.dedup();
        let years = rows.iter().map(|row| self.rows[*row as usize].years).fold((0, 0), joined_years);
        let views: Vec<RecordView<'_>> = rows.iter().map(|row| self.view(*row)).collect();
        let has = views.iter().fold(FieldSet::EMPTY, |has, view| has.or(view.has));
        let mut symbols = Vec::with_capacity(views.iter().map(|view| view.cells.len()).sum());
        let mut ends = Vec::with_capacity(has.count());
        for field in has.fields() {
            let start = symbols.len();
            views.iter().for_each(|view| symbols.extend_from_slice(view.symbols(field)));
            symbols[start..].sort_unstable();
            keep_distinct(&mut symbols, start, LASTING.contains(&field).then_some(&self.columns[field as usize].values));
            ends.push(symbols.len() as u32);
        }
        MergedRows { symbols, ends, has, sources, years }
    }

    /// Several rows as one record, for which `merged` has room: a row of single values by itself says what it says merged.
    pub fn group<'a>(&'a self, rows: &[u32], merged: &'a mut Option<MergedRows>) -> RecordView<'a> {
        match rows {
            [row] if self.view(*row).cells.iter().all(|cell| cell.symbol & SEVERAL == 0) => self.view(*row),
            rows => self.merged_view(merged.insert(self.merged(rows))),
        }
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
    let is_one = symbols[start..].iter().all(|symbol| *symbol == symbols[start]);
    if let Some(values) = values.filter(|_| !is_one) {
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
    let mut kept = start;
    for place in start..symbols.len() {
        if kept == start || symbols[place] != symbols[kept - 1] {
            symbols[kept] = symbols[place];
            kept += 1;
        }
    }
    symbols.truncate(kept);
}

/// The values of several rows of a table, by field.
#[derive(Clone, Debug)]
pub struct MergedRows {
    symbols: Vec<Symbol>,
    /// By field of those that there are: where its symbols end.
    ends: Vec<u32>,
    has: FieldSet,
    sources: Vec<Symbol>,
    /// The first and the last in which they were written; 0 where that is not known.
    years: (u16, u16),
}

impl MergedRows {
    /// Of a field that there is.
    fn symbols(&self, field: Field) -> &[Symbol] {
        let place = self.has.before(field);
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.symbols[start as usize..self.ends[place] as usize]
    }
}

/// A borrowed record of a table, or several merged into one.
#[derive(Clone, Copy, Debug)]
pub struct RecordView<'a> {
    table: &'a RecordTable,
    has: FieldSet,
    cells: &'a [Glimpse],
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
        let cell = &self.cells[self.has.before(field)].symbol;
        if *cell & SEVERAL == 0 {
            return std::slice::from_ref(cell);
        }
        let (start, length) = self.table.lists[(cell & !SEVERAL) as usize];
        &self.table.listed[start as usize..(start + length) as usize]
    }

    /// What is seen of a field's value where there is one and no more.
    #[inline]
    pub fn glimpse(&self, field: Field) -> Option<&'a Glimpse> {
        if self.merged.is_some() || !self.has.has(field) {
            return None;
        }
        Some(&self.cells[self.has.before(field)]).filter(|cell| cell.symbol & SEVERAL == 0)
    }

    /// What is seen of a field's first value.
    #[inline]
    pub fn first_glimpse(&self, field: Field) -> Option<Glimpse> {
        let of_first = || self.first(field).map(|(symbol, value)| Glimpse::of(field, symbol, value));
        self.glimpse(field).copied().or_else(of_first)
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
