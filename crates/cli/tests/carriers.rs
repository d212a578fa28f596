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
/// The same, of two parts.
const TOKEN: &str = "u7:kh/9f8+e7d6~c5b4.a3b2-c1d0_4f5e==";
use keyholder::{Authentication, Config, ErrorKind, Operation, Provider, ProviderInfo};
use keyholder_core::{
    Credential, Encoding, Meaning, OperationError, Part, Response, Rule, Status, Transport,
};
use serde_json::Value;
use shown::{all_of, debug, leaks, outcome};
use testing_fault_server::{Answer, Server};
use tracing_subscriber::fmt::format::FmtSpan;

fn key() -> Authentication {
    Authentication::header("X-Key", "")
}

/// One that takes the token in parts.
fn in_all() -> Provider {
    let parts = vec![
        Part::new("key", key()),
        Part::new("query", Authentication::query("key")),
    ];
    taking("all", Authentication::All { parts })
}

/// A header in which the token is encoded.
fn in_base64() -> Authentication {
    let mut header = key();
    if let Authentication::Header { encoding, .. } = &mut header {
        *encoding = Some(Encoding::Base64);
    }
    header
}

/// A provider that takes the token in this way.
fn taking(name: &str, authentication: Authentication) -> Provider {
    let path = match &authentication {
        Authentication::Path { name } => format!("/keys/{{{name}}}/me"),
        _ => "/me".to_owned(),
    };
    let mut operation = Operation::new("get_me", "GET", path);
    operation.code = vec!["/code".parse().unwrap()];
    operation.answers = vec![Rule::new(Status::Code(401), Meaning::Unauthenticated)];
    let mut info = ProviderInfo::new(name, operation);
    info.credentials = vec![Credential::new(name, authentication)];
    info.into()
}

/// Sends one request, and gives all that is shown of it and of what came.
async fn send(transport: &Transport) -> String {
    let client = harness::http_client();
    let shown = Mutex::new(debug(transport));
    let result: Result<Response<Value>, OperationError<()>> = transport
        .send_by(0, &[], |request| {
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
    for provider in [
        taking("basic", Authentication::basic()),
        taking("header", key()),
        taking("cookie", Authentication::cookie("key")),
        taking("query", Authentication::query("key")),
        taking("path", Authentication::path("key")),
        taking("body", Authentication::body("/auth/key".parse().unwrap())),
        taking("base64", in_base64()),
        in_all(),
    ] {
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
            calls.extend(answers.map(|answer| call(provider.clone(), answer)));
        }
    }
    for (provider, shown) in join_all(calls).await {
        assert_eq!(leaks(&shown), BTreeSet::new(), "{}: {shown}", provider.name);
    }
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    let tries = log.lines().filter(|it| it.contains("keyholder.verdict="));
    assert!(tries.count() >= 256, "each is logged");
    for line in log.lines() {
        assert_eq!(leaks(line), BTreeSet::new(), "{line}");
    }
}

/// Calls a server that answers so, and a port at which none is.
async fn call(provider: Provider, answer: Answer) -> (Provider, String) {
    let server = Server::start([answer]).await.unwrap();
    let config = Config::new(TOKEN)
        .timeout(Duration::from_secs(3))
        .http_client(harness::http_client());
    let transport = |base_url: &str| {
        let config = config.clone().base_url(base_url);
        Transport::new(&provider, &config).unwrap()
    };
    let shown = send(&transport(&server.url())).await;
    // Or the search would have had nothing to find.
    let requests = server.requests();
    let bodies = requests.iter().map(|it| String::from_utf8_lossy(&it.body));
    let sent = format!("{requests:?} {:?}", bodies.collect::<Vec<_>>());
    assert!(!leaks(&sent).is_empty(), "{} sent {sent}", provider.name);
    // Below those that systems hand out: nobody else comes to listen there.
    let shown = shown + &send(&transport("http://127.0.0.1:1")).await;
    (provider, shown)
}

/// A token that parts of a request carry is refused when it has too few of them, and not shown.
#[test]
fn a_token_that_cannot_be_sent_is_not_shown() {
    for (provider, token) in [
        (in_all(), TOKEN.replace(':', "/")),
        (taking("header", key()), format!("{TOKEN}\n")),
        (
            taking("query", Authentication::query("key")),
            format!("{TOKEN}\u{e9}"),
        ),
        (
            taking("basic", Authentication::basic()),
            format!("{TOKEN} "),
        ),
    ] {
        let error = Transport::new(&provider, &Config::new(token)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let shown = all_of(&error);
        assert_eq!(leaks(&shown), BTreeSet::new(), "{shown}");
    }
}
