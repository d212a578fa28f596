//! What a `$ref` points to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Version;
use crate::pointer;
use crate::{Error, Result};

/// What a `$ref` points to.
#[derive(Debug, Clone)]
pub(super) struct Target<'a> {
    /// Where it stands.
    pub(super) pointer: String,
    /// What stands there.
    pub(super) value: &'a Value,
}

/// What `reference`, a `$ref` of the object at `at`, points to.
pub(super) fn resolve<'a>(
    document: &'a Value,
    version: Version,
    reference: &str,
    at: &str,
) -> Result<Target<'a>> {
    let place = pointer::push(at, "$ref");
    let Some(fragment) = reference.strip_prefix('#') else {
        return Err(Error::at(place, format!("`{reference}` points out of the document"))
            .with_help("bundle the description into one document, and refer by `#/…`; an `$id` is not followed"));
    };
    let target = decode(fragment);
    if !target.is_empty() && !target.starts_with('/') {
        return Err(
            Error::at(place, format!("`{reference}` points to an `$anchor`"))
                .with_help("refer to the schema by its JSON pointer, `#/…`"),
        );
    }
    let base = match version {
        Version::V3_0 => None,
        Version::V3_1 => enclosing(at).find(|outer| has_id(document, outer)),
    };
    if let Some(base) = base {
        return in_resource(document, base, &target).ok_or_else(|| {
            Error::at(
                place,
                format!("`{reference}` stands below the `$id` at {base}, and points to nothing in that schema"),
            )
            .with_help("take the `$id` off, so that references start at the document's root")
        });
    }
    at_pointer(document, target.clone())
        .or_else(|| enclosing_definition(document, &target, at))
        .ok_or_else(|| points_to_nothing(document, reference, &target, place))
}

/// An error for a chain of references that leads back to itself.
pub(super) fn check_chain(
    document: &Value,
    version: Version,
    target: &Target<'_>,
    place: &str,
) -> Result<()> {
    let mut seen = BTreeSet::new();
    let mut target = target.clone();
    while let Some(next) = target.value.get("$ref").and_then(Value::as_str) {
        if !seen.insert(target.pointer.clone()) {
            return Err(Error::at(place, "the reference leads to itself"));
        }
        // A reference that points to nothing is an error where it stands.
        let Ok(next) = resolve(document, version, next, &target.pointer) else {
            break;
        };
        target = next;
    }
    Ok(())
}

/// `error`, with the nearest of `names` to `name` for help.
pub(super) fn unknown_name<'n>(
    error: Error,
    name: &str,
    names: impl Iterator<Item = &'n str>,
) -> Error {
    let similar = names.map(|known| {
        (
            strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase()),
            known,
        )
    });
    match similar.max_by(|(a, _), (b, _)| a.total_cmp(b)) {
        Some((similarity, known)) if similarity > 0.5 => {
            error.with_help(format!("the nearest is `{known}`"))
        }
        _ => error,
    }
}

/// What stands at `target`.
fn at_pointer(document: &Value, target: String) -> Option<Target<'_>> {
    let value = document.pointer(&target)?;
    Some(Target {
        pointer: target,
        value,
    })
}

/// What a reference below an `$id` points to: it starts at the schema that has the `$id` (JSON Schema 2020-12
/// Core, section 8.2.1).
fn in_resource<'a>(document: &'a Value, base: &str, target: &str) -> Option<Target<'a>> {
    at_pointer(document, format!("{base}{target}"))
}

/// The definition of an enclosing schema that `#/$defs/…` means, where the document's root has none. It is
/// how schemas are written that were a document of their own.
fn enclosing_definition<'a>(document: &'a Value, target: &str, at: &str) -> Option<Target<'a>> {
    if !target.starts_with("/$defs/") && !target.starts_with("/definitions/") {
        return None;
    }
    enclosing(at).find_map(|outer| at_pointer(document, format!("{outer}{target}")))
}

/// The pointers from `at` outwards, without the document's root.
fn enclosing(at: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(at), |at| at.rfind('/').and_then(|end| at.get(..end)))
        .filter(|at| !at.is_empty())
}

/// Whether a schema with an `$id` stands at `at`. One that is only a fragment is an anchor of old.
fn has_id(document: &Value, at: &str) -> bool {
    let id = document.pointer(at).and_then(|schema| schema.get("$id"));
    id.and_then(Value::as_str)
        .is_some_and(|id| !id.starts_with('#'))
}

/// An error that says which part of `target` is not there, and what is near.
fn points_to_nothing(document: &Value, reference: &str, target: &str, place: String) -> Error {
    let error = Error::at(place, format!("`{reference}` points to nothing"));
    let mut value = document;
    for token in pointer::tokens(target) {
        let names = value.as_object();
        match value.pointer(&pointer::push("", &token)) {
            Some(next) => value = next,
            None => {
                return unknown_name(
                    error,
                    &token,
                    names
                        .into_iter()
                        .flat_map(|names| names.keys().map(String::as_str)),
                );
            }
        }
    }
    error
}

/// A fragment without its percent-encoding (RFC 3986, section 2.1).
fn decode(fragment: &str) -> String {
    let mut decoded = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = if byte == b'%' {
            hexadecimal(tail)
        } else {
            None
        };
        decoded.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() {
            tail.get(2..).unwrap_or_default()
        } else {
            tail
        };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The byte that the two hexadecimal digits at the start of `bytes` stand for.
fn hexadecimal(bytes: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*bytes.get(index)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}
