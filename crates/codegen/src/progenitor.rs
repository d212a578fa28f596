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
    /// Its operation.
    pub operation: &'a Operation,
    /// Its schemas.
    pub schemas: &'a Schemas,
    /// The one of them that is a secret's.
    pub secret: Option<&'a str>,
}

/// The types, and the client whose method has the signature of the operation's.
///
/// progenitor is shown any success as bytes and no error: every answer then reaches `keyholder-core` whole, which reads
/// it in one place and keeps its status. It is shown parameters by the names that their arguments have, so that both
/// what it makes for the client and for the mocks calls their types alike.
///
/// # Errors
///
/// A description that progenitor cannot generate from.
pub(crate) fn types(shown: &Shown<'_>) -> Result<TokenStream> {
    let responses = json!({ "2XX": { "description": "", "content": { "*/*": {} } } });
    shown.run(&responses, Generator::generate_tokens)
}

/// The typed mocks, whose parameters have the names of their arguments as well.
///
/// # Errors
///
/// A description that progenitor cannot generate from.
pub(crate) fn mocks(shown: &Shown<'_>) -> Result<TokenStream> {
    let success = &shown.operation.success;
    let mut response = json!({ "description": "" });
    if let Some(type_name) = &success.type_name {
        let reference = format!("#/components/schemas/{type_name}");
        response["content"] = json!({ "application/json": { "schema": { "$ref": reference } } });
    }
    let responses = json!({ success.status.to_string(): response });
    shown.run(&responses, |generator, document| {
        generator.httpmock(document, "crate")
    })
}

impl Shown<'_> {
    /// A document of the operation with these responses, and of all schemas.
    fn document(&self, responses: &Value) -> Value {
        let operation = self.operation;
        let mut object = operation.object.clone();
        object["responses"] = responses.clone();
        if let Some(parameters) = object["parameters"].as_array_mut() {
            for (parameter, named) in parameters.iter_mut().zip(&operation.parameters) {
                parameter["name"] = json!(named.argument);
            }
        }
        let named: Map<_, _> = self
            .schemas
            .iter()
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect();
        let info = &self.document["info"];
        // What stands in braces are no arguments: the client has their values.
        let path = operation.path.replace(['{', '}'], "");
        json!({
            "openapi": "3.0.3",
            "info": { "title": info["title"], "version": info["version"] },
            "paths": { path: { operation.method.as_str(): object } },
            "components": { "schemas": named },
        })
    }

    fn run(
        &self,
        responses: &Value,
        run: impl Fn(&mut Generator, &OpenAPI) -> progenitor_impl::Result<TokenStream>,
    ) -> Result<TokenStream> {
        let at = &self.operation.pointer;
        let document = OpenAPI::deserialize(&self.document(responses)).map_err(|error| {
            let message = format!("is not OpenAPI 3.0 after lowering: {error}");
            Error::at(at, message)
        })?;
        let mut settings = GenerationSettings::new();
        settings
            .with_interface(InterfaceStyle::Positional)
            .with_map_type("::std::collections::BTreeMap");
        if let Some(name) = self.secret {
            settings.with_replacement(name, secrets::TYPE, std::iter::empty());
        }
        guard::guard(|| run(&mut Generator::new(&settings), &document))
            .and_then(|tokens| tokens.map_err(|error| error.to_string()))
            .map_err(|error| {
                let message = format!("progenitor cannot generate from the description: {error}");
                Error::at(at, message)
            })
    }
}
