//! Runs the program as a user would, for the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    #[allow(dead_code)]
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs `oneid` with arguments and environment in a folder.
pub fn oneid_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_oneid"))
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder)
        .output()
        .expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_string();
    Run { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Runs `oneid` with arguments in a folder.
pub fn oneid(folder: &Path, arguments: &[&str]) -> Run {
    oneid_with(folder, arguments, &[])
}

/// Runs `oneid`, which must end well.
#[allow(dead_code)]
pub fn done(folder: &Path, arguments: &[&str]) -> Run {
    let run = oneid(folder, arguments);
    assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
    run
}

/// A file of the repository's fixtures.
#[allow(dead_code)]
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// The files of the four channels.
#[allow(dead_code)]
pub fn four_channels() -> Vec<String> {
    ["crm.csv", "app.jsonl", "mini_program.jsonl", "branch.csv"]
        .map(|name| fixture("four_channels").join(name).display().to_string())
        .to_vec()
}
