//! The deadline, the retries and the spans, on a clock that stands still unless everything waits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::SystemTime;

use futures_util::stream;
use keyholder_core::{
    Answer, Config, ErrorKind, ErrorResponse, Meaning, Operation, OperationError, ProviderInfo,
    Response, Retry, Transport,
};
use progenitor_client::{ByteStream, Error as RequestError, ResponseValue};
use serde_json::Value;
use tokio::time::{Duration, Instant, sleep};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::Context;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

const TOKEN: &str = "kh_4f9d2c7ab1e06358";

const ANSWERS: &[Answer] = &[
    Answer::status(401, Meaning::Unauthenticated),
    Answer::code(404, "no_user", Meaning::NoSubject),
];

static PROVIDER: ProviderInfo = ProviderInfo::new("example", "1.2.3", operation("GET"))
    .with_base_url("https://api.example.com:8443/base");

const fn operation(method: &'static str) -> Operation {
    Operation::new("get_me", method, "/me")
        .with_code("/code")
        .with_answers(ANSWERS)
}

/// The clock is tokio's: it goes from one waited-for moment to the next, and a wait ends on a whole millisecond.
const TICK: Duration = Duration::from_millis(1);

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The defaults, but for a client that is made once: nothing is sent with it.
fn config() -> Config {
    static CLIENT: LazyLock<reqwest::Client> =
        LazyLock::new(|| keyholder_core::http_client_builder().build().unwrap());
    Config::new(TOKEN).http_client(CLIENT.clone())
}

/// No answer has a type of its own here.
#[derive(Debug)]
struct Undocumented;

impl ErrorResponse for Undocumented {
    fn decode(_: u16, _: Option<&str>, _: &[u8]) -> Option<Self> {
        None
    }
}

/// What generated code gives for one try.
struct Sent(Result<ResponseValue<ByteStream>, RequestError<()>>);

/// Makes what comes of a try.
type Script = fn() -> Sent;

type Try = Pin<Box<dyn Future<Output = Sent> + Send>>;

/// An answer of this status, with these headers and this body.
fn http(status: u16, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Sent {
    let mut answer = http::Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    let answer = reqwest::Response::from(answer.body(body.into()).unwrap());
    Sent(if (200..300).contains(&status) {
        Ok(ResponseValue::stream(answer))
    } else {
        Err(RequestError::UnexpectedResponse(answer))
    })
}

fn answer(status: u16) -> Sent {
    http(status, &[], "{}")
}

/// An answer whose connection breaks in the middle of the body.
fn broken() -> Sent {
    let chunks = [
        Ok("{\"id\":".to_owned()),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ];
    http(200, &[], reqwest::Body::wrap_stream(stream::iter(chunks)))
}

/// What came of a call.
struct Call {
    result: Result<Response<Value>, OperationError<Undocumented>>,
    /// When each try began, from the start of the call.
    tries: Vec<Duration>,
    /// How long the call took.
    took: Duration,
}

impl Call {
    fn kind(&self) -> ErrorKind {
        self.result.as_ref().expect_err("a failure").kind()
    }

    /// The waits between tries that are over at once.
    fn waits(&self) -> Vec<Duration> {
        self.tries
            .windows(2)
            .map(|it| it[1].saturating_sub(it[0]))
            .collect()
    }
}

/// Calls `operation`; the nth try, from 0, comes to what `script` gives.
async fn call(config: Config, operation: &Operation, script: impl Fn(usize) -> Try) -> Call {
    let transport = Transport::new(&PROVIDER, config).unwrap();
    let start = Instant::now();
    let tries = Mutex::new(Vec::new());
    let result = transport
        .send(operation, || {
            let mut tries = tries.lock().unwrap();
            tries.push(start.elapsed());
            let nth = script(tries.len() - 1);
            async { nth.await.0 }
        })
        .await;
    Call {
        result,
        tries: tries.into_inner().unwrap(),
        took: start.elapsed(),
    }
}

/// Calls with answers that are there at once, the last of them again and again.
async fn call_for(config: Config, operation: &Operation, answers: &[Script]) -> Call {
    call(config, operation, |nth| {
        let answer = answers.get(nth).or(answers.last()).expect("an answer")();
        Box::pin(std::future::ready(answer))
    })
    .await
}

fn after(wait: Duration, answer: Script) -> Try {
    Box::pin(async move {
        sleep(wait).await;
        answer()
    })
}

// The deadline.

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_is_given_up_at_the_deadline() {
    let call = call(config(), &PROVIDER.whoami, |_| {
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
        &PROVIDER.whoami,
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
        let call = call(config(), &PROVIDER.whoami, |_| {
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
        let call = call_for(config, &PROVIDER.whoami, &[|| answer(503)]).await;
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
    let call = call(config, &PROVIDER.whoami, |_| {
        after(seconds(86_400), || answer(200))
    })
    .await;
    assert!(call.result.is_ok());
}

// Tries.

#[tokio::test(start_paused = true)]
async fn at_most_two_more_tries() {
    for script in [
        || answer(429),
        || answer(502),
        || answer(503),
        || answer(504),
        broken as Script,
    ] {
        let call = call_for(config(), &PROVIDER.whoami, &[script]).await;
        assert_eq!(call.tries.len(), 3, "{:?}", call.result);
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_good_answer_ends_it() {
    let first: [Script; 5] = [
        || answer(429),
        || answer(502),
        || answer(503),
        || answer(504),
        broken,
    ];
    for first in first {
        let call = call_for(config(), &PROVIDER.whoami, &[first, || answer(200)]).await;
        assert!(call.result.is_ok(), "{:?}", call.result);
        assert_eq!(call.tries.len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_says_something_is_not_asked_for_again() {
    let answers: [Script; 11] = [
        || answer(200),
        || answer(204),
        || answer(302),
        || answer(400),
        || answer(401),
        || answer(403),
        || answer(404),
        || answer(408),
        || answer(500),
        || answer(501),
        || http(200, &[], "not JSON"),
    ];
    for script in answers {
        let call = call_for(config(), &PROVIDER.whoami, &[script]).await;
        assert_eq!(call.tries.len(), 1, "{:?}", call.result);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_too_large_is_not_asked_for_again() {
    let config = config().max_body_bytes(10);
    let call = call_for(
        config,
        &PROVIDER.whoami,
        &[|| http(200, &[], "01234567890")],
    )
    .await;
    assert_eq!(call.kind(), ErrorKind::BodyTooLarge);
    assert_eq!(call.tries.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_as_large_as_the_bound_is_read() {
    let config = config().max_body_bytes(10);
    let call = call_for(config, &PROVIDER.whoami, &[|| http(200, &[], "[1,2,3,45]")]).await;
    assert!(call.result.is_ok(), "{:?}", call.result);
}

#[tokio::test(start_paused = true)]
async fn retries_can_be_turned_off() {
    for retry in [Retry::OFF, Retry::default().max_retries(0)] {
        let config = config().retry(retry);
        let call = call_for(config, &PROVIDER.whoami, &[|| answer(503), || answer(200)]).await;
        assert_eq!(call.tries.len(), 1);
        assert_eq!(call.kind(), ErrorKind::Unavailable);
    }
}

#[tokio::test(start_paused = true)]
async fn retries_can_be_replaced() {
    let config = config().retry(Retry::default().max_retries(5));
    let call = call_for(config, &PROVIDER.whoami, &[|| answer(503)]).await;
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
        let call = call_for(config, &PROVIDER.whoami, &[|| answer(503)]).await;
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
        let call = call_for(config(), &PROVIDER.whoami, &[status, || answer(200)]).await;
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
        &PROVIDER.whoami,
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
async fn retry_after_in_the_past_is_over() {
    let call = call_for(
        config(),
        &PROVIDER.whoami,
        &[
            || http(503, &[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")], ""),
            || answer(200),
        ],
    )
    .await;
    assert!(call.result.is_ok());
    assert!(call.waits()[0] <= TICK, "{:?}", call.waits());
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
        let call = call_for(config(), &PROVIDER.whoami, &[script, || answer(200)]).await;
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
    let call = call(config(), &PROVIDER.whoami, |_| after(seconds(6), slow)).await;
    assert_eq!(call.tries.len(), 1);
    assert_eq!(call.kind(), ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn retry_after_of_no_known_form_is_as_none() {
    for value in ["soon", "-1", "1.5", "+3", ""] {
        let transport_answer = move || http(503, &[("retry-after", value)], "");
        let call = call(config(), &PROVIDER.whoami, |_| {
            Box::pin(std::future::ready(transport_answer()))
        })
        .await;
        assert_eq!(call.tries.len(), 3, "{value}");
        let error = call.result.expect_err("an error");
        assert_eq!(error.retry_after(), None, "{value}");
    }
}

// Spans.

/// A span that was seen, and what is on it.
#[derive(Clone, Debug, Default)]
struct Seen {
    fields: BTreeMap<&'static str, String>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

/// Keeps the spans of the core, in the order in which they are closed.
#[derive(Clone, Default)]
struct Listener {
    made: Arc<AtomicUsize>,
    closed: Arc<Mutex<Vec<Seen>>>,
}

impl Listener {
    fn listen(&self, level: LevelFilter) -> DefaultGuard {
        let core = filter_fn(|it| it.target().starts_with("keyholder_core"));
        Registry::default()
            .with(level)
            .with(core)
            .with(self.clone())
            .set_default()
    }

    fn spans(&self) -> Vec<Seen> {
        self.closed.lock().unwrap().clone()
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.made.fetch_add(1, Ordering::SeqCst);
        let mut seen = Seen::default();
        attributes.record(&mut seen);
        context.span(id).unwrap().extensions_mut().insert(seen);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let mut extensions = span.extensions_mut();
        values.record(extensions.get_mut::<Seen>().unwrap());
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        let seen = span.extensions_mut().remove::<Seen>().unwrap();
        self.closed.lock().unwrap().push(seen);
    }
}

fn fields(pairs: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    pairs
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_span_for_each_try_says_what_opentelemetry_names() {
    let listener = Listener::default();
    let _listening = listener.listen(LevelFilter::TRACE);
    let answers: &[Script] = &[
        || http(503, &[("retry-after", "1")], ""),
        broken,
        || http(401, &[], "{\"code\":\"kh_4f9d2c7ab1e06358\"}"),
    ];
    let call = call_for(config(), &PROVIDER.whoami, answers).await;
    assert_eq!(call.kind(), ErrorKind::Unauthenticated);
    let spans = listener.spans();
    let common = [
        ("otel.kind", "client"),
        ("otel.name", "GET /me"),
        ("http.request.method", "GET"),
        ("url.template", "/me"),
        ("server.address", "api.example.com"),
        ("server.port", "8443"),
        ("keyholder.provider", "example"),
        ("keyholder.operation", "get_me"),
    ];
    let outcomes = [
        vec![
            ("http.response.status_code", "503"),
            ("error.type", "unavailable"),
            ("keyholder.verdict", "indeterminate"),
        ],
        vec![
            ("http.request.resend_count", "1"),
            ("http.response.status_code", "200"),
            ("error.type", "connect"),
            ("keyholder.verdict", "indeterminate"),
        ],
        vec![
            ("http.request.resend_count", "2"),
            ("http.response.status_code", "401"),
            ("error.type", "unauthenticated"),
            ("keyholder.verdict", "invalid"),
        ],
    ];
    assert_eq!(spans.len(), outcomes.len());
    for (span, outcome) in spans.iter().zip(outcomes) {
        let expected = fields(&[common.to_vec(), outcome].concat());
        assert_eq!(span.fields, expected);
    }
    let everything = format!("{spans:?}");
    assert!(!everything.contains(TOKEN), "{everything}");
}

#[tokio::test(start_paused = true)]
async fn the_span_of_a_good_token_says_that_it_is_valid() {
    let good: [(Script, &str); 2] = [
        (|| answer(200), "200"),
        // Good, and it stands for nobody.
        (|| http(404, &[], "{\"code\":\"no_user\"}"), "404"),
    ];
    for (script, status) in good {
        let listener = Listener::default();
        let listening = listener.listen(LevelFilter::TRACE);
        call_for(config(), &PROVIDER.whoami, &[script]).await;
        drop(listening);
        let spans = listener.spans();
        assert_eq!(spans.len(), 1);
        let fields = &spans[0].fields;
        assert_eq!(fields["keyholder.verdict"], "valid");
        assert_eq!(fields["http.response.status_code"], status);
    }
}

#[tokio::test(start_paused = true)]
async fn the_url_on_a_span_does_not_hold_the_token() {
    static IN_QUERY: ProviderInfo = ProviderInfo::new("example", "1.2.3", operation("GET"))
        .with_base_url("https://api.example.com/base/")
        .with_authentication(keyholder_core::Authentication::Query { name: "key" });
    let listener = Listener::default();
    let _listening = listener.listen(LevelFilter::TRACE);
    let transport = Transport::new(&IN_QUERY, config()).unwrap();
    let result: Result<Response<Value>, OperationError<Undocumented>> = transport
        .send(&IN_QUERY.whoami, || async {
            let url = format!("{}/me?page=1", transport.base_url());
            let mut request = transport.http_client().get(url).build().unwrap();
            transport.prepare_request(&mut request, &IN_QUERY.whoami);
            let query = request.url().query().unwrap_or_default();
            assert!(query.contains(TOKEN), "the request carries it: {query}");
            answer(200).0
        })
        .await;
    assert!(result.is_ok());
    let spans = listener.spans();
    assert_eq!(
        spans[0].fields["url.full"],
        "https://api.example.com/base/me?page=1"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_made_when_nobody_listens() {
    for (level, spans) in [
        (LevelFilter::OFF, 0),
        (LevelFilter::WARN, 0),
        (LevelFilter::INFO, 3),
    ] {
        let listener = Listener::default();
        let listening = listener.listen(level);
        call_for(config(), &PROVIDER.whoami, &[|| answer(503)]).await;
        drop(listening);
        assert_eq!(listener.made.load(Ordering::SeqCst), spans, "{level}");
    }
}
