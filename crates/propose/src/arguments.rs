//! The fixed values that a request needs: path, query and header parameters, and a body.

use keyholder_openapi::references::Resolver;
use keyholder_openapi::{media_type, scalar};
use serde_json::{Map as Object, Value};

use super::authentication;
use super::document::{Operation, Parameter, media_examples, resolve};
use super::shape::{list, members};
use super::words;
use super::yaml::Map;

/// Values that stand for the caller in place of an identifier.
const CALLERS: [&str; 8] = [
    "me",
    "@me",
    "~me",
    "self",
    "myself",
    "current",
    "current_user",
    "whoami",
];

/// How deep a body is made up.
const DEPTH: usize = 6;

/// The value of a path's parameter that the description says to stand for the caller.
pub(super) fn caller(parameter: &Parameter<'_>, operation: &Operation<'_>) -> Option<String> {
    let shape = parameter.shape(operation.resolver);
    let mut said = shape.values();
    said.extend(shape.samples());
    let own = parameter.description();
    let schema = shape.description();
    said.extend(words::quoted(own));
    said.extend(words::quoted(&schema));
    said.extend(words::quoted(operation.text("description")));
    let is_known = |value: &&str| CALLERS.contains(value);
    if let Some(value) = said.into_iter().find(is_known) {
        return Some(value.to_owned());
    }
    // "Use me for the current user", without quotation marks.
    let line = words::line(own);
    let phrases = ["use me", "or me", "string me", "value me", "keyword me"];
    phrases
        .iter()
        .any(|phrase| words::says(&line, phrase))
        .then(|| "me".to_owned())
}

/// A parameter's value, where the description leaves no choice or shows one, and why.
pub(super) fn value(
    parameter: &Parameter<'_>,
    operation: &Operation<'_>,
) -> Option<(String, String)> {
    let object = parameter.object;
    let schema = object
        .get("schema")
        .map_or(object, |it| resolve(operation.resolver, it));
    if let Some(default) = schema.get("default").and_then(scalar::text) {
        return Some((default, "The description's default.".to_owned()));
    }
    let shape = parameter.shape(operation.resolver);
    match shape.values().as_slice() {
        [] => {}
        [only] => return Some(((*only).to_owned(), "The only value there is.".to_owned())),
        [first, ..] => {
            return Some((
                (*first).to_owned(),
                "A guess: the first of its values.".to_owned(),
            ));
        }
    }
    let examples = media_examples(operation.resolver, object);
    let example = examples
        .into_iter()
        .chain(schema.get("example"))
        .chain(list(&schema["examples"]))
        .find_map(scalar::text)?;
    Some((example, "A guess: the description's example.".to_owned()))
}

/// Proposes `arguments`: what the path needs, what is required, and the version of the API where a header pins it.
pub(super) fn propose(
    operation: &Operation<'_>,
    bound: &[(String, String)],
    removed: &[String],
) -> Map {
    let mut map = Map::default();
    for parameter in operation.parameters() {
        let name = parameter.name();
        let is_fixed = matches!(parameter.place(), "path" | "query" | "header" | "cookie");
        let is_gone = removed.contains(&parameter.target);
        if !is_fixed
            || is_gone
            || (authentication::is_credential(&parameter) && parameter.place() != "path")
        {
            continue;
        }
        let given = bound.iter().find(|(known, _)| known == name);
        let stands_for_caller = match given {
            Some((_, value)) => Some(value.clone()),
            None if parameter.place() == "path" => caller(&parameter, operation),
            None => None,
        };
        if let Some(value) = stands_for_caller {
            let gist = words::gist(parameter.description());
            map.explain(name, value, format!("Stands for the caller. {gist}"));
            continue;
        }
        let value = value(&parameter, operation);
        match value {
            Some((value, why)) if parameter.is_required() => map.explain(name, value, why),
            Some((value, _)) if is_version(&parameter) => map.explain(
                name,
                value,
                "Not required, but it keeps the answer what it is described to be here.",
            ),
            None if parameter.is_required() => map.remark(format!(
                "`{name}` is required, and nothing in the description says what to send: give it a value here."
            )),
            _ => {}
        }
    }
    map
}

/// Whether a header names the version of the API.
fn is_version(parameter: &Parameter<'_>) -> bool {
    parameter.place() == "header"
        && words::words(parameter.name())
            .iter()
            .any(|word| word == "version")
}

/// Proposes `body`, where the operation needs one.
pub(super) fn body(operation: &Operation<'_>) -> Option<(Value, &'static str)> {
    let body = operation.request_body()?;
    if body["required"] != true {
        return None;
    }
    let content = body["content"].as_object()?;
    let (_, media) = media_type::json(content).or_else(|| members(&body["content"]).next())?;
    if let Some(example) = media_examples(operation.resolver, media).first() {
        return Some(((*example).clone(), "The description's example."));
    }
    let made = smallest(operation.resolver, &media["schema"], 0);
    Some((made, "A guess: the smallest body that the schema allows."))
}

/// The smallest value that a schema allows, as far as it says.
fn smallest<'a>(resolver: &Resolver<'a>, schema: &'a Value, depth: usize) -> Value {
    let schema = resolve(resolver, schema);
    for keyword in ["const", "default", "example"] {
        if let Some(value) = schema.get(keyword) {
            return value.clone();
        }
    }
    if let Some(first) = list(&schema["enum"])
        .chain(list(&schema["examples"]))
        .next()
    {
        return first.clone();
    }
    let kind = schema["type"]
        .as_str()
        .or_else(|| list(&schema["type"]).find_map(Value::as_str));
    match kind {
        Some("string") => Value::from(""),
        Some("integer" | "number") => Value::from(0),
        Some("boolean") => Value::from(false),
        Some("array") => Value::Array(Vec::new()),
        _ => {
            let mut object = Object::new();
            let branches = std::iter::once(schema)
                .chain(list(&schema["allOf"]).map(|it| resolve(resolver, it)));
            for branch in branches.filter(|_| depth < DEPTH) {
                for name in list(&branch["required"]).filter_map(Value::as_str) {
                    let value = smallest(resolver, &branch["properties"][name], depth + 1);
                    object.entry(name).or_insert(value);
                }
            }
            Value::Object(object)
        }
    }
}
