//! The deadline and the retries, on a clock that stands still unless everything waits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod calls;

use std::time::SystemTime;

use calls::{
    Script, Sent, TICK, after, answer, broken, call, call_for, config, http, operation, seconds,
};
use futures_util::stream;
use keyholder_core::{ErrorKind, Retry};
use tokio::time::{Duration, sleep};

// The deadline.

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_is_given_up_at_the_deadline() {
    let call = call(config(), &operation("GET"), |_| {
        Box::pin(std::future::pending())
    })
    .await;
    assert_eq!(call.kind(), ErrorKind::Timeout);
    assert_eq!(
        call.tries.len(),
        1,
        "a deadline that has passed leaves no time to try again"
    );
    assert!(
        call.took >= seconds(10) && call.took <= seconds(10) + TICK,
        "{:?}",
        call.took
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_end_is_given_up_at_the_deadline() {
    let call = call_for(
        config().timeout(seconds(3)),
        &operation("GET"),
        &[|| {
            let chunks = stream::unfold((), |()| async {
                sleep(seconds(1)).await;
                Some((Ok::<_, std::io::Error>(" "), ()))
            });
            http(200, &[], reqwest::Body::wrap_stream(chunks))
        }],
    )
    .await;
    assert_eq!(call.kind(), ErrorKind::Timeout);
    let error = call.result.expect_err("a timeout");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(200));
    assert!(
        call.took >= seconds(3) && call.took <= seconds(3) + TICK,
        "{:?}",
        call.took
    );
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_for_all_tries_together() {
    // Each try alone would be in time.
    for _ in 0..50 {
        let call = call(config(), &operation("GET"), |_| {
            after(seconds(4), || answer(503))
        })
        .await;
        assert!(call.took <= seconds(10) + TICK, "{:?}", call.took);
        assert_eq!(call.tries.len(), 3);
        assert_eq!(call.kind(), ErrorKind::Timeout);
    }
}

#[tokio::test(start_paused = true)]
async fn no_wait_goes_past_the_deadline() {
    let slow = Retry::default().delay(seconds(60), seconds(60));
    let mut gave_up = 0;
    for _ in 0..100 {
        let config = config().timeout(seconds(5)).retry(slow);
        let call = call_for(config, &operation("GET"), &[|| answer(503)]).await;
        assert!(call.took < seconds(5), "{:?}", call.took);
        // What went wrong is told, not that the time would have run out.
        assert_eq!(call.kind(), ErrorKind::Unavailable);
        gave_up += usize::from(call.tries.len() == 1);
    }
    assert!(gave_up > 0, "eleven waits of twelve do not fit");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_may_be_as_far_as_a_duration_goes() {
    let config = config().timeout(Duration::MAX);
    let call = call(config, &operation("GET"), |_| {
        after(seconds(86_400), || answer(200))
    })
    .await;
    assert!(call.result.is_ok());
}

// Tries.

#[tokio::test(start_paused = true)]
async fn at_most_two_more_tries() {
    for script in [
        || answer(408),
        || answer(429),
        || answer(502),
        || answer(503),
        || answer(504),
        broken as Script,
    ] {
        let call = call_for(config(), &operation("GET"), &[script]).await;
        assert_eq!(call.tries.len(), 3, "{:?}", call.result);
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_good_answer_ends_it() {
    let first: [Script; 6] = [
        || answer(408),
        || answer(429),
        || answer(502),
        || answer(503),
        || answer(504),
        broken,
    ];
    for first in first {
        let call = call_for(config(), &operation("GET"), &[first, || answer(200)]).await;
        assert!(call.result.is_ok(), "{:?}", call.result);
        assert_eq!(call.tries.len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_says_something_is_not_asked_for_again() {
    let answers: [Script; 12] = [
        || http(401, &[("retry-after", "1")], "{}"),
        || http(403, &[("retry-after", "1")], "{}"),
        || answer(200),
        || answer(204),
        || answer(302),
        || answer(400),
        || answer(401),
        || answer(403),
        || answer(404),
        || answer(500),
        || answer(501),
        || http(200, &[], "not JSON"),
    ];
    for script in answers {
        let call = call_for(config(), &operation("GET"), &[script]).await;
        assert_eq!(call.tries.len(), 1, "{:?}", call.result);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_too_large_is_not_asked_for_again() {
    let config = config().max_body_bytes(10);
    let call = call_for(
        config,
        &operation("GET"),
        &[|| http(200, &[], "01234567890")],
    )
    .await;
    assert_eq!(call.kind(), ErrorKind::BodyTooLarge);
    assert_eq!(call.tries.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_as_large_as_the_bound_is_read() {
    let config = config().max_body_bytes(10);
    let call = call_for(
        config,
        &operation("GET"),
        &[|| http(200, &[], "[1,2,3,45]")],
    )
    .await;
    assert!(call.result.is_ok(), "{:?}", call.result);
}

#[tokio::test(start_paused = true)]
async fn retries_can_be_turned_off() {
    for retry in [Retry::OFF, Retry::default().max_retries(0)] {
        let config = config().retry(retry);
        let call = call_for(config, &operation("GET"), &[|| answer(503), || answer(200)]).await;
        assert_eq!(call.tries.len(), 1);
        assert_eq!(call.kind(), ErrorKind::Unavailable);
    }
}

#[tokio::test(start_paused = true)]
async fn retries_can_be_replaced() {
    let config = config().retry(Retry::default().max_retries(5));
    let call = call_for(config, &operation("GET"), &[|| answer(503)]).await;
    assert_eq!(call.tries.len(), 6);
}

#[tokio::test(start_paused = true)]
async fn only_an_idempotent_operation_is_tried_again() {
    let tries = async |method| {
        let call = call_for(config(), &operation(method), &[|| answer(503)]).await;
        call.tries.len()
    };
    for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] {
        assert_eq!(tries(method).await, 3, "{method}");
    }
    for method in ["POST", "PATCH"] {
        assert_eq!(tries(method).await, 1, "{method}");
    }
}

// Waits.

#[tokio::test(start_paused = true)]
async fn the_wait_doubles_from_its_lower_bound_to_its_upper_one() {
    let retry = Retry::default()
        .delay(seconds(1), seconds(5))
        .max_retries(5);
    assert_jitter(
        retry,
        &[seconds(1), seconds(2), seconds(4), seconds(5), seconds(5)],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_default_wait_is_at_most_a_fifth_of_a_second_then_twice_that() {
    let bounds = [Duration::from_millis(200), Duration::from_millis(400)];
    assert_jitter(Retry::default(), &bounds).await;
}

/// Full jitter: a wait is anywhere between nothing and its bound.
async fn assert_jitter(retry: Retry, bounds: &[Duration]) {
    let mut waits = vec![Vec::new(); bounds.len()];
    for _ in 0..300 {
        let config = config().retry(retry).timeout(seconds(3600));
        let call = call_for(config, &operation("GET"), &[|| answer(503)]).await;
        assert_eq!(call.tries.len(), bounds.len() + 1);
        for (nth, wait) in call.waits().into_iter().enumerate() {
            assert!(wait <= bounds[nth] + TICK, "wait {nth} of {wait:?}");
            waits[nth].push(wait);
        }
    }
    for (waits, bound) in waits.iter().zip(bounds) {
        // That none of 300 falls into a quarter has a chance of 10^-37.
        assert!(waits.iter().any(|wait| *wait < *bound / 4), "{bound:?}");
        assert!(waits.iter().any(|wait| *wait > *bound * 3 / 4), "{bound:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_in_seconds_is_waited_for() {
    for status in [
        || http(429, &[("retry-after", "7")], ""),
        || http(503, &[("Retry-After", "7")], "<html>"),
    ] {
        let call = call_for(config(), &operation("GET"), &[status, || answer(200)]).await;
        assert!(call.result.is_ok());
        let waits = call.waits();
        assert!(
            waits[0] >= seconds(7) && waits[0] <= seconds(7) + TICK,
            "{waits:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_as_a_date_is_waited_for() {
    let config = config().timeout(seconds(3600));
    let call = call_for(
        config,
        &operation("GET"),
        &[
            || {
                let date = httpdate::fmt_http_date(SystemTime::now() + seconds(1000));
                http(429, &[("retry-after", &date)], "")
            },
            || answer(200),
        ],
    )
    .await;
    assert!(call.result.is_ok());
    let wait = call.waits()[0];
    // The date is of the real clock, and of whole seconds.
    assert!(
        wait > seconds(900) && wait <= seconds(1000) + TICK,
        "{wait:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn retry_after_in_the_past_or_of_no_time_is_the_usual_wait() {
    let answers: [Script; 2] = [
        || http(503, &[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")], ""),
        || http(429, &[("retry-after", "0")], ""),
    ];
    for script in answers {
        let usual = Retry::default().delay(seconds(3), seconds(3));
        let mut waits = Vec::new();
        for _ in 0..20 {
            let call = call_for(
                config().retry(usual),
                &operation("GET"),
                &[script, || answer(200)],
            )
            .await;
            assert!(call.result.is_ok());
            waits.push(call.waits()[0]);
        }
        let longest = waits.iter().max().unwrap();
        // Any part of it, by chance: that twenty are all short happens to one of a million.
        assert!(
            *longest > seconds(1) && *longest <= seconds(3) + TICK,
            "{waits:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_that_does_not_fit_the_deadline_ends_it() {
    let answers: [Script; 4] = [
        || http(429, &[("retry-after", "10")], ""),
        || http(429, &[("retry-after", "3600")], ""),
        || http(429, &[("retry-after", "99999999999999999999999")], ""),
        || http(429, &[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")], ""),
    ];
    for script in answers {
        let call = call_for(config(), &operation("GET"), &[script, || answer(200)]).await;
        assert_eq!(call.tries.len(), 1);
        assert_eq!(call.took, Duration::ZERO, "nothing is to be waited for");
        assert_eq!(call.kind(), ErrorKind::RateLimited);
        let error = call.result.expect_err("an error");
        assert!(error.retry_after() >= Some(seconds(10)), "{error:?}");
        assert!(error.is_retryable());
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_measured_against_what_is_left() {
    // 6 s of 10 s have passed when 5 s are asked for.
    let slow: Script = || http(503, &[("retry-after", "5")], "");
    let call = call(config(), &operation("GET"), |_| after(seconds(6), slow)).await;
    assert_eq!(call.tries.len(), 1);
    assert_eq!(call.kind(), ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn retry_after_of_no_known_form_is_as_none() {
    for value in ["soon", "-1", "1.5", "+3", ""] {
        let transport_answer = move || http(503, &[("retry-after", value)], "");
        let call = call(config(), &operation("GET"), |_| {
            Box::pin(std::future::ready(transport_answer()))
        })
        .await;
        assert_eq!(call.tries.len(), 3, "{value}");
        let error = call.result.expect_err("an error");
        assert_eq!(error.retry_after(), None, "{value}");
    }
}

/// Each level of a value takes its part of the stack, of which a thread may have little.
#[tokio::test]
async fn an_answer_that_is_nested_deeper_than_any_is_not_read_as_a_type() {
    fn nested(depth: usize) -> Sent {
        let body = format!("{}\"[{{\\\"\"{}", "[".repeat(depth), "]".repeat(depth));
        http(200, &[], body)
    }
    let called = call_for(config(), &operation("GET"), &[|| nested(32)]).await;
    assert!(called.result.is_ok());
    let called = call_for(config(), &operation("GET"), &[|| nested(33)]).await;
    assert_eq!(called.kind(), ErrorKind::InvalidResponse);
}
