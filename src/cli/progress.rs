//! Progress of long work on stderr: a bar on a terminal, elsewhere a plain line now and then.
//!
//! 1. On a terminal each phase has a bar of its own.
//! 2. Elsewhere (a file, a pipe, a scheduler) a thread writes a line every [`PROGRESS_LINE_SECONDS`]: the phase, and how much of it
//!    is done where the phase tells. Phases that tell nothing for long are why it is a thread.

use super::table::count;
use crate::engine::{Observer, Phase};
use crate::limits::PROGRESS_LINE_SECONDS;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Shows the phase that runs. Dropped, it is taken away.
pub struct Bar(Shown);

enum Shown {
    OnTerminal(Mutex<ProgressBar>),
    InLines(Lines),
}

impl Bar {
    /// Progress on stderr.
    pub fn new() -> Self {
        if std::io::stderr().is_terminal() {
            return Bar(Shown::OnTerminal(Mutex::new(ProgressBar::hidden())));
        }
        let every = Duration::from_secs(PROGRESS_LINE_SECONDS);
        Bar(Shown::InLines(Lines::start(every, |line| eprintln!("oneid: {line}"))))
    }

    /// Takes the bar away, or ends the lines.
    pub fn finish(&self) {
        match &self.0 {
            Shown::OnTerminal(bar) => lock(bar).finish_and_clear(),
            Shown::InLines(lines) => lines.end(),
        }
    }
}

impl Observer for Bar {
    fn begin(&self, phase: Phase, expected: u64) {
        match &self.0 {
            Shown::OnTerminal(current) => {
                let bar = drawn(phase, expected);
                let mut current = lock(current);
                current.finish_and_clear();
                *current = bar;
            }
            Shown::InLines(lines) => lines.begin(phase, expected),
        }
    }

    fn advance(&self, items: u64) {
        match &self.0 {
            Shown::OnTerminal(bar) => lock(bar).inc(items),
            Shown::InLines(lines) => lines.done.advance(items),
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bar of a phase.
fn drawn(phase: Phase, expected: u64) -> ProgressBar {
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
    bar
}

/// What the thread of [`Lines`] reads.
#[derive(Default)]
struct Done {
    /// The phase that runs and how many items it has.
    phase: Mutex<Option<(Phase, u64)>>,
    items: AtomicU64,
}

impl Done {
    fn advance(&self, items: u64) {
        // Only a number to show: no other memory hangs on it.
        self.items.fetch_add(items, Ordering::Relaxed);
    }

    /// What a line says after so many seconds; nothing before the first phase.
    fn line(&self, seconds: u64) -> Option<String> {
        let (phase, expected) = (*lock(&self.phase))?;
        let done = self.items.load(Ordering::Relaxed);
        let (unit, scale) = unit(phase);
        let all = count(expected / scale);
        let how_far = match (done, expected) {
            (_, 0 | 1) => String::new(),
            (0, _) => format!(", {all} {unit}"),
            // Bytes as read and as normalised differ a little: never more than all.
            (done, _) => format!(", {} of {all} {unit}", count(done.min(expected) / scale)),
        };
        Some(format!("after {seconds} s: {}{how_far}", phase.name()))
    }
}

/// What a phase counts, and how many of it are one in a line.
const fn unit(phase: Phase) -> (&'static str, u64) {
    match phase {
        Phase::Read => ("MiB", 1 << 20),
        Phase::Block => ("rules", 1),
        Phase::Weigh => ("pairs", 1),
        Phase::Prepare | Phase::Train | Phase::Cluster | Phase::Assign | Phase::Keep | Phase::Assess | Phase::Write => ("records", 1),
    }
}

/// Lines from a thread that waits between them.
struct Lines {
    done: Arc<Done>,
    /// Dropped, the thread ends.
    running: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

impl Lines {
    fn start(every: Duration, say: impl Fn(&str) + Send + 'static) -> Self {
        let done = Arc::new(Done::default());
        let (stop, stopped) = channel::<()>();
        let read = Arc::clone(&done);
        let since = Instant::now();
        let thread = std::thread::spawn(move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                if let Some(line) = read.line(since.elapsed().as_secs()) {
                    say(&line);
                }
            }
        });
        Lines { done, running: Mutex::new(Some((stop, thread))) }
    }

    fn begin(&self, phase: Phase, expected: u64) {
        *lock(&self.done.phase) = Some((phase, expected));
        self.done.items.store(0, Ordering::Relaxed);
    }

    /// No line comes after this.
    fn end(&self) {
        if let Some((stop, thread)) = lock(&self.running).take() {
            drop(stop);
            // A thread that only writes lines has nothing to tell; if it died, the work went on without it.
            let _ = thread.join();
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_the_phase_is() {
        let done = Done::default();
        assert_eq!(done.line(10), None);
        let said = |phase: Phase, expected: u64, items: u64| {
            *lock(&done.phase) = Some((phase, expected));
            done.items.store(items, Ordering::Relaxed);
            done.line(20).expect("a phase runs")
        };
        assert_eq!(said(Phase::Weigh, 5_000_000, 1_200_000), "after 20 s: weigh pairs, 1,200,000 of 5,000,000 pairs");
        assert_eq!(said(Phase::Read, 400 << 20, 12 << 20), "after 20 s: read and normalise, 12 of 400 MiB");
        assert_eq!(said(Phase::Read, 400 << 20, 401 << 20), "after 20 s: read and normalise, 400 of 400 MiB");
        assert_eq!(said(Phase::Train, 0, 0), "after 20 s: train");
        assert_eq!(said(Phase::Cluster, 2_000, 0), "after 20 s: cluster, 2,000 records");
    }

    /// Without a terminal a merge of an hour once said nothing until it was done.
    #[test]
    fn lines_come_until_the_end_and_not_after() {
        let (say, said) = channel::<String>();
        let lines = Lines::start(Duration::from_millis(1), move |line| {
            // The test has heard enough once it no longer listens.
            let _ = say.send(line.to_owned());
        });
        lines.begin(Phase::Block, 15);
        lines.done.advance(3);
        let wait = Duration::from_secs(60);
        while !said.recv_timeout(wait).expect("a line").ends_with(" s: block, 3 of 15 rules") {}
        lines.end();
        while said.try_recv().is_ok() {}
        assert!(said.recv().is_err(), "the thread and its voice are gone");
    }
}
