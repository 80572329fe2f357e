//! The tidy test: what `cargo test` checks of the tree itself, so that there is nothing else to remember.
//!
//! 1. All files of the tree are read into a [`Tree`]; a rule is a function from a tree to findings.
//! 2. Every rule runs over the real tree; each finding says where, what is wrong, and what to do.
//! 3. Every rule also runs over samples that break it, one by one, and must find what the sample is there for: a check that
//!    cannot fail is worthless. (`the_tree_is_tidy` shows the other half: that it does not find what is not there.)
//!
//! The layering is data, in `table.rs`. Formatting is left to rustfmt; where it is missing, the test says so aloud.

mod layers;
mod names;
mod prose;
mod protocol;
mod rust;
mod table;
mod tree;

use tree::{Finding, Tree};

/// What a finding must say, and the files (path, text) in which it must be found.
type Sample = (&'static str, &'static [(&'static str, &'static str)]);

/// A rule: its name, what it does, and samples that break it.
struct Rule {
    name: &'static str,
    check: fn(&Tree) -> Vec<Finding>,
    broken: &'static [Sample],
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    [layers::RULES, names::RULES, prose::RULES, protocol::RULES].into_iter().flatten()
}

#[test]
fn the_tree_is_tidy() {
    let tree = Tree::read();
    assert!(tree.files.len() > 20, "only {} files were found", tree.files.len());
    let mut report = String::new();
    for rule in rules() {
        for finding in (rule.check)(&tree) {
            report.push_str(&format!("{finding}  [{}]\n", rule.name));
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn every_rule_can_fail() {
    for rule in rules() {
        assert!(!rule.broken.is_empty(), "{}: no sample breaks it", rule.name);
        for (expected, files) in rule.broken {
            let findings: Vec<_> = (rule.check)(&Tree::of(files)).iter().map(ToString::to_string).collect();
            let found = findings.iter().any(|finding| finding.contains(expected));
            assert!(found, "{}: `{expected}` is not among the findings in {files:?}: {findings:#?}", rule.name);
        }
    }
}

#[test]
fn the_code_is_formatted() {
    let cargo = || {
        let mut command = std::process::Command::new(env!("CARGO"));
        command.arg("fmt").current_dir(env!("CARGO_MANIFEST_DIR"));
        command
    };
    if !cargo().arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: rustfmt is not installed (rustup component add rustfmt); formatting is not checked");
        return;
    }
    let output = cargo().args(["--check", "--", "--color=never"]).output().expect("cargo fmt runs, it just told its version");
    let text = String::from_utf8_lossy(&output.stdout);
    let places: Vec<_> = text.lines().filter(|line| line.starts_with("Diff in")).take(20).collect();
    assert!(output.status.success(), "run `cargo fmt`:\n{}\n{}", places.join("\n"), String::from_utf8_lossy(&output.stderr));
}
