//! Questions for stewards: which pairs are to be looked at, why, and what became of them.
//!
//! Always: two records have one item, whose id comes from their keys, so that it is the same whenever it comes up again. An item that no
//! longer applies is obsolete, not gone. Pairs that a steward ruled on and that are what they were then ask nothing.

use crate::engine::batch::Review;
use crate::engine::online::ReviewReason;
use crate::model::MatchWeight;
use crate::record::RecordKey;
use crate::service::judgement::{Judgements, Standing};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Why a pair is to be looked at. The order of the variants is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Its match probability lies between the thresholds.
    InDoubt,
    /// It would link, but the two carry different valid resident IDs.
    TwoCertificates,
    /// It would link, but their clusters carry different valid resident IDs.
    ClustersWithTwoCertificates,
    /// It would link, but their clusters as wholes disagree.
    ClustersDisagree,
    /// It would link, but one of the two belongs as well to another person.
    BetweenTwo,
    /// It would link, but a steward ruled records of their clusters to be different people.
    AgainstJudgement,
    /// A steward ruled on the two, and one says something else of who it is since.
    StaleJudgement,
}

impl Question {
    /// The most urgent first: what was decided and no longer holds, then what would be one person with two certificates.
    pub const BY_URGENCY: [Question; 7] = [
        Question::StaleJudgement,
        Question::TwoCertificates,
        Question::ClustersWithTwoCertificates,
        Question::AgainstJudgement,
        Question::BetweenTwo,
        Question::ClustersDisagree,
        Question::InDoubt,
    ];

    /// Its name in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Question::InDoubt => ReviewReason::InDoubt.name(),
            Question::TwoCertificates => ReviewReason::TwoCertificates.name(),
            Question::ClustersWithTwoCertificates => ReviewReason::ClustersWithTwoCertificates.name(),
            Question::ClustersDisagree => ReviewReason::ClustersDisagree.name(),
            Question::BetweenTwo => ReviewReason::BetweenTwo.name(),
            Question::AgainstJudgement => ReviewReason::AgainstJudgement.name(),
            Question::StaleJudgement => "stale_judgement",
        }
    }
}

impl From<ReviewReason> for Question {
    fn from(reason: ReviewReason) -> Self {
        match reason {
            ReviewReason::InDoubt => Question::InDoubt,
            ReviewReason::TwoCertificates => Question::TwoCertificates,
            ReviewReason::ClustersWithTwoCertificates => Question::ClustersWithTwoCertificates,
            ReviewReason::ClustersDisagree => Question::ClustersDisagree,
            ReviewReason::BetweenTwo => Question::BetweenTwo,
            ReviewReason::AgainstJudgement => Question::AgainstJudgement,
        }
    }
}

/// Where an item stands. The order of the variants is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReviewState {
    /// It waits for a steward.
    Open,
    /// A steward decided, by the judgement of this id.
    Decided(CompactString),
    /// The records changed so that there is nothing to decide.
    Obsolete,
}

impl ReviewState {
    /// The word in lists.
    pub const fn name(&self) -> &'static str {
        match self {
            ReviewState::Open => "open",
            ReviewState::Decided(_) => "decided",
            ReviewState::Obsolete => "obsolete",
        }
    }
}

/// A review item as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRow {
    /// `R` and 13 characters, told by the two keys.
    pub id: CompactString,
    /// One record; the lesser key.
    pub a: RecordKey,
    /// The other.
    pub b: RecordKey,
    /// Why.
    pub question: Question,
    /// The pair's match weight against the nearer rival; 0 where a judgement is stale.
    pub weight: MatchWeight,
    /// When it was opened, microseconds since 1970.
    pub opened: i64,
    /// Where it stands.
    pub state: ReviewState,
}

impl ReviewRow {
    /// An open item.
    pub fn open(a: &RecordKey, b: &RecordKey, question: Question, weight: MatchWeight, opened: i64) -> Self {
        ReviewRow { id: id_of(a, b), a: a.min(b).clone(), b: a.max(b).clone(), question, weight, opened, state: ReviewState::Open }
    }
}

impl ReviewRow {
    /// Bytes in a frame at most.
    pub fn bytes_at_most(&self) -> usize {
        120 + self.a.source.len() + self.a.id.len() + self.b.source.len() + self.b.id.len()
    }
}

/// Pairs that are to be looked at, the lesser key first.
pub type Questions = BTreeMap<(RecordKey, RecordKey), (Question, MatchWeight)>;

/// What there is to ask about two records: what the engine found, unless a judgement on them holds; of one that is stale, whether it does.
pub fn question(found: Option<(Question, MatchWeight)>, judged: impl IntoIterator<Item = Standing>) -> Option<(Question, MatchWeight)> {
    let mut asked = found;
    for standing in judged {
        match standing {
            Standing::Fresh => return None,
            Standing::Stale => asked = Some((Question::StaleJudgement, MatchWeight::default())),
            Standing::Waiting | Standing::Withdrawn => {}
        }
    }
    asked
}

impl ReviewRow {
    /// The item on two records as it is from now on, where that is other than before. `decided` tells of the judgement on them.
    pub fn next(
        before: Option<&ReviewRow>,
        a: &RecordKey,
        b: &RecordKey,
        asked: Option<(Question, MatchWeight)>,
        decided: impl FnOnce() -> Option<CompactString>,
        now: i64,
    ) -> Option<ReviewRow> {
        let open = before.filter(|row| row.state == ReviewState::Open);
        match (asked, open) {
            (Some(asked), Some(old)) if (old.question, old.weight) == asked => None,
            (Some((question, weight)), Some(old)) => Some(ReviewRow { question, weight, ..old.clone() }),
            (Some((question, weight)), None) => Some(ReviewRow::open(a, b, question, weight, now)),
            (None, Some(old)) => {
                let state = decided().map_or(ReviewState::Obsolete, ReviewState::Decided);
                Some(ReviewRow { state, ..old.clone() })
            }
            (None, None) => None,
        }
    }
}

/// The items that are other than before after a load: `found` by the engine, of rows with these keys.
pub fn changed_reviews(
    before: &BTreeMap<CompactString, ReviewRow>,
    found: &[Review],
    keys: &[RecordKey],
    judgements: &Judgements,
    identities: &FxHashMap<RecordKey, u64>,
    now: i64,
) -> Vec<ReviewRow> {
    let mut pairs: BTreeMap<(RecordKey, RecordKey), Option<(Question, MatchWeight)>> = BTreeMap::new();
    for row in judgements.all() {
        pairs.insert((row.a.clone(), row.b.clone()), None);
    }
    for row in before.values().filter(|row| row.state == ReviewState::Open) {
        pairs.insert((row.a.clone(), row.b.clone()), None);
    }
    for Review { edge, reason } in found {
        let (a, b) = (keys[edge.low as usize].clone(), keys[edge.high as usize].clone());
        pairs.insert(if a < b { (a, b) } else { (b, a) }, Some(((*reason).into(), edge.weight)));
    }
    let identity_of = |key: &RecordKey| identities.get(key).copied();
    let next = |((a, b), found): ((RecordKey, RecordKey), _)| {
        let standings = judgements.on(&a, &b).map(|row| row.standing(identity_of(&row.a), identity_of(&row.b)));
        let decided = || judgements.latest_fresh(&a, &b, &identity_of).map(|row| row.id.clone());
        ReviewRow::next(before.get(&id_of(&a, &b)), &a, &b, question(found, standings), decided, now)
    };
    pairs.into_iter().filter_map(next).collect()
}

/// The id of the item on two records.
pub fn id_of(a: &RecordKey, b: &RecordKey) -> CompactString {
    /// Crockford's, as in One-IDs.
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut hash = Sha256::new();
    hash.update(b"oneid/review/1");
    for text in [&a.min(b).source, &a.min(b).id, &a.max(b).source, &a.max(b).id] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    let digest = hash.finalize();
    let bits = digest[..16].iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letters = (0..13).map(|place| ALPHABET[(bits >> (place * 5)) as usize & 31] as char);
    std::iter::once('R').chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_named_by_its_two_records_in_any_order() {
        let (a, b) = (RecordKey::new("crm", "1"), RecordKey::new("app", "2"));
        assert_eq!(id_of(&a, &b), id_of(&b, &a));
        assert_eq!(id_of(&a, &b).len(), 14);
        assert_ne!(id_of(&a, &b), id_of(&a, &RecordKey::new("app", "3")));
        assert_ne!(id_of(&RecordKey::new("a", "bc"), &b), id_of(&RecordKey::new("ab", "c"), &b));
        let row = ReviewRow::open(&a, &b, Question::InDoubt, MatchWeight(1), 0);
        assert!(row.a < row.b);
    }

    #[test]
    fn every_question_has_its_urgency() {
        let mut all = Question::BY_URGENCY.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), Question::BY_URGENCY.len());
        assert_eq!(Question::StaleJudgement as usize + 1, all.len());
    }
}
