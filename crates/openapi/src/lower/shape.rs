//! What a value is to be.

use serde_json::{Map, Value};

use super::objects::Object;
use super::reference::unknown_name;
use crate::pointer;
use crate::{Error, Result};

/// An error for a field that is due and is not there.
pub(super) fn check_required(object: &Object, source: &Map<String, Value>, at: &str) -> Result<()> {
    let missing = object
        .required
        .iter()
        .find(|names| !names.split('|').any(|name| source.contains_key(name)));
    let Some(names) = missing else {
        return Ok(());
    };
    let first = names.split('|').next().unwrap_or(names);
    let names = names.replace('|', "` or `");
    Err(Error::at(
        pointer::push(at, first),
        format!("the {} has no `{names}`", object.name),
    ))
}

/// The fields of what is to be an object.
pub(super) fn fields_of<'v>(value: &'v Value, at: &str) -> Result<&'v Map<String, Value>> {
    value.as_object().ok_or_else(|| {
        Error::at(
            at,
            format!("an object is due here, not {}", describe(value)),
        )
    })
}

/// The items of what is to be a list.
pub(super) fn items_of<'v>(value: &'v Value, at: &str) -> Result<&'v [Value]> {
    value
        .as_array()
        .map(Vec::as_slice)
        .ok_or_else(|| Error::at(at, format!("an array is due here, not {}", describe(value))))
}

/// What is to be a string.
pub(super) fn text<'v>(value: &'v Value, at: &str) -> Result<&'v str> {
    value
        .as_str()
        .ok_or_else(|| Error::at(at, format!("a string is due here, not {}", describe(value))))
}

/// What is to be a boolean.
pub(super) fn flag(value: &Value, at: &str) -> Result<bool> {
    value.as_bool().ok_or_else(|| {
        Error::at(
            at,
            format!("a boolean is due here, not {}", describe(value)),
        )
    })
}

/// What is to be one of `names`.
pub(super) fn one_of<'v>(
    names: &'static [&'static str],
    value: &'v Value,
    at: &str,
) -> Result<&'v str> {
    let name = text(value, at)?;
    if names.contains(&name) {
        return Ok(name);
    }
    let message = format!("`{name}` is not one of `{}`", names.join("`, `"));
    Err(unknown_name(
        Error::at(at, message),
        name,
        names.iter().copied(),
    ))
}

/// A value, for a message: itself when it is short.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) if text.len() > 40 => "a string".to_owned(),
        _ => value.to_string(),
    }
}
