//! The program itself: the same output with a store and with a server, and its exit codes.

use crate::program::{Run, oneid};
use crate::world::{World, world};
use oneid::wire::v1;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};

/// One process at a time may have the copy open.
fn copy(world: &World) -> (MutexGuard<'static, ()>, &Path) {
    static COPY: Mutex<()> = Mutex::new(());
    (COPY.lock().unwrap_or_else(std::sync::PoisonError::into_inner), &world.copy)
}

fn run(arguments: &[&str]) -> Run {
    oneid(Path::new(env!("CARGO_TARGET_TMPDIR")), arguments)
}

/// Identifiers that the fixture's people hold: (argument, expected exit code).
fn subjects(world: &World) -> Vec<(String, i32)> {
    let answers = world.answers();
    let (mut found, mut ambiguous) = (None, None);
    for value in world.records().into_iter().flat_map(|record| record.values).filter(|value| value.field() == v1::Field::Phone) {
        let kind = v1::identifier::Kind::Phone(value.text.clone());
        let subject = v1::resolve_identity_request::Subject::Identifier(v1::Identifier { kind: Some(kind) });
        let answer = answers.resolve_identity(v1::ResolveIdentityRequest { subject: Some(subject), ..Default::default() });
        match answer.map(|answer| answer.status()) {
            Ok(v1::ResolutionStatus::Found) => found = found.or(Some(value.text)),
            Ok(v1::ResolutionStatus::Ambiguous) => ambiguous = ambiguous.or(Some(value.text)),
            _ => {}
        }
    }
    vec![
        (format!("phone:{}", found.expect("a phone of one person")), 0),
        (format!("phone:{}", ambiguous.expect("a phone of several people")), 2),
        ("phone:13911112222".into(), 66),
        ("12345678".into(), 64),
        ("phone:13800138000".into(), 64),
        ("crm/none".into(), 66),
        ("no/such/record".into(), 66),
        (world.merged.0.to_string(), 0),
        (world.merged.1.to_string(), 0),
        ("P0000000000000000".into(), 66),
    ]
}

#[test]
fn a_command_prints_the_same_with_a_store_and_with_a_server() {
    let world = world();
    let (running, client) = world.serve();
    drop(client);
    let url = running.url();
    let (_alone, store) = copy(world);
    let store = store.to_str().expect("a plain path");
    let (left, right) = (world.merged.0.to_string(), world.merged.1.to_string());
    let mut commands: Vec<(Vec<String>, i32)> =
        subjects(world).into_iter().map(|(subject, code)| (vec!["get".to_owned(), subject], code)).collect();
    let fixed: &[(&[&str], i32)] = &[
        (&["explain", &right, &right], 0),
        (&["explain", &left, &right], 65),
        (&["explain", "crm/none", &right], 66),
        (&["search", "zhang", "--limit", "3"], 0),
        (&["search", "nobody has this name"], 0),
        (&["clusters", "--largest", "5"], 0),
        (&["clusters", "--largest", "--minimum", "2"], 0),
    ];
    commands.extend(fixed.iter().map(|(command, code)| (command.iter().map(ToString::to_string).collect(), *code)));
    for (command, code) in commands {
        for more in [&[][..], &["--json"]] {
            let command: Vec<&str> = command.iter().map(String::as_str).chain(more.iter().copied()).collect();
            let here = run(&[&command[..], &["--store", store]].concat());
            let there = run(&[&command[..], &["--endpoint", &url]].concat());
            assert_eq!((here.code, &here.out, &here.err), (there.code, &there.out, &there.err), "{command:?}");
            assert_eq!(here.code, code, "{command:?}: {}{}", here.out, here.err);
            let json = !more.is_empty() && matches!(code, 0 | 2);
            assert!(!json || serde_json::from_str::<serde_json::Value>(&here.out).is_ok(), "{command:?}: {}", here.out);
        }
    }
    exports(world, store, &url);
    running.stop().expect("ended in order");
}

fn exports(world: &World, store: &str, url: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let name = |name: &str| folder.path().join(name).display().to_string();
    for (file, what) in [("out.csv", "records"), ("out.jsonl", "records"), ("people.jsonl", "people")] {
        let (here, there) = (name(&format!("here-{file}")), name(&format!("there-{file}")));
        assert_eq!(run(&["export", "--store", store, "--what", what, "--out", &here]).code, 0);
        assert_eq!(run(&["export", "--endpoint", url, "--what", what, "--out", &there]).code, 0);
        let (here, there) = (std::fs::read_to_string(here).expect("written"), std::fs::read_to_string(there).expect("written"));
        assert_eq!(here, there, "{file}");
        let lines = if what == "people" { None } else { Some(world.records().len() + usize::from(file.ends_with("csv"))) };
        assert!(lines.is_none_or(|lines| here.lines().count() == lines), "{file}: {} lines", here.lines().count());
    }
    assert_eq!(run(&["export", "--store", store, "--what", "people", "--out", &name("people.csv")]).code, 64);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 6, "no half-written file stays behind");
}

#[test]
fn explain_prints_a_waterfall_that_ends_at_its_total() {
    let world = world();
    let (_alone, store) = copy(world);
    let person = world.merged.1.to_string();
    let arguments = ["explain", &person, &person, "--store", store.to_str().expect("a plain path")];
    let text = run(&arguments).out;
    for part in ["prior", "given name", "total", "Thresholds: link from", "Alike by blocking rule", "Decision: link"] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    let json: serde_json::Value = serde_json::from_str(&run(&[&arguments[..], &["--json"]].concat()).out).expect("JSON");
    let units = |value: &serde_json::Value| value["units"].as_i64().expect("units");
    let rows = json["rows"].as_array().expect("rows");
    let sum = units(&json["prior"]["weight"]) + rows.iter().map(|row| units(&row["weight"])).sum::<i64>();
    assert_eq!(sum, units(&json["total"]));
}

/// "A link would be probable" once stood under pairs that are no link.
#[test]
fn an_assurance_is_told_of_links_only() {
    let world = world();
    let (_alone, store) = copy(world);
    let store = store.to_str().expect("a plain path");
    let records = world.records();
    let name = |record: &v1::StoredRecord| record.key.as_ref().map(|key| format!("{}/{}", key.source, key.record_id)).expect("a key");
    let (one, other) = (&records[0], records.iter().find(|record| record.one_id != records[0].one_id).expect("somebody else"));
    let person = world.merged.1.to_string();
    for (left, right, links) in [(name(one), name(other), false), (person.clone(), person, true)] {
        let arguments = ["explain", &left, &right, "--store", store];
        let text = run(&arguments).out;
        let decision = text.lines().find(|line| line.contains("Decision:")).expect("a decision");
        assert_eq!((decision.contains(" link"), decision.contains("assurance")), (links, links), "{decision}");
        let json: serde_json::Value = serde_json::from_str(&run(&[&arguments[..], &["--json"]].concat()).out).expect("JSON");
        assert_eq!(json["assurance"].is_string(), links, "{}", json["assurance"]);
    }
}

#[test]
fn look_ups_that_can_find_nobody_say_why() {
    let world = world();
    let (_alone, store) = copy(world);
    let get = |who: &str| run(&["get", who, "--store", store.to_str().expect("a plain path")]);
    for who in ["phone:13800138000", "phone:+86 138-0013-8000", "email:test@test.com", "resident-id:000000000000000000"] {
        let run = get(who);
        assert!(run.code == 64 && run.err.contains("known placeholder") && run.err.contains("nobody"), "{who}: {}", run.err);
        assert!(!run.err.contains("13800138000"), "values are not repeated: {}", run.err);
    }
    assert!(get("phone:12").err.contains("cannot be read"));
    assert!(get("crm/none").err.contains("there is no record crm/none"), "{}", get("crm/none").err);
}

/// A served store; ended when dropped.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[cfg(unix)]
fn serve_says_where_it_listens_and_ends_in_order_on_sigterm() {
    let world = world();
    let (_alone, store) = copy(world);
    let child = Command::new(env!("CARGO_BIN_EXE_oneid"))
        .args(["serve", "--listen", "127.0.0.1:0", "--store"])
        .arg(store)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut serving = Serving(child);
    let mut said = BufReader::new(serving.0.stderr.take().expect("piped"));
    let mut line = String::new();
    said.read_line(&mut line).expect("a line");
    let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("the line names the URL").to_owned();

    let person = world.merged.1.to_string();
    let there = run(&["get", &person, "--endpoint", &url]);
    assert_eq!(there.code, 0, "{}", there.err);
    let busy = run(&["get", &person, "--store", store.to_str().expect("a plain path")]);
    assert_eq!(busy.code, 75, "the server has the store: {}", busy.err);

    let number = serving.0.id().to_string();
    let told = Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &number]).status().expect("a shell");
    assert!(told.success());
    assert_eq!(serving.0.wait().expect("it ends").code(), Some(0));
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("the last words");
    assert!(rest.contains("stopped"), "{rest}");
    let gone = run(&["get", &person, "--endpoint", &url]);
    assert!(gone.code == 74 && gone.err.contains(&url), "{gone:?}");
}

#[test]
fn wrong_doors_are_refused() {
    let cases: &[(&[&str], i32)] = &[
        (&["get", "crm/1"], 64),
        (&["get", "crm/1", "--store", "a", "--endpoint", "b"], 64),
        (&["get", "crm/1", "--store", "there-is-no-such-folder"], 66),
        (&["get", "crm/1", "--endpoint", "https://127.0.0.1:1"], 64),
        (&["get", "crm/1", "--endpoint", "http://127.0.0.1:1"], 74),
        (&["serve", "--store", "there-is-no-such-folder"], 66),
        (&["serve", "--store", "x", "--listen", "nonsense"], 64),
        (&["export", "--store", "x", "--out", "people.xlsx"], 64),
    ];
    for (arguments, code) in cases {
        let run = run(arguments);
        assert_eq!(run.code, *code, "{arguments:?}: {}", run.err);
    }
}

/// The protocol has no TLS and no login: customers' data must not leave the machine by it.
#[test]
fn endpoints_elsewhere_are_refused_before_anything_is_sent() {
    for url in ["http://192.0.2.1:7878", "192.0.2.1:7878", "http://oneid.example:7878", "http://[2001:db8::1]:7878", "http://0.0.0.0:7878"]
    {
        let since = std::time::Instant::now();
        let run = run(&["get", "crm/1", "--endpoint", url]);
        assert!(run.code == 64 && run.err.contains(url) && run.err.contains("TLS"), "{url}: {run:?}");
        assert!(since.elapsed().as_secs() < 4, "no connection was tried");
    }
    let disguised = run(&["get", "crm/1", "--endpoint", "http://127.0.0.1@192.0.2.1:7878"]);
    assert!(disguised.code == 64, "{disguised:?}");
    for url in ["http://localhost:1", "[::1]:1", "127.0.0.2:1"] {
        let run = run(&["get", "crm/1", "--endpoint", url]);
        assert!(run.code == 74 && run.err.contains("cannot reach a server"), "{url}: {run:?}");
    }
}

/// A connection that breaks in a call ends like one that was never made, not as if the server were busy.
#[test]
fn a_server_that_hangs_up_is_not_called_busy() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    // Ends with the test's process.
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let run = run(&["get", "crm/1", "--endpoint", &url]);
    assert!(run.code == 74 && run.err.contains(&url), "{run:?}");
}

/// The heading of the commands that are not built once stood over all of them.
#[test]
fn help_does_not_call_the_built_commands_unbuilt() {
    let help = run(&["--help"]).out;
    let (_, commands) = help.split_once("\nCommands:\n").expect("a list of commands");
    for line in commands.lines().take_while(|line| !line.is_empty()) {
        let unbuilt = line.contains("(not implemented)");
        let name = line.split_whitespace().next().expect("a name");
        assert!(!unbuilt || !["get", "search", "explain", "clusters", "export", "serve", "merge"].contains(&name), "{line}");
    }
    assert!(commands.contains("\n  get "), "{help}");
}
