//! What is left of a description's text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_openapi::load;
use keyholder_openapi::prune::{Kept, prune};

fn me() -> Kept {
    Kept {
        operations: vec![("/me".to_owned(), "get".to_owned())],
        ..Kept::default()
    }
}

const YAML: &str = r##"# A header.
openapi: 3.1.0
info: { title: Acme, version: "1" }
x-size: 1
tags:
  - name: all
# Where it is.
servers:
  - url: https://acme.dev
security:
  - key: []
paths:
  /orders:
    get: { responses: { "200": { description: "" } } }
  # Of the caller.
  /me:
    summary: The caller.
    parameters:
      - $ref: "#/components/parameters/Page"
    # Who it is.
    get:
      # With another.
      security: [{ other: [] }]
      callbacks:
        done: { "{$url}": { post: { requestBody: { $ref: "#/components/requestBodies/Done" }, responses: {} } } }
      responses:
        "200":
          description: |
            It is:
            # no comment.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Caller" }
        default: { $ref: "#/components/responses/Error" }
    post: { responses: { "200": { description: "" } } }
  /teams:
    get:
      operationId: teams
      parameters:
        - { name: a, in: query, schema: { $ref: "#/components/schemas/Order" } }
        - { name: b, in: query, schema: { type: integer } }
      responses: { "200": { description: "" } }
webhooks: {}
components:
  schemas:
    # Nobody's.
    Order: { type: object, properties: { item: { $ref: "#/components/schemas/Item" } } }
    Item: { type: string }
    Unused: { type: string }
    Caller:
      type: object
      example: { $ref: "#/components/schemas/Unused" }
      properties:
        id: { $ref: "#/paths/~1teams/get/parameters/1/schema" }
        size: { $ref: "#/components/schemas/Shirt/properties/size" }
        pet: { $ref: "#/components/schemas/Pet" }
        self: { $ref: "#/components/schemas/Caller" }
    Shirt: { type: object, required: [size], properties: { colour: { type: string }, size: { type: integer } } }
    Pet:
      oneOf: []
      discriminator: { propertyName: kind, mapping: { cat: Cat, dog: "#/components/schemas/Dog" } }
    Cat: { type: object }
    Dog: { type: object }
  parameters:
    Page: { name: page, in: query, schema: { type: integer } }
    Size: { name: size, in: query, schema: { type: integer } }
  requestBodies:
    Done: { content: {} }
  responses:
    Error:
      description: An error.
      headers: { X-Limit: { $ref: "#/components/headers/Limit" } }
  headers:
    Limit: { schema: { type: integer } }
  securitySchemes:
    key: { type: http, scheme: bearer }
    other: { type: http, scheme: basic }
    third: { type: http, scheme: digest }
"##;

const YAML_LEFT: &str = r##"# A header.
openapi: 3.1.0
info: { title: Acme, version: "1" }
# Where it is.
servers:
  - url: https://acme.dev
security:
  - key: []
paths:
  # Of the caller.
  /me:
    summary: The caller.
    parameters:
      - $ref: "#/components/parameters/Page"
    # Who it is.
    get:
      # With another.
      security: [{ other: [] }]
      responses:
        "200":
          description: |
            It is:
            # no comment.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Caller" }
        default: { $ref: "#/components/responses/Error" }
  /teams:
    get:
      operationId: teams
      parameters:
        - { name: a, in: query, schema: { $ref: "#/components/schemas/Order" } }
        - { name: b, in: query, schema: { type: integer } }
components:
  schemas:
    # Nobody's.
    Order: { type: object, properties: { item: { $ref: "#/components/schemas/Item" } } }
    Item: { type: string }
    Caller:
      type: object
      example: { $ref: "#/components/schemas/Unused" }
      properties:
        id: { $ref: "#/paths/~1teams/get/parameters/1/schema" }
        size: { $ref: "#/components/schemas/Shirt/properties/size" }
        pet: { $ref: "#/components/schemas/Pet" }
        self: { $ref: "#/components/schemas/Caller" }
    Shirt: { type: object, properties: { size: { type: integer } } }
    Pet:
      oneOf: []
      discriminator: { propertyName: kind, mapping: { cat: Cat, dog: "#/components/schemas/Dog" } }
    Cat: { type: object }
    Dog: { type: object }
  parameters:
    Page: { name: page, in: query, schema: { type: integer } }
  responses:
    Error:
      description: An error.
      headers: { X-Limit: { $ref: "#/components/headers/Limit" } }
  headers:
    Limit: { schema: { type: integer } }
  securitySchemes:
    key: { type: http, scheme: bearer }
    other: { type: http, scheme: basic }
"##;

#[test]
fn what_is_left_of_yaml_is_as_it_was_written() {
    let left = prune(YAML, false, &me()).unwrap().unwrap();
    assert_eq!(left, YAML_LEFT);
    assert_eq!(prune(&left, false, &me()).unwrap(), None);
}

#[test]
fn what_is_left_of_json_is_as_it_was_written() {
    let published = r##"{
  "swagger": "2.0", "info": {"title": "Acme"},
  "host": "acme.dev",
  "tags": [],
  "paths": {
    "/me": {"get": {"security": [{"key": []}], "responses": {"200": {"schema": {"$ref": "#/definitions/Me"}}}}, "post": {}},
    "/you": {"get": {}}
  },
  "definitions": {
    "You": {"type": "object"},
    "Me": {"type": "object", "discriminator": "id", "properties": {"a": {"$ref": "#/definitions/A"}}},
    "A": {"type": "string"},
    "B": {"type": "string"}
  },
  "securityDefinitions": {"other": {"type": "basic"}, "key": {"type": "basic"}}
}
"##;
    let left = r##"{
  "swagger": "2.0", "info": {"title": "Acme"},
  "host": "acme.dev",
  "paths": {
    "/me": {"get": {"security": [{"key": []}], "responses": {"200": {"schema": {"$ref": "#/definitions/Me"}}}}}
  },
  "definitions": {
    "Me": {"type": "object", "discriminator": "id", "properties": {"a": {"$ref": "#/definitions/A"}}},
    "A": {"type": "string"}
  },
  "securityDefinitions": {"key": {"type": "basic"}}
}
"##;
    assert_eq!(prune(published, true, &me()).unwrap().unwrap(), left);
    assert_eq!(prune(left, true, &me()).unwrap(), None);
}

/// What of it an overlay speaks of is kept, unless it speaks of something that is kept anyway.
#[test]
fn what_is_named_is_kept() {
    let kept = Kept {
        operations: vec![
            ("/me".to_owned(), "get".to_owned()),
            ("/orders".to_owned(), "get".to_owned()),
        ],
        security_schemes: vec!["third".to_owned(), "none".to_owned()],
        places: vec!["/components/schemas/Unused".to_owned(), "/none".to_owned()],
        targets: vec![
            vec![
                "/components/schemas/Order".to_owned(),
                "/components/requestBodies/Done".to_owned(),
            ],
            vec!["/tags/0".to_owned()],
            vec![],
        ],
    };
    let left = prune(YAML, false, &kept).unwrap().unwrap();
    let left = load::parse(&left, false).unwrap();
    for at in [
        "/paths/~1orders/get",
        "/components/securitySchemes/third",
        "/components/schemas/Unused",
        "/tags/0",
    ] {
        assert!(left.pointer(at).is_some(), "{at}");
    }
    for at in [
        "/components/requestBodies",
        "/components/parameters/Size",
        "/webhooks",
        "/x-size",
    ] {
        assert!(left.pointer(at).is_none(), "{at}");
    }
}

/// An anchor that goes with what is left out is written out where it is used.
#[test]
fn an_anchor_is_not_lost() {
    let published = r#"
openapi: 3.0.3
info: { title: Acme, version: "1.0" }
paths:
  /other: { get: { responses: { "200": &ok { description: "007" } } } }
  /me: { get: { responses: { "200": *ok, "201": { description: 'yes' } } } }
"#;
    let left = prune(published, false, &me()).unwrap().unwrap();
    let left = load::parse(&left, false).unwrap();
    let mut expected = load::parse(published, false).unwrap();
    expected["paths"].as_object_mut().unwrap().remove("/other");
    assert_eq!(left, expected);
}

/// Path items, and media types of OpenAPI 3.2, may stand among the components.
#[test]
fn what_stands_behind_references_is_kept() {
    let published = r##"
openapi: 3.2.0
$self: https://acme.dev/openapi.yaml
info: { title: Acme, version: "1" }
paths:
  /me: { $ref: "https://acme.dev/openapi.yaml#/components/pathItems/Me" }
  /you: { $ref: "#/components/pathItems/You" }
components:
  pathItems:
    You: { get: {} }
    Me:
      query: {}
      additionalOperations: { COPY: {} }
      get: { responses: { "200": { content: { application/json: { $ref: "#/components/mediaTypes/Me" } } } } }
      put: {}
  mediaTypes:
    You: {}
    Me: { schema: { $ref: "#/components/schemas/Me" } }
  schemas:
    You: {}
    Me:
      $id: https://acme.dev/me
      $defs: { Id: { $anchor: id, type: string }, No: { type: string } }
      properties: { id: { $ref: "#id" } }
"##;
    let left = prune(published, false, &me()).unwrap().unwrap();
    let left = load::parse(&left, false).unwrap();
    let names = |at: &str| {
        let members = left.pointer(at).unwrap().as_object().unwrap();
        members.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names("/paths"), ["/me"]);
    assert_eq!(names("/components/pathItems/Me"), ["get"]);
    assert_eq!(names("/components/mediaTypes"), ["Me"]);
    assert_eq!(names("/components/schemas"), ["Me"]);
}

/// A reference to the document itself, as empty ones are, reaches nothing more.
#[test]
fn the_whole_document_is_no_part_of_itself() {
    for reference in ["", "#"] {
        let published = format!(
            r#"
openapi: 3.1.0
info: {{ title: Acme, version: "1" }}
paths:
  /me: {{ get: {{ responses: {{ "200": {{ content: {{ application/json: {{ schema: {{ $ref: "{reference}" }} }} }} }} }} }} }}
  /you: {{ get: {{}} }}
"#
        );
        let left = prune(&published, false, &me()).unwrap().unwrap();
        let left = load::parse(&left, false).unwrap();
        assert!(left.pointer("/paths/~1me/get").is_some(), "{reference:?}");
        assert!(left.pointer("/paths/~1you").is_none(), "{reference:?}");
    }
}
