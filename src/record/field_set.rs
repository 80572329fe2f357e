//! Sets of fields.

use super::Field;

/// A set of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u32);

impl FieldSet {
    /// No field.
    pub const EMPTY: FieldSet = FieldSet(0);

    /// The set with a field more.
    #[must_use]
    pub const fn with(self, field: Field) -> Self {
        const { assert!(Field::COUNT <= u32::BITS as usize) };
        FieldSet(self.0 | 1 << field as u32)
    }

    /// Whether a field is in the set.
    #[inline]
    pub const fn has(self, field: Field) -> bool {
        self.0 >> field as u32 & 1 != 0
    }

    /// What is in both.
    #[must_use]
    #[inline]
    pub const fn and(self, other: Self) -> Self {
        FieldSet(self.0 & other.0)
    }

    /// What is in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        FieldSet(self.0 | other.0)
    }

    /// Whether all of `other` is in the set.
    #[inline]
    pub const fn has_all(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Its fields, in order.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let place = (left != 0).then(|| left.trailing_zeros())?;
            left &= left - 1;
            Some(Field::ALL[place as usize])
        })
    }

    /// How many fields there are.
    #[inline]
    pub const fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// How many fields of the set stand before one.
    #[inline]
    pub const fn before(self, field: Field) -> usize {
        (self.0 & ((1 << field as u32) - 1)).count_ones() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_in_a_set_or_not() {
        let named = FieldSet::EMPTY.with(Field::GivenName).with(Field::FamilyName);
        assert!(named.has(Field::GivenName) && !named.has(Field::Phone));
        assert!(named.fields().eq([Field::FamilyName, Field::GivenName]) && FieldSet::EMPTY.fields().next().is_none());
        assert_eq!((named.count(), named.before(Field::GivenName), named.before(Field::Occupation)), (2, 1, 2));
        let with_phone = FieldSet::EMPTY.with(Field::Phone).or(named);
        assert!(with_phone.has_all(named) && !named.has_all(with_phone));
        assert_eq!((with_phone.and(named), with_phone.and(FieldSet::EMPTY)), (named, FieldSet::EMPTY));
    }
}
