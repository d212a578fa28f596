//! The walk of the document by the tables of [`structure`](crate::structure).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::definitions::Definitions;
use super::fields::{self, Fate};
use super::security::mutual_tls;
use super::shape::{check_required, check_style, fields_of, flag, items_of, one_of, text};
use super::{Loosened, Lowered, OUTPUT};
use crate::pointer;
use crate::references::{Moved, Names, component};
use crate::structure::objects::{MEDIA_TYPE, ROOT, SCHEMAS};
use crate::structure::{Kind, Object, Pattern, Section, Version, is_extension};
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
            mutual_tls: mutual_tls(document),
            loosened: Vec::new(),
            output: Value::Null,
        };
        let mut root = pass.fields(&ROOT, document, "")?;
        pass.definitions.check_recursion()?;

        root.insert("openapi".to_owned(), OUTPUT.into());
        // 3.1 permits a document without `paths` (section 4.8.1).
        root.entry("paths").or_insert_with(|| json!({}));
        pass.output = root.into();
        Ok(pass)
    }

    /// The output, and what it says less strictly; each place and keyword once, since what is lifted is
    /// lowered where it stands, too.
    pub(super) fn finish(self, moved: &Moved) -> Lowered {
        let mut seen = BTreeSet::new();
        let loosened = self
            .loosened
            .into_iter()
            .map(|loosened| Loosened {
                pointer: moved.before(&loosened.pointer),
                ..loosened
            })
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

    /// The component that `reference` leads to: its pointer, and what stands there. Every reference leads to one by now.
    pub(super) fn component<'r>(&self, reference: &'r str) -> Option<(&'r str, &'a Value)> {
        component(self.document, reference)
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
            Kind::Component(section) => match Self::reference(value, at)? {
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
        check_style(object, source, at)?;
        let mut out = Map::new();
        for (name, value) in source {
            if let Some(lowered) = self.field(object, name, value, at)? {
                out.insert(name.clone(), lowered);
            }
        }
        fields::finish(object, source, &mut out);
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
        let Some(field) = object.field(name) else {
            self.note(at, name, "OpenAPI has no such field here: dropped");
            return Ok(None);
        };
        match Fate::of(field) {
            Fate::Kept => self.value(field.kind, value, &pointer::push(at, name)),
            Fate::Dropped => Ok(None),
            Fate::Noted(reason) => {
                self.note(at, name, reason);
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

    /// A Reference Object, if it is one. Its `summary` and `description`, which 3.1 permits (section 4.8.23), are
    /// ignored in 3.0.
    fn reference(value: &Value, at: &str) -> Result<Option<Value>> {
        let Some(reference) = value.get("$ref") else {
            return Ok(None);
        };
        let reference = text(reference, &pointer::push(at, "$ref"))?;
        Ok(Some(json!({ "$ref": reference })))
    }

    /// Lowers a section of the components.
    fn components(&mut self, section: &'static Section, value: &Value, at: &str) -> Result<Value> {
        let mut out = Map::new();
        for (name, value) in fields_of(value, at)? {
            let at = pointer::push(at, name);
            self.component_to(&mut out, section, name, value, &at)?;
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
