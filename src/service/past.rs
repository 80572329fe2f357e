//! What look-ups know of the past, and of stewards' work.

use crate::error::{Error, Result};
use crate::limits::LOOKUP_PEOPLE_MAX;
use crate::link::Assurance;
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, RecordKey};
use crate::service::entry;
use crate::service::history::{Chapter, Moment, Past, chapters, past, person_at, present_at};
use crate::service::holders::{canonical_forms, looked_up_by};
use crate::service::judgement::{JudgementRow, Standing, identity};
use crate::service::lookup::{Identifier, Lookup, ProfileAnswer, Resolution, too_many};
use crate::service::review::{Question, ReviewRow};
use crate::store::{PersonRow, PersonState, RecordRow};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

impl Lookup {
    /// What happened to a One-ID, the latest first.
    pub fn history(&self, one_id: OneId) -> Result<Vec<Chapter>> {
        let person = self.person(one_id)?;
        chapters(&self.reader(), one_id, person.changed_at).collect()
    }

    /// The chapters of a One-ID's life from a journal position on, the latest first.
    pub fn latest_chapters(&self, one_id: OneId, position: u64) -> Result<Vec<Chapter>> {
        let person = self.person(one_id)?;
        let from = |chapter: &Result<Chapter>| chapter.as_ref().map_or(true, |chapter| chapter.position >= position);
        chapters(&self.reader(), one_id, person.changed_at).take_while(from).collect()
    }

    /// The journal position that a moment means: the end of a batch that the view has.
    pub fn position_of(&self, moment: Moment) -> Result<u64> {
        moment.position(&self.reader(), self.position())
    }

    /// What was known of a person at the end of a batch; a One-ID that was not given yet is not found. What its records rest on is told with the
    /// rulings of then, under the model and with the holders of phones and devices of now.
    pub fn profile_at(&self, one_id: OneId, position: u64) -> Result<ProfileAnswer> {
        let reader = self.reader();
        let present = self.person(one_id)?;
        if present.state == PersonState::Erased {
            return Ok(ProfileAnswer::Erased);
        }
        let person = person_at(&reader, one_id, &present, position)?
            .ok_or_else(|| Error::not_found(format!("nobody was called {one_id} yet at position {position}")))?;
        let PersonState::Live { members } = &person.state else {
            let row = |one_id: OneId| self.views().store().person(&one_id);
            return Ok(ProfileAnswer::Retired(present_at(&reader, one_id, position, &row)?));
        };
        let wanted: BTreeSet<&RecordKey> = members.iter().collect();
        let Past { rows, judgements } = past(&reader, position, &|row: &RecordRow| wanted.contains(&row.canonical.key))?;
        if rows.len() != members.len() {
            let message = format!("{one_id} had {} records at position {position}, the journal tells of {}", members.len(), rows.len());
            return Err(Error::corrupt(message));
        }
        self.live_profile(one_id, person, rows, Some(&judgements))
    }

    /// Who held any of several identifiers at the end of a batch, at a least assurance; see [`Lookup::profile_at`].
    pub fn resolve_at(&self, identifiers: &[Identifier], least: Assurance, position: u64) -> Result<Resolution> {
        let reader = self.reader();
        let mut holding: BTreeMap<OneId, FxHashSet<RecordKey>> = BTreeMap::new();
        let holds = self.asked_for(identifiers)?;
        for row in past(&reader, position, &|row: &RecordRow| holds(&row.canonical))?.rows {
            holding.entry(row.one_id).or_default().insert(row.canonical.key);
        }
        if holding.len() > LOOKUP_PEOPLE_MAX {
            return Ok(too_many(holding.into_keys()));
        }
        let mut people: Vec<(OneId, PersonRow, FxHashSet<RecordKey>)> = Vec::new();
        for (one_id, keys) in holding {
            people.extend(person_at(&reader, one_id, &self.person(one_id)?, position)?.map(|person| (one_id, person, keys)));
        }
        let members = |person: &PersonRow| match &person.state {
            PersonState::Live { members } => members.clone(),
            PersonState::Retired { .. } | PersonState::Erased => Vec::new(),
        };
        // The records of all of them are read in one go.
        let of_all: FxHashSet<RecordKey> = people.iter().flat_map(|(_, person, _)| members(person)).collect();
        let Past { rows, judgements } = past(&reader, position, &|row: &RecordRow| of_all.contains(&row.canonical.key))?;
        let by_key: FxHashMap<&RecordKey, &RecordRow> = rows.iter().map(|row| (&row.canonical.key, row)).collect();
        let holding = people.into_iter().map(|(one_id, person, keys)| {
            let rows = members(&person).iter().filter_map(|key| by_key.get(key).map(|row| (*row).clone())).collect();
            (one_id, person.founding, rows, keys)
        });
        Ok(self.resolution(holding.collect(), least, Some(&judgements)))
    }

    /// Tells of a record whether it holds any of several identifiers, or is one of them.
    fn asked_for(&self, identifiers: &[Identifier]) -> Result<impl Fn(&CanonicalRecord) -> bool + use<>> {
        let (mut values, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for identifier in identifiers {
            match identifier {
                Identifier::Record(key) => drop(keys.replace(key.clone())),
                Identifier::Value(field, value) => {
                    let forms = canonical_forms(*field, value, &self.phone_countries())?;
                    values.extend(forms.into_iter().map(|form| (*field, form)));
                }
            }
        }
        let numbered = self.numbered();
        Ok(move |record: &CanonicalRecord| {
            keys.contains(&record.key) || looked_up_by(record, &numbered).iter().any(|value| values.contains(value))
        })
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
        let mut rows = judgements.all().map(|row| self.with_standing(row.clone())).collect::<Result<Vec<_>>>()?;
        rows.sort_by_key(|(row, _)| std::cmp::Reverse(row.number()));
        Ok(rows)
    }

    /// A judgement and how it stands.
    pub fn judgement(&self, id: &str) -> Result<(JudgementRow, Standing)> {
        let row = self.views().store().judgement(id.as_bytes())?;
        self.with_standing(entry::decode(&row.ok_or_else(|| Error::not_found(format!("there is no judgement {id}")))?)?)
    }

    fn with_standing(&self, row: JudgementRow) -> Result<(JudgementRow, Standing)> {
        let identity_of =
            |key: &RecordKey| -> Result<Option<u64>> { Ok(self.views().store().record(key)?.map(|row| identity(&row.canonical))) };
        let standing = row.standing(identity_of(&row.a)?, identity_of(&row.b)?);
        Ok((row, standing))
    }
}
