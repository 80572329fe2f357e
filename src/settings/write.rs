//! Inferred mappings as commented TOML that reads back to the same mappings.

use super::{SEPARATORS, Settings, below_here};
use crate::model::Thresholds;
use crate::record::Layout;
use crate::schema::{ColumnKind, Inferred};
use std::fmt::Write;

/// The settings that say what was inferred for these inputs, with the reasons as comments.
pub fn inferred_toml(inputs: &[(&Layout, &Inferred)]) -> String {
    let defaults = Settings::default();
    let mut out =
        String::from("# Settings of oneid. Kinds of columns as inferred; edit what is wrong, then: oneid merge --config THIS INPUT...\n\n");
    let usual = Thresholds::default();
    out.push_str(
        "[thresholds]\n# Match probabilities from which pairs link, and from which they go to review. Without them a model that is learnt chooses\n\
         # them, so that few of its links are likely to be wrong.\n",
    );
    let _ = writeln!(out, "# link = {}\n# review = {}\n", usual.link.value(), usual.review.value());
    let _ = writeln!(out, "[training]\nseed = {}\n", defaults.seed);
    out.push_str(
        "[blocking]\n# Records that share every part of a rule are compared. Without the key rules these apply, and wider ones as far as a budget\n\
         # of pairs goes; with it, the rules named there and no other. A rule may say how many records a\n\
         # block has at most before it is refined: \"name_part + birth_year_month <= 24\".\n# rules = [\n",
    );
    for rule in &defaults.rules.always {
        let _ = writeln!(out, "#     {},", quoted(&rule.written()));
    }
    out.push_str(
        "# ]\n\n# Without a section [survivorship] a store keeps the one it has: oneid config show builtin:four-channels shows one.\n",
    );
    for (layout, inferred) in inputs {
        let mapping = &inferred.mapping;
        let others: Vec<&str> = inputs.iter().map(|(other, _)| other.input.as_str()).filter(|other| *other != layout.input).collect();
        let file = telling_end(&layout.input, &others);
        let _ = writeln!(out, "\n[[source]]\nname = {}\nfile = {}", quoted(&mapping.source), quoted(&file));
        out.push_str("# delimiter, encoding and header (names, for a file without) are told from the file; say here what it does not\n");
        match mapping.record_id {
            Some(column) => {
                let _ = writeln!(out, "record_id = {}", quoted(&layout.columns[column]));
            }
            None => out.push_str("# no column holds a record id: row numbers are the ids\n"),
        }
        if let Some(column) = mapping.source_column {
            let _ = writeln!(out, "source_column = {}", quoted(&layout.columns[column]));
        }
        let order = mapping.date_order.name();
        if mapping.columns_of(ColumnKind::Phone).next().is_some() {
            let _ = match mapping.phone_country {
                Some(code) => writeln!(out, "# the country of phone numbers that say none\nphone_country = \"{code}\""),
                None => {
                    writeln!(out, "# the country of phone numbers that say none, which this file does not show\n# phone_country = \"+44\"")
                }
            };
        }
        let _ = writeln!(out, "date_order = \"{order}\"\n[source.columns]");
        for ((column, kind), reason) in layout.columns.iter().zip(&mapping.columns).zip(&inferred.reasons) {
            let not_read = if *kind == ColumnKind::Ignore { "not read: " } else { "" };
            let _ = writeln!(out, "{} = \"{kind}\"  # {not_read}{reason}", quoted(column));
        }
    }
    out
}

/// The text as a TOML string in one line.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out + "\""
}

/// The file's name, with as many of its folders in front as tell it from the others.
fn telling_end(path: &str, others: &[&str]) -> String {
    let name = |path: &str| path.rsplit(SEPARATORS).next().unwrap_or(path).to_string();
    if others.iter().all(|other| name(other) != name(path)) {
        return name(path);
    }
    let whole = below_here(path);
    let others: Vec<String> = others.iter().map(|other| below_here(other)).collect();
    let begins: Vec<usize> = whole.char_indices().filter(|(_, letter)| *letter == '/').map(|(at, _)| at + 1).collect();
    let ends = begins.iter().rev().skip(1).map(|at| &whole[*at..]);
    let tells = |end: &&str| others.iter().all(|other| other != end && !other.ends_with(&format!("/{end}")));
    ends.into_iter().find(tells).map_or_else(|| whole.clone(), str::to_string)
}
