//! The token, put where a description says that a request carries it.

use http::{HeaderName, HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Request;

use crate::{Authentication, Error, Token};

/// A token, ready to be put on a request.
///
/// It has no `Debug`: nothing prints it.
#[derive(Clone)]
pub(super) enum Credential {
    Header(HeaderName, HeaderValue),
    Query(&'static str, Token),
}

impl Credential {
    /// Prepares `token`, or says what keeps it from being sent.
    pub(super) fn new(authentication: Authentication, token: &Token) -> Result<Self, Error> {
        if let Some(defect) = token.defect() {
            return Err(Error::config(defect));
        }
        let secret = token.expose_secret();
        match authentication {
            Authentication::Header { name, prefix } => {
                let name = HeaderName::from_bytes(name.as_bytes())
                    .map_err(|_| Error::config(format!("{name} is not a header name")))?;
                Ok(Self::Header(name, sensitive(format!("{prefix}{secret}"))?))
            }
            Authentication::Query { name } => Ok(Self::Query(name, token.clone())),
            Authentication::Cookie { name } => {
                let secret = utf8_percent_encode(secret, NON_ALPHANUMERIC);
                Ok(Self::Header(
                    header::COOKIE,
                    sensitive(format!("{name}={secret}"))?,
                ))
            }
        }
    }

    /// Puts the token on `request`.
    pub(super) fn apply(&self, request: &mut Request) {
        match self {
            Self::Header(name, value) => {
                request.headers_mut().insert(name.clone(), value.clone());
            }
            Self::Query(name, token) => {
                let mut pairs = request.url_mut().query_pairs_mut();
                pairs.append_pair(name, token.expose_secret());
            }
        }
    }
}

/// A header's value that reqwest and hyper neither print nor index.
fn sensitive(value: String) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| Error::config("the token holds a character that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}
