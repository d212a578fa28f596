//! What is left of a description makes the crate that the whole of it makes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_codegen::{Destination, Files, generate_from};
use keyholder_describe::specs::Spec;
use keyholder_describe::{Described, pruned};

const OPENAPI: &str = r##"openapi: 3.1.0
info: { title: Acme, version: "1" }
tags: [{ name: all }]
servers: [{ url: https://api.acme.dev }]
security: [{ key: [] }]
paths:
  /orders: { get: { responses: { "200": { $ref: "#/components/responses/Order" } } } }
  /me:
    get:
      operationId: get_me
      parameters: [{ $ref: "#/components/parameters/Page" }]
      responses:
        "200":
          description: The caller.
          content: { application/json: { schema: { $ref: "#/components/schemas/Caller" } } }
        "401":
          description: No.
          content: { application/json: { schema: { $ref: "#/components/schemas/Refusal" } } }
        "404": { $ref: "#/paths/~1orders/get/responses/200" }
  /team:
    get:
      operationId: get_team
      responses:
        "200":
          description: The team.
          content: { application/json: { schema: { $ref: "#/components/schemas/Team" } } }
components:
  responses:
    Order: { description: "", content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
  parameters:
    Page: { name: page, in: query, schema: { type: integer } }
    Size: { name: size, in: query, schema: { type: integer } }
  schemas:
    Order: { type: object, properties: { id: { type: string } } }
    Unused: { type: object }
    # What is lifted out of the caller would be called so.
    Email: { type: object }
    CallerPropertiesTeam: { type: object }
    Caller:
      type: object
      $defs: { Email: { type: object, properties: { address: { type: string } } } }
      properties:
        id: { type: string }
        email: { $ref: "#/components/schemas/Caller/$defs/Email" }
        team: { type: object, properties: { id: { type: string } } }
        same_team: { $ref: "#/components/schemas/Caller/properties/team" }
    Team: { type: object, properties: { id: { type: string }, owner: { $ref: "#/components/schemas/Caller" } } }
    Problem: { type: object, properties: { code: { type: string } } }
    Refusal: { type: object }
  securitySchemes:
    key: { type: http, scheme: bearer }
    other: { type: http, scheme: basic }
"##;

const OVERLAY: &str = r"overlay: 1.0.0
info: { title: Corrections, version: '1' }
actions:
  - target: $.tags[0]
    update: { description: All of it. }
  - target: $..[?(@.operationId)]
    update: { summary: An operation. }
  - target: $.components.schemas.Refusal
    update: { allOf: [{ $ref: '#/components/schemas/Problem' }] }
  - target: $.paths['/me'].get
    update:
      x-whoami:
        identity: { sub: /id }
        answers: { '401': unauthenticated }
        token: { env: ACME_API_KEY }
  - target: $.paths['/team'].get
    update: { x-whoami: { adds_claims: true, identity: { organizations: { id: /id } } } }
";

const SWAGGER: &str = r##"{
  "swagger": "2.0",
  "info": { "title": "Acme", "version": "1" },
  "host": "api.acme.dev",
  "security": [{ "key": [] }],
  "paths": {
    "/me": {
      "get": {
        "parameters": [{ "$ref": "#/parameters/page" }],
        "responses": { "200": { "description": "", "schema": { "$ref": "#/definitions/Me" } }, "401": { "$ref": "#/responses/No" } },
        "x-whoami": { "identity": { "sub": "/id" }, "token": { "env": "ACME_API_KEY" } }
      },
      "post": { "responses": { "200": { "description": "", "schema": { "$ref": "#/definitions/Unused" } } } }
    }
  },
  "parameters": { "page": { "name": "page", "in": "query", "type": "integer" }, "size": { "name": "size", "in": "query", "type": "integer" } },
  "responses": { "No": { "description": "", "schema": { "$ref": "#/definitions/Error" } }, "Unused": { "description": "" } },
  "definitions": {
    "Me": { "type": "object", "properties": { "id": { "type": "string" } } },
    "Error": { "type": "object", "properties": { "code": { "type": "string" } } },
    "Unused": { "type": "object" }
  },
  "securityDefinitions": { "key": { "type": "apiKey", "in": "header", "name": "X-Key" }, "other": { "type": "basic" } }
}
"##;

/// The crate's files, without the hash of what they are made from.
fn files(spec: &Spec, description: &str, overlay: Option<&str>) -> Files {
    let described = Described::parse(spec, description, overlay).unwrap();
    let destination = Destination::detached(std::path::Path::new("../.."), "out").unwrap();
    let files = generate_from(&described, &destination).unwrap().files;
    files
        .into_iter()
        .map(|(path, text)| (path, text.replace(described.hash(), "")))
        .collect()
}

fn check(file: &str, description: &str, overlay: Option<&str>, gone: &[&str]) -> String {
    let spec = Spec {
        provider: "acme".to_owned(),
        description: file.into(),
        overlay: overlay.map(|_| "acme.overlay.yaml".into()),
    };
    let left = pruned(&spec, description, overlay).unwrap().unwrap();
    for text in gone {
        assert!(
            description.contains(text) && !left.contains(text),
            "{text}: {left}"
        );
    }
    assert_eq!(
        files(&spec, description, overlay),
        files(&spec, &left, overlay)
    );
    assert_eq!(pruned(&spec, &left, overlay).unwrap(), None, "{left}");
    left
}

#[test]
fn of_openapi() {
    let gone = [
        "Unused:",
        "Size:",
        "other:",
        "  Email: { type: object }",
        "CallerPropertiesTeam:",
    ];
    let left = check("acme.yaml", OPENAPI, Some(OVERLAY), &gone);
    // What the overlay speaks of is there.
    assert!(left.contains("tags: [{ name: all }]") && left.contains("    Problem:"));
}

#[test]
fn of_swagger() {
    let gone = ["Unused", "post", "size", "other"];
    check("acme.json", SWAGGER, None, &gone);
}
