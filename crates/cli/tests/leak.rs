//! No token leaks: not from the command with every log on, not from anything that the library shows.
//!
//! Every case of the table is searched, and servers that send the token back in every way that they could.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::io;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD,
};
use futures_util::future::join_all;
use harness::{Servers, TOKEN, config};
use keyholder::{
    Authentication, Config, Error, ErrorKind, Operation, Provider, ProviderInfo, Token, WhoAmI,
};
use keyholder_core::{ErrorResponse, Meaning, OperationError, Response, Transport};
use keyholder_fault_server::{Answer, Server};
use memchr::memmem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use progenitor_client::{Error as RequestError, ResponseValue};
use serde::Serialize;
use serde_json::Value;
use table::{Case, Expected, Scene, Subject, Wait, cases, example};
use tokio::join;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt;

// The search.

/// What `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The token in every form that it is searched in, each with a name.
fn forms() -> Vec<(&'static str, String)> {
    let bearer = format!("Bearer {TOKEN}");
    let percent = utf8_percent_encode(TOKEN, NON_ALPHANUMERIC).to_string();
    let escaped: String = TOKEN.bytes().map(|it| format!("\\u{it:04x}")).collect();
    vec![
        ("as it is", TOKEN.to_owned()),
        ("with its scheme", bearer.clone()),
        ("in base64", BASE64_STANDARD.encode(TOKEN)),
        (
            "in base64 without padding",
            BASE64_STANDARD_NO_PAD.encode(TOKEN),
        ),
        ("in base64 for URLs", BASE64_URL_SAFE.encode(TOKEN)),
        (
            "in base64 for URLs without padding",
            BASE64_URL_SAFE_NO_PAD.encode(TOKEN),
        ),
        (
            "with its scheme, in base64",
            BASE64_STANDARD.encode(&bearer),
        ),
        (
            "with its scheme, in base64 without padding",
            BASE64_STANDARD_NO_PAD.encode(&bearer),
        ),
        (
            "with its scheme, in base64 for URLs",
            BASE64_URL_SAFE.encode(&bearer),
        ),
        // Base64 takes three bytes together, so there are three ways to fall.
        (
            "after one more, in base64",
            BASE64_STANDARD.encode(format!("x{TOKEN}")),
        ),
        (
            "after two more, in base64",
            BASE64_STANDARD.encode(format!("xx{TOKEN}")),
        ),
        (
            "as a password, in base64",
            BASE64_STANDARD.encode(format!("id:{TOKEN}:x")),
        ),
        (
            "as a user name, in base64",
            BASE64_STANDARD.encode(format!("{TOKEN}:")),
        ),
        ("percent-encoded", percent.clone()),
        ("percent-encoded in lower case", percent.to_lowercase()),
        (
            "percent-encoded as a component",
            utf8_percent_encode(TOKEN, COMPONENT).to_string(),
        ),
        ("escaped as JSON may be", escaped),
        ("escaped as PHP does", TOKEN.replace('/', "\\/")),
        (
            "base64, percent-encoded",
            utf8_percent_encode(&BASE64_STANDARD.encode(TOKEN), COMPONENT).to_string(),
        ),
    ]
}

/// What to search for, each with a name: the forms, and traces of them.
static NEEDLES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let forms = forms().into_iter();
    let mut needles: Vec<_> = forms.map(|(name, it)| (name.to_owned(), it)).collect();
    // A part of it is enough to complain: every sixteen characters of it hold one of these.
    for part in TOKEN.as_bytes().windows(12).step_by(4) {
        let part = String::from_utf8(part.to_vec()).unwrap();
        needles.push((format!("in the part {part}"), part));
    }
    // Bytes, as `Debug` prints them.
    let bytes: Vec<_> = TOKEN.bytes().map(|it| it.to_string()).collect();
    needles.push(("as bytes".to_owned(), bytes.join(", ")));
    needles.push(("as bytes, a line each".to_owned(), bytes.join(",\n")));
    // Base64 of something that it is in the middle of.
    for before in ["", "x", "xx"] {
        for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            let inside = engine.encode(format!("{before}{TOKEN}"));
            let inside = inside[4..inside.len() - 2].to_owned();
            needles.push(("within base64".to_owned(), inside));
        }
    }
    needles
});

/// What of the token is in `text`.
fn leaks(text: &str) -> BTreeSet<String> {
    // What was percent-encoded, escaped or indented is read as it was meant.
    let mut readings = BTreeSet::from([text.to_owned(), unescape(text)]);
    for reading in readings.clone() {
        readings.insert(
            percent_decode_str(&reading)
                .decode_utf8_lossy()
                .into_owned(),
        );
    }
    let indented = text.lines().any(|it| it.starts_with(' '));
    if indented {
        let lines: Vec<_> = text.lines().map(str::trim_start).collect();
        readings.insert(lines.join("\n"));
    }
    let readings: Vec<_> = readings.into_iter().collect();
    let readings = readings.join("\0");
    NEEDLES
        .iter()
        .filter(|(_, needle)| memmem::find(readings.as_bytes(), needle.as_bytes()).is_some())
        .map(|(name, _)| name.clone())
        .collect()
}

/// `text` with `\uXXXX` and `\/` as the characters that they stand for.
fn unescape(text: &str) -> String {
    let mut unescaped = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        unescaped.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let code = rest
            .strip_prefix('u')
            .and_then(|it| it.get(..4))
            .and_then(|it| u32::from_str_radix(it, 16).ok())
            .and_then(char::from_u32);
        if let Some(character) = code {
            unescaped.push(character);
            rest = &rest[5..];
        } else if !rest.starts_with('/') {
            unescaped.push('\\');
        }
    }
    unescaped.push_str(rest);
    unescaped
}

/// The search finds the token wherever it is planted, and nothing where it is not.
#[test]
fn the_search_finds_every_form() {
    for (name, form) in forms() {
        for planted in [
            form.clone(),
            format!("2026-01-01T00:00:00Z TRACE before{form}after\n"),
            format!("{{\"name\":\"x {form}\"}}"),
        ] {
            assert!(!leaks(&planted).is_empty(), "{name}: {planted}");
        }
    }
    for planted in [
        format!("{:?}", TOKEN.as_bytes()),
        format!("{:#?}", TOKEN.as_bytes()),
        format!("{TOKEN:?}"),
        TOKEN[..20].to_owned(),
        TOKEN[TOKEN.len() - 20..].to_owned(),
    ] {
        assert!(!leaks(&planted).is_empty(), "{planted}");
    }
    for clean in [
        "",
        "Token([REDACTED])",
        "Authorization: Sensitive",
        "u7:",
        "%2F%2F \\u0041\\/",
    ] {
        assert_eq!(leaks(clean), BTreeSet::new(), "{clean}");
    }
}

/// The command is searched as it should be: a token that the caller plants in what is shown is found.
#[tokio::test(flavor = "multi_thread")]
async fn the_search_finds_a_token_that_the_command_prints() {
    let case = echo("extruct", "nothing", |it| {
        vec![Answer::json(200, example(it))]
    });
    let servers = Servers::start(&case).await;
    let base_url = format!("{}/{TOKEN}", servers.asked.url());
    let output = harness::whoami(&case, &base_url, &[("RUST_LOG", "trace")]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        !leaks(&String::from_utf8_lossy(&output.stdout)).is_empty(),
        "`iss` is the base URL"
    );
    assert!(
        !leaks(&String::from_utf8_lossy(&output.stderr)).is_empty(),
        "`url.full` has the base URL"
    );
}

// The cases.

#[tokio::test(flavor = "multi_thread")]
async fn no_case_of_the_table_leaks() {
    harness::for_each_case(&cases(), |case| async move {
        everything_shown(&case).await.complaints()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_makes_it_leak_by_sending_it_back() {
    harness::for_each_case(&echoes(), |case| async move {
        let shown = everything_shown(&case).await;
        let mut complaints = shown.complaints();
        // What is shown of the answer is there, without the token.
        if case.expected.verdict == "valid" && !shown.command.contains("[REDACTED]") {
            complaints.push(format!("nothing was taken out: {}", shown.command));
        }
        if case.expected.verdict != "any" && !shown.command.contains(case.expected.verdict) {
            complaints.push(format!("not {}: {}", case.expected.verdict, shown.command));
        }
        complaints
    })
    .await;
}

/// Everything that is shown of a case.
struct Shown {
    /// Standard output, as JSON and as a table.
    command: String,
    /// Standard error, with every log on.
    log: String,
    /// What the library's values print, return and serialise to.
    library: String,
}

impl Shown {
    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for (what, text) in [
            ("standard output", &self.command),
            ("standard error", &self.log),
            ("the library", &self.library),
        ] {
            for leak in leaks(text) {
                complaints.push(format!("{what} holds the token {leak}: {text}"));
            }
        }
        // An empty log would hold nothing, whatever is logged.
        if !self.log.contains("keyholder.verdict=") {
            complaints.push(format!("no try was logged: {}", self.log));
        }
        complaints
    }
}

async fn everything_shown(case: &Case) -> Shown {
    let table = async {
        // A table says no more than JSON does: it is enough to look where an identity is sent back.
        if case.name.starts_with(ECHO) && case.expected.verdict == "valid" {
            command(case, false).await
        } else {
            Default::default()
        }
    };
    let (json, table, library) = join!(command(case, true), table, library(case));
    Shown {
        command: json.0 + &table.0,
        log: json.1 + &table.1,
        library,
    }
}

/// Standard output and standard error, with every log on.
async fn command(case: &Case, json: bool) -> (String, String) {
    let servers = Servers::start(case).await;
    let environment = [("RUST_LOG", "trace")];
    let output = if json {
        harness::whoami(case, &servers.asked.url(), &environment).await
    } else {
        harness::whoami_table(case, &servers.asked.url(), &environment).await
    };
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

// The library.

async fn library(case: &Case) -> String {
    let (typed, general) = join!(typed(case), general(case));
    typed + &general
}

/// What the trait gives: an identity, or an error.
async fn general(case: &Case) -> String {
    let servers = Servers::start(case).await;
    let verdict = harness::verify(case, &servers.asked.url()).await;
    let mut shown = format!("{verdict:?} {verdict:#?}\n");
    if let Some(identity) = verdict.identity() {
        shown += &debug(identity);
        shown += &serde_json::to_string_pretty(identity).unwrap();
    }
    if let Some(error) = verdict.error() {
        shown += &all_of(error);
    }
    shown
}

/// What the provider's own client gives: its types, or an error with its types.
async fn typed(case: &Case) -> String {
    macro_rules! typed {
        ($provider:ident, $operation:ident) => {{
            let servers = Servers::start(case).await;
            let config = config(case, &servers.asked.url());
            let shown = debug(&config) + &debug(&Token::from(TOKEN));
            let client = keyholder::$provider::Client::with_config(config).unwrap();
            let shown = shown + &debug(&client) + &debug(&client.clone().provider());
            shown + &outcome(client.$operation().await)
        }};
    }
    match case.provider {
        Provider::Extruct => typed!(extruct, get_user),
        Provider::Katapult => typed!(katapult, get_current_user),
        Provider::Nextdocs => typed!(nextdocs, get_current_user),
        Provider::Unleash => typed!(unleash, get_me),
        // A provider that came later has the same client, made by the same generator.
        _ => String::new(),
    }
}

fn outcome<T: Debug + Serialize, R: Debug>(
    result: Result<Response<T>, OperationError<R>>,
) -> String {
    let mut shown = debug(&result);
    match result {
        Ok(response) => {
            shown += &debug(&*response);
            shown += &serde_json::to_string_pretty(&*response).unwrap();
        }
        Err(error) => {
            shown += &debug(&error.response());
            shown += &display(&error);
            shown += &all_of(&error);
            shown += &all_of(&Error::from(error));
        }
    }
    shown
}

fn debug(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

fn display(value: &(impl Display + ?Sized)) -> String {
    format!("{value}\n{value:#}\n")
}

/// All that an error can be asked for, its sources included.
fn all_of(error: &Error) -> String {
    let mut shown = debug(error) + &display(error);
    let mut source = error.source();
    while let Some(error) = source {
        shown += &format!("{error:?}\n{error:#?}\n");
        shown += &display(error);
        source = error.source();
    }
    shown += &String::from_utf8_lossy(error.body().unwrap_or_default());
    shown += &format!("{:?} {:?}\n", error.code(), error.path());
    shown
}

// Servers that send the token back.

const ECHO: &str = "echo of ";

/// A verdict of "any" is one that is not looked at.
fn case(
    provider: Provider,
    name: &str,
    verdict: &'static str,
    answers: impl Fn(&Scene) -> Vec<Answer> + Send + Sync + 'static,
) -> Case {
    Case {
        provider,
        name: format!("{ECHO}{name}"),
        answers: Arc::new(answers),
        timeout: table::LONG,
        expected: Expected {
            verdict,
            exit: 0,
            kind: None,
            status: None,
            code: None,
            retry_after: Wait::None,
            subject: Subject::Nobody,
            requests: 1,
        },
    }
}

fn echo(provider: &str, name: &str, answers: fn(&Scene) -> Vec<Answer>) -> Case {
    case(harness::provider(provider), name, "any", answers)
}

fn echoes() -> Vec<Case> {
    let mut cases = Vec::new();
    for &provider in Provider::ALL {
        for (name, form) in forms() {
            // In the body of every kind of answer.
            let body = in_every_text(provider, &form);
            cases.push(case(
                provider,
                &format!("every text, {name}"),
                "valid",
                move |_| vec![Answer::json(200, &body)],
            ));
            let body = in_an_error(&form);
            cases.push(case(
                provider,
                &format!("a refusal, {name}"),
                "any",
                move |_| vec![Answer::json(401, &body)],
            ));
            let page = format!("<!DOCTYPE html><p title=\"{form}\">{form}</p>");
            cases.push(case(
                provider,
                &format!("a page, {name}"),
                "indeterminate",
                move |_| vec![Answer::html(403, &page)],
            ));
        }
        for (name, answers) in in_one_form() {
            cases.push(Case {
                timeout: table::SHORT,
                ..case(provider, name, "any", answers)
            });
        }
    }
    cases
}

/// The example with `form` in place of every text, so that it reads as before.
fn in_every_text(provider: Provider, form: &str) -> String {
    fn replace(value: &mut Value) {
        match value {
            Value::String(text) => MARK.clone_into(text),
            Value::Array(items) => items.iter_mut().for_each(replace),
            Value::Object(members) => {
                members.values_mut().for_each(replace);
                if members.values().all(Value::is_boolean) {
                    // A map from any name to a flag.
                    members.insert(MARK.to_owned(), Value::Bool(true));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut body = serde_json::from_str(provider.examples()[0].1).unwrap();
    replace(&mut body);
    body.to_string().replace(MARK, form)
}

/// Where a form goes that is JSON already.
const MARK: &str = "@@@@";

/// A JSON error with `form` in every field that errors have.
fn in_an_error(form: &str) -> String {
    format!(
        r#"{{"code":"{form}","name":"{form}","message":"{form}","{form}":"{form}","error":{{"code":"{form}","message":"{form}"}},"details":[{{"message":"{form}"}}]}}"#
    )
}

type Answers = fn(&Scene) -> Vec<Answer>;

/// Everywhere else, the token as it is.
#[rustfmt::skip]
fn in_one_form() -> Vec<(&'static str, Answers)> { vec![
    ("headers",              |it| vec![Answer::http(401, &headers(), example(it))]),
    ("headers of a success", |it| vec![Answer::http(200, &headers(), example(it))]),
    ("a redirect",           |it| vec![Answer::http(302, &[&format!("Location: {}/?key={TOKEN}", it.elsewhere)], "")]),
    ("a redirect to a user", |_|  vec![Answer::http(307, &[&format!("Location: https://x:{TOKEN}@127.0.0.1/")], "")]),
    ("a wait",               |_|  vec![Answer::http(429, &[&format!("Retry-After: {TOKEN}")], TOKEN)]),
    ("a reason",             |_|  vec![Answer::new().send(format!("HTTP/1.1 401 {TOKEN}\r\nContent-Length: 0\r\n\r\n"))]),
    ("garbage",              |_|  vec![Answer::new().send(format!("{TOKEN}\r\n\r\n{TOKEN}")).close()]),
    ("a header's name",      |_|  vec![Answer::new().send(format!("HTTP/1.1 200 OK\r\n{TOKEN}: 1\r\n\r\n")).close()]),
    ("a header that is none", |_| vec![Answer::new().send(format!("HTTP/1.1 200 OK\r\n\t{TOKEN}\r\n\r\n")).close()]),
    ("a length",             |_|  vec![Answer::new().send(format!("HTTP/1.1 200 OK\r\nContent-Length: {TOKEN}\r\n\r\n")).close()]),
    ("a chunk's length",     |_|  vec![Answer::new().send(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{TOKEN}\r\n")).close()]),
    ("a chunk's extension",  |_|  vec![Answer::new().send(format!("HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n2;{TOKEN}\r\n{{}}\r\n0\r\n{TOKEN}: {TOKEN}\r\n\r\n"))]),
    ("two chunks",           |_|  vec![in_chunks(403)]),
    ("two chunks of a page", |_|  vec![in_chunks(200)]),
    ("a broken body",        |_|  vec![Answer::new().send(format!("HTTP/1.1 401 No\r\nContent-Length: 999\r\n\r\n{TOKEN}")).close()]),
    ("a silent body",        |_|  vec![Answer::new().send(format!("HTTP/1.1 401 No\r\nContent-Length: 999\r\n\r\n{TOKEN}")).silence()]),
    ("an endless body",      |_|  vec![Answer::new().send("HTTP/1.1 401 No\r\n\r\n").flood(TOKEN.repeat(1000))]),
    ("values of other types", |it| vec![Answer::json(200, of_another_type(it))]),
    ("names and other types", |it| vec![Answer::json(200, example(it).replace("true", &format!("{{\"{TOKEN}\":\"{TOKEN}\"}}")))]),
    ("a text",               |_|  vec![Answer::json(200, format!("\"{TOKEN}\""))]),
    ("not JSON",             |_|  vec![Answer::json(200, TOKEN)]),
    ("the last of a page",   |_|  vec![Answer::html(403, format!("{}{TOKEN}", "x".repeat(4080)))]),
    ("a status",             |_|  vec![Answer::json(500, format!("{{\"code\":\"{TOKEN}\"}}"))]),
    ("a code of 400",        |_|  vec![Answer::json(400, format!("{{\"code\":\"{TOKEN}\"}}"))]),
    ("a code of 404",        |_|  vec![Answer::json(404, format!("{{\"code\":\"{TOKEN}\",\"error\":{{\"code\":\"{TOKEN}\"}}}}"))]),
] }

fn headers() -> Vec<&'static str> {
    [
        "X-Token: ",
        "Set-Cookie: session=",
        "WWW-Authenticate: Bearer error=",
        "Location: /?key=",
        "Content-Type: text/",
        "Server: ",
    ]
    .map(|it| &*format!("{it}{TOKEN}").leak())
    .to_vec()
}

fn in_chunks(status: u16) -> Answer {
    let (a, b) = TOKEN.split_at(TOKEN.len() / 2);
    Answer::new()
        .send(format!(
            "HTTP/1.1 {status} Status\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{a}\r\n",
            a.len()
        ))
        .wait(table::MOMENT)
        .send(format!("{:x}\r\n{b}\r\n0\r\n\r\n", b.len()))
}

/// The example with the token in place of all that is no text, so that it does not read.
fn of_another_type(scene: &Scene) -> String {
    fn replace(value: &mut Value) {
        match value {
            Value::String(text) => *value = serde_json::json!([text, TOKEN]),
            Value::Array(items) => items.iter_mut().for_each(replace),
            Value::Object(members) => members.values_mut().for_each(replace),
            Value::Null | Value::Bool(_) | Value::Number(_) => *value = Value::from(TOKEN),
        }
    }
    let mut body = serde_json::from_str(&example(scene)).unwrap();
    replace(&mut body);
    body.to_string()
}

// The other ways for a request to carry a token.

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

/// No error of this operation has a type of its own.
#[derive(Debug)]
struct Untyped;

impl ErrorResponse for Untyped {
    fn decode(_: u16, _: Option<&str>, _: &[u8]) -> Option<Self> {
        None
    }
}

/// Sends one request as generated code does, and gives all that is shown of it and of what came.
async fn send(transport: &Transport) -> String {
    let operation = &transport.provider().whoami;
    let shown = Mutex::new(debug(transport));
    let result: Result<Response<Value>, OperationError<Untyped>> = transport
        .send(operation, || async {
            let url = format!("{}{}", transport.base_url(), operation.path);
            let mut request = transport.http_client().get(url).build().unwrap();
            transport.prepare_request(&mut request, operation);
            // Its URL is the one thing that may show a token, where that goes into the query.
            *shown.lock().unwrap() += &debug(&request.headers());
            let answer = transport.http_client().execute(request).await;
            if transport.was_redirected(&answer) {
                return Err(RequestError::Custom(String::new()));
            }
            let answer = answer?;
            if answer.status().is_success() {
                Ok(ResponseValue::stream(answer))
            } else {
                Err(RequestError::UnexpectedResponse(answer))
            }
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
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    let logging = subscriber.set_default();
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
    drop(logging);
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    let tries = log.lines().filter(|it| it.contains("keyholder.verdict="));
    assert!(tries.count() >= 160, "each is logged");
    for line in log.lines() {
        assert_eq!(leaks(line), BTreeSet::new(), "{line}");
    }
}

/// Calls a server that answers so, and one that is gone.
async fn call(provider: &'static ProviderInfo, answer: Answer) -> (&'static ProviderInfo, String) {
    let server = Server::start([answer]).await.unwrap();
    let config = Config::new(TOKEN)
        .base_url(server.url())
        .timeout(Duration::from_secs(3))
        .http_client(harness::http_client());
    let transport = Transport::new(provider, config).unwrap();
    let shown = send(&transport).await;
    // Or the search would have had nothing to find.
    let sent = format!("{:?}", server.requests());
    assert!(!leaks(&sent).is_empty(), "{} sent {sent}", provider.name);
    drop(server);
    (provider, shown + &send(&transport).await)
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
        let error = Transport::new(provider, Config::new(token)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let shown = all_of(&error);
        assert_eq!(leaks(&shown), BTreeSet::new(), "{shown}");
    }
}
