//! `keyholder check` with what scanners and people have: reports, tables, files of variables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;
#[allow(dead_code)]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Output;

use harness::{lines, with_input};
use serde_json::{Value, json};
use world::{World, file, stderr};

/// Keys of providers that are told by their forms.
const NEXTDOCS: &str = "nxd_0123456789abcdef0123456789abcdef";
const UNLEASH: &str = "user:0f3c9b1d8e7a6f5c4b3a29180716253443526170";
/// One that nobody knows.
const OTHER: &str = "AKIAIOSFODNN7EXAMPLE";

/// As gitleaks and betterleaks write what they find.
fn gitleaks(rule: &str, secret: &str, line: u64) -> Value {
    json!({
        "RuleID": rule, "Description": "A key.", "StartLine": line, "EndLine": line, "StartColumn": 1, "EndColumn": 2,
        "Match": format!("key = \"{secret}\""), "Secret": secret, "File": "src/config.py", "SymlinkFile": "",
        "Commit": "0000", "Entropy": 4.1, "Author": "Jane", "Email": "jane@example.com", "Date": "2026-01-01T00:00:00Z",
        "Message": format!("adds {secret}"), "Tags": [], "Fingerprint": format!("0000:src/config.py:{rule}:{line}")
    })
}

fn trufflehog(detector: &str, secret: &str) -> Value {
    json!({
        "SourceMetadata": { "Data": { "Filesystem": { "file": "src/config.py", "line": 3 } } },
        "SourceID": 1, "SourceType": 15, "SourceName": "trufflehog - filesystem", "DetectorType": 8,
        "DetectorName": detector, "DecoderName": "PLAIN", "Verified": false, "Raw": secret, "RawV2": "",
        "Redacted": "", "ExtraData": null, "StructuredData": null
    })
}

fn kingfisher(rule: &str, secret: &str) -> Value {
    json!({
        "rule": { "name": "A key", "id": rule },
        "finding": {
            "snippet": secret, "fingerprint": "17", "confidence": "medium", "entropy": "4.1",
            "validation": { "status": "Not Attempted", "response": "" }, "language": "Python", "line": 3,
            "column_start": 1, "column_end": 2, "path": "src/config.py"
        }
    })
}

fn sarif(rule: &str, secret: &str) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "gitleaks", "rules": [{ "id": rule, "shortDescription": { "text": "A key" } }] } },
            "results": [{
                "message": { "text": "a key" }, "ruleId": rule, "level": "warning",
                "locations": [{ "physicalLocation": {
                    "artifactLocation": { "uri": "src/config.py" },
                    "region": { "startLine": 3, "startColumn": 1, "snippet": { "text": secret } }
                } }]
            }]
        }]
    })
}

async fn check(world: &World, input: &str, arguments: &[&str]) -> Output {
    let output = with_input(world.check(arguments), input).await;
    let all = stderr(&output) + &String::from_utf8_lossy(&output.stdout);
    for key in [NEXTDOCS, UNLEASH, OTHER] {
        assert!(!all.contains(&key[4..]), "{all}");
    }
    output
}

/// Which lines came out, as `file:line rule provider verdict kind`.
fn told(output: &Output) -> Vec<String> {
    let mut told: Vec<_> = lines(output)
        .iter()
        .map(|it| {
            let extra = &it["extra"];
            let text = |value: &Value| value.to_string().replace('"', "");
            [
                format!("{}:{}", text(&extra["file"]), text(&extra["line"])),
                text(&extra["rule"]),
                text(&it["provider"]),
                text(&it["verdict"]),
                text(&it["error"]["kind"]),
            ]
            .join(" ")
        })
        .collect();
    told.sort();
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scanner_is_read_by_itself_and_by_name() {
    let world = World::start().await;
    let lines_of = |items: &[Value]| items.iter().map(|it| format!("{it}\n")).collect::<String>();
    let pretty = |it: &Value| serde_json::to_string_pretty(it).unwrap();
    let array = json!([
        gitleaks("a-rule", NEXTDOCS, 3),
        gitleaks("b-rule", UNLEASH, 3),
        gitleaks("c-rule", OTHER, 3)
    ]);
    let hog = [
        trufflehog("a-rule", NEXTDOCS),
        trufflehog("b-rule", UNLEASH),
        trufflehog("c-rule", OTHER),
    ];
    let fish = [
        kingfisher("a-rule", NEXTDOCS),
        kingfisher("b-rule", UNLEASH),
        kingfisher("c-rule", OTHER),
    ];
    let envelope = json!({ "findings": fish, "metadata": { "x": [1] } });
    let mut log = sarif("a-rule", NEXTDOCS);
    log["runs"] = json!([
        log["runs"][0],
        sarif("b-rule", UNLEASH)["runs"][0],
        { "results": sarif("c-rule", OTHER)["runs"][0]["results"], "tool": {} },
    ]);
    let csv = format!(
        "RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine\n\
         a-rule,0,src/config.py,,{NEXTDOCS},\"x = \"\"{NEXTDOCS}\"\"\n\",3\n\
         b-rule,0,src/config.py,,{UNLEASH},,3\nc-rule,0,src/config.py,,{OTHER},,3\n"
    );
    let log_line = r#"{"level":"info-0","ts":"2026-01-01T00:00:00Z","logger":"trufflehog","msg":"finished scanning"}"#;
    for (name, format, content) in [
        ("gitleaks", "gitleaks", pretty(&array)),
        ("gitleaks in a line", "gitleaks", array.to_string()),
        ("betterleaks", "betterleaks", pretty(&array)),
        ("gitleaks.csv", "gitleaks", csv.clone()),
        ("table.csv", "csv", csv.replace(',', ";")),
        ("trufflehog", "trufflehog", lines_of(&hog)),
        (
            "trufflehog with its log",
            "trufflehog",
            format!("{log_line}\n{}{log_line}\n", lines_of(&hog)),
        ),
        (
            "trufflehog pretty",
            "trufflehog",
            hog.iter().map(pretty).collect::<Vec<_>>().join("\n"),
        ),
        (
            "kingfisher lines",
            "kingfisher",
            lines_of(&fish) + "{\"audit\":{\"x\":1}}\n",
        ),
        ("kingfisher", "kingfisher", format!("{envelope}\n")),
        ("kingfisher pretty", "kingfisher", pretty(&envelope)),
        ("sarif", "sarif", pretty(&log)),
        ("sarif in a line", "sarif", log.to_string()),
    ] {
        let report = file(name, &content);
        let by_name = check(&world, &content, &["--from", format]).await;
        let by_itself = check(&world, "", &[&report]).await;
        for output in [&by_name, &by_itself] {
            assert_eq!(
                told(output),
                [
                    "src/config.py:3 a-rule nextdocs valid null",
                    "src/config.py:3 b-rule unleash valid null",
                    "src/config.py:3 c-rule  indeterminate unknown_provider",
                ],
                "{name}: {output:?}"
            );
            assert_eq!(output.status.code(), Some(3), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_tells_the_provider() {
    let world = World::start().await;
    let all = json!([
        gitleaks("github-pat", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", 1),
        gitleaks("twilio-api-key", "SK0123456789abcdef0123456789abcdef", 2),
        gitleaks(
            "atlassian-api-token",
            "ATATT3xFfGF0123456789abcdef=0A1B2C3D",
            3
        ),
    ]);
    let output = check(&world, &all.to_string(), &["--dry-run"]).await;
    assert_eq!(
        told(&output),
        [
            "src/config.py:1 github-pat github indeterminate checksum",
            "src/config.py:2 twilio-api-key  indeterminate unknown_provider",
            "src/config.py:3 atlassian-api-token jira indeterminate malformed_input",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_masked_or_no_secret_is_a_line_and_nothing_is_sent() {
    let world = World::start().await;
    let mut no_secret = gitleaks("a", "", 4);
    no_secret["Match"] = Value::Null;
    no_secret["Secret"] = Value::Null;
    let mut all = vec![
        gitleaks("a", "REDACTED", 1),
        gitleaks("a", "nxd_012...", 2),
        gitleaks("a", "nxd_****************", 3),
        no_secret,
        gitleaks(
            "a",
            "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----",
            5,
        ),
        json!(7),
        json!(null),
    ];
    let output = check(&world, &json!(all).to_string(), &[]).await;
    assert_eq!(
        told(&output),
        [
            "null:null null  indeterminate malformed_input",
            "null:null null  indeterminate malformed_input",
            "src/config.py:1 a  indeterminate redacted",
            "src/config.py:2 a  indeterminate redacted",
            "src/config.py:3 a  indeterminate redacted",
            "src/config.py:4 a  indeterminate malformed_input",
            "src/config.py:5 a  indeterminate unknown_provider",
        ]
    );
    let said = stderr(&output);
    assert!(said.contains("3 lines without the token"), "{said}");
    // Nobody here has made a mistake.
    assert_eq!(
        (output.status.code(), world.asked("")),
        (Some(3), 0),
        "{output:?}"
    );
    // As trufflehog writes SARIF.
    let mut log = sarif("a", "");
    let result = &mut log["runs"][0]["results"][0];
    result["locations"][0]["physicalLocation"]["region"] = json!({ "startLine": 3 });
    let output = check(&world, &log.to_string(), &[]).await;
    assert_eq!(
        told(&output),
        ["src/config.py:3 a  indeterminate malformed_input"]
    );
    // A report that is cut off says what stands before.
    all = vec![gitleaks("a", NEXTDOCS, 1), gitleaks("a", UNLEASH, 2)];
    let whole = serde_json::to_string_pretty(&all).unwrap();
    let output = check(&world, &whole[..whole.len() - 40], &[]).await;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(told(&output).len(), 2, "{output:?}");
    assert!(
        stderr(&output).contains("it ends in the middle"),
        "{output:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_keep_their_fingerprints_and_can_be_resumed_from() {
    let world = World::start().await;
    let all = json!([
        gitleaks("a", NEXTDOCS, 1),
        gitleaks("a", NEXTDOCS, 1),
        gitleaks("a", UNLEASH, 1),
        gitleaks("a", UNLEASH, 2),
    ]);
    let report = file("resumed-report", all.to_string());
    let output = check(&world, "", &[&report]).await;
    let all = lines(&output);
    let ids: BTreeSet<_> = all.iter().map(|it| it["id"].to_string()).collect();
    let expected = [
        "0000:src/config.py:a:1",
        "0000:src/config.py:a:1#2",
        "0000:src/config.py:a:1#3",
        "0000:src/config.py:a:2",
    ];
    let expected: Vec<_> = expected.iter().map(|it| format!("{it:?}")).collect();
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), expected);
    let earlier = file("resumed-report-out", &output.stdout);
    let asked = world.asked("");
    let output = check(&world, "", &[&report, "--resume", &earlier]).await;
    assert_eq!(
        (lines(&output).len(), world.asked("")),
        (0, asked),
        "{output:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_of_several_commits_are_told_apart() {
    let world = World::start().await;
    let found = |commit: &str| {
        let mut item = trufflehog("a", NEXTDOCS);
        item["SourceMetadata"] =
            json!({ "Data": { "Git": { "commit": commit, "file": "a.py", "line": 3 } } });
        format!("{item}\n")
    };
    let all = [found("c0"), found("c1"), found("c1")].concat();
    let output = check(&world, &all, &[]).await;
    let ids: BTreeSet<_> = lines(&output)
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    let expected = ["c0:a.py:a:3", "c1:a.py:a:3", "c1:a.py:a:3#2"];
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), expected);
    assert!(!stderr(&output).contains("warning"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_again_says_nothing_again_of_what_nobody_can_be_asked() {
    let world = World::start().await;
    let mut no_secret = gitleaks("a", "", 4);
    no_secret["Match"] = json!("");
    let all = json!([
        gitleaks("a", OTHER, 1),
        gitleaks("a", OTHER, 1),
        gitleaks("a", "REDACTED", 2),
        gitleaks("github-pat", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", 3),
        no_secret,
    ]);
    let report = file("again", all.to_string());
    let out = format!("{report}.out");
    let _ = std::fs::remove_file(&out);
    for _ in 0..3 {
        let output = check(&world, "", &[&report, "--output", &out]).await;
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        let known = std::fs::read_to_string(&out).unwrap();
        assert_eq!(known.lines().count(), 5, "{known}");
    }
    // One that can be asked about by now is.
    let mut all = all;
    all[0] = gitleaks("a", NEXTDOCS, 1);
    let report = file("again", all.to_string());
    check(&world, "", &[&report, "--output", &out]).await;
    let known = std::fs::read_to_string(&out).unwrap();
    assert_eq!(known.lines().count(), 6, "{known}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_report_may_have_more() {
    let world = World::start().await;
    let all: Vec<_> = (0..5000)
        .map(|line| gitleaks("a", &format!("{NEXTDOCS}{line}"), line + 1))
        .chain([gitleaks("a", "nxd_held", 9999)])
        .cycle()
        .take(20_000)
        .collect();
    let all = json!(all).to_string().replace("nxd_0", "nxd_held-0");
    let report = file("interrupted-report", all);
    let mut child = world::start(world.check(&[&report, "--concurrency", "2"]));
    world.was_asked(2).await;
    world::signal(&child, "INT").await;
    world::said(&mut child, "finishing").await;
    world.release.send_replace(true);
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = stderr(&output);
    assert!(said.contains("and there may be more to read"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_comes_back_without_the_token() {
    let world = World::start().await;
    let mut item = gitleaks("a", NEXTDOCS, 1);
    item["File"] = json!(format!("keys/{NEXTDOCS}.txt"));
    item["Fingerprint"] = json!(NEXTDOCS);
    item["deep"] = json!({ "er": [{ NEXTDOCS: 1 }, NEXTDOCS, 7] });
    let arguments = [
        "--keep", "Commit", "--keep", "Message", "--keep", "deep.er", "--keep", "absent", "--mask",
    ];
    let output = check(&world, &json!([item]).to_string(), &arguments).await;
    let line = &lines(&output)[0];
    assert_eq!(
        line["extra"],
        json!({
            "file": "keys/[REDACTED].txt", "line": 1, "rule": "a", "token": "nxd_…def",
            "Commit": "0000", "Message": "adds [REDACTED]", "deep.er": ["[REDACTED]", "[REDACTED]", 7],
        })
    );
    assert_eq!(line["id"], Value::Null);
    // Lines of our own, too.
    let own = json!({ "id": 1.50, "token": NEXTDOCS, "team": "blue", "note": NEXTDOCS });
    let arguments = ["--keep", "team", "--keep", "note", "--mask"];
    let output = check(&world, &own.to_string(), &arguments).await;
    let expected = json!({ "team": "blue", "note": "[REDACTED]", "token": "nxd_…def" });
    assert_eq!(lines(&output)[0]["extra"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_can_be_named() {
    let world = World::start().await;
    let item = json!({ "result": { "value": "good-1", "who": "extruct" } });
    let arguments = [
        "--token-field",
        "result.value",
        "--provider-field",
        "result.who",
    ];
    for input in [item.to_string(), json!([item]).to_string()] {
        let output = check(&world, &input, &arguments).await;
        assert_eq!(
            (output.status.code(), lines(&output).len()),
            (Some(0), 1),
            "{output:?}"
        );
    }
    let table = "who\tvalue\nextruct\tgood-1\nnobody\tgood-2\n";
    let arguments = [
        "--from",
        "csv",
        "--token-field",
        "value",
        "--provider-field",
        "who",
    ];
    let output = check(&world, table, &arguments).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(lines(&output).len(), 2);
    let output = check(&world, table, &["--from", "csv"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--token-field"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_our_own_has_base_urls_that_are_not_trusted() {
    let world = World::start().await;
    let table = format!(
        "id,provider,token,base_url\n1,extruct,good-1,{}\n2,extruct,good-2,https://evil.example.com\n",
        world.url
    );
    let output = check(&world, &table, &["--from", "csv"]).await;
    assert_eq!(output.status.code(), Some(2));
    let kinds: Vec<_> = lines(&output)
        .iter()
        .map(|it| it["error"]["kind"].clone())
        .collect();
    assert!(kinds.contains(&json!("host_not_allowed")), "{kinds:?}");
    assert_eq!(world.asked(""), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_tell_their_providers_by_name_and_by_form() {
    let world = World::start().await;
    let content = format!(
        "# keys\nEXTRUCT_API_TOKEN=good-1\nexport EXTRUCT_API_TOKEN_STAGING='bad-1'\nPROD_EXTRUCT_API_TOKEN=\"good-2\" # note\n\
         DOCS={NEXTDOCS}\nEXTRUCT_API_TOKEN_FILE=/run/secrets/x\nPORT=8080\nDATABASE_URL=postgres://localhost/x\n\
         STRIPE_SECRET_KEY={OTHER}\r\nEMPTY_TOKEN=\nEXTRUCT_BASE_URL_STAGING={}\n",
        world.url
    );
    let named = file("five.env", &content);
    for (input, arguments) in [
        (content.as_str(), vec!["--from", "env"]),
        ("", vec![&*named]),
    ] {
        let output = check(&world, input, &arguments).await;
        let told: BTreeMap<_, _> = lines(&output)
            .iter()
            .map(|it| {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                (
                    text(&it["id"]),
                    format!(
                        "{} {} {}",
                        text(&it["provider"]),
                        text(&it["verdict"]),
                        it["extra"]["line"]
                    ),
                )
            })
            .collect();
        let expected = [
            ("DOCS", "nextdocs valid 5"),
            ("EXTRUCT_API_TOKEN", "extruct valid 2"),
            ("EXTRUCT_API_TOKEN_STAGING", "extruct invalid 3"),
            ("PROD_EXTRUCT_API_TOKEN", "extruct valid 4"),
            ("STRIPE_SECRET_KEY", " indeterminate 9"),
        ];
        let expected = expected.map(|(name, told)| (name.to_owned(), told.to_owned()));
        assert_eq!(told, BTreeMap::from(expected), "{output:?}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_inputs_are_read_or_told() {
    let world = World::start().await;
    let report = serde_json::to_string_pretty(&json!([gitleaks("a", NEXTDOCS, 1)])).unwrap();
    let utf16 = |text: &str, mark: bool| -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        let units = mark.into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let big_endian: Vec<u8> = utf16(&report, true)
        .chunks(2)
        .flat_map(|it| [it[1], it[0]])
        .collect();
    for (name, content) in [
        ("utf-16", utf16(&report, true)),
        ("utf-16 without a mark", utf16(&report, false)),
        ("utf-16 the other way", big_endian),
        (
            "utf-16 lines",
            utf16(&format!("{}\r\n", json!({ "token": NEXTDOCS })), true),
        ),
        ("a mark", format!("\u{feff}{report}").into_bytes()),
        ("crlf", report.replace('\n', "\r\n").into_bytes()),
        (
            "blank lines before",
            format!("\n\n  \n{report}").into_bytes(),
        ),
        (
            "one line",
            json!([gitleaks("a", NEXTDOCS, 1)]).to_string().into_bytes(),
        ),
    ] {
        let report = file("odd", content);
        let output = check(&world, "", &[&report]).await;
        assert_eq!(
            (output.status.code(), lines(&output).len()),
            (Some(0), 1),
            "{name}: {output:?}"
        );
    }
    let banner = "🐷🔑🐷  TruffleHog. Unearth your secrets. 🐷🔑🐷\n\n";
    let hog = format!("{banner}{}\n", trufflehog("a", NEXTDOCS));
    let old = json!([{ "id": "a", "matches": [kingfisher("a", NEXTDOCS)] }]);
    for content in [hog, old.to_string()] {
        let output = check(&world, "", &[&file("odd", content)]).await;
        let told = told(&output);
        assert_eq!(told, ["src/config.py:3 a nextdocs valid null"]);
    }
    let people = format!("Team,Service,API Key\nblue,NextDocs,{NEXTDOCS}\nred,,{NEXTDOCS}\n");
    let output = check(&world, &people, &["--from", "csv"]).await;
    assert_eq!(
        (output.status.code(), lines(&output).len()),
        (Some(0), 2),
        "{output:?}"
    );
    for (packed, program) in [
        (&b"\x1f\x8b\x08\x00rest"[..], "gzip -dc"),
        (b"PK\x03\x04rest", "unzip -p"),
        (b"\x28\xb5\x2f\xfdrest", "zstd -dc"),
    ] {
        let report = file("odd", packed);
        let output = check(&world, "", &[&report]).await;
        assert_eq!(
            (output.status.code(), output.stdout.len()),
            (Some(2), 0),
            "{output:?}"
        );
        assert!(stderr(&output).contains(program), "{output:?}");
    }
    for (name, content) in [
        ("empty", ""),
        ("blank", " \n\n"),
        ("nothing found", "[]\n"),
        ("null", "null\n"),
        ("brackets", "[\n]\n"),
    ] {
        let report = file("odd", content);
        for from in [&[][..], &["--from", "gitleaks"], &["--from", "sarif"]] {
            let output = check(&world, "", &[&[&*report], from].concat()).await;
            assert_eq!(
                (output.status.code(), output.stdout.len()),
                (Some(0), 0),
                "{name}: {output:?}"
            );
        }
    }
    let huge = json!([{ "RuleID": "a", "Secret": NEXTDOCS, "Match": "x".repeat(3_000_000), "File": "a.zip!b.tar!c.txt" }]);
    let output = check(&world, "", &[&file("huge", huge.to_string())]).await;
    assert_eq!(lines(&output)[0]["extra"]["file"], "a.zip!b.tar!c.txt");
    let output = check(&world, "", &[env!("CARGO_TARGET_TMPDIR")]).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("cannot be read"), "{output:?}");
}

/// A report of any size takes no more memory than a small one.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_large_report_takes_no_more_memory() {
    use tokio::io::AsyncWriteExt;
    use tokio::process::Command;
    let world = World::start().await;
    let mut command: Command = world.check(&["--quiet"]);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let item = serde_json::to_string_pretty(&gitleaks("a", OTHER, 1)).unwrap() + ",\n";
    let many = item.repeat(1000);
    let id = child.id().unwrap();
    let most_memory = || {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let most = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap();
        most.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    stdin.write_all(b"[\n").await.unwrap();
    let mut before = 0;
    for nth in 0..40 {
        stdin.write_all(many.as_bytes()).await.unwrap();
        if nth == 5 {
            before = most_memory();
        }
    }
    // Behind the first few there were many times as much.
    assert!(30 * many.len() > 12 * 1024 * 1024);
    let grown = most_memory() - before;
    assert!(grown < 6 * 1024, "{grown} KiB");
    stdin
        .write_all(gitleaks("a", NEXTDOCS, 1).to_string().as_bytes())
        .await
        .unwrap();
    stdin.write_all(b"]").await.unwrap();
    drop(stdin);
    assert_eq!(child.wait().await.unwrap().code(), Some(3));
    assert_eq!(world.asked(NEXTDOCS), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_status_is_that_of_what_is_asked_for() {
    let world = World::start().await;
    let tokens = |names: &[&str]| {
        let lines = names.iter().map(|it| world::line(*it, it));
        lines.map(|it| format!("{it}\n")).collect::<String>()
    };
    for (names, fail_on, status) in [
        (&["good-1"][..], "valid", 1),
        (&["bad-1"], "valid", 0),
        (&["bad-1", "shut-1"], "valid", 0),
        (&["bad-1", "good-1"], "valid", 1),
        (&["good-1", "bad-1"], "invalid", 1),
        (&["good-1", "shut-1"], "invalid", 0),
        (&["shut-1"], "indeterminate", 1),
        (&["bad-1", "shut-1"], "valid,indeterminate", 1),
        (&["bad-1"], "valid,indeterminate", 0),
        (&[], "valid,invalid,indeterminate", 0),
        (&["a\nbreak"], "valid", 2),
    ] {
        let output = check(&world, &tokens(names), &["--fail-on", fail_on]).await;
        assert_eq!(
            output.status.code(),
            Some(status),
            "{names:?} {fail_on}: {output:?}"
        );
    }
    let twice = ["--fail-on", "valid", "--fail-on", "invalid"];
    let output = check(&world, &tokens(&["bad-1"]), &twice).await;
    assert_eq!(output.status.code(), Some(1));
    let output = check(&world, "", &["--fail-on", "never"]).await;
    assert_eq!(output.status.code(), Some(2));
    // What a report has in it is nobody's mistake here.
    let report = json!([gitleaks("a", "REDACTED", 1), gitleaks("a", "", 2)]).to_string();
    let output = check(&world, &report, &["--fail-on", "valid"]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_are_written_as_sarif() {
    let world = World::start().await;
    let mut item = gitleaks("a", NEXTDOCS, 3);
    item["File"] = json!("a folder\\keys#1.py");
    let report = json!([item, gitleaks("b", OTHER, 4)]).to_string();
    let output = check(&world, &report, &["--to", "sarif"]).await;
    assert_eq!(output.status.code(), Some(3));
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "keyholder");
    let results = run["results"].as_array().unwrap();
    let of = |verdict: &str| results.iter().find(|it| it["ruleId"] == verdict).unwrap();
    assert_eq!((results.len(), &of("valid")["level"]), (2, &json!("error")));
    assert_eq!(of("indeterminate")["level"], "note");
    let location = &of("valid")["locations"][0]["physicalLocation"];
    assert_eq!(
        location["artifactLocation"]["uri"],
        "a%20folder/keys%231.py"
    );
    assert_eq!(location["region"]["startLine"], 3);
    assert_eq!(of("valid")["properties"]["provider"], "nextdocs");
    // There is a log where nothing is found, too.
    let output = check(&world, "[]", &["--to", "sarif"]).await;
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["runs"][0]["results"], json!([]));
    let out = file("no-sarif", "");
    let output = check(&world, "[]", &["--to", "sarif", "--output", &out]).await;
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_shows_what_matters_in_the_width_that_there_is() {
    let world = World::start().await;
    let mut all: Vec<_> = (0..60)
        .map(|line| gitleaks("a", &format!("{OTHER}{line}"), line + 1))
        .collect();
    all.push(gitleaks("a-rule-with-a-long-name", NEXTDOCS, 3));
    all[0]["File"] = json!("evil\u{1b}[2J\u{202e}\u{200b}.py");
    let report = json!(all).to_string();
    for width in ["60", "80", "200"] {
        let mut command = world.check(&["--to", "table", "--mask"]);
        command.env("COLUMNS", width);
        let output = with_input(command, &report).await;
        let shown = String::from_utf8(output.stdout).unwrap();
        let most: usize = width.parse().unwrap();
        for line in shown.lines() {
            assert!(line.chars().count() <= most, "{width}: {line:?}");
        }
        let rows: Vec<_> = shown.lines().collect();
        assert!(
            rows[1].contains("nextdocs") && rows[1].contains("valid"),
            "{shown}"
        );
        assert!(shown.contains(".py:3 "), "{shown}");
        assert!(
            shown.ends_with("10 more of (unknown): --to jsonl has all\n"),
            "{shown}"
        );
        assert!(
            !shown.contains(['\u{1b}', '\u{202e}', '\u{200b}']),
            "{shown}"
        );
        assert!(!shown.contains(&NEXTDOCS[4..20]), "{shown}");
    }
    // Of few, all are shown.
    let few = [world::line("one", "good-1"), world::line("two", "bad-1")];
    let output = check(&world, &world::input(&few), &["--to", "table"]).await;
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("one") && shown.contains("two"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_seen_is_escaped_in_json() {
    let world = World::start().await;
    let mut item = gitleaks("a", NEXTDOCS, 1);
    let file = "a\u{1b}\u{7f}\u{9b}\u{202e}\u{200b}\u{2066}b";
    item["File"] = json!(file);
    for format in ["jsonl", "sarif"] {
        let output = check(&world, &json!([item]).to_string(), &["--to", format]).await;
        let text = String::from_utf8(output.stdout).unwrap();
        let hidden = [
            '\u{1b}', '\u{7f}', '\u{9b}', '\u{202e}', '\u{200b}', '\u{2066}',
        ];
        assert!(!text.contains(hidden), "{text:?}");
        if format == "jsonl" {
            let line: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(line["extra"]["file"], file);
        }
    }
}

/// Nobody reads what the command prints: that is told in its status, whatever it prints.
#[cfg(unix)]
#[test]
fn a_broken_pipe_is_never_a_success() {
    use std::process::{Command, Stdio};
    for arguments in [
        &["--help"][..],
        &["check", "--help"],
        &["--version"],
        &["schema"],
        &["providers"],
        &["providers", "--json"],
        &["completions", "bash"],
        &["demo", "--json"],
        &["check", "--to", "sarif"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = Command::new(env!("CARGO_BIN_EXE_keyholder"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(141), "{arguments:?}");
    }
}
