//! The operation that tells who the caller is: its requests and its answers, as data.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answers::{Answers, ErrorAnswer, Success};
use crate::names::{self, Schemas};
use crate::tolerance::tolerate;
use keyholder_core::{ProviderInfo, Rule};
use keyholder_describe::Reading;
use keyholder_describe::responses::Responses;
use keyholder_openapi::pointer;
use keyholder_openapi::{Error, Result};

/// The methods that a client has beside the operation.
const RESERVED: [&str; 6] = ["new", "provider", "read", "verify", "whoami", "with_config"];

/// A parameter that callers may give.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// The name, as the description has it.
    pub name: String,
    /// The argument of the client's method.
    pub argument: String,
    /// Whether it goes into a header; otherwise into the query.
    pub is_header: bool,
}

/// The operation, with its answers under the names of their types.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The provider, as data.
    pub info: ProviderInfo,
    /// The method of the client that sends it.
    pub function: String,
    /// The HTTP method, in lower case.
    pub method: String,
    /// The path, with the values of its parameters.
    pub path: String,
    /// Where it stands in the description.
    pub pointer: String,
    /// What the description says that it does.
    pub summary: Option<String>,
    /// The operation object, without its responses, and with the parameters that callers may give.
    pub object: Value,
    /// Those parameters, in the same order.
    pub parameters: Vec<Parameter>,
    /// What answers say of the token.
    pub rules: Vec<Rule>,
    /// The documented success.
    pub success: Success,
    /// The documented errors.
    pub errors: Vec<ErrorAnswer>,
}

/// Reads the one operation that `document` has been reduced to, which comes to `reading`.
///
/// # Errors
///
/// An answer that has no type.
pub(crate) fn read(document: &Value, reading: Reading, schemas: &mut Schemas) -> Result<Operation> {
    let Reading {
        info,
        pointer: at,
        object: mut members,
        ..
    } = reading;
    let described = info
        .whoami()
        .cloned()
        .ok_or_else(|| Error::at(&at, "is not an operation"))?;
    let method = described.method.to_lowercase();
    let mut function = names::function_name(
        members
            .get("operationId")
            .and_then(Value::as_str)
            .unwrap_or(&described.id),
    );
    if RESERVED.contains(&function.as_str()) {
        function = format!("{method}_{function}");
    }
    members.insert("operationId".to_owned(), json!(function));
    let summary = members
        .get("summary")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let at_responses = pointer::push(&at, "responses");
    let answers = Answers {
        responses: Responses {
            document,
            responses: document.pointer(&at_responses).unwrap_or(&Value::Null),
            at: at_responses.clone(),
        },
        function: &function,
        code: &described.code,
    };
    for parameter in members
        .get_mut("parameters")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        tolerate(&mut parameter["schema"]);
        // A value that may be null is one that may be left out: there is no null in a query or a header.
        if let Some(schema) = parameter["schema"].as_object_mut() {
            schema.remove("nullable");
        }
    }
    let parameters = open_parameters(members.get("parameters"));
    let success = answers.success(&described.success.status, schemas)?;
    let errors = answers.errors(schemas);
    Ok(Operation {
        method,
        path: described.path,
        pointer: at,
        summary,
        parameters,
        rules: described.answers,
        success,
        errors,
        object: Value::Object(members),
        function,
        info,
    })
}

/// Names the arguments of the parameters; of those alike in Rust, all but the first are numbered.
fn open_parameters(parameters: Option<&Value>) -> Vec<Parameter> {
    // The mocks have a function for each, beside these.
    let mut taken = BTreeSet::from(["into_inner".to_owned(), "new".to_owned()]);
    let parameters = parameters.and_then(Value::as_array).into_iter().flatten();
    parameters
        .filter_map(|parameter| {
            let name = parameter["name"].as_str()?.to_owned();
            let argument = names::unique(&names::function_name(&name), "_", &mut taken);
            Some(Parameter {
                is_header: parameter["in"] == "header",
                name,
                argument,
            })
        })
        .collect()
}
