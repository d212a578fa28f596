//! The examples of `specs/README.md`.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use keyholder_describe::specs::Spec;
use keyholder_describe::{Described, provider};
use keyholder_openapi::load;
use serde_json::{Value, json};

const README: &str = include_str!("../../../specs/README.md");

/// A description of which any answer is one, with what the examples name of a request.
fn description(whoami: &Value) -> String {
    let answer = json!({ "description": "x", "content": { "application/json": { "schema": { "title": "Any" } } } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Example", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": [{ "key": [] }],
        "paths": { "/whoami": { "post": {
            "parameters": [
                { "name": "user_id", "in": "query", "schema": { "type": "string" } },
                { "name": "page[size]", "in": "query", "schema": { "type": "string" } },
            ],
            "requestBody": { "content": { "application/json": { "schema": { "type": "object" } } } },
            "responses": { "200": answer, "4XX": answer },
            "x-whoami": whoami,
        } } },
        "components": { "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X-Key" } } },
    })
    .to_string()
}

/// Each block of YAML is a mapping, or a part of one, and reads without a remark. What is of an overlay is none.
#[test]
fn the_examples_read() {
    let blocks: Vec<_> = README
        .split("```yaml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .filter(|block| !block.starts_with("actions:"))
        .collect();
    assert!(blocks.len() > 20, "{}", blocks.len());
    let mut keys = Vec::new();
    for block in blocks {
        let example = load::read(block, false).unwrap_or_else(|error| panic!("{error}\n{block}"));
        let mut whoami = json!({ "identity": { "sub": "/id" }, "token": { "env": "EXAMPLE_KEY" } });
        let parts = example.get("x-whoami").unwrap_or(&example);
        for (key, value) in parts.as_object().unwrap() {
            whoami[key] = value.clone();
            keys.push(key.clone());
        }
        let spec = Spec {
            provider: "example".to_owned(),
            description: "example.json".into(),
            overlay: None,
        };
        let described = Described::parse(&spec, &description(&whoami), None).unwrap();
        let (_, remarks) = provider(&described).unwrap_or_else(|error| panic!("{error}\n{block}"));
        assert_eq!(remarks, [""; 0], "{block}");
    }
    for key in [
        "identity",
        "success",
        "code",
        "answers",
        "challenges",
        "token",
        "parameters",
        "arguments",
        "body",
    ] {
        assert!(keys.iter().any(|it| it == key), "no example of {key}");
    }
}
