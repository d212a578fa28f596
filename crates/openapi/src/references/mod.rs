//! References: what a `$ref` leads to, and a document in which each leads to a component.
//!
//! - [`Resolver`] says what a reference leads to.
//! - [`to_components`] makes components of what is referred to elsewhere, so that later steps know components only.

mod components;
mod identifiers;
mod names;
mod resolve;

pub use components::{Moved, Referred, Scope, component, resolved, to_components};
pub(crate) use names::Names;
pub use resolve::{Resolver, Target};
