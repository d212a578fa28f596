//! What progenitor is shown, and what it makes of it.

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::guard;
use crate::names::Schemas;
use crate::operation::Operation;
use crate::secrets;
use keyholder_openapi::{Error, Result};

/// What progenitor is shown.
pub(crate) struct Shown<'a> {
    /// The description, without its schemas.
    pub document: &'a Value,
    /// The operations.
    pub operations: &'a [Operation],
    /// All schemas.
    pub schemas: &'a Schemas,
    /// The one of them that is a secret's.
    pub secret: Option<&'a str>,
}

/// The types, and the client whose methods have the signatures of the operations'.
///
/// progenitor is shown any success as bytes and no error: every answer then reaches `keyholder-core` whole, which reads
/// it in one place and keeps its status. It is shown parameters by the names that their arguments have.
///
/// # Errors
///
/// A description that progenitor cannot generate from.
pub(crate) fn types(shown: &Shown<'_>) -> Result<TokenStream> {
    let at = shown.operations.first().map_or("/paths", |it| &it.pointer);
    let document = OpenAPI::deserialize(&shown.document()).map_err(|error| {
        let message = format!("is not OpenAPI 3.0 after lowering: {error}");
        Error::at(at, message)
    })?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_map_type("::std::collections::BTreeMap");
    if let Some(name) = shown.secret {
        settings.with_replacement(name, secrets::TYPE, std::iter::empty());
    }
    guard::guard(|| Generator::new(&settings).generate_tokens(&document))
        .and_then(|tokens| tokens.map_err(|error| error.to_string()))
        .map_err(|error| {
            let message = format!("progenitor cannot generate from the description: {error}");
            Error::at(at, message)
        })
}

impl Shown<'_> {
    /// A document of the operations and of all schemas.
    fn document(&self) -> Value {
        let responses = json!({ "2XX": { "description": "", "content": { "*/*": {} } } });
        let mut paths: Map<String, Value> = Map::new();
        for operation in self.operations {
            let mut object = operation.object.clone();
            object["responses"] = responses.clone();
            if let Some(parameters) = object["parameters"].as_array_mut() {
                for (parameter, named) in parameters.iter_mut().zip(&operation.parameters) {
                    parameter["name"] = json!(named.argument);
                }
            }
            // What stands in braces are no arguments: the client has their values.
            let mut path = operation.path.replace(['{', '}'], "");
            // The path goes nowhere from here, and two may come out alike.
            while paths.contains_key(&path) {
                path.push('_');
            }
            paths.insert(path, json!({ operation.method.as_str(): object }));
        }
        let named: Map<_, _> = self
            .schemas
            .iter()
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect();
        let info = &self.document["info"];
        json!({
            "openapi": "3.0.3",
            "info": { "title": info["title"], "version": info["version"] },
            "paths": paths,
            "components": { "schemas": named },
        })
    }
}
