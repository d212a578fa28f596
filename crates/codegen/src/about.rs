//! What the crate says of its provider.

use std::collections::BTreeSet;

use keyholder_core::ProviderInfo;
use keyholder_describe::servers::Missing;
use serde_json::Value;

use crate::Provider;
use crate::key;
use crate::names;
use crate::operation::Operation;
use crate::tells;

/// What the crate says of its provider.
pub(crate) struct About {
    /// The provider, as data.
    pub info: ProviderInfo,
    /// What the description says of the API.
    pub description: Option<String>,
    /// The HTTP method and the path of the operation that is asked first.
    pub endpoint: String,
    /// Why there is no base URL, where there is none.
    pub missing: Option<Missing>,
    /// The version of the package.
    pub version: String,
}

impl About {
    pub(crate) fn new(
        document: &Value,
        info: ProviderInfo,
        first: &Operation,
        missing: Option<Missing>,
        version: &str,
    ) -> Self {
        Self {
            info,
            description: document["info"]["description"].as_str().map(str::to_owned),
            endpoint: first.endpoint(),
            missing,
            version: version.to_owned(),
        }
    }

    /// The names of the token's parts in Rust code, where it has several.
    pub(crate) fn parts(&self) -> Vec<String> {
        self.parts_beside(&mut BTreeSet::new())
    }

    /// The parameters of its keys.
    pub(crate) fn parameters(&self) -> Vec<key::Parameter<'_>> {
        let mut taken = BTreeSet::from(["token".to_owned()]);
        self.parts_beside(&mut taken);
        key::parameters(&self.info, &mut taken)
    }

    fn parts_beside(&self, taken: &mut BTreeSet<String>) -> Vec<String> {
        // Each is an argument, beside the base URL.
        taken.insert("base_url".to_owned());
        let parts = self.info.authentication().map(|it| it.parts());
        let parts = parts.into_iter().flatten();
        parts
            .map(|part| names::unique(&names::function_name(part), "_", taken))
            .collect()
    }

    /// The name of the crate in Rust code.
    pub(crate) fn library(&self) -> String {
        format!("keyholder_{}", self.info.name.replace('-', "_"))
    }

    pub(crate) fn into_provider(self) -> Provider {
        Provider {
            tells: tells::tells(&self.info),
            name: self.info.name,
            title: self.info.title,
            token_variable: self.info.token.variable,
            base_url: self.info.base_url,
            endpoint: self.endpoint,
            version: self.version,
        }
    }
}
