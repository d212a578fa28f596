//! What keeps an answer from being had.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

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
    provider: Option<&'static str>,
    status: Option<StatusCode>,
    code: Option<String>,
    retry_after: Option<Duration>,
    body: Option<Bytes>,
    path: Option<String>,
    no_subject: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            provider: None,
            status: None,
            code: None,
            retry_after: None,
            body: None,
            path: None,
            no_subject: false,
            source: None,
        }))
    }

    /// An error of configuration: nothing was sent.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    #[must_use]
    pub(crate) fn with_provider(mut self, provider: &'static str) -> Self {
        self.0.provider = Some(provider);
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_code(mut self, code: Option<String>) -> Self {
        self.0.code = code;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_body(mut self, body: &Bytes) -> Self {
        self.0.body = Some(if body.len() > BODY_SNIPPET {
            // A slice would keep all of it, for as long as the error is kept.
            Bytes::copy_from_slice(&body[..BODY_SNIPPET])
        } else {
            body.clone()
        });
        self
    }

    pub(crate) fn with_path(mut self, path: &str) -> Self {
        self.0.path = Some(one_line(path));
        self
    }

    pub(crate) fn with_no_subject(mut self) -> Self {
        self.0.no_subject = true;
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
    pub fn provider(&self) -> Option<&'static str> {
        self.0.provider
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

    /// How long the provider asks to wait (`Retry-After`, RFC 9110, section 10.2.3).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
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
            ErrorKind::Unavailable => self.status().is_none_or(|status| {
                matches!(
                    status,
                    StatusCode::BAD_GATEWAY
                        | StatusCode::SERVICE_UNAVAILABLE
                        | StatusCode::GATEWAY_TIMEOUT
                )
            }),
            _ => false,
        }
    }

    /// Whether the provider said that the token is no good: the one rule that a verdict of invalid rests on.
    pub(crate) fn is_refusal(&self) -> bool {
        self.kind() == ErrorKind::Unauthenticated
    }

    /// Whether the answer says that the token is good and stands for no user.
    pub(crate) fn is_no_subject(&self) -> bool {
        self.0.no_subject
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        match self.path() {
            Some(path) => write!(f, " at {path}"),
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

/// The error of one operation: an [`Error`], with the documented answer in its own type where there was one.
///
/// It dereferences to the [`Error`], and shows no more than it does.
pub struct OperationError<R> {
    error: Error,
    response: Option<R>,
}

impl<R> OperationError<R> {
    pub(crate) fn new(error: Error, response: Option<R>) -> Self {
        Self { error, response }
    }

    /// The documented error answer; `None` when what came is not documented, or did not come at all.
    #[must_use]
    pub fn response(&self) -> Option<&R> {
        self.response.as_ref()
    }

    /// The documented error answer, as the caller's own.
    #[must_use]
    pub fn into_response(self) -> Option<R> {
        self.response
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
