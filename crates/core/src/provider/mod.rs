//! What a description says of a provider, as data: made from the description and its overlay, carried by the generated
//! crate as JSON, or read at run time.

mod authentication;
mod checksum;
mod claims;
mod list;
mod operation;
mod parameter;
mod pointer;
mod rule;
mod shared;

use serde::{Deserialize, Serialize};

pub use authentication::{Authentication, Credential, Encoding, Part};
pub use checksum::{Checksum, ChecksumAlgorithm, ChecksumEncoding};
pub use claims::{
    Claims, OrganizationClaims, PermissionClaims, Place, QuotaClaims, Source, SubjectTypeSource,
    TokenClaims,
};
pub use operation::{Argument, Body, Conditions, Content, Operation, Refusal, Success};
pub use parameter::{KeyParameter, Server};
pub use pointer::{NotAPointer, Pointer};
pub use rule::{Limit, Meaning, Rule, Scalar, Status, Test, Text};
pub(crate) use shared::{Form, Saying as FormSaying};
pub use shared::{Provider, embedded, reads_parameters_from_tokens};

/// A provider: how it is called, where it is, how it takes a token, and what its answers say.
///
/// It is data, with no code of the provider's own: the JSON of this type is what a generated crate carries, and what is
/// made of a description at run time is the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProviderInfo {
    /// The name in crates, features and on the command line, as in `acme`.
    pub name: String,
    /// The name for people: the description's `info.title`.
    #[serde(default)]
    pub title: String,
    /// The version of the client, which the `User-Agent` carries.
    #[serde(default)]
    pub version: String,
    /// The base URL that is asked when the caller gives nothing but a token; `None` when every user has a server of their
    /// own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The servers that it runs, where there are several or where they have [parameters](Self::parameters): the first is
    /// asked, with the parameters' values, unless the parameter `server` names another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// What the paths of its operations begin with that a base URL of the caller's may have already: it is not put there
    /// twice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub base_path: String,
    /// The environment variable that holds a base URL of one's own.
    #[serde(default)]
    pub base_url_variable: String,
    /// What is known of the provider's tokens before any is sent.
    #[serde(default)]
    pub token: TokenSource,
    /// What a request needs that belongs to a key and not to the provider, such as an account or a region.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<KeyParameter>,
    /// The ways in which a request may carry the token. The first is used unless the token's form or the caller names
    /// another.
    #[serde(default)]
    pub credentials: Vec<Credential>,
    /// The operations that tell whose token it is. They are asked in their order until one knows the token, unless its
    /// form names one; then those that [add claims](Operation::adds_claims).
    #[serde(default)]
    pub operations: Vec<Operation>,
}

/// What is known of a provider's tokens before any is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct TokenSource {
    /// The environment variable that holds the token, by the provider's own custom.
    pub variable: String,
    /// The environment variables that hold its parts, where it has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartSource>,
    /// The forms that its tokens have, where they are documented; any of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<TokenForm>,
    /// Whether it has tokens of no other form: what has none of them is not sent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
    /// Regular expressions that the maker's other secrets match, which no operation here knows, in the dialect of
    /// [`TokenForm::pattern`]: such as tokens that only renew others. They are not sent, since a good one would be refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// Where a part of a token comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PartSource {
    /// The part's name.
    pub name: String,
    /// The environment variable that holds it.
    pub variable: String,
}

impl PartSource {
    /// The part of that name, from that environment variable.
    pub fn new(name: impl Into<String>, variable: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            variable: variable.into(),
        }
    }
}

/// A form that a provider's tokens have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TokenForm {
    /// A regular expression that such tokens match, and those of other providers don't unless it is
    /// [shared](Self::shared), in the dialect of the crate
    /// `regex-lite`: that of `regex` without Unicode's classes. What its named groups match are the values of the
    /// provider's [parameters](ProviderInfo::parameters) of those names.
    pub pattern: String,
    /// The scheme by which such tokens are sent, by its name; the first, where nothing says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// The operation that is asked of such tokens, by its `operationId`; all in turn, where nothing says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Whether tokens of others may have it too: it says how one is sent, and tells of none whose it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// The check digits that such tokens carry. Its groups are no values of parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
}

impl TokenForm {
    /// The form of tokens that match `pattern`.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self {
            pattern: pattern.into(),
            ..Self::default()
        }
    }
}

impl ProviderInfo {
    /// A provider of one operation, which takes a bearer token and answers at a base URL of the caller's.
    ///
    /// ```
    /// use keyholder_core::{Operation, ProviderInfo};
    ///
    /// let mut provider = ProviderInfo::new("acme", Operation::new("get_me", "GET", "/me"));
    /// provider.base_url = Some("https://api.acme.example".to_owned());
    /// let json = serde_json::to_string(&provider)?;
    /// assert_eq!(serde_json::from_str::<ProviderInfo>(&json)?, provider);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(name: impl Into<String>, whoami: Operation) -> Self {
        let name = name.into();
        Self {
            title: name.clone(),
            name,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            credentials: vec![Credential::new("", Authentication::bearer())],
            operations: vec![whoami],
            ..Self::default()
        }
    }

    /// The operation that is asked first whose token it is.
    #[must_use]
    pub fn whoami(&self) -> Option<&Operation> {
        self.operations.iter().find(|it| !it.adds_claims)
    }

    /// How a request carries the token, unless its form or the caller names another way.
    #[must_use]
    pub fn authentication(&self) -> Option<&Authentication> {
        self.credentials
            .first()
            .map(|credential| &credential.authentication)
    }
}
