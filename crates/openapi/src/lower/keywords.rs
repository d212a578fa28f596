//! What lowering asks of keywords: whether their values are what they are to be, and what they say.

use serde_json::{Map, Value};

use super::shape::{describe, fields_of, flag, items_of, text};
use crate::nearest;
use crate::pointer;
use crate::structure::{KEYWORDS, Keyword, is_extension};
use crate::{Error, Result};

/// The keywords that say nothing of which values a schema accepts, and that 3.0 has.
const ANNOTATIONS: &[&str] = &[
    "title",
    "description",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "example",
    "externalDocs",
    "xml",
    "discriminator",
];

/// The keywords by which a schema applies others to the value itself, of which each can evaluate properties and
/// items (JSON Schema 2020-12 Core, sections 10.2 and 11). Of `not`, nothing is collected.
const IN_PLACE_APPLICATORS: &[&str] = &[
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "then",
    "else",
    "dependentSchemas",
];

/// The types of JSON Schema.
pub(super) const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// Whether `name` is a keyword.
pub(super) fn is_known(name: &str) -> bool {
    KEYWORDS.iter().any(|(known, _)| *known == name)
}

/// Whether the keyword says nothing of which values a schema accepts.
pub(super) fn is_annotation(name: &str) -> bool {
    ANNOTATIONS.contains(&name) || is_extension(name)
}

/// Whether a schema applies others to the value itself.
pub(super) fn applies_in_place(schema: &Map<String, Value>) -> bool {
    IN_PLACE_APPLICATORS
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
}

/// Whether a schema accepts every value, at a look.
pub(super) fn is_trivial(schema: &Value) -> bool {
    match schema {
        Value::Bool(accepts) => *accepts,
        Value::Object(keywords) => keywords.keys().all(|keyword| is_annotation(keyword)),
        _ => false,
    }
}

/// An error for a keyword whose value has another shape than it is to have. Subschemas are only told from
/// what is none.
pub(super) fn check(schema: &Map<String, Value>, at: &str) -> Result<()> {
    for (keyword, due) in KEYWORDS {
        if let Some(value) = schema.get(*keyword) {
            due.check(value, &pointer::push(at, keyword))?;
        }
    }
    Ok(())
}

impl Keyword {
    fn check(self, value: &Value, at: &str) -> Result<()> {
        match self {
            Self::Data => Ok(()),
            Self::Text => text(value, at).map(drop),
            Self::Flag => flag(value, at).map(drop),
            Self::Positive if number(value, at)? > 0.0 => Ok(()),
            Self::Positive => Err(Error::at(
                at,
                format!("a number greater than 0 is due here, not {value}"),
            )),
            Self::Bound if value.is_boolean() => Ok(()),
            Self::Number | Self::Bound => number(value, at).map(drop),
            Self::Count => count(value, at).map(drop),
            Self::Types => types(value, at),
            Self::Values => items_of(value, at).map(drop),
            Self::Texts => texts(value, at),
            Self::TextsByName => each_field(value, at, texts),
            Self::Object | Self::Discriminator | Self::Documentation => {
                fields_of(value, at).map(drop)
            }
            Self::Schema => schema(value, at),
            Self::Schemas if items_of(value, at)?.is_empty() => {
                Err(Error::at(at, "at least one schema is due here"))
            }
            Self::Schemas => each_item(value, at, schema),
            Self::SchemasByName => each_field(value, at, schema),
        }
    }
}

fn each_item(value: &Value, at: &str, check: fn(&Value, &str) -> Result<()>) -> Result<()> {
    let mut items = items_of(value, at)?.iter().enumerate();
    items.try_for_each(|(index, item)| check(item, &pointer::push(at, index.to_string())))
}

fn each_field(value: &Value, at: &str, check: fn(&Value, &str) -> Result<()>) -> Result<()> {
    let mut fields = fields_of(value, at)?.iter();
    fields.try_for_each(|(name, field)| check(field, &pointer::push(at, name)))
}

fn texts(value: &Value, at: &str) -> Result<()> {
    each_item(value, at, |item, at| text(item, at).map(drop))
}

fn number(value: &Value, at: &str) -> Result<f64> {
    value
        .as_f64()
        .ok_or_else(|| Error::at(at, format!("a number is due here, not {}", describe(value))))
}

/// A count, such as that of `maxLength`. JSON Schema takes `5.0` for an integer (2020-12 Core, section 4.2.3),
/// `openapiv3` does not.
pub(super) fn count(value: &Value, at: &str) -> Result<u64> {
    if let Some(count) = value.as_u64() {
        return Ok(count);
    }
    let count = number(value, at)?;
    if count < 0.0 || count.fract() != 0.0 {
        return Err(Error::at(
            at,
            format!("an integer of at least 0 is due here, not {value}"),
        ));
    }
    // Beyond what a count can be, the cast gives the greatest.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok(count as u64)
}

fn schema(value: &Value, at: &str) -> Result<()> {
    if value.is_object() || value.is_boolean() {
        return Ok(());
    }
    Err(Error::at(
        at,
        format!(
            "a schema is an object or a boolean, not {}",
            describe(value)
        ),
    ))
}

fn types(value: &Value, at: &str) -> Result<()> {
    match value {
        Value::String(_) => type_name(value, at),
        Value::Array(types) if types.is_empty() => {
            Err(Error::at(at, "at least one type is due here"))
        }
        Value::Array(_) => each_item(value, at, type_name),
        _ => Err(Error::at(
            at,
            format!(
                "a type or a list of types is due here, not {}",
                describe(value)
            ),
        )),
    }
}

fn type_name(value: &Value, at: &str) -> Result<()> {
    let name = text(value, at)?;
    if TYPES.contains(&name) {
        return Ok(());
    }
    let error = Error::at(at, format!("`{name}` is not a type of JSON Schema"));
    Err(nearest::help(error, name, TYPES))
}
