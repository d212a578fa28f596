//! An operation: its request, its answers, and what they say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Claims, Pointer, Rule, Status, Test, Text, list};

/// An operation of a description, with what its answers say of a token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Operation {
    /// The description's `operationId`.
    pub id: String,
    /// The HTTP method, in upper case.
    pub method: String,
    /// Whether it only adds claims to what another operation has told: it is asked of good tokens, and its failure changes
    /// no verdict.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub adds_claims: bool,
    /// The path, with the values of its parameters. In braces stand the names of those that belong to a key, and of the
    /// token's place.
    pub path: String,
    /// Parameters of the query: name and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, Argument)>,
    /// Headers: name, in lower case, and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, Argument)>,
    /// The body that every request has, beside what it carries of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// What the answer to a good token is.
    pub success: Success,
    /// Where an answer carries the provider's own code: the first of these places that holds a text or a number.
    #[serde(with = "list", skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schemars", schemars(with = "Vec<Pointer>"))]
    pub code: Vec<Pointer>,
    /// The authentication schemes by which the provider challenges, beside that of the credential (RFC 9110, section
    /// 11.6.1).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<String>,
    /// The documented bodies of the answers that may refuse a token, by status.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// What answers say of the token; the first rule that fits decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Rule>,
    /// Where the claims stand in a success.
    pub identity: Claims,
}

/// The value of a request's parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum Argument {
    /// The same in every request.
    Fixed(String),
    /// That of a parameter of the key.
    Parameter {
        /// The parameter's name.
        parameter: String,
    },
}

impl From<&str> for Argument {
    fn from(value: &str) -> Self {
        Self::Fixed(value.to_owned())
    }
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Body {
    /// The media type.
    pub media_type: String,
    /// What is sent, as it is.
    pub content: String,
}

impl Body {
    /// A body of that media type.
    pub fn new(media_type: impl Into<String>, content: impl Into<String>) -> Self {
        Self {
            media_type: media_type.into(),
            content: content.into(),
        }
    }
}

/// What the answer to a good token is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Success {
    /// Its statuses.
    #[serde(with = "list")]
    #[cfg_attr(feature = "schemars", schemars(with = "Vec<Status>"))]
    pub status: Vec<Status>,
    /// Its media type, which a request asks for.
    pub media_type: String,
    /// What its body is described as.
    #[serde(skip_serializing_if = "Content::is_undescribed")]
    pub content: Content,
    /// What must hold of it beside its status: else it says nothing of the token.
    #[serde(skip_serializing_if = "Conditions::is_empty")]
    pub conditions: Conditions,
}

/// What a body is described as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// The description says nothing of it.
    #[default]
    Undescribed,
    /// There is none.
    Empty,
    /// An object of JSON with at least these members.
    Object {
        /// Pointers to the members that are required, and may not be null.
        #[serde(default)]
        required: Vec<Pointer>,
        /// Where the object has one of several forms: what each of them requires beside that.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        forms: Vec<Vec<Pointer>>,
    },
    /// A list of JSON.
    List,
    /// JSON of another type, or of any.
    Json,
    /// Of another media type.
    Other,
}

impl Content {
    fn is_undescribed(&self) -> bool {
        *self == Self::Undescribed
    }
}

/// The documented body of answers that may refuse a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Refusal {
    /// The status.
    pub status: Status,
    /// What its body is described as.
    pub content: Content,
}

impl Refusal {
    /// The body that a status is described with.
    #[must_use]
    pub fn new(status: Status, content: Content) -> Self {
        Self { status, content }
    }
}

/// Conditions on an answer, all of which must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, expecting = "an object")]
#[non_exhaustive]
pub struct Conditions {
    /// What must stand in the body.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub body: BTreeMap<Pointer, Test>,
    /// What the response headers must be, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, Test>,
    /// What a message of the body must say, or the whole of a body that is not JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

impl Conditions {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Success {
    /// 200, with JSON of which nothing is described.
    fn default() -> Self {
        Self {
            status: vec![Status::Code(200)],
            media_type: "application/json".to_owned(),
            content: Content::Undescribed,
            conditions: Conditions::default(),
        }
    }
}

impl Operation {
    /// An operation that answers a good token with 200 and JSON.
    pub fn new(id: impl Into<String>, method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            method: method.into(),
            path: path.into(),
            ..Self::default()
        }
    }

    /// Whether `status` is one of a documented success.
    #[must_use]
    pub fn is_success(&self, status: u16) -> bool {
        self.success.status.iter().any(|it| it.names(status))
    }

    /// Whether it may be sent twice: its method is safe or idempotent (RFC 9110, section 9.2).
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        matches!(
            self.method.as_str(),
            "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE"
        )
    }
}
