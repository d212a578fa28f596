//! From a description and its overlay to a crate: progenitor's types and mocks, the client around them, and its package.

mod about;
mod answers;
mod claims;
mod codegen;
mod example;
pub mod facade;
mod file;
mod files;
mod generate;
mod guard;
mod names;
mod operation;
pub mod package;
mod progenitor;
mod rust;
mod tolerance;
mod unions;
pub mod write;

pub use codegen::{Codegen, Outcome, elsewhere};
pub use file::write as write_file;
pub use generate::{Files, Generated, Input, Interface, Provider, generate};
pub use package::Workspace;

use keyholder_describe::Described;
use keyholder_describe::specs::Spec;
use keyholder_openapi::{Result, lower};

/// Everything up to `write`, for one provider.
///
/// # Errors
///
/// Whatever is wrong with the description or its overlay, with file and pointer.
pub fn run(spec: &Spec, workspace: &Workspace) -> Result<Generated> {
    let described = Described::read(spec)?;
    let selected = described.select()?;
    let lowered = lower::lower(&selected.document);
    lowered
        .and_then(|lowered| {
            let input = Input {
                provider: &spec.provider,
                document: lowered.document,
                hash: described.hash(),
            };
            generate(input, workspace)
        })
        .map_err(|error| described.locate(selected.locate(error)))
}
