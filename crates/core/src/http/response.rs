//! A successful answer.

use std::fmt;
use std::ops::Deref;

use http::{HeaderMap, StatusCode};

use crate::{Error, Identity, Verdict};

/// A documented, successful answer: the value, with the status and headers that it came with.
///
/// It dereferences to the value.
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    identity: Result<Identity, Error>,
}

impl<T> Response<T> {
    pub(super) fn new(
        value: T,
        status: StatusCode,
        headers: HeaderMap,
        identity: Result<Identity, Error>,
    ) -> Self {
        Self {
            value,
            status,
            headers,
            identity,
        }
    }

    /// Who stands behind the token, by this answer; nothing where it says of nobody, as one of a disabled token may.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref().ok()
    }

    /// What this answer says of the token, without asking again.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.identity.clone().into()
    }

    /// The value, as the caller's own.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer, as they came.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Shows the value and the status; a provider may write anything into headers.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.status.as_u16())
            .finish_non_exhaustive()
    }
}
