//! The version step that a change asks of a crate, and why.

use std::fmt;

use semver::{Prerelease, Version};

/// A step of Semantic Versioning, the greatest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Nothing differs.
    None,
    /// What users can call and rely on is as it was.
    Patch,
    /// There is something more.
    Minor,
    /// What worked may work no longer.
    Major,
}

/// One reason for a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// The step.
    pub step: Step,
    /// What changed, and what that means, on one line.
    pub text: String,
}

impl Reason {
    pub(crate) fn new(step: Step, text: impl Into<String>) -> Self {
        Self {
            step,
            text: text.into(),
        }
    }
}

impl Step {
    /// The version after this step, as Cargo compares versions: the leftmost figure that is not zero is the major one
    /// (The Cargo Book, "`SemVer` Compatibility"). A pre-release may break already: its step is its release.
    #[must_use]
    pub(crate) fn next(self, version: &Version) -> Version {
        if self == Self::None {
            return version.clone();
        }
        let mut next = Version::new(version.major, version.minor, version.patch);
        if version.pre != Prerelease::EMPTY {
            return next;
        }
        let is_leading = (version.major == 0, version.minor == 0);
        match (self, is_leading) {
            (Self::Major, (false, _)) => {
                next.major += 1;
                next.minor = 0;
                next.patch = 0;
            }
            (Self::Major, (true, false)) | (Self::Minor, (false, _)) => {
                next.minor += 1;
                next.patch = 0;
            }
            _ => next.patch += 1,
        }
        next
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}
