//! How a delimited file is written: encoding, delimiter, and where its rows begin.
//!
//! 1. Comma, tab, semicolon and bar are tried first: the one that makes most columns of the header.
//! 2. Where none of them fits the rows, any other sign that cuts header and rows into as many values does: `^`, U+0001, `|@|`.
//! 3. A line `sep=;`, as spreadsheet programs write it, says so itself.
//!
//! What settings say goes before all of it. A sign that names themselves hold (`/`, `-`, a space) is a delimiter only where settings
//! say so. A file whose first line looks like those below it is refused: it has no header.

use super::split::Splitter;
use super::{refuse_too_many, text};
use crate::error::{Error, Result};
use crate::limits::DIALECT_LINES_MAX;
use crate::record::{TextEncoding, TextForm};
use compact_str::{CompactString, format_compact};
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, WINDOWS_1252};

/// What stands for a delimiter of several characters, or of one that is more than a byte, while a row is split.
const STAND_IN: char = '\u{1f}';

/// How a file is written.
pub struct Dialect {
    pub encoding: &'static Encoding,
    delimiter: CompactString,
    /// Lines before the first row.
    pub lines_before_rows: u64,
    /// Names of the columns.
    pub columns: Vec<CompactString>,
}

impl Dialect {
    /// Tells the dialect from the beginning of a file, whose lines end with `\n`. `whole`: it is all of the file.
    pub fn detect(head: &[u8], whole: bool, form: &TextForm) -> Result<Self> {
        let mut raw: Vec<&[u8]> = head.split(|byte| *byte == b'\n').collect();
        if !whole && raw.len() > 1 {
            raw.pop();
        }
        raw.truncate(DIALECT_LINES_MAX);
        let with_zero = raw.iter().filter(|line| memchr::memchr(0, line).is_some()).count();
        if with_zero * 2 > raw.len() {
            return Err(Error::bad_data(
                "holds zero bytes: not a text table (UTF-16 must be converted to UTF-8 first: iconv -f UTF-16 -t UTF-8; Parquet starts with PAR1)",
            ));
        }
        let encoding = form.encoding.map_or_else(|| text::detect(head), encoding_of);
        let mut lines: Vec<(u64, Option<String>)> = Vec::new();
        for (line, number) in raw.into_iter().zip(1..) {
            let line = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1).unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.iter().all(|byte| byte.is_ascii_whitespace() || b",;|\"".contains(byte)) {
                lines.push((number, text::decode(line, encoding).map(|text| text.into_owned())));
            }
        }
        let mut lines = lines.into_iter().peekable();
        let mut said = form.delimiter.clone();
        let mut before = 0;
        if let Some(delimiter) = lines.peek().and_then(|(_, line)| line.as_deref()).and_then(said_delimiter) {
            said.get_or_insert(delimiter);
            before = lines.next().map_or(0, |(number, _)| number);
        }
        let dialect = |delimiter, lines_before_rows, columns| Dialect { encoding, delimiter, lines_before_rows, columns };
        if let Some(columns) = &form.header {
            let rows: Vec<String> = lines.filter_map(|(_, line)| line).collect();
            let delimiter = said.unwrap_or_else(|| delimiter_of(&rows));
            let names = dialect(delimiter.clone(), 0, Vec::new());
            if rows.first().is_some_and(|row| names.split(&mut names.splitter(), &names.prepared(row.clone())) == *columns) {
                let message = "is the header that the settings name: take `header` out of the settings, or the line out of the file";
                return Err(Error::bad_data(message).at("line 1"));
            }
            return Ok(dialect(delimiter, before, checked(columns.iter().map(CompactString::as_str), "the settings' header")?));
        }
        let Some((mut number, header)) = lines.next() else { return Ok(dialect(said.unwrap_or_else(|| ",".into()), before, Vec::new())) };
        let place = format!("line {number}");
        let header = header.filter(|header| !header.contains('\0'));
        let mut header = header.ok_or_else(|| Error::bad_data("the header is not readable text").at(&place))?;
        // A name in quotes may go over several lines, as it does in a cell of a spreadsheet.
        let mut further = lines.clone();
        let mut whole_header = header.clone();
        for _ in 0..HEADER_LINES_MAX {
            if !has_open_quote(&whole_header) {
                break;
            }
            let Some((at, Some(line))) = further.next() else { break };
            whole_header = whole_header + " " + &line;
            if !has_open_quote(&whole_header) {
                (number, header, lines) = (at, whole_header, further);
                break;
            }
        }
        let mut sample = vec![header.clone()];
        sample.extend(lines.filter_map(|(_, line)| line));
        let delimiter = said.unwrap_or_else(|| delimiter_of(&sample));
        let dialect = dialect(delimiter, number, Vec::new());
        let mut splitter = dialect.splitter();
        let names = dialect.split(&mut splitter, &dialect.prepared(header));
        if !form.starts_with_header {
            let rows: Vec<Vec<CompactString>> =
                sample.split_off(1).into_iter().map(|row| dialect.split(&mut splitter, &dialect.prepared(row))).collect();
            refuse_values(&names, &rows).map_err(|error| error.at(&place))?;
        }
        let columns = checked(names.iter().map(|name| name.trim()), "the header").map_err(|error| error.at(place))?;
        Ok(Dialect { columns, ..dialect })
    }

    /// The dialect in words.
    pub fn describe(&self) -> String {
        let encoding = match self.encoding {
            encoding if encoding == GB18030 => "GB18030",
            encoding if encoding == WINDOWS_1252 => "Windows-1252",
            encoding if encoding == BIG5 => "Big5",
            _ => "UTF-8",
        };
        let form = match self.delimiter.as_str() {
            "," => "CSV".to_string(),
            "\t" => "tab-separated".to_string(),
            ";" => "semicolon-separated".to_string(),
            "|" => "bar-separated".to_string(),
            other => {
                let sign = |letter: char| if letter.is_control() { format!("U+{:04X}", u32::from(letter)) } else { letter.to_string() };
                format!("separated by {}", other.chars().map(sign).collect::<String>())
            }
        };
        format!("{form}, {encoding}")
    }

    /// The byte between the values of a prepared line.
    pub fn byte(&self) -> u8 {
        match self.delimiter.as_bytes() {
            [byte] => *byte,
            _ => STAND_IN as u8,
        }
    }

    fn is_long(&self) -> bool {
        self.delimiter.len() != 1
    }

    /// A line in which a single byte stands between the values.
    pub fn prepared(&self, line: String) -> String {
        if self.is_long() { line.replace(self.delimiter.as_str(), STAND_IN.encode_utf8(&mut [0; 4])) } else { line }
    }

    /// What was prepared, as it was written.
    pub fn as_written(&self, text: CompactString) -> CompactString {
        if self.is_long() && text.contains(STAND_IN) { text.replace(STAND_IN, &self.delimiter).into() } else { text }
    }

    /// What splits its prepared rows.
    pub fn splitter(&self) -> Splitter {
        Splitter::new(self.byte())
    }

    /// The values of a prepared row in which all is plain, see [`Splitter::split_plain`].
    pub fn split_plain(&self, splitter: &Splitter, row: &str, columns: usize) -> Option<Vec<CompactString>> {
        if self.is_long() { None } else { splitter.split_plain(row, columns) }
    }

    /// The values of a prepared row.
    pub fn split(&self, splitter: &mut Splitter, row: &str) -> Vec<CompactString> {
        let mut values = splitter.split_quoted(row);
        if self.is_long() {
            values.iter_mut().for_each(|value| *value = self.as_written(std::mem::take(value)));
        }
        values
    }
}

const fn encoding_of(encoding: TextEncoding) -> &'static Encoding {
    match encoding {
        TextEncoding::Utf8 => UTF_8,
        TextEncoding::Gb18030 => GB18030,
        TextEncoding::Windows1252 => WINDOWS_1252,
        TextEncoding::Big5 => BIG5,
    }
}

/// The column names. Empty names become `column_N`; names that stand twice are an error, and so are more than
/// [`INPUT_COLUMNS_MAX`](crate::limits::INPUT_COLUMNS_MAX).
fn checked<'a>(names: impl ExactSizeIterator<Item = &'a str>, of: &str) -> Result<Vec<CompactString>> {
    refuse_too_many(names.len())?;
    let mut columns: Vec<CompactString> = Vec::new();
    for (place, name) in names.enumerate() {
        let name = if name.is_empty() { format_compact!("column_{}", place + 1) } else { name.into() };
        if columns.contains(&name) {
            return Err(Error::bad_data(format!("{of} names column {name:?} twice; rename one")));
        }
        columns.push(name);
    }
    Ok(columns)
}

/// The delimiter of a line `sep=;`.
fn said_delimiter(line: &str) -> Option<CompactString> {
    let line = line.trim_matches('"');
    let (word, delimiter) = line.split_at_checked(4)?;
    (word.eq_ignore_ascii_case("sep=") && delimiter.chars().count() == 1).then(|| delimiter.into())
}

/// Share of rows that must have as many values as the header where an unusual sign is the delimiter, and where a usual one is: of files
/// with a usual one many rows may be ragged.
const ROWS_CUT_ALIKE: f64 = 0.9;
/// See [`ROWS_CUT_ALIKE`].
const ROWS_OF_USUAL: f64 = 0.5;

/// The usual delimiters, the likeliest last.
const USUAL: [char; 4] = ['|', ';', '\t', ','];

/// The delimiter of lines, of which the first is the header: see the head of the file.
fn delimiter_of(lines: &[String]) -> CompactString {
    let Some((header, rows)) = lines.split_first() else { return ",".into() };
    // Quotes hide delimiters, and a value may hold one now and then.
    let counter = |delimiter: &str| {
        let is_byte = delimiter.len() == 1;
        let (delimiter, mut splitter) =
            (delimiter.to_string(), Splitter::new(if is_byte { delimiter.as_bytes()[0] } else { STAND_IN as u8 }));
        move |line: &str| match is_byte {
            true => splitter.split(line).len(),
            false => splitter.split(&line.replace(&delimiter, STAND_IN.encode_utf8(&mut [0; 4]))).len(),
        }
    };
    let columns = |line: &str, delimiter: &str| counter(delimiter)(line);
    let fitting = |delimiter: &str| {
        let mut columns = counter(delimiter);
        let wanted = columns(header);
        let fit = rows.iter().filter(|row| columns(row) == wanted).count();
        if rows.is_empty() { 1.0 } else { fit as f64 / rows.len() as f64 }
    };
    let signs = signs(header);
    // Several signs in a row stand between values, and none of them anywhere else.
    let several = signs.iter().filter(|run| run.chars().count() > 1);
    let never_apart = |run: &&CompactString| signs.iter().all(|other| other == *run || !other.contains(|sign| run.contains(sign)));
    let cuts_alike = |sign: &CompactString| !rows.is_empty() && fitting(sign) >= ROWS_CUT_ALIKE;
    if let Some(run) = several.filter(never_apart).find(|run| cuts_alike(run)) {
        return run.clone();
    }
    let by_rows_then_header = |sign: &CompactString| (fitting(sign) >= ROWS_OF_USUAL, columns(header, sign));
    let usual = USUAL.map(|sign| format_compact!("{sign}")).into_iter().filter(|sign| columns(header, sign) > 1);
    let usual = usual.max_by_key(by_rows_then_header).unwrap_or_else(|| ",".into());
    let mut other: Vec<CompactString> = signs.iter().flat_map(|run| run.chars()).map(|sign| format_compact!("{sign}")).collect();
    other.sort();
    other.dedup();
    other.retain(|sign| !USUAL.iter().any(|usual| sign.starts_with(*usual)) && fitting(sign) >= ROWS_CUT_ALIKE);
    // Rows with as many of another sign as the header has are no accident, unless it has more of a usual one that fits as well.
    match other.into_iter().max_by_key(|sign| columns(header, sign)) {
        Some(other) if columns(header, &other) > columns(header, &usual) || fitting(&usual) < ROWS_OF_USUAL => other,
        _ => usual,
    }
}

/// Runs of signs in a header that could stand between names; those that names themselves hold are none.
fn signs(header: &str) -> Vec<CompactString> {
    let is_sign = |letter: char| {
        letter.is_control() || !(letter.is_alphanumeric() || letter.is_whitespace() || "\"'_-./()[]?（）【】".contains(letter))
    };
    let mut signs: Vec<CompactString> =
        header.split(|letter| !is_sign(letter)).filter(|run| !run.is_empty()).map(CompactString::from).collect();
    signs.sort();
    signs.dedup();
    signs
}

/// The form of what stands in a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Empty,
    Text,
    Number,
    Date,
    Address,
}

fn form_of(cell: &str) -> Form {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let parts: Vec<&str> = cell.split(['-', '/', '.']).collect();
    let is_part = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if cell.is_empty() {
        Form::Empty
    } else if parts.len() == 3 && parts.iter().all(is_part) && digits >= 6 {
        Form::Date
    } else if digits > 0 && cell.bytes().all(|byte| byte.is_ascii_digit() || b"+-() xX*.".contains(&byte)) {
        Form::Number
    } else if cell.split_once('@').is_some_and(|(before, after)| !before.is_empty() && after.contains('.') && !cell.contains(' ')) {
        Form::Address
    } else {
        Form::Text
    }
}

/// A first line whose cells have the forms of those below, numbers, dates or addresses among them, is no header. Each column that
/// tells a name from its values speaks for a header; so does a number that is the column's own.
fn refuse_values(names: &[CompactString], rows: &[Vec<CompactString>]) -> Result<()> {
    let (mut alike, mut unlike, mut first) = (0, 0, None);
    for (place, name) in names.iter().enumerate() {
        let form = form_of(name);
        let below: Vec<Form> =
            rows.iter().filter_map(|row| row.get(place)).map(|cell| form_of(cell)).filter(|form| *form != Form::Empty).collect();
        let same = below.iter().filter(|other| **other == form).count();
        let numbers_itself = name.parse() == Ok(place) || name.parse() == Ok(place + 1);
        match form {
            Form::Empty => {}
            Form::Text => unlike += usize::from(same * 2 < below.len()),
            _ if numbers_itself || (below.is_empty() && name.len() < VALUE_CHARS_MIN) => {}
            _ if same * 2 >= below.len() => {
                alike += 1;
                first.get_or_insert(name);
            }
            _ => unlike += 1,
        }
    }
    match first {
        Some(value) if alike > unlike => Err(Error::bad_data(format!(
            "{value:?} stands where the name of a column should: the file has no header line; add one, or name the columns in settings \
             (header = [\"id\", \"name\", ...] under [[source]])"
        ))),
        _ => Ok(()),
    }
}

/// Most lines that a header's names in quotes are looked for in.
const HEADER_LINES_MAX: usize = 16;

/// Characters from which a number in a line without any below is taken for a value.
const VALUE_CHARS_MIN: usize = 8;

/// Whether a value in quotes begins in a line and does not end there.
fn has_open_quote(line: &str) -> bool {
    let begins = line.starts_with('"') || [",\"", ";\"", "\t\"", "|\""].iter().any(|start| line.contains(start));
    begins && line.matches('"').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(head: &[u8], form: &TextForm) -> Result<(String, Vec<String>, u64)> {
        let dialect = Dialect::detect(head, true, form)?;
        Ok((dialect.describe(), dialect.columns.iter().map(ToString::to_string).collect(), dialect.lines_before_rows))
    }

    fn described(head: &[u8]) -> String {
        told(head, &TextForm::default()).expect("a table").0
    }

    fn refused(head: &[u8]) -> String {
        told(head, &TextForm::default()).expect_err("no table").to_string()
    }

    #[test]
    fn delimiters_and_encodings_are_told() {
        assert_eq!(described(b"a;b;c\n1;2;3\n"), "semicolon-separated, UTF-8");
        let (chinese, _, _) = encoding_rs::GB18030.encode("姓名|电话\n张伟|139\n");
        assert_eq!(described(&chinese), "bar-separated, GB18030");
        assert_eq!(described(b"id;Name\n1;Fran\xe7ois M\xfcller\n"), "semicolon-separated, Windows-1252");
    }

    #[test]
    fn names_in_quotes_go_over_lines() {
        let header = told(b"id,\"Name\n(Last, First)\",\"Addr\r\n(home)\"\n1,\"Lee, Ann\",x\n", &TextForm::default()).expect("a table");
        assert_eq!((header.1, header.2), (vec!["id".to_string(), "Name (Last, First)".into(), "Addr (home)".into()], 3));
        let open = told(b"id,\"Name,x\n1,Ann,y\n2,Bob,z\n", &TextForm::default()).map(|header| header.2);
        assert_eq!(open.ok(), Some(1), "a quote that nothing closes is a letter");
    }

    #[test]
    fn any_sign_that_cuts_header_and_rows_alike_is_a_delimiter() {
        for (text, delimiter) in [
            ("id^name^phone\n1^ann^139\n2^bob, the first^138\n", "^"),
            ("id~name\n1~ann\n2~bob\n", "~"),
            ("id\u{1}name\u{1}city\n1\u{1}ann\u{1}\n2\u{1}bob\u{1}x\n", "U+0001"),
            ("id|@|name|@|phone\n1|@|ann|@|139\n2|@||@|138\n", "|@|"),
            ("id||name||phone\n1||ann||139\n", "||"),
            ("id#name, first#phone\n1#lee, ann#139\n", "#"),
            ("id§name\n1§ann\n", "§"),
            ("编号，姓名\n1，张伟\n", "，"),
        ] {
            assert_eq!(described(text.as_bytes()), format!("separated by {delimiter}, UTF-8"), "{text}");
        }
        for text in [
            "id,,name\n1,,ann\n2,x,bob\n",
            "id,tel:home,tel:work\n1,2,3\n",
            "e-mail\na@b.c\n",
            "full_name\nAnn Lee\n",
            "id,a&b,c&d&e\n1,2,3\n",
        ] {
            assert_eq!(described(text.as_bytes()), "CSV, UTF-8", "{text}");
        }
        for text in ["id;address (street, city, zip);phone\n1;5 Main St;139\n", "id;name, first;name, last;a,b\n1;a;b;c\n"] {
            assert_eq!(described(text.as_bytes()), "semicolon-separated, UTF-8", "a tie by the header: {text}");
        }
        assert_eq!(described(b"id,,name\n"), "CSV, UTF-8", "no rows to tell by");
    }

    #[test]
    fn rows_cut_by_long_delimiters_keep_what_quotes_hold() {
        let dialect = Dialect::detect("id|@|name\n1|@|ann\n".as_bytes(), true, &TextForm::default()).expect("a table");
        let row = dialect.prepared("7|@|\"a|@|b\"".to_string());
        assert_eq!(dialect.split(&mut dialect.splitter(), &row), ["7", "a|@|b"]);
        assert_eq!(dialect.as_written(row.into()), "7|@|\"a|@|b\"");
    }

    #[test]
    fn what_stands_before_the_header_is_passed_over() {
        let columns = vec!["id".to_string(), "name".into()];
        let plain = TextForm::default();
        let semicolon = "semicolon-separated, UTF-8".to_string();
        assert_eq!(told(b",,\n\nid,name\n1,ann\n", &plain).expect("a table").2, 3);
        assert_eq!(told(b"\n \r\nid;name\n1;ann\n", &plain).ok(), Some((semicolon.clone(), columns.clone(), 3)));
        assert_eq!(told(b"sep=;\r\nid;name\r\n1;ann\r\n", &plain).ok(), Some((semicolon.clone(), columns.clone(), 2)));
        assert_eq!(told(b"\"sep=^\"\nid^name\n", &plain).expect("a table").0, "separated by ^, UTF-8");
        let header = TextForm { header: Some(vec!["id".into(), "name".into()]), ..TextForm::default() };
        assert_eq!(told(b"1;ann\n2;bob\n", &header).ok(), Some((semicolon, columns, 0)));
    }

    #[test]
    fn what_settings_say_goes_first() {
        let form = TextForm { delimiter: Some(" ".into()), encoding: Some(TextEncoding::Big5), ..TextForm::default() };
        let (bytes, _, _) = BIG5.encode("編號 姓名\n1 陳大文\n");
        assert_eq!(told(&bytes, &form).expect("a table"), ("separated by  , Big5".to_string(), vec!["編號".into(), "姓名".into()], 1));
    }

    #[test]
    fn values_are_no_header() {
        let with_ids = "x,110101199003070038\ny,110101199003070046\n";
        for head in [
            "13812345678,张伟\n",
            "1,ann@example.com\n2,bob@example.com\n",
            "7;1980-05-06;x\n",
            with_ids,
            "13912,1980,张伟,F\n13913,1981,李娜,M\n",
        ] {
            let error = refused(head.as_bytes());
            assert!(error.contains("line 1") && error.contains("no header line") && error.contains("header = ["), "{head}: {error}");
        }
        for head in [
            "id,2024,2025-26,phone (10 digits)\n1,2,3,4\n",
            "id,name,phone,2023-12-31\n1,ann,139,5000\n",
            "0,1,2\n7,ann,139\n",
            "phone\n139\n",
        ] {
            assert_eq!(described(head.as_bytes()), "CSV, UTF-8", "{head}");
        }
        let form = TextForm { starts_with_header: true, ..TextForm::default() };
        assert_eq!(told(b"2024,2025\n1,2\n", &form).expect("as the settings say").1, ["2024", "2025"]);
    }

    #[test]
    fn zero_bytes_everywhere_are_no_text() {
        assert!(refused(b"\xff\xfei\0d\0,\0n\0\n\x001\0\n\0").contains("UTF-16"));
        assert_eq!(described(b"id,name\n1,a\0nn\n2,bob\n3,eve\n"), "CSV, UTF-8");
    }
}
