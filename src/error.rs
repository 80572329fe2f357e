//! The one error that leaves this crate: what went wrong, where, and what the caller can do next.
//!
//! Every module raises this opaque [`Error`]; callers branch on [`ErrorClass`], people read the text. A message
//! says what was found and, where a bound was passed, both numbers (asked, allowed).
//! Never here: exit codes of the command line and status codes of the protocol; each door maps the class once.

use std::fmt;

/// What the caller does next; the only thing code may branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The call or its options are wrong: change the call.
    Usage,
    /// The content of an input is wrong: mend the input named in the message.
    BadData,
    /// A named file, record or person does not exist: name another.
    NotFound,
    /// What is asked contradicts what is stored: look at the state and decide.
    Conflict,
    /// A file or device refused: mend the cause, then call again.
    Io,
    /// The journal could not be written or synced: what was not acknowledged may have happened or not, and this process writes nothing more.
    Halted,
    /// Somebody else holds it now (a store open in another process): call again later.
    Busy,
    /// Stored bytes are damaged or were made by an older version that is no longer read: restore or rebuild.
    Corrupt,
    /// Stored bytes were made by a newer version of this program: use that version; nothing is removed or rebuilt.
    Newer,
    /// The feature is named in the interface but is not built yet.
    NotImplemented,
    /// A rule of this program was broken by the program itself: report it.
    Internal,
}

/// The crate's error: a class, a message in plain words, and the place in the input where there is one.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    class: ErrorClass,
    message: String,
    place: Option<String>,
}

/// The crate's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of `class` with a message that says what is wrong and what to do.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { class, message: message.into(), place: None }))
    }

    /// Wrong call or option.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Usage, message)
    }

    /// Wrong input content.
    pub fn bad_data(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::BadData, message)
    }

    /// Something named does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::NotFound, message)
    }

    /// Stored bytes are damaged, or of a version no longer read.
    pub fn corrupt(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Corrupt, message)
    }

    /// Stored bytes of a newer version of this program.
    pub fn newer(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Newer, message)
    }

    /// A broken rule of this program.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Internal, message)
    }

    /// A failed read or write of `what` (a path, mostly); a missing file becomes [`ErrorClass::NotFound`].
    pub fn io(what: impl fmt::Display, cause: &std::io::Error) -> Self {
        let class = match cause.kind() {
            std::io::ErrorKind::NotFound => ErrorClass::NotFound,
            _ => ErrorClass::Io,
        };
        Self::new(class, format!("{what}: {cause}"))
    }

    /// The same error with the place it belongs to (`file:line`, a key of the settings ...) in front.
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        let inner = match self.0.place.take() {
            Some(deeper) => format!("{place}: {deeper}"),
            None => place.to_string(),
        };
        self.0.place = Some(inner);
        self
    }

    /// What the caller does next.
    pub fn class(&self) -> ErrorClass {
        self.0.class
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.place {
            Some(place) => write!(f, "{place}: {}", self.0.message),
            None => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.class)
    }
}

impl std::error::Error for Error {}
