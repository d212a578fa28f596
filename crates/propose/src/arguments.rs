//! The fixed values that a request needs: path, query and header parameters, and a body.

use keyholder_openapi::references::Resolver;
use keyholder_openapi::{media_type, pointer, scalar};
use serde_json::{Map as Object, Value};

use super::authentication::{self, Authentication};
use super::document::{Operation, Parameter, media_examples, resolve};
use super::key_parameters;
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

/// A parameter's value, where the description leaves no choice or shows one, and why. An example is none of whose
/// account is asked about.
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
    let values = shape.values();
    if let [only] = values.as_slice() {
        return Some(((*only).to_owned(), "The only value there is.".to_owned()));
    }
    if key_parameters::is_whose(parameter) || parameter.place() == "path" && !is_version(parameter)
    {
        return None;
    }
    if let Some(first) = values.first() {
        return Some((
            (*first).to_owned(),
            "A guess: the first of its values.".to_owned(),
        ));
    }
    let examples = media_examples(operation.resolver, object);
    let example = examples
        .into_iter()
        .chain(schema.get("example"))
        .chain(list(&schema["examples"]))
        .find_map(scalar::text)?;
    Some((example, "A guess: the description's example.".to_owned()))
}

/// What is the same in every request, and what differs from key to key.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    /// `x-whoami`'s `arguments`.
    pub arguments: Map,
    /// `x-whoami`'s `parameters`.
    pub parameters: Map,
}

/// Proposes `arguments`: what the path needs, what is required, and the version of the API where a header pins it; and
/// `parameters`, where a value belongs to the key.
pub(super) fn propose(
    operation: &Operation<'_>,
    bound: &[(String, String)],
    authentication: &Authentication,
    provider: &str,
) -> Arguments {
    let mut proposal = Arguments::default();
    let map = &mut proposal.arguments;
    for parameter in operation.parameters() {
        let name = parameter.name();
        let is_fixed = matches!(parameter.place(), "path" | "query" | "header" | "cookie");
        if !is_fixed || authentication.sends(&parameter) {
            continue;
        }
        let given = bound.iter().find(|(known, _)| known == name);
        let stands_for_caller = match given {
            Some((_, value)) => Some(value.clone()),
            None if parameter.is_required() => caller(&parameter, operation)
                .filter(|_| parameter.place() == "path" || key_parameters::is_whose(&parameter)),
            None => None,
        };
        if let Some(value) = stands_for_caller {
            let gist = words::gist(parameter.description());
            map.explain(name, value, format!("Stands for the caller. {gist}"));
            continue;
        }
        if authentication::is_credential(&parameter) {
            // No default of a credential is anybody's own.
            if parameter.is_required() {
                map.remark(format!(
                    "`{name}` is required, and may be a credential: no value is given to it. Described as: \"{}\"",
                    words::quote(parameter.description())
                ));
            }
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
            None if parameter.is_required() => {
                match key_parameters::propose(&parameter, operation, provider) {
                    Some(key) => key.add(name, map, &mut proposal.parameters),
                    None => map.remark(format!(
                        "`{name}` is required, and nothing in the description says what to send: give it a value here."
                    )),
                }
            }
            _ => {}
        }
    }
    proposal
}

/// Whether a header or a part of the path names the version of the API.
fn is_version(parameter: &Parameter<'_>) -> bool {
    matches!(parameter.place(), "header" | "path")
        && words::words(parameter.name())
            .iter()
            .any(|word| word == "version")
}

/// Proposes `body`, where the operation needs one, and why; with what is to be said of it. What the token goes into is
/// left out, and no example says whose account is asked about.
pub(super) fn body(
    operation: &Operation<'_>,
    authentication: &Authentication,
) -> Option<(Value, &'static str, Vec<String>)> {
    let body = operation.request_body()?;
    if body["required"] != true {
        return None;
    }
    let content = body["content"].as_object()?;
    let (_, media) = media_type::json(content).or_else(|| members(&body["content"]).next())?;
    let is_sent = |pointer: &str| {
        let name = pointer.strip_prefix('/').unwrap_or(pointer);
        let mut sent = authentication.in_body.iter();
        sent.any(|it| it == pointer || it == name)
    };
    let mut remarks = Vec::new();
    let example = media_examples(operation.resolver, media);
    let (mut made, why) = match example.first() {
        Some(example) => ((*example).clone(), "The description's example."),
        None => (
            smallest(operation.resolver, &media["schema"], 0),
            "A guess: the smallest body that the schema allows.",
        ),
    };
    strip(&mut made, "", &mut |pointer, name, value| {
        if is_sent(pointer) {
            return true;
        }
        if !key_parameters::is_whose_name(name)
            || is_fixed(operation.resolver, &media["schema"], pointer, value)
        {
            return false;
        }
        if *value == "" {
            remarks.push(format!(
                "`{name}` of the body says whose account is asked about, and the description has no value: give it one in `body`."
            ));
            return false;
        }
        remarks.push(format!(
            "`{name}` of the body is left out: it says whose account is asked about, and the description has an example alone. If it is needed, give it a value in `body`."
        ));
        true
    });
    let is_blank = made.as_object().is_some_and(Object::is_empty);
    if is_blank && !authentication.in_body.is_empty() {
        // The token makes the body.
        return (!remarks.is_empty()).then_some((made, why, remarks));
    }
    Some((made, why, remarks))
}

/// Whether the schema leaves a member no other value, or says that it is the default.
fn is_fixed<'a>(resolver: &Resolver<'a>, schema: &'a Value, pointer: &str, value: &Value) -> bool {
    let mut schema = resolve(resolver, schema);
    for token in pointer::tokens(pointer) {
        let mut branches =
            std::iter::once(schema).chain(list(&schema["allOf"]).map(|it| resolve(resolver, it)));
        let Some(member) = branches.find_map(|it| it["properties"].get(&token)) else {
            return false;
        };
        schema = resolve(resolver, member);
    }
    let only = schema["enum"].as_array().filter(|it| it.len() == 1);
    let fixed = [
        schema.get("const"),
        schema.get("default"),
        only.and_then(|it| it.first()),
    ];
    fixed.into_iter().flatten().any(|it| it == value)
}

/// Takes out the scalar members of an object, and of those in it, that `is_out` says; and objects that have nothing left.
fn strip(value: &mut Value, at: &str, is_out: &mut impl FnMut(&str, &str, &Value) -> bool) {
    let Some(members) = value.as_object_mut() else {
        return;
    };
    members.retain(|name, member| {
        let pointer = pointer::push(at, name);
        if !member.is_object() && !member.is_array() {
            return !is_out(&pointer, name, member);
        }
        let was_blank = member.as_object().is_some_and(Object::is_empty);
        strip(member, &pointer, is_out);
        was_blank || !member.as_object().is_some_and(Object::is_empty)
    });
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
