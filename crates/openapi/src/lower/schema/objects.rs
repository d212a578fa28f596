//! What is asserted of objects.

use serde_json::{Map, Value};

use super::Draft;
use super::form::{Schema30, union};
use crate::Result;
use crate::lower::document::Pass;
use crate::lower::keywords::{applies_in_place, is_annotation, is_trivial};
use crate::lower::null::types_of;
use crate::pointer;

/// Patterns that every name matches. (`.*` between anchors does not match a name with a line break.)
const EVERY_NAME: &[&str] = &["", "^", ".*", "^.*"];

impl Pass<'_> {
    /// Lowers what is asserted of objects.
    pub(super) fn objects(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        self.count(draft, "maxProperties");
        self.count(draft, "minProperties");
        // 3.0 permits no empty `required` (section 4.7.24).
        if draft
            .source
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|names| !names.is_empty())
        {
            draft.copy("required");
        }
        self.properties(draft)?;
        let others = self.other_properties(draft);
        match draft.source.get("patternProperties") {
            Some(Value::Object(patterns)) if !patterns.is_empty() => {
                self.patterns(draft, patterns, others)?;
            }
            _ => self.additional_properties(draft, others)?,
        }
        self.property_names(draft);
        self.dependencies(draft);
        Ok(())
    }

    fn properties(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let Some(Value::Object(properties)) = draft.source.get("properties") else {
            return Ok(());
        };
        let at = draft.place("properties");
        let mut out = Map::new();
        for (name, schema) in properties {
            let property = self.part(schema, &pointer::push(&at, name))?;
            draft.exact &= property.exact;
            out.insert(name.clone(), property.keywords.into());
        }
        draft.set("properties", out);
        Ok(())
    }

    /// The keyword that says what the properties are that no other keyword names. `unevaluatedProperties` does
    /// where nothing else can evaluate a property (JSON Schema 2020-12 Core, section 11.3).
    fn other_properties(&mut self, draft: &mut Draft<'_>) -> Option<&'static str> {
        let source = draft.source;
        if source.contains_key("additionalProperties") {
            return Some("additionalProperties");
        }
        if source.get("unevaluatedProperties").is_none_or(is_trivial) {
            return None;
        }
        if applies_in_place(source) {
            let reason = "3.0 cannot tell which properties are evaluated: dropped";
            self.loosen(draft, "unevaluatedProperties", reason);
            return None;
        }
        Some("unevaluatedProperties")
    }

    fn additional_properties(
        &mut self,
        draft: &mut Draft<'_>,
        keyword: Option<&str>,
    ) -> Result<()> {
        let Some((keyword, schema)) =
            keyword.and_then(|keyword| Some((keyword, draft.source.get(keyword)?)))
        else {
            return Ok(());
        };
        if schema.is_boolean() {
            draft.set("additionalProperties", schema.clone());
            return Ok(());
        }
        let additional = self.part(schema, &draft.place(keyword))?;
        draft.exact &= additional.exact;
        draft.set("additionalProperties", additional.keywords);
        Ok(())
    }

    /// Lowers properties by pattern. 3.0 has one schema for all that `properties` does not name: each is one of
    /// those that it could be.
    fn patterns(
        &mut self,
        draft: &mut Draft<'_>,
        patterns: &Map<String, Value>,
        others: Option<&str>,
    ) -> Result<()> {
        let at = draft.place("patternProperties");
        if let Some((pattern, schema)) = patterns
            .iter()
            .find(|(pattern, _)| EVERY_NAME.contains(&pattern.as_str()))
        {
            let every = self.part(schema, &pointer::push(&at, pattern))?;
            draft.exact &= every.exact;
            draft.set("additionalProperties", every.keywords);
            if patterns.len() > 1 || draft.source.contains_key("properties") {
                self.loosen(
                    draft,
                    "patternProperties",
                    "3.0 asserts nothing of names by pattern: in part",
                );
            }
            return Ok(());
        }
        let mut branches = Vec::new();
        for (pattern, schema) in patterns {
            branches.push(self.part(schema, &pointer::push(&at, pattern))?);
        }
        match others.and_then(|keyword| Some((keyword, draft.source.get(keyword)?))) {
            Some((_, Value::Bool(false))) => {}
            Some((keyword, schema)) => branches.push(self.part(schema, &draft.place(keyword))?),
            None => branches.push(Schema30::anything()),
        }
        let union = union(branches);
        if !union.is_empty() {
            draft.set("additionalProperties", union);
        }
        let reason = "3.0 has one schema for all names that `properties` does not list: each may be what any may be";
        self.loosen(draft, "patternProperties", reason);
        Ok(())
    }

    fn property_names(&mut self, draft: &mut Draft<'_>) {
        if draft
            .source
            .get("propertyNames")
            .is_some_and(|schema| !accepts_every_name(schema))
        {
            self.loosen(
                draft,
                "propertyNames",
                "3.0 asserts nothing of names: dropped",
            );
        }
    }

    fn dependencies(&mut self, draft: &mut Draft<'_>) {
        for keyword in ["dependentRequired", "dependentSchemas"] {
            let dependencies = draft.source.get(keyword).and_then(Value::as_object);
            if dependencies.is_some_and(|dependencies| !dependencies.is_empty()) {
                self.loosen(
                    draft,
                    keyword,
                    "3.0 does not make one property depend on another: dropped",
                );
            }
        }
    }
}

/// Whether a schema accepts every string, at a look. Names are strings.
fn accepts_every_name(schema: &Value) -> bool {
    let asserts_type_only = |keywords: &Map<String, Value>| {
        keywords
            .iter()
            .all(|(keyword, value)| match keyword.as_str() {
                "type" => types_of(value).any(|of_type| of_type == "string"),
                "format" => true,
                keyword => is_annotation(keyword),
            })
    };
    is_trivial(schema) || schema.as_object().is_some_and(asserts_type_only)
}
