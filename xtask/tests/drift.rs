//! `keyholder_drift` and `cargo xtask drift`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;

use keyholder_drift::{Description, Drift, compare};
use keyholder_openapi::{load, lower, overlay, select};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Place, run};

/// A description with something of everything that is compared.
fn base() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Base", "version": "1" },
        "servers": [{ "url": "https://base.example.com/v1" }],
        "paths": { "/me": { "post": {
            "operationId": "me",
            "security": [{ "key": [] }],
            "parameters": [
                { "name": "expand", "in": "query", "schema": { "type": "string", "enum": ["all", "none"] } },
                { "name": "X-Version", "in": "header", "required": true, "schema": { "type": "string", "enum": ["1", "2"] } },
            ],
            "requestBody": { "content": { "application/json": { "schema": {
                "type": "object", "required": ["scope"], "properties": { "scope": { "type": "string" } },
            } } } },
            "responses": {
                "200": { "description": "", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Me" } } } },
                "401": { "description": "", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } } },
            },
            "x-whoami": {
                "identity": {
                    "sub": "/id", "name": ["/name", "/nick"], "email": "/email",
                    "organizations": { "each": "/teams", "id": "/id" },
                    "quotas": [{ "name": "calls", "used": "/used/calls" }],
                },
                "code": "/code",
                "answers": { "401 bad_token": "unauthenticated", "401 wrong_scope": "forbidden" },
                "arguments": { "X-Version": "1" },
                "body": { "scope": "me" },
                "token": { "env": "BASE_TOKEN" },
            },
        } } },
        "components": {
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer" },
                "header": { "type": "apiKey", "in": "header", "name": "X-Key" },
            },
            "schemas": {
                "Me": { "type": "object", "required": ["id", "teams"], "properties": {
                    "id": { "type": "integer" },
                    "name": { "type": ["string", "null"], "maxLength": 80 },
                    "nick": { "type": "string" },
                    "email": { "type": "string", "format": "email" },
                    "plan": { "type": "string", "enum": ["free", "team"] },
                    "rate": { "type": "number" },
                    "address": { "type": "object", "properties": { "city": { "type": "string" } } },
                    "teams": { "type": "array", "items": { "$ref": "#/components/schemas/Team" } },
                    "used": { "type": "object", "additionalProperties": { "type": "integer" } },
                    "owner": { "oneOf": [{ "$ref": "#/components/schemas/Me" }, { "type": "string" }] },
                    "tags": { "type": "array", "items": { "type": "string" } },
                } },
                "Team": { "type": "object", "required": ["id"], "properties": {
                    "id": { "type": "string" }, "label": { "type": "string" },
                } },
                "Error": { "type": "object", "required": ["message"], "properties": {
                    "code": { "type": "string", "enum": ["bad_token", "wrong_scope", "other"] },
                    "message": { "type": "string" },
                } },
            },
        },
    })
}

fn description(document: Value) -> Description {
    Description {
        source: "a test".to_owned(),
        document,
    }
}

fn held(ours: &Value, theirs: &Value) -> Drift {
    compare(
        &description(ours.clone()),
        &description(theirs.clone()),
        None,
    )
    .unwrap()
}

/// The differences, a line each: place, what, and whether it breaks.
fn rows(drift: &Drift) -> Vec<String> {
    let row = |change: &keyholder_drift::Change| {
        let breaks = if change.breaks { " BREAKS" } else { "" };
        format!("{} {}{breaks}", change.place, change.kind.name())
    };
    drift.changes.iter().map(row).collect()
}

/// What is changed in a description, and what is found of it, there and back.
type Case = (
    &'static str,
    Edit,
    &'static [&'static str],
    &'static [&'static str],
);
type Edit = fn(&mut Value);

fn me(document: &mut Value) -> &mut Value {
    &mut document["components"]["schemas"]["Me"]
}

fn operation(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/me"]["post"]
}

fn remove(value: &mut Value, key: &str) -> Value {
    value.as_object_mut().unwrap().remove(key).unwrap()
}

const CASES: &[Case] = &[
    ("nothing", |_| {}, &[], &[]),
    (
        "a new optional field",
        |it| me(it)["properties"]["new"] = json!({ "type": "string" }),
        &["200 /new added"],
        &["200 /new removed"],
    ),
    (
        "a field of an object with no other is of another type",
        |it| {
            me(it)["properties"]["address"] =
                json!({ "type": "object", "properties": { "city": { "type": "integer" } } });
        },
        &["200 /address/city type BREAKS"],
        &["200 /address/city type BREAKS"],
    ),
    (
        "a new required field",
        |it| {
            me(it)["properties"]["new"] = json!({ "type": "string" });
            me(it)["required"] = json!(["id", "teams", "new"]);
        },
        &["200 /new added"],
        &["200 /new removed BREAKS"],
    ),
    (
        "a required field is optional",
        |it| me(it)["required"] = json!(["id"]),
        &["200 /teams optional BREAKS"],
        &["200 /teams required"],
    ),
    (
        "a field of no claim is gone",
        |it| drop(remove(&mut me(it)["properties"], "plan")),
        &["200 /plan removed"],
        &["200 /plan added"],
    ),
    (
        "a field of a claim is gone",
        |it| drop(remove(&mut me(it)["properties"], "email")),
        &["200 /email removed BREAKS"],
        &["200 /email added"],
    ),
    (
        "one of two fields of a claim is gone",
        |it| drop(remove(&mut me(it)["properties"], "nick")),
        &["200 /nick removed BREAKS"],
        &["200 /nick added"],
    ),
    (
        "the list of a claim is gone",
        |it| {
            remove(&mut me(it)["properties"], "teams");
            me(it)["required"] = json!(["id"]);
        },
        &["200 /teams removed BREAKS"],
        &["200 /teams added"],
    ),
    (
        "a string in place of an integer",
        |it| me(it)["properties"]["id"] = json!({ "type": "string" }),
        &["200 /id type BREAKS"],
        &["200 /id type BREAKS"],
    ),
    (
        "a number in place of an integer",
        |it| me(it)["properties"]["id"] = json!({ "type": "number" }),
        &["200 /id type BREAKS"],
        &["200 /id type"],
    ),
    (
        "an unsigned integer",
        |it| me(it)["properties"]["id"]["format"] = json!("uint64"),
        &["200 /id format BREAKS"],
        &["200 /id format BREAKS"],
    ),
    (
        "a format of an integer",
        |it| me(it)["properties"]["id"]["format"] = json!("int64"),
        &["200 /id format"],
        &["200 /id format"],
    ),
    (
        "a large maximum",
        |it| me(it)["properties"]["id"]["maximum"] = json!(1.0e19),
        &["200 /id constraint", "200 /id constraint BREAKS"],
        &["200 /id constraint", "200 /id constraint BREAKS"],
    ),
    (
        "anything in place of a type",
        |it| me(it)["properties"]["nick"] = json!({}),
        &["200 /nick type BREAKS"],
        &["200 /nick type"],
    ),
    (
        "a second type",
        |it| me(it)["properties"]["nick"]["type"] = json!(["string", "integer"]),
        &["200 /nick type BREAKS"],
        &["200 /nick type"],
    ),
    (
        "a property may be null",
        |it| me(it)["properties"]["nick"]["type"] = json!(["string", "null"]),
        &["200 /nick nullable"],
        &["200 /nick not_nullable"],
    ),
    (
        "an item may be null",
        |it| me(it)["properties"]["tags"]["items"]["type"] = json!(["string", "null"]),
        &["200 /tags/* nullable BREAKS"],
        &["200 /tags/* not_nullable"],
    ),
    (
        "a value of a map may be null",
        |it| {
            me(it)["properties"]["used"]["additionalProperties"]["type"] =
                json!(["integer", "null"]);
        },
        &["200 /used/* nullable BREAKS"],
        &["200 /used/* not_nullable"],
    ),
    (
        "the whole may be null",
        |it| me(it)["type"] = json!(["object", "null"]),
        &["200 nullable BREAKS", "200 /owner nullable"],
        &["200 not_nullable", "200 /owner not_nullable"],
    ),
    (
        "the values of a map are of another type",
        |it| me(it)["properties"]["used"]["additionalProperties"] = json!({ "type": "string" }),
        &["200 /used/* type BREAKS"],
        &["200 /used/* type BREAKS"],
    ),
    (
        "a map names its values",
        |it| me(it)["properties"]["used"] = json!({ "type": "object", "properties": { "calls": { "type": "integer" } }, "additionalProperties": false }),
        &["200 /used/* removed"],
        &["200 /used/* added"],
    ),
    (
        "a map has no value of the claim's name",
        |it| me(it)["properties"]["used"] = json!({ "type": "object", "properties": { "mails": { "type": "integer" } }, "additionalProperties": false }),
        &["200 /used/* removed BREAKS"],
        &["200 /used/* added"],
    ),
    (
        "a new value",
        |it| me(it)["properties"]["plan"]["enum"] = json!(["free", "gold", "team"]),
        &["200 /plan values_added"],
        &["200 /plan values_removed"],
    ),
    (
        "any value",
        |it| drop(remove(&mut me(it)["properties"]["plan"], "enum")),
        &["200 /plan values_added"],
        &["200 /plan values_removed"],
    ),
    (
        "another format",
        |it| me(it)["properties"]["email"]["format"] = json!("idn-email"),
        &["200 /email format"],
        &["200 /email format"],
    ),
    (
        "another limit",
        |it| me(it)["properties"]["name"]["maxLength"] = json!(40),
        &["200 /name constraint"],
        &["200 /name constraint"],
    ),
    (
        "no other properties",
        |it| me(it)["additionalProperties"] = json!(false),
        &["200 closed"],
        &["200 opened"],
    ),
    (
        "a deprecated property",
        |it| me(it)["properties"]["nick"]["deprecated"] = json!(true),
        &["200 /nick deprecated"],
        &[],
    ),
    (
        "a deprecated operation",
        |it| operation(it)["deprecated"] = json!(true),
        &["operation deprecated"],
        &[],
    ),
    (
        "a form of a union is gone",
        |it| me(it)["properties"]["owner"] = json!({ "type": "string" }),
        &["200 /owner type"],
        &["200 /owner type BREAKS"],
    ),
    (
        "a form of a union more",
        |it| me(it)["properties"]["owner"]["oneOf"] = json!([{ "$ref": "#/components/schemas/Me" }, { "type": "string" }, { "type": "boolean" }]),
        &["200 /owner type"],
        &["200 /owner type"],
    ),
    (
        "a claim's field in an item is gone",
        |it| {
            it["components"]["schemas"]["Team"] =
                json!({ "type": "object", "properties": { "label": { "type": "string" } } });
        },
        &["200 /teams/*/id removed BREAKS"],
        &["200 /teams/*/id added"],
    ),
    (
        "another status of success",
        |it| {
            let answer = remove(&mut operation(it)["responses"], "200");
            operation(it)["responses"]["201"] = answer;
        },
        &["200 moved BREAKS"],
        &["201 moved BREAKS"],
    ),
    (
        "a second success",
        |it| operation(it)["responses"]["204"] = json!({ "description": "" }),
        &["204 added BREAKS"],
        &["204 removed"],
    ),
    (
        "a success of a range",
        |it| {
            let answer = remove(&mut operation(it)["responses"], "200");
            operation(it)["responses"]["2XX"] = answer;
        },
        &["200 moved"],
        &["2XX moved"],
    ),
    (
        "no success",
        |it| drop(remove(&mut operation(it)["responses"], "200")),
        &["200 removed BREAKS"],
        &["200 added"],
    ),
    (
        "a success that is no JSON",
        |it| operation(it)["responses"]["200"]["content"] = json!({ "text/csv": {} }),
        &["200 added", "200 removed BREAKS"],
        &["200 added", "200 removed"],
    ),
    (
        "another JSON",
        |it| {
            let media = remove(
                &mut operation(it)["responses"]["200"]["content"],
                "application/json",
            );
            operation(it)["responses"]["200"]["content"]["application/vnd.base+json"] = media;
        },
        &["200 moved"],
        &["200 moved"],
    ),
    (
        "an error more",
        |it| operation(it)["responses"]["403"] = json!({ "description": "" }),
        &["403 added"],
        &["403 removed"],
    ),
    (
        "an error by its range",
        |it| {
            let answer = remove(&mut operation(it)["responses"], "401");
            operation(it)["responses"]["4XX"] = answer;
        },
        &["4XX added"],
        &["4XX removed"],
    ),
    (
        "an error that says less",
        |it| it["components"]["schemas"]["Error"]["required"] = json!([]),
        &["401 /message optional"],
        &["401 /message required"],
    ),
    (
        "the code of an error is gone",
        |it| {
            drop(remove(
                &mut it["components"]["schemas"]["Error"]["properties"],
                "code",
            ));
        },
        &["401 /code removed", "401 /code unread BREAKS"],
        &["401 /code added"],
    ),
    (
        "a code that the mapping names is gone",
        |it| {
            it["components"]["schemas"]["Error"]["properties"]["code"]["enum"] =
                json!(["bad_token"]);
        },
        &["401 /code values_removed", "401 /code unread BREAKS"],
        &["401 /code values_added"],
    ),
    (
        "a code that the mapping does not name is gone",
        |it| {
            it["components"]["schemas"]["Error"]["properties"]["code"]["enum"] =
                json!(["bad_token", "wrong_scope"]);
        },
        &["401 /code values_removed"],
        &["401 /code values_added"],
    ),
    (
        "another credential",
        |it| operation(it)["security"] = json!([{ "header": [] }]),
        &["security added", "security removed BREAKS"],
        &["security added", "security removed BREAKS"],
    ),
    (
        "a second credential",
        |it| operation(it)["security"] = json!([{ "key": [] }, { "header": [] }]),
        &["security added"],
        &["security removed"],
    ),
    (
        "both credentials at once",
        |it| operation(it)["security"] = json!([{ "key": [], "header": [] }]),
        &["security added", "security removed BREAKS"],
        &["security added", "security removed BREAKS"],
    ),
    (
        "no credential",
        |it| operation(it)["security"] = json!([]),
        &["security removed"],
        &["security added BREAKS"],
    ),
    (
        "a parameter more",
        |it| {
            operation(it)["parameters"]
                .as_array_mut()
                .unwrap()
                .push(json!({ "name": "page", "in": "query", "schema": { "type": "integer" } }));
        },
        &["query page added"],
        &["query page removed"],
    ),
    (
        "a required parameter more",
        |it| {
            operation(it)["parameters"].as_array_mut().unwrap().push(json!({ "name": "page", "in": "query", "required": true, "schema": { "type": "integer" } }));
        },
        &["query page added BREAKS"],
        &["query page removed"],
    ),
    (
        "a parameter is required",
        |it| operation(it)["parameters"][0]["required"] = json!(true),
        &["query expand required BREAKS"],
        &["query expand optional"],
    ),
    (
        "a parameter that callers give takes less",
        |it| operation(it)["parameters"][0]["schema"]["enum"] = json!(["all"]),
        &["query expand values_removed BREAKS"],
        &["query expand values_added"],
    ),
    (
        "a parameter that is sent takes less",
        |it| operation(it)["parameters"][1]["schema"]["enum"] = json!(["1"]),
        &["header x-version values_removed"],
        &["header x-version values_added"],
    ),
    (
        "the value that is sent is refused",
        |it| operation(it)["parameters"][1]["schema"]["enum"] = json!(["2"]),
        &[
            "header x-version values_removed",
            "header x-version unread BREAKS",
        ],
        &["header x-version values_added"],
    ),
    (
        "a header that is no parameter",
        |it| {
            operation(it)["parameters"].as_array_mut().unwrap().push(json!({ "name": "Authorization", "in": "header", "required": true, "schema": { "type": "string" } }));
        },
        &[],
        &[],
    ),
    (
        "the body has to say more",
        |it| {
            operation(it)["requestBody"]["content"]["application/json"]["schema"]["required"] =
                json!(["scope", "reason"]);
        },
        &["body unread BREAKS", "body /reason added"],
        &["body /reason removed"],
    ),
    (
        "the body may say more",
        |it| {
            operation(it)["requestBody"]["content"]["application/json"]["schema"]["properties"]["reason"] =
                json!({ "type": "string" });
        },
        &["body /reason added"],
        &["body /reason removed"],
    ),
    (
        "the body is of another media type",
        |it| {
            let media = remove(
                &mut operation(it)["requestBody"]["content"],
                "application/json",
            );
            operation(it)["requestBody"]["content"]["application/xml"] = media;
        },
        &["body added", "body removed BREAKS"],
        &["body added", "body removed"],
    ),
    (
        "another base path",
        |it| it["servers"][0]["url"] = json!("https://base.example.com/v2"),
        &["path moved BREAKS"],
        &["path moved BREAKS"],
    ),
    (
        "another host",
        |it| it["servers"][0]["url"] = json!("https://other.example.com/v1"),
        &["server moved"],
        &["server moved"],
    ),
    ("no server", |it| it["servers"] = json!([]), &[], &[]),
    (
        "the base path in the path",
        |it| {
            it["servers"] = json!([{ "url": "https://base.example.com/" }]);
            let item = remove(&mut it["paths"], "/me");
            it["paths"]["/v1/me/"] = item;
        },
        &[],
        &[],
    ),
    // Written otherwise, and the same.
    (
        "nullable",
        |it| {
            me(it)["properties"]["name"] =
                json!({ "type": "string", "nullable": true, "maxLength": 80 });
        },
        &[],
        &[],
    ),
    (
        "a union with null",
        |it| {
            me(it)["properties"]["name"] =
                json!({ "anyOf": [{ "type": "string", "maxLength": 80 }, { "type": "null" }] });
        },
        &[],
        &[],
    ),
    (
        "allOf of one",
        |it| {
            let team = json!({ "allOf": [{ "$ref": "#/components/schemas/Team" }], "description": "A team." });
            me(it)["properties"]["teams"]["items"] = team;
        },
        &[],
        &[],
    ),
    (
        "inline",
        |it| {
            let team = it["components"]["schemas"]["Team"].clone();
            me(it)["properties"]["teams"]["items"] = team;
        },
        &[],
        &[],
    ),
    (
        "in parts",
        |it| {
            it["components"]["schemas"]["Team"] = json!({ "allOf": [
        { "type": "object", "properties": { "id": { "type": "string" } } },
        { "required": ["id"], "properties": { "label": { "type": "string" } } },
    ] });
        },
        &[],
        &[],
    ),
    (
        "consts",
        |it| {
            me(it)["properties"]["plan"] =
                json!({ "oneOf": [{ "const": "team", "title": "Team" }, { "const": "free" }] });
        },
        &[],
        &[],
    ),
    (
        "a list of types for a union",
        |it| {
            me(it)["properties"]["owner"]["oneOf"] = json!([{ "$ref": "#/components/schemas/Me" }, { "anyOf": [{ "type": ["string"] }] }]);
        },
        &[],
        &[],
    ),
    (
        "words alone",
        |it| {
            it["info"] = json!({ "title": "Another", "version": "2" });
            operation(it)["operationId"] = json!("another");
            me(it)["title"] = json!("Another");
            me(it)["properties"]["nick"]["description"] = json!("Another.");
            me(it)["properties"]["nick"]["examples"] = json!(["another"]);
        },
        &[],
        &[],
    ),
];

#[test]
fn each_change_has_its_verdict_there_and_back() {
    for (name, edit, there, back) in CASES {
        let ours = base();
        let mut theirs = base();
        edit(&mut theirs);
        assert_eq!(rows(&held(&ours, &theirs)), *there, "{name}");
        assert_eq!(rows(&held(&theirs, &ours)), *back, "{name}, back");
        assert!(held(&theirs, &theirs).changes.is_empty(), "{name}, itself");
    }
}

#[test]
fn the_reasons_name_what_is_lost() {
    let ours = base();
    let note = |edit: Edit| {
        let mut theirs = base();
        edit(&mut theirs);
        let drift = held(&ours, &theirs);
        let notes = drift.changes.into_iter().filter(|it| it.breaks);
        notes.map(|it| it.note).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(
        note(|it| drop(remove(&mut me(it)["properties"], "email"))),
        "the claim `email` is lost"
    );
    assert_eq!(
        note(|it| {
            remove(&mut me(it)["properties"], "id");
            me(it)["required"] = json!(["teams"]);
        }),
        "it was required: the answer does not read without it; the claim `sub` is lost"
    );
    let teams = note(|it| me(it)["properties"]["teams"] = json!({ "type": "string" }));
    assert_eq!(
        teams,
        "the answer does not read; the claim `organizations/id` is lost"
    );
    assert_eq!(
        note(|it| drop(remove(
            &mut it["components"]["schemas"]["Error"]["properties"],
            "code"
        ))),
        "`401 bad_token`, `401 wrong_scope` cannot be told by its code"
    );
}

#[test]
fn a_union_that_is_the_whole_answer_is_read_by_its_forms_alone() {
    let form = |kind: &str, field: &str| {
        json!({ "type": "object", "required": ["kind", field], "properties": {
            "kind": { "type": "string", "enum": [kind] }, (field): { "type": "string" },
        } })
    };
    let with = |forms: Value| {
        let mut document = base();
        remove(&mut operation(&mut document)["x-whoami"], "identity");
        *me(&mut document) = json!({ "oneOf": forms });
        document
    };
    let ours = with(json!([form("user", "id"), form("bot", "name")]));
    let third = with(json!([
        form("user", "id"),
        form("bot", "name"),
        form("team", "slug")
    ]));
    assert_eq!(rows(&held(&ours, &third)), ["200 type BREAKS"]);
    assert_eq!(rows(&held(&third, &ours)), ["200 type"]);
    // The order of the forms says nothing.
    let turned = with(json!([form("bot", "name"), form("user", "id")]));
    assert!(held(&ours, &turned).changes.is_empty());
    // The forms are told apart by `kind`: no form reads another value of it.
    let mut widened = form("user", "id");
    widened["properties"]["kind"]["enum"] = json!(["user", "person"]);
    let widened = with(json!([widened, form("bot", "name")]));
    assert_eq!(
        rows(&held(&ours, &widened)),
        ["200 /kind values_added BREAKS"]
    );
    // One struct reads all forms, as long as each has what it requires.
    let one = with(
        json!([{ "type": "object", "properties": { "kind": { "type": "string" }, "id": { "type": "string" } } }]),
    );
    assert!(!held(&one, &ours).breaks(), "{}", held(&one, &ours).table());
    let strict = with(json!([form("user", "id")]));
    assert_eq!(
        rows(&held(&strict, &ours)),
        [
            "200 type",
            "200 /id removed BREAKS",
            "200 /kind values_added",
            "200 /kind values_removed",
            "200 /name added"
        ]
    );
}

#[test]
fn schemas_within_themselves_end() {
    let mut ours = base();
    me(&mut ours)["properties"]["friends"] =
        json!({ "type": "array", "items": { "$ref": "#/components/schemas/Me" } });
    ours["components"]["schemas"]["Team"]["properties"]["members"] =
        json!({ "type": "array", "items": { "$ref": "#/components/schemas/Me" } });
    let mut theirs = ours.clone();
    me(&mut theirs)["properties"]["nick"] = json!({ "type": "integer" });
    let drift = held(&ours, &theirs);
    assert_eq!(rows(&drift)[0], "200 /nick type BREAKS");
    assert!(drift.changes.len() < 4, "{}", drift.table());

    let mut looped = base();
    looped["components"]["schemas"]["Team"] = json!({ "$ref": "#/components/schemas/Team" });
    held(&looped, &looped);
}

#[test]
fn three_versions_of_one_description_are_the_same() {
    let read = |text: &str| {
        let place = Place::empty();
        place.write("it.yaml", text);
        load::load(&place.path("it.yaml")).unwrap()
    };
    let new = read(
        r#"
openapi: 3.1.0
info: { title: A, version: "1" }
servers: [{ url: https://a.example.com/api }]
security: [{ k: [] }]
paths:
  /me:
    get:
      parameters: [{ name: limit, in: query, schema: { type: integer, exclusiveMinimum: 0 } }]
      responses:
        "200":
          description: ""
          content: { application/json: { schema: { type: object, required: [id], properties: {
            id: { type: integer, format: int64, exclusiveMinimum: 0 },
            name: { type: [string, "null"] },
            kind: { const: user },
            picture: { type: string, contentMediaType: application/octet-stream },
          } } } }
components: { securitySchemes: { k: { type: apiKey, in: header, name: X-Key } } }
"#,
    );
    let middle = read(
        r##"
openapi: 3.0.3
info: { title: B, version: "2" }
servers: [{ url: https://a.example.com/api }]
paths:
  /me/:
    get:
      security: [{ other: [] }]
      parameters: [{ $ref: "#/components/parameters/limit" }]
      responses: { "200": { $ref: "#/components/responses/me" } }
components:
  securitySchemes: { other: { type: apiKey, in: header, name: x-key } }
  parameters: { limit: { name: limit, in: query, schema: { type: integer, minimum: 0, exclusiveMinimum: true } } }
  responses: { me: { description: "", content: { "application/json; charset=utf-8": { schema: { $ref: "#/components/schemas/Me" } } } } }
  schemas: { Me: { type: object, required: [id], properties: {
    id: { type: integer, format: int64, minimum: 0, exclusiveMinimum: true },
    name: { type: string, nullable: true },
    kind: { type: string, enum: [user] },
    picture: { type: string, format: binary },
  } } }
"##,
    );
    let old = read(
        r#"
swagger: "2.0"
info: { title: C, version: "3" }
host: a.example.com
basePath: /api
produces: [application/json]
securityDefinitions: { third: { type: apiKey, in: header, name: X-Key } }
security: [{ third: [] }]
paths:
  /me:
    get:
      parameters: [{ name: limit, in: query, type: integer, minimum: 0, exclusiveMinimum: true }]
      responses: { "200": { description: "", schema: { type: object, required: [id], properties: {
        id: { type: integer, format: int64, minimum: 0, exclusiveMinimum: true },
        name: { type: string, x-nullable: true },
        kind: { type: string, enum: [user] },
        picture: { type: string, format: binary },
      } } } }
"#,
    );
    let all = [new, middle, old].map(description);
    for ours in &all {
        for theirs in &all {
            let drift = compare(ours, theirs, Some("GET /me")).unwrap();
            assert!(drift.changes.is_empty(), "{}", drift.table());
        }
    }
}

#[test]
fn a_description_is_the_same_as_its_own_lowering() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for (folder, provider) in [
        ("../specs", "extruct"),
        ("../specs", "katapult"),
        ("../specs", "nextdocs"),
        ("../specs", "unleash"),
        ("../crates/codegen/tests/golden", "acme"),
    ] {
        let file = |ending: &str| here.join(folder).join(format!("{provider}{ending}"));
        let published = load::load(&file(".yaml")).unwrap();
        let corrections = load::load(&file(".overlay.yaml")).unwrap();
        let overlaid = overlay::overlay(published, &corrections).unwrap();
        let marked = keyholder_describe::marked(&overlaid).unwrap();
        let selected = select::select(&overlaid, marked.path, marked.method, &[])
            .unwrap()
            .document;
        let lowered = lower::lower(&selected).unwrap();
        for (ours, theirs) in [
            (&overlaid, &overlaid),
            (&overlaid, &selected),
            (&selected, &lowered.document),
            (&lowered.document, &selected),
        ] {
            let drift = held(ours, theirs);
            assert!(!drift.breaks(), "{provider}\n{}", drift.table());
            // What is looser has been recorded.
            assert!(
                drift.changes.is_empty() || !lowered.loosened.is_empty(),
                "{provider}\n{}",
                drift.table()
            );
        }
    }
}

/// Of a list among several, the items tell whether another form of ours reads it.
#[test]
fn a_list_more_in_a_union_is_read_where_its_items_are() {
    let answer = |forms: Value| {
        json!({
            "openapi": "3.1.0",
            "info": { "title": "A", "version": "1" },
            "paths": { "/me": { "get": { "responses": { "200": { "description": "", "content": {
                "application/json": { "schema": { "anyOf": forms } },
            } } } } } },
        })
    };
    let list = |of: &str| json!({ "type": "array", "items": { "type": of } });
    let ours = answer(json!([list("boolean"), list("number")]));
    for (more, breaks) in [("integer", false), ("string", true)] {
        let theirs = answer(json!([list("boolean"), list("number"), list(more)]));
        let drift = compare(
            &description(ours.clone()),
            &description(theirs),
            Some("GET /me"),
        )
        .unwrap();
        assert_eq!(drift.breaks(), breaks, "{more}\n{}", drift.table());
    }
}

/// A schema that is written both as 3.0 and as 3.1, and read here without the code that is tested.
#[derive(Clone, Debug)]
enum Schema {
    Anything,
    Boolean,
    Integer,
    Number,
    Text(Vec<&'static str>),
    List(Box<Schema>),
    Map(Box<Schema>),
    /// Name, schema, and whether it is required.
    Object(Vec<(&'static str, Schema, bool)>),
    Null(Box<Schema>),
    Union(Vec<Schema>),
}

impl Schema {
    fn json(&self, is_3_0: bool) -> Value {
        match self {
            Self::Anything => json!({}),
            Self::Boolean => json!({ "type": "boolean" }),
            Self::Integer => json!({ "type": "integer" }),
            Self::Number => json!({ "type": "number" }),
            Self::Text(values) if values.is_empty() => json!({ "type": "string" }),
            Self::Text(values) => json!({ "type": "string", "enum": values }),
            Self::List(items) => json!({ "type": "array", "items": items.json(is_3_0) }),
            Self::Map(values) => {
                json!({ "type": "object", "additionalProperties": values.json(is_3_0) })
            }
            Self::Object(fields) => {
                let properties: serde_json::Map<_, _> = fields
                    .iter()
                    .map(|(name, schema, _)| ((*name).to_owned(), schema.json(is_3_0)))
                    .collect();
                let required: Vec<_> = fields.iter().filter(|it| it.2).map(|it| it.0).collect();
                json!({ "type": "object", "properties": properties, "required": required })
            }
            Self::Null(inner) if is_3_0 => {
                json!({ "allOf": [inner.json(true)], "nullable": true })
            }
            Self::Null(inner) => json!({ "anyOf": [inner.json(false), { "type": "null" }] }),
            Self::Union(forms) => {
                let forms: Vec<_> = forms.iter().map(|form| form.json(is_3_0)).collect();
                json!({ "anyOf": forms })
            }
        }
    }

    /// Values that it takes: with all that may be there, and with only what must be; each part in turn.
    fn values(&self) -> Vec<Value> {
        match self {
            Self::Anything => vec![
                json!(null),
                json!(true),
                json!("x"),
                json!({}),
                json!([1.5]),
            ],
            Self::Boolean => vec![json!(true)],
            Self::Integer => vec![json!(7)],
            Self::Number => vec![json!(7), json!(7.5)],
            Self::Text(values) if values.is_empty() => vec![json!("any"), json!("a")],
            Self::Text(values) => values.iter().map(|it| json!(it)).collect(),
            Self::List(items) => {
                let each = items.values().into_iter().map(|it| json!([it]));
                std::iter::once(json!([])).chain(each).collect()
            }
            Self::Map(inner) => {
                let each = inner.values().into_iter();
                let each =
                    each.flat_map(|it| ["a", "b", "c", "any"].map(|name| json!({ name: it })));
                std::iter::once(json!({})).chain(each).collect()
            }
            // An object of which nothing is said.
            Self::Object(fields) if fields.is_empty() => {
                Self::Map(Box::new(Self::Anything)).values()
            }
            Self::Object(fields) => {
                let least: serde_json::Map<String, Value> = fields
                    .iter()
                    .filter(|it| it.2)
                    .map(|(name, schema, _)| ((*name).to_owned(), schema.values()[0].clone()))
                    .collect();
                let mut all = vec![Value::Object(least.clone())];
                for (name, schema, _) in fields {
                    for value in schema.values() {
                        let mut with = least.clone();
                        with.insert((*name).to_owned(), value);
                        all.push(Value::Object(with));
                    }
                }
                all
            }
            Self::Null(inner) => [inner.values(), vec![Value::Null]].concat(),
            Self::Union(forms) => forms.iter().flat_map(Self::values).collect(),
        }
    }

    /// Whether a client that is made from it reads `value`, by the rules of `generate/tolerance.rs` and `unions.rs`.
    fn reads(&self, value: &Value, is_root: bool) -> bool {
        match self {
            Self::Anything => true,
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.is_i64(),
            Self::Number => value.is_number(),
            // Its enums stay open.
            Self::Text(_) => value.is_string(),
            Self::List(items) => value
                .as_array()
                .is_some_and(|list| list.iter().all(|it| items.reads(it, false))),
            Self::Map(inner) => value
                .as_object()
                .is_some_and(|map| map.values().all(|it| inner.reads(it, false))),
            Self::Object(fields) => value.as_object().is_some_and(|members| {
                fields
                    .iter()
                    .all(|(name, schema, is_required)| match members.get(*name) {
                        // A property may be null, whatever its schema says.
                        Some(Value::Null) => true,
                        Some(member) => schema.reads(member, false),
                        None => !is_required,
                    })
            }),
            Self::Null(inner) => value.is_null() || inner.reads(value, is_root),
            Self::Union(forms) => !is_root || forms.iter().any(|form| form.reads(value, true)),
        }
    }

    /// Whether what a union takes is in question.
    fn has_union(&self) -> bool {
        match self {
            Self::Union(_) => true,
            Self::List(inner) | Self::Map(inner) | Self::Null(inner) => inner.has_union(),
            Self::Object(fields) => fields.iter().any(|it| it.1.has_union()),
            _ => false,
        }
    }

    fn description(&self, is_3_0: bool) -> Value {
        json!({
            "openapi": if is_3_0 { "3.0.3" } else { "3.1.0" },
            "info": { "title": "A", "version": "1" },
            "paths": { "/me": { "get": { "responses": { "200": { "description": "", "content": {
                "application/json": { "schema": self.json(is_3_0) },
            } } } } } },
        })
    }
}

fn schemas() -> impl Strategy<Value = Schema> {
    let leaf = prop_oneof![
        Just(Schema::Anything),
        Just(Schema::Boolean),
        Just(Schema::Integer),
        Just(Schema::Number),
        Just(Schema::Text(vec![])),
        Just(Schema::Text(vec!["a", "b"])),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let field = (
            prop::sample::select(vec!["a", "b", "c"]),
            inner.clone(),
            any::<bool>(),
        );
        let fields = prop::collection::vec(field, 1..4).prop_map(|mut fields| {
            fields.sort_by_key(|it| it.0);
            fields.dedup_by_key(|it| it.0);
            Schema::Object(fields)
        });
        prop_oneof![
            3 => fields,
            1 => inner.clone().prop_map(|it| Schema::List(Box::new(it))),
            1 => inner.clone().prop_map(|it| Schema::Map(Box::new(it))),
            1 => inner.clone().prop_map(|it| Schema::Null(Box::new(it))),
            1 => prop::collection::vec(inner, 2..4).prop_map(Schema::Union),
        ]
    })
}

/// A schema like another: each part of it the same, or another instead, as `choices` say.
fn like(schema: &Schema, other: &Schema, choices: &mut impl Iterator<Item = u8>) -> Schema {
    match (choices.next().unwrap_or(9), schema) {
        (0, _) => other.clone(),
        (1, Schema::Null(inner)) => (**inner).clone(),
        (1, _) => Schema::Null(Box::new(schema.clone())),
        (2, Schema::Integer) => Schema::Number,
        (2, Schema::Text(_)) => Schema::Text(vec!["a", "c"]),
        (2, Schema::Union(forms)) => forms[0].clone(),
        (3, _) => Schema::Union(vec![schema.clone(), other.clone()]),
        (_, Schema::List(inner)) => Schema::List(Box::new(like(inner, other, choices))),
        (_, Schema::Map(inner)) => Schema::Map(Box::new(like(inner, other, choices))),
        (_, Schema::Null(inner)) => Schema::Null(Box::new(like(inner, other, choices))),
        (_, Schema::Union(forms)) => {
            Schema::Union(forms.iter().map(|it| like(it, other, choices)).collect())
        }
        (_, Schema::Object(fields)) => {
            let mut kept = Vec::new();
            for (name, inner, is_required) in fields {
                match choices.next().unwrap_or(9) {
                    0 => {}
                    1 => kept.push((*name, inner.clone(), !is_required)),
                    _ => kept.push((*name, like(inner, other, choices), *is_required)),
                }
            }
            Schema::Object(kept)
        }
        (_, other) => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn what_breaks_no_reader_is_read(
        ours in schemas(),
        other in schemas(),
        choices in prop::collection::vec(0_u8..12, 24),
        versions in any::<(bool, bool)>(),
    ) {
        let theirs = like(&ours, &other, &mut choices.into_iter());
        let drift = compare(
            &description(ours.description(versions.0)),
            &description(theirs.description(versions.1)),
            Some("GET /me"),
        )
        .unwrap();
        let unread = theirs.values().into_iter().find(|value| !ours.reads(value, true));
        if !drift.breaks() {
            prop_assert!(unread.is_none(), "{:?} is not read\n{}{}{}", unread, drift.table(), ours.json(false), theirs.json(false));
        } else if !ours.has_union() && !theirs.has_union() {
            // Of unions, a field may only be gone in a form that another one reads.
            prop_assert!(unread.is_some(), "all is read\n{}{}{}", drift.table(), ours.json(false), theirs.json(false));
        }
        let same = compare(
            &description(ours.description(versions.0)),
            &description(ours.description(!versions.0)),
            Some("GET /me"),
        )
        .unwrap();
        prop_assert!(same.changes.is_empty(), "{}{}", same.table(), ours.json(false));
    }
}

/// Answers each request on this machine by its path, until the test ends; gives its address.
fn server(answers: fn(&str) -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut part = [0; 1024];
            while !request.windows(4).any(|it| it == b"\r\n\r\n") {
                let count = stream.read(&mut part).unwrap();
                request.extend_from_slice(&part[..count]);
            }
            let request = String::from_utf8(request).unwrap();
            assert!(
                !request.to_lowercase().contains("authorization"),
                "{request}"
            );
            let path = request.split(' ').nth(1).unwrap();
            let answer = answers(path);
            // Who stops reading is not waited for.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

const THEIRS: &str = r#"{
  "openapi": "3.0.3",
  "info": { "title": "Small", "version": "2" },
  "security": [{ "key": [] }],
  "paths": { "/me": { "get": { "responses": { "200": { "description": "", "content": { "application/json": {
    "schema": { "type": "object", "additionalProperties": false, "properties": {
      "id": { "type": "integer" }, "email": { "type": "string", "nullable": true }
    } } } } } } } } },
  "components": { "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } } }
}"#;

fn answers(path: &str) -> String {
    match path {
        "/openapi.json" => answer("200 OK", "content-type: application/json\r\n", THEIRS),
        "/broken.json" => answer("200 OK", "", &THEIRS.replace("\"integer\"", "\"string\"")),
        "/openapi.yaml" => answer("200 OK", "", &format!("# YAML\n{THEIRS}")),
        "/moved" => answer("302 Found", "location: /openapi.json\r\n", ""),
        "/abroad" => answer(
            "302 Found",
            "location: http://example.com/openapi.json\r\n",
            "",
        ),
        "/round" => answer("302 Found", "location: /round\r\n", ""),
        "/page" => answer("200 OK", "", "<!doctype html><p>Log in"),
        "/other" => answer("200 OK", "", &THEIRS.replace("\"/me\"", "\"/them\"")),
        "/refused" => answer("401 Unauthorized", "", "{}"),
        _ => answer("404 Not Found", "", ""),
    }
}

#[test]
fn the_command_answers_with_its_status() {
    let place = Place::new();
    let server = server(answers);
    let drift = |arguments: &[&str]| {
        let arguments: Vec<_> = arguments
            .iter()
            .map(|it| it.replace("SERVER", &server))
            .collect();
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        run(
            &place.path(""),
            &[&["drift", "--specs", "specs"][..], &arguments].concat(),
        )
    };
    for path in ["openapi.json", "openapi.yaml", "moved"] {
        let output = drift(&["small", "--url", &format!("SERVER/{path}")]);
        output.success();
        for row in [
            "place       change               ours    theirs         breaks\n",
            "200         no other properties  -       -              no\n",
            "200 /email  may be null          string  string | null  no\n",
            "\n2 differences, none of which breaks a reader\n",
        ] {
            assert!(output.stdout.contains(row), "{path}\n{}", output.stdout);
        }
    }
    let output = drift(&["small", "--url", "SERVER/broken.json", "--json"]);
    output.status(1);
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(json["breaks"], json!(true));
    assert_eq!(json["operation"], json!("GET /me"));
    assert_eq!(
        json["changes"][2],
        json!({
            "place": "200 /id", "change": "type", "ours": "integer", "theirs": "string",
            "breaks": true, "note": "the answer does not read",
        })
    );
    place.write("theirs.yaml", THEIRS);
    drift(&["small", "--file", "theirs.yaml"]).success();
    drift(&[
        "--base",
        "theirs.yaml",
        "--file",
        "theirs.yaml",
        "--operation",
        "GET /me",
    ])
    .success();
    drift(&[
        "--base",
        "theirs.yaml",
        "--file",
        "specs/small.yaml",
        "--operation",
        "get /me/",
    ])
    .success();

    for (arguments, said) in REFUSED {
        let output = drift(arguments);
        output.status(2);
        assert!(
            output.stderr.contains(said),
            "{arguments:?}: {}",
            output.stderr
        );
        assert!(!output.stderr.contains("secret"), "{}", output.stderr);
        assert_eq!(output.stdout, "");
    }
}

/// What cannot be compared, and what is said of it.
const REFUSED: &[(&[&str], &str)] = &[
    (
        &["small", "--url", "SERVER/other"],
        "there is no GET /me\n  help: the nearest are: GET /them",
    ),
    (&["small", "--url", "SERVER/page"], "/page: "),
    (
        &["small", "--url", "SERVER/refused"],
        "answers 401 Unauthorized\n  help: the address is asked without a credential",
    ),
    (
        &["small", "--url", "SERVER/nothing"],
        "answers 404 Not Found",
    ),
    (
        &["small", "--url", "SERVER/round"],
        "redirects more than 3 times",
    ),
    (
        &["small", "--url", "SERVER/abroad"],
        "redirects to an address that is not asked: is not asked: only https is",
    ),
    (
        &["small", "--url", "http://example.com/openapi.json"],
        "only https is, and http on this machine",
    ),
    (
        &["small", "--url", "https://user:secret@example.com/"],
        "holds a credential, and none is sent",
    ),
    (
        &["small", "--url", "http://127.0.0.1:1/?key=secret"],
        "http://127.0.0.1:1/: cannot be fetched: ",
    ),
    (
        &["small", "--url", "user:secret@example.com/?key=secret"],
        "example.com/: ",
    ),
    (&["small", "--url", "file:///etc/passwd"], "is not a"),
    (
        &["smal", "--file", "theirs.yaml"],
        "there is no description of \"smal\"\n  help: did you mean \"small\"?",
    ),
    (
        &["small", "--file", "nowhere.yaml"],
        "nowhere.yaml: cannot be read",
    ),
    (
        &["small", "--file", "specs/small.overlay.yaml"],
        "at /openapi: is missing",
    ),
    (
        &["--base", "theirs.yaml", "--file", "theirs.yaml"],
        "name the operation with --operation",
    ),
    (
        &[
            "--base",
            "theirs.yaml",
            "--file",
            "theirs.yaml",
            "--operation",
            "GET /mee",
        ],
        "there is no GET /mee\n  help: the nearest are: GET /me;",
    ),
    (&["small"], "--url <URL>|--file <FILE>"),
    (&["--file", "theirs.yaml"], "PROVIDER|--base <FILE>"),
];

#[test]
fn a_reference_that_points_nowhere_is_an_error_of_its_document() {
    let mut theirs = base();
    me(&mut theirs)["properties"]["nick"] = json!({ "$ref": "#/components/schemas/Nowhere" });
    let (ours, broken) = (description(base()), description(theirs));
    let error = compare(&ours, &broken, None).unwrap_err().to_string();
    assert_eq!(
        error,
        "a test: at /components/schemas/Me/properties/nick/$ref: `#/components/schemas/Nowhere` points to nothing\n  help: there is: Error, Me, Team"
    );
}
