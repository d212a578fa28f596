//! The answers of the operation, under the names of their types.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde_json::{Value, json};

use crate::names::{self, Schemas};
use keyholder_describe::whoami::WhoAmI;
use keyholder_describe::wire;
use keyholder_openapi::references::resolved;
use keyholder_openapi::text;
use keyholder_openapi::{Error, Result};
use keyholder_openapi::{media_type, pointer};

/// Which answers a response of the description describes (OpenAPI 3.0.3, section 4.7.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// Those of one status.
    Code(u16),
    /// Those of a hundred, as in `4XX`.
    Range(u16),
    /// Those that no other describes.
    Default,
}

impl Status {
    fn parse(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        match key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
            Some(hundred) => hundred.parse().ok().map(Self::Range),
            None => key.parse().ok().map(Self::Code),
        }
    }

    /// Whether it may describe a success.
    fn is_success(self) -> bool {
        matches!(self, Self::Code(200..=299) | Self::Range(2) | Self::Default)
    }

    /// Whether it may describe an error.
    fn is_error(self) -> bool {
        matches!(
            self,
            Self::Code(400..=599) | Self::Range(4 | 5) | Self::Default
        )
    }

    /// A status of the kind, for an example.
    pub(crate) fn example(self) -> u16 {
        match self {
            Self::Code(status) => status,
            Self::Range(hundred) => hundred * 100,
            Self::Default => 500,
        }
    }

    /// Its name: the reason phrase (RFC 9110, section 15), or the class of statuses.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Range(4) => "ClientError".to_owned(),
            Self::Range(_) => "ServerError".to_owned(),
            Self::Default => "OtherError".to_owned(),
            Self::Code(status) => http::StatusCode::from_u16(status)
                .ok()
                .and_then(|status| status.canonical_reason())
                .map_or_else(|| format!("Status{status}"), names::type_name),
        }
    }

    /// As people write it.
    pub(crate) fn label(self) -> String {
        match self {
            Self::Code(status) => format!("Status {status}"),
            Self::Range(hundred) => format!("Any status {hundred}XX that has no answer of its own"),
            Self::Default => "Any status that has no answer of its own".to_owned(),
        }
    }
}

/// A documented success.
#[derive(Debug)]
pub(crate) struct Success {
    /// The HTTP statuses.
    pub statuses: RangeInclusive<u16>,
    /// The media type, as the description writes it.
    pub media_type: String,
    /// The name of the body's type.
    pub type_name: String,
    /// An example of the body.
    pub example: Option<Value>,
}

/// A documented error.
#[derive(Debug)]
pub(crate) struct ErrorAnswer {
    /// The HTTP statuses.
    pub status: Status,
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

/// The responses of one operation.
pub(crate) struct Answers<'a> {
    /// The description, for references.
    pub document: &'a Value,
    /// The method of the client, whose name the types get that have none.
    pub function: &'a str,
    /// Where the responses stand.
    pub at: String,
}

impl Answers<'_> {
    /// The documented success: of a status of its own, of the range `2XX` or the default, in this order.
    ///
    /// # Errors
    ///
    /// No success with a JSON body that is described.
    pub(crate) fn success(&self, responses: &Value, schemas: &mut Schemas) -> Result<Success> {
        for (status, key, response) in statuses(responses) {
            let content = json_content(resolved(self.document, response));
            let (true, Some((media_type, media))) = (status.is_success(), content) else {
                continue;
            };
            let at = pointer::push(&pointer::push(&self.at, key), "content");
            let schema = media.get("schema").filter(|schema| **schema != json!({}));
            let schema = schema.ok_or_else(|| {
                Error::at(pointer::push(&at, media_type), "has no schema")
                    .with_help("describe the body with an action of the overlay")
            })?;
            if let Some(reason) = wire::media_type(media_type) {
                let at = pointer::push(&at, media_type);
                return Err(Error::at(
                    at,
                    format!("{} {reason}", text::shown(media_type)),
                ));
            }
            let name = format!("{} response", self.function);
            return Ok(Success {
                statuses: match status {
                    Status::Code(status) => status..=status,
                    Status::Range(_) | Status::Default => 200..=299,
                },
                // What is described as any media type is asked for as JSON.
                media_type: if media_type::may_be_json(media_type) {
                    "application/json".to_owned()
                } else {
                    media_type.to_owned()
                },
                type_name: schemas.name(&name, schema.clone()),
                example: example(media),
            });
        }
        Err(Error::at(&self.at, "has no success with a JSON body")
            .with_help("add the 200 answer with an action of the overlay"))
    }

    /// The documented errors, those of a status of its own before ranges and the default.
    pub(crate) fn errors(
        &self,
        responses: &Value,
        whoami: &WhoAmI,
        schemas: &mut Schemas,
    ) -> Vec<ErrorAnswer> {
        let mut errors = Vec::new();
        let mut unions = Vec::new();
        let has_other_success = statuses(responses)
            .any(|(status, ..)| status.is_success() && status != Status::Default);
        for (status, _, response) in statuses(responses) {
            // The default describes errors where something else describes the success.
            if !status.is_error() || (status == Status::Default && !has_other_success) {
                continue;
            }
            let response = resolved(self.document, response);
            let media = json_content(response).map(|(_, media)| media);
            let schema = media.and_then(|media| media.get("schema"));
            let type_name = schema.map(|schema| {
                let name = format!("{} {}", self.function, status.name());
                schemas.name(&name, schema.clone())
            });
            let error = ErrorAnswer {
                status,
                code: None,
                variant: status.name(),
                type_name,
                example: media.and_then(example),
                description: response["description"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            };
            let branches = branches(&error, media, whoami, schemas);
            if branches.is_empty() {
                errors.push(error);
            } else {
                unions.extend(error.type_name);
                errors.extend(branches);
            }
        }
        // Each of their branches is read on its own.
        for union in &unions {
            schemas.forget(union);
        }
        unique_variants(&mut errors);
        errors
    }
}

/// The responses, with the answers they describe, those of one status first.
fn statuses(responses: &Value) -> impl Iterator<Item = (Status, &String, &Value)> {
    let responses = responses.as_object().into_iter().flatten();
    let mut statuses: Vec<_> = responses
        .filter_map(|(key, response)| Some((Status::parse(key)?, key, response)))
        .collect();
    statuses.sort_by_key(|(status, ..)| *status);
    statuses.into_iter()
}

/// The JSON media type of a response.
fn json_content(response: &Value) -> Option<(&str, &Value)> {
    media_type::json(response.get("content")?.as_object()?)
}

/// The examples that are some: publishers leave references to files of theirs in place.
fn examples(media: &Value) -> impl Iterator<Item = &Value> {
    let named = media.get("examples").and_then(Value::as_object);
    let named = named.into_iter().flat_map(|examples| examples.values());
    media
        .get("example")
        .into_iter()
        .chain(named.filter_map(|example| example.get("value")))
        .filter(|example| example.get("$ref").is_none())
}

fn example(media: &Value) -> Option<Value> {
    examples(media).next().cloned()
}

/// The errors that the body of one status tells apart by the provider's own code; none when it does not.
fn branches(
    error: &ErrorAnswer,
    media: Option<&Value>,
    whoami: &WhoAmI,
    schemas: &Schemas,
) -> Vec<ErrorAnswer> {
    let (Some(type_name), Some(code)) = (&error.type_name, &whoami.code) else {
        return Vec::new();
    };
    let at_code = code.0.as_str();
    let schema = schemas.get(type_name);
    let union = ["oneOf", "anyOf"]
        .into_iter()
        .find_map(|keyword| schema?.get(keyword)?.as_array());
    let alone = vec![json!({ "$ref": format!("#/components/schemas/{type_name}") })];
    let branch = |branch: &Value| {
        let type_name = names::reference(branch)?.to_owned();
        let code = constant(branch, at_code, schemas)?;
        let described = schemas.get(&type_name)?["description"].as_str();
        Some(ErrorAnswer {
            status: error.status,
            variant: names::type_name(&code),
            description: described.unwrap_or(&error.description).to_owned(),
            example: media
                .into_iter()
                .flat_map(examples)
                .find(|example| example.pointer(at_code) == Some(&json!(code)))
                .cloned(),
            code: Some(code),
            type_name: Some(type_name),
        })
    };
    let branches: Option<_> = union.unwrap_or(&alone).iter().map(branch).collect();
    branches.unwrap_or_default()
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

fn unique_variants(errors: &mut [ErrorAnswer]) {
    let mut taken = BTreeSet::new();
    for error in errors {
        if !taken.insert(error.variant.clone()) {
            let name = format!("{}{}", error.variant, error.status.example());
            error.variant = names::unique(&name, "Number", &mut taken);
        }
    }
}
