#![doc = include_str!("../README.md")]

mod about;
mod answers;
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
mod key;
mod markdown;
mod names;
mod operation;
mod package;
mod progenitor;
mod rust;
mod secrets;
mod source;
mod table;
mod tolerance;
mod toml_file;
mod unions;
pub mod write;

pub use codegen::{Codegen, Outcome};
pub use destination::Destination;
pub use generate::{Files, Generated, Input, Interface, Provider, generate};
pub use table::table;

use keyholder_describe::Described;
use keyholder_openapi::{Result, lower};

/// The crate of a provider that is described so.
///
/// # Errors
///
/// Whatever is wrong with the description or its overlay, with file and pointer.
pub fn generate_from(described: &Described, destination: &Destination) -> Result<Generated> {
    let mut selected = described.select()?;
    secrets::keep(&mut selected.document);
    // Names that are too long make lowering slow.
    let lowered = names::check(&selected.document).and_then(|()| lower::lower(&selected.document));
    let mut generated = lowered
        .and_then(|lowered| {
            let input = Input {
                provider: described.provider(),
                document: lowered.document,
                hash: described.hash(),
            };
            generate(input, destination)
        })
        .map_err(|error| described.locate(selected.locate(error)))?;
    for remark in &mut generated.remarks {
        *remark = format!("{}: {remark}", described.file().display());
    }
    Ok(generated)
}
