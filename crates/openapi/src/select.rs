//! `select`: the operations of a description, and one of them with only what it reaches.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::references::{Referred, Resolver, Scope, to_components};
use crate::structure::{Kind, METHODS};
use crate::{Result, pointer};

/// An operation, found where its path leads to.
#[derive(Debug, Clone)]
pub struct Operation<'a> {
    /// The path, as a template.
    pub path: &'a str,
    /// The method, in lower case.
    pub method: &'static str,
    /// Where the operation object stands: a JSON pointer (RFC 6901). Behind a path item by reference that is elsewhere
    /// than under the path.
    pub pointer: String,
    /// The operation object.
    pub object: &'a Value,
    /// The path items of the path: the one that stands there, and those that it refers to.
    pub items: Vec<&'a Value>,
}

impl Operation<'_> {
    /// Whether the operation object stands under the path itself.
    #[must_use]
    pub fn is_in_place(&self) -> bool {
        let place = pointer::push("/paths", self.path);
        pointer::parent(&self.pointer) == Some(place.as_str())
    }
}

/// Every operation of a description, in the order of the paths. A path item that leads nowhere has none: only what is
/// asked for is to be whole.
#[must_use]
pub fn operations(document: &Value) -> Vec<Operation<'_>> {
    let resolver = Resolver::new(document);
    let mut operations = Vec::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        let items = path_items(&resolver, item, &pointer::push("/paths", path));
        for method in METHODS {
            let found = items
                .iter()
                .find_map(|(at, item)| Some((pointer::push(at, method), item.get(method)?)));
            if let Some((pointer, object)) = found {
                operations.push(Operation {
                    path,
                    method,
                    pointer,
                    object,
                    items: items.iter().map(|(_, item)| *item).collect(),
                });
            }
        }
    }
    operations
}

/// The operations of methods that OpenAPI 3.2 alone has: `query`, and those of `additionalOperations` (section 4.9.1). No
/// client is made of them. The method is written as it stands there.
pub fn newer_operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let resolver = Resolver::new(document);
    let mut operations = Vec::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for (_, item) in path_items(&resolver, item, &pointer::push("/paths", path)) {
            let query = item.get("query").map(|object| ("query", object));
            let others = item.get("additionalOperations").and_then(Value::as_object);
            let others = others
                .into_iter()
                .flatten()
                .map(|(method, object)| (method.as_str(), object));
            let found = query.into_iter().chain(others);
            let found = found.filter(|(_, object)| object.is_object());
            operations.extend(found.map(|(method, object)| (path.as_str(), method, object)));
        }
    }
    operations
}

/// A path item that stands at `at`, and those that it refers to, with where they stand.
fn path_items<'a>(resolver: &Resolver<'a>, item: &'a Value, at: &str) -> Vec<(String, &'a Value)> {
    let mut items = vec![(at.to_owned(), item)];
    let mut seen = BTreeSet::new();
    let (mut item, mut at) = (item, at.to_owned());
    while let Some(reference) = Kind::PathItem.reference(item) {
        let Ok(target) = resolver.resolve_as(Kind::PathItem, reference, &at) else {
            break;
        };
        if !seen.insert(target.pointer.clone()) {
            break;
        }
        (item, at) = (target.value, target.pointer);
        items.push((at.clone(), item));
    }
    items
}

/// The description without what the operation `method` of `path` does not reach, with every reference leading to a
/// component. The security schemes of `security_schemes` are kept beside those that it requires.
///
/// # Errors
///
/// A reference that the operation reaches and that leads nowhere, with its pointer.
pub fn select(
    document: &Value,
    path: &str,
    method: &str,
    security_schemes: &[String],
) -> Result<Referred> {
    let scope = Scope::Operation {
        path,
        method,
        security_schemes,
    };
    to_components(document, scope)
}
