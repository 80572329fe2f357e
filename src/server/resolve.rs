//! Look-ups by identifier: who holds it, at which assurance.

use super::answers::{Answers, batch, not_built};
use crate::error::{Error, Result};
use crate::limits::CANDIDATES_MAX;
use crate::link::Assurance;
use crate::normalize::{email, phone, resident_id, text};
use crate::record::{Field, IssueKind, RecordKey};
use crate::service::lookup::{Candidate, Identifier, Resolution};
use crate::wire::identifier::{self, certificate_kinds, may_be_resident_id};
use crate::wire::v1;
use v1::identifier::Kind;
use v1::resolve_identity_request::Subject;

impl Answers {
    /// IdentityService.ResolveIdentity.
    pub fn resolve_identity(&self, request: v1::ResolveIdentityRequest) -> Result<v1::ResolveIdentityResponse> {
        let position = self.position_of(request.as_of.as_ref())?;
        Ok(v1::ResolveIdentityResponse { read_position: self.position_read(position), ..self.resolve(&request, position)? })
    }

    /// IdentityService.BatchResolveIdentities.
    pub fn batch_resolve_identities(&self, request: v1::BatchResolveIdentitiesRequest) -> Result<v1::BatchResolveIdentitiesResponse> {
        let position = self.position_of(request.as_of.as_ref())?;
        batch("look-ups", request.requests.len())?;
        let one = |(place, request): (usize, &v1::ResolveIdentityRequest)| {
            let resolved = match request.as_of {
                Some(_) => Err(Error::usage("as_of belongs to the batch, not to one look-up")),
                None => self.resolve(request, position),
            };
            resolved.map_err(|error| error.at(format!("requests[{place}]")))
        };
        let responses = request.requests.iter().enumerate().map(one).collect::<Result<_>>()?;
        Ok(v1::BatchResolveIdentitiesResponse { responses, read_position: self.position_read(position) })
    }

    fn resolve(&self, request: &v1::ResolveIdentityRequest, position: Option<u64>) -> Result<v1::ResolveIdentityResponse> {
        let least = least_assurance(request.minimum_assurance)?;
        let identifiers = match &request.subject {
            Some(Subject::Identifier(identifier)) => identifiers(identifier)?,
            Some(Subject::Record(_)) => return Err(not_built("resolving a record that is not stored")),
            Some(Subject::Attributes(_)) => return Err(not_built("resolving by attributes")),
            None => return Err(Error::usage("subject is missing: name an identifier")),
        };
        identifiers.iter().try_for_each(refuse_placeholder)?;
        Ok(response(match position {
            None => self.lookup.resolve_any(&identifiers, least)?,
            Some(position) => self.lookup.resolve_at(&identifiers, least, position)?,
        }))
    }
}

/// What people type for "not known" is dropped from records, so nobody could be found by it; the value itself is not repeated.
fn refuse_placeholder(identifier: &Identifier) -> Result<()> {
    let Identifier::Value(field, value) = identifier else { return Ok(()) };
    let cleaned = text::clean(value);
    let read = match field {
        Field::Phone => phone::read(&cleaned),
        Field::Email => email::read(&cleaned),
        Field::ResidentId => resident_id::read(&cleaned),
        _ => return Ok(()),
    };
    match read {
        Err(IssueKind::Placeholder) => {
            let what = field.name().replace('_', " ");
            let message = format!(
                "this {what} is a known placeholder, which stands for \"not known\": it identifies nobody and is not kept with records"
            );
            Err(Error::usage(message))
        }
        _ => Ok(()),
    }
}

fn response(resolution: Resolution) -> v1::ResolveIdentityResponse {
    let several = |status: v1::ResolutionStatus, candidates: Vec<Candidate>| v1::ResolveIdentityResponse {
        status: status.into(),
        candidate_count: candidates.len() as u64,
        candidates: candidates.into_iter().take(CANDIDATES_MAX).map(candidate).collect(),
        ..v1::ResolveIdentityResponse::default()
    };
    match resolution {
        Resolution::Found(found) => v1::ResolveIdentityResponse {
            status: v1::ResolutionStatus::Found.into(),
            one_id: found.one_id.to_string(),
            assurance: v1::Assurance::from(found.assurance).into(),
            ..v1::ResolveIdentityResponse::default()
        },
        Resolution::Ambiguous(candidates) => several(v1::ResolutionStatus::Ambiguous, candidates),
        Resolution::NotFound(candidates) => several(v1::ResolutionStatus::NotFound, candidates),
    }
}

fn candidate(candidate: Candidate) -> v1::Candidate {
    v1::Candidate {
        one_id: candidate.one_id.to_string(),
        assurance: v1::Assurance::from(candidate.assurance).into(),
        match_probability: None,
    }
}

fn least_assurance(number: i32) -> Result<Assurance> {
    match number {
        0 => Ok(Assurance::Strong),
        known => identifier::assurance(known).ok_or_else(|| Error::usage(format!("{known} is no assurance; it is 1 to 3"))),
    }
}

/// What an identifier of the wire is among the identifiers of records: several where the wire leaves the kind open.
fn identifiers(identifier: &v1::Identifier) -> Result<Vec<Identifier>> {
    let kind = identifier.kind.as_ref().ok_or_else(|| Error::usage("the identifier's kind is missing"))?;
    let one = |field: Field, text: &str| Ok(vec![Identifier::Value(field, text.to_owned())]);
    match kind {
        Kind::Phone(phone) => one(Field::Phone, phone),
        Kind::Email(email) => one(Field::Email, email),
        Kind::ResidentId(number) => one(Field::ResidentId, number),
        Kind::Unionid(unionid) => one(Field::UnionId, unionid),
        Kind::Device(device) => one(Field::Device, device),
        Kind::RecordKey(key) => Ok(vec![Identifier::Record(RecordKey::try_from(key)?)]),
        Kind::Openid(openid) => unscoped("openid.app_id", &openid.app_id).and_then(|()| one(Field::OpenId, &openid.openid)),
        Kind::CustomerNumber(number) => {
            unscoped("customer_number.issuer", &number.issuer).and_then(|()| one(Field::CustomerNumber, &number.number))
        }
        Kind::NationalId(number) => {
            unscoped("national_id.country_code", &number.country_code).and_then(|()| one(Field::NationalId, &number.number))
        }
        Kind::Certificate(certificate) => certificates(certificate),
    }
}

fn unscoped(what: &str, scope: &str) -> Result<()> {
    if scope.is_empty() { Ok(()) } else { Err(not_built(what)) }
}

fn certificates(certificate: &v1::Certificate) -> Result<Vec<Identifier>> {
    let certificate_type = v1::CertificateType::try_from(certificate.r#type)
        .map_err(|_| Error::usage(format!("{} is no type of certificate", certificate.r#type)))?;
    if !certificate.number.contains(char::is_alphanumeric) {
        return Err(Error::usage("the certificate's number is empty"));
    }
    let kinds = certificate_kinds(certificate_type).iter();
    let mut identifiers: Vec<Identifier> =
        kinds.map(|kind| Identifier::Value(Field::Certificate, format!("{kind}:{}", certificate.number))).collect();
    if may_be_resident_id(certificate_type) && resident_id::has_form(&certificate.number) {
        identifiers.push(Identifier::Value(Field::ResidentId, certificate.number.clone()));
    }
    Ok(identifiers)
}
