//! Takes a description that is wrong in places which a client can do without.
//!
//! A schema that nothing can be made of is read as one of any JSON, and an example, a link, a header or the like is left
//! out, so that one of them does not take everything else with it. What is repaired is said.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::lower::{Lowered, lower};
use crate::references::{Referred, Resolver};
use crate::select::{self, select};
use crate::structure::{Field, KEYWORDS, Keyword, Kind, Version};
use crate::{Error, Result, pointer};

/// How many places of one description are repaired at most: each makes another run over what is selected of it.
const MOST: usize = 200;

/// The objects that a client can do without.
const DISPENSABLE: [&str; 8] = [
    "Contact Object",
    "Discriminator Object",
    "Encoding Object",
    "Example Object",
    "External Documentation Object",
    "Header Object",
    "License Object",
    "Link Object",
];

/// A place of a description that was wrong, and what it is read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Where it stands: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What it is read as, and what was wrong, as the end of a sentence.
    pub reason: String,
}

/// As [`select`](select()), of a description that may be wrong in places. The pointers of the repairs are those of the
/// description.
///
/// # Errors
///
/// As [`select`](select()), for what cannot be done without; among it what a success is said to be.
pub fn select_repaired(
    document: &Value,
    path: &str,
    method: &str,
    security_schemes: &[String],
) -> Result<(Referred, Vec<Repair>)> {
    repeated(document, |document| {
        select(document, path, method, security_schemes)
    })
}

/// As [`lower`](lower()), of a document that may be wrong in places.
///
/// # Errors
///
/// As [`lower`](lower()), for what cannot be done without.
pub fn lower_repaired(document: &Value) -> Result<(Lowered, Vec<Repair>)> {
    repeated(document, lower)
}

fn repeated<T>(document: &Value, run: impl Fn(&Value) -> Result<T>) -> Result<(T, Vec<Repair>)> {
    let mut repaired = Cow::Borrowed(document);
    let mut repairs = Vec::new();
    loop {
        let error = match run(&repaired) {
            Ok(made) => return Ok((made, repairs)),
            Err(error) if repairs.len() >= MOST => return Err(error),
            Err(error) => error,
        };
        match repair(repaired.to_mut(), &error) {
            Some(repair) => repairs.push(repair),
            None => return Err(error),
        }
    }
}

/// Repairs what an error speaks of, if that can be done without.
fn repair(document: &mut Value, error: &Error) -> Option<Repair> {
    let version = Version::of(document)?;
    let fault = error.pointer()?;
    if fault == "/jsonSchemaDialect" {
        // Most of its keywords are those of others.
        return leave_out(document, fault, error);
    }
    let spare = without_field(document, version, fault, error)
        .or_else(|| without_status(document, version, fault, error));
    if spare.is_some() {
        return spare;
    }
    let found = pointer::around(fault).find_map(|at| {
        document.pointer(at)?;
        let kind = Kind::at(version, at)?;
        let is_placed = matches!(kind, Kind::Schema)
            || kind.name() == "Response Object"
            || DISPENSABLE.contains(&kind.name());
        is_placed.then(|| (at.to_owned(), kind))
    });
    let Some((at, kind)) =
        found.filter(|(at, kind)| !(matches!(kind, Kind::Schema) && is_of_request(at)))
    else {
        return in_request(document, version, fault, error)
            .or_else(|| without_server(document, version, fault, error));
    };
    let read_as = match kind {
        Kind::Schema => {
            let is_circle_or_lost = fault.strip_prefix(&at) == Some("/$ref");
            if is_circle_or_lost && of_successes(document).contains(&at) {
                return None;
            }
            untype(document.pointer_mut(&at)?)?;
            "is read as any JSON"
        }
        _ if kind.name() == "Response Object" => {
            let response = document.pointer_mut(&at)?.as_object_mut()?;
            match fault.strip_prefix(&at) {
                // A text for people.
                Some("/description") => {
                    response.insert("description".to_owned(), json!(""));
                    "is read as a response without words"
                }
                Some("/$ref") if is_of_failure(&at) => {
                    *response = Map::from_iter([("description".to_owned(), json!(""))]);
                    "is read as a response of which nothing is said"
                }
                _ => return None,
            }
        }
        _ => {
            let name = pointer::tokens(&at).last()?;
            let around = document.pointer_mut(pointer::parent(&at)?)?;
            around.as_object_mut()?.remove(&name)?;
            "is left out"
        }
    };
    Some(repaired(&at, read_as, error))
}

/// Leaves out a member, or an item.
fn leave_out(document: &mut Value, at: &str, error: &Error) -> Option<Repair> {
    remove(document, at)?;
    Some(repaired(at, "is left out", error))
}

/// What was done about an error.
fn repaired(at: &str, done: &str, error: &Error) -> Repair {
    Repair {
        pointer: at.to_owned(),
        reason: format!("{done}: {}", error.message()),
    }
}

/// The fields without which a request is another, or nothing is said of the answer.
const TELLING: [&str; 15] = [
    "$ref",
    "allowReserved",
    "components",
    "content",
    "in",
    "name",
    "openapi",
    "parameters",
    "paths",
    "requestBody",
    "required",
    "responses",
    "schema",
    "security",
    "type",
];

/// Leaves out a field, or a keyword of a schema, that has another form than it is to have, and that a client can do
/// without: a text for people, a flag, a bound, a list of examples.
fn without_field(
    document: &mut Value,
    version: Version,
    fault: &str,
    error: &Error,
) -> Option<Repair> {
    let (at, around) = pointer::around(fault).find_map(|at| {
        let around = pointer::parent(at)?;
        let kind = match Kind::at(version, around)? {
            Kind::Component(section) => section.kind,
            kind => kind,
        };
        matches!(kind, Kind::Object(_) | Kind::PathItem | Kind::Schema).then_some((at, kind))
    })?;
    let name = pointer::tokens(at).last()?;
    let is_spare = match around {
        Kind::Object(object) => {
            let is_due = |names: &&str| names.split('|').any(|it| it == name);
            let is_whole =
                |field: &Field| at == fault || matches!(field.kind, Kind::List(Kind::Text));
            object.field(&name).is_some_and(is_whole) && !object.required.iter().any(is_due)
        }
        Kind::PathItem => matches!(name.as_str(), "summary" | "description"),
        // What it holds is described by the others.
        _ => {
            at == fault
                && !name.starts_with('$')
                && KEYWORDS.iter().any(|(known, keyword)| {
                    let is_of_values = matches!(keyword, Keyword::Types);
                    *known == name && Kind::Schema.step(known).is_none() && !is_of_values
                })
        }
    };
    if !is_spare || TELLING.contains(&name.as_str()) {
        return None;
    }
    let holder = document
        .pointer_mut(pointer::parent(at)?)?
        .as_object_mut()?;
    holder.remove(&name)?;
    if matches!(around, Kind::Schema) && holder.is_empty() {
        say_any(holder);
    }
    Some(repaired(at, "is left out", error))
}

/// Reads a parameter whose schema is wrong as a text, and leaves out a parameter or a body that a request may do without.
fn in_request(
    document: &mut Value,
    version: Version,
    fault: &str,
    error: &Error,
) -> Option<Repair> {
    let (at, kind) = pointer::around(fault).find_map(|at| {
        let kind = Kind::at(version, at)?.name();
        let is_one = matches!(kind, "Parameter Object" | "Request Body Object");
        (is_one && document.pointer(at).is_some()).then_some((at, kind))
    })?;
    let value = document.pointer_mut(at)?;
    let is_of_schema = ["/schema", "/content"].iter().any(|it| {
        fault
            .strip_prefix(at)
            .is_some_and(|rest| rest.starts_with(it))
    });
    let text = json!({ "type": "string" });
    if kind == "Parameter Object"
        && is_of_schema
        && value["name"].is_string()
        && value["schema"] != text
    {
        let members = value.as_object_mut()?;
        members.remove("content");
        members.insert("schema".to_owned(), text);
        Some(repaired(at, "is read as a text", error))
    } else if value["required"] == true || value["in"] == "path" {
        None
    } else {
        leave_out(document, at, error)
    }
}

/// Leaves out a response at what is no status.
fn without_status(
    document: &mut Value,
    version: Version,
    fault: &str,
    error: &Error,
) -> Option<Repair> {
    let name = pointer::tokens(fault).last()?;
    match Kind::at(version, pointer::parent(fault)?)? {
        Kind::Patterned(pattern)
            if matches!(pattern.kind, Kind::Component(_)) && !(pattern.has)(&name) => {}
        _ => return None,
    }
    leave_out(document, fault, error)
}

/// Leaves out a server of which no URL is said.
fn without_server(
    document: &mut Value,
    version: Version,
    fault: &str,
    error: &Error,
) -> Option<Repair> {
    let is_server =
        |at: &&str| Kind::at(version, at).is_some_and(|it| it.name() == "Server Object");
    let at = pointer::around(fault).find(is_server)?;
    leave_out(document, at, error)
}

/// Removes a member, or an item.
fn remove(document: &mut Value, at: &str) -> Option<()> {
    let name = pointer::tokens(at).last()?;
    match document.pointer_mut(pointer::parent(at)?)? {
        Value::Object(members) => members.remove(&name).map(drop),
        Value::Array(items) => {
            let index: usize = name.parse().ok()?;
            (index < items.len()).then(|| drop(items.remove(index)))
        }
        _ => None,
    }
}

/// Whether a response stands at a pointer, and not as that of a success.
fn is_of_failure(at: &str) -> bool {
    let is_response = pointer::parent(at).is_some_and(|it| it.ends_with("/responses"));
    let status = pointer::tokens(at).last();
    let is_code = |status: &str| status.starts_with(|c: char| c.is_ascii_digit() && c != '2');
    is_response && status.is_some_and(|status| is_code(&status))
}

/// Whether what stands at a pointer is of a request: what is sent has to be right.
fn is_of_request(at: &str) -> bool {
    let tokens: Vec<_> = pointer::tokens(at).take(4).collect();
    let tokens: Vec<_> = tokens.iter().map(String::as_str).collect();
    match tokens.as_slice() {
        ["components", section, ..] => matches!(*section, "parameters" | "requestBodies"),
        ["paths", _, "parameters", ..] | ["paths", _, _, "parameters" | "requestBody"] => true,
        _ => false,
    }
}

/// Lets a schema that says nothing say that it is any JSON. Of an empty one, nothing would be described.
pub(crate) fn say_any(schema: &mut Map<String, Value>) {
    let said = schema.entry("description");
    said.or_insert_with(|| "Any JSON.".into());
}

/// Makes a schema one of any JSON; `None` where it is one already.
fn untype(schema: &mut Value) -> Option<()> {
    let words = ["title", "description"];
    let mut left: Map<_, _> = schema
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| words.contains(&name.as_str()) && value.is_string())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    say_any(&mut left);
    let left = Value::from(left);
    (*schema != left).then(|| *schema = left)
}

/// Where the schemas of successes stand, from reference to reference. One that leads nowhere is no schema at all, and
/// whose it is cannot be told of it.
fn of_successes(document: &Value) -> BTreeSet<String> {
    let resolver = Resolver::new(document);
    let mut found = BTreeSet::new();
    for operation in select::operations(document) {
        let at = pointer::push(&operation.pointer, "responses");
        let responses = operation.object.get("responses").and_then(Value::as_object);
        let has_success =
            responses.is_some_and(|all| all.keys().any(|status| status.starts_with('2')));
        for (status, response) in responses.into_iter().flatten() {
            if status.starts_with('2') || (status == "default" && !has_success) {
                let at = pointer::push(&at, status);
                of_response(&resolver, response, at, &mut found);
            }
        }
    }
    found
}

fn of_response(
    resolver: &Resolver<'_>,
    response: &Value,
    mut at: String,
    found: &mut BTreeSet<String>,
) {
    let reference = response.get("$ref").and_then(Value::as_str);
    if let Some(target) = reference.and_then(|reference| resolver.resolve(reference, &at).ok()) {
        at = target.pointer;
    }
    let content = pointer::push(&at, "content");
    let media_types = resolver.document().pointer(&content);
    for name in media_types
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::keys)
    {
        let mut at = pointer::push(&pointer::push(&content, name), "schema");
        while found.insert(at.clone()) {
            let schema = resolver.document().pointer(&at);
            let reference = schema.and_then(|schema| schema.get("$ref")?.as_str());
            match reference.and_then(|reference| resolver.resolve(reference, &at).ok()) {
                Some(target) => at = target.pointer,
                None => break,
            }
        }
    }
}
