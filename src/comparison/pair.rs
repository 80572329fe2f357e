//! Two records side by side, with what several comparisons ask of them found once.

use super::birth_date;
use super::library::Outcome;
use super::name;
use super::table::RecordView;
use crate::record::FieldSet;
use std::cell::OnceCell;

/// Two records to be compared.
#[derive(Clone, Debug)]
pub struct Pair<'a> {
    /// One.
    pub a: RecordView<'a>,
    /// The other.
    pub b: RecordView<'a>,
    birth_dates: OnceCell<Outcome>,
    given: OnceCell<Outcome>,
    is_swapped: OnceCell<bool>,
    is_alike_but_other: OnceCell<bool>,
}

impl<'a> Pair<'a> {
    /// Puts two records side by side.
    pub fn new(a: &RecordView<'a>, b: &RecordView<'a>) -> Self {
        Pair {
            a: *a,
            b: *b,
            birth_dates: OnceCell::new(),
            given: OnceCell::new(),
            is_swapped: OnceCell::new(),
            is_alike_but_other: OnceCell::new(),
        }
    }

    /// The fields that both have.
    pub fn both(&self) -> FieldSet {
        self.a.fields().and(self.b.fields())
    }

    /// How their birth dates compare, however they are named; levels as of the comparison of birth dates.
    pub fn birth_dates(&self) -> Outcome {
        *self.birth_dates.get_or_init(|| birth_date::find_compared(&self.a, &self.b))
    }

    /// How their given names compare.
    pub(super) fn given(&self) -> Outcome {
        *self.given.get_or_init(|| name::find_given(self))
    }

    /// Whether family and given name stand in opposite columns; only asked where neither part agrees as written.
    pub(super) fn is_swapped(&self) -> bool {
        *self.is_swapped.get_or_init(|| name::find_swapped(&self.a, &self.b))
    }

    /// Whether they have given names that are alike and neither the same, nor one the other's beginning: a slip of the pen or the ear, or
    /// the names of siblings.
    pub(super) fn is_alike_but_other(&self) -> bool {
        *self.is_alike_but_other.get_or_init(|| name::find_alike_but_other(self))
    }
}
