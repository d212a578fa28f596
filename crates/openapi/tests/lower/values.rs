use super::*;

#[test]
fn const_is_an_enum_of_one() {
    lowers(
        json!({ "const": "a" }),
        json!({ "type": "string", "enum": ["a"] }),
    );
    lowers(
        json!({ "const": 1 }),
        json!({ "type": "integer", "enum": [1] }),
    );
    lowers(
        json!({ "const": 1.5 }),
        json!({ "type": "number", "enum": [1.5] }),
    );
    lowers(
        json!({ "const": true }),
        json!({ "type": "boolean", "enum": [true] }),
    );
    lowers(
        json!({ "const": { "a": 1 } }),
        json!({ "type": "object", "enum": [{ "a": 1 }] }),
    );
    lowers(
        json!({ "const": [1] }),
        json!({ "type": "array", "items": {}, "enum": [[1]] }),
    );
    lowers(
        json!({ "const": null }),
        json!({ "enum": [null], "nullable": true }),
    );
    lowers(
        json!({ "const": "a", "enum": ["a", "b"] }),
        json!({ "type": "string", "enum": ["a"] }),
    );
    lowers(
        json!({ "const": 1, "enum": [1.0] }),
        json!({ "type": "integer", "enum": [1] }),
    );
    lowers(
        json!({ "const": "c", "enum": ["a", "b"], "title": "T" }),
        json!({ "not": {}, "title": "T" }),
    );
}

#[test]
fn an_enum_has_a_type() {
    lowers(
        json!({ "enum": ["a", "b"] }),
        json!({ "type": "string", "enum": ["a", "b"] }),
    );
    lowers(
        json!({ "enum": [1, 2.5] }),
        json!({ "type": "number", "enum": [1, 2.5] }),
    );
    lowers(
        json!({ "enum": ["a", 1, null, true], "description": "d" }),
        json!({
            "allOf": [{ "$ref": "#/components/schemas/SInner" }],
            "description": "d",
            "nullable": true,
        }),
    );
    lowers(
        json!({ "type": ["string", "integer"], "enum": ["a", 1, true] }),
        json!({ "anyOf": [{ "type": "string", "enum": ["a"] }, { "type": "integer", "enum": [1] }] }),
    );
    lowers(
        json!({ "type": ["string", "integer"], "enum": ["a"] }),
        json!({ "type": "string", "enum": ["a"] }),
    );
    lowers(
        json!({ "type": "string", "enum": ["a", 1] }),
        json!({ "type": "string", "enum": ["a"] }),
    );
    lowers(json!({ "enum": [] }), json!({ "not": {} }));
}

#[test]
fn an_enum_of_null() {
    lowers(
        json!({ "enum": ["a", null] }),
        json!({ "type": "string", "enum": ["a"], "nullable": true }),
    );
    lowers(
        json!({ "type": ["string", "null"], "enum": ["a", null] }),
        json!({ "type": "string", "enum": ["a"], "nullable": true }),
    );
    lowers(
        json!({ "enum": [null] }),
        json!({ "enum": [null], "nullable": true }),
    );
    loosens(
        json!({ "type": "string", "const": null }),
        json!({ "enum": [null], "nullable": true }),
        &["const"],
    );
}

#[test]
fn an_enum_of_other_types_than_the_type() {
    loosens(
        json!({ "type": "integer", "enum": ["1", "2"] }),
        json!({ "type": "integer" }),
        &["enum"],
    );
}

#[test]
fn boolean_schemas() {
    lowers(json!(true), json!({}));
    lowers(json!(false), json!({ "not": {} }));
    lowers(
        json!({ "type": "object", "properties": { "a": true, "b": false }, "additionalProperties": false }),
        json!({ "type": "object", "properties": { "a": {}, "b": { "not": {} } }, "additionalProperties": false }),
    );
    lowers(
        json!({ "type": "object", "additionalProperties": true }),
        json!({ "type": "object", "additionalProperties": true }),
    );
    lowers(
        json!({ "type": "array", "items": false }),
        json!({ "type": "array", "items": {}, "maxItems": 0 }),
    );
    lowers(
        json!({ "type": "array", "items": true }),
        json!({ "type": "array", "items": {} }),
    );
    lowers(
        json!({ "type": "array" }),
        json!({ "type": "array", "items": {} }),
    );
}
