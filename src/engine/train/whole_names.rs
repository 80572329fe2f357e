//! How many records hold each whole name, for a model's frequencies.

use crate::comparison::{RecordTable, SharedBy};
use crate::model::estimate::Estimate;
use crate::model::{TermFrequencies, WholeName, is_chinese};
use crate::record::Field;
use rustc_hash::FxHashMap;

/// A record's whole name and its parts, as texts or as sounds, and whether it has Han characters.
type Named<'a> = (&'a str, &'a str, &'a str, bool);

/// Adds the whole names that `rows` hold, after the fields of their parts.
pub fn add_whole_names(table: &RecordTable, rows: &[u32], estimate: &Estimate, frequencies: &mut TermFrequencies) {
    let exact = |field: Field| {
        let learnt = estimate.comparisons.iter().find(|learnt| learnt.name == field.name())?;
        Some((learnt.levels[0].m, learnt.levels[0].u))
    };
    let (Some((m_family, u_family)), Some((m_given, u_given))) = (exact(Field::FamilyName), exact(Field::GivenName)) else { return };
    let co_records = 2.0 * estimate.prior.matches_per_record;
    for by in [SharedBy::Text, SharedBy::Letters] {
        let mut named: Vec<Named<'_>> = rows.iter().filter_map(|row| named(table, *row, by)).collect();
        named.sort_unstable();
        let (mut wholes, mut families, mut givens): (FxHashMap<&str, u32>, FxHashMap<&str, u32>, FxHashMap<&str, u32>) = Default::default();
        for (whole, family, given, _) in &named {
            *wholes.entry(whole).or_insert(0) += 1;
            *families.entry(family).or_insert(0) += 1;
            *givens.entry(given).or_insert(0) += 1;
        }
        // A name of several pieces that stands as one in Han (古丽扎·巴合提) is written in two parts in letters.
        let in_one_piece = |family: &str, given: &str| {
            let held = |whole: String| wholes.get(whole.as_str()).copied().unwrap_or(0);
            let turned = if family == given { 0 } else { held([given, family].concat()) };
            held([family, given].concat()) + turned
        };
        let all = named.len().max(1) as f64;
        let least = (1.0 + co_records) / all;
        let weighs = |field: Field, text: &str, u: f64| u * (-frequencies.adjustment(field, text).bits()).exp2();
        let share = |records: u32| (f64::from(records) / all).max(least);
        // As written in letters a name is as frequent as its sound.
        let counted = named.chunk_by(|a, b| a.0 == b.0).filter(|same| by == SharedBy::Letters || same[0].3);
        let names = counted.map(|same| {
            // Of a sound whose parts stand in either order, the order that more have.
            let parts = same.chunk_by(|a, b| (a.1, a.2) == (b.1, b.2)).max_by_key(|parts| parts.len()).map_or(same[0], |parts| parts[0]);
            let more = if by == SharedBy::Letters && !parts.1.is_empty() { in_one_piece(parts.1, parts.2) } else { 0 };
            let (family, given) = (if parts.1.is_empty() { 0 } else { families[parts.1] + more }, givens[parts.2] + more);
            let u_parts = match by {
                SharedBy::Text if family == 0 => weighs(Field::GivenName, parts.2, u_given),
                _ if family == 0 => share(given),
                SharedBy::Text => weighs(Field::FamilyName, parts.1, u_family) * weighs(Field::GivenName, parts.2, u_given),
                _ => share(family) * share(given),
            };
            let is_chinese = is_chinese(same.iter().any(|name| name.3), parts.0);
            WholeName { text: parts.0, u_parts, records: same.len() as u32 + more, family, given, is_chinese }
        });
        let names: Vec<WholeName<'_>> = names.collect();
        // Of a record's own person: those that have a whole name, and the same.
        let own = co_records * all / rows.len().max(1) as f64 * m_family * m_given;
        frequencies.add_whole_names(by, named.len(), own, &names);
    }
}

fn named(table: &RecordTable, row: u32, by: SharedBy) -> Option<Named<'_>> {
    let view = table.view(row);
    let of =
        |field: Field| view.first(field).map(|(_, value)| if by == SharedBy::Text { value.text.as_str() } else { value.sound.as_str() });
    let han = view.first(Field::DisplayName)?.1.han;
    Some((of(Field::DisplayName)?, of(Field::FamilyName).unwrap_or_default(), of(Field::GivenName)?, han))
}
