//! What a value is to be.

use serde_json::{Map, Value};

use crate::nearest;
use crate::pointer;
use crate::structure::Object;
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

/// An error for a style that a parameter cannot have where it stands (OpenAPI 3.1.0, section 4.8.12.2.1).
pub(super) fn check_style(object: &Object, source: &Map<String, Value>, at: &str) -> Result<()> {
    let text = |field| source.get(field).and_then(Value::as_str);
    let (true, Some(place), Some(style)) =
        (object.name == "Parameter Object", text("in"), text("style"))
    else {
        return Ok(());
    };
    let styles: &[&str] = match place {
        "path" => &["matrix", "label", "simple"],
        "query" => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        "header" => &["simple"],
        _ => &["form"],
    };
    if styles.contains(&style) {
        return Ok(());
    }
    let message = format!("`{style}` is not a style of a parameter in `{place}`");
    let error = Error::at(pointer::push(at, "style"), message);
    Err(nearest::help(error, style, styles.iter().copied()))
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
    Err(nearest::help(
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
