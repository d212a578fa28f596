//! How a request carries the token: the description's security schemes, resolved.

use keyholder_core::{Authentication, Credential, Part};
use serde_json::{Map, Value};

use crate::whoami::{Encoding, PlaceName, TokenSource};
use crate::wire;
use keyholder_openapi::pointer;
use keyholder_openapi::text;
use keyholder_openapi::{Error, Result};

/// Authentication schemes that no client can serve with a token alone: they answer a challenge, or sign the request.
const OF_EXCHANGES: [&str; 14] = [
    "aws4-hmac-sha256",
    "digest",
    "dpop",
    "gnap",
    "hawk",
    "hmac",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "scram-sha-1",
    "scram-sha-256",
    "signature",
];

/// The ways in which the operation takes a token, the one to use first: what the mapping says, else what a single secret
/// satisfies, else what several do; a cookie, which is a browser's, goes last.
///
/// # Errors
///
/// No requirement that a token satisfies; a scheme that is not described; what is said of the token and fits no scheme.
pub fn offered(
    document: &Value,
    operation: &Value,
    token: &TokenSource,
    at: &str,
) -> Result<Vec<Credential>> {
    let schemes = &document["components"]["securitySchemes"];
    let at_token = format!("{at}/x-whoami/token");
    let named = match (
        &token.scheme,
        token.place.is_some() || !token.parts.is_empty(),
    ) {
        (Some(_), true) => {
            let at = pointer::push(&at_token, "scheme");
            return Err(Error::at(
                at,
                "there is a place for the token beside it: `in` or `parts`",
            )
            .with_help("leave one of them out"));
        }
        (None, true) => Some(placed(token, &at_token)?),
        (None, false) => None,
        (Some(name), false) => Some(named(name, schemes).map_err(|refusal| {
            let at = refusal
                .at
                .unwrap_or_else(|| pointer::push(&at_token, "scheme"));
            Error::at(at, format!("{name}: {}", refusal.reason))
        })?),
    };
    if token.name.is_some() && token.place.is_none() {
        let at = pointer::push(&at_token, "name");
        return Err(Error::at(at, "says nothing without `in`"));
    }
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
    let mut found = Vec::new();
    for requirement in requirements {
        match self::requirement(requirement, schemes) {
            Ok(credentials) => found.extend(credentials),
            Err(refusal) => refused.push(refusal),
        }
    }
    found.sort_by_key(|it| {
        let is_cookie = matches!(it.authentication, Authentication::Cookie { .. });
        (is_cookie, !it.authentication.parts().is_empty())
    });
    let mut all: Vec<_> = Vec::from_iter(named);
    all.extend(found);
    let first = all.first().map(|it| it.scheme.clone());
    if let Some(first) = all.first_mut() {
        tell(&mut first.authentication, token, &at_token)?;
    }
    let mut offered = Vec::<Credential>::new();
    for (index, credential) in all.into_iter().enumerate() {
        // The scheme that was named stands among the others as well, without what is said of it.
        let is_again = index > 0 && first.as_ref() == Some(&credential.scheme);
        let is_known = |it: &Credential| it.authentication == credential.authentication;
        if !is_again && !offered.iter().any(is_known) {
            offered.push(credential);
        }
    }
    match (offered.is_empty(), refused.is_empty()) {
        (false, _) => Ok(offered),
        (true, true) => Err(Error::at(at, "no authentication is described").with_help(
            "add a security scheme under /components/securitySchemes and name it in the operation's `security`, with the overlay, or say as `token.in` where the token goes",
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

/// Puts what the mapping says of the token into the way that it speaks of.
fn tell(authentication: &mut Authentication, token: &TokenSource, at: &str) -> Result<()> {
    if let Some(prefix) = &token.prefix {
        let at = pointer::push(at, "prefix");
        check_prefix(prefix, &at)?;
        if !set_prefix(authentication, prefix) {
            return Err(Error::at(
                at,
                "the scheme takes no prefix: only a key in a header has one",
            )
            .with_help("leave it out, or name the scheme as `token.scheme`"));
        }
    }
    if let Some(encoding) = token.encoding {
        let is_taken = match (&mut *authentication, encoding) {
            (Authentication::Header { encoding, .. }, Encoding::Base64) => {
                *encoding = Some(keyholder_core::Encoding::Base64);
                true
            }
            (Authentication::Basic { encoded, .. }, Encoding::None) => {
                *encoded = true;
                true
            }
            (Authentication::Header { .. }, Encoding::None)
            | (Authentication::Basic { .. }, Encoding::Base64) => true,
            _ => false,
        };
        if !is_taken {
            let at = pointer::push(at, "encoding");
            return Err(Error::at(
                at,
                "the scheme puts the token where nothing is encoded",
            ));
        }
    }
    let fixed = [("username", &token.username), ("password", &token.password)];
    for (key, value) in fixed {
        let Some(value) = value else { continue };
        let at = pointer::push(at, key);
        let Authentication::Basic {
            username, password, ..
        } = authentication
        else {
            return Err(Error::at(at, "the scheme is not Basic authentication"));
        };
        if key == "username" && value.contains(':') {
            return Err(Error::at(
                at,
                "holds a colon, which no user name can have (RFC 7617, section 2)",
            ));
        }
        if value.chars().any(char::is_control) {
            return Err(Error::at(at, "holds a control character"));
        }
        *(if key == "username" {
            username
        } else {
            password
        }) = Some(value.clone());
    }
    let is_nothing_left = matches!(
        authentication,
        Authentication::Basic { username, password, encoded }
            if usize::from(username.is_some()) + usize::from(password.is_some()) + usize::from(*encoded) > 1
    );
    if is_nothing_left {
        return Err(Error::at(
            at,
            "`username`, `password` and `encoding: none` leave no room for the token",
        )
        .with_help("keep one of them"));
    }
    Ok(())
}

fn check_prefix(prefix: &str, at: &str) -> Result<()> {
    match wire::header_value(prefix) {
        None => Ok(()),
        Some(reason) => Err(Error::at(at, format!("{} {reason}", text::shown(prefix)))),
    }
}

/// Puts a prefix before the token, or before each part in a header. Gives whether there is a place for it.
fn set_prefix(authentication: &mut Authentication, text: &str) -> bool {
    match authentication {
        Authentication::Header { prefix, .. } => {
            text.clone_into(prefix);
            true
        }
        Authentication::All { parts } => {
            let set = parts
                .iter_mut()
                .filter_map(|part| set_prefix(&mut part.authentication, text).then_some(()));
            set.count() > 0
        }
        _ => false,
    }
}

/// The place that the mapping says, or the places of several parts.
fn placed(token: &TokenSource, at: &str) -> Result<Credential> {
    if let Some(place) = token.place {
        if !token.parts.is_empty() {
            let at = pointer::push(at, "parts");
            return Err(Error::at(at, "there is `in` beside it").with_help("leave one of them out"));
        }
        let Some(name) = &token.name else {
            let at = pointer::push(at, "in");
            return Err(Error::at(
                at,
                "lacks `name`: that of the parameter or member",
            ));
        };
        let authentication = place_of(place, name, &pointer::push(at, "name"))?;
        return Ok(Credential::new(name, authentication));
    }
    let at = pointer::push(at, "parts");
    let mut parts = Vec::<Part>::new();
    for (index, source) in token.parts.iter().enumerate() {
        let at = pointer::push(&at, index.to_string());
        let mut authentication = place_of(source.place, &source.name, &pointer::push(&at, "name"))?;
        let of_part = TokenSource {
            prefix: source.prefix.clone(),
            encoding: source.encoding,
            ..TokenSource::default()
        };
        tell(&mut authentication, &of_part, &at)?;
        let is_alike = |it: &Part| it.name == source.part || it.authentication == authentication;
        if parts.iter().any(is_alike) {
            return Err(Error::at(at, "has the name or the place of another part"));
        }
        parts.push(Part::new(&source.part, authentication));
    }
    if parts.len() < 2 {
        return Err(Error::at(at, "is for a token of several parts")
            .with_help("say as `in` and `name` where one goes"));
    }
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    let name = names.join(" and ");
    Ok(Credential::new(name, Authentication::All { parts }))
}

fn place_of(place: PlaceName, name: &str, at: &str) -> Result<Authentication> {
    located(place, name).map_err(|reason| Error::at(at, format!("{} {reason}", text::shown(name))))
}

/// The place of that name, or why no request has one.
fn located(place: PlaceName, name: &str) -> std::result::Result<Authentication, &'static str> {
    let reason = match place {
        PlaceName::Header => wire::header_name(name),
        PlaceName::Cookie => wire::cookie_name(name),
        PlaceName::Query | PlaceName::Path | PlaceName::Body => wire::query_name(name),
    };
    if let Some(reason) = reason {
        return Err(reason);
    }
    Ok(match place {
        PlaceName::Header => Authentication::header(name, ""),
        PlaceName::Query => Authentication::query(name),
        PlaceName::Cookie => Authentication::cookie(name),
        PlaceName::Path => Authentication::path(name),
        PlaceName::Body => {
            let member = match name.strip_prefix('/') {
                Some(_) => name.to_owned(),
                None => pointer::push("", name),
            };
            Authentication::body(member.parse().map_err(|_| "is not a JSON pointer")?)
        }
    })
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

/// A security requirement: all of its schemes at once (OpenAPI 3.0.3, section 4.7.30). A request has one `Authorization`
/// (RFC 9110, section 11.6.2): of schemes that would each have it, those that send the same are one, and others are
/// instead of one another.
fn requirement(
    requirement: &Map<String, Value>,
    schemes: &Value,
) -> std::result::Result<Vec<Credential>, Refusal> {
    let mut parts = Vec::<Part>::new();
    for name in requirement.keys() {
        let part = scheme(name, schemes).map_err(|refusal| Refusal {
            reason: format!("{name}: {}", refusal.reason),
            ..refusal
        })?;
        let is_same = |it: &Part| it.authentication == part && has_authorization(&part);
        if !parts.iter().any(is_same) {
            parts.push(Part::new(name, part));
        }
    }
    let of_header = |part: &&Part| has_authorization(&part.authentication);
    let alone: Vec<_> = parts
        .iter()
        .filter(of_header)
        .map(|it| it.name.clone())
        .collect();
    if alone.len() < 2 {
        return Ok(vec![credential(parts)?]);
    }
    let of_one = |name: &String| {
        let is_kept = |part: &&Part| part.name == *name || !alone.contains(&part.name);
        credential(parts.iter().filter(is_kept).cloned().collect())
    };
    alone.iter().map(of_one).collect()
}

/// Whether a scheme has the header `Authorization`.
fn has_authorization(authentication: &Authentication) -> bool {
    match authentication {
        Authentication::Basic { .. } => true,
        Authentication::Header { name, .. } => name.eq_ignore_ascii_case("authorization"),
        _ => false,
    }
}

/// The credential that has these parts.
fn credential(mut parts: Vec<Part>) -> std::result::Result<Credential, Refusal> {
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
fn named(name: &str, schemes: &Value) -> std::result::Result<Credential, Refusal> {
    scheme(name, schemes).map(|found| Credential::new(name, found))
}

/// A security scheme (OpenAPI 3.0.3, section 4.7.28).
fn scheme(name: &str, schemes: &Value) -> std::result::Result<Authentication, Refusal> {
    let scheme = &schemes[name];
    let at = pointer::push("/components/securitySchemes", name);
    let member = |key: &str| scheme[key].as_str().unwrap_or_default();
    let http = member("scheme").to_ascii_lowercase();
    match member("type") {
        // Their access tokens are bearer tokens (RFC 6750, section 2.1).
        "oauth2" | "openIdConnect" => Ok(Authentication::bearer()),
        "http" if http == "bearer" => Ok(Authentication::bearer()),
        "http" if http == "basic" => Ok(Authentication::basic()),
        "http" if OF_EXCHANGES.contains(&http.as_str()) => {
            Err(format!("the scheme {:?} takes more than a token", member("scheme")).into())
        }
        // Others have their credentials after their name (RFC 9110, section 11.4).
        "http" if wire::is_token(member("scheme")) => {
            let prefix = format!("{} ", member("scheme"));
            Ok(Authentication::header("authorization", &prefix))
        }
        "http" => Err(format!("the scheme {:?} is not supported", member("scheme")).into()),
        "apiKey" => {
            let place = match member("in") {
                "header" => PlaceName::Header,
                "query" => PlaceName::Query,
                "cookie" => PlaceName::Cookie,
                other => return Err(format!("a key in {other:?} is not supported").into()),
            };
            let name = member("name");
            located(place, name).map_err(|reason| Refusal {
                reason: format!("{} {reason}", text::shown(name)),
                at: Some(pointer::push(&at, "name")),
            })
        }
        "" => Err("it is not described under /components/securitySchemes"
            .to_owned()
            .into()),
        other => Err(format!("the type {other:?} is not supported").into()),
    }
}
