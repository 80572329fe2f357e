//! Turns the protocol under `proto/` into Rust, without `protoc`.
//!
//! 1. Every `.proto` file under `proto/oneid/v1/` is compiled by `protox`, in the order of its name.
//! 2. `tonic-prost-build` writes messages, servers and clients to `OUT_DIR/oneid.v1.rs`; comments become docs.
//! 3. The file descriptor set goes to `OUT_DIR/oneid.v1.bin`, with comments, for reflection.
//!
//! Without the feature `full` nothing is generated. Never here: anything read from outside `proto/`.

/// What a build step ends with.
type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=proto");
    generate()
}

#[cfg(not(feature = "full"))]
fn generate() -> Outcome {
    Ok(())
}

#[cfg(feature = "full")]
fn generate() -> Outcome {
    use std::path::PathBuf;

    let out_dir = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut files = Vec::new();
    for entry in std::fs::read_dir("proto/oneid/v1")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();

    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_imports(true).include_source_info(true).open_files(&files)?;
    std::fs::write(out_dir.join("oneid.v1.bin"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure().emit_rerun_if_changed(false).generate_default_stubs(true).compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
