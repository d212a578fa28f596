//! `x-whoami`: what a description says of identities, as `specs/README.md` documents it.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_path_to_error::Segment;

use keyholder_openapi::pointer;
use keyholder_openapi::{Error, Result};

/// The mapping of one operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct WhoAmI {
    /// The claims and where they stand in the answer.
    #[serde(default)]
    pub identity: Claims,
    /// Where an error answer carries the provider's own code.
    pub code: Option<Pointer>,
    /// What the documented error answers say of the token.
    #[serde(default)]
    pub answers: BTreeMap<AnswerKey, Meaning>,
    /// Where the token comes from.
    pub token: TokenSource,
    /// The values of the request's parameters, by name.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
    /// The request's body.
    pub body: Option<Value>,
}

/// A JSON pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer(pub String);

/// Where a claim comes from: pointers, the first with a value wins, or a constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Pointers into the answer or into an item of it.
    Pointers(Vec<Pointer>),
    /// A text that is the same for every answer.
    Constant(String),
}

/// The claims of an identity. The names are those of `keyholder_core::Identity`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
#[allow(missing_docs)]
pub struct Claims {
    pub sub: Option<Source>,
    pub name: Option<Source>,
    pub given_name: Option<Source>,
    pub family_name: Option<Source>,
    pub preferred_username: Option<Source>,
    pub email: Option<Source>,
    pub email_verified: Option<Source>,
    pub picture: Option<Source>,
    pub created_at: Option<Source>,
    pub updated_at: Option<Source>,
    pub subject_type: Option<SubjectTypeSource>,
    pub organizations: Option<OrganizationClaims>,
    pub permissions: Option<PermissionClaims>,
    pub scopes: Option<Source>,
    #[serde(default)]
    pub quotas: Vec<QuotaClaims>,
    pub token: Option<TokenClaims>,
}

/// The kind of holder: a constant, or the values of a field.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "one of `user`, `service_account`, `organization`, `application`, `unknown`, or an object with `at` and `values` was expected"
)]
pub enum SubjectTypeSource {
    /// The same for every answer.
    Constant(SubjectType),
    /// By the value of a field.
    Field(SubjectTypeField),
}

/// The field whose value tells the kind of holder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct SubjectTypeField {
    /// Where the field stands.
    pub at: Pointer,
    /// What its values mean.
    pub values: BTreeMap<String, SubjectType>,
}

/// The kinds of holder, as in `keyholder_core::SubjectType`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum SubjectType {
    User,
    ServiceAccount,
    Organization,
    Application,
    Unknown,
}

/// The claims of an organization.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
#[allow(missing_docs)]
pub struct OrganizationClaims {
    pub each: Option<Pointer>,
    pub id: Option<Source>,
    pub name: Option<Source>,
    pub slug: Option<Source>,
    pub role: Option<Source>,
    pub active: Option<Source>,
}

/// The claims of a permission.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
#[allow(missing_docs)]
pub struct PermissionClaims {
    pub each: Option<Pointer>,
    pub permission: Option<Source>,
    pub resource: Option<Source>,
    pub resource_type: Option<Source>,
    pub environment: Option<Source>,
}

/// The figures of a quota.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
#[allow(missing_docs)]
pub struct QuotaClaims {
    pub name: String,
    pub unit: Option<String>,
    pub limit: Option<Source>,
    pub used: Option<Source>,
    pub remaining: Option<Source>,
    pub resets_at: Option<Source>,
}

/// What the answer says of the token itself.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
#[allow(missing_docs)]
pub struct TokenClaims {
    pub id: Option<Source>,
    pub name: Option<Source>,
    pub expires_at: Option<Source>,
}

/// Where the token comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct TokenSource {
    /// The environment variable.
    pub env: String,
    /// A regular expression that the provider's tokens match.
    pub form: Option<String>,
    /// The security scheme to use, by its name in the description.
    pub scheme: Option<String>,
    /// What stands before the token in the header of an `apiKey` scheme.
    pub prefix: Option<String>,
}

/// An error answer: `401`, or `403 invalid_token`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerKey {
    /// The HTTP status.
    pub status: u16,
    /// The provider's own code.
    pub code: Option<String>,
}

/// What an error answer says of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Meaning {
    Unauthenticated,
    Forbidden,
    NoSubject,
    RateLimited,
    Unavailable,
}

/// Reads the mapping that stands at `at` in the description.
///
/// # Errors
///
/// A key or value that the format does not have, with its pointer.
pub fn read(value: &Value, at: &str) -> Result<WhoAmI> {
    let whoami: WhoAmI = serde_path_to_error::deserialize(value).map_err(|error| {
        let place = error
            .path()
            .iter()
            .fold(at.to_owned(), |place, segment| match segment {
                Segment::Seq { index } => pointer::push(&place, index.to_string()),
                Segment::Map { key } | Segment::Enum { variant: key } => pointer::push(&place, key),
                Segment::Unknown => place,
            });
        Error::at(place, error.inner().to_string()).with_help(concat!(
            "specs/README.md documents the format, in ",
            env!("CARGO_PKG_REPOSITORY")
        ))
    })?;
    check_variable(&whoami.token.env, &format!("{at}/token/env"))?;
    if let Some(form) = &whoami.token.form {
        regex::Regex::new(form).map_err(|_| {
            Error::at(
                format!("{at}/token/form"),
                format!("{form:?} is not a regular expression"),
            )
        })?;
    }
    Ok(whoami)
}

/// Environment variables have letters, digits and underscores (POSIX.1-2017, section 8.1).
fn check_variable(name: &str, at: &str) -> Result<()> {
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if valid {
        Ok(())
    } else {
        Err(Error::at(
            at,
            format!("{name:?} is not a name that an environment variable can have"),
        ))
    }
}

impl<'de> Deserialize<'de> for Pointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() || text.starts_with('/') {
            Ok(Self(text))
        } else {
            Err(serde::de::Error::custom(format!(
                "{text:?} is not a JSON pointer: one starts with `/`"
            )))
        }
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "a JSON pointer, a list of them, or a constant text was expected"
        )]
        enum Raw {
            One(String),
            Many(Vec<Pointer>),
        }
        Ok(match Raw::deserialize(deserializer)? {
            Raw::One(text) if text.is_empty() || text.starts_with('/') => {
                Self::Pointers(vec![Pointer(text)])
            }
            Raw::One(text) => Self::Constant(text),
            Raw::Many(pointers) => Self::Pointers(pointers),
        })
    }
}

impl FromStr for AnswerKey {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (status, code) = match text.split_once(' ') {
            Some((status, code)) => (status, Some(code.trim().to_owned())),
            None => (text, None),
        };
        match status.parse() {
            Ok(status @ 100..=599) => Ok(Self { status, code }),
            _ => Err(format!(
                "{text:?} is not an answer: write a status, or a status, a space and a code"
            )),
        }
    }
}

impl<'de> Deserialize<'de> for AnswerKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
