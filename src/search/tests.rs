//! What a query finds, as a table; and the life of an index on the disk.

use super::{Hit, ProfileDocument, SearchIndex, remove};
use crate::error::ErrorClass;
use crate::one_id::OneId;
use crate::record::RecordKey;
use std::path::{Path, PathBuf};

fn one_id(name: &str) -> OneId {
    OneId::from_least_key(&RecordKey::new("test", name))
}

/// A profile from `name | phone | email | city | address`, any of them empty.
fn profile(line: &str) -> ProfileDocument {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let part = |place: usize| parts.get(place).filter(|part| !part.is_empty()).map(|part| (*part).to_owned());
    ProfileDocument {
        names: vec![parts[0].to_owned()],
        phones: part(1).into_iter().collect(),
        emails: part(2).into_iter().collect(),
        city: part(3),
        address: part(4),
        ..ProfileDocument::new(one_id(parts[0]))
    }
}

const PEOPLE: &[&str] = &[
    "张伟 | +8613812345678 | zhangwei88@qq.com | 北京市 | 北京市朝阳区建国路88号",
    "张伟明 | +8613812349999 | wm@example.com | 上海市 | 上海市浦东新区世纪大道100号",
    "张小明 | +8613900005678 | xm.zhang@example.com | 深圳市 | 深圳市南山区科技园",
    "单雄信 | | | |",
    "仇英 | | | |",
    "曾国藩 | | | 长沙市 |",
    "解晓东 | | | |",
    "尉迟恭 | | | |",
    "区楚良 | | | 广州市 |",
    "欧阳娜娜 | +85291234567 | | 香港 |",
    "吕布 | | | |",
    "阿不都·热西提 | 138****8000 | | 乌鲁木齐市 |",
    "José García | +14155550123 | jose@garcia.example | San Francisco | 1 Market Street",
    "John Smith | +447911123456 | john.smith@example.com | London |",
    "Jon Smythe | | | Leeds |",
    "Sean O'Brien | | | Dublin |",
    "Zhang Wei | | | Vancouver |",
    "王芳 David | | | |",
];

struct Bench {
    _directory: tempfile::TempDir,
    index: SearchIndex,
}

fn bench() -> Bench {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let index = SearchIndex::create(&directory.path().join("search")).expect("an empty index");
    index.apply(PEOPLE.iter().map(|line| profile(line)), &[], 7).expect("a first commit");
    Bench { _directory: directory, index }
}

impl Bench {
    /// The names found, best first.
    fn names(&self, query: &str) -> Vec<&'static str> {
        let found = self.index.search(query, 100, 0).expect(query);
        assert_eq!(found.total, found.hits.len(), "{query}");
        found.hits.iter().map(|hit| name(hit)).collect()
    }
}

fn name(hit: &Hit) -> &'static str {
    let names = PEOPLE.iter().map(|line| line.split('|').next().expect("a name").trim());
    names.into_iter().find(|name| one_id(name) == hit.one_id).expect("one of the people")
}

#[test]
fn queries_find_exactly_these_people() {
    let bench = bench();
    let table: &[(&str, &[&str])] = &[
        // Han: part, traditional, compound surname, interpunct or none.
        ("小明", &["张小明"]),
        ("張小明", &["张小明"]),
        ("歐陽", &["欧阳娜娜"]),
        ("欧阳娜娜", &["欧阳娜娜"]),
        ("阿不都热西提", &["阿不都·热西提"]),
        ("阿不都·热西提", &["阿不都·热西提"]),
        // Pinyin: whole, in words, given name first, syllables, capitals, initials.
        ("zhangxiaoming", &["张小明"]),
        ("Zhang XiaoMing", &["张小明"]),
        ("xiaoming zhang", &["张小明"]),
        ("zhang xiao ming", &["张小明"]),
        ("zxm", &["张小明"]),
        ("z x m", &["张小明"]),
        ("zhangxm", &["张小明"]),
        ("oynn", &["欧阳娜娜"]),
        ("ouyang", &["欧阳娜娜"]),
        ("zhang小明", &["张小明"]),
        // Surnames of several readings, the right one and the usual one.
        ("shanxiongxin", &["单雄信"]),
        ("shan xiongxin", &["单雄信"]),
        ("danxiongxin", &["单雄信"]),
        ("qiu ying", &["仇英"]),
        ("zengguofan", &["曾国藩"]),
        ("xie xiaodong", &["解晓东"]),
        ("yuchigong", &["尉迟恭"]),
        ("yuchi gong", &["尉迟恭"]),
        ("尉遲恭", &["尉迟恭"]),
        ("ycg", &["尉迟恭"]),
        ("ou chuliang", &["区楚良"]),
        ("lv bu", &["吕布"]),
        ("lu bu", &["吕布"]),
        ("lyubu", &["吕布"]),
        // Latin: any order, diacritics, one typo in long words, apostrophes, mixed scripts.
        ("garcia jose", &["José García"]),
        ("GARCÍA", &["José García"]),
        ("Garcai", &["José García"]),
        ("smith john", &["John Smith"]),
        ("smth", &[]),
        ("obrien", &["Sean O'Brien"]),
        ("o'brien sean", &["Sean O'Brien"]),
        ("王芳 david", &["王芳 David"]),
        // Phones: whole in any dress, prefix, last four.
        ("13812345678", &["张伟"]),
        ("+86 138-1234-5678", &["张伟"]),
        ("0086 138 1234 5678", &["张伟"]),
        ("1381234", &["张伟", "张伟明"]),
        ("9999", &["张伟明"]),
        ("8000", &["阿不都·热西提"]),
        ("07911123456", &["John Smith"]),
        ("415 555 0123", &["José García"]),
        ("91234567", &["欧阳娜娜"]),
        ("张小明 5678", &["张小明"]),
        // E-mail: whole, by the beginning.
        ("ZhangWei88@QQ.com", &["张伟"]),
        ("xm.zhang", &["张小明"]),
        ("john.smith@", &["John Smith"]),
        ("zhangwei8", &["张伟"]),
        // Places: words, pairs, numbers, parts with a gap; together with a name.
        ("朝阳区", &["张伟"]),
        ("朝阳建国路", &["张伟"]),
        ("浦东 世纪大道", &["张伟明"]),
        ("market street", &["José García"]),
        ("张伟 上海", &["张伟明"]),
        ("东京", &[]),
    ];
    for (query, people) in table {
        let mut found = bench.names(query);
        let mut expected = people.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn better_hits_come_first() {
    let bench = bench();
    for (query, first) in [
        ("张伟", "张伟"),
        ("zhangwei", "张伟"),
        ("zw", "张伟"),
        ("wei zhang", "Zhang Wei"),
        ("john smith", "John Smith"),
        ("Smyth", "Jon Smythe"),
        ("5678", "张伟"),
    ] {
        let names = bench.names(query);
        if query != "5678" {
            assert_eq!(names.first(), Some(&first), "{query}: {names:?}");
        }
        assert!(names.contains(&first), "{query}: {names:?}");
    }
    assert_eq!(bench.names("张伟")[1], "张伟明", "whole name above part");
    let whole = bench.index.search("13812345678", 1, 0).expect("a search").hits[0].relevance;
    let prefix = bench.index.search("1381234567", 1, 0).expect("a search").hits[0].relevance;
    assert!(whole > prefix, "{whole} > {prefix}");
}

#[test]
fn a_one_id_finds_its_person_and_pages_follow_one_another() {
    let bench = bench();
    let asked = one_id("张伟");
    assert_eq!(bench.names(&asked.to_string().to_lowercase()), ["张伟"]);
    let all = bench.index.search("zhang", 100, 0).expect("a search");
    assert!(all.total >= 4);
    let mut paged = Vec::new();
    for offset in 0..all.total {
        let page = bench.index.search("zhang", 1, offset).expect("a page");
        assert_eq!(page.total, all.total);
        paged.extend(page.hits);
    }
    assert_eq!(paged, all.hits);
    assert_eq!(bench.index.search("zhang", 0, 0).expect("a count").total, all.total);
}

#[test]
fn senseless_queries_are_refused_with_both_numbers() {
    let bench = bench();
    let long = "a".repeat(201);
    let wordy = "a ".repeat(17);
    for (query, limit) in [("", 10), (" ?! ", 10), (long.as_str(), 10), (wordy.as_str(), 10), ("zhang", 10_001)] {
        let error = bench.index.search(query, limit, 0).expect_err("refused");
        assert_eq!(error.class(), ErrorClass::Usage, "{error}");
    }
    for query in ["@", "@@", "*", "\u{0}张", "'", "😀 张", "ｚｈａｎｇ", "+", "00"] {
        let _ = bench.index.search(query, 10, 0);
    }
}

#[test]
fn upserts_replace_deletes_remove_and_the_position_is_kept() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("search");
    let index = SearchIndex::create(&path).expect("an empty index");
    assert_eq!((index.applied_position(), index.len()), (0, 0));
    index.apply(PEOPLE.iter().map(|line| profile(line)), &[], 5).expect("a commit");
    let named = |name: &str| ProfileDocument { names: vec![name.to_owned()], ..ProfileDocument::new(one_id("张伟")) };
    index.apply([named("韩梅"), named("李雷")], &[one_id("仇英")], 9).expect("a commit");
    assert_eq!(index.search("韩梅", 10, 0).expect("a search").total, 0, "the last of two under one One-ID stays");
    assert_eq!(index.search("李雷", 10, 0).expect("a search").hits[0].one_id, one_id("张伟"));
    assert_eq!(index.search("13812345678", 10, 0).expect("a search").total, 0);
    assert_eq!(index.search("仇英", 10, 0).expect("a search").total, 0);
    assert_eq!(index.apply([], &[], 8).expect_err("backwards").class(), ErrorClass::Internal);
    index.close().expect("closed");

    let index = SearchIndex::open(&path).expect("opened again");
    assert_eq!((index.applied_position(), index.len()), (9, PEOPLE.len() as u64 - 1));
    index.apply([], &[], 12).expect("a commit without changes");
    assert_eq!(index.applied_position(), 12);
}

#[test]
fn a_second_writer_is_told_to_wait_and_readers_are_not() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let first = SearchIndex::create(directory.path()).expect("an empty index");
    first.apply([profile(PEOPLE[0])], &[], 1).expect("a commit");
    let second = SearchIndex::open(directory.path()).expect("opened for reading");
    assert_eq!(second.search("张伟", 10, 0).expect("a search").total, 1);
    assert_eq!(second.apply([], &[], 2).expect_err("locked").class(), ErrorClass::Busy);
}

#[test]
fn a_missing_a_damaged_and_a_foreign_index_are_told_apart_and_rebuilt() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("search");
    let class = |path: &Path| SearchIndex::open(path).err().map(|error| error.class());
    assert_eq!(class(&path), Some(ErrorClass::NotFound));
    let build = || {
        remove(&path).expect("removed");
        let index = SearchIndex::create(&path).expect("an empty index");
        index.apply(PEOPLE.iter().map(|line| profile(line)), &[], 3).expect("a commit");
        index.close().expect("closed");
    };
    build();
    let mut files: Vec<_> = std::fs::read_dir(&path).expect("the files").map(|entry| entry.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind != "lock"));
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        build();
        let names: Vec<_> = std::fs::read_dir(&path).expect("the files").map(|entry| entry.expect("a file").path()).collect();
        let same_kind =
            |name: &&PathBuf| name.extension() == file.extension() && (file.extension() != Some("json".as_ref()) || **name == file);
        let same_kind = names.iter().find(same_kind).expect("the same files as before");
        let mut bytes = std::fs::read(same_kind).expect("a file");
        bytes.truncate(bytes.len() / 2);
        std::fs::write(same_kind, bytes).expect("cut");
        assert_eq!(class(&path), Some(ErrorClass::Corrupt), "{}", same_kind.display());
        std::fs::remove_file(same_kind).expect("removed");
        assert_eq!(class(&path), Some(ErrorClass::Corrupt), "without {}", same_kind.display());
    }
    build();
    assert_eq!(class(&path), None);
    remove(&path).expect("removed");
    remove(&path).expect("removed twice");
    assert!(!path.exists());
}

/// One bit of the list of segments, and a deleted profile was back.
#[test]
fn a_deleted_profile_stays_away_whatever_the_list_of_segments_says() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("search");
    let index = SearchIndex::create(&path).expect("an empty index");
    index.apply(PEOPLE.iter().map(|line| profile(line)), &[], 3).expect("a commit");
    index.apply([], &[one_id("仇英")], 4).expect("a commit");
    index.close().expect("closed");
    let file = path.join("meta.json");
    let sound = std::fs::read_to_string(&file).expect("the list");
    assert!(SearchIndex::open(&path).is_ok());
    let damaged = sound.replacen("\"num_deleted_docs\": 1", "\"num_deleted_docs\": 0", 1);
    assert_ne!(damaged, sound);
    std::fs::write(&file, damaged).expect("written");
    assert_eq!(SearchIndex::open(&path).map(|_| ()).map_err(|error| error.class()), Err(ErrorClass::Corrupt));
}

/// Every file, forty random bits each (with `ONEID_LONG` four thousand): noticed at opening, or without any effect on the answers.
#[test]
fn flipped_bits_are_noticed_or_harmless() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("search");
    let index = SearchIndex::create(&path).expect("an empty index");
    index.apply(PEOPLE.iter().map(|line| profile(line)), &[], 3).expect("a commit");
    index.apply([], &[one_id("仇英")], 4).expect("a commit");
    let answers = |index: &SearchIndex| {
        let hits = ["张", "zhang", "smith", "1381", "朝阳", "qiuying"].map(|query| index.search(query, 50, 0).expect(query).hits);
        (index.applied_position(), index.len(), hits)
    };
    let expected = answers(&index);
    index.close().expect("closed");
    let mut random = fastrand::Rng::with_seed(7);
    let mut noticed = 0;
    let flips = if std::env::var_os("ONEID_LONG").is_some() { 4_000 } else { 40 };
    for file in std::fs::read_dir(&path).expect("the files").map(|entry| entry.expect("a file").path()) {
        let sound = std::fs::read(&file).expect("a file");
        for _ in 0..if sound.is_empty() { 0 } else { flips } {
            let (place, bit) = (random.usize(..sound.len()), random.u8(..8));
            let mut bytes = sound.clone();
            bytes[place] ^= 1 << bit;
            std::fs::write(&file, bytes).expect("written");
            match SearchIndex::open(&path) {
                Err(error) => {
                    assert_eq!(error.class(), ErrorClass::Corrupt, "{} byte {place} bit {bit}: {error}", file.display());
                    noticed += 1;
                }
                Ok(index) => assert_eq!(answers(&index), expected, "{} byte {place} bit {bit}", file.display()),
            }
        }
        std::fs::write(&file, sound).expect("written");
    }
    assert!(noticed > 200, "{noticed}");
}

/// Run by hand in an optimised build: `cargo test --release search::tests::cost -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn cost() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let index = SearchIndex::create(directory.path()).expect("an empty index");
    let mut random = fastrand::Rng::with_seed(1);
    let surnames: Vec<char> = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗单曾解".chars().collect();
    let given: Vec<char> = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文辉力玲鑫".chars().collect();
    let count = 200_000_u32;
    let people = (0..count).map(|number| {
        let mut name: String = random.choice(&surnames).into_iter().collect();
        name.extend((0..random.usize(1..=2)).filter_map(|_| random.choice(&given)));
        let line = format!(
            "{name} | +861{:010} | u{number}@example.com | 北京市 | 北京市朝阳区建国路{}号",
            random.u64(3_000_000_000..9_999_999_999),
            random.u16(1..999)
        );
        ProfileDocument { one_id: one_id(&number.to_string()), ..profile(&line) }
    });
    let people: Vec<_> = people.collect();
    let start = std::time::Instant::now();
    let fields = super::layout::layout().1;
    let values: usize = people.iter().map(|profile| profile.to_terms(&fields).field_values().count()).sum();
    println!("{values} terms of {count} profiles in {:?}", start.elapsed());
    let start = std::time::Instant::now();
    index.apply(people, &[], 1).expect("a commit");
    let elapsed = start.elapsed();
    let bytes: u64 = std::fs::read_dir(directory.path())
        .expect("the files")
        .map(|entry| entry.expect("a file").metadata().expect("its size").len())
        .sum();
    println!("{count} profiles in {elapsed:?}, {} bytes each", bytes / u64::from(count));
    let start = std::time::Instant::now();
    index.verify().expect("sound");
    println!("verify {:?}", start.elapsed());
    for query in
        ["张伟", "伟", "张伟明", "zhangwei", "zhang wei", "zw", "138", "1381234", "5678", "u1234@example.com", "朝阳区建国路", "Zhnagwei"]
    {
        let start = std::time::Instant::now();
        let total = index.search(query, 20, 0).expect("a search").total;
        println!("{query}: {total} hits in {:?}", start.elapsed());
    }
    let start = std::time::Instant::now();
    index.apply([profile(PEOPLE[0])], &[], 2).expect("a commit");
    println!("commit of one profile {:?}", start.elapsed());
}
