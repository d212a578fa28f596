//! What a client would send, told without sending it.

use crate::http::base_url;
use crate::http::request::path_of;
use crate::http::transport::{authentication, turns};
use crate::http::values::Values;
use crate::{Authentication, Config, Error, Provider};

/// What a client would send, without its token: for who wants to see where tokens would go before any does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// The base URL that would be asked, without a slash at its end.
    pub base_url: String,
    /// The name of the security scheme, where the description has one that carries the token so.
    pub scheme: Option<String>,
    /// Where the requests would carry the token.
    pub authentication: Authentication,
    /// The requests, in their order: those that are asked until one knows the token, then those that add claims.
    pub requests: Vec<PlannedRequest>,
}

/// A request that would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedRequest {
    /// The HTTP method.
    pub method: String,
    /// The URL, without a query. In its path, the names of the key's parameters and of the token's place stand in braces:
    /// what stands there may come out of the token.
    pub url: String,
}

impl Config {
    /// What a client of `provider` made from this would send. Whether its token can be sent is not looked at.
    ///
    /// # Errors
    ///
    /// A base URL, a scheme or a parameter that cannot be used.
    pub fn plan(&self, provider: &Provider) -> Result<Plan, Error> {
        plan(provider, self).map_err(|error| error.with_provider(provider))
    }
}

fn plan(provider: &Provider, config: &Config) -> Result<Plan, Error> {
    let form = provider.form_of(&config.token);
    let operation = form.as_ref().and_then(|it| it.operation);
    let values = Values::new(provider, config, form.as_ref())?;
    let base_url = base_url::of(provider, config, &values)?;
    let authentication = authentication(provider, config, form.as_ref())?;
    let (asked, adding) = turns(provider, operation)?;
    let operations = asked.into_iter().chain(adding);
    let operations = operations.filter_map(|index| provider.operations.get(index));
    let requests = operations.map(|operation| {
        let has_base_path = config.base_url.is_none();
        let (before, path) = path_of(operation, &base_url, &provider.base_path, has_base_path);
        let origin = base_url.origin().ascii_serialization();
        PlannedRequest {
            method: operation.method.clone(),
            url: format!("{origin}{before}{path}"),
        }
    });
    let mut credentials = provider.credentials.iter();
    let credential = credentials.find(|it| it.authentication == authentication);
    let scheme = credential.map(|it| it.scheme.clone());
    Ok(Plan {
        requests: requests.collect(),
        base_url: base_url::prefix(&base_url).to_owned(),
        scheme: scheme.filter(|it| !it.is_empty()),
        authentication,
    })
}
