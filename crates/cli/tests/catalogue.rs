//! The providers that come along: each answer that a maker documents gets the verdict that the documents want.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;

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

#[tokio::test(flavor = "multi_thread")]
async fn answers_mean_what_their_makers_say() {
    let rows = Arc::new(rows());
    assert!(rows.len() > 400, "{}", rows.len());
    let url = serve(Arc::clone(&rows)).await;
    let input: String = rows
        .iter()
        .enumerate()
        .map(|(number, row)| {
            let line = json!({
                "id": number,
                "provider": row.provider,
                "token": row.token,
                "parameters": row.parameters,
                "base_url": format!("{url}/{number}"),
            });
            format!("{line}\n")
        })
        .collect();
    let mut check = command(&[]);
    check
        .args(["check", "--quiet", "--max-pause", "0.001", "--specs"])
        .arg(catalogue());
    let output = with_input(check, &input).await;
    let lines = lines(&output);
    assert_eq!(lines.len(), rows.len());
    let complaints: Vec<_> = lines
        .iter()
        .filter_map(|line| {
            let row = line["id"].as_u64().unwrap();
            complaint(&rows[usize::try_from(row).unwrap()], line)
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
