//! `--specs`: providers that no crate exists for, made of their descriptions as the command starts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;

use std::fs;
use std::path::Path;
use std::process::Output;

use harness::{SPECS, TOKEN, command, lines, with_input};
use serde_json::{Value, json};
use testing_fault_server::{Answer, Server};

const KEY: &str = "acme_0f3b7c9d";

const DESCRIPTION: &str = r##"
openapi: 3.1.0
info: { title: Acme Rockets, version: "1" }
servers: [{ url: https://api.acme-rockets.com/v2 }]
paths:
  /me:
    get:
      operationId: get_me
      security: [{ key: [] }]
      responses:
        "200":
          description: Whose key it is.
          content: { application/json: { schema: { $ref: "#/components/schemas/Me" } } }
        "403":
          description: Not this key, or not for this.
          content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
components:
  securitySchemes: { key: { type: apiKey, in: header, name: X-Acme-Key } }
  schemas:
    Me:
      type: object
      properties: { id: { type: integer }, mail: { type: string } }
    Error:
      type: object
      required: [code]
      properties: { code: { type: string } }
"##;

const OVERLAY: &str = r#"
overlay: 1.0.0
info: { title: What Keyholder adds, version: "1" }
actions:
  - target: $.paths['/me'].get
    update:
      x-whoami:
        identity: { sub: /id, email: /mail, subject_type: user }
        code: /code
        answers:
          - { status: 403, code: too_old, means: unauthenticated, reason: expired }
          - { status: 403, code: no_scope, means: limited, by: scope }
        token: { env: ACME_KEY, form: "^acme_" }
"#;

/// A folder of a test's own, with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> String {
    let folder = harness::folder("specs", name, files);
    folder.to_str().unwrap().to_owned()
}

fn acme(name: &str) -> String {
    folder(
        name,
        &[("acme.yaml", DESCRIPTION), ("acme.overlay.yaml", OVERLAY)],
    )
}

async fn run(environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    command(environment).args(arguments).output().await.unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The providers that are listed, but for those of the catalogue.
fn without_catalogue(output: &Output) -> Vec<Value> {
    let lines = lines(output).into_iter();
    lines.filter(|it| it["catalogue"] != true).collect()
}

fn good() -> Answer {
    Answer::json(200, r#"{"id":7,"mail":"jane@example.com"}"#)
}

fn code(code: &str) -> Answer {
    Answer::json(403, json!({ "code": code }).to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_described_provider_stands_beside_the_built_in_ones() {
    let specs = acme("beside");
    let output = run(&[], &["providers", "--json", "--specs", &specs]).await;
    assert_eq!(
        (output.status.code(), stderr(&output).as_str()),
        (Some(0), "")
    );
    let all = without_catalogue(&output);
    let names: Vec<_> = all.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["acme", "extruct", "katapult", "nextdocs", "unleash"]
    );
    let expected = json!({
        "name": "acme",
        "title": "Acme Rockets",
        "method": "GET",
        "path": "/me",
        "base_url": "https://api.acme-rockets.com/v2",
        "hosts": ["api.acme-rockets.com"],
        "token_variable": "ACME_KEY",
        "base_url_variable": "ACME_BASE_URL",
        "token_form": "^acme_",
        "forms": [{ "pattern": "^acme_" }],
        "schemes": [{ "name": "key", "key": "the header x-acme-key" }],
    });
    assert_eq!(all[0], expected);
    let without = run(&[], &["providers", "--json"]).await;
    assert_eq!(without_catalogue(&without), all[1..]);
    let table = stdout(&run(&[], &["providers", "--specs", &specs]).await);
    let row = table
        .lines()
        .find(|it| it.trim().starts_with("acme "))
        .unwrap();
    assert!(
        row.contains("ACME_KEY") && row.contains("GET /me"),
        "{table}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_described_provider_is_asked_as_its_description_says() {
    let specs = acme("asked");
    for (answer, exit, expected) in [
        (
            good(),
            0,
            json!({ "verdict": "valid", "identity": { "sub": "7", "email": "jane@example.com", "subject_type": "user" } }),
        ),
        (
            code("no_scope"),
            0,
            json!({ "verdict": "valid", "identity": { "subject_type": "unknown", "token": { "limited": { "by": "scope", "code": "no_scope" } } } }),
        ),
        (
            code("too_old"),
            1,
            json!({ "verdict": "invalid", "error": { "kind": "unauthenticated", "status": 403, "code": "too_old", "reason": "expired", "retry_after": null } }),
        ),
        (
            code("new"),
            3,
            json!({ "verdict": "indeterminate", "error": { "kind": "forbidden", "status": 403, "code": "new", "reason": null, "retry_after": null } }),
        ),
    ] {
        let server = Server::start([answer]).await.unwrap();
        let url = server.url();
        let environment = [("ACME_KEY", KEY), ("ACME_BASE_URL", url.as_str())];
        // Named, and as the one whose variable is set.
        for arguments in [
            &["whoami", "acme", "--json", "--specs", &specs][..],
            &["whoami", "--json", "--specs", &specs],
        ] {
            let output = run(&environment, arguments).await;
            assert_eq!(output.status.code(), Some(exit), "{output:?}");
            let mut all = lines(&output);
            assert_eq!(all.len(), 1, "{output:?}");
            let message = all[0].pointer_mut("/error/message").map(Value::take);
            assert_eq!(message.is_some_and(|it| it.is_string()), exit != 0);
            let mut expected = expected.clone();
            expected["id"] = Value::Null;
            expected["provider"] = json!("acme");
            match exit {
                0 => {
                    expected["error"] = Value::Null;
                    expected["identity"]["provider"] = json!("acme");
                    expected["identity"]["iss"] = json!(url);
                }
                _ => {
                    expected["identity"] = Value::Null;
                    expected["error"]["message"] = Value::Null;
                }
            }
            assert_eq!(all[0], expected);
        }
        for request in server.requests() {
            assert_eq!(request.line, "GET /me HTTP/1.1");
            assert_eq!(request.header("x-acme-key"), Some(KEY));
            assert_eq!(request.header("authorization"), None);
            let agent = format!("keyholder-acme/{}", env!("CARGO_PKG_VERSION"));
            assert_eq!(request.header("user-agent"), Some(agent.as_str()));
        }
    }
}

/// The table tells why a token is refused, and what limits one that is good.
#[tokio::test(flavor = "multi_thread")]
async fn the_table_tells_reasons_and_limits() {
    let specs = acme("table");
    for (answer, told) in [
        (code("too_old"), "the token has expired"),
        (code("no_scope"), "limited by scope (no_scope)"),
    ] {
        let server = Server::start([answer]).await.unwrap();
        let url = server.url();
        let arguments = ["whoami", "acme", "--specs", &specs, "--base-url", &url];
        let output = run(&[("ACME_KEY", KEY)], &arguments).await;
        assert!(stdout(&output).contains(told), "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_described_provider_is_checked_by_name_and_by_form() {
    let specs = acme("checked");
    let server = Server::start([good()]).await.unwrap();
    let url = server.url();
    let extruct = Server::start([Answer::json(401, "{}")]).await.unwrap();
    let environment = [("ACME_BASE_URL", url.as_str())];
    let all = [
        json!({ "id": "by form", "token": KEY }),
        json!({ "id": "by name", "provider": "acme", "token": "another" }),
        json!({ "id": "built-in", "provider": "extruct", "token": "x", "base_url": extruct.url() }),
    ];
    let all: String = all.iter().map(|it| format!("{it}\n")).collect();
    let mut check = command(&environment);
    check.args(["check", "--specs", &specs]);
    let output = with_input(check, &all).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let mut told: Vec<_> = lines(&output)
        .iter()
        .map(|it| format!("{} {} {}", it["id"], it["provider"], it["verdict"]).replace('"', ""))
        .collect();
    told.sort();
    let expected = [
        "built-in extruct invalid",
        "by form acme valid",
        "by name acme valid",
    ];
    assert_eq!(told, expected);
    assert!(stderr(&output).contains("acme"), "the summary has it");
    // As the one of lines that name none.
    let mut check = command(&environment);
    check.args(["check", "--specs", &specs, "--provider", "acme"]);
    let output = with_input(check, r#"{"token":"of-no-form"}"#).await;
    assert_eq!(lines(&output)[0]["provider"], "acme");
    // Without the folder, nobody knows of it.
    let mut check = command(&environment);
    check.arg("check");
    let output = with_input(check, &all).await;
    assert_eq!((output.status.code(), lines(&output).len()), (Some(1), 3));
    let unknown = |it: &&Value| it["error"]["kind"] == "unknown_provider";
    assert_eq!(lines(&output).iter().filter(unknown).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_token_is_told_and_not_sent() {
    // Of the six zeros, the CRC-32 is 394605e6: 131nTK to the base 62.
    let form = r#"{ pattern: "^acme_(?<body>[0-9]{6})(?<digits>[0-9A-Za-z]{6})$", checksum: { algorithm: crc32, encoding: base62, of: body, digits: digits } }"#;
    let overlay = OVERLAY.replace("\"^acme_\"", form);
    let files = [
        ("acme.yaml", DESCRIPTION),
        ("acme.overlay.yaml", overlay.as_str()),
    ];
    let specs = folder("mistyped", &files);
    let server = Server::start([good()]).await.unwrap();
    let url = server.url();
    let environment = [("ACME_BASE_URL", url.as_str())];
    let all = [
        json!({ "id": "right", "token": "acme_000000131nTK" }),
        json!({ "id": "wrong", "token": "acme_000001131nTK" }),
    ];
    let all: String = all.iter().map(|it| format!("{it}\n")).collect();
    let mut check = command(&environment);
    check.args(["check", "--specs", &specs]);
    let output = with_input(check, &all).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let mut told: Vec<_> = lines(&output)
        .iter()
        .map(|it| {
            format!("{} {} {}", it["id"], it["verdict"], it["error"]["kind"]).replace('"', "")
        })
        .collect();
    told.sort();
    assert_eq!(told, ["right valid null", "wrong indeterminate checksum"]);
    assert_eq!(server.connections(), 1);
    let mut whoami = command(&[("ACME_KEY", "acme_000001131nTK"), ("ACME_BASE_URL", &url)]);
    whoami.args(["whoami", "acme", "--json", "--specs", &specs]);
    let output = whoami.output().await.unwrap();
    assert_eq!(lines(&output)[0]["error"]["kind"], "config");
    assert_eq!(server.connections(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_described_provider_takes_the_place_of_the_built_in_one() {
    let files = [
        ("extruct.yaml", DESCRIPTION),
        ("extruct.overlay.yaml", OVERLAY),
    ];
    let specs = folder("instead", &files);
    let output = run(&[], &["providers", "--json", "--specs", &specs]).await;
    let all = without_catalogue(&output);
    assert_eq!(all.len(), 4, "{output:?}");
    let extruct = all.iter().find(|it| it["name"] == "extruct").unwrap();
    assert_eq!(
        (&extruct["title"], &extruct["path"]),
        (&json!("Acme Rockets"), &json!("/me"))
    );
    let server = Server::start([good()]).await.unwrap();
    let url = server.url();
    let environment = [("ACME_KEY", KEY), ("EXTRUCT_BASE_URL", url.as_str())];
    let output = run(
        &environment,
        &["whoami", "extruct", "--json", "--specs", &specs],
    )
    .await;
    assert_eq!(
        lines(&output)[0]["identity"]["email"],
        "jane@example.com",
        "{output:?}"
    );
    assert_eq!(server.requests()[0].header("x-acme-key"), Some(KEY));
    for command in ["whoami", "check", "providers"] {
        let help = stdout(&run(&[], &[command, "--help"]).await);
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains("takes its place"), "{help}");
    }
}

/// The built-in providers' own descriptions come to the same answers; `answers.rs` has many more.
#[tokio::test(flavor = "multi_thread")]
async fn the_descriptions_of_the_built_in_providers_read() {
    let built_in = run(&[], &["providers", "--json"]).await;
    let described = run(&[], &["providers", "--json", "--specs", SPECS]).await;
    assert_eq!(stdout(&built_in), stdout(&described));
    assert_eq!(
        (described.status.code(), stderr(&described).as_str()),
        (Some(0), "")
    );
}

/// One error, which names the file and the place in it; and nothing is asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_does_not_read_stops_all() {
    let server = Server::start([good()]).await.unwrap();
    let url = server.url();
    let wrong_claim = OVERLAY.replace("sub: /id", "sub: 5");
    let wrong_key = OVERLAY.replace("code: /code", "codes: /code");
    let no_scheme = DESCRIPTION.replace("security: [{ key: [] }]", "security: [{ lock: [] }]");
    let no_answers = DESCRIPTION.replace("/me:", "/you:");
    let whoami = "/paths/~1me/get/x-whoami";
    for (name, description, overlay, file, told) in [
        (
            "claim",
            DESCRIPTION,
            Some(wrong_claim.as_str()),
            "acme.overlay.yaml",
            &*format!("{whoami}/identity/sub"),
        ),
        (
            "key",
            DESCRIPTION,
            Some(&wrong_key),
            "acme.overlay.yaml",
            &format!("{whoami}/codes"),
        ),
        (
            "scheme",
            &no_scheme,
            Some(OVERLAY),
            "acme.yaml",
            "/paths/~1me/get/security",
        ),
        (
            "target",
            &no_answers,
            Some(OVERLAY),
            "acme.overlay.yaml",
            "$.paths['/me'].get",
        ),
        ("unmarked", DESCRIPTION, None, "acme.yaml", "/paths"),
        ("syntax", "openapi: [", Some(OVERLAY), "acme.yaml", "line"),
        ("other", "[]", Some(OVERLAY), "acme.yaml", "the root"),
    ] {
        let specs = acme(&format!("broken-{name}"));
        // What reads stands beside it, and comes first.
        let file_of = |file: &str| Path::new(&specs).join(file);
        fs::copy(file_of("acme.yaml"), file_of("aaa.yaml")).unwrap();
        fs::copy(file_of("acme.overlay.yaml"), file_of("aaa.overlay.yaml")).unwrap();
        fs::write(file_of("acme.yaml"), description).unwrap();
        match overlay {
            Some(overlay) => fs::write(file_of("acme.overlay.yaml"), overlay).unwrap(),
            None => fs::remove_file(file_of("acme.overlay.yaml")).unwrap(),
        }
        let environment = [
            ("EXTRUCT_API_TOKEN", TOKEN),
            ("EXTRUCT_BASE_URL", url.as_str()),
            ("ACME_KEY", KEY),
            ("ACME_BASE_URL", &url),
        ];
        let line = r#"{"provider":"extruct","token":"x"}"#;
        for arguments in [
            &["whoami"][..],
            &["whoami", "extruct"],
            &["check"],
            &["providers"],
        ] {
            let mut command = command(&environment);
            command.args(arguments).args(["--specs", &specs]);
            let output = with_input(command, line).await;
            assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
            assert!(output.stdout.is_empty(), "{output:?}");
            let said = stderr(&output);
            let start = format!("error: {}: ", file_of(file).display());
            assert!(
                said.starts_with(&start) && said.contains(told),
                "{name}: {said}"
            );
            assert_eq!(said.matches("error: ").count(), 1, "{said}");
        }
    }
    let nowhere = format!("{}/no-such-folder", env!("CARGO_TARGET_TMPDIR"));
    let empty = folder("empty", &[]);
    for (specs, told) in [
        (&nowhere, "the folder of --specs cannot be read: "),
        (&empty, &format!("{empty}: ")),
    ] {
        let output = run(&[], &["providers", "--specs", specs]).await;
        assert_eq!(output.status.code(), Some(2));
        assert!(
            stderr(&output).starts_with(&format!("error: {told}")),
            "{output:?}"
        );
    }
    assert_eq!(server.connections(), 0, "something was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_of_a_description_is_remarked() {
    let description = DESCRIPTION.replace(
        "https://api.acme-rockets.com/v2",
        "http://api.acme-rockets.com",
    );
    let files = [
        ("acme.yaml", description.as_str()),
        ("acme.overlay.yaml", OVERLAY),
    ];
    let specs = folder("remark", &files);
    let server = Server::start([good()]).await.unwrap();
    let url = server.url();
    let environment = [("ACME_KEY", KEY), ("ACME_BASE_URL", url.as_str())];
    let output = run(&environment, &["whoami", "--json", "--specs", &specs]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = stderr(&output);
    let remark = format!("remark: {specs}/acme.yaml: at /servers/0/url: ");
    assert!(said.starts_with(&remark), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    // Nobody is asked where nobody said.
    let output = run(
        &[("ACME_KEY", KEY)],
        &["whoami", "--json", "--specs", &specs],
    )
    .await;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines(&output)[0]["error"]["kind"], "config");
}

// Names.

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_nearly_one_is_told_with_the_nearest() {
    let specs = acme("names");
    for (name, likely) in [
        ("acm", "acme"),
        ("extrct", "extruct"),
        ("un-leash", "unleash"),
    ] {
        for arguments in [&["whoami", name][..], &["check", "--provider", name]] {
            let mut command = command(&[]);
            command.args(arguments).args(["--specs", &specs]);
            let output = command.output().await.unwrap();
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            let expected =
                format!("error: there is no provider {name:?}: did you mean {likely:?}?\n");
            assert_eq!(stderr(&output), expected);
        }
    }
    let output = run(&[], &["whoami", "nobody", "--specs", &specs]).await;
    assert!(
        stderr(&output).contains("acme, extruct, katapult, nextdocs, unleash"),
        "{output:?}"
    );
}

/// A token in the place of another argument is no name, and is not shown.
#[tokio::test(flavor = "multi_thread")]
async fn an_argument_that_may_be_a_token_is_not_shown() {
    let specs = acme("secret");
    let tokens = [
        TOKEN,
        "acme_0f3b7c9d2e415a68",
        "extruct-5f0c7c1e2d4b4a86",
        "sk-live-1a2b3c",
        "EXTRUCT",
        "Acme",
        "correcthorsebatterystaplecorrect",
        "--sk-1a2b3c4d5e6f",
    ];
    for token in tokens {
        for arguments in [
            &[token][..],
            &["whoami", token],
            &["whoami", "extruct", token],
            &["whoami", "--specs", &specs, "--", token],
            &["whoami", "extruct", "--timeout", token],
            &["check", "--provider", token],
            &["check", "--concurrency", token],
            &["check", "--rate", token],
            &["completions", token],
            &["providers", token],
        ] {
            let output = run(&[], arguments).await;
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
            assert!(output.stdout.is_empty(), "{output:?}");
            let said = stderr(&output);
            assert!(said.starts_with("error: "), "{said}");
            let bare = token.trim_start_matches('-');
            assert!(!said.contains(bare), "{arguments:?}: {said}");
        }
    }
    // What is plainly none is: whoever has mistyped an option is to see which.
    let output = run(&[], &["whoami", "--tokn-stdin"]).await;
    assert!(stderr(&output).contains("--tokn-stdin"), "{output:?}");
    let output = run(&[], &["check", "--concurrency", "0"]).await;
    assert!(stderr(&output).contains('0'), "{output:?}");
}
