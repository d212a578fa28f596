//! Mistakes that generators of documentation pages make, wherever the operation reaches them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{Operation, path_of};
use super::overlay::Action;
use super::shape::list;
use super::yaml::Map;
use keyholder_openapi::structure::{Kind, walk};

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
    let version = operation.resolver.version();
    let mut seen = BTreeSet::new();
    let mut open = vec![(operation.pointer(), operation.object)];
    while let Some((at, value)) = open.pop() {
        let Some(kind) = Kind::at(version, &at).filter(|_| seen.insert(at.clone())) else {
            continue;
        };
        walk(kind, value, &at, &mut |node| {
            if matches!(node.kind, Kind::Schema) {
                found.extend(wrapped_values(&node.value["enum"]).map(|list| Correction {
                    holder: node.pointer.to_owned(),
                    name: "enum",
                    list,
                    reason: "The page's generator writes each value as an object.",
                }));
            }
            let reference = node.kind.reference(node.value);
            let target = reference.and_then(|it| operation.resolver.resolve(it, node.pointer).ok());
            open.extend(target.map(|target| (target.pointer, target.value)));
            true
        });
    }
    found
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
