//! The request: made once, and sent again by every call.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use reqwest::{Request, Url};
use serde::Serialize;
use serde_json::Value;
use tracing::Span;

use super::credential::Credential;
use crate::{Error, Operation};

/// The request of one operation, with its token.
pub(super) struct Prepared {
    method: Method,
    /// Without a token, even where that goes into the query.
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
    credential: Credential,
}

impl Prepared {
    /// The request of `operation`, below `base_url`.
    pub(super) fn new(
        operation: &Operation,
        base_url: &Url,
        user_agent: HeaderValue,
        credential: Credential,
    ) -> Result<Self, Error> {
        let method = Method::from_bytes(operation.method.as_bytes())
            .map_err(|_| Error::config(format!("{} is not an HTTP method", operation.method)))?;
        let mut url = base_url.clone();
        url.set_path(&format!(
            "{}{}",
            base_url.path().trim_end_matches('/'),
            operation.path
        ));
        if !operation.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&operation.query);
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &operation.headers {
            let cannot = || Error::config(format!("the header {name} cannot be sent"));
            let value = HeaderValue::try_from(value.as_str()).map_err(|_| cannot())?;
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| cannot())?;
            headers.insert(name, value);
        }
        headers.insert(header::ACCEPT, media_type(&operation.success.media_type)?);
        headers.insert(header::USER_AGENT, user_agent);
        if let Some(body) = &operation.body {
            headers.insert(header::CONTENT_TYPE, media_type(&body.media_type)?);
        }
        credential.authenticate(&mut headers);
        let body = operation
            .body
            .as_ref()
            .map(|body| Bytes::from(body.content.clone()));
        Ok(Self {
            method,
            url,
            headers,
            body,
            credential,
        })
    }

    /// The request of one try. The span of that try is told its URL.
    pub(super) fn request(&self, parameters: &[Parameter], span: &Span) -> Result<Request, Error> {
        let mut request = Request::new(self.method.clone(), self.url.clone());
        request.headers_mut().clone_from(&self.headers);
        *request.body_mut() = self.body.clone().map(Into::into);
        for parameter in parameters {
            parameter.apply(&mut request)?;
        }
        if !span.is_disabled() {
            // Before the token is put on: it may go into the query.
            span.record("url.full", request.url().as_str());
        }
        self.credential.authenticate_query(&mut request);
        Ok(request)
    }

    /// Whether an answer from `url` is one to this request: an HTTP client of the caller's own may follow redirects.
    pub(super) fn is_answered_from(&self, url: &Url) -> bool {
        url.scheme() == self.url.scheme()
            && url.host_str() == self.url.host_str()
            && url.port_or_known_default() == self.url.port_or_known_default()
            && url.path() == self.url.path()
    }
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

    fn apply(&self, request: &mut Request) -> Result<(), Error> {
        if self.values.is_empty() {
            return Ok(());
        }
        if self.is_header {
            let cannot =
                || Error::config(format!("the header {} cannot hold its value", self.name));
            let name = HeaderName::from_bytes(self.name.as_bytes()).map_err(|_| cannot())?;
            let value = HeaderValue::try_from(self.values.join(",")).map_err(|_| cannot())?;
            request.headers_mut().insert(name, value);
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
