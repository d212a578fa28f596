//! Where `keyholder check` sends keys: to which hosts, by which scheme, in which parts; and what a dry run says of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod shown;
#[allow(dead_code)]
mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Output;

use harness::{TOKEN, command, lines, with_input};
use keyholder::{ErrorKind, Verdict};
use serde_json::{Value, json};
use shown::leaks;
use testing_fault_server::{Answer, Server};
use tokio::process::Command;

/// A folder of a test's own, with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    harness::folder("hosts", name, files)
}

/// A server that every request to another machine goes to, whatever its host: a proxy that answers itself.
async fn everywhere() -> Server {
    let answers = (0..20).map(|_| Answer::json(200, r#"{"user_id":"1","id":"1"}"#));
    Server::start(answers).await.unwrap()
}

/// The command, with that server between it and all others.
fn check(server: &Server, environment: &[(&str, &str)], arguments: &[&str]) -> Command {
    let url = server.url();
    let mut all = vec![
        ("HTTP_PROXY", url.as_str()),
        ("HTTPS_PROXY", url.as_str()),
        ("RUST_LOG", "trace"),
    ];
    all.extend(environment);
    let mut command = command(&all);
    command.arg("check").args(arguments);
    command
}

fn input<'a>(lines: impl IntoIterator<Item = &'a Value>) -> String {
    lines.into_iter().map(|it| format!("{it}\n")).collect()
}

fn at(id: impl Into<Value>, provider: &str, base_url: &str) -> Value {
    json!({ "id": id.into(), "provider": provider, "token": TOKEN, "base_url": base_url })
}

/// The kinds of error by identifier; of a valid token, its verdict.
fn kinds(output: &Output) -> BTreeMap<String, String> {
    let of = |line: &Value| {
        let kind = line["error"]["kind"].as_str();
        let kind = kind.or(line["verdict"].as_str()).unwrap();
        (line["id"].to_string(), kind.to_owned())
    };
    lines(output).iter().map(of).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What is said for people, without the log.
fn said(output: &Output) -> Vec<String> {
    let said = stderr(output);
    let said = said
        .lines()
        .filter(|it| !it.contains(" TRACE ") && !it.contains(" DEBUG "));
    said.map(str::to_owned).collect()
}

fn assert_no_token(output: &Output) {
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert!(leaks(&text).is_empty(), "{:?}: {text}", leaks(&text));
    }
}

/// Every line has the form that `keyholder schema` says.
async fn assert_schema(output: &Output) {
    let schema = command(&[]).arg("schema").output().await.unwrap();
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for line in lines(output) {
        assert!(schema.is_valid(&line), "{line}");
    }
}

// Hosts.

#[tokio::test(flavor = "multi_thread")]
async fn a_line_sends_no_token_to_a_host_that_nobody_has_allowed() {
    let everywhere = everywhere().await;
    let here = Server::start([Answer::json(200, r#"{"user_id":"1"}"#)])
        .await
        .unwrap();
    let strangers = [
        "https://evil.example",
        "https://api.extruct.ai.evil.example/v1",
        "https://api.extruct.ai:8443",
        "https://api.extruct.ai.",
        "https://evil.example/api.extruct.ai",
        "https://evil.example\\@api.extruct.ai",
        "http://api.extruct.ai",
        "http://0.0.0.0",
        "https://[2001:db8::1]",
        "https://localhost.evil.example",
        "https://xn--pi-6kc.extruct.ai",
        // Another provider's own is not this one's.
        "https://api.nextdocs.io",
    ];
    let mut all: Vec<_> = strangers
        .iter()
        .enumerate()
        .map(|(id, it)| at(id, "extruct", it))
        .collect();
    all.insert(3, at("here", "extruct", &here.url()));
    // Even where `http` may be used at all.
    let command = check(&everywhere, &[], &["--allow-http"]);
    let output = with_input(command, &input(&all)).await;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!((everywhere.connections(), here.connections()), (0, 1));
    let kinds = kinds(&output);
    assert_eq!(kinds.len(), strangers.len() + 1);
    for (id, kind) in &kinds {
        let expected = if id == r#""here""# {
            "valid"
        } else {
            "host_not_allowed"
        };
        assert_eq!(kind, expected, "{id}");
    }
    for line in lines(&output) {
        if line["error"].is_null() {
            continue;
        }
        assert_eq!(line["verdict"], "indeterminate");
        assert_eq!(line["provider"], "extruct");
        assert_eq!(line["identity"], Value::Null);
        assert_eq!(line.get("request"), None);
        let message = line["error"]["message"].as_str().unwrap();
        assert!(message.contains("--allow-host "), "{message}");
    }
    assert_schema(&output).await;
    assert_no_token(&output);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_url_with_a_user_name_is_refused_without_it() {
    let everywhere = everywhere().await;
    for base_url in [
        format!("https://{TOKEN}@evil.example"),
        "https://api.extruct.ai@evil.example".to_owned(),
        "https://api.extruct.ai:443@evil.example".to_owned(),
        format!("https://x:{TOKEN}@api.extruct.ai"),
    ] {
        let command = check(&everywhere, &[], &["--allow-host", "evil.example"]);
        let output = with_input(command, &at(1, "extruct", &base_url).to_string()).await;
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(lines(&output).len(), 1);
        assert_eq!(lines(&output)[0]["verdict"], "indeterminate");
        assert_no_token(&output);
    }
    assert_eq!(everywhere.connections(), 0);
}

/// A token in the host would come back as the host: in lower case, or with its percent signs undone.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_host_is_not_shown() {
    let everywhere = everywhere().await;
    for (token, host) in [
        ("ABCDEFGHIJ", "abcdefghij.evil.example"),
        ("ABCDEFGHIJ", "%41BCDEFGHIJ.evil.example"),
        ("ABCDEFGHIJ", "ABCD\tEFGHIJ.evil.example"),
        ("abcdefghij", "evil.example/%61bcdefghij"),
        ("abcdefghij", "\u{ff41}bcdefghij.evil.example"),
    ] {
        let base_url = format!("https://{host}");
        let line = json!({ "provider": "extruct", "token": token, "base_url": base_url });
        for arguments in [&[][..], &["--dry-run"], &["--allow-host", "*.evil.example"]] {
            let command = check(&everywhere, &[], arguments);
            let output = with_input(command, &line.to_string()).await;
            assert_eq!(output.status.code(), Some(2));
            let all = [output.stdout.clone(), output.stderr.clone()].concat();
            let all = String::from_utf8(all).unwrap().to_lowercase();
            assert!(all.contains("holds the token"), "{host}: {all}");
            assert!(!all.contains("bcdefghij"), "{host}: {all}");
        }
    }
    assert_eq!(everywhere.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_host_is_asked() {
    for (allowed, base_url, is_asked) in [
        (&["keys.example"][..], "http://keys.example", true),
        (&["keys.example"], "http://KEYS.example/path", true),
        (&["keys.example"], "http://keys.example:8080", false),
        (&["keys.example"], "http://a.keys.example", false),
        (&["keys.example:8080"], "http://keys.example:8080", true),
        (
            &["x.example", "*.keys.example"],
            "http://a.keys.example",
            true,
        ),
        (&["*.keys.example"], "http://keys.example", false),
    ] {
        let everywhere = everywhere().await;
        let mut arguments = vec!["--allow-http"];
        arguments.extend(allowed.iter().flat_map(|it| ["--allow-host", it]));
        let command = check(&everywhere, &[], &arguments);
        let output = with_input(command, &at(1, "extruct", base_url).to_string()).await;
        let connections = usize::from(is_asked);
        assert_eq!(
            everywhere.connections(),
            connections,
            "{allowed:?} {base_url}"
        );
        assert_eq!(output.status.code(), Some(if is_asked { 0 } else { 2 }));
        assert_no_token(&output);
    }
    // To allow a host does not allow `http`.
    let everywhere = everywhere().await;
    let command = check(&everywhere, &[], &["--allow-host", "keys.example"]);
    let line = at(1, "extruct", "http://keys.example").to_string();
    let output = with_input(command, &line).await;
    assert_eq!(
        (output.status.code(), everywhere.connections()),
        (Some(2), 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_environment_or_the_arguments_name_is_allowed_for_that_provider() {
    let everywhere = everywhere().await;
    let all = [
        at(
            "environment",
            "unleash",
            "http://unleash.internal:8080/other",
        ),
        at(
            "another provider",
            "extruct",
            "http://unleash.internal:8080",
        ),
        at("argument", "extruct", "http://extruct.internal/other"),
        at("another port", "extruct", "http://extruct.internal:8080"),
        json!({ "id": "without", "provider": "unleash", "token": TOKEN }),
        json!({ "id": "no provider", "token": TOKEN }),
    ];
    let environment = [("UNLEASH_BASE_URL", "http://unleash.internal:8080/base")];
    let arguments = [
        "--allow-http",
        "--provider",
        "extruct",
        "--base-url",
        "http://extruct.internal",
    ];
    let command = check(&everywhere, &environment, &arguments);
    let output = with_input(command, &input(&all)).await;
    assert_eq!(output.status.code(), Some(2));
    let kinds = kinds(&output);
    let refused: Vec<_> = kinds
        .iter()
        .filter(|(_, kind)| *kind == "host_not_allowed")
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(refused, [r#""another port""#, r#""another provider""#]);
    let mut asked: Vec<_> = everywhere
        .requests()
        .iter()
        .map(|it| it.target().to_owned())
        .collect();
    asked.sort_unstable();
    assert_eq!(
        asked,
        [
            "http://extruct.internal/other/v1/user",
            "http://extruct.internal/v1/user",
            "http://unleash.internal:8080/base/api/admin/user",
            "http://unleash.internal:8080/other/api/admin/user",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_complained_of_once_and_counted() {
    let everywhere = everywhere().await;
    let mut all: Vec<_> = (0..50)
        .map(|id| at(id, "extruct", &format!("https://evil.example/{id}")))
        .collect();
    all.push(at(50, "extruct", "https://other.example"));
    let output = with_input(check(&everywhere, &[], &[]), &input(&all)).await;
    let said = said(&output);
    let complaints: Vec<_> = said.iter().filter(|it| it.starts_with("error: ")).collect();
    assert_eq!(
        complaints,
        [
            "error: line 1: extruct: nothing is sent to evil.example, which is not the provider's own: allow it with `--allow-host evil.example`, or name it in EXTRUCT_BASE_URL",
            "error: line 51: extruct: nothing is sent to other.example, which is not the provider's own: allow it with `--allow-host other.example`, or name it in EXTRUCT_BASE_URL",
        ]
    );
    let count = "51 lines for hosts that are not allowed: nothing was sent there";
    assert!(said.iter().any(|it| it == count), "{said:?}");
    assert_eq!(lines(&output).len(), 51);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_strict_a_host_that_is_not_allowed_stops_all() {
    let everywhere = everywhere().await;
    let here = Server::start([Answer::json(200, r#"{"user_id":"1"}"#)])
        .await
        .unwrap();
    let all = input(&[
        at(1, "extruct", "https://evil.example"),
        at(2, "extruct", &here.url()),
    ]);
    let folder = folder("strict", &[("keys.ndjson", &all)]);
    let file = folder.join("keys.ndjson");
    let file = file.to_str().unwrap();
    let of_file = check(&everywhere, &[], &["--strict", file]).output().await;
    let of_stream = with_input(check(&everywhere, &[], &["--strict"]), &all).await;
    for output in [of_file.unwrap(), of_stream] {
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(lines(&output), [] as [Value; 0]);
        let said = said(&output);
        let first = "error: line 1: extruct: nothing is sent to evil.example,";
        assert!(said[0].starts_with(first), "{said:?}");
    }
    assert_eq!((everywhere.connections(), here.connections()), (0, 0));
}

/// What was refused may be allowed by now, and a dry run has answered nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_asked_is_not_skipped_by_another_run() {
    let here = everywhere().await;
    let all = [
        at("here", "extruct", &here.url()),
        at("there", "extruct", "http://keys.example"),
    ];
    let all = input(&all);
    let dry = with_input(check(&here, &[], &["--allow-http", "--dry-run"]), &all).await;
    let first = with_input(check(&here, &[], &["--allow-http"]), &all).await;
    let of = |output: &Output| String::from_utf8(output.stdout.clone()).unwrap();
    for (earlier, expected) in [(&dry, 2), (&first, 1)] {
        let folder = folder("resume", &[("out.ndjson", &of(earlier))]);
        let file = folder.join("out.ndjson");
        let arguments = [
            "--allow-http",
            "--allow-host",
            "keys.example",
            "--resume",
            file.to_str().unwrap(),
        ];
        let output = with_input(check(&here, &[], &arguments), &all).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(lines(&output).len(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_host_is_a_fault_of_usage() {
    for host in ["https://keys.example", "*", "keys.example/path", TOKEN] {
        let arguments = ["check", "--allow-host", host];
        let output = command(&[]).args(arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{host}");
        assert!(stderr(&output).contains("HOST"), "{output:?}");
        assert_no_token(&output);
    }
}

// Schemes and parts.

const DESCRIPTION: &str = r#"
openapi: 3.1.0
info: { title: Acme Rockets, version: "1" }
servers: [{ url: https://api.acme-rockets.com/v2 }]
paths:
  /me:
    get:
      operationId: get_me
      security: [{ bearer: [] }, { login: [] }, { app_id: [], app_key: [] }]
      responses:
        "200":
          description: Whose key it is.
          content: { application/json: { schema: { type: object, properties: { id: { type: string } } } } }
components:
  securitySchemes:
    bearer: { type: http, scheme: bearer }
    login: { type: http, scheme: basic }
    app_id: { type: apiKey, in: query, name: app_id }
    app_key: { type: apiKey, in: header, name: X-App-Key }
"#;

const OVERLAY: &str = r#"
overlay: 1.0.0
info: { title: What Keyholder adds, version: "1" }
actions:
  - target: $.paths['/me'].get
    update:
      x-whoami: { identity: { sub: /id }, token: { env: ACME_KEY } }
"#;

fn acme(name: &str) -> String {
    let files = [("acme.yaml", DESCRIPTION), ("acme.overlay.yaml", OVERLAY)];
    let folder = folder(name, &files);
    folder.to_str().unwrap().to_owned()
}

/// A line about a key of that description, sent by the scheme of that name.
fn acme_line(scheme: Option<&str>, token: &Value) -> Value {
    let mut line = json!({ "id": scheme, "provider": "acme", "token": token });
    if let Some(scheme) = scheme {
        line["scheme"] = scheme.into();
    }
    line
}

const BOTH: &str = "app_id and app_key";

#[tokio::test(flavor = "multi_thread")]
async fn a_line_names_the_scheme_and_the_parts_of_its_token() {
    let specs = acme("schemes");
    let parts = json!({ "app_key": TOKEN, "app_id": "a/b&c" });
    let colon = json!({ "username": "jane", "password": format!(":{TOKEN}") });
    let pair = |it: &str| {
        use base64::Engine as _;
        base64::prelude::BASE64_STANDARD.encode(it)
    };
    for (scheme, token, target, name, value) in [
        (
            None,
            json!(TOKEN),
            "/me",
            "authorization",
            format!("Bearer {TOKEN}"),
        ),
        (
            Some("bearer"),
            json!(TOKEN),
            "/me",
            "authorization",
            format!("Bearer {TOKEN}"),
        ),
        (
            Some("login"),
            colon,
            "/me",
            "authorization",
            format!("Basic {}", pair(&format!("jane::{TOKEN}"))),
        ),
        (
            Some("login"),
            json!(TOKEN),
            "/me",
            "authorization",
            format!("Basic {}", pair(&format!("{TOKEN}:"))),
        ),
        (
            Some(BOTH),
            parts,
            "/me?app_id=a%2Fb%26c",
            "x-app-key",
            TOKEN.to_owned(),
        ),
    ] {
        let server = Server::start([Answer::json(200, r#"{"id":"1"}"#)])
            .await
            .unwrap();
        let mut line = acme_line(scheme, &token);
        line["base_url"] = server.url().into();
        let output = with_input(check(&server, &[], &["--specs", &specs]), &line.to_string()).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].target(), target);
        assert_eq!(requests[0].header(name), Some(value.as_str()));
        assert_no_token(&output);
    }
}

/// Two lines of the same token that are sent in different ways are two questions.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_token_by_another_scheme_is_another_key() {
    let specs = acme("apart");
    let server = Server::start((0..9).map(|_| Answer::json(200, r#"{"id":"1"}"#)))
        .await
        .unwrap();
    let parts = |id: &str| json!({ "app_id": id, "app_key": TOKEN });
    let mut all = vec![
        acme_line(None, &json!(TOKEN)),
        acme_line(Some("bearer"), &json!(TOKEN)),
        acme_line(Some("login"), &json!(TOKEN)),
        acme_line(Some(BOTH), &parts("a")),
        acme_line(Some(BOTH), &parts("b")),
        acme_line(Some(BOTH), &parts("a")),
    ];
    for line in &mut all {
        line["base_url"] = server.url().into();
    }
    let output = with_input(check(&server, &[], &["--specs", &specs]), &input(&all)).await;
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(lines(&output).len(), all.len());
    let mut sent: Vec<_> = server
        .requests()
        .iter()
        .map(|it| format!("{} {:?}", it.target(), it.header("authorization")))
        .collect();
    sent.sort_unstable();
    sent.dedup();
    // The first scheme, named or not, is one.
    assert_eq!(sent.len(), 4, "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_the_scheme_does_not_have_are_refused() {
    let everywhere = everywhere().await;
    let specs = acme("parts");
    let others = "error: line 1: acme: the token has a part that the provider takes none of: it takes app_id, app_key";
    for (scheme, token, expected) in [
        (
            Some(BOTH),
            json!({ "app_id": TOKEN }),
            "error: line 1: acme: the token lacks its part app_key",
        ),
        (
            Some(BOTH),
            json!({ "app_id": TOKEN, "app_key": TOKEN, TOKEN: TOKEN }),
            others,
        ),
        (Some(BOTH), json!({ "app_id": TOKEN, TOKEN: TOKEN }), others),
        (
            None,
            json!({ "app_id": TOKEN, "app_key": TOKEN }),
            "error: line 1: acme: the provider takes a token that has no parts: give it as a text",
        ),
        (
            Some("nothing"),
            json!(TOKEN),
            "error: line 1: acme: the provider has no scheme of that name: it has bearer, login, app_id and app_key",
        ),
    ] {
        let line = acme_line(scheme, &token);
        let command = check(&everywhere, &[], &["--specs", &specs]);
        let output = with_input(command, &line.to_string()).await;
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(said(&output)[0], expected);
        assert_no_token(&output);
    }
    assert_eq!(everywhere.connections(), 0);
}

// Dry runs.

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_where_each_token_would_go_and_asks_nothing() {
    let everywhere = everywhere().await;
    let specs = acme("dry");
    let parts = json!({ "app_id": "one", "app_key": TOKEN });
    let mut all = vec![
        acme_line(None, &json!(TOKEN)),
        acme_line(Some("login"), &json!(TOKEN)),
        acme_line(Some(BOTH), &parts),
        at("here", "extruct", "http://127.0.0.1:4242/base"),
        at("environment", "unleash", "https://UNLEASH.example/"),
        json!({ "id": "form", "token": "nxd_0123456789" }),
    ];
    let environment = [("UNLEASH_BASE_URL", "https://unleash.example")];
    let arguments = ["--dry-run", "--specs", &specs];
    let output = with_input(check(&everywhere, &environment, &arguments), &input(&all)).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(everywhere.connections(), 0);
    assert_schema(&output).await;
    assert_no_token(&output);
    let told: Vec<_> = lines(&output);
    for line in &told {
        assert_eq!(line["verdict"], "indeterminate");
        assert_eq!(line["identity"], Value::Null);
        assert_eq!(line["error"]["kind"], "not_asked");
    }
    let request = |scheme: Option<&str>, url: &str, host: &str, key: &str| json!({ "method": "GET", "url": url, "host": host, "scheme": scheme, "key": key });
    let (url, host) = ("https://api.acme-rockets.com/v2/me", "api.acme-rockets.com");
    let bearer = r#"the header authorization, after "Bearer ""#;
    let requests: Vec<_> = told.iter().map(|it| it["request"].clone()).collect();
    assert_eq!(
        requests[..4],
        [
            request(Some("bearer"), url, host, bearer),
            request(
                Some("login"),
                url,
                host,
                "the user name and password of Basic authentication"
            ),
            request(
                Some(BOTH),
                url,
                host,
                "app_id in the query's parameter app_id; app_key in the header x-app-key"
            ),
            request(
                Some("HTTPBearer"),
                "http://127.0.0.1:4242/base/v1/user",
                "127.0.0.1:4242",
                bearer
            ),
        ]
    );
    assert_eq!(requests[4]["url"], "https://unleash.example/api/admin/user");
    assert_eq!(told[5]["provider"], "nextdocs");
    // The number for each host, at the end.
    let words = |said: &[String]| -> Vec<String> {
        let rows = said
            .iter()
            .map(|it| it.split_whitespace().take(3).collect::<Vec<_>>());
        rows.map(|it| it.join(" ")).collect()
    };
    assert_eq!(
        words(&said(&output)),
        [
            "host provider lines",
            "127.0.0.1:4242 extruct 1",
            "api.acme-rockets.com acme 1",
            "api.acme-rockets.com acme 1",
            "api.acme-rockets.com acme 1",
            "api.nextdocs.io nextdocs 1",
            "unleash.example unleash 1",
            "all 6",
        ]
    );
    // Such a line reads as a verdict.
    let verdict: Verdict = serde_json::from_value(told[0].clone()).unwrap();
    assert_eq!(verdict.error().unwrap().kind(), ErrorKind::Config);
    // A line that would be refused says why, and is told by the exit status.
    all.push(at("refused", "unleash", "https://evil.example"));
    let output = with_input(check(&everywhere, &environment, &arguments), &input(&all)).await;
    assert_eq!(output.status.code(), Some(2));
    let line = lines(&output).pop().unwrap();
    assert_eq!(line["error"]["kind"], "host_not_allowed");
    assert_eq!(line["request"]["host"], "evil.example");
    let said = said(&output);
    let row = said
        .iter()
        .find(|it| it.contains(" evil.example "))
        .unwrap();
    assert!(row.contains("(not allowed)"), "{row}");
    // So is one that cannot be read.
    all.pop();
    let malformed = format!("{}{TOKEN}\n", input(&all));
    let output = with_input(check(&everywhere, &environment, &arguments), &malformed).await;
    assert_eq!(output.status.code(), Some(2));
    assert_no_token(&output);
    assert_eq!(everywhere.connections(), 0);
}

/// A provider may have several operations.
#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_the_requests_that_may_follow() {
    let more = r#"
  /teams/{team}:
    get:
      operationId: get_team
      parameters: [{ name: team, in: path, required: true, schema: { type: string } }]
      responses:
        "200":
          description: A team.
          content: { application/json: { schema: { type: object, properties: { name: { type: string } } } } }
components:"#;
    let description = DESCRIPTION.replace("\ncomponents:", more);
    let overlay = OVERLAY.replace(
        "env: ACME_KEY }",
        "env: ACME_KEY }, parameters: { team: { default: first } }",
    );
    let overlay = format!(
        r"{overlay}
  - target: $.paths['/teams/{{team}}'].get
    update:
      x-whoami:
        adds_claims: true
        identity: {{ name: /name }}
        arguments: {{ team: {{ parameter: team }} }}
"
    );
    let files = [
        ("acme.yaml", &*description),
        ("acme.overlay.yaml", &*overlay),
    ];
    let specs = folder("further", &files);
    let everywhere = everywhere().await;
    let arguments = ["--dry-run", "--specs", specs.to_str().unwrap()];
    let line = acme_line(None, &json!(TOKEN)).to_string();
    let output = with_input(check(&everywhere, &[], &arguments), &line).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_schema(&output).await;
    assert_eq!(
        lines(&output)[0]["request"]["then"],
        json!([{ "method": "GET", "url": "https://api.acme-rockets.com/v2/teams/{team}" }])
    );
}

/// Every line may have a host of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_of_many_hosts_shows_not_all() {
    let all: String = (0..3000)
        .map(|id| {
            format!(
                "{}\n",
                at(id, "unleash", &format!("https://u{id}.keys.example"))
            )
        })
        .collect();
    let folder = folder("many", &[("keys.ndjson", &all)]);
    let mut command = command(&[]);
    command.args(["check", "--dry-run", "--allow-host", "*.keys.example"]);
    let output = command.arg(folder.join("keys.ndjson")).output().await;
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(lines(&output).len(), 3000);
    let said = said(&output);
    assert!(said.len() < 1010, "{}", said.len());
    let others = said.iter().find(|it| it.contains("(others)")).unwrap();
    assert!(others.contains(" 2000 "), "{others}");
    assert!(said.last().unwrap().contains("3000"));
}

// The hosts of providers.

#[tokio::test(flavor = "multi_thread")]
async fn providers_shows_the_hosts_and_where_a_token_goes() {
    let specs = acme("providers");
    let providers = ["providers", "--specs", &specs];
    let output = command(&[]).args(providers).arg("--json").output().await;
    let all = lines(&output.unwrap());
    let hosts: BTreeMap<_, _> = all
        .iter()
        .map(|it| (it["name"].to_string(), &it["hosts"]))
        .collect();
    assert_eq!(hosts[r#""acme""#], &json!(["api.acme-rockets.com"]));
    assert_eq!(hosts[r#""katapult""#], &json!(["api.katapult.io"]));
    // Every user has a server of their own.
    assert_eq!(hosts[r#""unleash""#], &json!([]));
    assert_eq!(
        all[0]["schemes"],
        json!([
            { "name": "bearer", "key": r#"the header authorization, after "Bearer ""# },
            { "name": "login", "key": "the user name and password of Basic authentication", "parts": ["username", "password"] },
            { "name": BOTH, "key": "app_id in the query's parameter app_id; app_key in the header x-app-key", "parts": ["app_id", "app_key"] },
        ])
    );
    // What the environment names is asked too.
    let environment = [
        ("UNLEASH_BASE_URL", "https://UNLEASH.example:8443/base"),
        ("EXTRUCT_BASE_URL", "https://api.extruct.ai/v2"),
        ("NEXTDOCS_BASE_URL", "https://u:hunter2@keys.example"),
    ];
    let output = command(&environment).args(["providers", "--json"]).output();
    let named: Vec<_> = lines(&output.await.unwrap())
        .iter()
        .filter(|it| it["catalogue"] != true)
        .map(|it| it["hosts"].clone())
        .collect();
    assert_eq!(
        named,
        [
            json!(["api.extruct.ai"]),
            json!(["api.katapult.io"]),
            json!(["api.nextdocs.io"]),
            json!(["unleash.example:8443"]),
        ]
    );
    let table = command(&[]).args(providers).output().await.unwrap();
    let table = String::from_utf8(table.stdout).unwrap();
    let row = |name: &str| {
        table
            .lines()
            .find(|it| it.trim().starts_with(name))
            .unwrap()
    };
    assert!(row("katapult").contains(" api.katapult.io "), "{table}");
    assert!(
        row("unleash").contains("(yours, in UNLEASH_BASE_URL)"),
        "{table}"
    );
    assert!(
        row("acme").contains("bearer: the header authorization"),
        "{table}"
    );
    assert!(
        table.contains("login: the user name and password"),
        "{table}"
    );
}

// Parameters.

/// A provider with a region in the host and an account in the path; its keys have two parts or, of one kind, a region.
const REGIONAL: &str = r#"
openapi: 3.1.0
info: { title: Acme Regions, version: "1" }
servers:
  - url: https://{region}.acme-rockets.com/v2
    variables: { region: { enum: [eu, us], default: eu } }
paths:
  /accounts/{account}/me:
    get:
      operationId: get_me
      parameters: [{ name: account, in: path, required: true, schema: { type: string } }]
      security: [{ bearer: [] }, { app_id: [], app_key: [] }]
      responses:
        "200":
          description: Whose key it is.
          content: { application/json: { schema: { type: object, properties: { id: { type: string } } } } }
components:
  securitySchemes:
    bearer: { type: http, scheme: bearer }
    app_id: { type: apiKey, in: query, name: app_id }
    app_key: { type: apiKey, in: header, name: X-App-Key }
"#;

const REGIONAL_OVERLAY: &str = r#"
overlay: 1.0.0
info: { title: What Keyholder adds, version: "1" }
actions:
  - target: $.paths['/accounts/{account}/me'].get
    update:
      x-whoami:
        identity: { sub: /id }
        token: { env: ACME_KEY, form: "^acme_(?P<region>[a-z]+)_" }
        parameters: { account: { pattern: "[0-9]+", description: The account of the key. } }
        arguments: { account: { parameter: account } }
"#;

fn regional(name: &str) -> String {
    let files = [
        ("acme.yaml", REGIONAL),
        ("acme.overlay.yaml", REGIONAL_OVERLAY),
    ];
    let folder = folder(name, &files);
    folder.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_come_from_the_line_the_token_the_environment_and_the_default() {
    let everywhere = everywhere().await;
    let specs = regional("parameters");
    let line = |id: u8, token: &str, parameters: Value| json!({ "id": id, "provider": "acme", "token": token, "parameters": parameters });
    let all = [
        line(0, TOKEN, json!({ "account": "7", "region": "us" })),
        line(1, TOKEN, json!({ "account": 8 })),
        line(2, TOKEN, Value::Null),
        line(3, "acme_us_0123456789", Value::Null),
        line(4, "acme_us_0123456789", json!({ "region": "eu" })),
    ];
    let all = input(&all);
    let arguments = ["--dry-run", "--specs", &specs];
    let urls = async |environment: &[(&str, &str)]| {
        let output = with_input(check(&everywhere, environment, &arguments), &all).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_no_token(&output);
        let hosts = lines(&output)
            .into_iter()
            .map(|it| it["request"]["host"].clone());
        hosts
            .map(|it| it.as_str().unwrap().split('.').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let account = ("ACME_ACCOUNT", "9");
    assert_eq!(urls(&[account]).await, ["us", "eu", "eu", "us", "eu"]);
    assert_eq!(
        urls(&[account, ("ACME_REGION", "us")]).await,
        ["us", "us", "us", "us", "eu"]
    );
    assert_eq!(everywhere.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_sent_where_they_belong_and_tell_keys_apart() {
    let specs = regional("sent");
    let server = Server::start((0..9).map(|_| Answer::json(200, r#"{"id":"1"}"#)))
        .await
        .unwrap();
    let line = |account: &str| json!({ "provider": "acme", "token": TOKEN, "base_url": server.url(), "parameters": { "account": account } });
    let all = [line("7"), line("8"), line("7")];
    let output = with_input(check(&server, &[], &["--specs", &specs]), &input(&all)).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(lines(&output).len(), 3);
    let mut targets: Vec<_> = server
        .requests()
        .iter()
        .map(|it| it.target().to_owned())
        .collect();
    targets.sort_unstable();
    assert_eq!(targets, ["/accounts/7/me", "/accounts/8/me"]);
}

/// Neither a parameter of a line nor a base URL leads a key away from its provider.
#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_leads_to_no_other_host() {
    let everywhere = everywhere().await;
    let specs = regional("astray");
    for region in [
        "evil",
        "evil.example/",
        "eu.acme-rockets.com.evil.example/",
        "x@evil.example",
        "evil.example#",
        "evil.example:443",
        "..",
        "",
    ] {
        let line = json!({ "provider": "acme", "token": TOKEN, "parameters": { "account": "7", "region": region } });
        let command = check(&everywhere, &[], &["--specs", &specs]);
        let output = with_input(command, &line.to_string()).await;
        assert_eq!(output.status.code(), Some(2), "{region}");
        assert!(said(&output)[0].contains("region"), "{output:?}");
        if region.len() > 4 {
            assert!(!said(&output).join(" ").contains(region), "{output:?}");
        }
    }
    for (base_url, expected) in [
        ("https://us.acme-rockets.com/v3", 0),
        ("https://evil.acme-rockets.com/v2", 2),
        ("https://acme-rockets.com", 2),
    ] {
        let line = json!({ "provider": "acme", "token": TOKEN, "base_url": base_url, "parameters": { "account": "7" } });
        let command = check(&everywhere, &[], &["--dry-run", "--specs", &specs]);
        let output = with_input(command, &line.to_string()).await;
        assert_eq!(output.status.code(), Some(expected), "{base_url}");
    }
    assert_eq!(everywhere.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_is_missing_or_malformed_is_named_and_not_shown() {
    let everywhere = everywhere().await;
    let specs = regional("malformed");
    for (parameters, expected) in [
        (json!({}), "the parameter account of the key is missing"),
        (json!({ "account": TOKEN }), "holds the token"),
        (
            json!({ "account": "hunter2" }),
            "the parameter account of the key does not have the form",
        ),
        (
            json!({ "account": "7", "hunter2": "hunter2" }),
            "a parameter is unknown; this provider's keys have",
        ),
    ] {
        let line = json!({ "provider": "acme", "token": TOKEN, "parameters": parameters });
        let command = check(&everywhere, &[], &["--specs", &specs]);
        let output = with_input(command, &line.to_string()).await;
        assert_eq!(output.status.code(), Some(2));
        let said = said(&output);
        assert!(said[0].contains(expected), "{said:?}");
        assert!(!said.join(" ").contains("hunter2"), "{said:?}");
        assert_no_token(&output);
    }
    // So is one in the environment.
    let line = json!({ "provider": "acme", "token": TOKEN }).to_string();
    let command = check(
        &everywhere,
        &[("ACME_ACCOUNT", "hunter2")],
        &["--specs", &specs],
    );
    let output = with_input(command, &line).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(!stderr(&output).contains("hunter2"), "{output:?}");
    assert_eq!(everywhere.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoami_takes_a_scheme_parameters_and_parts() {
    let specs = regional("whoami");
    let server = Server::start((0..9).map(|_| Answer::json(200, r#"{"id":"1"}"#)))
        .await
        .unwrap();
    let url = server.url();
    let whoami = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = command(environment);
        command.env("RUST_LOG", "trace");
        command.args([
            "whoami",
            "acme",
            "--json",
            "--specs",
            &specs,
            "--base-url",
            &url,
        ]);
        command.args(arguments);
        command
    };
    let pair = format!("one:{TOKEN}");
    for (environment, arguments, target, name, value) in [
        (
            [("ACME_KEY", TOKEN), ("ACME_ACCOUNT", "9")],
            &[][..],
            "/accounts/9/me",
            "authorization",
            format!("Bearer {TOKEN}"),
        ),
        (
            [("ACME_KEY", TOKEN), ("ACME_ACCOUNT", "9")],
            &["--parameter", "account=8", "--scheme", "bearer"],
            "/accounts/8/me",
            "authorization",
            format!("Bearer {TOKEN}"),
        ),
        (
            [("ACME_KEY", &pair), ("ACME_ACCOUNT", "9")],
            &["--scheme", BOTH],
            "/accounts/9/me?app_id=one",
            "x-app-key",
            TOKEN.to_owned(),
        ),
    ] {
        let before = server.requests().len();
        let output = whoami(&environment, arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let request = &server.requests()[before];
        assert_eq!(request.target(), target);
        assert_eq!(request.header(name), Some(value.as_str()));
        assert_no_token(&output);
    }
    let asked = server.connections();
    for arguments in [
        &["--parameter", TOKEN][..],
        &["--parameter", "account"],
        &["--parameter", "=7"],
        &["--parameter", "other=7"],
        &["--scheme", TOKEN],
        &[],
    ] {
        let output = whoami(&[("ACME_KEY", TOKEN)], arguments)
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_no_token(&output);
    }
    assert_eq!(server.connections(), asked);
    for option in [["--scheme", "bearer"], ["--parameter", "account=7"]] {
        let output = command(&[])
            .arg("whoami")
            .args(option)
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("name it"), "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_shows_what_belongs_to_a_key() {
    let specs = regional("shown");
    let providers = ["providers", "--specs", &specs];
    let output = command(&[]).args(providers).arg("--json").output().await;
    let acme = lines(&output.unwrap()).swap_remove(0);
    assert_eq!(
        acme["hosts"],
        json!(["eu.acme-rockets.com", "us.acme-rockets.com"])
    );
    let parameters: Vec<_> = acme["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["name"], &it["variable"], &it["values"], &it["default"]))
        .collect();
    let null = Value::Null;
    assert_eq!(
        parameters,
        [
            (
                &json!("region"),
                &json!("ACME_REGION"),
                &json!(["eu", "us"]),
                &json!("eu")
            ),
            (&json!("account"), &json!("ACME_ACCOUNT"), &null, &null),
        ]
    );
    assert_eq!(
        acme["forms"],
        json!([{ "pattern": "^acme_(?P<region>[a-z]+)_" }])
    );
    let table = command(&[]).args(providers).output().await.unwrap();
    let table = String::from_utf8(table.stdout).unwrap();
    for expected in [
        "region in ACME_REGION: eu, us; else eu",
        "account in ACME_ACCOUNT",
        "us.acme-rockets.com",
        "^acme_",
    ] {
        assert!(table.contains(expected), "{expected}: {table}");
    }
}

const PARTED_OVERLAY: &str = r#"
overlay: 1.0.0
info: { title: What Keyholder adds, version: "1" }
actions:
  - target: $.paths['/me'].get
    update:
      x-whoami:
        identity: { sub: /id }
        token:
          env: ACME_KEY
          parts:
            - { part: app_id, in: query, name: app_id, env: ACME_APP_ID }
            - { part: app_key, in: header, name: X-App-Key, env: ACME_APP_KEY }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn each_part_of_a_token_has_a_variable() {
    let files = [
        ("acme.yaml", DESCRIPTION),
        ("acme.overlay.yaml", PARTED_OVERLAY),
    ];
    let specs = folder("parted", &files);
    let specs = specs.to_str().unwrap();
    let server = everywhere().await;
    let base_url = ("ACME_BASE_URL", server.url());
    let whoami = |environment: &[(&str, &str)]| {
        let mut command = command(environment);
        command
            .env(base_url.0, &base_url.1)
            .env("RUST_LOG", "trace");
        // Without a name, who has a token in the environment is asked.
        command.args(["whoami", "--json", "--specs", specs]);
        command
    };
    let pair = format!("one:{TOKEN}");
    for environment in [
        &[("ACME_APP_ID", "one"), ("ACME_APP_KEY", TOKEN)][..],
        &[("ACME_KEY", &pair)],
        // The whole goes before its parts.
        &[
            ("ACME_KEY", &pair),
            ("ACME_APP_ID", "two"),
            ("ACME_APP_KEY", "three"),
        ],
    ] {
        let before = server.requests().len();
        let output = whoami(environment).output().await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let request = &server.requests()[before];
        assert_eq!(request.target(), "/me?app_id=one");
        assert_eq!(request.header("x-app-key"), Some(TOKEN));
        assert_no_token(&output);
    }
    let asked = server.connections();
    let output = whoami(&[("ACME_APP_KEY", TOKEN)]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    let expected = "error: acme: a part of the token is missing: set ACME_APP_ID";
    assert_eq!(said[0], expected);
    assert_no_token(&output);
    let output = whoami(&[]).arg("acme").output().await.unwrap();
    let message = &lines(&output)[0]["error"]["message"];
    let expected = "acme: no token: set ACME_KEY, or ACME_APP_ID and ACME_APP_KEY";
    assert_eq!(message, expected);
    assert_eq!(server.connections(), asked);
    let output = command(&[])
        .args(["providers", "--specs", specs])
        .output()
        .await;
    let table = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(
        table.contains("ACME_APP_ID") && table.contains("ACME_APP_KEY"),
        "{table}"
    );
}
