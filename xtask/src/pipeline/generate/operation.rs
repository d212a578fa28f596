//! The operation that tells who the caller is: its requests and its answers, as data.

use serde_json::{Map, Value, json};

use super::names::{self, Schemas};
use crate::pipeline::whoami::{self, WhoAmI};
use crate::pipeline::{pointer, select};
use crate::{Error, Result};

/// The operation, with its answers under the names of their types.
#[derive(Debug)]
pub(super) struct Operation {
    /// The description's `operationId`.
    pub id: String,
    /// The method of the client that sends it.
    pub function: String,
    /// The HTTP method, in lower case.
    pub method: String,
    /// The path, as a template.
    pub path: String,
    /// Where it stands in the description.
    pub pointer: String,
    /// What the description says that it does.
    pub summary: Option<String>,
    /// The operation object, without its responses.
    pub object: Value,
    /// The parameters of the path item.
    pub shared_parameters: Value,
    /// The documented success.
    pub success: Success,
    /// The documented errors.
    pub errors: Vec<ErrorAnswer>,
    /// The mapping.
    pub whoami: WhoAmI,
}

/// A documented success.
#[derive(Debug)]
pub(super) struct Success {
    /// The HTTP status.
    pub status: u16,
    /// The media type, as the description writes it.
    pub media_type: String,
    /// The name of the body's type.
    pub type_name: String,
    /// An example of the body.
    pub example: Option<Value>,
}

/// A documented error.
#[derive(Debug)]
pub(super) struct ErrorAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The provider's own code, where the body tells several errors of one status apart.
    pub code: Option<String>,
    /// The name of its variant.
    pub variant: String,
    /// The name of the body's type; `None` for a body that is not described or not JSON.
    pub type_name: Option<String>,
    /// An example of the body.
    pub example: Option<Value>,
    /// What the description says of it.
    pub description: String,
}

/// Reads the one operation that `document` has been reduced to.
///
/// # Errors
///
/// A mapping that does not read; an answer that has no type.
pub(super) fn read(document: &Value, schemas: &mut Schemas) -> Result<Operation> {
    let (path, method, item) = marked(document)?;
    let at = pointer::push(&pointer::push("/paths", path), method);
    let mut object = item[method].clone();
    let whoami = whoami::read(
        &object[select::EXTENSION],
        &pointer::push(&at, select::EXTENSION),
    )?;
    let members = object
        .as_object_mut()
        .ok_or_else(|| Error::at(&at, "is not an operation"))?;
    let responses = members.remove("responses").unwrap_or_default();
    members.retain(|key, _| !key.starts_with("x-"));
    let id = match members.get("operationId").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => format!("{method} {path}"),
    };
    let function = names::function_name(&id);
    members.insert("operationId".to_owned(), json!(function));
    let summary = members
        .get("summary")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let answers = Answers {
        document,
        function: &function,
        at: pointer::push(&at, "responses"),
    };
    let success = answers.success(&responses, schemas)?;
    let errors = answers.errors(&responses, &whoami, schemas);
    Ok(Operation {
        id,
        method: method.to_owned(),
        path: path.to_owned(),
        pointer: at,
        summary,
        shared_parameters: item.get("parameters").cloned().unwrap_or_else(|| json!([])),
        success,
        errors,
        whoami,
        object,
        function,
    })
}

fn marked(document: &Value) -> Result<(&str, &str, &Value)> {
    document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .find_map(|(path, item)| {
            let method = select::METHODS
                .into_iter()
                .find(|method| item.get(method).is_some())?;
            Some((path.as_str(), method, item))
        })
        .ok_or_else(|| Error::at("/paths", "has no operation"))
}

/// The responses of one operation.
struct Answers<'a> {
    document: &'a Value,
    function: &'a str,
    at: String,
}

impl Answers<'_> {
    fn success(&self, responses: &Value, schemas: &mut Schemas) -> Result<Success> {
        for (status, response) in statuses(responses).filter(|(status, _)| status / 100 == 2) {
            let response = self.resolve(response);
            if let Some((media_type, media)) = json_content(response) {
                let at = pointer::push(&pointer::push(&self.at, status.to_string()), "content");
                let schema = media.get("schema").ok_or_else(|| {
                    Error::at(pointer::push(&at, media_type), "has no schema")
                        .with_help("describe the body with an action of the overlay")
                })?;
                let name = format!("{} response", self.function);
                return Ok(Success {
                    status,
                    media_type: media_type.to_owned(),
                    type_name: schemas.name(&name, schema.clone()),
                    example: example(media),
                });
            }
        }
        Err(Error::at(&self.at, "has no success with a JSON body")
            .with_help("add the 200 answer with an action of the overlay"))
    }

    fn errors(
        &self,
        responses: &Value,
        whoami: &WhoAmI,
        schemas: &mut Schemas,
    ) -> Vec<ErrorAnswer> {
        let mut errors = Vec::new();
        let mut unions = Vec::new();
        for (status, response) in statuses(responses).filter(|(status, _)| status / 100 >= 4) {
            let response = self.resolve(response);
            let description = response["description"].as_str().unwrap_or_default();
            let variant = reason(status);
            let media = json_content(response).map(|(_, media)| media);
            let schema = media.and_then(|media| media.get("schema"));
            let example = media.and_then(example);
            let Some(schema) = schema else {
                errors.push(ErrorAnswer {
                    status,
                    code: None,
                    variant,
                    type_name: None,
                    example,
                    description: description.to_owned(),
                });
                continue;
            };
            let type_name = schemas.name(&format!("{} {variant}", self.function), schema.clone());
            let code = whoami.code.as_ref().map(|code| code.0.as_str());
            let branches = by_code(&type_name, code, schemas);
            if branches.is_empty() {
                errors.push(ErrorAnswer {
                    status,
                    code: None,
                    variant,
                    type_name: Some(type_name),
                    example,
                    description: description.to_owned(),
                });
                continue;
            }
            unions.push(type_name);
            for Branch { code, type_name } in branches {
                let at = |pointer: &str| example.as_ref().and_then(|it| it.pointer(pointer));
                let own = whoami.code.as_ref().and_then(|pointer| at(&pointer.0));
                let example = example.clone().filter(|_| own == Some(&json!(code)));
                let described = schemas
                    .get(&type_name)
                    .and_then(|it| it["description"].as_str());
                errors.push(ErrorAnswer {
                    status,
                    variant: names::type_name(&code),
                    description: described.unwrap_or(description).to_owned(),
                    code: Some(code),
                    type_name: Some(type_name),
                    example,
                });
            }
        }
        // Each of their branches is read on its own.
        for union in &unions {
            schemas.forget(union);
        }
        unique_variants(&mut errors);
        errors
    }

    fn resolve<'a>(&'a self, response: &'a Value) -> &'a Value {
        response["$ref"]
            .as_str()
            .and_then(|reference| pointer::resolve(self.document, reference))
            .unwrap_or(response)
    }
}

/// The responses that have a status of their own, rather than a range or the default.
fn statuses(responses: &Value) -> impl Iterator<Item = (u16, &Value)> {
    let responses = responses.as_object().into_iter().flatten();
    responses.filter_map(|(status, response)| Some((status.parse().ok()?, response)))
}

/// The JSON media type of a response: `application/json`, or one that ends in `+json` (RFC 6839, section 3.1).
fn json_content(response: &Value) -> Option<(&str, &Value)> {
    let content = response.get("content")?.as_object()?;
    let is_json = |media_type: &str| {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        essence == "application/json" || essence.ends_with("+json")
    };
    content
        .iter()
        .find(|(media_type, _)| is_json(media_type))
        .map(|(media_type, media)| (media_type.as_str(), media))
}

fn example(media: &Value) -> Option<Value> {
    media.get("example").cloned().or_else(|| {
        let examples = media.get("examples")?.as_object()?;
        examples
            .values()
            .find_map(|example| example.get("value"))
            .cloned()
    })
}

/// One error of a status that has several.
struct Branch {
    code: String,
    type_name: String,
}

/// The errors that the body of one status tells apart by the provider's own code.
fn by_code(type_name: &str, code: Option<&str>, schemas: &Schemas) -> Vec<Branch> {
    let (Some(code), Some(schema)) = (code, schemas.get(type_name)) else {
        return Vec::new();
    };
    let union = ["oneOf", "anyOf"]
        .into_iter()
        .find_map(|keyword| schema.get(keyword)?.as_array());
    let single = json!({ "$ref": format!("#/components/schemas/{type_name}") });
    let branches = union.cloned().unwrap_or_else(|| vec![single]);
    branches
        .iter()
        .map(|branch| {
            let type_name = names::reference(branch)?.to_owned();
            let code = constant(branch, code, schemas)?;
            Some(Branch { code, type_name })
        })
        .collect::<Option<_>>()
        .unwrap_or_default()
}

/// The one value that a schema allows at `pointer`.
fn constant(schema: &Value, pointer: &str, schemas: &Schemas) -> Option<String> {
    let mut schema = schemas.resolve(schema);
    for token in pointer::tokens(pointer) {
        schema = schemas.resolve(schema.get("properties")?.get(&token)?);
    }
    match schema.get("enum")?.as_array()?.as_slice() {
        [Value::String(value)] => Some(value.clone()),
        _ => None,
    }
}

/// A status's reason phrase (RFC 9110, section 15), as the name of a variant.
fn reason(status: u16) -> String {
    match http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
    {
        Some(reason) => names::type_name(reason),
        None => format!("Status{status}"),
    }
}

fn unique_variants(errors: &mut [ErrorAnswer]) {
    let mut taken = std::collections::BTreeSet::new();
    for error in errors {
        if !taken.insert(error.variant.clone()) {
            error.variant = format!("{}{}", error.variant, error.status);
            taken.insert(error.variant.clone());
        }
    }
}

/// The document that progenitor makes the request and the types from.
///
/// It shows any success as bytes and no error: every answer then reaches `keyholder-core` whole, which reads it in
/// one place and keeps its status.
pub(super) fn request_document(
    document: &Value,
    operation: &Operation,
    schemas: &Schemas,
) -> Value {
    with_responses(
        document,
        operation,
        schemas,
        json!({ "2XX": { "description": "", "content": { "*/*": {} } } }),
    )
}

/// The document that progenitor makes the typed mocks from.
pub(super) fn mock_document(document: &Value, operation: &Operation, schemas: &Schemas) -> Value {
    let success = &operation.success;
    let reference = format!("#/components/schemas/{}", success.type_name);
    with_responses(
        document,
        operation,
        schemas,
        json!({ success.status.to_string(): {
            "description": "",
            "content": { "application/json": { "schema": { "$ref": reference } } },
        } }),
    )
}

fn with_responses(
    document: &Value,
    operation: &Operation,
    schemas: &Schemas,
    responses: Value,
) -> Value {
    let mut object = operation.object.clone();
    object["responses"] = responses;
    let item =
        json!({ operation.method.as_str(): object, "parameters": operation.shared_parameters });
    let mut components = document["components"].clone();
    if !components.is_object() {
        components = json!({});
    }
    if let Some(components) = components.as_object_mut() {
        // What is left of the answers and of the authentication is not progenitor's to see.
        components.retain(|section, _| matches!(section.as_str(), "parameters" | "requestBodies"));
        let named: Map<_, _> = schemas
            .iter()
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect();
        components.insert("schemas".to_owned(), Value::Object(named));
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": document["info"]["title"], "version": document["info"]["version"] },
        "paths": { operation.path.as_str(): item },
        "components": components,
    })
}
