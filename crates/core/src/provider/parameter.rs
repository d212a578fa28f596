//! What a request needs that belongs to a key and not to its provider.

use serde::{Deserialize, Serialize};

/// A value that belongs to a key, such as an account, a region or a tenant: the caller gives it, or it comes out of the
/// token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct KeyParameter {
    /// The name, as [`Config::parameter`](crate::Config::parameter) takes it.
    pub name: String,
    /// The environment variable that holds it.
    pub variable: String,
    /// What it is, for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The values that it may have; empty where any may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// A regular expression that its values match from end to end, in the dialect of the crate `regex-lite`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Its value where nobody gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

impl KeyParameter {
    /// The name of the parameter that chooses one of [several servers](crate::ProviderInfo::servers).
    pub const SERVER: &'static str = "server";

    /// The parameter of that name, whose value that environment variable holds.
    pub fn new(name: impl Into<String>, variable: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            variable: variable.into(),
            ..Self::default()
        }
    }
}

/// A server that the provider runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Server {
    /// The name by which the parameter `server` chooses it, such as a region's; empty where there is but one.
    pub name: String,
    /// Its base URL, in which the names of parameters may stand in braces.
    pub base_url: String,
}

impl Server {
    /// The server of that name.
    pub fn new(name: impl Into<String>, base_url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            base_url: base_url.into(),
        }
    }
}
