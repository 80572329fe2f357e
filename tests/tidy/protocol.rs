//! Rules about the `.proto` files: every part has a comment, and names follow buf's STANDARD rules.

use crate::Rule;
use crate::tree::{File, Finding, Tree};
use std::collections::BTreeMap;

/// The rules of this file.
pub const RULES: &[Rule] = &[
    Rule {
        name: "every part of the protocol has a comment",
        check: comments,
        broken: &[
            ("Message(\"A\")", &[("proto/oneid/v1/a.proto", "message A {}\n")]),
            ("Field(\"b\")", &[("proto/oneid/v1/a.proto", "// A.\nmessage A {\n  string b = 1;\n}\n")]),
            ("Field(\"b\")", &[("proto/oneid/v1/a.proto", "// A.\nmessage A {\n  repeated string b = 1;\n}\n")]),
            ("Rpc", &[("proto/oneid/v1/a.proto", "// S.\nservice AService {\n  rpc Do(DoRequest) returns (DoResponse);\n}\n")]),
            ("Value(\"E_UNSPECIFIED\", \"0\")", &[("proto/oneid/v1/a.proto", "// E.\nenum E {\n  E_UNSPECIFIED = 0;\n}\n")]),
            ("Message(\"A\")", &[("proto/oneid/v1/a.proto", "//\nmessage A {}\n")]),
        ],
    },
    Rule {
        name: "the protocol follows buf's STANDARD rules",
        check: names,
        broken: &[
            ("package oneid.v1", &[("proto/oneid/v1/a.proto", "package other.v1;\n")]),
            ("lower_snake_case", &[("proto/oneid/v1/A.proto", "package oneid.v1;\n")]),
            ("begin with KIND_", &[("proto/oneid/v1/a.proto", "package oneid.v1;\nenum Kind {\n  UNKNOWN = 0;\n}\n")]),
            ("KIND_UNSPECIFIED", &[("proto/oneid/v1/a.proto", "package oneid.v1;\nenum Kind {\n  KIND_NONE = 0;\n}\n")]),
            ("fullName", &[("proto/oneid/v1/a.proto", "package oneid.v1;\nmessage A {\n  string fullName = 1;\n}\n")]),
            ("PascalCase", &[("proto/oneid/v1/a.proto", "package oneid.v1;\nmessage a_b {\n}\n")]),
            ("SomethingService", &[("proto/oneid/v1/a.proto", "package oneid.v1;\nservice Identity {\n}\n")]),
            (
                "must take DoRequest",
                &[("proto/oneid/v1/a.proto", "package oneid.v1;\nservice AService {\n  rpc Do(Other) returns (DoResponse);\n}\n")],
            ),
            ("page_size", &[("proto/oneid/v1/a.proto", "package oneid.v1;\nmessage ListRequest {\n  uint32 limit = 1;\n}\n")]),
            (
                "not used",
                &[
                    ("proto/oneid/v1/a.proto", "package oneid.v1;\nimport \"oneid/v1/b.proto\";\n"),
                    ("proto/oneid/v1/b.proto", "package oneid.v1;\nmessage B {\n}\n"),
                ],
            ),
        ],
    },
];

/// What a line of a protocol file declares.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<'a> {
    Service(&'a str),
    Rpc { name: &'a str, request: &'a str, response: &'a str },
    Message(&'a str),
    Enum(&'a str),
    Oneof(&'a str),
    Field(&'a str),
    Value(&'a str, &'a str),
}

fn part(line: &str) -> Option<Part<'_>> {
    let words: Vec<&str> =
        line.split(|letter: char| letter.is_whitespace() || matches!(letter, '{' | ';')).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        ["service", name, ..] => Some(Part::Service(name)),
        ["message", name, ..] => Some(Part::Message(name)),
        ["enum", name, ..] => Some(Part::Enum(name)),
        ["oneof", name, ..] => Some(Part::Oneof(name)),
        ["rpc", ..] => {
            let mut parts = line.trim_start().trim_start_matches("rpc ").split(['(', ')']);
            let mut next = || parts.next().unwrap_or_default().trim().trim_start_matches("stream ");
            let (name, request, _, response) = (next(), next(), next(), next());
            Some(Part::Rpc { name, request, response })
        }
        ["syntax" | "package" | "import" | "option" | "reserved", ..] => None,
        [name, "=", number] if name.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_') => {
            Some(Part::Value(name, number))
        }
        [.., name, "=", _] => Some(Part::Field(name)),
        _ => None,
    }
}

/// The declaring lines of all protocol files, each with the line above it.
fn parts(file: &File) -> Vec<(usize, Part<'_>, &str)> {
    let mut above = "";
    let mut out = Vec::new();
    for (number, line) in file.lines() {
        if !line.trim_start().starts_with("//")
            && let Some(part) = part(line)
        {
            out.push((number, part, above));
        }
        above = line.trim();
    }
    out
}

fn files(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| file.path.ends_with(".proto"))
}

fn comments(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files(tree) {
        for (number, part, above) in parts(file) {
            if above.strip_prefix("//").is_none_or(|comment| comment.trim().is_empty()) {
                findings.push(Finding::new(
                    &file.path,
                    number,
                    format!("{part:?} has no comment: say what it means, units, ranges, errors"),
                ));
            }
        }
    }
    findings
}

fn is_snake(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

fn is_pascal(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_uppercase()) && name.chars().all(|letter| letter.is_ascii_alphanumeric())
}

/// `OneIdStatus` -> `ONE_ID_STATUS`.
fn upper_snake(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

fn names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut requests: BTreeMap<&str, &str> = BTreeMap::new();
    for file in files(tree) {
        let mut of = Owner::default();
        for (number, part, _) in parts(file) {
            for message in part_names(&part, &mut of) {
                findings.push(Finding::new(&file.path, number, message));
            }
            if let Part::Rpc { name, request, response } = part {
                for used in [request, response] {
                    if requests.insert(used, name).is_some() {
                        findings.push(Finding::new(&file.path, number, format!("{used} belongs to another rpc too: give {name} its own")));
                    }
                }
            }
        }
        findings.extend(file_names(tree, file));
    }
    findings
}

/// The enum or message that fields and values belong to.
#[derive(Default)]
struct Owner<'a> {
    of_enum: &'a str,
    message: &'a str,
}

fn part_names<'a>(part: &Part<'a>, of: &mut Owner<'a>) -> Vec<String> {
    let mut out = Vec::new();
    let mut must = |holds: bool, message: String| {
        if !holds {
            out.push(message);
        }
    };
    match *part {
        Part::Service(name) => must(is_pascal(name) && name.ends_with("Service"), format!("{name}: a service is named SomethingService")),
        Part::Rpc { name, request, response } => {
            must(is_pascal(name), format!("{name}: an rpc is named in PascalCase"));
            must(request == format!("{name}Request"), format!("{name} takes {request}: it must take {name}Request"));
            must(response == format!("{name}Response"), format!("{name} returns {response}: it must return {name}Response"));
        }
        Part::Message(name) => {
            of.message = name;
            must(is_pascal(name), format!("{name}: a message is named in PascalCase"));
        }
        Part::Enum(name) => {
            of.of_enum = name;
            must(is_pascal(name), format!("{name}: an enum is named in PascalCase"));
        }
        Part::Oneof(name) => must(is_snake(name), format!("{name}: a oneof is named in lower_snake_case")),
        Part::Field(name) => {
            must(is_snake(name), format!("{name}: a field is named in lower_snake_case"));
            let paged = matches!(name, "limit" | "offset" | "page" | "cursor") && of.message.starts_with("List");
            must(!paged, format!("{name}: pages go by page_size, page_token and next_page_token"));
        }
        Part::Value(name, number) => {
            let prefix = upper_snake(of.of_enum);
            must(name.starts_with(&format!("{prefix}_")), format!("{name}: values of {} begin with {prefix}_", of.of_enum));
            must(number != "0" || name == format!("{prefix}_UNSPECIFIED"), format!("{name}: the zero value is {prefix}_UNSPECIFIED"));
        }
    }
    out
}

/// Package, file name and imports of one file.
fn file_names(tree: &Tree, file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut say = |line: usize, message: String| findings.push(Finding::new(&file.path, line, message));
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    if !is_snake(name.trim_end_matches(".proto")) {
        say(1, format!("{name}: files are named in lower_snake_case"));
    }
    let package = folder.trim_start_matches("proto/").replace('/', ".");
    if !file.text.contains(&format!("package {package};")) {
        say(1, format!("the folder asks for `package {package};`"));
    }
    for (number, line) in file.lines() {
        let Some(import) = line.strip_prefix("import \"").and_then(|rest| rest.strip_suffix("\";")) else { continue };
        let Some(imported) = tree.file(&format!("proto/{import}")) else { continue };
        let defined = |part: &Part<'_>| match *part {
            Part::Message(name) | Part::Enum(name) => file.text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == name),
            _ => false,
        };
        if !parts(imported).iter().any(|(_, part, _)| defined(part)) {
            say(number, format!("{import} is not used: remove the import"));
        }
    }
    findings
}
