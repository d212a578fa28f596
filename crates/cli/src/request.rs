//! Where a request goes, and where it carries the token.

use keyholder_core::Plan;
use schemars::JsonSchema;
use serde::Serialize;

/// A request, without its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Request {
    /// The HTTP method.
    method: String,
    /// The URL, without a query. In its path, names in braces stand for what belongs to the key.
    url: String,
    /// The host, with its port where that is not the default: what a firewall has to let through.
    pub(crate) host: String,
    /// The name of the security scheme, where the description has one.
    scheme: Option<String>,
    /// Where the token goes, in words.
    pub(crate) key: String,
    /// The requests that may follow: where the first does not know the token, or for further claims.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    then: Vec<Further>,
}

/// A request that may follow another, to the same host and with the same token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Further {
    /// The HTTP method.
    method: String,
    /// The URL, without a query.
    url: String,
}

impl Request {
    /// The first of the requests that a plan has.
    pub(crate) fn of(plan: &Plan) -> Self {
        let requests = plan.requests.iter();
        let mut requests = requests.map(|it| (it.method.clone(), it.url.clone()));
        let (method, url) = requests.next().unwrap_or_default();
        Self {
            method,
            url,
            host: host(&plan.base_url).to_owned(),
            scheme: plan.scheme.clone(),
            key: plan.authentication.to_string(),
            then: requests
                .map(|(method, url)| Further { method, url })
                .collect(),
        }
    }
}

/// The host of a base URL, with its port where that is not the default.
pub(crate) fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, it)| it);
    rest.split('/').next().unwrap_or_default()
}
