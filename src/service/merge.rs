//! A merge without a store: inputs in, clusters out.

use crate::blocking::Rule;
use crate::cluster::health;
use crate::engine::batch::{ModelSource, Resolved, resolve_near};
use crate::engine::{Observer, Phase};
use crate::error::{Error, Result};
use crate::limits::LARGEST_CLUSTERS_SHOWN;
use crate::link::Edge;
use crate::model::Model;
use crate::one_id::OneId;
use crate::record::{RecordKey, RecordSet};
use crate::service::load::{Loaded, load, open};
use crate::service::report::{LargeCluster, RunReport};
use crate::service::stopwatch::Stopwatch;
use crate::settings::Settings;
use compact_str::CompactString;
use std::path::PathBuf;

/// What to merge and how.
#[derive(Debug)]
pub struct Job {
    /// Files.
    pub inputs: Vec<PathBuf>,
    /// Settings.
    pub settings: Settings,
    /// The model to use; without one, one is learnt.
    pub model: Option<Model>,
    /// Whether the records are wanted as they were normalised.
    pub normalised: bool,
    /// Memory to keep to, bytes.
    pub memory_budget: Option<u64>,
    /// Now, microseconds since 1970.
    pub now: i64,
}

/// What a merge came to.
#[derive(Debug)]
pub struct Merged {
    /// The keys of the records, rising.
    pub keys: Vec<RecordKey>,
    /// The records, where they were asked for.
    pub records: Option<RecordSet>,
    /// Clusters, links, reviews, the model used.
    pub resolved: Resolved,
    /// By cluster.
    pub one_ids: Vec<OneId>,
    /// Rows that were not taken.
    pub loaded: Loaded,
    /// In numbers.
    pub report: RunReport,
}

/// Where the model of a merge comes from.
pub fn model_source(settings: &Settings, model: Option<Model>) -> ModelSource {
    match model {
        Some(model) => ModelSource::Given(Box::new(model)),
        None => ModelSource::Learn {
            rules: settings.rules.clone(),
            thresholds: settings.thresholds,
            seed: settings.seed,
            without: settings.without_comparisons.clone(),
            labels: Vec::new(),
        },
    }
}

/// What a model that is already there leaves unused of the settings, in words.
pub fn unused_settings(settings: &Settings, model: &Model) -> Option<String> {
    let defaults = Settings::default();
    let rules = settings.rules != defaults.rules && {
        // How large blocks may be was fitted to what the model was learnt from.
        let name = |rule: &CompactString| Rule::parse(rule).map(|rule| rule.name).unwrap_or_default();
        let same = |rules: &[Rule], of_model: &[CompactString]| rules.iter().map(|rule| rule.name.clone()).eq(of_model.iter().map(name));
        !(same(&settings.rules.always, &model.rules) && same(&settings.rules.wider, &model.wider_rules))
    };
    let thresholds = settings.thresholds.is_some_and(|thresholds| thresholds != model.thresholds);
    let without = settings.without_comparisons.iter().any(|name| model.comparison(name).is_some());
    let mut unused = Vec::new();
    for (is_unused, name) in [(rules, "blocking rules"), (thresholds, "thresholds"), (without, "comparisons left out")] {
        if is_unused {
            unused.push(name);
        }
    }
    let what = unused.join(", ");
    (!unused.is_empty()).then(|| {
        format!("{what} of the settings are not used: model {} was learnt with its own, and only a new model changes them", model.id)
    })
}

/// The sources of the settings that none of the inputs uses, in words. Where that is all of them the settings are those of other files,
/// and the inputs would be read as if there were none: that is refused.
pub fn unused_sources(settings: &Settings, inputs: &[PathBuf]) -> Result<Option<String>> {
    let names: Vec<_> = inputs.iter().map(|path| path.to_string_lossy()).collect();
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let unused: Vec<String> =
        settings.unused_sources(&names).into_iter().map(|source| format!("{} ({})", source.name, source.file)).collect();
    if !unused.is_empty() && unused.len() == settings.sources.len() {
        let message = format!(
            "no source of the settings reads any input: the sources are {}, the inputs {}; mend `file` of a source",
            unused.join(", "),
            names.join(", ")
        );
        return Err(Error::usage(message));
    }
    Ok((!unused.is_empty()).then(|| format!("no input is read by these sources of the settings: {}", unused.join(", "))))
}

/// Merges without keeping anything.
pub fn merge(job: Job, progress: &dyn Observer) -> Result<Merged> {
    let stopwatch = Stopwatch::new(progress, job.memory_budget);
    let unused = job.model.as_ref().and_then(|model| unused_settings(&job.settings, model));
    let unused = unused.into_iter().chain(unused_sources(&job.settings, &job.inputs)?).collect::<Vec<_>>();
    let mut loaded = load(open(&job.inputs, &job.settings)?, false, job.now / 1_000_000, &stopwatch)?;
    let records = loaded.take_records();
    let normalised = job.normalised.then(|| records.clone());
    let (resolved, keys) = resolve_near(records, model_source(&job.settings, job.model), &[], &stopwatch)?;
    stopwatch.begin(Phase::Assign, keys.len() as u64);
    let least = |rows: &Vec<u32>| OneId::from_least_key(&keys[rows[0] as usize]);
    let one_ids: Vec<OneId> = resolved.clusters.rows.iter().map(least).collect();
    let mut report = loaded_report(&loaded);
    report.take_statistics(&resolved);
    report.notes.extend(unused);
    report.largest = largest(&resolved, &one_ids);
    report.notes.extend(stopwatch.passed_budget());
    report.phases = stopwatch.finish();
    Ok(Merged { keys, records: normalised, resolved, one_ids, loaded, report })
}

/// The part of a report that tells of loading.
pub fn loaded_report(loaded: &Loaded) -> RunReport {
    let kept = loaded.rejects.len() as u64;
    let unlisted = format!("{} rows were rejected; the first {kept} are listed", loaded.reject_count);
    RunReport {
        version: env!("CARGO_PKG_VERSION"),
        inputs: loaded.inputs.clone(),
        rows_read: loaded.rows,
        superseded: loaded.superseded,
        duplicates: loaded.duplicates,
        rejects: loaded.reject_count,
        issues: loaded.issues.clone(),
        notes: loaded.notes.iter().cloned().chain((loaded.reject_count > kept).then_some(unlisted)).collect(),
        ..RunReport::default()
    }
}

/// The largest clusters and how they hold together.
pub fn largest(resolved: &Resolved, one_ids: &[OneId]) -> Vec<LargeCluster> {
    let clusters = &resolved.clusters;
    let mut order: Vec<usize> = (0..clusters.rows.len()).filter(|cluster| clusters.rows[*cluster].len() > 1).collect();
    order.sort_unstable_by_key(|cluster| (std::cmp::Reverse(clusters.rows[*cluster].len()), *cluster));
    order.truncate(LARGEST_CLUSTERS_SHOWN);
    let within = |cluster: usize| {
        let holds = |edge: &&Edge| {
            clusters.of_row[edge.low as usize] as usize == cluster && clusters.of_row[edge.high as usize] as usize == cluster
        };
        resolved.links.iter().filter(holds).copied().collect::<Vec<Edge>>()
    };
    let shown = order.into_iter().map(|cluster| {
        let rows = &clusters.rows[cluster];
        let distinct: Vec<u32> = rows.iter().copied().filter(|row| resolved.copies.binary_search(row).is_err()).collect();
        let health = health(&distinct, &within(cluster));
        LargeCluster {
            one_id: one_ids[cluster].to_string(),
            records: rows.len(),
            copies: rows.len() - distinct.len(),
            links: health.links,
            density: health.density,
            bridges: health.bridges,
        }
    });
    shown.collect()
}
