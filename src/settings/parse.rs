//! TOML -> settings, with the line and the key of what is wrong.

use super::{Settings, SourceSettings};
use crate::blocking::{KeyExpression, Rule, RuleSet};
use crate::comparison::library;
use crate::error::{Error, Result};
use crate::golden::{Strategy, Survivorship};
use crate::limits::RULES_MAX;
use crate::model::{MatchProbability, Thresholds};
use crate::record::{Field, TextEncoding, TextForm};
use crate::schema::{CallingCode, ColumnKind, DateOrder};
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    thresholds: ThresholdsText,
    #[serde(default)]
    training: TrainingText,
    #[serde(default)]
    blocking: BlockingText,
    #[serde(default)]
    comparisons: ComparisonsText,
    survivorship: Option<SurvivorshipText>,
    #[serde(default)]
    source: Vec<SourceText>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThresholdsText {
    link: Option<Spanned<f64>>,
    review: Option<Spanned<f64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrainingText {
    seed: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockingText {
    rules: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ComparisonsText {
    #[serde(default)]
    without: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SurvivorshipText {
    #[serde(default)]
    sources: Vec<String>,
    otherwise: Option<Spanned<String>>,
    #[serde(default)]
    fields: BTreeMap<Spanned<String>, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceText {
    name: Spanned<String>,
    file: String,
    delimiter: Option<Spanned<String>>,
    encoding: Option<Spanned<String>>,
    header: Option<Spanned<Vec<String>>>,
    record_id: Option<String>,
    source_column: Option<String>,
    date_order: Option<Spanned<String>>,
    phone_country: Option<Spanned<String>>,
    #[serde(default)]
    columns: BTreeMap<String, Spanned<String>>,
}

/// Reads settings. `origin` is the file's name for messages.
pub fn parse(text: &str, origin: &str) -> Result<Settings> {
    let reader = Reader { text, origin, wrong: RefCell::default() };
    let document: Document = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| reader.line(span.start));
        let found = text.lines().nth(line - 1).map(|found| format!("; the line is: {}", found.trim())).unwrap_or_default();
        Error::bad_data(format!("{}{found}", error.message())).at(format!("{origin}:{line}"))
    })?;
    let defaults = Settings::default();
    let settings = Settings {
        sources: reader.each(&document.source, Reader::source),
        rules: document.blocking.rules.as_ref().map_or(defaults.rules, |rules| RuleSet::only(reader.rules(rules))),
        without_comparisons: reader.each(&document.comparisons.without, Reader::comparison),
        thresholds: reader.kept(reader.thresholds(&document.thresholds)).flatten(),
        seed: document.training.seed.unwrap_or(defaults.seed),
        survivorship: document.survivorship.as_ref().map(|text| reader.survivorship(text)),
    };
    match &reader.wrong.into_inner()[..] {
        [] => Ok(settings),
        [only] => Err(only.clone()),
        several => Err(Error::bad_data(several.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  "))),
    }
}

struct Reader<'a> {
    text: &'a str,
    origin: &'a str,
    /// What is wrong, so that all of it is told at once.
    wrong: RefCell<Vec<Error>>,
}

impl Reader<'_> {
    /// The value, or nothing and the error kept.
    fn kept<T>(&self, read: Result<T>) -> Option<T> {
        read.map_err(|error| self.wrong.borrow_mut().push(error)).ok()
    }

    fn each<T, U>(&self, items: &[T], read: impl Fn(&Self, &T) -> Result<U>) -> Vec<U> {
        items.iter().filter_map(|item| self.kept(read(self, item))).collect()
    }

    fn line(&self, offset: usize) -> usize {
        1 + self.text.as_bytes()[..offset.min(self.text.len())].iter().filter(|byte| **byte == b'\n').count()
    }

    fn wrong<T>(&self, key: &str, found: &Spanned<T>, message: String) -> Error {
        Error::bad_data(format!("{key}: {message}")).at(format!("{}:{}", self.origin, self.line(found.span().start)))
    }

    fn thresholds(&self, text: &ThresholdsText) -> Result<Option<Thresholds>> {
        if text.link.is_none() && text.review.is_none() {
            return Ok(None);
        }
        let mut thresholds = Thresholds::default();
        let read = |key: &str, found: &Spanned<f64>| {
            let value =
                MatchProbability::new(*found.get_ref()).filter(|probability| probability.value() > 0.0 && probability.value() < 1.0);
            value.ok_or_else(|| self.wrong(key, found, format!("{} is not a probability between 0 and 1", found.get_ref())))
        };
        if let Some(link) = &text.link {
            thresholds.link = read("thresholds.link", link)?;
        }
        if let Some(review) = &text.review {
            thresholds.review = read("thresholds.review", review)?;
            if thresholds.review > thresholds.link {
                let message = format!("{} is above thresholds.link ({})", thresholds.review.value(), thresholds.link.value());
                return Err(self.wrong("thresholds.review", review, message));
            }
        }
        if thresholds.review > thresholds.link {
            thresholds.review = thresholds.link;
        }
        Ok(Some(thresholds))
    }

    fn rules(&self, rules: &Spanned<Vec<Spanned<String>>>) -> Vec<Rule> {
        let message = match rules.get_ref().len() {
            0 => "is empty, so no records would be compared; name a rule, or leave the key out for the rules that ship".to_string(),
            1..=RULES_MAX => return self.each(rules.get_ref(), Self::rule),
            given => format!("{given} rules are given, allowed are {RULES_MAX}"),
        };
        self.wrong.borrow_mut().push(self.wrong("blocking.rules", rules, message));
        Vec::new()
    }

    fn rule(&self, text: &Spanned<String>) -> Result<Rule> {
        Rule::parse(text.get_ref()).map_err(|word| {
            let derived = KeyExpression::words().collect::<Vec<_>>().join(", ");
            let fields = Field::ALL.iter().map(|field| field.name()).collect::<Vec<_>>().join(", ");
            let rule = text.get_ref();
            let message =
                format!("in rule {rule:?} {word:?} is neither a field ({fields}; with ~ behind it for one edit) nor one of {derived}");
            self.wrong("blocking.rules", text, message)
        })
    }

    fn comparison(&self, name: &Spanned<String>) -> Result<String> {
        if library().iter().any(|comparison| comparison.name == name.get_ref()) {
            return Ok(name.get_ref().clone());
        }
        let known: Vec<&str> = library().iter().map(|comparison| comparison.name).collect();
        Err(self.wrong("comparisons.without", name, format!("{:?} is not a comparison; there are {}", name.get_ref(), known.join(", "))))
    }

    fn survivorship(&self, text: &SurvivorshipText) -> Survivorship {
        let mut survivorship = Survivorship { sources: text.sources.iter().map(Into::into).collect(), ..Survivorship::default() };
        let strategy = |key: &str, name: &Spanned<String>| {
            Strategy::parse(name.get_ref()).ok_or_else(|| {
                let known: Vec<&str> = Strategy::ALL.iter().map(|strategy| strategy.name()).collect();
                self.wrong(key, name, format!("{:?} is not one of {}", name.get_ref(), known.join(", ")))
            })
        };
        if let Some(name) = &text.otherwise {
            survivorship.otherwise = self.kept(strategy("survivorship.otherwise", name)).unwrap_or(survivorship.otherwise);
        }
        for (field, name) in &text.fields {
            let key = format!("survivorship.fields.{}", field.get_ref());
            let known = Field::parse(field.get_ref()).ok_or_else(|| self.wrong(&key, field, "is not a field".to_string()));
            if let (Some(known), Some(chosen)) = (self.kept(known), self.kept(strategy(&key, name))) {
                survivorship.fields.retain(|(field, _)| *field != known);
                survivorship.fields.push((known, chosen));
            }
        }
        survivorship
    }

    fn source(&self, text: &SourceText) -> Result<SourceSettings> {
        if text.name.get_ref().is_empty() || text.name.get_ref().contains('/') {
            return Err(self.wrong("source.name", &text.name, "must not be empty or hold a slash".to_string()));
        }
        let mut columns = Vec::new();
        for (column, kind) in &text.columns {
            let key = format!("source.columns.{column:?}");
            let known = ColumnKind::parse(kind.get_ref()).ok_or_else(|| self.wrong(&key, kind, self.unknown_kind(kind.get_ref())));
            columns.extend(self.kept(known).map(|kind| (column.clone(), kind)));
        }
        let record_id = self.kept(self.only_column(text, text.record_id.as_ref(), ColumnKind::RecordId)).flatten();
        let source_column = match &text.source_column {
            Some(column) => Some(column.clone()),
            None => self.kept(self.only_column(text, None, ColumnKind::Source)).flatten(),
        };
        let date_order = text.date_order.as_ref().map(|found| {
            DateOrder::parse(found.get_ref()).ok_or_else(|| {
                let message = format!("{:?} is none of day_first, month_first and year_first", found.get_ref());
                self.wrong("source.date_order", found, message)
            })
        });
        let date_order = date_order.and_then(|order| self.kept(order));
        let (name, file, form) = (text.name.get_ref().clone(), text.file.clone(), self.form(text));
        let phone_country = text.phone_country.as_ref().map(|found| match (found.get_ref().trim(), CallingCode::parse(found.get_ref())) {
            ("none", _) => None,
            (_, Some(code)) => Some(code),
            (other, None) => {
                let message = format!("{other:?} is neither a calling code (\"+44\") nor \"none\"");
                self.kept(Err(self.wrong("source.phone_country", found, message)))
            }
        });
        Ok(SourceSettings { name, file, form, record_id, source_column, date_order, phone_country, columns })
    }

    fn form(&self, text: &SourceText) -> TextForm {
        // Settings name columns, so the file has names of columns.
        let mut form = TextForm { starts_with_header: text.header.is_none(), ..TextForm::default() };
        if let Some(delimiter) = &text.delimiter {
            if delimiter.get_ref().is_empty() || delimiter.get_ref().contains(['"', '\n', '\r', '\0']) {
                let message = "must be one or more characters, and no quote, line end or zero byte".to_string();
                self.kept::<()>(Err(self.wrong("source.delimiter", delimiter, message)));
            }
            form.delimiter = Some(delimiter.get_ref().into());
        }
        if let Some(encoding) = &text.encoding {
            let known: Vec<&str> = TextEncoding::ALL.iter().map(|encoding| encoding.name()).collect();
            let message = || format!("{:?} is not one of {}", encoding.get_ref(), known.join(", "));
            let parsed = TextEncoding::parse(&encoding.get_ref().to_lowercase());
            form.encoding = self.kept(parsed.ok_or_else(|| self.wrong("source.encoding", encoding, message())));
        }
        if let Some(header) = &text.header {
            if header.get_ref().is_empty() {
                self.kept::<()>(Err(self.wrong("source.header", header, "names no column".to_string())));
            }
            let mut names: Vec<&str> = header.get_ref().iter().map(|name| name.trim()).collect();
            names.sort_unstable();
            if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                self.kept::<()>(Err(self.wrong("source.header", header, format!("names column {:?} twice", twice[0]))));
            }
            let missing = |column: &&String| !header.get_ref().contains(column);
            let named = text.columns.keys().chain(&text.record_id).chain(&text.source_column);
            for column in named.filter(missing) {
                self.kept::<()>(Err(self.wrong(
                    "source.header",
                    header,
                    format!("does not name column {column:?}, which the source maps"),
                )));
            }
            form.header = Some(header.get_ref().iter().map(Into::into).collect());
        }
        form
    }

    /// The one column of a kind of which a row has one: named by its own key, by the kind of a column, or by both alike.
    fn only_column(&self, text: &SourceText, named: Option<&String>, kind: ColumnKind) -> Result<Option<String>> {
        let mut only = named.cloned();
        let of_kind = text.columns.iter().filter(|(_, word)| ColumnKind::parse(word.get_ref()) == Some(kind));
        for (column, word) in of_kind {
            match &only {
                Some(other) if other != column => {
                    let message = format!("is {kind}, but column {other:?} is that already; a source has one");
                    return Err(self.wrong(&format!("source.columns.{column:?}"), word, message));
                }
                _ => only = Some(column.clone()),
            }
        }
        Ok(only)
    }

    fn unknown_kind(&self, kind: &str) -> String {
        let known: Vec<&str> = ColumnKind::ALL.iter().map(|kind| kind.name()).collect();
        format!("{kind:?} is not a kind of column; there are {}", known.join(", "))
    }
}
