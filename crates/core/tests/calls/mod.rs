//! Calls whose tries come to what a test says, without a connection.

use std::future::Future;
use std::pin::Pin;
use std::sync::{LazyLock, Mutex};

use futures_util::stream;
use keyholder_core::{
    Config, ErrorKind, Meaning, Operation, OperationError, Provider, ProviderInfo, Response, Rule,
    Status, Transport,
};
use reqwest::ResponseBuilderExt as _;
use serde_json::Value;
use tokio::time::{Duration, Instant, sleep};

pub(crate) const TOKEN: &str = "kh_4f9d2c7ab1e06358";

/// An operation whose success tells good from bad, and no more.
pub(crate) fn operation(method: &str) -> Operation {
    let mut operation = Operation::new("get_me", method, "/me");
    operation.code = vec!["/code".parse().unwrap()];
    operation.answers = vec![
        Rule::new(Status::Code(401), Meaning::Unauthenticated),
        Rule::new(Status::Code(404), Meaning::NoSubject).with_code("no_user"),
    ];
    operation
}

pub(crate) fn provider(operation: Operation) -> ProviderInfo {
    let mut provider = ProviderInfo::new("example", operation);
    provider.base_url = Some("https://api.example.com:8443/base".to_owned());
    provider
}

/// The clock is tokio's: it goes from one waited-for moment to the next, and a wait ends on a whole millisecond.
pub(crate) const TICK: Duration = Duration::from_millis(1);

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The defaults, but for a client that is made once: nothing is sent with it.
pub(crate) fn config() -> Config {
    static CLIENT: LazyLock<reqwest::Client> =
        LazyLock::new(|| keyholder_core::http_client_builder().build().unwrap());
    Config::new(TOKEN).http_client(CLIENT.clone())
}

/// What an HTTP client gives for one try.
pub(crate) type Sent = reqwest::Result<reqwest::Response>;

/// Makes what comes of a try.
pub(crate) type Script = fn() -> Sent;

pub(crate) type Try = Pin<Box<dyn Future<Output = Sent> + Send>>;

/// An answer of this status, with these headers and this body.
#[allow(clippy::unnecessary_wraps)] // A script gives errors as well.
pub(crate) fn http(status: u16, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Sent {
    let mut answer = http::Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    let url = "https://api.example.com:8443/base/me".parse().unwrap();
    Ok(answer.url(url).body(body.into()).unwrap().into())
}

pub(crate) fn answer(status: u16) -> Sent {
    http(status, &[], "{}")
}

/// An answer whose connection breaks in the middle of the body.
pub(crate) fn broken() -> Sent {
    let chunks = [
        Ok("{\"id\":".to_owned()),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ];
    http(200, &[], reqwest::Body::wrap_stream(stream::iter(chunks)))
}

/// What came of a call.
pub(crate) struct Call {
    pub(crate) result: Result<Response<Value>, OperationError<()>>,
    /// When each try began, from the start of the call.
    pub(crate) tries: Vec<Duration>,
    /// How long the call took.
    pub(crate) took: Duration,
}

impl Call {
    pub(crate) fn kind(&self) -> ErrorKind {
        self.result.as_ref().expect_err("a failure").kind()
    }

    /// The waits between tries that are over at once.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.tries
            .windows(2)
            .map(|it| it[1].saturating_sub(it[0]))
            .collect()
    }
}

/// Calls `operation`; the nth try, from 0, comes to what `script` gives.
pub(crate) async fn call(
    config: Config,
    operation: &Operation,
    script: impl Fn(usize) -> Try,
) -> Call {
    let provider = Provider::from(provider(operation.clone()));
    let transport = Transport::new(&provider, &config).unwrap();
    let start = Instant::now();
    let tries = Mutex::new(Vec::new());
    let result = transport
        .send_by(0, &[], |_| {
            let mut tries = tries.lock().unwrap();
            tries.push(start.elapsed());
            script(tries.len() - 1)
        })
        .await;
    Call {
        result,
        tries: tries.into_inner().unwrap(),
        took: start.elapsed(),
    }
}

/// Calls with answers that are there at once, the last of them again and again.
pub(crate) async fn call_for(config: Config, operation: &Operation, answers: &[Script]) -> Call {
    call(config, operation, |nth| {
        let answer = answers.get(nth).or(answers.last()).expect("an answer")();
        Box::pin(std::future::ready(answer))
    })
    .await
}

pub(crate) fn after(wait: Duration, answer: Script) -> Try {
    Box::pin(async move {
        sleep(wait).await;
        answer()
    })
}
