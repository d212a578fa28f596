//! `type`, `enum`, `const`, and null.

use serde_json::{Map, Number, Value};

use super::Draft;
use crate::lower::document::Pass;
use crate::lower::null::{self, Null};
use crate::structure::Version;

/// A type of 3.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

/// The keywords of 3.0 that assert something of one type (section 4.7.24.1). What is said of numbers is said of
/// integers.
const OF_ONE_TYPE: &[(&str, Type)] = &[
    ("items", Type::Array),
    ("maxItems", Type::Array),
    ("minItems", Type::Array),
    ("uniqueItems", Type::Array),
    ("multipleOf", Type::Number),
    ("maximum", Type::Number),
    ("exclusiveMaximum", Type::Number),
    ("minimum", Type::Number),
    ("exclusiveMinimum", Type::Number),
    ("additionalProperties", Type::Object),
    ("maxProperties", Type::Object),
    ("minProperties", Type::Object),
    ("properties", Type::Object),
    ("required", Type::Object),
    ("maxLength", Type::String),
    ("minLength", Type::String),
    ("pattern", Type::String),
];

/// All types such that no other is needed.
const EVERY_TYPE: &[Type] = &[
    Type::Array,
    Type::Boolean,
    Type::Number,
    Type::Object,
    Type::String,
];

impl Type {
    /// By its name in a schema.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "array" => Self::Array,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "object" => Self::Object,
            "string" => Self::String,
            _ => return None,
        })
    }

    /// Its name in a schema.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
        }
    }

    /// The narrowest type that a value other than null has.
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Array(_) => Self::Array,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::Object(_) => Self::Object,
            Value::String(_) => Self::String,
        })
    }

    /// Whether a value is of the type. `1.0` is an integer (JSON Schema 2020-12 Core, section 4.2.3).
    pub(super) fn has(self, value: &Value) -> bool {
        let is_integer =
            |number: &Number| number.as_f64().is_some_and(|number| number.fract() == 0.0);
        match (self, value) {
            (Self::Integer, Value::Number(number)) => is_integer(number),
            (Self::Number, Value::Number(_)) => true,
            _ => Self::of(value) == Some(self),
        }
    }

    /// The type that a keyword asserts something of, if of one.
    pub(super) fn of_keyword(keyword: &str) -> Option<Self> {
        OF_ONE_TYPE
            .iter()
            .find(|(known, _)| *known == keyword)
            .map(|(_, of_type)| *of_type)
    }

    /// Whether a keyword asserts something of the type.
    pub(super) fn has_keyword(self, keyword: &str) -> bool {
        match Self::of_keyword(keyword) {
            Some(Self::Number) => matches!(self, Self::Number | Self::Integer),
            of_keyword => of_keyword == Some(self),
        }
    }

    /// Whether typify takes a `format` of the type.
    pub(super) fn has_format(self) -> bool {
        matches!(self, Self::Integer | Self::Number | Self::String)
    }
}

impl Pass<'_> {
    /// Lowers `type`, `enum` and `const`. 3.0 has `enum`, of which `const` is the case of one value. Null is
    /// left to `nullable`: typify takes an `enum` for values of one type.
    pub(super) fn types_and_values(&mut self, draft: &mut Draft<'_>) {
        draft.null = null::listed_by(draft.source, &null::LISTING);
        types(draft);
        let Some((keyword, mut values)) = listed_values(draft.source) else {
            return;
        };
        draft.nothing = values.is_empty();
        values.retain(|value| !value.is_null());
        draft.only_null |= values.is_empty() && !draft.nothing;
        if draft.only_null || draft.nothing {
            return;
        }
        if draft.types.is_empty() {
            draft.types = types_of_values(&values);
        }
        values.retain(|value| draft.types.iter().any(|of_type| of_type.has(value)));
        if values.is_empty() {
            let reason = "none of its values is of the `type` beside it: dropped";
            self.loosen(draft, keyword, reason);
        } else {
            draft
                .types
                .retain(|of_type| values.iter().any(|value| of_type.has(value)));
            draft.values = Some(values);
        }
    }

    /// Lowers null, by now that it is known whether it is listed.
    pub(super) fn null(&mut self, draft: &mut Draft<'_>) {
        let Some(keyword) = draft.null else {
            if self.version == Version::V3_0 {
                draft.copy("nullable");
            }
            return;
        };
        if null::is_beside(draft.source) {
            let reason =
                "null alone, beside what describes something else: that is accepted as well";
            self.loosen(draft, "type", reason);
        } else if self.accepts_null(draft.source, draft.at) != Null::Accepted {
            let reason = match keyword {
                "nullable" => {
                    "`nullable` is 3.0's, and means nothing in 3.1: kept, null is accepted"
                }
                _ => "null is listed here, though another keyword excludes it: accepted",
            };
            self.loosen(draft, keyword, reason);
        }
    }
}

/// Lowers `type`.
fn types(draft: &mut Draft<'_>) {
    let Some(types) = draft.source.get("type") else {
        return;
    };
    for of_type in null::types_of(types).filter_map(Type::named) {
        if !draft.types.contains(&of_type) {
            draft.types.push(of_type);
        }
    }
    if draft.types.contains(&Type::Number) {
        draft.types.retain(|of_type| *of_type != Type::Integer);
    }
    draft.only_null = draft.types.is_empty() && !null::is_beside(draft.source);
    // All types are none in particular.
    let has_every = EVERY_TYPE
        .iter()
        .all(|of_type| draft.types.contains(of_type));
    if has_every && draft.null == Some("type") {
        draft.types.clear();
        draft.null = null::listed_by(draft.source, &["enum", "const", "nullable"]);
    }
}

/// The values that `enum` and `const` list, and the keyword that decides.
fn listed_values(schema: &Map<String, Value>) -> Option<(&'static str, Vec<Value>)> {
    let listed = schema.get("enum").and_then(Value::as_array);
    match (listed, schema.get("const")) {
        (Some(listed), Some(value)) if !listed.iter().any(|listed| equal(listed, value)) => {
            Some(("const", Vec::new()))
        }
        (_, Some(value)) => Some(("const", vec![value.clone()])),
        (listed, None) => listed.map(|listed| ("enum", listed.clone())),
    }
}

/// The types that some values have, in their order.
fn types_of_values(values: &[Value]) -> Vec<Type> {
    let mut types = Vec::new();
    for of_type in values.iter().filter_map(Type::of) {
        if !types.contains(&of_type) {
            types.push(of_type);
        }
    }
    if types.contains(&Type::Number) {
        types.retain(|of_type| *of_type != Type::Integer);
    }
    types
}

/// Whether two values are the same to JSON Schema: numbers by their value (2020-12 Core, section 4.2.2).
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}
