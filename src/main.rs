//! The `oneid` program; everything is in `oneid::cli`.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // Before anything is allocated that could be kept back.
    if std::env::args_os().any(|argument| argument.to_string_lossy().starts_with("--memory-budget")) {
        give_back_at_once();
    }
    oneid::cli::main()
}

/// Has the allocator give freed memory back to the system at once, in place of a while later: a budget is one of memory that is held, not of
/// memory in use. Costs some system time (docs/decisions/2026-11-27-what-does-a-memory-budget-hold.md).
#[allow(unsafe_code, reason = "the allocator's options have no safe binding")]
fn give_back_at_once() {
    use std::ffi::{c_int, c_long};

    /// `mi_option_purge_delay` of `mi_option_t` (mimalloc.h), milliseconds.
    const PURGE_DELAY: c_int = 15;

    // SAFETY: mimalloc, which is linked as the allocator, declares `void mi_option_set(mi_option_t option, long value)`; any value may be set at any
    // time.
    unsafe extern "C" {
        safe fn mi_option_set(option: c_int, value: c_long);
    }
    mi_option_set(PURGE_DELAY, 0);
}
