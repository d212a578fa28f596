//! Whether a schema takes a value that is known.

use regex::Regex;
use serde_json::Value;

use super::form::{Form, Kind, Resolver, Schemas};
use keyholder_openapi::Result;

/// Whether `schemas` take `value`: its types, its listed values, what is required, and its limits.
///
/// # Errors
///
/// A reference that points nowhere.
pub(super) fn accepts(
    resolver: Resolver<'_>,
    schemas: &Schemas<'_>,
    value: &Value,
) -> Result<bool> {
    let shape = resolver.shape(schemas)?;
    if value.is_null() {
        return Ok(shape.takes_null());
    }
    for form in &shape.forms {
        if takes(resolver, form, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn takes(resolver: Resolver<'_>, form: &Form<'_>, value: &Value) -> Result<bool> {
    let is_of_kind = match (form.kind, Kind::of(value)) {
        (None, _) => true,
        (Some(kind), Some(of)) => kind == of || (kind == Kind::Number && of == Kind::Integer),
        (Some(_), None) => false,
    };
    let is_listed = form
        .values
        .as_ref()
        .is_none_or(|values| values.contains(&value.to_string()));
    if !is_of_kind || !is_listed || !is_within(form, value) {
        return Ok(false);
    }
    match value {
        Value::Object(members) if form.kind == Some(Kind::Object) => {
            if form
                .required
                .iter()
                .any(|name| !members.contains_key(*name))
            {
                return Ok(false);
            }
            for (name, member) in members {
                let is_taken = match form.property(name) {
                    Some(schemas) => accepts(resolver, schemas, member)?,
                    None => !form.is_closed,
                };
                if !is_taken {
                    return Ok(false);
                }
            }
        }
        Value::Array(items) if form.kind == Some(Kind::Array) => {
            for item in items {
                if !accepts(resolver, &form.items, item)? {
                    return Ok(false);
                }
            }
        }
        _ => {}
    }
    Ok(true)
}

/// Whether the value keeps to the limits of its form.
#[allow(clippy::cast_precision_loss)]
fn is_within(form: &Form<'_>, value: &Value) -> bool {
    let size = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => Some(text.chars().count() as f64),
        Value::Array(items) => Some(items.len() as f64),
        Value::Object(members) => Some(members.len() as f64),
        Value::Null | Value::Bool(_) => None,
    };
    form.constraints.iter().all(|(keyword, limit)| {
        if let (&"pattern", Some(pattern), Some(text)) = (keyword, limit.as_str(), value.as_str()) {
            // What this crate's expressions cannot say is taken to match.
            return Regex::new(pattern).is_ok_and(|it| it.is_match(text))
                || Regex::new(pattern).is_err();
        }
        let (Some(size), Some(limit)) = (size, limit.as_f64()) else {
            return true;
        };
        match *keyword {
            "minimum" | "minLength" | "minItems" | "minProperties" => size >= limit,
            "maximum" | "maxLength" | "maxItems" | "maxProperties" => size <= limit,
            "exclusiveMinimum" => size > limit,
            "exclusiveMaximum" => size < limit,
            _ => true,
        }
    })
}
