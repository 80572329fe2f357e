//! `oneid export`: every record with its One-ID, or every golden profile, as a file.

use super::Done;
use super::door::{Door, DoorArgs};
use super::output::{check_output, write_file};
use super::profile::ProfileForm;
use super::record_rows::{RecordRow, RecordRows, Shape, json_line};
use super::words::counted;
use crate::error::{Error, Result};
use crate::limits::PAGE_SIZE_MAX;
use crate::wire::v1;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// Write every record with its One-ID, or every golden profile, to a file
///
/// The file appears when it is complete.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid export --store kept --out people.csv
  oneid export --store kept --out profiles.jsonl --what people
  oneid export --endpoint http://127.0.0.1:7878 --out records.jsonl")]
pub struct Args {
    #[command(flatten)]
    pub door: DoorArgs,
    /// The file; its ending says the form: .csv, .jsonl or .parquet
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// records: source,record_id,one_id; people: golden profiles, as JSON lines
    #[arg(long, value_enum, default_value_t = What::Records)]
    pub what: What,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// Records with their One-IDs, by source, then id
    Records,
    /// Golden profiles, by One-ID
    People,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let shape = shape(&args.out)?;
    if args.what == What::People && shape != Shape::JsonLines {
        return Err(Error::usage("golden profiles hold lists and are written as JSON lines; give --out a name that ends in .jsonl"));
    }
    check_output(&args.out)?;
    let door = Door::open(&args.door)?;
    // What the store or server says goes past the file's own errors.
    let mut failed = None;
    let mut written = 0;
    let wrote = write_file(&args.out, |out| {
        let ended = match args.what {
            What::Records => write_records(&door, shape, out, &mut written),
            What::People => write_people(&door, out, &mut written),
        };
        ended.map_err(|error| {
            failed = Some(error);
            std::io::Error::other("not all of it was read")
        })
    });
    failed.map_or(wrote, Err)?;
    let what = if args.what == What::Records { "record" } else { "person" };
    eprintln!("oneid: {} written to {}", counted(written, what), args.out.display());
    Ok(Done::Whole)
}

fn shape(path: &Path) -> Result<Shape> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(Shape::Csv),
        Some("jsonl" | "ndjson") => Ok(Shape::JsonLines),
        Some("parquet") => Ok(Shape::Parquet),
        _ => Err(Error::usage(format!("{}: the name must end in .csv, .jsonl or .parquet", path.display()))),
    }
}

fn write_records(door: &Door, shape: Shape, out: &mut BufWriter<File>, written: &mut u64) -> Result<()> {
    let io = |cause: std::io::Error| Error::io("cannot write the export", &cause);
    let mut records = RecordRows::new(shape, out).map_err(io)?;
    let mut asked = v1::ListRecordsRequest { all_people: true, page_size: PAGE_SIZE_MAX as u32, ..Default::default() };
    asked.read_mask.get_or_insert_default().paths.push("key".into());
    loop {
        let page = door.list_records(asked.clone())?;
        for record in &page.records {
            let key = record.key.clone().unwrap_or_default();
            let row = RecordRow { source: &key.source, record_id: &key.record_id, one_id: &record.one_id };
            records.row(&row).map_err(io)?;
            *written += 1;
        }
        if page.next_page_token.is_empty() {
            return records.finish().map_err(io);
        }
        asked.page_token = page.next_page_token;
    }
}

fn write_people(door: &Door, out: &mut BufWriter<File>, written: &mut u64) -> Result<()> {
    /// Profiles of one page; each may be long.
    const PAGE: u32 = 200;
    let mut asked = v1::ListProfilesRequest { page_size: PAGE, ..Default::default() };
    loop {
        let page = door.list_profiles(asked.clone())?;
        for profile in &page.profiles {
            json_line(out, &ProfileForm::from(profile)).map_err(|cause| Error::io("cannot write the export", &cause))?;
            *written += 1;
        }
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        asked.page_token = page.next_page_token;
    }
}
