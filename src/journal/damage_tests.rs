//! What the journal promises when files are torn or damaged: a torn tail is cut and told, damage is refused by file and offset,
//! and nothing wrong is ever read in silence.

use super::format::{FILE_HEADER_BYTES, FileKind, Frame};
use super::segment;
use super::tests::{batch, create, listing, open, temp};
use super::writer::Bounds;
use super::*;
use crate::error::ErrorClass;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A journal of three batches, each file's bytes before and after the last one, and the listing of the first two.
struct Sample {
    dir: TempDir,
    frames: PathBuf,
    payload: PathBuf,
    frames_before: usize,
    payload_before: usize,
    frames_bytes: Vec<u8>,
    payload_bytes: Vec<u8>,
    before: String,
    after: String,
}

fn sample() -> Sample {
    let dir = temp();
    let journal_dir = dir.path().join("journal");
    let (frames, payload) = (segment::path(&journal_dir, FileKind::Frames, 1), segment::path(&journal_dir, FileKind::Payload, 1));
    let length = |path: &Path| fs::metadata(path).expect("the file is there").len() as usize;
    let mut journal = create(dir.path(), Bounds::default());
    batch(&mut journal, "one", &[b"alpha", b"beta"]);
    batch(&mut journal, "two", &[b"gamma"]);
    let (frames_before, payload_before) = (length(&frames), length(&payload));
    let before = listing(&journal.reader()).expect("it reads");
    batch(&mut journal, "three", &[b"delta", b"epsilon"]);
    let after = listing(&journal.reader()).expect("it reads");
    drop(journal);
    let (frames_bytes, payload_bytes) = (fs::read(&frames).expect("it reads"), fs::read(&payload).expect("it reads"));
    Sample { dir, frames, payload, frames_before, payload_before, frames_bytes, payload_bytes, before, after }
}

impl Sample {
    fn write(&self, frames: &[u8], payload: &[u8]) {
        fs::write(&self.frames, frames).expect("the file can be written");
        fs::write(&self.payload, payload).expect("the file can be written");
    }

    /// Opens and reads everything: the listing and the torn tails, or the refusal.
    fn read(&self) -> crate::error::Result<(String, Vec<TornTail>)> {
        let journal = Journal::open(self.dir.path())?;
        Ok((listing(&journal.reader())?, journal.torn_tails().to_vec()))
    }

    /// Opens, expects the first two batches and these tails, goes on writing, and reads again.
    fn goes_on_after(&self, torn: &[(&Path, usize, usize)], what: &str) {
        let (found, tails) = self.read().unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(found, self.before, "{what}");
        let expected = torn.iter().filter(|(_, _, bytes)| *bytes > 0);
        let expected =
            expected.map(|(file, offset, bytes)| TornTail { file: file.to_path_buf(), offset: *offset as u64, bytes: *bytes as u64 });
        assert_eq!(tails, expected.collect::<Vec<_>>(), "{what}");
        let mut journal = open(self.dir.path(), Bounds::default());
        batch(&mut journal, "instead", &[b"zeta"]);
        drop(journal);
        let (found, tails) = self.read().unwrap_or_else(|error| panic!("{what}, gone on: {error}"));
        assert!(found.starts_with(&self.before) && found.contains("\"zeta\"") && tails.is_empty(), "{what}");
    }

    fn refused(&self, file: &Path, what: &str) -> String {
        let error = self.read().err().unwrap_or_else(|| panic!("{what}: not refused"));
        let text = error.to_string();
        assert_eq!(error.class(), ErrorClass::Corrupt, "{what}: {text}");
        let name = file.file_name().expect("a file has a name").to_string_lossy();
        assert!(text.contains(&*name) && text.contains("offset"), "{what}: {text}");
        text
    }
}

#[test]
fn a_frame_file_that_ends_at_any_byte_of_the_last_batch_loses_only_that_batch() {
    let sample = sample();
    let payload_tail = sample.payload_bytes.len() - sample.payload_before;
    for end in sample.frames_before..sample.frames_bytes.len() {
        sample.write(&sample.frames_bytes[..end], &sample.payload_bytes);
        let torn =
            [(&*sample.frames, sample.frames_before, end - sample.frames_before), (&*sample.payload, sample.payload_before, payload_tail)];
        sample.goes_on_after(&torn, &format!("frames end at {end}"));
    }
}

/// Payloads are on the disk before the commit frame is written, so a torn payload file goes with a torn frame file.
#[test]
fn both_files_may_end_at_any_byte_of_the_last_batch() {
    let sample = sample();
    let commit = last_frame_start(&sample.frames_bytes);
    for frames_end in [sample.frames_before, sample.frames_before + 1, commit - 1, commit, commit + 1, sample.frames_bytes.len() - 1] {
        for payload_end in sample.payload_before..=sample.payload_bytes.len() {
            sample.write(&sample.frames_bytes[..frames_end], &sample.payload_bytes[..payload_end]);
            let torn = [
                (&*sample.frames, sample.frames_before, frames_end - sample.frames_before),
                (&*sample.payload, sample.payload_before, payload_end - sample.payload_before),
            ];
            sample.goes_on_after(&torn, &format!("frames end at {frames_end}, payloads at {payload_end}"));
        }
    }
}

#[test]
fn a_payload_file_shorter_than_what_is_committed_is_refused() {
    let sample = sample();
    for end in 0..sample.payload_bytes.len() {
        sample.write(&sample.frames_bytes, &sample.payload_bytes[..end]);
        sample.refused(&sample.payload, &format!("payloads end at {end}"));
    }
    fs::remove_file(&sample.payload).expect("the file can be removed");
    let error = sample.read().expect_err("it is refused");
    assert!(error.class() == ErrorClass::Corrupt && error.to_string().contains("payload-00000001.log: the file is missing"), "{error}");
}

/// The start of the commit frame that ends these bytes.
fn last_frame_start(bytes: &[u8]) -> usize {
    let mut at = FILE_HEADER_BYTES;
    loop {
        let length = format::frame_length(&bytes[at..]).expect("frames are whole here");
        if at + length == bytes.len() {
            return at;
        }
        at += length;
    }
}

#[test]
fn a_flipped_bit_in_anything_committed_is_refused_by_file_and_offset() {
    let sample = sample();
    for at in 0..sample.frames_bytes.len() {
        for bit in bits(at) {
            let mut bytes = sample.frames_bytes.clone();
            bytes[at] ^= 1 << bit;
            sample.write(&bytes, &sample.payload_bytes);
            let text = sample.refused(&sample.frames, &format!("frames, byte {at}, bit {bit}"));
            assert!(!text.contains("newer") || text.contains("CRC fits"), "a flipped bit is not taken for a new version: {text}");
        }
    }
    for at in 0..sample.payload_bytes.len() {
        let mut bytes = sample.payload_bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        sample.write(&sample.frames_bytes, &bytes);
        sample.refused(&sample.payload, &format!("payloads, byte {at}"));
    }
}

/// Every bit of the first and the last frame, one bit of each byte elsewhere.
fn bits(at: usize) -> Vec<usize> {
    if at < 256 || at.is_multiple_of(16) { (0..8).collect() } else { vec![at % 8] }
}

#[test]
fn a_flipped_bit_behind_the_last_commit_is_cut_with_the_rest() {
    let sample = sample();
    let commit = last_frame_start(&sample.frames_bytes);
    for at in sample.frames_before..commit {
        let mut bytes = sample.frames_bytes[..commit].to_vec();
        bytes[at] ^= 1 << (at % 8);
        sample.write(&bytes, &sample.payload_bytes);
        let torn = [
            (&*sample.frames, sample.frames_before, commit - sample.frames_before),
            (&*sample.payload, sample.payload_before, sample.payload_bytes.len() - sample.payload_before),
        ];
        sample.goes_on_after(&torn, &format!("byte {at}"));
    }
}

/// A disk may write the pages of one sync in any order, so before its end the commit frame can be there and others not.
#[test]
fn a_last_batch_that_arrived_in_the_wrong_order_is_cut() {
    let sample = sample();
    let commit = last_frame_start(&sample.frames_bytes);
    for start in sample.frames_before..commit {
        let end = (start + 64).min(commit);
        let mut bytes = sample.frames_bytes.clone();
        bytes[start..end].fill(0);
        if (bytes[start..end].iter().zip(&sample.frames_bytes[start..end])).map(|(new, old)| (new ^ old).count_ones()).sum::<u32>() < 2 {
            continue;
        }
        sample.write(&bytes, &sample.payload_bytes);
        let torn = [
            (&*sample.frames, sample.frames_before, bytes.len() - sample.frames_before),
            (&*sample.payload, sample.payload_before, sample.payload_bytes.len() - sample.payload_before),
        ];
        sample.goes_on_after(&torn, &format!("zeros from {start} to {end}"));
    }
}

#[test]
fn damage_that_a_later_batch_follows_is_refused_however_large() {
    let sample = sample();
    let second = sample.frames_before - 10;
    for (start, end) in [(FILE_HEADER_BYTES, FILE_HEADER_BYTES + 1), (100, 300), (FILE_HEADER_BYTES, second), (second, second + 5)] {
        let mut bytes = sample.frames_bytes.clone();
        bytes[start..end].iter_mut().for_each(|byte| *byte = byte.wrapping_add(37));
        sample.write(&bytes, &sample.payload_bytes);
        sample.refused(&sample.frames, &format!("bytes {start} to {end}"));
    }
    sample.write(&sample.frames_bytes, &sample.payload_bytes);
    assert_eq!(sample.read().expect("whole again").0, sample.after);
}

/// Somebody edits a frame and mends its CRC: the next frame does not carry its hash.
#[test]
fn an_edited_frame_breaks_the_chain() {
    let sample = sample();
    let mut starts = vec![FILE_HEADER_BYTES];
    while let Ok(length) = format::frame_length(&sample.frames_bytes[starts[starts.len() - 1]..]) {
        starts.push(starts[starts.len() - 1] + length);
    }
    starts.pop();
    // The last frame has none after it: the chain vouches for what has a successor, the digest for the whole.
    for (number, start) in starts[..starts.len() - 1].iter().enumerate() {
        let mut frame = Frame::decode(&sample.frames_bytes[*start..]).expect("the frame reads");
        frame.actor = "mallet".to_owned();
        let mut edited = Vec::new();
        frame.encode(&mut edited);
        let mut bytes = sample.frames_bytes.clone();
        bytes[*start..start + edited.len()].copy_from_slice(&edited);
        sample.write(&bytes, &sample.payload_bytes);
        let text = sample.refused(&sample.frames, &format!("frame {}", number + 1));
        assert!(text.contains("the chain is broken") && text.contains(&format!("offset {}", starts[number + 1])), "{text}");
    }
}

#[test]
fn a_missing_or_foreign_segment_is_refused() {
    let small = super::tests::SMALL;
    let dir = temp();
    let mut journal = create(dir.path(), small);
    for _ in 0..10 {
        batch(&mut journal, "note", &[&[1; 200], &[2; 200]]);
    }
    drop(journal);
    let journal_dir = dir.path().join("journal");
    for kind in [FileKind::Frames, FileKind::Payload] {
        for number in [1, 2, 3] {
            let path = segment::path(&journal_dir, kind, number);
            let aside = path.with_extension("aside");
            fs::rename(&path, &aside).expect("the file can be moved");
            let error = Journal::open(dir.path()).err().expect("it is refused");
            assert!(error.to_string().contains(&format!("{}: the file is missing", kind.file_name(number))), "{error}");
            fs::copy(segment::path(&journal_dir, kind, 4), &path).expect("the file can be copied");
            let error = Journal::open(dir.path()).err().expect("it is refused");
            assert!(error.to_string().contains("it is segment 4: was it renamed?"), "{error}");
            fs::rename(&aside, &path).expect("the file can be moved");
        }
    }
    assert!(Journal::open(dir.path()).is_ok());
}
