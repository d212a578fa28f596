use super::*;

#[test]
fn versions() {
    for version in [
        json!("2.0"),
        json!("3.2.0"),
        json!("3.1"),
        json!("3.10.0"),
        json!("4"),
        json!(3.1),
        json!(null),
    ] {
        let mut source = document("3.1.0", json!({}));
        source["openapi"] = version;
        refuses(
            &source,
            "/openapi",
            "help: descriptions of OpenAPI 3.0.x and 3.1.x are taken",
        );
    }
    refuses(
        &json!({ "swagger": "2.0" }),
        "/openapi",
        "does not state its OpenAPI version",
    );
    refuses(&json!([]), "", "an OpenAPI document is an object");
}

#[test]
fn dialects() {
    let mut source = document("3.1.0", json!({}));
    source["jsonSchemaDialect"] = json!("http://json-schema.org/draft-07/schema#");
    refuses(&source, "/jsonSchemaDialect", "draft-07");
    source["jsonSchemaDialect"] = json!("https://json-schema.org/draft/2020-12/schema");
    lowered(&source);
}

#[test]
fn malformed_schemas() {
    let cases = [
        (
            json!({ "type": 5 }),
            "/type",
            "a type or a list of types is due here, not 5",
        ),
        (
            json!({ "type": "strin" }),
            "/type",
            "did you mean \"string\"?",
        ),
        (json!({ "type": [] }), "/type", "at least one type"),
        (
            json!({ "type": ["string", 1] }),
            "/type/1",
            "a string is due",
        ),
        (
            json!({ "properties": [] }),
            "/properties",
            "an object is due here, not an array",
        ),
        (
            json!({ "properties": { "a": 1 } }),
            "/properties/a",
            "a schema is an object or a boolean, not 1",
        ),
        (
            json!({ "required": "a" }),
            "/required",
            "an array is due here, not \"a\"",
        ),
        (json!({ "required": true }), "/required", "an array is due"),
        (json!({ "required": [1] }), "/required/0", "a string is due"),
        (
            json!({ "items": [] }),
            "/items",
            "a schema is an object or a boolean",
        ),
        (json!({ "allOf": {} }), "/allOf", "an array is due"),
        (json!({ "anyOf": [] }), "/anyOf", "at least one schema"),
        (
            json!({ "oneOf": [null] }),
            "/oneOf/0",
            "a schema is an object or a boolean",
        ),
        (
            json!({ "not": "a" }),
            "/not",
            "a schema is an object or a boolean",
        ),
        (json!({ "enum": "a" }), "/enum", "an array is due"),
        (
            json!({ "enum": null }),
            "/enum",
            "an array is due here, not null",
        ),
        (
            json!({ "minLength": -1 }),
            "/minLength",
            "an integer of at least 0",
        ),
        (
            json!({ "minLength": 1.5 }),
            "/minLength",
            "an integer of at least 0",
        ),
        (json!({ "minimum": "1" }), "/minimum", "a number is due"),
        (
            json!({ "exclusiveMinimum": "1" }),
            "/exclusiveMinimum",
            "a number is due",
        ),
        (json!({ "multipleOf": 0 }), "/multipleOf", "greater than 0"),
        (
            json!({ "description": 1 }),
            "/description",
            "a string is due",
        ),
        (
            json!({ "nullable": "true" }),
            "/nullable",
            "a boolean is due",
        ),
        (json!({ "examples": {} }), "/examples", "an array is due"),
        (json!({ "$ref": 1 }), "/$ref", "a string is due"),
        (
            json!({ "discriminator": "kind" }),
            "/discriminator",
            "an object is due",
        ),
        (
            json!({ "discriminator": {} }),
            "/discriminator/propertyName",
            "has no `propertyName`",
        ),
        (
            json!({ "dependentRequired": { "a": "b" } }),
            "/dependentRequired/a",
            "an array is due",
        ),
        (json!("string"), "", "a schema is an object or a boolean"),
    ];
    for (schema, place, message) in cases {
        refuses_schema(schema.clone(), place, message);
        refuses_schema(
            json!({ "properties": { "a/b~c": schema } }),
            &format!("/properties/a~1b~0c{place}"),
            message,
        );
    }
}

#[test]
fn malformed_documents() {
    let operation = |operation: Value| json!({ "paths": { "/a": { "get": operation } } });
    let cases = [
        (
            json!({ "paths": 3 }),
            "/paths",
            "an object is due here, not 3",
        ),
        (
            json!({ "paths": null }),
            "/paths",
            "an object is due here, not null",
        ),
        (
            json!({ "info": { "title": "T" } }),
            "/info/version",
            "the Info Object has no `version`",
        ),
        (
            json!({ "info": { "title": "T", "version": 1 } }),
            "/info/version",
            "a string is due here, not 1",
        ),
        (
            json!({ "tags": [{ "description": "d" }] }),
            "/tags/0/name",
            "has no `name`",
        ),
        (json!({ "servers": {} }), "/servers", "an array is due"),
        (
            json!({ "components": { "securitySchemes": { "a": { "type": "basic" } } } }),
            "/components/securitySchemes/a/type",
            "not a type of security scheme",
        ),
        (
            json!({ "components": { "securitySchemes": { "a": { "type": "http" } } } }),
            "/components/securitySchemes/a/scheme",
            "has no `scheme`",
        ),
        (
            operation(json!([])),
            "/paths/~1a/get",
            "an object is due here, not an array",
        ),
        (
            operation(json!({ "parameters": {} })),
            "/paths/~1a/get/parameters",
            "an array is due",
        ),
        (
            operation(json!({ "parameters": [{ "name": "a", "in": "body", "schema": {} }] })),
            "/paths/~1a/get/parameters/0/in",
            "`body` is not one of",
        ),
        (
            operation(json!({ "parameters": [{ "name": "a", "in": "query" }] })),
            "/paths/~1a/get/parameters/0/schema",
            "has no `schema` or `content`",
        ),
        (
            operation(
                json!({ "parameters": [{ "name": "a", "in": "header", "schema": {}, "style": "form" }] }),
            ),
            "/paths/~1a/get/parameters/0/style",
            "`form` is not a style of a parameter in `header`",
        ),
        (
            operation(json!({ "responses": { "200": {} } })),
            "/paths/~1a/get/responses/200/description",
            "has no `description`",
        ),
        (
            operation(json!({ "requestBody": { "$ref": "#/components/schemas/Pet" } })),
            "/paths/~1a/get/requestBody/$ref",
            "leads to: Schema Object; due here: Request Body Object",
        ),
        (
            operation(json!({ "security": [[]] })),
            "/paths/~1a/get/security/0",
            "an object is due",
        ),
        (
            operation(json!({ "callbacks": { "c": { "$ref": "#/nowhere" } } })),
            "/paths/~1a/get/callbacks/c/$ref",
            "points to nothing",
        ),
    ];
    for (fields, pointer, message) in cases {
        let mut source = document("3.1.0", json!({}));
        for (field, value) in fields.as_object().unwrap() {
            source[field] = value.clone();
        }
        refuses(&source, pointer, message);
    }
}

/// As deep as `serde_json` parses, on the stack that tests have; deeper is refused.
#[test]
fn depth() {
    let nested = |levels: usize, keyword: &str| {
        (0..levels).fold(
            json!({ "type": ["string", "null"] }),
            |inner, _| json!({ keyword: inner }),
        )
    };
    // Four levels are the document's.
    lower(&document("3.1.0", json!({ "S": nested(122, "items") }))).unwrap();
    lower(&document("3.1.0", json!({ "S": nested(122, "not") }))).unwrap();
    refuses(
        &document("3.1.0", json!({ "S": nested(200, "items") })),
        "",
        "deeper than 128 levels",
    );
}
