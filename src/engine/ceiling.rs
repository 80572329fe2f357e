//! The most that a pair can weigh by what is seen of it: most candidate pairs are no pairs whatever else is read, and need not be weighed.
//!
//! Always: at least what [`Resolver::weigh`] comes to.

use super::resolver::Resolver;
use crate::comparison::{
    BIRTH_DATES, NAMES, Outcome, Pair, RecordView, SOURCE, Seen, SharedBy, Symbol, TOLD_NAME, WHOLE_NAME, library, lines_may_be_crossed,
    names_may_be_crossed, place_of, same_name_at_a_glance, seen,
};
use crate::model::Rivals;
use crate::record::{Field, FieldSet};

/// What a model's comparisons can come to.
#[derive(Debug)]
pub struct Ceiling {
    /// By field: what the comparisons of its values, of which one applies to a pair, can come to; none of fields that are not compared.
    fields: Vec<Vec<Comparing>>,
    /// The fields that are compared.
    compared: FieldSet,
    whole_name: Comparing,
    /// By level: the more that it weighs of the two comparisons of birth dates.
    birth_dates: [Rivals; 16],
    /// By level of the comparison of sources.
    sources: [Rivals; 3],
    told_name: Rivals,
}

/// What one comparison can come to.
#[derive(Clone, Copy, Debug)]
struct Comparing {
    place: usize,
    /// Whether a value's frequency counts, and whether on every exact level.
    by_frequency: Option<bool>,
    /// On exact levels, before the value's frequency counts.
    exact: Rivals,
    /// On the others, before a frequency counts.
    other: Rivals,
    /// Of names on those that say that they are alike slightly.
    slight: Rivals,
    /// Where nothing is compared or a difference is found, which relatives may show less often than a person.
    difference: Rivals,
    /// On the last level.
    last: Rivals,
}

/// Levels of names: same sound in letters, same sound, close; behind these they are alike slightly.
const LETTERS: u8 = 2;
const HOMOPHONE: u8 = 3;
const CLOSE: u8 = 4;

impl Ceiling {
    /// Of the comparisons as `resolver` weighs them.
    pub fn new(resolver: &Resolver<'_>) -> Self {
        let weights = resolver.weights();
        let most = |place: usize, levels: std::ops::RangeInclusive<usize>| {
            levels.map(|level| weights.level(place, level as u8)).reduce(Rivals::max).unwrap_or_default()
        };
        let comparing = |place: usize| {
            let comparison = &library()[place];
            let (exact, all) = (comparison.exact_levels, comparison.levels.len());
            let from = |level: usize| most(place, level..=all).max(Rivals::default());
            Comparing {
                place,
                by_frequency: comparison.term_frequency.then_some(exact == 1),
                exact: most(place, 1..=exact),
                other: from(exact + 1),
                slight: from(usize::from(CLOSE) + 1),
                last: most(place, all..=all),
                // A given name has two levels of difference.
                difference: from(if comparison.field == Field::GivenName { all - 1 } else { all }),
            }
        };
        let apart = |name: &str| name == WHOLE_NAME || name == SOURCE || name == TOLD_NAME || BIRTH_DATES.contains(&name);
        let (mut fields, mut compared) = (vec![Vec::new(); Field::COUNT], FieldSet::EMPTY);
        for (place, comparison) in library().iter().enumerate().filter(|(_, comparison)| !apart(comparison.name)) {
            fields[comparison.field as usize].push(comparing(place));
            compared = compared.with(comparison.field);
        }
        let place = |name: &str| place_of(name).expect("a comparison of the library");
        let told = place(TOLD_NAME);
        let [dates, of_alike] = BIRTH_DATES.map(place);
        Ceiling {
            fields,
            compared,
            whole_name: comparing(place(WHOLE_NAME)),
            birth_dates: std::array::from_fn(|level| weights.level(dates, level as u8).max(weights.level(of_alike, level as u8))),
            sources: std::array::from_fn(|level| weights.level(place(SOURCE), level as u8)),
            told_name: most(told, 1..=library()[told].levels.len()).max(Rivals::default()),
        }
    }

    /// The most that two rows can weigh.
    pub fn of(&self, resolver: &Resolver<'_>, pair: &Pair<'_>) -> Rivals {
        let Pair { a, b, .. } = pair;
        let both = a.fields().and(b.fields());
        let mut total = resolver.weights().prior + self.sources[if a.shares_source(b) { 2 } else { 1 }];
        total += self.birth_dates[usize::from(pair.birth_dates().level)];
        let is_named = |view: &RecordView<'_>| view.has(Field::GivenName) || view.has(Field::FamilyName);
        if is_named(a) != is_named(b) {
            total += self.told_name;
        }
        let names_are_crossed = both.has(Field::FamilyName) && both.has(Field::GivenName) && names_may_be_crossed(a, b);
        let lines_are_crossed = lines_may_be_crossed(a, b);
        for field in both.and(self.compared).fields() {
            let is_crossed = match field {
                Field::FamilyName | Field::GivenName => names_are_crossed,
                Field::Street | Field::Premises => lines_are_crossed,
                _ => false,
            };
            total += self.of_field(resolver, field, a, b, is_crossed);
        }
        if both.has(Field::GivenName) {
            total += self.whole_name(resolver, a, b);
        }
        total
    }

    fn of_field(&self, resolver: &Resolver<'_>, field: Field, a: &RecordView<'_>, b: &RecordView<'_>, is_crossed: bool) -> Rivals {
        let comparing = &self.fields[field as usize];
        let is_name = NAMES.contains(&field);
        if is_name && let Some(symbol) = same_name_at_a_glance(field, a, b) {
            // Two generations of one name are different.
            let of = |of: &Comparing| exact(resolver, of, field, symbol).max(of.last);
            return comparing.iter().map(of).reduce(Rivals::max).unwrap_or_default();
        }
        let mut most = comparing.iter().map(|of| of.difference).fold(Rivals::default(), Rivals::max);
        if is_crossed {
            most = most.max(crossed(resolver, comparing, field, a, b));
        }
        seen(field, a, b, &mut |seen| {
            for of in comparing {
                most = most.max(match seen {
                    Seen::Same(x, y) => {
                        let exact = exact(resolver, of, field, x).max(exact(resolver, of, field, y));
                        if is_name { exact.max(name(resolver, of, field, x, y, true)) } else { exact.max(of.other) }
                    }
                    Seen::Sound(x, y) => name(resolver, of, field, x, y, true),
                    Seen::Alike(x, y) if is_name => name(resolver, of, field, x, y, false),
                    // Ages a year apart are on the first level.
                    Seen::Alike(..) if field == Field::Age => of.exact.max(of.other),
                    Seen::Alike(..) => of.other,
                    Seen::Slightly => of.slight,
                });
            }
        });
        most
    }

    fn whole_name(&self, resolver: &Resolver<'_>, a: &RecordView<'_>, b: &RecordView<'_>) -> Rivals {
        let of = &self.whole_name;
        let mut by_frequency = Rivals::default();
        seen(Field::DisplayName, a, b, &mut |seen| {
            if let Seen::Same(x, y) | Seen::Sound(x, y) = seen {
                for symbol in [x, y] {
                    for by in [SharedBy::Text, SharedBy::Letters] {
                        by_frequency = by_frequency.max(adjusted(resolver, of, Field::DisplayName, symbol, by));
                    }
                }
            }
        });
        of.exact.max(of.other) + by_frequency
    }
}

/// What crossed values can come to.
fn crossed(resolver: &Resolver<'_>, comparing: &[Comparing], field: Field, a: &RecordView<'_>, b: &RecordView<'_>) -> Rivals {
    let symbols = || a.symbols(field).iter().chain(b.symbols(field));
    let of_name = |of: &Comparing, symbol: Symbol| name(resolver, of, field, symbol, symbol, true).max(exact(resolver, of, field, symbol));
    let of_names = |of: &Comparing| symbols().map(|symbol| of_name(of, *symbol)).reduce(Rivals::max).unwrap_or_default();
    let of = |of: &Comparing| if NAMES.contains(&field) { of_names(of) } else { of.other };
    comparing.iter().map(of).fold(Rivals::default(), Rivals::max)
}

/// Agreement on a value.
fn exact(resolver: &Resolver<'_>, of: &Comparing, field: Field, symbol: Symbol) -> Rivals {
    let Some(always) = of.by_frequency else { return of.exact };
    let adjusted = adjusted(resolver, of, field, symbol, SharedBy::Text);
    of.exact + if always { adjusted } else { adjusted.max(Rivals::default()) }
}

/// Likeness of two names, or of sounds.
fn name(resolver: &Resolver<'_>, of: &Comparing, field: Field, x: Symbol, y: Symbol, may_sound: bool) -> Rivals {
    let weights = resolver.weights();
    let most = |level: u8, by: SharedBy| {
        let adjusted = adjusted(resolver, of, field, x, by).max(adjusted(resolver, of, field, y, by));
        weights.level(of.place, level) + adjusted.max(Rivals::default())
    };
    let close = of.slight.max(most(CLOSE, SharedBy::Text));
    if may_sound { close.max(most(LETTERS, SharedBy::Letters)).max(most(HOMOPHONE, SharedBy::Homophone)) } else { close }
}

fn adjusted(resolver: &Resolver<'_>, of: &Comparing, field: Field, symbol: Symbol, by: SharedBy) -> Rivals {
    resolver.adjustment(of.place, Outcome { level: 1, shared: Some((field, symbol)), by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::{RecordTable, compare};
    use crate::model::{
        ComparisonModel, FrequencyKey, LevelModel, MatchWeight, Model, Prior, TermFrequencies, Thresholds, TrainedOn, WholeName,
    };
    use crate::record::{CanonicalRecord, FieldValue, Grade, RecordKey};
    use fastrand::Rng;

    /// Values that are the same, alike in every way there is, or different.
    const VALUES: &[(Field, &[&str])] = &[
        (Field::FamilyName, &["smith", "smyth", "li", "wang", "王", "李", "欧阳", "j", "s****", "robert"]),
        (
            Field::GivenName,
            &["bob", "rob", "robert", "john", "jon", "wei", "伟", "伟东", "卫东", "小伟", "anna", "j", "伟*", "smith", "xiaowei"],
        ),
        (Field::MiddleName, &["m", "mary", "marie", "晓伟", "晓明"]),
        (Field::Generation, &["jr", "sr"]),
        (Field::Nickname, &["bob85", "王总", "小伟", "bob"]),
        (Field::Sex, &["f", "m"]),
        (Field::BirthDate, &["1984-03-12", "1984-03-21", "1984-12-03", "1984", "2012-05-06", "1985-03-12"]),
        (Field::Age, &["30", "31", "33", "50"]),
        (Field::Phone, &["+8613912345671", "+8613912345672", "+86139****5671", "+8613800000000", "+12025550143"]),
        (Field::Email, &["bob.smith@a.com", "bob.smith@b.com", "bobsmith@a.com", "bob.smit@a.com", "li77@x.cn", "li78@x.cn"]),
        (Field::ResidentId, &["110101198403120011", "110101198403120020", "11010119840312002x", "110101********0011"]),
        (Field::NationalId, &["078051120", "078051121", "078051212", "*****1120"]),
        (Field::Certificate, &["passport:e12345678", "passport:e12345679", "permit:e12345678", "passport:e****5678"]),
        (Field::Device, &["d1", "d2"]),
        (Field::OpenId, &["o1", "o2"]),
        (Field::CustomerNumber, &["c1", "c2"]),
        (Field::Street, &["baldwin ln", "baldwin lane", "baldwim ln", "张河路", "河路", "人民中路"]),
        (Field::Premises, &["baldwin ln", "apt 4", "张河路", "花园小区3栋", "花园小区"]),
        (Field::StreetNumber, &["844", "845", "8"]),
        (Field::District, &["花溪", "花溪区", "hackney"]),
        (Field::City, &["beijing", "beijin", "北京", "london"]),
        (Field::State, &["ca", "california", "贵州"]),
        (Field::Postcode, &["100001", "100002", "e8"]),
    ];

    fn record(row: usize, random: &mut Rng) -> CanonicalRecord {
        let mut values = Vec::new();
        for (field, texts) in VALUES {
            for _ in 0..[0, 0, 1, 1, 1, 1, 2][random.usize(..7)] {
                let text = texts[random.usize(..texts.len())];
                let whole = [Grade::Valid, Grade::Valid, Grade::Derived, Grade::Invalid][random.usize(..4)];
                let grade = if text.contains('*') || text == "1984" { Grade::Partial } else { whole };
                values.push(FieldValue { field: *field, text: text.into(), grade });
            }
        }
        let observed = [None, Some(1_000_000_000), Some(1_270_000_000), Some(1_700_000_000)][random.usize(..4)];
        CanonicalRecord::new(RecordKey::new(["s", "t"][random.usize(..2)], row.to_string()), 0, observed, values)
    }

    fn with_single_values(record: &CanonicalRecord) -> CanonicalRecord {
        let mut values = record.values().to_vec();
        values.dedup_by_key(|value| value.field);
        CanonicalRecord::new(record.key.clone(), record.version, record.observed_at, values)
    }

    /// A model that need not make sense: what holds of it holds of any.
    fn model(random: &mut Rng) -> Model {
        let mut weight =
            || Rivals { stranger: MatchWeight(random.i64(-12 << 20..12 << 20)), relative: MatchWeight(random.i64(-12 << 20..12 << 20)) };
        let comparisons = library().iter().map(|comparison| ComparisonModel {
            name: comparison.name.into(),
            levels: comparison
                .levels
                .iter()
                .map(|level| LevelModel { label: level.label.into(), m: 0.5, u: 0.5, relative: 0.5, weight: weight(), trained: true })
                .collect(),
        });
        let comparisons = comparisons.collect();
        let unlikely = MatchWeight(-60 << 20);
        let prior = Prior { matches_per_record: 0.5, relatives_per_record: 0.1, weight: Rivals { stranger: unlikely, relative: unlikely } };
        let mut term_frequencies = TermFrequencies::new(FrequencyKey([1, 2]));
        for (field, texts) in VALUES {
            let held: Vec<(&str, u32)> = texts.iter().map(|text| (*text, random.u32(1..400))).collect();
            term_frequencies.add(*field, 1_000, 0.01, 0.5, held.iter().copied());
            if NAMES.contains(field) {
                term_frequencies.add_letters(*field, 1_000, 0.02, 0.5, &[("wei", 300), ("bob", 3), ("wang", 200), ("smith", 9)]);
                term_frequencies.add_sounds(*field, 1_000, 0.01, 0.5, &[("wei", 60), ("wei", 50), ("weidong", 4), ("weidong", 3)]);
            }
        }
        for by in [SharedBy::Text, SharedBy::Letters] {
            let name = |text, records| WholeName { text, u_parts: 1e-4, records, family: 90, given: 50, is_chinese: true };
            let names = [name("王, 伟", 60), name("smith, bob", 3), name("wang wei", 80), name("bob smith", 5)];
            term_frequencies.add_whole_names(by, 1_000, 0.5, &names);
        }
        Model {
            format_version: crate::model::FORMAT_VERSION,
            id: "m".into(),
            trained_on: TrainedOn::default(),
            prior,
            thresholds: Thresholds::default(),
            rules: Vec::new(),
            wider_rules: Vec::new(),
            comparisons,
            term_frequencies,
        }
    }

    /// Merged rows are compared without glimpses, value by value: what a glance tells must be what that finds.
    fn assert_glances_tell_the_truth(resolver: &Resolver<'_>, low: u32, high: u32) {
        let table = resolver.table();
        let (of_low, of_high) = (table.merged(&[low]), table.merged(&[high]));
        let outcomes = |pair: &Pair<'_>| {
            let mut outcomes = Vec::new();
            compare(pair, &mut |place, outcome| outcomes.push((library()[place].name, outcome)));
            outcomes
        };
        let by_glances = outcomes(&Pair::new(&table.view(low), &table.view(high)));
        assert_eq!(by_glances, outcomes(&Pair::new(&table.merged_view(&of_low), &table.merged_view(&of_high))));
    }

    #[test]
    fn no_pair_weighs_more_than_its_ceiling() {
        let long = std::env::var_os("ONEID_LONG").is_some();
        let (mut pairs, mut hopeless, mut singles) = (0u32, 0u32, 0u32);
        let has_single_values = |record: &CanonicalRecord| record.values().windows(2).all(|pair| pair[0].field != pair[1].field);
        for seed in 0..if long { 2_000 } else { 40 } {
            let random = &mut Rng::with_seed(seed);
            let mut records: Vec<CanonicalRecord> = (0..40).map(|row| record(row, random)).collect();
            // Some say one thing in each field, which is what is told at a glance.
            records.iter_mut().step_by(3).for_each(|record| *record = with_single_values(record));
            let model = model(random);
            let mut table = RecordTable::build(&records);
            table.mark_names(&|field, name| model.term_frequencies.use_of(field, name));
            let resolver = Resolver::new(&model, &table);
            let ceiling = Ceiling::new(&resolver);
            for low in 0..records.len() as u32 {
                for high in 0..records.len() as u32 {
                    let (weighed, most) =
                        (resolver.weigh(low, high), ceiling.of(&resolver, &Pair::new(&table.view(low), &table.view(high))));
                    let show = || format!("seed {seed}: {:?} {:?}", records[low as usize], records[high as usize]);
                    assert_eq!(most.max(weighed.weight), most, "{} {}", weighed.vector.0, show());
                    if [low, high].iter().all(|row| has_single_values(&records[*row as usize])) {
                        assert_glances_tell_the_truth(&resolver, low, high);
                        singles += 1;
                    }
                    pairs += 1;
                    hopeless += u32::from(most.least() < model.thresholds.review.weight());
                }
            }
        }
        assert!(hopeless * 100 > pairs, "{hopeless} of {pairs} pairs are seen to be hopeless");
        assert!(singles * 20 > pairs, "{singles} of {pairs} pairs say one thing in each field");
    }
}
