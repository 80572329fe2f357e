//! Events -> features of a customer: recency, frequency, monetary value, tenure, lifecycle stage.
//!
//! Pure arithmetic over a person's events at a given moment. Amounts are summed in one currency only, the one of most purchases; events
//! in others are counted beside. Never here: models that predict (not built yet), and the clock.

mod currency;

pub use currency::minor_unit_digits;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

const SECONDS_PER_DAY: i64 = 86_400;

/// Days without a purchase after which a customer with a single purchase is lapsing.
const SINGLE_PURCHASE_DAYS: i64 = 180;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The event's id within its record.
    pub event_id: CompactString,
    /// When, seconds since 1970.
    pub time: i64,
    /// `purchase`, `refund`, `visit` or another word of the source.
    pub kind: CompactString,
    /// Amount in minor units of the currency (fen, cents); 0 where there is none. A refund's sign says nothing.
    pub amount_minor: i64,
    /// ISO 4217 code; empty if and only if there is no amount.
    pub currency: CompactString,
}

/// Where a customer stands, by purchases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No purchase yet.
    Prospect,
    /// First purchase within the last 90 days.
    New,
    /// Buys at the usual pace.
    Active,
    /// Longer without a purchase than twice the usual gap.
    AtRisk,
    /// Longer than four times the usual gap.
    Lapsed,
}

impl Stage {
    /// The word used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Prospect => "prospect",
            Stage::New => "new",
            Stage::Active => "active",
            Stage::AtRisk => "at_risk",
            Stage::Lapsed => "lapsed",
        }
    }
}

/// Features of one customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// The moment they hold for, seconds since 1970.
    pub as_of: i64,
    /// Events counted.
    pub events: u64,
    /// Purchases counted.
    pub purchases: u64,
    /// Refunds counted.
    pub refunds: u64,
    /// Repeat purchases: days with a purchase after the first such day (Fader, Hardie and Lee 2005).
    pub frequency: u64,
    /// Whole days from the last purchase to `as_of`.
    pub recency_days: Option<i64>,
    /// Whole days from the first event to `as_of`.
    pub tenure_days: Option<i64>,
    /// First event, seconds since 1970.
    pub first_event: Option<i64>,
    /// Last event, seconds since 1970.
    pub last_event: Option<i64>,
    /// Purchases less refunds, minor units, in `currency`.
    pub monetary_minor: i64,
    /// Mean amount of the purchases in `currency`, minor units, rounded half away from zero; 0 where there are none. Purchases
    /// without an amount do not count.
    pub average_purchase_minor: i64,
    /// Purchases with an amount in `currency`.
    pub currency_purchases: u64,
    /// Currency of most purchases, empty where none has an amount; amounts in others are left out and counted.
    pub currency: CompactString,
    /// Events with amounts in other currencies.
    pub other_currency_events: u64,
    /// Where the customer stands.
    pub stage: Stage,
}

/// The features of a person with these events, as of a moment; later events are left out.
pub fn compute(events: &[Event], as_of: i64) -> Features {
    let mut events: Vec<&Event> = events.iter().filter(|event| event.time <= as_of).collect();
    events.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
    let currency = usual_currency(&events);
    let of_kind = |kind: &'static str| events.iter().filter(move |event| event.kind == kind);
    let counted = |event: &&&Event| !event.currency.is_empty() && event.currency == currency;
    // Summed wide, so that the bound is met once, at the end, whatever the order of the events.
    let bought: i128 = of_kind("purchase").filter(counted).map(|event| i128::from(event.amount_minor)).sum();
    let refunded: i128 = of_kind("refund").filter(counted).map(|event| i128::from(event.amount_minor).abs()).sum();
    let counted_purchases = of_kind("purchase").filter(counted).count() as i64;

    let mut days: Vec<i64> = of_kind("purchase").map(|event| event.time.div_euclid(SECONDS_PER_DAY)).collect();
    days.dedup();
    let today = as_of.div_euclid(SECONDS_PER_DAY);
    Features {
        as_of,
        events: events.len() as u64,
        purchases: of_kind("purchase").count() as u64,
        refunds: of_kind("refund").count() as u64,
        frequency: days.len().saturating_sub(1) as u64,
        recency_days: days.last().map(|last| today - last),
        tenure_days: events.first().map(|first| today - first.time.div_euclid(SECONDS_PER_DAY)),
        first_event: events.first().map(|event| event.time),
        last_event: events.last().map(|event| event.time),
        monetary_minor: saturated(bought - refunded),
        average_purchase_minor: if counted_purchases == 0 { 0 } else { (bought as f64 / counted_purchases as f64).round() as i64 },
        currency_purchases: counted_purchases as u64,
        other_currency_events: events.iter().filter(|event| !event.currency.is_empty() && event.currency != currency).count() as u64,
        currency,
        stage: stage(&days, today),
    }
}

fn saturated(minor: i128) -> i64 {
    i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX })
}

fn usual_currency(events: &[&Event]) -> CompactString {
    let mut counts: Vec<(usize, &CompactString)> = Vec::new();
    for event in events.iter().filter(|event| event.kind == "purchase" && !event.currency.is_empty()) {
        match counts.iter_mut().find(|(_, currency)| **currency == event.currency) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, &event.currency)),
        }
    }
    counts.into_iter().max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(a.1))).map(|(_, currency)| currency.clone()).unwrap_or_default()
}

/// By the days with a purchase, rising, and today.
fn stage(days: &[i64], today: i64) -> Stage {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Stage::Prospect };
    if today - first <= 90 {
        return Stage::New;
    }
    let gap = match days.len() {
        1 => SINGLE_PURCHASE_DAYS / 2,
        purchases => ((last - first) / (purchases as i64 - 1)).max(15),
    };
    match today - last {
        quiet if quiet > gap * 4 => Stage::Lapsed,
        quiet if quiet > gap * 2 => Stage::AtRisk,
        _ => Stage::Active,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, day: i64, kind: &str, amount: i64, currency: &str) -> Event {
        Event {
            event_id: id.into(),
            time: day * SECONDS_PER_DAY + 3600,
            kind: kind.into(),
            amount_minor: amount,
            currency: currency.into(),
        }
    }

    #[test]
    fn sums_of_huge_amounts_stay_at_the_bound() {
        let huge = |kind: &str, amount| [event("1", 1, kind, amount, "CNY"), event("2", 2, kind, amount, "CNY")];
        assert_eq!(compute(&huge("purchase", i64::MAX), 9 * SECONDS_PER_DAY).monetary_minor, i64::MAX);
        assert_eq!(compute(&huge("purchase", i64::MIN), 9 * SECONDS_PER_DAY).monetary_minor, i64::MIN);
        let mut refunds = huge("refund", i64::MIN).to_vec();
        refunds.push(event("3", 3, "purchase", 1, "CNY"));
        assert_eq!(compute(&refunds, 9 * SECONDS_PER_DAY).monetary_minor, i64::MIN);
    }

    #[test]
    fn a_customer_worked_by_hand() {
        let events = [
            event("4", 300, "refund", -500, "CNY"),
            event("1", 100, "visit", 0, ""),
            event("2", 110, "purchase", 1_000, "CNY"),
            event("3", 110, "purchase", 2_001, "CNY"),
            event("5", 200, "purchase", 3_000, "CNY"),
            event("6", 210, "purchase", 99, "USD"),
            event("7", 999, "purchase", 1, "CNY"),
        ];
        let features = compute(&events, 310 * SECONDS_PER_DAY);
        assert_eq!((features.events, features.purchases, features.refunds, features.frequency), (6, 4, 1, 2));
        assert_eq!((features.recency_days, features.tenure_days), (Some(100), Some(210)));
        assert_eq!((features.monetary_minor, features.average_purchase_minor), (5_501, 2_000));
        assert_eq!((features.currency.as_str(), features.other_currency_events), ("CNY", 1));
        assert_eq!(features.stage, Stage::Active, "mean gap 50 days, quiet for 100");
        assert_eq!(compute(&events, 420 * SECONDS_PER_DAY).stage, Stage::Lapsed);
        assert_eq!(compute(&[], 0).stage, Stage::Prospect);
    }

    #[test]
    fn a_purchase_without_an_amount_is_no_purchase_for_nothing() {
        let events = [event("1", 1, "purchase", 1_000, "CNY"), event("2", 2, "purchase", 0, ""), event("3", 3, "purchase", 0, "CNY")];
        let features = compute(&events, 9 * SECONDS_PER_DAY);
        assert_eq!((features.purchases, features.currency_purchases, features.average_purchase_minor), (3, 2, 500));
        let features = compute(&events[1..2], 9 * SECONDS_PER_DAY);
        assert_eq!((features.purchases, features.currency_purchases, features.monetary_minor), (1, 0, 0));
    }

    #[test]
    fn two_currencies_are_never_one_number() {
        let events = [
            event("1", 1, "purchase", 1_000, "CNY"),
            event("2", 2, "purchase", 900, "USD"),
            event("3", 3, "purchase", 500, "CNY"),
            event("4", 4, "refund", 300, "USD"),
        ];
        let features = compute(&events, 9 * SECONDS_PER_DAY);
        assert_eq!((features.currency.as_str(), features.monetary_minor, features.average_purchase_minor), ("CNY", 1_500, 750));
        assert_eq!((features.purchases, features.currency_purchases, features.other_currency_events), (3, 2, 2));
    }
}
