//! What an expression has in many records: records have the same values, and each is looked at once for all of them.

use crate::blocking::{KeyExpression, LooksAt, NAME_PARTS, finer_key};
use crate::comparison::{RecordTable, RecordView, Symbol};
use crate::record::{Field, Grade};
use rayon::prelude::*;
use std::num::NonZeroU64;

/// Items looked at by one thread at a time.
const CHUNK_ITEMS: usize = 16_384;

/// What an expression has in the records: hashes of its texts.
pub(super) enum Found {
    /// By symbol of a field.
    Each(Field, Lists),
    /// What is found in each value of a field when it is asked for: there are many, each is asked for about once.
    Asked(KeyExpression, Field),
    /// By symbol of each part of a name.
    NameParts([Lists; 2]),
    /// By place among the rows.
    WholeName(Lists),
    /// What is found in each name when it is asked for: rows of one kind ask once.
    AskedName(KeyExpression),
}

/// Lists of hashes one behind the other.
#[derive(Default)]
pub(super) struct Lists {
    ends: Vec<u64>,
    hashes: Vec<u64>,
    /// Where no list is longer than one: by place, 64 to a word, whether there is one; there are no ends then, and each place has a hash.
    ones: Option<Vec<u64>>,
}

impl Lists {
    #[inline]
    fn of(&self, place: usize) -> &[u64] {
        if let Some(ones) = &self.ones {
            let length = ones[place / 64] >> (place % 64) & 1;
            return &self.hashes[place..place + length as usize];
        }
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.hashes[start as usize..self.ends[place] as usize]
    }

    /// Appends a list; most are of one hash.
    #[inline]
    fn append(&self, place: usize, out: &mut Vec<u64>) {
        match self.of(place) {
            [one] => out.push(*one),
            several => out.extend_from_slice(several),
        }
    }

    /// The lists found in one place each, where none is longer than one.
    fn in_place(self) -> Self {
        let lengths = || std::iter::once(0).chain(self.ends.iter().copied()).zip(&self.ends).map(|(start, end)| end - start);
        if self.ones.is_some() || lengths().any(|length| length > 1) {
            return self;
        }
        let (mut ones, mut hashes) = (vec![0u64; self.ends.len().div_ceil(64)], Vec::with_capacity(self.ends.len()));
        let mut found = self.hashes.iter();
        for (place, length) in lengths().enumerate() {
            ones[place / 64] |= length << (place % 64);
            hashes.push(if length == 1 { found.next().copied().unwrap_or_default() } else { 0 });
        }
        Lists { ends: Vec::new(), hashes, ones: Some(ones) }
    }

    /// The lists that `find` appends for each of `items`.
    fn build<T: Sync>(items: &[T], find: impl Fn(&T, &mut Vec<u64>) + Sync) -> Self {
        let of_chunk = |items: &[T]| {
            let mut lists = Lists { ends: Vec::with_capacity(items.len()), ..Lists::default() };
            for item in items {
                find(item, &mut lists.hashes);
                lists.ends.push(lists.hashes.len() as u64);
            }
            lists
        };
        let chunks: Vec<Lists> = items.par_chunks(CHUNK_ITEMS).map(of_chunk).collect();
        let hashes = chunks.iter().map(|chunk| chunk.hashes.len()).sum();
        let mut all = Lists { ends: Vec::with_capacity(items.len()), hashes: Vec::with_capacity(hashes), ones: None };
        for chunk in chunks {
            let start = all.hashes.len() as u64;
            all.ends.extend(chunk.ends.iter().map(|end| start + end));
            all.hashes.extend_from_slice(&chunk.hashes);
        }
        all.in_place()
    }

    /// Whether there is nothing in them.
    fn are_empty(&self) -> bool {
        self.ones.as_ref().map_or(self.hashes.is_empty(), |ones| ones.iter().all(|word| *word == 0))
    }
}

impl Found {
    pub(super) fn new(expression: KeyExpression, table: &RecordTable, rows: &[u32]) -> Self {
        let of_values = |field: Field| {
            Lists::build(table.column(field).values(), |value, out| {
                expression.hashes_of_value(field, &value.text, value.grade, out);
            })
        };
        match expression.looks_at() {
            LooksAt::Each(field) if matches!(expression, KeyExpression::Near(_)) => Found::Asked(expression, field),
            LooksAt::Each(field) => Found::Each(field, of_values(field)),
            LooksAt::NameParts => Found::NameParts(NAME_PARTS.map(of_values)),
            LooksAt::WholeName if expression.is_near() => Found::AskedName(expression),
            LooksAt::WholeName => Found::WholeName(Lists::build(rows, |row, out| append_of_name(expression, &table.view(*row), out))),
        }
    }

    /// Appends the hashes of a value of the field that is looked at.
    pub(super) fn append_of_value(&self, table: &RecordTable, symbol: Symbol, out: &mut Vec<u64>) {
        match self {
            Found::Each(_, lists) => lists.append(symbol as usize, out),
            Found::Asked(expression, field) => {
                let value = &table.column(*field).values()[symbol as usize];
                expression.hashes_of_value(*field, &value.text, value.grade, out);
            }
            Found::NameParts(_) | Found::WholeName(_) | Found::AskedName(_) => {}
        }
    }

    /// Appends the hashes of a row, which stands at `place` among the rows.
    pub(super) fn append(&self, table: &RecordTable, view: &RecordView<'_>, place: usize, out: &mut Vec<u64>) {
        match self {
            Found::Each(field, lists) => {
                view.symbols(*field).iter().for_each(|symbol| lists.append(*symbol as usize, out));
            }
            Found::Asked(_, field) => view.symbols(*field).iter().for_each(|symbol| self.append_of_value(table, *symbol, out)),
            Found::NameParts(lists) => {
                for (field, lists) in NAME_PARTS.iter().zip(lists) {
                    if let Some(symbol) = view.symbols(*field).first() {
                        lists.append(*symbol as usize, out);
                    }
                }
            }
            Found::WholeName(lists) => lists.append(place, out),
            Found::AskedName(expression) => append_of_name(*expression, view, out),
        }
    }

    /// Whether nothing is found in any record.
    pub(super) fn is_empty(&self, table: &RecordTable) -> bool {
        match self {
            Found::Each(_, lists) | Found::WholeName(lists) => lists.are_empty(),
            Found::Asked(_, field) => table.column(*field).values().is_empty(),
            Found::AskedName(_) => NAME_PARTS.into_iter().all(|field| table.column(field).values().is_empty()),
            Found::NameParts(parts) => parts.iter().all(Lists::are_empty),
        }
    }
}

/// Appends what an expression that looks at the whole name has in a row.
fn append_of_name(expression: KeyExpression, view: &RecordView<'_>, out: &mut Vec<u64>) {
    let [family, given] = NAME_PARTS.map(|field| {
        let (_, value) = view.first(field).filter(|(_, value)| value.grade != Grade::Partial && !value.sound().is_empty())?;
        Some((value.text.as_str(), value.sound()))
    });
    expression.hashes_of_name(family, given, out);
}

/// The first key of an expression in each row, by row of the table; for what blocks are refined by.
pub(super) fn least(expression: KeyExpression, table: &RecordTable, rows: &[u32]) -> Vec<Option<NonZeroU64>> {
    let found = Found::new(expression, table, rows);
    let of_row = |hashes: &mut Vec<u64>, (place, row): (usize, &u32)| {
        hashes.clear();
        found.append(table, &table.view(*row), place, hashes);
        finer_key(hashes)
    };
    let of_rows: Vec<Option<NonZeroU64>> = rows.par_iter().enumerate().map_init(Vec::new, of_row).collect();
    let mut least = vec![None; table.rows()];
    rows.iter().zip(of_rows).for_each(|(row, of_row)| least[*row as usize] = of_row);
    least
}
