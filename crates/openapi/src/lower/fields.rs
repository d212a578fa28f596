//! What becomes of the fields of an object in 3.0.

use serde_json::{Map, Value};

use crate::structure::{Field, Object, Version};

type Fields = Map<String, Value>;

/// What becomes of a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    /// 3.0 has it.
    Kept,
    /// 3.0 does not have it, and nothing is lost by it.
    Dropped,
    /// 3.0 does not have it, and it is said so.
    Noted(&'static str),
}

impl Fate {
    /// What becomes of `field`.
    pub(super) fn of(field: &Field) -> Self {
        match (field.since, field.name) {
            (_, "webhooks") => Self::Noted("a client does not receive webhooks: dropped"),
            (Version::V3_1, _) => Self::Dropped,
            _ => Self::Kept,
        }
    }
}

/// Adds what 3.0 asks for beside the lowered fields of an object, from the source's.
pub(super) fn finish(object: &Object, source: &Fields, out: &mut Fields) {
    match object.name {
        "License Object" => license_url(source, out),
        "Operation Object" => responses(out),
        "Parameter Object" => path_parameter(source, out),
        _ => {}
    }
}

/// A parameter in the path is required (OpenAPI 3.1.0, section 4.8.12.2); progenitor relies on its saying so.
fn path_parameter(source: &Fields, out: &mut Fields) {
    if source.get("in").is_some_and(|place| place == "path") {
        out.insert("required".to_owned(), true.into());
    }
}

/// 3.0 names a license by URL only: the page that SPDX has for an identifier (but not for an expression).
fn license_url(source: &Fields, out: &mut Fields) {
    let of_identifier = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    if let Some(identifier) = source.get("identifier").and_then(Value::as_str)
        && identifier.chars().all(of_identifier)
        && !identifier.is_empty()
    {
        let url = || format!("https://spdx.org/licenses/{identifier}.html").into();
        out.entry("url").or_insert_with(url);
    }
}

/// 3.1 permits an operation without `responses`, 3.0 does not. None is documented: progenitor then answers
/// with the raw response.
fn responses(out: &mut Fields) {
    out.entry("responses")
        .or_insert_with(|| Fields::new().into());
}
