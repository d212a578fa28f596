//! Makes the schemas of answers tolerant, so that an answer still reads when the provider has moved on.
//!
//! A newer server adds a field or sends null where its description forgot to say so; none of that is a reason to
//! know nothing of a token. What is `required` stays so: an answer without it is not the one described.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase as _;
use keyholder_openapi::structure::is_extension;
use serde_json::{Map, Value, json};

use crate::names::{self, Schemas};
use crate::unions;

/// Keywords that say which of its values a type takes. A reader checks types, not values.
const VALUE_KEYWORDS: [&str; 15] = [
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "pattern",
];

/// Rewrites `schema` and everything inline in it.
pub(crate) fn tolerate(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else {
        return;
    };
    let is_unsigned = is_beyond_i64(keywords);
    let has_fractions = keywords.get("type") == Some(&json!("integer"))
        && ["default", "example"].iter().any(|keyword| {
            let value = keywords.get(*keyword).and_then(Value::as_f64);
            value.is_some_and(|value| value.fract() != 0.0)
        });
    keywords.retain(|keyword, _| {
        !VALUE_KEYWORDS.contains(&keyword.as_str())
            && !matches!(keyword.as_str(), "uniqueItems" | "title" | "example")
            && !is_extension(keyword)
    });
    if has_fractions {
        // Its own makers send others.
        keywords.insert("type".to_owned(), json!("number"));
    } else if is_unsigned {
        keywords.insert("format".to_owned(), json!("uint64"));
    }
    if keywords.get("additionalProperties") == Some(&json!(false)) {
        keywords.remove("additionalProperties");
    }
    // typify makes a closed type of what is no text, and cannot tell values apart whose names come out alike, such as
    // `+1` and `-1`. It does not merge values with other schemas beside them, which have the same values or more. The
    // values stay in the description.
    let is_merged = ["allOf", "anyOf", "oneOf"]
        .iter()
        .any(|keyword| keywords.contains_key(*keyword));
    let is_text = keywords.get("type").is_none_or(|kind| kind == "string");
    if is_merged || !is_text || has_like_names(keywords) {
        keywords.remove("enum");
    }
    let properties = keywords
        .get_mut("properties")
        .and_then(Value::as_object_mut);
    for property in properties
        .into_iter()
        .flat_map(|properties| properties.values_mut())
    {
        tolerate(property);
        make_nullable(property);
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner) = keywords.get_mut(keyword) {
            tolerate(inner);
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let branches = keywords.get_mut(keyword).and_then(Value::as_array_mut);
        branches.into_iter().flatten().for_each(tolerate);
    }
}

/// Takes from what objects require the names of properties that nothing declares: an answer without them is no other.
pub(crate) fn require_declared(schemas: &mut Schemas) {
    let known = schemas.clone();
    for schema in schemas.values_mut() {
        require_declared_in(schema, &BTreeSet::new(), &known);
    }
}

/// The same inside a schema, beside which `declared` are declared.
fn require_declared_in(schema: &mut Value, declared: &BTreeSet<String>, known: &Schemas) {
    let mut declared = declared.clone();
    for part in unions::parts(schema, known) {
        let properties = part["properties"].as_object().into_iter().flatten();
        declared.extend(properties.map(|(name, _)| name.clone()));
    }
    let Some(keywords) = schema.as_object_mut() else {
        return;
    };
    if let Some(required) = keywords.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_some_and(|name| declared.contains(name)));
        if required.is_empty() {
            keywords.remove("required");
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let branches = keywords.get_mut(keyword).and_then(Value::as_array_mut);
        for branch in branches.into_iter().flatten() {
            require_declared_in(branch, &declared, known);
        }
    }
    let properties = keywords
        .get_mut("properties")
        .and_then(Value::as_object_mut);
    let properties = properties.into_iter().flat_map(|it| it.values_mut());
    for property in properties {
        require_declared_in(property, &BTreeSet::new(), known);
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner) = keywords.get_mut(keyword) {
            require_declared_in(inner, &BTreeSet::new(), known);
        }
    }
}

/// Whether two values of an enum have one name in Rust.
fn has_like_names(keywords: &Map<String, Value>) -> bool {
    let values = keywords.get("enum").and_then(Value::as_array);
    let mut seen = BTreeSet::new();
    let mut texts = values.into_iter().flatten().filter_map(Value::as_str);
    let mut seen_letters = BTreeSet::new();
    texts.any(|text| {
        // typify leaves out what is no part of a name, where ours has it in ASCII.
        let is_letter = |c: char| c.is_alphabetic() || c.is_ascii_digit();
        let letters: String = text
            .chars()
            .map(|c| if is_letter(c) { c } else { ' ' })
            .collect();
        !seen.insert(names::type_name(text)) || !seen_letters.insert(letters.to_upper_camel_case())
    })
}

/// Whether an integer is described as one that 64 bits hold only without a sign.
fn is_beyond_i64(keywords: &Map<String, Value>) -> bool {
    let is_large = |keyword: &str| {
        let limit = keywords.get(keyword).and_then(Value::as_f64);
        // The least that no `i64` holds is 2^63, exactly an `f64`.
        limit.is_some_and(|limit| limit >= 9_223_372_036_854_775_808.0)
    };
    keywords.get("type") == Some(&json!("integer"))
        && (keywords.get("format") == Some(&json!("uint64"))
            || is_large("maximum")
            || is_large("example"))
}

fn make_nullable(property: &mut Value) {
    if property.get("$ref").is_some() {
        *property = json!({ "allOf": [property.take()] });
    }
    if let Some(keywords) = property.as_object_mut() {
        // A schema without any keyword takes null as it is.
        if keywords.keys().any(|keyword| keyword != "description") {
            keywords.insert("nullable".to_owned(), json!(true));
        }
    }
}
