//! How a request carries the token.

use serde::{Deserialize, Serialize};

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

/// Where a request carries the token: an OpenAPI security scheme, resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(tag = "in", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Authentication {
    /// A user name and a password, in the `Authorization` header (RFC 7617). The token is both, with a colon
    /// between; a token without a colon is the user name of an empty password, as many providers take API keys.
    Basic,
    /// In a header, after a prefix such as `Bearer `.
    Header {
        /// The header's name, in lower case.
        name: String,
        /// What stands before the token; empty for the bare token.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        prefix: String,
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
    /// In several places at once: the token's parts, with colons between, each where its own scheme says.
    All {
        /// The parts, in their order.
        parts: Vec<Part>,
    },
}

/// A part of a token, and where a request carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Part {
    /// The part's name: that of its scheme.
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

    /// In a header of that name, in any case, after `prefix`.
    #[must_use]
    pub fn header(name: &str, prefix: &str) -> Self {
        Self::Header {
            name: name.to_ascii_lowercase(),
            prefix: prefix.to_owned(),
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

    /// The names of the token's parts, where it has several.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        match self {
            Self::Basic => vec!["username", "password"],
            Self::All { parts } => parts.iter().map(|part| part.name.as_str()).collect(),
            Self::Header { .. } | Self::Query { .. } | Self::Cookie { .. } => Vec::new(),
        }
    }

    /// The authentication scheme (RFC 9110, section 11.1) that a request names: none where the token stands bare.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        match self {
            Self::Basic => Some("Basic"),
            Self::Header { name, prefix } if name == "authorization" => {
                prefix.split_whitespace().next()
            }
            _ => None,
        }
    }
}
