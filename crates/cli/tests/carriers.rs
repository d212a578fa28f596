//! Whichever way a request carries the token, nothing that the library shows or logs holds it.
//!
//! Apart from the other tests: what is logged is decided once for a process, by whoever comes first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod shown;
#[allow(dead_code)]
mod table;

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use harness::TOKEN;
use keyholder::{Authentication, Config, ErrorKind, Operation, ProviderInfo};
use keyholder_core::{Meaning, OperationError, Response, Transport};
use serde_json::Value;
use shown::{all_of, debug, leaks, outcome};
use testing_fault_server::{Answer, Server};
use tracing_subscriber::fmt::format::FmtSpan;

const KEY: Authentication = Authentication::Header {
    name: "x-key",
    prefix: "",
};

const COOKIE: Authentication = Authentication::Cookie { name: "key" };

const QUERY: Authentication = Authentication::Query { name: "key" };

static BASIC: ProviderInfo = taking("basic", Authentication::Basic);
static IN_HEADER: ProviderInfo = taking("header", KEY);
static IN_COOKIE: ProviderInfo = taking("cookie", COOKIE);
static IN_QUERY: ProviderInfo = taking("query", QUERY);
static IN_ALL: ProviderInfo = taking("all", Authentication::All(&[KEY, QUERY]));

/// A provider that takes the token in this way.
const fn taking(name: &'static str, authentication: Authentication) -> ProviderInfo {
    const REFUSED: &[keyholder_core::Answer] = &[keyholder_core::Answer::status(
        401,
        Meaning::Unauthenticated,
    )];
    let operation = Operation::new("get_me", "GET", "/me")
        .with_code("/code")
        .with_answers(REFUSED);
    ProviderInfo::new(name, "1.2.3", operation).with_authentication(authentication)
}

/// Sends one request, and gives all that is shown of it and of what came.
async fn send(transport: &Transport) -> String {
    let client = harness::http_client();
    let shown = Mutex::new(debug(transport));
    let result: Result<Response<Value>, OperationError<()>> = transport
        .send_by(&[], |request| {
            // Its URL is the one thing that may show a token, where that goes into the query.
            *shown.lock().unwrap() += &debug(&request.headers());
            client.execute(request)
        })
        .await;
    shown.into_inner().unwrap() + &outcome(result)
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_way_of_carrying_a_token_leaks_it() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .init();
    let mut calls = Vec::new();
    for provider in [&BASIC, &IN_HEADER, &IN_COOKIE, &IN_QUERY, &IN_ALL] {
        // The whole, and the part that some send by itself.
        for token in [TOKEN, TOKEN.split_once(':').unwrap().1] {
            let json = format!(r#"{{"code":"{token}","{token}":["{token}"]}}"#);
            let location = format!("Location: /?key={token}");
            let answers = [
                Answer::json(200, &json),
                Answer::json(401, &json),
                Answer::json(500, &json),
                Answer::http(302, &[&location], ""),
                Answer::html(403, token),
                Answer::new().send(format!("{token}\r\n\r\n")).close(),
                Answer::new().reset(),
                Answer::new().silence(),
            ];
            calls.extend(answers.map(|answer| call(provider, answer)));
        }
    }
    for (provider, shown) in join_all(calls).await {
        assert_eq!(leaks(&shown), BTreeSet::new(), "{}: {shown}", provider.name);
    }
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    let tries = log.lines().filter(|it| it.contains("keyholder.verdict="));
    assert!(tries.count() >= 160, "each is logged");
    for line in log.lines() {
        assert_eq!(leaks(line), BTreeSet::new(), "{line}");
    }
}

/// Calls a server that answers so, and a port at which none is.
async fn call(provider: &'static ProviderInfo, answer: Answer) -> (&'static ProviderInfo, String) {
    let server = Server::start([answer]).await.unwrap();
    let config = Config::new(TOKEN)
        .timeout(Duration::from_secs(3))
        .http_client(harness::http_client());
    let transport = |base_url: &str| {
        let config = config.clone().base_url(base_url);
        Transport::new(provider, &config).unwrap()
    };
    let shown = send(&transport(&server.url())).await;
    // Or the search would have had nothing to find.
    let sent = format!("{:?}", server.requests());
    assert!(!leaks(&sent).is_empty(), "{} sent {sent}", provider.name);
    // Below those that systems hand out: nobody else comes to listen there.
    (
        provider,
        shown + &send(&transport("http://127.0.0.1:1")).await,
    )
}

/// A token that parts of a request carry is refused when it has too few of them, and not shown.
#[test]
fn a_token_that_cannot_be_sent_is_not_shown() {
    for (provider, token) in [
        (&IN_ALL, TOKEN.replace(':', "/")),
        (&IN_HEADER, format!("{TOKEN}\n")),
        (&IN_QUERY, format!("{TOKEN}\u{e9}")),
        (&BASIC, format!("{TOKEN} ")),
    ] {
        let error = Transport::new(provider, &Config::new(token)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let shown = all_of(&error);
        assert_eq!(leaks(&shown), BTreeSet::new(), "{shown}");
    }
}
