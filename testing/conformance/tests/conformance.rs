//! What `cargo xtask conformance` compares, without Prism: each kind of planted difference shows, and what is
//! tolerated does not.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
// Values are written where they are used.
#![allow(clippy::needless_pass_by_value)]

use serde_json::{Value, json};
use testing_conformance::assertions::{Received, wrong};
use testing_conformance::description::Described;
use testing_conformance::known::{self, Known};
use testing_conformance::log::{Log, unexpected};
use testing_conformance::question::{Kind, Question, Tampering, questions};
use testing_conformance::report::{Finding, Report, Row};
use testing_conformance::rules::{meaning, unreached};

const BASE_URL: &str = "http://127.0.0.1:1/0/v1";

/// A description of every kind of answer.
fn described() -> Described {
    let error = |code: &str| json!({ "properties": { "code": { "const": code }, "hint": { "type": "string" } } });
    let body = |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
    let document = json!({
        "openapi": "3.1.0",
        "servers": [{ "url": "https://api.example.com/v1" }],
        "paths": { "/me": { "get": {
            "security": [{ "key": [] }],
            "x-whoami": {
                "identity": {
                    "sub": "/user/id",
                    "name": ["/user/name", "/user/login"],
                    "subject_type": { "at": "/user/kind", "values": { "bot": "service_account" } },
                    "organizations": { "each": "/teams", "id": "/id", "role": "member" },
                    "permissions": { "permission": "/may", "resource": "/where", "resource_type": "project" },
                    "quotas": [{ "name": "calls", "unit": "call", "used": "/used" }],
                    "scopes": "/scope",
                    "token": { "id": "/token" },
                },
                "code": "/code",
                "answers": {
                    "401 gone": "unauthenticated",
                    "403 nobody": "no_subject",
                    "403 elsewhere": "forbidden",
                    "429": "rate_limited",
                },
                "token": { "env": "ACME_TOKEN" },
            },
            "responses": {
                "200": body(json!({ "$ref": "#/components/schemas/Me" })),
                "401": body(error("gone")),
                "403": { "content": { "application/json": {
                    "schema": { "oneOf": [error("nobody"), error("elsewhere")] },
                    "examples": {
                        "nobody": { "value": { "code": "nobody" } },
                        "elsewhere": { "value": { "code": "elsewhere" } },
                    },
                } } },
                "404": { "description": "Nothing." },
                "429": { "content": { "text/html": {} } },
            },
        } } },
        "components": {
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } },
            "schemas": {
                "Me": {
                    "type": "object",
                    "properties": {
                        "user": { "oneOf": [{ "$ref": "#/components/schemas/User" }, { "type": "null" }] },
                        "teams": { "type": "array", "items": { "properties": { "id": {} } } },
                        "may": { "type": "string" },
                        "where": { "type": ["string", "null"] },
                        "used": { "type": "number" },
                        "scope": { "type": "string" },
                        "token": { "type": "string" },
                        "flags": { "type": "object", "additionalProperties": { "type": "boolean" } },
                        "free": { "type": "object" },
                    },
                },
                "User": { "allOf": [
                    { "properties": { "id": { "type": "integer" }, "name": { "type": "string" } } },
                    { "properties": { "login": { "type": "string" }, "kind": { "type": "string" } } },
                ] },
            },
        },
    });
    Described::read("acme", document).unwrap()
}

fn question(status: u16) -> Question {
    Question {
        answer: Some(status.to_string()),
        status,
        kind: Kind::Example,
    }
}

fn came(status: u16, body: &Value) -> [Received; 2] {
    let body = match body {
        Value::String(text) => text.clone().into_bytes(),
        body => body.to_string().into_bytes(),
    };
    let answer = Received {
        status,
        headers: Vec::new(),
        body,
    };
    [answer.clone(), answer]
}

/// What is wrong with `said` of an answer that is sent twice.
fn found(status: u16, body: &Value, said: &Value) -> Vec<String> {
    let came = came(status, body);
    wrong(&described(), &question(status), &came, BASE_URL, said)
}

fn me() -> Value {
    json!({
        "user": { "id": 7, "name": "", "login": "ada", "kind": "bot" },
        "teams": [{ "id": "t1" }, { "id": 2 }],
        "may": "read", "where": null, "used": 5, "scope": "a b", "token": "k1",
        "flags": { "new": true }, "free": { "x": [1, { "y": "z" }] },
    })
}

/// What a client says that reads [`me`] rightly.
fn rightly() -> Value {
    json!({
        "called": { "status": 200, "value": me() },
        "verified": {
            "verdict": "valid",
            "error": null,
            "identity": {
                "provider": "acme", "iss": BASE_URL, "sub": "7", "name": "ada",
                "subject_type": "service_account",
                "organizations": [{ "id": "t1", "role": "member" }, { "id": "2", "role": "member" }],
                "permissions": [{ "permission": "read" }],
                "quotas": [{ "name": "calls", "unit": "call", "used": 5 }],
                "scopes": ["a", "b"],
                "token": { "id": "k1" },
            },
        },
    })
}

/// What a client says that reads an error rightly.
fn error(status: u16, kind: &str, code: &str, verdict: &str, response: Value) -> Value {
    let error = json!({ "kind": kind, "status": status, "code": code, "message": "…" });
    json!({
        "called": { "error": error, "response": response },
        "verified": { "verdict": verdict, "error": error, "identity": null },
    })
}

#[test]
fn an_answer_that_is_read_rightly_holds() {
    assert_eq!(found(200, &me(), &rightly()), Vec::<String>::new());
}

#[test]
fn what_clients_are_documented_to_pass_over_is_no_difference() {
    let mut sent = me();
    // Fields that no schema knows, where the schemas know others.
    sent["more"] = json!(1);
    sent["user"]["more"] = json!({ "a": 1 });
    sent["teams"][0]["more"] = json!([]);
    // A null that is left out, and a number that is written in another way.
    let mut said = rightly();
    said["called"]["value"]
        .as_object_mut()
        .unwrap()
        .remove("where");
    said["called"]["value"]["used"] = json!(5.0);
    assert_eq!(found(200, &sent, &said), Vec::<String>::new());
}

#[test]
fn every_difference_in_the_typed_answer_is_found_where_it_is() {
    let plant = |at: &str, value: Value| {
        let mut said = rightly();
        *said.pointer_mut(&format!("/called/value{at}")).unwrap() = value;
        found(200, &me(), &said).join("\n")
    };
    let cases = [
        ("/user/id", json!(8), "at /user/id: sent 7, read 8"),
        ("/user/id", json!("7"), "at /user/id: sent 7, read \"7\""),
        (
            "/user/login",
            json!(null),
            "at /user/login: sent \"ada\", read nothing",
        ),
        ("/user", json!({}), "at /user/id: sent 7, read nothing"),
        (
            "/teams",
            json!([{ "id": "t1" }]),
            "at /teams: sent [{\"id\":\"t1\"},{\"id\":2}], read",
        ),
        (
            "/teams/1/id",
            json!("t1"),
            "at /teams/1/id: sent 2, read \"t1\"",
        ),
        (
            "/where",
            json!("here"),
            "at /where: sent nothing, read \"here\"",
        ),
        ("/used", json!(5.5), "at /used: sent 5, read 5.5"),
        (
            "/flags",
            json!({}),
            "at /flags/new: sent true, read nothing",
        ),
        (
            "/flags",
            json!({ "new": true, "old": false }),
            "at /flags/old: sent nothing, read false",
        ),
        (
            "/free/x/1",
            json!({}),
            "at /free/x/1/y: sent \"z\", read nothing",
        ),
    ];
    for (at, value, expected) in cases {
        let found = plant(at, value);
        assert!(
            found.starts_with(&format!("the typed answer {expected}")),
            "{at}: {found}"
        );
    }
}

#[test]
fn every_difference_in_the_identity_is_found_where_it_is() {
    let plant = |at: &str, value: Value| {
        let mut said = rightly();
        *said.pointer_mut(&format!("/verified{at}")).unwrap() = value;
        found(200, &me(), &said).join("\n")
    };
    let cases = [
        (
            "/verdict",
            json!("invalid"),
            "the verdict at the root: expected \"valid\"",
        ),
        (
            "/identity/sub",
            json!("8"),
            "the identity at /sub: expected \"7\", read \"8\"",
        ),
        (
            "/identity/sub",
            json!(7),
            "the identity at /sub: expected \"7\", read 7",
        ),
        (
            "/identity/name",
            json!(null),
            "the identity at /name: expected \"ada\"",
        ),
        (
            "/identity/iss",
            json!("http://else.example"),
            "the identity at /iss: expected",
        ),
        (
            "/identity/provider",
            json!("other"),
            "the identity at /provider: expected \"acme\"",
        ),
        (
            "/identity/subject_type",
            json!("user"),
            "the identity at /subject_type: expected \"service_account\"",
        ),
        (
            "/identity/organizations/1/id",
            json!("t1"),
            "the identity at /organizations/1/id: expected \"2\"",
        ),
        (
            "/identity/permissions/0",
            json!({ "permission": "read", "resource_type": "project" }),
            "the identity at /permissions/0/resource_type: expected nothing",
        ),
        (
            "/identity/quotas/0/used",
            json!(6),
            "the identity at /quotas/0/used: expected 5",
        ),
        (
            "/identity/scopes",
            json!(["a b"]),
            "the identity at /scopes: expected [\"a\",\"b\"]",
        ),
        (
            "/identity/token",
            json!(null),
            "the identity at /token: expected {\"id\":\"k1\"}",
        ),
    ];
    for (at, value, expected) in cases {
        let found = plant(at, value);
        assert!(found.starts_with(expected), "{at}: {found}");
    }
    let mut said = rightly();
    said["verified"]["identity"]["email"] = json!("a@example.com");
    assert_eq!(
        found(200, &me(), &said),
        ["the identity at /email: expected nothing, read \"a@example.com\""]
    );
}

#[test]
fn an_answer_that_is_not_read_is_found() {
    let error = json!({ "kind": "invalid_response", "status": 200, "message": "not of the type described" });
    let said = json!({
        "called": { "error": error, "response": null },
        "verified": { "verdict": "indeterminate", "error": error, "identity": null },
    });
    let found = found(200, &me(), &said).join("\n");
    assert!(
        found.contains("the answer is not read: \"not of the type described\""),
        "{found}"
    );
    assert!(
        found.contains("the verdict at the root: expected \"valid\", read \"indeterminate\""),
        "{found}"
    );
    assert!(
        found.contains("the identity at the root: expected {"),
        "{found}"
    );
}

#[test]
fn an_error_says_what_the_mapping_and_http_say_of_it() {
    let body = |code: &str| json!({ "code": code, "hint": "h" });
    let read = |code: &str| json!({ "variant": "Gone", "body": body(code) });
    let html = json!("<html>");
    let cases = [
        (
            401,
            body("gone"),
            error(401, "unauthenticated", "gone", "invalid", read("gone")),
        ),
        // A code that the description does not have may be anything.
        (
            401,
            body("other"),
            error(
                401,
                "unexpected_status",
                "other",
                "indeterminate",
                Value::Null,
            ),
        ),
        (
            403,
            body("elsewhere"),
            error(
                403,
                "forbidden",
                "elsewhere",
                "indeterminate",
                read("elsewhere"),
            ),
        ),
    ];
    for (status, body, said) in &cases {
        assert_eq!(
            found(*status, body, said),
            Vec::<String>::new(),
            "{status} {body}"
        );
    }
    // Somebody in between; and an answer without a JSON body.
    let mut said = error(403, "invalid_response", "", "indeterminate", Value::Null);
    said["called"]["error"]["code"] = Value::Null;
    assert_eq!(found(403, &html, &said), Vec::<String>::new());
    let mut said = error(
        429,
        "rate_limited",
        "",
        "indeterminate",
        json!({ "variant": "TooManyRequests" }),
    );
    said["called"]["error"]["code"] = Value::Null;
    assert_eq!(found(429, &html, &said), Vec::<String>::new());
    // A good token with nobody behind it.
    let mut said = error(403, "forbidden", "nobody", "valid", read("nobody"));
    said["verified"] = json!({
        "verdict": "valid", "error": null,
        "identity": { "provider": "acme", "iss": BASE_URL, "subject_type": "unknown" },
    });
    assert_eq!(found(403, &body("nobody"), &said), Vec::<String>::new());
}

/// A description whose mapping is a list of rules.
fn ruled(answers: Value, responses: Value) -> Described {
    let document = json!({ "paths": { "/me": { "get": {
        "x-whoami": {
            "identity": { "sub": "/id", "scopes": "/scope" },
            "success": { "body": { "/ok": { "not": false } } },
            "code": ["/code", "/error/code"],
            "answers": answers,
        },
        "responses": responses,
    } } } });
    Described::read("acme", document).unwrap()
}

/// A header of an answer.
type Header = (&'static str, &'static str);

const INVALID_TOKEN: Header = ("www-authenticate", "Bearer error=\"invalid_token\"");
const SCOPE: Header = ("www-authenticate", "Bearer error=\"insufficient_scope\"");

/// A status, headers and a body; the verdict, and the kind of error.
type Case = (
    u16,
    &'static [Header],
    &'static str,
    &'static str,
    &'static str,
);

/// Where rules go by codes, texts and headers.
const BY_CODE: &[Case] = &[
    (200, &[], r#"{"id": 5}"#, "valid", "forbidden"),
    (
        200,
        &[],
        r#"{"id": -1}"#,
        "indeterminate",
        "unexpected_status",
    ),
    (
        200,
        &[],
        r#"{"id": 5, "ok": false}"#,
        "indeterminate",
        "invalid_response",
    ),
    (
        200,
        &[],
        r#"{"id": null, "scope": "a"}"#,
        "indeterminate",
        "invalid_response",
    ),
    (
        401,
        &[],
        r#"{"code": "revoked"}"#,
        "invalid",
        "unauthenticated",
    ),
    (
        418,
        &[],
        r#"{"error": {"code": 7}}"#,
        "invalid",
        "unauthenticated",
    ),
    (
        401,
        &[("retry-after", "5")],
        r#"{"code": "revoked"}"#,
        "indeterminate",
        "rate_limited",
    ),
    (
        401,
        &[("proxy-authenticate", "Basic")],
        r#"{"code": 7}"#,
        "indeterminate",
        "unexpected_status",
    ),
    (
        401,
        &[],
        r#"{"code": 7, "message": "Not authenticated"}"#,
        "indeterminate",
        "unexpected_status",
    ),
    (
        401,
        &[("content-type", "text/html")],
        r#"{"code": 7}"#,
        "indeterminate",
        "invalid_response",
    ),
    (
        401,
        &[],
        r#"{"error": "invalid_token"}"#,
        "indeterminate",
        "unexpected_status",
    ),
    (
        401,
        &[INVALID_TOKEN],
        "{}",
        "indeterminate",
        "unexpected_status",
    ),
    (401, &[SCOPE], "{}", "valid", "forbidden"),
    (
        403,
        &[],
        r#"{"message": "A wrong kind of token"}"#,
        "valid",
        "forbidden",
    ),
    (
        403,
        &[],
        r#"{"message": "A wrong kind of network"}"#,
        "indeterminate",
        "forbidden",
    ),
    (403, &[("x-why", "a network")], "", "valid", "forbidden"),
    (403, &[], "<html>", "indeterminate", "invalid_response"),
    (503, &[], r#"{"away": 1}"#, "indeterminate", "unavailable"),
    (302, &[], "", "indeterminate", "redirected"),
];

/// Where a rule goes by the status alone.
const BY_STATUS: &[Case] = &[
    (
        401,
        &[],
        r#"{"error": {"code": "invalid_token"}}"#,
        "invalid",
        "unauthenticated",
    ),
    (
        401,
        &[],
        r#"{"error": {"code": "ip_not_allowed"}}"#,
        "indeterminate",
        "unexpected_status",
    ),
    (
        401,
        &[],
        r#"{"message": "Unauthorized"}"#,
        "indeterminate",
        "unexpected_status",
    ),
    (401, &[], "", "indeterminate", "unexpected_status"),
    (
        401,
        &[],
        "Unauthorized",
        "indeterminate",
        "invalid_response",
    ),
    (
        401,
        &[INVALID_TOKEN],
        "<html>",
        "invalid",
        "unauthenticated",
    ),
    (
        401,
        &[],
        r#"{"error": 401, "type": "about:blank"}"#,
        "invalid",
        "unauthenticated",
    ),
    (404, &[], "{}", "indeterminate", "unexpected_status"),
];

#[test]
fn the_steps_are_taken_in_their_order() {
    let json_of =
        |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
    let responses = json!({
        "200": json_of(json!({ "type": "object" })),
        "401": json_of(json!({ "type": "object", "required": ["error"] })),
    });
    let rules = json!([
        { "status": 200, "body": { "/id": -1 }, "means": "nothing" },
        { "status": "4XX", "code": ["revoked", 7], "means": "unauthenticated" },
        { "status": 403, "text": { "any": "wrong kind", "none": "network" }, "means": "limited", "by": "kind" },
        { "status": 403, "header": { "X-Why": { "contains": "net" } }, "means": "limited", "by": "network" },
        { "status": "default", "body": { "/away": { "present": true } }, "means": "unavailable" },
    ]);
    let by_code = ruled(rules, responses.clone());
    let by_status = ruled(
        json!([{ "status": 401, "means": "unauthenticated" }]),
        responses,
    );
    let cases = BY_CODE.iter().map(|case| (&by_code, case));
    for (described, case) in cases.chain(BY_STATUS.iter().map(|case| (&by_status, case))) {
        let (status, headers, body, verdict, kind) = *case;
        let headers = headers.iter();
        let came = Received {
            status,
            headers: headers
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.as_bytes().to_vec(),
        };
        let meaning = meaning(described, &came);
        assert_eq!(
            (meaning.verdict, meaning.kind),
            (verdict, kind),
            "{status} {body}"
        );
    }
    let unreached = unreached(&by_code, &[]);
    // A success that is nobody's needs no example.
    let expected = ["4XX revoked, 7", "default {\"/away\":"];
    assert_eq!(unreached.len(), 4);
    for expected in expected {
        let expected = format!("{expected:?}");
        let expected = expected.trim_end_matches('"');
        assert!(
            unreached.iter().any(|it| it.contains(expected)),
            "{expected}: {unreached:?}"
        );
    }
}

#[test]
fn every_difference_in_an_error_is_found() {
    let body = json!({ "code": "gone", "hint": "h" });
    let rightly = error(
        401,
        "unauthenticated",
        "gone",
        "invalid",
        json!({ "variant": "Gone", "body": body }),
    );
    let plant = |at: &str, value: Value| {
        let mut said = rightly.clone();
        *said.pointer_mut(at).unwrap() = value;
        found(401, &body, &said).join("\n")
    };
    let cases = [
        (
            "/called/error/kind",
            json!("forbidden"),
            "the error at /kind: expected \"unauthenticated\"",
        ),
        (
            "/called/error/status",
            json!(403),
            "the error at /status: expected 401, read 403",
        ),
        (
            "/called/error/code",
            json!(null),
            "the error at /code: expected \"gone\"",
        ),
        (
            "/called/response",
            json!(null),
            "the documented error is not read",
        ),
        (
            "/called/response/body/hint",
            json!("x"),
            "the typed error at /hint: sent \"h\", read \"x\"",
        ),
        (
            "/called",
            json!({ "status": 401, "value": {} }),
            "an answer of 401 is taken for a success",
        ),
        (
            "/verified/verdict",
            json!("indeterminate"),
            "the verdict at the root: expected \"invalid\"",
        ),
        (
            "/verified/error/kind",
            json!("forbidden"),
            "the verdict's error at the root: expected",
        ),
        (
            "/verified/identity",
            json!({ "sub": "7" }),
            "the identity at the root: expected nothing",
        ),
    ];
    for (at, value, expected) in cases {
        let found = plant(at, value);
        assert!(found.starts_with(expected), "{at}: {found}");
    }
    // A code that the description does not have, read as one that it has.
    let other = json!({ "code": "other" });
    let said = error(
        401,
        "unexpected_status",
        "other",
        "indeterminate",
        json!({ "variant": "Gone", "body": other }),
    );
    assert_eq!(
        found(401, &other, &said),
        ["an answer that is not described is read as \"Gone\""]
    );
}

#[test]
fn a_listed_answer_that_never_came_is_told() {
    let body = |code: &str| json!({ "code": code });
    let came: Vec<_> = [(401, "gone"), (403, "other"), (429, "x")]
        .into_iter()
        .map(|(status, code)| came(status, &body(code))[0].clone())
        .collect();
    let unreached = unreached(&described(), &came);
    let [elsewhere, nobody] = &unreached[..] else {
        panic!("{unreached:?}");
    };
    assert!(elsewhere.contains("\"403 elsewhere\""), "{elsewhere}");
    assert!(nobody.contains("\"403 nobody\""), "{nobody}");
}

#[test]
fn another_answer_than_was_asked_for_is_found() {
    let came = came(200, &me());
    let found = wrong(&described(), &question(404), &came, BASE_URL, &rightly());
    assert!(
        found[0].starts_with("Prism answered 200 and not 404: {"),
        "{found:?}"
    );
    let found = wrong(
        &described(),
        &question(200),
        &came[..1],
        BASE_URL,
        &rightly(),
    );
    assert_eq!(found, ["1 requests came, and 2 were to come"]);
}

#[test]
fn every_described_answer_is_asked_for_and_no_credential_and_a_wrong_one() {
    let questions = questions(&described(), 2);
    let asked: Vec<_> = questions.iter().map(ToString::to_string).collect();
    let expected = [
        "200",
        "200, seed 1",
        "200, seed 2",
        "401",
        "401, seed 1",
        "401, seed 2",
        "403, example elsewhere",
        "403, example nobody",
        "403, seed 1",
        "403, seed 2",
        "404",
        "429",
        "no authentication",
        "wrong authentication",
    ];
    assert_eq!(asked, expected);
    let said: Vec<_> = questions.iter().filter_map(Question::preference).collect();
    assert_eq!(
        said[..2],
        ["code=200", "code=200, dynamic=true, seed=200-1"]
    );
    assert_eq!(said[6], "code=403, example=elsewhere");
    assert_eq!(said.len(), 12);
}

/// Two requests as Prism logs them: one that is as described, and one without its credential and a parameter.
const LOG: &str = "\
[10:00:17 PM] › [CLI] …  awaiting  Starting Prism…
[10:00:18 PM] › [CLI] ℹ  info      GET        http://127.0.0.1:4911/users/current
[10:00:18 PM] › [CLI] ▶  start     Prism is listening on http://127.0.0.1:4911
[10:00:18 PM] › [HTTP SERVER] get /users/current ℹ  info      Request received
[10:00:18 PM] ›     [NEGOTIATOR] ℹ  info      Request contains an accept header: application/json
[10:00:18 PM] ›     [VALIDATOR] ✔  success   The request passed the validation rules. Looking for the best response
[10:00:18 PM] ›     [NEGOTIATOR] ⚠  warning   Unable to find content for application/json
[10:00:18 PM] ›     [NEGOTIATOR] ℹ  info      > Responding with \"200\"
[10:00:18 PM] › [HTTP SERVER] get /users/current ℹ  info      Request received
[10:00:18 PM] ›     [VALIDATOR] ⚠  warning   Request did not pass the validation rules
[10:00:18 PM] ›     [VALIDATOR] ✖  error     Invalid security scheme used
[10:00:18 PM] ›     [VALIDATOR] ✖  error     Request query parameter 'page' is required
[10:00:18 PM] › [HTTP SERVER] get /users/current ✖  error     Request terminated with error: UNAUTHORIZED
";

#[test]
fn the_log_tells_what_each_request_violates() {
    let log = Log::read(LOG);
    assert_eq!(log.start, Vec::<String>::new());
    let [described, violating] = &log.requests[..] else {
        panic!("{log:?}");
    };
    assert_eq!(described, &Vec::<String>::new());
    assert_eq!(
        violating,
        &[
            "validator: Request did not pass the validation rules",
            "validator: Invalid security scheme used",
            "validator: Request query parameter 'page' is required",
            "http server: Request terminated with error: UNAUTHORIZED",
        ]
    );
    // Where nothing was tampered with, all of it is wrong.
    assert_eq!(unexpected(&question(200), violating).len(), 4);
    assert_eq!(unexpected(&question(200), described), Vec::<String>::new());
}

#[test]
fn a_refusal_is_of_the_credential_and_of_nothing_else() {
    let refusal = Question {
        answer: None,
        status: 401,
        kind: Kind::Refusal(Tampering::Removed),
    };
    let log = Log::read(LOG);
    let [silent, violating] = &log.requests[..] else {
        panic!("{log:?}");
    };
    assert_eq!(
        unexpected(&refusal, violating),
        ["Prism says: validator: Request query parameter 'page' is required"]
    );
    let expected = ["Prism does not say that the credential is wrong: \"\""];
    assert_eq!(unexpected(&refusal, silent), expected);
}

#[test]
fn what_the_log_has_that_is_no_line_of_a_log_is_a_complaint() {
    let log = Log::read(
        "(node:7) Warning: something\n[x] › [HTTP SERVER] get / i  info  Request received\n    at run (a.js:1)\n",
    );
    assert_eq!(log.start, ["(node:7) Warning: something"]);
    assert_eq!(log.requests, [["at run (a.js:1)"]]);
}

#[test]
fn what_is_known_is_set_aside_and_what_is_no_longer_found_is_told() {
    let finding = |question: &str, finding: &str| Finding {
        question: question.to_owned(),
        finding: finding.to_owned(),
        reason: None,
    };
    let known = |question: &str| Known {
        provider: "acme".to_owned(),
        question: question.to_owned(),
        finding: "Prism answered 200".to_owned(),
        reason: "Prism sends no HTML.".to_owned(),
    };
    let rows = |findings: Vec<Finding>| {
        vec![Row {
            provider: "acme".to_owned(),
            findings,
            ..Row::default()
        }]
    };
    let found = rows(vec![
        finding("429, seed 7", "Prism answered 200 and not 429"),
        finding("4290", "Prism answered 200 and not 4290"),
        finding("429", "the verdict at the root"),
    ]);
    let (rows_left, unneeded) = known::set_aside(found, &[known("429"), known("503")]);
    let left: Vec<_> = rows_left[0]
        .findings
        .iter()
        .map(|it| it.question.as_str())
        .collect();
    assert_eq!(left, ["4290", "429"]);
    assert_eq!(
        rows_left[0].known[0].reason.as_deref(),
        Some("Prism sends no HTML.")
    );
    assert_eq!(unneeded, ["acme: 503: Prism answered 200"]);

    // What is known of a provider that was not asked may still be so.
    let (_, unneeded) = known::set_aside(Vec::new(), &[known("429")]);
    assert_eq!(unneeded, Vec::<String>::new());

    let report = |findings: Vec<Finding>, unneeded: Vec<String>| Report {
        rows: rows(findings),
        unneeded,
        seconds: 1.0,
    };
    assert!(report(Vec::new(), Vec::new()).holds());
    assert!(!report(vec![finding("200", "x")], Vec::new()).holds());
    let unneeded = report(Vec::new(), vec!["acme: 503".to_owned()]);
    assert!(!unneeded.holds());
    assert_eq!(unneeded.json()["holds"], false);
    assert!(
        unneeded.table().contains("no longer found"),
        "{}",
        unneeded.table()
    );
}
