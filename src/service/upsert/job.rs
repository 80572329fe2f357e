//! A load into a store that is being served: inputs are read and normalised beside the writes, then taken as one of them.

use super::desk::Load;
use crate::engine::Observer;
use crate::error::{Error, Result};
use crate::service::load::{load, open_with};
use crate::service::lookup::Lookup;
use crate::service::mapping::new_mappings;
use crate::service::merge::unused_sources;
use crate::service::merge_store::{Mode, named_sources, refuse_row_numbers};
use crate::settings::Settings;
use std::path::PathBuf;

/// Records that were read and are to be taken.
pub struct LoadJob(pub(super) Load);

impl LoadJob {
    /// Reads and normalises inputs as the store that `lookup` reads knows their sources; `now` is microseconds since 1970.
    pub fn read(
        lookup: &Lookup,
        inputs: &[PathBuf],
        settings: &Settings,
        (mode, force): (Mode, bool),
        actor: &str,
        now: i64,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let unused = unused_sources(settings, inputs)?;
        let opened = open_with(inputs, settings, lookup.views())?;
        refuse_row_numbers(&opened)?;
        let (sources, entries) = (named_sources(&opened), new_mappings(lookup.views(), &opened)?);
        let mut loaded = load(opened, true, now / 1_000_000, observer)?;
        loaded.notes.extend(unused);
        if settings.survivorship.is_some() {
            loaded.notes.push("survivorship of the settings is taken over by a merge into the closed store only".to_string());
        }
        if loaded.nothing_taken() {
            let first = loaded.rejects.first().map(|first| format!("; the first: {} line {}: {}", first.input, first.line, first.reason));
            return Err(Error::bad_data(format!(
                "nothing was merged: all {} rows were rejected{}",
                loaded.rows,
                first.unwrap_or_default()
            )));
        }
        Ok(LoadJob(Load { loaded, mode, force, sources, entries, actor: actor.into(), time: now }))
    }
}
