//! The walk of the document by the tables of [`objects`](super::objects).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::definitions::Definitions;
use super::keywords::is_extension;
use super::names::{Lifted, Names, is_component_name};
use super::objects::{
    Fate, Kind, MEDIA_TYPE, Object, Pattern, ROOT, SCHEMAS, SECURITY_SCHEMES, Section,
};
use super::reference::{self, Target};
use super::security::mutual_tls;
use super::shape::{check_required, fields_of, flag, items_of, one_of, text};
use super::{Loosened, Lowered, OUTPUT, Version};
use crate::pointer;
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
    pub(super) mutual_tls: BTreeSet<&'a str>,
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
    pub(super) fn value(&mut self, kind: Kind, value: &Value, at: &str) -> Result<Option<Value>> {
        let lowered = match kind {
            Kind::Data => value.clone(),
            Kind::Text => text(value, at)?.into(),
            Kind::Flag => flag(value, at)?.into(),
            Kind::Choice(names) => one_of(names, value, at)?.into(),
            Kind::Schema => self.schema(value, at)?.keywords.into(),
            Kind::Object(object) => self.fields(object, value, at)?.into(),
            Kind::PathItem => self.path_item(value, at)?,
            Kind::CallbackItem => return self.callback_item(value, at),
            Kind::Callback => self.callback(value, at)?,
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
            Kind::Patterned(pattern) => self.patterned(pattern, value, at)?,
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
        let source = fields_of(value, at)?;
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
        if is_extension(name) {
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
        for (name, value) in fields_of(value, at)? {
            if let Some(lowered) = self.value(kind, value, &pointer::push(at, name))? {
                out.insert(name.clone(), lowered);
            }
        }
        Ok(out.into())
    }

    fn patterned(&mut self, pattern: &Pattern, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (name, value) in fields_of(value, at)? {
            let at = pointer::push(at, name);
            if is_extension(name) {
                out.insert(name.clone(), value.clone());
            } else if !(pattern.has)(name) {
                return Err(Error::at(at, format!("`{name}` is not {}", pattern.name)));
            } else if let Some(lowered) = self.value(pattern.kind, value, &at)? {
                out.insert(name.clone(), lowered);
            }
        }
        Ok(out.into())
    }

    pub(super) fn list(&mut self, kind: Kind, value: &Value, at: &str) -> Result<Value> {
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
        let target = self.target_of(section.kind, reference, at)?;
        Ok(Some(json!({ "$ref": self.component(section, &target) })))
    }

    /// What `reference`, which stands in an object at `at`, leads to: something of the kind that is due.
    pub(super) fn target_of(&self, due: Kind, reference: &Value, at: &str) -> Result<Target<'a>> {
        let place = pointer::push(at, "$ref");
        let reference = text(reference, &place)?;
        let target = reference::resolve(self.document, self.version, reference, at)?;
        // Those of schemas are checked together with what else applies in place.
        if !matches!(due, Kind::Schema) {
            reference::check_chain(self.document, self.version, &target, &place)?;
        }
        match Kind::at(&target.pointer) {
            Some(kind) if kind.name() != due.name() => Err(Error::at(
                place,
                format!(
                    "`{reference}` leads to: {}; due here: {}",
                    kind.name(),
                    due.name()
                ),
            )),
            _ => Ok(target),
        }
    }

    /// Lowers a section of the components. A name that 3.0 does not permit is given another.
    fn components(&mut self, section: &'static Section, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (name, value) in fields_of(value, at)? {
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

    /// Lowers media types. A body of which nothing is said gets the schema that says so: progenitor asks for
    /// one, and for this one where the media type is that of any bytes.
    fn media_types(&mut self, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (name, value) in fields_of(value, at)? {
            let mut media_type = self.fields(&MEDIA_TYPE, value, &pointer::push(at, name))?;
            let schema = media_type.entry("schema").or_insert_with(|| json!({}));
            if name == "application/octet-stream" && *schema == json!({}) {
                *schema = json!({ "type": "string", "format": "binary" });
            }
            if !has_encoding(name) {
                media_type.remove("encoding");
            }
            out.insert(name.clone(), media_type.into());
        }
        Ok(out.into())
    }
}

/// Whether `encoding` says anything of a media type (OpenAPI 3.1.0, section 4.8.14.1); progenitor takes none
/// with others.
fn has_encoding(media_type: &str) -> bool {
    media_type.starts_with("multipart/")
        || media_type.starts_with("application/x-www-form-urlencoded")
}

/// The dialects whose keywords are known: OpenAPI's own, in each of its editions, and the one it extends.
const DIALECTS: &[&str] = &[
    "https://spec.openapis.org/oas/3.1/dialect/",
    "https://json-schema.org/draft/2020-12/schema",
];

/// An error for schemas of a dialect that is not known (OpenAPI 3.1.0, section 4.8.24.5).
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
