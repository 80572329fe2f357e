//! Events: what customers do, with the frequencies of real ones.
//!
//! Purchases follow the BG/NBD story: everybody buys at an own rate (gamma, heavy-tailed) and after each purchase stops for good
//! with an own probability (beta); what is spent varies around an own mean. Visits, log-ins and coupons come on the side, refunds
//! some days after a purchase. Amounts are positive; the kind tells which way the money goes. Never here: loss or repetition.

use super::calendar::{Day, Moment, SEEN, YEAR};
use super::config::Channel;
use super::opaque::NameKind;
use super::person::Culture;
use super::world::World;
use crate::limits::SYNTH_OCCASIONS_PER_PERSON_MAX;
use std::fmt::Write;

/// First line of the events.
pub(crate) const HEADER: &str = "source,record_id,event_id,time,kind,amount,currency\n";

/// Purchases a year of an average buyer who still buys.
const PURCHASES_A_YEAR: f64 = 3.0;
/// Of people: ever buy anything, per cent.
const BUYERS_PER_CENT: u32 = 82;

/// A record that events can name.
pub(crate) struct Account {
    pub(crate) channel: Channel,
    pub(crate) id: String,
    /// Where it stands in the order of records; the first gets most events.
    pub(crate) since: Day,
}

/// Where rows of events go.
pub(crate) type Sink<'a> = dyn FnMut(&str) -> std::io::Result<()> + 'a;

/// One person's habits.
struct Habits {
    mean_gap_days: f64,
    stop: f64,
    mean_spend: f64,
    currency: &'static str,
}

impl World {
    /// Writes the events of one person, who is known by `accounts` since `since`; `counter` numbers all events.
    pub(crate) fn events(
        &mut self,
        culture: Culture,
        since: Day,
        accounts: &[Account],
        counter: &mut u64,
        sink: &mut Sink,
    ) -> std::io::Result<()> {
        if accounts.is_empty() || !self.hand.dice.per_cent(BUYERS_PER_CENT) {
            return Ok(());
        }
        let habits = self.habits(culture);
        let mut row = String::new();
        let mut day = f64::from(since.0) + self.hand.dice.exponential() * 20.0;
        for _ in 0..SYNTH_OCCASIONS_PER_PERSON_MAX {
            if day >= f64::from(SEEN.0) {
                break;
            }
            self.occasion(&habits, Day(day as i32), accounts, counter, &mut row);
            if self.hand.dice.unit() < habits.stop {
                break;
            }
            day += self.hand.dice.exponential() * habits.mean_gap_days;
        }
        if row.is_empty() { Ok(()) } else { row.split_inclusive('\n').try_for_each(sink) }
    }

    fn habits(&mut self, culture: Culture) -> Habits {
        let dice = &mut self.hand.dice;
        // Shape one half: many buy seldom, some very often.
        let rate_a_year = PURCHASES_A_YEAR * 2.0 * dice.half_gamma() + 0.05;
        // The least of three uniform numbers is Beta(1, 3).
        let stop = dice.unit().min(dice.unit()).min(dice.unit()) * 0.8;
        let mean_spend = 30.0 + 120.0 * dice.exponential() / (dice.exponential() + 0.3);
        let currency = if culture == Culture::Western && dice.per_cent(20) { "USD" } else { "CNY" };
        Habits { mean_gap_days: f64::from(YEAR) / rate_a_year, stop, mean_spend, currency }
    }

    /// A purchase with what comes along.
    fn occasion(&mut self, habits: &Habits, day: Day, accounts: &[Account], counter: &mut u64, out: &mut String) {
        let account = self.account(accounts, day);
        let before = if account.channel == Channel::Branch { "visit" } else { "login" };
        if self.hand.dice.per_cent(30) {
            self.event(account, day, before, None, counter, out);
        }
        if self.hand.dice.per_cent(6) {
            self.event(account, day, "coupon", None, counter, out);
        }
        let spread = (self.hand.dice.exponential() + self.hand.dice.exponential() + self.hand.dice.exponential()) / 3.0;
        let cents = (habits.mean_spend * spread * 100.0) as u64 + 100;
        self.event(account, day, "purchase", Some((cents, habits.currency)), counter, out);
        if self.hand.dice.per_cent(4) {
            let back = if self.hand.dice.per_cent(60) { cents } else { cents / 2 };
            let later = Day((day.0 + self.hand.dice.between(1, 14)).min(SEEN.0));
            self.event(account, later, "refund", Some((back, habits.currency)), counter, out);
        }
    }

    /// An account that existed on the day, the oldest mostly.
    fn account<'a>(&mut self, accounts: &'a [Account], day: Day) -> &'a Account {
        let known = accounts.iter().filter(|account| account.since <= day).count().max(1);
        &accounts[if self.hand.dice.per_cent(60) { 0 } else { self.hand.dice.below(known as u32) as usize }]
    }

    fn event(&mut self, account: &Account, day: Day, kind: &str, money: Option<(u64, &str)>, counter: &mut u64, out: &mut String) {
        let id = self.namer.wide(NameKind::Event, *counter);
        *counter += 1;
        let _ = write!(out, "{},{},E{id:016x},", account.channel.name(), account.id);
        Moment::on(day, 28_800 + self.hand.dice.below(50_000)).write_spaced(out);
        let _ = match money {
            Some((cents, currency)) => writeln!(out, ",{kind},{}.{:02},{currency}", cents / 100, cents % 100),
            None => writeln!(out, ",{kind},,"),
        };
    }
}
