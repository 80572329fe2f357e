//! Words and codes for the sex of a person, and forms of address that tell it.

/// `m`, `f`, or nothing where a word says that the sex is not known, is another or is not told; none where it is no such word. Words are
/// in lower case; codes are those of ISO/IEC 5218 (GB/T 2261.1).
pub fn of_word(word: &str) -> Option<&'static str> {
    match word.trim_end_matches(['性', '.']) {
        "m" | "male" | "man" | "boy" | "mr" | "男" | "男士" | "1" | "先生" | "männlich" | "mannlich" | "maennlich" | "herr" | "h"
        | "homme" | "hombre" | "masculin" | "masculino" | "uomo" | "monsieur" | "sr" | "señor" | "senor" | "sig" | "signor" | "dhr" => {
            Some("m")
        }
        "f" | "female" | "woman" | "girl" | "ms" | "mrs" | "miss" | "女" | "2" | "女士" | "w" | "weiblich" | "frau" | "v" | "vrouw"
        | "femme" | "mujer" | "féminin" | "feminin" | "femenino" | "donna" | "mme" | "mlle" | "madame" | "sra" | "señora" | "senora"
        | "sig.ra" | "signora" | "mevr" | "mw" => Some("f"),
        "0" | "9" | "u" | "unknown" | "未知" | "保密" | "x" | "d" | "dr" | "prof" | "prof. dr" | "mx" | "rev" | "firma" => Some(""),
        _ => None,
    }
}
