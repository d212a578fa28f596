//! What the original description says of the operation: how it is asked and what it answers.
//!
//! It is read here a second time, apart from the generator's pipeline, and neither converted nor lowered: what the
//! generator gets wrong must not be wrong here in the same way.

mod answer;
mod credentials;
mod parameters;
mod sample;

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::claims::Claim;
use super::index::Entry;
use crate::pipeline::{load, pointer, select};
use crate::{Error, Result};

pub(super) use answer::Answer;
pub(super) use credentials::Credentials;
pub(super) use parameters::Parameters;

/// The operation, as its description has it.
#[derive(Debug)]
pub(super) struct Original {
    /// The method, in upper case.
    pub method: String,
    /// The path of the server's address, without a slash at its end.
    pub base_path: String,
    /// What a request carries beside the credentials.
    pub parameters: Parameters,
    /// What a request authenticates itself with.
    pub credentials: Credentials,
    /// What it is answered with.
    pub answer: Answer,
    /// How large the description is.
    pub size: Size,
}

/// How large a description is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    /// Its bytes.
    pub bytes: u64,
    /// Its operations.
    pub operations: usize,
}

/// A document and an operation of it.
#[derive(Clone, Copy)]
struct Place<'a> {
    document: &'a Value,
    item: &'a Value,
    operation: &'a Value,
}

/// Reads the description in `folder` that `entry` names, and prepares an answer that holds `claims`.
///
/// # Errors
///
/// A description that cannot be read, does not have the operation, or describes no JSON answer for it.
pub(super) fn read(folder: &Path, entry: &Entry, claims: &[Claim]) -> Result<Original> {
    let file = folder.join(&entry.file);
    let text = fs::read_to_string(&file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(&file))?;
    let is_json = Path::new(&entry.file)
        .extension()
        .is_some_and(|extension| extension == "json");
    let document = load::parse(&text, is_json).map_err(|error| error.in_file(&file))?;
    let original = self::original(&document, entry, claims).map_err(|error| error.in_file(&file));
    original.map(|original| Original {
        size: Size {
            bytes: text.len() as u64,
            operations: operations(&document),
        },
        ..original
    })
}

fn original(document: &Value, entry: &Entry, claims: &[Claim]) -> Result<Original> {
    let (method, path) = entry.method_and_path()?;
    let item = resolve(document, &document["paths"][path]);
    let operation = item
        .get(method.to_ascii_lowercase())
        .ok_or_else(|| Error::at("/paths", format!("there is no operation {method} {path}")))?;
    let place = Place {
        document,
        item,
        operation,
    };
    Ok(Original {
        base_path: base_path(place),
        parameters: Parameters::read(place, path),
        credentials: Credentials::read(place, entry.security.as_ref()),
        answer: Answer::read(place, claims)?,
        size: Size::default(),
        method,
    })
}

/// The path of the first absolute server, else of the first; of Swagger 2.0, `basePath`.
fn base_path(place: Place<'_>) -> String {
    if let Some(path) = place.document["basePath"].as_str() {
        return path.trim_end_matches('/').to_owned();
    }
    let servers: Vec<_> = [place.operation, place.item, place.document]
        .into_iter()
        .map(|level| list(&level["servers"]).map(address).collect::<Vec<_>>())
        .find(|servers| !servers.is_empty())
        .unwrap_or_default();
    let absolute = servers.iter().find(|url| url.contains("://"));
    let url = absolute.or(servers.first()).cloned().unwrap_or_default();
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url.as_str(),
    };
    path.trim_end_matches('/').to_owned()
}

/// A server's address, with the values of its variables.
fn address(server: &Value) -> String {
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    for (name, variable) in members(&server["variables"]) {
        let value = variable["default"].as_str().unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), value);
    }
    url
}

fn operations(document: &Value) -> usize {
    members(&document["paths"])
        .map(|(_, item)| resolve(document, item))
        .filter_map(Value::as_object)
        .map(|item| {
            let is_operation = |key: &&String| select::METHODS.contains(&key.as_str());
            item.keys().filter(is_operation).count()
        })
        .sum()
}

/// What a `$ref` refers to, or the value itself.
fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    // A chain of references; the bound keeps a circle from being followed for ever.
    for _ in 0..16 {
        let target = value["$ref"].as_str();
        match target.and_then(|target| pointer::resolve(document, &decoded(target))) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// A reference is a URI, in whose fragment characters may stand percent-encoded (RFC 6901, section 6).
fn decoded(reference: &str) -> String {
    percent_encoding::percent_decode_str(reference)
        .decode_utf8_lossy()
        .into_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    members.map(|(name, value)| (name.as_str(), value))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Place, base_path};

    #[test]
    fn the_base_path_is_the_servers_own() {
        let cases = [
            (json!({ "basePath": "/api/v2.0" }), "/api/v2.0"),
            (json!({ "basePath": "/" }), ""),
            (json!({ "servers": [{ "url": "https://a.example" }] }), ""),
            (json!({ "servers": [{ "url": "/api/v2/" }] }), "/api/v2"),
            (
                json!({ "servers": [{ "url": "/x" }, { "url": "https://a.example/y" }] }),
                "/y",
            ),
            (
                json!({ "servers": [{ "url": "https://{region}.a.example/{version}/", "variables": {
                    "region": { "default": "eu" }, "version": { "default": "v1" } } }] }),
                "/v1",
            ),
            (json!({}), ""),
        ];
        for (document, expected) in cases {
            let place = Place {
                document: &document,
                item: &Value::Null,
                operation: &Value::Null,
            };
            assert_eq!(base_path(place), expected, "{document}");
        }
    }
}
