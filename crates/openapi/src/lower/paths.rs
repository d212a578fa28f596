//! Path items and callbacks.

use serde_json::{Map, Value};

use super::document::Pass;
use super::shape::fields_of;
use crate::Result;
use crate::pointer;
use crate::structure::is_extension;
use crate::structure::objects::PATH_ITEM;

const CALLBACK_REFERENCE: &str =
    "a client does not receive callbacks, and openapiv3 takes one only where it stands: dropped";

impl Pass<'_> {
    /// Lowers a Path Item Object.
    pub(super) fn path_item(&mut self, value: &Value, at: &str) -> Result<Value> {
        Ok(self.fields(&PATH_ITEM, value, at)?.into())
    }

    /// Lowers a Path Item Object of a callback. One by reference is left out: following it can lead back here.
    pub(super) fn callback_item(&mut self, value: &Value, at: &str) -> Result<Option<Value>> {
        if value.get("$ref").is_some() {
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
            if callback.get("$ref").is_some() {
                self.note(&at, "$ref", CALLBACK_REFERENCE);
            } else {
                out.insert(name.clone(), self.callback(callback, &at)?);
            }
        }
        Ok(out.into())
    }
}
