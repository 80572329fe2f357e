//! Leaf measures on text and digits.

/// Jaro-Winkler similarity, 0 to 1 (Winkler 1990), counted in characters.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    strsim::jaro_winkler(a, b)
}

/// Whether two texts differ by at most one insertion, deletion, substitution or swap of neighbours (one restricted
/// Damerau edit), counted in characters; equal texts are within one edit.
pub fn within_one_edit(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() { one_edit(a.as_bytes(), b.as_bytes()) } else { one_edit(&letters(a), &letters(b)) }
}

fn letters(text: &str) -> Vec<char> {
    text.chars().collect()
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

    proptest! {
        #[test]
        fn one_edit_agrees_with_the_reference(a in "[ab张]{0,6}", b in "[ab张]{0,6}") {
            prop_assert_eq!(within_one_edit(&a, &b), strsim::osa_distance(&a, &b) <= 1);
        }
    }
}
