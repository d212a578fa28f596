//! What the crate says of its provider.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Provider;
use crate::names;
use crate::operation::Operation;
use keyholder_describe::authentication::Authentication;
use keyholder_describe::servers;
use keyholder_openapi::text;
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
    /// What there is to say of what was left out.
    pub remarks: Vec<String>,
}

impl About {
    pub(crate) fn new(
        provider: &str,
        document: &Value,
        operation: &Operation,
        offered: Vec<Authentication>,
    ) -> Result<Self> {
        let info = &document["info"];
        let server = servers::server(document, &operation.pointer)?;
        let mut offered = offered.into_iter();
        let authentication = offered
            .next()
            .ok_or_else(|| Error::at(&operation.pointer, "no authentication is described"))?;
        Ok(Self {
            name: provider.to_owned(),
            title: title(info, provider),
            description: info["description"].as_str().map(str::to_owned),
            base_url: server.base_url,
            remarks: server.remarks,
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
        // Each is an argument, beside the base URL.
        let mut taken = BTreeSet::from(["base_url".to_owned()]);
        let parts = self.authentication.parts();
        parts
            .iter()
            .map(|part| names::unique(&names::function_name(part), "_", &mut taken))
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

/// The name for people, in one line.
fn title(info: &Value, provider: &str) -> String {
    let title = text::line(info["title"].as_str().unwrap_or_default());
    if title.is_empty() {
        provider.to_owned()
    } else {
        title
    }
}
