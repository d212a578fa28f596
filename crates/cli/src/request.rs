//! Where a request goes, and where it carries the token.

use keyholder::{Authentication, Config, Error, Provider};
use schemars::JsonSchema;
use serde::Serialize;

/// A request, without its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Request {
    /// The HTTP method.
    method: String,
    /// The URL, without a token and without a query.
    url: String,
    /// The host, with its port where that is not the default: what a firewall has to let through.
    pub(crate) host: String,
    /// The name of the security scheme, where the description has one.
    scheme: Option<String>,
    /// Where the token goes, in words.
    pub(crate) key: String,
}

impl Request {
    /// The request that asks `provider` at `base_url` whose token it is, carried as `authentication` says, or as the
    /// provider's first credential does.
    pub(crate) fn new(
        provider: &Provider,
        base_url: &str,
        authentication: Option<&Authentication>,
    ) -> Self {
        let operation = provider.whoami();
        let path = operation.map_or("", |it| &it.path);
        let authentication = authentication.or_else(|| provider.authentication());
        let mut credentials = provider.credentials.iter();
        let credential = credentials.find(|it| Some(&it.authentication) == authentication);
        let scheme = credential.map(|it| it.scheme.clone());
        Self {
            method: operation.map_or_else(String::new, |it| it.method.clone()),
            url: format!("{base_url}{path}"),
            host: host(base_url).to_owned(),
            scheme: scheme.filter(|it| !it.is_empty()),
            key: authentication.map_or_else(String::new, place),
        }
    }
}

/// A base URL as it is asked: parsed, and without a slash at its end.
///
/// # Errors
///
/// It is none that a token may be sent to; whether it may be `http` is for others to say.
pub(crate) fn as_parsed(provider: &Provider, base_url: &str) -> Result<String, Error> {
    let config = Config::new("").allow_http(true).base_url(base_url);
    config.base_url_of(provider)
}

/// The host of a base URL, with its port where that is not the default.
pub(crate) fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, it)| it);
    rest.split('/').next().unwrap_or_default()
}

/// Where a request carries the token, in words.
pub(crate) fn place(authentication: &Authentication) -> String {
    match authentication {
        Authentication::Basic => "the user name and password of Basic authentication".to_owned(),
        Authentication::Header { name, prefix } if prefix.is_empty() => {
            format!("the header {name}")
        }
        Authentication::Header { name, prefix } => format!("the header {name}, after {prefix:?}"),
        Authentication::Query { name } => format!("the query's parameter {name}"),
        Authentication::Cookie { name } => format!("the cookie {name}"),
        Authentication::All { parts } => {
            let parts = parts.iter();
            let parts: Vec<_> = parts
                .map(|part| format!("{} in {}", part.name, place(&part.authentication)))
                .collect();
            parts.join("; ")
        }
        _ => "a place that this command has no words for".to_owned(),
    }
}
