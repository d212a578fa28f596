//! When a call is tried again, and after how long.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

use crate::{Error, ErrorKind, Operation, Retry};

/// How long to wait before the next try; `None` when there is none to make.
///
/// What the provider asks for with `Retry-After` is waited for in full.
pub(super) fn delay(
    retry: Retry,
    operation: &Operation,
    error: &Error,
    past: u32,
) -> Option<Duration> {
    let again = match error.status().map(|status| status.as_u16()) {
        _ if error.kind() == ErrorKind::Connect => error.is_retryable(),
        Some(status) => matches!(status, 408 | 429 | 502 | 503 | 504),
        None => false,
    };
    if !again || !operation.is_idempotent() || past >= retry.max_retries {
        return None;
    }
    let backoff = || backoff(retry.min_delay, retry.max_delay, past);
    Some(error.retry_after().unwrap_or_else(backoff))
}

/// A wait that doubles with each try from `min` to `max`, of which full jitter takes any part: callers that failed
/// together do not come back together.
pub fn backoff(min: Duration, max: Duration, past: u32) -> Duration {
    let longest = min.saturating_mul(2_u32.saturating_pow(past));
    longest.min(max).mul_f64(part())
}

/// A number from 0 to 1 by chance: each of the standard library's hash maps has random keys. Nobody has to be unable to
/// guess it.
fn part() -> f64 {
    let [a, b, c, d, ..] = RandomState::new().hash_one(()).to_le_bytes();
    f64::from(u32::from_le_bytes([a, b, c, d])) / f64::from(u32::MAX)
}

/// How long the provider asks to wait: in seconds or as a date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A figure that no integer holds is as good as never.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderValue, header};

    use super::retry_after;

    fn read(value: &str) -> Option<Duration> {
        let value = HeaderValue::from_str(value).ok()?;
        retry_after(&HeaderMap::from_iter([(header::RETRY_AFTER, value)]))
    }

    #[test]
    fn seconds_and_dates() {
        assert_eq!(read("60"), Some(Duration::from_secs(60)));
        assert_eq!(read("0"), Some(Duration::ZERO));
        assert_eq!(
            read("99999999999999999999"),
            Some(Duration::from_secs(u64::MAX))
        );
        assert_eq!(read("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(600));
        let wait = read(&soon).unwrap_or_default();
        assert!(wait > Duration::from_secs(500) && wait <= Duration::from_secs(600));
    }

    #[test]
    fn anything_else_is_not_one() {
        for value in ["", "-1", "1.5", "soon", "+3"] {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
