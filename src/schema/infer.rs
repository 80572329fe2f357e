//! Guesses the mapping of a layout.
//!
//! 1. A column's name, where the dictionary knows it, gives its kind; else the form of its values does.
//! 2. Values overrule a name that they contradict (a `name` full of numbers, a `mail_addr` full of streets).
//! 3. What the name says is another person's, a firm's or a machine's is not read.
//! 4. A column that only its values make the sex, the birth date or a name gives way to one that its name does. Of several columns that
//!    only their values make names the one with the most different ones is the customer's: staff serve many. A contact, an owner is the
//!    customer where nobody else is named.
//! 5. The record id is an explicit id column, else the first identifier-like column whose values are all distinct (nearly, where
//!    rows have a version or a time of update), else a first column of an unknown name whose values are all there, distinct and like ids.
//! 6. The country of phone numbers that say none is told by those that say one, see [`CallingCode`].
//! 7. The order of day, month and year is read off values that allow only one, see [`DateOrder`].
//!
//! Row numbers and columns that look like truth (a cluster id, a label) are never evidence.

use super::dictionary::{folded, is_salutation, kind_of_name, names_a_record, numbers_a_thing, says_nothing, tokens};
use super::form::{contradiction, kind_of_nameless, kind_of_values};
use super::holder::Holder;
use super::{CallingCode, ColumnKind, DateOrder, Mapping};
use crate::record::{Layout, SourceRecord};
use rustc_hash::FxHashSet;

/// Share of distinct values from which a column can be the record id; rows without one are rejected, updated rows repeat some.
const ID_SHARE_MIN: f64 = 0.9;

/// Rows from which a first column of an unknown name may be the record id: of a few values nothing is known.
const ID_VALUES_MIN: usize = 20;

/// Share of values of one word from which a column of names holds a part of them.
const PART_SHARE_MIN: f64 = 0.9;

/// Share of different values below which a column of names, told by its values alone, is one of staff: few serve many.
const NAMES_SHARE_MIN: f64 = 0.05;

/// Values from which that share says something.
const NAMES_VALUES_MIN: usize = 100;

/// A guessed mapping and the reason for each column's kind, aligned with the columns.
#[derive(Clone, Debug)]
pub struct Inferred {
    /// The mapping.
    pub mapping: Mapping,
    /// Why: `name`, `values`, `record id` or `unknown`; for columns that are left out also whose the values are (`another person's`,
    /// `a firm's`, `a fax number`, `a network address`) or why they give way (`beside another name`, `few names, often repeated`, `beside another`).
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
    let mut guess = Guess { layout, sample, columns, reasons };
    guess.salutations_give_way();
    guess.give_way(ColumnKind::Sex, &[ColumnKind::Sex]);
    guess.give_way(ColumnKind::ResidentId, &[ColumnKind::ResidentId]);
    guess.others_give_way();
    guess.parts_of_names();
    guess.give_way(ColumnKind::BirthDate, &[ColumnKind::BirthDate, ColumnKind::BirthYear]);
    guess.one_name();
    let record_id = guess.record_id_column();
    let Guess { mut columns, mut reasons, .. } = guess;
    for index in 0..columns.len() {
        if Some(index) == record_id {
            (columns[index], reasons[index]) = (ColumnKind::RecordId, "record id");
        } else if columns[index] == ColumnKind::RecordId {
            columns[index] = ColumnKind::Ignore;
        }
    }
    let source_column = columns.iter().position(|kind| *kind == ColumnKind::Source);
    let date_order = DateOrder::of_sample(layout, &columns, sample);
    let phone_country = CallingCode::of_sample(&columns, sample);
    let mapping = Mapping { source: layout.source.clone(), record_id, source_column, columns, date_order, phone_country };
    Inferred { mapping, reasons }
}

/// The kind of one column, and why.
fn kind_of(name: &str, values: &[&str]) -> (ColumnKind, &'static str) {
    let (kind, reason) = kind_but_for_holder(name, values);
    match Holder::of_name(name) {
        Some(holder) if holder.takes(kind) => (ColumnKind::Ignore, holder.reason()),
        _ => (kind, reason),
    }
}

/// The kind of one column, and why, whosever the values are.
fn kind_but_for_holder(name: &str, values: &[&str]) -> (ColumnKind, &'static str) {
    let by_values = || match says_nothing(name) {
        true => kind_of_nameless(values),
        false => kind_of_values(values).filter(|kind| *kind != ColumnKind::Phone || !numbers_a_thing(name)),
    };
    match kind_of_name(name) {
        Some(kind) => contradiction(kind, values).map_or((kind, "name"), |kind| (kind, "values")),
        None => by_values().map_or((ColumnKind::Ignore, "unknown"), |kind| (kind, "values")),
    }
}

/// Kinds of columns while they are set side by side.
struct Guess<'a> {
    layout: &'a Layout,
    sample: &'a [SourceRecord],
    columns: Vec<ColumnKind>,
    reasons: Vec<&'static str>,
}

impl Guess<'_> {
    /// The non-empty values of a column.
    fn values(&self, index: usize) -> Vec<&str> {
        self.sample.iter().map(|record| record.values[index].trim()).filter(|value| !value.is_empty()).collect()
    }

    /// Different values of a column, and all of them.
    fn distinct(&self, index: usize) -> (usize, usize) {
        let values = self.values(index);
        (values.iter().collect::<FxHashSet<_>>().len(), values.len())
    }

    fn of(&self, kinds: &[ColumnKind], reason: &str) -> Vec<usize> {
        (0..self.columns.len()).filter(|index| kinds.contains(&self.columns[*index]) && self.reasons[*index] == reason).collect()
    }

    fn leave_out(&mut self, index: usize, reason: &'static str) {
        (self.columns[index], self.reasons[index]) = (ColumnKind::Ignore, reason);
    }

    /// Columns that only their values make a kind give way to those whose names make them one of `others`.
    fn give_way(&mut self, kind: ColumnKind, others: &[ColumnKind]) {
        if !self.of(others, "name").is_empty() {
            for index in self.of(&[kind], "values") {
                self.leave_out(index, "beside another");
            }
        }
    }

    /// How people are addressed gives way to a column that says the sex.
    fn salutations_give_way(&mut self) {
        let of_sex = (0..self.columns.len()).filter(|index| self.columns[*index] == ColumnKind::Sex);
        let (salutations, others): (Vec<usize>, Vec<usize>) = of_sex.partition(|index| is_salutation(&self.layout.columns[*index]));
        if !others.is_empty() {
            salutations.into_iter().for_each(|index| self.leave_out(index, "beside another"));
        }
    }

    /// Of two parties to one thing that a row names, one is the customer: who is sent the bill, not where the parcel goes; the insured member,
    /// not who holds the policy. A name that one had gives way to that one has.
    fn others_give_way(&mut self) {
        use ColumnKind::{FamilyName, FullName, GivenName, MiddleName};
        const PARTIES: &[(&str, &str)] = &[
            ("billing bill payer customer buyer", "shipping ship delivery recipient"),
            ("member patient insured dependent", "subscriber policyholder guarantor"),
            ("", "previous former prior maiden birth naissance"),
        ];
        let is_of = |column: &str, words: &str| tokens(column).iter().any(|token| words.split(' ').any(|word| word == token));
        for (customer, other) in PARTIES {
            for index in 0..self.columns.len() {
                let kind = self.columns[index];
                let is_had = customer.is_empty() && !matches!(kind, FamilyName | GivenName | MiddleName);
                if kind == ColumnKind::Ignore || is_had || !is_of(&self.layout.columns[index], other) {
                    continue;
                }
                let is_beside = |place: usize| {
                    let (of_place, column) = (self.columns[place], &self.layout.columns[place]);
                    let is_customers = match customer.is_empty() {
                        true => of_place == kind && self.values(place).len() >= self.values(index).len(),
                        // A number alone does not say who the customer is.
                        false => [FullName, GivenName, FamilyName].contains(&of_place) && is_of(column, customer),
                    };
                    place != index && is_customers && !is_of(column, other)
                };
                if (0..self.columns.len()).any(is_beside) {
                    self.leave_out(index, "beside another");
                }
            }
        }
    }

    /// `Name` beside `Vorname` is the family name, `Nome` beside `Cognome` the given name.
    fn parts_of_names(&mut self) {
        use ColumnKind::{FamilyName, FullName, GivenName};
        let named = |guess: &Self, kind: ColumnKind| !guess.of(&[kind], "name").is_empty();
        let part = match (named(self, GivenName), named(self, FamilyName)) {
            (true, false) => FamilyName,
            (false, true) => GivenName,
            _ => return,
        };
        let [whole] = self.of(&[FullName], "name")[..] else { return };
        let values = self.values(whole);
        let short = values.iter().filter(|value| !value.contains([' ', ',']) && value.chars().count() > 1).count();
        // A Han or Hangul name of one word is whole.
        let is_whole = |value: &&str| match value.chars().next() {
            Some('가'..='힣') => value.chars().count() > 2,
            first => first.is_some_and(|first| first.is_alphabetic() && !first.is_lowercase() && !first.is_uppercase()),
        };
        if !values.iter().any(is_whole) && short as f64 >= PART_SHARE_MIN * values.len() as f64 {
            self.columns[whole] = part;
        }
    }

    /// Whose name a row's is, where several columns hold names.
    fn one_name(&mut self) {
        use ColumnKind::{FamilyName, FullName, GivenName, Nickname};
        let named = self.of(&[FullName, GivenName, FamilyName], "name");
        let (contacts, customers): (Vec<usize>, Vec<usize>) = named.iter().partition(|index| is_contact(&self.layout.columns[**index]));
        if !customers.is_empty() && !contacts.is_empty() {
            contacts.into_iter().for_each(|index| self.leave_out(index, "beside another name"));
            // What is said of the contact is not the customer's either.
            let of_contact = |column: &str| column.contains("联系人") || tokens(column).first().is_some_and(|token| token == "contact");
            for index in 0..self.columns.len() {
                use ColumnKind::{CertificateNumber, Email, NationalId, Phone, ResidentId};
                let kind = self.columns[index];
                let is_reached = matches!(kind, Phone | Email | ResidentId | NationalId | CertificateNumber) || kind.is_place();
                // Where nothing else is said the contact speaks for the customer.
                let mut others = (0..self.columns.len()).filter(|other| self.columns[*other] == kind);
                let is_beside = others.any(|other| !of_contact(&self.layout.columns[other]));
                if is_reached && is_beside && of_contact(&self.layout.columns[index]) {
                    self.leave_out(index, "beside another name");
                }
            }
        }
        let by_values = self.of(&[FullName, GivenName, FamilyName], "values");
        if !named.is_empty() {
            for index in by_values {
                match kind_of_name(&self.layout.columns[index]) {
                    // A screen name that reads like a name is what one goes by.
                    Some(Nickname) => (self.columns[index], self.reasons[index]) = (Nickname, "name"),
                    _ => self.leave_out(index, "beside another name"),
                }
            }
            return;
        }
        let many = |(distinct, all): (usize, usize)| all < NAMES_VALUES_MIN || distinct as f64 >= NAMES_SHARE_MIN * all as f64;
        for index in by_values {
            if !many(self.distinct(index)) {
                self.leave_out(index, "few names, often repeated");
            }
        }
        let whole = self.of(&[FullName], "values");
        let best = whole.iter().copied().max_by_key(|index| (self.distinct(*index).0, std::cmp::Reverse(*index)));
        whole.into_iter().filter(|index| Some(*index) != best).for_each(|index| self.leave_out(index, "beside another name"));
        if self.columns.iter().all(|kind| ![FullName, GivenName, FamilyName].contains(kind)) {
            self.name_of_owner();
        }
    }

    /// Where nobody else is named, the owner of a thing or the staff of a list are the customers, with all that is said of them.
    fn name_of_owner(&mut self) {
        use ColumnKind::{FamilyName, FullName, GivenName};
        let left_out = self.of(&[ColumnKind::Ignore], Holder::AnotherPerson.reason());
        let of = |index: usize| {
            let column = &self.layout.columns[index];
            let subject = Holder::subject_of_name(column);
            // What is left of `Owner Phone`, `教师姓名`.
            let words = tokens(column).into_iter().filter(|token| Some(token.as_str()) != subject).collect::<Vec<_>>().join(" ");
            let rest = subject.map_or_else(String::new, |subject| words.replace(subject, ""));
            (subject, kind_but_for_holder(if rest.is_empty() { column } else { &rest }, &self.values(index)))
        };
        let said: Vec<_> = left_out.into_iter().map(|index| (index, of(index))).collect();
        let named = said.iter().find(|(_, (subject, (kind, _)))| subject.is_some() && [FullName, GivenName, FamilyName].contains(kind));
        let Some((_, (subject, _))) = named else { return };
        for (index, (_, (kind, reason))) in said.iter().filter(|(_, (other, _))| other == subject) {
            (self.columns[*index], self.reasons[*index]) = (*kind, *reason);
        }
    }

    fn record_id_column(&self) -> Option<usize> {
        // A number that two rows share may be that of two people, of whom one would overwrite the other; where rows say their version or
        // time it may be a record that was updated.
        let versioned = self.columns.iter().any(|kind| matches!(kind, ColumnKind::Version | ColumnKind::UpdatedAt));
        let tells_apart = |index: &usize| {
            let (distinct, all) = self.distinct(*index);
            let enough = distinct > 0 && distinct as f64 >= ID_SHARE_MIN * self.sample.len() as f64;
            enough && (versioned || distinct == all)
        };
        let first = |wanted: ColumnKind| (0..self.columns.len()).find(|index| self.columns[*index] == wanted && tells_apart(index));
        // Of an unknown name nothing is known but that the values differ: all must.
        let unknown = |index: &usize| {
            let column = &self.layout.columns[*index];
            let is_first = *index == 0 && self.sample.len() >= ID_VALUES_MIN && !numbers_a_thing(column);
            let may_be = names_a_record(column) || is_first && self.values(0).iter().all(|id| is_like_id(id));
            self.reasons[*index] == "unknown" && may_be && {
                let (distinct, all) = self.distinct(*index);
                distinct == all && all == self.sample.len()
            }
        };
        let explicit = self.columns.iter().position(|kind| *kind == ColumnKind::RecordId);
        explicit
            .or_else(|| [ColumnKind::CustomerNumber, ColumnKind::OpenId].into_iter().find_map(first))
            .or_else(|| (0..self.columns.len()).find(unknown))
    }
}

/// Whether a value may be what a row is known by: one word of letters, digits and joining marks, with a digit in it.
fn is_like_id(value: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    // Two signs between digits alone make a date or a phone number.
    let is_number = value.matches('-').count() >= 2 && !value.contains(char::is_alphabetic);
    value.chars().all(is_part) && value.contains(|letter: char| letter.is_ascii_digit()) && !is_number
}

/// Whether a column's name says that its values are a contact's, who may be the customer or not.
fn is_contact(column: &str) -> bool {
    let tokens = tokens(column);
    tokens.iter().any(|token| token == "contact") || folded(column).contains("联系人")
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
        let rows: &[&[&str]] = &[&["Mr.", "M"], &["Frau", "F"], &["Dr.", "M"], &["Mrs", "F"]];
        assert_eq!(inferred(&["Anrede", "y"], rows).0, [Ignore, Sex], "who is a doctor may be either");
        assert_eq!(inferred(&["Anrede (Pflicht)", "notes"], &[&["Herr", "a"], &["Frau", "b"]]).0[0], Sex);
        assert_eq!(inferred(&["Salutation", "gender"], rows).0, [Ignore, Sex]);
    }

    /// Staff, doctors and owners were read as the customers' names, and joined whole households.
    #[test]
    fn a_name_is_the_customers_where_its_column_says_so_or_where_they_are_many() {
        use ColumnKind::{CustomerNumber, FamilyName, FullName, GivenName, Ignore, Nickname, RecordId};
        let staff = ["Katie Martin", "John Baker", "Peter Hill"];
        let table = |columns: [&str; 3]| {
            // Names that are staff's in one table are customers' in another.
            let people: Vec<[String; 3]> = (0..200)
                .map(|row| {
                    let name = |place: usize| match columns[place] {
                        "First Name" => format!("Mary{}", row / 4),
                        "Last Name" => format!("Smith{row}"),
                        "ID" => row.to_string(),
                        "Tended" | "Author" | "Account Owner" if place == 2 => staff[row % 3].to_string(),
                        _ => ["Mary", "John", "Linda", "Peter"][row % 4].to_string() + " Smith" + &"abcdefghij"[..row % 10],
                    };
                    [name(0), name(1), name(2)]
                })
                .collect();
            let rows: Vec<Vec<&str>> = people.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
            let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
            inferred(&columns, &rows).0
        };
        assert_eq!(table(["First Name", "Last Name", "Account Owner"]), [GivenName, FamilyName, Ignore]);
        assert_eq!(table(["First Name", "Last Name", "Tended"]), [GivenName, FamilyName, Ignore]);
        assert_eq!(table(["ID", "Patient", "Tended"]), [RecordId, FullName, Ignore]);
        assert_eq!(table(["ID", "Name", "Alias"]), [RecordId, FullName, Nickname]);
        assert_eq!(table(["ID", "Customer Name", "Contact Name"]), [RecordId, FullName, Ignore]);
        assert_eq!(table(["ID", "member_no", "Contact Name"]), [RecordId, CustomerNumber, FullName]);
        assert_eq!(table(["ID", "x", "Owner"]), [RecordId, FullName, Ignore]);
        assert_eq!(table(["ID", "member_no", "Owner"]), [RecordId, CustomerNumber, FullName]);
        assert_eq!(table(["ID", "Customer Name", "CUST_MGR_NM"]), [RecordId, FullName, Ignore]);
        let mobiles: &[&[&str]] = &[&["张伟", "13912345671"], &["李娜", "13912345672"]];
        assert_eq!(inferred(&["教师姓名", "教师手机"], mobiles).0, [FullName, ColumnKind::Phone]);
        assert_eq!(inferred(&["学生姓名", "教师手机"], mobiles).0, [FullName, Ignore]);
        assert_eq!(inferred(&["紧急联系人姓名", "紧急联系人手机"], mobiles).0, [Ignore, Ignore]);
    }

    #[test]
    fn of_two_parties_one_is_the_customer() {
        use ColumnKind::{BirthDate, FamilyName, FullName, GivenName, Ignore, Phone};
        let rows: &[&[&str]] = &[&["#1001", "Ann Lee", "Bob Kim"], &["#1002", "Eve Low", "Dan Fox"]];
        assert_eq!(inferred(&["Name", "Billing Name", "Shipping Name"], rows).0, [Ignore, FullName, Ignore]);
        let rows: &[&[&str]] = &[&["Ann Lee", "1980-02-03", "Bob Lee", "2010-02-03"], &["Eve Low", "1970-02-03", "Dan Low", "2011-02-03"]];
        let names = ["Subscriber Name", "Subscriber DOB", "Member Name", "Member DOB"];
        assert_eq!(inferred(&names, rows).0, [Ignore, Ignore, FullName, BirthDate]);
        assert_eq!(inferred(&names[..2], &[&["Ann Lee", "1980-02-03"]]).0, [FullName, BirthDate], "nobody else is named");
        let rows: &[&[&str]] = &[&["Ann Lee", "M1"], &["Eve Low", "M2"]];
        assert_eq!(inferred(&["Subscriber Name", "Member No"], rows).0, [FullName, ColumnKind::RecordId], "a number names nobody");
        assert_eq!(inferred(&["成员姓名", "成员电话"], &[&["王伟", "13912345671"], &["张敏", "13912345672"]]).0, [FullName, Phone]);
        let rows: &[&[&str]] = &[&["Smith", "Jones", "Ann"], &["Low", "Kim", "Eve"]];
        assert_eq!(inferred(&["Last Name", "Previous Last Name", "First Name"], rows).0, [FamilyName, Ignore, GivenName]);
        assert_eq!(inferred(&["Name", "x", "Vorname"], rows).0, [FamilyName, Ignore, GivenName]);
        assert_eq!(inferred(&["Cognome", "x", "Nome"], rows).0, [FamilyName, Ignore, GivenName]);
        let rows: &[&[&str]] = &[&["王伟", "李娜", "13912345671"], &["张敏", "赵雷", "13912345672"]];
        assert_eq!(inferred(&["姓名", "联系人", "联系人电话"], rows).0, [FullName, Ignore, Phone], "nothing else is said");
        let rows: &[&[&str]] = &[&["王伟", "李娜", "13912345671", "13912345673"], &["张敏", "赵雷", "13912345672", "13912345674"]];
        assert_eq!(inferred(&["姓名", "联系人", "联系人电话", "手机"], rows).0, [FullName, Ignore, Ignore, Phone]);
        let rows: &[&[&str]] = &[&["Ann Lee", "13912345671", "China"], &["Eve Low", "13912345672", "China"]];
        assert_eq!(inferred(&["Recipient Name", "Recipient Phone", "Billing Country"], rows).0[1], Phone);
        let rows: &[&[&str]] = &[&["Martin", "", "Anne"], &["Petit", "Roux", "Léa"]];
        assert_eq!(inferred(&["Nom de naissance", "Nom usuel", "Prénom"], rows).0, [FamilyName, FamilyName, GivenName]);
        let rows: &[&[&str]] = &[&["陳大文", "Tom"], &["김철수", "Ann"]];
        assert_eq!(inferred(&["姓名", "First Name"], rows).0, [FullName, GivenName]);
        assert_eq!(inferred(&["姓名", "联系电话"], &[&["王伟", "13912345671"]]).0[1], Phone);
        assert_eq!(inferred(&["租户姓名", "租户电话"], &[&["王伟", "13912345671"], &["张敏", "13912345672"]]).0, [FullName, Phone]);
    }

    #[test]
    fn birth_dates_in_parts_and_ids_of_unknown_names() {
        use ColumnKind::{BirthDay, BirthMonth, BirthYear, Ignore, RecordId, UpdatedAt};
        let rows: Vec<[String; 3]> =
            (0..40).map(|row| [format!("{}", row % 28 + 1), format!("{}", row % 12 + 1), format!("{}", 1950 + row)]).collect();
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        assert_eq!(inferred(&["出生日", "出生月", "出生年"], &rows).0, [BirthDay, BirthMonth, BirthYear]);
        assert_eq!(inferred(&["birth_day", "birth_month", "birth_year"], &rows).0, [BirthDay, BirthMonth, BirthYear]);
        let rows: &[&[&str]] = &[&["K-1", "U062", "2024-03-05 10:00"], &["K-2", "U062", "2024-03-06 10:00"]];
        let (kinds, id) = inferred(&["Case Ref", "updated_by", "Last Changed"], rows);
        assert_eq!((kinds, id), (vec![RecordId, Ignore, UpdatedAt], Some(0)));
        let numbers: Vec<[String; 2]> = (0..40).map(|row| [format!("P{row:05}"), format!("19{}-02-03", 40 + row)]).collect();
        let rows: Vec<Vec<&str>> = numbers.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        assert_eq!(inferred(&["Policy No", "Wedding Anniversary"], &rows), (vec![Ignore, Ignore], None), "two people may have one policy");
        assert_eq!(inferred(&["codigo", "col2"], &rows), (vec![RecordId, ColumnKind::BirthDate], Some(0)));
        assert_eq!(inferred(&["codigo", "col2"], &rows[..5]).1, None, "five numbers tell nothing");
        assert_eq!(inferred(&["保单编号", "col2"], &rows).1, None);
        assert_eq!(inferred(&["Ref", "col2"], &rows), (vec![RecordId, ColumnKind::BirthDate], Some(0)));
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
