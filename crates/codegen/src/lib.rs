#![doc = include_str!("../README.md")]

mod about;
mod answers;
mod boxes;
mod codegen;
#[cfg(feature = "command")]
pub mod command;
mod data;
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
mod merging;
mod names;
mod operation;
mod package;
mod progenitor;
mod rust;
mod secrets;
mod source;
mod table;
mod tells;
mod tolerance;
mod toml_file;
mod unions;
pub mod write;

pub use codegen::{Codegen, Outcome};
pub use data::{Data, data};
pub use destination::Destination;
pub use generate::{Files, Generated, Input, Interface, Provider, generate};
pub use table::table;

use keyholder_describe::Described;
use keyholder_openapi::Result;

/// The crate of a provider that is described so, with a method for each of its operations.
///
/// # Errors
///
/// Whatever is wrong with the description or its overlay, with file and pointer.
pub fn generate_from(described: &Described, destination: &Destination) -> Result<Generated> {
    let mut selected = vec![described.select()?];
    selected.extend(described.select_further()?);
    let locate = |index: usize, error| match selected.get(index) {
        Some(selected) => described.locate(selected.locate(error)),
        None => described.locate(error),
    };
    let lowered = selected.iter().enumerate().map(|(index, selected)| {
        let mut document = selected.document.clone();
        secrets::keep(&mut document);
        // Names that are too long make lowering slow.
        names::check(&document)
            .and_then(|()| selected.lower(&document))
            .map_err(|error| locate(index, error))
    });
    let lowered = lowered.collect::<Result<Vec<_>>>()?;
    let (documents, repairs): (_, Vec<_>) = lowered.into_iter().unzip();
    let mut generated = generate::generate_all(
        described.provider(),
        documents,
        described.hash(),
        described.package_version(),
        destination,
    )
    .map_err(|(index, error)| locate(index, error))?;
    generated.remarks.extend_from_slice(described.noticed());
    generated.remarks.extend(repairs.into_iter().flatten());
    for remark in &mut generated.remarks {
        // As in "at /servers/0/url: …".
        let pointer = remark
            .strip_prefix("at ")
            .and_then(|it| it.split_once(": "));
        let file = pointer.map_or(described.file(), |(pointer, _)| described.file_at(pointer));
        *remark = format!("{}: {remark}", file.display());
    }
    Ok(generated)
}
