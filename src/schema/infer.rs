//! Guesses the mapping of a layout.
//!
//! 1. A column's name, where the dictionary knows it, gives its kind; else the form of its values does.
//! 2. Values overrule a name that they contradict (a `name` full of numbers, a `mail_addr` full of streets).
//! 3. What the name says is another person's, a firm's or a machine's is not read.
//! 4. A column that only its values make the sex gives way to one that its name does.
//! 5. The record id is an explicit id column, else the first identifier-like column whose values are all distinct (nearly, where
//!    rows have a version or a time of update).
//! 6. The order of day and month is read off values that allow only one.
//!
//! Row numbers and columns that look like truth (a cluster id, a label) are never evidence.

use super::dictionary::kind_of_name;
use super::form::{contradiction, kind_of_values};
use super::holder::Holder;
use super::{ColumnKind, DateOrder, Mapping};
use crate::record::{Layout, SourceRecord};
use rustc_hash::FxHashSet;

/// Share of distinct values from which a column can be the record id; rows without one are rejected, updated rows repeat some.
const ID_SHARE_MIN: f64 = 0.9;

/// A guessed mapping and the reason for each column's kind, aligned with the columns.
#[derive(Clone, Debug)]
pub struct Inferred {
    /// The mapping.
    pub mapping: Mapping,
    /// Why: `name`, `values`, `record id` or `unknown`; for columns that are left out also whose the values are (`another person's`,
    /// `a firm's`, `a fax number`, `a network address`).
    pub reasons: Vec<&'static str>,
}

/// Guesses the mapping of `layout` from its column names and a sample of its rows.
pub fn infer(layout: &Layout, sample: &[SourceRecord]) -> Inferred {
    let mut columns = Vec::new();
    let mut reasons = Vec::new();
    for (index, name) in layout.columns.iter().enumerate() {
        let values: Vec<&str> = sample.iter().map(|record| record.values[index].trim()).filter(|value| !value.is_empty()).collect();
        let (kind, reason) = kind_of(name, &values);
        columns.push(kind);
        reasons.push(reason);
    }
    let sex_of = |reason: &str| {
        let columns = columns.iter().zip(&reasons).enumerate();
        columns.filter(|(_, (kind, why))| **kind == ColumnKind::Sex && **why == reason).map(|(index, _)| index).collect::<Vec<_>>()
    };
    if !sex_of("name").is_empty() {
        for index in sex_of("values") {
            (columns[index], reasons[index]) = (ColumnKind::Ignore, "unknown");
        }
    }
    let record_id = record_id_column(&columns, sample);
    for index in 0..columns.len() {
        if Some(index) == record_id {
            (columns[index], reasons[index]) = (ColumnKind::RecordId, "record id");
        } else if columns[index] == ColumnKind::RecordId {
            columns[index] = ColumnKind::Ignore;
        }
    }
    let source_column = columns.iter().position(|kind| *kind == ColumnKind::Source);
    let date_order = date_order(&columns, sample);
    let mapping = Mapping { source: layout.source.clone(), record_id, source_column, columns, date_order };
    Inferred { mapping, reasons }
}

/// The kind of one column, and why.
fn kind_of(name: &str, values: &[&str]) -> (ColumnKind, &'static str) {
    let (kind, reason) = match kind_of_name(name) {
        Some(kind) => contradiction(kind, values).map_or((kind, "name"), |kind| (kind, "values")),
        None => kind_of_values(values).map_or((ColumnKind::Ignore, "unknown"), |kind| (kind, "values")),
    };
    match Holder::of_name(name) {
        Some(holder) if holder.takes(kind) => (ColumnKind::Ignore, holder.reason()),
        _ => (kind, reason),
    }
}

fn record_id_column(columns: &[ColumnKind], sample: &[SourceRecord]) -> Option<usize> {
    // A number that two rows share may be that of two people, of whom one would overwrite the other; where rows say their version or
    // time it may be a record that was updated.
    let versioned = columns.iter().any(|kind| matches!(kind, ColumnKind::Version | ColumnKind::UpdatedAt));
    let distinct = |index: usize| {
        let values: Vec<&str> = sample.iter().map(|record| record.values[index].trim()).filter(|value| !value.is_empty()).collect();
        let distinct = values.iter().collect::<FxHashSet<_>>().len();
        let enough = |count: usize| count > 0 && count as f64 >= ID_SHARE_MIN * sample.len() as f64;
        enough(distinct) && (versioned || distinct == values.len())
    };
    columns.iter().position(|kind| *kind == ColumnKind::RecordId).or_else(|| {
        [ColumnKind::CustomerNumber, ColumnKind::OpenId].into_iter().find_map(|wanted| {
            columns.iter().enumerate().find(|(index, kind)| **kind == wanted && distinct(*index)).map(|(index, _)| index)
        })
    })
}

fn date_order(columns: &[ColumnKind], sample: &[SourceRecord]) -> DateOrder {
    let (mut day_first, mut month_first) = (0, 0);
    for (index, _) in columns.iter().enumerate().filter(|(_, kind)| **kind == ColumnKind::BirthDate) {
        for record in sample {
            let parts: Vec<u32> = record.values[index].split(['/', '-', '.', ' ']).map_while(|part| part.parse().ok()).collect();
            if let [first, second, year] = parts[..]
                && year > 31
            {
                day_first += u32::from(first > 12 && second <= 12);
                month_first += u32::from(second > 12 && first <= 12);
            }
        }
    }
    if month_first > day_first { DateOrder::MonthFirst } else { DateOrder::DayFirst }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(column: &str, values: &[&str]) -> String {
        let (kind, reason) = kind_of(column, values);
        format!("{kind}, {reason}")
    }

    #[test]
    fn values_overrule_names_that_they_contradict() {
        let streets = ["12 Main Street", "7 Oak Ave", "3 High Street", "5 Elm Road", "9 Park Lane"];
        let mails = ["ann@firm.org", "bob@firm.org", "eve@firm.org"];
        let names = ["张伟", "李娜", "王小明", "歐陽修", "赵雷"];
        let words = ["微信用户", "往事随风", "北方的小草", "sunny", "张伟"];
        let mobiles = ["13912345671", "139****5672", "139 1234 5673"];
        let computers = ["139.112.145.16", "139.112.145.17", "10.0.0.1"];
        for (column, values, expected) in [
            ("EML_ADDR", &mails[..], "email, name"),
            ("MAIL_ADDR", &mails[..], "email, name"),
            ("MAIL_ADDR", &streets[..], "address, values"),
            ("address", &mails[..], "email, values"),
            ("username", &words[..], "nickname, name"),
            ("username", &names[..], "full_name, values"),
            ("user_name", &mobiles[..], "phone, values"),
            ("用户名", &["John Smith", "Ann Lee"], "full_name, values"),
            ("name", &mobiles[..], "phone, values"),
            ("name", &["1", "2"], "ignore, values"),
            ("phone", &words[..], "ignore, values"),
            ("phone", &["无"], "phone, name"),
            ("phone", &["１３９１２３４５６７１"; 5], "phone, name"),
            ("birth", &streets[..], "birth_date, name"),
            ("birth", &words[..], "ignore, values"),
            ("frobnication", &mobiles[..], "phone, values"),
            ("frobnication", &computers[..], "ignore, unknown"),
            ("frobnication", &[], "ignore, unknown"),
        ] {
            assert_eq!(kind(column, values), expected, "{column} {values:?}");
        }
    }

    /// The mapping's kinds and record id of a table.
    fn inferred(columns: &[&str], rows: &[&[&str]]) -> (Vec<ColumnKind>, Option<usize>) {
        let columns = columns.iter().map(|name| (*name).into()).collect();
        let layout = std::sync::Arc::new(Layout { input: "crm.csv".into(), source: "crm".into(), columns });
        let rows = rows.iter().zip(1..).map(|(values, row)| {
            let values = values.iter().map(|value| (*value).into()).collect();
            SourceRecord { layout: layout.clone(), values, line: row + 1, row }
        });
        let mapping = infer(&layout, &rows.collect::<Vec<_>>()).mapping;
        (mapping.columns, mapping.record_id)
    }

    #[test]
    fn the_sex_is_where_the_name_says_it() {
        use ColumnKind::{Ignore, Sex};
        let rows: &[&[&str]] = &[&["F", "M"], &["M", "F"], &["M", "M"]];
        assert_eq!(inferred(&["x", "gender"], rows).0, [Ignore, Sex]);
        assert_eq!(inferred(&["x", "spouse_gender"], rows).0, [Sex, Ignore]);
    }

    /// Nineteen numbers of twenty rows were distinct enough, and two people became one record.
    #[test]
    fn a_number_that_two_rows_share_is_no_record_id() {
        let numbers: Vec<String> = (0..20).map(|number| format!("M{number}")).collect();
        let table = |last: &str| {
            let mut rows: Vec<[&str; 2]> = numbers.iter().map(|number| [number.as_str(), "Ann Lee"]).collect();
            rows[19][0] = last;
            let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
            inferred(&["member_no", "name"], &rows)
        };
        assert_eq!(table("M19"), (vec![ColumnKind::RecordId, ColumnKind::FullName], Some(0)));
        assert_eq!(table(""), (vec![ColumnKind::RecordId, ColumnKind::FullName], Some(0)));
        assert_eq!(table("M18"), (vec![ColumnKind::CustomerNumber, ColumnKind::FullName], None));
        let versions: Vec<String> = (0..20).map(|version| version.to_string()).collect();
        let rows: Vec<[&str; 2]> = (0..20).map(|row| [numbers[row.min(18)].as_str(), versions[row].as_str()]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
        assert_eq!(inferred(&["member_no", "version"], &rows).1, Some(0), "an updated record");
    }

    #[test]
    fn what_is_not_the_customers_is_left_out() {
        let mobiles = ["13912345671", "13912345672"];
        for (column, expected) in [
            ("emergency_contact_phone", "ignore, another person's"),
            ("emergency_contact_name", "ignore, another person's"),
            ("紧急联系人姓名", "ignore, another person's"),
            ("紧急联系人电话", "ignore, another person's"),
            ("推荐人手机", "ignore, another person's"),
            ("spouse_mobile", "ignore, another person's"),
            ("guardian.phone", "ignore, another person's"),
            ("经办人", "ignore, another person's"),
            ("company_phone", "ignore, a firm's"),
            ("office_tel", "ignore, a firm's"),
            ("单位电话", "ignore, a firm's"),
            ("work_phone", "ignore, a firm's"),
            ("workTel", "ignore, a firm's"),
            ("工作电话", "ignore, a firm's"),
            ("公司地址", "ignore, a firm's"),
            ("fax_phone", "ignore, a fax number"),
            ("传真", "ignore, a fax number"),
            ("mobile", "phone, name"),
        ] {
            assert_eq!(kind(column, &mobiles), expected, "{column}");
        }
        let computers = ["139.112.145.16", "10.0.0.1"];
        for column in ["ip", "ip_address", "IP地址", "mac", "mac_address", "last_login_ip"] {
            assert_eq!(kind(column, &computers), "ignore, a network address", "{column}");
        }
        for column in ["company_id", "org_id", "统一社会信用代码"] {
            assert_eq!(kind(column, &mobiles), "ignore, a firm's", "{column}");
            assert_eq!(kind(column, &["91440300708461136T", "C-17"]), "ignore, a firm's", "{column}");
        }
        assert_eq!(kind("company_name", &["Acme", "Initech"]), "organisation, name");
        assert_eq!(kind("org_name", &["Acme", "Initech"]), "organisation, name");
        for column in ["work_email", "office_email", "company_email", "BUSINESS_EML", "公司邮箱", "单位邮箱", "工作邮箱"] {
            assert_eq!(kind(column, &["ann@firm.org"]), "email, name", "{column}");
        }
    }
}
