//! What a `$ref` leads to.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use super::identifiers::Identifiers;
use crate::structure::{Kind, Version};
use crate::{Error, Result, nearest, pointer};

/// What a `$ref` leads to.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// Where it stands: a JSON pointer (RFC 6901) from the document's root.
    pub pointer: String,
    /// What stands there.
    pub value: &'a Value,
}

/// Says what the references of one document lead to.
#[derive(Debug)]
pub struct Resolver<'a> {
    document: &'a Value,
    version: Version,
    /// The schemas that have an `$id` or an `$anchor`, which only 3.1 knows.
    identifiers: Identifiers,
}

impl<'a> Resolver<'a> {
    /// A resolver for `document`. One that states no version is read as OpenAPI 3.1, which permits the most.
    #[must_use]
    pub fn new(document: &'a Value) -> Self {
        let version = Version::of(document).unwrap_or(Version::V3_1);
        Self {
            document,
            version,
            identifiers: match version {
                Version::V3_1 => Identifiers::of(document),
                Version::V2_0 | Version::V3_0 => Identifiers::default(),
            },
        }
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &'a Value {
        self.document
    }

    /// The document's version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// What `reference` leads to, the `$ref` of an object that stands at `at`.
    ///
    /// The fragment is percent-decoded before it is a JSON pointer (RFC 6901, section 6), or the name of an `$anchor`.
    /// It starts at the schema with the nearest `$id` around it (JSON Schema 2020-12 Core, section 8.2.1). Where that
    /// has nothing there, the document's root is tried, and for `#/$defs/…` each schema around it: so are schemas
    /// written that were a document of their own.
    ///
    /// # Errors
    ///
    /// A reference to another document, or to nothing, with the nearest name. The error stands at `at`, `/$ref`.
    pub fn resolve(&self, reference: &str, at: &str) -> Result<Target<'a>> {
        let place = || pointer::push(at, "$ref");
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let base = self.identifiers.around(at);
        let resource = if uri.is_empty() {
            base
        } else {
            match self.resource(uri, base) {
                Some(resource) => resource,
                None => return Err(elsewhere(reference, uri, place())),
            }
        };
        let fragment = decode(fragment);
        if !fragment.is_empty() && !fragment.starts_with('/') {
            let anchor = self.identifiers.anchor(resource, &fragment);
            return anchor
                .and_then(|at| self.at(at.to_owned()))
                .ok_or_else(|| self.no_anchor(reference, &fragment, place()));
        }
        let raw = reference.split_once('#').map_or("", |(_, raw)| raw);
        [
            format!("{resource}{fragment}"),
            fragment.to_string(),
            // A name may have a percent sign of its own.
            raw.to_owned(),
        ]
        .into_iter()
        .find_map(|pointer| self.at(pointer))
        .or_else(|| self.enclosing_definition(&fragment, at))
        .ok_or_else(|| self.points_to_nothing(reference, &fragment, place()))
    }

    /// What `reference` leads to in the end, through further references, and what stands there is of the kind `due`.
    ///
    /// # Errors
    ///
    /// As [`Resolver::resolve`]; a chain that leads back to itself; something else than is due.
    pub fn follow(&self, due: Kind, reference: &str, at: &str) -> Result<Target<'a>> {
        let mut target = self.resolve_as(due, reference, at)?;
        let mut seen = BTreeSet::from([target.pointer.clone()]);
        while let Some(next) = due.reference(target.value) {
            target = self.resolve_as(due, next, &target.pointer)?;
            if !seen.insert(target.pointer.clone()) {
                let place = pointer::push(at, "$ref");
                return Err(Error::at(place, "the reference leads to itself"));
            }
        }
        Ok(target)
    }

    /// What `reference` leads to, which is of the kind `due` as far as the tables tell.
    ///
    /// # Errors
    ///
    /// As [`Resolver::resolve`]; something else than is due.
    pub fn resolve_as(&self, due: Kind, reference: &str, at: &str) -> Result<Target<'a>> {
        let target = self.resolve(reference, at)?;
        match Kind::at(self.version, &target.pointer) {
            Some(kind) if kind.name() != due.name() => Err(Error::at(
                pointer::push(at, "$ref"),
                format!(
                    "`{reference}` leads to: {}; due here: {}",
                    kind.name(),
                    due.name()
                ),
            )),
            _ => Ok(target),
        }
    }

    /// What stands at a pointer.
    fn at(&self, pointer: String) -> Option<Target<'a>> {
        let value = self.document.pointer(&pointer)?;
        Some(Target { pointer, value })
    }

    /// Where the resource stands that `uri` names from within the one at `base`.
    fn resource(&self, uri: &str, base: &str) -> Option<&str> {
        self.identifiers.resource(uri, base)
    }

    /// The definition of an enclosing schema that `#/$defs/…` means.
    fn enclosing_definition(&self, fragment: &str, at: &str) -> Option<Target<'a>> {
        if !fragment.starts_with("/$defs/") && !fragment.starts_with("/definitions/") {
            return None;
        }
        pointer::around(at).find_map(|outer| self.at(format!("{outer}{fragment}")))
    }

    /// An error that says which part of the way is not there, and what is near.
    fn points_to_nothing(&self, reference: &str, fragment: &str, place: String) -> Error {
        let error = Error::at(place, format!("`{reference}` points to nothing"));
        let (mut value, mut at) = (self.document, String::new());
        for token in pointer::tokens(fragment) {
            let next = pointer::push(&at, &token);
            if let Some(inner) = self.document.pointer(&next) {
                (value, at) = (inner, next);
                continue;
            }
            let names = || value.as_object().into_iter().flat_map(|names| names.keys());
            return match nearest::nearest(&token, names().map(String::as_str)) {
                Some(near) => {
                    error.with_help(format!("did you mean #{}?", pointer::push(&at, near)))
                }
                None => nearest::help(error, &token, names().map(String::as_str)),
            };
        }
        error
    }

    fn no_anchor(&self, reference: &str, anchor: &str, place: String) -> Error {
        let error = Error::at(
            place,
            format!("`{reference}` points to nothing: no schema has the `$anchor` {anchor:?}"),
        );
        nearest::help(error, anchor, self.identifiers.anchors())
    }
}

/// The error for a reference to another document.
fn elsewhere(reference: &str, uri: &str, place: String) -> Error {
    let is_file = Url::parse(uri).is_err();
    let error = Error::at(place, format!("`{reference}` points out of the document"));
    if is_file {
        error.with_help(format!(
            "it wants the file {uri:?}: let `new` read it beside the description, or make one document of both with a bundler first"
        ))
    } else {
        error.with_help(format!(
            "it wants what is published at {uri:?}: save that as a file beside the description and refer to it by its name, or make one document of both with a bundler first"
        ))
    }
}

/// A fragment without its percent-encoding (RFC 3986, section 2.1).
fn decode(fragment: &str) -> Cow<'_, str> {
    percent_decode_str(fragment).decode_utf8_lossy()
}
