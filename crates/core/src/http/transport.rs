//! Sending a request under the policy.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::io;
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

use super::answer::Answer;
use super::body::{self, Failure};
use super::credential::Credential;
use super::redact::Redactor;
use super::request::{Parameter, Prepared};
use super::response::Response;
use super::{base_url, retry};
use crate::error::{ErrorResponse, OperationError};
use crate::{
    Config, Error, ErrorKind, Identity, ProviderInfo, Retry, VerdictKind, http_client_builder,
};

/// How a generated client sends: authentication, deadline, retries, bounds and what an answer says.
///
/// Cheap to clone. Its `Debug` shows neither the token nor anything made from it.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    provider: &'static ProviderInfo,
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
    pub fn new(provider: &'static ProviderInfo, config: &Config) -> Result<Self, Error> {
        Self::prepare(provider, config).map_err(|error| error.with_provider(provider.name))
    }

    fn prepare(provider: &'static ProviderInfo, config: &Config) -> Result<Self, Error> {
        let base_url = base_url::of(provider, config)?;
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
                Some(clients) => clients.get(&base_url, config)?,
                None => build(http_client_builder_for(&base_url, config))?,
            },
        };
        let prefix = base_url::prefix(&base_url).to_owned();
        Ok(Self(Arc::new(Shared {
            prepared: Prepared::new(&provider.whoami, &base_url, user_agent, credential)?,
            redactor: Redactor::new(authentication, &config.token),
            provider,
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
    pub fn provider(&self) -> &'static ProviderInfo {
        self.0.provider
    }

    /// The base URL that is asked, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.prefix
    }

    /// Asks, again where the policy says so, and reads the answer.
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
        let deadline = Instant::now() + self.0.timeout;
        let mut past = 0;
        loop {
            let span = self.span(past);
            let result = match self.0.prepared.request(parameters, &span) {
                Ok(request) => {
                    let answer = span.in_scope(|| execute(request));
                    let answer = self.receive(deadline, answer);
                    answer.instrument(span.clone()).await
                }
                Err(error) => Err(error),
            };
            let result = match result {
                Ok(answer) => self.interpret(answer),
                Err(error) => Err(error.with_provider(self.0.provider.name).into()),
            };
            record(&span, &result);
            let error = match result {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            match retry::delay(self.0.retry, &self.0.provider.whoami, &error, past) {
                Some(delay) if deadline.checked_duration_since(Instant::now()) > Some(delay) => {
                    sleep(delay).await;
                    past += 1;
                }
                _ => return Err(error),
            }
        }
    }

    /// Asks whose token it is: the identity that `claims` fills in from the answer.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); an answer that says nothing of anybody is not the one described.
    pub async fn whoami<T: DeserializeOwned>(
        &self,
        claims: fn(&T, &mut Identity),
    ) -> Result<Identity, Error> {
        let result = self.send::<T, ()>(&[]).await;
        self.identified(result, claims)
    }

    /// The identity in an answer that was had by other means, read as if it had come here.
    ///
    /// # Errors
    ///
    /// As [`whoami`](Self::whoami), but for what only a connection can meet.
    pub fn read<T: DeserializeOwned>(
        &self,
        answer: http::Response<Bytes>,
        claims: fn(&T, &mut Identity),
    ) -> Result<Identity, Error> {
        let (parts, body) = answer.into_parts();
        let result = if body.len() > self.0.max_body_bytes {
            let error = self.too_large(parts.status);
            Err(error.with_provider(self.0.provider.name).into())
        } else {
            self.interpret::<T, ()>(self.redacted(parts.status, parts.headers, body))
        };
        self.identified(result, claims)
    }

    /// The identity that `claims` fills in from a success.
    pub fn identity<T>(&self, answer: &T, claims: fn(&T, &mut Identity)) -> Identity {
        let mut identity = self.anonymous();
        claims(answer, &mut identity);
        identity
    }

    /// An identity of nobody in particular: who was asked, and where.
    fn anonymous(&self) -> Identity {
        Identity {
            provider: self.0.provider.name.to_owned(),
            iss: self.base_url().to_owned(),
            ..Identity::default()
        }
    }

    /// The identity that an answer gives: nobody's, where it says that the token is good and stands for no user.
    fn identified<T>(
        &self,
        result: Result<Response<T>, OperationError<()>>,
        claims: fn(&T, &mut Identity),
    ) -> Result<Identity, Error> {
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => {
                let error = Error::from(error);
                return if error.is_no_subject() {
                    Ok(self.anonymous())
                } else {
                    Err(error)
                };
            }
        };
        let identity = self.identity(&*answer, claims);
        if identity.has_claims() {
            return Ok(identity);
        }
        // It is not the answer described, whatever its status.
        let message = "the answer has nothing of what the description says";
        Err(Error::new(ErrorKind::InvalidResponse, message)
            .with_status(answer.status())
            .with_provider(self.0.provider.name))
    }

    fn interpret<T, R>(&self, answer: Answer) -> Result<Response<T>, OperationError<R>>
    where
        T: DeserializeOwned,
        R: ErrorResponse,
    {
        let provider = self.0.provider.name;
        let operation = &self.0.provider.whoami;
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
        answer: impl Future<Output = reqwest::Result<reqwest::Response>>,
    ) -> Result<Answer, Error> {
        // What is known of an answer whose body does not come in time.
        let mut status = None;
        timeout_at(deadline, self.collect(answer, &mut status))
            .await
            .unwrap_or_else(|_| Err(too_late()))
            .map_err(|error| match status {
                Some(status) => error.with_status(status),
                None => error,
            })
    }

    async fn collect(
        &self,
        answer: impl Future<Output = reqwest::Result<reqwest::Response>>,
        status: &mut Option<StatusCode>,
    ) -> Result<Answer, Error> {
        let mut answer = answer.await.map_err(connection_error)?;
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
            Err(Failure::Broken(error)) => Err(connection_error(error)),
        }
    }

    fn redacted(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Answer {
        Answer {
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
        let operation = &self.0.provider.whoami;
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
        Ok(response) => (Some(response.status()), VerdictKind::Valid),
        Err(error) => {
            span.record("error.type", error.kind().as_str());
            let verdict = match (error.is_no_subject(), error.is_refusal()) {
                (true, _) => VerdictKind::Valid,
                (false, true) => VerdictKind::Invalid,
                (false, false) => VerdictKind::Indeterminate,
            };
            (error.status(), verdict)
        }
    };
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    span.record("keyholder.verdict", verdict.as_str());
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
