//! What is sent: parameters and the body.
//!
//! Where the mapping gives a value, the verdict is whether their description takes that value; else whether it takes
//! whatever ours describes.

use std::collections::BTreeSet;

use keyholder_core::Argument;
use serde_json::{Value, json};

use super::accepts::accepts;
use super::change::{Change, Kind, Part, Place};
use super::form::{Resolver, Schemas};
use super::operation::Operation;
use super::schema::{self, Reader};
use super::words;
use keyholder_openapi::Result;

/// The differences in what the two ask to be sent.
///
/// # Errors
///
/// A reference that points nowhere.
pub(super) fn compare(ours: &Operation<'_>, theirs: &Operation<'_>) -> Result<Vec<Change>> {
    let mut changes = parameters(ours, theirs)?;
    changes.extend(body(ours, theirs)?);
    Ok(changes)
}

fn parameters(ours: &Operation<'_>, theirs: &Operation<'_>) -> Result<Vec<Change>> {
    let our_parameters = ours.parameters()?;
    let their_parameters = theirs.parameters()?;
    let keys: BTreeSet<_> = our_parameters
        .keys()
        .chain(their_parameters.keys())
        .collect();
    let mut changes = Vec::new();
    for key in keys {
        let place = Place::whole(Part::Parameter(key.0.clone(), key.1.clone()));
        match (our_parameters.get(key), their_parameters.get(key)) {
            (Some(parameter), None) => {
                let words = words(ours.resolver, parameter)?;
                changes.push(Change::new(&place, Kind::Removed, words, ""));
            }
            (None, Some(parameter)) => {
                let words = words(theirs.resolver, parameter)?;
                let change = Change::new(&place, Kind::Added, "", words);
                changes.push(if is_required(parameter) {
                    change.breaking("it is required, and it is not sent")
                } else {
                    change
                });
            }
            (Some(our_parameter), Some(their_parameter)) => {
                changes.extend(parameter(
                    ours,
                    theirs,
                    &place,
                    our_parameter,
                    their_parameter,
                )?);
            }
            (None, None) => {}
        }
    }
    Ok(changes)
}

/// One parameter, in both.
fn parameter(
    ours: &Operation<'_>,
    theirs: &Operation<'_>,
    place: &Place,
    our_parameter: &Value,
    their_parameter: &Value,
) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    let sent = sent(ours, our_parameter);
    match (is_required(our_parameter), is_required(their_parameter)) {
        (false, true) => {
            let change = Change::new(place, Kind::Required, "", "");
            changes.push(if sent.is_none() {
                change.breaking("it may be left out of what is sent")
            } else {
                change
            });
        }
        (true, false) => changes.push(Change::new(place, Kind::Optional, "", "")),
        _ => {}
    }
    if their_parameter["deprecated"] == json!(true) && our_parameter["deprecated"] != json!(true) {
        changes.push(Change::new(place, Kind::Deprecated, "", ""));
    }
    let (our_schemas, their_schemas) = (schemas(our_parameter), schemas(their_parameter));
    let reader = match sent {
        Some(_) => Reader::Nobody,
        None => Reader::Server,
    };
    changes.extend(schema::compare(
        (ours.resolver, &our_schemas),
        (theirs.resolver, &their_schemas),
        reader,
        place,
    )?);
    if let Some(sent) = sent {
        // What is sent is text, and may be read as another type.
        let readings = [Some(json!(sent)), serde_json::from_str(&sent).ok()];
        let takes =
            |reading: &Value, side: (Resolver<'_>, &Schemas<'_>)| accepts(side.0, side.1, reading);
        let mut is_taken = (false, false);
        for reading in readings.iter().flatten() {
            is_taken.0 |= takes(reading, (ours.resolver, &our_schemas))?;
            is_taken.1 |= takes(reading, (theirs.resolver, &their_schemas))?;
        }
        if is_taken == (true, false) {
            changes.push(
                Change::new(place, Kind::Unread, sent, "")
                    .breaking("the server refuses the value that is sent"),
            );
        }
    }
    Ok(changes)
}

/// The value that a client always sends: the mapping's, or the parameter's own where it is required.
fn sent(ours: &Operation<'_>, parameter: &Value) -> Option<String> {
    let name = parameter["name"].as_str()?;
    let arguments = ours.whoami.as_ref().map(|whoami| &whoami.arguments);
    match arguments.and_then(|arguments| arguments.get(name)) {
        Some(Argument::Fixed(given)) => return Some(given.clone()),
        // It is another for each key.
        Some(_) => return None,
        None => {}
    }
    let schema = ours.resolver.resolve(&parameter["schema"]).ok()?;
    let only = match schema["enum"].as_array().map(Vec::as_slice) {
        Some([only]) => Some(only),
        _ => schema.get("const").or_else(|| schema.get("default")),
    };
    only.filter(|_| is_required(parameter) && ours.whoami.is_some())
        .map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
}

fn body(ours: &Operation<'_>, theirs: &Operation<'_>) -> Result<Vec<Change>> {
    let place = Place::whole(Part::Body);
    let (our_body, their_body) = (ours.body()?, theirs.body()?);
    let sent = ours.whoami.as_ref().and_then(|whoami| whoami.body.as_ref());
    // With a mapping, a client sends what it says and nothing else.
    let is_sent = match &ours.whoami {
        Some(whoami) => whoami.body.is_some(),
        None => our_body.is_some(),
    };
    let mut changes = Vec::new();
    let (our_body, their_body) = match (our_body, their_body) {
        (None, None) => return Ok(changes),
        (Some(our_body), None) => {
            changes.push(Change::new(&place, Kind::Removed, content(our_body), ""));
            return Ok(changes);
        }
        (None, Some(their_body)) => {
            let change = Change::new(&place, Kind::Added, "", content(their_body));
            changes.push(if is_required(their_body) && !is_sent {
                change.breaking("it is required, and it is not sent")
            } else {
                change
            });
            return Ok(changes);
        }
        (Some(our_body), Some(their_body)) => (our_body, their_body),
    };
    match (is_required(our_body), is_required(their_body)) {
        (false, true) => {
            let change = Change::new(&place, Kind::Required, "", "");
            changes.push(if sent.is_none() {
                change.breaking("it may be left out of what is sent")
            } else {
                change
            });
        }
        (true, false) => changes.push(Change::new(&place, Kind::Optional, "", "")),
        _ => {}
    }
    let used = media_type(our_body);
    for (name, _) in members(&our_body["content"]) {
        if their_body["content"].get(name).is_none() {
            let change = Change::new(&place, Kind::Removed, name, "");
            changes.push(if is_sent && Some(name) == used {
                change.breaking("the client sends nothing else")
            } else {
                change
            });
        }
    }
    for (name, _) in members(&their_body["content"]) {
        if our_body["content"].get(name).is_none() {
            changes.push(Change::new(&place, Kind::Added, "", name));
        }
    }
    let Some(used) = used.filter(|used| their_body["content"].get(used).is_some()) else {
        return Ok(changes);
    };
    let our_schemas = schemas(&our_body["content"][used]);
    let their_schemas = schemas(&their_body["content"][used]);
    let reader = match (&ours.whoami, is_sent) {
        (None, true) => Reader::Server,
        _ => Reader::Nobody,
    };
    changes.extend(schema::compare(
        (ours.resolver, &our_schemas),
        (theirs.resolver, &their_schemas),
        reader,
        &place,
    )?);
    if let Some(sent) = sent
        && accepts(ours.resolver, &our_schemas, sent)?
        && !accepts(theirs.resolver, &their_schemas, sent)?
    {
        changes.push(
            Change::new(&place, Kind::Unread, "", "")
                .breaking("the server refuses the body that is sent"),
        );
    }
    Ok(changes)
}

/// The media type that a client sends: JSON, else a form.
fn media_type(body: &Value) -> Option<&str> {
    let find = |essence: &str| {
        let mut names = members(&body["content"]).map(|(name, _)| name);
        names.find(|name| name.starts_with(essence))
    };
    find("application/json").or_else(|| find("application/x-www-form-urlencoded"))
}

fn content(body: &Value) -> String {
    let names: Vec<_> = members(&body["content"]).map(|(name, _)| name).collect();
    names.join(", ")
}

fn words(resolver: Resolver<'_>, parameter: &Value) -> Result<String> {
    words::describe(resolver, &schemas(parameter))
}

/// The schema of a parameter or a media type.
fn schemas(value: &Value) -> Schemas<'_> {
    // A parameter may have a media type in place of a schema (OpenAPI 3.0.3, section 4.7.12.1).
    let inner = members(&value["content"]).next().map(|(_, media)| media);
    let schema = value.get("schema");
    let schema = schema.or_else(|| inner.and_then(|media| media.get("schema")));
    schema.into_iter().collect()
}

fn is_required(value: &Value) -> bool {
    value["required"] == json!(true)
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object();
    members
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}
