//! What values a schema takes, whichever way it is written: the forms of a value, each of one type.
//!
//! `nullable: true`, `type: [x, "null"]` and `anyOf: [x, {type: "null"}]` come out alike; so do `allOf` of one schema,
//! a `$ref` and what it points to, `const` and an `enum` of one, and a list of types and a union of them. A null that
//! a schema lists is kept though another keyword excludes it: where a description mentions null, null occurs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::pipeline::pointer;
use crate::{Error, Result};

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

    fn parse(name: &str) -> Option<Self> {
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
    fn constraints(self) -> &'static [&'static str] {
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

    /// What a `$ref` of an object points to, again and again; else the object itself.
    ///
    /// # Errors
    ///
    /// A reference that points nowhere in the document.
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

    fn target(&self, reference: &str) -> Result<&'a Value> {
        if !reference.starts_with('#') {
            return Err(Error::new(format!("{reference} is in another document"))
                .with_help("bundle the description into one document first"));
        }
        pointer::resolve(self.document, reference)
            .ok_or_else(|| Error::at(&reference[1..], "a $ref points here, and nothing is there"))
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
        let keywords = match schema {
            Value::Object(keywords) => keywords,
            Value::Bool(false) => return Ok(Shape::nothing()),
            // `true`, and what is no schema at all, says nothing.
            _ => return Ok(Shape::anything()),
        };
        let reference = keywords.get("$ref").and_then(Value::as_str);
        let mut shape = match reference {
            Some(_) if self.is_3_0 => Shape::anything(),
            _ => Shape {
                forms: own(keywords),
                nullable: lists_null(keywords),
                is_deprecated: false,
            },
        };
        shape.is_deprecated = keywords.get("deprecated") == Some(&json!(true));
        if let Some(reference) = reference
            && !open.contains(&reference)
        {
            open.push(reference);
            let target = self.one(self.target(reference)?, open);
            open.pop();
            shape = shape.and(&target?);
        }
        if reference.is_none() || !self.is_3_0 {
            for part in list(keywords, "allOf") {
                shape = shape.and(&self.one(part, open)?);
            }
            for keyword in ["anyOf", "oneOf"] {
                let mut union: Option<Shape<'a>> = None;
                for branch in list(keywords, keyword) {
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
        shape.nullable |= keywords.get("nullable") == Some(&json!(true));
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

/// The forms that the keywords of one schema themselves describe.
fn own<'a>(keywords: &'a Map<String, Value>) -> Vec<Form<'a>> {
    let values = values(keywords);
    let kinds: Vec<Option<Kind>> = match keywords.get("type") {
        Some(Value::String(name)) => Kind::parse(name).map(Some).into_iter().collect(),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str);
            let mut kinds: Vec<_> = names.filter_map(Kind::parse).map(Some).collect();
            if kinds.contains(&Some(Kind::Number)) {
                kinds.retain(|kind| *kind != Some(Kind::Integer));
            }
            kinds
        }
        _ => implied(keywords, values),
    };
    let mut forms: Vec<_> = kinds
        .into_iter()
        .map(|kind| of_kind(keywords, kind, values))
        .collect();
    // Where there are values and none of them is of the type, no such value is.
    forms.retain(|form| form.values.as_ref().is_none_or(|values| !values.is_empty()));
    forms
}

/// The types that a schema without `type` is of: those of its values, or what its keywords are for.
fn implied(keywords: &Map<String, Value>, values: Option<&[Value]>) -> Vec<Option<Kind>> {
    let has = |names: &[&str]| names.iter().any(|name| keywords.contains_key(*name));
    if let Some(values) = values {
        let kinds: BTreeSet<_> = values.iter().filter_map(Kind::of).collect();
        return kinds.into_iter().map(Some).collect();
    }
    if has(&["properties", "patternProperties", "additionalProperties", "required"]) {
        return vec![Some(Kind::Object)];
    }
    if has(&["items", "prefixItems"]) {
        return vec![Some(Kind::Array)];
    }
    vec![None]
}

/// What the keywords say of values of one type.
fn of_kind<'a>(
    keywords: &'a Map<String, Value>,
    kind: Option<Kind>,
    values: Option<&'a [Value]>,
) -> Form<'a> {
    let mut form = Form {
        kind,
        values: values.map(|values| {
            values
                .iter()
                .filter(|value| is_of(value, kind))
                .map(Value::to_string)
                .collect()
        }),
        ..Form::default()
    };
    if !matches!(kind, Some(Kind::Array | Kind::Object | Kind::Boolean)) {
        form.format = format(keywords);
    }
    let constraints = kind.map_or(&[][..], Kind::constraints);
    form.constraints = constraints
        .iter()
        .filter_map(|keyword| Some((*keyword, constraint(keywords, keyword)?)))
        .collect();
    match kind {
        Some(Kind::Object) => object(keywords, &mut form),
        Some(Kind::Array) => array(keywords, &mut form),
        Some(Kind::Integer) => form.is_unsigned = is_unsigned(keywords),
        _ => {}
    }
    form
}

/// The items of an array. Of a tuple, 3.0 knows what all items are and how many there may be.
fn array<'a>(keywords: &'a Map<String, Value>, form: &mut Form<'a>) {
    let rest = keywords.get("items");
    let first: Vec<_> = list(keywords, "prefixItems").collect();
    let Some(one) = first.first() else {
        form.items.extend(rest);
        return;
    };
    let is_end = rest == Some(&json!(false));
    if is_end {
        let most = form.constraints.entry("maxItems");
        most.or_insert_with(|| json!(first.len()));
    }
    let are_alike = first.iter().all(|other| other == one);
    if are_alike && (is_end || rest == Some(one)) {
        form.items.push(one);
    }
}

fn object<'a>(keywords: &'a Map<String, Value>, form: &mut Form<'a>) {
    let properties = keywords.get("properties").and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        form.properties.insert(name, vec![schema]);
    }
    form.required
        .extend(list(keywords, "required").filter_map(Value::as_str));
    let others = keywords
        .get("additionalProperties")
        .or_else(|| keywords.get("unevaluatedProperties"));
    match others {
        Some(Value::Bool(false)) => form.is_closed = true,
        Some(schema @ Value::Object(keywords)) if !keywords.is_empty() => {
            form.others = Some(vec![schema]);
        }
        _ => {}
    }
    let patterns = keywords.get("patternProperties").and_then(Value::as_object);
    if let Some(patterns) = patterns.filter(|patterns| !patterns.is_empty()) {
        form.is_closed = false;
        // One pattern is what the others are; of several, a reader does not know which.
        form.others = match patterns.values().next() {
            Some(schema) if patterns.len() == 1 && form.others.is_none() => Some(vec![schema]),
            _ => None,
        };
    }
}

/// The values that `enum` or `const` lists.
fn values(keywords: &Map<String, Value>) -> Option<&[Value]> {
    match (keywords.get("enum"), keywords.get("const")) {
        (_, Some(value)) => Some(std::slice::from_ref(value)),
        (Some(Value::Array(values)), None) => Some(values),
        _ => None,
    }
}

fn is_of(value: &Value, kind: Option<Kind>) -> bool {
    match (Kind::of(value), kind) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(of), Some(kind)) => of == kind || (of == Kind::Integer && kind == Kind::Number),
    }
}

fn lists_null(keywords: &Map<String, Value>) -> bool {
    let in_type = match keywords.get("type") {
        Some(Value::String(name)) => name == "null",
        Some(Value::Array(names)) => names.iter().any(|name| name == "null"),
        _ => false,
    };
    in_type || values(keywords).is_some_and(|values| values.iter().any(Value::is_null))
}

/// The format; 3.1 says some of 3.0's formats by other keywords (OpenAPI 3.1.0, section 4.8.14.3).
fn format(keywords: &Map<String, Value>) -> Option<String> {
    let text = |keyword: &str| keywords.get(keyword).and_then(Value::as_str);
    let encoded = match (text("contentEncoding"), text("contentMediaType")) {
        (Some("base64"), _) => Some("byte"),
        (None, Some("application/octet-stream")) => Some("binary"),
        _ => None,
    };
    text("format").or(encoded).map(str::to_owned)
}

/// A constraint. 3.0's `exclusiveMinimum: true` beside a `minimum` is 3.1's `exclusiveMinimum` of its value; what
/// constrains nothing is none.
fn constraint(keywords: &Map<String, Value>, keyword: &str) -> Option<Value> {
    let is_true = |keyword: &str| keywords.get(keyword) == Some(&json!(true));
    let limit = |limit: &str, exclusive: &str| match keyword {
        _ if keyword == limit && is_true(exclusive) => None,
        _ if keyword == exclusive && is_true(exclusive) => keywords.get(limit).cloned(),
        _ => keywords
            .get(keyword)
            .filter(|value| value.is_number())
            .cloned(),
    };
    let value = match keyword {
        "minimum" | "exclusiveMinimum" => limit("minimum", "exclusiveMinimum"),
        "maximum" | "exclusiveMaximum" => limit("maximum", "exclusiveMaximum"),
        _ => keywords.get(keyword).cloned(),
    }?;
    let is_none = match keyword {
        "uniqueItems" => value == json!(false),
        "minLength" | "minItems" | "minProperties" => value == json!(0),
        _ => false,
    };
    // `1` and `1.0` are one number.
    let value = match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() < 1e15 => {
            #[allow(clippy::cast_possible_truncation)]
            let whole = number as i64;
            json!(whole)
        }
        _ => value,
    };
    (!is_none).then_some(value)
}

/// Whether an integer is described as one that 64 bits hold only without a sign: the generated type is `u64` then.
fn is_unsigned(keywords: &Map<String, Value>) -> bool {
    let is_large = |value: &Value| {
        // The least that no `i64` holds is 2^63, exactly an `f64`.
        value
            .as_f64()
            .is_some_and(|value| value >= 9_223_372_036_854_775_808.0)
    };
    let shown = list(keywords, "examples").next();
    keywords.get("format").is_some_and(|it| it == "uint64")
        || keywords.get("maximum").is_some_and(is_large)
        || keywords.get("example").or(shown).is_some_and(is_large)
}

fn list<'a>(keywords: &'a Map<String, Value>, keyword: &str) -> impl Iterator<Item = &'a Value> {
    keywords
        .get(keyword)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A shape in a few words: its types, as people write them.
pub(super) fn describe(resolver: Resolver<'_>, schemas: &[&Value]) -> Result<String> {
    describe_to(resolver, schemas, 2)
}

fn describe_to(resolver: Resolver<'_>, schemas: &[&Value], depth: usize) -> Result<String> {
    let shape = resolver.shape(schemas)?;
    if shape.is_anything() {
        return Ok("anything".to_owned());
    }
    let is_union = shape
        .forms
        .iter()
        .filter(|form| form.kind == Some(Kind::Object))
        .count()
        > 1;
    let mut words = Vec::new();
    for form in &shape.forms {
        let word = describe_form(resolver, form, is_union, depth)?;
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if shape.nullable {
        words.push("null".to_owned());
    }
    Ok(if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(" | ")
    })
}

/// A form in a few words; an object with the names of its properties, where that is what tells it from others.
pub(super) fn describe_form(
    resolver: Resolver<'_>,
    form: &Form<'_>,
    named: bool,
    depth: usize,
) -> Result<String> {
    const SHOWN: usize = 3;
    let Some(kind) = form.kind else {
        return Ok("anything".to_owned());
    };
    Ok(match kind {
        Kind::Array if depth > 0 => {
            format!(
                "array of {}",
                describe_to(resolver, &form.items, depth - 1)?
            )
        }
        Kind::Object if form.properties.is_empty() && depth > 0 => match &form.others {
            Some(others) => format!("map of {}", describe_to(resolver, others, depth - 1)?),
            None => "object".to_owned(),
        },
        Kind::Object if named => {
            let mut names: Vec<_> = form.properties.keys().take(SHOWN).copied().collect();
            if form.properties.len() > SHOWN {
                names.push("…");
            }
            format!("object {{{}}}", names.join(", "))
        }
        kind => match &form.format {
            Some(format) => format!("{} ({format})", kind.name()),
            None => kind.name().to_owned(),
        },
    })
}
