//! The forms of a schema of 3.0.

use serde_json::{Map, Value, json};

use super::values::Type;
use crate::lower::keywords;

/// A schema of OpenAPI 3.0.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::lower) struct Schema30 {
    /// Its keywords.
    pub(in crate::lower) keywords: Map<String, Value>,
    /// Whether it accepts exactly what its source accepts.
    pub(in crate::lower) exact: bool,
}

/// What a nullable component keeps for itself when what it is beside null becomes a component of its own.
const OF_THE_WHOLE: &[&str] = &[
    "title",
    "description",
    "default",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
];

impl Schema30 {
    fn of(keywords: Map<String, Value>) -> Self {
        Self {
            keywords,
            exact: true,
        }
    }

    /// The schema that accepts everything.
    pub(super) fn anything() -> Self {
        Self::of(Map::new())
    }

    /// The schema that accepts nothing.
    pub(super) fn nothing() -> Self {
        Self::of(Map::from_iter([("not".to_owned(), json!({}))]))
    }

    /// The schema that accepts null only, in the form that progenitor reads so.
    pub(super) fn null() -> Self {
        Self::of(Map::from_iter([
            ("enum".to_owned(), json!([null])),
            ("nullable".to_owned(), json!(true)),
        ]))
    }

    /// Whether it accepts null only.
    pub(super) fn is_null(&self) -> bool {
        self.keywords.get("enum") == Some(&json!([null]))
    }

    /// Whether it accepts everything.
    pub(super) fn is_anything(&self) -> bool {
        self.keywords.keys().all(|keyword| is_annotation(keyword))
    }

    /// Whether it accepts nothing.
    pub(super) fn is_nothing(&self) -> bool {
        is_nothing(&self.keywords)
    }

    /// Whether it accepts null by `nullable`.
    pub(super) fn is_nullable(&self) -> bool {
        is_nullable(&self.keywords)
    }

    /// Takes `nullable` off.
    pub(super) fn remove_null(&mut self) {
        self.keywords.remove("nullable");
        if self.keywords.len() == 1
            && let Some(reference) = lone_reference(&self.keywords).cloned()
        {
            self.keywords = reference;
        }
    }

    /// Whether, as a component, it needs another one for what it is beside null: typify names that by the
    /// title, or by the component's own name where it has no type either.
    pub(in crate::lower) fn needs_inner_component(&self) -> bool {
        let has = |keyword: &str| self.keywords.contains_key(keyword);
        let asserts = |keyword: &&String| !is_annotation(keyword);
        let refers = lone_reference(&self.keywords).is_some()
            && self.keywords.keys().filter(asserts).count() == 1;
        let is_choice = !has("type") && ["allOf", "anyOf", "oneOf"].into_iter().any(has);
        let is_plain = self.is_null() || self.is_anything() || refers;
        self.is_nullable() && !is_plain && (is_choice || has("title"))
    }

    /// Splits such a schema: into one that is nullable and refers to the component `inner`, and that.
    pub(in crate::lower) fn split_nullable(self, inner: &str) -> (Value, Value) {
        let of_the_whole = |keyword: &str| {
            OF_THE_WHOLE.contains(&keyword) || crate::structure::is_extension(keyword)
        };
        let (mut outer, mut rest): (Map<_, _>, Map<_, _>) = self
            .keywords
            .into_iter()
            .partition(|(keyword, _)| of_the_whole(keyword));
        rest.remove("nullable");
        outer.insert(
            "allOf".to_owned(),
            json!([{ "$ref": format!("#/components/schemas/{inner}") }]),
        );
        outer.insert("nullable".to_owned(), json!(true));
        (outer.into(), rest.into())
    }
}

/// The schema that accepts what at least one of `branches` accepts.
pub(super) fn union(branches: Vec<Schema30>) -> Map<String, Value> {
    if branches.iter().any(Schema30::is_anything) {
        return Map::new();
    }
    let nullable = branches.iter().any(Schema30::is_nullable);
    let mut distinct: Vec<Map<String, Value>> = Vec::new();
    let counts = |branch: &Schema30| !branch.is_null() && !branch.is_nothing();
    for mut branch in branches.into_iter().filter(counts) {
        branch.remove_null();
        if !distinct.contains(&branch.keywords) {
            distinct.push(branch.keywords);
        }
    }
    let union = match distinct.len() {
        0 if nullable => return Schema30::null().keywords,
        0 => return Schema30::nothing().keywords,
        1 => distinct.remove(0),
        _ => Map::from_iter([("anyOf".to_owned(), Value::from(distinct))]),
    };
    if nullable {
        make_nullable(union)
    } else {
        union
    }
}

/// A schema that accepts null, too, in a form that progenitor reads so.
pub(super) fn make_nullable(mut keywords: Map<String, Value>) -> Map<String, Value> {
    if is_nothing(&keywords) {
        keywords.retain(|keyword, _| is_annotation(keyword));
        keywords.extend(Schema30::null().keywords);
    } else if keywords.contains_key("$ref") {
        keywords = all_of_one(&keywords);
    } else if !keywords.contains_key("type") && keywords.keys().any(|keyword| needs_type(keyword)) {
        let (annotations, assertions): (Map<_, _>, Map<_, _>) = keywords
            .into_iter()
            .partition(|(keyword, _)| is_annotation(keyword));
        keywords = annotations;
        keywords.extend(all_of_one(&assertions));
    }
    keywords.insert("nullable".to_owned(), json!(true));
    keywords
}

/// A schema around another.
fn all_of_one(keywords: &Map<String, Value>) -> Map<String, Value> {
    Map::from_iter([("allOf".to_owned(), json!([keywords]))])
}

/// Whether progenitor takes what the keyword is of for an array, where it is nullable and has no `type`.
fn needs_type(keyword: &str) -> bool {
    matches!(Type::of_keyword(keyword), Some(Type::String | Type::Number))
}

fn is_nothing(keywords: &Map<String, Value>) -> bool {
    keywords.get("not") == Some(&json!({}))
}

/// Whether a keyword of a lowered schema excludes no value.
fn is_annotation(keyword: &str) -> bool {
    keywords::is_annotation(keyword) || keyword == "nullable"
}

fn is_nullable(keywords: &Map<String, Value>) -> bool {
    keywords.get("nullable") == Some(&json!(true))
}

/// The reference that is the only member of `allOf`.
fn lone_reference(keywords: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let members = keywords.get("allOf")?.as_array()?;
    match members.as_slice() {
        [Value::Object(member)] if member.contains_key("$ref") => Some(member),
        _ => None,
    }
}
