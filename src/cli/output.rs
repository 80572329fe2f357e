//! Writing results: to files that appear whole or not at all, and to stdout.

use crate::error::{Error, ErrorClass, Result};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Prints text to stdout. A reader that has closed its end (`| head`) is no fault.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(cause) => Err(Error::io("cannot write to stdout", &cause)),
        Ok(()) => Ok(()),
    }
}

/// Prints a value as JSON.
pub fn print_json(value: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|cause| Error::internal(format!("cannot be written as JSON: {cause}")))?;
    print(&(text + "\n"))
}

/// Writes a file through a neighbour that takes its name when complete. What a link leads to is replaced, not the link; a pipe or a
/// device is written to as it is.
pub fn write_file(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>) -> Result<()> {
    let failed = |cause: std::io::Error| Error::io(format!("cannot write {}", path.display()), &cause);
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        let mut out = BufWriter::new(File::options().write(true).open(path).map_err(failed)?);
        return write(&mut out).and_then(|()| out.flush()).map_err(failed);
    }
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let partial = partial_name(path);
    let mut out = BufWriter::with_capacity(1 << 18, File::create(&partial).map_err(failed)?);
    let written = write(&mut out).and_then(|()| out.flush()).and_then(|()| std::fs::rename(&partial, path));
    written.map_err(|cause| {
        // The half-written neighbour is of no use to anybody; that it may stay behind changes nothing.
        let _ = std::fs::remove_file(&partial);
        failed(cause)
    })
}

/// Refuses a place where [`write_file`] would do harm or cannot write: a directory, a folder that is not there or cannot be written to,
/// the folder of a store.
pub fn check_output(path: &Path) -> Result<()> {
    if path == Path::new("-") {
        return Err(Error::usage("an output named - is no file; name one, or /dev/stdout"));
    }
    if path.is_dir() {
        return Err(Error::usage(format!("cannot write {}: it is a directory; name a file in it", path.display())));
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |cause: std::io::Error| {
        let place = format!("cannot write {}: its folder {} ({cause})", path.display(), folder.display());
        Error::new(ErrorClass::Io, format!("{place}; make it first, or name another"))
    };
    let whole = folder.canonicalize().map_err(failed)?;
    if let Some(store) = whole.ancestors().find(|folder| folder.join("LOCK").is_file() && folder.join("journal").is_dir()) {
        return Err(Error::usage(format!("cannot write {}: {} is a store, which holds nothing else", path.display(), store.display())));
    }
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Ok(());
    }
    let partial = partial_name(path);
    File::create(&partial).and_then(|_| std::fs::remove_file(&partial)).map_err(failed)
}

/// Refuses an output that is one of the inputs of the call.
pub fn refuse_overwriting<'a>(output: &Path, inputs: impl Iterator<Item = &'a Path>) -> Result<()> {
    let whole = output.canonicalize().ok();
    let mut inputs = inputs.filter_map(|input| input.canonicalize().ok());
    match whole.is_some() && inputs.any(|input| Some(input) == whole) {
        true => Err(Error::usage(format!("{} would be overwritten: it is an input of this call", output.display()))),
        false => Ok(()),
    }
}

fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    path.with_file_name(name)
}

/// A value as it stands in CSV.
pub fn csv_value(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_takes_no_outputs() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir_all(folder.path().join("kept/journal")).expect("a folder");
        std::fs::write(folder.path().join("kept/LOCK"), "").expect("written");
        for name in ["kept/out.csv", "kept/journal/frames-00000001.log"] {
            let error = check_output(&folder.path().join(name)).expect_err("within a store");
            assert!(error.class() == ErrorClass::Usage && error.to_string().contains("is a store"), "{error}");
        }
        check_output(&folder.path().join("out.csv")).expect("beside it");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "nothing is left of the check");
    }

    #[test]
    #[cfg(unix)]
    fn devices_and_links_stay_what_they_are() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (file, link) = (folder.path().join("real.csv"), folder.path().join("link.csv"));
        std::fs::write(&file, "old").expect("written");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        write_file(&link, |out| out.write_all(b"new")).expect("written");
        assert_eq!(std::fs::read_to_string(&file).expect("read"), "new");
        assert!(link.is_symlink());
        write_file(Path::new("/dev/null"), |out| out.write_all(b"gone")).expect("written");
        assert!(!std::fs::metadata("/dev/null").expect("there").is_file());
        assert!(write_file(folder.path(), |out| out.write_all(b"x")).is_err(), "a directory");
    }
}
