//! What the values of a column look like, whatever its name says.

use super::{ColumnKind, sex, surname, western};
use crate::limits::DENYING_VALUES_MIN;

/// Share of non-empty values that must have a form for the form to decide.
const SHARE_MIN: f64 = 0.8;

/// Share of values of the form that a name promises, below which the values deny the name.
const DENIED_SHARE_MAX: f64 = 0.2;

/// Fewest values from which words tell a column of names or addresses.
const NAMING_VALUES_MIN: usize = 20;

/// Share of frequent names from which a column is one of names. A hundred names cover a quarter of people and more.
const NAMED_SHARE_MIN: f64 = 0.12;

/// Share of values with a road and a number from which a column is one of addresses; others are houses with names.
const ROAD_SHARE_MIN: f64 = 0.6;

/// Years between the tenths of a column of birth dates, at least; see [`are_birth_dates`].
const BIRTH_YEARS_SPAN_MIN: u32 = 20;

/// The median year of a column of birth dates lies before it; see [`are_birth_dates`].
const BIRTH_YEAR_MEDIAN_MAX: u32 = 2_000;

/// The kind that the form of the values gives away where the column's name says nothing: what else could be another date or number.
pub fn kind_of_nameless(values: &[&str]) -> Option<ColumnKind> {
    kind_of_values(values).or_else(|| {
        if values.len() >= NAMING_VALUES_MIN && mostly(values, &is_written_phone) {
            Some(ColumnKind::Phone)
        } else {
            are_birth_dates(values).then_some(ColumnKind::BirthDate)
        }
    })
}

/// The kind that the form of the values alone gives away.
pub fn kind_of_values(values: &[&str]) -> Option<ColumnKind> {
    if mostly(values, &is_email) {
        Some(ColumnKind::Email)
    } else if mostly(values, &is_resident_id) {
        Some(ColumnKind::ResidentId)
    } else if mostly(values, &is_mobile) {
        Some(ColumnKind::Phone)
    } else if mostly(values, &|value| matches!(value.to_lowercase().as_str(), "male" | "female" | "男" | "女")) || are_sex_letters(values)
    {
        Some(ColumnKind::Sex)
    } else if mostly(values, &is_postcode) {
        Some(ColumnKind::Postcode)
    } else {
        kind_of_words(values)
    }
}

/// The kind of a column of words: road lines, whole names, or the half of a name that frequent names tell.
fn kind_of_words(values: &[&str]) -> Option<ColumnKind> {
    if values.len() < NAMING_VALUES_MIN {
        return None;
    }
    // The given name, or the only one: the first word, but for `King, Linda`.
    let first = |value: &str| {
        let given = value.split_once([',', '/']).map_or(value, |(_, given)| given);
        given.split_whitespace().next().unwrap_or_default().to_string()
    };
    let one_word = |value: &str| !value.contains(' ') && value.chars().all(|letter| letter.is_alphabetic() || "'-.".contains(letter));
    let (given, family) =
        (share(values, &|value| western::is_given(&first(value))), share(values, &|value| western::is_family(&first(value))));
    let han = share(values, &|value| !value.is_ascii() && is_person_name(value));
    if share(values, &is_road_line) >= ROAD_SHARE_MIN {
        Some(ColumnKind::Address)
    } else if mostly(values, &is_person_name) && (given >= NAMED_SHARE_MIN || han >= SHARE_MIN) {
        Some(ColumnKind::FullName)
    } else if mostly(values, &one_word) && given.max(family) >= NAMED_SHARE_MIN && given.max(family) >= 2.0 * given.min(family) {
        Some(if given > family { ColumnKind::GivenName } else { ColumnKind::FamilyName })
    } else {
        None
    }
}

/// The kind of a column whose values contradict the kind that its name gives; `None` when they do not.
pub fn contradiction(kind: ColumnKind, values: &[&str]) -> Option<ColumnKind> {
    use ColumnKind as K;
    let form = kind_of_values(values);
    match kind {
        kind if is_free_text(kind) && matches!(form, Some(K::Email | K::ResidentId | K::Phone)) => form.filter(|form| *form != kind),
        K::Phone if mostly(values, &is_network_address) || deny(values, &|value| digits(value) >= 5) => Some(K::Ignore),
        kind if kind.is_place() && mostly(values, &is_network_address) => Some(K::Ignore),
        K::Nickname if mostly(values, &is_person_name) => Some(K::FullName),
        K::CustomerNumber if mostly(values, &is_mobile) => Some(K::Phone),
        K::FullName | K::GivenName | K::FamilyName if share(values, &has_no_letters) > 0.5 => Some(K::Ignore),
        K::MiddleName if share(values, &all_digits) > 0.5 => Some(K::Ignore),
        K::Email if deny(values, &|value| value.contains(['@', '＠'])) => {
            Some(if mostly(values, &is_postal_address) { K::Address } else { form.unwrap_or(K::Ignore) })
        }
        K::BirthDate if deny(values, &|value| digits(value) > 0) => Some(K::Ignore),
        K::BirthDate if mostly(values, &is_day) => Some(K::BirthDay),
        K::Sex if deny(values, &is_sex) => Some(form.unwrap_or(K::Ignore)),
        K::UpdatedAt if share(values, &is_time) < 0.5 && !values.is_empty() => Some(K::Ignore),
        K::Occupation
            if mostly(values, &|value| TITLES.split(' ').any(|title| value.trim_end_matches('.').eq_ignore_ascii_case(title))) =>
        {
            Some(K::Ignore)
        }
        K::Country if mostly(values, &all_digits) => Some(K::Ignore),
        K::Age if deny(values, &|value| (1..=3).contains(&digits(value))) => Some(form.unwrap_or(K::Ignore)),
        K::BirthDay if share(values, &|value| value.len() > 2) > 0.5 => Some(form.unwrap_or(K::Ignore)),
        _ => None,
    }
}

/// Beginnings of the names of months and days of the week.
const TIME_NAMES: &str = "jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun";

/// Other words in times: halves of the day, universal time, ordinals.
const TIME_WORDS: &str = "t z am pm utc gmt st nd rd th";

/// Names of zones, and the hours that they are ahead of UTC. `CST` is China's, which Chicago has too; `BST` is Britain's.
pub const ZONES: &[(&str, i64)] = &[
    ("CST", 8),
    ("HKT", 8),
    ("SGT", 8),
    ("JST", 9),
    ("KST", 9),
    ("AEST", 10),
    ("AEDT", 11),
    ("WET", 0),
    ("BST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("EET", 2),
    ("EEST", 3),
    ("MSK", 3),
    ("EDT", -4),
    ("EST", -5),
    ("CDT", -5),
    ("MDT", -6),
    ("MST", -7),
    ("PDT", -7),
    ("PST", -8),
];

/// What stands in a column `title` that is no occupation.
const TITLES: &str = "mr mrs ms miss mx dr prof rev sir lady herr frau m mme mlle sr sra";

/// Kinds of which any text could be a value, so that only the form of another kind tells a misnamed column.
const fn is_free_text(kind: ColumnKind) -> bool {
    use ColumnKind as K;
    let name = matches!(kind, K::FullName | K::GivenName | K::MiddleName | K::FamilyName | K::Nickname);
    name || matches!(
        kind,
        K::Phone | K::Email | K::Address | K::Street | K::Premises | K::District | K::City | K::Organisation | K::Occupation
    )
}

fn share(values: &[&str], test: &dyn Fn(&str) -> bool) -> f64 {
    values.iter().filter(|value| test(value)).count() as f64 / values.len().max(1) as f64
}

fn mostly(values: &[&str], test: &dyn Fn(&str) -> bool) -> bool {
    !values.is_empty() && share(values, test) >= SHARE_MIN
}

fn deny(values: &[&str], test: &dyn Fn(&str) -> bool) -> bool {
    values.len() >= DENYING_VALUES_MIN && share(values, test) < DENIED_SHARE_MAX
}

fn all_digits(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

/// A day of a month by itself.
fn is_day(value: &str) -> bool {
    value.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
}

/// A number of whatever form (`#1001`, `12-7`), and no name.
fn has_no_letters(value: &str) -> bool {
    digits(value) > 0 && !value.contains(char::is_alphabetic)
}

/// A word or code of a sex.
fn is_sex(value: &str) -> bool {
    sex::of_word(&value.to_lowercase()).is_some()
}

/// A day, or a day and a clock, without other words than times have: eight digits and more, or fewer with two signs between them. A number
/// with a point is none.
fn is_time(value: &str) -> bool {
    let digits = digits(value);
    let signs = value.chars().filter(|letter| "-/.: 年月日T".contains(*letter)).count();
    let is_shaped = (digits >= 8 || digits >= 5 && signs >= 2) && value.parse::<f64>().map_or(true, |_| !value.contains('.'));
    // `[Asia/Shanghai]` repeats an offset.
    let value = value.split_once('[').map_or(value, |(time, _)| time);
    let mut words = value.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let is_of_time = |word: &str| {
        let word = word.to_ascii_lowercase();
        let named = word.len() >= 3 && TIME_NAMES.split(' ').any(|name| word.starts_with(name));
        let is_zone = || ZONES.iter().any(|(zone, _)| zone.eq_ignore_ascii_case(&word));
        named || TIME_WORDS.split(' ').any(|known| known == word) || is_zone()
    };
    is_shaped && words.all(is_of_time)
}

/// A phone number written as people write it: an area code in brackets, a country or trunk prefix, or groups of three, three and four.
fn is_written_phone(value: &str) -> bool {
    let only = value.chars().all(|letter| letter.is_ascii_digit() || "+()-. /x".contains(letter));
    let groups: Vec<usize> = value.split(|letter: char| !letter.is_ascii_digit()).map(str::len).filter(|len| *len > 0).collect();
    let north_american = matches!(groups[..], [3, 3, 4] | [1, 3, 3, 4] | [3, 3, 4, _]);
    let prefixed = value.starts_with(['+', '(']) || value.starts_with('0') && groups.len() > 1;
    only && (8..=15).contains(&digits(value)) && (north_american || prefixed) && !is_network_address(value) && year_of(value).is_none()
}

/// The year of a date in digits; nothing where the value is no date.
fn year_of(value: &str) -> Option<u32> {
    let parts: Vec<&str> = value.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let (year, month, day) = match parts[..] {
        [whole] if whole.len() == 8 && whole.len() == value.len() => (number(&whole[..4])?, number(&whole[4..6])?, number(&whole[6..])?),
        [year, month, day] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        [a, b, year] if year.len() == 4 => (number(year)?, number(a)?.min(number(b)?), number(a)?.max(number(b)?)),
        _ => return None,
    };
    ((1880..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)).then_some(year)
}

/// Dates of birth are dates like others, but they lie decades apart: from the oldest tenth to the youngest [`BIRTH_YEARS_SPAN_MIN`] years and
/// more, and half of them before [`BIRTH_YEAR_MEDIAN_MAX`]. No account was opened so early, no card expires so.
fn are_birth_dates(values: &[&str]) -> bool {
    let mut years: Vec<u32> = values.iter().filter_map(|value| year_of(value)).collect();
    if values.len() < NAMING_VALUES_MIN || (years.len() as f64) < SHARE_MIN * values.len() as f64 {
        return false;
    }
    years.sort_unstable();
    let at = |share: f64| years[((years.len() - 1) as f64 * share) as usize];
    at(0.9) - at(0.1) >= BIRTH_YEARS_SPAN_MIN && at(0.5) < BIRTH_YEAR_MEDIAN_MAX && at(0.1) >= 1900
}

/// Digits of either width, shown or hidden.
fn digits(value: &str) -> usize {
    value.chars().filter(|letter| letter.is_ascii_digit() || ('０'..='９').contains(letter) || *letter == '*').count()
}

/// Bare letters are flags too (`F` and `T`, or `F` alone), so both must be there and nothing beside them.
fn are_sex_letters(values: &[&str]) -> bool {
    let has = |letter: &str| values.iter().any(|value| value.eq_ignore_ascii_case(letter));
    has("m") && has("f") && values.iter().all(|value| ["m", "f"].iter().any(|letter| value.eq_ignore_ascii_case(letter)))
}

fn is_email(value: &str) -> bool {
    value.contains('@') && value.contains('.')
}

fn is_resident_id(value: &str) -> bool {
    value.len() == 18 && value.is_ascii() && all_digits(&value[..17]) && ["19", "20"].contains(&&value[6..8])
}

/// A Chinese mobile, some digits possibly hidden, with or without its country prefix.
fn is_mobile(value: &str) -> bool {
    if value.chars().any(char::is_alphabetic) || is_network_address(value) {
        return false;
    }
    let digits: Vec<u8> = value.bytes().filter(|byte| byte.is_ascii_digit() || *byte == b'*').collect();
    let digits = digits.strip_prefix(b"86").filter(|rest| rest.len() == 11).unwrap_or(&digits);
    digits.len() == 11 && digits[0] == b'1' && (b'3'..=b'9').contains(&digits[1])
}

/// `10.0.0.1`, `fe80::1`, `00:1b:44:11:3a:b7`, `00-1B-44-11-3A-B7`.
fn is_network_address(value: &str) -> bool {
    let hexadecimal = |parts: &[&str], digits_max: usize| {
        parts.iter().all(|part| part.len() <= digits_max && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let dots: Vec<&str> = value.split('.').collect();
    let colons: Vec<&str> = value.split(':').collect();
    let hyphens: Vec<&str> = value.split('-').collect();
    dots.len() == 4 && dots.iter().all(|part| part.parse::<u8>().is_ok())
        || (3..=8).contains(&colons.len()) && hexadecimal(&colons, 4) && (value.contains("::") || colons.len() >= 6)
        || hyphens.len() == 6 && hexadecimal(&hyphens, 2)
}

/// A Han name of two to four characters that begins with a surname, or two to four words of letters in capitals or title case.
fn is_person_name(value: &str) -> bool {
    if value.is_ascii() {
        // `Linda King`, `King, Linda`, `KING/LINDA`.
        let words: Vec<&str> = match value.split_once([',', '/']) {
            Some((family, given)) if !given.contains([',', '/']) => family.split_whitespace().chain(given.split_whitespace()).collect(),
            _ => value.split_whitespace().collect(),
        };
        let is_word =
            |word: &&str| word.starts_with(|letter: char| letter.is_ascii_uppercase()) && !word.bytes().any(|byte| byte.is_ascii_digit());
        return (2..=4).contains(&words.len()) && words.iter().all(is_word);
    }
    let is_han = |letter: char| ('\u{3400}'..='\u{9fff}').contains(&letter);
    let letters: String = value.chars().filter(|letter| !letter.is_whitespace()).collect();
    (2..=4).contains(&letters.chars().count()) && letters.chars().all(is_han) && surname::begins(&letters)
}

/// A number and a word for a road, in the languages of Western Europe or in Han.
fn is_road_line(value: &str) -> bool {
    const ROADS: &str = "street st road rd avenue ave lane ln drive dr court ct close way crescent cres place pl boulevard blvd terrace square sq gardens grove hill row walk straße strasse str rue via calle plaza";
    let lower = value.to_lowercase();
    let mut words = lower.split([' ', ',', '.']);
    let western = words.any(|word| ROADS.split(' ').any(|road| road == word) || word.ends_with("straße") || word.ends_with("strasse"));
    let han = ['省', '市', '区', '县', '镇', '村', '路', '街', '道', '号'].iter().filter(|sign| value.contains(**sign)).count();
    digits(value) > 0 && western || han >= 2
}

/// A British or Canadian postcode. Bare numbers could be anything.
fn is_postcode(value: &str) -> bool {
    let shape: String = value
        .chars()
        .filter(|letter| *letter != ' ')
        .map(|letter| match letter {
            '0'..='9' => '9',
            letter if letter.is_ascii_alphabetic() => 'A',
            _ => '?',
        })
        .collect();
    matches!(shape.as_str(), "A99AA" | "A999AA" | "AA99AA" | "AA999AA" | "A9A9AA" | "AA9A9AA" | "A9A9A9")
}

/// A line with a division or road in Han, or words beside a number.
fn is_postal_address(value: &str) -> bool {
    let words = value.split_whitespace().count() > 1 && value.chars().any(char::is_alphabetic) && digits(value) > 0;
    words || value.contains(['省', '市', '区', '县', '镇', '村', '路', '街', '道', '号'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        for (value, mobile, network) in [
            ("139-1234-5671", true, false),
            ("+86 139 1234 5671", true, false),
            ("139****5671", true, false),
            ("139.112.145.16", false, true),
            ("00:1b:44:11:3a:b7", false, true),
            ("00-1B-44-11-3A-B7", false, true),
            ("2001:db8::8a2e:370:7334", false, true),
            ("10:30", false, false),
            ("10:30:05", false, false),
            ("12-34-56", false, false),
        ] {
            assert_eq!((is_mobile(value), is_network_address(value)), (mobile, network), "{value}");
        }
        for (value, phone) in [
            ("(355) 596-6314", true),
            ("355-596-6314", true),
            ("355.596.6314", true),
            ("+44 20 7946 0018", true),
            ("020 7946 0018", true),
            ("010-62345678", true),
            ("123-45-6789", false),
            ("1962-07-21", false),
            ("21.07.1962", false),
            ("4111 1111 1111 1111", false),
            ("12345678", false),
        ] {
            assert_eq!(is_written_phone(value), phone, "{value}");
        }
        for (value, time) in [("2024-03-05", true), ("5/3/24 14:20", true), ("1709600000000", true), ("45005.25", false), ("U062", false)] {
            assert_eq!(is_time(value), time, "{value}");
        }
        for name in ["张伟", "歐陽修", "张 小明", "John Smith", "ANN MARY LEE", "King, Linda", "WANG/XIAOMING"] {
            assert!(is_person_name(name), "{name}");
        }
        for word in ["微信用户", "北方的小草", "sunny", "john smith", "Player 1", "J"] {
            assert!(!is_person_name(word), "{word}");
        }
    }

    #[test]
    fn words_tell_names_and_addresses_whatever_the_column_is_called() {
        let many = |values: &[&'static str]| -> Vec<&'static str> { values.iter().copied().cycle().take(40).collect() };
        for (values, expected) in [
            (many(&["JAMES", "MARY", "OYLAN", "EVAN", "GEMMA"]), Some(ColumnKind::GivenName)),
            (many(&["Smith", "Kolmes", "O'Hara", "Graham-Lee", "Fismer", "Jones"]), Some(ColumnKind::FamilyName)),
            (many(&["Mary Smith", "Gemma Fismer", "John Ashby Lee"]), Some(ColumnKind::FullName)),
            (many(&["张伟", "李娜", "欧阳娜娜"]), Some(ColumnKind::FullName)),
            (many(&["5 GEORGE STREET", "24 ALEXANDRA ROAD", "The Lodge"]), Some(ColumnKind::Address)),
            (many(&["朝阳区建国路8号", "浦东新区世纪大道1号"]), Some(ColumnKind::Address)),
            (many(&["SO26 5RP", "M80NZ", "NW817TL"]), Some(ColumnKind::Postcode)),
            (many(&["King, Linda", "Baker, Mary", "Kolmes, John"]), Some(ColumnKind::FullName)),
            (many(&["1962-07-21", "1985-01-30", "19990203", "1947/5/6"]), Some(ColumnKind::BirthDate)),
            (many(&["21/07/1962", "30/01/1985", "03/02/1999"]), Some(ColumnKind::BirthDate)),
            (many(&["2016-07-21", "2021-01-30", "2019-02-03"]), None),
            (many(&["gold", "silver", "bronze"]), None),
            (many(&["Head Office", "North Branch"]), None),
            (vec!["JAMES", "MARY"], None),
        ] {
            assert_eq!(kind_of_nameless(&values), expected, "{values:?}");
        }
    }

    /// A flag of 95 F and 5 T was taken for the sex.
    #[test]
    fn letters_are_the_sex_where_both_stand_alone() {
        for (more, expected) in [(&["F"][..], None), (&["T"], None), (&["m"], Some(ColumnKind::Sex)), (&["M", "U"], None)] {
            let values: Vec<&str> = [&["F"; 95][..], more].concat();
            assert_eq!(kind_of_values(&values), expected, "{more:?}");
        }
        assert_eq!(kind_of_values(&["male", "Female", "male", "female", "?"]), Some(ColumnKind::Sex));
        assert_eq!(kind_of_values(&["女", "女"]), Some(ColumnKind::Sex));
        assert_eq!(kind_of_values(&[]), None);
    }
}
