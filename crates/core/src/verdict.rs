//! What an answer says of a token.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, Identity};

/// What an answer says of a token.
///
/// Whatever is not explicitly a refusal is [`Indeterminate`](Verdict::Indeterminate): a wrong "invalid"
/// makes people destroy good keys, a wrong "valid" hides a dead one.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The provider answered as its description says it answers a good token.
    ///
    /// A token that stands for no user is valid, with [`Identity::sub`] absent.
    Valid(Box<Identity>),
    /// The provider said, in a way that its description documents or with a bare 401, that the token is no good.
    Invalid(Error),
    /// Everything else: nothing is known of the token. The error says what happened instead.
    ///
    /// A refusal of the question rather than of the token ([`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden)) is one of these.
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

impl From<Result<Identity, Error>> for Verdict {
    fn from(result: Result<Identity, Error>) -> Self {
        match result {
            Ok(identity) => Self::Valid(Box::new(identity)),
            Err(error) if error.is_refusal() => Self::Invalid(error),
            Err(error) => Self::Indeterminate(error),
        }
    }
}
