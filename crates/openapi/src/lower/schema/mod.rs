//! Schemas: JSON Schema 2020-12, as OpenAPI 3.1 extends it, to the Schema Object of 3.0.
//!
//! A schema is lowered into a [`Draft`], one concern after another, and the draft into its final form.

mod applicators;
mod arrays;
mod assertions;
mod draft;
mod form;
mod objects;
mod values;

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::document::Pass;
use super::keywords;
use super::shape::text;
use crate::pointer;
use crate::structure::Version;
use crate::structure::objects::{DISCRIMINATOR, EXTERNAL_DOCUMENTATION};
use crate::{Error, Result};
use draft::Draft;
pub(super) use form::Schema30;

impl Pass<'_> {
    /// Lowers the schema at `at`, a component.
    pub(super) fn definition(&mut self, schema: &Value, at: &str) -> Result<Schema30> {
        self.definitions.begin(at);
        let lowered = self.schema(schema, at)?;
        self.definitions.end(lowered.exact);
        Ok(lowered)
    }

    /// Lowers the schema at `at`.
    pub(super) fn schema(&mut self, schema: &Value, at: &str) -> Result<Schema30> {
        match schema {
            Value::Bool(true) => Ok(Schema30::anything()),
            Value::Bool(false) => Ok(Schema30::nothing()),
            Value::Object(keywords) => self.keywords(&self.effective(keywords), at),
            _ => Err(Error::at(at, "a schema is an object or a boolean")),
        }
    }

    /// Lowers a schema that applies to a part of the value: a property, an item.
    fn part(&mut self, schema: &Value, at: &str) -> Result<Schema30> {
        let in_place = self.definitions.enter_part();
        let lowered = self.schema(schema, at)?;
        self.definitions.leave(in_place);
        Ok(lowered)
    }

    /// The keywords that count. In 3.0, those beside `$ref` do not (section 4.7.23), but `nullable` is meant
    /// there as often as it is written, and costs nothing to keep.
    fn effective<'s>(&self, schema: &'s Map<String, Value>) -> Cow<'s, Map<String, Value>> {
        if self.version == Version::V3_1 || !schema.contains_key("$ref") {
            return Cow::Borrowed(schema);
        }
        let counts = |name: &str, value: &Value| {
            name == "$ref" || (name == "nullable" && *value == json!(true))
        };
        let counting = schema.iter().filter(|(name, value)| counts(name, value));
        Cow::Owned(
            counting
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }

    fn keywords(&mut self, source: &Map<String, Value>, at: &str) -> Result<Schema30> {
        keywords::check(source, at)?;
        self.refuse_dynamic(source, at)?;
        self.note_unknown(source, at);
        let mut draft = Draft::new(source, at);
        self.annotations(&mut draft)?;
        self.types_and_values(&mut draft);
        assertions::numbers(&mut draft);
        self.strings(&mut draft);
        self.arrays(&mut draft)?;
        self.objects(&mut draft)?;
        self.reference_to_schema(&mut draft)?;
        self.all_of(&mut draft)?;
        self.any_of(&mut draft)?;
        self.one_of(&mut draft)?;
        self.not(&mut draft)?;
        self.conditional(&mut draft);
        self.null(&mut draft);
        Ok(draft.finish())
    }

    /// A `$dynamicRef` means another schema each time (JSON Schema 2020-12 Core, section 8.2.3.2).
    fn refuse_dynamic(&self, source: &Map<String, Value>, at: &str) -> Result<()> {
        let Some(reference) = source
            .get("$dynamicRef")
            .filter(|_| self.version == Version::V3_1)
        else {
            return Ok(());
        };
        Err(Error::at(
            pointer::push(at, "$dynamicRef"),
            format!("{reference} is resolved anew in each place, which 3.0 cannot say"),
        )
        .with_help("refer to the schema that is meant by a `$ref`"))
    }

    /// Unknown keywords are annotations (JSON Schema 2020-12 Core, section 6.5).
    fn note_unknown(&mut self, source: &Map<String, Value>, at: &str) {
        for keyword in source.keys() {
            if !keywords::is_known(keyword) && !crate::structure::is_extension(keyword) {
                self.note(
                    at,
                    keyword,
                    "not a keyword of OpenAPI's schemas, an annotation: dropped",
                );
            }
        }
    }

    /// Copies what says nothing of which values are accepted.
    fn annotations(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let source = draft.source;
        let annotations = source
            .iter()
            .filter(|(keyword, _)| keywords::is_annotation(keyword));
        draft
            .out
            .extend(annotations.map(|(keyword, value)| (keyword.clone(), value.clone())));
        // 3.0 has one example (section 4.7.24), 3.1 several.
        if let Some(Value::Array(examples)) = source.get("examples")
            && let Some(first) = examples.first()
        {
            draft.out.entry("example").or_insert_with(|| first.clone());
        }
        if let Some(documentation) = source.get("externalDocs") {
            let documentation = self.fields(
                &EXTERNAL_DOCUMENTATION,
                documentation,
                &draft.place("externalDocs"),
            )?;
            draft
                .out
                .insert("externalDocs".to_owned(), documentation.into());
        }
        if let Some(discriminator) = source.get("discriminator") {
            let discriminator = self.discriminator(discriminator, draft)?;
            draft.out.insert("discriminator".to_owned(), discriminator);
        }
        Ok(())
    }

    /// Lowers a discriminator.
    fn discriminator(&mut self, discriminator: &Value, draft: &Draft<'_>) -> Result<Value> {
        let out = self.fields(&DISCRIMINATOR, discriminator, &draft.place("discriminator"))?;
        Ok(out.into())
    }

    /// Lowers `$ref`: 3.0 ignores what stands beside it (section 4.7.23), so that it becomes a member of `allOf`.
    fn reference_to_schema(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let Some(reference) = draft.source.get("$ref") else {
            return Ok(());
        };
        let reference = text(reference, &draft.place("$ref"))?;
        let target = reference.strip_prefix('#').unwrap_or(reference);
        self.definitions.uses(target, draft.at);
        draft.exact &= !self.known_loose.contains(target);
        draft.reference = Some(json!({ "$ref": reference }));
        Ok(())
    }

    /// Drops or weakens a keyword such that more values are accepted, and records it.
    fn loosen(&mut self, draft: &mut Draft<'_>, keyword: &str, reason: &'static str) {
        draft.exact = false;
        self.note(draft.at, keyword, reason);
    }
}
