//! What a description says of a provider, as data: the files of a folder, the mapping `x-whoami`, how a request carries
//! the token, and what is the same in every request.

pub mod authentication;
mod described;
pub mod request;
pub mod specs;
pub mod whoami;

pub use described::{Described, EXTENSION, Selected, check_is_description, marked};
