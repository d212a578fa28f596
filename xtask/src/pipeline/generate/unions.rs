//! Makes the unions of answers readable: the form that fits best is tried first, and what fits none is kept.
//!
//! A form is read by what it requires, and by the properties whose values tell the forms apart. Those enums stay closed:
//! of open ones, the first form would read every answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::names::{self, Schemas};

/// Prepares every union of `schemas`, and names the enums that tell forms apart.
///
/// `root` is the type of the whole answer: what fits none of its forms is not the answer described.
pub(super) fn prepare(schemas: &mut Schemas, root: &str) -> BTreeSet<String> {
    let unions: Vec<_> = schemas
        .iter()
        .filter_map(|(name, schema)| Some((name.clone(), branches(schema)?.clone())))
        .collect();
    let mut closed = BTreeSet::new();
    for (name, mut branches) in unions {
        closed.extend(discriminators(&branches, schemas));
        branches.sort_by_key(|branch| std::cmp::Reverse(required(branch, schemas)));
        let has_anything = branches.iter().any(is_anything);
        branches.retain(|branch| !is_anything(branch));
        if has_anything || name != root {
            branches.push(json!({}));
        }
        if let Some(schema) = schemas.get_mut(&name).and_then(Value::as_object_mut) {
            // One form at a time is read, whether or not several fit.
            schema.remove("anyOf");
            schema.remove("discriminator");
            schema.insert("oneOf".to_owned(), Value::Array(branches));
        }
    }
    closed
}

fn branches(schema: &Value) -> Option<&Vec<Value>> {
    let keyword = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    keyword.and_then(Value::as_array)
}

/// Whether a branch says nothing of what its values are.
fn is_anything(branch: &Value) -> bool {
    const WHAT: [&str; 9] = [
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "enum",
        "items",
        "oneOf",
        "properties",
        "type",
    ];
    !WHAT.iter().any(|keyword| branch.get(keyword).is_some())
}

/// How many properties a form requires.
fn required(branch: &Value, schemas: &Schemas) -> usize {
    let required = schemas.resolve(branch)["required"].as_array();
    required.map_or(0, Vec::len)
}

/// The enums of the properties that every form has, with values that no other form has.
fn discriminators(branches: &[Value], schemas: &Schemas) -> Vec<String> {
    let objects: Vec<_> = branches
        .iter()
        .map(|branch| schemas.resolve(branch))
        .collect();
    let Some(first) = objects
        .first()
        .and_then(|object| object["properties"].as_object())
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for property in first.keys() {
        let enums: Option<Vec<_>> = objects
            .iter()
            .map(|object| {
                let name = names::referenced(object["properties"].get(property)?)?;
                Some((name, schemas.get(name)?["enum"].as_array()?))
            })
            .collect();
        let Some(enums) = enums else { continue };
        let mut values = BTreeSet::new();
        let mut all = enums.iter().flat_map(|(_, values)| values.iter());
        if enums.len() > 1 && all.all(|value| values.insert(value.to_string())) {
            found.extend(enums.iter().map(|(name, _)| (*name).to_owned()));
        }
    }
    found
}
