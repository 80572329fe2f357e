//! `oneid serve`: answers downstream systems over gRPC.

use super::Done;
use super::door::{open_store, open_store_to_write};
use crate::error::{Error, Result};
use crate::server::{self, Answers};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Serve a store over gRPC until Ctrl-C or SIGTERM
///
/// Speaks package oneid.v1, health and reflection, in plain text, on loopback only. While it runs, no other process can open the
/// store; ask it with --endpoint.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  oneid serve --store kept
  oneid serve --store kept --listen 127.0.0.1:9000
  oneid serve --store kept --read-only
  oneid serve --store kept --input-folder /extracts
  oneid get --endpoint http://127.0.0.1:7878 phone:13912345671
  grpcurl -plaintext 127.0.0.1:7878 list")]
pub struct Args {
    /// The store
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// Where to listen: a loopback address and a port; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7878")]
    pub listen: String,
    /// Take no writes: opens quicker and takes less memory
    #[arg(long)]
    pub read_only: bool,
    /// Load files of this folder for callers (oneid merge --endpoint); without it none are read
    #[arg(long, value_name = "DIR", conflicts_with = "read_only")]
    pub input_folder: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Done> {
    let address = args.listen.replacen("localhost:", "127.0.0.1:", 1);
    let address: SocketAddr =
        address.parse().map_err(|_| Error::usage(format!("{:?} is not an address and port, such as 127.0.0.1:7878", args.listen)))?;
    let answers = match args.read_only {
        true => Answers::new(open_store(&args.store)?),
        false => open_store_to_write(&args.store, "grpc")?,
    };
    let answers = match args.input_folder {
        Some(folder) if !folder.is_dir() => return Err(Error::not_found(format!("{} is no folder", folder.display()))),
        Some(folder) => answers.loading_from(folder),
        None => answers,
    };
    let (store, position) = (args.store.display().to_string(), answers.position());
    let only = if args.read_only { ", for reading only" } else { "" };
    server::run(Arc::new(answers), address, |address| {
        eprintln!("oneid: serving {store} at http://{address}{only} (journal position {position}); Ctrl-C ends");
    })?;
    eprintln!("oneid: stopped serving {store}");
    Ok(Done::Whole)
}
