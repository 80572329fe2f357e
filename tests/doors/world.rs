//! The store that all tests ask, and ways to ask it.

use crate::program::{done, fixture, four_channels};
use oneid::client::Client;
use oneid::engine::Silent;
use oneid::engine::batch::ReviewReason;
use oneid::error::ErrorClass;
use oneid::one_id::OneId;
use oneid::record::RecordKey;
use oneid::server::{Answers, Running, start};
use oneid::service::events;
use oneid::service::keep::Keep;
use oneid::service::lookup::{Lookup, ProfileAnswer};
use oneid::service::merge_store::{Mode, StoreJob, StoreMerged, merge_into};
use oneid::settings::{FOUR_CHANNELS, parse};
use oneid::wire::v1;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The store and what the tests need to know of it.
pub struct World {
    /// Opened by this process.
    pub lookup: Arc<Lookup>,
    /// A copy of the store's folder that nobody has open.
    pub copy: PathBuf,
    /// The two people that the delta made one: retired, surviving.
    pub merged: (OneId, OneId),
    /// Pairs that the last merge left for review, and why.
    pub reviews: Vec<(RecordKey, RecordKey, ReviewReason)>,
}

impl World {
    /// Answers without a server.
    pub fn answers(&self) -> Answers {
        Answers::new(Arc::clone(&self.lookup))
    }

    /// A server on a free port, and a client of it, which is to be dropped first: nothing drives it between calls, so the server
    /// would wait for it in vain.
    pub fn serve(&self) -> (Running, Client) {
        let running = start(Arc::new(self.answers()), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
        let client = Client::connect(&running.url()).expect("the server is there");
        (running, client)
    }

    /// Every live record.
    pub fn records(&self) -> Vec<v1::StoredRecord> {
        let answers = self.answers();
        let mut asked = v1::ListRecordsRequest { all_people: true, page_size: 1_000, ..Default::default() };
        let mut records = Vec::new();
        loop {
            let page = answers.list_records(asked.clone()).expect("a page");
            records.extend(page.records);
            if page.next_page_token.is_empty() {
                return records;
            }
            asked.page_token = page.next_page_token;
        }
    }
}

/// The world, made when first asked for.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(make)
}

fn make() -> World {
    // One folder for all runs, made anew by each: it stays behind for whoever wants to look at it.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("doors");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the last run's folder");
    }
    let (kept, copy) = (folder.join("kept"), folder.join("copy"));
    let first = merge(&kept, four_channels().into_iter().map(PathBuf::from).collect());
    let delta = folder.join("crm.csv");
    let pair = write_delta(&first, &delta);
    let reviews = reviews(&merge(&kept, vec![delta]));
    copy_folder(&kept, &copy);
    let lookup = Arc::new(Lookup::new(open(&kept)).expect("just written"));
    let live = |one_id: OneId| matches!(lookup.profile(one_id), Ok(ProfileAnswer::Live(_)));
    let merged = match (live(pair.0), live(pair.1)) {
        (false, true) => pair,
        (true, false) => (pair.1, pair.0),
        both => panic!("the delta was to make one person of two, live are {both:?}"),
    };
    World { lookup, copy, merged, reviews }
}

/// Other people than the fixture's: answers about them, and the pairs left for review.
pub fn others() -> (Answers, Vec<(RecordKey, RecordKey, ReviewReason)>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("others");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the last run's folder");
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    done(&folder, &["synth", "--customers", "400", "--seed", "1", "--out", "made"]);
    let inputs = ["crm.csv", "app.jsonl", "mini_program.jsonl", "branch.csv"].map(|name| folder.join("made").join(name));
    let kept = folder.join("kept");
    let merged = merge(&kept, inputs.to_vec());
    let lookup = Arc::new(Lookup::new(open(&kept)).expect("just written"));
    (Answers::new(lookup), reviews(&merged))
}

/// Opens a store that was just written. A program that another test starts at that moment holds what is open here until it runs by itself.
fn open(kept: &Path) -> Keep {
    for _ in 0..100 {
        match Keep::open(kept) {
            Err(error) if error.class() == ErrorClass::Busy => std::thread::sleep(std::time::Duration::from_millis(10)),
            opened => return opened.expect("just written"),
        }
    }
    Keep::open(kept).expect("just written")
}

/// The pairs that a merge left for review, and why.
fn reviews(merged: &StoreMerged) -> Vec<(RecordKey, RecordKey, ReviewReason)> {
    let key = |row: u32| merged.assignments[row as usize].0.clone();
    merged.reviews.iter().map(|review| (key(review.edge.low), key(review.edge.high), review.reason)).collect()
}

fn merge(kept: &Path, inputs: Vec<PathBuf>) -> StoreMerged {
    let mut keep = Keep::open_or_create(kept).expect("a store");
    let job = StoreJob {
        inputs,
        settings: Some(parse(FOUR_CHANNELS, "builtin:four-channels").expect("shipped settings")),
        model: None,
        mode: Mode::Delta,
        force: false,
        dry_run: false,
        resume: false,
        memory_budget: None,
        events: events::read(&fixture("four_channels/events.csv"), i64::MAX).expect("events").events,
        actor: "test".into(),
        now: 1_800_000_000_000_000,
    };
    merge_into(&mut keep, job, &Silent).expect("merged")
}

/// Writes a newer version of a lone CRM record that says what another person's CRM record says; gives the two people.
fn write_delta(merged: &StoreMerged, path: &Path) -> (OneId, OneId) {
    let text = std::fs::read_to_string(fixture("four_channels/crm.csv")).expect("the fixture");
    let person = |id: &str| {
        let key = RecordKey::new("crm", id);
        merged.assignments.binary_search_by(|(known, _)| known.cmp(&key)).ok().map(|place| merged.assignments[place].1)
    };
    let size = |one_id: OneId| merged.assignments.iter().filter(|(_, other)| *other == one_id).count();
    let mut rows = text.lines();
    let header = rows.next().expect("a header");
    // Rows with a quote hold commas; there are enough others.
    let rows: Vec<Vec<&str>> = rows.filter(|row| !row.contains('"')).map(|row| row.split(',').collect()).collect();
    let with_resident_id = |row: &&Vec<&str>| row[4] == "身份证" && row[5].len() == 18 && row[6].len() == 11;
    let model = rows.iter().filter(with_resident_id).find(|row| person(row[0]).is_some_and(|one_id| size(one_id) > 2)).expect("a person");
    let lone = rows.iter().find(|row| person(row[0]).is_some_and(|one_id| size(one_id) == 1)).expect("a lone record");
    let mut changed = model.clone();
    changed[0] = lone[0];
    *changed.last_mut().expect("a time") = "2027-01-01 00:00:00";
    std::fs::write(path, format!("{header}\n{}\n", changed.join(","))).expect("written");
    (person(lone[0]).expect("known"), person(model[0]).expect("known"))
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("a type").is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => std::fs::copy(entry.path(), target).map(|_| ()).expect("copied"),
        }
    }
}
