//! The files of a generated crate, a module each.

mod client;
mod error;
mod examples;
mod identity;
mod manifest;
mod mock;
mod provider;
mod readme;
mod root;
mod types;

pub(super) use client::{client, no_arguments};
pub(super) use error::{errors, type_name as error_type};
pub(super) use examples::examples;
pub(super) use identity::identity;
pub(super) use manifest::manifest;
pub(super) use mock::mock;
pub(super) use provider::provider;
pub(super) use readme::readme;
pub(super) use root::root;
pub(super) use types::types;
