//! The library without default features is the pure part: it must build by itself.

use std::process::Command;

#[test]
fn the_pure_part_builds_by_itself() {
    let root = env!("CARGO_MANIFEST_DIR");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_string());
    let target = std::path::Path::new(root).join("target").join("pure");
    let mut command = Command::new(cargo);
    command.args(["check", "--quiet", "--lib", "--no-default-features", "--locked", "--target-dir"]).arg(target).current_dir(root);
    let output = command.output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
