//! In which order the day, the month and the year of a date in digits stand.

use super::ColumnKind;
use super::dictionary::folded;
use crate::record::{Layout, SourceRecord};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// The order of the parts of dates in digits whose year does not stand first with all its digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `31/12/1999`, `31/12/99`.
    #[default]
    DayFirst,
    /// `12/31/1999`, `12/31/99`.
    MonthFirst,
    /// `99-12-31`; with all digits of the year last the day stands first.
    YearFirst,
}

/// What the order is called in settings.
const NAMES: [(DateOrder, &str); 3] =
    [(DateOrder::DayFirst, "day_first"), (DateOrder::MonthFirst, "month_first"), (DateOrder::YearFirst, "year_first")];

/// Dates with short years that several orders fit, from which on the year is told by how much the parts vary: half as much as the other.
const SHORT_DATES_MIN: usize = 5;

impl DateOrder {
    /// What it is called in settings.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(order, _)| *order == self).map_or("", |(_, name)| name)
    }

    /// The order of this name.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(order, _)| *order)
    }

    /// The order in a sample of a layout, whose columns are of these kinds. Birth dates tell it, by values that allow only one and by their
    /// column's name (`DOB (mm/dd/yyyy)`); where they do not, the times of the rows.
    pub fn of_sample(layout: &Layout, columns: &[ColumnKind], sample: &[SourceRecord]) -> Self {
        let shown = |wanted: ColumnKind| {
            let of_kind = columns.iter().enumerate().filter(|(_, kind)| **kind == wanted);
            let values = of_kind.flat_map(|(column, _)| sample.iter().map(move |record| record.values[column].as_str()));
            Shown::by(values)
        };
        let hint = |order: &str| {
            let mut of_birth = columns.iter().zip(&layout.columns).filter(|(kind, _)| **kind == ColumnKind::BirthDate);
            of_birth.any(|(_, name)| folded(name).contains(order))
        };
        let (births, times) = (shown(ColumnKind::BirthDate), shown(ColumnKind::UpdatedAt));
        births
            .order()
            .or_else(|| match (hint("mmddyy"), hint("ddmmyy")) {
                (true, _) => Some(DateOrder::MonthFirst),
                (_, true) => Some(DateOrder::DayFirst),
                _ => times.order().or_else(|| births.by_separators()).or_else(|| times.by_separators()),
            })
            .unwrap_or_default()
    }
}

/// What dates show of their order.
#[derive(Default)]
struct Shown {
    day_first: u32,
    month_first: u32,
    year_first: u32,
    year_last: u32,
    /// Numbers of those with a short year wherever it stands, and whether they stand between hyphens.
    short: Vec<([u32; 3], bool)>,
}

impl Shown {
    fn by<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut shown = Shown::default();
        for value in values {
            let Some(numbers @ [first, _, third]) = three_numbers(value) else { continue };
            match (first, third) {
                (1..=31, 32..) => shown.year_last(numbers),
                (32..=99, 1..=31) => shown.year_first += 1,
                (1..=31, 1..=31) => shown.short.push((numbers, value.trim().contains('-'))),
                _ => {}
            }
        }
        shown
    }

    fn year_last(&mut self, [first, second, _]: [u32; 3]) {
        self.year_last += 1;
        self.day_first += u32::from(first > 12 && second <= 12);
        self.month_first += u32::from(second > 12 && first <= 12);
    }

    /// The order, where values tell it.
    fn order(&self) -> Option<DateOrder> {
        let (day_first, month_first) = (self.day_first, self.month_first);
        if self.year_first > self.year_last {
            return Some(DateOrder::YearFirst);
        }
        if day_first != month_first {
            return Some(if month_first > day_first { DateOrder::MonthFirst } else { DateOrder::DayFirst });
        }
        // A month in the middle that no calendar has tells that it stands first.
        let months: usize = self.short.iter().filter(|([first, second, _], _)| *second > 12 && *first <= 12).count();
        if months > 0 && months * 2 > self.short.len() / 2 {
            return Some(DateOrder::MonthFirst);
        }
        let differ = |place: usize| self.short.iter().map(|(numbers, _)| numbers[place]).collect::<FxHashSet<_>>().len();
        let (first, last) = (differ(0), differ(2));
        match self.short.len() >= SHORT_DATES_MIN {
            true if 2 * first <= last && self.year_last == 0 => Some(DateOrder::YearFirst),
            true if 2 * last <= first => Some(DateOrder::DayFirst),
            _ => None,
        }
    }

    /// What is usual where values do not tell: between hyphens a short year stands first, elsewhere last.
    fn by_separators(&self) -> Option<DateOrder> {
        let with_hyphens = self.short.iter().filter(|(_, hyphens)| *hyphens).count();
        (with_hyphens * 2 > self.short.len() && self.year_last == 0).then_some(DateOrder::YearFirst)
    }
}

/// The numbers of a date in the order in which they stand; of eight digits the last four are the third.
fn three_numbers(text: &str) -> Option<[u32; 3]> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = |digits: std::ops::Range<usize>| text[digits].parse().ok();
        // What begins with a year does not end with one.
        return (!matches!(&text[..2], "19" | "20")).then(|| Some([number(0..2)?, number(2..4)?, number(4..8)?])).flatten();
    }
    let parts = text.split(['/', '-', '.', ' ', 'T']).map_while(|part| part.parse().ok());
    parts.take(3).collect::<Vec<u32>>().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn order(name: &str, kind: ColumnKind, values: &[&str]) -> DateOrder {
        let layout = Arc::new(Layout { input: "x".into(), source: "x".into(), columns: vec![name.into()] });
        let row = |value: &&str| SourceRecord { layout: layout.clone(), values: [(*value).into()].into(), line: 1, row: 1 };
        DateOrder::of_sample(&layout, &[kind], &values.iter().map(row).collect::<Vec<_>>())
    }

    #[test]
    fn values_and_names_tell_the_order() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        for (values, expected) in [
            (&["03/04/1980", "25/06/1981"][..], DayFirst),
            (&["03/04/1980", "05/26/1981"], MonthFirst),
            (&["03/04/1980", "05/06/1981"], DayFirst),
            (&["12042018", "02171958"], MonthFirst),
            (&["04122018", "17021958"], DayFirst),
            (&["20180412", "19580217"], DayFirst),
            (&["84-03-25", "77-12-01"], YearFirst),
            (&["25/03/84", "01/12/77"], DayFirst),
            (&["03/25/84", "12/01/77"], MonthFirst),
            (&["24-03-25"], YearFirst),
            (&["05-06-84", "12-03-05", "07-08-79"], DayFirst),
            (&["01/02/10", "01/03/11", "05/06/12", "07/08/13", "31/10/14"], DayFirst),
            (&["24/03/25"], DayFirst),
            (&["1984-03-25", "1977-12-01"], DayFirst),
            (&[], DayFirst),
        ] {
            assert_eq!(order("dob", ColumnKind::BirthDate, values), expected, "{values:?}");
        }
        let times = ["25/03/24 14:20", "13/05/24 09:01", "02/11/23 10:00", "30/01/24 08:00", "07/07/24 11:11"];
        assert_eq!(order("updated", ColumnKind::UpdatedAt, &times), DayFirst);
        let times = ["24/03/25 14:20", "24/05/13 09:01", "23/11/02 10:00", "24/01/30 08:00", "24/07/07 11:11"];
        assert_eq!(order("updated", ColumnKind::UpdatedAt, &times), YearFirst);
        let times = ["03/25/24 14:20", "05/13/24 09:01", "11/02/23 10:00", "01/30/24 08:00", "07/07/24 11:11"];
        assert_eq!(order("updated", ColumnKind::UpdatedAt, &times), MonthFirst);
        assert_eq!(order("DOB (MM/DD/YYYY)", ColumnKind::BirthDate, &["03/04/1980", "05/06/1981"]), MonthFirst);
        assert_eq!(DateOrder::parse("year_first"), Some(YearFirst));
        assert_eq!(DateOrder::parse("last"), None);
    }
}
