//! Scalars as they are sent.

use serde_json::Value;

/// A string, number or boolean as it stands in a URL or a header; `None` for null, a list or an object.
#[must_use]
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
