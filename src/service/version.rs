//! Which of two versions of a record is live: the one rule for loads and single writes.

use crate::record::CanonicalRecord;

/// What a record that arrives is to the one that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// There is none.
    New,
    /// It takes the place of the live one.
    Newer,
    /// It says what the live one says.
    Unchanged,
    /// A newer version is live, or it was deleted up to this version.
    Outdated,
    /// It has the live one's version and says something else.
    Clash,
}

/// Compares a record that arrives with what is there: the live one, or the version up to which it was deleted. `as_written` tells whether its
/// source wrote the live one just so: the same row, which another version of the program read otherwise, is taken. A version of 0 is none:
/// such a record is as new as it arrives, and takes the version of what it replaces ([`version_taken`]).
pub fn arrival(
    new: &CanonicalRecord,
    live: Option<&CanonicalRecord>,
    deleted_up_to: Option<i64>,
    as_written: impl FnOnce() -> bool,
) -> Arrival {
    match (live, deleted_up_to) {
        (Some(live), _) if live == new => Arrival::Unchanged,
        (Some(live), _) if new.version == 0 && (live.values(), live.observed_at) == (new.values(), new.observed_at) => Arrival::Unchanged,
        (_, _) if new.version == 0 => {
            if live.is_some() {
                Arrival::Newer
            } else {
                Arrival::New
            }
        }
        (Some(live), _) if new.version < live.version => Arrival::Outdated,
        (Some(live), _) if new.version == live.version && new.version != 0 && !as_written() => Arrival::Clash,
        (Some(_), _) => Arrival::Newer,
        (None, Some(version)) if new.version <= version => Arrival::Outdated,
        (None, _) => Arrival::New,
    }
}

/// The version that a record is kept with: of one that has none that of what it replaces, so that later ones are still told apart by theirs.
pub fn version_taken(new: &CanonicalRecord, live: Option<&CanonicalRecord>, deleted_up_to: Option<i64>) -> i64 {
    match new.version {
        0 => live.map(|live| live.version).or(deleted_up_to).unwrap_or(0),
        version => version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Field, FieldValue, Grade, RecordKey};

    #[test]
    fn the_highest_version_is_live_and_without_versions_the_last() {
        let record = |version: i64, name: &str| {
            let value = FieldValue { field: Field::GivenName, text: name.into(), grade: Grade::Valid };
            CanonicalRecord::new(RecordKey::new("s", "1"), version, None, vec![value])
        };
        let told = |new: (i64, &str), live: Option<(i64, &str)>, deleted: Option<i64>, as_written: bool| {
            let live = live.map(|(version, name)| record(version, name));
            arrival(&record(new.0, new.1), live.as_ref(), deleted, || as_written)
        };
        assert_eq!(told((1, "a"), None, None, false), Arrival::New);
        assert_eq!(told((1, "a"), Some((1, "a")), None, false), Arrival::Unchanged);
        assert_eq!(told((1, "a"), Some((2, "b")), None, false), Arrival::Outdated);
        assert_eq!(told((3, "a"), Some((2, "b")), None, false), Arrival::Newer);
        assert_eq!(told((2, "a"), Some((2, "b")), None, false), Arrival::Clash);
        assert_eq!(told((2, "a"), Some((2, "b")), None, true), Arrival::Newer);
        assert_eq!(told((0, "a"), Some((0, "b")), None, false), Arrival::Newer);
        assert_eq!(told((0, "a"), Some((2, "b")), None, false), Arrival::Newer);
        assert_eq!(told((0, "a"), Some((2, "a")), None, false), Arrival::Unchanged);
        assert_eq!(version_taken(&record(0, "a"), Some(&record(2, "b")), Some(9)), 2);
        assert_eq!(version_taken(&record(0, "a"), None, Some(9)), 9);
        assert_eq!(version_taken(&record(3, "a"), None, Some(9)), 3);
        assert_eq!(told((5, "a"), None, Some(5), false), Arrival::Outdated);
        assert_eq!(told((6, "a"), None, Some(5), false), Arrival::New);
        assert_eq!(told((0, "a"), None, Some(0), false), Arrival::New);
        assert_eq!(told((0, "a"), None, Some(5), false), Arrival::New);
        assert_eq!(told((6, "a"), Some((5, "b")), Some(9), false), Arrival::Newer, "what is live was taken after the deletion");
    }
}
