//! Western addresses, and Chinese ones in letters: a line that is street, places, state, postcode and country between commas, in a form that
//! is known, is parted into these; any other is a street as it stands.

use super::address::push;
use super::place::{city_in_letters, is_province_in_letters};
use super::text;
use crate::record::{Field, FieldValue};
use crate::schema::CallingCode;
use compact_str::CompactString;

const STREET_TYPES: &[(&str, &str)] = &[
    ("street", "st"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("road", "rd"),
    ("lane", "ln"),
    ("drive", "dr"),
    ("court", "ct"),
    ("boulevard", "blvd"),
    ("place", "pl"),
    ("crescent", "cres"),
    ("circuit", "cct"),
    ("close", "cl"),
    ("terrace", "tce"),
    ("parade", "pde"),
    ("square", "sq"),
    ("highway", "hwy"),
    ("north", "n"),
    ("south", "s"),
    ("east", "e"),
    ("west", "w"),
    ("saint", "st"),
    ("mount", "mt"),
];
const UNIT_WORDS: &[&str] = &["apt", "apartment", "unit", "flat", "suite", "ste", "room", "rm", "floor", "fl"];

/// What a unit is called by, without the word for what it is: `1g` of `apartment 1g`.
pub(super) fn without_unit_word(line: &str) -> &str {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    if UNIT_WORDS.contains(&word) { rest } else { line }
}

/// Folded, everything but letters and digits a single space.
pub(super) fn folded_line(line: &str) -> CompactString {
    let folded = text::folded(line);
    let spaced: CompactString =
        folded.chars().filter(|letter| *letter != '\'').map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    text::clean(&spaced)
}

pub(super) fn standard_street(line: &str) -> CompactString {
    let mut out = CompactString::default();
    for word in line.split(' ') {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(STREET_TYPES.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| short));
    }
    out
}

/// Words that buildings in an estate stand behind.
const BUILDING_WORDS: &[&str] = &["building", "bldg", "block", "blk", "tower", "entrance", "level"];

/// A line in letters. What is not wholly in a form that is known is a street as it stands.
pub(super) fn western(line: &str, values: &mut Vec<FieldValue>) {
    if let Some(mut found) = parted(line) {
        values.append(&mut found);
    } else {
        street_line(&folded_line(line), "", values);
    }
}

fn is_unit_word(word: &str) -> bool {
    UNIT_WORDS.contains(&word) || BUILDING_WORDS.contains(&word)
}

/// Whether a part between commas is a unit, a floor or a building and nothing else.
fn is_unit(part: &str) -> bool {
    let words: Vec<&str> = part.split(' ').collect();
    let named = words.len() <= 3 && is_unit_word(words[0]);
    let is_floor = words.len() == 2 && is_street_number(words[0]) && ["floor", "fl", "f", "og", "etage"].contains(&words[1]);
    (named || is_floor) && !words[1..].iter().any(|word| is_street_type(word))
}

fn is_street_type(word: &str) -> bool {
    STREET_TYPES.iter().any(|(long, short)| word == *long || word == *short)
}

/// The parts of a line: units and the name of a building, the street with its number, units, places.
fn parted(line: &str) -> Option<Vec<FieldValue>> {
    let mut parts: Vec<CompactString> = line.split([',', ';']).map(folded_line).filter(|part| !part.is_empty()).collect();
    // A number between commas belongs to the street behind it.
    let is_bare = |part: &CompactString| {
        let number = part.strip_suffix(" bis").or(part.strip_suffix(" ter")).unwrap_or(part);
        is_street_number(number) && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    if let Some(place) = parts.iter().position(is_bare)
        && place + 1 < parts.len()
        && number_in_front(&parts[place + 1]).is_none()
    {
        let number = parts.remove(place);
        parts[place] = compact_str::format_compact!("{number} {}", parts[place]);
    }
    let has_street_word = |part: &str| part.split(' ').skip(1).any(is_street_type);
    let is_numbered_street = |part: &str| number_in_front(part).is_some() && has_street_word(part);
    let units_before = parts.iter().take_while(|part| is_unit(part)).count();
    let rest = &parts[units_before..];
    let is_street = match rest.first()? {
        first if number_in_front(first).is_some() || number_behind(first).is_some() => true,
        first => has_street_word(first) && !rest.get(1).is_some_and(|next| has_street_word(next)),
    };
    // The name of a building may stand before the street.
    let street = units_before + usize::from(!is_numbered_street(&rest[0]) && rest.get(1).is_some_and(|next| is_numbered_street(next)));
    if parts.len() < 2 || !is_street && street == units_before || is_unit(&parts[street]) {
        return None;
    }
    let name = |unit: &CompactString| -> CompactString {
        let floor = unit.rsplit_once(' ').filter(|(number, _)| is_street_number(number)).map(|(number, _)| number);
        match unit.split_once(' ') {
            Some((word, name)) if is_unit_word(word) => name.into(),
            _ => floor.unwrap_or(unit).into(),
        }
    };
    let (before, behind) = (&parts[..street], &parts[street + 1..]);
    // From the estate to the room, however they stand.
    let units: Vec<CompactString> = before.iter().rev().chain(behind.iter().filter(|part| is_unit(part))).map(name).collect();
    let mut found = Vec::new();
    street_line(&parts[street], &units.join(" "), &mut found);
    let behind: Vec<&str> = behind.iter().filter(|part| !is_unit(part)).map(CompactString::as_str).collect();
    places(&behind, &mut found)?;
    Some(found)
}

fn is_street_number(word: &str) -> bool {
    word.len() <= 6 && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// A street and the number in front of it, where one stands there: `12 main st`, `no 12 main st`.
fn number_in_front(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("no ").filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit())).unwrap_or(line);
    line.split_once(' ').filter(|(number, _)| is_street_number(number)).map(|(number, street)| (street, number))
}

/// A street and the number behind it (`hauptstrasse 5`), where the number is not the road's own.
fn number_behind(line: &str) -> Option<(&str, &str)> {
    let (street, number) = line.rsplit_once(' ')?;
    // More digits are a postcode's.
    let is_number =
        is_street_number(number) && number.as_bytes()[0].is_ascii_digit() && number.bytes().filter(u8::is_ascii_digit).count() <= 4;
    let of_road = street
        .rsplit(' ')
        .next()
        .is_some_and(|word| ["route", "highway", "hwy", "road", "rd", "interstate", "box", "calle", "carrera", "sector"].contains(&word));
    (is_number && !of_road && street.bytes().all(|byte| !byte.is_ascii_digit())).then_some((street, number))
}

/// A street with its number, and a unit behind it where that is not known yet.
fn street_line(line: &str, unit: &str, values: &mut Vec<FieldValue>) {
    let (rest, number) = number_in_front(line).unwrap_or((line, ""));
    let words: Vec<&str> = rest.split(' ').collect();
    let unit_at = words.iter().position(|word| UNIT_WORDS.contains(word)).filter(|place| *place > 0);
    let unit_behind = unit_at.map(|place| words[place + 1..].join(" ")).unwrap_or_default();
    let street = words[..unit_at.unwrap_or(words.len())].join(" ");
    let (street, number) = if number.is_empty() { number_behind(&street).unwrap_or((&street, "")) } else { (street.as_str(), number) };
    push(values, Field::StreetNumber, number.into());
    push(values, Field::Street, standard_street(street));
    let units = [unit, unit_behind.as_str()];
    let units: Vec<&str> = units.into_iter().filter(|unit| !unit.is_empty()).collect();
    push(values, Field::Premises, units.join(" ").into());
}

/// Places behind a street, the largest last: `springfield`, `il 62704`; `10115 berlin`; `sydney nsw 2000`; `jinchuan`, `jinchang`; a country.
/// None where something is left that no form has.
fn places(parts: &[&str], values: &mut Vec<FieldValue>) -> Option<()> {
    let mut parts: Vec<CompactString> = parts.iter().map(|part| CompactString::from(*part)).collect();
    let has_digit = |part: &CompactString| part.bytes().any(|byte| byte.is_ascii_digit());
    // `de` behind `10115 berlin` is a country; the state stands beside its postcode.
    if let [before @ .., last] = &parts[..]
        && CallingCode::of_country(last).is_some()
        && (!is_state(last) || before.iter().any(has_digit))
    {
        push(values, Field::Country, last.clone());
        parts.pop();
    }
    if let Some(place) = parts.iter().rposition(has_digit) {
        let (code, name) = postcode(&parts[place])?;
        push(values, Field::Postcode, code);
        parts[place] = name;
        parts.retain(|part| !part.is_empty());
    }
    if parts.iter().any(has_digit) {
        return None;
    }
    // A state has a city before it, in its own part or in the one before.
    let last = parts.last().cloned().unwrap_or_default();
    let mut has_state = true;
    if parts.len() > 1 && is_state(&last) {
        push(values, Field::State, last);
        parts.pop();
    } else if let Some((city, state)) = last.rsplit_once(' ').filter(|(_, state)| is_state(state)) {
        push(values, Field::State, state.into());
        *parts.last_mut()? = city.into();
    } else {
        has_state = false;
    }
    let letters = |name: &str| -> CompactString { name.chars().filter(|letter| *letter != ' ').collect() };
    let is_chinese = !has_state
        && values.iter().all(|value| value.field != Field::Country || ["china", "cn", "prc", "p r china"].contains(&value.text.as_str()));
    if is_chinese
        && parts.len() > 1
        && parts.last().is_some_and(|last| is_province_in_letters(&letters(last)))
        && !matches!(parts[..], [_, ref city] if city_in_letters(&letters(city), "").is_some())
    {
        parts.pop();
    }
    let district =
        |name: &str| letters(["district", "new area", "county", "qu"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name));
    match &parts[..] {
        [] => {}
        [.., city]
            if is_chinese
                && parts.len() <= 2
                && let Some((city, known)) = city_in_letters(&letters(city), &district(&parts[0])) =>
        {
            push(values, Field::City, city.name.into());
            let said = if parts.len() == 2 { parts[0].clone() } else { CompactString::default() };
            push(values, Field::District, known.map_or(said, CompactString::from));
        }
        [city] => push(values, Field::City, city.clone()),
        // Of a place and a larger one either may be what others call the city.
        [place, larger] => [place, larger].into_iter().for_each(|city| push(values, Field::City, city.clone())),
        _ => return None,
    }
    Some(())
}

/// The postcode in a part, behind or before the name of a place, and the name: `il 62704`, `il 62704 1234`, `oxford ox1 4aa`, `on m5x 1a9`,
/// `10115 berlin`, `1015 cj amsterdam`, `114 56 stockholm`. None where digits stand otherwise.
fn postcode(part: &str) -> Option<(CompactString, CompactString)> {
    let words: Vec<&str> = part.split(' ').collect();
    let is = |word: &str, form: &str| {
        word.len() == form.len()
            && word.bytes().zip(form.bytes()).all(|(letter, form)| match form {
                b'9' => letter.is_ascii_digit(),
                _ => letter.is_ascii_lowercase(),
            })
    };
    let is_one = |word: &str| (4..=6).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    let outward = |word: &str| ["a9", "a99", "aa9", "aa99", "a9a", "aa9a"].iter().any(|form| is(word, form));
    let joined = |code: &[&str], name: &[&str]| Some((CompactString::from(code.concat()), CompactString::from(name.join(" "))));
    match words[..] {
        [ref name @ .., first, second] if is(second, "9aa") && outward(first) || is(first, "a9a") && is(second, "9a9") => {
            joined(&[first, second], name)
        }
        [ref name @ .., first, second] if is(first, "99999") && is(second, "9999") => joined(&[first], name),
        [ref name @ .., first, second] if is(first, "999") && is(second, "9999") => joined(&[first, second], name),
        [ref name @ .., last] if is_one(last) => joined(&[last], name),
        [first, second, ref name @ ..] if is(first, "9999") && is(second, "aa") || is(first, "999") && is(second, "99") => {
            joined(&[first, second], name)
        }
        [first, ref name @ ..] if is_one(first) => joined(&[first], name),
        _ => None,
    }
}

/// Whether a folded word is a state of the United States or Australia, or a province of Canada, by its abbreviation or name.
fn is_state(word: &str) -> bool {
    let word = word.replace(' ', "_");
    STATES.split(' ').any(|state| state == word)
}

/// Abbreviations (USPS, Canada Post, Australia Post) and names.
const STATES: &str = "\
al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va \
wa wv wi wy dc pr ab bc mb nb nl ns nt nu on pe qc sk yt nsw vic qld sa tas act alabama alaska arizona arkansas california colorado \
connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan \
minnesota mississippi missouri montana nebraska nevada new_hampshire new_jersey new_mexico new_york north_carolina north_dakota ohio \
oklahoma oregon pennsylvania rhode_island south_carolina south_dakota tennessee texas utah vermont virginia washington west_virginia \
wisconsin wyoming alberta british_columbia manitoba new_brunswick newfoundland nova_scotia ontario quebec saskatchewan new_south_wales \
victoria queensland south_australia western_australia tasmania";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::address::{read_part, tests::parts};

    #[test]
    fn western_addresses() {
        assert_eq!(parts("12 Main Street, Apt. 4"), "street=main st premises=4 street_number=12");
        let part = |field, text: &str| {
            let mut values = Vec::new();
            read_part(field, text, &mut values);
            values.first().map_or(CompactString::default(), |value| value.text.clone())
        };
        for (field, text, expected) in [
            (Field::Premises, "Apartment 1G", "1g"),
            (Field::Premises, "unit # 12", "12"),
            (Field::Premises, "Rose House", "rose house"),
            (Field::Premises, "floor", ""),
            (Field::Postcode, "00000", ""),
            (Field::Postcode, "00000-0000", ""),
            (Field::Postcode, "02134", "02134"),
        ] {
            assert_eq!(part(field, text), expected, "{text}");
        }
        for (line, expected) in [
            ("12 main st", "street=main st street_number=12"),
            ("12 Main St, Springfield, IL 62704-1234", "street=main st street_number=12 city=springfield state=il postcode=62704"),
            ("12 Main St\nSpringfield, IL 62704", "street=main st street_number=12 city=springfield state=il postcode=62704"),
            (
                "12 Main St, Apt 4, Springfield, Illinois, USA",
                "street=main st premises=4 street_number=12 city=springfield state=illinois country=usa",
            ),
            ("12, Main Street, London", "street=main st street_number=12 city=london"),
            ("Flat 2, Rose Court, 12 High Street, London", "street=high st premises=rose court 2 street_number=12 city=london"),
            ("3rd Floor, 12 High Street, London", "street=high st premises=3rd street_number=12 city=london"),
            ("27 High Street, Oxford, OX1 4AA", "street=high st street_number=27 city=oxford postcode=ox14aa"),
            (
                "5 Mill Lane, Cambridge, Cambridgeshire CB1 2AB, United Kingdom",
                "street=mill ln street_number=5 city=cambridge city=cambridgeshire postcode=cb12ab country=united kingdom",
            ),
            (
                "100 King St W, Toronto, ON M5X 1A9, Canada",
                "street=king st w street_number=100 city=toronto state=on postcode=m5x1a9 country=canada",
            ),
            (
                "1 George St, Sydney NSW 2000, Australia",
                "street=george st street_number=1 city=sydney state=nsw postcode=2000 country=australia",
            ),
            ("Hauptstrasse 5, 10115 Berlin, DE", "street=hauptstrasse street_number=5 city=berlin postcode=10115 country=de"),
            ("Keizersgracht 123, 1015 CJ Amsterdam", "street=keizersgracht street_number=123 city=amsterdam postcode=1015cj"),
            ("Strandvagen 7A, 114 56 Stockholm", "street=strandvagen street_number=7a city=stockholm postcode=11456"),
            ("350 Fifth Ave, New York", "street=fifth ave street_number=350 city=new york"),
            ("12 Main Street, New York, NY", "street=main st street_number=12 city=new york state=ny"),
            ("12 Main St, Canton, OH 44702", "street=main st street_number=12 city=canton state=oh postcode=44702"),
            ("Rose Cottage, Mill Lane, Bath", "street=rose cottage mill ln bath"),
            ("PO Box 1234, Anchorage, AK 99501", "street=po box 1234 anchorage ak 99501"),
            ("Boston, MA 02108", "street=boston ma 02108"),
            ("Unit 3/45 Smith St, Fitzroy VIC 3065", "street=unit 3 45 smith st city=fitzroy state=vic postcode=3065"),
            ("5 bis, avenue Victor Hugo, 75016 Paris", "street=bis ave victor hugo street_number=5 city=paris postcode=75016"),
            ("Route 66", "street=route 66"),
            (
                "Room 703, Building 21, 30 Kangle Road, Shangshui, Zhoukou",
                "street=kangle rd premises=21 703 street_number=30 district=商水 city=周口",
            ),
            ("No. 126 Zhang Village, Hengshan, Hengyang", "street=zhang village street_number=126 district=衡山 city=衡阳"),
            (
                "1 Jianguo Road, Chaoyang District, Beijing, China",
                "street=jianguo rd street_number=1 district=朝阳 city=北京 country=china",
            ),
            ("5 Renmin Road, Xi'an, Shaanxi, China", "street=renmin rd street_number=5 city=西安 country=china"),
            ("5 Nanjing Road, Suzhou", "street=nanjing rd street_number=5 city=suzhou"),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
        assert_eq!(parts("N/A"), "");
    }
}
