//! `select`: keeps the operation that tells who the caller is, and only what it reaches.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{Error, Result};
use crate::{pointer, references};

/// The methods of a path item (OpenAPI 3.1.0, section 4.8.9.1).
pub const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The extension that marks the operation.
pub const EXTENSION: &str = "x-whoami";

/// The description without what the operation with `x-whoami` does not reach.
///
/// # Errors
///
/// No such operation, or more than one; a `$ref` that points nowhere.
pub fn select(description: &Value) -> Result<Value> {
    let description = &*references::point_to_components(description);
    let (path, method) = marked_operation(description)?;
    let mut selected = Map::new();
    for (key, value) in description.as_object().into_iter().flatten() {
        match key.as_str() {
            "paths" => {
                let item = path_item(&value[&path], &method);
                selected.insert(
                    key.clone(),
                    Value::from(Map::from_iter([(path.clone(), item)])),
                );
            }
            "components" | "webhooks" | "tags" => {}
            _ => {
                selected.insert(key.clone(), value.clone());
            }
        }
    }
    let mut selected = Value::Object(selected);
    let components = reachable(description, &selected)?;
    if !components.is_empty() {
        selected["components"] = Value::Object(components);
    }
    Ok(selected)
}

/// The path and method of the one operation that carries `x-whoami`.
///
/// # Errors
///
/// None that does, or a second.
pub fn marked_operation(description: &Value) -> Result<(String, String)> {
    let paths = description.get("paths").and_then(Value::as_object);
    let mut marked = paths.into_iter().flatten().flat_map(|(path, item)| {
        METHODS
            .into_iter()
            .filter(|method| item.get(method).and_then(|it| it.get(EXTENSION)).is_some())
            .map(move |method| (path.clone(), method.to_owned()))
    });
    let Some(first) = marked.next() else {
        return Err(
            Error::at("/paths", format!("no operation has `{EXTENSION}`")).with_help(
                "let an action of the overlay put it on the operation that tells who the caller is",
            ),
        );
    };
    match marked.next() {
        None => Ok(first),
        Some((path, method)) => Err(Error::at(
            format!("{}/{method}/{EXTENSION}", pointer::push("/paths", path)),
            format!(
                "a second operation has `{EXTENSION}`; the first is {} {}",
                first.1.to_uppercase(),
                first.0
            ),
        )
        .with_help("keep it on one operation")),
    }
}

/// A path item with one of its operations, and without what that does not send or receive.
fn path_item(item: &Value, method: &str) -> Value {
    let mut kept = Map::new();
    for (key, value) in item.as_object().into_iter().flatten() {
        if key == method {
            let mut operation = value.clone();
            if let Some(operation) = operation.as_object_mut() {
                operation.remove("callbacks");
            }
            kept.insert(key.clone(), operation);
        } else if !METHODS.contains(&key.as_str()) {
            kept.insert(key.clone(), value.clone());
        }
    }
    Value::Object(kept)
}

/// The components that `selected` reaches, by `$ref` or as security schemes.
fn reachable(description: &Value, selected: &Value) -> Result<Map<String, Value>> {
    let mut found = BTreeSet::new();
    let mut open = Vec::new();
    references(selected, "", &mut open);
    security_schemes(description, selected, &mut open);
    while let Some(Reference { place, target }) = open.pop() {
        let component =
            component(&target).ok_or_else(|| unresolved(description, &place, &target))?;
        if pointer::resolve(description, &target).is_none() {
            return Err(unresolved(description, &place, &target));
        }
        let (section, name) = &component;
        // What an example holds is data.
        if found.insert(component.clone()) && section != "examples" {
            let value = &description["components"][section][name];
            let at = pointer::push(&pointer::push("/components", section), name);
            references(value, &at, &mut open);
        }
    }
    let mut components = Map::new();
    for (section, name) in found {
        let value = description["components"][&section][&name].clone();
        components
            .entry(section)
            .or_insert_with(|| Value::Object(Map::new()))
            .as_object_mut()
            .map(|section| section.insert(name, value));
    }
    Ok(components)
}

/// A `$ref`, and where it stands.
struct Reference {
    place: String,
    target: String,
}

/// Every `$ref` and every discriminator's mapping in `value`.
fn references(value: &Value, at: &str, found: &mut Vec<Reference>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                references(item, &pointer::push(at, index.to_string()), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), member) {
                    ("$ref", Value::String(target)) => found.push(Reference {
                        place: pointer::push(at, "$ref"),
                        target: target.clone(),
                    }),
                    ("discriminator", Value::Object(_)) => mapping(member, at, found),
                    // Examples may be components; what they hold is data.
                    ("examples", Value::Object(examples)) if !is_map_of_names(at) => {
                        let at = pointer::push(at, key);
                        for (name, example) in examples {
                            if let Some(target) = example.get("$ref") {
                                references(
                                    &json!({ "$ref": target }),
                                    &pointer::push(&at, name),
                                    found,
                                );
                            }
                        }
                    }
                    // Data, which may hold anything (OpenAPI 3.1.0, section 4.8.20).
                    ("example" | "examples" | "default" | "enum" | "const", _)
                        if !is_map_of_names(at) => {}
                    _ if key.starts_with("x-") => {}
                    _ => references(member, &pointer::push(at, key), found),
                }
            }
        }
        _ => {}
    }
}

/// Whether the keys at a place are names of the description's own, rather than keywords.
fn is_map_of_names(at: &str) -> bool {
    let maps = [
        "/properties",
        "/patternProperties",
        "/$defs",
        "/schemas",
        "/responses",
        "/examples",
        "/headers",
    ];
    maps.iter().any(|map| at.ends_with(map))
}

fn mapping(discriminator: &Value, at: &str, found: &mut Vec<Reference>) {
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    for (value, target) in mapping.into_iter().flatten() {
        // A mapping may give a bare name in place of a reference (OpenAPI 3.1.0, section 4.8.25).
        if let Some(target) = target.as_str().filter(|target| target.starts_with('#')) {
            found.push(Reference {
                place: pointer::push(&pointer::push(at, "discriminator/mapping"), value),
                target: target.to_owned(),
            });
        }
    }
}

/// The security schemes that the operation, or the description for it, requires by name.
fn security_schemes(description: &Value, selected: &Value, found: &mut Vec<Reference>) {
    let items = selected["paths"].as_object().into_iter().flatten();
    let operations = items.flat_map(|(path, item)| {
        METHODS
            .into_iter()
            .filter_map(move |method| Some((path, method, item.get(method)?)))
    });
    for (path, method, operation) in operations {
        let at = match operation.get("security") {
            Some(_) => pointer::push(&pointer::push("/paths", path), method),
            None => String::new(),
        };
        let security = operation
            .get("security")
            .or_else(|| description.get("security"));
        let names = security
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .flat_map(|requirement| requirement.keys().map(String::as_str))
            .chain(
                operation
                    .pointer("/x-whoami/token/scheme")
                    .and_then(Value::as_str),
            );
        for name in names {
            found.push(Reference {
                place: format!("{at}/security"),
                target: format!("#/components/securitySchemes/{}", pointer::escape(name)),
            });
        }
    }
}

/// The section and name of the component that a reference points to or into.
fn component(reference: &str) -> Option<(String, String)> {
    let mut tokens = pointer::tokens(reference.strip_prefix('#')?);
    match (tokens.next()?.as_str(), tokens.next(), tokens.next()) {
        ("components", Some(section), Some(name)) => Some((section, name)),
        _ => None,
    }
}

fn unresolved(description: &Value, place: &str, target: &str) -> Error {
    if !target.starts_with('#') {
        return Error::at(place, format!("{target} is in another document"))
            .with_help("bundle the description into one document first");
    }
    let Some((section, name)) = component(target) else {
        return Error::at(place, format!("{target} does not point to a component"))
            .with_help("move what it points to under /components, with an action of the overlay");
    };
    let error = Error::at(place, format!("{target} points to nothing"));
    let names = description["components"][&section].as_object();
    let names = || names.into_iter().flat_map(Map::keys);
    match nearest(&name, names()) {
        Some(same) if *same == name => error,
        Some(nearest) => error.with_help(format!("did you mean #/components/{section}/{nearest}?")),
        None if names().next().is_none() => {
            error.with_help(format!("there is nothing under /components/{section}"))
        }
        None => {
            let names: Vec<_> = names().map(String::as_str).collect();
            error.with_help(format!(
                "there is under /components/{section}: {}",
                names.join(", ")
            ))
        }
    }
}

/// The name most like `name`, if any is.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    names
        .map(|other| (strsim::jaro_winkler(name, other), other.as_str()))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}
