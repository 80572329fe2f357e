//! Words and codes for the sex of a person, and forms of address that tell it.

/// `m`, `f`, or nothing where a word says that the sex is not known, is another or is not told; none where it is no such word. Words are
/// in lower case; codes are those of ISO/IEC 5218 (GB/T 2261.1).
pub fn of_word(word: &str) -> Option<&'static str> {
    match word.trim_end_matches(['性', '성', '.']) {
        "m" | "male" | "man" | "boy" | "mr" | "男" | "男士" | "男子" | "1" | "先生" | "männlich" | "mannlich" | "maennlich" | "herr"
        | "homme" | "hombre" | "homem" | "masculin" | "masculino" | "uomo" | "maschio" | "monsieur" | "sr" | "señor" | "senor" | "sig"
        | "signor" | "dhr" | "남" | "남자" | "м" | "муж" | "мужской" | "мужскои" => Some("m"),
        "f" | "female" | "woman" | "girl" | "ms" | "mrs" | "miss" | "女" | "女子" | "2" | "女士" | "w" | "weiblich" | "frau" | "v"
        | "vrouw" | "femme" | "mujer" | "mulher" | "féminin" | "feminin" | "femenino" | "feminino" | "donna" | "femmina" | "mme"
        | "mlle" | "madame" | "sra" | "señora" | "senora" | "sig.ra" | "signora" | "mevr" | "mw" | "여" | "여자" | "ж" | "жен"
        | "женский" | "женскии" => Some("f"),
        "0" | "9" | "u" | "unknown" | "未知" | "保密" | "x" | "d" | "dr" | "prof" | "mx" | "rev" | "firma" => Some(""),
        _ => None,
    }
}
