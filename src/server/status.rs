//! Which error becomes which gRPC status: the only place that says so.

use crate::error::{Error, ErrorClass};
use tonic::{Code, Status};

/// The status of an error.
pub fn of(error: &Error) -> Status {
    Status::new(code(error.class()), error.to_string())
}

const fn code(class: ErrorClass) -> Code {
    match class {
        ErrorClass::Usage | ErrorClass::BadData => Code::InvalidArgument,
        ErrorClass::NotFound => Code::NotFound,
        ErrorClass::Conflict | ErrorClass::Newer => Code::FailedPrecondition,
        ErrorClass::Busy => Code::Unavailable,
        // It may have happened or not.
        ErrorClass::Halted => Code::Unknown,
        ErrorClass::Corrupt => Code::DataLoss,
        ErrorClass::NotImplemented => Code::Unimplemented,
        ErrorClass::Io | ErrorClass::Internal => Code::Internal,
    }
}
