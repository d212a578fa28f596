//! What an answer says of a token.

use std::borrow::Cow;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Told;
use crate::{Error, Identity};

/// What an answer says of a token.
///
/// Whatever is not explicitly a refusal is [`Indeterminate`](Verdict::Indeterminate): a wrong "invalid"
/// makes people destroy good keys, a wrong "valid" hides a dead one.
///
/// As JSON it is an object of `provider`, `verdict`, `identity` and `error`, of which the latter two may be null; it reads
/// back from that, and from the command's lines.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The provider took the token.
    ///
    /// [`Identity::sub`] may be absent: of a token that stands for no user; of one that may not ask whose it is, which
    /// [`TokenInfo::limited`](crate::TokenInfo::limited) tells; of a provider that tells no more than good from bad.
    Valid(Box<Identity>),
    /// The provider refused the token, in a form in which it refuses tokens.
    Invalid(Error),
    /// Everything else: nothing is known of the token. The error says what happened instead.
    Indeterminate(Error),
}

/// The three verdicts, without what comes with each. As JSON, the names of [`as_str`](Self::as_str).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// The token is good.
    Valid,
    /// The provider says that the token is no good.
    Invalid,
    /// Nothing is known of the token.
    Indeterminate,
}

impl VerdictKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Valid, Self::Invalid, Self::Indeterminate];

    /// Its name: `valid`, `invalid` or `indeterminate`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Indeterminate => "indeterminate",
        }
    }
}

impl fmt::Display for VerdictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Verdict {
    /// Which of the three it is.
    #[must_use]
    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Valid(_) => VerdictKind::Valid,
            Self::Invalid(_) => VerdictKind::Invalid,
            Self::Indeterminate(_) => VerdictKind::Indeterminate,
        }
    }

    /// The verdict's name: `valid`, `invalid` or `indeterminate`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.kind().as_str()
    }

    /// Whether the token is known to be good.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Valid(_))
    }

    /// Whether the token is known to be no good.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        matches!(self, Self::Invalid(_))
    }

    /// Whether nothing is known of the token.
    #[must_use]
    pub fn is_indeterminate(&self) -> bool {
        matches!(self, Self::Indeterminate(_))
    }

    /// Who stands behind a valid token.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Valid(identity) => Some(identity),
            Self::Invalid(_) | Self::Indeterminate(_) => None,
        }
    }

    /// What happened with a token that is not known to be valid.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Valid(_) => None,
            Self::Invalid(error) | Self::Indeterminate(error) => Some(error),
        }
    }
}

/// A verdict as JSON.
#[derive(Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(rename = "Verdict")
)]
struct Wire<'a> {
    /// The provider's name; empty where none was asked.
    provider: Cow<'a, str>,
    /// What is known of the token.
    verdict: VerdictKind,
    /// Who stands behind the token; an object whenever the verdict is valid, else null.
    identity: Option<Cow<'a, Identity>>,
    /// What happened instead; null whenever the verdict is valid.
    error: Option<Told<'a>>,
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let provider = match self {
            Self::Valid(identity) => &identity.provider,
            Self::Invalid(error) | Self::Indeterminate(error) => {
                error.provider().unwrap_or_default()
            }
        };
        let wire = Wire {
            provider: Cow::Borrowed(provider),
            verdict: self.kind(),
            identity: self.identity().map(Cow::Borrowed),
            error: self.error().map(Told::of),
        };
        wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Verdict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let missing = D::Error::missing_field;
        let error = |error: Option<Told<'_>>| {
            let error = error.ok_or_else(|| missing("error"))?;
            Ok(error.into_error(&wire.provider))
        };
        match wire.verdict {
            VerdictKind::Valid => {
                let identity = wire.identity.ok_or_else(|| missing("identity"))?;
                Ok(Self::Valid(Box::new(identity.into_owned())))
            }
            VerdictKind::Invalid => error(wire.error).map(Self::Invalid),
            VerdictKind::Indeterminate => error(wire.error).map(Self::Indeterminate),
        }
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Verdict {
    fn schema_name() -> Cow<'static, str> {
        "Verdict".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}

impl From<Result<Identity, Error>> for Verdict {
    fn from(result: Result<Identity, Error>) -> Self {
        match result {
            Ok(identity) => Self::Valid(Box::new(identity)),
            Err(error) if error.verdict() == VerdictKind::Invalid => Self::Invalid(error),
            Err(error) => Self::Indeterminate(error),
        }
    }
}
