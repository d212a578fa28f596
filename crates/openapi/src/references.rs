//! Makes components of what a `$ref` points to elsewhere: inside another schema, a response or an operation.
//!
//! The steps after this one know components only.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::pointer;

/// `document` with every local `$ref` pointing to a component, where it points to anything.
#[must_use]
pub fn point_to_components(document: &Value) -> Cow<'_, Value> {
    let mut targets = BTreeMap::new();
    collect(document, "schemas", &mut targets);
    targets.retain(|target, _| pointer::resolve(document, target).is_some());
    if targets.is_empty() {
        return Cow::Borrowed(document);
    }
    let names = names(document, &targets);
    let mut document = document.clone();
    rename(&mut document, &names);
    for (target, (section, name)) in &names {
        let Some(value) = pointer::resolve(&document, target).cloned() else {
            continue;
        };
        if !document["components"].is_object() {
            document["components"] = json!({});
        }
        if !document["components"][section].is_object() {
            document["components"][section] = json!({});
        }
        document["components"][section][name] = value;
    }
    Cow::Owned(document)
}

/// The targets that are no components, with the section of components that their kind belongs to.
fn collect(value: &Value, section: &'static str, targets: &mut BTreeMap<String, &'static str>) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect(item, section, targets)),
        Value::Object(members) => {
            if let Some(target) = elsewhere(members) {
                targets.entry(target.to_owned()).or_insert(section);
            }
            for (key, member) in members {
                let section = match key.as_str() {
                    "parameters" => "parameters",
                    "responses" => "responses",
                    "requestBody" | "requestBodies" => "requestBodies",
                    "headers" => "headers",
                    "schema" | "schemas" => "schemas",
                    "example" | "examples" => continue,
                    _ => section,
                };
                collect(member, section, targets);
            }
        }
        _ => {}
    }
}

/// The target of an object's `$ref`, unless it is a component or in another document.
fn elsewhere(members: &Map<String, Value>) -> Option<&str> {
    let target = members.get("$ref")?.as_str()?;
    let tokens: Vec<_> = pointer::tokens(target.strip_prefix('#')?).collect();
    let is_component = tokens.len() == 3 && tokens[0] == "components";
    (!is_component && !tokens.is_empty()).then_some(target)
}

/// A section and a free name for each target.
fn names(
    document: &Value,
    targets: &BTreeMap<String, &'static str>,
) -> BTreeMap<String, (&'static str, String)> {
    let mut names = BTreeMap::new();
    let mut taken = std::collections::BTreeSet::new();
    for (target, section) in targets {
        // The end of the pointer says what it is: `…/User/properties/address` is a `User address`.
        let tokens: Vec<_> = pointer::tokens(target).collect();
        let words = [
            "components",
            "schemas",
            "properties",
            "items",
            "schema",
            "content",
            "paths",
        ];
        let tokens = tokens
            .iter()
            .filter(|token| !words.contains(&token.as_str()));
        let readable: String = tokens.cloned().collect::<Vec<_>>().join("_");
        let readable: String = readable
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let mut name = readable.clone();
        let mut count = 1;
        while !document["components"][section][&name].is_null() || !taken.insert(name.clone()) {
            count += 1;
            name = format!("{readable}_{count}");
        }
        names.insert(target.clone(), (*section, name));
    }
    names
}

fn rename(value: &mut Value, names: &BTreeMap<String, (&'static str, String)>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get_mut("$ref")
                && let Some((section, name)) = names.get(target.as_str())
            {
                *target = format!("#/components/{section}/{name}");
            }
            for (key, member) in members.iter_mut() {
                if key != "example" && key != "examples" {
                    rename(member, names);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::point_to_components;

    #[test]
    fn what_is_referred_to_elsewhere_becomes_a_component() {
        let document = json!({
            "paths": { "/me": { "get": { "responses": { "200": { "content": { "application/json": { "schema": {
                "properties": {
                    "home": { "$ref": "#/components/schemas/User/properties/address" },
                    "again": { "$ref": "#/paths/~1me/get/responses/200/content/application~1json/schema" },
                    "user": { "$ref": "#/components/schemas/User" },
                    "gone": { "$ref": "#/nowhere" },
                },
            } } } } } } } },
            "components": { "schemas": { "User": { "properties": {
                "address": { "$ref": "#/components/schemas/User/properties/street" },
                "street": { "type": "string" },
            } } } },
        });
        let document = point_to_components(&document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(
            schemas["User_address"],
            json!({ "$ref": "#/components/schemas/User_street" })
        );
        assert_eq!(schemas["User_street"], json!({ "type": "string" }));
        let schema = &schemas["_me_get_responses_200_application_json"];
        assert_eq!(
            schema["properties"],
            json!({
                "home": { "$ref": "#/components/schemas/User_address" },
                "again": { "$ref": "#/components/schemas/_me_get_responses_200_application_json" },
                "user": { "$ref": "#/components/schemas/User" },
                "gone": { "$ref": "#/nowhere" },
            })
        );
    }
}
