//! Which gRPC status becomes which error: the server's table read backwards, and what the way there adds.

use crate::error::{Error, ErrorClass};
use tonic::{Code, Status};

/// The error of a status from the server at `url`.
pub fn error(status: &Status, url: &str) -> Error {
    let of_the_way = std::error::Error::source(status).is_some();
    let error = Error::new(class(status.code()), status.message());
    match status.message() {
        "" => Error::new(class(status.code()), format!("the server at {url} answered {:?}", status.code())),
        _ if of_the_way => error.at(format!("the connection to {url}")),
        _ => error,
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
        Code::Ok | Code::Cancelled | Code::Unknown | Code::Internal => ErrorClass::Internal,
    }
}
