//! What of a mapping another description no longer has.

#![allow(clippy::unwrap_used, missing_docs)]

use keyholder_drift::{Description, compare};
use serde_json::{Value, json};

/// A description whose mapping reads bodies in every way that there is.
fn base() -> Value {
    let text = json!({ "type": "string" });
    let error = json!({ "type": "object", "properties": {
        "code": text,
        "error": { "type": "object", "properties": { "code": text } },
        "detail": { "type": "object", "properties": { "kind": text } },
    } });
    let me = json!({ "type": "object", "properties": {
        "id": text,
        "active": { "type": "boolean" },
        "mode": text,
        "teams": { "type": "object", "additionalProperties": {
            "type": "object", "properties": { "roles": { "type": "array", "items": text } },
        } },
    } });
    let answer = |schema: &Value| json!({ "description": "", "content": { "application/json": { "schema": schema } } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Base", "version": "1" },
        "servers": [{ "url": "https://base.example.com" }],
        "security": [{ "key": [] }],
        "paths": { "/me": { "get": {
            "responses": { "200": answer(&me), "401": answer(&error), "403": answer(&error) },
            "x-whoami": {
                "identity": {
                    "sub": ["/id", { "header": "X-User" }],
                    "scopes": { "header": "X-Scopes" },
                    "permissions": { "each": "/teams", "resource": { "key": true }, "permission": "/roles" },
                },
                "success": { "body": { "/active": true } },
                "code": ["/code", "/error/code"],
                "answers": [
                    { "status": 200, "body": { "/mode": "anonymous" }, "means": "nothing" },
                    { "status": 401, "code": ["gone", "expired"], "means": "unauthenticated" },
                    { "status": 403, "body": { "/detail/kind": "scope" }, "means": "limited", "by": "scope" },
                ],
                "token": { "env": "BASE_TOKEN" },
            },
        } } },
        "components": { "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } } },
    })
}

/// The breaking differences, as place and note.
fn broken(theirs: Value) -> Vec<String> {
    let described = |document| Description {
        source: "a test".to_owned(),
        document,
    };
    let drift = compare(&described(base()), &described(theirs), None).unwrap();
    let broken = drift.changes.iter().filter(|change| change.breaks);
    broken
        .map(|change| format!("{}: {}", change.place, change.note))
        .collect()
}

fn without(pointer: &str) -> Value {
    let mut document = base();
    let (around, name) = pointer.rsplit_once('/').unwrap();
    let around = document.pointer_mut(around).unwrap();
    around.as_object_mut().unwrap().remove(name).unwrap();
    document
}

#[test]
fn what_the_mapping_reads_and_is_gone() {
    let success = "/paths/~1me/get/responses/200/content/application~1json/schema/properties";
    let refusal = "/paths/~1me/get/responses/401/content/application~1json/schema/properties";
    let forbidden = "/paths/~1me/get/responses/403/content/application~1json/schema/properties";
    for (gone, expected) in [
        (
            format!("{success}/id"),
            &["200 /id: the claim `sub` is lost"][..],
        ),
        (
            format!("{success}/teams/additionalProperties/properties/roles"),
            &[
                "200 /teams/*/roles: the answer does not read; the claim `permissions/permission` is lost",
            ],
        ),
        (
            format!("{success}/active"),
            &["200 /active: what `success` asks of /active cannot be told"],
        ),
        (
            format!("{success}/mode"),
            &["200 /mode: what `answers/0` asks of /mode cannot be told"],
        ),
        (
            format!("{forbidden}/detail/properties/kind"),
            &["403 /detail/kind: what `answers/2` asks of /detail/kind cannot be told"],
        ),
        // The code still has a place.
        (format!("{refusal}/code"), &[]),
        (format!("{refusal}/error"), &[]),
        (format!("{refusal}/detail"), &[]),
    ] {
        assert_eq!(broken(without(&gone)), expected, "{gone}");
    }

    let mut theirs = without(&format!("{refusal}/code"));
    theirs
        .pointer_mut(refusal)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove("error");
    assert_eq!(
        broken(theirs),
        ["401 /code: `401 gone`, `401 expired` cannot be told by its code"]
    );
}

#[test]
fn the_same_description_breaks_nothing() {
    assert_eq!(broken(base()), [""; 0]);
}

/// A response header that is read and is described is missed; one that nothing reads is not.
#[test]
fn headers_that_are_read() {
    let mut ours = base();
    let at = "/paths/~1me/get";
    let mapping = ours.pointer_mut(&format!("{at}/x-whoami")).unwrap();
    let rule = json!({ "status": 403, "header": { "X-Scope": "present" }, "means": "limited", "by": "scope" });
    mapping["answers"].as_array_mut().unwrap().push(rule);
    let header = json!({ "schema": { "type": "string" } });
    let responses = ours.pointer_mut(&format!("{at}/responses")).unwrap();
    responses["200"]["headers"] =
        json!({ "x-user": header, "X-SCOPES": header, "X-Other": header });
    responses["403"]["headers"] = json!({ "x-scope": header, "Retry-After": header });
    let described = |document: &Value| Description {
        source: "a test".to_owned(),
        document: document.clone(),
    };
    let changes = |theirs: &Value| -> Vec<_> {
        let drift = compare(&described(&ours), &described(theirs), None).unwrap();
        drift
            .changes
            .iter()
            .map(|it| (it.to_string(), it.breaks))
            .collect()
    };
    assert_eq!(changes(&ours), []);
    let mut theirs = ours.clone();
    let responses = theirs.pointer_mut(&format!("{at}/responses")).unwrap();
    responses["200"]["headers"] = json!({ "X-User": header });
    responses["403"]["headers"] = json!({});
    assert_eq!(
        changes(&theirs),
        [
            ("200 header X-Scopes removed (a header): the claim `scopes` is lost".to_owned(), true),
            ("403 header Retry-After removed (a header): the client asks again after a time of its own".to_owned(), false),
            ("403 header X-Scope removed (a header): what `answers/3` asks of X-Scope cannot be told".to_owned(), true),
        ]
    );
}

/// Each operation that is asked is compared.
#[test]
fn further_operations() {
    let mut ours = base();
    let text = json!({ "type": "string" });
    let team = json!({ "type": "object", "properties": { "id": text, "name": text } });
    ours["paths"]["/a-team"]["get"] = json!({
        "responses": { "200": { "description": "", "content": { "application/json": { "schema": team } } } },
        "x-whoami": { "adds_claims": true, "identity": { "organizations": { "id": "/id", "name": "/name" } } },
    });
    let described = |document: &Value| Description {
        source: "a test".to_owned(),
        document: document.clone(),
    };
    let broken = |theirs: &Value| -> Vec<_> {
        let drift = compare(&described(&ours), &described(theirs), None).unwrap();
        assert_eq!(drift.operation, "GET /me");
        let broken = drift.changes.iter().filter(|change| change.breaks);
        broken
            .map(|change| format!("{}: {}", change.place, change.note))
            .collect()
    };
    assert_eq!(broken(&ours), Vec::<String>::new());

    let mut theirs = ours.clone();
    let schema = theirs
        .pointer_mut(
            "/paths/~1a-team/get/responses/200/content/application~1json/schema/properties",
        )
        .unwrap();
    schema.as_object_mut().unwrap().remove("name");
    assert_eq!(
        broken(&theirs),
        ["GET /a-team 200 /name: the claim `organizations/name` is lost"]
    );

    theirs["paths"].as_object_mut().unwrap().remove("/a-team");
    assert_eq!(
        broken(&theirs),
        ["GET /a-team operation: the client asks it"]
    );
}
