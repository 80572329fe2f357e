//! `oneid clusters`: the people with the most records, where over-merges show first.

use super::door::{Door, DoorArgs};
use super::output::{print, print_json};
use super::table::{Align, Table, count};
use super::{Done, words};
use crate::error::Result;
use crate::limits::{LARGEST_CLUSTERS_SHOWN, PAGE_SIZE_MAX};
use crate::wire::v1;
use serde::Serialize;

/// List people by their number of records
///
/// Many names, certificates or birth dates in one cluster hint at an over-merge.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid clusters --store kept --largest
  oneid clusters --store kept --largest 100 --minimum 5 --json
  oneid clusters --endpoint http://127.0.0.1:7878")]
pub struct Args {
    #[command(flatten)]
    pub door: DoorArgs,
    /// How many to show, the largest first
    #[arg(
        long, value_name = "N", num_args = 0..=1, default_value_t = LARGEST_CLUSTERS_SHOWN as u32,
        default_missing_value = "10", value_parser = clap::value_parser!(u32).range(1..=PAGE_SIZE_MAX as i64)
    )]
    pub largest: u32,
    /// Leave out people with fewer records
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub minimum: u64,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Serialize)]
struct Form {
    total_clusters: u64,
    clusters: Vec<ClusterForm>,
}

#[derive(Debug, Serialize)]
struct ClusterForm {
    one_id: String,
    record_count: u64,
    source_count: u32,
    display_name: String,
    distinct_names: u32,
    distinct_certificates: u32,
    distinct_birth_dates: u32,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let door = Door::open(&args.door)?;
    let found = door.list_clusters(v1::ListClustersRequest {
        order: v1::ClusterOrder::LargestFirst.into(),
        minimum_record_count: args.minimum,
        page_size: args.largest,
        page_token: String::new(),
    })?;
    if args.json {
        print_json(&Form { total_clusters: found.total_clusters, clusters: found.clusters.into_iter().map(form).collect() })?;
    } else {
        print(&render(&found))?;
    }
    Ok(Done::Whole)
}

fn form(cluster: v1::ClusterSummary) -> ClusterForm {
    ClusterForm {
        one_id: cluster.one_id,
        record_count: cluster.record_count,
        source_count: cluster.source_count,
        display_name: cluster.display_name,
        distinct_names: cluster.distinct_names,
        distinct_certificates: cluster.distinct_certificates,
        distinct_birth_dates: cluster.distinct_birth_dates,
    }
}

/// The clusters as a table.
fn render(found: &v1::ListClustersResponse) -> String {
    use Align::{Left, Right};
    let mut table = Table::new(&[
        ("One-ID", Left),
        ("name", Left),
        ("records", Right),
        ("sources", Right),
        ("names", Right),
        ("certificates", Right),
        ("birth dates", Right),
    ]);
    for cluster in &found.clusters {
        let number = |number: u32| count(u64::from(number));
        table.row(vec![
            cluster.one_id.clone(),
            cluster.display_name.clone(),
            count(cluster.record_count),
            number(cluster.source_count),
            number(cluster.distinct_names),
            number(cluster.distinct_certificates),
            number(cluster.distinct_birth_dates),
        ]);
    }
    let shown = found.clusters.len() as u64;
    let of = if shown < found.total_clusters { format!("the largest {} of ", count(shown)) } else { String::new() };
    format!("{of}{}\n{}", words::counted(found.total_clusters, "cluster"), table.render())
}
