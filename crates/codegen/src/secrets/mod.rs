//! Finds the secrets in answers, so that they are typed as [`keyholder_core::Secret`].
//!
//! A description says so itself (`format: password`, `writeOnly`, an extension), or a name does. Each of their schemas
//! becomes a reference to one component, for which progenitor puts that type.

mod names;

use std::collections::BTreeSet;

use keyholder_openapi::pointer;
use keyholder_openapi::structure::{Kind, Version, walk, walk_mut};
use serde_json::{Map, Value, json};

use crate::names::{type_name, unique};

/// The type of secrets, as generated code names it.
pub(crate) const TYPE: &str = "keyholder_core::Secret";

const PREFIX: &str = "#/components/schemas/";

/// Extensions that say so, of Azure's and others' descriptions.
const EXTENSIONS: [&str; 3] = ["x-ms-secret", SENSITIVE, "x-secret"];

/// With `false`, it says of a name that it misleads.
const SENSITIVE: &str = "x-sensitive";

/// Formats of texts that no secret has.
const FORMATS: [&str; 9] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "ipv4",
    "ipv6",
    "time",
];

/// How deep references and `allOf` are followed.
const MAX_DEPTH: usize = 16;

/// Says of secrets without a type that they are some, in a way that lowering keeps: it drops formats of no type.
pub(crate) fn keep(document: &mut Value) {
    let Some(version) = Version::of(document) else {
        return;
    };
    walk_mut(version.root(), document, &mut |kind, value| {
        if let (Kind::Schema, Some(schema)) = (kind, value.as_object_mut())
            && schema.get("format") == Some(&json!("password"))
            && !schema.contains_key("type")
        {
            schema.entry(SENSITIVE).or_insert(json!(true));
        }
    });
}

/// A name for the component of secrets that no component of `documents` has as its type's.
pub(crate) fn name(documents: &[Value]) -> String {
    let components = documents
        .iter()
        .filter_map(|it| it.pointer("/components/schemas")?.as_object());
    let mut taken = components
        .flat_map(|components| components.keys())
        .map(|name| type_name(name))
        .collect();
    unique("KeyholderSecret", "", &mut taken)
}

/// Puts references to a component of that name in the place of the schemas of secrets, and takes what only requests have
/// from what objects require (`writeOnly`; OpenAPI 3.0.3, section 4.7.24.2).
///
/// The component is there where there is a secret, and keeps its name when components are renamed to Rust's customs.
/// Returns whether there is one.
pub(crate) fn mark(document: &mut Value, name: &str) -> bool {
    let components = document.pointer("/components/schemas");
    let components = components.and_then(Value::as_object).cloned();
    let components = components.unwrap_or_default();
    let mut marks = Marks {
        reference: format!("{PREFIX}{name}"),
        components: &components,
        replaced: BTreeSet::new(),
        any: false,
    };
    let schemas = document.pointer_mut("/components/schemas");
    for (name, schema) in schemas.and_then(Value::as_object_mut).into_iter().flatten() {
        if names::is_secret(name) {
            marks.mark_inside(schema, 0);
        }
    }
    walk_mut(Version::V3_0.root(), document, &mut |kind, value| {
        if matches!(kind, Kind::Schema) {
            marks.mark(value);
        }
    });
    let Marks { any, replaced, .. } = marks;
    if any {
        forget(document, &replaced);
        document["components"]["schemas"][name] = json!({ "type": "string" });
    }
    any
}

/// Removes the components of those names that nothing refers to any more.
fn forget(document: &mut Value, names: &BTreeSet<String>) {
    let mut used = BTreeSet::new();
    walk(Version::V3_0.root(), document, "", &mut |node| {
        if matches!(node.kind, Kind::Schema) {
            used.extend(reference(node.value));
        }
        true
    });
    let schemas = document.pointer_mut("/components/schemas");
    if let Some(schemas) = schemas.and_then(Value::as_object_mut) {
        schemas.retain(|name, _| used.contains(name) || !names.contains(name));
    }
}

/// The name of the component that a schema refers to.
fn reference(schema: &Value) -> Option<String> {
    let name = schema.get("$ref")?.as_str()?.strip_prefix(PREFIX)?;
    pointer::tokens(&format!("/{name}")).next()
}

struct Marks<'a> {
    /// What stands in the place of a secret's schema.
    reference: String,
    /// The components as they were.
    components: &'a Map<String, Value>,
    /// The components that something referred to before it was replaced.
    replaced: BTreeSet<String>,
    /// Whether there is a secret.
    any: bool,
}

impl Marks<'_> {
    /// Marks what stands directly in a schema.
    fn mark(&mut self, schema: &mut Value) {
        let mut only_requests_have = BTreeSet::new();
        for part in self.parts(schema) {
            let properties = part.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                if self.parts(property).iter().any(|part| is_write_only(part)) {
                    only_requests_have.insert(name.clone());
                }
            }
        }
        if !only_requests_have.is_empty() {
            require_less(schema, &only_requests_have);
        }
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            let is_named = names::is_secret(name);
            self.replace(property, is_named);
            if is_named {
                self.mark_inside(property, 0);
            }
        }
        for keyword in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get_mut(keyword) {
                self.replace(inner, false);
            }
        }
    }

    /// Marks the secret itself in the object, or in each of the objects, that is named after it.
    fn mark_inside(&mut self, schema: &mut Value, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            if names::is_secret_inside(name) {
                self.replace(property, true);
            }
        }
        for keyword in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get_mut(keyword) {
                self.mark_inside(inner, depth + 1);
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let branches = schema.get_mut(keyword).and_then(Value::as_array_mut);
            for branch in branches.into_iter().flatten() {
                self.mark_inside(branch, depth + 1);
            }
        }
    }

    /// Replaces the schema of a secret, or of a list or a map of secrets.
    fn replace(&mut self, schema: &mut Value, is_named: bool) {
        if let Some(secret) = self.secret(schema, is_named, 0) {
            self.replaced.extend(self.references(schema));
            self.any = true;
            *schema = secret;
        }
    }

    /// What stands in the place of `schema`, if that is one of secrets.
    fn secret(&self, schema: &Value, is_named: bool, depth: usize) -> Option<Value> {
        let is_denied = self
            .parts(schema)
            .iter()
            .any(|part| part[SENSITIVE] == json!(false));
        if depth > MAX_DEPTH || is_denied {
            return None;
        }
        let mut marked = if self.is_marked(schema) || (is_named && self.may_be_text(schema)) {
            json!({ "allOf": [{ "$ref": self.reference }] })
        } else if is_named {
            self.secrets(schema, depth)?
        } else {
            return None;
        };
        let parts = self.parts(schema);
        let described = parts.iter().find_map(|part| part.get("description"));
        if let Some(description) = described {
            marked["description"] = description.clone();
        }
        for flag in ["nullable", "writeOnly"] {
            if parts.iter().any(|part| part[flag] == json!(true)) {
                marked[flag] = json!(true);
            }
        }
        Some(marked)
    }

    /// A list or a map whose name says that what it holds are secrets, if that may be.
    fn secrets(&self, schema: &Value, depth: usize) -> Option<Value> {
        let parts = self.parts(schema);
        let find = |keyword: &str| parts.iter().find_map(|part| part.get(keyword));
        let inside = |inner: Option<&Value>| match inner {
            Some(Value::Bool(false)) => None,
            Some(inner @ Value::Object(_)) => self.secret(inner, true, depth + 1),
            _ => self.secret(&json!({}), true, depth + 1),
        };
        match find("type")?.as_str()? {
            "array" => Some(json!({ "type": "array", "items": inside(find("items"))? })),
            "object"
                if find("properties").is_none() && parts.iter().all(|part| !is_union(part)) =>
            {
                let values = inside(find("additionalProperties"))?;
                Some(json!({ "type": "object", "additionalProperties": values }))
            }
            _ => None,
        }
    }

    /// Whether a description says that a value is a secret: of the schema itself, of what that refers to, or of one of
    /// its forms.
    fn is_marked(&self, schema: &Value) -> bool {
        let says = |part: &&Value| {
            part["format"] == "password"
                || is_write_only(part)
                || EXTENSIONS
                    .iter()
                    .any(|name| part.get(name) == Some(&json!(true)))
        };
        let mut forms = self.forms(schema).into_iter();
        let mut references = self.references(schema).into_iter();
        forms.any(|form| self.parts(form).iter().any(says))
            || (references.any(|name| names::is_secret(&name)) && self.may_be_text(schema))
    }

    /// Whether a value may be a text, and no date or address.
    fn may_be_text(&self, schema: &Value) -> bool {
        let mut forms = self.forms(schema).into_iter();
        forms.any(|form| {
            let parts = self.parts(form);
            !is_other(&parts) && !parts.iter().any(|part| is_union(part))
        })
    }

    /// The forms that values of a schema have: of a union, those of each of its branches as well.
    fn forms<'s>(&'s self, schema: &'s Value) -> Vec<&'s Value> {
        let mut forms = vec![schema];
        let mut next = 0;
        while let Some(form) = forms.get(next).copied() {
            next += 1;
            let parts = self.parts(form);
            if is_other(&parts) {
                continue;
            }
            for part in parts {
                for keyword in ["anyOf", "oneOf"] {
                    let branches = part.get(keyword).and_then(Value::as_array);
                    for branch in branches.into_iter().flatten() {
                        if !forms.iter().any(|known| std::ptr::eq(*known, branch)) {
                            forms.push(branch);
                        }
                    }
                }
            }
        }
        forms
    }

    /// What holds for a value at once: the schema, what it refers to, and what `allOf` puts into it.
    fn parts<'s>(&'s self, schema: &'s Value) -> Vec<&'s Value> {
        let mut parts = vec![schema];
        let mut next = 0;
        while let Some(part) = parts.get(next).copied() {
            next += 1;
            let referred = reference(part).and_then(|name| self.components.get(&name));
            let all = part.get("allOf").and_then(Value::as_array);
            for inner in referred.into_iter().chain(all.into_iter().flatten()) {
                // A schema may be made of itself, in a circle.
                if !parts.iter().any(|known| std::ptr::eq(*known, inner)) {
                    parts.push(inner);
                }
            }
        }
        parts
    }

    /// The names of the components that a schema refers to, as what it is.
    fn references(&self, schema: &Value) -> Vec<String> {
        let parts = self.parts(schema).into_iter();
        parts.filter_map(reference).collect()
    }
}

fn is_write_only(schema: &Value) -> bool {
    schema["writeOnly"] == json!(true)
}

fn is_union(schema: &Value) -> bool {
    schema.get("anyOf").is_some() || schema.get("oneOf").is_some()
}

/// Whether what holds at once says that a value is no text, or one that no secret is.
fn is_other(parts: &[&Value]) -> bool {
    const OTHER: [&str; 4] = ["additionalProperties", "enum", "items", "properties"];
    let find = |keyword: &str| parts.iter().find_map(|part| part.get(keyword));
    let format = find("format").and_then(Value::as_str);
    OTHER.iter().any(|keyword| find(keyword).is_some())
        || find("type").is_some_and(|kind| kind != "string")
        || format.is_some_and(|format| FORMATS.contains(&format))
}

/// Takes `names` from what a schema requires, and what `allOf` puts into it.
fn require_less(schema: &mut Value, names: &BTreeSet<String>) {
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !name.as_str().is_some_and(|name| names.contains(name)));
    }
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten() {
        require_less(part, names);
    }
}
