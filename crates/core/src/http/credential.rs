//! The token, put where a description says that a request carries it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::provider::{Authentication, Encoding, Pointer};
use crate::token::defect;
use crate::{Error, Token};

/// What a cookie's value cannot hold (RFC 6265, section 4.1.1). All else is sent as it was issued: not every server decodes
/// it, and a value that is percent-encoded already is not encoded twice.
const NO_COOKIE_OCTET: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\');

/// A token, ready to be put on a request.
///
/// It has no `Debug`: nothing prints it.
pub(super) struct Credential(Vec<Placed>);

/// What goes to one place of a request.
pub(super) enum Placed {
    Header(HeaderName, HeaderValue),
    Cookie(HeaderValue),
    Query(String, Token),
    Path(String, Token),
    Body(Pointer, Token),
}

impl Credential {
    /// Prepares `token`, which `is_known` by its form, or says what keeps it from being sent.
    pub(super) fn new(
        authentication: &Authentication,
        token: &Token,
        is_known: bool,
    ) -> Result<Self, Error> {
        let mut placed = Vec::new();
        let is_whole = token.part_names().next().is_none();
        match authentication.parts().as_slice() {
            [] if is_whole => {
                let secret = token.expose_secret();
                place(
                    authentication,
                    &mut [secret].into_iter(),
                    is_known,
                    &mut placed,
                )?;
            }
            [] => {
                return Err(Error::config(
                    "the provider takes a token that has no parts: give it as a text",
                ));
            }
            _ if is_whole && matches!(authentication, Authentication::Basic { .. }) => {
                let secret = token.expose_secret();
                check(secret, authentication, is_known)?;
                let colon = if secret.contains(':') { "" } else { ":" };
                placed.push(basic(&format!("{secret}{colon}"))?);
            }
            names => {
                let mut secrets = token.divide(names)?.into_iter();
                place(authentication, &mut secrets, is_known, &mut placed)?;
            }
        }
        Ok(Self(placed))
    }

    /// What goes to each place.
    pub(super) fn placed(&self) -> impl Iterator<Item = &Placed> {
        self.0.iter()
    }

    /// What of it goes to the place of that name in the path.
    pub(super) fn at_path(&self, name: &str) -> Option<&Token> {
        self.placed().find_map(|it| match it {
            Placed::Path(place, token) if place == name => Some(token),
            _ => None,
        })
    }

    /// Whether something of it goes into the body.
    pub(super) fn is_in_body(&self) -> bool {
        self.placed().any(|it| matches!(it, Placed::Body(..)))
    }

    /// Whether all of it goes into headers.
    pub(super) fn is_by_headers(&self) -> bool {
        let is_header = |it: &Placed| matches!(it, Placed::Header(..) | Placed::Cookie(_));
        self.placed().all(is_header)
    }

    /// The names of the headers that carry it.
    pub(super) fn headers(&self) -> impl Iterator<Item = &HeaderName> {
        self.placed().filter_map(|it| match it {
            Placed::Header(name, _) => Some(name),
            Placed::Cookie(_) => Some(&header::COOKIE),
            Placed::Query(..) | Placed::Path(..) | Placed::Body(..) => None,
        })
    }

    /// Puts what goes into headers there.
    pub(super) fn authenticate(&self, headers: &mut HeaderMap) {
        let mut cookies = Vec::new();
        for placed in &self.0 {
            match placed {
                Placed::Header(name, value) => {
                    headers.insert(name.clone(), value.clone());
                }
                Placed::Cookie(value) => cookies.push(value.as_bytes()),
                Placed::Query(..) | Placed::Path(..) | Placed::Body(..) => {}
            }
        }
        // A request has one field of cookies (RFC 6265, section 5.4).
        if !cookies.is_empty()
            && let Ok(mut value) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
        {
            value.set_sensitive(true);
            headers.insert(header::COOKIE, value);
        }
    }
}

/// Puts as many of the secrets where `authentication` says as it takes.
fn place<'a>(
    authentication: &Authentication,
    secrets: &mut impl Iterator<Item = &'a str>,
    is_known: bool,
    placed: &mut Vec<Placed>,
) -> Result<(), Error> {
    if let Authentication::All { parts } = authentication {
        for part in parts {
            place(&part.authentication, secrets, is_known, placed)?;
        }
        return Ok(());
    }
    let secret = secrets.next().unwrap_or_default();
    check(secret, authentication, is_known)?;
    placed.push(match authentication {
        Authentication::Basic { encoded: true, .. } => {
            Placed::Header(header::AUTHORIZATION, sensitive(format!("Basic {secret}"))?)
        }
        Authentication::Basic {
            username: Some(username),
            ..
        } => basic(&format!("{username}:{secret}"))?,
        Authentication::Basic { password, .. } => {
            if secret.contains(':') {
                return Err(Error::config(
                    "the user name holds a colon, which none can have (RFC 7617, section 2)",
                ));
            }
            let password = match password {
                Some(password) => password,
                None => secrets.next().unwrap_or_default(),
            };
            basic(&format!("{secret}:{password}"))?
        }
        Authentication::Header {
            name,
            prefix,
            encoding,
        } => {
            let name = header_name(name)?;
            let value = match encoding {
                Some(Encoding::Base64) => {
                    [prefix, BASE64_STANDARD.encode(secret).as_str()].concat()
                }
                None => [prefix, secret].concat(),
            };
            Placed::Header(name, sensitive(value)?)
        }
        Authentication::Query { name } => Placed::Query(name.clone(), secret.into()),
        Authentication::Cookie { name } => {
            let secret = utf8_percent_encode(secret, NO_COOKIE_OCTET);
            Placed::Cookie(sensitive(format!("{name}={secret}"))?)
        }
        Authentication::Path { name } if matches!(secret, "." | "..") => {
            return Err(Error::config(format!(
                "the token would lead to another path at {{{name}}}"
            )));
        }
        Authentication::Path { name } => Placed::Path(name.clone(), secret.into()),
        Authentication::Body { pointer } => Placed::Body(pointer.clone(), secret.into()),
        Authentication::All { .. } => return Ok(()),
    });
    Ok(())
}

/// The name of a header. Most tokens go to one, which needs no reading.
fn header_name(name: &str) -> Result<HeaderName, Error> {
    if name.eq_ignore_ascii_case("authorization") {
        return Ok(header::AUTHORIZATION);
    }
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::config(format!("{name} is not a header name")))
}

fn check(secret: &str, authentication: &Authentication, is_known: bool) -> Result<(), Error> {
    match defect(secret, authentication, is_known) {
        Some(defect) => Err(Error::config(defect)),
        None => Ok(()),
    }
}

/// A user name and a password (RFC 7617).
fn basic(pair: &str) -> Result<Placed, Error> {
    if pair.chars().any(char::is_control) {
        return Err(Error::config("the token holds a control character"));
    }
    let value = sensitive(format!("Basic {}", BASE64_STANDARD.encode(pair)))?;
    Ok(Placed::Header(header::AUTHORIZATION, value))
}

/// A header's value that reqwest and hyper neither print nor index.
fn sensitive(value: String) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| Error::config("the token holds a character that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}
