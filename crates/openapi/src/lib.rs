#![doc = include_str!("../README.md")]

mod error;
pub mod load;
pub mod lower;
pub mod overlay;
pub mod pointer;
pub mod references;
pub mod select;
mod stack;
pub mod swagger;

pub use error::{Error, Result};
pub use stack::with_deep_stack;
