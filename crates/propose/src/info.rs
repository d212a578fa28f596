//! What every description says of itself (OpenAPI 3.1.0, section 4.8.2), where this one does not.

use serde_json::Value;

use super::overlay::Action;
use super::yaml::Map;

/// The version of a description that has none.
const UNVERSIONED: &str = "0";

/// What the overlay adds to the Info Object, so that the description is one.
pub(super) fn actions(provider: &str, document: &Value) -> Vec<Action> {
    let info = &document["info"];
    let mut update = Map::default();
    let mut reasons = Vec::new();
    if !info["title"].is_string() {
        update.add("title", provider);
        reasons.push("The description has no title; the provider's name stands for it.".to_owned());
    }
    match &info["version"] {
        Value::String(_) => {}
        Value::Number(version) => {
            update.add("version", version.to_string());
            reasons.push("The version is written as a number, and is a text.".to_owned());
        }
        _ => {
            update.add("version", UNVERSIONED);
            reasons.push(
                "The description has no version, which each has; it is anybody's guess.".to_owned(),
            );
        }
    }
    if reasons.is_empty() {
        return Vec::new();
    }
    let reason = reasons.join(" ");
    if info.is_object() {
        return vec![Action::update("$.info", reason, update)];
    }
    let mut whole = Map::default();
    whole.add("info", update);
    vec![Action::update("$", reason, whole)]
}
