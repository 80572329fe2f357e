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
        [source.columns]
        "姓名" = "full_name"
    "#;
    let settings = parse(text, "s.toml").expect("right");
    assert_eq!((settings.seed, settings.rules.len(), settings.thresholds.link.value()), (7, 2, 0.9));
    assert_eq!(settings.source_of("crm-2026.csv").map(|source| source.name.as_str()), Some("crm"));
    assert_eq!(settings.source_of("app.jsonl"), None);
    assert_eq!(settings.survivorship.strategy(crate::record::Field::City), crate::golden::Strategy::SourceOrder);
}

#[test]
fn what_is_wrong_is_named_with_line_and_key() {
    assert!(wrong("[thresholds]\nlink = 2.0\n").starts_with("s.toml:2: thresholds.link: 2 is not a probability"));
    assert!(wrong("[thresholds]\nlink = 0.6\nreview = 0.7\n").starts_with("s.toml:3: thresholds.review: 0.7 is above"));
    assert!(wrong("\n[blocking]\nrules = [\n \"phone\",\n \"fone\"]\n").starts_with("s.toml:5: blocking.rules: \"fone\""));
    assert!(wrong("[nonsense]\na = 1\n").starts_with("s.toml:1: unknown field `nonsense`"));
    assert!(wrong("[comparisons]\nwithout = [\"shoe\"]").starts_with("s.toml:2: comparisons.without: \"shoe\""));
    assert!(
        wrong("[[source]]\nname = \"a\"\nfile = \"a\"\n[source.columns]\nx = \"nam\"")
            .starts_with("s.toml:5: source.columns.\"x\": \"nam\"")
    );
    assert!(wrong("[survivorship.fields]\nphone = \"best\"").starts_with("s.toml:2: survivorship.fields.phone: \"best\""));
    assert!(wrong("not toml").starts_with("s.toml:1: "));
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
    assert_eq!(source.mapping(&layout).expect("all columns are there"), expected);
    assert_eq!(settings.rules, Settings::default().rules);
}

#[test]
fn a_column_that_is_not_there_is_named() {
    let settings = parse(FOUR_CHANNELS, "four_channels.toml").expect("shipped settings");
    let layout = Layout { input: "crm.csv".into(), source: "crm".into(), columns: vec!["客户号".into()] };
    let error = settings.sources[0].mapping(&layout).expect_err("columns are missing").to_string();
    assert!(error.starts_with("crm.csv: the settings of source \"crm\" name column"), "{error}");
}

#[test]
fn patterns() {
    assert!(fits("crm*.csv*", "crm-1.csv.gz") && fits("a", "a") && fits("*", "") && fits("*张*", "小张三"));
    assert!(!fits("crm*.csv", "crm.csv.gz") && !fits("a", "ab"));
}
