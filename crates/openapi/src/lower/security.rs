//! Security schemes, and the requirements that name them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::document::Pass;
use super::shape::{fields_of, items_of, text};
use crate::nearest;
use crate::pointer;
use crate::structure::Kind;
use crate::structure::objects::security_scheme;
use crate::{Error, Result};

/// The type of security scheme that 3.0 does not have.
const MUTUAL_TLS: &str = "mutualTLS";

impl Pass<'_> {
    /// Lowers a Security Scheme Object; 3.0 does not have the type `mutualTLS`.
    pub(super) fn security_scheme(&mut self, value: &Value, at: &str) -> Result<Option<Value>> {
        let scheme = fields_of(value, at)?;
        let place = pointer::push(at, "type");
        let Some(of_type) = scheme.get("type") else {
            return Err(Error::at(place, "a Security Scheme Object has a `type`"));
        };
        let of_type = text(of_type, &place)?;
        if of_type == MUTUAL_TLS {
            self.note(
                at,
                "type",
                "mutual TLS is a matter of the connection, 3.0 has no scheme for it: dropped",
            );
            return Ok(None);
        }
        match security_scheme(of_type) {
            Some(object) => Ok(Some(self.fields(object, value, at)?.into())),
            None => Err(nearest::help(
                Error::at(
                    place,
                    format!("`{of_type}` is not a type of security scheme"),
                ),
                of_type,
                ["apiKey", "http", "oauth2", "openIdConnect"],
            )),
        }
    }

    /// Lowers Security Requirement Objects, without the schemes that are dropped. An alternative that asks for
    /// nothing else goes with them, unless it is the only one.
    pub(super) fn security(&mut self, value: &Value, at: &str) -> Result<Value> {
        let mut out = Vec::new();
        let mut emptied = false;
        for (index, value) in items_of(value, at)?.iter().enumerate() {
            let at = pointer::push(at, index.to_string());
            let mut requirement = Map::new();
            let mut dropped = false;
            for (name, scopes) in fields_of(value, &at)? {
                let scopes = self.list(Kind::Text, scopes, &pointer::push(&at, name))?;
                if self.mutual_tls.contains(name.as_str()) {
                    self.note(
                        &at,
                        name,
                        "the scheme is of the type `mutualTLS`, which 3.0 does not have: dropped",
                    );
                    dropped = true;
                } else {
                    requirement.insert(name.clone(), scopes);
                }
            }
            if dropped && requirement.is_empty() {
                emptied = true;
            } else {
                out.push(Value::from(requirement));
            }
        }
        if emptied && out.is_empty() {
            out.push(json!({}));
        }
        Ok(out.into())
    }
}

/// The names of the security schemes of the type `mutualTLS`.
pub(super) fn mutual_tls(document: &Value) -> BTreeSet<&str> {
    let schemes = document
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    schemes
        .into_iter()
        .flatten()
        .filter(|(_, scheme)| scheme.get("type").and_then(Value::as_str) == Some(MUTUAL_TLS))
        .map(|(name, _)| name.as_str())
        .collect()
}
