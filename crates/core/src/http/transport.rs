//! Sending a request under the policy.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::{Request, Url};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::body::{self, Failure};
use super::credential::Credential;
use super::redact::Redactor;
use super::request::{Parameter, Prepared};
use super::response::Response;
use super::{base_url, connection, retry};
use crate::answer::{Answer, Good, Reading, Saying};
use crate::error::{ErrorResponse, OperationError};
use crate::{
    Authentication, Config, Error, ErrorKind, Identity, Operation, Provider, Retry, VerdictKind,
    http_client_builder,
};

/// How a generated client sends: authentication, deadline, retries, bounds and what an answer says.
///
/// Cheap to clone. Its `Debug` shows neither the token nor anything made from it.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    provider: Provider,
    authentication: Authentication,
    base_url: Url,
    /// The base URL as the paths of a description are put after it.
    prefix: String,
    prepared: Prepared,
    redactor: Redactor,
    http_client: reqwest::Client,
    timeout: Duration,
    max_body_bytes: usize,
    retry: Retry,
}

impl Transport {
    /// Checks the configuration and prepares to send to `provider`.
    ///
    /// # Errors
    ///
    /// A token, base URL or user agent that cannot be sent; a TLS library that does not start.
    pub fn new(provider: &Provider, config: &Config) -> Result<Self, Error> {
        Self::prepare(provider, config).map_err(|error| error.with_provider(provider))
    }

    fn prepare(provider: &Provider, config: &Config) -> Result<Self, Error> {
        let operation = provider.whoami().ok_or_else(|| {
            Error::config("the provider has no operation that tells whose token it is")
        })?;
        let base_url = base_url::of(provider, config)?;
        let authentication = config
            .authentication
            .as_ref()
            .or(provider.authentication())
            .ok_or_else(|| Error::config("the provider says of no way to carry a token"))?
            .clone();
        let credential = Credential::new(
            &authentication,
            &config.token,
            provider.knows(&config.token),
        )?;
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
                Some(clients) => clients.get(&base_url, config)?,
                None => build(http_client_builder_for(&base_url, config))?,
            },
        };
        let prefix = base_url::prefix(&base_url).to_owned();
        Ok(Self(Arc::new(Shared {
            prepared: Prepared::new(operation, &base_url, user_agent, credential)?,
            redactor: Redactor::new(&authentication, &config.token),
            provider: provider.clone(),
            authentication,
            prefix,
            base_url,
            http_client,
            timeout: config.timeout,
            max_body_bytes: config.max_body_bytes,
            retry: config.retry,
        })))
    }

    /// The provider that is asked.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.0.provider
    }

    /// The base URL that is asked, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.prefix
    }

    /// Asks, again where the policy says so, and reads the answer as `T`.
    ///
    /// # Errors
    ///
    /// Whatever is not a documented success, with the documented error answer in its own type.
    pub async fn send<T, R>(
        &self,
        parameters: &[Parameter],
    ) -> Result<Response<T>, OperationError<R>>
    where
        T: DeserializeOwned,
        R: ErrorResponse,
    {
        self.send_by(parameters, |request| self.0.http_client.execute(request))
            .await
    }

    /// As [`send`](Self::send), with `execute` in place of the HTTP client: what tests of the policy itself stand on.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    #[doc(hidden)]
    pub async fn send_by<T, R, F>(
        &self,
        parameters: &[Parameter],
        execute: impl Fn(Request) -> F,
    ) -> Result<Response<T>, OperationError<R>>
    where
        T: DeserializeOwned,
        R: ErrorResponse,
        F: Future<Output = reqwest::Result<reqwest::Response>>,
    {
        self.ask(parameters, execute, |answer| {
            let result = self.typed::<T, R>(answer, decode);
            let verdict = verdict_of(&result);
            (result, verdict)
        })
        .await
    }

    /// As [`send`](Self::send), for a success whose body is not described: it is read for the verdict alone.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_for_status<R: ErrorResponse>(
        &self,
        parameters: &[Parameter],
    ) -> Result<Response<()>, OperationError<R>> {
        let execute = |request| self.0.http_client.execute(request);
        self.ask(parameters, execute, |answer| {
            let result = self.typed::<(), R>(answer, |_| Ok(()));
            let verdict = verdict_of(&result);
            (result, verdict)
        })
        .await
    }

    /// Asks whose token it is.
    ///
    /// # Errors
    ///
    /// Whatever keeps that from being known; what its kind is says whether the token is no good.
    pub async fn whoami(&self) -> Result<Identity, Error> {
        let execute = |request| self.0.http_client.execute(request);
        let identity = self.ask(&[], execute, |answer| {
            let result = self.identified(&answer).map_err(OperationError::<()>::from);
            let verdict = match &result {
                Ok(_) => VerdictKind::Valid,
                Err(error) => error.verdict(),
            };
            (result, verdict)
        });
        identity.await.map_err(Error::from)
    }

    /// The identity in an answer that was had by other means, read as if it had come here.
    ///
    /// # Errors
    ///
    /// As [`whoami`](Self::whoami), but for what only a connection can meet.
    pub fn read(&self, answer: http::Response<Bytes>) -> Result<Identity, Error> {
        let (parts, body) = answer.into_parts();
        if body.len() > self.0.max_body_bytes {
            let error = self.too_large(parts.status);
            return Err(error.with_provider(&self.0.provider));
        }
        self.identified(&self.redacted(parts.status, parts.headers, body))
    }

    /// Sends, again where the policy says so, and lets `read` make something of each answer, with the verdict for its
    /// span.
    async fn ask<T, R, F>(
        &self,
        parameters: &[Parameter],
        execute: impl Fn(Request) -> F,
        read: impl Fn(Received) -> (Result<T, OperationError<R>>, VerdictKind),
    ) -> Result<T, OperationError<R>>
    where
        F: Future<Output = reqwest::Result<reqwest::Response>>,
    {
        let deadline = Instant::now() + self.0.timeout;
        let mut past = 0;
        loop {
            let span = self.span(past);
            let answer = match self.0.prepared.request(parameters, &span) {
                Ok(request) => {
                    let answer = span.in_scope(|| execute(request));
                    let answer = self.receive(deadline, answer);
                    answer.instrument(span.clone()).await
                }
                Err(error) => Err(error),
            };
            let status = answer.as_ref().ok().map(|answer| answer.status);
            let (result, verdict) = match answer {
                Ok(answer) => read(answer),
                Err(error) => {
                    let verdict = error.verdict();
                    (Err(error.with_provider(&self.0.provider).into()), verdict)
                }
            };
            record(
                &span,
                status,
                verdict,
                result.as_ref().err().map(|error| &**error),
            );
            let error = match result {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            match retry::delay(self.0.retry, self.operation(), &error, past) {
                Some(delay) if deadline.checked_duration_since(Instant::now()) > Some(delay) => {
                    sleep(delay).await;
                    past += 1;
                }
                _ => return Err(error),
            }
        }
    }

    /// The operation that is asked. There is one: [`new`](Self::new) has made sure.
    fn operation(&self) -> &Operation {
        static NONE: std::sync::LazyLock<Operation> = std::sync::LazyLock::new(Operation::default);
        self.0.provider.whoami().unwrap_or(&NONE)
    }

    /// What an answer says of the token.
    fn reading(&self, answer: &Received) -> Option<Reading> {
        let reader = self.0.provider.reader()?;
        let headers = if reader.reads_headers() {
            Cow::Owned(self.0.redactor.redact_headers(&answer.headers))
        } else {
            Cow::Borrowed(&answer.headers)
        };
        let answer = Answer {
            status: answer.status,
            headers: &headers,
            body: &answer.body,
        };
        Some(reader.read(self.operation(), &self.0.authentication, answer))
    }

    /// The identity that an answer gives, or why it gives none.
    fn identified(&self, answer: &Received) -> Result<Identity, Error> {
        match self.reading(answer) {
            Some(reading) => self.outcome(reading, answer),
            None => Err(Error::config("the provider has no operation")),
        }
    }

    /// The identity of what was read, with who was asked and where.
    fn outcome(&self, reading: Reading, answer: &Received) -> Result<Identity, Error> {
        let error = match reading.says {
            Saying::Valid(mut identity, _) => {
                self.0.provider.name.clone_into(&mut identity.provider);
                self.base_url().clone_into(&mut identity.iss);
                return Ok(*identity);
            }
            Saying::Invalid(reason) => {
                let message = "the provider says that the token is no good";
                Error::new(ErrorKind::Unauthenticated, message).with_reason(reason)
            }
            Saying::Indeterminate(kind, message) => Error::new(kind, message),
        };
        Err(self.describe(error, reading.code, answer))
    }

    /// The error, with what is known of the answer.
    fn describe(&self, error: Error, code: Option<String>, answer: &Received) -> Error {
        error
            .with_status(answer.status)
            .with_body(&answer.body)
            .with_code(code)
            .with_retry_after(retry::retry_after(&answer.headers))
            .with_provider(&self.0.provider)
    }

    /// The value of a documented success, with the identity that it gives; or the documented error.
    fn typed<T, R: ErrorResponse>(
        &self,
        answer: Received,
        decode: impl Fn(&[u8]) -> Result<T, Error>,
    ) -> Result<Response<T>, OperationError<R>> {
        let Some(reading) = self.reading(&answer) else {
            return Err(Error::config("the provider has no operation").into());
        };
        if self.operation().is_success(answer.status.as_u16()) {
            let value =
                decode(&answer.body).map_err(|error| self.describe(error, None, &answer))?;
            let identity = self.outcome(reading, &answer);
            return Ok(Response::new(
                value,
                answer.status,
                answer.headers,
                identity,
            ));
        }
        let code = reading.code.clone().filter(|_| reading.is_documented_code);
        let good = match &reading.says {
            Saying::Valid(_, good) => Some(*good),
            _ => None,
        };
        let error = match (good, self.outcome(reading, &answer)) {
            (_, Err(error)) => error,
            (good, Ok(identity)) => {
                let message = match good {
                    Some(Good::NoSubject) => "the token is good, and no user stands behind it",
                    Some(Good::Limited(_)) => "the token is good, and may not ask this",
                    _ => "the token is good, and the answer is an error",
                };
                let limited = identity.token.and_then(|token| token.limited);
                let code = code.clone().or_else(|| limited?.code);
                let error = Error::new(ErrorKind::Forbidden, message);
                self.describe(error.with_good(good.unwrap_or(Good::Plain)), code, &answer)
            }
        };
        let response = match error.kind() {
            // Documented or not, it is not the provider's.
            ErrorKind::InvalidResponse => None,
            _ => R::decode(answer.status.as_u16(), code.as_deref(), &answer.body),
        };
        Err(OperationError::new(error, response))
    }

    /// Waits for an answer and reads it whole.
    async fn receive(
        &self,
        deadline: Instant,
        answer: impl Future<Output = reqwest::Result<reqwest::Response>>,
    ) -> Result<Received, Error> {
        // What is known of an answer whose body does not come in time.
        let mut status = None;
        timeout_at(deadline, self.collect(answer, &mut status))
            .await
            .unwrap_or_else(|_| Err(connection::too_late()))
            .map_err(|error| match status {
                Some(status) => error.with_status(status),
                None => error,
            })
    }

    async fn collect(
        &self,
        answer: impl Future<Output = reqwest::Result<reqwest::Response>>,
        status: &mut Option<StatusCode>,
    ) -> Result<Received, Error> {
        let mut answer = answer.await.map_err(connection::error)?;
        if !self.0.prepared.is_answered_from(answer.url()) {
            return Err(Error::new(
                ErrorKind::Redirected,
                "the HTTP client followed a redirect: build it from `http_client_builder`",
            ));
        }
        let received = *status.insert(answer.status());
        let headers = mem::take(answer.headers_mut());
        match body::read(&mut answer, self.0.max_body_bytes).await {
            Ok(body) => Ok(self.redacted(received, headers, body)),
            Err(Failure::TooLarge) => Err(self.too_large(received)),
            Err(Failure::Broken(error)) => Err(connection::error(error)),
        }
    }

    fn redacted(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Received {
        Received {
            status,
            headers,
            body: self.0.redactor.redact(body),
        }
    }

    fn too_large(&self, status: StatusCode) -> Error {
        let limit = self.0.max_body_bytes;
        let message = format!("the answer's body is larger than {limit} bytes");
        Error::new(ErrorKind::BodyTooLarge, message).with_status(status)
    }

    /// The span of one try, named and filled as OpenTelemetry's semantic conventions for HTTP clients say.
    fn span(&self, past: u32) -> Span {
        let operation = self.operation();
        let span = tracing::info_span!(
            "HTTP request",
            otel.name = Empty,
            otel.kind = "client",
            http.request.method = operation.method.as_str(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.full = Empty,
            url.template = operation.path.as_str(),
            server.address = self.0.base_url.host_str(),
            server.port = self.0.base_url.port_or_known_default(),
            error.r#type = Empty,
            keyholder.provider = self.0.provider.name.as_str(),
            keyholder.operation = operation.id.as_str(),
            keyholder.verdict = Empty,
            keyholder.reason = Empty,
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

/// What the answer says of the token that a typed method gives so.
fn verdict_of<T, R>(result: &Result<Response<T>, OperationError<R>>) -> VerdictKind {
    match result {
        Ok(response) => response.verdict().kind(),
        Err(error) => error.verdict(),
    }
}

/// Puts the outcome of one try on its span.
fn record(span: &Span, status: Option<StatusCode>, verdict: VerdictKind, error: Option<&Error>) {
    if span.is_disabled() {
        return;
    }
    if let Some(error) = error {
        span.record("error.type", error.kind().as_str());
        if let Some(reason) = error.reason() {
            span.record("keyholder.reason", reason.as_str());
        }
    }
    if let Some(status) = status.or_else(|| error?.status()) {
        span.record("http.response.status_code", status.as_u16());
    }
    span.record("keyholder.verdict", verdict.as_str());
}

/// An answer, read whole, with the token taken out of its body.
struct Received {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// Reads a body as `T`.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // The fast path does not keep track of where it is; a body that fails is read once more, by one that does.
    serde_json::from_slice(body).map_err(|_| {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let error = Error::new(
            ErrorKind::InvalidResponse,
            "the answer's body does not read as the description says",
        );
        match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            Ok(_) => error,
            Err(failure) => {
                let path = failure.path().to_string();
                let failure = DecodeError::from(failure.inner());
                if path == "." {
                    error.with_source(failure)
                } else {
                    error.with_path(&path).with_source(failure)
                }
            }
        }
    })
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
    builder.build().map_err(connection::build_error)
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("provider", &self.0.provider.name)
            .field("base_url", &self.0.prefix)
            .finish_non_exhaustive()
    }
}

/// Where and how reading JSON failed, without what was read: serde's own message quotes the body.
#[derive(Debug)]
struct DecodeError {
    line: usize,
    column: usize,
    category: &'static str,
}

impl From<&serde_json::Error> for DecodeError {
    fn from(error: &serde_json::Error) -> Self {
        Self {
            line: error.line(),
            column: error.column(),
            category: match error.classify() {
                serde_json::error::Category::Io => "unreadable",
                serde_json::error::Category::Syntax => "not JSON",
                serde_json::error::Category::Data => "not of the type described",
                serde_json::error::Category::Eof => "ended too early",
            },
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            category,
        } = self;
        write!(f, "{category} at line {line}, column {column}")
    }
}

impl std::error::Error for DecodeError {}
