//! Sending a request under the policy.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use reqwest::{Request, Url};
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::body::{self, Failure};
use super::clients::{OWN_IDLE, Way};
use super::credential::Credential;
use super::exchange::{By, Exchange, HttpClient, Reply};
use super::names::Resolver;
use super::redact::Redactor;
use super::request::{Outgoing, Parameter, Parts, Prepared};
use super::response::Response;
use super::values::Values;
use super::{base_url, connection, retry};
use crate::answer::{Answer, Good, Reader, Reading, Saying};
use crate::error::{ErrorResponse, OperationError};
use crate::provider::{Form, FormSaying};
use crate::{
    Authentication, Config, Error, ErrorKind, Identity, Operation, Provider, Token, VerdictKind,
    http_client_builder,
};

/// How a generated client sends: authentication, deadline, retries, bounds and what an answer says.
///
/// Cheap to clone. Its `Debug` shows neither the token nor anything made from it.
#[derive(Clone)]
pub struct Transport {
    shared: Arc<Shared>,
    /// Nothing where a token is yet to be given, by [`with_token`](Transport::with_token).
    key: Option<Arc<Key>>,
}

/// What is the same for all tokens of a provider that are sent to one server in one way.
struct Shared {
    provider: Provider,
    /// What it was made from, without the token.
    config: Config,
    /// What the form of its tokens says.
    form: FormSaying,
    authentication: Authentication,
    base_url: Url,
    /// The base URL as the paths of a description are put after it.
    prefix: String,
    /// The request of each operation, or what it lacks.
    prepared: Vec<Result<Prepared, Error>>,
    /// The operations that are asked in turn whose token it is.
    asked: Vec<usize>,
    /// Those that are asked for further claims.
    adding: Vec<usize>,
    http_client: OnceLock<HttpClient>,
    /// The same for tokens of other forms, those first that were needed last.
    others: Mutex<Vec<Arc<Shared>>>,
}

/// How many forms of tokens are prepared for beside that of the first. More are prepared for anew each time.
const OTHERS: usize = 8;

/// What differs from token to token.
struct Key {
    credential: Credential,
    redactor: Redactor,
}

impl Key {
    /// Prepares `token`, or says what keeps it from being sent.
    fn new(
        provider: &Provider,
        authentication: &Authentication,
        token: &Token,
        is_known: bool,
    ) -> Result<Self, Error> {
        let credential = Credential::new(authentication, token, is_known)?;
        // What is wrong with a token in particular says more.
        if provider.is_mistyped(token) {
            return Err(Error::config(
                "the token's check digits do not match the rest of it: it was mistyped, cut or made up",
            ));
        }
        if provider.is_other(token) {
            return Err(Error::config(format!(
                "the token is a secret of {} for something else: even a good one would be refused here",
                provider.title
            )));
        }
        if !is_known && provider.token.exclusive && !provider.token.forms.is_empty() {
            return Err(Error::config(format!(
                "the token has none of the forms that tokens of {} have",
                provider.title
            )));
        }
        Ok(Self {
            credential,
            redactor: Redactor::new(authentication, token),
        })
    }
}

impl Transport {
    /// Checks the configuration and prepares to send to `provider`.
    ///
    /// # Errors
    ///
    /// A token, a parameter, a base URL or a user agent that cannot be sent; a TLS library that does not start.
    pub fn new(provider: &Provider, config: &Config) -> Result<Self, Error> {
        let transport = Self::prepare(provider, config)?;
        // What it lacks is told at once.
        transport.shared.http_client()?;
        Ok(transport)
    }

    /// As [`new`](Self::new), but that the HTTP client is made when it is first needed.
    pub(crate) fn prepare(provider: &Provider, config: &Config) -> Result<Self, Error> {
        let form = provider.form_of(&config.token);
        let (shared, key) = Shared::new(provider, config, form.as_ref())
            .map_err(|error| error.with_provider(provider))?;
        Ok(Self::of(Arc::new(shared), key))
    }

    /// The same, with another token: what is prepared already is shared.
    ///
    /// # Errors
    ///
    /// A token that cannot be sent. Of one whose form says where or how it is sent: whatever keeps that from being done.
    pub fn with_token(&self, token: &Token) -> Result<Self, Error> {
        let form = self.shared.provider.form_of(token);
        self.with_form(token, form.as_ref())
            .map_err(|error| error.with_provider(&self.shared.provider))
    }

    fn with_form(&self, token: &Token, form: Option<&Form<'_>>) -> Result<Self, Error> {
        let own = &self.shared;
        let shared = if own.is_for(form) {
            Some(Arc::clone(own))
        } else {
            own.other(form)
        };
        if let Some(shared) = shared {
            let key = Key::new(&own.provider, &shared.authentication, token, form.is_some())?;
            return Ok(Self::of(shared, key));
        }
        let mut config = own.config.clone();
        config.token = token.clone();
        let (shared, key) = Shared::new(&own.provider, &config, form)?;
        let shared = Arc::new(shared);
        if let (Some(client), true) = (own.http_client.get(), own.has_way_of(&shared)) {
            let _ = shared.http_client.set(client.clone());
        }
        own.keep(&shared);
        Ok(Self::of(shared, key))
    }

    fn of(shared: Arc<Shared>, key: Key) -> Self {
        let key = Some(Arc::new(key));
        Self { shared, key }
    }

    /// The same, without a token. It asks nothing by itself.
    pub(crate) fn without_token(self) -> Self {
        Self { key: None, ..self }
    }

    fn key(&self) -> Result<&Key, Error> {
        self.key.as_deref().ok_or_else(|| {
            Error::config("the client has no token").with_provider(&self.shared.provider)
        })
    }

    /// The provider that is asked.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.shared.provider
    }

    /// The base URL that is asked, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.shared.prefix
    }

    /// Asks the operation of that index, again where the policy says so, and reads the answer as `T`.
    ///
    /// # Errors
    ///
    /// Whatever is not a documented success, with the documented error answer in its own type.
    pub async fn send<T, R>(
        &self,
        operation: usize,
        parameters: &[Parameter],
    ) -> Result<Response<T>, OperationError<R>>
    where
        T: DeserializeOwned,
        R: ErrorResponse,
    {
        let client = self.shared.http_client()?;
        self.send_and_read(operation, parameters, client, decode)
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
        operation: usize,
        parameters: &[Parameter],
        execute: impl Fn(Request) -> F,
    ) -> Result<Response<T>, OperationError<R>>
    where
        T: DeserializeOwned,
        R: ErrorResponse,
        F: Future<Output = reqwest::Result<reqwest::Response>> + Send,
    {
        self.send_and_read(operation, parameters, &By(execute), decode)
            .await
    }

    /// As [`send`](Self::send), for a success whose body is not described: it is read for the verdict alone.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_for_status<R: ErrorResponse>(
        &self,
        operation: usize,
        parameters: &[Parameter],
    ) -> Result<Response<()>, OperationError<R>> {
        let client = self.shared.http_client()?;
        self.send_and_read(operation, parameters, client, |_| Ok(()))
            .await
    }

    /// Asks the operation of that index, and reads the body of a success by `decode`.
    async fn send_and_read<T, R: ErrorResponse>(
        &self,
        operation: usize,
        parameters: &[Parameter],
        client: &impl Exchange,
        decode: impl Fn(&[u8]) -> Result<T, Error>,
    ) -> Result<Response<T>, OperationError<R>> {
        let asked = self.asked(operation)?;
        self.ask(self.deadline(), &asked, parameters, client, |answer| {
            let result = asked.typed::<T, R>(answer, &decode);
            let verdict = verdict_of(&result);
            (result, verdict)
        })
        .await
    }

    /// Asks whose token it is: one operation after the other, until one knows the token; then those that add claims.
    ///
    /// A refusal by one operation does not condemn what another knows: the token is invalid where all refuse it. Where one
    /// says nothing of it, neither does the whole. What keeps the provider from answering ends it: the next operation
    /// would meet the same.
    ///
    /// # Errors
    ///
    /// Whatever keeps that from being known; what its kind is says whether the token is no good.
    pub async fn whoami(&self) -> Result<Identity, Error> {
        self.whoami_boxed().await.map(|identity| *identity)
    }

    /// As [`whoami`](Self::whoami), with an identity that takes little to pass on.
    pub(crate) async fn whoami_boxed(&self) -> Result<Box<Identity>, Error> {
        let deadline = self.deadline();
        let mut said: Option<Result<Box<Identity>, Error>> = None;
        for (turn, &index) in self.shared.asked.iter().enumerate() {
            let result = self.identify(index, deadline).await;
            let is_last = turn + 1 == self.shared.asked.len();
            let goes_on = !is_last && leaves_open(&result);
            said = Some(match said {
                Some(before) => weightier(before, result),
                None => result,
            });
            if !goes_on {
                break;
            }
        }
        let mut identity = said.unwrap_or_else(|| Err(no_operation()))?;
        for &index in &self.shared.adding {
            if let Ok(more) = self.identify(index, deadline).await {
                identity.complete(*more);
            }
        }
        Ok(identity)
    }

    /// What one operation says.
    async fn identify(&self, index: usize, deadline: Instant) -> Result<Box<Identity>, Error> {
        let client = self.shared.http_client()?;
        let asked = self.asked(index)?;
        let identity = self.ask(deadline, &asked, &[], client, |answer| {
            let result = asked
                .identified(&answer)
                .map_err(OperationError::<()>::from);
            let verdict = match &result {
                Ok(_) => VerdictKind::Valid,
                Err(error) => error.verdict(),
            };
            (result, verdict)
        });
        identity.await.map_err(Error::from)
    }

    /// What [`whoami`](Self::whoami) would give if the operation that is asked first were answered so.
    ///
    /// # Errors
    ///
    /// As [`whoami`](Self::whoami), but for what only a connection can meet.
    pub fn read_answer(&self, answer: crate::Answer) -> Result<Identity, Error> {
        let answer = answer.into_http();
        let answer = answer.map_err(|error| error.with_provider(&self.shared.provider))?;
        let (parts, body) = answer.into_parts();
        if body.len() > self.shared.config.max_body_bytes {
            let error = self.too_large(parts.status);
            return Err(error.with_provider(&self.shared.provider));
        }
        let first = self.shared.asked.first().copied().unwrap_or_default();
        let asked = self.asked(first)?;
        let identity = asked.identified(&asked.redacted(parts.status, parts.headers, body));
        identity.map(|identity| *identity)
    }

    /// The request of that operation, and the names of the headers that carry the token.
    pub(super) fn request(
        &self,
        operation: usize,
    ) -> Result<(Request, impl Iterator<Item = &HeaderName>), Error> {
        let asked = self.asked(operation)?;
        let request = asked.request(&[], &Span::none())?.into_reqwest();
        Ok((request, asked.key.credential.headers()))
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.shared.config.timeout
    }

    /// The operation of that index, ready to be asked.
    fn asked(&self, index: usize) -> Result<Asked<'_>, Error> {
        let shared = &*self.shared;
        let key = self.key()?;
        let operation = shared.provider.operations.get(index);
        let (Some(operation), Some(reader), Some(prepared)) = (
            operation,
            shared.provider.reader(index),
            shared.prepared.get(index),
        ) else {
            return Err(no_operation().with_provider(&shared.provider));
        };
        match prepared {
            Ok(prepared) => Ok(Asked {
                transport: self,
                key,
                operation,
                reader,
                prepared,
            }),
            Err(error) => Err(error.clone().with_provider(&shared.provider)),
        }
    }

    /// Sends, again where the policy says so, and lets `read` make something of each answer, with the verdict for its
    /// span.
    async fn ask<T, R>(
        &self,
        deadline: Instant,
        asked: &Asked<'_>,
        parameters: &[Parameter],
        client: &impl Exchange,
        read: impl Fn(Received) -> (Result<T, OperationError<R>>, VerdictKind),
    ) -> Result<T, OperationError<R>> {
        // Tokio's clocks and sockets would panic.
        if Handle::try_current().is_err() {
            return Err(no_runtime().with_provider(&self.shared.provider).into());
        }
        let mut past = 0;
        // Some servers break each connection that is used again.
        let mut is_new = self.shared.config.is_new;
        loop {
            let span = self.span(asked.operation, past);
            let answer = match asked.request(parameters, &span) {
                // Whoever does not listen does not pay for it.
                Ok(request) if span.is_disabled() => {
                    let answer = client.exchange(request, is_new);
                    self.receive(deadline, asked, answer).await
                }
                Ok(request) => {
                    let answer = self.receive(deadline, asked, client.exchange(request, is_new));
                    Box::pin(answer.instrument(span.clone())).await
                }
                Err(error) => Err(error),
            };
            let status = answer.as_ref().ok().map(|answer| answer.status);
            let (result, verdict) = match answer {
                Ok(answer) => read(answer),
                Err(error) => {
                    let verdict = error.verdict();
                    (
                        Err(error.with_provider(&self.shared.provider).into()),
                        verdict,
                    )
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
            match retry::delay(self.shared.config.retry, asked.operation, &error, past) {
                Some(delay) if deadline.checked_duration_since(Instant::now()) > Some(delay) => {
                    sleep(delay).await;
                    past += 1;
                    // A 408 may be of the connection, and not of what was asked on it.
                    is_new |= error.kind() == ErrorKind::Connect
                        || error.status() == Some(StatusCode::REQUEST_TIMEOUT);
                }
                _ => return Err(error),
            }
        }
    }

    /// Waits for an answer and reads it whole.
    async fn receive(
        &self,
        deadline: Instant,
        asked: &Asked<'_>,
        answer: impl Future<Output = Result<Reply, Error>>,
    ) -> Result<Received, Error> {
        // What is known of an answer whose body does not come in time.
        let mut status = None;
        timeout_at(deadline, self.collect(asked, answer, &mut status))
            .await
            .unwrap_or_else(|_| Err(connection::too_late()))
            .map_err(|error| match status {
                Some(status) => error.with_status(status),
                None => error,
            })
    }

    async fn collect(
        &self,
        asked: &Asked<'_>,
        answer: impl Future<Output = Result<Reply, Error>>,
        status: &mut Option<StatusCode>,
    ) -> Result<Received, Error> {
        let answer = answer.await?;
        if !answer.is_from(|url| asked.is_answered_from(url)) {
            return Err(Error::new(
                ErrorKind::Redirected,
                "the HTTP client followed a redirect: build it from `http_client_builder`",
            ));
        }
        let received = *status.insert(answer.status);
        match body::read(answer.body, self.shared.config.max_body_bytes).await {
            Ok(body) => Ok(asked.redacted(received, answer.headers, body)),
            Err(Failure::TooLarge) => Err(self.too_large(received)),
            Err(Failure::Broken(error)) => Err(error),
        }
    }

    fn too_large(&self, status: StatusCode) -> Error {
        let limit = self.shared.config.max_body_bytes;
        let message = format!("the answer's body is larger than {limit} bytes");
        Error::new(ErrorKind::BodyTooLarge, message).with_status(status)
    }

    /// The span of one try, named and filled as OpenTelemetry's semantic conventions for HTTP clients say.
    fn span(&self, operation: &Operation, past: u32) -> Span {
        let span = tracing::info_span!(
            "HTTP request",
            otel.name = Empty,
            otel.kind = "client",
            http.request.method = operation.method.as_str(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.full = Empty,
            url.template = operation.path.as_str(),
            server.address = self.shared.base_url.host_str(),
            server.port = self.shared.base_url.port_or_known_default(),
            error.r#type = Empty,
            keyholder.provider = self.shared.provider.name.as_str(),
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

impl Shared {
    /// Prepares to send as `config` says, its token first.
    fn new(
        provider: &Provider,
        config: &Config,
        form: Option<&Form<'_>>,
    ) -> Result<(Self, Key), Error> {
        let values = Values::new(provider, config, form)?;
        let base_url = base_url::of(provider, config, &values)?;
        let authentication = authentication(provider, config, form)?;
        let key = Key::new(provider, &authentication, &config.token, form.is_some())?;
        let user_agent = match &config.user_agent {
            Some(user_agent) => user_agent.clone(),
            None => format!("keyholder-{}/{}", provider.name, provider.version),
        };
        let user_agent = HeaderValue::try_from(user_agent).map_err(|_| {
            Error::config("the user agent holds a character that no header can carry")
        })?;
        let parts = Parts {
            base_url: &base_url,
            base_path: &provider.base_path,
            has_base_path: config.base_url.is_none(),
            user_agent: &user_agent,
            credential: &key.credential,
            values: &values,
        };
        let operations = provider.operations.iter();
        let prepared: Vec<_> = operations
            .map(|operation| Prepared::new(operation, &parts))
            .collect();
        let (asked, adding) = turns(provider, form.and_then(|it| it.operation))?;
        // What keeps one that is asked from being sent is known before any is.
        for &index in &asked {
            if let Some(Err(error)) = prepared.get(index) {
                return Err(error.clone());
            }
        }
        let shared = Self {
            provider: provider.clone(),
            config: config.without_token(),
            form: FormSaying::of(form),
            authentication,
            prefix: base_url::prefix(&base_url).to_owned(),
            base_url,
            prepared,
            asked,
            adding,
            http_client: OnceLock::new(),
            others: Mutex::default(),
        };
        Ok((shared, key))
    }

    /// Whether tokens of that form are sent so.
    fn is_for(&self, form: Option<&Form<'_>>) -> bool {
        self.form.is_of(form)
    }

    /// What was prepared for another form.
    fn other(&self, form: Option<&Form<'_>>) -> Option<Arc<Self>> {
        let mut others = self.others();
        let index = others.iter().position(|it| it.is_for(form))?;
        others[..=index].rotate_right(1);
        others.first().cloned()
    }

    /// Keeps what was prepared for another form.
    fn keep(&self, other: &Arc<Self>) {
        let mut others = self.others();
        others.truncate(OTHERS - 1);
        others.insert(0, Arc::clone(other));
    }

    fn others(&self) -> MutexGuard<'_, Vec<Arc<Self>>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an HTTP client for one is fit for the other.
    fn has_way_of(&self, other: &Self) -> bool {
        Way::of(&self.base_url) == Way::of(&other.base_url)
    }

    /// The HTTP client, made now where none was needed before.
    fn http_client(&self) -> Result<&HttpClient, Error> {
        if let Some(client) = self.http_client.get() {
            return Ok(client);
        }
        let client = match (&self.config.http_client, &self.config.http_clients) {
            (Some(client), _) => Ok(client.clone().into()),
            (None, Some(clients)) => clients.get(&self.base_url, &self.config),
            (None, None) => {
                let way = Way::of(&self.base_url);
                HttpClient::new(way, self.config.connect_timeout, OWN_IDLE)
            }
        };
        let client = client.map_err(|error| error.with_provider(&self.provider))?;
        Ok(self.http_client.get_or_init(|| client))
    }
}

/// Where the token goes: as the caller says, as its form says, or as the description says first.
pub(super) fn authentication(
    provider: &Provider,
    config: &Config,
    form: Option<&Form<'_>>,
) -> Result<Authentication, Error> {
    if let Some(authentication) = &config.authentication {
        return Ok(authentication.clone());
    }
    let credentials = &provider.credentials;
    let scheme = config.scheme.as_deref().or(form.and_then(|it| it.scheme));
    let found = match scheme {
        None => credentials.first(),
        Some(name) => Some(provider.credential(name).ok_or_else(|| {
            let names: Vec<_> = credentials.iter().map(|it| it.scheme.as_str()).collect();
            Error::config(format!(
                "the provider has no scheme of that name: it has {}",
                names.join(", ")
            ))
        })?),
    };
    let found = found.ok_or_else(|| Error::config("the provider says of no way to carry a token"));
    Ok(found?.authentication.clone())
}

/// The operations that are asked in turn, and those that add claims.
pub(super) fn turns(
    provider: &Provider,
    named: Option<&str>,
) -> Result<(Vec<usize>, Vec<usize>), Error> {
    let operations = provider.operations.iter().enumerate();
    let (adding, mut asked): (Vec<_>, Vec<_>) = operations.partition(|(_, it)| it.adds_claims);
    if let Some(id) = named
        && asked.iter().any(|(_, operation)| operation.id == id)
    {
        asked.retain(|(_, operation)| operation.id == id);
    }
    let indices = |it: Vec<(usize, &Operation)>| it.into_iter().map(|(index, _)| index).collect();
    let asked: Vec<usize> = indices(asked);
    if asked.is_empty() {
        return Err(no_operation());
    }
    Ok((asked, indices(adding)))
}

fn no_runtime() -> Error {
    Error::config(
        "no Tokio runtime runs this call: await it in one, or use `blocking::Client` of the feature `blocking`",
    )
}

fn no_operation() -> Error {
    Error::config("the provider has no operation that tells whose token it is")
}

/// Whether another operation may know more.
fn leaves_open(result: &Result<Box<Identity>, Error>) -> bool {
    match result {
        Ok(identity) => {
            let token = identity.token.as_ref();
            token.is_some_and(|token| token.limited.is_some())
        }
        Err(error) => matches!(
            error.kind(),
            ErrorKind::Unauthenticated
                | ErrorKind::Forbidden
                | ErrorKind::UnexpectedStatus
                | ErrorKind::InvalidResponse
        ),
    }
}

/// Of what two operations say, what holds for both: good is good, and an answer that says nothing goes before a refusal.
fn weightier(
    first: Result<Box<Identity>, Error>,
    second: Result<Box<Identity>, Error>,
) -> Result<Box<Identity>, Error> {
    let is_limited = |result: &Result<Box<Identity>, Error>| result.is_ok() && leaves_open(result);
    match (&first, &second) {
        (Ok(_), Ok(_)) if is_limited(&first) && !is_limited(&second) => second,
        (Ok(_), _) => first,
        (_, Ok(_)) => second,
        (Err(one), Err(_)) if one.verdict() == VerdictKind::Invalid => second,
        (Err(_), Err(_)) => first,
    }
}

/// An operation, ready to be asked.
struct Asked<'a> {
    transport: &'a Transport,
    key: &'a Key,
    operation: &'a Operation,
    reader: &'a Reader,
    prepared: &'a Prepared,
}

impl Asked<'_> {
    /// The request of one try. Its span is told its URL.
    fn request(&self, parameters: &[Parameter], span: &Span) -> Result<Outgoing<'_>, Error> {
        self.prepared
            .request(&self.key.credential, parameters, span)
    }

    fn is_answered_from(&self, url: &Url) -> bool {
        self.prepared.is_answered_from(&self.key.credential, url)
    }

    fn redacted(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Received {
        Received {
            status,
            headers,
            body: self.key.redactor.redact(body),
        }
    }

    /// What an answer says of the token.
    fn reading(&self, answer: &Received) -> Reading {
        let headers = if self.reader.reads_headers() {
            Cow::Owned(self.key.redactor.redact_headers(&answer.headers))
        } else {
            Cow::Borrowed(&answer.headers)
        };
        let answer = Answer {
            status: answer.status,
            headers: &headers,
            body: &answer.body,
        };
        self.reader.read(
            self.operation,
            &self.transport.shared.authentication,
            answer,
        )
    }

    /// The identity that an answer gives, or why it gives none.
    fn identified(&self, answer: &Received) -> Result<Box<Identity>, Error> {
        self.outcome(self.reading(answer), answer)
    }

    /// The identity of what was read, with who was asked and where.
    fn outcome(&self, reading: Reading, answer: &Received) -> Result<Box<Identity>, Error> {
        let error = match reading.says {
            Saying::Valid(mut identity, _) => {
                let transport = self.transport;
                transport.provider().name.clone_into(&mut identity.provider);
                transport.base_url().clone_into(&mut identity.iss);
                return Ok(identity);
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
            .with_provider(self.transport.provider())
    }

    /// The value of a documented success, with the identity that it gives; or the documented error.
    fn typed<T, R: ErrorResponse>(
        &self,
        answer: Received,
        decode: impl Fn(&[u8]) -> Result<T, Error>,
    ) -> Result<Response<T>, OperationError<R>> {
        let reading = self.reading(&answer);
        if self.operation.is_success(answer.status.as_u16()) {
            let value =
                decode(&answer.body).map_err(|error| self.describe(error, None, &answer))?;
            let identity = self.outcome(reading, &answer);
            let identity = identity.map(|identity| *identity);
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
            _ if is_too_deep(&answer.body) => None,
            _ => R::decode(answer.status.as_u16(), code.as_deref(), &answer.body),
        };
        Err(OperationError::new(error, response))
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

/// As deep as an answer may be nested to be read as a type of the provider's. Each level takes its part of the stack, of
/// which a thread may have little.
const DEEPEST: usize = 32;

/// Whether JSON is nested deeper than a type is read.
fn is_too_deep(body: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut is_text = false;
    let mut is_escaped = false;
    body.iter().any(|&byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => depth += 1,
            b'}' | b']' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}

/// Reads a body as `T`.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if is_too_deep(body) {
        return Err(Error::new(
            ErrorKind::InvalidResponse,
            "the answer's body is nested deeper than any that is described",
        ));
    }
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

/// A builder of HTTP clients that keep the token where it is sent.
pub(super) fn http_client_builder_for(
    way: Way,
    connect_timeout: Duration,
) -> reqwest::ClientBuilder {
    let mut builder = http_client_builder()
        .connect_timeout(connect_timeout)
        .dns_resolver(Resolver::shared());
    if !way.is_encrypted() {
        // No redirect is followed, so that nothing is ever asked over TLS: there is no need of certificates, which not
        // every machine has.
        #[cfg(feature = "__rustls")]
        {
            builder = builder.tls_certs_only([]);
        }
        if way.is_loopback() {
            // A proxy would carry the token off this machine, unencrypted.
            builder = builder.no_proxy();
        }
    }
    builder
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("provider", &self.shared.provider.name)
            .field("base_url", &self.shared.prefix)
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
