//! The generator of the provider crates and the workspace's own tasks.

mod asking;
#[cfg(unix)]
pub mod bench;
pub mod codegen;
#[cfg(unix)]
pub mod conformance;
pub mod corpus;
pub mod drift;
pub mod error;
#[cfg(unix)]
pub mod live;
pub mod new;
pub mod pipeline;
pub mod readme;
mod table;
#[cfg(unix)]
pub mod tools;
pub mod update;

pub use error::{Error, Result};
