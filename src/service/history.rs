//! The life of a One-ID, read back from the journal: what happened when, by whom and why, and how things stood at a past moment.
//!
//! Each frame that tells of a person names the one that did before, so that a life is read in as many steps as it has.
//! What is told is as it was known then: nothing that came later changes it.

use crate::error::{Error, Result};
use crate::journal::{Kind, Reader};
use crate::one_id::OneId;
use crate::record::RecordKey;
use crate::service::entry::{Assignment, Entry, Happened};
use crate::service::judgement::Judgements;
use crate::store::{PersonRow, PersonState, RecordRow};
use rustc_hash::{FxHashMap, FxHashSet};

/// What one frame tells of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// The frame's position.
    pub position: u64,
    /// When, microseconds since 1970, by the clock of the one who wrote it.
    pub time: i64,
    /// Who wrote it.
    pub actor: String,
    /// What happened.
    pub happened: Vec<Happened>,
    /// The person from then on.
    pub row: PersonRow,
}

/// A moment to look back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// After the batch that this journal position is in.
    Position(u64),
    /// After the last batch that was committed at this time (microseconds since 1970) or before.
    Time(i64),
}

impl Moment {
    /// The journal position that is meant, of those up to `last`; a later position is a usage error, a later time means `last`.
    pub fn position(self, reader: &Reader, last: u64) -> Result<u64> {
        match self {
            Moment::Position(position) if position > last => {
                Err(Error::usage(format!("position {position} is not reached yet, the store is at {last}")))
            }
            Moment::Position(position) => batch_end(reader, position),
            Moment::Time(time) => Ok(reader.position_at(time)?.min(last)),
        }
    }
}

/// Chapters of a One-ID's life, the latest first, from the frame that told of it last.
pub fn chapters(reader: &Reader, one_id: OneId, told_at: u64) -> impl Iterator<Item = Result<Chapter>> + '_ {
    let mut next = Some(told_at).filter(|position| *position > 0);
    std::iter::from_fn(move || {
        let found = chapter(reader, one_id, next?);
        next = found.as_ref().ok().map(|chapter| chapter.row.changed_at).filter(|position| *position > 0);
        Some(found.map(|chapter| {
            let row = PersonRow { changed_at: chapter.position, ..chapter.row };
            Chapter { row, ..chapter }
        }))
    })
}

fn chapter(reader: &Reader, one_id: OneId, position: u64) -> Result<Chapter> {
    let (frame, payload) = reader.entry(position)?;
    let strange =
        || Error::corrupt(format!("frame {position} should tell of {one_id} and does not; oneid verify compares journal and view"));
    let Some(Entry::Assignment(Assignment { people, .. })) = Entry::decode(frame.kind, &payload)? else { return Err(strange()) };
    let told = people.into_iter().find(|told| told.one_id == one_id).ok_or_else(strange)?;
    Ok(Chapter { position, time: frame.time, actor: frame.actor, happened: told.happened, row: told.row })
}

/// A person as it stood at the end of a batch; none where the One-ID was not given yet. `present` is the row as it is now.
pub fn person_at(reader: &Reader, one_id: OneId, present: &PersonRow, position: u64) -> Result<Option<PersonRow>> {
    if present.changed_at <= position {
        return Ok(Some(present.clone()));
    }
    for chapter in chapters(reader, one_id, present.changed_at) {
        let chapter = chapter?;
        if chapter.position <= position {
            return Ok(Some(chapter.row));
        }
    }
    Ok(None)
}

/// The end of the batch that a position is in: a batch is seen wholly or not at all.
pub fn batch_end(reader: &Reader, position: u64) -> Result<u64> {
    if position == 0 {
        return Ok(0);
    }
    for frame in reader.frames(position) {
        let frame = frame?;
        if frame.kind == Kind::BatchCommit {
            return Ok(frame.position);
        }
    }
    Ok(reader.last_position())
}

/// What was known at a past moment.
pub struct Past {
    /// Records that were wanted, rising by key.
    pub rows: Vec<RecordRow>,
    /// What stewards had said.
    pub judgements: Judgements,
}

/// What was known at the end of a batch, of records that are `wanted`; read from the first frame on.
pub fn past(reader: &Reader, position: u64, wanted: &dyn Fn(&RecordRow) -> bool) -> Result<Past> {
    let mut judgements = Judgements::default();
    let mut found: FxHashMap<RecordKey, RecordRow> = FxHashMap::default();
    for entry in reader.entries(1) {
        let (frame, payload) = entry?;
        if frame.position > position {
            break;
        }
        match Entry::decode(frame.kind, &payload)? {
            Some(Entry::RecordPut(rows)) => {
                for row in rows {
                    if wanted(&row) {
                        found.insert(row.canonical.key.clone(), row);
                    } else {
                        found.remove(&row.canonical.key);
                    }
                }
            }
            Some(Entry::RecordDelete(gone)) => gone.iter().for_each(|deletion| drop(found.remove(&deletion.key))),
            Some(Entry::Assignment(assignment)) => {
                for (key, one_id) in assignment.moved {
                    if let Some(row) = found.get_mut(&key) {
                        row.one_id = one_id;
                    }
                }
            }
            Some(Entry::Judgement(row)) => judgements.put(row),
            _ => {}
        }
    }
    let mut rows: Vec<RecordRow> = found.into_values().collect();
    rows.sort_unstable_by(|a, b| a.canonical.key.cmp(&b.canonical.key));
    Ok(Past { rows, judgements })
}

/// The present people of a past moment that a One-ID redirected to then; itself where it was present.
pub fn present_at(
    reader: &Reader,
    one_id: OneId,
    position: u64,
    present_row: &dyn Fn(OneId) -> Result<Option<PersonRow>>,
) -> Result<Vec<OneId>> {
    let (mut found, mut seen) = (Vec::new(), FxHashSet::from_iter([one_id]));
    let mut next = vec![one_id];
    while let Some(here) = next.pop() {
        let Some(row) = present_row(here)? else { continue };
        match person_at(reader, here, &row, position)?.map(|row| row.state) {
            Some(PersonState::Live { .. }) => found.push(here),
            Some(PersonState::Retired { successors }) => next.extend(successors.into_iter().filter(|one| seen.insert(*one))),
            Some(PersonState::Erased) | None => {}
        }
    }
    found.sort_unstable();
    Ok(found)
}
