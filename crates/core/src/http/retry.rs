//! When a call is tried again, and after how long.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, header};

use crate::error::passes;
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
    let again = match error.status() {
        _ if error.kind() == ErrorKind::Connect => error.is_retryable(),
        // Neither a timeout, which has had its time, nor what somebody has to do something about.
        status => status.is_some_and(passes),
    };
    if !again || !operation.is_idempotent() || past >= retry.max_retries {
        return None;
    }
    let backoff = || backoff(retry.min_delay, retry.max_delay, past);
    Some(error.wait().unwrap_or_else(backoff))
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

/// How long the provider asks to wait: in seconds or as a date (RFC 9110, section 10.2.3); where it does not say, until its
/// limit is reset of which nothing is left.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    asked_for(headers).or_else(|| until_reset(headers))
}

fn asked_for(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, header::RETRY_AFTER.as_str())?;
    if is_number(value) {
        // A figure that no integer holds is as good as never.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now(headers)).unwrap_or_default())
}

/// What the headers of a limit begin with: those of an Internet-Draft (draft-ietf-httpapi-ratelimit-headers), and those that
/// were in use before.
const LIMITS: [[&str; 2]; 3] = [
    ["ratelimit-remaining", "ratelimit-reset"],
    ["x-ratelimit-remaining", "x-ratelimit-reset"],
    ["x-rate-limit-remaining", "x-rate-limit-reset"],
];

/// A reset is told in seconds from now, or from 1970: nobody waits for thirty years. Some tell it in milliseconds from then.
const SINCE_1970: u64 = 1_000_000_000;

fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let [_, reset] = LIMITS
        .iter()
        .find(|[remaining, _]| text(headers, remaining) == Some("0"))?;
    let value = text(headers, reset)?;
    let whole = value.split_once('.').map_or(value, |(whole, _)| whole);
    let seconds = whole.parse::<u64>().ok().filter(|_| is_number(whole))?;
    if seconds < SINCE_1970 {
        return Some(Duration::from_secs(seconds));
    }
    let reset = if seconds < SINCE_1970 * 1000 {
        Duration::from_secs(seconds)
    } else {
        Duration::from_millis(seconds)
    };
    let now = now(headers).duration_since(UNIX_EPOCH).ok()?;
    Some(reset.saturating_sub(now))
}

/// What time it is, by the clock of the server where it says so: its dates are by that.
fn now(headers: &HeaderMap) -> SystemTime {
    text(headers, header::DATE.as_str())
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(SystemTime::now)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderName, HeaderValue, header};

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

    fn all(headers: &[(&'static str, &str)]) -> Option<u64> {
        let headers: HeaderMap = headers
            .iter()
            .filter_map(|(name, value)| {
                let value = HeaderValue::from_str(value).ok()?;
                Some((HeaderName::from_static(name), value))
            })
            .collect();
        retry_after(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn dates_are_by_the_clock_of_the_server() {
        let headers = [
            ("date", "Wed, 21 Oct 2015 07:27:00 GMT"),
            ("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ];
        assert_eq!(all(&headers), Some(60));
    }

    #[test]
    fn limits_of_which_nothing_is_left() {
        let date = ("date", "Wed, 21 Oct 2015 07:27:00 GMT");
        for (remaining, reset, value, wait) in [
            ("x-ratelimit-remaining", "x-ratelimit-reset", "20", Some(20)),
            ("ratelimit-remaining", "ratelimit-reset", "7.5", Some(7)),
            (
                "x-rate-limit-remaining",
                "x-rate-limit-reset",
                "1445412480",
                Some(60),
            ),
            (
                "x-ratelimit-remaining",
                "x-ratelimit-reset",
                "1445412480000",
                Some(60),
            ),
            ("x-ratelimit-remaining", "x-ratelimit-reset", "soon", None),
            ("x-ratelimit-remaining", "ratelimit-reset", "20", None),
        ] {
            assert_eq!(
                all(&[date, (remaining, "0"), (reset, value)]),
                wait,
                "{reset}: {value}"
            );
            assert_eq!(all(&[date, (remaining, "1"), (reset, value)]), None);
        }
    }

    #[test]
    fn anything_else_is_not_one() {
        for value in ["", "-1", "1.5", "soon", "+3"] {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
