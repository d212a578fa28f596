//! `keyholder check`, through the binary: what goes in, what comes out, and how it ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod shown;
#[allow(dead_code)]
mod table;
#[allow(dead_code)]
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use harness::{TOKEN, command, lines, with_input};
use serde_json::{Value, json};
use shown::leaks;
use testing_fault_server::{Answer, Server};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Child;
use world::{World, file, input, line, said, signal, start, stderr, verdicts};

/// What no output may hold.
const SECRET: &str = "s3cr3t-c0ntent-0f-a-line";

// What goes in and what comes out.

#[tokio::test(flavor = "multi_thread")]
async fn each_line_has_its_answer() {
    let world = World::start().await;
    let all = [
        line("a", "good-1"),
        line(2, "bad-1"),
        line(true, "shut-1"),
        json!({ "id": "d", "provider": "unleash", "token": "good-2", "base_url": world.url, "note": [1] }),
        json!({ "provider": "extruct", "token": "good-3" }),
        json!({ "id": null, "provider": "nextdocs", "token": "bad-2", "base_url": null }),
    ];
    // As programs on other systems write it.
    let input = format!("\u{feff}{}\r\n  \n", input(&all).replace('\n', "\r\n"));
    let output = with_input(world.check(&[]), &input).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let mut lines = lines(&output);
    lines.sort_by_key(ToString::to_string);
    let told: Vec<_> = lines
        .iter()
        .map(|it| (&it["id"], &it["provider"], &it["verdict"]))
        .map(|(id, provider, verdict)| format!("{id} {provider} {verdict}").replace('"', ""))
        .collect();
    let expected = [
        "2 extruct invalid",
        "a extruct valid",
        "d unleash valid",
        "null extruct valid",
        "null nextdocs invalid",
        "true extruct indeterminate",
    ];
    let mut told: Vec<_> = told.iter().map(String::as_str).collect();
    told.sort_unstable();
    assert_eq!(told, expected);
    let schema = command(&[]).arg("schema").output().await.unwrap();
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for line in &lines {
        assert!(schema.is_valid(line), "{line}");
        let keys: Vec<_> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["error", "id", "identity", "provider", "verdict"]);
    }
}

/// A line is what `whoami --json` prints, but for the identifier.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_as_whoami_prints_it() {
    let world = World::start().await;
    for token in ["good-1", "bad-1", "shut-1", "away-1"] {
        let checked = with_input(world.check(&[]), &line("x", token).to_string()).await;
        let asked = command(&[("EXTRUCT_API_TOKEN", token)])
            .args(["whoami", "extruct", "--json", "--base-url", &world.url])
            .output()
            .await
            .unwrap();
        assert_eq!(checked.status.code(), asked.status.code());
        let checked = String::from_utf8(checked.stdout).unwrap();
        let asked = String::from_utf8(asked.stdout).unwrap();
        assert_eq!(checked.replace(r#""id":"x""#, r#""id":null"#), asked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identifier_comes_back_as_it_was_written() {
    let world = World::start().await;
    for id in [
        r#""a\u0062\/""#,
        "1.50",
        "123456789012345678901234567890",
        "-0",
        "false",
    ] {
        let line = format!(r#"{{"id": {id} ,"provider":"extruct","token":"good-1"}}"#);
        let output = with_input(world.check(&["-"]), &line).await;
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(stdout.starts_with(&format!(r#"{{"id":{id},"#)), "{stdout}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_status_tells_the_worst() {
    let world = World::start().await;
    for (tokens, status) in [
        (&[][..], 0),
        (&["good-1", "good-2"], 0),
        (&["good-1", "bad-1"], 1),
        (&["bad-1", "shut-1"], 1),
        (&["good-1", "shut-1"], 3),
        (&["good-1", "bad-1", "a\nbreak"], 2),
    ] {
        let all: Vec<_> = tokens.iter().map(|it| line(*it, it)).collect();
        let output = with_input(world.check(&[]), &input(&all)).await;
        assert_eq!(output.status.code(), Some(status), "{tokens:?}");
    }
    let missing = format!("{}/no-such-file", env!("CARGO_TARGET_TMPDIR"));
    for arguments in [
        &[missing.as_str()][..],
        &["--concurrency", "0"],
        &["--rate", "0"],
        &["--base-url", "http://localhost"],
        &["--provider", "nobody"],
        &["--resume", &missing],
    ] {
        let output = world.check(arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_a_provider_goes_by_the_token() {
    let world = World::start().await;
    let all = [
        json!({ "id": "nextdocs", "token": "nxd_1" }),
        json!({ "id": "unleash", "token": "user:1" }),
        json!({ "id": "unleash too", "token": "*:*.1" }),
        json!({ "id": "nobody", "token": "elsewhere_1" }),
    ];
    let output = with_input(world.check(&[]), &input(&all)).await;
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("warning: line 4: `provider` is missing"));
    let unknown = lines(&output).into_iter().find(|it| it["id"] == "nobody");
    let unknown = unknown.expect("a line out for every line in");
    assert_eq!(unknown["verdict"], "indeterminate");
    assert_eq!(unknown["error"]["kind"], "unknown_provider");
    for line in lines(&output) {
        let (id, provider) = (
            line["id"].as_str().unwrap(),
            line["provider"].as_str().unwrap(),
        );
        assert!(id.starts_with(provider), "{line}");
    }
    // The one that is named goes before the form, and the line before both.
    let all = [
        all[0].clone(),
        json!({ "id": "unleash", "provider": "unleash", "token": "nxd_1" }),
    ];
    let output = with_input(world.check(&["--provider", "extruct"]), &input(&all)).await;
    let providers: BTreeMap<_, _> = lines(&output)
        .iter()
        .map(|it| (it["id"].to_string(), it["provider"].to_string()))
        .collect();
    assert_eq!(providers[r#""nextdocs""#], r#""extruct""#);
    assert_eq!(providers[r#""unleash""#], r#""unleash""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_base_url_is_asked() {
    let world = World::start().await;
    let of_line = format!("{}/line", world.url);
    let of_argument = format!("{}/argument", world.url);
    let all = [
        json!({ "id": "line", "provider": "extruct", "token": "good-1", "base_url": of_line }),
        json!({ "id": "argument", "provider": "extruct", "token": "good-1" }),
        json!({ "id": "environment", "provider": "unleash", "token": "good-1" }),
    ];
    let arguments = ["--provider", "extruct", "--base-url", &of_argument];
    let output = with_input(world.check(&arguments), &input(&all)).await;
    for line in lines(&output) {
        let expected = match line["id"].as_str().unwrap() {
            "line" => &of_line,
            "argument" => &of_argument,
            _ => &world.url,
        };
        assert_eq!(line["identity"]["iss"], json!(expected));
    }
    // Where every user has a server, and nobody says which.
    let mut nowhere = command(&[]);
    nowhere.arg("check");
    let output = with_input(nowhere, r#"{"provider":"unleash","token":"good-1"}"#).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("UNLEASH_BASE_URL"), "{output:?}");
}

// Malformed lines.

/// What may be wrong with a line's scheme, parameters and parts, and a part of what is said of it.
fn malformed_objects() -> Vec<(Vec<u8>, &'static str)> {
    let text = |line: String, said| (line.into_bytes(), said);
    let field = |name: &str, value: Value| {
        let mut line = line("x", "good-1");
        line[name] = value;
        line.to_string()
    };
    let many: serde_json::Map<_, _> = (0..65)
        .map(|it| (format!("{SECRET}{it}"), json!(1)))
        .collect();
    vec![
        text(field("token", json!({})), "`token` has no part"),
        text(
            field("token", json!({ SECRET: SECRET })),
            "takes a token that has no parts",
        ),
        text(
            format!(r#"{{"provider":"extruct","token":{{"{SECRET}":"a","{SECRET}":"b"}}}}"#),
            "`token` has a name twice",
        ),
        text(
            json!({ "token": { SECRET: SECRET } }).to_string(),
            "`provider` is missing",
        ),
        text(field("scheme", SECRET.into()), "no scheme of that name"),
        text(field("scheme", json!([SECRET])), "`scheme` is not a string"),
        text(
            field("parameters", SECRET.into()),
            "`parameters` is not an object",
        ),
        text(
            field("parameters", json!({ SECRET: [SECRET] })),
            "`parameters` has a value that is neither a string nor a number",
        ),
        text(
            field("parameters", json!({ SECRET: null })),
            "`parameters` has a value that is neither a string nor a number",
        ),
        text(
            field("parameters", json!({ SECRET: SECRET.repeat(100) })),
            "`parameters` has a name that is longer",
        ),
        text(
            field("parameters", many.into()),
            "`parameters` has more than 64 members",
        ),
        text(
            field("parameters", json!({ SECRET: SECRET })),
            "have no parameters",
        ),
    ]
}

/// What may be wrong with a line, and a part of what is said of it.
fn malformed() -> Vec<(Vec<u8>, &'static str)> {
    let text = |line: String, said| (line.into_bytes(), said);
    let field = |name: &str, value: Value| {
        let mut line = line("x", "good-1");
        line[name] = value;
        line.to_string()
    };
    let mut not_utf8 = line(SECRET, "good-1").to_string().into_bytes();
    not_utf8[8] = 0xff;
    vec![
        text(SECRET.to_owned(), "not JSON"),
        text(format!("{{\"id\":\"{SECRET}\""), "not JSON"),
        text(format!("\"{SECRET}\""), "not a JSON object"),
        text(format!("[\"{SECRET}\"]"), "not a JSON object"),
        text(
            format!("{{\"token\":\"{SECRET}\",\"token\":\"{SECRET}\"}}"),
            "each once",
        ),
        text(format!("{} {SECRET}", line(1, "good-1")), "not JSON"),
        text(
            json!({ "id": SECRET, "provider": "extruct" }).to_string(),
            "`token` is missing",
        ),
        text(
            json!({ "id": 1, "token": SECRET }).to_string(),
            "`provider` is missing",
        ),
        text(
            field("provider", SECRET.into()),
            "there is no provider of that name",
        ),
        text(
            field("provider", json!([SECRET])),
            "`provider` is not a string",
        ),
        text(field("token", json!([SECRET])), "`token` is not a string"),
        text(
            field("token", json!({ SECRET: 1 })),
            "`token` has a part that is not a string",
        ),
        text(field("token", format!("{SECRET}\n").into()), "line break"),
        text(field("token", format!("{SECRET}é").into()), "ASCII"),
        text(
            field("token", SECRET.repeat(1000).into()),
            "`token` is longer",
        ),
        text(field("token", "".into()), "empty"),
        text(field("id", json!([SECRET])), "`id` is not"),
        text(field("id", SECRET.repeat(1000).into()), "`id` is longer"),
        text(field("base_url", SECRET.into()), "base URL is not a URL"),
        text(
            field("base_url", format!("{SECRET}:4242").into()),
            "neither https nor http",
        ),
        text(
            field("base_url", format!("https://u:{SECRET}@example.com").into()),
            "password",
        ),
        text(
            field("base_url", format!("http://{SECRET}.example.com").into()),
            "unencrypted",
        ),
        text(field("base_url", json!(7)), "`base_url` is not a string"),
        text(
            json!({ "id": SECRET, "provider": "extruct", "token": SECRET }).to_string(),
            "holds the token",
        ),
        text(
            field("x", SECRET.repeat(60_000).into()),
            "longer than 1048576 bytes",
        ),
        (not_utf8, "not UTF-8"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_line_is_told_by_its_number_alone_and_passed_over() {
    let world = World::start().await;
    let mut content = line("first", "good-1").to_string().into_bytes();
    let malformed = [malformed(), malformed_objects()].concat();
    for (line, _) in &malformed {
        content.push(b'\n');
        content.extend(line);
    }
    content.extend(format!("\n{}", line("last", "good-2")).into_bytes());
    let file = file("malformed", content);
    for log in ["off", "trace"] {
        let mut command = world.check(&[&file]);
        let output = command.env("RUST_LOG", log).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2));
        let lines = lines(&output);
        assert_eq!(lines.len(), malformed.len() + 2);
        let said = stderr(&output);
        let mut unknown = 0;
        for (number, (_, expected)) in malformed.iter().enumerate() {
            let line = format!(" line {}: ", number + 2);
            let told = said.lines().find(|it| it.contains(&line));
            assert!(
                told.is_some_and(|it| it.contains(expected)),
                "{line}{expected}: {told:?}"
            );
            let message = |it: &&Value| it["error"]["message"].as_str().map(str::to_owned);
            let is_of =
                |it: &&Value| message(it).is_some_and(|it| it.starts_with(line.trim_start()));
            let told = lines
                .iter()
                .find(is_of)
                .expect("a line out for every line in");
            assert!(message(&told).unwrap().contains(expected), "{told}");
            assert_eq!(
                (&told["verdict"], &told["identity"]),
                (&json!("indeterminate"), &Value::Null)
            );
            match told["error"]["kind"].as_str().unwrap() {
                "unknown_provider" => unknown += 1,
                "malformed_input" => assert_eq!(told["extra"]["input_line"], number + 2),
                kind => assert_eq!(kind, "config", "{told}"),
            }
        }
        assert_eq!(unknown, 3);
        assert!(said.contains(&format!("{} lines malformed", malformed.len() - unknown)));
        let all = said + &String::from_utf8_lossy(&output.stdout);
        assert!(!all.contains("s3cr3t") && !all.contains("c0ntent"), "{all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_strict_a_malformed_line_of_a_file_stops_all() {
    let world = World::start().await;
    let good = input(&[line(1, "good-1"), line(2, "good-2")]);
    let output = world
        .check(&["--strict", &file("strict-good", &good)])
        .output()
        .await
        .unwrap();
    assert_eq!((output.status.code(), world.asked("")), (Some(0), 2));
    let bad = format!("{good}{SECRET}\n");
    let output = world
        .check(&["--strict", &file("strict", bad)])
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert_eq!(world.asked(""), 2, "no more than before");
    let said = stderr(&output);
    assert!(
        said.contains("line 3: not JSON") && !said.contains("s3cr3t"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_strict_a_malformed_line_of_a_stream_is_the_last() {
    let world = World::start().await;
    let before: Vec<_> = (0..700).map(|id| line(id, &format!("good-{id}"))).collect();
    let input = format!("{}{SECRET}\n{}\n", input(&before), line(700, "good-700"));
    let output = with_input(world.check(&["--strict"]), &input).await;
    assert_eq!(output.status.code(), Some(2));
    // Every line before it counts, and none after it.
    assert_eq!(verdicts(&output).len(), 700);
    assert_eq!((world.asked(""), world.asked("good-700")), (700, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn not_every_line_of_a_wrong_file_is_told() {
    let world = World::start().await;
    let output = with_input(world.check(&[]), &"x\n".repeat(5000)).await;
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("5000 lines malformed") && said.lines().count() < 120);
}

// How it asks.

#[tokio::test(flavor = "multi_thread")]
async fn no_more_are_asked_about_at_once_than_allowed() {
    let world = World::start().await;
    let all: Vec<_> = (0..30).map(|id| line(id, &format!("some-{id}"))).collect();
    let output = with_input(world.check(&["--concurrency", "3"]), &input(&all)).await;
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(verdicts(&output).len(), 30);
    assert_eq!(world.most(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_comes_often_is_asked_about_once() {
    let world = World::start().await;
    let mut all: Vec<_> = (0..50).map(|id| line(id, "some-1")).collect();
    all.push(json!({ "id": "other", "provider": "unleash", "token": "some-1" }));
    let output = with_input(world.check(&[]), &input(&all)).await;
    assert_eq!(verdicts(&output).len(), 51);
    assert_eq!(world.asked("some"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_left_alone_as_long_as_it_asks_and_then_asked_again() {
    let world = World::start().await;
    let all = [line("busy", "busy-1"), line("good", "good-1")];
    let output = with_input(world.check(&["--concurrency", "1"]), &input(&all)).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!((world.asked("busy"), world.asked("good")), (2, 1));
    // For days is too long: nothing more is asked there, and all is asked elsewhere.
    let other = World::start().await;
    let all = [
        line("away", "away-1"),
        line("also there", "good-2"),
        json!({ "id": "elsewhere", "provider": "extruct", "token": "good-2", "base_url": other.url }),
    ];
    let output = with_input(world.check(&["--concurrency", "1"]), &input(&all)).await;
    assert_eq!(output.status.code(), Some(3));
    let verdicts = verdicts(&output);
    assert_eq!(verdicts[r#""also there""#], "indeterminate");
    assert_eq!(verdicts[r#""elsewhere""#], "valid");
    assert_eq!((world.asked("good-2"), other.asked("good-2")), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_waited_for_as_long_as_told() {
    let server = Server::start([Answer::new().silence()]).await.unwrap();
    let line = json!({ "provider": "extruct", "token": "good-1", "base_url": server.url() });
    let world = World::start().await;
    let output = with_input(world.check(&["--timeout", "0.3"]), &line.to_string()).await;
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(lines(&output)[0]["error"]["kind"], "timeout");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_whose_name_does_not_resolve_stops_no_other() {
    let world = World::start().await;
    // A name that nobody may have (RFC 6761, section 6.4).
    let nowhere = |id| json!({ "id": id, "provider": "extruct", "token": format!("good-{id}"), "base_url": "https://nowhere.invalid" });
    let mut all: Vec<_> = (0..2000).map(nowhere).collect();
    all.extend((2000..2100).map(|id| line(id, &format!("good-{id}"))));
    let arguments = ["--allow-host", "nowhere.invalid", "--timeout", "1"];
    let output = with_input(world.check(&arguments), &input(&all)).await;
    assert_eq!(output.status.code(), Some(3));
    let lines = lines(&output);
    let valid = lines.iter().filter(|it| it["verdict"] == "valid").count();
    assert_eq!((lines.len(), valid, world.asked("")), (2100, 100, 100));
    // Most are told so without a lookup of their own.
    let asked = lines.iter().filter(|it| it["error"]["kind"] == "connect");
    assert!(asked.count() < 200);
}

// How it writes.

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_written_as_soon_as_it_is_known() {
    let world = World::start().await;
    let mut child = start(world.check(&[]));
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    for id in 0..3 {
        let line = input(&[line(id, "good-1")]);
        stdin.write_all(line.as_bytes()).await.unwrap();
        let line = stdout.next_line().await.unwrap().unwrap();
        assert!(line.starts_with(&format!("{{\"id\":{id},")), "{line}");
    }
    drop(stdin);
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

/// An answer of nearly a megabyte, whose many small parts take up much more in memory.
fn large_answer() -> Answer {
    let permissions = vec![json!({ "permission": "a" }); 45_000];
    let answer = json!({ "user": { "id": 1, "name": "A" }, "permissions": permissions, "feedback": [], "splash": {} });
    Answer::json(200, answer.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_reads_slowly_costs_neither_memory_nor_verdicts() {
    let world = World::start().await;
    let server = Server::start([large_answer()]).await.unwrap();
    let all: Vec<_> = (0..60)
        .map(|id| json!({ "id": id, "provider": "unleash", "token": format!("good-{id}"), "base_url": server.url() }))
        .collect();
    let mut child = start(world.check(&[
        &file("slowly", input(&all)),
        "--timeout",
        "30",
        "--concurrency",
        "16",
    ]));
    // Nobody reads until no more is asked.
    let mut asked = 0;
    while server.requests().len() > asked || asked == 0 {
        asked = server.requests().len();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(asked < 45, "{asked} were asked about that nobody reads");
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut count = 0;
    while let Some(line) = stdout.next_line().await.unwrap() {
        assert!(line.contains(r#""verdict":"valid""#));
        count += 1;
        // It is at work still: the pipe holds a fraction of a line.
        if count == 45
            && let Some(memory) = most_memory(&child)
        {
            assert!(memory < 200 * 1024, "{memory} KiB");
        }
    }
    assert_eq!(count, 60);
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_read_enough_ends_it_quietly() {
    let world = World::start().await;
    let all: Vec<_> = (0..2000).map(|id| line(id, "good-1")).collect();
    let mut child = start(world.check(&[&file("enough", input(&all))]));
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    stdout.next_line().await.unwrap().unwrap();
    drop(stdout);
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(
        (output.status.code(), stderr(&output).as_str()),
        (Some(141), "")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_error_has_the_summary_and_with_quiet_nothing() {
    let world = World::start().await;
    let all = [line(1, "good-1"), line(2, "bad-1"), line(3, "good-1")];
    let output = with_input(world.check(&[]), &input(&all)).await;
    let said = stderr(&output);
    let words: Vec<Vec<_>> = said
        .lines()
        .map(|it| it.split_whitespace().collect())
        .collect();
    assert_eq!(
        words,
        [
            vec!["provider", "valid", "invalid", "indeterminate"],
            vec!["extruct", "2", "1", "0"]
        ]
    );
    let output = with_input(world.check(&["--quiet"]), &input(&all)).await;
    assert_eq!(stderr(&output), "");
}

// Going on where an earlier run ended.

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_run_has_answered_is_skipped() {
    let world = World::start().await;
    let all = [
        line("a/b", "good-1"),
        line(2, "good-2"),
        line("3", "good-3"),
        line(3, "good-4"),
        line(Value::Null, "good-5"),
    ];
    let file_of_all = file("resume-in", input(&all));
    let first = world.check(&[&file_of_all]).output().await.unwrap();
    assert_eq!(lines(&first).len(), 5);
    // Whole lines, one of them written anew by another program, and one that was cut off.
    let mut earlier: Vec<_> = lines(&first)
        .into_iter()
        .filter(|it| it["id"] != 3)
        .collect();
    earlier.sort_by_key(ToString::to_string);
    let mut text = input(&earlier).replace("a/b", "\\u0061\\/b");
    text += r#"{"id":3,"provider":"ext"#;
    let earlier = file("resume-out", &text);
    let again = world
        .check(&[&file_of_all, "--resume", &earlier])
        .output()
        .await
        .unwrap();
    let ids: Vec<_> = verdicts(&again).into_keys().collect();
    assert_eq!(ids, ["3", "null"], "what has no identifier is never known");
    let said = stderr(&again);
    assert!(
        said.contains("3 lines skipped") && said.contains("was cut off"),
        "{said}"
    );
    assert_eq!((world.asked("good-1"), world.asked("good-4")), (1, 2));
    // That run's output was written behind the cut line.
    text += &String::from_utf8(again.stdout).unwrap();
    let earlier = file("resume-out-2", text);
    let last = world
        .check(&[&file_of_all, "--resume", &earlier])
        .output()
        .await
        .unwrap();
    assert_eq!(last.status.code(), Some(0));
    assert!(lines(&last).len() <= 2, "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_output_is_not_resumed() {
    let world = World::start().await;
    let all = file("resume-wrong", input(&[line(1, SECRET)]));
    let output = world
        .check(&[&all, "--resume", &all])
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(world.asked(""), 0);
    assert!(!stderr(&output).contains("s3cr3t"));
}

// Being interrupted.

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_finishes_what_is_asked_and_tells_what_is_left() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let world = World::start().await;
        let all: Vec<_> = (0..200).map(|id| line(id, &format!("held-{id}"))).collect();
        let all = file(&format!("interrupted-{name}"), input(&all));
        let mut child = start(world.check(&[&all, "--concurrency", "2"]));
        world.was_asked(2).await;
        signal(&child, name).await;
        said(&mut child, "finishing").await;
        world.release.send_replace(true);
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(status));
        assert_eq!(verdicts(&output).len(), 2);
        assert_eq!(world.asked(""), 2, "nothing was asked after it");
        let said = stderr(&output);
        assert!(said.contains("198 lines not asked about\n"), "{said}");
        // And the rest can be had.
        let out = file(&format!("interrupted-out-{name}"), &output.stdout);
        let rest = world
            .check(&[&all, "--resume", &out])
            .output()
            .await
            .unwrap();
        assert_eq!((rest.status.code(), verdicts(&rest).len()), (Some(0), 198));
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_stream_may_have_more() {
    let world = World::start().await;
    let mut child = start(world.check(&["--concurrency", "1"]));
    let all = input(&[line(1, "held-1"), line(2, "held-2")]);
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(all.as_bytes()).await.unwrap();
    world.was_asked(1).await;
    signal(&child, "INT").await;
    said(&mut child, "finishing").await;
    world.release.send_replace(true);
    // Standard input stays open all the while.
    let output = child.wait_with_output().await.unwrap();
    drop(stdin);
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(verdicts(&output).into_keys().collect::<Vec<_>>(), ["1"]);
    let said = stderr(&output);
    assert!(
        said.contains("not asked about, and there may be more"),
        "{said}"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let world = World::start().await;
    let mut child = start(world.check(&["--timeout", "3600"]));
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(input(&[line(1, "held-1")]).as_bytes())
        .await
        .unwrap();
    world.was_asked(1).await;
    signal(&child, "INT").await;
    said(&mut child, "finishing").await;
    signal(&child, "INT").await;
    let output = child.wait_with_output().await.unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0));
}

// What must not happen.

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_in_any_output() {
    let world = World::start().await;
    let valid = Server::start([Answer::json(200, echo(200))]).await.unwrap();
    let invalid = Server::start([Answer::json(401, echo(401))]).await.unwrap();
    let page = Server::start([Answer::html(403, TOKEN)]).await.unwrap();
    let nobody = Server::start([Answer::new().on_connect().reset()])
        .await
        .unwrap();
    let mut all: Vec<_> = [&valid, &invalid, &page, &nobody]
        .into_iter()
        .enumerate()
        .map(|(id, server)| json!({ "id": id, "provider": "extruct", "token": TOKEN, "base_url": server.url() }))
        .collect();
    all.push(json!({ "id": TOKEN, "provider": "extruct", "token": TOKEN }));
    all.push(json!({ "provider": TOKEN, "token": TOKEN }));
    all.push(json!({ "token": TOKEN }));
    all.push(json!({ TOKEN: TOKEN }));
    all.push(json!({ "provider": "extruct", "token": TOKEN, "base_url": format!("{}/{TOKEN}", valid.url()) }));
    all.push(json!({ "provider": "extruct", "token": format!("{TOKEN}\n") }));
    all.push(json!(TOKEN));
    let mut command = world.check(&[]);
    command.env("RUST_LOG", "trace");
    let output = with_input(command, &format!("{}{TOKEN}", input(&all))).await;
    assert_eq!(output.status.code(), Some(2));
    let lines = lines(&output);
    let count = |verdict| lines.iter().filter(|it| it["verdict"] == verdict).count();
    assert_eq!((count("valid"), count("invalid")), (1, 1));
    assert_eq!(lines.len(), all.len() + 1);
    let said = stderr(&output);
    assert!(said.contains("keyholder.verdict="), "everything is logged");
    assert!(leaks(&said).is_empty(), "{:?}", leaks(&said));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        stdout.contains("[REDACTED]") && leaks(&stdout).is_empty(),
        "{stdout}"
    );
}

/// An answer that repeats the token.
fn echo(status: u16) -> String {
    match status {
        200 => json!({ "user_id": TOKEN, "email": TOKEN, "available_credits": 1 }).to_string(),
        _ => json!({ "code": "invalid_token", "message": TOKEN, TOKEN: TOKEN }).to_string(),
    }
}

/// The most memory that the process has had, in KiB; nothing where the system does not tell.
fn most_memory(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()?)).ok()?;
    let line = status.lines().find(|it| it.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_grow_with_the_lines() {
    let world = World::start().await;
    let mut child = start(world.check(&["--quiet"]));
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut memory = Vec::new();
    for part in [0..20_000, 20_000..100_000] {
        let count = part.len();
        let lines: String = part
            .map(|id| format!("{}\n", line(id, &format!("good-{}", id % 500))))
            .collect();
        let writing = stdin.write_all(lines.as_bytes());
        let reading = async {
            for _ in 0..count {
                assert!(
                    stdout
                        .next_line()
                        .await
                        .unwrap()
                        .unwrap()
                        .contains("\"valid\"")
                );
            }
        };
        let (written, ()) = tokio::join!(writing, reading);
        written.unwrap();
        memory.extend(most_memory(&child));
    }
    drop(stdin);
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
    assert_eq!(world.asked(""), 500);
    if let [some, many] = memory[..] {
        assert!(many < some + 8 * 1024, "{some} KiB, then {many} KiB");
    }
}
