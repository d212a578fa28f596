//! A description from nothing but an address and examples of its answers.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::{Value, json};

use super::Example;
use super::infer::Seen;
use super::words;
use super::yaml::{self, Map};
use keyholder_openapi::load;
use keyholder_openapi::structure::METHODS;
use keyholder_openapi::{Error, Result};

/// The request that is asked with, as in `GET https://api.example.com/v1/me`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    method: String,
    server: String,
    path: String,
    query: Vec<(String, String)>,
}

/// How a request is authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    /// HTTP's `Authorization`, with this scheme.
    Http(&'static str),
    /// A value of its own: where, and under which name.
    ApiKey(&'static str, String),
}

/// An answer that is shown by an example.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    status: u16,
    name: String,
    /// The body; none for an empty text.
    body: Option<Value>,
}

impl Request {
    /// The operation's name in the description, as in `GET /v1/me`.
    pub(super) fn operation(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }
}

impl FromStr for Request {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let help = "without --spec, give the whole address: --operation \"GET https://api.example.com/v1/me\"";
        let wrong = |what: &str| Error::new(format!("--operation {text:?} {what}")).with_help(help);
        let (method, url) = text
            .trim()
            .split_once(char::is_whitespace)
            .ok_or_else(|| wrong("is not a method and an address"))?;
        let method = method.to_ascii_lowercase();
        if !METHODS.contains(&method.as_str()) {
            return Err(wrong("does not begin with a method"));
        }
        let (scheme, rest) = url
            .trim()
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
            .ok_or_else(|| wrong("has no address that begins with https://"))?;
        if rest.contains(['{', '}', '#', ' ']) {
            return Err(wrong("has an address that cannot be asked as it is"));
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if host.is_empty() {
            return Err(wrong("has an address without a host"));
        }
        let query = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Ok(Self {
            method,
            server: format!("{scheme}://{host}"),
            path: format!("/{path}"),
            query,
        })
    }
}

impl FromStr for Credential {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let named = |place, name: &str| Ok(Self::ApiKey(place, name.to_owned()));
        match text.split_once(':') {
            None if text.eq_ignore_ascii_case("bearer") => Ok(Self::Http("bearer")),
            None if text.eq_ignore_ascii_case("basic") => Ok(Self::Http("basic")),
            Some(("header", name)) if !name.is_empty() => named("header", name),
            Some(("query", name)) if !name.is_empty() => named("query", name),
            Some(("cookie", name)) if !name.is_empty() => named("cookie", name),
            _ => Err(Error::new(format!("--auth {text:?} is not understood"))
                .with_help("use bearer, basic, header:NAME, query:NAME or cookie:NAME")),
        }
    }
}

impl Answer {
    /// Reads an example.
    ///
    /// # Errors
    ///
    /// A status that no answer has, and a body that is not JSON.
    pub(super) fn read(example: &Example<'_>) -> Result<Self> {
        let Example { status, body: file } = example;
        let status = *status;
        if !(200..600).contains(&status) {
            return Err(
                Error::new(format!("{status} is not the status of an answer"))
                    .in_file(file.path)
                    .with_help("give one from 200 to 599"),
            );
        }
        let body = match file.text.trim() {
            "" => None,
            body => Some(load::parse(body, true).map_err(|error| {
                error.in_file(file.path).with_help(
                    "an example is the JSON body of an answer; an empty file stands for no body",
                )
            })?),
        };
        let stem = file.path.file_stem().and_then(|stem| stem.to_str());
        Ok(Self {
            status,
            name: words::key(stem.unwrap_or_default()),
            body,
        })
    }
}

/// The text of an OpenAPI 3.1 description whose types are what the examples show.
///
/// # Errors
///
/// No example of a success.
pub(super) fn describe(
    provider: &str,
    request: &Request,
    credential: Option<&Credential>,
    examples: &[Answer],
) -> Result<String> {
    let has_success = examples
        .iter()
        .any(|example| example.status / 100 == 2 && example.body.is_some());
    if !has_success {
        return Err(Error::new("there is no example of a good answer")
            .with_help("give one with --example 200=FILE"));
    }
    let mut document = Map::default();
    document.add("openapi", "3.1.0");
    let mut info = Map::default();
    info.add("title", provider);
    info.explain("version", "1", "Not known.");
    document.add("info", info);
    document.add("servers", json!([{ "url": request.server }]));
    let mut item = Map::default();
    item.add(request.method.clone(), operation(request, examples));
    let mut paths = Map::default();
    paths.add(request.path.clone(), item);
    document.add("paths", paths);
    document.add("components", components(credential));
    let preface = "Derived from examples. The types are what the examples show; a field is required where every example of its object has it, and nullable where one is null.";
    Ok(format!(
        "{}\n{}",
        yaml::comment(preface, 0),
        yaml::write(&document)
    ))
}

fn operation(request: &Request, examples: &[Answer]) -> Map {
    let mut operation = Map::default();
    let id = format!("{} {}", request.method, request.path);
    operation.explain("operationId", words::key(&id), "Made from the path.");
    if !request.query.is_empty() {
        let parameters = request
            .query
            .iter()
            .map(|(name, value)| {
                json!({ "name": name, "in": "query", "required": true, "schema": { "type": "string", "default": value } })
            })
            .collect();
        operation.explain(
            "parameters",
            Value::Array(parameters),
            "From the address that was given.",
        );
    }
    operation.add("security", json!([{ SCHEME: [] }]));
    let mut by_status = BTreeMap::<u16, Vec<&Answer>>::new();
    for example in examples {
        by_status.entry(example.status).or_default().push(example);
    }
    let mut responses = Map::default();
    for (status, examples) in by_status {
        responses.add(status.to_string(), response(status, &examples));
    }
    operation.add("responses", responses);
    operation
}

fn response(status: u16, examples: &[&Answer]) -> Map {
    let mut response = Map::default();
    let reason = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Answer");
    response.add("description", reason);
    let bodies: Vec<_> = examples
        .iter()
        .filter_map(|example| Some((example.name.as_str(), example.body.as_ref()?)))
        .collect();
    if bodies.is_empty() {
        return response;
    }
    let mut media = Map::default();
    media.add(
        "schema",
        Seen::of(bodies.iter().map(|(_, body)| *body)).schema(),
    );
    if let [(_, body)] = bodies.as_slice() {
        media.add("example", (*body).clone());
    } else {
        let mut named = Map::default();
        for (index, (name, body)) in bodies.iter().enumerate() {
            let name = match *name {
                name if !name.is_empty() && named.get(name).is_none() => name.to_owned(),
                name => format!("{name}_{}", index + 1),
            };
            named.add(name, json!({ "value": body }));
        }
        media.add("examples", named);
    }
    let mut content = Map::default();
    content.add("application/json", media);
    response.add("content", content);
    response
}

/// The name of the derived security scheme.
const SCHEME: &str = "token";

fn components(credential: Option<&Credential>) -> Map {
    let scheme = match credential.unwrap_or(&Credential::Http("bearer")) {
        Credential::Http(scheme) => json!({ "type": "http", "scheme": scheme }),
        Credential::ApiKey(place, name) => json!({ "type": "apiKey", "in": place, "name": name }),
    };
    let mut schemes = Map::default();
    if credential.is_some() {
        schemes.add(SCHEME, scheme);
    } else {
        schemes.explain(
            SCHEME,
            scheme,
            "A guess: --auth was not given, and most providers take a bearer token.",
        );
    }
    let mut components = Map::default();
    components.add("securitySchemes", schemes);
    components
}
