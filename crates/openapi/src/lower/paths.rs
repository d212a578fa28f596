//! Path items and callbacks.

use serde_json::{Map, Value};

use super::document::Pass;
use super::keywords::is_extension;
use super::objects::{Kind, PATH_ITEM};
use super::shape::fields_of;
use crate::pointer;
use crate::{Error, Result};

const CALLBACK_REFERENCE: &str =
    "a client does not receive callbacks, and openapiv3 takes one only where it stands: dropped";

impl Pass<'_> {
    /// Lowers a Path Item Object where it stands, together with those that it refers to: progenitor does not
    /// follow such a reference, and 3.0 has no component for it.
    pub(super) fn path_item(&mut self, value: &Value, at: &str) -> Result<Value> {
        let mut merged = Map::new();
        let (mut item, mut place) = (value, at.to_owned());
        loop {
            for (name, lowered) in self.fields(&PATH_ITEM, item, &place)? {
                merge(&mut merged, name, lowered, &place)?;
            }
            let Some(reference) = item.get("$ref") else {
                return Ok(merged.into());
            };
            let target = self.target_of(Kind::PathItem, reference, &place)?;
            (item, place) = (target.value, target.pointer);
        }
    }

    /// Lowers a Path Item Object of a callback. One by reference is left out: following it can lead back here.
    pub(super) fn callback_item(&mut self, value: &Value, at: &str) -> Result<Option<Value>> {
        if let Some(reference) = value.get("$ref") {
            self.target_of(Kind::PathItem, reference, at)?;
            self.note(at, "$ref", CALLBACK_REFERENCE);
            return Ok(None);
        }
        Ok(Some(self.fields(&PATH_ITEM, value, at)?.into()))
    }

    /// Lowers a callback. `openapiv3` does not parse the extensions of one.
    pub(super) fn callback(&mut self, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (expression, item) in fields_of(value, at)? {
            if is_extension(expression) {
                self.note(at, expression, "openapiv3 takes no extension here: dropped");
            } else if let Some(item) = self.callback_item(item, &pointer::push(at, expression))? {
                out.insert(expression.clone(), item);
            }
        }
        Ok(out.into())
    }

    /// Lowers the callbacks of an operation. `openapiv3` does not parse one by reference there.
    pub(super) fn callbacks(&mut self, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (name, callback) in fields_of(value, at)? {
            let at = pointer::push(at, name);
            if let Some(reference) = callback.get("$ref") {
                self.target_of(Kind::Callback, reference, &at)?;
                self.note(&at, "$ref", CALLBACK_REFERENCE);
            } else {
                out.insert(name.clone(), self.callback(callback, &at)?);
            }
        }
        Ok(out.into())
    }
}

/// Adds a field to a path item. What both the path item and the one that it refers to say of requests and
/// answers is undefined (OpenAPI 3.1.0, section 4.8.9).
fn merge(merged: &mut Map<String, Value>, name: String, value: Value, at: &str) -> Result<()> {
    let documentation = matches!(name.as_str(), "summary" | "description") || is_extension(&name);
    if merged.contains_key(&name) && !documentation {
        let message = format!("`{name}` stands both here and beside a `$ref` that leads here");
        return Err(Error::at(pointer::push(at, &name), message));
    }
    merged.entry(name).or_insert(value);
    Ok(())
}
