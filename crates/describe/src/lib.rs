#![doc = include_str!("../README.md")]

pub mod authentication;
pub mod claims;
mod described;
mod implied;
mod parameters;
mod provider;
mod prune;
mod remarks;
pub mod request;
pub mod responses;
mod rules;
mod schema;
pub mod servers;
pub mod specs;
pub mod whoami;
pub mod wire;

pub use described::{Described, EXTENSION, Selected, check_is_description, marked};
pub use provider::{OperationReading, Reading, provider, read, read_all, variable};
pub use prune::pruned;
