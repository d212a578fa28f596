//! Bounds what typify merges.
//!
//! A type of several schemas at once (`allOf`, or a union with properties beside it) is merged of them: of unions, each form
//! with each, and of properties that several have, these too. References are followed on the way, so that schemas which
//! refer to each other are merged without end. Where it would be too much, the schema is one of any JSON.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::names::Schemas;

/// How many merges make a type: the largest that are published take some hundreds.
const MOST: usize = 5_000;

/// Makes any JSON of the schemas whose merging would not end soon, and says which have such, by the names of their types.
pub(crate) fn bound(schemas: &mut Schemas) -> BTreeSet<String> {
    let known = schemas.clone();
    let mut found = BTreeSet::new();
    let names: Vec<_> = known.iter().map(|(name, _)| name.clone()).collect();
    for name in names {
        let is_bounded = schemas
            .get_mut(&name)
            .is_none_or(|schema| bound_in(schema, &known));
        if !is_bounded {
            found.insert(name);
        }
    }
    found
}

/// The same in a schema; whether nothing had to be done.
fn bound_in(schema: &mut Value, known: &Schemas) -> bool {
    if !Merging::of(known).ends(schema) {
        let description = schema.get("description").cloned();
        *schema = match description {
            Some(description) => json!({ "description": description }),
            None => json!({}),
        };
        return false;
    }
    let Some(keywords) = schema.as_object_mut() else {
        return true;
    };
    let mut is_bounded = true;
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let branches = keywords.get_mut(keyword).and_then(Value::as_array_mut);
        for branch in branches.into_iter().flatten() {
            is_bounded &= bound_in(branch, known);
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner) = keywords.get_mut(keyword) {
            is_bounded &= bound_in(inner, known);
        }
    }
    let properties = keywords
        .get_mut("properties")
        .and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        is_bounded &= bound_in(property, known);
    }
    is_bounded
}

/// Counts merges.
struct Merging<'a> {
    known: &'a Schemas,
    left: usize,
}

impl<'a> Merging<'a> {
    fn of(known: &'a Schemas) -> Self {
        Self { known, left: MOST }
    }

    /// Whether the schema's own merging comes to an end.
    fn ends(mut self, schema: &Value) -> bool {
        self.merge(&[schema], 0)
    }

    /// Merges schemas of one value; `false` once that is too much.
    fn merge(&mut self, schemas: &[&Value], depth: usize) -> bool {
        const DEEPEST: usize = 64;
        let Some(left) = self.left.checked_sub(1) else {
            return false;
        };
        self.left = left;
        if depth > DEEPEST {
            return false;
        }
        let mut parts: Vec<&Value> = Vec::new();
        let mut unions: Vec<&Vec<Value>> = Vec::new();
        let mut pending = schemas.to_vec();
        // From reference to reference, and through `allOf`; a circle has ended before.
        let mut steps = 0;
        while let Some(schema) = pending.pop() {
            steps += 1;
            if steps > MOST {
                return false;
            }
            let is_reference = schema.get("$ref").is_some();
            // A type on its own is referred to, and not merged.
            if is_reference
                && schemas.len() == 1
                && depth == 0
                && pending.is_empty()
                && parts.is_empty()
            {
                return true;
            }
            let schema = self.known.resolve(schema);
            pending.extend(schema["allOf"].as_array().into_iter().flatten());
            unions.extend(
                ["oneOf", "anyOf"]
                    .iter()
                    .filter_map(|it| schema[it].as_array()),
            );
            if [
                "type",
                "properties",
                "additionalProperties",
                "items",
                "enum",
                "not",
            ]
            .iter()
            .any(|keyword| schema.get(keyword).is_some())
            {
                parts.push(schema);
            }
        }
        // The forms of a union on its own are types of their own.
        if parts.len() + unions.len() <= 1 && depth == 0 {
            return true;
        }
        match unions.split_first() {
            Some((union, others)) => union.iter().all(|branch| {
                let mut merged = parts.clone();
                merged.push(branch);
                let others: Vec<_> = others.iter().map(|it| json!({ "oneOf": it })).collect();
                merged.extend(&others);
                self.merge(&merged, depth + 1)
            }),
            None => self.merge_members(&parts, depth),
        }
    }

    fn merge_members(&mut self, parts: &[&Value], depth: usize) -> bool {
        let names: BTreeSet<_> = parts
            .iter()
            .filter_map(|part| part["properties"].as_object())
            .flat_map(Map::keys)
            .collect();
        let of_name = |name: &String| -> Vec<&Value> {
            parts
                .iter()
                .filter_map(|part| {
                    let own = part["properties"].get(name);
                    own.or_else(|| part.get("additionalProperties").filter(|it| it.is_object()))
                })
                .collect()
        };
        let of_items: Vec<_> = parts.iter().filter_map(|part| part.get("items")).collect();
        let of_others: Vec<_> = parts
            .iter()
            .filter_map(|part| part.get("additionalProperties").filter(|it| it.is_object()))
            .collect();
        names
            .into_iter()
            .map(of_name)
            .chain([of_items, of_others])
            .filter(|members| members.len() > 1)
            .all(|members| self.merge(&members, depth + 1))
    }
}
