//! How a request carries the token: the description's security schemes, resolved.

use serde_json::{Map, Value};

use super::names;
use crate::pipeline::pointer;
use crate::pipeline::whoami::TokenSource;
use crate::{Error, Result};

/// As `keyholder_core::Authentication`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Authentication {
    /// A user name and a password (RFC 7617).
    Basic,
    /// In a header, after a prefix.
    Header {
        /// The header's name, in lower case.
        name: String,
        /// What stands before the token.
        prefix: String,
    },
    /// In a parameter of the query.
    Query(String),
    /// In a cookie.
    Cookie(String),
    /// In several places at once, each for a part of the token, by the names of their schemes.
    All(Vec<(String, Authentication)>),
}

impl Authentication {
    /// The names of the token's parts, where it has several.
    pub(super) fn parts(&self) -> Vec<String> {
        match self {
            Self::Basic => ["username", "password"].map(str::to_owned).to_vec(),
            Self::All(parts) => parts
                .iter()
                .map(|(name, _)| names::function_name(name))
                .collect(),
            Self::Header { .. } | Self::Query(_) | Self::Cookie(_) => Vec::new(),
        }
    }
}

/// The first security requirement of the operation that one secret satisfies, else the first that several do; or the
/// scheme that the mapping names.
///
/// # Errors
///
/// No requirement that one secret satisfies; a scheme that is not described.
pub(super) fn resolve(
    document: &Value,
    operation: &Value,
    token: &TokenSource,
    at: &str,
) -> Result<Authentication> {
    let schemes = &document["components"]["securitySchemes"];
    if let Some(name) = &token.scheme {
        return scheme(&schemes[name], token).map_err(|reason| {
            Error::at(
                format!("{at}/x-whoami/token/scheme"),
                format!("{name}: {reason}"),
            )
        });
    }
    let at = pointer::push(at, "security");
    let requirements = operation
        .get("security")
        .or_else(|| document.get("security"))
        .and_then(Value::as_array)
        .filter(|requirements| !requirements.is_empty())
        .ok_or_else(|| {
            Error::at(&at, "no authentication is described").with_help(
                "add a security scheme under /components/securitySchemes and name it in the operation's `security`, with the overlay",
            )
        })?;
    let mut refused = Vec::new();
    let mut several = None;
    for requirement in requirements.iter().filter_map(Value::as_object) {
        match self::requirement(requirement, schemes, token) {
            // They take more than one secret, and are for where nothing else is offered.
            Ok(found @ (Authentication::Basic | Authentication::All(_))) => {
                several.get_or_insert(found);
            }
            Ok(found) => return Ok(found),
            Err(reason) => refused.push(reason),
        }
    }
    several.ok_or_else(|| {
        let reasons = refused.join("; ");
        Error::at(at, format!("no scheme takes a token ({reasons})"))
            .with_help("describe one with the overlay, or name one as `token.scheme` in `x-whoami`")
    })
}

/// A security requirement: all of its schemes at once (OpenAPI 3.0.3, section 4.7.30).
fn requirement(
    requirement: &Map<String, Value>,
    schemes: &Value,
    token: &TokenSource,
) -> std::result::Result<Authentication, String> {
    let mut parts = Vec::new();
    for name in requirement.keys() {
        let part = scheme(&schemes[name], token).map_err(|reason| format!("{name}: {reason}"))?;
        parts.push((name.clone(), part));
    }
    if parts.len() > 1 && parts.iter().any(|(_, part)| *part == Authentication::Basic) {
        return Err("a user name and a password beside other secrets are not supported".to_owned());
    }
    match parts.len() {
        0 => Err("a requirement of no scheme lets anybody ask".to_owned()),
        1 => Ok(parts.remove(0).1),
        _ => Ok(Authentication::All(parts)),
    }
}

/// A security scheme (OpenAPI 3.0.3, section 4.7.28).
fn scheme(scheme: &Value, token: &TokenSource) -> std::result::Result<Authentication, String> {
    let text = |key: &str| scheme[key].as_str().unwrap_or_default();
    let bearer = || Authentication::Header {
        name: "authorization".to_owned(),
        prefix: token.prefix.clone().unwrap_or_else(|| "Bearer ".to_owned()),
    };
    match text("type") {
        // Their access tokens are bearer tokens (RFC 6750, section 2.1).
        "oauth2" | "openIdConnect" => Ok(bearer()),
        "http" if text("scheme").eq_ignore_ascii_case("bearer") => Ok(bearer()),
        "http" if text("scheme").eq_ignore_ascii_case("basic") => Ok(Authentication::Basic),
        "http" => Err(format!("the scheme {:?} is not supported", text("scheme"))),
        "apiKey" => {
            let name = text("name").to_owned();
            match text("in") {
                "header" => Ok(Authentication::Header {
                    name: name.to_ascii_lowercase(),
                    prefix: token.prefix.clone().unwrap_or_default(),
                }),
                "query" => Ok(Authentication::Query(name)),
                "cookie" => Ok(Authentication::Cookie(name)),
                other => Err(format!("a key in {other:?} is not supported")),
            }
        }
        "" => Err("it is not described under /components/securitySchemes".to_owned()),
        other => Err(format!("the type {other:?} is not supported")),
    }
}
