//! A set of records becomes a table: values get their symbols, and each record's symbols are laid side by side.
//!
//! 1. The values of each field are put in their own order and prepared.
//! 2. Family and given names that a record has become whole names, which are compared as one more field.
//! 3. Rows are laid one behind the other, in shares that do not ask for each other.

use super::column::{Column, NONE, NumberedColumn, SEVERAL, Symbol, whole_name};
use super::sight::Glimpse;
use super::table::{RecordTable, Row};
use crate::limits::WRITTEN_YEAR_MIN;
use crate::normalize::date;
use crate::record::{Field, FieldSet, Grade, RecordSet};
use compact_str::CompactString;
use rustc_hash::FxHashMap;

/// Rows that are laid as one share.
const SHARE_ROWS: usize = 16_384;

/// How work is done that falls into parts.
pub trait InParts {
    /// Does the work for each part; what comes of it is in the order of the parts.
    fn each<A: Send, B: Send>(&self, parts: Vec<A>, work: impl Fn(A) -> B + Send + Sync) -> Vec<B>;
}

/// One part after the other.
#[derive(Clone, Copy, Debug)]
pub struct OneByOne;

impl InParts for OneByOne {
    fn each<A: Send, B: Send>(&self, parts: Vec<A>, work: impl Fn(A) -> B + Send + Sync) -> Vec<B> {
        parts.into_iter().map(work).collect()
    }
}

/// Rows of a set with the places for their cells.
struct Share<'a> {
    first: usize,
    rows: &'a mut [Row],
    /// The place of the first cell among all.
    start: usize,
    cells: &'a mut [Glimpse],
}

/// Cells of a share that stand for several symbols, with these.
type Several = Vec<(usize, Vec<Symbol>)>;

impl RecordTable {
    /// The table of a set of records, whose values it takes: the set keeps its numbers and names nothing more by them.
    pub fn of_set(set: &mut RecordSet, in_parts: &impl InParts) -> Self {
        // What is shown is not compared; the column of names to be shown is that of whole names.
        let values = Field::ALL.iter().map(|field| (*field, set.take_values_of(*field)));
        let values = values.map(|(field, values)| (field, if field.is_shown_only() { Vec::new() } else { values })).collect();
        let mut columns = in_parts.each(values, |(field, values)| NumberedColumn::new(field, values));
        let set = &*set;
        let whole_names = WholeNames::of(set, &mut columns);

        let places = set.sources();
        let source_names: Vec<CompactString> = places.keys().map(|name| CompactString::from(*name)).collect();
        let places: FxHashMap<&str, Symbol> = places.into_iter().collect();

        let firsts: Vec<usize> = (0..set.len()).step_by(SHARE_ROWS).collect();
        let until = |first: usize| (first + SHARE_ROWS).min(set.len());
        let counts = in_parts.each(firsts.clone(), |first| (first..until(first)).map(|row| whole_names.fields(set, row).count()).sum());
        let mut rows = vec![Row::default(); set.len()];
        let mut cells = vec![Glimpse::of_several(NONE); counts.iter().sum()];
        let mut shares = Vec::with_capacity(firsts.len());
        let (mut rows_left, mut cells_left, mut start) = (&mut rows[..], &mut cells[..], 0);
        for (first, count) in firsts.into_iter().zip(counts) {
            let (rows, further_rows) = rows_left.split_at_mut(until(first) - first);
            let (cells, further_cells) = cells_left.split_at_mut(count);
            shares.push(Share { first, rows, start, cells });
            (rows_left, cells_left, start) = (further_rows, further_cells, start + count);
        }
        let several = in_parts.each(shares, |share| lay(set, &columns, &whole_names, &places, share));

        let (mut lists, mut listed) = (Vec::new(), Vec::new());
        for (cell, symbols) in several.into_iter().flatten() {
            cells[cell].symbol = SEVERAL | lists.len() as u32;
            lists.push((listed.len() as u32, symbols.len() as u32));
            listed.extend(symbols);
        }
        let columns: Vec<Column> = columns.into_iter().map(|numbered| numbered.column).collect();
        let mut table = RecordTable { columns, rows, cells, lists, listed, source_names };
        table.band_values();
        table
    }
}

/// Lays the rows of a share; gives the cells that stand for several symbols.
fn lay(
    set: &RecordSet,
    columns: &[NumberedColumn],
    whole_names: &WholeNames,
    sources: &FxHashMap<&str, Symbol>,
    share: Share<'_>,
) -> Several {
    let mut several = Vec::new();
    let mut next = 0;
    let mut put = |cell: Glimpse| {
        share.cells[next] = cell;
        next += 1;
        share.start + next - 1
    };
    for (row, laid) in (share.first..).zip(share.rows) {
        // What lies before is a clock that was not set.
        let year = set.stated(row).observed_at.map(date::year_at).filter(|year| *year >= WRITTEN_YEAR_MIN).unwrap_or(0);
        let source = sources.get(set.keys()[row].source.as_str()).copied().unwrap_or(NONE);
        let mut has = FieldSet::EMPTY;
        let mut start = None;
        let mut put_all = |field: Field, numbers: &[u32]| {
            let glimpses = &columns[field as usize].glimpses;
            let of = |number: &u32| glimpses[*number as usize];
            let cell = match numbers {
                [] => return,
                [one] => put(of(one)),
                _ => {
                    let cell = put(Glimpse::of_several(NONE));
                    several.push((cell, numbers.iter().map(|number| of(number).symbol).collect()));
                    cell
                }
            };
            start.get_or_insert(cell);
            has = has.with(field);
        };
        put_all(Field::DisplayName, whole_names.of_row(row));
        let (fields, numbers) = set.entries(row);
        let mut from = 0;
        for of_field in fields.chunk_by(|a, b| a == b) {
            if !of_field[0].is_shown_only() {
                put_all(of_field[0], &numbers[from..from + of_field.len()]);
            }
            from += of_field.len();
        }
        *laid = Row { has, start: start.unwrap_or(share.start), source, years: (year, year) };
    }
    several
}

/// Family and given name as one text, for each pair of them that a record has and shows in full; the given name where it stands alone.
struct WholeNames {
    /// By row: the number of its whole name, [`NONE`], or [`SEVERAL`] and a place in `lists`.
    rows: Vec<u32>,
    lists: Vec<Vec<u32>>,
}

impl WholeNames {
    /// Finds them, and makes them the column of names to be shown.
    fn of(set: &RecordSet, columns: &mut [NumberedColumn]) -> Self {
        let mut whole = WholeNames { rows: vec![NONE; set.len()], lists: Vec::new() };
        let [families, givens] = [Field::FamilyName, Field::GivenName].map(|field| &columns[field as usize]);
        let value = |of: &NumberedColumn, number: u32| of.glimpses[number as usize].symbol as usize;
        let is_shown = |of: &NumberedColumn, number: u32| of.column.values[value(of, number)].grade != Grade::Partial;
        let text = |of: &NumberedColumn, number: u32| of.column.values[value(of, number)].text.clone();
        let mut of_parts: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut of_text: FxHashMap<CompactString, u32> = FxHashMap::default();
        let mut texts = Vec::new();
        let mut number = |parts: (u32, u32)| {
            *of_parts.entry(parts).or_insert_with(|| {
                let (family, given) = (parts.0, text(givens, parts.1));
                let whole = if family == NONE { given } else { whole_name(&text(families, family), &given) };
                *of_text.entry(whole).or_insert_with_key(|whole| {
                    texts.push((whole.clone(), Grade::Valid));
                    texts.len() as u32 - 1
                })
            })
        };
        // Rows that lie side by side mostly share their names.
        let mut last = ((NONE, NONE), NONE);
        let mut names = Vec::new();
        for row in 0..set.len() {
            let (fields, numbers) = set.entries(row);
            let of = |field: Field| {
                let from = fields.partition_point(|other| *other < field);
                let length = fields[from..].iter().take_while(|other| **other == field).count();
                &numbers[from..from + length]
            };
            let (of_family, of_given) = (of(Field::FamilyName), of(Field::GivenName));
            names.clear();
            match (of_family, of_given) {
                (_, []) => continue,
                ([family], [given]) => {
                    if last.0 != (*family, *given) {
                        let is_shown = is_shown(families, *family) && is_shown(givens, *given);
                        last = ((*family, *given), if is_shown { number((*family, *given)) } else { NONE });
                    }
                    whole.rows[row] = last.1;
                    continue;
                }
                ([], _) => names.extend(of_given.iter().filter(|given| is_shown(givens, **given)).map(|given| number((NONE, *given)))),
                _ => {
                    for family in of_family.iter().filter(|family| is_shown(families, **family)) {
                        names.extend(of_given.iter().filter(|given| is_shown(givens, **given)).map(|given| number((*family, *given))));
                    }
                }
            }
            whole.rows[row] = match names[..] {
                [] => NONE,
                [one] => one,
                _ => {
                    whole.lists.push(names.clone());
                    SEVERAL | (whole.lists.len() - 1) as u32
                }
            };
        }
        columns[Field::DisplayName as usize] = NumberedColumn::new(Field::DisplayName, texts);
        whole
    }

    /// The numbers of a row's whole names.
    fn of_row(&self, row: usize) -> &[u32] {
        match &self.rows[row] {
            &NONE => &[],
            several if several & SEVERAL != 0 => &self.lists[(several & !SEVERAL) as usize],
            one => std::slice::from_ref(one),
        }
    }

    /// The fields that a row has in a table.
    fn fields(&self, set: &RecordSet, row: usize) -> FieldSet {
        let whole = if self.rows[row] == NONE { FieldSet::EMPTY } else { FieldSet::EMPTY.with(Field::DisplayName) };
        let compared = set.entries(row).0.iter().filter(|field| !field.is_shown_only());
        compared.fold(whole, |has, field| has.with(*field))
    }
}
