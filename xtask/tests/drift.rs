//! `xtask::drift`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::PathBuf;

use serde_json::{Value, json};
use xtask::drift::{Description, compare};
use xtask::pipeline::{load, lower, select};

#[test]
#[ignore = "needs a folder of descriptions and their index.json: CORPUS=DIR"]
fn corpus() {
    let folder = PathBuf::from(std::env::var_os("CORPUS").expect("CORPUS names a folder"));
    let index = load::load(&folder.join("index.json")).unwrap();
    for row in index.as_array().unwrap() {
        let file = folder.join(row["file"].as_str().unwrap());
        let published = load::load(&file).unwrap();
        let paths = published["paths"].as_object().unwrap().clone();
        let ops: Vec<_> = paths.iter().flat_map(|(path, item)| select::METHODS.into_iter().filter(|m| item.get(m).is_some()).map(move |m| (path, m))).collect();
        let step = (ops.len() / 30).max(1);
        let (mut held, mut failed, mut rows) = (0, 0, 0);
        for (path, method) in ops.iter().step_by(step) {
            let operation = format!("{} {path}", method.to_uppercase());
            let mut marked = published.clone();
            marked["paths"][path][method]["x-whoami"] = json!({});
            let Ok(selected) = select::select(&marked) else { failed += 1; continue };
            let Ok(lowered) = lower::lower(&selected) else { failed += 1; continue };
            held += 1;
            let strip = |mut document: Value| {
                document["paths"][path][method].as_object_mut().unwrap().remove("x-whoami");
                document
            };
            let a = Description { source: "selected".into(), document: strip(selected) };
            let b = Description { source: "lowered".into(), document: strip(lowered.document) };
            let drift = compare(&a, &a, Some(&operation)).unwrap();
            assert!(drift.changes.is_empty(), "{}", drift.table());
            for (a, b) in [(&a, &b), (&b, &a)] {
                let drift = compare(a, b, Some(&operation)).unwrap();
                rows += drift.changes.len();
                if !drift.changes.is_empty() {
                    println!("{}", drift.table().lines().take(14).collect::<Vec<_>>().join("\n"));
                    for it in lowered.loosened.iter().take(6) { println!("  loosened {} {}", it.pointer, it.reason); }
                }
            }
        }
        println!("{} {} held {held} failed {failed} rows {rows}", row["provider"], published["openapi"]);
    }
}
