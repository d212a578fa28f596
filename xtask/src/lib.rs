//! The generator of the provider crates and the workspace's own tasks.

pub mod codegen;
pub mod error;
pub mod pipeline;
pub mod readme;

pub use error::{Error, Result};
