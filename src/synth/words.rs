//! Reading of the embedded word lists: `name: item item ...` a line, `#` before a comment.
//!
//! The lists are part of the program, so a missing one is a fault of the program: it reads as empty, and the tests of each
//! list's user say that it is not. Never here: files; the text is compiled in.

/// The items of the line called `name`.
pub(crate) fn items(text: &'static str, name: &str) -> Vec<&'static str> {
    line(text, name).split_whitespace().collect()
}

/// A text cut into its characters.
pub(crate) fn split_characters(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()])
}

fn line(text: &'static str, name: &str) -> &'static str {
    text.lines().filter_map(|line| line.split_once(": ")).find(|(known, _)| *known == name).map_or("", |(_, rest)| rest)
}
