//! What the store promises: rows come back whole, changes count when they are all there, applying again changes nothing, and what
//! cannot be read is refused.

use super::apply::Writer;
use super::*;
use crate::error::ErrorClass;
use crate::limits::STORE_PART_BYTES_MAX;
use crate::one_id::OneId;
use crate::record::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};
use compact_str::CompactString;
use proptest::prelude::*;
use tempfile::TempDir;

pub(super) fn temp() -> TempDir {
    tempfile::tempdir().expect("a temporary directory can be made")
}

pub(super) fn open(dir: &TempDir) -> Store {
    Store::open(dir.path()).expect("the view opens")
}

pub(super) fn key(number: u64) -> RecordKey {
    RecordKey::new("crm", format!("c{number}"))
}

fn one_id(number: u64) -> OneId {
    OneId::at_position(&[7; 16], number, 0)
}

fn value(field: Field, text: &str) -> FieldValue {
    FieldValue { field, text: text.into(), grade: Grade::Valid }
}

/// A record of usual size; `note` makes it longer.
pub(super) fn record(number: u64, note: &str) -> RecordRow {
    let values = vec![value(Field::FamilyName, "欧阳"), value(Field::GivenName, "娜娜"), value(Field::Phone, "+8613912345678")];
    RecordRow {
        canonical: CanonicalRecord::new(key(number), number as i64, Some(-1), values),
        source_values: vec![("姓名".into(), "歐陽娜娜".into()), ("note".into(), note.into())],
        one_id: one_id(number),
        arrived_at: number + 1,
    }
}

fn person(number: u64, members: u64) -> PersonRow {
    let state = PersonState::Live { members: (0..members).map(key).collect() };
    PersonRow {
        created_at: number,
        founding: key(number),
        state,
        former: vec![one_id(number + 1)],
        former_records: vec![key(number)],
        changed_at: number,
    }
}

fn event(number: u64, amount_minor: i64) -> EventRow {
    EventRow { event_id: format!("e{number}").into(), time: -5, kind: "purchase".into(), amount_minor, currency: "CNY".into() }
}

/// A batch that touches every tree, with rows of one part and of many.
pub(super) fn changes(position: u64) -> Changes {
    Changes {
        position,
        put_records: (0..20).map(|number| record(number, &"长".repeat(number as usize * 300))).collect(),
        put_people: (0..5).map(|number| (one_id(number), person(number, number * 1000))).collect(),
        add_events: (0..5).map(|number| (key(number), (0..number * 100).map(|id| event(id, id as i64)).collect())).collect(),
        put_snapshots: vec![(b"snapshot-1".to_vec(), (0..50_000u32).flat_map(u32::to_le_bytes).collect())],
        put_mappings: vec![(vec![0, 1, 2, 0], b"mapping".to_vec())],
        put_judgements: vec![(b"j1".to_vec(), Vec::new()), (b"j2".to_vec(), b"must".to_vec())],
        put_reviews: vec![(b"r1".to_vec(), vec![9; STORE_PART_BYTES_MAX])],
        activation: Some(Activation { id: b"snapshot-1".to_vec(), provisional: Some(b"lesson".to_vec()) }),
        ..Changes::default()
    }
}

/// Everything in a store, to compare two.
pub(super) fn contents(store: &Store) -> Vec<String> {
    let mut out = vec![format!("{:?} {:?}", store.applied_position(), store.active_snapshot())];
    out.extend(store.records().map(|row| format!("{row:?}")));
    out.extend(store.people().map(|row| format!("{row:?}")));
    out.extend(store.all_events().map(|row| format!("{row:?}")));
    out.extend(store.snapshots().chain(store.mappings()).chain(store.judgements()).chain(store.reviews()).map(|row| format!("{row:?}")));
    // Every entry of sled too, so that nothing is left that no row counts.
    for tree in &store.trees {
        out.extend(tree.iter().map(|entry| format!("{entry:?}")));
    }
    out
}

#[test]
fn rows_come_back_as_they_were_put_also_after_opening_again() {
    let dir = temp();
    let changes = changes(42);
    let mut store = open(&dir);
    assert_eq!((store.applied_position().ok(), store.record(&key(0)).ok()), (Some(0), Some(None)));
    store.apply(&changes).expect("changes are applied");
    for _ in 0..2 {
        for row in &changes.put_records {
            assert_eq!(store.record(&row.canonical.key).expect("it reads").as_ref(), Some(row));
        }
        for (one_id, row) in &changes.put_people {
            assert_eq!(store.person(one_id).expect("it reads").as_ref(), Some(row));
        }
        for (key, events) in &changes.add_events {
            assert_eq!(&store.events(key).expect("it reads"), events);
        }
        assert_eq!(store.snapshot(b"snapshot-1").expect("it reads").as_ref(), Some(&changes.put_snapshots[0].1));
        assert_eq!(store.mapping(&[0, 1, 2, 0]).expect("it reads").as_deref(), Some(&b"mapping"[..]));
        assert_eq!(store.judgement(b"j1").expect("it reads").as_deref(), Some(&b""[..]));
        assert_eq!(store.review(b"r1").expect("it reads").as_ref(), Some(&changes.put_reviews[0].1));
        assert_eq!(store.review(b"r2").expect("it reads"), None);
        assert_eq!(store.applied_position().expect("it reads"), 42);
        assert_eq!(store.unfinished_position().expect("it reads"), None);
        assert_eq!(store.active_snapshot().expect("it reads").as_deref(), Some(&b"snapshot-1"[..]));
        assert_eq!(store.provisional().expect("it reads").as_deref(), Some(&b"lesson"[..]));
        let scanned: Vec<RecordRow> = store.records().collect::<Result<_, _>>().expect("the scan reads");
        let mut expected = changes.put_records.clone();
        expected.sort_by(|one, other| one.canonical.key.cmp(&other.canonical.key));
        assert_eq!(scanned, expected);
        assert_eq!(store.people().count(), 5);
        drop(store);
        store = open(&dir);
    }
}

#[test]
fn a_snapshot_that_stays_takes_the_mark_of_a_provisional_one_away() {
    let dir = temp();
    let store = open(&dir);
    store.apply(&changes(1)).expect("changes are applied");
    store.apply(&Changes { position: 2, ..Changes::default() }).expect("changes are applied");
    assert!(store.provisional().expect("it reads").is_some(), "a batch that activates nothing leaves it");
    let activation = Some(Activation { id: b"snapshot-2".to_vec(), provisional: None });
    store.apply(&Changes { position: 3, activation, ..Changes::default() }).expect("changes are applied");
    assert_eq!((store.active_snapshot().ok(), store.provisional().ok()), (Some(Some(b"snapshot-2".to_vec())), Some(None)));
}

#[test]
fn no_part_of_a_row_is_longer_than_its_bound() {
    let dir = temp();
    let store = open(&dir);
    store.apply(&changes(1)).expect("changes are applied");
    let longest = store.trees.iter().flat_map(|tree| tree.iter().values()).map(|value| value.expect("it reads").len()).max();
    assert_eq!(longest, Some(STORE_PART_BYTES_MAX));
}

#[test]
fn a_row_that_shrinks_or_goes_leaves_nothing_behind() {
    let (dir, other) = (temp(), temp());
    let (store, fresh) = (open(&dir), open(&other));
    store.apply(&changes(1)).expect("changes are applied");
    let mut smaller = Changes {
        position: 2,
        put_records: (0..20).map(|number| record(number, "")).collect(),
        put_people: (0..5).map(|number| (one_id(number), person(number, 1))).collect(),
        delete_events: (0..5).map(key).collect(),
        add_events: vec![(key(3), vec![event(1, 1)])],
        put_snapshots: vec![(b"snapshot-1".to_vec(), b"small".to_vec())],
        put_mappings: vec![(vec![0, 1, 2, 0], b"mapping".to_vec())],
        put_judgements: vec![(b"j1".to_vec(), Vec::new()), (b"j2".to_vec(), b"must".to_vec())],
        put_reviews: vec![(b"r1".to_vec(), vec![])],
        activation: Some(Activation { id: b"snapshot-1".to_vec(), provisional: Some(b"lesson".to_vec()) }),
        ..Changes::default()
    };
    store.apply(&smaller).expect("changes are applied");
    smaller.delete_events.clear();
    fresh.apply(&smaller).expect("changes are applied");
    assert_eq!(contents(&store), contents(&fresh));
    let gone = Changes { position: 3, delete_records: (0..20).map(key).collect(), delete_events: vec![key(3)], ..Changes::default() };
    store.apply(&gone).expect("changes are applied");
    assert_eq!((store.records().count(), store.all_events().count(), store.trees[1].len()), (0, 0, 0));
}

#[test]
fn applying_the_same_changes_again_changes_nothing() {
    let dir = temp();
    let store = open(&dir);
    store.apply(&changes(5)).expect("changes are applied");
    let once = contents(&store);
    store.apply(&changes(5)).expect("changes are applied");
    assert_eq!(contents(&store), once);
    let error = store.apply(&changes(4)).expect_err("the view has gone further");
    assert_eq!(error.class(), ErrorClass::Conflict);
    assert!(error.to_string().contains('4') && error.to_string().contains('5'), "{error}");
    assert_eq!(contents(&store), once);
}

/// Stops between any two transactions: the old applied position stands, the view says that it is amid something, and applying
/// the same changes again ends where an undisturbed application does.
#[test]
fn changes_that_were_cut_off_are_applied_again_to_the_same_rows() {
    let whole = temp();
    let expected = {
        let store = open(&whole);
        store.apply(&before()).expect("changes are applied");
        store.apply(&changes(9)).expect("changes are applied");
        contents(&store)
    };
    for transactions in 0.. {
        let dir = temp();
        let store = open(&dir);
        store.apply(&before()).expect("changes are applied");
        let mut writer = Writer::new(&store, 9, 10);
        writer.transactions_left = Some(transactions);
        let done = store.apply_with(&changes(9), &mut writer).is_ok();
        if !done {
            assert_eq!(store.applied_position().expect("it reads"), 3);
            assert_eq!(store.unfinished_position().expect("it reads"), (transactions > 0).then_some(9));
            drop(store);
            let store = open(&dir);
            store.apply(&changes(9)).expect("changes are applied");
            assert_eq!(store.unfinished_position().expect("it reads"), None);
            assert_eq!(contents(&store), expected, "stopped after {transactions}");
        } else {
            assert_eq!(contents(&store), expected);
            assert!(transactions > 10, "the changes took only {transactions} transactions");
            return;
        }
    }
}

/// Rows that [`changes`] replaces by longer and by shorter ones.
fn before() -> Changes {
    Changes {
        position: 3,
        put_records: (0..20).map(|number| record(number, &"x".repeat(8000 - number as usize * 400))).collect(),
        add_events: vec![(key(4), (350..450).map(|id| event(id, -1)).collect())],
        put_snapshots: vec![(b"snapshot-1".to_vec(), vec![1; 300_000])],
        ..Changes::default()
    }
}

#[test]
fn an_event_with_a_known_id_takes_the_place_of_the_old() {
    let dir = temp();
    let store = open(&dir);
    let add = |position, events: &[EventRow]| {
        let half = events.len() / 2;
        let add_events = vec![(key(1), events[..half].to_vec()), (key(1), events[half..].to_vec())];
        store.apply(&Changes { position, add_events, ..Changes::default() }).expect("changes are applied");
    };
    add(1, &[event(1, 10), event(2, 20), event(1, 11)]);
    add(2, &[event(3, 30), event(2, 22)]);
    assert_eq!(store.events(&key(1)).expect("it reads"), [event(1, 11), event(2, 22), event(3, 30)]);
    assert_eq!(store.events(&key(2)).expect("it reads"), []);
}

#[test]
fn the_second_to_open_is_told_at_once() {
    let dir = temp();
    let _store = open(&dir);
    assert_eq!(Store::open(dir.path()).err().map(|error| error.class()), Some(ErrorClass::Busy));
}

#[test]
fn a_view_belongs_to_one_store() {
    let dir = temp();
    let store = open(&dir);
    assert_eq!(store.store_id().expect("it reads"), None);
    store.bind(&[1; 16]).expect("a new view is bound");
    store.bind(&[1; 16]).expect("it is bound already");
    assert_eq!(store.bind(&[2; 16]).err().map(|error| error.class()), Some(ErrorClass::Corrupt));
    assert_eq!(store.store_id().expect("it reads"), Some([1; 16]));
}

#[test]
fn a_cleared_view_is_empty_but_still_bound() {
    let dir = temp();
    let store = open(&dir);
    store.bind(&[1; 16]).expect("a new view is bound");
    store.apply(&changes(8)).expect("changes are applied");
    store.clear().expect("it is cleared");
    drop(store);
    let store = open(&dir);
    assert_eq!(store.store_id().expect("it reads"), Some([1; 16]));
    assert_eq!((store.applied_position().ok(), store.active_snapshot().ok(), store.records().count()), (Some(0), Some(None), 0));
    assert_eq!(store.provisional().ok(), Some(None));
    store.apply(&changes(2)).expect("a rebuild may begin");
    assert!(store.disk_bytes().expect("sled tells") > 0);
}

#[test]
fn a_reader_beside_the_writer_sees_whole_rows() {
    let dir = temp();
    let store = open(&dir);
    let put = |position: u64| {
        let text = format!("{position} ").repeat(if position.is_multiple_of(2) { 5000 } else { 1500 });
        Changes { position, put_records: vec![record(1, &text)], ..Changes::default() }
    };
    store.apply(&put(1)).expect("changes are applied");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (2..300).for_each(|position| store.apply_lazily(&put(position)).expect("changes are applied")));
        while !writer.is_finished() {
            let row = store.record(&key(1)).expect("it reads").expect("it is there");
            let text = &row.source_values[1].1;
            let first = text.split(' ').next().expect("there is text");
            assert!(text.split_terminator(' ').all(|word| word == first));
            assert_eq!(store.records().collect::<Result<Vec<_>, _>>().expect("it reads").len(), 1);
        }
    });
}

/// The numbers on the disk: who changes one makes old stores unreadable.
#[test]
fn the_form_of_a_record_is_frozen() {
    // Fields that came later are not in it.
    let first = Field::ALL.iter().filter(|field| **field != Field::Generation);
    let values: Vec<FieldValue> = first.map(|field| value(*field, "x")).collect();
    let grades = [Grade::Valid, Grade::Derived, Grade::Partial, Grade::Invalid];
    let graded = grades.map(|grade| FieldValue { field: Field::Phone, text: "p".into(), grade });
    let canonical = CanonicalRecord::new(key(1), -1, Some(300), values.into_iter().chain(graded).collect());
    let source_values = vec![("a".into(), "b".into())];
    let row = RecordRow { canonical, source_values, one_id: OneId::from_bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), arrived_at: 300 };
    let bytes = row.to_bytes().expect("it is written");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let frozen = concat!(
        "0101d80420010101780201017803010178040101780501017806010178070101780801017809010170090201700903017009",
        "040170090101780a0101780b0101780c0101780d0101780e0101780f01017810010178110101781201017813010178140101",
        "7815010178160101781701017818010178190101781a0101781b0101781c01017801016101620102030405060708090aac02",
    );
    assert_eq!(hex, frozen);
    assert_eq!(RecordRow::from_bytes(key(1), &bytes).expect("it reads"), row);
    let mut newer = bytes.clone();
    newer[5] = 200;
    let error = RecordRow::from_bytes(key(1), &newer).expect_err("an unknown field is refused").to_string();
    assert!(error.contains("field 200") && error.contains("newer"), "{error}");
    assert!(RecordRow::from_bytes(key(1), &bytes[..bytes.len() - 1]).is_err());
    assert!(RecordRow::from_bytes(key(1), &[&bytes[..], b"x"].concat()).is_err());
}

fn texts() -> impl Strategy<Value = CompactString> {
    prop_oneof!["[\\x00-\\x03a-b]{0,6}", "\\PC{0,12}"].prop_map(CompactString::from)
}

fn record_rows() -> impl Strategy<Value = RecordRow> {
    let fields = (0..Field::COUNT, texts(), 0..4usize).prop_map(|(field, text, grade)| FieldValue {
        field: Field::ALL[field],
        text,
        grade: [Grade::Valid, Grade::Derived, Grade::Partial, Grade::Invalid][grade],
    });
    let record = (texts(), texts(), any::<i64>(), any::<Option<i64>>(), prop::collection::vec(fields, 0..20));
    let rest = (prop::collection::vec((texts(), texts()), 0..200), any::<[u8; 10]>(), any::<u64>());
    (record, rest).prop_map(|((source, id, version, observed_at, values), (source_values, one_id, arrived_at))| RecordRow {
        canonical: CanonicalRecord::new(RecordKey { source, id }, version, observed_at, values),
        source_values,
        one_id: OneId::from_bytes(one_id),
        arrived_at,
    })
}

proptest! {
    #[test]
    fn keys_keep_their_order_and_are_never_taken_for_each_other(one in (texts(), texts()), other in (texts(), texts())) {
        let (one, other) = (RecordKey::new(one.0, one.1), RecordKey::new(other.0, other.1));
        let (one_bytes, other_bytes) = (layout::record_key(&one), layout::record_key(&other));
        prop_assert_eq!(one.cmp(&other), one_bytes.cmp(&other_bytes));
        prop_assert_eq!(&layout::parse_record_key(&one_bytes).expect("it reads"), &one);
        for part in [1, 255, 256, u16::MAX] {
            prop_assert_ne!(layout::part_key(&one_bytes, part), other_bytes.clone());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// Any records, whatever their keys and lengths, put and replaced: the store holds the last of each.
    #[test]
    fn the_store_is_a_map(batches in prop::collection::vec(prop::collection::vec(record_rows(), 0..12), 1..4)) {
        let dir = temp();
        let store = open(&dir);
        let mut expected = std::collections::BTreeMap::new();
        for (position, rows) in (1..).zip(batches) {
            expected.extend(rows.iter().map(|row| (row.canonical.key.clone(), row.clone())));
            store.apply(&Changes { position, put_records: rows, ..Changes::default() }).expect("changes are applied");
        }
        let found: Vec<RecordRow> = store.records().collect::<Result<_, _>>().expect("the scan reads");
        prop_assert_eq!(found, expected.into_values().collect::<Vec<_>>());
    }
}
