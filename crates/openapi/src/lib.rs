#![doc = include_str!("../README.md")]

pub mod bundle;
mod error;
pub mod load;
pub mod lower;
pub mod media_type;
mod mend;
pub mod nearest;
mod newer;
pub mod overlay;
pub mod pointer;
pub mod prune;
pub mod references;
pub mod repair;
pub mod scalar;
pub mod select;
mod stack;
pub mod structure;
pub mod swagger;
pub mod text;
mod tidy;

pub use error::{Error, Result};
pub use stack::with_deep_stack;
