//! Wall time, processor time and memory by phase.

use crate::engine::{Observer, Phase};
use serde::Serialize;
use std::sync::Mutex;
use std::time::Instant;

const MEBIBYTE: f64 = 1_048_576.0;

/// What a phase took.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseReport {
    /// The phase.
    pub phase: &'static str,
    /// Wall time, seconds.
    pub wall_seconds: f64,
    /// Processor time of all threads, seconds; 0 where the system does not say.
    pub cpu_seconds: f64,
    /// Peak resident memory of the process by the end of the phase, MiB; 0 where the system does not say.
    pub peak_mebibytes: f64,
}

/// Times phases and passes progress on.
pub struct Stopwatch<'a> {
    progress: &'a dyn Observer,
    /// The memory that the process is to keep to, bytes.
    memory_budget: Option<u64>,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    current: Option<(Phase, Instant, f64)>,
    done: Vec<PhaseReport>,
}

impl<'a> Stopwatch<'a> {
    /// A stopwatch that passes progress on to `progress` and watches over a budget of memory, bytes.
    pub fn new(progress: &'a dyn Observer, memory_budget: Option<u64>) -> Self {
        Stopwatch { progress, memory_budget, running: Mutex::new(Running::default()) }
    }

    /// That the budget of memory was passed, in words.
    pub fn passed_budget(&self) -> Option<String> {
        let (budget, peak) = (self.memory_budget? as f64 / MEBIBYTE, peak_mebibytes());
        (peak > budget).then(|| {
            format!(
                "the memory budget of {budget:.0} MiB was passed by {:.0} MiB: what can be done in smaller passes was, but records and their \
                 distinct values are held whole",
                peak - budget
            )
        })
    }

    /// The phases so far, the running one ended.
    pub fn finish(&self) -> Vec<PhaseReport> {
        let mut running = self.lock();
        end(&mut running);
        running.done.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn end(running: &mut Running) {
    if let Some((phase, since, cpu)) = running.current.take() {
        running.done.push(PhaseReport {
            phase: phase.name(),
            wall_seconds: since.elapsed().as_secs_f64(),
            cpu_seconds: cpu_seconds() - cpu,
            peak_mebibytes: peak_mebibytes(),
        });
    }
}

impl Observer for Stopwatch<'_> {
    fn begin(&self, phase: Phase, expected: u64) {
        let mut running = self.lock();
        // What begins once more goes on.
        if running.current.is_none_or(|(current, ..)| current != phase) {
            end(&mut running);
            running.current = Some((phase, Instant::now(), cpu_seconds()));
        }
        drop(running);
        self.progress.begin(phase, expected);
    }

    fn advance(&self, items: u64) {
        self.progress.advance(items);
    }

    fn room(&self) -> Option<u64> {
        Some(self.memory_budget?.saturating_sub((mebibytes("VmRSS:") * MEBIBYTE) as u64))
    }
}

/// Processor time of this process so far, user and system, seconds (proc(5), fields 14 and 15 of stat, in clock ticks of 10 ms).
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// Peak resident memory of this process, MiB (proc(5), VmHWM of status).
pub fn peak_mebibytes() -> f64 {
    mebibytes("VmHWM:")
}

/// A line of proc(5)'s status, MiB; 0 where the system does not say.
fn mebibytes(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) / 1024.0
}
