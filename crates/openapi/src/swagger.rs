//! Swagger 2.0 to OpenAPI 3.0, the part of `load` for old descriptions.
//!
//! Works on plain values and leaves alone what it does not know, so that nothing in a description which no selected
//! operation reaches can break the load: typed converters refuse a whole document for one odd schema.

use serde_json::{Map, Value, json};

use crate::pointer;
use crate::references::Resolver;
use crate::structure::{METHODS, Version, walk_mut};

/// Where the components of Swagger 2.0 are in 3.0.
pub(crate) const SECTIONS: [(&str, &str); 4] = [
    ("definitions", "schemas"),
    ("parameters", "parameters"),
    ("responses", "responses"),
    ("securityDefinitions", "securitySchemes"),
];

/// Keywords of a 2.0 parameter or header that are a schema's in 3.0.
pub(crate) const SCHEMA_KEYWORDS: [&str; 18] = [
    "type",
    "format",
    "items",
    "default",
    "enum",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "multipleOf",
    "x-nullable",
    "x-example",
];

/// The document as OpenAPI 3.0.
#[must_use]
pub fn convert(mut document: Value) -> Value {
    inline_path_items(&mut document);
    move_references(&mut document);
    let consumes = media_types(&document["consumes"]);
    let produces = media_types(&document["produces"]);
    let Value::Object(mut old) = document else {
        return document;
    };
    let servers = match old.remove("servers") {
        Some(servers) if !old.contains_key("host") => servers,
        _ => servers(&old),
    };
    let bodies = bodies(&mut old);
    // Some have sections of OpenAPI 3 already.
    let mut components = match old.remove("components") {
        Some(Value::Object(components)) => components,
        _ => Map::new(),
    };
    for (from, to) in SECTIONS {
        if let Some(Value::Object(section)) = old.remove(from) {
            let section = section.into_iter().map(|(name, component)| {
                let component = match to {
                    "schemas" => schema(component),
                    "parameters" => parameter(component),
                    "responses" => response(component, &produces),
                    _ => security_scheme(component),
                };
                (name, component)
            });
            let section: Map<_, _> = section.collect();
            match components.get_mut(to).and_then(Value::as_object_mut) {
                Some(more) => more.extend(section),
                None => {
                    components.insert(to.to_owned(), section.into());
                }
            }
        }
    }
    if let Some(Value::Object(paths)) = old.get_mut("paths") {
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            inline_bodies(item, &bodies);
            path_item(item, &consumes, &produces);
        }
    }
    for key in [
        "swagger", "host", "basePath", "schemes", "consumes", "produces",
    ] {
        old.remove(key);
    }
    old.insert("openapi".to_owned(), json!("3.0.3"));
    old.insert("servers".to_owned(), servers);
    old.insert("components".to_owned(), Value::Object(components));
    Value::Object(old)
}

/// Puts path items where they are referred to: only there are they converted.
fn inline_path_items(document: &mut Value) {
    let items = document.get("paths").and_then(Value::as_object);
    let mut items = items.into_iter().flat_map(|paths| paths.values());
    // Most have none, and a copy of the whole is large.
    if !items.any(|item| item.get("$ref").is_some()) {
        return;
    }
    let original = document.clone();
    let resolver = Resolver::new(&original);
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(|paths| paths.values_mut()) {
        let target = item
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| resolver.resolve(reference, "").ok());
        let members = target.and_then(|target| target.value.as_object());
        if let (Some(members), Some(item)) = (members, item.as_object_mut()) {
            item.remove("$ref");
            for (name, member) in members {
                item.entry(name.clone()).or_insert_with(|| member.clone());
            }
        }
    }
}

/// `#/definitions/…` as `#/components/schemas/…`, and so on.
fn move_references(document: &mut Value) {
    walk_mut(Version::V2_0.root(), document, &mut |kind, value| {
        let moved = kind.reference(value).and_then(|target| {
            SECTIONS.iter().find_map(|(from, to)| {
                let rest = target.strip_prefix(&format!("#/{from}/"))?;
                Some(format!("#/components/{to}/{rest}"))
            })
        });
        if let Some(moved) = moved {
            value["$ref"] = moved.into();
        }
    });
}

/// A message that names references as the original has them.
#[must_use]
pub fn original_message(message: &str) -> String {
    SECTIONS
        .iter()
        .fold(message.to_owned(), |message, (from, to)| {
            message.replace(&format!("#/components/{to}"), &format!("#/{from}"))
        })
}

/// Where what stands at `pointer` in the converted document stood in the original, as near as it can be told.
#[must_use]
pub fn original_pointer(pointer: &str) -> String {
    let mut tokens: Vec<_> = pointer::tokens(pointer).collect();
    let is_section = tokens.first().is_some_and(|first| first == "components");
    let section = tokens.get(1).cloned().unwrap_or_default();
    if let (true, Some((from, _))) = (is_section, SECTIONS.iter().find(|(_, to)| *to == section)) {
        tokens.splice(..2, [(*from).to_owned()]);
    }
    if tokens.first().is_some_and(|first| first == "servers") {
        return "/host".to_owned();
    }
    // A response has its schema itself, and a body is a parameter.
    if let Some(content) = tokens.iter().position(|token| token == "content") {
        let end = (content + 2).min(tokens.len());
        tokens.drain(content..end);
    }
    if let Some(body) = tokens.iter().position(|token| token == "requestBody") {
        tokens.truncate(body);
        tokens.push("parameters".to_owned());
    }
    tokens
        .iter()
        .fold(String::new(), |at, token| pointer::push(&at, token))
}

fn media_types(value: &Value) -> Vec<String> {
    let listed = value.as_array().into_iter().flatten();
    listed
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// `https` where the description offers it. Without a host, the server is where the description was found.
pub(crate) fn servers(old: &Map<String, Value>) -> Value {
    let schemes = old.get("schemes").map(media_types).unwrap_or_default();
    let base_path = old
        .get("basePath")
        .and_then(Value::as_str)
        .unwrap_or_default();
    // It begins with a slash (Swagger 2.0, "Swagger Object"), and many leave that out.
    let base_path = match base_path.trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    };
    let Some(host) = old.get("host").and_then(Value::as_str) else {
        return match base_path.as_str() {
            "" => json!([]),
            path => json!([{ "url": path }]),
        };
    };
    let scheme = if schemes.is_empty() || schemes.iter().any(|scheme| scheme == "https") {
        "https"
    } else {
        schemes[0].as_str()
    };
    json!([{ "url": format!("{scheme}://{host}{base_path}") }])
}

/// Takes out of the shared parameters those that are bodies in 3.0, by the references to them.
fn bodies(old: &mut Map<String, Value>) -> Map<String, Value> {
    let Some(Value::Object(parameters)) = old.get_mut("parameters") else {
        return Map::new();
    };
    let (bodies, others) = std::mem::take(parameters)
        .into_iter()
        .partition::<Map<_, _>, _>(|(_, parameter)| {
            matches!(parameter["in"].as_str(), Some("body" | "formData"))
        });
    *parameters = others;
    bodies
        .into_iter()
        .map(|(name, body)| {
            let name = pointer::escape(&name);
            (format!("#/components/parameters/{name}"), body)
        })
        .collect()
}

/// Puts shared bodies where they are referred to, in a path item and in its operations.
fn inline_bodies(item: &mut Map<String, Value>, bodies: &Map<String, Value>) {
    for (key, value) in item {
        let list = match key.as_str() {
            "parameters" => Some(value),
            _ => value.get_mut("parameters"),
        };
        for parameter in list.and_then(Value::as_array_mut).into_iter().flatten() {
            let body = parameter["$ref"].as_str().and_then(|it| bodies.get(it));
            if let Some(body) = body {
                *parameter = body.clone();
            }
        }
    }
}

fn path_item(item: &mut Map<String, Value>, consumes: &[String], produces: &[String]) {
    let shared = item.remove("parameters");
    let (shared, shared_body) = parameters(shared, consumes);
    if !shared.is_empty() {
        item.insert("parameters".to_owned(), Value::Array(shared));
    }
    for method in METHODS {
        let Some(Value::Object(operation)) = item.get_mut(method) else {
            continue;
        };
        let own = |operation: &mut Map<String, Value>, key: &str, default: &[String]| {
            operation
                .remove(key)
                .map_or_else(|| default.to_vec(), |it| media_types(&it))
        };
        let consumes = own(operation, "consumes", consumes);
        let produces = own(operation, "produces", produces);
        operation.remove("schemes");
        let (parameters, body) = parameters(operation.remove("parameters"), &consumes);
        if !parameters.is_empty() {
            operation.insert("parameters".to_owned(), Value::Array(parameters));
        }
        if let Some(body) = body.or_else(|| shared_body.clone()) {
            operation.insert("requestBody".to_owned(), body);
        }
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            for answer in responses.values_mut() {
                *answer = response(answer.take(), &produces);
            }
        }
    }
}

/// The parameters, and the body that those in `body` and `formData` come to.
fn parameters(listed: Option<Value>, consumes: &[String]) -> (Vec<Value>, Option<Value>) {
    let mut parameters = Vec::new();
    let mut body = None;
    let mut form = Map::new();
    let mut form_required = Vec::new();
    let listed = match listed {
        Some(Value::Array(listed)) => listed,
        _ => Vec::new(),
    };
    for mut listed in listed {
        match listed["in"].as_str() {
            Some("body") => {
                let media_type = consumes.first().map_or("application/json", String::as_str);
                let required = listed["required"] == json!(true);
                let schema = schema(listed["schema"].take());
                body = Some(
                    json!({ "required": required, "content": { media_type: { "schema": schema } } }),
                );
            }
            Some("formData") => {
                let converted = parameter(listed);
                let name = converted["name"].as_str().unwrap_or_default().to_owned();
                if converted["required"] == json!(true) {
                    form_required.push(name.clone());
                }
                form.insert(name, converted["schema"].clone());
            }
            _ => parameters.push(parameter(listed)),
        }
    }
    if !form.is_empty() {
        let mut schema = json!({ "type": "object", "properties": form });
        let required = !form_required.is_empty();
        if required {
            schema["required"] = json!(form_required);
        }
        let content = json!({ "application/x-www-form-urlencoded": { "schema": schema } });
        body = Some(json!({ "required": required, "content": content }));
    }
    (parameters, body)
}

fn parameter(value: Value) -> Value {
    let Value::Object(mut parameter) = value else {
        return value;
    };
    if parameter.contains_key("$ref") {
        return Value::Object(parameter);
    }
    let mut keywords = Map::new();
    for keyword in SCHEMA_KEYWORDS {
        if let Some(value) = parameter.remove(keyword) {
            keywords.insert(keyword.to_owned(), value);
        }
    }
    let format = parameter.remove("collectionFormat");
    if parameter.get("in") == Some(&json!("query")) && keywords.contains_key("items") {
        // What has no style of its own is comma-separated, 2.0's default.
        let (style, explode) = match format.as_ref().and_then(Value::as_str) {
            Some("multi") => ("form", true),
            Some("ssv") => ("spaceDelimited", false),
            Some("pipes") => ("pipeDelimited", false),
            _ => ("form", false),
        };
        parameter.insert("style".to_owned(), json!(style));
        parameter.insert("explode".to_owned(), json!(explode));
    }
    parameter.insert("schema".to_owned(), schema(Value::Object(keywords)));
    Value::Object(parameter)
}

fn response(value: Value, produces: &[String]) -> Value {
    let Value::Object(mut response) = value else {
        return value;
    };
    let examples = response.remove("examples").unwrap_or_default();
    if let Some(described) = response.remove("schema") {
        let described = schema(described);
        let default = ["application/json".to_owned()];
        let produces = if produces.is_empty() {
            &default
        } else {
            produces
        };
        let content: Map<_, _> = produces
            .iter()
            .map(|media_type| {
                let mut media = json!({ "schema": described });
                if let Some(example) = examples.get(media_type) {
                    media["example"] = example.clone();
                }
                (media_type.clone(), media)
            })
            .collect();
        response.insert("content".to_owned(), Value::Object(content));
    }
    if let Some(Value::Object(headers)) = response.get_mut("headers") {
        for header in headers.values_mut() {
            *header = parameter(header.take());
        }
    }
    if !response.contains_key("$ref") {
        response.entry("description").or_insert_with(|| json!(""));
    }
    Value::Object(response)
}

fn schema(value: Value) -> Value {
    let Value::Object(mut keywords) = value else {
        return value;
    };
    if let Some(nullable) = keywords.remove("x-nullable") {
        keywords.insert("nullable".to_owned(), nullable);
    }
    if let Some(example) = keywords.remove("x-example") {
        keywords.entry("example").or_insert(example);
    }
    if keywords.get("type") == Some(&json!("file")) {
        keywords.insert("type".to_owned(), json!("string"));
        keywords.insert("format".to_owned(), json!("binary"));
    }
    // 2.0 names the property alone (Swagger 2.0, "Schema Object").
    if let Some(Value::String(property)) = keywords.get("discriminator").cloned() {
        keywords.insert(
            "discriminator".to_owned(),
            json!({ "propertyName": property }),
        );
    }
    for keyword in ["items", "additionalProperties", "not"] {
        if let Some(inner) = keywords.get_mut(keyword) {
            *inner = schema(inner.take());
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = keywords.get_mut(keyword) {
            for branch in branches {
                *branch = schema(branch.take());
            }
        }
    }
    if let Some(Value::Object(properties)) = keywords.get_mut("properties") {
        for property in properties.values_mut() {
            *property = schema(property.take());
        }
    }
    Value::Object(keywords)
}

/// A security scheme as 3.0 has it.
pub(crate) fn security_scheme(mut scheme: Value) -> Value {
    match scheme["type"].as_str() {
        Some("basic") => {
            let mut converted = json!({ "type": "http", "scheme": "basic" });
            if !scheme["description"].is_null() {
                converted["description"] = scheme["description"].take();
            }
            converted
        }
        // As OpenAPI 3 has it.
        Some("oauth2") if scheme["flows"].is_object() => scheme,
        Some("oauth2") => {
            let name = match scheme["flow"].as_str() {
                Some("application" | "clientCredentials") => "clientCredentials",
                Some("accessCode" | "authorizationCode") => "authorizationCode",
                Some("password") => "password",
                _ => "implicit",
            };
            let mut flow = Map::new();
            for key in ["authorizationUrl", "tokenUrl", "scopes"] {
                if !scheme[key].is_null() {
                    flow.insert(key.to_owned(), scheme[key].take());
                }
            }
            flow.entry("scopes").or_insert_with(|| json!({}));
            json!({ "type": "oauth2", "flows": { name: flow } })
        }
        _ => scheme,
    }
}
