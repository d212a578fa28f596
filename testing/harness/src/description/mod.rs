//! What a description says of its operation: read as it stands, apart from the generator's pipeline, and neither
//! converted nor lowered.

mod credentials;
mod parameters;

use serde_json::{Map, Value};

pub use credentials::Credentials;
pub use parameters::Parameters;

/// A document and an operation of it.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The description.
    pub document: &'a Value,
    /// The path item that holds the operation.
    pub item: &'a Value,
    /// The operation.
    pub operation: &'a Value,
}

/// The path of the first absolute server, else of the first; of Swagger 2.0, `basePath`.
pub fn base_path(place: Place<'_>) -> String {
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
        // A variable for its own default leaves any value to the caller.
        let value = value.trim_matches(['{', '}']);
        url = url.replace(&format!("{{{name}}}"), value);
    }
    url
}

/// What a `$ref` refers to, or the value itself.
pub fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    // A chain of references; the bound keeps a circle from being followed for ever.
    for _ in 0..16 {
        let target = value["$ref"].as_str();
        match target.and_then(|target| document.pointer(decoded(target).strip_prefix('#')?)) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// A reference is a URI, in whose fragment characters may stand percent-encoded (RFC 6901, section 6).
pub fn decoded(reference: &str) -> String {
    percent_encoding::percent_decode_str(reference)
        .decode_utf8_lossy()
        .into_owned()
}

/// The items of a list; none of anything else.
pub fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The members of an object; none of anything else.
pub fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    members.map(|(name, value)| (name.as_str(), value))
}

/// Whether a media type is JSON (RFC 6839, section 3.1), or any.
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    matches!(
        essence,
        "application/json" | "application/*" | "*/*" | "text/json"
    ) || essence.ends_with("+json")
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
