//! The generator of the provider crates and the workspace's own tasks.

pub mod codegen;
pub mod corpus;
pub mod error;
pub mod live;
pub mod new;
pub mod pipeline;
pub mod readme;
#[cfg(unix)]
pub mod tools;

pub use error::{Error, Result};
