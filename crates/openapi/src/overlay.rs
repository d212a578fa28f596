//! `overlay`: applies what we correct in a description (OpenAPI Overlay 1.0 and 1.1).

mod target;

use enumset::EnumSet;
use percent_encoding::percent_decode_str;
use roas_overlay::apply::{Apply, ApplyErrorKind, ApplyOptions};
use roas_overlay::{v1_0, v1_1};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json_path::{JsonPath, NormalizedPath};

use crate::pointer;
use crate::{Error, Result};

/// The description with the actions of `overlay` applied, in their order.
///
/// # Errors
///
/// An overlay that is not one, and an action that matches nothing: what it corrected is gone or has moved.
pub fn overlay(mut description: Value, overlay: &Value) -> Result<Value> {
    let stated = overlay.get("overlay").ok_or_else(|| {
        Error::at(
            "/overlay",
            "is missing: it names the version of the Overlay Specification",
        )
        .with_help("begin the file with `overlay: 1.0.0`")
    })?;
    let version = stated.as_str().unwrap_or_default();
    check_actions(overlay)?;
    match version.rsplit_once('.').map(|(minor, _)| minor) {
        Some("1.0") => apply::<v1_0::Overlay>(overlay, &mut description)?,
        Some("1.1") => apply::<v1_1::Overlay>(overlay, &mut description)?,
        _ => {
            return Err(Error::at(
                "/overlay",
                format!("version {stated} is not one that is understood"),
            )
            .with_help("use 1.0.0 or 1.1.0"));
        }
    }
    Ok(description)
}

/// What each action of `overlay` selects in `description`, by its target or to copy it: JSON pointers (RFC 6901), a list
/// for each path that is one.
#[must_use]
pub fn targets(description: &Value, overlay: &Value) -> Vec<Vec<String>> {
    let actions = overlay.get("actions").and_then(Value::as_array);
    let paths = actions
        .into_iter()
        .flatten()
        .flat_map(|action| [&action["target"], &action["copy"]])
        .filter_map(|path| JsonPath::parse(path.as_str()?).ok());
    paths
        .map(|path| {
            let found = path.query_located(description);
            found
                .locations()
                .map(NormalizedPath::to_json_pointer)
                .collect()
        })
        .collect()
}

/// Where the references lead that the actions of `overlay` bring: JSON pointers (RFC 6901).
#[must_use]
pub fn references(overlay: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = vec![overlay];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                let reference = members.get("$ref").and_then(Value::as_str);
                let fragment = reference.and_then(|reference| reference.strip_prefix('#'));
                found.extend(fragment.map(|it| percent_decode_str(it).decode_utf8_lossy().into()));
                pending.extend(members.values());
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    found
}

fn read<T: DeserializeOwned>(overlay: &Value) -> Result<T> {
    T::deserialize(overlay).map_err(|error| Error::at("", format!("is not an overlay: {error}")))
}

/// Refuses an action that would do nothing, or something other than it seems to.
fn check_actions(overlay: &Value) -> Result<()> {
    const KEYS: [&str; 5] = ["copy", "description", "remove", "target", "update"];
    let actions = match overlay.get("actions") {
        None => return Ok(()),
        Some(actions) => actions
            .as_array()
            .ok_or_else(|| Error::at("/actions", "is not a list"))?,
    };
    for (index, action) in actions.iter().enumerate() {
        let at = format!("/actions/{index}");
        let keys = action
            .as_object()
            .ok_or_else(|| Error::at(&at, "is not an action"))?;
        let unknown = keys
            .keys()
            .find(|key| !KEYS.contains(&key.as_str()) && !key.starts_with("x-"));
        if let Some(key) = unknown {
            return Err(
                Error::at(pointer::push(&at, key), "is not a key of an action")
                    .with_help(format!("there is: {}", KEYS.join(", "))),
            );
        }
        if !["copy", "remove", "update"]
            .iter()
            .any(|key| keys.contains_key(*key))
        {
            return Err(Error::at(at, "the action does nothing")
                .with_help("give it an `update`, or `remove: true`"));
        }
    }
    Ok(())
}

fn apply<T: Apply + DeserializeOwned>(overlay: &Value, description: &mut Value) -> Result<()> {
    let options = EnumSet::from(ApplyOptions::ErrorOnZeroMatch);
    read::<T>(overlay)?
        .apply(description, options)
        .map(|_| ())
        .map_err(|error| {
            let at = format!("/actions/{}", error.action_index);
            let pointer = pointer::push(&at, "target");
            let target = &error.target;
            match error.kind {
                ApplyErrorKind::ZeroMatch => {
                    let action = overlay.pointer(&at).unwrap_or(&Value::Null);
                    let reason = match action["description"].as_str() {
                        Some(reason) => format!(" (the action's reason: {})", reason.trim()),
                        None => String::new(),
                    };
                    let found = target::explain(
                        &before::<T>(overlay, error.action_index, description),
                        target,
                    );
                    Error::at(
                        pointer,
                        format!("{target} matches nothing in the description{reason}"),
                    )
                    .with_help(format!("the description has changed or the path is misspelt: {found}. Mend the target, or drop the action if the correction is no longer needed"))
                }
                kind => Error::at(pointer, format!("{target}: {kind}")),
            }
        })
}

/// The description as the action at `index` finds it: with those before it applied.
fn before<T: Apply + DeserializeOwned>(
    overlay: &Value,
    index: usize,
    description: &Value,
) -> Value {
    let mut earlier = overlay.clone();
    if let Some(actions) = earlier["actions"].as_array_mut() {
        actions.truncate(index);
    }
    let mut before = description.clone();
    match read::<T>(&earlier) {
        Ok(earlier) if earlier.apply(&mut before, EnumSet::empty()).is_ok() => before,
        _ => description.clone(),
    }
}
