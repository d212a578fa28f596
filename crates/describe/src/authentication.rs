//! How a request carries the token: the description's security schemes, resolved.

use keyholder_core::{Authentication, Credential, Part};
use serde_json::{Map, Value};

use crate::whoami::TokenSource;
use crate::wire;
use keyholder_openapi::pointer;
use keyholder_openapi::text;
use keyholder_openapi::{Error, Result};

/// The ways in which the operation takes a token, the one to use first: the scheme that the mapping names, else what a
/// single secret satisfies, else what several do.
///
/// # Errors
///
/// No requirement that a token satisfies; a scheme that is not described.
pub fn offered(
    document: &Value,
    operation: &Value,
    token: &TokenSource,
    at: &str,
) -> Result<Vec<Credential>> {
    let schemes = &document["components"]["securitySchemes"];
    if let Some(prefix) = &token.prefix
        && let Some(reason) = wire::header_value(prefix)
    {
        let at = format!("{at}/x-whoami/token/prefix");
        return Err(Error::at(at, format!("{} {reason}", text::shown(prefix))));
    }
    let named = match &token.scheme {
        None => None,
        Some(name) => Some(named(name, schemes, token).map_err(|refusal| {
            let at = refusal
                .at
                .unwrap_or_else(|| format!("{at}/x-whoami/token/scheme"));
            Error::at(at, format!("{name}: {}", refusal.reason))
        })?),
    };
    let at_prefix = format!("{at}/x-whoami/token/prefix");
    let at = pointer::push(at, "security");
    let requirements = operation
        .get("security")
        .or_else(|| document.get("security"))
        .and_then(Value::as_array);
    let requirements = requirements
        .into_iter()
        .flatten()
        .filter_map(Value::as_object);
    let mut refused = Vec::new();
    let mut single = Vec::from_iter(named);
    let mut several = Vec::new();
    for requirement in requirements {
        match self::requirement(requirement, schemes, token) {
            Ok(found) if found.authentication.parts().is_empty() => single.push(found),
            Ok(found) => several.push(found),
            Err(refusal) => refused.push(refusal),
        }
    }
    let mut offered = Vec::<Credential>::new();
    for found in single.into_iter().chain(several) {
        let is_known = |it: &Credential| it.authentication == found.authentication;
        if !offered.iter().any(is_known) {
            offered.push(found);
        }
    }
    let takes_prefix = offered.iter().any(|it| has_prefix(&it.authentication));
    if token.prefix.is_some() && !offered.is_empty() && !takes_prefix {
        return Err(Error::at(
            at_prefix,
            "no scheme takes a prefix: only a key in a header has one",
        )
        .with_help("leave it out, or name the scheme as `token.scheme`"));
    }
    match (offered.is_empty(), refused.is_empty()) {
        (false, _) => Ok(offered),
        (true, true) => Err(Error::at(at, "no authentication is described").with_help(
            "add a security scheme under /components/securitySchemes and name it in the operation's `security`, with the overlay",
        )),
        (true, false) => {
            // What one of them cannot be sent by is to be mended there.
            let at = refused.iter().find_map(|refusal| refusal.at.clone()).unwrap_or(at);
            let reasons: Vec<_> = refused.into_iter().map(|refusal| refusal.reason).collect();
            let reasons = reasons.join("; ");
            Err(Error::at(at, format!("no scheme takes a token ({reasons})")).with_help(
                "describe one with the overlay, or name one as `token.scheme` in `x-whoami`",
            ))
        }
    }
}

/// Whether a prefix stands before the token, or before a part of it.
fn has_prefix(authentication: &Authentication) -> bool {
    match authentication {
        Authentication::Header { .. } => true,
        Authentication::All { parts } => parts.iter().any(|part| has_prefix(&part.authentication)),
        _ => false,
    }
}

/// Why a scheme takes no token, and where that stands if it is more than that it is of no use here.
struct Refusal {
    reason: String,
    at: Option<String>,
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self { reason, at: None }
    }
}

/// A security requirement: all of its schemes at once (OpenAPI 3.0.3, section 4.7.30).
fn requirement(
    requirement: &Map<String, Value>,
    schemes: &Value,
    token: &TokenSource,
) -> std::result::Result<Credential, Refusal> {
    let mut parts = Vec::new();
    for name in requirement.keys() {
        let part = scheme(name, schemes, token).map_err(|refusal| Refusal {
            reason: format!("{name}: {}", refusal.reason),
            ..refusal
        })?;
        parts.push(Part::new(name, part));
    }
    let has_basic = parts
        .iter()
        .any(|part| part.authentication == Authentication::Basic);
    if parts.len() > 1 && has_basic {
        let reason = "a user name and a password beside other secrets are not supported";
        return Err(reason.to_owned().into());
    }
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    let names = names.join(" and ");
    match parts.len() {
        0 => Err("a requirement of no scheme lets anybody ask"
            .to_owned()
            .into()),
        1 => Ok(Credential::new(names, parts.remove(0).authentication)),
        _ => Ok(Credential::new(names, Authentication::All { parts })),
    }
}

/// The scheme of that name, alone.
fn named(
    name: &str,
    schemes: &Value,
    token: &TokenSource,
) -> std::result::Result<Credential, Refusal> {
    scheme(name, schemes, token).map(|found| Credential::new(name, found))
}

/// A security scheme (OpenAPI 3.0.3, section 4.7.28).
fn scheme(
    name: &str,
    schemes: &Value,
    token: &TokenSource,
) -> std::result::Result<Authentication, Refusal> {
    let scheme = &schemes[name];
    let at = pointer::push(&pointer::push("/components/securitySchemes", name), "name");
    let member = |key: &str| scheme[key].as_str().unwrap_or_default();
    let bearer = || {
        let prefix = token.prefix.as_deref().unwrap_or("Bearer ");
        Authentication::header("authorization", prefix)
    };
    match member("type") {
        // Their access tokens are bearer tokens (RFC 6750, section 2.1).
        "oauth2" | "openIdConnect" => Ok(bearer()),
        "http" if member("scheme").eq_ignore_ascii_case("bearer") => Ok(bearer()),
        "http" if member("scheme").eq_ignore_ascii_case("basic") => Ok(Authentication::Basic),
        "http" => Err(format!("the scheme {:?} is not supported", member("scheme")).into()),
        "apiKey" => {
            let name = member("name").to_owned();
            let reason = match member("in") {
                "header" => wire::header_name(&name),
                "query" => wire::query_name(&name),
                "cookie" => wire::cookie_name(&name),
                _ => None,
            };
            if let Some(reason) = reason {
                let reason = format!("{} {reason}", text::shown(&name));
                return Err(Refusal {
                    reason,
                    at: Some(at),
                });
            }
            match member("in") {
                "header" => {
                    let prefix = token.prefix.as_deref().unwrap_or_default();
                    Ok(Authentication::header(&name, prefix))
                }
                "query" => Ok(Authentication::query(name)),
                "cookie" => Ok(Authentication::cookie(name)),
                other => Err(format!("a key in {other:?} is not supported").into()),
            }
        }
        "" => Err("it is not described under /components/securitySchemes"
            .to_owned()
            .into()),
        other => Err(format!("the type {other:?} is not supported").into()),
    }
}
