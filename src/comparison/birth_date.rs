//! Birth dates, ages and sex.

use super::library::Outcome;
use super::table::RecordView;
use crate::record::Field;

/// Levels: exact, day and month swapped or one digit off, two parts the same, one part the same, different. Unknown parts are not compared.
pub fn date(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    let (Some((symbol, x)), Some((_, y))) = (a.first(Field::BirthDate), b.first(Field::BirthDate)) else { return Outcome::NULL };
    let (x, y) = (x.number, y.number);
    let (of_x, of_y) = (parts(x), parts(y));
    if of_x[1] == 0 || of_y[1] == 0 {
        return Outcome::level(if of_x[0] == of_y[0] { 4 } else { 5 });
    }
    if of_x[2] == 0 || of_y[2] == 0 {
        return Outcome::level(if of_x[..2] == of_y[..2] { 3 } else { 5 });
    }
    if x == y {
        return Outcome::exact(Field::BirthDate, symbol);
    }
    let turned = of_x[0] == of_y[0] && of_x[1] == of_y[2] && of_x[2] == of_y[1];
    let same = of_x.iter().zip(of_y).filter(|(x, y)| **x == *y).count();
    Outcome::level(if turned || one_digit_or_swap(x, y) {
        2
    } else {
        match same {
            2 => 3,
            1 => 4,
            _ => 5,
        }
    })
}

const fn parts(packed: u32) -> [u32; 3] {
    [packed / 10_000, packed / 100 % 100, packed % 100]
}

/// Whether eight-digit numbers differ in one digit or in two neighbours swapped.
fn one_digit_or_swap(x: u32, y: u32) -> bool {
    let digit = |number: u32, place: u32| number / 10u32.pow(place) % 10;
    let differing: Vec<u32> = (0..8).filter(|place| digit(x, *place) != digit(y, *place)).take(3).collect();
    match differing[..] {
        [_] => true,
        [low, high] => high == low + 1 && digit(x, low) == digit(y, high) && digit(x, high) == digit(y, low),
        _ => false,
    }
}

/// Levels: within a year, within three, different. Silent where both birth dates are known, which say the same better.
pub fn age(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    if a.has(Field::BirthDate) && b.has(Field::BirthDate) {
        return Outcome::NULL;
    }
    let (Some((_, x)), Some((_, y))) = (a.first(Field::Age), b.first(Field::Age)) else { return Outcome::NULL };
    Outcome::level(match x.number.abs_diff(y.number) {
        0 | 1 => 1,
        2 | 3 => 2,
        _ => 3,
    })
}

/// Levels: same, different.
pub fn sex(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    let (Some((_, x)), Some((_, y))) = (a.first(Field::Sex), b.first(Field::Sex)) else { return Outcome::NULL };
    Outcome::level(if x.text == y.text { 1 } else { 2 })
}
