//! An operation of a provider: its requests and its answers, as data.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answers::{Answers, ErrorAnswer, Success};
use crate::names::{self, Schemas};
use crate::tolerance::tolerate;
use keyholder_core::{Operation as Info, Rule};
use keyholder_describe::OperationReading;
use keyholder_describe::responses::Responses;
use keyholder_openapi::Result;
use keyholder_openapi::pointer;

/// The methods that a client has beside those of operations.
const RESERVED: [&str; 8] = [
    "as_async",
    "new",
    "provider",
    "read_answer",
    "verify",
    "whoami",
    "with_config",
    "with_token",
];

/// A parameter that callers may give.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    /// The name, as the description has it.
    pub name: String,
    /// The argument of the client's method.
    pub argument: String,
    /// Whether it goes into a header; otherwise into the query.
    pub is_header: bool,
}

/// An operation, with its answers under the names of their types.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
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

/// The names of the operations' methods, and of what is named after them.
#[derive(Debug, Default)]
pub(crate) struct Functions {
    functions: BTreeSet<String>,
    types: BTreeSet<String>,
}

impl Functions {
    /// The method of the operation that is called `id` and asked by `method`: `get_me`, and `get_me_2` for a second.
    fn name(&mut self, id: &str, method: &str) -> String {
        let mut name = names::function_name(id);
        if RESERVED.contains(&name.as_str()) {
            name = format!("{method}_{name}");
        }
        let mut unique = name.clone();
        let mut count = 1;
        // Types are named after functions, and without the marks between words two may come out alike.
        while self.functions.contains(&unique) || self.types.contains(&names::type_name(&unique)) {
            count += 1;
            unique = format!("{}_{count}", name.trim_end_matches('_'));
        }
        self.functions.insert(unique.clone());
        self.types.insert(names::type_name(&unique));
        unique
    }
}

/// Reads the one operation that `document` has been reduced to, which comes to `info`.
///
/// # Errors
///
/// An answer that has no type.
pub(crate) fn read(
    document: &Value,
    info: &Info,
    reading: OperationReading,
    functions: &mut Functions,
    schemas: &mut Schemas,
) -> Result<Operation> {
    let OperationReading {
        pointer: at,
        object: mut members,
    } = reading;
    let method = info.method.to_lowercase();
    let id = members.get("operationId").and_then(Value::as_str);
    let function = functions.name(id.unwrap_or(&info.id), &method);
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
        code: &info.code,
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
    let success = answers.success(&info.success.status, schemas)?;
    let errors = answers.errors(schemas);
    Ok(Operation {
        method,
        path: info.path.clone(),
        pointer: at,
        summary,
        parameters,
        rules: info.answers.clone(),
        success,
        errors,
        object: Value::Object(members),
        function,
    })
}

impl Operation {
    /// The HTTP method and the path.
    pub(crate) fn endpoint(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// The names of the schemas that a caller of the method meets: those of answers and of parameters.
    pub(crate) fn references(&self) -> Vec<String> {
        let errors = self
            .errors
            .iter()
            .filter_map(|error| error.type_name.clone());
        let parameters = self.object.get("parameters").and_then(Value::as_array);
        let parameters = parameters.into_iter().flatten();
        self.success
            .type_name
            .clone()
            .into_iter()
            .chain(errors)
            .chain(parameters.flat_map(|it| names::references(&it["schema"])))
            .collect()
    }
}

/// Names the arguments of the parameters; of those alike in Rust, all but the first are numbered.
fn open_parameters(parameters: Option<&Value>) -> Vec<Parameter> {
    // The mocks have a function for each, beside these.
    let mut taken = BTreeSet::from(["config", "into_inner", "new", "token"].map(str::to_owned));
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
