//! The model that a merge into a store resolves with: the store's, a given one, or one learnt now.
//!
//! 1. A store's model is learnt once and then stays: evidence must not change by the way.
//! 2. A model learnt from too few records knows too little to stay: it is *provisional*. The next merge that changes records learns
//!    a new one from all of them, until there are enough; that one stays.
//! 3. A model that is given is never provisional, and may take a provisional one's place.
//!
//! Always: what is learnt is a function of the live records and the lesson; a merge that changes nothing keeps its model.

use crate::blocking::{Rule, RuleSet};
use crate::engine::batch::ModelSource;
use crate::error::{Error, ErrorClass, Result};
use crate::limits::MODEL_RECORDS_MIN;
use crate::model::{Model, Thresholds};
use crate::service::entry::Entry;
use crate::settings::Settings;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// What settings say of learning, as it is kept beside a provisional model: a merge without settings learns like the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Lesson {
    rules: Vec<CompactString>,
    #[serde(default)]
    wider: Vec<CompactString>,
    thresholds: Option<Thresholds>,
    seed: u64,
    without_comparisons: Vec<String>,
}

impl Lesson {
    fn of(settings: &Settings) -> Lesson {
        Lesson {
            rules: settings.rules.always.iter().map(|rule| rule.written()).collect(),
            wider: settings.rules.wider.iter().map(|rule| rule.written()).collect(),
            thresholds: settings.thresholds,
            seed: settings.seed,
            without_comparisons: settings.without_comparisons.clone(),
        }
    }

    fn source(&self) -> Result<ModelSource> {
        let parse = |rule: &CompactString| {
            Rule::parse(rule)
                .map_err(|word| Error::newer(format!("the provisional model's blocking rule {rule}: unknown expression {word}")))
        };
        Ok(ModelSource::Learn {
            rules: RuleSet {
                always: self.rules.iter().map(parse).collect::<Result<_>>()?,
                wider: self.wider.iter().map(parse).collect::<Result<_>>()?,
            },
            thresholds: self.thresholds,
            seed: self.seed,
            without: self.without_comparisons.clone(),
            labels: Vec::new(),
        })
    }
}

/// The active model of a store.
#[derive(Debug)]
pub(super) struct Active {
    /// The model.
    pub(super) model: Model,
    /// How the next is to be learnt; none for a model that stays.
    pub(super) provisional: Option<Lesson>,
}

impl Active {
    /// Reads what a provisional model's activation keeps.
    pub(super) fn new(model: Model, provisional: Option<Vec<u8>>) -> Result<Active> {
        let parse = |json: Vec<u8>| {
            serde_json::from_slice(&json)
                .map_err(|cause| Error::corrupt(format!("how model {} was learnt cannot be read: {cause}", model.id)))
        };
        let provisional = provisional.map(parse).transpose()?;
        Ok(Active { model, provisional })
    }
}

/// Where a merge takes its model from.
#[derive(Debug)]
pub(super) enum Choice {
    /// The store's, which stays.
    Standing(Box<Model>),
    /// The store's provisional one, as no record changed.
    Waiting(Box<Model>),
    /// The one given, for a store that has none or a provisional one.
    Given(Box<Model>),
    /// One learnt now.
    Learnt(Lesson),
}

impl Choice {
    /// Chooses. `changed` says whether records are new, changed or deleted. Another model than the one that stays is a conflict.
    pub(super) fn of(active: Option<Active>, given: Option<Model>, settings: Option<&Settings>, changed: bool) -> Result<Choice> {
        let mut before = None;
        if let Some(Active { model, provisional }) = active {
            match (provisional, &given) {
                (None, Some(given)) if given.id != model.id => {
                    let message =
                        format!("the store resolves with model {}, not {}; evidence changes only by activate-model", model.id, given.id);
                    return Err(Error::new(ErrorClass::Conflict, message));
                }
                (None, _) => return Ok(Choice::Standing(Box::new(model))),
                (Some(_), None) if !changed => return Ok(Choice::Waiting(Box::new(model))),
                (lesson, _) => before = lesson,
            }
        }
        Ok(match (given, settings, before) {
            (Some(given), _, _) => Choice::Given(Box::new(given)),
            (None, Some(settings), _) => Choice::Learnt(Lesson::of(settings)),
            (None, None, Some(before)) => Choice::Learnt(before),
            (None, None, None) => Choice::Learnt(Lesson::of(&Settings::default())),
        })
    }

    /// The model, where it is there already.
    pub(super) fn model(&self) -> Option<&Model> {
        match self {
            Choice::Standing(model) | Choice::Waiting(model) | Choice::Given(model) => Some(model),
            Choice::Learnt(_) => None,
        }
    }

    /// The same for the engine.
    pub(super) fn source(&self) -> Result<ModelSource> {
        match self {
            Choice::Standing(model) | Choice::Waiting(model) | Choice::Given(model) => Ok(ModelSource::Given(model.clone())),
            Choice::Learnt(lesson) => lesson.source(),
        }
    }

    /// Whether `model`, which came of the choice, is provisional.
    pub(super) fn is_provisional(&self, model: &Model) -> bool {
        match self {
            Choice::Standing(_) | Choice::Given(_) => false,
            Choice::Waiting(_) => true,
            Choice::Learnt(_) => model.trained_on.records < MODEL_RECORDS_MIN,
        }
    }

    /// What the journal is told of `model`, which came of the choice.
    pub(super) fn entries(&self, model: &Model) -> Result<Vec<Entry>> {
        let provisional = match self {
            Choice::Standing(_) | Choice::Waiting(_) => return Ok(Vec::new()),
            Choice::Learnt(lesson) if self.is_provisional(model) => Some(json(lesson)?),
            Choice::Given(_) | Choice::Learnt(_) => None,
        };
        Ok(vec![Entry::ModelSnapshot(model.id.clone(), json(model)?), Entry::ModelActivation(model.id.clone(), provisional)])
    }

    /// What people are told of `model`, which came of the choice; `before` is the provisional model whose place it takes.
    pub(super) fn note(&self, model: &Model, before: Option<&str>) -> Option<String> {
        let (id, records) = (&model.id, model.trained_on.records);
        let few = format!("model {id} was learnt from only {records} different records and is provisional");
        match self {
            Choice::Waiting(_) => Some(format!("{few}; no record changed, so it weighed as it is")),
            Choice::Learnt(_) if self.is_provisional(model) => Some(format!(
                "{few}: each merge that changes records learns a new one from all of them until the store has {MODEL_RECORDS_MIN}, and \
                 people may be joined or parted by that; a model given with --model stays"
            )),
            Choice::Learnt(_) => {
                let from = format!("learnt from {records} different records");
                before.map(|before| format!("model {id}, {from}, takes the place of provisional model {before} and stays"))
            }
            Choice::Given(_) => {
                before.map(|before| format!("model {id}, which was given, takes the place of provisional model {before} and stays"))
            }
            Choice::Standing(_) => None,
        }
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|cause| Error::internal(cause.to_string()))
}
