//! Single writes through a server: what is acknowledged stands, whatever is killed; who said what, and how it was before.
#![cfg(feature = "full")]

mod program;

use oneid::client::Client;
use oneid::record::RecordKey;
use oneid::server::{Answers, Running, start};
use oneid::service::keep::Keep;
use oneid::service::lookup::Lookup;
use oneid::service::upsert::{Asked, Desk, Outcome, Write, Writer, WrittenRecord};
use oneid::wire::v1;
use program::{done, four_channels, oneid};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const NOW: i64 = 1_800_000_000_000_000;

/// A store of the four channels in a new folder.
fn store() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inputs = four_channels();
    let arguments: Vec<&str> = ["merge", "--store", "kept"].into_iter().chain(inputs.iter().map(String::as_str)).collect();
    done(folder.path(), &arguments);
    let kept = folder.path().join("kept");
    (folder, kept)
}

fn open(kept: &Path) -> (Arc<Lookup>, Arc<Writer>) {
    let mut keep = Keep::open(kept).expect("the store opens");
    let desk = Desk::open(&mut keep, NOW).expect("a desk");
    let lookup = Arc::new(Lookup::new(keep).expect("it is read"));
    let writer = Arc::new(Writer::start(Arc::clone(&lookup), desk, "test"));
    (lookup, writer)
}

/// A server that writes, and a client of it, which is to be dropped first.
fn serve(kept: &Path) -> (Running, Client) {
    let (lookup, writer) = open(kept);
    let answers = Arc::new(Answers::writing(lookup, writer, "grpc"));
    let running = start(answers, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
    let client = Client::connect(&running.url()).expect("the server is there");
    (running, client)
}

fn key(id: &str) -> v1::RecordKey {
    v1::RecordKey { source: "desk".into(), record_id: id.into() }
}

fn upsert(id: &str, version: i64, columns: &[(&str, &str)]) -> v1::UpsertRecordRequest {
    let columns = columns.iter().map(|(column, value)| v1::ColumnValue { column: (*column).into(), value: (*value).into() });
    let record = v1::SourceRecord { key: Some(key(id)), columns: columns.collect(), version: Some(version), observed_time: None };
    v1::UpsertRecordRequest { record: Some(record), request_id: String::new() }
}

fn who(client: &Client, phone: &str) -> (v1::ResolutionStatus, String) {
    let identifier = v1::Identifier { kind: Some(v1::identifier::Kind::Phone(phone.into())) };
    let subject = Some(v1::resolve_identity_request::Subject::Identifier(identifier));
    let minimum_assurance = v1::Assurance::Probable.into();
    let answer = client.resolve_identity(v1::ResolveIdentityRequest { subject, minimum_assurance, as_of: None }).expect("an answer");
    (answer.status(), answer.one_id)
}

const HUA: &[(&str, &str)] =
    &[("name", "诸葛清华"), ("phone", "19912345601"), ("birth_date", "1971-02-03"), ("email", "qinghua.zg@example.com")];

#[test]
fn what_is_written_is_read_at_once_and_again_after_a_restart() {
    let (_folder, kept) = store();
    let (running, client) = serve(&kept);
    let first = client.upsert_record(upsert("1", 1, HUA)).expect("written");
    assert_eq!(first.result(), v1::WriteResult::Created);
    assert_eq!(who(&client, "19912345601"), (v1::ResolutionStatus::Found, first.one_id.clone()));
    let second = client.upsert_record(upsert("2", 1, HUA)).expect("written");
    assert_eq!((second.one_id.clone(), second.assurance()), (first.one_id.clone(), v1::Assurance::Strong), "it joins the first");
    assert_eq!(client.upsert_record(upsert("2", 1, HUA)).expect("written").result(), v1::WriteResult::Unchanged);
    let moved = [&[("name", "诸葛清华"), ("phone", "19912345609")], &HUA[2..]].concat();
    assert_eq!(client.upsert_record(upsert("2", 2, &moved)).expect("written").result(), v1::WriteResult::Updated);
    assert_eq!(who(&client, "19912345609").1, first.one_id);
    let profile = client.get_profile(v1::GetProfileRequest { one_id: first.one_id.clone(), ..Default::default() }).expect("it is there");
    assert_eq!(profile.profile.expect("live").record_count, 2);
    let bad = client.upsert_record(upsert("3", 1, &[("colour", "red")])).expect_err("it says nothing");
    assert!(bad.to_string().contains("no column"), "{bad}");
    let conflict = client.upsert_record(upsert("2", 2, HUA)).expect_err("the same version, other content");
    assert!(conflict.to_string().contains("version 2"), "{conflict}");

    let delete = v1::DeleteRecordRequest { record_key: Some(key("1")), version: None, request_id: "d1".into() };
    assert_eq!(client.delete_record(delete.clone()).expect("deleted").result(), v1::WriteResult::Deleted);
    assert_eq!(client.delete_record(delete).expect("as before").result(), v1::WriteResult::Deleted, "a repeat is answered as the first");
    assert_eq!(who(&client, "19912345601").0, v1::ResolutionStatus::NotFound);
    drop(client);
    running.stop().expect("ended in order");

    let (running, client) = serve(&kept);
    assert_eq!(who(&client, "19912345609"), (v1::ResolutionStatus::Found, first.one_id.clone()));
    assert_eq!(client.upsert_record(upsert("1", 1, HUA)).expect("kept out").result(), v1::WriteResult::Superseded);
    let found = client.search_profiles(v1::SearchProfilesRequest { query: "诸葛清华".into(), ..Default::default() }).expect("an answer");
    assert!(found.hits.iter().any(|hit| hit.one_id == first.one_id), "the index followed");
    drop(client);
    running.stop().expect("ended in order");
}

#[test]
fn a_stream_is_acknowledged_in_order_and_goes_on_after_a_refusal() {
    let (_folder, kept) = store();
    let (lookup, writer) = open(&kept);
    let answers = Arc::new(Answers::writing(lookup, writer, "grpc"));
    let running = start(answers, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let said = runtime.block_on(async {
        let mut records = v1::record_service_client::RecordServiceClient::connect(running.url()).await.expect("connected");
        let put = |write| v1::StreamRecordsRequest { write: Some(write) };
        use v1::stream_records_request::Write as Asks;
        let mut requests: Vec<v1::StreamRecordsRequest> =
            (0..300).map(|number| put(Asks::Upsert(upsert(&format!("s{number}"), 1, &[("name", &format!("诸葛{number}"))])))).collect();
        requests[7] = v1::StreamRecordsRequest { write: None };
        requests[100] =
            put(Asks::Delete(v1::DeleteRecordRequest { record_key: Some(key("s3")), version: None, request_id: String::new() }));
        let mut answers = records.stream_records(tokio_stream::iter(requests)).await.expect("a stream").into_inner();
        let mut said = Vec::new();
        while let Some(message) = answers.message().await.expect("a message") {
            said.push(message);
        }
        said
    });
    assert_eq!(said.len(), 300);
    for (place, message) in said.iter().enumerate() {
        use v1::stream_records_response::Outcome as Done;
        assert_eq!(message.sequence, place as u64);
        match (place, message.outcome.as_ref().expect("an outcome")) {
            (7, Done::Refusal(refusal)) => assert_eq!(refusal.status_code, 3),
            (100, Done::Deleted(deleted)) => assert_eq!(deleted.result(), v1::WriteResult::Deleted),
            (_, Done::Upserted(upserted)) => assert_eq!(upserted.result(), v1::WriteResult::Created),
            other => panic!("{other:?}"),
        }
    }
    drop(runtime);
    running.stop().expect("ended in order");
}

#[test]
fn a_load_inside_a_server_is_what_a_load_into_the_closed_store_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inputs = four_channels();
    let (crm, app) = (&inputs[0], &inputs[1]);
    // The same model for both, and the same first channel.
    done(folder.path(), &["train", crm, app, "--save-model", "model.json"]);
    for store in ["kept", "closed"] {
        done(folder.path(), &["merge", "--store", store, "--model", "model.json", crm]);
    }
    done(folder.path(), &["merge", "--store", "closed", app]);
    std::fs::create_dir(folder.path().join("extracts")).expect("a folder");
    std::fs::copy(app, folder.path().join("extracts").join("app.jsonl")).expect("copied");
    std::fs::write(folder.path().join("secret.csv"), "id,name\n1,x\n").expect("written");
    std::fs::write(folder.path().join("extracts").join("half.csv"), "id,name,phone\nh1,王芳,13912340001\n,王芳,13912340001\n")
        .expect("written");

    let kept = folder.path().join("kept");
    let (lookup, writer) = open(&kept);
    let answers = Answers::writing(lookup, writer, "grpc").loading_from(folder.path().join("extracts"));
    let running = start(Arc::new(answers), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
    let endpoint = running.url();
    let merge = |more: &[&str]| oneid(folder.path(), &[&["merge", "--endpoint", &endpoint], more].concat());
    let run = merge(&["app.jsonl"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let again = merge(&["app.jsonl"]);
    assert!(again.code == 0 && again.out.contains(" 0 new, 0 changed"), "{}", again.out);
    let half = merge(&["half.csv"]);
    assert!(half.code == 1 && half.err.contains("rejects"), "{half:?}");
    for (input, code) in [("../secret.csv", 66), ("nowhere.csv", 66), ("/etc/passwd", 66)] {
        let refused = merge(&[input]);
        assert!(refused.code == code && refused.err.contains("input folder"), "{refused:?}");
    }
    let careless = merge(&["half.csv", "--mode", "snapshot"]);
    assert!(careless.code == 0 || careless.code == 1, "nothing of its source is gone: {careless:?}");
    let client = Client::connect(&endpoint).expect("the server is there");
    let delete = |id: &str| v1::DeleteRecordRequest {
        record_key: Some(v1::RecordKey { source: "half".into(), record_id: id.into() }),
        version: None,
        request_id: String::new(),
    };
    assert_eq!(client.delete_record(delete("h1")).expect("deleted").result(), v1::WriteResult::Deleted);
    drop(client);
    running.stop().expect("ended in order");
    // A load is to both the same, up to how people are called.
    let people = |store: &str| -> std::collections::BTreeSet<Vec<String>> {
        done(folder.path(), &["export", "--store", store, "--out", "people.csv"]);
        let text = std::fs::read_to_string(folder.path().join("people.csv")).expect("people");
        let mut by_person: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (record, person) in text.lines().skip(1).filter_map(|line| line.rsplit_once(',')) {
            by_person.entry(person.to_owned()).or_default().push(record.to_owned());
        }
        by_person.into_values().collect()
    };
    assert!(people("kept") == people("closed"), "the same people by either way");
    done(folder.path(), &["verify", "--store", "kept"]);
}

#[test]
fn a_steward_rules_and_the_ledger_tells_it() {
    let (folder, kept) = store();
    let run = |arguments: &[&str]| done(folder.path(), arguments).out;
    let json = |arguments: &[&str]| -> serde_json::Value { serde_json::from_str(&run(arguments)).expect("JSON") };
    // Two records that nothing joins.
    run(&["export", "--store", "kept", "--out", "people.csv"]);
    let exported = std::fs::read_to_string(folder.path().join("people.csv")).expect("people");
    let lines: Vec<Vec<String>> = exported.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let (a, b) = (format!("{}/{}", lines[0][0], lines[0][1]), lines.iter().find(|line| line[2] != lines[0][2]).expect("two people"));
    let (b, person_b) = (format!("{}/{}", b[0], b[1]), b[2].clone());
    let before = Keep::open(&kept).expect("it opens").views().position();
    let ruled = json(&["judge", "must-link", &a, &b, "--store", "kept", "--reason", "the cards match", "--json"]);
    assert_eq!(ruled["judgement"]["judgement_id"], "J1");
    assert!(ruled["changes"].as_array().is_some_and(|changes| !changes.is_empty()));
    let refused = oneid(folder.path(), &["judge", "cannot-link", &a, &b, "--store", "kept"]);
    assert!(refused.code == 65 && refused.err.contains("J1"), "{refused:?}");
    let now = json(&["get", "--store", "kept", &a, "--json"]);
    let other = json(&["get", "--store", "kept", &b, "--json"]);
    assert_eq!(now["profile"]["one_id"], other["profile"]["one_id"]);
    // As it was.
    let then = json(&["get", "--store", "kept", &b, "--as-of", &before.to_string(), "--json"]);
    assert_eq!(then["profile"]["one_id"], person_b.as_str());
    let ledger = run(&["ledger", "--store", "kept", &person_b]);
    assert!(ledger.contains("judgement J1") && ledger.contains("a load"), "{ledger}");
    let listed = json(&["judge", "list", &a, "--store", "kept", "--json"]);
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["reason"]), (Some(1), &"the cards match".into()));
    // A load honours it, and after its withdrawal both are as before.
    let inputs = four_channels();
    let arguments: Vec<&str> = ["merge", "--store", "kept", "--json"].into_iter().chain(inputs.iter().map(String::as_str)).collect();
    let report = json(&arguments);
    assert_eq!((&report["people"]["split"], &report["people"]["merged"]), (&0.into(), &0.into()), "{}", report["people"]);
    run(&["judge", "withdraw", "J1", "--store", "kept", "--reason", "a mistake"]);
    let back = json(&["get", "--store", "kept", &b, "--json"]);
    assert_eq!(back["profile"]["one_id"], person_b.as_str(), "the One-ID comes back");
    let listed = run(&["judge", "list", "--store", "kept", "--withdrawn"]);
    assert!(listed.contains("withdrawn") && listed.contains("J1"), "{listed}");
}

#[test]
fn reviews_are_listed_shown_and_decided() {
    let (folder, _) = store();
    let json = |arguments: &[&str]| -> serde_json::Value { serde_json::from_str(&done(folder.path(), arguments).out).expect("JSON") };
    let items = json(&["review", "list", "--store", "kept", "--json"]);
    let item = &items.as_array().expect("items")[0];
    let id = item["review_item_id"].as_str().expect("an id");
    let shown = done(folder.path(), &["review", "show", id, "--store", "kept"]).out;
    assert!(shown.contains(id) && shown.contains(item["left"].as_str().expect("a record")), "{shown}");
    let decided = json(&["review", "decide", id, "cannot-link", "--store", "kept", "--reason", "twins", "--json"]);
    assert_eq!((&decided["judgement"]["verdict"], &decided["judgement"]["reason"]), (&"cannot_link".into(), &"twins".into()));
    let open = json(&["review", "list", "--store", "kept", "--json"]);
    assert!(open.as_array().expect("items").iter().all(|item| item["review_item_id"] != id), "it waits no more");
    let all = json(&["review", "list", "--store", "kept", "--state", "decided", "--json"]);
    assert_eq!((&all[0]["review_item_id"], &all[0]["judgement_id"]), (&id.into(), &"J1".into()));
    let again = oneid(folder.path(), &["review", "decide", id, "must-link", "--store", "kept"]);
    assert_eq!(again.code, 65, "{again:?}");
    let nobody = oneid(folder.path(), &["review", "show", "R0000000000000", "--store", "kept"]);
    assert_eq!(nobody.code, 66, "{nobody:?}");
}

/// The process that is killed: it is started by the test below and does nothing by itself. Each line that it prints is a write that was
/// acknowledged: record and version.
#[test]
#[ignore = "a part of another test"]
fn a_process_that_writes() {
    let Ok(kept) = std::env::var("WRITES_STORE") else { return };
    let first: i64 = std::env::var("WRITES_FROM").ok().and_then(|from| from.parse().ok()).unwrap_or(1);
    println!("opening");
    let (lookup, writer) = open(Path::new(&kept));
    println!("open");
    std::thread::scope(|scope| {
        for thread in 0..4i64 {
            let (lookup, writer) = (&lookup, &writer);
            scope.spawn(move || {
                for turn in first.. {
                    let number = (turn * 7 + thread) % 40;
                    let id = format!("{thread}-{number}");
                    // Some of these are one person, and not the same ones every time.
                    let (name, phone) = (format!("诸葛{}", number % 5), format!("199123{:05}", (turn + number) % 13));
                    let write = if turn % 9 == 8 {
                        Write::Delete(RecordKey::new("desk", id.as_str()), Some(turn))
                    } else {
                        let columns = vec![("name".into(), name.as_str().into()), ("phone".into(), phone.as_str().into())];
                        let written =
                            WrittenRecord { key: RecordKey::new("desk", id.as_str()), columns, version: Some(turn), observed_at: None };
                        Write::Put(lookup.readings().read(written, NOW / 1_000_000).expect("it reads").0)
                    };
                    let asked = Asked { write, request_id: Default::default(), actor: "test".into(), time: NOW };
                    let reply = writer.write(asked).expect("written");
                    // One line is one write to the pipe, so that a kill leaves none half-written.
                    let line = format!("done {id} {turn} {}\n", i32::from(matches!(reply.outcome, Outcome::Deleted | Outcome::Absent)));
                    let _ = std::io::stdout().lock().write_all(line.as_bytes());
                }
            });
        }
    });
}

#[test]
fn no_acknowledged_write_is_lost_whenever_the_process_is_killed() {
    let is_long = std::env::var_os("ONEID_LONG").is_some();
    let seed: u64 = std::env::var("ONEID_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut random = fastrand::Rng::with_seed(seed);
    let (_folder, kept) = store();
    // By record: the last version that was acknowledged, and whether it is gone with it.
    let mut acknowledged: BTreeMap<String, (i64, bool)> = BTreeMap::new();
    let (mut writes, mut slowest, mut early) = (0, Duration::ZERO, 0);
    let points = if is_long { 1_000 } else { 12 };
    for point in 0..points {
        let from = acknowledged.values().map(|(version, _)| *version).max().unwrap_or(0) + 1;
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--ignored", "--exact", "a_process_that_writes", "--nocapture"])
            .env("WRITES_STORE", &kept)
            .env("WRITES_FROM", from.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test starts");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        let number = child.id().to_string();
        // Every third is killed while it opens, the others while they write.
        let while_opening = point % 3 == 2;
        let wait = Duration::from_micros(if while_opening { random.u64(..120_000) } else { random.u64(20_000..250_000) });
        let mut killer = None;
        for line in lines.lines() {
            let Ok(line) = line else { break };
            if killer.is_none() && line.ends_with(if while_opening { "opening" } else { "open" }) {
                let number = number.clone();
                killer = Some(std::thread::spawn(move || {
                    std::thread::sleep(wait);
                    Command::new("sh").args(["-c", "kill -KILL \"$1\"", "sh", &number]).status().expect("a shell")
                }));
            }
            let Some(done) = line.strip_prefix("done ") else { continue };
            let mut words = done.split(' ');
            let (Some(id), Some(Ok(version)), Some(gone)) = (words.next(), words.next().map(str::parse), words.next()) else { continue };
            let known = acknowledged.entry(id.to_owned()).or_insert((0, false));
            if version > known.0 {
                *known = (version, gone == "1");
            }
            writes += 1;
        }
        child.wait().expect("it ends");
        let killed = killer.expect("it began to open").join().expect("a shell");
        early += usize::from(while_opening);
        assert!(killed.success(), "seed {seed}, point {point}: it ended by itself");
        let started = Instant::now();
        let mut keep = Keep::open(&kept).unwrap_or_else(|error| panic!("seed {seed}, point {point}: {error}"));
        slowest = slowest.max(started.elapsed());
        for (id, (version, gone)) in &acknowledged {
            let key = RecordKey::new("desk", id.as_str());
            let row = keep.views().store().record(&key).expect("it reads");
            // What was asked and not acknowledged may have happened too, and is later then.
            match row {
                Some(row) => assert!(
                    row.canonical.version > *version || row.canonical.version == *version && !gone,
                    "seed {seed}, point {point}: {id}"
                ),
                None => {
                    let tombstone = keep.views().store().tombstone(&key).expect("it reads");
                    assert!(tombstone.is_some_and(|buried| buried >= *version), "seed {seed}, point {point}: {id} is lost");
                }
            }
        }
        let desk = Desk::open(&mut keep, NOW).expect("a desk");
        assert!(desk.is_idle(), "seed {seed}, point {point}: people and questions are those of the records");
        assert!(
            keep.views().notes().iter().all(|note| note.contains("unfinished batch") || note.contains("index")),
            "{:?}",
            keep.views().notes()
        );
    }
    println!(
        "seed {seed}: {points} kills, {early} of them while opening, {writes} acknowledged writes, 0 lost; slowest opening {slowest:?}"
    );
    assert!(writes > points * 5, "{writes} writes");
}
