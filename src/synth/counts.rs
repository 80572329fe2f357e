//! What was made: how many of each thing, and how often each disturbance happened.
//!
//! Never here: rates. A caller compares these counts with what it finds in the files.

use super::config::Channel;
use super::disturbance::Disturbance;

/// The figures of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// People.
    pub customers: u64,
    /// Households they live in.
    pub households: u64,
    /// Distinct records, by channel.
    pub records: [u64; Channel::ALL.len()],
    /// Rows, later versions included, by channel.
    pub rows: [u64; Channel::ALL.len()],
    /// Events.
    pub events: u64,
    happened: [u64; Disturbance::COUNT],
}

impl Default for Counts {
    fn default() -> Self {
        Counts { customers: 0, households: 0, records: [0; 4], rows: [0; 4], events: 0, happened: [0; Disturbance::COUNT] }
    }
}

impl Counts {
    /// How often a disturbance happened.
    pub fn of(&self, kind: Disturbance) -> u64 {
        self.happened[kind as usize]
    }

    /// Distinct records of all channels.
    pub fn records_total(&self) -> u64 {
        self.records.iter().sum()
    }

    pub(crate) fn note(&mut self, kind: Disturbance) {
        self.happened[kind as usize] += 1;
    }
}
