//! What is refused of a mapping, where and with which help; and what is remarked on.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]
// Tables are long, and their JSON is made for the one call.
#![allow(clippy::too_many_lines, clippy::needless_pass_by_value)]

use keyholder_core::{Claims, Content, Meaning, ProviderInfo, Status};
use keyholder_describe::specs::Spec;
use keyholder_describe::{Described, provider};
use keyholder_openapi::Result;
use serde_json::{Value, json};

const AT: &str = "/paths/~1me/get/x-whoami";

fn answer(schema: &Value) -> Value {
    json!({ "description": "x", "content": { "application/json": { "schema": schema } } })
}

/// A description with something of everything that a mapping can point to.
fn description() -> Value {
    let text = json!({ "type": "string" });
    let number = json!({ "type": "integer" });
    let error = json!({ "type": "object", "properties": {
        "code": { "type": "string", "enum": ["bad_token", "expired", "missing_token", "wrong_scope"] },
        "error": { "type": "object", "properties": { "detail": text, "number": number } },
        "message": text,
    } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": [{ "key": [] }],
        "paths": { "/me": { "get": {
            "responses": {
                "200": answer(&json!({ "$ref": "#/components/schemas/Me" })),
                "401": answer(&error),
                "4XX": answer(&error),
                "500": { "description": "x" },
            },
            "x-whoami": { "identity": { "sub": "/id" }, "token": { "env": "ACME_KEY" } },
        } } },
        "components": {
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer" },
                "query": { "type": "apiKey", "in": "query", "name": "key" },
                "basic": { "type": "http", "scheme": "basic" },
            },
            "schemas": { "Me": { "type": "object", "properties": {
                "id": number,
                "name": text,
                "email": text,
                "verified": { "type": "boolean" },
                "plan": { "type": "string", "enum": ["free", "team"] },
                "address": { "type": "object", "properties": { "city": text } },
                "teams": { "type": "array", "items": { "type": "object", "properties": {
                    "id": text, "label": text, "roles": { "type": "array", "items": text },
                } } },
                "spaces": { "type": "object", "additionalProperties": {
                    "type": "object", "properties": { "title": text, "grants": { "type": "array", "items": {
                        "type": "object", "properties": { "what": text },
                    } } },
                } },
                "flags": { "type": "object", "additionalProperties": { "type": "boolean" } },
                "usage": { "type": "object", "properties": { "calls": number, "limit": { "type": "number" } } },
                "owner": { "oneOf": [
                    { "type": "object", "properties": { "login": text } },
                    { "type": "object", "properties": { "slug": text } },
                ] },
                "parent": { "$ref": "#/components/schemas/Me" },
                "anything": {},
            } } },
        },
    })
}

/// Reads a description, with what `patch` has in the place of what `x-whoami` had.
fn read_of(mut document: Value, patch: &Value) -> Result<(ProviderInfo, Vec<String>)> {
    let whoami = document.pointer_mut(AT).unwrap();
    for (key, value) in patch.as_object().unwrap() {
        whoami[key] = value.clone();
    }
    let spec = Spec {
        provider: "acme".to_owned(),
        description: "acme.json".into(),
        overlay: None,
    };
    provider(&Described::parse(&spec, &document.to_string(), None)?)
}

fn read(patch: &Value) -> Result<(ProviderInfo, Vec<String>)> {
    read_of(description(), patch)
}

/// What is wrong, the place below `x-whoami`, and what the message says.
type Case = (Value, &'static str, &'static [&'static str]);

fn refused(cases: &[Case]) {
    for (patch, place, says) in cases {
        let Err(error) = read(patch) else {
            panic!("{patch} is taken")
        };
        let expected = format!("{AT}{place}");
        assert_eq!(error.pointer(), Some(expected.as_str()), "{patch}: {error}");
        for part in *says {
            assert!(
                error.to_string().contains(part),
                "{patch}: {error}, without {part:?}"
            );
        }
    }
}

/// The same, within `identity`.
fn refused_claims(cases: &[Case]) {
    for (identity, place, says) in cases {
        let patch = json!({ "identity": identity });
        let place: &'static str = format!("/identity{place}").leak();
        refused(&[(patch, place, *says)]);
    }
}

fn taken(patch: &Value) -> (ProviderInfo, Vec<String>) {
    read(patch).unwrap_or_else(|error| panic!("{patch}: {error}"))
}

fn rules(rules: Value) -> Value {
    json!({ "code": "/code", "answers": rules })
}

#[test]
fn the_base_is_right() {
    let (info, remarks) = taken(&json!({}));
    assert_eq!(remarks, [""; 0]);
    assert_eq!(info.whoami().unwrap().refusals.len(), 2);
}

#[test]
fn pointers_that_the_schema_lacks() {
    refused_claims(&[
        (
            json!({ "sub": "/idd" }),
            "/sub",
            &[
                "the answer has no /idd (\"idd\" is not there)",
                "help: did you mean \"id\"? There is: address, anything, email,",
            ],
        ),
        (
            json!({ "sub": "/xyz/b" }),
            "/sub",
            &[
                "the answer has no /xyz/b (\"xyz\" is not there)",
                "help: there is: address",
            ],
        ),
        (
            json!({ "sub": "/id/value" }),
            "/sub",
            &["the answer has no /id/value (\"value\" is not there)"],
        ),
        (
            json!({ "name": ["/name", "/nane"] }),
            "/name",
            &["the answer has no /nane"],
        ),
        (
            json!({ "sub": "/owner/name" }),
            "/sub",
            &["the answer has no /owner/name", "there is: login, slug"],
        ),
        (
            json!({ "sub": "/parent/parent/idd" }),
            "/sub",
            &["did you mean \"id\"?"],
        ),
        (
            json!({ "sub": "/teams/first/id" }),
            "/sub",
            &["(\"first\" is not there)"],
        ),
        (
            json!({ "organizations": { "each": "/teams", "id": "/idd" } }),
            "/organizations/id",
            &["the answer has no /idd", "did you mean \"id\"?"],
        ),
        (
            json!({ "organizations": { "each": "/team", "id": "/id" } }),
            "/organizations/each",
            &["did you mean \"teams\"?"],
        ),
        (
            json!({ "organizations": { "id": "/organization" } }),
            "/organizations/id",
            &["the answer has no /organization"],
        ),
        (
            json!({ "permissions": { "each": "/spaces", "within": { "each": "/grants", "permission": "/wat" } } }),
            "/permissions/within/permission",
            &["did you mean \"what\"?"],
        ),
        (
            json!({ "subject_type": { "at": "/kind", "values": { "x": "user" } } }),
            "/subject_type/at",
            &["the answer has no /kind"],
        ),
        (
            json!({ "subject_type": { "present": [["/id", "user"], ["/bot", "application"]] } }),
            "/subject_type/present",
            &["the answer has no /bot"],
        ),
        (
            json!({ "quotas": [{ "name": "calls", "used": "/usage/cals" }] }),
            "/quotas/0/used",
            &["did you mean \"calls\"?"],
        ),
        (
            json!({ "token": { "expires_at": "/expires" } }),
            "/token/expires_at",
            &["the answer has no /expires"],
        ),
    ]);
}

#[test]
fn pointers_that_the_schema_has() {
    for identity in [
        json!({ "sub": "/parent/parent/id" }),
        json!({ "sub": "/teams/0/id" }),
        json!({ "sub": ["/owner/login", "/owner/slug"] }),
        json!({ "sub": "/anything/at/all" }),
        json!({ "sub": "/spaces/any/title" }),
        json!({ "organizations": { "each": "/spaces", "id": { "key": true }, "name": "/title" } }),
        json!({ "organizations": { "each": "/anything", "id": "/id", "active": "/on" } }),
        json!({ "organizations": { "id": { "header": "X-Org" } } }),
        json!({ "permissions": { "permission": "/flags" } }),
        json!({ "permissions": { "each": "/teams", "resource": "/id", "permission": "/roles" } }),
        json!({ "permissions": { "each": "/spaces", "resource": { "key": true }, "within": { "each": "/grants", "permission": "/what" } } }),
        // Of an item, without a list of its own.
        json!({ "permissions": { "each": "/spaces", "within": { "resource": { "key": true }, "permission": "/title" } } }),
        json!({ "permissions": { "each": "/teams/0/roles", "permission": "" } }),
        json!({ "scopes": "/flags" }),
        json!({ "scopes": "/name" }),
        json!({ "scopes": "/teams/0/roles" }),
        json!({ "scopes": "everything" }),
        json!({ "sub": "/id", "email_verified": "true", "subject_type": { "at": "/verified", "values": { "true": "user" } } }),
        json!({ "sub": "/id", "quotas": [{ "name": "calls", "used": "/usage/calls", "limit": "/name", "remaining": { "header": "X-Left" } }] }),
        json!({ "sub": "/id", "token": { "issued_at": "/name", "last_used_at": "/id" } }),
    ] {
        taken(&json!({ "identity": identity }));
    }
}

#[test]
fn places_of_another_type() {
    refused_claims(&[
        (
            json!({ "sub": "/address" }),
            "/sub",
            &[
                "/address is an object, and this claim takes a text or a number",
                "help: point into it; there is: city",
            ],
        ),
        (
            json!({ "sub": "/teams" }),
            "/sub",
            &["/teams is a list, and this claim takes a text or a number"],
        ),
        (
            json!({ "sub": "/verified" }),
            "/sub",
            &["/verified is of another type, and this claim takes a text or a number"],
        ),
        (json!({ "sub": "" }), "/sub", &["the answer is an object"]),
        (
            json!({ "email_verified": "/id" }),
            "/email_verified",
            &["/id is of another type, and this claim takes a boolean"],
        ),
        (
            json!({ "scopes": "/id" }),
            "/scopes",
            &["/id is of another type, and this claim takes a list of texts, or a text"],
        ),
        (
            json!({ "scopes": "/teams" }),
            "/scopes",
            &[
                "/teams is a list of what is an object",
                "there is: id, label, roles",
            ],
        ),
        (
            json!({ "organizations": { "each": "/email", "id": "/id" } }),
            "/organizations/each",
            &["/email is not a list"],
        ),
        (
            json!({ "organizations": { "each": "/teams", "active": "/roles" } }),
            "/organizations/active",
            &["/roles is a list, and this claim takes a boolean"],
        ),
        (
            json!({ "permissions": { "permission": "/verified" } }),
            "/permissions/permission",
            &["/verified is of another type"],
        ),
        (
            json!({ "quotas": [{ "name": "x", "used": "/verified" }] }),
            "/quotas/0/used",
            &["takes a number"],
        ),
        (
            json!({ "subject_type": { "at": "/address", "values": {} } }),
            "/subject_type/at",
            &["/address is an object"],
        ),
    ]);
}

#[test]
fn claims_that_come_from_nowhere() {
    refused_claims(&[
        (
            json!({}),
            "",
            &["maps no claim", "help: map one, or write `identity: none`"],
        ),
        (
            json!({ "organizations": {} }),
            "/organizations",
            &["maps nothing", "help: map a part of it, or leave it out"],
        ),
        (
            json!({ "organizations": { "each": "/teams" } }),
            "/organizations",
            &["maps nothing"],
        ),
        (
            json!({ "permissions": {} }),
            "/permissions",
            &["maps nothing"],
        ),
        (
            json!({ "permissions": { "each": "/teams", "within": {} } }),
            "/permissions/within",
            &["maps nothing"],
        ),
        (
            json!({ "quotas": [{ "name": "calls" }] }),
            "/quotas/0",
            &["maps nothing"],
        ),
        (json!({ "token": {} }), "/token", &["maps nothing"]),
        (
            json!({ "email_verified": "yes" }),
            "/email_verified",
            &["\"yes\" is not a pointer, and this claim takes no such constant"],
        ),
        (
            json!({ "quotas": [{ "name": "x", "used": "5" }] }),
            "/quotas/0/used",
            &["\"5\" is not a pointer"],
        ),
        (json!({ "name": " " }), "/name", &["\" \" is not a pointer"]),
        (
            json!({ "sub": { "header": "X Id" } }),
            "/sub",
            &["X Id is not a name that a header can have"],
        ),
        (
            json!({ "sub": { "key": true } }),
            "/sub",
            &[
                "only what `each` finds in an object has a name of its own",
                "help: ",
            ],
        ),
        (
            json!({ "organizations": { "each": "/teams", "id": { "key": true } } }),
            "/organizations/id",
            &["only what `each` finds"],
        ),
        (json!({ "sub": [] }), "/sub", &["is empty"]),
        (
            json!({ "subject": "/id" }),
            "/subject",
            &[
                "unknown field `subject`",
                "`sub`",
                "help: specs/README.md documents the format",
            ],
        ),
    ]);
    refused(&[(
        json!({ "identity": "nobody" }),
        "/identity",
        &["neither an object of claims nor `none`"],
    )]);
}

#[test]
fn an_identity_needs_a_success_to_read_it_from() {
    for (response, pointer, says) in [
        (
            json!({ "description": "x" }),
            "/responses",
            "has no success with a JSON body",
        ),
        (
            json!({ "description": "x", "content": { "text/html": {} } }),
            "/responses",
            "has no success with a JSON body",
        ),
        (
            json!({ "description": "x", "content": { "application/json": {} } }),
            "/responses/200/content/application~1json",
            "has no schema",
        ),
    ] {
        let mut document = description();
        document["paths"]["/me"]["get"]["responses"]["200"] = response.clone();
        let error = read_of(document.clone(), &json!({})).unwrap_err();
        let expected = format!("/paths/~1me/get{pointer}");
        assert_eq!(
            error.pointer(),
            Some(expected.as_str()),
            "{response}: {error}"
        );
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.to_string().contains("help: "), "{error}");
        for identity in [json!("none"), json!({ "sub": { "header": "X-User" } })] {
            read_of(document.clone(), &json!({ "identity": identity })).unwrap();
        }
    }
    let mut document = description();
    let responses = document["paths"]["/me"]["get"]["responses"]
        .as_object_mut()
        .unwrap();
    responses.remove("200");
    let error = read_of(document, &json!({})).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has no success with a JSON body"),
        "{error}"
    );
}

#[test]
fn a_success_without_identity() {
    let (info, remarks) = taken(&json!({ "identity": "none" }));
    assert_eq!(info.whoami().unwrap().identity, Claims::default());
    assert_eq!(remarks, [""; 0]);

    let mut document = description();
    document["paths"]["/me"]["get"]["responses"]["204"] = json!({ "description": "x" });
    let patch = json!({ "identity": "none", "success": { "status": [204] } });
    let (info, _) = read_of(document, &patch).unwrap();
    let success = &info.whoami().unwrap().success;
    assert_eq!(success.status, [Status::Code(204)]);
    assert_eq!(success.content, Content::Undescribed);
}

#[test]
fn the_success_is_the_one_that_the_mapping_names() {
    let mut document = description();
    let other = json!({ "type": "object", "properties": { "uid": { "type": "string" } } });
    document["paths"]["/me"]["get"]["responses"]["2XX"] = answer(&other);
    for (patch, is_right) in [
        (json!({ "identity": { "sub": "/id" } }), true),
        (json!({ "identity": { "sub": "/uid" } }), false),
        (
            json!({ "identity": { "sub": "/uid" }, "success": { "status": 202 } }),
            true,
        ),
        (
            json!({ "identity": { "sub": "/id" }, "success": { "status": 202 } }),
            false,
        ),
        (
            json!({ "identity": { "sub": ["/id", "/uid"] }, "success": { "status": [200, 202] } }),
            true,
        ),
        (
            json!({ "identity": { "sub": "/uid" }, "success": { "status": "2XX" } }),
            true,
        ),
    ] {
        assert_eq!(
            read_of(document.clone(), &patch).is_ok(),
            is_right,
            "{patch}"
        );
    }
}

#[test]
fn conditions_of_the_success() {
    refused(&[
        (
            json!({ "success": { "status": 404 } }),
            "/success/status",
            &[
                "404 is no status of a success",
                "help: say what it means with a rule",
            ],
        ),
        (
            json!({ "success": { "status": "default" } }),
            "/success/status",
            &["default is no status of a success"],
        ),
        (
            json!({ "success": { "body": { "/ok": true } } }),
            "/success/body/~1ok",
            &["the answer has no /ok"],
        ),
        (
            json!({ "success": { "body": { "/plan": true } } }),
            "/success/body/~1plan",
            &["/plan is never true: the schema does not have it as a boolean"],
        ),
        (
            json!({ "success": { "body": { "/id": { "contains": "x" } } } }),
            "/success/body/~1id",
            &["/id is of another type, and `contains` takes a text or a list"],
        ),
        (
            json!({ "success": { "header": { "a b": "x" } } }),
            "/success/header/a b",
            &["a b is not a name that a header can have"],
        ),
        (
            json!({ "success": { "header": { "x": { "equals": "a", "present": false } } } }),
            "/success/header/x",
            &["can never hold"],
        ),
        (
            json!({ "success": { "text": { "all": "it is ok", "none": "ok" } } }),
            "/success/text",
            &["can never hold"],
        ),
        (
            json!({ "success": { "status": [] } }),
            "/success/status",
            &["names no status"],
        ),
    ]);
    let (_, remarks) = taken(&json!({ "success": { "body": { "/plan": ["team", "fre"] } } }));
    assert_eq!(
        remarks,
        [format!(
            "at {AT}/success/body/~1plan: fre is none of the values that the schema lists; the nearest is free"
        )]
    );
    taken(
        &json!({ "success": { "status": "2XX", "body": { "/verified": true, "/plan": { "not": null } }, "header": { "X-Kind": "a" } } }),
    );
}

#[test]
fn places_of_codes() {
    refused(&[
        (
            json!({ "code": "/cod" }),
            "/code",
            &["no documented answer has /cod", "did you mean \"code\"?"],
        ),
        (
            json!({ "code": ["/code", "/error/cause"] }),
            "/code/1",
            &[
                "no documented answer has /error/cause",
                "there is: detail, number",
            ],
        ),
        (
            json!({ "code": "/error" }),
            "/code",
            &["/error is an object, and a code is a text or a number"],
        ),
        (
            json!({ "code": "code" }),
            "/code",
            &["a JSON pointer, or a list of them, was expected"],
        ),
    ]);
    taken(&json!({ "code": ["/code", "/error/detail", "/error/number"] }));
    // A place in the success is one too.
    taken(&json!({ "code": ["/code", "/plan"] }));
    // Where no error is described, nothing is known.
    let mut document = description();
    for status in ["401", "4XX"] {
        document["paths"]["/me"]["get"]["responses"][status] = json!({ "description": "x" });
    }
    read_of(document, &json!({ "code": "/anywhere" })).unwrap();
}

#[test]
fn rules_that_cannot_be() {
    refused(&[
        (
            json!({ "answers": [{ "status": 403, "code": "x", "means": "forbidden" }] }),
            "/answers/0",
            &[
                "goes by a code, and nothing says where answers have one",
                "help: point to it with `code`",
            ],
        ),
        (
            json!({ "answers": { "403 x": "forbidden" } }),
            "/answers/403 x",
            &["goes by a code"],
        ),
        (
            json!({ "answers": { "forbidden": "forbidden" } }),
            "/answers/forbidden",
            &["\"forbidden\" is not an answer: write a status"],
        ),
        (
            json!({ "answers": { "999 gone": "forbidden" } }),
            "/answers/999 gone",
            &["\"999 gone\" is not an answer"],
        ),
        (
            json!({ "answers": { "403 ": "forbidden" } }),
            "/answers/403 ",
            &["\"403 \" is not an answer"],
        ),
        (
            json!({ "answers": { "403": "refused" } }),
            "/answers/403",
            &["`refused`", "`forbidden`"],
        ),
        (
            json!({ "answers": { "403": "limited" } }),
            "/answers/403",
            &[
                "is limited, and not by what",
                "`scope`, `network`, `kind`, `account`",
            ],
        ),
        (
            rules(json!([{ "status": 403, "means": "limited" }])),
            "/answers/0",
            &["not by what"],
        ),
        (
            rules(json!([{ "status": 403, "means": "forbidden", "by": "scope" }])),
            "/answers/0",
            &["has `by`, which goes with `limited` and not with `forbidden`"],
        ),
        (
            rules(json!([{ "status": 403, "means": "forbidden", "reason": "expired" }])),
            "/answers/0",
            &["has `reason`, which goes with `unauthenticated`"],
        ),
        (
            rules(json!([{ "status": 401, "means": "unauthenticated", "reason": "proxy" }])),
            "/answers/0",
            &[
                "for which no provider refuses a token",
                "`expired`, `revoked` or `unknown`",
            ],
        ),
        (
            rules(json!([{ "status": [], "means": "forbidden" }])),
            "/answers/0/status",
            &["the list is empty"],
        ),
        (
            rules(json!([{ "status": 403, "code": [], "means": "unauthenticated" }])),
            "/answers/0/code",
            &["the list is empty"],
        ),
        (
            rules(json!([{ "status": 403, "body": {}, "means": "unauthenticated" }])),
            "/answers/0/body",
            &["there are no conditions"],
        ),
        (
            rules(json!([{ "status": 103, "means": "nothing" }])),
            "/answers/0",
            &["103 is no answer"],
        ),
        (
            rules(json!([{ "status": "1XX", "means": "nothing" }])),
            "/answers/0",
            &["1XX is no answer"],
        ),
        (
            rules(json!([{ "status": 403, "means": "forbidden", "cod": "x" }])),
            "/answers/0/cod",
            &["unknown field `cod`"],
        ),
        (
            json!({ "challenges": ["Acme Key"] }),
            "/challenges",
            &["Acme Key is not a name that an authentication scheme can have"],
        ),
    ]);
}

#[test]
fn rules_by_a_status_alone() {
    let alone = |status: Value, means: &str| rules(json!([{ "status": status, "means": means }]));
    refused(&[
        (
            alone(json!(200), "unauthenticated"),
            "/answers/0",
            &[
                "a success refuses no token by its status alone",
                "help: tell such answers apart",
            ],
        ),
        (
            alone(json!(204), "unauthenticated"),
            "/answers/0",
            &["a success refuses no token"],
        ),
        (
            alone(json!("2XX"), "unauthenticated"),
            "/answers/0",
            &["a success refuses no token"],
        ),
        (
            alone(json!(302), "unauthenticated"),
            "/answers/0",
            &["a redirect says nothing"],
        ),
        (
            alone(json!(302), "valid"),
            "/answers/0",
            &["a redirect says nothing"],
        ),
        (
            alone(json!(429), "unauthenticated"),
            "/answers/0",
            &["such a status refuses no token by itself"],
        ),
        (
            alone(json!(503), "unauthenticated"),
            "/answers/0",
            &["such a status refuses no token by itself"],
        ),
        (
            alone(json!("5XX"), "unauthenticated"),
            "/answers/0",
            &["such a status refuses no token by itself"],
        ),
        (
            alone(json!("4XX"), "unauthenticated"),
            "/answers/0",
            &["4XX by itself would refuse a token for whatever goes wrong"],
        ),
        (
            alone(json!("default"), "unauthenticated"),
            "/answers/0",
            &["default by itself would refuse a token"],
        ),
        (
            alone(json!(500), "valid"),
            "/answers/0",
            &["proves no token good"],
        ),
        (
            alone(json!("default"), "valid"),
            "/answers/0",
            &["default by itself would prove a token good"],
        ),
        (
            alone(json!("4XX"), "no_subject"),
            "/answers/0",
            &["4XX by itself would prove a token good"],
        ),
        (
            alone(json!(200), "valid"),
            "/answers/0",
            &[
                "a success says that the token is good by itself",
                "`identity: none`",
            ],
        ),
        (
            alone(json!(200), "nothing"),
            "/answers/0",
            &["leaves no success"],
        ),
        (
            alone(json!("2XX"), "forbidden"),
            "/answers/0",
            &["leaves no success"],
        ),
    ]);
    for rule in [
        alone(json!(401), "unauthenticated"),
        alone(json!([400, 401, 403, 404]), "unauthenticated"),
        alone(json!(403), "valid"),
        alone(json!(404), "no_subject"),
        alone(json!(202), "nothing"),
        alone(json!("default"), "nothing"),
        alone(json!("5XX"), "unavailable"),
        rules(
            json!([{ "status": 302, "header": { "location": { "contains": "/login" } }, "means": "unauthenticated" }]),
        ),
        rules(json!([{ "status": 200, "body": { "/plan": "free" }, "means": "unauthenticated" }])),
        rules(json!([{ "status": "default", "code": "bad_token", "means": "unauthenticated" }])),
    ] {
        taken(&rule);
    }
}

#[test]
fn a_status_alone_beside_codes_never_refuses() {
    let by_code = json!({ "status": 403, "code": "bad_token", "means": "unauthenticated" });
    let by_body =
        json!({ "status": 403, "body": { "/error/number": 7 }, "means": "unauthenticated" });
    let alone = json!({ "status": 401, "means": "unauthenticated" });
    let says: &[&str] = &[
        "never refuses a token: /paths/~1me/get/x-whoami/answers/0 tells refusals by more than their status",
        "help: list the codes",
    ];
    refused(&[
        (rules(json!([by_code, alone])), "/answers/1", says),
        (rules(json!([by_body, alone])), "/answers/1", says),
        (
            rules(json!({ "401": "unauthenticated", "403 bad_token": "unauthenticated" })),
            "/answers/401",
            &["never refuses a token"],
        ),
    ]);
    // What a success says leaves errors to their statuses; so do texts and headers.
    taken(&rules(
        json!([{ "status": 200, "body": { "/plan": "free" }, "means": "unauthenticated" }, alone]),
    ));
    taken(&rules(
        json!([{ "status": 400, "text": "expired", "means": "unauthenticated" }, alone]),
    ));
}

#[test]
fn what_says_that_no_token_came_refuses_none() {
    refused(&[
        (
            rules(json!([{ "status": 401, "code": "missing_token", "means": "unauthenticated" }])),
            "/answers/0",
            &[
                "never refuses a token: missing_token says that none came",
                "help: a token was sent, and something took it: write `nothing`",
            ],
        ),
        (
            rules(json!({ "401 missing_token": "unauthenticated" })),
            "/answers/401 missing_token",
            &["says that none came"],
        ),
        (
            rules(json!([{ "status": 401, "text": "no API key", "means": "unauthenticated" }])),
            "/answers/0",
            &["the text says that none came"],
        ),
        (
            rules(
                json!([{ "status": 401, "code": "bad_token", "header": { "Retry-After": { "present": true } }, "means": "unauthenticated" }]),
            ),
            "/answers/0",
            &["an answer with Retry-After does not"],
        ),
    ]);
    let (_, remarks) = taken(&rules(
        json!([{ "status": 401, "code": ["bad_token", "missing_token"], "means": "unauthenticated" }]),
    ));
    assert_eq!(
        remarks,
        [format!(
            "at {AT}/answers/0: missing_token says that no token came, and never refuses one"
        )]
    );
    taken(&rules(
        json!([{ "status": 401, "code": "missing_token", "means": "nothing" }]),
    ));
}

#[test]
fn conditions_of_rules() {
    let with = |conditions: Value| {
        let mut rule = json!({ "status": 401, "means": "unauthenticated" });
        for (key, value) in conditions.as_object().unwrap() {
            rule[key] = value.clone();
        }
        rules(json!([rule]))
    };
    refused(&[
        (
            with(json!({ "body": { "/error/numbr": 7 } })),
            "/answers/0/body/~1error~1numbr",
            &["the answer has no /error/numbr", "did you mean \"number\"?"],
        ),
        (
            with(json!({ "body": { "/error/number": "7" } })),
            "/answers/0/body/~1error~1number",
            &["/error/number is never \"7\": the schema does not have it as a text"],
        ),
        (
            with(json!({ "body": { "/message": true } })),
            "/answers/0/body/~1message",
            &["does not have it as a boolean"],
        ),
        (
            with(json!({ "body": { "/message": { "not": 1 } } })),
            "/answers/0/body/~1message",
            &["does not have it as a number"],
        ),
        (
            with(json!({ "body": { "/error": { "contains": "x" } } })),
            "/answers/0/body/~1error",
            &["/error is an object, and `contains` takes a text or a list"],
        ),
        (
            with(json!({ "body": { "/message": { "present": false, "equals": "x" } } })),
            "/answers/0/body/~1message",
            &["can never hold: its parts contradict each other"],
        ),
        (
            with(json!({ "body": { "/message": { "equals": ["x", "y"], "not": ["y", "x"] } } })),
            "/answers/0/body/~1message",
            &["contradict"],
        ),
        (
            with(json!({ "body": { "/message": { "equals": "x", "contains": "y" } } })),
            "/answers/0/body/~1message",
            &["contradict"],
        ),
        (
            with(json!({ "body": { "/message": { "present": true, "equals": null } } })),
            "/answers/0/body/~1message",
            &["contradict"],
        ),
        (
            with(json!({ "body": { "/message": {} } })),
            "/answers/0/body/~1message",
            &["asks for nothing"],
        ),
        (
            with(json!({ "body": { "/error": { "present": false }, "/error/number": 7 } })),
            "/answers/0/body/~1error~1number",
            &["can never hold beside the condition on /error"],
        ),
        (
            with(json!({ "code": "bad_token", "body": { "/code": "expired" } })),
            "/answers/0/body/~1code",
            &["can never hold beside `code`"],
        ),
        (
            with(json!({ "header": { "x:y": "a" } })),
            "/answers/0/header/x:y",
            &["is not a name that a header can have"],
        ),
        (
            with(json!({ "header": { "x": { "present": false, "contains": "a" } } })),
            "/answers/0/header/x",
            &["contradict"],
        ),
        (
            with(json!({ "text": { "any": ["token expired"], "none": "expired" } })),
            "/answers/0/text",
            &["can never hold"],
        ),
    ]);
    for conditions in [
        json!({ "body": { "/error/number": [7, 8], "/message": { "present": true } } }),
        json!({ "body": { "/error": { "present": false }, "/error/number": { "present": false } } }),
        json!({ "body": { "/message": { "equals": ["x", null], "not": "y" } } }),
        json!({ "header": { "content-length": "0", "X-Reason": { "contains": "expired" } } }),
        json!({ "text": { "all": ["token"], "none": ["scope"] } }),
    ] {
        let (_, remarks) = taken(&with(conditions));
        assert_eq!(remarks, [""; 0]);
    }
    // Nothing is described of this status.
    taken(&rules(
        json!([{ "status": 500, "body": { "/any/thing": 1 }, "means": "unavailable" }]),
    ));
    // What a range describes, it describes of each of its statuses.
    refused(&[(
        rules(json!([{ "status": 418, "body": { "/any/thing": 1 }, "means": "nothing" }])),
        "/answers/0/body/~1any~1thing",
        &["the answer has no /any/thing"],
    )]);
}

#[test]
fn values_that_the_schema_does_not_list() {
    let (_, remarks) = taken(&rules(
        json!([{ "status": 401, "code": ["expired", "bad_tokens"], "means": "unauthenticated" }]),
    ));
    assert_eq!(
        remarks,
        [format!(
            "at {AT}/answers/0: bad_tokens is none of the values that the schema lists; the nearest is bad_token"
        )]
    );
}

#[test]
fn rules_that_another_comes_before() {
    let rule = |extra: Value| {
        let mut rule = json!({ "status": 401, "means": "nothing" });
        for (key, value) in extra.as_object().unwrap() {
            rule[key] = value.clone();
        }
        rule
    };
    for (first, second) in [
        (json!({}), json!({ "code": "expired" })),
        (json!({ "status": "4XX" }), json!({})),
        (json!({ "status": "default" }), json!({})),
        (json!({ "status": "default" }), json!({ "status": "4XX" })),
        (
            json!({ "status": ["4XX", "5XX"] }),
            json!({ "status": [401, 503] }),
        ),
        (
            json!({ "code": ["expired", "bad_token"] }),
            json!({ "code": "expired", "text": "old" }),
        ),
        (
            json!({ "body": { "/message": { "present": true } } }),
            json!({ "body": { "/message": "x" } }),
        ),
        (
            json!({ "body": { "/message": ["x", "y"] } }),
            json!({ "body": { "/message": "y" }, "code": "expired" }),
        ),
        (
            json!({ "body": { "/message": { "not": "x" } } }),
            json!({ "body": { "/message": "y" } }),
        ),
        (
            json!({ "body": { "/message": { "contains": "old" } } }),
            json!({ "body": { "/message": "Too OLD" } }),
        ),
        (
            json!({ "header": { "X-A": { "present": true } } }),
            json!({ "header": { "x-a": "b" } }),
        ),
        (
            json!({ "text": "old" }),
            json!({ "text": ["too old", "Very Old"] }),
        ),
        (
            json!({ "text": { "none": "older" } }),
            json!({ "text": { "all": "x", "none": "old" } }),
        ),
    ] {
        let patch = rules(json!([rule(first), rule(second)]));
        refused(&[(
            patch,
            "/answers/1",
            &[
                "can never fit: /paths/~1me/get/x-whoami/answers/0 fits first",
                "help: ",
            ],
        )]);
    }
    for conditions in [
        json!({}),
        json!({ "code": "expired" }),
        json!({ "body": { "/message": { "present": true } } }),
        json!({ "body": { "/error/number": 7 } }),
        json!({ "header": { "x": "a" } }),
        json!({ "text": "old" }),
    ] {
        let patch = rules(json!([rule(conditions.clone()), rule(conditions)]));
        refused(&[(
            patch,
            "/answers/1",
            &["is there twice: /paths/~1me/get/x-whoami/answers/0 has the same conditions"],
        )]);
    }
    let numbers =
        [json!(7), json!(7.0)].map(|number| rule(json!({ "body": { "/error/number": number } })));
    refused(&[(rules(json!(numbers)), "/answers/1", &["is there twice"])]);
    for (first, second) in [
        (json!({ "code": "expired" }), json!({})),
        (json!({ "status": 403 }), json!({})),
        (
            json!({ "status": "4XX", "code": "expired" }),
            json!({ "code": "bad_token" }),
        ),
        (json!({}), json!({ "status": "4XX" })),
        (
            json!({ "status": "default" }),
            json!({ "status": 200, "body": { "/plan": "free" } }),
        ),
        (
            json!({ "body": { "/message": "x" } }),
            json!({ "body": { "/message": ["x", "y"] } }),
        ),
        (
            json!({ "body": { "/message": { "not": "x" } } }),
            json!({ "body": { "/message": { "not": "y" } } }),
        ),
        (
            json!({ "body": { "/message": "x" } }),
            json!({ "text": "x" }),
        ),
        (json!({ "text": "too old" }), json!({ "text": "old" })),
        (
            json!({ "text": { "none": "old" } }),
            json!({ "text": { "all": "x", "none": "older" } }),
        ),
        (
            json!({ "header": { "X-A": { "not": "a" } } }),
            json!({ "header": { "X-A": "b" } }),
        ),
    ] {
        let (_, remarks) = taken(&rules(json!([rule(first), rule(second)])));
        assert_eq!(remarks, [""; 0]);
    }
    // Part of a rule is left.
    let (_, remarks) = taken(&rules(json!([
        rule(json!({ "code": ["expired"] })),
        rule(json!({ "status": [401, 403], "code": ["expired", "bad_token"] })),
    ])));
    assert_eq!(
        remarks,
        [format!(
            "at {AT}/answers/1: 401 with the code expired never comes here: {AT}/answers/0 fits first"
        )]
    );
    // Two rules together leave nothing.
    refused(&[(
        rules(json!([
            rule(json!({ "code": "expired" })),
            rule(json!({ "code": "bad_token" })),
            rule(json!({ "code": ["expired", "bad_token"], "text": "x" })),
        ])),
        "/answers/2",
        &["can never fit"],
    )]);
}

#[test]
fn the_old_spelling_of_answers() {
    let (info, _) = taken(&rules(
        json!({ "403": "forbidden", "403 bad_token": "unauthenticated", "4XX": "nothing" }),
    ));
    let rules = &info.whoami().unwrap().answers;
    let means: Vec<_> = rules.iter().map(|rule| rule.means).collect();
    assert_eq!(
        means,
        [
            Meaning::Unauthenticated,
            Meaning::Forbidden,
            Meaning::Nothing
        ]
    );
}

#[test]
fn a_prefix_that_no_scheme_takes() {
    for scheme in ["query", "basic"] {
        let mut document = description();
        document["security"] = json!([{ scheme: [] }]);
        let patch = json!({ "token": { "env": "ACME_KEY", "prefix": "Token " } });
        let error = read_of(document, &patch).unwrap_err();
        assert_eq!(error.pointer(), Some(format!("{AT}/token/prefix").as_str()));
        assert!(
            error.to_string().contains("the scheme takes no prefix"),
            "{error}"
        );
    }
    taken(&json!({ "token": { "env": "ACME_KEY", "prefix": "Token " } }));
    refused(&[(
        json!({ "token": { "env": "ACME_KEY", "form": "^(x" } }),
        "/token/form",
        &["\"^(x\" is not a regular expression"],
    )]);
}

#[test]
fn a_list_of_patterns_is_a_list_of_forms() {
    let listed = json!(["^key-[a-z]+$", "^old-[a-z]+$"]);
    let (info, _) = taken(&json!({ "token": { "env": "ACME_KEY", "form": listed } }));
    let patterns = info.token.forms.iter().map(|it| it.pattern.as_str());
    // Two patterns, and not one with a scheme.
    assert!(patterns.eq(["^key-[a-z]+$", "^old-[a-z]+$"]));
}

#[test]
fn other_secrets_and_shared_forms_are_told() {
    for (other, expected) in [
        (json!("^ref-"), &["^ref-"][..]),
        (json!(["^ref-", "^hook-"]), &["^ref-", "^hook-"]),
    ] {
        let form = json!({ "pattern": "^[a-z]+$", "shared": true });
        let token = json!({ "env": "ACME_KEY", "form": form, "other": other });
        let (info, _) = taken(&json!({ "token": token }));
        assert_eq!(info.token.others, expected);
        assert!(info.token.forms[0].shared);
    }
    refused(&[
        (
            json!({ "token": { "env": "ACME_KEY", "other": "^(x" } }),
            "/token/other",
            &["\"^(x\" is not a regular expression"],
        ),
        (
            json!({ "token": { "env": "ACME_KEY", "other": [1] } }),
            "/token/other",
            &["a regular expression, or a list of them, was expected"],
        ),
    ]);
}

#[test]
fn check_digits_stand_in_groups_of_the_pattern() {
    let checked = |of: &str, digits: &str, encoding: &str| {
        let checksum =
            json!({ "algorithm": "crc32", "encoding": encoding, "of": of, "digits": digits });
        let pattern = "^key-(?<body>[a-z]+)(?<digits>[0-9]{6})$";
        let form = json!({ "pattern": pattern, "checksum": checksum });
        json!({ "token": { "env": "ACME_KEY", "form": form } })
    };
    let (info, _) = taken(&checked("body", "digits", "base62"));
    assert!(info.token.forms[0].checksum.is_some());
    refused(&[
        (
            checked("bodi", "digits", "base62"),
            "/token/form",
            &[
                "the checksum speaks of the group bodi, which the pattern lacks",
                "did you mean \"body\"?",
            ],
        ),
        (
            checked("body", "digit", "base62"),
            "/token/form",
            &["the checksum speaks of the group digit, which the pattern lacks"],
        ),
        (
            checked("body", "digits", "base99"),
            "/token/form",
            &["an object with `pattern`, `scheme`, `operation`, `shared` and `checksum`"],
        ),
        // A group that neither the checksum nor a parameter is called by.
        (
            checked("body", "body", "base62"),
            "/token/form",
            &["the group digits is the name of no parameter of the key"],
        ),
    ]);
}

#[test]
fn remarks_on_a_success_that_may_be_nobodys() {
    let open = |security: Value| {
        let mut document = description();
        document["paths"]["/me"]["get"]["security"] = security;
        document
    };
    let optional = "at /paths/~1me/get/security: anybody may ask";
    let (_, remarks) = read_of(open(json!([{ "key": [] }, {}])), &json!({})).unwrap();
    assert!(
        remarks.len() == 1 && remarks[0].starts_with(optional),
        "{remarks:?}"
    );
    let named = json!({ "token": { "env": "ACME_KEY", "scheme": "key" } });
    let (_, remarks) = read_of(open(json!([])), &named).unwrap();
    assert!(
        remarks.len() == 1 && remarks[0].starts_with(optional),
        "{remarks:?}"
    );
    let told = json!({ "success": { "body": { "/id": { "present": true } } } });
    let (_, remarks) = read_of(open(json!([{ "key": [] }, {}])), &told).unwrap();
    assert_eq!(remarks, [""; 0]);

    let boolean = json!({ "type": "boolean" });
    let with = |name: &str, schema: &Value| {
        let mut document = description();
        document["components"]["schemas"]["Me"]["properties"][name] = schema.clone();
        document
    };
    for name in [
        "anonymous",
        "isAuthenticated",
        "is_guest",
        "Active",
        "valid",
        "ok",
        "success",
        "revoked",
        "disabled",
    ] {
        let (_, remarks) = read_of(with(name, &boolean), &json!({})).unwrap();
        let start = format!(
            "at {AT}: a success has /{name}, which may tell that the token is no good or nobody's"
        );
        assert!(
            remarks.len() == 1 && remarks[0].starts_with(&start),
            "{remarks:?}"
        );

        let condition = json!({ "success": { "body": { format!("/{name}"): true } } });
        let rule = json!({ "answers": [{ "status": 200, "body": { format!("/{name}"): false }, "means": "unauthenticated" }] });
        for patch in [condition, rule] {
            let (_, remarks) = read_of(with(name, &boolean), &patch).unwrap();
            assert_eq!(remarks, [""; 0], "{patch}");
        }
    }
    let listed = json!({ "type": "string", "enum": ["active", "disabled"] });
    let (_, remarks) = read_of(with("status", &listed), &json!({})).unwrap();
    assert!(remarks[0].contains("/status"), "{remarks:?}");
    let inner = json!({ "type": "object", "properties": { "active": boolean } });
    let (_, remarks) = read_of(with("account", &inner), &json!({})).unwrap();
    assert!(remarks[0].contains("/account/active"), "{remarks:?}");
    // A claim tells of it.
    let claimed = json!({ "identity": { "sub": "/id", "organizations": { "id": "/name", "active": "/account/active" } } });
    let (_, remarks) = read_of(with("account", &inner), &claimed).unwrap();
    assert_eq!(remarks, [""; 0]);
    // A text that may be anything, and a list of one value, tell nothing.
    for schema in [json!({ "type": "string" }), json!({ "const": "ok" })] {
        let (_, remarks) = read_of(with("status", &schema), &json!({})).unwrap();
        assert_eq!(remarks, [""; 0], "{schema}");
    }
}

#[test]
fn a_remark_where_no_claim_names_anybody() {
    for identity in [
        json!({ "quotas": [{ "name": "calls", "used": "/usage/calls" }] }),
        json!({ "name": "Acme" }),
    ] {
        let (_, remarks) = taken(&json!({ "identity": identity }));
        assert_eq!(
            remarks,
            [format!(
                "at {AT}/identity: no claim names anybody: an answer of the documented form is taken for a success"
            )]
        );
    }
}

/// A schema that is a circle, or ever wider, ends.
#[test]
fn schemas_without_an_end() {
    let mut document = description();
    let schemas = &mut document["components"]["schemas"];
    for level in 0..30 {
        let next = json!({ "$ref": format!("#/components/schemas/L{}", level + 1) });
        schemas[format!("L{level}")] =
            json!({ "type": "object", "properties": { "a": { "anyOf": [next, next, next] } } });
    }
    schemas["L30"] = json!({ "$ref": "#/components/schemas/Me" });
    let long = "/a".repeat(30);
    document["paths"]["/me"]["get"]["responses"]["200"] =
        answer(&json!({ "$ref": "#/components/schemas/L0" }));
    read_of(
        document.clone(),
        &json!({ "identity": { "sub": format!("{long}/id") } }),
    )
    .unwrap();
    let error = read_of(
        document,
        &json!({ "identity": { "sub": format!("{long}/idd") } }),
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("did you mean \"id\"?"),
        "{error}"
    );
}

#[test]
fn a_code_forges_no_line() {
    let (_, remarks) = taken(&rules(json!({ "401 x\nerror: forged": "nothing" })));
    let place = format!("{AT}/answers/401 x\\nerror: forged");
    assert_eq!(
        remarks,
        [format!(
            "at {place}: x\\nerror: forged is none of the values that the schema lists"
        )]
    );
    let patch =
        rules(json!({ "401 x\nerror: forged": "unauthenticated", "403": "unauthenticated" }));
    let error = read(&patch).unwrap_err().to_string();
    assert!(
        error.contains(&place) && error.lines().count() == 2,
        "{error}"
    );
}
