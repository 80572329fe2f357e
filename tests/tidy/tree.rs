//! The files of the tree, or of a sample.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

/// Something wrong at a place; says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    /// A finding at a line, from 1.
    pub fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Finding { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// One file of text.
pub struct File {
    /// Path from the top of the tree, with slashes.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl File {
    /// The lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// The files that rules read, and the paths of all.
pub struct Tree {
    /// Files of text: Rust, Markdown, TOML, protocol.
    pub files: Vec<File>,
    paths: BTreeSet<String>,
    commands_known: bool,
}

/// Folders that are not ours to check.
const SKIPPED: &[&str] = &[".git", "target"];

/// What is read; of anything else only the path counts.
const READ: &[&str] = &["rs", "md", "toml", "proto"];

impl Tree {
    /// The tree this test was built from.
    pub fn read() -> Self {
        let mut tree = Tree { files: Vec::new(), paths: BTreeSet::new(), commands_known: false };
        tree.walk(Path::new(env!("CARGO_MANIFEST_DIR")), "");
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        tree.commands_known = tree.paths.contains("src/cli");
        tree
    }

    /// A sample.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Tree { files: Vec::new(), paths: BTreeSet::new(), commands_known: true };
        for (path, text) in files {
            tree.add(path);
            tree.files.push(File { path: (*path).to_owned(), text: (*text).to_owned() });
        }
        tree
    }

    fn add(&mut self, path: &str) {
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        self.paths.extend(ends.map(|end| path[..end].to_owned()));
    }

    fn walk(&mut self, folder: &Path, prefix: &str) {
        for entry in std::fs::read_dir(folder).expect("the tree can be read").map(|entry| entry.expect("the tree can be read")) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if SKIPPED.contains(&name.as_str()) {
                continue;
            }
            let path = format!("{prefix}{name}");
            self.add(&path);
            if entry.path().is_dir() {
                self.walk(&entry.path(), &format!("{path}/"));
            } else if entry.path().extension().is_some_and(|kind| READ.iter().any(|read| kind == *read)) {
                let text = std::fs::read_to_string(entry.path()).expect("files of text are UTF-8");
                self.files.push(File { path, text });
            }
        }
    }

    /// Whether a file or folder is there.
    pub fn has(&self, path: &str) -> bool {
        path.is_empty() || self.paths.contains(path.trim_end_matches('/'))
    }

    /// All paths, folders too.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Whether there is a command line to check mentions of its commands against.
    pub fn commands_known(&self) -> bool {
        self.commands_known
    }

    /// The Rust files under a folder (`src/`), and how many.
    pub fn rust<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.path.starts_with(prefix) && file.path.ends_with(".rs"))
    }

    /// One file of text.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}
