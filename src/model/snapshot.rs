//! The model snapshot: everything learnt, frozen, with the weights rounded once.

use super::{MatchProbability, MatchWeight, Rivals, TermFrequencies, range};
use crate::blocking::{Rule, RuleSet};
use crate::comparison::{Band, ComparisonVector, PreparedValue, RecordTable, RivalTie, library};
use crate::limits::RULES_MAX;
use crate::record::{CanonicalRecord, Field, FieldValue};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Version of the snapshot's form; readers refuse a higher one.
pub const FORMAT_VERSION: u32 = 6;

/// A level of a comparison with what was learnt of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelModel {
    /// What the level says.
    pub label: CompactString,
    /// Probability of the level among pairs of one person.
    #[serde(with = "range::m")]
    pub m: f64,
    /// Probability of the level among pairs of strangers.
    #[serde(with = "range::u")]
    pub u: f64,
    /// Probability of the level among relatives of one household.
    #[serde(with = "range::relative")]
    pub relative: f64,
    /// log2(m/u) and log2(m/relative), rounded once, never rising from level to level; exact levels that weigh by frequency stand apart.
    #[serde(with = "range::rivals")]
    pub weight: Rivals,
    /// Whether any pair of the training showed the level; an untrained level keeps its assumed m and a floor for u.
    pub trained: bool,
}

/// A comparison with what was learnt of it; level 1 first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparisonModel {
    /// The comparison's name in the library.
    pub name: CompactString,
    /// Its levels.
    pub levels: Vec<LevelModel>,
}

/// What is believed before any field is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prior {
    /// Expected pairs of one person for each record.
    #[serde(with = "range::matches")]
    pub matches_per_record: f64,
    /// Expected pairs of relatives for each record; 0 where the data show none.
    #[serde(with = "range::relatives")]
    pub relatives_per_record: f64,
    /// log2 of the odds of one person against strangers, and against relatives, at the number of records trained on.
    #[serde(with = "range::rivals")]
    pub weight: Rivals,
}

/// Where links and reviews begin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From this match probability on a pair links.
    pub link: MatchProbability,
    /// From this match probability on a pair that does not link goes to review.
    pub review: MatchProbability,
}

impl Thresholds {
    /// The weight from which two wholes may be one person: likelier two people, they speak against a link, however low reviews begin.
    pub fn open(&self) -> MatchWeight {
        self.link.weight().min(MatchWeight::ZERO).max(self.review.weight())
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        let probability = |value| MatchProbability::new(value).expect("a constant within 0 to 1");
        Thresholds { link: probability(0.7), review: probability(0.5) }
    }
}

/// What a model was learnt from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedOn {
    /// Records.
    pub records: u64,
    /// Candidate pairs.
    pub candidate_pairs: u64,
    /// Random pairs.
    pub random_pairs: u64,
    /// Rounds of expectation maximisation.
    pub rounds: u32,
    /// Seed of the sampling.
    pub seed: u64,
}

/// A model snapshot. One with a number that cannot be (a probability that is none, a weight beyond [`MATCH_WEIGHT_BITS_MAX`]) can be
/// neither written nor read.
///
/// [`MATCH_WEIGHT_BITS_MAX`]: crate::limits::MATCH_WEIGHT_BITS_MAX
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Version of this form.
    pub format_version: u32,
    /// Name derived from the content: `m` and 12 hexadecimal digits.
    pub id: CompactString,
    /// What it was learnt from.
    pub trained_on: TrainedOn,
    /// Before any field.
    pub prior: Prior,
    /// Where links and reviews begin.
    pub thresholds: Thresholds,
    /// Blocking rules, in their written form.
    pub rules: Vec<CompactString>,
    /// Wider blocking rules that fitted the budget of the batch the model was learnt from; their blocks are kept smaller.
    #[serde(default)]
    pub wider_rules: Vec<CompactString>,
    /// Comparisons; those of the library that are missing here weigh nothing.
    pub comparisons: Vec<ComparisonModel>,
    /// Frequencies of values.
    pub term_frequencies: TermFrequencies,
}

impl Model {
    /// The table of a few records as this model compares them, where `band` tells of a phone or device under how many names it is held.
    pub fn table<'r>(&self, records: impl IntoIterator<Item = &'r CanonicalRecord>, band: &dyn Fn(Field, &str) -> Band) -> RecordTable {
        let mut table = RecordTable::build(records).with_bands(band);
        table.mark_names(&|field, name| self.term_frequencies.use_of(field, name));
        table
    }

    /// A part of a name by itself, told as [`Model::table`] does whether people use it as a screen name.
    pub fn name(&self, value: &FieldValue) -> PreparedValue {
        let mut name = PreparedValue::new(value.field, value.text.clone(), value.grade);
        name.is_screen_name = self.term_frequencies.use_of(value.field, &name).is_screen_name;
        name
    }

    /// The snapshot with its name computed from everything else in it.
    #[must_use]
    pub fn named(mut self) -> Self {
        let mut hash = Sha256::new();
        let mut number = |value: i64| hash.update(value.to_be_bytes());
        number(i64::from(self.format_version));
        for weight in std::iter::once(&self.prior.weight).chain(self.comparisons.iter().flat_map(|c| c.levels.iter().map(|l| &l.weight))) {
            number(weight.stranger.0);
            number(weight.relative.0);
        }
        let levels = self.comparisons.iter().flat_map(|comparison| &comparison.levels);
        let learnt = levels.clone().flat_map(|level| [level.m, level.u, level.relative]);
        for probability in learnt.chain([self.prior.matches_per_record, self.prior.relatives_per_record]) {
            number(probability.to_bits() as i64);
        }
        levels.for_each(|level| number(i64::from(level.trained)));
        number(self.thresholds.link.weight().0);
        number(self.thresholds.review.weight().0);
        self.term_frequencies.numbers(&mut number);
        number(self.trained_on.records as i64);
        number(self.trained_on.seed as i64);
        let labels = self.comparisons.iter().flat_map(|comparison| comparison.levels.iter().map(|level| &level.label));
        hash.update((self.rules.len() as u64).to_be_bytes());
        for name in
            self.rules.iter().chain(&self.wider_rules).chain(self.comparisons.iter().map(|comparison| &comparison.name)).chain(labels)
        {
            hash.update(name.as_bytes());
            hash.update([0]);
        }
        let digest = hash.finalize();
        self.id = digest[..6].iter().fold(CompactString::from("m"), |id, byte| compact_str::format_compact!("{id}{byte:02x}"));
        self
    }

    /// The blocking rules; the error names the one that this program does not know.
    pub fn parsed_rules(&self) -> Result<RuleSet, String> {
        let parsed = |rules: &[CompactString]| -> Result<Vec<Rule>, String> {
            rules.iter().map(|text| Rule::parse(text).map_err(|word| format!("{text}: unknown expression {word}"))).collect()
        };
        Ok(RuleSet { always: parsed(&self.rules)?, wider: parsed(&self.wider_rules)? })
    }

    /// What of the model this program would not weigh as it was learnt, in words: another form, comparisons or levels that the library does
    /// not have, a content that is not the one it is named for.
    pub fn fault(&self) -> Option<String> {
        if self.format_version != FORMAT_VERSION {
            let what = if self.format_version > FORMAT_VERSION {
                "use a newer oneid"
            } else {
                "learn it anew, for a store by loading its inputs into a new one"
            };
            return Some(format!("it has format {}, this program reads {FORMAT_VERSION}: {what}", self.format_version));
        }
        let rules = self.rules.len() + self.wider_rules.len();
        if rules > RULES_MAX {
            return Some(format!("it has {rules} blocking rules, at most {RULES_MAX} are allowed"));
        }
        for comparison in &self.comparisons {
            let Some(known) = library().iter().find(|known| known.name == comparison.name) else {
                return Some(format!("it has a comparison {}, which this program does not know: learn it anew", comparison.name));
            };
            if !known.levels.iter().map(|level| level.label).eq(comparison.levels.iter().map(|level| level.label.as_str())) {
                return Some(format!("its comparison {} has other levels than this program's: learn it anew", comparison.name));
            }
        }
        let named = self.clone().named().id;
        (named != self.id)
            .then(|| format!("it calls itself {}, its content is {named}: it was edited or damaged; train or copy it again", self.id))
    }

    /// The model's entry for a comparison of the library.
    pub fn comparison(&self, name: &str) -> Option<&ComparisonModel> {
        self.comparisons.iter().find(|comparison| comparison.name == name)
    }

    /// The quick form.
    pub fn weights(&self) -> Weights {
        let mut levels = Vec::new();
        let mut names = Vec::new();
        for comparison in library() {
            let mut row = [Rivals::default(); 16];
            if let Some(known) = self.comparison(comparison.name) {
                for (level, model) in row.iter_mut().skip(1).zip(&known.levels) {
                    *level = model.weight;
                }
            }
            levels.push(row);
            names.push(comparison.rival == RivalTie::Personal);
        }
        Weights {
            prior: self.prior.weight,
            levels,
            personal: names,
            link: self.thresholds.link.weight(),
            review: self.thresholds.review.weight(),
            open: self.thresholds.open(),
        }
    }
}

/// A model in the form in which it weighs.
#[derive(Clone, Debug)]
pub struct Weights {
    /// Before any field.
    pub prior: Rivals,
    /// By comparison of the library, by level; level 0 weighs nothing.
    levels: Vec<[Rivals; 16]>,
    /// By comparison: whether a frequent value is as telling against a relative as against a stranger.
    personal: Vec<bool>,
    /// From here on a pair links.
    pub link: MatchWeight,
    /// From here on a pair goes to review.
    pub review: MatchWeight,
    /// From here on two wholes do not speak against a link between them.
    pub open: MatchWeight,
}

impl Weights {
    /// What a level of a comparison weighs.
    pub fn level(&self, comparison: usize, level: u8) -> Rivals {
        self.levels[comparison][usize::from(level)]
    }

    /// A term-frequency adjustment as it counts against each rival.
    pub fn adjusted(&self, comparison: usize, adjustment: MatchWeight) -> Rivals {
        Rivals { stranger: adjustment, relative: if self.personal[comparison] { adjustment } else { MatchWeight::ZERO } }
    }

    /// The prior and all levels of a vector, without term frequencies.
    pub fn of_vector(&self, vector: ComparisonVector) -> Rivals {
        let mut total = self.prior;
        let mut rest = vector.0;
        let mut comparison = 0;
        while rest != 0 {
            total += self.levels[comparison][(rest & 15) as usize];
            rest >>= 4;
            comparison += 1;
        }
        total
    }
}
