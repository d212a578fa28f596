//! What keeps an answer from being had.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, Serialize};

use crate::answer::Good;
use crate::text;
use crate::{Limit, Provider, VerdictKind};

/// How many bytes of a message an error keeps.
const MAX_MESSAGE: usize = 4096;

/// How many bytes of a provider's code are kept.
pub(crate) const MAX_CODE: usize = 200;

/// How much of a body an error keeps.
const BODY_SNIPPET: usize = 4096;

/// Why there is no identity.
///
/// `Display` is one line, and neither it nor `Debug` shows a header, a body, a query or a token. What an error
/// knows is had from its accessors.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    provider: Option<Arc<str>>,
    status: Option<StatusCode>,
    code: Option<String>,
    reason: Option<Reason>,
    retry_after: Option<Duration>,
    body: Option<Bytes>,
    path: Option<String>,
    good: Option<Good>,
    /// Whether the message is all that there is to display.
    is_retold: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be made or the request not be built: nothing was sent.
    Config,
    /// The provider said that the token is no good. The only kind that speaks against the token.
    Unauthenticated,
    /// The provider refused the question: a scope, a network or a firewall.
    Forbidden,
    /// Too many requests (429).
    RateLimited,
    /// The provider could not answer for now (5xx).
    Unavailable,
    /// No whole answer within the time allowed.
    Timeout,
    /// No connection, or one that broke.
    Connect,
    /// The provider answered with a redirect, which is not followed.
    Redirected,
    /// A status, or a code on a status, that the description does not have.
    UnexpectedStatus,
    /// A body that does not read as what the description says.
    InvalidResponse,
    /// A body larger than the client takes.
    BodyTooLarge,
}

/// Why a token was refused, or what failed about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The token has expired.
    Expired,
    /// The token was revoked or deleted.
    Revoked,
    /// The provider knows no such token.
    Unknown,
    /// The host's name does not resolve.
    NameNotFound,
    /// Nothing listens at the address.
    Refused,
    /// The network or the host cannot be reached.
    Unreachable,
    /// No connection within the time allowed.
    ConnectTimeout,
    /// The other end closed the connection, or broke it off.
    Reset,
    /// The server's certificate has expired, or is not valid yet.
    CertificateExpired,
    /// The server's certificate is for another name.
    CertificateName,
    /// The server's certificate is signed by nobody that this machine trusts.
    CertificateIssuer,
    /// The server's certificate cannot be taken for another reason.
    Certificate,
    /// TLS failed, or the other end does not speak it.
    Tls,
    /// The proxy cannot be reached, or refuses.
    Proxy,
    /// This build has no TLS backend.
    NoTls,
    /// This machine has no certificates of authorities to trust.
    NoRoots,
    /// This process has no file descriptor left.
    TooManyFiles,
}

impl Reason {
    /// Its name, as in `expired`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.texts().0
    }

    /// What it is, in words.
    fn words(self) -> &'static str {
        self.texts().1
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Expired => ("expired", "the token has expired"),
            Self::Revoked => ("revoked", "the token was revoked"),
            Self::Unknown => ("unknown", "there is no such token"),
            Self::NameNotFound => ("name_not_found", "the host's name does not resolve"),
            Self::Refused => ("refused", "nothing listens at that address"),
            Self::Unreachable => ("unreachable", "the network or the host cannot be reached"),
            Self::ConnectTimeout => ("connect_timeout", "no connection within the time allowed"),
            Self::Reset => ("reset", "the other end closed the connection"),
            Self::CertificateExpired => (
                "certificate_expired",
                "the server's certificate has expired or is not valid yet",
            ),
            Self::CertificateName => (
                "certificate_name",
                "the server's certificate is for another name",
            ),
            Self::CertificateIssuer => (
                "certificate_issuer",
                "the server's certificate is signed by nobody that this machine trusts",
            ),
            Self::Certificate => ("certificate", "the server's certificate is not valid"),
            Self::Tls => ("tls", "TLS failed, or the server does not speak it"),
            Self::Proxy => ("proxy", "the proxy cannot be reached, or refuses"),
            Self::NoTls => (
                "no_tls",
                "this build has no TLS: enable the feature `rustls` or `rustls-ring`, or one of reqwest's such as `native-tls`",
            ),
            Self::NoRoots => (
                "no_roots",
                "this machine has no certificates of authorities to trust: install them, or name a file in SSL_CERT_FILE",
            ),
            Self::TooManyFiles => (
                "too_many_files",
                "this process has no file descriptor left: raise the limit, or ask fewer at once",
            ),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ErrorKind {
    /// The kind's name, as in `rate_limited`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Redirected => "redirected",
            Self::UnexpectedStatus => "unexpected_status",
            Self::InvalidResponse => "invalid_response",
            Self::BodyTooLarge => "body_too_large",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether another try may be answered otherwise, by the status alone (RFC 9110, section 15).
pub(crate) fn passes(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 502 | 503 | 504)
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: text::kept(Cow::Owned(message.into()), MAX_MESSAGE),
            provider: None,
            status: None,
            code: None,
            reason: None,
            retry_after: None,
            body: None,
            path: None,
            good: None,
            is_retold: false,
            source: None,
        }))
    }

    /// An error of configuration: nothing was sent.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// The same error, of that provider: it is named before the message.
    #[must_use]
    pub fn with_provider(mut self, provider: &Provider) -> Self {
        self.0.provider = Some(provider.shared_name());
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_code(mut self, code: Option<String>) -> Self {
        // A server may send a megabyte of it.
        self.0.code = code.map(|code| text::kept(Cow::Owned(code), MAX_CODE));
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_body(mut self, body: &[u8]) -> Self {
        // A slice would keep all of it, and all that was read with it, for as long as the error is kept.
        let snippet = &body[..body.len().min(BODY_SNIPPET)];
        self.0.body = Some(Bytes::copy_from_slice(snippet));
        self
    }

    pub(crate) fn with_path(mut self, path: &str) -> Self {
        self.0.path = Some(one_line(path));
        self
    }

    pub(crate) fn with_reason(mut self, reason: Option<Reason>) -> Self {
        self.0.reason = reason;
        self
    }

    pub(crate) fn with_good(mut self, good: Good) -> Self {
        self.0.good = Some(good);
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The provider that was asked.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.0.provider.as_deref()
    }

    /// The status of the answer, if there was one: also when its body did not read.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The provider's own code for what went wrong, from the answer's body.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Why it is so, where that is told: why the token was refused, or what failed about the connection.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.0.reason
    }

    /// How long the provider asks to wait (`Retry-After`, RFC 9110, section 10.2.3).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The same, unless it is no time at all: some round what is left of a second down to nothing, and whoever is back at
    /// once is refused as before.
    #[doc(hidden)]
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.retry_after().filter(|wait| !wait.is_zero())
    }

    /// The first 4 KiB of the answer's body, with the token taken out. Neither `Display` nor `Debug` shows it.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.0.body.as_deref()
    }

    /// Where in the body decoding failed, as in `organizations[0].id`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Whether asking again later may help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::RateLimited | ErrorKind::Timeout | ErrorKind::Connect => true,
            ErrorKind::Unauthenticated => false,
            // Whoever says when to come back means it, whatever the status: some limit requests with 403.
            _ if self.retry_after().is_some() => true,
            ErrorKind::Unavailable => self.status().is_none_or(passes),
            _ => self
                .status()
                .is_some_and(|status| status.is_client_error() && passes(status)),
        }
    }

    /// What the answer says of the token: valid also for an answer that a typed method gives as an error, because it proves
    /// the token good without telling whose it is.
    #[must_use]
    pub fn verdict(&self) -> VerdictKind {
        match (self.0.good, self.kind()) {
            (Some(_), _) => VerdictKind::Valid,
            (None, ErrorKind::Unauthenticated) => VerdictKind::Invalid,
            (None, _) => VerdictKind::Indeterminate,
        }
    }

    /// Whether the answer says that the token is good and stands for no user.
    #[must_use]
    pub fn is_no_subject(&self) -> bool {
        self.0.good == Some(Good::NoSubject)
    }

    /// What keeps the token from telling whose it is, where the answer proves it good.
    #[must_use]
    pub fn limited_by(&self) -> Option<Limit> {
        match self.0.good {
            Some(Good::Limited(by)) => Some(by),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_retold {
            return f.write_str(&self.0.message);
        }
        if let Some(provider) = self.provider() {
            write!(f, "{provider}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(status) = self.status() {
            write!(f, " (status {}", status.as_u16())?;
            if let Some(code) = self.code() {
                write!(f, ", code {}", one_line(code))?;
            }
            f.write_str(")")?;
        }
        if let Some(path) = self.path() {
            write!(f, " at {path}")?;
        }
        match self.reason() {
            Some(reason) => write!(f, ": {}", reason.words()),
            None => Ok(()),
        }
    }
}

/// Text that a provider wrote, kept to one line and to a length that a line can bear.
fn one_line(text: &str) -> String {
    text.chars()
        .take(120)
        .flat_map(char::escape_debug)
        .collect()
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("provider", &self.provider())
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("code", &self.code())
            .field("reason", &self.reason())
            .field("retry_after", &self.retry_after())
            .field("path", &self.path())
            .field("message", &self.0.message)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// What an error tells as JSON.
#[derive(Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(rename = "Error")
)]
pub(crate) struct Told<'a> {
    /// What kind of thing went wrong.
    #[serde(deserialize_with = "kind")]
    kind: ErrorKind,
    /// The HTTP status of the answer, if there was one.
    #[serde(default)]
    status: Option<u16>,
    /// The provider's own code.
    #[serde(default)]
    code: Option<Cow<'a, str>>,
    /// Why it is so, where that is told.
    #[serde(default)]
    reason: Option<Reason>,
    /// How many seconds the provider asks to wait.
    #[serde(default)]
    retry_after: Option<u64>,
    /// What happened, in a line for people.
    message: Cow<'a, str>,
}

/// The kinds of the command's lines that nobody was asked about: no client knows of them.
const UNASKED: [&str; 5] = [
    "unknown_provider",
    "malformed_input",
    "checksum",
    "host_not_allowed",
    "not_asked",
];

/// Reads a kind. One of a line that nobody was asked about is as any that keeps a request from being sent.
fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ErrorKind, D::Error> {
    let name = Cow::<str>::deserialize(deserializer)?;
    if UNASKED.contains(&&*name) {
        return Ok(ErrorKind::Config);
    }
    ErrorKind::deserialize(name.into_deserializer())
}

impl<'a> Told<'a> {
    /// What `error` tells.
    pub(crate) fn of(error: &'a Error) -> Self {
        Self {
            kind: error.kind(),
            status: error.status().map(|status| status.as_u16()),
            code: error.code().map(Cow::Borrowed),
            reason: error.reason(),
            retry_after: error.retry_after().map(|wait| wait.as_secs()),
            message: error.to_string().into(),
        }
    }

    /// The error that was told, but for its source and body. Its message is all of what was displayed.
    pub(crate) fn into_error(self, provider: &str) -> Error {
        let mut error = Error::new(self.kind, self.message);
        error.0.is_retold = true;
        error.0.provider = (!provider.is_empty()).then(|| provider.into());
        error.0.status = self
            .status
            .and_then(|status| StatusCode::from_u16(status).ok());
        error.0.code = self.code.map(|code| text::kept(code, MAX_CODE));
        error.0.reason = self.reason;
        error.0.retry_after = self.retry_after.map(Duration::from_secs);
        error
    }
}

/// The error of one operation: an [`Error`], with the documented answer in its own type where there was one.
///
/// It dereferences to the [`Error`], and shows no more than it does.
pub struct OperationError<R> {
    error: Error,
    /// In a box, so that the error is small whatever the description has.
    response: Option<Box<R>>,
}

impl<R> OperationError<R> {
    pub(crate) fn new(error: Error, response: Option<R>) -> Self {
        Self {
            error,
            response: response.map(Box::new),
        }
    }

    /// The documented error answer; `None` when what came is not documented, or did not come at all.
    #[must_use]
    pub fn response(&self) -> Option<&R> {
        self.response.as_deref()
    }

    /// The documented error answer, as the caller's own.
    #[must_use]
    pub fn into_response(self) -> Option<R> {
        self.response.map(|response| *response)
    }
}

impl<R> Deref for OperationError<R> {
    type Target = Error;

    fn deref(&self) -> &Error {
        &self.error
    }
}

impl<R> From<Error> for OperationError<R> {
    fn from(error: Error) -> Self {
        Self::new(error, None)
    }
}

impl<R> From<OperationError<R>> for Error {
    fn from(error: OperationError<R>) -> Self {
        error.error
    }
}

impl<R> fmt::Display for OperationError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl<R> fmt::Debug for OperationError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

impl<R> StdError for OperationError<R> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

/// A documented error answer of an operation, read by its status and the provider's own code.
///
/// Generated clients implement it; it is not for use elsewhere.
#[doc(hidden)]
pub trait ErrorResponse: Sized {
    /// Reads `body`; `None` when the description has no such answer or the body is not of its type.
    fn decode(status: u16, code: Option<&str>, body: &[u8]) -> Option<Self>;
}

/// For callers who want none of them.
impl ErrorResponse for () {
    fn decode(_: u16, _: Option<&str>, _: &[u8]) -> Option<Self> {
        None
    }
}
