//! The files of a generated crate, a module each.

mod blocking;
mod client;
mod error;
mod examples;
mod manifest;
mod mock;
mod parameters;
mod provider;
mod readme;
mod root;
mod types;

pub(crate) use blocking::blocking;
pub(crate) use client::{client, no_arguments};
pub(crate) use error::{errors, type_name as error_type};
pub(crate) use examples::examples;
pub(crate) use manifest::manifest;
pub(crate) use mock::mock;
pub(crate) use parameters::parameters;
pub(crate) use provider::{json, provider};
pub(crate) use readme::readme;
pub(crate) use root::root;
pub(crate) use types::types;
