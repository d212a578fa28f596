//! How a request carries the token.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Pointer;

/// A way in which a request may carry the token: a security scheme, or several that are required together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Credential {
    /// The scheme's name in the description; of several, their names with ` and ` between.
    #[serde(default)]
    pub scheme: String,
    /// Where it puts the token.
    pub authentication: Authentication,
}

impl Credential {
    /// The scheme of that name.
    pub fn new(scheme: impl Into<String>, authentication: Authentication) -> Self {
        Self {
            scheme: scheme.into(),
            authentication,
        }
    }
}

/// Where a request carries the token: an OpenAPI security scheme, resolved, or a place that OpenAPI has no scheme for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(tag = "in", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Authentication {
    /// A user name and a password, in the `Authorization` header (RFC 7617). The token is both, with a colon
    /// between; a token without a colon is the user name of an empty password, as many providers take API keys.
    Basic {
        /// The user name, where it is the same for everyone: the token is the password.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<String>,
        /// The password, where it is the same for everyone: the token is the user name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<String>,
        /// Whether the token is the pair as it stands in the header, in Base64 already.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        encoded: bool,
    },
    /// In a header, after a prefix such as `Bearer `.
    Header {
        /// The header's name, in lower case.
        name: String,
        /// What stands before the token; empty for the bare token.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        prefix: String,
        /// How the token is encoded after the prefix; as it is, where nothing says otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        encoding: Option<Encoding>,
    },
    /// In a parameter of the query.
    Query {
        /// The parameter's name.
        name: String,
    },
    /// In a cookie.
    Cookie {
        /// The cookie's name.
        name: String,
    },
    /// In the path: in the place of `{name}`, percent-encoded.
    Path {
        /// The parameter's name.
        name: String,
    },
    /// In a member of the request's body, which is a form or an object of JSON.
    Body {
        /// Where the member stands. A form has members at its root alone.
        pointer: Pointer,
    },
    /// In several places at once: the token's parts, with colons between, each where its own scheme says.
    All {
        /// The parts, in their order.
        parts: Vec<Part>,
    },
}

/// An encoding of a token within a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// Base64 with padding (RFC 4648, section 4).
    Base64,
}

/// A part of a token, and where a request carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Part {
    /// The part's name: that of its scheme. A user name and a password are two parts, `username` and `password`.
    pub name: String,
    /// Where it goes.
    pub authentication: Authentication,
}

impl Part {
    /// The part of that name.
    pub fn new(name: impl Into<String>, authentication: Authentication) -> Self {
        Self {
            name: name.into(),
            authentication,
        }
    }
}

impl Authentication {
    /// `Authorization: Bearer …` (RFC 6750, section 2.1).
    #[must_use]
    pub fn bearer() -> Self {
        Self::header("authorization", "Bearer ")
    }

    /// `Authorization: Basic …`: a user name and a password (RFC 7617).
    #[must_use]
    pub fn basic() -> Self {
        Self::Basic {
            username: None,
            password: None,
            encoded: false,
        }
    }

    /// In a header of that name, in any case, after `prefix`.
    #[must_use]
    pub fn header(name: &str, prefix: &str) -> Self {
        Self::Header {
            name: name.to_ascii_lowercase(),
            prefix: prefix.to_owned(),
            encoding: None,
        }
    }

    /// In a parameter of the query.
    pub fn query(name: impl Into<String>) -> Self {
        Self::Query { name: name.into() }
    }

    /// In a cookie.
    pub fn cookie(name: impl Into<String>) -> Self {
        Self::Cookie { name: name.into() }
    }

    /// In the path, in the place of `{name}`.
    pub fn path(name: impl Into<String>) -> Self {
        Self::Path { name: name.into() }
    }

    /// In the member of the body at `pointer`.
    #[must_use]
    pub fn body(pointer: Pointer) -> Self {
        Self::Body { pointer }
    }

    /// The names of the token's parts, where it has several.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        match self {
            Self::Basic {
                username: None,
                password: None,
                encoded: false,
            } => vec!["username", "password"],
            Self::All { parts } => {
                let names = parts.iter().flat_map(|part| {
                    let own = part.authentication.parts();
                    if own.is_empty() {
                        vec![part.name.as_str()]
                    } else {
                        own
                    }
                });
                names.collect()
            }
            _ => Vec::new(),
        }
    }

    /// The authentication scheme (RFC 9110, section 11.1) that a request names: none where the token stands bare.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        match self {
            Self::Basic { .. } => Some("Basic"),
            Self::Header { name, prefix, .. } if name == "authorization" => {
                prefix.split_whitespace().next()
            }
            Self::All { parts } => parts.iter().find_map(|part| part.authentication.scheme()),
            _ => None,
        }
    }
}

/// In words, as in `the header authorization, after "Bearer "`: where a person looks for the token in a request.
impl fmt::Display for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { encoded: true, .. } => {
                f.write_str("the header authorization, as a pair encoded for Basic")
            }
            Self::Basic {
                username: Some(username),
                ..
            } => write!(f, "the password of Basic authentication, for {username:?}"),
            Self::Basic {
                password: Some(_), ..
            } => f.write_str("the user name of Basic authentication"),
            Self::Basic { .. } => f.write_str("the user name and password of Basic authentication"),
            Self::Header {
                name,
                prefix,
                encoding,
            } => {
                write!(f, "the header {name}")?;
                if !prefix.is_empty() {
                    write!(f, ", after {prefix:?}")?;
                }
                match encoding {
                    Some(Encoding::Base64) => f.write_str(", in Base64"),
                    None => Ok(()),
                }
            }
            Self::Query { name } => write!(f, "the query's parameter {name}"),
            Self::Cookie { name } => write!(f, "the cookie {name}"),
            Self::Path { name } => write!(f, "the path, at {{{name}}}"),
            Self::Body { pointer } => write!(f, "the body, at {pointer}"),
            Self::All { parts } => {
                for (index, part) in parts.iter().enumerate() {
                    let between = if index == 0 { "" } else { "; " };
                    write!(f, "{between}{} in {}", part.name, part.authentication)?;
                }
                Ok(())
            }
        }
    }
}
