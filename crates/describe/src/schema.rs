//! What a schema of a lowered description says of a place in an answer: what is there, and of which type.
//!
//! It is asked to find mistakes of a mapping. So it says "no" only where the schema does, and gives in where a schema is
//! a circle or very large.

use std::cell::Cell;
use std::collections::{BTreeSet, HashSet};
use std::ops::{BitAnd, BitOr};

use keyholder_core::Pointer;
use keyholder_openapi::references::resolved;
use serde_json::{Map, Value};

/// How many compositions deep a schema is looked into.
const MAX_DEPTH: usize = 64;

/// How many schemas are looked into for one question.
const MAX_SCHEMAS: usize = 100_000;

/// A place in an answer: the schemas of which one describes what stands there.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    document: &'a Value,
    schemas: Vec<&'a Value>,
    /// It may be anything.
    is_open: bool,
}

/// Where a pointer comes to its end too early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The part of the pointer that is not there.
    pub token: String,
    /// What there is in its place.
    pub names: Vec<String>,
}

/// Types of JSON, as a set. Null is left out: anything may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const OBJECT: Self = Self(1);
    pub(crate) const ARRAY: Self = Self(2);
    pub(crate) const STRING: Self = Self(4);
    pub(crate) const NUMBER: Self = Self(8);
    pub(crate) const BOOLEAN: Self = Self(16);
    pub(crate) const ALL: Self = Self(31);

    /// Whether they have one in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        self & other != Self::NONE
    }

    /// The type of a value; none of null.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NONE,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(_) => Self::NUMBER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "object" => Self::OBJECT,
            "array" => Self::ARRAY,
            "string" => Self::STRING,
            "number" | "integer" => Self::NUMBER,
            "boolean" => Self::BOOLEAN,
            _ => Self::NONE,
        }
    }

    /// What a value of them is to somebody who reads the description.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::OBJECT => "an object",
            Self::ARRAY => "a list",
            _ => "of another type",
        }
    }
}

impl BitOr for Types {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Types {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// What of a value leads on.
#[derive(Clone, Copy)]
enum Step<'t> {
    /// A member of an object, or an item of a list.
    Token(&'t str),
    /// Each item of a list, or each member of an object.
    Each,
}

/// Where a step leads.
#[derive(Default)]
struct Led<'a> {
    found: Vec<&'a Value>,
    is_open: bool,
}

/// How much is left to look into.
struct Budget(Cell<usize>);

impl Budget {
    fn new() -> Self {
        Self(Cell::new(MAX_SCHEMAS))
    }

    /// Whether a schema that deep is still looked into.
    fn allows(&self, depth: usize) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0 && depth < MAX_DEPTH
    }
}

impl<'a> Place<'a> {
    /// What values of one of `schemas` are.
    pub(crate) fn new(document: &'a Value, schemas: impl IntoIterator<Item = &'a Value>) -> Self {
        Self {
            document,
            schemas: schemas.into_iter().collect(),
            is_open: false,
        }
    }

    /// The place to which a pointer leads from here.
    ///
    /// # Errors
    ///
    /// The schemas have no such place.
    pub(crate) fn walk(&self, pointer: &Pointer) -> Result<Self, Missing> {
        let mut place = self.clone();
        for token in pointer.tokens() {
            let next = place.step(Step::Token(&token));
            if !next.is_open && next.schemas.is_empty() {
                return Err(Missing {
                    names: place.names(),
                    token,
                });
            }
            place = next;
        }
        Ok(place)
    }

    /// What the items of a list are, or the members of an object.
    pub(crate) fn items(&self) -> Self {
        self.step(Step::Each)
    }

    fn step(&self, step: Step<'_>) -> Self {
        let budget = Budget::new();
        let mut is_open = self.is_open;
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for schema in &self.schemas {
            let led = lead(self.document, schema, step, 0, &budget);
            is_open |= led.is_open;
            let new = led
                .found
                .into_iter()
                .filter(|it| seen.insert(std::ptr::from_ref(*it)));
            found.extend(new);
        }
        Self {
            document: self.document,
            schemas: found,
            is_open,
        }
    }

    /// The types that a value here may have.
    pub(crate) fn types(&self) -> Types {
        if self.is_open {
            return Types::ALL;
        }
        let budget = Budget::new();
        let types = self
            .schemas
            .iter()
            .map(|schema| types(self.document, schema, 0, &budget));
        types.fold(Types::NONE, BitOr::bitor)
    }

    /// The values that are listed for what stands here; nothing where others may be.
    pub(crate) fn values(&self) -> Option<Vec<&'a Value>> {
        if self.is_open || self.schemas.is_empty() {
            return None;
        }
        let budget = Budget::new();
        let mut all = Vec::new();
        for schema in &self.schemas {
            all.extend(values(self.document, schema, 0, &budget)?);
        }
        Some(all)
    }

    /// The names of an object's members, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let names: BTreeSet<_> = self.described().into_iter().map(|(name, _)| name).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The members of an object that are described, each with its place.
    pub(crate) fn members(&self) -> Vec<(&'a str, Self)> {
        let place = |(name, schema)| (name, Self::new(self.document, [schema]));
        self.described().into_iter().map(place).collect()
    }

    /// The members of an object that are described, each with its schema; one by one where several schemas have it.
    pub(crate) fn described(&self) -> Vec<(&'a str, &'a Value)> {
        let budget = Budget::new();
        let mut found = Vec::new();
        for schema in &self.schemas {
            members(self.document, schema, 0, &budget, &mut found);
        }
        found
    }
}

fn branches<'a>(schema: &'a Value, keyword: &str) -> Option<&'a Vec<Value>> {
    schema
        .get(keyword)
        .and_then(Value::as_array)
        .filter(|it| !it.is_empty())
}

/// The types that a schema names itself, if it names any.
fn own_types(schema: &Value) -> Option<Types> {
    let named = match schema.get("type") {
        Some(Value::String(name)) => Some(Types::named(name)),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str).map(Types::named);
            Some(names.fold(Types::NONE, BitOr::bitor))
        }
        _ => None,
    };
    let listed = branches(schema, "enum")
        .map(|values| values.iter().map(Types::of).fold(Types::NONE, BitOr::bitor));
    match (named, listed) {
        (Some(named), Some(listed)) => Some(named & listed),
        (Some(types), None) | (None, Some(types)) => Some(types),
        (None, None) if has_members(schema) => Some(Types::OBJECT),
        (None, None) => schema.get("items").map(|_| Types::ARRAY),
    }
}

fn has_members(schema: &Value) -> bool {
    schema.get("properties").is_some() || schema.get("additionalProperties").is_some()
}

fn types(document: &Value, schema: &Value, depth: usize, budget: &Budget) -> Types {
    if !budget.allows(depth) {
        return Types::ALL;
    }
    let schema = resolved(document, schema);
    let of = |schema: &Value| types(document, schema, depth + 1, budget);
    let mut found = own_types(schema).unwrap_or(Types::ALL);
    for part in branches(schema, "allOf").into_iter().flatten() {
        found = found & of(part);
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(branches) = branches(schema, keyword) {
            found = found & branches.iter().map(of).fold(Types::NONE, BitOr::bitor);
        }
    }
    found
}

fn values<'a>(
    document: &'a Value,
    schema: &'a Value,
    depth: usize,
    budget: &Budget,
) -> Option<Vec<&'a Value>> {
    if !budget.allows(depth) {
        return None;
    }
    let schema = resolved(document, schema);
    if let Some(listed) = branches(schema, "enum") {
        return Some(listed.iter().collect());
    }
    let of = |schema| values(document, schema, depth + 1, budget);
    let mut parts = branches(schema, "allOf").into_iter().flatten();
    if let Some(listed) = parts.find_map(of) {
        return Some(listed);
    }
    let one = branches(schema, "oneOf").or_else(|| branches(schema, "anyOf"))?;
    let listed: Option<Vec<_>> = one.iter().map(of).collect();
    listed.map(|listed| listed.into_iter().flatten().collect())
}

fn members<'a>(
    document: &'a Value,
    schema: &'a Value,
    depth: usize,
    budget: &Budget,
    found: &mut Vec<(&'a str, &'a Value)>,
) {
    if !budget.allows(depth) {
        return;
    }
    let schema = resolved(document, schema);
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flatten();
    found.extend(properties.map(|(name, schema)| (name.as_str(), schema)));
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for part in branches(schema, keyword).into_iter().flatten() {
            members(document, part, depth + 1, budget, found);
        }
    }
}

/// Where a step leads from values of a schema.
fn lead<'a>(
    document: &'a Value,
    schema: &'a Value,
    step: Step<'_>,
    depth: usize,
    budget: &Budget,
) -> Led<'a> {
    let anywhere = Led {
        is_open: true,
        ..Led::default()
    };
    if !budget.allows(depth) {
        return anywhere;
    }
    let schema = resolved(document, schema);
    let of = |schema| lead(document, schema, step, depth + 1, budget);
    // All of them hold. What one of them has is there; what none of them rules out may be.
    let mut parts: Vec<Led<'a>> = Vec::new();
    parts.extend(own_types(schema).map(|types| own(schema, types, step)));
    parts.extend(branches(schema, "allOf").into_iter().flatten().map(of));
    for keyword in ["oneOf", "anyOf"] {
        // One of them holds.
        parts.extend(branches(schema, keyword).map(|branches| {
            branches
                .iter()
                .map(of)
                .fold(Led::default(), |mut all, led| {
                    all.found.extend(led.found);
                    all.is_open |= led.is_open;
                    all
                })
        }));
    }
    if parts.is_empty() {
        return anywhere;
    }
    Led {
        is_open: parts.iter().all(|part| part.is_open),
        found: parts.into_iter().flat_map(|part| part.found).collect(),
    }
}

/// Where a step leads by the keywords of a schema itself.
fn own<'a>(schema: &'a Value, types: Types, step: Step<'_>) -> Led<'a> {
    let mut led = Led::default();
    if types.meets(Types::OBJECT) {
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        let is_bare = properties.unwrap_or(&none).is_empty();
        let own: Vec<_> = match step {
            Step::Token(name) => properties.and_then(|it| it.get(name)).into_iter().collect(),
            Step::Each => properties.into_iter().flat_map(|it| it.values()).collect(),
        };
        let is_there = !own.is_empty() && matches!(step, Step::Token(_));
        led.found.extend(own);
        match schema.get("additionalProperties") {
            _ if is_there => {}
            Some(Value::Bool(any)) => led.is_open |= *any,
            Some(any) => led.found.push(any),
            None => led.is_open |= is_bare,
        }
    }
    let is_item = match step {
        Step::Each => true,
        Step::Token(token) => token.parse::<u32>().is_ok(),
    };
    if types.meets(Types::ARRAY) && is_item {
        match schema.get("items") {
            Some(items) => led.found.push(items),
            None => led.is_open = true,
        }
    }
    led
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Place, Types};

    fn has(document: &Value, pointer: &str) -> bool {
        let place = Place::new(document, [&document["schema"]]);
        pointer
            .parse()
            .is_ok_and(|pointer| place.walk(&pointer).is_ok())
    }

    #[test]
    fn what_a_schema_has() {
        let text = json!({ "type": "string" });
        for (schema, there, not_there) in [
            (json!({}), &["", "/a", "/a/0/b"][..], &[][..]),
            (json!({ "title": "x", "nullable": true }), &["/a"], &[]),
            (text.clone(), &[""], &["/a", "/0"]),
            (json!({ "type": "object" }), &["/a/b"], &[]),
            (
                json!({ "properties": { "a": text } }),
                &["/a"],
                &["/b", "/a/b", "/0"],
            ),
            (
                json!({ "type": "object", "additionalProperties": text }),
                &["/a"],
                &["/a/b"],
            ),
            (
                json!({ "properties": { "a": text }, "additionalProperties": true }),
                &["/a", "/b"],
                &["/a/b"],
            ),
            (
                json!({ "type": "object", "additionalProperties": false }),
                &[],
                &["/a"],
            ),
            (
                json!({ "type": "array", "items": text }),
                &["/0", "/12"],
                &["/a", "/-", "/0/a"],
            ),
            (json!({ "type": "array" }), &["/0/a"], &["/a"]),
            (
                json!({ "allOf": [{ "properties": { "a": text } }, {}, { "type": "object" }] }),
                &["/a"],
                &["/b"],
            ),
            (
                json!({ "oneOf": [{ "properties": { "a": text } }, { "properties": { "b": text } }] }),
                &["/a", "/b"],
                &["/c"],
            ),
            (
                json!({ "oneOf": [{ "properties": { "a": text } }, {}] }),
                &["/a", "/c"],
                &[],
            ),
            (
                json!({ "properties": { "a": text }, "anyOf": [{ "required": ["a"] }, { "required": ["b"] }] }),
                &["/a"],
                &["/b"],
            ),
            (json!({ "$ref": "#/inner" }), &["/in"], &["/a"]),
            // A circle holds nothing, and anything.
            (
                json!({ "allOf": [{ "$ref": "#/schema" }], "properties": { "a": text } }),
                &["/a"],
                &["/b"],
            ),
            (
                json!({ "oneOf": [{ "$ref": "#/schema" }, { "$ref": "#/schema" }] }),
                &["/a"],
                &[],
            ),
        ] {
            let document = json!({ "schema": schema, "inner": { "properties": { "in": text } } });
            for pointer in there {
                assert!(has(&document, pointer), "{schema} has no {pointer:?}");
            }
            for pointer in not_there {
                assert!(!has(&document, pointer), "{schema} has {pointer:?}");
            }
        }
    }

    #[test]
    fn which_types_a_schema_has() {
        let scalar = Types::STRING | Types::NUMBER;
        for (schema, types) in [
            (json!({}), Types::ALL),
            (
                json!({ "type": "integer", "nullable": true }),
                Types::NUMBER,
            ),
            (json!({ "enum": ["a", 1, null] }), scalar),
            (json!({ "items": {} }), Types::ARRAY),
            (json!({ "properties": {} }), Types::OBJECT),
            (
                json!({ "anyOf": [{ "type": "string" }, { "type": "number" }] }),
                scalar,
            ),
            (
                json!({ "allOf": [{ "anyOf": [{ "type": "string" }, { "type": "number" }] }, { "type": "string" }] }),
                Types::STRING,
            ),
        ] {
            let document = Value::Null;
            assert_eq!(Place::new(&document, [&schema]).types(), types, "{schema}");
        }
    }
}
