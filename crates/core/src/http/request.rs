//! The request: made once, and sent again by every call.

use std::mem;

use bytes::Bytes;
#[cfg(feature = "__rustls")]
use http::Uri;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
#[cfg(feature = "__rustls")]
use http_body_util::Full;
use reqwest::{Request, Url};
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::Span;

use super::credential::{Credential, Placed};
use super::values::{self, Values};
use crate::provider::{Argument, Body, Pointer};
use crate::{Error, Operation};

/// The request of one operation, without a token.
pub(super) struct Prepared {
    method: Method,
    /// Without what of a token goes into the path or the query.
    url: Url,
    /// The path with the names of the token's places, where it has some.
    path: Option<String>,
    /// The same, as hyper takes it; none where that cannot be sent.
    #[cfg(feature = "__rustls")]
    uri: Option<Uri>,
    /// With an empty value where the token goes.
    headers: HeaderMap,
    /// Whether `Host` is ours.
    has_own_host: bool,
    body: Content,
    /// Whether more of a token is sent than what goes into headers.
    is_by_headers: bool,
}

/// The body of a request.
enum Content {
    /// The same for every token, or none.
    Fixed(Option<Bytes>),
    /// One that carries a part of the token.
    Filled(Option<Body>),
}

/// What the requests of all operations of a client are made of.
pub(super) struct Parts<'a> {
    pub(super) base_url: &'a Url,
    /// What the operations' paths begin with that the base URL may have already.
    pub(super) base_path: &'a str,
    /// Whether it has: it is the provider's own, from the description.
    pub(super) has_base_path: bool,
    pub(super) user_agent: &'a HeaderValue,
    /// Where any token goes: one of them, which is not kept.
    pub(super) credential: &'a Credential,
    pub(super) values: &'a Values<'a>,
}

impl Prepared {
    /// The request of `operation`.
    pub(super) fn new(operation: &Operation, parts: &Parts<'_>) -> Result<Self, Error> {
        let method = Method::from_bytes(operation.method.as_bytes())
            .map_err(|_| Error::config(format!("{} is not an HTTP method", operation.method)))?;
        let credential = parts.credential;
        let (before, own) = path_of(
            operation,
            parts.base_url,
            parts.base_path,
            parts.has_base_path,
        );
        let template = parts
            .values
            .fill_path(own, |name| credential.at_path(name).is_some())?;
        let mut has_places = false;
        for placed in credential.placed() {
            let Placed::Path(name, _) = placed else {
                continue;
            };
            // Sent without the token, a good one would be refused.
            if !template.contains(&format!("{{{name}}}")) {
                return Err(Error::config(format!(
                    "the path of the operation has no place {{{name}}} for the token"
                )));
            }
            has_places = true;
        }
        let path = format!("{before}{template}");
        let mut url = parts.base_url.clone();
        url.set_path(&path);
        let pairs = operation.query.iter().map(|(name, value)| {
            let value = argument(value, parts.values)?;
            Ok((name, value))
        });
        let pairs = pairs.collect::<Result<Vec<_>, Error>>()?;
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &operation.headers {
            let cannot = || Error::config(format!("the header {name} cannot be sent"));
            let value = argument(value, parts.values)?;
            let value = HeaderValue::try_from(value).map_err(|_| cannot())?;
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| cannot())?;
            headers.insert(name, value);
        }
        headers.insert(header::ACCEPT, media_type(&operation.success.media_type)?);
        headers.insert(header::USER_AGENT, parts.user_agent.clone());
        let body = body(operation.body.as_ref(), credential)?;
        if let Some(body) = &body {
            headers.insert(header::CONTENT_TYPE, media_type(&body.media_type)?);
        }
        let has_own_host = !headers.contains_key(header::HOST);
        if has_own_host && let Some(host) = host(&url) {
            headers.insert(header::HOST, host);
        }
        // There is room for it then, wherever this is copied.
        for name in credential.headers() {
            headers.insert(name.clone(), HeaderValue::from_static(""));
        }
        Ok(Self {
            method,
            #[cfg(feature = "__rustls")]
            uri: url.as_str().parse().ok(),
            url,
            path: has_places.then_some(path),
            headers,
            has_own_host,
            body: if credential.is_in_body() {
                Content::Filled(operation.body.clone())
            } else {
                Content::Fixed(body.map(|body| Bytes::from(body.content)))
            },
            is_by_headers: credential.is_by_headers(),
        })
    }

    /// The request of one try with one token. The span of that try is told its URL.
    pub(super) fn request(
        &self,
        credential: &Credential,
        parameters: &[Parameter],
        span: &Span,
    ) -> Result<Outgoing<'_>, Error> {
        let mut request = Outgoing {
            prepared: self,
            url: None,
            headers: self.headers.clone(),
            body: match &self.body {
                Content::Fixed(body) => body.clone(),
                Content::Filled(content) => {
                    let body = body(content.as_ref(), credential)?;
                    body.map(|body| Bytes::from(body.content))
                }
            },
        };
        credential.authenticate(&mut request.headers);
        for parameter in parameters {
            parameter.apply(&mut request)?;
        }
        if !span.is_disabled() {
            // Before the token is put into it.
            span.record("url.full", request.url().as_str());
        }
        if !self.is_by_headers {
            if let Some(path) = self.path_with(credential) {
                request.url_mut().set_path(&path);
            }
            for placed in credential.placed() {
                if let Placed::Query(name, token) = placed {
                    let mut pairs = request.url_mut().query_pairs_mut();
                    pairs.append_pair(name, token.expose_secret());
                }
            }
        }
        Ok(request)
    }

    /// The path with the token in its places, where it has some.
    fn path_with(&self, credential: &Credential) -> Option<String> {
        let token = |name: &str| match credential.at_path(name) {
            Some(token) => values::encoded(token.expose_secret()),
            None => format!("{{{name}}}"),
        };
        Some(values::filled(self.path.as_ref()?, token))
    }

    /// Whether an answer from `url` is one to this request: an HTTP client of the caller's own may follow redirects.
    pub(super) fn is_answered_from(&self, credential: &Credential, url: &Url) -> bool {
        let has_path = match self.path_with(credential) {
            None => url.path() == self.url.path(),
            Some(path) => {
                let mut asked = self.url.clone();
                asked.set_path(&path);
                url.path() == asked.path()
            }
        };
        has_path
            && url.scheme() == self.url.scheme()
            && url.host_str() == self.url.host_str()
            && url.port_or_known_default() == self.url.port_or_known_default()
    }
}

/// A request of one try.
pub(super) struct Outgoing<'a> {
    prepared: &'a Prepared,
    /// Where it is not the prepared one.
    url: Option<Url>,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl Outgoing<'_> {
    fn url(&self) -> &Url {
        self.url.as_ref().unwrap_or(&self.prepared.url)
    }

    fn url_mut(&mut self) -> &mut Url {
        self.url.get_or_insert_with(|| self.prepared.url.clone())
    }

    /// As reqwest takes it.
    pub(super) fn into_reqwest(mut self) -> Request {
        if self.prepared.has_own_host {
            // It has one of its own, for what of it is sent to a proxy as well.
            self.headers.remove(header::HOST);
        }
        let url = self.url.unwrap_or_else(|| self.prepared.url.clone());
        let mut request = Request::new(self.prepared.method.clone(), url);
        *request.headers_mut() = self.headers;
        *request.body_mut() = self.body.map(Into::into);
        request
    }

    /// As hyper takes it.
    ///
    /// # Errors
    ///
    /// A URL that cannot be sent, by its length.
    #[cfg(feature = "__rustls")]
    pub(super) fn into_http(self) -> Result<http::Request<Full<Bytes>>, Error> {
        let uri = match &self.url {
            None => self.prepared.uri.clone(),
            Some(url) => url.as_str().parse().ok(),
        };
        let mut request = http::Request::new(Full::new(self.body.unwrap_or_default()));
        *request.method_mut() = self.prepared.method.clone();
        *request.uri_mut() = uri.ok_or_else(|| Error::config("the request cannot be sent"))?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

/// The host and port of a URL, as `Host` has them (RFC 9110, section 7.2).
fn host(url: &Url) -> Option<HeaderValue> {
    let host = url.host_str()?;
    let host = match url.port() {
        Some(port) => HeaderValue::try_from(format!("{host}:{port}")),
        None => HeaderValue::from_str(host),
    };
    host.ok()
}

/// The path of an operation: what goes before its own, from the base URL and the base path, and its own.
pub(super) fn path_of<'a>(
    operation: &'a Operation,
    base_url: &Url,
    base_path: &str,
    has_base_path: bool,
) -> (String, &'a str) {
    let (shared, own) = match operation.path.strip_prefix(base_path) {
        Some(own) => (base_path, own),
        None => ("", operation.path.as_str()),
    };
    let shared = if has_base_path { "" } else { shared };
    (joined(base_url.path(), shared), own)
}

/// The path of a base URL and what goes after it, of which it may have the beginning already.
pub(super) fn joined(base: &str, path: &str) -> String {
    let base = base.trim_end_matches('/');
    let segments: Vec<_> = path.split('/').filter(|it| !it.is_empty()).collect();
    let has: Vec<_> = base.split('/').filter(|it| !it.is_empty()).collect();
    let shared = (1..=segments.len())
        .rev()
        .find(|&count| has.ends_with(&segments[..count]))
        .unwrap_or_default();
    segments[shared..]
        .iter()
        .fold(base.to_owned(), |path, segment| path + "/" + segment)
}

fn argument<'a>(value: &'a Argument, values: &'a Values<'_>) -> Result<&'a str, Error> {
    match value {
        Argument::Fixed(value) => Ok(value),
        Argument::Parameter { parameter } => values.text(parameter),
    }
}

/// The body of a request, with what it carries of the token.
fn body(body: Option<&Body>, credential: &Credential) -> Result<Option<Body>, Error> {
    let members = || {
        credential.placed().filter_map(|it| match it {
            Placed::Body(pointer, token) => Some((pointer, token)),
            _ => None,
        })
    };
    if !credential.is_in_body() {
        return Ok(body.cloned());
    }
    let mut body = match body {
        Some(body) => body.clone(),
        None => Body::new("application/json", "{}"),
    };
    let cannot = |pointer: &Pointer| {
        Error::config(format!(
            "the body of a request has no place for a token at {pointer}"
        ))
    };
    if body
        .media_type
        .starts_with("application/x-www-form-urlencoded")
    {
        let mut form = form_urlencoded::Serializer::new(mem::take(&mut body.content));
        for (pointer, token) in members() {
            let mut names = pointer.tokens();
            match (names.next(), names.next()) {
                (Some(name), None) => form.append_pair(&name, token.expose_secret()),
                _ => return Err(cannot(pointer)),
            };
        }
        body.content = form.finish();
        return Ok(Some(body));
    }
    let mut content: Value = serde_json::from_str(&body.content)
        .map_err(|_| Error::config("the body of a request is no JSON, and carries no token"))?;
    for (pointer, token) in members() {
        let mut place = &mut content;
        for name in pointer.tokens() {
            let object = match place {
                Value::Object(object) => object,
                Value::Null => {
                    *place = Value::Object(Map::new());
                    place.as_object_mut().ok_or_else(|| cannot(pointer))?
                }
                _ => return Err(cannot(pointer)),
            };
            place = object.entry(name).or_insert(Value::Null);
        }
        *place = Value::String(token.expose_secret().to_owned());
    }
    body.content = content.to_string();
    Ok(Some(body))
}

/// A parameter that the caller of a generated method may give: in the query in the style `form`, or in a header in the
/// style `simple` (OpenAPI 3.0.3, section 4.7.12.3).
#[derive(Clone, Debug)]
pub struct Parameter {
    name: &'static str,
    /// Of an array, each item; nothing of an absent value.
    values: Vec<String>,
    is_header: bool,
}

impl Parameter {
    /// A parameter of the query.
    pub fn query(name: &'static str, value: &impl Serialize) -> Self {
        Self {
            name,
            values: values(value),
            is_header: false,
        }
    }

    /// A parameter in a header.
    pub fn header(name: &'static str, value: &impl Serialize) -> Self {
        Self {
            is_header: true,
            ..Self::query(name, value)
        }
    }

    fn apply(&self, request: &mut Outgoing<'_>) -> Result<(), Error> {
        if self.values.is_empty() {
            return Ok(());
        }
        if self.is_header {
            let cannot =
                || Error::config(format!("the header {} cannot hold its value", self.name));
            let name = HeaderName::from_bytes(self.name.as_bytes()).map_err(|_| cannot())?;
            let value = HeaderValue::try_from(self.values.join(",")).map_err(|_| cannot())?;
            request.headers.insert(name, value);
        } else {
            let pairs = self.values.iter().map(|value| (self.name, value));
            request.url_mut().query_pairs_mut().extend_pairs(pairs);
        }
        Ok(())
    }
}

/// A media type, as a header's value.
fn media_type(media_type: &str) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(media_type)
        .map_err(|_| Error::config("the description names a media type that no header can"))
}

/// The texts of a number, a text or a truth value, or of an array of them.
fn values(value: &impl Serialize) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    match serde_json::to_value(value) {
        Ok(Value::Array(items)) => items.iter().filter_map(text).collect(),
        Ok(value) => text(&value).into_iter().collect(),
        // The types of parameters have nothing that JSON has not.
        Err(_) => Vec::new(),
    }
}
