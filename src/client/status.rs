//! Which gRPC status becomes which error: the server's table read backwards, and what the way there adds.

use super::innermost;
use crate::error::{Error, ErrorClass};
use tonic::{Code, Status};

/// The error of a status from the server at `url`.
pub fn error(status: &Status, url: &str) -> Error {
    if std::error::Error::source(status).is_some() {
        return Error::new(class_of_the_way(status.code()), format!("the connection to {url} broke ({})", innermost(status)));
    }
    match status.message() {
        "" => Error::new(class(status.code()), format!("the server at {url} answered {:?}", status.code())),
        said => Error::new(class(status.code()), said),
    }
}

/// The error of a status code, 1 to 16, and what was said.
pub fn of_code(status_code: u32, said: &str) -> Error {
    Error::new(class(Code::from(i32::try_from(status_code).unwrap_or(2))), said)
}

/// No server said so: the way broke, which is classed as when no server is reached at first.
const fn class_of_the_way(code: Code) -> ErrorClass {
    match code {
        Code::Unavailable | Code::Cancelled | Code::Unknown | Code::Internal => ErrorClass::Io,
        code => class(code),
    }
}

const fn class(code: Code) -> ErrorClass {
    match code {
        Code::InvalidArgument | Code::OutOfRange | Code::PermissionDenied | Code::Unauthenticated => ErrorClass::Usage,
        Code::NotFound => ErrorClass::NotFound,
        Code::FailedPrecondition | Code::Aborted | Code::AlreadyExists => ErrorClass::Conflict,
        Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded => ErrorClass::Busy,
        Code::DataLoss => ErrorClass::Corrupt,
        Code::Unimplemented => ErrorClass::NotImplemented,
        Code::Unknown => ErrorClass::Halted,
        Code::Ok | Code::Cancelled | Code::Internal => ErrorClass::Internal,
    }
}
