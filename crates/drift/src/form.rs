//! What values a schema takes, whichever way it is written: the forms of a value, each of one type.
//!
//! `nullable: true`, `type: [x, "null"]` and `anyOf: [x, {type: "null"}]` come out alike; so do `allOf` of one schema,
//! a `$ref` and what it points to, `const` and an `enum` of one, and a list of types and a union of them. A null that
//! a schema lists is kept though another keyword excludes it: where a description mentions null, null occurs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::keywords;
use keyholder_openapi::references::component;
use keyholder_openapi::{Error, Result};

/// The most forms that are kept apart; beyond, those of one type become one.
const MOST: usize = 128;

/// The types of JSON Schema that a form can have. Null is no form: [`Shape::nullable`] tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Boolean,
        Self::Integer,
        Self::Number,
        Self::String,
        Self::Array,
        Self::Object,
    ];

    /// JSON Schema's name of the type.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The type of a value; none for null.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::Bool(_) => Some(Self::Boolean),
            Value::Number(number) if number.is_f64() => Some(Self::Number),
            Value::Number(_) => Some(Self::Integer),
            Value::String(_) => Some(Self::String),
            Value::Array(_) => Some(Self::Array),
            Value::Object(_) => Some(Self::Object),
        }
    }

    /// The keywords that constrain values of the type, apart from those that a form has fields for.
    pub(super) fn constraints(self) -> &'static [&'static str] {
        match self {
            Self::Boolean => &[],
            Self::Integer | Self::Number => &[
                "minimum",
                "exclusiveMinimum",
                "maximum",
                "exclusiveMaximum",
                "multipleOf",
            ],
            Self::String => &["minLength", "maxLength", "pattern"],
            Self::Array => &["minItems", "maxItems", "uniqueItems"],
            Self::Object => &["minProperties", "maxProperties"],
        }
    }
}

/// Schemas that all hold of one value, none of which is resolved yet. None at all is any value.
pub(super) type Schemas<'a> = Vec<&'a Value>;

/// The values of one type that a schema takes.
#[derive(Clone, Debug, Default)]
pub(super) struct Form<'a> {
    /// The type; `None` where nothing says which.
    pub kind: Option<Kind>,
    /// The values that there are, as JSON; `None` where any is.
    pub values: Option<BTreeSet<String>>,
    /// The format.
    pub format: Option<String>,
    /// What else is said of the values, by keyword.
    pub constraints: BTreeMap<&'static str, Value>,
    /// The properties of an object, by name.
    pub properties: BTreeMap<&'a str, Schemas<'a>>,
    /// The properties that are always there.
    pub required: BTreeSet<&'a str>,
    /// What the properties are that have no entry, where something says so.
    pub others: Option<Schemas<'a>>,
    /// Whether there are no others.
    pub is_closed: bool,
    /// What the items of an array are; none at all is anything.
    pub items: Schemas<'a>,
    /// Whether an integer may be beyond what 64 bits hold with a sign.
    pub is_unsigned: bool,
}

/// The values that a schema takes.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape<'a> {
    /// The forms of the values; none where there is no value but null.
    pub forms: Vec<Form<'a>>,
    /// Whether null is listed.
    pub nullable: bool,
    /// Whether the schema is deprecated.
    pub is_deprecated: bool,
}

/// Resolves the schemas of one document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolver<'a> {
    /// The document.
    pub document: &'a Value,
    /// Whether it is of OpenAPI 3.0, where nothing beside `$ref` counts (OpenAPI 3.0.3, section 4.7.23).
    is_3_0: bool,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        let version = document["openapi"].as_str().unwrap_or_default();
        Self {
            document,
            is_3_0: version.starts_with("3.0"),
        }
    }

    /// What a `$ref` of an object leads to, again and again; else the object itself.
    ///
    /// # Errors
    ///
    /// A reference that leads nowhere, which none does in a document of one operation alone.
    pub(super) fn resolve(&self, mut value: &'a Value) -> Result<&'a Value> {
        let mut seen = BTreeSet::new();
        while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            if !seen.insert(reference) {
                return Err(Error::new(format!("{reference} points to itself")));
            }
            value = self.target(reference)?;
        }
        Ok(value)
    }

    /// The component that a reference leads to.
    fn target(&self, reference: &str) -> Result<&'a Value> {
        component(self.document, reference)
            .map(|(_, target)| target)
            .ok_or_else(|| Error::new(format!("{reference} points to nothing")))
    }

    /// The values that all of `schemas` take.
    ///
    /// # Errors
    ///
    /// A reference that points nowhere in the document.
    pub(super) fn shape(&self, schemas: &[&'a Value]) -> Result<Shape<'a>> {
        let mut shape = Shape::anything();
        for schema in schemas {
            shape = shape.and(&self.one(schema, &mut Vec::new())?);
        }
        Ok(shape)
    }

    fn one(&self, schema: &'a Value, open: &mut Vec<&'a str>) -> Result<Shape<'a>> {
        let schema = match schema {
            Value::Object(schema) => schema,
            Value::Bool(false) => return Ok(Shape::nothing()),
            // `true`, and what is no schema at all, says nothing.
            _ => return Ok(Shape::anything()),
        };
        let reference = schema.get("$ref").and_then(Value::as_str);
        let mut shape = match reference {
            Some(_) if self.is_3_0 => Shape::anything(),
            _ => Shape {
                forms: keywords::forms(schema),
                nullable: keywords::lists_null(schema),
                is_deprecated: false,
            },
        };
        shape.is_deprecated = schema.get("deprecated") == Some(&json!(true));
        if let Some(reference) = reference
            && !open.contains(&reference)
        {
            open.push(reference);
            let target = self.one(self.target(reference)?, open);
            open.pop();
            shape = shape.and(&target?);
        }
        if reference.is_none() || !self.is_3_0 {
            for part in keywords::list(schema, "allOf") {
                shape = shape.and(&self.one(part, open)?);
            }
            for keyword in ["anyOf", "oneOf"] {
                let mut union: Option<Shape<'a>> = None;
                for branch in keywords::list(schema, keyword) {
                    let branch = self.one(branch, open)?;
                    union = Some(match union {
                        Some(union) => union.or(branch),
                        None => branch,
                    });
                }
                if let Some(mut union) = union {
                    union.merge();
                    shape = shape.and(&union);
                }
            }
        }
        shape.nullable |= schema.get("nullable") == Some(&json!(true));
        Ok(shape)
    }
}

impl<'a> Shape<'a> {
    fn anything() -> Self {
        Self {
            forms: vec![Form::default()],
            nullable: false,
            is_deprecated: false,
        }
    }

    fn nothing() -> Self {
        Self {
            forms: Vec::new(),
            ..Self::anything()
        }
    }

    /// Whether nothing says what the values are.
    pub(super) fn is_anything(&self) -> bool {
        self.forms.iter().any(|form| form.kind.is_none())
    }

    /// Whether null is a value.
    pub(super) fn takes_null(&self) -> bool {
        self.nullable || self.is_anything()
    }

    fn and(&self, other: &Self) -> Self {
        let mut forms = Vec::new();
        for form in &self.forms {
            forms.extend(other.forms.iter().filter_map(|other| form.and(other)));
        }
        let mut shape = Self {
            forms,
            nullable: self.nullable || other.nullable,
            is_deprecated: self.is_deprecated || other.is_deprecated,
        };
        shape.bound();
        shape
    }

    fn or(mut self, other: Self) -> Self {
        self.forms.extend(other.forms);
        self.nullable |= other.nullable;
        self.bound();
        self
    }

    /// Makes one form of those of a type that a reader does not tell apart: all but objects, and arrays of each kind.
    fn merge(&mut self) {
        if self.is_anything() {
            self.forms = vec![Form::default()];
            return;
        }
        let mut merged: Vec<Form<'a>> = Vec::new();
        for form in std::mem::take(&mut self.forms) {
            let is_scalar = !matches!(form.kind, Some(Kind::Array | Kind::Object));
            match merged.iter_mut().find(|other| other.kind == form.kind) {
                Some(other) if is_scalar => other.widen(&form),
                _ => merged.push(form),
            }
        }
        let has_numbers = merged.iter().any(|form| form.kind == Some(Kind::Number));
        if has_numbers {
            merged.retain(|form| form.kind != Some(Kind::Integer));
        }
        self.forms = merged;
    }

    fn bound(&mut self) {
        if self.forms.len() <= MOST {
            return;
        }
        let mut kept: Vec<Form<'a>> = Vec::new();
        for form in std::mem::take(&mut self.forms) {
            match kept.iter_mut().find(|other| other.kind == form.kind) {
                Some(other) => other.widen(&form),
                None => kept.push(form),
            }
        }
        self.forms = kept;
    }
}

impl<'a> Form<'a> {
    /// What both take; none where they share no type.
    fn and(&self, other: &Self) -> Option<Self> {
        let kind = match (self.kind, other.kind) {
            (None, kind) | (kind, None) => kind,
            (Some(a), Some(b)) if a == b => Some(a),
            (Some(Kind::Integer), Some(Kind::Number))
            | (Some(Kind::Number), Some(Kind::Integer)) => Some(Kind::Integer),
            _ => return None,
        };
        let mut both = self.clone();
        both.kind = kind;
        both.values = match (&self.values, &other.values) {
            (Some(a), Some(b)) => Some(a.intersection(b).cloned().collect()),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        both.format = self.format.clone().or_else(|| other.format.clone());
        for (keyword, value) in &other.constraints {
            both.constraints
                .entry(keyword)
                .or_insert_with(|| value.clone());
        }
        for (name, schemas) in &other.properties {
            both.properties.entry(name).or_default().extend(schemas);
        }
        both.required.extend(&other.required);
        both.others = match (&self.others, &other.others) {
            (Some(a), Some(b)) => Some(a.iter().chain(b).copied().collect()),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        both.is_closed |= other.is_closed;
        both.items.extend(&other.items);
        both.is_unsigned |= other.is_unsigned;
        if let Some(kind) = kind {
            both.constraints
                .retain(|keyword, _| kind.constraints().contains(keyword));
        }
        Some(both)
    }

    /// Takes what the other takes as well.
    fn widen(&mut self, other: &Self) {
        self.values = match (self.values.take(), &other.values) {
            (Some(mut a), Some(b)) => {
                a.extend(b.iter().cloned());
                Some(a)
            }
            _ => None,
        };
        if self.format != other.format {
            self.format = None;
        }
        self.constraints
            .retain(|keyword, value| other.constraints.get(keyword) == Some(value));
        for (name, schemas) in &other.properties {
            self.properties
                .entry(name)
                .or_insert_with(|| schemas.clone());
        }
        self.required.retain(|name| other.required.contains(name));
        self.is_closed &= other.is_closed;
        self.is_unsigned |= other.is_unsigned;
        if self.items != other.items {
            self.items = Vec::new();
        }
    }

    /// What the property is: by its name, or as all others are.
    pub(super) fn property(&self, name: &str) -> Option<&Schemas<'a>> {
        self.properties.get(name).or(self.others.as_ref())
    }
}
