//! The command line (filled next).
