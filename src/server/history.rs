//! What happened to a One-ID, and what was known at a past moment.

use super::answers::{Answers, one_id};
use super::page::Pages;
use crate::error::{Error, Result};
use crate::limits::PROFILE_MEMBERS_MAX;
use crate::one_id::OneId;
use crate::one_id::history::{Cause, Change};
use crate::record::RecordKey;
use crate::service::entry::Happened;
use crate::service::history::{Chapter, Moment};
use crate::wire::record::{instant, moment};
use crate::wire::v1;

impl Answers {
    /// IdentityService.ListIdentityChanges.
    pub fn list_identity_changes(&self, request: v1::ListIdentityChangesRequest) -> Result<v1::ListIdentityChangesResponse> {
        let pages = Pages::new("ListIdentityChanges", &request.one_id, request.page_size)?;
        let offset = pages.offset(&request.page_token)?;
        let person = one_id(&request.one_id)?;
        let mut chapters = self.lookup.history(person)?;
        chapters.reverse();
        let all: Vec<v1::IdentityChange> = chapters.iter().flat_map(|chapter| changes_of(person, chapter)).collect();
        let total = all.len();
        let changes: Vec<v1::IdentityChange> = all.into_iter().skip(offset).take(pages.size).collect();
        Ok(v1::ListIdentityChangesResponse {
            next_page_token: pages.next(offset + changes.len(), total),
            changes,
            read_position: self.read_position(),
        })
    }

    /// What a cause did to people, as their histories tell it, from a journal position on.
    pub(super) fn changes_by(&self, people: impl Iterator<Item = OneId>, cause: &Cause, position: u64) -> Result<Vec<v1::IdentityChange>> {
        let mut changes = Vec::new();
        for one_id in people {
            for chapter in self.lookup.latest_chapters(one_id, position)? {
                let of_cause = |happened: &Happened| happened.cause == *cause;
                if chapter.happened.iter().any(of_cause) {
                    let is_cause = Some(wire_cause(cause));
                    changes.extend(changes_of(one_id, &chapter).into_iter().filter(|change| change.cause == is_cause));
                }
            }
        }
        Ok(changes)
    }

    /// The journal position that a moment means; none for now.
    pub(super) fn position_of(&self, as_of: Option<&v1::AsOf>) -> Result<Option<u64>> {
        use v1::as_of::Moment as Asked;
        let Some(as_of) = as_of else { return Ok(None) };
        let asked = match &as_of.moment {
            Some(Asked::JournalPosition(position)) => Moment::Position(*position),
            Some(Asked::Time(time)) => Moment::Time(moment(time)?.saturating_mul(1_000_000).saturating_add(i64::from(time.nanos) / 1_000)),
            None => return Err(Error::usage("as_of names no moment: a journal position or a time")),
        };
        self.lookup.position_of(asked).map(Some)
    }
}

/// The changes that a frame tells of a person.
fn changes_of(person: OneId, chapter: &Chapter) -> Vec<v1::IdentityChange> {
    let told = chapter.happened.iter().flat_map(|happened| gathered(person, &happened.cause, &happened.changes));
    let time = chapter.time;
    let placed = told.zip(0..).map(|(change, ordinal)| v1::IdentityChange {
        journal_position: chapter.position,
        ordinal,
        time: Some(instant(time)),
        actor: chapter.actor.clone(),
        ..change
    });
    placed.collect()
}

/// Changes of one cause as the wire has them: records that did the same stand in one.
fn gathered(person: OneId, cause: &Cause, changes: &[Change]) -> Vec<v1::IdentityChange> {
    use v1::IdentityChangeKind as Kind;
    let mut told: Vec<v1::IdentityChange> = Vec::new();
    for change in changes {
        let (kind, others, record): (Kind, &[OneId], Option<&RecordKey>) = match change {
            Change::Created => (Kind::Created, &[], None),
            Change::Split { from } => (Kind::Split, from, None),
            Change::Revived { from } => (Kind::Revived, from, None),
            Change::Joined { record, from, .. } => (Kind::Joined, from.as_slice(), Some(record)),
            Change::Updated { record } => (Kind::ProfileChanged, &[], Some(record)),
            Change::Left { record, to } => (Kind::Left, to.as_slice(), Some(record)),
            Change::TookOver { one_id } => (Kind::TookOver, std::slice::from_ref(one_id), None),
            Change::Merged { into } => (Kind::Merged, into, None),
            Change::Emptied => (Kind::Emptied, &[], None),
            Change::Redirected { to } => (Kind::Redirected, to, None),
            Change::Erased => (Kind::Erased, &[], None),
        };
        let others: Vec<String> = others.iter().map(ToString::to_string).collect();
        let place = told.iter().position(|known| record.is_some() && known.kind() == kind && known.other_one_ids == others);
        let place = place.unwrap_or_else(|| {
            let (one_id, cause) = (person.to_string(), Some(wire_cause(cause)));
            told.push(v1::IdentityChange { one_id, kind: kind.into(), other_one_ids: others, cause, ..Default::default() });
            told.len() - 1
        });
        let known = &mut told[place];
        if let Some(record) = record {
            if known.record_keys.len() == PROFILE_MEMBERS_MAX {
                known.record_keys_truncated = true;
                continue;
            }
            known.record_keys.push(record.into());
        }
        if let Change::Joined { record, edge: Some(edge), .. } = change {
            known.strongest_edges.push(v1::StrongestEdge {
                record_key: Some(record.into()),
                other_record_key: Some((&edge.with).into()),
                match_weight: Some(edge.weight.into()),
            });
        }
    }
    told
}

fn wire_cause(cause: &Cause) -> v1::ChangeCause {
    use v1::change_cause::Cause as Wire;
    let cause = match cause {
        Cause::Load => Wire::IsLoad(true),
        Cause::Put(key) => Wire::RecordKey(key.into()),
        Cause::Deleted(key) => Wire::DeletedRecordKey(key.into()),
        Cause::Judged(id) => Wire::JudgementId(id.clone()),
        Cause::Withdrawn(id) => Wire::WithdrawnJudgementId(id.clone()),
        Cause::Model(id) => Wire::SnapshotId(id.clone()),
        Cause::Erasure(order) => Wire::ErasureId(order.clone()),
    };
    v1::ChangeCause { cause: Some(cause) }
}
