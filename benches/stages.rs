//! Benches of the pipeline's stages, one after the other.

fn main() {}
