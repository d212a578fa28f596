//! OpenAPI 3.2 as 3.1: what an operation of the one needs is said in the other. Everything stays where it stands.

use serde_json::Value;

use crate::pointer;
use crate::structure::{Kind, Version, walk_mut};

/// The version that a document of OpenAPI 3.2 is read as.
const READ_AS: &str = "3.1.1";

/// Whether a document states that it is of OpenAPI 3.2.
pub(crate) fn is_newer(document: &Value) -> bool {
    let stated = document.get("openapi").and_then(Value::as_str);
    stated
        .and_then(|stated| stated.strip_prefix("3.2."))
        .is_some_and(|patch| patch.starts_with(|c: char| c.is_ascii_digit()))
}

/// The document in the words of 3.1. Fields that 3.1 has not are left: nothing reads them.
pub(crate) fn convert(mut document: Value) -> Value {
    document["openapi"] = READ_AS.into();
    let own = document
        .as_object_mut()
        .and_then(|root| root.remove("$self"));
    let own = own.as_ref().and_then(Value::as_str).unwrap_or_default();
    // Its own dialect adds to that of 3.1 what says nothing of which values there are (section 4.24).
    let dialect = document.get("jsonSchemaDialect").and_then(Value::as_str);
    if dialect.is_some_and(|it| it.starts_with("https://spec.openapis.org/oas/3.2/"))
        && let Some(root) = document.as_object_mut()
    {
        root.remove("jsonSchemaDialect");
    }
    let media_types = document.pointer("/components/mediaTypes").cloned();
    let media_types = media_types.unwrap_or_default();
    walk_mut(Version::V3_1.root(), &mut document, &mut |kind, value| {
        // A reference by the document's own URI (OpenAPI 3.2.0, section 4.1.2.2.1) is one within it.
        if let Some(fragment) = kind
            .reference(value)
            .filter(|_| !own.is_empty())
            .and_then(|reference| reference.strip_prefix(own))
            .filter(|rest| rest.starts_with('#'))
        {
            value["$ref"] = fragment.to_owned().into();
        }
        match kind {
            Kind::Content => content(value, &media_types),
            Kind::List(_) => parameters(value),
            _ if is(kind, "Response Object") => {
                // It may be left out (section 4.17.1).
                if let Some(members) = value.as_object_mut().filter(|it| !it.contains_key("$ref")) {
                    let summary = members.get("summary").cloned();
                    members
                        .entry("description")
                        .or_insert_with(|| summary.unwrap_or_else(|| "".into()));
                }
            }
            // What stands in a cookie as it is (section 4.12.3) is written as a form's value is, but for its encoding.
            _ if is(kind, "Parameter Object") => {
                if value["in"] == "cookie"
                    && value["style"] == "cookie"
                    && let Some(members) = value.as_object_mut()
                {
                    members.remove("style");
                }
            }
            // Its name (section 4.5.1) says more than nothing.
            _ if is(kind, "Server Object") => {
                if let Some(members) = value.as_object_mut()
                    && let Some(name) = members.get("name").cloned()
                {
                    members.entry("description").or_insert(name);
                }
            }
            // An example's value has another name (section 4.19.1).
            _ if is(kind, "Example Object") => {
                if let Some(members) = value.as_object_mut()
                    && let Some(data) = members.remove("dataValue")
                {
                    members.entry("value").or_insert(data);
                }
            }
            _ => {}
        }
    });
    document
}

/// Puts the media types that stand among the components in the place of references to them (section 4.14).
fn content(value: &mut Value, media_types: &Value) {
    let Some(members) = value.as_object_mut() else {
        return;
    };
    for member in members.values_mut() {
        let name = member.get("$ref").and_then(Value::as_str);
        let name = name.and_then(|it| it.strip_prefix("#/components/mediaTypes/"));
        let Some(name) = name else { continue };
        let name = pointer::tokens(&format!("/{name}")).next();
        if let Some(shared) = name.and_then(|name| media_types.get(&name)) {
            *member = shared.clone();
        }
    }
}

/// Leaves out the parameter that is the whole query, where a request may do without it (section 4.12.2).
fn parameters(value: &mut Value) {
    if let Some(items) = value.as_array_mut() {
        items.retain(|item| item["in"] != "querystring" || item["required"] == true);
    }
}

/// Whether an object of that name stands there, or a reference to one.
fn is(kind: Kind, name: &str) -> bool {
    match kind {
        Kind::Object(object) => object.name == name,
        Kind::Component(section) => is(section.kind, name),
        _ => false,
    }
}
