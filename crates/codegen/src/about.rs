//! What the crate says of its provider.

use serde_json::Value;

use crate::Provider;
use crate::names;
use crate::operation::Operation;
use keyholder_describe::authentication::Authentication;
use keyholder_openapi::{Error, Result};

/// What the crate says of its provider.
pub(crate) struct About {
    pub name: String,
    pub title: String,
    pub description: Option<String>,
    pub base_url: Option<String>,
    pub token_variable: String,
    pub base_url_variable: String,
    pub token_form: Option<String>,
    pub authentication: Authentication,
    pub alternatives: Vec<Authentication>,
    pub endpoint: String,
}

impl About {
    pub(crate) fn new(
        provider: &str,
        document: &Value,
        operation: &Operation,
        offered: Vec<Authentication>,
    ) -> Result<Self> {
        let info = &document["info"];
        let mut offered = offered.into_iter();
        let authentication = offered
            .next()
            .ok_or_else(|| Error::at(&operation.pointer, "no authentication is described"))?;
        Ok(Self {
            name: provider.to_owned(),
            title: info["title"].as_str().unwrap_or(provider).trim().to_owned(),
            description: info["description"].as_str().map(str::to_owned),
            base_url: base_url(document, operation)?,
            token_variable: operation.whoami.token.env.clone(),
            base_url_variable: format!("{}_BASE_URL", provider.to_uppercase().replace('-', "_")),
            token_form: operation.whoami.token.form.clone(),
            authentication,
            alternatives: offered.collect(),
            endpoint: format!("{} {}", operation.method.to_uppercase(), operation.path),
        })
    }

    /// The names of the token's parts in Rust code, where it has several.
    pub(crate) fn parts(&self) -> Vec<String> {
        let parts = self.authentication.parts();
        parts
            .iter()
            .map(|part| names::function_name(part))
            .collect()
    }

    /// The name of the crate in Rust code.
    pub(crate) fn library(&self) -> String {
        format!("keyholder_{}", self.name.replace('-', "_"))
    }

    pub(crate) fn into_provider(self) -> Provider {
        Provider {
            name: self.name,
            title: self.title,
            token_variable: self.token_variable,
            base_url: self.base_url,
            endpoint: self.endpoint,
        }
    }
}

/// The first absolute server of the operation, its path item or the description (OpenAPI 3.0.3, section 4.7.5),
/// with the defaults of its variables.
fn base_url(document: &Value, operation: &Operation) -> Result<Option<String>> {
    let item = &document["paths"][&operation.path];
    let servers = [
        &item[&operation.method]["servers"],
        &item["servers"],
        &document["servers"],
    ];
    let server = servers
        .into_iter()
        .filter_map(Value::as_array)
        .find(|servers| !servers.is_empty())
        .into_iter()
        .flatten()
        .find(|server| {
            server["url"]
                .as_str()
                .is_some_and(|url| url.contains("://"))
        });
    let Some(server) = server else {
        return Ok(None);
    };
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let default = variable["default"].as_str().unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    if url.contains('{') {
        return Err(Error::at("/servers", format!("{url} has a variable without a default"))
            .with_help("give it one with the overlay, or remove the servers: the caller then names the base URL"));
    }
    Ok(Some(url.trim_end_matches('/').to_owned()))
}
