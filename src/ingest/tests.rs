//! Inputs of every form, sound and broken, and what is read from them.

use super::*;
use std::io::Write;

#[derive(Default)]
struct Seen {
    rows: Vec<Vec<String>>,
    rejects: Vec<(u64, String)>,
    notes: Vec<String>,
}

impl Sink for Seen {
    fn rows(&mut self, rows: Vec<SourceRecord>) {
        self.rows.extend(rows.iter().map(|row| row.values.iter().map(ToString::to_string).collect()));
    }
    fn reject(&mut self, reject: Reject) {
        self.rejects.push((reject.line, reject.reason));
    }
    fn note(&mut self, note: String) {
        self.notes.push(note);
    }
}

fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    (folder, path)
}

fn seen(name: &str, bytes: &[u8]) -> Result<(Vec<String>, Seen)> {
    let (_folder, path) = file(name, bytes);
    let input = Input::open(&path)?;
    let mut seen = Seen::default();
    input.read(&mut seen)?;
    Ok((input.layout().columns.iter().map(ToString::to_string).collect(), seen))
}

#[test]
fn csv_with_every_kind_of_bad_row() {
    let mut bytes = b"\xef\xbb\xbfid,name\n1,ann\n2\n3,\"open\n4,bob\n5,\"two\nlines\"\n6,\xff\xfe\n\n7,eve\n".to_vec();
    bytes.extend_from_slice("8,张伟\n9,李娜\n10,王芳\n11,刘洋\n12,陈静\n13,杨帆\n14,赵雷\n15,黄敏\n16,周涛\n17,吴迪\n18,徐磊\n".as_bytes());
    let (columns, seen) = seen("people.csv", &bytes).expect("readable");
    assert_eq!(columns, ["id", "name"]);
    assert_eq!(seen.rows.len(), 15);
    assert_eq!(seen.rows[1..3], [vec!["4".to_string(), "bob".into()], vec!["5".into(), "two\nlines".into()]]);
    assert_eq!(
        seen.rejects,
        [
            (3, "the row has 1 value, the header 2 columns".to_string()),
            (4, "a quote opens and never closes".into()),
            (8, "bytes that are not UTF-8".into())
        ]
    );
}

#[test]
fn a_hundred_megabytes_in_one_line_cost_that_line() {
    let mut bytes = b"id,name\n1,ann\n".to_vec();
    bytes.resize(100 << 20, b'x');
    bytes.extend_from_slice(b"\n2,bob\n");
    let (_, seen) = seen("long.csv", &bytes).expect("readable");
    assert_eq!(seen.rows.len(), 2);
    assert_eq!(seen.rejects, [(3, "the line is over 16 MiB".to_string())]);
}

#[test]
fn gb18030_and_gzip() {
    let (chinese, _, _) = encoding_rs::GB18030.encode("客户号,姓名\n1,张伟\n2,欧阳娜娜\n");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&chinese).expect("in memory");
    let bytes = gz.finish().expect("in memory");
    let (columns, found) = seen("branch.csv.gz", &bytes).expect("readable");
    assert_eq!(columns, ["客户号", "姓名"]);
    assert_eq!(found.rows[1], ["2", "欧阳娜娜"]);
    let error = seen("cut.csv.gz", &bytes[..bytes.len() - 9]).err().expect("cut short");
    assert!(error.to_string().contains("cut short"), "{error}");
    for bytes in [&bytes[..bytes.len() - 9], &bytes[..9], &bytes[..2]] {
        let error = seen("cut.csv.gz", bytes).err().expect("cut short");
        assert_eq!(error.class(), crate::error::ErrorClass::BadData, "{error}");
    }
}

#[test]
fn carriage_returns_alone_end_lines() {
    let (columns, found) = seen("mac.csv", "\u{feff}id;name\r1;Zoë\r2;\"a;\rb\"\r\r3;c".as_bytes()).expect("readable");
    assert_eq!(columns, ["id", "name"]);
    assert_eq!(found.rows, [["1", "Zoë"], ["2", "a;\nb"], ["3", "c"]].map(|row| row.map(String::from).to_vec()));
    let (chinese, _, _) = encoding_rs::GB18030.encode("客户号,姓名\r1,张伟\r2,欧阳娜娜\r");
    assert_eq!(seen("mac.csv", &chinese).expect("readable").1.rows[1], ["2", "欧阳娜娜"]);
    let (_, found) = seen("mac.jsonl", b"{\"id\":1}\r{\"id\":2}\r").expect("readable");
    assert_eq!(found.rows, [["1"], ["2"]]);
    let (_, found) = seen("windows.csv", b"id,name\r\n1,a\r\n\"2\",\"b\rc\"\r\n").expect("readable");
    assert_eq!(found.rows, [["1", "a"], ["2", "b\rc"]]);
}

#[test]
fn tables_of_too_many_columns_are_refused() {
    let header = |columns: usize| (0..columns).map(|place| format!("c{place}")).collect::<Vec<_>>().join(",");
    assert_eq!(seen("wide.csv", header(INPUT_COLUMNS_MAX).as_bytes()).expect("at the bound").0.len(), INPUT_COLUMNS_MAX);
    let error = seen("wider.csv", header(INPUT_COLUMNS_MAX + 1).as_bytes()).err().expect("over the bound").to_string();
    assert!(error.contains("wider.csv: line 1: has 2001 columns, at most 2000"), "{error}");
}

#[test]
fn json_lines_with_nested_members_and_broken_lines() {
    let text = "{\"id\":1,\"real_name\":{\"name\":\"张伟\"},\"phones\":[\"139\",\"138\"]}\n{broken\n[1]\n\n{\"id\":2,\"late\":true}\n";
    let (columns, found) = seen("app.jsonl", text.as_bytes()).expect("readable");
    assert_eq!(columns, ["id", "real_name.name", "phones.0", "phones.1", "late"]);
    assert_eq!(found.rows, [["1", "张伟", "139", "138", ""], ["2", "", "", "", "true"]].map(|row| row.map(String::from).to_vec()));
    assert_eq!(found.rejects.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3]);
    assert!(seen("array.json", b"[{\"id\":1}]").err().expect("an array").to_string().contains("one JSON array"));
}

/// An app wrote the name as text once and as an object later: the text was lost, and told as a member that came late.
#[test]
fn json_members_of_two_shapes_lose_nothing() {
    let text = "{\"id\":1,\"name\":\"张伟\",\"phones\":\"139\",\"device\":null,\"deep\":null}\n\
                {\"id\":2,\"name\":{\"full\":\"李娜\"},\"phones\":[\"138\"],\"device\":{\"id\":\"d\"},\"deep\":{\"er\":{\"est\":7}}}\n\
                {\"id\":3,\"name\":\"\",\"device\":\"\"}\n";
    let (columns, found) = seen("app.jsonl", text.as_bytes()).expect("readable");
    assert_eq!(columns, ["id", "name", "phones", "name.full", "phones.0", "device.id", "deep.er.est"]);
    let expected = [["1", "张伟", "139", "", "", "", ""], ["2", "", "", "李娜", "138", "d", "7"], ["3", "", "", "", "", "", ""]];
    assert_eq!(found.rows, expected.map(|row| row.map(String::from).to_vec()));
    assert!(found.notes.is_empty(), "{:?}", found.notes);
}

/// The later of two members with one path replaced the earlier without a word.
#[test]
fn json_members_with_one_path_keep_the_first_and_say_so() {
    let text = concat!(
        "{\"id\":1,\"a.b\":\"x\",\"a\":{\"b\":\"y\"}}\n",
        "{\"id\":2,\"a\":{\"b\":\"y\"},\"a.b\":\"x\"}\n",
        "{\"id\":3,\"a.b\":\"\",\"a\":{\"b\":\"y\"}}\n",
        "{\"id\":4,\"a.b\":\"x\",\"a\":{\"b\":\"x\"}}\n"
    );
    let (columns, seen) = seen("app.jsonl", text.as_bytes()).expect("readable");
    assert_eq!(columns, ["id", "a.b"]);
    assert_eq!(seen.rows, [["1", "x"], ["2", "y"], ["3", "y"], ["4", "x"]]);
    assert_eq!(seen.notes.len(), 1, "{:?}", seen.notes);
    assert!(seen.notes[0].ends_with("are both a.b, with different values; the first is read, values left out: 2"), "{:?}", seen.notes);
}

#[test]
fn json_members_that_become_text_after_the_sample_are_told_truly() {
    let mut text = "{\"id\":1,\"name\":{\"full\":\"李娜\"}}\n".repeat(INPUT_SAMPLE_ROWS);
    text.push_str("{\"id\":2,\"name\":\"张伟\"}\n");
    let (_, found) = seen("late.jsonl", text.as_bytes()).expect("readable");
    let [note] = &found.notes[..] else { panic!("{:?}", found.notes) };
    assert!(note.contains("values of member name first appear after the sample and are not read"), "{note}");
}

/// Of two members of one name the later replaced the earlier without a word.
#[test]
fn json_members_that_stand_twice_reject_their_row() {
    let text = concat!(
        "{\"id\":1,\"name\":\"a:b \\\"c\\\": d\",\"deep\":[{\"x\":1},{\"x\":2}]}\n",
        "{\"id\":2,\"name\":\"Ann\",\"name\":\"Bob\"}\n",
        "{\"id\":3,\"deep\":[{\"x\":1,\"x\":1}]}\n"
    );
    let (_, found) = seen("app.jsonl", text.as_bytes()).expect("readable");
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.rejects.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3]);
    assert!(found.rejects.iter().all(|(_, reason)| reason.contains("stands twice")), "{:?}", found.rejects);
}

/// A document of fifty people was once one customer.
#[test]
fn a_document_with_a_list_is_no_line() {
    let people: Vec<String> = (0..50).map(|id| format!("{{\"id\":{id},\"name\":\"Ann Lee\"}}")).collect();
    let text = format!("{{\"total\":50,\"data\":[{}]}}\n", people.join(","));
    let error = seen("wrap.json", text.as_bytes()).err().expect("a document").to_string();
    assert!(error.contains("wrap.json") && error.contains("jq -c '.data[]'"), "{error}");
    let one = "{\"id\":1,\"name\":\"Ann\",\"phone\":\"139\",\"addresses\":[{\"city\":\"a\"},{\"city\":\"b\"}]}\n";
    assert_eq!(seen("one.jsonl", one.as_bytes()).expect("a customer of two addresses").1.rows.len(), 1);
}

#[test]
fn json_numbers_stay_as_written() {
    let text = "{\"id\":123456789012345678901234567890,\"n\":1.50}\n{\"id\":123456789012345678901234567891,\"n\":-0}\n";
    let (_, found) = seen("long.jsonl", text.as_bytes()).expect("readable");
    let expected = [["123456789012345678901234567890", "1.50"], ["123456789012345678901234567891", "-0"]];
    assert_eq!(found.rows, expected.map(|row| row.map(String::from).to_vec()));
}

#[test]
fn json_members_after_the_sample_are_told_in_bounded_space() {
    let mut text = "{\"id\":1}\n".repeat(INPUT_SAMPLE_ROWS);
    for place in 0..50 {
        text.push_str(&format!("{{\"id\":1,\"late{place}\":1}}\n"));
    }
    let (_, found) = seen("late.jsonl", text.as_bytes()).expect("readable");
    assert_eq!(found.notes.len(), 21);
    assert!(found.notes[20].contains("30 values of further members"), "{}", found.notes[20]);
}

#[test]
fn parquet_with_a_struct() {
    use arrow_array::{Int64Array, StringArray};
    use arrow_schema::{Field, Schema};
    let names: ArrayRef = Arc::new(StringArray::from(vec![Some("ann"), None]));
    let nested: ArrayRef = Arc::new(StructArray::from(vec![(Arc::new(Field::new("name", DataType::Utf8, true)), names)]));
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let schema =
        Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, false), Field::new("person", nested.data_type().clone(), true)]));
    let batch = arrow_array::RecordBatch::try_new(schema.clone(), vec![ids, nested]).expect("aligned");
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, schema, None).expect("in memory");
    writer.write(&batch).expect("in memory");
    writer.close().expect("in memory");
    let (columns, found) = seen("people.parquet", &bytes).expect("readable");
    assert_eq!(columns, ["id", "person.name"]);
    assert_eq!(found.rows, [["1", "ann"], ["2", ""]].map(|row| row.map(String::from).to_vec()));
    assert!(seen("cut.parquet", &bytes[..bytes.len() / 2]).is_err());
}

/// The codecs are not built in, so the codec in the footer of an uncompressed file is changed: field 4 behind the path of the column,
/// each a byte of Thrift's compact protocol.
#[test]
fn parquet_of_other_compressions_is_no_damage() {
    use arrow_array::StringArray;
    let names: ArrayRef = Arc::new(StringArray::from(vec!["ann"]));
    let batch = arrow_array::RecordBatch::try_from_iter([("name", names)]).expect("aligned");
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("in memory");
    writer.write(&batch).expect("in memory");
    writer.close().expect("in memory");
    let path = b"\x19\x18\x04name\x15";
    let place = bytes.windows(path.len()).rposition(|found| found == path).expect("the column's path") + path.len();
    assert_eq!(bytes[place], 0, "uncompressed");
    for (codec, name) in [(8, "Brotli"), (10, "LZ4"), (14, "LZ4"), (6, "LZO")] {
        bytes[place] = codec;
        let error = seen("people.parquet", &bytes).err().expect("not supported").to_string();
        for words in [&format!("column name is compressed with {name}, which is not supported"), "Snappy, Gzip, Zstandard"] {
            assert!(error.contains(words), "{error}");
        }
        assert!(!error.contains("damaged"), "{error}");
    }
}

use arrow_array::{ArrayRef, StructArray};
use arrow_schema::DataType;

#[test]
fn what_is_no_table_is_told_so() {
    assert!(seen("empty.csv", b"").expect("empty is no error").0.is_empty());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let told = |path: &Path| Input::open(path).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(told(folder.path()).contains("is a directory"));
    assert!(told(&folder.path().join("none.csv")).contains("cannot open"));
    assert!(seen("twice.csv", b"a,a\n1,2\n").err().expect("twice").to_string().contains("twice"));
}
