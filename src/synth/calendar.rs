//! Days and moments of the generated world: whole days since 1970, seconds since 1970 in Chinese time, and their writing.
//!
//! The world opens on [`OPENS`] and is seen as it stands on [`SEEN`]; nothing is dated after that. Never here: the real clock.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::fmt::Write;

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) i32);

/// The first day of any record.
pub(crate) const OPENS: Day = Day(16_071); // 2014-01-01
/// The day on which the files are drawn.
pub(crate) const SEEN: Day = Day(20_634); // 2026-06-30
/// Days of a year, near enough.
pub(crate) const YEAR: i32 = 365;

impl Day {
    /// The day of a civil date; `None` if there is no such date.
    pub(crate) fn of(year: i32, month: u32, day: u32) -> Option<Day> {
        let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let moment = Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok()?;
        Some(Day((moment.as_second().div_euclid(86_400)) as i32))
    }

    /// Year, month, day.
    pub(crate) fn civil(self) -> (i32, u32, u32) {
        let moment = Timestamp::from_second(i64::from(self.0) * 86_400).unwrap_or(Timestamp::UNIX_EPOCH);
        let date = Offset::UTC.to_datetime(moment).date();
        (i32::from(date.year()), date.month() as u32, date.day() as u32)
    }

    /// Its year.
    pub(crate) fn year(self) -> i32 {
        self.civil().0
    }

    /// Whole years from `birth` to this day, near enough.
    pub(crate) fn age(self, birth: Day) -> i32 {
        (self.0 - birth.0) * 4 / 1461
    }
}

/// A moment: seconds since 1970-01-01 00:00 in Chinese time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    /// A moment `second` seconds into a day.
    pub(crate) fn on(day: Day, second: u32) -> Self {
        Moment(i64::from(day.0) * 86_400 + i64::from(second))
    }

    /// Its day.
    pub(crate) fn day(self) -> Day {
        Day(self.0.div_euclid(86_400) as i32)
    }

    fn clock(self) -> (i64, i64, i64) {
        let second = self.0.rem_euclid(86_400);
        (second / 3600, second / 60 % 60, second % 60)
    }

    /// Writes `2024-03-12 10:22:33`.
    pub(crate) fn write_spaced(self, out: &mut String) {
        let ((y, m, d), (hour, minute, second)) = (self.day().civil(), self.clock());
        let _ = write!(out, "{y:04}-{m:02}-{d:02} {hour:02}:{minute:02}:{second:02}");
    }

    /// Writes `2024-03-12T10:22:33+08:00`.
    pub(crate) fn write_rfc3339(self, out: &mut String) {
        let ((y, m, d), (hour, minute, second)) = (self.day().civil(), self.clock());
        let _ = write!(out, "{y:04}-{m:02}-{d:02}T{hour:02}:{minute:02}:{second:02}+08:00");
    }

    /// Writes `20240312102233`.
    pub(crate) fn write_compact(self, out: &mut String) {
        let ((y, m, d), (hour, minute, second)) = (self.day().civil(), self.clock());
        let _ = write!(out, "{y:04}{m:02}{d:02}{hour:02}{minute:02}{second:02}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(Day::of(2014, 1, 1), Some(OPENS));
        assert_eq!(Day::of(2026, 6, 30), Some(SEEN));
        assert_eq!(Day::of(1931, 2, 29), None);
        for day in (-20_000..20_000).step_by(37) {
            let (y, m, d) = Day(day).civil();
            assert_eq!(Day::of(y, m, d), Some(Day(day)));
        }
    }

    #[test]
    fn moments_are_written_in_three_ways() {
        let moment = Moment::on(SEEN, 36_061);
        let mut text = String::new();
        moment.write_spaced(&mut text);
        moment.write_rfc3339(&mut text);
        moment.write_compact(&mut text);
        assert_eq!(text, "2026-06-30 10:01:012026-06-30T10:01:01+08:0020260630100101");
    }
}
