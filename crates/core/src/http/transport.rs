//! Sending a request under the policy.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use progenitor_client::{ByteStream, Error as RequestError, ResponseValue};
use reqwest::{Request, Url};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::answer::Answer;
use super::body::{self, Failure};
use super::credential::Credential;
use super::redact::redact;
use super::response::Response;
use super::{base_url, retry};
use crate::error::{ErrorResponse, OperationError};
use crate::{Config, Error, ErrorKind, Identity, Operation, ProviderInfo, http_client_builder};

/// How a generated client sends: authentication, deadline, retries, bounds and what an answer says.
///
/// Cheap to clone. Its `Debug` shows neither the token nor anything made from it.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    provider: &'static ProviderInfo,
    config: Config,
    base_url: Url,
    /// The base URL as the paths of a description are put after it.
    prefix: String,
    /// The path that is asked.
    path: String,
    credential: Credential,
    user_agent: HeaderValue,
    http_client: reqwest::Client,
}

impl Transport {
    /// Checks the configuration and prepares to send to `provider`.
    ///
    /// # Errors
    ///
    /// A token, base URL or user agent that cannot be sent; a TLS library that does not start.
    pub fn new(provider: &'static ProviderInfo, config: Config) -> Result<Self, Error> {
        Self::prepare(provider, config).map_err(|error| error.with_provider(provider.name))
    }

    fn prepare(provider: &'static ProviderInfo, config: Config) -> Result<Self, Error> {
        let base_url = base_url::of(provider, &config)?;
        let authentication = config.authentication.unwrap_or(provider.authentication);
        let credential = Credential::new(authentication, &config.token)?;
        let user_agent = match &config.user_agent {
            Some(user_agent) => user_agent.clone(),
            None => format!("keyholder-{}/{}", provider.name, provider.version),
        };
        let user_agent = HeaderValue::try_from(user_agent).map_err(|_| {
            Error::config("the user agent holds a character that no header can carry")
        })?;
        let http_client = match &config.http_client {
            Some(client) => client.clone(),
            None => match &config.http_clients {
                Some(clients) => clients.get(&base_url, &config)?,
                None => build(http_client_builder_for(&base_url, &config))?,
            },
        };
        let prefix = base_url::prefix(&base_url).to_owned();
        let asked = Url::parse(&format!("{prefix}{}", provider.whoami.path))
            .map_err(|error| Error::config(format!("the URL to ask is not one: {error}")))?;
        Ok(Self(Arc::new(Shared {
            provider,
            prefix,
            path: asked.path().to_owned(),
            base_url,
            credential,
            user_agent,
            http_client,
            config,
        })))
    }

    /// The provider that is asked.
    #[must_use]
    pub fn provider(&self) -> &'static ProviderInfo {
        self.0.provider
    }

    /// The base URL that is asked, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.prefix
    }

    /// The HTTP client that sends.
    #[must_use]
    pub fn http_client(&self) -> &reqwest::Client {
        &self.0.http_client
    }

    /// Makes `request` carry the token, `Accept` and `User-Agent`, and takes off what the description does not
    /// ask for: progenitor's `api-version`.
    pub fn prepare_request(&self, request: &mut Request, operation: &Operation) {
        if !operation.query.is_empty() {
            let mut pairs = request.url_mut().query_pairs_mut();
            pairs.extend_pairs(operation.query);
        }
        let span = Span::current();
        if !span.is_disabled() {
            // Before the token is put on: it may go into the query.
            span.record("url.full", request.url().as_str());
        }
        let headers = request.headers_mut();
        headers.remove("api-version");
        for (name, value) in operation.headers {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers.insert(header::ACCEPT, HeaderValue::from_static(operation.accept));
        headers.insert(header::USER_AGENT, self.0.user_agent.clone());
        if let Some((media_type, content)) = operation.body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
            *request.body_mut() = Some(content.into());
        }
        self.0.credential.apply(request);
    }

    /// Whether an answer came from somewhere else than was asked: an HTTP client of the caller's own may follow
    /// redirects.
    #[must_use]
    pub fn was_redirected(&self, answer: &reqwest::Result<reqwest::Response>) -> bool {
        answer.as_ref().is_ok_and(|answer| {
            let url = answer.url();
            url.origin() != self.0.base_url.origin() || url.path() != self.0.path
        })
    }

    /// Sends `request`, again where the policy says so, and reads the answer.
    ///
    /// # Errors
    ///
    /// Whatever is not a documented success, with the documented error answer in its own type.
    pub async fn send<T, R, F>(
        &self,
        operation: &Operation,
        request: impl Fn() -> F,
    ) -> Result<Response<T>, OperationError<R>>
    where
        T: DeserializeOwned,
        R: ErrorResponse,
        F: Future<Output = Result<ResponseValue<ByteStream>, RequestError<()>>>,
    {
        let deadline = Instant::now() + self.0.config.timeout;
        let mut past = 0;
        loop {
            let span = self.span(operation, past);
            let result = self
                .attempt(operation, deadline, request())
                .instrument(span.clone())
                .await;
            record(&span, &result);
            let error = match result {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            match retry::delay(self.0.config.retry, operation, &error, past) {
                Some(delay) if deadline.checked_duration_since(Instant::now()) > Some(delay) => {
                    sleep(delay).await;
                    past += 1;
                }
                _ => return Err(error),
            }
        }
    }

    /// An identity of nobody in particular: who was asked, and where. Claims are filled in.
    #[must_use]
    pub fn anonymous(&self) -> Identity {
        Identity {
            provider: self.0.provider.name.to_owned(),
            iss: self.base_url().to_owned(),
            ..Identity::default()
        }
    }

    /// `identity`, unless no claim of it was in the answer.
    ///
    /// # Errors
    ///
    /// An answer that says nothing of anybody: it is not the one described, whatever its status.
    pub fn identified(&self, identity: Identity, status: StatusCode) -> Result<Identity, Error> {
        let nobody = Identity {
            subject_type: identity.subject_type,
            ..self.anonymous()
        };
        if identity != nobody {
            return Ok(identity);
        }
        let message = "the answer has nothing of what the description says";
        Err(Error::new(ErrorKind::InvalidResponse, message)
            .with_status(status)
            .with_provider(self.0.provider.name))
    }

    /// The identity of nobody, where `error` says that the token is good and stands for no user.
    ///
    /// # Errors
    ///
    /// Any other error.
    pub fn without_subject(&self, error: Error) -> Result<Identity, Error> {
        if error.is_no_subject() {
            Ok(self.anonymous())
        } else {
            Err(error)
        }
    }

    /// One try.
    async fn attempt<T, R>(
        &self,
        operation: &Operation,
        deadline: Instant,
        request: impl Future<Output = Result<ResponseValue<ByteStream>, RequestError<()>>>,
    ) -> Result<Response<T>, OperationError<R>>
    where
        T: DeserializeOwned,
        R: ErrorResponse,
    {
        let provider = self.0.provider.name;
        let answer = self
            .receive(deadline, request)
            .await
            .map_err(|error| error.with_provider(provider))?;
        self.interpret(operation, answer)
    }

    /// What an answer says that was had by other means, read as if it had come here.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but for what only a connection can meet.
    pub fn read<T, R>(
        &self,
        operation: &Operation,
        answer: http::Response<Bytes>,
    ) -> Result<Response<T>, OperationError<R>>
    where
        T: DeserializeOwned,
        R: ErrorResponse,
    {
        let (parts, body) = answer.into_parts();
        if body.len() > self.0.config.max_body_bytes {
            let error = self.too_large(parts.status);
            return Err(error.with_provider(self.0.provider.name).into());
        }
        self.interpret(operation, self.redacted(parts.status, parts.headers, body))
    }

    fn interpret<T, R>(
        &self,
        operation: &Operation,
        answer: Answer,
    ) -> Result<Response<T>, OperationError<R>>
    where
        T: DeserializeOwned,
        R: ErrorResponse,
    {
        let provider = self.0.provider.name;
        if answer.is_success(operation) {
            let value = answer
                .decode()
                .map_err(|error| error.with_provider(provider))?;
            return Ok(Response::new(value, answer.status, answer.headers));
        }
        let error = answer.error(operation).with_provider(provider);
        let response = match error.kind() {
            // Documented or not, it is not the provider's.
            ErrorKind::InvalidResponse => None,
            _ => R::decode(answer.status.as_u16(), error.code(), &answer.body),
        };
        Err(OperationError::new(error, response))
    }

    /// Waits for an answer and reads it whole.
    async fn receive(
        &self,
        deadline: Instant,
        request: impl Future<Output = Result<ResponseValue<ByteStream>, RequestError<()>>>,
    ) -> Result<Answer, Error> {
        match timeout_at(deadline, request)
            .await
            .map_err(|_| too_late())?
        {
            Ok(value) => {
                let (status, headers) = (value.status(), value.headers().clone());
                let body = value.into_inner_stream();
                self.collect(deadline, status, headers, body).await
            }
            Err(RequestError::UnexpectedResponse(response)) => {
                let (status, headers) = (response.status(), response.headers().clone());
                let body = response.bytes_stream();
                self.collect(deadline, status, headers, body).await
            }
            Err(
                RequestError::CommunicationError(error)
                | RequestError::ResponseBodyError(error)
                | RequestError::InvalidUpgrade(error),
            ) => Err(connection_error(error)),
            Err(RequestError::Custom(_)) => Err(Error::new(
                ErrorKind::Redirected,
                "the HTTP client followed a redirect: build it from `http_client_builder`",
            )),
            Err(_) => Err(Error::config("the request cannot be built")),
        }
    }

    async fn collect(
        &self,
        deadline: Instant,
        status: StatusCode,
        headers: HeaderMap,
        stream: impl Stream<Item = reqwest::Result<Bytes>>,
    ) -> Result<Answer, Error> {
        let body = body::read(stream, self.0.config.max_body_bytes);
        match timeout_at(deadline, body).await {
            Ok(Ok(body)) => Ok(self.redacted(status, headers, body)),
            Ok(Err(Failure::TooLarge)) => Err(self.too_large(status)),
            Ok(Err(Failure::Broken(error))) => Err(connection_error(error).with_status(status)),
            Err(_) => Err(too_late().with_status(status)),
        }
    }

    fn redacted(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Answer {
        Answer {
            status,
            headers,
            body: redact(body, &self.0.config.token),
        }
    }

    fn too_large(&self, status: StatusCode) -> Error {
        let limit = self.0.config.max_body_bytes;
        let message = format!("the answer's body is larger than {limit} bytes");
        Error::new(ErrorKind::BodyTooLarge, message).with_status(status)
    }

    /// The span of one try, named and filled as OpenTelemetry's semantic conventions for HTTP clients say.
    fn span(&self, operation: &Operation, past: u32) -> Span {
        let span = tracing::info_span!(
            "HTTP request",
            otel.name = Empty,
            otel.kind = "client",
            http.request.method = operation.method,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.full = Empty,
            url.template = operation.path,
            server.address = self.0.base_url.host_str(),
            server.port = self.0.base_url.port_or_known_default(),
            error.r#type = Empty,
            keyholder.provider = self.0.provider.name,
            keyholder.operation = operation.id,
            keyholder.verdict = Empty,
        );
        if !span.is_disabled() {
            span.record(
                "otel.name",
                format!("{} {}", operation.method, operation.path),
            );
            if past > 0 {
                span.record("http.request.resend_count", past);
            }
        }
        span
    }
}

/// Puts the outcome of one try on its span.
fn record<T, R>(span: &Span, result: &Result<Response<T>, OperationError<R>>) {
    if span.is_disabled() {
        return;
    }
    let (status, verdict) = match result {
        Ok(response) => (Some(response.status()), "valid"),
        Err(error) => {
            span.record("error.type", error.kind().as_str());
            let verdict = match (error.is_no_subject(), error.is_refusal()) {
                (true, _) => "valid",
                (false, true) => "invalid",
                (false, false) => "indeterminate",
            };
            (error.status(), verdict)
        }
    };
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    span.record("keyholder.verdict", verdict);
}

/// A builder of HTTP clients for `base_url` that keep the token where it is sent.
pub(super) fn http_client_builder_for(base_url: &Url, config: &Config) -> reqwest::ClientBuilder {
    let mut builder = http_client_builder().connect_timeout(config.connect_timeout);
    if base_url.scheme() == "http" {
        // No redirect is followed, so that nothing is ever asked over TLS: there is no need of certificates, which not
        // every machine has.
        #[cfg(feature = "rustls")]
        {
            builder = builder.tls_certs_only([]);
        }
        if base_url::is_loopback(base_url) {
            // A proxy would carry the token off this machine, unencrypted.
            builder = builder.no_proxy();
        }
    }
    builder
}

pub(super) fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    builder
        .build()
        .map_err(|error| Error::config("the HTTP client cannot be built").with_source(error))
}

fn too_late() -> Error {
    Error::new(
        ErrorKind::Timeout,
        "no whole answer within the time allowed",
    )
}

/// What reqwest says of a request that got no whole answer. Its error names the URL, whose query may hold the token.
fn connection_error(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let (kind, message) = if error.is_builder() {
        (ErrorKind::Config, "the request cannot be built")
    } else if error.is_timeout() && !error.is_connect() {
        return too_late().with_source(error);
    } else if is_malformed(&error) {
        (ErrorKind::InvalidResponse, "the answer is not HTTP")
    } else if error.is_connect() {
        (ErrorKind::Connect, "no connection to the provider")
    } else {
        (ErrorKind::Connect, "the connection broke")
    };
    Error::new(kind, message).with_source(error)
}

/// Whether what came does not parse as HTTP: its head, or the chunks of its body.
fn is_malformed(error: &reqwest::Error) -> bool {
    let in_body = error.is_body() || error.is_decode();
    std::iter::successors(error.source(), |&error| error.source()).any(|source| {
        let head = source.downcast_ref::<hyper::Error>();
        let chunk = source.downcast_ref::<io::Error>();
        head.is_some_and(hyper::Error::is_parse)
            || chunk.is_some_and(|chunk| {
                in_body
                    && matches!(
                        chunk.kind(),
                        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
                    )
            })
    })
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("provider", &self.0.provider.name)
            .field("base_url", &self.0.prefix)
            .finish_non_exhaustive()
    }
}
