//! The token, put where a description says that a request carries it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Request;

use crate::{Authentication, Error, Token};

/// A token, ready to be put on a request.
///
/// It has no `Debug`: nothing prints it.
pub(super) struct Credential(Vec<Part>);

enum Part {
    Header(HeaderName, HeaderValue),
    Cookie(HeaderValue),
    Query(String, Token),
}

impl Credential {
    /// Prepares `token`, which `is_known` by its form, or says what keeps it from being sent.
    pub(super) fn new(
        authentication: &Authentication,
        token: &Token,
        is_known: bool,
    ) -> Result<Self, Error> {
        if let Some(defect) = token.defect(authentication, is_known) {
            return Err(Error::config(defect));
        }
        let secret = token.expose_secret();
        let Authentication::All { parts: places } = authentication else {
            return Ok(Self(vec![part(authentication, secret)?]));
        };
        let parts: Vec<_> = secret.splitn(places.len(), ':').collect();
        if parts.len() < places.len() {
            let count = places.len();
            return Err(Error::config(format!(
                "the token has {count} parts, with colons between"
            )));
        }
        let parts = places.iter().zip(parts);
        let parts = parts.map(|(place, secret)| part(&place.authentication, secret));
        parts.collect::<Result<_, _>>().map(Self)
    }

    /// Puts what goes into headers there.
    pub(super) fn authenticate(&self, headers: &mut HeaderMap) {
        for part in &self.0 {
            match part {
                Part::Header(name, value) => {
                    headers.insert(name.clone(), value.clone());
                }
                Part::Cookie(value) => {
                    headers.append(header::COOKIE, value.clone());
                }
                Part::Query(..) => {}
            }
        }
    }

    /// Puts what goes into the query there.
    pub(super) fn authenticate_query(&self, request: &mut Request) {
        for part in &self.0 {
            if let Part::Query(name, token) = part {
                let mut pairs = request.url_mut().query_pairs_mut();
                pairs.append_pair(name, token.expose_secret());
            }
        }
    }
}

fn part(authentication: &Authentication, secret: &str) -> Result<Part, Error> {
    match authentication {
        Authentication::Basic => {
            let colon = if secret.contains(':') { "" } else { ":" };
            let pair = BASE64_STANDARD.encode(format!("{secret}{colon}"));
            let value = sensitive(format!("Basic {pair}"))?;
            Ok(Part::Header(header::AUTHORIZATION, value))
        }
        Authentication::Header { name, prefix } => {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| Error::config(format!("{name} is not a header name")))?;
            Ok(Part::Header(name, sensitive(format!("{prefix}{secret}"))?))
        }
        Authentication::Query { name } => Ok(Part::Query(name.clone(), Token::new(secret))),
        Authentication::Cookie { name } => {
            let secret = utf8_percent_encode(secret, NON_ALPHANUMERIC);
            sensitive(format!("{name}={secret}")).map(Part::Cookie)
        }
        Authentication::All { .. } => {
            Err(Error::config("a part of a token has no parts of its own"))
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
