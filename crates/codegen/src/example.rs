//! Answers as the description gives them, or made from the schemas where it gives none.

use std::cell::Cell;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::answers::StatusExt as _;
use crate::names::Schemas;
use crate::operation::Operation;
use keyholder_openapi::text;

/// An answer.
#[derive(Debug)]
pub(crate) struct Example {
    /// The HTTP status.
    pub status: u16,
    /// The body; empty where none is described.
    pub body: String,
}

/// An example of each documented answer, the success first.
pub(crate) fn examples(operation: &Operation, schemas: &Schemas) -> Vec<Example> {
    let success = &operation.success;
    let errors = operation.errors.iter().map(|error| {
        let body = error
            .type_name
            .as_deref()
            .map(|type_name| body(error.example.as_ref(), type_name, schemas));
        Example {
            status: error.status.example(),
            body: body.unwrap_or_default(),
        }
    });
    let success_body = success
        .type_name
        .as_deref()
        .map(|type_name| body(success.example.as_ref(), type_name, schemas));
    std::iter::once(Example {
        status: success.status,
        body: success_body.unwrap_or_default(),
    })
    .chain(errors)
    .collect()
}

fn body(example: Option<&Value>, type_name: &str, schemas: &Schemas) -> String {
    let value = match example {
        Some(example) => example.clone(),
        None => schemas
            .get(type_name)
            .and_then(|schema| Maker::new(schemas).value(schema, &[]))
            .unwrap_or_default(),
    };
    text::json(&serde_json::to_string_pretty(&value).unwrap_or_default())
}

/// Makes a value of a schema, as large as a reader bears: schemas that nest would make it grow with every level.
struct Maker<'a> {
    schemas: &'a Schemas,
    made: Cell<usize>,
}

impl<'a> Maker<'a> {
    /// So many values, and from there on what is required alone.
    const ENOUGH: usize = 1000;
    /// Nothing beyond so many.
    const MOST: usize = 20_000;

    fn new(schemas: &'a Schemas) -> Self {
        Self {
            schemas,
            made: Cell::new(0),
        }
    }

    /// A value that `schema` accepts, from its own example where it has one; none inside itself, where it has no end.
    fn value(&self, schema: &Value, around: &[&Value]) -> Option<Value> {
        // Deep enough for any answer.
        const DEEPEST: usize = 12;
        self.made.set(self.made.get() + 1);
        let schema = self.schemas.resolve(schema);
        if let Some(example) = schema.get("example").or_else(|| schema.get("default")) {
            return Some(example.clone());
        }
        if let Some(first) = schema.get("enum").and_then(|values| values.get(0)) {
            return Some(first.clone());
        }
        let is_inside = around.iter().any(|outer| std::ptr::eq(*outer, schema));
        if around.len() > DEEPEST || is_inside || self.made.get() > Self::MOST {
            return None;
        }
        let around = &[around, &[schema]].concat();
        for keyword in ["oneOf", "anyOf"] {
            if let Some(branches) = schema.get(keyword).and_then(Value::as_array) {
                return branches
                    .iter()
                    .find_map(|branch| self.value(branch, around));
            }
        }
        Some(match schema.get("type").and_then(Value::as_str) {
            Some("string") => json!(sample(schema)),
            Some("integer") => json!(1),
            Some("number") => json!(1.5),
            Some("boolean") => json!(true),
            Some("array") => {
                let item = schema.get("items").filter(|_| !self.is_enough());
                let item = item.and_then(|item| self.value(item, around));
                Value::from_iter(item)
            }
            _ => self.object(schema, around),
        })
    }

    fn is_enough(&self) -> bool {
        self.made.get() > Self::ENOUGH
    }

    fn object(&self, schema: &Value, around: &[&Value]) -> Value {
        let mut members = Map::new();
        for part in schema
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            if let Some(Value::Object(part)) = self.value(part, around) {
                members.extend(part);
            }
        }
        let required: BTreeSet<_> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, property) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            // What only requests have is in no answer.
            let is_left_out = property["writeOnly"] == json!(true)
                || (self.is_enough() && !required.contains(name.as_str()));
            if !is_left_out {
                let value = self.value(property, around);
                members.extend(value.map(|value| (name.clone(), value)));
            }
        }
        Value::Object(members)
    }
}

/// A text of the schema's format.
fn sample(schema: &Value) -> &'static str {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => "2026-01-02T03:04:05Z",
        Some("date") => "2026-01-02",
        Some("email") => "jane@example.com",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("uri" | "url") => "https://example.com/",
        _ => "text",
    }
}
