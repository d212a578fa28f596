//! Bounds what typify merges.
//!
//! A type of several schemas at once (`allOf`, or a union with properties beside it) is merged of them: of unions, each form
//! with each, and of properties that several have, these too. References are followed on the way, so that schemas which
//! refer to each other are merged without end. Where it would be too much, the schema is one of any JSON.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::names::Schemas;

/// How many merges make a type: those of the largest that are published are some hundreds.
const MOST: usize = 5_000;

/// Makes any JSON of the schemas whose merging would not end soon, and says which have such, by the names of their types.
pub(crate) fn bound(schemas: &mut Schemas) -> BTreeSet<String> {
    bound_to(schemas, MOST)
}

/// The same of all schemas that would be merged.
pub(crate) fn avoid(schemas: &mut Schemas) -> BTreeSet<String> {
    bound_to(schemas, 0)
}

fn bound_to(schemas: &mut Schemas, most: usize) -> BTreeSet<String> {
    let known = schemas.clone();
    let mut found = BTreeSet::new();
    let names: Vec<_> = known.iter().map(|(name, _)| name.clone()).collect();
    for name in names {
        let is_bounded = schemas
            .get_mut(&name)
            .is_none_or(|schema| bound_in(schema, &known, most));
        if !is_bounded {
            found.insert(name);
        }
    }
    found
}

/// The same in a schema; whether nothing had to be done.
fn bound_in(schema: &mut Value, known: &Schemas, most: usize) -> bool {
    if !(Merging { known, left: most }).ends(schema) {
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
            is_bounded &= bound_in(branch, known, most);
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner) = keywords.get_mut(keyword) {
            is_bounded &= bound_in(inner, known, most);
        }
    }
    let properties = keywords
        .get_mut("properties")
        .and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        is_bounded &= bound_in(property, known, most);
    }
    is_bounded
}

/// Counts merges.
struct Merging<'a> {
    known: &'a Schemas,
    left: usize,
}

impl Merging<'_> {
    /// Whether the schema's own merging comes to an end.
    fn ends(mut self, schema: &Value) -> bool {
        if schema.get("$ref").is_some() {
            // A type on its own is referred to, and not merged.
            return true;
        }
        let mut value = Conjunction::default();
        if !value.add(schema, self.known) {
            return false;
        }
        // The forms of a union on its own are types of their own.
        value.parts.len() + value.unions.len() <= 1 || self.merge(&value, 0)
    }

    /// Merges what holds of one value; `false` once that is too much.
    fn merge(&mut self, value: &Conjunction<'_>, depth: usize) -> bool {
        const DEEPEST: usize = 8;
        let Some(left) = self.left.checked_sub(1) else {
            return false;
        };
        self.left = left;
        if depth > DEEPEST {
            return false;
        }
        let Some((union, others)) = value.unions.split_first() else {
            return self.merge_members(&value.parts, depth);
        };
        // Each form is held against each other one.
        let pairs = union.len().saturating_mul(union.len());
        let Some(left) = self.left.checked_sub(pairs) else {
            return false;
        };
        self.left = left;
        union.iter().all(|branch| {
            let mut form = Conjunction {
                parts: value.parts.clone(),
                unions: others.to_vec(),
            };
            // A union in a form, or in a property that several have, multiplies at every level.
            form.add(branch, self.known)
                && form.unions.len() == others.len()
                && self.merge(&form, depth + 1)
        })
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
            .all(|members| {
                let mut value = Conjunction::default();
                let mut members = members.into_iter();
                members.all(|member| value.add(member, self.known))
                    && value.unions.is_empty()
                    && self.merge(&value, depth + 1)
            })
    }
}

/// What holds of one value at once.
#[derive(Default)]
struct Conjunction<'a> {
    /// What says itself what the value is.
    parts: Vec<&'a Value>,
    /// The forms of unions, of which each has one that holds.
    unions: Vec<&'a Vec<Value>>,
}

impl<'a> Conjunction<'a> {
    /// Adds a schema, from reference to reference and through `allOf`; `false` where that is too much.
    fn add(&mut self, schema: &'a Value, known: &'a Schemas) -> bool {
        const OWN: [&str; 6] = [
            "type",
            "properties",
            "additionalProperties",
            "items",
            "enum",
            "not",
        ];
        let mut pending = vec![schema];
        let mut steps = 0;
        while let Some(schema) = pending.pop() {
            steps += 1;
            if steps > MOST {
                return false;
            }
            let schema = known.resolve(schema);
            pending.extend(schema["allOf"].as_array().into_iter().flatten());
            let unions = ["oneOf", "anyOf"].iter();
            self.unions
                .extend(unions.filter_map(|it| schema[it].as_array()));
            if OWN.iter().any(|keyword| schema.get(keyword).is_some()) {
                self.parts.push(schema);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::bound;
    use crate::names::Schemas;

    fn unbounded(schemas: &Value) -> BTreeSet<String> {
        let mut known = Schemas::default();
        known.add(json!({ "components": { "schemas": schemas } }));
        bound(&mut known)
    }

    #[test]
    fn what_comes_to_an_end_is_merged() {
        let form = |name: usize| json!({ "type": "object", "properties": { "kind": { "type": "string", "enum": [name.to_string()] } } });
        let forms: Vec<_> = (0..65).map(form).collect();
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let found = unbounded(&json!({
            "Wide": { "type": "object", "properties": { "at": { "type": "string" } }, "oneOf": forms },
            "Tree": { "type": "object", "properties": { "next": to("Tree"), "all": { "type": "array", "items": to("Tree") } } },
            "Leaf": { "allOf": [to("Tree"), { "type": "object", "properties": { "end": { "type": "boolean" } } }] },
        }));
        assert_eq!(found, BTreeSet::new());
    }

    #[test]
    fn what_does_not_is_any_json() {
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let node = |name: &str| json!({ "type": "object", "properties": { "next": to(name) } });
        let found = unbounded(&json!({
            "One": node("One"),
            "Two": node("Two"),
            "Both": { "allOf": [to("One"), to("Two")] },
            "Part": { "type": "object", "properties": { "both": { "allOf": [to("One"), to("Two")] }, "id": { "type": "string" } } },
        }));
        let expected = ["Both", "PartBoth"].map(str::to_owned);
        assert_eq!(found, BTreeSet::from(expected));
    }
}
