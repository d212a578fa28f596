//! Whether a schema accepts null, and whether it lists it.

use serde_json::{Map, Value};

use super::Version;
use super::document::Pass;
use crate::pointer;

/// The keywords that describe a value by itself. Beside them, a `type` of null alone is what becomes of 3.0's `nullable`
/// where it stands without a `type`.
const DESCRIBING: &[&str] = &["$ref", "allOf", "anyOf", "oneOf", "properties", "items"];

/// Whether a schema accepts null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Null {
    /// It does.
    Accepted,
    /// It does not.
    Rejected,
    /// It is not known: the references lead too far.
    Unknown,
}

/// How many subschemas are looked at, and how deep, before it is not known.
const STEPS: u32 = 2048;
const DEPTH: u32 = 48;

impl Null {
    fn from(accepted: bool) -> Self {
        if accepted {
            Self::Accepted
        } else {
            Self::Rejected
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Rejected, _) | (_, Self::Rejected) => Self::Rejected,
            (Self::Accepted, Self::Accepted) => Self::Accepted,
            _ => Self::Unknown,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Accepted => Self::Rejected,
            Self::Rejected => Self::Accepted,
            Self::Unknown => Self::Unknown,
        }
    }

    fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }
}

/// The keywords by which a schema itself can list null.
pub(super) const LISTING: [&str; 4] = ["type", "enum", "const", "nullable"];

/// The one of `keywords` by which a schema itself lists null.
pub(super) fn listed_by(
    schema: &Map<String, Value>,
    keywords: &[&'static str],
) -> Option<&'static str> {
    let lists = |keyword: &str| match (keyword, schema.get(keyword)) {
        ("type", Some(types)) => types_of(types).any(|of_type| of_type == "null"),
        ("enum", Some(Value::Array(values))) => values.iter().any(Value::is_null),
        ("const", Some(value)) => value.is_null(),
        ("nullable", Some(nullable)) => *nullable == Value::Bool(true),
        _ => false,
    };
    keywords.iter().copied().find(|keyword| lists(keyword))
}

/// Whether a schema lists null, itself or by a branch.
pub(super) fn is_listed(schema: &Value) -> bool {
    let Some(keywords) = schema.as_object() else {
        return false;
    };
    let branches = |keyword| {
        keywords
            .get(keyword)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    listed_by(keywords, &LISTING).is_some()
        || branches("anyOf").chain(branches("oneOf")).any(is_listed)
}

/// The types that a `type` lists.
pub(super) fn types_of(value: &Value) -> impl Iterator<Item = &str> {
    let one = value.as_str();
    let many = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    one.into_iter().chain(many)
}

/// Whether null is the only type, beside what describes something else.
pub(super) fn is_beside(schema: &Map<String, Value>) -> bool {
    let mut types = schema.get("type").into_iter().flat_map(types_of);
    types.next() == Some("null")
        && types.all(|of_type| of_type == "null")
        && DESCRIBING.iter().any(|it| schema.contains_key(*it))
}

impl Pass<'_> {
    /// Whether the schema at `at`, as it is written, accepts null.
    pub(super) fn accepts_null(&self, schema: &Map<String, Value>, at: &str) -> Null {
        Inquiry {
            pass: self,
            steps: STEPS,
        }
        .object(schema, at, DEPTH)
    }
}

/// A walk of the schemas that apply to null.
struct Inquiry<'p, 'a> {
    pass: &'p Pass<'a>,
    steps: u32,
}

impl Inquiry<'_, '_> {
    fn schema(&mut self, schema: &Value, at: &str, depth: u32) -> Null {
        match schema {
            Value::Bool(accepts) => Null::from(*accepts),
            Value::Object(keywords) if self.steps > 0 && depth > 0 => {
                self.steps -= 1;
                self.object(keywords, at, depth - 1)
            }
            _ => Null::Unknown,
        }
    }

    fn object(&mut self, schema: &Map<String, Value>, at: &str, depth: u32) -> Null {
        if self.pass.version == Version::V3_0 {
            // `nullable` has the last word, and nothing beside `$ref` has any.
            if schema.get("nullable") == Some(&Value::Bool(true)) {
                return Null::Accepted;
            }
            if let Some(reference) = schema.get("$ref") {
                return self.target(reference, depth);
            }
        }
        let mut null = Null::Accepted;
        for (keyword, value) in schema {
            null = null.and(self.keyword(schema, keyword, value, at, depth));
            if null == Null::Rejected {
                break;
            }
        }
        null
    }

    fn keyword(
        &mut self,
        schema: &Map<String, Value>,
        keyword: &str,
        value: &Value,
        at: &str,
        depth: u32,
    ) -> Null {
        let here = pointer::push(at, keyword);
        match keyword {
            "type" => Null::from(types_of(value).any(|of_type| of_type == "null")),
            "enum" => Null::from(
                value
                    .as_array()
                    .is_some_and(|values| values.iter().any(Value::is_null)),
            ),
            "const" => Null::from(value.is_null()),
            "$ref" => self.target(value, depth),
            "allOf" => self
                .branches(value, &here, depth)
                .into_iter()
                .fold(Null::Accepted, Null::and),
            "anyOf" => self
                .branches(value, &here, depth)
                .into_iter()
                .fold(Null::Rejected, Null::or),
            "oneOf" => exactly_one(&self.branches(value, &here, depth)),
            "not" => self.schema(value, &here, depth).not(),
            "if" => {
                let condition = self.schema(value, &here, depth);
                let [then, otherwise] = ["then", "else"].map(|keyword| {
                    schema.get(keyword).map_or(Null::Accepted, |branch| {
                        self.schema(branch, &pointer::push(at, keyword), depth)
                    })
                });
                condition.and(then).or(condition.not().and(otherwise))
            }
            _ => Null::Accepted,
        }
    }

    fn branches(&mut self, branches: &Value, at: &str, depth: u32) -> Vec<Null> {
        let branches = branches.as_array().into_iter().flatten().enumerate();
        branches
            .map(|(index, branch)| {
                self.schema(branch, &pointer::push(at, index.to_string()), depth)
            })
            .collect()
    }

    fn target(&mut self, reference: &Value, depth: u32) -> Null {
        // What points to nothing is an error where it is lowered.
        let target = reference
            .as_str()
            .and_then(|reference| self.pass.component(reference));
        target.map_or(Null::Unknown, |(at, schema)| self.schema(schema, at, depth))
    }
}

/// What `oneOf` says of null, from what its branches say.
fn exactly_one(branches: &[Null]) -> Null {
    let count = |null| branches.iter().filter(|branch| **branch == null).count();
    match (count(Null::Accepted), count(Null::Unknown)) {
        (2.., _) | (0, 0) => Null::Rejected,
        (1, 0) => Null::Accepted,
        _ => Null::Unknown,
    }
}
