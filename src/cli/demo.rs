//! `oneid demo`: the whole product on made-up customers, then how to go on.
//!
//! 1. Makes four channels of customers with known truth. 2. Merges them into a store. 3. Compares with the truth.
//! 4. Shows a person, a link, a refusal, a search, a look-up through a server that it starts and stops.
//!
//! Everything shown is computed by the very code of the other commands; nothing is staged but the choice of examples.

use super::door::Door;
use super::merge::{now_microseconds, read_settings};
use super::output::{print, write_file};
use super::progress::Bar;
use super::{Done, eval, profile, search, synth, waterfall, words};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::link::Assurance;
use crate::normalize::{pinyin, text};
use crate::one_id::OneId;
use crate::record::{Field, RecordKey};
use crate::server::{self, Answers};
use crate::service::events;
use crate::service::keep::Keep;
use crate::service::lookup::{Identifier, Lookup, Resolution};
use crate::service::merge_store::{Mode, StoreJob, StoreMerged, merge_into};
use crate::store::RecordRow;
use crate::synth::ErrorLevel;
use crate::wire::v1;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Customers of the demo; the merge takes about a second.
const CUSTOMERS: u64 = 2_000;

/// The file that marks a folder as an earlier demo's, which may be replaced.
const MARK: &str = "made-by-oneid-demo.txt";

/// See the whole product on made-up customers in less than a minute
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  oneid demo --out my-demo")]
pub struct Args {
    /// The folder for data and store; an earlier demo's is replaced [default: oneid-demo in the folder for temporary files]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Another seed, other customers
    #[arg(long, value_name = "S", default_value_t = 7)]
    pub seed: u64,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let folder = args.out.unwrap_or_else(|| std::env::temp_dir().join("oneid-demo"));
    prepare(&folder)?;
    let data = folder.join("data");
    heading(1, "Four channels of customers")?;
    say(
        "A CRM extract, an app, a WeChat mini-program and branch terminals describe the same people in different shapes, scripts and\nqualities: typos, homophones, masked numbers, shared phones, recycled numbers, moves. (oneid synth)\n",
    )?;
    synth::run(synth::Args { customers: CUSTOMERS, seed: args.seed, out: data.clone(), errors: ErrorLevel::Usual })?;
    show_heads(&data)?;

    heading(2, "Merge into a store")?;
    let store = folder.join("store");
    let merged = merge(&data, &store)?;
    say(&super::report::render(&merged.report))?;

    heading(3, "How good is it? (oneid eval)")?;
    let clusters = folder.join("clusters.csv");
    super::merge::write_clusters(&clusters, merged.assignments.iter().map(|(key, one_id)| (key, *one_id)))?;
    let assessment = eval::assess_clusters(&data.join("truth").join("truth.csv"), &clusters)?;
    say(&eval::figures(&assessment))?;

    let lookup = Arc::new(Lookup::new(Keep::open(&store)?)?);
    let door = Door::Store(Box::new(Answers::new(lookup.clone())));
    let examples = Examples::choose(&lookup, &merged)?;
    show_person(&door, &examples)?;
    show_pairs(&door, &examples)?;
    let query = show_search(&door, &examples)?;
    show_server(lookup, &examples)?;
    next_commands(&store, &examples, &query)?;
    Ok(Done::Whole)
}

/// An empty folder; somebody else's files are never touched.
fn prepare(folder: &Path) -> Result<()> {
    let failed = |cause: std::io::Error| Error::io(format!("cannot make {}", folder.display()), &cause);
    if folder.exists() {
        let empty = std::fs::read_dir(folder).map_err(failed)?.next().is_none();
        if !empty && !folder.join(MARK).is_file() {
            return Err(Error::usage(format!("{} holds files that are no demo's; name another folder with --out", folder.display())));
        }
        std::fs::remove_dir_all(folder).map_err(failed)?;
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    write_file(&folder.join(MARK), |out| writeln!(out, "Made by oneid demo, which replaces this folder when it runs again."))
}

fn say(text: &str) -> Result<()> {
    print(&format!("{text}\n"))
}

fn heading(number: u32, title: &str) -> Result<()> {
    say(&format!("\n━━ {number}. {title} {}", "━".repeat(100usize.saturating_sub(title.chars().count()))))
}

fn show_heads(data: &Path) -> Result<()> {
    for name in ["crm.csv", "app.jsonl", "mini_program.jsonl"] {
        let text = std::fs::read_to_string(data.join(name)).map_err(|cause| Error::io(name, &cause))?;
        let lines: Vec<String> = text.lines().take(3).map(|line| format!("  {line}")).collect();
        say(&format!("{name}\n{}", lines.join("\n")))?;
    }
    say("branch.csv is GB18030, as the terminals write it.\n")
}

fn merge(data: &Path, store: &Path) -> Result<StoreMerged> {
    let now = now_microseconds();
    let found = events::read(&data.join("events.csv"), now / 1_000_000)?;
    let job = StoreJob {
        inputs: ["crm.csv", "app.jsonl", "mini_program.jsonl", "branch.csv"].map(|name| data.join(name)).to_vec(),
        settings: Some(read_settings(Some("builtin:four-channels"))?),
        model: None,
        mode: Mode::Delta,
        force: false,
        dry_run: false,
        resume: false,
        memory_budget: None,
        events: found.events,
        actor: "demo".to_string(),
        now,
    };
    let bar = Bar::new();
    let merged = merge_into(&mut Keep::open_or_create(store)?, job, &bar);
    bar.finish();
    Ok(merged?)
}

/// What the demo shows.
struct Examples {
    person: OneId,
    phone: String,
    name: String,
    link: (RecordKey, RecordKey),
    refusal: (RecordKey, RecordKey),
    shared: String,
}

impl Examples {
    fn choose(lookup: &Lookup, merged: &StoreMerged) -> Result<Examples> {
        let mut people: BTreeMap<OneId, Vec<RecordKey>> = BTreeMap::new();
        for (key, one_id) in &merged.assignments {
            people.entry(*one_id).or_default().push(key.clone());
        }
        let missing = |what: &str| Error::internal(format!("these customers hold no {what} to show; try another --seed"));
        let mut best: Option<(usize, OneId)> = None;
        for (one_id, keys) in &people {
            if let Some(interest) = interest(lookup, *one_id, keys)?
                && best.is_none_or(|(most, _)| interest > most)
            {
                best = Some((interest, *one_id));
            }
        }
        let (_, person) = best.ok_or_else(|| missing("person with records in every channel"))?;
        let rows = lookup.records(person)?;
        let first = |field: Field| rows.iter().find_map(|row| row.canonical.first(field)).map(|value| value.text.to_string());
        let name = first(Field::DisplayName).ok_or_else(|| missing("name"))?;
        let phone = phone_of_one(lookup, person, &rows)?.ok_or_else(|| missing("phone that one person holds"))?;
        let link = weakest_link(lookup, &rows)?.ok_or_else(|| missing("link"))?;
        let (refusal, shared) = refusal(lookup, merged)?.ok_or_else(|| missing("refusal"))?;
        Ok(Examples { person, phone, name, link, refusal, shared })
    }
}

/// A phone of the person that nobody else holds.
fn phone_of_one(lookup: &Lookup, person: OneId, rows: &[RecordRow]) -> Result<Option<String>> {
    for phone in rows.iter().flat_map(|row| row.canonical.of(Field::Phone)).filter(|phone| !phone.text.contains('*')) {
        let asked = Identifier::Value(Field::Phone, phone.text.to_string());
        if matches!(lookup.resolve(&asked, Assurance::Strong)?, Resolution::Found(found) if found.one_id == person) {
            return Ok(Some(phone.text.to_string()));
        }
    }
    Ok(None)
}

/// How much there is to see of a person: spellings of the name, phones and addresses, for people in all four channels who buy.
fn interest(lookup: &Lookup, one_id: OneId, keys: &[RecordKey]) -> Result<Option<usize>> {
    let mut sources: Vec<&str> = keys.iter().map(|key| key.source.as_str()).collect();
    sources.dedup();
    if sources.len() < 4 || keys.len() > 9 {
        return Ok(None);
    }
    let rows = lookup.records(one_id)?;
    let mut values: Vec<(Field, &str)> = Vec::new();
    for field in [Field::DisplayName, Field::Phone, Field::DisplayAddress, Field::BirthDate, Field::ResidentId] {
        let of_rows = rows.iter().flat_map(|row| row.canonical.of(field));
        values.extend(of_rows.map(|value| (field, value.text.as_str())).filter(|(_, value)| !value.contains('*')));
    }
    values.sort_unstable();
    values.dedup();
    let han = rows.iter().any(|row| row.canonical.first(Field::DisplayName).is_some_and(|name| text::has_han(&name.text)));
    let buys = lookup.features(one_id, now_microseconds() / 1_000_000)?.purchases >= 3;
    let can_be_looked_up = han && buys && phone_of_one(lookup, one_id, &rows)?.is_some();
    Ok(can_be_looked_up.then_some(values.len()))
}

/// The link that needs explaining most: the weakest one between two named records.
fn weakest_link(lookup: &Lookup, rows: &[RecordRow]) -> Result<Option<(RecordKey, RecordKey)>> {
    let mut weakest = None;
    let named: Vec<&RecordRow> = rows.iter().filter(|row| row.canonical.first(Field::GivenName).is_some()).collect();
    for (place, a) in named.iter().enumerate() {
        for b in &named[place + 1..] {
            let explanation = lookup.explain(&a.canonical.key, &b.canonical.key)?.explanation;
            let links = explanation.weight >= explanation.thresholds.link.weight();
            if links && weakest.as_ref().is_none_or(|(least, _)| explanation.weight < *least) {
                weakest = Some((explanation.weight, (explanation.a, explanation.b)));
            }
        }
    }
    Ok(weakest.map(|(_, pair)| pair))
}

type Pair = (RecordKey, RecordKey);

/// Two named people who hold one phone and an address, and are kept apart: relatives, mostly.
fn refusal(lookup: &Lookup, merged: &StoreMerged) -> Result<Option<(Pair, String)>> {
    let mut holders: BTreeMap<String, Vec<(&RecordKey, OneId)>> = BTreeMap::new();
    for (key, one_id) in &merged.assignments {
        let record = lookup.record(key)?.canonical;
        if record.first(Field::GivenName).is_some() && record.first(Field::BirthDate).is_some() && record.first(Field::Street).is_some() {
            for phone in record.of(Field::Phone).iter().filter(|phone| !phone.text.contains('*')) {
                holders.entry(phone.text.to_string()).or_default().push((key, *one_id));
            }
        }
    }
    for (phone, holders) in holders {
        if let Some((other, _)) = holders.iter().find(|(_, one_id)| *one_id != holders[0].1) {
            let explanation = lookup.explain(holders[0].0, other)?.explanation;
            let same_street = explanation.rows.iter().any(|row| row.comparison == "street" && row.level == 1);
            if same_street && explanation.weight < explanation.thresholds.review.weight() {
                return Ok(Some(((explanation.a, explanation.b), phone)));
            }
        }
    }
    Ok(None)
}

fn show_person(door: &Door, examples: &Examples) -> Result<()> {
    heading(4, "One person, with the provenance of every value (oneid get)")?;
    let one_id = examples.person.to_string();
    let found = door.get_profile(v1::GetProfileRequest { one_id: one_id.clone(), ..Default::default() })?;
    let features = door.get_features(v1::GetFeaturesRequest { one_id, as_of_time: None })?.features;
    let shown = found.profile.ok_or_else(|| Error::internal("the person chosen is not live"))?;
    say(&profile::render(&shown, features.as_ref()))
}

fn show_pairs(door: &Door, examples: &Examples) -> Result<()> {
    heading(5, "Why are these two one person? (oneid explain)")?;
    say(&explained(door, &examples.link)?)?;
    heading(6, "Why are these two not one person, although they share a phone and an address?")?;
    say(&explained(door, &examples.refusal)?)
}

fn explained(door: &Door, (a, b): &Pair) -> Result<String> {
    let side = |key: &RecordKey| {
        let record_key = v1::RecordKey { source: key.source.to_string(), record_id: key.id.to_string() };
        Some(v1::PairSide { side: Some(v1::pair_side::Side::RecordKey(record_key)) })
    };
    let answer = door.explain_pair(v1::ExplainPairRequest { left: side(a), right: side(b), ..Default::default() })?;
    let pair = answer.explanation.as_ref().ok_or_else(|| Error::internal("the answer holds no explanation"))?;
    Ok(waterfall::render(&answer, pair))
}

fn show_search(door: &Door, examples: &Examples) -> Result<String> {
    let query = pinyin::name_pinyin(&examples.name).preferred().join(" ");
    heading(7, &format!("Search by pinyin: {query:?} (oneid search)"))?;
    let found = door.search_profiles(v1::SearchProfilesRequest { query: query.clone(), page_size: 5, page_token: String::new() })?;
    say(&search::render(&found))?;
    Ok(query)
}

fn show_server(lookup: Arc<Lookup>, examples: &Examples) -> Result<()> {
    heading(8, "The same through gRPC (oneid serve)")?;
    let running = server::start(Arc::new(Answers::new(lookup)), std::net::SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let client = Client::connect(&running.url())?;
    for phone in [&examples.phone, &examples.shared] {
        let identifier = v1::Identifier { kind: Some(v1::identifier::Kind::Phone(phone.clone())) };
        let answer = client.resolve_identity(v1::ResolveIdentityRequest {
            subject: Some(v1::resolve_identity_request::Subject::Identifier(identifier)),
            ..Default::default()
        })?;
        let who = match answer.status() {
            v1::ResolutionStatus::Found => answer.one_id.clone(),
            _ => words::counted(answer.candidates.len() as u64, "candidate"),
        };
        say(&format!("  IdentityService.ResolveIdentity phone {phone}: {} {who}", answer.status().as_str_name()))?;
    }
    drop(client);
    let address = running.address();
    running.stop()?;
    say(&format!("  The server on {address} was started for this and is stopped again.\n"))
}

fn next_commands(store: &Path, examples: &Examples, query: &str) -> Result<()> {
    heading(9, "Go on")?;
    let store = store.display();
    let program = std::env::args().next().unwrap_or_else(|| "oneid".to_string());
    let (a, b) = &examples.link;
    say(&format!(
        "  {program} get --store {store} phone:{}\n  {program} explain --store {store} {a} {b}\n  {program} search --store {store} \"{query}\"\n  \
         {program} clusters --store {store} --largest\n  {program} export --store {store} --what people --out people.jsonl\n  \
         {program} serve --store {store}\n  {program} merge YOUR-FILES --clusters clusters.csv\n  {program} --help",
        examples.phone
    ))
}
