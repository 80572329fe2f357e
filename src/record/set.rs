//! Many records side by side: each distinct value of a field is kept once, and records hold the numbers of theirs.

use super::canonical::value_hash;
use super::{CanonicalRecord, Field, FieldValue, Grade, RecordKey};
use compact_str::CompactString;
use rustc_hash::FxHasher;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// The distinct values of one field, numbered from 0 in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct NumberedValues {
    values: Vec<(CompactString, Grade)>,
    /// A power of two of slots, about two thirds taken at most, the next for what finds its own taken: half of a value's hash, and its number and one;
    /// 0 where free.
    slots: Vec<u64>,
}

/// A value that is to be numbered: its place among others, its hash, its text and grade.
pub type Unnumbered = (u32, u32, CompactString, Grade);

/// Values looked up side by side: the memory is asked for all of them before the first is waited for.
const LOOKED_UP: usize = 16;

impl NumberedValues {
    /// A hash by which [`NumberedValues::number`] finds a value.
    pub fn hash(text: &str, grade: Grade) -> u32 {
        let mut hasher = FxHasher::default();
        (text, grade).hash(&mut hasher);
        (hasher.finish() >> 32) as u32
    }

    /// Takes values out and calls `each` with their places and numbers, new ones for what is new.
    pub fn number_all(&mut self, unnumbered: &mut Vec<Unnumbered>, mut each: impl FnMut(u32, u32)) {
        let mut hashes = [0; LOOKED_UP];
        let mut rest = unnumbered.drain(..);
        while !rest.as_slice().is_empty() {
            let count = rest.as_slice().len().min(LOOKED_UP);
            hashes.iter_mut().zip(rest.as_slice()).for_each(|(hash, (_, of, ..))| *hash = *of);
            self.look_at(&hashes[..count]);
            rest.by_ref().take(count).for_each(|(place, hash, text, grade)| each(place, self.number(hash, text, grade)));
        }
    }

    /// Reads what a look-up of each of these will read, which then need not be waited for one by one.
    fn look_at(&self, hashes: &[u32]) {
        if self.slots.is_empty() {
            return;
        }
        let slots = hashes.iter().map(|hash| (self.slots[self.slot(*hash)], *hash));
        let mut found = [None; LOOKED_UP];
        found.iter_mut().zip(slots).for_each(|(found, (slot, hash))| *found = (slot >> 32 == u64::from(hash)).then_some(slot as u32));
        let numbers = found.iter().flatten().filter_map(|number| number.checked_sub(1));
        std::hint::black_box(numbers.fold(0, |all, number| all ^ self.values[number as usize].1 as u8));
    }

    /// Where the look-up of a hash begins.
    fn slot(&self, hash: u32) -> usize {
        (u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & (self.slots.len() - 1)
    }

    /// The number of a value, given with its hash; a new one if it is new.
    pub fn number(&mut self, hash: u32, text: CompactString, grade: Grade) -> u32 {
        if self.values.len() * 3 >= self.slots.len() * 2 {
            self.grow();
        }
        let (found, slot) = self.find(hash, |(other, of)| *of == grade && *other == text);
        if let Some(number) = found {
            return number;
        }
        let number = self.values.len() as u32;
        self.slots[slot] = u64::from(hash) << 32 | u64::from(number + 1);
        self.values.push((text, grade));
        number
    }

    /// The number of the value of a hash that `is_it`, and its slot, else the free one where it would stand.
    #[inline]
    fn find(&self, hash: u32, is_it: impl Fn(&(CompactString, Grade)) -> bool) -> (Option<u32>, usize) {
        let mut slot = self.slot(hash);
        while self.slots[slot] != 0 {
            let (of, number) = ((self.slots[slot] >> 32) as u32, self.slots[slot] as u32 - 1);
            if of == hash && is_it(&self.values[number as usize]) {
                return (Some(number), slot);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        (None, slot)
    }

    fn grow(&mut self) {
        let taken = std::mem::take(&mut self.slots);
        self.slots = vec![0; (taken.len() * 2).max(LOOKED_UP)];
        for entry in taken.into_iter().filter(|entry| *entry != 0) {
            let slot = self.find((entry >> 32) as u32, |_| false).1;
            self.slots[slot] = entry;
        }
    }

    /// A value by its number.
    pub fn value(&self, number: u32) -> (&str, Grade) {
        let (text, grade) = &self.values[number as usize];
        (text, *grade)
    }
}

/// What is known of a record beside its key and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// See [`CanonicalRecord::version`].
    pub version: i64,
    /// See [`CanonicalRecord::observed_at`].
    pub observed_at: Option<i64>,
}

/// Records with numbered values.
#[derive(Clone, Debug)]
pub struct RecordSet {
    keys: Vec<RecordKey>,
    rows: Vec<Row>,
    /// By entry, the entries of a row one behind the other, rising as its values do: which field.
    fields: Vec<Field>,
    /// By entry: which of the field's values.
    numbers: Vec<u32>,
    /// By field, by number.
    values: Vec<Vec<(CompactString, Grade)>>,
    /// Whether values may be there that no record holds.
    has_unheld: bool,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    start: usize,
    length: u32,
    stated: Stated,
}

impl Row {
    const fn entries(&self) -> Range<usize> {
        self.start..self.start + self.length as usize
    }
}

impl Default for RecordSet {
    fn default() -> Self {
        RecordSet {
            keys: Vec::new(),
            rows: Vec::new(),
            fields: Vec::new(),
            numbers: Vec::new(),
            values: vec![Vec::new(); Field::COUNT],
            has_unheld: false,
        }
    }
}

impl RecordSet {
    /// The set of records, in their order.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a CanonicalRecord>) -> Self {
        let mut values: Vec<NumberedValues> = vec![NumberedValues::default(); Field::COUNT];
        let mut set = RecordSet::default();
        let mut entries = Vec::new();
        for record in records {
            entries.clear();
            entries.extend(record.values().iter().map(|value| {
                let hash = NumberedValues::hash(&value.text, value.grade);
                (value.field, values[value.field as usize].number(hash, value.text.clone(), value.grade))
            }));
            set.push(record.key.clone(), Stated { version: record.version, observed_at: record.observed_at }, &entries);
        }
        set.take_values(values);
        set
    }

    /// Takes the values that the numbers of its records stand for.
    pub fn take_values(&mut self, values: Vec<NumberedValues>) {
        assert_eq!(values.len(), Field::COUNT, "numbered values for each field");
        self.values = values.into_iter().map(|of_field| of_field.values).collect();
        self.drop_unheld();
    }

    /// Appends a record: the numbers of its values, rising by field, then text, then grade.
    pub fn push(&mut self, key: RecordKey, stated: Stated, entries: &[(Field, u32)]) {
        self.keys.push(key);
        let row = self.laid(stated, entries);
        self.rows.push(row);
    }

    /// Says that values were numbered of records that are not in the set.
    pub fn leaves_unheld(&mut self) {
        self.has_unheld = true;
    }

    /// Puts another record of the key in a record's place.
    pub fn replace(&mut self, row: usize, stated: Stated, entries: &[(Field, u32)]) {
        self.rows[row] = self.laid(stated, entries);
        self.leaves_unheld();
    }

    fn laid(&mut self, stated: Stated, entries: &[(Field, u32)]) -> Row {
        let start = self.numbers.len();
        self.fields.extend(entries.iter().map(|(field, _)| *field));
        self.numbers.extend(entries.iter().map(|(_, number)| *number));
        Row { start, length: entries.len() as u32, stated }
    }

    /// Lets go of values that no record holds: what was said once and is no longer tells nothing.
    fn drop_unheld(&mut self) {
        if !std::mem::take(&mut self.has_unheld) {
            return;
        }
        let mut held: Vec<Vec<bool>> = self.values.iter().map(|values| vec![false; values.len()]).collect();
        for row in &self.rows {
            for entry in row.entries() {
                held[self.fields[entry] as usize][self.numbers[entry] as usize] = true;
            }
        }
        let renamed: Vec<Vec<u32>> = held.iter().map(|held| ranks(held)).collect();
        for (field, number) in self.fields.iter().zip(&mut self.numbers) {
            *number = renamed[*field as usize][*number as usize];
        }
        for (values, held) in self.values.iter_mut().zip(&held) {
            let mut held = held.iter();
            values.retain(|_| held.next() == Some(&true));
        }
    }

    /// Puts the records in this order, which has each place once.
    pub fn put_in_order(&mut self, order: &[u32]) {
        put_in_order(&mut self.keys, order.to_vec());
        put_in_order(&mut self.rows, order.to_vec());
    }

    /// Lays what the records hold as they lie themselves; entries of replaced ones are let go.
    pub fn lay_in_order(&mut self) {
        let entries = self.rows.iter().map(|row| row.length as usize).sum();
        let (mut fields, mut numbers) = (Vec::with_capacity(entries), Vec::with_capacity(entries));
        for row in &mut self.rows {
            let of_row = row.entries();
            row.start = numbers.len();
            fields.extend_from_slice(&self.fields[of_row.clone()]);
            numbers.extend_from_slice(&self.numbers[of_row]);
        }
        (self.fields, self.numbers) = (fields, numbers);
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys, by record.
    pub fn keys(&self) -> &[RecordKey] {
        &self.keys
    }

    /// Takes the keys out and lets the rest go.
    pub fn into_keys(self) -> Vec<RecordKey> {
        self.keys
    }

    /// What a record states beside its values.
    pub fn stated(&self, row: usize) -> Stated {
        self.rows[row].stated
    }

    /// The fields of a record's values and their numbers, rising by field, then text, then grade.
    #[inline]
    pub fn entries(&self, row: usize) -> (&[Field], &[u32]) {
        let entries = self.rows[row].entries();
        (&self.fields[entries.clone()], &self.numbers[entries])
    }

    /// The number of a record's first value of a field.
    pub fn first(&self, row: usize, field: Field) -> Option<u32> {
        let (fields, numbers) = self.entries(row);
        fields.iter().position(|other| *other == field).map(|place| numbers[place])
    }

    /// The distinct values of a field by their numbers.
    pub fn values(&self, field: Field) -> &[(CompactString, Grade)] {
        &self.values[field as usize]
    }

    /// By number: a hash of each value of a field, the same in any set.
    pub fn hashes(&self, field: Field) -> Vec<u64> {
        self.values(field).iter().map(|(text, grade)| value_hash(field, text, *grade)).collect()
    }

    /// The sources that its keys name, with their places in the order of names.
    pub fn sources(&self) -> BTreeMap<&str, u32> {
        let mut sources: BTreeMap<&str, u32> = BTreeMap::new();
        self.keys.chunk_by(|a, b| a.source == b.source).for_each(|of_one| {
            sources.insert(&of_one[0].source, 0);
        });
        sources.values_mut().zip(0..).for_each(|(place, next)| *place = next);
        sources
    }

    /// Takes the distinct values of a field out; numbers stay.
    pub fn take_values_of(&mut self, field: Field) -> Vec<(CompactString, Grade)> {
        std::mem::take(&mut self.values[field as usize])
    }

    /// A record by itself.
    pub fn record(&self, row: usize) -> CanonicalRecord {
        let (fields, numbers) = self.entries(row);
        let value = |(field, number): (&Field, &u32)| {
            let (text, grade) = &self.values[*field as usize][*number as usize];
            FieldValue { field: *field, text: text.clone(), grade: *grade }
        };
        let Stated { version, observed_at } = self.stated(row);
        CanonicalRecord::new(self.keys[row].clone(), version, observed_at, fields.iter().zip(numbers).map(value).collect())
    }

    /// The records, each by itself.
    pub fn records(&self) -> impl Iterator<Item = CanonicalRecord> {
        (0..self.len()).map(|row| self.record(row))
    }
}

/// Puts at each place what stood at `from` that place, which has each place once.
pub fn put_in_order<T>(items: &mut [T], mut from: Vec<u32>) {
    for start in 0..from.len() {
        let mut place = start;
        loop {
            let next = std::mem::replace(&mut from[place], place as u32) as usize;
            if next == start {
                break;
            }
            items.swap(place, next);
            place = next;
        }
    }
}

/// The order that puts back what an order has moved.
pub fn inverse_order(order: &[u32]) -> Vec<u32> {
    let mut inverse = vec![0; order.len()];
    order.iter().zip(0..).for_each(|(row, place)| inverse[*row as usize] = place);
    inverse
}

/// By place: how many before it are held.
fn ranks(held: &[bool]) -> Vec<u32> {
    let mut next = 0;
    let rank = |held: &bool| {
        let rank = next;
        next += u32::from(*held);
        rank
    };
    held.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, values: &[(Field, &str, Grade)]) -> CanonicalRecord {
        let values = values.iter().map(|(field, text, grade)| FieldValue { field: *field, text: (*text).into(), grade: *grade });
        CanonicalRecord::new(RecordKey::new("s", id), 3, Some(7), values.collect())
    }

    #[test]
    fn records_come_back_as_they_were() {
        use Field::{GivenName, Phone};
        let records = [
            record("1", &[(GivenName, "ann", Grade::Valid), (Phone, "+1", Grade::Valid), (Phone, "+2", Grade::Valid)]),
            record("2", &[]),
            record("3", &[(GivenName, "ann", Grade::Partial), (Phone, "+2", Grade::Valid)]),
        ];
        let set = RecordSet::of(&records);
        assert!(set.records().eq(records.iter().cloned()));
        assert_eq!((set.values(GivenName).len(), set.values(Phone).len()), (2, 2), "a grade makes another value");
        assert_eq!((set.first(2, Phone), set.first(1, Phone)), (Some(1), None));
        let mut turned = set.clone();
        turned.put_in_order(&[2, 0, 1]);
        let expected = [records[2].clone(), records[0].clone(), records[1].clone()];
        assert!(turned.records().eq(expected.iter().cloned()));
        turned.replace(1, set.stated(2), &[(Phone, 0)]);
        turned.lay_in_order();
        let replaced = CanonicalRecord::new(records[0].key.clone(), 3, Some(7), vec![records[0].values()[1].clone()]);
        assert!(turned.records().eq([expected[0].clone(), replaced, expected[2].clone()]));
        assert_eq!(turned.numbers.len(), 3, "what was replaced is let go");
    }

    #[test]
    fn items_move_and_come_back() {
        for seed in 0..50 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut order: Vec<u32> = (0..random.u32(0..40)).collect();
            random.shuffle(&mut order);
            let mut items: Vec<u32> = (100..100 + order.len() as u32).collect();
            let own = items.clone();
            put_in_order(&mut items, order.clone());
            let moved: Vec<u32> = order.iter().map(|from| 100 + from).collect();
            assert_eq!(items, moved, "seed {seed}");
            put_in_order(&mut items, inverse_order(&order));
            assert_eq!(items, own, "seed {seed}");
        }
    }

    #[test]
    fn numbers_are_those_of_a_plain_map() {
        let mut random = fastrand::Rng::with_seed(7);
        for most in [1, 16, 17, 33, 400] {
            let (mut values, mut plain) = (NumberedValues::default(), std::collections::HashMap::new());
            for size in [0, 1, 16, 17, 33, 90] {
                // Hashes meet, also that of nothing, and at the end of the slots.
                let texts: Vec<u32> = (0..size).map(|_| random.u32(..most)).collect();
                let hash = |text: u32| [0, 1, u32::MAX, text][text as usize % 4];
                let mut unnumbered: Vec<Unnumbered> =
                    (0..).zip(&texts).map(|(place, text)| (place, hash(*text), text.to_string().into(), Grade::Valid)).collect();
                let mut numbers = Vec::new();
                values.number_all(&mut unnumbered, |place, number| numbers.push((place, number)));
                assert!(unnumbered.is_empty());
                for ((place, text), found) in (0..).zip(&texts).zip(numbers) {
                    let next = plain.len() as u32;
                    assert_eq!(found, (place, *plain.entry(*text).or_insert(next)), "{text} of {most}");
                    assert_eq!(values.value(found.1).0, text.to_string());
                }
            }
        }
    }

    #[test]
    fn what_is_replaced_leaves_no_value() {
        let mut values: Vec<NumberedValues> = vec![NumberedValues::default(); Field::COUNT];
        let mut number = |text: &str| {
            let hash = NumberedValues::hash(text, Grade::Valid);
            (Field::Phone, values[Field::Phone as usize].number(hash, text.into(), Grade::Valid))
        };
        let (one, two, three) = (number("1"), number("2"), number("3"));
        assert_eq!(number("2"), two);
        let stated = Stated { version: 0, observed_at: None };
        let mut set = RecordSet::default();
        set.push(RecordKey::new("s", "1"), stated, &[one, two]);
        set.push(RecordKey::new("s", "2"), stated, &[three]);
        set.replace(0, Stated { version: 1, ..stated }, &[two]);
        set.take_values(values);
        assert_eq!(set.values(Field::Phone), [("2".into(), Grade::Valid), ("3".into(), Grade::Valid)]);
        let texts = |row| set.record(row).values().iter().map(|value| value.text.to_string()).collect::<Vec<_>>();
        assert_eq!((texts(0), texts(1), set.stated(0).version), (vec!["2".into()], vec!["3".into()], 1));
    }
}
