//! Devices: what a device id looks like and which model bears it.
//!
//! A device is a number; a quarter are Apple's and show as UUIDs, the others show Android's sixteen hexadecimal digits. Never
//! here: whose device it is.

use super::dice::mix;
use super::words;
use std::fmt::Write;

const LIST: &str = include_str!("data/devices.txt");

/// The models there are.
pub(crate) struct Devices {
    apple: Vec<&'static str>,
    others: Vec<&'static str>,
}

/// A device, to be told apart from other numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Device(pub(crate) u64);

impl Device {
    const fn is_apple(self) -> bool {
        self.0 & 3 == 0
    }

    /// Appends the id as its maker writes it.
    pub(crate) fn push(self, out: &mut String) {
        let device = self.0;
        if !self.is_apple() {
            let _ = write!(out, "{device:016x}");
            return;
        }
        let more = mix(device);
        let (a, b, c) = (device >> 32, (device >> 16) & 0xffff, device & 0xfff);
        let _ = write!(out, "{a:08X}-{b:04X}-4{c:03X}-A{:03X}-{:012X}", more >> 52, more & 0xffff_ffff_ffff);
    }
}

impl Devices {
    pub(crate) fn new() -> Self {
        Devices { apple: words::items(LIST, "apple"), others: words::items(LIST, "others") }
    }

    /// Appends a device's model.
    pub(crate) fn push_model(&self, device: Device, out: &mut String) {
        let list = if device.is_apple() { &self.apple } else { &self.others };
        let model = list[((device.0 >> 2) % list.len() as u64) as usize];
        out.extend(model.chars().map(|c| if c == '_' { ' ' } else { c }));
    }
}
