//! From a description to a provider as data.

use keyholder_core::{
    Body, Content, Credential, Operation, PartSource, ProviderInfo, Refusal, Status, Success,
    TokenSource,
};
use keyholder_openapi::structure::{METHODS, is_extension};
use keyholder_openapi::{Error, Result, lower, media_type, pointer, text};
use serde_json::{Map, Value};

use crate::responses::{Responses, described};
use crate::rules::{self, Checker};
use crate::schema::Place;
use crate::whoami::{self, Identity, Mapping};
use crate::{Described, EXTENSION, authentication, claims, parameters, remarks, request, servers};

/// What a description of one operation comes to.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The provider, as data.
    pub info: ProviderInfo,
    /// Where the operation stands: a JSON pointer.
    pub pointer: String,
    /// The operation object, without its responses, with the parameters that callers may give and no other.
    pub object: Map<String, Value>,
    /// What of the description was left out, or looks doubtful, a line each.
    pub remarks: Vec<String>,
}

/// The provider that is described so, and what there is to say of the description, a line each.
///
/// # Errors
///
/// Whatever is wrong with the description or its overlay, with file and pointer.
pub fn provider(described: &Described) -> Result<(ProviderInfo, Vec<String>)> {
    let selected = described.select()?;
    let reading = lower::lower(&selected.document)
        .and_then(|lowered| read(described.provider(), &lowered.document))
        .map_err(|error| described.locate(selected.locate(error)))?;
    Ok((reading.info, reading.remarks))
}

/// Reads the one operation of a document that was selected and lowered.
///
/// # Errors
///
/// A mapping that does not read, or does not fit the description, with its pointer.
pub fn read(provider: &str, document: &Value) -> Result<Reading> {
    let (path, method, item) = only_operation(document)?;
    let at = pointer::push(&pointer::push("/paths", path), method);
    let mut object = item[method]
        .as_object()
        .cloned()
        .ok_or_else(|| Error::at(&at, "is not an operation"))?;
    let mapping = whoami::read(&item[method][EXTENSION], &pointer::push(&at, EXTENSION))?;
    let responses = object.remove("responses").unwrap_or_default();
    object.retain(|key, _| !is_extension(key));
    let id = match object.get("operationId").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => format!("{method} {path}"),
    };
    let credentials = authentication::offered(
        document,
        &Value::Object(object.clone()),
        &mapping.token,
        &at,
    )?;
    let fixed = request::fix(
        document,
        path,
        item,
        &mut object,
        &mapping,
        &credentials,
        &at,
    )?;
    let servers = servers::servers(document, &at);
    let base_path = servers.path.unwrap_or_default();
    let path = format!("{base_path}{}", fixed.path);

    let mut operation = Operation::new(text::line(&id), method.to_uppercase(), path);
    operation.query = fixed.query;
    operation.headers = fixed.headers;
    operation.body = fixed
        .body
        .map(|(media_type, content)| Body::new(media_type, content));
    let read = Responses {
        document,
        responses: &responses,
        at: pointer::push(&at, "responses"),
    };
    let at_mapping = pointer::push(&at, EXTENSION);
    rules::check_success_statuses(&mapping.success.status, &at_mapping)?;
    operation.success = success(&read, &mapping)?;
    operation.refusals = refusals(&read, &mapping);
    operation.code.clone_from(&mapping.code);
    operation.challenges.clone_from(&mapping.challenges);
    operation.answers.clone_from(&mapping.answers.rules);
    operation.identity = mapping.identity.claims();
    let mut remarks = servers.remarks;
    check(&read, &operation, &mapping, &at, &mut remarks)?;
    let body = body(&read, &operation);
    remarks.extend(remarks::on_success(
        document, &object, &operation, &body, &at,
    ));

    let mut info = ProviderInfo::new(provider, operation);
    info.title = title(document, provider);
    info.base_url = servers.base_url;
    info.base_path = base_path;
    info.servers = servers.named;
    info.base_url_variable = variable(provider, "base_url");
    info.token = token(&mapping, &credentials, provider);
    info.credentials = credentials;
    let uses = parameters::Uses {
        servers: &info.servers,
        operations: &info.operations,
        forms: &info.token.forms,
        credentials: &info.credentials,
    };
    let parameters =
        parameters::parameters(&mapping, servers.parameters, &uses, provider, &at_mapping)?;
    info.parameters = parameters;
    // A name of the description may hold a line break, and a remark is a line.
    let remarks = remarks.iter().map(|remark| in_a_line(remark)).collect();
    Ok(Reading {
        info,
        pointer: at,
        object,
        remarks,
    })
}

/// What is known of the tokens.
fn token(mapping: &Mapping, credentials: &[Credential], provider: &str) -> TokenSource {
    let mut token = TokenSource::default();
    token.variable.clone_from(&mapping.token.env);
    token.forms.clone_from(&mapping.token.form);
    token.exclusive = mapping.token.exclusive;
    let names = credentials
        .first()
        .map(|it| it.authentication.parts())
        .unwrap_or_default();
    let parts = names.into_iter().map(|name| {
        let mut said = mapping.token.parts.iter();
        let said = said
            .find(|it| it.part == name)
            .and_then(|it| it.env.clone());
        PartSource::new(name, said.unwrap_or_else(|| variable(provider, name)))
    });
    token.parts.extend(parts);
    token
}

/// The name of an environment variable of the provider's, for `name`.
pub(crate) fn variable(provider: &str, name: &str) -> String {
    let whole = format!("{provider}_{name}").to_uppercase();
    whole.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// Refuses a mapping that does not fit the description.
fn check(
    responses: &Responses<'_>,
    operation: &Operation,
    mapping: &Mapping,
    at: &str,
    remarks: &mut Vec<String>,
) -> Result<()> {
    let at = pointer::push(at, EXTENSION);
    let at_identity = pointer::push(&at, "identity");
    if mapping.identity == Identity::Claims(Box::default()) {
        return Err(Error::at(at_identity, "maps no claim").with_help(
            "map one, or write `identity: none` if a success tells only good from bad",
        ));
    }
    claims::check(
        &operation.identity,
        &at_identity,
        &body(responses, operation),
    )?;
    let checker = Checker {
        responses,
        operation,
        at: &at,
    };
    checker.check(mapping, remarks)
}

/// What the body of a success is.
fn body<'a>(responses: &Responses<'a>, operation: &Operation) -> Place<'a> {
    let statuses = operation.success.status.iter();
    let documented = statuses.flat_map(|status| responses.describing(*status));
    let schemas = documented.filter_map(|found| found.schema());
    Place::new(responses.document, schemas)
}

/// What the answer to a good token is: of a status of its own, of the range `2XX` or the default, in this order.
fn success(responses: &Responses<'_>, mapping: &Mapping) -> Result<Success> {
    let mut success = Success::default();
    let found = responses.success(&mapping.success.status);
    // A pointer needs a body that it leads into.
    let claims = mapping.identity.claims();
    let reads_body = claims::claims(&claims)
        .iter()
        .any(|claim| !claim.pointers.is_empty());
    let has_json = match &found {
        Ok(found) => found.is_json(),
        // There is one, and something is wrong with it.
        Err(error) => error.pointer() != Some(responses.at.as_str()),
    };
    if reads_body && !has_json {
        return Err(Error::at(&responses.at, "has no success with a JSON body")
            .with_help("add the 200 answer with an action of the overlay"));
    }
    let found = found?;
    if reads_body && found.schema().is_none() {
        let at = pointer::push(&pointer::push(&responses.at, found.key), "content");
        let at = pointer::push(&at, found.media_type.unwrap_or_default());
        return Err(Error::at(at, "has no schema")
            .with_help("describe the body with an action of the overlay"));
    }
    success.status = if mapping.success.status.is_empty() {
        vec![match found.status {
            // The default describes errors too.
            Status::Default => Status::Range(2),
            status => status,
        }]
    } else {
        mapping.success.status.clone()
    };
    // What is described as any media type is asked for as JSON.
    success.media_type = match found.media_type {
        Some(it) if !media_type::may_be_json(it) => it.to_owned(),
        _ => "application/json".to_owned(),
    };
    success.content = described(responses.document, found.response);
    success.conditions = mapping.success.conditions();
    Ok(success)
}

/// The documented bodies of the answers that may refuse a token.
fn refusals(responses: &Responses<'_>, mapping: &Mapping) -> Vec<Refusal> {
    let is_by_status = |status: Status| {
        mapping.answers.rules.iter().any(|rule| {
            rule.means == keyholder_core::Meaning::Unauthenticated
                && rule.is_by_status_alone()
                && rule.status.contains(&status)
        })
    };
    let all = responses.iter().filter(|found| {
        matches!(
            found.status,
            Status::Code(401) | Status::Range(4) | Status::Default
        ) || is_by_status(found.status)
    });
    // Those of one status go first. One that is not described stands before a range that is.
    let mut refusals: Vec<_> = all
        .map(|found| Refusal::new(found.status, described(responses.document, found.response)))
        .collect();
    refusals.sort_by_key(|refusal| refusal.status);
    while refusals
        .last()
        .is_some_and(|refusal| refusal.content == Content::Undescribed)
    {
        refusals.pop();
    }
    refusals
}

/// A text with what is hidden in it shown as Rust's escapes show it.
fn in_a_line(text: &str) -> String {
    text.chars().fold(String::new(), |mut line, c| {
        if text::is_hidden(c) {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
        line
    })
}

/// The name for people, in one line.
fn title(document: &Value, provider: &str) -> String {
    let title = text::line(document["info"]["title"].as_str().unwrap_or_default());
    if title.is_empty() {
        provider.to_owned()
    } else {
        title
    }
}

fn only_operation(document: &Value) -> Result<(&str, &'static str, &Value)> {
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
