#![doc = include_str!("../README.md")]

mod about;
mod answers;
mod claims;
mod codegen;
#[cfg(feature = "command")]
pub mod command;
mod dependencies;
mod destination;
mod example;
mod facade;
mod file;
mod files;
mod generate;
mod guard;
mod names;
mod operation;
mod package;
mod progenitor;
mod rust;
mod tolerance;
mod unions;
pub mod write;

pub use codegen::{Codegen, Outcome};
pub use destination::Destination;
pub use generate::{Files, Generated, Input, Interface, Provider, generate};

use keyholder_describe::specs::Spec;
use keyholder_openapi::{Result, lower, select};

/// The crate of a provider with these files.
///
/// # Errors
///
/// Whatever is wrong with the description or its overlay, with file and pointer.
pub fn generate_from(spec: &Spec, destination: &Destination) -> Result<Generated> {
    let described = keyholder_describe::describe(spec)?;
    let hash = keyholder_describe::hash(spec)?;
    select::select(&described)
        .and_then(|selected| lower::lower(&selected))
        .and_then(|lowered| {
            let input = Input {
                provider: &spec.provider,
                document: lowered.document,
                hash: &hash,
            };
            generate(input, destination)
        })
        .map_err(|error| {
            let file = keyholder_describe::culprit(spec, &described, &error);
            error.in_file(file)
        })
}
