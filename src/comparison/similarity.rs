//! Leaf measures on text and digits.

/// What is seen of a text at a glance. Most texts are unlike others at a glance, which saves reading them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// The letters that occur, by a hash of each; the digits that occur, and those that occur twice.
    letters: u64,
    /// How many there are.
    length: u32,
}

impl Glance {
    /// Looks at a text.
    pub fn of(text: &str) -> Self {
        let of = |glance: Glance, letter: char| {
            let bit = match letter {
                'a'..='z' => u32::from(letter) - u32::from('a'),
                '0'..='9' => {
                    let first = 26 + u32::from(letter) - u32::from('0');
                    if glance.letters >> first & 1 == 0 { first } else { first + 10 }
                }
                _ => 46 + u32::from(letter) % 18,
            };
            Glance { letters: glance.letters | 1 << bit, length: glance.length + 1 }
        };
        text.chars().fold(Glance::default(), of)
    }

    /// Of two texts one behind the other, but for digits that occur twice.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        const TWICE: u64 = 0x3ff << 36;
        Glance { letters: (self.letters | other.letters) & !TWICE, length: self.length + other.length }
    }

    /// Whether they may have a letter in common.
    pub const fn shares_letters(self, other: Self) -> bool {
        self.letters & other.letters != 0
    }

    /// Whether one of the texts may be a part of the other.
    pub const fn may_hold(self, other: Self) -> bool {
        self.letters & !other.letters == 0 || other.letters & !self.letters == 0
    }

    /// What was seen before.
    pub const fn new(letters: u64, length: u32) -> Self {
        Glance { letters, length }
    }

    /// The letters that occur, as a set.
    pub const fn letters(self) -> u64 {
        self.letters
    }

    /// How many letters there are.
    pub const fn length(self) -> u32 {
        self.length
    }

    /// Whether so many edits may lead from one to the other: an edit adds at most one letter and takes at most one away.
    pub const fn may_be_edits(self, other: Self, edits: u32) -> bool {
        self.length.abs_diff(other.length) <= edits && (self.letters ^ other.letters).count_ones() <= 2 * edits
    }

    /// A bound that [`jaro_winkler`] does not pass: letters that the other text lacks match nothing, and at most four begin both.
    pub fn jaro_winkler_max(self, other: Self) -> f64 {
        let matching = |of: Self, beside: Self| of.length.saturating_sub((of.letters & !beside.letters).count_ones());
        let matches = f64::from(matching(self, other).min(matching(other, self)));
        if matches == 0.0 {
            return if self.length == 0 && other.length == 0 { 1.0 } else { 0.0 };
        }
        let jaro = (matches / f64::from(self.length) + matches / f64::from(other.length) + 1.0) / 3.0;
        // A little more, for what rounding may add.
        jaro + 0.4 * (1.0 - jaro) + 1e-9
    }
}

/// Letters that are looked at without asking for memory.
const SHORT: usize = 64;

/// Calls `found` with the letters of two texts, as bytes where they are nothing else; `None` where one is longer than [`SHORT`].
macro_rules! with_letters {
    ($a:expr, $b:expr, $found:ident) => {{
        let (a, b): (&str, &str) = ($a, $b);
        if a.is_ascii() && b.is_ascii() {
            (a.len().max(b.len()) <= SHORT).then(|| $found(a.as_bytes(), b.as_bytes()))
        } else {
            let (mut of_a, mut of_b) = (['\0'; SHORT], ['\0'; SHORT]);
            match (letters(a, &mut of_a), letters(b, &mut of_b)) {
                (Some(a), Some(b)) => Some($found(a, b)),
                _ => None,
            }
        }
    }};
}

fn letters<'a>(text: &str, into: &'a mut [char; SHORT]) -> Option<&'a [char]> {
    let mut length = 0;
    for letter in text.chars() {
        *into.get_mut(length)? = letter;
        length += 1;
    }
    Some(&into[..length])
}

/// Jaro-Winkler similarity, 0 to 1 (Winkler 1990), counted in characters.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    with_letters!(a, b, jaro_winkler_short).unwrap_or_else(|| strsim::jaro_winkler(a, b))
}

/// [`strsim::jaro_winkler`] of at most [`SHORT`] letters, to the last bit.
fn jaro_winkler_short<T: PartialEq>(a: &[T], b: &[T]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let range = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut matched_a, mut matched_b) = (0u64, 0u64);
    for (place, letter) in a.iter().enumerate() {
        let window = place.saturating_sub(range)..b.len().min(place + range + 1);
        if let Some(other) = window.into_iter().find(|other| matched_b >> other & 1 == 0 && b[*other] == *letter) {
            matched_a |= 1 << place;
            matched_b |= 1 << other;
        }
    }
    if matched_a == 0 {
        return 0.0;
    }
    let matches = matched_a.count_ones();
    let mut out_of_order = 0u32;
    while matched_a != 0 {
        out_of_order += u32::from(a[matched_a.trailing_zeros() as usize] != b[matched_b.trailing_zeros() as usize]);
        matched_a &= matched_a - 1;
        matched_b &= matched_b - 1;
    }
    let share = |of: usize| f64::from(matches) / of as f64;
    let jaro = (share(a.len()) + share(b.len()) + f64::from(matches - out_of_order / 2) / f64::from(matches)) / 3.0;
    if jaro <= 0.7 {
        return jaro;
    }
    let beginning = a.iter().zip(b).take(4).take_while(|(a, b)| a == b).count();
    jaro + 0.1 * beginning as f64 * (1.0 - jaro)
}

/// Whether two texts differ by at most one insertion, deletion, substitution or swap of neighbours (one restricted
/// Damerau edit), counted in characters; equal texts are within one edit.
pub fn within_one_edit(a: &str, b: &str) -> bool {
    let long = || one_edit(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
    with_letters!(a, b, one_edit).unwrap_or_else(long)
}

fn one_edit<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    if short.len() < long.len() {
        return short[same..] == long[same + 1..];
    }
    if same == short.len() || short[same + 1..] == long[same + 1..] {
        return true;
    }
    same + 1 < short.len() && short[same] == long[same + 1] && short[same + 1] == long[same] && short[same + 2..] == long[same + 2..]
}

/// Whether two texts of equal length agree wherever neither hides a character behind `*`, with at least `shown_min`
/// positions shown on both sides.
pub fn hidden_fits(a: &str, b: &str, shown_min: usize) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut shown = 0;
    for (a, b) in a.bytes().zip(b.bytes()) {
        if a != b'*' && b != b'*' {
            if a != b {
                return false;
            }
            shown += 1;
        }
    }
    shown >= shown_min
}

/// Optimal-string-alignment distance in characters.
pub fn edits(a: &str, b: &str) -> usize {
    strsim::osa_distance(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_edit_of_each_kind() {
        for (a, b, near) in [
            ("abcd", "abcd", true),
            ("abcd", "abxd", true),
            ("abcd", "acbd", true),
            ("abcd", "abd", true),
            ("abcd", "abcde", true),
            ("abcd", "badc", false),
            ("张伟", "张玮", true),
            ("", "a", true),
            ("", "ab", false),
        ] {
            assert_eq!((within_one_edit(a, b), within_one_edit(b, a)), (near, near), "{a} {b}");
        }
    }

    #[test]
    fn hidden_characters_fit_only_what_is_shown() {
        assert!(hidden_fits("138****8000", "13812348000", 7));
        assert!(!hidden_fits("138****8000", "13812348001", 7));
        assert!(!hidden_fits("1**********", "13812348001", 7));
    }

    #[test]
    fn long_texts_are_measured_too() {
        let (a, b) = ("a".repeat(70), format!("{}b", "a".repeat(69)));
        assert!(within_one_edit(&a, &b) && !within_one_edit(&a, &format!("bb{}", &b[2..])));
        assert_eq!(jaro_winkler(&a, &b), strsim::jaro_winkler(&a, &b));
    }

    proptest! {
        #[test]
        fn similarity_is_that_of_the_reference_and_within_what_a_glance_allows(a in "[a-d1-3 .张王伟]{0,9}", b in "[a-d1-3 .张王伟]{0,9}") {
            let found = jaro_winkler(&a, &b);
            prop_assert_eq!(found.to_bits(), strsim::jaro_winkler(&a, &b).to_bits());
            let (of_a, of_b) = (Glance::of(&a), Glance::of(&b));
            prop_assert!(found <= of_a.jaro_winkler_max(of_b), "{} {}", found, of_a.jaro_winkler_max(of_b));
            prop_assert!(of_a.may_be_edits(of_b, edits(&a, &b) as u32));
        }

        #[test]
        fn long_names_too(a in "[a-h]{0,40}", b in "[a-h]{0,40}") {
            prop_assert_eq!(jaro_winkler(&a, &b).to_bits(), strsim::jaro_winkler(&a, &b).to_bits());
        }

        #[test]
        fn one_edit_agrees_with_the_reference(a in "[ab张]{0,6}", b in "[ab张]{0,6}") {
            prop_assert_eq!(within_one_edit(&a, &b), strsim::osa_distance(&a, &b) <= 1);
        }
    }
}
