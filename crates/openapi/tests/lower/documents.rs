use super::*;

/// A document with something in each of its parts.
pub(super) fn parts() -> Value {
    let body = json!({ "content": { "application/json": { "schema": { "const": 1 } } } });
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "Test",
            "summary": "gone",
            "version": "1",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "https://{host}", "variables": { "host": { "default": "example.com", "enum": ["example.com"] } } }],
        "security": [{ "token": [] }, { "mtls": [] }, { "token": [], "mtls": [] }],
        "webhooks": { "event": { "post": { "requestBody": body } } },
        "paths": {
            "/a": {
                "get": {
                    "operationId": "a",
                    "security": [{ "mtls": [] }],
                    "parameters": [
                        { "name": "q", "in": "query", "schema": { "type": ["string", "null"] }, "example": { "type": ["a"] } },
                        { "$ref": "#/components/parameters/P", "description": "ignored" },
                    ],
                    "callbacks": {
                        "kept": { "{$request.body#/url}": { "post": { "requestBody": body } } },
                        "gone": { "$ref": "#/components/callbacks/C" },
                    },
                    "x-extension": { "type": ["a"] },
                },
                "post": {
                    "operationId": "b",
                    "requestBody": { "content": { "application/octet-stream": {} } },
                    "responses": {
                        "200": {
                            "description": "d",
                            "headers": { "X": { "schema": { "const": 1 } } },
                            "content": { "application/json": { "examples": { "e": { "value": { "const": 1 } } } } },
                            "links": { "l": { "operationId": "a" } },
                        },
                        "x-extension": { "const": 1 },
                    },
                },
            },
            "/shared": { "$ref": "#/components/pathItems/Shared", "summary": "own" },
        },
        "components": {
            "parameters": { "P": { "name": "p", "in": "query", "content": { "application/json": { "schema": { "const": 1 } } } } },
            "requestBodies": { "B": body },
            "headers": { "H": { "schema": { "const": 1 } } },
            "callbacks": { "C": { "{$url}": { "post": { "requestBody": body } } } },
            "examples": { "E": { "value": { "const": 1 } } },
            "pathItems": { "Shared": { "summary": "shared", "get": { "operationId": "c", "responses": { "200": { "description": "d" } } } } },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "mtls": { "type": "mutualTLS" },
            },
        },
    })
}

#[test]
fn every_part_is_walked() {
    let lowered = lowered(&parts());
    let at = |pointer: &str| {
        lowered
            .document
            .pointer(pointer)
            .cloned()
            .unwrap_or_default()
    };
    let one = json!({ "type": "integer", "enum": [1] });
    assert_eq!(at("/openapi"), "3.0.3");
    assert_eq!(at("/jsonSchemaDialect"), Value::Null);
    assert_eq!(
        at("/info"),
        json!({ "title": "Test", "version": "1", "license": { "name": "MIT", "url": "https://spdx.org/licenses/MIT.html" } })
    );
    assert_eq!(at("/servers"), parts()["servers"]);
    assert_eq!(at("/webhooks"), Value::Null);
    assert_eq!(at("/security"), json!([{ "token": [] }, { "token": [] }]));
    assert_eq!(at("/paths/~1a/get/security"), json!([{}]));
    assert_eq!(
        at("/paths/~1a/get/parameters/0/schema"),
        json!({ "type": "string", "nullable": true })
    );
    assert_eq!(
        at("/paths/~1a/get/parameters/0/example"),
        json!({ "type": ["a"] })
    );
    assert_eq!(
        at("/paths/~1a/get/parameters/1"),
        json!({ "$ref": "#/components/parameters/P" })
    );
    assert_eq!(at("/paths/~1a/get/responses"), json!({}));
    assert_eq!(at("/paths/~1a/get/x-extension"), json!({ "type": ["a"] }));
    let callbacks = at("/paths/~1a/get/callbacks");
    assert_eq!(callbacks.get("gone"), None);
    assert_eq!(
        callbacks["kept"]["{$request.body#/url}"]["post"]["requestBody"]["content"]["application/json"]
            ["schema"],
        one
    );
    assert_eq!(
        at("/paths/~1a/post/requestBody/content/application~1octet-stream/schema"),
        json!({ "type": "string", "format": "binary" })
    );
    let response = at("/paths/~1a/post/responses/200");
    assert_eq!(response["headers"]["X"]["schema"], one);
    assert_eq!(response["content"]["application/json"]["schema"], json!({}));
    assert_eq!(
        response["content"]["application/json"]["examples"]["e"]["value"],
        json!({ "const": 1 })
    );
    assert_eq!(
        at("/paths/~1a/post/responses/x-extension"),
        json!({ "const": 1 })
    );
    assert_eq!(
        at("/paths/~1shared"),
        json!({ "summary": "own", "get": { "operationId": "c", "responses": { "200": { "description": "d" } } } })
    );
    assert_eq!(at("/components/pathItems"), Value::Null);
    assert_eq!(
        at("/components/parameters/P/content/application~1json/schema"),
        one
    );
    assert_eq!(
        at("/components/requestBodies/B/content/application~1json/schema"),
        one
    );
    assert_eq!(at("/components/headers/H/schema"), one);
    assert_eq!(at("/components/examples/E/value"), json!({ "const": 1 }));
    assert_eq!(
        at("/components/callbacks/C/{$url}/post/requestBody/content/application~1json/schema"),
        one
    );
    assert_eq!(
        at("/components/securitySchemes"),
        json!({ "token": { "type": "http", "scheme": "bearer" } })
    );
    let mut places = pointers(&lowered);
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "/components/securitySchemes/mtls/type",
            "/paths/~1a/get/callbacks/gone/$ref",
            "/paths/~1a/get/security/0/mtls",
            "/security/1/mtls",
            "/security/2/mtls",
            "/webhooks",
        ]
    );
}

#[test]
fn paths_may_be_missing() {
    let lowered =
        lowered(&json!({ "openapi": "3.1.1", "info": { "title": "Test", "version": "1" } }));
    assert_eq!(
        lowered.document,
        json!({ "openapi": "3.0.3", "info": { "title": "Test", "version": "1" }, "paths": {} })
    );
}

#[test]
fn a_license_expression_has_no_page() {
    let mut source = document("3.1.0", json!({}));
    source["info"]["license"] = json!({ "name": "Both", "identifier": "MIT OR Apache-2.0" });
    assert_eq!(
        lowered(&source).document["info"]["license"],
        json!({ "name": "Both" })
    );
    source["info"]["license"] =
        json!({ "name": "MIT", "identifier": "MIT", "url": "https://example.com" });
    assert_eq!(
        lowered(&source).document["info"]["license"],
        json!({ "name": "MIT", "url": "https://example.com" })
    );
}

#[test]
fn path_items_by_reference() {
    let mut source = document("3.1.0", json!({}));
    let get = json!({ "get": { "operationId": "a", "responses": {} } });
    source["components"]["pathItems"] =
        json!({ "A": { "$ref": "#/components/pathItems/B", "description": "d" }, "B": get });
    source["paths"] = json!({ "/a": { "$ref": "#/components/pathItems/A", "parameters": [] } });
    assert_eq!(
        lowered(&source).document["paths"]["/a"],
        json!({ "description": "d", "parameters": [], "get": { "operationId": "a", "responses": {} } })
    );
    source["paths"]["/a"]["get"] = json!({ "responses": {} });
    refuses(
        &source,
        "/components/pathItems/B/get",
        "stands both here and beside a `$ref`",
    );
    source["paths"] = json!({ "/a": { "$ref": "#/components/pathItems/C" } });
    refuses(&source, "/paths/~1a/$ref", "points to nothing");
    source["components"]["pathItems"]["B"] = json!({ "$ref": "#/components/pathItems/A" });
    source["paths"] = json!({ "/a": { "$ref": "#/components/pathItems/A" } });
    refuses(&source, "/paths/~1a/$ref", "leads to itself");
}

#[test]
fn what_openapiv3_does_not_see_or_take() {
    let mut source = document("3.1.0", json!({}));
    let callback = json!({ "{$url}": {}, "x-extension": "kept from openapiv3" });
    source["paths"] =
        json!({ "/a": { "get": { "responses": {}, "callbacks": { "c": callback } } } });
    let lowered = lowered(&source);
    assert_eq!(
        lowered.document["paths"]["/a"]["get"]["callbacks"],
        json!({ "c": { "{$url}": {} } })
    );
    assert_eq!(
        pointers(&lowered),
        ["/paths/~1a/get/callbacks/c/x-extension"]
    );
    source["paths"] = json!({ "a": {} });
    refuses(&source, "/paths/a", "`a` is not a path");
    source["paths"] = json!({ "/a": { "get": { "responses": { "OK": { "description": "d" } } } } });
    refuses(
        &source,
        "/paths/~1a/get/responses/OK",
        "`OK` is not a status",
    );
}

#[test]
fn what_progenitor_asks_for() {
    let mut source = document("3.1.0", json!({}));
    let body = json!({ "schema": {}, "encoding": { "a": { "contentType": "text/plain" } } });
    source["paths"] = json!({ "/a/{id}": { "post": {
        "operationId": "a",
        "parameters": [{ "name": "id", "in": "path", "schema": { "type": "string" } }],
        "responses": { "200": { "description": "d", "content": { "application/json": body } } },
    } } });
    let lowered = lowered(&source).document;
    let operation = &lowered["paths"]["/a/{id}"]["post"];
    assert_eq!(operation["parameters"][0]["required"], json!(true));
    assert_eq!(
        operation["responses"]["200"]["content"]["application/json"],
        json!({ "schema": {} })
    );
    generates(&lowered).unwrap();
}

#[test]
fn unknown_fields_are_dropped_and_noted() {
    let mut source = document("3.1.0", json!({}));
    source["info"]["contact"] = json!({ "name": "n", "phone": 1 });
    let lowered = lowered(&source);
    assert_eq!(lowered.document["info"]["contact"], json!({ "name": "n" }));
    assert_eq!(pointers(&lowered), ["/info/contact/phone"]);
    assert_eq!(lowered.loosened[0].keyword, "phone");
}
