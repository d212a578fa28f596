//! Makes the unions of answers readable: the form that fits best is tried first, and what fits none is kept.
//!
//! A form is read by what it requires, and by the properties whose values tell the forms apart. Those enums stay closed:
//! of open ones, the first form would read every answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::names::{self, Schemas};

/// Prepares every union of `schemas`, and names the enums that tell forms apart.
///
/// `roots` are the types of whole answers: what fits none of the forms of one is not the answer described.
/// `secret` is the schema of secrets, where there is one: what fits no form of a union that has such may be one too.
pub(crate) fn prepare(
    schemas: &mut Schemas,
    roots: &BTreeSet<String>,
    secret: Option<&str>,
) -> BTreeSet<String> {
    let secrets = secret.map(|secret| (secret, schemas.reaching(secret)));
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
        if has_anything || !roots.contains(&name) {
            branches.push(match &secrets {
                Some((secret, unions)) if unions.contains(&name) => names::reference_to(secret),
                _ => json!({}),
            });
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
    let mut names = BTreeSet::new();
    for part in parts(branch, schemas) {
        let required = part["required"].as_array().into_iter().flatten();
        names.extend(required.filter_map(Value::as_str));
    }
    names.len()
}

/// What holds for a form at once: its schema, and what `allOf` puts into that.
pub(crate) fn parts<'a>(form: &'a Value, schemas: &'a Schemas) -> Vec<&'a Value> {
    let mut parts = vec![schemas.resolve(form)];
    let mut next = 0;
    while let Some(part) = parts.get(next).copied() {
        next += 1;
        for inner in part["allOf"].as_array().into_iter().flatten() {
            let inner = schemas.resolve(inner);
            // A schema may be made of itself, in a circle.
            if !parts.iter().any(|known| std::ptr::eq(*known, inner)) {
                parts.push(inner);
            }
        }
    }
    parts
}

/// The enums of the properties that every form has, with values that no other form has.
fn discriminators(branches: &[Value], schemas: &Schemas) -> Vec<String> {
    let forms: Vec<_> = branches
        .iter()
        .map(|branch| parts(branch, schemas))
        .collect();
    let own = forms.first().into_iter().flatten();
    let names: BTreeSet<_> = own
        .filter_map(|part| part["properties"].as_object())
        .flat_map(|properties| properties.keys())
        .collect();
    let mut found = Vec::new();
    for name in names {
        let enums: Option<Vec<_>> = forms
            .iter()
            .map(|parts| {
                let mut properties = parts.iter().map(|part| &part["properties"][name]);
                properties.find_map(|property| {
                    let enumeration = names::referenced(property)?;
                    Some((enumeration, schemas.get(enumeration)?["enum"].as_array()?))
                })
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::prepare;
    use crate::names::Schemas;

    #[test]
    fn what_tells_forms_apart_is_found_in_what_they_are_made_of() {
        let form = |kind: &str| {
            json!({ "allOf": [
                { "$ref": "#/components/schemas/Base" },
                { "type": "object", "properties": { "kind": { "type": "string", "enum": [kind] } } },
            ] })
        };
        let mut more = form("robot");
        more["allOf"][1]["required"] = json!(["kind", "model"]);
        let mut schemas = Schemas::default();
        schemas.add(json!({ "components": { "schemas": {
            "Either": { "oneOf": [
                { "$ref": "#/components/schemas/Person" },
                { "$ref": "#/components/schemas/Robot" },
            ] },
            "Person": form("person"),
            "Robot": more,
            "Base": { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } },
        } } }));
        let closed = prepare(&mut schemas, &BTreeSet::from(["Either".to_owned()]), None);
        assert_eq!(closed.len(), 2, "{closed:?}");
        // The one that requires more is tried first.
        let first = schemas
            .get("Either")
            .map(|schema| schema["oneOf"][0].clone());
        assert_eq!(first, Some(json!({ "$ref": "#/components/schemas/Robot" })));
    }
}
