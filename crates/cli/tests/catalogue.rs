//! The providers that come along: each answer that a maker documents gets the verdict that the documents want.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, Uri};
use futures_util::StreamExt as _;
use keyholder::{Client, Config, Error, HttpClients, WhoAmI as _};
use keyholder_core::Retry;
use serde_json::{Value, json};
use testing_fault_server::{Answer, Server};
use tokio::net::TcpListener;
use tokio::process::Command;

use harness::{command, lines, with_input};

/// An answer of a table, and whose it is.
struct Row {
    provider: String,
    token: Value,
    parameters: Value,
    row: Value,
}

fn catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

/// All rows of all tables, with those that are everybody's at each.
fn rows() -> Vec<Row> {
    let read = |file: &Path| keyholder_openapi::load::load(file).unwrap();
    let folder = catalogue().join("answers");
    let common = read(&folder.join("common.yaml"));
    let mut files: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    let mut rows = Vec::new();
    for file in files {
        let provider = file.file_stem().unwrap().to_str().unwrap();
        if provider == "common" {
            continue;
        }
        let table = read(&file);
        let own = table["answers"].as_array().unwrap();
        for row in own.iter().chain(common["answers"].as_array().unwrap()) {
            rows.push(Row {
                provider: provider.to_owned(),
                token: row.get("token").unwrap_or(&table["token"]).clone(),
                parameters: table.get("parameters").cloned().unwrap_or(json!({})),
                row: row.clone(),
            });
        }
    }
    rows
}

/// What a row answers to a request for `path`.
fn answer(row: &Value, path: &str) -> Response<Body> {
    let mut others = row["others"].as_array().into_iter().flatten();
    let other = others.find(|it| path.ends_with(it["path"].as_str().unwrap()));
    let row = other.unwrap_or(row);
    let (media_type, body) = match (row.get("body"), row.get("text")) {
        (Some(body), _) => (Some("application/json"), body.to_string()),
        (None, Some(text)) => (Some("text/plain"), text.as_str().unwrap().to_owned()),
        (None, None) => (None, String::new()),
    };
    let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
    let mut answer = Response::builder().status(status);
    let headers = row["headers"].as_object().into_iter().flatten();
    let mut has_type = false;
    for (name, value) in headers {
        has_type |= name.eq_ignore_ascii_case("content-type");
        answer = answer.header(name, value.as_str().unwrap());
    }
    if let Some(media_type) = media_type.filter(|_| !has_type) {
        answer = answer.header("content-type", media_type);
    }
    answer.body(Body::from(body)).unwrap()
}

/// A server of all rows, each below a path of its own.
async fn serve(rows: Arc<Vec<Row>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(move |uri: Uri| {
        let row: usize = uri.path().split('/').nth(1).unwrap().parse().unwrap();
        let answer = answer(&rows[row].row, uri.path());
        async move { answer }
    });
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

/// Whether `identity` holds what is wanted: an object these members, a list these items and no others.
fn holds(identity: &Value, wanted: &Value) -> bool {
    match (identity, wanted) {
        (Value::Object(identity), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| identity.get(name).is_some_and(|it| holds(it, wanted))),
        (Value::Array(identity), Value::Array(wanted)) => {
            identity.len() == wanted.len() && identity.iter().zip(wanted).all(|(a, b)| holds(a, b))
        }
        _ => identity == wanted,
    }
}

/// What of a line is not as the row wants it.
fn complaint(row: &Row, line: &Value) -> Option<String> {
    let wanted = &row.row;
    let verdicts = match &wanted["verdict"] {
        Value::Array(verdicts) => verdicts.clone(),
        one => vec![one.clone()],
    };
    let limited = &line["identity"]["token"]["limited"]["by"];
    let is_open = verdicts.len() > 1;
    let is_right = verdicts.contains(&line["verdict"])
        && (is_open || limited == &wanted["limited"])
        && (wanted["reason"].is_null() || wanted["reason"] == line["error"]["reason"])
        && (wanted["identity"].is_null() || holds(&line["identity"], &wanted["identity"]));
    (!is_right).then(|| format!("{}, {}: {line}", row.provider, wanted["name"]))
}

/// What `keyholder check` tells of these lines, by their `id`.
async fn checked(command: Command, input: &[Value]) -> BTreeMap<u64, Value> {
    let input: String = input.iter().map(|it| format!("{it}\n")).collect();
    let output = with_input(command, &input).await;
    let lines = lines(&output).into_iter();
    lines.map(|it| (it["id"].as_u64().unwrap(), it)).collect()
}

fn check(environment: &[(&str, &str)]) -> Command {
    let mut check = command(environment);
    check.args(["check", "--quiet", "--max-pause", "0.001"]);
    check
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_mean_what_their_makers_say() {
    let rows = Arc::new(rows());
    assert!(rows.len() > 400, "{}", rows.len());
    let url = serve(Arc::clone(&rows)).await;
    let input: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(number, row)| {
            json!({
                "id": number,
                "provider": row.provider,
                "token": row.token,
                "parameters": row.parameters,
                "base_url": format!("{url}/{number}"),
            })
        })
        .collect();
    // Once as the command has them with it, and once as it reads them.
    let mut described = check(&[]);
    described.arg("--specs").arg(catalogue());
    for command in [check(&[]), described] {
        let lines = checked(command, &input).await;
        assert_eq!(lines.len(), rows.len());
        let complaints: Vec<_> = lines
            .iter()
            .filter_map(|(row, line)| complaint(&rows[usize::try_from(*row).unwrap()], line))
            .collect();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }
}

/// The library tells the same, with a client of the provider's data.
#[tokio::test(flavor = "multi_thread")]
async fn the_library_tells_the_same() {
    let rows = Arc::new(rows());
    let url = serve(Arc::clone(&rows)).await;
    let clients = HttpClients::default();
    let asked = rows.iter().enumerate().map(|(number, row)| {
        let provider = keyholder_catalogue::provider(&row.provider).unwrap();
        let mut config = Config::new(row.token.as_str().unwrap())
            .base_url(format!("{url}/{number}"))
            .retry(Retry::OFF)
            .http_clients(clients.clone());
        for (name, value) in row.parameters.as_object().unwrap() {
            config = config.parameter(name, value.as_str().unwrap());
        }
        let client = Client::new(provider, config).unwrap();
        async move {
            let verdict = client.verify().await;
            let error = verdict.error();
            let line = json!({
                "verdict": verdict.as_str(),
                "identity": verdict.identity(),
                "error": { "reason": error.and_then(Error::reason).map(|it| it.to_string()) },
            });
            complaint(row, &line)
        }
    });
    let complaints: Vec<_> = futures_util::stream::iter(asked)
        .buffer_unordered(32)
        .filter_map(|it| async { it })
        .collect()
        .await;
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// What a scanner finds beside the keys of the catalogue: keys of others, and what only looks like one.
const NOBODYS: [&str; 10] = [
    "AKIAIOSFODNN7EXAMPLE",
    "AIzaSyK3yh0lderMadeUpK3yh0lderMadeUp0000",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.k3yh0lderMadeUpSignature",
    "correct-horse-battery-staple",
    // Of Clerk and of Paystack, which begin as Stripe's do.
    "sk_live_k3yh0lderMadeUpk3yh0lderMadeUp0000000000000",
    "sk_live_0123456789abcdef0123456789abcdef01234567",
    // What some token of a provider is like, and many others.
    "k3yh0lderMadeUpk3yh0lderMadeUp",
    "jane@example.com:k3yh0lderMadeUp",
    "pk_live_k3yh0lderMadeUpk3yh0lderMadeUp",
];

/// Keys of all providers in one file, without a word on whose they are, as a scanner finds them: each goes to its own
/// provider alone, and gets the verdict that its maker's documents want. Round by round, all answers of all tables.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_found_keys_is_told_by_their_forms() {
    let rows = Arc::new(rows());
    let url = serve(Arc::clone(&rows)).await;
    let mut of_provider = BTreeMap::<&str, Vec<usize>>::new();
    for (number, row) in rows.iter().enumerate() {
        if !has_forms(&row.provider) {
            continue;
        }
        of_provider.entry(&row.provider).or_default().push(number);
    }
    let rounds = of_provider.values().map(Vec::len).max().unwrap();
    let mut told = BTreeSet::new();
    for round in 0..rounds {
        let chosen: Vec<_> = of_provider
            .values()
            .map(|numbers| numbers[round % numbers.len()])
            .collect();
        let base_urls: Vec<_> = chosen
            .iter()
            .map(|number| {
                let provider = keyholder_catalogue::provider(&rows[*number].provider).unwrap();
                let variable = provider.base_url_variable.clone();
                (variable, format!("{url}/{number}"))
            })
            .collect();
        let environment: Vec<_> = base_urls
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let keys = chosen
            .iter()
            .map(|number| json!({ "id": number, "token": rows[*number].token }));
        let nobodys = NOBODYS.iter().zip(rows.len()..);
        let nobodys = nobodys.map(|(token, number)| json!({ "id": number, "token": token }));
        let input: Vec<_> = keys.chain(nobodys).collect();
        for (number, line) in checked(check(&environment), &input).await {
            let verdict = &line["verdict"];
            let Some(row) = rows.get(usize::try_from(number).unwrap()) else {
                assert_eq!(verdict, "indeterminate", "{line}");
                assert_eq!(line["error"]["kind"], "unknown_provider", "{line}");
                continue;
            };
            // Its form tells of nobody.
            if line["provider"] == "" {
                assert_eq!(verdict, "indeterminate", "{line}");
                continue;
            }
            assert_eq!(line["provider"], *row.provider, "{line}");
            assert_eq!(complaint(row, &line), None);
            told.insert(row.provider.as_str());
        }
    }
    let with_forms: BTreeSet<_> = of_provider.keys().copied().collect();
    assert_eq!(told, with_forms);
    assert!(told.len() >= 25, "{told:?}");
}

/// Whether keys of a provider are told by their form.
fn has_forms(provider: &str) -> bool {
    let mut entries = keyholder_catalogue::entries().iter();
    entries.any(|it| it.name() == provider && it.has_forms())
}

/// A key of a provider of the catalogue, in the environment.
#[tokio::test(flavor = "multi_thread")]
async fn whoami_knows_them() {
    let good = Answer::json(200, r#"{"login":"jane","id":4242,"type":"User"}"#);
    let server = Server::start([good.clone(), good]).await.unwrap();
    let url = server.url();
    let token = "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";
    let environment = [("GITHUB_TOKEN", token), ("GITHUB_BASE_URL", url.as_str())];
    for arguments in [&["whoami", "github", "--json"][..], &["whoami", "--json"]] {
        let output = command(&environment)
            .args(arguments)
            .output()
            .await
            .unwrap();
        let lines = lines(&output);
        assert_eq!(lines.len(), 1, "{output:?}");
        assert_eq!(lines[0]["identity"]["sub"], "4242", "{output:?}");
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].line, "GET /user HTTP/1.1");
}

/// Values of parameters come from the environment, of a provider that is read when it is asked for, too.
#[tokio::test(flavor = "multi_thread")]
async fn parameters_come_from_the_environment() {
    let answer = Answer::json(200, "{}");
    let server = Server::start([answer]).await.unwrap();
    let url = server.url();
    let environment = [
        ("CLOUDFLARE_ACCOUNT_BASE_URL", url.as_str()),
        ("CLOUDFLARE_ACCOUNT_ID", "0123456789abcdef0123456789abcdef"),
    ];
    let input = [json!({ "id": 1, "provider": "cloudflare-account", "token": "k3yh0lderMadeUp" })];
    checked(check(&environment), &input).await;
    assert_eq!(
        server.requests()[0].line,
        "GET /accounts/0123456789abcdef0123456789abcdef/tokens/verify HTTP/1.1"
    );
}

/// They are listed apart from those that have a crate.
#[tokio::test]
async fn they_are_listed_apart() {
    let list = |arguments: &'static [&str]| async move {
        let output = command(&[]).arg("providers").args(arguments).output();
        output.await.unwrap()
    };
    let json = lines(&list(&["--json"]).await);
    let is_of_catalogue = |it: &&Value| it["catalogue"] == true;
    let (theirs, ours): (Vec<_>, Vec<_>) = json.iter().partition(is_of_catalogue);
    assert_eq!(ours.len(), keyholder::providers().len());
    assert_eq!(theirs.len(), keyholder_catalogue::entries().len());
    assert!(
        json[..ours.len()]
            .iter()
            .all(|it| it["catalogue"].is_null())
    );
    let table = String::from_utf8(list(&[]).await.stdout).unwrap();
    let (first, second) = table.split_once("\n\n").unwrap();
    assert!(
        first.contains("unleash") && !first.contains("github"),
        "{table}"
    );
    assert!(
        second.contains("ever asked by us") && second.contains(" github "),
        "{table}"
    );
}

/// What a caller describes goes before what comes along, by its name and by the form of its tokens.
#[tokio::test]
async fn a_described_provider_goes_before_the_catalogue() {
    let description = r#"
openapi: 3.1.0
info: { title: Acme, version: "1" }
servers: [{ url: https://api.acme-rockets.com }]
paths:
  /me:
    get:
      security: [{ key: [] }]
      responses:
        "200":
          description: The caller.
          content: { application/json: { schema: { type: object, properties: { id: { type: string } } } } }
components: { securitySchemes: { key: { type: http, scheme: bearer } } }
"#;
    let overlay = r#"
overlay: 1.0.0
info: { title: Corrections, version: "1" }
actions:
  - target: $.paths['/me'].get
    update: { x-whoami: { identity: { sub: /id }, token: { env: ACME_KEY, form: "^glpat-" } } }
"#;
    for name in ["gitlab", "acme"] {
        let files = [
            (format!("{name}.yaml"), description),
            (format!("{name}.overlay.yaml"), overlay),
        ];
        let files: Vec<_> = files
            .iter()
            .map(|(file, text)| (file.as_str(), *text))
            .collect();
        let folder = harness::folder("catalogue", name, &files);
        let mut dry = check(&[]);
        dry.arg("--dry-run").arg("--specs").arg(folder);
        let input = [json!({ "id": 1, "token": "glpat-k3yh0lderMadeUp00001" })];
        let lines = checked(dry, &input).await;
        assert_eq!(lines[&1]["provider"], name);
        assert_eq!(lines[&1]["request"]["host"], "api.acme-rockets.com");
    }
}

/// A key with one letter mistyped is told so before it is sent, and a good one is never told so.
#[tokio::test(flavor = "multi_thread")]
async fn check_digits_are_held_before_anything_is_sent() {
    let server = Server::start([Answer::json(200, "{}")]).await.unwrap();
    let url = server.url();
    let environment = [
        ("GITHUB_BASE_URL", url.as_str()),
        ("NPM_BASE_URL", url.as_str()),
    ];
    // The first is the example that makers of scanners show each other.
    let good = [
        "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",
        "ghs_k3yh0lderMadeUpT0ken00000000011sxn9p",
        "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",
    ];
    let line = |(id, token): (usize, String)| json!({ "id": id, "token": token });
    let mistype = |token: &str| format!("{}Z{}", &token[..10], &token[11..]);
    let mistyped: Vec<_> = good
        .map(mistype)
        .into_iter()
        .enumerate()
        .map(line)
        .collect();
    for line in checked(check(&environment), &mistyped).await.values() {
        assert_eq!(line["error"]["kind"], "checksum", "{line}");
    }
    assert_eq!(server.connections(), 0);
    let mut dry = check(&environment);
    dry.arg("--dry-run");
    let good: Vec<_> = good
        .map(str::to_owned)
        .into_iter()
        .enumerate()
        .map(line)
        .collect();
    for line in checked(dry, &good).await.values() {
        assert_eq!(line["error"]["kind"], "not_asked", "{line}");
    }
}

/// What the tables have of a maker's other secrets, such as tokens that only renew others: even a good one would be refused, so
/// none is sent, and nothing is known of it. Nor does the form of one tell whose it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_makers_other_secrets_are_not_sent() {
    let server = Server::start([Answer::json(401, "{}")]).await.unwrap();
    let url = server.url();
    let folder = catalogue().join("answers");
    let mut input = Vec::new();
    for entry in keyholder_catalogue::entries() {
        let file = folder.join(entry.name()).with_extension("yaml");
        let table = keyholder_openapi::load::load(&file).unwrap();
        let parameters = table.get("parameters").cloned().unwrap_or(json!({}));
        let tokens: Vec<_> = table["other"].as_array().into_iter().flatten().collect();
        let others = &entry.provider().token.others;
        assert_eq!(tokens.is_empty(), others.is_empty(), "{}", entry.name());
        for token in tokens {
            input.push(json!({ "id": input.len(), "token": token }));
            input.push(json!({
                "id": input.len(),
                "provider": entry.name(),
                "token": token,
                "parameters": parameters,
                "base_url": url,
            }));
        }
    }
    assert!(input.len() > 50, "{}", input.len());
    let lines = checked(check(&[]), &input).await;
    assert_eq!(lines.len(), input.len());
    for line in lines.values() {
        assert_eq!(line["verdict"], "indeterminate", "{line}");
        assert_eq!(line["error"]["kind"], "unknown_provider", "{line}");
    }
    assert_eq!(server.connections(), 0);
}

/// Its README has a row for each, and says which server everybody asks and which was ever asked.
#[test]
fn the_readme_lists_them() {
    let readme = std::fs::read_to_string(catalogue().join("README.md")).unwrap();
    let rows = readme.lines().filter(|it| it.starts_with("| `"));
    let rows: Vec<_> = rows
        .map(|it| it.split('|').map(str::trim).collect::<Vec<_>>())
        .collect();
    let entries = keyholder_catalogue::entries();
    assert_eq!(rows.len(), entries.len());
    for (row, entry) in rows.iter().zip(entries) {
        let provider = entry.provider();
        let has_server = provider.base_url.is_some() || !provider.servers.is_empty();
        let mark = if has_server { "" } else { " ◦" };
        assert_eq!(row[1], format!("`{}`{mark}", provider.name));
        let runs_here = ["airflow", "jupyterhub", "verdaccio"].contains(&entry.name());
        assert_eq!(row[5].contains("never asked by us"), !runs_here, "{row:?}");
    }
    for absent in ["AWS", "Azure", "Google"] {
        assert!(readme.contains(absent), "{absent}");
    }
}
