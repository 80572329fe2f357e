//! Rules about what is written: links, mentions of files and commands, words that stand for undone work, machine paths.

use crate::Rule;
use crate::rust::split;
use crate::tree::{File, Finding, Tree};

/// The rules of this file.
pub const RULES: &[Rule] = &[
    Rule {
        name: "links lead somewhere",
        check: links,
        broken: &[
            ("docs/design.md", &[("README.md", "See [the design](docs/design.md).")]),
            ("../b.md", &[("docs/a.md", "See [b](../b.md#part \"title\").")]),
            ("a.png", &[("docs/a.md", "![picture](a.png)")]),
        ],
    },
    Rule {
        name: "files that are mentioned are there",
        check: mentions,
        broken: &[
            ("src/gone.rs", &[("README.md", "Look at `src/gone.rs`.")]),
            ("docs/gone.md", &[("src/lib.rs", "//! See `docs/gone.md`, section 2.")]),
            ("fixtures/gone_v1", &[("docs/formats.md", "Frozen by `fixtures/gone_v1/`.")]),
        ],
    },
    Rule {
        name: "commands that are mentioned exist",
        check: commands,
        broken: &[
            ("oneid frobnicate", &[("README.md", "Run `oneid frobnicate --all`.")]),
            ("oneid frobnicate", &[("README.md", "```sh\ncargo run --release -- frobnicate\n```")]),
            ("oneid frobnicate", &[("docs/use.md", "Then:\n\n    oneid frobnicate x.csv\n")]),
        ],
    },
    Rule {
        name: "undone work is in the issues, not in the text",
        check: undone,
        broken: &[
            ("write an issue", &[("src/lib.rs", UNDONE)]),
            ("write an issue", &[("README.md", UNDONE)]),
            ("write an issue", &[("proto/oneid/v1/a.proto", UNDONE)]),
        ],
    },
    Rule {
        name: "no paths of one machine",
        check: machine_paths,
        broken: &[
            ("one machine", &[("README.md", MACHINE)]),
            ("one machine", &[("src/lib.rs", MACHINE)]),
            ("one machine", &[("Cargo.toml", MACHINE)]),
        ],
    },
];

const UNDONE: &str = concat!("// TO", "DO: later");
const UNDONE_WORDS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("HA", "CK")];
const MACHINE: &str = concat!("see /ho", "me/someone/data");
const MACHINE_PATHS: [&str; 4] = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];

/// A path against the folder of the file that names it.
fn resolved(file: &File, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { file.path.split('/').collect() };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// The lines of Markdown outside fenced blocks.
fn prose_lines(file: &File) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut out = Vec::new();
    for (number, line) in file.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            out.push((number, line));
        }
    }
    out
}

fn links(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".md")) {
        for (number, line) in prose_lines(file) {
            for after in line.split("](").skip(1) {
                let target = after.split([')', ' ', '#']).next().unwrap_or_default();
                let outside = ["http:", "https:", "mailto:"].iter().any(|scheme| target.starts_with(scheme));
                if !target.is_empty() && !outside && !tree.has(&resolved(file, target)) {
                    findings.push(Finding::new(&file.path, number, format!("dead link to {target}")));
                }
            }
        }
    }
    findings
}

/// What stands between backticks in a line.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Whether a span names one file or folder of ours, from the top of the tree.
fn is_our_path(span: &str) -> bool {
    let ours = ["src/", "docs/", "tests/", "benches/", "fixtures/", "proto/", "examples/", "fuzz/", ".ci/", ".cargo/"];
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '.' | '_' | '-');
    ours.iter().any(|prefix| span.starts_with(prefix)) && span.chars().all(plain) && !span.contains("...")
}

fn mentions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !file.path.starts_with("tests/tidy/")) {
        let comments;
        let lines: Vec<(usize, &str)> = if file.path.ends_with(".md") {
            prose_lines(file)
        } else if file.path.ends_with(".rs") {
            comments = split(&file.text).comments;
            comments.lines().enumerate().map(|(index, line)| (index + 1, line)).collect()
        } else {
            continue;
        };
        for (number, line) in lines {
            for span in spans(line).filter(|span| is_our_path(span) && !tree.has(span)) {
                findings.push(Finding::new(&file.path, number, format!("`{span}` is not there")));
            }
        }
    }
    findings
}

/// The command in a piece of code: the word after `oneid`, or after the `--` of `cargo run`.
fn command(code: &str) -> Option<&str> {
    let code = code.trim_start().trim_start_matches("$ ");
    let rest = match code.strip_prefix("oneid ") {
        Some(rest) => rest,
        None => code.strip_prefix("cargo run")?.split_once(" -- ")?.1,
    };
    let word = rest.split_whitespace().next()?;
    let plain = word.starts_with(|letter: char| letter.is_ascii_lowercase())
        && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    plain.then_some(word)
}

fn commands(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !tree.commands_known() {
        return findings;
    }
    for file in tree.files.iter().filter(|file| file.path.ends_with(".md")) {
        let mut fenced = false;
        for (number, line) in file.lines() {
            fenced ^= line.trim_start().starts_with("```");
            let whole = (fenced || line.starts_with("    ")).then_some(line);
            for word in whole.into_iter().chain(spans(line)).filter_map(command) {
                let name = word.replace('-', "_");
                if word != "help" && !tree.has(&format!("src/cli/{name}.rs")) && !tree.has(&format!("src/cli/{name}")) {
                    findings.push(Finding::new(&file.path, number, format!("there is no command `oneid {word}` in src/cli/")));
                }
            }
        }
    }
    findings
}

fn undone(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (number, line) in file.lines() {
            let mut words = line.split(|letter: char| !letter.is_ascii_alphanumeric());
            if let Some(word) = words.find(|word| UNDONE_WORDS.contains(word)) {
                findings.push(Finding::new(&file.path, number, format!("{word}: do it, or write an issue and take the word out")));
            }
        }
    }
    findings
}

fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (number, line) in file.lines() {
            for path in MACHINE_PATHS {
                let begins =
                    |at: usize| !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-'));
                if line.match_indices(path).any(|(at, _)| begins(at)) {
                    findings.push(Finding::new(&file.path, number, format!("{path}... is a path of one machine: make it relative")));
                }
            }
        }
    }
    findings
}
