//! Durable single writes into a large store: how many a second with 64 under way, how long each waits, beside the rate at which the same bytes
//! are appended and synced by themselves.
//!
//!     cargo bench --bench writes -- [--customers N] [--seconds S] [--dir DIR]
//!
//! A store of N made-up customers (some 2.7 records each) is made in DIR and kept there for the next run. Half of the writes are new records of
//! other customers, half are changes of records that are there.

use oneid::record::{Field, RecordKey};
use oneid::service::keep::Keep;
use oneid::service::load::{load, open};
use oneid::service::lookup::Lookup;
use oneid::service::upsert::{Asked, Desk, Write, Writer, WrittenRecord};
use oneid::settings::Settings;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CHANNELS: [&str; 4] = ["crm.csv", "app.jsonl", "mini_program.jsonl", "branch.csv"];

/// Requests under way at a time.
const OUTSTANDING: usize = 64;

struct Options {
    customers: u32,
    seconds: u64,
    dir: PathBuf,
}

fn options() -> Options {
    let mut options = Options { customers: 20_000, seconds: 10, dir: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("writes") };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} wants a value"));
        match argument.as_str() {
            "--customers" => options.customers = value().parse().expect("a number"),
            "--seconds" => options.seconds = value().parse().expect("a number"),
            "--dir" => options.dir = value().into(),
            _ => {}
        }
    }
    options
}

fn run(arguments: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_oneid")).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.expect("the program starts").success(), "{arguments:?}");
}

fn synth(folder: &Path, customers: u32, seed: &str) -> Vec<PathBuf> {
    let inputs: Vec<PathBuf> = CHANNELS.iter().map(|name| folder.join(name)).collect();
    if !folder.exists() {
        run(&["synth", "--customers", &customers.to_string(), "--seed", seed, "--out", &folder.display().to_string()]);
    }
    inputs
}

/// A line of `/proc/self/status`, mebibytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0) / 1_024
}

fn bytes_under(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.metadata().map_or(0, |data| if data.is_dir() { bytes_under(&entry.path()) } else { data.len() })).sum()
}

/// Seconds of the processor that this process has taken.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = behind.split_whitespace().skip(11).take(2).filter_map(|number| number.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

fn written(key: RecordKey, columns: Vec<(compact_str::CompactString, compact_str::CompactString)>, version: i64) -> WrittenRecord {
    WrittenRecord { key, columns, version: Some(version), observed_at: None }
}

fn main() {
    let options = options();
    let customers = options.customers.to_string();
    std::fs::create_dir_all(&options.dir).expect("a folder");
    let kept = options.dir.join(format!("kept-{customers}"));
    if !kept.exists() {
        let inputs = synth(&options.dir.join(format!("data-{customers}")), options.customers, "1");
        let inputs: Vec<String> = inputs.iter().map(|path| path.display().to_string()).collect();
        let store = kept.display().to_string();
        let arguments = ["merge", "--config", "builtin:four-channels", "--store", &store];
        run(&arguments.into_iter().chain(inputs.iter().map(String::as_str)).collect::<Vec<_>>());
    }
    let started = Instant::now();
    let mut keep = Keep::open(&kept).expect("the store opens");
    let of_keep = started.elapsed();
    let desk = Desk::open(&mut keep, 0).expect("a desk");
    let of_desk = started.elapsed() - of_keep;
    let lookup = Arc::new(Lookup::new(keep).expect("it is read"));
    println!(
        "opened in {:.1} s: store {:.1}, population {:.1}, look-ups {:.1}",
        started.elapsed().as_secs_f64(),
        of_keep.as_secs_f64(),
        of_desk.as_secs_f64(),
        (started.elapsed() - of_keep - of_desk).as_secs_f64()
    );
    let existing = lookup.records_after(None, 200_000).expect("records");
    println!(
        "memory {} MiB, at most {}; disk {} MiB, journal {} MiB",
        memory("VmRSS"),
        memory("VmHWM"),
        bytes_under(&kept) >> 20,
        bytes_under(&kept.join("journal")) >> 20
    );

    // New records of other customers, and changes of those that are there.
    let settings = oneid::settings::parse(oneid::settings::FOUR_CHANNELS, "builtin:four-channels").unwrap_or_else(|_| Settings::default());
    let others = synth(&options.dir.join("others"), 40_000, "77");
    let mut new = load(open(&others, &settings).expect("inputs"), true, i64::MAX / 2, &oneid::engine::Silent)
        .expect("they load")
        .take_loaded_records();
    let mut random = fastrand::Rng::with_seed(1);
    random.shuffle(&mut new);
    let run_number = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut writes: Vec<WrittenRecord> = Vec::new();
    for (number, record) in new.into_iter().enumerate() {
        let key = record.canonical.key;
        writes.push(written(RecordKey::new(key.source, format!("{run_number}-{}", key.id)), record.source_values, 1));
        let row = &existing[random.usize(..existing.len())];
        let phone = row.canonical.first(Field::Phone).map(|value| value.text.trim_start_matches("+86").to_string());
        let columns = row.source_values.iter().map(|(column, value)| {
            let is_phone = phone.as_ref().is_some_and(|phone| value.contains(phone.as_str()));
            (column.clone(), if is_phone { format!("139{:08}", random.u32(..100_000_000)).into() } else { value.clone() })
        });
        writes.push(written(row.canonical.key.clone(), columns.collect(), i64::MAX / 2 + run_number as i64 * 1_000_000 + number as i64));
    }
    drop(existing);
    let before = bytes_under(&kept.join("journal"));
    let positions = lookup.position();
    let writer = Writer::start(Arc::clone(&lookup), desk, "bench");
    let (tokens, free) = mpsc::channel::<()>();
    (0..OUTSTANDING).for_each(|_| tokens.send(()).expect("the channel is open"));
    let waits = Arc::new(Mutex::new(Vec::<u32>::new()));
    let refused = Arc::new(AtomicU64::new(0));
    let (started, cpu_before) = (Instant::now(), cpu());
    let mut sent = 0u64;
    for written in writes {
        if started.elapsed() > Duration::from_secs(options.seconds) {
            break;
        }
        free.recv().expect("the channel is open");
        let submitted = Instant::now();
        let (put, _) = lookup.readings().read(written, i64::MAX / 4_000_000).expect("it reads");
        let asked = Asked { write: Write::Put(put), request_id: Default::default(), actor: "bench".into(), time: 0 };
        let (tokens, waits, refused) = (tokens.clone(), Arc::clone(&waits), Arc::clone(&refused));
        let answer = move |reply: oneid::error::Result<_>| {
            refused.fetch_add(u64::from(reply.is_err()), Ordering::Relaxed);
            waits.lock().expect("nobody panicked").push(submitted.elapsed().as_micros() as u32);
            // The last answers come when nobody sends any more.
            let _ = tokens.send(());
        };
        writer.submit(asked, Box::new(answer));
        sent += 1;
    }
    writer.stop().expect("all is written");
    let (elapsed, used) = (started.elapsed().as_secs_f64(), cpu() - cpu_before);
    let mut waits = std::mem::take(&mut *waits.lock().expect("nobody panicked"));
    waits.sort_unstable();
    let wait = |part: f64| f64::from(waits[((waits.len() - 1) as f64 * part) as usize]) / 1_000.0;
    let appended = bytes_under(&kept.join("journal")) - before;
    let batches = lookup
        .reader()
        .frames(positions + 1)
        .filter(|frame| frame.as_ref().is_ok_and(|frame| frame.kind == oneid::journal::Kind::BatchCommit))
        .count();
    println!(
        "{sent} durable writes in {elapsed:.1} s: {:.0} a second, {:.0} us of CPU each; {} refused",
        sent as f64 / elapsed,
        used * 1e6 / sent as f64,
        refused.load(Ordering::Relaxed)
    );
    println!(
        "acknowledged after p50 {:.1} ms, p99 {:.1} ms, p99.9 {:.1} ms, at most {:.1} ms",
        wait(0.5),
        wait(0.99),
        wait(0.999),
        wait(1.0)
    );
    println!("{batches} batches of {:.1} writes, {} bytes of journal a write", sent as f64 / batches as f64, appended / sent.max(1));
    println!("memory {} MiB, at most {}", memory("VmRSS"), memory("VmHWM"));

    // The same bytes by themselves: two files, each synced once a batch, as the journal's.
    let bytes = vec![7u8; (appended as usize / batches.max(1)).max(1) / 2];
    let mut files: Vec<std::fs::File> = ["a", "b"]
        .map(|name| OpenOptions::new().create(true).truncate(true).write(true).open(options.dir.join(name)).expect("a file"))
        .into();
    let (started, mut syncs) = (Instant::now(), 0u64);
    while started.elapsed() < Duration::from_secs(3) {
        for file in &mut files {
            file.write_all(&bytes).and_then(|()| file.sync_data()).expect("synced");
        }
        syncs += 1;
    }
    let raw = syncs as f64 / started.elapsed().as_secs_f64();
    println!(
        "raw: {raw:.0} batches of {} bytes appended and synced a second, which is {:.0} writes",
        bytes.len() * 2,
        raw * sent as f64 / batches as f64
    );
}
