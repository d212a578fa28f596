//! Mistakes that generators of documentation pages make, wherever the operation reaches them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{Operation, path_of};
use super::overlay::Action;
use super::shape::list;
use super::yaml::Map;
use keyholder_openapi::pointer;

/// A list that is corrected.
#[derive(Clone, Debug)]
pub(super) struct Correction {
    /// The object that holds it, as a JSON pointer.
    holder: String,
    /// Its name in that object.
    name: &'static str,
    /// What it ought to be.
    list: Value,
    /// What is wrong with it.
    reason: &'static str,
}

impl Correction {
    /// Makes the correction in the document itself.
    pub(super) fn apply(&self, document: &mut Value) {
        if let Some(holder) = document.pointer_mut(&self.holder) {
            holder[self.name] = self.list.clone();
        }
    }

    /// The actions of the overlay that make it: one updates an array by appending, so it is removed first.
    pub(super) fn actions(&self) -> [Action; 2] {
        let holder = path_of(&self.holder);
        let mut update = Map::default();
        update.add(self.name, self.list.clone());
        [
            Action::remove(format!("{holder}.{}", self.name), self.reason),
            Action::update(holder, "The same as plain values.", update),
        ]
    }
}

/// What is to be corrected in an operation and in what it refers to.
pub(super) fn find(operation: &Operation<'_>) -> Vec<Correction> {
    let mut found = Vec::new();
    let tags = &operation.object["tags"];
    if list(tags).any(|tag| !tag.is_string()) {
        let flat: Vec<_> = list(tags)
            .flat_map(|tag| list(tag).chain(tag.is_string().then_some(tag)))
            .filter(|tag| tag.is_string())
            .collect();
        found.push(Correction {
            holder: operation.pointer(),
            name: "tags",
            list: json!(flat),
            reason: "The page's generator nests the list of tags in another list.",
        });
    }
    let mut seen = BTreeSet::new();
    reach(
        operation.root,
        operation.object,
        &operation.pointer(),
        &mut seen,
        &mut found,
    );
    found
}

fn reach<'a>(
    root: &'a Value,
    value: &'a Value,
    at: &str,
    seen: &mut BTreeSet<&'a str>,
    found: &mut Vec<Correction>,
) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                reach(
                    root,
                    item,
                    &pointer::push(at, index.to_string()),
                    seen,
                    found,
                );
            }
        }
        Value::Object(members) => {
            if let Some(reference) = value["$ref"].as_str()
                && seen.insert(reference)
                && let Some(target) = pointer::resolve(root, reference)
            {
                let at = reference.trim_start_matches('#');
                reach(root, target, at, seen, found);
            }
            found.extend(wrapped_values(&value["enum"]).map(|list| Correction {
                holder: at.to_owned(),
                name: "enum",
                list,
                reason: "The page's generator writes each value as an object.",
            }));
            for (key, member) in members {
                if !matches!(key.as_str(), "example" | "examples" | "enum" | "default") {
                    reach(root, member, &pointer::push(at, key), seen, found);
                }
            }
        }
        _ => {}
    }
}

/// The values of an `enum` that has each in an object of its own, as its `value`.
fn wrapped_values(values: &Value) -> Option<Value> {
    let values = values.as_array().filter(|values| !values.is_empty())?;
    let plain: Option<Vec<_>> = values
        .iter()
        .map(|value| {
            value
                .get("value")
                .filter(|value| !value.is_object() && !value.is_array())
        })
        .collect();
    Some(json!(plain?))
}
