//! The configuration: TOML text in, a value out; and inferred mappings written back as TOML.
//!
//! Every key has a default; an unknown key or word is an error that names the line and the key. Never here: files.

mod parse;
mod write;

pub use parse::parse;
pub use write::inferred_toml;

use crate::blocking::RuleSet;
use crate::error::{Error, Result};
use crate::golden::Survivorship;
use crate::model::Thresholds;
use crate::record::{Layout, SourceRecord, TextForm};
use crate::schema::{CallingCode, ColumnKind, DateOrder, Mapping, infer};

/// The settings that ship for the four channels of `oneid synth`.
pub const FOUR_CHANNELS: &str = include_str!("four_channels.toml");

/// Everything a user can set.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Inputs whose columns are mapped; others are inferred.
    pub sources: Vec<SourceSettings>,
    /// Blocking rules.
    pub rules: RuleSet,
    /// Comparisons that weigh nothing.
    pub without_comparisons: Vec<String>,
    /// Where links and reviews begin; `None` lets a model that is learnt choose by its records.
    pub thresholds: Option<Thresholds>,
    /// Seed of everything random.
    pub seed: u64,
    /// Which values survive into golden profiles; `None` leaves what a store has, [`Survivorship::default`] where it has none.
    pub survivorship: Option<Survivorship>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            sources: Vec::new(),
            rules: RuleSet::default(),
            without_comparisons: Vec::new(),
            thresholds: None,
            seed: 1,
            survivorship: None,
        }
    }
}

/// The mapping of one source's files.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceSettings {
    /// The source's name in record keys.
    pub name: String,
    /// Pattern of file names, `*` for anything; with a `/` in it of the ends of their paths.
    pub file: String,
    /// How the files are written, where they are delimited text.
    pub form: TextForm,
    /// The column that holds the record id; none for row numbers.
    pub record_id: Option<String>,
    /// The column that holds the source's name, for files of several sources.
    pub source_column: Option<String>,
    /// How dates in digits are read whose year does not stand first with all its digits; without it the file tells.
    pub date_order: Option<DateOrder>,
    /// The country of phone numbers that say none, and whether the settings say so.
    pub phone_country: Option<Option<CallingCode>>,
    /// Columns and what they hold; others are not read. Without any, their kinds are inferred.
    pub columns: Vec<(String, ColumnKind)>,
}

impl Settings {
    /// The settings for the file of this path, if any are given.
    pub fn source_of(&self, path: &str) -> Option<&SourceSettings> {
        self.sources.iter().find(|source| fits_path(&source.file, path))
    }

    /// The sources whose settings no file of these paths uses: their pattern fits none, or an earlier one fits first.
    pub fn unused_sources<'a>(&'a self, paths: &[&str]) -> Vec<&'a SourceSettings> {
        let used: Vec<&SourceSettings> = paths.iter().filter_map(|path| self.source_of(path)).collect();
        self.sources.iter().filter(|source| !used.iter().any(|used| std::ptr::eq(*used, *source))).collect()
    }
}

impl SourceSettings {
    /// The mapping for a layout, of which a sample of rows is given. A column that the settings name and the layout lacks is an error.
    pub fn mapping(&self, layout: &Layout, sample: &[SourceRecord]) -> Result<Mapping> {
        let place = |column: &str| {
            layout.columns.iter().position(|found| found == column).ok_or_else(|| {
                let found = layout.columns.join(", ");
                Error::bad_data(format!(
                    "the settings of source {:?} name column {column:?}, which is not there (found: {found})",
                    self.name
                ))
                .at(&layout.input)
            })
        };
        let mut columns = vec![ColumnKind::Ignore; layout.columns.len()];
        for (column, kind) in &self.columns {
            columns[place(column)?] = *kind;
        }
        let mut record_id = self.record_id.as_deref().map(place).transpose()?;
        let mut source_column = self.source_column.as_deref().map(place).transpose()?;
        if self.columns.is_empty() {
            let inferred = infer(layout, sample).mapping;
            record_id = record_id.or(inferred.record_id);
            source_column = source_column.or(inferred.source_column);
            columns = inferred.columns;
        }
        let source = self.name.as_str().into();
        let date_order = self.date_order.unwrap_or_else(|| DateOrder::of_sample(layout, &columns, sample));
        let phone_country = self.phone_country.unwrap_or_else(|| CallingCode::of_sample(&columns, sample));
        Ok(Mapping { source, record_id, source_column, columns, date_order, phone_country })
    }
}

/// Whether a pattern fits the name of a path's file or, where it has a `/`, an end of the path that begins at a folder.
fn fits_path(pattern: &str, path: &str) -> bool {
    if !pattern.contains('/') {
        return fits(pattern, path.rsplit(SEPARATORS).next().unwrap_or(path));
    }
    let whole = below_here(path);
    let ends = whole.char_indices().filter(|(_, letter)| *letter == '/').map(|(at, _)| &whole[at + 1..]);
    std::iter::once(whole.as_str()).chain(ends).any(|end| fits(pattern, end))
}

/// What parts the folders of a path.
const SEPARATORS: &[char] = if cfg!(windows) { &['/', '\\'] } else { &['/'] };

/// The path with `/` between its folders, and `./` in front where it begins at the present one.
fn below_here(path: &str) -> String {
    let whole = path.replace(SEPARATORS, "/");
    if whole.starts_with(['/', '.']) || whole.contains(':') { whole } else { format!("./{whole}") }
}

/// Whether a name fits a pattern in which `*` stands for any characters.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| fits(after, &rest[at..]))),
    }
}

#[cfg(test)]
mod tests;
