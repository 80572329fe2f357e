//! Reading back of generated files with small code of its own: CSV, JSON lines, GB18030, and cleaning of identifiers.

use oneid::synth::{Config, Counts, Outputs, generate};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One row.
#[derive(Clone, Debug)]
pub struct Record {
    /// Source and record id.
    pub key: (String, String),
    fields: HashMap<&'static str, String>,
    /// Exact identifiers, cleaned, each with a letter for its kind; masked and placeholder values are left out.
    pub identifiers: BTreeSet<String>,
}

/// A generated data set, read back.
pub struct DataSet {
    /// Name and bytes of each file.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// The generator's own figures.
    pub counts: Counts,
    /// Every row in file order.
    pub rows: Vec<Record>,
    /// The newest row of each record.
    pub live: BTreeMap<(String, String), Record>,
    /// Record key and cluster.
    pub truth: Vec<((String, String), String)>,
    clusters: HashMap<(String, String), String>,
    households: HashMap<String, String>,
}

/// What a column means here, by source and path.
const COLUMNS: [(&str, &str, &str); 31] = [
    ("crm", "客户号", "key"),
    ("crm", "姓名", "name"),
    ("crm", "出生日期", "birth"),
    ("crm", "证件号码", "id"),
    ("crm", "手机号", "phone"),
    ("crm", "邮箱", "email"),
    ("crm", "城市", "city"),
    ("crm", "通讯地址", "address"),
    ("crm", "更新时间", "time"),
    ("app", "user_id", "key"),
    ("app", "real_name.name", "name"),
    ("app", "real_name.id_no", "id"),
    ("app", "phone", "phone"),
    ("app", "email", "email"),
    ("app", "device.id", "device"),
    ("app", "unionid", "unionid"),
    ("app", "updated_at", "time"),
    ("mini_program", "openid", "key"),
    ("mini_program", "unionid", "unionid"),
    ("mini_program", "phone", "phone"),
    ("mini_program", "member_name", "name"),
    ("mini_program", "birthday", "birth"),
    ("mini_program", "city", "city"),
    ("mini_program", "updated_at", "time"),
    ("branch", "CUST_NO", "key"),
    ("branch", "CUST_NM", "name"),
    ("branch", "BIRTH_DT", "birth"),
    ("branch", "ID_NO", "id"),
    ("branch", "MOBILE", "phone"),
    ("branch", "TEL", "landline"),
    ("branch", "UPD_DT", "time"),
];

impl Record {
    fn new(source: &str, cells: Vec<(String, String)>) -> Self {
        let mut fields = HashMap::new();
        for (path, value) in cells {
            let address = (source, path.as_str()) == ("branch", "ADDR");
            let known = COLUMNS.iter().find(|column| column.0 == source && column.1 == path).map(|column| column.2);
            if let Some(name) = known.or(address.then_some("address")) {
                fields.insert(name, value);
            }
        }
        let key = (source.to_owned(), fields.get("key").cloned().expect("every row has an id"));
        let identifiers = identifiers(&fields);
        Record { key, fields, identifiers }
    }

    /// A field's text, empty where there is none.
    pub fn get(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    /// Whether the two have an identifier, or a name, birth date or the end of an address, in common.
    pub fn has_common(&self, other: &Record) -> bool {
        let digits = |text: &str| fold(text).chars().filter(char::is_ascii_digit).collect::<String>();
        let same = |field| !self.get(field).is_empty() && fold(self.get(field)).to_lowercase() == fold(other.get(field)).to_lowercase();
        let masked = |a: &Record, b: &Record| !a.get("phone").is_empty() && !b.get("phone").is_empty() && tail(a) == tail(b);
        !self.identifiers.is_disjoint(&other.identifiers)
            || same("name")
            || (!self.births().is_disjoint(&other.births()))
            || masked(self, other)
            || (digits(self.get("address")).len() > 2 && digits(self.get("address")) == digits(other.get("address")))
    }
}

impl Record {
    /// Birth dates as digits: the field's, and the one within an 18-digit resident ID.
    fn births(&self) -> BTreeSet<String> {
        let field: String = fold(self.get("birth")).chars().filter(char::is_ascii_digit).collect();
        let number = fold(self.get("id"));
        let within = if number.len() == 18 { number.get(6..14).unwrap_or("") } else { "" };
        [field, within.to_owned()].into_iter().filter(|date| !date.is_empty() && !date.contains('*')).collect()
    }
}

/// The last four digits of a record's phone.
fn tail(record: &Record) -> String {
    let digits: Vec<char> = fold(record.get("phone")).chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(4)..].iter().collect()
}

/// Full-width forms made narrow, spaces dropped.
pub fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(narrow).filter(|c| !c.is_whitespace()).collect()
}

/// Whether a cleaned identifier stands for "not known".
pub fn is_placeholder(value: &str) -> bool {
    const KNOWN: [&str; 8] =
        ["13800138000", "13800000000", "13888888888", "123456789012345678", "test@test.com", "a@a.com", "no@email.com", "123@qq.com"];
    KNOWN.contains(&value) || value.bytes().all(|byte| Some(byte) == value.bytes().next()) || value.chars().count() < 6
}

fn identifiers(fields: &HashMap<&'static str, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, value) in fields {
        let value = fold(value);
        let (kind, value) = match *name {
            "phone" | "landline" if !value.contains('*') => {
                let digits: Vec<char> = value.chars().filter(char::is_ascii_digit).collect();
                ('p', digits[digits.len().saturating_sub(11)..].iter().collect())
            }
            "email" => ('e', value.to_lowercase()),
            "id" if !value.contains('*') => ('i', value.to_uppercase()),
            "device" => ('d', value.to_lowercase()),
            "unionid" => ('u', value),
            _ => continue,
        };
        if !is_placeholder(&value) {
            found.insert(format!("{kind}:{value}"));
        }
    }
    found
}

impl DataSet {
    /// The bytes of a file.
    pub fn file(&self, name: &str) -> &[u8] {
        self.files.iter().find(|(known, _)| *known == name).map(|(_, bytes)| bytes.as_slice()).expect("a known file")
    }

    /// The person of a record.
    pub fn cluster_of(&self, record: &Record) -> &str {
        &self.clusters[&record.key]
    }

    /// The household of a record.
    pub fn household_of(&self, record: &Record) -> &str {
        &self.households[self.cluster_of(record)]
    }
}

/// Makes a data set and reads it back.
pub fn make(config: &Config) -> DataSet {
    try_make(config).expect("a vector takes everything")
}

/// Makes a data set, if it may be made, and reads it back.
pub fn try_make(config: &Config) -> oneid::error::Result<DataSet> {
    let mut bytes: [Vec<u8>; 7] = Default::default();
    let [crm, app, mini_program, branch, events, truth, households] = &mut bytes;
    let mut progress = |_| {};
    let mut outputs = Outputs { crm, app, mini_program, branch, events, truth, households: Some(households), progress: &mut progress };
    let counts = generate(config, &mut outputs)?;
    let [crm, app, mini_program, branch, events, truth, households] = bytes;
    let mut rows = Vec::new();
    rows.extend(csv(&utf_8(&crm)).map(|cells| Record::new("crm", cells)));
    rows.extend(utf_8(&app).lines().map(|line| Record::new("app", json(line))));
    rows.extend(utf_8(&mini_program).lines().map(|line| Record::new("mini_program", json(line))));
    rows.extend(csv(&encoding_rs::GB18030.decode(&branch).0).map(|cells| Record::new("branch", cells)));
    let truth_text = utf_8(&truth);
    assert_eq!(truth_text.lines().next(), Some("source,record_id,cluster_id"));
    let read_truth: Vec<_> = csv(&truth_text).map(|cells| ((cells[0].1.clone(), cells[1].1.clone()), cells[2].1.clone())).collect();
    let mut live: BTreeMap<(String, String), Record> = BTreeMap::new();
    for row in &rows {
        let newer = live.get(&row.key).is_none_or(|known| known.get("time") < row.get("time"));
        if newer {
            live.insert(row.key.clone(), row.clone());
        }
    }
    let split = |line: &str| line.split_once(',').map(|(a, b)| (a.to_owned(), b.to_owned()));
    Ok(DataSet {
        files: vec![
            ("crm.csv", crm),
            ("app.jsonl", app),
            ("mini_program.jsonl", mini_program),
            ("branch.csv", branch),
            ("events.csv", events),
            ("truth.csv", truth),
        ],
        counts,
        rows,
        live,
        clusters: read_truth.iter().cloned().collect(),
        truth: read_truth,
        households: utf_8(&households).lines().filter_map(split).collect(),
    })
}

fn utf_8(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The rows of a CSV text as (header, value); no quoted line ends.
fn csv(text: &str) -> impl Iterator<Item = Vec<(String, String)>> {
    let mut lines = text.lines();
    let header: Vec<String> = lines.next().map(cells).unwrap_or_default();
    lines.map(move |line| {
        let values = cells(line);
        assert_eq!(values.len(), header.len(), "{line}");
        header.iter().cloned().zip(values).collect()
    })
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        let cell = cells.last_mut().expect("there is a first cell");
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cell.push(other),
        }
    }
    cells
}

/// The leaves of a JSON object as (path, text); null is left out. Panics on what is no such object.
fn json(line: &str) -> Vec<(String, String)> {
    let mut leaves = Vec::new();
    let rest = object(line, "", &mut leaves);
    assert!(rest.is_empty(), "{rest}");
    leaves
}

fn object<'a>(text: &'a str, path: &str, leaves: &mut Vec<(String, String)>) -> &'a str {
    let mut rest = text.strip_prefix('{').expect("an object");
    loop {
        let (key, after) = string(rest);
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        rest = after.strip_prefix(':').expect("a colon");
        if rest.starts_with('{') {
            rest = object(rest, &path, leaves);
        } else if rest.starts_with('"') {
            let (value, after) = string(rest);
            leaves.push((path, value));
            rest = after;
        } else {
            let end = rest.find([',', '}']).expect("an end");
            if &rest[..end] != "null" {
                leaves.push((path, rest[..end].to_owned()));
            }
            rest = &rest[end..];
        }
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None => return rest.strip_prefix('}').expect("the end of an object"),
        }
    }
}

fn string(text: &str) -> (String, &str) {
    let body = text.strip_prefix('"').expect("a string");
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => {
                assert!(matches!(c, '"' | '\\'), "no other escape is expected");
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, &body[at + 1..]),
            other => value.push(other),
        }
    }
    panic!("a string without end: {text}");
}
