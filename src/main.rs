//! The `oneid` program; everything is in `oneid::cli`.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// After how many milliseconds the allocator gives freed memory back to the system; it reads that as the program starts.
const GIVEN_BACK_AFTER: &str = "MIMALLOC_PURGE_DELAY";

fn main() -> ExitCode {
    let has_budget = std::env::args_os().any(|argument| argument.to_string_lossy().starts_with("--memory-budget"));
    if has_budget && std::env::var_os(GIVEN_BACK_AFTER).is_none() {
        start_again_giving_back();
    }
    oneid::cli::main()
}

/// Starts the program again, in its place, such that freed memory is given back at once: a budget is one of memory that is held, not of memory
/// in use. Costs some system time (docs/decisions/2026-11-27-where-does-the-time-go.md). Comes back where that cannot be done, which leaves a
/// budget that is kept less well.
fn start_again_giving_back() {
    if let Ok(program) = std::env::current_exe() {
        let _ = Command::new(program).args(std::env::args_os().skip(1)).env(GIVEN_BACK_AFTER, "0").exec();
    }
}
