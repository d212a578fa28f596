//! What the keywords of one schema themselves say of its values, without what it refers to and is made of.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::form::{Form, Kind};

/// The forms that the keywords of one schema themselves describe.
pub(super) fn forms(keywords: &Map<String, Value>) -> Vec<Form<'_>> {
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
    if has(&[
        "properties",
        "patternProperties",
        "additionalProperties",
        "required",
    ]) {
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

/// Whether null is listed.
pub(super) fn lists_null(keywords: &Map<String, Value>) -> bool {
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

/// The items of a keyword that holds a list.
pub(super) fn list<'a>(
    keywords: &'a Map<String, Value>,
    keyword: &str,
) -> impl Iterator<Item = &'a Value> {
    keywords
        .get(keyword)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}
