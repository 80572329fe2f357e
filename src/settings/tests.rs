//! Settings that are right, wrong and written back.

use super::*;
use crate::record::SourceRecord;
use crate::schema::infer;
use std::sync::Arc;

fn wrong(text: &str) -> String {
    parse(text, "s.toml").expect_err("wrong settings").to_string()
}

#[test]
fn nothing_set_is_the_default_and_all_keys_are_read() {
    assert_eq!(parse("", "s.toml").expect("empty"), Settings::default());
    let text = r#"
        [thresholds]
        link = 0.9
        review = 0.3
        [training]
        seed = 7
        [blocking]
        rules = ["phone", "name_part + birth_year"]
        [comparisons]
        without = ["sex"]
        [survivorship]
        sources = ["branch", "crm"]
        otherwise = "source_order"
        fields.phone = "most_recent"
        [[source]]
        name = "crm"
        file = "crm*.csv"
        record_id = "客户号"
        date_order = "month_first"
        phone_country = "+44"
        [source.columns]
        "姓名" = "full_name"
    "#;
    let settings = parse(text, "s.toml").expect("right");
    assert_eq!((settings.seed, settings.rules.always.len(), settings.thresholds.map(|at| at.link.value())), (7, 2, Some(0.9)));
    assert_eq!(settings.source_of("crm-2026.csv").map(|source| source.name.as_str()), Some("crm"));
    let country = settings.source_of("crm.csv").and_then(|source| source.phone_country.flatten());
    assert_eq!(country.map(|code| code.to_string()).as_deref(), Some("+44"));
    assert_eq!(settings.source_of("app.jsonl"), None);
    let survivorship = settings.survivorship.expect("a section is there");
    assert_eq!(survivorship.strategy(crate::record::Field::City), crate::golden::Strategy::SourceOrder);
}

#[test]
fn what_is_wrong_is_named_with_line_and_key() {
    assert!(wrong("[thresholds]\nlink = 2.0\n").starts_with("s.toml:2: thresholds.link: 2 is not a probability"));
    assert!(wrong("[thresholds]\nlink = 0.6\nreview = 0.7\n").starts_with("s.toml:3: thresholds.review: 0.7 is above"));
    assert!(
        wrong("\n[blocking]\nrules = [\n \"phone\",\n \"fone\"]\n")
            .starts_with("s.toml:5: blocking.rules: in rule \"fone\" \"fone\" is neither a field")
    );
    assert!(wrong("[nonsense]\na = 1\n").starts_with("s.toml:1: unknown field `nonsense`"));
    assert!(wrong("[comparisons]\nwithout = [\"shoe\"]").starts_with("s.toml:2: comparisons.without: \"shoe\""));
    assert!(
        wrong("[[source]]\nname = \"a\"\nfile = \"a\"\n[source.columns]\nx = \"nam\"")
            .starts_with("s.toml:5: source.columns.\"x\": \"nam\"")
    );
    assert!(
        wrong("[[source]]\nname = \"a\"\nfile = \"a\"\nphone_country = \"UK\"")
            .starts_with("s.toml:4: source.phone_country: \"UK\" is neither a calling code")
    );
    assert!(wrong("[survivorship.fields]\nphone = \"best\"").starts_with("s.toml:2: survivorship.fields.phone: \"best\""));
    let both = wrong("[thresholds]\nlink = 2.0\n[comparisons]\nwithout = [\"shoe\", \"hat\"]\n");
    for told in ["s.toml:2: thresholds.link: 2", "s.toml:4: comparisons.without: \"shoe\"", "s.toml:4: comparisons.without: \"hat\""] {
        assert!(both.contains(told), "all that is wrong is told at once: {both}");
    }
    assert!(wrong("[thresholds]\nlink = \"high\"\n").ends_with("the line is: link = \"high\""));
    assert!(wrong("not toml").starts_with("s.toml:1: "));
    assert!(wrong("[blocking]\nrules = []\n").starts_with("s.toml:2: blocking.rules: is empty"));
}

#[test]
fn rules_are_counted() {
    let with = |rules: usize| format!("[blocking]\nrules = [{}]\n", vec!["\"phone\""; rules].join(", "));
    assert_eq!(parse(&with(255), "s.toml").expect("as many as fit").rules.always.len(), 255);
    assert!(wrong(&with(256)).starts_with("s.toml:2: blocking.rules: 256 rules are given, allowed are 255"));
}

#[test]
fn survivorship_is_set_by_its_section_alone() {
    assert_eq!(parse("[training]\nseed = 2\n", "s.toml").expect("right").survivorship, None);
    let asked = parse("[survivorship]\n", "s.toml").expect("right").survivorship;
    assert_eq!(asked, Some(crate::golden::Survivorship::default()), "an empty section asks for what ships");
}

#[test]
fn one_column_is_the_record_id() {
    let source = |lines: &str| format!("[[source]]\nname = \"a\"\nfile = \"a.csv\"\n{lines}\n");
    let two = source("[source.columns]\nx = \"record_id\"\ny = \"record_id\"");
    assert!(wrong(&two).starts_with("s.toml:6: source.columns.\"y\": is record_id, but column \"x\" is that already"));
    let beside = source("record_id = \"x\"\n[source.columns]\ny = \"record_id\"");
    assert!(wrong(&beside).starts_with("s.toml:6: source.columns.\"y\": "));
    let alike = source("record_id = \"x\"\n[source.columns]\nx = \"record_id\"");
    let by_kind = source("[source.columns]\nx = \"record_id\"\ns = \"source\"");
    let read = |text: &str| parse(text, "s.toml").expect("right").sources.remove(0);
    assert_eq!(read(&alike).record_id.as_deref(), Some("x"));
    assert_eq!((read(&by_kind).record_id.as_deref(), read(&by_kind).source_column.as_deref()), (Some("x"), Some("s")));
}

#[test]
fn sources_that_no_file_uses_are_known() {
    let text =
        ["a*.csv", "ab.csv", "c.csv"].map(|file| format!("[[source]]\nname = \"{}\"\nfile = \"{file}\"\n[source.columns]\n", &file[..1]));
    let settings = parse(&text.concat(), "s.toml").expect("right");
    let files = |names: &[&str]| settings.unused_sources(names).iter().map(|source| source.file.clone()).collect::<Vec<_>>();
    assert_eq!(files(&["ab.csv"]), ["ab.csv", "c.csv"], "the first that fits is used");
    assert!(files(&["c.csv", "x.csv"]).contains(&"a*.csv".to_string()));
}

#[test]
fn the_shipped_settings_are_right() {
    let settings = parse(FOUR_CHANNELS, "four_channels.toml").expect("shipped settings");
    assert_eq!(settings.sources.iter().map(|source| source.name.as_str()).collect::<Vec<_>>(), ["crm", "app", "mini_program", "branch"]);
}

#[test]
fn what_is_written_reads_back_to_the_same_mapping() {
    let layout = Arc::new(Layout {
        input: "in/people.csv".into(),
        source: "people".into(),
        columns: ["id", "given name", "surname", "dob", "旧"].map(Into::into).to_vec(),
    });
    let row = |id: &str, dob: &str| SourceRecord {
        layout: layout.clone(),
        values: [id, "ann", "lee", dob, "x"].map(Into::into).to_vec(),
        line: 1,
        row: 1,
    };
    let inferred = infer(&layout, &[row("1", "12/31/1990"), row("2", "11/30/1990")]);
    let text = inferred_toml(&[(&layout, &inferred)]);
    let settings = parse(&text, "written").expect("its own text");
    let source = settings.source_of("people.csv").expect("the file is named");
    let mut expected = inferred.mapping.clone();
    expected.columns[0] = ColumnKind::RecordId;
    assert_eq!(source.mapping(&layout, &[]).expect("all columns are there"), expected);
    assert_eq!(settings.rules, Settings::default().rules);
}

#[test]
fn a_column_that_is_not_there_is_named() {
    let settings = parse(FOUR_CHANNELS, "four_channels.toml").expect("shipped settings");
    let layout = Layout { input: "crm.csv".into(), source: "crm".into(), columns: vec!["客户号".into()] };
    let error = settings.sources[0].mapping(&layout, &[]).expect_err("columns are missing").to_string();
    assert!(error.starts_with("crm.csv: the settings of source \"crm\" name column"), "{error}");
}

/// Every column that is left out said the same, whatever the reason.
#[test]
fn what_is_not_read_is_written_with_the_reason_that_a_merge_tells() {
    let columns = ["id", "name", "spouse_mobile", "company_phone", "fax", "login_ip", "frobnication", "create_time"];
    let layout = Layout { input: "crm.csv".into(), source: "crm".into(), columns: columns.iter().map(|name| (*name).into()).collect() };
    let inferred = infer(&layout, &[]);
    let text = inferred_toml(&[(&layout, &inferred)]);
    for line in [
        "name = \"full_name\"  # name",
        "spouse_mobile = \"ignore\"  # not read: another person's",
        "company_phone = \"ignore\"  # not read: a firm's",
        "fax = \"ignore\"  # not read: a fax number",
        "login_ip = \"ignore\"  # not read: a network address",
        "frobnication = \"ignore\"  # not read: unknown",
        "create_time = \"ignore\"  # not read: name",
    ] {
        let (column, rest) = line.split_once(" = ").unwrap_or_default();
        assert!(text.contains(&format!("\"{column}\" = {rest}\n")), "{line} is not in:\n{text}");
    }
    parse(&text, "s.toml").expect("reads back");
}

#[test]
fn patterns() {
    assert!(fits("crm*.csv*", "crm-1.csv.gz") && fits("a", "a") && fits("*", "") && fits("*张*", "小张三"));
    assert!(!fits("crm*.csv", "crm.csv.gz") && !fits("a", "ab"));
}
