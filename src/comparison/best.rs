//! Many-valued fields: of all pairs of two records' values the best one counts.

use super::column::{PreparedValue, Symbol};
use super::library::Outcome;
use super::sight::{AtAGlance, at_a_glance};
use super::table::RecordView;
use crate::record::{Field, Grade};

/// How many grades there are.
const GRADES: u32 = Grade::Invalid as u32 + 1;

/// Exact where both records hold one whole value, even with other grades; else the best `level` over all pairs of values, which is `different`
/// for those that a glance tells apart.
#[inline]
pub fn best(
    a: &RecordView<'_>,
    b: &RecordView<'_>,
    field: Field,
    different: u8,
    level: impl Fn(&PreparedValue, &PreparedValue) -> u8,
) -> Outcome {
    match at_a_glance(field, a, b) {
        AtAGlance::Same(symbol) => Outcome::exact(field, symbol),
        AtAGlance::Different => {
            debug_assert_eq!(of_all(a, b, field, &level), Outcome::level(different), "a glance tells {field} apart");
            Outcome::level(different)
        }
        AtAGlance::Open => of_all(a, b, field, level),
    }
}

/// The same, value by value.
pub fn of_all(a: &RecordView<'_>, b: &RecordView<'_>, field: Field, level: impl Fn(&PreparedValue, &PreparedValue) -> u8) -> Outcome {
    let (of_a, of_b) = (a.symbols(field), b.symbols(field));
    // Mostly there is one value on either side, and another.
    if let ([x], [y]) = (of_a, of_b)
        && !may_be_one_text(*x, *y)
    {
        return Outcome::level(level(a.value(field, *x), b.value(field, *y)));
    }
    let whole = |symbol: &Symbol| a.value(field, *symbol).grade != Grade::Partial;
    if let Some(symbol) = of_a.iter().find(|symbol| of_b.contains(symbol) && whole(symbol)) {
        return Outcome::exact(field, *symbol);
    }
    let mut least = None;
    for x in of_a {
        for y in of_b {
            let (left, right) = (a.value(field, *x), b.value(field, *y));
            if may_be_one_text(*x, *y) && left.text == right.text && left.grade != Grade::Partial && right.grade != Grade::Partial {
                return Outcome::exact(field, *x);
            }
            let found = level(left, right);
            least = Some(least.map_or(found, |least: u8| least.min(found)));
        }
    }
    least.map_or(Outcome::NULL, Outcome::level)
}

/// Whether two symbols of a field may have one text: symbols are in the order of texts, and of one text there is one for each grade.
pub const fn may_be_one_text(x: Symbol, y: Symbol) -> bool {
    x.abs_diff(y) < GRADES
}
