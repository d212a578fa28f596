//! How a request carries the token: the description's security schemes, resolved.

use serde_json::Value;

use crate::pipeline::pointer;
use crate::{Error, Result};

/// As `keyholder_core::Authentication`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Authentication {
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
}

/// The first security requirement of the operation that one token satisfies.
///
/// # Errors
///
/// No requirement that one token satisfies.
pub(super) fn resolve(document: &Value, operation: &Value, at: &str) -> Result<Authentication> {
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
    for requirement in requirements.iter().filter_map(Value::as_object) {
        let mut names = requirement.keys();
        let (Some(name), None) = (names.next(), names.next()) else {
            refused.push("a requirement of several schemes, or of none".to_owned());
            continue;
        };
        match scheme(&document["components"]["securitySchemes"][name]) {
            Ok(authentication) => return Ok(authentication),
            Err(reason) => refused.push(format!("{name}: {reason}")),
        }
    }
    Err(Error::at(
        at,
        format!("no scheme takes a single token ({})", refused.join("; ")),
    ))
}

/// A security scheme (OpenAPI 3.0.3, section 4.7.28).
fn scheme(scheme: &Value) -> std::result::Result<Authentication, String> {
    let text = |key: &str| scheme[key].as_str().unwrap_or_default();
    let bearer = || Authentication::Header {
        name: "authorization".to_owned(),
        prefix: "Bearer ".to_owned(),
    };
    match text("type") {
        // Their access tokens are bearer tokens (RFC 6750, section 2.1).
        "oauth2" | "openIdConnect" => Ok(bearer()),
        "http" if text("scheme").eq_ignore_ascii_case("bearer") => Ok(bearer()),
        "http" => Err(format!("the scheme {:?} is not supported", text("scheme"))),
        "apiKey" => {
            let name = text("name").to_owned();
            match text("in") {
                "header" => Ok(Authentication::Header {
                    name: name.to_ascii_lowercase(),
                    prefix: String::new(),
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
