//! The identity that an answer gives by `x-whoami`, taken from its JSON by the rules of `specs/README.md`, apart from
//! the generator: no types, only pointers.

use serde_json::{Map, Value, json};

use testing_harness::description::{list, members};

/// The claims that are texts.
const TEXTS: [&str; 9] = [
    "sub",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "email",
    "picture",
    "created_at",
    "updated_at",
];

/// The identity of `answer` by the mapping `identity`, without who was asked.
#[must_use]
pub fn identity(mapping: &Value, answer: &Value) -> Value {
    let mut claims = Map::new();
    for name in TEXTS {
        insert(&mut claims, name, text(&mapping[name], answer));
    }
    insert(
        &mut claims,
        "email_verified",
        flag(&mapping["email_verified"], answer),
    );
    insert(&mut claims, "scopes", texts(&mapping["scopes"], answer));
    claims.insert(
        "subject_type".to_owned(),
        subject_type(&mapping["subject_type"], answer),
    );
    let organizations = entries(&mapping["organizations"], answer, &organization);
    insert(&mut claims, "organizations", organizations);
    let permissions = entries(&mapping["permissions"], answer, &permission);
    insert(&mut claims, "permissions", permissions);
    let quotas: Vec<_> = list(&mapping["quotas"])
        .filter_map(|it| quota(it, answer))
        .collect();
    insert(
        &mut claims,
        "quotas",
        (!quotas.is_empty()).then(|| json!(quotas)),
    );
    let token = fields(&mapping["token"], answer, &["id", "name", "expires_at"]);
    insert(
        &mut claims,
        "token",
        (!token.is_empty()).then(|| Value::from(token)),
    );
    Value::from(claims)
}

fn insert(claims: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        claims.insert(name.to_owned(), value);
    }
}

/// The first of the values that `source` points to and `read` takes; a text that is no pointer stands for itself.
fn value(source: &Value, answer: &Value, read: impl Fn(&Value) -> Option<Value>) -> Option<Value> {
    let pointers = match source {
        Value::String(text) if text.is_empty() || text.starts_with('/') => {
            std::slice::from_ref(source)
        }
        Value::String(_) => return Some(source.clone()),
        _ => source.as_array().map(Vec::as_slice).unwrap_or_default(),
    };
    let mut found = pointers
        .iter()
        .filter_map(|pointer| answer.pointer(pointer.as_str()?));
    found.find_map(read)
}

/// A text; numbers are, and the empty text is none.
fn text(source: &Value, answer: &Value) -> Option<Value> {
    value(source, answer, |found| plain(found).map(Value::from))
}

/// A scalar as a text.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn flag(source: &Value, answer: &Value) -> Option<Value> {
    match source.as_str() {
        Some("true") => Some(Value::from(true)),
        Some("false") => Some(Value::from(false)),
        _ => value(source, answer, |found| found.as_bool().map(Value::from)),
    }
}

fn figure(source: &Value, answer: &Value) -> Option<Value> {
    value(source, answer, |found| match found {
        Value::Number(_) => Some(found.clone()),
        Value::String(text) => text.trim().parse::<f64>().ok().map(Value::from),
        _ => None,
    })
}

/// A list of texts, or one text with spaces between them.
fn texts(source: &Value, answer: &Value) -> Option<Value> {
    value(source, answer, |found| match found {
        Value::Array(items) => Some(items.iter().filter_map(plain).collect()),
        Value::String(text) => Some(text.split_whitespace().collect()),
        _ => None,
    })
}

fn subject_type(source: &Value, answer: &Value) -> Value {
    let unknown = || Value::from("unknown");
    match source {
        Value::String(_) => source.clone(),
        Value::Object(_) => text(&source["at"], answer)
            .and_then(|named| source["values"].get(named.as_str()?).cloned())
            .unwrap_or_else(unknown),
        _ => unknown(),
    }
}

/// One for each item of the list at `each`; without it, one of the answer itself, if it says anything.
fn entries(
    mapping: &Value,
    answer: &Value,
    entry: &dyn Fn(&Value, &Value) -> Map<String, Value>,
) -> Option<Value> {
    if !mapping.is_object() {
        return None;
    }
    match mapping["each"].as_str() {
        Some(each) => {
            let items = answer.pointer(each)?.as_array()?;
            Some(
                items
                    .iter()
                    .map(|item| Value::from(entry(mapping, item)))
                    .collect(),
            )
        }
        None => {
            let entry = entry(mapping, answer);
            (!entry.is_empty()).then(|| json!([entry]))
        }
    }
}

fn organization(mapping: &Value, item: &Value) -> Map<String, Value> {
    let mut organization = fields(mapping, item, &["id", "name", "slug", "role"]);
    insert(&mut organization, "active", flag(&mapping["active"], item));
    organization
}

fn permission(mapping: &Value, item: &Value) -> Map<String, Value> {
    let mut permission = fields(mapping, item, &["permission", "resource", "environment"]);
    if permission.contains_key("resource") {
        insert(
            &mut permission,
            "resource_type",
            text(&mapping["resource_type"], item),
        );
    }
    permission
}

fn quota(mapping: &Value, answer: &Value) -> Option<Value> {
    let mut quota = Map::new();
    for name in ["limit", "used", "remaining"] {
        insert(&mut quota, name, figure(&mapping[name], answer));
    }
    insert(&mut quota, "resets_at", text(&mapping["resets_at"], answer));
    if quota.is_empty() {
        return None;
    }
    let constants = members(mapping).filter(|(name, _)| matches!(*name, "name" | "unit"));
    quota.extend(constants.map(|(name, value)| (name.to_owned(), value.clone())));
    Some(Value::from(quota))
}

fn fields(mapping: &Value, answer: &Value, names: &[&str]) -> Map<String, Value> {
    let mut fields = Map::new();
    for name in names {
        insert(&mut fields, name, text(&mapping[*name], answer));
    }
    fields
}
