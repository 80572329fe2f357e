//! Learns a model snapshot from files, with labels of some of their records or without.

use crate::engine::Observer;
use crate::engine::batch::{ModelSource, Prepared};
use crate::error::Result;
use crate::model::Model;
use crate::service::labels::{Labels, join};
use crate::service::load::{Loaded, load, open};
use crate::service::merge::model_source;
use crate::settings::Settings;
use std::path::PathBuf;

/// What to learn from.
#[derive(Debug)]
pub struct Job {
    /// Files.
    pub inputs: Vec<PathBuf>,
    /// Settings.
    pub settings: Settings,
    /// Whose some of the records are.
    pub labels: Option<Labels>,
    /// Now, seconds since 1970.
    pub now: i64,
}

/// What was learnt.
#[derive(Debug)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// Records of the labels that are among the inputs.
    pub labelled: u64,
    /// Records of the labels that are not.
    pub labels_without_record: u64,
    /// What was read, without the records.
    pub loaded: Loaded,
}

/// Learns. Without labels the model is the one that a merge of the same inputs learns. Labels that name none of the records are an error.
pub fn train(job: Job, observer: &dyn Observer) -> Result<Trained> {
    let mut loaded = load(open(&job.inputs, &job.settings)?, false, job.now, observer)?;
    let records = loaded.take_records();
    let mut source = model_source(&job.settings, None);
    let (mut labelled, mut labels_without_record) = (0, 0);
    if let (ModelSource::Learn { labels, .. }, Some(given)) = (&mut source, &job.labels) {
        let keys = records.keys().iter().enumerate().map(|(row, key)| (key, row.to_string()));
        let joined = join(given, &Labels::of_records(&job.inputs, keys))?;
        *labels = vec![None; records.len()];
        for (person, row) in joined.truth.iter().zip(&joined.place) {
            match row {
                Some(row) => {
                    labels[*row] = u32::try_from(*person).ok();
                    labelled += 1;
                }
                None => labels_without_record += 1,
            }
        }
    }
    let model = Prepared::new(records, source, &[], observer)?.model;
    Ok(Trained { model, labelled, labels_without_record, loaded })
}
