//! What an answer says: a value, or an error of one kind.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::retry;
use crate::{Error, ErrorKind, Meaning, Operation};

/// An answer, read whole, with the token taken out of its body.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What a body is, apart from its type.
enum Content {
    Empty,
    Json(Value),
    /// HTML, text, or JSON that does not parse.
    Other,
}

impl Answer {
    /// Whether the description documents the answer's status as a success.
    pub(super) fn is_success(&self, operation: &Operation) -> bool {
        operation.success.contains(&self.status.as_u16())
    }

    /// Reads the body as `T`.
    pub(super) fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        // The fast path does not keep track of where it is; a body that fails is read once more, by one that does.
        serde_json::from_slice(&self.body).map_err(|_| {
            let mut deserializer = serde_json::Deserializer::from_slice(&self.body);
            let error = Error::new(
                ErrorKind::InvalidResponse,
                "the answer's body does not read as the description says",
            );
            let error = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
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
            };
            self.describe(error)
        })
    }

    /// What an answer that is no documented success says.
    pub(super) fn error(&self, operation: &Operation) -> Error {
        let content = self.content();
        let code = match &content {
            Content::Json(body) => operation.code.and_then(|at| text(body.pointer(at)?)),
            Content::Empty | Content::Other => None,
        };
        let meaning = self.documented(operation, &content, code.as_deref());
        let (kind, message) = match meaning {
            Some(meaning) => (kind(meaning), message(meaning)),
            None => self.undocumented(operation, &content, code.as_deref()),
        };
        let error = self
            .describe(Error::new(kind, message))
            .with_code(code)
            .with_retry_after(retry::retry_after(&self.headers));
        if meaning == Some(Meaning::NoSubject) {
            error.with_no_subject()
        } else {
            error
        }
    }

    /// What the description says of this answer. A body that is neither empty nor JSON is not the provider's,
    /// whatever its status: a proxy, a firewall or a captive portal wrote it.
    fn documented(
        &self,
        operation: &Operation,
        content: &Content,
        code: Option<&str>,
    ) -> Option<Meaning> {
        let mut answers = operation
            .answers
            .iter()
            .filter(|answer| answer.status == self.status.as_u16());
        answers
            .clone()
            .find(|answer| answer.code.is_some() && answer.code == code)
            .or_else(|| answers.find(|answer| answer.code.is_none()))
            .map(|answer| answer.meaning)
            .filter(|meaning| {
                !matches!(content, Content::Other)
                    || matches!(meaning, Meaning::RateLimited | Meaning::Unavailable)
            })
    }

    /// What HTTP itself says of an answer that the description does not have (RFC 9110, section 15).
    fn undocumented(
        &self,
        operation: &Operation,
        content: &Content,
        code: Option<&str>,
    ) -> (ErrorKind, &'static str) {
        let status_is_documented = operation
            .answers
            .iter()
            .any(|answer| answer.status == self.status.as_u16());
        match (self.status.as_u16(), content) {
            (300..=399, _) => (
                ErrorKind::Redirected,
                "the provider answered with a redirect, which is not followed",
            ),
            (429, _) => (ErrorKind::RateLimited, message(Meaning::RateLimited)),
            (500..=599, _) => (ErrorKind::Unavailable, message(Meaning::Unavailable)),
            (401 | 403, Content::Other) => (
                ErrorKind::InvalidResponse,
                "the answer's body is not the provider's",
            ),
            // A bare one is a refusal by itself; one with a code that the description does not have may be anything.
            (401, _) if code.is_none() || !status_is_documented => (
                ErrorKind::Unauthenticated,
                message(Meaning::Unauthenticated),
            ),
            (403, _) => (ErrorKind::Forbidden, message(Meaning::Forbidden)),
            _ => (
                ErrorKind::UnexpectedStatus,
                "the answer is not one that the description has",
            ),
        }
    }

    fn content(&self) -> Content {
        if self.body.trim_ascii().is_empty() {
            Content::Empty
        } else {
            serde_json::from_slice(&self.body).map_or(Content::Other, Content::Json)
        }
    }

    fn describe(&self, error: Error) -> Error {
        error.with_status(self.status).with_body(&self.body)
    }
}

fn kind(meaning: Meaning) -> ErrorKind {
    match meaning {
        Meaning::Unauthenticated => ErrorKind::Unauthenticated,
        Meaning::Forbidden => ErrorKind::Forbidden,
        Meaning::NoSubject => ErrorKind::UnexpectedStatus,
        Meaning::RateLimited => ErrorKind::RateLimited,
        Meaning::Unavailable => ErrorKind::Unavailable,
    }
}

fn message(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Unauthenticated => "the provider says that the token is no good",
        Meaning::Forbidden => "the provider refuses to answer, which says nothing of the token",
        Meaning::NoSubject => "the token is good, and no user stands behind it",
        Meaning::RateLimited => "the provider asks for fewer requests",
        Meaning::Unavailable => "the provider cannot answer for now",
    }
}

/// A code as text: providers use strings and numbers.
fn text(code: &Value) -> Option<String> {
    match code {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
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
