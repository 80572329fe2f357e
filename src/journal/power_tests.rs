//! A power cut at any moment: only what was synced is on the disk for sure. What was written since is there, in part, in any order, or not at
//! all, as is a name that was given since the names were synced.

use super::segment::fault::{DONE, Done};
use super::tests::{SMALL, create, open, temp};
use super::*;
use fastrand::Rng;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Images of a usual run and of a long one.
const IMAGES: [usize; 2] = [1_500, 100_000];

/// What was done, and after how much of it which batch was acknowledged: number of things done, last position, digest.
type History = (Vec<Done>, Vec<(usize, u64, String)>);

/// Writes batches of all sizes, some dropped, some after opening anew.
fn history(store: &Path, random: &mut Rng) -> History {
    let mut journal = create(store, SMALL);
    let start = Done::SyncNames;
    DONE.with(|done| *done.borrow_mut() = Some(vec![start]));
    let count = || DONE.with(|done| done.borrow().as_ref().map_or(0, Vec::len));
    let mut acknowledged = vec![(0, 0, journal.digest())];
    for number in 0..random.usize(3..25) {
        let mut batch = journal.begin("power", number as i64, "").expect("a batch begins");
        for _ in 0..random.usize(..6) {
            let bytes = vec![random.u8(..); [3, 60, 400, 3_000][random.usize(..4)]];
            batch.append(Kind::RecordPut, &bytes).expect("a frame is appended");
        }
        if random.u32(..6) == 0 {
            drop(batch);
        } else {
            let receipt = batch.commit().expect("the batch is committed");
            acknowledged.push((count(), receipt.last_position, journal.digest()));
        }
        if random.u32(..8) == 0 {
            // A crash that leaves what was written, and an opening that cuts it.
            let mut torn = journal.begin("power", 0, "").expect("a batch begins");
            for _ in 0..random.usize(1..9) {
                torn.append(Kind::RecordPut, &[7; 500]).expect("a frame is appended");
            }
            torn.journal_stops_here();
            drop(journal);
            journal = open(store, SMALL);
        }
    }
    (DONE.with(|done| done.borrow_mut().take()).unwrap_or_default(), acknowledged)
}

/// A file as it is on the disk for sure, and what was done to it since.
#[derive(Clone, Default)]
struct Image {
    durable: Vec<u8>,
    since: Vec<Done>,
}

fn apply(content: &mut Vec<u8>, done: &Done, bytes_kept: usize) {
    match done {
        Done::Write(_, offset, bytes) => {
            let (start, bytes) = (*offset as usize, &bytes[..bytes_kept.min(bytes.len())]);
            if content.len() < start + bytes.len() {
                content.resize(start + bytes.len(), 0);
            }
            content[start..start + bytes.len()].copy_from_slice(bytes);
        }
        Done::Cut(_, end) => content.truncate(*end as usize),
        _ => {}
    }
}

/// The files after a cut behind so many things done. With `syncs` off nothing is ever durable, which must not go well.
fn cut(begin: &BTreeMap<PathBuf, Vec<u8>>, done: &[Done], syncs: bool, random: &mut Rng) -> BTreeMap<PathBuf, Vec<u8>> {
    let start = |(path, bytes): (&PathBuf, &Vec<u8>)| (path.clone(), Image { durable: bytes.clone(), since: Vec::new() });
    let mut files: BTreeMap<PathBuf, Image> = begin.iter().map(start).collect();
    // Names given and taken since they were synced.
    let mut names: Vec<Done> = Vec::new();
    for what in done {
        match what {
            Done::Create(path, bytes) => {
                files.insert(path.clone(), Image { durable: bytes.clone(), since: Vec::new() });
                names.push(what.clone());
            }
            Done::Remove(_) => names.push(what.clone()),
            Done::SyncNames => {
                for name in names.drain(..) {
                    if let Done::Remove(path) = name {
                        files.remove(&path);
                    }
                }
            }
            Done::Write(path, ..) | Done::Cut(path, _) => files.entry(path.clone()).or_default().since.push(what.clone()),
            Done::Sync(path) if syncs => {
                let file = files.entry(path.clone()).or_default();
                for what in std::mem::take(&mut file.since) {
                    apply(&mut file.durable, &what, usize::MAX);
                }
            }
            Done::Sync(_) => {}
        }
    }
    for name in names {
        // A later name may be there where an earlier one is not.
        match name {
            Done::Create(path, _) if random.bool() => drop(files.remove(&path)),
            Done::Remove(path) if random.bool() => drop(files.remove(&path)),
            _ => {}
        }
    }
    let way = random.u32(..4);
    let left = |image: Image| {
        let mut content = image.durable;
        for what in &image.since {
            let kept = match way {
                0 => 0,
                1 => usize::MAX,
                _ if random.bool() => 0,
                2 => usize::MAX,
                _ => [usize::MAX, random.usize(..700)][random.usize(..2)],
            };
            if kept > 0 {
                apply(&mut content, what, kept);
            }
        }
        content
    };
    let mut left = left;
    files.into_iter().map(|(path, image)| (path, left(image))).collect()
}

/// Opens an image; whether all that was acknowledged is there. Damage is an error.
fn holds(dir: &Path, files: &BTreeMap<PathBuf, Vec<u8>>, acknowledged: (u64, &str)) -> std::result::Result<bool, String> {
    let journal = dir.join("journal");
    let _ = fs::remove_dir_all(&journal);
    fs::create_dir_all(&journal).expect("a folder");
    for (path, bytes) in files {
        fs::write(journal.join(path.file_name().expect("a name")), bytes).expect("written");
    }
    let (reader, _) = Reader::open(dir).map_err(|error| error.to_string())?;
    reader.verify().map_err(|error| error.to_string())?;
    let (position, digest) = acknowledged;
    if reader.last_position() < position {
        return Ok(false);
    }
    // What was acknowledged is as it was, whatever came behind it.
    let at = if position == 0 { None } else { reader.frames(position).next() };
    let hash = at.map(|frame| frame.map_or([0; 32], |frame| frame.hash));
    Ok(hash.is_none_or(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == digest))
}

fn run(seed: u64, images: usize, syncs: bool) -> (usize, usize) {
    let mut random = Rng::with_seed(seed);
    let (mut lost, mut unreadable, mut made) = (0, 0, 0);
    while made < images {
        let (store, image) = (temp(), temp());
        let (done, acknowledged) = history(store.path(), &mut random);
        // The first files were there before.
        let begin: BTreeMap<PathBuf, Vec<u8>> = {
            let empty = temp();
            drop(create(empty.path(), SMALL));
            let names = fs::read_dir(empty.path().join("journal")).expect("a folder").map(|entry| entry.expect("an entry").path());
            names
                .map(|path| (store.path().join("journal").join(path.file_name().expect("a name")), fs::read(&path).expect("it reads")))
                .collect()
        };
        for _ in 0..200.min(images - made) {
            made += 1;
            let end = random.usize(..=done.len());
            let (_, position, digest) = acknowledged.iter().rev().find(|(after, ..)| *after <= end).expect("the empty journal at least");
            let files = cut(&begin, &done[..end], syncs, &mut random);
            match holds(image.path(), &files, (*position, digest)) {
                Ok(true) => {}
                Ok(false) => lost += 1,
                Err(error) => {
                    assert!(!syncs, "seed {seed}, image {made}: {error}");
                    unreadable += 1;
                }
            }
            assert!(!syncs || lost == 0, "seed {seed}, image {made}: something acknowledged is lost");
        }
    }
    (lost, unreadable)
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged() {
    let is_long = std::env::var_os("ONEID_LONG").is_some();
    let seed = std::env::var("ONEID_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let images = IMAGES[usize::from(is_long)];
    let (lost, unreadable) = run(seed, images, true);
    println!("seed {seed}: {images} images, {lost} lost, {unreadable} that do not open");
    let (lost, unreadable) = run(seed, 1_000, false);
    println!("without syncs, 1000 images: {lost} lost, {unreadable} that do not open");
    assert!(lost > 0 && lost + unreadable > 300, "without syncs much is lost: {lost}, {unreadable}");
}
