//! Points in time, as providers write them.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time: the provider's text, which is also what it is as JSON, and the time where that is known.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use keyholder_core::Timestamp;
///
/// let timestamp = Timestamp::from("2026-05-01T02:00:00+02:00");
/// let seconds = Timestamp::from("1777593600");
/// assert_eq!(timestamp.system_time(), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_777_593_600)));
/// assert_eq!(timestamp.system_time(), seconds.system_time());
/// assert_eq!(Timestamp::from("next week").system_time(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// The provider's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time, where the text is a date of RFC 3339, or a count of seconds since 1970 in UTC, with or without a
    /// fraction. A count beyond the year 5138 is taken for one of milliseconds.
    #[must_use]
    pub fn system_time(&self) -> Option<SystemTime> {
        const MILLISECONDS_FROM: f64 = 1e11;
        let text = self.0.trim();
        if let Ok(date) = OffsetDateTime::parse(text, &Rfc3339) {
            return Some(date.into());
        }
        let count: f64 = text.parse().ok().filter(|it: &f64| it.is_finite())?;
        let seconds = if count >= MILLISECONDS_FROM {
            count / 1000.0
        } else {
            count
        };
        let since = Duration::try_from_secs_f64(seconds).ok()?;
        SystemTime::UNIX_EPOCH.checked_add(since)
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
