//! Phones, e-mails, certificates, devices and accounts: many-valued fields, of which the best pair of values counts.

use super::best::best;
use super::library::Outcome;
use super::similarity::{edits, hidden_fits, jaro_winkler, within_one_edit};
use super::table::{Band, PreparedValue, RecordView, Symbol};
use crate::record::{Field, Grade};

/// Agreement on a value by band: under one name, under several, under many; only the first weighs by frequency.
fn banded(a: &RecordView<'_>, b: &RecordView<'_>, field: Field, level: impl Fn(&PreparedValue, &PreparedValue) -> u8) -> Outcome {
    let (of_a, of_b) = (a.symbols(field), b.symbols(field));
    let whole = |symbol: &&Symbol| a.value(field, **symbol).grade != Grade::Partial;
    let shared = of_a.iter().filter(|symbol| of_b.contains(symbol)).filter(whole);
    if let Some((band, symbol)) = shared.map(|symbol| (a.band(field, *symbol), *symbol)).min() {
        return match band {
            Band::OneName => Outcome::exact(field, symbol),
            Band::SeveralNames => Outcome::level(2),
            Band::ManyNames => Outcome::level(3),
        };
    }
    best(a, b, field, level)
}

/// Levels: exact under one name, under several, under many, hidden digits fit, one digit off, different.
pub fn phone(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    banded(a, b, Field::Phone, |x, y| {
        if x.grade == Grade::Partial || y.grade == Grade::Partial {
            return if hidden_fits(&x.text, &y.text, 7) { 4 } else { 6 };
        }
        if x.text.len() >= 7 && within_one_edit(&x.text, &y.text) { 5 } else { 6 }
    })
}

/// Levels: exact, same name at another provider, close, different.
pub fn email(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    best(a, b, Field::Email, |x, y| {
        let (Some((of_x, _)), Some((of_y, _))) = (x.text.split_once('@'), y.text.split_once('@')) else { return 4 };
        if of_x == of_y && of_x.len() >= 4 {
            2
        } else if within_one_edit(&x.text, &y.text) || (of_x.len().min(of_y.len()) >= 6 && jaro_winkler(of_x, of_y) >= 0.95) {
            3
        } else {
            4
        }
    })
}

/// Levels: exact (15-digit forms as 18), one digit off where not both are valid, hidden digits fit, different. Two valid numbers
/// are never one typo apart: the check digit catches every single typo and swap of neighbours.
pub fn resident_id(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    best(a, b, Field::ResidentId, |x, y| {
        if x.grade == Grade::Partial || y.grade == Grade::Partial {
            return if hidden_fits(&x.text, &y.text, 6) { 3 } else { 4 };
        }
        let certain = |value: &PreparedValue| value.grade == Grade::Valid;
        if !(certain(x) && certain(y)) && within_one_edit(&x.text[..17.min(x.text.len())], &y.text[..17.min(y.text.len())]) { 2 } else { 4 }
    })
}

/// Levels: exact, one character off, two off, different.
pub fn national_id(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    best(a, b, Field::NationalId, |x, y| {
        if within_one_edit(&x.text, &y.text) {
            2
        } else if x.text.len().min(y.text.len()) >= 6 && edits(&x.text, &y.text) == 2 {
            3
        } else {
            4
        }
    })
}

/// Levels: exact, one character off, different; silent between different types.
pub fn certificate(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    let outcome = best(a, b, Field::Certificate, |x, y| match (x.text.split_once(':'), y.text.split_once(':')) {
        (Some((kind, _)), Some((other, _))) if kind != other => 4,
        (Some((_, x)), Some((_, y))) if x.contains('*') || y.contains('*') => 2 + u8::from(!hidden_fits(x, y, 5)),
        (Some((_, x)), Some((_, y))) if within_one_edit(x, y) => 2,
        _ => 3,
    });
    if outcome.level == 4 { Outcome::NULL } else { outcome }
}

/// Levels: exact under one name, under several, under many, different.
pub fn device(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    banded(a, b, Field::Device, |_, _| 4)
}

/// Levels: exact, different.
pub fn openid(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    best(a, b, Field::OpenId, |_, _| 2)
}

/// Levels: exact, different.
pub fn unionid(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    best(a, b, Field::UnionId, |_, _| 2)
}

/// Levels: exact, different.
pub fn customer_number(a: &RecordView<'_>, b: &RecordView<'_>) -> Outcome {
    best(a, b, Field::CustomerNumber, |_, _| 2)
}
