//! The operation that tells who the caller is: its requests and its answers, as data.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answers::{Answers, ErrorAnswer, Success};
use crate::names::{self, Schemas};
use crate::tolerance::tolerate;
use keyholder_describe::EXTENSION;
use keyholder_describe::request::{self, Fixed};
use keyholder_describe::whoami::{self, WhoAmI};
use keyholder_openapi::pointer;
use keyholder_openapi::structure::{METHODS, is_extension};
use keyholder_openapi::text;
use keyholder_openapi::{Error, Result};

/// The methods that a client has beside the operation.
const RESERVED: [&str; 7] = [
    "identity",
    "new",
    "provider",
    "read",
    "verify",
    "whoami",
    "with_config",
];

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
    /// The description's `operationId`.
    pub id: String,
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
    /// What is the same in every request.
    pub fixed: Fixed,
    /// The documented success.
    pub success: Success,
    /// The documented errors.
    pub errors: Vec<ErrorAnswer>,
    /// The mapping.
    pub whoami: WhoAmI,
}

/// Reads the one operation that `document` has been reduced to.
///
/// # Errors
///
/// A mapping that does not read; an answer that has no type.
pub(crate) fn read(document: &Value, schemas: &mut Schemas) -> Result<Operation> {
    let (path, method, item) = marked(document)?;
    let at = pointer::push(&pointer::push("/paths", path), method);
    let mut object = item[method].clone();
    let whoami = whoami::read(&object[EXTENSION], &pointer::push(&at, EXTENSION))?;
    let members = object
        .as_object_mut()
        .ok_or_else(|| Error::at(&at, "is not an operation"))?;
    let responses = members.remove("responses").unwrap_or_default();
    members.retain(|key, _| !is_extension(key));
    let id = match members.get("operationId").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => format!("{method} {path}"),
    };
    let mut function = names::function_name(&id);
    if RESERVED.contains(&function.as_str()) {
        function = format!("{method}_{function}");
    }
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
    let fixed = request::fix(document, path, item, members, &whoami, &at)?;
    for parameter in members
        .get_mut("parameters")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        tolerate(&mut parameter["schema"]);
    }
    let parameters = open_parameters(members.get("parameters"));
    let success = answers.success(&responses, schemas)?;
    let errors = answers.errors(&responses, &whoami, schemas);
    Ok(Operation {
        id: text::line(&id),
        method: method.to_owned(),
        path: fixed.path.clone(),
        pointer: at,
        summary,
        parameters,
        fixed,
        success,
        errors,
        whoami,
        object,
        function,
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

fn marked(document: &Value) -> Result<(&str, &str, &Value)> {
    document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .find_map(|(path, item)| {
            let method = METHODS
                .into_iter()
                .find(|method| item.get(method).is_some())?;
            Some((path.as_str(), method, item))
        })
        .ok_or_else(|| Error::at("/paths", "has no operation"))
}
