//! The secret that is asked about.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// An API token or key: zeroized when dropped, and shown by nothing.
///
/// There is no `Display`, `Debug` prints `Token([REDACTED])`, and it does not serialise.
/// Whether it can be sent at all is checked when a client is made from it.
///
/// ```
/// let token = keyholder_core::Token::from("nxd_0123456789");
/// assert_eq!(format!("{token:?}"), "Token([REDACTED])");
/// ```
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// Takes `secret` as the token.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(SecretString::from(secret.into()))
    }

    /// A token of several parts, such as a user name and a password: joined with colons, as RFC 7617 does.
    #[must_use]
    pub fn joined(parts: &[&str]) -> Self {
        Self::new(parts.join(":"))
    }

    /// The token itself. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// What keeps the token from being sent, if anything does.
    ///
    /// A header field holds neither control characters nor, portably, anything outside ASCII
    /// (RFC 9110, section 5.5), and its value cannot start or end with white space.
    pub(crate) fn defect(&self) -> Option<&'static str> {
        let secret = self.expose_secret();
        if secret.trim().is_empty() {
            Some("the token is empty")
        } else if secret.ends_with(['\n', '\r']) {
            Some("the token ends in a line break: remove it")
        } else if secret.chars().any(char::is_control) {
            Some("the token holds a control character")
        } else if !secret.is_ascii() {
            Some("the token holds a character outside ASCII, which no header can carry")
        } else if secret.starts_with(' ') || secret.ends_with(' ') {
            Some("the token starts or ends with a space: remove it")
        } else {
            None
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([REDACTED])")
    }
}

impl From<String> for Token {
    fn from(secret: String) -> Self {
        Self::new(secret)
    }
}

impl From<&str> for Token {
    fn from(secret: &str) -> Self {
        Self::new(secret)
    }
}

impl From<SecretString> for Token {
    fn from(secret: SecretString) -> Self {
        Self(secret)
    }
}
