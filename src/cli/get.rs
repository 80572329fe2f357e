//! `oneid get`: who is it, and what is known.

use super::door::{Door, DoorArgs};
use super::output::{print, print_json};
use super::profile::{self, FeaturesForm, ProfileForm};
use super::subject::{self, Subject};
use super::table::{Align, Table};
use super::{Done, words};
use crate::error::{Error, Result};
use crate::limits::PAGE_SIZE_MAX;
use crate::link::Assurance;
use crate::wire::record::instant;
use crate::wire::v1;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use v1::identifier::Kind;

/// Find a person by any identifier and show the golden profile
///
/// Every value says which record it comes from, when that was observed and why it was chosen. Where several people hold the
/// identifier, they are listed and the exit code is 2.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid get --store kept phone:13912345671
  oneid get --endpoint http://127.0.0.1:7878 crm/C7685661988 --json
  oneid get --store kept resident-id:11010519491231002X
  oneid get --store kept P0123456789ABCDEF
  oneid get --store kept device:1c166f689ea560a9 --assurance probable
  oneid get --store kept phone:13912345671 --as-of 2026-05-31

Kinds: phone, email, resident-id, unionid, openid, device, customer-number,
national-id, certificate:[passport:|military:|...]NUMBER, record, one-id.
A bare SOURCE/ID is a record, a bare P... a One-ID.")]
pub struct Args {
    /// KIND:VALUE, SOURCE/ID or a One-ID
    #[arg(value_name = "WHO")]
    pub who: String,
    #[command(flatten)]
    pub door: DoorArgs,
    /// Count only records that are the person's at least this surely
    #[arg(long, value_name = "LEVEL", default_value = Assurance::Strong.name(), value_parser = assurances())]
    pub assurance: Assurance,
    /// As it was known at a past moment: a journal position or a time (2026-05-31, 2026-05-31T08:00:00Z)
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub as_of: Option<v1::as_of::Moment>,
    /// Print JSON instead of tables
    #[arg(long)]
    pub json: bool,
}

/// Reads a journal position, a day (its end, UTC) or a time.
fn moment(text: &str) -> std::result::Result<v1::as_of::Moment, String> {
    use v1::as_of::Moment;
    if let Ok(position) = text.parse() {
        return Ok(Moment::JournalPosition(position));
    }
    // A time without a zone is UTC; a day means its end.
    let utc = |time: jiff::civil::DateTime| time.to_zoned(jiff::tz::TimeZone::UTC).map(|time| time.timestamp());
    let has_time = text.contains([':', 'T']);
    let time: std::result::Result<jiff::Timestamp, jiff::Error> = match text.parse() {
        Ok(time) => Ok(time),
        Err(_) if has_time => text.parse().and_then(utc),
        Err(_) => text.parse().and_then(|day: jiff::civil::Date| utc(day.at(23, 59, 59, 999_999_999))),
    };
    let time = time.map_err(|_| "a moment is a journal position, a day (2026-05-31) or a time (2026-05-31T08:00:00Z)".to_string())?;
    Ok(Moment::Time(instant(time.as_microsecond())))
}

fn assurances() -> impl TypedValueParser<Value = Assurance> {
    PossibleValuesParser::new(Assurance::ALL.map(Assurance::name)).map(|name| Assurance::parse(&name).unwrap_or(Assurance::Strong))
}

/// What programs read.
#[derive(Debug, Default, Serialize)]
struct Form {
    /// `live`, `retired` or `ambiguous`.
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    features: Option<FeaturesForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redirects: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<CandidateForm>,
}

#[derive(Debug, Serialize)]
struct CandidateForm {
    one_id: String,
    assurance: String,
    display_name: String,
    record_count: u64,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let subject = subject::parse(&args.who)?;
    let door = Door::open(&args.door)?;
    let one_id = match subject {
        Subject::OneId(one_id) => one_id,
        Subject::Identifier(kind) => {
            let resolved = resolve(&door, &args, &kind)?;
            match resolved.status() {
                v1::ResolutionStatus::Found => resolved.one_id,
                v1::ResolutionStatus::Ambiguous => return ambiguous(&door, &args, &resolved),
                _ => return Err(nobody(&args, &kind, &resolved)),
            }
        }
    };
    show(&door, &args, one_id)
}

fn as_of(args: &Args) -> Option<v1::AsOf> {
    args.as_of.map(|moment| v1::AsOf { moment: Some(moment) })
}

/// Who holds the identifier. The name of a source may hold slashes, so each way to part `SOURCE/ID` is tried.
fn resolve(door: &Door, args: &Args, kind: &Kind) -> Result<v1::ResolveIdentityResponse> {
    let ask = |kind: Kind| v1::ResolveIdentityRequest {
        subject: Some(v1::resolve_identity_request::Subject::Identifier(v1::Identifier { kind: Some(kind) })),
        minimum_assurance: v1::Assurance::from(args.assurance).into(),
        as_of: as_of(args),
    };
    let keys: Vec<v1::RecordKey> = match kind {
        Kind::RecordKey(key) => subject::records(&format!("{}/{}", key.source, key.record_id)).take(PAGE_SIZE_MAX).collect(),
        _ => Vec::new(),
    };
    if keys.len() < 2 {
        return door.resolve_identity(ask(kind.clone()));
    }
    let requests: Vec<v1::ResolveIdentityRequest> = keys.into_iter().map(|key| ask(Kind::RecordKey(key))).collect();
    let alone = |request: v1::ResolveIdentityRequest| v1::ResolveIdentityRequest { as_of: None, ..request };
    let requests = requests.into_iter().map(alone).collect();
    Ok(joined(door.batch_resolve_identities(v1::BatchResolveIdentitiesRequest { requests, as_of: as_of(args) })?.responses))
}

/// The answers for several readings of one name as one answer: found people before those who hold it at less.
fn joined(responses: Vec<v1::ResolveIdentityResponse>) -> v1::ResolveIdentityResponse {
    let (found, missed): (Vec<_>, Vec<_>) = responses.into_iter().partition(|one| one.status() == v1::ResolutionStatus::Found);
    let mut people: Vec<v1::Candidate> = Vec::new();
    for one in &found {
        if people.iter().all(|known| known.one_id != one.one_id) {
            people.push(v1::Candidate { one_id: one.one_id.clone(), assurance: one.assurance, match_probability: None });
        }
    }
    match people.len() {
        0 => missed.into_iter().max_by_key(|one| one.candidate_count).unwrap_or_default(),
        1 => found.into_iter().next().unwrap_or_default(),
        several => v1::ResolveIdentityResponse {
            status: v1::ResolutionStatus::Ambiguous.into(),
            candidate_count: several as u64,
            candidates: people,
            ..v1::ResolveIdentityResponse::default()
        },
    }
}

fn show(door: &Door, args: &Args, one_id: String) -> Result<Done> {
    let found = door.get_profile(v1::GetProfileRequest { one_id: one_id.clone(), as_of: as_of(args), ..Default::default() })?;
    let Some(profile) = &found.profile else {
        return retired(args, &one_id, &found).map(|()| Done::Whole);
    };
    // What a customer had bought by then is known today; what was known of it then is not.
    let asked = args.as_of.is_none().then(|| v1::GetFeaturesRequest { one_id: profile.one_id.clone(), as_of_time: None });
    let features = asked.map(|asked| door.get_features(asked)).transpose()?.and_then(|answer| answer.features);
    if args.json {
        print_json(&Form {
            status: words::one_id_status(found.status),
            profile: Some(profile.into()),
            features: features.as_ref().map(Into::into),
            ..Form::default()
        })?;
    } else {
        print(&profile::render(profile, features.as_ref()))?;
    }
    Ok(Done::Whole)
}

fn retired(args: &Args, one_id: &str, found: &v1::GetProfileResponse) -> Result<()> {
    let redirects: Vec<String> = found.redirects.iter().map(|redirect| redirect.one_id.clone()).collect();
    if args.json {
        return print_json(&Form { status: words::one_id_status(found.status), redirects, ..Form::default() });
    }
    if found.status() == v1::OneIdStatus::Erased {
        return print(&format!("{one_id} was erased; nothing is known\n"));
    }
    let now = if redirects.is_empty() { "its last record is gone".to_owned() } else { format!("now: {}", redirects.join(", ")) };
    print(&format!("{one_id} is retired; {now}\n"))
}

fn ambiguous(door: &Door, args: &Args, resolved: &v1::ResolveIdentityResponse) -> Result<Done> {
    let candidates = candidates(door, args, &resolved.candidates)?;
    if args.json {
        print_json(&Form { status: "ambiguous".into(), candidates, ..Form::default() })?;
        return Ok(Done::Ambiguous);
    }
    let mut table = Table::new(&[("One-ID", Align::Left), ("assurance", Align::Left), ("name", Align::Left), ("records", Align::Right)]);
    for candidate in candidates {
        table.row(vec![candidate.one_id, candidate.assurance, candidate.display_name, candidate.record_count.to_string()]);
    }
    let shown = resolved.candidates.len() as u64;
    let more = if resolved.candidate_count > shown { format!(", the first {shown} of them are") } else { String::new() };
    let held = words::counted(resolved.candidate_count, "person").replace("persons", "people");
    print(&format!("AMBIGUOUS: {held} hold {}{more}\n{}", args.who, table.render()))?;
    Ok(Done::Ambiguous)
}

/// The candidates with their names and numbers of records.
fn candidates(door: &Door, args: &Args, candidates: &[v1::Candidate]) -> Result<Vec<CandidateForm>> {
    let one_ids = candidates.iter().map(|candidate| candidate.one_id.clone()).collect();
    let lookups = door.batch_get_profiles(v1::BatchGetProfilesRequest { one_ids, as_of: as_of(args), ..Default::default() })?.lookups;
    let named = candidates.iter().zip(lookups).map(|(candidate, lookup)| {
        let profile = lookup.profile.unwrap_or_default();
        let of = |wanted: v1::Field| profile.fields.iter().find(|field| field.field == wanted as i32);
        let name = of(v1::Field::DisplayName).or_else(|| of(v1::Field::Nickname));
        CandidateForm {
            one_id: candidate.one_id.clone(),
            assurance: words::assurance(candidate.assurance),
            display_name: name.and_then(|field| field.values.first()).map(|value| value.text.clone()).unwrap_or_default(),
            record_count: profile.record_count,
        }
    });
    Ok(named.collect())
}

fn nobody(args: &Args, kind: &Kind, resolved: &v1::ResolveIdentityResponse) -> Error {
    let mut message = match kind {
        Kind::RecordKey(_) if resolved.candidates.is_empty() && args.as_of.is_some() => {
            format!("there was no record {} then", args.who)
        }
        Kind::RecordKey(_) if resolved.candidates.is_empty() => {
            format!("there is no record {}; write SOURCE/ID, both as merges reported and exported them", args.who)
        }
        Kind::RecordKey(_) => format!("record {} is nobody's at assurance {}", args.who, args.assurance.name()),
        _ if args.as_of.is_some() => format!("nobody held {} then at assurance {}", args.who, args.assurance.name()),
        _ => format!("nobody holds {} at assurance {}", args.who, args.assurance.name()),
    };
    if let Some(best) = resolved.candidates.first() {
        let people = words::counted(resolved.candidate_count, "person").replace("persons", "people");
        let level = words::assurance(best.assurance);
        message.push_str(&format!("; {people} at less: --assurance {level} shows them"));
    }
    Error::not_found(message)
}
