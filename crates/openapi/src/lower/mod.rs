//! OpenAPI 3.1 to the 3.0 that progenitor takes.
//!
//! The document is walked by OpenAPI's structure (see [`structure`](crate::structure)), so that a schema is
//! lowered only where a schema stands; examples, defaults and extensions are data and are copied.
//!
//! # The rule
//!
//! Every value that a schema accepts, its lowered form accepts. Where 3.0 cannot say what 3.1 says, the
//! lowered schema accepts more, and that is recorded in [`Lowered::loosened`]. What can be neither said nor
//! loosened is an error that names its place.
//!
//! Loosening a part can narrow the whole, in two places: the branches of `oneOf` may come to overlap (it
//! becomes `anyOf` then), and `not` inverts (it is dropped then). Both depend on what a `$ref` leads to, so
//! that the document is lowered again until the set of loosened definitions no longer grows.
//!
//! # null
//!
//! 3.1 has a type `null`; 3.0 has `nullable`. A schema that lists null (in `type`, `enum`, `const`, or as a
//! branch of `anyOf` or `oneOf`) becomes `nullable: true`. A null that is listed but that another keyword
//! excludes is kept, and recorded: where a description mentions null, null occurs. So is what stands beside a `type` of
//! null alone, for nobody describes what never occurs.
//!
//! 3.0.3 gives `nullable` a meaning beside a `type` only. It is set without one, too, beside `allOf` and its like:
//! there, progenitor reads it as it is meant here.
//!
//! # Forms chosen for the generator
//!
//! Some of 3.0's forms mean the same and are not read the same. `anyOf` is not left beside `oneOf`, an
//! `enum` has a `type`, a nullable component is a reference or has a `type`, a `$ref` points to a component,
//! and `not` stays only where it is read as it is meant.

mod definitions;
mod disjoint;
mod document;
mod fields;
mod keywords;
mod null;
mod paths;
mod schema;
mod security;
mod shape;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::references::{Referred, Scope, to_components};
use crate::structure::Version;
use crate::{Error, Result};
use document::Pass;

/// A document of OpenAPI 3.0, and what it says less strictly than the one it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// The document, as OpenAPI 3.0.3.
    pub document: Value,
    /// What was dropped or weakened, in the order of the walk, each place and keyword once.
    pub loosened: Vec<Loosened>,
}

/// A keyword that has no equal in OpenAPI 3.0 and was dropped or weakened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loosened {
    /// Where the keyword stands in the document that was lowered: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// The keyword, or the field.
    pub keyword: String,
    /// Why, and what became of it.
    pub reason: &'static str,
}

/// The version of the output.
const OUTPUT: &str = "3.0.3";

/// `serde_json`'s own limit for what it parses. The walk recurses, so that what was built by other means is
/// held to it too.
const MAX_DEPTH: usize = 128;

/// Lowers a document of OpenAPI 3.1 to 3.0.3, accepting no value less; one of 3.0 takes the same path.
///
/// # Errors
///
/// When the document is of another version, is malformed, refers to what is not there or not in the
/// document, or has a construct that can be neither expressed in 3.0 nor loosened. The error names the JSON
/// pointer.
pub fn lower(document: &Value) -> Result<Lowered> {
    check_depth(document)?;
    let version = version_of(document)?;
    let Referred { document, moved } = to_components(document, Scope::Whole)?;
    let mut loose = BTreeSet::new();
    loop {
        let pass = Pass::run(&document, version, &loose).map_err(|error| moved.locate(error))?;
        let found = pass.definitions.loose();
        if found.is_subset(&loose) {
            return Ok(pass.finish(&moved));
        }
        loose.extend(found);
    }
}

/// The version that the document states.
fn version_of(document: &Value) -> Result<Version> {
    let help = "descriptions of OpenAPI 3.0.x and 3.1.x are taken; convert others first";
    let Some(fields) = document.as_object() else {
        return Err(Error::at("", "an OpenAPI document is an object").with_help(help));
    };
    let Some(stated) = fields.get("openapi") else {
        return Err(Error::at(
            "/openapi",
            "the document does not state its OpenAPI version",
        )
        .with_help(help));
    };
    match Version::of(document) {
        Some(version @ (Version::V3_0 | Version::V3_1)) => Ok(version),
        _ => Err(Error::at(
            "/openapi",
            format!("{stated} is not a version of OpenAPI that can be lowered"),
        )
        .with_help(help)),
    }
}

/// An error for a document nested deeper than the walk may recurse; without recursion itself.
fn check_depth(document: &Value) -> Result<()> {
    let mut pending = vec![(document, 1)];
    while let Some((value, depth)) = pending.pop() {
        if depth > MAX_DEPTH && (value.is_array() || value.is_object()) {
            return Err(Error::at(
                "",
                format!("the document is nested deeper than {MAX_DEPTH} levels"),
            ));
        }
        match value {
            Value::Array(items) => pending.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => {
                pending.extend(fields.values().map(|field| (field, depth + 1)));
            }
            _ => {}
        }
    }
    Ok(())
}
