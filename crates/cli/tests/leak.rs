//! No token leaks: not from the command with every log on, not from anything that the library shows.
//!
//! Every case of the table is searched, and servers that send the token back in every way that they could.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
mod shown;
#[allow(dead_code)]
mod table;

use std::collections::BTreeSet;
use std::sync::Arc;

use harness::{Servers, TOKEN, config};
use keyholder::{Provider, Token, WhoAmI};
use serde_json::Value;
use shown::{all_of, debug, forms, leaks, outcome};
use table::{Case, Expected, Scene, Subject, Wait, cases, example, good_example};
use testing_fault_server::Answer;
use tokio::join;

// The search.

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
    match case.provider.name.as_str() {
        "extruct" => typed!(extruct, get_user),
        "katapult" => typed!(katapult, get_current_user),
        "nextdocs" => typed!(nextdocs, get_current_user),
        "unleash" => typed!(unleash, get_me),
        other => panic!("{other} is new to this test"),
    }
}

// Servers that send the token back.

const ECHO: &str = "echo of ";

/// A verdict of "any" is one that is not looked at.
fn case(
    provider: &Provider,
    name: &str,
    verdict: &'static str,
    answers: impl Fn(&Scene) -> Vec<Answer> + Send + Sync + 'static,
) -> Case {
    Case {
        provider: provider.clone(),
        name: format!("{ECHO}{name}"),
        answers: Arc::new(answers),
        timeout: table::LONG,
        expected: Expected {
            verdict,
            exit: 0,
            kind: None,
            status: None,
            code: None,
            reason: None,
            limited: None,
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
    for provider in keyholder::providers() {
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
fn in_every_text(provider: &Provider, form: &str) -> String {
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
    let mut body = serde_json::from_str(good_example(provider)).unwrap();
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
