//! The layering as data: which folder of `src/` may read which, and which folder is the home of which outside crate.
//!
//! A row that nothing uses any more is a finding too, so that the table stays true.

/// The pure folders in reading order: each may read those before it, `error` and `limits`.
pub const PURE: &[&str] =
    &["record", "schema", "normalize", "blocking", "comparison", "model", "link", "cluster", "one_id", "golden", "features"];

/// Pure folders beside the order: each may read any of [`PURE`], never each other; of the others only those that name them.
pub const BESIDE: &[&str] = &["explain", "evaluation", "synth", "settings"];

/// A folder outside the pure part and what it may read on top of [`PURE`], `error` and `limits`.
pub struct Folder {
    /// The folder of `src/`.
    pub name: &'static str,
    /// What else it may read.
    pub may_read: &'static [&'static str],
}

/// Engine, shell and doors. `cli` alone may read everything.
pub const OUTER: &[Folder] = &[
    Folder { name: "engine", may_read: BESIDE },
    Folder { name: "ingest", may_read: &[] },
    Folder { name: "journal", may_read: &[] },
    Folder { name: "store", may_read: &[] },
    Folder { name: "search", may_read: &[] },
    Folder { name: "service", may_read: &["engine", "ingest", "journal", "store", "search", "explain", "evaluation", "synth", "settings"] },
    Folder { name: "wire", may_read: &["explain"] },
    Folder { name: "server", may_read: &["wire", "service", "explain", "settings"] },
    Folder { name: "client", may_read: &["wire", "explain"] },
    Folder {
        name: "cli",
        may_read: &[
            "engine",
            "ingest",
            "journal",
            "store",
            "search",
            "service",
            "wire",
            "server",
            "client",
            "explain",
            "evaluation",
            "synth",
            "settings",
        ],
    },
];

/// Folders of the design that are still to come. Once all are there the list is a finding: empty it.
pub const TO_COME: &[&str] = &[];

/// An outside crate and where it lives. Homes are paths under `src/`: a folder, or a file without its ending.
pub struct Home {
    /// The crate as code names it.
    pub name: &'static str,
    /// Where it is used. A home that is there and does not use it is a finding.
    pub homes: &'static [&'static str],
    /// Where it may be used, but need not be.
    pub may_use: &'static [&'static str],
}

const fn home(name: &'static str, homes: &'static [&'static str], may_use: &'static [&'static str]) -> Home {
    Home { name, homes, may_use }
}

/// Every outside crate that is not [`EVERYWHERE`] or [`NOWHERE`].
pub const HOMES: &[Home] = &[
    // Of the pure part.
    home("encoding_rs", &["ingest", "synth"], &[]),
    home("fastrand", &["synth"], &["engine", "evaluation", "model", "service", "store"]),
    home("ferrous_opencc", &["normalize"], &[]),
    home("jiff", &["normalize"], &["synth", "features", "cli", "server", "service"]),
    home("pinyin", &["normalize"], &[]),
    home("sha2", &["one_id", "model", "journal", "service"], &["store"]),
    home("siphasher", &["model"], &[]),
    home("strsim", &["comparison"], &[]),
    home("toml", &["settings"], &["cli"]),
    home("unicode_normalization", &["normalize"], &[]),
    // Of the engine and the shell.
    home("arrow_array", &["ingest", "cli"], &["engine/columnar"]),
    home("arrow_cast", &["ingest"], &["engine/columnar"]),
    home("arrow_schema", &["ingest", "cli"], &["engine/columnar"]),
    home("crc32fast", &["journal", "store", "service"], &[]),
    home("crossbeam", &["service"], &["ingest"]),
    home("csv_core", &["ingest"], &[]),
    home("flate2", &["ingest"], &["synth", "cli"]),
    home("getrandom", &["journal"], &["service"]),
    home("hmac", &["service"], &[]),
    home("memchr", &["ingest"], &["store", "journal"]),
    home("parquet", &["ingest", "cli"], &["engine/columnar"]),
    home("postcard", &["store", "service"], &[]),
    home("rayon", &["engine/batch", "engine/train"], &[]),
    home("serde_json", &["ingest"], &["cli", "model", "engine", "service", "journal", "store", "search"]),
    home("sled", &["store"], &[]),
    home("tantivy", &["search"], &[]),
    // Of the doors.
    home("clap", &["cli"], &[]),
    home("unicode_width", &["cli"], &[]),
    home("indicatif", &["cli"], &[]),
    home("terminal_size", &["cli"], &[]),
    home("mimalloc", &[], &["main"]),
    home("prost", &["wire"], &[]),
    home("prost_types", &["wire"], &[]),
    home("tokio", &["server", "client"], &[]),
    home("tokio_stream", &["server"], &["client"]),
    home("tonic", &["server", "client"], &[]),
    home("tonic_health", &["server"], &["client"]),
    home("tonic_reflection", &["server"], &[]),
];

/// Crates without a home: what they give has no outside.
pub const EVERYWHERE: &[&str] = &["compact_str", "rustc_hash", "serde"];

/// Crates that no line of `src/` names: `tonic_prost` is there for the generated code alone.
pub const NOWHERE: &[&str] = &["tonic_prost"];

/// Words of outside crates that are banned as our own: (folder, word).
pub const FOREIGN_WORDS: &[(&str, &str)] = &[("src/search/", "ConstScoreQuery"), ("src/search/", "SortBySimilarityScore")];

/// Lints that `Cargo.toml` denies, by table.
pub const DENIED: &[(&str, &str)] = &[
    ("lints.rust", "unsafe_code"),
    ("lints.rust", "missing_docs"),
    ("lints.clippy", "unwrap_used"),
    ("lints.clippy", "dbg_macro"),
    ("lints.clippy", "todo"),
    ("lints.clippy", "unimplemented"),
];

/// Most lines of a file under `src/`. A longer one is two ideas.
pub const FILE_LINES_MAX: usize = 700;
