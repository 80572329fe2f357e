//! The services behind the doors (filled next).
