//! Points in time, as providers write them.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

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
        if let Some(date) = date(text) {
            return Some(date);
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

/// The time that a date of RFC 3339 says, from 1970 on: an earlier one is how some write that there is none.
fn date(text: &str) -> Option<SystemTime> {
    let utc = |local: &str| {
        let is_written = local.ends_with(|c: char| c.is_ascii_digit());
        let date = is_written.then(|| format!("{}Z", local.to_ascii_uppercase()))?;
        humantime::parse_rfc3339(&date).ok()
    };
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        return utc(local);
    }
    // `+hh:mm` or `-hh:mm` (RFC 3339, section 5.6).
    let (local, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let number = |digits: &str, below: u64| -> Option<u64> {
        let is_written = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| is_written)?;
        (number < below).then_some(number)
    };
    let offset_by = Duration::from_secs(60 * (60 * number(hours, 24)? + number(minutes, 60)?));
    let local = utc(local)?;
    match offset.as_bytes().first()? {
        b'+' => local.checked_sub(offset_by),
        b'-' => local.checked_add(offset_by),
        _ => None,
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::Timestamp;

    #[test]
    fn a_date_is_a_time_wherever_it_was_written() {
        let seconds = |text: &str| {
            let time = Timestamp::from(text).system_time()?;
            time.duration_since(SystemTime::UNIX_EPOCH).ok()
        };
        let expected = Duration::from_secs(1_777_593_600);
        for text in [
            "2026-05-01T00:00:00Z",
            "2026-05-01t00:00:00z",
            " 2026-05-01T00:00:00Z\n",
            "2026-05-01T02:00:00+02:00",
            "2026-04-30T18:30:00-05:30",
            "2026-05-01T00:00:00.000000000Z",
            "2026-05-01T00:00:00-00:00",
            "1777593600",
            "1777593600000",
            "1.7775936e9",
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        let fraction = seconds("2026-05-01T00:00:00.25+00:00");
        assert_eq!(fraction, Some(expected + Duration::from_millis(250)));
        for text in [
            "",
            "next week",
            "2026-13-01T00:00:00Z",
            "2026-05-01",
            "2026-05-01T00:00:00",
            "2026-05-01T00:00:00+2:00",
            "2026-05-01T00:00:00+24:00",
            "2026-05-01T00:00:00*02:00",
            "2026-05-01T00:00:00++2:00",
            "2026-05-01T00:00:00Z+02:00",
            "0001-01-01T00:00:00Z",
            "ä+02:00",
            "+02:00",
            "\u{1F600}00:00",
            "NaN",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
