#![doc = include_str!("../README.md")]

pub mod authentication;
pub mod request;
pub mod specs;
pub mod whoami;

use std::fs;

use serde_json::Value;
use sha2::{Digest, Sha256};

use keyholder_openapi::{Error, Result, load, overlay, select};
use specs::Spec;

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

/// Refuses a document that is no description, before what is asked of one is missed in something else.
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
#[must_use]
pub fn culprit<'a>(spec: &'a Spec, described: &Value, error: &Error) -> &'a std::path::Path {
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
///
/// # Errors
///
/// A file that cannot be read.
pub fn hash(spec: &Spec) -> Result<String> {
    let files = std::iter::once(&spec.description).chain(&spec.overlay);
    let contents = files.map(|file| {
        fs::read(file).map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(file))
    });
    Ok(sha256(contents.collect::<Result<Vec<_>>>()?))
}

/// The SHA-256 of contents one after the other, in hexadecimal.
#[must_use]
pub fn sha256(contents: impl IntoIterator<Item = impl AsRef<[u8]>>) -> String {
    let mut hash = Sha256::new();
    for content in contents {
        hash.update(content);
    }
    let hash = hash.finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
