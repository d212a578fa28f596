//! From a description to a crate, read top to bottom:
//! `load -> overlay -> select -> lower -> generate -> write`.

pub mod generate;
pub mod load;
pub mod lower;
pub mod overlay;
pub mod pointer;
pub mod references;
pub mod select;
pub mod specs;
pub mod swagger;
pub mod target;
pub mod whoami;
pub mod write;

use std::fs;

use serde_json::Value;
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
    let described = describe(spec)?;
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
            let file = culprit(spec, &described, &error);
            error.in_file(file)
        })
}

/// The description as it was published, with what its overlay corrects.
///
/// # Errors
///
/// Files that cannot be read, and an overlay that does not apply.
pub fn describe(spec: &Spec) -> Result<Value> {
    let published = load::load(&spec.description)?;
    check_is_description(&published).map_err(|error| error.in_file(&spec.description))?;
    match &spec.overlay {
        Some(file) => load::load(file)
            .and_then(|overlay| overlay::overlay(published, &overlay))
            .map_err(|error| error.in_file(file)),
        None => Ok(published),
    }
}

/// Before what is asked of a description is missed in something else.
///
/// # Errors
///
/// A document that is no description.
pub fn check_is_description(document: &Value) -> Result<()> {
    let help = "descriptions of OpenAPI 3.0.x and 3.1.x are taken, and of Swagger 2.0";
    if !document.is_object() {
        return Err(Error::at("", "is not a description: one is an object").with_help(help));
    }
    match document.get("openapi") {
        Some(_) => Ok(()),
        None => Err(
            Error::at("/openapi", "is missing: it names the version of OpenAPI").with_help(help),
        ),
    }
}

/// The file that an error in the corrected description is to be mended in.
fn culprit<'a>(spec: &'a Spec, described: &Value, error: &Error) -> &'a std::path::Path {
    let is_added = |pointer: &str| {
        described.pointer(pointer).is_some()
            && load::load(&spec.description)
                .is_ok_and(|published| published.pointer(pointer).is_none())
    };
    let in_overlay = error
        .pointer()
        .is_some_and(|pointer| pointer.contains(select::EXTENSION) || is_added(pointer));
    match &spec.overlay {
        Some(overlay) if in_overlay => overlay,
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
