//! What the columns of an input mean: their kinds, and the mapping of a layout to fields.
//!
//! [`infer`] guesses a [`Mapping`] from column names and a sample of rows; settings can give one instead. Reads only `record`.
//! Never here: the reading of single values, which is `normalize`'s.

mod calling_code;
mod date_order;
mod dictionary;
mod form;
mod holder;
mod infer;
mod kind;
mod mapping;
pub mod sex;
pub mod surname;
pub mod western;

pub use calling_code::CallingCode;
pub use date_order::DateOrder;
pub use dictionary::kind_of_name;
pub use form::ZONES;
pub use infer::{Inferred, infer};
pub use kind::ColumnKind;
pub use mapping::Mapping;
