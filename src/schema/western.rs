//! Frequent Western names: what tells a column of given names from one of family names where its own name says neither.

use rustc_hash::FxHashSet;
use std::sync::OnceLock;

/// Given names that are frequent in English-speaking countries, of all generations.
const GIVEN: &str = "james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander frank patrick raymond jack dennis jerry tyler aaron jose adam nathan henry douglas zachary peter kyle noah ethan jeremy walter christian keith roger terry sean austin gerald carl harold dylan arthur lawrence jordan jesse bryan billy bruce gabriel joe logan alan juan albert elijah wayne randy vincent mason roy ralph bobby russell bradley philip eugene oliver harry charlie leo oscar alfie freddie simon ian graham colin neil stuart luke callum mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy sandra betty ashley emily kimberly margaret donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine helen debra rachel carolyn janet maria catherine heather diane olivia julie joyce victoria ruth virginia lauren christina joan evelyn judith andrea hannah megan cheryl jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances jean alice judy isabella julia grace amber denise danielle marilyn beverly charlotte natalie theresa diana brittany doris kayla alexis lori marie chloe lucy ella amelia isla poppy lily jane holly claire louise";

/// Family names that are frequent in English-speaking countries, and some of their neighbours'.
const FAMILY: &str = "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young allen king wright torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez wood bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez davies khan hussain shah ali singh ahmed begum murray clarke palmer webb hunt mills knight matthews barnes fisher butler simpson marshall harrison shaw kennedy ellis gibson mcdonald fox stevens wells chapman müller schmidt schneider fischer weber meyer wagner becker schulz hoffmann dubois bernard petit durand moreau rossi russo ferrari";

/// Whether a word is a frequent given name, in any case.
pub fn is_given(word: &str) -> bool {
    static KNOWN: OnceLock<FxHashSet<&str>> = OnceLock::new();
    KNOWN.get_or_init(|| GIVEN.split(' ').collect()).contains(word.to_lowercase().as_str())
}

/// Whether a word is a frequent family name, in any case.
pub fn is_family(word: &str) -> bool {
    static KNOWN: OnceLock<FxHashSet<&str>> = OnceLock::new();
    KNOWN.get_or_init(|| FAMILY.split(' ').collect()).contains(word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_case_and_stand_once() {
        assert!(is_given("MARY") && is_family("Smith") && !is_given("Smith") && !is_family("zz"));
        for list in [GIVEN, FAMILY] {
            let mut names: Vec<&str> = list.split(' ').collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all);
        }
    }
}
