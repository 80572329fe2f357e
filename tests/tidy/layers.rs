//! Rules about what may name what: folders of `src/`, outside crates, and rows of the table.

use crate::Rule;
use crate::rust::{Named, own_names, paths, split};
use crate::table::{BESIDE, EVERYWHERE, HOMES, NOWHERE, OUTER, PURE, TO_COME};
use crate::tree::{File, Finding, Tree};

/// The rules of this file.
pub const RULES: &[Rule] = &[
    Rule {
        name: "a folder reads only the folders that the table allows",
        check: folders,
        broken: &[
            ("record must not read search", &[("src/record/key.rs", "use crate::search::SearchIndex;")]),
            ("store must not read engine", &[("src/store/mod.rs", "use crate::{error::Error, engine::batch};")]),
            ("journal must not read store", &[("src/journal/mod.rs", "fn f() { crate::store::open(); }")]),
            ("golden must not read explain", &[("src/golden/mod.rs", "use crate::explain::why;")]),
            ("explain must not read settings", &[("src/explain/mod.rs", "use crate::settings::Settings;")]),
            ("link must not read cluster", &[("src/link/deep/edge.rs", "use super::super::super::cluster::Cluster;")]),
            ("limits must not read record", &[("src/limits.rs", "use crate::record::Field;")]),
            ("normalize must not read synth", &[("src/normalize/mod.rs", "#[cfg(test)]\nmod tests { use crate::synth::people; }")]),
            ("server must not read cli", &[("src/server/mod.rs", "use crate::cli::serve;")]),
        ],
    },
    Rule {
        name: "every folder of src is in the table",
        check: known_folders,
        broken: &[("folder extra", &[("src/extra/mod.rs", "")]), ("crate::extra", &[("src/record/mod.rs", "use crate::extra::Thing;")])],
    },
    Rule {
        name: "an outside crate is used in its home only",
        check: outside_crates,
        broken: &[
            ("sled lives in store", &[("src/service/mod.rs", "use sled::Db;")]),
            ("rayon lives in engine/batch", &[("src/engine/resolver.rs", "use rayon::prelude::*;")]),
            ("tokio lives in server", &[("src/cli/serve.rs", "fn f() { tokio::runtime::Runtime::new(); }")]),
            ("pinyin lives in normalize", &[("src/blocking/rule.rs", "use pinyin::ToPinyin;")]),
            ("tantivy lives in search", &[("src/store/mod.rs", "use ::tantivy::Index;")]),
            ("arrow_array lives in ingest", &[("src/main.rs", "fn main() { let _ = arrow_array::x(); }")]),
        ],
    },
    Rule {
        name: "the table is true: every row is used, every dependency has a row",
        check: rows,
        broken: &[
            ("left_pad (Cargo.toml:3) has no row", &[("Cargo.toml", "[dependencies]\nserde = \"1\"\nleft-pad = \"1\"\n")]),
            ("sha2 is no dependency", &[("Cargo.toml", "[dependencies]\nserde = \"1\"\n")]),
            ("search does not use tantivy", &[("src/search/mod.rs", "//! No longer uses it.")]),
            ("no folder src/normalize", &[("src/lib.rs", "pub mod record;")]),
        ],
    },
];

/// The folder of `src/` a file belongs to (`engine`), or the file's stem for files right under `src/` (`main`).
fn folder(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside.split_once('/').map_or_else(|| inside.trim_end_matches(".rs"), |(folder, _)| folder)
}

fn is_known(name: &str) -> bool {
    PURE.contains(&name) || BESIDE.contains(&name) || OUTER.iter().any(|folder| folder.name == name)
}

fn may_read(reader: &str, read: &str) -> bool {
    let place = |name: &str| PURE.iter().position(|pure| *pure == name);
    match reader {
        "main" | "lib" => true,
        "error" | "limits" => false,
        _ if reader == read || matches!(read, "error" | "limits") => true,
        _ => match (place(reader), place(read)) {
            (Some(reader), Some(read)) => read < reader,
            (Some(_), None) => false,
            (None, Some(_)) => true,
            (None, None) => OUTER.iter().any(|folder| folder.name == reader && folder.may_read.contains(&read)),
        },
    }
}

/// The line in which the tests inside a file begin; the first for files of tests.
fn tests_from(path: &str, code: &str) -> usize {
    if path.ends_with("/tests.rs") || path.ends_with("_tests.rs") { 1 } else { inline_tests_from(code) }
}

/// The line in which the inline module of tests begins.
fn inline_tests_from(code: &str) -> usize {
    code.lines().position(|line| line.trim_start().starts_with("mod tests {")).map_or(usize::MAX, |line| line + 1)
}

/// The folders of `src/` that a file names, with lines: through `crate::`, or through more `super::` than it is deep.
fn folders_named(file: &File) -> Vec<(String, usize)> {
    let code = split(&file.text).code;
    let inline_tests = inline_tests_from(&code);
    let segments = file.path.split('/').count() - 1;
    let depth = if file.path.ends_with("/mod.rs") { segments - 1 } else { segments };
    let read = |path: &Named| {
        let supers = path.segments.iter().take_while(|segment| *segment == "super").count();
        let root = match path.segments[0].as_str() {
            "crate" => 1,
            "super" if supers >= depth + usize::from(path.line >= inline_tests) => supers,
            _ => return None,
        };
        path.segments.get(root).map(|name| (name.clone(), path.line))
    };
    paths(&code).iter().filter_map(read).collect()
}

fn folders(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust("src/") {
        let reader = folder(&file.path);
        for (read, line) in folders_named(file) {
            if (is_known(&read) || read == "cli") && !may_read(reader, &read) {
                let message = format!("{reader} must not read {read}: move the code to where both may be read, or pass the value in");
                findings.push(Finding::new(&file.path, line, message));
            }
        }
    }
    findings
}

fn known_folders(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust("src/").filter(|file| file.path.matches('/').count() > 1) {
        if !is_known(folder(&file.path)) {
            let message = format!("folder {} is not in tests/tidy/table.rs: say there what it may read", folder(&file.path));
            findings.push(Finding::new(&file.path, 1, message));
        }
    }
    for file in tree.rust("src/") {
        for (read, line) in folders_named(file) {
            let is_module = read.starts_with(|letter: char| letter.is_lowercase());
            if is_module && !is_known(&read) && !matches!(read.as_str(), "error" | "limits") {
                findings.push(Finding::new(&file.path, line, format!("crate::{read} is no folder of tests/tidy/table.rs")));
            }
        }
    }
    findings
}

/// Whether a file lies in a home: `engine/batch` is the folder of that name, or the file `engine/batch.rs`.
fn is_in(path: &str, home: &str) -> bool {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside.strip_prefix(home).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The lines in which a file names an outside crate.
fn lines_with_crate(file: &File, name: &str) -> Vec<usize> {
    let code = split(&file.text).code;
    if !code.contains(name) || own_names(&code).contains(name) {
        return Vec::new();
    }
    paths(&code).iter().filter(|path| path.segments[0] == name).map(|path| path.line).collect()
}

fn outside_crates(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust("src/") {
        for home in HOMES {
            if home.homes.iter().chain(home.may_use).any(|home| is_in(&file.path, home)) {
                continue;
            }
            // Tests may use any crate to make their data.
            let tests_from = tests_from(&file.path, &split(&file.text).code);
            for line in lines_with_crate(file, home.name).into_iter().filter(|line| *line < tests_from) {
                let message = format!("{} lives in {}: use it there, behind a function of ours", home.name, home.homes.join(", "));
                findings.push(Finding::new(&file.path, line, message));
            }
        }
    }
    findings
}

/// The names of a table's keys in `Cargo.toml`, as code writes them, with their lines.
fn dependencies(manifest: &File) -> Vec<(String, usize)> {
    let mut inside = false;
    let mut out = Vec::new();
    for (number, line) in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim() == "[dependencies]";
        } else if inside && let Some((name, _)) = line.split_once('=').filter(|_| !line.trim_start().starts_with('#')) {
            out.push((name.trim().replace('-', "_"), number));
        }
    }
    out
}

fn rows(tree: &Tree) -> Vec<Finding> {
    const TABLE: &str = "tests/tidy/table.rs";
    let mut findings = Vec::new();
    let mut row = |message: String| findings.push(Finding::new(TABLE, 1, message));
    if let Some(manifest) = tree.file("Cargo.toml") {
        let dependencies = dependencies(manifest);
        let rows = || HOMES.iter().map(|home| home.name).chain(EVERYWHERE.iter().copied()).chain(NOWHERE.iter().copied());
        for name in rows().filter(|name| !dependencies.iter().any(|(known, _)| known == name)) {
            row(format!("{name} is no dependency any more: remove its row"));
        }
        for (name, line) in dependencies.iter().filter(|(name, _)| !rows().any(|row| row == name)) {
            row(format!("{name} (Cargo.toml:{line}) has no row: say where it lives"));
        }
    }
    for home in HOMES {
        for place in home.homes {
            let mut files = tree.rust("src/").filter(|file| is_in(&file.path, place)).peekable();
            if files.peek().is_some() && files.all(|file| lines_with_crate(file, home.name).is_empty()) {
                row(format!("{place} does not use {}: remove it from the row, or move it to `may_use`", home.name));
            }
        }
    }
    let is_there = |name: &&&str| tree.has(&format!("src/{name}"));
    let all = || PURE.iter().chain(BESIDE).copied().chain(OUTER.iter().map(|folder| folder.name));
    for name in all().filter(|name| !is_there(&name) && !TO_COME.contains(name)) {
        row(format!("there is no folder src/{name}: remove its row"));
    }
    if !TO_COME.is_empty() && TO_COME.iter().filter(is_there).count() == TO_COME.len() {
        row("all folders are there: empty TO_COME".to_owned());
    }
    findings
}
