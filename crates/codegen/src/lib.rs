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

use keyholder_describe::specs::Spec;
use keyholder_openapi::{Result, lower, select};

/// Everything up to `write`, for one provider.
///
/// # Errors
///
/// Whatever is wrong with the description or its overlay, with file and pointer.
pub fn run(spec: &Spec, workspace: &Workspace) -> Result<Generated> {
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
            generate(input, workspace)
        })
        .map_err(|error| {
            let file = keyholder_describe::culprit(spec, &described, &error);
            error.in_file(file)
        })
}
