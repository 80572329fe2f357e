//! Progress bars on a terminal, nothing elsewhere.

use crate::engine::{Observer, Phase};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Mutex;

/// Draws one bar, for the phase that runs.
pub struct Bar {
    bar: Mutex<ProgressBar>,
    shown: bool,
}

impl Bar {
    /// A bar on stderr, if that is a terminal.
    pub fn new() -> Self {
        Bar { bar: Mutex::new(ProgressBar::hidden()), shown: std::io::stderr().is_terminal() }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.current().finish_and_clear();
    }

    fn current(&self) -> std::sync::MutexGuard<'_, ProgressBar> {
        self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Observer for Bar {
    fn begin(&self, phase: Phase, expected: u64) {
        if !self.shown {
            return;
        }
        let template = match phase {
            Phase::Read => "{msg:18} {bar:40} {bytes} of {total_bytes}  {eta} left",
            _ if expected > 1 => "{msg:18} {bar:40} {human_pos} of {human_len}  {eta} left",
            _ => "{msg:18} {spinner} {elapsed}",
        };
        let bar = ProgressBar::with_draw_target(Some(expected), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(phase.name());
        let mut current = self.current();
        current.finish_and_clear();
        *current = bar;
    }

    fn advance(&self, items: u64) {
        if self.shown {
            self.current().inc(items);
        }
    }
}
