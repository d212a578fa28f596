//! An answer that did not come over a connection of ours.

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};

use crate::Error;

/// An answer to the request of [`WhoAmI::whoami`](crate::WhoAmI::whoami) that was had by other means: a recording, a test's
/// own, or what another HTTP client got. [`WhoAmI::read_answer`](crate::WhoAmI::read_answer) reads it.
///
/// ```
/// use keyholder_core::Answer;
///
/// let answer = Answer::new(429, "").header("retry-after", "60");
/// assert_eq!(format!("{answer:?}"), "Answer { status: 429, .. }");
/// ```
#[derive(Clone)]
pub struct Answer(Result<http::Response<Bytes>, String>);

impl Answer {
    /// An answer of that status and body. Whether it can be one is told when it is read.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let mut response = http::Response::new(Bytes::from(body.into()));
        Self(match StatusCode::from_u16(status) {
            Ok(status) => {
                *response.status_mut() = status;
                Ok(response)
            }
            Err(_) => Err(format!("the answer's status, {status}, is none of HTTP's")),
        })
    }

    /// Adds a header. The name is compared without case.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.and_then(|mut response| {
            let name = HeaderName::try_from(name);
            let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) else {
                return Err("a header of the answer is none that HTTP has".to_owned());
            };
            response.headers_mut().append(name, value);
            Ok(response)
        }))
    }

    /// What it is, or why it is none.
    pub(crate) fn into_http(self) -> Result<http::Response<Bytes>, Error> {
        self.0.map_err(Error::config)
    }
}

impl<B: Into<Vec<u8>>> From<http::Response<B>> for Answer {
    fn from(response: http::Response<B>) -> Self {
        Self(Ok(response.map(|body| Bytes::from(body.into()))))
    }
}

/// Shows the status alone: a provider may write anything into the rest.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.0.as_ref().map(|it| it.status().as_u16());
        f.debug_struct("Answer")
            .field("status", &status.unwrap_or_default())
            .finish_non_exhaustive()
    }
}
