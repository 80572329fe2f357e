//! `oneid search`: people by what one remembers of them.

use super::door::{Door, DoorArgs};
use super::output::{print, print_json};
use super::table::{Align, Table, clip, count};
use super::{Done, words};
use crate::error::Result;
use crate::limits::PAGE_SIZE_MAX;
use crate::wire::v1;
use serde::Serialize;

/// Search people by name, pinyin, phone, e-mail, city or address
///
/// Names are found in Chinese, in pinyin (in full or by initials) and in Latin letters; phones whole, by prefix or by the last
/// four digits. All words must be found, in any order.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid search --store kept \"zhang wei\"
  oneid search --store kept 张伟 北京
  oneid search --endpoint http://127.0.0.1:7878 5671 --limit 5 --json")]
pub struct Args {
    /// What to look for
    #[arg(value_name = "QUERY", required = true)]
    pub query: Vec<String>,
    #[command(flatten)]
    pub door: DoorArgs,
    /// How many people to show
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=PAGE_SIZE_MAX as i64))]
    pub limit: u32,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Serialize)]
struct Form {
    total_hits: u64,
    hits: Vec<HitForm>,
}

#[derive(Debug, Serialize)]
struct HitForm {
    one_id: String,
    relevance: f64,
    display_name: String,
    phones: Vec<String>,
    emails: Vec<String>,
    city: String,
    record_count: u64,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let door = Door::open(&args.door)?;
    let query = args.query.join(" ");
    let found = door.search_profiles(v1::SearchProfilesRequest { query, page_size: args.limit, page_token: String::new() })?;
    if args.json {
        let form = |hit: v1::SearchHit| HitForm {
            one_id: hit.one_id,
            relevance: hit.relevance,
            display_name: hit.display_name,
            phones: hit.phones,
            emails: hit.emails,
            city: hit.city,
            record_count: hit.record_count,
        };
        print_json(&Form { total_hits: found.total_hits, hits: found.hits.into_iter().map(form).collect() })?;
    } else {
        print(&render(&found))?;
    }
    Ok(Done::Whole)
}

/// The hits as a table.
pub fn render(found: &v1::SearchProfilesResponse) -> String {
    /// Places that phones and addresses take at most.
    const LIST_WIDTH: usize = 36;
    if found.hits.is_empty() {
        return "Nobody was found\n".into();
    }
    let mut table = Table::new(&[
        ("One-ID", Align::Left),
        ("name", Align::Left),
        ("phones", Align::Left),
        ("e-mail", Align::Left),
        ("city", Align::Left),
        ("records", Align::Right),
    ]);
    for hit in &found.hits {
        table.row(vec![
            hit.one_id.clone(),
            hit.display_name.clone(),
            clip(&hit.phones.join(", "), LIST_WIDTH),
            clip(&hit.emails.join(", "), LIST_WIDTH),
            hit.city.clone(),
            count(hit.record_count),
        ]);
    }
    let shown = found.hits.len() as u64;
    let of = if shown < found.total_hits { format!("{} of ", count(shown)) } else { String::new() };
    format!("{of}{}\n{}", words::counted(found.total_hits, "hit"), table.render())
}
