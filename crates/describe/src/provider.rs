//! From a description to a provider as data.

use std::collections::BTreeMap;

use keyholder_core::{
    Argument, Body, Content, Credential, Operation, PartSource, ProviderInfo, Refusal, Status,
    Success, TokenSource,
};
use keyholder_openapi::structure::{METHODS, is_extension};
use keyholder_openapi::{Error, Result, media_type, pointer, text};
use serde_json::{Map, Value};

use crate::responses::{Responses, described};
use crate::rules::{self, Checker};
use crate::schema::Place;
use crate::servers::Servers;
use crate::whoami::{self, Identity, Mapping};
use crate::{Described, EXTENSION, authentication, claims, parameters, remarks, request, servers};

/// What a description comes to.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The provider, as data.
    pub info: ProviderInfo,
    /// Where its operations stand, in the order of the data: the first is asked first.
    pub operations: Vec<OperationReading>,
    /// What of the description was left out, or looks doubtful, a line each.
    pub remarks: Vec<String>,
}

/// An operation, as the description has it.
#[derive(Clone, Debug)]
pub struct OperationReading {
    /// Where it stands: a JSON pointer.
    pub pointer: String,
    /// Its object, without its responses, with the parameters that callers may give and no other.
    pub object: Map<String, Value>,
}

/// The provider that is described so, and what there is to say of the description, a line each.
///
/// # Errors
///
/// Whatever is wrong with the description or its overlay, with file and pointer.
pub fn provider(described: &Described) -> Result<(ProviderInfo, Vec<String>)> {
    let selected = described.select()?;
    let in_first = |error| described.locate(selected.locate(error));
    let (document, repairs) = selected.lower(&selected.document).map_err(in_first)?;
    let mut reader = Reader::new(described.provider(), &document).map_err(in_first)?;
    reader.remarks.extend_from_slice(described.noticed());
    reader.remarks.extend(repairs);
    for further in described.select_further()? {
        let added = further.lower(&further.document);
        let added = added.and_then(|(document, repairs)| {
            reader.remarks.extend(repairs);
            reader.add(&document)
        });
        added.map_err(|error| described.locate(further.locate(error)))?;
    }
    let reading = reader.finish().map_err(in_first)?;
    Ok((reading.info, reading.remarks))
}

/// Reads the operations of documents that were selected and lowered, one each, the one that is asked first before others.
///
/// # Errors
///
/// As [`read`], with the index of the document that it speaks of.
pub fn read_all(
    provider: &str,
    documents: &[&Value],
) -> std::result::Result<Reading, (usize, Error)> {
    let Some((first, further)) = documents.split_first() else {
        return Err((0, Error::at("/paths", "has no operation")));
    };
    let in_first = |error| (0, error);
    let mut reader = Reader::new(provider, first).map_err(in_first)?;
    for (document, index) in further.iter().zip(1..) {
        reader.add(document).map_err(|error| (index, error))?;
    }
    reader.finish().map_err(in_first)
}

/// Reads the one operation of a document that was selected and lowered.
///
/// # Errors
///
/// A mapping that does not read, or does not fit the description, with its pointer.
pub fn read(provider: &str, document: &Value) -> Result<Reading> {
    Reader::new(provider, document)?.finish()
}

/// Reads a provider: its first operation, and what others there are.
struct Reader<'a> {
    provider: &'a str,
    mapping: Mapping,
    servers: Servers,
    credentials: Vec<Credential>,
    operations: Vec<Operation>,
    /// The arguments of further operations, with where their mappings stand.
    arguments: Vec<(String, BTreeMap<String, Argument>)>,
    title: String,
    readings: Vec<OperationReading>,
    remarks: Vec<String>,
}

impl<'a> Reader<'a> {
    /// With the operation that is asked first.
    fn new(provider: &'a str, document: &Value) -> Result<Self> {
        let found = Found::of(document)?;
        let mapping = whoami::read(found.mapping, &found.at_mapping)?;
        let credentials = authentication::offered(
            document,
            &Value::Object(found.object.clone()),
            &mapping.token,
            &found.at,
        )?;
        let mut servers = servers::servers(document, &found.at);
        let mut remarks = std::mem::take(&mut servers.remarks);
        let pointer = found.at.clone();
        let path = servers.path.as_deref();
        let (operation, object) = found.read(&mapping, &credentials, path, &mut remarks)?;
        Ok(Self {
            provider,
            mapping,
            servers,
            credentials,
            operations: vec![operation],
            arguments: Vec::new(),
            title: title(document, provider),
            readings: vec![OperationReading { pointer, object }],
            remarks,
        })
    }

    /// A further operation, which is sent by the same ways to the same server.
    fn add(&mut self, document: &Value) -> Result<()> {
        let found = Found::of(document)?;
        let mapping = whoami::read_further(found.mapping, &found.at_mapping)?;
        let servers = servers::servers(document, &found.at);
        let is_same = servers.base_url == self.servers.base_url
            && servers.named == self.servers.named
            && servers.path == self.servers.path;
        if !is_same {
            return Err(Error::at(
                found.at,
                "is asked at other servers than the operation that is asked first",
            ));
        }
        let path = servers.path.as_deref();
        let (pointer, at_mapping) = (found.at.clone(), found.at_mapping.clone());
        let (mut operation, object) =
            found.read(&mapping, &self.credentials, path, &mut self.remarks)?;
        operation.adds_claims = mapping.adds_claims;
        self.operations.push(operation);
        self.readings.push(OperationReading { pointer, object });
        self.arguments.push((at_mapping, mapping.arguments));
        Ok(())
    }

    fn finish(self) -> Result<Reading> {
        let Self {
            provider,
            mapping,
            servers,
            credentials,
            operations,
            ..
        } = self;
        let first = self.readings.first();
        let at_mapping = pointer::push(first.map_or("", |it| &it.pointer), EXTENSION);
        let mut info = ProviderInfo::default();
        provider.clone_into(&mut info.name);
        info.version = ProviderInfo::new("", Operation::default()).version;
        info.title = self.title;
        info.base_url = servers.base_url;
        info.base_path = servers.path.unwrap_or_default();
        info.servers = servers.named;
        info.base_url_variable = variable(provider, "base_url");
        info.token = token(&mapping, &credentials, provider);
        info.credentials = credentials;
        info.operations = operations;
        let uses = parameters::Uses {
            servers: &info.servers,
            operations: &info.operations,
            arguments: &self.arguments,
            forms: &info.token.forms,
            credentials: &info.credentials,
        };
        let parameters =
            parameters::parameters(&mapping, servers.parameters, &uses, provider, &at_mapping)?;
        info.parameters = parameters;
        // A name of the description may hold a line break, and a remark is a line.
        let remarks = self
            .remarks
            .iter()
            .map(|remark| in_a_line(remark))
            .collect();
        Ok(Reading {
            info,
            operations: self.readings,
            remarks,
        })
    }
}

/// The one operation of a document.
struct Found<'a> {
    document: &'a Value,
    path: &'a str,
    method: &'static str,
    item: &'a Value,
    at: String,
    at_mapping: String,
    mapping: &'a Value,
    responses: Value,
    object: Map<String, Value>,
}

impl<'a> Found<'a> {
    fn of(document: &'a Value) -> Result<Self> {
        let (path, method, item) = only_operation(document)?;
        let at = pointer::push(&pointer::push("/paths", path), method);
        let mut object = item[method]
            .as_object()
            .cloned()
            .ok_or_else(|| Error::at(&at, "is not an operation"))?;
        let responses = object.remove("responses").unwrap_or_default();
        object.retain(|key, _| !is_extension(key));
        Ok(Self {
            document,
            path,
            method,
            item,
            at_mapping: pointer::push(&at, EXTENSION),
            at,
            mapping: &item[method][EXTENSION],
            responses,
            object,
        })
    }

    /// The operation, as data and as what is left of its object.
    fn read(
        self,
        mapping: &Mapping,
        credentials: &[Credential],
        base_path: Option<&str>,
        remarks: &mut Vec<String>,
    ) -> Result<(Operation, Map<String, Value>)> {
        let Self {
            document,
            path,
            method,
            item,
            at,
            at_mapping,
            responses,
            mut object,
            ..
        } = self;
        let id = match object.get("operationId").and_then(Value::as_str) {
            Some(id) => id.to_owned(),
            None => format!("{method} {path}"),
        };
        let fixed = request::fix(document, path, item, &mut object, mapping, credentials, &at)?;
        let path = format!("{}{}", base_path.unwrap_or_default(), fixed.path);
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
        rules::check_success_statuses(&mapping.success.status, &at_mapping)?;
        operation.success = success(&read, mapping)?;
        operation.refusals = refusals(&read, mapping);
        operation.code.clone_from(&mapping.code);
        operation.challenges.clone_from(&mapping.challenges);
        operation.answers.clone_from(&mapping.answers.rules);
        operation.identity = mapping.identity.claims();
        check(&read, &operation, mapping, &at, remarks)?;
        let body = body(&read, &operation);
        remarks.extend(remarks::on_success(
            document, &object, &operation, &body, &at,
        ));
        Ok((operation, object))
    }
}

/// What is known of the tokens.
fn token(mapping: &Mapping, credentials: &[Credential], provider: &str) -> TokenSource {
    let mut token = TokenSource::default();
    token.variable.clone_from(&mapping.token.env);
    token.forms.clone_from(&mapping.token.form);
    token.exclusive = mapping.token.exclusive;
    token.others.clone_from(&mapping.token.other);
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

/// The name of an environment variable of the provider's, for `name`: as in `ACME_BASE_URL`.
#[must_use]
pub fn variable(provider: &str, name: &str) -> String {
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
