//! Bad input as users meet it: a clear message with file, line and what to do; bad rows to the reject file, the rest done.
#![cfg(feature = "full")]

mod program;

use program::{Run, oneid};
use std::io::Write;
use std::path::Path;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join(name), bytes).expect("written");
}

/// The run failed with this code and said all of these.
fn refused(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{}", run.err);
    for word in words {
        assert!(run.err.contains(word), "{word:?} is not in: {}", run.err);
    }
    assert!(!run.err.contains("panicked"), "{}", run.err);
}

const PEOPLE: &str =
    "id,given_name,surname,dob,phone\n1,Ann,Lee,1980-01-02,2125550143\n2,Ann,Lee,1980-01-02,2125550143\n3,Bob,Ray,1975-03-04,2125550177\n";

#[test]
fn bad_rows_go_to_the_reject_file_and_the_rest_is_done() {
    let folder = folder();
    let mut bytes = PEOPLE.as_bytes().to_vec();
    bytes.extend_from_slice(b"4,too,few\n,No,Id,1990-01-01,\n5,\xff\xfe,X,1991-01-01,\n6,\"open,X,1992-01-01,\n7,Eve,Fox,1993-05-06,\n");
    for row in 8..40 {
        bytes.extend_from_slice(format!("{row},Zoë,Müller{row},19{:02}-07-08,\n", 30 + row).as_bytes());
    }
    write(folder.path(), "people.csv", &bytes);
    let run = oneid(folder.path(), &["merge", "people.csv", "--clusters", "out.csv"]);
    assert_eq!(run.code, 1, "done, with rejects: {}", run.err);
    let rejects = std::fs::read_to_string(folder.path().join("out.rejects.csv")).expect("the reject file");
    for line in [
        "people.csv,5,,\"the row has 3 values, the header 5 columns\"",
        "people.csv,6,id,the record id is empty",
        "people.csv,7,,bytes that are not UTF-8",
        "people.csv,8,,a quote opens and never closes",
    ] {
        assert!(rejects.contains(line), "{line} is not in:\n{rejects}");
    }
    let clusters = std::fs::read_to_string(folder.path().join("out.csv")).expect("the clusters");
    assert_eq!(clusters.lines().count(), 1 + 3 + 1 + 32);
    assert!(run.err.contains("4 rows were rejected"), "{}", run.err);
}

/// A clean run once left the reject file of the one before, and an output that could not be written cost the rejects.
#[test]
fn a_reject_file_is_always_that_of_the_last_merge() {
    let folder = folder();
    let bad = format!("{PEOPLE}4,too,few\n");
    let rejects = folder.path().join("out.rejects.csv");
    let merge = |options: &[&str]| oneid(folder.path(), &[&["merge", "people.csv", "--clusters", "out.csv"], options].concat());
    write(folder.path(), "people.csv", bad.as_bytes());
    assert_eq!(merge(&[]).code, 1);
    assert!(std::fs::read_to_string(&rejects).expect("the reject file").contains("people.csv,5,"));

    write(folder.path(), "people.csv", PEOPLE.as_bytes());
    assert_eq!(merge(&[]).code, 0);
    assert!(!rejects.exists(), "nothing was rejected");
    write(folder.path(), "out.rejects.csv", b"mine\n");
    assert_eq!(merge(&[]).code, 0);
    assert_eq!(std::fs::read(&rejects).expect("left alone"), b"mine\n", "a file that is no reject file");
    assert_eq!(merge(&["--rejects", "named.csv"]).code, 0);
    let named = std::fs::read_to_string(folder.path().join("named.csv")).expect("a named one is always there");
    assert_eq!(named, "input,line,column,reason,text\n");

    write(folder.path(), "people.csv", bad.as_bytes());
    std::fs::create_dir(folder.path().join("out.csv.partial")).expect("in the way");
    refused(&merge(&["--store", "kept"]), 74, &["cannot write out.csv"]);
    assert!(!folder.path().join("kept").exists(), "told before anything is kept");
    std::fs::remove_dir(folder.path().join("out.csv.partial")).expect("out of the way");
    assert_eq!(std::fs::read(&rejects).expect("left alone"), b"mine\n");
    assert_eq!(merge(&[]).code, 1);
    assert_eq!(std::fs::read(&rejects).expect("left alone"), b"mine\n", "a file of another's is not overwritten unasked");
    let beside = std::fs::read_to_string(folder.path().join("out.rejects.2.csv")).expect("the reject file");
    assert!(beside.contains("people.csv,5,"), "{beside}");
}

#[test]
fn inputs_without_a_good_row_merge_nothing_and_say_what_to_do() {
    let folder = folder();
    write(folder.path(), "people.csv", b"id,name,phone\n1,Ann\n2,Bob\n");
    for options in [&["--clusters", "out.csv"][..], &["--store", "kept", "--clusters", "out.csv"], &["--json", "--clusters", "out.csv"]] {
        let run = oneid(folder.path(), &[&["merge", "people.csv"], options].concat());
        refused(&run, 65, &["2 rows read, all rejected", "people.csv line 2", "out.rejects.csv", "oneid init people.csv"]);
        assert!(run.out.is_empty() && !folder.path().join("out.csv").exists(), "{}", run.out);
        assert!(std::fs::read_to_string(folder.path().join("out.rejects.csv")).expect("rejects").contains("people.csv,3,"));
    }
    // No model was learnt from nothing: the first good merge learns it.
    write(folder.path(), "people.csv", PEOPLE.as_bytes());
    program::done(folder.path(), &["merge", "people.csv", "--store", "kept"]);
    let run = program::done(folder.path(), &["get", "--store", "kept", "people/3"]);
    assert!(run.out.contains("Bob"), "{}", run.out);
}

#[test]
fn broken_json_lines_are_rejected_one_by_one() {
    let folder = folder();
    let text =
        "{\"id\":1,\"name\":\"张伟\",\"phone\":\"13912345671\"}\n{\"id\":2,\n[3]\n{\"id\":4,\"name\":\"李娜\",\"phone\":\"13912345672\"}\n";
    write(folder.path(), "app.jsonl", text.as_bytes());
    let run = oneid(folder.path(), &["merge", "app.jsonl", "--rejects", "bad.csv"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let rejects = std::fs::read_to_string(folder.path().join("bad.csv")).expect("the reject file");
    assert!(rejects.contains("app.jsonl,2,,the JSON object does not end"), "{rejects}");
    assert!(rejects.contains("app.jsonl,3,,the line is JSON but not an object"), "{rejects}");
}

#[test]
fn files_that_cannot_be_tables_are_refused_with_what_to_do() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("sub")).expect("made");
    write(folder.path(), "empty.csv", b"");
    write(folder.path(), "header.csv", b"id,name\n");
    write(folder.path(), "twice.csv", b"id,name,name\n1,a,b\n");
    write(folder.path(), "binary.csv", b"\x00\x01\x02id");
    write(folder.path(), "array.json", b"[{\"id\":1}]");
    write(folder.path(), "truth.csv", b"record_id,cluster_id\n1,1\n");
    write(folder.path(), "nothing.csv", b"foo,bar\n1,2\n");
    let merge = |file: &str| oneid(folder.path(), &["merge", file]);
    refused(&merge("none.csv"), 66, &["cannot open none.csv"]);
    refused(&merge("sub"), 64, &["sub is a directory", "sub/*.csv"]);
    refused(&merge("empty.csv"), 65, &["nothing to read", "empty.csv"]);
    refused(&merge("header.csv"), 65, &["nothing to read", "header.csv"]);
    refused(&merge("twice.csv"), 65, &["twice.csv: line 1", "\"name\" twice", "rename"]);
    refused(&merge("binary.csv"), 65, &["binary.csv", "zero bytes"]);
    refused(&merge("array.json"), 65, &["array.json", "jq -c"]);
    refused(&merge("truth.csv"), 65, &["truth.csv", "shaped like truth", "oneid eval"]);
    refused(&merge("nothing.csv"), 65, &["nothing.csv", "foo, bar", "oneid init"]);
    refused(&oneid(folder.path(), &["init", "empty.csv"]), 65, &["empty.csv", "is empty", "no columns"]);
    refused(&oneid(folder.path(), &["merge"]), 64, &["INPUT"]);
    refused(&oneid(folder.path(), &["frobnicate"]), 64, &["frobnicate"]);
}

#[test]
fn a_gzip_that_was_cut_short_merges_nothing() {
    let folder = folder();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(b"id,given_name,surname,dob,phone\n").expect("in memory");
    for row in 0..20_000 {
        gz.write_all(format!("{row},Ann{row},Lee,1980-01-02,212555{row:04}\n").as_bytes()).expect("in memory");
    }
    let bytes = gz.finish().expect("in memory");
    write(folder.path(), "people.csv.gz", &bytes[..bytes.len() / 2]);
    let run = oneid(folder.path(), &["merge", "people.csv.gz", "--clusters", "out.csv"]);
    refused(&run, 65, &["people.csv.gz", "cut short", "nothing was merged"]);
    assert!(!folder.path().join("out.csv").exists());
}

/// A transfer that stopped within the first bytes is the same mistake as one that stopped later.
#[test]
fn a_gzip_that_was_cut_in_its_header_is_bad_data_too() {
    let folder = folder();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(PEOPLE.as_bytes()).expect("in memory");
    let bytes = gz.finish().expect("in memory");
    for length in [2, 5, 9, 12] {
        write(folder.path(), "people.csv.gz", &bytes[..length]);
        refused(&oneid(folder.path(), &["merge", "people.csv.gz"]), 65, &["people.csv.gz", "cut short"]);
    }
}

/// Reading a pipe without a writer waited for ever; standard input was read once and then had no rows.
#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused_at_once() {
    let folder = folder();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.csv")).status();
    if made.is_ok_and(|status| status.success()) {
        refused(&oneid(folder.path(), &["merge", "pipe.csv"]), 64, &["pipe.csv is a pipe or a device", "write them to a file"]);
    }
    refused(&oneid(folder.path(), &["merge", "-"]), 64, &["standard input (-)", "write them to a file"]);
    refused(&oneid(folder.path(), &["init", "/dev/null"]), 64, &["/dev/null is a pipe or a device"]);
}

#[test]
fn a_line_of_a_hundred_megabytes_costs_that_line() {
    let folder = folder();
    let mut bytes = PEOPLE.as_bytes().to_vec();
    bytes.resize(100 << 20, b'x');
    bytes.extend_from_slice(b"\n9,Eve,Fox,1993-05-06,\n");
    write(folder.path(), "people.csv", &bytes);
    let run = oneid(folder.path(), &["merge", "people.csv", "--clusters", "out.csv", "--rejects", "bad.csv"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(std::fs::read_to_string(folder.path().join("out.csv")).expect("clusters").lines().count(), 1 + 4);
    let rejects = std::fs::read_to_string(folder.path().join("bad.csv")).expect("rejects");
    assert!(rejects.contains("people.csv,5,,the line is over 16 MiB") && rejects.len() < 1_000, "{} bytes", rejects.len());
}

#[test]
fn record_ids_that_stand_twice_are_versions_or_rejected() {
    let folder = folder();
    let text = "id,name,phone,updated_at\n1,张伟,13912345671,2024-01-01\n1,张伟,13912345672,2024-02-01\n1,张伟,13912345673,2024-02-01\n1,张伟,13912345671,2024-01-01\n";
    write(folder.path(), "crm.csv", text.as_bytes());
    let run = oneid(folder.path(), &["merge", "crm.csv", "--json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let report: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(report["rows_read"].as_u64(), Some(4), "rejected rows were read too");
    assert_eq!((report["records"].as_u64(), report["superseded"].as_u64(), report["rejects"].as_u64()), (Some(1), Some(2), Some(1)));
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).expect("rejects");
    assert!(rejects.contains("crm.csv,4,,") && rejects.contains("record crm/1 stands twice"), "{rejects}");
}

/// Two people with one number were taken for two versions of one record, and the first was lost without a word.
#[test]
fn different_rows_of_one_id_are_no_versions_where_nothing_tells_the_newer() {
    let folder = folder();
    let text = "id,name,phone\n1,张伟,13912345671\n1,李娜,13812345672\n1,张伟,13912345671\n";
    write(folder.path(), "crm.csv", text.as_bytes());
    let counts = |inputs: &[&str]| {
        let run = oneid(folder.path(), &[&["merge"], inputs, &["--json"]].concat());
        assert_eq!(run.code, 1, "{}", run.err);
        let report: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
        ["records", "superseded", "duplicates", "rejects"].map(|name| report[name].as_u64())
    };
    assert_eq!(counts(&["crm.csv"]), [Some(1), Some(0), Some(1), Some(1)]);
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).expect("rejects");
    for words in ["crm.csv,3,,", "record crm/1 stands twice", "no column tells which is the newer", "oneid init", "李娜"] {
        assert!(rejects.contains(words), "{words} is not in {rejects}");
    }
    // Nor does the order of inputs tell it: what two files of one source say differently is for somebody to decide.
    std::fs::create_dir(folder.path().join("next")).expect("a folder");
    write(folder.path(), "next/crm.csv", text.as_bytes());
    assert_eq!(counts(&["crm.csv", "next/crm.csv"]), [Some(1), Some(0), Some(3), Some(2)]);
    write(folder.path(), "next/crm.csv", "id,name,phone\n1,张伟,13912345679\n".as_bytes());
    assert_eq!(counts(&["crm.csv", "next/crm.csv"]), [Some(1), Some(0), Some(1), Some(2)]);
}

/// A record id of any length was taken, though every other value is cut at the bound.
#[test]
fn record_ids_that_are_too_long_are_rejected() {
    let folder = folder();
    let (longest, longer) = ("长".repeat(1024), "长".repeat(1025));
    let text = format!("{PEOPLE}{longest},Eve,Fox,1993-05-06,\n{longer},Eve,Fox,1993-05-06,\n");
    write(folder.path(), "people.csv", text.as_bytes());
    let run = oneid(folder.path(), &["merge", "people.csv", "--clusters", "out.csv"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let rejects = std::fs::read_to_string(folder.path().join("out.rejects.csv")).expect("the reject file");
    assert!(rejects.contains("people.csv,6,id,\"the record id is 1025 characters long, at most 1024 are allowed\""), "{rejects}");
    assert!(rejects.chars().count() < 400, "the beginning of the row is enough");
    assert_eq!(std::fs::read_to_string(folder.path().join("out.csv")).expect("clusters").lines().count(), 1 + 4);
}

/// The row was told in short, but not the value that was the reason.
#[test]
fn versions_that_cannot_be_read_are_told_in_short() {
    let folder = folder();
    let text = format!("id,name,phone,version\n1,Ann Lee,2125550143,1\n2,Bob Ray,2125550177,{}\n", "长".repeat(100_000));
    write(folder.path(), "people.csv", text.as_bytes());
    assert_eq!(oneid(folder.path(), &["merge", "people.csv"]).code, 1);
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).expect("rejects");
    assert!(rejects.contains("people.csv,3,version,") && rejects.chars().count() < 700, "{} characters", rejects.chars().count());
}

/// One damaged row of a small file once changed the encoding of all, and a zero byte cost the file.
#[test]
fn a_damaged_row_costs_one_row() {
    let folder = folder();
    let mut bytes = "id,given_name,surname,dob\n1,Zoë,Lee,1980-01-02\n2,Ann,Müller,1981-02-03\n".as_bytes().to_vec();
    bytes.extend_from_slice(b"3,Fran\xe7ois,Ray,1975-03-04\n4,B\0b,Roy,1976-03-04\n5,Eve,Fox,1993-05-06\n");
    write(folder.path(), "people.csv", &bytes);
    let run = oneid(folder.path(), &["merge", "people.csv", "--clusters", "out.csv"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("CSV, UTF-8"), "{}", run.out);
    let rejects = std::fs::read_to_string(folder.path().join("out.rejects.csv")).expect("the reject file");
    for line in ["people.csv,4,,bytes that are not UTF-8,\"3,Fran\\xE7ois", "people.csv,5,,a zero byte,\"4,B\\x00b"] {
        assert!(rejects.contains(line), "{line} is not in:\n{rejects}");
    }
}

#[test]
fn files_written_in_unusual_ways_are_read_or_refused_with_what_to_do() {
    let folder = folder();
    for (name, delimiter) in [("a.csv", "^"), ("b.txt", "\u{1}"), ("c.dat", "|@|"), ("d.csv", "~")] {
        write(folder.path(), name, PEOPLE.replace(',', delimiter).as_bytes());
        program::done(folder.path(), &["merge", name, "--clusters", "out.csv"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("out.csv")).expect("clusters").lines().count(), 4, "{name}");
    }
    write(folder.path(), "excel.csv", format!("\nsep=;\r\n{}", PEOPLE.replace(',', ";")).as_bytes());
    let run = program::done(folder.path(), &["merge", "excel.csv"]);
    assert!(run.out.contains("semicolon-separated"), "{}", run.out);
    let rows = PEOPLE.split_once('\n').expect("a header").1;
    write(folder.path(), "bare.csv", rows.as_bytes());
    refused(&oneid(folder.path(), &["merge", "bare.csv"]), 65, &["bare.csv: line 1", "1980-01-02", "no header line", "header = ["]);
    let settings = "[[source]]\nname = \"bare\"\nfile = \"bare*\"\ndelimiter = \" \"\nencoding = \"GB18030\"\n\
        header = [\"id\", \"given\", \"family\", \"born\", \"phone\"]\nrecord_id = \"id\"\n\
        [source.columns]\ngiven = \"given_name\"\nfamily = \"family_name\"\nborn = \"birth_date\"\nphone = \"phone\"\n";
    write(folder.path(), "bare.csv", rows.replace(',', " ").as_bytes());
    write(folder.path(), "settings.toml", settings.as_bytes());
    program::done(folder.path(), &["merge", "bare.csv", "--config", "settings.toml", "--clusters", "out.csv"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("out.csv")).expect("clusters").lines().count(), 4);
    // Names are enough: what they hold is inferred as of any file.
    let names = "[[source]]\nname = \"bare\"\nfile = \"bare*\"\ndelimiter = \" \"\nheader = [\"id\", \"given_name\", \"surname\", \"dob\", \"phone\"]\n";
    write(folder.path(), "names.toml", names.as_bytes());
    let run = program::done(folder.path(), &["merge", "bare.csv", "--config", "names.toml"]);
    assert!(run.out.contains("family_name  inferred"), "{}", run.out);
    write(folder.path(), "bare2.csv", format!("id given_name surname dob phone\n{}", rows.replace(',', " ")).as_bytes());
    refused(
        &oneid(folder.path(), &["merge", "bare2.csv", "--config", "names.toml"]),
        65,
        &["line 1", "is the header that the settings name"],
    );
    for (key, value, words) in [
        ("delimiter", "\" \"", ["source.delimiter", "one or more characters"]),
        ("encoding", "\"GB18030\"", ["source.encoding", "utf-8, gb18030, windows-1252, big5"]),
    ] {
        let wrong = settings.replace(&format!("{key} = {value}"), &format!("{key} = \"\""));
        write(folder.path(), "settings.toml", wrong.as_bytes());
        refused(&oneid(folder.path(), &["config", "check", "settings.toml"]), 65, &words);
    }
}

/// A row of next year was the newest of its record for ever.
#[test]
fn rows_of_the_future_are_rejected() {
    let folder = folder();
    let text =
        "id,name,phone,updated_at\n1,Ann Lee,2125550143,2999-01-01\n1,Ann Ray,2125550143,2024-01-01\n2,Bob Ray,2125550144,2024-01-02\n";
    write(folder.path(), "people.csv", text.as_bytes());
    let run = oneid(folder.path(), &["merge", "people.csv", "--rejects", "rejects.csv", "--json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("\"records\": 2"), "{}", run.out);
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).expect("the reject file");
    assert!(rejects.contains("people.csv,2,updated_at,\"the update time lies in the future"), "{rejects}");
}

#[test]
fn records_of_one_source_in_two_files_do_not_replace_each_other() {
    let folder = folder();
    write(folder.path(), "north.csv", b"source,id,name,phone\ncrm,1,Ann Lee,2125550143\ncrm,2,Bob Ray,2125550144\n");
    write(folder.path(), "south.csv", b"source,id,name,phone\ncrm,1,Eve Fox,2125550177\ncrm,2,Bob Ray,2125550144\n");
    let run = oneid(folder.path(), &["merge", "north.csv", "south.csv"]);
    refused(&run, 1, &["1 row was rejected", "rejects.csv"]);
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).expect("the reject file");
    for words in ["south.csv,2,,", "record crm/1 stands twice with different content (in north.csv)", "sources of their own"] {
        assert!(rejects.contains(words), "{words} is not in {rejects}");
    }
}

#[test]
fn settings_of_other_files_are_refused() {
    let folder = folder();
    write(folder.path(), "people.csv", PEOPLE.as_bytes());
    let merge = |more: &[&str]| oneid(folder.path(), &[&["merge", "people.csv", "--config", "builtin:four-channels"], more].concat());
    refused(&merge(&[]), 64, &["no source of the settings reads any input", "people.csv", "crm"]);
    refused(&merge(&["--store", "kept"]), 64, &["no source of the settings reads any input"]);
}

#[test]
fn a_refused_snapshot_keeps_its_rejects() {
    let folder = folder();
    write(folder.path(), "people.csv", PEOPLE.as_bytes());
    program::done(folder.path(), &["merge", "people.csv", "--store", "kept"]);
    write(folder.path(), "people.csv", PEOPLE.replace("3,Bob,Ray,1975-03-04,2125550177", "3,Bob,Ray").as_bytes());
    let run = oneid(folder.path(), &["merge", "people.csv", "--store", "kept", "--mode", "snapshot", "--dry-run"]);
    refused(&run, 65, &["would delete records: 1, but 1 of its rows", "1 row was rejected; the reasons are in rejects.csv"]);
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).expect("the reject file");
    assert!(rejects.contains("people.csv,4,,\"the row has 3 values"), "{rejects}");
}

#[test]
fn json_lines_are_rejected_in_words() {
    let folder = folder();
    let mut bytes = "{\"id\":1,\"name\":\"Zoë Lee\"}\n{\"id\":2,\"name\":\"Zoë Lee\"\n{\"id\":3 \"name\":1}\n".as_bytes().to_vec();
    bytes.extend_from_slice(b"{\"id\":4,\"name\":\"\xe9\"}\n");
    write(folder.path(), "app.jsonl", &bytes);
    let run = oneid(folder.path(), &["merge", "app.jsonl", "--rejects", "rejects.csv"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).expect("the reject file");
    for words in [
        "app.jsonl,2,,the JSON object does not end: the line stops after 24 characters",
        "app.jsonl,3,,\"not JSON: expected `,` or `}`, at character 9\"",
        "app.jsonl,4,,bytes that are not UTF-8,",
    ] {
        assert!(rejects.contains(words), "{words} is not in\n{rejects}");
    }
}

#[test]
fn settings_and_models_that_are_wrong_are_named() {
    let folder = folder();
    write(folder.path(), "people.csv", PEOPLE.as_bytes());
    write(folder.path(), "bad.toml", b"[thresholds]\nlink = 7\n");
    write(folder.path(), "missing.toml", b"[[source]]\nname = \"p\"\nfile = \"people.csv\"\n[source.columns]\nnot_there = \"phone\"\n");
    write(folder.path(), "model.json", b"{}");
    refused(&oneid(folder.path(), &["merge", "people.csv", "--config", "bad.toml"]), 65, &["bad.toml:2", "thresholds.link"]);
    refused(&oneid(folder.path(), &["config", "check", "bad.toml"]), 65, &["bad.toml:2", "thresholds.link"]);
    refused(&oneid(folder.path(), &["merge", "people.csv", "--config", "missing.toml"]), 65, &["people.csv", "not_there", "given_name"]);
    refused(&oneid(folder.path(), &["merge", "people.csv", "--config", "none.toml"]), 66, &["none.toml"]);
    refused(&oneid(folder.path(), &["merge", "people.csv", "--model", "model.json"]), 65, &["model.json", "not a model snapshot"]);
    program::done(folder.path(), &["merge", "people.csv", "--save-model", "model.json"]);
    let sound = std::fs::read_to_string(folder.path().join("model.json")).expect("the model");
    let (before, rest) = sound.split_once("\"m\": ").expect("a level");
    let broken = format!("{before}\"m\": 7{}", &rest[rest.find(',').expect("more members")..]);
    write(folder.path(), "model.json", broken.as_bytes());
    let run = oneid(folder.path(), &["merge", "people.csv", "--model", "model.json"]);
    refused(&run, 65, &["model.json", "not a model snapshot", "m: 7 is not a probability", "line"]);
    assert_eq!(oneid(folder.path(), &["config", "check", "builtin:four-channels"]).code, 0);
}

#[test]
fn outputs_never_overwrite_inputs_or_each_other() {
    let folder = folder();
    write(folder.path(), "people.csv", PEOPLE.as_bytes());
    let merge = |options: &[&str]| oneid(folder.path(), &[&["merge", "people.csv"], options].concat());
    refused(&merge(&["--clusters", "people.csv"]), 64, &["people.csv would be overwritten"]);
    refused(&merge(&["--clusters", "a.csv", "--reviews", "./a.csv"]), 64, &["./a.csv would be overwritten"]);
    write(folder.path(), "a.rejects.csv", PEOPLE.as_bytes());
    refused(&oneid(folder.path(), &["merge", "a.rejects.csv", "--clusters", "a.csv"]), 64, &["a.rejects.csv would be", "--rejects"]);
    refused(&merge(&["--clusters", "none/a.csv", "--store", "kept"]), 74, &["none/a.csv", "its folder"]);
    std::fs::create_dir(folder.path().join("sub")).expect("a folder");
    refused(&merge(&["--clusters", "sub", "--store", "kept"]), 64, &["cannot write sub", "is a directory"]);
    assert!(!folder.path().join("kept").exists(), "told before anything is kept");
    assert_eq!(std::fs::read(folder.path().join("people.csv")).expect("the input"), PEOPLE.as_bytes());
    write(folder.path(), "settings.toml", b"[training]\nseed = 3\n");
    refused(&merge(&["--config", "settings.toml", "--report", "settings.toml"]), 64, &["settings.toml would be overwritten"]);
    program::done(folder.path(), &["merge", "people.csv", "--store", "kept"]);
    refused(&merge(&["--store", "kept", "--report", "kept/journal/frames-00000001.log"]), 64, &["is a store"]);
    refused(&oneid(folder.path(), &["export", "--store", "kept", "--out", "kept/store/x.csv"]), 64, &["is a store"]);
}

#[test]
fn an_erasure_that_names_nobody_erases_nothing() {
    let folder = folder();
    write(folder.path(), "people.csv", b"id,name,phone\n1,Anna Smith,+447700900111\n2,Wei Zhang,+447700900112\n");
    program::done(folder.path(), &["merge", "people.csv", "--store", "kept"]);
    let digest = || program::done(folder.path(), &["verify", "--store", "kept"]).out;
    let before = digest();
    for (arguments, code, words) in [
        (&["people/1"][..], 64, &["order"][..]),
        (&["--order", "case 1"], 64, &["nobody is named"]),
        (&["people", "--order", "case 1"], 64, &["neither a One-ID nor SOURCE/ID"]),
        (&["people/3", "--order", "case 1"], 66, &["no record people/3"]),
        (&["P047D5HMW8ADJS693", "--order", "case 1"], 66, &["no person is or was called"]),
        (&["--from", "nowhere.txt", "--order", "case 1"], 66, &["nowhere.txt"]),
    ] {
        refused(&oneid(folder.path(), &[&["erase", "--store", "kept"], arguments].concat()), code, words);
    }
    assert_eq!(digest(), before);
    program::done(folder.path(), &["erase", "--store", "kept", "people/1", "--order", "case 1"]);
    refused(&oneid(folder.path(), &["get", "people/1", "--store", "kept"]), 66, &[]);
    program::done(folder.path(), &["get", "people/2", "--store", "kept"]);
}

#[test]
fn truth_and_clusters_that_do_not_fit_are_refused() {
    let folder = folder();
    write(folder.path(), "truth.csv", b"record_id,cluster_id\n1,1\n2,1\n");
    write(folder.path(), "found.csv", b"source,record_id,one_id\na,1,P\nb,1,Q\n");
    write(folder.path(), "other.csv", b"record_id,one_id\n8,P\n9,P\n");
    write(folder.path(), "shape.csv", b"record_id,colour\n1,red\n");
    let eval = |clusters: &str| oneid(folder.path(), &["eval", "--truth", "truth.csv", "--clusters", clusters]);
    refused(&eval("found.csv"), 65, &["found.csv", "record id 1 stands twice", "source column"]);
    refused(&eval("other.csv"), 65, &["no record of", "same data"]);
    refused(&eval("shape.csv"), 65, &["shape.csv", "no column one_id"]);
}

#[test]
fn a_store_made_by_a_newer_version_is_left_alone() {
    let folder = folder();
    write(folder.path(), "people.csv", PEOPLE.as_bytes());
    program::done(folder.path(), &["merge", "people.csv", "--store", "kept"]);
    let frames = folder.path().join("kept/journal/frames-00000001.log");
    let before = std::fs::read(&frames).expect("the journal");
    let mut newer = before.clone();
    let version = u32::from_le_bytes([before[8], before[9], before[10], before[11]]);
    assert_eq!(version, oneid::journal::FORMAT_VERSION, "the version stands at offset 8; docs/formats.md");
    newer[8] += 1;
    let crc = crc32fast::hash(&newer[..60]);
    newer[60..64].copy_from_slice(&crc.to_le_bytes());
    std::fs::write(&frames, &newer).expect("written");
    let run = oneid(folder.path(), &["merge", "people.csv", "--store", "kept"]);
    refused(&run, 78, &["frames-00000001.log", "version"]);
    assert_eq!(std::fs::read(&frames).expect("the journal"), newer, "nothing was written");
}
