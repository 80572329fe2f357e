//! Erasing: nothing of the erased is left anywhere in the store, the chain verifies, and they do not come back.
#![cfg(feature = "full")]

mod program;

use oneid::client::Client;
use oneid::one_id::OneId;
use oneid::record::RecordKey;
use oneid::server::{Answers, start};
use oneid::service::keep::Keep;
use oneid::service::lookup::Lookup;
use oneid::service::upsert::{Desk, Writer};
use oneid::wire::v1;
use program::{done, oneid};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

/// Somebody made up, of whom every value can be told from those of all others.
struct Made {
    number: u32,
}

impl Made {
    /// Letters that stand in names, ids, mail and streets, and nowhere else.
    fn code(&self) -> String {
        let mut letters = String::from("kanarie");
        let mut rest = self.number;
        for _ in 0..4 {
            letters.push(char::from(b'a' + (rest % 26) as u8));
            rest /= 26;
        }
        letters.push('x');
        letters
    }

    fn phone(&self) -> String {
        format!("139{:08}", 10_007_u32.wrapping_mul(self.number + 1_111) % 100_000_000)
    }

    fn key(&self, source: &str) -> RecordKey {
        RecordKey::new(source, format!("{source}{}", self.code()))
    }

    fn row(&self, source: &str, moved: bool) -> String {
        let code = self.code();
        let street = if moved { "Moved" } else { "Long" };
        let RecordKey { id, .. } = self.key(source);
        let born = format!("19{:02}-0{}-1{}", 40 + self.number % 50, 1 + self.number % 9, self.number % 9);
        format!("{id},Anna{code} Q{code},{},{code}@example.com,{born},{} {street}{code} Road\n", self.phone(), self.number % 80 + 1)
    }
}

fn extract(people: &[Made], source: &str, moved: bool) -> String {
    let head = "id,name,phone,email,birth_date,address\n".to_string();
    people.iter().fold(head, |file, made| file + &made.row(source, moved))
}

/// Which of these texts stand in any file under a folder, in whatever case, and in how many places.
fn found(folder: &Path, texts: &[String]) -> BTreeMap<String, usize> {
    let mut hits: BTreeMap<String, usize> = BTreeMap::new();
    let mut next = vec![folder.to_path_buf()];
    while let Some(folder) = next.pop() {
        for entry in std::fs::read_dir(&folder).expect("it reads") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                next.push(path);
                continue;
            }
            let name = path.file_name().expect("a name").to_string_lossy().to_lowercase();
            let mut bytes = std::fs::read(&path).expect("it reads").to_ascii_lowercase();
            bytes.extend(name.bytes());
            // Every text has one of two beginnings.
            for (at, window) in
                bytes.windows(12).enumerate().filter(|(_, window)| window.starts_with(b"kanarie") || window.starts_with(b"139"))
            {
                for text in texts.iter().filter(|text| window.starts_with(text.as_bytes()) || bytes[at..].starts_with(text.as_bytes())) {
                    *hits.entry(text.clone()).or_default() += 1;
                }
            }
        }
    }
    hits
}

/// What would give somebody away.
fn texts<'a>(people: impl IntoIterator<Item = &'a Made>) -> Vec<String> {
    people.into_iter().flat_map(|made| [made.code(), made.phone()]).collect()
}

fn people_of(folder: &Path, store: &str) -> BTreeMap<String, String> {
    done(folder, &["export", "--store", store, "--out", "people.csv"]);
    let people = std::fs::read_to_string(folder.join("people.csv")).expect("people");
    people.lines().skip(1).filter_map(|line| line.rsplit_once(',')).map(|(record, person)| (record.into(), person.into())).collect()
}

fn json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&done(folder, arguments).out).expect("JSON")
}

/// What stewards and single writes leave: rulings, questions, answered requests, a record that was deleted and one whose key another got.
fn write_singly(kept: &Path, erased: &[&Made], others: &[&Made]) {
    let mut keep = Keep::open(kept).expect("it opens");
    let desk = Desk::open(&mut keep, 0).expect("a desk");
    let lookup = Arc::new(Lookup::new(keep).expect("it is read"));
    let writer = Arc::new(Writer::start(Arc::clone(&lookup), desk, "test"));
    let running =
        start(Arc::new(Answers::writing(lookup, writer, "grpc")), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
    let client = Client::connect(&running.url()).expect("the server is there");
    let rule = |verdict: v1::Verdict, a: RecordKey, b: RecordKey, reason: &str| {
        let judged = client.create_judgement(v1::CreateJudgementRequest {
            verdict: verdict.into(),
            left: Some((&a).into()),
            right: Some((&b).into()),
            reason: reason.into(),
            request_id: format!("rule-{}-{}", a.id, b.id),
        });
        judged.expect("ruled");
    };
    for (one, other) in erased.iter().zip(others) {
        rule(v1::Verdict::MustLink, one.key("crm"), one.key("app"), &format!("showed the card of {}", one.code()));
        rule(v1::Verdict::CannotLink, one.key("crm"), other.key("crm"), &format!("{} and {}", one.code(), other.code()));
    }
    let upsert = |made: &Made, source: &str, id: &str, version: i64| {
        let columns =
            [("name", format!("Anna{0} Q{0}", made.code())), ("phone", made.phone()), ("email", format!("{}@example.com", made.code()))];
        let columns = columns.into_iter().map(|(column, value)| v1::ColumnValue { column: column.into(), value });
        let key = v1::RecordKey { source: source.into(), record_id: id.into() };
        let record = v1::SourceRecord { key: Some(key), columns: columns.collect(), version: Some(version), observed_time: None };
        client
            .upsert_record(v1::UpsertRecordRequest { record: Some(record), request_id: format!("put-{source}-{}-{version}", made.code()) })
            .expect("written")
    };
    let delete = |source: &str, id: &str| {
        let key = v1::RecordKey { source: source.into(), record_id: id.into() };
        client
            .delete_record(v1::DeleteRecordRequest { record_key: Some(key), request_id: format!("gone-{id}"), ..Default::default() })
            .expect("gone");
    };
    // A record that was deleted before anybody asked for the erasure.
    for made in erased {
        upsert(made, "desk", &format!("desk{}", made.code()), 1);
        delete("desk", &format!("desk{}", made.code()));
    }
    // A key that was one's and is another's.
    for (number, (made, other)) in erased.iter().zip(others).enumerate() {
        upsert(made, "counter", &number.to_string(), 1);
        delete("counter", &number.to_string());
        upsert(other, "counter", &number.to_string(), 2);
    }
    drop(client);
    running.stop().expect("it stops");
}

/// T7: canaries of many erased people in journal, view, index, checkpoint, rejects and a new backup; the chain; the next extract; an old backup.
#[test]
fn nothing_of_the_erased_is_left_and_they_do_not_come_back() {
    let (all, going) = if std::env::var_os("ONEID_LONG").is_some() { (3_000, 1_000) } else { (150, 40) };
    let people: Vec<Made> = (0..all).map(|number| Made { number }).collect();
    let (erased, others): (Vec<&Made>, Vec<&Made>) = people.iter().partition(|made| made.number % 3 == 1 && made.number / 3 < going);
    assert_eq!(erased.len(), going as usize);
    let (gone, kept_texts) = (texts(erased.iter().copied()), texts(others.iter().copied()));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (folder, kept) = (folder.path(), folder.path().join("kept"));
    for source in ["crm", "app"] {
        std::fs::write(folder.join(format!("{source}.csv")), extract(&people, source, false)).expect("written");
    }
    let mut events = String::from("source,record_id,event_id,time,kind,amount,currency\n");
    for made in &people {
        let _ = writeln!(events, "crm,{},buy{},2026-05-01T10:00:00Z,purchase,12.50,CNY", made.key("crm").id, made.code());
    }
    std::fs::write(folder.join("events.csv"), events).expect("written");
    done(folder, &["merge", "--store", "kept", "crm.csv", "app.csv", "--events", "events.csv"]);
    std::fs::write(folder.join("app.csv"), extract(&people, "app", true)).expect("written");
    done(folder, &["merge", "--store", "kept", "app.csv"]);
    write_singly(&kept, &erased, &others);
    done(folder, &["backup", "--store", "kept", "--to", "before"]);
    for (place, name) in [("rejects", "1.csv"), ("merge", "clusters"), ("verify.tmp", "db")] {
        std::fs::create_dir_all(kept.join(place)).expect("made");
        std::fs::write(kept.join(place).join(name), gone.join("\n")).expect("written");
    }
    let before = people_of(folder, "kept");
    let one_id_of = |made: &Made| before[&format!("crm,{}", made.key("crm").id)].clone();
    assert!(erased.iter().all(|made| before[&format!("app,{}", made.key("app").id)] == one_id_of(made)), "each is one person");
    let hits = found(&kept, &gone);
    assert!(gone.iter().all(|text| hits.get(text).is_some_and(|places| *places > 5)), "they are found before: {hits:?}");

    let named: Vec<String> = erased.iter().map(|made| one_id_of(made)).collect();
    std::fs::write(folder.join("requests.txt"), named.join("\n")).expect("written");
    let arguments = ["erase", "--store", "kept", "--from", "requests.txt", "--order", "case 7", "--json"];
    let told = json(folder, &[&arguments[..], &["--dry-run"]].concat());
    assert_eq!((&told["dry_run"], told["records"].as_u64()), (&true.into(), Some(2 * u64::from(going))), "{told}");
    assert!(people_of(folder, "kept") == before, "a dry run does nothing");
    let told = json(folder, &arguments);
    assert_eq!(
        (told["records"].as_u64(), told["past_records"].as_u64()),
        (Some(2 * u64::from(going)), Some(2 * u64::from(going))),
        "{told}"
    );
    println!("erased {going} people: {told}");

    let nothing_left = |place: &str| {
        let hits = found(&folder.join(place), &gone);
        assert!(hits.is_empty(), "{place}: {hits:?}");
        let hits = found(&folder.join(place), &kept_texts);
        assert!(kept_texts.iter().all(|text| hits.contains_key(text)), "{place}: of others nothing is lost");
        let verified = json(folder, &["verify", "--store", place, "--json"]);
        assert_eq!(verified["faults"].as_array().map(Vec::len), Some(0), "{verified}");
    };
    nothing_left("kept");
    done(folder, &["backup", "--store", "kept", "--to", "after"]);
    assert!(found(&folder.join("after"), &gone).is_empty());
    done(folder, &["restore", "--from", "after", "--store", "again", "--nobody-erased"]);
    nothing_left("again");

    // Others are who they were, and the erased answer so.
    let without: BTreeMap<String, String> =
        before.iter().filter(|(_, person)| !named.contains(person)).map(|(a, b)| (a.clone(), b.clone())).collect();
    assert!(people_of(folder, "kept") == without);
    let answer = oneid(folder, &["get", &named[0], "--store", "kept"]);
    assert!(answer.out.contains("erased") || answer.err.contains("erased"), "{answer:?}");
    assert!(!done(folder, &["search", &erased[0].code(), "--store", "kept"]).out.contains(&named[0]));
    let life = done(folder, &["ledger", &named[0], "--store", "kept"]).out;
    assert!(life.contains("erased") && life.contains("case 7") && !life.contains("kanarie"), "{life}");
    let other = done(folder, &["ledger", &before[&format!("crm,{}", others[0].key("crm").id)], "--store", "kept"]).out;
    assert!(other.contains(&others[0].code()), "{other}");

    // Tonight's extract has them still.
    let report = ["merge", "--store", "kept", "crm.csv", "app.csv", "--mode", "snapshot", "--json", "--events", "events.csv"];
    let merged = json(folder, &report);
    assert_eq!(merged["record_changes"]["suppressed"].as_u64(), Some(2 * u64::from(going)), "{merged}");
    nothing_left("kept");
    assert!(people_of(folder, "kept") == without);
    come_back_singly(&kept, &erased);
    nothing_left("kept");

    // An old backup has them too; the list erases them again.
    done(folder, &["erase", "--list", "erased.json", "--store", "kept"]);
    let list = std::fs::read_to_string(folder.join("erased.json")).expect("a list");
    assert!(gone.iter().all(|text| !list.contains(text.as_str())));
    assert_eq!(oneid(folder, &["restore", "--from", "before", "--store", "old"]).code, 64, "it asks for the list");
    done(folder, &["restore", "--from", "before", "--store", "old", "--erased", "erased.json"]);
    nothing_left("old");
    assert!(people_of(folder, "old") == without);
    let names: BTreeSet<OneId> = named.iter().filter_map(|name| OneId::parse(name)).collect();
    let keep = Keep::open(&folder.join("old")).expect("it opens");
    let states = names.iter().map(|name| keep.views().store().person(name).expect("it reads").map(|row| row.state));
    assert!(states.into_iter().all(|state| state == Some(oneid::store::PersonState::Erased)));
}

/// Single writes of the erased are kept out, and told so.
fn come_back_singly(kept: &Path, erased: &[&Made]) {
    let mut keep = Keep::open(kept).expect("it opens");
    let desk = Desk::open(&mut keep, 0).expect("a desk");
    let lookup = Arc::new(Lookup::new(keep).expect("it is read"));
    let writer = Arc::new(Writer::start(Arc::clone(&lookup), desk, "test"));
    let running =
        start(Arc::new(Answers::writing(lookup, writer, "grpc")), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
    let client = Client::connect(&running.url()).expect("the server is there");
    for made in erased {
        for key in [made.key("crm"), RecordKey::new("desk", format!("desk{}", made.code()))] {
            let columns = vec![v1::ColumnValue { column: "phone".into(), value: made.phone() }];
            let record = v1::SourceRecord { key: Some((&key).into()), columns, version: Some(9), observed_time: None };
            let request_id = format!("again-{}", key.id);
            let asked = v1::UpsertRecordRequest { record: Some(record), request_id: request_id.clone() };
            let answer = client.upsert_record(asked).expect("answered");
            assert_eq!((answer.result(), answer.one_id.as_str()), (v1::WriteResult::Suppressed, ""), "{key}");
            let asked = v1::DeleteRecordRequest { record_key: Some((&key).into()), version: Some(11), request_id };
            assert_eq!(client.delete_record(asked).expect("answered").result(), v1::WriteResult::Suppressed, "{key}");
        }
    }
    drop(client);
    running.stop().expect("it stops");
}
