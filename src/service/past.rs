//! What look-ups know of the past, and of stewards' work.

use crate::error::{Error, Result};
use crate::link::Assurance;
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, RecordKey};
use crate::service::entry;
use crate::service::history::{Chapter, Moment, chapters, person_at, present_at, records_at};
use crate::service::holders::canonical_forms;
use crate::service::judgement::{JudgementRow, Standing, identity};
use crate::service::lookup::{Identifier, Lookup, ProfileAnswer, Resolution};
use crate::service::review::{Question, ReviewRow};
use crate::store::{PersonState, RecordRow};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

impl Lookup {
    /// What happened to a One-ID, the latest first.
    pub fn history(&self, one_id: OneId) -> Result<Vec<Chapter>> {
        let person = self.person(one_id)?;
        chapters(&self.reader(), one_id, person.changed_at).collect()
    }

    /// The journal position that a moment means.
    pub fn position_of(&self, moment: Moment) -> Result<u64> {
        moment.position(&self.reader())
    }

    /// What was known of a person at a journal position; a One-ID that was not given yet is not found.
    pub fn profile_at(&self, one_id: OneId, position: u64) -> Result<ProfileAnswer> {
        let reader = self.reader();
        let person = person_at(&reader, one_id, &self.person(one_id)?, position)?
            .ok_or_else(|| Error::not_found(format!("nobody was called {one_id} at position {position}")))?;
        let PersonState::Live { members } = &person.state else {
            let row = |one_id: OneId| self.views().store().person(&one_id);
            return Ok(ProfileAnswer::Retired(present_at(&reader, one_id, position, &row)?));
        };
        let wanted: BTreeSet<&RecordKey> = members.iter().collect();
        let rows = records_at(&reader, position, &|row: &RecordRow| wanted.contains(&row.canonical.key))?;
        if rows.len() != members.len() {
            let message = format!("{one_id} had {} records at position {position}, the journal tells of {}", members.len(), rows.len());
            return Err(Error::corrupt(message));
        }
        self.live_profile(one_id, person, rows)
    }

    /// Who held any of several identifiers at a journal position, at a least assurance.
    pub fn resolve_at(&self, identifiers: &[Identifier], least: Assurance, position: u64) -> Result<Resolution> {
        let mut holding: BTreeMap<OneId, FxHashSet<RecordKey>> = BTreeMap::new();
        for row in self.holders_at(identifiers, position)? {
            holding.entry(row.one_id).or_default().insert(row.canonical.key);
        }
        let reader = self.reader();
        let mut people = Vec::new();
        for (one_id, keys) in holding {
            let person = person_at(&reader, one_id, &self.person(one_id)?, position)?;
            let Some((person, PersonState::Live { members })) = person.map(|person| (person.clone(), person.state)) else { continue };
            let members: BTreeSet<RecordKey> = members.into_iter().collect();
            let rows = records_at(&reader, position, &|row: &RecordRow| members.contains(&row.canonical.key))?;
            people.push((one_id, person.founding, rows, keys));
        }
        Ok(self.resolution(people, least))
    }

    /// Who held any of several identifiers at a journal position: records and whose they were.
    fn holders_at(&self, identifiers: &[Identifier], position: u64) -> Result<Vec<RecordRow>> {
        let mut values = Vec::new();
        let mut keys = BTreeSet::new();
        for identifier in identifiers {
            match identifier {
                Identifier::Record(key) => drop(keys.insert(key.clone())),
                Identifier::Value(field, value) => {
                    let forms = canonical_forms(*field, value, &self.phone_countries())?;
                    values.extend(forms.into_iter().map(|form| (*field, form)));
                }
            }
        }
        let holds = |record: &CanonicalRecord| {
            let of_values = values.iter().any(|(field, form)| record.of(*field).iter().any(|value| value.text == *form));
            of_values || keys.contains(&record.key)
        };
        records_at(&self.reader(), position, &|row: &RecordRow| holds(&row.canonical))
    }

    /// Review items, the most urgent first: by question, then the strongest, then the oldest.
    pub fn reviews(&self) -> Result<Vec<ReviewRow>> {
        let mut rows: Vec<ReviewRow> = self.views().reviews()?.into_values().collect();
        let urgency = |question: Question| Question::BY_URGENCY.iter().position(|known| *known == question);
        rows.sort_by(|a, b| {
            let by_question = urgency(a.question).cmp(&urgency(b.question));
            by_question.then(b.weight.cmp(&a.weight)).then(a.opened.cmp(&b.opened)).then_with(|| a.id.cmp(&b.id))
        });
        Ok(rows)
    }

    /// A review item.
    pub fn review(&self, id: &str) -> Result<ReviewRow> {
        let row = self.views().store().review(id.as_bytes())?;
        let row = row.ok_or_else(|| Error::not_found(format!("there is no review item {id}")))?;
        entry::decode(&row)
    }

    /// Judgements and how they stand, the latest first.
    pub fn judgements(&self) -> Result<Vec<(JudgementRow, Standing)>> {
        let judgements = self.views().judgements()?;
        let identity_of =
            |key: &RecordKey| -> Result<Option<u64>> { Ok(self.views().store().record(key)?.map(|row| identity(&row.canonical))) };
        let standing = |row: &JudgementRow| Ok((row.clone(), row.standing(identity_of(&row.a)?, identity_of(&row.b)?)));
        let mut rows = judgements.all().map(standing).collect::<Result<Vec<_>>>()?;
        // Ids are numbers: a longer one is later.
        rows.sort_by(|(a, _), (b, _)| b.id.len().cmp(&a.id.len()).then_with(|| b.id.cmp(&a.id)));
        Ok(rows)
    }
}
