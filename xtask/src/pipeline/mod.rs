//! From a description to a crate, read top to bottom:
//! `load -> overlay -> select -> lower -> generate -> write`.

pub mod generate;
pub mod load;
pub mod lower;
pub mod overlay;
pub mod pointer;
pub mod select;
pub mod specs;
pub mod whoami;
pub mod write;

use std::fs;

use sha2::{Digest, Sha256};

use crate::{Error, Result};
use generate::{Generated, Input, Workspace};
use specs::Spec;

/// Everything up to `write`, for one provider.
///
/// # Errors
///
/// Whatever is wrong with the description or its overlay, with file and pointer.
pub fn run(spec: &Spec, workspace: &Workspace) -> Result<Generated> {
    let published = load::load(&spec.description)?;
    let described = match &spec.overlay {
        Some(file) => load::load(file)
            .and_then(|overlay| overlay::overlay(published, &overlay))
            .map_err(|error| error.in_file(file))?,
        None => published,
    };
    let hash = hash(spec)?;
    select::select(&described)
        .and_then(|selected| lower::lower(&selected))
        .and_then(|lowered| {
            let input = Input {
                provider: &spec.provider,
                document: lowered.document,
                hash: &hash,
            };
            generate::generate(input, workspace)
        })
        .map_err(|error| {
            let file = culprit(spec, &error);
            error.in_file(file)
        })
}

/// The file that an error in the corrected description is to be mended in.
fn culprit<'a>(spec: &'a Spec, error: &Error) -> &'a std::path::Path {
    let in_mapping = error
        .pointer()
        .is_some_and(|pointer| pointer.contains(select::EXTENSION));
    match &spec.overlay {
        Some(overlay) if in_mapping => overlay,
        _ => &spec.description,
    }
}

/// The SHA-256 of both files, in hexadecimal.
fn hash(spec: &Spec) -> Result<String> {
    let mut hash = Sha256::new();
    for file in std::iter::once(&spec.description).chain(&spec.overlay) {
        let content = fs::read(file)
            .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(file))?;
        hash.update(content);
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
