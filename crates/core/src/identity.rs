//! Whose key it is.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};

use crate::error::MAX_CODE;
use crate::{Limit, Timestamp, text};

/// Who stands behind a token, in the words of OpenID Connect Core 1.0, section 5.1.
///
/// A claim or a list that the provider says nothing of is `None`; a list that it says is empty is empty.
/// It never holds the token. What goes beyond 4 KiB of a text, and beyond 10,000 items or 1 MiB of texts of a list, is left
/// out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Identity {
    /// The provider's name, as in `acme`.
    pub provider: String,
    /// The base URL that was asked: the issuer of what is said here.
    pub iss: String,
    /// What kind of holder `sub` is.
    pub subject_type: SubjectType,
    /// The holder's identifier, unique at the provider. Absent for a token that stands for no one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The full name, as shown to people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The given, or first, name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The family, or last, name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The name by which the holder signs in or wishes to be called. Not an identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the provider has verified the e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// The URL of a picture of the holder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// When the account was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When the account last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// The organizations that the token reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizations: Option<Vec<Organization>>,
    /// What the token may do, resource by resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// The OAuth 2.0 scopes (RFC 6749, section 3.3) or what the provider calls so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// What is left to be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotas: Option<Vec<Quota>>,
    /// What the provider says of the token itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenInfo>,
}

impl Identity {
    /// Takes from `more`, which another operation told of the same token, the claims that are absent here.
    pub(crate) fn complete(&mut self, more: Self) {
        fn fill<T>(claim: &mut Option<T>, other: Option<T>) {
            if claim.is_none() {
                *claim = other;
            }
        }
        if self.email.is_none() || self.email == more.email {
            fill(&mut self.email_verified, more.email_verified);
        }
        if self.subject_type == SubjectType::Unknown {
            self.subject_type = more.subject_type;
        }
        fill(&mut self.sub, more.sub);
        fill(&mut self.name, more.name);
        fill(&mut self.given_name, more.given_name);
        fill(&mut self.family_name, more.family_name);
        fill(&mut self.preferred_username, more.preferred_username);
        fill(&mut self.email, more.email);
        fill(&mut self.picture, more.picture);
        fill(&mut self.created_at, more.created_at);
        fill(&mut self.updated_at, more.updated_at);
        fill(&mut self.organizations, more.organizations);
        fill(&mut self.permissions, more.permissions);
        fill(&mut self.scopes, more.scopes);
        fill(&mut self.quotas, more.quotas);
        match (&mut self.token, more.token) {
            (Some(token), Some(more)) => {
                fill(&mut token.id, more.id);
                fill(&mut token.name, more.name);
                fill(&mut token.expires_at, more.expires_at);
                fill(&mut token.issued_at, more.issued_at);
                fill(&mut token.last_used_at, more.last_used_at);
            }
            // What limits it there is not what limits it.
            (None, Some(more)) => {
                let token = TokenInfo {
                    limited: None,
                    ..more
                };
                self.token = Some(token).filter(|it| *it != TokenInfo::default());
            }
            (_, None) => {}
        }
    }
}

/// What kind of holder a token stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SubjectType {
    /// A person.
    User,
    /// An account that a machine uses.
    ServiceAccount,
    /// An organization as such.
    Organization,
    /// An application, an integration or a bot.
    Application,
    /// The provider does not say.
    #[default]
    #[serde(other)]
    Unknown,
}

/// An organization, workspace, team or tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Organization {
    /// Its identifier at the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name, as shown to people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its short name in URLs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// The holder's role in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Whether it is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

/// Something that the token may do, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Permission {
    /// The permission's name at the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// The resource that it holds for; absent when it holds everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What kind of thing the resource is, as in `project`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The environment that it holds for; absent when it holds in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// An allowance: how much there is, how much is used and how much is left, all in `unit`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Quota {
    /// What it is an allowance of, as in `credits`.
    pub name: String,
    /// The unit of the figures, as in `cent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How much there is in a period.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "figure")]
    pub limit: Option<f64>,
    /// How much of it is used.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "figure")]
    pub used: Option<f64>,
    /// How much of it is left.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "figure")]
    pub remaining: Option<f64>,
    /// When the next period starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resets_at: Option<Timestamp>,
}

/// Writes a whole figure as an integer, as the provider does.
// serde hands a reference to the field.
#[allow(clippy::ref_option)]
fn figure<S: Serializer>(figure: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    /// Up to here every integer is a number of its own (IEEE 754 binary64).
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match *figure {
        // Whole and within bounds: nothing is cut off.
        #[allow(clippy::cast_possible_truncation)]
        Some(figure) if figure.fract() == 0.0 && figure.abs() <= EXACT => {
            serializer.serialize_i64(figure as i64)
        }
        figure => figure.serialize(serializer),
    }
}

/// What the provider says of the token itself; never the token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct TokenInfo {
    /// The token's identifier: not a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that its holder gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Timestamp>,
    /// When it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// What kept the token from telling more: the answer proved it good, and refused the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limited: Option<Limited>,
}

/// What keeps a good token from telling whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Limited {
    /// What limits it.
    pub by: Limit,
    /// The provider's own code for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Limited {
    pub(crate) fn new(by: Limit, code: Option<String>) -> Self {
        let code = code.map(|code| text::kept(Cow::Owned(code), MAX_CODE));
        Self { by, code }
    }
}
