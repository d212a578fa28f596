//! `cargo xtask corpus`, through the command itself, on descriptions that are made up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::{Output, Place, run};

/// One that holds: OpenAPI 3.1, a key in a header after a word, a base path, an envelope and a union.
const HOLDING: &str = r##"openapi: 3.1.0
info: { title: Holding, version: "1" }
servers: [{ url: "https://holding.example.com/v1/" }]
paths:
  /me:
    get:
      security: [{ key: [] }]
      responses:
        "200":
          description: The caller.
          content:
            application/json:
              schema:
                properties:
                  data: { oneOf: [{ $ref: "#/components/schemas/User" }, { type: "null" }] }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: Authorization, description: "`Authorization: Token YOUR_KEY`" }
  schemas:
    User:
      type: object
      required: [id]
      properties:
        id: { type: integer }
        email: { type: [string, "null"], format: email }
        first_name: { type: string }
        last_name: { type: string }
        team: { type: object, properties: { id: { type: string }, name: { type: string } } }
        manager: { $ref: "#/components/schemas/User" }
"##;

/// One whose identifier is elsewhere than its names say: Swagger 2.0.
const ASTRAY: &str = r#"{
  "swagger": "2.0",
  "info": { "title": "Astray", "version": "1" },
  "host": "astray.example.com",
  "basePath": "/api",
  "produces": ["application/json"],
  "securityDefinitions": { "basic": { "type": "basic" } },
  "paths": { "/whoami": { "get": {
    "operationId": "whoami",
    "security": [{ "basic": [] }],
    "responses": { "200": { "description": "The caller.", "schema": {
      "type": "object",
      "properties": { "id": { "type": "string" }, "codeword": { "type": "string" } }
    } } }
  } } }
}"#;

/// One that cannot be generated: nothing says what to send.
const OPEN: &str = r#"openapi: 3.0.3
info: { title: Open, version: "1" }
servers: [{ url: "https://open.example.com" }]
paths:
  /things/{thing}:
    get:
      parameters: [{ name: thing, in: path, required: true, schema: { type: string } }]
      security: [{ key: [] }]
      responses:
        "200": { description: A thing., content: { application/json: { schema: { type: object, properties: { id: { type: string } } } } } }
components: { securitySchemes: { key: { type: http, scheme: bearer } } }
"#;

/// One whose header has a word before the key that nothing in it tells, and a server that is for trying.
const GENIE: &str = r#"openapi: 3.0.3
info: { title: Genie, version: "1" }
servers: [{ url: "https://demo.genie-inc.com" }]
paths:
  /me:
    get:
      security: [{ key: [] }]
      responses:
        "200": { description: The caller., content: { application/json: { schema: { type: object, properties: { id: { type: string } } } } } }
        "401": { description: The key is invalid., content: { application/json: { example: { message: Invalid API key } } } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: Authorization } } }
"#;

fn index() -> Value {
    json!([
        {
            "provider": "holding", "file": "holding.yaml", "operation": "GET /me",
            "security": [{ "key": [] }], "security_summary": "apiKey header Authorization",
            "claims": {
                "sub": "/data/id", "email": "/data/email (nullable)", "name": "/data/first_name + /data/last_name",
                "orgs": "/data/team (single: id,name)", "device": "/device_id",
            },
        },
        {
            "provider": "a_stray", "file": "a_stray.json", "operation": "GET /whoami",
            "claims": { "sub": "/codeword" },
        },
        {
            "provider": "open", "file": "open.yaml", "operation": "GET /things/{thing}", "security": [{ "key": [] }],
            "claims": { "sub": "/id" },
        },
        {
            "provider": "genie", "file": "genie.yaml", "operation": "GET /me", "security": [{ "key": [] }],
            "security_summary": "apiKey header Authorization (prefix `GenieKey `)", "claims": { "sub": "/id" },
        },
        {
            "provider": "lost", "file": "lost.yaml", "operation": "GET /me", "security_summary": "by arrangement",
            "claims": { "sub": "/id" },
        },
    ])
}

fn place() -> Place {
    let place = Place::empty();
    place.write("corpus/holding.yaml", HOLDING);
    place.write("corpus/a_stray.json", ASTRAY);
    place.write("corpus/open.yaml", OPEN);
    place.write("corpus/genie.yaml", GENIE);
    place.write("corpus/index.json", index().to_string());
    place
}

/// `cargo xtask corpus` in `place`; its work is kept, so that only the first run has much to compile.
fn corpus(place: &Place, arguments: &[&str]) -> Output {
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
    let fixed = [
        "--baseline",
        "baseline.json",
        "--work",
        work.to_str().unwrap(),
    ];
    run(&place.path(""), &[&fixed, arguments].concat())
}

#[test]
fn each_description_comes_as_far_as_it_can() {
    let place = place();
    let first = corpus(&place, &["corpus", "--json", "--accept"]);
    first.success();
    let report: Value = serde_json::from_str(&first.stdout).unwrap();
    let rows = report["rows"].as_array().unwrap();
    let stages = |row: &Value| {
        [
            "provider",
            "holds",
            "generated",
            "compiles",
            "warnings",
            "operation",
            "authenticated",
            "credential",
            "servers",
            "claims_found",
            "claims_expected",
            "claims_wrong",
        ]
        .map(|key| row[key].clone())
    };
    let expected = [
        json!([
            "holding", true, true, true, 0, "yes", true, "yes", "yes", 4, 4, 0
        ]),
        json!([
            "a_stray", false, true, true, 0, "yes", true, "yes", "yes", 0, 1, 1
        ]),
        json!([
            "open", false, false, false, 0, "no", false, "unasked", "unasked", 0, 1, 0
        ]),
        json!([
            "genie", false, true, true, 0, "yes", false, "no", "yes", 0, 1, 0
        ]),
        json!([
            "lost", false, false, false, 0, "no", false, "unasked", "unasked", 0, 1, 0
        ]),
    ];
    for (row, expected) in rows.iter().zip(expected) {
        assert_eq!(json!(stages(row)), expected, "{row:#}");
    }
    assert_eq!(rows.len(), 5);
    check(rows);
    assert!(report["totals"]["answers_same"].as_u64().unwrap() > 3000);
    assert_eq!(report["totals"]["hold"], 1);
    assert_eq!(report["fallen_back"], json!({}));
    check_what_falls_back(&place);
}

/// What is said of the rows beside how far they come.
fn check(rows: &[Value]) {
    assert_eq!(rows[0]["error"], Value::Null);
    // What is said of other keys than the good one.
    let verdicts = ["bad_key", "no_scope", "nobody"].map(|key| rows[0][key].clone());
    assert_eq!(
        json!(verdicts),
        json!(["invalid", "indeterminate", "indeterminate"])
    );
    // The description does not say what is wanted, and the index does.
    let told =
        ["error", "credential_wanted", "credential_came"].map(|key| rows[3][key].as_str().unwrap());
    assert_eq!(
        told[1..],
        ["`authorization: GenieKey KEY`", "`authorization: KEY`"]
    );
    assert_eq!(
        told[0],
        format!("not authenticated by {}: {} came", told[1], told[2])
    );
    assert!(
        rows[4]["error"].as_str().unwrap().contains("lost.yaml"),
        "{:#}",
        rows[4]
    );
    assert_eq!(
        rows[1]["error"],
        "sub of /codeword: the identity says \"id-2\""
    );
    let error = rows[2]["error"].as_str().unwrap();
    assert!(
        error.contains("parameter thing is required") && !error.contains('\n'),
        "{error}"
    );
    assert!(rows[0]["lines"].as_u64().unwrap() > 100);
    // Of every answer, a client made at run time says what the generated one does.
    for (row, least) in rows.iter().zip([1500, 1500, 0, 1000, 0]) {
        let read = row["answers_read"].as_u64().unwrap();
        assert!(read >= least, "{row:#}");
        assert_eq!(row["answers_same"], read, "{row:#}");
    }
}

/// What held and does no more is told, in a table.
fn check_what_falls_back(place: &Place) {
    let mut index = index();
    index[0]["claims"]["email"] = json!("/data/first_name");
    place.write("corpus/index.json", index.to_string());
    let second = corpus(place, &["corpus", "holding"]);
    second.status(1);
    let lines: Vec<_> = second.stdout.lines().collect();
    assert!(
        lines[0].starts_with("provider  holds  operation  generated  compiles  warnings"),
        "{}",
        second.stdout
    );
    assert!(
        lines[1].starts_with("holding   no     yes        yes        yes              0"),
        "{}",
        second.stdout
    );
    assert!(lines[1].contains("  3/4  "), "{}", second.stdout);
    assert!(
        second
            .stdout
            .contains("\nfell back: holding: holds, claims, wrong claims\n"),
        "{}",
        second.stdout
    );
    assert!(
        second.stdout.contains("\n0 of 1 hold\n"),
        "{}",
        second.stdout
    );

    // Once it is accepted, it is no more than before.
    corpus(place, &["corpus", "--only", "holding", "--accept"]).success();
    corpus(place, &["corpus", "--only", "holding"]).success();
}

#[test]
fn what_cannot_be_used_is_refused() {
    let place = place();
    let unknown = corpus(&place, &["corpus", "holdin"]);
    unknown.status(2);
    assert!(
        unknown
            .stderr
            .ends_with("help: did you mean \"holding\"?\n"),
        "{}",
        unknown.stderr
    );

    place.write("baseline.json", "[]");
    corpus(&place, &["corpus"]).status(2);
    place.remove("baseline.json");

    for index in ["{}", "not JSON", r#"[{ "provider": "holding" }]"#] {
        place.write("corpus/index.json", index);
        let refused = corpus(&place, &["corpus"]);
        refused.status(2);
        assert!(
            refused.stderr.contains("index.json: is not an index"),
            "{}",
            refused.stderr
        );
    }
    place.remove("corpus/index.json");
    corpus(&place, &["corpus"]).status(2);
}
