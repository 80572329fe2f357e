//! The program `oneid`: hands the command line to the library and ends with its exit code.

fn main() {}
