//! What stands around a name and is none: titles, degrees, peerages, and the suffix that tells the generation.

use super::text;

/// Titles in front of a name.
pub(super) const TITLES: &[&str] = &["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "mx", "rev"];

/// Titles that bookings put behind the given name.
pub(super) const TITLES_BEHIND: &[&str] = &["mr", "mrs", "miss", "mstr"];

/// What stands behind a name and tells no generation.
const SUFFIXES: &[&str] = &["phd", "md", "esq"];

/// The same, behind a comma and a name of several words; behind one word they are initials.
const POST_NOMINALS: &str = "rn lpn cpa mba llb llm lld dds dmd dvm dphil bsc msc frs qc obe mbe cbe kbe dbe";

/// Suffixes that tell the generation; the second is mostly the son.
const GENERATIONS: &[(&str, &str)] =
    &[("jr", "jr"), ("ii", "jr"), ("2nd", "jr"), ("sr", "sr"), ("iii", "3"), ("3rd", "3"), ("iv", "4"), ("4th", "4")];

/// Those that are names as well, and tell it only where nothing else can stand.
const GENERATIONS_IN_WORDS: &[(&str, &str)] = &[("junior", "jr"), ("senior", "sr")];

/// The generation that stands behind a Western name (`John Smith Jr.`, `Smith III, John`), or by itself where that is asked for.
pub fn generation(name: &str, alone: bool) -> Option<&'static str> {
    // One word, as most are, is the name.
    if text::has_han(name) || !alone && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let in_words = if alone { GENERATIONS_IN_WORDS } else { &[] };
    name.split(',').enumerate().find_map(|(place, part)| {
        let folded = text::folded(part);
        let words: Vec<&str> = folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let last = words.last().filter(|_| alone || words.len() > 1 || place > 0)?;
        GENERATIONS.iter().chain(in_words).find(|(suffix, _)| suffix == last).map(|(_, generation)| *generation)
    })
}

/// Whether a word behind a name is none.
pub(super) fn is_suffix(word: &str) -> bool {
    SUFFIXES.contains(&word) || GENERATIONS.iter().any(|(suffix, _)| *suffix == word)
}

/// A whole name, or a family name beside a given one, without what stands behind it and is none: `Ann Lee, RN`, `Thomas Clifford, 1st Baron Clifford of Chudleigh`.
pub(super) fn without_style(name: &str, is_family: bool) -> &str {
    let is_ordinal = |word: &str| {
        let letters = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
        letters.len() < word.len() && ["st", "nd", "rd", "th"].contains(&letters)
    };
    let is_style = |part: &str, several: bool| {
        let folded = text::folded(part);
        let words: Vec<String> = folded.split_whitespace().map(|word| word.chars().filter(|letter| *letter != '.').collect()).collect();
        let is_none = |word: &String| is_suffix(word) || several && POST_NOMINALS.split(' ').any(|known| known == word);
        words.first().is_some_and(|first| is_ordinal(first) && words.len() > 1) || !words.is_empty() && words.iter().all(is_none)
    };
    match name.split_once(',').map(|(before, after)| (before.trim(), after)) {
        Some((before, after))
            if !before.is_empty()
                && after
                    .split(',')
                    .filter(|part| !part.trim().is_empty())
                    .all(|part| is_style(part, is_family || before.contains(' '))) =>
        {
            before
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_stand_behind_names() {
        for (name, expected) in [
            ("John Smith Jr.", Some("jr")),
            ("John Smith II", Some("jr")),
            ("Smith Sr, John", Some("sr")),
            ("Smith, John, III", Some("3")),
            ("John Smith", None),
            ("Jr", None),
            ("Maria Senior", None),
            ("张伟", None),
        ] {
            assert_eq!(generation(name, false), expected, "{name}");
        }
        assert_eq!((generation("Jr.", true), generation("Senior", true), generation("PhD", true)), (Some("jr"), Some("sr"), None));
    }

    #[test]
    fn styles_stand_behind_a_comma() {
        for (name, is_family, expected) in [
            ("Ann Lee, RN", false, "Ann Lee"),
            ("Ann Lee, PhD, RN,", false, "Ann Lee"),
            ("Lee, RN", false, "Lee, RN"),
            ("Lee, RN", true, "Lee"),
            ("Thomas Clifford, 1st Baron Clifford of Lee", false, "Thomas Clifford"),
            ("Clifford, Thomas", false, "Clifford, Thomas"),
        ] {
            assert_eq!(without_style(name, is_family), expected, "{name}");
        }
    }
}
