//! Reads OpenAPI: loads a description, corrects it by an overlay, keeps of it what one operation reaches, and lowers
//! OpenAPI 3.1 to 3.0.
//!
//! It knows nothing of keys or identities.

pub mod bundle;
mod error;
pub mod load;
pub mod lower;
pub mod media_type;
pub mod nearest;
pub mod overlay;
pub mod pointer;
pub mod references;
pub mod scalar;
pub mod select;
mod stack;
pub mod structure;
pub mod swagger;

pub use error::{Error, Result};
pub use stack::with_deep_stack;
