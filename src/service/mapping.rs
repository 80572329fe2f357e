//! What a store keeps of how its sources are written and what their columns mean, so that the next merge reads them alike.
//!
//! Both lie in one tree of the store under names of their own: a mapping under its layout (source and columns), a form under its source.

use crate::error::{Error, Result};
use crate::ingest::Input;
use crate::record::{Field, Layout, TextForm};
use crate::schema::{CallingCode, ColumnKind, Mapping};
use crate::service::entry::Entry;
use crate::service::load::{Known, Opened};
use crate::service::views::Views;
use compact_str::CompactString;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How the names of mappings begin.
const LAYOUT: &str = "layout\n";
/// How the names of forms begin.
const FORM: &str = "form\n";

fn layout_name(layout: &Layout) -> String {
    let columns: Vec<&str> = layout.columns.iter().map(CompactString::as_str).collect();
    format!("{LAYOUT}{}\n{}", layout.source, columns.join("\n"))
}

fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json).map_err(|cause| Error::corrupt(format!("how a source is read cannot be read from the store: {cause}")))
}

impl Known for Views {
    fn form(&self, source: &str) -> Result<TextForm> {
        self.store().mapping(format!("{FORM}{source}").as_bytes())?.map_or_else(|| Ok(TextForm::default()), |json| read(&json))
    }

    fn mapping(&self, layout: &Layout) -> Result<Option<Mapping>> {
        self.store().mapping(layout_name(layout).as_bytes())?.map(|json| read(&json)).transpose()
    }

    fn phone_countries(&self) -> Result<Vec<Option<CallingCode>>> {
        let mut countries = Vec::new();
        for (_, mapping) in mappings(self)? {
            if mapping.columns_of(ColumnKind::Phone).next().is_some() {
                countries.push(mapping.phone_country);
            }
        }
        Ok(countries)
    }
}

/// Mappings and forms that the store does not hold as they are used now.
pub fn new_mappings(views: &Views, inputs: &[Opened]) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for (input, mapping, _) in inputs {
        entries.extend(changed(views, layout_name(input.layout()), mapping)?);
        let name = format!("{FORM}{}", input.layout().source);
        if is_said(input) || views.store().mapping(name.as_bytes())?.is_some() {
            entries.extend(changed(views, name, input.form())?);
        }
    }
    Ok(entries)
}

/// The layouts of a store's sources with their mappings.
pub fn layouts(views: &Views) -> Result<Vec<(Layout, Mapping)>> {
    let layout = |(name, mapping): (String, Mapping)| {
        let mut parts = name.split('\n').map(CompactString::from);
        let source = parts.next().unwrap_or_default();
        (Layout { input: source.clone(), source, columns: parts.collect() }, mapping)
    };
    // A mapping whose layout does not fit it cannot be used; loads would tell it anew.
    let fits = |(layout, mapping): &(Layout, Mapping)| layout.columns.len() == mapping.columns.len();
    Ok(mappings(views)?.into_iter().map(layout).filter(fits).collect())
}

/// The row that keeps a mapping, and its name.
pub fn layout_entry(layout: &Layout, mapping: &Mapping) -> Result<(Vec<u8>, Vec<u8>)> {
    let json = serde_json::to_vec(mapping).map_err(|cause| Error::internal(cause.to_string()))?;
    Ok((layout_name(layout).into_bytes(), json))
}

fn is_said(input: &Input) -> bool {
    let form = input.form();
    form.delimiter.is_some() || form.encoding.is_some() || form.header.is_some()
}

fn changed(views: &Views, name: String, value: &impl Serialize) -> Result<Option<Entry>> {
    let json = serde_json::to_vec(value).map_err(|cause| Error::internal(cause.to_string()))?;
    let is_there = views.store().mapping(name.as_bytes())?.as_deref() == Some(json.as_slice());
    Ok((!is_there).then(|| Entry::Mapping(name.into_bytes(), json)))
}

/// The mappings of a store, each with the name of its layout.
fn mappings(views: &Views) -> Result<Vec<(String, Mapping)>> {
    let mut found = Vec::new();
    for row in views.store().mappings() {
        let (name, json) = row?;
        if let Some(layout) = std::str::from_utf8(&name).ok().and_then(|name| name.strip_prefix(LAYOUT)) {
            found.push((layout.to_owned(), read(&json)?));
        }
    }
    Ok(found)
}

/// A source whose record ids are also a customer number, an openid or the like, by the name of their column; the source is none where
/// rows name their own.
pub fn numbered_sources(views: &Views) -> Result<Vec<(Option<CompactString>, Field)>> {
    let mut numbered = Vec::new();
    for (layout, mapping) in mappings(views)? {
        let column = mapping.record_id.and_then(|column| layout.split('\n').nth(column + 1));
        let source = mapping.source_column.is_none().then_some(mapping.source);
        let found = column.and_then(Mapping::field_of_record_id).map(|field| (source, field));
        numbered.extend(found.filter(|found| !numbered.contains(found)));
    }
    Ok(numbered)
}
