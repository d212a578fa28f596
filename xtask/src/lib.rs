//! The generator of the provider crates and the workspace's own tasks.

mod asking;
#[cfg(unix)]
pub mod bench;
pub mod cargo;
pub mod codegen;
#[cfg(unix)]
pub mod conformance;
pub mod corpus;
pub mod drift;
pub mod error;
mod file;
pub mod folders;
#[cfg(unix)]
pub mod live;
mod memory;
pub mod new;
pub mod pipeline;
pub mod readme;
mod table;
#[cfg(unix)]
pub mod tools;
pub mod update;

pub use error::{Error, Result};
