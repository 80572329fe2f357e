//! Golden profiles by One-ID.

use super::answers::{Answers, batch, no_unmask_reason, one_id};
use super::mask::{PROFILE, ReadMask};
use crate::error::{ErrorClass, Result};
use crate::limits::PROFILE_MEMBERS_MAX;
use crate::one_id::OneId;
use crate::service::lookup::{LiveProfile, ProfileAnswer};
use crate::wire::record::timestamp;
use crate::wire::{profile, v1};

impl Answers {
    /// IdentityService.GetProfile.
    pub fn get_profile(&self, request: v1::GetProfileRequest) -> Result<v1::GetProfileResponse> {
        let position = self.position_of(request.as_of.as_ref())?;
        no_unmask_reason(&request.unmask_reason)?;
        let mask = profile_mask(request.read_mask.map(|mask| mask.paths))?;
        let found = self.profile(one_id(&request.one_id)?, position, &mask)?;
        Ok(v1::GetProfileResponse {
            status: found.status,
            profile: found.profile,
            redirects: found.redirects,
            read_position: self.position_read(position),
        })
    }

    /// IdentityService.BatchGetProfiles.
    pub fn batch_get_profiles(&self, request: v1::BatchGetProfilesRequest) -> Result<v1::BatchGetProfilesResponse> {
        let position = self.position_of(request.as_of.as_ref())?;
        no_unmask_reason(&request.unmask_reason)?;
        batch("One-IDs", request.one_ids.len())?;
        let mask = profile_mask(request.read_mask.map(|mask| mask.paths))?;
        let look_up = |(place, text): (usize, &String)| {
            let person = one_id(text).map_err(|error| error.at(format!("one_ids[{place}]")))?;
            let found = match self.profile(person, position, &mask) {
                Err(error) if error.class() == ErrorClass::NotFound => v1::ProfileLookup::default(),
                found => found?,
            };
            Ok(v1::ProfileLookup { one_id: text.clone(), ..found })
        };
        let lookups = request.one_ids.iter().enumerate().map(look_up).collect::<Result<_>>()?;
        Ok(v1::BatchGetProfilesResponse { lookups, read_position: self.position_read(position) })
    }

    /// A person now, or at a journal position.
    pub(super) fn profile(&self, person: OneId, position: Option<u64>, mask: &ReadMask<v1::Profile>) -> Result<v1::ProfileLookup> {
        let one_id = person.to_string();
        let found = position.map_or_else(|| self.lookup.profile(person), |position| self.lookup.profile_at(person, position));
        Ok(match found? {
            ProfileAnswer::Live(live) => v1::ProfileLookup {
                one_id,
                status: v1::OneIdStatus::Live.into(),
                profile: Some(mask.apply(live_profile(&live))),
                redirects: Vec::new(),
            },
            ProfileAnswer::Erased => {
                v1::ProfileLookup { one_id, status: v1::OneIdStatus::Erased.into(), profile: None, redirects: Vec::new() }
            }
            ProfileAnswer::Retired(present) => v1::ProfileLookup {
                one_id,
                status: v1::OneIdStatus::Retired.into(),
                profile: None,
                redirects: present.iter().map(redirect).collect(),
            },
        })
    }
}

/// A mask over profiles.
pub(super) fn profile_mask(paths: Option<Vec<String>>) -> Result<ReadMask<v1::Profile>> {
    ReadMask::new(PROFILE, &paths.unwrap_or_default())
}

fn redirect(one_id: &OneId) -> v1::Redirect {
    v1::Redirect { one_id: one_id.to_string(), time: None, journal_position: 0 }
}

fn live_profile(live: &LiveProfile) -> v1::Profile {
    let aligned = live.profile.records.iter().zip(&live.record_assurances).zip(&live.record_versions);
    let members = aligned.map(|((key, assurance), (version, observed_at))| v1::MemberRecord {
        record_key: Some(key.into()),
        version: *version,
        observed_time: observed_at.map(timestamp),
        assurance: v1::Assurance::from(*assurance).into(),
    });
    v1::Profile {
        one_id: live.profile.one_id.to_string(),
        fields: profile::fields(&live.profile),
        member_records: members.take(PROFILE_MEMBERS_MAX).collect(),
        record_count: live.profile.records.len() as u64,
        assurance: v1::Assurance::from(live.assurance).into(),
        former_one_ids: live.former.iter().map(ToString::to_string).collect(),
        created_time: None,
        changed_time: None,
        created_journal_position: live.created_at,
    }
}
