//! The answers of the operation, under the names of their types.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::names::{self, Schemas};
use keyholder_core::{Pointer, Status};
use keyholder_describe::responses::Responses;
use keyholder_openapi::Result;
use keyholder_openapi::{media_type, pointer};

/// What this crate makes of the statuses that a response describes.
pub(crate) trait StatusExt {
    /// Whether they may be those of an error.
    fn may_be_error(self) -> bool;
    /// A status of the kind, for an example.
    fn example(self) -> u16;
    /// Their name: the reason phrase (RFC 9110, section 15), or the class of statuses.
    fn name(self) -> String;
    /// As people write it.
    fn label(self) -> String;
}

impl StatusExt for Status {
    fn may_be_error(self) -> bool {
        matches!(
            self,
            Self::Code(400..=599) | Self::Range(4 | 5) | Self::Default
        )
    }

    fn example(self) -> u16 {
        match self {
            Self::Code(status) => status,
            Self::Range(hundred) => hundred * 100,
            Self::Default => 500,
        }
    }

    fn name(self) -> String {
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

    fn label(self) -> String {
        match self {
            Self::Code(status) => format!("Status {status}"),
            Self::Range(hundred) => format!("Any status {hundred}XX that has no answer of its own"),
            Self::Default => "Any status that has no answer of its own".to_owned(),
        }
    }
}

/// A documented success.
#[derive(Clone, Debug)]
pub(crate) struct Success {
    /// A status of it.
    pub status: u16,
    /// The name of the body's type; `None` for a body that is not described or not JSON.
    pub type_name: Option<String>,
    /// An example of the body.
    pub example: Option<Value>,
}

/// A documented error.
#[derive(Clone, Debug)]
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
    /// The responses of the description.
    pub responses: Responses<'a>,
    /// The method of the client, whose name the types get that have none.
    pub function: &'a str,
    /// Where answers carry the provider's own code.
    pub code: &'a [Pointer],
}

impl Answers<'_> {
    /// The documented success, of one of `statuses`.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(crate) fn success(&self, statuses: &[Status], schemas: &mut Schemas) -> Result<Success> {
        let found = self.responses.success(statuses)?;
        let schema = found
            .media
            .filter(|_| found.media_type.is_some_and(is_json))
            .and_then(|media| media.get("schema"))
            .filter(|schema| **schema != json!({}));
        let name = format!("{} response", self.function);
        Ok(Success {
            status: match statuses.first() {
                Some(Status::Code(status)) => *status,
                _ => 200,
            },
            type_name: schema.map(|schema| schemas.name(&name, schema.clone())),
            example: found.media.filter(|_| schema.is_some()).and_then(example),
        })
    }

    /// The documented errors, those of a status of its own before ranges and the default.
    pub(crate) fn errors(&self, schemas: &mut Schemas) -> Vec<ErrorAnswer> {
        let mut errors = Vec::new();
        let mut unions = Vec::new();
        let is_success = |status| matches!(status, Status::Code(200..=299) | Status::Range(2));
        let mut all = self.responses.iter();
        let has_other_success = all.any(|found| is_success(found.status));
        for found in self.responses.iter() {
            let status = found.status;
            // The default describes errors where something else describes the success.
            if !status.may_be_error() || (status == Status::Default && !has_other_success) {
                continue;
            }
            let media = found
                .media
                .filter(|_| found.media_type.is_some_and(is_json));
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
                description: found.response["description"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            };
            let branches = branches(&error, media, self.code, schemas);
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

/// Whether a body may be JSON, by the media type that it is described with.
fn is_json(media_type: &str) -> bool {
    media_type::is_json(media_type) || media_type::may_be_json(media_type)
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
    code: &[Pointer],
    schemas: &Schemas,
) -> Vec<ErrorAnswer> {
    let (Some(type_name), [code, ..]) = (&error.type_name, code) else {
        return Vec::new();
    };
    let at_code = code.as_str();
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
