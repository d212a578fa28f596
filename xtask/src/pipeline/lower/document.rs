//! The walk of the document by the tables of [`objects`](super::objects).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::definitions::Definitions;
use super::names::{Lifted, Names, is_component_name};
use super::objects::{
    self, CALLBACKS, Fate, Kind, MEDIA_TYPE, Object, PATH_ITEM, ROOT, SCHEMAS, SECURITY_SCHEMES,
    Section,
};
use super::reference::{self, Target, unknown_name};
use super::{Loosened, Lowered, OUTPUT, Version};
use crate::pipeline::pointer;
use crate::{Error, Result};

/// One lowering of a document, given the definitions known to be loosened.
pub(super) struct Pass<'a> {
    pub(super) document: &'a Value,
    pub(super) version: Version,
    /// The definitions (as pointers) that accept more once lowered.
    pub(super) known_loose: &'a BTreeSet<String>,
    /// The definitions of this pass, and what they use.
    pub(super) definitions: Definitions,
    /// The names of the components that the output has.
    names: Names,
    /// The components that were lifted out of other places, by section.
    lifted: BTreeMap<&'static str, Map<String, Value>>,
    /// The security schemes that 3.0 does not have.
    mutual_tls: BTreeSet<&'a str>,
    loosened: Vec<Loosened>,
    output: Value,
}

impl<'a> Pass<'a> {
    /// Lowers `document`.
    pub(super) fn run(
        document: &'a Value,
        version: Version,
        known_loose: &'a BTreeSet<String>,
    ) -> Result<Self> {
        check_dialect(document, version)?;
        let mut pass = Self {
            document,
            version,
            known_loose,
            definitions: Definitions::default(),
            names: Names::of(document),
            lifted: BTreeMap::new(),
            mutual_tls: mutual_tls(document),
            loosened: Vec::new(),
            output: Value::Null,
        };
        let mut root = pass.fields(&ROOT, document, "")?;
        while let Some(lifted) = pass.names.next_lifted() {
            pass.lift(&lifted)?;
        }
        pass.definitions.check_recursion()?;

        root.insert("openapi".to_owned(), OUTPUT.into());
        // 3.1 permits a document without `paths` (section 4.8.1).
        root.entry("paths").or_insert_with(|| json!({}));
        pass.place_lifted(&mut root);
        pass.output = root.into();
        Ok(pass)
    }

    /// The output, and what it says less strictly; each place and keyword once, since what is lifted is
    /// lowered where it stands, too.
    pub(super) fn finish(self) -> Lowered {
        let mut seen = BTreeSet::new();
        let loosened = self
            .loosened
            .into_iter()
            .filter(|loosened| seen.insert(loosened.clone()))
            .collect();
        Lowered {
            document: self.output,
            loosened,
        }
    }

    /// Records what is said less strictly: `keyword` of what stands at `at`.
    pub(super) fn note(&mut self, at: &str, keyword: &str, reason: &'static str) {
        self.loosened.push(Loosened {
            pointer: pointer::push(at, keyword),
            keyword: keyword.to_owned(),
            reason,
        });
    }

    /// How many notes there are, to go back to.
    pub(super) fn notes(&self) -> usize {
        self.loosened.len()
    }

    /// Takes back what was noted since `notes` of a part that is dropped as a whole.
    pub(super) fn take_back_notes(&mut self, notes: usize) {
        self.loosened.truncate(notes);
    }

    /// The component by which the output refers to `target`.
    pub(super) fn component(&mut self, section: &'static Section, target: &Target<'_>) -> String {
        let name = self.names.component(section, &target.pointer);
        format!("#/components/{}/{name}", section.name)
    }

    /// Lowers what stands at `at`, where the tables say `kind`; `None` leaves it out.
    fn value(&mut self, kind: Kind, value: &Value, at: &str) -> Result<Option<Value>> {
        let lowered = match kind {
            Kind::Data => value.clone(),
            Kind::Text => text(value, at)?.into(),
            Kind::Flag => flag(value, at)?.into(),
            Kind::OneOf(names) => one_of(names, value, at)?.into(),
            Kind::Schema => self.schema(value, at)?.keywords.into(),
            Kind::Object(object) => self.fields(object, value, at)?.into(),
            Kind::PathItem => self.path_item(value, at)?,
            Kind::CallbackItem => return self.callback_item(value, at),
            Kind::Callbacks => self.callbacks(value, at)?,
            Kind::SecurityScheme => return self.security_scheme(value, at),
            Kind::Security => self.security(value, at)?,
            Kind::Content => self.media_types(value, at)?,
            Kind::Component(section) => match self.reference(section, value, at)? {
                Some(reference) => reference,
                None => return self.value(section.kind, value, at),
            },
            Kind::Components(section) => self.components(section, value, at)?,
            Kind::Map(kind) => self.map(*kind, value, at)?,
            Kind::Patterned(kind) => self.patterned(*kind, value, at)?,
            Kind::List(kind) => self.list(*kind, value, at)?,
        };
        Ok(Some(lowered))
    }

    /// Lowers an object with fixed fields.
    pub(super) fn fields(
        &mut self,
        object: &Object,
        value: &Value,
        at: &str,
    ) -> Result<Map<String, Value>> {
        let source = fields_of(value, at, object.name)?;
        check_required(object, source, at)?;
        (object.check)(source, at)?;
        let mut out = Map::new();
        for (name, value) in source {
            if let Some(lowered) = self.field(object, name, value, at)? {
                out.insert(name.clone(), lowered);
            }
        }
        (object.finish)(source, &mut out);
        Ok(out)
    }

    /// Lowers one field of an object.
    fn field(
        &mut self,
        object: &Object,
        name: &str,
        value: &Value,
        at: &str,
    ) -> Result<Option<Value>> {
        if name.starts_with("x-") {
            return Ok(Some(value.clone()));
        }
        match object.field(name).map(|field| (field.kind, field.fate)) {
            Some((kind, Fate::Kept)) => self.value(kind, value, &pointer::push(at, name)),
            Some((_, Fate::Dropped)) => Ok(None),
            Some((_, Fate::Noted(reason))) => {
                self.note(at, name, reason);
                Ok(None)
            }
            None => {
                self.note(at, name, "OpenAPI has no such field here: dropped");
                Ok(None)
            }
        }
    }

    fn map(&mut self, kind: Kind, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (name, value) in fields_of(value, at, "map")? {
            if let Some(lowered) = self.value(kind, value, &pointer::push(at, name))? {
                out.insert(name.clone(), lowered);
            }
        }
        Ok(out.into())
    }

    fn patterned(&mut self, kind: Kind, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (name, value) in fields_of(value, at, "map")? {
            let kind = if name.starts_with("x-") {
                Kind::Data
            } else {
                kind
            };
            if let Some(lowered) = self.value(kind, value, &pointer::push(at, name))? {
                out.insert(name.clone(), lowered);
            }
        }
        Ok(out.into())
    }

    fn list(&mut self, kind: Kind, value: &Value, at: &str) -> Result<Value> {
        let mut out = Vec::new();
        for (index, value) in items_of(value, at)?.iter().enumerate() {
            out.extend(self.value(kind, value, &pointer::push(at, index.to_string()))?);
        }
        Ok(out.into())
    }

    /// Lowers a Reference Object to a component, if it is one. Its `summary` and `description`, which 3.1
    /// permits (section 4.8.23), are ignored in 3.0.
    fn reference(
        &mut self,
        section: &'static Section,
        value: &Value,
        at: &str,
    ) -> Result<Option<Value>> {
        let Some(reference) = value.get("$ref") else {
            return Ok(None);
        };
        let target = self.target_of(section, reference, at)?;
        Ok(Some(json!({ "$ref": self.component(section, &target) })))
    }

    /// What `reference`, which stands in an object at `at`, points to: something that `section` may hold.
    pub(super) fn target_of(
        &self,
        section: &Section,
        reference: &Value,
        at: &str,
    ) -> Result<Target<'a>> {
        let place = pointer::push(at, "$ref");
        let reference = text(reference, &place)?;
        let target = reference::resolve(self.document, self.version, reference, at)?;
        match Kind::at(&target.pointer) {
            Some(kind) if kind.name() != section.holds() => Err(Error::at(
                place,
                format!(
                    "`{reference}` is a {}, where a {} is due",
                    kind.name(),
                    section.holds()
                ),
            )),
            _ => reference::check_chain(self.document, self.version, &target, &place)
                .map(|()| target),
        }
    }

    /// Lowers a section of the components. A name that 3.0 does not permit is given another.
    fn components(&mut self, section: &'static Section, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (name, value) in fields_of(value, at, "map")? {
            let at = pointer::push(at, name);
            if is_component_name(name) || section.name == SECURITY_SCHEMES.name {
                self.component_to(&mut out, section, name, value, &at)?;
            } else {
                self.names.component(section, &at);
            }
        }
        Ok(out.into())
    }

    /// Lowers a component into the section that `out` is.
    fn component_to(
        &mut self,
        out: &mut Map<String, Value>,
        section: &'static Section,
        name: &str,
        value: &Value,
        at: &str,
    ) -> Result<()> {
        if section.name == SCHEMAS.name {
            let schema = self.definition(value, at)?;
            if !schema.needs_inner_component() {
                out.insert(name.to_owned(), schema.keywords.into());
                return Ok(());
            }
            let inner_name = self.names.unique(&SCHEMAS, &format!("{name}Inner"));
            let (outer, inner) = schema.split_nullable(&inner_name);
            out.insert(name.to_owned(), outer);
            out.insert(inner_name, inner);
        } else if let Some(lowered) = self.value(Kind::Component(section), value, at)? {
            out.insert(name.to_owned(), lowered);
        }
        Ok(())
    }

    /// Lowers what a reference needs as a component.
    fn lift(&mut self, lifted: &Lifted) -> Result<()> {
        let Some(value) = self.document.pointer(&lifted.pointer) else {
            return Ok(());
        };
        let mut out = self.lifted.remove(lifted.section.name).unwrap_or_default();
        self.component_to(
            &mut out,
            lifted.section,
            &lifted.name,
            value,
            &lifted.pointer,
        )?;
        self.lifted.insert(lifted.section.name, out);
        Ok(())
    }

    /// Adds what was lifted to the components.
    fn place_lifted(&mut self, root: &mut Map<String, Value>) {
        let lifted = std::mem::take(&mut self.lifted);
        if lifted.is_empty() {
            return;
        }
        let components = root.entry("components").or_insert_with(|| json!({}));
        for (section, lifted) in lifted {
            if let Some(components) = components.as_object_mut()
                && let Some(section) = components
                    .entry(section)
                    .or_insert_with(|| json!({}))
                    .as_object_mut()
            {
                section.extend(lifted);
            }
        }
    }

    /// Lowers a Path Item Object where it stands, together with those that it refers to: progenitor does not
    /// follow such a reference, and 3.0 has no component for it.
    fn path_item(&mut self, value: &Value, at: &str) -> Result<Value> {
        let mut merged = Map::new();
        let mut seen = BTreeSet::new();
        let (mut item, mut place) = (value, at.to_owned());
        loop {
            for (name, lowered) in self.fields(&PATH_ITEM, item, &place)? {
                merge_path_item(&mut merged, name, lowered, &place)?;
            }
            let Some(reference) = item.get("$ref") else {
                return Ok(merged.into());
            };
            let target = self.path_item_target(reference, &place)?;
            if !seen.insert(target.pointer.clone()) {
                return Err(Error::at(
                    pointer::push(&place, "$ref"),
                    "the reference leads to itself",
                ));
            }
            (item, place) = (target.value, target.pointer);
        }
    }

    /// The path item that a path item refers to.
    fn path_item_target(&self, reference: &Value, at: &str) -> Result<Target<'a>> {
        let place = pointer::push(at, "$ref");
        let reference = text(reference, &place)?;
        let target = reference::resolve(self.document, self.version, reference, at)?;
        match Kind::at(&target.pointer) {
            Some(kind) if kind.name() != PATH_ITEM.name => {
                let message = format!(
                    "`{reference}` is a {}, where a Path Item Object is due",
                    kind.name()
                );
                Err(Error::at(place, message))
            }
            _ => Ok(target),
        }
    }

    /// Lowers a Path Item Object of a callback. One by reference is left out: following it can lead back here.
    fn callback_item(&mut self, value: &Value, at: &str) -> Result<Option<Value>> {
        if let Some(reference) = value.get("$ref") {
            self.path_item_target(reference, at)?;
            self.note(at, "$ref", CALLBACK_REFERENCE);
            return Ok(None);
        }
        Ok(Some(self.fields(&PATH_ITEM, value, at)?.into()))
    }

    /// Lowers the callbacks of an operation. `openapiv3` does not parse one by reference there.
    fn callbacks(&mut self, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (name, value) in fields_of(value, at, "map")? {
            let at = pointer::push(at, name);
            if let Some(reference) = value.get("$ref") {
                self.target_of(&CALLBACKS, reference, &at)?;
                self.note(&at, "$ref", CALLBACK_REFERENCE);
            } else if let Some(lowered) = self.value(CALLBACKS.kind, value, &at)? {
                out.insert(name.clone(), lowered);
            }
        }
        Ok(out.into())
    }

    /// Lowers media types. A body of which nothing is said gets the schema that says so: progenitor asks for
    /// one, and for this one where the media type is that of any bytes.
    fn media_types(&mut self, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (media_type, value) in fields_of(value, at, "map")? {
            let mut lowered = self.fields(&MEDIA_TYPE, value, &pointer::push(at, media_type))?;
            let schema = lowered.entry("schema").or_insert_with(|| json!({}));
            if media_type == "application/octet-stream" && *schema == json!({}) {
                *schema = json!({ "type": "string", "format": "binary" });
            }
            out.insert(media_type.clone(), lowered.into());
        }
        Ok(out.into())
    }

    /// Lowers a Security Scheme Object; 3.0 does not have the type `mutualTLS`.
    fn security_scheme(&mut self, value: &Value, at: &str) -> Result<Option<Value>> {
        let scheme = fields_of(value, at, "Security Scheme Object")?;
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
        match objects::security_scheme(of_type) {
            Some(object) => Ok(Some(self.fields(object, value, at)?.into())),
            None => Err(unknown_name(
                Error::at(
                    place,
                    format!("`{of_type}` is not a type of security scheme"),
                ),
                of_type,
                ["apiKey", "http", "oauth2", "openIdConnect"].into_iter(),
            )),
        }
    }

    /// Lowers Security Requirement Objects, without the schemes that are dropped. An alternative that asks for
    /// nothing else goes with them, unless it is the only one.
    fn security(&mut self, value: &Value, at: &str) -> Result<Value> {
        let mut out = Vec::new();
        let mut emptied = false;
        for (index, value) in items_of(value, at)?.iter().enumerate() {
            let at = pointer::push(at, index.to_string());
            let mut requirement = Map::new();
            let mut dropped = false;
            for (name, scopes) in fields_of(value, &at, "Security Requirement Object")? {
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

const MUTUAL_TLS: &str = "mutualTLS";

const CALLBACK_REFERENCE: &str =
    "a client does not receive callbacks, and openapiv3 takes one only where it stands: dropped";

/// The dialects whose keywords are known: `OpenAPI`'s own, in each of its editions, and the one it extends.
const DIALECTS: &[&str] = &[
    "https://spec.openapis.org/oas/3.1/dialect/",
    "https://json-schema.org/draft/2020-12/schema",
];

/// An error for schemas of a dialect that is not known (`OpenAPI` 3.1.0, section 4.8.24.5).
fn check_dialect(document: &Value, version: Version) -> Result<()> {
    let Some(dialect) = document
        .get("jsonSchemaDialect")
        .filter(|_| version == Version::V3_1)
    else {
        return Ok(());
    };
    let dialect = text(dialect, "/jsonSchemaDialect")?;
    if DIALECTS.iter().any(|known| dialect.starts_with(known)) {
        return Ok(());
    }
    Err(Error::at(
        "/jsonSchemaDialect",
        format!("the dialect `{dialect}` is not one that can be lowered"),
    )
    .with_help("the schemas of OpenAPI 3.1 are of JSON Schema 2020-12"))
}

/// The names of the security schemes of the type `mutualTLS`.
fn mutual_tls(document: &Value) -> BTreeSet<&str> {
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

/// Adds a field to a path item. What both the path item and the one that it refers to say of requests and
/// answers is undefined (`OpenAPI` 3.1.0, section 4.8.9).
fn merge_path_item(
    merged: &mut Map<String, Value>,
    name: String,
    value: Value,
    at: &str,
) -> Result<()> {
    let documentation =
        matches!(name.as_str(), "summary" | "description") || name.starts_with("x-");
    if merged.contains_key(&name) && !documentation {
        let message = format!("`{name}` stands both here and beside a `$ref` that leads here");
        return Err(Error::at(pointer::push(at, &name), message));
    }
    merged.entry(name).or_insert(value);
    Ok(())
}

/// An error for a field that is due and is not there.
fn check_required(object: &Object, source: &Map<String, Value>, at: &str) -> Result<()> {
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
pub(super) fn fields_of<'v>(
    value: &'v Value,
    at: &str,
    what: &str,
) -> Result<&'v Map<String, Value>> {
    value.as_object().ok_or_else(|| {
        Error::at(
            at,
            format!("a {what} is an object, not {}", describe(value)),
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
fn one_of<'v>(names: &'static [&'static str], value: &'v Value, at: &str) -> Result<&'v str> {
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
