#![doc = include_str!("../README.md")]

pub mod authentication;
mod described;
pub mod request;
pub mod servers;
pub mod specs;
pub mod whoami;
pub mod wire;

pub use described::{Described, EXTENSION, Selected, check_is_description, marked};
