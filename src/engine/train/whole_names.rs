//! How many records hold each whole name, for a model's frequencies.

use crate::comparison::{InParts, PreparedValue, RecordTable, SharedBy, Symbol};
use crate::engine::batch::SideBySide;
use crate::model::estimate::Estimate;
use crate::model::{TermFrequencies, WholeName, is_chinese};
use crate::normalize::text::first_bytes;
use crate::record::Field;
use rustc_hash::FxHashMap;

/// A whole name and its parts, as texts or as sounds, and whether it has Han characters.
type Named<'a> = (&'a str, &'a str, &'a str, bool);

/// Records of one whole name, family name and given name, the first of each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    whole: Symbol,
    family: Option<Symbol>,
    given: Symbol,
}

/// Adds the whole names that `rows` hold, after the fields of their parts.
pub fn add_whole_names(table: &RecordTable, rows: &[u32], estimate: &Estimate, frequencies: &mut TermFrequencies) {
    let exact = |field: Field| {
        let learnt = estimate.comparisons.iter().find(|learnt| learnt.name == field.name())?;
        Some((learnt.levels[0].m, learnt.levels[0].u))
    };
    let (Some((m_family, u_family)), Some((m_given, u_given))) = (exact(Field::FamilyName), exact(Field::GivenName)) else { return };
    let co_records = 2.0 * estimate.prior.matches_per_record;
    let held = held(table, rows);
    let named_rows: u32 = held.iter().map(|(_, records)| records).sum();
    let empty = frequencies.emptied();
    let known = &*frequencies;
    let of = |by: SharedBy| {
        let named = named(table, &held, by);
        let [mut wholes, mut families, mut givens]: [FxHashMap<&str, u32>; 3] = Default::default();
        for ((whole, family, given, _), records) in &named {
            if by == SharedBy::Letters {
                *wholes.entry(whole).or_insert(0) += records;
            }
            *families.entry(family).or_insert(0) += records;
            *givens.entry(given).or_insert(0) += records;
        }
        // A name of several pieces that stands as one in Han (古丽扎·巴合提) is written in two parts in letters.
        let in_one_piece = |family: &str, given: &str| {
            let held = |whole: String| wholes.get(whole.as_str()).copied().unwrap_or(0);
            let turned = if family == given { 0 } else { held([given, family].concat()) };
            held([family, given].concat()) + turned
        };
        let all = f64::from(named_rows.max(1));
        let least = (1.0 + co_records) / all;
        let weighs = |field: Field, text: &str, u: f64| u * (-known.adjustment(field, text).bits()).exp2();
        let share = |records: u32| (f64::from(records) / all).max(least);
        let records_of = |same: &[(Named<'_>, u32)]| same.iter().map(|(_, records)| records).sum::<u32>();
        // As written in letters a name is as frequent as its sound.
        let counted = named.chunk_by(|a, b| a.0.0 == b.0.0).filter(|same| by == SharedBy::Letters || same[0].0.3);
        let names = counted.map(|same| {
            // Of a sound whose parts stand in either order, the order that more have.
            let in_order = same.chunk_by(|a, b| (a.0.1, a.0.2) == (b.0.1, b.0.2));
            let parts = in_order.max_by_key(|parts| records_of(parts)).map_or(same[0].0, |parts| parts[0].0);
            let more = if by == SharedBy::Letters && !parts.1.is_empty() { in_one_piece(parts.1, parts.2) } else { 0 };
            let (family, given) = (if parts.1.is_empty() { 0 } else { families[parts.1] + more }, givens[parts.2] + more);
            let u_parts = match by {
                SharedBy::Text if family == 0 => weighs(Field::GivenName, parts.2, u_given),
                _ if family == 0 => share(given),
                SharedBy::Text => weighs(Field::FamilyName, parts.1, u_family) * weighs(Field::GivenName, parts.2, u_given),
                _ => share(family) * share(given),
            };
            let is_chinese = is_chinese(same.iter().any(|name| name.0.3), parts.0);
            WholeName { text: parts.0, u_parts, records: records_of(same) + more, family, given, is_chinese }
        });
        let names: Vec<WholeName<'_>> = names.collect();
        // Of a record's own person: those that have a whole name, and the same.
        let own = co_records * all / rows.len().max(1) as f64 * m_family * m_given;
        let mut frequencies = empty.clone();
        frequencies.add_whole_names(by, named_rows as usize, own, &names);
        frequencies
    };
    let found = SideBySide.each(vec![SharedBy::Text, SharedBy::Letters], of);
    found.into_iter().for_each(|of_one| frequencies.join(of_one));
}

/// How many of `rows` hold each.
fn held(table: &RecordTable, rows: &[u32]) -> Vec<(Held, u32)> {
    let of = |row: &u32| {
        let view = table.view(*row);
        let first = |field: Field| view.symbols(field).first().copied();
        Some(Held { whole: first(Field::DisplayName)?, family: first(Field::FamilyName), given: first(Field::GivenName)? })
    };
    let mut held: Vec<Held> = rows.iter().filter_map(of).collect();
    held.sort_unstable();
    held.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

/// The same as texts or as sounds, with the number of records, in their order; what reads alike may come several times.
fn named<'a>(table: &'a RecordTable, held: &[(Held, u32)], by: SharedBy) -> Vec<(Named<'a>, u32)> {
    let value = |field: Field, symbol: Symbol| &table.column(field).values()[symbol as usize];
    let text = |value: &'a PreparedValue| if by == SharedBy::Text { value.text.as_str() } else { value.sound() };
    let named = held.iter().map(|(held, records)| {
        let whole = value(Field::DisplayName, held.whole);
        let family = held.family.map_or("", |family| text(value(Field::FamilyName, family)));
        ((text(whole), family, text(value(Field::GivenName, held.given)), whole.han), *records)
    });
    // Most names differ in what they begin with.
    let mut named: Vec<(u128, (Named<'a>, u32))> = named.map(|name| (first_bytes(name.0.0), name)).collect();
    named.sort_unstable();
    named.into_iter().map(|(_, name)| name).collect()
}
