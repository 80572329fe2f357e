//! As much of Rust's grammar as the rules need: comments and strings told from code, and the paths that code names.

use std::collections::BTreeSet;

/// A text of Rust in two copies of the same length and lines: code without comments and strings, and comments alone.
pub struct Split {
    /// Code; comments and the content of strings are blanks.
    pub code: String,
    /// Comments; everything else is blanks.
    pub comments: String,
}

/// Tells code, comments and strings apart.
pub fn split(text: &str) -> Split {
    let mut out = Split { code: String::with_capacity(text.len()), comments: String::with_capacity(text.len()) };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let named = out.code.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let (length, is_comment, is_code) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), true, false)
        } else if rest.starts_with("/*") {
            (block_comment(rest), true, false)
        } else if let Some(length) = (!named).then(|| raw_string(rest)).flatten() {
            (length, false, false)
        } else if first == '"' {
            (quoted(rest, '"'), false, false)
        } else if first == '\'' && is_character(rest) {
            (quoted(rest, '\''), false, false)
        } else {
            (first.len_utf8(), false, true)
        };
        for letter in rest[..length].chars() {
            out.code.push(if is_code || letter == '\n' { letter } else { ' ' });
            out.comments.push(if is_comment || letter == '\n' { letter } else { ' ' });
        }
        rest = &rest[length..];
    }
    out
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let opening = text.len() - body.len();
    Some(body.find(&end).map_or(text.len(), |at| opening + at + end.len()))
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character literal, not a lifetime.
fn is_character(text: &str) -> bool {
    let mut letters = text.chars().skip(1);
    matches!((letters.next(), letters.next()), (Some('\\'), _) | (Some(_), Some('\'')))
}

/// A path that code names, with its line, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The segments (`crate`, `record`, `RecordKey`); `*` and `self` as they stand.
    pub segments: Vec<String>,
    /// The line it begins in.
    pub line: usize,
    /// Whether a `use` names it.
    pub in_use: bool,
}

/// Every path in code with at least two segments, and every path of a `use`.
pub fn paths(code: &str) -> Vec<Named> {
    let mut out = Vec::new();
    let tokens = tokens(code);
    let mut at = 0;
    while at < tokens.len() {
        let (word, line) = tokens[at];
        if word == "use" {
            let end = tokens[at..].iter().position(|(word, _)| *word == ";").map_or(tokens.len(), |length| at + length);
            use_tree(&tokens[at + 1..end], &mut Vec::new(), line, &mut out);
            at = end;
        } else if is_name(word) {
            let mut segments = vec![word.to_owned()];
            while at + 2 < tokens.len() && tokens[at + 1].0 == "::" && is_name(tokens[at + 2].0) {
                segments.push(tokens[at + 2].0.to_owned());
                at += 2;
            }
            if segments.len() > 1 {
                out.push(Named { segments, line, in_use: false });
            }
        }
        at += 1;
    }
    out
}

/// One `use` tree: a path, then a group or nothing. What follows `as` is left out.
fn use_tree(tokens: &[(&str, usize)], prefix: &mut Vec<String>, line: usize, out: &mut Vec<Named>) {
    let depth = prefix.len();
    let mut at = 0;
    let mut line = line;
    while at < tokens.len() {
        let (word, here) = tokens[at];
        match word {
            "::" => {}
            "as" => break,
            "{" => {
                for part in group(&tokens[at + 1..]) {
                    use_tree(part, prefix, part.first().map_or(here, |token| token.1), out);
                }
                prefix.truncate(depth);
                return;
            }
            _ => {
                if prefix.len() == depth {
                    line = here;
                }
                prefix.push(word.to_owned());
            }
        }
        at += 1;
    }
    if prefix.len() > depth {
        out.push(Named { segments: prefix.clone(), line, in_use: true });
    }
    prefix.truncate(depth);
}

/// The parts of a group, from behind its opening brace to its closing one.
fn group<'a, 'b>(tokens: &'a [(&'b str, usize)]) -> Vec<&'a [(&'b str, usize)]> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, (word, _)) in tokens.iter().enumerate() {
        match *word {
            "{" => depth += 1,
            "}" if depth > 0 => depth -= 1,
            "}" => {
                parts.push(&tokens[start..at]);
                return parts;
            }
            "," if depth == 0 => {
                parts.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[start..]);
    parts
}

/// Names, `::`, and single signs, with their lines.
pub fn tokens(code: &str) -> Vec<(&str, usize)> {
    let mut out = Vec::new();
    let mut line = 1;
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let in_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = if in_name(first) {
            rest.find(|letter| !in_name(letter)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if first == '\n' {
            line += 1;
        } else if !first.is_whitespace() {
            out.push((&rest[..length], line));
        }
        rest = &rest[length..];
    }
    out
}

fn is_name(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
}

/// Names that a file binds to something of its own: modules it declares, and what it takes from this crate.
pub fn own_names(code: &str) -> BTreeSet<String> {
    let tokens = tokens(code);
    let declared = tokens.windows(2).filter(|pair| pair[0].0 == "mod").map(|pair| pair[1].0.to_owned());
    let named = paths(code);
    let ours = named.iter().filter(|path| path.in_use && matches!(path.segments[0].as_str(), "crate" | "super" | "self"));
    let taken = ours.filter_map(|path| match path.segments.as_slice() {
        [.., module, last] if last == "self" => Some(module.clone()),
        [.., last] => Some(last.clone()),
        [] => None,
    });
    declared.chain(taken).collect()
}

#[test]
fn code_comments_and_strings_are_told_apart() {
    let text = "let a = \"x // y\"; // z 'q\nlet b = r#\"\"c\"\"#; /* d /* e */ f */ let g = '\"'; fn h<'i>() {} let j = '\\'';\n";
    let split = split(text);
    assert_eq!(split.code.split_whitespace().collect::<Vec<_>>().join(" "), "let a = ; let b = ; let g = ; fn h<'i>() {} let j = ;");
    assert_eq!(split.comments.split_whitespace().collect::<Vec<_>>().join(" "), "// z 'q /* d /* e */ f */");
}

#[test]
fn paths_are_found_in_groups_and_in_code() {
    let code = "use crate::{a, b::{self, c as d}, e::*};\nuse std::fmt;\nfn x() { crate::f::g(); h::i }\n";
    let found: Vec<_> = paths(code).iter().map(|path| format!("{} {}", path.segments.join("::"), path.line)).collect();
    let expected = ["crate::a 1", "crate::b::self 1", "crate::b::c 1", "crate::e::* 1", "std::fmt 2", "crate::f::g 3", "h::i 3"];
    assert_eq!(found, expected);
    assert!(own_names(code).contains("b") && own_names("mod z;").contains("z") && !own_names(code).contains("fmt"));
}
