//! The `oneid` program; everything is in `oneid::cli`.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    #[cfg(unix)]
    budget::start_again_if_there_is_one();
    oneid::cli::main()
}

/// A budget is one of memory that is held, not of memory in use: with one, freed memory is given back to the system at once, which costs some system time.
#[cfg(unix)]
mod budget {
    use std::os::unix::process::CommandExt;
    use std::path::PathBuf;
    use std::process::Command;

    /// After how many milliseconds the allocator gives freed memory back. It reads that as the program starts, and has no other door that is safe.
    const GIVEN_BACK_AFTER: &str = "MIMALLOC_PURGE_DELAY";

    /// Starts the program again in its own place, told to give memory back, where there is a budget and nobody says otherwise.
    pub fn start_again_if_there_is_one() {
        let has_budget = std::env::args_os().any(|argument| argument.to_string_lossy().starts_with("--memory-budget"));
        if has_budget
            && std::env::var_os(GIVEN_BACK_AFTER).is_none()
            && let Some(program) = program()
        {
            let _ = Command::new(program).args(std::env::args_os().skip(1)).env(GIVEN_BACK_AFTER, "0").exec();
        }
    }

    /// The file that runs; none where it is gone, or runs something else that was asked to run this (a loader).
    fn program() -> Option<PathBuf> {
        let program = std::env::current_exe().ok()?;
        let called = PathBuf::from(std::env::args_os().next()?);
        (program.is_file() && program.file_name() == called.file_name()).then_some(program)
    }
}
