//! Rules about single files of Rust and about `Cargo.toml`: heads, sizes, names, words, lints.

use crate::Rule;
use crate::rust::{split, tokens};
use crate::table::{DENIED, FILE_LINES_MAX, FOREIGN_WORDS};
use crate::tree::{Finding, Tree};

/// The rules of this file.
pub const RULES: &[Rule] = &[
    Rule {
        name: "a file opens with what it is for",
        check: heads,
        broken: &[
            ("begin with", &[("src/record/key.rs", "use std::fmt;\n")]),
            ("begin with", &[("src/record/key.rs", "//!\nuse std::fmt;\n")]),
            ("begin with", &[("src/record/key.rs", "//! x\n")]),
            ("begin with", &[("src/record/key.rs", "")]),
        ],
    },
    Rule { name: "a file holds one idea", check: sizes, broken: &[("701 lines", &[("src/record/key.rs", LONG)])] },
    Rule {
        name: "no folder or file is named for nothing",
        check: empty_names,
        broken: &[
            ("core says nothing", &[("src/core/mod.rs", "")]),
            ("utils says nothing", &[("src/store/utils.rs", "")]),
            ("helpers says nothing", &[("tests/helpers/mod.rs", "")]),
            ("types says nothing", &[("proto/types.proto", "")]),
        ],
    },
    Rule {
        name: "one word for one thing",
        check: banned_words,
        broken: &[
            ("pair_score", &[("src/link/edge.rs", "fn pair_score() {}")]),
            ("MatchScore", &[("src/link/edge.rs", "struct MatchScore;")]),
            ("scores", &[("src/link/edge.rs", "/// The scores of a pair.\nfn f() {}")]),
            ("entity", &[("src/record/key.rs", "//! An entity.")]),
            ("no ConstScoreQuery any more", &[("src/search/mod.rs", "//! Hits.")]),
        ],
    },
    Rule {
        name: "no unsafe code",
        check: unsafe_code,
        broken: &[
            ("decision record", &[("src/store/mod.rs", "fn f() { unsafe { g() } }")]),
            ("decision record", &[("benches/stages.rs", "unsafe fn f() {}")]),
        ],
    },
    Rule {
        name: "the lints are denied",
        check: denied_lints,
        broken: &[
            ("missing_docs = ", &[("Cargo.toml", "[lints.rust]\nunsafe_code = \"deny\"\n")]),
            ("todo = ", &[("Cargo.toml", "[lints.clippy]\ntodo = \"warn\"\n")]),
            ("unwrap_used is denied", &[("src/store/mod.rs", "#![allow(clippy::unwrap_used)]")]),
        ],
    },
];

/// A sample: one line too many.
const LONG: &str = {
    const BYTES: [u8; FILE_LINES_MAX + 1] = [b'\n'; FILE_LINES_MAX + 1];
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => "",
    }
};

fn heads(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in ["src/", "tests/", "benches/"].into_iter().flat_map(|prefix| tree.rust(prefix)) {
        let head = file.text.lines().next().and_then(|line| line.strip_prefix("//!")).map(str::trim);
        if head.is_none_or(|head| head.chars().count() < 12) {
            findings.push(Finding::new(&file.path, 1, "begin with `//!` and a sentence that says what the file is for"));
        }
    }
    findings
}

fn sizes(tree: &Tree) -> Vec<Finding> {
    let counted = tree.rust("src/").map(|file| (file, file.text.lines().count()));
    let long = counted.filter(|(_, lines)| *lines > FILE_LINES_MAX);
    long.map(|(file, lines)| Finding::new(&file.path, lines, format!("{lines} lines, at most {FILE_LINES_MAX}: part it by ideas")))
        .collect()
}

fn empty_names(tree: &Tree) -> Vec<Finding> {
    const EMPTY: [&str; 8] = ["core", "common", "util", "utils", "helper", "helpers", "types", "misc"];
    let mut findings = Vec::new();
    let ours = tree.paths().filter(|path| ["src/", "tests/", "benches/", "proto/"].iter().any(|prefix| path.starts_with(prefix)));
    for path in ours {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.split('.').next().unwrap_or(name);
        if EMPTY.contains(&stem) {
            findings.push(Finding::new(path, 1, format!("{stem} says nothing: name it for what it holds")));
        }
    }
    findings
}

/// The words of an identifier: `pair_score` and `PairScore` both hold `score`.
fn words_of(identifier: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut after_lower = false;
    for letter in identifier.chars() {
        if letter == '_' || (letter.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        if letter != '_' {
            if words.is_empty() {
                words.push(String::new());
            }
            words.last_mut().expect("one was just pushed").extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase() || letter.is_numeric();
    }
    words
}

fn banned_words(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut used = vec![false; FOREIGN_WORDS.len()];
    for file in tree.rust("src/") {
        let parts = split(&file.text);
        for (token, line) in tokens(&parts.code).into_iter().chain(tokens(&parts.comments)) {
            let foreign = FOREIGN_WORDS.iter().position(|(folder, word)| file.path.starts_with(folder) && *word == token);
            if let Some(row) = foreign {
                used[row] = true;
                continue;
            }
            for word in words_of(token) {
                let instead = match word.as_str() {
                    "score" | "scores" | "scored" | "scoring" => "match weight, match probability or relevance",
                    "entity" | "entities" if !file.path.starts_with("src/explain/") => "record, cluster or person",
                    _ => continue,
                };
                findings.push(Finding::new(&file.path, line, format!("`{token}`: say {instead}")));
            }
        }
    }
    for ((folder, word), used) in FOREIGN_WORDS.iter().zip(used) {
        if !used && tree.has(folder) {
            findings.push(Finding::new("tests/tidy/table.rs", 1, format!("{folder} has no {word} any more: remove the row")));
        }
    }
    findings
}

fn unsafe_code(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in ["src/", "benches/", "tests/", "build.rs"].into_iter().flat_map(|prefix| tree.rust(prefix)) {
        for (token, line) in tokens(&split(&file.text).code) {
            if token == "unsafe" {
                findings.push(Finding::new(&file.path, line, "unsafe needs a decision record in docs/decisions/ first"));
            }
        }
    }
    findings
}

fn denied_lints(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(manifest) = tree.file("Cargo.toml") {
        for (table, lint) in DENIED {
            let inside = manifest.text.split(&format!("[{table}]")).nth(1).map(|rest| rest.split("\n[").next().unwrap_or(rest));
            let denies = |line: &str| line.split_once('=').is_some_and(|(name, level)| name.trim() == *lint && level.trim() == "\"deny\"");
            if !inside.is_some_and(|inside| inside.lines().any(denies)) {
                findings.push(Finding::new("Cargo.toml", 1, format!("[{table}] must say {lint} = \"deny\"")));
            }
        }
    }
    for file in tree.rust("src/") {
        let code = split(&file.text).code;
        for (number, line) in code.lines().enumerate() {
            let squeezed: String = line.chars().filter(|letter| !letter.is_whitespace()).collect();
            let allowed = DENIED.iter().find(|(_, lint)| squeezed.contains("allow(") && squeezed.contains(lint));
            // Generated code has its docs in the protocol files.
            if let Some((_, lint)) = allowed.filter(|(_, lint)| !(file.path.starts_with("src/wire/") && *lint == "missing_docs")) {
                findings.push(Finding::new(&file.path, number + 1, format!("{lint} is denied everywhere: mend what it finds")));
            }
        }
    }
    findings
}
