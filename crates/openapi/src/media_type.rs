//! Media types.

use serde_json::{Map, Value};

/// Whether a media type is JSON: `application/json`, `text/json`, or one that ends in `+json` (RFC 6839, section 3.1).
/// Upper and lower case, and parameters, do not count (RFC 9110, section 8.3.1).
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    matches!(essence.as_str(), "application/json" | "text/json") || essence.ends_with("+json")
}

/// Whether a media type is a range that JSON is in: `*/*`, `application/*` or `application/*json`.
#[must_use]
pub fn may_be_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    matches!(essence.as_str(), "*/*" | "application/*")
        || essence.starts_with("application/*") && essence.ends_with("json")
}

/// Of Media Type Objects by media type (`content` in OpenAPI 3.0.3, section 4.7.12), the one of JSON: `application/json`
/// itself, else another JSON, else a range that JSON is in.
#[must_use]
pub fn json(content: &Map<String, Value>) -> Option<(&str, &Value)> {
    let is_plain = |media_type: &str| essence(media_type) == "application/json";
    [is_plain as fn(&str) -> bool, is_json, may_be_json]
        .into_iter()
        .find_map(|is_wanted| content.iter().find(|(media_type, _)| is_wanted(media_type)))
        .map(|(media_type, media)| (media_type.as_str(), media))
}

/// A media type without its parameters, in lower case.
#[must_use]
pub fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::may_be_json;

    #[test]
    fn ranges_that_json_is_in() {
        for range in [
            "*/*",
            "application/*",
            "application/*json",
            "application/*+json",
        ] {
            assert!(may_be_json(range), "{range}");
        }
        for other in ["text/*", "application/xml", "application/json", "image/png"] {
            assert!(!may_be_json(other), "{other}");
        }
    }
}
