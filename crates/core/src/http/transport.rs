//! Sending a request under the policy.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
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
        let base_url = config.base_url.as_deref().or(provider.base_url).ok_or_else(|| {
            let variable = provider.base_url_variable;
            Error::config(format!(
                "every user has a server of their own: give its base URL ({variable} on the command line)"
            ))
        })?;
        let base_url = base_url::parse(base_url, config.allow_http)?;
        let credential = Credential::new(provider.authentication, &config.token)?;
        let user_agent = match &config.user_agent {
            Some(user_agent) => user_agent.clone(),
            None => format!("keyholder-{}/{}", provider.name, provider.version),
        };
        let user_agent = HeaderValue::try_from(user_agent).map_err(|_| {
            Error::config("the user agent holds a character that no header can carry")
        })?;
        let http_client = match &config.http_client {
            Some(client) => client.clone(),
            None => http_client(&base_url, &config)?,
        };
        Ok(Self(Arc::new(Shared {
            provider,
            prefix: base_url.as_str().trim_end_matches('/').to_owned(),
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
        let span = Span::current();
        if !span.is_disabled() {
            // Before the token is put on: it may go into the query.
            span.record("url.full", request.url().as_str());
        }
        let headers = request.headers_mut();
        headers.remove("api-version");
        headers.insert(header::ACCEPT, HeaderValue::from_static(operation.accept));
        headers.insert(header::USER_AGENT, self.0.user_agent.clone());
        self.0.credential.apply(request);
    }

    /// Whether an answer came from somewhere else than was asked: an HTTP client of the caller's own may follow
    /// redirects.
    #[must_use]
    pub fn was_redirected(&self, answer: &reqwest::Result<reqwest::Response>) -> bool {
        let base = &self.0.base_url;
        answer.as_ref().is_ok_and(|answer| {
            let url = answer.url();
            url.origin() != base.origin() || !url.path().starts_with(base.path())
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

    /// The identity that an answer gives, its claims filled in by `claims`.
    ///
    /// # Errors
    ///
    /// The error of the answer, unless it says that the token is good and stands for no user.
    pub fn identity<T, R>(
        &self,
        answer: Result<Response<T>, OperationError<R>>,
        claims: impl FnOnce(&T, &mut Identity),
    ) -> Result<Identity, Error> {
        let mut identity = Identity {
            provider: self.0.provider.name.to_owned(),
            iss: self.base_url().to_owned(),
            ..Identity::default()
        };
        match answer {
            Ok(answer) => claims(&answer, &mut identity),
            Err(error) if error.is_no_subject() => {}
            Err(error) => return Err(error.into()),
        }
        Ok(identity)
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
        let answer = timeout_at(deadline, self.receive(request))
            .await
            .unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Timeout,
                    "no whole answer within the time allowed",
                ))
            })
            .map_err(|error| error.with_provider(provider))?;
        if answer.is_success(operation) {
            let value = answer
                .decode()
                .map_err(|error| error.with_provider(provider))?;
            return Ok(Response::new(value, answer.status, answer.headers));
        }
        let error = answer.error(operation).with_provider(provider);
        let response = R::decode(answer.status.as_u16(), error.code(), &answer.body);
        Err(OperationError::new(error, response))
    }

    /// Waits for an answer and reads it whole.
    async fn receive(
        &self,
        request: impl Future<Output = Result<ResponseValue<ByteStream>, RequestError<()>>>,
    ) -> Result<Answer, Error> {
        match request.await {
            Ok(value) => {
                let (status, headers) = (value.status(), value.headers().clone());
                self.read(status, headers, value.into_inner_stream()).await
            }
            Err(RequestError::UnexpectedResponse(response)) => {
                let (status, headers) = (response.status(), response.headers().clone());
                self.read(status, headers, response.bytes_stream()).await
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

    async fn read(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        stream: impl Stream<Item = reqwest::Result<Bytes>>,
    ) -> Result<Answer, Error> {
        let limit = self.0.config.max_body_bytes;
        match body::read(stream, limit).await {
            Ok(body) => Ok(Answer {
                status,
                headers,
                body: redact(body, &self.0.config.token),
            }),
            Err(Failure::TooLarge) => Err(Error::new(
                ErrorKind::BodyTooLarge,
                format!("the answer's body is larger than {limit} bytes"),
            )
            .with_status(status)),
            Err(Failure::Broken(error)) => Err(connection_error(error).with_status(status)),
        }
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
            let verdict = match error.kind() {
                _ if error.is_no_subject() => "valid",
                ErrorKind::Unauthenticated => "invalid",
                _ => "indeterminate",
            };
            (error.status(), verdict)
        }
    };
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    span.record("keyholder.verdict", verdict);
}

/// A client for `base_url` that keeps the token where it is sent.
fn http_client(base_url: &Url, config: &Config) -> Result<reqwest::Client, Error> {
    let builder = http_client_builder().connect_timeout(config.connect_timeout);
    // A proxy would carry the token off this machine, unencrypted.
    let builder = if base_url.scheme() == "http" && base_url::is_loopback(base_url) {
        builder.no_proxy()
    } else {
        builder
    };
    builder
        .build()
        .map_err(|error| Error::config("the HTTP client cannot be built").with_source(error))
}

/// What reqwest says of a request that got no whole answer. Its error names the URL, whose query may hold the token.
fn connection_error(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let (kind, message) = if error.is_builder() {
        (ErrorKind::Config, "the request cannot be built")
    } else if error.is_timeout() && !error.is_connect() {
        (
            ErrorKind::Timeout,
            "no whole answer within the time allowed",
        )
    } else if is_malformed(&error) {
        (ErrorKind::InvalidResponse, "the answer is not HTTP")
    } else if error.is_connect() {
        (ErrorKind::Connect, "no connection to the provider")
    } else {
        (ErrorKind::Connect, "the connection broke")
    };
    Error::new(kind, message).with_source(error)
}

/// Whether what came does not parse as HTTP.
fn is_malformed(error: &reqwest::Error) -> bool {
    std::iter::successors(error.source(), |&error| error.source())
        .filter_map(|error| error.downcast_ref::<hyper::Error>())
        .any(hyper::Error::is_parse)
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("provider", &self.0.provider.name)
            .field("base_url", &self.0.prefix)
            .finish_non_exhaustive()
    }
}
