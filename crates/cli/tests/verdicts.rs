//! The verdict, error and exit status that follow from what a server does, through the command and the library.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use harness::{Outcome, Servers, TOKEN, command, lines, with_input};
use jsonschema::Validator;
use keyholder::{Client, Config, Error, ErrorKind, Verdict, WhoAmI};
use keyholder_core::Meaning;
use serde_json::Value;
use table::{Case, cases, good_example, refusal};
use testing_fault_server::{Answer, Server};

/// The command, the generated client, and the one that is made of the description as the test runs, come to the same.
#[tokio::test(flavor = "multi_thread")]
async fn every_case_through_the_command_and_the_library() {
    harness::for_each_case(&cases(), async |case| {
        let (commanded, mut complaints) = by_command(&case).await;
        let (generated, more) = by_library(&case, false).await;
        complaints.extend(more);
        let (described, more) = by_library(&case, true).await;
        complaints.extend(more);
        for (by, outcome) in [("the command", commanded), ("at run time", described)] {
            if outcome != generated {
                complaints.push(format!("the library: {generated:?}, {by}: {outcome:?}"));
            }
        }
        complaints
    })
    .await;
}

/// What a generated crate carries is what its description comes to at run time, so that what is read by it is the same.
#[test]
fn a_provider_of_a_crate_is_that_of_its_description() {
    let built_in = keyholder::providers();
    assert_eq!(built_in, harness::all_described());
    for provider in built_in {
        let mut described = keyholder::ProviderInfo::clone(harness::described(&provider.name));
        described.version.clone_from(&provider.version);
        assert_eq!(keyholder::ProviderInfo::clone(provider), described);
    }
}

/// Every example of a description, read by the generated client and by the one that is made of it.
#[test]
fn every_example_reads_the_same_by_either_client() {
    for provider in keyholder::providers() {
        let config = Config::new(TOKEN)
            .base_url("https://example.com")
            .http_client(harness::http_client());
        let generated = harness::generated(provider, config.clone()).unwrap();
        let described = Client::new(harness::described(&provider.name), config).unwrap();
        for (status, body) in keyholder::examples(&provider.name) {
            // And with every other status that is spoken of.
            for status in [*status, 200, 204, 400, 401, 403, 404, 429, 503] {
                let read = |client: &dyn WhoAmI| {
                    let answer = keyholder::Answer::new(status, *body);
                    let answer = answer.header("content-type", "application/json");
                    serde_json::to_value(Verdict::from(client.read_answer(answer))).unwrap()
                };
                assert_eq!(read(&*generated), read(&described), "{status} {body}");
            }
        }
    }
}

async fn by_command(case: &Case) -> (Outcome, Vec<String>) {
    let servers = Servers::start(case).await;
    let output = harness::whoami(case, &servers.asked.url(), &[]).await;
    let mut complaints = servers.complaints(case);
    let lines = lines(&output);
    assert_eq!(lines.len(), 1, "{output:?}");
    let keys: BTreeSet<_> = lines[0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        BTreeSet::from(["error", "id", "identity", "provider", "verdict"])
    );
    assert_eq!(lines[0]["provider"], case.provider.name.as_str());
    complaints.extend(form_complaints(&lines[0]));
    let outcome = Outcome::of_line(&lines[0]);
    complaints.extend(outcome.complaints(case));
    if output.status.code() != Some(case.expected.exit) {
        complaints.push(format!("exit {}", output.status));
    }
    if !output.stderr.is_empty() {
        complaints.push(format!(
            "said {:?}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    (outcome.lasting(), complaints)
}

/// What is wrong with the form of a line: it is as `keyholder schema` says, and reads as a verdict of the library's.
fn form_complaints(line: &Value) -> Vec<String> {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_keyholder"));
        let schema = command.arg("schema").output().unwrap().stdout;
        jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap()
    });
    let mut complaints = Vec::new();
    for error in SCHEMA.iter_errors(line) {
        complaints.push(format!("the schema: {error}"));
    }
    let read: Verdict = serde_json::from_value(line.clone()).unwrap();
    let mut written = serde_json::to_value(&read).unwrap();
    written["id"] = Value::Null;
    if written != *line {
        complaints.push(format!("{line} reads as {written}"));
    }
    complaints
}

/// By the generated client, or by the one that is made of the description.
async fn by_library(case: &Case, described: bool) -> (Outcome, Vec<String>) {
    let servers = Servers::start(case).await;
    let url = servers.asked.url();
    let verdict = if described {
        harness::verify_described(case, &url).await
    } else {
        harness::verify(case, &url).await
    };
    let mut complaints = servers.complaints(case);
    let outcome = Outcome::of_verdict(&verdict);
    complaints.extend(outcome.complaints(case));
    (outcome.lasting(), complaints)
}

/// The table has a case for every answer that a description gives a meaning or an example.
#[test]
fn every_documented_answer_is_in_the_table() {
    let cases = cases();
    for provider in keyholder::providers() {
        let has = |name: &str| {
            let mut cases = cases.iter();
            let found = cases.any(|it| it.provider == *provider && it.name == name);
            assert!(found, "{provider}: {name}");
        };
        let examples = keyholder::examples(&provider.name);
        for (nth, (status, _)) in examples.iter().enumerate() {
            has(&table::example_name(nth, *status));
        }
        for (nth, rule) in table::whoami(provider).answers.iter().enumerate() {
            if !(rule.is_by_status_alone() && rule.means == Meaning::Unauthenticated) {
                has(&table::rule_name(nth));
            }
        }
    }
}

/// A field of an unexpected type stops the provider's own types, which tell the place; who it is, and what the token is
/// worth, is known all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_does_not_read_stops_the_typed_method_alone() {
    macro_rules! typed {
        ($provider:ident, $operation:ident, $config:expr) => {{
            let client = keyholder::$provider::Client::with_config($config).unwrap();
            Error::from(client.$operation().await.unwrap_err())
        }};
    }
    let places = [
        ("extruct", "/available_credits", "available_credits"),
        ("katapult", "/organizations/1/name", "organizations[1].name"),
        (
            "nextdocs",
            "/quota/monthly_free_cents_used",
            "quota.monthly_free_cents_used",
        ),
        (
            "unleash",
            "/permissions/1/project",
            "permissions[1].project",
        ),
        ("unleash", "/splash/environments", "splash.environments"),
    ];
    for (name, pointer, path) in places {
        let provider = harness::provider(name);
        let mut body: Value = serde_json::from_str(good_example(provider)).unwrap();
        *body.pointer_mut(pointer).unwrap() = serde_json::json!([{}]);
        let server = Server::start([Answer::json(200, body.to_string())])
            .await
            .unwrap();
        let config = Config::new(TOKEN).base_url(server.url());
        let client = harness::generated(provider, config.clone()).unwrap();
        let identity = client.whoami().await.unwrap();
        assert!(identity.sub.is_some(), "{identity:?}");
        let error = match name {
            "extruct" => typed!(extruct, get_user, config),
            "katapult" => typed!(katapult, get_current_user, config),
            "nextdocs" => typed!(nextdocs, get_current_user, config),
            _ => typed!(unleash, get_me, config),
        };
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert_eq!(error.path(), Some(path), "{error}");
        assert!(error.to_string().ends_with(path), "{error}");
        assert!(std::error::Error::source(&error).is_some(), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_keeps_the_start_of_the_body() {
    let server = Server::start([Answer::html(403, "x".repeat(100_000))])
        .await
        .unwrap();
    for provider in keyholder::providers() {
        let config = Config::new(TOKEN).base_url(server.url());
        let error = harness::generated(provider, config)
            .unwrap()
            .whoami()
            .await
            .unwrap_err();
        let body = error.body().unwrap();
        assert!(!body.is_empty() && body.len() <= 4096, "{}", body.len());
        assert!(body.iter().all(|it| *it == b'x'));
    }
}

/// What an answer holds is had by asking, and not shown.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_shows_nothing_of_the_answer() {
    const TEXT: &str = "private-9f3a";
    for provider in keyholder::providers() {
        let quoted = format!(r#"["{TEXT}"]"#);
        let every_value = {
            let body = good_example(provider);
            let lines = body.lines().map(|line| match line.split_once(": ") {
                Some((name, value)) if !value.starts_with(['{', '[']) => {
                    let comma = if value.ends_with(',') { "," } else { "" };
                    format!("{name}: {{\"{TEXT}\": \"{TEXT}\"}}{comma}")
                }
                _ => line.to_owned(),
            });
            lines.collect::<String>()
        };
        for (status, body) in [
            (200, quoted),
            (200, every_value),
            (200, format!("{{\"{TEXT}")),
            (403, format!("<p>{TEXT}</p>")),
            (500, format!("{{\"message\":\"{TEXT}\"}}")),
        ] {
            let header = format!("X-Header: {TEXT}");
            let server = Server::start([Answer::http(status, &[&header], body)]);
            let server = server.await.unwrap();
            let config = Config::new(TOKEN).base_url(format!("{}/{TEXT}/", server.url()));
            let error = harness::generated(provider, config)
                .unwrap()
                .whoami()
                .await
                .unwrap_err();
            let mut shown = format!("{error} {error:?} {error:#?}");
            let mut source = std::error::Error::source(&error);
            while let Some(error) = source {
                shown += &format!("{error} {error:?} {error:#?}");
                source = error.source();
            }
            // Where it is in the body is told, by its name.
            let shown = shown.replace(error.path().unwrap_or_default(), "");
            assert!(!shown.contains(TEXT), "{shown}");
            let body = String::from_utf8_lossy(error.body().unwrap());
            assert!(body.contains(TEXT), "{body}");
        }
    }
}

/// Every provider, played by the description's own example.
#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_is_of_good_tokens() {
    let output = command(&[])
        .args(["demo", "--json"])
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let lines = lines(&output);
    assert_eq!(lines.len(), keyholder::providers().len());
    for (line, provider) in lines.iter().zip(keyholder::providers()) {
        assert_eq!(line["provider"], provider.name.as_str());
        assert_eq!(form_complaints(line), Vec::<String>::new());
        assert!(line["identity"]["sub"].is_string(), "{line}");
    }
}

// Exit statuses.

/// What a provider comes to, in a run with several.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Comes {
    Valid,
    Invalid,
    Indeterminate,
    Misconfigured,
}

/// Every mixture: a problem of configuration goes before an invalid token, and that before one of which nothing is
/// known.
#[tokio::test(flavor = "multi_thread")]
async fn the_exit_status_of_several_is_that_of_the_worst() {
    use Comes::{Indeterminate, Invalid, Misconfigured, Valid};
    const EACH: [Comes; 4] = [Valid, Invalid, Indeterminate, Misconfigured];
    let four = ["extruct", "katapult", "nextdocs", "unleash"].map(harness::provider);
    for mixture in 1..16_usize {
        let mixed: Vec<_> = (0..4).filter(|nth| mixture & (1 << nth) != 0).collect();
        let each = [0, 1, 2, 3].map(|nth: usize| EACH[mixed[nth % mixed.len()]]);
        let exit = if each.contains(&Misconfigured) {
            2
        } else if each.contains(&Invalid) {
            1
        } else if each.contains(&Indeterminate) {
            3
        } else {
            0
        };
        let mut servers = Vec::new();
        let mut environment = Vec::new();
        for (provider, comes) in four.iter().zip(each) {
            let answer = match comes {
                Valid => Answer::json(200, good_example(provider)),

                Invalid => {
                    let (status, body) = refusal(provider);
                    Answer::json(status, body)
                }
                Indeterminate => Answer::json(500, "{}"),
                Misconfigured => continue,
            };
            let server = Server::start([answer]).await.unwrap();
            environment.push((&*provider.token.variable, TOKEN.to_owned()));
            environment.push((&*provider.base_url_variable, server.url()));
            servers.push(server);
        }
        let environment: Vec<_> = environment
            .iter()
            .map(|(name, it)| (*name, it.as_str()))
            .collect();
        let output = command(&environment)
            .args([
                "whoami", "extruct", "katapult", "nextdocs", "unleash", "--json",
            ])
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(exit), "{each:?}: {output:?}");
        let verdicts: Vec<_> = lines(&output)
            .iter()
            .map(|it| it["verdict"].to_string())
            .collect();
        let expected = each.map(|it| match it {
            Valid => "\"valid\"",
            Invalid => "\"invalid\"",
            Indeterminate | Misconfigured => "\"indeterminate\"",
        });
        assert_eq!(verdicts, expected);
    }
}

// What is refused before anything is sent.

/// Runs `keyholder whoami extruct --json` with `token` and more, and asserts that it is a problem of configuration.
/// Gives what was said of it.
async fn assert_refused(token: Option<&str>, arguments: &[&str]) -> String {
    let server = Server::start([Answer::json(200, "{}")]).await.unwrap();
    let url = server.url();
    let environment: Vec<_> = token
        .map(|token| ("EXTRUCT_API_TOKEN", token))
        .into_iter()
        .chain([("EXTRUCT_BASE_URL", url.as_str())])
        .collect();
    let output = command(&environment)
        .args(["whoami", "extruct", "--json"])
        .args(arguments)
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(server.connections(), 0, "something was sent");
    let lines = lines(&output);
    assert_eq!(lines.len(), 1, "{output:?}");
    assert_eq!(lines[0]["verdict"], "indeterminate");
    assert_eq!(lines[0]["error"]["kind"], "config");
    assert_eq!(lines[0]["error"]["status"], Value::Null);
    let message = lines[0]["error"]["message"].as_str().unwrap().to_owned();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, format!("error: {message}\n"));
    message
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_not_set_is_named() {
    let message = assert_refused(None, &[]).await;
    assert!(message.contains("EXTRUCT_API_TOKEN"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_and_without_a_variable_all_variables_are_named() {
    let output = command(&[]).arg("whoami").output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    for provider in keyholder::providers() {
        assert!(said.contains(&provider.token.variable), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_no_header_can_carry_is_refused() {
    for token in [
        "",
        " ",
        "kh_0123\u{1}4567",
        "kh_0123\n4567",
        "kh_01234567\n",
        "kh_0123\r\nX-Evil: 1",
        "kh_\u{7f}",
        "kh_é01234567",
    ] {
        let message = assert_refused(Some(token), &[]).await;
        assert!(message.contains("token"), "{message}");
        if token.len() > 1 {
            assert!(!message.contains(token.trim()), "{message}");
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_not_text_is_refused_and_not_shown() {
    use std::os::unix::ffi::OsStrExt;

    let server = Server::start([Answer::json(200, "{}")]).await.unwrap();
    let value = std::ffi::OsStr::from_bytes(b"hunter2\xff");
    for variable in ["EXTRUCT_API_TOKEN", "EXTRUCT_BASE_URL"] {
        let url = server.url();
        let output = command(&[("EXTRUCT_API_TOKEN", TOKEN), ("EXTRUCT_BASE_URL", &url)])
            .args(["whoami", "extruct", "--json"])
            .env(variable, value)
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let shown = format!("{output:?}");
        assert!(
            shown.contains(variable) && !shown.contains("hunter2"),
            "{shown}"
        );
    }
    assert_eq!(server.connections(), 0, "something was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_url_that_no_token_should_go_to_is_refused() {
    for url in [
        // Not encrypted, and not to this machine. The addresses are for documentation.
        "http://192.0.2.1",
        "http://[2001:db8::1]:8080/",
        "http://api.extruct.example/",
        "http://localhost.example/",
        "http://127.0.0.1.example/",
        // Not for HTTP, and nothing at all.
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1:80",
        "not a URL",
        // More than a base.
        "https://192.0.2.1/?key=hunter2",
        "https://192.0.2.1/#hunter2",
    ] {
        let message = assert_refused(Some(TOKEN), &["--base-url", url]).await;
        assert!(message.contains("base URL"), "{url}: {message}");
        assert!(!message.contains("hunter2"), "{url}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_in_a_base_url_is_refused_and_not_shown() {
    let server = Server::start([Answer::json(200, "{}")]).await.unwrap();
    let host = server.address();
    for user_info in ["jane:hunter2", ":hunter2", "hunter2", "hunter2:"] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{user_info}@{host}/");
            let message = assert_refused(Some(TOKEN), &["--base-url", &url]).await;
            assert!(!message.contains("hunter2"), "{message}");
            let config = Config::new(TOKEN).base_url(url);
            for shown in [format!("{config:?}"), format!("{config:#?}")] {
                assert!(!shown.contains("hunter2"), "{shown}");
                assert!(
                    shown.contains("127.0.0.1"),
                    "what is no secret is shown: {shown}"
                );
            }
            let error = keyholder::extruct::Client::with_config(config).unwrap_err();
            let shown = format!("{error:?} {error:#?} {error}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
    assert_eq!(server.connections(), 0, "something was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn http_to_another_machine_is_a_matter_of_saying_so() {
    // Nothing listens there, so the token goes nowhere.
    let arguments = [
        "--base-url",
        "http://extruct.invalid",
        "--allow-http",
        "--timeout",
        "2",
    ];
    let output = command(&[("EXTRUCT_API_TOKEN", TOKEN)])
        .args(["whoami", "extruct", "--json"])
        .args(arguments)
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let kind = lines(&output)[0]["error"]["kind"].clone();
    assert!(kind == "connect" || kind == "timeout", "{kind}");
}

// Standard input.

#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_standard_input_goes_before_the_environment() {
    for input in [
        TOKEN.to_owned(),
        format!("{TOKEN}\n"),
        format!("{TOKEN}\r\n"),
    ] {
        let server = Server::start([Answer::json(
            200,
            good_example(harness::provider("extruct")),
        )]);
        let server = server.await.unwrap();
        let mut command = command(&[("EXTRUCT_API_TOKEN", "another-token")]);
        command.args([
            "whoami",
            "extruct",
            "--json",
            "--token-stdin",
            "--base-url",
            &server.url(),
        ]);
        let output = with_input(command, &input).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        let sent = format!("Bearer {TOKEN}");
        assert_eq!(requests[0].header("authorization"), Some(sent.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_that_holds_no_token_is_refused() {
    let server = Server::start([Answer::json(200, "{}")]).await.unwrap();
    for input in ["", "\n", "one\ntwo\n", "kh_\u{0}"] {
        let mut command = command(&[]);
        command.args([
            "whoami",
            "extruct",
            "--json",
            "--token-stdin",
            "--base-url",
            &server.url(),
        ]);
        let output = with_input(command, input).await;
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert_eq!(lines(&output)[0]["error"]["kind"], "config");
    }
    // For which of several, would the token be?
    for providers in [&[][..], &["extruct", "unleash"]] {
        let mut command = command(&[]);
        command.args(["whoami", "--token-stdin"]).args(providers);
        let output = with_input(command, TOKEN).await;
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    assert_eq!(server.connections(), 0, "something was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_no_argument() {
    for arguments in [
        &["whoami", "extruct", "--token", TOKEN][..],
        &["whoami", "extruct", TOKEN],
        &["whoami", "extruct", "--timeout", "soon"],
        &["whoami", "extruct", "--timeout", "0"],
        &["whoami", "extruct", "--timeout", "-1"],
        &["whoami", "nobody"],
        &["whoami", "--base-url", "https://example.com"],
    ] {
        let output = command(&[("EXTRUCT_API_TOKEN", TOKEN)])
            .args(arguments)
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
}
